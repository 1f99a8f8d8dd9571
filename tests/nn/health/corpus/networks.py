"""Networks that the cases of the tuning half are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import nn


def mlp(
    sizes: Sequence[int], seed: int, act: Callable[[], nn.Module] | None = nn.ReLU, *end: nn.Module
) -> nn.Sequential:
    """Linear layers with an activation between them, or with none."""
    rng = np.random.default_rng(seed)
    layers: list[Any] = []
    for n, m in zip(sizes, sizes[1:], strict=False):
        layers += [nn.Linear(n, m, rng=rng), *([act()] if act is not None else [])]
    return nn.Sequential(*(layers[:-1] if act is not None else layers), *end)


def convolution(seed: int, *end: nn.Module) -> nn.Sequential:
    """For images of 8 × 8 in ten classes."""
    rng = np.random.default_rng(seed)
    layers = [
        nn.Conv2d(1, 8, 3, padding=1, rng=rng),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(128, 10, rng=rng),
    ]
    return nn.Sequential(*layers, *end)


class Recurrent(nn.Module):
    """A recurrent layer and an answer from its last state."""

    def __init__(self, seed: int, kind: type[nn.Module] = nn.GRU) -> None:
        super().__init__()
        self.cell: Any = kind(1, 12, rng=seed, batch_first=True)  # type: ignore[call-arg]
        self.head = nn.Linear(12, 1, rng=seed)

    def forward(self, x: Any) -> Any:
        outputs, _ = self.cell(x)
        return self.head(outputs[:, -1])


class Words(nn.Module):
    """The mean of embeddings."""

    def __init__(self, seed: int, words: int = 60) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.words, self.head = nn.Embedding(words, 8, rng=rng), nn.Linear(8, 3, rng=rng)

    def forward(self, x: Any) -> Any:
        return self.head(self.words(x).mean(axis=1))


class Attentive(nn.Module):
    """One layer of attention over a sequence of numbers."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.lift = nn.Linear(1, 8, rng=rng)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True, rng=rng)
        self.head = nn.Linear(8, 1, rng=rng)

    def forward(self, x: Any) -> Any:
        h = self.lift(x)
        h = h + self.attention(h, h, h)[0]
        return self.head(h.mean(axis=1))
