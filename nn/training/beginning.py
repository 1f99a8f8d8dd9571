"""How a run begins: from its checkpoint, where it has one, and with other processes, where it is shared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nn.training.recording import hash_data, versions
from nn.training.resumption import leave_out_callbacks
from nn.training.trainer import Trainer


def resume_run(trainer: Trainer, resume: bool) -> None:
    """Go on from the checkpoint, where that is wanted and it is there."""
    written = trainer.plan.checkpoint
    if written is not None and resume and Path(written.path).exists():
        trainer.resume(written.path)


def begin_together(trainer: Trainer, resume: bool) -> None:
    """Begin all processes of a shared run where process 0 begins: from its checkpoint, or with its parameters.

    Raises
    ------
    ParallelError
        Where they have other data, settings, or versions.
    CheckpointError
        Where process 0 cannot go on from its checkpoint.
    """
    plan, parallel = trainer.plan, trainer.plan.parallel
    assert parallel is not None
    parallel.refuse_differences(
        versions=versions(),
        settings={**plan.settings, "epochs": plan.run.epochs, "seed": plan.seed, "jitter": plan.jitter},
        data=hash_data(plan.batches, plan.validation),
    )

    def lead() -> dict[str, Any]:
        resume_run(trainer, resume)
        return trainer.state_dict()

    state = parallel.share(lead)
    if parallel.rank:
        # Process 0 has callbacks that only tell, too.
        trainer.load_state_dict(leave_out_callbacks(state, plan))
