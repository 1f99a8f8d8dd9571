"""`Watcher`: what a trainer tells of its steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from nn.training.batches import Batch
from nn.training.epoch import StepResult


class Watcher(Protocol):
    """Is told of the steps of a trainer: a `Recorder`, or a `Replay`."""

    def begin(self, trainer: Any) -> None:
        """Before the first step, once."""

    def before_step(self, trainer: Any, group: Sequence[Batch]) -> None:
        """Before every step."""

    def note(self, trainer: Any, group: Sequence[Batch], result: StepResult) -> None:
        """After the gradients of a step, also where they are not finite; perhaps twice."""

    def flush(self) -> None:
        """Before the state of the run is kept elsewhere, and in the end."""
