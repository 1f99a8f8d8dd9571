"""Timing in turns, what is timed, and a debugger that is typed into by a script; for the notebook 09_compile.

Import this before NumPy: it asks NumPy's linear algebra for one thread, the same for all contestants.
"""

from __future__ import annotations

import gc
import io
import os
import pdb
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"

import matplotlib.pyplot as plt
import numpy as np

import nn
import optim
from nn.digits import digits_network

plt.rcParams.update({"axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False})
LOOKS = {"eager": ("#d55e00", "o-"), "compiled": ("#0072b2", "s-"), "matrix products alone": ("0.5", "^:")}


def in_turns(contestants: Mapping[Any, Callable[[], Any]], rounds: int = 9, turn: float = 0.01) -> dict[Any, float]:
    """The median microseconds of a call of each; its calls in one turn fill about `turn` seconds."""
    gc.collect()
    gc.freeze()  # or the collector would look, at eager's expense, at all that a notebook has imported
    repeats = {}
    for name, run in contestants.items():
        run()  # which compiles
        start = time.perf_counter()
        run()
        repeats[name] = max(1, int(turn / (time.perf_counter() - start)))
    seconds: dict[Any, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, run in contestants.items():
            start = time.perf_counter()
            for _ in range(repeats[name]):
                run()
            seconds[name].append((time.perf_counter() - start) / repeats[name])
    gc.unfreeze()
    return {name: 1e6 * float(np.median(turns)) for name, turns in seconds.items()}


def training(seed: int = 0) -> tuple[nn.Module, optim.Optimizer, Callable[..., Any]]:
    """The digits network, its optimizer, and a step that trains it, as anybody would write it."""
    model = digits_network(seed)
    optimizer = optim.Adam(model.parameters(), lr=0.01)

    def step(x, y):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    return model, optimizer, step


def products(model: nn.Sequential, x: np.ndarray) -> Callable[[], Any]:
    """The matrix products of one step, alone: one forward and one or two backward for each layer."""
    calls, batch = [], len(x)
    for k, layer in enumerate(m for m in model if isinstance(m, nn.Linear)):
        weight = layer.weight.data
        sent, given = (np.ones((batch, width), np.float32) for width in weight.shape)
        calls += [(given, weight.T, np.empty_like(sent)), (sent.T, given, np.empty_like(weight))]
        calls += [(sent, weight, np.empty_like(given))] if k else []
    return lambda: [np.matmul(a, b, out=out) for a, b, out in calls]


def show_parts(spent: Mapping[str, float], names: Sequence[str]) -> None:
    """Bars of the contestants' times, with the matrix products and the optimizer as parts of each."""
    whole = np.array([spent[name] for name in names])
    figure, ax = plt.subplots(figsize=(7.5, 2.4))
    left = np.zeros(len(names))
    for part, colour in (("matrix products", "#0072b2"), ("Adam", "#56b4e9")):
        ax.barh(names, spent[part], left=left, color=colour, label=part)
        left += spent[part]
    ax.barh(names, whole - left, left=left, color="#e69f00", label="all else")
    for name, total in zip(names, whole):
        ax.text(total, name, f"  {total:.0f} µs, {total / whole[0]:.2f}", va="center")
    ax.invert_yaxis()
    ax.set(xlabel="µs a step, batch 32", xlim=(0, 1.25 * whole[0]), title="Where a step's time goes")
    ax.legend(loc="lower right")
    figure.tight_layout()


def run_of(source: str) -> str:
    """The part of a program that each call runs."""
    return source[source.index("def run") :].rstrip()


class Typed(io.StringIO):
    """Commands for a debugger that appear on its screen, as if somebody typed them."""

    def __init__(self, commands: str, screen: io.StringIO) -> None:
        super().__init__(commands)
        self.screen = screen

    def readline(self, *size: int) -> str:
        line = super().readline(*size)
        self.screen.write(line)
        return line


def debug(function: Callable[..., Any], arguments: Sequence[Any], commands: Sequence[str]) -> str:
    """What pdb shows where these commands are typed into it; it steps over the engine and NumPy."""
    screen = io.StringIO()
    # Jupyter puts IPython's debugger in pdb's place; this is pdb's own.
    own = next(cls for cls in pdb.Pdb.__mro__ if cls.__module__ == "pdb")
    typed = Typed("\n".join([*commands, ""]), screen)
    skip = ["autograd.*", "nn.*", "optim.*", "numpy.*"]
    with np.printoptions(precision=3, suppress=True):
        own(stdin=typed, stdout=screen, readrc=False, skip=skip).runcall(function, *arguments)
    return screen.getvalue()


def shortest_loop(text: str) -> str:
    """Of the native loops of a program how many there are, and the shortest one over two axes."""
    loops = text.split("@loop\n")[1:]
    loops[-1], _, rest = loops[-1].partition("\n\n\n")
    lines = [line.strip("# ") for line in rest.splitlines()]
    turns = [line for line in lines if line.startswith("for ")]
    native = sum(line.startswith("replay") and "(" in line and "_plan" not in line for line in lines)
    shortest = min((loop for loop in loops if "for i1" in loop), key=len).rstrip()
    return (
        f"{len(loops)} loops and NumPy's matrix product, in {len(turns)} loops over the turns: "
        f"{native} native call{'s' if native != 1 else ''} of each run\n\n{shortest}\n"
    )


def show_score(across: np.ndarray, up: np.ndarray, height: np.ndarray, points: np.ndarray, sides: np.ndarray) -> None:
    """The score of a classifier in the plane, and the points that it learned from."""
    figure, ax = plt.subplots(figsize=(5.2, 3.2))
    ax.contourf(across, up, np.clip(height, -2, 2), levels=np.linspace(-2, 2, 9), cmap="PuOr", alpha=0.6)
    ax.contour(across, up, height, levels=[0], colors="0.3", linewidths=1)
    for side, marker in ((0, "o"), (1, "^")):
        ax.plot(*points[sides == side].T, marker, color="0.15", ms=4)
    ax.set(xlabel="x", ylabel="y", title="The score of each place; the line is 0")
    figure.tight_layout()


def show_growth(chains: Mapping[Any, float], once: Mapping[int, float], batches: Mapping[Any, float]) -> None:
    """Times that grow: with the length of a chain of scalars, and with the batch."""
    figure, axes = plt.subplots(1, 2, figsize=(10, 3.8))
    for ax, times in zip(axes, (chains, batches)):
        for name in dict.fromkeys(name for name, _ in times):
            sizes = [size for other, size in times if other == name]
            colour, style = LOOKS[name]
            ax.loglog(sizes, [times[name, size] for size in sizes], style, color=colour, label=name)
    axes[0].loglog(list(once), list(once.values()), "d--", color="#56b4e9", label="compiling, once")
    axes[0].set(xlabel="nodes in the chain", ylabel="µs, forward and backward", title="Scalars")
    axes[1].set(xlabel="batch size", ylabel="µs a step", title="The digits network")
    for ax in axes:
        ax.legend()
    figure.tight_layout()


def table(what: str, times: Mapping[Any, float]) -> str:
    """The times of eager and compiled, and their ratio."""
    lines = [f"{what:>8}  eager, µs  compiled, µs  ratio"]
    for size in dict.fromkeys(size for _, size in times):
        slow, fast = times["eager", size], times["compiled", size]
        lines.append(f"{size:8,} {slow:10,.0f} {fast:13,.1f}  {fast / slow:.4f}")
    return "\n".join([*lines, ""])
