"""CSV files as features and a target."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from nn.data.columns import Column, Feature
from nn.data.errors import DataError
from nn.data.fields import describe_oddity, to_number
from nn.data.rows import DELIMITERS, Row, read_rows


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
    columns : tuple of Feature
        Of the file, and what became of each.

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
    columns: tuple[Feature, ...] = ()


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
    if missing not in (None, "mean", "drop"):
        raise ValueError(f"load_csv: missing is 'mean', 'drop' or None, not {missing!r}")
    names, rows = read_table(file, decimal, encoding)
    chosen = _find_column(file, target, names)
    ignored = {_find_column(file, column, names) for column in ignore}
    if chosen in ignored:
        raise DataError(f"{file}: {names[chosen]} is to be predicted, and cannot be ignored")
    kept = [k for k in range(len(names)) if k not in ignored]
    predicted, chosen = names[chosen], kept.index(chosen)
    columns = [Column(file, names[k], rows, k, decimal) for k in kept]
    notes: list[str] = []
    complete = [not any(gaps) for gaps in zip(*(column.missing for column in columns), strict=True)]
    if missing == "drop" and not all(complete):
        notes.append(f"{complete.count(False)} of {len(rows)} rows were left out: something is missing in them")
        rows = [row for row, keep in zip(rows, complete, strict=True) if keep]
        if not rows:
            raise DataError(f"{file}: something is missing in every row")
        columns = [Column(file, names[k], rows, k, decimal) for k in kept]
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
    features = [column.feature() for column in columns]
    encoded = [column.encode(feature) for column, feature in zip(columns, features, strict=True)]
    matrix = np.concatenate(encoded, 1) if encoded else np.empty((len(rows), 0))
    called = [name for feature in features for name in feature.names]
    return TableData(matrix, values, called, classes, predicted, tuple(notes), tuple(features))


def read_table(path: Path, decimal: str | None = None, encoding: str | None = None) -> tuple[list[str], list[Row]]:
    """The names of the columns of a table, and its rows, each with its line; without a line of names they are numbered.

    Raises
    ------
    DataError
        Where the file cannot be read as a table, or a line has another number of fields.
    """
    if decimal not in (None, ".", ","):
        raise ValueError(f"load_csv: decimal is '.' or ',', not {decimal!r}")
    rows = read_rows(path, encoding, DELIMITERS.replace(",", "") if decimal == "," else DELIMITERS)
    names = [f"column {k}" for k in range(len(rows[0][1]))]
    # A first line without any number is one of names.
    if not any(to_number(field, decimal) is not None or describe_oddity(field) for field in rows[0][1]):
        names = [name or f"column {k}" for k, name in enumerate(rows.pop(0)[1])]
    if not rows:
        raise DataError(f"{path} has one line, of names, and no row")
    for number, fields in rows:
        if len(fields) != len(names):
            raise DataError(f"{path}, line {number}: {len(fields)} fields, where {len(names)} were expected")
    return names, rows


def _warn_of_missing(columns: Sequence[Column]) -> str:
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
