"""Distributions that a search draws hyperparameters from."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

# A draw in this share of a range, at either end and on the range's own scale, is on its border.
BORDER_SHARE = 0.05


class Distribution(Protocol):
    """A distribution that a search draws from.

    Examples
    --------
    >>> import numpy as np
    >>> from nn.tuning import Choice, Distribution
    >>> sizes: Distribution = Choice(16, 32)
    >>> sizes.draw(np.random.default_rng(0)) in (16, 32)
    True
    """

    def draw(self, rng: np.random.Generator) -> Any:
        """One value.

        Parameters
        ----------
        rng : numpy.random.Generator

        Returns
        -------
        float, int or an option

        Examples
        --------
        >>> import numpy as np
        >>> from nn.tuning import Distribution, Integers
        >>> sizes: Distribution = Integers(1, 4)
        >>> 1 <= sizes.draw(np.random.default_rng(0)) <= 4
        True
        """

    def border(self, value: Any) -> str:
        """ "low" or "high" where a value is at that end of the range, or else an empty string.

        Parameters
        ----------
        value : float

        Returns
        -------
        str

        Examples
        --------
        >>> import numpy as np
        >>> from nn.tuning import Distribution, Integers
        >>> sizes: Distribution = Integers(1, 4)
        >>> sizes.border(4), sizes.border(2)
        ('high', '')
        """

    def narrowed(self, values: Iterable[Any]) -> Distribution:
        """The same over the range of these values only.

        Parameters
        ----------
        values : iterable
            Of this range.

        Returns
        -------
        Distribution

        Examples
        --------
        >>> import numpy as np
        >>> from nn.tuning import Distribution, Integers
        >>> sizes: Distribution = Integers(1, 4)
        >>> sizes.narrowed([2, 3])
        Integers(low=2, high=3, log=False)
        """


@dataclass(frozen=True)
class Uniform:
    """Floats between two bounds, all alike.

    Parameters
    ----------
    low, high : float

    Raises
    ------
    ValueError
        Where the bounds are not finite or the lower is not below the higher.

    Examples
    --------
    >>> x = Uniform(0.0, 0.5)
    >>> x.border(0.01), x.border(0.3), x.narrowed([0.3, 0.1, 0.2])
    ('low', '', Uniform(low=0.1, high=0.3))
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        _check_range(self)

    def draw(self, rng: np.random.Generator) -> float:
        """One value.

        Parameters
        ----------
        rng : numpy.random.Generator

        Returns
        -------
        float

        Examples
        --------
        >>> import numpy as np
        >>> from nn.tuning import Uniform
        >>> rng = np.random.default_rng(0)
        >>> 0.0 <= Uniform(0.0, 1.0).draw(rng) <= 1.0
        True
        """
        return float(rng.uniform(self.low, self.high))

    def border(self, value: float) -> str:
        """At which end of the range a value is: "low", "high", or an empty string elsewhere.

        Parameters
        ----------
        value : float

        Returns
        -------
        str

        Examples
        --------
        >>> from nn.tuning import Uniform
        >>> Uniform(0.0, 1.0).border(0.01)
        'low'
        """
        return _border_of((value - self.low) / (self.high - self.low))

    def narrowed(self, values: Iterable[float]) -> Uniform:
        """The same over the range of some values only.

        Parameters
        ----------
        values : iterable
            Of this range.

        Returns
        -------
        Uniform

        Examples
        --------
        >>> from nn.tuning import Uniform
        >>> Uniform(0.0, 1.0).narrowed([0.2, 0.4])
        Uniform(low=0.2, high=0.4)
        """
        return Uniform(*_range(self, values))


