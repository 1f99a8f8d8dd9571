"""Targets of several outputs: those that are numbers are scaled, each to its own, and the answers scaled back."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from nn.health.experiments.remedies.scales import scale_targets
from nn.health.experiments.trial import Rows
from nn.health.multi_output import JoinedLoss, JointJudge, Layout, make_joint_judge

RNG = np.random.default_rng(0)
PRICE = (250.0 + 60.0 * RNG.normal(size=(40, 1))).astype(np.float32)
KIND, LABEL = RNG.integers(0, 3, 40), (RNG.random((40, 1)) < 0.5).astype(np.float32)


def judge_of(second: np.ndarray, width: int, name: str, asked: list[int | None]) -> tuple[JointJudge, np.ndarray]:
    outputs = [RNG.normal(size=(40, 1)).astype(np.float32), RNG.normal(size=(40, width)).astype(np.float32)]
    targets = [PRICE, second] if asked == [0, 1] else [second, PRICE]
    joined = JoinedLoss(None, Layout(outputs), Layout(targets), asked, ["mse_loss", name])
    judge = make_joint_judge(joined.outputs.join(outputs), joined.targets.join(targets), joined, lambda o, y: 0.0)
    assert isinstance(judge, JointJudge)
    return judge, joined.targets.join(targets)


@pytest.mark.parametrize("asked", [[0, 1], [1, 0]])
def test_numbers_beside_classes(asked: list[int | None]) -> None:
    judge, y = judge_of(KIND, 3, "cross_entropy", asked)
    at = asked[0]
    assert judge.columns_of_numbers == [(slice(0, 1), slice(at, at + 1))]
    trial = SimpleNamespace(judge=judge, rows=Rows(y, y, y, y), unscale=None)
    scale_targets(trial)
    assert abs(trial.rows.y[:, at].mean()) < 1e-4
    assert trial.rows.y[:, at].std() == pytest.approx(1.0, rel=1e-4)
    assert np.array_equal(np.delete(trial.rows.y, at, axis=1), np.delete(y, at, axis=1))
    np.testing.assert_allclose(trial.unscale(trial.rows.y), y, rtol=1e-5)
    outputs = np.arange(8.0).reshape(2, 4)
    given = trial.unscale(outputs)
    np.testing.assert_allclose(given[:, 0], outputs[:, 0] * PRICE.std() + PRICE.mean(), rtol=1e-5)
    assert np.array_equal(given[:, 1:], outputs[:, 1:])


def test_outputs_as_wide_as_targets_that_stand_elsewhere_are_left_alone() -> None:
    assert judge_of(LABEL, 1, "binary_cross_entropy_with_logits", [0, 1])[0].columns_of_numbers != []
    assert judge_of(LABEL, 1, "binary_cross_entropy_with_logits", [1, 0])[0].columns_of_numbers == []
