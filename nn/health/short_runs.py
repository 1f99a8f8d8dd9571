"""Runs that are meant to take so few steps that nothing can be seen in them: they are asked with more."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from nn.health.experiments.plan import TIMES_LESS, Experiments
from nn.health.experiments.trial import Trial
from nn.health.finding import Finding
from nn.health.learned import has_learned, skill_of

# Steps that are few, and enough, and the skill that shows it.
FEW_STEPS, ENOUGH_STEPS, ENOUGH_SKILL = 60, 240, 0.5
# By how much less of the error more steps must leave of a run that learns.
FURTHER = 0.25
# Steps after which a run that was meant to take few is asked whether it learns at all.
MANY_STEPS = 1500


def find_short_run(made: Experiments) -> Iterator[Finding]:
    """Where so few steps are meant that nothing can be learned in them, by whatever change: the run as it is, for many more."""
    if made.as_it_is.lost or made.as_it_is.steps >= FEW_STEPS or made.quick:
        return
    made.run_longer(MANY_STEPS)
    learned = (t for t in made.longer if skill_of(t) > ENOUGH_SKILL and has_learned(made, t))
    if (enough := next(learned, None)) is not None:
        yield tell_longer(made, enough)


def find_unfinished(made: Experiments) -> Iterator[Finding]:
    """A run that learns in few steps, and far more in some times as many."""
    mine = made.as_it_is
    if mine.lost or mine.steps >= FEW_STEPS or made.quick:
        return
    if not made.longer:
        made.run_longer()
    further = (t for t in made.longer if mine.score - t.score >= FURTHER and mine.score >= TIMES_LESS * t.score)
    yield from (tell_longer(made, one) for one in itertools.islice(further, 1))


def tell_longer(made: Experiments, enough: Trial) -> Finding:
    """That the run learns when it goes on, and about how long."""
    point = next((p for p in enough.points if 1.0 - p.held >= 1.0 - enough.score - 0.05), enough.points[-1])
    return Finding(
        "too few steps",
        "",
        f"it learns, but slowly: after {made.as_it_is.steps} steps the error is {made.as_it_is.score:.3g} of that of a "
        f"constant answer, after {point.step} it is {point.held:.3g}",
        f"about {point.step} steps, or a larger rate",
        {"as it is": made.as_it_is.score, "healed": point.held, "steps": point.step},
        certain=False,
        heals=(enough.name,),
    )


def tell_few_steps(made: Experiments) -> Iterator[Finding]:
    """Where so few steps are meant that no change shows in them what it is worth: the best one, for more."""
    trials = [one for one in made.tried if not one.trial.lost and one.trial.points]
    if made.as_it_is.steps >= FEW_STEPS or not trials or made.left < 0.1 * made.seconds:
        return
    one = min(trials, key=lambda one: one.trial.score)
    trial = made.run_on(one, ENOUGH_STEPS)
    if skill_of(trial) > ENOUGH_SKILL and has_learned(made, trial):
        yield Finding(
            "too few steps",
            "",
            f"{made.as_it_is.steps} steps are too few for anything: {one.remedy.told} the error is {one.trial.score:.3g} of that of a "
            f"constant answer after as many, and {trial.score:.3g} after {trial.steps}",
            f"more epochs, about {ENOUGH_STEPS} steps; and {one.remedy.fix}",
            {"as it is": made.as_it_is.score, "healed": trial.score, "steps": trial.steps},
            certain=False,
            heals=(trial.name,),
        )
