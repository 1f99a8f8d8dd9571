"""What is told of a record: its numbers from the first step to the last, and the steps that were looked for."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from nn.command import rewind


def record(losses: list[float], norms: list[float], **others: Any) -> Any:
    """Steps from 11 on, three of them in an epoch."""
    usual: dict[str, Any] = {
        "path": "run", "first": 11, "last": 10 + len(losses), "checkpoints": [11, 1200], "data": {"inputs": "float32 (6, 2) sha256 ab"},
        "numbers": {"loss": np.array(losses), "norm": np.array(norms)}, "epoch_of": lambda step: (step - 11) // 3 + 1,
        "name_other_versions": lambda: "",
    }  # fmt: skip
    return SimpleNamespace(**{**usual, **others})


def told(show: Any, *given: Any) -> list[str]:
    stream = io.StringIO()
    show(*given, Console(file=stream, width=120))
    return [" ".join(line.split()) for line in stream.getvalue().splitlines() if line.strip()]


def test_a_record_is_told_from_its_first_step_to_its_last() -> None:
    assert told(rewind._show_record, record([3.0, 0.5, 4.0, 1.0], [9.0, 2.0, 8.0, 7.0])) == [
        "steps 11 … 14, epoch 2",
        "loss 3 first, 1 last, 0.5 … 4",
        "gradient norm 2 … 9",
        "checkpoints 2: before steps 11, 1,200",
        "inputs float32 (6, 2)",
    ]


def test_what_is_not_finite_is_counted_and_the_first_of_it_named() -> None:
    lines = told(rewind._show_record, record([1.0, 2.0, np.nan, 3.0], [1.0, np.inf, 1.0, 1.0]))
    assert "not finite 2 steps, the first of them 12" in lines
    assert "loss 1 first, 3 last, 1 … 3" in lines
    assert "gradient norm never finite" in told(rewind._show_record, record([1.0], [np.nan]))


def test_other_versions_and_unknown_epochs_are_told_where_there_are_some() -> None:
    lines = told(
        rewind._show_record, record([1.0], [1.0], epoch_of=lambda _: None, name_other_versions=lambda: "numpy 1")
    )
    assert lines[0] == "steps 11 … 11"
    assert lines[-1] == "other versions numpy 1"
    assert told(rewind._show_record, record([], [])) == ["run: no step was recorded"]


def test_steps_are_told_with_the_loss_before_them() -> None:
    made = record([3.0, 0.5, 4.0, 1.0], [9.0, 2.0, 8.0, 7.0])
    lines = told(rewind._show_steps, made, [11, 12, 14])
    assert lines[0] == "step epoch loss before loss gradient norm"
    assert lines[2:] == ["11 1 3 9", "12 1 3 0.5 2", "14 2 4 1 7"]
    without = record([1.0], [1.0], epoch_of=lambda _: None)
    assert told(rewind._show_steps, without, [11])[-1] == "11 1 1"


@pytest.mark.parametrize("more", [0, 1, 2])
def test_ten_steps_are_shown_and_the_rest_counted(more: int) -> None:
    count = rewind.MOST_SHOWN + more
    lines = told(rewind._show_steps, record([1.0] * count, [1.0] * count), list(range(11, 11 + count)))
    assert len(lines) == 2 + 10 + bool(more)
    assert lines[-1] == (f"… and {more} more" if more else "20 4 1 1 1")


def test_the_update_ratio_needs_the_program() -> None:
    with pytest.raises(Exception, match="the update ratio is not recorded: to replay the run, name its program"):
        rewind._find(record([1.0], [1.0]), "update ratio > 1", None)
