"""What the graph of a loss shows of a model that nobody wrote as one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import Tensor
from nn.health.loop.bare import read_bare

RNG = np.random.default_rng(0)
X, Y = Tensor(RNG.normal(size=(6, 3))), Tensor(RNG.uniform(size=(6, 2)))


@pytest.mark.parametrize(
    "loss",
    [
        lambda scores: ((scores - Y) ** 2).mean(),
        lambda scores: ((ag.sigmoid(scores) - Y) ** 2).mean(),
        lambda scores: -(Y * np.log(ag.sigmoid(scores))).mean(),
        lambda scores: -(Y * ag.log_softmax(scores, axis=1)).mean(),
        lambda scores: -(Y * np.log(np.clip(ag.softmax(scores, axis=1), 1e-9, 1.0))).mean(),
        lambda scores: -(Y * np.log((p := ag.sigmoid(scores)) + 1e-6) + (1 - Y) * np.log(1 - p + 1e-6)).mean(),
    ],
    ids=["numbers", "shares", "likelihood", "logarithms", "clipped", "both ways"],
)
def test_the_output_is_what_stands_before_shares_and_their_logarithms(loss: Callable[[Any], Any]) -> None:
    first, second = (Tensor(RNG.normal(size=size), requires_grad=True) for size in ((3, 4), (4, 2)))
    scores = np.tanh(X @ first) @ second
    found = read_bare(loss(scores))
    assert found is not None
    assert found.output is scores
    assert found.inputs is X
    assert [id(leaf) for leaf in found.leaves] == [id(first), id(second)]


def test_what_scores_are_made_of_data_alone_is_no_model() -> None:
    assert read_bare((X * Y[:, :1]).sum()) is None
