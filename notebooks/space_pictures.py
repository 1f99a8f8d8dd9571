"""Points in a plane, the regions that networks cut it into, and how layers bend it; for the notebook 12_space."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import ListedColormap

import nn
from autograd import Tensor, no_grad

BLUE, ORANGE = "#0072b2", "#d55e00"
plt.rcParams.update({"axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False})
DOTS = ListedColormap([ORANGE, BLUE])


def circle(rows: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """A disc, and a ring about it."""
    rng = np.random.default_rng(0)
    inside = np.arange(rows) % 2
    radius = np.where(inside, rng.uniform(0, 2.2, rows), rng.uniform(3.2, 5, rows))
    angle = rng.uniform(0, 2 * np.pi, rows)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), inside


def xor(rows: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """Opposite quarters of a square."""
    rng = np.random.default_rng(1)
    x = rng.uniform(0.3, 5, size=(rows, 2)) * rng.choice([-1, 1], size=(rows, 2))
    return x, (x[:, 0] * x[:, 1] > 0).astype(int)


def gauss(rows: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """Two clouds."""
    rng = np.random.default_rng(2)
    y = np.arange(rows) % 2
    return rng.normal(size=(rows, 2)) + np.where(y, 2.0, -2.0)[:, None], y


def spiral(rows: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """Two arms, wound about each other."""
    y, t = np.arange(rows) % 2, np.repeat(np.linspace(0.1, 1, rows // 2), 2)
    angle = 1.75 * 2 * np.pi * t + np.pi * y
    noise = np.random.default_rng(3).normal(scale=0.05, size=(rows, 2))
    return 5 * t[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1) + noise, y


SETS: dict[str, Callable[[], tuple[np.ndarray, np.ndarray]]] = {
    "circle": circle,
    "xor": xor,
    "gauss": gauss,
    "spiral": spiral,
}
# TensorFlow Playground's seven.
FEATURES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "x₁": lambda x: x[:, 0],
    "x₂": lambda x: x[:, 1],
    "x₁²": lambda x: x[:, 0] ** 2,
    "x₂²": lambda x: x[:, 1] ** 2,
    "x₁x₂": lambda x: x[:, 0] * x[:, 1],
    "sin x₁": lambda x: np.sin(x[:, 0]),
    "sin x₂": lambda x: np.sin(x[:, 1]),
}


def features(x: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Some of the seven features of points, scaled to about 1."""
    columns = np.stack([FEATURES[name](x) for name in names], axis=1)
    return columns / np.array(
        [25 / 5 if name in ("x₁²", "x₂²", "x₁x₂") else 1 if "sin" in name else 5 / 2 for name in names]
    )


def train(
    data: tuple[np.ndarray, np.ndarray],
    names: Sequence[str],
    hidden: Sequence[int],
    activation: str = "tanh",
    **options: Any,
) -> tuple[nn.Module, nn.History]:
    """A network over some features, and its course."""
    x, y = data
    model = nn.perceptron([len(names), *hidden, 1], activation, seed=2)
    settings = {"lr": 0.03, "epochs": 50, "batch_size": 10, "metrics": "accuracy", "progress": False, **options}
    return model, nn.fit(model, (features(x, names), y), **settings)


def grid_of(limit: float = 6.0, count: int = 120) -> tuple[np.ndarray, np.ndarray]:
    """A square of points, and its axis."""
    axis = np.linspace(-limit, limit, count)
    return np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2), axis


def outputs_of(model: nn.Module, inputs: np.ndarray) -> np.ndarray:
    """What a model gives, as an array."""
    with no_grad():
        # An activation alone gives an array for an array.
        found = model(inputs.astype(np.float32))
    return found.data if isinstance(found, Tensor) else found


def paint(ax: Any, scores: np.ndarray, axis: np.ndarray, data: tuple[np.ndarray, np.ndarray] | None) -> None:
    """The sign of scores as regions, their size as a shade, with the points."""
    table = np.tanh(scores.reshape(len(axis), len(axis)))
    ax.imshow(table, extent=(axis[0], axis[-1]) * 2, origin="lower", cmap="RdBu", vmin=-1.6, vmax=1.6, aspect="equal")
    if data is not None:
        ax.contour(axis, axis, table, levels=[0], colors="k", linewidths=0.9)
        ax.scatter(*data[0].T, c=data[1], cmap=DOTS, s=7, edgecolors="white", linewidths=0.3)
    ax.set(xticks=[], yticks=[])


