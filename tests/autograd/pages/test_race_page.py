"""The page of the race in Chromium: Python's numbers, and each control as a person uses it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd.expressions import Function, ParseError
from autograd.pages import race
from autograd.pages.race_runs import TITLES, Racer, make_racers, race_one
from autograd.pages.surfaces import SURFACES
from tests.autograd.pages.running import until
from tests.sight import see_texts

pytestmark = [pytest.mark.browser, pytest.mark.integration]

RUN = """([text, start, racers]) => racers.map(([name, options]) => {
  const kind = given.menu[name], racer = { kind: kind.kind, options: { ...kind.options, ...options } };
  const run = runRacer(readSurface(text), racer, start, 20);
  const last = run.steps.at(-1), lines = last.told ?? linesOf(racer, last, 0);
  const told = [lines.filter((line) => line.name === "θ").at(-1).value].flatMap((value) => (value.length ? [...value] : value))[0];
  return [run.points, run.heights, told];
})"""
DRAW = """(texts) => texts.map((text) => {
  document.getElementById("formula").value = text;
  document.getElementById("own").requestSubmit();
  return [document.getElementById("trouble").textContent, race.surface.text];
})"""
READ = """([text, x, y]) => {
  const leaf = (value) => engine.leaf([value], []);
  return expression.evaluate(expression.read(text), { x: leaf(x), y: leaf(y) }, engine.ops).data[0];
}"""
# Sixteen optimizers take part, the first or the last, with their options open.
EVERYBODY = """(from) => {
  race.racers = [];
  for (const name of Object.keys(given.menu).slice(from).slice(0, 16)) addRacer({ name, options: {} });
  for (const racer of race.racers) racer.open = true;
  listRacers();
  compute();
}"""
USE_EVERYTHING = """() => {
  for (const slider of document.querySelectorAll(".racer details input[type=range]")) {
    slider.value = slider.value === slider.max ? slider.min : slider.max;
    slider.dispatchEvent(new Event("input"));
  }
  for (const box of document.querySelectorAll(".racer details input[type=checkbox]")) box.click();
}"""
# Options that are what they were at first.
UNCHANGED = """() => race.racers.flatMap((racer) => given.knobs[racer.kind].filter((knob) => knob.name !== "lr" && knob.form !== "choice")
  .filter((knob) => String(racer.options[knob.name]) === String(given.menu[racer.name].options[knob.name]))
  .map((knob) => `${racer.name}: ${knob.name}`))"""
COLOURS = """() => {
  const canvas = document.getElementById("ground"), { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const found = new Set();
  for (let k = 0; k < data.length; k += 4) found.add((data[k] << 16) | (data[k + 1] << 8) | data[k + 2]);
  return found.size;
}"""
# Ends of the pieces of lines that are not numbers.
BROKEN = """() => {
  const grid = measure(readSurface("log(x)*y"), { x: [-5, 5], y: [-4, 4] }, 16, 400, 300);
  let broken = 0;
  for (const level of grid.levels) traceLevel(grid, level, (...ends) => { broken += ends.some(Number.isNaN); });
  return broken;
}"""
# How far the points of a line of equal height are from it.
WORST = """() => {
  const grid = measure(race.surface, race.view, 16, 400, 300), { x, y } = race.view, level = grid.levels[5];
  let worst = 0;
  traceLevel(grid, level, (i, j) => {
    const [a, b] = [x[0] + ((x[1] - x[0]) * i) / grid.nx, y[1] - ((y[1] - y[0]) * j) / grid.ny];
    worst = Math.max(worst, Math.abs((a * a) / 10 + b * b - level));
  });
  return worst;
}"""
NAMELESS = """() => [...document.querySelectorAll("button, input, select")]
  .filter((e) => !(e.textContent.trim() || e.ariaLabel || e.labels?.length)).map((e) => e.outerHTML)"""
# The chart's and the plane's paths that are drawn so far.
TRAILS = "() => [...document.querySelectorAll('#tracks .run .trail')].map((line) => line.points.length)"


@pytest.fixture(scope="module")
def html() -> str:
    return race().html


@pytest.fixture
def page(show: Any, html: str) -> Iterator[Any]:
    return show(html)


def lines_of(page: Any) -> list[str]:
    return [" ".join(text.split()) for text in page.locator("#lines p").all_inner_texts()]


def test_every_optimizer_goes_where_pythons_goes(page: Any) -> None:
    lookahead = {"lr": 0.001, "momentum": 0.9, "nesterov": "lookahead", "momentum_form": "inside"}
    for surface in SURFACES.values():
        others = {name: 0.01 for name in TITLES if name not in surface.rates}
        racers = [*make_racers(surface, None), *make_racers(surface, others), Racer("nesterov", lookahead)]
        told = page.evaluate(RUN, [surface.text, surface.start, [(racer.name, racer.options) for racer in racers]])
        for racer, (points, heights, line) in zip(racers, told, strict=True):
            run = race_one(surface, racer, surface.start, 20)
            assert points == pytest.approx(run.points, rel=1e-12, abs=1e-12), (surface.name, racer.name)
            assert heights == pytest.approx(run.heights, rel=1e-11, abs=1e-12), (surface.name, racer.name)
            # What the lines beside the step say is what was done.
            assert line == pytest.approx(run.points[-1][0], rel=1e-12, abs=1e-12), (surface.name, racer.name)


EXPRESSIONS = [
    "x**2/10 + y**2", "-x**2", "2**-x", "x - y - 2", "x/y/2", "-(x + y)*3", "c = x*y; c**2 + c", "where(x > y, x, -y)",
    "max(x, y, 0.3) + min(x, y)", "sqrt(x*x + 1e-3)", "sin(pi*x) + exp(-y) + e", "clip(x, 0.1, 0.4)", "abs(x) + sign(y)",
    "tanh(x)*sigmoid(y) - softplus(x - y)", "logsumexp(x, y, 1) + hypot(x, y)", "+x*-y", "((x))", "1_0*x + .5", "x**y**2",
    "erf(x) + gelu(y) + elu(-x) + silu(y) + leaky_relu(-y)", "square(x) + reciprocal(y) + log1p(y) + expm1(x) + atan2(x, y)",
]  # fmt: skip
WRONG = [
    "", "x +", "x y", "foo(x)", "x.y", "x[0]", "x > y", "alert(1)", "sin", "sin(x, y)", "max(x)", "where(x, y)", "(x", "x)",
    "z + x", "x = 2; x", "(x > y) + 1", "'x'", "x;;=y", "`x`", "constructor", "__proto__ + x", "toString(x)", "x if y else x",
    "[x]", "x, y", "max(*x)", "3", "x\0", "0x1F + x",
]  # fmt: skip


def test_a_formula_is_read_as_python_reads_it(page: Any) -> None:
    for text in EXPRESSIONS:
        function = Function(text, ("x", "y"))
        told = page.evaluate(
            READ,
            [text, 0.4, 0.7],
        )
        assert told == pytest.approx(float(function(0.4, 0.7)), rel=1e-12), text
        assert page.evaluate("(text) => readSurface(text).heights([0.4], [0.7])[0]", text) == pytest.approx(
            told, rel=1e-12
        )


def test_what_is_no_formula_is_a_message_and_nothing_else_changes(page: Any) -> None:
    texts = [*WRONG, "(" * 3000 + "x", "x" + "+x" * 9000, "x" * 20_000]
    for text, (trouble, surface) in zip(texts, page.evaluate(DRAW, texts), strict=True):
        assert trouble, text
        assert surface == "x**2/10 + y**2", text
    assert page.locator("#trouble").inner_text() == "the expression has 20000 characters; at most 10000 are read"
    assert page.locator("#trouble").is_visible()
    # Nor does Python read them, but for what is decimal there in another way.
    for text in set(WRONG) - {"0x1F + x", "3"}:
        with pytest.raises(ParseError):
            Function(text, ("x", "y"))
    page.locator("#formula").fill("sin(x)*y")
    page.keyboard.press("Enter")
    assert not page.locator("#trouble").is_visible()
    assert page.evaluate("race.surface.text") == "sin(x)*y"
    # Where there is no height nothing starts, if that can be.
    for text, start in (
        ("log(x)", [4]),
        ("sqrt(x*y)", [4, 2]),
        ("log(0*x) + y", [-4, 2]),
        ("1/(x - 4) + sqrt(-1 - x*x)", [-4]),
    ):
        page.locator("#formula").fill(text)
        page.keyboard.press("Enter")
        assert page.evaluate("race.start") == start
        drawn = page.locator("#tracks").inner_html()
        assert '"NaN' not in drawn and "NaN," not in drawn and ",NaN" not in drawn


def test_steps_by_buttons_keys_slider_and_chart(page: Any) -> None:
    place = page.locator("#place")
    assert place.inner_text() == "step 0 of 20"
    page.locator("#next").click()
    page.keyboard.press("n")
    page.locator("body").press("ArrowRight")
    assert place.inner_text() == "step 3 of 20"
    assert page.evaluate(TRAILS) == [4] * 4
    page.locator("#back").click()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("b")
    assert place.inner_text() == "step 0 of 20"
    assert page.locator("#back").is_disabled()
    page.locator("#last").click()
    assert place.inner_text() == "step 20 of 20"
    page.locator("#first").click()
    page.locator("#slider").fill("7")
    assert place.inner_text() == "step 7 of 20"
    page.locator("#chart").click(position={"x": 56 + 1, "y": 60})
    assert place.inner_text() == "step 0 of 20"
    page.keyboard.press("End")
    assert place.inner_text() == "step 20 of 20"


def test_it_plays_as_fast_as_it_is_told_and_stops_at_the_end(page: Any) -> None:
    page.locator("#speed").fill("0")
    assert page.locator("#pace").inner_text() == "1/s"
    page.locator("body").press(" ")
    assert page.locator("#play").inner_text() == "Pause"
    page.locator("#speed").fill("6.5")
    assert page.locator("#pace").inner_text() == "91/s"
    until(page, "document.getElementById('place').textContent === 'step 20 of 20'")
    until(page, "document.getElementById('play').textContent === 'Play'")
    page.locator("#speed").fill("0")
    page.locator("#play").click()
    page.locator("#play").click()
    assert page.locator("#play").get_attribute("aria-pressed") == "false"


def test_the_update_is_told_with_its_numbers(page: Any) -> None:
    page.keyboard.press("4")
    page.keyboard.press("n")
    assert page.locator("#whose").inner_text() == "of Adam"
    told = lines_of(page)
    assert told[0] == "Step 1, from θ = (−7, 2)"
    assert told[1:3] == ["g = ∇f at (−7, 2)", "(−1.4, 4)"]
    assert told[3:6] == ["m = β₁·m + (1 − β₁)·g", "x 0.9·0 + (1 − 0.9)·(−1.4) = −0.14", "y 0.9·0 + (1 − 0.9)·4 = 0.4"]
    assert told[9:12] == ["m̂ = m / (1 − β₁ᵗ)", "x −0.14 / (1 − 0.9¹) = −1.4", "y 0.4 / (1 − 0.9¹) = 4"]
    assert told[15] == "θ = θ − η·m̂ / (√v̂ + ε)"
    assert told[16] == "x −7 − 0.5·(−1.4) / (√1.96 + 1e−8) = −6.5"
    page.locator(".racer .pick").first.click()
    assert lines_of(page)[3:] == ["θ = θ − η·g", "x −7 − 0.95·(−1.4) = −5.67", "y 2 − 0.95·4 = −1.8"]


def test_a_start_by_click_drag_number_and_keys(page: Any) -> None:
    box = page.locator("#tracks").bounding_box()
    page.mouse.click(box["x"] + 300, box["y"] + 200)
    clicked = page.evaluate("race.start")
    until(page, "race.runs[0].points[0][0] === race.start[0]")
    page.mouse.move(box["x"] + 300, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 400, box["y"] + 250)
    page.mouse.up()
    dragged = page.evaluate("race.start")
    assert dragged[0] > clicked[0] and dragged[1] < clicked[1]
    until(page, "race.runs.every((run) => run.points[0][0] === race.start[0])")
    page.locator("#start-x").fill("-3")
    page.locator("#start-y").fill("1.5")
    page.locator("#start-y").press("Enter")
    assert page.evaluate("race.runs.map((run) => run.points[0])") == [[-3, 1.5]] * 4
    page.locator("#ring").focus()
    page.keyboard.press("Shift+ArrowRight")
    until(page, "race.runs[0].points[0][0] > -3")
    # Without Shift an arrow steps, as everywhere.
    page.keyboard.press("ArrowRight")
    assert page.locator("#place").inner_text().startswith("step 1")


def test_optimizers_come_go_and_take_options(page: Any) -> None:
    rate = page.get_by_label("lr of SGD", exact=True)
    rate.fill("0.5")
    # The run is made anew after its options are there.
    until(page, "race.runs[0].racer.options.lr === 0.5 && race.runs[0].points[1]?.[0] === -6.3")
    assert page.evaluate("race.runs[0].points[1]") == [-6.3, 0]
    page.get_by_label("lr of SGD, slider").fill("0")
    until(page, "race.runs[0].racer.options.lr === 1")
    rate.fill("-1")
    assert page.evaluate("race.racers[0].options.lr") == 1
    page.get_by_label("Momentum takes part").uncheck()
    assert page.locator("#tracks .run").count() == 3
    page.get_by_label("Remove Momentum").click()
    assert page.locator(".racer").count() == 3
    page.locator("#kind").select_option("nadam")
    page.locator("#adding button").click()
    assert page.locator(".racer .pick").last.inner_text() == "NAdam"
    assert page.locator("#whose").inner_text() == "of NAdam"
    page.locator("#kind").select_option("sgd")
    page.locator("#adding button").click()
    last = page.locator(".racer").last
    last.locator("summary").click()
    last.get_by_label("nesterov").select_option("true")
    until(page, "document.querySelector('.racer:last-child .said').textContent.includes('nesterov needs a momentum')")
    last.get_by_label("momentum of SGD", exact=True).fill("0.9")
    until(page, "race.runs.at(-1).points.length === 21")
    last.get_by_label("maximize").check()
    until(page, "race.runs.at(-1).heights[20] > 8.9")


def test_every_option_of_every_optimizer_has_a_control_that_works(page: Any) -> None:
    for first in (0, len(TITLES) - 16):
        page.evaluate(EVERYBODY, first)
        page.evaluate(USE_EVERYTHING)
        assert page.evaluate(UNCHANGED) == []
        until(page, "race.runs.length === 16 && race.runs.every((run) => !run.refused || run.racer.options.nesterov)")


def test_what_all_variables_are_moved_by_is_told(page: Any) -> None:
    page.locator("#kind").select_option("newton")
    page.locator("#adding button").click()
    page.keyboard.press("n")
    told = lines_of(page)
    assert told[3:8] == ["H = ∇²f", "(0.2, 0)", "(0, 2)", "s = H⁻¹·g, by conjugate gradients", "(−7, 2)"]
    assert told[8] == "θ = θ − η·s" and page.evaluate("race.runs.at(-1).points[1]") == pytest.approx([0, 0], abs=1e-12)
    page.locator("#kind").select_option("lbfgs")
    page.locator("#adding button").click()
    page.keyboard.press("n")
    told = lines_of(page)
    assert told[3].startswith("d = −H⁻¹·g, as the last step and change of g tell it")
    assert told[5].startswith("t = a length that meets the strong Wolfe conditions")
    said = page.locator("#absent").inner_text()
    assert all(name in said for name in ("minimize", "particle_swarm", "Averaged"))


def test_what_diverges_or_leaves_the_picture_is_told(page: Any) -> None:
    page.get_by_label("lr of SGD", exact=True).fill("1.5")
    page.keyboard.press("Escape")
    page.locator("#last").click()
    until(page, "document.querySelector('.racer .said').textContent.startsWith('out of the picture')")
    page.locator("#formula").fill("x**4 + y**4")
    page.keyboard.press("Enter")
    page.locator("#last").click()
    until(page, "document.querySelector('.racer .said').textContent.startsWith('diverged')")


def test_surfaces_zoom_steps_and_charts(page: Any) -> None:
    assert page.evaluate(COLOURS) > 30
    assert page.evaluate(WORST) < 0.02
    assert page.evaluate(BROKEN) == 0
    for name, surface in SURFACES.items():
        page.locator("#surface").select_option(name)
        page.keyboard.press("End")
        assert page.locator("#place").inner_text() == f"step {surface.steps} of {surface.steps}"
        assert page.locator("#tracks .minimum").count() == len(surface.minima)
        for what in ("height", "distance", "slope") if name in ("quadratic", "saddle") else ():
            page.locator("#what").select_option(what)
            for log in (True, False):
                if page.locator("#log").is_enabled():
                    page.locator("#log").set_checked(log)
                assert page.locator("#chart .trail").count() == 4
                assert "NaN" not in page.locator("#chart").inner_html()
    assert page.locator("#second").is_hidden()
    wide = page.evaluate("race.view.x[1] - race.view.x[0]")
    page.locator("#nearer").click()
    assert page.evaluate("race.view.x[1] - race.view.x[0]") == pytest.approx(0.8 * wide)
    page.locator("body").press("-")
    page.locator("#further").click()
    page.locator("#whole").click()
    assert page.evaluate("race.view.x[1] - race.view.x[0]") == wide
    page.locator("#steps").fill("9")
    page.locator("#steps").press("Enter")
    assert page.locator("#place").inner_text().endswith("of 9")
    page.locator("#steps").fill("99999")
    page.locator("#steps").press("Enter")
    assert page.locator("#steps").input_value() == "2000"


TOLD = """() => ({
  surface: race.surface.text, start: race.start, steps: race.steps,
  racers: race.racers.map(({ name, options, on }) => [name, options, on]), trouble: byId("trouble").textContent,
})"""


FOLLOW = """(address) => new Promise((done) => {
  addEventListener("hashchange", done, { once: true });
  location.hash = address;
})"""


def at(page: Any, address: str) -> dict[str, Any]:
    """What the race is at another address."""
    page.evaluate(f"(address) => ({FOLLOW})(address).then(() => null)", address)
    told: dict[str, Any] = page.evaluate(TOLD)
    return told


def test_the_address_leads_back_to_the_race(page: Any) -> None:
    assert page.evaluate("address.write()") == ""
    page.locator("#surface").select_option("beale")
    assert page.evaluate("address.write()") == "surface=beale"
    page.get_by_label("lr of Adam", exact=True).fill("0.25")
    page.get_by_label("RMSProp takes part").uncheck()
    page.get_by_label("Remove SGD").click()
    page.locator("#start-x").fill("1.5")
    page.locator("#start-x").press("Enter")
    page.locator(".racer").last.locator("summary").click()
    page.get_by_label("betas, second, of Adam", exact=True).fill("0.9")
    page.get_by_label("amsgrad").check()
    page.locator("#steps").fill("9")
    page.locator("#steps").press("Enter")
    until(page, "location.hash.includes('steps=9')")
    address, told = page.evaluate("location.hash"), page.evaluate(TOLD)
    assert address == (
        "#surface=beale&start=1.5,1.4&steps=9&run=momentum,lr=0.005,momentum_form=inside"
        "&run=rmsprop,off,lr=0.02,alpha=0.9&run=adam,lr=0.25,betas=0.9/0.9,amsgrad=true"
    )
    assert at(page, "")["surface"] == "x**2/10 + y**2"
    assert at(page, address) == told
    page.locator("#formula").fill("x**4 + sin(3*y) + 1")
    page.keyboard.press("Enter")
    address, told = page.evaluate("address.write()"), page.evaluate(TOLD)
    assert at(page, "") != told
    assert at(page, address) == told


def test_an_address_that_the_page_writes_over_is_followed(page: Any) -> None:
    over = "(address) => { location.hash = address; history.replaceState(null, '', '#steps=12'); }"
    page.evaluate(over, "surface=beale&steps=9")
    until(page, "race.steps === 9")
    assert page.evaluate("race.look === given.surfaces.beale")


@pytest.mark.parametrize(
    ("rate", "told"), [(0.001, ["8.6", "8.8"]), (0.1, ["1", "10"]), (0.5, ["1e−15", "1e−10", "1e−5", "1"])]
)
def test_heights_on_a_log_scale_have_numbers_however_near_they_are(page: Any, rate: float, told: list[str]) -> None:
    at(page, f"run=adam,lr={rate}&run=rmsprop,lr={rate}")
    labels = page.locator("#chart text[text-anchor=end]")
    assert labels.all_text_contents() == told


BROKEN_ADDRESSES = [
    ("surface=<img src=x onerror=alert(1)>", "The surface: '<' is not expected here"),
    ("surface=constructor", "The surface: there is no 'constructor'"),
    ("surface=" + "x%2B" * 9000 + "x", "The surface: the expression has 18001 characters"),
    ("x" * 50_000, "The address is longer than 40000 characters"),
    ("steps=0", "steps must be a whole number from 1 to 2000: its default is taken."),
    ("steps=1e9&start=1", "start must be two numbers on this surface: its default is taken."),
    ("start=a,1", "start must be two finite numbers, such as -7,2: its default is taken."),
    ("start=1e999,1", "start must be two finite numbers"),
    ("run=adamm", "There is no optimizer “adamm” here."),
    ("run=__proto__", "There is no optimizer “__proto__” here."),
    ("run=adam,lr=fast", "lr of Adam must be a number from 0: its default is taken."),
    ("run=adam,betas=0.9", "betas of Adam must be 2 numbers with / between them"),
    ("run=adam,betas=0.9/1", "betas of Adam must be a number from 0 to below 1"),
    ("run=adam,amsgrad=2", "amsgrad of Adam must be one of false, true"),
    ("run=adam,speed=2", "Adam has no option “speed”."),
    ("&".join(["run=adam"] * 20), "A race has 16 optimizers at most."),
    ("colour=red", "There is nothing to set by “colour”."),
    ("steps=%E0%A4%A", "steps cannot be read: its default is taken."),
]


def test_a_broken_address_is_told_and_the_rest_of_it_used(page: Any) -> None:
    for address, words in BROKEN_ADDRESSES:
        short = len(address) < 40_000
        told = at(page, f"{address}&steps=7" if short else address)
        assert words in told["trouble"], address
        assert page.locator("#trouble").is_visible() and page.locator("#trouble img").count() == 0
        assert (told["surface"], told["start"]) == ("x**2/10 + y**2", [-7, 2])
        assert told["steps"] == (7 if short else 20)
        assert 1 <= len(told["racers"]) <= 16
        assert page.evaluate("race.runs.length") == len(told["racers"])


# 736 is what a notebook, or a page of the book, leaves it.
@pytest.mark.parametrize("width", [1280, 736, 390])
def test_it_can_be_read_in_light_and_dark_wide_and_narrow(show: Any, html: str, width: int) -> None:
    page = show(html, width, 800, "light")
    page.keyboard.press("End")
    page.keyboard.press("4")
    for theme in ("light", "dark"):
        assert page.evaluate("document.documentElement.dataset.theme") == theme
        see_texts(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for control in page.locator("#player > *").all():
            box, bar = control.bounding_box(), page.locator("#player").bounding_box()
            assert box["x"] + box["width"] <= bar["x"] + bar["width"]
        # Back, play and on stand side by side.
        assert len({button.bounding_box()["y"] for button in page.locator("#player > button").all()}) == 1
        # Everything that one uses is reached with Tab, and has a name.
        assert page.evaluate(NAMELESS) == []
        page.keyboard.press("t")
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 320, "height": 800})
    page.locator("#surface").select_option("rastrigin")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_race_of_ones_own_is_what_opens(show: Any, tmp_path: Path) -> None:
    made = race(
        "c = x*x; c/9 - sin(3*x)*</script>".replace("*</script>", ""),
        {"adamw": {"lr": 0.3}, "lion": 0.1},
        start=[2.0],
        steps=7,
    )
    page = show(made.html)
    assert page.locator(".racer .pick").all_inner_texts() == ["AdamW", "Lion"]
    assert page.locator("#place").inner_text() == "step 0 of 7"
    ends = page.evaluate("race.runs.map((run) => run.points.at(-1))")
    assert ends == pytest.approx(np.array([run.points[-1] for run in made.runs]), rel=1e-12)
