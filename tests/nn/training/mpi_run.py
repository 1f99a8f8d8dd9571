"""A run on several processes: `mpirun -n N python -m tests.nn.training.mpi_run FOLDER WHAT`."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import numpy as np
from mpi4py import MPI

import nn
from tests.nn.training.resumable import At, train


def main(folder: Path, what: str) -> None:
    comm = MPI.COMM_WORLD
    last = comm.Get_rank() == comm.Get_size() - 1
    options: dict[str, Any] = {"checkpoint": folder / "run.safetensors", "batch_size": 18, "progress": False}
    how: dict[str, Any] = {"micro_batches": 4}
    if what == "fast":
        how = {"sync_batch_norm": True}
    if what == "killed" and last:
        options["callbacks"] = (At(7, lambda: os.kill(os.getpid(), signal.SIGKILL)),)
    if what == "failing" and last:
        options["callbacks"] = (At(7, lambda: 1 / 0),)
    if what == "stopped" and last:
        options["callbacks"] = (At(3, lambda: os.kill(os.getpid(), signal.SIGINT)),)
    model, history = train(comm=nn.Parallel(comm, **how), **options)
    if comm.Get_rank() == 0:
        weights = {name: np.asarray(array).tolist() for name, array in model.state_dict().items()}
        told = {"weights": weights, "rows": history.rows, "stopped": history.stopped}
        (folder / "found.json").write_text(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
