"""The XOR page in Chromium: the lecture's numbers, Python's training, and each control as a person uses it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import optim
from autograd import Tensor, sigmoid
from autograd.cli import main
from autograd.errors import FileError
from autograd.pages import PageError, xor
from autograd.pages.xor_page import NAMES, WEIGHTS
from tests.autograd.pages.running import until
from tests.sight import see_texts

PATTERNS = [(0.0, 0.0, 0.0), (0.0, 1.0, 1.0), (1.0, 0.0, 1.0), (1.0, 1.0, 0.0)]
WAYS = [("online", 0.0), ("online", 0.8), ("batch", 0.0), ("batch", 0.5)]
TRAINED = """([mode, momentum]) => {
  const chosen = { rate: 0.7, momentum, mode };
  let state = makeState({ ...given.weights }, nothing(), chosen);
  for (let k = 0; k < 25; k++) state = trainEpoch(state, chosen);
  return state.weights;
}"""
CUT_NUMBERS = """() => [...document.querySelectorAll("input[type=number]")]
  .filter((e) => e.checkVisibility() && e.scrollWidth > e.clientWidth).map((e) => e.value)"""


def loss_of(w: dict[str, Tensor], x1: float, x2: float, t: float) -> Tensor:
    def unit(name: str, one: Any, other: Any) -> Tensor:
        first, second, bias = NAMES[name]
        return sigmoid(w[first] * one + w[second] * other + w[bias])

    return 0.5 * (unit("o", unit("h1", x1, x2), unit("h2", x1, x2)) - t) ** 2


def train(epochs: int, mode: str, rate: float, momentum: float) -> dict[str, float]:
    """The weights after some epochs, by `optim`."""
    w = {name: Tensor(x, requires_grad=True) for name, x in WEIGHTS.items()}
    optimizer = optim.SGD(list(w.values()), lr=rate, momentum=momentum, momentum_form="inside")
    for _ in range(epochs):
        for pattern in PATTERNS:
            if mode == "online":
                optimizer.zero_grad()
            loss_of(w, *pattern).backward()
            if mode == "online":
                optimizer.step()
        if mode == "batch":
            optimizer.step()
            optimizer.zero_grad()
    return {name: p.item() for name, p in w.items()}


@pytest.fixture(scope="module")
def html() -> str:
    return xor().html


@pytest.fixture
def page(show: Any, html: str) -> Iterator[Any]:
    return show(html)


def where(page: Any) -> str:
    return page.locator("#where").inner_text()


def lines_of(page: Any) -> list[str]:
    return [" ".join(text.split()) for text in page.locator("#lines .line p").all_inner_texts()]


@pytest.mark.browser
@pytest.mark.integration
def test_the_numbers_of_the_lecture(page: Any) -> None:
    assert page.evaluate("passPattern(given.weights, [1, 0, 1]).o") == pytest.approx(0.754993789, abs=5e-10)
    assert page.evaluate("meanError(given.weights)") == pytest.approx(0.310015581, abs=5e-10)
    # One online step on [0, 1] → 1, as a person takes it: begin with that pattern, and go to the next.
    page.get_by_label("Begin the epoch with pattern [0, 1]").click()
    page.locator("#pattern").click()
    after = {
        "w1": -0.06782947598673161, "w2": 0.2214514234604232, "b1": -0.4654700884762584,
        "w3": 0.9487814395569221, "w4": 0.4662836664076017, "b2": 0.10219816991955463,
        "w5": -0.21256111621528748, "w6": 0.6039091636457407, "b3": 0.8141837643885104,
    }  # fmt: skip
    assert page.evaluate("lookAt(lesson.history[0], options(), lesson.count).weights") == pytest.approx(
        after, rel=1e-14
    )
    assert page.locator("#row-w5 input").input_value() == "-0.21256112"
    assert page.locator("#row-b3 td").last.inner_text() == "0.03488"


@pytest.mark.browser
@pytest.mark.integration
def test_training_is_pythons(page: Any) -> None:
    for mode, momentum in WAYS:
        assert page.evaluate(TRAINED, [mode, momentum]) == pytest.approx(train(25, mode, 0.7, momentum), rel=1e-12)


BOXES = """() => [...document.querySelectorAll("#picture .label rect, #picture .unit circle")].map((e) => {
  const { left, top, right, bottom } = e.getBoundingClientRect();
  return [left, top, right, bottom];
})"""
# For every moment of an epoch: what the lines give, and what the engine has computed.
COMPARED = """([mode, momentum]) => {
  const chosen = { rate: 0.7, momentum, mode }, speeds = Object.fromEntries(WEIGHTS.map((name, k) => [name, k / 50]));
  const start = makeState({ ...given.weights }, speeds, chosen);
  const count = listMoments(chosen).length, found = [];
  for (let k = 1; k <= count; k++) {
    const look = lookAt(start, chosen, k);
    for (const line of look.lines) {
      const name = line.target, weight = name.slice(1);
      const by = { v: () => look.next.speeds[weight], G: () => look.sums[weight] }[name[0]] ?? (() => look.known[name]);
      found.push([name, line.value, WEIGHTS.includes(name) ? look.next.weights[name] : by()]);
    }
  }
  const last = lookAt(start, chosen, count).next.weights, next = trainEpoch(start, chosen).weights;
  return [found, WEIGHTS.map((name) => last[name] - next[name])];
}"""


@pytest.mark.browser
@pytest.mark.integration
def test_what_the_formulas_give_is_what_the_engine_computes(page: Any) -> None:
    for way in WAYS:
        lines, difference = page.evaluate(COMPARED, way)
        assert len(lines) > 60
        for name, told, right in lines:
            assert told == pytest.approx(right, rel=1e-12, abs=1e-16), name
        assert difference == [0.0] * 9


@pytest.mark.browser
@pytest.mark.integration
def test_each_step_is_told_with_its_numbers(page: Any) -> None:
    page.get_by_label("Begin the epoch with pattern [0, 1]").click()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    assert where(page) == "epoch 0, pattern [0, 1] → 1, step 5 of 40"
    assert page.locator("#what").inner_text() == "Backward: δ of the output"
    assert lines_of(page) == ["δ₃ = (o − t)·o·(1 − o)", "(0.7406 − 1)·0.7406·(1 − 0.7406) = −0.0498352"]
    page.locator("#back").click()
    assert lines_of(page)[0] == "L = 0.5·(o − t)²"
    page.keyboard.press("b")
    page.keyboard.press("n")
    page.keyboard.press("n")
    page.keyboard.press("n")
    assert lines_of(page)[0] == "δ₁ = δ₃·w₅·h₁·(1 − h₁)"
    page.keyboard.press("End")
    assert where(page).endswith("step 40 of 40")
    page.keyboard.press("ArrowRight")
    assert where(page).startswith("epoch 1, pattern [0, 1] → 1, step 1")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert where(page).startswith("epoch 0") and where(page).endswith("step 39 of 40")
    page.locator("#first").click()
    assert where(page) == "epoch 0, step 0 of 40"
    assert page.locator("#back").is_disabled()


@pytest.mark.browser
@pytest.mark.integration
def test_patterns_and_epochs_forth_and_back(page: Any) -> None:
    page.locator("body").press("p")
    assert where(page).endswith("step 10 of 40")
    page.locator("#pattern").click()
    page.keyboard.press("Shift+P")
    assert where(page).endswith("step 10 of 40")
    page.locator("#epoch").click()
    assert where(page) == "epoch 1, step 0 of 40"
    page.keyboard.press("Shift+P")
    assert where(page).startswith("epoch 0") and where(page).endswith("step 30 of 40")
    page.keyboard.press("e")
    page.keyboard.press("e")
    page.keyboard.press("Shift+E")
    assert where(page) == "epoch 1, step 0 of 40"


@pytest.mark.browser
@pytest.mark.integration
def test_training_on_and_coming_back(page: Any) -> None:
    page.keyboard.press("p")
    page.locator("#count").fill("300")
    page.locator("#train").click()
    until(page, "lesson.epoch === 300 && lesson.running === null")
    weights = page.evaluate("lesson.history[300].weights")
    assert weights == pytest.approx(train(300, "online", 0.7, 0.0), rel=1e-9)
    assert page.locator("#return").inner_text() == "Come back to epoch 0"
    page.keyboard.press("u")
    assert where(page).endswith("step 10 of 40")
    assert page.evaluate("lesson.history.length") == 1
    assert page.locator("#return").is_hidden()
    page.locator("#bound").fill("0.2")
    page.get_by_label("momentum α", exact=True).fill("0.9")
    page.locator("#until button").click()
    until(page, "lesson.running === null && lesson.epoch > 0")
    errors = page.evaluate("lesson.history.map((state) => state.error)")
    assert errors[-1] < 0.2 <= errors[-2]
    assert page.locator("#said").inner_text() == f"Epoch {len(errors) - 1} is the first below 0.2."
    page.locator("#chart").click(position={"x": 60, "y": 60})
    assert page.evaluate("lesson.epoch") < len(errors) - 1
    page.locator("#return").click()
    assert page.evaluate("lesson.epoch") == len(errors) - 1
    page.locator("#log").check()
    assert "NaN" not in page.locator("#chart").inner_html()


@pytest.mark.browser
@pytest.mark.integration
def test_options_and_weights_change_what_comes_next(page: Any) -> None:
    page.locator("#mode").select_option("batch")
    page.keyboard.press("Escape")
    page.locator("#epoch").click()
    assert page.evaluate("lesson.history[1].weights") == pytest.approx(train(1, "batch", 0.7, 0.0), rel=1e-12)
    page.keyboard.press("Shift+E")
    page.get_by_label("rate η", exact=True).fill("0")
    page.locator("#epoch").click()
    assert page.evaluate("lesson.history[1].weights") == page.evaluate("lesson.history[0].weights")
    page.get_by_label("w₅", exact=True).fill("2.5")
    page.get_by_label("w₅", exact=True).press("Enter")
    assert page.evaluate("lesson.history[lesson.epoch].weights.w5") == 2.5
    page.locator("#random").click()
    assert page.evaluate("WEIGHTS.every((name) => Math.abs(lesson.history.at(-1).weights[name]) <= 1)")
    page.locator("#reset").click()
    assert where(page).startswith("epoch 0, step 0")
    assert page.evaluate("lesson.history[0].weights") == WEIGHTS
    for _ in range(10):
        page.keyboard.press("u")
    assert page.locator("#mode").input_value() == "online"


@pytest.mark.browser
@pytest.mark.integration
def test_it_plays_and_stops(page: Any) -> None:
    page.locator("#speed").fill("5")
    assert page.locator("#pace").inner_text() == "32/s"
    page.locator("#play").click()
    until(page, "lesson.count > 3")
    page.locator("#play").click()
    assert page.locator("#play").inner_text() == "Play"
    page.locator("#count").fill("20000")
    page.locator("#train").click()
    assert page.locator("#train").inner_text() == "Stop"
    page.locator("#train").click()
    assert page.locator("#train").inner_text() == "Train"
    until(page, "lesson.running === null")


@pytest.mark.browser
@pytest.mark.integration
def test_what_cannot_be_is_told(page: Any) -> None:
    for button, field, wrong, message in (
        ("#train", "#count", "0", "1 to 20000 epochs"),
        ("#until button", "#bound", "0", "never below zero"),
    ):
        page.evaluate("document.querySelectorAll('form').forEach((form) => { form.noValidate = true; })")
        page.locator(field).fill(wrong)
        page.locator(button).click()
        assert message in page.locator("#said").inner_text()
    page.get_by_label("w₁", exact=True).fill("1e308")
    page.get_by_label("w₁", exact=True).press("Enter")
    page.get_by_label("w₅", exact=True).fill("1e308")
    page.get_by_label("w₅", exact=True).press("Enter")
    page.get_by_label("rate η", exact=True).fill("1e308")
    page.locator("#epoch").click()
    page.locator("#epoch").click()
    page.keyboard.press("End")
    assert "NaN" not in page.locator("#picture").inner_html()


@pytest.mark.browser
@pytest.mark.integration
# 736 is what a notebook, or a page of the book, leaves it.
@pytest.mark.parametrize("width", [1280, 736, 390])
def test_it_can_be_read_in_light_and_dark_wide_and_narrow(show: Any, html: str, width: int) -> None:
    page = show(html, width, 800, "light")
    page.locator("#epoch").click()
    for _ in range(9):
        page.keyboard.press("n")
    for theme in ("light", "dark"):
        assert page.evaluate("document.documentElement.dataset.theme") == theme
        see_texts(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        # No label of a weight lies on another, or on a neuron.
        boxes = page.evaluate(BOXES)
        for k, (left, top, right, bottom) in enumerate(boxes):
            for other in boxes[k + 1 :]:
                assert min(right, other[2]) - max(left, other[0]) < 3 or min(bottom, other[3]) - max(top, other[1]) < 3
        assert page.evaluate(CUT_NUMBERS) == []
        chart, course = (page.locator(name).bounding_box() for name in ("#chart", "#course"))
        assert chart["width"] >= 200
        assert chart["x"] + chart["width"] <= course["x"] + course["width"]
        page.keyboard.press("t")
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()


def test_the_command_writes_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["xor", "w1=0.5", "--momentum", "0.9", "--mode", "batch"]) == 0
    assert capsys.readouterr().out == "wrote xor.html\n"
    text = (tmp_path / "xor.html").read_text(encoding="utf-8")
    assert '"w1":0.5' in text
    assert '"momentum":0.9' in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["w7=1"], "the XOR network has no weight 'w7'; there are w1, w2, b1"),
        (["w1=nan"], "w1 is a finite number, not 'nan'"),
        (["--momentum", "1"], "the momentum is a number from 0 to below 1"),
        (["--rate", "fast"], "'fast' is not a number"),
        (["--mode", "onlin"], "there is no 'onlin'; did you mean 'online'?"),
        (["-o", "xor.svg"], "the XOR page is a file that ends in .html"),
        (["-o", "no/xor.html"], "cannot write no/xor.html"),
    ],
)
def test_bad_words_get_one_line(
    words: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["xor", *words]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_arguments_that_cannot_be_are_told(tmp_path: Path) -> None:
    for options in ({"rate": -1.0}, {"rate": "a"}, {"momentum": 1.0}, {"mode": "mini"}, {"weights": {"w1": None}}):
        with pytest.raises(PageError):
            xor(**options)  # type: ignore[arg-type]
    with pytest.raises(FileError):
        xor().save(tmp_path / "no" / "xor.html")
