"""`Tensor`: the array face of a node, with NumPy's methods and PyTorch's `backward`, `grad` and `detach`.

One file because it is one class: editors and readers find every method of a tensor where it is declared.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from autograd.engine import edits
from autograd.engine.anomaly import check_finite
from autograd.engine.backward import backward
from autograd.engine.describe import with_message
from autograd.engine.guards import remember, stamp
from autograd.engine.methods import TensorMethods
from autograd.engine.numpy_functions import implementation
from autograd.errors import (
    GraphError,
    LostGradientError,
    NotKeptError,
    OperandError,
    ShapeError,
    note_call,
    type_name,
)
from autograd.graph.modes import PLAIN, instead_of_backward, mode, scope
from autograd.graph.node import (
    NO_PARAMS,
    Const,
    Node,
    as_flag,
    get_data,
    get_grad,
    initialise,
    next_order,
    raw,
    require_floats,
    set_data,
    set_grad,
)
from autograd.graph.op import BY_NUMPY, Op, kind_of, refuse_masks, refuse_matrix
from autograd.graph.sites import Site, here
from autograd.graph.versions import GONE, note_derived, note_detached, note_lost, note_mixed, note_view, sharing
from autograd.ops import (
    comparison,
    complex_numbers,
    cumulative,
    elementwise,
    indexing,
    joining,
    reduction,
    shape,
    sorting,
    stable,
)
from autograd.ops.complex_numbers import refuse_imaginary
from autograd.ops.placing import place

if TYPE_CHECKING:
    from weakref import ref

    from autograd.engine.contributions import Step
    from autograd.typing import ArrayLike, DTypeLike, Operand

_new = object.__new__
# Steps of real numbers. NumPy has an order of complex ones, and a sign that is no step.
ORDERED = frozenset(("sign", "greater", "greater_equal", "less", "less_equal"))


class Tensor(TensorMethods):
    """An array that remembers how it was computed.

    Parameters
    ----------
    data : array_like
        Copied. To require a gradient they must be floats or complex numbers.
    requires_grad : bool
        False by default, as in PyTorch.
    dtype : dtype, optional
    name : str, optional
        Shown in messages, tables and diagrams.

    Attributes
    ----------
    data : numpy.ndarray
        Setting it is an in-place change, which the reverse pass notices.
    grad : numpy.ndarray or None
        None before the first gradient and after `zero_grad()`.

    Raises
    ------
    OperandError
        For objects and texts, and for integers that should require a gradient; it is a TypeError.

    Examples
    --------
    >>> import numpy as np
    >>> x = Tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> x.grad
    array([[2., 4.],
           [6., 8.]])
    """

    # The last two are there only where memory is shared; see `autograd.graph.versions`.
    __slots__ = ("derived", "origin", "stamp", "views")

    derived: tuple[Op | None, tuple[Any, ...], dict[str, Any]]
    origin: tuple[Any, Op | None, Any]
    stamp: tuple[int, Site | None] | None
    views: list[ref[Tensor]]
    # The class of what operations on it give; a dialect's tensors have their own. See the end of the class.
    face: ClassVar[type[Tensor]]
    # Whether a further gradient is added to the first one in its memory, as a dialect may have it, or gives a new array.
    adds_in_place: ClassVar[bool] = False

    def __init__(
        self,
        data: ArrayLike,
        requires_grad: bool = False,
        *,
        dtype: DTypeLike | None = None,
        name: str | None = None,
    ) -> None:
        if requires_grad.__class__ is not bool:
            requires_grad = as_flag(type(self).__name__, requires_grad)
        if isinstance(data, Node):
            raise OperandError(
                "Tensor(t) of a node would cut the graph: use the node itself, or t.detach(); to join nodes use stack"
            )
        refuse_masks("Tensor", data)
        try:
            array = np.array(data, dtype=dtype)
        except ValueError as error:
            raise ShapeError(f"Tensor: {error}") from error
        if array.dtype.kind in "OUSVMm":
            raise OperandError(f"Tensor: data of dtype {array.dtype} are not numbers")
        if requires_grad:
            require_floats(array)
        _leaf(self, array, requires_grad)
        self.name = name

    @property
    def data(self) -> np.ndarray:
        """The numbers, not copied; setting them is an edit in place, which the reverse pass notices."""
        recorder = mode().recorder
        if recorder is not None:
            recorder.refuse_reading(self)
        return get_data(self)

    @data.setter
    def data(self, array: Any) -> None:
        refuse_masks("t.data", array)
        refuse_imaginary("t.data", array, get_data(self).dtype)
        array = np.asarray(array, dtype=get_data(self).dtype)
        if array.shape != get_data(self).shape:
            raise ShapeError(
                f"data of {self.label()!r}: shape {array.shape} cannot replace shape {get_data(self).shape}; make a new tensor"
            )
        set_data(self, array)
        note_lost(self)
        note_mixed([self], [])
        stamp(sharing(self))

    @property
    def grad(self) -> np.ndarray | None:
        """The gradient of a leaf, in the shape and the dtype of the data; None before the first one."""
        recorder = mode().recorder
        if recorder is not None:
            return recorder.gradient(self)
        held = get_grad(self)
        if held is None and self.op is not None:
            raise NotKeptError(
                f"the gradient of {self.label()!r} was not kept, because it is an intermediate result: "
                "call backward(retain_grads=True), or register_hook to see it pass"
            )
        return held

    @grad.setter
    def grad(self, gradient: Any) -> None:
        recorder = mode().recorder
        if recorder is not None:
            recorder.set_gradient(self, gradient)
            return
        if gradient is not None:
            refuse_masks("t.grad", gradient)
            refuse_imaginary("t.grad", gradient, self.dtype)
            gradient = np.array(gradient, dtype=get_data(self).dtype)
            if gradient.shape != get_data(self).shape:
                raise ShapeError(
                    f"grad of {self.label()!r}: shape {gradient.shape} for data of shape {get_data(self).shape}"
                )
        set_grad(self, gradient)

    def backward(
        self, gradient: Operand | None = None, *, retain_grads: bool = False, step: Callable[[Step], None] | None = None
    ) -> None:
        """Accumulate into `.grad` of every leaf the derivative of this tensor with respect to it.

        Parameters
        ----------
        gradient : array_like, optional
            What arrives at this tensor, in its shape. May be left out only where it has one element.
        retain_grads : bool
            Keep the gradients of intermediate tensors too.
        step : callable, optional
            Called with each `Step` of the pass as it is taken; see `autograd.engine.reverse`.

        Raises
        ------
        GraphError
            Where this tensor requires no gradient, or has several elements and no `gradient` was given.
        ShapeError
            Where `gradient` has another shape.

        Examples
        --------
        >>> from autograd import Tensor
        >>> t = Tensor([3.0, 1.0, 2.0], requires_grad=True)
        >>> (t * t).sum().backward()
        >>> t.grad
        array([6., 2., 4.])
        >>> t.zero_grad()
        >>> (t * t).backward([1.0, 0.0, 0.0])
        >>> t.grad
        array([6., 0., 0.])
        """
        if gradient is None:
            if get_data(self).size != 1:
                raise GraphError(
                    f"backward: {self.label()!r} has shape {self.shape}; reduce it to one number (.sum(), .mean()), "
                    "or give backward(gradient) an array of that shape"
                )
            if self.dtype.kind == "c":
                raise GraphError(
                    f"backward: {self.label()!r} is complex, and a loss is real: take its .real, .imag or abs(), or give "
                    "backward(gradient) what arrives at it"
                )
            gradient = np.ones(self.shape, self.dtype)
        else:
            refuse_masks("backward", gradient)
            refuse_imaginary("backward: the gradient", gradient, self.dtype)
            gradient = np.array(raw(gradient), dtype=self.dtype)
            if gradient.shape != self.shape:
                raise ShapeError(f"backward: gradient of shape {gradient.shape} for a tensor of shape {self.shape}")
        run = instead_of_backward.get() or backward
        run(self, gradient, retain_grads=retain_grads, step=step)

    def zero_grad(self) -> None:
        """Forget the gradient: it is None until the next one arrives.

        Examples
        --------
        >>> from autograd import Tensor
        >>> t = Tensor([3.0, 1.0, 2.0], requires_grad=True)
        >>> t.sum().backward()
        >>> t.zero_grad()
        >>> t.grad is None
        True
        """
        self.grad = None

    def detach(self) -> Tensor:
        """The same data, not copied, as a constant that knows the line that cut it off.

        Returns
        -------
        Tensor

        Examples
        --------
        >>> from autograd import Tensor
        >>> t = Tensor([3.0, 1.0, 2.0], requires_grad=True)
        >>> t.detach().requires_grad
        False
        """
        detached = wrap(get_data(self), face=self.face)
        detached.scope, detached.site = scope.get(), here(mode().sites)
        note_detached(detached, self)
        if self.needs_grad or hasattr(self, "derived"):
            note_derived(detached, None, [self], {}, mode().sites)
        return detached

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Say whether this leaf requires a gradient; gives the tensor back.

        Parameters
        ----------
        requires_grad : bool

        Returns
        -------
        Tensor
            This one.

        Raises
        ------
        GraphError
            For the result of an operation.
        OperandError
            For data of whole numbers, and for what is not a bool.

        Examples
        --------
        >>> from autograd import Tensor
        >>> Tensor([1.0]).requires_grad_().requires_grad
        True
        """
        self.requires_grad = requires_grad
        return self

    def numpy(self) -> np.ndarray:
        """The data itself, not copied; where a gradient is required, a read-only view of it.

        Returns
        -------
        numpy.ndarray
            In the shape of the tensor.

        Examples
        --------
        >>> from autograd import Tensor
        >>> t = Tensor([3.0, 1.0, 2.0], requires_grad=True)
        >>> t.numpy()
        array([3., 1., 2.])
        >>> t.numpy().flags.writeable
        False
        """
        if not self.needs_grad:
            return self.data
        view = self.data.view()
        view.flags.writeable = False
        return view

    def item(self) -> float:
        """The only element as a Python number.

        Returns
        -------
        float
            Or int or bool, by the dtype.

        Raises
        ------
        ValueError
            Where there are several elements.

        Examples
        --------
        >>> from autograd import Tensor
        >>> t = Tensor([3.0, 1.0, 2.0], requires_grad=True)
        >>> t.sum().item()
        6.0
        """
        return self.data.item()

    def tolist(self) -> Any:
        """Nested lists of Python numbers.

        Returns
        -------
        list
            As deep as there are axes; of a tensor without axes a number.

        Examples
        --------
        >>> from autograd import Tensor
        >>> t = Tensor([3.0, 1.0, 2.0], requires_grad=True)
        >>> t.tolist()
        [3.0, 1.0, 2.0]
        """
        return self.data.tolist()

    # HIPS autograd's names: what a box holds, and what it was recorded as.
    @property
    def _value(self) -> np.ndarray:
        return self.data

    @property
    def _node(self) -> Tensor:
        return self

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes."""
        return get_data(self).shape

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return get_data(self).ndim

    @property
    def size(self) -> int:
        """The number of elements."""
        return get_data(self).size

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the elements."""
        return get_data(self).dtype

    @property
    def T(self) -> Tensor:  # noqa: N802 - NumPy's name
        """The tensor with its axes reversed."""
        return shape.transpose(self)

    @property
    def mT(self) -> Tensor:  # noqa: N802 - NumPy's name
        """The tensor with its last two axes exchanged."""
        return shape.matrix_transpose(self)

    def reshape(self, *lengths: int | Sequence[int]) -> Tensor:
        """See `numpy.ndarray.reshape`; one length may be -1.

        Parameters
        ----------
        *lengths : int, or one sequence of int
            Of the axes.

        Returns
        -------
        Tensor
            A view where it can be.

        Raises
        ------
        ShapeError
            Where the shape has another number of elements.

        Examples
        --------
        >>> from autograd import Tensor
        >>> t = Tensor([3.0, 1.0, 2.0], requires_grad=True)
        >>> t.reshape(3, 1).shape, t.reshape((1, -1)).shape
        ((3, 1), (1, 3))
        """
        return shape.reshape(self, lengths[0] if len(lengths) == 1 else lengths)

    def transpose(self, *axes: int | Sequence[int] | None) -> Tensor:
        """See `numpy.ndarray.transpose`.

        Parameters
        ----------
        *axes : int, or one sequence of int
            Which axis comes first, which second, and so on; reversed by default.

        Returns
        -------
        Tensor
            A view.

        Examples
        --------
        >>> from autograd import Tensor
        >>> Tensor([[1.0, 2.0, 3.0]]).transpose(1, 0).shape
        (3, 1)
        """
        order = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes or None
        return shape.transpose(self, order)

    def flatten(self, order: str = "C") -> Tensor:
        """All the elements in one axis, in memory of their own; `ravel` gives a view where it can.

        Parameters
        ----------
        order : str
            C for rows first, F for columns first.

        Returns
        -------
        Tensor, of one axis

        Examples
        --------
        >>> from autograd import Tensor
        >>> Tensor([[1.0, 2.0], [3.0, 4.0]]).flatten().tolist()
        [1.0, 2.0, 3.0, 4.0]
        """
        flat = shape.ravel(self, order)
        return shape.copy(flat)

    def sort(self, axis: int = -1, kind: Any = None, order: Any = None, *, stable: bool | None = None) -> None:
        """Sort in place, as `numpy.ndarray.sort` does; `np.sort(t)` gives a new tensor.

        Parameters
        ----------
        axis : int
            The last by default.
        kind, order
            As in NumPy.
        stable : bool, optional
            Whether equal elements keep their order.

        Examples
        --------
        >>> from autograd import Tensor
        >>> t = Tensor([3.0, 1.0, 2.0])
        >>> t.sort()
        >>> t.tolist()
        [1.0, 2.0, 3.0]
        """
        self[...] = sorting.sort(self, axis, kind, order, stable=stable)

    def partition(self, kth: int | Sequence[int], axis: int = -1, kind: str = "introselect", order: Any = None) -> None:
        """Partition in place, as `numpy.ndarray.partition` does; `np.partition(t, kth)` gives a new tensor.

        Parameters
        ----------
        kth : int or sequence of int
            The places that get the elements they have when all is sorted.
        axis : int
            The last by default.
        kind, order
            As in NumPy.

        Examples
        --------
        >>> from autograd import Tensor
        >>> t = Tensor([3.0, 1.0, 2.0])
        >>> t.partition(0)
        >>> t[0].item()
        1.0
        """
        self[...] = sorting.partition(self, kth, axis, kind, order)

    def compress(self, condition: Operand, axis: int | None = None) -> Tensor:
        """See `numpy.ndarray.compress`.

        Parameters
        ----------
        condition : array_like of bool, of one axis
        axis : int, optional
            By default the array counts as flattened.

        Returns
        -------
        Tensor

        Examples
        --------
        >>> from autograd import Tensor
        >>> t = Tensor([3.0, 1.0, 2.0], requires_grad=True)
        >>> t.compress([True, False, True]).tolist()
        [3.0, 2.0]
        """
        return joining.compress(condition, self, axis)

    def copy(self) -> Tensor:
        """The same values as a node of its own, which in-place changes of this one do not reach.

        Returns
        -------
        Tensor

        Examples
        --------
        >>> from autograd import Tensor
        >>> t = Tensor([3.0, 1.0, 2.0], requires_grad=True)
        >>> u = t.copy()
        >>> u.sum().backward()
        >>> t.grad
        array([1., 1., 1.])
        """
        return shape.copy(self)

    def _record(self, op: Op, xs: tuple[Any, ...], params: dict[str, Any]) -> Tensor:
        now = mode()
        if now.recorder is not None:
            return now.recorder.record(op, xs, params)
        parents: list[Node] = []
        datas: list[Any] = []
        needs = False
        face = Tensor
        for position, x in enumerate(xs):
            kind = x.__class__
            if kind is Tensor:
                needs = needs or x.needs_grad
            elif kind is float or kind is int or kind is bool:
                x = Const(x)
            elif isinstance(x, Tensor):
                needs = needs or x.needs_grad
                if x.face is not Tensor:
                    face = x.face
            else:
                x = _operand(op, position, x)
            parents.append(x)
            datas.append(get_data(x))
        try:
            if now.anomaly:
                # What NumPy would warn of is about to be an error that says more.
                with np.errstate(all="ignore"):
                    data = op.array(*datas, **params)
            else:
                data = op.array(*datas, **params)
        except (ValueError, TypeError, IndexError) as error:
            raise _explain(op, parents, error) from error
        node = _result(data, op, tuple(parents), params, needs and now.grad, now.sites, face)
        if now.anomaly:
            check_finite(op, parents, get_data(node))
            remember(node)
        if not node.needs_grad:
            if not needs:
                for parent in parents:
                    if hasattr(parent, "derived"):
                        needs = True
                        break
            # Under `no_grad` speed is what is wanted.
            if needs and (now.grad or now.sites):
                note_derived(node, op, parents, params, now.sites)
            elif needs:
                node.derived = GONE
        if op.view and not node.needs_grad:
            if now.grad and op.differentiable:
                note_view(node, parents[0], op, params)
            else:
                note_detached(node, parents[0])
        return node

    def __pow__(self, other: Operand) -> Tensor:
        # The square is a row of its own, with a derivative that needs no general power.
        exponent = other.__class__ is int or other.__class__ is float
        return elementwise.square(self) if exponent and other == 2 else elementwise.power(self, other)

    def __setitem__(self, key: Any, value: Operand) -> None:
        if value.__class__ is not float and value.__class__ is not int:
            refuse_imaginary("t[…] = value: the value", value, self.dtype)
        if key.__class__ in (int, slice, np.ndarray) and edits.concerns_nobody(self, value):
            # What NumPy refuses is told below.
            with suppress(ValueError, TypeError, IndexError):
                get_data(self)[key] = raw(value)
                stamp([self])
                return
        refuse_masks("t[…] = value", value)
        structure, arrays = indexing.split_key(key)
        if not isinstance(value, (float, int)):
            value = shape.as_array(value)
        recorder = mode().recorder
        if recorder is not None:
            recorder.assign(self, structure, arrays, value)
            return
        node, *indices = [_as_node(place.op, position, x) for position, x in enumerate([value, *arrays], 1)]  # type: ignore[attr-defined]
        edits.assign(self, structure, indices, node)

    @property
    def real(self) -> Tensor:
        """The real parts, which are read alone; of real numbers these numbers themselves."""
        return self if self.dtype.kind != "c" else _read_only(complex_numbers.real(self))

    @property
    def imag(self) -> Tensor:
        """The imaginary parts, which are read alone; of real numbers zeros, which are constants."""
        found = complex_numbers.imag(self)
        return _read_only(found) if isinstance(found, Tensor) else wrap(found)

    def fill(self, value: Operand) -> None:
        """Set every element, as `t[...] = value` does.

        Parameters
        ----------
        value : float, array_like or Tensor
            Its shape broadcasts to that of the tensor.

        Examples
        --------
        >>> from autograd import Tensor
        >>> t = Tensor([3.0, 1.0])
        >>> t.fill(0.5)
        >>> t.tolist()
        [0.5, 0.5]
        """
        self[...] = value

    def _in_place(
        self, symbol: str, other: Any, compute: Callable[[Any, Any], Any], ufunc: np.ufunc | None = None
    ) -> Tensor:
        if ufunc is not None and edits.concerns_nobody(self, other):
            with suppress(ValueError, TypeError):
                ufunc(get_data(self), raw(other), out=get_data(self))
                stamp([self])
                return self
        refuse_masks(f"t {symbol}= u", other)
        recorder = mode().recorder
        if recorder is not None:
            recorder.augment(self, symbol, other, compute)
        else:
            edits.augment(self, symbol, other, compute, ufunc)
        return self

    def __and__(self, other: Operand) -> Tensor:
        return comparison.bitwise_and(self, other)

    def __or__(self, other: Operand) -> Tensor:
        return comparison.bitwise_or(self, other)

    def __xor__(self, other: Operand) -> Tensor:
        return comparison.bitwise_xor(self, other)

    def __invert__(self) -> Tensor:
        return comparison.invert(self)

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    def __iadd__(self, other: Operand) -> Tensor:
        return self._in_place("+", other, elementwise.add, np.add)

    def __isub__(self, other: Operand) -> Tensor:
        return self._in_place("-", other, elementwise.sub, np.subtract)

    def __imul__(self, other: Operand) -> Tensor:
        return self._in_place("*", other, elementwise.mul, np.multiply)

    def __itruediv__(self, other: Operand) -> Tensor:
        return self._in_place("/", other, elementwise.div, np.true_divide)

    def __ipow__(self, other: Operand) -> Tensor:
        return self._in_place("**", other, operator.pow)

    def __imod__(self, other: Operand) -> Tensor:
        return self._in_place("%", other, operator.mod)

    def __ifloordiv__(self, other: Operand) -> Tensor:
        return self._in_place("//", other, operator.floordiv)

    def __imatmul__(self, other: Operand) -> Tensor:
        return self._in_place("@", other, operator.matmul)

    def __iand__(self, other: Operand) -> Tensor:
        return self._in_place("&", other, operator.and_)

    def __ior__(self, other: Operand) -> Tensor:
        return self._in_place("|", other, operator.or_)

    def __ixor__(self, other: Operand) -> Tensor:
        return self._in_place("^", other, operator.xor)

    def __eq__(self, other: object) -> Any:
        return NotImplemented if other is None else comparison.equal(self, other)

    def __ne__(self, other: object) -> Any:
        return NotImplemented if other is None else comparison.not_equal(self, other)

    __hash__ = Node.__hash__

    def __len__(self) -> int:
        return len(get_data(self))

    def __iter__(self) -> Iterator[Tensor]:
        return (self[i] for i in range(len(self)))

    def __bool__(self) -> bool:
        return bool(get_data(self))

    def __index__(self) -> int:
        return get_data(self).__index__()

    def __round__(self, ndigits: int | None = None) -> Tensor:
        return comparison.round(self, ndigits or 0)

    def __format__(self, spec: str) -> str:
        if not spec:
            return repr(self)
        if self.ndim:
            raise OperandError(
                f"a format such as {spec!r} is for one number, and {self.label()!r} has shape {self.shape}: format an element, "
                "or write np.array2string(t.numpy(), precision=4)"
            )
        return format(self.item(), spec)

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> np.ndarray:
        # Whole numbers have no derivative that could be lost.
        if self.needs_grad and (dtype is None or np.dtype(dtype).kind not in "iub"):
            raise LostGradientError(
                f"{self.label()!r} requires a gradient, which an array would drop: use t.numpy() or t.detach() for the numbers, "
                "t.item() for a single one, and autograd.stack to join tensors"
            )
        return np.array(get_data(self), dtype=dtype, copy=copy)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method == "__call__" and not kwargs:
            function = implementation(ufunc)
            if function is not None:
                return function(*inputs)
        if method in ("reduce", "accumulate") and (ufunc, method) in _REDUCTIONS:
            return _REDUCTIONS[ufunc, method](*inputs, **{"axis": 0, **kwargs})
        if kwargs.get("out", (None,))[0] is inputs[0] and inputs[0].__class__ is np.ndarray:
            raise OperandError(
                f"np.{ufunc.__name__}: a tensor cannot be written into an array (a += t): write a = a + t"
            )
        return super().__array_ufunc__(ufunc, method, *inputs, **kwargs)

    def __repr__(self) -> str:
        body = np.array2string(get_data(self), separator=", ", prefix="Tensor(", threshold=100)
        made = f", op={self.op.name}" if self.op is not None else ", requires_grad=True" if self.needs_grad else ""
        dtype = "" if self.dtype == np.float64 else f", dtype={self.dtype}"
        name = f", name={self.name!r}" if self.name else ""
        return f"Tensor({body}{dtype}{made}{name})"


