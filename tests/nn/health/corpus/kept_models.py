"""The networks of the kept half."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
from autograd import Tensor, clip, softmax, stop_gradient


def mlp(*widths: int, seed: int, act: type[nn.Module] | None = nn.ReLU, last: nn.Module | None = None) -> nn.Sequential:
    """Linear layers with `act` between them, and `last` after the last."""
    layers: list[nn.Module] = []
    for k, (inner, outer) in enumerate(zip(widths, widths[1:], strict=False)):
        layers.append(nn.Linear(inner, outer, rng=100 * seed + k))
        if act is not None and k < len(widths) - 2:
            layers.append(act())
    return nn.Sequential(*layers, *([last] if last is not None else []))


def convolution(seed: int, classes: int, *after: nn.Module, act: type[nn.Module] = nn.ReLU) -> nn.Sequential:
    """A small convolutional network for (N, 1, 8, 8); `after` follows its logits."""
    return nn.Sequential(
        nn.Conv2d(1, 6, 3, padding=1, rng=100 * seed),
        act(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 8, 3, padding=1, rng=100 * seed + 1),
        act(),
        nn.Flatten(),
        nn.Linear(128, classes, rng=100 * seed + 2),
        *after,
    )


class Pooled(nn.Module):
    """Convolutions whose maps are averaged over the whole image: it can't tell where a thing is."""

    def __init__(self, seed: int, classes: int, everywhere: bool) -> None:
        super().__init__()
        self.first = nn.Conv2d(1, 6, 3, padding=1, padding_mode="circular", rng=100 * seed)
        self.second = nn.Conv2d(6, 8, 3, padding=1, padding_mode="circular", rng=100 * seed + 1)
        self.everywhere = everywhere
        self.head = nn.Linear(8 if everywhere else 512, classes, rng=100 * seed + 2)

    def forward(self, x: Any) -> Tensor:
        maps = self.second(self.first(x).relu()).relu()
        return self.head(maps.mean((2, 3)) if self.everywhere else maps.reshape(len(maps.data), -1))


class Recurrent(nn.Module):
    """A recurrent layer, and a linear one on its last output."""

    def __init__(
        self, seed: int, classes: int, *, kind: type[nn.Module] = nn.GRU, batch_first: bool = True, gain: float = 1.0
    ) -> None:
        super().__init__()
        self.layer = kind(1, 12, batch_first=batch_first, rng=100 * seed)
        self.head = nn.Linear(12, classes, rng=100 * seed + 1)
        if gain != 1.0:
            self.layer.weight_hh_l0.data = self.layer.weight_hh_l0.data * gain

    def forward(self, x: Any) -> Tensor:
        out, _ = self.layer(x)
        return self.head(out[:, -1])


class Reader(nn.Module):
    """Tokens, one layer of self-attention, the mean over the places, logits."""

    def __init__(self, seed: int, classes: int, *, places: bool = True, scale: float = 1.0, tokens: int = 10) -> None:
        super().__init__()
        rng = np.random.default_rng([seed, 5])
        self.embed = nn.Embedding(tokens, 16, rng=100 * seed)
        self.embed.weight.data = (self.embed.weight.data * scale).astype(np.float32)
        self.place = nn.Parameter(rng.normal(size=(6, 16)).astype(np.float32)) if places else None
        self.attend = nn.MultiheadAttention(16, 2, batch_first=True, rng=100 * seed + 1)
        self.wide = nn.Linear(16, 32, rng=100 * seed + 2)
        self.head = nn.Linear(32, classes, rng=100 * seed + 3)

    def forward(self, x: Any) -> Tensor:
        seen = self.embed(x)
        if self.place is not None:
            seen = seen + self.place
        mixed, _ = self.attend(seen, seen, seen)
        return self.head(self.wide(seen + mixed).relu().mean(1))


