"""`checkpoint`: the function itself in value and in every derivative, whatever it computes with, drawing the same random numbers."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import GraphError, Tensor, Value, checkpoint, hessian, jacobian, jvp, value_and_grad
from autograd.graph import tree
from autograd.graph.node import ancestors

V = np.array([0.3, -0.7, 1.1])
Wrap = Callable[[Any], Any]


def nested(wrap: Wrap, p: Any) -> Any:
    inner = wrap(lambda z: np.sin(z) * p[0])
    return wrap(lambda z: inner(z) * inner(z * p[1]) + p[2])(p[1])


def in_trees(wrap: Wrap, p: Any) -> Any:
    out = wrap(lambda d, *, scale: {"a": d["x"] * scale, "b": [p[2], d["y"] * p[0], 3.0, None]})(
        {"x": p[0], "y": p[1]}, scale=p[1]
    )
    assert out["b"][2:] == [3.0, None]
    return out["a"] * out["b"][0] + out["b"][1] ** 2


PROGRAMS: dict[str, Callable[[Wrap, Any], Any]] = {
    "what it closes over": lambda wrap, p: wrap(lambda z: z * p[0] * p[0])(p[1]) + p[2],
    "nothing but what it closes over": lambda wrap, p: wrap(lambda: p[0] * p[1] * p[2])(),
    "an argument by keyword": lambda wrap, p: wrap(lambda z, *, k: z * k**2)(p[0], k=p[1]) + p[2],
    "a number for the other argument": lambda wrap, p: wrap(lambda z, k: z * k + p[2])(p[0] * p[1], 2.0),
    "its own argument as it is": lambda wrap, p: wrap(lambda z: z)(p[0]) * p[1] + p[2],
    "two results, one an argument": lambda wrap, p: sum(wrap(lambda x, y: (x, x * y * p[2]))(p[0], p[1])),
    "nested": nested,
    "in trees": in_trees,
    "twice in a row": lambda wrap, p: wrap(lambda z: np.tanh(z) * p[2])(wrap(lambda z: z * p[1])(p[0])),
    "a constant": lambda wrap, p: wrap(lambda z: 2.0)(p[0]) * p[1] + p[2],
    "a leaf of its own": lambda wrap, p: wrap(lambda z: z * Tensor(2.0, requires_grad=True).item())(p[0]) + p[1] * p[2],
}


def plain(f: Any) -> Any:
    return f


@pytest.mark.parametrize("name", PROGRAMS)
def test_values_and_derivatives_of_every_order_are_the_functions(name: str) -> None:
    program = PROGRAMS[name]
    ours, theirs = (lambda p: program(checkpoint, p)), (lambda p: program(plain, p))
    for p in ([2.0, 3.0, -0.5], np.array([2.0, 3.0, -0.5]), tuple(V)):
        np.testing.assert_allclose(value_and_grad(ours)(p)[1], value_and_grad(theirs)(p)[1], rtol=1e-14)
        assert type(value_and_grad(ours)(p)[0]) is type(value_and_grad(theirs)(p)[0])
        np.testing.assert_allclose(value_and_grad(ours)(p)[0], value_and_grad(theirs)(p)[0], rtol=1e-14)
        tangent = tree.rebuild(p, iter([1.0, -2.0, 0.5])) if not isinstance(p, np.ndarray) else V
        np.testing.assert_allclose(jvp(ours, (p,), (tangent,)), jvp(theirs, (p,), (tangent,)), rtol=1e-14)
    np.testing.assert_allclose(hessian(ours)(V), hessian(theirs)(V), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(jacobian(hessian(ours))(V), jacobian(hessian(theirs))(V), rtol=1e-12, atol=1e-14)


def test_numbers_in_numbers_out() -> None:
    both = value_and_grad(lambda p: checkpoint(lambda z: z * p[0] * p[0])(p[1]))
    assert both([2.0, 3.0]) == (12.0, [12.0, 4.0])
    assert type(both([2.0, 3.0])[0]) is float
    assert checkpoint(lambda x: x * x)(3.0) == 9.0


@pytest.mark.parametrize("face", [Value, lambda x: Tensor(x, requires_grad=True)])
def test_what_was_computed_with_is_a_parent_and_gets_its_gradient(face: Any) -> None:
    x, w = face(3.0), face(2.0)
    inside = []
    out = checkpoint(lambda z: inside.append(1) or np.sin(z * w) * w)(x)
    assert set(out.parents) == {x, w}
    assert len([node for node in ancestors(out) if node.op is not None]) == 1
    out.backward()
    assert len(inside) == 2
    np.testing.assert_allclose(x.grad, 4.0 * np.cos(6.0))
    np.testing.assert_allclose(w.grad, np.sin(6.0) + 6.0 * np.cos(6.0))


def model(seed: int = 0) -> Any:
    return nn.Sequential(
        nn.Linear(3, 5, rng=seed), nn.BatchNorm1d(5), nn.Dropout(0.5, rng=1), nn.Tanh(), nn.Linear(5, 2, rng=2)
    )


def test_a_module_learns_as_without_and_draws_and_counts_once() -> None:
    x = np.random.default_rng(3).normal(size=(8, 3))
    ours, theirs = model(), model()
    segment = checkpoint(ours)
    for _ in range(3):
        for m, f in ((ours, segment), (theirs, theirs)):
            m.zero_grad()
            (f(x) ** 2).sum().backward()
        for (name, p), q in zip(ours.named_parameters(), theirs.parameters(), strict=True):
            np.testing.assert_array_equal(p.grad, q.grad, err_msg=name)
    for (name, a), b in zip(ours.state_dict().items(), theirs.state_dict().values(), strict=True):
        np.testing.assert_array_equal(a, b, err_msg=name)


def draws(seed: int) -> dict[str, Callable[[Any], Any]]:
    rng, old, own = np.random.default_rng(seed), np.random.RandomState(seed), random.Random(seed)
    return {
        "np.random": lambda f: f(lambda x, g: x * np.random.normal(size=3), None),
        "random": lambda f: f(lambda x, g: x * random.random(), None),
        "Generator": lambda f: f(lambda x, g: x * g.normal(size=3) + g.random(), rng),
        "RandomState": lambda f: f(lambda x, g: x * g.normal(size=3), old),
        "Random": lambda f: f(lambda x, g: x * g.random(), own),
    }


@pytest.mark.parametrize("name", draws(0))
def test_it_draws_the_same_numbers_again_and_then_goes_on(name: str) -> None:
    found = []
    for wrap in (checkpoint, plain):
        np.random.seed(5)
        random.seed(5)
        run, gradients = draws(5)[name], []
        for _ in range(2):
            t = Tensor(V, requires_grad=True)
            y = run(lambda f, g, t=t, wrap=wrap: wrap(f)(t, g))
            z = run(lambda f, g, t=t, wrap=wrap: wrap(f)(t, g))
            (y * z).sum().backward()
            gradients.append(t.grad)
        found.append(gradients)
    np.testing.assert_array_equal(*found)


def test_another_result_on_the_way_back_is_an_error() -> None:
    rng, t = np.random.default_rng(0), Tensor(V, requires_grad=True)
    with pytest.raises(GraphError, match="gave another result when it was called again"):
        checkpoint(lambda x: x * rng.normal(size=3))(t).sum().backward()
    seen: list[int] = []
    with pytest.raises(GraphError, match="another result"):
        checkpoint(lambda x: seen.append(1) or (x[:2] if len(seen) > 1 else x * 1.0))(t).sum().backward()
    layer = nn.Dropout(0.5, rng=0)
    out = checkpoint(layer)(t).sum()
    layer.eval()
    with pytest.raises(GraphError, match="another result"):
        out.backward()


def test_what_it_was_given_may_change_afterwards_but_not_in_place() -> None:
    t, given = Tensor(V, requires_grad=True), {"scale": 2.0}
    out = checkpoint(lambda x, d: x * d["scale"])(t, given).sum()
    given["scale"] = 7.0
    out.backward()
    assert t.grad.tolist() == [2.0, 2.0, 2.0]
    w = Tensor(V, requires_grad=True)
    out = checkpoint(lambda x: x * w)(t).sum()
    w.data = V + 1.0
    with pytest.raises(ag.InPlaceError):
        out.backward()


def test_results_keep_their_dtypes() -> None:
    single, double = Tensor(V.astype(np.float32), requires_grad=True), Tensor(V, requires_grad=True)
    a, b = checkpoint(lambda x, y: (x * x, y * y))(single, double)
    assert (a.dtype, b.dtype) == (np.float32, np.float64)
    (a.sum() + b.sum()).backward()
    assert (single.grad.dtype, double.grad.dtype) == (np.float32, np.float64)


def test_under_no_grad_and_without_gradients_it_is_the_function() -> None:
    t = Tensor(V, requires_grad=True)
    with ag.no_grad():
        assert not checkpoint(lambda x: x * x)(t).requires_grad
    assert not checkpoint(lambda x: x * x)(Tensor(V)).requires_grad
    assert isinstance(checkpoint(lambda x: np.sin(x))(V), np.ndarray)


def test_hooks_are_called_once() -> None:
    t, calls = Tensor(V, requires_grad=True), []
    x = t * 2.0
    x.register_hook(lambda g: calls.append("outer"))

    def segment(z: Any) -> Any:
        h = z * z
        h.register_hook(lambda g: calls.append("inner"))
        return h * 3.0

    checkpoint(segment)(x).sum().backward()
    assert sorted(calls) == ["inner", "outer"]


def test_several_values_are_recorded_as_they_are() -> None:
    a, b = Value(2.0), Value(3.0)
    x, y = checkpoint(lambda z: (z * a, z + a))(b)
    (x * y).backward()
    assert (a.grad, b.grad) == (3.0 * 5.0 + 6.0, 2.0 * 5.0 + 6.0)
