"""Progress: a bar where somebody looks, a line an epoch where that is asked for, and else nothing."""

from __future__ import annotations

import io
import sys
import types
from typing import Any

import numpy as np
import pytest
from rich.console import Console

import nn
from nn.training import progress as module
from nn.training.progress import progress_callbacks

X, Y = np.random.default_rng(0).normal(size=(40, 3)), np.arange(40) % 3


def fitted(shown: list[nn.Callback], epochs: int = 3) -> nn.History:
    return nn.fit(nn.Linear(3, 3, rng=0), (X, Y), epochs=epochs, metrics="accuracy", callbacks=shown)


def test_nothing_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    fitted([])
    assert capsys.readouterr() == ("", "")


def test_a_line_an_epoch_where_that_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    history = nn.fit(nn.Linear(3, 3, rng=0), (X, Y), epochs=3, metrics="accuracy", progress=True)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[2].startswith(f"epoch 3/3  loss {history[-1]['loss']:.4g}  accuracy {history[-1]['accuracy']:.4g}  ")


def test_a_bar_in_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS_BETWEEN", 0.0)
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, force_jupyter=False, width=100, legacy_windows=False)
    history = fitted(progress_callbacks(None, console))
    text = file.getvalue()
    assert "epoch 1/3" in text
    assert "epoch 3/3" in text
    assert f"loss {history[-1]['loss']:.4g}  accuracy {history[-1]['accuracy']:.4g}" in text
    assert "━" in text
    assert text.endswith("\n\x1b[?25h"), "the cursor is back, on a line of its own"
    assert progress_callbacks(False, console) == []


def test_the_terminal_is_told_why_a_run_ended_early() -> None:
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, force_jupyter=False, width=100, legacy_windows=False)

    class Stops(nn.Callback):
        def on_epoch(self, run: nn.Run) -> None:
            run.stop("early: enough is enough")

    fitted([Stops(), *progress_callbacks(None, console)])
    assert "early: enough is enough" in file.getvalue()


def test_a_cell_of_a_notebook_is_written_over(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []

    class Handle:
        def update(self, data: dict[str, str], raw: bool) -> None:
            shown.append(data["text/plain"])

    ipython: Any = types.ModuleType("IPython")
    ipython.display = types.ModuleType("IPython.display")
    ipython.display.display = lambda data, raw, display_id: Handle()
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", ipython.display)
    monkeypatch.setattr(module, "SECONDS_BETWEEN", 0.0)
    history = fitted(progress_callbacks(None, Console(file=io.StringIO(), force_jupyter=True, width=100, height=30)), 2)
    assert shown[0].startswith("epoch 1/2 ━━━━╌╌╌"), "one batch of two, of the first of two epochs"
    assert shown[-1] == (
        f"epoch 2/2 {'━' * 16} loss {history[-1]['loss']:.4g}  accuracy {history[-1]['accuracy']:.4g}  all 2 epochs"
    )


def test_the_bar_is_not_drawn_at_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    monkeypatch.setattr(module, "SECONDS_BETWEEN", 1000.0)
    monkeypatch.setattr(module.Terminal, "_draw", lambda self, run, text: drawn.append(text))
    console = Console(file=io.StringIO(), force_terminal=True, force_jupyter=False)
    fitted(progress_callbacks(None, console))
    assert len(drawn) == 1 + 3, "the first step, and each epoch"
