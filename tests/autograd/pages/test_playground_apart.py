"""The tab "A step apart": its numbers are Python's, every step is seen on the picture and told, and stepping trains nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import Tensor, Value
from autograd.draw.style import look_of, state_of, width_of
from autograd.pages import playground
from autograd.wording.numbers import magnitude, summarise
from tests.sight import bounds, contrast, pixels, see_texts

pytestmark = [pytest.mark.browser, pytest.mark.integration]

ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "tanh": ag.tanh,
    "relu": ag.relu,
    "sigmoid": ag.sigmoid,
    "linear": lambda x: x,
    "softplus": ag.softplus,
    "silu": lambda x: x * ag.sigmoid(x),
    "sin": ag.sin,
}
DIGITS = "₀₁₂₃₄₅₆₇₈₉"
SETTINGS: dict[str, dict[str, Any]] = {
    "as it is": {},
    "adam and a penalty": {
        "optimizer": "adam", "penalty": "L2", "strength": 0.1, "features": ["x1", "x1x2", "sinx2"],
        "layers": [{"units": 3, "activation": "silu"}, {"units": 2, "activation": "relu"}],
    },
    "numbers, without a hidden layer": {"dataset": "plane", "layers": []},
    "nesterov and L1": {
        "optimizer": "nesterov", "penalty": "L1", "strength": 0.01, "batch": 1,
        "layers": [{"units": 2, "activation": "sigmoid"}, {"units": 2, "activation": "linear"}, {"units": 2, "activation": "softplus"}],
    },
}  # fmt: skip
# The network, the batch and the settings as Python needs them.
STATE = """() => {
  const { network, training, settings } = playground, { inputs, targets } = training.train.batches[training.at];
  const layers = network.layers.map(({ weight, bias, activation }) => (
    { weight: [...weight.data], shape: weight.shape, bias: [...bias.data], activation }));
  const penalty = settings.strength > 0 ? settings.penalty : "none";
  return { layers, inputs: [...inputs.data], targets: [...targets.data], across: inputs.shape[1], penalty, strength: settings.strength };
}"""
# Every gradient that a story ends with, in full, by the names that a person reads.
GRADIENTS = """([mode, point]) => {
  const { network, training, settings } = playground, batch = training.train.batches[training.at];
  const { data, shape } = batch.inputs, inputs = data.slice(point * shape[1], (point + 1) * shape[1]);
  const graph = mode === "point" ? new PointGraph(network, inputs, batch.targets.data[point], settings)
    : new BatchGraph(network, batch, settings, 900);
  const story = new GraphStory(graph.root, graph), found = {};
  for (const key of story.boxes.keys()) {
    const last = story.latest(key, "gradient", story.events.length);
    if (last) found[key] = [...last.data];
  }
  return found;
}"""
# What every number becomes by the lines that are shown, and by the optimizer.
UPDATES = """() => {
  const { training, network } = playground, loss = training.loss(training.train.batches[training.at]);
  const found = new Map(engine.steps(loss).map(({ node, gradient }) => [node, gradient]));
  const told = network.parameters.flatMap((p, i) => [...p.data.keys()].map(
    (at) => apartUpdates.lines(training.optimizer, i, at, found.get(p)[at]).after));
  playground.run(1);
  return [told, network.copyWeights().flatMap((array) => [...array])];
}"""
# Steps, passes and lines of all events.
TABLE = """() => {
  const table = document.querySelector("#panel details");
  table.open = true;
  table.ontoggle();
  const texts = (cell) => [...cell.children].map((line) => line.textContent);
  return [...table.querySelectorAll("tbody tr")].map(({ cells }) => [cells[1].textContent, texts(cells[2])]);
}"""
# Where a fifth of the arrow that is lit has been gone, on the screen.
LIT = """() => {
  document.querySelector(".graph").scrollIntoView({ block: "center" });
  const line = document.querySelector(".arrow.now path.line"), at = line.getPointAtLength(line.getTotalLength() / 5);
  const { x, y } = at.matrixTransform(line.getScreenCTM());
  return [x, y];
}"""
# Texts that reach out of their boxes.
SPILT = """() => [...document.querySelectorAll(".graph .box")].flatMap((box) => {
  const body = box.querySelector("rect.body").getBoundingClientRect();
  return [...box.querySelectorAll("text")].map((text) => [text.textContent, text.getBoundingClientRect()])
    .filter(([, b]) => b.width > 0 && (b.left < body.left - 1 || b.right > body.right + 1)).map(([text]) => text);
})"""
GO = """(step) => {
  const slider = document.querySelector(".player input");
  slider.value = step;
  slider.oninput();
}"""


def low(*numbers: int) -> str:
    return "".join(DIGITS[number] for number in numbers)


def loss_of_batch(state: dict[str, Any]) -> tuple[Tensor, dict[str, Tensor]]:
    """The loss of the batch as a graph of tensors, with its nodes by the page's names."""
    x = Tensor(np.reshape(state["inputs"], (-1, state["across"])))
    nodes: dict[str, Tensor] = {}
    cost = Tensor(0.0)
    for i, layer in enumerate(state["layers"], start=1):
        weight = nodes[f"W{low(i)}"] = Tensor(np.reshape(layer["weight"], layer["shape"]), requires_grad=True)
        bias = nodes[f"b{low(i)}"] = Tensor(np.array(layer["bias"]), requires_grad=True)
        nodes[f"P{low(i)}"] = x @ weight
        nodes[f"Z{low(i)}"] = nodes[f"P{low(i)}"] + bias
        x = nodes[f"A{low(i)}"] = ACTIVATIONS[layer["activation"]](nodes[f"Z{low(i)}"])
        cost = cost + (abs(weight).sum() if state["penalty"] == "L1" else 0.5 * (weight * weight).sum())
    nodes["Ŷ"] = x
    loss = 0.5 * ((x - np.reshape(state["targets"], (-1, 1))) ** 2).mean()
    return (loss if state["penalty"] == "none" else loss + state["strength"] * cost), nodes


