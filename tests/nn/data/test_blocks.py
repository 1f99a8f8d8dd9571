"""Batches of data that stay in files: order, memory, going on in the middle, what is refused."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from autograd.errors import MissingDependencyError, OperandError, ShapeError
from nn.data import BlockLoader, DataError, open_safetensors, open_table
from nn.training import CheckpointError

X = np.random.default_rng(0).normal(size=(100, 3)).astype(np.float32)
Y = (X @ np.float32([1.0, -2.0, 0.5]))[:, None]


def flat(loader: BlockLoader, place: int = 0) -> list[float]:
    return np.concatenate([batch[place] for batch in loader]).ravel().tolist()


def save(folder: Path, name: str, array: np.ndarray) -> np.ndarray:
    np.save(folder / name, array)
    return np.load(folder / name, mmap_mode="r")


# order


@pytest.mark.parametrize("batch", [1, 3, 7, 10, 64, 200])
@pytest.mark.parametrize(("block", "mix"), [(1, 4), (7, 1), (7, 3), (100, 2), (1000, 1)])
def test_every_row_comes_once_and_rows_stay_together(batch: int, block: int, mix: int) -> None:
    rows = np.arange(100)
    for shuffle in (False, True):
        loader = BlockLoader(rows, rows * 2, batch_size=batch, block=block, mix=mix, shuffle=shuffle, seed=1)
        found = list(loader)
        assert len(found) == len(loader) and all(len(x) == batch for x, _ in found[:-1])
        seen = np.concatenate([x for x, _ in found])
        assert sorted(seen) == rows.tolist() and np.array_equal(np.concatenate([y for _, y in found]), seen * 2)
        assert shuffle or seen.tolist() == rows.tolist()


def test_a_new_order_each_time_and_the_same_of_one_seed() -> None:
    one, other = (BlockLoader(np.arange(100), block=5, mix=4, shuffle=True, seed=3) for _ in range(2))
    first, second = flat(one), flat(one)
    assert first != second and [flat(other), flat(other)] == [first, second]
    spread = BlockLoader(np.arange(100), batch_size=20, block=5, mix=4, shuffle=True, seed=3)
    assert len({row // 5 for row in next(iter(spread))[0].tolist()}) > 2, "a batch is of several blocks"


@pytest.mark.parametrize("skipped", [0, 1, 5, 9, 14, 15, 16])
def test_starting_in_the_middle_gives_what_would_have_come(skipped: int) -> None:
    options: dict[str, Any] = {"batch_size": 7, "block": 5, "mix": 4, "shuffle": True, "seed": 3}
    whole = [x.tolist() for (x,) in BlockLoader(np.arange(101), **options)]
    assert [x.tolist() for (x,) in BlockLoader(np.arange(101), **options).start_at(skipped)] == whole[skipped:]


def test_what_lies_before_is_not_read() -> None:
    source = Watched(np.arange(100))
    next(BlockLoader(source, batch_size=10, block=5, mix=2).start_at(5))
    assert min(source.read) == 50


def test_a_last_batch_is_left_out_and_batches_are_transformed() -> None:
    loader = BlockLoader(np.arange(10), batch_size=4, drop_last=True, transform=lambda x: (x / 2, x))
    assert [(a.tolist(), b.tolist()) for a, b in loader][0] == ([0.0, 0.5, 1.0, 1.5], [0, 1, 2, 3])
    assert len(list(loader)) == len(loader) == 2
    with pytest.raises(TypeError, match="tuple of arrays"):
        next(iter(BlockLoader(np.arange(10), transform=lambda x: x)))


def test_blocks_are_those_that_the_source_is_stored_in() -> None:
    source = Watched(np.zeros((5000, 1000), np.float32))
    source.chunks = (100, 1000)
    list(BlockLoader(source, batch_size=1000))
    assert set(np.diff(source.read)) == {200}, "a megabyte, in whole chunks"


# files


def test_memory_stays_flat(tmp_path: Path) -> None:
    x = np.lib.format.open_memmap(tmp_path / "x.npy", "w+", np.float32, (50_000, 200))
    x[::1000] = 1.0
    del x
    x = np.load(tmp_path / "x.npy", mmap_mode="r")
    loader = BlockLoader(x, batch_size=128, shuffle=True, mix=4, seed=0)
    tracemalloc.start()
    try:
        total = sum(float(batch.sum()) for (batch,) in loader)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # Two times four blocks of a megabyte.
    assert total == 50 * 200 and peak < 10e6 < 40e6 == x.nbytes


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="only Linux tells")
def test_pages_of_a_mapped_file_leave_memory(tmp_path: Path) -> None:
    x = save(tmp_path, "x.npy", np.ones((2_000_000,), np.float64))
    for view in (x, x[1:]):
        # Blocks of less than a page, whose neighbours come into memory with them.
        for (_,) in BlockLoader(view, batch_size=5000, block=300, shuffle=True, seed=0):
            pass
        assert mapped_kilobytes(tmp_path / "x.npy") < 500
    x.sum()
    assert mapped_kilobytes(tmp_path / "x.npy") > 15_000, "which is what is measured"


def mapped_kilobytes(path: Path) -> int:
    lines = Path("/proc/self/smaps").read_text().splitlines()
    starts = [k for k, line in enumerate(lines) if line.endswith(str(path))]
    return sum(int(next(line for line in lines[k:] if line.startswith("Rss:")).split()[1]) for k in starts)


def test_safetensors_are_mapped(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    arrays = {
        "x": X,
        "y": Y,
        "whole": np.arange(3),
        "none": np.zeros((0, 2)),
        "yes": np.array([True]),
        "one": np.array(2.0),
    }
    save_file(arrays, tmp_path / "data.safetensors", {"made": "by hand"})
    found = open_safetensors(tmp_path / "data.safetensors")
    assert set(found) == set(arrays) and all(np.array_equal(found[k], arrays[k]) for k in arrays)
    assert isinstance(found["x"], np.memmap) and not found["x"].flags.writeable
    assert flat(BlockLoader(found["x"], found["y"], block=9), 1) == Y.ravel().tolist()


def test_broken_safetensors_are_told(tmp_path: Path) -> None:
    from safetensors.numpy import save

    path, whole = tmp_path / "data.safetensors", save({"x": X})
    length = int.from_bytes(whole[:8], "little")

    def written(content: bytes) -> Path:
        path.write_bytes(content)
        return path

    def head(**told: Any) -> bytes:
        text = json.dumps({"x": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8], **told}}).encode()
        return len(text).to_bytes(8, "little") + text + bytes(8)

    assert open_safetensors(written(head()))["x"].tolist() == [0.0, 0.0]
    for content, told in [
        (whole[:-1], "cut off"),
        (whole[: length // 2], "its head"),
        (b"", "its head"),
        (b"\x93NUMPY" + bytes(50), "its head"),
        (whole[:8] + b"x" * length, "broken"),
        (head(dtype="BF16"), "BF16, which NumPy does not have"),
        (head(shape=[-2]), "broken"),
        (head(shape=[3]), "broken"),
        (head(data_offsets=[-8, 0]), "broken"),
        (head(shape="x"), "broken"),
        (head(dtype=[]), "broken"),
    ]:
        with pytest.raises(DataError, match=told):
            open_safetensors(written(content))
    with pytest.raises(DataError, match="no such file"):
        open_safetensors(tmp_path / "other.safetensors")


def test_columns_of_parquet_and_arrow(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import feather, parquet

    table = pyarrow.table({"a": X[:, 0], "b": X[:, 1].astype(np.float64), "kind": np.arange(100) % 3})
    parquet.write_table(table.slice(0, 60), tmp_path / "1.parquet", row_group_size=25)
    feather.write_feather(table.slice(60), tmp_path / "2.feather", chunksize=15)
    x, y = open_table(tmp_path, ["a", "b"], "float32"), open_table(tmp_path, "kind")
    assert x.shape == (100, 2) and y.shape == (100,) and y.dtype.kind == "i"
    assert x.edges.tolist() == y.edges.tolist() == [0, 25, 50, 60, 75, 90, 100]
    assert np.array_equal(x[20:95], X[20:95, :2]) and np.array_equal(y[0:100], np.arange(100) % 3)
    assert x[100:].shape == (0, 2) and x[50:40].shape == (0, 2) and open_table(tmp_path, ["a", "b"]).dtype == np.float64
    with pytest.raises(ValueError, match="step"):
        x[::2]
    loader = BlockLoader(x, y, batch_size=8, shuffle=True, mix=2, seed=0)
    assert sorted(flat(loader)) == sorted(X[:, :2].ravel().tolist())
    model = nn.perceptron([2, 3])
    history = nn.fit(model, loader, epochs=1)
    assert history.loss == "cross_entropy"


def test_tables_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    table = pyarrow.table({"a": [1.0, 2.0, None], "b": [1, 2, 3], "word": ["x", "y", "z"]})
    path = tmp_path / "1.parquet"
    parquet.write_table(table, path, row_group_size=2)
    with pytest.raises(DataError, match=r"'a' has nothing in row 2"):
        open_table(path, "a")[0:3]
    for columns, told in [("c", "no column 'c'"), ("word", "not of numbers"), ((), "one column")]:
        with pytest.raises(DataError, match=told):
            open_table(path, columns)
    (tmp_path / "2.parquet").write_bytes(path.read_bytes()[:50])
    (tmp_path / "3.csv").write_text("a,b")
    (tmp_path / "none").mkdir()
    for name, told in [
        ("2.parquet", "cannot be read"),
        ("3.csv", "neither"),
        ("4.arrow", "no such file"),
        ("5.parquet", "no such file"),
        ("none", "no Parquet or Arrow file"),
    ]:
        with pytest.raises(DataError, match=told):
            open_table(tmp_path / name, "b")
    column = open_table(path, "b")
    path.write_bytes(b"")
    with pytest.raises(DataError, match="cannot be read"):
        list(BlockLoader(column))


def test_without_pyarrow_the_command_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingDependencyError, match="integration"):
        open_table("x.parquet", "a")


def test_data_sets_of_hdf5_are_sliced(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file.create_dataset("x", data=X, chunks=(16, 3))
        loader = BlockLoader(file["x"], batch_size=8, shuffle=True, seed=0)
        assert sorted(flat(loader)) == sorted(X.ravel().tolist())
    with pytest.raises(DataError, match="cannot be read"):
        list(loader)


def test_zarr_is_sliced(tmp_path: Path) -> None:
    zarr = pytest.importorskip("zarr")
    array = zarr.create_array(tmp_path / "x.zarr", shape=X.shape, chunks=(16, 3), dtype="float32")
    array[:] = X
    assert sorted(flat(BlockLoader(array, block=20, shuffle=True, seed=0))) == sorted(X.ravel().tolist())


# training


def test_it_trains_as_arrays_do(tmp_path: Path) -> None:
    x, y = save(tmp_path, "x.npy", X), save(tmp_path, "y.npy", Y)
    one, other = nn.Linear(3, 1, rng=0), nn.Linear(3, 1, rng=0)
    nn.fit(one, BlockLoader(x, y, batch_size=16), epochs=2)
    nn.fit(other, nn.DataLoader(X, Y, batch_size=16), epochs=2)
    assert np.array_equal(one.weight.data, other.weight.data)
    assert nn.evaluate(one, BlockLoader(x, y)).keys() == {"loss"}


@pytest.mark.parametrize("stop", [3, 9])
def test_a_run_goes_on_in_mid_epoch_to_the_bit(tmp_path: Path, stop: int) -> None:
    class Stops(nn.Callback):
        def on_step(self, run: nn.Run) -> None:
            if run.step == stop:
                run.stop("interrupted")

    def train(*callbacks: nn.Callback, path: Path | None = None, block: int = 6) -> nn.Module:
        model, source = nn.Linear(3, 1, rng=0), Watched(X)
        loader = BlockLoader(source, Y, batch_size=16, block=block, mix=3, shuffle=True, seed=4)
        nn.fit(model, loader, epochs=2, lr=0.05, callbacks=callbacks, checkpoint=path)
        return model

    path = tmp_path / "run.safetensors"
    train(Stops(), path=path)
    with pytest.raises(CheckpointError, match="of another run: data"):
        train(path=path, block=7)
    assert np.array_equal(train(path=path).weight.data, train().weight.data)


# iterables of others


def test_loaders_of_others_are_gone_through_with_their_length() -> None:
    class Like:
        """What `tf.data.Dataset` and PyTorch's `DataLoader` have in common: a length, and tensors that become arrays."""

        def __len__(self) -> int:
            return 5

        def __iter__(self) -> Any:
            return ([AsArray(X[k : k + 20]), AsArray(Y[k : k + 20])] for k in range(0, 100, 20))

    class AsArray:
        def __init__(self, array: np.ndarray) -> None:
            self.array = array

        def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
            return self.array

    seen: list[int | None] = []

    class Told(nn.Callback):
        def on_begin(self, run: nn.Run) -> None:
            seen.append(run.batches)

    one, other = nn.Linear(3, 1, rng=0), nn.Linear(3, 1, rng=0)
    nn.fit(one, Like(), epochs=2, callbacks=[Told()])
    nn.fit(other, nn.DataLoader(X, Y, batch_size=20), epochs=2)
    assert seen == [5] and np.array_equal(one.weight.data, other.weight.data)


