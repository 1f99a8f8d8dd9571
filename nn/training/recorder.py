"""`Recorder`: what a run does to be recorded: two numbers a step, and now and then its state."""

from __future__ import annotations

import math
import time
import warnings
from array import array
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from autograd.errors import FileError
from autograd.files import append, check_writable, write
from nn.training import checkpoint
from nn.training.batches import Batch
from nn.training.epoch import StepResult
from nn.training.errors import RecordWarning, RewindError
from nn.training.recording import MANIFEST, NUMBERS, Record, Recording, hash_data, write_manifest

if TYPE_CHECKING:
    from nn.training.trainer import Trainer

# A checkpoint is written when the run has taken so many times longer than the last one took to write.
PATIENCE = 100.0
# Where nobody knows how many steps a run has, the first checkpoints are so many steps apart.
FIRST_INTERVAL = 100
# Steps whose numbers are held before they are written.
HELD = 4096


def describe_step(trainer: Trainer, group: Sequence[Batch], result: StepResult) -> tuple[float, float]:
    """The loss of a step with its penalty, and the norm of its gradients, before they are clipped."""
    losses = result.losses
    if len(losses) == 1:
        loss = losses[0]
    elif trainer.plan.objective.summed:
        loss = sum(losses)
    else:
        rows = [len(targets) for _, targets in group]
        loss = sum(map(float.__mul__, losses, map(float, rows))) / sum(rows)
    return loss + result.penalty, trainer.gradient_norm


class Recorder:
    """Writes a `Recording` while a run goes on.

    Where it cannot write any more, it warns and leaves the run alone: what was recorded up to there stays.

    Parameters
    ----------
    recording : Recording
    """

    def __init__(self, recording: Recording) -> None:
        self.recording, self.path = recording, Path(recording.path)
        self._held, self._number, self._noted = array("d"), 0, 0
        self._next, self._interval = 0, FIRST_INTERVAL
        self._kept: list[int] = []
        self._cost, self._written_at = 0.0, 0.0
        self._stopped = False
        # Its import takes longer than a checkpoint.
        checkpoint.pack({})

    def begin(self, trainer: Trainer) -> None:
        plan, run = trainer.plan, trainer.run
        data = hash_data(plan.batches, plan.validation)
        check_writable(self.path)
        self._refuse_other_files()
        self._number = self._noted = run.step
        if not (run.step and self._continue(run.step, data)):
            self._start(run.step + 1, data, trainer)
        if run.batches is not None and run.epochs:
            total = -(-run.batches // plan.accumulate) * run.epochs
            self._interval = max(1, math.ceil(total / (self.recording.checkpoints - 1)))
        self._keep(trainer)

    def before_step(self, trainer: Trainer, group: Sequence[Batch]) -> None:
        self._number += 1
        if self._number < self._next or self._stopped:
            return
        if time.perf_counter() - self._written_at < PATIENCE * self._cost:
            self._next = self._number + max(1, self._interval // 10)
        else:
            self._try(lambda: self._keep(trainer))

    def note(self, trainer: Trainer, group: Sequence[Batch], result: StepResult) -> None:
        if self._noted == self._number or self._stopped:
            return
        self._noted = self._number
        self._held.extend(describe_step(trainer, group, result))
        if len(self._held) >= 2 * HELD:
            self.flush()

    def flush(self) -> None:
        if self._held:
            content, self._held = np.asarray(self._held, "<f8").tobytes(), array("d")
            self._try(lambda: append(self.path / NUMBERS, content))

    def _try(self, writing: Callable[[], object]) -> None:
        try:
            writing()
        except FileError as error:
            told = f"the run goes on, but is recorded up to step {self._number - 1:,} at most: {error}"
            warnings.warn(told, RecordWarning, stacklevel=2)
            # A hole in the numbers would shift what comes behind it.
            self._stopped = True

    def _start(self, first: int, data: dict[str, str], trainer: Trainer) -> None:
        """A new record, in the place of another one of ours."""
        self.path.mkdir(parents=True, exist_ok=True)
        if (self.path / MANIFEST).exists():
            for file in Record(self.path).checkpoints.values():
                file.unlink()
        plan = trainer.plan
        write_manifest(
            self.path,
            first=first,
            data=data,
            batches=trainer.run.batches,
            accumulate=plan.accumulate,
            notes=dict(self.recording.notes or {}),
        )
        write(self.path / NUMBERS, b"")
        self._kept = []

    def _continue(self, step: int, data: dict[str, str]) -> bool:
        """Go on with a record that has all steps up to this one; gives whether there is one."""
        if not (self.path / MANIFEST).exists():
            return False
        record = Record(self.path)
        record.refuse_other_data(data)
        if not record.first <= step + 1 <= record.last + 1:
            return False
        write(self.path / NUMBERS, record.numbers[: step + 1 - record.first].tobytes())
        for number, file in record.checkpoints.items():
            if number > step + 1:
                file.unlink()
        self._kept = [number for number in record.checkpoints if number <= step + 1]
        return True

    def _refuse_other_files(self) -> None:
        if self.path.is_dir() and not (self.path / MANIFEST).exists() and any(self.path.iterdir()):
            raise RewindError(
                f"fit: record: {self.path} has files that are not those of a record: give a folder that is new or empty"
            )

    def _keep(self, trainer: Trainer) -> None:
        """Write the state before the next step, and make room for it."""
        number = trainer.run.step + 1
        begun = time.perf_counter()
        self.flush()
        checkpoint.save(self._file(number), trainer.state_dict())
        self._written_at = time.perf_counter()
        self._cost = self._written_at - begun
        if number not in self._kept:
            self._kept.append(number)
        while len(self._kept) > self.recording.checkpoints:
            # Every second one goes, and from now on they are twice as far apart.
            for gone in self._kept[1::2]:
                self._file(gone).unlink(missing_ok=True)
            self._kept = self._kept[::2]
            self._interval *= 2
        self._next = number + self._interval

    def _file(self, number: int) -> Path:
        return self.path / f"step-{number:010d}.safetensors"
