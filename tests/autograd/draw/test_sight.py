"""What a person sees of the pages: arrows that are painted, labels that can be read, nothing cut off; wide, narrow, light, dark."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import Value
from autograd.debug import Session
from autograd.draw import draw, snapshot
from autograd.examples import chain_rule, gates, xor
from tests.sight import HEADS, bounds, see_all, see_arrows, see_labels, see_texts
from tests.sweep import sweep

pytestmark = pytest.mark.browser


def every_state() -> Value:
    """A graph with arrows that are zero, vanishing, exploding, broken, positive and negative."""
    x, y = Value(0.0, name="x"), Value(2.0, name="y")
    return ag.relu(x) * y - ag.sqrt(x) + (y * 30).exp() + (y * -12).exp()


def model(**how: Any) -> str:
    layers = nn.Sequential(nn.Linear(4, 3, rng=0), nn.Tanh(), nn.Linear(3, 2, rng=1))
    loss = nn.CrossEntropyLoss()
    return draw(layers, np.ones((5, 4), np.float32), loss=lambda out: loss(out, np.array([0, 1, 0, 1, 1])), **how).html


def changed() -> str:
    w = Value(2.0, name="w")
    before = snapshot(w * w)
    w.data = 5.0
    return draw(w * w, since=before).html


def names() -> str:
    """Names that are long, strange, or not there."""
    long, strange = Value(2.0, name="a name that goes on and on " * 20), Value(3.0, name="<\\Gamma & λ>")
    return draw((long * strange + long) * (strange * 7.0), passes="both", title="title " * 100).html


def at_event(number: int) -> str:
    session = Session(chain_rule().root)
    session.goto(number)
    return session.page()


def layers() -> str:
    """2-16-16-1 units, of numbers, as micrograd's."""
    rng, x = random.Random(1), [Value(0.3), Value(-0.4)]
    for count in (16, 16, 1):
        x = [sum((Value(rng.uniform(-1, 1)) * v for v in x), Value(0.0)).tanh() for _ in range(count)]
    return draw(x[0], passes="both").html


def transformer() -> str:
    block = nn.TransformerEncoderLayer(8, 2, 16, rng=0)
    x = np.random.default_rng(0).normal(size=(3, 2, 8)).astype(np.float32)
    return draw(block, x, loss=lambda out: (out**3).mean()).html


def recurrence() -> str:
    x = np.random.default_rng(0).normal(size=(20, 2, 3)).astype(np.float32)
    return draw(nn.LSTM(3, 4, rng=0), x, loss=lambda out: (out[0][-1] ** 2).mean()).html


WIDE = {"layers of units": layers, "a transformer block": transformer, "20 steps of an LSTM": recurrence}


@pytest.mark.integration
@pytest.mark.parametrize("name", WIDE)
def test_wide_graphs_open_as_a_whole_that_can_be_read(show: Any, name: str) -> None:
    page = show(WIDE[name](), 1280, 800, "light")
    see_all(page)
    see_labels(page)
    heights = [b.bottom - b.top for b in bounds(page, "#view .box text")]
    assert min(heights) > 5.9


def test_arrows_point_the_way_the_gradient_flows(show: Any) -> None:
    page = show(draw(chain_rule().root, passes="both").html, 1280, 800, "light")
    ends = page.evaluate(HEADS)
    assert sorted(end["state"] for end in ends) == ["flowing"] * 5 + ["plain"]
    for end in ends:
        assert end["at"] == ("target" if end["state"] == "plain" else "source"), end


def test_a_session_turns_its_arrows_as_the_gradient_passes(show: Any) -> None:
    page = show(at_event(3), 1280, 800, "light")
    assert {end["at"] for end in page.evaluate(HEADS)} == {"target"}
    page.keyboard.press("End")
    assert [end["at"] for end in page.evaluate(HEADS)].count("source") == 5


@pytest.mark.parametrize(("name", "there"), sweep([("every state", 7), ("both passes", 2), ("xor", 4)]))
def test_the_legend_has_a_sample_of_each_state_that_occurs(show: Any, name: str, there: int) -> None:
    page = show(PAGES[name][0](), 1280, 800, "light")
    samples = page.locator("#legend .arrow")
    assert samples.count() == there
    states = {str(e.get_attribute("class")).split()[1] for e in samples.all()}
    assert states == {str(e.get_attribute("class")).split()[1] for e in page.locator("#view .arrow").all()}


PAGES = {
    "both passes": (lambda: draw(chain_rule().root, passes="both", title="the example").html, 6),
    "before the pass": (lambda: draw(chain_rule().root).html, 6),
    "only backward": (lambda: draw(chain_rule().root, passes="backward").html, 6),
    "gates": (lambda: draw(gates().root, passes="both").html, 8),
    "every state": (lambda: draw(every_state(), passes="both").html, 16),
    "a change": (changed, 2),
    "names": (names, 8),
    "xor": (lambda: draw(xor().root, passes="both").html, 33),
    "a model": (model, 4),
    "a session": (lambda: at_event(0), 6),
    "a session's middle": (lambda: at_event(5), 6),
    "a session's end": (lambda: at_event(8), 6),
}


@pytest.mark.integration
@pytest.mark.parametrize(
    ("name", "width"),
    [
        *((name, 1280) for name in PAGES),
        *((name, 390) for name in ("a model", "every state")),
        *(pytest.param(name, 390, marks=pytest.mark.night) for name in PAGES if name not in ("a model", "every state")),
    ],
)
def test_arrows_and_labels_are_seen_and_nothing_is_cut_off(show: Any, name: str, width: int) -> None:
    make, arrows = PAGES[name]
    page = show(make(), width, 800, "light")
    for theme in ("light", "dark"):
        assert page.evaluate("document.documentElement.dataset.theme") == theme
        see_arrows(page, arrows)
        see_labels(page)
        see_texts(page)
        # On a narrow screen a long graph is seen from its root on.
        see_all(page, whole=(name, width) != ("xor", 390))
        page.keyboard.press("t")
