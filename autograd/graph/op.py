"""`Op`: one row of the table of operations, and the dispatch of a call on raw data or on nodes.

A row has a name, a forward for floats, a forward for arrays, and one derivative per argument. A derivative, or *rule*,
takes `g` (the gradient arriving at the output), `out`, then the operands `x, y, …`, then the parameters by keyword, and
is written in the generic operations of this package, so that one text serves floats, arrays, nodes (higher orders) and
symbols (formulas):

    tanh = unary("tanh", math.tanh, np.tanh, lambda g, out, x: scale(g, 1.0 - out * out))

The name on the left is then an ordinary function: floats in, float out; arrays in, array out; a node in, a recorded
node out.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Container, Sequence
from pickle import PicklingError
from typing import Any

import numpy as np

from autograd.errors import OperandError, type_name
from autograd.graph.node import NO_PARAMS, Const, Node

Function = Callable[..., Any]
Rule = Callable[..., Any]
TABLE: dict[str, Op] = {}
BY_NUMPY: dict[Any, Callable[..., Any]] = {}
BY_SCIPY: dict[str, Callable[..., Any]] = {}
EVERY = range(sys.maxsize)
NOT_FINITE_IN_PYTHON = (ArithmeticError, ValueError)
# What most operands are, none of which has a mask.
UNMASKED = frozenset({np.ndarray, np.float64, float, int})


class Op:
    """One row of the table.

    Attributes
    ----------
    name : str
    scalar : callable or None
        The forward for Python floats; None where only arrays make sense.
    array : callable
        The forward for arrays.
    rules : tuple of (callable or None)
        One derivative per argument; None where it is zero by definition.
    joint : callable or None
        For any number of arguments, `joint(g, out, xs)` gives the sequence of all their contributions.
    infix : str or None
        The Python operator it is printed with.
    view : bool
        Whether the result may share the memory of the first operand.
    differentiable : bool
        Whether any argument has a derivative at all; the results of the others never require gradients.
    doc : str
        What it computes, in one sentence; the docstring of `call` is made of it, see `autograd.ops.docstrings`.
    opaque : bool
        Whether the rules are a user's: they are called as they stand, and never read as formulas.
    linear : tuple of (container of int)
        Groups of operands: the operation is linear in those of a group together, while the others stay what they are.
        `((0,), (1,))` of a product, `(EVERY,)` of what joins arrays.
    length : bool
        Whether it is a length, whose square is smooth where it is 0; see `autograd.ops.lengths`.
    takes_complex : bool
        Whether its rules hold for complex operands, too; see `autograd.ops.complex_numbers`.
    elementwise : bool
        Whether an element of the result depends on the same element of each operand alone. So do rows that floats have
        too, and their rules take what arrives element by element.
    call : callable
        The generic function that users and rules call.
    pushes : dict of int to (callable or None)
        What a user's operation says of its derivatives forward: `push(tangent, out, *xs, **params)` gives what the tangent of
        that argument adds to the tangent of the result, None where nothing.
    pull : callable or None
        The function generated from the rules for `Value`; see `autograd.engine.source`.
    """

    __slots__ = (
        "array",
        "call",
        "differentiable",
        "doc",
        "elementwise",
        "infix",
        "joint",
        "length",
        "linear",
        "name",
        "opaque",
        "pull",
        "pushes",
        "rules",
        "scalar",
        "takes_complex",
        "view",
    )

    name: str
    scalar: Callable[..., Any] | None
    array: Callable[..., Any]
    rules: tuple[Rule | None, ...]
    joint: Rule | None
    infix: str | None
    view: bool
    opaque: bool
    linear: tuple[Container[int], ...]
    length: bool
    takes_complex: bool
    doc: str
    elementwise: bool
    differentiable: bool
    call: Callable[..., Any]
    pushes: dict[int, Callable[..., Any] | None]
    pull: Callable[[Node], None] | None

    def __init__(
        self,
        name: str,
        scalar: Callable[..., Any] | None,
        array: Callable[..., Any],
        rules: Sequence[Rule | None] = (),
        *,
        joint: Rule | None = None,
        infix: str | None = None,
        view: bool = False,
        opaque: bool = False,
        linear: tuple[Container[int], ...] = (),
        length: bool = False,
        takes_complex: bool = False,
        doc: str = "",
    ) -> None:
        self.name, self.scalar, self.array = name, scalar, array
        self.rules, self.joint = tuple(rules), joint
        self.infix, self.view, self.opaque, self.doc = infix, view, opaque, doc
        self.linear, self.length, self.takes_complex = linear, length, takes_complex or opaque
        self.elementwise = scalar is not None and joint is None and not opaque
        self.differentiable = joint is not None or opaque or any(rule is not None for rule in self.rules)
        self.call = _dispatcher(self)
        self.pull = None
        self.pushes = {}

    def on_floats(self, xs: Sequence[Any], params: dict[str, Any]) -> Any:
        """The forward on Python floats, by IEEE 754 as arrays have it: 1/0 is inf, log(-1) is nan."""
        if self.scalar is None:
            raise OperandError(f"{self.name} takes arrays, not {_kinds(xs)}: use Tensor")
        try:
            result = self.scalar(*xs, **params)
            if result.__class__ is float or result.__class__ is bool:
                return result
            if not isinstance(result, complex):
                return float(result)
        except NOT_FINITE_IN_PYTHON:
            pass
        with np.errstate(all="ignore"):
            result = self.array(*(np.float64(x) for x in xs), **params)
        if kind_of(result) == "c":
            raise OperandError(f"{self.name} gives a complex number, and a Value is one real number: use Tensor")
        return float(result)

    def contributions(
        self, g: Any, out: Any, xs: Sequence[Any], params: dict[str, Any], wanted: Sequence[bool]
    ) -> list[Any]:
        """What the gradient `g` at the output sends to each argument; None where nothing, or where not wanted."""
        if self.joint is not None:
            return list(self.joint(g, out, xs, **params))
        sent = []
        for rule, want in zip(self.rules, wanted):  # noqa: B905 - as many of each, and the check is not free
            sent.append(rule(g, out, *xs, **params) if want and rule is not None else None)
        return sent

    def contributions_of_floats(
        self, g: float, out: float, xs: Sequence[float], params: dict[str, Any], wanted: Sequence[bool]
    ) -> list[Any]:
        """The same on floats, read again on `numpy.float64` where Python raises and IEEE 754 has an answer."""
        try:
            sent = self.contributions(g, out, xs, params, wanted)
            if all(c is None or c.__class__ is float for c in sent):
                return sent
        except NOT_FINITE_IN_PYTHON:
            sent = [1j]
        if any(isinstance(c, complex) for c in sent):
            with np.errstate(all="ignore"):
                sent = self.contributions(np.float64(g), np.float64(out), [np.float64(x) for x in xs], params, wanted)
        return [None if c is None else float(c) for c in sent]

    def refuse(self, operands: Sequence[Any], first: int = 0) -> None:
        """Raise for operands that the row does not take, of which the first is that of this number.

        Raises
        ------
        OperandError
            For complex numbers where the rules do not hold for them, for objects and texts, and for elements that are masked.
        """
        complex_too = self.takes_complex or not self.differentiable
        for position, x in enumerate(operands, first):
            refuse_masks(self.name, x)
            kind = kind_of(x)
            if kind == "c" and not complex_too:
                raise self.no_complex(position)
            if kind in "OUSVMm":
                raise OperandError(
                    f"{self.name}, argument {position + 1}: data of dtype {getattr(x, 'dtype', type(x).__name__)} is not "
                    "differentiated here; use floats"
                )

    def no_complex(self, position: int) -> OperandError:
        """The error for an operand that is complex."""
        return OperandError(
            f"{self.name}, argument {position + 1}: complex numbers have no derivative here; give real ones, such as "
            "its real, imag, abs or angle"
        )

    def __repr__(self) -> str:
        return f"<Op {self.name}>"

    def __deepcopy__(self, memo: dict[int, Any]) -> Op:
        # A row is what it is for all copies of what was computed by it, and a user's own stands in no table.
        return self

    def __reduce__(self) -> str | tuple[Any, ...]:
        if TABLE.get(self.name) is not self:
            raise PicklingError(f"{self.name} is an operation of a user's own, which the table has no row for")
        return _row, (self.name,)


def _row(name: str) -> Op:
    return TABLE[name]


def register(op: Op, *numpy: Any) -> Callable[..., Any]:
    """Enter a row into the table, and the NumPy functions that stand for it; gives the function to call."""
    if op.name in TABLE:
        raise ValueError(f"the table has a row named {op.name!r} already")
    TABLE[op.name] = op
    for function in numpy:
        BY_NUMPY[function] = op.call
    return op.call


def unary(
    name: str, scalar: Callable[..., Any], array: Callable[..., Any], rule: Rule | None, **fields: Any
) -> Callable[..., Any]:
    """A row of one argument."""
    return register(Op(name, scalar, array, (rule,), **fields), *_ufunc(array))


def binary(
    name: str,
    scalar: Callable[..., Any],
    array: Callable[..., Any],
    rule_x: Rule | None,
    rule_y: Rule | None,
    **fields: Any,
) -> Callable[..., Any]:
    """A row of two arguments."""
    return register(Op(name, scalar, array, (rule_x, rule_y), **fields), *_ufunc(array))


def row(
    name: str, array: Callable[..., Any], *rules: Rule | None, scalar: Callable[..., Any] | None = None, **fields: Any
) -> Callable[..., Any]:
    """A row of any other form: for arrays only, or of three and more arguments."""
    return register(Op(name, scalar, array, rules, **fields))


def variadic(
    name: str, scalar: Callable[..., Any] | None, array: Callable[..., Any], joint: Rule, **fields: Any
) -> Callable[..., Any]:
    """A row of any number of arguments, whose derivatives come from one joint rule `(g, out, xs)`."""
    return register(Op(name, scalar, array, joint=joint, **fields))


def implements(*functions: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare that the decorated function is what these NumPy functions do on tensors."""

    def enter(ours: Callable[..., Any]) -> Callable[..., Any]:
        for function in functions:
            BY_NUMPY[function] = ours
        return ours

    return enter


