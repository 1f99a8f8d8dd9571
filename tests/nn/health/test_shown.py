"""What a report and a diagnosis show: whole texts, pages and figures of what could have been measured."""

from __future__ import annotations

import math
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from autograd._version import __version__
from autograd.wording.printing import to_text
from nn.health import page, show
from nn.health.experiments.trial import Point, Rows, Trial
from nn.health.figure import draw_report
from nn.health.finding import Finding
from nn.health.place import Place
from nn.health.record import Record
from nn.health.verdict import Verdict
from tests.figures import describe
from tests.nn.health.measured import layer, parameter, record, step
from tests.texts import assert_text

TEXTS = Path(__file__).parent / "texts"
SITE: Any = "train.py:12: hidden = [relu](x)"
DEAD = Finding(
    "dead units", "1", "3 of 4 ReLUs [of 1] are dead", "lower the <rate>", {"dead": 3}, Place("1", "relu", SITE)
)
TOO_HIGH = Finding(
    "learning rate too high", "", "it diverges & rises", "divide it by 10", heals=("rate / 10", "<clip>")
)


def a_run() -> Record:
    """A run of three measured steps, with one of each thing that a table tells."""
    alive = np.array([True, False, False, False])
    layers = (
        layer("0", "Linear", mean=-0.123456, std=1.5),
        layer("1", "ReLU", alive=alive, mean=0.25, samples=32),
        layer("/sigmoid", "sigmoid", saturated=0.305, mean=0.5, std=0.05),
        layer("[2]", "Linear", final=True, mean=12345.6, std=0.0),
    )
    parameters = (
        parameter("0.weight", mean=0.002, largest=0.031, norm=0.27, near=0.25, update=2e-3),
        parameter("0.bias", shape=(4,), mean=0.5, largest=0.75, norm=1.25, near=0.0, update=1.0),
        parameter("[2].weight", mean=0.0, largest=0.0, norm=0.0, near=1.0, update=1e-7),
        parameter("still", trainable=False, missing=True, mean=math.nan, update=None),
        parameter("gone", missing=True, mean=math.nan, update=None),
        parameter("broken", mean=math.inf, broken=0.5, update=None),
        parameter("3.weight", mean=0.03, largest=0.1, norm=0.4, near=0.001, update=0.0),
    )
    return record(*(step(*parameters, layers=layers, step=k) for k in (1, 11, 21)), losses=(2.5, 2.0, 0.125))


def test_the_text_of_a_report() -> None:
    assert_text(TEXTS / "report.txt", to_text(show.render(Verdict(a_run(), [DEAD, TOO_HIGH]))))


def test_the_text_of_a_report_of_one_batch_without_layers() -> None:
    assert_text(TEXTS / "report_of_a_batch.txt", to_text(show.render(Verdict(record(step()), []))))


def trial(name: str, *errors: float, lost: bool = False, steps: int | None = None) -> Trial:
    """A curve with an error after each ten steps, on rows that are trained on half of that on rows held back."""
    points = [Point(10 * k, 0.5 * error, error, 0.0) for k, error in enumerate(errors)]
    losses = [1.0] * (10 * max(len(errors) - 1, 0) if steps is None else steps)
    nothing: Any = None
    rows = Rows(*(np.zeros(count) for count in (8, 8, 2, 2)))
    return Trial(name, name, nothing, rows, nothing, 16, True, 0, losses=losses, points=points, seconds=0.25, lost=lost)


def test_the_table_says_of_which_rows_the_error_is() -> None:
    whole = trial("as it is", 1.0, 0.5)
    assert "error: on rows held back" in to_text(show.render_diagnosis(a_diagnosis(whole)))
    whole.rows.held_x = whole.rows.x
    assert "error: on all rows" in to_text(show.render_diagnosis(a_diagnosis(whole)))


def a_diagnosis(*trials: Trial, findings: tuple[Finding, ...] = (TOO_HIGH,)) -> Any:
    class Found(SimpleNamespace):
        def __bool__(self) -> bool:
            return not self.findings

    summary = f"diagnosis: {findings[0].cause if findings else 'healthy'} [1 < 2]"
    return Found(
        summary=summary, findings=list(findings), evidence=["seen [once] at 3 < 4", "and twice"], trials=list(trials)
    )


