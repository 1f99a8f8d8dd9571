"""`nn.Trainer`: each step of a run replaced by a subclass, and what the loop around it still sees to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from autograd.errors import AnomalyError
from nn.training import Plan, StepResult
from optim.lr_scheduler import ReduceLROnPlateau

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(40, 3)).astype(np.float32), RNG.integers(0, 2, 40)


def train(trainer: Any, **options: Any) -> tuple[nn.Module, nn.History]:
    model = nn.Linear(3, 2, rng=0)
    history = nn.fit(
        model, (X, Y), trainer=trainer, **{"optimizer": "sgd", "lr": 0.5, "epochs": 2, "batch_size": 10, **options}
    )
    return model, history


def without_times(history: nn.History) -> list[dict[str, float]]:
    return [{name: value for name, value in row.items() if name != "seconds"} for row in history]


class SharpnessAware(nn.Trainer):
    """Takes the gradient a little uphill of where the parameters are (Foret et al. 2021), in a step of its own."""

    def train_step(self, group: Sequence[Any]) -> StepResult:
        result = self.compute_gradients(group)
        norm = np.sqrt(sum((p.grad**2).sum() for p in self.parameters))
        before = [p.data.copy() for p in self.parameters]
        for p in self.parameters:
            p.data += 0.05 * p.grad / norm
        self.compute_gradients(group)
        for p, data in zip(self.parameters, before, strict=True):
            p.data = data
        self.run.optimizer.step()
        return result


def test_a_step_of_its_own_is_the_one_that_is_taken_and_the_loop_counts_it() -> None:
    steps = []

    class Watch(nn.Callback):
        def on_step(self, run: nn.Run) -> None:
            steps.append((run.step, run.batch))

    model, history = train(SharpnessAware, callbacks=Watch(), metrics="accuracy", validation=(X, Y), epochs=1)
    assert steps == [(1, 1), (2, 2), (3, 3), (4, 4)]
    assert set(history.columns) == {"epoch", "loss", "accuracy", "val_loss", "val_accuracy", "lr", "seconds"}

    # By hand, on one batch of everything.
    model, _ = train(SharpnessAware, batch_size=40, epochs=1)
    hand, loss = nn.Linear(3, 2, rng=0), nn.CrossEntropyLoss()
    x, y = next(iter(nn.DataLoader(X, Y, batch_size=40, shuffle=True, seed=0)))
    loss(hand(x), y).backward()
    at = [p.data.copy() for p in hand.parameters()]
    norm = np.sqrt(sum((p.grad**2).sum() for p in hand.parameters()))
    for p in hand.parameters():
        p.data = p.data + 0.05 * p.grad / norm
        p.zero_grad()
    loss(hand(x), y).backward()
    for p, data, trained in zip(hand.parameters(), at, model.parameters(), strict=True):
        np.testing.assert_allclose(trained.data, data - 0.5 * p.grad, rtol=1e-5, atol=1e-7)


class Noisy(nn.Trainer):
    """Trains on inputs with noise."""

    def __init__(self, plan: Plan, scale: float = 0.5) -> None:
        super().__init__(plan)
        self.rng, self.scale = np.random.default_rng(7), scale

    def compute_loss(self, inputs: Any, targets: Any) -> tuple[Any, Any]:
        noise = self.scale * self.rng.normal(size=inputs.shape).astype(inputs.dtype)
        return super().compute_loss(inputs + noise, targets)


def test_a_loss_of_its_own_is_that_of_training_alone() -> None:
    _, plain = train(nn.Trainer, validation=(X, Y), lr=1e-9, epochs=1)
    _, noisy = train(Noisy, validation=(X, Y), lr=1e-9, epochs=1)
    assert noisy["loss"] != plain["loss"]
    assert noisy["val_loss"] == pytest.approx(plain["val_loss"])
    _, silent = train(partial(Noisy, scale=0.0), validation=(X, Y), lr=1e-9, epochs=1)
    assert without_times(silent) == without_times(plain), "a function that makes a trainer may set it up"


def test_what_a_trainer_draws_is_in_the_checkpoint(tmp_path: Path) -> None:
    whole, history = train(Noisy, epochs=4)
    for epochs in (2, 4):
        # What a run draws in the first part, it goes on from in the second.
        parts = nn.Linear(3, 2, rng=0)
        options: dict[str, Any] = {"optimizer": "sgd", "lr": 0.5, "batch_size": 10, "trainer": Noisy}
        resumed = nn.fit(parts, (X, Y), epochs=epochs, checkpoint=tmp_path / "run.safetensors", **options)
    assert without_times(resumed) == without_times(history)
    for mine, theirs in zip(parts.parameters(), whole.parameters(), strict=True):
        np.testing.assert_array_equal(mine.data, theirs.data)


def test_a_run_with_other_steps_is_another_run(tmp_path: Path) -> None:
    train(Noisy, checkpoint=tmp_path / "run.safetensors")
    with pytest.raises(nn.CheckpointError, match="is of another run: trainer 'Noisy' there, None here"):
        train(nn.Trainer, checkpoint=tmp_path / "run.safetensors", epochs=3)


def test_a_step_that_fails_is_gone_through_again_with_the_same_noise() -> None:
    seen: list[np.ndarray] = []

    class Overflowing(Noisy):
        def compute_loss(self, inputs: Any, targets: Any) -> tuple[Any, Any]:
            outputs, value = super().compute_loss(inputs, targets)
            seen.append(outputs.data.copy())
            return outputs, value * 1e300 * 1e300

    with (
        np.errstate(over="ignore"),
        pytest.raises(AnomalyError, match="fit stopped at epoch 1, batch 1, before its step"),
    ):
        train(Overflowing)
    assert len(seen) == 2
    np.testing.assert_array_equal(seen[0], seen[1])


def test_validation_of_its_own() -> None:
    class Flipped(nn.Trainer):
        """The mean of what the model says of inputs and of their opposites."""

        def validation_step(self, inputs: Any, targets: Any) -> tuple[Any, Any]:
            outputs = 0.5 * (self.run.model(inputs) + self.run.model(-inputs))
            return outputs, self.plan.objective.function(outputs, targets)

    model, history = train(Flipped, validation=(X, Y))
    outputs = np.tile(model.bias.data, (40, 1))
    assert history["val_loss"][-1] == pytest.approx(nn.CrossEntropyLoss()(outputs, Y).item(), rel=1e-5)


def test_gradients_are_changed_where_they_are_clipped() -> None:
    class Signs(nn.Trainer):
        def clip_gradients(self) -> None:
            for p in self.parameters:
                p.grad[...] = np.sign(p.grad)

    model, _ = train(Signs, batch_size=40, epochs=1)
    moved = model.weight.data - nn.Linear(3, 2, rng=0).weight.data
    np.testing.assert_allclose(np.abs(moved), 0.5, rtol=1e-5)


def test_what_a_validation_of_its_own_reports_is_in_the_history() -> None:
    class WithNorm(nn.Trainer):
        def validate(self) -> None:
            super().validate()
            self.run.report["norm"] = float(np.linalg.norm(self.run.model.weight.data))

    model, history = train(WithNorm)
    assert history["norm"][-1] == pytest.approx(np.linalg.norm(model.weight.data))


@pytest.mark.parametrize("wrong", [3, "Trainer", None])
def test_what_is_no_trainer_is_refused(wrong: Any) -> None:
    with pytest.raises(TypeError, match=r"trainer must be a subclass of nn.Trainer, or make one of a plan, not \w+"):
        train(wrong)


def test_what_makes_no_trainer_is_refused() -> None:
    with pytest.raises(TypeError, match=re.escape("fit: trainer must give an instance of nn.Trainer, not Linear")):
        train(lambda plan: nn.Linear(1, 1))


def test_an_instance_is_no_recipe() -> None:
    made: list[nn.Trainer] = []

    def keep(plan: Plan) -> nn.Trainer:
        made.append(nn.Trainer(plan))
        return made[0]

    train(keep)
    with pytest.raises(TypeError, match="not Trainer: give the class"):
        train(made[0])


def test_a_plateau_needs_its_column() -> None:
    class Silent(nn.Trainer):
        def validate(self) -> None:
            super().validate()
            del self.run.report["val_loss"]

    with pytest.raises(ValueError, match="ReduceLROnPlateau: the epoch has no 'val_loss'"):
        train(Silent, validation=(X, Y), scheduler=ReduceLROnPlateau)
