"""`stepgrad predict`: what a model that was kept says of the rows of a table."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from autograd import files
from autograd.errors import OperandError, ShapeError, UsageError
from autograd.graph.modes import no_grad
from autograd.graph.node import raw
from autograd.wording.suggestion import suggest
from nn.command.notes import Notes
from nn.data import DataError, Feature
from nn.data.columns import Column
from nn.data.rows import Row
from nn.data.tables import read_table
from nn.layers.linear import Linear
from nn.module import Module
from nn.probabilities import to_probabilities
from nn.saving import read_model
from nn.training import CheckpointError, metrics
from nn.training.evaluation import dtype_of

# Rows that go through the network at once.
ROWS = 4096
# Columns that a message names.
MAX_NAMED = 12


@dataclass(frozen=True)
class Prediction:
    """What a model says of a table.

    Attributes
    ----------
    header : list of str
    rows : list of list of str
        One for each row of the table, in their order.
    score : str
        How good it is, where the table has what is predicted; else empty.
    """

    header: list[str]
    rows: list[list[str]]
    score: str = ""

    def csv_text(self) -> str:
        """As a table."""
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([self.header, *self.rows])
        return text.getvalue()


def predict_table(
    model: Path,
    table: Path,
    *,
    output: Path | None = None,
    ignore: Sequence[str] = (),
    missing: str | None = None,
    decimal: str | None = None,
    encoding: str | None = None,
) -> Prediction:
    """Predict the rows of a table, and write them where that is asked for.

    Parameters
    ----------
    model : Path
        A file of `stepgrad train` or `nn.save_model`.
    table : Path
    output : Path, optional
        A CSV file, written whole or not at all.
    ignore : sequence of str
        Columns of the table that are left out.
    missing : {"mean", None}
        Whether the mean of the rows trained on takes the place of what is missing.
    decimal, encoding
        As for `nn.data.load_csv`.

    Raises
    ------
    UsageError, DataError, CheckpointError, FileError
        Where it cannot be done as asked; nothing is written then.
    """
    if output is not None:
        for given in (model, table):
            if output.exists() and given.exists() and output.samefile(given):
                raise UsageError(f"--output {output} would write over {given}")
        if not output.absolute().parent.is_dir():
            raise UsageError(f"--output {output}: there is no folder {output.parent}")
    network, kept = read_model(model)
    try:
        notes = Notes.from_json(kept)
    except ValueError as error:
        raise CheckpointError(f"{model} is broken: its notes cannot be read: {error}") from None
    names, rows = read_table(table, decimal, encoding)
    inputs, target = _read_inputs(model, network, table, notes, names, rows, ignore, missing, decimal)
    found = _describe_outputs(notes, network, _apply(model, network, notes, inputs, table, rows), target)
    if output is not None:
        files.write(output, found.csv_text().encode())
    return found


def _read_inputs(
    model: Path,
    network: Module,
    table: Path,
    notes: Notes,
    names: list[str],
    rows: list[Row],
    ignore: Sequence[str],
    missing: str | None,
    decimal: str | None,
) -> tuple[np.ndarray, Column | None]:
    """What the network is given, and the column of what it predicts, where the table has it."""
    for name in ignore:
        if name not in names:
            raise UsageError(f"--ignore {name}: {table} has no such column{suggest(name, names)}")
    there = {name: k for k, name in enumerate(names) if name not in ignore}
    columns = notes.columns
    if columns is None:
        wanted = notes.inputs if notes.inputs is not None else _inputs_of(network)
        given = [name for name in there if name != notes.target]
        if wanted is not None and len(given) != wanted:
            raise DataError(f"{table} has {len(given)} columns of inputs, and the model of {model} takes {wanted}")
        columns = [Feature(name) for name in given]
    expected = [column.name for column in columns]
    twice = [name for name, count in Counter(names).items() if count > 1 and name in expected]
    if twice:
        raise DataError(f"{table} has several columns {twice[0]!r}")
    lacking = [name for name in expected if name not in there]
    if lacking:
        raise DataError(
            f"{table} has no {_list(lacking)}, on which the model of {model} was trained{suggest(lacking[0], there)}"
        )
    others = [name for name in there if name not in expected and name != notes.target]
    if others:
        raise DataError(
            f"{table} has {_list(others)}, on which the model of {model} was not trained; leave such columns out, or give "
            f"--ignore {','.join(others[:MAX_NAMED])}"
        )
    parts = [Column(table, c.name, rows, there[c.name], decimal).encode(c, missing) for c in columns]
    inputs = np.concatenate(parts, axis=1) if parts else np.empty((len(rows), 0))
    target = there.get(notes.target) if notes.target not in expected else None
    return inputs, None if target is None else Column(table, notes.target, rows, target, decimal)


def _apply(model: Path, network: Module, notes: Notes, inputs: np.ndarray, table: Path, rows: list[Row]) -> np.ndarray:
    """The outputs of the network for inputs as they stand in the table."""
    with np.errstate(all="ignore"):
        scaled = inputs if notes.scale is None else notes.scale(inputs)
        scaled = scaled.astype(dtype_of(network) or np.float32)
        try:
            with no_grad():
                blocks = [
                    np.asarray(raw(network(scaled[start : start + ROWS])), np.float64)
                    for start in range(0, len(scaled), ROWS)
                ]
            outputs = np.concatenate(blocks)
        except (ShapeError, OperandError) as error:
            raise DataError(f"the model of {model} does not take rows of {scaled.shape[1]} numbers: {error}") from None
    if outputs.ndim != 2 or len(outputs) != len(rows):
        raise DataError(f"the model of {model} gives outputs of shape {outputs.shape} for {len(rows)} rows of a table")
    finite = np.isfinite(scaled).all(axis=1) & np.isfinite(outputs).all(axis=1)
    if not finite.all():
        line = rows[int(np.argmin(finite))][0]
        raise DataError(f"{table}, line {line} has numbers beyond what the model of {model} can take")
    return outputs


def _describe_outputs(notes: Notes, network: Module, outputs: np.ndarray, target: Column | None) -> Prediction:
    if notes.classes is None:
        numbers = outputs if notes.target_scale is None else notes.target_scale.inverse(outputs)
        count = numbers.shape[1]
        header = [notes.target] if count == 1 else [f"{notes.target} {k}" for k in range(count)]
        score = "" if target is None or count > 1 else _score_numbers(notes.target, numbers[:, 0], target)
        return Prediction(header, [[_format(number) for number in row] for row in numbers], score)
    chances = to_probabilities(network, outputs)
    if chances.shape[1] != len(notes.classes):
        raise CheckpointError(
            f"the model gives scores of {chances.shape[1]} classes, and its notes name {len(notes.classes)}"
        )
    chosen = [notes.classes[k] for k in chances.argmax(axis=1)]
    header = [notes.target, *(f"probability of {name}" for name in notes.classes)]
    rows = [[name, *map(_format, row)] for name, row in zip(chosen, chances, strict=True)]
    return Prediction(header, rows, "" if target is None else _score_classes(notes.target, chosen, target))


def _score_classes(name: str, chosen: Sequence[str], target: Column) -> str:
    pairs = [(a, b) for a, b, gap in zip(chosen, target.fields, target.missing, strict=True) if not gap]
    if not pairs:
        return ""
    right = sum(a == b or (_is_same_number(a, b)) for a, b in pairs)
    return f"{right} of {len(pairs)} rows whose {name} is known are right: accuracy {right / len(pairs):.4g}"


def _score_numbers(name: str, numbers: np.ndarray, target: Column) -> str:
    known = np.array([number is not None for number in target.numbers])
    if not known.any():
        return ""
    true = np.array([number for number in target.numbers if number is not None])
    r2, rmse = metrics.r2(numbers[known], true), metrics.rmse(numbers[known], true)
    return f"of the {len(true)} rows whose {name} is known: R² {r2:.4g}, RMSE {rmse:.4g}"


def _is_same_number(one: str, other: str) -> bool:
    """Whether numbers that are classes are the same, such as 1 and 1.0."""
    try:
        return float(one) == float(other)
    except ValueError:
        return False


def _inputs_of(network: Module) -> int | None:
    first = next((part for part in network.modules() if any(True for _ in part.parameters(recurse=False))), None)
    return first.in_features if isinstance(first, Linear) else None


def _format(number: float) -> str:
    return f"{number:.7g}"


def _list(names: Sequence[str]) -> str:
    """Names of columns, the first of them."""
    more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    return f"{'column' if len(names) == 1 else 'columns'} {', '.join(map(repr, names[:MAX_NAMED]))}{more}"
