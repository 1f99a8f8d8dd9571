"""Searches that need values alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import optim
from optim.gradient_free import METHODS


@pytest.mark.parametrize("method", METHODS)
def test_searches_find_the_least_of_many_minima(method: Any) -> None:
    pytest.importorskip("scipy")

    def rastrigin(x: np.ndarray) -> Any:
        return 20 + np.sum(x**2 - 10 * np.cos(2 * np.pi * x))

    start = [0.3, -0.2] if method == "nelder_mead" else None
    found = optim.minimize(rastrigin, [(-5, 5), (-5, 5)], method, start=start, iterations=300)
    np.testing.assert_allclose(found.x, [0.0, 0.0], atol=1e-4)
    assert found.value == pytest.approx(0.0, abs=1e-6)
    again = optim.minimize(rastrigin, [(-5, 5), (-5, 5)], method, start=start, iterations=300)
    np.testing.assert_array_equal(found.x, again.x)
    assert found.evaluations > 10


def test_errors() -> None:
    for bounds, method, message in (
        ([(1, 0)], "particle_swarm", "low < high"),
        ([(0, 1)], "luck", "method must be one of"),
    ):
        with pytest.raises(ValueError, match=message):
            optim.minimize(np.sum, bounds, method)  # type: ignore[arg-type]


@pytest.mark.parametrize("method", ["nelder_mead", "particle_swarm"])
def test_an_answer_that_is_no_better_replaces_none(method: str) -> None:
    start = [0.25, -0.5]
    found = optim.minimize(lambda x: 1.0, [(-1, 1), (-1, 1)], method, start=start, iterations=20)
    assert (found.value, found.x.tolist()) == (1.0, start)


def test_a_particle_alone_goes_on_as_it_began_and_not_beyond_the_bounds() -> None:
    asked: list[np.ndarray] = []

    def flat(x: np.ndarray) -> float:
        asked.append(x.copy())
        return 1.0

    low, high = np.array([-1.0, 0.0]), np.array([3.0, 10.0])
    for seed in range(5):
        asked.clear()
        bounds = list(zip(low, high, strict=True))
        optim.particle_swarm(flat, bounds, particles=1, iterations=1, inertia=0.75, seed=seed)
        rng = np.random.default_rng(seed)
        first, speed = rng.uniform(low, high), rng.uniform(-1.0, 1.0, 2) * (high - low) / 2.0
        np.testing.assert_allclose(asked, [first, np.clip(first + 0.75 * speed, low, high)], rtol=1e-12)
