"""What the playground saves: programs that compute the same loss and train on alike, and a state that is read with care."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd.pages import playground

pytestmark = [pytest.mark.browser, pytest.mark.integration]

LOSS = re.compile(r"training loss (\S+)\s.*?test loss (\S+)", re.DOTALL)
STATES: dict[str, dict[str, Any]] = {
    "adam, with a penalty": {
        "optimizer": "adam", "rate": 0.01, "penalty": "L2", "strength": 0.01, "features": ["x1", "x1x2", "sinx2"],
        "layers": [{"units": 4, "activation": "tanh"}, {"units": 3, "activation": "silu"}],
    },
    "nesterov, relu and sin": {
        "optimizer": "nesterov", "batch": 7, "noise": 10, "dataset": "spiral",
        "layers": [{"units": 5, "activation": "relu"}, {"units": 2, "activation": "sin"}, {"units": 2, "activation": "linear"}],
    },
    "L1, softplus, numbers": {
        "optimizer": "rmsprop", "rate": 0.003, "penalty": "L1", "strength": 0.001, "dataset": "hills", "problem": "regression",
        "layers": [{"units": 6, "activation": "softplus"}],
    },
}  # fmt: skip


def losses(page: Any) -> list[float]:
    measured = page.evaluate("playground.training.measure()")
    return [measured["train"], measured["test"]]


@pytest.mark.parametrize("name", STATES)
def test_the_program_has_the_same_loss_and_trains_on_to_the_same(page: Any, name: str) -> None:
    page.evaluate("(settings) => playground.start(settings)", STATES[name])
    page.evaluate("playground.run(57)")
    now, script = losses(page), page.evaluate("program.script()")
    page.evaluate("playground.run(200)")
    later = losses(page)
    printed: list[str] = []
    exec(script, {"print": lambda *words: printed.append(" ".join(map(str, words)))})
    told = [[float(loss) for loss in found] for found in LOSS.findall("\n".join(printed))]
    np.testing.assert_allclose(told[0], now, rtol=1e-12)
    # Two hundred steps make a difference of rounding larger.
    np.testing.assert_allclose(told[1], later, rtol=1e-7)


def test_every_optimizer_is_written_with_what_it_remembers(page: Any) -> None:
    names = page.evaluate("Object.keys(optimizers.all)")
    assert len(names) == 10
    for name in names:
        page.evaluate("(optimizer) => playground.start({ optimizer, rate: 0.01 })", name)
        page.evaluate("playground.run(3)")
        script = page.evaluate("program.script()")
        # Before its last section the program is where the page is.
        told: dict[str, Any] = {"print": lambda *_: None}
        exec(script.partition("# Training goes on")[0], told)
        batch = told["train"][30:40]
        told["optimizer"].zero_grad()
        told["loss_of"](batch).backward()
        told["optimizer"].step()
        page.evaluate("playground.run(1)")
        np.testing.assert_allclose(
            told["model"][0].weight.data.T.ravel(),
            page.evaluate("[...playground.network.layers[0].weight.data]"),
            rtol=1e-9,
            err_msg=name,
        )


def test_the_notebook_has_the_same_cells(page: Any) -> None:
    nbformat = pytest.importorskip("nbformat")
    page.evaluate("playground.run(5)")
    text = page.evaluate("program.notebook()")
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    script = page.evaluate("program.script()")
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    assert len(code) == 8 and all(cell in script for cell in code)
    told: dict[str, Any] = {"print": lambda *_: None}
    for cell in code[:-1]:
        exec(cell, told)
    assert told["error"](told["train"]) == pytest.approx(losses(page)[0], rel=1e-12)


def test_the_files_are_saved(page: Any) -> None:
    page.get_by_role("tab", name="Save and share").click()
    for label, name in (("State", "playground.json"), ("Program", "playground.py"), ("Notebook", "playground.ipynb")):
        with page.expect_download() as saved:
            page.get_by_role("button", name=label, exact=True).click()
        assert saved.value.suggested_filename == name
        page.get_by_role("button", name=f"Look at the {label.lower()}").click()
        assert page.get_by_label("What would be saved").input_value() == Path(saved.value.path()).read_text()


def test_in_a_notebook_it_trains_and_saves(browser: Any) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.set_content(f"<body>{playground(settings={'dataset': 'xor'})._repr_html_()}</body>")
    frame = page.frames[1]
    frame.get_by_role("button", name="Step").click()
    assert frame.evaluate("playground.training.steps") == 1
    frame.get_by_role("tab", name="Save and share").click()
    assert frame.get_by_label("Link to these settings").input_value() == "#dataset=xor&panel=export"
    with page.expect_download() as saved:
        frame.get_by_role("button", name="Program", exact=True).click()
    assert saved.value.suggested_filename == "playground.py"
    context.close()


def test_a_state_comes_back_whole_and_trains_on_alike(page: Any, tmp_path: Path, wait: Any) -> None:
    page.evaluate("playground.start({ optimizer: 'adam', rate: 0.01, dataset: 'xor', test: true })")
    page.evaluate("playground.run(40)")
    page.evaluate("playground.addPoint({ x: 1, y: 2, label: -1 })")
    state = page.evaluate("saving.write()")
    page.evaluate("playground.run(20)")
    later = losses(page)
    (tmp_path / "state.json").write_text(state)
    page.evaluate("playground.start({})")
    page.locator("#file").set_input_files(tmp_path / "state.json")
    wait(page, "playground.training.steps === 40")
    assert page.evaluate("saving.write()") == state
    page.evaluate("playground.run(20)")
    assert losses(page) == later
    page.keyboard.press("Control+z")
    assert page.evaluate("playground.settings.dataset") == "circle"


def test_reset_leads_back_to_the_weights_of_the_file(page: Any, tmp_path: Path, wait: Any) -> None:
    weights = "playground.network.copyWeights().map((array) => [...array])"
    first = page.evaluate(weights)
    page.evaluate("playground.run(40)")
    (tmp_path / "state.json").write_text(page.evaluate("saving.write()"))
    saved = page.evaluate(weights)
    page.evaluate("playground.start({})")
    page.locator("#file").set_input_files(tmp_path / "state.json")
    wait(page, "playground.training.steps === 40")
    page.evaluate("playground.run(10)")
    page.get_by_role("button", name="Reset").click()
    assert page.evaluate(weights) == saved and page.evaluate("playground.training.steps") == 0
    for _ in range(2):
        page.keyboard.press("Control+z")
    page.get_by_role("button", name="Reset").click()
    assert page.evaluate(weights) == first


def edited(**changes: Any) -> Any:
    return lambda state: {**state, **changes}


SPOILT = {
    "not JSON": (lambda state: None, "it is not JSON"),
    "something else": (lambda state: [1, 2], "no state of this page"),
    "another version": (edited(version=2), "version 2"),
    "settings that are none": (
        edited(settings="rate=fast"),
        "cannot be used: rate is not a number from 0.000001 to 1000. Nothing was",
    ),
    "a weight that is no number": (edited(weights=[[None]]), "its weights are not the numbers"),
    "points that are none": (edited(points={"train": "all", "test": []}), "its points are no list"),
    "a point far away": (edited(points={"train": [[1e300, 0, 1]], "test": []}), "a point is not"),
    "no optimizer": (edited(optimizer=7), "lacks the state of the optimizer"),
    "steps below zero": (edited(steps=-1), "number of steps"),
    "a batch that there is not": (edited(at=99), "a batch that there is not"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_spoilt_state_is_refused_and_changes_nothing(page: Any, name: str, tmp_path: Path, wait: Any) -> None:
    spoil, words = SPOILT[name]
    state = page.evaluate("saving.write()")
    spoilt = spoil(json.loads(state))
    (tmp_path / "state.json").write_text("{" if spoilt is None else json.dumps(spoilt))
    page.locator("#file").set_input_files(tmp_path / "state.json")
    wait(page, "document.querySelector('#notice').hidden === false")
    assert words in page.inner_text("#notice") and "Nothing was changed" in page.inner_text("#notice")
    assert page.evaluate("saving.write()") == state
