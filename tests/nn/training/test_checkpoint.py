"""Checkpoints: runs that were killed or interrupted go on to the bit, and files that do not fit leave the run alone."""

from __future__ import annotations

import copy
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

import nn
import optim
from autograd.errors import FileError
from nn.training import checkpoint
from nn.training.checkpoint import load, save
from nn.training.trainer import Trainer
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


@pytest.mark.integration
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
def test_noise_momentum_and_what_a_schedule_watched_go_on_to_the_bit(tmp_path: Path) -> None:
    options: dict[str, Any] = {
        "optimizer": "momentum",
        "scheduler": lambda o: optim.lr_scheduler.BoldDriver(o, mode="max", up=1.1),
        "interval": "epoch",
        "watch": "val_accuracy",
        "momentum": (0.5, 0.9),
        "jitter": 0.1,
    }
    whole, parts = tmp_path / "whole.safetensors", tmp_path / "parts.safetensors"
    train(whole, **options)
    train(parts, (At(12, interrupt),), **options)
    assert load(parts)["step"] == 12
    train(parts, **options)
    assert_the_same(whole, parts)
    with pytest.raises(nn.CheckpointError, match=r"momentum \[0.5, 0.9\] there, None here; jitter 0.1 there, 0.2 here"):
        train(parts, **{**options, "momentum": None, "jitter": 0.2})


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
        (with_another_callback, "the state of a callback Health, which this run does not have; with resume=False"),
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
        ({"patience": None}, "the state of a callback EarlyStopping, which this run does not have"),
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
        # Its path would be that of the other array.
        ({"": {"a": np.ones(2)}, "a": np.zeros(2)}, "a dict at '' with other keys than plain texts"),
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


def test_files_of_others_are_left_alone(tmp_path: Path) -> None:
    others = {".run.safetensors.abcd1234": b"the user's", ".0123456789abcdef.tmp": b"of a run beside this one"}
    for name, content in others.items():
        (tmp_path / name).write_bytes(content)
    train(tmp_path / "run.safetensors", epochs=2)
    assert sorted(os.listdir(tmp_path)) == sorted([*others, "run.safetensors"])
    assert all((tmp_path / name).read_bytes() == content for name, content in others.items())


def test_a_run_that_begins_while_another_one_writes_leaves_its_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, replace = tmp_path / "run.safetensors", os.replace

    def meanwhile(temporary: Path, target: Path) -> None:
        monkeypatch.undo()
        assert len(train(path, epochs=2, resume=False)[1]) == 2
        replace(temporary, target)

    monkeypatch.setattr(os, "replace", meanwhile)
    assert len(train(path, epochs=1)[1]) == 1
    assert os.listdir(tmp_path) == ["run.safetensors"]


def test_a_checkpoint_is_read_once_whoever_writes_it_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(tmp_path / "run.safetensors", {"epoch": 1, "model": {"weight": np.ones(3)}})
    read = Path.read_bytes

    def and_then_written(self: Path) -> bytes:
        content = read(self)
        save(path, {"epoch": 2, "model": {"weight": np.full(5, 2.0)}})
        return content

    monkeypatch.setattr(Path, "read_bytes", and_then_written)
    for epoch in (1, 2):
        state = load(path)
        assert state["epoch"] == epoch
        assert set(state["model"]["weight"].tolist()) == {float(epoch)}


def test_a_checkpoint_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    train(path, epochs=1)
    path.chmod(0o600)
    train(path, epochs=2)
    assert path.stat().st_mode & 0o777 == 0o600


# What somebody may have put in the place of a part of the state.
ODD: list[Any] = [
    None, True, -1, 2**70, float("inf"), float("nan"), 1.5, "x", [], {}, [None], [[1]], {"a": {"b": None}},
    {"$array": [1]}, {"$array": "no"}, {"$array": None}, {"$array": "model/0.weight"}, {"$array": "model/0.weight", "b": 1},
    {"$tuple": None}, {"$tuple": {"a": 1}}, {"$tuple": 3}, {"$tuple": []}, "dropped",
]  # fmt: skip


