"""`Trainings`: the trials of a search, done as a strategy asks for them, and kept in a journal."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograd.errors import FileError
from autograd.files import write
from nn.training.metrics import Metric
from nn.tuning.journal import Journal
from nn.tuning.result import Trial
from nn.tuning.strategies import Strategy
from nn.tuning.training import Build, Outcome, Part, Task, separate_options
from nn.tuning.workers import train_tasks

# A task of a search: trial, epochs, fold.
Key = tuple[int, int, int]


@dataclass
class Trainings:
    """What all trials of a search have in common, and what was done of them.

    Attributes
    ----------
    build, metrics, seed, standardize
        As for `Task`.
    cuts : sequence of (part, part)
        What is trained on and what is held out, for each fold.
    metric : str
        The score.
    options : mapping
        For all trials.
    journal : Journal
    jobs : int or None
    keep : bool
        Whether trials go on from their checkpoints.
    """

    build: Build
    cuts: Sequence[tuple[Part, Part]]
    metrics: Mapping[str, Metric]
    metric: str
    seed: int
    standardize: bool
    options: Mapping[str, Any]
    journal: Journal
    jobs: int | None
    keep: bool = False
    _states: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def go(
        self, strategy: Strategy, drawn: Mapping[int, Mapping[str, Any]], shown: Callable[[Trial], None]
    ) -> list[Trial]:
        """All trials that a strategy asks for, with parameters by their numbers."""
        done: list[Trial] = []
        queue: deque[tuple[Key, Task]] = deque()
        lock = threading.RLock()

        def finish(trial: Trial) -> None:
            strategy.tell(trial)
            done.append(trial)
            shown(trial)

        def supply() -> tuple[Key, Task] | None:
            # Asked by joblib's own threads, too.
            with lock:
                while not queue:
                    asked = strategy.ask()
                    if asked is None:
                        return None
                    if asked in self.journal.trials:
                        scored = self.journal.trials[asked]
                        finish(Trial(asked[0], drawn[asked[0]], asked[1], scored.scores, scored.error))
                    else:
                        queue.extend(self._tasks(*asked, drawn[asked[0]]))
                return queue.popleft()

        waiting: dict[tuple[int, int], dict[int, Outcome]] = {}
        for (number, epochs, fold), outcome in train_tasks(supply, self.jobs):
            with lock:
                found = waiting.setdefault((number, epochs), {})
                found[fold] = outcome
                if self.keep:
                    self._keep(number, fold, outcome.state)
                if len(found) < len(self.cuts):
                    continue
                outcomes = [found[place] for place in range(len(self.cuts))]
                scores = tuple(one.numbers[self.metric] for one in outcomes)
                error = next((one.error for one in outcomes if one.error), "")
                trial = Trial(number, drawn[number], epochs, scores, error)
                self.journal.add(trial.as_row())
                del waiting[number, epochs]
                finish(trial)
        return done

    def _tasks(self, number: int, epochs: int, drawn: Mapping[str, Any]) -> list[tuple[Key, Task]]:
        params, of_fit = separate_options("search", self.build, {**self.options, **drawn})
        of_fit["epochs"] = epochs
        return [
            (
                (number, epochs, fold),
                Task(
                    self.build,
                    params,
                    of_fit,
                    *parts,
                    self.metrics,
                    self.seed,
                    self.standardize,
                    self.keep,
                    self._state(number, fold),
                ),
            )
            for fold, parts in enumerate(self.cuts)
        ]

    def _file(self, number: int, fold: int) -> Path | None:
        path = self.journal.path
        if path is None:
            return None
        return path.with_name(f"{path.name}.checkpoints") / f"trial-{number}-fold-{fold}.safetensors"

    def _keep(self, number: int, fold: int, state: bytes) -> None:
        file = self._file(number, fold)
        if file is None:
            self._states[number, fold] = state
        elif state:
            file.parent.mkdir(exist_ok=True)
            write(file, state)

    def _state(self, number: int, fold: int) -> bytes:
        """What a trial goes on from; where it is gone, it begins anew, to the same bits."""
        file = self._file(number, fold)
        if not self.keep or file is None:
            return self._states.get((number, fold), b"")
        try:
            return file.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise FileError(f"cannot read {file}: {error.strerror or error}") from error
