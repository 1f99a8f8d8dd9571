"""Rewinding: every step of a recorded run comes back to the bit, and a run that cannot be replayed is refused with the reason."""

from __future__ import annotations

import gc
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import nn
import optim
from autograd.errors import AnomalyError, FileError
from nn.training import recorder, rewinding
from nn.training.conditions import LEAST_BEFORE, WINDOW, find_jumps, read_condition
from nn.training.recording import NUMBERS, Record, Recording
from nn.training.rewinding import _find_ratio, find_steps
from nn.training.trainer import Trainer
from tests.nn.training.resumable import At, train

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(40, 3)), RNG.integers(0, 2, 40)


class Spy(Trainer):
    """Keeps what every step of a run began with, and the gradients it had."""

    begun: dict[int, Any] = {}
    gradients: dict[int, list[np.ndarray]] = {}

    def train_step(self, group: Any) -> Any:
        batches = [(inputs.copy(), targets.copy()) for inputs, targets in group]
        kept = dict(self.run.model.state_dict()), self.run.optimizer.state_dict(), batches
        Spy.begun.setdefault(self.run.step + 1, kept)
        return super().train_step(group)

    def clip_gradients(self) -> None:
        Spy.gradients.setdefault(self.run.step + 1, [p.grad.copy() for p in self.parameters])
        super().clip_gradients()


def equal(one: Any, other: Any) -> bool:
    """To the bit, to any depth."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(equal, one, other))
    return one.tobytes() == other.tobytes() if isinstance(one, np.ndarray) else bool(one == other)


def build() -> nn.Sequential:
    return nn.Sequential(nn.Linear(3, 4, rng=0), nn.Tanh(), nn.Linear(4, 2, rng=1))


def record(folder: Path, **options: Any) -> nn.History:
    given = {"epochs": 4, "batch_size": 10, "lr": 0.05, **options}
    return nn.fit(given.pop("model", None) or build(), given.pop("data", (X, Y)), record=folder, **given)


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Checkpoints are written whatever they cost."""
    monkeypatch.setattr(recorder, "PATIENCE", 0.0)


@pytest.mark.usefixtures("often")
def test_every_step_comes_back_to_the_bit_with_all_that_has_a_state(tmp_path: Path) -> None:
    Spy.begun, Spy.gradients = {}, {}
    model, history = train(None, record=Recording(tmp_path / "run", checkpoints=5), trainer=Spy, jitter=0.1)
    found = Record(tmp_path / "run")
    assert found.last == 30 == max(Spy.begun)
    assert 4 <= len(found.checkpoints) <= 5
    after = model.state_dict()
    for step in (1, 2, 6, 13, 20, 30):
        moment = nn.rewind(tmp_path / "run", step=step)
        state, optimizer, group = Spy.begun[step]
        assert equal(dict(moment.model.state_dict()), state)
        assert equal(moment.optimizer.state_dict(), optimizer)
        assert equal([list(pair) for pair in moment.batches], [list(pair) for pair in group])
        assert moment.batch[0].shape == (sum(len(y) for _, y in group), 5)
        assert moment.epoch == (step - 1) // 5 + 1
        for _ in range(2):
            assert moment.compute_gradients() == moment.loss
            assert equal([p.grad for p in moment.model.parameters()], Spy.gradients[step])
        session = moment.session()
        assert session.run() is None
        assert session.root.item() == pytest.approx(moment.loss, rel=1e-6)
        gradient = session.gradient(next(iter(moment.model.parameters())))
        np.testing.assert_allclose(gradient, Spy.gradients[step][0], rtol=1e-4, atol=1e-7)
    # It was gone through with copies.
    assert equal(dict(after), dict(model.state_dict()))
    assert len(history) == 6


