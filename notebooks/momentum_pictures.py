"""Descents with momentum, their arrows and their sums; for the notebook 11_momentum."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from landscapes import valley, waves

import nn
import optim
from autograd import Tensor, grad
from optim import lr_scheduler

BLUE, ORANGE, GREEN, SKY = "#0072b2", "#d55e00", "#009e73", "#56b4e9"
plt.rcParams.update({"axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False})
slope_of_waves, slope_of_valley = grad(waves), grad(valley)


def descend(start: float, rate: float, steps: int) -> list[float]:
    """The points of plain descent on the waves."""
    path = [start]
    for _ in range(steps):
        path.append(path[-1] - rate * slope_of_waves(path[-1]))
    return path


def show_rates(paths: Mapping[str, Sequence[float]]) -> None:
    """The points of descents, step by step."""
    figure, axes = plt.subplots(1, len(paths), figsize=(10, 2.9))
    for ax, (name, path) in zip(axes, paths.items()):
        ax.plot(path, "o-", color=BLUE, ms=3.5, lw=0.9)
        ax.set(xlabel="step", title=name)
    axes[0].set_ylabel("x")
    figure.tight_layout()


def show_arrows(rate: float = 0.15, kept: float = 0.7, steps: int = 4) -> None:
    """How a step of momentum and one of Nesterov's method are put together."""
    figure, axes = plt.subplots(1, 2, figsize=(10, 3.6), sharex=True, sharey=True)
    grid = np.stack(np.meshgrid(np.linspace(-7.4, -4.8, 200), np.linspace(-1.0, 2.3, 160)))
    for ax, ahead in zip(axes, (False, True)):
        ax.contour(*grid, valley(grid), levels=np.arange(0.5, 12, 0.8), colors="0.87", linewidths=0.8)
        point, v = np.array([-7.0, 2.0]), np.zeros(2)
        for k in range(steps):
            looked = point - kept * v if ahead else point
            g = slope_of_valley(looked)
            middle, v = point - kept * v, kept * v + rate * g
            arrows = [
                (point, middle, ORANGE, "−αv"),
                (middle, middle - rate * g, GREEN, "−ηg"),
                (point, point - v, BLUE, "the step"),
            ]
            for start, end, colour, label in arrows:
                if np.linalg.norm(end - start) > 1e-9:
                    ax.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": colour, "lw": 1.8})
                ax.plot([], [], color=colour, label=label if k == 0 else None)
            ax.plot(*looked, "s" if ahead else "o", color=GREEN, ms=5, mfc="none")
            point = point - v
        ax.set(xlabel="x", title="Nesterov: the gradient ahead, at θ − αv" if ahead else "Momentum: the gradient at θ")
    axes[0].set_ylabel("y")
    axes[1].legend(loc="lower right")
    figure.tight_layout()


def show_shares(shares: Mapping[str, np.ndarray]) -> None:
    """What each past gradient counts."""
    figure, axes = plt.subplots(1, len(shares), figsize=(10, 2.8))
    for ax, (name, weights) in zip(axes, shares.items()):
        ax.bar(range(1, len(weights) + 1), weights, color=BLUE)
        ax.set(xlabel="gradient of step", title=name)
    figure.tight_layout()


def rmsprop_heights(power: float, rate: float = 0.5, steps: int = 200) -> np.ndarray:
    """The heights of RMSProp in the valley, dividing by r to this power; ½ is the root."""
    point, r, heights = np.array([-7.0, 2.0]), np.zeros(2), []
    for _ in range(steps):
        g = slope_of_valley(point)
        r = 0.9 * r + 0.1 * g * g
        point = point - rate * g / (r**power + 1e-8)
        heights.append(valley(point))
    return np.array(heights)


def show_heights(heights: Mapping[str, np.ndarray]) -> None:
    """Heights above the minimum, step by step."""
    figure, ax = plt.subplots(figsize=(7, 3))
    for (name, found), colour, style in zip(heights.items(), (BLUE, ORANGE), ("-", "--")):
        ax.semilogy(np.maximum(found, 1e-6), style, color=colour, lw=1.1, label=name)
    ax.set(xlabel="step", ylabel="z = x²/10 + y²", title="RMSProp in the valley, η = .5")
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    figure.tight_layout()


