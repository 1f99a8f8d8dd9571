"""Functions of JAX with mistakes in their `custom_vjp` or `custom_jvp` that people have made, and the same without.

Every kind is (name, forward, right derivative, wrong derivative, shapes of the inputs). A reverse rule takes what arrives, the
result and the inputs, and gives a cotangent for each; a forward rule takes the inputs and their tangents.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

N, M = 3, 4


def _clip(x):
    return jnp.clip(x, -0.5, 0.5)


def _normal(x):
    centred = x - x.mean(-1, keepdims=True)
    return centred / jnp.sqrt((centred**2).mean(-1, keepdims=True) + 1e-5)


def _through_norm(g, y, x):
    deviation = jnp.sqrt(x.var(-1, keepdims=True) + 1e-5)
    return (g - g.mean(-1, keepdims=True) - y * (g * y).mean(-1, keepdims=True)) / deviation


REVERSE: list[tuple[str, Any, Any, Any, tuple]] = [
    ("factor", lambda x: x**3, lambda g, y, x: (3 * g * x**2,), lambda g, y, x: (2 * g * x**2,), ((N, M),)),
    ("sign", jnp.cos, lambda g, y, x: (-g * jnp.sin(x),), lambda g, y, x: (g * jnp.sin(x),), ((N, M),)),
    ("no_chain", jnp.exp, lambda g, y, x: (g * y,), lambda g, y, x: (y,), ((N, M),)),
    ("from_output", jnp.tanh, lambda g, y, x: (g * (1 - y**2),), lambda g, y, x: (g * (1 - x**2),), ((N, M),)),
    ("swapped", lambda x, w: x * w**2, lambda g, y, x, w: (g * w**2, 2 * g * x * w), lambda g, y, x, w: (2 * g * x * w, g * w**2),
     ((N, M), (N, M))),
    ("untransposed", lambda x, w: x @ w, lambda g, y, x, w: (g @ w.T, x.T @ g), lambda g, y, x, w: (g @ w, x.T @ g), ((N, M), (M, M))),
    ("mean_is_sum", lambda x: x.mean(), lambda g, y, x: (jnp.full_like(x, g / x.size),), lambda g, y, x: (jnp.full_like(x, g),),
     ((N, M),)),
    ("forgotten", lambda x, w: jnp.sin(x) * w, lambda g, y, x, w: (g * w * jnp.cos(x), g * jnp.sin(x)),
     lambda g, y, x, w: (g * w * jnp.cos(x), jnp.zeros_like(w)), ((N, M), (N, M))),
    ("norm", _normal, lambda g, y, x: (_through_norm(g, y, x),), lambda g, y, x: (g / jnp.sqrt(x.var(-1, keepdims=True) + 1e-5),),
     ((N, M),)),
    ("mask", _clip, lambda g, y, x: (g * (jnp.abs(x) < 0.5),), lambda g, y, x: (g * (x < 0.5),), ((N, M),)),
]  # fmt: skip

FORWARD: list[tuple[str, Any, Any, Any, tuple]] = [
    ("root", jnp.hypot, lambda x, w, t, u: (x * t + w * u) / jnp.hypot(x, w), lambda x, w, t, u: (x * t - w * u) / jnp.hypot(x, w),
     ((N, M), (N, M))),
    ("quotient", lambda x, w: x / (w**2 + 1), lambda x, w, t, u: t / (w**2 + 1) - 2 * x * w * u / (w**2 + 1) ** 2,
     lambda x, w, t, u: t / (w**2 + 1) - 2 * x * w * u / (w**2 + 1), ((N, M), (N, M))),
    ("running", lambda x: jnp.cumsum(x**2), lambda x, t: jnp.cumsum(2 * x * t), lambda x, t: 2 * x * t, ((M,),)),
    ("stale", lambda x: jnp.sin(x) ** 2, lambda x, t: 2 * jnp.sin(x) * jnp.cos(x) * t, lambda x, t: 2 * jnp.sin(x) * t, ((N, M),)),
]  # fmt: skip


def reverse(name: str, forward: Any, rule: Any) -> Any:
    """A `jax.custom_vjp` function of this name."""

    def function(*xs):
        return forward(*xs)

    def run(*xs):
        y = forward(*xs)
        return y, (y, xs)

    def back(held, g):
        y, xs = held
        return rule(g, y, *xs)

    function.__name__ = function.__qualname__ = name
    made = jax.custom_vjp(function)
    made.defvjp(run, back)
    return made


def forwards(name: str, forward: Any, rule: Any) -> Any:
    """A `jax.custom_jvp` function of this name."""

    def function(*xs):
        return forward(*xs)

    def push(primals, tangents):
        return forward(*primals), rule(*primals, *tangents)

    function.__name__ = function.__qualname__ = name
    made = jax.custom_jvp(function)
    made.defjvp(push)
    return made


def every(wrong: bool) -> Any:
    """A function that calls all of them, the last in a loop as well."""
    kinds = [(make, *kind) for make, some in ((reverse, REVERSE), (forwards, FORWARD)) for kind in some]
    made = [make(name, forward, bad if wrong else good) for make, name, forward, good, bad, _ in kinds]

    def call(inputs):
        found = [function(*taken) for function, taken in zip(made, inputs)]
        last, _ = lax.scan(lambda c, _: (made[-1](c), None), found[-1], None, length=2)
        return [*found, last]

    return call


def inputs() -> list[tuple]:
    """What it is called with."""
    rng = np.random.default_rng(0)
    shapes = [kind[-1] for kind in (*REVERSE, *FORWARD)]
    return [tuple(jnp.asarray(rng.normal(size=shape)) for shape in some) for some in shapes]
