"""HIPS autograd's users' programs, and its transforms: the same text, and the same numbers as there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import (
    Tensor,
    checkpoint,
    deriv,
    grad,
    grad_and_aux,
    grad_named,
    hessian,
    jacobian,
    jvp,
    make_ggnvp,
    make_jvp,
    make_vjp,
    multigrad_dict,
    tensor_jacobian_product,
)
from autograd import numpy as anp
from autograd.builtins import isinstance as isinstance_
from autograd.builtins import type as type_
from autograd.graph.tree import leaves
from autograd.misc.fixed_points import fixed_point
from autograd.misc.flatten import flatten, flatten_func
from autograd.misc.optimizers import adam, rmsprop, sgd
from autograd.tracer import getval, isbox
from tests.autograd.hips_programs import HABITS, OBJECTIVES, gradient_of

FROZEN = json.loads((Path(__file__).parent.parent.parent / "frozen" / "hips.json").read_text(encoding="utf-8"))
X = np.array([[0.3, -1.2, 0.7], [1.1, 0.4, -0.6]])
V = np.array([0.5, -0.3, 1.2])


def numbers(tree: Any) -> np.ndarray:
    if isinstance(tree, dict):
        tree = [tree[key] for key in sorted(tree)]
    if isinstance(tree, (list, tuple)):
        return np.concatenate([numbers(part) for part in tree])
    return np.ravel(tree)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_objectives_have_the_gradients_that_hips_autograd_gave(name: str) -> None:
    np.testing.assert_allclose(numbers(gradient_of(name)()), numbers(FROZEN["objectives"][name]), rtol=1e-9)


@pytest.mark.parametrize("name", HABITS)
def test_habits_run_unchanged(name: str) -> None:
    found = HABITS[name]()
    assert not any(isinstance(leaf, autograd.Node) for leaf in leaves(found))
    np.testing.assert_allclose(numbers(found), numbers(FROZEN["habits"][name]), rtol=1e-11, atol=1e-14)


def test_numbers_in_numbers_out() -> None:
    value, gradient = autograd.value_and_grad(lambda x: np.sum(X * x))(2.0)
    assert (type(value), type(gradient)) == (float, float)
    assert type(grad(lambda x: np.sum(X * x))(np.float64(2.0))) is np.float64
    assert type(make_jvp(lambda x: x * x)(3.0)(1.0)[1]) is float


def test_results_in_structures() -> None:
    def several(x: Any) -> Any:
        return {"square": x**2, "more": (np.sum(x), [x[0] * x])}

    found = jacobian(several)(V)
    np.testing.assert_allclose(found["square"], np.diag(2 * V))
    np.testing.assert_allclose(found["more"][0], np.ones(3))
    np.testing.assert_allclose(found["more"][1][0], np.outer(V, [1, 0, 0]) + V[0] * np.eye(3))
    pull, out = make_vjp(several)(V)
    assert out["more"][0] == V.sum()
    np.testing.assert_allclose(pull({"square": np.ones(3), "more": (2.0, [np.zeros(3)])}), 2 * V + 2)
    by_dict = jacobian(lambda p: p["a"] * p["b"][0])({"a": V, "b": [2.0]})
    np.testing.assert_allclose(by_dict["a"], 2 * np.eye(3))
    np.testing.assert_allclose(by_dict["b"][0], V)


def test_further_transforms() -> None:
    np.testing.assert_allclose(tensor_jacobian_product(lambda x: X @ x)(V, np.array([1.0, 2.0])), X[0] + 2 * X[1])
    np.testing.assert_allclose(deriv(np.sin)(0.3), np.cos(0.3))
    np.testing.assert_allclose(deriv(lambda x: x**2)(V), 2 * V)
    gradient, aux = grad_and_aux(lambda x: (np.sum(x**2), {"seen": x * 2}))(V)
    np.testing.assert_allclose(gradient, 2 * V)
    np.testing.assert_allclose(aux["seen"], 2 * V)
    assert grad_named(lambda a, b: a * b**2, "b")(2.0, 3.0) == 12.0
    with pytest.raises(ValueError, match="there is no 'c'"):
        grad_named(lambda a, b: a, "c")
    assert multigrad_dict(lambda x, *, y, z=2.0: x * y * z)(3.0, y=5.0) == {"x": 10.0, "y": 6.0, "z": 15.0}
    # The Gauss-Newton matrix of half a square is JᵀJ.
    np.testing.assert_allclose(make_ggnvp(lambda x: np.sin(X @ x))(V)(V), _gauss_newton() @ V)
    pull, out = make_vjp(lambda x, y: x * y, (0, 1))(2.0, 3.0)
    assert (out, pull(1.0)) == (6.0, (3.0, 2.0))


def _gauss_newton() -> np.ndarray:
    J = jacobian(lambda x: np.sin(X @ x))(V)
    return J.T @ J


def test_checkpoint_forgets_and_computes_again() -> None:
    calls = []

    def layers(p: Any, scale: float = 1.0) -> Any:
        calls.append(1)
        hidden = np.tanh(p["w"] * scale)
        return {"hidden": hidden, "total": [np.sum(hidden**2)]}

    cheap = checkpoint(layers)

    def loss(f: Any) -> Any:
        def of(w: Any) -> Any:
            out = f({"w": w, "unused": 2.0}, scale=1.5)
            return out["total"][0] * np.sum(out["hidden"])

        return of

    gradient = grad(loss(cheap))(V)
    assert len(calls) == 2
    np.testing.assert_allclose(gradient, grad(loss(layers))(V), rtol=1e-14)
    np.testing.assert_allclose(hessian(loss(cheap))(V), hessian(loss(layers))(V), rtol=1e-12)
    t = Tensor(V, requires_grad=True)
    out = cheap({"w": t})["hidden"]
    held = {node.op.name for node in autograd.graph.node.ancestors(out) if node.op is not None}
    assert held == {"layers", "slice"}, "the intermediate results were kept"
    np.testing.assert_allclose(cheap({"w": V})["hidden"], np.tanh(V))


def test_flatten_and_the_optimizers_take_any_structure() -> None:
    start = {"a": V, "b": [1.0, (X,)]}
    vector, unflatten = flatten(start)
    assert vector.shape == (10,)
    assert unflatten(vector)["b"][1][0].tolist() == X.tolist()
    np.testing.assert_allclose(grad(lambda p: np.sum(flatten(p)[0] ** 2))(start)["b"][1][0], 2 * X)
    flat, back, x0 = flatten_func(lambda p: {"a": p["a"] * 2, "b": p["b"]}, start)
    np.testing.assert_allclose(back(flat(x0))["a"], 2 * V)
    seen: list[Any] = []

    def gradient(p: Any, i: int) -> Any:
        return grad(lambda q: np.sum((q["a"] - 1.0) ** 2) + q["b"] ** 2)(p)

    for optimize, rate in ((sgd, 0.3), (rmsprop, 0.05), (adam, 0.1)):
        found = optimize(
            gradient,
            {"a": V, "b": 2.0},
            lambda p, i, g: seen.append((p["b"], i, g["b"])),
            num_iters=300,
            step_size=rate,
        )
        np.testing.assert_allclose(found["a"], 1.0, atol=0.05)
    assert len(seen) == 900
    assert seen[0][2] == 4.0


def test_flatten_takes_dicts_by_their_sorted_keys() -> None:
    late = {"b": V, "a": [1.0, {"y": 2.0, "x": 3.0}]}
    vector, unflatten = flatten(late)
    assert vector.tolist() == [1.0, 3.0, 2.0, *V]
    assert list(unflatten(vector)) == ["b", "a"]
    assert unflatten(vector)["a"] == late["a"]
    assert flatten({2: 1.0, "a": 2.0})[0].tolist() == [1.0, 2.0], "keys without an order stay as they are"
    # The gradient's dict may have another order than that of the parameters.
    start = {"b": 3.0, "a": 1.0}
    found = sgd(lambda p, i: {"a": 0.0, "b": 1.0}, start, num_iters=1, step_size=1.0, mass=0.0)
    assert (found["a"], found["b"]) == (1.0, 2.0)


def test_names_for_nodes() -> None:
    t = Tensor(V, requires_grad=True)
    assert isinstance_(t, np.ndarray)
    assert not isinstance_(t, dict)
    assert type_(t) is np.ndarray
    assert (isbox(t), isbox(V)) == (True, False)
    assert getval(t) is t.data
    assert autograd.list is list


def test_random_and_linalg_are_numpys() -> None:
    assert anp.random.RandomState is np.random.RandomState
    assert anp.linalg.norm(anp.array([3.0, 4.0])) == 5.0


def test_a_fixed_point_is_differentiated_by_what_its_map_closes_over() -> None:
    def root(a: Any, b: Any) -> Any:
        distance = lambda x, y: np.max(np.abs(x - y))
        return fixed_point(lambda a: lambda x: 0.5 * (x + a * b / x), a, 1.0, distance, 1e-12)

    exact = lambda p: np.sqrt(p[0] * p[1])
    p = np.array([2.0, 3.0])
    np.testing.assert_allclose(grad(lambda p: root(p[0], p[1]))(p), grad(exact)(p), rtol=1e-10)
    np.testing.assert_allclose(hessian(lambda p: root(p[0], p[1]))(p), hessian(exact)(p), rtol=1e-8)
    assert grad(lambda b: root(2.0, b))(3.0) == pytest.approx(grad(lambda b: exact([2.0, b]))(3.0))
    assert jvp(lambda b: root(2.0, b), (3.0,), (1.0,))[1] == pytest.approx(grad(lambda b: exact([2.0, b]))(3.0))
