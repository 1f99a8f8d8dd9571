"""A table of places that is made and never asked, and networks that may do without."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
import optim
from nn import functional
from nn.health.evidence.facts import look
from nn.health.evidence.sequences import find_untold_places
from nn.health.frameworks.own import OwnNetwork
from nn.health.subject import Subject


class Reader(nn.Module):
    """Attention over words, for the last place or for each; `how` says what else there is."""

    def __init__(self, how: str, each: bool) -> None:
        super().__init__()
        self.words, self.places = nn.Embedding(12, 8, rng=0), nn.Embedding(6, 8, rng=1)
        self.attend = nn.MultiheadAttention(8, 2, batch_first=True, rng=2)
        self.out, self.how, self.each = nn.Linear(8, 12, rng=3), how, each
        if how == "no table":
            del self.places

    def forward(self, x: Any) -> Any:
        h = self.words(x)
        if self.how == "told":
            h = h + self.places(np.arange(x.shape[1]))
        if self.how == "each word by itself":
            h = functional.relu(h)
        else:
            mask = np.triu(np.full((x.shape[1], x.shape[1]), -1e9, np.float32), 1) if self.each else None
            h = h + self.attend(h, h, h, attn_mask=mask)[0]
        return self.out(h if self.each else h[:, -1])


@pytest.mark.parametrize("each", [True, False])
@pytest.mark.parametrize("how", ["never asked", "told", "no table", "each word by itself"])
def test_places_that_are_not_told(how: str, each: bool) -> None:
    x = np.random.default_rng(0).integers(0, 12, (48, 6))
    y = np.roll(x, -1, axis=1) if each else x[:, 0]
    model = Reader(how, each)

    def loss(o: Any, t: Any) -> Any:
        return functional.cross_entropy(o.reshape(-1, 12), np.asarray(t).reshape(-1))

    network = OwnNetwork(model, loss, optim.SGD(model.parameters(), lr=0.1))
    subject = Subject(network, x, y, None, 16, True, None, 10, 0)
    found = list(find_untold_places(subject, look(subject).calls))
    assert [(f.cause, f.path) for f in found] == ([("order ignored", "places")] if how == "never asked" else [])
