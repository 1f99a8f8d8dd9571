"""Checkpoints: the state of a run in one safetensors file, arrays as tensors and everything else as JSON beside them.

Nothing in such a file is executed when it is read. Arrays go by their path in the state, such as `model/0.weight`, so that
other programs find the weights too.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from autograd.errors import FileError, MissingDependencyError
from autograd.extras import pip_install
from autograd.files import write
from nn.training.errors import CheckpointError


@dataclass(frozen=True)
class Checkpoint:
    """The file in which a run keeps its state, and how often it does.

    Parameters
    ----------
    path : path
        Such as `run.safetensors`; written at the beginning, after every epoch, and on Ctrl-C.
    every : int, optional
        Also after so many batches, for epochs that take long.

    Examples
    --------
    >>> import numpy as np, nn
    >>> x = np.linspace(-1.0, 1.0, 32)[:, None]
    >>> model = nn.Linear(1, 1, rng=0)
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / 'run.safetensors'
    >>> _ = nn.fit(model, (x, 2.0 * x), epochs=2, checkpoint=nn.Checkpoint(path, every=1), progress=False)
    >>> path.exists()
    True
    """

    path: str | os.PathLike[str]
    every: int | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.path, (str, os.PathLike)):
            raise TypeError(f"Checkpoint: path must be a path, not {type(self.path).__name__}")
        if self.every is not None and not (isinstance(self.every, int) and self.every >= 1):
            raise ValueError(f"Checkpoint: every must be a whole number of batches from 1 on, got {self.every!r}")


FORMAT = "stepgrad training run, 1"


def save(path: str | os.PathLike[str], state: Mapping[str, Any]) -> Path:
    """Write a state whole or not at all.

    Parameters
    ----------
    path : path
    state : mapping
        Numbers, texts, None, arrays, and lists, tuples and dicts (with texts as keys) of these, to any depth.

    Raises
    ------
    CheckpointError
        For something else in the state.
    FileError
        Where the file cannot be written.
    MissingDependencyError
        Where safetensors is not installed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save(Path(folder) / "run.safetensors", {"epoch": 3, "model": {"weight": np.arange(3.0)}})
    ...     load(path)
    {'epoch': 3, 'model': {'weight': array([0., 1., 2.])}}
    """
    return write(path, pack(state))


def pack(state: Mapping[str, Any]) -> bytes:
    """What `save` writes."""
    numpy = import_safetensors().numpy
    arrays: dict[str, np.ndarray] = {}
    text = json.dumps(_to_json(state, "", arrays), ensure_ascii=False)
    content: bytes = numpy.save(arrays, {"format": FORMAT, "state": text, "crc32": checksum(text, arrays)})
    return content


def load(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read a state that `save` wrote.

    Raises
    ------
    CheckpointError
        Where the file is broken or something else.
    FileError
        Where it cannot be read.
    MissingDependencyError
        Where safetensors is not installed.
    """
    name = os.fspath(path)
    arrays, metadata = read_safetensors(path)
    if metadata.get("format") != FORMAT:
        raise CheckpointError(f"{name} is a safetensors file, but no checkpoint of a run (format {FORMAT!r})")
    try:
        state = _from_json(json.loads(metadata["state"]), arrays)
        if metadata["crc32"] != checksum(metadata["state"], arrays):
            raise ValueError("its contents are not those that were written")
    except (KeyError, ValueError, RecursionError) as error:
        raise CheckpointError(f"{name} is broken: {error}") from error
    if not isinstance(state, dict):
        raise CheckpointError(f"{name} is broken: its state is {type(state).__name__}")
    return state


def read_safetensors(path: str | os.PathLike[str]) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """The arrays of a safetensors file, and what stands in its head beside them.

    Raises
    ------
    CheckpointError
        Where the file is broken or something else.
    FileError
        Where it cannot be read.
    """
    safetensors, name = import_safetensors(), os.fspath(path)
    try:
        # Once: another process may put a new file in its place meanwhile.
        content = Path(path).read_bytes()
    except OSError as error:
        raise FileError(f"cannot read {name}: {error.strerror or error}") from error
    try:
        return safetensors.numpy.load(content), _metadata(content)
    except (safetensors.SafetensorError, KeyError, ValueError, TypeError) as error:
        raise CheckpointError(f"{name} is broken, or no safetensors file: {error}") from error


def checksum(text: str, arrays: Mapping[str, np.ndarray]) -> str:
    """A checksum of everything in a file. safetensors has none: it reads a weight that a broken disk changed like any other."""
    total = zlib.crc32(text.encode())
    for name in sorted(arrays):
        total = zlib.crc32(f"{name} {arrays[name].dtype.str} {arrays[name].shape}".encode(), total)
        total = zlib.crc32(np.ascontiguousarray(arrays[name]).data, total)
    return f"{total:08x}"


def _metadata(content: bytes) -> dict[str, str]:
    """What stands in the head of a safetensors file beside its arrays; its length is that of the head."""
    head = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    return dict(head.get("__metadata__", {}))


def import_safetensors() -> Any:
    """safetensors, or how to get it."""
    try:
        import safetensors
        import safetensors.numpy
    except ImportError as error:
        raise MissingDependencyError(f"checkpoints need safetensors: {pip_install('train')}") from error
    return safetensors


def _to_json(part: Any, path: str, arrays: dict[str, np.ndarray]) -> Any:
    """A part of the state as JSON has it; its arrays are put aside, under the path that stands for them."""
    if part is None or isinstance(part, (bool, int, float, str)):
        return part
    if isinstance(part, np.generic):
        return part.item()
    if isinstance(part, np.ndarray):
        if part.dtype.kind not in "fiub" or part.dtype.itemsize > 8:
            raise CheckpointError(f"the state has an array of {part.dtype} at {path!r}, which a checkpoint cannot keep")
        # safetensors 0.8.0 writes the memory as it lies, and would scramble what is not contiguous.
        arrays[path] = part.astype(part.dtype.newbyteorder("="), order="C")
        return {"$array": path}
    if isinstance(part, Mapping):
        if not all(isinstance(key, str) and key and "/" not in key and not key.startswith("$") for key in part):
            raise CheckpointError(f"the state has a dict at {path!r} with other keys than plain texts: {list(part)}")
        return {key: _to_json(value, f"{path}/{key}".lstrip("/"), arrays) for key, value in part.items()}
    if isinstance(part, (list, tuple)):
        items = [_to_json(item, f"{path}/{place}", arrays) for place, item in enumerate(part)]
        return {"$tuple": items} if isinstance(part, tuple) else items
    raise CheckpointError(f"the state has {type(part).__name__} at {path!r}, which a checkpoint cannot keep")


def _from_json(part: Any, arrays: Mapping[str, np.ndarray]) -> Any:
    if isinstance(part, list):
        return [_from_json(item, arrays) for item in part]
    if not isinstance(part, dict):
        return part
    if "$array" in part:
        path = part["$array"]
        if len(part) > 1 or not isinstance(path, str):
            raise ValueError(f"an array goes by the path of a tensor, not {part}")
        return arrays[path]
    if "$tuple" in part:
        items = part["$tuple"]
        if len(part) > 1 or not isinstance(items, list):
            raise ValueError(f"a tuple has a list of its items, not {part}")
        return tuple(_from_json(item, arrays) for item in items)
    return {key: _from_json(value, arrays) for key, value in part.items()}
