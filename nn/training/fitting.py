"""`fit`: a training run, from data to history."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np

import optim
from autograd.engine.tensor import Tensor
from autograd.errors import FileError, OperandError, type_name
from nn.data import DataLoader, split
from nn.module import Module
from nn.training import metrics as metrics_
from nn.training.batches import Batches, are_arrays
from nn.training.callback import Callback, Run
from nn.training.checkpoint import Checkpoint
from nn.training.evaluation import agreed, dtype_of, fitted, modes_kept
from nn.training.history import History
from nn.training.interrupt import noticed
from nn.training.logs import log
from nn.training.loop import Loop
from nn.training.metrics import mode_of
from nn.training.stopping import EarlyStopping, monitored
from nn.training.threads import limited, small
from optim import LBFGS, Averaged, Newton, Optimizer
from optim.lr_scheduler import ReduceLROnPlateau


def fit(
    model: Module,
    data: Any,
    *,
    validation: Any = None,
    loss: Any = None,
    optimizer: str | Optimizer = "adam",
    lr: float | None = None,
    scheduler: Any = None,
    interval: str = "epoch",
    epochs: int = 10,
    batch_size: int = 32,
    metrics: Any = (),
    accumulate: int = 1,
    clip_norm: float | None = None,
    clip_value: float | None = None,
    penalty: Callable[[Module], Any] | None = None,
    average: float | Averaged | None = None,
    patience: int | None = None,
    callbacks: Iterable[Callback] = (),
    checkpoint: str | os.PathLike[str] | Checkpoint | None = None,
    resume: bool = True,
    logs: Any = (),
    seed: int = 0,
    threads: str | int | None = "auto",
    progress: bool | None = None,
    compile: bool = False,
) -> History:
    """Train a model.

    Parameters
    ----------
    model : Module
        Trained in place. Its floats decide what floats of the data are turned to.
    data : (inputs, targets), DataLoader, or iterable of such pairs
        Arrays are gone through in batches, in a new order each epoch. An iterable is gone through anew for each epoch.
    validation : the same, or float, optional
        What the model is judged by after each epoch, in evaluation mode; a share such as 0.2 of the arrays is taken out of
        them, of every class alike.
    loss : str or callable, optional
        A name (`"cross_entropy"`, `"mse"`, `"huber"`, …), a loss of `nn`, or a function of outputs and targets that gives
        the mean over the batch (with an attribute `reduction = "sum"`: the sum). By default cross-entropy of logits for
        class numbers, binary cross-entropy of logits for zeros and ones in the shape of the outputs, and the mean squared
        error for floats; the history says which it was.
    optimizer : str or Optimizer
        A name for `optim.get`, or an optimizer over the model's parameters.
    lr : float, optional
        The learning rate of an optimizer that is given by name; its own default otherwise.
    scheduler : schedule, or callable, optional
        Of `optim.lr_scheduler`, over the optimizer; or a function that makes one of the optimizer. `ReduceLROnPlateau` is
        told what is monitored for early stopping: `val_loss`, or else `loss`.
    interval : {"epoch", "step"}
        Whether the schedule goes on after each epoch or after each step of the optimizer.
    epochs : int
        The number of the last epoch, also for a run that is resumed.
    batch_size : int
        Of arrays.
    metrics : names or functions, or a mapping of names to either
        Of `nn.metrics`, or functions of all outputs and targets of a part. Those of the training part are of the outputs as
        they came in training. What is no single number is kept for the latest epoch, in `history.arrays`.
    accumulate : int
        How many batches a step adds up: the gradient is that of one batch of all their rows.
    clip_norm, clip_value : float, optional
        Bounds of the norm of all gradients together, and of each of their elements.
    penalty : callable, optional
        Of the model; added to the loss once a step: `lambda model: 1e-4 * nn.l2_penalty(model.parameters())`. The history
        has it in a column of its own.
    average : float or Averaged, optional
        Validate with, and in the end keep, averages of the parameters over the steps: a float is the decay of an
        exponential average, `optim.Averaged(model.parameters())` weighs all steps equally.
    patience : int, optional
        Short for `EarlyStopping(patience=…)`: stop after so many epochs in which the validation (or else the training) loss
        was not the best, and put the best weights back.
    callbacks : iterable of Callback
    checkpoint : path or Checkpoint, optional
        A safetensors file with everything that is needed to go on, written after every epoch and on Ctrl-C.
    resume : bool
        Go on from the checkpoint where the file is there; else it is written anew.
    logs : path or Callback, or several
        `.csv` or `.jsonl` files, or `TensorBoard(folder)`; a line for each epoch.
    seed : int
        Of the order of the batches, and of the parts where `validation` is a share. Models draw from generators of their
        own.
    threads : {"auto"} or int or None
        How many threads products of matrices may use, with threadpoolctl: one where all are small, by default; None leaves
        it as it is.
    progress : bool, optional
        A bar in terminals and notebooks and nothing elsewhere; True: a line an epoch elsewhere; False: nothing.
    compile : bool
        Whether the forward and backward pass of a batch run as a program of `autograd.compile`: faster, and equal to
        rounding, but without a graph that callbacks could look at. With numba it takes some seconds to begin with.

    Returns
    -------
    History
        A row for each epoch. Ctrl-C ends the run between two steps and gives the history up to then; pressed again, it
        raises KeyboardInterrupt.

    Raises
    ------
    ValueError, TypeError
        For arguments and data that do not fit; before anything is trained or written.
    CheckpointError
        For a checkpoint that is broken or of another run; then nothing was changed.
    AnomalyError
        For a loss or a gradient that is not finite: with epoch, batch and the line that computed the first such value. The
        parameters are as they were before that step.

    Notes
    -----
    A resumed run goes on to the bit where the model draws from `numpy.random.Generator`s that are attributes of its modules
    (as `Dropout` does), and data given as an iterable comes in the same order when it is gone through again. Running
    averages of batch normalisation are those of training, also with `average`.

    Examples
    --------
    >>> import nn
    >>> x = np.random.default_rng(0).normal(size=(200, 2))
    >>> model = nn.Sequential(nn.Linear(2, 16, rng=0), nn.Tanh(), nn.Linear(16, 2, rng=1))
    >>> history = nn.fit(model, (x, (x[:, 0] * x[:, 1] > 0).astype(int)), validation=0.25, lr=0.1, epochs=30,
    ...                  metrics=["accuracy"])
    >>> history.loss, history[-1]["val_accuracy"] > 0.85
    ('cross_entropy', True)
    """
    if not isinstance(model, Module):
        raise OperandError(f"fit: the model must be a Module, not {type_name(model)}")
    for name, value in (("epochs", epochs), ("batch_size", batch_size), ("accumulate", accumulate)):
        if not _whole(value, 1):
            raise ValueError(f"fit: {name} must be a whole number from 1 on, got {value!r}")
    if not _whole(seed, 0):
        raise ValueError(f"fit: seed must be a whole number from 0 on, got {seed!r}")
    for name, bound in (("clip_norm", clip_norm), ("clip_value", clip_value), ("lr", lr)):
        if bound is not None and not (isinstance(bound, Real) and 0.0 < bound < math.inf):
            raise ValueError(f"fit: {name} must be a number above 0, got {bound!r}")
    if interval not in ("epoch", "step"):
        raise ValueError(f"fit: interval must be 'epoch' or 'step', got {interval!r}")
    if threads != "auto" and threads is not None and not _whole(threads, 1):
        raise ValueError(f"fit: threads must be 'auto', None or a whole number from 1 on, got {threads!r}")
    if not isinstance(compile, bool):
        raise TypeError(f"fit: compile must be True or False, got {compile!r}")
    if penalty is not None and not callable(penalty):
        raise TypeError(f"fit: penalty must be a function of the model, not {type_name(penalty)}")

    # It imports the larger half of rich, which nobody waits for who only imports nn.
    from nn.training.progress import progress as shown

    chosen_metrics, dtype = metrics_.named(metrics), dtype_of(model)
    if isinstance(validation, (float, np.floating)):
        data, validation = _parts(data, float(validation), seed)
    batches = Batches(data, "data", batch_size, dtype, seed)
    held_out = None
    if validation is not None:
        held_out = Batches(validation, "validation", max(batch_size, 256), dtype, None)
    chosen, shape = agreed(model, batches, loss, chosen_metrics)
    for some in (batches, held_out):
        if some is not None:
            fitted(some, chosen, shape)

    if penalty is not None:
        _check_penalty(penalty(model))
    used = _optimizer(model, optimizer, lr)
    own = _callbacks(callbacks)
    looking = next((callback for callback in own if compile and callback.needs_graph), None)
    if looking is not None:
        raise ValueError(
            f"fit: {type(looking).__name__} looks at the graph of a step, which compile=True does not build"
        )
    if patience is not None:
        own.append(EarlyStopping(patience=patience))
    own += [log(target) for target in (logs if isinstance(logs, (list, tuple)) else [logs])]
    columns = ["loss", *chosen_metrics]
    columns = ["epoch", *columns, *(["penalty"] if penalty is not None else [])] + [
        f"val_{name}" for name in columns if held_out is not None
    ]
    monitor = monitored(tuple(columns))
    history = History(loss=chosen.name, optimizer=repr(used), monitor=monitor, mode=mode_of(monitor) or "min")
    settings: dict[str, Any] = {
        "optimizer": repr(used),
        "loss": chosen.name,
        "accumulate": accumulate,
        "inputs": None if batches.arrays is None else str((batches.arrays[0].shape, batches.arrays[0].dtype)),
        "batch_size": batches.source.batch_size if isinstance(batches.source, DataLoader) else None,
        "seed": None if isinstance(data, DataLoader) or batches.arrays is None else seed,
        "interval": interval,
        "clipping": [clip_norm, clip_value],
    }
    run = Run(
        model,
        chosen.function,
        used,
        history,
        epochs=epochs,
        batches=batches.count,
        columns=(*columns, "lr", "seconds"),
    )
    for stopping in own:
        if isinstance(stopping, EarlyStopping):
            history.monitor, history.mode = stopping.watched(run)
    loop = Loop(
        run,
        chosen,
        batches,
        held_out,
        chosen_metrics,
        own + shown(progress),
        settings,
        scheduler=_scheduler(scheduler, used, interval, history),
        interval=interval,
        accumulate=accumulate,
        clip_norm=clip_norm,
        clip_value=clip_value,
        penalty=penalty,
        average=_averaged(average, model),
        checkpoint=_checkpoint(checkpoint),
        compiled=compile,
    )
    if loop.checkpoint is not None and resume and Path(loop.checkpoint.path).exists():
        loop.resume(loop.checkpoint.path)
    if threads == "auto":
        threads = 1 if small(model, batches.shape) else None
    with limited(threads if isinstance(threads, int) else None), noticed() as interrupt, modes_kept(model):
        return loop.go(interrupt)


def _whole(value: Any, least: int) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool) and bool(value >= least)


def _check_penalty(value: Any) -> None:
    if not (isinstance(value, Tensor) and value.size == 1 and value.requires_grad):
        what = f"one of shape {value.shape}" if isinstance(value, Tensor) else type_name(value)
        raise OperandError(f"fit: penalty must give a tensor of one number that depends on the parameters, got {what}")


def _parts(data: Any, share: float, seed: int) -> tuple[Any, Any]:
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
    # Whole numbers of which hardly two are the same are no classes that could be cut in shares.
    of_classes = targets.ndim == 1 and targets.dtype.kind in "iub"
    cut = of_classes and len(np.unique(targets)) <= min(share, 1.0 - share) * len(targets)
    train, held_out = split(inputs, targets, shares=(1.0 - share, share), stratify=targets if cut else None, seed=seed)
    return train, held_out


def _optimizer(model: Module, optimizer: Any, lr: float | None) -> Optimizer:
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
        raise ValueError("fit: lr goes with the name of an optimizer; one that is given has a rate of its own")
    own = {id(p) for p in parameters}
    if not any(id(p) in own for group in optimizer.param_groups for p in group["params"]):
        raise ValueError(f"fit: {type(optimizer).__name__} is over other parameters than the model's")
    return optimizer


def _scheduler(scheduler: Any, optimizer: Optimizer, interval: str, history: History) -> Any:
    if scheduler is None:
        return None
    if isinstance(scheduler, type) or not hasattr(scheduler, "step"):
        if not callable(scheduler):
            raise TypeError(f"fit: a scheduler is a schedule or makes one of the optimizer, not {type_name(scheduler)}")
        scheduler = scheduler(optimizer)
    if getattr(scheduler, "optimizer", None) is not optimizer:
        raise ValueError(
            f"fit: {type(scheduler).__name__} is over another optimizer; with an optimizer by name give a function: "
            "scheduler=lambda optimizer: …"
        )
    if isinstance(scheduler, ReduceLROnPlateau) and interval != "epoch":
        raise ValueError("fit: ReduceLROnPlateau needs what an epoch gave: interval='epoch'")
    if isinstance(scheduler, ReduceLROnPlateau) and scheduler.mode != history.mode:
        raise ValueError(
            f"fit: ReduceLROnPlateau has mode {scheduler.mode!r}, but {history.monitor!r}, which is monitored, gets better "
            f"in the other direction: mode={history.mode!r}"
        )
    return scheduler


def _averaged(average: Any, model: Module) -> Averaged | None:
    if average is None or isinstance(average, Averaged):
        return average
    if not isinstance(average, (float, np.floating)):
        raise TypeError(f"fit: average is a decay such as 0.99, or optim.Averaged(…), not {average!r}")
    return Averaged(model.parameters(), float(average))


def _callbacks(callbacks: Any) -> list[Callback]:
    found = list(callbacks) if isinstance(callbacks, Iterable) else [callbacks]
    for callback in found:
        if not isinstance(callback, Callback):
            raise TypeError(f"fit: a callback is an instance of nn.Callback, not {callback!r}")
    return found


def _checkpoint(checkpoint: Any) -> Checkpoint | None:
    if checkpoint is None:
        return None
    wanted = checkpoint if isinstance(checkpoint, Checkpoint) else Checkpoint(checkpoint)
    folder = Path(wanted.path).parent
    if not folder.is_dir():
        raise FileError(f"cannot write {os.fspath(wanted.path)}: there is no directory {folder}")
    return wanted