def loss_of_point(state: dict[str, Any], point: int) -> tuple[Value, dict[str, Value]]:
    """The loss of one point as a graph of numbers."""
    across, nodes = state["across"], {}
    x: list[Any] = list(state["inputs"][point * across : (point + 1) * across])
    cost = Value(0.0)
    for i, layer in enumerate(state["layers"], start=1):
        rows, units = layer["shape"]
        after = []
        for unit in range(units):
            total = nodes[f"b{low(i, unit + 1)}"] = Value(layer["bias"][unit])
            for row in range(rows):
                weight = nodes[f"w{low(i, row + 1, unit + 1)}"] = Value(layer["weight"][row * units + unit])
                total = total + weight * x[row]
                cost = cost + (abs(weight) if state["penalty"] == "L1" else 0.5 * weight * weight)
            nodes[f"z{low(i, unit + 1)}"] = total
            after.append(ACTIVATIONS[layer["activation"]](total))
            nodes[f"a{low(i, unit + 1)}"] = after[-1]
        x = after
    nodes["ŷ"] = x[0]
    loss = 0.5 * (x[0] - state["targets"][point]) ** 2
    return (loss if state["penalty"] == "none" else loss + state["strength"] * cost), nodes


def open_tab(page: Any, settings: dict[str, Any], mode: str = "One point") -> Any:
    page.evaluate("(settings) => playground.start({ ...settings, panel: 'step' })", settings)
    panel = page.get_by_role("tabpanel", name="A step apart")
    panel.get_by_role("radio", name=mode).check(force=True)
    page.evaluate(GO, 0)
    return panel


def go_to(page: Any, step: int) -> None:
    page.evaluate(GO, step)


def told(page: Any) -> list[str]:
    return page.locator("#panel .event p").all_inner_texts()


def last_number(text: str) -> float:
    return float(re.split("[ :]", text)[-1].replace("−", "-"))


@pytest.mark.parametrize("name", SETTINGS)
def test_every_gradient_is_pythons(page: Any, name: str) -> None:
    open_tab(page, SETTINGS[name])
    page.evaluate("playground.run(12)")
    state = page.evaluate(STATE)
    loss, nodes = loss_of_batch(state)
    loss.backward(retain_grads=True)
    found = page.evaluate(GRADIENTS, ["batch", 0])
    compared = {key for key in nodes if key in found}
    assert {f"{letter}{low(i + 1)}" for i in range(len(state["layers"])) for letter in "WbP"} <= compared
    for key in compared:
        np.testing.assert_allclose(found[key], nodes[key].grad.ravel(), rtol=1e-9, atol=1e-12, err_msg=key)
    points = len(state["targets"])
    for point in {0, points - 1}:
        scalar_loss, scalars = loss_of_point(state, point)
        scalar_loss.backward()
        found = page.evaluate(GRADIENTS, ["point", point])
        weights = {key for key in scalars if key[0] in "wb"}
        assert weights <= found.keys() and "ŷ" in found
        for key in found.keys() & scalars.keys():
            np.testing.assert_allclose(found[key], [scalars[key].grad], rtol=1e-9, atol=1e-12, err_msg=key)


