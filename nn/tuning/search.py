"""`search`: random search for hyperparameters, coarse then fine."""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from nn.arguments import check_count
from nn.data import folds as folds_of
from nn.training.metrics import mode_of, named_metrics
from nn.tuning.cross_validation import check_jobs, split_fold
from nn.tuning.distributions import Distribution
from nn.tuning.errors import SearchWarning
from nn.tuning.journal import Journal
from nn.tuning.result import SearchResult, Trial, rank
from nn.tuning.training import Build, Outcome, Task, check_arrays, separate_options, train_tasks

if TYPE_CHECKING:
    from autograd.typing import ArrayLike

# Without folds, one of so many parts is held out.
HELD_OUT_PARTS = 5


def search(
    build: Build,
    data: tuple[ArrayLike, ArrayLike],
    space: Mapping[str, Distribution],
    *,
    trials: int = 20,
    epochs: int = 3,
    refine: tuple[int, int] | None = None,
    folds: int | None = None,
    metric: str = "loss",
    standardize: bool = False,
    seed: int = 0,
    jobs: int = 1,
    resume: str | os.PathLike[str] | None = None,
    **options: Any,
) -> SearchResult:
    """Try parameters drawn at random, each for a few epochs, and the best ones for more.

    It is the recipe of the lectures: rates and penalties on a logarithmic scale, coarse (1 to 5 epochs) then fine, and a
    warning where the best lies on the border of its range. For a second search over a narrower space there is
    `SearchResult.narrowed`.

    Parameters
    ----------
    build : callable
        Gives a new model, or a model and an optimizer over it, of those parameters that it takes by name, and of `seed`
        where it has such a parameter. The others go to `nn.fit`.
    data : (inputs, targets)
        Keep a test part out of it: the best of many scores is too good.
    space : mapping of str to Distribution
        `nn.LogUniform`, `nn.Uniform`, `nn.Integers`, `nn.Choice`.
    trials : int
        How many are drawn. The parameters of one depend on `seed` and its number alone, so that a search that is resumed
        with more trials goes on with new ones.
    epochs : int
        Of each trial.
    refine : (int, int), optional
        How many of the best are trained anew, and for how many epochs.
    folds : int, optional
        Score by the mean over so many folds; by default a fifth of the rows is held out once.
    metric : str
        The loss, or the name of a metric of `nn.metrics` for which it is known what is better.
    standardize : bool
        Features, and targets that are floats, less the mean and over the deviation of each training part.
    seed : int
        Of the parameters, the folds, `build` and `nn.fit`.
    jobs : int
        Workers of joblib, as for `cross_validate`; the result is the same to the bit.
    resume : path, optional
        A file of JSON lines to which each trial is appended when it is done; where it is there, its trials are not done
        again. It is bound to the data and the settings, but it cannot know whether `build` has changed.
    **options
        Further parameters of `build` and options of `nn.fit`, the same for all trials.

    Returns
    -------
    SearchResult

    Warns
    -----
    SearchWarning
        Where the best trial lies on the border of a range.

    Raises
    ------
    SearchError
        For a file of another search, or where no training came to an end.
    OperandError, ShapeError, ValueError
        For arguments that do not fit; before anything is trained or written.

    Examples
    --------
    >>> import nn
    >>> def build(hidden, seed):
    ...     return nn.Sequential(nn.Linear(2, hidden, rng=seed), nn.Tanh(), nn.Linear(hidden, 2, rng=seed + 1))
    >>> x = np.random.default_rng(0).normal(size=(100, 2))
    >>> space = {"lr": nn.LogUniform(1e-4, 1.0), "hidden": nn.Integers(2, 32, log=True)}
    >>> found = nn.search(build, (x, (x[:, 0] > x[:, 1]).astype(int)), space, trials=6, refine=(2, 10), metric="accuracy")
    >>> len(found.trials), found.best.epochs, found.best.score >= 0.9
    (6, 10, True)
    """
    x, y = check_arrays("search", data)
    for name, count, least in (("trials", trials, 1), ("epochs", epochs, 1), ("seed", seed, 0)):
        check_count("search", name, count, least)
    check_jobs("search", jobs)
    mode = mode_of(metric) if isinstance(metric, str) else None
    if mode is None:
        raise ValueError(f"search: for {metric!r} it is not known whether a smaller or a larger number is better")
    _check_space(space, options)
    if refine is not None and not (
        isinstance(refine, (tuple, list))
        and [type(count) for count in refine] == [int, int]
        and refine[0] >= 1
        and refine[1] > epochs
    ):
        raise ValueError(f"search: refine is (how many, epochs), with more than {epochs} epochs, got {refine!r}")
    drawn = [_draw_parameters(space, seed, place) for place in range(trials)]
    separate_options("search", build, {**options, **drawn[0]})
    parts = folds_of(y, folds if folds is not None else HELD_OUT_PARTS, seed=seed)
    cuts = [split_fold(x, y, part) for part in (parts if folds is not None else parts[:1])]
    journal = Journal(resume, _settings(x, y, space, folds, metric, standardize, seed, options))
    metrics = named_metrics(() if metric == "loss" else metric)

    def go(some: list[int], rounds: int) -> list[Trial]:
        missing = [place for place in some if (place, rounds) not in journal.scores]
        tasks = []
        for place in missing:
            params, of_fit = separate_options("search", build, {**options, **drawn[place]})
            of_fit["epochs"] = rounds
            tasks += [Task(build, params, of_fit, *parts, metrics, seed, standardize) for parts in cuts]
        waiting: dict[int, dict[int, Outcome]] = {place: {} for place in missing}
        for task, outcome in train_tasks(tasks, jobs):
            place, fold = missing[task // len(cuts)], task % len(cuts)
            waiting[place][fold] = outcome
            if len(waiting[place]) == len(cuts):
                outcomes = [waiting[place][k] for k in range(len(cuts))]
                scores = tuple(o.numbers[metric] for o in outcomes)
                error = next((o.error for o in outcomes if o.error), "")
                journal.add(Trial(place, drawn[place], rounds, scores, error).as_row())
                del waiting[place]
        return [Trial(place, drawn[place], rounds, *journal.scores[place, rounds]) for place in some]

    found = rank(go(list(range(trials)), epochs), mode)
    if refine is not None:
        best = [trial.number for trial in found[: refine[0]] if np.isfinite(trial.score)]
        fine = go(best, refine[1])
        found = rank([*fine, *(trial for trial in found if trial.number not in best)], mode)
    result = SearchResult(found, space, metric, mode)
    result.borders = _warn_of_borders(space, result.best)
    for told in result.borders:
        warnings.warn(told, SearchWarning, stacklevel=2)
    return result


def _draw_parameters(space: Mapping[str, Distribution], seed: int, place: int) -> dict[str, Any]:
    rng = np.random.default_rng([seed, place])
    return {name: of.draw(rng) for name, of in space.items()}


def _check_space(space: Mapping[str, Distribution], options: Mapping[str, Any]) -> None:
    if not isinstance(space, Mapping) or not space:
        raise ValueError(
            "search: space is a mapping of names to distributions, such as {'lr': nn.LogUniform(1e-4, 1e-1)}"
        )
    for name, of in space.items():
        if not hasattr(of, "draw"):
            raise TypeError(f"search: {name!r} must be nn.LogUniform, Uniform, Integers or Choice, not {of!r}")
        if name in options or name in ("epochs", "seed", "threads"):
            raise ValueError(f"search: {name!r} is given beside the space, and cannot be searched")


def _settings(x: np.ndarray, y: np.ndarray, space: Mapping[str, Distribution], *rest: Any) -> dict[str, Any]:
    """What decides the trials, as JSON has it; the objects among the options by their types."""
    folds, metric, standardize, seed, options = rest
    digest = hashlib.sha256()
    for array in (x, y):
        digest.update(f"{array.dtype} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    plain = (bool, int, float, str, tuple, list, type(None))
    return {
        "data": digest.hexdigest(),
        "space": {name: repr(of) for name, of in space.items()},
        "folds": folds,
        "metric": metric,
        "standardize": standardize,
        "seed": seed,
        "options": {
            name: value if isinstance(value, plain) else type(value).__name__ for name, value in options.items()
        },
    }


def _warn_of_borders(space: Mapping[str, Distribution], best: Trial) -> list[str]:
    told = []
    for name, of in space.items():
        end = of.border(best.params[name])
        if end:
            side = "lower" if end == "low" else "higher"
            value = f"{best.params[name]:.3g}"
            told.append(f"the best trial has {name} = {value}, at the {end} end of {of}: search {side} values too")
    return told
