"""`torch.save` and `torch.load`: tensors and what holds them in a file of which nothing is executed when it is read.

The file is a zip of arrays as NumPy writes them and of a text that says how they hang together. PyTorch's own files are
pickles, which may run anything; they are told apart and refused.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from autograd.errors import FileError, OperandError, type_name
from autograd.files import write
from autograd.graph.node import get_data
from autograd.torch.device import check_device, device
from autograd.torch.tensor import Size, Tensor, wrap


class MissingFileError(FileError, FileNotFoundError):
    """A file that is not there; a FileNotFoundError, as in PyTorch."""


_TREE, _FORMAT = "tree.json", "stepgrad tensors, 1"


def save(obj: Any, f: Any, **ignored: Any) -> None:
    """Write tensors, and dicts, lists and tuples of them and of numbers and texts, to a file.

    Parameters
    ----------
    obj : Tensor, or structure
        Such as `model.state_dict()`, or a dict with it, the optimizer's and an epoch.
    f : path or file
        A path is written whole or not at all; a file has a `write` for bytes.
    **ignored
        Further arguments of PyTorch's, which change nothing here.

    Raises
    ------
    OperandError
        For what only a pickle could keep: a module, a function; it is a TypeError.
    FileError
        Where the file cannot be written.

    Examples
    --------
    >>> import io
    >>> import autograd.torch as torch
    >>> file = io.BytesIO()
    >>> torch.save({"epoch": 3, "weight": torch.ones(2)}, file)
    >>> _ = file.seek(0)
    >>> torch.load(file)
    {'epoch': 3, 'weight': tensor([1., 1.])}
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        packing = _Packing()
        tree = packing.pack(obj, "obj")
        for number, array in enumerate(packing.arrays):
            held = io.BytesIO()
            np.lib.format.write_array(held, np.asarray(array, order="C"), allow_pickle=False)
            archive.writestr(f"{number}.npy", held.getvalue())
        archive.writestr(_TREE, json.dumps({"format": _FORMAT, "tree": tree}, ensure_ascii=False))
    if hasattr(f, "write"):
        f.write(content.getvalue())
    else:
        write(f, content.getvalue())


def load(f: Any, map_location: Any = None, *, weights_only: bool | None = None, **ignored: Any) -> Any:
    """Read what `save` wrote.

    Parameters
    ----------
    f : path or file
    map_location : optional
        The CPU.
    weights_only : bool, optional
        Taken and not needed: nothing in such a file is executed.
    **ignored
        Further arguments of PyTorch's, which change nothing here.

    Returns
    -------
    object
        In the structure that was saved.

    Raises
    ------
    FileError
        Where it cannot be read, is broken, or is a pickle of PyTorch's.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import autograd.torch as torch
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "model.pt"
    >>> model = torch.nn.Linear(2, 1)
    >>> torch.save(model.state_dict(), path)
    >>> model.load_state_dict(torch.load(path))
    <All keys matched successfully>
    """
    if map_location is not None and not callable(map_location) and not isinstance(map_location, Mapping):
        check_device(map_location)
    name = getattr(f, "name", "the file") if hasattr(f, "read") else os.fspath(f)
    try:
        content = f.read() if hasattr(f, "read") else Path(f).read_bytes()
    except FileNotFoundError as error:
        raise MissingFileError(f"torch.load: cannot read {name}: {error.strerror}") from error
    except OSError as error:
        raise FileError(f"torch.load: cannot read {name}: {error.strerror or error}") from error
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if _TREE not in names:
                raise FileError(_foreign(name, any(n.endswith("data.pkl") for n in names)))
            held = json.loads(archive.read(_TREE))
            if held["format"] != _FORMAT:
                raise FileError(f"torch.load: {name} has the format {held['format']!r}, and not {_FORMAT!r}")

            def read(number: int) -> np.ndarray:
                member = io.BytesIO(archive.read(f"{int(number)}.npy"))
                array: np.ndarray = np.lib.format.read_array(member, allow_pickle=False)
                return array

            return _Unpacking(read).unpack(held["tree"])
    except zipfile.BadZipFile as error:
        raise FileError(_foreign(name, content[:2] == b"\x80\x02")) from error
    except (KeyError, ValueError, TypeError, EOFError, RecursionError) as error:
        raise FileError(f"torch.load: {name} is broken: {error}") from error


