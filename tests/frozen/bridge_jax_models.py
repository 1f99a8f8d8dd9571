"""Programs in JAX, small ones, that `tests/frozen/bridge_jax.py` captures: for each a function and its arguments.

Each is written as a user of JAX writes it: parameters in pytrees, loops by `scan`, `while_loop` and `fori_loop`.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax


def normal(number, *shape):
    return jax.random.normal(jax.random.PRNGKey(number), shape)


class Dense(NamedTuple):
    """One layer, as a field of a pytree."""

    weight: jax.Array
    bias: jax.Array


def mlp():
    params = {
        "layers": [Dense(normal(1, 5, 7), normal(2, 7)), Dense(normal(3, 7, 6), normal(4, 6))],
        "scale": jnp.ones(6),
    }
    out = Dense(normal(5, 6, 3), normal(6, 3))

    def forward(params, out, x):
        for layer in params["layers"]:
            x = jax.nn.gelu(x @ layer.weight + layer.bias)
        x = (x - x.mean(-1, keepdims=True)) / jnp.sqrt(x.var(-1, keepdims=True) + 1e-6) * params["scale"]
        return jax.nn.log_softmax(x @ out.weight + out.bias)

    return forward, (params, out, normal(7, 4, 5))


@jax.tree_util.register_pytree_with_keys_class
class Linear:
    """A layer that is a pytree, as Equinox's are."""

    def __init__(self, weight, bias):
        self.weight, self.bias = weight, bias

    def tree_flatten_with_keys(self):
        key = jax.tree_util.GetAttrKey
        return [(key("weight"), self.weight), (key("bias"), self.bias)], None

    @classmethod
    def tree_unflatten(cls, _, children):
        return cls(*children)

    def __call__(self, x):
        return self.weight @ x + self.bias


@jax.tree_util.register_pytree_with_keys_class
class Net:
    """A model of layers and a function, called with one example at a time."""

    def __init__(self, layers, activation):
        self.layers, self.activation = layers, activation

    def tree_flatten_with_keys(self):
        return [(jax.tree_util.GetAttrKey("layers"), self.layers)], self.activation

    @classmethod
    def tree_unflatten(cls, activation, children):
        return cls(children[0], activation)

    def __call__(self, x):
        return jax.vmap(self.one)(x)

    def one(self, x):
        for layer in self.layers[:-1]:
            x = self.activation(layer(x))
        return self.layers[-1](x)


def module():
    sizes = (4, 6, 5, 2)
    layers = [Linear(normal(i, m, n), normal(9 + i, m)) for i, (n, m) in enumerate(zip(sizes, sizes[1:]))]
    return Net(layers, jax.nn.silu), (normal(8, 3, 4),)


def rnn():
    params = {"w": normal(1, 6, 6) / 3, "u": normal(2, 3, 6), "b": normal(3, 6), "out": normal(4, 6, 2)}

    def step(params, h, x):
        h = jnp.tanh(h @ params["w"] + x @ params["u"] + params["b"])
        return h, h @ params["out"]

    @jax.jit
    def forward(params, xs):
        last, ys = lax.scan(partial(step, params), jnp.zeros((2, 6)), xs)
        _, back = lax.scan(partial(step, params), last, xs, reverse=True)
        return {"ys": ys, "back": back, "last": last}

    return forward, (params, normal(5, 7, 2, 3))


def newton():
    def residual(x, a):
        return x**3 - a

    def root(a):
        """The cube root, by Newton's method, until a step is small."""

        def going(state):
            x, before, count = state
            return (jnp.abs(x - before) > 1e-9) & (count < 50)

        def step(state):
            x, _, count = state
            return x - residual(x, a) / jax.grad(residual)(x, a), x, count + 1

        x, _, count = lax.while_loop(going, step, (a, jnp.inf, 0))
        return x, count

    return root, (jnp.asarray(7.0),)


def ode():
    params = {"w1": normal(1, 2, 8), "b1": normal(2, 8), "w2": normal(3, 8, 2) / 4}

    def field(params, t, y):
        return jnp.tanh((y**3) @ params["w1"] + params["b1"] * (1 + 0.1 * t)) @ params["w2"]

    def rk4(params, y0, dt):
        def body(i, y):
            t = i * dt
            k1 = field(params, t, y)
            k2 = field(params, t + dt / 2, y + dt / 2 * k1)
            k3 = field(params, t + dt / 2, y + dt / 2 * k2)
            k4 = field(params, t + dt, y + dt * k3)
            return y + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)

        return lax.fori_loop(0, 10, body, y0)

    return rk4, (params, normal(4, 3, 2), 0.1)


def attention():
    width, heads = 8, 2
    params = {name: normal(i, width, width) / 3 for i, name in enumerate(("query", "key", "value", "out"))}
    embedding = normal(9, 11, width)

    @jax.checkpoint
    def attend(params, x):
        length = x.shape[1]
        query, key, value = ((x @ params[name]).reshape(*x.shape[:2], heads, -1) for name in ("query", "key", "value"))
        scores = jnp.einsum("bqhd,bkhd->bhqk", query, key) / jnp.sqrt(query.shape[-1])
        causal = jnp.tril(jnp.ones((length, length), bool))
        shares = jax.nn.softmax(jnp.where(causal, scores, -jnp.inf))
        return jnp.einsum("bhqk,bkhd->bqhd", shares, value).reshape(x.shape) @ params["out"]

    def loss(params, embedding, tokens):
        x = embedding[tokens]
        with jax.named_scope("block"):
            x = x + attend(params, x)
        logits = x @ embedding.T
        taken = jnp.take_along_axis(jax.nn.log_softmax(logits[:, :-1]), tokens[:, 1:, None], -1)
        return -taken.mean()

    return loss, (params, embedding, jnp.asarray([[1, 4, 4, 0, 9], [3, 3, 10, 2, 5]]))


