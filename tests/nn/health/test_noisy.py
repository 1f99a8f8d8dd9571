"""Targets of which a part is wrong: told by a clean validation, by numbers that lie far off, and not of what looks like it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
import optim
from nn.health import diagnose
from tests.nn.health.corpus import tuning_lists_calm_tables
from tests.nn.health.corpus.case import diagnose_case
from tests.nn.health.corpus.pairs import costs, letters
from tests.nn.health.corpus.rows import plane


def found_in(x: np.ndarray, y: np.ndarray, loss: Any, outputs: int = 1, validation: Any = ()) -> list[str]:
    model = nn.Sequential(nn.Linear(x.shape[1], 24, rng=0), nn.ReLU(), nn.Linear(24, outputs, rng=1))
    optimizer = optim.Adam(model.parameters(), lr=0.005)
    found = diagnose(model, (x, y, *validation), loss, optimizer=optimizer, epochs=20)
    return [f.cause for f in found.findings]


def mix_up(y: np.ndarray, share: float) -> np.ndarray:
    rng = np.random.default_rng(7)
    wrong = rng.random(len(y)) < share
    y = y.copy()
    y[wrong] = rng.permutation(y[wrong])
    return y


@pytest.mark.integration
@pytest.mark.parametrize(("rows", "share"), [(plane, 0.3), (costs, 0.3), (plane, 0.0), (costs, 0.0)])
def test_numbers_that_lie_far_off_where_others_are_told_well(rows: Any, share: float) -> None:
    x, y = rows(0, 500)
    assert found_in(x, mix_up(y, share), nn.MSELoss()) == ["noisy targets"] * (share > 0.0)


@pytest.mark.integration
@pytest.mark.parametrize("noise", ["normal", "laplace", "of counts"])
def test_noise_of_all_rows_is_no_wrong_target(noise: str) -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(600, 5)).astype(np.float32)
    y = x[:, :1] - x[:, 1:2]
    if noise == "of counts":
        y = np.sqrt(12.0) * (rng.poisson(np.exp(0.5 * y)) - np.exp(0.5 * y)) / 4.0 + y
    else:
        y = y + 1.2 * getattr(rng, noise)(size=y.shape)
    assert found_in(x, y.astype(np.float32), nn.MSELoss()) == []


@pytest.mark.integration
@pytest.mark.parametrize("clean", [True, False])
def test_a_validation_that_is_answered_better_tells_of_wrong_targets(clean: bool) -> None:
    x, y = letters(1, 6, 900)
    told = mix_up(y, 0.5)
    held = x[650:], (y if clean else told)[650:]
    assert found_in(x[:650], told[:650], nn.CrossEntropyLoss(), 6, held)[:1] == ["noisy targets"] * clean
    # Noise in the inputs makes the rows of the training part harder, too.
    if clean:
        noise = np.random.default_rng(5).normal(0.0, 2.0, (650, 16)).astype(np.float32)
        assert "noisy targets" not in found_in(x[:650] + noise, y[:650], nn.CrossEntropyLoss(), 6, held)
    x, y = costs(1, 600)
    # A half of the numbers permuted leaves nothing that lies far off.
    told = mix_up(y, 0.55)
    held = x[400:], (y if clean else told)[400:]
    assert found_in(x[:400], told[:400], nn.MSELoss(), 1, held)[:1] == ["noisy targets"] * clean


@pytest.mark.integration
@pytest.mark.parametrize("what", ["most are wrong", "some are wrong", "they overlap"])
def test_classes_most_of_which_are_wrong_though_none_is_learned_by_heart(what: str) -> None:
    """Wrong ones are everywhere; where classes overlap, rows far from where they meet are told well."""
    rng = np.random.default_rng(4)
    y = rng.integers(0, 5, 800)
    centres = np.random.default_rng(12).normal(size=(5, 10))
    x = centres[y] + (2.6 if what == "they overlap" else 0.5) * rng.normal(size=(800, 10))
    told = y if what == "they overlap" else mix_up(y, 0.7 if what.startswith("most") else 0.15)
    causes = found_in(x.astype(np.float32), told, nn.CrossEntropyLoss(), 5)
    assert ("noisy targets" in causes) is what.startswith("most")


@pytest.mark.integration
def test_a_validation_with_fewer_wrong_labels_by_chance_is_no_cleaner() -> None:
    case = next(one for one in tuning_lists_calm_tables.WELL if one.name == "one_label_in_eight_wrong")
    assert diagnose_case(case, 5).cause == "healthy"


@pytest.mark.integration
@pytest.mark.parametrize("wild", [0.03, 0.3])
def test_a_few_numbers_far_off_are_not_many(wild: float) -> None:
    """The validation has none of them, by chance or because nobody makes such slips there."""
    x, y = costs(2, 500)
    far = np.random.default_rng(8).random((400, 1)) < wild
    told = np.where(far, y[:400] + 6.0 * np.sign(np.random.default_rng(9).normal(size=(400, 1))), y[:400])
    causes = found_in(x[:400], told.astype(np.float32), nn.HuberLoss(), 1, (x[400:], y[400:]))
    assert ("noisy targets" in causes) is (wild > 0.1)
