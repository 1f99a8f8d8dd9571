"""Random tensors: `rand`, `randn`, `randint`, `randperm`, `multinomial`, and what fills a tensor with random numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from autograd.errors import OperandError, ShapeError
from autograd.graph.modes import no_grad
from autograd.graph.node import get_data, raw
from autograd.torch.device import check_device
from autograd.torch.dtypes import as_dtype, get_default_dtype
from autograd.torch.errors import with_runtime_errors
from autograd.torch.factories import made
from autograd.torch.generator import Generator, default_generator
from autograd.torch.tensor import Tensor, lengths_of, wrap


def _source(generator: Any) -> Generator:
    if generator is None:
        return default_generator
    if not isinstance(generator, Generator):
        raise OperandError(
            f"generator is a torch.Generator, not {type(generator).__name__}: torch.Generator().manual_seed(0)"
        )
    return generator


def _floats(size: Any, given: dict[str, Any]) -> tuple[tuple[int, ...], np.dtype[Any], Generator]:
    check_device(given.get("device"))
    named = given.get("size")
    dtype = as_dtype(given.get("dtype")) or get_default_dtype()
    if dtype.kind != "f":
        raise OperandError(f"random floats have a dtype of floats, not {dtype}: whole numbers come from torch.randint")
    return lengths_of(size if named is None else [named]), dtype, _source(given.get("generator"))


def rand(*size: Any, **given: Any) -> Tensor:
    """Numbers in [0, 1)."""
    lengths, dtype, source = _floats(size, given)
    return made(source.uniform(math.prod(lengths), dtype).reshape(lengths), given.get("requires_grad"))


def randn(*size: Any, **given: Any) -> Tensor:
    """Normal numbers of mean 0 and deviation 1."""
    lengths, dtype, source = _floats(size, given)
    return made(source.normal(math.prod(lengths), dtype).reshape(lengths), given.get("requires_grad"))


@with_runtime_errors
def randint(
    *bounds: Any, generator: Any = None, dtype: DTypeLike | None = None, device: Any = None, **named: Any
) -> Tensor:
    """Whole numbers: `randint(high, size)` or `randint(low, high, size)`."""
    check_device(device)
    low, high, size = named.get("low"), named.get("high"), named.get("size")
    rest = list(bounds)
    if size is None and rest and isinstance(rest[-1], (tuple, list)):
        size = rest.pop()
    if size is None:
        raise OperandError("torch.randint: give the lengths as a tuple: torch.randint(0, 10, (3,))")
    if len(rest) == 2:
        low, high = rest
    elif len(rest) == 1:
        low, high = (low or 0, rest[0]) if high is None else (rest[0], high)
    if high is None:
        raise OperandError("torch.randint: give the end of the range: torch.randint(0, 10, (3,))")
    low, high = int(low or 0), int(high)
    if low >= high:
        raise ShapeError(f"torch.randint: random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
    lengths = lengths_of([size])
    drawn = _source(generator).whole(low, high, math.prod(lengths)).reshape(lengths)
    return made(drawn.astype(as_dtype(dtype) or np.dtype(np.int64)), named.get("requires_grad"))


def randperm(
    n: int, *, generator: Any = None, dtype: DTypeLike | None = None, device: Any = None, **ignored: Any
) -> Tensor:
    """The numbers below `n` in some order."""
    check_device(device)
    return made(_source(generator).permutation(int(n)).astype(as_dtype(dtype) or np.dtype(np.int64)))


def rand_like(input: Any, *, dtype: DTypeLike | None = None, **given: Any) -> Tensor:
    """As `rand`, in the shape and the dtype of another tensor."""
    return rand(*input.shape, dtype=dtype or input.dtype, **given)


def randn_like(input: Any, *, dtype: DTypeLike | None = None, **given: Any) -> Tensor:
    """As `randn`, in the shape and the dtype of another tensor."""
    return randn(*input.shape, dtype=dtype or input.dtype, **given)


def randint_like(input: Any, *bounds: Any, dtype: DTypeLike | None = None, **given: Any) -> Tensor:
    """As `randint`, in the shape and the dtype of another tensor."""
    return randint(*bounds, tuple(input.shape), dtype=dtype or input.dtype, **given)


def normal(
    mean: Any, std: Any = 1.0, size: Any = None, *, generator: Any = None, dtype: DTypeLike | None = None, **given: Any
) -> Tensor:
    """Normal numbers of a mean and a deviation, which may be tensors."""
    if size is None:
        size = np.broadcast_shapes(np.shape(raw(mean)), np.shape(raw(std)))
        dtype = dtype or getattr(mean, "dtype", None) or getattr(std, "dtype", None)
    requires_grad = given.pop("requires_grad", False)
    drawn = get_data(randn(*lengths_of([size]), generator=generator, dtype=dtype, **given))
    return made((drawn * raw(std) + raw(mean)).astype(drawn.dtype, copy=False), requires_grad)


def bernoulli(input: Any, p: Any = None, *, generator: Any = None) -> Tensor:
    """1 with the probability that stands at each place, 0 otherwise."""
    chance = get_data(input) if p is None else np.broadcast_to(raw(p), input.shape)
    if chance.size and not (chance.min() >= 0.0 and chance.max() <= 1.0):
        raise ShapeError("torch.bernoulli: Expected p_in >= 0 && p_in <= 1: the input holds probabilities")
    drawn = _source(generator).uniform(chance.size, input.dtype if input.dtype.kind == "f" else np.float32)
    return wrap((drawn.reshape(chance.shape) < chance).astype(input.dtype))


def poisson(input: Any, generator: Any = None) -> Tensor:
    """Counts of the Poisson distribution, of whose mean the input is; not PyTorch's numbers."""
    numbers = np.random.default_rng(int(_source(generator).wide_bits(1)[0])).poisson(get_data(input))
    return wrap(numbers.astype(input.dtype))


