"""The lessons of the playground: they set the stage, judge what is answered, and give back what was there before."""

from __future__ import annotations

from typing import Any

import pytest

from autograd.pages import playground
from autograd.pages.settings import LESSONS, to_address
from tests.sight import see_texts

pytestmark = [pytest.mark.browser, pytest.mark.integration]


def begin(page: Any, lesson: str) -> Any:
    page.get_by_role("tab", name="Lessons").click()
    cards = page.get_by_role("button", name="Start the lesson")
    cards.nth(list(LESSONS).index(lesson)).click()
    return page.get_by_role("tabpanel", name="Lessons")


def check(panel: Any) -> str:
    panel.get_by_role("button", name="Check", exact=True).click()
    return str(panel.locator(".said").inner_text())


def choose(panel: Any, answer: str) -> str:
    panel.get_by_label(answer, exact=True).check()
    return check(panel)


def type_in(panel: Any, answer: str) -> str:
    panel.get_by_label("Your answer, a number").fill(answer)
    return check(panel)


def go_on(panel: Any) -> None:
    panel.get_by_role("button", name="Next question").or_(panel.get_by_role("button", name="Summary")).click()


def do(page: Any, script: str) -> None:
    page.evaluate(f"() => {{ {script} }}")


def activate(*activations: str) -> str:
    """A script that sets the activations of the layers, which have four units; of the circle's the second has two."""
    units = [4, 2] if len(activations) == 2 else [4] * len(activations)
    layers = [{"units": n, "activation": a} for n, a in zip(units, activations, strict=True)]
    return f"playground.set({{ layers: {layers} }});"


def test_a_linear_network_fails_on_a_circle(page: Any) -> None:
    panel = begin(page, "circle")
    assert "Choose one of the answers first" in check(panel)
    assert "its loss went from 0.606 to 0.49" in choose(panel, "Yes, with more steps")
    assert "this network is now tanh(0.15·x₁ − 0.14·x₂ + 0)" in choose(panel, "Yes, with more linear neurons or layers")
    assert "leaves 68 of 250 training points on the wrong side" in choose(panel, "No, whatever the weights are")
    go_on(panel)
    for answer, words in {
        "many": "A number was expected",
        "1/0": "A number was expected",
        "25": "That many are stored",
        "2": "What becomes of the biases",
        "1,000": "one matrix",
        "3,0": "Right: W₁W₂W₃ is 2 × 1",
    }.items():
        assert words in type_in(panel, answer), answer
    go_on(panel)
    assert "Nothing was changed but the weights" in check(panel)
    page.get_by_role("button", name="Add a neuron to layer 2").click()
    assert "still they multiply to one" in check(panel)
    page.get_by_role("button", name="Undo").click()
    do(page, activate("linear", "relu") + "playground.run(500)")
    assert "two folds never close around anything" in check(panel)
    do(page, "playground.set({ features: ['x1', 'x2', 'x1x1'] })")
    assert "the features and the activation of layer 2. One is enough" in check(panel)
    do(page, activate("linear", "linear"))
    assert "what is missing" in check(panel)
    do(page, "playground.set({ features: ['x1', 'x2', 'x1x1', 'x2x2'] })")
    assert "With x₁² and x₂² it can" in check(panel)
    do(page, "playground.set({ features: ['x1', 'x2'] })")
    page.get_by_label("Activation of layer 1").select_option("tanh")
    assert "some 1,000 steps are usual" in check(panel)
    do(page, "playground.run(1500)")
    assert "together these folds close around the circle" in check(panel)
    go_on(panel)
    assert "3 questions, 15 tries, 0 hints" in panel.inner_text()
    assert page.evaluate("document.activeElement.textContent") == "What this lesson has shown"


def test_the_circle_may_be_given_squares_as_well(page: Any) -> None:
    panel = begin(page, "circle")
    choose(panel, "No, whatever the weights are")
    go_on(panel)
    type_in(panel, "3")
    go_on(panel)
    for name in ("x₁²", "x₂²"):
        page.get_by_role("button", name=f"Feature {name}").click()
    do(page, "playground.run(600)")
    assert "where a circle is a straight line" in check(panel)
    do(page, "playground.changePoints({ train: [], test: [] }, 'none')")
    # It was right when it was asked; what comes after does not take it back.
    go_on(panel)
    assert "What this lesson has shown" in panel.inner_text()


