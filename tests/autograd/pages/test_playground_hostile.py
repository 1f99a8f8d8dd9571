"""What comes from outside: files, addresses and numbers that are wrong or hostile; a notice, never a script of theirs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import nn
from autograd.pages import playground
from tests.autograd.pages.running import until

pytestmark = [pytest.mark.browser, pytest.mark.integration]

SCRIPT = "<img src=x onerror=alert(1)><script>alert(1)</script>"
TABLES = {
    "good": ("x1,x2,label\n0,1,no\n2,-3,yes\n1,1,yes\n", "3 points of"),
    "numbers": ("10;20;0.5\n30;40;0.7\n50;60;0.9\n", "scaled from −1 to 1"),
    "tabs and quotes": ('0\t1\t"a ""b"""\n2\t3\tc\n', "2 points of"),
    "empty": ("", "the file is empty"),
    "one row": ("1,2,3\n", "two rows"),
    "two columns": ("1,2\n3,4\n", "three columns"),
    "ragged": ("1,2,a\n3,4\n", "row 2 has 2 columns"),
    "words": ("1,2,a\n3,four,b\n", "“four” is not a number"),
    "marked": ("\ufeff1,2,a\r\n3,4,b\r\n", "2 points of"),
    "a word in the first row": ("four,2,a\n3,4,b\n5,6,b\n", "row 1: “four” is not a number"),
    "no number": ("NaN,2,a\n3,4,b\n5,6,b\n", "row 1: “NaN” is not a number"),
    "no label": ("1,2,a\n3,4,\n5,6,b\n", "row 2 has no label"),
    "infinite": ("1,2,a\n3,1e999,b\n", "“1e999” is not a number"),
    "one label": ("1,2,a\n3,4,a\n", "all labels are the same"),
    "three words": ("1,2,a\n3,4,b\n5,6,c\n", "3 different words"),
    "open quote": ('1,2,"a\n3,4,b\n', "not closed"),
    "a script": (f"1,2,{SCRIPT}\n3,{SCRIPT},b\n", "is not a number"),
    "script labels": (f'1,2,"{SCRIPT}"\n3,4,b\n', "2 points of"),
    "binary": ("\x00\x01\x02\xff" * 50, "two rows"),
    "huge numbers": ("1e308,-1e308,a\n-1e308,1e308,b\n", "2 points of"),
}


def give(page: Any, wait: Any, name: str, content: bytes) -> str:
    page.locator("#file").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    wait(page, "document.querySelector('#notice').hidden === false")
    return page.inner_text("#notice")


def test_tables_are_read_or_refused_with_a_reason(page: Any, wait: Any) -> None:
    for name, (text, words) in TABLES.items():
        page.evaluate("() => { playground.notice(''); playground.start({}); }")
        told = give(page, wait, f"{SCRIPT}.csv", text.encode())
        assert words in told, name
        used = page.evaluate("playground.settings.dataset") == "own"
        assert used == ("Nothing was changed" not in told), name
        if used:
            places = page.evaluate(
                "playground.points.train.concat(playground.points.test).flatMap(({ x, y }) => [x, y])"
            )
            assert -6 <= min(places) and max(places) <= 6, name
            assert page.evaluate("playground.run(3)"), name
    assert page.locator("img").count() == 0


def test_large_files_are_bounded(page: Any, wait: Any) -> None:
    assert "are read at most" in give(page, wait, "large.csv", b"1,2,a\n" * 200_000)
    assert page.evaluate("playground.settings.dataset") == "circle"
    rows = "".join(f"{i % 7},{i % 11},{i % 2}\n" for i in range(5000))
    assert "of 5000 rows 2000 are used" in give(page, wait, "many.csv", rows.encode())
    page.keyboard.press("Control+z")
    assert page.evaluate("playground.settings.dataset") == "circle"


