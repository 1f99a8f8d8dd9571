"""Training on files larger than memory: `python -m tests.benchmarks.beyond_memory --gigabytes 10`.

It writes that much to a temporary folder, trains for an epoch from it, and tells the largest resident memory at tenths of the way,
which is not to grow; then the folder is deleted. Run by hand: nothing else here needs such a disk.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np

import nn

FEATURES, BATCH, SPARE = 784, 256, 5_000_000_000


def resident() -> int:
    """Bytes of this process in memory, pages of files included."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024


def write(folder: Path, size: int) -> int:
    """Inputs and class numbers in two files; gives the number of rows."""
    rows, rng = size // (FEATURES * 4), np.random.default_rng(0)
    x = np.lib.format.open_memmap(folder / "x.npy", "w+", np.float32, (rows, FEATURES))
    y = np.lib.format.open_memmap(folder / "y.npy", "w+", np.int64, (rows,))
    teacher, block = rng.standard_normal((FEATURES, 10), np.float32), rng.standard_normal((4096, FEATURES), np.float32)
    for start in range(0, rows, len(block)):
        # Another order of the same numbers is as good, and made faster than it is written.
        some = np.roll(block, start // len(block), axis=1)[: rows - start]
        x[start : start + len(some)], y[start : start + len(some)] = some, (some @ teacher).argmax(axis=1)
    x.flush()
    y.flush()
    return rows


class Watch(nn.Callback):
    """Notes the largest resident memory of each tenth of an epoch."""

    def __init__(self) -> None:
        self.largest = [0] * 10

    def on_step(self, run: nn.Run) -> None:
        if run.batch % 50 == 0:
            tenth = min(9, 10 * run.batch // (run.batches or 1))
            self.largest[tenth] = max(self.largest[tenth], resident())


def main() -> None:
    """Write, train, tell, delete."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.beyond_memory", description=__doc__)
    parser.add_argument("--gigabytes", type=float, default=10.0)
    parser.add_argument("--folder", help="where the files go for the while")
    asked = parser.parse_args()
    size = int(asked.gigabytes * 1e9)
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        if shutil.disk_usage(name).free < size + SPARE:
            parser.error(f"{name} has no {(size + SPARE) / 1e9:.0f} GB to spare")
        rows = write(Path(name), size)
        x, y = (np.load(Path(name) / f"{part}.npy", mmap_mode="r") for part in "xy")
        loader = nn.data.BlockLoader(x, y, batch_size=BATCH, shuffle=True, seed=0)
        watch, before = Watch(), resident()
        started = time.perf_counter()
        history = nn.fit(nn.perceptron([FEATURES, 64, 10], "relu"), loader, epochs=1, callbacks=[watch], progress=False)
        seconds = time.perf_counter() - started
    print(
        f"{size / 1e9:.1f} GB, {rows:,} rows: {seconds:.0f} s, {size / 1e6 / seconds:.0f} MB/s; loss {history[-1]['loss']:.3f}"
    )
    told = " ".join(f"{largest / 1e6:.0f}" for largest in watch.largest)
    print(f"resident before {before / 1e6:.0f} MB; largest by tenths of the epoch: {told} MB")


if __name__ == "__main__":
    main()
