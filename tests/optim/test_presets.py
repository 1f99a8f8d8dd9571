"""Every preset beside its document's formula, written out here in plain NumPy; SPEC's table of optimizers.

S are slides on a digits network ("slides"), O an article on optimizers ("article"), N a long article on networks
("networks"), B a blog on update rules ("blog"); Keras's rules are those of Keras 3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import optim
from autograd import Tensor
from optim.registry import PRESETS

RATE = 0.05
START = np.array([-7.0, 2.0, 0.01])
Point = np.ndarray
Rule = Callable[[Point], Iterator[Point]]


def slope(x: Point) -> Point:
    """That of a valley with waves; small in its last coordinate, where ε is felt."""
    return np.array([0.2, 2.0, 1e-4]) * (x + np.sin(3.0 * x))


def momentum(x: Point) -> Iterator[Point]:
    v = np.zeros_like(x)
    while True:
        v = 0.9 * v + RATE * slope(x)
        x = x - v
        yield x


def nesterov_looks_ahead(x: Point) -> Iterator[Point]:
    v = np.zeros_like(x)
    while True:
        v = 0.9 * v + RATE * slope(x - 0.9 * v)
        x = x - v
        yield x


def nesterov_keeps_the_point_ahead(x: Point) -> Iterator[Point]:
    v = np.zeros_like(x)
    while True:
        before, v = v, 0.9 * v - RATE * slope(x)
        x = x - 0.9 * before + 1.9 * v
        yield x


def nesterov_of_keras(x: Point) -> Iterator[Point]:
    v = np.zeros_like(x)
    while True:
        g = slope(x)
        v = 0.9 * v - RATE * g
        x = x + 0.9 * v - RATE * g
        yield x


def descent(x: Point) -> Iterator[Point]:
    while True:
        x = x - RATE * slope(x)
        yield x


def adagrad(eps: float, inside: bool = False, first: float = 0.0) -> Rule:
    def rule(x: Point) -> Iterator[Point]:
        r = np.full_like(x, first)
        while True:
            g = slope(x)
            r = r + g**2
            x = x - RATE * g / (np.sqrt(r + eps) if inside else eps + np.sqrt(r))
            yield x

    return rule


def adadelta(rho: float, eps: float, rate: float = 1.0) -> Rule:
    def rule(x: Point) -> Iterator[Point]:
        s, r = np.zeros_like(x), np.zeros_like(x)
        while True:
            g = slope(x)
            s = rho * s + (1 - rho) * g**2
            step = np.sqrt((r + eps) / (s + eps)) * g
            r = rho * r + (1 - rho) * step**2
            x = x - rate * step
            yield x

    return rule


def rmsprop(alpha: float, eps: float, inside: bool = False) -> Rule:
    def rule(x: Point) -> Iterator[Point]:
        r = np.zeros_like(x)
        while True:
            g = slope(x)
            r = alpha * r + (1 - alpha) * g**2
            x = x - RATE * g / (np.sqrt(r + eps) if inside else np.sqrt(r) + eps)
            yield x

    return rule


def moments(x: Point, beta1: float = 0.9, beta2: float = 0.999) -> tuple[Point, Callable[[Point], tuple[Point, Point]]]:
    """Zeros, and a function that takes a gradient in and gives both moving averages."""
    state = [np.zeros_like(x), np.zeros_like(x)]

    def take(g: Point) -> tuple[Point, Point]:
        state[0] = beta1 * state[0] + (1 - beta1) * g
        state[1] = beta2 * state[1] + (1 - beta2) * g**2
        return state[0], state[1]

    return np.zeros_like(x), take


def adam(x: Point) -> Iterator[Point]:
    _, take = moments(x)
    t = 0
    while True:
        t += 1
        m, v = take(slope(x))
        x = x - RATE * (m / (1 - 0.9**t)) / (1e-8 + np.sqrt(v / (1 - 0.999**t)))
        yield x


def adam_uncorrected(x: Point) -> Iterator[Point]:
    _, take = moments(x)
    while True:
        m, v = take(slope(x))
        x = x - RATE * m / (np.sqrt(v) + 1e-8)
        yield x


def adam_of_networks(x: Point) -> Iterator[Point]:
    _, take = moments(x)
    while True:
        m, v = take(slope(x))
        x = x - RATE / np.sqrt(v + 1e-5) * m
        yield x


def radam(x: Point) -> Iterator[Point]:
    _, take = moments(x)
    longest = 2 / (1 - 0.999) - 1
    t = 0
    while True:
        t += 1
        m, v = take(slope(x))
        length = longest - 2 * t * 0.999**t / (1 - 0.999**t)
        ahead = m / (1 - 0.9**t)
        # With a threshold of 5 the rectified steps begin at t = 6.
        assert (length > 5) == (t >= 6)
        if length > 5:
            factor = np.sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length))
            x = x - RATE * factor * ahead * np.sqrt(1 - 0.999**t) / (np.sqrt(v) + 1e-8)
        else:
            x = x - RATE * ahead
        yield x


def adam_of_keras(weight_decay: float = 0.0, largest: bool = False) -> Rule:
    def rule(x: Point) -> Iterator[Point]:
        top, take = moments(x)
        t = 0
        while True:
            t += 1
            m, v = take(slope(x))
            alpha = RATE * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
            top = np.maximum(top, v)
            x = x - RATE * weight_decay * x - alpha * m / (np.sqrt(top if largest else v) + 1e-7)
            yield x

    return rule


def adamax_of_keras(x: Point) -> Iterator[Point]:
    m, u = np.zeros_like(x), np.zeros_like(x)
    t = 0
    while True:
        t += 1
        g = slope(x)
        m, u = 0.9 * m + 0.1 * g, np.maximum(0.999 * u, np.abs(g))
        x = x - RATE * m / ((1 - 0.9**t) * (u + 1e-7))
        yield x


def nadam_of_keras(x: Point) -> Iterator[Point]:
    _, take = moments(x)
    t, product = 0, 1.0
    while True:
        t += 1
        g = slope(x)
        m, v = take(g)
        now, following = (0.9 * (1 - 0.5 * 0.96**k) for k in (t, t + 1))
        product = product * now
        ahead = following * m / (1 - product * following) + (1 - now) * g / (1 - product)
        x = x - RATE * ahead / (np.sqrt(v / (1 - 0.999**t)) + 1e-7)
        yield x


def lion(x: Point) -> Iterator[Point]:
    m = np.zeros_like(x)
    while True:
        g = slope(x)
        x = x - RATE * np.sign(0.9 * m + 0.1 * g)
        m = 0.99 * m + 0.01 * g
        yield x


def ftrl(x: Point) -> Iterator[Point]:
    n, z = np.full_like(x, 0.1), np.zeros_like(x)
    while True:
        g = slope(x)
        more = n + g**2
        z = z + g - (np.sqrt(more) - np.sqrt(n)) / RATE * x
        n = more
        x = -z / (np.sqrt(n) / RATE)
        yield x


FORMULAS: dict[str, dict[str, Rule]] = {
    "slides": {
        "momentum": momentum,
        "nesterov": nesterov_looks_ahead,
        "adagrad": adagrad(1e-6),
        "adadelta": adadelta(0.9, 1e-5),
        "rmsprop": rmsprop(0.9, 1e-8),
        "adam": adam,
    },
    "article": {
        "momentum": momentum,
        "nesterov": nesterov_looks_ahead,
        "adagrad": adagrad(1e-8),
        "adadelta": adadelta(0.9, 1e-8),
        "rmsprop": rmsprop(0.9, 1e-8),
        "adam": adam,
        "radam": radam,
    },
    "networks": {
        "momentum": momentum,
        "nesterov": nesterov_looks_ahead,
        "adagrad": adagrad(1e-5, inside=True),
        "adadelta": adadelta(0.9, 1e-5),
        "rmsprop": rmsprop(0.9, 1e-5, inside=True),
        "adam": adam_of_networks,
    },
    "blog": {
        "momentum": momentum,
        "nesterov": nesterov_keeps_the_point_ahead,
        "adagrad": adagrad(1e-8),
        "rmsprop": rmsprop(0.99, 1e-8),
        "adam": adam_uncorrected,
    },
    "keras": {
        "sgd": descent,
        "momentum": momentum,
        "nesterov": nesterov_of_keras,
        "adagrad": adagrad(1e-7, inside=True, first=0.1),
        "adadelta": adadelta(0.95, 1e-7, rate=RATE),
        "rmsprop": rmsprop(0.9, 1e-7, inside=True),
        "adam": adam_of_keras(),
        "adamw": adam_of_keras(weight_decay=0.004),
        "amsgrad": adam_of_keras(largest=True),
        "adamax": adamax_of_keras,
        "nadam": nadam_of_keras,
        "lion": lion,
        "ftrl": ftrl,
    },
}


def walk(name: str, preset: str, steps: int = 40, **options: Any) -> Iterator[Point]:
    x = Tensor(START, requires_grad=True)
    optimizer = optim.get(name, [x], preset=preset, **options)
    for _ in range(steps):
        if optimizer.param_groups[0].get("nesterov") == "lookahead":
            with optimizer.lookahead():  # type: ignore[attr-defined]
                x.grad = slope(x.data)
        else:
            x.grad = slope(x.data)
        optimizer.step()
        yield x.data.copy()


@pytest.mark.parametrize(("preset", "name"), [(preset, name) for preset, said in PRESETS.items() for name in said])
def test_a_preset_is_its_documents_formula(preset: str, name: str) -> None:
    for ours, theirs in zip(walk(name, preset, lr=RATE), FORMULAS[preset][name](START.copy()), strict=False):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("preset", ["slides", "article", "networks"])
def test_adadelta_has_no_rate_in_the_documents(preset: str) -> None:
    """S: ".1 or .01 is the same"."""
    tenth, hundredth = (list(walk("adadelta", preset, lr=lr))[-1] for lr in (0.1, 0.01))
    np.testing.assert_array_equal(tenth, hundredth)
    pytorchs = [list(_without_preset(lr))[-1] for lr in (0.1, 0.01)]
    assert not np.allclose(*pytorchs)


def _without_preset(lr: float) -> Iterator[Point]:
    x = Tensor(START, requires_grad=True)
    optimizer = optim.Adadelta([x], lr=lr)
    for _ in range(40):
        x.grad = slope(x.data)
        optimizer.step()
        yield x.data.copy()


def descend(name: str, preset: str, steps: int = 20, **options: Any) -> list[float]:
    """Example D: z = x²/10 + y² from (−7, 2)."""
    position = Tensor([-7.0, 2.0], requires_grad=True)
    optimizer = optim.get(name, [position], preset=preset, **options)
    for _ in range(steps):
        position.grad = position.data * np.array([0.2, 2.0])
        optimizer.step()
    return position.tolist()  # type: ignore[no-any-return]


def test_example_d_by_the_presets_of_n_and_b() -> None:
    assert descend("adam", "networks", lr=0.5) == pytest.approx([-0.556108, -0.303811], abs=5e-7)
    assert descend("adam", "blog", lr=0.5) == pytest.approx([-0.544871, -0.304334], abs=5e-7)
    assert descend("adam", "article", lr=0.5) == pytest.approx([0.947671622, 0.486306155], abs=5e-10)


def test_rmsprop_without_the_root_is_much_worse() -> None:
    """O and B. On D at η = .5, both end in swinging about the minimum: at z = .069 with the root, four times as high without."""
    paths = [[np.array([-7.0, 2.0])], [np.array([-7.0, 2.0])]]
    for path, power in zip(paths, (0.5, 1.0), strict=True):
        r = np.zeros(2)
        for _ in range(200):
            g = path[-1] * np.array([0.2, 2.0])
            r = 0.9 * r + 0.1 * g**2
            path.append(path[-1] - 0.5 * g / (r**power + 1e-8))
    np.testing.assert_allclose(descend("rmsprop", "slides", steps=200, lr=0.5), paths[0][-1], rtol=1e-9)
    with_root, without = (np.mean([x**2 / 10 + y**2 for x, y in path[-20:]]) for path in paths)
    assert with_root == pytest.approx(0.0687, abs=5e-4)
    assert 3.0 * with_root < without
