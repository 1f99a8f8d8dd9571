"""What a step of a shared run costs: `mpirun -n 2 python -m tests.benchmarks.parallel`, on 784-512-512-10.

Process 0 prints the time of a step by itself with one thread, that of a step with the others, and what the machine allows: steps of the
share alone, in all processes at once, that add nothing up. Before them stand the parts that sharing adds: the sum over all processes
and the copies into and out of the flat buffer. Times are the least of many, so that a busy machine shows what an idle one takes; the
processor's own time stands beside them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from mpi4py import MPI

import nn

SIZES, ROWS, REPEATS = (784, 512, 512, 10), (64, 128, 256, 512, 1024), 40
MESSAGES = (4, 4096, 65_536, 1_048_576, 4_194_304)


class Timed(nn.Trainer):
    """Notes how long steps take, from one to the next."""

    steps: list[tuple[float, float]] = []
    before: tuple[float, float] | None = None

    def run_epoch(self, interrupt: Any) -> bool:
        self.before = None
        return super().run_epoch(interrupt)

    def train_step(self, group: Any) -> Any:
        now = time.perf_counter(), time.process_time()
        if self.before is not None:
            self.steps.append((now[0] - self.before[0], now[1] - self.before[1]))
        self.before = now
        return super().train_step(group)


def step_time(rows: int, comm: Any) -> tuple[float, float]:
    """Seconds of a step of so many rows on the clock, the least, and of the processor, the median."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(rows * 10, SIZES[0])).astype(np.float32), rng.integers(0, SIZES[-1], rows * 10)
    model = nn.perceptron(SIZES, "relu", 0)
    Timed.steps = []
    nn.fit(model, (x, y), epochs=REPEATS // 9, batch_size=rows, comm=comm, threads=1, progress=False, trainer=Timed)
    clock, processor = np.array(Timed.steps).T
    return float(clock.min()), float(np.median(processor))


def message_time(comm: Any, bytes_: int) -> float:
    """Seconds to add up an array of all processes, the least."""
    mine = np.ones(bytes_ // 4, np.float32)
    total = np.empty_like(mine)
    return least(lambda: comm.Allreduce(mine, total), comm)


def copy_time(bytes_: int) -> float:
    """Seconds to copy so much into the buffer."""
    mine, buffer = np.ones(bytes_ // 4, np.float32), np.empty(bytes_ // 4, np.float32)
    return least(lambda: buffer.__setitem__(slice(None), mine), None)


def least(work: Callable[[], object], comm: Any) -> float:
    found = []
    for _ in range(200):
        if comm is not None:
            comm.Barrier()
        begun = time.perf_counter()
        work()
        found.append(time.perf_counter() - begun)
    return min(found)


def main() -> None:
    comm = MPI.COMM_WORLD
    leads, size = comm.Get_rank() == 0, comm.Get_size()
    for bytes_ in MESSAGES:
        message = message_time(comm, bytes_)
        if leads:
            print(
                f"{bytes_:>9,} bytes: summed over {size} processes in {1e6 * message:8.1f} µs, copied in {1e6 * copy_time(bytes_):8.1f} µs"
            )
    for rows in ROWS:
        alone = step_time(rows, None) if leads else (0.0, 0.0)
        comm.Barrier()
        shared = step_time(rows, comm)
        comm.Barrier()
        # Each process does its share and nothing else: no sharing can be faster on this machine.
        apart = step_time(rows // size, None)
        if leads:
            print(
                f"{rows:5} rows: alone {1e3 * alone[0]:7.2f} ms (processor {1e3 * alone[1]:7.2f}), {size} processes "
                f"{1e3 * shared[0]:7.2f} ms (processor {1e3 * shared[1]:7.2f}): {alone[0] / shared[0]:.2f} times as fast, "
                f"of {alone[0] / apart[0]:.2f} that {size} processes side by side come to"
            )
        comm.Barrier()


if __name__ == "__main__":
    main()