@pytest.mark.usefixtures("often")
@pytest.mark.integration
def test_optimizers_schedules_loaders_and_callbacks_that_were_given_as_objects(tmp_path: Path) -> None:
    class Halve(nn.Callback):
        def on_epoch(self, run: nn.Run) -> None:
            run.optimizer.param_groups[0]["lr"] *= 0.5

    model, loader = build(), nn.DataLoader(X, Y, batch_size=8, shuffle=True, seed=3)
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    states: list[Any] = []
    watch = nn.Callback()
    watch.on_step = lambda run: states.append(dict(run.model.state_dict()))  # type: ignore[method-assign]
    watch.observes = True
    record(
        tmp_path,
        model=model,
        data=loader,
        optimizer=optimizer,
        lr=None,
        scheduler=optim.lr_scheduler.ExponentialLR(optimizer, 0.9),
        callbacks=[Halve(), watch],
        compile=True,
    )
    before = loader.generator.bit_generator.state if hasattr(loader, "generator") else None
    for step in (3, 14, 20):
        moment = nn.rewind(tmp_path, step)
        assert equal(dict(moment.model.state_dict()), states[step - 2])
        assert moment.optimizer is not optimizer
        assert moment.optimizer.param_groups[0]["lr"] == pytest.approx(0.1 * 0.45 ** ((step - 1) // 5))
    assert len(states) == 20
    if before is not None:
        assert loader.generator.bit_generator.state == before


def test_a_step_that_was_not_finite_is_the_one_that_is_found(tmp_path: Path) -> None:
    x = np.r_[np.full((7, 1), 1.0), [[0.0]], np.full((8, 1), 1.0)]

    def loss(outputs: Any, targets: Any) -> Any:
        return (outputs.log() * targets).mean()

    class Times(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(np.array([2.0]))

        def forward(self, inputs: Any) -> Any:
            return self.weight * inputs

    data = [(x[k : k + 4], np.full((4, 1), 0.1)) for k in range(0, 16, 4)]
    model = Times()
    with np.errstate(all="ignore"), pytest.raises(AnomalyError):
        nn.fit(model, data, loss=loss, record=tmp_path / "run")
    moment = nn.rewind(tmp_path / "run", where="nan")
    assert moment.step == Record(tmp_path / "run").last == 2
    assert moment.batch[0].ravel().tolist() == [1.0, 1.0, 1.0, 0.0]
    assert not np.isfinite(moment.loss)
    session = moment.session()
    session.break_at(not_finite=True)
    assert "log" in str(session.run())


def test_the_function_that_trains_is_called_where_another_process_recorded(tmp_path: Path) -> None:
    calls: list[str] = []

    def again() -> None:
        nn.fit(build(), (X, Y), epochs=1, batch_size=10)
        calls.append("another run is as ever")
        record(tmp_path / "run", logs=tmp_path / "log.csv", checkpoint=tmp_path / "run.safetensors")
        calls.append("not reached")

    record(tmp_path / "run")
    moment = nn.rewind(tmp_path / "run", step=6, again=again)
    assert (moment.step, moment.epoch) == (6, 2)
    assert calls == ["another run is as ever"]
    assert not (tmp_path / "log.csv").exists()
    assert not (tmp_path / "run.safetensors").exists()
    gc.collect()
    with pytest.raises(nn.RewindError, match="recorded by another process, or its model is gone: give again="):
        nn.rewind(tmp_path / "run", step=6)


SHIFTED = X.copy()
SHIFTED[3, 1] += 1e-6


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"data": (SHIFTED, Y)}, "the inputs are not those that it was recorded with: their contents are others"),
        ({"data": (X[:30], Y[:30])}, r"inputs are not .*: float32 \(40, 3\) there, float32 \(30, 3\) here"),
        ({"batch_size": 5}, "cannot replay: .* is of another run: batch_size 10 there, 5 here$"),
        ({"lr": 0.04}, "is of another run: optimizer"),
        ({"model": nn.Linear(3, 2, rng=0)}, "is of another run"),
        ({"epochs": 1}, r"ended after step 4 \(all 1 epochs\), before step 10"),
        (
            {"penalty": lambda model: 1e-9 * nn.l2_penalty(model.parameters())},
            "loss of step [12] is .* depends on something",
        ),
        ({"clip_norm": 1e-3}, "clipping"),
    ],
)
def test_a_run_that_is_another_one_is_refused(change: dict[str, Any], reason: str, tmp_path: Path) -> None:
    record(tmp_path / "run")
    with pytest.raises(nn.RewindError, match=reason):
        nn.rewind(tmp_path / "run", step=10, again=lambda: record(tmp_path / "run", **change))


