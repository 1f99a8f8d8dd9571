"""The report of `stepgrad train`: as text, and as a page that needs nothing else."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from rich.box import SIMPLE
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from autograd._version import __version__
from autograd.wording.numbers import format_number
from autograd.wording.steps import to_printable
from nn.command.confusion import Confusion
from nn.command.trained import Trained
from nn.health.finding import Finding
from nn.health.first_layer import FirstLayer
from nn.health.show import render_findings

# Classes up to which the confusion matrix is printed, and rows of the history.
MAX_PRINTED_CLASSES, MAX_PRINTED_EPOCHS = 12, 8
# What a page shows of many: classes in the confusion matrix, frequent mistakes, epochs.
MAX_CLASSES, MAX_MISTAKES, MAX_EPOCHS = 40, 20, 400

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #2b2b2b; --soft: #6a6a6a; --line: #d5d8de; --panel: #f7f8fb;
  --good: #1f6b2f; --bad: #b3261e; --shade: #0003; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #16181d; --ink: #e6e6e6; --soft: #a3a7b0; --line: #3a3f4a; --panel: #1e2128; --good: #7fd08f; --bad: #ff8a80;
    --shade: #000; }
  /* What is dark on white becomes light on dark, in the same hue. */
  .wide svg { filter: invert(1) hue-rotate(180deg); }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1080px; padding: 16px; color: var(--ink); background: var(--paper);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 22px; margin: 0 0 2px; }
h2 { font-size: 17px; margin: 28px 0 8px; }
h3 { font-size: 15px; margin: 16px 0 4px; }
p { margin: 4px 0; max-width: 80ch; }
.soft { color: var(--soft); }
.good { color: var(--good); }
.bad { color: var(--bad); }
.tiles { display: flex; flex-wrap: wrap; gap: 10px; margin: 14px 0; padding: 0; list-style: none; }
.tiles li { padding: 8px 14px; border: 1px solid var(--line); border-radius: 8px; background: var(--panel); }
.tiles b { display: block; font-size: 20px; font-variant-numeric: tabular-nums; }
/* A shade at the side at which it goes on: the covers move with what is scrolled, the shades stay. */
.wide { overflow-x: auto; margin: 0; background:
  linear-gradient(to right, var(--paper) 30%, transparent) left / 40px 100% no-repeat local,
  linear-gradient(to left, var(--paper) 30%, transparent) right / 40px 100% no-repeat local,
  linear-gradient(to right, var(--shade), transparent) left / 12px 100% no-repeat scroll,
  linear-gradient(to left, var(--shade), transparent) right / 12px 100% no-repeat scroll; }
.wide svg { display: block; max-width: 100%; height: auto; }
@media (max-width: 700px) { .wide svg.large { max-width: none; width: 760px; } }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 3px 12px 3px 0; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
th { color: var(--soft); font-weight: 600; }
tr.strong td { font-weight: 600; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; }
summary { cursor: pointer; }
code { font: 13px/1.4 ui-monospace, Consolas, monospace; }
@media print { body { max-width: none; } h2 { break-after: avoid; } figure, table { break-inside: avoid; } }
"""


def list_facts(trained: Trained) -> dict[str, str]:
    """What was done, by name."""
    source, recipe, options = trained.source, trained.recipe, trained.options
    sizes = [source.inputs.shape[1], *recipe.hidden, source.outputs]
    settings = [f"batches of {recipe.batch_size}"]
    if trained.history.rows:
        settings.insert(0, f"rate {format_number(trained.history[-1]['lr'])}")
    if recipe.weight_decay:
        settings.insert(1, f"weight decay {format_number(recipe.weight_decay)}")
    kind = f"{source.outputs} classes" if source.classes is not None else "a number"
    told = {
        "data": f"{source.name}: {source.inputs.shape[1]} features; predicted: {source.target}, {kind}",
        "rows": ", ".join(f"{count:,} {name}" for name, count in trained.rows.items()),
        "network": "-".join(map(str, sizes)) + (f", {', '.join(recipe.activation)}" if recipe.hidden else ", linear"),
        "training": f"{recipe.optimizer}, {', '.join(settings)}, {trained.history.loss}, seed {options.seed}",
        "end": f"{trained.history.stopped}, {trained.history.seconds:.3g} s",
    }
    if "validation" not in trained.rows:
        told["validation"] = "the held-out rows: they are looked at in each epoch, but nothing is chosen by them"
    scaled = ["features"] * source.standardize + ["targets"] * (source.classes is None)
    if scaled:
        told["scale"] = f"{' and '.join(scaled)} standardised by the rows trained on; scores are in units of the target"
        if source.classes is not None:
            told["scale"] = "features standardised by the rows trained on"
    if trained.search is not None and trained.folds is not None:
        told["folds"] = "rate and weight decay were chosen on rows that are among them: their mean is a little too good"
    if source.note:
        told["note"] = source.note
    return told


