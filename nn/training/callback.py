"""`Run` and `Callback`: what happens in a training loop, and how others take part in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from nn.module import Module
from optim import Optimizer

if TYPE_CHECKING:
    from nn.training.history import History


@dataclass
class Run:
    """A training run, as its callbacks see it.

    Attributes
    ----------
    model : Module
    loss : callable
        Of outputs and targets.
    optimizer : Optimizer
    history : History
        The epochs that are finished.
    epoch : int
        Its number, from 1.
    step : int
        How many steps the optimizer has taken; in `on_backward` the present one is not among them.
    batch : int
        How many batches of the epoch have been gone through; more than one a step where gradients are accumulated.
    epochs : int
        Up to which epoch the run goes.
    batches : int or None
        How many batches an epoch has, where that is known.
    columns : tuple of str
        What the loop itself puts into the report of each epoch.
    inputs, targets : array
        The batch.
    outputs, value : Tensor
        What the model gave for it, and its loss; arrays where the pass is compiled.
    report : dict of str to float
        What is known of the epoch that ends: loss, metrics, learning rate; callbacks may add to it in `on_epoch`.
    stopping : str
        Why the run ends after this batch or epoch; empty while it goes on.

    Examples
    --------
    >>> import numpy as np, nn
    >>> x = np.linspace(-1.0, 1.0, 32)[:, None]
    >>> model = nn.Linear(1, 1, rng=0)
    >>> class Stop(nn.Callback):
    ...     def on_epoch(self, run):
    ...         if run.epoch == 2:
    ...             run.stop('enough')
    >>> history = nn.fit(model, (x, 2.0 * x), epochs=5, callbacks=[Stop()], progress=False)
    >>> len(history), history.stopped
    (2, 'enough')
    """

    model: Module
    loss: Any
    optimizer: Optimizer
    history: History
    epoch: int = 0
    step: int = 0
    inputs: np.ndarray = field(default_factory=lambda: np.empty(0))
    targets: np.ndarray = field(default_factory=lambda: np.empty(0))
    outputs: Any = None
    value: Any = None
    report: dict[str, float] = field(default_factory=dict)
    stopping: str = ""
    batch: int = 0
    epochs: int = 0
    batches: int | None = None
    columns: tuple[str, ...] = ()

    def stop(self, reason: str) -> None:
        """End the run after this batch, or this epoch.

        Parameters
        ----------
        reason : str
            What the history says of it.

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Linear(1, 1, rng=0)
        >>> class Told(nn.Callback):
        ...     def on_step(self, run):
        ...         run.stop('enough')
        >>> history = nn.fit(model, (x, 2.0 * x), epochs=1, batch_size=16, callbacks=[Told()], progress=False)
        >>> history.stopped
        'enough'
        """
        self.stopping = self.stopping or reason


class Callback:
    """Takes part in a run; a subclass defines what it needs.

    The order is `on_begin`, then for every epoch `on_epoch_begin`, for every batch `on_backward` and `on_step`, then
    `on_epoch`; in the end `on_end`, also where the run was interrupted or failed.

    Attributes
    ----------
    needs_graph : bool
        Whether it looks at the graph of `run.value`, which a compiled pass does not build.
    observes : bool
        Whether it only looks, and tells or writes what it sees: `nn.rewind` leaves it out when it goes through a run again.

    Examples
    --------
    >>> import numpy as np, nn
    >>> x = np.linspace(-1.0, 1.0, 32)[:, None]
    >>> model = nn.Linear(1, 1, rng=0)
    >>> class Count(nn.Callback):
    ...     steps = 0
    ...     def on_step(self, run):
    ...         self.steps += 1
    >>> count = Count()
    >>> _ = nn.fit(model, (x, 2.0 * x), epochs=2, batch_size=16, callbacks=[count], progress=False)
    >>> count.steps
    4
    """

    needs_graph = False
    observes = False

    def on_begin(self, run: Run) -> None:
        """Before the first epoch, or the first after a resumption.

        Parameters
        ----------
        run : Run
            The training run, which may be looked at and stopped.

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Linear(1, 1, rng=0)
        >>> class Told(nn.Callback):
        ...     def on_begin(self, run):
        ...         print(run.epochs)
        >>> _ = nn.fit(model, (x, 2.0 * x), epochs=1, batch_size=16, callbacks=[Told()], progress=False)
        1
        """

    def on_epoch_begin(self, run: Run) -> None:
        """Before the first batch of an epoch.

        Parameters
        ----------
        run : Run
            The training run, which may be looked at and stopped.

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Linear(1, 1, rng=0)
        >>> class Told(nn.Callback):
        ...     def on_epoch_begin(self, run):
        ...         print(run.epoch)
        >>> _ = nn.fit(model, (x, 2.0 * x), epochs=1, batch_size=16, callbacks=[Told()], progress=False)
        1
        """

    def on_backward(self, run: Run) -> None:
        """After the backward pass of a step, before gradients are clipped and used.

        Where the loss or a gradient is not finite, the run ends after this, without the step.

        Parameters
        ----------
        run : Run
            The training run, which may be looked at and stopped.

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Linear(1, 1, rng=0)
        >>> class Told(nn.Callback):
        ...     def on_backward(self, run):
        ...         print(run.model.weight.grad.shape)
        >>> _ = nn.fit(model, (x, 2.0 * x), epochs=1, batch_size=16, callbacks=[Told()], progress=False)
        (1, 1)
        (1, 1)
        """

    def on_step(self, run: Run) -> None:
        """After the optimizer's step; the gradients are still there.

        Parameters
        ----------
        run : Run
            The training run, which may be looked at and stopped.

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Linear(1, 1, rng=0)
        >>> class Told(nn.Callback):
        ...     def on_step(self, run):
        ...         print(run.step)
        >>> _ = nn.fit(model, (x, 2.0 * x), epochs=1, batch_size=16, callbacks=[Told()], progress=False)
        1
        2
        """

    def on_epoch(self, run: Run) -> None:
        """After an epoch with its validation, before it enters the history.

        Parameters
        ----------
        run : Run
            The training run, which may be looked at and stopped.

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Linear(1, 1, rng=0)
        >>> class Told(nn.Callback):
        ...     def on_epoch(self, run):
        ...         print(run.batches)
        >>> _ = nn.fit(model, (x, 2.0 * x), epochs=1, batch_size=16, callbacks=[Told()], progress=False)
        2
        """

    def on_end(self, run: Run) -> None:
        """After the last epoch, whatever ended the run.

        Parameters
        ----------
        run : Run
            The training run, which may be looked at and stopped.

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Linear(1, 1, rng=0)
        >>> class Told(nn.Callback):
        ...     def on_end(self, run):
        ...         print(len(run.history))
        >>> _ = nn.fit(model, (x, 2.0 * x), epochs=1, batch_size=16, callbacks=[Told()], progress=False)
        1
        """

    def state_dict(self) -> dict[str, Any]:
        """The state needed to continue after an interruption: numbers, texts, arrays, and lists and dicts of these.

        Returns
        -------
        dict of str to anything that JSON has

        Examples
        --------
        >>> import nn
        >>> class Count(nn.Callback):
        ...     steps = 0
        ...     def on_step(self, run):
        ...         self.steps += 1
        ...     def state_dict(self):
        ...         return {'steps': self.steps}
        ...     def load_state_dict(self, state_dict):
        ...         self.steps = state_dict['steps']
        >>> count = Count()
        >>> count.load_state_dict({'steps': 3})
        >>> count.state_dict()
        {'steps': 3}
        """
        return {}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from there.

        Parameters
        ----------
        state_dict : mapping
            What `state_dict` gave.

        Examples
        --------
        >>> import nn
        >>> class Count(nn.Callback):
        ...     steps = 0
        ...     def on_step(self, run):
        ...         self.steps += 1
        ...     def state_dict(self):
        ...         return {'steps': self.steps}
        ...     def load_state_dict(self, state_dict):
        ...         self.steps = state_dict['steps']
        >>> count = Count()
        >>> count.load_state_dict({'steps': 3})
        >>> count.state_dict()
        {'steps': 3}
        """
