"""CSV files as features and a target."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np

from nn.data.errors import DataError

# Lines up to which a file is read.
LONGEST = 5_000_000
# What stands for a number that is not known.
MISSING = ("na", "n/a", "null", "none", "?", "-", ".")


class TableData(NamedTuple):
    """A table: `features` (n, k), float64; `target` (n,), float64, or class numbers with the `classes` they stand for.

    `names` are those of the features, `predicted` is that of the target.
    """

    features: np.ndarray
    target: np.ndarray
    names: list[str]
    classes: list[str] | None
    predicted: str


def load_csv(path: str | os.PathLike[str], target: str | int = -1) -> TableData:
    """Read a table of numbers, with or without a line of names; a target of words becomes classes.

    Parameters
    ----------
    path : path
        UTF-8; commas, semicolons or tabs between the fields.
    target : str or int
        The name or the number of the column to be predicted; the last one by default.

    Raises
    ------
    DataError
        Where the file is missing or empty, a line has another number of fields, a feature is no number, or a target is
        missing; with its line.
    """
    file = Path(path)
    try:
        with open(file, newline="", encoding="utf-8-sig") as stream:
            start = stream.read(4096)
            stream.seek(0)
            delimiter = max(",;\t", key=start.partition("\n")[0].count)
            lines = []
            for number, fields in enumerate(csv.reader(stream, delimiter=delimiter, strict=True), 1):
                if number > LONGEST:
                    raise DataError(f"{file} has more than {LONGEST:,} lines")
                if any(field.strip() for field in fields):
                    lines.append((number, [field.strip() for field in fields]))
    except FileNotFoundError:
        raise DataError(f"{file}: there is no such file") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{file} cannot be read as CSV: {error}") from error
    if not lines:
        raise DataError(f"{file} is empty")
    names = [f"column {k}" for k in range(len(lines[0][1]))]
    # A first line without any number is one of names.
    if not any(map(is_number, lines[0][1])):
        names = lines.pop(0)[1]
    if not lines:
        raise DataError(f"{file} has one line, of names, and no row")
    column = _column(file, target, names)
    for number, fields in lines:
        if len(fields) != len(names):
            raise DataError(f"{file}, line {number}: {len(fields)} fields, where {len(names)} were expected")
    features = np.array(
        [[_number(file, n, names[k], f) for k, f in enumerate(fields) if k != column] for n, fields in lines],
        np.float64,
    ).reshape(len(lines), len(names) - 1)
    wanted = [fields[column] for _, fields in lines]
    kept = [name for k, name in enumerate(names) if k != column]
    some_numbers = any(map(is_number, wanted))
    for (line, _), field in zip(lines, wanted, strict=True):
        # Among numbers it would make classes of all of them.
        if not field or (some_numbers and not is_number(field) and _is_missing(field)):
            raise DataError(
                f"{file}, line {line}: the target, {names[column]}, is {field!r}: fill it in, or leave the row out"
            )
    if all(map(is_number, wanted)):
        return TableData(features, np.array(wanted, np.float64), kept, None, names[column])
    classes = sorted(set(wanted))
    number_of = {name: k for k, name in enumerate(classes)}
    return TableData(features, np.array([number_of[w] for w in wanted]), kept, classes, names[column])


def is_number(field: str) -> bool:
    """Whether a field is a finite number."""
    try:
        return np.isfinite(float(field)).item()
    except ValueError:
        return False


def _is_missing(field: str) -> bool:
    """Whether it says that there is no number: in a word, or as NaN or infinity."""
    if field.lower() in MISSING:
        return True
    try:
        float(field)
    except ValueError:
        return False
    return True


def _number(file: Path, line: int, name: str, field: str) -> float:
    if not is_number(field):
        raise DataError(f"{file}, line {line}: {name} is {field!r}, not a number")
    return float(field)


def _column(file: Path, target: str | int, names: list[str]) -> int:
    if isinstance(target, int):
        if not -len(names) <= target < len(names):
            raise DataError(f"{file} has {len(names)} columns, none of number {target}")
        return target % len(names)
    if target not in names:
        raise DataError(f"{file} has no column {target!r}; it has {', '.join(names[:12])}")
    if names.count(target) > 1:
        raise DataError(f"{file} has several columns {target!r}: give the number of one")
    return names.index(target)
