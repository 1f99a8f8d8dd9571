"""The rules that watch a run, on both sides of each threshold, given what was measured."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from autograd.wording.numbers import format_percent
from nn.health import quantities
from nn.health.evidence import run
from nn.health.measure import InputMeasure
from nn.health.place import Place
from nn.health.record import Record
from nn.health.task import Task
from tests.nn.health.measured import layer, parameter, record, step


def causes(found: Any) -> list[str]:
    return [finding.cause for finding in found]


def test_a_usual_run_is_healthy() -> None:
    assert run.find_in_run(record(step(), step(), step())) == []


def inputs(mean: float, std: float) -> InputMeasure:
    return InputMeasure("0", 32, 3, 1.0, (0.0, mean), (0.1, std), 0.0)


@pytest.mark.parametrize(
    ("mean", "std", "is_told"),
    [(9.9, 1.0, False), (10.0, 1.0, False), (10.1, 1.0, True), (0.0, 10.0, False), (0.0, 10.1, True)],
)
def test_inputs_are_unscaled_beyond_ten(mean: float, std: float, is_told: bool) -> None:
    found = run.find_in_run(record(step(inputs=inputs(mean, std))))
    assert causes(found) == ["inputs not scaled"] * is_told
    for finding in found:
        assert f"means up to {mean:.3g} and standard deviations from 0.1 to {std:.3g}" in finding.sentence
        assert finding.evidence == {"largest mean": mean, "least std": 0.1, "largest std": std}


@pytest.mark.parametrize(
    ("norm", "twins_at_last", "is_told"), [(1.0, 8, True), (1.0, 0, True), (0.0, 8, True), (0.0, 0, False)]
)
def test_units_without_a_gradient_are_alike_only_where_they_stay_so(
    norm: float, twins_at_last: int, is_told: bool
) -> None:
    first = step(parameter("0.weight", norm=norm, twins=8), parameter("2.weight"))
    last = step(parameter("0.weight", twins=twins_at_last), parameter("2.weight"))
    assert causes(run.find_identical_units(record(first, last))) == ["identical units"] * is_told


@pytest.mark.parametrize(("norm", "is_told"), [(100.0, False), (101.0, True)])
def test_gradients_explode_beyond_a_hundred_times_the_weights(norm: float, is_told: bool) -> None:
    made = record(step(parameter("0.weight", norm=2.0 * norm, weight=2.0), parameter("2.weight")))
    found = run.find_in_run(made)
    assert causes(found) == ["exploding gradients"] * is_told
    for finding in found:
        assert finding.path == "0"
        assert finding.evidence["gradient/weight"] == pytest.approx(norm)
    # Weights of zero have no size to compare with.
    assert quantities.gradient_sizes(record(step(parameter("0.weight", norm=200.0, weight=0.0)))) == {}


@pytest.mark.parametrize(
    ("update", "losses", "told"),
    [
        (0.5, (1.0, 4.0), None),
        (0.6, (1.0, 3.0), None),
        (0.6, (1.0, 3.1), "the loss rose from 1 to 3.1"),
        (0.6, (-2.0, 8.0), "the loss rose from -2 to 8"),
        (0.6, (1.0, math.nan), "the loss rose from 1 to inf"),
        (0.6, (math.nan, 8.0), None),
    ],
)
def test_a_rate_is_high_where_weights_are_replaced_and_the_loss_rises(update: float, losses, told: str | None) -> None:
    made = record(step(parameter("0.weight", update=update), parameter("2.weight")), losses=losses)
    found = run.find_in_run(made)
    assert causes(found) == ["learning rate too high"] * (told is not None)
    for finding in found:
        assert f"a step changed 0.weight by {update} times its norm" in finding.sentence
        assert finding.sentence.endswith(str(told))
        assert finding.fix.startswith("divide the rate by 100,")


def of_skill(skill: float) -> Task:
    """The training part of a classification of which half the answers are of one class."""
    return Task("classes", 100, 0.5 + 0.5 * skill, np.array([50, 50]))


def learning(skill: float, steps: int = 100, **others: Any) -> Record:
    every = [step(**others, task=of_skill(skill)) for _ in range(3)]
    return record(*every, losses=(1.0,) * steps)


@pytest.mark.parametrize(
    ("skill", "steps", "is_told"),
    [(0.1, 100, True), (0.1, 99, False), (0.2, 100, False), (-0.4, 100, True), (-0.6, 100, False)],
)
def test_nothing_is_learned_below_some_skill_after_steps_enough(skill: float, steps: int, is_told: bool) -> None:
    found = run.find_in_run(learning(skill, steps))
    assert causes(found) == ["not learning"] * is_told
    for finding in found:
        assert f"after {steps} steps the network answers 200 training targets" in finding.sentence
        assert f"(the most frequent has {format_percent(0.5)}; skill {skill:.3f})" in finding.sentence
        assert not finding.certain


@pytest.mark.parametrize(("ratio", "is_told"), [(1.1, False), (0.9, True)])
def test_gradients_vanish_below_what_four_sigmoids_leave(ratio: float, is_told: bool) -> None:
    pair = parameter("0.weight", mean=0.1 * ratio * 0.25**4), parameter("2.weight", mean=0.1)
    sigmoids = tuple(layer(str(k), "Sigmoid", saturated=0.0) for k in (1, 2))
    found = run.find_in_run(record(step(*pair, layers=sigmoids)))
    assert causes(found) == ["vanishing gradients"] * is_told
    for finding in found:
        assert finding.evidence == {"first/last gradient": pytest.approx(ratio / 256), "sigmoids": 2}
        assert "2 sigmoids, each of which scales a gradient by ¼ at most, together by 0.062" in finding.sentence
        assert "median" not in finding.sentence
    plain = run.find_in_run(record(*[step(*pair)] * 3))
    assert causes(plain) == ["vanishing gradients"] * is_told
    for finding in plain:
        assert finding.sentence.endswith(
            "(median over the first 2 measured steps): every layer between makes it smaller"
        )


def test_the_gradient_that_others_are_small_beside_is_that_of_the_last_weight_that_has_one() -> None:
    weights = [parameter(f"{k}.weight", mean=1e-4 if k < 2 else 0.1, missing=k > 4) for k in range(0, 8, 2)]
    found = [finding for finding in run.find_in_run(record(step(*weights))) if finding.cause == "vanishing gradients"]
    assert [finding.sentence.partition(":")[0] for finding in found] == [
        "the mean |gradient| of 0.weight is 0.001 of that of 4.weight"
    ]


def test_rows_of_an_embedding_that_are_not_in_the_batch_do_not_make_its_gradient_small() -> None:
    made = record(step(parameter("0.weight", mean=0.01, zero=0.9), parameter("2.weight", mean=0.1, zero=1.0)))
    assert quantities.gradient_ratios(made) == {}
    made = record(step(parameter("0.weight", mean=0.01, zero=0.9), parameter("2.weight", mean=0.1)))
    assert quantities.gradient_ratios(made) == {"0.weight": pytest.approx(1.0)}
    # A last layer of zeros sends nothing back in the first step alone.
    still = parameter("0.weight", norm=0.0, mean=0.0), parameter("2.weight")
    assert quantities.gradient_ratios(record(step(*still), step(*still))) == {}
    assert quantities.gradient_ratios(record(step(*still), step(*still), step(*still))) == {"0.weight": 0.0}


@pytest.mark.parametrize(("share", "is_told"), [(0.4, False), (0.41, True)])
def test_saturation_is_looked_for_in_hidden_layers_at_the_beginning(share: float, is_told: bool) -> None:
    layers = (
        layer("1", "Sigmoid", saturated=share),
        layer("3", "Sigmoid", saturated=share / 2),
        layer("5", "Sigmoid", saturated=1.0, final=True),
    )
    found = run.find_in_run(record(step(layers=layers)))
    assert causes(found) == ["saturation"] * is_told
    for finding in found:
        assert finding.evidence == {"saturated": share, "layers": 1, "samples": 32}
        assert f"at the beginning {format_percent(0.41)} of the outputs of 1 (Sigmoid)" in finding.sentence
    # A network that answers well is confident.
    for skill, told in ((0.4, is_told), (0.6, False)):
        assert bool(quantities.first_saturations(record(step(layers=layers, task=of_skill(skill))))) is (skill < 0.5)
        assert causes(run.find_saturation(record(step(layers=layers, task=of_skill(skill))))) == ["saturation"] * told


@pytest.mark.parametrize(("dead", "samples", "is_told"), [(6, 32, False), (7, 32, True), (7, 30, True), (7, 29, False)])
def test_units_are_dead_that_many_samples_do_not_switch_on(dead: int, samples: int, is_told: bool) -> None:
    alive = np.arange(8) >= dead
    found = run.find_in_run(record(step(layers=(layer("1", alive=alive, samples=samples),))))
    assert causes(found) == ["dead units"] * is_told
    for finding in found:
        assert finding.sentence.startswith(f"7 of 8 ReLUs of 1 were not above 0 for any of {samples} samples")
        assert finding.evidence == {"dead": 7, "units": 8, "samples": samples}
    final = record(step(layers=(layer("1", alive=alive, samples=samples, final=True),)))
    assert run.find_in_run(final) == []


def test_only_the_later_half_of_a_run_shows_dead_units() -> None:
    asleep, awake = (layer("1", alive=np.full(4, a)) for a in (False, True))
    assert run.find_in_run(record(step(layers=(awake,)), step(layers=(asleep,)))) != []
    assert run.find_in_run(record(step(layers=(asleep,)), step(layers=(awake,)))) == []
    assert run.find_in_run(record(step(layers=(awake,)), step(layers=(awake,)), step(layers=(asleep,)))) == []


@pytest.mark.parametrize(("update", "is_told"), [(2e-5, False), (0.9e-5, True), (0.0, False)])
def test_a_rate_is_low_where_no_weight_moves(update: float, is_told: bool) -> None:
    slow = step(parameter("0.weight", update=update), parameter("2.weight", update=update / 2), task=of_skill(0.1))
    found = run.find_in_run(record(slow, slow, slow))
    assert causes(found) == ["learning rate too low"] * is_told
    for finding in found:
        assert finding.evidence["update/weight"] == update
        assert finding.fix.startswith("multiply the rate by 100,")
    assert run.find_in_run(record(slow, slow)) == []
    learned = step(parameter("0.weight", update=update), task=of_skill(0.2))
    assert run.find_in_run(record(learned, learned, learned)) == []


def test_names_are_joined_up_to_four() -> None:
    for count, told in ((4, "0, 1, 2, 3 do"), (5, "0, 1, 2, 3 and 1 more do"), (6, "0, 1, 2, 3 and 2 more do")):
        left = [parameter(str(k), held=False) for k in range(count)]
        (finding,) = run.find_in_run(record(step(*left, parameter("last"))))
        assert (finding.cause, finding.evidence) == (
            "parameters left out",
            {"left out": count, "parameters": count + 1},
        )
        assert finding.sentence.startswith(told)


def test_an_optimizer_of_other_parameters_is_told_alone() -> None:
    (finding,) = run.find_in_run(record(step(parameter("0.weight", held=False), foreign=4)))
    assert finding.cause == "foreign parameters"
    assert finding.sentence.startswith("the optimizer holds 4 parameters, and none of the model's")
    (finding,) = run.find_in_run(record(step(parameter("0", held=False), parameter("1"), foreign=4)))
    assert finding.cause == "parameters left out"


def test_missing_gradients_name_where_they_are_cut() -> None:
    without = parameter("a.weight", missing=True), parameter("b.weight", missing=True), parameter("c.weight")
    (cut,) = run.find_in_run(record(step(*without, cut=("a", Place("a")))))
    assert (cut.cause, cut.path, cut.evidence) == ("missing gradients", "a", {"missing": 2, "parameters": 3})
    assert cut.sentence.endswith("cut off at an unknown line")
    (unused,) = run.find_in_run(record(step(*without)))
    assert (unused.path, unused.place) == ("b", Place("b.weight"))
    assert run.find_in_run(record(step(parameter("a", missing=True, trainable=False))))[0].cause == "frozen parameters"


def test_gradients_that_add_up_are_counted_by_steps() -> None:
    every = [step(parameter("0.weight", norm=float(k)), step=k, leftover=k > 1) for k in (1, 2, 3)]
    (finding,) = run.find_in_run(record(*every))
    assert finding.sentence.startswith("at 2 of 3 measured steps, first at step 2, the gradients are")
    assert finding.evidence == {"steps": 2, "measured": 3, "first norm": 1.0, "last norm": 3.0}


def test_what_is_not_finite_comes_from_the_inputs_or_from_an_operation() -> None:
    place = Place("1", "log")
    (finding,) = run.find_not_finite(record(step(), step(step=5, broken=place)))
    assert finding.sentence.startswith("at step 5 the first NaN or infinity is made by log")
    broken = InputMeasure("0", 4, 2, 1.0, (0.0, 0.0), (0.0, 1.0), 0.25)
    (finding,) = run.find_not_finite(record(step(step=1, broken=place, inputs=broken)))
    assert finding.sentence == f"at step 1 {format_percent(0.25)} of the inputs are NaN or infinite"


def test_units_that_began_alike_are_told_with_their_number() -> None:
    (finding,) = run.find_in_run(record(step(parameter("0.weight", twins=4), parameter("2.weight"))))
    assert finding.sentence.startswith("all 4 units of 0.weight have the same weights")
    assert finding.evidence == {"units": 4, "different": 1, "gradient norm": 0.5}


def test_early_and_late_are_halves() -> None:
    for count, early, late in ((1, 1, 1), (2, 1, 1), (3, 2, 2), (4, 2, 2)):
        made = record(*[step(step=k) for k in range(count)])
        assert [s.step for s in made.early] == list(range(early))
        assert [s.step for s in made.late] == list(range(count - late, count))