def test_gradients_vanish_and_are_measured(page: Any) -> None:
    panel = begin(page, "vanishing")
    assert page.evaluate("playground.settings.show") == "gradients"
    sizes = page.evaluate("measures.sizes(measures.gradients(playground.training))")
    least = sizes.index(min(sizes))
    for layer in (3, 6):
        assert "There is a smaller one" in choose(panel, "Output" if layer == 6 else f"Layer {layer + 1}")
    assert (
        f"Right: {page.evaluate('(v) => told(v)', sizes[least])} in layer 1" in choose(panel, "Layer 1") and least == 0
    )
    go_on(panel)
    # What is read off the tab "Gradients", while the question waits.
    page.get_by_role("tab", name="Gradients").click()
    cells = [row.locator("td").nth(3).inner_text() for row in page.locator("#panel tbody tr").all()]
    first, last = (float(cells[i].split()[0].replace("−", "-")) for i in (0, -1))
    page.get_by_role("tab", name="Lessons").click()
    assert "Question 2 of 4" in panel.inner_text()
    ratio = last / first
    for answer, words in {
        f"{ratio / 100:.0f}": "too small",
        f"{ratio * 100:.2e}": "too large",
        f"{1 / ratio:.3e}": "the other way round",
        f"{ratio * 1.5:.0f}": "Near",
        f"{ratio:,.0f}": "Right",
    }.items():
        assert words in type_in(panel, answer), answer
    go_on(panel)
    for answer, words in {
        "1": "slope of tanh at 0",
        "0.5": "its value at 0",
        "4": "Where is",
        "1/4": "4,096 times",
    }.items():
        assert words in type_in(panel, answer), answer
    go_on(panel)
    assert "as they were" in check(panel)
    do(page, activate(*["tanh"] * 3, *["sigmoid"] * 3))
    assert "3 layers of sigmoids are left" in check(panel)
    do(page, activate("tanh", "tanh"))
    assert "about six layers of four neurons" in check(panel)
    do(page, activate(*["relu"] * 6) + "playground.set({ start: 'zeros' })")
    assert "exactly 0" in check(panel)
    do(page, activate(*["tanh"] * 6) + "playground.set({ start: 'xavier' })")
    assert "with tanh and the start “xavier”" in check(panel)


def test_the_first_weights_are_judged_and_not_those_of_now(page: Any) -> None:
    begin(page, "vanishing")
    sizes = page.evaluate(
        """() => { playground.set({ start: "uniform" });
        // Large weights make up for the slopes, with biases that keep the sigmoids steep.
        for (const { weight, bias } of playground.network.layers.slice(1)) {
          weight.data.forEach((w, i) => { weight.data[i] = 4 * Math.sign(w); });
          bias.data.forEach((_, unit) => {
            bias.data[unit] = -weight.data.filter((_, i) => i % bias.data.length === unit).reduce((sum, w) => sum + w) / 2;
          });
        }
        return measures.sizes(measures.gradients(playground.training)); }"""
    )
    assert sizes[0] > sizes[-1]
    answer = page.evaluate("lessons.vanishing.questions[3].judge()")
    assert answer["right"] is False and "At the first weights the gradient of layer 1 is 1/9.02e+5" in answer["words"]


def test_a_rate_is_too_high(page: Any) -> None:
    panel = begin(page, "rate")
    assert "the step too long" in choose(panel, "Fall, and faster than with a smaller rate")
    assert "is each swing smaller" in choose(panel, "Swing at first, and settle in the end")
    assert "Right. A copy's loss, step after step: 7.1, 33, 160" in choose(panel, "Grow with every step")
    go_on(panel)
    for answer, words in {
        "0": "above 0",
        "5": "Too high",
        "0.3": "Too high",
        "0.15": "Too high",
        "0.05": "still falls",
        "0.13": "still falls",
        "0.145": "2/λ = 0.149",
    }.items():
        assert words in type_in(panel, answer), answer
    go_on(panel)
    assert "No step has been done" in check(panel)
    do(page, "playground.run(2)")
    assert "too high" in check(panel)
    for value, words in (("0.01", "too slow"), ("0.1", "Right")):
        page.get_by_label("Rate", exact=True).select_option(value)
        page.get_by_role("button", name="Reset").click()
        for step in range(10):
            page.get_by_role("button", name="Step").click()
            if step == 0 and value == "0.01":
                assert "9 steps are left" in check(panel)
        assert words in check(panel)


