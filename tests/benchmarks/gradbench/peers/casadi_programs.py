"""The evals in CasADi, where an expression graph suits them: scalar graphs (SX) mapped or folded, and matrices (MX)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import casadi as ca
import numpy as np

from tests.benchmarks.gradbench import inputs
from tests.benchmarks.gradbench.minors import expand

Run = tuple[Callable[[], Any], Callable[[Any], np.ndarray]]


def _flat(out: Any) -> np.ndarray:
    return np.concatenate([np.ravel(np.asarray(part), "F") for part in (out if isinstance(out, tuple) else (out,))])


def _gradient(expression: Any, x: Any, at: np.ndarray) -> Run:
    function = ca.Function("gradient", [x], [ca.gradient(expression, x)])
    return lambda: function(at), _flat


def hello(given: Any) -> Run:
    x = ca.SX.sym("x")
    return _gradient(x * x, x, given["x"])


def lse(given: Any) -> Run:
    x = ca.MX.sym("x", len(given["x"]))
    return _gradient(ca.logsumexp(x), x, given["x"])


def llsq(given: Any) -> Run:
    x, n = ca.MX.sym("x", len(given["x"])), given["n"]
    t = -1.0 + np.arange(n) * 2.0 / (n - 1)
    powers, signs = ca.DM(np.vander(t, len(given["x"]), increasing=True)), ca.DM(np.sign(t))
    return _gradient(0.5 * ca.sumsqr(signs - powers @ x), x, given["x"])


def ode(given: Any) -> Run:
    steps, size = given["s"], len(given["x"])
    x, y, h = ca.SX.sym("x", size), ca.SX.sym("y", size), 2.0 / given["s"]
    slope = lambda y: x * ca.vertcat(1.0, y[:-1])
    k1 = slope(y)
    k2 = slope(y + 0.5 * h * k1)
    k3 = slope(y + 0.5 * h * k2)
    k4 = slope(y + h * k3)
    step = ca.Function("step", [y, x], [y + h * (k1 + 2.0 * k2 + 2.0 * k3 + k4) / 6.0])
    whole = ca.MX.sym("x", size)
    last = step.mapaccum(steps)(np.zeros(size), ca.repmat(whole, 1, steps))[-1, -1]
    return _gradient(last, whole, given["x"])


def det(given: Any) -> Run:
    size = given["ell"]
    a = ca.SX.sym("a", size * size)

    return _gradient(expand(a, size, 0, range(size)), a, given["A"])


def ba(given: Any) -> Run:
    read = inputs.read_ba(given)
    camera, point = read["observed"].T
    cam, x, w, feat = (ca.SX.sym(name, size) for name, size in (("cam", 11), ("x", 3), ("w", 1), ("feat", 2)))
    angle = ca.sqrt(ca.sumsqr(cam[:3]))
    unit, c, s, moved = cam[:3] / angle, ca.cos(angle), ca.sin(angle), x - cam[3:6]
    turned = moved * c + ca.cross(unit, moved) * s + unit * ca.dot(unit, moved) * (1.0 - c)
    flat = turned[:2] / turned[2]
    squares = ca.sumsqr(flat)
    bent = flat * (1.0 + cam[9] * squares + cam[10] * squares**2)
    error = w * (bent * cam[6] + cam[7:9] - feat)
    block = ca.densify(ca.jacobian(error, ca.vertcat(cam, x, w)))
    blocks = ca.Function("block", [cam, x, w, feat], [block]).map(len(camera), "serial")

    def run() -> tuple[Any, Any]:
        found = blocks(read["cams"][camera].T, read["x"][point].T, read["w"][None], read["feats"].T)
        return found, -2.0 * read["w"]

    def tell(out: Any) -> np.ndarray:
        errors = out[0].full().reshape(2, -1, 15).transpose(1, 0, 2)
        return inputs.tell_ba(errors, out[1], given)

    return run, tell


PROGRAMS = {f.__name__: f for f in (hello, lse, llsq, ode, det, ba)}
