"""Judge the derivatives of PyTorch and JAX at edge points: `python -m tests.frozen.edge_points torch|jax [name or kind …]`.

The operations are those of PyTorch's OpInfo that have a derivative (`edge_torch.py`), and the differentiable functions of `jax.numpy`,
`jax.lax`, `jax.nn` and `jax.scipy` (`edge_jax.py`), in double precision. The points are zeros of both signs, ties, ends of domains,
numbers that overflow on the way, and infinities; of matrices those that are singular, or have values that are equal; and of everything
calls at ordinary points, and the same calls with zeros, equal numbers, ties, diagonal matrices, numbers far out, and none at all
(`edge_samples.py`).

The judge is `check_gradients`, which passes kinks, infinite slopes and what it cannot tell; at infinities, where there are no
differences, it is the derivative at ever larger numbers, and where there are no numbers, whether there is a gradient. What none
explains is written to `edge_points_….json` as a suspect, beside the number of points that each function was judged at, and what
refused all of them. A suspect is no fault yet: `notebooks/explanation/upstream.md` says which are conventions.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from autograd.check import check_gradients

HERE = Path(__file__).parent
POINTS = [0.0, -0.0, 0.5, 1.0, -1.0, 2.0, 3.0, 6.0, -3.0, 40.0, -40.0, 1e-9, 1e-160, 710.0, -750.0, 1e160]
INFINITE = [np.inf, -np.inf]
FAR = [1e6, 1e9, 1e12]
STEP, DIRECTIONS = 1e-4, 2
MOST_JUDGED = 2  # calls of a function that the judge looks at whole, since that takes long
MOST_ALONE = 4  # numbers that are moved one by one; of more, where all together do not pass
PAIRS = [(a, b) for a in (0.0, 1.0, -1.0, 0.5) for b in (0.0, 1.0, -1.0, 2.0)]
PAIRS += [(1e-200, 1e-200), (1e200, 1e200), (0.0, 1e-200), (700.0, 700.0), (800.0, -800.0)]
TIED = {
    "ties": [[2.0, 2.0, 1.0], [0.0, 0.0, 0.0]],
    "zeros": [[0.0, 0.0, 3.0], [1.0, 2.0, 4.0]],
    "one": [[3.0]],
    "equal": [[1.5, 1.5, 1.5]],
    "large": [[800.0, -800.0, 799.0]],
}
MATRICES = {
    "zeros": [[0.0, 0.0], [0.0, 0.0]],
    "identity": [[1.0, 0.0], [0.0, 1.0]],
    "equal values": [[2.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 1.0]],
    "rank 1": [[1.0, 2.0], [2.0, 4.0]],
    "rank 2 of 3": [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]],
    "nilpotent": [[0.0, 1.0], [0.0, 0.0]],
    "turn": [[0.0, -1.0], [1.0, 0.0]],
    "definite": [[2.0, 1.0], [1.0, 3.0]],
    "large": [[1e160, 0.0], [0.0, 1e-160]],
}

Found = dict[str, Any]


class Sweep:
    """The suspects of one framework's functions.

    Attributes
    ----------
    framework : module
        `edge_torch` or `edge_jax`.
    points, judged : int
        How many the function at hand was looked at, and how many of these calls took `check_gradients`.
    refusal : str
        The last thing that it refused.
    """

    def __init__(self, framework: Any) -> None:
        self.framework = framework
        self.points, self.judged, self.refusal = 0, 0, ""

    def suspects(self, kind: str, name: str, function: Any) -> Iterator[Found]:
        """What is suspected of a function of a kind."""
        wrap = self.framework.wrap
        if kind == "unary":
            for point in POINTS:
                # One number at a time, so that nothing that overflows hides another.
                yield from self.told(name, function, [wrap([point])], [point])
            for point in INFINITE:
                yield from self.told_at_infinity(name, function, point)
        elif kind == "binary":
            for a, b in PAIRS:
                yield from self.told(name, function, [wrap([a]), wrap([b])], [a, b])
        elif kind == "matrix":
            for what, numbers in MATRICES.items():
                yield from self.told(name, function, [wrap(numbers)], what)
        elif kind == "reduction":
            for what, numbers in TIED.items():
                yield from self.told(name, lambda x: _first(function(x)), [wrap(numbers)], what)
        else:
            for what, call, xs in function():
                if what.startswith("no "):
                    yield from self.told_of_none(name, call, xs, what)
                elif self.agrees(call, xs):
                    self.points += 1
                elif self.judged < MOST_JUDGED:
                    self.judged += 1
                    yield from self.told(name, self.framework.often(call), xs, what)

    def told(self, name: str, function: Any, xs: list[Any], point: Any) -> Iterator[Found]:
        """The suspects of one call."""
        try:
            report = check_gradients(function, *xs, seed=0, max_coordinates=MOST_ALONE)
        except Exception as error:  # what a framework refuses is no wrong gradient
            self.refusal = f"{type(error).__name__}: {error}".splitlines()[0][:100]
            return
        self.points += 1
        if report.diagnosis and not report.coordinates:
            yield {"name": name, "at": point, "by": report.diagnosis.message[:160]}
        for c in report.coordinates:
            value, difference = float(np.real(c.claimed)), float(np.real(c.measured.value))
            if c.verdict == "fail" or (np.isnan(value) and np.isfinite(difference)):
                yield {
                    "name": name, "at": point, "coordinate": c.name, "gradient": value, "expected": difference, "by": c.reason or c.verdict,
                }  # fmt: skip

    def agrees(self, function: Any, xs: list[Any]) -> bool:
        """Whether the derivative along random directions is what differences say, or lies between those of both sides.

        Most points need no more of a judge.
        """
        rng = np.random.default_rng(0)
        try:
            here = self.framework.values(function, xs)
            weights = [rng.uniform(0.5, 1.5, x.shape) for x in here]
            gradients = self.framework.backward(function, xs, weights)
            if any(g.dtype.kind == "c" for g in gradients):
                return False
            return all(self._agrees_along(rng, function, xs, weights, gradients) for _ in range(DIRECTIONS))
        except Exception:  # the judge says what
            return False

    def _agrees_along(self, rng: Any, function: Any, xs: list[Any], weights: list[Any], gradients: list[Any]) -> bool:
        scales = [np.maximum(1.0, np.abs(np.asarray(x))) for x in xs]
        directions = [rng.choice([-1.0, 1.0], x.shape) * rng.uniform(0.5, 1.0, x.shape) * x for x in scales]

        def at(steps: int) -> float:
            there = [self.framework.moved(x, STEP * steps * d) for x, d in zip(xs, directions, strict=True)]
            parts = zip(self.framework.values(function, there), weights, strict=True)
            return float(sum((np.real(x) * w).sum() for x, w in parts))

        middle = at(0)
        right, left = ((4 * at(sign) - at(2 * sign) - 3 * middle) / (2 * STEP * sign) for sign in (1, -1))
        terms = [(g * d).ravel() for g, d in zip(gradients, directions, strict=True)]
        slope, size = sum(t.sum() for t in terms), sum(np.abs(t).sum() for t in terms)
        far = 1e-6 * (size + abs(right) + abs(left)) + 1e-12 * abs(middle) / STEP
        return bool(min(left, right) - far <= slope <= max(left, right) + far)

    def told_at_infinity(self, name: str, function: Any, point: float) -> Iterator[Found]:
        """Whether the derivative at an infinity is the limit of those before it."""

        def slope(x: float) -> float:
            return float(self.framework.backward(lambda x: [_first(function(x))], [self.framework.wrap([x])])[0][0])

        with np.errstate(all="ignore"):
            here, limits = slope(point), [slope(np.copysign(far, point)) for far in FAR]
        self.points += 1
        settled = np.isfinite(limits).all() and abs(limits[-1] - limits[-2]) <= 1e-6 * max(1.0, abs(limits[-1]))
        if settled and not abs(here - limits[-1]) <= 1e-6 * max(1.0, abs(limits[-1])):
            yield {"name": name, "at": [point], "gradient": here, "expected": limits[-1], "by": "the limit"}

    def told_of_none(self, name: str, function: Any, xs: list[Any], point: str) -> Iterator[Found]:
        """Whether what can be computed of empty arrays has a gradient, of their shapes, and no NaN by what is not empty."""
        try:
            values = self.framework.values(function, xs)
        except Exception:  # that there must be numbers is no wrong gradient
            return
        self.points += 1
        try:
            gradients = self.framework.backward(function, xs)
        except Exception as error:
            yield {"name": name, "at": point, "by": f"{type(error).__name__}: {error}".splitlines()[0][:100]}
            return
        for number, (x, gradient) in enumerate(zip(xs, gradients, strict=True)):
            if gradient.shape != tuple(x.shape):
                yield {
                    "name": name,
                    "at": point,
                    "coordinate": f"argument {number}",
                    "by": f"shape {gradient.shape} instead of {tuple(x.shape)}",
                }
            elif np.isnan(gradient).any() and all(
                np.isfinite(np.asarray(value.detach() if hasattr(value, "detach") else value)).all() for value in values
            ):
                yield {"name": name, "at": point, "coordinate": f"argument {number}", "gradient": "nan", "by": "empty"}


def _first(x: Any) -> Any:
    return x[0] if isinstance(x, tuple) else x


def main(framework: str, *chosen: str) -> None:
    """Write what is suspected of one framework; what the file says of others, and of other kinds of points, stays."""
    warnings.simplefilter("ignore")
    path = HERE / f"edge_points_{framework}.json"
    held: dict[str, Any] = {"swept": {}, "refused": {}, "suspects": []}
    if path.exists():
        held |= json.loads(path.read_text())
    module = import_module(f"tests.frozen.edge_{framework}")
    held["version"] = module.start()
    for kind, name, function in module.swept():
        if chosen and name not in chosen and kind not in chosen:
            continue
        sweep, found = Sweep(module), []
        try:
            found += sweep.suspects(kind, name, function)
        except Exception as error:
            sweep.refusal = f"{type(error).__name__}: {error}".splitlines()[0][:100]
        print(kind, name, sweep.points, found[:3], sweep.refusal, flush=True)
        _note(held, kind, name, sweep, found)
        # As it goes: it takes minutes.
        path.write_text(json.dumps(held, indent=1) + "\n")


def _note(held: dict[str, Any], kind: str, name: str, sweep: Sweep, found: list[Found]) -> None:
    """Put what was found of a function in the place of what was held of it."""
    held["suspects"] = [one for one in held["suspects"] if (one["kind"], one["name"]) != (kind, name)]
    held["suspects"] += [{"kind": kind} | {k: _plain(v) for k, v in one.items()} for one in found]
    held["refused"].pop(name, None)
    if sweep.points:
        held["swept"].setdefault(kind, {})[name] = sweep.points
    elif not any(name in names for names in held["swept"].values()):
        held["refused"][name] = sweep.refusal


def _plain(x: Any) -> Any:
    if isinstance(x, list):
        return [_plain(part) for part in x]
    return repr(x) if isinstance(x, float) and not np.isfinite(x) else x


if __name__ == "__main__":
    main(*sys.argv[1:])
