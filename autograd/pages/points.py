"""`read_points`: points and labels, of a file or of arrays, as the playground has them."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from autograd.pages.errors import PageError
from nn.data import load_csv

# Rows that the page keeps; of more, as many are taken from all over.
MOST_POINTS = 2000


def read_points(data: str | os.PathLike[str] | tuple[Any, Any]) -> tuple[list[dict[str, Any]], int]:
    """Points with `x`, `y` and `label`, a number or a word, and of how many rows they were taken.

    Parameters
    ----------
    data : path, or pair of arrays
        A CSV of three columns, or points (n, 2) and labels (n,).

    Raises
    ------
    PageError
        For points that the page cannot show, and labels that it cannot learn.
    DataError
        For a file that is no table of numbers.

    Examples
    --------
    >>> read_points(([[0.0, 1.0], [2.0, 3.0]], ["no", "yes"]))
    ([{'x': 0.0, 'y': 1.0, 'label': 'no'}, {'x': 2.0, 'y': 3.0, 'label': 'yes'}], 2)
    """
    where, places, labels = _read_file(data) if isinstance(data, (str, os.PathLike)) else _read_arrays(data)
    if places.ndim != 2 or places.shape[1] != 2 or labels.shape != (len(places),):
        raise PageError(f"{where}: points (n, 2) and labels (n,) were expected, not {places.shape} and {labels.shape}")
    count = len(places)
    if count > MOST_POINTS:
        some = np.arange(MOST_POINTS) * count // MOST_POINTS
        places, labels = places[some], labels[some]
    told = _read_labels(labels)
    kinds = set(told)
    if len(kinds) > 2 and any(isinstance(label, str) for label in kinds):
        raise PageError(f"{where} has {len(kinds)} classes: the playground learns two, or numbers")
    if len(kinds) < 2:
        used = f" of the {MOST_POINTS} rows of {count} that are used" if count > MOST_POINTS else ""
        raise PageError(f"{where}: all labels{used} are the same: there is nothing to learn")
    numbers = [label for label in kinds if not isinstance(label, str)]
    if not np.isfinite(places).all() or not np.isfinite(numbers).all():
        raise PageError(f"{where}: points and labels must be finite numbers")
    return [{"x": x, "y": y, "label": label} for (x, y), label in zip(places.tolist(), told, strict=True)], count


def _read_file(path: str | os.PathLike[str]) -> tuple[str, np.ndarray, np.ndarray]:
    table, where = load_csv(path), os.fspath(path)
    if table.features.shape[1] != 2:
        columns = ", ".join(table.names[:6]) + (", …" if len(table.names) > 6 else "")
        raise PageError(
            f"{where} has {table.features.shape[1]} columns of numbers beside its last ({columns}): "
            "the playground shows two and a label"
        )
    labels = table.target if table.classes is None else np.array(table.classes)[table.target.astype(int)]
    return where, table.features, labels


def _read_arrays(data: Any) -> tuple[str, np.ndarray, np.ndarray]:
    try:
        places, labels = data
        return "data", np.asarray(places, float), np.asarray(labels)
    except (TypeError, ValueError) as error:
        raise PageError(
            f"data is a path, or a pair of points (n, 2) and labels (n,); this cannot be read: {error}"
        ) from None


def _read_labels(labels: np.ndarray) -> list[float | str]:
    """Numbers where all labels are, and words otherwise."""
    if labels.dtype.kind in "iuf":
        return [float(label) for label in labels]
    words = [str(label).strip() for label in labels]
    try:
        return [float(word) for word in words]
    except ValueError:
        return list(words)
