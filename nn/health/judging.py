"""`judge`: from what was seen and what was tried to at most three findings, or "healthy", or "unknown"."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from nn.health.evidence.asking import list_findings
from nn.health.evidence.facts import Facts
from nn.health.evidence.gradients import find_wrong_gradients
from nn.health.experiments.plan import TIMES_LESS, WELL, Experiments, Tried, outdoes
from nn.health.experiments.remedies.layers import SMALL_WEIGHTS
from nn.health.experiments.trial import Point
from nn.health.finding import Finding
from nn.health.leaks import find_leaks
from nn.health.learned import (
    BY_HEART,
    LEAST_GAIN,
    SETTINGS,
    find_beside,
    find_linear,
    find_other_answers,
    find_overfitting,
    find_spoiled_rows,
    find_unbalanced,
    has_learned,
    heals,
    skill_of,
    tell,
)
from nn.health.noisy import find_noisy_targets, find_wrong_classes
from nn.health.rare import find_rare_class
from nn.health.short_runs import FEW_STEPS, find_short_run, find_unfinished, tell_few_steps, tell_longer
from nn.health.still_weights import find_held_weights, find_still_weights
from nn.health.turned import find_turned_pairs
from nn.health.unlearned import (
    HARDLY_BY_HEART,
    conclude_of_network,
    conclude_of_nothing,
    find_class_numbers,
    find_rows_alike,
)
from nn.health.unordered import find_unordered_classes

MOST_FINDINGS = 3
# By how much more skill a plain network must get than all changes, for this one to be suspected.
ANOTHER_NETWORK = 0.3
# A run that reaches this share of the best skill that anything reached is healthy.
HEALTHY_SHARE = 0.6
# By how much skill, and by what factor of the error, a change must be better than a run that is not healthy for all it has learned.
MUCH_BETTER = 0.3
# A share of the gap that is told of beside what heals.
PARTLY_HEALED = 0.3
# Of a run that was lost, or is worse than a constant answer, the share of the best skill that smaller steps must reach to be the finding.
RESCUED, WORSE = 0.3, 1.2
# The share of the last layer's gradient that comes to the first one where it fades on its way.
FADED = 0.2
# Causes that lie in how a row is read: of rows that are read wrongly, what is learned by heart holds for no others.
OF_READING = ("axes mixed up", "order ignored", "padding not masked", "rows normalised")
# Causes that lie in the steps alone.
OF_STEPS = ("learning rate too high", "learning rate too low", "optimizer unfit")
# Seen things that explain all of the trouble, so that a few experiments are enough.
EXPLAINS = (
    "unregistered parameters", "missing gradients", "foreign parameters", "shapes broadcast", "loss ignores targets",
    "loss maximised", "loss unbounded", "softmax over one unit", "softmax over rows", "rows mixed", "inputs unused",
    "inputs all alike", "targets all alike", "identical units", "step missing", "backward missing",
    "gradients cleared before the step", "model made anew",
)  # fmt: skip
# Seen things that are no trouble where the run learns.
NOTES = ("frozen parameters", "conflicting rows", "loss unbounded", "not finite", "scheduler out of order")
# Seen things of which experiments tell how much they matter, where a run does not learn.
BESIDE = ("rows not shuffled", "normalisation of one row", "axes mixed up", "rows normalised")
# Seen things that need no proof in a run that learns, but not well.
UNLESS_WELL = ("axes mixed up",)
# The share of what targets vary by that lies between copies of rows, from which on it explains what is not learned; and what is then
# concluded only because of it.
BETWEEN_COPIES = 0.5
OF_COPIES = ("targets unrelated to inputs", "noisy targets", "overfitting", "network too small", "batch too small")
# What experiments tell where nothing is learned, and of a run that does not learn whatever the reason is: what was seen comes first.
OF_NOTHING = ("targets unrelated to inputs", "network too small")
OF_ANY_REASON = (*OF_NOTHING, "overfitting", "noisy targets", "too few steps")
# How far scales must be off to be named, beside that mending them heals.
INPUTS_OFF, TARGETS_OFF = 3.0, 2.0


@dataclass
class Judgement:
    """What is concluded.

    Attributes
    ----------
    cause : str
        Of the first finding; "healthy" or "unknown" where there is none.
    findings : list of Finding
    evidence : list of str
        Sentences that the verdict stands on.
    """

    cause: str
    findings: list[Finding]
    evidence: list[str]


def judge(seen: list[Finding], facts: Facts, made: Experiments) -> Judgement:
    """Weigh all of it."""
    mine = skill_of(made.as_it_is)
    tried = max([mine, *(skill_of(one.trial) for one in made.tried)])
    best = max(tried, skill_of(made.plain))
    healthy = has_learned(made, made.as_it_is) and mine >= HEALTHY_SHARE * best and not is_much_better(tried, mine)
    held_back = healthy and is_held_back(facts, made, mine)
    healthy = healthy and not held_back
    certain = [
        f
        for f in seen
        if f.cause != "not finite" or not math.isfinite(made.as_it_is.losses[0] if made.as_it_is.losses else math.nan)
    ]
    changed = list_findings(lambda: find_spoiled_rows(made))
    if healthy and not changed:
        # What a network may do without is no trouble where it learns, unless a plain one learns far more.
        outdone = outdoes(made.plain, made.as_it_is)
        findings = [f for f in certain if not is_note(f) and (f.certain or (f.cause in UNLESS_WELL and mine < WELL))]
        findings += [f for f in certain if outdone and f not in findings and not (is_note(f) or is_spare(f))]
        known = {f.cause for f in findings}
        beside = [*list_findings(lambda: find_leaks(made)), *list_findings(lambda: find_unordered_classes(made))]
        beside += [*find_noisy_targets(made), *find_beside(made, mine, best)]
        if not beside and is_much_better(skill_of(made.plain), mine):
            beside += conclude_of_network(facts, made)
        beside += [] if beside else find_unfinished(made)
        findings += [f for f in beside if f.cause not in known]
        findings = sort_by_gravity(findings)
        return Judgement(
            findings[0].cause if findings else "healthy", findings[:MOST_FINDINGS], list(tell_health(made, best))
        )
    explained = any(f.cause in EXPLAINS and f.certain for f in certain)
    concluded = [] if explained else conclude(facts, made, mine, tried)
    if held_back:
        # Other steps, or more, take many a run further that learns; what holds this one back is said first.
        concluded.sort(key=lambda f: f.cause in (*OF_STEPS, "too few steps"))
    still = find_still_weights(made, mine) if not any(f.cause in SETTINGS for f in concluded) else []
    held = list_findings(lambda: find_held_weights(made, best))
    first = [*changed, *([] if explained else list_findings(lambda: find_wrong_gradients(made.subject))), *held, *still]
    straight = [] if explained else list(find_linear(made, mine))
    # Where steps explain more of the trouble than that it is linear, they come first.
    (concluded if tried - max(mine, 0.0) > best - tried else first).extend(straight)
    if concluded and concluded[0].cause == "loss unfit":
        # Another loss heals what this one does before any step was taken, and the place where it does it says more.
        first += [f for f in seen if f.cause == "not finite" and f.evidence.get("step") == 1]
    if concluded and concluded[0].cause == "overfitting":
        # Rows of the validation that are answered far worse than those that were held back are no matter of fitting too much.
        first += list_findings(lambda: find_other_answers(made))
    concluded = [*first, *(f for f in concluded if f.cause not in {g.cause for g in first})]
    if not concluded or concluded[0].cause in OF_COPIES:
        concluded = [*(f for f in seen if is_of_copies(f)), *concluded]
    # What the loop showed, with its line, comes before the same seen of the loss.
    apart = {
        (f.cause, f.path): f for f in reversed(certain) if f.cause not in BESIDE and not (is_note(f) or is_spare(f))
    }
    found = sort_by_gravity([*apart.values()])
    found += [f for f in concluded if f.cause not in {g.cause for g in found}]
    for finding in (f for f in seen if f.cause not in {g.cause for g in found}):
        # Much is learned of rows that are normalised on purpose, and by heart, too.
        later = OF_NOTHING if finding.cause == "rows normalised" else OF_ANY_REASON if not finding.certain else ()
        later = () if is_spare(finding) else later
        at = next((k for k, f in enumerate(found) if f.cause in later), len(found))
        found.insert(at, finding)
    evidence = list(tell_trials(made))
    return Judgement(found[0].cause if found else "unknown", found[:MOST_FINDINGS], evidence)


def sort_by_gravity(found: list[Finding]) -> list[Finding]:
    """The gravest first; what reads inputs that are not used gets no gradient, and is no reason of its own."""
    unused = next((f.gravity for f in found if f.cause == "inputs unused"), None)
    if unused is None:
        return sorted(found, key=lambda f: f.gravity)
    return sorted(found, key=lambda f: unused + 0.5 if f.cause == "missing gradients" else f.gravity)


def is_note(finding: Finding) -> bool:
    """Whether it is no trouble where the run learns; a schedule that comes to a small part of its rate in the whole run is one."""
    return finding.cause in NOTES and "reached" not in finding.evidence


def is_spare(finding: Finding) -> bool:
    """Whether it is only that parameters are not used, which stops nothing."""
    return finding.cause == "missing gradients" and not finding.certain


def is_much_better(skill: float, mine: float) -> bool:
    """Whether a skill is so much better that a run is not healthy for all it has learned."""
    return skill - mine >= MUCH_BETTER and 1.0 - mine >= TIMES_LESS * (1.0 - skill)


def is_held_back(facts: Facts, made: Experiments, mine: float) -> bool:
    """Whether a plain network learns far more, and one change, of what is no matter of steps, takes this one most of the way there."""
    plain = skill_of(made.plain)
    # Where answers are classes, those that are bounded are only less sure.
    others = OF_STEPS if made.subject.judge.kind == "numbers" else (*OF_STEPS, "output range")
    return outdoes(made.plain, made.as_it_is) and any(
        not one.remedy.general
        and one.remedy.cause not in others
        and heals(made, one.trial, floor_of(made, one, mine), plain)
        and fits(one, facts, made)
        for one in made.tried
    )


def conclude(facts: Facts, made: Experiments, mine: float, best: float) -> list[Finding]:
    """What the experiments say, the most specific first."""
    healing = [
        one for one in made.tried if heals(made, one.trial, floor_of(made, one, mine), best) and fits(one, facts, made)
    ]
    first = list(find_unbalanced(made))
    if not first:
        first = list(find_noisy_targets(made))
        if first or not has_learned(made, made.as_it_is):
            first += find_overfitting(made, best, HEALTHY_SHARE)
    if first:
        # What heals by itself may be what that is a sign of, and comes first where it explains more of the trouble than is left.
        mended = list(tell_each([one for one in healing if not one.remedy.general], made, {f.cause for f in first}))
        if first[0].cause == "noisy targets" or (mended and mended[0].cause in OF_READING):
            return [*mended, *first] if best - max(mine, 0.0) > 1.0 - best else [*first, *mended]
        return [*first, *find_wrong_classes(made, doubtful=True), *mended]
    anything = [one for one in made.tried if has_learned(made, one.trial)]
    if not anything and (made.plain is None or not has_learned(made, made.plain)):
        return [*find_rows_alike(facts), *(list(find_short_run(made)) or conclude_of_nothing(made))]
    specific = [one for one in healing if not one.remedy.general] or [
        one for one in made.tried if rescues(made, one, best)
    ]
    healing = healing if specific == [] or specific[0] in healing else [*specific, *healing]
    found = list(tell_each(specific or healing, made, set(), healing))
    # Where only another network gets far, what mends a little of this one is not the cause.
    plain = skill_of(made.plain)
    if plain - best >= ANOTHER_NETWORK:
        # What heals may be in the way of learning by heart, too.
        remedy = min(specific, key=lambda one: one.trial.score).remedy if specific else None
        small = list_findings(lambda: find_turned_pairs(made)) or list(conclude_of_network(facts, made, remedy))
        if small:
            # What is frozen is seen, and is to be mended first.
            return sorted([*find_rows_alike(facts), *small, *found], key=lambda f: f.cause != "frozen parameters")
    found = list(weigh_steps(made, found, mine, best))
    found[1:1] = find_summed(made, found)
    if {f.cause for f in found} == {"too few steps"} and plain - max(map(skill_of, made.longer)) >= ANOTHER_NETWORK:
        # More steps go on for long and come nowhere near what another network learns.
        found = list(conclude_of_network(facts, made, bound=HARDLY_BY_HEART)) or found
    if found:
        found += find_partly_healed(facts, made, max(0.0, mine), best, {f.cause for f in found})
        found += find_further_healed(made, healing, {f.cause for f in found})
    else:
        found = (
            list(find_overfitting(made, best, HEALTHY_SHARE))
            or list(find_class_numbers(made))
            or list_findings(lambda: find_rare_class(made))
            or list(conclude_of_network(facts, made))
        )
    return found


def is_of_copies(finding: Finding) -> bool:
    """Whether copies of rows contradict one another by so much that this explains most of what is not learned."""
    numbers = finding.evidence
    return (
        finding.cause == "conflicting rows"
        and numbers.get("copies", 0.0) > 0.0
        and numbers["between twins"] > BETWEEN_COPIES
    )


def tell_each(
    chosen: list[Tried], made: Experiments, known: set[str], healing: list[Tried] | None = None
) -> Iterator[Finding]:
    """A finding for each cause of some changes that heal, of the one that gets furthest."""
    for one in chosen:
        if one.remedy.cause not in known:
            known = {*known, one.remedy.cause}
            others = [o for o in healing or chosen if o.remedy.cause == one.remedy.cause]
            best_of = min(others, key=lambda o: (o.remedy.general, o.trial.score))
            yield tell(made, best_of, [o.remedy.name for o in others])


def find_further_healed(made: Experiments, healing: list[Tried], known: set[str]) -> Iterator[Finding]:
    """A general change that gets further than the specific ones that heal."""
    least = min((one.trial.score for one in healing if one.remedy.cause in known), default=math.inf)
    further = [one for one in healing if one.remedy.general and least - one.trial.score >= 2.0 * LEAST_GAIN]
    yield from tell_each(sorted(further, key=lambda one: one.trial.score), made, known)


def find_partly_healed(facts: Facts, made: Experiments, mine: float, best: float, known: set[str]) -> Iterator[Finding]:
    """What closes a part of the gap by itself, beside what closes most of it."""
    for one in sorted(made.tried, key=lambda one: one.trial.score):
        gained = skill_of(one.trial) - max(mine, floor_of(made, one, mine))
        enough = gained >= max(2.0 * LEAST_GAIN, PARTLY_HEALED * (best - mine)) and has_learned(made, one.trial)
        if enough and not one.remedy.general and one.remedy.cause not in known and fits(one, facts, made):
            known = {*known, one.remedy.cause}
            yield tell(made, one, [one.remedy.name])


def rescues(made: Experiments, one: Tried, best: float) -> bool:
    """Whether a run that got worse learns with smaller steps; another optimizer may get further, and says nothing of why it was lost."""
    causes = ("learning rate too high", "loss summed")
    return (
        made.as_it_is.lost
        and one.remedy.cause in causes
        and has_learned(made, one.trial)
        and skill_of(one.trial) > RESCUED * best
    )


def floor_of(made: Experiments, one: Tried, mine: float) -> float:
    """The skill that a change begins from: the run as it is, and what the other change that is made with it has alone."""
    if one.remedy.evidenced:
        return max(0.0, mine)
    return max(0.0, mine, *(skill_of(o.trial) for o in made.tried if o.remedy.name == one.remedy.beside))


def fits(one: Tried, facts: Facts, made: Experiments) -> bool:
    """Whether what is known of the subject, and of the run as it is, admits the cause that a remedy stands for."""
    if one.remedy.cause in OF_STEPS:
        # Steps that learn the rows of the training part by heart do what steps can: others are only not that far.
        mine = made.as_it_is
        return mine.lost or not mine.points or 1.0 - mine.points[-1].trained < BY_HEART
    if one.remedy.cause == "inputs not scaled":
        return facts.inputs_off > INPUTS_OFF
    if one.remedy.cause == "weights too small":
        return facts.weight_scale[0] < SMALL_WEIGHTS
    if one.remedy.cause == "targets not scaled":
        return facts.targets_off > TARGETS_OFF
    if one.remedy.cause == "vanishing gradients":
        # One hidden layer or two take a part of the gradient, and a larger rate gives it back. What normalises layers also mends
        # how slow a run is, whose gradients come through.
        deep = one.remedy.general or facts.squashes > 2
        # Where nothing squashes, and weights that are drawn anew mend more, it is the chance of the draw.
        fresh = next((other.trial for other in made.tried if other.remedy.name == "fresh weights"), None)
        by_chance = fresh is not None and not fresh.lost and fresh.score < one.trial.score
        if one.remedy.general and by_chance and not facts.squashes and not facts.collapsed:
            return False
        return facts.collapsed or facts.gradient_ratio < (FADED if deep else 0.02)
    return True


def weigh_steps(made: Experiments, found: list[Finding], mine: float, best: float) -> Iterator[Finding]:
    """A rate that is a little low and a run that is a little short are one thing: four times the steps tell which to say first."""
    others = {f.cause for f in found} - {
        "learning rate too low",
        "optimizer unfit",
        "weights too small",
        "too few steps",
    }
    if (others and made.as_it_is.steps >= FEW_STEPS) or made.as_it_is.lost or made.quick:
        yield from found
        return
    if not made.longer:
        made.run_longer()
    enough = next((t for t in made.longer if heals(made, t, max(mine, 0.0), best)), None)
    if enough is None:
        yield from found or tell_few_steps(made)
        return
    steps = tell_longer(made, enough)
    before = 0 if enough is made.longer[0] and not others else 1
    yield from [*found[:before], steps, *found[before:]]


def find_summed(made: Experiments, found: list[Finding]) -> Iterator[Finding]:
    """A loss that is seen to be a sum, where smaller steps heal: it makes them as many times larger as there are rows."""
    mean = next((one for one in made.tried if one.remedy.cause == "loss summed"), None)
    if mean is not None and found and found[0].cause == "learning rate too high":
        yield Finding(
            "loss summed",
            "",
            f"the loss is a sum over the rows of a batch, so that each step is {made.subject.batch_size} times as large as with their "
            f"mean; {mean.remedy.told}, at this rate, the run ends at {mean.trial.outcome}",
            mean.remedy.fix,
            {"rows": made.subject.batch_size},
            certain=False,
            heals=found[0].heals,
        )


def tell_health(made: Experiments, best: float) -> Iterator[str]:
    """Why a run is healthy, in sentences."""
    last: Point = made.as_it_is.points[-1]
    which = "rows held back" if made.subject.holds_rows else "all rows, as none are held back,"
    yield f"as it is, {made.as_it_is.steps} steps take the error on {which} to {last.held:.3g} of that of a constant answer"
    if made.tried:
        yield f"the best of {len(made.tried)} changes gets {1.0 - best:.3g}"


def tell_trials(made: Experiments) -> Iterator[str]:
    """How the run as it is and the best changes ended, in sentences."""
    yield f"as it is: {made.as_it_is.outcome}" + ("" if made.as_it_is.lost else " of the error of a constant answer")
    for one in sorted(made.tried, key=lambda t: t.trial.score)[:3]:
        yield f"{one.remedy.name}: {one.trial.outcome} in {one.trial.steps} steps"
