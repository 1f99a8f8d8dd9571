"""`Source`: what a command trains on, by the word on the command line: a bundled set, MNIST's files, a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from autograd.errors import UsageError
from autograd.wording.suggestion import suggest
from nn.command.recipe import DIGITS, MNIST, TABLE, Recipe
from nn.data import Feature, load, load_csv, load_digits_split, load_mnist, split
from nn.data.bundled import NAMES
from nn.data.tables import is_number
from nn.tuning.training import Part


@dataclass(frozen=True)
class Source:
    """Rows and what is known of them.

    Attributes
    ----------
    name : str
    inputs, targets : array
        (n, features), in float64 where they are still to be standardised, since a large number that changes little, such as
        a time, is the same in float32 in every row; class numbers (n,), or numbers (n, 1) in float64.
    test : tuple of array or None
        A part of its own that is not trained on; None where one is taken out of the rows.
    features : list of str
        The names of the columns; empty for images.
    target : str
        What is predicted.
    classes : list of str or None
        Their names; None for numbers.
    standardize : bool
        Whether columns are on scales of their own.
    recipe : Recipe
        How it is trained where nothing else is asked for.
    note : str
        What its reader should know.
    columns : tuple of Feature
        What a table has for its features; empty for images.
    """

    name: str
    inputs: np.ndarray
    targets: np.ndarray
    test: Part | None
    features: list[str]
    target: str
    classes: list[str] | None
    standardize: bool
    recipe: Recipe
    note: str = ""
    columns: tuple[Feature, ...] = ()

    @property
    def outputs(self) -> int:
        """Of a network."""
        return len(self.classes) if self.classes is not None else 1

    def split(self, share: float, seed: int) -> tuple[Part, Part]:
        """What is trained on and what is held out: a share of the rows, of every class alike, or its own test part.

        Raises
        ------
        UsageError
            Where there are too few rows.
        """
        if self.test is not None:
            return (self.inputs, self.targets), self.test
        try:
            train, held_out = split(
                self.inputs,
                self.targets,
                shares=(1.0 - share, share),
                stratify=self.targets if self.classes is not None else None,
                seed=seed,
            )
        except ValueError as error:
            raise UsageError(f"{self.name}: {error}") from None
        return (train[0], train[1]), (held_out[0], held_out[1])


def read_source(
    what: str, target: str | None = None, task: str | None = None, reading: Mapping[str, Any] | None = None
) -> Source:
    """Read what the word on the command line names.

    Parameters
    ----------
    what : str
        A bundled set, `mnist:DIR`, or the path of a table.
    target : str, optional
        The column of a table that is predicted, by name or number; the last one by default.
    task : {"classes", "numbers"}, optional
        What the target of a table is; words are classes and numbers numbers by default.
    reading : mapping, optional
        How a table is written, as the keywords of `load_csv`; None changes nothing.

    Raises
    ------
    UsageError
        For another word, a target that leaves nothing to be learned, or `target` and `task` with no table.
    DataError
        For a file that is missing or broken.
    """
    name, colon, folder = what.partition(":")
    table = Path(what.lower().removesuffix(".gz")).suffix in (".csv", ".tsv", ".txt") or (
        what not in NAMES and Path(what).is_file()
    )
    reading = {key: given for key, given in (reading or {}).items() if given is not None}
    if not table and (target is not None or task is not None):
        raise UsageError(f"--target and --task are for tables: {what} says itself what is predicted")
    if not table and reading:
        raise UsageError(f"--{next(iter(reading))} is for tables, and {what} is none")
    if table:
        return _read_table(Path(what), target, task, reading)
    if name == "mnist" and colon:
        if not folder:
            raise UsageError("mnist: needs the folder with its four files, as mnist:DIR")
        return _read_mnist(folder)
    if what == "digits":
        digits = load_digits_split()
        test = (digits.test_images, digits.test_labels)
        names = [str(k) for k in range(10)]
        return Source(what, digits.train_images, digits.train_labels, test, [], "digit", names, False, DIGITS)
    if what not in NAMES:
        raise UsageError(f"there is no data set {what!r}{suggest(what, [*NAMES, 'mnist:DIR', 'FILE.csv'])}")
    found = load(what)
    targets = found.target if found.classes is not None else found.target[:, None]
    names, columns = found.names, found.columns
    return Source(
        what, found.features, targets, None, names, found.predicted, found.classes, True, TABLE, columns=columns
    )


def _read_mnist(folder: str) -> Source:
    images, labels, test_images, test_labels = load_mnist(folder)
    if not len(images) or not len(test_images):
        raise UsageError(f"{folder}: its files have no image")
    names = [str(k) for k in range(10)]
    return Source("mnist", images, labels, (test_images, test_labels), [], "digit", names, False, MNIST)


def _read_table(path: Path, target: str | None, task: str | None, reading: Mapping[str, Any]) -> Source:
    column: str | int = -1 if target is None else target
    if isinstance(column, str) and column.removeprefix("-").isdecimal():
        column = int(column)
    found = load_csv(path, column, **reading)
    if not found.names:
        raise UsageError(f"{path} has one column: nothing is left to predict it from")
    wanted = found.predicted
    values, counts = np.unique(found.target, return_counts=True)
    if len(values) < 2:
        of = found.classes[0] if found.classes is not None else f"{values[0]:g}"
        raise UsageError(f"{path}: {wanted} is {of!r} in every row: there is nothing to be learned")
    classes, targets, notes = found.classes, found.target, list(found.notes)
    whole = found.classes is None and bool((values == np.round(values)).all())
    words = [name for name in found.classes or () if not is_number(name)]
    if task == "numbers" and words:
        raise UsageError(f"{path}: {wanted} has words, such as {words[0]!r}: they are classes, not numbers")
    if task == "classes" and classes is None:
        classes = [f"{value:g}" for value in values]
        targets = np.searchsorted(values, targets)
    elif whole and len(values) <= 10 and task is None:
        notes.append(f"{wanted} is one of {len(values)} whole numbers, taken as numbers; for classes, --task classes")
    if classes is not None and counts.min() < 2:
        rare = classes[int(counts.argmin())]
        mixed = (
            f"; {wanted} has words too, such as {words[0]!r}, so its numbers are classes"
            if is_number(rare) and words
            else ""
        )
        raise UsageError(
            f"{path}: class {rare!r} has one row; each needs two at least, to learn from and to be judged by{mixed}"
        )
    if classes is None:
        targets = targets[:, None]
        with np.errstate(all="ignore"):
            spread = float(targets.std())
        if not 1e-100 < spread < 1e100:
            raise UsageError(f"{path}: {wanted} has a standard deviation of {spread:.3g}: give it in other units")
    if np.abs(found.features).max() > 1e100:
        raise UsageError(f"{path} has features beyond ±1e100: give them in other units")
    names, told, columns = found.names, "; ".join(notes), found.columns
    return Source(path.name, found.features, targets, None, names, wanted, classes, True, TABLE, told, columns)
