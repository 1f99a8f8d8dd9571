"""A health report as text: the findings, and tables of gradients and outputs with bars on logarithmic axes."""

from __future__ import annotations

import math
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from autograd.wording.numbers import format_percent
from nn.health.finding import Finding
from nn.health.measure import LayerMeasure, ParameterMeasure
from nn.health.record import Record
from nn.health.verdict import Verdict

BAR_WIDTH = 16
# The axis of update/weight ratios, with the reference line of 1e-3 in its middle.
UPDATE_DECADES = -6, 0


def render(report: Verdict) -> RenderableType:
    """What `print(report)` shows."""
    parts = [render_findings(report), tabulate_gradients(report.record)]
    if report.record.layers():
        parts.append(tabulate_outputs(report.record))
    return Group(*parts)


def render_diagnosis(found: Any) -> RenderableType:
    """What `print(diagnosis)` shows: the findings, what they stand on, and all that was tried."""
    parts: list[RenderableType] = [render_findings(found)]
    parts += [escape(f"{line}.") for line in found.evidence]
    if found.trials:
        parts += ["", tabulate_trials(found)]
    return Group(*parts)


def tabulate_trials(found: Any) -> Table:
    """A row for every experiment, the best first after the run as it is, with its curve in small."""
    healing = {name for finding in found.findings for name in finding.heals}
    table = _table("what was tried")
    for heading in ("change", "steps", "error", "over the steps"):
        table.add_column(heading, no_wrap=True, justify="right" if heading in ("steps", "error") else "left")
    first, *others = found.trials
    for trial in [first, *sorted(others, key=lambda trial: trial.score)]:
        colour = "green" if trial.name in healing else "default"
        curve = "".join(_block(p.held) for p in trial.points[-12:])
        table.add_row(f"[{colour}]{escape(trial.name)}[/]", str(trial.steps), trial.outcome, curve)
    which = "rows held back" if first.rows.held_x is not first.rows.x else "all rows"
    table.caption = f"error: on {which}, over that of a constant answer"
    table.caption_justify = "left"
    return table


def _block(error: float) -> str:
    """A bar whose height is an error's, from .01 to 1 on a logarithmic axis."""
    if not math.isfinite(error):
        return "×"
    share = (math.log10(min(max(error, 0.01), 1.0)) + 2.0) / 2.0
    return "▁▂▃▄▅▆▇█"[round(7 * share)]


def render_findings(report: Verdict) -> RenderableType:
    """The verdict, and what was found, without the tables, which need a wide terminal."""
    colour = "green" if report else "red"
    parts: list[RenderableType] = [f"[{colour}]{escape(report.summary)}[/]", ""]
    for number, finding in enumerate(report.findings, 1):
        parts += [_describe(number, finding), ""]
    return Group(*parts)


def _describe(number: int, finding: Finding) -> RenderableType:
    where = f" in {finding.path}" if finding.path else ""
    lines = [f"[bold]{number}. {escape(finding.cause)}[/]{escape(where)}: {escape(finding.sentence)}."]
    if finding.place.site:
        lines.append(f"   at: {escape(finding.place.site)}")
    lines.append(f"   fix: {escape(finding.fix)}.")
    return "\n".join(lines)


def tabulate_gradients(record: Record) -> Table:
    """A row for every parameter, in the order of use: the latest gradient and update."""
    parameters = record.parameters()
    sizes = [p.mean for p in parameters if 0.0 < p.mean < math.inf]
    low, high = _decades(sizes)
    table = _table(f"gradients at step {record.last.step}, before clipping")
    for heading in ("parameter", "mean |g|", "max |g|", "norm", "near 0"):
        table.add_column(heading, no_wrap=True, justify="left" if heading == "parameter" else "right")
    table.add_column(f"1e{low} … 1e{high}", no_wrap=True)
    table.add_column("update/weight", no_wrap=True, justify="right")
    table.add_column(f"1e{UPDATE_DECADES[0]} … ╎1e-3 … 1", no_wrap=True)
    for p in parameters:
        ratio = "" if p.update is None else f"{p.update:.1e}"
        bar = "" if p.missing else _bar(p.mean, low, high)
        told = ("missing" if p.trainable else "frozen", "", "", "") if p.missing else _numbers(p)
        update = "" if p.update is None else _bar(p.update, *UPDATE_DECADES, mark=-3)
        table.add_row(escape(p.path), *told, bar, ratio, update)
    return table


def _numbers(p: ParameterMeasure) -> tuple[str, str, str, str]:
    if p.broken:
        return f"{format_percent(p.broken)} not finite", "", "", ""
    return f"{p.mean:.1e}", f"{p.largest:.1e}", f"{p.norm:.1e}", format_percent(p.near)


def tabulate_outputs(record: Record) -> Table:
    """A row for every layer: its latest outputs, and shares of saturated ones, and of ReLUs that no sample switched on."""
    table = _table(f"outputs at step {record.last.step}")
    for heading in ("layer", "kind", "mean", "std", "saturated", "dead"):
        table.add_column(heading, no_wrap=True, justify="right" if heading in ("mean", "std", "saturated") else "left")
    for layer in record.layers():
        saturated = "" if layer.saturated is None else format_percent(layer.saturated)
        table.add_row(
            escape(layer.path),
            escape(layer.kind),
            f"{layer.mean:.3g}",
            f"{layer.std:.3g}",
            saturated,
            _describe_dead(record, layer),
        )
    return table


def _describe_dead(record: Record, layer: LayerMeasure) -> str:
    if layer.alive is None:
        return ""
    count, units, samples = record.dead_units(layer.path)
    return f"{count} of {units} over {samples} samples"


def _table(title: str) -> Table:
    return Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=SIMPLE_HEAD,
        padding=(0, 1),
        collapse_padding=True,
        pad_edge=False,
        highlight=False,
    )


def _decades(sizes: list[float]) -> tuple[int, int]:
    if not sizes:
        return -1, 0
    low, high = math.floor(math.log10(min(sizes))), math.ceil(math.log10(max(sizes)))
    return low, max(high, low + 1)


def _bar(size: float, low: int, high: int, mark: int | None = None) -> Text:
    """A bar from 10^low to 10^high; a line at 10^mark."""
    share = (math.log10(size) - low) / (high - low) if size > 0.0 and math.isfinite(size) else float(size > 0.0)
    filled = round(min(share, 1.0) * BAR_WIDTH)
    cells = ["█" if k < filled else " " for k in range(BAR_WIDTH)]
    if mark is not None:
        place = round((mark - low) / (high - low) * BAR_WIDTH)
        cells[place] = "▓" if place < filled else "╎"
    return Text("".join(cells))
