"""Checkpoints: runs that were killed or interrupted go on to the bit, and files that do not fit leave the run alone."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

import nn
from autograd.errors import FileError
from nn.training.checkpoint import load, save
from tests.nn.training.resumable import At, train


def interrupt() -> None:
    signal.raise_signal(signal.SIGINT)


def without_times(state: Any) -> Any:
    """A state in which everything is compared byte for byte, but not how long it took."""
    if isinstance(state, dict):
        return {key: without_times(value) for key, value in state.items() if key != "seconds"}
    if isinstance(state, (list, tuple)):
        return type(state)(without_times(item) for item in state)
    return (state.dtype.str, state.shape, state.tobytes()) if isinstance(state, np.ndarray) else state


def assert_the_same(one: Path, other: Path) -> None:
    assert without_times(load(one)) == without_times(load(other))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, nn.Module, nn.History]:
    path = tmp_path_factory.mktemp("whole") / "run.safetensors"
    return path, *train(path)


def assert_resumed(path: Path, whole: tuple[Path, nn.Module, nn.History]) -> None:
    model, history = train(path)
    assert_the_same(path, whole[0])
    assert without_times(model.state_dict()) == without_times(whole[1].state_dict())
    assert without_times(history.to_dict()) == without_times(whole[2].to_dict())


@pytest.mark.parametrize("step", sorted(np.random.default_rng(7).choice(np.arange(1, 30), 2, replace=False).tolist()))
def test_a_run_that_was_killed_goes_on_to_the_bit(
    step: int, tmp_path: Path, whole: tuple[Path, nn.Module, nn.History]
) -> None:
    path = tmp_path / "run.safetensors"
    done = subprocess.run(
        [sys.executable, "-m", "tests.nn.training.resumable", path, str(step)],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert 0 < len(load(path)["history"]["epochs"]) < 6
    assert_resumed(path, whole)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("step", [1, 7, 10])
def test_a_run_that_was_interrupted_goes_on_from_its_batch_to_the_bit(
    step: int, tmp_path: Path, whole: tuple[Path, nn.Module, nn.History]
) -> None:
    path = tmp_path / "run.safetensors"
    _, history = train(path, (At(step, interrupt),))
    assert history.stopped == "interrupted"
    assert len(history) == step // 5
    assert (load(path)["step"], load(path)["batch"]) == (step, 2 * (step % 5))
    assert_resumed(path, whole)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_has_its_own_meaning_again_afterwards(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path / "run.safetensors", (At(3, lambda: (interrupt(), interrupt())),))
    assert signal.getsignal(signal.SIGINT) is before
    with pytest.raises(KeyboardInterrupt):
        interrupt()


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_that_is_switched_off_stays_so(tmp_path: Path) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _, history = train(tmp_path / "run.safetensors", (At(3, interrupt),), epochs=1)
    assert history.stopped == "all 1 epochs"
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_a_long_epoch_is_kept_in_between(tmp_path: Path, whole: tuple[Path, nn.Module, nn.History]) -> None:
    path = tmp_path / "run.safetensors"

    class Killed(Exception):
        pass

    def die() -> None:
        raise Killed

    with pytest.raises(Killed):
        train(nn.Checkpoint(path, every=4), (At(8, die),))
    assert (load(path)["step"], load(path)["batch"]) == (7, 4)
    assert_resumed(path, whole)


def test_a_finished_run_is_finished_and_can_be_made_longer(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    model, history = train(path, epochs=2)
    again, same = train(path, epochs=2)
    assert same.rows == history.rows
    assert without_times(again.state_dict()) == without_times(model.state_dict())
    longer, more = train(path, epochs=4)
    at_once, all_of_it = train(tmp_path / "other.safetensors", epochs=4)
    assert without_times(more.to_dict()) == without_times(all_of_it.to_dict())
    assert without_times(longer.state_dict()) == without_times(at_once.state_dict())
    assert len(train(path, epochs=1, resume=False)[1]) == 1


def test_a_run_that_stopped_early_stays_stopped(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    model, history = train(path, epochs=400, lr=0.1)
    assert history.stopped.startswith("early")
    again, same = train(path, epochs=400, lr=0.1)
    assert (same.rows, same.stopped) == (history.rows, history.stopped)
    assert without_times(again.state_dict()) == without_times(model.state_dict())
    longer = train(path, epochs=400, lr=0.1, patience=6)[1]
    assert len(longer) > len(history), "with more patience it goes on"


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def cut_in_the_header(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:50])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def pickled(path: Path) -> None:
    path.write_bytes(b"\x80\x04\x95" + b"x" * 200)


def with_a_bit_of_a_weight_flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(content)


def with_a_digit_of_a_number_changed(path: Path) -> None:
    changed, count = re.subn(rb'\\"epoch\\": 1', rb'\\"epoch\\": 2', path.read_bytes())
    assert count == 1
    path.write_bytes(changed)


def foreign(path: Path) -> None:
    path.write_bytes(safetensors.numpy.save({"weight": np.ones(3, np.float32)}))


def without_a_tensor(path: Path) -> None:
    content = path.read_bytes()
    arrays = safetensors.numpy.load(content)
    with safetensors.safe_open(path, "numpy") as file:
        metadata = file.metadata()
    del arrays["model/4.bias"]
    path.write_bytes(safetensors.numpy.save(arrays, metadata))


def of_another_model(path: Path) -> None:
    state = load(path)
    state["model"]["0.weight"] = np.ones((3, 3))
    save(path, state)


def with_other_parts(path: Path) -> None:
    state = load(path)
    del state["order"]
    save(path, state)


def with_another_callback(path: Path) -> None:
    state = load(path)
    state["callbacks"].append(["Health", {"steps": 3}])
    save(path, state)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (truncated, "is broken, or no safetensors file"),
        (cut_in_the_header, "is broken, or no safetensors file"),
        (emptied, "is broken, or no safetensors file"),
        (pickled, "is broken, or no safetensors file"),
        (with_a_bit_of_a_weight_flipped, "is broken: its contents are not those that were written"),
        (with_a_digit_of_a_number_changed, "is broken: its contents are not those that were written"),
        (foreign, "is a safetensors file, but no checkpoint of a run"),
        (without_a_tensor, "is broken: 'model/4.bias'"),
        (of_another_model, r"is of another run: .*'0.weight' has shape \(3, 3\), expected \(16, 5\)"),
        (with_other_parts, "is broken: parts of the state are missing"),
        (with_another_callback, "the state of a callback Health, which this run has not; with resume=False"),
    ],
)
def test_a_file_that_does_not_fit_leaves_the_run_alone(
    spoil: Any, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, models = tmp_path / "run.safetensors", []
    train(path, epochs=1)
    spoil(path)
    content = path.read_bytes()
    monkeypatch.setattr(nn, "fit", lambda model, *args, **options: (models.append(model), FIT(model, *args, **options)))
    with pytest.raises(nn.CheckpointError, match=message):
        train(path)
    assert path.read_bytes() == content
    fresh: list[nn.Module] = []
    monkeypatch.setattr(nn, "fit", lambda model, *args, **options: fresh.append(model))
    train(path)
    assert without_times(models[0].state_dict()) == without_times(fresh[0].state_dict())


FIT = nn.fit


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lr": 0.02}, r"optimizer 'Adam\(lr=0.01.* there, 'Adam\(lr=0.02.* here"),
        ({"batch_size": 16}, "batch_size 8 there, 16 here"),
        ({"accumulate": 1}, "accumulate 2 there, 1 here"),
        ({"scheduler": None, "interval": "epoch"}, "interval 'step' there, 'epoch' here"),
        ({"scheduler": None}, "it is of a run with scheduler"),
        ({"average": None}, "it is of a run with average"),
        ({"patience": None}, "the state of a callback EarlyStopping, which this run has not"),
    ],
)
def test_a_run_with_other_settings_says_which(options: dict[str, Any], message: str, tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    train(path, epochs=1)
    with pytest.raises(nn.CheckpointError, match=message):
        train(path, **options)


def test_a_place_that_cannot_be_written_is_told_at_once(tmp_path: Path) -> None:
    step = At(1, lambda: pytest.fail("it has begun"))
    with pytest.raises(FileError, match="there is no directory"):
        train(tmp_path / "missing" / "run.safetensors", (step,))
    with pytest.raises(ValueError, match="every must be a whole number of batches from 1 on, got 0"):
        nn.Checkpoint(tmp_path, every=0)
    with pytest.raises(TypeError, match="path must be a path, not int"):
        train(3)


def test_arrays_come_back_as_they_were(tmp_path: Path) -> None:
    """safetensors 0.8.0 writes the memory as it lies, so that a transposed array would come back scrambled."""
    grid = np.arange(6.0).reshape(2, 3)
    state = {
        "transposed": np.asfortranarray(grid),
        "slice": grid[:, ::2],
        "single": np.array(3),
        "empty": np.zeros((0, 4), np.float32),
        "half": np.ones(2, np.float16),
        "flags": np.array([True, False]),
        "nested": [{"a": (1, 2.5, None, "text")}, [], {}, True, float("inf"), 2**100, 0.1],
    }
    got = load(save(tmp_path / "state.safetensors", state))
    assert without_times(got) == without_times(state)
    raw = safetensors.numpy.load_file(tmp_path / "state.safetensors")
    np.testing.assert_array_equal(raw["transposed"], grid)
    nan = load(save(tmp_path / "nan.safetensors", {"best": float("nan")}))["best"]
    assert np.isnan(nan)


def test_what_a_checkpoint_cannot_keep(tmp_path: Path) -> None:
    for state, message in (
        ({"a": {"b": print}}, "builtin_function_or_method at 'a/b', which a checkpoint cannot keep"),
        ({"a": {1: 2}}, "a dict at 'a' with other keys than plain texts"),
        ({"a": np.array(["text"])}, "an array of <U4 at 'a', which a checkpoint cannot keep"),
    ):
        with pytest.raises(nn.CheckpointError, match=message):
            save(tmp_path / "state.safetensors", state)
    assert not list(tmp_path.iterdir())
    with pytest.raises(FileError, match="cannot read"):
        load(tmp_path / "state.safetensors")


def test_other_programs_find_the_weights(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    model, _ = train(path, epochs=1, average=None, patience=None)
    arrays = safetensors.numpy.load_file(path)
    np.testing.assert_array_equal(arrays["model/0.weight"], model[0].weight.data)


def test_no_file_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / ".run.safetensors.abcd1234").write_bytes(b"half of it, by a run that was killed")
    train(tmp_path / "run.safetensors", epochs=2)
    assert os.listdir(tmp_path) == ["run.safetensors"]
