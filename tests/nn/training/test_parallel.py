"""Runs that several processes share: the same bits for any number of them, and one end for all."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
import optim
from autograd.errors import AnomalyError
from nn.training import beginning, checkpoint
from nn.training.parallel import Alone
from tests.nn.training.resumable import At, train
from tests.nn.training.threads_as_processes import Board, ThreadComm, in_threads

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(50, 4)).astype(np.float32), RNG.integers(0, 3, 50)
OPTIONS: dict[str, Any] = {"batch_size": 18, "jitter": 0.1, "progress": False}


def bits(model: nn.Module) -> bytes:
    return b"".join(np.asarray(array).tobytes() for array in model.state_dict().values())


def rows(history: nn.History) -> list[dict[str, float]]:
    return [{name: value for name, value in row.items() if name != "seconds"} for row in history]


def go(comm: Any, **options: Any) -> tuple[nn.Module, nn.History]:
    model = nn.Sequential(nn.Linear(4, 8, rng=0), nn.BatchNorm1d(8), nn.Tanh(), nn.Linear(8, 3, rng=1))
    given = {
        "batch_size": 20,
        "epochs": 3,
        "lr": 0.05,
        "metrics": ["accuracy"],
        "validation": 0.2,
        "progress": False,
        **options,
    }
    return model, nn.fit(model, (X, Y), comm=comm, **given)


def test_micro_batches_give_the_same_bits_for_any_number_of_processes(tmp_path: Path) -> None:
    model, history = train(tmp_path / "alone.safetensors", comm=nn.Parallel(Alone(), micro_batches=4), **OPTIONS)
    for size in (2, 3, 6):
        paths = [tmp_path / f"{size}-{rank}.safetensors" for rank in range(size)]
        found = in_threads(
            size, lambda comm: train(paths[comm.rank], comm=nn.Parallel(comm, micro_batches=4), **OPTIONS)
        )
        for other, told in found:
            assert bits(other) == bits(model)
            assert rows(told) == rows(history)
        # The first alone writes.
        assert [path.exists() for path in paths] == [True, *[False] * (size - 1)]
        assert checkpoint.load(paths[0])["step"] == checkpoint.load(tmp_path / "alone.safetensors")["step"]


def test_a_run_goes_on_with_another_number_of_processes_and_alone(tmp_path: Path) -> None:
    whole, history = train(None, comm=nn.Parallel(Alone(), micro_batches=4), **OPTIONS)
    path = tmp_path / "run.safetensors"

    def part(comm: Any, epochs: int) -> Any:
        return train(path, epochs=epochs, comm=nn.Parallel(comm, micro_batches=4), **OPTIONS)

    in_threads(3, lambda comm: part(comm, 2))
    for model, told in in_threads(2, lambda comm: part(comm, 4)):
        assert len(told) == 4
        assert isinstance(model, nn.Module)
    model, told = part(Alone(), 6)
    assert bits(model) == bits(whole)
    assert rows(told) == rows(history)


def test_gradients_are_those_of_the_whole_batch() -> None:
    def plain(comm: Any) -> Any:
        model = nn.Sequential(nn.Linear(4, 8, rng=0), nn.Tanh(), nn.Linear(8, 3, rng=1))
        return model, nn.fit(
            model, (X, Y), comm=comm, batch_size=7, accumulate=3, epochs=2, lr=0.1, optimizer="sgd", clip_norm=0.5,
            validation=0.3, metrics=["accuracy", "f1"], progress=False,
        )  # fmt: skip

    alone, history = plain(None)
    # Of eight processes some have no row of the last batches.
    for size in (2, 8):
        for model, told in in_threads(size, lambda comm: plain(comm)):
            for p, q in zip(model.parameters(), alone.parameters()):
                np.testing.assert_allclose(p.data, q.data, rtol=2e-4, atol=2e-6)
            for row, other in zip(rows(told), rows(history)):
                assert row == pytest.approx(other, rel=1e-4)


def test_a_loss_that_is_a_sum_is_added_up_over_the_parts() -> None:
    def summed(comm: Any) -> Any:
        model = nn.Linear(4, 3, rng=0)
        loss = nn.CrossEntropyLoss(reduction="sum")
        return model, nn.fit(
            model, (X, Y), comm=comm, loss=loss, batch_size=9, epochs=2, lr=0.01, optimizer="sgd", progress=False
        )

    alone, history = summed(None)
    for model, told in in_threads(2, summed):
        np.testing.assert_allclose(model.weight.data, alone.weight.data, rtol=2e-4, atol=2e-6)
        assert [row["loss"] for row in told] == pytest.approx([row["loss"] for row in history], rel=1e-4)


def test_weights_in_fortrans_order_are_trained_as_others_are() -> None:
    def turned(comm: Any) -> Any:
        model = nn.Linear(4, 3, rng=0)
        model.weight = nn.Parameter(np.asfortranarray(model.weight.data))
        nn.fit(model, (X, Y), comm=comm, batch_size=9, epochs=2, lr=0.1, optimizer="sgd", progress=False)
        return model

    alone = turned(None)
    for model in in_threads(2, turned):
        np.testing.assert_allclose(model.weight.data, alone.weight.data, rtol=1e-4, atol=1e-6)


def test_rows_count_what_they_count_in_every_process() -> None:
    def weighed(comm: Any) -> Any:
        model = nn.Linear(4, 3, rng=0)
        nn.fit(
            model, (X, Y), comm=comm, batch_size=9, epochs=2, lr=0.1, optimizer="sgd", class_weight="balanced",
            sample_weight=np.linspace(0.0, 2.0, 50), progress=False,
        )  # fmt: skip
        return model

    alone = weighed(None)
    for model in in_threads(3, weighed):
        np.testing.assert_allclose(model.weight.data, alone.weight.data, rtol=1e-4, atol=1e-6)


def test_batch_norm_goes_over_the_rows_of_all_processes_if_asked() -> None:
    # Adam would blow up the rounding of gradients that are 0, as that of a bias before the normalisation.
    alone, history = go(None, optimizer="sgd")
    for size in (2, 4):
        for model, told in in_threads(size, lambda comm: go(nn.Parallel(comm, sync_batch_norm=True), optimizer="sgd")):
            for name, array in model.state_dict().items():
                np.testing.assert_allclose(array, alone.state_dict()[name], rtol=2e-3, atol=2e-5)
            assert told[-1]["val_loss"] == pytest.approx(history[-1]["val_loss"], rel=1e-3)
    (model, _), _ = in_threads(2, lambda comm: go(comm, optimizer="sgd"))
    assert not np.allclose(model[0].weight.data, alone[0].weight.data, rtol=1e-3)
    # A row for each is enough: 40 are trained with.
    for model, _ in in_threads(4, lambda comm: go(nn.Parallel(comm, sync_batch_norm=True), epochs=1, batch_size=4)):
        assert all(np.isfinite(array).all() for array in model.state_dict().values())
    found = in_threads(12, lambda comm: go(nn.Parallel(comm, sync_batch_norm=True), epochs=1, batch_size=7))
    assert all("has none for some of 12 processes" in str(error) for error in found)


def test_all_stop_where_one_is_asked_to() -> None:
    def stop_one(comm: Any) -> Any:
        class Stop(nn.Callback):
            def on_step(self, run: nn.Run) -> None:
                if comm.rank == 1 and run.step == 2:
                    run.stop("process 1 has enough")

        return go(nn.Parallel(comm, micro_batches=4), callbacks=[Stop()])

    for _, history in in_threads(3, stop_one):
        assert (len(history), history.stopped) == (1, "process 1 has enough")


def test_what_is_not_finite_is_told_by_all() -> None:
    def burst(comm: Any) -> Any:
        with np.errstate(all="ignore"):
            return go(comm, lr=1e38, optimizer="sgd")

    for error in in_threads(3, burst):
        assert isinstance(error, AnomalyError)


def test_processes_that_are_not_alike_are_refused_by_all() -> None:
    for error in in_threads(2, lambda comm: go(comm, batch_size=10 + comm.rank)):
        assert isinstance(error, nn.ParallelError)
        assert "have other settings: batch_size: 10 in process 0, 11 in process 1" in str(error)
    with pytest.MonkeyPatch.context() as patch:
        real, here = beginning.versions, threading.local()

        def versions() -> dict[str, str]:
            return {**real(), "NumPy": here.numpy}

        patch.setattr(beginning, "versions", versions)

        def mixed(comm: Any) -> Any:
            here.numpy = f"2.{comm.rank}.0"
            return go(comm)

        for error in in_threads(2, mixed):
            assert "other versions: NumPy: 2.0.0 in process 0, 2.1.0 in process 1" in str(error)
    data = X.copy()

    def other_data(comm: Any) -> Any:
        return nn.fit(nn.Linear(4, 3, rng=0), (data + np.float32(comm.rank), Y), comm=comm, epochs=1, progress=False)

    for error in in_threads(2, other_data):
        assert "other data: inputs: float32 (50, 4)" in str(error)


def test_parameters_that_drift_apart_are_noticed() -> None:
    def drift(comm: Any) -> Any:
        class Change(nn.Callback):
            def on_step(self, run: nn.Run) -> None:
                if comm.rank == 1:
                    run.model[0].weight.data += 1e-3

        return go(comm, callbacks=[Change()])

    for error in in_threads(2, drift):
        assert isinstance(error, nn.ParallelError)
        assert "after epoch 1 process 1 has other parameters than process 0" in str(error)


def test_processes_begin_with_the_parameters_of_the_first() -> None:
    def begin(comm: Any) -> Any:
        model = nn.Linear(4, 3, rng=comm.rank)
        optimizer = optim.Adam(model.parameters(), lr=0.1)
        nn.fit(model, (X, Y), optimizer=optimizer, comm=comm, epochs=1, progress=False)
        return model

    one, other = in_threads(2, begin)
    assert bits(one) == bits(other)


def test_an_error_of_one_process_ends_all(capsys: pytest.CaptureFixture[str]) -> None:
    boards: list[Board] = []

    def fail(comm: ThreadComm) -> Any:
        boards.append(comm.board)
        return go(comm, callbacks=[At(2, lambda: 1 / 0)] if comm.rank else [])

    found = in_threads(2, fail)
    assert isinstance(found[1], ZeroDivisionError)
    assert 1 in boards[0].aborted
    assert "process 1 of 2 failed, and the run ends" in capsys.readouterr().err


def test_a_checkpoint_that_does_not_fit_is_told_by_all(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    path.write_bytes(b"no checkpoint")
    boards: list[Board] = []

    def resume(comm: ThreadComm) -> Any:
        boards.append(comm.board)
        return go(comm, checkpoint=path)

    for error in in_threads(2, resume):
        assert isinstance(error, nn.training.CheckpointError)
    assert not boards[0].aborted
    assert path.read_bytes() == b"no checkpoint"


def test_a_shared_run_is_rewound_in_one_process(tmp_path: Path) -> None:
    def recorded(comm: Any) -> Any:
        return go(nn.Parallel(comm, micro_batches=4), record=tmp_path / "run", epochs=2)

    in_threads(2, recorded)
    moment = nn.rewind(tmp_path / "run", step=3, again=lambda: recorded(Alone()))
    assert moment.compute_gradients() == moment.loss
    assert moment.session().run() is None


def test_what_is_no_communicator_is_refused() -> None:
    with pytest.raises(TypeError, match=r"comm is a communicator of mpi4py, such as MPI\.COMM_WORLD, not int"):
        go(4)
    with pytest.raises(ValueError, match="micro_batches"):
        nn.Parallel(Alone(), micro_batches=0)
    with pytest.raises(ValueError, match="give one of them"):
        nn.Parallel(Alone(), micro_batches=2, sync_batch_norm=True)
    with pytest.raises(ValueError, match="Health looks at the graph of a step, of which each process has a part"):
        go(Alone(), callbacks=[nn.health.Health()])


# With MPI itself: the extra `mpi`.


def mpirun(size: int, folder: Path, what: str) -> subprocess.CompletedProcess[str]:
    pytest.importorskip("mpi4py")
    found = shutil.which("mpirun", path=f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin")
    if found is None:
        pytest.skip("no mpirun")
    folder.mkdir(exist_ok=True)
    return subprocess.run(
        [found, "-n", str(size), sys.executable, "-m", "tests.nn.training.mpi_run", folder, what],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.integration
def test_processes_of_mpi_give_the_same_bits(tmp_path: Path) -> None:
    model, history = train(None, comm=nn.Parallel(Alone(), micro_batches=4), batch_size=18, progress=False)
    for size in (2, 3):
        done = mpirun(size, tmp_path / str(size), "whole")
        assert done.returncode == 0, done.stderr
        found = json.loads((tmp_path / str(size) / "found.json").read_text())
        for name, array in model.state_dict().items():
            assert np.array_equal(np.array(found["weights"][name], array.dtype), array)
        assert [row["val_loss"] for row in found["rows"]] == history["val_loss"]


@pytest.mark.integration
@pytest.mark.parametrize("what", ["killed", "failing"])
def test_a_process_that_dies_ends_the_run_with_its_checkpoint_whole(what: str, tmp_path: Path) -> None:
    done = mpirun(3, tmp_path, what)
    assert done.returncode != 0
    if what == "failing":
        assert "process 2 of 3 failed, and the run ends" in done.stderr
        assert "ZeroDivisionError" in done.stderr
    state = checkpoint.load(tmp_path / "run.safetensors")
    assert 0 < len(state["history"]["epochs"]) < 6
    # It goes on with another number of processes.
    again = mpirun(2, tmp_path, "whole")
    assert again.returncode == 0, again.stderr
    model, _ = train(None, comm=nn.Parallel(Alone(), micro_batches=4), batch_size=18, progress=False)
    found = json.loads((tmp_path / "found.json").read_text())
    for name, array in model.state_dict().items():
        assert np.array_equal(np.array(found["weights"][name], array.dtype), array)


@pytest.mark.integration
def test_ctrl_c_in_one_process_stops_all_between_two_steps(tmp_path: Path) -> None:
    done = mpirun(2, tmp_path, "stopped")
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "found.json").read_text())["stopped"] == "interrupted"
    assert checkpoint.load(tmp_path / "run.safetensors")["step"] == 3
