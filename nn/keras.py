"""`load_keras_weights`: weights that Keras has trained, from its HDF5 files or an `.npz`, in a model of ours."""

from __future__ import annotations

import io
import os
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from tokenize import TokenError
from typing import Any

import numpy as np

from autograd.errors import MissingDependencyError, OperandError, type_name
from autograd.extras import pip_install
from nn.data.errors import DataError
from nn.layers import batchnorm, convolution, embedding, layernorm, linear, recurrent
from nn.module import Module

# Layers by what Keras calls them.
NAMES: list[tuple[type[Module], str]] = [
    (linear.Linear, "dense"),
    (convolution.Conv1d, "conv1d"),
    (convolution.Conv2d, "conv2d"),
    (batchnorm.BatchNorm1d, "batch_normalization"),
    (batchnorm.BatchNorm2d, "batch_normalization"),
    (layernorm.LayerNorm, "layer_normalization"),
    (embedding.Embedding, "embedding"),
    (recurrent.LSTM, "lstm"),
]
# Layers that may follow a flattened convolution.
FLATTENED = (linear.Linear, batchnorm.BatchNorm1d, layernorm.LayerNorm)


# What readers raise where a file is cut short, damaged, or made to do harm. Some are no `ValueError`.
BROKEN = (
    ValueError, KeyError, TypeError, RuntimeError, OverflowError, MemoryError, EOFError, TokenError, struct.error, zlib.error,
    zipfile.BadZipFile,
)  # fmt: skip


@dataclass
class Layer:
    """What a file has for a layer: its name, and arrays with names of their own."""

    name: str
    arrays: list[tuple[str, np.ndarray]]


def load_keras_weights(model: Module, path: str | os.PathLike[str]) -> None:
    """Put the weights of a Keras model into a model with the same layers.

    Layers are matched one by one: those of the file in its order, or by their class and number where the file has no order,
    and those of the model in the order of `model.modules()`. Kernels are turned over: Keras keeps (inputs, outputs) and
    (height, width, inputs, outputs). Behind convolutions Keras flattens with the channels last, and we with the channels
    first: the first dense layer, and what normalises before it, are reordered, so that the outputs are the same. Normalising
    layers have another ε in Keras: give ours `eps=1e-3`.

    Parameters
    ----------
    model : Module
        Of `Linear`, `Conv1d`, `Conv2d`, `BatchNorm1d`, `BatchNorm2d`, `LayerNorm`, `Embedding`, `LSTM` of one layer, and
        layers without weights.
    path : path
        `model.save_weights("x.weights.h5")`, `model.save("x.keras")` or `.h5`, of Keras 2 or 3, which need h5py; or
        `np.savez("x.npz", *model.get_weights())`, with arrays of any names, which needs nothing.

    Raises
    ------
    DataError
        Where the file cannot be read, or its arrays do not fit the model's layers; then nothing was changed.
    OperandError
        For a model with a layer that has no counterpart here.
    MissingDependencyError
        For HDF5 where h5py is not installed.

    Examples
    --------
    >>> import tempfile, numpy as np, nn
    >>> kernel, bias = np.array([[1.0], [2.0]]), np.array([0.5])
    >>> model = nn.Linear(2, 1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     np.savez(f"{folder}/line.npz", kernel, bias)
    ...     nn.load_keras_weights(model, f"{folder}/line.npz")
    >>> model(np.array([[10.0, 1.0]], np.float32)).item()
    12.5
    """
    if not isinstance(model, Module):
        raise OperandError(f"load_keras_weights: the model must be a Module, not {type_name(model)}")
    name = os.fspath(path)
    try:
        flat, by_class = _read(name)
    except OSError as error:
        raise DataError(f"{name} cannot be read: {error.strerror or error}") from error
    state: dict[str, np.ndarray] = {}
    channels = 0
    for prefix, module in model.named_modules():
        kind = next((keras for ours, keras in NAMES if isinstance(module, ours)), None)
        own = [n for n, _ in module.named_parameters(recurse=False)]
        if kind is None:
            if own:
                raise OperandError(
                    f"load_keras_weights: {prefix or 'the model'} is a {type(module).__name__}, which has no counterpart of "
                    "Keras's here"
                )
            continue
        wanted = _arrays_of(module)
        if by_class is not None:
            if not by_class.get(kind):
                raise DataError(f"{name} has no {kind} for {prefix or 'the model'}; it has {_list_classes(by_class)}")
            layer = by_class[kind].pop(0)
            given = layer.arrays
            if len(given) != len(wanted):
                raise DataError(
                    f"{name}: {layer.name} has {len(given)} arrays, and {prefix or 'the model'} needs {len(wanted)}: "
                    f"{', '.join(wanted)}"
                )
        else:
            given, flat = flat[: len(wanted)], flat[len(wanted) :]
            if len(given) < len(wanted):
                raise DataError(
                    f"{name} has no array left for {prefix or 'the model'}, which needs {len(wanted)}: {', '.join(wanted)}"
                )
        if isinstance(module, (convolution.Conv1d, convolution.Conv2d)):
            channels = module.out_channels
        places = channels if isinstance(module, FLATTENED) else 0
        for parameter, (source, array) in zip(wanted, given, strict=True):
            state |= _convert(module, f"{prefix}." if prefix else "", parameter, f"{name}: {source}", array, places)
        if isinstance(module, (linear.Linear, recurrent.LSTM, embedding.Embedding)):
            channels = 0
    left = [source for source, _ in flat] if by_class is None else [x.name for some in by_class.values() for x in some]
    if left:
        raise DataError(f"{name} has more than the model needs: {', '.join(left)}")
    kept = {n: a for n, a in model.state_dict().items() if n not in state}
    model.load_state_dict({**kept, **state})


