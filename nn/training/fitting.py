"""`fit`: a training run, from data to history."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import numpy as np

from nn.data import DataLoader
from nn.modes import preserve_modes
from nn.module import Module
from nn.synchronised import add_over_processes
from nn.training import metrics as metrics_
from nn.training.arguments import (
    check_auto,
    check_choices,
    check_counts,
    check_jitter,
    check_momentum,
    check_penalty,
    check_positive,
    choose_average,
    choose_checkpoint,
    choose_monitor,
    choose_optimizer,
    choose_recording,
    choose_schedule,
    list_callbacks,
    make_trainer,
    name_columns,
    split_validation,
)
from nn.training.batches import Batches
from nn.training.beginning import begin_together, resume_run
from nn.training.callback import Callback, Run
from nn.training.checkpoint import Checkpoint
from nn.training.errors import RewindError
from nn.training.evaluation import choose_objective, dtype_of, form_targets
from nn.training.finder import find_lr
from nn.training.history import History
from nn.training.interrupt import notice_interrupt
from nn.training.logs import log_to
from nn.training.parallel import choose_parallel, count_threads
from nn.training.plan import Clipping, Plan
from nn.training.recorder import Recorder
from nn.training.recording import Recording
from nn.training.replay import remember_call, replay_of
from nn.training.stopping import EarlyStopping
from nn.training.threads import limit_threads, needs_one_thread
from nn.training.trainer import Trainer
from nn.training.watcher import Watcher
from nn.training.weights import check_weights, row_weights, weigh_rows
from optim import Averaged, Optimizer

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import ArrayLike
    from nn.typing import Data, Logs, Loss, Metrics, Scheduler


def fit(
    model: Module,
    data: Data,
    *,
    validation: Data | float | None = None,
    loss: Loss | None = None,
    optimizer: str | Optimizer = "adam",
    lr: float | str | None = None,
    scheduler: Scheduler | None = None,
    interval: str = "epoch",
    watch: str | None = None,
    momentum: tuple[float, float] | None = None,
    epochs: int = 10,
    batch_size: int = 32,
    metrics: Metrics = (),
    accumulate: int = 1,
    clip_norm: float | None = None,
    clip_value: float | None = None,
    penalty: Callable[[Module], Tensor | float] | None = None,
    jitter: float | None = None,
    class_weight: str | Mapping[int, float] | None = None,
    sample_weight: ArrayLike | None = None,
    average: float | Averaged | None = None,
    patience: int | None = None,
    callbacks: Iterable[Callback] = (),
    checkpoint: str | os.PathLike[str] | Checkpoint | None = None,
    resume: bool = True,
    record: str | os.PathLike[str] | Recording | None = None,
    logs: Logs = (),
    seed: int = 0,
    threads: str | int | None = "auto",
    progress: bool | None = None,
    compile: bool = False,
    comm: Any = None,
    trainer: Callable[[Plan], Trainer] = Trainer,
) -> History:
    """Train a model.

    Parameters
    ----------
    model : Module
        Trained in place. Its floats decide what floats of the data are turned to.
    data : (inputs, targets), DataLoader, or iterable of such pairs
        Arrays are gone through in batches, in a new order each epoch. An iterable is gone through anew for each epoch; what
        does not fit into memory is a `nn.data.BlockLoader`.
    validation : the same, or float, optional
        What the model is judged by after each epoch, in evaluation mode; a share such as 0.2 of the arrays is taken out of
        them, of every class alike.
    loss : str or callable, optional
        A name (`"cross_entropy"`, `"mse"`, `"huber"`, …), a loss of `nn`, or a function of outputs and targets that gives
        the mean over the batch (with an attribute `reduction = "sum"`: the sum). By default cross-entropy of logits for
        class numbers, binary cross-entropy for zeros and ones in the shape of the outputs (of probabilities where the
        model is a `Sequential` that ends in a `Sigmoid`, and else of logits), and the mean squared error for other floats,
        also where they are all 0 or all 1; the history says which it was.
    optimizer : str or Optimizer
        A name for `optim.get`, or an optimizer over the model's parameters.
    lr : float or "auto", optional
        The learning rate of an optimizer that is given by name; its own default otherwise. "auto" is the rate that
        `nn.find_lr` suggests; `history.lr_curve` is what it saw.
    scheduler : schedule, or callable, optional
        Of `optim.lr_scheduler`, over the optimizer; or a function that makes one of the optimizer.
    interval : {"epoch", "step"}
        Whether the schedule goes on after each epoch or after each step of the optimizer.
    watch : str, optional
        The column of the history that a schedule such as `ReduceLROnPlateau` or `BoldDriver` is told after each epoch; by
        default what is monitored for early stopping: `val_loss`, or else `loss`. With
        `scheduler=lambda o: optim.lr_scheduler.BoldDriver(o, mode="max", up=1.0)` and `watch="val_accuracy"` the rate
        halves when the accuracy of the validation falls.
    momentum : (float, float), optional
        The momentum of the first epoch and that of the last, such as (0.5, 0.99); it moves in equal steps. It is that of
        `optimizer="momentum"`, or Adam's β₁.
    epochs : int
        The number of the last epoch, also for a run that is resumed.
    batch_size : int
        Of arrays.
    metrics : names or functions, or a mapping of names to either
        Of `nn.metrics`, or functions of all outputs and targets of a part. Those of the training part are of the outputs as
        they came in training. What is not a single number is kept for the latest epoch, in `history.arrays`. A single
        output means yes above 0 for logits, for targets of −1 and 1, and for a loss of your own; above ½ for other losses,
        and where the model ends in a `Sigmoid`.
    accumulate : int
        How many batches a step adds up: the gradient is that of one batch of all their rows.
    clip_norm, clip_value : float, optional
        Bounds of the norm of all gradients together, and of each of their elements.
    penalty : callable, optional
        Of the model; added to the loss once a step: `lambda model: 1e-4 * nn.l2_penalty(model.parameters())`. The history
        has it in a column of its own.
    jitter : float, optional
        The standard deviation of normal noise that is added to the inputs of each batch of the training part, anew each
        time; a regulariser. The validation has none.
    class_weight : "balanced" or mapping of int to float, optional
        What a row of each class counts in the loss of the training part, beside 1; "balanced" gives every class the same
        weight all together. For class numbers, and zeros and ones in one column. The validation has no weights.
    sample_weight : array_like, shape (rows,), optional
        What each row of the training part counts, beside 1. The gradient is that of the mean over the rows of a batch of
        weight times loss, so that weights with a mean of 1 leave the scale of the steps.
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
    record : path or Recording
        A folder that keeps what it takes for `nn.rewind` to go back to any step: a hash of the data, the loss and the gradient norm
        of each step, and up to 20 checkpoints, no more often than costs 1 % of the time.
    logs : path or Callback, or several
        `.csv` or `.jsonl` files, `TensorBoard(folder)` or `MLflow(store)`; a line for each epoch.
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
    comm : mpi4py.MPI.Comm or Parallel, optional
        Share the run with the other processes of a communicator, all of which call `fit` alike, on the same data: each goes through
        its share of the rows of every batch, gradients are added up, and process 0 alone writes and tells. `nn.Parallel` says how.
        They begin with the parameters of process 0. An error that one of them alone has ends all.
    trainer : subclass of Trainer, or callable
        Whose steps the run takes, or a function that makes a trainer of a plan. `nn.Trainer` says what can be replaced.

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
    ParallelError
        For processes of `comm` with other data, settings or versions of the library, or whose parameters drift apart.
    RewindError
        For `record`: a folder with files of somebody else's, or the record of a run on other data where this one goes on from a
        checkpoint.
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
    given = dict(locals())
    check_counts(1, epochs=epochs, batch_size=batch_size, accumulate=accumulate)
    check_counts(0, seed=seed)
    check_positive(clip_norm=clip_norm, clip_value=clip_value, lr=check_auto(lr, optimizer))
    check_choices(model, interval, threads, compile, penalty, trainer)

    # It imports the larger half of rich, which nobody waits for who only imports nn.
    from nn.training.progress import progress_callbacks as progress_callbacks

    chosen_metrics, dtype = metrics_.named_metrics(metrics), dtype_of(model)
    weights = None if sample_weight is None else check_weights(sample_weight, data)
    if isinstance(validation, (float, np.floating)):
        data, validation, weights = split_validation(data, float(validation), seed, weights)
    batches = Batches(data, "data", batch_size, dtype, seed)
    held_out = None if validation is None else Batches(validation, "validation", max(batch_size, 256), dtype, None)
    objective, shape = choose_objective(model, batches, loss, chosen_metrics)
    for some in (batches, held_out):
        if some is not None:
            form_targets(some, objective, shape)
    if class_weight is not None or weights is not None:
        at_hand = None if batches.arrays is None else batches.arrays[1]
        batches.weigh(row_weights(class_weight, weights, at_hand))
        objective = weigh_rows(objective)
    if penalty is not None:
        check_penalty(penalty(model))
    curve = None
    if isinstance(lr, str):
        curve = find_lr(model, data, loss=loss, optimizer=str(optimizer), batch_size=batch_size, seed=seed)
        given["lr"] = lr = curve.suggestion
    used = choose_optimizer(model, optimizer, lr)
    check_jitter(jitter, batches)
    parallel = choose_parallel(comm)
    leads = parallel is None or parallel.rank == 0
    recording = choose_recording(record)
    # Where `nn.rewind` goes through this run again, nothing is written or told.
    replay = replay_of(recording.path) if recording is not None else None
    if replay is not None and parallel is not None and parallel.size > 1:
        raise RewindError("a run that processes shared is gone through again in one of them: without mpirun")
    given["callbacks"] = list_callbacks(callbacks, compile, parallel is not None)
    own = [callback for callback in given["callbacks"] if (replay is None and leads) or not callback.observes]
    rise = check_momentum(momentum, used, epochs)
    if rise is not None:
        own.append(rise)
    if patience is not None:
        own.append(EarlyStopping(patience=patience))
    if replay is None and leads:
        own += [log_to(target) for target in (logs if isinstance(logs, (list, tuple)) else [logs])]
    history = History(loss=objective.name, optimizer=repr(used))
    history.lr_curve = curve
    run = Run(
        model,
        objective.function,
        used,
        history,
        epochs=epochs,
        batches=batches.count,
        columns=name_columns(chosen_metrics, penalty is not None, held_out is not None),
    )
    choose_monitor(run, own)
    settings: dict[str, Any] = {
        "optimizer": repr(used),
        "loss": objective.name,
        "accumulate": accumulate,
        "inputs": None if batches.arrays is None else str((batches.arrays[0].shape, batches.arrays[0].dtype)),
        "batch_size": batches.source.batch_size if isinstance(batches.source, DataLoader) else None,
        "seed": None if isinstance(data, DataLoader) or batches.arrays is None else seed,
        "interval": interval,
        "clipping": [clip_norm, clip_value],
        **({} if momentum is None else {"momentum": list(momentum)}),
        **({} if batches.describe() is None else {"data": batches.describe()}),
        **({} if jitter is None else {"jitter": float(jitter)}),
        **({} if parallel is None or parallel.micro_batches is None else {"micro_batches": parallel.micro_batches}),
    }
    if threads == "auto":
        threads = 1 if needs_one_thread(model, batches.shape) else None
        if threads is None and parallel is not None:
            threads = count_threads(parallel)
    watcher: Watcher | None = replay
    if recording is not None and replay is None:
        remember_call(recording.path, {**given, "start": None if isinstance(optimizer, str) else used.state_dict()})
        watcher = Recorder(recording) if leads else None
    made = make_trainer(
        trainer,
        Plan(
            run,
            objective,
            batches,
            held_out,
            chosen_metrics,
            own + (progress_callbacks(progress) if replay is None and leads else []),
            Clipping(clip_norm, clip_value),
            choose_schedule(scheduler, used, interval, watch, run),
            accumulate,
            penalty,
            choose_average(average, model),
            choose_checkpoint(checkpoint) if replay is None and leads else None,
            compile,
            None if jitter is None else float(jitter),
            seed,
            threads if isinstance(threads, int) else None,
            watcher,
            parallel,
            settings,
        ),
    )
    with (
        nullcontext() if parallel is None else parallel.end_together(),
        add_over_processes(parallel.add_arrays if parallel is not None and parallel.sync_batch_norm else None),
        limit_threads(made.plan.threads),
        notice_interrupt() as interrupt,
        preserve_modes(model.modules()),
    ):
        if parallel is None:
            resume_run(made, resume)
        else:
            begin_together(made, resume)
        history = made.train(interrupt)
    if replay is not None:
        if interrupt.asked:
            raise KeyboardInterrupt
        replay.miss(made.run)
    return history