def test_a_run_that_depends_on_something_else_is_refused_with_other_versions_if_there_are_any(tmp_path: Path) -> None:
    class Drifting(Trainer):
        def compute_loss(self, inputs: Any, targets: Any) -> Any:
            outputs, loss = super().compute_loss(inputs, targets)
            return outputs, loss * (1.0 + 1e-6 * next(elsewhere))

    elsewhere = count()
    model = build()
    record(tmp_path, model=model, trainer=Drifting)
    with pytest.raises(
        nn.RewindError,
        match=r"the loss of step [12] is .* here, and was .*: the model, the loss, the data or a callback",
    ):
        nn.rewind(tmp_path, step=2)
    manifest = json.loads((tmp_path / "run.json").read_text())
    manifest["versions"]["NumPy"] = "1.0"
    (tmp_path / "run.json").write_text(json.dumps(manifest))
    with pytest.raises(nn.RewindError, match=f"other versions: NumPy 1.0 there, {np.__version__} here"):
        nn.rewind(tmp_path, step=2)


@pytest.mark.parametrize(
    ("break_it", "error", "reason"),
    [
        (
            lambda folder: (folder / "run.json").unlink(),
            nn.RewindError,
            "is not the record of a run: it has no run.json",
        ),
        (lambda folder: (folder / "run.json").write_text("{"), nn.RewindError, "run.json is broken"),
        (
            lambda folder: (folder / "run.json").write_text('{"format": "other"}'),
            nn.RewindError,
            "not that of a record",
        ),
        (lambda folder: [f.unlink() for f in folder.glob("step-*")], nn.RewindError, "no checkpoint from which step 3"),
        (
            lambda folder: [f.write_bytes(f.read_bytes()[:-3] + b"abc") for f in folder.glob("step-*")],
            nn.training.CheckpointError,
            "is broken",
        ),
    ],
)
def test_a_folder_that_is_broken_is_refused(
    break_it: Callable[[Path], object], error: type[Exception], reason: str, tmp_path: Path
) -> None:
    model = build()
    record(tmp_path, model=model)
    break_it(tmp_path)
    with pytest.raises(error, match=reason):
        nn.rewind(tmp_path, step=3)