def show_regions(trained: Mapping[str, tuple[Any, Sequence[str], nn.Module, float]]) -> None:
    """The regions of several networks."""
    figure, axes = plt.subplots(1, len(trained), figsize=(2.55 * len(trained), 2.9))
    points, axis = grid_of()
    for ax, (title, (data, names, model, accuracy)) in zip(axes, trained.items()):
        paint(ax, outputs_of(model, features(points, names)), axis, data)
        ax.set_title(f"{title}\n{accuracy:.2f} right", fontsize=9.5)
    figure.tight_layout()


def show_units(model: nn.Sequential, names: Sequence[str]) -> None:
    """What each hidden unit says of the plane, a row for each layer."""
    points, axis = grid_of(count=70)
    layers, x = [], features(points, names)
    for layer in list(model)[:-1]:
        x = outputs_of(layer, x)
        if not isinstance(layer, nn.Linear):
            layers.append(x)
    most = max(found.shape[1] for found in layers)
    figure, axes = plt.subplots(len(layers), most, figsize=(1.15 * most, 1.35 * len(layers)), squeeze=False)
    for row, found in zip(axes, layers):
        for ax in row:
            ax.axis("off")
        for ax, unit in zip(row, found.T):
            ax.axis("on")
            paint(ax, (unit - unit.mean()) / max(unit.std(), 1e-6), axis, None)
    figure.tight_layout(pad=0.4)


def lines_of_a_net(limit: float, count: int = 13, fine: int = 120) -> list[np.ndarray]:
    """The lines of a square net, each as points."""
    marks, along = np.linspace(-limit, limit, count), np.linspace(-limit, limit, fine)
    return [np.stack(pair, axis=1) for m in marks for pair in ((np.full(fine, m), along), (along, np.full(fine, m)))]


def show_bending(
    model: nn.Sequential, data: tuple[np.ndarray, np.ndarray], scale: float, titles: Sequence[str]
) -> None:
    """The plane, and what each layer of two units makes of it."""
    figure, axes = plt.subplots(1, len(titles), figsize=(2.6 * len(titles), 2.9))
    net, points = [line / scale for line in lines_of_a_net(5.5)], data[0] / scale
    layers = list(model)
    for k, (ax, title) in enumerate(zip(axes, titles)):
        if k:
            net = [outputs_of(layers[k - 1], line) for line in net]
            points = outputs_of(layers[k - 1], points)
        for line in net:
            ax.plot(*line.T, color="0.8", lw=0.7)
        ax.scatter(*points.T, c=data[1], cmap=DOTS, s=7, zorder=3)
        ax.set_title(title, fontsize=10)
        ax.tick_params(labelsize=7)
    figure.tight_layout()


def show_linear_map(matrix: np.ndarray, point: np.ndarray) -> None:
    """A net and a point, before and after a matrix: the same numbers in another basis."""
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.8))
    for ax, m, names in ((axes[0], np.eye(2), ("(1, 0)", "(0, 1)")), (axes[1], matrix, ("(2, 1)", "(0, 1)"))):
        for line in lines_of_a_net(6, 13, 2):
            ax.plot(*(line @ m.T).T, color="0.88", lw=0.8, zorder=0)
        for basis, colour, name in zip(m.T, (BLUE, ORANGE), names):
            ax.annotate("", basis, (0, 0), arrowprops={"arrowstyle": "->", "color": colour, "lw": 2})
            ax.plot([], [], color=colour, label=name)
        end = m @ point
        corner = m @ np.array([point[0], 0])
        ax.plot(*np.stack([np.zeros(2), corner, end]).T, ":", color="0.4", lw=1.2)
        ax.plot(*end, "o", color="k")
        ax.annotate(f"({end[0]:g}, {end[1]:g})", end, xytext=(6, 4), textcoords="offset points")
        ax.set(xlim=(-3, 9), ylim=(-3, 8), aspect="equal")
        ax.legend(loc="lower right")
    axes[0].set_title("3·(1, 0) + 2·(0, 1)")
    axes[1].set_title("3·(2, 1) + 2·(0, 1)")
    figure.tight_layout()


def show_warp(x: np.ndarray, y: np.ndarray, middle: float = 10.0) -> None:
    """Numbers on a line, and the same after (x − 10)²: one threshold parts them."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 2.8))
    left.scatter(x, np.zeros_like(x), c=y, cmap=DOTS, s=22)
    left.set(xlabel="x", yticks=[], title="No threshold parts them")
    ts = np.linspace(0, 20, 200)
    right.plot(ts, (ts - middle) ** 2, color="0.8")
    right.scatter(x, (x - middle) ** 2, c=y, cmap=DOTS, s=22)
    right.axhline(16, color="k", lw=0.9, ls="--")
    right.set(xlabel="x", ylabel="(x − 10)²", title="One does")
    figure.tight_layout()
