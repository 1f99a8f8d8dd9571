"""The tabs under the network: gradients, their check, optimizers side by side, the loss surface, the warped plane."""

from __future__ import annotations

import io
from typing import Any

import matplotlib.image
import numpy as np
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.integration]


def open_tab(page: Any, name: str) -> Any:
    page.get_by_role("tab", name=name).click()
    assert page.get_by_role("tab", name=name).get_attribute("aria-selected") == "true"
    return page.get_by_role("tabpanel", name=name)


def shades(canvas: Any) -> int:
    """How many colours a picture has."""
    drawn = matplotlib.image.imread(io.BytesIO(canvas.screenshot()), format="png")[..., :3]
    return len(np.unique((drawn * 31).astype(int).reshape(-1, 3), axis=0))


def rows(panel: Any) -> list[list[str]]:
    return [row.locator("td").all_inner_texts() for row in panel.locator("tbody tr").all()]


def test_gradients_vanish_in_six_sigmoids_and_are_drawn_as_such(page: Any, wait: Any) -> None:
    page.evaluate(
        """() => playground.start({ show: "gradients", layers: Array(6).fill({ units: 4, activation: "sigmoid" }) })"""
    )
    wait(page, "document.querySelectorAll('#panel tbody tr').length === 7")
    wait(page, "document.querySelectorAll('#links .link.vanishing').length > 0")
    # The first layer's lines are dotted, the last one's are not.
    layers = page.evaluate(
        "[...document.querySelectorAll('#links .link.vanishing')].map((line) => Number(line.nextSibling.dataset.layer))"
    )
    assert set(layers) <= {0, 1, 2} and 0 in layers
    assert page.evaluate("getComputedStyle(document.querySelector('#links .link.vanishing')).strokeDasharray") != "none"
    table = rows(page.get_by_role("tabpanel", name="Gradients"))
    assert [row[1] for row in table] == ["sigmoid"] * 6 + ["tanh"]
    sizes = [float(row[3].split()[0].replace("−", "-")) for row in table]
    assert sizes[0] < 1e-3 * sizes[-1] and page.locator(".neuron.faded").count() > 0


def test_the_gradients_shown_are_those_of_the_engine(page: Any) -> None:
    page.evaluate("playground.run(10)")
    shown = page.evaluate("[...measures.gradients(playground.training).weights[0]]")
    used = page.evaluate(
        """() => { const { training, network } = playground; training.optimizer.zeroGrad();
        engine.backward(training.loss(training.train)); return [...network.layers[0].weight.grad]; }"""
    )
    assert shown == used


def test_updates_are_told_beside_the_weights(page: Any, wait: Any) -> None:
    panel = open_tab(page, "Gradients")
    assert rows(panel)[0][4] == "–"
    before = np.array(page.evaluate("[...playground.network.layers[0].weight.data]"))
    page.get_by_role("button", name="Step").click()
    after = np.array(page.evaluate("[...playground.network.layers[0].weight.data]"))
    ratio = np.linalg.norm(after - before) / np.linalg.norm(before)
    wait(page, "document.querySelector('#panel td:nth-child(5)').textContent !== '–'")
    assert float(rows(panel)[0][4].split()[0]) == pytest.approx(ratio, rel=0.05)


def test_dead_and_saturated_neurons_are_marked(page: Any, wait: Any) -> None:
    page.evaluate(
        """() => { playground.start({ layers: [{ units: 3, activation: "relu" }, { units: 2, activation: "tanh" }] });
        const [one, two] = playground.network.layers;
        playground.setWeight(one.bias, 1, -100); playground.setWeight(two.bias, 0, 50); }"""
    )
    wait(page, "document.querySelectorAll('.neuron[data-state=dead]').length === 1")
    assert page.get_by_role("button", name="Layer 1, neuron 2 (dead: no training point moves it)").is_visible()
    saturated = page.get_by_role("button", name="Layer 2, neuron 1 (saturated")
    assert saturated.locator(".mark").inner_text() == "≋"
    assert [row[5:] for row in rows(open_tab(page, "Gradients"))[:2]] == [["1 of 3", "0 of 3"], ["0 of 2", "1 of 2"]]


