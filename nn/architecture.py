"""A network of this library's layers as plain data, and the way back: what it takes to load one without the code that made it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import numpy as np

import nn.layers
from autograd.errors import AutogradError, OperandError, type_name
from nn.layers.dropout import Dropout
from nn.layers.sequential import Sequential
from nn.module import Module
from nn.parameter import Parameter

FORMAT = "stepgrad architecture, 1"
# What a module is made with, and what does not last: where first weights came from.
NOT_KEPT = ("dtype", "rng", "init")


class ArchitectureError(AutogradError, ValueError):
    """A network that cannot be described as plain data, or a description of none; the message says which part."""


def describe_model(model: Module) -> dict[str, Any]:
    """A network of this library's layers, as what JSON has: classes and their arguments, without weights.

    Parameters
    ----------
    model : Module
        A layer of `nn`, or a `Sequential` of such, also of more of these.

    Returns
    -------
    dict

    Raises
    ------
    ArchitectureError
        For classes of your own, and layers that have been changed since they were made.

    Examples
    --------
    >>> import nn
    >>> described = nn.describe_model(nn.Sequential(nn.Linear(4, 3), nn.Tanh()))
    >>> described["model"]["modules"]["0"]
    {'class': 'Linear', 'arguments': {'in_features': 4, 'out_features': 3, 'bias': True}}
    """
    if not isinstance(model, Module):
        raise OperandError(f"describe_model: expected a Module, got {type_name(model)}")
    dtypes = sorted({str(array.dtype) for array in model.state_dict().values() if array.dtype.kind == "f"})
    if len(dtypes) > 1:
        raise ArchitectureError(
            f"the model has parameters of {' and '.join(dtypes)}: turn them to one, model.to('float32')"
        )
    described = {"format": FORMAT, "dtype": (dtypes or ["float32"])[0], "model": _describe(model, "")}
    for (name, here), (_, there) in zip(model.named_modules(), build_model(described).named_modules(), strict=True):
        if _fingerprint(here) != _fingerprint(there):
            raise ArchitectureError(
                f"{name or 'the model'}, {type_name(here)}, is not made again by its arguments: it was changed since it was made, or "
                "has parts that were given to it"
            )
    return described


def build_model(described: Mapping[str, Any]) -> Module:
    """The network of a description, with new weights.

    Parameters
    ----------
    described : mapping
        What `describe_model` gave, or JSON has kept of it. Nothing in it is executed: it names layers of `nn` alone.

    Returns
    -------
    Module

    Raises
    ------
    ArchitectureError
        For anything else.

    Examples
    --------
    >>> import nn
    >>> nn.build_model(nn.describe_model(nn.Sequential(nn.Linear(4, 3), nn.Tanh())))
    Sequential(
      (0): Linear(in_features=4, out_features=3, bias=True)
      (1): Tanh()
    )
    """
    if not isinstance(described, Mapping) or described.get("format") != FORMAT:
        told = described.get("format") if isinstance(described, Mapping) else type_name(described)
        raise ArchitectureError(f"this is no architecture that this version reads ({FORMAT!r}), but {told!r}")
    try:
        dtype = np.dtype(described["dtype"])
        if dtype.kind != "f":
            raise TypeError(f"its dtype is {dtype}")
        return _build(described["model"], "").to(dtype)
    except ArchitectureError:
        raise
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, MemoryError, RecursionError) as error:
        raise ArchitectureError(f"the architecture is broken: {type(error).__name__}: {error}") from error


@cache
def layers() -> dict[str, type[Module]]:
    """The classes that are described by their arguments, by name."""
    names = [
        module.name for module in iter_modules(nn.layers.__path__) if module.name not in ("containers", "parameters")
    ]
    modules = [import_module(f"nn.layers.{name}") for name in names]
    return {
        name: kind
        for module in modules
        for name, kind in vars(module).items()
        if inspect.isclass(kind) and issubclass(kind, Module) and kind.__module__ == module.__name__
    }


def _describe(module: Module, path: str) -> dict[str, Any]:
    kind = type(module)
    if kind is Sequential:
        inner = {name: _describe(part, f"{path}.{name}".lstrip(".")) for name, part in module.named_children()}
        return {"class": "Sequential", "modules": inner}
    if layers().get(kind.__name__) is not kind:
        raise ArchitectureError(
            f"{path or 'the model'} is {type_name(module)}; only layers of nn, and Sequentials of them, are loaded without the code "
            "that made them: keep model.state_dict(), and load it into a model that your code makes"
        )
    arguments = {}
    for parameter in inspect.signature(kind).parameters.values():
        name = parameter.name
        if name in NOT_KEPT or parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        try:
            arguments[name] = _plain(READERS.get(name, _read)(module, name))
        except AttributeError:
            # One that leaves no trace: where it matters, the network that is built differs, which is looked at.
            if parameter.default is parameter.empty:
                raise ArchitectureError(f"{path or 'the model'}, {kind.__name__}, does not tell its {name}") from None
    return {"class": kind.__name__, "arguments": arguments}


def _build(part: Any, path: str) -> Module:
    name = part["class"]
    if name == "Sequential":
        return Sequential({key: _build(inner, f"{path}.{key}") for key, inner in part["modules"].items()})
    if name not in layers():
        raise ArchitectureError(f"{path.lstrip('.') or 'the model'}: there is no layer {name!r} in this version")
    arguments = {key: _tuples(value) for key, value in part["arguments"].items()}
    known = set(inspect.signature(layers()[name]).parameters) - set(NOT_KEPT)
    if not set(arguments) <= known:
        raise ArchitectureError(
            f"{path.lstrip('.')}: {name} has no argument {sorted(set(arguments) - known)[0]!r} in this version"
        )
    return layers()[name](**arguments)


# Arguments that are not attributes of the same name.


def _read(module: Module, name: str) -> Any:
    value = getattr(module, name)
    return value.p if isinstance(value, Dropout) else value


def _has_bias(module: Module, name: str) -> bool:
    own = [value for key, value in vars(module).items() if key == "bias" or key.startswith(("bias_ih", "in_proj_bias"))]
    own += [p for key, p in module.named_parameters(recurse=False) if key.startswith(("bias", "in_proj_bias"))]
    return any(value is not None and value is not False for value in own)


def _has_weight(module: Module, name: str) -> bool:
    return getattr(module, "weight", None) is not None


def _read_padding(module: Module, name: str) -> Any:
    sides = getattr(module, name)
    if not (isinstance(sides, tuple) and sides and all(isinstance(side, tuple) for side in sides)):
        return sides
    even = all(before == after for before, after in sides)
    return tuple(before for before, _ in sides) if even else "same"


def _read_dropout(module: Module, name: str) -> Any:
    # Between the layers of a recurrent one.
    return module.between.p if hasattr(module, "between") else _read(module, name)


READERS: dict[str, Callable[[Module, str], Any]] = {
    "bias": _has_bias,
    "affine": _has_weight,
    "elementwise_affine": _has_weight,
    "padding": _read_padding,
    "dropout": _read_dropout,
}


def _plain(value: Any) -> Any:
    """What JSON has, for what an argument is."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise ArchitectureError(f"an argument is {type_name(value)}, which plain data has not")


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def _fingerprint(module: Module) -> tuple[Any, ...]:
    """What a module computes with, but for the numbers in its arrays."""
    arrays = {name: array.shape for name, array in module.state_dict().items()}
    hidden = (Parameter, Module, np.ndarray, np.random.Generator)
    own = {
        key: value
        for key, value in vars(module).items()
        if not key.startswith("_") and key != "training" and not isinstance(value, hidden)
    }
    return type(module), arrays, own
