"""An LSTM, 64 steps of 32 units, batch 16, forward and backward: eager, compiled, and PyTorch's, written out and fused."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

import autograd as ag
import nn
from tests.benchmarks import steps
from tests.benchmarks.agreement import check_agreement
from tests.benchmarks.report import Report
from tests.benchmarks.timing import time_interleaved

LENGTH, BATCH, UNITS = 64, 16, 32


def sequence(length: int = LENGTH) -> np.ndarray:
    """Inputs of as many features as there are units."""
    return np.random.default_rng(0).standard_normal((length, BATCH, UNITS)).astype(np.float32)


def ours(model: nn.Module) -> Callable[[Any], Any]:
    """Forward and backward of the mean of all states; gives it."""
    model.load_state_dict(steps.weights(model))

    def run(x: Any) -> Any:
        model.zero_grad()
        loss = model(x)[0].mean()
        loss.backward()
        return loss

    return run


def eager(x: np.ndarray) -> Callable[[], float]:
    run = ours(nn.LSTM(UNITS, UNITS))
    return lambda: run(x).item()  # type: ignore[no-any-return]


def compiled(x: np.ndarray) -> Callable[[], float]:
    run = ag.compile(ours(nn.LSTM(UNITS, UNITS)), budget=math.inf)
    return lambda: float(run(x))


def _torch(forward: Callable[[Any], Callable[[Any], Any]], x: np.ndarray) -> Callable[[], float]:
    import torch

    torch.set_num_threads(1)
    model, given = torch.nn.LSTM(UNITS, UNITS), torch.from_numpy(x)
    model.load_state_dict({name: torch.from_numpy(w) for name, w in steps.weights(nn.LSTM(UNITS, UNITS)).items()})
    states_of = forward(model)

    def run() -> float:
        model.zero_grad()
        loss = states_of(given).mean()
        loss.backward()
        return loss.item()  # type: ignore[no-any-return]

    return run


def torch_fused(x: np.ndarray) -> Callable[[], float]:
    """`torch.nn.LSTM`."""
    return _torch(lambda model: lambda x: model(x)[0], x)


def torch_written_out(x: np.ndarray) -> Callable[[], float]:
    """The cell in PyTorch's operations; the input's part of all steps is one product, as it is here."""
    import torch

    def forward(model: Any) -> Callable[[Any], Any]:
        linear = torch.nn.functional.linear

        def states(x: Any) -> Any:
            given = linear(x, model.weight_ih_l0, model.bias_ih_l0)
            h = c = x.new_zeros(x.shape[1], UNITS)
            found = []
            for step in given:
                i, f, g, o = (step + linear(h, model.weight_hh_l0, model.bias_hh_l0)).chunk(4, 1)
                c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
                h = torch.sigmoid(o) * torch.tanh(c)
                found.append(h)
            return torch.stack(found)

        return states

    return _torch(forward, x)


PEERS = {"torch, cell written out": torch_written_out, "torch.nn.LSTM, fused": torch_fused}
BARS = {"torch, cell written out": 0.5, "torch.nn.LSTM, fused": 1.0}


def measure(report: Report) -> None:
    """One row for each peer."""
    x = sequence()
    contestants = {"eager": eager(x), "compiled": compiled(x)}
    contestants |= {name: PEERS[name](x) for name in report.installed(dict.fromkeys(PEERS, "torch"))}
    times = time_interleaved(check_agreement(contestants, 1e-4), report.rounds(20), 0.1)
    what = f"LSTM, {LENGTH} steps of {UNITS} units, batch {BATCH}, forward and backward, compiled"
    report.compare(what, times, BARS, mine="compiled")
