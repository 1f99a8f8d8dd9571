"""`RisingMomentum`: a momentum that moves over the epochs of a run."""

from __future__ import annotations

from nn.training.callback import Callback, Run
from optim.lr_scheduler import LinearMomentum


class RisingMomentum(Callback):
    """Sets the momentum of each epoch by its number alone, so that a resumed run goes on with what it had."""

    def __init__(self, schedule: LinearMomentum) -> None:
        self.schedule = schedule

    def on_epoch_begin(self, run: Run) -> None:
        self.schedule.move_to(run.epoch - 1)
