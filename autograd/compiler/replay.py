"""Replay: the loops, copies and products of a program between two things that only Python does, made by one native call.

The program's text has each of them as a comment. A `Plan` knows them by the names of their arrays. A `Replay` has looked up those of
the buffers, and looks at what is given at each run. Where an array does not lie as machine code wants it, Python makes the call,
with the same results but for the last digits of products of rows by rows.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, NamedTuple

import numpy as np

from autograd.compiler.blas import find_gemm
from autograd.compiler.entries import NAMES, Kind, entry_address, product_address, run_entries
from autograd.compiler.rows import rows_address, suits_rows

# cblas.h: a matrix as it is, and transposed.
AS_IT_IS, TURNED = 111, 112
# How an array lies: its strides, and whether its elements begin where the processor wants them.
Lie = tuple[tuple[int, ...], bool]
# Of how many ways that arrays lie in the words are kept.
MOST_LIES = 8


class Placed(NamedTuple):
    """An array, and the number of that given at each run in whose memory it lies; None for a buffer."""

    array: np.ndarray
    of: int | None


@dataclass(frozen=True)
class Operand:
    """An array by its name in the text, and what part of it, or it transposed, or in another shape."""

    name: str
    key: Any = None
    turned: bool = False
    shape: tuple[int, ...] | None = None

    def find(self, arrays: Mapping[str, Placed]) -> Placed:
        """The array itself."""
        array, of = arrays[self.name]
        if self.key is not None:
            array = array[self.key]
        if self.shape is not None:
            array = array.reshape(self.shape)
        return Placed(array.T if self.turned else array, of)


@dataclass(frozen=True)
class LoopCall:
    """A call of a loop, by the text of that and what it is called."""

    name: str
    text: str
    operands: tuple[Operand, ...]
    numbers: tuple[float, ...]

    def encode(self, arrays: Sequence[Placed], encoder: _Encoder) -> bool:
        """Add the call of its entry; False where it can't be made so."""
        return encoder.add_loop(self.text, arrays, self.numbers, self.name)

    def call(self, arrays: Sequence[np.ndarray], scope: Mapping[str, Any]) -> None:
        """Make the call from Python."""
        scope[self.name](*arrays, *self.numbers)


@dataclass(frozen=True)
class CopyCall:
    """`to[...] = source`, of one dtype."""

    operands: tuple[Operand, Operand]

    def encode(self, arrays: Sequence[Placed], encoder: _Encoder) -> bool:
        """Add the call of its entry; False where it can't be made so."""
        (to, _), (source, of) = arrays
        if to.dtype != source.dtype:
            return False
        spread = Placed(np.broadcast_to(source, to.shape), of)
        return not to.size or encoder.add_loop(_copy_text(to.ndim), [arrays[0], spread])

    def call(self, arrays: Sequence[np.ndarray], scope: Mapping[str, Any]) -> None:
        """Make the copy by NumPy."""
        np.copyto(arrays[0], arrays[1])


@dataclass(frozen=True)
class FillCall:
    """`to.fill(0)`."""

    operands: tuple[Operand]

    def encode(self, arrays: Sequence[Placed], encoder: _Encoder) -> bool:
        """Add the call of its entry; False where it can't be made so."""
        to = arrays[0].array
        return not to.size or encoder.add_loop(_fill_text(to.ndim), arrays)

    def call(self, arrays: Sequence[np.ndarray], scope: Mapping[str, Any]) -> None:
        """Fill by NumPy."""
        arrays[0].fill(0)


@dataclass(frozen=True)
class ProductCall:
    """`np.matmul(x, y, out=out)`."""

    operands: tuple[Operand, Operand, Operand]

    def encode(self, arrays: Sequence[Placed], encoder: _Encoder) -> bool:
        """Add the call of BLAS; False where it can't be made so."""
        return encoder.add_product(*arrays)

    def call(self, arrays: Sequence[np.ndarray], scope: Mapping[str, Any]) -> None:
        """Multiply by NumPy."""
        np.matmul(arrays[0], arrays[1], out=arrays[2])


Call = LoopCall | CopyCall | FillCall | ProductCall
# What is run: words for machine code, or a call from Python.
Part = tuple[np.ndarray, ...] | Call


@dataclass(frozen=True)
class View:
    """A view, which is made where what it looks at is known: `name` of `source`."""

    name: str
    source: str
    look: Callable[[np.ndarray], np.ndarray]


@dataclass
class Plan:
    """Calls that are made one after the other.

    Attributes
    ----------
    given : tuple of str
        The names of the arrays that may be others at each run.
    lent : frozenset of str
        Which of them are the caller's: nothing is held of these, since an array that is held cannot be resized.
    views : dict of str to View
        By name.
    calls : list of Call
    scope : dict
        The loops by their names, for calls from Python.
    native : bool
        Whether machine code makes the calls, or Python.
    announce : callable, optional
        Makes the machine code of a loop: it is given the name of that, and what makes it.
    """

    given: tuple[str, ...]
    lent: frozenset[str]
    views: dict[str, View]
    calls: list[Call]
    scope: Mapping[str, Any]
    native: bool
    announce: Callable[[str, Callable[[], int]], int] = field(default=lambda name, make: make())

    def __call__(self, arrays: Mapping[str, np.ndarray]) -> Replay:
        """The calls on these buffers, by name."""
        return Replay(self, arrays)

    @cached_property
    def names(self) -> frozenset[str]:
        """All names that are looked up."""
        looked = {operand.name for call in self.calls for operand in call.operands}
        return frozenset({*looked, *(view.source for view in self.views.values())} - self.views.keys())


