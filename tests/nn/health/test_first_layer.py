"""The weights that look at the inputs, as pictures; in the checklist, the doctor and the report."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import nn
from autograd.cli import main
from nn.health import FirstLayer


def test_inputs_that_are_a_square_are_images_and_others_a_table() -> None:
    digits = FirstLayer.of(nn.perceptron([64, 16, 10]))
    assert digits is not None and digits.images is not None
    np.testing.assert_array_equal(digits.images[3], digits.weight[3].reshape(8, 8))
    assert len(digits.figure().axes) == 16 + 1
    for inputs in (4, 25, 30):
        table = FirstLayer.of(nn.perceptron([inputs, 5, 1]))
        assert table is not None and table.images is None
    place = FirstLayer.of(nn.perceptron([3, 5, 1])).figure(["age", "$x$", "<b>"]).axes[0]  # type: ignore[union-attr]
    assert [label.get_text() for label in place.get_xticklabels()] == ["age", "$x$", "<b>"]


def test_kernels_are_means_over_their_channels_and_only_the_first_units_are_drawn() -> None:
    layer = nn.Conv2d(3, 70, 5, rng=0)
    first = FirstLayer.of(nn.Sequential(nn.Dropout(0.1), layer, nn.Flatten(), nn.Linear(8, 2)))
    assert first is not None and first.images is not None
    assert (first.path, first.kind, first.images.shape) == ("1", "Conv2d", (70, 5, 5))
    np.testing.assert_allclose(first.images, layer.weight.data.mean(axis=1))
    drawn = first.figure()
    assert drawn._suptitle.get_text() == "Conv2d 1, the first 64 of 70 units"  # type: ignore[attr-defined]
    assert (drawn.get_figwidth(), drawn.get_figheight()) == pytest.approx((0.62 * 16 + 1.2, 0.66 * 4 + 0.5))
    # One more is the bar of colours.
    assert len(drawn.axes) == 64 + 1
    np.testing.assert_array_equal(drawn.axes[63].collections[0].get_array(), first.images[63])
    along = FirstLayer.of(nn.Conv1d(2, 4, 3))
    assert along is not None and along.images is None and along.figure().axes


def test_weights_that_are_zero_or_not_finite_are_drawn() -> None:
    for value in (0.0, np.nan):
        model = nn.Linear(64, 2, dtype=np.float64)
        model.load_state_dict({"weight": np.full((2, 64), value), "bias": np.zeros(2)})
        first = FirstLayer.of(model)
        assert first is not None and first.path == ""
        first.figure()._repr_png_()


def test_it_is_a_copy_that_later_training_does_not_change() -> None:
    model = nn.Linear(4, 2, rng=0)
    first = FirstLayer.of(model)
    model.weight.data += 1.0
    assert first is not None and not np.array_equal(first.weight, model.weight.data)


@pytest.mark.integration
def test_the_checklist_has_the_weights_after_its_short_training() -> None:
    x = np.random.default_rng(0).normal(size=(64, 4)).astype(np.float32)
    model = nn.Sequential(nn.Linear(4, 8, rng=0), nn.Tanh(), nn.Linear(8, 2, rng=1))
    found = nn.checklist(model, (x, (x[:, 0] > x[:, 1]).astype(int)), epochs=3, quick=True)
    assert found.first_layer is not None
    assert found.first_layer.path == "0"
    assert not np.array_equal(found.first_layer.weight, model[0].weight.data)


def test_the_doctor_draws_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "[first].png"
    main(["doctor", "iris", "--epochs", "1", "--first-layer", str(path)])
    assert path.read_bytes()[:4] == b"\x89PNG"
    # Lines are broken anywhere.
    told = f"wrote {path}: the weights of Linear 0"
    assert told.replace(" ", "") in capsys.readouterr().out.replace("\n", "").replace(" ", "")


def test_a_picture_that_cannot_be_written_is_told_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, message in (("first.txt", "a picture ends in .svg, .png, .pdf"), ("no/where/first.svg", "cannot write")):
        (tmp_path / "no").touch()
        assert main(["doctor", "iris", "--first-layer", str(tmp_path / name)]) == 2
        said = capsys.readouterr()
        assert message in said.err and not said.out


@pytest.mark.integration
def test_the_report_of_a_training_shows_them_with_the_names_of_the_features(tmp_path: Path) -> None:
    assert main(["train", "iris", "--epochs", "1", "-o", str(tmp_path)]) == 0
    page = (tmp_path / "report.html").read_text()
    section = page.partition("What the first layer looks for")[2]
    assert 'aria-label="weights of the first layer"' in section
    assert "petal length" in section and "data:" not in section
