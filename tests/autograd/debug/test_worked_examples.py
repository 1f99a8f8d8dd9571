"""SPEC's example H: each calculation of one online step of the XOR network, in the debugger."""

from __future__ import annotations

import pytest

from autograd.debug import Session
from autograd.examples import XOR, xor_loss

RATE = 0.7


def test_h_each_calculation_of_the_step() -> None:
    loss, weights = xor_loss(0.0, 1.0, 1.0)
    session = Session(loss)
    told = {event.name: event for event in session.events if event.phase == "backward"}
    h1, h2, o = (session.value(name) if session.goto(len(session)) else None for name in ("h1", "h2", "o"))
    assert told["loss"].upstream == 1.0
    # ∂loss/∂o = o − t, and the sigmoid's own slope: δ = (o − t)·o·(1 − o)
    delta = (o - 1.0) * o * (1.0 - o)
    into = next(event for event in told.values() if any(s.name == "o.b" for s in event.sent))
    assert next(s for s in into.sent if s.name == "o.b").contribution == pytest.approx(delta, rel=1e-12)
    assert told["o"].sent[0].formula == "o * (1 - o)"
    assert told["o"].sent[0].local == pytest.approx(o * (1.0 - o))
    assert session.gradient("o.w1") == pytest.approx(delta * h1, rel=1e-12)
    assert session.gradient("h2") == pytest.approx(delta * XOR["o"][1], rel=1e-12)
    assert session.gradient("h2.w2") == pytest.approx(delta * XOR["o"][1] * h2 * (1 - h2) * 1.0, rel=1e-12)
    for name in ("h1.w1", "h2.w1"):
        assert session.gradient(name) == 0.0, "the first input is 0"
    # One online step with η = .7 gives the numbers of the page.
    after = {name: weight.data - RATE * session.gradient(name) for name, weight in weights.items()}
    expected = {
        "h1.w1": XOR["h1"][0],
        "h1.w2": 0.2214514234604232,
        "h1.b": -0.4654700884762584,
        "h2.w1": XOR["h2"][0],
        "h2.w2": 0.4662836664076017,
        "h2.b": 0.10219816991955463,
        "o.w1": -0.21256111621528748,
        "o.w2": 0.6039091636457407,
        "o.b": 0.8141837643885104,
    }
    assert after == pytest.approx(expected, rel=1e-13)
    assert all(weight.grad == 0.0 for weight in weights.values()), "a session only looks"


def test_h_the_outputs() -> None:
    patterns = [(0.0, 0.0, 0.0), (0.0, 1.0, 1.0), (1.0, 0.0, 1.0), (1.0, 1.0, 0.0)]
    errors = []
    for first, second, target in patterns:
        session = Session(xor_loss(first, second, target)[0])
        session.run()
        errors.append((session.value("o") - target) ** 2)
        if (first, second) == (1.0, 0.0):
            assert session.value("o") == pytest.approx(0.754993789, abs=5e-10)
    assert sum(errors) / 4 == pytest.approx(0.310015581, abs=5e-10)
