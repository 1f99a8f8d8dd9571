"""Tensors out of nothing, or out of numbers: `tensor`, `zeros`, `arange`, `from_numpy` and their kin."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from autograd.engine import tensor as engine
from autograd.errors import OperandError, ShapeError
from autograd.graph.node import Node, get_data, raw
from autograd.torch.device import check_device
from autograd.torch.dtypes import as_dtype, get_default_dtype
from autograd.torch.errors import as_runtime_error
from autograd.torch.tensor import Tensor, as_face, lengths_of, to_array, wrap


def made(array: np.ndarray, requires_grad: Any = False) -> Tensor:
    """A new leaf around an array of its own."""
    leaf = wrap(array)
    leaf.requires_grad = bool(requires_grad)
    return leaf


def tensor(
    data: Any,
    *,
    dtype: DTypeLike | None = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """A tensor of numbers in nested lists, an array or a tensor, which are copied.

    Python's floats become float32, PyTorch's default dtype; an array keeps its own.

    Parameters
    ----------
    data : array_like
    dtype : dtype, optional
    device : optional
        The CPU.
    requires_grad : bool
    pin_memory : bool
        Taken, and nothing.

    Returns
    -------
    Tensor

    Examples
    --------
    >>> import autograd.torch as torch
    >>> torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([1, 2]).dtype
    (tensor([[1., 2.],
            [3., 4.]]), dtype('int64'))
    """
    check_device(device)
    if isinstance(data, Node) and data.needs_grad:
        data = data.detach()  # type: ignore[attr-defined]
    try:
        array = to_array(data, as_dtype(dtype))
    except ValueError as error:
        raise ShapeError(f"torch.tensor: {error}") from error
    if array.dtype.kind in "OUSVM":
        raise OperandError(
            f"torch.tensor: could not infer the dtype of {data!r}: numbers in lists of equal lengths are wanted"
        )
    return made(np.array(array), requires_grad)


def as_tensor(data: Any, dtype: DTypeLike | None = None, device: Any = None) -> Tensor:
    """A tensor itself, an array as a tensor of the same memory, numbers as a new tensor."""
    check_device(device)
    face = as_face(data) if isinstance(data, engine.Tensor) else wrap(to_array(data, as_dtype(dtype)))
    return face if dtype is None else face.to(dtype)


asarray = as_tensor


def from_numpy(ndarray: np.ndarray) -> Tensor:
    """A tensor of the memory of an array: a change of one is a change of the other."""
    if not isinstance(ndarray, np.ndarray):
        raise OperandError(f"torch.from_numpy: expected np.ndarray (got {type(ndarray).__name__})")
    return wrap(ndarray)


def _new(lengths: Any, given: dict[str, Any]) -> tuple[tuple[int, ...], np.dtype[Any], Any]:
    check_device(given.get("device"))
    size = given.get("size")
    lengths = lengths_of(lengths if size is None else [size])
    if any(n < 0 for n in lengths):
        raise as_runtime_error(ShapeError(f"lengths of axes are not negative, got {lengths}"))
    return (
        lengths,
        as_dtype(given.get("dtype")) or get_default_dtype(),
        given.get("requires_grad", False),
    )


def zeros(*size: Any, **given: Any) -> Tensor:
    """Zeros, of lengths given one by one or as one sequence."""
    lengths, dtype, requires_grad = _new(size, given)
    return made(np.zeros(lengths, dtype), requires_grad)


def ones(*size: Any, **given: Any) -> Tensor:
    """Ones."""
    lengths, dtype, requires_grad = _new(size, given)
    return made(np.ones(lengths, dtype), requires_grad)


def empty(*size: Any, **given: Any) -> Tensor:
    """Zeros too, since what memory holds is nobody's."""
    return zeros(*size, **given)


def full(size: Any, fill_value: Any, **given: Any) -> Tensor:
    """One number everywhere, in its dtype."""
    lengths, _, requires_grad = _new([size], given)
    # In the dtype that is asked for at once: 1e-15 as a float32 between would be another number.
    value = to_array(fill_value, as_dtype(given.get("dtype")))
    return made(np.full(lengths, value, value.dtype), requires_grad)


def _like(name: str, fill: Any) -> Any:
    def like(
        input: Any, *, dtype: DTypeLike | None = None, device: Any = None, requires_grad: bool = False, **ignored: Any
    ) -> Tensor:
        check_device(device)
        data = get_data(input)
        return made(np.full(data.shape, fill, as_dtype(dtype) or data.dtype), requires_grad)

    like.__name__ = like.__qualname__ = name
    like.__doc__ = f"As `{name.removesuffix('_like')}`, in the shape and the dtype of another tensor."
    return like


