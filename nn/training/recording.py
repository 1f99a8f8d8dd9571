"""`Recording`: the folder in which a run keeps what it takes to go back to any of its steps.

It holds `run.json` (what was trained on, with which versions), `steps.bin` (two floats a step: loss and gradient norm), and at most
so many checkpoints, `step-N.safetensors`, each the state just before step N. Nothing in it is executed when it is read.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from autograd._version import __version__
from autograd.errors import FileError
from autograd.files import write
from nn.training import checkpoint
from nn.training.batches import Batches
from nn.training.errors import RewindError

FORMAT = "stepgrad record of a run, 1"
MANIFEST, NUMBERS = "run.json", "steps.bin"
# A step as it lies in the file.
STEP = np.dtype([("loss", "<f8"), ("norm", "<f8")])
CHECKPOINT = re.compile(r"step-(\d{10})\.safetensors")


@dataclass(frozen=True)
class Recording:
    """The folder in which `nn.fit(…, record=…)` keeps a run, and how much it keeps.

    Parameters
    ----------
    path : path
        A folder, made where it is missing. A record that is there is replaced by that of a new run, and continued by a run that
        goes on from its checkpoint.
    checkpoints : int
        At most so many are kept at a time, spread over the run.
    notes : mapping, optional
        What JSON holds, kept with the record for whoever reads it.

    Examples
    --------
    >>> import pathlib, tempfile, nn
    >>> x = np.linspace(-1.0, 1.0, 32)[:, None]
    >>> folder = pathlib.Path(tempfile.mkdtemp()) / "run"
    >>> model = nn.Linear(1, 1, rng=0)
    >>> _ = nn.fit(model, (x, 2.0 * x), epochs=3, batch_size=8, record=Recording(folder, checkpoints=5), progress=False)
    >>> nn.rewind(folder, step=9).epoch
    3
    """

    path: str | os.PathLike[str]
    checkpoints: int = 20
    notes: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.path, (str, os.PathLike)):
            raise TypeError(f"Recording: path must be a path, not {type(self.path).__name__}")
        if not isinstance(self.checkpoints, int) or isinstance(self.checkpoints, bool) or self.checkpoints < 2:
            raise ValueError(f"Recording: checkpoints must be a whole number from 2 on, got {self.checkpoints!r}")
        try:
            json.dumps(dict(self.notes or {}))
        except (TypeError, ValueError) as error:
            raise TypeError(f"Recording: notes must be what JSON holds: {error}") from None


class Record:
    """A folder that a recording wrote, opened to be read.

    Parameters
    ----------
    path : path

    Raises
    ------
    RewindError
        Where it is no such folder, or is broken.
    FileError
        Where it cannot be read.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        manifest = self.path / MANIFEST
        if not manifest.is_file():
            raise RewindError(
                f"{self.path} is not the record of a run: it has no {MANIFEST}; give the folder of record="
            )
        try:
            found = json.loads(manifest.read_bytes())
            content = (self.path / NUMBERS).read_bytes() if (self.path / NUMBERS).exists() else b""
        except OSError as error:
            raise FileError(f"cannot read {self.path}: {error.strerror or error}") from error
        except (ValueError, RecursionError) as error:
            raise RewindError(f"{manifest} is broken: {error}") from error
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise RewindError(f"{manifest} is not that of a record (format {FORMAT!r})")
        try:
            self.first, self.data = int(found["first"]), dict(found["data"])
            self.versions, self.notes = dict(found["versions"]), dict(found["notes"])
            self.batches, self.accumulate = found["batches"], int(found["accumulate"])
        except (KeyError, TypeError, ValueError) as error:
            raise RewindError(f"{manifest} is broken: {error}") from error
        # What a kill tore has no end.
        self.numbers = np.frombuffer(content[: len(content) // STEP.itemsize * STEP.itemsize], STEP)

    @property
    def last(self) -> int:
        """The number of the last step that was recorded."""
        return self.first + len(self.numbers) - 1

    @property
    def checkpoints(self) -> dict[int, Path]:
        """Files by the step before which they were written, from the first."""
        found = ((CHECKPOINT.fullmatch(file.name), file) for file in self.path.iterdir())
        return dict(sorted((int(match[1]), file) for match, file in found if match is not None))

    def epoch_of(self, step: int) -> int | None:
        """In which epoch a step is, where all epochs have as many."""
        return None if self.batches is None else (step - 1) // -(-self.batches // self.accumulate) + 1

    def state_before(self, step: int) -> tuple[Path, dict[str, Any]]:
        """The latest checkpoint that is not behind a step: its file and its state.

        Raises
        ------
        RewindError
            Where there is none.
        CheckpointError
            Where it is broken.
        """
        before = [number for number in self.checkpoints if number <= step]
        if not before:
            raise RewindError(
                f"{self.path} has no checkpoint from which step {step:,} could be reached: its files are gone"
            )
        path = self.checkpoints[before[-1]]
        return path, checkpoint.load(path)

    def refuse_other_data(self, data: Mapping[str, str]) -> None:
        """Refuse to go through a run with other data than it had.

        Raises
        ------
        RewindError
        """
        for name in dict.fromkeys((*self.data, *data)):
            if self.data.get(name) != data.get(name):
                there, here = (str(some.get(name, "none")).partition(" sha256")[0] for some in (self.data, data))
                what = f"{there} there, {here} here" if there != here else "their contents are others"
                raise RewindError(
                    f"{self.path} cannot be replayed: the {name} are not those that it was recorded with: {what}"
                )

    def name_other_versions(self) -> str:
        """With which other versions it was recorded, in words; empty where they are the same."""
        here = versions()
        other = [
            f"{name} {was} there, {here.get(name)} here" for name, was in self.versions.items() if here.get(name) != was
        ]
        return "; ".join(other)


def write_manifest(path: Path, **parts: Any) -> None:
    """Write what a record says of itself."""
    told = {"format": FORMAT, "versions": versions(), **parts}
    write(path / MANIFEST, (json.dumps(told, indent=1) + "\n").encode())


def versions() -> dict[str, str]:
    """What decides the last bit of a number, and differs between machines and installations."""
    config: Any = np.show_config(mode="dicts")
    blas = config.get("Build Dependencies", {}).get("blas", {})
    return {
        "stepgrad": __version__,
        "NumPy": np.__version__,
        "Python": platform.python_version(),
        "BLAS": f"{blas.get('name', 'unknown')} {blas.get('version', '')}".strip(),
        "machine": platform.machine(),
    }


def hash_data(batches: Batches, validation: Batches | None) -> dict[str, str]:
    """What inputs and targets were, by name: dtype, shape and a hash; of data that come batch by batch, those of the first."""
    found = {}
    for some, which in ((batches, ""), (validation, "validation ")):
        if some is None:
            continue
        pair = some.arrays if some.arrays is not None else some.first()
        where = "" if some.arrays is not None else " of the first batch"
        for array, what in zip(pair, ("inputs", "targets"), strict=True):
            found[f"{which}{what}{where}"] = f"{array.dtype} {array.shape} sha256 {hash_arrays(array)}"
        if some.weights is not None:
            found[f"{which}weights"] = f"{some.weights.dtype} {some.weights.shape} sha256 {hash_arrays(some.weights)}"
    return found


def hash_arrays(*arrays: np.ndarray) -> str:
    """A hash of arrays with their dtypes and shapes.

    Examples
    --------
    >>> hash_arrays(np.arange(3)) == hash_arrays(np.arange(3)), hash_arrays(np.zeros(2)) == hash_arrays(np.zeros((2, 1)))
    (True, False)
    """
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
