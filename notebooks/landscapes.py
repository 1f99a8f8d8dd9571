"""Landscapes for optimizers to run in, and their pictures; for the notebook 05_optimizers."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import PIL.Image
import PIL.ImageSequence
from IPython.display import Image
from matplotlib.animation import FuncAnimation, PillowWriter

import autograd as ag
import optim
from autograd import Tensor

COLOURS = {
    "SGD": "#000000",
    "Momentum": "#0072b2",
    "Nesterov": "#56b4e9",
    "AdaGrad": "#009e73",
    "AdaDelta": "#cc79a7",
    "RMSProp": "#e69f00",
    "Adam": "#d55e00",
    "L-BFGS": "#8c8c8c",
}
MARKERS = dict(zip(COLOURS, "osDv^P*x"))
RACERS = tuple(COLOURS)[:7]
BLUE, ORANGE = "#0072b2", "#d55e00"
plt.rcParams.update({"axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False})

# The minima of `waves`.
LOWEST, OTHER = -1.306440008, 3.837467106


def valley(p):
    """x²/10 + y²: ten times as steep in y as in x."""
    return p[0] ** 2 / 10 + p[1] ** 2


def saddle(p):
    """x² − y²."""
    return p[0] ** 2 - p[1] ** 2


def beale(p):
    """Beale's function; its minimum is at (3, ½)."""
    x, y = p[0], p[1]
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


def waves(x):
    """x²/10 + sin x."""
    return x**2 / 10 + ag.sin(x)


# Where the contours of each lie: the ranges of x and y, and the levels.
CONTOURS: dict[Callable[..., Any], tuple[Any, Any, Any]] = {
    valley: ((-8, 4), (-2.6, 2.6), [0.05, 0.4, 1, 2, 4, 7, 11, 16]),
    saddle: ((-1.1, 1.1), (-0.15, 1.2), np.linspace(-1.4, 1.4, 15)),
    beale: ((-0.5, 4.2), (-2.2, 2), np.logspace(-1.5, 3, 14)),
}


def slides(name: str, **options: Any) -> Callable[[list[Tensor]], Any]:
    """The optimizer of a name with the numbers of the lecture slides."""
    return lambda params: optim.get(name, params, preset="slides", **options)


def run(optimizer_of: Callable[[list[Tensor]], Any], f: Callable[..., Any], start: Any, steps: int, schedule_of=None):
    """The points that an optimizer visits; a schedule, where there is one, changes its rate on the way."""
    p = Tensor(start, requires_grad=True)
    optimizer = optimizer_of([p])
    schedule = schedule_of(optimizer) if schedule_of is not None else None
    keeps_theta = optimizer.param_groups[0].get("nesterov") == "lookahead"
    points = [p.tolist()]
    for _ in range(steps):
        optimizer.zero_grad()
        with optimizer.lookahead() if keeps_theta else nullcontext():
            f(p).backward()
        optimizer.step()
        if schedule is not None:
            schedule.step()
        points.append(p.tolist())
    return np.array(points)


def contours(ax, f: Callable[..., Any], x=None, y=None) -> None:
    """Draw the lines of equal height."""
    usual_x, usual_y, levels = CONTOURS[f]
    x, y = x or usual_x, y or usual_y
    grid = np.stack(np.meshgrid(np.linspace(*x, 200), np.linspace(*y, 160)))
    ax.contour(grid[0], grid[1], f(grid), levels=levels, colors="0.8", linewidths=0.8)
    ax.set(xlim=x, ylim=y)


def line(ax, name: str, points: Any, **options: Any) -> None:
    """Draw one optimizer in its colour and with its marker."""
    ax.plot(*points, color=COLOURS[name], marker=MARKERS[name], label=name, **{"ms": 4, "lw": 1, **options})


def show_each(paths: Mapping[str, np.ndarray], titles: Mapping[str, str]) -> None:
    """The paths in the valley, one picture an optimizer."""
    figure, axes = plt.subplots(2, 4, figsize=(10, 4.4), sharex=True, sharey=True)
    for ax, (name, path) in zip(axes.flat, paths.items()):
        contours(ax, valley)
        ax.plot(*path.T, "o-", color=COLOURS[name], ms=3, lw=1)
        ax.plot(0, 0, "+", color="0.4", ms=9)
        ax.set_title(f"{name}, {titles[name]}", fontsize=9.5)
    for ax in axes[:, 0]:
        ax.set_ylabel("y")
    for ax in (*axes[1, :3], axes[0, 3]):
        ax.set_xlabel("x")
    axes[0, 3].tick_params(labelbottom=True)
    axes[1, 3].axis("off")
    figure.tight_layout()