def test_the_gradient_check_agrees_and_finds_a_wrong_rule(page: Any) -> None:
    panel = open_tab(page, "Gradient check")
    page.evaluate("playground.run(20)")
    weights = page.evaluate("playground.network.copyWeights().map((array) => [...array])")
    panel.get_by_role("button", name="Check now").click()
    assert "All 25 agree" in panel.inner_text() and len(rows(panel)) == 25
    assert page.evaluate("playground.network.copyWeights().map((array) => [...array])") == weights
    page.evaluate(
        """() => { const { activations } = Network; window.kept = activations.tanh;
        const halfAsSteep = (x) => engine.ops.mul(x, 0.5);
        activations.tanh = (x) => { const y = window.kept(x), wrong = halfAsSteep(x); wrong.data.set(y.data); return wrong; }; }"""
    )
    panel.get_by_role("button", name="Check now").click()
    page.evaluate("() => { Network.activations.tanh = window.kept; }")
    assert "differ by more than" in panel.inner_text() and rows(panel)[0][5] == "✗"


def test_optimizers_run_side_by_side_and_leave_the_network_alone(page: Any, wait: Any) -> None:
    panel = open_tab(page, "Optimizers side by side")
    weights = page.evaluate("playground.network.copyWeights().map((array) => [...array])")
    panel.get_by_label("Lion", exact=True).check()
    panel.get_by_label("Rate of SGD").fill("1000")
    panel.get_by_label("Steps").fill("60")
    panel.get_by_role("button", name="Start").click()
    wait(
        page,
        "[...document.querySelectorAll('#panel figcaption')].every((words) => / (60|no number)/.test(words.textContent))",
    )
    words = panel.locator("figcaption").all_inner_texts()
    assert [text.split(":")[0] for text in words] == ["SGD", "Momentum", "RMSprop", "Adam", "Lion"]
    assert page.evaluate("playground.network.copyWeights().map((array) => [...array])") == weights
    assert shades(panel.locator("canvas.chart")) > 5
    # The same optimizer in the page comes to the same loss.
    page.evaluate("playground.set({ optimizer: 'adam', rate: 0.01 })")
    page.evaluate("playground.run(60)")
    told = page.evaluate("told(playground.training.measure().train)")
    assert words[3] == f"Adam: loss {told} after 60 steps"


def test_the_loss_surface_shows_the_path(page: Any, wait: Any) -> None:
    page.evaluate(
        "() => { for (let i = 0; i < 30; i++) { playground.run(5); playground.training.note(playground.training.measure()); } }"
    )
    panel = open_tab(page, "Loss surface")
    wait(page, "document.querySelector('#panel [role=status]').textContent.startsWith('Loss from')")
    assert shades(panel.locator("canvas")) > 15
    for way in ("drawn by lot", "two weights"):
        panel.get_by_label("Directions").select_option(way)
        panel.get_by_role("button", name="Draw").click()
        wait(page, "document.querySelector('#panel [role=status]').textContent.startsWith('Loss from')")
        assert shades(panel.locator("canvas")) > 15
    panel.get_by_label("Second weight").select_option("0")
    panel.get_by_role("button", name="Draw").click()
    assert "two different weights" in panel.inner_text()


def test_the_plane_is_warped_by_two_neurons(page: Any, wait: Any) -> None:
    panel = open_tab(page, "Warped plane")
    assert shades(panel.locator("canvas")) > 5
    panel.get_by_label("Layer").select_option("0")
    panel.get_by_label("Neuron across").select_option("3")
    before = panel.locator("canvas").screenshot()
    panel.get_by_label("Neuron across").select_option("2")
    assert panel.locator("canvas").screenshot() != before
    for _ in range(2):
        page.get_by_role("button", name="Remove the last hidden layer").click()
    wait(page, "document.querySelector('#panel').textContent.includes('no hidden layer')")


def test_tabs_are_reached_by_arrows_and_stand_in_the_address(page: Any) -> None:
    page.get_by_role("tab", name="Gradients").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("playground.settings.panel") == "check"
    assert page.evaluate("document.activeElement.textContent") == "Gradient check"
    assert page.evaluate("playground.training.steps") == 0
