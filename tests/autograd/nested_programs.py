"""Derivatives within derivatives, as HIPS autograd's users write them: this file runs unchanged there and here.

Two programs of Siskind and Pearlmutter (2008, Using polyvariant union-free flow analysis to compile a higher-order functional-
programming language with a first-class derivative operator), by which GradBench compares tools: a saddle point, and a charged
particle that should hit the floor at the origin. Each differentiates by reverse mode (R) or forward mode (F), outside and inside.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import autograd.numpy as np
from autograd import grad, make_jvp

Gradient = Callable[[Callable[[Any], Any]], Callable[[Any], Any]]
Objective = Callable[[Any], Any]

# What they give, in every mode.
PARTICLE, SADDLE = 0.2071918746486116, 8.246324826140356e-06


def forward_gradient(f: Objective) -> Objective:
    """The gradient, one direction after the other."""

    def gradient(x: Any) -> Any:
        along = make_jvp(f)(x)
        return np.array([along(direction)[1] for direction in np.eye(len(x))])

    return gradient


MODES: dict[str, Gradient] = {"R": grad, "F": forward_gradient}


def length(x: Any) -> Any:
    return np.sqrt(np.sum(x * x))


def argmin(f: Objective, x: Any, gradient: Gradient) -> Any:
    """Gradient descent, whose steps grow and shrink."""
    slope = gradient(f)
    fx, gx, step, good = f(x), slope(x), 1e-5, 0
    while length(gx) > 1e-5:
        if good == 10:
            step, good = 2.0 * step, 0
            continue
        new = x - step * gx
        if length(x - new) <= 1e-5:
            break
        f_new = f(new)
        if f_new < fx:
            x, fx, gx, good = new, f_new, slope(new), good + 1
        else:
            step, good = step / 2.0, 0
    return x


def landing(w: Any, gradient: Gradient, dt: float = 0.1) -> Any:
    """The squared distance from the origin at which the particle hits the floor, by where one of the charges is."""
    charges = [np.array([10.0, 10.0 - w]), np.array([10.0, 0.0])]

    def potential(x: Any) -> Any:
        return 1.0 / length(x - charges[0]) + 1.0 / length(x - charges[1])

    x, velocity = np.array([0.0, 8.0]), np.array([0.75, 0.0])
    force = gradient(potential)
    while True:
        new = x + dt * velocity
        if new[1] <= 0.0:
            final = x - x[1] / velocity[1] * velocity
            return final[0] ** 2
        x, velocity = new, velocity - dt * force(x)


def height(x: Any, y: Any) -> Any:
    return np.sum(x * x) - np.sum(y * y)


def ridge(x: Any, gradient: Gradient) -> Any:
    """The greatest height for this `x`."""
    return height(x, argmin(lambda y: -height(x, y), np.ones(2), gradient))


def particle(modes: str) -> float:
    """Where to put the charge."""
    outer, inner = (MODES[mode] for mode in modes)
    return float(argmin(lambda w: landing(w[0], inner), np.zeros(1), outer)[0])


def saddle(modes: str) -> float:
    """The first coordinate of the point that is least along one direction of greatest points along the other."""
    outer, inner = (MODES[mode] for mode in modes)
    return float(argmin(lambda x: ridge(x, inner), np.ones(2), outer)[0])


def particle_step(modes: str, dt: float = 0.1) -> Any:
    """One outer gradient of the particle: several hundred inner ones."""
    outer, inner = (MODES[mode] for mode in modes)
    return outer(lambda w: landing(w[0], inner, dt))(np.array([0.2]))


def saddle_step(modes: str) -> Any:
    """One outer gradient of the saddle."""
    outer, inner = (MODES[mode] for mode in modes)
    return outer(lambda x: ridge(x, inner))(np.ones(2))


NESTED: dict[str, Callable[[], Any]] = {
    f"{name}, {modes}": lambda step=step, modes=modes: step(modes)  # type: ignore[misc]
    for name, step in {"particle": particle_step, "saddle": saddle_step}.items()
    for modes in ("RR", "RF", "FR", "FF")
}


def descent(count: int) -> Callable[[], Any]:
    """A gradient through so many inner gradients, each of which begins with the result of the one before."""
    slope = grad(lambda z: np.sin(z) * z)

    def run(x: Any) -> Any:
        for _ in itertools.repeat(None, count):
            x = x - 0.01 * slope(x)
        return x

    gradient = grad(run)
    return lambda: gradient(1.0)