zeros_like, ones_like, empty_like = _like("zeros_like", 0), _like("ones_like", 1), _like("empty_like", 0)


def full_like(
    input: Any, fill_value: Any, *, dtype: DTypeLike | None = None, requires_grad: bool = False, **ignored: Any
) -> Tensor:
    """One number in the shape and the dtype of another tensor."""
    data = get_data(input)
    return made(np.full(data.shape, raw(fill_value), as_dtype(dtype) or data.dtype), requires_grad)


def arange(
    *bounds: Any, dtype: DTypeLike | None = None, device: Any = None, requires_grad: bool = False, **named: Any
) -> Tensor:
    """Numbers at equal distances, the end left out; whole numbers are int64, floats the default dtype."""
    check_device(device)
    start, end, step = named.get("start"), named.get("end"), named.get("step", 1)
    rest = [raw(b) for b in bounds]
    if len(rest) == 1 and end is None:
        rest = [0 if start is None else start, *rest]
    elif not rest:
        rest = [0 if start is None else start, end]
    elif end is not None:
        rest = [*rest, end]
    numbers = (
        [x.item() if hasattr(x, "item") else x for x in (*rest, step)][:3]
        if len(rest) == 2
        else [x.item() if hasattr(x, "item") else x for x in rest]
    )
    whole = all(isinstance(x, int) for x in numbers)
    wanted = as_dtype(dtype) or (np.dtype(np.int64) if whole else get_default_dtype())
    first, last, by = numbers
    if by == 0 or (last - first) * by < 0:
        raise ShapeError(
            f"torch.arange({first}, {last}, {by}): upper bound and lower bound inconsistent with step sign"
        )
    count = int(np.ceil((last - first) / by))
    return made((first + np.arange(count) * by).astype(wanted), requires_grad)


def linspace(
    start: Any,
    end: Any,
    steps: int = 100,
    *,
    dtype: DTypeLike | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """So many numbers at equal distances, the end among them."""
    check_device(device)
    if steps < 0:
        raise as_runtime_error(ShapeError(f"torch.linspace: number of steps must be non-negative, got {steps}"))
    wanted = as_dtype(dtype) or get_default_dtype()
    first, last = (x.item() if isinstance(x, Node) else x for x in (start, end))  # type: ignore[attr-defined]
    return made(np.linspace(first, last, int(steps)).astype(wanted), requires_grad)


def logspace(
    start: float, end: float, steps: int = 100, base: float = 10.0, *, dtype: DTypeLike | None = None, **given: Any
) -> Tensor:
    """Powers of a base at equal distances of the exponents."""
    return made(np.logspace(start, end, steps, base=base).astype(as_dtype(dtype) or get_default_dtype()))


def eye(
    n: int, m: int | None = None, *, dtype: DTypeLike | None = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """The unit matrix."""
    check_device(device)
    return made(np.eye(n, m, dtype=as_dtype(dtype) or get_default_dtype()), requires_grad)


def scalar_tensor(value: Any, *, dtype: DTypeLike | None = None, **given: Any) -> Tensor:
    """A tensor of one number and no axes."""
    return tensor(value, dtype=dtype or get_default_dtype())


def new_tensor(
    self: Tensor, data: Any, *, dtype: DTypeLike | None = None, requires_grad: bool = False, **ignored: Any
) -> Tensor:
    """A tensor of numbers in the dtype of this one."""
    return tensor(data, dtype=dtype or self.dtype, requires_grad=requires_grad)


def new_zeros(self: Tensor, *size: Any, dtype: DTypeLike | None = None, **given: Any) -> Tensor:
    """Zeros in the dtype of this tensor."""
    return zeros(*size, dtype=dtype or self.dtype, **given)


def new_ones(self: Tensor, *size: Any, dtype: DTypeLike | None = None, **given: Any) -> Tensor:
    """Ones in the dtype of this tensor."""
    return ones(*size, dtype=dtype or self.dtype, **given)


new_empty = new_zeros


def new_full(self: Tensor, size: Any, fill_value: Any, *, dtype: DTypeLike | None = None, **given: Any) -> Tensor:
    """One number in the dtype of this tensor."""
    return full(size, fill_value, dtype=dtype or self.dtype, **given)
