"""Explanations: paths add up to the gradient, the largest come first, and the place where it died is named."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings

import autograd as ag
from autograd import Tensor, Value
from autograd.check.programs import Program
from autograd.check.strategies import scalar_programs
from autograd.draw import DrawError, draw, explain
from autograd.engine.reverse import Contribution
from autograd.examples import chain_rule
from autograd.graph.node import Node


def every_path(root: Node, node: Node) -> list[float]:
    """The products of local derivatives along all paths, by listing them all."""
    found, stack = [], [(root, 1.0)]
    while stack:
        at, product = stack.pop()
        if at is node:
            found.append(product)
        for index, parent in enumerate(at.parents):
            local = Contribution(at, index, None, None).local if parent.requires_grad else None
            # None where the derivative is 0 by definition.
            if local is not None:
                stack.append((parent, product * local))
    return found


def test_the_example() -> None:
    e = chain_rule().root
    found = explain(e, "b")
    assert [(str(path), path.contribution) for path in found.paths] == [("e → d → b", 3.0), ("e → c → b", 2.0)]
    assert (found.gradient, found.count, found.verdict) == (5.0, 2, "flows")
    assert "the gradient of b is 5" in str(found)
    assert e.grad == 0.0


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(scalar_programs(most_calls=8))
def test_the_largest_paths_of_all_come_first_and_all_add_up(program: Program) -> None:
    leaves = [Value(x) for x in program.inputs]
    root = program.run(*leaves)
    with np.errstate(all="ignore"):
        listed = every_path(root, leaves[0])
    assume(listed and all(math.isfinite(p) for p in listed))
    found = explain(root, leaves[0], paths=3)
    assert found.count == len(listed)
    largest = sorted(map(abs, listed), reverse=True)[:3]
    assert [path.size for path in found.paths] == pytest.approx(largest, rel=1e-9, abs=1e-300)
    everything = explain(root, leaves[0], paths=len(listed))
    scale = sum(map(abs, listed))
    assert sum(p.contribution for p in everything.paths) == pytest.approx(found.gradient, abs=1e-9 * scale + 1e-300)


@pytest.mark.integration
def test_two_to_the_thousand_paths_are_not_listed() -> None:
    x = y = Value(1.0, name="x")
    for _ in range(1000):
        y = y * 0.5 + y * 0.25
    found = explain(y, x)
    assert found.count == 2**1000
    assert found.paths[0].contribution == pytest.approx(0.5**1000)
    assert "paths" in str(found)
    assert found.verdict == "vanished"


def test_tensor_paths_add_up() -> None:
    rng = np.random.default_rng(0)
    w, b = (Tensor(rng.normal(size=s), requires_grad=True, name=n) for s, n in (((3, 3), "w"), ((3,), "b")))
    hidden = (w @ rng.normal(size=3) + b).tanh()
    loss = ((w @ hidden + b) ** 2).sum()
    for leaf in (w, b):
        found = explain(loss, leaf)
        assert found.count == 2
        np.testing.assert_allclose(sum(p.contribution for p in found.paths), found.gradient)


@pytest.mark.parametrize(
    ("build", "verdict", "told"),
    [
        (lambda x: (x - 3.0).relu() * 2.0 + 0.0 * x, "zero", "nothing passes v4 (mul) → x; v2 (relu) → v1 (sub)"),
        (lambda x: x * 2.0 - x * 2.0, "cancels", "its paths cancel each other"),
        (lambda x: (x * 30.0).sigmoid() * 2.0, "vanished", "it shrank most at v2 (sigmoid) → v1 (mul)"),
        (lambda x: (x * 40.0).exp(), "exploded", "it grew most at root (exp) → v1 (mul)"),
        (lambda x: (x - 1.0).sqrt() * 1.0, "broken", "that began at v2 (sqrt) → v1 (sub)"),
    ],
)
def test_where_it_happened(build: object, verdict: str, told: str) -> None:
    x = Value(1.0, name="x")
    root = build(x)  # type: ignore[operator]
    found = explain(root, x)
    assert found.verdict == verdict
    assert told in found.sentence
    lit = [arrow for arrow in draw(root, passes="both", light=found).scene.arrows if arrow.lit]
    assert len(lit) == len(found.edges)


def test_sums_that_leave_only_rounding_cancel_and_overflow_has_a_place() -> None:
    a = Value(1.0, name="a")
    assert explain(a * 0.1 + a * 0.2 - a * 0.3, a).verdict == "cancels"
    assert "where its contributions add up" in explain(a * 1e308 + a * 1e308, a).sentence
    assert explain(a * 2.0, a, gradient=0.0).verdict == "nothing"
    x = Tensor(np.ones(3), requires_grad=True, name="x")
    assert explain((x * 1e-200).sum(), x).verdict == "vanished"
    assert explain((x * 1e200).sum(), x).verdict == "exploded"


def test_hooks_count() -> None:
    a = Value(2.0, name="a")
    m = a * 3
    m.register_hook(lambda g: g * 10)
    assert [path.contribution for path in explain(m * m, a).paths] == [180.0, 180.0]
    t = Tensor([1.0, 2.0], requires_grad=True, name="t")
    n = t * 2.0
    n.register_hook(lambda g: g * np.array([1.0, 10.0]))
    (path,) = explain(n.sum(), t).paths
    assert path.contribution.tolist() == [2.0, 20.0]


def test_the_line_is_named_where_it_is_known() -> None:
    with ag.record_sites():
        x = Value(1.0, name="x")
        root = (x - 2.0).relu()
    assert "test_paths.py:" in explain(root, x).sentence


def test_names_do_not_steer_the_terminal() -> None:
    x = Value(2.0, name="a\nb\x1b[31m[red]")
    root = x.exp()
    root.name = "[bold]\x07"
    told = str(explain(root, x))
    assert "\x1b" not in told and "\x07" not in told
    assert r"[bold]\x07 → a\nb\x1b[31m[red]" in told
    assert "\n" not in explain(root, x).sentence


def test_what_has_no_gradient_says_so() -> None:
    x, other = Value(1.0, name="x"), Value(2.0, name="other")
    constant = Value(3.0, requires_grad=False, name="constant")
    with pytest.raises(DrawError, match="other is not a node of the graph"):
        explain(x * 2.0, other)
    with pytest.raises(DrawError, match="no gradient goes from v1 to constant"):
        explain(x * constant, constant)
    with pytest.raises(DrawError, match="no node of the graph is called 'y'; the names are constant, x"):
        explain(x * constant, "y")