def places(part: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something is in the state as JSON has it; of a list the first parts."""
    yield at
    for key in part if isinstance(part, dict) else range(min(len(part), 3)) if isinstance(part, list) else ():
        yield from places(part[key], (*at, key))


def with_other(tree: Any, at: tuple[Any, ...], odd: Any) -> Any:
    if not at:
        return odd
    copied = copy.deepcopy(tree)
    within = copied
    for key in at[:-1]:
        within = within[key]
    if odd == "dropped":
        del within[at[-1]]
    else:
        within[at[-1]] = odd
    return copied


@pytest.mark.integration
@pytest.mark.usefixtures("interruptible")
def test_an_edited_checkpoint_is_taken_or_refused_and_changes_nothing_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, trainers = tmp_path / "run.safetensors", []
    train(path, (At(7, interrupt),))
    content = path.read_bytes()
    arrays = safetensors.numpy.load(content)
    tree = json.loads(checkpoint._metadata(content)["state"])
    monkeypatch.setattr(Trainer, "train", lambda self, interrupt: trainers.append(self))
    train(tmp_path / "new.safetensors")
    (trainer,) = trainers
    fresh = copy.deepcopy(trainer.state_dict())
    cases = [(at, odd) for at in places(tree) for odd in ODD]
    refused = 0
    for number in np.random.default_rng(0).choice(len(cases), 250, replace=False):
        at, odd = cases[number]
        text = json.dumps(with_other(tree, at, odd))
        kept = {"format": checkpoint.FORMAT, "state": text, "crc32": checkpoint.checksum(text, arrays)}
        path.write_bytes(safetensors.numpy.save(arrays, kept))
        try:
            trainer.resume(path)
        except nn.CheckpointError:
            refused += 1
            assert without_times(trainer.state_dict()) == without_times(fresh), f"{at} as {odd} changed the run"
        else:
            trainer.load_state_dict(fresh)
    assert refused > 200


@pytest.mark.parametrize(
    ("odd", "message"),
    [
        ({"$array": [1]}, r"an array goes by the path of a tensor, not \{'\$array': \[1\]\}"),
        ({"$array": "model/0.weight", "more": 1}, "an array goes by the path of a tensor"),
        ({"$array": "no"}, "is broken: 'no'"),
        ({"$tuple": None}, r"a tuple has a list of its items, not \{'\$tuple': None\}"),
        ({"$tuple": [], "more": 1}, "a tuple has a list of its items"),
    ],
)
def test_what_stands_for_arrays_and_tuples_is_looked_at(odd: Any, message: str, tmp_path: Path) -> None:
    text = json.dumps({"part": odd})
    kept = {"format": checkpoint.FORMAT, "state": text, "crc32": checkpoint.checksum(text, {})}
    (tmp_path / "run.safetensors").write_bytes(safetensors.numpy.save({}, kept))
    with pytest.raises(nn.CheckpointError, match=message):
        load(tmp_path / "run.safetensors")


@pytest.mark.parametrize(
    ("at", "odd", "message"),
    [
        (("settings", "seed"), {"$array": "model/0.weight"}, "is of another run: seed array"),
        (("batch",), -1, "batch must be a whole number from 0 on, got -1"),
        (("step",), 1.5, "step must be a whole number from 0 on, got 1.5"),
        (("generators", 0, "state", "inc"), -1, "out of bounds|negative"),
        (("history", "epochs", 0, "loss"), {}, "expected a number, got"),
        (("history", "stopped"), 3, "stopped must be a text, got 3"),
        (("tally", "outputs"), [], "the outputs are not those of 32 rows"),
        (("tally", "targets", 0), 3, "the targets of its rows are not arrays"),
        (("optimizer", "param_groups", 0, "eps_inside"), 3, "eps_inside is a choice such as False, not 3"),
        (("optimizer", "param_groups", 0, "eps"), "x", "eps is a number such as 1e-08, not 'x'"),
        (("callbacks", 0, 1, "weights", "0.weight"), "x", "the weights of the best epoch are not arrays"),
    ],
)
@pytest.mark.usefixtures("interruptible")
def test_an_edited_part_is_named(at: tuple[Any, ...], odd: Any, message: str, tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    train(path, (At(7, interrupt),))
    content = path.read_bytes()
    arrays = safetensors.numpy.load(content)
    text = json.dumps(with_other(json.loads(checkpoint._metadata(content)["state"]), at, odd))
    kept = {"format": checkpoint.FORMAT, "state": text, "crc32": checkpoint.checksum(text, arrays)}
    path.write_bytes(safetensors.numpy.save(arrays, kept))
    with pytest.raises(nn.CheckpointError, match=message):
        train(path)
