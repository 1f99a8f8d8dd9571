"""The evals in JAX: jitted, loops by `scan` and `while_loop`, batches by `vmap`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import logsumexp, multigammaln

from tests.benchmarks.gradbench import inputs
from tests.benchmarks.gradbench.fingers import number_angles
from tests.benchmarks.gradbench.minors import expand

jax.config.update("jax_enable_x64", True)
Run = tuple[Callable[[], Any], Callable[[Any], np.ndarray]]


def _flat(out: Any) -> np.ndarray:
    return np.concatenate([np.ravel(part) for part in jax.tree.leaves(out)])


def _jitted(f: Callable[..., Any], *args: Any) -> Run:
    compiled, given = jax.jit(f), [jnp.asarray(x) for x in args]
    return lambda: jax.block_until_ready(compiled(*given)), _flat


def hello(given: Any) -> Run:
    return _jitted(jax.grad(lambda x: x * x), given["x"])


def lse(given: Any) -> Run:
    return _jitted(jax.grad(logsumexp), given["x"])


def llsq(given: Any) -> Run:
    n = given["n"]
    t = -1.0 + np.arange(n) * 2.0 / (n - 1)
    powers, signs = np.vander(t, len(given["x"]), increasing=True), np.sign(t)
    return _jitted(
        jax.grad(lambda x, powers, signs: 0.5 * jnp.sum((signs - powers @ x) ** 2)), given["x"], powers, signs
    )


def kmeans(given: Any) -> Run:
    def cost(centres: Any, points: Any) -> Any:
        squares = jnp.sum(centres**2, 1) - 2.0 * points @ centres.T
        return jnp.sum(jnp.min(squares, 1)) + jnp.sum(points**2)

    def direction(centres: Any, points: Any) -> Any:
        slope = lambda centres: jax.grad(cost)(centres, points)
        gradient, diagonal = jax.jvp(slope, (centres,), (jnp.ones_like(centres),))
        return gradient / diagonal

    return _jitted(direction, given["centroids"], given["points"])


def gmm(given: Any) -> Run:
    m, gamma, (n, d), k = given["m"], given["gamma"], given["x"].shape, given["k"]
    columns, rows = np.triu_indices(d, 1)
    constant = k * ((d + m + 1) * d * math.log(gamma / math.sqrt(2.0)) - multigammaln(0.5 * (d + m + 1), d))

    def objective(independent: Any, x: Any) -> Any:
        alpha, mu, q, lower = independent
        diagonals, sums = jnp.exp(q), jnp.sum(q, 1)
        factors = jnp.zeros((k, d, d)).at[:, rows, columns].set(lower)
        centred = x[:, None] - mu
        turned = diagonals * centred + jnp.einsum("kij,nkj->nki", factors, centred)
        inner = alpha + sums - 0.5 * jnp.sum(turned**2, 2)
        likelihood = jnp.sum(logsumexp(inner, 1)) - n * (0.5 * d * math.log(2.0 * math.pi) + logsumexp(alpha))
        squares = jnp.sum(diagonals**2) + jnp.sum(lower**2)
        return likelihood + constant - 0.5 * gamma**2 * squares + m * jnp.sum(sums)

    compiled = jax.jit(jax.grad(objective))
    independent, x = [jnp.asarray(given[name]) for name in ("alpha", "mu", "q", "l")], jnp.asarray(given["x"])
    return lambda: jax.block_until_ready(compiled(independent, x)), _flat


def ode(given: Any) -> Run:
    steps = given["s"]

    def last(x: Any) -> Any:
        slope = lambda y: x * jnp.concatenate([jnp.ones(1), y[:-1]])
        h = 2.0 / steps

        def step(y: Any, _: None) -> tuple[Any, None]:
            k1 = slope(y)
            k2 = slope(y + 0.5 * h * k1)
            k3 = slope(y + 0.5 * h * k2)
            k4 = slope(y + h * k3)
            return y + h * (k1 + 2.0 * k2 + 2.0 * k3 + k4) / 6.0, None

        return jax.lax.scan(step, jnp.zeros(len(x)), None, steps)[0][-1]

    return _jitted(jax.grad(last), given["x"])


def det(given: Any) -> Run:
    size = given["ell"]

    return _jitted(jax.grad(lambda a: expand(list(a), size, 0, range(size))), given["A"])


def lstm(given: Any) -> Run:
    layers, width = len(given["state"]) // 2, given["sequence"].shape[1]

    def objective(parameters: Any, state: Any, sequence: Any) -> Any:
        main, extra = parameters

        def step(states: Any, pair: Any) -> tuple[Any, Any]:
            before, after = pair
            x, left = before * extra[0], []
            for layer in range(layers):
                hidden, cell = states[2 * layer], states[2 * layer + 1]
                gates = jnp.concatenate([x, hidden, x, hidden]) * main[2 * layer] + main[2 * layer + 1]
                forget, into, out = jax.nn.sigmoid(gates[: 3 * width]).reshape(3, width)
                cell = cell * forget + into * jnp.tanh(gates[3 * width :])
                x = out * jnp.tanh(cell)
                left += [x, cell]
            predicted = x * extra[1] + extra[2]
            return jnp.stack(left), jnp.sum(after * (predicted - jnp.log(jnp.sum(jnp.exp(predicted)) + 2.0)))

        losses = jax.lax.scan(step, state, (sequence[:-1], sequence[1:]))[1]
        return -jnp.sum(losses) / (width * (len(sequence) - 1))

    compiled = jax.jit(jax.grad(objective))
    main, extra, state, sequence = (
        jnp.asarray(given[name]) for name in ("main_params", "extra_params", "state", "sequence")
    )
    return lambda: jax.block_until_ready(compiled((main, extra), state, sequence)), _flat


def ba(given: Any) -> Run:
    read = {name: jnp.asarray(part) for name, part in inputs.read_ba(given).items()}

    def error(cam: Any, x: Any, w: Any, feat: Any) -> Any:
        axis = cam[:3]
        angle = jnp.sqrt(jnp.sum(axis**2))
        unit, c, s, moved = axis / angle, jnp.cos(angle), jnp.sin(angle), x - cam[3:6]
        turned = moved * c + jnp.cross(unit, moved) * s + unit * jnp.dot(unit, moved) * (1.0 - c)
        flat = turned[:2] / turned[2]
        squares = jnp.sum(flat**2)
        bent = flat * (1.0 + cam[9] * squares + cam[10] * squares**2)
        return w * (bent * cam[6] + cam[7:9] - feat)

    @jax.jit
    def blocks(cams: Any, x: Any, w: Any, feats: Any, observed: Any) -> Any:
        by_cam, by_x, by_w = jax.vmap(jax.jacrev(error, (0, 1, 2)))(cams[observed[:, 0]], x[observed[:, 1]], w, feats)
        return jnp.concatenate([by_cam, by_x, by_w[..., None]], 2), -2.0 * w

    tell = lambda out: inputs.tell_ba(*map(np.asarray, out), given)
    return lambda: jax.block_until_ready(blocks(**read)), tell


def ht(given: Any) -> Run:
    model = given["data"]["model"]
    corners = model["triangles"][given["data"]["correspondences"]].T
    bones, parents = model["bone_count"], model["parents"]
    about_x, about_z = number_angles(bones)

    def vertices(theta: Any) -> Any:
        whole = jnp.concatenate([theta[6:], jnp.zeros(1)])
        x, z = whole[about_x], whole[about_z]
        sx, cx, sz, cz, none, full = jnp.sin(x), jnp.cos(x), jnp.sin(z), jnp.cos(z), jnp.zeros(bones), jnp.ones(bones)
        rows = [
            [cz, -sz * cx, sz * sx, none],
            [sz, cz * cx, -cz * sx, none],
            [none, sx, cx, none],
            [none, none, none, full],
        ]
        turned = model["base_relatives"] @ jnp.stack([jnp.stack(row) for row in rows]).transpose(2, 0, 1)
        absolutes: list[Any] = []
        for bone, parent in enumerate(parents):
            absolutes.append(turned[bone] if parent < 0 else absolutes[parent] @ turned[bone])
        transforms = jnp.stack(absolutes) @ model["inverse_base_absolutes"]
        blended = jnp.einsum("vb,bij,vj->vi", model["weights"], transforms[:, :3], model["base_positions"])
        angle = jnp.sqrt(jnp.sum(theta[:3] ** 2))
        a, b, c = theta[:3] / angle
        across = jnp.array([[0.0, -c, b], [c, 0.0, -a], [-b, a, 0.0]])
        turn = jnp.eye(3) + jnp.sin(angle) * across + (1.0 - jnp.cos(angle)) * across @ across
        return blended @ turn.T + theta[3:6]

    def errors(us: Any, a: Any, b: Any, c: Any, point: Any) -> Any:
        return point - (us[0] * a + us[1] * b + (1.0 - us[0] - us[1]) * c)

    @jax.jit
    def matrix(us: Any, theta: Any, points: Any) -> Any:
        def of_theta(theta: Any) -> Any:
            a, b, c = vertices(theta)[corners]
            return jax.vmap(errors)(us, a, b, c, points).ravel(), (a, b, c)

        by_theta, (a, b, c) = jax.jacfwd(of_theta, has_aux=True)(theta)
        by_us = jax.vmap(jax.jacfwd(errors))(us, a, b, c, points)
        return jnp.concatenate([by_us.reshape(-1, 2), by_theta], 1)

    us, theta, points = (jnp.asarray(x) for x in (given["us"].reshape(-1, 2), given["theta"], given["data"]["points"]))
    return lambda: jax.block_until_ready(matrix(us, theta, points)), _flat


def _length(x: Any) -> Any:
    return jnp.sqrt(jnp.sum(x * x))


def particle(given: Any) -> Run:
    """By forward mode, since `while_loop` has no reverse."""

    def landing(w: Any) -> Any:
        charges = jnp.stack([jnp.stack([jnp.array(10.0), 10.0 - w[0]]), jnp.array([10.0, 0.0])])
        force = jax.jacfwd(lambda x: 1.0 / _length(x - charges[0]) + 1.0 / _length(x - charges[1]))

        def move(state: Any) -> Any:
            x, velocity = state
            return x + 0.1 * velocity, velocity - 0.1 * force(x)

        start = (jnp.array([0.0, 8.0]), jnp.array([0.75, 0.0]))
        x, velocity = jax.lax.while_loop(lambda state: state[0][1] + 0.1 * state[1][1] > 0.0, move, start)
        return (x - x[1] / velocity[1] * velocity)[0] ** 2

    return _jitted(jax.jacfwd(landing), given["w"])


def saddle(given: Any) -> Run:
    """By forward mode, since `while_loop` has no reverse."""

    def height(x: Any, y: Any) -> Any:
        return jnp.sum(x * x) - jnp.sum(y * y)

    def ridge(x: Any) -> Any:
        f = lambda y: -height(x, y)
        slope = jax.jacfwd(f)

        def go(state: Any) -> Any:
            y, fy, gy, step, good, _ = state
            step, good = jnp.where(good == 10, 2.0 * step, step), jnp.where(good == 10, 0, good)
            new = y - step * gy
            done, f_new = _length(y - new) <= 1e-5, f(new)
            better = (f_new < fy) & ~done
            kept = [jnp.where(better, after, before) for after, before in ((new, y), (f_new, fy), (slope(new), gy))]
            return (*kept, jnp.where(better | done, step, step / 2.0), jnp.where(better, good + 1, 0), done)

        y = jnp.ones(2)
        state = (y, f(y), slope(y), jnp.array(1e-5), jnp.array(0), jnp.array(False))
        y = jax.lax.while_loop(lambda state: (_length(state[2]) > 1e-5) & ~state[5], go, state)[0]
        return height(x, y)

    return _jitted(jax.jacfwd(ridge), given["start"])


PROGRAMS = {f.__name__: f for f in (hello, lse, llsq, kmeans, gmm, ode, det, lstm, ba, ht, particle, saddle)}
