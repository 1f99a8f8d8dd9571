"""The arguments of `fit`: refused where they do not fit, and turned into the parts of a run."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

import optim
from autograd.engine.tensor import Tensor
from autograd.errors import FileError, OperandError, type_name
from autograd.graph.node import raw
from nn.data import split
from nn.module import Module
from nn.training.batches import Batches, are_arrays
from nn.training.callback import Callback, Run
from nn.training.checkpoint import Checkpoint
from nn.training.metrics import mode_of
from nn.training.momentum import RisingMomentum
from nn.training.plan import Plan, Schedule
from nn.training.recording import Recording
from nn.training.stopping import EarlyStopping, check_column, default_monitor
from nn.training.trainer import Trainer
from optim import LBFGS, Averaged, Newton, Optimizer
from optim.arguments import check_real, check_whole
from optim.lr_scheduler import LinearMomentum, MetricLR


def check_counts(least: int, **counts: Any) -> None:
    """Refuse what is not a whole number from `least` on."""
    for name, value in counts.items():
        check_whole(f"fit: {name}", value, least)


def check_positive(**numbers: Any) -> None:
    """Refuse what is neither None nor a finite number above 0."""
    for name, value in numbers.items():
        if value is not None:
            check_real(f"fit: {name}", value, "above 0", lambda x: 0.0 < x < math.inf)


def check_auto(lr: Any, optimizer: Any) -> Any:
    """A rate that is to be found is none yet: gives the rate, or None in its place."""
    if not isinstance(lr, str):
        return lr
    if lr != "auto":
        raise ValueError(f'fit: lr is a number or "auto", not {lr!r}')
    if not isinstance(optimizer, str):
        raise ValueError('fit: lr="auto" is for an optimizer given by name; an optimizer object has its own rate')
    return None


def check_choices(model: Any, interval: Any, threads: Any, compiled: Any, penalty: Any, trainer: Any) -> None:
    """Refuse arguments that are of the wrong kind."""
    if not isinstance(model, Module):
        raise OperandError(f"fit: the model must be a Module, not {type_name(model)}")
    if interval not in ("epoch", "step"):
        raise ValueError(f"fit: interval must be 'epoch' or 'step', got {interval!r}")
    if threads != "auto" and threads is not None and not _is_count(threads, 1):
        raise ValueError(f"fit: threads must be 'auto', None or a whole number from 1 on, got {threads!r}")
    if not isinstance(compiled, bool):
        raise TypeError(f"fit: compile must be True or False, got {compiled!r}")
    if penalty is not None and not callable(penalty):
        raise TypeError(f"fit: penalty must be a function of the model, not {type_name(penalty)}")
    if not callable(trainer):
        hint = ": give the class" if isinstance(trainer, Trainer) else ""
        raise TypeError(
            f"fit: trainer must be a subclass of nn.Trainer, or make one of a plan, not {type_name(trainer)}{hint}"
        )


def _is_count(value: Any, least: int) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool) and bool(value >= least)


def check_penalty(value: Any) -> None:
    """Refuse the value of a penalty that no gradient comes from."""
    if not (isinstance(value, Tensor) and np.size(raw(value)) == 1 and value.requires_grad):
        what = f"one of shape {value.shape}" if isinstance(value, Tensor) else type_name(value)
        raise OperandError(f"fit: penalty must give a tensor of one number that depends on the parameters, got {what}")


def split_validation(
    data: Any, share: float, seed: int, weights: np.ndarray | None = None
) -> tuple[Any, Any, np.ndarray | None]:
    """A share of the arrays for the validation, of every class alike; gives the training part, it, and the first's weights."""
    if not are_arrays(data):
        raise OperandError(
            f"fit: validation={share} takes a share of arrays; where the data is {type_name(data)}, give the validation itself"
        )
    if not 0.0 < share < 1.0:
        raise ValueError(f"fit: as a share, validation must be between 0 and 1, got {share!r}")
    # What is wrong with them is told in the words of the whole.
    arrays = Batches(data, "data", 1, None, None).arrays
    assert arrays is not None
    inputs, targets = arrays
    # Whole numbers of which hardly two are the same are not classes that could be cut in shares.
    of_classes = targets.ndim == 1 and targets.dtype.kind in "iub"
    cut = of_classes and len(np.unique(targets)) <= min(share, 1.0 - share) * len(targets)
    parts = (inputs, targets) if weights is None else (inputs, targets, weights)
    train, held_out = split(*parts, shares=(1.0 - share, share), stratify=targets if cut else None, seed=seed)
    return train[:2], held_out[:2], None if weights is None else train[2]


