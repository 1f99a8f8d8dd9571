"""`Value`: the scalar face of a node, with micrograd's API."""

from __future__ import annotations

import html
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike

from autograd.engine.backward import backward
from autograd.engine.contributions import contributions
from autograd.engine.guards import remember
from autograd.engine.methods import ValueMethods
from autograd.engine.source import generate
from autograd.errors import AnomalyError, LostGradientError, OperandError, note_call, type_name
from autograd.graph.modes import PLAIN, instead_of_backward, mode, scope
from autograd.graph.node import GRADIENTS, NO_PARAMS, Const, Node, as_flag, get_data, initialise, next_order
from autograd.graph.op import NOT_FINITE_IN_PYTHON, Op, refuse_masks
from autograd.graph.sites import here
from autograd.graph.versions import note_derived
from autograd.ops import comparison, elementwise
from autograd.wording.names import Names

if TYPE_CHECKING:
    from autograd.engine.contributions import Step

_new = object.__new__


class Label(str):
    """A name that can be called: `v.label` is a text in the lecture, `node.label()` a method of every node here."""

    _node: Value

    def __new__(cls, node: Value) -> Label:
        label = super().__new__(cls, node.name or "")
        label._node = node
        return label

    def __call__(self) -> str:
        return Node.label(self._node)


