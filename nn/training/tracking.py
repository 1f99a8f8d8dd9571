"""`MLflow`: a run of MLflow's for a training, with its parameters and the numbers of each epoch."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from autograd.errors import FileError, MissingDependencyError, type_name
from autograd.extras import pip_install
from nn.training.callback import Callback, Run

# What MLflow lets names have; and how long the value of a parameter may be.
FORBIDDEN, LONGEST = re.compile(r"[^\w\-. /]"), 500


class MLflow(Callback):
    """Every number of each epoch in a run of MLflow's, by its own library (the extra `integration`).

    Parameters
    ----------
    store : str or path, optional
        Where MLflow keeps its runs: `"sqlite:///mlflow.db"`, the address of a server, or a folder; by default where its own
        settings say.
    experiment : str
        Made where there is none of that name.
    name : str, optional
        Of the run.
    params : mapping, optional
        What is noted beside the optimizer, the loss, and the sizes of the run.

    Attributes
    ----------
    run_id : str
        That of MLflow's run, once it has begun. A training that goes on from a checkpoint goes on in the same one.

    Raises
    ------
    MissingDependencyError
        Where mlflow is not installed.
    FileError
        Where the store cannot be read or written; before the first epoch, if it is then already so.

    Examples
    --------
    >>> import nn
    >>> log = nn.MLflow("sqlite:///mlflow.db", "digits", params={"hidden": 64})  # doctest: +SKIP
    >>> history = nn.fit(model, data, logs=log)  # doctest: +SKIP
    >>> issubclass(nn.MLflow, nn.Callback)
    True
    """

    observes = True

    def __init__(
        self,
        store: str | os.PathLike[str] | None = None,
        experiment: str = "stepgrad",
        name: str | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> None:
        try:
            from mlflow import entities
            from mlflow.exceptions import MlflowException
            from mlflow.tracking import MlflowClient
        except ImportError as error:
            raise MissingDependencyError(f"MLflow logs need mlflow: {pip_install('integration')}") from error
        if params is not None and not isinstance(params, Mapping):
            raise TypeError(f"MLflow: params are a mapping of names to values, not {type_name(params)}")
        self.store = None if store is None else os.fspath(store)
        self.experiment, self.name, self.params = experiment, name, dict(params or {})
        self.run_id = ""
        self._client_of, self._entities, self._exception = MlflowClient, entities, MlflowException

    def on_begin(self, run: Run) -> None:
        with self._told():
            self._client = self._client_of(tracking_uri=_as_uri(self.store))
            if self.run_id:
                self._client.update_run(self.run_id, status="RUNNING")
                return
            found = self._client.get_experiment_by_name(self.experiment)
            chosen = self._client.create_experiment(self.experiment) if found is None else found.experiment_id
            self.run_id = self._client.create_run(chosen, run_name=self.name).info.run_id
            noted = {
                "model": type(run.model).__name__,
                "parameters": sum(p.size for p in run.model.parameters()),
                "optimizer": run.history.optimizer,
                "loss": run.history.loss,
                "epochs": run.epochs,
                "batches": run.batches,
                **self.params,
            }
            params = [self._entities.Param(_clean(k), str(v)[:LONGEST]) for k, v in noted.items()]
            self._client.log_batch(self.run_id, params=params)
            # Of a training that goes on from before this log took part.
            for row in run.history.rows:
                self._log(row, int(row["epoch"]))

    def on_epoch(self, run: Run) -> None:
        with self._told():
            self._log(run.report, run.epoch)

    def on_end(self, run: Run) -> None:
        # Without a reason to stop the training has failed.
        status = "FAILED" if not run.stopping else "KILLED" if run.stopping == "interrupted" else "FINISHED"
        with self._told():
            if run.stopping:
                self._client.set_tag(self.run_id, "stopped", run.stopping)
            self._client.set_terminated(self.run_id, status)

    def state_dict(self) -> dict[str, Any]:
        return {"run_id": self.run_id}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        if set(state_dict) != {"run_id"} or not isinstance(state_dict["run_id"], str):
            raise ValueError(f"MLflow: expected the run_id of a run, got {dict(state_dict)}")
        self.run_id = state_dict["run_id"]

    def _log(self, row: Mapping[str, float], epoch: int) -> None:
        now = int(time.time() * 1000)
        numbers = [
            self._entities.Metric(_clean(name), float(value), now, epoch)
            for name, value in row.items()
            if name != "epoch"
        ]
        self._client.log_batch(self.run_id, metrics=numbers)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Within, what is wrong with the store is told in one line, with its name."""
        try:
            yield
        except (self._exception, OSError) as error:
            where = "MLflow's store" if self.store is None else f"MLflow's store {self.store}"
            raise FileError(f"{where} cannot be used: {' '.join(str(error).split())}") from error


def _as_uri(store: str | None) -> str | None:
    """A folder as MLflow names it; an address as it is."""
    return store if store is None or ":" in store else Path(store).absolute().as_uri()


def _clean(name: str) -> str:
    return FORBIDDEN.sub("_", name)
