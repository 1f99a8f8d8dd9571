"""`Batches`: what a run goes through, whatever it was given as, with what can be wrong found before the first step."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from copy import copy
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from autograd.errors import OperandError, ShapeError, type_name
from autograd.graph.node import raw
from nn.data import BlockLoader, DataLoader
from nn.training.generators import generators_of, set_states, states_of
from nn.training.weights import WeighedTargets

Batch = tuple[np.ndarray, np.ndarray]


class Batches:
    """Batches of inputs and targets, again and again.

    Parameters
    ----------
    data : (inputs, targets), DataLoader, or iterable of such pairs
        What can be gone through anew for every epoch.
    name : str
        What messages call it.
    batch_size : int
        Of arrays.
    dtype : dtype or None
        What floats are turned to: that of the model.
    seed : int or None
        Of the order of arrays; None leaves them in theirs.

    Attributes
    ----------
    arrays : tuple of array or None
        Where all is at hand: inputs and targets.
    weights : array or None
        What each row counts; None where all count the same.
    """

    def __init__(self, data: Any, name: str, batch_size: int, dtype: DTypeLike | None, seed: int | None) -> None:
        self.name, self.dtype = name, dtype
        self._form: Callable[[np.ndarray], np.ndarray] | None = None
        self.arrays: Batch | None = None
        self.weights: np.ndarray | None = None
        self._first: Batch | None = None
        at_hand = isinstance(data, DataLoader) and data.samples is None
        if at_hand or are_arrays(data):
            parts = data.arrays if at_hand else data
            if len(parts) != 2:
                raise ShapeError(f"{name}: the DataLoader has {len(parts)} arrays; inputs and targets are two")
            inputs, targets = (
                self._as_array(part, what) for part, what in zip(parts, ("inputs", "targets"), strict=True)
            )
            self._check_pair(inputs, targets)
            self._check_finite(inputs, "inputs")
            self._check_finite(targets, "targets")
            cast = self._cast(inputs)
            self._check_range(cast, inputs, "inputs")
            self.arrays = cast, targets
            # A copy of the user's loader draws from the same generator.
            self.source: Any = (
                copy(data)
                if at_hand
                else DataLoader(*self.arrays, batch_size=batch_size, shuffle=seed is not None, seed=seed or 0)
            )
            self.source.arrays = self.arrays
            if len(self.source) == 0:
                raise ShapeError(
                    f"{name}: drop_last leaves nothing of {len(inputs):,} rows in batches of {self.source.batch_size:,}"
                )
        else:
            self.source = data
            if isinstance(data, (str, bytes)) or not hasattr(data, "__iter__"):
                raise OperandError(
                    f"{name}: expected (inputs, targets), a DataLoader or an iterable of such pairs, "
                    f"not {type_name(data)}"
                )
            samples = data.samples if isinstance(data, DataLoader) else data
            if isinstance(samples, Iterator):
                raise OperandError(
                    f"{name}: {type_name(samples)} can be gone through once only: give arrays, a DataLoader, "
                    "a list, or an object whose __iter__ starts over"
                )
        self.generators = generators_of(self.source)

    def __len__(self) -> int:
        return len(self.source)

    @property
    def count(self) -> int | None:
        """How many batches there are, where that is known."""
        try:
            return len(self)
        except TypeError:
            return None

    @property
    def shape(self) -> tuple[int, ...]:
        """That of the inputs of a batch."""
        if self.arrays is not None:
            return (self.source.batch_size, *self.arrays[0].shape[1:])
        return self.first()[0].shape

    def __iter__(self) -> Iterator[Batch]:
        return self.start_at(0)

    def start_at(self, batch: int) -> Iterator[Batch]:
        """The batches from one on; those before it are read only where the source cannot do without."""
        if isinstance(self.source, BlockLoader):
            return self._convert(self.source.start_at(batch), batch)
        batches = self._rows() if self.arrays is not None else self._convert(self.source)
        for _ in islice(batches, batch):
            pass
        return batches

    def describe(self) -> str | None:
        """What a run that goes on must have in common with the one that was interrupted, where the source can tell."""
        return self.source.describe() if isinstance(self.source, BlockLoader) else None

    def _rows(self) -> Iterator[Batch]:
        if self.weights is None:
            return iter(self.source)
        return ((inputs, WeighedTargets(targets, weights)) for inputs, targets, weights in self.source)

    def weigh(self, weights: np.ndarray) -> None:
        """From now on the targets of a batch say what each row counts."""
        assert self.arrays is not None
        self.weights = weights
        self.source.arrays = (*self.arrays, weights)

    def first(self) -> Batch:
        """Some rows of the first batch; the order of the epochs to come stays as it would have been."""
        if self.arrays is not None:
            # As batches are: what a model or a loss does to them leaves the user's rows as they are.
            return self.arrays[0][:2].copy(), self.arrays[1][:2].copy()
        if self._first is None:
            before = states_of(self.generators)
            first = next(iter(self), None)
            # Copies, so that nothing larger is held that these are parts of.
            self._first = None if first is None else (first[0].copy(), first[1].copy())
            set_states(self.generators, before)
        if self._first is None:
            raise ShapeError(f"{self.name}: it is empty, there is not one batch")
        return self._first

    def form_targets(self, form: Callable[[np.ndarray], np.ndarray], check: Callable[[np.ndarray, str], None]) -> None:
        """Give targets the form that the loss needs: now, where they are at hand, else batch by batch."""
        if self.arrays is None:
            self._form = form
            return
        targets = form(self.arrays[1])
        self._check_range(targets, self.arrays[1], "targets")
        check(targets, f"{self.name}: targets")
        self.arrays = self.arrays[0], targets
        self.source.arrays = self.arrays

    def _convert(self, source: Iterable[Any], before: int = 0) -> Iterator[Batch]:
        for number, batch in enumerate(source, before + 1):
            if not isinstance(batch, (tuple, list)) or len(batch) != 2:
                what = f"{len(batch)} parts" if isinstance(batch, (tuple, list)) else type_name(batch)
                hint = "; all inputs and all targets are a tuple, (x, y)" if isinstance(self.source, list) else ""
                raise ShapeError(f"{self.name}: batch {number} must be a pair of inputs and targets, got {what}{hint}")
            where = f"of batch {number}"
            inputs, targets = self._as_array(batch[0], f"inputs {where}"), self._as_array(batch[1], f"targets {where}")
            self._check_pair(inputs, targets, f" in batch {number}")
            if not isinstance(self.source, (DataLoader, BlockLoader)):
                # Such a batch may be the user's own, who has it still in the next epoch.
                inputs, targets = inputs.copy(), targets.copy()
            yield self._cast(inputs), targets if self._form is None else self._form(targets)

    def _cast(self, inputs: np.ndarray) -> np.ndarray:
        if self.dtype is not None and inputs.dtype.kind == "f" and inputs.dtype != self.dtype:
            with np.errstate(over="ignore"):
                return inputs.astype(self.dtype)
        return inputs

    def _as_array(self, part: Any, what: str) -> np.ndarray:
        if isinstance(part, np.ma.MaskedArray) and np.ma.is_masked(part):
            raise OperandError(f"{self.name}: the {what} are masked in places; take such rows out, or fill them in")
        try:
            array = np.asarray(raw(part))
        except ValueError as error:
            raise ShapeError(f"{self.name}: the {what} are not an array: {error}") from error
        if array.dtype.kind not in "fiub":
            hint = "; for classes, np.unique(y, return_inverse=True)[1]" if "targets" in what else ""
            raise OperandError(f"{self.name}: the {what} must be numbers, got {array.dtype}{hint}")
        if array.ndim == 0:
            raise ShapeError(f"{self.name}: the {what} are a single number; they need an axis of rows")
        return array

    def _check_pair(self, inputs: np.ndarray, targets: np.ndarray, where: str = "") -> None:
        if len(inputs) != len(targets):
            raise ShapeError(
                f"{self.name}: {len(inputs):,} rows of inputs and {len(targets):,} of targets{where}; "
                "they must be as many"
            )
        if len(inputs) == 0:
            raise ShapeError(f"{self.name}: it is empty, there is not one row{where}")

    def _check_finite(self, array: np.ndarray, what: str) -> None:
        place = locate_not_finite(array)
        if place is not None:
            raise ValueError(f"{self.name}: the {what} have {place}; take such rows out, or fill them in")

    def _check_range(self, cast: np.ndarray, given: np.ndarray, what: str) -> None:
        """Raise where numbers that were finite are too large for the model's floats."""
        place = locate_not_finite(cast) if cast.dtype != given.dtype else None
        if place is not None:
            raise ValueError(
                f"{self.name}: the {what} have {place} once they are {cast.dtype}, as the model is; scale them"
            )


