"""A health report as a matplotlib figure."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.health.record import Record
from nn.health.verdict import Verdict

REFERENCE_UPDATE = 1e-3


def draw_report(report: Verdict) -> Any:
    """Three panels: gradients and update/weight ratios of the weights, and saturated and dead shares of the layers.

    Over the steps where several were measured, as bars where it is one.
    """
    from nn.picture import Picture, colormaps

    record = report.record
    weights = [p.path for p in record.parameters() if p.is_weight] or list(record.last.parameters)
    # Without the bright ends, which are faint on white.
    colours = colormaps["viridis"](np.linspace(0.0, 0.65, max(len(weights), 2)))
    made = Picture(figsize=(13.0, 4.8), layout="constrained")
    left, middle, right = made.subplots(1, 3)
    draw = _draw_bars if len(record.steps) == 1 else _draw_lines
    gradients = {path: record.of_parameter(path, lambda p: p.mean) for path in weights}
    updates = {path: record.of_parameter(path, lambda p: p.update) for path in weights}
    draw(left, record, gradients, colours, log=True)
    left.set_title("mean |gradient|, before clipping")
    draw(middle, record, updates, colours, log=True)
    middle.set_title("update / weight")
    if len(record.steps) > 1 and not _is_any_finite(updates):
        # The line alone would give the axis no length.
        middle.set_ylim(REFERENCE_UPDATE / 10.0, REFERENCE_UPDATE * 10.0)
    (middle.axhline if len(record.steps) > 1 else middle.axvline)(
        REFERENCE_UPDATE, color="grey", linestyle="--", linewidth=1.0
    )
    shares = _shares(record)
    shades = colormaps["plasma"](np.linspace(0.0, 0.65, max(len(shares), 2)))
    if len(record.steps) == 1:
        low, high = middle.get_xlim()
        middle.set_xlim(min(low, REFERENCE_UPDATE / 10.0), max(high, REFERENCE_UPDATE * 10.0))
    draw(right, record, shares, shades, log=False)
    right.set_title("share of saturated outputs, of dead ReLUs")
    (right.set_ylim if len(record.steps) > 1 else right.set_xlim)(-0.02, 1.02)
    for panel, held in ((left, gradients), (middle, updates), (right, shares)):
        if not _is_any_finite(held):
            panel.text(0.5, 0.5, "nothing measured", ha="center", va="center", transform=panel.transAxes, color="grey")
    made.suptitle(report.summary, color="tab:green" if report else "tab:red")
    return made


def _is_any_finite(series: dict[str, np.ndarray]) -> bool:
    return any(np.isfinite(values).any() for values in series.values())


def _shares(record: Record) -> dict[str, np.ndarray]:
    found = {}
    for layer in record.layers():
        if layer.saturated is not None:
            found[f"{layer.path} {layer.kind}"] = record.of_layer(layer.path, lambda measured: measured.saturated)
        elif layer.alive is not None:
            found[f"{layer.path} {layer.kind}"] = record.of_layer(
                layer.path, lambda measured: None if measured.alive is None else 1.0 - float(np.mean(measured.alive))
            )
    return found


def _positive(values: np.ndarray, log: bool) -> np.ndarray:
    # A gradient of exactly zero has no place on a logarithmic axis, and an infinite one on none.
    return np.where((values > 0.0) & np.isfinite(values), values, np.nan) if log else values


def _draw_lines(panel: Any, record: Record, series: dict[str, np.ndarray], colours: Any, log: bool) -> None:
    steps = [measured.step for measured in record.steps]
    for (name, values), colour in zip(series.items(), colours, strict=False):
        marker = "." if len(steps) < 20 else ""
        panel.plot(steps, _positive(values, log), color=colour, label=name, linewidth=1.5, marker=marker)
    if log:
        panel.set_yscale("log")
    panel.set_xlabel("step")
    panel.grid(alpha=0.25)
    if series:
        legend = panel.legend(fontsize="small", loc="upper center", bbox_to_anchor=(0.5, -0.15), ncols=3, frameon=False)
        for told in legend.get_texts():
            told.set_parse_math(False)


def _draw_bars(panel: Any, record: Record, series: dict[str, np.ndarray], colours: Any, log: bool) -> None:
    names, lengths = list(series), np.array([_positive(values, log)[0] for values in series.values()])
    panel.barh(np.arange(len(names)), lengths, color=list(colours)[: len(names)])
    panel.set_yticks(np.arange(len(names)), names, parse_math=False)
    finite = lengths[np.isfinite(lengths)]
    if log:
        panel.set_xscale("log")
        panel.xaxis.set_minor_formatter("")
        # From whole decades: a bar from just below the smallest would make much of a small difference.
        low, high = (finite.min(), finite.max()) if finite.size else (1.0, 1.0)
        panel.set_xlim(10.0 ** np.floor(np.log10(low) - 0.1), 10.0 ** np.ceil(np.log10(high)))
    # The first layer on top.
    panel.invert_yaxis()
    panel.grid(alpha=0.25, axis="x")
