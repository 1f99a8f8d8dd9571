"""Logs: the rows of a history as they come, in files that others read: CSV, JSON lines, TensorBoard."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from autograd.errors import MissingDependencyError, type_name
from autograd.extras import pip_install
from autograd.files import append, write
from nn.training.callback import Callback, Run
from nn.training.history import Row, csv_text


class _Lines(Callback):
    """A file to which each epoch appends a line.

    It is written anew when a run begins, with the rows that the history has by then, so that a resumed run has every epoch
    once, whatever the interrupted one had got to.
    """

    observes = True

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)

    def on_begin(self, run: Run) -> None:
        self._rewrite(run.history.rows)

    def on_epoch(self, run: Run) -> None:
        self._append(run.history.rows, run.report)

    def _rewrite(self, rows: list[Row]) -> None:
        write(self.path, self._text(rows).encode())

    def _text(self, rows: list[Row]) -> str:
        raise NotImplementedError

    def _append(self, rows: list[Row], row: Row) -> None:
        append(self.path, self._text([row]).encode())


class CSVLog(_Lines):
    """One line an epoch, under a line of names; a column that comes later is added to all.

    Parameters
    ----------
    path : path
        Written anew by a run that is not resumed.

    Raises
    ------
    FileError
        Where it cannot be written; before the first epoch, if it is then already so.

    Examples
    --------
    >>> import numpy as np, nn
    >>> x = np.linspace(-1.0, 1.0, 32)[:, None]
    >>> model = nn.Linear(1, 1, rng=0)
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / 'run.csv'
    >>> _ = nn.fit(model, (x, 2.0 * x), epochs=2, logs=nn.CSVLog(path), progress=False)
    >>> path.read_text().splitlines()[0].split(',')[:2], len(path.read_text().splitlines())
    (['epoch', 'loss'], 3)
    """

    def on_begin(self, run: Run) -> None:
        self._columns = run.history.columns
        super().on_begin(run)

    def _text(self, rows: list[Row]) -> str:
        return csv_text(rows, self._columns) if self._columns else ""

    def _append(self, rows: list[Row], row: Row) -> None:
        new = [name for name in row if name not in self._columns]
        if new:
            self._columns += new
            self._rewrite([*rows, row])
        else:
            append(self.path, csv_text([row], self._columns, header=False).encode())


class JSONLog(_Lines):
    """One JSON object a line and epoch; NaN and infinities are null.

    Parameters
    ----------
    path : path
        Written anew by a run that is not resumed.

    Raises
    ------
    FileError
        Where it cannot be written; before the first epoch, if it is then already so.

    Examples
    --------
    >>> import numpy as np, nn
    >>> x = np.linspace(-1.0, 1.0, 32)[:, None]
    >>> model = nn.Linear(1, 1, rng=0)
    >>> import json, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / 'run.jsonl'
    >>> _ = nn.fit(model, (x, 2.0 * x), epochs=2, logs=nn.JSONLog(path), progress=False)
    >>> [json.loads(line)['epoch'] for line in path.read_text().splitlines()]
    [1, 2]
    """

    def _text(self, rows: list[Row]) -> str:
        return "".join(
            json.dumps({k: v if abs(v) < float("inf") else None for k, v in row.items()}) + "\n" for row in rows
        )


class TensorBoard(Callback):
    """Every number of each epoch for TensorBoard, written by tensorboardX (the extra `tensorboard`).

    Parameters
    ----------
    folder : path
        A run that is resumed hides what the interrupted one had written of later epochs.

    Raises
    ------
    MissingDependencyError
        Where tensorboardX is not installed.

    Examples
    --------
    >>> import nn
    >>> history = nn.fit(model, data, logs=nn.TensorBoard("runs"))  # doctest: +SKIP
    >>> issubclass(nn.TensorBoard, nn.Callback)
    True
    """

    observes = True

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        try:
            from tensorboardX import SummaryWriter
        except ImportError as error:
            raise MissingDependencyError(f"TensorBoard logs need tensorboardX: {pip_install('tensorboard')}") from error
        self._open: Any = SummaryWriter
        self.folder = os.fspath(folder)

    def on_begin(self, run: Run) -> None:
        self._writer = self._open(self.folder, purge_step=len(run.history) + 1)

    def on_epoch(self, run: Run) -> None:
        for name, value in run.report.items():
            if name != "epoch":
                self._writer.add_scalar(name, value, run.epoch)
        self._writer.flush()

    def on_end(self, run: Run) -> None:
        self._writer.close()


def log_to(target: Any) -> Callback:
    """The log that is meant by a path, `.csv` or `.jsonl`; a log itself is given back.

    Raises
    ------
    ValueError
        For another ending.
    """
    if isinstance(target, Callback):
        return target
    if not isinstance(target, (str, os.PathLike)):
        raise TypeError(f"fit: a log is a path or a Callback, not {type_name(target)}")
    kinds = {".csv": CSVLog, ".jsonl": JSONLog}
    ending = Path(target).suffix.lower()
    if ending not in kinds:
        raise ValueError(
            f"fit: a log ends in .csv or .jsonl, or is nn.TensorBoard(folder) or nn.MLflow(store), got {os.fspath(target)!r}"
        )
    return kinds[ending](target)