def test_the_equations_are_those_of_the_pass(page: Any) -> None:
    open_tab(page, {"layers": [{"units": 2, "activation": "tanh"}]})
    rows = [lines for _, lines in page.evaluate(TABLE)]
    loss, nodes = loss_of_point(page.evaluate(STATE), 0)
    loss.backward()
    forward = next(lines for lines in rows if lines[0].startswith("z₁₂ = "))
    assert forward[1] == "z₁₂ = w₁₁₂·x₁ + w₁₂₂·x₂ + b₁₂" and last_number(forward[0]) == pytest.approx(
        nodes["z₁₂"].data, rel=1e-3
    )
    sends = {re.sub(r"sends .* to", "→", lines[0]): lines[1:] for lines in rows if " sends " in lines[0]}
    # The local derivative is the text of the printed rule, with the names and then the numbers in it.
    local, product, total = sends["a₁₂ → z₁₂"]
    assert local.startswith("∂a₁₂/∂z₁₂ = 1 − a₁₂² = 1 − ")
    assert last_number(local) == pytest.approx(1 - nodes["a₁₂"].data ** 2, rel=1e-3)
    assert product.startswith("∂L/∂a₁₂ · ∂a₁₂/∂z₁₂ = ") and last_number(product) == pytest.approx(
        nodes["z₁₂"].grad, rel=1e-3
    )
    assert total.startswith("grad of z₁₂: 0 + ")
    assert sends["z₁₂ → w₁₂₂"][0].startswith("∂z₁₂/∂w₁₂₂ = x₂ = ")
    for key in (key for key in nodes if key[0] in "wb"):
        (lines,) = (lines for name, lines in sends.items() if name.endswith(f"→ {key}"))
        assert last_number(lines[-1]) == pytest.approx(nodes[key].grad, rel=1e-3)


def test_what_arrives_twice_is_added(page: Any) -> None:
    open_tab(page, {})
    first, second = (lines[-1] for _, lines in page.evaluate(TABLE) if lines[-1].startswith("grad of a₁₁:"))
    assert first.startswith("grad of a₁₁: 0 + ") and second.startswith(f"grad of a₁₁: {first.split('= ')[1]} + ")
    loss, nodes = loss_of_point(page.evaluate(STATE), 0)
    loss.backward()
    assert last_number(second) == pytest.approx(nodes["a₁₁"].grad, rel=1e-3)


def test_a_step_is_seen_on_the_picture(page: Any) -> None:
    panel = open_tab(page, {})
    count = int(page.evaluate("document.querySelector('.player input').max"))
    assert count == 90 and panel.locator(".box.now").count() == 0
    panel.get_by_role("button", name="On by one").click()
    assert panel.locator(".box.now").get_attribute("aria-label").startswith("z₁₁, Σ, value ")
    assert panel.locator(".arrow.now path.halo").count() == 2
    go_to(page, 36)
    assert told(page)[0].startswith("z₂₁ sends ")
    lit = panel.locator(".arrow.now:has(path.line)")
    assert lit.count() == 1 and lit.get_attribute("data-arrow").startswith("z₂₁←a₁₃")
    # It is painted, on the way between its boxes.
    x, y = map(round, page.evaluate(LIT))
    paper = np.ones(3)
    assert contrast(pixels(page)[y - 2 : y + 3, x - 2 : x + 3], paper).max() > 2.5
    halo = pixels(page)[y - 8 : y + 9, x - 8 : x + 9].reshape(-1, 3)
    assert np.any((halo[:, 0] > 0.8) & (halo[:, 2] < 0.6)), "no light around the arrow"
    reached = panel.locator(".box.reached")
    assert reached.count() == 1 and reached.get_attribute("data-key") == "a₁₃" and "∇" in (reached.text_content() or "")


