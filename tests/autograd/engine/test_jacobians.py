"""Jacobians by both modes, and the function that pushes tangents."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import OperandError, ShapeError, Tensor
from autograd.engine import reverse
from autograd.graph.tree import leaves

X, W = np.array([0.3, -1.2, 2.0]), np.arange(6.0).reshape(2, 3) / 5


def structured(p: Any, x: Any) -> Any:
    return {"y": np.tanh(W @ (p["w"] * x) + p["b"]), "s": (x.sum() * p["w"],)}


ARGUMENTS = ({"w": 2.0, "b": np.array([0.1, -0.2])}, X)


@pytest.mark.parametrize("argnums", [0, 1, (0, 1), (1, 0)])
def test_both_modes_agree_on_structures(argnums: Any) -> None:
    forward, backward = (of(structured, argnums=argnums)(*ARGUMENTS) for of in (ag.jacfwd, ag.jacrev))
    assert type(forward["y"]) is type(backward["y"])
    for found, expected in zip(leaves(forward), leaves(backward), strict=True):
        assert np.shape(found) == np.shape(expected)
        np.testing.assert_allclose(found, expected, rtol=1e-13)


def cost(x: Any) -> Any:
    return (np.sin(x) * x[0]).sum()


@pytest.mark.parametrize("outer", [ag.jacfwd, ag.jacrev])
@pytest.mark.parametrize("inner", [ag.jacfwd, ag.jacrev, ag.grad])
def test_one_in_another_is_the_hessian(outer: Any, inner: Any) -> None:
    np.testing.assert_allclose(outer(inner(cost))(X), ag.hessian(cost)(X), rtol=1e-12, atol=1e-14)


def test_numbers_empty_arrays_and_constants() -> None:
    assert ag.jacfwd(lambda x: x**2)(3.0) == 6.0
    assert ag.jacfwd(lambda x: x * np.ones(0))(np.ones(1)).shape == (0, 1)
    assert ag.jacfwd(lambda x: x.sum())(np.ones(0)).shape == (0,)
    assert ag.jacfwd(lambda x: np.ones(2))(X).tolist() == np.zeros((2, 3)).tolist()
    assert ag.jacfwd(lambda x: x * 2)(X.astype(np.float32)).dtype == np.float32
    np.testing.assert_allclose(
        ag.compile(ag.jacfwd(lambda x: np.tanh(W @ x)))(X), ag.jacfwd(lambda x: np.tanh(W @ x))(X)
    )


def test_complex_numbers_are_refused() -> None:
    with pytest.raises(OperandError, match="jacfwd: a complex number moves in two directions"):
        ag.jacfwd(lambda z: z * z)(X + 1j)


def test_every_transform_takes_jaxs_name_of_the_argument() -> None:
    f = lambda x, y: (x * y**2).sum()
    for transform in (ag.grad, ag.elementwise_grad, ag.jacobian, ag.hessian):
        np.testing.assert_array_equal(transform(f, argnums=1)(X, X), transform(f, 1)(X, X))
    assert ag.value_and_grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 3.0) == (6.0, (3.0, 2.0))
    assert ag.holomorphic_grad(lambda x, z: x * z**2, argnums=1)(2.0, 1.0 + 1.0j) == 4.0 + 4.0j


def test_a_function_is_linearized_once() -> None:
    calls = []

    def f(x: Any, y: Any) -> Any:
        calls.append(1)
        return np.tanh(W @ x) * y, x.sum()

    out, push = ag.linearize(f, X, 2.0)
    for tangents in ((X, 1.0), (X[::-1], -0.5)):
        for found, expected in zip(leaves(push(*tangents)), leaves(ag.jvp(f, (X, 2.0), tangents)[1]), strict=True):
            np.testing.assert_allclose(found, expected, rtol=1e-13)
    assert len(calls) == 3
    before = push(X, 0.0)[0].copy()
    out[0][:] = 7.0
    np.testing.assert_array_equal(push(X, 0.0)[0], before)
    with pytest.raises(ShapeError, match=r"linearize: a tangent of shape \(2,\) for a primal of shape \(3,\)"):
        push(np.ones(2), 1.0)


def test_what_it_pushes_is_differentiable() -> None:
    def pushed(scale: Any) -> Any:
        return ag.linearize(lambda x: np.sin(x) * scale, X)[1](X).sum()

    assert ag.grad(pushed)(2.0) == pytest.approx((np.cos(X) * X).sum())
    weight = Tensor(2.0, requires_grad=True)
    pushed(weight).backward()
    assert weight.grad == pytest.approx((np.cos(X) * X).sum())


def test_a_jacobian_walks_the_graph_once(monkeypatch: pytest.MonkeyPatch) -> None:
    walks = []
    monkeypatch.setattr(
        reverse, "walk", lambda *roots, walk=reverse.walk, **how: walks.append(1) or walk(*roots, **how)
    )
    ag.jacobian(lambda x: np.exp(x) * x)(X)
    assert len(walks) == 1
    walks.clear()
    ag.jacobian(ag.jacobian(lambda x: np.exp(x) * x))(X)
    assert len(walks) == 2


def beside(x: Any) -> Any:
    return (x**3).sum(), {"seen": x * 2.0}


def test_what_a_function_gives_beside_is_passed_on_by_every_transform() -> None:
    first, second = 3 * X**2, np.diag(6 * X)
    results = {
        "grad": (ag.grad(beside, has_aux=True)(X), first),
        "jacobian": (ag.jacobian(beside, has_aux=True)(X), first),
        "jacfwd": (ag.jacfwd(beside, has_aux=True)(X), first),
        "hessian": (ag.hessian(beside, has_aux=True)(X), second),
        "jvp": (ag.jvp(beside, (X,), (np.ones(3),), has_aux=True)[1:], first.sum()),
        "jvp by keyword": (ag.jvp(beside, (X,), (np.ones(3),), True)[1:], first.sum()),
    }
    (value, aux), gradient = ag.value_and_grad(beside, has_aux=True)(X)
    results["value_and_grad"] = (gradient, aux), first
    out, pull, aux = ag.vjp(beside, X, has_aux=True)
    results["vjp"] = (pull(1.0)[0], aux), first
    out, push, aux = ag.linearize(beside, X, has_aux=True)
    results["linearize"] = (push(np.ones(3)), aux), first.sum()
    assert value == out == (X**3).sum()
    for (found, told), expected in results.values():
        np.testing.assert_allclose(found, expected)
        assert type(told["seen"]) is np.ndarray
        np.testing.assert_array_equal(told["seen"], 2 * X)


def test_what_is_beside_comes_in_a_pair() -> None:
    for transform in (ag.grad, ag.value_and_grad, ag.jacobian, ag.jacfwd, ag.hessian):
        with pytest.raises(OperandError, match="has_aux=True: the function must give a pair"):
            transform(lambda x: (x**2).sum(), has_aux=True)(X)
