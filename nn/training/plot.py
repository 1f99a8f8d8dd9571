"""The picture of a history: losses, metrics and the learning rate over the epochs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from matplotlib.ticker import MaxNLocator

from autograd.wording.numbers import format_number
from nn.picture import Picture
from nn.training.metrics import mode_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito's colours, which are told apart with every kind of colour vision, without yellow, which is faint on white.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
NOT_DRAWN = ("epoch", "seconds", "lr")


class Curves(Protocol):
    """What is drawn: rows of numbers by name, of which one column is monitored. A history has all this."""

    monitor: str
    rows: list[dict[str, float]]

    @property
    def columns(self) -> Sequence[str]:
        """The names of what the rows have."""
        ...

    @property
    def best(self) -> dict[str, float]:
        """The row that is best by what is monitored."""
        ...


def draw_history(history: Curves) -> Picture:
    """Draw it; see `History.plot`."""
    if not history.rows:
        raise ValueError("History.plot: there is no epoch to draw")
    own = [name for name in history.columns if name not in NOT_DRAWN and not name.startswith("val_")]
    # One panel for what is measured alike: losses; what lies in 0 … 1; and each of the others for itself.
    panels: dict[str, list[str]] = {}
    for name in own:
        values = [v for full in (name, f"val_{name}") for v in _column(history, full) if math.isfinite(v)]
        share = mode_of(name) != "min" and bool(values) and min(values) >= 0.0 and max(values) <= 1.0
        panels.setdefault("share" if share else name, []).append(name)
    count = len(panels) + ("lr" in history.columns)
    across = min(count, 4)
    down = -(-count // across)
    drawn = Picture(figsize=(0.8 + 4.2 * across, 3.6 * down), layout="constrained")
    places = drawn.subplots(down, across, squeeze=False).ravel()
    for unused in places[count:]:
        unused.remove()
    axes = places[:count]
    for place, (panel, names) in zip(axes, panels.items(), strict=False):
        _draw_curves(place, history, names)
        if panel != "share":
            _set_scale(
                place, [v for name in names for full in (name, f"val_{name}") for v in _column(history, full)], 10.0
            )
        place.set_title("metrics" if panel == "share" and len(names) > 1 else names[0], loc="left", parse_math=False)
    if "lr" in history.columns:
        place, rates = axes[-1], _column(history, "lr")
        place.plot(_column(history, "epoch"), rates, drawstyle="steps-mid", color=COLOURS[-1])
        place.set_title("learning rate", loc="left")
        place.set_ylim(0.0, 1.2 * max(rates) or 1.0)
        _set_scale(place, rates, 5.0)
    for place in axes:
        place.set_xlabel("epoch")
        place.xaxis.set_major_locator(MaxNLocator(integer=True))
        place.grid(alpha=0.3, linewidth=0.6)
        place.spines[["top", "right"]].set_visible(False)
        first, last = history.rows[0]["epoch"], history.rows[-1]["epoch"]
        margin = 0.03 * (last - first) or 0.5
        place.set_xlim(first - margin, last + margin)
    return drawn


def _draw_curves(place: Axes, history: Curves, names: list[str]) -> None:
    for name, colour in zip(names, COLOURS * len(names), strict=False):
        # The training part dashed and the validation solid, so that they differ without their colours too.
        both = f"val_{name}" in history.columns
        label = "" if len(names) == 1 else f"{name}, "
        _draw_line(place, history, name, colour, "--" if both else "-", f"{label}training")
        if both:
            _draw_line(
                place, history, f"val_{name}", colour if len(names) > 1 else COLOURS[1], "-", f"{label}validation"
            )
    if history.monitor.removeprefix("val_") in names and history.monitor in history.columns:
        best = history.best
        place.plot(
            [best["epoch"]],
            [best[history.monitor]],
            "o",
            color="black",
            markerfacecolor="none",
            markersize=9,
            label=f"best: {format_number(best[history.monitor])} in epoch {best['epoch']:g}",
            linestyle="none",
        )
    for told in place.legend(frameon=False, fontsize="small").get_texts():
        told.set_parse_math(False)


def _draw_line(place: Axes, history: Curves, name: str, colour: str, style: str, label: str = "") -> None:
    marker = "." if len(history.rows) <= 12 else ""
    place.plot(_column(history, "epoch"), _column(history, name), style, marker=marker, color=colour, label=label)


def _set_scale(place: Axes, values: list[float], least: float) -> None:
    """Logarithmic where all is positive and over more than this factor apart."""
    finite = [v for v in values if math.isfinite(v)]
    if finite and min(finite) > 0.0 and max(finite) > least * min(finite):
        place.set_yscale("log")
        place.autoscale(axis="y")


def _column(history: Curves, name: str) -> list[float]:
    return [row.get(name, math.nan) for row in history.rows]