class Value(ValueMethods):
    """One float that remembers how it was computed.

    Parameters
    ----------
    data : float
        A Python or NumPy number.
    requires_grad : bool
        True by default, as in micrograd; a constant otherwise.
    name : str, optional
        Shown in messages, tables and diagrams.
    label : str, optional
        The same, as the lecture that micrograd comes from calls it.

    Attributes
    ----------
    data, grad : float

    Raises
    ------
    OperandError
        For data that is not one real number, and for children and an operation, which only computing records; it is a
        TypeError.

    Notes
    -----
    Two Values are equal where they are the same one, as in micrograd, so that `v in values` and `values.index(v)` find the
    node. With numbers, and by `<` and `>`, their data is compared.

    Examples
    --------
    >>> a, b = Value(2.0, name="a"), Value(1.0, name="b")
    >>> e = (a + b) * (b + 1)
    >>> e.backward()
    >>> e.data, a.grad, b.grad
    (6.0, 2.0, 5.0)
    """

    # What a constant was detached from.
    __slots__ = ("derived",)

    data: float
    grad: float

    def __init__(
        self, data: Any, requires_grad: bool = True, name: str | None = None, *, label: str | None = None
    ) -> None:
        if requires_grad.__class__ is not bool:
            requires_grad, name = _without_children(data, requires_grad, name)
        if label is not None:
            name = label
        self.data, self.grad = _number(data), 0.0
        site = here(callers=True) if mode().sites else None
        initialise(self, needs_grad=requires_grad, name=name, site=site)

    def backward(
        self, gradient: float | None = None, *, retain_grads: bool = False, step: Callable[[Step], None] | None = None
    ) -> None:
        """Accumulate into every `.grad` the derivative of this value with respect to it.

        Leaves add up over calls until they are zeroed; the gradients of intermediates are those of the latest call.

        Parameters
        ----------
        gradient : float, optional
            The derivative of whatever comes after with respect to this value; 1 by default.
        retain_grads : bool
            Accepted for symmetry with `Tensor`; a `Value` always keeps its gradient.
        step : callable, optional
            Called with each `Step` of the pass as it is taken; see `autograd.engine.reverse`.

        Raises
        ------
        GraphError
            Where this value requires no gradient.

        Examples
        --------
        >>> from autograd import Value
        >>> a = Value(3.0)
        >>> b = a * a
        >>> b.backward()
        >>> a.grad
        6.0
        >>> b.backward()
        >>> a.grad
        12.0
        """
        run = instead_of_backward.get() or backward
        run(self, 1.0 if gradient is None else _number(gradient), step=step)

    # What the lecture that micrograd comes from reads and writes.

    @property
    def label(self) -> Label:
        """The name, empty where there is none; called, it is the name or what the node is, as of every node."""
        return Label(self)

    @label.setter
    def label(self, name: str) -> None:
        self.name = name

    @property
    def _prev(self) -> set[Value]:
        """The operands, without plain numbers."""
        return {parent for parent in self.parents if isinstance(parent, Value)}

    @property
    def _op(self) -> str:
        """The sign or the name of the operation; empty for a leaf."""
        return "" if self.op is None else self.op.infix or self.op.name

    @property
    def _backward(self) -> Callable[[], None]:
        """What the lecture calls by hand, the root's first: adds what this node sends to the gradients of its operands."""

        def send() -> None:
            if self.op is not None:
                with GRADIENTS:
                    for parent, sent in zip(self.parents, contributions(self, self.grad, get_data), strict=True):
                        if sent is not None and parent.needs_grad:
                            parent.grad += sent

        return send

    @_backward.setter
    def _backward(self, function: Any) -> None:
        raise AttributeError(
            "a Value holds no function for its derivative: rules are in one table, and @primitive makes an operation of yours"
        )

    def zero_grad(self) -> None:
        """Set the gradient back to 0.

        Examples
        --------
        >>> from autograd import Value
        >>> a = Value(3.0)
        >>> (a * a).backward()
        >>> a.zero_grad()
        >>> a.grad
        0.0
        """
        self.grad = 0.0

    def detach(self) -> Value:
        """The same number as a constant.

        Returns
        -------
        Value

        Examples
        --------
        >>> from autograd import Value
        >>> a = Value(3.0)
        >>> a.detach().requires_grad
        False
        """
        detached = Value(self.data, requires_grad=False, name=self.name)
        if self.needs_grad or hasattr(self, "derived"):
            note_derived(detached, None, [self], {}, mode().sites)
        return detached

    def item(self) -> float:
        """The number.

        Returns
        -------
        float

        Examples
        --------
        >>> from autograd import Value
        >>> a = Value(3.0)
        >>> (a * a).item()
        9.0
        """
        return self.data

    def _record(self, op: Op, xs: tuple[Any, ...], params: dict[str, Any]) -> Any:
        parents = tuple([x if x.__class__ is Value else _operand(op, x) for x in xs])
        data = op.on_floats([x.data for x in parents], params)
        if data.__class__ is bool:
            return data
        now = mode()
        if now.anomaly and not math.isfinite(data):
            values = ", ".join(f"{x.label()} = {x.data!r}" for x in parents)
            told = f"forward: {op.name} gave {data!r} from {values}, at {here(callers=True)}"
            raise note_call(AnomalyError(told), op.name, parents)
        node = _new(Value)
        node.data, node.grad = data, 0.0
        within, site = scope.get(), here(callers=True) if now.sites else None
        if now.grad and op.differentiable and any([x.needs_grad for x in parents]):
            initialise(node, op, parents, params, True, None, within, site)
            if op.pull is None:
                # Now, and not when the pass needs it: there a debugger would step through the making of it.
                generate(op)
        else:
            initialise(node, scope=within, site=site)
        if now.anomaly:
            remember(node)
        return node

    # Comparisons give Python bools, so that `if v > w`, `max(v, w)` and `sorted` work; a node hashes by identity.
    def __gt__(self, other: Any) -> bool:
        return bool(self.data > _comparable(other))

    def __ge__(self, other: Any) -> bool:
        return bool(self.data >= _comparable(other))

    def __lt__(self, other: Any) -> bool:
        return bool(self.data < _comparable(other))

    def __le__(self, other: Any) -> bool:
        return bool(self.data <= _comparable(other))

    def __eq__(self, other: object) -> bool:
        # Two nodes are equal where they are the same: lists of them are looked through by it.
        return bool(self.data == other) if isinstance(other, (int, float, np.number)) else NotImplemented

    __hash__ = Node.__hash__

    def __bool__(self) -> bool:
        return bool(self.data)

    def __getitem__(self, key: Any) -> Any:
        raise TypeError("a Value is one number and cannot be indexed; use Tensor for arrays")

    __iter__ = None

    if not TYPE_CHECKING:
        # Type checkers take whatever has this method for an array.
        def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> Any:
            raise LostGradientError(
                "a Value does not become an array, which would drop its graph: use v.item() for the number, "
                "or build a Tensor, and autograd.stack to join tensors"
            )

    def __round__(self, ndigits: int | None = None) -> Any:
        return comparison.round(self, ndigits or 0)

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)

    def __repr__(self) -> str:
        name = f", name={self.name!r}" if self.name else ""
        return f"Value(data={self.data}, grad={self.grad}{name})"

    def _repr_html_(self) -> str:
        names = Names(self)
        shown = [names[p] for p in self.parents[:4]] + ["…"] * (len(self.parents) > 4)
        made = "leaf" if self.op is None else f"{self.op.name}({', '.join(shown)})"
        return (
            f"<code>{html.escape(names[self])} = {html.escape(made)}: "
            f"<span style='color:#2a8a3e'>{self.data:.6g}</span>, "
            f"gradient <span style='color:#c62f2f'>{self.grad:.6g}</span></code>"
        )