def show_heights(paths: Mapping[str, np.ndarray]) -> None:
    """How high each is in the valley, step by step."""
    figure, ax = plt.subplots(figsize=(7.5, 3.4))
    for name, path in paths.items():
        line(ax, name, (range(len(path)), valley(path.T)))
    ax.set(
        xlabel="step", ylabel="z = x²/10 + y²", yscale="log", xticks=range(0, 21, 5), title="Height above the minimum"
    )
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    figure.tight_layout()


def show_saddle(paths: Mapping[str, np.ndarray]) -> None:
    """The paths on the saddle, and how soon each leaves the ridge."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8))
    contours(left, saddle)
    left.axhline(0, color="0.6", lw=0.6, ls=":")
    right.axhline(1, color="0.6", lw=0.6, ls=":")
    for name, path in paths.items():
        line(left, name, path.T, ms=3.5)
        line(right, name, (range(len(path)), np.abs(path[:, 1])), ms=3.5, markevery=3)
    left.set(xlabel="x", ylabel="y", title="Paths from (1, 0.001)")
    right.set(
        xlabel="step", ylabel="|y|, distance from the ridge", yscale="log", ylim=(5e-4, 3), title="Leaving the ridge"
    )
    right.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    figure.tight_layout()


def race(*courses: tuple[Callable[..., Any], Mapping[str, np.ndarray], int, Any], steps: int = 20) -> Image:
    """All seven in several landscapes, moving; it stands still for a while at the end.

    A course is a landscape, the paths in it, how many steps of them a frame takes, and its minimum, or None.
    """
    figure, axes = plt.subplots(1, len(courses), figsize=(4 * len(courses), 3.3), dpi=70)
    title = figure.suptitle("", fontsize=10)
    lines = []
    for ax, (landscape, paths, pace, minimum) in zip(axes, courses):
        contours(ax, landscape)
        if minimum is not None:
            ax.plot(*minimum, "k+", ms=12, mew=1.5)
        ax.set(xlabel="x", ylabel="y", title=landscape.__name__)
        for name in RACERS:
            (trail,) = ax.plot([], [], color=COLOURS[name], lw=1.2, label=name)
            (head,) = ax.plot([], [], color=COLOURS[name], marker=MARKERS[name], ms=7)
            lines.append((paths[name][::pace], trail, head))
    figure.legend(*axes[0].get_legend_handles_labels(), fontsize=8, loc="lower center", ncols=len(RACERS))
    figure.tight_layout(rect=(0, 0.07, 1, 1))

    def draw(k: int) -> None:
        title.set_text(f"frame {k:2d}")
        for path, trail, head in lines:
            reached = path[: k + 1]
            trail.set_data(*reached.T)
            head.set_data(*reached[-1:].T)

    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "race.gif"
        FuncAnimation(figure, draw, frames=[*range(steps + 1), *[steps] * 5]).save(file, writer=PillowWriter(fps=4))
        plt.close(figure)
        return Image(few_colours(file), format="gif", alt="The paths, step by step")


def few_colours(file: Path) -> bytes:
    """An animation in 48 colours, which is a tenth as large."""
    with PIL.Image.open(file) as movie:
        shown = [frame.convert("RGB") for frame in PIL.ImageSequence.Iterator(movie)]
    # One palette for all, so that of each frame only what has changed is stored.
    palette = shown[-1].quantize(48, method=PIL.Image.Quantize.MAXCOVERAGE, dither=0)
    frames = [frame.quantize(palette=palette, dither=0) for frame in shown]
    packed = io.BytesIO()
    frames[0].save(packed, "GIF", save_all=True, append_images=frames[1:], duration=250, loop=0, optimize=True)
    return packed.getvalue()


def show_beale(paths: Mapping[str, np.ndarray]) -> None:
    """The paths on Beale's function, and how near each comes to the minimum."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
    contours(left, beale)
    left.plot(3, 0.5, "k+", ms=14, mew=1.5)
    for name, path in paths.items():
        if name != "L-BFGS":
            line(left, name, path.T, markevery=20, lw=1.2)
        distance = np.linalg.norm(path - [3, 0.5], axis=1)
        right.semilogy(np.maximum(distance, 1e-9), color=COLOURS[name], lw=1.3, label=name)
    left.set(xlabel="x", ylabel="y", title="400 steps from (0.7, 1.4); + is the minimum")
    right.set(xlabel="gradients taken", ylabel="distance to the minimum", ylim=(1e-6, 5), title="Distance to (3, ½)")
    right.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    figure.tight_layout()


