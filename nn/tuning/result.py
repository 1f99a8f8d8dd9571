"""`SearchResult`: the trials of a search as a table, from the best."""

from __future__ import annotations

import csv
import io
import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.box import SIMPLE
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from autograd.files import write
from autograd.wording.numbers import format_number
from autograd.wording.printing import to_text
from nn.tuning.distributions import Distribution
from nn.tuning.errors import SearchError

# Rows of the table that is printed; files have all of them.
MAX_PRINTED_TRIALS = 15


@dataclass(frozen=True)
class Trial:
    """One choice of parameters, and how good it was.

    Attributes
    ----------
    number : int
        From 0; it decides the parameters, together with the seed of the search.
    params : mapping
    epochs : int
        For how many it was trained.
    scores : tuple of float
        Of each fold; NaN where the training came to no end.
    error : str
        Why it came to no end.

    Examples
    --------
    >>> import numpy as np, nn
    >>> from nn.tuning import LogUniform, search
    >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
    >>> found = search(lambda seed: nn.Linear(1, 1, rng=seed), (x, 2.0 * x), {'lr': LogUniform(0.01, 1.0)}, trials=3, epochs=2)
    >>> sorted(found.best.params), found.best.epochs, found.best.error
    (['lr'], 2, '')
    """

    number: int
    params: Mapping[str, Any]
    epochs: int
    scores: tuple[float, ...]
    error: str = ""

    @property
    def score(self) -> float:
        """The mean over the folds."""
        return sum(self.scores) / len(self.scores)

    def as_row(self) -> dict[str, Any]:
        """The trial as a row of a file; JSON has no NaN.

        Returns
        -------
        dict

        Examples
        --------
        >>> from nn.tuning.result import Trial
        >>> Trial(0, {'lr': 0.1}, 2, (0.5,)).as_row()['epochs']
        2
        """
        scores = [score if math.isfinite(score) else None for score in self.scores]
        return {
            "trial": self.number,
            "epochs": self.epochs,
            "params": dict(self.params),
            "scores": scores,
            "error": self.error,
        }


@dataclass
class SearchResult:
    """The result of `search`. `print(found)` shows a table.

    Attributes
    ----------
    trials : list of Trial
        From the best: those that were trained longest first, and trainings that came to no end last.
    space : mapping of str to Distribution
    metric : str
    mode : {"min", "max"}
        Whether a smaller or a larger score is better.
    borders : list of str
        What lies on the border of its range in the best trial, and what to do.

    Examples
    --------
    >>> import numpy as np, nn
    >>> from nn.tuning import LogUniform, search
    >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
    >>> found = search(lambda seed: nn.Linear(1, 1, rng=seed), (x, 2.0 * x), {'lr': LogUniform(0.01, 1.0)}, trials=3, epochs=2)
    >>> len(found.trials), found.best is found.trials[0]
    (3, True)
    """

    trials: list[Trial]
    space: Mapping[str, Distribution]
    metric: str
    mode: str
    borders: list[str] = field(default_factory=list)

    @property
    def best(self) -> Trial:
        """The first.

        Raises
        ------
        SearchError
            Where every training came to no end.
        """
        if not math.isfinite(self.trials[0].score):
            raise SearchError(f"no trial came to an end; the first one: {self.trials[0].error or 'a score of NaN'}")
        return self.trials[0]

    def narrowed(self, count: int = 5) -> dict[str, Distribution]:
        """The space over what the best trials have only, for a finer search.

        Parameters
        ----------
        count : int
            How many trials.

        Returns
        -------
        dict of str to Distribution

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> space = {'lr': nn.LogUniform(0.01, 1.0)}
        >>> found = nn.search(lambda seed: nn.Linear(1, 1, rng=seed), (x, 2.0 * x), space, trials=3, epochs=1)
        >>> list(found.narrowed(2))
        ['lr']
        """
        best = [trial.params for trial in self.trials[:count]]
        return {name: of.narrowed([params[name] for params in best]) for name, of in self.space.items()}

    def __rich__(self) -> RenderableType:
        table = Table("trial", box=SIMPLE)
        for name in ("epochs", *self.space, self.metric):
            table.add_column(escape(name), justify="right")
        for place, trial in enumerate(self.trials[:MAX_PRINTED_TRIALS]):
            cells = [_describe(trial.params[name]) for name in self.space]
            score = format_number(trial.score) if math.isfinite(trial.score) else "no end"
            table.add_row(str(trial.number), str(trial.epochs), *cells, score, style="" if place else "bold")
        more = [f"… and {len(self.trials) - MAX_PRINTED_TRIALS} more"] if len(self.trials) > MAX_PRINTED_TRIALS else []
        return Group(table, *more, *(f"[yellow]{escape(told)}[/]" for told in self.borders))

    def __str__(self) -> str:
        return to_text(self)

    def to_csv(self, path: str | os.PathLike[str]) -> Path:
        """Write all trials, from the best, with a column for each parameter.

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
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> space = {'lr': nn.LogUniform(0.01, 1.0)}
        >>> found = nn.search(lambda seed: nn.Linear(1, 1, rng=seed), (x, 2.0 * x), space, trials=3, epochs=1)
        >>> import pathlib, tempfile
        >>> path = found.to_csv(pathlib.Path(tempfile.mkdtemp()) / 'trials.csv')
        >>> len(path.read_text().splitlines())
        4
        """
        return write(path, self.csv_text().encode())

    def csv_text(self) -> str:
        """The text that `to_csv` writes.

        Returns
        -------
        str

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> space = {'lr': nn.LogUniform(0.01, 1.0)}
        >>> found = nn.search(lambda seed: nn.Linear(1, 1, rng=seed), (x, 2.0 * x), space, trials=3, epochs=1)
        >>> len(found.csv_text().splitlines())
        4
        """
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["trial", "epochs", *self.space, self.metric, "error"])
        for trial in self.trials:
            writer.writerow([trial.number, trial.epochs, *trial.params.values(), trial.score, trial.error])
        return text.getvalue()

    def to_json(self, path: str | os.PathLike[str]) -> Path:
        """Write all trials, from the best, with the score of each fold.

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
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> space = {'lr': nn.LogUniform(0.01, 1.0)}
        >>> found = nn.search(lambda seed: nn.Linear(1, 1, rng=seed), (x, 2.0 * x), space, trials=3, epochs=1)
        >>> import json, pathlib, tempfile
        >>> path = found.to_json(pathlib.Path(tempfile.mkdtemp()) / 'trials.json')
        >>> len(json.loads(path.read_text())['trials'])
        3
        """
        told = {"metric": self.metric, "mode": self.mode, "borders": self.borders}
        rows = [trial.as_row() for trial in self.trials]
        return write(path, (json.dumps({**told, "trials": rows}, indent=1, default=repr) + "\n").encode())


def rank(trials: list[Trial], mode: str) -> list[Trial]:
    """From the best."""
    sign = 1.0 if mode == "min" else -1.0
    return sorted(trials, key=lambda t: (-t.epochs, sign * t.score if math.isfinite(t.score) else math.inf, t.number))


def _describe(value: Any) -> str:
    return format_number(value) if isinstance(value, float) else escape(str(value))
