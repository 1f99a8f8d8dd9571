"""One column of a table: its fields, the numbers or words among them, and what a model is given of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from nn.data.errors import DataError
from nn.data.fields import describe_oddity, is_missing, to_number
from nn.data.rows import Row

# Different words in a feature, each of which becomes a column.
MAX_WORDS = 50


class Feature(NamedTuple):
    """A column that a model was trained on, and how its fields become numbers.

    Parameters
    ----------
    name : str
    words : tuple of str or None
        Each becomes zeros and ones; None for a column of numbers.
    mean : float
        Of the numbers that were known; 0 for words.

    Examples
    --------
    >>> from nn.data import Feature
    >>> Feature("colour", ("blue", "red")).names
    ['colour=blue', 'colour=red']
    """

    name: str
    words: tuple[str, ...] | None = None
    mean: float = 0.0

    @property
    def names(self) -> list[str]:
        """Those of the columns that it becomes.

        Returns
        -------
        list of str

        Examples
        --------
        >>> from nn.data import Feature
        >>> Feature("width").names
        ['width']
        """
        return [self.name] if self.words is None else [f"{self.name}={word}" for word in self.words]


class Column:
    """One column of a table: its fields, the numbers among them, and whether it is one of numbers or of words."""

    def __init__(self, file: Path, name: str, rows: Sequence[Row], number: int, decimal: str | None) -> None:
        self.file, self.name = file, name
        self.lines = [line for line, _ in rows]
        self.fields = [fields[number] for _, fields in rows]
        self.numbers = [to_number(field, decimal) for field in self.fields]
        self.of_numbers = any(number is not None for number in self.numbers)
        self.missing = [
            number is None and is_missing(field, self.of_numbers)
            for field, number in zip(self.fields, self.numbers, strict=True)
        ]

    def refuse_oddities(self, called: str) -> None:
        """Raise for dates, units and numbers in another notation, which are neither numbers nor words."""
        for line, field, number, gap in zip(self.lines, self.fields, self.numbers, self.missing, strict=True):
            oddity = describe_oddity(field) if number is None and not gap else None
            if oddity is not None:
                raise DataError(f"{self.file}, line {line}: {called} is {field!r}, {oddity}: {_advise(oddity)}")

    def feature(self) -> Feature:
        """What a model is to be given of it: numbers, or zeros and ones for each word that occurs."""
        self.refuse_oddities(self.name)
        if self.of_numbers:
            known = [number for number in self.numbers if number is not None]
            return Feature(self.name, None, sum(known) / len(known))
        words = sorted({field for field, gap in zip(self.fields, self.missing, strict=True) if not gap})
        if not words:
            raise DataError(f"{self.file}: {self.name} has nothing in any row: leave the column out")
        if len(words) > MAX_WORDS:
            raise DataError(
                f"{self.file}: {self.name} has {len(words)} different words, such as {words[0]!r}; at most {MAX_WORDS} become "
                "columns of their own: leave it out, or put them into groups"
            )
        return Feature(self.name, tuple(words))

    def encode(self, feature: Feature, missing: str | None = "mean") -> np.ndarray:
        """Its fields as a feature has them, (n, k): what is missing becomes the mean, or none of the words.

        Parameters
        ----------
        feature : Feature
            Of this table, or of the one that a model was trained on.
        missing : {"mean", None}
            None refuses it.

        Raises
        ------
        DataError
            With the line, for what is no number, a word that the feature does not know, or something missing.
        """
        of_words = feature.words is not None
        if not of_words:
            self.refuse_oddities(self.name)
        for line, field, number in zip(self.lines, self.fields, self.numbers, strict=True):
            if is_missing(field, not of_words) and (number is None or of_words):
                if missing is None:
                    raise DataError(
                        f"{self.file}, line {line}: {self.name} is {field!r}: fill it in, or let the mean of the rows that the "
                        "model learned from take its place (--missing mean)"
                    )
            elif feature.words is None and number is None:
                raise DataError(f"{self.file}, line {line}: {self.name} is {field!r}, not a number")
            elif feature.words is not None and field not in feature.words:
                some = ", ".join(map(repr, feature.words[:12]))
                raise DataError(f"{self.file}, line {line}: {self.name} is {field!r}; the model has learned {some}")
        if feature.words is not None:
            return np.array([[float(field == word) for word in feature.words] for field in self.fields])
        return np.array([[feature.mean if number is None else number] for number in self.numbers])

    def target(self) -> tuple[np.ndarray, list[str] | None]:
        """Numbers, or class numbers with the names of the classes."""
        self.refuse_oddities(f"the target, {self.name},")
        for line, field, gap in zip(self.lines, self.fields, self.missing, strict=True):
            if gap:
                raise DataError(
                    f"{self.file}, line {line}: the target, {self.name}, is {field!r}: fill it in, or leave the row out, as "
                    "missing='drop' (--missing drop) does"
                )
        if all(number is not None for number in self.numbers):
            return np.array(self.numbers, np.float64), None
        classes = sorted(set(self.fields))
        number_of = {name: k for k, name in enumerate(classes)}
        return np.array([number_of[field] for field in self.fields]), classes


def _advise(oddity: str) -> str:
    if oddity == "a date":
        return "write it as a number, such as days since a day, or leave the column out"
    if oddity == "a number in another notation":
        return "give decimal=',' (--decimal ,) if the comma is the decimal sign, decimal='.' if it groups thousands"
    if oddity == "a number that is written unusually":
        return "write it in digits, with a minus before them and a decimal point: -5, 0.5, 26"
    if oddity == "a number with a unit":
        return "write the number alone"
    return "write a number"