def _arrays_of(module: Module) -> list[str]:
    """The names of a layer's arrays, in the order in which Keras gives them."""
    if isinstance(module, recurrent.LSTM):
        if module.num_layers != 1 or module.bidirectional or not module.bias:
            raise OperandError("load_keras_weights: an LSTM has one layer, one direction and biases, as Keras's has")
        return ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0"]
    names = [n for n, _ in module.named_parameters(recurse=False)]
    names.sort(key=("weight", "bias").index)
    return names + [n for n in ("running_mean", "running_var") if getattr(module, n, None) is not None]


def _convert(
    module: Module, prefix: str, parameter: str, source: str, array: np.ndarray, channels: int
) -> dict[str, np.ndarray]:
    """An array of Keras's as the one of ours: a kernel turned over, behind convolutions with the channels in front."""
    if array.dtype.kind not in "fiub":
        raise DataError(f"{source} holds no numbers but {array.dtype}")
    expected, is_linear = np.shape(getattr(module, parameter)), isinstance(module, linear.Linear)
    of_features = array.ndim == 2 and parameter == "weight" if is_linear else array.ndim == 1
    if channels and of_features and array.shape[0] % channels == 0:
        array = array.reshape(-1, channels, *array.shape[1:]).swapaxes(0, 1).reshape(array.shape)
    turned = parameter.startswith("weight") and not isinstance(module, (embedding.Embedding, layernorm.LayerNorm))
    if turned and array.ndim > 1:
        array = np.moveaxis(array, (-1, -2), (0, 1))
    if array.shape != expected:
        raise DataError(f"{source} fits {array.shape}, and {prefix}{parameter} has shape {expected}")
    found = {prefix + parameter: array}
    if parameter == "bias_ih_l0":
        # Ours has two biases, which are added.
        found[f"{prefix}bias_hh_l0"] = np.zeros_like(array)
    return found


def _read(name: str) -> tuple[list[tuple[str, np.ndarray]], dict[str, list[Layer]] | None]:
    """All arrays in the order of a file; or, where it has none, its layers by their class, in the order of their numbers."""
    with open(name, "rb") as opened:
        content = opened.read()
    if content.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                if "model.weights.h5" not in archive.namelist():
                    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
                        return [(key, _as_array(key, arrays[key])) for key in arrays.files], None
                content = archive.read("model.weights.h5")
        except BROKEN as error:
            raise DataError(f"{name} is broken, or has more than arrays: {error}") from error
    if not content.startswith(b"\x89HDF"):
        raise DataError(f"{name} is neither HDF5 nor a Keras archive nor .npz")
    try:
        import h5py
    except ImportError as error:
        raise MissingDependencyError(
            f"reading HDF5 needs h5py: {pip_install('keras')}; or save np.savez(…, *get_weights())"
        ) from error
    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            root = file.get("model_weights", file)
            if not isinstance(root, h5py.Group):
                raise ValueError("model_weights is no group")
            if "layer_names" in root.attrs:
                return _read_ordered(root), None
            return [], _read_by_class(root, h5py.Dataset)
    except BROKEN as error:
        raise DataError(f"{name} is HDF5, and not as Keras writes weights: {error}") from error


def _as_array(key: str, found: Any) -> np.ndarray:
    if not isinstance(found, np.ndarray):
        raise ValueError(f"{key} is no array")
    return found


def _read_ordered(root: Any) -> list[tuple[str, np.ndarray]]:
    """Keras 2: every layer and every array stands in a list of names."""
    found = []
    for layer in map(_text, root.attrs["layer_names"]):
        for weight in map(_text, root[layer].attrs["weight_names"]):
            found.append((weight, np.asarray(root[layer][weight])))
    return found


def _read_by_class(root: Any, dataset: type) -> dict[str, list[Layer]]:
    """Keras 3: groups such as `dense_1` with the arrays `vars/0`, `vars/1`, …, sorted by name."""
    layers: dict[str, Layer] = {}

    def visit(path: str, item: Any) -> None:
        match = re.fullmatch(r"(.+)/vars/(\d+)", path.replace("\\", "/").replace("/cell/", "/"))
        if isinstance(item, dataset) and match:
            name = match[1].rpartition("/")[2]
            # What dropout draws from, and what an optimizer remembers, are no weights.
            if not match[1].startswith("optimizer") and not name.startswith("seed_generator"):
                layers.setdefault(match[1], Layer(name, [])).arrays.append((path, np.asarray(item)))

    root.visititems(visit)
    if not layers:
        raise ValueError("it has no layer with arrays")
    found: dict[str, list[Layer]] = {}
    for layer in sorted(layers.values(), key=lambda layer: _number(layer.name)):
        layer.arrays.sort(key=lambda pair: int(pair[0].rpartition("/")[2]))
        found.setdefault(re.sub(r"_\d+$", "", layer.name), []).append(layer)
    return found


def _number(name: str) -> int:
    match = re.search(r"_(\d+)$", name)
    return int(match[1]) if match else 0


def _text(name: Any) -> str:
    return name.decode() if isinstance(name, bytes) else str(name)


def _list_classes(by_class: dict[str, list[Layer]]) -> str:
    return ", ".join(f"{len(some)} {name}" for name, some in by_class.items() if some) or "none left"