def _infix(op: Op) -> tuple[Any, Any]:
    """The operator of a binary row and its reflection, with the record written out: a network has 10⁵ of them."""
    scalar = op.scalar
    assert scalar is not None
    # Here, because what is written out below has no time to ask for it; see `Value._record`.
    generate(op)

    def forward(self: Any, other: Any) -> Any:
        if other.__class__ is not Value:
            if other.__class__ is float or other.__class__ is int:
                other = Const(float(other))
            elif other.__class__ is not Const:
                other = _operand(op, other)
        if mode() is not PLAIN:
            return (
                self._record(op, (self, other), NO_PARAMS)
                if self.__class__ is Value
                else other._record(op, (self, other), NO_PARAMS)
            )
        node = _new(Value)
        try:
            data = scalar(self.data, other.data)
        except NOT_FINITE_IN_PYTHON:
            data = op.on_floats((self.data, other.data), NO_PARAMS)
        node.data = data
        node.grad = 0.0
        if self.needs_grad or other.needs_grad:
            node.op = op
            node.parents = (self, other)
            node.needs_grad = True
        else:
            node.op = None
            node.parents = ()
            node.needs_grad = False
        node.params = NO_PARAMS
        node.name = node.site = None
        node.scope = scope.get()
        node.order = next_order()
        return node

    def reflect(self: Any, other: Any) -> Any:
        return forward(
            Const(float(other)) if other.__class__ is float or other.__class__ is int else _operand(op, other), self
        )

    return forward, reflect


def _number(data: Any) -> float:
    if data.__class__ is float:
        return data
    refuse_masks("Value", data)
    if isinstance(data, (int, float, np.integer, np.floating, np.bool_)) or (
        isinstance(data, np.ndarray) and data.ndim == 0 and data.dtype.kind in "fiub"
    ):
        return float(data)
    if isinstance(data, Value):
        raise OperandError("Value(v) of a Value would cut the graph: use v itself, or v.detach()")
    raise OperandError(f"a Value holds one real number, not {_describe(data)}; use Tensor for arrays")


def _without_children(data: Any, requires_grad: Any, name: Any) -> tuple[bool, Any]:
    """What is meant where micrograd's constructor takes children and an operation, of which a leaf has none."""
    if not isinstance(requires_grad, (tuple, list, set, frozenset)):
        return as_flag("Value", requires_grad), name
    if requires_grad or name:
        raise OperandError(
            f"Value({data!r}, children, {name!r}): a node of a graph is made by computing it, such as a + b; for an operation "
            "of your own write a function with @primitive. The arguments of Value are data, requires_grad and name"
        )
    return True, None


def _describe(data: Any) -> str:
    described = f"{type_name(data)} of shape {data.shape}" if hasattr(data, "shape") else f"{type_name(data)}"
    return described if len(repr(data)) > 40 else f"{described} {data!r}"


def _operand(op: Op, x: Any) -> Node:
    if isinstance(x, (Value, Const)):
        return x
    if isinstance(x, (bool, np.bool_)):
        return Const(bool(x))
    if isinstance(x, Node) or (isinstance(x, np.ndarray) and x.ndim):
        what = " Tensor" if isinstance(x, Node) else "n array"
        raise OperandError(
            f"{op.name}: cannot mix a Value with a{what} of shape {x.shape}: make the scalar a Tensor(2.0, requires_grad=True), "  # type: ignore[union-attr]
            f"or take single numbers of it (Value(x.item())); in grad(f)(…), where f uses Values, pass Value(2.0) for 2.0"
        )
    try:
        return Const(_number(x))
    except OperandError as error:
        raise OperandError(f"{op.name}: {error}") from None


def _comparable(x: Any) -> Any:
    return x.data if x.__class__ is Value or x.__class__ is Const else _number(x)


def _methods() -> None:
    for name, symbol in {"add": "add", "sub": "sub", "mul": "mul", "div": "truediv", "power": "pow"}.items():
        forward, reflect = _infix(getattr(elementwise, name).op)
        forward.__name__, reflect.__name__ = f"__{symbol}__", f"__r{symbol}__"
        setattr(Value, f"__{symbol}__", forward)
        setattr(Value, f"__r{symbol}__", reflect)


_methods()
