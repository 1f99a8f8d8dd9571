"""Losses that are added up as they are, to be told: their sum holds the graphs of all passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from nn.health.loop import watch_script
from nn.health.loop.sums import tell_carried_sum
from tests.nn.health.loop.scripts import OURS, TORCH

LOOP = """
for epoch in range(9):
    total = 0.0
    for x, y in loader:
        loss = loss_function(model(x), y)
        loss.backward()
        LINE
"""


@pytest.mark.parametrize(
    "line",
    [
        "total += loss",
        "total = total + loss",
        "total = loss * len(x) + total",
        "total = 0.9 * total + 0.1 * loss",
        "self.total += loss / len(x)",
        "sums['train'] += loss",
    ],
)
def test_a_sum_of_losses_as_they_are(line: str) -> None:
    told = tell_carried_sum(LOOP.replace("LINE", line), {6})
    assert told == (line.split()[0], "loss", 7)
    assert tell_carried_sum(LOOP.replace("LINE", line), {5}) is None


@pytest.mark.parametrize(
    "line",
    [
        "total += loss.item()",
        "total += float(loss)",
        "total += loss.detach()",
        "total = loss",
        "count += len(x)",
        "loss = loss.item(); total += loss",
        "total += loss; total = total.detach()",
        "with torch.no_grad(): total += loss",
        "total += loss; total.backward()",
        "total = 0.0; total += loss",
        "def add(total): total += loss",
    ],
)
def test_other_sums(line: str) -> None:
    assert tell_carried_sum(LOOP.replace("LINE", line), {6}) is None


def test_a_sum_beside_the_loop_of_the_passes_is_none_of_them() -> None:
    assert tell_carried_sum(LOOP.replace("        LINE", "    every += loss"), {6}) is None
    assert tell_carried_sum("for x in", {1}) is None


@pytest.mark.parametrize("text", [OURS, TORCH])
def test_scripts_that_add_up_losses(text: str, tmp_path: Path) -> None:
    if text == TORCH:
        pytest.importorskip("torch")
    script = tmp_path / "train.py"
    added = text.replace("        loss.backward()\n", "        loss.backward()\n        total += loss\n")
    for changed in (added.replace("    model.train()\n", "    model.train()\n    total = 0.0\n"), text):
        script.write_text(changed)
        assert [f.cause for f in watch_script(script).findings] == ["graph grows"] * (changed != text)


STEP = """
usual = 0.0

def step(loss):
    loss.backward()
    return loss

"""


@pytest.mark.parametrize("text", [OURS, TORCH])
@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("usual = 0.9 * usual + 0.1 * step(loss)", True),
        ("usual = 0.9 * usual + 0.1 * out.mean(); loss.backward()", True),
        ("usual = 0.9 * usual + 0.1 * step(loss).item()", False),
        ("usual = 0.1 * step(loss)", False),
        # It begins anew with each epoch, of four passes.
        ("usual = step(loss) + (usual if start else 0.0)", False),
    ],
)
def test_scripts_that_carry_on_an_average(text: str, line: str, told: bool, tmp_path: Path) -> None:
    if text == TORCH:
        pytest.importorskip("torch")
    script = tmp_path / "train.py"
    script.write_text(
        text.replace("for epoch", f"{STEP}for epoch").replace("        loss.backward()\n", f"        {line}\n")
    )
    assert [f.cause for f in watch_script(script).findings] == ["graph grows"] * told