def test_a_file_can_be_dropped(page: Any, wait: Any) -> None:
    page.evaluate(
        """() => { const data = new DataTransfer(); data.items.add(new File(["0,1,a\\n2,3,b\\n4,0,a\\n"], "mine.csv"));
        document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })); }"""
    )
    wait(page, "playground.settings.dataset === 'own'")
    assert "a is orange, b blue" in page.inner_text("#notice")


def test_a_folder_that_is_dropped_is_told(page: Any, wait: Any) -> None:
    page.evaluate(
        "files.open({ name: 'folder', size: 4096, text: () => Promise.reject(new DOMException('', 'NotFoundError')) })"
    )
    wait(page, "document.querySelector('#notice').hidden === false")
    assert "“folder” cannot be used: it cannot be read as a file" in page.inner_text("#notice")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("dataset=squares", "dataset is none of circle"),
        ("rate=NaN&noise=1e9", "rate is not a number from"),
        ("layers=9-tanh,9-tanh", "1 to 8 units"),
        (f"{SCRIPT}={SCRIPT}", "there is no setting"),
        (f"dataset={SCRIPT}", "dataset is none of"),
        ("dataset=%E0%A4%A", "dataset cannot be read"),
        ("__proto__=1&constructor=2&hasOwnProperty=3", "there is no setting"),
        ("a" * 5000, "longer than 4000 characters"),
        ("dataset=own", "points of somebody's own"),
        ("features=", "must name 1 at least"),
    ],
)
def test_addresses_that_are_broken_leave_a_working_page(page: Any, wait: Any, address: str, words: str) -> None:
    page.evaluate("(address) => { location.hash = address; }", address)
    wait(page, "document.querySelector('#notice').hidden === false")
    assert words in page.inner_text("#notice")
    assert page.evaluate("playground.settings.rate") == 0.03
    assert page.evaluate("playground.run(3)") is not ("own" in address)
    page.evaluate("history.replaceState(null, '', location.pathname)")


def test_what_is_told_of_an_address_is_true_and_goes_with_it(page: Any, wait: Any) -> None:
    for address, rate, told in (
        ("rate=0.3", 0.3, ""),
        (
            "rate=fast&colour=red",
            0.03,
            "Not used: rate is not a number from 0.000001 to 1000; there is no setting “colour”.",
        ),
        ("rate=0.1", 0.1, ""),
    ):
        page.evaluate("(address) => { location.hash = address; }", address)
        wait(page, f"playground.settings.rate === {rate}")
        assert page.inner_text("#notice").partition("\n")[0].removesuffix("×") == told
    page.evaluate("history.replaceState(null, '', location.pathname)")


def test_a_page_opened_at_a_broken_address_works(show: Any, tmp_path: Path) -> None:
    page = show(playground(data=([[0, 1], [2, 3], [4, 5]], [SCRIPT, "b", "b"]), settings={"rate": 0.1}).html)
    assert page.evaluate("playground.settings.dataset") == "own"
    assert page.evaluate("playground.run(3)")
    assert page.locator("img").count() == 0


def test_an_address_with_another_shape_has_its_own_weights(browser: Any, tmp_path: Path) -> None:
    model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.Tanh(), nn.Linear(3, 1, rng=1))
    path = playground(model=model).save(tmp_path / "page.html")
    context = browser.new_context()
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    first = "playground.network.layers[0].weight.data[0]"
    page.goto(f"{path.as_uri()}#layers=8-tanh,8-tanh")
    assert page.evaluate("playground.run(3)") and page.evaluate(first) != model[0].weight.data[0, 0]
    # All is as by default: an address that is not empty says so, as an empty one is the model's.
    page.evaluate("playground.set({ ...settings.complete({}), problem: 'classification' })")
    page.wait_for_timeout(400)
    assert page.evaluate("location.hash") == "#dataset=circle"
    page.reload()
    assert page.evaluate("playground.settings.layers.length") == 2
    page.goto("about:blank")
    page.goto(path.as_uri())
    assert page.evaluate(first) == pytest.approx(model[0].weight.data[0, 0])
    context.close()
    assert troubles == []