def wrap(array: np.ndarray, requires_grad: bool = False, face: type[Tensor] = Tensor) -> Tensor:
    """A tensor around an array, not copied."""
    node = _new(face)
    _leaf(node, array, requires_grad)
    return node


def _result(
    data: Any,
    op: Op,
    parents: tuple[Node, ...],
    params: dict[str, Any],
    needs: bool,
    callers: bool = False,
    face: type[Tensor] = Tensor,
) -> Tensor:
    """The result of an operation; a constant unless something needs its derivative, and it has one."""
    node = _new(face)
    if data.__class__ is not np.ndarray:
        data = np.asarray(data)
    set_data(node, data)
    set_grad(node, None)
    if needs and op.differentiable and ((kind := data.dtype.kind) == "f" or kind == "c"):
        if not op.takes_complex:
            _refuse_complex(op, parents)
        node.op = op
        node.parents = parents
        node.params = params
        node.needs_grad = True
        node.site = here(callers)
    else:
        if needs and op.name in ORDERED:
            _refuse_complex(op, parents)
        node.op = node.site = None
        node.parents = ()
        node.params = NO_PARAMS
        node.needs_grad = False
    node.name = node.stamp = None
    node.order = next_order()
    node.scope = scope.get()
    return node


def _leaf(node: Tensor, data: np.ndarray, requires_grad: bool) -> None:
    set_data(node, data)
    set_grad(node, None)
    node.stamp = None
    if requires_grad:
        initialise(node, needs_grad=True, scope=scope.get(), site=here(mode().sites))
    else:
        initialise(node)


