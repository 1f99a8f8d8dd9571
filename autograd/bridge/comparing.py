"""Whether two derivatives of a step agree: to rounding, which is measured, and but for conventions at kinks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd.bridge.program import Reference
from autograd.bridge.running import compute, run
from autograd.bridge.steps import Step
from autograd.engine.tensor import Tensor
from autograd.graph.modes import enable_grad
from autograd.graph.node import get_data, get_grad
from autograd.graph.tree import leaves, map_leaves
from autograd.torch.tensor import as_face, wrap

# How many times what the last digits of the operands change, and in how many draws that is seen.
SLACK, DRAWS = 32, 3
Weigh = Callable[[int, Any], Any]


def is_float(x: Any) -> bool:
    """Whether a derivative is taken with respect to it."""
    return isinstance(x, np.ndarray) and x.dtype.kind == "f"


def derivative(
    step: Step, operands: Mapping[str, Any], constants: Mapping[str, Any], moves: Sequence[bool] | None, weigh: Weigh
) -> tuple[list[Any], dict[str, list[Any]]]:
    """The results of a step on this engine, and what our derivative of it sends to its operands.

    Parameters
    ----------
    step : Step
    operands, constants : mapping of str to arrays, or lists of them
    moves : sequence of bool, or None
        Of which results the derivative is taken; None for no derivative at all.
    weigh : callable
        Of the number of a result and its shape: what arrives there.
    """
    held: dict[str, Any] = {
        name: map_leaves(lambda x: wrap(x.copy(), is_float(x)) if isinstance(x, np.ndarray) else x, given)
        for name, given in operands.items()
    }
    held |= {
        name: map_leaves(lambda x: as_face(x) if isinstance(x, np.ndarray) else x, given)
        for name, given in constants.items()
    }
    taken = {name: leaves(held[name]) for name in operands}
    with enable_grad():
        for operation in step.operations:
            held[operation.name] = compute(operation, lambda x: held[x.name] if isinstance(x, Reference) else x)
    results = leaves(list(held[step.name]) if isinstance(held[step.name], tuple) else held[step.name])
    total: Any = None
    for i, (result, moving) in enumerate(zip(results, moves or (), strict=False)):
        if moving and isinstance(result, Tensor) and result.needs_grad:
            part = (result * wrap(weigh(i, tuple(result.shape)).astype(result.dtype))).sum()
            total = part if total is None else total + part
    if total is not None:
        total.backward()
    sent = {
        name: [
            None
            if not (isinstance(x, Tensor) and x.needs_grad)
            else np.zeros(x.shape)
            if get_grad(x) is None
            else get_grad(x)
            for x in parts
        ]
        for name, parts in taken.items()
    }
    return [get_data(y) if isinstance(y, Tensor) else y for y in results], sent


def move(operands: Mapping[str, Any], by: float, rng: np.random.Generator | None) -> dict[str, Any]:
    """Operands a little elsewhere: by a share of each number, or of the largest where it says to shift all alike.

    Parameters
    ----------
    operands : mapping of str to arrays, or lists of them
    by : float
        The share. Without a generator all are shifted by this share of the largest; with one each by a random part of its own.
    rng : Generator or None
    """

    def move(x: Any) -> Any:
        if not is_float(x):
            return x
        with np.errstate(all="ignore"):
            if rng is None:
                finite = np.abs(x[np.isfinite(x)])
                return np.asarray(x + by * max(float(finite.max(initial=0.0)), 1e-6), x.dtype)
            return np.asarray(x * (1.0 + by * rng.uniform(-1.0, 1.0, x.shape)), x.dtype)

    return {name: map_leaves(move, x) for name, x in operands.items()}


def shake(weigh: Weigh, by: float, rng: np.random.Generator) -> Weigh:
    """What arrives, each number moved by a random share: a sum of many is rounded whatever the operands are."""
    return lambda place, shape: np.asarray(weigh(place, shape) * (1.0 + by * rng.uniform(-1.0, 1.0, shape)))


def measure_rounding(found: Sequence[Any], again: Sequence[Sequence[Any]]) -> list[Any]:
    """What rounding may change of arrays, an element each: many times what changes in the last digits of the operands change."""
    bounds: list[Any] = []
    for place, x in enumerate(found):
        if x is None:
            bounds.append(None)
            continue
        eps = float(np.finfo(x.dtype).eps) if x.dtype.kind == "f" else 0.0
        with np.errstate(all="ignore"):
            spread = np.zeros(x.shape)
            for other in again:
                spread = np.fmax(spread, np.abs(np.asarray(other[place], float) - x))
            finite = np.abs(x[np.isfinite(x)])
            # Of a sum to which little is left each element is as good as the largest.
            bounds.append(
                SLACK
                * (np.maximum(spread, np.median(spread) if spread.size else 0.0) + eps * float(finite.max(initial=0.0)))
            )
    return bounds


def exceeds(theirs: Any, ours: Any, bound: Any) -> np.ndarray:
    """Where two arrays differ by more than a bound; where neither is a number, or both are the same infinity, they do not."""
    with np.errstate(all="ignore"):
        alike = (theirs == ours) | (np.isnan(theirs) & np.isnan(ours)) | (np.abs(theirs - ours) <= bound)
    return ~alike


def lies_between(theirs: Any, near: Sequence[Any], bound: Any) -> np.ndarray:
    """Where an array lies between what several others are, to a bound: any convention at a kink lies there."""
    with np.errstate(all="ignore"):
        return (theirs >= np.minimum.reduce(near) - bound) & (theirs <= np.maximum.reduce(near) + bound)


def of_program(program: Any, moving: Mapping[str, Any], fixed: Mapping[str, Any], weigh: Weigh) -> dict[str, Any]:
    """Our gradients of the floats among the leaves of a whole program."""
    held = {name: wrap(x.copy(), is_float(x)) for name, x in moving.items()}
    held |= {name: as_face(x) for name, x in fixed.items()}
    with enable_grad():
        results = [y for y in leaves(run(program, held)[0]) if isinstance(y, Tensor)]
        weighed = [
            (y * wrap(weigh(i, tuple(y.shape)).astype(y.dtype))).sum() for i, y in enumerate(results) if y.needs_grad
        ]
    if weighed:
        sum(weighed[1:], weighed[0]).backward()
    return {
        name: np.zeros(x.shape) if get_grad(held[name]) is None else get_grad(held[name])
        for name, x in moving.items()
        if is_float(x)
    }
