"""`cross_validate`: how good a recipe is on rows that it has not seen, each of which is held out once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.box import SIMPLE
from rich.markup import escape
from rich.table import Table

from autograd.wording.numbers import format_number
from autograd.wording.printing import to_text
from nn.arguments import check_count
from nn.data import folds as folds_of
from nn.training.metrics import named_metrics
from nn.tuning.training import Build, Outcome, Part, Task, check_arrays, separate_options
from nn.tuning.workers import supply_all, train_tasks

if TYPE_CHECKING:
    from autograd.typing import ArrayLike
    from nn.typing import Metrics


@dataclass
class CrossValidation:
    """The result of `cross_validate`. `print(found)` shows a table.

    Attributes
    ----------
    folds : list of dict of str to float
        Loss and metrics of each held-out fold; NaN where a training came to no end.
    rows : list of array
        The rows of each fold.
    outputs : array (n, …)
        For each row what the model gave that had not seen it, on the scale that models were trained on; NaN where its
        training came to no end.
    errors : list of str
        Why trainings came to no end.

    Examples
    --------
    >>> import numpy as np, nn
    >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
    >>> found = nn.cross_validate(lambda: nn.Linear(1, 1, rng=0), (x, 2.0 * x), folds=4, epochs=2, lr=0.1)
    >>> len(found.folds), found.outputs.shape, sorted(found.mean)
    (4, (32, 1), ['loss'])
    """

    folds: list[dict[str, float]]
    rows: list[np.ndarray]
    outputs: np.ndarray
    errors: list[str] = field(default_factory=list)

    @property
    def mean(self) -> dict[str, float]:
        """The mean of each number over the folds."""
        return {name: float(np.mean([fold[name] for fold in self.folds])) for name in self.folds[0]}

    @property
    def std(self) -> dict[str, float]:
        """The standard deviation of each number over the folds."""
        return {name: float(np.std([fold[name] for fold in self.folds])) for name in self.folds[0]}

    def __rich__(self) -> Table:
        table = Table("fold", box=SIMPLE)
        for name in self.folds[0]:
            table.add_column(escape(name), justify="right")
        for place, fold in enumerate(self.folds, 1):
            table.add_row(str(place), *map(format_number, fold.values()))
        table.add_section()
        for name, told in (("mean", self.mean), ("std", self.std)):
            table.add_row(name, *map(format_number, told.values()), style="bold" if name == "mean" else "dim")
        return table

    def __str__(self) -> str:
        return to_text(self)


def cross_validate(
    build: Build,
    data: tuple[ArrayLike, ArrayLike],
    folds: int = 5,
    *,
    metrics: Metrics = (),
    standardize: bool = False,
    stratify: bool | None = None,
    seed: int = 0,
    jobs: int | None = None,
    **options: Any,
) -> CrossValidation:
    """Train a new model for each fold, on the others, and judge it by that one.

    Parameters
    ----------
    build : callable
        Gives a new model, or a model and an optimizer over it; it is told `seed` where it has such a parameter.
    data : (inputs, targets)
    folds : int
    metrics : names or functions, or a mapping of names to either
        Beside the loss, as for `fit`; those that give one number.
    standardize : bool
        Features, and targets that are floats, less the mean and over the deviation of the training part of each fold.
    stratify : bool, optional
        Whether every fold has its share of each class: by default where targets are class numbers.
    seed : int
        Of the folds; it goes to `build` and `nn.fit` too.
    jobs : int, optional
        Workers of joblib, -1 for as many as there are cores; 1: in this process, as by default. The result is the same to the bit. With
        `joblib.parallel_config(backend="dask")` (or `"ray"`, `"loky"`) around the call, they are those of that backend, perhaps on
        other machines. What a worker that dies was doing is done again by another one.
    **options
        What `build` takes by name, and options of `nn.fit`. With `patience`, give `validation` as a share: it is taken out
        of the training part, and nothing is chosen by the fold that is held out.

    Returns
    -------
    CrossValidation

    Raises
    ------
    OperandError, ShapeError
        For data, options or metrics that do not fit, and where `build` gives a model that it gave before.

    Examples
    --------
    >>> import nn
    >>> def build(seed):
    ...     return nn.Sequential(nn.Linear(2, 8, rng=seed), nn.Tanh(), nn.Linear(8, 2, rng=seed + 1))
    >>> x = np.random.default_rng(0).normal(size=(120, 2))
    >>> found = cross_validate(build, (x, (x[:, 0] > x[:, 1]).astype(int)), 3, metrics="accuracy", lr=0.05)
    >>> len(found.folds), found.mean["accuracy"] > 0.9
    (3, True)
    """
    x, y = check_arrays("cross_validate", data)
    params, fit_options = separate_options("cross_validate", build, options)
    chosen = named_metrics(metrics)
    check_jobs("cross_validate", jobs)
    parts = folds_of(y, folds, stratify=stratify, seed=seed)
    tasks = [
        Task(build, params, fit_options, *split_fold(x, y, part), metrics=chosen, seed=seed, standardize=standardize)
        for part in parts
    ]
    supply = supply_all(iter(enumerate(tasks)))
    outcomes: list[Outcome] = [outcome for _, outcome in sorted(train_tasks(supply, jobs), key=lambda pair: pair[0])]
    shapes = [outcome.outputs.shape[1:] for outcome in outcomes if not outcome.error]
    outputs = np.full((len(x), *(shapes[0] if shapes else ())), np.nan)
    for part, outcome in zip(parts, outcomes, strict=True):
        if not outcome.error:
            outputs[part] = outcome.outputs
    return CrossValidation([o.numbers for o in outcomes], parts, outputs, [o.error for o in outcomes if o.error])


def split_fold(x: np.ndarray, y: np.ndarray, held_out: np.ndarray) -> tuple[Part, Part]:
    """The rows that are not held out, and those that are."""
    rest = np.ones(len(x), bool)
    rest[held_out] = False
    return (x[rest], y[rest]), (x[held_out], y[held_out])


def check_jobs(name: str, jobs: int | None) -> None:
    """Raise for what is not a number of workers."""
    if jobs is not None and jobs != -1:
        check_count(name, "jobs", jobs)