def _ufunc(array: Any) -> tuple[Any, ...]:
    return (array,) if isinstance(array, np.ufunc) else ()


def _kinds(xs: Sequence[Any]) -> str:
    return " and ".join(sorted({type_name(x) for x in xs}))


def _dispatcher(op: Op) -> Callable[..., Any]:
    """The function of a row. Its arity is fixed, because packing arguments costs more than a multiplication."""
    scalar, array, ndarray, float64 = op.scalar, op.array, np.ndarray, np.float64

    def of_any(*xs: Any, **params: Any) -> Any:
        if not xs or xs[0].__class__ is not ndarray:
            return apply(op, xs, params)
        for x in xs:
            if x.__class__ is not ndarray and x.__class__ is not float:
                return apply(op, xs, params)
        return array(*xs, **params)

    def of_one(x: Any, /, **params: Any) -> Any:
        kind = x.__class__
        if kind is ndarray:
            return array(x, **params)
        if kind is float and scalar is not None:
            return op.on_floats((x,), params)
        if kind is float64:
            return _number(array(x, **params))
        record = getattr(x, "_record", None)
        return apply(op, (x,), params) if record is None else record(op, (x,), params)

    def of_two(x: Any, y: Any, /, **params: Any) -> Any:
        if x.__class__ is ndarray and (y.__class__ is ndarray or y.__class__ is float):
            return array(x, y, **params)
        if x.__class__ is float and y.__class__ is float and scalar is not None and not params:
            try:
                result = scalar(x, y)
                if result.__class__ is float or result.__class__ is bool:
                    return result
            except NOT_FINITE_IN_PYTHON:
                pass
        elif x.__class__ is float64:
            if y.__class__ is float64 or y.__class__ is float:
                return _number(array(x, y, **params))
            if y.__class__ is ndarray:
                return array(x, y, **params)
        elif y.__class__ is float64:
            if x.__class__ is ndarray:
                return array(x, y, **params)
            if x.__class__ is float:
                return _number(array(x, y, **params))
        return apply(op, (x, y), params)

    arity = 0 if op.joint is not None else len(op.rules)
    call: Callable[..., Any] = of_one if arity == 1 else of_two if arity == 2 else of_any
    call.__name__ = call.__qualname__ = op.name
    call.op = op  # type: ignore[attr-defined]
    return call