def trials() -> tuple[Trial, ...]:
    return (
        trial("as it is", 1.0, 1.2, 3.5, 9.0, math.inf),
        trial("[slower]", 1.0, 0.9, 0.81),
        trial("<clip>", 1.0, 0.5, 0.2, 0.1, 0.05, 0.03, 0.02, 0.01, 0.008, 0.004, 0.003, 0.002, 0.001, 0.0005),
        trial("too fast", 1.0, math.inf, lost=True),
        trial("not tried"),
        trial("rate / 10", 1.0, 0.3, 0.11),
    )


def test_the_text_of_a_diagnosis() -> None:
    assert_text(
        TEXTS / "diagnosis.txt", to_text(show.render_diagnosis(a_diagnosis(*trials(), findings=(TOO_HIGH, DEAD))))
    )
    healthy = to_text(show.render_diagnosis(a_diagnosis(findings=())))
    assert healthy == "diagnosis: healthy [1 < 2]\n\nseen [once] at 3 < 4.\nand twice."


def test_the_colours_of_a_text_tell_what_is_well() -> None:
    def coloured(renderable: Any) -> str:
        with Console(width=90, force_terminal=True, color_system="standard", legacy_windows=False) as console:
            with console.capture() as shown:
                console.print(renderable)
        return shown.get()

    sick, healthy = (coloured(show.render_findings(a_diagnosis(findings=f))) for f in ((DEAD,), ()))
    assert sick.startswith("\x1b[31mdiagnosis") and healthy.startswith("\x1b[32mdiagnosis")
    lines = coloured(show.tabulate_trials(a_diagnosis(*trials()))).splitlines()
    green = [line for line in lines if "\x1b[32m" in line]
    assert [name in line for name, line in zip(("<clip>", "rate / 10"), green, strict=True)] == [True, True]


def test_the_page_of_a_diagnosis() -> None:
    def body(found: Any) -> str:
        head, _, rest = page.page(found).partition("<body>\n")
        assert head.count(f"<style>{page.STYLE}</style>") == 1
        return head.replace(page.STYLE, "").replace(__version__, "1.0") + "<body>\n" + rest.replace(__version__, "1.0")

    assert_text(TEXTS / "diagnosis.html", body(a_diagnosis(*trials(), findings=(DEAD, TOO_HIGH))))
    assert_text(TEXTS / "healthy.html", body(a_diagnosis(trial("as it is"), findings=())))
    unmended = body(a_diagnosis(*trials(), findings=()))
    assert "What was tried" in unmended and "green" not in unmended


def test_the_line_of_a_constant_answer_is_dotted_and_the_other_dashed() -> None:
    found = re.findall(r"\.(one|trained) \{[^}]*stroke-dasharray: (\d+) (\d+)", page.STYLE)
    drawn, gaps = ({kind: int(numbers[k]) for kind, *numbers in found} for k in (0, 1))
    assert drawn["one"] == 0 < gaps["one"] and drawn["trained"] > gaps["trained"]


@pytest.mark.parametrize(
    ("error", "bar"),
    [(0.0, "▁"), (0.01, "▁"), (0.012, "▁"), (0.02, "▂"), (0.1, "▅"), (0.3, "▆"), (0.99, "█"), (1.0, "█"), (7.0, "█")]
    + [(math.inf, "×"), (math.nan, "×")],
)
def test_the_bars_of_errors(error: float, bar: str) -> None:
    assert show._block(error) == bar


def test_the_figures_of_reports() -> None:
    assert_text(TEXTS / "figure_of_a_run.txt", describe(draw_report(Verdict(a_run(), [DEAD]))))
    batch = record(a_run().steps[0])
    assert_text(TEXTS / "figure_of_a_batch.txt", describe(draw_report(Verdict(batch, []))))
    for count, marker in ((19, "."), (20, "")):
        (first, *_) = draw_report(Verdict(record(*(step(step=k) for k in range(count))), [])).axes[0].lines
        assert first.get_marker() == marker


def test_nothing_is_drawn_of_what_was_not_measured() -> None:
    unknown = step(parameter("bias", shape=(3,), missing=True, mean=math.nan, update=None))
    batch, run = (draw_report(Verdict(record(*[unknown] * count), [])) for count in (1, 2))
    assert_text(TEXTS / "figure_of_nothing.txt", f"{describe(batch)}\n\n{describe(run)}")
