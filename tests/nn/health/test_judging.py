"""What is concluded of experiments, on both sides of each bound, given how they ended."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from nn.health import judging, learned, short_runs, still_weights
from nn.health.experiments.plan import Tried
from nn.health.experiments.remedies.remedy import Remedy, together
from nn.health.experiments.trial import Point, Rows, Trial
from nn.health.finding import Finding

ROWS = Rows(np.zeros((20, 1)), np.zeros(20), np.zeros((5, 1)), np.zeros(5))


def trial(*held: float, z: float = 5.0, trained: float = 0.5, steps: int = 100, lost: bool = False) -> Trial:
    """A trial whose held rows had such errors along the way."""
    made = Trial("as it is", "as it is", None, ROWS, None, 10, True, 0)  # type: ignore[arg-type]
    made.points = [Point(steps * (k + 1) // len(held), trained, error, z, error) for k, error in enumerate(held)]
    made.losses, made.lost = [1.0] * steps, lost
    made.judge, made.answers = SimpleNamespace(relation=lambda *_: 0.0), lambda x: x  # type: ignore[assignment, method-assign]
    return made


def tried(cause: str, made: Trial, name: str = "a change", **others: Any) -> Tried:
    return Tried(Remedy(name, f"with {name}", cause, f"mend {cause}", lambda _: None, **others), made)


def experiments(as_it_is: Trial, *changes: Tried, **others: Any) -> Any:
    subject = SimpleNamespace(
        holds_rows=True,
        validation=None,
        judge=SimpleNamespace(kind="numbers"),
        rows=ROWS,
        y=np.array([0.5, 1.5, 0.2]),
        x=np.zeros((3, 1)),
    )
    usual: dict[str, Any] = {
        "plain": None,
        "quick": False,
        "longer": [],
        "unchanged": None,
        "unseen": (),
        "seconds": 10.0,
        "left": 9.0,
    }
    usual |= {"subject": subject, "facts": facts()}
    return SimpleNamespace(**{**usual, **others}, as_it_is=as_it_is, tried=list(changes))


def facts(**others: Any) -> Any:
    usual = {
        "inputs_off": 1.0,
        "targets_off": 1.0,
        "gradient_ratio": 1.0,
        "squashes": 0,
        "collapsed": False,
        "linear": False,
    }
    return SimpleNamespace(**{**usual, **others})


def causes(found: Any) -> list[str]:
    return [finding.cause for finding in found]


def test_skill_is_what_is_left_of_the_error_and_not_below_minus_one() -> None:
    assert learned.skill_of(trial(0.25)) == 0.75
    assert learned.skill_of(trial(0.1, 0.25)) == 0.75
    assert learned.skill_of(trial(7.0)) == -1.0
    for nothing in (None, trial(0.25, lost=True), trial()):
        assert learned.skill_of(nothing) == -math.inf


@pytest.mark.parametrize(
    ("error", "z", "is_learned"),
    [
        (0.98, 9.0, False),
        (0.96, 3.1, True),
        (0.96, 3.0, False),
        (0.71, 2.5, False),
        (0.69, 2.5, True),
        (0.69, 1.9, False),
        (1.5, 9.0, False),
    ],
)
def test_something_is_learned_where_skill_and_its_certainty_show_it(error: float, z: float, is_learned: bool) -> None:
    made = experiments(trial(error, z=z))
    assert learned.has_learned(made, made.as_it_is) is is_learned


@pytest.mark.parametrize(("error", "is_learned"), [(0.71, False), (0.69, True)])
def test_without_rows_held_back_it_takes_more_skill(error: float, is_learned: bool) -> None:
    made = experiments(trial(error, z=0.0))
    made.subject.holds_rows = False
    assert learned.has_learned(made, made.as_it_is) is is_learned
    made.subject.holds_rows, made.subject.judge.kind = True, "own"
    assert learned.has_learned(made, made.as_it_is) is is_learned
    assert not learned.has_learned(made, trial(0.1, lost=True))
    assert not learned.has_learned(made, trial())


@pytest.mark.parametrize(
    ("mine", "best", "cause"),
    [
        # A skill of .42 is a little less, or a little more, than six tenths of the best.
        (0.58, 0.28, "unknown"),
        (0.58, 0.31, "healthy"),
        # A third of the error, and much less of it.
        (0.45, 0.14, "unknown"),
        (0.45, 0.16, "healthy"),
        (0.2, 0.01, "healthy"),
    ],
)
def test_a_run_is_healthy_that_reaches_most_of_the_best_skill(mine: float, best: float, cause: str) -> None:
    made = experiments(trial(mine), tried("optimizer unfit", trial(best)), quick=True)
    verdict = judging.judge([], facts(targets_off=1.0), made)
    assert (verdict.cause == "healthy") is (cause == "healthy")
    if cause == "healthy":
        assert verdict.evidence == [
            f"as it is, 100 steps take the error on rows held back to {mine:.3g} of that of a constant answer",
            f"the best of 1 changes gets {best:.3g}",
        ]
    else:
        assert verdict.cause == "optimizer unfit"
        assert verdict.evidence == [
            f"as it is: {mine:.3g} of the error of a constant answer", f"a change: {best:.3g} in 100 steps"
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("plain", "change", "cause", "told"),
    [
        # A plain network has a third of the error, and a change of this one comes most of the way, or not.
        (0.12, 0.18, "order ignored", "order ignored"),
        (0.12, 0.26, "order ignored", "healthy"),
        (0.2, 0.18, "order ignored", "healthy"),
        # Other steps are what any run may be given.
        (0.12, 0.18, "learning rate too low", "healthy"),
        (None, 0.18, "order ignored", "healthy"),
    ],
)
def test_a_run_that_learns_is_held_back_where_a_plain_network_and_a_change_show_it(
    plain: float | None, change: float, cause: str, told: str
) -> None:
    plain_trial = None if plain is None else trial(plain)
    made = experiments(trial(0.39), tried(cause, trial(change)), plain=plain_trial, quick=True)
    assert judging.judge([], facts(), made).cause == told


@pytest.mark.parametrize(
    ("steps", "longer", "told"), [(40, 0.04, True), (40, 0.11, False), (60, 0.04, False), (40, 0.2, False)]
)
def test_a_run_of_few_steps_is_unfinished_where_more_go_far_further(steps: int, longer: float, told: bool) -> None:
    made = experiments(trial(0.31, steps=steps), longer=[trial(longer, steps=4 * steps)])
    assert causes(short_runs.find_unfinished(made)) == ["too few steps"] * told
    assert causes(short_runs.find_unfinished(experiments(trial(0.31, steps=40), longer=made.longer, quick=True))) == []


def test_what_is_seen_without_certainty_counts_where_a_plain_network_learns_far_more() -> None:
    seen = [Finding("optimizer unfit", "", "seen", "mend it", certain=False)]
    made = experiments(trial(0.35), plain=trial(0.1), quick=True)
    assert judging.judge(seen, facts(), made).findings == seen
    assert judging.judge(seen, facts(), experiments(trial(0.35), plain=trial(0.2), quick=True)).cause == "healthy"


def test_what_is_seen_is_no_trouble_of_a_healthy_run_where_it_is_a_note() -> None:
    made = experiments(trial(0.1))
    seen = [Finding(cause, "", "seen", "mend it") for cause in ("frozen parameters", "conflicting rows", "not finite")]
    assert judging.judge(seen, facts(), made).cause == "healthy"
    grave = Finding("target among the features", "", "seen", "mend it")
    assert judging.judge([*seen, grave], facts(), made).findings == [grave]


def test_three_findings_are_told_at_most_and_the_gravest_first() -> None:
    made = experiments(trial(1.0, z=0.0))
    names = ("rows mixed", "missing gradients", "shapes broadcast", "output range")
    seen = [Finding(cause, "", "seen", "mend it") for cause in names]
    verdict = judging.judge(seen, facts(), made)
    assert len(verdict.findings) == 3
    assert [f.gravity for f in verdict.findings] == sorted(f.gravity for f in verdict.findings)
    assert verdict.cause == min(seen, key=lambda f: f.gravity).cause
    # The same cause at the same place is told once.
    assert len(judging.judge([seen[0], seen[0]], facts(), made).findings) == 1


@pytest.mark.parametrize(
    ("error", "floor", "best", "healed"),
    [(0.39, 0.0, 1.0, True), (0.41, 0.0, 1.0, False), (0.91, 0.0, 0.1, True), (0.93, 0.0, 0.1, False)],
)
def test_a_change_heals_that_closes_most_of_the_gap_and_gains_enough(error, floor, best, healed: bool) -> None:
    change = trial(error)
    assert judging.heals(experiments(trial(1.0)), change, floor, best) is healed
    assert not judging.heals(experiments(trial(1.0)), trial(error, z=0.0), floor, best)


def test_a_change_that_is_made_beside_another_must_gain_on_both() -> None:
    adam = tried("optimizer unfit", trial(0.4), "Adam")
    both = tried("no activation", trial(0.3), "both", beside="Adam")
    made = experiments(trial(0.9), adam, both)
    assert judging.floor_of(made, both, 0.1) == pytest.approx(0.6)
    assert judging.floor_of(made, adam, 0.1) == pytest.approx(0.1)
    assert judging.floor_of(made, adam, -0.5) == 0.0
    seen = tried("no activation", trial(0.3), "both", beside="Adam", evidenced=True)
    assert judging.floor_of(made, seen, 0.1) == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("cause", "known", "admitted"),
    [
        ("inputs not scaled", {"inputs_off": 3.0}, False),
        ("inputs not scaled", {"inputs_off": 3.1}, True),
        ("targets not scaled", {"targets_off": 2.0}, False),
        ("targets not scaled", {"targets_off": 2.1}, True),
        ("vanishing gradients", {"gradient_ratio": 0.19, "squashes": 3}, True),
        ("vanishing gradients", {"gradient_ratio": 0.2, "squashes": 3}, False),
        ("vanishing gradients", {"gradient_ratio": 0.19, "squashes": 2}, False),
        ("vanishing gradients", {"gradient_ratio": 0.019, "squashes": 2}, True),
        ("vanishing gradients", {"collapsed": True}, True),
        ("weights too small", {"weight_scale": (0.29, 1.0)}, True),
        ("weights too small", {"weight_scale": (0.3, 1.0)}, False),
        ("no activation", {}, True),
    ],
)
def test_causes_that_what_is_known_does_not_admit_are_not_told(cause: str, known, admitted: bool) -> None:
    assert judging.fits(tried(cause, trial(0.1)), facts(**known), experiments(trial(0.9))) is admitted
    # What is general mends the speed of a run as well, whose gradients come through.
    for ratio, fades in ((0.19, True), (0.2, False)):
        general = tried("vanishing gradients", trial(0.1), general=True)
        assert judging.fits(general, facts(gradient_ratio=ratio), experiments(trial(0.9))) is fades


@pytest.mark.parametrize(
    ("known", "fresh", "admitted"),
    [
        ({}, trial(0.2), False),
        ({}, trial(0.4), True),
        ({}, trial(0.2, lost=True), True),
        ({"squashes": 2}, trial(0.2), True),
        ({"collapsed": True}, trial(0.2), True),
    ],
    ids=["mends more", "mends less", "is lost", "what squashes", "rows alike"],
)
def test_what_another_draw_of_the_weights_mends_more_is_chance(known: Any, fresh: Trial, admitted: bool) -> None:
    normalised = tried("vanishing gradients", trial(0.3), general=True)
    made = experiments(trial(0.6), normalised, tried("weights too small", fresh, "fresh weights"))
    assert judging.fits(normalised, facts(gradient_ratio=0.05, **known), made) is admitted


def test_a_finding_tells_what_healed_and_what_the_others_got() -> None:
    one = tried("no activation", trial(0.1, steps=60), "ReLU between")
    same = tried("no activation", trial(0.01))
    other, lost = tried("optimizer unfit", trial(0.7)), tried("optimizer unfit", trial(0.2, lost=True))
    finding = learned.tell(experiments(trial(0.9), one, same, other, lost), one, ["ReLU between"])
    assert finding.sentence == (
        "with ReLU between the error falls to 0.1 of that of a constant answer in 60 steps; as it is, 0.9 after 100; "
        "the best of 1 other changes gets 0.7"
    )
    assert finding.evidence == {"as it is": 0.9, "healed": 0.1, "steps": 60}
    assert (finding.cause, finding.heals, finding.certain) == ("no activation", ("ReLU between",), False)
    finding = learned.tell(experiments(trial(0.9, lost=True), one), one, [])
    assert finding.sentence.endswith("as it is, it is lost (the loss is no finite number) after 100")


@pytest.mark.parametrize(
    ("mine", "healed", "is_told"), [(0.9, 0.45, True), (0.9, 0.55, False), (0.95, 0.81, False), (0.55, 0.45, False)]
)
def test_a_rare_class_is_told_where_even_rows_gain_much(mine: float, healed: float, is_told: bool) -> None:
    even = tried("classes unbalanced", trial(healed), "even rows")
    found = list(learned.find_unbalanced(experiments(trial(mine), even)))
    assert causes(found) == ["classes unbalanced"] * is_told
    for finding in found:
        assert finding.evidence == {"as it is": pytest.approx(mine), "healed": pytest.approx(healed)}
        assert f"the error as it is is {mine:.3g} of that of answering all classes alike" in finding.sentence
        assert finding.heals == ("even rows",)


def test_a_rare_class_is_not_told_of_what_was_lost_or_not_tried() -> None:
    for made in (
        experiments(trial(0.9)),
        experiments(trial(0.9), tried("optimizer unfit", trial(0.1))),
        experiments(trial(0.9), tried("classes unbalanced", trial(0.1, lost=True))),
        experiments(trial(), tried("classes unbalanced", trial(0.1))),
    ):
        assert list(learned.find_unbalanced(made)) == []


@pytest.mark.parametrize(
    ("y", "count"),
    [
        ([0, 1, 2], 3),
        ([1.0, 3.0, 2.0, 1.0], 3),
        ([0, 1], None),
        ([0, 1, 3], None),
        ([0.0, 0.5, 1.0], None),
        (range(50), 50),
        (range(51), None),
        ([[0, 1], [1, 2]], None),
    ],
)
def test_class_numbers_that_are_met_as_amounts(y, count: int | None) -> None:
    made = experiments(trial(1.0))
    made.subject.y = np.array(y)
    found = list(judging.find_class_numbers(made))
    assert [f.evidence for f in found] == ([{"classes": count}] if count else [])
    if count:
        assert f"the whole numbers {np.min(y):g} … {np.max(y):g}, and" in found[0].sentence
    made.subject.judge.kind = "classes"
    assert list(judging.find_class_numbers(made)) == []


@pytest.mark.parametrize(
    ("held", "trained", "z", "is_told"),
    [
        ((0.4, 0.4, 0.4, 0.9), 0.1, 5.0, True),
        # The rows that it trains on are not learned either.
        ((0.4, 0.4, 0.4, 0.9), 0.25, 5.0, False),
        # Nothing was ever seen to hold for other rows, or not often, or not surely.
        ((0.89, 0.89, 0.89, 0.99), 0.1, 5.0, False),
        ((0.4, 0.4, 0.99, 0.99), 0.1, 5.0, False),
        ((0.4, 0.4, 0.4, 0.9), 0.1, 2.2, False),
        # Not far behind the best.
        ((0.4, 0.4, 0.4, 0.54), 0.1, 5.0, False),
    ],
)
def test_overfitting_is_told_where_other_rows_were_once_better(held, trained, z, is_told: bool) -> None:
    made = experiments(trial(*held, trained=trained, z=z))
    found = list(learned.find_overfitting(made, 0.0))
    assert causes(found) == ["overfitting"] * is_told
    for finding in found:
        assert finding.evidence == {"trained": 0.1, "held": 0.9, "best": 0.4, "best step": 25}
        assert finding.sentence.endswith("others 0.9; at step 25 these had 0.4")
    for made.subject.holds_rows, made.subject.judge.kind in ((False, "numbers"), (True, "own")):
        assert list(learned.find_overfitting(made, 0.0)) == []


def test_a_setting_that_spoils_a_run_that_learns_is_named() -> None:
    good = tried("momentum too high", trial(0.19), "momentum .9")
    assert causes(learned.find_spoiled(experiments(trial(0.4), good), 0.6)) == ["momentum too high"]
    # The error must halve, and the gain be large enough.
    assert list(learned.find_spoiled(experiments(trial(0.36), good), 0.64)) == []
    small = tried("momentum too high", trial(0.05), "momentum .9")
    assert list(learned.find_spoiled(experiments(trial(0.2), small), 0.8)) == []
    assert list(learned.find_spoiled(experiments(trial(0.4), tried("no bias", trial(0.1))), 0.6)) == []
    scaled = tried("inputs not scaled", trial(0.1), "inputs scaled")
    for off, told in ((10.0, 0), (10.1, 1)):
        made = experiments(trial(0.4), scaled, facts=facts(inputs_off=off))
        assert len(list(learned.find_spoiled(made, 0.6))) == told
    # What is frozen may be so on purpose, where the run learns well without it.
    thawed = tried("frozen parameters", trial(0.02))
    for left, told in ((0.26, 1), (0.25, 0)):
        assert len(list(learned.find_spoiled(experiments(trial(left), thawed), 1.0 - left))) == told


def by_heart(score: float, steps: int = 300, lost: bool = False) -> dict[str, Any]:
    heart = trial(score, steps=steps, lost=lost)
    return {"by_heart": heart, "run_by_heart": lambda *_: None, "control": trial(1.1), "run_control": lambda: None}


@pytest.mark.parametrize(
    ("heart", "cause"),
    [
        (by_heart(0.29), "targets unrelated to inputs"),
        (by_heart(0.31), "network too small"),
        (by_heart(0.31, steps=299), None),
        (by_heart(0.04, steps=299), "targets unrelated to inputs"),
        (by_heart(0.01, lost=True), None),
    ],
)
def test_nothing_learned_is_the_networks_fault_where_it_learns_nothing_by_heart(heart, cause: str | None) -> None:
    made = experiments(trial(1.0), tried("no activation", trial(0.98, z=0.0)), **heart)
    found = list(judging.conclude_of_nothing(made))
    # A plain network, which learns nothing either, is not too small.
    also = ["targets unrelated to inputs"] if cause == "network too small" else []
    assert causes(found) == ([cause] if cause else []) + also
    if cause == "targets unrelated to inputs":
        assert (
            "none of 1 changes answers new rows better than a constant (the best has 0.98; with permuted targets 1.1)"
            in (found[0].sentence)
        )
        assert found[0].sentence.startswith("the network learns 20 rows by heart")
    made.quick = True
    assert list(judging.conclude_of_nothing(made)) == []


@pytest.mark.parametrize(
    ("trained", "held", "cause"),
    [
        (0.79, 0.98, "targets unrelated to inputs"),
        (0.8, 0.98, "network too small"),
        (0.79, 0.97, "network too small"),
    ],
)
def test_a_plain_network_may_learn_by_heart_what_this_one_does_not(trained: float, held: float, cause: str) -> None:
    made = experiments(trial(1.0), plain=trial(held, trained=trained), **by_heart(0.5))
    finding, *others = judging.conclude_of_nothing(made)
    assert finding.cause == cause
    assert causes(others) == ["targets unrelated to inputs"] * (cause == "network too small")
    if cause.startswith("targets"):
        assert finding.sentence.startswith("a plain network learns the rows that it trains on (error 0.79 of that")


@pytest.mark.parametrize(("score", "is_told"), [(0.25, False), (0.26, True)])
def test_a_network_is_small_that_learns_less_by_heart_than_a_plain_one_of_others(score: float, is_told: bool) -> None:
    made = experiments(trial(1.0), tried("no activation", trial(0.9)), plain=trial(0.2), **by_heart(score))
    assert causes(judging.conclude_of_network(facts(), made)) == ["network too small"] * is_told
    for left in (
        {"plain": None},
        {"plain": trial(0.99)},
        {"quick": True},
        by_heart(score, lost=True),
        by_heart(score, steps=299),
    ):
        made = experiments(trial(1.0), **{"plain": trial(0.2), **by_heart(score), **left})
        assert list(judging.conclude_of_network(facts(), made)) == []


def longer(*scores: float) -> dict[str, Any]:
    made = [trial(0.9, score, steps=400 * 4**k) for k, score in enumerate(scores)]
    for one in made:
        one.name = f"{one.steps} steps"
    return {"longer": made}


def test_a_run_that_is_short_is_told_before_a_rate_that_is_low_where_four_times_the_steps_are_enough() -> None:
    low = Finding("learning rate too low", "", "", "")
    made = experiments(trial(0.9), **longer(0.1, 0.1))
    found = list(judging.weigh_steps(made, [low], 0.1, 0.9))
    assert causes(found) == ["too few steps", "learning rate too low"]
    assert found[0].heals == ("400 steps",)
    assert found[0].evidence == {"as it is": 0.9, "healed": 0.1, "steps": 400}
    made = experiments(trial(0.9), **longer(0.9, 0.1))
    assert causes(judging.weigh_steps(made, [low], 0.1, 0.9)) == ["learning rate too low", "too few steps"]
    assert causes(judging.weigh_steps(made, [], 0.1, 0.9)) == ["too few steps"]
    made = experiments(trial(0.9), **longer(0.9, 0.9))
    assert causes(judging.weigh_steps(made, [low], 0.1, 0.9)) == ["learning rate too low"]
    other = Finding("no activation", "", "", "")
    assert list(judging.weigh_steps(experiments(trial(0.9), **longer(0.1)), [low, other], 0.1, 0.9)) == [low, other]
    # Of few steps it is always asked.
    few = experiments(trial(0.9, steps=59), **longer(0.1))
    assert causes(judging.weigh_steps(few, [other, low], 0.1, 0.9)) == [
        "no activation",
        "too few steps",
        "learning rate too low",
    ]
    for as_it_is, quick in ((trial(0.9, lost=True), False), (trial(0.9), True)):
        assert list(judging.weigh_steps(experiments(as_it_is, quick=quick, **longer(0.1)), [low], 0.1, 0.9)) == [low]


@pytest.mark.parametrize(
    ("steps", "left", "score", "is_told"),
    [(59, 9.0, 0.49, True), (60, 9.0, 0.49, False), (59, 0.9, 0.49, False), (59, 9.0, 0.51, False)],
)
def test_few_steps_are_too_few_where_the_best_change_gets_far_with_more(steps, left, score, is_told: bool) -> None:
    asked = []

    def run_on(one: Tried, until: int) -> Trial:
        asked.append((one.remedy.name, until))
        return trial(score, steps=until)

    changes = tried("no activation", trial(0.95), "worse"), tried("optimizer unfit", trial(0.9), "Adam")
    made = experiments(trial(0.97, steps=steps), *changes, left=left, run_on=run_on)
    found = list(short_runs.tell_few_steps(made))
    assert causes(found) == ["too few steps"] * is_told
    for finding in found:
        assert asked == [("Adam", 240)]
        assert finding.sentence.startswith("59 steps are too few for anything: with Adam the error is 0.9 of that")
        assert finding.evidence == {"as it is": 0.97, "healed": 0.49, "steps": 240}


def test_two_changes_at_once_are_told_as_one() -> None:
    done: list[str] = []
    first = Remedy("ReLU", "with ReLU", "no activation", "ReLU", lambda _: done.append("ReLU"), longer=2.0)
    second = Remedy("Adam", "with Adam", "optimizer unfit", "Adam", lambda _: done.append("Adam"), 3.0, general=True)
    both = together(first, second)
    both.apply(trial(1.0))
    assert done == ["ReLU", "Adam"]
    assert (both.name, both.told, both.cause, both.fix) == (
        "ReLU, Adam", "with ReLU and Adam", "no activation", "ReLU; and Adam"
    )  # fmt: skip
    assert (both.longer, both.general, both.beside, both.evidenced) == (3.0, False, "Adam", False)


def test_a_trial_knows_its_best_point_and_its_last() -> None:
    made = trial(0.5, 0.2, 0.4)
    assert (made.score, made.best.held, made.best.step, made.best_balanced) == (0.4, 0.2, 66, 0.2)
    assert (made.outcome, trial(0.4, lost=True).outcome) == ("0.4", "lost")
    assert (trial().score, trial().best.held, trial().best_balanced, trial().best.step) == (math.inf,) * 3 + (0,)


@pytest.mark.parametrize(
    ("error", "known", "is_told"),
    [(0.75, {}, True), (0.79, {}, False), (0.75, {"general": True}, False), (0.75, {"beside": "the other"}, False)],
)
def test_what_heals_a_part_is_told_after_what_heals(error: float, known: dict[str, Any], is_told: bool) -> None:
    # A skill of .7 is the best; three tenths of it are told of, where they are gained over what is made with it, too.
    other = tried("learning rate too low", trial(0.9), "the other")
    part = tried("no activation", trial(error), **known)
    made = experiments(trial(1.0), tried("clipping too tight", trial(0.3)), other, part, quick=True)
    told = ["clipping too tight", "no activation"][: 1 + is_told]
    assert causes(judging.conclude(facts(), made, 0.0, 0.7)) == told


@pytest.mark.parametrize(("rows", "trained", "is_told"), [(39, 0.1, True), (40, 0.1, False), (39, 0.21, False)])
def test_few_rows_of_many_columns_prove_nothing_of_their_targets(rows: int, trained: float, is_told: bool) -> None:
    made = experiments(trial(1.3, trained=trained), tried("no activation", trial(0.98, z=0.0)), **by_heart(0.01))
    made.subject.rows = Rows(np.zeros((rows, 4, 5)), np.zeros(rows), np.zeros((5, 4, 5)), np.zeros(5))
    told = causes(judging.conclude_of_nothing(made))
    assert told == ["targets unrelated to inputs", "overfitting"][: 1 + is_told]


@pytest.mark.parametrize(("end", "heart", "small"), [(0.5, 0.11, True), (0.5, 0.09, False), (0.39, 0.11, False)])
def test_a_network_is_small_that_more_steps_take_no_further(end: float, heart: float, small: bool) -> None:
    made = experiments(
        trial(0.6), tried("inputs not scaled", trial(0.55)), plain=trial(0.1), **by_heart(heart), **longer(end)
    )
    told = causes(judging.conclude(facts(), made, 0.4, 0.45))
    assert told == ["network too small" if small else "too few steps"]


@pytest.mark.parametrize(("concluded", "told"), [("overfitting", 2), ("no bias", 1)])
def test_a_validation_of_other_rows_comes_before_overfitting(
    concluded: str, told: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "conclude", lambda *_: [Finding(concluded, "", "", "")])
    monkeypatch.setattr(judging, "find_other_answers", lambda _: [Finding("validation differs", "", "", "")])
    found = judging.judge([], facts(), experiments(trial(0.9, z=0.0), tried("no bias", trial(0.2)))).findings
    assert causes(found) == ["validation differs", concluded][2 - told :]


@pytest.mark.parametrize("doubtful", [[], [Finding("noisy targets", "", "", "")]])
def test_what_heals_is_told_after_rows_that_are_learned_by_heart(doubtful, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        judging, "find_wrong_classes", lambda _made, **given: doubtful if given == {"doubtful": True} else []
    )
    healed, partly = tried("inputs not scaled", trial(0.3, 0.25, 0.2)), tried("no bias", trial(0.9))
    made = experiments(
        trial(0.5, 0.6, 1.2, z=0.0, trained=0.05),
        healed,
        partly,
        tried("optimizer unfit", trial(0.2), general=True),
        facts=facts(),
    )
    made.facts.inputs_off = 9.0
    told = causes(judging.conclude(made.facts, made, -0.2, 0.8))
    assert told == ["overfitting", *causes(doubtful), "inputs not scaled"]


def decayed(score: float, answers: Any) -> Trial:
    made = trial(score)
    made.answers = lambda x: answers  # type: ignore[method-assign]
    return made


@pytest.mark.parametrize(
    ("held", "trained", "healed", "better", "told"),
    [
        ((0.5,), 0.1, 0.39, 1.0, True),
        # It must be better, by enough, and by more than it varies.
        ((0.5,), 0.1, 0.41, 1.0, False),
        ((0.5,), 0.1, 0.39, 0.0, False),
        ((0.5,), 0.21, 0.39, 1.0, False),
        # The rows that it trains on are known little better.
        ((0.39,), 0.1, 0.2, 1.0, False),
        # Stopped earlier it was better, or hardly anything holds for others, or all of them are known by heart.
        ((0.38, 0.5), 0.1, 0.9, 0.0, True),
        ((0.41, 0.5), 0.1, 0.9, 0.0, False),
        ((0.74,), 0.1, 0.9, 0.0, True),
        ((0.72,), 0.1, 0.9, 0.0, False),
        ((0.53,), 0.04, 0.9, 0.0, True),
        ((0.51,), 0.04, 0.9, 0.0, False),
        ((0.53,), 0.06, 0.9, 0.0, False),
    ],
)
def test_a_run_that_learns_overfits_where_one_that_fits_less_is_better(held, trained, healed, better, told) -> None:
    mine = trial(*held, *held[-1:] * 3, trained=trained)
    errors = np.array([1.0, 1.2, 0.8, 1.1, 0.9])
    mine.answers = lambda x: errors  # type: ignore[method-assign]
    other = decayed(healed, errors - better * np.array([0.3, 0.2, 0.4, 0.2, 0.3]))
    made = experiments(mine, decayed=[other], run_decayed=lambda: None)
    made.subject.judge.rows = lambda answers, y: (answers, answers)
    found = list(learned.find_mendable_overfitting(made, 0.0))
    assert causes(found) == ["overfitting"] * told
    if told and better:
        assert found[0].sentence.endswith("; as it is it is 0.39")
    for made.subject.holds_rows, made.subject.judge.kind in ((False, "numbers"), (True, "own")):
        assert list(learned.find_mendable_overfitting(made, 0.0)) == []


def test_what_was_seen_comes_before_a_network_that_is_too_small() -> None:
    from tests.nn.health.measured import layer, parameter, step

    made = experiments(trial(1.0), tried("no activation", trial(0.98, z=0.0)), **by_heart(0.31))
    faded = step(parameter("0.weight", mean=1e-4), parameter("2.weight", mean=0.1))
    saturated = step(layers=(layer("1", "Sigmoid", saturated=0.9),))
    for measured, cause in ((faded, "vanishing gradients"), (saturated, "saturation"), (step(), None)):
        made.as_it_is.measures = [measured]
        told = causes(judging.conclude_of_nothing(made))
        assert told == [*([cause] if cause else []), "network too small", "targets unrelated to inputs"]
    made.as_it_is.measures = [faded]
    made.plain = trial(0.1)
    assert causes(judging.conclude_of_network(facts(), made)) == ["vanishing gradients", "network too small"]


@pytest.mark.parametrize(
    ("healed", "told"), [(0.5, ["noisy targets", "no bias"]), (0.35, ["no bias", "noisy targets"])]
)
def test_what_explains_more_comes_first(healed: float, told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    noise = Finding("noisy targets", "", "", "")
    monkeypatch.setattr(judging, "find_noisy_targets", lambda _: iter([noise]))
    made = experiments(trial(1.0), tried("no bias", trial(healed)))
    assert causes(judging.conclude(facts(), made, 0.0, 1.0 - healed)) == told


@pytest.mark.parametrize(("cause", "summed"), [("learning rate too high", 1), ("inputs not scaled", 0)])
def test_a_sum_over_the_rows_is_told_beside_a_rate_that_is_too_high(cause: str, summed: int) -> None:
    mean = tried("loss summed", trial(1.2))
    made = experiments(trial(1.5, lost=True), mean, tried(cause, trial(0.2)))
    made.subject.batch_size = 32
    found = list(judging.find_summed(made, [Finding(cause, "", "", "", heals=("a change",))]))
    assert [(f.cause, f.heals) for f in found] == [("loss summed", ("a change",))] * summed
    assert list(judging.find_summed(experiments(trial(1.5), tried(cause, trial(0.2))), found)) == []


def test_what_heals_beside_balanced_classes_is_told_after_them() -> None:
    even = tried("classes unbalanced", trial(0.5, 0.2))
    made = experiments(trial(1.0), even, tried("learning rate too low", trial(0.3)), tried("no bias", trial(0.8)))
    assert causes(judging.conclude(facts(), made, 0.0, 0.8)) == ["classes unbalanced", "learning rate too low"]


@pytest.mark.parametrize(("score", "told"), [(0.2, True), (0.3, False)])
def test_a_general_change_is_told_where_it_gets_further(score: float, told: bool) -> None:
    specific, adam = tried("no bias", trial(0.4)), tried("optimizer unfit", trial(score), general=True)
    made = experiments(trial(1.0), specific, adam)
    assert causes(judging.find_further_healed(made, [specific, adam], {"no bias"})) == ["optimizer unfit"] * told


def held_at(*values: float) -> Any:
    weights = np.resize(np.array(values), 20)
    return SimpleNamespace(parameters=lambda: [SimpleNamespace(path="body.weight", values=weights)])


@pytest.mark.parametrize(
    ("begun", "ended", "healing", "told"),
    [
        ((0.3, -0.4, 0.1, 0.2), (0.05, -0.05, 0.01, 0.02), True, True),
        # All of one size at first: nothing was held.
        ((0.05, -0.05), (0.05, -0.05), True, False),
        ((0.3, -0.4, 0.1, 0.2), tuple(np.linspace(-0.5, 0.4, 20)), True, False),
        ((0.3, -0.4, 0.1, 0.2), (0.05, -0.05, 0.01, 0.02), False, False),
        ((0.3, -0.4, 0.1, 0.2), (0.0, 0.0, 0.0, 0.0), True, False),
    ],
)
def test_weights_that_stand_at_one_bound_are_held(begun, ended, healing: bool, told: bool) -> None:
    adam = tried("optimizer unfit", trial(0.1 if healing else 0.99), "Adam", general=True)
    made = experiments(trial(0.98), adam)
    made.subject.network, made.as_it_is.network = held_at(*begun), held_at(*ended)
    found = list(still_weights.find_held_weights(made, 0.9))
    assert [(f.cause, f.path, f.heals) for f in found] == [("weights held small", "body", ("Adam",))] * told


@pytest.mark.parametrize(("step", "told"), [(1, ["not finite", "loss unfit"]), (2, ["loss unfit", "not finite"])])
def test_where_the_first_step_is_lost_the_place_that_makes_it_so_comes_first(step: int, told: list[str]) -> None:
    made = experiments(trial(1.2, lost=True), tried("loss unfit", trial(0.2)), quick=True)
    verdict = judging.judge([Finding("not finite", "", "", "", {"step": step})], facts(targets_off=1.0), made)
    assert [f.cause for f in verdict.findings] == told


def test_targets_that_a_constant_answers_say_nothing_of_the_network() -> None:
    made = experiments(trial(math.inf), tried("no activation", trial(math.inf)), **by_heart(math.inf))
    assert list(judging.conclude_of_nothing(made)) == []


@pytest.mark.parametrize(
    ("first", "second", "fix"),
    [
        ("learning rate too low", "optimizer unfit", "mend learning rate too low"),
        (
            "optimizer unfit",
            "learning rate too low",
            "search a far larger rate on a log scale; or mend optimizer unfit",
        ),
    ],
)
def test_what_is_advised_for_weights_that_stand_still_is_what_has_healed(
    first: str, second: str, fix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = experiments(trial(1.0), tried(first, trial(0.1), "one"), tried(second, trial(0.2), "other"))
    made.as_it_is.measures = [None]
    monkeypatch.setattr(
        still_weights, "find_low_rate", lambda _: [Finding("learning rate too low", "", "still", "guess", {})]
    )
    (found,) = still_weights.find_still_weights(made, 0.0)
    assert (found.fix, found.heals) == (fix, ("one", "other"))


@pytest.mark.parametrize(
    ("cause", "healed", "told"),
    [
        ("axes mixed up", 0.4, ["axes mixed up", "overfitting"]),
        ("axes mixed up", 0.6, ["overfitting", "axes mixed up"]),
        ("inputs not scaled", 0.4, ["overfitting", "inputs not scaled"]),
    ],
)
def test_rows_that_are_read_wrongly_come_before_what_is_learned_of_them_by_heart(
    cause: str, healed: float, told: list[str]
) -> None:
    made = experiments(trial(0.9, 0.85, 1.2, trained=0.0), tried(cause, trial(0.9, 0.7, healed)))
    made.as_it_is.judge.relation = lambda *_: 9.0
    assert causes(judging.conclude(facts(inputs_off=9.0), made, -0.2, 1.0 - healed)) == told
