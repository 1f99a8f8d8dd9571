"""`vmap`: a function of one example, called once for a whole batch.

The function runs on stand-ins that have the shape of one example. Behind each is the array of all examples, and each operation
is done to all of them at once, by its batching rule. A stand-in is a node with a past, so that derivatives may be taken inside,
of each example by itself: their reverse pass consists of operations, which are done to all examples too. What is done to the whole
is recorded by whoever records outside: derivatives of it, another `vmap` around it, a compiler.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, NoReturn

import numpy as np

from autograd.engine.describe import with_message
from autograd.engine.lifting import release
from autograd.engine.tensor import Tensor
from autograd.engine.unknown import UnknownArray, stand_in_for
from autograd.engine.value import Value
from autograd.errors import OperandError, ShapeError, type_name
from autograd.graph.modes import call_traced, call_with, instead_of_backward, mode, scope
from autograd.graph.node import Const, Node, initialise, raw, set_data, set_grad
from autograd.graph.op import TABLE, Op, refuse_masks, refuse_matrix
from autograd.graph.recorder import Recorder
from autograd.graph.sites import here
from autograd.graph.tree import map_leaves
from autograd.ops.batching import Operand, call_on_batch
from autograd.ops.comparison import stop_gradient
from autograd.ops.shape import as_array, broadcast_to, moveaxis

Axes = Any
_new = object.__new__
CUT = TABLE["stop_gradient"]


def vmap(fun: Callable[..., Any], in_axes: Axes = 0, out_axes: Axes = 0) -> Callable[..., Any]:
    """A function of a batch of examples, made of a function of one.

    It gives what a loop over the examples gives, stacked; NumPy goes over all of them at once.

    Parameters
    ----------
    fun : callable
        Of one example: arrays and structures of them. It must not branch on their numbers.
    in_axes : int, None, or a structure of them
        Along which axis of each argument the examples lie; None for one that is the same for all. A tuple has one entry for each
        positional argument, and an entry may be a structure like its argument, or like the upper part of it. Arguments by keyword
        are taken along their first axis.
    out_axes : int, or a structure of them
        Along which axis of each result they shall lie.

    Returns
    -------
    callable

    Raises
    ------
    ShapeError
        When that is called, where the numbers of examples differ.
    OperandError
        Where nothing is taken apart, where `fun` reads the numbers of an example, or changes something in place.

    References
    ----------
    JAX's function of this name; PyTorch calls it `torch.vmap`.

    Examples
    --------
    The gradients of each example, by parameters that are the same for all:

    >>> import numpy as np
    >>> from autograd import grad, vmap
    >>> loss = lambda w, x, y: (x @ w - y) ** 2
    >>> x, y = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, 0.0])
    >>> vmap(grad(loss), in_axes=(None, 0, 0))(np.array([1.0, 1.0]), x, y)
    array([[ 4.,  8.],
           [42., 56.]])
    """

    @wraps(fun)
    def of_batch(*args: Any, **kwargs: Any) -> Any:
        axes = _of_arguments(in_axes, args)
        places = [*(pair for axis, x in zip(axes, args, strict=True) for pair in _pairs(axis, x)), *_pairs(0, kwargs)]
        batch = Batch(_count(places))

        def of_one() -> Any:
            # Here, because a dataclass computes when it is made.
            given, named = [batch.take(axis, x) for axis, x in zip(axes, args, strict=True)], batch.take(0, kwargs)
            return fun(*given, **named)

        out = batch.run(of_one)
        return _map_prefix("vmap: out_axes", batch.give, out_axes, out)

    return of_batch


def _of_arguments(in_axes: Axes, args: Sequence[Any]) -> Sequence[Any]:
    if in_axes is None or isinstance(in_axes, (int, np.integer)):
        return [in_axes] * len(args)
    if not isinstance(in_axes, (tuple, list)):
        raise OperandError(f"vmap: in_axes is an int, None, or a tuple with one for each argument, not {in_axes!r}")
    if len(in_axes) != len(args):
        raise ShapeError(f"vmap: in_axes has {len(in_axes)} entries, and there are {len(args)} positional arguments")
    return in_axes


def _map_prefix(name: str, function: Callable[[Any, Any], Any], axes: Axes, tree: Any) -> Any:
    """`function(axis, leaf)` of each leaf, where the axes come in the structure of the tree, or of its upper part."""
    if isinstance(axes, dict):
        if not isinstance(tree, dict) or set(axes) != set(tree):
            raise ShapeError(
                f"{name} has the keys {list(axes)}, which a {type(tree).__name__} in its place does not have"
            )
        return {key: _map_prefix(name, function, axes[key], part) for key, part in tree.items()}
    if isinstance(axes, (tuple, list)):
        if not isinstance(tree, (tuple, list)) or len(axes) != len(tree):
            raise ShapeError(f"{name} has {len(axes)} entries for a {type(tree).__name__} in their place")
        parts = iter([_map_prefix(name, function, axis, part) for axis, part in zip(axes, tree, strict=True)])
        return tree._make(parts) if hasattr(tree, "_make") else type(tree)(parts)
    if axes is not None and (isinstance(axes, bool) or not isinstance(axes, (int, np.integer))):
        raise OperandError(f"{name}: an axis is an int or None, not {axes!r}")
    return map_leaves(lambda leaf: function(axes, leaf), tree)


def _pairs(axes: Axes, tree: Any) -> list[tuple[int, Any]]:
    """The leaves that are taken apart, with the axis of each."""
    found: list[tuple[int, Any]] = []

    def note(axis: int, leaf: Any) -> Any:
        found.append((axis, leaf))
        # A dataclass that computes is made of its numbers.
        return leaf

    _map_prefix("vmap: in_axes", note, axes, tree)
    return [(axis, leaf) for axis, leaf in found if axis is not None]


def _count(places: Sequence[tuple[int, Any]]) -> int:
    """How many examples there are."""
    counts = []
    for axis, x in places:
        if isinstance(x, Value) or not isinstance(x, (np.ndarray, np.generic, Tensor, int, float, complex)):
            raise OperandError(
                f"vmap: arrays and structures of them are taken apart, not {type_name(x)}; give in_axes=None"
            )
        lengths = np.shape(raw(x))
        if not -len(lengths) <= axis < len(lengths):
            raise ShapeError(
                f"vmap: an argument of shape {lengths} has no axis {axis}; give in_axes=None where it is for all"
            )
        counts.append(lengths[axis])
    if not counts:
        raise OperandError("vmap: no argument is taken apart: in_axes must name an axis of one")
    if len(set(counts)) > 1:
        lengths = ", ".join(
            f"{count} along axis {axis} of {np.shape(raw(x))}" for count, (axis, x) in zip(counts, places, strict=True)
        )
        raise ShapeError(f"vmap: the numbers of examples differ: {lengths}")
    return int(counts[0])


class Unknown(UnknownArray):
    """The data of a stand-in for all examples, which differ."""

    def refuse(self, what: str, number: bool = False, instead: str | None = None) -> NoReturn:
        choose = "write np.where(condition, x, y) for a choice"
        _refuse(what, instead or ("use the tensor itself in place of its number" if number else choose))


def _refuse(what: str, instead: str) -> NoReturn:
    raise OperandError(
        f"vmap: {what} one example, which stands for all of them, and their numbers differ: {instead}, or loop over the "
        f"examples; at {here()}"
    )


class BatchedTensor(Tensor):
    """A stand-in: it has the shape of one example, and knows the array of all."""

    __slots__ = ("batch", "whole")
    symbolic = True

    batch: Batch
    whole: Any

    @property
    def grad(self) -> Any:
        _refuse("the .grad of", "take derivatives by grad, vjp or jacobian")

    @grad.setter
    def grad(self, gradient: Any) -> None:
        _refuse("the .grad of", "take derivatives by grad, vjp or jacobian")

    def _record(self, op: Op, xs: tuple[Any, ...], params: dict[str, Any]) -> Tensor:
        if mode().recorder is None:
            raise OperandError(
                f"{op.name}: {self.label()!r} stands for the examples of a vmap that has ended: let its function give it back"
            )
        return super()._record(op, xs, params)

    def __array__(self, *_: Any, **__: Any) -> NoReturn:
        _refuse(
            "an array made of", "use the tensor itself; to index an array by it write np.take, or Tensor(array)[index]"
        )

    def detach(self) -> Tensor:
        """The same numbers as a constant."""
        constant: Tensor = stop_gradient(self)
        return constant

    def __repr__(self) -> str:
        return f"BatchedTensor({self.label()}, shape={self.shape}, dtype={self.dtype}, examples={self.batch.count})"


_BATCHED: dict[type[Tensor], type[BatchedTensor]] = {Tensor: BatchedTensor}


def _batched_face(face: type[Tensor]) -> type[BatchedTensor]:
    """What stands for the tensors of a dialect, with their words."""
    if face not in _BATCHED:
        _BATCHED[face] = type("BatchedTensor", (BatchedTensor, face), {"__slots__": (), "__module__": __name__})
    return _BATCHED[face]


class Batch(Recorder):
    """What records while a function of one example runs.

    Parameters
    ----------
    count : int
        The number of examples.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self.outer = mode().recorder

    def run(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call a function with each of its operations done to all examples."""
        return call_with(instead_of_backward, self.backward, call_traced, self, function, *args, **kwargs)

    def take(self, axes: Axes, tree: Any) -> Any:
        """The arguments of one example."""
        return _map_prefix("vmap: in_axes", self._take, axes, tree)

    def _take(self, axis: int | None, x: Any) -> Any:
        if axis is None:
            return x
        refuse_masks("vmap", x)
        refuse_matrix("vmap", x)
        return self._node(x if axis == 0 else moveaxis(x, axis, 0), _face([x]))

    def give(self, axis: int | None, x: Any) -> Any:
        """The results of all examples, of one that stands for them."""
        if axis is None:
            raise OperandError("vmap: out_axes must name an axis, and not be None")
        if self._is_mine(x):
            whole = x.whole
        elif isinstance(x, (Tensor, np.ndarray, np.generic, int, float, complex)):
            x = as_array(x)
            whole = broadcast_to(x, (self.count, *x.shape))
            whole = whole if isinstance(whole, Node) else whole.copy()
        else:
            raise OperandError(
                f"vmap: the function gave {type_name(x)}, of which there is no batch; give numbers and arrays"
            )
        return release(whole if axis == 0 else moveaxis(whole, 0, axis))

    def _is_mine(self, x: Any) -> bool:
        return isinstance(x, BatchedTensor) and x.batch is self

    # what a program computes

    def record(self, op: Op, xs: Sequence[Any], params: dict[str, Any]) -> Any:
        """An operation: on one example of this batch it is done to all; what has nothing to do with it, outside."""
        if not any([self._is_mine(x) for x in xs]):
            return call_traced(self.outer, op.call, *xs, **params)
        parents = tuple([self._operand(op, position, x) for position, x in enumerate(xs)])
        operands = [Operand(p.whole, True) if self._is_mine(p) else Operand(_outside(p), False) for p in parents]  # type: ignore[attr-defined]
        try:
            whole = call_traced(self.outer, call_on_batch, op, operands, params, self.count)
        except (ValueError, TypeError, IndexError) as error:
            shapes = ", ".join(f"{p.label()} of shape {np.shape(raw(p))}" for p in parents)
            raise with_message(error, f"{op.name}: {error}; operands of one example: {shapes}; at {here()}") from error
        face = _face(parents)
        node = self._node(whole, face)
        node.op, node.parents, node.params = op, parents, params
        if mode().grad:
            return node
        cut = self._node(whole, face)
        cut.op, cut.parents = CUT, (node,)
        return cut

    def _operand(self, op: Op, position: int, x: Any) -> Node:
        if isinstance(x, Value):
            raise OperandError(f"{op.name}, argument {position + 1}: a Value and tensors do not mix, at {here()}")
        if isinstance(x, Tensor):
            return self.stand_in(x)
        if isinstance(x, Const):
            return x
        if isinstance(x, (bool, int, float)) and not isinstance(x, np.generic):
            return Const(x)
        array = x if op.opaque else np.asarray(x)
        op.refuse([array], position)
        return Const(array)

    def _node(self, whole: Any, face: type[Tensor] = Tensor) -> BatchedTensor:
        data = raw(whole)
        node = _new(_batched_face(face))
        set_data(node, stand_in_for(data.shape[1:], data.dtype, Unknown))
        set_grad(node, None)
        node.stamp, node.whole, node.batch = None, whole, self
        initialise(node, needs_grad=True, scope=scope.get(), site=here(mode().sites))
        return node

    def leaf(self, tensor: Tensor) -> Tensor:
        """What a transform differentiates with respect to, the same for all examples."""
        return tensor if self.outer is None else self.outer.leaf(tensor)

    def stand_in(self, tensor: Tensor) -> Tensor:
        """What stands for the tensor outside, the same for all examples."""
        return tensor if self.outer is None or self._is_mine(tensor) else self.outer.stand_in(tensor)

    def draw(self, generator: np.random.Generator, shape: tuple[int, ...]) -> BatchedTensor:
        """Random numbers between 0 and 1, of each example its own."""
        of_all = (self.count, *shape)
        node = self._node(generator.random(of_all) if self.outer is None else self.outer.draw(generator, of_all))
        node.op, node.parents = CUT, (Const(np.zeros(shape)),)
        return node

    def live(self, array: np.ndarray) -> Any:
        """The array, which is the same for all examples."""
        return array if self.outer is None else self.outer.live(array)

    # what a program changes, and what it does beside computing

    def assign(self, tensor: Any, key: tuple[Any, ...], arrays: Sequence[Any], value: Any) -> NoReturn:
        """Refuse an edit in place."""
        _refuse("a change in place inside the function of", "compute a new tensor: np.where, np.concatenate, np.stack")

    def augment(self, tensor: Any, symbol: str, other: Any, compute: Callable[[Any, Any], Any]) -> NoReturn:
        """Refuse an edit in place."""
        _refuse(f"t {symbol}= u inside the function of", f"write t = t {symbol} u")

    def gradient(self, tensor: Any) -> Any:
        """What `.grad` of a tensor that is the same for all examples holds."""
        return call_traced(self.outer, getattr, tensor, "grad")

    def set_gradient(self, tensor: Any, gradient: Any) -> NoReturn:
        """Refuse it."""
        _refuse("a change of .grad inside the function of", "take derivatives by grad, vjp or jacobian")

    def backward(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse it."""
        _refuse("backward() inside the function of", "take derivatives by grad, vjp or jacobian")

    def call(self, name: str, function: Callable[..., Any], arguments: tuple[Any, ...], final: bool) -> Any:
        """Let a check look at all examples; refuse what changes something that exists beside them."""
        if final:
            _refuse(f"{name}() inside the function of", "call it outside")
        of_all = tuple([x.whole if self._is_mine(x) else x for x in arguments])
        return function(*of_all) if self.outer is None else self.outer.call(name, function, of_all, final)

    def visit(self, module: Any) -> None:
        """A module is called; who records outside may be told."""
        if self.outer is not None:
            self.outer.visit(module)

    def refuse_reading(self, tensor: Any) -> None:
        """Raise for one example; other tensors may be read."""
        if isinstance(tensor, BatchedTensor):
            _refuse("the numbers of", "use the tensor itself in place of its numbers")

    def refuse_mode(self, module: Any) -> NoReturn:
        """Refuse to switch a module."""
        _refuse("train() or eval() inside the function of", "switch the module outside")


def _face(operands: Sequence[Any]) -> type[Tensor]:
    """The dialect of a result: that of an operand which has one."""
    return next((x.face for x in operands if isinstance(x, Tensor) and x.face is not Tensor), Tensor)


def _outside(node: Node) -> Any:
    """An operand that is the same for all examples, as others record it."""
    return raw(node) if node.__class__ is Const else node
