"""Statements of NumPy that write a row's result into an array."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.compiler.flat import Instruction, Variable
from autograd.ops.indexing import check_within
from autograd.ops.strong import settle

# Rows that can write their result into an array, beside those that are one ufunc: statements over operands and `{out}`.
# And the operands that the result may overwrite, by position.
INTO: dict[str, tuple[tuple[str, ...], tuple[int, ...]]] = {
    "sum": (("np.add.reduce({0}, {axis}, keepdims={keepdims}, out={out})",), ()),
    "amax": (("np.maximum.reduce({0}, {axis}, keepdims={keepdims}, out={out})",), ()),
    "scale": (("np.multiply({0}, {1}, out={out})", "{settle}({out}, {0})"), (1,)),
    "strong": (("np.multiply({0}, {1}, out={out})", "{settle}({out}, {0}, {1})"), ()),
    "within": (("{check_within}({0}, {count}, {what})", "np.copyto({out}, {0})"), ()),
    "where": (("np.copyto({out}, {2})", "np.copyto({out}, {1}, where={0})"), ()),
    # Where it is no view: what lies in another order is copied.
    "reshape": (("np.copyto({out}.reshape({0}.shape), {0})",), ()),
    "astype": (("np.copyto({out}, {0}, casting='unsafe')",), ()),
    "sigmoid": (
        (
            "np.negative({0}, out={out})",
            "np.exp({out}, out={out})",
            "np.add({out}, 1.0, out={out})",
            "np.true_divide(1.0, {out}, out={out})",
        ),
        (0,),
    ),
}

# What they call that is not NumPy's.
CALLED: dict[str, Callable[..., Any]] = {"settle": settle, "check_within": check_within}


def statements(instruction: Instruction) -> tuple[tuple[str, ...], tuple[int, ...]] | None:
    """Statements over operands, params and `{out}`, and the operands that the result may overwrite; None where there are none."""
    op = instruction.op
    if isinstance(op.array, np.ufunc) and not instruction.params:
        places = tuple(range(len(instruction.operands)))
        given = ", ".join(f"{{{k}}}" for k in places)
        return (f"np.{op.array.__name__}({given}, out={{out}})",), places if op.array.signature is None else ()
    if op.name == "where" and not _is_mask(instruction.operands[0]):
        return None
    return INTO.get(op.name)


def _is_mask(x: Any) -> bool:
    return isinstance(x, Variable) and x.dtype == bool
