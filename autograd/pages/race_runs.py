"""The race as Python runs it: each optimizer of `optim` from the same start, and the points that it visits."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.engine.tensor import Tensor
from autograd.engine.value import Value
from autograd.pages.errors import PageError
from autograd.pages.surfaces import Surface
from autograd.wording.suggestion import quote, suggest
from optim import LBFGS, Adafactor, Muon, Newton, registry

# Those of the registry, and others as a race steps them: an iteration of L-BFGS at a time, with a search along its line.
KINDS: dict[str, tuple[type[Any], dict[str, Any]]] = {
    **registry.OPTIMIZERS,
    # Numbers that can be changed, in the places of None.
    "adafactor": (Adafactor, {"eps": (float(np.finfo(np.float64).eps), 1e-3)}),
    "muon": (Muon, {}),
    "lbfgs": (LBFGS, {"max_iter": 1, "max_eval": 25, "line_search_fn": "strong_wolfe"}),
    "newton": (Newton, {"max_cg": 2}),
}
# Titles, in the order of the menu.
TITLES = {
    "sgd": "SGD",
    "momentum": "Momentum",
    "nesterov": "Nesterov",
    "adagrad": "AdaGrad",
    "adadelta": "AdaDelta",
    "rmsprop": "RMSProp",
    "adam": "Adam",
    "adamw": "AdamW",
    "amsgrad": "AMSGrad",
    "adamax": "Adamax",
    "nadam": "NAdam",
    "radam": "RAdam",
    "rprop": "Rprop",
    "lion": "Lion",
    "ftrl": "FTRL",
    "asgd": "ASGD",
    "adafactor": "Adafactor",
    "muon": "Muon",
    "lbfgs": "L-BFGS",
    "newton": "Newton",
}
# What `optim` has beside them, and why it does not race.
ABSENT = {
    "minimize": "searches between bounds by values alone, with steps of its own",
    "particle_swarm": "moves many points, by random numbers",
    "Averaged": "averages what another optimizer does",
}
MOST_STEPS, MOST_RACERS = 2000, 16


@dataclass(frozen=True)
class Racer:
    """An optimizer that takes part.

    Attributes
    ----------
    name : str
        Of the menu, such as "adam".
    options : dict
        All that its class is given.
    """

    name: str
    options: dict[str, Any]

    @property
    def title(self) -> str:
        """How people write it."""
        return TITLES[self.name]

    @property
    def kind(self) -> type[Any]:
        """Its class."""
        return KINDS[self.name][0]


@dataclass(frozen=True)
class Run:
    """Where an optimizer went.

    Attributes
    ----------
    racer : Racer
    points : array of (steps + 1, variables)
        From the start on; it ends early where the next point is not finite.
    heights : array of (steps + 1,)
    gradients : array of (steps, variables)
        What each step was taken by.
    """

    racer: Racer
    points: np.ndarray
    heights: np.ndarray
    gradients: np.ndarray


def make_racers(surface: Surface, chosen: Sequence[str] | Mapping[str, Any] | None) -> list[Racer]:
    """The optimizers that take part, with the surface's options where they are not given.

    Parameters
    ----------
    surface : Surface
    chosen : sequence of str, or mapping of str to float, mapping or None; optional
        Names of the registry; as a mapping, each with its rate, or with its options.

    Raises
    ------
    PageError
        For an optimizer that there is not, or that does not race, and for options that it refuses.
    """
    if chosen is None:
        chosen = list(surface.rates)
    if isinstance(chosen, str):
        chosen = [chosen]
    given = chosen if isinstance(chosen, Mapping) else dict.fromkeys(chosen)
    if not given or len(given) > MOST_RACERS:
        raise PageError(f"a race has 1 to {MOST_RACERS} optimizers, not {len(given)}")
    return [_make_racer(surface, name, options) for name, options in given.items()]


def _make_racer(surface: Surface, given: str, options: Any) -> Racer:
    name = str(given).strip().lower()
    if name not in TITLES:
        raise PageError(f"there is no optimizer {quote(str(given))} in a race{suggest(name, TITLES)}")
    if options is None:
        options = {}
    elif not isinstance(options, Mapping):
        options = {"lr": options}
    usual = KINDS[name][1]
    racer = Racer(name, {**usual, **surface.rates.get(name, {}), **options})
    try:
        _start_optimizer(racer, [0.0])
    except (TypeError, ValueError) as error:
        raise PageError(f"{racer.title}: {error}") from None
    return racer


def race_one(surface: Surface, racer: Racer, start: Sequence[float], steps: int) -> Run:
    """The points that one optimizer visits.

    Examples
    --------
    >>> from autograd.pages.surfaces import find_surface
    >>> valley = find_surface("quadratic")
    >>> run = race_one(valley, Racer("sgd", {"lr": 0.95}), valley.start, 20)
    >>> run.points[-1].round(9).tolist()
    [-0.103466181, 0.243153309]
    """
    p, optimizer = _start_optimizer(racer, start)
    ahead = racer.options.get("nesterov") == "lookahead"
    points, heights, gradients = [_place(p)], [_height(surface, _place(p))], []
    with np.errstate(all="ignore"):
        for _ in range(steps):
            with optimizer.lookahead() if ahead else nullcontext():
                g = _gradient(surface, _place(p))
            if not np.isfinite(g).all():
                break
            _step(surface, p, optimizer, g)
            if not all(map(math.isfinite, _place(p))):
                break
            gradients.append(g)
            points.append(_place(p))
            heights.append(_height(surface, points[-1]))
    return Run(racer, np.array(points), np.array(heights), np.array(gradients).reshape(-1, len(start)))


def _start_optimizer(racer: Racer, start: Sequence[float]) -> tuple[Tensor, Any]:
    # Muon moves matrices: its point is one of one row.
    p = Tensor(np.array([start] if racer.kind is Muon else start, np.float64), requires_grad=True)
    return p, racer.kind([p], **racer.options)


def _place(p: Tensor) -> list[float]:
    return [float(x) for x in p.numpy().ravel()] if p.ndim > 1 else p.tolist()


def _step(surface: Surface, p: Tensor, optimizer: Any, g: np.ndarray) -> None:
    """One step, by what the optimizer asks for: the gradient here, a closure that computes it elsewhere, or the function."""

    def closure() -> float:
        p.grad = _gradient(surface, _place(p))
        return _height(surface, _place(p))

    if isinstance(optimizer, LBFGS):
        optimizer.step(closure)
    elif isinstance(optimizer, Newton):
        optimizer.step(lambda x: surface.function(*(x[k] for k in range(len(g)))))
    else:
        p.grad = g.reshape(p.shape)
        optimizer.step()


def _gradient(surface: Surface, point: Sequence[float]) -> np.ndarray:
    # Few numbers are faster one by one than as arrays.
    leaves = [Value(x) for x in point]
    z = surface.function(*leaves)
    if z.requires_grad:
        z.backward()
    return np.array([leaf.grad for leaf in leaves])


def _height(surface: Surface, point: Sequence[float]) -> float:
    with np.errstate(all="ignore"):
        return float(surface.function(*point))


def check_start(surface: Surface, start: Sequence[float] | None) -> tuple[float, ...]:
    """The start as numbers.

    Raises
    ------
    PageError
        Where it is not as many finite numbers as the surface has variables.
    """
    if start is None:
        return surface.start
    try:
        found = tuple(map(float, start))
    except (TypeError, ValueError):
        found = ()
    if len(found) != len(surface.start) or not all(map(math.isfinite, found)):
        meant = "one finite number, x" if surface.is_curve else "two finite numbers, x and y"
        raise PageError(f"the start is {meant}, not {quote(str(start))}")
    return found


def check_steps(surface: Surface, steps: int | None) -> int:
    """How many steps are taken.

    Raises
    ------
    PageError
        Where it is not a whole number from 1 to `MOST_STEPS`.
    """
    if steps is None:
        return surface.steps
    if isinstance(steps, bool) or not isinstance(steps, int) or not 1 <= steps <= MOST_STEPS:
        raise PageError(f"a race has 1 to {MOST_STEPS} steps, not {steps!r}")
    return steps
