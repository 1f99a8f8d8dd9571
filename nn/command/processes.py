"""`mpirun -n 4 stepgrad train`: the communicator of the processes that were started together."""

from __future__ import annotations

import os
from typing import Any

from autograd.errors import MissingDependencyError, UsageError
from autograd.extras import pip_install
from nn.training import Parallel

# Where MPICH, Open MPI and their kin say how many processes they started.
SIZES = ("PMI_SIZE", "OMPI_COMM_WORLD_SIZE", "MV2_COMM_WORLD_SIZE")


def find_processes(micro_batches: int | None) -> Parallel | None:
    """The processes that mpirun started with this one; None where it is alone.

    Raises
    ------
    UsageError
        For micro-batches without other processes.
    MissingDependencyError
        Where mpi4py is not installed, and each process would train by itself and write over the others' files.
    """
    size = next((os.environ[name] for name in SIZES if name in os.environ), "1")
    if not size.isdigit() or int(size) < 2:
        if micro_batches is not None:
            raise UsageError("--micro-batches is for several processes: mpirun -n 4 stepgrad train …")
        return None
    try:
        from mpi4py import MPI
    except ImportError as error:
        raise MissingDependencyError(
            f"{size} processes were started, which need mpi4py: {pip_install('mpi')}"
        ) from error
    comm: Any = MPI.COMM_WORLD
    return Parallel(comm, micro_batches)
