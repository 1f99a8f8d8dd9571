"""Derivatives that a compiled function takes within, by its arguments and by numbers of its own, are those of the engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
import autograd.torch as torch
from autograd import Tensor
from autograd.compiler import compile
from tests.autograd.compiler.test_tensor import same
from tests.sweep import sweep

RNG = np.random.default_rng(0)
X, ROWS, OWN = RNG.normal(size=3), RNG.normal(size=(4, 3)), np.array([0.3, -1.2, 2.0])


def cost(y: Any) -> Any:
    """Whose tangent is that of two rules and, for the softmax, of a transposed pass."""
    return (ag.softmax(y) * np.arange(3.0) + abs(y)).sum()


def weighted(y: Any) -> Any:
    return torch.softmax(y, 0).square().sum()


@ag.custom_jvp
def by_tangents(y: Any) -> Any:
    return ag.softmax(y)


by_tangents.defjvp(lambda primals, tangents: (ag.softmax(primals[0]), ag.softmax(primals[0]) * tangents[0]))


@ag.custom_vjp
def by_cotangents(y: Any) -> Any:
    return ag.softmax(y)


by_cotangents.defvjp(lambda y: (ag.softmax(y), y), lambda y, g: (g * ag.softmax(y) + abs(y),))


def keep_gradient(x: Any) -> Any:
    own = Tensor(OWN, requires_grad=True)
    (cost(own * x) ** 2).backward()
    return own.grad


class Exponential(torch.autograd.Function):
    """Of which a result is saved, and whose derivative is not the true one."""

    @staticmethod
    def forward(ctx, x):  # type: ignore[no-untyped-def]
        out = x.exp()
        ctx.save_for_backward(out)
        return out

    @staticmethod
    def backward(ctx, g):  # type: ignore[no-untyped-def]
        (out,) = ctx.saved_tensors
        return 2 * g * out


class Powers(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, factor):  # type: ignore[no-untyped-def]
        ctx.factor = factor
        ctx.save_for_backward(x)
        return factor * x, x**3

    @staticmethod
    def backward(ctx, first, second):  # type: ignore[no-untyped-def]
        (x,) = ctx.saved_tensors
        return ctx.factor * first + 3 * x**2 * second, None


def of_powers(y: Any) -> Any:
    first, second = Powers.apply(y, 2.0)
    return (first * second).sum()


WITHIN: dict[str, Callable[[Any], Any]] = {
    "checkpoint": lambda x: ag.grad(ag.checkpoint(cost))(x),
    "checkpoint, own numbers": lambda x: ag.grad(ag.checkpoint(lambda y: cost(y * x)))(OWN),
    "jvp, own numbers": lambda x: ag.jvp(lambda y: cost(y * x), (OWN,), (OWN,))[1],
    "jvp of a checkpoint": lambda x: ag.jvp(ag.checkpoint(lambda y: cost(y * x)), (OWN,), (x,))[1],
    "jacfwd": ag.jacfwd(ag.softmax),
    "jacfwd, own numbers": lambda x: ag.jacfwd(lambda y: ag.softmax(y * x))(OWN),
    "hessian, own numbers": lambda x: ag.hessian(lambda y: cost(y * x) ** 2)(OWN),
    "hvp, own numbers": lambda x: ag.hvp(lambda y: cost(y * x) ** 2, (OWN,), (x,)),
    "linearize, own numbers": lambda x: ag.linearize(lambda y: cost(y * x), OWN)[1](x),
    "vjp, own numbers": lambda x: ag.vjp(lambda y: ag.softmax(y * x), OWN)[1](x),
    "a tensor": lambda x: ag.grad(lambda y: cost(y * x))(Tensor(OWN)),
    "a tensor that requires it": lambda x: ag.grad(lambda y: cost(y * x))(Tensor(OWN, requires_grad=True)),
    "custom_jvp": lambda x: (ag.jvp(by_tangents, (x,), (OWN,))[1], ag.jacfwd(by_tangents)(x)),
    "custom_jvp, own numbers": lambda x: ag.grad(lambda y: (by_tangents(y * x) * x).sum())(OWN),
    "custom_vjp": lambda x: (ag.grad(lambda y: by_cotangents(y).max())(x), ag.jacrev(by_cotangents)(x)),
    "elementwise_grad, own numbers": lambda x: ag.elementwise_grad(lambda y: abs(y) * x)(OWN),
    "make_ggnvp": lambda x: ag.make_ggnvp(ag.softmax)(x)(OWN),
    "make_jvp": lambda x: ag.make_jvp(ag.softmax)(x)(OWN),
}
TORCH: dict[str, Callable[[Any], Any]] = {
    "functional.jvp": lambda x: torch.autograd.functional.jvp(weighted, x, torch.tensor(OWN))[1],
    "functional.vjp": lambda x: torch.autograd.functional.vjp(weighted, x)[1],
    "functional.hvp": lambda x: torch.autograd.functional.hvp(weighted, x, torch.tensor(OWN))[1],
    "functional.jacobian": lambda x: torch.autograd.functional.jacobian(lambda y: torch.softmax(y * x, 0), torch.tensor(OWN)),
    "functional.hessian": lambda x: torch.autograd.functional.hessian(weighted, x),
    "func.jacfwd": torch.func.jacfwd(lambda y: torch.softmax(y, 0)),
    "func.jvp": lambda x: torch.func.jvp(lambda y: weighted(y * x), (torch.tensor(OWN),), (x,))[1],
    "Function": lambda x: Exponential.apply(x) * x,
    "Function, its Jacobian": torch.func.jacrev(Exponential.apply),
    "Function, its Hessian": torch.func.hessian(lambda y: Exponential.apply(y).sum()),
    "Function, its tangent": lambda x: torch.func.jvp(Exponential.apply, (x,), (torch.tensor(OWN),))[1],
    "Function of two results": torch.func.grad(of_powers),
    "Function of two results, its Hessian": torch.func.hessian(of_powers),
    "Function, own numbers": lambda x: torch.func.grad(lambda y: of_powers(y * x))(torch.tensor(OWN)),
    "grad": lambda x: torch.autograd.grad(weighted((own := torch.tensor(OWN, requires_grad=True)) * x), own)[0],
}  # fmt: skip


@pytest.mark.parametrize("name", sweep(WITHIN, 3))
def test_they_are_the_engines(name: str) -> None:
    within = WITHIN[name]
    for function, x in ((within, X), (ag.vmap(within), ROWS), (ag.jacfwd(within), X), (ag.jacrev(within), X)):
        compiled = compile(function)
        same(compiled(x), function(x))
        same(compiled(x + 0.1), function(x + 0.1))


@pytest.mark.parametrize("name", sweep(TORCH, 3))
def test_they_are_those_of_pytorchs_words(name: str) -> None:
    within = TORCH[name]
    for function, x in ((within, X), (torch.func.vmap(within), ROWS)):
        same(compile(function)(torch.tensor(x)), function(torch.tensor(x)))
    np.testing.assert_allclose(torch.func.vmap(within)(torch.tensor(ROWS))[2], within(torch.tensor(ROWS[2])))


def test_no_derivative_goes_through_a_gradient_that_is_kept() -> None:
    for within in (keep_gradient, ag.jacrev(keep_gradient), ag.jacfwd(keep_gradient)):
        same(compile(within)(X), within(X))
