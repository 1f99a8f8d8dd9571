"""A training step of a network that is written once, for `nn` and for `torch.nn`: eager, compiled, and in PyTorch."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import autograd as ag
import nn
import optim


@dataclass(frozen=True)
class Problem:
    """What is trained, by Adam with its defaults, in float32.

    Attributes
    ----------
    build : callable
        Makes the network from the modules of `nn`, or of `torch.nn`, whose names are the same.
    x, y : array
    loss : str
        The name of a loss in both.
    """

    build: Callable[[Any], Any]
    x: np.ndarray
    y: np.ndarray
    loss: str = "CrossEntropyLoss"


def classes(build: Callable[[Any], Any], shape: Sequence[int], count: int = 10) -> Problem:
    """A problem of classification, with normal inputs of this shape."""
    rng = np.random.default_rng(0)
    return Problem(build, rng.standard_normal(shape).astype(np.float32), rng.integers(0, count, shape[0]))


def weights(model: nn.Module) -> dict[str, np.ndarray]:
    """The same at each call: uniform within ±1/√inputs, biases 0, and scales as they are."""
    rng = np.random.default_rng(1)
    return {
        name: rng.uniform(-1.0, 1.0, w.shape).astype(w.dtype) / np.sqrt(w[0].size, dtype=w.dtype)
        if w.ndim > 1
        else w * ("bias" not in name)
        for name, w in model.state_dict().items()
    }


def ours(problem: Problem) -> Callable[[Any, Any], Any]:
    """One step of the training of a network, as anybody would write it; gives the loss."""
    model = problem.build(nn)
    model.load_state_dict(weights(model))
    loss_of, optimizer = getattr(nn, problem.loss)(), optim.Adam(model.parameters())

    def step(x: Any, y: Any) -> Any:
        optimizer.zero_grad()
        loss = loss_of(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    return step


def eager(problem: Problem) -> Callable[[], float]:
    step = ours(problem)
    return lambda: step(problem.x, problem.y).item()  # type: ignore[no-any-return]


def compiled(problem: Problem) -> Callable[[], float]:
    step = ag.compile(ours(problem), budget=math.inf)
    return lambda: float(step(problem.x, problem.y))


def torch_eager(problem: Problem, threads: int = 1) -> Callable[[], float]:
    import torch

    torch.set_num_threads(threads)
    model = problem.build(torch.nn)
    model.load_state_dict({name: torch.from_numpy(w) for name, w in weights(problem.build(nn)).items()})
    x, y = torch.from_numpy(problem.x), torch.from_numpy(problem.y)
    loss_of, optimizer = getattr(torch.nn, problem.loss)(), torch.optim.Adam(model.parameters())

    def run() -> float:
        optimizer.zero_grad()
        loss = loss_of(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()  # type: ignore[no-any-return]

    return run
