"""The state of a run, from which it goes on to the bit: what it holds, and how a run takes it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nn.training.callback import Callback
from nn.training.epoch import EpochState
from nn.training.errors import CheckpointError
from nn.training.generators import generators_of, set_states, states_of
from nn.training.history import History
from nn.training.plan import Plan
from optim.arguments import check_whole

HINT = "with resume=False a new one is written"


def collect_state(plan: Plan, epoch: EpochState, own: list[np.random.Generator]) -> dict[str, Any]:
    """Everything needed to go on: `own` are the generators of the trainer."""
    run = plan.run
    kept = [(type(callback).__name__, callback.state_dict()) for callback in plan.callbacks]
    return {
        "settings": dict(plan.settings),
        "history": run.history.to_dict(),
        "batch": run.batch,
        "step": run.step,
        "seconds": epoch.seconds,
        "lr": epoch.lr,
        "penalties": epoch.penalties,
        "tally": epoch.tally.state_dict() if run.batch else None,
        "model": run.model.state_dict(),
        "optimizer": run.optimizer.state_dict(),
        "scheduler": None if plan.schedule.scheduler is None else plan.schedule.scheduler.state_dict(),
        "average": None if plan.average is None else plan.average.state_dict(),
        "callbacks": [list(pair) for pair in kept if pair[1]],
        "generators": states_of(_generators(plan, own)),
        "order": epoch.order,
    }


def load_state(state: Mapping[str, Any], plan: Plan, epoch: EpochState, own: list[np.random.Generator]) -> None:
    """Put a run where `collect_state` found it; where the state does not fit, some parts may have been changed."""
    run = plan.run
    for name, part in (("scheduler", plan.schedule.scheduler), ("average", plan.average)):
        if (part is None) != (state[name] is None):
            with_it = "without" if state[name] is None else "with"
            raise ValueError(f"it is of a run {with_it} {name}")
        if part is not None:
            part.load_state_dict(state[name])
    run.model.load_state_dict(state["model"])
    run.optimizer.load_state_dict(state["optimizer"])
    _load_callbacks(state["callbacks"], plan.callbacks)
    set_states(_generators(plan, own), state["generators"])
    set_states(plan.batches.generators, state["order"])
    history = History.from_dict(state["history"])
    history.stopped, history.monitor, history.mode = "", run.history.monitor, run.history.mode
    run.history = history
    run.batch, run.step = check_whole("batch", state["batch"], 0), check_whole("step", state["step"], 0)
    epoch.order, epoch.penalties = state["order"], float(state["penalties"])
    epoch.seconds, epoch.lr = float(state["seconds"]), float(state["lr"])
    if state["tally"] is not None:
        epoch.tally.load_state_dict(state["tally"])


def leave_out_callbacks(state: Mapping[str, Any], plan: Plan) -> dict[str, Any]:
    """The state without that of callbacks which this run does not have: those that only look are not in all of its copies."""
    names = {type(callback).__name__ for callback in plan.callbacks}
    return {**state, "callbacks": [pair for pair in state["callbacks"] if pair[0] in names]}


def refuse_other_run(path: str | os.PathLike[str], state: Mapping[str, Any], here: Mapping[str, Any]) -> None:
    """Refuse the state of a file that is not that of a run with the settings of this one.

    Raises
    ------
    CheckpointError
        Where parts are missing, or settings differ.
    """
    there = state.get("settings")
    if not isinstance(there, dict) or set(state) != set(here):
        raise CheckpointError(f"{path} is broken: parts of the state are missing")
    other = [
        f"{name} {there.get(name)!r} there, {here['settings'].get(name)!r} here"
        for name in dict.fromkeys((*there, *here["settings"]))
        if repr(there.get(name)) != repr(here["settings"].get(name))
    ]
    if other:
        raise CheckpointError(f"{path} is of another run: {'; '.join(other)}; {HINT}")


def _generators(plan: Plan, own: list[np.random.Generator]) -> list[np.random.Generator]:
    return generators_of(plan.run.model) + ([] if plan.validation is None else plan.validation.generators) + own


def _load_callbacks(kept: Any, callbacks: Sequence[Callback]) -> None:
    if not isinstance(kept, list):
        raise ValueError("the states of its callbacks are not a list")
    left = list(callbacks)
    for name, own in kept:
        callback = next((c for c in left if type(c).__name__ == name), None)
        if callback is None:
            raise ValueError(f"it has the state of a callback {name}, which this run does not have")
        left.remove(callback)
        callback.load_state_dict(own)
