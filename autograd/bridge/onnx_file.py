"""ONNX files: opened within bounds, and their numbers as arrays; nothing in them is run, and no path in them leads elsewhere."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from autograd.bridge.errors import BridgeError
from autograd.extras import pip_install

# What protobuf can hold in one message.
LARGEST = 2**31
# Operators of older sets broadcast by attributes.
OLDEST = 7
# What ONNX calls the dtypes that NumPy has too.
DTYPES = {
    1: "float32", 2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 6: "int32", 7: "int64", 9: "bool", 10: "float16",
    11: "float64", 12: "uint32", 13: "uint64",
}  # fmt: skip
EXTERNAL = 1
# The property of a model of ours that lists its parameters, a line each.
PARAMETERS = "stepgrad.parameters"


def require() -> Any:
    """The package `onnx`.

    Raises
    ------
    BridgeError
        Where it is not installed.
    """
    try:
        return import_module("onnx")
    except ImportError as error:
        raise BridgeError(f"ONNX files need the package onnx: {pip_install('onnx')}") from error


def open_model(source: Any) -> tuple[Any, str, Path | None]:
    """The model of a path, or one that was loaded; its name; and the folder where its numbers may lie.

    Raises
    ------
    BridgeError
        Where it is no such file.
    """
    onnx = require()
    if isinstance(source, onnx.ModelProto):
        return _check(source, source.graph.name or "model"), source.graph.name or "model", None
    if not isinstance(source, (str, os.PathLike)):
        raise BridgeError(f"from_onnx takes a path or an onnx.ModelProto, not {type(source).__name__}")
    path = Path(source)
    content = _content(path, 0, None, str(path))
    try:
        model = onnx.ModelProto.FromString(content)
    except Exception as error:
        # An error of protobuf's, which is no package of ours.
        raise BridgeError(f"{path} is not an ONNX model: {error}") from error
    return _check(model, str(path)), path.name, path.parent


def _check(model: Any, told: str) -> Any:
    if not model.graph.node and not model.graph.output:
        raise BridgeError(f"{told} is not an ONNX model: it has no graph")
    for used in model.opset_import:
        if used.domain in ("", "ai.onnx") and used.version < OLDEST:
            raise BridgeError(
                f"{told} has operators of set {used.version}, and {OLDEST} is the oldest that is read: convert it with "
                "onnx.version_converter.convert_version, or export it again"
            )
    return model


def _content(path: Path, offset: int, length: int | None, told: str) -> bytes:
    try:
        if not path.is_file():
            raise BridgeError(f"cannot read {told}: it is {'not a file' if path.exists() else 'not there'}")
        size = path.stat().st_size
        wanted = size - offset if length is None else length
        if not 0 <= offset <= offset + wanted <= size:
            raise BridgeError(f"{told}: {wanted} bytes from {offset} on are wanted, and it has {size}")
        if wanted >= LARGEST:
            raise BridgeError(f"{told} has {wanted} bytes, and {LARGEST} are the bound")
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(wanted)
    except (OSError, ValueError) as error:
        raise BridgeError(f"cannot read {told}: {getattr(error, 'strerror', None) or error}") from error


def dtype_of(number: int, told: str) -> np.dtype[Any]:
    """The dtype that has this number in ONNX.

    Raises
    ------
    BridgeError
        Where NumPy does not have it.

    Examples
    --------
    >>> dtype_of(1, "x").name
    'float32'
    """
    if number not in DTYPES:
        raise BridgeError(f"{told} is of ONNX's dtype {number}, which has no translation: convert it to one of NumPy's")
    return np.dtype(DTYPES[number])


def to_array(tensor: Any, folder: Path | None, told: str) -> np.ndarray:
    """The numbers of a tensor, of the model itself or of a file beside it.

    Raises
    ------
    BridgeError
        Where its file is not in the folder of the model, or the numbers are not as many as its shape has.
    """
    dtype = dtype_of(tensor.data_type, told)
    shape = tuple(int(n) for n in tensor.dims)
    if any(n < 0 for n in shape):
        raise BridgeError(f"{told} has the shape {shape}")
    if tensor.data_location == EXTERNAL:
        content: bytes | None = _beside(tensor, folder, told)
    else:
        content = tensor.raw_data if tensor.HasField("raw_data") else None
    try:
        if content is not None:
            array = np.frombuffer(content, dtype.newbyteorder("<")).astype(dtype)
        else:
            array = require().numpy_helper.to_array(tensor).astype(dtype)
        return np.array(array.reshape(shape))
    except (ValueError, TypeError) as error:
        raise BridgeError(f"{told} has not the numbers of {dtype} that the shape {shape} wants: {error}") from error


def _beside(tensor: Any, folder: Path | None, told: str) -> bytes:
    held = {entry.key: entry.value for entry in tensor.external_data}
    location = held.get("location", "")
    if folder is None:
        raise BridgeError(f"{told} lies in the file {location!r}: give from_onnx the path of the model, not the model")
    home = folder.resolve()
    # Links are followed first, so that none of them leads out.
    try:
        path = (home / location).resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise BridgeError(f"{told}: its file {location!r} cannot be found: {error}") from error
    if not location or not path.is_relative_to(home) or os.path.isabs(location):
        raise BridgeError(f"{told} is said to lie in {location!r}, which is not in the folder of the model, {home}")
    try:
        offset = int(held.get("offset", 0))
        length = int(held["length"]) if "length" in held else None
    except ValueError as error:
        raise BridgeError(f"{told}: where it lies in {location!r} is no number: {error}") from error
    return _content(path, offset, length, f"{told}, in {location!r}")