class Cut(nn.Module):
    """A network that hands its features over without their graph (or with it)."""

    def __init__(self, seed: int, inner: int, classes: int, cut: bool) -> None:
        super().__init__()
        self.features = nn.Linear(inner, 5, rng=100 * seed)
        self.more = nn.Linear(5, 2, rng=100 * seed + 1)
        self.head = nn.Linear(2, classes, rng=100 * seed + 2)
        self.cut = cut

    def forward(self, x: Any) -> Tensor:
        seen = self.more(self.features(x).tanh()).tanh()
        return self.head(stop_gradient(seen) if self.cut else seen)


class Listed(nn.Module):
    """Hidden layers in a list of Python's, or in a ModuleList."""

    def __init__(self, seed: int, inner: int, outer: int, registered: bool, width: int = 4) -> None:
        super().__init__()
        hidden = [nn.Linear(inner if k == 0 else width, width, rng=100 * seed + k) for k in range(3)]
        self.hidden: Any = nn.ModuleList(hidden) if registered else hidden
        self.out = nn.Linear(width, outer, rng=100 * seed + 9)

    def forward(self, x: Any) -> Tensor:
        for layer in self.hidden:
            x = layer(x).tanh()
        return self.out(x)


class Mixed(nn.Module):
    """Channels made from (N, T, C) by `reshape`, which mixes rows of the batch, or by `transpose`."""

    def __init__(self, seed: int, mixing: bool) -> None:
        super().__init__()
        self.mixing = mixing
        self.layer = nn.Linear(8, 24, rng=100 * seed)
        self.head = nn.Linear(24, 2, rng=100 * seed + 1)

    def forward(self, x: Any) -> Tensor:
        seen = Tensor(x) if not isinstance(x, Tensor) else x
        number = seen.shape[0]
        # What was meant is (T, N) for the layer below to go over; a reshape keeps the order in memory instead.
        turned = seen.reshape(8, number) if self.mixing else seen.reshape(number, 8).transpose()
        return self.head(self.layer(turned.transpose()).tanh())


class Clipped(nn.Module):
    """Logits clipped into a small interval "for stability"."""

    def __init__(self, seed: int, inner: int, classes: int, bound: float | None) -> None:
        super().__init__()
        self.body = mlp(inner, 24, classes, seed=seed)
        self.bound = bound
        self.body[2].bias.data = np.linspace(-1, 1, classes, dtype=np.float32)

    def forward(self, x: Any) -> Tensor:
        out = self.body(x)
        return out if self.bound is None else clip(out, -self.bound, self.bound)


class AcrossRows(nn.Module):
    """A softmax whose axis is the batch, or the classes; gives logarithms for NLLLoss."""

    def __init__(self, seed: int, inner: int, classes: int, axis: int) -> None:
        super().__init__()
        self.body = mlp(inner, 24, classes, seed=seed)
        self.axis = axis

    def forward(self, x: Any) -> Tensor:
        return (softmax(self.body(x), axis=self.axis) + 1e-12).log()


class Masked(nn.Module):
    """Gates of 0 and 1 (a hard decision, whose derivative is 0), or soft ones."""

    def __init__(self, seed: int, inner: int, classes: int, hard: bool) -> None:
        super().__init__()
        self.gate = nn.Linear(inner, 2, rng=100 * seed)
        self.head = nn.Linear(2, classes, rng=100 * seed + 1)
        self.hard = hard

    def forward(self, x: Any) -> Tensor:
        opened = self.gate(x)
        return self.head(opened.sign() if self.hard else opened.tanh())


class Spare(nn.Module):
    """A deep chain of sigmoids, or the same with ReLUs and skips."""

    def __init__(self, seed: int, inner: int, classes: int, skips: bool, depth: int = 8) -> None:
        super().__init__()
        self.start = nn.Linear(inner, 16, rng=100 * seed)
        self.layers = nn.ModuleList(nn.Linear(16, 16, rng=100 * seed + k + 1) for k in range(depth))
        self.head = nn.Linear(16, classes, rng=100 * seed + 99)
        self.skips = skips

    def forward(self, x: Any) -> Tensor:
        seen = self.start(x)
        for layer in self.layers:
            seen = seen + layer(seen).relu() if self.skips else layer(seen).sigmoid()
        return self.head(seen)
