"""MLflow's runs: what is in them, how they end, and where a training goes on. With a store of files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from autograd.errors import AnomalyError, FileError, MissingDependencyError

X = np.linspace(-1.0, 1.0, 32)[:, None]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    return tmp_path / "runs"


@pytest.fixture
def tracking() -> Any:
    return pytest.importorskip("mlflow.tracking")


def train(log: nn.MLflow, epochs: int = 3, **options: Any) -> nn.History:
    return nn.fit(nn.Linear(1, 1, rng=0), (X, 2.0 * X), epochs=epochs, logs=log, **options)


def found(tracking: Any, store: Path, log: nn.MLflow) -> tuple[Any, Any]:
    client = tracking.MlflowClient(tracking_uri=store.as_uri())
    return client, client.get_run(log.run_id)


def test_a_run_has_parameters_and_every_epoch(tracking: Any, store: Path) -> None:
    class Adds(nn.Callback):
        def on_epoch(self, run: nn.Run) -> None:
            run.report["share > 0 (%)"] = float("nan")

    log = nn.MLflow(store, "lines", "first", {"width": 1, "long": "x" * 9999})
    history = train(log, validation=0.25, callbacks=[Adds()])
    client, run = found(tracking, store, log)
    assert client.get_experiment_by_name("lines").experiment_id == run.info.experiment_id
    assert run.info.run_name == "first" and run.info.status == "FINISHED" and run.data.tags["stopped"] == "all 3 epochs"
    assert run.data.params["width"] == "1" and run.data.params["loss"] == "mse" and run.data.params["parameters"] == "2"
    assert run.data.params["long"] == "x" * 500
    assert "lr=0.001" in run.data.params["optimizer"] and "share _ 0 ___" in run.data.metrics
    for name in ("loss", "val_loss", "lr", "seconds"):
        told = client.get_metric_history(log.run_id, name)
        assert [(m.step, m.value) for m in told] == [(k + 1, row[name]) for k, row in enumerate(history.rows)]


def test_a_training_that_goes_on_does_so_in_the_same_run(tracking: Any, store: Path, tmp_path: Path) -> None:
    class Stops(nn.Callback):
        def on_step(self, run: nn.Run) -> None:
            if run.epoch == 2:
                run.stop("interrupted")

    path = tmp_path / "run.safetensors"
    log = nn.MLflow(store)
    train(log, callbacks=[Stops()], checkpoint=path)
    assert found(tracking, store, log)[1].info.status == "KILLED"
    again = nn.MLflow(store)
    train(again, checkpoint=path)
    client, run = found(tracking, store, again)
    assert again.run_id == log.run_id and run.info.status == "FINISHED"
    assert [m.step for m in client.get_metric_history(log.run_id, "loss")] == [1, 2, 3]


def test_a_training_that_fails_is_a_failed_run(tracking: Any, store: Path) -> None:
    log = nn.MLflow(store)
    with pytest.raises(AnomalyError), np.errstate(all="ignore"):
        train(log, optimizer="sgd", lr=1e30)
    assert found(tracking, store, log)[1].info.status == "FAILED"


def test_a_store_that_cannot_be_used_is_told_before_the_first_epoch(tracking: Any, store: Path) -> None:
    store.write_text("a file in its place")
    model = nn.Linear(1, 1, rng=0)
    before = model.weight.data.copy()
    with pytest.raises(FileError, match=r"MLflow's store .*runs cannot be used"):
        nn.fit(model, (X, X), logs=nn.MLflow(store))
    assert np.array_equal(model.weight.data, before)
    with pytest.raises(TypeError, match="params are a mapping"):
        nn.MLflow(store, params=[1])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="run_id"):
        nn.MLflow(store).load_state_dict({"other": 1})


def test_a_disk_that_is_full_ends_the_run_with_its_checkpoint(
    tracking: Any, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Any, run_id: str, metrics: Any = (), **others: Any) -> None:
        if metrics and metrics[0].step == 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(tracking.MlflowClient, "log_batch", full)
    path = tmp_path / "run.safetensors"
    with pytest.raises(FileError, match="No space left on device"):
        train(nn.MLflow(store), checkpoint=path)
    monkeypatch.undo()
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    assert len(train(nn.MLflow(store), checkpoint=path)) == 3


def test_without_mlflow_the_command_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with pytest.raises(MissingDependencyError, match="integration"):
        nn.MLflow()
