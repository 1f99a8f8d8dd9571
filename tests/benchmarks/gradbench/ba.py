"""`ba`: errors of a bundle of cameras, and their sparse Jacobian."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import hstack

import autograd.numpy as anp
from autograd import jacobian
from tests.benchmarks.gradbench.runs import Given, Prepare, Prepared

# Of each camera: rotation, centre, focal length, principal point, distortion.
ROTATION, CENTRE, FOCAL, PRINCIPAL, RADIAL = slice(0, 3), slice(3, 6), slice(6, 7), slice(7, 9), slice(9, 11)


def objective(cams: Any, x: Any, w: Any, observed: np.ndarray, feats: np.ndarray) -> Any:
    """The errors of the projections, two of each observation, and then those of the weights."""
    camera, point = cams[observed[:, 0]], x[observed[:, 1]]
    turned = _rotate(camera[:, ROTATION], point - camera[:, CENTRE])
    flat = turned[:, :2] / turned[:, 2:]
    squares = anp.sum(flat**2, axis=1, keepdims=True)
    radial = camera[:, RADIAL]
    bent = flat * (1.0 + radial[:, :1] * squares + radial[:, 1:] * squares**2)
    projected = bent * camera[:, FOCAL] + camera[:, PRINCIPAL]
    return anp.concatenate([(w[:, None] * (projected - feats)).ravel(), 1.0 - w**2])


def _rotate(axis: Any, x: Any) -> Any:
    """By Rodrigues' formula."""
    angle = anp.sqrt(anp.sum(axis**2, axis=1, keepdims=True))
    unit, c, s = axis / angle, anp.cos(angle), anp.sin(angle)
    along = anp.sum(unit * x, axis=1, keepdims=True)
    return x * c + anp.cross(unit, x) * s + unit * along * (1.0 - c)


def _prepare(function: Any, tell: Any) -> Prepare:
    def prepare(given: Given) -> Prepared:
        n, m, p = given["n"], given["m"], given["p"]
        cams, x = np.tile(given["cam"], (n, 1)), np.tile(given["x"], (m, 1))
        w, feats = np.full(p, float(given["w"])), np.tile(given["feat"], (p, 1))
        observed = np.stack([np.arange(p) % n, np.arange(p) % m], axis=1)
        return Prepared(lambda: function(cams, x, w, observed, feats), tell)

    return prepare


def _tell_errors(out: Any) -> Any:
    errors, p = np.asarray(out), len(out) // 3
    return {
        "reproj_error": {"elements": errors[:2].tolist(), "repeated": p},
        "w_err": {"element": float(errors[2 * p]), "repeated": p},
    }


def _tell_matrix(out: Any) -> Any:
    """The first two rows and the last number, as ADBench stores them: also what is 0 wherever the cameras are."""
    by_cams, by_x, by_w = out
    p, widths = by_w.shape[1], np.cumsum([0, by_cams.shape[1], by_x.shape[1]])
    # The first observation is of the first camera and the first point.
    columns = np.concatenate([np.arange(11), widths[1] + np.arange(3), [widths[2]]])
    values = hstack([by_cams[:2, :11], by_x[:2, :3], by_w[:2, :1]]).toarray()
    ends = np.concatenate([15 * np.arange(2 * p + 1), 30 * p + 1 + np.arange(p)])
    return {
        "rows": [*ends[:30].tolist(), int(ends[-1])],
        "cols": [*columns.tolist(), *columns.tolist(), int(widths[2] + p - 1)],
        "vals": [*values.ravel().tolist(), float(by_w[3 * p - 1, p - 1])],
    }


FUNCTIONS: dict[str, Prepare] = {
    "objective": _prepare(objective, _tell_errors),
    "jacobian": _prepare(jacobian(objective, (0, 1, 2), sparse=True), _tell_matrix),
}
