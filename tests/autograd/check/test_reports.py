"""Reports of the checker whole, of gradients that are right, wrong in every way that it names, and in doubt.

The functions are made of sums, products, quotients and square roots alone, which every processor rounds alike.
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import Tensor, Value, primitive
from autograd.check import Report, check_gradients, check_parameters
from autograd.check.kinks import compare_across_kink, is_mixture
from autograd.check.measure import Measurement
from autograd.check.subject import Subject
from autograd.check.taylor import rounding_of, taylor_remainder
from autograd.check.verdict import Coordinate
from autograd.graph.node import raw
from tests.autograd.check.test_estimates import describe
from tests.texts import Transcript, scenes_of

X, Y = np.array([1.0, -2.0, 0.5]), np.array([3.0, 1.0, -1.0])
M = np.array([[1.0, 2.0], [-3.0, 0.5]])


def cubes(x: Any) -> Any:
    return (x * x * x).sum()


def cubes_gradient(x: Any) -> Any:
    return 3.0 * x * x


def product(x: Any, y: Any) -> Any:
    return (x * x * y).sum()


def product_gradient(x: Any, y: Any) -> Any:
    return 2.0 * x * y, x * x


def largest(x: Any) -> Any:
    return x.max()


def tell(report: Report) -> str:
    lines = [f"{bool(report)} {report!r}", str(report), *map(tell_coordinate, report.coordinates)]
    lines += [
        f"{t.name}: rounding {t.rounding:.3g}, resolution {t.resolution:.3g}, decides {t.decides}, {len(t.steps)} steps"
        for t in report.taylor
    ]
    # Lines of this file move.
    return re.sub(r"(test_reports\.py):\d+", r"\1:N", "\n".join(lines))


def tell_coordinate(c: Coordinate) -> str:
    seen = ", unseen" if c.unseen else ""
    return f"{c.name} at {c.place}: claimed {c.claimed:.10g}, within {c.tolerance:.3g}{seen}; {describe(c.measured)}"


def check(*args: Any, **how: Any) -> Callable[[], str]:
    def told() -> str:
        with warnings.catch_warnings():
            # Hand-written code is tried on nodes too, which `float` takes out of the graph.
            warnings.simplefilter("ignore")
            return tell(check_gradients(*args, **how))

    return told


# hand-written gradients


class Counter:
    """A function that is another one at each call."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, x: Any) -> Any:
        self.calls += 1
        return (x * x).sum() + float(self.calls)


def changing_gradient() -> Callable[[Any], Any]:
    counter = Counter()
    return lambda x: 2.0 * x + 1e-9 * counter(x)


def in_place(x: Any) -> Any:
    x -= 1.0
    return float((x * x).sum())


def changes_constant(x: Any, n: Any) -> Any:
    n += 1
    return float((x * x).sum())


def reused() -> Callable[[Any], Any]:
    buffer = np.empty(3)
    return lambda x: np.multiply(x, 2.0, out=buffer)


def shared(x: Any, y: Any) -> Any:
    g = x * x
    return g, g