def choose_optimizer(model: Module, optimizer: Any, lr: float | None) -> Optimizer:
    """The optimizer that is meant by a name, or the one that was given."""
    parameters = list(model.parameters())
    if not parameters:
        raise OperandError(f"fit: {type(model).__name__} has no parameters to be trained")
    if isinstance(optimizer, str):
        return optim.get(optimizer, parameters) if lr is None else optim.get(optimizer, parameters, lr=lr)
    if isinstance(optimizer, (LBFGS, Newton)):
        raise OperandError(
            f"fit: {type(optimizer).__name__} computes the loss itself, several times a step; call its step"
        )
    if not isinstance(optimizer, Optimizer):
        hint = ": give an instance" if isinstance(optimizer, type) else ""
        raise OperandError(f"fit: the optimizer must be a name or an Optimizer, not {optimizer!r}{hint}")
    if lr is not None:
        raise ValueError("fit: lr is for an optimizer given by name; an optimizer object has its own rate")
    own = {id(p) for p in parameters}
    if not any(id(p) in own for group in optimizer.param_groups for p in group["params"]):
        raise ValueError(f"fit: {type(optimizer).__name__} is over other parameters than the model's")
    return optimizer


def choose_schedule(scheduler: Any, optimizer: Optimizer, interval: str, watch: Any, run: Run) -> Schedule:
    """The schedule over the optimizer: the one that was given, or that a function makes; and what it is told."""
    if scheduler is None:
        if watch is not None:
            raise ValueError("fit: watch says what a schedule is told, and there is none: give scheduler=")
        return Schedule(None, interval)
    if isinstance(scheduler, type) or not hasattr(scheduler, "step"):
        if not callable(scheduler):
            raise TypeError(f"fit: a scheduler is a schedule or makes one of the optimizer, not {type_name(scheduler)}")
        scheduler = scheduler(optimizer)
    kind = type(scheduler).__name__
    if getattr(scheduler, "optimizer", None) is not optimizer:
        raise ValueError(
            f"fit: {kind} is over another optimizer; with an optimizer by name give a function: "
            "scheduler=lambda optimizer: …"
        )
    if not isinstance(scheduler, MetricLR):
        if watch is not None:
            raise ValueError(f"fit: {kind} goes by its steps alone, and watches nothing: leave watch={watch!r} out")
        return Schedule(scheduler, interval)
    if interval != "epoch":
        raise ValueError(f"fit: {kind} needs what an epoch gave: interval='epoch'")
    name, mode = run.history.monitor, run.history.mode
    if watch is not None:
        name = str(watch)
        check_column("watch", name, run.columns)
        mode = mode_of(name) or scheduler.mode
    if scheduler.mode != mode:
        how = "watched" if watch is not None else "monitored"
        raise ValueError(
            f"fit: {kind} has mode {scheduler.mode!r}, but {name!r}, which is {how}, gets better in the other direction: "
            f"mode={mode!r}" + ("" if watch is not None else ", or watch= another column")
        )
    return Schedule(scheduler, interval, watch)


