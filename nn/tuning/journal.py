"""The file that a search writes its trials to, a line each, and goes on from after a kill."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograd.errors import FileError
from autograd.files import append, write
from nn.tuning.errors import SearchError
from nn.tuning.result import Trial

FORMAT = "stepgrad search, 1"


class Journal:
    """JSON lines: first what the search is, then a trial each.

    Parameters
    ----------
    path : path or None
        None keeps nothing.
    settings : mapping
        What decides the trials: with others, the file is of another search.

    Attributes
    ----------
    trials : dict of (int, int) to Trial
        By number and epochs.

    Raises
    ------
    SearchError
        Where the file is something else, or of another search; it is left as it is.
    FileError
        Where it cannot be read or written.
    """

    def __init__(self, path: str | os.PathLike[str] | None, settings: Mapping[str, Any]) -> None:
        self.path = Path(path) if path is not None else None
        self.trials: dict[tuple[int, int], Trial] = {}
        if self.path is None:
            return
        head = json.loads(_line({"format": FORMAT, **settings}))
        kept = [_line(head)]
        try:
            # What a kill tore has no end of line.
            lines = self.path.read_bytes().split(b"\n")[:-1] if self.path.exists() else []
        except OSError as error:
            raise FileError(f"cannot read {self.path}: {error.strerror or error}") from error
        if self.path.exists() and not lines and self.path.stat().st_size:
            raise SearchError(f"{self.path} is not a search: it has no whole line; remove it, or give another path")
        for place, line in enumerate(lines, 1):
            try:
                row = json.loads(line)
                if place == 1:
                    self._check_same(row, head)
                else:
                    self._read_trial(row)
                    kept.append(_line(row))
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                if isinstance(error, SearchError):
                    raise
                raise SearchError(f"{self.path}, line {place}, is not a line of a search: {error}") from error
        write(self.path, "".join(kept).encode())

    def add(self, row: Mapping[str, Any]) -> None:
        """Append a trial."""
        self._read_trial(row)
        if self.path is not None:
            append(self.path, _line(row).encode())

    def _read_trial(self, row: Mapping[str, Any]) -> None:
        scores = tuple(math.nan if score is None else float(score) for score in row["scores"])
        if not scores:
            raise ValueError("a trial without a score")
        number, epochs = int(row["trial"]), int(row["epochs"])
        self.trials[number, epochs] = Trial(number, dict(row["params"]), epochs, scores, str(row["error"]))

    def _check_same(self, found: Any, head: Mapping[str, Any]) -> None:
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise SearchError(f"{self.path} is not a search (format {FORMAT!r})")
        other = [name for name in head if found.get(name) != head[name]]
        if other:
            raise SearchError(
                f"{self.path} is of another search: it differs in {', '.join(other)}; remove it, or give another path"
            )


def _line(row: Mapping[str, Any]) -> str:
    return json.dumps(row, default=repr) + "\n"