WRITTEN: dict[str, Callable[[], str]] = {
    "right": check(cubes, X, grad=cubes_gradient),
    "right, of two inputs": check(product, X, Y, grad=product_gradient),
    "right, in a list": check(lambda p: product(*p), [X, Y], grad=lambda p: list(product_gradient(*p))),
    "right, by name": check(
        lambda p: product(p["x"], p["y"]),
        {"y": Y, "x": X},
        grad=lambda p: dict(zip("xy", product_gradient(p["x"], p["y"]), strict=True)),
    ),
    "right, a Jacobian": check(
        lambda x: np.array([x[0] * x[1], x[2]]), X, grad=lambda x: np.array([[x[1], x[0], 0.0], [0.0, 0.0, 1.0]])
    ),
    "right, element by element": check(lambda x: x * x, X, grad=lambda x: 2.0 * x),
    "twice as large": check(cubes, X, grad=lambda x: 6.0 * x * x),
    "a third": check(cubes, X, grad=lambda x: x * x),
    "minus a half": check(cubes, X, grad=lambda x: -1.5 * x * x),
    "another factor": check(cubes, X, grad=lambda x: 3.3 * x * x),
    "twice as large here alone": check(cubes, X, grad=lambda x: 3.0 * x * x * (2.0 if x[0] == 1.0 else 3.0)),
    "of another formula": check(cubes, X, grad=lambda x: 3.0 * x),
    "one element": check(cubes, X, grad=lambda x: cubes_gradient(x) + np.array([0.0, 1e-3, 0.0])),
    "exchanged": check(product, X, Y, grad=lambda x, y: product_gradient(x, y)[::-1]),
    "transposed": check(lambda a: (a[0] * a[1]).sum(), M, grad=lambda a: a[::-1].T),
    "of the transposed shape": check(
        lambda a: (a[0] * a[1] * a[1]).sum(),
        np.ones((2, 3)),
        grad=lambda a: np.stack([a[1] * a[1], 2.0 * a[0] * a[1]]).T,
    ),
    "not summed": check(
        lambda x, b: ((x * b) ** 2).sum(), M, 2.0, grad=lambda x, b: (2.0 * x * b * b, 2.0 * x * x * b)
    ),
    "not summed over rows": check(
        lambda b: (M * b).sum(), np.array([1.0, 2.0]), grad=lambda b: np.broadcast_to(M, (2, 2)).copy()
    ),
    "of another shape": check(cubes, X, grad=lambda x: cubes_gradient(x).reshape(3, 1)),
    "of a shape that fits nothing": check(cubes, X, grad=lambda x: np.ones(4)),
    "of complex numbers": check(cubes, X, grad=lambda x: cubes_gradient(x).astype(complex)),
    "in float32": check(cubes, X / 3.0, grad=lambda x: cubes_gradient(x).astype(np.float32)),
    "right to float32": check(cubes, X / 3.0, grad=lambda x: cubes_gradient(x).astype(np.float32).astype(float)),
    "cut to integers": check(cubes, X / 3.0, grad=lambda x: cubes_gradient(x).astype(int)),
    "not finite": check(cubes, X, grad=lambda x: cubes_gradient(x) + np.array([0.0, np.inf, 0.0])),
    "that is nan": check(cubes, X, grad=lambda x: np.full(3, np.nan)),
    "another at each call": check(lambda x: (x * x).sum(), X, grad=changing_gradient()),
    "of a function that changes": lambda: tell(check_gradients(Counter(), X)),
    "of a function that changes its input": check(in_place, X, grad=lambda x: 2.0 * x),
    "that changes its input": check(lambda x: (x * x).sum(), X, grad=lambda x: np.multiply(x, 2.0, out=x)),
    "of a function that changes a constant": check(
        changes_constant, X, np.arange(3), grad=lambda x, n: (2.0 * x, np.zeros(3))
    ),
    "in a buffer that is used again": lambda: tell(check_gradients(lambda x: (x * x).sum(), X, grad=reused())),
    "in memory that two share": check(product, X, Y, grad=shared),
    "that lacks a use": check(lambda x: x * x + 3.0 * x, 2.0, grad=lambda x: 2.0 * x),
    "at a kink, between its sides": check(abs, 0.0, grad=lambda x: 0.5),
    "at a kink, beyond its sides": check(abs, 0.0, grad=lambda x: 1.5),
    "of a largest, all of it": check(largest, np.ones(3), grad=lambda x: np.ones(3)),
    "of a largest, a third each": check(largest, np.ones(3), grad=lambda x: np.full(3, 1.0 / 3.0)),
    "of a median, a half each": check(
        lambda x: float(np.median(x)), np.ones(4), grad=lambda x: np.array([0.5, 0.5, 0.0, 0.0])
    ),
    "infinite, rightly": check(math.sqrt, 0.0, grad=lambda x: math.inf),
    "finite, where it is infinite": check(math.sqrt, 0.0, grad=lambda x: 7.0),
    "of what is nowhere finite": check(lambda x: math.nan * x, 1.0, grad=lambda x: 1.0),
    "of the value of steps": check(lambda x: math.floor(x * 1e4) / 1e4, 0.7, grad=lambda x: 0.0),
    "of steps, wrong": check(lambda x: math.floor(x * 1e4) / 1e4, 0.7, grad=lambda x: 2.0),
    "of float16": check(lambda x: float(np.float16(x) * np.float16(x)), 0.7, grad=lambda x: 1.5),
    "of float16, wrong": check(lambda x: float(np.float16(x) * np.float16(x)), 0.7, grad=lambda x: 2.0),
    "beside much larger numbers": check(lambda x: 1e16 + x, 1.0, grad=lambda x: 1.0),
    "of nothing": check(lambda x: 0.0 * x, 1.0, grad=lambda x: 0.0),
    "of 150 numbers": check(cubes, np.linspace(-1.0, 2.0, 150), grad=cubes_gradient),
    "of 150 numbers, one of them wrong": check(
        cubes, np.linspace(-1.0, 2.0, 150), grad=lambda x: cubes_gradient(x) + (np.arange(150) == 77)
    ),
    "of 20 numbers, of which 5 are moved": check(
        cubes,
        np.linspace(-1.0, 2.0, 20),
        grad=lambda x: cubes_gradient(x) + 1e-3 * (np.arange(20) == 7),
        max_coordinates=5,
    ),
    "of 30 numbers, some of them nan": check(
        lambda x: float(np.nansum(x * x)),
        np.where(np.arange(30) % 10 == 3, np.nan, 1.0),
        grad=lambda x: 2.0 * x,
        max_coordinates=9,
    ),
}


