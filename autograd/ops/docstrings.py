"""The docstrings of rows: their own words, their derivatives as printed from their rules, their arguments, an example.

Printing a rule needs the engine, which stands on this table; `python -m tests.typing.faces` writes what it prints and what
the examples give to `printed.py`, and a test holds it current.
"""

from __future__ import annotations

from inspect import Parameter, Signature

from autograd.graph.op import TABLE, Op
from autograd.ops.printed import PRINTED, Printed

# Rows of arrays alone, whose arguments and results have shapes of their own.
PARAMETERS = {
    "matmul": """\
x, y : array_like or Tensor, shapes (…, n, k) and (…, k, m)
    One axis counts as a row on the left and as a column on the right; further axes in front broadcast.""",
    "linear": """\
x : array_like or Tensor, shape (…, in)
weight : array_like or Tensor, shape (out, in)
bias : array_like or Tensor, shape (out,)""",
    "where": """\
condition : bool, array_like or Tensor
    What is not 0 counts as true.
x, y : float, array_like, Value or Tensor
    The shapes of all three broadcast.""",
}
RETURNS = {
    "matmul": "numpy.ndarray or Tensor, shape (…, n, m)\n    A tensor where an operand is one.",
    "linear": "numpy.ndarray or Tensor, shape (…, out)\n    A tensor where an operand is one.",
}
OF_ONE = "x : float, array_like, Value or Tensor\n    Of any shape."
OF_TWO = "x, y : float, array_like, Value or Tensor\n    Their shapes broadcast."
RESULT = "float, numpy.ndarray, Value or Tensor\n    Of the kind that came in, element by element."
TRUTH = "bool, numpy.ndarray or Tensor\n    A tensor of bools for tensors, a bool for numbers and Values."
NAMES = {"linear": ("x", "weight", "bias"), "where": ("condition", "x", "y")}


def docstring(op: Op) -> str:
    """The docstring of the function of a row, in NumPy's style.

    Examples
    --------
    >>> print(docstring(TABLE["sin"]).partition("Parameters")[0].rstrip())
    The sine of an angle in radians.
    <BLANKLINE>
    Its derivative::
    <BLANKLINE>
        ∂out/∂x = cos(x)
    """
    # Of a row that is new nothing was printed yet: that takes a table that can be imported.
    printed = PRINTED.get(op.name) or Printed((), False, "")
    parts = [op.doc]
    if printed.derivatives:
        parts.append("Its derivative::" if len(printed.derivatives) == 1 else "Its derivatives::")
        parts.append("\n".join(f"    ∂out/∂{name} = {text}" for name, text in printed.derivatives))
    parts.append(_section("Parameters", PARAMETERS.get(op.name) or (OF_ONE if len(op.rules) == 1 else OF_TWO)))
    parts.append(_section("Returns", RETURNS.get(op.name) or (TRUTH if printed.truth else RESULT)))
    if printed.example:
        parts.append(_section("Examples", printed.example))
    return "\n\n".join(parts) + "\n"


def _section(title: str, text: str) -> str:
    return f"{title}\n{'-' * len(title)}\n{text}"


def attach() -> None:
    """Give the functions of all rows that have words their docstrings, and signatures without the parameters of others."""
    for op in TABLE.values():
        if op.doc:
            op.call.__doc__ = docstring(op)
            names = NAMES.get(op.name, ("x", "y")[: len(op.rules)])
            op.call.__signature__ = _signature(names)  # type: ignore[attr-defined]


def _signature(names: tuple[str, ...]) -> Signature:
    return Signature([Parameter(name, Parameter.POSITIONAL_ONLY) for name in names])
