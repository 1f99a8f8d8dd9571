"""A tape run by NumPy: a call for each segment, over all rows at once."""

from __future__ import annotations

import numpy as np

from autograd.compiler.tape import Tape


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
                if unique:
                    gradients[into] += contribution
                else:
                    np.add.at(gradients, into, np.broadcast_to(contribution, values[own].shape))
    return np.ascontiguousarray(gradients[: tape.inputs].T)
