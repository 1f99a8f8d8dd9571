"""Statements of NumPy that write a row's result into an array."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.compiler.flat import Instruction, Variable

# Rows that can write their result into an array, beside those that are one ufunc: statements over operands and `{out}`.
# The flag says whether the result may overwrite an operand.
INTO: dict[str, tuple[tuple[str, ...], bool]] = {
    "sum": (("np.add.reduce({0}, {axis}, keepdims={keepdims}, out={out})",), False),
    "amax": (("np.maximum.reduce({0}, {axis}, keepdims={keepdims}, out={out})",), False),
    "where": (("np.copyto({out}, {2})", "np.copyto({out}, {1}, where={0})"), False),
    "astype": (("np.copyto({out}, {0}, casting='unsafe')",), False),
    "sigmoid": (
        (
            "np.negative({0}, out={out})",
            "np.exp({out}, out={out})",
            "np.add({out}, 1.0, out={out})",
            "np.true_divide(1.0, {out}, out={out})",
        ),
        True,
    ),
}


def statements(instruction: Instruction) -> tuple[tuple[str, ...], bool] | None:
    """Statements over operands, params and `{out}`, and whether the result may overwrite an operand; None where there are none."""
    op = instruction.op
    if isinstance(op.array, np.ufunc) and not instruction.params:
        places = ", ".join(f"{{{k}}}" for k in range(len(instruction.operands)))
        return (f"np.{op.array.__name__}({places}, out={{out}})",), op.array.signature is None
    if op.name == "where" and not _is_mask(instruction.operands[0]):
        return None
    return INTO.get(op.name)


def _is_mask(x: Any) -> bool:
    return isinstance(x, Variable) and x.dtype == bool
