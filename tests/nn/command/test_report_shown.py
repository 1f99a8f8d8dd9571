"""What `stepgrad train` reports, in the terminal, as a page and as JSON: whole texts of trainings that are written down."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from autograd._version import __version__
from autograd.wording.printing import to_text
from nn.command import report
from nn.command.confusion import Confusion
from nn.command.options import Options
from nn.command.recipe import Recipe
from nn.command.source import Source
from nn.command.trained import MAX_WHOLE_CLASSES, Trained
from nn.health.finding import Finding
from nn.health.report import HealthReport
from nn.training.history import History
from nn.tuning.cross_validation import CrossValidation
from nn.tuning.distributions import LogUniform
from nn.tuning.result import SearchResult, Trial
from tests.nn.health.measured import record, step
from tests.texts import assert_text

TEXTS = Path(__file__).parent / "texts"
RECIPE = Recipe((8, 4), ("relu", "tanh"), weight_decay=0.25, batch_size=16)
CLASSES = ["<b>", "[red]", "c"]


def source(classes: list[str] | None = CLASSES, **others: Any) -> Source:
    inputs, targets = np.zeros((5, 3)), np.zeros(5, int) if classes is not None else np.zeros((5, 1))
    usual: dict[str, Any] = {
        "name": "a&b",
        "target": "kind [of] <it>",
        "features": ["x", "y", "<z>"],
        "standardize": True,
    }
    return Source(**{**usual, **others}, inputs=inputs, targets=targets, test=None, classes=classes, recipe=RECIPE)


def history(epochs: int = 2, stopped: str = "all epochs", **columns: float) -> History:
    rows = [{"epoch": k + 1, "loss": 1.0 / (k + 1), **columns, "lr": 0.01, "seconds": 0.5} for k in range(epochs)]
    made = History(rows, loss="cross-entropy", optimizer="adam", monitor="loss")
    made.stopped = stopped
    return made


def trained(of: Source | None = None, **others: Any) -> Trained:
    of = of or source()
    model = nn.Sequential(nn.Linear(3, 2, rng=0))
    model[0].weight.data[...] = [[0.5, -1.0, 0.0], [0.25, 0.0, 1.0]]
    usual: dict[str, Any] = {
        "recipe": RECIPE, "options": Options("a"), "model": model, "history": history(), "scores": {"accuracy": 0.75},
        "predicted": np.array([[2.0, 0.0, 1.0], [0.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
        "true": np.array([0, 1, 2, 2]), "rows": {"trained on": 1234, "held out": 4}, "scale": None, "target_scale": None,
        "health": None, "folds": None, "search": None,
    }  # fmt: skip
    return Trained(of, **{**usual, **others})


def full() -> Trained:
    """All that a report may have."""
    finding = Finding("dead units", "1", "many <are> dead", "lower [the] rate")
    health = HealthReport(
        record(step()), [finding], lambda: (_ for _ in ()).throw(AssertionError("no graph is asked for"))
    )
    scores = [{"loss": 0.5, "accuracy": 0.75}, {"loss": 0.25, "accuracy": 1.0}]
    folds = CrossValidation(scores, [], np.zeros(0), ["fold 3: <lost>"])
    trials = [Trial(k, {"lr": 0.1 / (k + 1)}, 4, (0.5 + k / 8,)) for k in range(16)]
    search = SearchResult(trials, {"lr": LogUniform(1e-4, 1.0)}, "loss", "min", ["lr is <at> its border"])
    rows = {"trained on": 1234, "held out": 4, "validation": 7}
    return trained(
        source(note="dates [were] numbers"), health=health, folds=folds, search=search, rows=rows,
        history=history(9, accuracy=0.5), scores={"loss": 1.5, "accuracy": 0.75}, options=Options("a", patience=3),
    )  # fmt: skip


def regression() -> Trained:
    of = source(None, standardize=False)
    return trained(
        of, recipe=Recipe((), ("relu",), optimizer="sgd"), history=history(0), scores={"rmse": 12.5, "r2": 0.5},
        predicted=np.array([1.0, 2.0]), true=np.array([1.5, 1.0]),
    )  # fmt: skip


@pytest.fixture
def unwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    """What figures are as text has tests of its own."""
    monkeypatch.setattr("nn.command.figures.svg", lambda figure, label: f'<svg role="img" aria-label="{label}"/>')


@pytest.mark.parametrize("name", ["full", "plain", "regression"])
def test_the_text_of_a_report(name: str) -> None:
    made = {"full": full, "plain": trained, "regression": regression}[name]()
    assert_text(TEXTS / f"report_{name}.txt", to_text(report.render(made)))


@pytest.mark.usefixtures("unwritten")
@pytest.mark.parametrize("name", ["full", "regression"])
def test_the_page_of_a_report(name: str) -> None:
    text = report.page({"full": full, "regression": regression}[name]())
    assert text.count(f"<style>{report.STYLE}</style>") == 1
    assert_text(TEXTS / f"report_{name}.html", text.replace(report.STYLE, "").replace(__version__, "1.0"))


@pytest.mark.parametrize("name", ["full", "regression"])
def test_a_report_as_json(name: str) -> None:
    made = {"full": full, "regression": regression}[name]()
    if made.search is not None:
        del made.search.trials[2:]
    assert_text(TEXTS / f"report_{name}.json", made.to_json())


def test_of_many_classes_json_has_the_pairs_that_occur() -> None:
    for count, whole in ((MAX_WHOLE_CLASSES, True), (MAX_WHOLE_CLASSES + 1, False)):
        predicted = np.eye(count)[[1, 1, 0]]
        made = trained(source([str(k) for k in range(count)]), predicted=predicted, true=np.array([1, 0, 0]))
        told = made.to_json()
        assert ('"confusion": null' in told) is not whole
        assert ('"confusion pairs": null' in told) is whole


def test_facts_that_a_report_tells_of_some_trainings() -> None:
    facts = report.list_facts(trained())
    assert "validation" in facts and facts["scale"].startswith("features standardised")
    assert facts["training"] == "adam, rate 0.01, weight decay 0.25, batches of 16, cross-entropy, seed 0"
    plain = report.list_facts(trained(source(standardize=False), recipe=replace(RECIPE, weight_decay=0.0)))
    assert not {"scale", "folds", "note"} & set(plain)
    assert plain["training"] == "adam, rate 0.01, batches of 16, cross-entropy, seed 0"
    both = report.list_facts(trained(source(None)))["scale"]
    assert both == "features and targets standardised by the rows trained on; scores are in units of the target"
    for searched, told in ((full().search, True), (None, False)):
        assert ("folds" in report.list_facts(trained(folds=full().folds, search=searched))) is told
    assert "folds" not in report.list_facts(trained(search=full().search))


@pytest.mark.parametrize(("count", "is_printed"), [(12, True), (13, False)])
def test_a_confusion_matrix_is_printed_up_to_twelve_classes(count: int, is_printed: bool) -> None:
    made = trained(source([f"c{k}" for k in range(count)]), predicted=np.eye(count)[:4])
    assert ("is, taken for" in to_text(report.render(made))) is is_printed


@pytest.mark.usefixtures("unwritten")
def test_of_very_many_classes_a_page_shows_those_with_most_mistakes() -> None:
    true, predicted = np.arange(41), np.arange(41)
    predicted[[40, 39]] = 0
    first, figure, table, heading = report._confusion(Confusion(true, predicted, [str(k) for k in range(41)]))
    told = "<p>Of 41 classes these are the 40 with most mistakes: 2 of all 2 are within the matrix."
    assert first.startswith(told)
    assert figure.startswith('<figure class="wide"><svg class=large role="img" aria-label="confusion matrix"')
    assert ">38</th>" not in table and ">40</th>" in table
    assert heading.startswith("<h3>The most frequent mistakes</h3>")
    assert heading.count("<tr>") == 3
    small = list(report._confusion(Confusion(true[:12], true[:12], [str(k) for k in range(12)])))
    assert len(small) == 2 and "class=large" not in small[0]


@pytest.mark.parametrize(
    ("epochs", "shown", "told"), [(1, 1, "1 epoch"), (400, 400, "400 epochs"), (401, 201, "401 epochs")]
)
def test_of_a_long_training_a_page_shows_every_second_epoch(epochs: int, shown: int, told: str) -> None:
    text = report._epochs(trained(history=history(epochs), options=Options("a", patience=3)))
    assert text.count("<tr") == shown + 1
    every = ", one in 2; history.csv has all" if shown < epochs else ""
    assert text.startswith(f"<details><summary>{told}{every}</summary>")
    assert text.count("class=strong") == 1
    assert "class=strong" not in report._epochs(trained(history=history(epochs)))


@pytest.mark.usefixtures("unwritten")
def test_of_many_rows_a_page_shows_some() -> None:
    for count, told in ((2000, False), (2001, True)):
        numbers = np.arange(float(count))
        made = trained(source(None), predicted=numbers, true=numbers + 1.0)
        assert ("2,000 of the 2,001 rows, chosen at random." in report.page(made)) is told
