"""Models in files that load without the code that made them: weights as safetensors, the architecture as JSON in the head."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from autograd._version import __version__
from autograd.errors import AutogradError, OperandError
from autograd.files import write
from nn.architecture import ArchitectureError, build_model, describe_model
from nn.module import Module
from nn.training.checkpoint import checksum, import_safetensors, read_safetensors
from nn.training.errors import CheckpointError

FORMAT = "stepgrad model, 1"


def save_model(model: Module, path: str | os.PathLike[str], notes: Mapping[str, Any] | None = None) -> Path:
    """Write a model whole or not at all: its weights, under their own names, and what it takes to make it again.

    Parameters
    ----------
    model : Module
        A layer of `nn`, or a `Sequential` of such, also of more of these.
    path : path
        Such as `model.safetensors`. Other programs find the weights in it, too.
    notes : mapping, optional
        What JSON has, to be kept with the model: names of classes, where the data came from.

    Returns
    -------
    Path

    Raises
    ------
    ArchitectureError
        For a model with classes of your own.
    FileError
        Where the file cannot be written; what was there before is left as it was.
    MissingDependencyError
        Where safetensors is not installed.

    Examples
    --------
    >>> import nn, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "model.safetensors"
    >>> model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.Tanh())
    >>> _ = nn.save_model(model, path, {"classes": ["a", "b", "c"]})
    >>> x = np.ones((1, 2), np.float32)
    >>> bool((nn.load_model(path)(x).data == model(x).data).all())
    True
    """
    return write(path, pack_model(model, notes))


def pack_model(model: Module, notes: Mapping[str, Any] | None = None) -> bytes:
    """What `save_model` writes."""
    described = describe_model(model)
    # safetensors writes the memory as it lies, and would scramble what is not contiguous.
    arrays = {name: np.array(array, order="C") for name, array in model.state_dict().items()}
    try:
        text = json.dumps(
            {"architecture": described, "notes": dict(notes or {}), "version": __version__}, ensure_ascii=False
        )
    except (TypeError, ValueError) as error:
        raise OperandError(f"save_model: notes are what JSON has: {error}") from error
    content: bytes = import_safetensors().numpy.save(
        arrays, {"format": FORMAT, "model": text, "crc32": checksum(text, arrays)}
    )
    return content


def load_model(path: str | os.PathLike[str]) -> Module:
    """The model that `save_model` wrote, in evaluation mode. Nothing in the file is executed.

    Parameters
    ----------
    path : path

    Returns
    -------
    Module

    Raises
    ------
    CheckpointError
        Where the file is broken, something else, or of a version that has other layers.
    FileError
        Where it cannot be read.

    Examples
    --------
    >>> import nn, pathlib, tempfile
    >>> path = nn.save_model(nn.Linear(2, 1, rng=0), pathlib.Path(tempfile.mkdtemp()) / "model.safetensors")
    >>> nn.load_model(path)
    Linear(in_features=2, out_features=1, bias=True)
    """
    return read_model(path)[0]


def read_model(path: str | os.PathLike[str]) -> tuple[Module, dict[str, Any]]:
    """A model, and the notes that were kept with it."""
    name = os.fspath(path)
    arrays, metadata = read_safetensors(path)
    told = metadata.get("format", "none that is told")
    if told != FORMAT:
        newer = (
            f"; it was written by another version of stepgrad, and this is {__version__}"
            if told.startswith("stepgrad model")
            else ""
        )
        raise CheckpointError(
            f"{name} is a safetensors file, but no model of nn.save_model: its format is {told!r}{newer}"
        )
    try:
        if metadata["crc32"] != checksum(metadata["model"], arrays):
            raise ValueError("its contents are not those that were written")
        kept = json.loads(metadata["model"])
        notes = dict(kept["notes"])
        described, version = kept["architecture"], kept["version"]
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise CheckpointError(f"{name} is broken: {error}") from error
    try:
        model = build_model(described)
        model.load_state_dict(arrays)
    except ArchitectureError as error:
        raise CheckpointError(
            f"{name}, written by stepgrad {version}, cannot be made by {__version__}: {error}"
        ) from error
    except (AutogradError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(f"{name} is broken: its weights do not fit its architecture: {error}") from error
    return model.eval(), notes
