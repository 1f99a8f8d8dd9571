"""One step of every optimizer beside torch.optim's foreach form, over 6 and over 60 tensors of float32."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import optim
from autograd import Tensor
from tests.benchmarks.report import Report
from tests.benchmarks.timing import Times, time_interleaved

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


def times(network: str, with_torch: bool, rounds: int) -> dict[str, dict[str, Times]]:
    """For every optimizer the contestants' times of a step."""
    shapes = NETWORKS[network]
    found = {}
    for name, (kind, options) in KINDS.items():
        contestants = {"stepgrad": ours(kind, options, shapes)}
        if with_torch:
            contestants["torch foreach"] = torch_foreach(kind, options, shapes)
        found[name] = time_interleaved(contestants, rounds, 0.003)
    return found


def measure(report: Report) -> None:
    """Every optimizer over both networks."""
    with_torch = bool(report.installed({"torch foreach": "torch"}))
    for network in NETWORKS:
        rows = []
        for name, found in times(network, with_torch, report.rounds(30)).items():
            mine = found["stepgrad"]
            figures = [f"{mine.median * 1e6:.0f}"]
            if with_torch:
                middle, low, high = mine.ratio(found["torch foreach"])
                figures += [f"{found['torch foreach'].median * 1e6:.0f}", f"{middle:.2f} ({low:.2f} … {high:.2f})"]
                figures += [f"≤ 1, {'met' if middle <= 1.0 else 'missed'}"]
            rows.append((name, *figures))
        columns = ("optimizer", "µs", "torch foreach µs", "ratio", "bar") if with_torch else ("optimizer", "µs")
        report.table(f"One step on {network}", columns, rows)