def are_arrays(data: Any) -> bool:
    """Whether this is (inputs, targets), and not a sequence of two batches."""
    if not isinstance(data, (tuple, list)) or len(data) != 2:
        return False
    if isinstance(data, list):
        return all(isinstance(part, np.ndarray) for part in data)
    return not any(isinstance(part, tuple) for part in data)


def locate_not_finite(array: np.ndarray) -> str | None:
    """Where the first NaN or infinity of an array is, in words; None where there is none.

    Examples
    --------
    >>> locate_not_finite(np.array([[1.0, 2.0], [np.nan, 3.0]])), locate_not_finite(np.ones(3))
    ('nan in row 1, column 0', None)
    """
    if array.dtype.kind != "f":
        return None
    # In blocks that fit the cache, and without a mask of the size of everything.
    block = max(1, 200_000 // max(1, array[0].size)) if len(array) else 1
    for start in range(0, len(array), block):
        part = array[start : start + block]
        with np.errstate(over="ignore", invalid="ignore"):
            fine = all_finite(part)
        if not fine:
            place = np.argwhere(~np.isfinite(part))[0]
            columns = f", column {', '.join(map(str, place[1:]))}" if len(place) > 1 else ""
            return f"{part[tuple(place)]} in row {start + place[0]}{columns}"
    return None


def all_finite(array: np.ndarray) -> bool:
    """Whether an array has no NaN and no infinity; in one pass without a mask, where its squares do not overflow.

    To be called with NumPy's warnings of overflow switched off.
    """
    flat = array.ravel("K")
    return math.isfinite(np.dot(flat, flat)) or bool(np.isfinite(flat).all())