def _as_node(op: Op, position: int, x: Any) -> Node:
    kind = x.__class__
    if isinstance(x, Tensor):
        return x
    return Const(x) if kind is float or kind is int or kind is bool else _operand(op, position, x)


def _operand(op: Op, position: int, x: Any) -> Node:
    if x.__class__ is np.ndarray and x.dtype.kind in "fiub":
        return wrap(x)
    if x.__class__ is np.float64:
        return wrap(np.asarray(x))
    if x.__class__ is complex:
        op.refuse([x], position)
        return Const(x)
    if isinstance(x, Node):
        if x.__class__ is Const:
            return x
        raise OperandError(
            f"{op.name}, argument {position + 1}: cannot mix a Tensor with {type_name(x)} {x.label()!r}: "
            "make the scalar a Tensor(2.0, requires_grad=True), or take single numbers of the tensor (Value(t.item()))"
        )
    if op.opaque and not isinstance(x, np.generic):
        # A function of a user's takes what it likes: texts, functions, shapes.
        return Const(x)
    refuse_masks(op.name, x)
    if op.name == "mul":
        refuse_matrix(op.name, x)
    array = np.asarray(x)
    if array.dtype.kind == "O":
        raise OperandError(
            f"{op.name}, argument {position + 1}: {type_name(x)} is not a number, an array or a tensor; to join tensors use stack"
        )
    op.refuse([array], position)
    return wrap(array)


