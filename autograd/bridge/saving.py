"""A program in a file: its text as JSON and its arrays, in one `.npz`; nothing in it is code."""

from __future__ import annotations

import io
import json
import math
import os
import zipfile
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from autograd import files
from autograd.bridge.errors import BridgeError
from autograd.bridge.program import Leaf, Line, Operation, Program, Reference

FORMAT = 1
TEXT = "program.json"


def save(program: Program, path: str | os.PathLike[str]) -> Path:
    """Write a program, whole or not at all.

    Parameters
    ----------
    program : Program
    path : str or path-like
        Its name ends in `.npz`.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    BridgeError
        For another ending.
    FileError
        Where it cannot be written.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from autograd.bridge.program import Leaf, Program, Reference
    >>> x = Leaf("x", "input", "x", (3,), "float32")
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "same.npz"
    >>> _ = save(Program("same", [x], [], Reference("x"), arguments=((Reference("x"),), {})), path)
    >>> read(path).leaves[0].dtype
    'float32'
    """
    if not os.fspath(path).endswith(".npz"):
        raise BridgeError(f"a program is saved to a file that ends in .npz, not {os.fspath(path)!r}")
    held = {"format": FORMAT, **_to_text(program)}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **{TEXT: np.array(json.dumps(held))}, **program.arrays)  # type: ignore[arg-type]
    return files.write(path, buffer.getvalue())


def read(path: str | os.PathLike[str]) -> Program:
    """Read what `save` wrote; nothing of it is run or unpickled.

    Parameters
    ----------
    path : str or path-like

    Returns
    -------
    Program

    Raises
    ------
    BridgeError
        Where it is no such file.
    """
    try:
        with np.load(io.BytesIO(Path(path).read_bytes()), allow_pickle=False) as held:
            arrays = {name: held[name] for name in held.files if name != TEXT}
            text = json.loads(str(held[TEXT]))
        if text["format"] != FORMAT:
            raise BridgeError(
                f"{os.fspath(path)}: a program of format {text['format']}, and this version reads {FORMAT}"
            )
        return _from_text(text, arrays)
    except BridgeError:
        raise
    except OSError as error:
        raise BridgeError(f"cannot read {os.fspath(path)}: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile, EOFError) as error:
        raise BridgeError(f"{os.fspath(path)} is not a saved program: {error}") from error


def _to_text(program: Program) -> dict[str, Any]:
    """All of a program but its arrays, in what JSON has."""
    return {
        "name": program.name,
        "framework": program.framework,
        "training": program.training,
        "leaves": [asdict(leaf) for leaf in program.leaves],
        "arguments": encode(program.arguments),
        "operations": [_operation_text(operation) for operation in program.operations],
        "results": encode(program.results),
        "updates": program.updates,
        "modules": program.modules,
        "decided": [asdict(line) for line in program.decided],
    }


def _from_text(text: dict[str, Any], arrays: dict[str, np.ndarray]) -> Program:
    positional, by_name = decode(text["arguments"])
    return Program(
        name=str(text["name"]),
        framework=str(text["framework"]),
        training=bool(text["training"]),
        leaves=[Leaf(**{**leaf, "shape": tuple(leaf["shape"])}) for leaf in text["leaves"]],
        arguments=(tuple(positional), dict(by_name)),
        operations=[_operation(held) for held in text["operations"]],
        results=decode(text["results"]),
        updates=dict(text["updates"]),
        modules=dict(text["modules"]),
        decided=[Line(**line) for line in text.get("decided", [])],
        arrays=arrays,
    )


def _operation_text(operation: Operation) -> dict[str, Any]:
    held = {field.name: getattr(operation, field.name) for field in fields(operation)}
    lines = [asdict(line) for line in operation.lines]
    return {**held, "args": encode(operation.args), "kwargs": encode(operation.kwargs), "lines": lines}


def _operation(held: dict[str, Any]) -> Operation:
    return Operation(
        **{
            **held,
            "args": tuple(decode(held["args"])),
            "kwargs": decode(held["kwargs"]),
            "lines": tuple(Line(**line) for line in held["lines"]),
        }
    )


def encode(x: Any) -> Any:
    """In what JSON has; what it does not have is a dict with one key that begins with an "@"."""
    if isinstance(x, Reference):
        return {"@ref": x.name}
    if isinstance(x, np.dtype):
        return {"@dtype": x.name}
    if isinstance(x, Program):
        # Of loops and branches; what they close over themselves is small.
        text = _to_text(x)
        return {
            "@program": text | {"arrays": {name: encode(array) for name, array in x.arrays.items()}}
            if x.arrays
            else text
        }
    if isinstance(x, (np.generic, np.ndarray)):
        # Complex numbers are two each.
        flat = np.ravel(x)
        numbers = [encode(number) for number in flat.view(flat.real.dtype).tolist()]
        return {"@array" if isinstance(x, np.ndarray) else "@scalar": [x.dtype.name, list(np.shape(x)), numbers]}
    if isinstance(x, float) and not math.isfinite(x):
        return {"@float": repr(x)}
    if isinstance(x, tuple):
        return {"@tuple": [encode(part) for part in x]}
    if isinstance(x, list):
        return [encode(part) for part in x]
    if isinstance(x, dict):
        return {str(key): encode(part) for key, part in x.items()}
    if x is None or isinstance(x, (bool, int, float, str)):
        return x
    raise BridgeError(f"{x!r} cannot be saved: a program holds numbers, texts, dtypes, and structures of them")


def decode(x: Any) -> Any:
    """What `encode` wrote, from what JSON gives.

    Parameters
    ----------
    x : None, bool, int, float, str, list or dict

    Returns
    -------
    The same with references, dtypes, tuples, infinite numbers and programs in place of the dicts that stand for them.

    Examples
    --------
    >>> decode([{"@ref": "x"}, {"@float": "inf"}, {"@tuple": [1, 2]}, {"plain": True}])
    [x, inf, (1, 2), {'plain': True}]
    """
    if isinstance(x, list):
        return [decode(part) for part in x]
    if not isinstance(x, dict):
        return x
    if len(x) == 1:
        (kind, held), *_ = x.items()
        if kind == "@ref":
            return Reference(str(held))
        if kind == "@dtype":
            return np.dtype(str(held))
        if kind == "@float":
            return float(held)
        if kind == "@program":
            return _from_text(held, {name: decode(array) for name, array in held.get("arrays", {}).items()})
        if kind == "@tuple":
            return tuple([decode(part) for part in held])
        if kind in ("@array", "@scalar"):
            dtype, shape, numbers = np.dtype(str(held[0])), tuple(held[1]), decode(held[2])
            array = np.array(numbers, np.zeros(0, dtype).real.dtype).view(dtype).reshape(shape)
            return array if kind == "@array" else array[()]
    return {key: decode(part) for key, part in x.items()}