class Replay:
    """A plan with the buffers of one runner; one thread at a time may call it.

    Parameters
    ----------
    plan : Plan
    arrays : dict of str to array
        What is always in the same place.
    """

    def __init__(self, plan: Plan, arrays: Mapping[str, Any]) -> None:
        self._plan = plan
        self._fixed = {name: Placed(arrays[name], None) for name in plan.names if name not in plan.given}
        self._seen: list[Callable[[], Any]] = [_nothing] * len(plan.given)
        self._lies: list[Lie] = []
        self._bases = np.zeros(len(plan.given), np.int64)
        self._parts: list[Part] = []
        # The parts for arrays that lie in these ways.
        self._known: dict[tuple[Lie, ...], list[Part]] = {}

    def __call__(self, *given: np.ndarray) -> None:
        """Make the calls, with these in the places of what is given at each run."""
        for k, (array, seen) in enumerate(zip(given, self._seen, strict=True)):
            if seen() is not array:
                self._look(k, array, given)
        if not self._known:
            self._bind(given)
        arrays: _Arrays | None = None
        for part in self._parts:
            if isinstance(part, tuple):
                run_entries(*part, self._bases)
                continue
            arrays = self._place(given) if arrays is None else arrays
            part.call([operand.find(arrays).array for operand in part.operands], self._plan.scope)

    def _look(self, k: int, array: np.ndarray, given: Sequence[np.ndarray]) -> None:
        """Take an array that was not there at the last run; where it lies in another order, all is bound anew."""
        if not self._known or self._lies[k] != _lie(array):
            self._bind(given)
        self._bases[k] = _address(array)
        if self._plan.given[k] not in self._plan.lent:
            # NumPy refuses to resize what is held, be it weakly: this one stays where it is.
            self._seen[k] = weakref.ref(array)

    def _bind(self, given: Sequence[np.ndarray]) -> None:
        """Take the words for arrays that lie as these."""
        self._lies = [_lie(array) for array in given]
        key = tuple(self._lies)
        if key not in self._known:
            if len(self._known) == MOST_LIES:
                self._known.clear()
            self._known[key] = self._encode(given)
        self._parts = self._known[key]

    def _encode(self, given: Sequence[np.ndarray]) -> list[Part]:
        """Write down the words of all calls, but for those that Python has to make."""
        if not self._plan.native or not all(aligned for _, aligned in self._lies) or not self._are_views(given):
            return list(self._plan.calls)
        arrays = self._place(given)
        addresses = [_address(array) for array in given]
        parts: list[Part] = []
        encoder = _Encoder(addresses, self._plan.announce)
        for call in self._plan.calls:
            if not call.encode([operand.find(arrays) for operand in call.operands], encoder):
                parts += [encoder.words(), call]
                encoder = _Encoder(addresses, self._plan.announce)
        return [*parts, encoder.words()]

    def _are_views(self, given: Sequence[np.ndarray]) -> bool:
        """Whether views look at memory of what they are of: to reshape what is transposed is to copy it."""
        arrays = self._place(given)
        views = self._plan.views
        return all(np.may_share_memory(arrays[name].array, arrays[view.source].array) for name, view in views.items())

    def _place(self, given: Sequence[np.ndarray]) -> _Arrays:
        """All arrays by name."""
        found = {name: Placed(array, k) for k, (name, array) in enumerate(zip(self._plan.given, given, strict=True))}
        return _Arrays(self._fixed | found, self._plan.views)


class _Arrays(dict[str, Placed]):
    """Arrays by name; a view is made where it is looked up."""

    def __init__(self, found: Mapping[str, Placed], views: Mapping[str, View]) -> None:
        super().__init__(found)
        self._views = views

    def __missing__(self, name: str) -> Placed:
        view = self._views[name]
        source, of = self[view.source]
        self[name] = placed = Placed(view.look(source), of)
        return placed


