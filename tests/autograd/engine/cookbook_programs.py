"""The cells of JAX's "autodiff cookbook" and "advanced automatic differentiation", as programs in words that are given.

Each is a function of a namespace `j`: JAX's own, or this package's names for the same. What it returns is what the page prints. Random
numbers are NumPy's, so that both get the same. Written from the pages' ideas; the numbers of their examples are kept.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np

J = Any
CELLS: dict[str, Callable[[J], Any]] = {}


def cell(function: Callable[[J], Any]) -> Callable[[J], Any]:
    """Enter a program by its name."""
    CELLS[function.__name__] = function
    return function


def normal(seed: int, *shape: int) -> np.ndarray:
    """Random numbers for a cell."""
    return np.random.default_rng(seed).normal(size=shape)


# The autodiff cookbook: gradients.


@cell
def grad_of_tanh(j: J) -> Any:
    return j.grad(j.np.tanh)(2.0)


@cell
def grad_of_grad(j: J) -> Any:
    return j.grad(j.grad(j.np.tanh))(2.0), j.grad(j.grad(j.grad(j.np.tanh)))(2.0)


INPUTS = np.array([[0.52, 1.12, 0.77], [0.88, -1.08, 0.15], [0.52, 0.06, -1.30], [0.74, -2.49, 1.39]])
TARGETS = np.array([True, True, False, True])
W, BIAS = normal(0, 3), 0.3


def _logistic(j: J) -> SimpleNamespace:
    def sigmoid(x: Any) -> Any:
        return 0.5 * (j.np.tanh(x / 2) + 1)

    def predict(w: Any, b: Any, inputs: Any) -> Any:
        return sigmoid(j.np.dot(inputs, w) + b)

    def loss(w: Any, b: Any) -> Any:
        preds = predict(w, b, INPUTS)
        return -j.np.sum(j.np.log(preds * TARGETS + (1 - preds) * (1 - TARGETS)))

    def loss_of_dict(params: Any) -> Any:
        return loss(params["W"], params["b"])

    return SimpleNamespace(predict=predict, loss=loss, loss_of_dict=loss_of_dict, f=lambda w: predict(w, BIAS, INPUTS))


@cell
def argnums(j: J) -> Any:
    loss = _logistic(j).loss
    return (
        j.grad(loss)(W, BIAS),
        j.grad(loss, argnums=0)(W, BIAS),
        j.grad(loss, 1)(W, BIAS),
        j.grad(loss, (0, 1))(W, BIAS),
    )


@cell
def grad_by_a_dict(j: J) -> Any:
    return j.grad(_logistic(j).loss_of_dict)({"W": W, "b": BIAS})


@cell
def value_and_grad(j: J) -> Any:
    return j.value_and_grad(_logistic(j).loss, (0, 1))(W, BIAS)


@cell
def numerical_differences(j: J) -> Any:
    loss, eps = _logistic(j).loss, 1e-4
    b_grad = (loss(W, BIAS + eps / 2.0) - loss(W, BIAS - eps / 2.0)) / eps
    vec = normal(1, *W.shape)
    unitvec = vec / j.np.sqrt(j.np.vdot(vec, vec))
    w_grad = (loss(W + eps / 2.0 * unitvec, BIAS) - loss(W - eps / 2.0 * unitvec, BIAS)) / eps
    exact = j.grad(loss)(W, BIAS), j.grad(loss, 1)(W, BIAS)
    return abs(w_grad - j.np.vdot(exact[0], unitvec)) < 1e-6, abs(b_grad - exact[1]) < 1e-6


@cell
def check_grads(j: J) -> Any:
    return j.check_grads(_logistic(j).loss, (W, BIAS), order=2)


# Jacobians and Hessians.


@cell
def hvp_of_vdot(j: J) -> Any:
    def hvp(f: Any, x: Any, v: Any) -> Any:
        return j.grad(lambda x: j.np.vdot(j.grad(f)(x), v))(x)

    return hvp(lambda x: j.np.sum(j.np.tanh(x) ** 2), W, normal(2, 3))


@cell
def jacfwd_and_jacrev(j: J) -> Any:
    f = _logistic(j).f
    return j.jacfwd(f)(W), j.jacrev(f)(W)


@cell
def jacrev_by_a_dict(j: J) -> Any:
    predict = _logistic(j).predict
    return j.jacrev(lambda params, inputs: predict(params["W"], params["b"], inputs))({"W": W, "b": BIAS}, INPUTS)


@cell
def hessian(j: J) -> Any:
    return j.jacfwd(j.jacrev(_logistic(j).f))(W)


@cell
def jvp(j: J) -> Any:
    return j.jvp(_logistic(j).f, (W,), (normal(3, 3),))


@cell
def vjp(j: J) -> Any:
    y, vjp_fun = j.vjp(_logistic(j).f, W)
    return y, vjp_fun(normal(4, *y.shape))


@cell
def gradients_of_vectors(j: J) -> Any:
    def vgrad(f: Any, x: Any) -> Any:
        y, vjp_fn = j.vjp(f, x)
        return vjp_fn(j.np.ones(y.shape))[0]

    return vgrad(lambda x: 3 * x**2, j.np.ones((2, 2)))


def _sum_of_squares(j: J) -> Callable[[Any], Any]:
    return lambda x: j.np.sum(j.np.tanh(x) ** 2)


@cell
def hvp_forward_over_reverse(j: J) -> Any:
    f, x, v = _sum_of_squares(j), normal(5, 6, 5), normal(6, 6, 5)
    answer = j.jvp(j.grad(f), (x,), (v,))[1]
    return answer, j.np.tensordot(j.hessian(f)(x), v, 2)


@cell
def hvp_reverse_over_forward(j: J) -> Any:
    f, x, v = _sum_of_squares(j), normal(5, 6, 5), normal(6, 6, 5)
    return j.grad(lambda primals: j.jvp(f, primals, (v,))[1])((x,))


@cell
def hvp_reverse_over_reverse(j: J) -> Any:
    f, x, v = _sum_of_squares(j), normal(5, 6, 5), normal(6, 6, 5)
    return j.grad(lambda x: j.np.vdot(j.grad(f)(x), v))(x)


# Jacobians from products, by vmap.


@cell
def matrix_jacobian_products(j: J) -> Any:
    f, m = _logistic(j).f, normal(7, 10, 4)
    _, vjp_fun = j.vjp(f, W)
    (outs,) = j.vmap(vjp_fun)(m)
    return outs, j.np.vstack([vjp_fun(mi)[0] for mi in m])


@cell
def jacobian_matrix_products(j: J) -> Any:
    f, m = _logistic(j).f, normal(8, 10, 3)
    return j.vmap(lambda s: j.jvp(f, (W,), (s,))[1])(m), j.np.array([j.jvp(f, (W,), (mi,))[1] for mi in m])


@cell
def our_jacrev(j: J) -> Any:
    def jacfun(x: Any) -> Any:
        y, vjp_fun = j.vjp(_logistic(j).f, x)
        (jacobian,) = j.vmap(vjp_fun, in_axes=0)(j.np.eye(len(y)))
        return jacobian

    return jacfun(W)


@cell
def our_jacfwd(j: J) -> Any:
    def jacfun(x: Any) -> Any:
        columns = j.vmap(lambda s: j.jvp(_logistic(j).f, (x,), (s,))[1], in_axes=1)(j.np.eye(len(x)))
        return j.np.transpose(columns)

    return jacfun(W)


@cell
def a_branch_in_python(j: J) -> Any:
    def f(x: Any) -> Any:
        try:
            if x < 3:
                return 2 * x**3
            raise ValueError
        except ValueError:
            return j.np.pi * x

    y, f_vjp = j.vjp(f, 4.0)
    return y, f_vjp(1.0)


# Complex numbers.


def _random_linear(seed: int) -> tuple[Any, Any, Any]:
    a, b, c, d = np.random.default_rng(seed).uniform(size=4)
    return (lambda x, y: a * x + b * y), (lambda x, y: c * x + d * y), np.random.default_rng(seed + 10).uniform(size=4)


@cell
def complex_jvp(j: J) -> Any:
    found = []
    for seed in range(3):
        u, v, (x, y, c, d) = _random_linear(seed)
        _, answer = j.jvp(
            lambda z, u=u, v=v: u(j.np.real(z), j.np.imag(z)) + v(j.np.real(z), j.np.imag(z)) * 1j,
            (x + y * 1j,),
            (c + d * 1j,),
        )
        expected = (
            j.grad(u, 0)(x, y) * c + j.grad(u, 1)(x, y) * d + j.grad(v, 0)(x, y) * c * 1j + j.grad(v, 1)(x, y) * d * 1j
        )
        found.append((answer, expected))
    return found


@cell
def complex_vjp(j: J) -> Any:
    found = []
    for seed in range(3):
        u, v, (x, y, c, d) = _random_linear(seed)
        _, fun_vjp = j.vjp(
            lambda z, u=u, v=v: u(j.np.real(z), j.np.imag(z)) + v(j.np.real(z), j.np.imag(z)) * 1j, x + y * 1j
        )
        (answer,) = fun_vjp(np.array(c + d * 1j))
        expected = (
            j.grad(u, 0)(x, y) * c
            + j.grad(v, 0)(x, y) * (-d)
            + j.grad(u, 1)(x, y) * c * (-1j)
            + j.grad(v, 1)(x, y) * (-d) * (-1j)
        )
        found.append((answer, expected))
    return found


@cell
def grad_of_a_real_function_of_a_complex_number(j: J) -> Any:
    return j.grad(lambda z: j.np.real(z) ** 2 + j.np.imag(z) ** 2)(3.0 + 4j)


@cell
def holomorphic(j: J) -> Any:
    return j.holomorphic_grad(j.np.sin)(3.0 + 4j), j.holomorphic_grad(j.np.conjugate)(3.0 + 4j)


@cell
def cholesky_of_complex_numbers(j: J) -> Any:
    a = np.array([[5.0, 2.0 + 3j, 5j], [2.0 - 3j, 7.0, 1.0 + 7j], [-5j, 1.0 - 7j, 12.0]])

    def f(x: Any) -> Any:
        low = j.np.linalg.cholesky(x)
        return j.np.sum((low - j.np.sin(low)) ** 2)

    return j.holomorphic_grad(f)(a)


# Advanced automatic differentiation.


@cell
def higher_derivatives(j: J) -> Any:
    derivatives = [lambda x: x**3 + 2 * x**2 - 3 * x + 1]
    for _ in range(4):
        derivatives.append(j.grad(derivatives[-1]))
    return [f(1.0) for f in derivatives]


@cell
def hessian_of_a_square(j: J) -> Any:
    return j.jacfwd(j.grad(lambda x: j.np.dot(x, x)))(np.array([1.0, 2.0, 3.0]))


@cell
def gradient_of_a_gradient_step(j: J) -> Any:
    def loss_fn(params: Any, data: Any) -> Any:
        return j.np.sum((data @ params - 1.0) ** 2)

    def meta_loss_fn(params: Any, data: Any) -> Any:
        grads = j.grad(loss_fn)(params, data)
        return loss_fn(params - 1e-2 * grads, data)

    return j.grad(meta_loss_fn)(W, INPUTS)


THETA, STATE, REWARD, NEXT = np.array([0.1, -0.1, 0.0]), np.array([1.0, 2.0, -1.0]), 1.0, np.array([2.0, 1.0, 0.0])


def _td_loss(j: J) -> Callable[..., Any]:
    def td_loss(theta: Any, s_tm1: Any, r_t: Any, s_t: Any) -> Any:
        target = r_t + j.np.dot(theta, s_t)
        return -0.5 * ((j.stop_gradient(target) - j.np.dot(theta, s_tm1)) ** 2)

    return td_loss


@cell
def stopped_gradients(j: J) -> Any:
    update = j.grad(_td_loss(j))(THETA, STATE, REWARD, NEXT)
    return update, (REWARD + THETA @ NEXT - THETA @ STATE) * j.grad(j.np.dot)(THETA, STATE)


@cell
def straight_through(j: J) -> Any:
    def f(x: Any) -> Any:
        return j.np.round(x)

    def straight_through_f(x: Any) -> Any:
        zero = x - j.stop_gradient(x)
        return zero + j.stop_gradient(f(x))

    return f(3.2), straight_through_f(3.2), j.grad(f)(3.2), j.grad(straight_through_f)(3.2)


@cell
def gradients_of_each_example(j: J) -> Any:
    batch = np.stack([STATE, STATE]), np.array([REWARD, 2 * REWARD]), np.stack([NEXT, NEXT])
    each = j.vmap(j.grad(_td_loss(j)), in_axes=(None, 0, 0, 0))
    return each(THETA, *batch), j.jit(each)(THETA, *batch)


# Custom derivative rules.


@cell
def log1pexp(j: J) -> Any:
    @j.custom_jvp
    def log1pexp(x: Any) -> Any:
        return j.np.log(1.0 + j.np.exp(x))

    @log1pexp.defjvp
    def log1pexp_jvp(primals: Any, tangents: Any) -> Any:
        (x,), (x_dot,) = primals, tangents
        return log1pexp(x), (1 - 1 / (1 + j.np.exp(x))) * x_dot

    xs = np.arange(3.0)
    return (
        log1pexp(3.0), j.jit(log1pexp)(3.0), j.jit(j.grad(log1pexp))(3.0), j.vmap(j.jit(j.grad(log1pexp)))(xs), j.grad(log1pexp)(100.0),
        j.jit(j.grad(log1pexp))(100.0), j.grad(j.grad(log1pexp))(1.0),
    )  # fmt: skip


@cell
def a_convention_at_the_boundary(j: J) -> Any:
    @j.custom_jvp
    def f(x: Any) -> Any:
        return x / (1 + j.np.sqrt(x))

    @f.defjvp
    def f_jvp(primals: Any, tangents: Any) -> Any:
        (x,), (x_dot,) = primals, tangents
        return f(x), ((j.np.sqrt(x) + 2) / (2 * (j.np.sqrt(x) + 1) ** 2)) * x_dot

    return j.grad(f)(0.0), j.grad(f)(2.0)


@cell
def clipped_gradients(j: J) -> Any:
    @j.custom_vjp
    def clip_gradient(lo: Any, hi: Any, x: Any) -> Any:
        return x

    clip_gradient.defvjp(lambda lo, hi, x: (x, (lo, hi)), lambda res, g: (None, None, j.np.clip(g, res[0], res[1])))
    t = np.linspace(0.0, 10.0, 25)
    plain = j.vmap(j.grad(j.np.sin))(t)
    return plain, j.vmap(j.grad(lambda x: j.np.sin(clip_gradient(-0.75, 0.75, x))))(t)


@cell
def implicit_differentiation(j: J) -> Any:
    @partial(j.custom_vjp, nondiff_argnums=(0,))
    def fixed_point(f: Any, a: Any, x_guess: Any) -> Any:
        def cond_fun(carry: Any) -> Any:
            x_prev, x = carry
            return j.np.abs(x_prev - x) > 1e-12

        def body_fun(carry: Any) -> Any:
            _, x = carry
            return x, f(a, x)

        _, x_star = j.while_loop(cond_fun, body_fun, (x_guess, f(a, x_guess)))
        return x_star

    def fixed_point_fwd(f: Any, a: Any, x_init: Any) -> Any:
        x_star = fixed_point(f, a, x_init)
        return x_star, (a, x_star)

    def fixed_point_rev(f: Any, res: Any, x_star_bar: Any) -> Any:
        a, x_star = res
        _, vjp_a = j.vjp(lambda a: f(a, x_star), a)
        (a_bar,) = vjp_a(fixed_point(partial(rev_iter, f), (a, x_star, x_star_bar), x_star_bar))
        return a_bar, j.np.zeros_like(x_star)

    def rev_iter(f: Any, packed: Any, u: Any) -> Any:
        a, x_star, x_star_bar = packed
        _, vjp_x = j.vjp(lambda x: f(a, x), x_star)
        return x_star_bar + vjp_x(u)[0]

    fixed_point.defvjp(fixed_point_fwd, fixed_point_rev)

    def newton_sqrt(a: Any) -> Any:
        return fixed_point(lambda a, x: 0.5 * (x + a / x), a, a / 2)

    return newton_sqrt(2.0), j.grad(newton_sqrt)(2.0), j.grad(j.grad(newton_sqrt))(2.0)


@cell
def rules_for_each_argument(j: J) -> Any:
    @j.custom_jvp
    def f(x: Any, y: Any) -> Any:
        return j.np.sin(x) * y

    f.defjvps(
        lambda x_dot, primal_out, x, y: j.np.cos(x) * x_dot * y, lambda y_dot, primal_out, x, y: j.np.sin(x) * y_dot
    )

    @j.custom_jvp
    def g(x: Any, y: Any) -> Any:
        return x**2 * y

    g.defjvps(lambda x_dot, primal_out, x, y: 2 * x * y * x_dot, None)
    return j.grad(f)(2.0, 3.0), j.grad(f, 1)(2.0, 3.0), j.grad(g)(2.0, 3.0), j.grad(g, 1)(2.0, 3.0)


@cell
def arguments_without_a_derivative(j: J) -> Any:
    @partial(j.custom_jvp, nondiff_argnums=(0,))
    def app(f: Any, x: Any) -> Any:
        return f(x)

    @app.defjvp
    def app_jvp(f: Any, primals: Any, tangents: Any) -> Any:
        (x,), (x_dot,) = primals, tangents
        return f(x), 2.0 * x_dot

    @partial(j.custom_jvp, nondiff_argnums=(0, 2))
    def app2(f: Any, x: Any, g: Any) -> Any:
        return f(g(x))

    @app2.defjvp
    def app2_jvp(f: Any, g: Any, primals: Any, tangents: Any) -> Any:
        (x,), (x_dot,) = primals, tangents
        return f(g(x)), 3.0 * x_dot

    @partial(j.custom_vjp, nondiff_argnums=(0,))
    def skip_app(f: Any, x: Any) -> Any:
        return f(x)

    skip_app.defvjp(lambda f, x: (skip_app(f, x), None), lambda f, _, g: (g,))
    return (
        app(lambda x: x**3, 3.0), j.grad(app, 1)(lambda x: x**3, 3.0), j.grad(app2, 1)(lambda x: x**3, 3.0, lambda y: 5 * y),
        j.grad(skip_app, 1)(lambda x: x**3, 4.0),
    )  # fmt: skip


Point = namedtuple("Point", ["x", "y"])


@cell
def rules_of_structures(j: J) -> Any:
    @j.custom_jvp
    def f(pt: Any) -> Any:
        return {"a": pt.x**2, "b": (j.np.sin(pt.x), j.np.cos(pt.y))}

    @f.defjvp
    def f_jvp(primals: Any, tangents: Any) -> Any:
        (pt,), (pt_dot,) = primals, tangents
        return f(pt), {
            "a": 2 * pt.x * pt_dot.x, "b": (j.np.cos(pt.x) * pt_dot.x, -j.np.sin(pt.y) * pt_dot.y),
        }  # fmt: skip

    def fun(pt: Any) -> Any:
        dct = f(pt)
        return dct["a"] + dct["b"][0]

    @j.custom_vjp
    def g(pt: Any) -> Any:
        return {"a": pt.x**2, "b": (j.np.sin(pt.x), j.np.cos(pt.y))}

    def g_bwd(pt: Any, bar: Any) -> Any:
        x_bar = 2 * pt.x * bar["a"] + j.np.cos(pt.x) * bar["b"][0]
        return (Point(x_bar, -j.np.sin(pt.y) * bar["b"][1]),)

    g.defvjp(lambda pt: (g(pt), pt), g_bwd)
    return fun(Point(1.0, 2.0)), j.grad(fun)(Point(1.0, 2.0)), j.grad(lambda pt: g(pt)["b"][1])(Point(1.0, 2.0))


@cell
def a_rule_under_vmap_and_jit(j: J) -> Any:
    @j.custom_vjp
    def f(x: Any, y: Any) -> Any:
        return j.np.sin(x) * y

    f.defvjp(
        lambda x, y: (f(x, y), (j.np.cos(x), j.np.sin(x), y)),
        lambda res, g: (res[0] * g * res[2], res[1] * g),
    )
    return j.grad(f)(2.0, 3.0), j.vmap(j.grad(f))(np.arange(3.0), np.arange(3.0) + 1), j.jit(j.grad(f, 1))(2.0, 3.0)
