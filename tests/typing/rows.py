"""What is printed of rows for their docstrings: derivatives from their rules, and examples with what they give."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd
from autograd.engine.formula import argument_names, contribution_formula
from autograd.engine.numpy_functions import numpy_name
from autograd.graph.op import BY_NUMPY, TABLE, Op
from autograd.ops.docstrings import NAMES

HEAD = '''"""Written by `python -m tests.typing.faces`: what `docstrings.py` says of the rows beside their own words."""

from __future__ import annotations

from typing import NamedTuple


class Printed(NamedTuple):
    """The derivatives with the arguments that they are by, whether the result is true or false, and an example."""

    derivatives: tuple[tuple[str, str], ...]
    truth: bool
    example: str


'''
# Where 0.5 and 2.0 say little.
POINTS: dict[str, tuple[Any, ...]] = {
    "acosh": (2.0,),
    "neg": (2.0,),
    "abs": (-2.0,),
    "relu": (-2.0,),
    "sign": (-2.0,),
    "signbit": (-2.0,),
    "cbrt": (-8.0,),
    "floor": (-1.5,),
    "ceil": (-1.5,),
    "trunc": (-1.5,),
    "rint": (-1.5,),
    "remainder": (-1.0, 3.0),
    "fmod": (-1.0, 3.0),
    "floor_divide": (-1.0, 3.0),
    "hypot": (3.0, 4.0),
    "copysign": (2.0, -0.5),
    "deg2rad": (180.0,),
    "square": (3.0,),
    "where": (True, 0.5, 2.0),
    "logical_and": (True, False),
    "logical_or": (True, False),
    "logical_xor": (True, False),
    "logical_not": (True,),
}
OF_ARRAYS = {
    "matmul": """\
>>> import autograd
>>> w = autograd.Tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
>>> autograd.matmul(w, [1.0, 10.0]).tolist()
[21.0, 43.0]""",
    "linear": """\
>>> import autograd
>>> w = autograd.Tensor([[1.0, 2.0]], requires_grad=True)
>>> autograd.linear([[1.0, 10.0], [0.0, 1.0]], w, [0.5]).tolist()
[[21.5], [2.5]]""",
}


def documented() -> list[Op]:
    """The rows that have words of their own."""
    return [op for op in TABLE.values() if op.doc]


def derivatives(op: Op) -> tuple[tuple[str, str], ...]:
    """The derivatives of a row of scalars, printed from its rules, each with the name of the argument."""
    if op.scalar is None or op.joint is not None or not any(op.rules):
        return ()
    operands = [autograd.Tensor(np.array([0.5]), requires_grad=True) for _ in op.rules]
    with np.errstate(all="ignore"):
        node = op.call(*operands)
    found = []
    shown = dict(zip(node.parents, NAMES[op.name], strict=True)) if op.name in NAMES else None
    for k, name in enumerate(NAMES.get(op.name) or argument_names(op, len(op.rules))):
        if op.rules[k] is not None:
            found.append((name, contribution_formula(node, k, local=True, names=shown)))
    return tuple(found)


def point(op: Op) -> tuple[Any, ...]:
    return POINTS.get(op.name, (0.5, 2.0)[: len(op.rules)])


def example(op: Op) -> str:
    """A call, and what it gives to six digits; none for functions that only SciPy names."""
    if op.name in OF_ARRAYS:
        return OF_ARRAYS[op.name]
    names = [numpy_name(function) for function, ours in BY_NUMPY.items() if ours is op.call]
    if getattr(autograd, op.name, None) is op.call:
        start, name = "import autograd", f"autograd.{op.name}"
    elif names:
        start, name = "import autograd.numpy as np", names[0]
    else:
        return ""
    call = f"{name}({', '.join(map(repr, point(op)))})"
    given = op.call(*point(op))
    if start.endswith("np"):
        # NumPy's own scalars are printed with their type.
        call = f"{type(given).__name__}({call})"
    if given.__class__ is float and round(given, 6) != given:
        call, given = f"round({call}, 6)", round(given, 6)
    return f">>> {start}\n>>> {call}\n{given!r}"


def of_rows() -> str:
    """`autograd/ops/printed.py`."""
    lines = []
    for op in documented():
        truth = op.scalar is not None and isinstance(op.call(*point(op)), bool)
        lines.append(f"    {op.name!r}: Printed({derivatives(op)!r}, {truth}, {example(op)!r}),\n")
    return HEAD + "PRINTED: dict[str, Printed] = {\n" + "".join(lines) + "}\n"
