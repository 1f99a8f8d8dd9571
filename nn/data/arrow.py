"""`open_table`: columns of Parquet and Arrow files as an array that stays in the files, by pyarrow."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import MissingDependencyError
from autograd.extras import pip_install
from autograd.wording.suggestion import suggest
from nn.data.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

PARQUET, ARROW = (".parquet", ".pq"), (".arrow", ".feather", ".ipc")


class TableColumns:
    """Columns of files as one array; rows are read when they are asked for, a group of rows of a file at a time.

    Parameters
    ----------
    files : sequence of file
        In the order of their rows.
    columns : str or sequence of str
    dtype : dtype, optional

    Attributes
    ----------
    shape : tuple of int
        Of one column (rows,), of several (rows, columns).
    dtype : dtype
    edges : array of int
        Where the groups of rows begin, in which the files are stored; and the end.

    Examples
    --------
    >>> import nn.data
    >>> issubclass(nn.data.TableColumns, object)
    True
    """

    def __init__(self, files: Sequence[_File], columns: str | Sequence[str], dtype: DTypeLike | None = None) -> None:
        self._files, self._columns = files, [columns] if isinstance(columns, str) else list(columns)
        self._groups = [(file, group) for file in files for group in range(len(file.groups))]
        self.edges = np.cumsum([0, *(rows for file in files for rows in file.groups)])
        found = [file.dtype_of(name) for file in files for name in self._columns]
        self.dtype = np.dtype(dtype) if dtype is not None else np.result_type(*found)
        rows = int(self.edges[-1])
        self.shape = (rows,) if isinstance(columns, str) else (rows, len(self._columns))
        self._latest: tuple[int, np.ndarray] | None = None

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice) -> np.ndarray:
        if not isinstance(rows, slice):
            raise TypeError(f"columns of files are read by slices of rows, not {type(rows).__name__}")
        start, stop, step = rows.indices(len(self))
        if step != 1:
            raise ValueError(f"columns of files are read by slices without a step, got {step}")
        stop = max(start, stop)
        first = int(np.searchsorted(self.edges, start, "right")) - 1
        last = int(np.searchsorted(self.edges, stop, "left"))
        parts = [
            self._read(group)[max(0, start - int(self.edges[group])) : stop - int(self.edges[group])]
            for group in range(first, last)
        ]
        return np.concatenate(parts) if parts else np.empty((0, *self.shape[1:]), self.dtype)

    def _read(self, group: int) -> np.ndarray:
        if self._latest is None or self._latest[0] != group:
            file, own = self._groups[group]
            # The group before is freed first.
            self._latest = None
            columns = [file.read(own, name, self.dtype) for name in self._columns]
            self._latest = group, columns[0] if len(self.shape) == 1 else np.stack(columns, axis=1)
        return self._latest[1]


class _File:
    """A file in groups of rows: row groups of Parquet, record batches of Arrow."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with _told_of(path):
            self.groups, schema = self._look()
        self.types = {field.name: field.type for field in schema}

    def _look(self) -> tuple[list[int], Any]:
        raise NotImplementedError

    def _load(self, group: int, column: str) -> Any:
        raise NotImplementedError

    def dtype_of(self, column: str) -> np.dtype[Any]:
        """That of a column of numbers."""
        if column not in self.types:
            names = ", ".join(list(self.types)[:12])
            raise DataError(f"{self.path} has no column {column!r}{suggest(column, self.types)}; it has {names}")
        try:
            dtype = np.dtype(self.types[column].to_pandas_dtype())
        except (NotImplementedError, TypeError):
            dtype = np.dtype(object)
        if dtype.kind not in "fiub":
            raise DataError(
                f"{self.path}: column {column!r} is of {self.types[column]}, not of numbers; leave it out, or write numbers for it"
            )
        return dtype

    def read(self, group: int, column: str, dtype: np.dtype[Any]) -> np.ndarray:
        """A column of a group."""
        with _told_of(self.path):
            values = self._load(group, column)
        if len(values) != self.groups[group]:
            raise DataError(f"{self.path} has changed since it was opened: group {group} has {len(values):,} rows")
        if values.null_count:
            place = sum(self.groups[:group]) + int(np.argmax(np.asarray(values.is_null())))
            raise DataError(
                f"{self.path}: column {column!r} has nothing in row {place:,}, and {values.null_count - 1:,} more of the rows beside "
                "it: fill them in, or leave such rows out"
            )
        return np.asarray(values.to_numpy(zero_copy_only=False)).astype(dtype, copy=False)