def test_equal_neurons_stay_one(page: Any) -> None:
    panel = begin(page, "symmetry")
    for answer, words in {
        "Each has learned another part of the data": "between two neurons is 0.",
        "They are near each other, as they began": "Nearer than that",
        "Not at all": "Right",
    }.items():
        assert words in choose(panel, answer)
    go_on(panel)
    for answer, words in {
        "0": "Something is learned",
        "4": "There are four",
        "2": "(u + v)",
        "1": "outputs is 0.",
    }.items():
        assert words in type_in(panel, answer), answer
    go_on(panel)
    assert "All 4 have the same weights" in check(panel)
    do(page, "playground.run(50)")
    assert "training does not part what is equal" in check(panel)
    page.locator(".hit").first.dispatch_event("click")
    page.get_by_label("Weight", exact=True).fill("0.5")
    assert "neurons 2, 3 and 4 are still equal" in check(panel)
    page.get_by_label("Weights start").select_option("uniform")
    assert "all 4 differ, by how weights start" in check(panel)


def test_hints_come_in_two_stages(page: Any) -> None:
    panel = begin(page, "rate")
    panel.get_by_role("button", name="Hint 1 of 2").click()
    first = panel.locator(".hint").inner_text()
    panel.get_by_role("button", name="Hint 2 of 2").click()
    assert panel.locator(".hint").inner_text().startswith(first) and len(panel.locator(".hint").inner_text()) > len(
        first
    )
    assert panel.get_by_role("button", name="No more hints").is_disabled()
    # The focus is not lost with the button.
    assert page.evaluate("document.activeElement.textContent") == "Check"


@pytest.mark.parametrize("way", ["Undo", "Leave the lesson"])
def test_what_was_there_before_comes_back(page: Any, way: str) -> None:
    do(
        page,
        "playground.set({ dataset: 'moons', rate: 0.1, layers: [{ units: 3, activation: 'relu' }] }); playground.run(40);",
    )
    before = page.evaluate("saving.write()")
    panel = begin(page, "circle")
    assert page.evaluate("[playground.settings.dataset, playground.training.steps]") == ["circle", 0]
    # The lesson stands before the network, and behind it when it is over.
    assert page.locator("#panels + main").count() == 1
    if way == "Leave the lesson":
        choose(panel, "No, whatever the weights are")
        do(page, "playground.run(20); tutor.begin({ lesson: 'rate' }); playground.run(3);")
    page.get_by_role("button", name=way).click()
    assert page.locator("main + #panels").count() == 1
    # But for the tab that was chosen.
    assert page.evaluate("saving.write()").replace("&panel=lessons", "") == before
    assert page.get_by_role("button", name="Start the lesson").count() == len(LESSONS)


def test_a_link_gives_a_lesson(page: Any, wait: Any) -> None:
    do(page, "location.hash = 'lesson=symmetry&seed=4&start=normal'")
    wait(page, "playground.settings.lesson === 'symmetry'")
    assert page.get_by_role("heading", name="Lesson 4").is_visible()
    assert page.evaluate("[playground.settings.seed, playground.settings.start, playground.settings.dataset]") == [
        4,
        "normal",
        "xor",
    ]
    # The address says what differs from the lesson, and no more.
    wait(page, "location.hash === '#lesson=symmetry&seed=4&start=normal'")
    do(page, "location.hash = 'lesson=squares'")
    wait(page, "!document.querySelector('#notice').hidden")
    assert "lesson is none of none, circle, vanishing, rate, symmetry" in page.inner_text("#notice")
    assert page.evaluate("playground.run(3)")
    do(page, "history.replaceState(null, '', location.pathname)")