# what is refused


class Watched:
    """An array that notes where its slices begin."""

    def __init__(self, array: np.ndarray) -> None:
        self.array, self.shape, self.dtype = array, array.shape, array.dtype
        self.read: list[int] = []

    def __getitem__(self, rows: slice) -> np.ndarray:
        self.read.append(rows.start)
        return self.array[rows]


@pytest.mark.parametrize(
    ("sources", "options", "error", "told"),
    [
        ((), {}, ShapeError, "at least one"),
        (([1.0, 2.0],), {}, OperandError, "a shape and a dtype"),
        ((np.array(3.0),), {}, ShapeError, "axis of rows"),
        ((np.array(["a"]),), {}, OperandError, "must hold numbers"),
        ((np.zeros(0),), {}, ShapeError, "empty"),
        ((np.zeros(3), np.zeros(4)), {}, ShapeError, r"\[3, 4\] rows"),
        ((np.zeros(3),), {"block": 0}, ShapeError, "block"),
        ((np.zeros(3),), {"mix": 0}, ShapeError, "mix"),
        ((np.zeros(3),), {"batch_size": 0.5}, ShapeError, "batch_size"),
        ((np.zeros(3),), {"transform": 3}, TypeError, "transform"),
    ],
)
def test_what_is_no_source_is_refused(sources: Any, options: Any, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        BlockLoader(*sources, **options)


def test_a_source_that_has_shrunk_is_told() -> None:
    source = Watched(np.zeros(100))
    loader = BlockLoader(source, block=30)
    source.array = np.zeros(50)
    with pytest.raises(DataError, match=r"rows 30 to 59 of .*Watched come as an array of shape"):
        list(loader)
