"""`Health`: measures a training run at every so many steps."""

from __future__ import annotations

import math

import numpy as np

from nn.arguments import check_count
from nn.health.evidence.run import find_in_run
from nn.health.examine import recorder_of
from nn.health.leftover import Leftover
from nn.health.measure import add_updates, copy_weights, measure
from nn.health.passage import Passage, Watch
from nn.health.record import Record
from nn.health.report import HealthReport
from nn.training.callback import Callback, Run


class Health(Callback):
    """Takes part in a run and measures, before gradients are clipped, how every layer is doing.

    A measured step of a 784-64-16-10 network takes .91 ms in place of .29 (batch 32), and of 784-256-128-10 3.4 ms in
    place of 1.75 (batch 128), so that every 20th adds 11 and 5 %; the other steps cost nothing, because the hooks are there
    only for a step that will be measured. With every run, also one that is resumed, the record begins anew.

    Parameters
    ----------
    every : int
        The first step is measured, and from there every so many.

    Attributes
    ----------
    record : Record

    Examples
    --------
    >>> import numpy as np, nn, optim
    >>> from nn.training import Run
    >>> model, loss = nn.Sequential(nn.Linear(2, 3, rng=0), nn.Tanh(), nn.Linear(3, 1, rng=1)), nn.MSELoss()
    >>> run = Run(model, loss, optim.SGD(model.parameters(), lr=0.1), history=None)
    >>> x = np.random.default_rng(0).normal(size=(16, 2)).astype(np.float32)
    >>> health = nn.health.Health(every=5)
    >>> health.on_begin(run)
    >>> for run.step in range(1, 21):
    ...     run.optimizer.zero_grad()
    ...     run.inputs, run.targets = x, x[:, :1] - x[:, 1:]
    ...     run.outputs = model(x)
    ...     run.value = loss(run.outputs, run.targets)
    ...     run.value.backward()
    ...     health.on_backward(run)
    ...     run.optimizer.step()
    ...     health.on_step(run)
    >>> health.on_end(run)
    >>> health.report().verdict, [measured.step for measured in health.record.steps]
    ('healthy', [1, 6, 11, 16])
    """

    needs_graph = True
    observes = True

    def __init__(self, every: int = 20) -> None:
        self.every = check_count("Health", "every", every)
        self.record = Record()
        self._watch: Watch | None = None
        self._leftover: Leftover | None = None
        self._before: dict[str, np.ndarray] = {}
        self._run: Run | None = None
        self._next = 1

    def on_begin(self, run: Run) -> None:
        self._run, self.record, self._leftover = run, Record(), None
        self._measure(run)

    def _measure(self, run: Run) -> None:
        self._next = run.step + 1
        if run.step % self.every == 0 and self._watch is None:
            self._watch = Watch(run.model)

    def on_backward(self, run: Run) -> None:
        self.record.losses.append(run.value.item())
        # The first loss that is not finite is looked into whenever it comes: the run may end with it.
        broken = not math.isfinite(self.record.losses[-1]) and all(s.broken is None for s in self.record.steps)
        if self._watch is None and not broken:
            return
        passage = Passage(run.value, self._watch.calls if self._watch is not None else {})
        self.on_end(run)
        measured = measure(run.model, passage, run.outputs, run.targets, run.loss, run.optimizer, self._next)
        measured.leftover = self._leftover is not None and self._leftover.is_in(run.value)
        self._leftover = None
        self.record.steps.append(measured)
        self._before = copy_weights(run.model)

    def on_step(self, run: Run) -> None:
        if self._before:
            add_updates(self.record.last, run.model, self._before)
            self._before = {}
        self._measure(run)
        if self._watch is not None:
            self._leftover = Leftover(run.model, run.value)

    def on_epoch(self, run: Run) -> None:
        self.record.epochs.append(dict(run.report))

    def on_end(self, run: Run) -> None:
        if self._watch is not None:
            self._watch.close()
            self._watch = None

    def report(self) -> HealthReport:
        """The report on the measures so far.

        Returns
        -------
        HealthReport

        Raises
        ------
        ValueError
            Where no step has been measured yet.

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> health = nn.health.Health()
        >>> _ = nn.fit(nn.Linear(1, 1, rng=0), (x, 2.0 * x), epochs=2, callbacks=[health], progress=False)
        >>> health.report().verdict in (*nn.health.CAUSES, 'healthy')
        True
        """
        run = self._run
        if run is None or not self.record.steps:
            raise ValueError("Health: no step was measured yet: give this callback to a run first")
        return HealthReport(
            self.record, find_in_run(self.record), recorder_of(run.model, run.inputs, run.targets, run.loss)
        )
