"""What the words of a command line are read as: numbers within bounds, one of several names, `name=value`."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from typing import Any

from autograd.errors import UsageError
from autograd.wording.suggestion import quote, suggest

# More digits than this are not a count of anything.
MAX_DIGITS = 18


def read_count(text: str) -> int:
    """A whole number from 1 on."""
    return _read_whole(text, 1)


def read_seed(text: str) -> int:
    """A whole number from 0 on."""
    return _read_whole(text, 0)


def read_folds(text: str) -> int:
    """How many parts rows are divided into."""
    if read_count(text) < 2:
        raise argparse.ArgumentTypeError("there must be two folds at least")
    return int(text)


def _read_whole(text: str, least: int) -> int:
    # Not int() alone: it reads 1_000 and the digits of other scripts, too, and stumbles over thousands of digits.
    if not (text.isascii() and text.isdigit()) or int(text[: MAX_DIGITS + 1]) < least:
        raise argparse.ArgumentTypeError(f"{quote(text)} is not a whole number from {least} on")
    if len(text) > MAX_DIGITS:
        raise argparse.ArgumentTypeError(f"{quote(text)} is too large: at most {MAX_DIGITS} digits are read")
    return int(text)


def read_positive(text: str) -> float:
    """A number above 0."""
    if not 0.0 < _read_number(text) < math.inf:
        raise argparse.ArgumentTypeError(f"{quote(text)} is not a number above 0")
    return float(text)


def read_not_negative(text: str) -> float:
    """A number from 0 on."""
    if not 0.0 <= _read_number(text) < math.inf:
        raise argparse.ArgumentTypeError(f"{quote(text)} is not a number from 0 on")
    return float(text)


def read_share(text: str) -> float:
    """A number between 0 and 1."""
    if not 0.0 < _read_number(text) < 1.0:
        raise argparse.ArgumentTypeError(f"{quote(text)} is not a share between 0 and 1")
    return float(text)


def _read_number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{quote(text)} is not a number") from None


def read_sizes(text: str) -> tuple[int, ...]:
    """Sizes of layers, such as 64,16; none for "none"."""
    return () if text == "none" else tuple(read_count(size) for size in text.split(","))


def read_words(text: str) -> tuple[str, ...]:
    """Names between commas."""
    return tuple(text.split(","))


def read_rates(text: str) -> dict[str, float | None]:
    """Names between commas, some with a number.

    Examples
    --------
    >>> read_rates("sgd=0.95,adam")
    {'sgd': 0.95, 'adam': None}
    """
    found: dict[str, float | None] = {}
    for item in text.split(","):
        name, equals, number = item.strip().partition("=")
        if name in found:
            raise argparse.ArgumentTypeError(f"{quote(name)} was given twice")
        found[name] = read_not_negative(number) if equals else None
    return found


def read_point(text: str) -> tuple[float, ...]:
    """Numbers between commas.

    Examples
    --------
    >>> read_point("-7,2")
    (-7.0, 2.0)
    """
    return tuple(_read_number(number) for number in text.split(","))


def reader_of_choices(*names: str) -> dict[str, Any]:
    """For `add_argument`: one of several names; of another the nearest is told.

    Examples
    --------
    >>> reader_of_choices("forward", "backward")["type"]("bakward")
    Traceback (most recent call last):
        ...
    argparse.ArgumentTypeError: there is no 'bakward'; did you mean 'backward'?
    """

    def read(text: str) -> str:
        if text not in names:
            raise argparse.ArgumentTypeError(f"there is no {quote(text)}{suggest(text, names)}")
        return text

    return {"type": read, "metavar": "|".join(names)}


def read_values(given: Sequence[str]) -> dict[str, float]:
    """Numbers for names.

    Raises
    ------
    UsageError
        For anything but `name=number`, and for a name that comes twice.

    Examples
    --------
    >>> read_values(["a=2", "b=-0.5"])
    {'a': 2.0, 'b': -0.5}
    """
    found: dict[str, float] = {}
    for item in given:
        name, equals, text = item.partition("=")
        if not equals or not name.isidentifier():
            raise UsageError(f"{quote(item)} is not name=value, such as a=2")
        if name in found:
            raise UsageError(f"{quote(name)} was given twice")
        try:
            found[name] = float(text)
        except ValueError:
            raise UsageError(f"{quote(item)}: {quote(text)} is not a number") from None
    return found