def test_a_rate_too_high_stops_with_a_notice_and_can_be_undone(page: Any, wait: Any) -> None:
    page.evaluate(
        "playground.start({ rate: 1000, layers: [{ units: 4, activation: 'relu' }], output: 'linear', speed: '20' })"
    )
    first = page.evaluate("playground.training.measure().train")
    page.get_by_role("button", name="Play").click()
    wait(page, "!playground.playing")
    told = page.inner_text("#notice")
    assert "Stopped at step" in told and "smaller rate" in told
    assert "NaN" not in page.inner_text(".stage")
    page.get_by_role("button", name="Undo").click()
    assert page.evaluate("playground.training.measure().train") == first


def test_a_surface_of_weights_without_bound_is_told(page: Any, wait: Any) -> None:
    for value, path, words in (
        ("1e200", "training.path.slice(0, 0)", "no finite number anywhere"),
        ("Infinity", "training.path.slice(0, 1)", "The path ends where weights grew"),
        ("NaN", "training.path.slice(0, 0)", "No weights of this training are finite"),
    ):
        page.evaluate("playground.start({ panel: 'surface', output: 'linear' })")
        page.evaluate(f"playground.training.path = playground.{path}")
        page.evaluate(f"playground.network.layers[2].bias.data[0] = {value}")
        page.get_by_role("button", name="Draw").click()
        wait(page, f"document.querySelector('#panel [role=status]').textContent.includes('{words}')")
    page.evaluate("playground.start({})")


def test_features_may_change_while_optimizers_are_compared(page: Any, wait: Any) -> None:
    page.evaluate("playground.start({ panel: 'optimizers' })")
    page.get_by_label("Steps", exact=True).fill("300")
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("button", name="Feature x₁x₂").click()
    wait(
        page,
        "[...document.querySelectorAll('#panel figcaption')].filter((e) => / 300 /.test(e.textContent)).length === 4",
    )


def test_weights_that_are_no_numbers_are_not_taken(page: Any) -> None:
    page.get_by_role("button", name="Layer 1, neuron 1").click()
    before = page.evaluate("playground.network.layers[0].bias.data[0]")
    for text in ("", "1e99"):
        page.get_by_label("Bias").fill(text)
        assert page.evaluate("playground.network.layers[0].bias.data[0]") == before


def grow(page: Any, session: Any, steps: int) -> float:
    """By how much memory grows in play over so many steps, as a share.

    It goes up and down by a third as curves are thinned out, so the least of eight sizes counts, at the beginning and at the end.
    """
    page.evaluate("() => { playground.start({ speed: 'most', show: 'gradients', test: true }); playground.play(); }")
    sizes = []
    for k in range(3, 27):
        until(page, f"playground.training.steps >= {k * steps // 24}", seconds=600.0)
        session.send("HeapProfiler.collectGarbage")
        held = session.send("Runtime.getHeapUsage")
        sizes.append(held["usedSize"] + held["backingStorageSize"])
    page.evaluate("playground.pause()")
    return min(sizes[16:]) / min(sizes[:8]) - 1.0


def test_memory_stays_flat_in_play(page: Any) -> None:
    assert grow(page, page.context.new_cdp_session(page), 36_000) < 0.25


@pytest.mark.night
@pytest.mark.integration
def test_memory_stays_flat_over_two_million_steps(page: Any) -> None:
    assert grow(page, page.context.new_cdp_session(page), 2_000_000) < 0.1


def test_the_undo_stack_and_the_curves_are_bounded(page: Any) -> None:
    page.evaluate("() => { for (let i = 0; i < 300; i++) playground.act('something', () => {}); }")
    assert page.evaluate("playground.undoing.done.length") == 100
    page.evaluate(
        """() => { const { training } = playground;
        for (let i = 0; i < 3000; i++) { training.steps += 1; training.note({ train: 1, test: 1 }); } }"""
    )
    assert page.evaluate("playground.training.curve.length") <= 400
    steps = page.evaluate("playground.training.curve.map(({ step }) => step)")
    assert steps == sorted(set(steps)) and steps[-1] > 2900
