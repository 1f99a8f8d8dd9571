"""A cube root by Newton's method in JAX, as `13_other_models.ipynb` steps through it."""

import jax
import jax.numpy as jnp


def root(a):
    def going(state):
        x, before = state
        return jnp.abs(x - before) > 1e-6

    def step(state):
        x, _ = state
        better = x - (x**3 - a) / (3 * x**2)
        return better, x

    x, _ = jax.lax.while_loop(going, step, (a, 0.0))
    return x


example_inputs = (jnp.float32(7.0),)