class _Encoder:
    """Words for entries, in which arrays that may be others at each run are left to be filled in."""

    def __init__(self, given: Sequence[int], announce: Callable[[str, Callable[[], int]], int]) -> None:
        self._given = given
        self._announce = announce
        self._addresses: list[int] = []
        self._starts: list[int] = []
        self._words: list[int] = []
        self._places: list[tuple[int, int, int]] = []

    def words(self) -> tuple[np.ndarray, ...]:
        """What `run_entries` is given."""
        integers = [np.array(x, np.int64) for x in (self._addresses, self._starts, self._words)]
        places = np.array(self._places, np.int64).reshape(-1, 3)
        return (*integers, *(np.ascontiguousarray(column) for column in places.T))

    def add_loop(self, text: str, arrays: Sequence[Placed], numbers: Sequence[float] = (), name: str = "") -> bool:
        """A call of the entry of a loop, which has a name in the program; False for arrays of a kind that entries do not know."""
        kinds = [Kind(x.dtype.char, x.ndim, "C" if x.flags.c_contiguous else "A") for x, _ in arrays]
        # One element of an array in the other byte order is a number in this one, and its view is not.
        if any(kind.char not in NAMES for kind in kinds) or not all(x.dtype.isnative for x, _ in arrays):
            return False
        self._begin(self._announce(name, partial(entry_address, text, kinds, len(numbers))))
        for placed, kind in zip(arrays, kinds, strict=True):
            array = self._place(placed)
            self._words += array.shape
            self._words += array.strides if kind.layout == "A" else ()
        self._words += np.array(numbers, np.float64).view(np.int64).tolist()
        return True

    def add_product(self, x: Placed, y: Placed, out: Placed) -> bool:
        """Calls of BLAS for the matrices of a stack; False where it does not take them as they lie."""
        gemm = find_gemm(out.array.dtype.char)
        stack, (m, n), k = out.array.shape[:-2], out.array.shape[-2:], x.array.shape[-1]
        three = [Placed(np.broadcast_to(a, (*stack, *a.shape[-2:])), of) for a, of in (x, y, out)]
        orders = [_order(array) for array, _ in three]
        steps = [_step(array) for array, _ in three]
        # Of a matrix by its own transposed NumPy computes one half alone.
        if gemm is None or None in orders or _address(x.array) == _address(y.array):
            return False
        if any(not array.dtype.isnative for array, _ in three):
            return False
        if None in steps:
            # From one matrix to the next it is not equally far: stack by stack.
            return all([self.add_product(*(Placed(a[i], of) for a, of in three)) for i in range(stack[0])])
        (first, second, third), between = [o for o in orders if o is not None], [s for s in steps if s is not None]
        if third[0] != AS_IT_IS:
            return False
        size = out.array.itemsize
        by_rows = (first[0], second[0]) == (AS_IT_IS, TURNED) and suits_rows(m, n, k, size, gemm.count_threads())
        self._begin(rows_address(out.array.dtype.name) if by_rows else product_address(out.array.dtype.char))
        for placed in three:
            self._place(placed)
        if by_rows:
            self._words += [math.prod(stack), m, n, k, *(row * size for _, row in (first, second, third)), *between]
            return True
        self._words += [gemm.address, gemm.long, math.prod(stack), m, n, k]
        self._words += [first[0], second[0], first[1], second[1], third[1], *between]
        return True

    def _begin(self, address: int) -> None:
        self._addresses.append(address)
        self._starts.append(len(self._words))

    def _place(self, placed: Placed) -> np.ndarray:
        """Where an array begins: a number, or so far from the beginning of what is given."""
        address = _address(placed.array)
        if placed.of is not None:
            self._places.append((len(self._words), placed.of, address - self._given[placed.of]))
        self._words.append(address)
        return placed.array


def _order(array: np.ndarray) -> tuple[int, int] | None:
    """Of matrices of two or more rows and columns: as they are or transposed, and the elements from row to row; None for others."""
    rows, columns = array.strides[-2:]
    size = array.itemsize
    if columns == size and rows % size == 0 and rows // size >= array.shape[-1]:
        return AS_IT_IS, rows // size
    if rows == size and columns % size == 0 and columns // size >= array.shape[-2]:
        return TURNED, columns // size
    return None


def _step(array: np.ndarray) -> int | None:
    """The bytes from matrix to matrix; None where they differ."""
    shape, strides = array.shape[:-2], array.strides[:-2]
    longer = [(n, step) for n, step in zip(shape, strides, strict=True) if n != 1]
    for (_, outer), (n, inner) in zip(longer, longer[1:], strict=False):
        if outer != n * inner:
            return None
    return longer[-1][1] if longer else 0


def _copy_text(ndim: int) -> str:
    return _element_by_element(ndim, "(a0, a1)", "a1[{}]")


def _fill_text(ndim: int) -> str:
    return _element_by_element(ndim, "(a0)", "0")


def _element_by_element(ndim: int, parameters: str, source: str) -> str:
    """The text of a loop over all elements of the first array."""
    indices = ", ".join(f"i{axis}" for axis in range(ndim)) or "()"
    lines = ["    " * (axis + 1) + f"for i{axis} in range(a0.shape[{axis}]):" for axis in range(ndim)]
    return "\n".join([f"{parameters}:", *lines, "    " * (ndim + 1) + f"a0[{indices}] = {source.format(indices)}"])


def _lie(array: np.ndarray) -> Lie:
    return array.strides, array.flags.aligned


def _address(array: np.ndarray) -> int:
    return int(array.__array_interface__["data"][0])


def _nothing() -> None:
    return None


__all__: Sequence[str] = (
    "Call",
    "CopyCall",
    "FillCall",
    "LoopCall",
    "Operand",
    "Plan",
    "ProductCall",
    "Replay",
    "View",
)
