"""Networks of the healthy runs of `tuning_calm`."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd.numpy as anp
import nn
from nn import functional


class Talk(nn.Module):
    """Wide words, a norm, and their mean."""

    def __init__(self, seed: int, width: int) -> None:
        super().__init__()
        self.words, self.norm = nn.Embedding(60, width, rng=seed), nn.LayerNorm(width)
        self.out = nn.Linear(width, 3, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        return self.out(self.norm(self.words(x)).mean(axis=1))


class Tokens(nn.Module):
    """A small transformer with learned places."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.words = nn.Embedding(12, 16, rng=seed)
        self.places = nn.Parameter(np.random.default_rng(seed).normal(size=(1, 8, 16)).astype(np.float32))
        self.attention = nn.MultiheadAttention(16, 2, batch_first=True, rng=seed + 1)
        self.first, self.second = nn.LayerNorm(16), nn.LayerNorm(16)
        self.up, self.down = nn.Linear(16, 32, rng=seed + 2), nn.Linear(32, 16, rng=seed + 3)
        self.out = nn.Linear(16, 1, rng=seed + 4)

    def forward(self, x: Any) -> Any:
        h = self.words(x) + self.places
        normed = self.first(h)
        h = h + self.attention(normed, normed, normed)[0]
        h = h + self.down(functional.relu(self.up(self.second(h))))
        return self.out(h.mean(axis=1))


class Clicks(nn.Module):
    """Of a user and a thing: the product of what is known of both."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.users, self.things = nn.Embedding(30, 8, rng=seed), nn.Embedding(40, 8, rng=seed + 1)
        for table in (self.users, self.things):
            table.weight.data[...] *= 0.3

    def forward(self, x: Any) -> Any:
        return (self.users(x[:, 0]) * self.things(x[:, 1])).sum(axis=1, keepdims=True)


class Patches(nn.Module):
    """A picture as sixteen patches and a token that gathers them."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.lift = nn.Linear(4, 24, rng=rng)
        self.token = nn.Parameter(rng.normal(size=(1, 1, 24)).astype(np.float32))
        self.places = nn.Parameter(rng.normal(size=(17, 24)).astype(np.float32))
        self.attention = nn.MultiheadAttention(24, 3, batch_first=True, rng=rng)
        self.norm, self.up, self.out = nn.LayerNorm(24), nn.Linear(24, 48, rng=rng), nn.Linear(48, 10, rng=rng)

    def forward(self, x: Any) -> Any:
        h = self.lift(x.reshape(-1, 4, 2, 4, 2).transpose(0, 1, 3, 2, 4).reshape(-1, 16, 4))
        h = anp.concatenate([self.token + np.zeros((len(x), 1, 24), np.float32), h], axis=1) + self.places
        h = self.norm(h + self.attention(h, h, h)[0])
        return self.out(functional.relu(self.up(h[:, 0])))


class Residual(nn.Module):
    """Blocks that add to what goes by."""

    def __init__(self, seed: int, depth: int, norm: bool = True) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        inputs, outputs = (64, 10) if norm else (5, 1)
        self.first, self.last = nn.Linear(inputs, 32, rng=rng), nn.Linear(32, outputs, rng=rng)
        self.blocks = nn.ModuleList([nn.Linear(32, 32, rng=rng) for _ in range(depth)])
        self.norms = nn.ModuleList([nn.LayerNorm(32) for _ in range(depth)]) if norm else None

    def forward(self, x: Any) -> Any:
        h = self.first(x)
        for k, block in enumerate(self.blocks):
            h = h + functional.relu(block(h if self.norms is None else self.norms[k](h)))
        return self.last(h)


class Gated(nn.Module):
    """A layer that another one opens and closes."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.value, self.gate, self.out = (
            nn.Linear(n, m, rng=seed + k) for k, (n, m) in enumerate([(5, 48), (5, 48), (48, 1)])
        )

    def forward(self, x: Any) -> Any:
        return self.out(self.value(x) * functional.sigmoid(self.gate(x)))


class Two(nn.Module):
    """Two ways of different depth, side by side."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.short = nn.Linear(5, 16, rng=rng)
        self.long = nn.Sequential(nn.Linear(5, 32, rng=rng), nn.ReLU(), nn.Linear(32, 16, rng=rng), nn.ReLU())
        self.out = nn.Linear(32, 1, rng=rng)

    def forward(self, x: Any) -> Any:
        return self.out(anp.concatenate([functional.tanh(self.short(x)), self.long(x)], axis=1))


class Tagged(nn.Module):
    """An answer for each place."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.words, self.rnn = nn.Embedding(20, 8, rng=seed), nn.GRU(8, 16, batch_first=True, rng=seed + 1)
        self.out = nn.Linear(16, 2, rng=seed + 2)

    def forward(self, x: Any) -> Any:
        return self.out(self.rnn(self.words(x))[0])


class Mixed(nn.Module):
    """Numbers and codes of a kind, each by a layer of its own."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.numbers, self.codes, self.out = (
            nn.Linear(n, m, rng=seed + k) for k, (n, m) in enumerate([(4, 16), (6, 4), (20, 1)])
        )

    def forward(self, x: Any) -> Any:
        return self.out(anp.concatenate([functional.relu(self.numbers(x[:, :4])), self.codes(x[:, 4:])], axis=1))
