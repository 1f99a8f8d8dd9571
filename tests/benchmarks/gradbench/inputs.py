"""What the evals are given, made from seeds: the sizes are among those that GradBench asks for.

This file stands alone: it is loaded by processes that may import another `autograd`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Given = dict[str, Any]


def _rng() -> np.random.Generator:
    return np.random.default_rng(0)


def _kmeans() -> Given:
    rng = _rng()
    points = rng.normal(size=(10_000, 3))
    return {"points": points, "centroids": points[:100] + 0.01 * rng.normal(size=(100, 3))}


def _gmm() -> Given:
    rng, (n, d, k) = _rng(), (1000, 10, 25)
    return {
        "d": d, "k": k, "n": n, "m": 0, "gamma": 1.0,
        "alpha": rng.normal(size=k), "mu": rng.random((k, d)), "q": rng.normal(size=(k, d)),
        "l": rng.normal(size=(k, d * (d - 1) // 2)), "x": rng.normal(size=(n, d)),
    }  # fmt: skip


def _lstm() -> Given:
    rng, (layers, width, steps) = _rng(), (2, 14, 256)
    return {
        "main_params": rng.normal(size=(2 * layers, 4 * width)),
        "extra_params": rng.normal(size=(3, width)),
        "state": rng.normal(size=(2 * layers, width)),
        "sequence": np.eye(width)[rng.integers(0, width, steps)],
    }


def _ba() -> Given:
    rng = _rng()
    camera = np.array([0.01, 0.02, -0.01, 0.1, -0.2, -5.0, 500.0, 320.0, 240.0, 1e-2, 1e-3]) * rng.uniform(0.5, 1.5, 11)
    return {"n": 49, "m": 7776, "p": 31843, "cam": camera, "x": rng.random(3), "w": 0.7, "feat": rng.normal(size=2)}


def _ht() -> Given:
    """A hand of 22 bones that was made up, with GradBench's numbers of vertices and triangles."""
    rng, (bones, vertices, triangles, points) = _rng(), (22, 544, 1084, 1000)
    frames = np.tile(np.eye(4), (bones, 1, 1))
    frames[:, :3] += 0.1 * rng.normal(size=(bones, 3, 4))
    weights = rng.random((vertices, bones))
    model = {
        "bone_count": bones, "parents": [-1, *(0 if bone % 4 == 1 else bone - 1 for bone in range(1, bones))],
        "base_relatives": frames, "inverse_base_absolutes": frames[::-1],
        "base_positions": np.c_[rng.normal(size=(vertices, 3)), np.ones(vertices)],
        "weights": weights / weights.sum(axis=1, keepdims=True),
        "triangles": np.array([rng.choice(vertices, 3, replace=False) for _ in range(triangles)]), "is_mirrored": False,
    }  # fmt: skip
    data = {
        "model": model,
        "correspondences": rng.integers(0, triangles, points),
        "points": rng.normal(size=(points, 3)),
    }
    return {"theta": rng.normal(size=26), "data": data, "us": rng.random(2 * points)}


# Of each row of the table its eval, and its input.
INPUTS: dict[str, tuple[str, Callable[[], Given]]] = {
    "hello": ("hello", lambda: {"x": 3.0}),
    "lse, 160,000 numbers": ("lse", lambda: {"x": _rng().normal(size=160_000)}),
    "llsq, 4,096 × 128": ("llsq", lambda: {"x": _rng().normal(size=128), "n": 4096}),
    "kmeans, 10,000 points, 100 centres": ("kmeans", _kmeans),
    "gmm, 1,000 points, 10 axes, 25 parts": ("gmm", _gmm),
    # Of so few all have derivatives; of the others the last number is still 0 in the end, and all agree on that.
    "ode, 20 numbers, 100 steps": ("ode", lambda: {"x": 0.5 + _rng().random(20), "s": 100}),
    "ode, 1,000 numbers, 100 steps": ("ode", lambda: {"x": 0.5 * _rng().random(1_000), "s": 100}),
    "ode, 10,000 numbers, 100 steps": ("ode", lambda: {"x": 0.5 * _rng().random(10_000), "s": 100}),
    "det, 6 × 6 by minors": ("det", lambda: {"A": _rng().normal(size=36), "ell": 6}),
    "lstm, 2 layers of 14, 256 steps": ("lstm", _lstm),
    "ba, 49 cameras, 31,843 observations": ("ba", _ba),
    "ht, 1,000 points on triangles": ("ht", _ht),
    "particle, an outer gradient": ("particle", lambda: {"w": np.array([0.2])}),
    "saddle, an outer gradient": ("saddle", lambda: {"start": np.ones(2)}),
}


def read_ba(given: Given) -> dict[str, np.ndarray]:
    """Cameras, points, weights, features, and of each observation the numbers of its camera and its point."""
    n, m, p = given["n"], given["m"], given["p"]
    return {
        "cams": np.tile(given["cam"], (n, 1)),
        "x": np.tile(given["x"], (m, 1)),
        "w": np.full(p, float(given["w"])),
        "feats": np.tile(given["feat"], (p, 1)),
        "observed": np.stack([np.arange(p) % n, np.arange(p) % m], axis=1),
    }


def tell_ba(errors: np.ndarray, by_weights: np.ndarray, given: Given) -> np.ndarray:
    """What the Jacobian makes of a direction, by its blocks: of each observation two errors by 15 numbers, and one by its weight."""
    read, rng = read_ba(given), _rng()
    cams, x, w = (rng.normal(size=read[name].shape) for name in ("cams", "x", "w"))
    camera, point = read["observed"].T
    along = np.concatenate([cams[camera], x[point], w[:, None]], axis=1)
    return np.concatenate([np.einsum("pij,pj->pi", errors, along).ravel(), by_weights * w])


def direction_of_ba(given: Given) -> list[np.ndarray]:
    """That direction, by cameras, points and weights."""
    read, rng = read_ba(given), _rng()
    return [rng.normal(size=read[name].shape).ravel() for name in ("cams", "x", "w")]
