"""`custom_vjp` and `custom_jvp`: a function with derivatives of its own, in every mode."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import Tensor, custom_jvp, custom_vjp, grad, hessian, jvp, vmap
from autograd.errors import MissingRuleError, ShapeError
from autograd.graph.tree import leaves

X = np.array([0.3, -1.2, 2.0])


@custom_vjp
def by_vjp(x: Any, y: Any) -> Any:
    return np.sin(x) * y


def forward(x: Any, y: Any) -> Any:
    return by_vjp(x, y), (np.cos(x), np.sin(x), y)


by_vjp.defvjp(forward, lambda kept, g: (kept[0] * g * kept[2], kept[1] * g))


@custom_jvp
def by_jvp(x: Any, y: Any) -> Any:
    return np.sin(x) * y


@by_jvp.defjvp
def tangent(primals: Any, tangents: Any) -> Any:
    (x, y), (tx, ty) = primals, tangents
    return by_jvp(x, y), np.cos(x) * tx * y + np.sin(x) * ty


@custom_jvp
def by_jvps(x: Any, y: Any) -> Any:
    return np.sin(x) * y


by_jvps.defjvps(lambda t, out, x, y: np.cos(x) * t * y, lambda t, out, x, y: np.sin(x) * t)


def plain(x: Any, y: Any) -> Any:
    return np.sin(x) * y


TRANSFORMS = {
    "grad": lambda f: grad(lambda x, y: (f(x, y) ** 2).sum(), (0, 1))(X, X + 1),
    "value": lambda f: f(X, 2.0),
    "hessian": lambda f: hessian(lambda x: (f(x, x * 2) ** 2).sum())(X),
    "third order": lambda f: grad(grad(grad(lambda x: f(x, x))))(0.7),
    "jvp": lambda f: jvp(f, (X, X + 1), (X, 2 * X)),
    "jvp of grad": lambda f: jvp(grad(lambda x: (f(x, x) ** 2).sum()), (X,), (X,)),
    "jacobian": lambda f: ag.jacobian(lambda x: f(x, x))(X),
    "jacfwd": lambda f: ag.jacfwd(lambda x: f(x, x))(X),
    "vmap": lambda f: vmap(grad(lambda x: f(x, x[0]).sum()))(np.stack([X, 2 * X])),
    "compiled": lambda f: ag.compile(grad(lambda x: (f(x, x) ** 2).sum()))(X),
    "by keyword": lambda f: grad(lambda y: f(y=y, x=X).sum())(X),
    "one constant": lambda f: grad(lambda y: f(X, y).sum())(X),
}


@pytest.mark.parametrize("f", [by_vjp, by_jvp, by_jvps], ids=lambda f: f.__name__)
@pytest.mark.parametrize("name", TRANSFORMS)
def test_what_is_given_is_used_in_every_mode(name: str, f: Any) -> None:
    for found, expected in zip(leaves(TRANSFORMS[name](f)), leaves(TRANSFORMS[name](plain)), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)


def test_a_wrong_derivative_is_used_too() -> None:
    @custom_vjp
    def wrong(x: Any) -> Any:
        return x * x

    wrong.defvjp(lambda x: (x * x, x), lambda x, g: (5.0 * x * g,))
    assert grad(wrong)(3.0) == 15.0
    assert jvp(wrong, (3.0,), (1.0,))[1] == 15.0
    t = Tensor([3.0], requires_grad=True)
    wrong(t).sum().backward()
    assert t.grad.tolist() == [15.0]

    @custom_jvp
    def other(x: Any) -> Any:
        return x * x

    other.defjvp(lambda primals, tangents: (other(primals[0]), 5.0 * primals[0] * tangents[0]))
    assert (grad(other)(3.0), jvp(other, (3.0,), (1.0,))[1], grad(grad(other))(3.0)) == (15.0, 15.0, 5.0)


def test_structures_come_and_go() -> None:
    @custom_vjp
    def scaled(p: Any, x: Any) -> Any:
        return {"y": p["w"] * x, "s": (p["w"] * 2.0).sum()}

    scaled.defvjp(
        lambda p, x: (scaled(p, x), (p, x)),
        lambda kept, g: ({"w": g["y"] * kept[1] + 2.0 * g["s"]}, g["y"] * kept[0]["w"]),
    )
    f = lambda p, x: (lambda out: (out["y"] ** 2).sum() + out["s"])(scaled(p, x))
    of, plain_of = grad(f, (0, 1)), grad(lambda p, x: ((p["w"] * x) ** 2).sum() + 2.0 * p["w"].sum(), (0, 1))
    for found, expected in zip(leaves(of({"w": X}, X + 1)), leaves(plain_of({"w": X}, X + 1)), strict=True):
        np.testing.assert_allclose(found, expected)


def test_arguments_that_no_derivative_goes_through() -> None:
    @partial(custom_vjp, nondiff_argnums=(0, 2))
    def apply(f: Any, x: Any, power: int) -> Any:
        return f(x) ** power

    apply.defvjp(
        lambda f, x, power: (apply(f, x, power), x), lambda f, power, x, g: (g * power * f(x) ** (power - 1) * 7.0,)
    )
    assert grad(lambda x: apply(abs, x, 3))(2.0) == 3 * 4 * 7.0

    @partial(custom_jvp, nondiff_argnums=(0,))
    def call(f: Any, x: Any) -> Any:
        return f(x)

    call.defjvp(lambda f, primals, tangents: (f(primals[0]), 3.0 * tangents[0]))
    assert grad(lambda x: call(abs, x))(2.0) == 3.0


def test_none_is_no_gradient() -> None:
    @custom_vjp
    def first(x: Any, y: Any) -> Any:
        return x * 1.0

    first.defvjp(lambda x, y: (x, None), lambda _, g: (g, None))
    assert grad(first, (0, 1))(2.0, 3.0) == (1.0, 0.0)


def test_without_a_derivative_it_computes_and_is_not_differentiated() -> None:
    for make, method in ((custom_vjp, "defvjp"), (custom_jvp, "defjvp")):
        f = make(lambda x: x * 2.0)
        assert f(3.0) == 6.0
        with pytest.raises(MissingRuleError, match=rf"has no derivative yet: give it with <lambda>.{method}"):
            grad(f)(3.0)


def test_what_bwd_gives_must_fit() -> None:
    for given, message in (((1.0, 2.0), "gave 2 gradients; expected a tuple of 1"), (5.0, "gave float")):
        f = custom_vjp(lambda x: x * 2.0)
        f.defvjp(lambda x: (x * 2.0, None), lambda _, g, given=given: given)
        with pytest.raises(ShapeError, match=message):
            grad(f)(3.0)
    for wrong in (np.ones(2), 1.0, np.ones(1)):
        f = custom_vjp(lambda x: x * 2.0)
        f.defvjp(lambda x: (x * 2.0, None), lambda _, g, wrong=wrong: (wrong,))
        with pytest.raises(ShapeError, match=r"gave a gradient of shape .* for argument 1, which has shape \(3,\)"):
            grad(lambda x: f(x).sum())(X)


def test_what_fwd_and_jvp_give_are_pairs() -> None:
    f = custom_vjp(lambda x: x * 2.0)
    # Two rows are no pair.
    f.defvjp(lambda x: x * 2.0, lambda _, g: (g,))
    with pytest.raises(ShapeError, match="the fwd of <lambda> gave ndarray; expected a pair"):
        grad(lambda x: f(x).sum())(np.ones((2, 3)))
    h = custom_jvp(lambda x: x * 2.0)
    h.defjvp(lambda primals, tangents: tangents[0])
    with pytest.raises(ShapeError, match=r"the jvp of <lambda> gave .*; expected a pair"):
        grad(lambda x: h(x).sum())(np.ones((2, 3)))
    h.defjvps(None, None)
    with pytest.raises(ShapeError, match="was given 2 derivatives for 1 arguments"):
        grad(lambda x: h(x).sum())(X)