def ends(name: str, starts: np.ndarray, **options: Any) -> np.ndarray:
    """Where descents on the waves from many starts are after 1500 steps."""
    x = Tensor(starts, requires_grad=True)
    optimizer = optim.get(name, [x], preset="slides", **options)
    for _ in range(1500):
        optimizer.zero_grad()
        if name == "nesterov":
            with optimizer.lookahead():
                waves(x).sum().backward()
        else:
            waves(x).sum().backward()
        optimizer.step()
    return x.data.copy()


def show_ends(starts: np.ndarray, found: Mapping[str, np.ndarray]) -> None:
    """Which minimum each start ends in."""
    figure, axes = plt.subplots(len(found), 1, figsize=(7.5, 1.9), sharex=True)
    for ax, (name, where) in zip(axes, found.items()):
        lowest = where < 0
        ax.vlines(starts[lowest], 0, 1, color=BLUE, lw=2)
        ax.vlines(starts[~lowest], 0, 1, color=ORANGE, lw=2)
        ax.set(yticks=[], ylim=(0, 1))
        ax.set_ylabel(name, rotation=0, ha="right", va="center")
    axes[-1].set(xlabel="start; blue ends in the lowest minimum")
    figure.tight_layout()


def rectification(steps: int, beta2: float = 0.999) -> np.ndarray:
    """RAdam's factor of the adaptive step; 0 where it takes plain momentum instead."""
    t = np.arange(1, steps + 1)
    longest = 2 / (1 - beta2) - 1
    length = longest - 2 * t * beta2**t / (1 - beta2**t)
    inner = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
    return np.where(length > 5, np.sqrt(np.maximum(inner, 0)), 0.0)


def train_deep(optimizer_of: Callable[[Any], Any], warm_up: int = 0, steps: int = 200) -> np.ndarray:
    """The losses of a deep tanh network with too large a rate, with a linear warm-up or none."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(256, 8)).astype(np.float32)
    y = np.sin(x.sum(axis=1, keepdims=True)).astype(np.float32)
    model = nn.perceptron([8, 32, 32, 32, 1], "tanh", seed=1)
    optimizer = optimizer_of(model.parameters())
    schedule = lr_scheduler.LinearLR(optimizer, 1.0 / warm_up, total_iters=warm_up) if warm_up else None
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        if schedule is not None:
            schedule.step()
        losses.append(loss.item())
    return np.array(losses)


def show_warm_up(factors: Mapping[str, np.ndarray], losses: Mapping[str, np.ndarray]) -> None:
    """What multiplies the rate, and the losses."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3))
    for (name, factor), colour, style in zip(factors.items(), (BLUE, ORANGE), ("-", "--")):
        left.plot(range(1, len(factor) + 1), factor, style, color=colour, label=name)
    left.set(xlabel="step", title="Share of the adaptive step that is taken", xscale="log")
    left.legend()
    for (name, loss), colour, style in zip(losses.items(), ("0.4", ORANGE, BLUE), (":", "--", "-")):
        right.semilogy(loss, style, color=colour, label=name)
    right.set(xlabel="step", ylabel="loss", title="A deep network, rate .1")
    right.legend()
    figure.tight_layout()


def norms_back(scale: float, length: int = 40, width: int = 30) -> np.ndarray:
    """The length of the gradient at each time of a recurrent chain, from its end back to its beginning."""
    rng = np.random.default_rng(0)
    weight = scale * rng.normal(size=(width, width)) / np.sqrt(width)
    states = [Tensor(rng.normal(size=width), requires_grad=True)]
    for _ in range(length):
        states.append(weight @ states[-1])
    (states[-1] ** 2).sum().backward(retain_grads=True)
    norms = np.array([np.linalg.norm(state.grad) for state in states])
    return norms / norms[-1]


def show_norms(norms: Mapping[str, np.ndarray]) -> None:
    """The lengths of gradients on their way back."""
    figure, ax = plt.subplots(figsize=(7, 3))
    for (name, found), colour, style in zip(norms.items(), (ORANGE, "0.5", BLUE), ("-", ":", "--")):
        ax.semilogy(found[::-1], style, color=colour, lw=1.6, label=name)
    ax.set(xlabel="steps back in time", ylabel="|gradient| / |last|", title="40 products with one matrix")
    ax.legend()
    figure.tight_layout()
