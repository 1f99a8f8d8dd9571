"""`stepgrad train`: a network for a data set, from the word on the command line to the files of the report."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from autograd import files
from autograd.errors import AnomalyError, AutogradError, MissingDependencyError, UsageError
from autograd.extras import pip_install
from autograd.graph.modes import no_grad
from autograd.graph.node import raw
from nn.command.notes import Notes
from nn.command.options import Options
from nn.command.processes import find_processes
from nn.command.recipe import Recipe
from nn.command.report import page, render
from nn.command.source import Source, read_source
from nn.command.trained import Trained
from nn.data import Standardize, split
from nn.health import Health
from nn.health.show import render_findings
from nn.module import Module
from nn.saving import pack_model
from nn.training import Parallel, Recording, fit, metrics
from nn.training.history import csv_text
from nn.tuning import CrossValidation, LogUniform, SearchResult, SearchWarning, cross_validate, search
from nn.tuning.training import Part
from optim import Optimizer

# Of the rows trained on, where early stopping asks for a validation part and no share is given.
VALIDATION_SHARE = 0.2
# A search tries rates up to so many times smaller and larger, for a tenth of the epochs, and then a fifth of the trials for all.
RATE_RANGE, FIRST_ROUND_DIVISOR, LAST_ROUND_DIVISOR, SEARCH_FOLDS = 10.0, 10, 5, 3


def train_target(options: Options, console: Console) -> int:
    """Train, print a report and write it, with the model and the history.

    Parameters
    ----------
    options : Options
    console : Console

    Returns
    -------
    int
        0; 130 where Ctrl-C ended the training: the report is of what was reached.

    Raises
    ------
    UsageError, DataError, FileError, CheckpointError, MissingDependencyError
        Where it cannot be done as asked; before anything is trained or written.
    AnomalyError
        Where the loss is not finite: then its health is printed, and nothing is written.
    """
    _require_dependencies()
    if options.resume and options.checkpoint is None:
        raise UsageError("--resume needs --checkpoint FILE, the file to continue from")
    files.check_writable(options.output)
    if options.checkpoint is not None and not options.checkpoint.absolute().parent.is_dir():
        raise UsageError(f"--checkpoint {options.checkpoint}: there is no folder {options.checkpoint.parent}")
    parallel = find_processes(options.micro_batches)
    if parallel is not None and (options.folds is not None or options.trials is not None):
        raise UsageError("--folds and --search have workers of their own, --jobs: run them without mpirun")
    # What overflows is told by the loss.
    with np.errstate(all="ignore"):
        trained = _name_bad_arguments(lambda: _train(options, console, parallel))
    if parallel is not None and parallel.rank:
        return 130 if trained.history.stopped == "interrupted" else 0
    try:
        names = _write(options.output, trained)
    finally:
        # After the files, because who reads it may have enough and close the pipe.
        console.print(render(trained))
    told = f"wrote {options.output}{os.sep}: {', '.join(names)}"
    console.print(told, markup=False, highlight=False, soft_wrap=True)
    return 130 if trained.history.stopped == "interrupted" else 0


def train_again(options: Options, console: Console) -> None:
    """Do the same training as `train_target`, to be replayed: nothing is written."""
    with np.errstate(all="ignore"):
        _name_bad_arguments(lambda: _train(options, console))


def _write(folder: Path, trained: Trained) -> list[str]:
    """Write the report, the history, the model and the search, or nothing; gives the names of the files."""
    history, found = trained.history, trained.search
    contents = {
        "report.html": page(trained).encode(),
        "report.json": trained.to_json().encode(),
        "history.csv": csv_text(history.rows, history.columns).encode(),
        "model.safetensors": pack_model(trained.model, _notes_of(trained).to_json()),
    }
    if found is not None:
        contents["search.csv"] = found.csv_text().encode()
    files.write_together(folder, contents)
    return list(contents)


def _train(options: Options, console: Console, parallel: Parallel | None = None) -> Trained:
    source = read_source(options.what, options.target, options.task, options.reading)
    recipe = source.recipe.replaced_by(**options.recipe)
    build = Build(recipe, source.inputs.shape[1], source.outputs)
    build(seed=options.seed)
    (x, y), (test_x, test_y) = source.split(options.test, options.seed)
    measures = ["accuracy", "f1"] if source.classes is not None else ["r2"]
    searched = None
    if options.trials is not None:
        searched = _search(options, source, build, (x, y))
        recipe = replace(recipe, **searched.best.params)
        build = replace(build, recipe=recipe)
    folds = None
    if options.folds is not None:
        folds = _cross_validate(options, options.folds, source, build, measures)
    rows = {"trained on": len(x), "held out": len(test_x)}
    validation, share = None, options.validation
    if share is None and options.patience is not None:
        share = VALIDATION_SHARE
    if share is not None:
        stratify = y if source.classes is not None else None
        train, held = split(x, y, shares=(1.0 - share, share), stratify=stratify, seed=options.seed + 1)
        (x, y), validation = (train[0], train[1]), (held[0], held[1])
        rows |= {"trained on": len(x), "validation": len(validation[0])}
    scale = Standardize().fit(x) if source.standardize else None
    target_scale = Standardize().fit(y) if source.classes is None else None

    def scale_part(part: Part) -> Part:
        return (
            scale(part[0]) if scale is not None else part[0],
            target_scale(part[1]) if target_scale is not None else part[1],
        )

    model, optimizer = build(seed=options.seed)
    # It looks at the graph of a step, of which each of several processes has a part.
    health = Health() if options.health and parallel is None else None
    try:
        history = fit(
            model,
            scale_part((x, y)),
            # Without a validation part nothing is chosen by the epochs, and the held-out part may be looked at in each.
            validation=scale_part(validation if validation is not None else (test_x, test_y)),
            optimizer=optimizer,
            epochs=recipe.epochs,
            batch_size=recipe.batch_size,
            metrics=measures[:1],
            patience=options.patience,
            callbacks=[health] if health is not None else [],
            checkpoint=options.checkpoint,
            resume=options.resume,
            record=None if options.record is None else Recording(options.record, notes=options.to_notes(recipe)),
            seed=options.seed,
            comm=parallel,
        )
    except AnomalyError as error:
        if health is not None and health.record.steps:
            console.print(render_findings(health.report()))
        # The arrays and the line in this package that follow tell nothing of the user's data.
        told = " ".join(str(error).split()).partition(" from ")[0]
        raise AnomalyError(f"{told}; a smaller --lr may help") from error
    with no_grad():
        outputs = np.asarray(raw(model.eval()(scale_part((test_x, test_y))[0].astype(np.float32))), np.float64)
    true = test_y
    if target_scale is not None:
        outputs, true = target_scale.inverse(outputs).ravel(), test_y.ravel()
    names = measures if source.classes is not None else ["r2", "rmse", "mae"]
    scores = {name: float(metrics.NAMES[name](outputs, true)) for name in names}
    report = health.report() if health is not None and health.record.steps else None
    return Trained(
        source,
        recipe,
        options,
        model,
        history,
        scores,
        outputs,
        true,
        rows,
        scale,
        target_scale,
        report,
        folds,
        searched,
    )


@dataclass(frozen=True)
class Build:
    """Makes a network and its optimizer; it can be sent to a worker."""

    recipe: Recipe
    inputs: int
    outputs: int

    def __call__(
        self, lr: float | None = None, weight_decay: float | None = None, seed: int = 0
    ) -> tuple[Module, Optimizer]:
        recipe = self.recipe.replaced_by(lr=lr, weight_decay=weight_decay)
        model = recipe.make_network(self.inputs, self.outputs, seed)
        return model, recipe.make_optimizer(model.parameters())


def _search(options: Options, source: Source, build: Build, train: Part) -> SearchResult:
    _, optimizer = build(seed=options.seed)
    lr = float(optimizer.param_groups[0]["lr"])
    space = {"lr": LogUniform(lr / RATE_RANGE, lr * RATE_RANGE), "weight_decay": LogUniform(1e-5, 1e-1)}
    epochs = build.recipe.epochs
    journal = None
    if options.checkpoint is not None:
        journal = options.checkpoint.with_suffix(".search.jsonl")
        if not options.resume:
            journal.unlink(missing_ok=True)
    with warnings.catch_warnings():
        # The report tells of borders.
        warnings.simplefilter("ignore", SearchWarning)
        return search(
            build,
            train,
            space,
            trials=options.trials or 1,
            epochs=max(1, epochs // FIRST_ROUND_DIVISOR),
            refine=(max(1, (options.trials or 1) // LAST_ROUND_DIVISOR), epochs) if epochs > 1 else None,
            folds=SEARCH_FOLDS,
            standardize=source.standardize,
            seed=options.seed,
            jobs=options.jobs,
            resume=journal,
            batch_size=build.recipe.batch_size,
        )


def _cross_validate(options: Options, folds: int, source: Source, build: Build, measures: list[str]) -> CrossValidation:
    stopping: dict[str, Any] = {}
    if options.patience is not None:
        stopping = {"patience": options.patience, "validation": options.validation or VALIDATION_SHARE}
    return cross_validate(
        build,
        (source.inputs, source.targets),
        folds,
        metrics=measures,
        standardize=source.standardize,
        seed=options.seed,
        jobs=options.jobs,
        epochs=build.recipe.epochs,
        batch_size=build.recipe.batch_size,
        **stopping,
    )


def _name_bad_arguments(work: Callable[[], Trained]) -> Trained:
    """What numbers and data do not allow is told by `fit` and its kin as ValueError, with all that a line needs."""
    try:
        return work()
    except AutogradError:
        raise
    except ValueError as error:
        raise UsageError(str(error)) from error


def _notes_of(trained: Trained) -> Notes:
    source = trained.source
    return Notes(
        inputs=source.inputs.shape[1],
        columns=source.columns or None,
        scale=trained.scale,
        target=source.target,
        classes=source.classes,
        target_scale=trained.target_scale,
        recipe=asdict(trained.recipe),
    )


def _require_dependencies() -> None:
    """Raise before the work, and not behind it, where what the report needs is not installed."""
    try:
        import matplotlib  # noqa: F401
        import safetensors  # noqa: F401
    except ImportError as error:
        raise MissingDependencyError(f"stepgrad train needs {error.name}: {pip_install('train,draw')}") from error
