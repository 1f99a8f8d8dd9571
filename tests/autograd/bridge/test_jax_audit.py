"""The audit of functions of JAX: wrong rules of `custom_vjp` and `custom_jvp` are found and named with their lines, right ones not."""

from __future__ import annotations

import pytest

jax = pytest.importorskip("jax")

import jax.numpy as jnp  # noqa: E402

from autograd import bridge  # noqa: E402
from tests.frozen import bridge_jax_backwards as backwards  # noqa: E402

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("double", [False, True])
def test_every_wrong_rule_is_named_and_its_right_twin_is_not(double: bool) -> None:
    with jax.enable_x64(double):
        found = bridge.audit(backwards.every(wrong=True), backwards.inputs())
        right = bridge.audit(backwards.every(wrong=False), backwards.inputs())
    names = [name for name, *_ in (*backwards.REVERSE, *backwards.FORWARD)]
    assert len(names) >= 8
    named = [difference.derivative.partition(",")[0] for difference in found.differences]
    assert list(dict.fromkeys(named)) == names[::-1]
    for difference in found.differences:
        assert difference.line is not None
        assert difference.line.filename == backwards.__file__
        assert "made[-1](c)" in difference.line.text or "function(*taken) for function" in difference.line.text
    assert right, str(right)
    assert right.custom == names


@jax.custom_vjp
def cube(x):
    return x**3


cube.defvjp(lambda x: (cube(x), x), lambda x, g: (2 * g * x**2,))


def roll(params, xs):
    def step(state, x):
        state = cube(params["w"] * state + x)
        return state, state

    last, _ = jax.lax.scan(step, jnp.float32(0.3), xs)
    return jax.lax.while_loop(lambda s: s[0] < 2, lambda s: (s[0] + 1, s[1] * params["w"]), (0, last))[1]


def test_a_rule_within_a_loop_is_named_once_with_its_line() -> None:
    found = bridge.audit(
        lambda p, x: jax.lax.fori_loop(0, 2, lambda _, c: cube(c * p), x).sum(),
        jnp.asarray(0.9),
        jnp.asarray([0.8, 0.7]),
    )
    first = found.first
    assert first is not None and first.line is not None
    assert (len(found.differences), first.told) == (1, "it is 0.666667 times what it should be")
    assert first.derivative.startswith("cube, custom_vjp <lambda> (") and "test_jax_audit.py" in first.derivative
    assert first.line.function == "<lambda>"
    assert "1 more difference at the same lines, of other steps of a loop" in str(found)
    assert found.parameters == {"p": False, "x": False}


def test_what_jax_itself_cannot_turn_round_is_no_reason_to_stop() -> None:
    """A while loop has no reverse mode in JAX: its steps are compared all the same."""
    found = bridge.audit(roll, {"w": jnp.float32(0.9)}, jnp.float32([0.2, 0.1]))
    assert [d.line.text for d in found.differences if d.line] == ['state = cube(params["w"] * state + x)']
    assert found.parameters == {}
    assert "JAX cannot differentiate the whole" in str(found)


def test_a_convention_at_a_kink_and_a_gradient_that_stops_are_no_mistakes() -> None:
    def conventions(x):
        return jnp.abs(x) + jnp.maximum(x, 0.0) + jax.nn.relu(x) + jax.lax.stop_gradient(x) + jax.nn.leaky_relu(x)

    assert bridge.audit(conventions, jnp.asarray([0.0, -1.0, 2.0]))


def test_a_rule_that_fails_is_told() -> None:
    @jax.custom_vjp
    def broken(x):
        return jnp.sin(x)

    def back(held, g):
        raise ValueError("not written yet")

    broken.defvjp(lambda x: (jnp.sin(x), None), back)
    found = bridge.audit(lambda x: broken(x) * 2, jnp.ones(2))
    assert found.first is not None
    assert (found.first.what, found.first.told) == ("error", "ValueError: not written yet")


def test_loops_that_vmap_runs_at_once_and_parts_of_one_triangle_agree() -> None:
    grown = jax.vmap(lambda a: jax.lax.while_loop(lambda s: s < 2, lambda s: s * 1.5, a))
    assert bridge.audit(grown, jnp.asarray([0.3, 0.9, 5.0])).differences == []
    matrix = jnp.asarray([[2.0, 0.5], [0.5, 1.0]])
    assert bridge.audit(jnp.linalg.cholesky, matrix)
    assert bridge.audit(jax.vmap(jnp.linalg.solve), jnp.stack([matrix, matrix]), jnp.ones((2, 2)))