def render(trained: Trained) -> RenderableType:
    """What the terminal shows."""
    parts: list[RenderableType] = []
    grid = Table.grid(padding=(0, 2))
    for name, told in list_facts(trained).items():
        grid.add_row(f"[dim]{name}[/]", escape(to_printable(told)))
    parts.append(grid)
    if trained.search is not None:
        parts += ["\n[bold]search[/], on the rows trained on", trained.search]
    if trained.folds is not None:
        parts += [f"\n[bold]cross-validation[/], {len(trained.folds.folds)} folds", trained.folds]
    epochs = trained.history.table(MAX_PRINTED_EPOCHS)
    # It says what the facts say.
    epochs.caption = None
    parts.append(epochs)
    scores = ", ".join(f"{name} [bold]{format_number(value)}[/]" for name, value in trained.scores.items())
    parts.append(f"[bold]held out[/]: {scores} ({trained.rows['held out']:,} rows)")
    confusion = trained.confusion
    if confusion is not None and len(confusion.classes) <= MAX_PRINTED_CLASSES:
        classes, matrix = confusion.classes, confusion.matrix()
        table = Table("is, taken for", box=SIMPLE)
        for name in classes:
            table.add_column(escape(to_printable(name)), justify="right")
        for name, row in zip(classes, matrix, strict=True):
            table.add_row(escape(to_printable(name)), *(str(count) if count else "·" for count in row))
        parts.append(table)
    if trained.health is not None:
        parts += ["", render_findings(trained.health)]
    return Group(*parts)


