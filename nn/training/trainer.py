"""`Trainer`: a training run in small steps, each of which a subclass can replace."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.engine.tensor import Tensor
from autograd.errors import OperandError, ShapeError, type_name
from nn.training import checkpoint
from nn.training.anomaly import all_gradients_finite, raise_anomaly, sum_squares
from nn.training.batches import Batch
from nn.training.epoch import EpochState, StepResult
from nn.training.errors import CheckpointError
from nn.training.evaluation import tally_batches
from nn.training.generators import Repeatable, generators_of, states_of
from nn.training.history import History
from nn.training.interrupt import Interrupt
from nn.training.plan import Plan
from nn.training.resumption import HINT, collect_state, load_state, refuse_other_run
from nn.training.sharing import Shared
from nn.training.tally import Tally
from nn.training.weights import Backward, compile_step

if TYPE_CHECKING:
    from autograd.typing import Input, Operand


class Trainer:
    """The steps of a training run.

    `nn.fit(…, trainer=…)` takes a subclass, or a function that makes a trainer of a plan. A run is

    - `train`: epochs until the run stops; each is
    - `run_epoch`: for every group of `accumulate` batches a `train_step`, then `validate`;
    - `train_step`: `compute_gradients`, `on_backward` of the callbacks, `check_finite`, `clip_gradients`, and the
      optimizer's step;
    - `compute_gradients`: `compute_loss` of every batch and its backward pass;
    - `validate`: `validation_step` of every batch, and the report of the epoch.

    A step that is replaced need not count anything: losses, metrics, averages of parameters, schedules, checkpoints and
    `on_step` of the callbacks are seen to by the loop around it.

    Parameters
    ----------
    plan : Plan
        What the run is made of.

    Attributes
    ----------
    plan : Plan
    run : Run
        `plan.run`: model, optimizer, history, and where the run stands.
    parameters : list of Parameter
        Those of the model.
    epoch : EpochState
        What the present epoch has added up.
    noise : Generator or None
        Of the jitter on inputs.

    Notes
    -----
    `numpy.random.Generator`s that are attributes of the trainer are kept in checkpoints, as those of the model are. With
    `compile=True`, `compute_loss` is recorded once and run as a program: draw from generators elsewhere, or not at all.

    Examples
    --------
    Gradients with noise, which clipping does not see:

    >>> import nn
    >>> class NoisyGradients(nn.Trainer):
    ...     def __init__(self, plan, scale=0.01):
    ...         super().__init__(plan)
    ...         self.rng, self.scale = np.random.default_rng(0), scale
    ...     def clip_gradients(self):
    ...         super().clip_gradients()
    ...         for p in self.parameters:
    ...             p.grad += self.scale * self.rng.normal(size=p.shape)
    >>> x = np.linspace(-1.0, 1.0, 20)[:, None]
    >>> history = nn.fit(nn.Linear(1, 1, rng=0), (x, 2.0 * x), lr=0.1, trainer=NoisyGradients)
    >>> history[-1]["loss"] < history[0]["loss"]
    True
    """

    def __init__(self, plan: Plan) -> None:
        self.plan, self.run = plan, plan.run
        self.parameters = list(self.run.model.parameters())
        self.epoch = EpochState(Tally(plan.objective, plan.metrics), states_of(plan.batches.generators), self._rate())
        self._judged = Tally(plan.objective, plan.metrics)
        self._squares: float | None = None
        # Where the inputs of training batches are noisy. Kept in checkpoints, as all generators of a trainer are.
        self.noise = None if plan.jitter is None else np.random.default_rng([plan.seed, 1])
        # How the gradients of a batch are computed: by the engine, or by a program of the compiler.
        self._backward: Backward = (
            compile_step(self._record, plan.objective.function) if plan.compiled else self._record
        )

    @cached_property
    def _shared(self) -> Shared | None:
        return None if self.plan.parallel is None else Shared(self, self.plan.parallel)

    @cached_property
    def _repeatable(self) -> Repeatable:
        # Made at the first step, when a subclass's constructor has made its generators.
        return Repeatable(self.run.model, self)

    # the run

    def train(self, interrupt: Interrupt) -> History:
        """All epochs, from where the run stands.

        Parameters
        ----------
        interrupt : Interrupt
            Tells when Ctrl-C was pressed.

        Returns
        -------
        History

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Linear(1, 1, rng=0)
        >>> class Told(nn.Trainer):
        ...     def train(self, interrupt):
        ...         history = super().train(interrupt)
        ...         print(len(history))
        ...         return history
        >>> _ = nn.fit(model, (x, 2.0 * x), validation=0.5, epochs=1, batch_size=16, trainer=Told, progress=False)
        1
        """
        run, begun = self.run, []
        try:
            for callback in self.plan.callbacks:
                callback.on_begin(run)
                begun.append(callback)
            if self.plan.watcher is not None:
                self.plan.watcher.begin(self)
            if not run.step:
                # What cannot be kept, or written, is so from the beginning.
                self.save()
            self._agree()
            while len(run.history) < run.epochs and not run.stopping:
                if not self.run_epoch(interrupt):
                    self.save()
                    break
                self.end_epoch()
                if len(run.history) < run.epochs:
                    self._must_stop(interrupt)
            run.stop(f"all {run.epochs} epochs")
            average = self.plan.average
            if average is not None and average.updates:
                with average.applied():
                    averaged = run.model.state_dict()
                run.model.load_state_dict(averaged)
        finally:
            if self.plan.watcher is not None:
                self.plan.watcher.flush()
            run.history.stopped = run.stopping
            with ExitStack() as ends:
                # In the order given, and each of them also where one before it raises.
                for callback in reversed(begun):
                    ends.callback(callback.on_end, run)
        return run.history

    def run_epoch(self, interrupt: Interrupt) -> bool:
        """The steps of an epoch, or what is left of them, and its validation; whether it got to its end.

        Parameters
        ----------
        interrupt : Interrupt
            Tells when Ctrl-C was pressed.

        Returns
        -------
        bool

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Linear(1, 1, rng=0)
        >>> class Told(nn.Trainer):
        ...     def run_epoch(self, interrupt):
        ...         whole = super().run_epoch(interrupt)
        ...         print(whole)
        ...         return whole
        >>> _ = nn.fit(model, (x, 2.0 * x), validation=0.5, epochs=1, batch_size=16, trainer=Told, progress=False)
        True
        """
        run, plan = self.run, self.plan
        run.epoch, run.report = len(run.history) + 1, {}
        if not run.batch:
            tally = Tally(plan.objective, plan.metrics)
            self.epoch = EpochState(tally, states_of(plan.batches.generators), self.epoch.lr)
        begun, before = time.perf_counter(), self.epoch.seconds
        batches = plan.batches.start_at(run.batch)
        self.notify("on_epoch_begin")
        every, watcher = plan.checkpoint.every if plan.checkpoint is not None else None, plan.watcher
        run.model.train()
        while group := list(islice(batches, plan.accumulate)):
            if self._must_stop(interrupt):
                self.epoch.seconds = before + time.perf_counter() - begun
                return False
            if watcher is not None:
                watcher.before_step(self, group)
            self._end_step(group, self.train_step(group))
            if every is not None and run.batch // every > (run.batch - len(group)) // every:
                self.epoch.seconds = before + time.perf_counter() - begun
                self.save()
        if not self.epoch.tally.rows:
            raise ShapeError("data: an epoch had no batch; give something that can be gone through again and again")
        self.validate()
        self.epoch.seconds = before + time.perf_counter() - begun
        return True

    def _must_stop(self, interrupt: Interrupt) -> bool:
        if interrupt.asked:
            self.run.stop("interrupted")
        self._agree()
        return bool(self.run.stopping)

    def _agree(self) -> None:
        """Let all processes of a shared run stop together."""
        if self.plan.parallel is not None:
            self.plan.parallel.agree_to_stop(self.run)

    def notify(self, moment: str) -> None:
        """Call one method of every callback, such as `on_backward`.

        Parameters
        ----------
        moment : str
            The name of the method.

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Linear(1, 1, rng=0)
        >>> class Told(nn.Trainer):
        ...     def notify(self, moment):
        ...         print(moment)
        ...         super().notify(moment)
        >>> _ = nn.fit(model, (x, 2.0 * x), validation=0.5, epochs=1, batch_size=16, trainer=Told, progress=False)
        on_epoch_begin
        on_backward
        on_step
        on_epoch
        """
        for callback in self.plan.callbacks:
            getattr(callback, moment)(self.run)

    # a step

    def train_step(self, group: Sequence[Batch]) -> StepResult:
        """One step of the optimizer.

        Parameters
        ----------
        group : sequence of (inputs, targets)
            One batch, or as many as are accumulated.

        Returns
        -------
        StepResult
            What the loop counts: that of `compute_gradients`.

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Linear(1, 1, rng=0)
        >>> class Told(nn.Trainer):
        ...     def train_step(self, group):
        ...         result = super().train_step(group)
        ...         print(len(group), len(result.losses))
        ...         return result
        >>> _ = nn.fit(model, (x, 2.0 * x), validation=0.5, epochs=1, batch_size=16, trainer=Told, progress=False)
        1 1
        """
        self._repeatable.remember()
        result = self.compute_gradients(group)
        self.notify("on_backward")
        self.check_finite(group, result)
        self.clip_gradients()
        self.run.optimizer.step()
        return result

    def compute_gradients(self, group: Sequence[Batch]) -> StepResult:
        """The gradients of the mean (or the sum) of the losses of all rows of a group of batches, and of the penalty.

        Parameters
        ----------
        group : sequence of Batch
            The batches of a step.

        Returns
        -------
        StepResult

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Linear(1, 1, rng=0)
        >>> class Told(nn.Trainer):
        ...     def compute_gradients(self, group):
        ...         result = super().compute_gradients(group)
        ...         print([parameter.grad is None for parameter in self.parameters])
        ...         return result
        >>> _ = nn.fit(model, (x, 2.0 * x), validation=0.5, epochs=1, batch_size=16, trainer=Told, progress=False)
        [False, False]
        """
        return self._compute_gradients(group, self._backward)

    def compute_loss(self, inputs: Input, targets: Operand) -> tuple[Any, Any]:
        """The outputs of the model for a batch of the training part, and their loss.

        Parameters
        ----------
        inputs, targets : array
            Of a batch.

        Returns
        -------
        tuple
            Outputs and loss.

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Linear(1, 1, rng=0)
        >>> class Told(nn.Trainer):
        ...     def compute_loss(self, inputs, targets):
        ...         outputs, loss = super().compute_loss(inputs, targets)
        ...         print(outputs.shape, loss.shape)
        ...         return outputs, loss
        >>> _ = nn.fit(model, (x, 2.0 * x), validation=0.5, epochs=1, batch_size=16, trainer=Told, progress=False)
        (16, 1) ()
        """
        outputs = self.run.model(inputs)
        return outputs, self.plan.objective.function(outputs, targets)

    def check_finite(self, group: Sequence[Batch], result: StepResult) -> None:
        """End the run where the loss or a gradient is not finite.

        Parameters
        ----------
        group : sequence of Batch
            The batches of a step.
        result : StepResult

        Raises
        ------
        AnomalyError
            With epoch, batch, and the line that computed the first such value.

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Linear(1, 1, rng=0)
        >>> class Told(nn.Trainer):
        ...     def check_finite(self, group, result):
        ...         print(len(result.losses))
        ...         super().check_finite(group, result)
        >>> _ = nn.fit(model, (x, 2.0 * x), validation=0.5, epochs=1, batch_size=16, trainer=Told, progress=False)
        1
        """
        self._squares = sum_squares(self.parameters)
        # Of a batch that the loss leaves out as a whole there is no mean, and no gradient either.
        counted = [
            loss for batch, loss in zip(group, result.losses, strict=True) if self.plan.objective.weight_of(batch[1])
        ]
        if math.isfinite(sum(counted) + result.penalty) and all_gradients_finite(self.parameters, self._squares):
            return
        run = self.run
        if self.plan.watcher is not None:
            self.plan.watcher.note(self, group, result)
        self._repeatable.restore()
        last = run.batch + len(group)
        which = f"batch {last}" if len(group) == 1 else f"batches {run.batch + 1} to {last}"
        try:
            raise_anomaly(
                lambda: self._compute_gradients(group, self._record, alone=True),
                self.parameters,
                group,
                f"epoch {run.epoch}, {which}",
            )
        finally:
            self._repeatable.restore()

    def clip_gradients(self) -> None:
        """Keep gradients within the bounds that were asked for, before the optimizer uses them.

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Linear(1, 1, rng=0)
        >>> class Told(nn.Trainer):
        ...     def clip_gradients(self):
        ...         for parameter in self.parameters:
        ...             parameter.grad = 0.5 * parameter.grad
        ...         print('halved')
        >>> _ = nn.fit(model, (x, 2.0 * x), validation=0.5, epochs=1, batch_size=16, trainer=Told, progress=False)
        halved
        """
        self.plan.clipping.apply(self.parameters)

    def _record(self, inputs: Input, targets: Operand, share: float) -> tuple[Any, Any]:
        """The outputs of a batch and their loss, whose gradients are added to those of the parameters."""
        outputs, value = self.compute_loss(inputs, targets)
        if not self.run.step and not (isinstance(value, Tensor) and value.requires_grad):
            raise OperandError(
                f"fit: the loss {self.plan.objective.name} is {type_name(value)} that does not depend on the parameters: "
                "compute it of the model's outputs, as tensors, without .data, .item(), .detach(), .numpy() or no_grad()"
            )
        value.backward(None if share == 1.0 else np.asarray(share))
        return outputs, value

    def _compute_gradients(
        self, group: Sequence[Batch], backward: Callable[[Any, Any, float], tuple[Any, Any]], alone: bool = False
    ) -> StepResult:
        run, self._squares = self.run, None
        if self._shared is not None:
            return self._shared.compute(group, backward, alone)
        for p in self.parameters:
            p.zero_grad()
        outputs, losses = [], []
        rows = self._rows_of(group)
        for inputs, targets in group:
            run.inputs, run.targets = self.plan.add_noise(inputs, self.noise), targets
            # A batch has its share of the rows in the mean over all of them.
            run.outputs, run.value = backward(run.inputs, targets, len(targets) / rows if rows else 1.0)
            losses.append(run.value.item())
            outputs.append(run.outputs if self.plan.metrics else None)
        return StepResult(outputs, losses, self.plan.backpropagate_penalty())

    def record_loss(self, group: Sequence[Batch]) -> Any:
        """The loss of a step as one tensor, with its graph: of all batches, each with its share, and of the penalty.

        Parameters
        ----------
        group : sequence of Batch
            The batches of the step.

        Returns
        -------
        Tensor

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Linear(1, 1, rng=0)
        >>> class Told(nn.Trainer):
        ...     def train_step(self, group):
        ...         print(self.record_loss(group).shape)
        ...         return super().train_step(group)
        >>> _ = nn.fit(model, (x, 2.0 * x), epochs=1, batch_size=32, trainer=Told, progress=False)
        ()
        """
        total, rows = None, self._rows_of(group)
        for inputs, targets in group:
            _, value = self.compute_loss(self.plan.add_noise(inputs, self.noise), targets)
            part = value * (len(targets) / rows) if rows else value
            total = part if total is None else total + part
        return total if self.plan.penalty is None else total + self.plan.penalty(self.run.model)

    def _rows_of(self, group: Sequence[Batch]) -> int:
        """Of how many rows the loss of a step is the mean; 0 where each batch has the whole of its own."""
        return 0 if len(group) == 1 or self.plan.objective.summed else sum(len(targets) for _, targets in group)

    def _end_step(self, group: Sequence[Batch], result: StepResult) -> None:
        """Count a step, and let averages, the schedule and callbacks go on."""
        run, epoch = self.run, self.epoch
        epoch.add(group, result)
        if self.plan.watcher is not None:
            self.plan.watcher.note(self, group, result)
        epoch.lr = self._rate()
        run.step += 1
        run.batch += len(group)
        if self.plan.average is not None:
            self.plan.average.update()
        self.plan.schedule.end_step()
        self.notify("on_step")

    @property
    def gradient_norm(self) -> float:
        """The norm of all gradients of the present step together, before they were clipped."""
        # A step of a subclass may have left out what measures it.
        squares = sum_squares(self.parameters) if self._squares is None else self._squares
        return math.sqrt(squares)

    def _rate(self) -> float:
        return float(self.run.optimizer.param_groups[0]["lr"])

    # the end of an epoch

    def validate(self) -> None:
        """The report of an epoch: loss and metrics of the training part, and those of the validation.

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Linear(1, 1, rng=0)
        >>> class Told(nn.Trainer):
        ...     def validate(self):
        ...         super().validate()
        ...         print(self.run.epoch)
        >>> _ = nn.fit(model, (x, 2.0 * x), validation=0.5, epochs=1, batch_size=16, trainer=Told, progress=False)
        1
        """
        run, plan = self.run, self.plan
        numbers, arrays = self.epoch.tally.report()
        run.report = {"epoch": run.epoch, **numbers}
        if plan.penalty is not None:
            run.report["penalty"] = self.epoch.penalties / self.epoch.tally.rows
        if plan.validation is not None:
            with plan.apply_average():
                tally_batches(run.model, plan.validation, self._judged, self.validation_step, plan.parallel)
            numbers, more = self._judged.report("val_")
            run.report |= numbers
            arrays |= more
        run.history.arrays = arrays

    def validation_step(self, inputs: Input, targets: Operand) -> tuple[Any, Any]:
        """The outputs of the model for a batch of the validation, and their loss; in evaluation mode, nothing is recorded.

        Parameters
        ----------
        inputs, targets : array
            Of a batch.

        Returns
        -------
        tuple
            Outputs and loss.

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Linear(1, 1, rng=0)
        >>> class Told(nn.Trainer):
        ...     def validation_step(self, inputs, targets):
        ...         print(inputs.shape)
        ...         return super().validation_step(inputs, targets)
        >>> _ = nn.fit(model, (x, 2.0 * x), validation=0.5, epochs=1, batch_size=16, trainer=Told, progress=False)
        (16, 1)
        """
        outputs = self.run.model(inputs)
        return outputs, self.plan.objective.function(outputs, targets)

    def end_epoch(self) -> None:
        """Complete the report, tell callbacks and the schedule, and put the epoch into the history.

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Linear(1, 1, rng=0)
        >>> class Told(nn.Trainer):
        ...     def end_epoch(self):
        ...         super().end_epoch()
        ...         print(len(self.run.history))
        >>> _ = nn.fit(model, (x, 2.0 * x), validation=0.5, epochs=1, batch_size=16, trainer=Told, progress=False)
        1
        """
        run = self.run
        run.report |= {"lr": self.epoch.lr, "seconds": self.epoch.seconds}
        # What callbacks see, and early stopping keeps, is what was validated.
        with self.plan.apply_average():
            self.notify("on_epoch")
        self.plan.schedule.end_epoch(run.report, run.history.monitor)
        run.history.rows.append({**{name: float(value) for name, value in run.report.items()}, "epoch": run.epoch})
        run.batch = 0
        if self.plan.parallel is not None:
            self.plan.parallel.refuse_drift(self.parameters, run.epoch)
        self.epoch.order = states_of(self.plan.batches.generators)
        self.save()

    # the state

    def save(self) -> None:
        """Write the checkpoint, where there is one.

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Linear(1, 1, rng=0)
        >>> class Told(nn.Trainer):
        ...     def save(self):
        ...         super().save()
        ...         print(self.plan.checkpoint)
        >>> _ = nn.fit(model, (x, 2.0 * x), validation=0.5, epochs=1, batch_size=16, trainer=Told, progress=False)
        None
        None
        """
        if self.plan.checkpoint is not None:
            if self.plan.watcher is not None:
                self.plan.watcher.flush()
            checkpoint.save(self.plan.checkpoint.path, self.state_dict())

    def state_dict(self) -> dict[str, Any]:
        """Everything needed to go on from here to the bit; a subclass with a state of its own adds it.

        Returns
        -------
        dict

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Linear(1, 1, rng=0)
        >>> class Told(nn.Trainer):
        ...     def end_epoch(self):
        ...         super().end_epoch()
        ...         state = self.state_dict()
        ...         self.load_state_dict(state)
        ...         print('model' in ' '.join(state))
        >>> _ = nn.fit(model, (x, 2.0 * x), validation=0.5, epochs=1, batch_size=16, trainer=Told, progress=False)
        True
        """
        state = collect_state(self.plan, self.epoch, generators_of(self))
        if type(self) is not Trainer:
            # A run with other steps is another run.
            state["settings"]["trainer"] = type(self).__name__
        return state

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from there; where it does not fit, some parts may have been changed.

        Parameters
        ----------
        state : mapping
            What `state_dict` gave.

        Raises
        ------
        CheckpointError
            Where it does not fit.

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Linear(1, 1, rng=0)
        >>> class Told(nn.Trainer):
        ...     def end_epoch(self):
        ...         super().end_epoch()
        ...         state = self.state_dict()
        ...         self.load_state_dict(state)
        ...         print('model' in ' '.join(state))
        >>> _ = nn.fit(model, (x, 2.0 * x), validation=0.5, epochs=1, batch_size=16, trainer=Told, progress=False)
        True
        """
        load_state(state, self.plan, self.epoch, generators_of(self))

    def resume(self, path: str | os.PathLike[str]) -> None:
        """Go on from a checkpoint; where it does not fit, nothing is changed.

        Parameters
        ----------
        path : str or path

        Raises
        ------
        CheckpointError
            Where it is broken, foreign, or of a run with other settings.

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Linear(1, 1, rng=0)
        >>> class Told(nn.Trainer):
        ...     def resume(self, path):
        ...         super().resume(path)
        ...         print(self.run.epoch)
        >>> import pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / 'run.safetensors'
        >>> for epochs in (1, 2):
        ...     _ = nn.fit(model, (x, 2.0 * x), epochs=epochs, checkpoint=path, trainer=Told, progress=False)
        0
        """
        state, before = checkpoint.load(path), self.state_dict()
        refuse_other_run(path, state, before)
        try:
            self.load_state_dict(state)
        except (ValueError, KeyError, TypeError, IndexError, AttributeError, ArithmeticError) as error:
            self.load_state_dict(before)
            raise CheckpointError(f"{path} is of another run: {error}; {HINT}") from error
