"""Which trial of a search comes next, for how many epochs: all that are drawn, the better ones for longer, or as a sampler says."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from autograd.errors import MissingDependencyError, type_name
from autograd.extras import pip_install
from nn.tuning.distributions import Choice, Distribution, Integers, LogUniform, Uniform
from nn.tuning.result import Trial

# Of the trials of a rung, one in so many goes on, for so many times as many epochs.
REDUCTION = 3


class Strategy(Protocol):
    """Decides by what it is told."""

    def ask(self) -> tuple[int, int] | None:
        """The number of the next trial, and its epochs; None where nothing is to be done before others have come back."""

    def tell(self, trial: Trial) -> None:
        """A trial is done."""


class InOrder:
    """Some trials, one after another.

    Parameters
    ----------
    numbers : sequence of int
    epochs : int
    """

    def __init__(self, numbers: Sequence[int], epochs: int) -> None:
        self._left = [(number, epochs) for number in reversed(numbers)]

    def ask(self) -> tuple[int, int] | None:
        return self._left.pop() if self._left else None

    def tell(self, trial: Trial) -> None:
        """It changes nothing."""


class Halving:
    """Asynchronous successive halving (Li et al. 2020): a free worker takes on a trial that is among the best third of its rung, or a
    new one where there is none.

    Parameters
    ----------
    trials : int
    epochs : int
        Of the last rung.
    mode : {"min", "max"}

    Examples
    --------
    >>> halving = Halving(9, 9, "min")
    >>> halving.rungs
    [1, 3, 9]
    >>> for _ in range(3):
    ...     number, epochs = halving.ask()
    ...     halving.tell(Trial(number, {}, epochs, (float(number),)))
    >>> halving.ask(), halving.ask()
    ((0, 3), (3, 1))
    """

    def __init__(self, trials: int, epochs: int, mode: str) -> None:
        # The last rung is one that at least one trial gets to.
        most = 0
        while REDUCTION ** (most + 1) <= min(trials, epochs):
            most += 1
        self.rungs = [max(1, epochs // REDUCTION**k) for k in range(most, -1, -1)]
        self.trials, self.sign = trials, 1.0 if mode == "min" else -1.0
        self._begun = 0
        self._done: list[dict[int, float]] = [{} for _ in self.rungs]
        self._promoted: list[set[int]] = [set() for _ in self.rungs]

    def ask(self) -> tuple[int, int] | None:
        for rung in range(len(self.rungs) - 2, -1, -1):
            done, promoted = self._done[rung], self._promoted[rung]
            best = sorted(done, key=lambda number: (done[number], number))[: len(done) // REDUCTION]
            for number in best:
                if number not in promoted and math.isfinite(done[number]):
                    promoted.add(number)
                    return number, self.rungs[rung + 1]
        if self._begun < self.trials:
            self._begun += 1
            return self._begun - 1, self.rungs[0]
        return None

    def tell(self, trial: Trial) -> None:
        score = self.sign * trial.score
        self._done[self.rungs.index(trial.epochs)][trial.number] = score if math.isfinite(score) else math.inf


class Sampled:
    """Trials whose parameters a sampler of Optuna draws, by the scores of those before.

    Parameters
    ----------
    sampler : optuna.samplers.BaseSampler
    space : mapping of str to Distribution
    trials, epochs : int
    mode : {"min", "max"}
    before : mapping of int to Trial
        What was done already: it is told to the sampler, and not drawn again.
    """

    def __init__(
        self,
        sampler: Any,
        space: Mapping[str, Distribution],
        trials: int,
        epochs: int,
        mode: str,
        before: Mapping[int, Trial],
    ) -> None:
        self._optuna = import_optuna(sampler)
        self.space, self.trials, self.epochs, self.before = space, trials, epochs, before
        self._distributions = {name: self._translate(name, of) for name, of in space.items()}
        self.study = self._optuna.study.Study(
            study_name="stepgrad",
            storage=_new_study(self._optuna, mode),
            sampler=sampler,
        )
        self.params: dict[int, dict[str, Any]] = {}
        self._asked: dict[int, Any] = {}
        self._next = 0

    def ask(self) -> tuple[int, int] | None:
        while self._next < self.trials:
            number, self._next = self._next, self._next + 1
            if number in self.before:
                self._tell_before(self.before[number])
                return number, self.epochs
            asked = self._asked[number] = self.study.ask(self._distributions)
            self.params[number] = {name: self._value(name, asked.params[name]) for name in self.space}
            return number, self.epochs
        return None

    def tell(self, trial: Trial) -> None:
        asked = self._asked.pop(trial.number, None)
        if asked is None:
            return
        if math.isfinite(trial.score):
            self.study.tell(asked, trial.score)
        else:
            self.study.tell(asked, state=self._optuna.trial.TrialState.FAIL)

    def _tell_before(self, trial: Trial) -> None:
        told = {name: self._index(name, value) for name, value in trial.params.items()}
        self.params[trial.number] = {name: self._value(name, value) for name, value in told.items()}
        if math.isfinite(trial.score):
            self.study.add_trial(
                self._optuna.trial.create_trial(params=told, distributions=self._distributions, value=trial.score)
            )

    def _translate(self, name: str, of: Distribution) -> Any:
        distributions = self._optuna.distributions
        if isinstance(of, (Uniform, LogUniform)):
            return distributions.FloatDistribution(of.low, of.high, log=isinstance(of, LogUniform))
        if isinstance(of, Integers):
            return distributions.IntDistribution(of.low, of.high, log=of.log)
        if isinstance(of, Choice):
            # By their places: options may be anything.
            return distributions.CategoricalDistribution(list(range(len(of.options))))
        raise TypeError(
            f"search: a sampler draws from nn.LogUniform, Uniform, Integers and Choice, and {name!r} is {of!r}"
        )

    def _value(self, name: str, drawn: Any) -> Any:
        of = self.space[name]
        return of.options[drawn] if isinstance(of, Choice) else drawn

    def _index(self, name: str, value: Any) -> Any:
        """What the sampler knows a value by that a journal has: as JSON, in which tuples are lists."""
        of = self.space[name]
        if not isinstance(of, Choice):
            return value
        return next(place for place, option in enumerate(of.options) if _as_json(option) == _as_json(value))


def _as_json(value: Any) -> str:
    return json.dumps(value, default=repr)


def import_optuna(sampler: Any) -> Any:
    """Optuna, for a sampler of its own.

    Raises
    ------
    MissingDependencyError
        Where it is not installed.
    TypeError
        For something that is no sampler.
    """
    try:
        import optuna
    except ImportError as error:
        raise MissingDependencyError(f"sampler= is one of Optuna's: {pip_install('integration')}") from error
    if not isinstance(sampler, optuna.samplers.BaseSampler):
        raise TypeError(
            f"search: sampler is one of optuna.samplers, such as TPESampler(seed=0), not {type_name(sampler)}"
        )
    return optuna


def _new_study(optuna: Any, mode: str) -> Any:
    """A storage in memory with one study, which tells nothing on standard error."""
    storage = optuna.storages.InMemoryStorage()
    direction = optuna.study.StudyDirection.MINIMIZE if mode == "min" else optuna.study.StudyDirection.MAXIMIZE
    storage.create_new_study([direction], study_name="stepgrad")
    return storage
