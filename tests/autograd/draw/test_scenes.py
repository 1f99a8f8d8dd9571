"""Two dozen diagrams whole: what a page is given of their boxes, arrows and frames, how large they are, and their text in DOT."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import Tensor, Value, primitive
from autograd.draw import Diagram, compare, draw, explain, snapshot
from autograd.draw.screen import measure
from tests.texts import Transcript, scenes_of

# What goes without saying is left out.
USUAL = ("", None, 0, 1, False, [], 0.0)


def tell_scene(diagram: Diagram) -> str:
    """What the page is given, a line a box, an arrow or a frame, and the room that it takes."""
    found = re.search(r'<script id="scene" type="application/json">(.*?)</script>', diagram.html, re.DOTALL)
    assert found is not None
    told = json.loads(found[1])
    lines = [_fields({k: v for k, v in told.items() if k not in ("boxes", "arrows", "clusters")})]
    for what in ("boxes", "arrows", "clusters"):
        lines += [f"{what}:", *(f"  {_fields(one)}" for one in told[what])] if told[what] else []
    extent = measure(diagram.scene)
    rows = [f"{w:.6g}×{h:.6g}" for w, h in (extent.across, extent.down, *extent.wrapped)]
    return "\n".join([*lines, f"{repr(diagram)[:48]}", f"{', '.join(rows)}; scale {extent.scale:.4f}"])


def _fields(x: dict[str, Any]) -> str:
    def tell(value: Any) -> str:
        if isinstance(value, dict) and "text" in value:
            return f"{value['name']}: {value['text']}"
        if isinstance(value, dict):
            return f"({_fields(value)})"
        if isinstance(value, list):
            return f"[{', '.join(map(tell, value))}]"
        # Lines of this file move.
        return re.sub(r"test_scenes\.py:\d+ in .*", "here", str(value))

    # A flag is not a 1.
    shown = {k: v for k, v in x.items() if not any(v == u and type(v) is type(u) for u in USUAL)}
    return "; ".join(f"{k} {tell(v)}" for k, v in shown.items())


def chain_rule() -> Value:
    a, b = Value(2.0, name="a"), Value(1.0, name="b")
    c, d = a + b, b + 1.0
    e = c * d
    c.name, d.name, e.name = "c", "d", "e"
    return e


def states() -> Value:
    """Arrows of every state that numbers have."""
    x, y, z = Value(0.5, name="x"), Value(-1.0, name="y"), Value(2.0, name="z")
    return 1e-6 * x + 1e6 * x + y.relu() + z * -3.0 + (z - 2.0).abs() + (x * 1e-4) * 1.0 + (y * 1e4) * 1.0


def broken() -> Value:
    x, y = Value(0.0, name="x"), Value(3.0, name="y")
    return x.sqrt() * y + y


def fan(count: int) -> Value:
    xs = [Value(float(k), name=f"x{k}") for k in range(count)]
    return ag.sum([x * x for x in xs])


def samples(count: int) -> Value:
    w, b = Value(0.5, name="w"), Value(0.25, name="b")
    losses = [(w * float(k) + b - 1.0) ** 2 for k in range(count)]
    total = losses[0]
    for loss in losses[1:]:
        total = total + loss
    return total


def recurrence(steps: int, shrink: float = 0.5) -> Value:
    w, h = Value(shrink, name="w"), Value(1.0, name="h")
    for k in range(steps):
        h = w * h + float(k)
    return h


def layers() -> nn.Sequential:
    inner = nn.Sequential(nn.Linear(2, 2, rng=0), nn.ReLU())
    return nn.Sequential(inner, nn.Linear(2, 1, rng=1))


X = np.array([[1.0, 2.0], [0.5, -1.0], [0.0, 4.0]])


def square(out: Any) -> Any:
    return (out * out).sum()


def after_another_pass() -> Diagram:
    root = chain_rule()
    before = snapshot(root)
    for leaf, value in ((before.find("a"), 3.0), (before.find("b"), 1.0)):
        leaf.data = value
    a, b = before.find("a"), before.find("b")
    c, d = a + b, b + 1.0
    e = c * d
    c.name, d.name, e.name = "c", "d", "e"
    return draw(e, since=before)


def tensors(before: bool = False) -> Diagram:
    w = Tensor(np.array([[1.0, -2.0], [0.0, 4.0]]), requires_grad=True, name="w")
    x = Tensor(np.array([2.0, np.nan]) if before else np.array([2.0, -1.0]), name="x")
    root = (w @ x).sum(axis=0, keepdims=True).sum()
    return draw(root, passes="both")


def two_passes() -> Diagram:
    root = chain_rule()
    root.backward()
    root.backward()
    return draw(root)


def failure() -> Diagram:
    w = Tensor(np.ones((2, 3)), requires_grad=True, name="w")
    try:
        w * 2.0 + np.ones((2, 2))
    except ValueError as error:
        return draw(error, title="a sum that failed")
    raise AssertionError


def failed_pass() -> Diagram:
    """Of an operation whose rule raises, below two roots that are held."""

    def refuse(g: Any, out: Any, x: Any) -> Any:
        raise ValueError("no gradient goes here")

    x = Value(2.0, name="x")
    y = primitive(refuse)(lambda x: x * x)(x)
    first, second = y * 3.0, y * 4.0
    try:
        first.backward()
    except ValueError as error:
        return draw(error, title=f"beside {second.data}")
    raise AssertionError


def lit() -> Diagram:
    root = chain_rule()
    return draw(root, passes="both", light=explain(root, "b"))


DIAGRAMS: dict[str, Callable[[], Diagram]] = {
    "the chain rule, without a pass": lambda: draw(chain_rule()),
    "the chain rule": lambda: draw(chain_rule(), passes="both", title="a < b"),
    "its values alone": lambda: draw(chain_rule(), passes="forward"),
    "its pass alone": lambda: draw(chain_rule(), passes="backward"),
    "its pass with a gradient of -2 at the root": lambda: draw(chain_rule(), gradient=-2.0),
    "without constants": lambda: draw(chain_rule(), passes="both", constants=False),
    "near d": lambda: draw(chain_rule(), passes="both", focus="d", radius=1),
    "from b to d": lambda: draw(chain_rule(), passes="both", between=("b", "d")),
    "the largest path to b": lit,
    "after two passes": two_passes,
    "since a was 2": after_another_pass,
    "every state of an arrow": lambda: draw(states(), passes="both"),
    "a slope that is not finite": lambda: draw(broken(), passes="both"),
    "eight operands": lambda: draw(fan(8), passes="both"),
    "nine operands": lambda: draw(fan(9), passes="both"),
    "nine squares as kinds": lambda: draw(fan(9), passes="both", fold="kinds"),
    "four samples, repeated": lambda: draw(samples(4), passes="both", fold="repeats"),
    "two samples, repeated": lambda: draw(samples(2), passes="both", fold="repeats"),
    "four samples by their roles": lambda: draw(samples(4), passes="both", fold="roles"),
    "three steps": lambda: draw(recurrence(3), passes="both", fold="steps"),
    "six steps": lambda: draw(recurrence(6), passes="both", fold="steps"),
    "six steps that vanish": lambda: draw(recurrence(6, 1e-3), passes="both", fold="steps"),
    "thirty steps": lambda: draw(recurrence(30, 0.5), passes="both"),
    "at most ten boxes for twenty steps": lambda: draw(recurrence(20, 0.5), passes="both", limit=10),
    "six steps since others": lambda: draw(recurrence(6), since=snapshot(recurrence(6, 0.25)), fold="steps"),
    "arrays": tensors,
    "arrays with a number that is none": lambda: tensors(before=True),
    "layers": lambda: draw(layers(), X, loss=square, group="module"),
    "layers, all expanded": lambda: draw(layers(), X, loss=square, expand=True),
    "layers, one expanded": lambda: draw(layers(), X, loss=square, expand="0.1", constants=False),
    "a function": lambda: draw(lambda x, y: x.exp() * y - x, 0.0, 3.0),
    "a function of arrays": lambda: draw(lambda x: (x * x).sum(), np.array([1.0, -2.0, 0.0])),
    "a call that failed": failure,
    "a pass that failed, of two roots": failed_pass,
}
SCENES = Transcript(__file__, "scenes")
for title, make in DIAGRAMS.items():
    SCENES.scenes[title] = partial(lambda make: tell_scene(make()), make)
COMPARED: dict[str, Callable[[], Any]] = {
    "the same twice": lambda: compare(chain_rule(), chain_rule()),
    "three graphs": lambda: compare(recurrence(1), recurrence(2), recurrence(2, 0.25)),
    "another operation and a layer more": lambda: compare(
        nn.Sequential(nn.Linear(2, 2, rng=0), nn.ReLU()),
        nn.Sequential(nn.Linear(2, 2, rng=0), nn.LeakyReLU(), nn.Linear(2, 2, rng=1)),
        args=[X],
        loss=square,
        names=("before", "after"),
    ),
    "numbers that are none": lambda: compare(*(Value(float("nan"), name="x") * 2.0 for _ in range(2))),
    "whole numbers": lambda: compare(*(Tensor(np.array([1, k])) * 3 for k in (2, 2, 3))),
    "another number, within what may differ": lambda: compare(recurrence(2), recurrence(2, 0.5000001), rtol=1e-6),
}
for title, make in COMPARED.items():
    SCENES.scenes[f"compared: {title}"] = partial(
        lambda make: f"{make()}\n{tell_scene((found := make()).diagram)}\n{found.sentence}", make
    )

PICTURES = Transcript(__file__, "pictures")
PICTURES.scenes["the chain rule"] = lambda: draw(chain_rule(), passes="both", title="a < b").dot
PICTURES.scenes["every state of an arrow, down, without a legend"] = lambda: (
    draw(states(), passes="both", direction="down", legend=False).dot
)
PICTURES.scenes["a slope that is not finite"] = lambda: draw(broken(), passes="both").dot
PICTURES.scenes["six steps"] = lambda: draw(recurrence(6), passes="both", fold="steps").dot
PICTURES.scenes["layers, one expanded"] = lambda: draw(layers(), X, loss=square, expand="0.1").dot
PICTURES.scenes["another operation and a layer more"] = lambda: (
    COMPARED["another operation and a layer more"]().diagram.dot
)
PICTURES.scenes["since a was 2"] = lambda: after_another_pass().dot
PICTURES.scenes["the largest path to b"] = lambda: lit().dot
PICTURES.scenes["a call that failed"] = lambda: failure().dot


def cancelling() -> Value:
    x = Value(3.0, name="x")
    return x * 2.0 - x * 2.0


def hooked() -> Value:
    x = Value(3.0, name="x")
    y = x * 2.0
    y.register_hook(lambda g: g * 10.0)
    return y * y + y


def doubling(times: int) -> Value:
    x = Value(1.0, name="x")
    for _ in range(times):
        x = x + x
    return x


EXPLAINED: dict[str, Callable[[], Any]] = {
    "b of the chain rule": lambda: explain(chain_rule(), "b"),
    "one path of b": lambda: explain(chain_rule(), "b", paths=1),
    "the root itself": lambda: explain(chain_rule(), "e"),
    "with a gradient of 0": lambda: explain(chain_rule(), "b", gradient=0.0),
    "nothing passes": lambda: explain(Value(-1.0, name="y").relu() * 2.0, "y"),
    "one way of two": lambda: explain(states(), "y"),
    "what vanished": lambda: explain(recurrence(3, 1e-3), "h"),
    "what exploded": lambda: explain(recurrence(3, 1e3), "h"),
    "what is broken": lambda: explain(broken(), "x"),
    "what cancels": lambda: explain(cancelling(), "x"),
    "a hook": lambda: explain(hooked(), "x"),
    "more paths than are told": lambda: explain(doubling(4), "x", paths=2),
    "with a gradient of 1e5": lambda: explain(chain_rule(), "b", gradient=1e5),
    "a path of twelve": lambda: explain(doubling(11), "x", paths=1),
    "a long path": lambda: explain(doubling(13), "x", paths=1),
    "ten to the 15 paths": lambda: explain(doubling(50), "x", paths=1),
    "arrays": lambda: explain(tensors().subject.shot, "w"),
}
EXPLANATIONS = Transcript(__file__, "explanations")
for title, make in EXPLAINED.items():
    EXPLANATIONS.scenes[title] = partial(lambda make: f"{make().verdict}\n{make()!r}\n{make()}", make)


@pytest.mark.parametrize(("transcript", "title"), scenes_of(SCENES, PICTURES, EXPLANATIONS))
def test_what_is_told_is_as_it_was_when_it_was_read(transcript: Transcript, title: str) -> None:
    transcript.compare(title)


def test_all_of_them_are_kept() -> None:
    assert SCENES.complete()
    assert PICTURES.complete()
    assert EXPLANATIONS.complete()
