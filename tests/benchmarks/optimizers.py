"""One step of every optimizer beside torch.optim's foreach form, over 6 and over 60 tensors of float32."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import optim
from autograd import Tensor
from tests.benchmarks.timing import Times, interleaved

# What both call it, and its options.
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "SGD": ("SGD", {"lr": 1e-3}),
    "SGD, momentum": ("SGD", {"lr": 1e-3, "momentum": 0.9}),
    "SGD, Nesterov": ("SGD", {"lr": 1e-3, "momentum": 0.9, "nesterov": True}),
    "Adam": ("Adam", {}),
    "Adam, AMSGrad": ("Adam", {"amsgrad": True}),
    "AdamW": ("AdamW", {}),
    "Adamax": ("Adamax", {}),
    "NAdam": ("NAdam", {}),
    "RAdam": ("RAdam", {}),
    "Adagrad": ("Adagrad", {}),
    "Adadelta": ("Adadelta", {}),
    "RMSprop": ("RMSprop", {}),
    "RMSprop, centered": ("RMSprop", {"centered": True, "momentum": 0.9}),
    "Rprop": ("Rprop", {}),
    "ASGD": ("ASGD", {}),
}
# The parameters of the digits network, and a million in 60 equal tensors.
NETWORKS: dict[str, list[tuple[int, ...]]] = {
    "51,450 parameters in 6 tensors": [(64, 784), (64,), (16, 64), (16,), (10, 16), (10,)],
    "1,000,000 parameters in 60 tensors": [(125, 133)] * 59 + [(1_000_000 - 59 * 125 * 133,)],
}
ROUNDS = 30


def _arrays(shapes: list[tuple[int, ...]]) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.standard_normal(shape).astype(np.float32) for shape in shapes]


def ours(kind: str, options: dict[str, Any], shapes: list[tuple[int, ...]]) -> Callable[[], object]:
    parameters = [Tensor(a, requires_grad=True) for a in _arrays(shapes)]
    for p, g in zip(parameters, _arrays(shapes), strict=True):
        p.grad = g
    return getattr(optim, kind)(parameters, **options).step  # type: ignore[no-any-return]


def torch_foreach(kind: str, options: dict[str, Any], shapes: list[tuple[int, ...]]) -> Callable[[], object]:
    import torch

    torch.set_num_threads(1)
    parameters = [torch.nn.Parameter(torch.from_numpy(a)) for a in _arrays(shapes)]
    for p, g in zip(parameters, _arrays(shapes), strict=True):
        p.grad = torch.from_numpy(g)
    return getattr(torch.optim, kind)(parameters, foreach=True, **options).step  # type: ignore[no-any-return]


def times(network: str, with_torch: bool) -> dict[str, dict[str, Times]]:
    """For every optimizer the contestants' times of a step."""
    shapes = NETWORKS[network]
    found = {}
    for name, (kind, options) in KINDS.items():
        contestants = {"stepgrad": ours(kind, options, shapes)}
        if with_torch:
            contestants["torch foreach"] = torch_foreach(kind, options, shapes)
        found[name] = interleaved(contestants, ROUNDS, 20 if len(shapes) < 10 else 3)
    return found