def _refuse_complex(op: Op, parents: Sequence[Node]) -> None:
    for position, parent in enumerate(parents):
        if kind_of(get_data(parent)) == "c":
            raise op.no_complex(position)


def _read_only(part: Tensor) -> Tensor:
    """NumPy's parts are views: to write into them writes into the whole, which a copy would not."""
    get_data(part).flags.writeable = False
    return part


def _explain(op: Op, parents: Sequence[Node], error: Exception) -> Exception:
    if not op.takes_complex:
        _refuse_complex(op, parents)
    operands = ", ".join(
        f"{p.label()} of shape {get_data(p).shape}, {get_data(p).dtype}" if isinstance(p, Tensor) else p.label()
        for p in parents
    )
    told = with_message(error, f"{op.name}: {error}; operands: {operands}; at {here()}")
    return note_call(told, op.name, parents)


_REDUCTIONS: dict[tuple[np.ufunc, str], Callable[..., Any]] = {
    (np.add, "reduce"): reduction.sum,
    (np.multiply, "reduce"): reduction.prod,
    (np.maximum, "reduce"): reduction.max,
    (np.minimum, "reduce"): reduction.min,
    (np.logaddexp, "reduce"): stable.logsumexp,
    (np.logical_and, "reduce"): BY_NUMPY[np.all],
    (np.logical_or, "reduce"): BY_NUMPY[np.any],
    (np.add, "accumulate"): cumulative.cumsum,
    (np.multiply, "accumulate"): cumulative.cumprod,
}


