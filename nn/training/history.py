"""`History`: what every epoch of a run gave, and why the run ended."""

from __future__ import annotations

import csv
import io
import json
import math
import os
from collections.abc import Iterator, Mapping
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, overload

import numpy as np
from rich import box
from rich.markup import escape
from rich.table import Table

from autograd.errors import MissingDependencyError
from autograd.extras import pip_install
from autograd.files import write
from autograd.wording.numbers import format_number
from autograd.wording.suggestion import suggest
from nn.training.errors import HistoryError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from nn.training.rate_curve import RateCurve

Row = dict[str, float]


class History:
    """The epochs of a run as rows, each a dict of numbers by name.

    `history["val_loss"]` is a column, `history[-1]` a row; it has a length, and is gone through row by row. A row has
    `epoch` from 1, `loss`, what metrics and validation give (`accuracy`, `val_loss`, `val_accuracy`, …), `lr`, and
    `seconds`.

    Parameters
    ----------
    rows : list of dict, optional
        The epochs so far.
    loss, optimizer : str
        Their names.
    monitor : str
        The column that says which epoch is the best.
    mode : {"min", "max"}

    Attributes
    ----------
    rows : list of dict of str to float
    loss, optimizer : str
        What was used.
    monitor, mode : str
        By which column an epoch is the best, and whether the smaller ("min") or the larger ("max").
    stopped : str
        Why the run ended.
    arrays : dict of str to array
        Of metrics that are not single numbers, such as a confusion matrix: those of the latest epoch.
    lr_curve : RateCurve or None
        What `lr="auto"` saw; see `nn.find_lr`.

    Examples
    --------
    >>> history = History([{"epoch": 1, "loss": 2.0}, {"epoch": 2, "loss": 1.5}], monitor="loss")
    >>> history["loss"], history.best["epoch"], len(history)
    ([2.0, 1.5], 2, 2)
    """

    def __init__(
        self,
        rows: list[Row] | None = None,
        *,
        loss: str = "",
        optimizer: str = "",
        monitor: str = "loss",
        mode: str = "min",
    ) -> None:
        self.rows = [] if rows is None else rows
        self.loss, self.optimizer, self.monitor, self.mode = loss, optimizer, monitor, mode
        self.stopped = ""
        self.arrays: dict[str, np.ndarray] = {}
        self.lr_curve: RateCurve | None = None

    @property
    def columns(self) -> list[str]:
        """The names of what the rows have, in the order in which they appeared."""
        return list(dict.fromkeys(name for row in self.rows for name in row))

    @property
    def best(self) -> Row:
        """The row that is best by `monitor`.

        Raises
        ------
        ValueError
            Where no epoch has a number there.
        """
        rows = [row for row in self.rows if not math.isnan(row.get(self.monitor, math.nan))]
        if not rows:
            raise ValueError(f"History.best: no epoch has a {self.monitor!r}")
        return (min if self.mode == "min" else max)(rows, key=lambda row: row[self.monitor])

    @property
    def seconds(self) -> float:
        """The duration of all epochs, in seconds."""
        return sum(row.get("seconds", 0.0) for row in self.rows)

    @overload
    def __getitem__(self, key: str) -> list[float]: ...
    @overload
    def __getitem__(self, key: int) -> Row: ...
    def __getitem__(self, key: str | int) -> list[float] | Row:
        if isinstance(key, int):
            return self.rows[key]
        if key not in self.columns:
            raise KeyError(f"there is no column {key!r}{suggest(key, self.columns)}")
        return [row.get(key, math.nan) for row in self.rows]

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        if not self.rows:
            return "<History: no epoch>" if not self.stopped else f"<History: no epoch; {self.stopped}>"
        epochs = f"{len(self)} epoch{'s' * (len(self) > 1)} in {self.seconds:.3g} s"
        try:
            best = f"best {self.monitor} {format_number(self.best[self.monitor])} in epoch {self.best['epoch']:g}; "
        except ValueError:
            best = ""
        return f"<History: {epochs}; {best}{self.stopped or 'not finished'}>"

    def table(self, rows: int = 20) -> Table:
        """The epochs as a table for rich; of more than `rows` of them the first, the last, the best, and some between.

        Parameters
        ----------
        rows : int
            How many at most.

        Returns
        -------
        rich.table.Table

        Examples
        --------
        >>> from nn import History
        >>> history = History([{'epoch': 1, 'loss': 0.5}, {'epoch': 2, 'loss': 0.25}])
        >>> history.table().row_count
        2
        """
        shown = set(range(len(self.rows)))
        if len(shown) > rows:
            shown = set(np.linspace(0, len(self.rows) - 1, rows).round().astype(int).tolist())
        best = None
        if any(not math.isnan(row.get(self.monitor, math.nan)) for row in self.rows):
            best = self.rows.index(self.best)
            shown.add(best)
        caption = "; ".join(part for part in (self.loss, self.optimizer, self.stopped) if part)
        table = Table(box=box.SIMPLE, caption=escape(caption) or None, caption_justify="left")
        for name in self.columns:
            table.add_column(escape(name), justify="right")
        for place in sorted(shown):
            cells = [format_number(self.rows[place].get(name, math.nan)) for name in self.columns]
            table.add_row(*cells, style="bold" if place == best else None)
        return table

    def to_csv(self, path: str | os.PathLike[str]) -> Path:
        """Write the rows, with a line of names.

        Parameters
        ----------
        path : str or path

        Returns
        -------
        pathlib.Path

        Raises
        ------
        FileError
            Where it cannot be written; what was there before is left as it was.

        Examples
        --------
        >>> from nn import History
        >>> history = History([{'epoch': 1, 'loss': 0.5}, {'epoch': 2, 'loss': 0.25}])
        >>> import pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / 'run.csv'
        >>> history.to_csv(path).read_text().splitlines()[0]
        'epoch,loss'
        """
        return write(path, csv_text(self.rows, self.columns).encode())

    def to_json(self, path: str | os.PathLike[str]) -> Path:
        """Write everything, to be read by `from_json`.

        Parameters
        ----------
        path : str or path

        Returns
        -------
        pathlib.Path

        Raises
        ------
        FileError
            Where it cannot be written; what was there before is left as it was.

        Examples
        --------
        >>> from nn import History
        >>> history = History([{'epoch': 1, 'loss': 0.5}, {'epoch': 2, 'loss': 0.25}])
        >>> import pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / 'run.json'
        >>> History.from_json(history.to_json(path))['loss']
        [0.5, 0.25]
        """
        return write(path, (json.dumps(self.to_dict(), indent=1, ensure_ascii=False) + "\n").encode())

    @staticmethod
    def from_json(path: str | os.PathLike[str]) -> History:
        """Read what `to_json` wrote.

        Parameters
        ----------
        path : str or path

        Returns
        -------
        History

        Raises
        ------
        HistoryError
            Where it is something else.
        OSError
            Where it cannot be read.

        Examples
        --------
        >>> from nn import History
        >>> history = History([{'epoch': 1, 'loss': 0.5}, {'epoch': 2, 'loss': 0.25}])
        >>> import pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / 'run.json'
        >>> History.from_json(history.to_json(path))['loss']
        [0.5, 0.25]
        """
        try:
            return History.from_dict(json.loads(Path(path).read_text(encoding="utf-8")))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise HistoryError(f"{os.fspath(path)} is not a history: {error}") from error

    def to_dict(self) -> dict[str, Any]:
        """Everything as numbers, texts, lists and dicts; NaN and infinities as texts, which strict JSON has no numbers for.

        Returns
        -------
        dict

        Examples
        --------
        >>> from nn import History
        >>> history = History([{'epoch': 1, 'loss': 0.5}])
        >>> History.from_dict(history.to_dict())['loss']
        [0.5]
        """
        told = {name: getattr(self, name) for name in _TEXTS}
        arrays = {name: [_to_json(v) for v in a.ravel().tolist()] for name, a in self.arrays.items()}
        return {
            **told,
            "epochs": [{name: _to_json(value) for name, value in row.items()} for row in self.rows],
            "arrays": {name: {"shape": list(a.shape), "values": arrays[name]} for name, a in self.arrays.items()},
        }

    @staticmethod
    def from_dict(told: Mapping[str, Any]) -> History:
        """A history from what `to_dict` returned.

        Parameters
        ----------
        told : mapping

        Returns
        -------
        History

        Raises
        ------
        ValueError, TypeError, KeyError, AttributeError
            For something else.

        Examples
        --------
        >>> from nn import History
        >>> history = History([{'epoch': 1, 'loss': 0.5}, {'epoch': 2, 'loss': 0.25}])
        >>> History.from_dict(history.to_dict())['loss']
        [0.5, 0.25]
        """
        if not isinstance(told["epochs"], list):
            raise TypeError(f"epochs must be a list, got {type(told['epochs']).__name__}")
        rows = [{str(name): _from_json(value) for name, value in row.items()} for row in told["epochs"]]
        history = History(rows)
        for name in _TEXTS:
            if not isinstance(told[name], str):
                raise TypeError(f"{name} must be a text, got {told[name]!r}")
            setattr(history, name, told[name])
        for name, array in told["arrays"].items():
            history.arrays[name] = np.array([_from_json(v) for v in array["values"]]).reshape(array["shape"])
        return history

    def plot(self) -> Figure:
        """Draw loss, metrics and learning rate over the epochs, with the best epoch marked.

        Returns
        -------
        matplotlib.figure.Figure
            It has `savefig`, and shows itself in a notebook.

        Raises
        ------
        MissingDependencyError
            Where matplotlib is not installed.
        ValueError
            Where there is no epoch to draw.

        Examples
        --------
        >>> from nn import History
        >>> history = History([{'epoch': 1, 'loss': 0.5}, {'epoch': 2, 'loss': 0.25}])
        >>> figure = history.plot()
        >>> len(figure.axes) > 0
        True
        """
        try:
            from nn.training.plot import draw_history
        except ImportError as error:
            raise MissingDependencyError(f"History.plot needs matplotlib: {pip_install('draw')}") from error
        return draw_history(self)


_TEXTS = ("loss", "optimizer", "monitor", "mode", "stopped")


def _to_json(value: float) -> float | str:
    return value if math.isfinite(value) else str(float(value))


def _from_json(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (str, Real)):
        raise TypeError(f"expected a number, got {value!r}")
    return float(value) if isinstance(value, str) else cast(float, value)


def csv_text(rows: list[Row], columns: list[str], header: bool = True) -> str:
    """Rows as lines of CSV; what a row does not have is empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    if header:
        writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