def test_what_is_asked_for_is_checked(tmp_path: Path) -> None:
    model = build()
    record(tmp_path / "run", model=model)
    for step in (0, 1.5, True):
        with pytest.raises((ValueError, TypeError), match="step"):
            nn.rewind(tmp_path / "run", step=step)  # type: ignore[arg-type]
    with pytest.raises(nn.RewindError, match="has the steps 1 … 16, and no step 17"):
        nn.rewind(tmp_path / "run", step=17)
    with pytest.raises(TypeError, match=r"either step=, .* or where="):
        nn.rewind(tmp_path / "run")
    with pytest.raises(nn.RewindError, match="no step of 1 … 16 is one where 'loss > 1e9'"):
        nn.rewind(tmp_path / "run", where="loss > 1e9")
    with pytest.raises(nn.RewindError, match=r"again= called no nn\.fit"):
        nn.rewind(tmp_path / "run", step=2, again=lambda: None)
    with pytest.raises(TypeError, match="again must be a function"):
        nn.rewind(tmp_path / "run", step=2, again=3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="record is a folder"):
        record(7)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="checkpoints must be"):
        Recording(tmp_path, checkpoints=1)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(nn.RewindError, match="has files that are not those of a record"):
        record(tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"


@pytest.mark.parametrize("text", ["", "loss", "loss >", "loss ! 3", "__import__('os')", "loss > 1.2.3", "accuracy < 1"])
def test_conditions_that_are_none(text: str) -> None:
    with pytest.raises(nn.RewindError, match="cannot read the condition"):
        read_condition(text)


def test_a_number_that_stays_the_same_does_not_jump() -> None:
    for level in (0.0, 1.0):
        series = np.full(80, level)
        assert not find_jumps(series).any()
        series[60] = 9.0
        assert np.flatnonzero(find_jumps(series)).tolist() == [60]
        # The first steps have nothing before them to be compared with.
        assert not find_jumps(series[60 : 60 + LEAST_BEFORE]).any()


def test_conditions() -> None:
    numbers = np.r_[
        np.linspace(3.0, 2.0, 200) + 0.01 * np.sin(np.arange(200)), 8.0, np.linspace(2.0, 1.9, 20), np.nan, np.nan
    ]
    for text, expected in {
        "loss jumped": [200, 221, 222],
        "Loss >= 3": [*np.flatnonzero(numbers >= 3)],
        "update ratio <1.905": [*np.flatnonzero(numbers < 1.905)],
        "gradient norm is NaN": [221, 222],
        "loss > 1e1": [],
    }.items():
        assert np.flatnonzero(read_condition(text)[1](numbers)).tolist() == expected, text


def test_a_ratio_is_judged_beside_all_that_a_jump_looks_back_to(monkeypatch: pytest.MonkeyPatch) -> None:
    most = 2 * WINDOW
    monkeypatch.setattr(rewinding, "measure_update", lambda *_: 0.5)
    monkeypatch.setattr(rewinding, "Replay", lambda record, last, visit, from_start: visit)
    monkeypatch.setattr(rewinding, "_go", lambda visit, again: next((k for k in range(500) if visit(None, [])), None))
    known = SimpleNamespace(first=7, last=506)
    assert _find_ratio(known, lambda ratios: np.arange(len(ratios)) == most - 1, None) == [7 + most - 1]
    assert _find_ratio(known, lambda ratios: np.arange(len(ratios)) == most, None) == []


@pytest.mark.parametrize(("accumulate", "epochs"), [(1, [1] * 5 + [2] * 5), (2, [1] * 3 + [2] * 3), (5, [1, 2, 3])])
def test_steps_are_counted_to_their_epochs(accumulate: int, epochs: list[int]) -> None:
    known = SimpleNamespace(batches=5, accumulate=accumulate)
    assert [Record.epoch_of(known, step) for step in range(1, len(epochs) + 1)] == epochs
    known.batches = None
    assert Record.epoch_of(known, 1) is None


def test_the_update_ratio_is_found_by_a_replay(tmp_path: Path) -> None:
    model, updates = build(), []

    class Watch(nn.Callback):
        before: Any = None

        def on_backward(self, run: nn.Run) -> None:
            self.before = [p.data.copy() for p in run.model.parameters()]

        def on_step(self, run: nn.Run) -> None:
            changed = sum(np.sum((p.data - b) ** 2) for p, b in zip(run.model.parameters(), self.before))
            updates.append(np.sqrt(changed / sum(np.sum(b**2) for b in self.before)))

    record(tmp_path, model=model, callbacks=[Watch()], optimizer="sgd")
    bound = float(np.median(updates[2:]))
    expected = 1 + next(k for k, u in enumerate(updates) if u < bound)
    del updates[:]
    assert nn.rewind(tmp_path, where=f"update ratio < {bound}").step == expected


@pytest.mark.usefixtures("often")
def test_checkpoints_stay_few_and_far_apart_where_nobody_knows_how_long_the_run_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "FIRST_INTERVAL", 2)

    class Endless:
        def __iter__(self) -> Any:
            return iter([(X[:5], Y[:5])] * 97)

    model = build()
    nn.fit(model, Endless(), epochs=2, record=Recording(tmp_path, checkpoints=6))
    kept = list(Record(tmp_path).checkpoints)
    assert len(kept) <= 6
    assert kept[0] == 1
    assert max(np.diff([*kept, 194])) <= 2 * 194 / 5
    assert nn.rewind(tmp_path, step=150).step == 150


def test_checkpoints_are_no_more_often_than_they_are_worth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "PATIENCE", 1e9)
    model = build()
    record(tmp_path, model=model)
    assert list(Record(tmp_path).checkpoints) == [1]