# the engine's own


@primitive(lambda g, out, x: g * 3.0 * x)
def square(x: Any) -> Any:
    return x * x


@primitive(lambda g, out, x: 2.0 * x)
def forgets(x: Any) -> Any:
    return x * x


@primitive(lambda g, out, x, y: g * y, lambda g, out, x, y: g * y)
def times(x: Any, y: Any) -> Any:
    return x * y


@primitive(lambda g, out, x: g * np.where(x > 0.0, 1.0, 0.25))
def ramp(x: Any) -> Any:
    return np.maximum(x, 0.0)


@primitive(lambda g, out, x: g * 2.0 * raw(x))
def constant_rule(x: Any) -> Any:
    return x * x


def detached(x: Any) -> Any:
    return x * float(raw(x))


ENGINE: dict[str, Callable[[], str]] = {
    "right": check(lambda x: (x * x * x).sum(), X),
    "right, to the third order": check(lambda x: x * x * x, 2.0, order=3),
    "right, of several results": check(lambda x: (x * x, x[0] + x[1]), X),
    "right, of a number and a keyword": check(lambda x, scale, n: x * scale * n, 2.0, kwargs={"scale": 3.0, "n": 2}),
    "right, of Values": check(lambda x, y: x * x * y, Value(2.0), Value(3.0)),
    "right, of complex numbers": check(lambda z: (z * z).real, 1.0 + 2.0j),
    "a wrong rule": check(lambda x: square(x) * 2.0 + x, 2.0),
    "a wrong rule of arrays": check(lambda x: (times(x, Y) * times(Y, x)).sum(), X),
    "a rule that forgets what arrives": check(lambda x: 3.0 * forgets(x), 2.0),
    "a rule that forgets what arrives, below a sum": check(lambda x: forgets(x).sum(), X),
    "a rule that is wrong on one side of a kink": check(lambda x: ramp(x), -0.5),
    "a rule that holds a value": check(lambda x: constant_rule(x), 2.0, order=2),
    "a value that was taken out": check(detached, 2.0),
    "a rule that is wrong at a kink": check(lambda x: ramp(x), 0.0),
    "a tie": check(lambda x, y: ag.maximum(x, y), 1.0, 1.0),
    "the largest of three": check(lambda x: x.max(), np.ones(3)),
    "a root at 0": check(lambda x: ag.sqrt(x), 0.0),
    "what larger numbers hide": check(lambda x: 1e6 + 1e-7 * x * x, 2.0),
    "what all but cancels": check(lambda x: (1e8 + x * x) - 1e8, 3.0),
    "small beside large": check(lambda x: x * 1e-9 + 1.0, 3.0),
    "parameters": lambda: tell(parameters(frozen=False)),
    "parameters, some of them frozen": lambda: tell(parameters(frozen=True)),
}


