"""What matplotlib draws, as text: axes with their scales and limits, lines, bars, dots, cells and words with their colours."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.collections import PathCollection, QuadMesh
from matplotlib.colors import to_hex
from matplotlib.ticker import FixedFormatter, FuncFormatter


def describe(figure: Any) -> str:
    """A figure in lines."""
    lines = [f"{figure.get_figwidth():.4g} × {figure.get_figheight():.4g}"]
    for title in (part._suptitle for part in (figure, *figure.subfigs) if part._suptitle is not None):
        lines.append(f"  {title.get_text()!r} {to_hex(title.get_color())} {title.get_fontsize():g}")
    for axes in figure.axes:
        # A bar of colours says what the cells say.
        lines += [f"bar of {axes.get_ylabel()!r}"] if axes.get_label() == "<colorbar>" else _describe_axes(axes)
    return "\n".join(lines)


def _describe_axes(axes: Any) -> list[str]:
    titles = " ".join(axes.get_title(loc) for loc in ("left", "center", "right")).strip()
    size = f" {axes.title.get_fontsize():g}" if titles else ""
    lines = [
        f"{titles!r}{size}, x {axes.get_xlabel()!r}, y {axes.get_ylabel()!r} turned {axes.yaxis.label.get_rotation():g}"
    ]
    if not axes.axison:
        lines.append("  without axes")
    for name in ("x", "y"):
        axis, (low, high) = getattr(axes, f"{name}axis"), getattr(axes, f"get_{name}lim")()
        grid = ", grid" * any(line.get_visible() for line in axis.get_gridlines())
        lines.append(f"  {name} {axis.get_scale()} {low:.3g} … {high:.3g}{grid}")
        if isinstance(axis.get_major_formatter(), FixedFormatter | FuncFormatter):
            labels = zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True)
            told = ", ".join(f"{text.get_text()!r} at {at:g}" for at, text in labels)
            lines.append(f"    {told}, turned {axis.get_ticklabels()[0].get_rotation():g}")
    hidden = [side for side, spine in axes.spines.items() if not spine.get_visible()]
    if hidden:
        lines.append(f"  no line {', '.join(hidden)}")
    for line in axes.lines:
        at = ", ".join(f"({x:.4g}, {y:.4g})" for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True))
        style = f"{line.get_linestyle()} {line.get_drawstyle()} {line.get_linewidth():g} {line.get_marker()}"
        if line.get_marker() != "None":
            style += f" {line.get_markersize():g}"
        lines.append(f"  line {_name(line)}{to_hex(line.get_color())} {style}: {at}")
    for bar in axes.patches:
        at = f"({bar.get_x():.4g}, {bar.get_y():.4g})"
        lines.append(f"  bar {to_hex(bar.get_facecolor())} at {at}: {bar.get_width():.4g} × {bar.get_height():.4g}")
    for image in axes.images:
        cells, (low, high) = np.asarray(image.get_array()), image.get_clim()
        shown = np.round(cells, 4).ravel()[:12].tolist()
        lines.append(f"  image {cells.shape} {image.get_cmap().name} {low:.4g} … {high:.4g}: {shown}")
    for drawn in axes.collections:
        lines.append(f"  {_describe_collection(drawn)}")
    for text in axes.texts:
        x, y = text.get_position()
        drawn = f"{to_hex(text.get_color())} {text.get_fontsize():g} {text.get_ha()} {text.get_va()}"
        lines.append(f"  text {text.get_text()!r} {drawn} at ({x:.4g}, {y:.4g})")
    if axes.get_legend() is not None:
        told = axes.get_legend().get_texts()
        lines.append(f"  legend {[text.get_text() for text in told]} {told[0].get_fontsize():.4g}")
    return lines


def _name(artist: Any) -> str:
    # matplotlib numbers what has none.
    label = artist.get_label()
    return "" if label.startswith("_") else f"{label!r} "


def _describe_collection(drawn: Any) -> str:
    if isinstance(drawn, QuadMesh):
        cells, (low, high) = np.asarray(drawn.get_array()), drawn.get_clim()
        corners = np.asarray(drawn.get_coordinates())[[0, -1], [0, -1]].ravel()
        colours = f"{drawn.get_cmap().name} {low:.4g} … {high:.4g}"
        return f"{cells.shape} cells at {corners.tolist()} {colours}: {np.round(cells, 4).ravel()[:12].tolist()}"
    if isinstance(drawn, PathCollection):
        at = ", ".join(f"({x:.4g}, {y:.4g})" for x, y in np.asarray(drawn.get_offsets())[:12])
        return f"dots {to_hex(drawn.get_facecolor()[0])} {drawn.get_sizes()[0]:g}: {at}"
    return type(drawn).__name__