class _ParquetFile(_File):
    def _look(self) -> tuple[list[int], Any]:
        parquet = _import_pyarrow("parquet")
        with parquet.ParquetFile(self.path) as file:
            metadata = file.metadata
            return [metadata.row_group(k).num_rows for k in range(metadata.num_row_groups)], file.schema_arrow

    def _load(self, group: int, column: str) -> Any:
        parquet = _import_pyarrow("parquet")
        with parquet.ParquetFile(self.path) as file:
            return file.read_row_group(group, columns=[column]).column(column).combine_chunks()


class _ArrowFile(_File):
    def _look(self) -> tuple[list[int], Any]:
        pyarrow, ipc = _import_pyarrow(), _import_pyarrow("ipc")
        with pyarrow.memory_map(os.fspath(self.path)) as source, ipc.open_file(source) as file:
            return [file.get_batch(k).num_rows for k in range(file.num_record_batches)], file.schema

    def _load(self, group: int, column: str) -> Any:
        pyarrow, ipc = _import_pyarrow(), _import_pyarrow("ipc")
        options = ipc.IpcReadOptions(included_fields=[list(self.types).index(column)])
        # Read, and not mapped: what is mapped stays in memory.
        with pyarrow.OSFile(os.fspath(self.path)) as source, ipc.open_file(source, options=options) as file:
            return file.get_batch(group).column(0)


def open_table(
    path: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    columns: str | Sequence[str],
    dtype: DTypeLike | None = None,
) -> TableColumns:
    """Columns of Parquet or Arrow files as an array that stays in the files, for `BlockLoader`.

    Parameters
    ----------
    path : path, or several
        Of a `.parquet`, `.arrow` or `.feather` file; of a folder of such, in the order of their names.
    columns : str or sequence of str
        One gives an array (rows,), a sequence one of (rows, columns). They hold numbers.
    dtype : dtype, optional
        By default one that has room for all of the columns.

    Returns
    -------
    TableColumns

    Raises
    ------
    DataError
        Where a file is missing, broken, or of another kind, or a column is missing or not of numbers; and, when rows are
        read, where a number is missing among them.
    MissingDependencyError
        Where pyarrow is not installed.

    Notes
    -----
    A group of rows is read whole: write files with groups of some ten thousand rows, as
    `pyarrow.parquet.write_table(table, path, row_group_size=16384)` does.

    Examples
    --------
    >>> x = nn.data.open_table("train.parquet", ["width", "height"], "float32")  # doctest: +SKIP
    >>> y = nn.data.open_table("train.parquet", "kind")  # doctest: +SKIP
    >>> nn.fit(model, nn.data.BlockLoader(x, y, shuffle=True, seed=0))  # doctest: +SKIP
    """
    _import_pyarrow()
    paths = [path] if isinstance(path, (str, os.PathLike)) else list(path)
    files: list[_File] = []
    for file in [found for each in paths for found in _list_files(Path(each))]:
        if file.suffix.lower() in PARQUET:
            files.append(_ParquetFile(file))
        elif file.suffix.lower() in ARROW:
            files.append(_ArrowFile(file))
        else:
            raise DataError(
                f"{file} is neither a Parquet nor an Arrow file by its name: {', '.join((*PARQUET, *ARROW))}"
            )
    if not files:
        raise DataError(f"there is no Parquet or Arrow file in {', '.join(map(str, paths)) or 'no path'}")
    if not columns:
        raise DataError("open_table: give the name of one column at least")
    return TableColumns(files, columns, dtype)


def _list_files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.iterdir() if file.suffix.lower() in (*PARQUET, *ARROW))
    return [path]


@contextmanager
def _told_of(path: Path) -> Iterator[None]:
    """Within, what pyarrow has against a file is told of it by name."""
    try:
        yield
    except FileNotFoundError:
        raise DataError(f"{path}: there is no such file") from None
    except (OSError, ValueError, KeyError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{path} cannot be read: {error}") from error


def _import_pyarrow(part: str = "") -> Any:
    try:
        return import_module("pyarrow" + (f".{part}" if part else ""))
    except ImportError as error:
        raise MissingDependencyError(f"Parquet and Arrow files need pyarrow: {pip_install('integration')}") from error