@jax.custom_vjp
def fixed_point(weight, b):
    """x = tanh(W x + b), whose derivative comes from the equation and not from the loop."""
    return lax.fori_loop(0, 60, lambda _, x: jnp.tanh(weight @ x + b), jnp.zeros_like(b))


def _fixed_forward(weight, b):
    x = fixed_point(weight, b)
    return x, (weight, b, x)


def _fixed_backward(held, g):
    weight, b, x = held
    _, back = jax.vjp(lambda w, b, x: jnp.tanh(w @ x + b), weight, b, x)
    sent = lax.fori_loop(0, 60, lambda _, u: g + back(u)[2], g)
    return back(sent)[:2]


fixed_point.defvjp(_fixed_forward, _fixed_backward)


@jax.custom_jvp
def log1pexp(x):
    return jnp.log(1.0 + jnp.exp(x))


@log1pexp.defjvp
def _log1pexp_jvp(primals, tangents):
    (x,), (t,) = primals, tangents
    return log1pexp(x), (1 - 1 / (1 + jnp.exp(x))) * t


def custom_vjp():
    def loss(weight, b):
        x = fixed_point(0.3 * weight, b)
        return jnp.sum(log1pexp(x * 2)), x

    return loss, (normal(1, 4, 4) / 2, normal(2, 4))


def convolutional():
    params = {"first": normal(1, 3, 3, 2, 4) / 4, "depth": normal(2, 3, 3, 1, 4) / 3, "out": normal(3, 4, 3)}
    names = ("NHWC", "HWIO", "NHWC")

    def forward(params, x):
        x = lax.conv_general_dilated(x, params["first"], (1, 1), "SAME", dimension_numbers=names)
        x = jax.nn.relu(x)
        x = lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
        x = lax.conv_general_dilated(
            x,
            params["depth"],
            (1, 1),
            ((2, 2), (2, 2)),
            rhs_dilation=(2, 2),
            dimension_numbers=names,
            feature_group_count=4,
        )
        x = lax.reduce_window(jax.nn.elu(x), 0.0, lax.add, (1, 3, 3, 1), (1, 1, 1, 1), "SAME") / 9
        up = lax.conv_transpose(x, jnp.ones((2, 2, 4, 4)) / 8, (2, 2), "SAME", dimension_numbers=names)
        return up.mean((1, 2)) @ params["out"]

    return forward, (params, normal(4, 2, 6, 6, 2))


def experts():
    gate, weights = normal(1, 5, 4), normal(2, 4, 5, 3)

    def forward(gate, weights, x, edges):
        best, chosen = lax.top_k(x @ gate, 2)
        shares = jax.nn.softmax(best)
        out = jnp.einsum(
            "nk,nki->ni", shares, jax.vmap(lambda i, row: jnp.einsum("kij,i->kj", weights[i], row))(chosen, x)
        )
        gathered = jnp.zeros_like(out).at[edges[0]].add(out[edges[1]])
        ranked = jnp.sort(gathered, 0)[::-1]
        return ranked, jnp.cumsum(ranked, 1), jnp.where(edges[0] > 1, 1.0, 0.0)

    return forward, (gate, weights, normal(3, 6, 5), jnp.asarray([[0, 1, 1, 3, 5], [2, 2, 4, 0, 1]]))


def random():
    def forward(key, w, x):
        first, second = jax.random.split(key)
        noise = jax.random.normal(first, x.shape)
        kept = jax.random.bernoulli(second, 0.7, x.shape)
        return jnp.where(kept, x * w + noise, 0.0) / 0.7

    return forward, (jax.random.PRNGKey(5), normal(1, 4), normal(2, 3, 4))


def branches():
    def forward(x, n):
        def huge(x):
            return jnp.log(x)

        y = lax.cond(x.sum() > 0, lambda x: x**2, lambda x: -x, x)
        z = lax.switch(n, [jnp.sin, jnp.cos, huge], y)
        return lax.dynamic_slice(z, (n,), (2,)) * lax.dynamic_update_slice(y, jnp.ones(1), (n,))[:2]

    return forward, (normal(1, 4) + 1, jnp.asarray(2))


def gaussian():
    """Of a covariance: Cholesky, triangular solves, a determinant, an inverse; and an FFT."""

    def forward(a, x):
        covariance = a @ a.T + jnp.eye(3)
        factor = jnp.linalg.cholesky(covariance)
        white = jax.scipy.linalg.solve_triangular(factor, x, lower=True)
        whole = jnp.linalg.solve(covariance, x)
        spectrum = jnp.abs(jnp.fft.rfft(x)) ** 2
        return (white**2).sum(), jnp.linalg.slogdet(covariance)[1], whole, jnp.linalg.inv(covariance), spectrum

    return forward, (normal(1, 3, 3), normal(2, 3))


MODELS = [
    mlp, module, rnn, newton, ode, attention, custom_vjp, convolutional, experts, random, branches, gaussian,
]  # fmt: skip
