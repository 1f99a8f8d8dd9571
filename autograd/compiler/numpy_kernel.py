"""A tape run by NumPy: a call for each segment, over all rows at once; under `detect_anomaly` each is looked at."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.compiler.tape import Segment, Tape
from autograd.errors import AnomalyError
from autograd.graph.modes import mode


def forward(tape: Tape, rows: np.ndarray) -> np.ndarray:
    """The values of all slots, (slots, rows), for inputs (rows, inputs)."""
    values = np.empty((len(tape), len(rows)))
    values[: tape.inputs] = rows.T
    values[tape.inputs :] = tape.values[tape.inputs :, None]
    with np.errstate(all="ignore"):
        for segment in tape.segments:
            own = slice(segment.start, segment.stop)
            operands = tape.operands[: segment.kind.arity, own]
            values[own] = segment.kind.op.array(*values[operands], **dict(segment.kind.params))
            if mode().anomaly:
                _check_finite("forward", "gave", tape, segment, values, values[own])
    return values


def backward(tape: Tape, values: np.ndarray) -> np.ndarray:
    """The derivatives of the first result by the inputs, (rows, inputs)."""
    gradients = np.zeros_like(values)
    gradients[tape.roots[0]] = 1.0
    with np.errstate(all="ignore"):
        for segment in reversed(tape.segments):
            own = slice(segment.start, segment.stop)
            kind, operands = segment.kind, tape.operands[: segment.kind.arity, own]
            sent = kind.op.contributions(
                gradients[own], values[own], list(values[operands]), dict(kind.params), [True] * kind.arity
            )
            for into, contribution, unique in zip(operands, sent, segment.unique, strict=True):
                if contribution is None:
                    continue
                if mode().anomaly:
                    _check_finite("backward", "sends", tape, segment, values, contribution)
                if unique:
                    gradients[into] += contribution
                else:
                    np.add.at(gradients, into, np.broadcast_to(contribution, values[own].shape))
    return np.ascontiguousarray(gradients[: tape.inputs].T)


def _check_finite(pass_: str, does: str, tape: Tape, segment: Segment, values: np.ndarray, made: Any) -> None:
    """Raise for the first number that is not finite."""
    wrong = ~np.isfinite(np.broadcast_to(made, (segment.stop - segment.start, values.shape[1])))
    if not wrong.any():
        return
    slot, row = (int(k) for k in np.argwhere(wrong)[0])
    found = np.broadcast_to(made, wrong.shape)[slot, row]
    slot += segment.start
    operands = ", ".join(f"{values[k, row]!s}" for k in tape.operands[: segment.kind.arity, slot])
    place = (
        f"at {tape.sites[slot]}"
        if tape.sites[slot] is not None
        else "(for its source line: give the function, not its graph)"
    )
    raise AnomalyError(
        f"{pass_}: {segment.kind.op.name} of {operands}, in row {row} of the inputs, {does} {found!s}, {place}"
    )
