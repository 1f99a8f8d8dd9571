"""`Numbers`: what a diagram says of a value, of an array, and of those of many nodes drawn as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

BINS = 24


@dataclass(frozen=True, slots=True)
class Numbers:
    """A summary of floats or arrays; of complex numbers, but for the first, one of their moduli.

    Attributes
    ----------
    count : int
        How many nodes they come from.
    shape : tuple of int or None
        Of each; None where they differ.
    size : int
        How many numbers there are in all.
    least, most, mean, norm : float
        Of those that are finite; `norm` is the Euclidean one.
    zeros, broken : float
        The shares that are exactly zero, and that are NaN or infinite.
    bins : tuple of int
        A histogram of the finite ones from `least` to `most`; empty for a single number.
    first : float or complex
        The first number.
    """

    count: int
    shape: tuple[int, ...] | None
    size: int
    least: float
    most: float
    mean: float
    norm: float
    zeros: float
    broken: float
    bins: tuple[int, ...]
    first: float | complex

    @property
    def text(self) -> str:
        """A few words: the number, the shape and the norm, or the range over the nodes.

        Examples
        --------
        >>> summarise([0.5]).text, summarise([np.ones((2, 3))]).text, summarise([1.0, -2.0, 0.5]).text
        ('0.5', '2×3, norm 2.45', '-2 … 1')
        """
        if self.size == 1:
            return format_number(self.first)
        if self.size == 0:
            return f"{_format_shape(self.shape)}, empty"
        if not self.shape:
            spread = (
                format_number(self.most)
                if self.least == self.most
                else f"{self.least + 0.0:.3g} … {self.most + 0.0:.3g}"
            )
            return f"{spread}{self._blemishes()}" if self.broken < 1.0 else "not finite"
        return f"{_format_shape(self.shape)}, {'norm ' + f'{self.norm:.3g}' if self.broken < 1.0 else 'not finite'}{self._blemishes()}"

    @property
    def amounts(self) -> list[tuple[str, float]]:
        """The least, the mean, the most and the norm of what is finite, with their names."""
        return [("least", self.least), ("mean", self.mean), ("most", self.most), ("norm", self.norm)]

    def _blemishes(self) -> str:
        told = f", {format_percent(self.zeros)} zero" if self.zeros else ""
        return told + (f", {format_percent(self.broken)} not finite" if 0.0 < self.broken < 1.0 else "")


def summarise(values: Sequence[Any]) -> Numbers:
    """Summarise the values of one node, or of several.

    Parameters
    ----------
    values : sequence of float or array
        At least one.
    """
    shapes = {np.shape(v) for v in values}
    every = np.concatenate([in_double(v).ravel() for v in values])
    flat = np.abs(every) if every.dtype.kind == "c" else every
    finite = flat[np.isfinite(flat)]
    with np.errstate(all="ignore"):
        scale, norm = float(np.max(np.abs(finite), initial=0.0)), magnitude(finite)
        bins = np.histogram(finite / (scale or 1.0), BINS)[0] if flat.size > 1 and finite.size else np.empty(0, int)
        mean = scale * float(np.mean(finite / scale)) if scale else 0.0
    return Numbers(
        count=len(values),
        shape=shapes.pop() if len(shapes) == 1 else None,
        size=flat.size,
        least=float(np.min(finite, initial=np.inf)) if finite.size else float("nan"),
        most=float(np.max(finite, initial=-np.inf)) if finite.size else float("nan"),
        mean=mean if finite.size else float("nan"),
        norm=norm,
        zeros=float(np.mean(flat == 0.0)) if flat.size else 0.0,
        broken=1.0 - finite.size / flat.size if flat.size else 0.0,
        bins=tuple(map(int, bins)),
        first=every[0].item() if flat.size else float("nan"),
    )


def in_double(x: Any) -> np.ndarray:
    """Numbers as an array in double precision, real or complex as they are.

    Examples
    --------
    >>> in_double(1).dtype, in_double(np.ones(1, np.complex64)).dtype
    (dtype('float64'), dtype('complex128'))
    """
    array = np.asarray(x)
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64, copy=False)


def describe_in_full(x: Any) -> str:
    """A number with all its digits, or an array: shape and dtype, its numbers, what they amount to, what is not finite.

    Examples
    --------
    >>> describe_in_full(1 / 3)
    '0.3333333333333333'
    >>> print(describe_in_full(np.array([[1.0, np.nan, 3.0], [0.0, np.inf, np.nan]])))
    2×3 float64
    [[         1        nan          3]
     [         0        inf        nan]]
    least 0, mean 1.3333, most 3, norm 3.1623, 17 % zero
    2 NaN, the first at [0, 1]; 1 infinite, at [1, 1]
    """
    if x.__class__ is float:
        return repr(x)
    array = np.asarray(x)
    lines = [f"{_format_shape(array.shape)} {array.dtype}"]
    if array.size:
        with np.printoptions(threshold=200, edgeitems=3, linewidth=76):
            shown: Any = {"float_kind": lambda x: f"{x:10.4g}", "complex_kind": lambda x: f"{x:12.4g}"}
            lines.append(np.array2string(array, formatter=shown))
        said, broken = summarise([array]), _locate_not_finite(array)
        if said.broken < 1.0:
            moduli = ["moduli:"] * (array.dtype.kind == "c")
            amounts = [f"{what} {format_number(x)}" for what, x in said.amounts]
            amounts += [f"{format_percent(said.zeros)} zero"] * (said.zeros > 0.0)
            lines.append(" ".join([*moduli, ", ".join(amounts)]))
        lines += [broken] if broken else []
    return "\n".join(lines)


def _locate_not_finite(array: np.ndarray) -> str:
    """How many NaN and infinities there are, and where the first of them is."""
    told = []
    for what, found in (("NaN", np.isnan(array)), ("infinite", np.isinf(array))):
        count = int(np.count_nonzero(found))
        if count:
            place = ", ".join(str(int(i)) for i in np.unravel_index(int(np.argmax(found)), array.shape))
            told.append(f"{count:,} {what}, {'the first ' if count > 1 else ''}at [{place}]")
    return "; ".join(told)


def magnitude(x: Any) -> float:
    """The Euclidean norm of a number or an array, without overflow or underflow of the squares; NaN where one is.

    Examples
    --------
    >>> magnitude(-2.0), magnitude(np.full(4, 1e-200)), magnitude(np.array([np.inf, 1.0]))
    (2.0, 2e-200, inf)
    """
    if x.__class__ is float:
        return abs(float(x))
    array = in_double(x)
    largest = float(np.max(np.abs(array), initial=0.0))
    return largest * float(np.linalg.norm(array / largest)) if 0.0 < largest < np.inf else largest


def format_number(x: float | complex) -> str:
    """A number in up to five digits.

    Examples
    --------
    >>> format_number(3.0), format_number(-0.0), format_number(1 / 3), format_number(0.5 - 1j), format_number(2j)
    ('3', '0', '0.33333', '(0.5-1j)', '2j')
    """
    if isinstance(x, complex):
        return f"({x:.5g})" if x.real else f"{x.imag:.5g}j"
    return f"{x + 0.0:.5g}"


def format_percent(share: float) -> str:
    """A share in whole percent, but for the least and the last.

    Examples
    --------
    >>> format_percent(0.5), format_percent(1e-6), format_percent(0.9999)
    ('50 %', '<1 %', '>99 %')
    """
    if 0.0 < share < 0.01:
        return "<1 %"
    return ">99 %" if 0.99 < share < 1.0 else f"{share:.0%}".replace("%", " %")


def _format_shape(shape: tuple[int, ...] | None) -> str:
    return "several shapes" if shape is None else "×".join(map(str, shape)) or "scalar"
