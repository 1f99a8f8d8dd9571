"""Minimisation without gradients: SciPy's methods, and particle swarm optimisation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from autograd import no_grad
from autograd.errors import MissingDependencyError
from autograd.extras import pip_install
from autograd.graph.node import raw

METHODS = ("simulated_annealing", "genetic", "nelder_mead", "particle_swarm")


@dataclass(frozen=True)
class Minimum:
    """The minimum that a search found.

    Attributes
    ----------
    x : array
    value : float
        The function there.
    evaluations : int

    Examples
    --------
    >>> import optim
    >>> found = optim.minimize(lambda x: (x[0] - 1.0) ** 2, [(-5.0, 5.0)], 'nelder_mead')
    >>> found.x.round(3).tolist(), found.evaluations > 0
    ([1.0], True)
    """

    x: np.ndarray
    value: float
    evaluations: int


def minimize(
    function: Callable[[np.ndarray], Any],
    bounds: Sequence[tuple[float, float]],
    method: Literal["simulated_annealing", "genetic", "nelder_mead", "particle_swarm"] = "simulated_annealing",
    *,
    start: Any = None,
    iterations: int = 1000,
    seed: int = 0,
    **options: Any,
) -> Minimum:
    """Search for the least value of a function, by values alone.

    Parameters
    ----------
    function : callable
        Of a 1-d array; its result may be a tensor.
    bounds : sequence of (float, float)
        The range of each number.
    method : {"simulated_annealing", "genetic", "nelder_mead", "particle_swarm"}
        SciPy's `dual_annealing`, `differential_evolution`, `minimize(method="Nelder-Mead")`, or `particle_swarm` here.
    start : array_like, optional
        Where to begin; the middle of the bounds for Nelder-Mead.
    iterations : int
        The most.
    seed : int
    **options
        Of the method.

    Raises
    ------
    ValueError
        For another method, or bounds that are none.
    MissingDependencyError
        Where SciPy is not installed; particle swarm does without.

    Examples
    --------
    >>> found = minimize(lambda x: (x[0] - 1) ** 2 + abs(x[1]), [(-5, 5), (-5, 5)], "particle_swarm", iterations=200)
    >>> abs(found.x).round(6).tolist(), round(found.value, 6)
    ([1.0, 0.0], 0.0)
    """
    limits = _limits("minimize", bounds)
    if iterations < 1:
        raise ValueError(f"minimize: iterations must be at least 1, got {iterations}")

    def value(x: np.ndarray) -> float:
        with no_grad():
            result = function(np.asarray(x))
        if np.size(raw(result)) != 1:
            raise ValueError(f"minimize: the function must return one number, got shape {np.shape(raw(result))}")
        return float(np.ravel(raw(result))[0])

    if method == "particle_swarm":
        return particle_swarm(value, limits, start=start, iterations=iterations, seed=seed, **options)
    if method not in METHODS:
        raise ValueError(f"minimize: method must be one of {', '.join(METHODS)}, got {method!r}")
    try:
        from scipy import optimize
    except ImportError:
        raise MissingDependencyError(f"{method} needs SciPy: {pip_install('train')}") from None
    pairs = [tuple(pair) for pair in limits.tolist()]
    if method == "simulated_annealing":
        found = optimize.dual_annealing(value, pairs, maxiter=iterations, rng=seed, x0=start, **options)
    elif method == "genetic":
        found = optimize.differential_evolution(value, pairs, maxiter=iterations, rng=seed, x0=start, **options)
    else:
        first = limits.mean(axis=1) if start is None else np.asarray(start, dtype=np.float64)
        settings = {"maxiter": iterations, "xatol": 1e-10, "fatol": 1e-10, **options}
        found = optimize.minimize(value, first, method="Nelder-Mead", bounds=pairs, options=settings)
    return Minimum(np.asarray(found.x), float(found.fun), int(found.nfev))


def particle_swarm(
    function: Callable[[np.ndarray], float],
    bounds: Any,
    *,
    start: Any = None,
    iterations: int = 1000,
    seed: int = 0,
    particles: int = 40,
    inertia: float = 0.7298,
    own: float = 1.49618,
    social: float = 1.49618,
) -> Minimum:
    """Particles that are drawn to the best place each has seen, and to the best that any has (Kennedy and Eberhart 1995).

    Parameters
    ----------
    function, bounds, start, iterations, seed
        As for `minimize`.
    particles : int
    inertia, own, social : float
        The shares of the velocity, and of the pull to either place; by default Clerc and Kennedy's constriction (2002).

    Examples
    --------
    >>> import optim
    >>> found = optim.particle_swarm(lambda x: ((x - 1.0) ** 2).sum(), [(-5.0, 5.0)] * 2, iterations=100)
    >>> found.x.round(3).tolist()
    [1.0, 1.0]
    """
    limits = _limits("particle_swarm", bounds)
    if particles < 1:
        raise ValueError(f"particle_swarm: particles must be at least 1, got {particles}")
    rng = np.random.default_rng(seed)
    low, high = limits.T
    places = rng.uniform(low, high, (particles, len(limits)))
    if start is not None:
        if np.shape(start) != low.shape:
            raise ValueError(f"particle_swarm: start has shape {np.shape(start)}, the bounds are {len(low)} pairs")
        places[0] = np.clip(start, low, high)
    speeds = rng.uniform(-1.0, 1.0, places.shape) * (high - low) / 2.0
    best, values = places.copy(), np.array([function(x) for x in places])
    evaluations = particles
    for _ in range(iterations):
        leader = best[np.argmin(values)]
        pull = own * rng.random(places.shape) * (best - places) + social * rng.random(places.shape) * (leader - places)
        speeds = inertia * speeds + pull
        places = places + speeds
        outside = (places < low) | (places > high)
        places, speeds = np.clip(places, low, high), np.where(outside, 0.0, speeds)
        now = np.array([function(x) for x in places])
        evaluations += particles
        better = now < values
        best[better], values[better] = places[better], now[better]
        if np.ptp(values) == 0.0 and not speeds.any():
            break
    k = int(np.argmin(values))
    return Minimum(best[k].copy(), float(values[k]), evaluations)


def _limits(name: str, bounds: Any) -> np.ndarray:
    limits = np.asarray(bounds, dtype=np.float64)
    if limits.ndim != 2 or limits.shape[1] != 2 or not (limits[:, 0] < limits[:, 1]).all() or np.isinf(limits).any():
        raise ValueError(f"{name}: bounds must be finite pairs (low, high) with low < high, got {bounds!r}")
    return limits