def check_momentum(momentum: Any, optimizer: Optimizer, epochs: int) -> RisingMomentum | None:
    """The callback that moves the momentum from the first to the last number in the course of the epochs."""
    if momentum is None:
        return None
    if not isinstance(momentum, (tuple, list)) or len(momentum) != 2:
        raise TypeError(
            f"fit: momentum is two numbers, that of the first and of the last epoch, such as (0.5, 0.99); got {momentum!r}"
        )
    try:
        return RisingMomentum(LinearMomentum(optimizer, momentum[0], momentum[1], max(epochs - 1, 1)))
    except ValueError as error:
        raise ValueError(f"fit: momentum: {error}") from None


def check_jitter(jitter: Any, batches: Batches) -> None:
    """Refuse noise that is none, or on inputs that are no floats."""
    if jitter is None:
        return
    check_real("fit: jitter", jitter, "above 0", lambda x: 0.0 < x < math.inf)
    inputs = batches.first()[0]
    if inputs.dtype.kind != "f":
        raise OperandError(f"fit: jitter is noise on inputs that are floats, and these are {inputs.dtype}")


def choose_average(average: Any, model: Module) -> Averaged | None:
    """The average that is meant by a decay, or the one that was given."""
    if average is None or isinstance(average, Averaged):
        return average
    if not isinstance(average, (float, np.floating)):
        raise TypeError(f"fit: average is a decay such as 0.99, or optim.Averaged(…), not {average!r}")
    return Averaged(model.parameters(), float(average))


def list_callbacks(callbacks: Any, compiled: bool, shared: bool) -> list[Callback]:
    """Callbacks as a list; those that look at graphs are refused where a pass builds none, or each process a part of it."""
    found = list(callbacks) if isinstance(callbacks, Iterable) else [callbacks]
    for callback in found:
        if not isinstance(callback, Callback):
            raise TypeError(f"fit: a callback is an instance of nn.Callback, not {callback!r}")
        if compiled and callback.needs_graph:
            raise ValueError(
                f"fit: {type(callback).__name__} looks at the graph of a step, which compile=True does not build"
            )
        if shared and callback.needs_graph:
            raise ValueError(
                f"fit: {type(callback).__name__} looks at the graph of a step, of which each process has a part: leave comm= out"
            )
    return found


def choose_checkpoint(checkpoint: Any) -> Checkpoint | None:
    """The checkpoint at a path, or the one that was given."""
    if checkpoint is None:
        return None
    wanted = checkpoint if isinstance(checkpoint, Checkpoint) else Checkpoint(checkpoint)
    folder = Path(wanted.path).parent
    if not folder.is_dir():
        raise FileError(f"cannot write {os.fspath(wanted.path)}: there is no directory {folder}")
    return wanted


def choose_recording(record: Any) -> Recording | None:
    """The recording into a folder, or the one that was given."""
    if record is None or isinstance(record, Recording):
        return record
    if not isinstance(record, (str, os.PathLike)):
        raise TypeError(f"fit: record is a folder, or nn.Recording(…), not {type_name(record)}")
    return Recording(record)


def name_columns(metrics: Mapping[str, Any], penalty: bool, validation: bool) -> tuple[str, ...]:
    """What the loop itself reports of each epoch."""
    judged = ["loss", *metrics]
    return (
        "epoch",
        *judged,
        *(["penalty"] if penalty else []),
        *(f"val_{name}" for name in judged if validation),
        "lr",
        "seconds",
    )


def choose_monitor(run: Run, callbacks: Iterable[Callback]) -> None:
    """Tell the history which column says how good an epoch was: the one that early stopping watches, where there is any."""
    history = run.history
    history.monitor = default_monitor(run.columns)
    history.mode = mode_of(history.monitor) or "min"
    for callback in callbacks:
        if isinstance(callback, EarlyStopping):
            history.monitor, history.mode = callback.choose_column(run)


def make_trainer(trainer: Callable[[Plan], Trainer], plan: Plan) -> Trainer:
    """The trainer of a plan; a checkpoint of a run with other steps is that of another run."""
    made = trainer(plan)
    if not isinstance(made, Trainer):
        raise TypeError(f"fit: trainer must give an instance of nn.Trainer, not {type_name(made)}")
    return made