@with_runtime_errors
def multinomial(input: Any, num_samples: int, replacement: bool = False, *, generator: Any = None) -> Tensor:
    """Places drawn with the weights that stand in the last axis."""
    weights = np.asarray(get_data(input))
    if weights.dtype.kind != "f" or weights.ndim not in (1, 2):
        raise OperandError(
            f"torch.multinomial: weights are floats of one or two axes, not {weights.dtype} of shape {weights.shape}"
        )
    rows = weights.reshape(-1, weights.shape[-1])
    if not (np.isfinite(rows).all() and (rows >= 0.0).all() and (rows.sum(-1) > 0.0).all()):
        raise ShapeError("torch.multinomial: weights are finite and not negative, and not all 0")
    source = _source(generator)
    # PyTorch lets places race for a single draw, with replacement or without.
    if replacement and num_samples > 1:
        shares = np.cumsum(rows / rows.sum(-1, keepdims=True), -1)
        shares[:, -1] = 1.0
        drawn = source.uniform(len(rows) * num_samples).reshape(len(rows), num_samples)
        chosen = np.stack([np.searchsorted(share, d) for share, d in zip(shares, drawn, strict=True)])
    else:
        if ((rows > 0.0).sum(-1) < num_samples).any():
            raise ShapeError(
                f"torch.multinomial: cannot draw {num_samples} without replacement from fewer places of a weight above 0"
            )
        race = source.exponential(rows.size).reshape(rows.shape).astype(rows.dtype)
        with np.errstate(divide="ignore"):
            chosen = np.argsort(-(rows / race), -1, kind="stable")[:, :num_samples]
    return wrap(chosen.reshape(*weights.shape[:-1], num_samples).astype(np.int64))


def fill(tensor: Any, numbers: np.ndarray) -> Any:
    """Put random numbers into a tensor, without a record; gives it back."""
    with no_grad():
        tensor[...] = numbers.reshape(tensor.shape).astype(tensor.dtype, copy=False)
    return tensor


def uniform_(self: Any, from_: float = 0.0, to: float = 1.0, *, generator: Any = None, **named: Any) -> Any:
    """Fill with numbers in [from, to)."""
    low = named.get("from", named.get("a", from_))
    high = named.get("b", to)
    kind = self.dtype.type
    return fill(self, _source(generator).uniform(self.numel(), self.dtype) * kind(high - low) + kind(low))


def normal_(self: Any, mean: float = 0.0, std: float = 1.0, *, generator: Any = None) -> Any:
    """Fill with normal numbers."""
    kind = self.dtype.type
    return fill(self, _source(generator).normal(self.numel(), self.dtype) * kind(std) + kind(mean))


def random_(self: Any, from_: int = 0, to: int | None = None, *, generator: Any = None) -> Any:
    """Fill with whole numbers; `random_(to)` from 0 on."""
    source = _source(generator)
    if to is None and from_:
        from_, to = 0, from_
    if to is None:
        if self.dtype == np.int64:
            return fill(self, (source.wide_bits(self.numel()) % np.uint64(1 << 63)).astype(np.int64))
        to = 1 << (24 if self.dtype == np.float32 else 53 if self.dtype.kind == "f" else np.iinfo(self.dtype).bits - 1)
    return fill(self, source.whole(from_, to, self.numel()))


def bernoulli_(self: Any, p: Any = 0.5, *, generator: Any = None) -> Any:
    """Fill with 1 with a probability, with 0 otherwise."""
    return fill(self, get_data(bernoulli(self, p, generator=generator)))


def exponential_(self: Any, lambd: float = 1.0, *, generator: Any = None) -> Any:
    """Fill with numbers of the exponential distribution."""
    return fill(self, _source(generator).exponential(self.numel()) / lambd)