def page(trained: Trained) -> str:
    """What a browser shows: one file, with its style and pictures inside, and no script."""
    from nn.command.figures import MAX_DOTS, residuals, svg

    source = trained.source
    title = f"{source.name}: {source.target}"
    parts = [
        f"<h1>{_text(title)}</h1>",
        f'<p class="soft">A report of stepgrad {_text(__version__)}</p>',
        _tiles(trained),
        '<dl class="facts">'
        + "".join(f"<dt>{n}</dt><dd>{_text(t)}</dd>" for n, t in list_facts(trained).items())
        + "</dl>",
    ]
    if trained.history.rows:
        parts += ["<h2>Curves</h2>", _figure(svg(trained.history.plot(), "curves over the epochs"), large=True)]
    if trained.confusion is not None:
        parts += ["<h2>Confusion matrix of the held-out rows</h2>", *_confusion(trained.confusion)]
    else:
        drawn = residuals(trained.predicted, trained.true, source.target)
        parts += ["<h2>Residuals of the held-out rows</h2>", _figure(svg(drawn, "residuals"), large=True)]
        if len(trained.true) > MAX_DOTS:
            parts.append(f'<p class="soft">{MAX_DOTS:,} of the {len(trained.true):,} rows, chosen at random.</p>')
    if trained.folds is not None:
        parts += [f"<h2>Cross-validation in {len(trained.folds.folds)} folds</h2>", _folds(trained)]
    if trained.search is not None:
        parts += ["<h2>Search, on the rows trained on</h2>", _search(trained)]
    if trained.health is not None:
        verdict = "good" if trained.health else "bad"
        parts += [f'<h2>Health</h2><p class="{verdict}">{_text(trained.health.summary)}</p>']
        parts += [_describe_finding(finding) for finding in trained.health.findings]
        drawn = trained.health.figure()
        # The line above it says the same.
        drawn.suptitle("")
        parts.append(_figure(svg(drawn, "health over the steps"), large=True))
    first = FirstLayer.of(trained.model)
    if first is not None:
        parts += ["<h2>What the first layer looks for</h2>", _first_layer(first, source.features)]
    parts += ["<h2>Epochs</h2>", _epochs(trained)]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{_text(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body>\n</html>\n"
    )


def _tiles(trained: Trained) -> str:
    tiles = [(f"{name}, held out", format_number(value), "") for name, value in trained.scores.items()]
    if trained.folds is not None:
        mean, std = trained.folds.mean, trained.folds.std
        name = next(name for name in mean if name != "loss")
        tiles.append((f"{name}, mean of {len(trained.folds.folds)} folds", f"{mean[name]:.3f} ± {std[name]:.3f}", ""))
    if trained.health is not None:
        tiles.append(("health", trained.health.verdict, "good" if trained.health else "bad"))
    rows = "".join(f'<li><b class="{kind}">{_text(value)}</b>{_text(name)}</li>' for name, value, kind in tiles)
    return f'<ul class="tiles">{rows}</ul>'


def _figure(element: str, *, large: bool) -> str:
    return f'<figure class="wide">{element.replace("<svg ", "<svg class=large ", 1) if large else element}</figure>'


def _first_layer(first: FirstLayer, features: list[str]) -> str:
    """The weights of every unit; a line says how to read them."""
    from nn.command.figures import svg

    told = (
        "Purple raises what a unit gives, orange lowers it."
        if first.images is not None
        else ("A row is a unit, a column an input: purple raises what the unit gives, orange lowers it.")
    )
    drawn = first.figure([to_printable(name) for name in features])
    return f'<p class="soft">{told}</p>' + _figure(svg(drawn, "weights of the first layer"), large=True)


def _confusion(confusion: Confusion) -> Iterator[str]:
    """The matrix of all classes, or where they are many, of those with most mistakes; in a picture, and as a table."""
    from nn.command.figures import confusion_matrix, svg

    count = len(confusion.classes)
    chosen = confusion.most_confused(MAX_CLASSES)
    names, matrix = [confusion.classes[k] for k in chosen], confusion.matrix(chosen)
    if count > len(chosen):
        inside = int(matrix.sum() - np.trace(matrix))
        yield (
            f"<p>Of {count:,} classes these are the {len(chosen)} with most mistakes: {inside:,} of all "
            f"{confusion.mistakes:,} are within the matrix. All of them are in report.json.</p>"
        )
    yield _figure(svg(confusion_matrix(matrix, names), "confusion matrix"), large=len(chosen) > 12)
    # What the picture shows, to be read aloud and copied.
    counts = [[name, *map(str, row)] for name, row in zip(names, matrix, strict=True)]
    yield f"<details><summary>as a table</summary>{_table(['is, taken for', *names], counts, set())}</details>"
    if count > len(chosen):
        worst = [[is_, taken, f"{rows:,}"] for is_, taken, rows in confusion.most_frequent(MAX_MISTAKES)]
        yield f"<h3>The most frequent mistakes</h3>{_table(['is', 'taken for', 'rows'], worst, set())}"


def _folds(trained: Trained) -> str:
    folds = trained.folds
    assert folds is not None
    rows = [[str(place), *map(format_number, fold.values())] for place, fold in enumerate(folds.folds, 1)]
    rows.append(["mean", *map(format_number, folds.mean.values())])
    told = "".join(f'<p class="bad">{_text(error)}</p>' for error in folds.errors)
    return _table(["fold", *folds.mean], rows, {len(rows) - 1}) + told


def _search(trained: Trained) -> str:
    found = trained.search
    assert found is not None
    rows = [
        [str(t.number), str(t.epochs), *(f"{v:.3g}" for v in t.params.values()), format_number(t.score)]
        for t in found.trials[:15]
    ]
    told = "".join(f'<p class="bad">{_text(border)}</p>' for border in found.borders)
    return _table(["trial", "epochs", *found.space, found.metric], rows, {0}) + told


def _epochs(trained: Trained) -> str:
    history = trained.history
    # Of a long training every second, third, … epoch, and the last.
    every = -(-len(history.rows) // MAX_EPOCHS) or 1
    shown = [row for k, row in enumerate(history.rows) if k % every == 0 or row is history.rows[-1]]
    rows = [[format_number(row[name]) if name in row else "" for name in history.columns] for row in shown]
    kept = history.best if trained.options.patience is not None and history.rows else None
    best = {place for place, row in enumerate(shown) if row is kept}
    count = f"{len(history.rows):,} epoch{'s' * (len(history.rows) != 1)}"
    of_all = f", one in {every}; history.csv has all" if every > 1 else ""
    return f"<details><summary>{count}{of_all}</summary>{_table(history.columns, rows, best)}</details>"


def _describe_finding(finding: Finding) -> str:
    where = f" in {finding.path}" if finding.path else ""
    site = f"<br><code>{_text(finding.place.site)}</code>" if finding.place.site else ""
    return (
        f"<p><b>{_text(finding.cause)}</b>{_text(where)}: {_text(finding.sentence)}. <b>Fix:</b> {_text(finding.fix)}."
        f"{site}</p>"
    )


def _table(head: Iterable[str], rows: list[list[str]], strong: set[int]) -> str:
    heads = "".join(f'<th scope="col">{_text(name)}</th>' for name in head)
    lines = "".join(
        f"<tr{' class=strong' if place in strong else ''}>"
        + "".join(f"<td>{_text(cell)}</td>" for cell in row)
        + "</tr>"
        for place, row in enumerate(rows)
    )
    return f'<div class="wide"><table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table></div>'


def _text(given: Any) -> str:
    return html.escape(to_printable(str(given)))
