"""The playground's controls, each used in a browser as a person does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.autograd.pages.running import until

pytestmark = [pytest.mark.browser, pytest.mark.integration]


def settings(page: Any, name: str) -> Any:
    return page.evaluate(f"playground.settings.{name}")


def steps(page: Any) -> int:
    return page.evaluate("playground.training.steps")


def weights(page: Any) -> list[list[float]]:
    return page.evaluate("playground.network.copyWeights().map((array) => [...array])")


def test_play_trains_and_pause_stops(page: Any, wait: Any) -> None:
    before = page.evaluate("playground.training.measure().train")
    page.get_by_role("button", name="Play").click()
    wait(page, "playground.training.steps > 50")
    page.get_by_role("button", name="Pause").click()
    done = steps(page)
    assert page.evaluate("playground.training.measure().train") < before
    page.wait_for_timeout(50)
    assert steps(page) == done
    assert f"step {done:,}" in page.inner_text("#counted")


def test_a_step_is_one_batch_and_back_takes_it_back(page: Any) -> None:
    first = weights(page)
    page.get_by_role("button", name="Step").click()
    assert steps(page) == 1 and weights(page) != first
    page.get_by_role("button", name="Back").click()
    assert steps(page) == 0 and weights(page) == first
    page.keyboard.press("ArrowRight")
    assert steps(page) == 1
    page.keyboard.press("ArrowLeft")
    assert steps(page) == 0 and weights(page) == first


def test_back_goes_one_step_into_a_training(page: Any, wait: Any) -> None:
    page.get_by_role("button", name="Play").click()
    wait(page, "playground.training.steps > 40")
    page.get_by_role("button", name="Pause").click()
    done = steps(page)
    page.keyboard.press("ArrowLeft")
    assert steps(page) == done - 1
    came = weights(page)
    page.get_by_role("button", name="Undo").click()
    assert steps(page) == 0
    page.evaluate("(count) => playground.run(count)", done - 1)
    assert weights(page) == came
    page.evaluate("playground.set({ rate: 0.1 }, 'the rate')")
    page.keyboard.press("ArrowLeft")
    assert "no step but the rate" in page.inner_text("#notice") and steps(page) == done - 1


def test_reset_draws_the_same_weights_and_regenerate_others(page: Any) -> None:
    first = weights(page)
    page.evaluate("playground.run(20)")
    page.get_by_role("button", name="Reset").click()
    assert steps(page) == 0 and weights(page) == first
    page.get_by_role("button", name="Regenerate").click()
    assert weights(page) != first and settings(page, "seed") == 2


def test_everything_is_undone_and_done_again(page: Any) -> None:
    first = weights(page)
    page.get_by_label("Rate", exact=True).select_option("0.3")
    page.get_by_role("button", name="Add a hidden layer").click()
    page.get_by_role("radio", name="spiral").click()
    page.get_by_role("button", name="Step").click()
    last = weights(page)
    assert page.get_by_role("button", name="Undo").get_attribute("title") == "Undo: a step"
    for _ in range(4):
        page.keyboard.press("Control+z")
    assert (settings(page, "rate"), settings(page, "dataset"), len(settings(page, "layers"))) == (0.03, "circle", 2)
    assert weights(page) == first and page.get_by_role("button", name="Undo").is_disabled()
    for _ in range(4):
        page.keyboard.press("Control+Shift+z")
    assert (settings(page, "rate"), settings(page, "dataset"), len(settings(page, "layers"))) == (0.3, "spiral", 3)
    assert weights(page) == last and steps(page) == 1


def test_lists_set_what_they_name(page: Any) -> None:
    for label, value, name, set_to in (
        ("Rate", "0.1", "rate", 0.1),
        ("Optimizer", "adam", "optimizer", "adam"),
        ("Penalty", "L2", "penalty", "L2"),
        ("Weights start", "zeros", "start", "zeros"),
        ("Speed", "100", "speed", "100"),
        ("Activation of the output", "sigmoid", "output", "sigmoid"),
        ("Activation of layer 2", "relu", "layers[1].activation", "relu"),
        ("Strength", "0.1", "strength", 0.1),
    ):
        page.get_by_label(label, exact=True).select_option(value)
        assert settings(page, name) == set_to
        before = steps(page)
        page.evaluate("playground.step()")
        # Other first weights start anew.
        assert steps(page) == (0 if label == "Weights start" else before) + 1


def test_every_data_set_is_shown_and_learned_from(page: Any) -> None:
    for problem, names in (
        ("classification", ["circle", "xor", "gauss", "spiral", "moons", "rings", "board"]),
        ("regression", ["plane", "hills", "waves"]),
    ):
        page.get_by_label("Problem", exact=True).select_option(problem)
        shown = page.get_by_role("radiogroup", name="Data set").get_by_role("radio")
        assert [shown.nth(i).get_attribute("aria-label") for i in range(shown.count())] == names
        for name in names:
            page.get_by_role("radio", name=name, exact=True).click()
            assert settings(page, "dataset") == name and settings(page, "problem") == problem
            labels = page.evaluate("playground.points.train.map(({ label }) => label)")
            assert len(labels) == 250 and min(labels) < 0 < max(labels)
            assert page.evaluate("playground.run(30) && Number.isFinite(playground.training.measure().train)")
    assert settings(page, "output") == "linear"


def test_sliders(page: Any) -> None:
    for name, value in (("noise", 50), ("batch", 25), ("ratio", 80)):
        page.locator(f"#{name}").fill(str(value))
        assert settings(page, name) == value
        assert str(value) in page.inner_text(f"#{name}-told")
    assert page.evaluate("playground.points.train.length") == 400
    assert page.evaluate("playground.training.train.batches.length") == 16


def test_features_layers_and_neurons(page: Any) -> None:
    page.get_by_role("button", name="Feature x₁x₂").click()
    assert settings(page, "features") == ["x1", "x2", "x1x2"]
    page.get_by_role("button", name="Feature x₁", exact=True).click()
    assert settings(page, "features") == ["x2", "x1x2"]
    page.get_by_role("button", name="Add a neuron to layer 1").click()
    page.get_by_role("button", name="Remove a neuron from layer 2").click()
    assert [layer["units"] for layer in settings(page, "layers")] == [5, 1]
    assert page.evaluate("playground.network.layers.map(({ weight }) => weight.shape)") == [[2, 5], [5, 1], [1, 1]]
    for _ in range(2):
        page.get_by_role("button", name="Remove the last hidden layer").click()
    assert settings(page, "layers") == []
    for _ in range(6):
        page.get_by_role("button", name="Add a hidden layer").click()
    assert page.get_by_role("button", name="Add a hidden layer").is_disabled()
    assert page.locator(".neuron").count() == 13


def test_the_last_feature_stays(page: Any) -> None:
    page.get_by_role("button", name="Feature x₁", exact=True).click()
    page.get_by_role("button", name="Feature x₂", exact=True).click()
    assert settings(page, "features") == ["x2"]
    assert "one feature at least" in page.inner_text("#notice")


def test_a_click_on_a_line_edits_its_weight(page: Any) -> None:
    page.locator(".hit").first.dispatch_event("click")
    field = page.get_by_role("dialog", name="x₁ → layer 1, neuron 1").get_by_label("Weight")
    field.fill("2.5")
    assert page.evaluate("playground.network.layers[0].weight.data[0]") == 2.5
    page.keyboard.press("Escape")
    assert page.locator("#inspector").is_hidden()
    page.keyboard.press("Control+z")
    until(page, "playground.network.layers[0].weight.data[0] !== 2.5")


def test_a_neuron_opens_its_bias_and_weights(page: Any) -> None:
    page.get_by_role("button", name="Layer 2, neuron 1").click()
    box = page.get_by_role("dialog", name="Layer 2, neuron 1")
    box.get_by_label("Bias").fill("-1.5")
    box.get_by_label("from neuron 4").fill("0.25")
    assert page.evaluate("playground.network.layers[1].bias.data[0]") == -1.5
    assert page.evaluate("playground.network.layers[1].weight.data[6]") == 0.25
    assert page.locator("#seen").inner_text() == "layer 2, neuron 1"


def test_points_are_added_and_removed_by_clicks(page: Any) -> None:
    page.get_by_role("button", name="Clear").click()
    assert page.evaluate("playground.points.train.length") == 0
    plane = page.locator("#points")
    plane.click(position={"x": 100, "y": 60})
    plane.click(position={"x": 200, "y": 60}, modifiers=["Shift"])
    page.locator("input[name=click][value=negative]").check(force=True)
    plane.click(position={"x": 150, "y": 150})
    assert page.evaluate("playground.points.train.map(({ label }) => label)") == [1, -1, -1]
    # A click on a point takes it away.
    plane.click(position={"x": 100, "y": 61})
    assert page.evaluate("playground.points.train.length") == 2
    page.locator("input[name=click][value=remove]").check(force=True)
    plane.click(position={"x": 152, "y": 152})
    assert page.evaluate("playground.points.train.length") == 1
    page.keyboard.press("Control+z")
    assert page.evaluate("playground.points.train.length") == 2


def test_without_points_training_says_what_to_do(page: Any, wait: Any) -> None:
    page.get_by_role("button", name="Clear").click()
    page.get_by_role("button", name="Play").click()
    wait(page, "!playground.playing")
    assert "no training points" in page.inner_text("#notice")


def test_points_are_added_and_removed_by_keys(page: Any) -> None:
    page.get_by_role("button", name="Clear").click()
    page.locator("#points").focus()
    for key in ("Shift+ArrowRight", "Shift+ArrowUp", "Enter", "Shift+ArrowLeft", "Shift+ArrowLeft", "Shift+Enter"):
        page.keyboard.press(key)
    assert page.evaluate("playground.points.train") == [
        {"x": 0.25, "y": 0.25, "label": 1},
        {"x": -0.25, "y": 0.25, "label": -1},
    ]
    page.keyboard.press("Enter")
    assert page.evaluate("playground.points.train.length") == 1
    assert page.locator("#cross").is_visible()
    for _ in range(60):
        page.keyboard.press("Shift+ArrowDown")
    assert "at (−0.25, −6)" in page.inner_text("#seen")


def test_a_problem_or_a_data_set_brings_what_goes_with_it(page: Any, wait: Any) -> None:
    for address, told in (
        ("problem=regression", ["plane", "regression", "linear"]),
        ("dataset=hills", ["hills", "regression", "linear"]),
        ("dataset=hills&output=tanh", ["hills", "regression", "tanh"]),
        ("problem=regression&dataset=xor", ["xor", "classification", "tanh"]),
    ):
        page.evaluate("(address) => playground.start(settings.read(address).values)", address)
        assert [settings(page, name) for name in ("dataset", "problem", "output")] == told
        # What is written is read as the same.
        again = page.evaluate("settings.complete(settings.read(settings.write(playground.settings)).values)")
        assert [again[name] for name in ("dataset", "problem", "output")] == told


def test_ticks_and_the_switch_to_gradients(page: Any, wait: Any) -> None:
    page.get_by_label("Test data", exact=True).check()
    page.get_by_label("Discretise", exact=True).check()
    assert settings(page, "test") and settings(page, "discretise")
    page.locator("input[name=show][value=gradients]").check(force=True)
    wait(page, "document.querySelector('#network.gradients') !== null")
    assert "derivative of the loss" in page.inner_text("#legend")
    page.keyboard.press("g")
    assert settings(page, "show") == "weights"


def test_the_address_brings_everything_back(page: Any, wait: Any) -> None:
    page.get_by_role("radio", name="xor").click()
    page.get_by_role("button", name="Add a neuron to layer 1").click()
    page.get_by_label("Test data", exact=True).check()
    # The page writes it a moment later, and what the test before has set stands there until then.
    wait(page, "location.hash === '#dataset=xor&layers=5-tanh,2-tanh&test=yes'")
    drawn = weights(page)
    page.reload()
    assert weights(page) == drawn and settings(page, "dataset") == "xor"
    assert page.get_by_label("Test data", exact=True).is_checked()
    # Another address in the same page.
    page.evaluate("() => { location.hash = 'dataset=moons&rate=0.1'; }")
    wait(page, "playground.settings.dataset === 'moons'")
    assert settings(page, "rate") == 0.1 and len(settings(page, "layers")) == 2
    # And one that the page writes over before it hears of it, with what was set a moment ago.
    page.evaluate(
        "() => { location.hash = 'dataset=spiral&rate=0.3'; history.replaceState(null, '', '#dataset=moons'); }"
    )
    wait(page, "playground.settings.dataset === 'spiral'")
    assert settings(page, "rate") == 0.3


def test_controls_are_hidden_for_a_lesson(page: Any) -> None:
    page.evaluate("playground.start({ hide: ['noise', 'seed', 'features', 'points', 'panels'] })")
    for hidden in ("#noise", "#regenerate", "#clear", "#panels"):
        assert not page.locator(hidden).is_visible()
    page.locator("#points").click(position={"x": 10, "y": 10})
    assert page.evaluate("playground.points.train.length") == 250
    page.get_by_role("button", name="Controls").click()
    page.locator("#choices input[value=noise]").check()
    assert settings(page, "hide") == ["seed", "features", "points", "panels"]
    page.get_by_role("button", name="Close").click()
    assert page.locator("#noise").is_visible()