def parameters(frozen: bool) -> Report:
    layer = nn.Linear(2, 1, dtype=np.float64, rng=0)
    weight, bias = layer.weight, layer.bias
    assert bias is not None
    weight.data, bias.data = np.array([[0.5, -1.0]]), np.array([0.25])
    bias.requires_grad = not frozen
    return check_parameters(lambda: (layer(Tensor(M)) ** 2).sum(), layer.named_parameters())


REPORTS = Transcript(__file__, "reports")
REPORTS.scenes.update({f"a gradient {title}": make for title, make in WRITTEN.items()})
REPORTS.scenes.update({f"the engine: {title}": make for title, make in ENGINE.items()})
REPORTS.scenes["in JSON"] = lambda: check_gradients(cubes, X, grad=lambda x: 3.0 * x).to_json()
REPORTS.scenes["in JSON, with a wrong node"] = lambda: re.sub(
    r"(test_reports\.py):\d+", r"\1:N", check_gradients(lambda x: square(x), 2.0).to_json()
)


# along one direction


def polynomial(*coefficients: float) -> Callable[[float], float]:
    return lambda h: sum(c * h**k for k, c in enumerate(coefficients))


TAYLOR: dict[str, tuple[Callable[[float], float], float]] = {
    "right": (polynomial(1.0, 2.0, 3.0), 2.0),
    "right, of a straight line": (polynomial(1.0, 2.0), 2.0),
    "a hundredth too large": (polynomial(1.0, 2.0, 3.0), 2.02),
    "a millionth too large": (polynomial(1.0, 2.0, 3.0), 2.000002),
    "0, wrongly": (polynomial(1.0, 2.0, 3.0), 0.0),
    "0, rightly": (polynomial(1.0, 0.0, 3.0), 0.0),
    "of a kink": (lambda h: 1.0 + abs(h), 0.0),
    "of a kink that is near": (lambda h: max(h, 0.001), 0.0),
    "of a jump": (lambda h: float(h >= 0.0), 0.0),
    "of a power of one and a half": (lambda h: abs(h) ** 1.5, 0.0),
    "of noise": (lambda h: (h * 1e15) % 1.0, 1.0),
    "of nothing": (lambda h: 7.0, 0.0),
    "of steps": (lambda h: math.floor(h * 64.0) / 64.0, 1.0),
    "of float16, right": (lambda h: float(np.float16(1.0 + h) * np.float16(1.0 + h)), 2.0),
    "of float16, wrong": (lambda h: float(np.float16(1.0 + h) * np.float16(1.0 + h)), 3.0),
    "beside larger numbers": (lambda h: 1e12 + h, 1.0),
    "nowhere finite": (lambda h: math.nan, 1.0),
    "finite on one side": (lambda h: math.sqrt(h) if h >= 0.0 else math.nan, 1.0),
}
REMAINDERS = Transcript(__file__, "remainders")


def tell_remainder(at: Callable[[float], float], claimed: float) -> str:
    found = taylor_remainder(at, claimed, "a direction")
    lines = [str(found), f"slope {found.slope}, resolution {found.resolution:.4g}, decides {found.decides}"]
    lines.append(f"rounding {found.rounding:.4g}, of values {rounding_of(at):.4g}")
    return "\n".join([*lines, f"remainders {', '.join(f'{r:.3g}' for r in found.remainders)}"])


