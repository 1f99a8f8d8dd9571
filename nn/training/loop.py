"""The loop: epochs of steps, each a forward and backward pass over one or several batches and a step of the optimizer."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from autograd.compiler import compile
from autograd.engine.tensor import Tensor
from autograd.errors import OperandError, ShapeError, type_name
from autograd.graph.node import raw
from nn.module import Module
from nn.training import checkpoint as files
from nn.training.anomaly import explain, finite
from nn.training.batches import Batch, Batches
from nn.training.callback import Callback, Run
from nn.training.checkpoint import Checkpoint
from nn.training.errors import CheckpointError
from nn.training.evaluation import gone_through
from nn.training.generators import Repeatable, set_states, states
from nn.training.history import History
from nn.training.interrupt import Interrupt
from nn.training.metrics import Metric
from nn.training.objective import Objective
from nn.training.tally import Tally, count
from optim import Averaged, clip_grad_norm_, clip_grad_value_
from optim.lr_scheduler import ReduceLROnPlateau


@dataclass
class Loop:
    """A run, what it is made of and where it stands; see `nn.fit` for the parts."""

    run: Run
    objective: Objective
    batches: Batches
    validation: Batches | None
    metrics: Mapping[str, Metric]
    callbacks: list[Callback]
    settings: dict[str, Any]
    scheduler: Any = None
    interval: str = "epoch"
    accumulate: int = 1
    clip_norm: float | None = None
    clip_value: float | None = None
    penalty: Callable[[Module], Any] | None = None
    average: Averaged | None = None
    checkpoint: Checkpoint | None = None
    compiled: bool = False

    def __post_init__(self) -> None:
        self.passed = compile(self._pass) if self.compiled else self._pass
        self.parameters = list(self.run.model.parameters())
        self.tally = Tally(self.objective, self.metrics)
        self.judged = Tally(self.objective, self.metrics)
        self.repeatable = Repeatable(self.run.model)
        self.drawn_from = self.repeatable.generators + ([] if self.validation is None else self.validation.generators)
        self.penalties = self.seconds = 0.0
        self.lr = self._rate()
        # Where the data's generators stood when the epoch began, since its order was drawn then.
        self.order = states(self.batches.generators)

    # the run

    def go(self, interrupt: Interrupt) -> History:
        """All epochs, from where the run stands."""
        run, begun = self.run, []
        try:
            for callback in self.callbacks:
                callback.on_begin(run)
                begun.append(callback)
            if not run.step:
                # What cannot be kept, or written, is so from the beginning.
                self._save()
            while len(run.history) < run.epochs and not run.stopping:
                if not self._steps(interrupt):
                    self._save()
                    break
                self._end_epoch()
                if interrupt.asked and len(run.history) < run.epochs:
                    run.stop("interrupted")
            run.stop(f"all {run.epochs} epochs")
            if self.average is not None and self.average.updates:
                with self.average.applied():
                    averaged = run.model.state_dict()
                run.model.load_state_dict(averaged)
        finally:
            run.history.stopped = run.stopping
            with ExitStack() as ends:
                # In the order given, and each of them also where one before it raises.
                for callback in reversed(begun):
                    ends.callback(callback.on_end, run)
        return run.history

    def _steps(self, interrupt: Interrupt) -> bool:
        """The steps of an epoch, or what is left of them; whether it got to its end."""
        run = self.run
        run.epoch, run.report = len(run.history) + 1, {}
        begun, before = time.perf_counter(), self.seconds
        if not run.batch:
            self.order = states(self.batches.generators)
            self.tally.clear()
            self.penalties = self.seconds = before = 0.0
        batches = iter(self.batches)
        for _ in islice(batches, run.batch):
            pass
        for callback in self.callbacks:
            callback.on_epoch_begin(run)
        every = self.checkpoint.every if self.checkpoint is not None else None
        run.model.train()
        while group := list(islice(batches, self.accumulate)):
            if interrupt.asked:
                run.stop("interrupted")
            if run.stopping:
                self.seconds = before + time.perf_counter() - begun
                return False
            self._step(group)
            if every is not None and run.batch // every > (run.batch - len(group)) // every:
                self.seconds = before + time.perf_counter() - begun
                self._save()
        if not self.tally.rows:
            raise ShapeError("data: an epoch had no batch; give something that can be gone through again and again")
        self._validate()
        self.seconds = before + time.perf_counter() - begun
        return True

    def _step(self, group: Sequence[Batch]) -> None:
        run = self.run
        self.repeatable.remember()
        self._gradients(group, self.passed)
        for callback in self.callbacks:
            callback.on_backward(run)
        if not (math.isfinite(self._group_loss) and finite(self.parameters)):
            self.repeatable.go_back()
            last = run.batch + len(group)
            which = f"batch {last}" if len(group) == 1 else f"batches {run.batch + 1} to {last}"
            try:
                explain(
                    lambda: self._gradients(group, self._pass), self.parameters, group, f"epoch {run.epoch}, {which}"
                )
            finally:
                self.repeatable.go_back()
        self._count(group)
        if self.clip_norm is not None:
            clip_grad_norm_(self.parameters, self.clip_norm)
        if self.clip_value is not None:
            clip_grad_value_(self.parameters, self.clip_value)
        self.lr = self._rate()
        run.optimizer.step()
        run.step += 1
        run.batch += len(group)
        if self.average is not None:
            self.average.update()
        if self.interval == "step" and self.scheduler is not None:
            self.scheduler.step()
        for callback in self.callbacks:
            callback.on_step(run)

    def _pass(self, inputs: Any, targets: Any, share: float) -> tuple[Any, Any]:
        """The outputs of a batch and their loss, whose gradients are added to those of the parameters."""
        outputs = self.run.model(inputs)
        value = self.objective.function(outputs, targets)
        if not self.run.step and not (isinstance(value, Tensor) and value.requires_grad):
            raise OperandError(
                f"fit: the loss {self.objective.name} is {type_name(value)} that does not depend on the parameters: "
                "compute it of the model's outputs, as tensors, without .data, .item(), .detach(), .numpy() or no_grad()"
            )
        value.backward(None if share == 1.0 else np.asarray(share))
        return outputs, value

    def _gradients(self, group: Sequence[Batch], passed: Callable[[Any, Any, float], tuple[Any, Any]]) -> None:
        """The gradients of the mean (or the sum) of the losses of all rows of a group of batches, and of the penalty."""
        run = self.run
        for p in self.parameters:
            p.zero_grad()
        self._passes: list[tuple[Any, float]] = []
        self._group_loss = 0.0
        rows = 0 if len(group) == 1 or self.objective.summed else sum(len(targets) for _, targets in group)
        for inputs, targets in group:
            run.inputs, run.targets = inputs, targets
            # A batch has its share of the rows in the mean over all of them.
            run.outputs, run.value = passed(inputs, targets, len(targets) / rows if rows else 1.0)
            loss = run.value.item()
            self._group_loss += loss
            self._passes.append((run.outputs if self.tally.metrics else None, loss))
        if self.penalty is not None:
            penalty = self.penalty(run.model)
            penalty.backward()
            self._group_penalty = float(raw(penalty))
            self._group_loss += self._group_penalty

    def _count(self, group: Sequence[Batch]) -> None:
        for (_, targets), (outputs, loss) in zip(group, self._passes, strict=True):
            self.tally.add(outputs, targets, loss)
        if self.penalty is not None:
            self.penalties += self._group_penalty * sum(len(targets) for _, targets in group)
        self._passes.clear()

    def _rate(self) -> float:
        return float(self.run.optimizer.param_groups[0]["lr"])

    # the end of an epoch

    def _validate(self) -> None:
        """The report of an epoch."""
        run = self.run
        numbers, arrays = self.tally.report()
        report = {"epoch": run.epoch, **numbers}
        if self.penalty is not None:
            report["penalty"] = self.penalties / self.tally.rows
        if self.validation is not None:
            with self._average_applied():
                gone_through(run.model, self.validation, self.judged)
            more, others = self.judged.report("val_")
            report |= more
            arrays |= others
        run.report = report
        run.history.arrays = arrays

    def _end_epoch(self) -> None:
        run = self.run
        run.report |= {"lr": self.lr, "seconds": self.seconds}

        # What callbacks see, and early stopping keeps, is what was validated.
        with self._average_applied():
            for callback in self.callbacks:
                callback.on_epoch(run)
        if isinstance(self.scheduler, ReduceLROnPlateau):
            self.scheduler.step(run.report[run.history.monitor])
        elif self.scheduler is not None and self.interval == "epoch":
            self.scheduler.step()
        run.history.rows.append({**{name: float(value) for name, value in run.report.items()}, "epoch": run.epoch})
        run.batch = 0
        self.order = states(self.batches.generators)
        self._save()

    def _average_applied(self) -> AbstractContextManager[None]:
        return nullcontext() if self.average is None else self.average.applied()

    # the state

    def _save(self) -> None:
        if self.checkpoint is not None:
            files.save(self.checkpoint.path, self.state_dict())

    def state_dict(self) -> dict[str, Any]:
        """Everything needed to go on from here to the bit."""
        run = self.run
        own = [(type(callback).__name__, callback.state_dict()) for callback in self.callbacks]
        return {
            "settings": self.settings,
            "history": run.history.to_dict(),
            "batch": run.batch,
            "step": run.step,
            "seconds": self.seconds,
            "lr": self.lr,
            "penalties": self.penalties,
            "tally": self.tally.state_dict() if run.batch else None,
            "model": run.model.state_dict(),
            "optimizer": run.optimizer.state_dict(),
            "scheduler": None if self.scheduler is None else self.scheduler.state_dict(),
            "average": None if self.average is None else self.average.state_dict(),
            "callbacks": [list(pair) for pair in own if pair[1]],
            "generators": states(self.drawn_from),
            "order": self.order,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from there; where it does not fit, some parts may have been changed."""
        run = self.run
        for name, part in (("scheduler", self.scheduler), ("average", self.average)):
            if (part is None) != (state[name] is None):
                with_it = "without" if state[name] is None else "with"
                raise ValueError(f"it is of a run {with_it} {name}")
            if part is not None:
                part.load_state_dict(state[name])
        run.model.load_state_dict(state["model"])
        run.optimizer.load_state_dict(state["optimizer"])
        left = list(self.callbacks)
        if not isinstance(state["callbacks"], list):
            raise ValueError("the states of its callbacks are no list")
        for name, own in state["callbacks"]:
            callback = next((c for c in left if type(c).__name__ == name), None)
            if callback is None:
                raise ValueError(f"it has the state of a callback {name}, which this run has not")
            left.remove(callback)
            callback.load_state_dict(own)
        set_states(self.drawn_from, state["generators"])
        set_states(self.batches.generators, state["order"])
        history = History.from_dict(state["history"])
        history.stopped, history.monitor, history.mode = "", run.history.monitor, run.history.mode
        run.history, run.batch, run.step = history, count("batch", state["batch"]), count("step", state["step"])
        self.order, self.penalties = state["order"], float(state["penalties"])
        self.seconds, self.lr = float(state["seconds"]), float(state["lr"])
        if state["tally"] is not None:
            self.tally.load_state_dict(state["tally"])

    def resume(self, path: Any) -> None:
        """Go on from a file; where it does not fit, nothing is changed.

        Raises
        ------
        CheckpointError
            Where it is broken, foreign, or of a run with other settings.
        """
        state = files.load(path)
        there = state.get("settings")
        if not isinstance(there, dict) or set(state) != set(self.state_dict()):
            raise CheckpointError(f"{path} is broken: parts of the state are missing")
        other = [
            f"{name} {there.get(name)!r} there, {self.settings.get(name)!r} here"
            for name in dict.fromkeys((*there, *self.settings))
            if repr(there.get(name)) != repr(self.settings.get(name))
        ]
        hint = "with resume=False it is written anew"
        if other:
            raise CheckpointError(f"{path} is of another run: {'; '.join(other)}; {hint}")
        before = self.state_dict()
        try:
            self.load_state_dict(state)
        except (ValueError, KeyError, TypeError, IndexError, AttributeError, ArithmeticError) as error:
            self.load_state_dict(before)
            raise CheckpointError(f"{path} is of another run: {error}; {hint}") from error
