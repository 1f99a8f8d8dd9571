"""A diagnosis as a page: the findings, and the curves of all experiments side by side."""

from __future__ import annotations

import html
import math
from typing import Any

from autograd._version import __version__
from autograd.wording.steps import to_printable
from nn.health.experiments.trial import Trial
from nn.health.finding import Finding

# The size of a curve's panel, and the errors between which it is drawn, on a logarithmic axis.
WIDTH, HEIGHT, LOW, HIGH = 220, 110, 0.003, 3.0
# Beside the curves, so that no number stands on one.
GUTTER = 26

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #2b2b2b; --soft: #666; --line: #d5d8de; --panel: #f7f8fb; --good: #1f6b2f;
  --bad: #b3261e; --held: #2456a5; }
@media (prefers-color-scheme: dark) { :root { --paper: #16181d; --ink: #e6e6e6; --soft: #a3a7b0; --line: #3a3f4a; --panel: #1e2128;
  --good: #7fd08f; --bad: #ff8a80; --held: #8ab4f8; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1080px; padding: 16px; color: var(--ink); background: var(--paper); overflow-wrap: anywhere;
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; }
h1 { font-size: 22px; margin: 0 0 2px; }
h2 { font-size: 17px; margin: 26px 0 8px; }
p { margin: 4px 0; max-width: 80ch; }
.soft { color: var(--soft); }
.good { color: var(--good); }
.bad { color: var(--bad); }
.finding { border-left: 4px solid var(--bad); padding: 4px 12px; margin: 10px 0; background: var(--panel); }
.curves { display: grid; grid-template-columns: repeat(auto-fill, minmax(230px, 1fr)); gap: 12px; padding: 0; list-style: none; }
.curves li { border: 1px solid var(--line); border-radius: 8px; padding: 8px; background: var(--panel); }
.curves li.heals { border-color: var(--good); border-width: 2px; padding: 7px; }
.curves b { display: block; }
svg { width: 100%; height: auto; display: block; }
svg text { font-size: 9px; fill: var(--soft); }
.axis { stroke: var(--line); }
.one { stroke: var(--soft); stroke-width: 1.5; stroke-linecap: round; stroke-dasharray: 0 4; }
.base { fill: none; stroke: var(--soft); stroke-width: 1; opacity: .7; }
.held { fill: none; stroke: var(--held); stroke-width: 2; }
.trained { fill: none; stroke: var(--held); stroke-width: 1; stroke-dasharray: 4 2; }
code { font: 13px/1.4 ui-monospace, Consolas, monospace; }
"""


def page(found: Any) -> str:
    """The page of a `Diagnosis`."""
    kind = "good" if found else "bad"
    parts = [
        f'<h1 class="{kind}">{_text(found.summary)}</h1>',
        f'<p class="soft">A diagnosis of stepgrad {_text(__version__)}</p>',
        *(_describe(finding) for finding in found.findings),
    ]
    if found.evidence:
        parts += ["<h2>What it stands on</h2>", *(f"<p>{_text(line)}.</p>" for line in found.evidence)]
    trials = [trial for trial in found.trials if trial.points]
    if trials:
        healing = {name for finding in found.findings for name in finding.heals}
        parts += [
            "<h2>What was tried</h2>",
            '<p class="soft">The error of the answers over that of a constant answer, on a logarithmic axis, over the steps: on rows that '
            "were held back (thick), on rows that it trains on (dashed), and as it is (grey). The dotted line is a constant "
            f"answer.{' What mends it has a green frame.' if any(trial.name in healing for trial in trials) else ''}</p>",
            '<ul class="curves">',
            *(_panel(trial, trials[0], trial.name in healing) for trial in trials),
            "</ul>",
        ]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{_text(found.summary)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body>\n</html>\n"
    )


def _describe(finding: Finding) -> str:
    where = f" in {finding.path}" if finding.path else ""
    site = f"<br><code>{_text(finding.place.site)}</code>" if finding.place.site else ""
    return (
        f'<div class="finding"><p><b>{_text(finding.cause)}</b>{_text(where)}: {_text(finding.sentence)}.</p>'
        f"<p><b>Fix:</b> {_text(finding.fix)}.{site}</p></div>"
    )


def _panel(trial: Trial, base: Trial, heals: bool) -> str:
    """One experiment: its curves over those of the run as it is."""
    most = max(trial.steps, 1)
    lines = [
        f'<line class="axis" x1="0" x2="{WIDTH}" y1="{HEIGHT}" y2="{HEIGHT}"/>',
        f'<line class="one" x1="0" x2="{WIDTH}" y1="{_y(1.0):.1f}" y2="{_y(1.0):.1f}"/>',
        *(f'<text x="-4" y="{_y(error) + 3:.1f}" text-anchor="end">{error:g}</text>' for error in (1.0, 0.1, 0.01)),
        f'<text x="{WIDTH}" y="{HEIGHT + 10}" text-anchor="end">{trial.steps} steps</text>',
    ]
    if trial is not base:
        lines.append(_curve("base", [(p.step, p.held) for p in base.points if p.step <= most], most))
    lines.append(_curve("trained", [(p.step, p.trained) for p in trial.points], most))
    lines.append(_curve("held", [(p.step, p.held) for p in trial.points], most))
    told = f"{trial.name}: {trial.outcome} after {trial.steps} steps"
    kind = ' class="heals"' if heals else ""
    return (
        f"<li{kind}><b>{_text(trial.name)}</b><span class=soft>{_text(f'error {trial.outcome}')}</span>"
        f'<svg viewBox="{-GUTTER} -4 {WIDTH + GUTTER} {HEIGHT + 16}" role="img" aria-label="{_text(told)}">{"".join(lines)}</svg></li>'
    )


def _curve(kind: str, points: list[tuple[int, float]], most: int) -> str:
    shown = " ".join(f"{WIDTH * step / most:.1f},{_y(error):.1f}" for step, error in points)
    return f'<polyline class="{kind}" points="{shown}"/>'


def _y(error: float) -> float:
    """Down the panel, from the largest error to the least that is drawn."""
    inside = min(max(error if math.isfinite(error) else HIGH, LOW), HIGH)
    return HEIGHT * (1.0 - math.log(inside / LOW) / math.log(HIGH / LOW))


def _text(given: Any) -> str:
    return html.escape(to_printable(str(given)))
