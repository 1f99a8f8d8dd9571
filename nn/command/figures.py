"""The pictures of a report: the confusion matrix, or predictions and residuals; and figures as inline SVG."""

from __future__ import annotations

import io
import re
import warnings
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from autograd.wording.steps import to_printable

# Classes up to which each cell of the matrix has its number.
MAX_NUMBERED_CLASSES = 20
# What a page holds of many: rows in a picture of residuals, and points of a line.
MAX_DOTS, MAX_POINTS = 2000, 1000


def confusion_matrix(matrix: np.ndarray, classes: list[str]) -> Figure:
    """Rows of each true class by the class that they were taken for; colours are shares of the true class."""
    count = len(classes)
    side = min(max(3.4, 0.42 * count + 1.8), 12.0)
    made = Figure(figsize=(side + 0.6, side), layout="constrained")
    place = made.subplots()
    whole = matrix.sum(axis=1, keepdims=True)
    share = matrix / np.where(whole > 0, whole, 1)
    # Drawn as shapes: an image would be data: within the page, which its policy forbids.
    edges = np.arange(count + 1) - 0.5
    place.pcolormesh(edges, edges, share, cmap="Blues", vmin=0.0, vmax=1.0, edgecolors="#d5d8de", linewidth=0.5)
    place.invert_yaxis()
    place.set_aspect("equal")
    names = [_shorten(name) for name in classes]
    turned = 90 if max(map(len, names)) > 3 else 0
    if count <= 2 * MAX_NUMBERED_CLASSES:
        place.set_xticks(range(count), names, rotation=turned, parse_math=False)
        place.set_yticks(range(count), names, parse_math=False)
    if count <= MAX_NUMBERED_CLASSES:
        for (row, column), number in np.ndenumerate(matrix):
            if number:
                colour = "white" if share[row, column] > 0.5 else "black"
                place.text(column, row, str(number), ha="center", va="center", color=colour, fontsize=9)
    place.set_xlabel("taken for")
    # Turned, two letters cannot be read.
    place.set_ylabel("is", rotation=0, ha="right", va="center")
    place.spines[:].set_visible(False)
    return made


def residuals(predicted: np.ndarray, true: np.ndarray, target: str) -> Figure:
    """Predictions against what is true, and what is left over against predictions."""
    made = Figure(figsize=(9.0, 4.0), layout="constrained")
    left, right = made.subplots(1, 2)
    if len(true) > MAX_DOTS:
        chosen = np.random.default_rng(0).choice(len(true), MAX_DOTS, replace=False)
        predicted, true = predicted[chosen], true[chosen]
    low, high = min(predicted.min(), true.min()), max(predicted.max(), true.max())
    dots: dict[str, Any] = {"s": 14, "alpha": 0.6, "color": "#0072B2", "linewidths": 0}
    left.plot([low, high], [low, high], color="grey", linestyle="--", linewidth=1.0)
    left.scatter(predicted, true, **dots)
    left.set_ylabel(f"true {_shorten(target)}", parse_math=False)
    right.axhline(0.0, color="grey", linestyle="--", linewidth=1.0)
    right.scatter(predicted, true - predicted, **dots)
    right.set_ylabel("true − predicted")
    for place in (left, right):
        place.set_xlabel(f"predicted {_shorten(target)}", parse_math=False)
        place.grid(alpha=0.25)
        place.spines[["top", "right"]].set_visible(False)
    return made


def svg(figure: Figure, label: str) -> str:
    """A figure as an element of a page; the same figure gives the same text."""
    file = io.StringIO()
    for line in (line for place in figure.axes for line in place.lines):
        x, y = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
        every = -(-len(x) // MAX_POINTS)
        if every > 1:
            line.set_data(x[::every], y[::every])
    # Text stays text, in a font that has its letters, to be searched and read aloud; the salt makes ids the same every time.
    with rc_context({"svg.hashsalt": "stepgrad", "svg.fonttype": "none"}), warnings.catch_warnings():
        # A name may have letters that matplotlib's font has not.
        warnings.simplefilter("ignore", UserWarning)
        # The paper is the page's.
        figure.savefig(
            file, format="svg", transparent=True, metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
        )
    text = file.getvalue()
    element = text[text.index("<svg") :]
    # Figures share a page: an id that two of them have would be that of the first.
    prefix = re.sub(r"\W+", "-", label)
    element = re.sub(r'(\bid="|href="#|url\(#)', rf"\1{prefix}-", element)
    element = re.sub(r"<metadata>.*?</metadata>", "", element, flags=re.DOTALL)
    return element.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)


def _shorten(name: str, most: int = 24) -> str:
    name = to_printable(name)
    return name if len(name) <= most else name[: most - 1] + "…"
