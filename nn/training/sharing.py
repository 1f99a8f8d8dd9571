"""The gradients of a step that several processes share: parts of its batches, and one flat buffer of all that they add up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.engine.tensor import Tensor
from autograd.graph.node import get_data, get_grad, raw, set_grad
from nn.training.batches import Batch
from nn.training.epoch import StepResult
from nn.training.errors import ParallelError
from nn.training.generators import Repeatable, generators_of
from nn.training.parallel import Parallel
from nn.training.weights import Backward, cut_rows


class Shared:
    """Computes the gradients of steps with the other processes of a run.

    Parameters
    ----------
    trainer : Trainer
    parallel : Parallel
    """

    def __init__(self, trainer: Any, parallel: Parallel) -> None:
        self.trainer, self.parallel = trainer, parallel
        self.generators = generators_of(trainer.run.model)
        repeatable = Repeatable(trainer.run.model)
        self.held = [(some, name) for some in repeatable.buffers for name in some if some[name] is not None]
        parameters = trainer.parameters
        self.dtype = np.result_type(*(get_data(p).dtype for p in parameters))
        ends = np.cumsum([0, *(get_data(p).size for p in parameters)]).tolist()
        self.slices = [slice(a, b) for a, b in zip(ends, ends[1:], strict=False)]
        self.length = ends[-1]
        # What this process sends: memory that is new at each step costs as much as the sum.
        self.sent = np.empty((0, 0), self.dtype)

    def compute(self, group: Sequence[Batch], backward: Backward, alone: bool = False) -> StepResult:
        """The gradients of a group of batches, the same in all processes; `alone`: without the others, all parts here.

        Raises
        ------
        ParallelError
            For a batch with fewer rows than parts, where batch normalisation goes over all of them.
        """
        trainer, parallel = self.trainer, self.parallel
        plan, run = trainer.plan, trainer.run
        group = [(plan.add_noise(inputs, trainer.noise), targets) for inputs, targets in group]
        if parallel.sync_batch_norm and any(len(targets) < parallel.parts for _, targets in group):
            raise ParallelError(
                f"fit: a batch of {min(len(t) for _, t in group)} rows has none for some of {parallel.parts} processes, of which "
                "sync_batch_norm needs one in each: give drop_last=True, or another batch_size"
            )
        seeds = [generator.integers(2**63, size=parallel.parts) for generator in self.generators]
        after = [generator.bit_generator.state for generator in self.generators]
        before = [np.array(raw(some[name])) for some, name in self.held]
        own = range(parallel.parts) if alone else parallel.own
        total = self.length + len(group) + sum(array.size for array in before)
        if self.sent.shape != (len(own), total):
            self.sent = np.empty((len(own), total), self.dtype)
        mine = self.sent
        mine.fill(0.0)
        outputs: list[tuple[int, int, np.ndarray]] = []
        for place, part in enumerate(own):
            for generator, drawn in zip(self.generators, seeds, strict=True):
                generator.bit_generator.state = type(generator.bit_generator)(int(drawn[part])).state
            self._put(before)
            outputs += self._compute_part(group, part, mine[place], before, backward)
        for generator, state in zip(self.generators, after, strict=True):
            generator.bit_generator.state = state
        # Alone, it is gone through for what it raises.
        summed = mine.sum(axis=0) if alone else parallel.add(mine)
        self._take(summed, before, min(parallel.parts, max(len(targets) for _, targets in group)))
        losses = [float(loss) for loss in summed[self.length : self.length + len(group)]]
        gathered: list[Any] = [None] * len(group)
        if plan.metrics and not alone:
            gathered = self._join(outputs, len(group))
        run.inputs, run.targets = group[-1]
        run.outputs, run.value = gathered[-1], np.asarray(losses[-1])
        return StepResult(gathered, losses, plan.backpropagate_penalty())

    def _compute_part(
        self, group: Sequence[Batch], part: int, into: np.ndarray, before: Sequence[np.ndarray], backward: Backward
    ) -> list[tuple[int, int, np.ndarray]]:
        """One part of every batch: its gradients, its shares of their losses and its buffers; gives its outputs."""
        trainer, summed = self.trainer, self.trainer.plan.objective.summed
        for p in trainer.parameters:
            p.zero_grad()
        rows_of_all, outputs = sum(len(targets) for _, targets in group), []
        for number, (inputs, targets) in enumerate(group):
            rows = self.parallel.rows(len(targets), part)
            count = rows.stop - rows.start
            if not count:
                continue
            made, value = backward(inputs[rows], cut_rows(targets, rows), 1.0 if summed else count / rows_of_all)
            into[self.length + number] = value.item() * (1.0 if summed else count / len(targets))
            if trainer.plan.metrics:
                outputs.append((number, part, np.asarray(raw(made))))
        for p, place in zip(trainer.parameters, self.slices, strict=True):
            gradient = get_grad(p)
            if gradient is not None:
                self._shape(into[place], p)[...] = gradient
        at = self.length + len(group)
        for (some, name), array in zip(self.held, before, strict=True):
            into[at : at + array.size] = (raw(some[name]) - array).ravel()
            at += array.size
        return outputs

    def _take(self, summed: np.ndarray, before: Sequence[np.ndarray], parts: int) -> None:
        """The gradients as views of the buffer, and the model's own buffers moved by the mean of how the parts moved them."""
        for p, place in zip(self.trainer.parameters, self.slices, strict=True):
            if p.requires_grad:
                gradient = self._shape(summed[place], p)
                set_grad(p, gradient.astype(get_data(p).dtype, copy=False))
        at = len(summed) - sum(array.size for array in before)
        means = []
        for array in before:
            moved = summed[at : at + array.size].reshape(array.shape) / parts
            means.append(array + (np.rint(moved).astype(array.dtype) if array.dtype.kind in "iub" else moved))
            at += array.size
        self._put(means)

    def _put(self, arrays: Sequence[np.ndarray]) -> None:
        for (some, name), array in zip(self.held, arrays, strict=True):
            raw(some[name])[...] = array

    def _join(self, mine: list[tuple[int, int, np.ndarray]], count: int) -> list[np.ndarray]:
        """The outputs for each batch, of all parts."""
        joined: list[dict[int, np.ndarray]] = [{} for _ in range(count)]
        for some in self.parallel.gather(mine):
            for number, part, array in some:
                joined[number][part] = array
        return [np.concatenate([parts[part] for part in sorted(parts)]) for parts in joined]

    @staticmethod
    def _shape(flat: np.ndarray, parameter: Tensor) -> np.ndarray:
        """A stretch of the buffer in the shape and memory order of a parameter, as optimizers read it."""
        data = get_data(parameter)
        order: Any = "F" if data.flags.f_contiguous and not data.flags.c_contiguous else "C"
        return flat.reshape(data.shape, order=order)
