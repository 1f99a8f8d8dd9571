"""`ht`: errors of a model of a hand beside points that were seen, by its pose and by where on its triangles they lie."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd.numpy as anp
from autograd import jacobian
from tests.benchmarks.gradbench.fingers import number_angles
from tests.benchmarks.gradbench.runs import Given, Prepare, Prepared


def objective(us: Any, theta: Any, data: dict[str, Any]) -> Any:
    """Of each point the difference from its vertex, or from its place (u, v) on a triangle."""
    vertices, chosen = _place_vertices(theta, data["model"]), data["correspondences"]
    if len(us) == 0:
        return (data["points"] - vertices[chosen]).ravel()
    a, b, c = (vertices[corner] for corner in data["model"]["triangles"][chosen].T)
    u, v = us[0::2, None], us[1::2, None]
    return (data["points"] - (u * a + v * b + (1.0 - u - v) * c)).ravel()


def _place_vertices(theta: Any, model: dict[str, Any]) -> Any:
    """The vertices of the skin: what each bone makes of them, weighted, and then turned and moved as a whole."""
    turns = _bend(theta[6:], model["bone_count"])
    relatives = model["base_relatives"] @ turns
    absolutes: list[Any] = []
    for bone, parent in enumerate(model["parents"].tolist()):
        absolutes.append(relatives[bone] if parent < 0 else absolutes[parent] @ relatives[bone])
    transforms = anp.stack(absolutes) @ model["inverse_base_absolutes"]
    blended = anp.einsum("vb,bij,vj->vi", model["weights"], transforms[:, :3], model["base_positions"])
    return blended @ _turn_about(theta[:3]).T + theta[3:6]


def _bend(angles: Any, bones: int) -> Any:
    """A turn for each bone, as a 4 by 4 matrix: about x, and of the first joints about z too."""
    about_x, about_z = number_angles(bones)
    # The last place is an angle of 0.
    whole = anp.concatenate([angles, np.zeros(1)])
    x, z = whole[about_x], whole[about_z]
    (sx, cx), (sz, cz) = ((anp.sin(angle), anp.cos(angle)) for angle in (x, z))
    none, full = np.zeros(bones), np.ones(bones)
    rows = [
        [cz, -sz * cx, sz * sx, none],
        [sz, cz * cx, -cz * sx, none],
        [none, sx, cx, none],
        [none, none, none, full],
    ]
    return anp.moveaxis(anp.stack([anp.stack(row) for row in rows]), 2, 0)


def _turn_about(axis: Any) -> Any:
    """The matrix of a turn about an axis whose length is the angle, by Rodrigues' formula."""
    angle = anp.sqrt(anp.sum(axis**2))
    x, y, z = axis / angle
    none = 0.0 * x
    across = anp.stack([anp.stack([none, -z, y]), anp.stack([z, none, -x]), anp.stack([-y, x, none])])
    return np.eye(3) + anp.sin(angle) * across + (1.0 - anp.cos(angle)) * across @ across


def _read(given: Given) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
    model = dict(given["data"]["model"])
    for name in ("parents", "triangles"):
        model[name] = np.array(model[name], int)
    for name in ("base_relatives", "inverse_base_absolutes", "base_positions", "weights"):
        model[name] = np.array(model[name], float)
    data = {"model": model, "points": np.array(given["data"]["points"], float)}
    data["correspondences"] = np.array(given["data"]["correspondences"], int)
    return np.array(given["us"], float).ravel(), np.array(given["theta"], float), data


def _prepare_objective(given: Given) -> Prepared:
    us, theta, data = _read(given)
    return Prepared(lambda: objective(us, theta, data))


def _prepare_jacobian(given: Given) -> Prepared:
    us, theta, data = _read(given)
    if not len(us):
        dense = jacobian(lambda theta: objective(us, theta, data), sparse=True)
        return Prepared(lambda: dense(theta).toarray())
    both = jacobian(lambda us, theta: objective(us, theta, data), (0, 1), sparse=True)

    def run() -> np.ndarray:
        by_us, by_theta = both(us, theta)
        # Three rows of each point by its own two numbers.
        return np.hstack([by_us.data.reshape(-1, 2), by_theta.toarray()])

    return Prepared(run)


FUNCTIONS: dict[str, Prepare] = {"objective": _prepare_objective, "jacobian": _prepare_jacobian}
