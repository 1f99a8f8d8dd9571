"""`Plan`: what a training run is made of; nothing of it is replaced while it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd.engine.tensor import Tensor
from autograd.graph.node import raw
from autograd.wording.suggestion import suggest
from nn.data import jitter
from nn.module import Module
from nn.training.batches import Batches
from nn.training.callback import Callback, Run
from nn.training.checkpoint import Checkpoint
from nn.training.metrics import Metric
from nn.training.objective import Objective
from nn.training.parallel import Parallel
from nn.training.watcher import Watcher
from optim import Averaged, clip_grad_norm_, clip_grad_value_
from optim.lr_scheduler import MetricLR


@dataclass(frozen=True)
class Clipping:
    """Bounds of the norm of all gradients together, and of each of their elements."""

    norm: float | None = None
    value: float | None = None

    def apply(self, parameters: Sequence[Tensor]) -> None:
        """Clip the gradients of these parameters."""
        if self.norm is not None:
            clip_grad_norm_(parameters, self.norm)
        if self.value is not None:
            clip_grad_value_(parameters, self.value)


@dataclass(frozen=True)
class Schedule:
    """A schedule of the learning rate, whether it goes on after each epoch or after each step, and what it watches."""

    scheduler: Any = None
    interval: str = "epoch"
    watch: str | None = None

    def end_step(self) -> None:
        """Go on, after a step of the optimizer."""
        if self.scheduler is not None and self.interval == "step":
            self.scheduler.step()

    def end_epoch(self, report: Mapping[str, float], monitor: str) -> None:
        """Go on, after an epoch with this report, of which one column is monitored.

        Raises
        ------
        ValueError
            Where the report does not have the column that the schedule needs.
        """
        if self.scheduler is None or self.interval != "epoch":
            return
        if isinstance(self.scheduler, MetricLR):
            watched = self.watch or monitor
            if watched not in report:
                raise ValueError(
                    f"{type(self.scheduler).__name__}: the epoch has no {watched!r}{suggest(watched, report)}"
                )
            self.scheduler.step(report[watched])
        else:
            self.scheduler.step()


@dataclass(frozen=True)
class Plan:
    """The parts of a run, as they were given to `nn.fit`.

    Attributes
    ----------
    run : Run
        Model, optimizer, history, and where the run stands.
    objective : Objective
        The loss.
    batches : Batches
        What the model is trained on.
    validation : Batches or None
        What it is judged by.
    metrics : mapping of str to function
    callbacks : sequence of Callback
        In the order in which they are called.
    clipping : Clipping
    schedule : Schedule
    accumulate : int
        How many batches a step adds up.
    penalty : callable or None
        Of the model; its value is added to the loss once a step.
    average : Averaged or None
        The average of the parameters that is validated and kept.
    checkpoint : Checkpoint or None
        Where the run keeps its state.
    compiled : bool
        Whether forward and backward passes run as a program.
    jitter : float or None
        The standard deviation of the noise that `compute_gradients` adds to the inputs of training batches.
    seed : int
        Of that noise.
    threads : int or None
        How many threads BLAS may use; None leaves it as it is.
    watcher : Watcher or None
        What records the steps, or goes through those of a record again.
    parallel : Parallel or None
        How the run is shared with other processes.
    settings : mapping
        What a run that goes on from a checkpoint must have in common with the one that wrote it.

    Examples
    --------
    >>> import numpy as np, nn
    >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
    >>> model = nn.Sequential(nn.Linear(1, 4, rng=0), nn.Tanh(), nn.Linear(4, 1, rng=1))
    >>> class Told(nn.Trainer):
    ...     def train(self, *args):
    ...         print(self.plan.accumulate, type(self.plan.run.optimizer).__name__)
    ...         return super().train(*args)
    >>> _ = nn.fit(model, (x, x**2), epochs=1, trainer=Told, progress=False)
    1 Adam
    """

    run: Run
    objective: Objective
    batches: Batches
    validation: Batches | None = None
    metrics: Mapping[str, Metric] = field(default_factory=dict)
    callbacks: Sequence[Callback] = ()
    clipping: Clipping = Clipping()
    schedule: Schedule = Schedule()
    accumulate: int = 1
    penalty: Callable[[Module], Any] | None = None
    average: Averaged | None = None
    checkpoint: Checkpoint | None = None
    compiled: bool = False
    jitter: float | None = None
    seed: int = 0
    threads: int | None = None
    watcher: Watcher | None = None
    parallel: Parallel | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)

    def add_noise(self, inputs: np.ndarray, noise: np.random.Generator | None) -> np.ndarray:
        """The inputs of a training batch with the jitter that was asked for.

        Parameters
        ----------
        inputs : array
        noise : Generator or None
            Where it is drawn; that of the trainer.

        Returns
        -------
        array

        Examples
        --------
        >>> import nn
        >>> class Told(nn.Trainer):
        ...     def train_step(self, group):
        ...         print(self.plan.add_noise(np.zeros(3), None))
        ...         return super().train_step(group)
        >>> _ = nn.fit(nn.Linear(1, 1, rng=0), (np.ones((4, 1)), np.ones((4, 1))), epochs=1, trainer=Told, progress=False)
        [0. 0. 0.]
        """
        return inputs if self.jitter is None else jitter(inputs, self.jitter, noise)

    def backpropagate_penalty(self) -> float:
        """Add the gradients of the penalty to those of the parameters; gives its value, 0 where there is none.

        Returns
        -------
        float

        Examples
        --------
        >>> import nn
        >>> class Told(nn.Trainer):
        ...     def train_step(self, group):
        ...         print(self.plan.backpropagate_penalty())
        ...         return super().train_step(group)
        >>> _ = nn.fit(nn.Linear(1, 1, rng=0), (np.ones((4, 1)), np.ones((4, 1))), epochs=1, trainer=Told, progress=False)
        0.0
        """
        if self.penalty is None:
            return 0.0
        value = self.penalty(self.run.model)
        value.backward()
        return float(raw(value))

    def apply_average(self) -> AbstractContextManager[None]:
        """Within, the model has the averages of its parameters, where the run takes any.

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Linear(1, 1, rng=0)
        >>> class Told(nn.Trainer):
        ...     def end_epoch(self):
        ...         super().end_epoch()
        ...         with self.plan.apply_average():
        ...             print('averages')
        >>> _ = nn.fit(model, (x, 2.0 * x), epochs=1, average=0.9, trainer=Told, progress=False)
        averages
        """
        return nullcontext() if self.average is None else self.average.applied()