def _infix(op: Op) -> tuple[Any, Any]:
    """The operator of a binary row and its reflection, with the usual operands recorded at once."""
    array = op.array

    def forward(self: Tensor, other: Any) -> Any:
        kind = other.__class__
        # Of constants more is remembered than this.
        if mode() is PLAIN and (self.needs_grad or (kind is Tensor and other.needs_grad)):
            try:
                if kind is Tensor:
                    return _result(array(get_data(self), get_data(other)), op, (self, other), NO_PARAMS, True)
                if kind is float or kind is int:
                    return _result(array(get_data(self), other), op, (self, Const(other)), NO_PARAMS, True)
            except (ValueError, TypeError) as error:
                raise _explain(op, (self, other if kind is Tensor else Const(other)), error) from error
        return self._record(op, (self, other), NO_PARAMS)

    def reflect(self: Tensor, other: Any) -> Any:
        if mode() is PLAIN and self.needs_grad and (other.__class__ is float or other.__class__ is int):
            return _result(array(other, get_data(self)), op, (Const(other), self), NO_PARAMS, True)
        return self._record(op, (other, self), NO_PARAMS)

    return forward, reflect


for _name, _symbol in {"add": "add", "sub": "sub", "mul": "mul", "div": "truediv"}.items():
    for _method, _prefix in zip(_infix(getattr(elementwise, _name).op), ("", "r"), strict=True):
        _method.__name__ = f"__{_prefix}{_symbol}__"
        setattr(Tensor, _method.__name__, _method)
Tensor.__getitem__ = indexing.getitem  # type: ignore[method-assign]
Tensor.face = Tensor
