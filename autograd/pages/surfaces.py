"""The surfaces of the race: a formula as text, which Python and the page read alike, and where to look at it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from autograd.engine.value import Value
from autograd.expressions import MAX_LENGTH, Function, ParseError
from autograd.pages.errors import PageError
from autograd.wording.suggestion import quote, suggest

Range = tuple[float, float]


@dataclass(frozen=True)
class Surface:
    """What is descended.

    Attributes
    ----------
    name : str
    title : str
        The formula as people write it.
    text : str
        The formula as an expression of x and y, or of x alone: then it is a curve.
    x, y : (float, float)
        What is seen at first; of a curve, y is its height.
    start : tuple of float
        Where the race starts.
    steps : int
    minima : tuple of tuple of float
        Where the lowest points are, if that is known.
    rates : mapping of str to mapping of str to object
        The optimizers that run at first, with their options.
    levels : int
        Lines of equal height.

    Examples
    --------
    >>> surface = find_surface("quadratic")
    >>> surface.function(-7.0, 2.0), surface.is_curve
    (8.9, False)
    """

    name: str
    title: str
    text: str
    x: Range
    y: Range
    start: tuple[float, ...]
    steps: int
    minima: tuple[tuple[float, ...], ...] = ()
    rates: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    levels: int = 16

    @property
    def is_curve(self) -> bool:
        """Whether it has one variable."""
        return len(self.start) == 1

    @cached_property
    def function(self) -> Function:
        """The formula, to be called with numbers, arrays or tensors."""
        return Function(self.text, ("x", "y")[: len(self.start)])

    def heights(self, *grid: np.ndarray) -> np.ndarray:
        """The heights over arrays of x and y, without warnings where there is none."""
        with np.errstate(all="ignore"):
            return np.broadcast_to(np.asarray(self.function(*grid), np.float64), grid[0].shape)


INSIDE = {"momentum": 0.9, "momentum_form": "inside"}
SQUARES = {"alpha": 0.9, "eps": 1e-8}


def _rates(sgd: float, momentum: float, rmsprop: float, adam: float, **more: float) -> dict[str, dict[str, Any]]:
    """The four optimizers that every race starts with, and others with nothing but a rate."""
    return {
        "sgd": {"lr": sgd},
        "momentum": {"lr": momentum, **INSIDE},
        "rmsprop": {"lr": rmsprop, **SQUARES},
        "adam": {"lr": adam},
        **{name: {"lr": rate} for name, rate in more.items()},
    }


SURFACES = {
    surface.name: surface
    for surface in (
        Surface(
            "quadratic", "x²/10 + y²", "x**2/10 + y**2", (-8.5, 4.5), (-3.2, 3.2), (-7.0, 2.0), 20, ((0.0, 0.0),),
            _rates(0.95, 0.1, 0.5, 0.5),
        ),
        Surface(
            "long-valley", "x²/200 + 2·y²", "x**2/200 + 2*y**2", (-22.0, 8.0), (-3.0, 3.0), (-19.0, 1.5), 100,
            ((0.0, 0.0),), _rates(0.4, 0.1, 0.3, 0.5),
        ),
        Surface(
            "saddle", "x² − y²", "x**2 - y**2", (-1.5, 1.5), (-1.2, 1.2), (1.0, 0.001), 60, (),
            _rates(0.05, 0.02, 0.03, 0.05),
        ),
        Surface(
            "beale", "Beale", "(1.5 - x + x*y)**2 + (2.25 - x + x*y**2)**2 + (2.625 - x + x*y**3)**2",
            (-1.0, 4.5), (-1.6, 2.0), (0.7, 1.4), 200, ((3.0, 0.5),), _rates(0.01, 0.005, 0.02, 0.1),
        ),
        Surface(
            "rosenbrock", "Rosenbrock: (1 − x)² + 100·(y − x²)²", "(1 - x)**2 + 100*(y - x**2)**2",
            (-2.0, 2.0), (-1.0, 3.0), (-1.2, 1.0), 500, ((1.0, 1.0),), _rates(0.001, 0.0005, 0.01, 0.05),
        ),
        Surface(
            "himmelblau", "Himmelblau: (x² + y − 11)² + (x + y² − 7)²", "(x**2 + y - 11)**2 + (x + y**2 - 7)**2",
            (-5.5, 5.5), (-5.0, 5.0), (-0.3, -0.8), 100,
            ((3.0, 2.0), (-2.805118086952745, 3.131312518250573), (-3.779310253377747, -3.283185991286170),
             (3.584428340330492, -1.848126526964404)),
            _rates(0.01, 0.005, 0.1, 0.3),
        ),
        Surface(
            "rastrigin", "Rastrigin: 20 + x² − 10·cos 2πx + y² − 10·cos 2πy",
            "20 + x**2 - 10*cos(2*pi*x) + y**2 - 10*cos(2*pi*y)", (-3.6, 3.6), (-2.7, 2.7), (2.4, 1.4), 100,
            ((0.0, 0.0),), _rates(0.003, 0.006, 0.15, 0.3), levels=6,
        ),
        Surface(
            "waves", "x²/10 + sin x", "x**2/10 + sin(x)", (-10.5, 10.5), (-2.0, 11.5), (9.0,), 60,
            ((-1.306440008,),), _rates(0.4, 0.1, 0.3, 0.3),
        ),
    )
}  # fmt: skip
# Where a race on a surface of one's own starts: the first of them where it has a height; of a curve, the first numbers.
STARTS = ((-4.0, 2.0), (4.0, 2.0), (4.0, -2.0), (-4.0, -2.0), (0.5, 0.5))
# A name, as those of the surfaces are, and not an expression.
NAME = re.compile(r"[A-Za-z][A-Za-z_ -]*")


def find_surface(given: str) -> Surface:
    """The surface of a name, or of an expression of x and y.

    Parameters
    ----------
    given : str

    Raises
    ------
    PageError
        For a name that there is not, and for a text that is no expression; the nearest name, or the column, is told.

    Examples
    --------
    >>> find_surface("beale").minima
    ((3.0, 0.5),)
    >>> find_surface("sin(x)*y").start
    (-4.0, 2.0)
    >>> find_surface("bealle")
    Traceback (most recent call last):
        ...
    autograd.pages.errors.PageError: there is no surface 'bealle'; did you mean 'beale'?
    """
    name = given.strip().lower().replace(" ", "-").replace("_", "-")
    if name in SURFACES:
        return SURFACES[name]
    try:
        function = Function(given, ("x", "y"))
    except ParseError as error:
        if NAME.fullmatch(given.strip()):
            raise PageError(f"there is no surface {quote(given)}{suggest(name, SURFACES)}") from None
        raise PageError(f"the surface is an expression of x and y: {error}") from None
    text, used = function.text, function.names
    if not used:
        raise PageError(f"the surface {quote(given)} uses neither x nor y")
    if len(text) > MAX_LENGTH:
        raise PageError(f"the surface has {len(text)} characters; at most {MAX_LENGTH} are read")
    if not getattr(function(Value(0.5), Value(0.5)), "requires_grad", False):
        raise PageError(f"the surface {quote(given)} is flat wherever it is smooth: it has no gradient to descend")
    rates = _rates(0.1, 0.05, 0.1, 0.2)
    variables = 1 if used == ("x",) else 2
    plane = Surface(text, text, text, (-5.0, 5.0), (-4.0, 4.0), STARTS[0][:variables], 50, (), rates)
    places = [place[:variables] for place in STARTS]
    start = next((p for p in places if np.isfinite(plane.heights(*map(np.array, p)))), places[0])
    if variables == 2:
        return replace(plane, start=start)
    return replace(plane, x=(-6.0, 6.0), y=_fit(plane.heights(np.linspace(-6.0, 6.0, 400))), start=start)


def _fit(heights: np.ndarray) -> Range:
    """From below the lowest to above the highest; poles are cut off."""
    finite = heights[np.isfinite(heights)]
    if not finite.size:
        return -1.0, 1.0
    low, high = (float(part) for part in np.quantile(finite, [0.0 if finite.min() > -1e6 else 0.02, 0.98]))
    margin = 0.08 * (high - low) or 1.0
    return low - margin, high + margin