def test_keys_step_as_on_the_debuggers_page(page: Any) -> None:
    panel = open_tab(page, {})
    place = panel.locator(".place")
    steps = page.evaluate("playground.training.steps")
    panel.locator(".graph").focus()
    for key, words in [
        ("ArrowRight", "1 of 90, forward"), ("s", "2 of 90, forward"), ("ArrowLeft", "1 of 90, forward"), ("End", "90 of 90, update"),
        ("Home", "90 steps"), ("n", "1 of 90, forward"), ("b", "90 steps"), ("Enter", "1 of 90, forward"),
    ]:  # fmt: skip
        page.keyboard.press(key)
        assert place.inner_text() == words
    go_to(page, 33)
    before = told(page)[0].split()[0]
    page.keyboard.press("c")
    assert told(page)[0].split()[0] != before
    page.keyboard.press("Tab")
    box = page.evaluate("document.activeElement.dataset.key")
    assert box == "x₁"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.key") == "z₁₁"
    ring = page.evaluate("getComputedStyle(document.activeElement.querySelector('rect.body')).strokeWidth")
    assert ring == "3px"
    page.keyboard.press("Enter")
    assert (
        "w₁₁₁" in panel.locator(".opened").first.inner_text()
        and panel.locator(".box.kept").get_attribute("data-key") == "z₁₁"
    )
    page.keyboard.press("Shift+ArrowRight")
    assert page.evaluate("document.activeElement.dataset.key") == "a₁₁"
    # Nothing of this was training.
    assert page.evaluate("playground.training.steps") == steps


@pytest.mark.parametrize("name", ["as it is", "adam and a penalty", "nesterov and L1"])
def test_the_step_is_done_by_its_button_as_it_was_told(page: Any, name: str) -> None:
    panel = open_tab(page, SETTINGS[name])
    page.evaluate("() => { playground.run(3); playground.setWeight(playground.network.layers[0].weight, 0, 0.5); }")
    updates = [
        re.fullmatch(r"\S+: (\S+) → (\S+)", lines[0]) for phase, lines in page.evaluate(TABLE) if phase == "update"
    ]
    before = page.evaluate("playground.network.copyWeights().flatMap((array) => [...array])")
    batch, steps = page.evaluate("[playground.training.at, playground.training.steps]")
    panel.get_by_role("button", name="Do this step").click()
    after = page.evaluate("playground.network.copyWeights().flatMap((array) => [...array])")
    assert len(updates) == len(after) and None not in updates
    np.testing.assert_allclose([last_number(found[1]) for found in updates if found], before, rtol=2e-3, atol=1e-9)
    np.testing.assert_allclose([last_number(found[2]) for found in updates if found], after, rtol=2e-3, atol=1e-9)
    now, done, count = page.evaluate(
        "[playground.training.at, playground.training.steps, playground.training.train.batches.length]"
    )
    assert (now, done) == ((batch + 1) % count, steps + 1)
    assert f"Step {steps + 2} takes batch {now + 1} of" in panel.inner_text()


def test_the_lines_of_an_update_are_what_the_optimizer_does(page: Any) -> None:
    for name in page.evaluate("Object.keys(optimizers.all)"):
        page.evaluate("(optimizer) => { playground.start({ optimizer, rate: 0.01 }); playground.run(3); }", name)
        lines, done = page.evaluate(UPDATES)
        np.testing.assert_allclose(lines, done, rtol=1e-9, atol=1e-12, err_msg=name)


def test_training_and_settings_make_the_story_anew(page: Any, wait: Any) -> None:
    panel = open_tab(page, {})
    page.evaluate("playground.play()")
    assert "pause to take the next step apart" in panel.inner_text() and not panel.locator(".graph").is_visible()
    page.evaluate("playground.pause()")
    assert panel.locator(".graph").is_visible()
    # What is only looked at otherwise leaves it where it is.
    go_to(page, 20)
    panel.get_by_role("button", name="Play", exact=True).click()
    assert panel.locator("[aria-live=off]").count() == 1
    wait(page, "Number(document.querySelector('.player input').value) >= 22")
    page.locator(".graph").focus()
    page.keyboard.press("ArrowLeft")
    place = panel.locator(".place").inner_text()
    page.evaluate("playground.set({ speed: '20', show: 'gradients' })")
    assert panel.locator(".place").inner_text() == place and panel.locator("[aria-live=polite]").count() == 1
    page.evaluate("playground.set({ layers: [] })")
    assert [box.get_attribute("data-key") for box in panel.locator(".graph .box").all()] == [
        "x₁",
        "x₂",
        "z",
        "ŷ",
        "y",
        "e",
        "s",
        "m",
        "L",
    ]
    page.evaluate("playground.changePoints({ train: [], test: [] }, 'none')")
    assert "There are no training points" in panel.inner_text()
    page.evaluate("playground.undo()")
    assert panel.locator(".graph").is_visible()