def apply(op: Op, xs: tuple[Any, ...], params: dict[str, Any] = NO_PARAMS) -> Any:
    """Call a row on anything: nodes are recorded by their own face, raw data is computed."""
    for x in xs:
        if isinstance(x, Node) and x.__class__ is not Const:
            return x._record(op, xs, params)  # type: ignore[attr-defined]
    if op.opaque:
        # A function of a user's takes what it likes: texts, functions, shapes.
        return op.array(*xs, **params)
    if op.scalar is not None and all(isinstance(x, (int, float)) and not isinstance(x, np.generic) for x in xs):
        return op.on_floats([float(x) for x in xs], params)
    arrays = [x if isinstance(x, (np.ndarray, np.generic, int, float)) else np.asarray(x) for x in xs]
    op.refuse(arrays)
    result = op.array(*arrays, **params)
    return result if any([isinstance(x, np.ndarray) for x in arrays]) else _number(result)


def _number(result: Any) -> Any:
    """What a forward gives for scalars: a scalar, as NumPy's other functions have it, where `numpy.where` gives an array."""
    return result[()] if result.__class__ is np.ndarray and not result.ndim else result


def kind_of(x: Any) -> str:
    """The kind of the dtype of an array or a node, in NumPy's letter; of a number "c" or "f".

    Examples
    --------
    >>> kind_of(np.arange(3)), kind_of(2.0), kind_of(2j)
    ('i', 'f', 'c')
    """
    dtype = getattr(x, "dtype", None)
    if dtype is None:
        return "c" if isinstance(x, complex) else "f"
    return str(dtype.kind)


def refuse_masks(name: str, x: Any) -> None:
    """Raise for a masked array, alone or in a list, in which elements are masked: an array made of it has no mask."""
    if x.__class__ in UNMASKED:
        return
    masked = sys.modules.get("numpy.ma")
    # Whoever has a masked array has imported that module.
    if masked is not None and _holds_mask(x, masked):
        raise OperandError(
            f"{name}: the mask of a masked array would be lost: give .filled(value) or .compressed(), or choose with np.where"
        )


def refuse_matrix(name: str, x: Any) -> None:
    """Raise for a `numpy.matrix`, whose `*` and `**` are products of matrices, where a tensor's go element by element."""
    if isinstance(x, np.matrix):
        raise OperandError(
            f"{name}: numpy.matrix multiplies as matrices do, a tensor element by element: give np.asarray(m), and write @ for the "
            "product of matrices"
        )


def _holds_mask(x: Any, masked: Any) -> bool:
    if isinstance(x, (list, tuple)):
        return any([_holds_mask(part, masked) for part in x])
    if isinstance(x, dict):
        return _holds_mask(list(x.values()), masked)
    return isinstance(x, masked.MaskedArray) and bool(masked.is_masked(x))
