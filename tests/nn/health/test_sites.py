"""What runs of question sites taught the diagnosis: planes read as pixels, counts below 0, thresholds, sums, one buffer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import nn
import optim
from nn.health.evidence.data import find_targets_outside
from nn.health.evidence.structure import find_unused_inputs
from nn.health.experiments.remedies.places import _read_otherwise
from nn.health.loop import diagnose_script
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.test_told import X, subject

RNG = np.random.default_rng(0)


def test_planes_that_were_read_as_pixels_are_read_as_they_stood() -> None:
    planes = 0.2 * RNG.normal(size=(60, 3, 9, 9))
    for row in planes:
        i, j = RNG.integers(0, 6, 2)
        row[RNG.integers(3), i : i + 4, j : j + 4] += 2.0
    as_pixels = planes.reshape(60, 9, 9, 3).transpose(0, 3, 1, 2)
    read = _read_otherwise(as_pixels)
    assert read is not None
    assert np.array_equal(read(as_pixels), planes)
    assert _read_otherwise(planes) is None
    # And the other way round.
    as_planes = np.ascontiguousarray(planes.transpose(0, 2, 3, 1)).reshape(60, 3, 9, 9)
    again = _read_otherwise(as_planes)
    assert again is not None
    assert np.array_equal(again(as_planes), planes)


@pytest.mark.parametrize("loss", [nn.PoissonNLLLoss(), nn.functional.poisson_nll_loss])
def test_counts_are_not_below_zero(loss) -> None:
    outputs = np.zeros((3, 1), np.float32)
    assert list(find_targets_outside(np.array([[0.0], [2.0], [9.0]]), outputs, loss)) == []
    (found,) = find_targets_outside(np.array([[-0.7], [2.0], [9.0]]), outputs, loss)
    assert found.cause == "targets outside the loss"
    assert "from -0.7 to 9" in found.sentence


@pytest.mark.parametrize(
    ("act", "causes"),
    [(lambda: nn.Threshold(10.0, 0.0), ["dead units"]), (lambda: nn.Hardshrink(9.0), ["dead units"]), (nn.ReLU, [])],
)
def test_an_activation_whose_setting_shuts_it_is_no_input_that_is_not_used(act, causes: list[str]) -> None:
    found = list(find_unused_inputs(subject(mlp([3, 8, 1], 0, act), X[:, :1])))
    assert [f.cause for f in found] == causes
    assert [f.path for f in found] == ["1"] * len(causes)


@pytest.mark.parametrize("width", [1, 24])
def test_a_sum_over_rows_and_columns_is_told_before_the_rate(width: int) -> None:
    x = RNG.normal(size=(240, 4)).astype(np.float32)
    y = np.tanh(x @ RNG.normal(size=(4, width))).astype(np.float32)
    model = mlp([4, 16, width], 0, nn.Tanh)
    optimizer = optim.SGD(model.parameters(), lr=0.3, momentum=0.9)
    found = nn.health.diagnose(model, (x, y), nn.MSELoss(reduction="sum"), optimizer=optimizer, epochs=30)
    assert found.cause == "loss summed"


BUFFER = """
import numpy as np
import nn, optim

rng = np.random.default_rng(0)
kinds = rng.integers(0, 3, 200)
buffer = np.zeros(6, np.float32)
rows = []
for kind in kinds:
    buffer[:] = kind + rng.normal(size=6)
    rows.append(buffer)
rows = np.stack(rows)
net = nn.Sequential(nn.Linear(6, 8, rng=0), nn.ReLU(), nn.Linear(8, 3, rng=1))
opt = optim.Adam(net.parameters(), lr=0.01)
ce = nn.CrossEntropyLoss()
for epoch in range(20):
    for start in range(0, 200, 20):
        loss = ce(net(rows[start : start + 20]), kinds[start : start + 20])
        opt.zero_grad()
        loss.backward()
        opt.step()
"""


def test_rows_that_are_all_one_are_no_batch_that_comes_again(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(BUFFER)
    assert [f.cause for f in diagnose_script(path).findings] == ["inputs all alike"]
    # Of several rows it is the batch.
    path.write_text(BUFFER.replace("append(buffer)", "append(buffer.copy())").replace("[start : start + 20]", "[:20]"))
    assert diagnose_script(path).cause == "same batch again"
