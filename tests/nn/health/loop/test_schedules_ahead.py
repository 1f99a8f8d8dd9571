"""Schedules that a run ends too soon for are tried out ahead: those of batches that go on once an epoch, and those of far more steps."""

from __future__ import annotations

from pathlib import Path

import pytest

from nn.health.loop import Seen, diagnose_script, watch_script

TEXT = """
import numpy as np
IMPORTS
rng = np.random.default_rng(0)
x = rng.normal(size=(160, 3)).astype(np.float32)
y = np.tanh(x @ rng.normal(size=(3, 1))).astype(np.float32)
MODEL
for epoch in range(EPOCHS):
    for k in range(0, 160, 16):
        optimizer.zero_grad()
        loss = ((model(x[k : k + 16]) - y[k : k + 16]) ** 2).mean()
        loss.backward()
        optimizer.step()
        # batch
    # epoch
"""
OURS = {
    "IMPORTS": "import nn, optim\nfrom optim import lr_scheduler",
    "MODEL": (
        "model = nn.Sequential(nn.Linear(3, 16, rng=0), nn.Tanh(), nn.Linear(16, 1, rng=1))\n"
        "optimizer = optim.SGD(model.parameters(), lr=0.5)"
    ),
}
TORCH = {
    "IMPORTS": "import torch\nfrom torch.optim import lr_scheduler\ntorch.manual_seed(0)",
    "MODEL": (
        "model = torch.nn.Sequential(torch.nn.Linear(3, 16), torch.nn.Tanh(), torch.nn.Linear(16, 1))\n"
        "optimizer = torch.optim.SGD(model.parameters(), lr=0.5)\nx, y = torch.tensor(x), torch.tensor(y)"
    ),
}
ONE_CYCLE = "lr_scheduler.OneCycleLR(optimizer, max_lr=0.5, total_steps={}, div_factor=1000.0)"
WARM_UP = "lr_scheduler.LambdaLR(optimizer, lambda k: min(1.0, (k + 1) / {}) ** 2)"


def script(folder: Path, schedule: str, each: str, epochs: int = 20, words: dict[str, str] = OURS) -> Path:
    text = TEXT.replace("EPOCHS", str(epochs))
    for word, meant in words.items():
        text = text.replace(word, meant)
    text = text.replace("\nfor epoch", f"\nschedule = {schedule}\nfor epoch", 1)
    path = folder / "train.py"
    path.write_text(text.replace(f"# {each}", "schedule.step()"))
    return path


def causes(seen: Seen) -> list[str]:
    return [finding.cause for finding in seen.findings]


@pytest.mark.parametrize("words", [OURS, TORCH], ids=["ours", "PyTorch"])
@pytest.mark.parametrize("schedule", [ONE_CYCLE.format(200), WARM_UP.format(100)])
def test_a_schedule_of_batches_that_goes_on_once_an_epoch(schedule: str, words: dict[str, str], tmp_path: Path) -> None:
    if words is TORCH:
        pytest.importorskip("torch")
    seen = watch_script(script(tmp_path, schedule, "epoch", words=words))
    assert causes(seen) == ["scheduler out of order"]
    assert "goes on once an epoch, 20 times in the run" in seen.findings[0].sentence
    assert causes(watch_script(script(tmp_path, schedule, "batch", words=words))) == []


@pytest.mark.parametrize("schedule", [ONE_CYCLE.format(20), WARM_UP.format(6)])
def test_one_of_epochs_is_as_it_is_meant(schedule: str, tmp_path: Path) -> None:
    assert causes(watch_script(script(tmp_path, schedule, "epoch"))) == []


@pytest.mark.parametrize("schedule", [ONE_CYCLE.format(20_000), WARM_UP.format(5000)])
def test_a_rise_of_far_more_steps_than_the_run_has(schedule: str, tmp_path: Path) -> None:
    assert causes(watch_script(script(tmp_path, schedule, "batch"))) == ["learning rate too low"]


@pytest.mark.parametrize("factor", [1.001, 1.02])
@pytest.mark.parametrize("each", ["batch", "epoch"])
def test_one_that_rises_for_ever_is_meant_to_come_to_no_rate(each: str, factor: float, tmp_path: Path) -> None:
    assert causes(watch_script(script(tmp_path, f"lr_scheduler.ExponentialLR(optimizer, {factor})", each))) == []


def test_the_verdict_is_of_the_schedule_and_not_of_the_rate(tmp_path: Path) -> None:
    found = diagnose_script(script(tmp_path, ONE_CYCLE.format(200), "epoch"))
    assert found.cause == "scheduler out of order"
    # Before it took a step, a schedule is out of order by a step, which a run does without.
    early = script(tmp_path, WARM_UP.format(2), "batch")
    early.write_text(early.read_text().replace("for epoch", "schedule.step()\nfor epoch", 1))
    assert diagnose_script(early).cause == "healthy"


@pytest.mark.parametrize(
    ("schedule", "told"),
    [
        ("lr_scheduler.MultiStepLR(optimizer, [3, 4], gamma=0.05)", ["rate decays too fast"]),
        ("lr_scheduler.MultiStepLR(optimizer, [12, 14], gamma=0.05)", []),
        ("lr_scheduler.CosineAnnealingLR(optimizer, T_max=20)", []),
        ("lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=6)", []),
        ("lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=3)", []),
    ],
)
def test_a_rate_that_is_gone_for_the_rest_of_the_run(schedule: str, told: list[str], tmp_path: Path) -> None:
    assert causes(watch_script(script(tmp_path, schedule, "epoch"))) == told
    # Of a run that is over soon after, it is not gone for long.
    assert causes(watch_script(script(tmp_path, schedule.replace("[3, 4]", "[4, 5]"), "epoch", epochs=6))) == []


PLATEAU = "lr_scheduler.ReduceLROnPlateau(optimizer, mode='max', factor=0.1, patience=PATIENCE)"


@pytest.mark.parametrize("words", [OURS, TORCH], ids=["ours", "PyTorch"])
@pytest.mark.parametrize(
    ("metric", "patience", "told"),
    [
        ("0.0 * x[0, 0] + 0.7317 * 0.9**epoch", 2, ["rate decays too fast"]),
        ("7.1 / (1.0 + epoch) ** 0.3", 2, ["rate decays too fast"]),
        ("-0.7317 * 0.9**epoch", 2, []),
        ("1.0 - epoch / 160", 2, []),
        ("0.7317 * 0.9**epoch", 12, []),
    ],
    ids=["a loss", "another", "a score", "an accuracy that falls", "much patience"],
)
def test_a_plateau_that_waits_for_a_loss_to_rise(
    metric: str, patience: int, told: list[str], words: dict[str, str], tmp_path: Path
) -> None:
    if words is TORCH:
        pytest.importorskip("torch")
    path = script(tmp_path, PLATEAU.replace("PATIENCE", str(patience)), "epoch", words=words)
    path.write_text(path.read_text().replace("schedule.step()", f"schedule.step({metric})"))
    assert causes(watch_script(path)) == told
