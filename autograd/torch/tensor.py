"""`Tensor`: the engine's tensor in PyTorch's words: what it is, its numbers, its gradient, its dtype.

The methods that are functions as well (`sum`, `view`, `gather`, …) come from the files of their families; see `methods.py`.
One file because it is one class, and what it reads its arguments by.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any
from warnings import warn

import numpy as np
from numpy.typing import DTypeLike

from autograd.engine import tensor as engine
from autograd.engine.guards import latest_stamp
from autograd.engine.plain import plain
from autograd.errors import AutogradError, GraphError, GraphWarning, OperandError, ShapeError, type_name
from autograd.graph.modes import inside, is_grad_enabled, mode
from autograd.graph.node import Node, get_data, get_grad, raw, set_data, set_grad
from autograd.graph.op import Op
from autograd.graph.sites import library
from autograd.graph.versions import note_detached, view_of
from autograd.ops import comparison, elementwise, indexing, linalg, shape
from autograd.torch import differentiation, printing
from autograd.torch.device import CPU, check_device, device
from autograd.torch.dtypes import as_dtype, get_default_dtype
from autograd.torch.errors import as_runtime_error, with_runtime_errors
from autograd.torch.grad_fn import GradFn
from autograd.torch.missing import missing_method
from autograd.torch.promotion import promote
from autograd.torch.tensor_methods import TensorMethods

library(__file__)


class Size(tuple[int, ...]):
    """The lengths of the axes; a tuple.

    Examples
    --------
    >>> import autograd.torch as torch
    >>> size = torch.zeros(2, 3).size()
    >>> size, size.numel(), size == (2, 3)
    (torch.Size([2, 3]), 6, True)
    """

    __slots__ = ()

    def numel(self) -> int:
        """How many elements there are."""
        return math.prod(self)

    def __repr__(self) -> str:
        return f"torch.Size({list(self)})"


class Tensor(TensorMethods, engine.Tensor):  # type: ignore[misc]  # PyTorch's words mean other things
    """A tensor of the engine that is talked to in PyTorch's words; made by `torch.tensor` and its kin.

    Parameters
    ----------
    *data : array_like, or int
        Numbers, which become floats of the default dtype; or the lengths of the axes, as in PyTorch.
    requires_grad : bool
    dtype : dtype, optional
    name : str, optional
        For drawings and messages.

    Examples
    --------
    >>> import autograd.torch as torch
    >>> x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    >>> x.max(dim=1).values.sum().backward()
    >>> x.grad
    tensor([[0., 1.],
            [0., 1.]])
    """

    __slots__ = ()

    if not TYPE_CHECKING:  # Editors and checkers are told what is there.

        def __getattr__(self, name: str) -> Any:
            # Slots that are empty come here too; the methods themselves are there, see `autograd.torch.methods`.
            if name in _SLOTS or name.startswith("_"):
                raise AttributeError(name)
            raise AttributeError(missing_method(name, Tensor))

    def __init__(
        self,
        *data: Any,
        requires_grad: bool = False,
        dtype: DTypeLike | None = None,
        name: str | None = None,
        device: Any = None,
    ) -> None:
        check_device(device)
        first = data[0] if data else []
        if len(data) > 1 or (isinstance(first, int) and not isinstance(first, bool)):
            array: Any = np.zeros(data, get_default_dtype())
        elif isinstance(first, np.ndarray):
            array = first
        else:
            array = np.asarray(to_array(first), get_default_dtype() if dtype is None else None)
        engine.Tensor.__init__(self, array, requires_grad, dtype=as_dtype(dtype), name=name)

    # What it holds.

    @property  # type: ignore[override]
    def data(self) -> Tensor:
        """The numbers, not copied, as a tensor that knows nothing of the graph; setting them is an edit in place."""
        engine.Tensor.data.__get__(self)
        alias = wrap(get_data(self))
        note_detached(alias, self)
        return alias

    @data.setter
    def data(self, new: Any) -> None:
        array = np.asarray(raw(new))
        if array.shape != get_data(self).shape or array.dtype != get_data(self).dtype:
            set_data(self, np.array(array, copy=None))
            array = get_data(self)
        engine.Tensor.data.__set__(self, array)  # type: ignore[attr-defined]

    @property
    def grad(self) -> Any:
        """The gradient as a tensor; None before the first one."""
        held = get_grad(self)
        recorder = mode().recorder
        if recorder is not None:
            return recorder.gradient(self)
        if held is None:
            if self.op is not None and self.needs_grad:
                warn(
                    f"the .grad of {self.label()!r} is read, which is the result of an operation and keeps none: call "
                    "t.retain_grad() before backward(), or backward(retain_grads=True) of the engine's tensors",
                    GraphWarning,
                    stacklevel=2,
                )
            return None
        recorded = differentiation.recorded_gradient(self)
        return wrap(held) if recorded is None else recorded

    @grad.setter
    def grad(self, gradient: Any) -> None:
        if gradient is not None and mode().recorder is None:
            self._check_gradient(gradient)
        engine.Tensor.grad.__set__(self, None if gradient is None else raw(gradient))  # type: ignore[attr-defined]
        if gradient is not None and mode().recorder is None and raw(gradient).dtype == self.dtype:
            # Not the copy: gradients add up in the memory that was given.
            set_grad(self, raw(gradient))

    def _check_gradient(self, gradient: Any) -> None:
        if not isinstance(gradient, (engine.Tensor, np.ndarray)):
            raise OperandError(f"t.grad: assigned grad expected to be a Tensor or None but got {type_name(gradient)}")
        if gradient.shape != self.shape or (isinstance(gradient, engine.Tensor) and gradient.dtype != self.dtype):
            raise as_runtime_error(
                ShapeError(
                    f"t.grad: assigned grad has {gradient.dtype} of shape {tuple(gradient.shape)}, and {self.label()!r} holds "
                    f"{self.dtype} of shape {tuple(self.shape)}"
                )
            )

    @property
    def shape(self) -> Size:
        """The lengths of the axes."""
        return Size(get_data(self).shape)

    def size(self, dim: int | None = None) -> Any:  # type: ignore[override]
        """The lengths of the axes, or of one; NumPy's `size` is `numel()`."""
        lengths = self.shape
        if dim is None:
            return lengths
        return lengths[axis_of("size", dim, len(lengths))]

    def dim(self) -> int:
        """The number of axes; NumPy's `ndim`."""
        return get_data(self).ndim

    ndimension = dim

    def numel(self) -> int:
        """The number of elements; NumPy's `size`."""
        return get_data(self).size

    nelement = numel

    def element_size(self) -> int:
        """Bytes of an element."""
        return get_data(self).itemsize

    @property
    def itemsize(self) -> int:
        """Bytes of an element."""
        return get_data(self).itemsize

    @property
    def nbytes(self) -> int:
        """Bytes of all elements."""
        return get_data(self).nbytes

    def stride(self, dim: int | None = None) -> Any:
        """How many elements lie between neighbours along each axis; NumPy's `strides` counts bytes."""
        data = get_data(self)
        steps = tuple(n // data.itemsize for n in data.strides)
        return steps if dim is None else steps[dim]

    def is_contiguous(self) -> bool:
        """Whether the elements lie in memory as they are counted."""
        return get_data(self).flags.c_contiguous

    def data_ptr(self) -> int:
        """Where the memory begins."""
        return get_data(self).ctypes.data

    @property
    def device(self) -> device:
        """The CPU."""
        return CPU

    is_cuda = property(lambda self: False, doc="False.")
    is_sparse = property(lambda self: False, doc="False.")

    @property
    def grad_fn(self) -> GradFn | None:
        """What made it; None for a leaf."""
        return None if self.op is None else GradFn(self)

    @property
    def _version(self) -> int:
        """A number that is another one after every edit in place of its memory; 0 before the first."""
        return latest_stamp(self)[0]

    @property
    def _base(self) -> Any:
        """The tensor whose memory a view shows; None of what is no view."""
        base = None
        while (held := view_of(self if base is None else base)) is not None:
            base = held[0]
        return base

    def _is_view(self) -> bool:
        """Whether it shows the memory of another tensor."""
        return view_of(self) is not None

    @property
    def retains_grad(self) -> bool:
        """Whether it is an intermediate result that keeps its gradient."""
        return differentiation.is_retained(self)

    def is_floating_point(self) -> bool:
        """Whether it holds floats."""
        return get_data(self).dtype.kind == "f"

    def is_complex(self) -> bool:
        """Whether it holds complex numbers."""
        return get_data(self).dtype.kind == "c"

    def is_signed(self) -> bool:
        """Whether its dtype has negative numbers."""
        return get_data(self).dtype.kind in "ifc"

    def numpy(self, *, force: bool = False) -> np.ndarray:
        """The array itself, not copied; of a tensor that requires a gradient only with `force`."""
        if self.needs_grad and not force:
            raise GraphError(
                f"t.numpy(): can't call numpy() on a tensor that requires grad, which an array would drop: write "
                f"t.detach().numpy() for {self.label()!r}"
            )
        engine.Tensor.data.__get__(self)
        return get_data(self)

    def item(self) -> Any:
        """The only element as a Python number."""
        data = self.detach().numpy()
        if data.size != 1:
            raise as_runtime_error(
                ShapeError(f"t.item() is for one element, and {self.label()!r} has shape {data.shape}: index it first")
            )
        return data.item()

    def tolist(self) -> Any:
        """Nested lists of Python numbers."""
        return self.detach().numpy().tolist()

    # The graph.

    @property
    def requires_grad(self) -> bool:
        """Whether the reverse pass goes there; set for leaves alone."""
        return self.needs_grad

    @requires_grad.setter
    def requires_grad(self, requires_grad: bool) -> None:
        if requires_grad is True and get_data(self).dtype.kind not in "fc":
            raise as_runtime_error(
                OperandError(
                    f"only Tensors of floating point dtype can require gradients, and this one holds {self.dtype}: write t.float() first"
                )
            )
        Node.requires_grad.__set__(self, requires_grad)  # type: ignore[attr-defined]

    def detach(self) -> Tensor:
        """The same numbers, not copied, as a constant."""
        return super().detach()  # type: ignore[return-value]

    def backward(
        self,
        gradient: Any = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Any = None,
        **engine_options: Any,
    ) -> None:
        """Add to the `.grad` of every leaf, or of `inputs` alone, the derivative of this tensor.

        Parameters
        ----------
        gradient : array_like, optional
            What arrives here, where there are several elements.
        retain_graph : bool, optional
            Taken and not needed: a graph lives until it is dropped.
        create_graph : bool
            Record the pass, so that each `.grad` has a derivative itself.
        inputs : Tensor or sequence of Tensor, optional
            The only ones whose `.grad` changes.
        **engine_options
            `step` and `retain_grads`, as in the engine.
        """
        if self.op is None and not self.needs_grad:
            raise GraphError(
                f"backward: {self.label()!r} does not require grad and has no grad_fn: no operand of it does, or it was made "
                "under no_grad or detached"
            )
        if gradient is None and get_data(self).size != 1:
            raise GraphError(
                f"backward: grad can be implicitly created only for scalar outputs, and {self.label()!r} has shape "
                f"{get_data(self).shape}: reduce it (.sum(), .mean()), or give backward(gradient)"
            )
        if gradient is not None:
            differentiation.check_gradient_shape("backward", self, gradient)
        with differentiation.told_in_pytorchs_words():
            if not create_graph and inputs is None:
                super().backward(gradient, **engine_options)
            else:
                differentiation.accumulate([self], [gradient], inputs, create_graph=create_graph)

    def retain_grad(self) -> None:
        """Keep this intermediate result's gradient in `.grad`; a leaf's is kept anyway."""
        if not self.needs_grad:
            raise GraphError(f"retain_grad: {self.label()!r} requires no gradient")
        differentiation.retain(self)

    def register_hook(self, hook: Callable[[Any], Any]) -> Any:
        """Call `hook(gradient)`, a tensor, when this tensor's gradient is complete; what it returns replaces it."""

        def on_tensors(gradient: Any) -> Any:
            return hook(as_face(gradient))

        return super().register_hook(on_tensors)

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Say whether this leaf requires a gradient; gives the tensor back."""
        super().requires_grad_(requires_grad)
        return self

    def detach_(self) -> Tensor:
        """Forget the past of this very tensor."""
        if self.op is not None and self.op.view:
            raise GraphError("t.detach_(): a view cannot be detached in place: write t = t.detach()")
        self.op, self.parents, self.params, self.needs_grad = None, (), {}, False
        return self

    # Dtypes and devices.

    def to(
        self, *args: Any, dtype: DTypeLike | None = None, device: Any = None, copy: bool = False, **ignored: Any
    ) -> Tensor:
        """In another dtype: `t.to(torch.float64)`, `t.to(other)`, `t.to("cpu")`; the same tensor where nothing changes."""
        for given in args:
            if isinstance(given, Tensor):
                dtype = given.dtype
            elif isinstance(given, str) or given.__class__.__name__ == "device":
                device = given
            elif not isinstance(given, bool):
                dtype = given
        check_device(device)
        wanted = as_dtype(dtype)
        if wanted is None or wanted == self.dtype:
            return self.clone() if copy else self
        return shape.astype(self, wanted)

    def type(self, dtype: DTypeLike | None = None) -> Any:
        """The name of the dtype, or the tensor in another one."""
        if dtype is None:
            return f"torch.{printing.TYPES.get(self.dtype.name, self.dtype.name)}Tensor"
        return self.to(printing.dtype_of(dtype))

    def type_as(self, other: Tensor) -> Tensor:
        """In the dtype of another tensor."""
        return self.to(other.dtype)

    def cpu(self) -> Tensor:
        """The tensor itself, which is on the CPU."""
        return self

    def cuda(self, *args: Any, **kwargs: Any) -> Tensor:
        """Refused: there is no such device here."""
        check_device("cuda")
        return self

    def contiguous(self, **ignored: Any) -> Tensor:
        """With the elements in memory as they are counted: the tensor itself, or a copy."""
        return self if self.is_contiguous() else shape.reshape(shape.reshape(self, (-1,)), get_data(self).shape)

    def clone(self, **ignored: Any) -> Tensor:
        """The same values as a node of its own; NumPy's `copy`."""
        return shape.copy(self)

    # Operators, which promote operands as PyTorch does.

    def _record(self, op: Op, xs: tuple[Any, ...], params: dict[str, Any]) -> Any:
        xs = tuple([x.item() if isinstance(x, np.generic) else x for x in xs])
        try:
            # PyTorch warns of no division by zero.
            with np.errstate(all="ignore"):
                return super()._record(op, promote(op, xs), params)
        except (ValueError, TypeError) as error:
            raise as_runtime_error(error)  # noqa: B904 - it is the same one

    def __add__(self, other: Any) -> Tensor:
        return _binary(elementwise.add, self, other)

    def __radd__(self, other: Any) -> Tensor:
        return _binary(elementwise.add, other, self)

    def __sub__(self, other: Any) -> Tensor:
        return _binary(elementwise.sub, self, other)

    def __rsub__(self, other: Any) -> Tensor:
        return _binary(elementwise.sub, other, self)

    def __mul__(self, other: Any) -> Tensor:
        return _binary(elementwise.mul, self, other)

    def __rmul__(self, other: Any) -> Tensor:
        return _binary(elementwise.mul, other, self)

    def __truediv__(self, other: Any) -> Tensor:
        return _binary(elementwise.div, self, other)

    def __rtruediv__(self, other: Any) -> Tensor:
        return _binary(elementwise.div, other, self)

    def __pos__(self) -> Tensor:
        # No copy, as NumPy's is.
        return self

    def __pow__(self, other: Any) -> Tensor:
        # The square of a whole number is one, but for a float's 2.0.
        if other.__class__ is float and get_data(self).dtype.kind != "f":
            return _binary(elementwise.power, self, other)
        return super().__pow__(other)  # type: ignore[return-value]

    def __rpow__(self, other: Any) -> Tensor:
        return _binary(elementwise.power, other, self)

    def __matmul__(self, other: Any) -> Tensor:
        return _binary(linalg.matmul, self, other)

    def __rmatmul__(self, other: Any) -> Tensor:
        return _binary(linalg.matmul, other, self)

    def __eq__(self, other: object) -> Any:
        return False if other is None else _binary(comparison.equal, self, other)

    def __ne__(self, other: object) -> Any:
        return True if other is None else _binary(comparison.not_equal, self, other)

    __hash__ = Node.__hash__

    def __getitem__(self, key: Any) -> Tensor:
        wanted = _key(key)
        parts = wanted if isinstance(wanted, tuple) else (wanted,)
        if len(parts) == self.dim() and all([part.__class__ is int for part in parts]):
            # An element is a view in PyTorch, and a number of its own in NumPy.
            wanted = (*parts, Ellipsis)
        return indexing.getitem(self, wanted)

    def __setitem__(self, key: Any, value: Any) -> None:
        try:
            super().__setitem__(_key(key), _cast_to(self, value))
        except AutogradError as error:
            raise as_runtime_error(error)  # noqa: B904 - it is the same one

    @with_runtime_errors
    def _in_place(self, *args: Any) -> Any:
        return super()._in_place(*args)

    def __iter__(self) -> Iterator[Tensor]:
        if not self.dim():
            raise OperandError("iteration over a 0-d tensor: it has one number, t.item()")
        return super().__iter__()  # type: ignore[return-value]

    def __len__(self) -> int:
        if not self.dim():
            raise OperandError("len() of a 0-d tensor: it has one number, t.item()")
        return super().__len__()

    def __bool__(self) -> bool:
        if self.numel() != 1:
            raise GraphError(
                f"bool() of a tensor of shape {tuple(self.shape)}: its elements may differ; write (…).any() or (…).all()"
            )
        return bool(get_data(self).reshape(()))

    def __contains__(self, element: Any) -> bool:
        return bool((get_data(self) == raw(element)).any())

    def __float__(self) -> float:
        # Outside a transform PyTorch's users write float(loss) for loss.item().
        return float(plain(self, "float") if inside.get() else self.item())

    def __int__(self) -> int:
        return int(plain(self, "int") if inside.get() else self.item())

    def __format__(self, spec: str) -> str:
        return super().__format__(spec) if self.dim() else format(self.item(), spec)

    def __repr__(self) -> str:
        return printing.to_text(self)

    def __reduce__(self) -> Any:
        made, (_, data, *rest) = super().__reduce__()
        return made, (type(self), get_data(data), *rest)


Tensor.face, Tensor.adds_in_place = Tensor, True
_SLOTS = frozenset(name for base in Tensor.__mro__ for name in getattr(base, "__slots__", ()))


def _binary(function: Callable[..., Any], x: Any, y: Any) -> Any:
    """An operator; what it does not know, such as a class of the user's, answers for itself."""
    for operand in (x, y):
        if not isinstance(operand, (Node, int, float, np.ndarray, np.generic)):
            return NotImplemented
    return function(x, y)


def _key(key: Any) -> Any:
    """An index in NumPy's words: lists as arrays, whole numbers and bools alone in tensors."""
    if isinstance(key, list) and any(isinstance(part, (list, tuple, slice, np.ndarray)) for part in key):
        # PyTorch takes a list with lists in it for a tuple.
        key = tuple(key)
    if isinstance(key, tuple):
        return tuple(_key_part(part) for part in key)
    return _key_part(key)


def _key_part(part: Any) -> Any:
    if isinstance(part, range):
        return list(part)
    if isinstance(part, slice):
        return slice(*[p.item() if isinstance(p, Node) else p for p in (part.start, part.stop, part.step)])  # type: ignore[attr-defined]
    if isinstance(part, (engine.Tensor, np.ndarray)):
        if part.dtype.kind == "f" or part.dtype == np.uint8:
            # PyTorch takes uint8 for a mask, NumPy for numbers.
            raise OperandError(
                f"tensors used as indices must be whole numbers or bools, not {part.dtype}: write t.long(), or t != 0 for a mask"
            )
        # A number is one without axes too: it gives a view, where it is known.
        unknown = getattr(part, "symbolic", False)
        return part if part.ndim or part.dtype.kind == "b" or unknown else part.item()
    if isinstance(part, list) and any(isinstance(p, Node) for p in part):
        return [p.item() for p in part]
    return int(part) if isinstance(part, np.integer) else part


def _cast_to(tensor: Tensor, value: Any) -> Any:
    """A value in the dtype of the tensor that it is written into, as PyTorch casts it."""
    if isinstance(value, Node):
        return shape.astype(value, tensor.dtype) if value.dtype != tensor.dtype else value  # type: ignore[attr-defined]
    if isinstance(value, (int, float)) and not isinstance(value, np.generic):
        return value if tensor.dtype.kind == "f" else tensor.dtype.type(value).item()
    return np.asarray(to_array(value)).astype(tensor.dtype)


def wrap(array: np.ndarray, requires_grad: bool = False) -> Tensor:
    """A tensor of this dialect around an array, not copied."""
    return engine.wrap(array, requires_grad, Tensor)  # type: ignore[return-value]


def as_face(x: Any) -> Any:
    """An array or a tensor of the engine's as one of this dialect's, not copied; a tensor of this dialect is itself."""
    if isinstance(x, Tensor):
        return x
    if isinstance(x, engine.Tensor):
        if x.needs_grad and is_grad_enabled():
            return record(shape.identity.op, (x,))  # type: ignore[attr-defined]
        return wrap(get_data(x))
    return wrap(np.asarray(x))


def record(op: Op, xs: tuple[Any, ...]) -> Any:
    """The result of a row in this dialect, whatever its operands are."""
    found = Tensor._record(_SOME, op, xs, {})
    if found.__class__ is engine.Tensor:
        # None of its operands was of this dialect.
        found.__class__ = Tensor
    return found


_SOME = wrap(np.zeros(0, np.float32))


def to_array(x: Any, dtype: DTypeLike | None = None) -> Any:
    """Numbers in nested lists, among which may be tensors, as an array in a dtype, or in the one that PyTorch gives them."""
    if dtype is not None:
        return np.asarray(_plain(x), dtype)
    if isinstance(x, Node):
        return get_data(x)
    if isinstance(x, (np.ndarray, np.generic)):
        return np.asarray(x)
    array = np.asarray(_plain(x))
    # Python's floats become the default dtype; arrays among them keep theirs.
    return array.astype(get_default_dtype()) if array.dtype == np.float64 and not _holds_float64(x) else array


def _plain(x: Any) -> Any:
    if isinstance(x, Node):
        return get_data(x)
    return [_plain(part) for part in x] if isinstance(x, (list, tuple, range)) else x


def _holds_float64(x: Any) -> bool:
    if isinstance(x, (list, tuple)):
        return any(_holds_float64(part) for part in x)
    return isinstance(x, (np.ndarray, np.generic, Node)) and getattr(raw(x), "dtype", None) == np.float64


def check_tensor(name: str, x: Any, position: int = 1, argument: str = "input") -> Any:
    """Refuse what is no tensor, as PyTorch does; a tensor of the engine's and an array become one of this dialect's."""
    if isinstance(x, engine.Tensor):
        return x
    if isinstance(x, np.ndarray):
        return wrap(x)
    if isinstance(x, Node):
        # What the compiler captures.
        return x
    raise OperandError(
        f"torch.{name}(): argument {argument!r} (position {position}) must be Tensor, not {type_name(x)}: make it one with "
        "torch.tensor(…)"
    )


def axis_of(name: str, dim: int, ndim: int) -> int:
    """An axis counted from the front.

    Raises
    ------
    ShapeError
        Where there is none of that number; it is an IndexError's kin in PyTorch.
    """
    dim = int(dim)
    if not -max(ndim, 1) <= dim < max(ndim, 1):
        raise DimensionError(
            f"torch.{name}: dim={dim} is out of range for a tensor of {ndim} axes (expected to be in range of "
            f"[{-max(ndim, 1)}, {max(ndim, 1) - 1}])"
        )
    return dim % max(ndim, 1)


class DimensionError(ShapeError, IndexError):
    """An axis that a tensor does not have; an IndexError, as in PyTorch."""


def lengths_of(lengths: Sequence[Any]) -> tuple[int, ...]:
    """Lengths given one by one, or as one sequence."""
    if len(lengths) == 1 and isinstance(lengths[0], (tuple, list)):
        lengths = lengths[0]
    return tuple([int(n) for n in lengths])
