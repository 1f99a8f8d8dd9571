"""`search`: random search for hyperparameters, coarse then fine."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from nn.arguments import check_count
from nn.data import folds as folds_of
from nn.training.metrics import mode_of, named_metrics
from nn.training.recording import hash_arrays
from nn.tuning.cross_validation import check_jobs, split_fold
from nn.tuning.distributions import Distribution
from nn.tuning.errors import SearchWarning
from nn.tuning.journal import Journal
from nn.tuning.progress import show_progress
from nn.tuning.result import SearchResult, Trial, rank
from nn.tuning.strategies import Halving, InOrder, Sampled, Strategy, import_optuna
from nn.tuning.training import Build, check_arrays, separate_options
from nn.tuning.trainings import Trainings

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
    jobs: int | None = None,
    halving: bool = False,
    sampler: Any = None,
    progress: bool | None = None,
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
    jobs : int, optional
        Workers of joblib, as for `cross_validate`; the score of a trial is the same to the bit.
    halving : bool
        Asynchronous successive halving: `epochs` are those of the last rung, of which the one before has a third, and so on. A worker
        that is free goes on with a trial that is among the best third of its rung, from its checkpoint, or begins a new one. With
        several workers, which trials go on may depend on who is done first.
    sampler : optuna.samplers.BaseSampler, optional
        Draws the parameters, in place of chance, by the scores so far: `optuna.samplers.TPESampler(seed=0)`.
    progress : bool, optional
        A bar in a terminal and nothing elsewhere; True: a line a trial elsewhere; False: nothing.
    resume : path, optional
        A file of JSON lines to which each trial is appended when it is done; where it is there, its trials are not done
        again. It is bound to the data and the settings, but it cannot know whether `build` has changed. With `halving`, the
        checkpoints of trials are kept beside it, in a folder of its name with `.checkpoints`.
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
        For a file of another search, where no training came to an end, or where workers die again and again, or have other
        versions of the library.
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
    if halving and (refine is not None or sampler is not None):
        raise ValueError("search: halving trains the better ones longer by itself: leave refine and sampler out")
    if sampler is not None:
        import_optuna(sampler)
    drawn = {place: _draw_parameters(space, seed, place) for place in range(trials)}
    separate_options("search", build, {**options, **drawn[0]})
    parts = folds_of(y, folds if folds is not None else HELD_OUT_PARTS, seed=seed)
    cuts = [split_fold(x, y, part) for part in (parts if folds is not None else parts[:1])]
    journal = Journal(resume, _settings(x, y, space, folds, metric, standardize, seed, options, sampler))
    metrics = named_metrics(() if metric == "loss" else metric)

    trainings = Trainings(build, cuts, metrics, metric, seed, standardize, options, journal, jobs)
    before = {number: trial for (number, rounds), trial in journal.trials.items() if rounds == epochs}
    with show_progress(progress, trials, metric, mode) as shown:
        if halving:
            trainings.keep = True
            strategy: Strategy = Halving(trials, epochs, mode)
            found = trainings.go(strategy, drawn, shown)
            # Of each trial where it got to.
            furthest = {trial.number: trial for trial in sorted(found, key=lambda trial: trial.epochs)}
            found = rank(list(furthest.values()), mode)
        elif sampler is not None:
            sampled = Sampled(sampler, space, trials, epochs, mode, before)
            found = rank(trainings.go(sampled, sampled.params, shown), mode)
        else:
            found = rank(trainings.go(InOrder(range(trials), epochs), drawn, shown), mode)
        if refine is not None:
            best = [trial.number for trial in found[: refine[0]] if np.isfinite(trial.score)]
            params = {trial.number: trial.params for trial in found}
            fine = trainings.go(InOrder(best, refine[1]), params, shown)
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
    folds, metric, standardize, seed, options, sampler = rest
    plain = (bool, int, float, str, tuple, list, type(None))
    return {
        "data": hash_arrays(x, y),
        "space": {name: repr(of) for name, of in space.items()},
        "folds": folds,
        "metric": metric,
        "standardize": standardize,
        "seed": seed,
        **({} if sampler is None else {"sampler": type(sampler).__name__}),
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
