"""`Experiments`: which trials are made, for how long, in which order: successive halving within a budget of time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from nn.health.evidence.asking import ask
from nn.health.evidence.facts import TINY_WEIGHTS, Facts, look_at_step
from nn.health.experiments.reference import plain_trial
from nn.health.experiments.remedies.listing import list_remedies
from nn.health.experiments.remedies.remedy import Remedy, together
from nn.health.experiments.remedies.scales import scale_inputs, scale_targets
from nn.health.experiments.remedies.settings import drop_nothing
from nn.health.experiments.remedies.steps import name_likely_rate
from nn.health.experiments.trial import Rows, Trial
from nn.health.measure import StepMeasure
from nn.health.subject import SOME, Subject

# The steps of the first round, of the second, and at most.
ROUNDS = (60, 240, 800)
# The share of the remedies that goes on to the next round, and by how much of the best skill others may lie behind.
KEPT_SHARE, NEAR_BEST = 0.4, 0.15
# Steps that the run as it is may take, and the share of the budget.
MOST_STEPS, AS_IT_IS_SHARE = 3000, 0.3
# Rows of a batch below which a step of it shows little of the units.
FEW_ROWS = 8
# How often it is measured on its way.
MEASURES = 8
# Skill of the run as it is from which on no change can show that it is sick.
WELL = 0.6
# But where a plain network is better by so much skill, and by such a factor of the error, it has more to learn.
OUTDONE, TIMES_LESS = 0.15, 3.0
# Scales of the inputs that are so far off are mended all the same.
FAR_OFF = 10.0
# Changes of what the user has set, which are tried all the same.
SETTINGS = (
    "shuffled rows", "no clipping", "clipping × 100", "no schedule", "momentum .9", "axes in another order",
    "scores transposed", "padding cut off", "padding in front", "no noise", "averages of batch norm", "ReLU between", "no dropout",
    "all trained", "biases", "no weight decay", "no penalty", "weights let go", "norms let go",
    "rows of tables let go", "usual step",
)  # fmt: skip
# Weights that are seen to begin badly are drawn anew all the same.
SEEN_WEIGHTS = ("identical units", "dead units", "saturation", "exploding gradients")
# The share of its first rate from which on a schedule has let it fade.
FADED = 0.1
# What a change of a setting must gain to go on.
GAINS = 0.08
# Scales that are mended where rows are to be learned by heart.
SCALES_OFF = 3.0
HEART_ROWS, HEART_STEPS, HEART_LEARNED, HEART_SECONDS = 20, 300, 0.05, 8.0
# Weight decay that is tried where rows are learned by heart.
DECAYS = (0.01, 0.1)
# By what factors more steps are tried.
LONGER = (4, 16)


def outdoes(plain: Trial | None, mine: Trial) -> bool:
    """Whether a plain network learns far more than a run."""
    if plain is None or plain.lost or not plain.points or mine.lost:
        return False
    return mine.score - plain.score >= OUTDONE and mine.score >= TIMES_LESS * plain.score


@dataclass
class Tried:
    """A remedy with its trial."""

    remedy: Remedy
    trial: Trial


@dataclass
class Experiments:
    """All that was tried.

    Attributes
    ----------
    as_it_is : Trial
    tried : list of Tried
    plain : Trial or None
        A plain network of our own on scaled rows: whether there is something to be learned at all.
    control : Trial or None
        The best change with the targets permuted.
    by_heart : Trial or None
        A few rows, again and again.
    longer : list of Trial
        As it is, for more steps.
    unchanged : Trial or None
        As it is, with the rows as they are before the program changes them.
    decayed : list of Trial
        As it is, with weight decay.
    unseen : tuple or None
        What networks that have not seen the rows say of their targets, once that is asked; see `nn.health.noisy`.
    """

    subject: Subject
    facts: Facts
    seconds: float
    quick: bool
    watch: Callable[[str, float, str], Any]
    as_it_is: Trial = field(init=False)
    tried: list[Tried] = field(default_factory=list)
    plain: Trial | None = None
    control: Trial | None = None
    by_heart: Trial | None = None
    longer: list[Trial] = field(default_factory=list)
    unchanged: Trial | None = None
    decayed: list[Trial] = field(default_factory=list)
    unseen: Any = None
    begun: float = field(default_factory=time.perf_counter)

    @property
    def left(self) -> float:
        """Seconds of the budget that are left."""
        return self.seconds - (time.perf_counter() - self.begun)

    @property
    def all(self) -> list[Trial]:
        """Every trial, in the order they were made."""
        others = [trial for trial in (self.plain, self.by_heart, self.control, self.unchanged) if trial is not None]
        return [self.as_it_is, *(t.trial for t in self.tried), *others, *self.longer, *self.decayed]

    @property
    def steps(self) -> int:
        """How many steps changes are given: as many as the run as it is took, or was to take before it was lost."""
        wanted = min(self.subject.steps, MOST_STEPS)
        return wanted if self.as_it_is.lost else max(self.as_it_is.steps, 1)

    def _tell(self, name: str) -> None:
        self.watch(name, min(1.0 - self.left / self.seconds, 1.0), self.so_far())

    def so_far(self) -> str:
        """The answer while one waits: the run as it is, and what is best by now."""
        if not hasattr(self, "as_it_is") or not self.as_it_is.points:
            return ""
        mine = "lost" if self.as_it_is.lost else f"{self.as_it_is.score:.2g}"
        best = min((one.trial for one in self.tried if one.trial.points), key=lambda trial: trial.score, default=None)
        if best is None or best.lost or not best.score < self.as_it_is.score:
            return f"error as it is {mine}"
        return f"error as it is {mine}, {best.told} {best.score:.2g}"

    def run_as_it_is(self) -> None:
        """The user's own run, measured, for as many steps as he means to take."""
        steps = min(self.subject.steps, MOST_STEPS)
        self.as_it_is = self.subject.trial()
        self._tell("as it is")
        self.as_it_is.train(steps, self.seconds * AS_IT_IS_SHARE, points=8, measure_every=max(1, steps // MEASURES))
        if self.as_it_is.measures:
            look_at_step(self.facts, self._measure_first())

    def _measure_first(self) -> StepMeasure:
        """The first step; of a few rows what more of them would show, as a single row leaves about half of all units off."""
        first, rows, count = self.as_it_is.measures[0], self.subject.rows, self.subject.batch_size
        if count >= FEW_ROWS or len(rows.x) <= count:
            return first
        return ask(lambda: self.subject.network.copy().measure(rows.x[:SOME], rows.y[:SOME], 1), first)

    def run_unchanged(self, subject: Subject) -> None:
        """The run with the rows as they are before the program changes them."""
        trial = subject.trial("rows unchanged", "with the rows as they are before the program changes them")
        self.unchanged = trial
        self._tell(trial.name)
        trial.train(self.steps, self.seconds * AS_IT_IS_SHARE / 2, points=4)

    def run_remedies(self, few: bool = False) -> None:
        """The counterfactuals: all for a few steps, and the promising ones for more."""
        subject = self.subject
        remedies = list_remedies(subject, self.facts)
        well = 1.0 - self.as_it_is.score >= WELL
        if few or self.quick or well:
            # One of two larger rates may be far away, where the run as it is learns nothing.
            larger = "rate × 100" if few or well else name_likely_rate(subject)
            rose = self.as_it_is.lost or self.as_it_is.score > 1.5
            names: tuple[str, ...] = (
                "Adam 0.01",
                *(("rate ÷ 10", "rate ÷ 100") if rose else ("rate × 10", larger)),
                *(() if self.quick else SETTINGS),
            )
            if self.facts.inputs_off > FAR_OFF and not self.quick:
                names = (*names, "inputs scaled")
            if self.facts.weights_cause in SEEN_WEIGHTS and not self.quick:
                names = (*names, "fresh weights")
            still = not float(subject.network.optimizer.param_groups[0]["lr"]) > 0.0
            remedies = [r for r in remedies if r.name in names or (still and r.cause == "learning rate too low")]
        self._make(remedies)
        self.plain = plain_trial(subject) if not self.quick else None
        self._run_rounds()
        if well and not few and outdoes(self.plain, self.as_it_is):
            known = {one.remedy.name for one in self.tried}
            self._make([remedy for remedy in list_remedies(subject, self.facts) if remedy.name not in known])
            self._run_rounds()

    def _run_rounds(self) -> None:
        """All changes for a few steps, the better ones for more."""
        steps = self.steps
        for number, limit in enumerate(ROUNDS):
            chosen = self._choose(number)
            for k, one in enumerate(chosen):
                if self.left < 0.15 * self.seconds:
                    return
                self._tell(one.remedy.name)
                until = min(int(steps * one.remedy.longer), max(limit, int(limit * min(one.remedy.longer, 4.0))))
                one.trial.train(until, self.left / max(2, (len(chosen) - k) / 2), points=2)
            if self.plain is not None:
                self.plain.train(min(max(limit, 120), max(steps, 120)), self.left / 4, points=2)
            if steps <= limit:
                break

    def _make(self, remedies: list[Remedy]) -> None:
        for remedy in remedies:
            trial = self.subject.trial(remedy.name, remedy.told)
            try:
                remedy.apply(trial)
            except (ArithmeticError, TypeError, ValueError, RuntimeError, AttributeError, KeyError) as error:
                trial.broken, trial.lost = f"{type(error).__name__}: {error}", True
            self.tried.append(Tried(remedy, trial))

    def _choose(self, number: int) -> list[Tried]:
        """Those that go into a round: the better ones, and those near the best."""
        alive = [one for one in self.tried if not one.trial.lost]
        if number == 0 or not alive:
            return alive
        ranked = sorted(alive, key=lambda one: one.trial.best.held)
        best = 1.0 - ranked[0].trial.best.held
        few = ranked[: max(3, int(KEPT_SHARE * len(ranked)))]
        # Those near the best, and those of which the cause is seen or set.
        near = [
            one
            for one in ranked[len(few) :]
            if (best > 0.05 and 1.0 - one.trial.best.held > best * (1.0 - NEAR_BEST))
            or one.remedy.cause in SEEN_WEIGHTS
            or (one.remedy.cause == "weights too small" and self.facts.weight_scale[0] < TINY_WEIGHTS)
            or (one.remedy.name in SETTINGS and self._gains(one.trial))
            or (one.remedy.name == "no schedule" and self._rate_faded())
        ]
        return [*few, *near]

    def _gains(self, trial: Trial) -> bool:
        """Whether a trial knows more than the run as it is: of rows held back, or of its own, which it comes to know first."""
        mine = self.as_it_is
        of_trained = min(point.trained for point in trial.points)
        return trial.best.held < min(mine.score, 1.0) - GAINS or of_trained < min(mine.points[-1].trained, 1.0) - GAINS

    def _rate_faded(self) -> bool:
        """Whether the schedule took the rate to little of what it began with: what it costs shows only after that."""
        first, last = (
            float(of.optimizer.param_groups[0]["lr"]) for of in (self.subject.network, self.as_it_is.network)
        )
        return last < FADED * first

    def combine(self) -> None:
        """Changes of the network and the rows together with Adam, where none of them heals alone."""
        adam = next((one.remedy for one in self.tried if one.remedy.general and "Adam" in one.remedy.name), None)
        if adam is None or self.quick:
            return
        single = [
            one.remedy
            for one in self.tried
            if not one.remedy.general and not one.remedy.cause.startswith("learning rate")
        ]
        before = len(self.tried)
        self._make([together(remedy, adam) for remedy in single])
        steps = self.steps
        for one in self.tried[before:]:
            if self.left < 0.1 * self.seconds:
                return
            self._tell(one.remedy.name)
            one.trial.train(min(steps, ROUNDS[1]), self.left / 4, points=2)

    def run_longer(self, least: int = 0) -> None:
        """The run as it is, for more steps, where it is on its way; the last time for so many at least."""
        trial, done = self.as_it_is, self.as_it_is.steps
        for factor in LONGER:
            until = min(max(factor * done, least if factor == LONGER[-1] else 0), MOST_STEPS)
            if until <= trial.steps or self.left < 0.1 * self.seconds:
                return
            # It goes on from where the one before stands, which is not trained any more.
            trial = replace(
                trial,
                name=f"{until} steps",
                told=f"with {until} steps",
                losses=list(trial.losses),
                points=list(trial.points),
                measures=[],
            )
            self.longer.append(trial)
            self._tell(trial.name)
            trial.train(until, self.left / 3, points=8)

    def run_decayed(self) -> None:
        """The run with weight decay, mild and strong."""
        for decay in DECAYS:
            trial = self.subject.trial(f"weight decay {decay:g}", f"with a weight decay of {decay:g}")
            for group in trial.network.optimizer.param_groups:
                group.update({name: decay for name in ("weight_decay", "l2") if name in group})
            self.decayed.append(trial)
            self._tell(trial.name)
            trial.train(self.steps, self.left / 4, points=2)

    def run_on(self, one: Tried, until: int) -> Trial:
        """A change, for more steps than it was given."""
        name = f"{one.remedy.name}, {until} steps"
        trial = replace(
            one.trial,
            name=name,
            told=f"{one.remedy.told} and {until} steps",
            losses=list(one.trial.losses),
            measures=[],
        )
        trial.points = list(one.trial.points)
        self.longer.append(trial)
        self._tell(name)
        trial.train(until, self.left / 3, points=8)
        return trial

    def run_by_heart(self, remedy: Remedy | None = None) -> None:
        """A few rows, with Adam and without dropout; and with a change that heals some of it, where there is one."""
        subject = self.subject
        self._tell("by heart")
        for rate in (0.01, 0.001):
            trial = subject.trial("by heart", f"on {HEART_ROWS} rows, with Adam and a rate of {rate:g}")
            some = _choose_rows(subject, HEART_ROWS)
            if remedy is not None:
                remedy.apply(trial)
            x, y = trial.rows.x[some], trial.rows.y[some]
            trial.rows = Rows(x, y, x, y if trial.unscale is None else trial.unscale(y))
            trial.batch_size, trial.scheduler = len(some), None
            # Scales that are far off make it slow, and say nothing of its size.
            if self.facts.targets_off > SCALES_OFF and subject.y.dtype.kind == "f" and trial.unscale is None:
                scale_targets(trial)
            if self.facts.inputs_off > SCALES_OFF:
                scale_inputs(self.facts.convolved, self.facts.shrunk)(trial)
            drop_nothing(trial, self.facts)
            trial.network.clip_norm = trial.network.clip_value = None
            trial.network.clip_weights = trial.network.clip_weight_norm = None
            trial.network.use("adam", rate)
            trial.train(HEART_STEPS, max(self.left / 3, HEART_SECONDS), points=6)
            if self.by_heart is None or trial.score < self.by_heart.score:
                self.by_heart = trial
            if trial.score < HEART_LEARNED:
                return

    def run_control(self) -> None:
        """The best change, with the targets permuted: what can be had of rows that say nothing."""
        best = min(self.tried, key=lambda one: one.trial.score, default=None)
        trial = self.subject.trial("targets permuted", "with the targets permuted")
        if best is not None:
            best.remedy.apply(trial)
        rows = trial.rows
        order = np.random.default_rng(self.subject.seed + 3).permutation(len(rows.y))
        trial.rows = Rows(rows.x, rows.y[order], rows.held_x, rows.held_y)
        self.control = trial
        self._tell(trial.name)
        trial.train(min(self.steps, ROUNDS[1]), self.left / 3, points=4)


def _choose_rows(subject: Subject, count: int) -> np.ndarray:
    """Rows with different inputs, and of several classes where there are some."""
    order = np.random.default_rng(subject.seed + 9).permutation(len(subject.rows.x))
    chosen: list[int] = []
    seen: set[bytes] = set()
    for k in order.tolist():
        key = subject.rows.x[k].tobytes()
        if key not in seen:
            seen.add(key)
            chosen.append(k)
        if len(chosen) == count:
            break
    some = np.array(chosen)
    if len(some) > 1 and (subject.rows.y[some] == subject.rows.y[some][:1]).all():
        other = np.flatnonzero(
            (subject.rows.y != subject.rows.y[some][:1]).reshape(len(subject.rows.y), -1).any(axis=1)
        )
        few = min(max(1, len(some) // 3), len(other))
        some[:few] = other[:few]
    return some
