"""`Record`: what was measured over the steps of a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from nn.health import task
from nn.health.measure import LayerMeasure, ParameterMeasure, StepMeasure


@dataclass
class Record:
    """Everything that was measured in a run, in order.

    Attributes
    ----------
    steps : list of StepMeasure
        Those that were measured.
    losses : list of float
        Of every step, measured or not.
    epochs : list of dict of str to float
        What the run reported of each epoch; those of validation begin with `val`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
    >>> model = nn.Sequential(nn.Linear(1, 4, rng=0), nn.Tanh(), nn.Linear(4, 1, rng=1))
    >>> report = nn.health.examine(model, x, x**2, nn.MSELoss())
    >>> len(report.record.losses) == len(report.record.steps)
    True
    """

    steps: list[StepMeasure] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    epochs: list[dict[str, float]] = field(default_factory=list)

    @property
    def last(self) -> StepMeasure:
        """The latest measure."""
        return self.steps[-1]

    @property
    def early(self) -> list[StepMeasure]:
        """The earlier half, at least one."""
        return self.steps[: (len(self.steps) + 1) // 2]

    @property
    def late(self) -> list[StepMeasure]:
        """The later half, at least one."""
        return self.steps[len(self.steps) // 2 :]

    def parameters(self) -> list[ParameterMeasure]:
        """The latest measure of each parameter, in the order of use.

        Returns
        -------
        list of ParameterMeasure

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Sequential(nn.Linear(1, 4, rng=0), nn.ReLU(), nn.Linear(4, 1, rng=1))
        >>> report = nn.health.examine(model, x, x**2, nn.MSELoss())
        >>> [measure.path for measure in report.record.parameters()]
        ['0.weight', '0.bias', '2.weight', '2.bias']
        """
        return list(self.last.parameters.values())

    def layers(self) -> list[LayerMeasure]:
        """The latest measure of each layer, in order.

        Returns
        -------
        list of LayerMeasure

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Sequential(nn.Linear(1, 4, rng=0), nn.ReLU(), nn.Linear(4, 1, rng=1))
        >>> report = nn.health.examine(model, x, x**2, nn.MSELoss())
        >>> [measure.kind for measure in report.record.layers()]
        ['Linear', 'ReLU', 'Linear']
        """
        return list(self.last.layers.values())

    def of_parameter(self, path: str, what: Callable[[ParameterMeasure], float | None]) -> np.ndarray:
        """A quantity of a parameter at every step; NaN where there is none.

        Parameters
        ----------
        path : str
        what : callable
            Of a measure, to a number or None.

        Returns
        -------
        numpy.ndarray, shape (steps,)

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Sequential(nn.Linear(1, 4, rng=0), nn.ReLU(), nn.Linear(4, 1, rng=1))
        >>> report = nn.health.examine(model, x, x**2, nn.MSELoss())
        >>> report.record.of_parameter('0.weight', lambda measure: measure.zero).shape
        (1,)
        """
        return _array([what(s.parameters[path]) if path in s.parameters else None for s in self.steps])

    def of_layer(self, path: str, what: Callable[[LayerMeasure], float | None]) -> np.ndarray:
        """A quantity of a layer at every step; NaN where there is none.

        Parameters
        ----------
        path : str
        what : callable
            Of a measure, to a number or None.

        Returns
        -------
        numpy.ndarray, shape (steps,)

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Sequential(nn.Linear(1, 4, rng=0), nn.ReLU(), nn.Linear(4, 1, rng=1))
        >>> report = nn.health.examine(model, x, x**2, nn.MSELoss())
        >>> report.record.of_layer('1', lambda measure: measure.std).shape
        (1,)
        """
        return _array([what(s.layers[path]) if path in s.layers else None for s in self.steps])

    def dead_units(self, path: str) -> tuple[int, int, int]:
        """A ReLU's units that were never above 0 in the later half of the run, all its units, and the samples seen.

        Parameters
        ----------
        path : str
            Of a ReLU.

        Returns
        -------
        tuple of int

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Sequential(nn.Linear(1, 4, rng=0), nn.ReLU(), nn.Linear(4, 1, rng=1))
        >>> report = nn.health.examine(model, x, x**2, nn.MSELoss())
        >>> report.record.dead_units('1')[1]
        4
        """
        seen = [layer for s in self.late if (layer := s.layers.get(path)) is not None]
        alive = np.any([layer.alive for layer in seen if layer.alive is not None], axis=0)
        return int(np.sum(~alive)), alive.size, sum(layer.samples for layer in seen)

    def skill(self, steps: Sequence[StepMeasure]) -> tuple[float, float, int] | None:
        """The skill over some steps (see `task.skill`), the score of a constant answer, and the number of answers.

        Parameters
        ----------
        steps : sequence of StepMeasure

        Returns
        -------
        tuple or None
            None where it is not known what a constant answer scores.

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Sequential(nn.Linear(1, 4, rng=0), nn.ReLU(), nn.Linear(4, 1, rng=1))
        >>> report = nn.health.examine(model, x, x**2, nn.MSELoss())
        >>> report.record.skill(report.record.steps) is None or len(report.record.skill(report.record.steps))
        3
        """
        every = [s.task for s in self.steps if s.task is not None]
        some = [s.task for s in steps if s.task is not None]
        # Whole numbers that happen to be 0 and 1 in a batch are of the kind that the other batches show.
        if not some or len({t.kind for t in every}) > 1:
            return None
        constant = task.constant_score(every)
        return task.skill(some, constant), constant, sum(t.count for t in some)


def _array(values: list[float | None]) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values])
