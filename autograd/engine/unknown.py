"""`UnknownArray`: the data of a stand-in, an array of a shape and a dtype whose numbers nobody may use."""

from __future__ import annotations

from functools import cache
from typing import Any, NoReturn

import numpy as np

# What may be asked of an array without its numbers.
KNOWN = frozenset({np.shape, np.ndim, np.size, np.result_type, np.zeros_like, np.ones_like})
# Of these the numbers say how long the result is, and an operation has one shape.
LENGTHS = frozenset({
    np.unique, np.unique_all, np.unique_counts, np.unique_inverse, np.unique_values, np.nonzero, np.flatnonzero, np.argwhere,
    np.union1d, np.intersect1d, np.setdiff1d, np.setxor1d, np.extract, np.trim_zeros, np.bincount, np.where,
})  # fmt: skip
ELSEWHERE = "call it outside, and give what it finds as an argument, because the numbers say how long its result is"


class UnknownArray(np.ndarray):
    """An array of a shape and a dtype; whoever uses its numbers is told by `refuse`, which subclasses say."""

    def refuse(self, what: str, number: bool = False, instead: str | None = None) -> NoReturn:
        """Raise the error of the one who made the stand-in.

        Parameters
        ----------
        what : str
            What is asked, as in "np.exp of".
        number : bool
            Whether a tensor could be used in place of its number; the alternative is a choice by `where`.
        instead : str, optional
            What to do instead, where it is neither.
        """
        raise NotImplementedError

    def __array_ufunc__(self, ufunc: Any, method: str, *_: Any, **__: Any) -> Any:
        self.refuse(f"np.{ufunc.__name__} of")

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if function in KNOWN:
            return function(*(x.view(np.ndarray) if isinstance(x, UnknownArray) else x for x in args), **kwargs)
        self.refuse(f"np.{function.__name__} of", instead=ELSEWHERE if function in LENGTHS else None)

    def __bool__(self) -> bool:
        self.refuse("a branch on")

    def __float__(self) -> float:
        self.refuse("float(…) of", number=True)

    def __int__(self) -> int:
        self.refuse("int(…) of", number=True)

    def __index__(self) -> int:
        self.refuse("an index that is")

    def __getitem__(self, key: Any) -> Any:
        self.refuse("an element of", number=True)

    def __setitem__(self, key: Any, value: Any) -> None:
        self.refuse("a change in place of")

    def __iter__(self) -> Any:
        self.refuse("a loop over the elements of", number=True)

    def item(self, *_: Any) -> Any:
        self.refuse("item() of", number=True)

    def tolist(self) -> Any:
        self.refuse("tolist() of", number=True)

    def __format__(self, spec: str) -> str:
        self.refuse("the text of")


def stand_in_for(shape: tuple[int, ...], dtype: np.dtype[Any], kind: type[UnknownArray], again: bool = False) -> Any:
    """An array of this shape and dtype; what reads it all the same finds NaN, or the least integer, and with `again` others.

    Examples
    --------
    >>> stand_in_for((2, 3), np.dtype(float), UnknownArray).shape
    (2, 3)
    """
    element = _element(dtype, again)
    if dtype.hasobject:
        return np.broadcast_to(element, shape).view(kind)
    # The same in a fifth of the time: it stands at every place, in bytes that nobody can write to.
    return np.ndarray.__new__(kind, shape, dtype, element.tobytes(), 0, (0,) * len(shape))


@cache
def _element(dtype: np.dtype[Any], again: bool) -> np.ndarray:
    odd = np.nan if dtype.kind in "fc" else np.iinfo(dtype).min if dtype.kind in "iu" else False
    fill = odd if not again else 0.75 if dtype.kind == "f" else 1
    return np.full((), fill, dtype)