@dataclass(frozen=True)
class LogUniform:
    """Positive floats whose logarithms are uniform, as it suits rates and penalties: as many from .001 to .01 as to .1.

    Parameters
    ----------
    low, high : float
        Above 0.

    Raises
    ------
    ValueError
        Where the bounds are not above 0 and finite, or the lower is not below the higher.

    Examples
    --------
    >>> lr, rng = LogUniform(1e-4, 1e-1), np.random.default_rng(0)
    >>> 270 < sum(lr.draw(rng) < 1e-3 for _ in range(900)) < 330, lr.border(1.1e-4), lr.border(1e-3)
    (True, 'low', '')
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        _check_range(self)
        if self.low <= 0.0:
            raise ValueError(f"LogUniform: the bounds must be above 0, got {self.low!r} and {self.high!r}")

    def draw(self, rng: np.random.Generator) -> float:
        """One value.

        Parameters
        ----------
        rng : numpy.random.Generator

        Returns
        -------
        float

        Examples
        --------
        >>> import numpy as np
        >>> from nn.tuning import LogUniform
        >>> rng = np.random.default_rng(0)
        >>> 0.001 <= LogUniform(0.001, 1.0).draw(rng) <= 1.0
        True
        """
        drawn = math.exp(rng.uniform(math.log(self.low), math.log(self.high)))
        return min(max(drawn, self.low), self.high)

    def border(self, value: float) -> str:
        """At which end of the range a value is: "low", "high", or an empty string elsewhere.

        Parameters
        ----------
        value : float

        Returns
        -------
        str

        Examples
        --------
        >>> from nn.tuning import LogUniform
        >>> LogUniform(0.001, 1.0).border(0.9)
        'high'
        """
        return _border_of(math.log(value / self.low) / math.log(self.high / self.low))

    def narrowed(self, values: Iterable[float]) -> LogUniform:
        """The same over the range of some values only.

        Parameters
        ----------
        values : iterable
            Of this range.

        Returns
        -------
        LogUniform

        Examples
        --------
        >>> from nn.tuning import LogUniform
        >>> LogUniform(0.001, 1.0).narrowed([0.01, 0.1])
        LogUniform(low=0.01, high=0.1)
        """
        return LogUniform(*_range(self, values))


@dataclass(frozen=True)
class Integers:
    """Whole numbers from `low` to `high`, both included; with `log=True` their logarithms are uniform.

    Parameters
    ----------
    low, high : int
    log : bool

    Raises
    ------
    ValueError
        Where the bounds are not whole numbers, the lower is above the higher, or below 1 with `log=True`.

    Examples
    --------
    >>> units = Integers(4, 64, log=True)
    >>> units.draw(np.random.default_rng(0)), units.border(64), units.narrowed([8, 16])
    (22, 'high', Integers(low=8, high=16, log=True))
    """

    low: int
    high: int
    log: bool = False

    def __post_init__(self) -> None:
        for bound in (self.low, self.high):
            if isinstance(bound, bool) or not isinstance(bound, (int, np.integer)):
                raise ValueError(f"Integers: the bounds must be whole numbers, got {bound!r}")
        if self.low > self.high or (self.log and self.low < 1):
            least = " from 1 on" if self.log else ""
            raise ValueError(f"Integers: low must not be above high{least}, got {self.low!r} and {self.high!r}")

    def draw(self, rng: np.random.Generator) -> int:
        """One value.

        Parameters
        ----------
        rng : numpy.random.Generator

        Returns
        -------
        int

        Examples
        --------
        >>> import numpy as np
        >>> from nn.tuning import Integers
        >>> rng = np.random.default_rng(0)
        >>> Integers(1, 4).draw(rng) in (1, 2, 3, 4)
        True
        """
        if not self.log:
            return int(rng.integers(self.low, self.high + 1))
        # Half a unit beyond either end, so that the ends are drawn like the others.
        drawn = math.exp(rng.uniform(math.log(self.low - 0.5), math.log(self.high + 0.5)))
        return min(max(round(drawn), self.low), self.high)

    def border(self, value: int) -> str:
        """At which end of the range a value is: "low", "high", or an empty string elsewhere.

        Parameters
        ----------
        value : int

        Returns
        -------
        str

        Examples
        --------
        >>> from nn.tuning import Integers
        >>> Integers(1, 4).border(4)
        'high'
        """
        if self.low == self.high:
            return ""
        return "low" if value == self.low else "high" if value == self.high else ""

    def narrowed(self, values: Iterable[int]) -> Integers:
        """The same over the range of some values only.

        Parameters
        ----------
        values : iterable
            Of this range.

        Returns
        -------
        Integers

        Examples
        --------
        >>> from nn.tuning import Integers
        >>> Integers(1, 4).narrowed([2, 3])
        Integers(low=2, high=3, log=False)
        """
        some = list(values)
        return Integers(min(some), max(some), self.log)


@dataclass(frozen=True, init=False)
class Choice:
    """One of several options, all alike.

    Parameters
    ----------
    *options
        Of any kind.

    Raises
    ------
    ValueError
        Where there is none.

    Examples
    --------
    >>> Choice("tanh", "relu").draw(np.random.default_rng(0))
    'relu'
    """

    options: tuple[Any, ...]

    def __init__(self, *options: Any) -> None:
        if not options:
            raise ValueError("Choice: give at least one option")
        object.__setattr__(self, "options", options)

    def draw(self, rng: np.random.Generator) -> Any:
        """One value.

        Parameters
        ----------
        rng : numpy.random.Generator

        Returns
        -------
        One of the options

        Examples
        --------
        >>> import numpy as np
        >>> from nn.tuning import Choice
        >>> rng = np.random.default_rng(0)
        >>> Choice('tanh', 'relu').draw(rng) in ('tanh', 'relu')
        True
        """
        return self.options[int(rng.integers(len(self.options)))]

    def border(self, value: Any) -> str:
        """At which end of the range a value is: "low", "high", or an empty string elsewhere.

        Parameters
        ----------
        value : one of the options

        Returns
        -------
        str

        Examples
        --------
        >>> from nn.tuning import Choice
        >>> Choice('tanh', 'relu').border('tanh')
        ''
        """
        return ""

    def narrowed(self, values: Iterable[Any]) -> Choice:
        """The same over the range of some values only.

        Parameters
        ----------
        values : iterable
            Of this range.

        Returns
        -------
        Choice

        Examples
        --------
        >>> from nn.tuning import Choice
        >>> Choice('tanh', 'relu').narrowed(['tanh'])
        Choice(options=('tanh',))
        """
        some = list(values)
        return Choice(*(option for option in self.options if option in some))


def _check_range(given: Uniform | LogUniform) -> None:
    numbers = all(isinstance(x, (int, float, np.number)) and math.isfinite(x) for x in (given.low, given.high))
    if not numbers or not given.low < given.high:
        name = type(given).__name__
        raise ValueError(f"{name}: low must be a number below high, got {given.low!r} and {given.high!r}")


def _range(given: Uniform | LogUniform, values: Iterable[float]) -> tuple[float, float]:
    some = list(values)
    # Of a single value there is no range to be cut to.
    return (min(some), max(some)) if min(some) < max(some) else (given.low, given.high)


def _border_of(share: float) -> str:
    return "low" if share < BORDER_SHARE else "high" if share > 1.0 - BORDER_SHARE else ""