def show_starts(starts: np.ndarray, settled: Mapping[str, np.ndarray]) -> None:
    """Which minimum of the waves each start ends in."""
    figure, axes = plt.subplots(4, 1, figsize=(7.5, 4.4), sharex=True, height_ratios=[3, 1, 1, 1])
    xs = np.linspace(-10, 10, 500)
    axes[0].plot(xs, waves(xs), color="0.5")
    for low, colour in ((LOWEST, BLUE), (OTHER, ORANGE)):
        axes[0].plot(low, waves(low), "o", color=colour, ms=8)
    axes[0].set(ylabel="x²/10 + sin x", title="Which minimum each start ends in")
    for ax, (label, ends) in zip(axes[1:], settled.items()):
        lowest = ends < 0
        ax.vlines(starts[lowest], 0, 1, color=BLUE, lw=1.6)
        ax.vlines(starts[~lowest], 0, 1, color=ORANGE, lw=1.6)
        ax.set(yticks=[], ylim=(0, 1))
        ax.set_ylabel(label, rotation=0, ha="right", va="center")
    axes[-1].set(xlabel="start", xlim=(-10, 10))
    figure.tight_layout()


def show_dropped(outside: np.ndarray, inside: np.ndarray) -> None:
    """Two forms of momentum, where the rate drops at steps 5 and 10."""
    figure, ax = plt.subplots(figsize=(7, 3))
    ax.plot(outside[:, 0], "o-", color=ORANGE, ms=5, label="rate outside (PyTorch)")
    ax.plot(inside[:, 0], "s--", color=BLUE, ms=5, label="rate inside (documents, Keras)")
    for k in (5, 10):
        ax.axvline(k, color="0.7", lw=0.8)
    ax.set(xlabel="step; the rate falls to a tenth at 5 and 10", ylabel="x", title="Momentum .9 in the valley")
    ax.legend(loc="lower right")
    figure.tight_layout()


def show_correction(paths: Mapping[str, np.ndarray], rate: float) -> None:
    """Adam with and without bias correction: the size of its steps, and its path."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.2))
    for (label, path), colour, style in zip(paths.items(), (ORANGE, BLUE), ("o-", "s--")):
        left.plot(range(1, 21), np.abs(np.diff(path[:, 0])) / rate, style, color=colour, ms=4, label=label)
        end = f"{label}: ends at ({path[-1, 0]:.6f}, {path[-1, 1]:.6f})"
        right.plot(*path.T, style, color=colour, ms=4, label=end)
    contours(right, valley, (-8, 8), (-3.6, 3.8))
    left.set(xlabel="step", ylabel="|Δx| / η", title="Size of the steps in x", ylim=(0, None), xticks=range(0, 21, 5))
    right.set(xlabel="x", ylabel="y", title="The same two in the valley")
    left.legend()
    right.legend(fontsize=8, loc="upper right")
    figure.tight_layout()


def rates(schedule_of: Callable[[Any], Any], steps: int = 60) -> list[float]:
    """The learning rates that a schedule gives to an optimizer of rate 1, step by step."""
    optimizer = optim.SGD([Tensor([0.0], requires_grad=True)], lr=1.0, momentum=0.9)
    schedule, found = schedule_of(optimizer), []
    for _ in range(steps):
        found += schedule.get_last_lr()
        optimizer.step()
        schedule.step()
    return found


def show_schedules(found: Mapping[str, Sequence[float]]) -> None:
    """Twelve schedules beside each other."""
    figure, axes = plt.subplots(3, 4, figsize=(10, 5.2), sharex=True, sharey=True)
    for ax, (title, values) in zip(axes.flat, found.items()):
        ax.step(range(len(values)), values, where="mid", color=BLUE, lw=1.4)
        ax.set_title(title, fontsize=8.5)
    for ax in axes[-1]:
        ax.set_xlabel("step")
    for ax in axes[:, 0]:
        ax.set_ylabel("η / η₀")
    figure.tight_layout()
