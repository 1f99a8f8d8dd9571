"""Losses, penalties and fits with noise, and their pictures; for the notebook 10_losses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

import nn
import optim
from autograd import Tensor, grad, no_grad

BLUE, ORANGE, GREEN = "#0072b2", "#d55e00", "#009e73"
plt.rcParams.update({"axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False})


def with_outliers() -> tuple[np.ndarray, np.ndarray]:
    """y = 2x with a little noise, and six of forty numbers wrong by 4."""
    rng = np.random.default_rng(1)
    x = np.linspace(-2.0, 2.0, 40)
    y = 2.0 * x + rng.normal(scale=0.2, size=40)
    y[[5, 20, 26, 31, 35, 38]] -= 4.0
    return x[:, None], y


def fit_line(loss: Callable[..., Any], x: np.ndarray, y: np.ndarray) -> nn.Linear:
    """A line through points, by descent."""
    line = nn.Linear(1, 1, dtype=np.float64, rng=0)
    optimizer = optim.SGD(line.parameters(), lr=0.2, momentum=0.7)
    for _ in range(200):
        optimizer.zero_grad()
        loss(line(x)[:, 0], y).backward()
        optimizer.step()
    return line


def show_outliers(x: np.ndarray, y: np.ndarray, lines: Mapping[str, nn.Linear], shapes: Mapping[str, Any]) -> None:
    """The points with the lines, and the losses as functions of the error."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6))
    left.plot(x[:, 0], y, "o", color="0.6", ms=4)
    for (name, line), colour, style in zip(lines.items(), (ORANGE, BLUE), ("--", "-")):
        left.plot(x[:, 0], line(x).data[:, 0], style, color=colour, lw=2, label=f"{name}: {line.weight.item():.2f}")
    left.set(xlabel="x", ylabel="y", title="Slopes; the true one is 2")
    left.legend()
    errors = np.linspace(-4, 4, 801)
    for (name, loss), colour, style in zip(shapes.items(), (ORANGE, GREEN, BLUE), ("--", ":", "-")):
        right.plot(errors, loss(errors, np.zeros_like(errors), "none"), style, color=colour, lw=2, label=name)
    right.set(xlabel="error", ylabel="loss", ylim=(0, 5), title="What one error costs")
    right.legend(loc="upper center")
    figure.tight_layout()


def show_branches(delta: float) -> None:
    """Huber's loss, and one whose outer branch does not meet the inner one."""
    figure, ax = plt.subplots(figsize=(6, 3.2))
    inside, outside = np.linspace(0, delta, 50), np.linspace(delta, 3, 50)
    ax.plot(inside, inside**2 / 2, color=BLUE, lw=2, label="r²/2 up to δ")
    ax.plot(outside, delta * (outside - delta / 2), color=BLUE, lw=2, ls="--", label="δ·(r − δ/2) beyond")
    ax.plot(outside, outside, color=ORANGE, lw=2, ls=":", label="r beyond")
    ax.axvline(delta, color="0.8", lw=0.8)
    ax.set(xlabel="r = |error|", ylabel="loss", title=f"Two outer branches, δ = {delta}")
    ax.legend()
    figure.tight_layout()


