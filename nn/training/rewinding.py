"""`rewind`: the model, the batch and the optimizer of any step of a recorded run, as they were."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import type_name
from nn.module import Module
from nn.training.batches import Batch
from nn.training.conditions import LOSS, NORM, RATIO, WINDOW, Test, read_condition
from nn.training.errors import RewindError
from nn.training.generators import Repeatable, generators_of, set_states, states_of
from nn.training.recorder import describe_step
from nn.training.recording import Record
from nn.training.replay import Reached, Replay, call_of, measure_update, replaying
from nn.training.threads import limit_threads
from nn.training.trainer import Trainer
from optim import Optimizer
from optim.arguments import check_whole

if TYPE_CHECKING:
    from autograd.debug import Session


@dataclass(frozen=True)
class Moment:
    """A training run just before one of its steps.

    Attributes
    ----------
    step : int
        The number of the step that comes next, from 1.
    epoch : int
        In which epoch it is, from 1.
    model : Module
        With the parameters, buffers and random generators of that moment, in training mode.
    optimizer : Optimizer
        With its state of that moment.
    batches : sequence of (inputs, targets)
        Those of the step: one, or as many as are accumulated.
    loss : float
        Of the step, as it was recorded: with the penalty.
    gradient_norm : float
        Of all gradients of the step together, before clipping, as it was recorded.
    trainer : Trainer
        What takes the steps of the run.

    Examples
    --------
    >>> import pathlib, tempfile, nn
    >>> x = np.linspace(-1.0, 1.0, 32)[:, None]
    >>> folder = pathlib.Path(tempfile.mkdtemp()) / "run"
    >>> model = nn.Linear(1, 1, rng=0)
    >>> history = nn.fit(model, (x, 2.0 * x), epochs=5, batch_size=8, record=folder, progress=False)
    >>> moment = nn.rewind(folder, step=7)
    >>> moment, moment.epoch, moment.batch[0].shape
    (<Moment: before step 7, in epoch 2>, 2, (8, 1))
    >>> moment.session().run() is None
    True
    """

    step: int
    epoch: int
    model: Module
    optimizer: Optimizer
    batches: Sequence[Batch]
    loss: float
    gradient_norm: float
    trainer: Trainer

    @property
    def batch(self) -> Batch:
        """Inputs and targets of the step, of all its batches together."""
        inputs, targets = zip(*self.batches, strict=True)
        return (inputs[0], targets[0]) if len(inputs) == 1 else (np.concatenate(inputs), np.concatenate(targets))

    def session(self) -> Session:
        """The debugger on the backward pass of the step: its loss, computed anew with the same random numbers.

        Returns
        -------
        autograd.debug.Session

        Examples
        --------
        >>> import pathlib, tempfile, nn
        >>> x = np.linspace(-1.0, 1.0, 32)[:, None]
        >>> folder = pathlib.Path(tempfile.mkdtemp()) / "run"
        >>> model = nn.Linear(1, 1, rng=0)
        >>> history = nn.fit(model, (x, 2.0 * x), epochs=2, record=folder, progress=False)
        >>> session = nn.rewind(folder, step=2).session()
        >>> session.run(), session.root.item() == nn.rewind(folder, step=2).loss
        (None, True)
        """
        from autograd.debug import Session
        from autograd.graph.modes import record_sites

        with self._as_it_was(), record_sites():
            return Session(self.trainer.record_loss(self.batches))

    def compute_gradients(self) -> float:
        """Leave in `.grad` of the model's parameters what the step computed, to the bit, before clipping; gives the loss.

        Returns
        -------
        float

        Examples
        --------
        >>> import pathlib, tempfile, nn
        >>> x = np.linspace(-1.0, 1.0, 32)[:, None]
        >>> folder = pathlib.Path(tempfile.mkdtemp()) / "run"
        >>> model = nn.Linear(1, 1, rng=0)
        >>> history = nn.fit(model, (x, 2.0 * x), epochs=2, record=folder, progress=False)
        >>> moment = nn.rewind(folder, step=2)
        >>> moment.compute_gradients() == moment.loss, moment.model.weight.grad.shape
        (True, (1, 1))
        """
        with self._as_it_was():
            result = self.trainer.compute_gradients(self.batches)
            return describe_step(self.trainer, self.batches, result)[0]

    @contextmanager
    def _as_it_was(self) -> Iterator[None]:
        """Within, dropout, noise and running averages begin as they did in the run, and afterwards they do so again."""
        repeatable = Repeatable(self.model, self.trainer)
        repeatable.remember()
        self.model.train()
        try:
            with limit_threads(self.trainer.plan.threads), np.errstate(all="ignore"):
                yield
        finally:
            repeatable.restore()

    def __repr__(self) -> str:
        return f"<Moment: before step {self.step:,}, in epoch {self.epoch}>"


def rewind(
    path: str | os.PathLike[str],
    step: int | None = None,
    *,
    where: str | None = None,
    again: Callable[[], object] | None = None,
) -> Moment:
    """Go back to a step of a run that `nn.fit(…, record=path)` recorded.

    The run is gone through again from the nearest checkpoint before the step, and every step is compared with what was recorded of
    it, to the bit.

    Parameters
    ----------
    path : path
        The folder of the record.
    step : int, optional
        From 1. What is given is the run just before it, with the batch that it takes.
    where : str, optional
        The first step for which a condition holds, in place of its number: `"loss jumped"`, `"loss > 2.5"`,
        `"gradient norm > 10"`, `"update ratio > 0.1"`, `"nan"`. The update ratio is the norm of what a step changed over that of the
        parameters; it is not recorded, and so the run is gone through again from its beginning.
    again : callable, optional
        Calls `nn.fit` as it was called, with `record=path`. It may be left out in the process that recorded the run, as long as
        its model lives: then copies of the model, the optimizer and the callbacks are used. `fit` does not return to it.

    Returns
    -------
    Moment

    Raises
    ------
    RewindError
        Where there is no such record or step, no step is as wanted, or the run cannot be replayed; with the reason.

    Examples
    --------
    >>> import pathlib, tempfile, nn
    >>> x = np.linspace(-1.0, 1.0, 32)[:, None]
    >>> folder = pathlib.Path(tempfile.mkdtemp()) / "run"
    >>> def train():
    ...     return nn.fit(nn.Linear(1, 1, rng=0), (x, 2.0 * x), epochs=5, batch_size=8, record=folder, progress=False)
    >>> history = train()
    >>> moment = nn.rewind(folder, where="loss < 1", again=train)
    >>> moment.loss < 1, moment.step > 1
    (True, True)
    """
    record = Record(path)
    if (step is None) == (where is None):
        raise TypeError("rewind: give either step=, the number of a step, or where=, a condition")
    if again is not None and not callable(again):
        raise TypeError(f"rewind: again must be a function that calls nn.fit, not {type_name(again)}")
    if step is None:
        assert where is not None
        found = find_steps(record, where, again)
        if not found:
            raise RewindError(f"{path}: no step of {record.first:,} … {record.last:,} is one where {where!r}")
        step = found[0]
    step = check_whole("rewind: step", step, 1)
    if not record.first <= step <= record.last:
        raise RewindError(f"{path} has the steps {record.first:,} … {record.last:,}, and no step {step:,}")
    replay = Replay(record, step)
    reached = _go(replay, again)
    trainer, run = reached.trainer, reached.trainer.run
    loss, norm = (float(number) for number in record.numbers[step - record.first])
    moment = Moment(step, run.epoch, run.model, run.optimizer, reached.group, loss, norm, trainer)
    # The step itself is compared as well, which the way up to it was not.
    with moment._as_it_was():
        result = trainer.compute_gradients(reached.group)
        replay.compare(step, describe_step(trainer, reached.group, result))
    for p in trainer.parameters:
        p.zero_grad()
    return moment


def find_steps(record: Record, where: str, again: Callable[[], object] | None = None) -> list[int]:
    """The numbers of all steps for which a condition holds; of conditions that need a replay, the first alone.

    Raises
    ------
    RewindError
        Where the condition cannot be read, or the run cannot be replayed.
    """
    names, holds = read_condition(where)
    if names == (RATIO,):
        return _find_ratio(record, holds, again)
    series = {LOSS: record.numbers["loss"], NORM: record.numbers["norm"]}
    found = np.any([holds(series[name]) for name in names], axis=0)
    return [int(place) + record.first for place in np.flatnonzero(found)]


def _find_ratio(record: Record, holds: Test, again: Callable[[], object] | None) -> list[int]:
    ratios: list[float] = []

    def visit(trainer: Trainer, before: list[np.ndarray]) -> bool:
        ratios.append(measure_update(trainer, before))
        # With what came before it, as far as a jump looks back.
        return bool(holds(np.asarray(ratios[-2 * WINDOW :]))[-1])

    _go(Replay(record, record.last, visit, from_start=True), again)
    return [record.first + len(ratios) - 1] if ratios and holds(np.asarray(ratios[-2 * WINDOW :]))[-1] else []


def _go(replay: Replay, again: Callable[[], object] | None) -> Reached:
    """Go through the run until the replay ends it."""
    path = replay.record.path
    with ExitStack() as ends:
        if again is None:
            call = call_of(path)
            if call is None:
                raise RewindError(
                    f"{path} was recorded by another process, or its model is gone: give again=, a function that calls nn.fit as it "
                    f"was called, with record={os.fspath(path)!r}"
                )
            again = _call_copies(*call)
            # The user's own loader goes on from where it is.
            generators = [g for name in ("data", "validation") for g in generators_of(call[1][name])]
            ends.callback(set_states, generators, states_of(generators))
        try:
            with replaying(replay):
                again()
        except Reached as reached:
            return reached
    raise RewindError(f"{path} cannot be replayed: again= called no nn.fit with record={os.fspath(path)!r}")


def _call_copies(model: Module, given: Mapping[str, Any]) -> Callable[[], object]:
    """A call of `fit` with copies of all that a run changes."""
    from nn.training.fitting import fit

    start = given["start"]
    options = {name: value for name, value in given.items() if name not in ("data", "validation", "logs", "start")}
    options["callbacks"] = [callback for callback in options["callbacks"] if not callback.observes]
    # Data are not changed by a run, and may be large; of a communicator there is one.
    memo = {id(part): part for part in (given["data"], given["validation"], given["comm"])}
    try:
        model, options = copy.deepcopy((model, options), memo)
    except Exception as error:
        raise RewindError(
            f"{given['record']} cannot be replayed: a part of the run cannot be copied ({error}): give again=, a function that makes "
            "all parts anew and calls nn.fit"
        ) from error
    if start is not None:
        options["optimizer"].load_state_dict(start)
    return lambda: fit(model, given["data"], validation=given["validation"], **{**options, "progress": False})