def test_a_page_that_begins_with_a_lesson_gives_back_what_came_with_it(show: Any) -> None:
    made = playground(
        data=([[0, 1], [2, 3], [4, 5]], ["a", "b", "b"]), settings={"lesson": "rate", "hide": ["panels", "undo"]}
    )
    page = show(made.html)
    assert page.get_by_role("heading", name="Lesson 3: A rate too high").is_visible()
    page.get_by_role("button", name="Leave the lesson").click()
    assert page.evaluate("[playground.settings.dataset, playground.settings.lesson]") == ["own", "none"]


def test_a_lesson_in_a_frame_leaves_the_reader_where_they_are(browser: Any) -> None:
    context = browser.new_context()
    page = context.new_page()
    frame = playground(settings={"lesson": "rate"})._repr_html_()
    page.set_content(f'<body><p style="height: 3000px">Above it.</p>{frame}</body>')
    heading = page.frames[1].get_by_role("heading", name="Lesson 3: A rate too high")
    heading.wait_for()
    assert page.evaluate("[scrollY, document.activeElement.tagName]") == [0, "BODY"]
    page.frames[1].get_by_role("button", name="Start again").click()
    assert heading.evaluate("(e) => e === document.activeElement")
    context.close()


def test_a_lesson_is_saved_and_opened_with_its_state(page: Any) -> None:
    begin(page, "vanishing")
    do(page, "playground.run(5)")
    state = page.evaluate("saving.write()")
    do(page, "playground.start({}); saving.read(" + repr(state) + ")")
    assert page.evaluate("[playground.settings.lesson, playground.training.steps]") == ["vanishing", 5]
    assert page.evaluate("saving.write()") == state
    page.get_by_role("button", name="Leave the lesson").click()
    assert page.evaluate("playground.settings.lesson") == "none"


def test_what_a_lesson_sets_is_what_the_page_knows(page: Any) -> None:
    for lesson, sets in LESSONS.items():
        assert to_address(sets)
        assert page.evaluate("(lesson) => settings.write(settings.complete({ lesson }))", lesson) == f"lesson={lesson}"
    assert page.evaluate("Object.keys(lessons)") == list(LESSONS)
    # Two hints each, and one answer that is right.
    questions = page.evaluate(
        "Object.values(lessons).flatMap(({ questions }) => questions.map(({ kind, hints }) => [kind, hints.length]))"
    )
    assert {kind for kind, _ in questions} == {"choice", "number", "network"} and {n for _, n in questions} == {2}


def test_a_lesson_is_taken_by_the_keyboard_alone(page: Any) -> None:
    page.get_by_role("tab", name="Lessons").click()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert "Lesson 1" in page.evaluate("document.activeElement.textContent")
    for key in ("Tab", "Tab", "Tab", "ArrowUp"):
        page.keyboard.press(key)
    assert (
        page.evaluate("document.activeElement.closest('label').textContent").strip() == "No, whatever the weights are"
    )
    page.keyboard.press("Enter")
    assert page.locator("#panel [role=status]").first.inner_text().startswith("✓ Right")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent") == "Question 2 of 3"
    page.keyboard.press("Tab")
    page.keyboard.type("r3g")
    assert page.get_by_label("Your answer, a number").input_value() == "r3g"
    page.keyboard.press("Control+a")
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    assert "✓" in page.locator("#panel .said").inner_text()
    assert page.evaluate("playground.training.steps") == 0


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_lessons_are_seen_whole(show: Any, width: int, scheme: str) -> None:
    page = show(playground().html, width, 900, scheme)
    for lesson in LESSONS:
        panel = begin(page, lesson)
        panel.locator("input").last.check()
        check(panel)
        panel.get_by_role("button", name="Hint 1").or_(panel.get_by_role("button", name="Next question")).first.click()
        see_texts(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        inner = page.evaluate(
            "[document.querySelector('#panel').scrollWidth, document.querySelector('#panel').clientWidth]"
        )
        assert inner[0] <= inner[1]
        # What the network is given stays in sight, where it cannot be chosen too.
        assert page.locator(".feature[aria-pressed=true]").count() == 2
        page.evaluate("playground.undo()")