def show_tangent_and_bowl() -> None:
    """x²/10 with the tangent at 20 and steps downhill, and the bowl x²/10 + y² with its gradients."""
    figure = plt.figure(figsize=(10, 4))
    left, right = figure.add_subplot(1, 2, 1), figure.add_subplot(1, 2, 2, projection="3d")
    xs = np.linspace(-25, 32, 200)
    f = lambda x: x * x / 10
    left.plot(xs, f(xs), color="0.5")
    slope = grad(f)(20.0)
    left.plot(xs[xs > 5], f(20.0) + slope * (xs[xs > 5] - 20), "--", color=ORANGE, label="tangent at 20: 4a − 40")
    for k, x in enumerate((-20.0, -12.0, 12.0, 20.0)):
        step = -3 * grad(f)(x)
        label = "−3 times the slope" if k == 0 else None
        left.annotate("", (x + step, f(x)), (x, f(x)), arrowprops={"arrowstyle": "->", "color": BLUE, "lw": 1.8})
        left.plot(x, f(x), "o", color=BLUE, ms=5, label=label)
    left.set(xlabel="x", ylabel="x²/10", title="Against the slope is downhill", ylim=(-6, 90))
    left.legend(loc="upper center")
    x, y = np.meshgrid(np.linspace(-8, 8, 60), np.linspace(-3, 3, 60))
    right.plot_surface(x, y, x**2 / 10 + y**2, cmap="Blues_r", alpha=0.65, linewidth=0)
    right.contour(x, y, x**2 / 10 + y**2, levels=10, offset=-6, colors="0.7", linewidths=0.8)
    bowl = grad(lambda p: p[0] ** 2 / 10 + p[1] ** 2)
    for p in ((-7.0, 2.0), (-4.0, -1.5), (5.0, 1.8), (6.0, -2.0), (-7.5, 0.0)):
        downhill = -bowl(np.array(p))
        right.quiver(*p, -6, *downhill, 0, color=ORANGE, lw=1.8, arrow_length_ratio=0.25)
    right.set(xlabel="x", ylabel="y", zlabel="z", zlim=(-6, 16), title="x²/10 + y², −gradients on the floor")
    right.view_init(28, -60)
    figure.tight_layout()


def show_error_curve(error: Callable[[float], float], at: float, slope: float) -> None:
    """The error as one weight changes, with its tangent."""
    figure, ax = plt.subplots(figsize=(6.5, 3.2))
    ws = np.linspace(-6, 6, 200)
    ax.plot(ws, [error(w) for w in ws], color=BLUE, lw=2)
    near = np.array([at - 2.5, at + 2.5])
    ax.plot(near, error(at) + slope * (near - at), "--", color=ORANGE, label=f"slope at {at}: {slope:.4f}")
    ax.plot(at, error(at), "o", color=ORANGE)
    ax.set(xlabel="the weight", ylabel="error", title="The error as one weight changes")
    ax.legend()
    figure.tight_layout()


def show_diamond_and_circle(centre: Sequence[float], widths: Sequence[float], budget: float = 1.0) -> None:
    """Contours of an error, and the least of it on a diamond |θ₁| + |θ₂| = 1 and on a circle θ₁² + θ₂² = 1."""
    figure, axes = plt.subplots(1, 2, figsize=(9, 4.2), sharey=True)
    grid = np.stack(np.meshgrid(np.linspace(-1.5, 3, 200), np.linspace(-1.5, 2.6, 200)))
    error = lambda p: sum(w * (p[k] - centre[k]) ** 2 for k, w in enumerate(widths))
    angle = np.linspace(0, 2 * np.pi, 4001)
    circle = budget * np.stack([np.cos(angle), np.sin(angle)])
    diamond = circle * budget / np.abs(circle).sum(axis=0)
    for ax, edge, name in ((axes[0], diamond, "L1: a diamond"), (axes[1], circle, "L2: a circle")):
        least = edge[:, np.argmin(error(edge))]
        ax.contour(*grid, error(grid), levels=[error(least)], colors=ORANGE)
        ax.contour(
            *grid, error(grid), levels=error(least) * np.array([0.08, 0.3, 0.6, 1.5, 2.3]), colors="0.8", linewidths=0.8
        )
        ax.fill(*edge, color=BLUE, alpha=0.2)
        ax.plot(*edge, color=BLUE)
        ax.plot(*centre, "+", color="0.3", ms=10)
        ax.plot(*least, "o", color=ORANGE, ms=8)
        ax.axhline(0, color="0.85", lw=0.8, zorder=0)
        ax.axvline(0, color="0.85", lw=0.8, zorder=0)
        ax.set(
            xlabel="θ₁",
            xticks=range(-1, 3),
            aspect="equal",
            title=f"{name}; least at ({abs(least[0]):.2f}, {abs(least[1]):.2f})",
        )
    axes[0].set_ylabel("θ₂")
    figure.tight_layout()


