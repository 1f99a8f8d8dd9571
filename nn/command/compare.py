"""`stepgrad compare-optimizers`: one network, trained by every optimizer; their curves over each other, and a table."""

from __future__ import annotations

import csv
import io
import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

import optim
from autograd import files
from autograd.errors import AnomalyError, AutogradError, MissingDependencyError, UsageError
from autograd.extras import pip_install
from autograd.wording.numbers import format_number
from autograd.wording.steps import to_printable
from autograd.wording.suggestion import suggest
from nn.command.course import Course
from nn.command.recipe import Recipe
from nn.command.source import Source, read_source
from nn.data import Standardize
from nn.training import fit
from optim.registry import OPTIMIZERS, PRESETS


def compare_optimizers(
    what: str,
    console: Console,
    output: Path,
    *,
    target: str | None = None,
    task: str | None = None,
    reading: Mapping[str, Any] | None = None,
    recipe: Mapping[str, Any] | None = None,
    names: Sequence[str] | None = None,
    preset: str | None = None,
    lr: float | None = None,
    test: float = 0.2,
    seed: int = 0,
) -> list[Course]:
    """Train a network with every optimizer, from the same weights and on the same batches; print a table and write the curves.

    Parameters
    ----------
    what : str
        As for `read_source`, with `target`, `task` and `reading`.
    console : Console
    output : Path
        The folder for `curves.svg`, `optimizers.csv` and `epochs.csv`.
    target, task, reading
    recipe : mapping
        What is to differ from the defaults for the data.
    names : sequence of str, optional
        Of optimizers; all by default, or those of the preset.
    preset : str, optional
        A document of `optim.get`.
    lr : float, optional
        For all; each one's own by default.
    test : float
        The share of the rows that judges.
    seed : int

    Returns
    -------
    list of Course
        Best first.

    Raises
    ------
    UsageError, DataError, FileError, MissingDependencyError
        Where it cannot be done as asked; before anything is trained or written.
    """
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise MissingDependencyError(
            f"stepgrad compare-optimizers needs {error.name}: {pip_install('draw')}"
        ) from error
    chosen = _choose(names, preset)
    files.check_writable(output)
    ignore = [int(x) if x.removeprefix("-").isdecimal() else x for x in (reading or {}).get("ignore") or ()]
    source = read_source(what, target, task, {**(reading or {}), "ignore": ignore or None})
    plan = source.recipe.replaced_by(**(recipe or {}))
    (x, y), (test_x, test_y) = source.split(test, seed)
    if source.standardize:
        scale = Standardize().fit(x)
        x, test_x = scale(x), scale(test_x)
    if source.classes is None:
        target_scale = Standardize().fit(y)
        y, test_y = target_scale(y), target_scale(test_y)
    # What overflows is told by the loss.
    with np.errstate(all="ignore"):
        try:
            courses = [_train(source, plan, name, preset, lr, (x, y), (test_x, test_y), seed) for name in chosen]
        except AutogradError:
            raise
        except ValueError as error:
            raise UsageError(str(error)) from error
    courses.sort(key=lambda course: course.judged[course.best - 1] if course.best else math.inf)
    score = "r2" if source.classes is None else "accuracy"
    from nn.command.curves import draw_courses

    contents = {
        "curves.svg": draw_courses(courses, to_printable(source.name)),
        "optimizers.csv": _csv([["optimizer", "lr", "loss", "val_loss", score, "epoch"], *map(_row, courses)]),
        "epochs.csv": _epochs(courses, plan.epochs),
    }
    files.write_together(output, contents)
    console.print(_table(courses, plan, source, score))
    told = f"wrote {output}{os.sep}: {', '.join(contents)}"
    console.print(told, markup=False, highlight=False, soft_wrap=True)
    return courses


def _choose(names: Sequence[str] | None, preset: str | None) -> list[str]:
    known = list(OPTIMIZERS if preset is None else PRESETS[preset])
    for name in names or ():
        if name not in known:
            whose = "" if preset is None else f" in the preset {preset!r}"
            raise UsageError(f"there is no optimizer {name!r}{whose}{suggest(name, known)}")
    return list(dict.fromkeys(names)) if names else known


def _train(
    source: Source,
    plan: Recipe,
    name: str,
    preset: str | None,
    lr: float | None,
    train: tuple[np.ndarray, np.ndarray],
    held_out: tuple[np.ndarray, np.ndarray],
    seed: int,
) -> Course:
    model = plan.make_network(train[0].shape[1], source.outputs, seed)
    options = {} if lr is None else {"lr": lr}
    optimizer = optim.get(name, model.parameters(), preset=preset, **options)
    if optimizer.param_groups[0].get("nesterov") == "lookahead":
        # What keeps θ needs the gradient elsewhere; the point ahead is the same walk, and fit takes the gradient there.
        optimizer = optim.get(name, model.parameters(), preset=preset, nesterov=True, **options)
    rate = float(optimizer.param_groups[0]["lr"])
    score = "r2" if source.classes is None else "accuracy"
    rows: list[dict[str, float]] = []
    try:
        history = fit(
            model,
            train,
            validation=held_out,
            optimizer=optimizer,
            epochs=plan.epochs,
            batch_size=plan.batch_size,
            metrics=[score],
            seed=seed,
            progress=False,
        )
        rows = history.rows
        if history.stopped == "interrupted":
            raise KeyboardInterrupt
    except AnomalyError:
        pass
    return Course(name, rate, *([row[column] for row in rows] for column in ("loss", "val_loss", f"val_{score}")))


def _row(course: Course) -> list[Any]:
    if not course.best:
        return [course.name, course.lr, "", "", "", ""]
    at = course.best - 1
    return [course.name, course.lr, course.losses[-1], course.judged[at], course.scores[at], course.best]


def _epochs(courses: Sequence[Course], epochs: int) -> bytes:
    kinds = [("loss", "losses"), ("val_loss", "judged")]
    head = ["epoch", *(f"{course.name} {kind}" for course in courses for kind, _ in kinds)]
    lines = [
        [k + 1, *(getattr(course, where)[k] if course.best else "" for course in courses for _, where in kinds)]
        for k in range(epochs)
    ]
    return _csv([head, *lines])


def _csv(lines: Sequence[Sequence[Any]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(lines)
    return text.getvalue().encode()


def _table(courses: Sequence[Course], plan: Recipe, source: Source, score: str) -> Table:
    hidden = "-".join(map(str, plan.hidden)) or "no hidden layer"
    made = Table(
        title=f"{to_printable(source.name)}: {hidden}, {plan.epochs} epochs",
        title_justify="left",
        box=SIMPLE,
        show_edge=False,
        pad_edge=False,
    )
    made.add_column("optimizer")
    for column in ("rate", "loss, last epoch", "best loss held out", "in epoch", {"r2": "R²"}.get(score, score)):
        made.add_column(column, justify="right")
    for course in courses:
        name, lr, loss, judged, found, epoch = _row(course)
        if course.best:
            made.add_row(name, format_number(lr), f"{loss:.4f}", f"{judged:.4f}", str(epoch), f"{found:.3f}")
        else:
            made.add_row(name, format_number(lr), "not finite: a smaller --lr may help", "", "", "")
    return made
