"""Capture: a function of arrays is run once; every operation is recorded, and no value can be looked at.

The tensors that the function sees have shapes and dtypes and stand for any numbers. Everything else is the engine's own:
its operations, its reverse pass and its transforms, which record themselves here as they do for higher derivatives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import numpy as np

from autograd.compiler.errors import CompileError
from autograd.guards import explained
from autograd.modes import instead_of_backward, scope, tracing
from autograd.node import NO_PARAMS, Const, Node, get_data, next_order, set_data, set_grad
from autograd.op import Op, refuse_complex
from autograd.ops.comparison import stop_gradient
from autograd.reverse import propagate, read_node
from autograd.sites import here
from autograd.tensor import Tensor

_new = object.__new__


def _refuse(what: str) -> NoReturn:
    raise CompileError(
        f"{what} a value that is not known while the function is captured, at {here()}: a compiled function runs for any "
        "numbers of these shapes. Write np.where(condition, x, y) for a choice, give what decides as a Python number, or leave "
        "this function uncompiled"
    )


# What may be asked of an array without its numbers.
KNOWN = frozenset({np.shape, np.ndim, np.size, np.result_type, np.zeros_like, np.ones_like})


class Unknown(np.ndarray):
    """An array of a shape and dtype, whose numbers nobody may use."""

    def __array_ufunc__(self, ufunc: Any, method: str, *_: Any, **__: Any) -> Any:
        _refuse(f"np.{ufunc.__name__} of")

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if function in KNOWN:
            return function(*(x.view(np.ndarray) if isinstance(x, Unknown) else x for x in args), **kwargs)
        _refuse(f"np.{function.__name__} of")

    def __bool__(self) -> bool:
        _refuse("a branch on")

    def __float__(self) -> float:
        _refuse("float(…) of")

    def __int__(self) -> int:
        _refuse("int(…) of")

    def __index__(self) -> int:
        _refuse("an index that is")

    def __getitem__(self, key: Any) -> Any:
        _refuse("an element of")

    def __setitem__(self, key: Any, value: Any) -> None:
        _refuse("a change in place of")

    def __iter__(self) -> Any:
        _refuse("a loop over the elements of")

    def item(self, *_: Any) -> Any:
        _refuse("item() of")

    def tolist(self) -> Any:
        _refuse("tolist() of")


def unknown(like: np.ndarray) -> Unknown:
    """A stand-in of the same shape and dtype; what reads it all the same finds NaN, or the least integer."""
    kind = like.dtype.kind
    fill = np.nan if kind == "f" else np.iinfo(like.dtype).min if kind in "iu" else False
    return np.broadcast_to(np.full((), fill, like.dtype), like.shape).view(Unknown)


class TracedTensor(Tensor):
    """A tensor of known shape and dtype, and unknown numbers."""

    __slots__ = ()

    @property
    def data(self) -> np.ndarray:
        return get_data(self)

    @data.setter
    def data(self, array: Any) -> None:
        _refuse("a change in place of")

    def detach(self) -> Tensor:
        """The same numbers as a constant."""
        return stop_gradient(self)

    def _in_place(self, other: Any, ufunc: np.ufunc, symbol: str, ours: Callable[..., Any]) -> Tensor:
        # The name is bound to a new node, as it is for a tensor within a graph.
        return ours(self, other)

    def __repr__(self) -> str:
        return f"TracedTensor({self.label()}, shape={self.shape}, dtype={self.dtype})"


class Trace:
    """What is recorded while a function is captured.

    Attributes
    ----------
    inputs : list of TracedTensor
    captured : list of (Tensor, TracedTensor)
        Tensors from outside, such as parameters, whose data is read at each run, and what stands for them.
    real : dict of Node to array
        The numbers of this one run, from which only shapes and dtypes are read, and constants.
    gradients : dict of Tensor to Node
        What `backward()` inside of the function sent to tensors from outside.
    """

    def __init__(self) -> None:
        self.inputs: list[TracedTensor] = []
        self.captured: dict[Tensor, TracedTensor] = {}
        self.real: dict[Node, Any] = {}
        self.gradients: dict[Tensor, Any] = {}

    def input(self, array: np.ndarray, name: str) -> TracedTensor:
        """A stand-in for an argument."""
        refuse_complex(name, [array])
        node = self._node(array, name)
        self.inputs.append(node)
        return node

    def run(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call a function with all that it does recorded here."""
        token = instead_of_backward.set(self.backward)
        try:
            with tracing(self), np.errstate(all="ignore"):
                return function(*args, **kwargs)
        finally:
            instead_of_backward.reset(token)

    def backward(self, root: Node, seed: Any, **_: Any) -> None:
        """What `backward()` does while a trace is on: the gradients become results of the program."""

        def keep(node: Node, g: Any, owned: bool) -> None:
            if node in of_twin:
                tensor = of_twin[node]
                self.gradients[tensor] = g if tensor not in self.gradients else self.gradients[tensor] + g

        of_twin: dict[Node, Tensor] = {twin: tensor for tensor, twin in self.captured.items() if tensor.requires_grad}
        propagate(root, seed, read_node, keep)

    def record(self, op: Op, xs: Sequence[Any], params: dict[str, Any]) -> TracedTensor:
        """The node of an operation; the engine's faces come here while a trace is on."""
        parents = tuple(self.operand(op, position, x) for position, x in enumerate(xs))
        if op.name in ("index", "scatter") and any(
            p.dtype.kind == "b" for p in parents[1:] if isinstance(p, TracedTensor)
        ):
            _refuse("the number of elements that are true in")
        try:
            data = np.asarray(op.array(*(self.number(p) for p in parents), **params))
        except (ValueError, TypeError, IndexError) as error:
            shapes = ", ".join(f"{p.label()} of shape {np.shape(self.number(p))}" for p in parents)
            raise explained(error, f"{op.name}: {error}; operands: {shapes}; at {here()}") from error
        node = self._node(data, None)
        node.op, node.parents, node.params = op, parents, params
        return node

    def operand(self, op: Op, position: int, x: Any) -> Node:
        """What stands for an operand."""
        if isinstance(x, (TracedTensor, Const)):
            return x
        if isinstance(x, Tensor):
            if x not in self.captured:
                if x.op is not None:
                    raise CompileError(
                        f"{x.label()!r} of shape {x.shape} was computed before this function was compiled, at {x.site}: give it as "
                        "an argument, or detach() it; parameters and other leaves may come from outside"
                    )
                twin = self._node(get_data(x), x.name)
                twin.requires_grad, twin.scope = x.requires_grad, x.scope
                self.captured[x] = twin
            return self.captured[x]
        if isinstance(x, (bool, int, float)) and not isinstance(x, np.generic):
            return Const(x)
        if isinstance(x, Node):
            raise CompileError(f"{op.name}, argument {position + 1}: a Value and tensors do not mix, at {here()}")
        array = np.asarray(x)
        refuse_complex(op.name, [array], position)
        return Const(array)

    def number(self, node: Node) -> Any:
        """A node's number or array in this run."""
        return node.data if node.__class__ is Const else self.real[node]

    def _node(self, data: np.ndarray, name: str | None) -> TracedTensor:
        node = _new(TracedTensor)
        set_data(node, unknown(data))
        set_grad(node, None)
        node.op, node.parents, node.params = None, (), NO_PARAMS
        node.name, node.order, node.scope, node.stamp = name, next_order(), scope.get(), None
        node.site = here(callers=True)
        # Integers too: rules are handed nodes, not the numbers of this run.
        node.requires_grad = True
        self.real[node] = data
        return node