def sparse_data() -> tuple[np.ndarray, np.ndarray]:
    """Eight features, three of which count."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 8))
    return x, x @ np.array([2.0, -1.5, 1.0, 0, 0, 0, 0, 0]) + 0.1 * rng.normal(size=200)


def weights_after(make: Callable[[list[Tensor]], Any], penalty: Callable[[Tensor], Any] | None = None) -> np.ndarray:
    """The weights of a linear model after 300 steps."""
    x, y = sparse_data()
    w = Tensor(np.full(8, 0.5), requires_grad=True)
    optimizer = make([w])
    for _ in range(300):
        optimizer.zero_grad()
        loss = nn.functional.half_mse_loss(x @ w, y)
        (loss if penalty is None else loss + penalty(w)).backward()
        optimizer.step()
    return w.data


def show_weights(strengths: np.ndarray, by_l1: np.ndarray, by_l2: np.ndarray) -> None:
    """Every weight as a penalty grows."""
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.2), sharey=True)
    for ax, found, name in ((axes[0], by_l1, "L1, proximal steps"), (axes[1], by_l2, "L2")):
        for k, weight in enumerate(found.T):
            ax.plot(strengths, weight, color=BLUE if k < 3 else ORANGE, lw=1.6, ls="-" if k < 3 else "--")
        ax.axhline(0, color="0.8", lw=0.8, zorder=0)
        ax.set(xscale="log", xlabel="strength of the penalty", title=name)
    axes[0].set_ylabel("weights; dashed: of no use")
    figure.tight_layout()


def noisy_sine(rows: int = 24) -> tuple[np.ndarray, np.ndarray]:
    """A few points near a sine."""
    rng = np.random.default_rng(3)
    x = rng.uniform(-3, 3, size=(rows, 1))
    return x, np.sin(x) + 0.3 * rng.normal(size=(rows, 1))


def wide(dropout: float = 0.0) -> nn.Sequential:
    """A network with far more weights than there are points."""
    return nn.Sequential(
        nn.Linear(1, 60, rng=1),
        nn.Tanh(),
        nn.Linear(60, 60, rng=2),
        nn.Tanh(),
        nn.Dropout(dropout, rng=3),
        nn.Linear(60, 1, rng=4),
    )


def show_fits(x: np.ndarray, y: np.ndarray, models: Mapping[str, nn.Module]) -> None:
    """What each network makes of the points."""
    figure, axes = plt.subplots(1, len(models), figsize=(10, 3), sharey=True)
    xs = np.linspace(-3.2, 3.2, 300, dtype=np.float32)[:, None]
    for ax, (name, model) in zip(axes, models.items()):
        with no_grad():
            ax.plot(xs, model.eval()(xs).data, color=BLUE, lw=1.8)
            away = float(np.mean((model(xs).data - np.sin(xs)) ** 2))
        ax.plot(xs, np.sin(xs), color="0.7", lw=1, ls="--")
        ax.plot(x, y, "o", color=ORANGE, ms=4)
        ax.set(title=f"{name}; {away:.3f} from the sine", ylim=(-2, 2), xlabel="x")
    figure.tight_layout()


def show_stopping(history: nn.History, best: int) -> None:
    """The losses, and the epoch whose weights were kept."""
    figure, ax = plt.subplots(figsize=(7, 3))
    epochs = range(1, len(history) + 1)
    ax.plot(epochs, history["loss"], color=BLUE, label="training")
    ax.plot(epochs, history["val_loss"], color=ORANGE, ls="--", label="validation")
    ax.axvline(best, color="0.6", lw=1, ls=":")
    ax.annotate("kept", (best, ax.get_ylim()[1] * 0.5), xytext=(6, 0), textcoords="offset points", color="0.4")
    ax.set(xlabel="epoch", ylabel="loss", yscale="log", title="Early stopping")
    ax.legend()
    figure.tight_layout()
