"""CSV files as features and a target."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from nn.data.errors import DataError
from nn.data.fields import describe_oddity, is_missing, to_number
from nn.data.rows import DELIMITERS, Row, read_rows

# Different words in a feature, each of which becomes a column.
MAX_WORDS = 50


class TableData(NamedTuple):
    """A table: `features` (n, k), float64; `target` (n,), float64, or class numbers with the `classes` they stand for.

    `names` are those of the features, `predicted` is that of the target; a feature of words has a column for each, such as
    `colour=red`. `notes` tell what was filled in or left out.

    Attributes
    ----------
    features : array, shape (n, k)
    target : array, shape (n,)
    names : list of str
        Of the features.
    classes : list of str or None
        None for a number that is predicted.
    predicted : str
        The name of the target.
    notes : tuple of str

    Examples
    --------
    >>> import nn.data
    >>> table = nn.data.load('diabetes')
    >>> table.features.shape, table.classes, table.predicted
    ((442, 10), None, 'progression')
    """

    features: np.ndarray
    target: np.ndarray
    names: list[str]
    classes: list[str] | None
    predicted: str
    notes: tuple[str, ...] = ()


def load_csv(
    path: str | os.PathLike[str],
    target: str | int = -1,
    *,
    decimal: Literal[".", ","] | None = None,
    encoding: str | None = None,
    missing: Literal["mean", "drop"] | None = None,
    ignore: Sequence[str | int] = (),
) -> TableData:
    """Read a table, with or without a line of names.

    Numbers are features as they are. Of a feature of words each word becomes a column of zeros and ones. A target of words
    becomes classes.

    Parameters
    ----------
    path : path
        Commas, semicolons, tabs, bars or blanks between the fields; plain, or compressed by gzip.
    target : str or int
        The name or the number of the column to be predicted; the last one by default.
    decimal : {".", ","}, optional
        What stands before the decimals. Where it is given, digits may be grouped by the other sign, by spaces or by
        apostrophes; by default a point, and nothing groups digits, because "1,200" may be either number.
    encoding : str, optional
        By default UTF-8, or UTF-16 where the file begins with its mark.
    missing : {"mean", "drop"}, optional
        "mean" puts the mean of its column in place of a missing number, over the whole file, and of words none; "drop"
        leaves out rows in which anything is missing. By default missing values are refused.
    ignore : sequence of str or int
        Names or numbers of columns that are left out, whatever is in them.

    Raises
    ------
    DataError
        Where the file is missing, empty, of another format or encoding, a line has another number of fields, a field is a
        date, a number in another notation or with a unit, or a value is missing; with its line.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
    ...     _ = file.write("width;colour;price\\n1,5;red;1.200\\n2;blue;900\\n")
    ...     file.flush()
    ...     table = load_csv(file.name, decimal=",")
    >>> table.names, table.features.tolist(), table.target.tolist()
    (['width', 'colour=blue', 'colour=red'], [[1.5, 0.0, 1.0], [2.0, 1.0, 0.0]], [1200.0, 900.0])
    """
    file = Path(path)
    if decimal not in (None, ".", ","):
        raise ValueError(f"load_csv: decimal is '.' or ',', not {decimal!r}")
    if missing not in (None, "mean", "drop"):
        raise ValueError(f"load_csv: missing is 'mean', 'drop' or None, not {missing!r}")
    rows = read_rows(file, encoding, DELIMITERS.replace(",", "") if decimal == "," else DELIMITERS)
    names = [f"column {k}" for k in range(len(rows[0][1]))]
    # A first line without any number is one of names.
    if not any(to_number(field, decimal) is not None or describe_oddity(field) for field in rows[0][1]):
        names = [name or f"column {k}" for k, name in enumerate(rows.pop(0)[1])]
    if not rows:
        raise DataError(f"{file} has one line, of names, and no row")
    chosen = _find_column(file, target, names)
    for number, fields in rows:
        if len(fields) != len(names):
            raise DataError(f"{file}, line {number}: {len(fields)} fields, where {len(names)} were expected")
    ignored = {_find_column(file, column, names) for column in ignore}
    if chosen in ignored:
        raise DataError(f"{file}: {names[chosen]} is to be predicted, and cannot be ignored")
    kept = [k for k in range(len(names)) if k not in ignored]
    predicted, chosen = names[chosen], kept.index(chosen)
    columns = [_Column(file, names[k], rows, k, decimal) for k in kept]
    notes: list[str] = []
    complete = [not any(gaps) for gaps in zip(*(column.missing for column in columns), strict=True)]
    if missing == "drop" and not all(complete):
        notes.append(f"{complete.count(False)} of {len(rows)} rows were left out: something is missing in them")
        rows = [row for row, keep in zip(rows, complete, strict=True) if keep]
        if not rows:
            raise DataError(f"{file}: something is missing in every row")
        columns = [_Column(file, names[k], rows, k, decimal) for k in kept]
    values, classes = columns.pop(chosen).target()
    incomplete = [column for column in columns if any(column.missing)]
    if incomplete:
        told = _warn_of_missing(incomplete)
        if missing is None:
            raise DataError(
                f"{file}: {told}; fill in what is missing, or put the mean of the column there (missing='mean', --missing mean) "
                "or leave such rows out (missing='drop', --missing drop)"
            )
        notes.append(f"{told}: the mean of the column, or none of its words, takes their place")
    features = [column.features() for column in columns]
    matrix = np.concatenate([part for _, part in features], 1) if features else np.empty((len(rows), 0))
    called = [name for own, _ in features for name in own]
    return TableData(matrix, values, called, classes, predicted, tuple(notes))


class _Column:
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
        # Words of a column in which every field is missing.
        self.of_words = not self.of_numbers

    def refuse_oddities(self, called: str) -> None:
        """Raise for dates, units and numbers in another notation, which are neither numbers nor words."""
        for line, field, number, gap in zip(self.lines, self.fields, self.numbers, self.missing, strict=True):
            oddity = describe_oddity(field) if number is None and not gap else None
            if oddity is not None:
                raise DataError(f"{self.file}, line {line}: {called} is {field!r}, {oddity}: {_advise(oddity)}")

    def features(self) -> tuple[list[str], np.ndarray]:
        """Names and columns (n, k) of a feature."""
        self.refuse_oddities(self.name)
        if self.of_numbers:
            known = [number for number in self.numbers if number is not None]
            mean = sum(known) / len(known)
            for line, field, number, gap in zip(self.lines, self.fields, self.numbers, self.missing, strict=True):
                if number is None and not gap:
                    raise DataError(f"{self.file}, line {line}: {self.name} is {field!r}, not a number")
            return [self.name], np.array([[mean if number is None else number] for number in self.numbers])
        words = sorted({field for field, gap in zip(self.fields, self.missing, strict=True) if not gap})
        if not words:
            raise DataError(f"{self.file}: {self.name} has nothing in any row: leave the column out")
        if len(words) > MAX_WORDS:
            raise DataError(
                f"{self.file}: {self.name} has {len(words)} different words, such as {words[0]!r}; at most {MAX_WORDS} become "
                "columns of their own: leave it out, or put them into groups"
            )
        names = [f"{self.name}={word}" for word in words]
        return names, np.array([[float(field == word) for word in words] for field in self.fields])

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


def _warn_of_missing(columns: Sequence[_Column]) -> str:
    counts = Counter({column.name: sum(column.missing) for column in columns})
    first = {column.name: column.lines[column.missing.index(True)] for column in columns}
    told = [f"{name} ({count}, first in line {first[name]})" for name, count in counts.most_common(5)]
    more = f", and {len(counts) - 5} more columns" if len(counts) > 5 else ""
    count = sum(counts.values())
    return f"{count} {'value is' if count == 1 else 'values are'} missing: {', '.join(told)}{more}"


def is_number(field: str) -> bool:
    """Whether a field is a finite number.

    Examples
    --------
    >>> is_number("1e3"), is_number("1,000"), is_number("nan")
    (True, False, False)
    """
    return to_number(field) is not None


def _find_column(file: Path, target: str | int, names: list[str]) -> int:
    if isinstance(target, int):
        if not -len(names) <= target < len(names):
            raise DataError(f"{file} has {len(names)} columns, and no column number {target}")
        return target % len(names)
    if target not in names:
        raise DataError(f"{file} has no column {target!r}; it has {', '.join(names[:12])}")
    if names.count(target) > 1:
        raise DataError(f"{file} has several columns {target!r}: give the number of one")
    return names.index(target)