def test_what_is_not_finite_is_drawn_and_makes_no_step(page: Any) -> None:
    panel = open_tab(page, {"dataset": "plane", "layers": [{"units": 2, "activation": "linear"}]}, "The batch")
    page.evaluate(
        "() => { const { weight } = playground.network.layers[0]; weight.data.fill(1e200); playground.setWeight(weight, 0, NaN); }"
    )
    assert "no step is made from it" in panel.inner_text()
    page.keyboard.press("End")
    go_to(page, 999)
    assert panel.locator(".place").inner_text().endswith("backward")
    assert panel.locator(".arrow.broken").count() > 0 and "not finite" in panel.locator(".legend").inner_text()
    panel.get_by_role("radio", name="One point").check(force=True)
    go_to(page, 1)
    assert "NaN" in " ".join(told(page))
    panel.get_by_role("button", name="Do this step").click()
    assert page.evaluate("playground.training.steps") == 0 and "Stopped" in page.locator("#notice").inner_text()


DEEP = {"layers": ["8-tanh"] * 5 + ["8-silu"], "penalty": "L2", "strength": 0.1}


@pytest.mark.parametrize(
    ("mode", "settings", "width", "scheme"),
    [("One point", DEEP, 1280, "light"), ("One point", {}, 390, "light"), ("The batch", DEEP, 390, "dark")],
)
def test_nothing_is_cut_off(show: Any, mode: str, settings: dict[str, Any], width: int, scheme: str) -> None:
    page = show(playground(settings={**settings, "panel": "step"}).html, width, 900, scheme)
    panel = page.get_by_role("tabpanel", name="A step apart")
    panel.get_by_role("radio", name=mode).check(force=True)
    count = int(page.evaluate("document.querySelector('.player input').max"))
    for step in (1, count // 2, count):
        go_to(page, step)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        frame, now = bounds(page, ".graph")[0], bounds(page, ".graph .box.now rect.body")
        # The picture has been scrolled to where something happens.
        assert any(box.within(frame) for box in now)
        assert page.evaluate(
            "document.querySelector('.telling').scrollWidth <= document.querySelector('.telling').clientWidth"
        )
        for label in bounds(page, ".labels text"):
            assert not any(label.overlaps(box) for box in bounds(page, ".graph .box rect.body"))
    assert page.evaluate(SPILT) == []
    boxes = bounds(page, ".graph .box rect.body")
    assert not any(one.overlaps(other) for i, one in enumerate(boxes) for other in boxes[i + 1 :])
    # Letters are as large as can be read.
    assert page.evaluate("document.querySelector('.graph .box text.name').getBoundingClientRect().height") >= 9
    see_texts(page)


def test_arrows_look_as_those_of_diagrams(page: Any) -> None:
    arrays = [[1.0], [-2.0, 0.5], [0.0], [1e-6], [3e6, 1.0], [0.2, 0.1], [-0.3, 0.3], [1e-4 * 0.99], [7.0, -6.0]]
    for unit in (1.0, 0.5):
        found = page.evaluate(
            "([arrays, unit]) => arrays.map((a) => ({ ...GraphView.flow(Float64Array.from(a), unit) }))", [arrays, unit]
        )
        for array, flow in zip(arrays, found, strict=True):
            said, strength = summarise([np.array(array)]), magnitude(np.array(array)) / unit
            assert flow["state"] == state_of(said, strength)
            assert flow["width"] == pytest.approx(width_of(strength), abs=0.006)
            balance = float(np.sum(array)) / (float(np.sum(np.abs(array))) or 1.0)
            assert look_of(flow["state"], flow["balance"]) == look_of(state_of(said, strength), balance)
    assert page.evaluate("GraphView.flow(Float64Array.of(NaN)).state") == "broken"


def test_names_are_texts_and_everything_has_a_name(page: Any) -> None:
    panel = open_tab(page, {})
    for role, name in [
        ("button", "Back by one"),
        ("button", "On to the next node"),
        ("slider", "Step of the story"),
        ("combobox", "Point of the batch"),
        ("application", "The graph of the step"),
    ]:
        assert panel.get_by_role(role, name=name).count() == 1
    assert panel.locator("[aria-live=polite]").count() == 1
    assert panel.locator(".graph .box").first.get_attribute("aria-label").startswith("x₁")
