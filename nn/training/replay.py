"""`Replay`: a recorded run gone through again, from its nearest checkpoint up to a step, and compared with its record as it goes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from weakref import WeakKeyDictionary

import numpy as np

from autograd.graph.modes import no_grad
from autograd.graph.node import get_data
from nn.module import Module
from nn.training.batches import Batch
from nn.training.epoch import StepResult
from nn.training.errors import CheckpointError, RewindError
from nn.training.recorder import describe_step
from nn.training.recording import Record, hash_data
from nn.training.resumption import leave_out_callbacks, refuse_other_run

if TYPE_CHECKING:
    from nn.training.trainer import Trainer

# The arguments of `fit` for the runs that this process recorded, as long as their models live.
_CALLS: WeakKeyDictionary[Module, tuple[str, Mapping[str, Any]]] = WeakKeyDictionary()


class Reached(BaseException):
    """The step is reached; no `except Exception` of the program that trains can be in the way.

    Attributes
    ----------
    trainer : Trainer
        As it stood before the step.
    group : sequence of Batch
        The batches of the step.
    """

    def __init__(self, trainer: Trainer, group: Sequence[Batch]) -> None:
        super().__init__()
        self.trainer, self.group = trainer, group


class Replay:
    """What `fit` does with the steps of a run while it is gone through again.

    Parameters
    ----------
    record : Record
    step : int
        Before which it ends, by raising `Reached`.
    visit : callable, optional
        Given the trainer after each step that was gone through, and the parameters before it; True ends it.
    from_start : bool
        Whether to begin with the first checkpoint, and not with the nearest.
    """

    def __init__(
        self,
        record: Record,
        step: int,
        visit: Callable[[Trainer, list[np.ndarray]], bool] | None = None,
        from_start: bool = False,
    ) -> None:
        self.record, self.step, self.visit = record, step, visit
        self.path, self.state = record.state_before(record.first if from_start else step)
        self._number = 0
        self._before: list[np.ndarray] = []

    def begin(self, trainer: Trainer) -> None:
        """Put the run where the checkpoint was written; refuse one that is another run."""
        plan = trainer.plan
        self.record.refuse_other_data(hash_data(plan.batches, plan.validation))
        state = leave_out_callbacks(self.state, plan)
        try:
            refuse_other_run(self.path, state, trainer.state_dict())
            trainer.load_state_dict(state)
        except CheckpointError as error:
            raise RewindError(f"cannot replay: {str(error).partition('; with resume')[0]}") from error
        except (ValueError, KeyError, TypeError, IndexError, AttributeError, ArithmeticError) as error:
            raise RewindError(f"cannot replay: {self.path} is of another run: {error}") from error

    def before_step(self, trainer: Trainer, group: Sequence[Batch]) -> None:
        """End at the step that is wanted."""
        self._number = trainer.run.step + 1
        if self.visit is not None:
            if self._before and self.visit(trainer, self._before):
                raise Reached(trainer, group)
            self._before = [get_data(p).copy() for p in trainer.parameters]
        if self._number >= self.step:
            raise Reached(trainer, group)

    def note(self, trainer: Trainer, group: Sequence[Batch], result: StepResult) -> None:
        """Compare a step with what was recorded of it."""
        self.compare(self._number, describe_step(trainer, group, result))

    def compare(self, number: int, found: tuple[float, float]) -> None:
        """Refuse a run that differs from its record, by a bit.

        Raises
        ------
        RewindError
        """
        was = self.record.numbers[number - self.record.first]
        for name, here, there in zip(("loss", "gradient norm"), found, was, strict=True):
            if here != there and not (np.isnan(here) and np.isnan(there)):
                other = self.record.name_other_versions()
                why = (
                    f"it was recorded with other versions: {other}"
                    if other
                    else "the model, the loss, the data or a callback depends on something that is not part of the run, such as a "
                    "random generator that is no attribute of a module, the time, or code that has changed since"
                )
                raise RewindError(
                    f"{self.record.path} cannot be replayed: the {name} of step {number:,} is {here!r} here, and was "
                    f"{float(there)!r}: {why}"
                )

    def flush(self) -> None:
        """Write nothing."""

    def miss(self, run: Any) -> NoReturn:
        """Tell that the run ended without getting to the step."""
        raise RewindError(
            f"{self.record.path} cannot be replayed: the run ended after step {run.step:,} ({run.history.stopped}), "
            f"before step {self.step:,}: with fewer epochs or other callbacks than when it was recorded"
        )


_REPLAY: ContextVar[Replay | None] = ContextVar("replay", default=None)


@contextmanager
def replaying(replay: Replay) -> Iterator[None]:
    """Within, `fit` goes through the recorded run again where it is to be recorded in this folder; other runs are as ever."""
    before = _REPLAY.set(replay)
    try:
        yield
    finally:
        _REPLAY.reset(before)


def replay_of(path: str | os.PathLike[str]) -> Replay | None:
    """The replay that is going on of the record in this folder."""
    replay = _REPLAY.get()
    return replay if replay is not None and os.path.realpath(path) == os.path.realpath(replay.record.path) else None


def remember_call(path: str | os.PathLike[str], given: Mapping[str, Any]) -> None:
    """Keep the arguments of a run that is recorded, as long as its model lives."""
    model = given["model"]
    _CALLS.pop(model, None)
    _CALLS[model] = os.path.realpath(path), {name: value for name, value in given.items() if name != "model"}


def call_of(path: Path) -> tuple[Module, Mapping[str, Any]] | None:
    """The model and the other arguments of the latest run that this process recorded in a folder."""
    wanted = os.path.realpath(path)
    for model, (where, given) in reversed(list(_CALLS.items())):
        if where == wanted:
            return model, given
    return None


def measure_update(trainer: Trainer, before: Sequence[np.ndarray]) -> float:
    """The norm of what a step changed, over the norm of the parameters before it."""
    with no_grad(), np.errstate(all="ignore"):
        changed = sum(
            float(np.sum((get_data(p) - b).astype(np.float64) ** 2))
            for p, b in zip(trainer.parameters, before, strict=True)
        )
        size = sum(float(np.sum(b.astype(np.float64) ** 2)) for b in before)
    return float(np.sqrt(changed) / np.sqrt(size)) if size else float("inf")