def _foreign(name: str, pickled: bool) -> str:
    if pickled:
        return (
            f"torch.load: {name} is a pickle of PyTorch's, which runs code when it is read: write it there with "
            "safetensors.torch.save_file(model.state_dict(), path), and read it with safetensors.numpy.load_file"
        )
    return f"torch.load: {name} is no file that torch.save wrote here"


class _Packing:
    """What becomes of a structure: JSON, and arrays beside it; a tensor that occurs twice is written once."""

    def __init__(self) -> None:
        self.arrays: list[np.ndarray] = []
        self._known: dict[int, int] = {}
        # Nobody else may be given the id of what is told apart by it.
        self._alive: list[Any] = []

    def pack(self, part: Any, path: str) -> Any:
        """A part of the structure; `path` is for messages."""
        if part is None or (isinstance(part, (bool, int, float, str)) and not isinstance(part, np.generic)):
            return part
        if isinstance(part, Tensor):
            kind = "parameter" if type(part) is not Tensor else "tensor"
            return {
                "is": kind,
                "at": self._put(part, get_data(part)),
                "requires_grad": part.needs_grad and part.op is None,
            }
        if isinstance(part, (np.ndarray, np.generic)):
            return {
                "is": "number" if isinstance(part, np.generic) else "array",
                "at": self._put(part, np.asarray(part)),
            }
        if isinstance(part, np.dtype):
            return {"is": "dtype", "name": part.name}
        if isinstance(part, device):
            return {"is": "device", "name": str(part)}
        if isinstance(part, Mapping):
            pairs = [[self._key(key, path), self.pack(value, f"{path}[{key!r}]")] for key, value in part.items()]
            return {"is": "ordered dict" if isinstance(part, OrderedDict) else "dict", "items": pairs}
        if isinstance(part, (list, tuple, set)):
            kind = (
                "size"
                if isinstance(part, Size)
                else type(part).__name__
                if type(part) in (list, tuple, set)
                else "tuple"
            )
            return {"is": kind, "items": [self.pack(x, f"{path}[{i}]") for i, x in enumerate(part)]}
        raise OperandError(
            f"torch.save: {path} is {type_name(part)}, which only a pickle could keep, and that runs code when it is read: save "
            "model.state_dict() and what the model is made with"
        )

    def _key(self, key: Any, path: str) -> Any:
        if isinstance(key, tuple):
            return {"is": "tuple", "items": [self._key(part, path) for part in key]}
        if key is None or isinstance(key, (bool, int, float, str)):
            return key
        raise OperandError(
            f"torch.save: {path} has {type_name(key)} as a key: texts, numbers and tuples of them can be kept"
        )

    def _put(self, owner: Any, array: np.ndarray) -> int:
        if array.dtype.kind not in "biufc":
            raise OperandError(f"torch.save: an array of {array.dtype}: numbers and bools can be kept")
        if id(owner) not in self._known:
            self._known[id(owner)] = len(self.arrays)
            self._alive.append(owner)
            self.arrays.append(array)
        return self._known[id(owner)]


class _Unpacking:
    """A structure made of JSON and arrays; what was one tensor is one again."""

    def __init__(self, read: Callable[[int], np.ndarray]) -> None:
        self._read = read
        self._known: dict[int, Any] = {}

    def unpack(self, part: Any) -> Any:
        """A part of the structure."""
        if not isinstance(part, dict):
            return part
        kind = part["is"]
        if kind in ("tensor", "parameter", "array", "number"):
            if part["at"] not in self._known:
                self._known[part["at"]] = self._made(kind, self._read(part["at"]), bool(part.get("requires_grad")))
            return self._known[part["at"]]
        if kind == "dtype":
            return np.dtype(part["name"])
        if kind == "device":
            return device(part["name"])
        if kind in ("dict", "ordered dict"):
            made = OrderedDict() if kind == "ordered dict" else dict[Any, Any]()
            made.update([(self.unpack(key), self.unpack(value)) for key, value in part["items"]])
            return made
        made_by: dict[str, Callable[[list[Any]], Any]] = {"list": list, "tuple": tuple, "set": set, "size": Size}
        return made_by[kind]([self.unpack(x) for x in part["items"]])

    def _made(self, kind: str, array: np.ndarray, requires_grad: bool) -> Any:
        if kind == "array":
            return array
        if kind == "number":
            return array[()]
        tensor = wrap(array, requires_grad)
        if kind == "parameter":
            from autograd.torch.nn.parameter import Parameter

            return Parameter(tensor.detach(), requires_grad)
        return tensor