def test_one_that_costs_too_much_is_tried_again_a_tenth_of_an_interval_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A clock that goes on when it is looked at: a checkpoint takes a second, and the fifth look is late enough.
    monkeypatch.setattr(recorder, "time", SimpleNamespace(perf_counter=count().__next__))
    monkeypatch.setattr(recorder, "PATIENCE", 4.5)
    record(Recording(tmp_path, checkpoints=3), data=(X[:10], Y[:10]), epochs=240)
    assert list(Record(tmp_path).checkpoints) == [1, 1 + 120 + 4 * 12]


@pytest.mark.usefixtures("often", "interruptible")
def test_a_run_that_goes_on_from_its_checkpoint_goes_on_with_its_record(tmp_path: Path) -> None:
    def go(folder: str, *callbacks: nn.Callback, **options: Any) -> nn.Module:
        return train(tmp_path / f"{folder}.safetensors", callbacks, record=tmp_path / folder, **options)[0]

    whole = go("whole")
    go("parts", At(12, lambda: signal.raise_signal(signal.SIGINT)))
    assert Record(tmp_path / "parts").last == 12
    parts = go("parts")
    one, other = Record(tmp_path / "whole"), Record(tmp_path / "parts")
    assert one.numbers.tobytes() == other.numbers.tobytes()
    for step in (4, 13, 29):
        there, here = nn.rewind(tmp_path / "whole", step), nn.rewind(tmp_path / "parts", step)
        assert equal(dict(there.model.state_dict()), dict(here.model.state_dict()))
    assert whole is not parts


def test_a_killed_run_can_be_rewound_as_far_as_its_numbers_are_written(tmp_path: Path) -> None:
    program = (
        "import sys, os, signal, nn; from pathlib import Path; import tests.nn.training.test_rewind as t;"
        "from tests.nn.training.resumable import At;"
        "t.record(Path(sys.argv[1]), epochs=9, checkpoint=sys.argv[2],"
        " callbacks=[At(18, lambda: os.kill(os.getpid(), signal.SIGKILL))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "run", tmp_path / "c.safetensors"],
        cwd=Path(__file__).parents[3],
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    found = Record(tmp_path / "run")
    # With every checkpoint of the run itself its numbers are written.
    assert found.last == 16
    moment = nn.rewind(tmp_path / "run", 11, again=lambda: record(tmp_path / "run", epochs=9))
    assert moment.compute_gradients() == moment.loss


def test_a_full_disk_ends_the_record_and_not_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "HELD", 4)
    real, calls = recorder.append, []

    def full(path: Any, content: bytes) -> None:
        calls.append(path)
        if len(calls) > 2:
            raise FileError(f"cannot write {path}: No space left on device")
        real(path, content)

    monkeypatch.setattr(recorder, "append", full)
    model = build()
    with pytest.warns(nn.RecordWarning, match="the run goes on, but is recorded up to step .* No space left"):
        history = record(tmp_path, model=model)
    assert len(history) == 4
    assert len(calls) == 3
    assert Record(tmp_path).last == 8
    assert nn.rewind(tmp_path, 8).step == 8


def test_where_nothing_can_be_written_nothing_is_trained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    model = build()
    before = dict(model.state_dict())
    with pytest.raises(FileError, match="is a file"):
        record(tmp_path / "file", model=model)
    assert equal(before, dict(model.state_dict()))


def test_a_model_that_cannot_be_copied_is_told(tmp_path: Path) -> None:
    model = build()
    model.file = open(__file__)  # type: ignore[assignment]
    with model.file:  # type: ignore[attr-defined]
        record(tmp_path, model=model)
        with pytest.raises(nn.RewindError, match=r"a part of the run cannot be copied .*: give again="):
            nn.rewind(tmp_path, 3)


def test_all_steps_of_a_condition(tmp_path: Path) -> None:
    record(tmp_path)
    found = Record(tmp_path)
    assert find_steps(found, "loss > 0") == list(range(1, 17))
    assert (tmp_path / NUMBERS).stat().st_size == 16 * 16
