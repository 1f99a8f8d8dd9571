"""Branches and loops: the path that the values of this run take; its operations are recorded as they come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import autograd.torch as torch
from autograd.bridge.onnx.values import number
from autograd.bridge.program import Program
from autograd.bridge.rules import rule
from autograd.bridge.running import run

# A loop that takes more rounds than this was not meant.
MOST_ROUNDS = 1_000_000


def _run(body: Program, outer: dict[str, Any], *given: Any) -> list[Any]:
    inputs = {leaf.name: x for leaf, x in zip(body.leaves, given, strict=True)}
    return list(run(body, {**outer, **inputs})[0])


@rule("onnx.If")
def if_(condition: Any, then_branch: Program, else_branch: Program, outer: dict[str, Any]) -> Any:
    """One of two."""
    return _run(then_branch if number(condition) else else_branch, outer)


@rule("onnx.Loop")
def loop(most: Any, condition: Any, *states: Any, body: Program, outer: dict[str, Any]) -> Any:
    """Again, as often as a number says and as long as a condition holds."""
    count = MOST_ROUNDS if most is None else int(number(most))
    if count > MOST_ROUNDS and condition is None:
        raise ValueError(f"{count} rounds")
    going = condition is None or bool(number(condition))
    held, told = list(states), len(body.results) - 1 - len(states)
    rows: list[list[Any]] = [[] for _ in range(told)]
    done = 0
    while going and done < count:
        if done == MOST_ROUNDS:
            raise ValueError(f"it has not ended after {MOST_ROUNDS} rounds")
        at, on = torch.tensor(done), torch.tensor(going)
        again, *results = _run(body, outer, at, on, *held)
        held, scanned = results[: len(states)], results[len(states) :]
        for row, x in zip(rows, scanned, strict=True):
            row.append(x)
        going, done = bool(number(again)), done + 1
    return [*held, *[torch.stack(row) if row else torch.zeros(0) for row in rows]]


@rule("onnx.Scan")
def scan(
    *given: Any,
    body: Program,
    num_scan_inputs: int,
    outer: dict[str, Any],
    scan_input_axes: Sequence[int] | None = None,
    scan_input_directions: Sequence[int] | None = None,
    scan_output_axes: Sequence[int] | None = None,
    scan_output_directions: Sequence[int] | None = None,
) -> Any:
    """Along sequences, with states."""
    count = len(given) - num_scan_inputs
    held, sequences = list(given[:count]), list(given[count:])
    axes = list(scan_input_axes or [0] * len(sequences))
    back = list(scan_input_directions or [0] * len(sequences))
    parts = [torch.movedim(x, axis, 0) for x, axis in zip(sequences, axes, strict=True)]
    parts = [torch.flip(x, (0,)) if b else x for x, b in zip(parts, back, strict=True)]
    rows: list[list[Any]] = [[] for _ in range(len(body.results) - count)]
    for t in range(parts[0].shape[0]):
        results = _run(body, outer, *held, *[x[t] for x in parts])
        held = results[:count]
        for row, x in zip(rows, results[count:], strict=True):
            row.append(x)
    out = [torch.stack(row) for row in rows]
    turned = list(scan_output_directions or [0] * len(out))
    out = [torch.flip(x, (0,)) if b else x for x, b in zip(out, turned, strict=True)]
    to = list(scan_output_axes or [0] * len(out))
    return [*held, *[torch.movedim(x, 0, axis) for x, axis in zip(out, to, strict=True)]]


@rule("onnx.Scan.8")
def scan_of_batches(*given: Any, **settings: Any) -> Any:
    """The first of its kind."""
    raise ValueError("a scan over batches of the set 8: convert the model with onnx.version_converter")
