"""`Generator`: PyTorch's random numbers of the CPU, from the Mersenne Twister that both libraries have.

Reference: M. Matsumoto, T. Nishimura, "Mersenne Twister", ACM TOMACS 8 (1998). PyTorch takes 24 of the 32 bits of a draw for
a float32, 53 of the 64 of two for a float64; normal numbers come in pairs, by G. Box, M. Muller (1958), in blocks of sixteen
where there are so many. Uniform numbers, whole numbers and permutations are PyTorch's to the bit, normal ones of float64 too;
those of float32 differ from PyTorch's on processors with AVX2 in the last bit or two, because it computes the logarithms there
with a formula of its own. `bernoulli_(p)`, `dropout` and `multinomial` of many classes without replacement draw from Intel's
library there, and cannot be reproduced: they are repeatable here, with other numbers.
"""

from __future__ import annotations

import math
import secrets
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from autograd.errors import OperandError

# From so many numbers on normal ones come in blocks.
_BLOCK = 16
# From a range of this length on a whole number takes two draws.
_WIDE = 1 << 28


class Generator:
    """A source of random numbers, at first with PyTorch's default seed.

    Parameters
    ----------
    device : optional
        The CPU.

    Examples
    --------
    >>> import autograd.torch as torch
    >>> g = torch.Generator().manual_seed(2147483647)
    >>> torch.rand(3, generator=g)
    tensor([0.7081, 0.3542, 0.1054])
    """

    def __init__(self, device: Any = None) -> None:
        from autograd.torch.device import check_device

        check_device(device)
        self.manual_seed(67280421310721)

    def manual_seed(self, seed: int) -> Generator:
        """Begin anew from a seed; gives the generator back."""
        if isinstance(seed, bool) or not hasattr(seed, "__index__"):
            raise OperandError(f"manual_seed expected a whole number, not {seed!r}")
        self._seed = int(seed) % (1 << 64)
        self._source = np.random.RandomState(self._seed & 0xFFFFFFFF)
        self._waiting: float | None = None
        return self

    def seed(self) -> int:
        """Begin anew from a seed of the machine's; gives the seed."""
        self.manual_seed(secrets.randbits(53))
        return self._seed

    def initial_seed(self) -> int:
        """The seed that it began from."""
        return self._seed

    def get_state(self) -> Any:
        """What `set_state` takes to draw the same again; PyTorch's is a tensor of bytes."""
        return self._seed, self._source.get_state(), self._waiting

    def set_state(self, state: Any) -> Generator:
        """Go on from a state."""
        self._seed, held, self._waiting = state
        self._source.set_state(held)
        return self

    def bits(self, count: int) -> np.ndarray:
        """Draws of 32 bits."""
        return self._source.randint(0, 1 << 32, count, np.uint32)

    def wide_bits(self, count: int) -> np.ndarray:
        """Draws of 64 bits, each of two of 32, the higher ones first."""
        pairs = self.bits(2 * count).astype(np.uint64).reshape(-1, 2)
        return (pairs[:, 0] << np.uint64(32)) | pairs[:, 1]

    def uniform(self, count: int, dtype: DTypeLike | None = np.float64) -> np.ndarray:
        """Numbers in [0, 1)."""
        if np.dtype(dtype) == np.float64:
            return (self.wide_bits(count) & np.uint64((1 << 53) - 1)) * 2.0**-53
        bits, share = (24, 2.0**-24) if np.dtype(dtype) == np.float32 else (11, 2.0**-11)
        return ((self.bits(count) & np.uint32((1 << bits) - 1)) * share).astype(dtype)

    def normal(self, count: int, dtype: DTypeLike | None = np.float64) -> np.ndarray:
        """Numbers of mean 0 and deviation 1."""
        if count < _BLOCK:
            return np.array([self._single() for _ in range(count)]).astype(dtype)
        found = self.uniform(count, dtype)
        whole = count - count % _BLOCK
        found[:whole] = _normal_blocks(found[:whole])
        if whole < count:
            # The last sixteen are drawn anew.
            found[-_BLOCK:] = _normal_blocks(self.uniform(_BLOCK, dtype))
        return found

    def _single(self) -> float:
        if self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            return waiting
        angle, share = self.uniform(2)
        size, turn = math.sqrt(-2.0 * math.log1p(-share)), 2.0 * math.pi * angle
        self._waiting = size * math.sin(turn)
        return size * math.cos(turn)

    def whole(self, low: int, high: int, count: int) -> np.ndarray:
        """Whole numbers from `low` on and below `high`."""
        span = high - low
        drawn = self.wide_bits(count) if span >= _WIDE else self.bits(count).astype(np.uint64)
        return (drawn % np.uint64(span)).astype(np.int64) + low

    def permutation(self, n: int) -> np.ndarray:
        """The numbers below `n` in some order."""
        order = list(range(n))
        for i, drawn in enumerate(self.bits(max(n - 1, 0)).tolist()):
            j = i + drawn % (n - i)
            order[i], order[j] = order[j], order[i]
        return np.array(order, np.int64)

    def exponential(self, count: int) -> np.ndarray:
        """Numbers of the exponential distribution of mean 1."""
        return -np.log1p(-self.uniform(count))