for title, (at, claimed) in TAYLOR.items():
    REMAINDERS.scenes[title] = partial(tell_remainder, at, claimed)


# kinks

ACROSS = Transcript(__file__, "kinks")
ROOF = np.array([1.0, 1.0, 1.0])


def steepest(x: np.ndarray) -> float:
    return float(max(x))


def bent(x: np.ndarray) -> float:
    return float(max(x[0] * x[0], x[1]) + x[0])


def distance(x: np.ndarray) -> float:
    return math.sqrt(float(x[0] * x[0] + x[1] * x[1]))


def apart(x: np.ndarray) -> float:
    return float(abs(x[0] - x[1]) + abs(x[1]))


def straight(x: np.ndarray) -> float:
    return float(2.0 * x[0] + 3.0 * x[1])


def tell_kink(value: Callable[[np.ndarray], float], x: list[float], claims: list[list[float]]) -> str:
    lines = []
    for claim in claims:
        rng = np.random.default_rng(0)
        found = compare_across_kink("x", value, np.array(x), np.array(claim), rng)
        mixture = is_mixture(value, np.array(x), np.array(claim), np.random.default_rng(0))
        told = "nothing" if found is None else f"{found.verdict} {found.reason}; {tell_coordinate(found)}"
        lines.append(f"{claim}: {told}; {'a' if mixture else 'no'} mixture; then {rng.integers(1000)} is drawn")
    return "\n".join(lines)


THIRDS = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.25, 0.25, 0.5], [1.0, 1.0, -1.0], [1.0, 1.0, 1.0], [-0.5, 1.0, 0.5]]
ACROSS.scenes["the largest of three"] = partial(tell_kink, steepest, [1.0, 1.0, 1.0], THIRDS)
ACROSS.scenes["the largest of three zeros"] = partial(tell_kink, steepest, [0.0, 0.0, 0.0], THIRDS[:3])
ACROSS.scenes["a bent kink"] = partial(tell_kink, bent, [1.0, 1.0], [[1.0, 1.0], [3.0, 0.0], [0.0, 0.0], [2.0, 0.5]])
ACROSS.scenes["a tip"] = partial(tell_kink, distance, [0.0, 0.0], [[0.0, 0.0], [1.0, 0.0], [0.9, 0.9], [2.0, 0.0]])
ACROSS.scenes["two kinks"] = partial(tell_kink, apart, [0.0, 0.0], [[0.0, 0.0], [1.0, -2.0], [1.5, 0.0], [0.5, 0.5]])
ACROSS.scenes["no kink"] = partial(tell_kink, straight, [1.0, 2.0], [[2.0, 3.0], [2.0, 2.0]])
ACROSS.scenes["the largest of 25"] = partial(tell_kink, steepest, [1.0] * 25, [[1.0] * 25, [0.04] * 25])
ACROSS.scenes["the largest of 8"] = partial(tell_kink, steepest, [1.0] * 8, [[1.0] * 8, [0.125] * 8])


def test_where_coordinates_are_and_directions_are_drawn() -> None:
    subject = Subject(product, (X, M.ravel()[:3]), {}, product_gradient)
    measurement = Measurement(subject, [X, Y], seed=1)
    assert [measurement._place_of(k) for k in range(6)] == [(i, (k,)) for i in (0, 1) for k in range(3)]
    assert measurement.size == 6
    assert measurement.largest == 3.0


@pytest.mark.parametrize(("transcript", "title"), scenes_of(REPORTS, REMAINDERS, ACROSS))
def test_what_is_told_is_as_it_was_when_it_was_read(transcript: Transcript, title: str) -> None:
    transcript.compare(title)


def test_all_of_them_are_kept() -> None:
    assert REPORTS.complete()
    assert REMAINDERS.complete()
    assert ACROSS.complete()