def _normal_blocks(uniform: np.ndarray) -> np.ndarray:
    blocks = uniform.reshape(-1, 2, _BLOCK // 2)
    size = np.sqrt(-2.0 * np.log(1.0 - blocks[:, 0]))
    turn = uniform.dtype.type(2.0 * math.pi) * blocks[:, 1]
    return np.stack([size * np.cos(turn), size * np.sin(turn)], 1).reshape(-1)


class _Standing:
    """The `state` of a generator, as NumPy's bit generators have it."""

    def __init__(self, source: Generator) -> None:
        self._source = source

    @property
    def state(self) -> dict[str, Any]:
        seed, (name, key, position, has_normal, normal), waiting = self._source.get_state()
        held = {"key": key, "pos": position, "has_normal": has_normal, "normal": normal}
        return {"bit_generator": name, "seed": seed, "state": held, "waiting": waiting}

    @state.setter
    def state(self, state: Any) -> None:
        held = state["state"]
        numbers = state["bit_generator"], held["key"], held["pos"], held["has_normal"], held["normal"]
        self._source.set_state((state["seed"], numbers, state["waiting"]))


class LayerSource(np.random.Generator):
    """The default generator in the words of NumPy's, for the layers of `nn`, which draw their first weights so."""

    def __init__(self, dtype: DTypeLike | None = None, generator: Generator | None = None) -> None:
        super().__init__(np.random.MT19937(0))
        self._source = default_generator if generator is None else generator
        self._dtype = np.float64 if np.dtype(dtype or np.float32) == np.float64 else np.float32

    @property
    def bit_generator(self) -> Any:
        """Where the default generator stands, for whoever draws the same numbers again, or leaves no trace."""
        return _Standing(self._source)

    def uniform(self, low: Any = 0.0, high: Any = 1.0, size: Any = None) -> Any:
        """Numbers in [low, high)."""
        scale = self._dtype
        found = self._source.uniform(math.prod(np.atleast_1d(size).tolist()), scale) if size is not None else None
        assert found is not None
        return (found * scale(high - low) + scale(low)).reshape(size)

    def normal(self, loc: Any = 0.0, scale: Any = 1.0, size: Any = None) -> Any:
        """Normal numbers."""
        found = self._source.normal(math.prod(np.atleast_1d(size).tolist()), self._dtype)
        return (found * self._dtype(scale) + self._dtype(loc)).reshape(size)

    def random(self, size: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Numbers in [0, 1)."""
        return self._source.uniform(math.prod(np.atleast_1d(size).tolist()), np.float32).reshape(size)

    def permutation(self, x: Any, axis: int = 0) -> Any:
        """The numbers below `x` in some order."""
        return self._source.permutation(x)

    def spawn(self, n_children: int) -> Any:
        """The source itself, again and again: there is one for all layers, also for copies of them."""
        return [self] * n_children

    def __reduce__(self) -> Any:
        return LayerSource, (self._dtype,)

    def __deepcopy__(self, memo: Any) -> LayerSource:
        return self


default_generator = Generator()
# As in PyTorch, another one each time until `manual_seed` is called.
default_generator.seed()


def manual_seed(seed: int) -> Generator:
    """Begin the default generator anew from a seed: `rand`, `randn`, `randint`, `randperm` then give PyTorch's numbers."""
    return default_generator.manual_seed(seed)


def seed() -> int:
    """Begin the default generator anew from a seed of the machine's."""
    return default_generator.seed()


def initial_seed() -> int:
    """The seed of the default generator."""
    return default_generator.initial_seed()


def get_rng_state() -> Any:
    """The state of the default generator."""
    return default_generator.get_state()


def set_rng_state(state: Any) -> None:
    """Let the default generator go on from a state."""
    default_generator.set_state(state)
