"""`read_model`: a small network of `nn` as the playground has it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeGuard, TypeVar

import numpy as np

import nn
from autograd.errors import type_name
from autograd.pages.errors import PageError
from autograd.pages.settings import FEATURES, SETTINGS

ACTIVATIONS: dict[type[nn.Module], str] = {
    nn.Tanh: "tanh",
    nn.ReLU: "relu",
    nn.Sigmoid: "sigmoid",
    nn.Softplus: "softplus",
    nn.SiLU: "silu",
    nn.Identity: "linear",
}
Kind = TypeVar("Kind", bound=nn.Module)


def read_model(model: Any) -> tuple[dict[str, Any], list[list[float]]]:
    """The settings of a model, and its weights as the page has them, with a row for each input.

    Parameters
    ----------
    model : nn.Sequential or nn.Linear
        `Linear` layers with a bias, each followed by one activation at most; one output.

    Raises
    ------
    PageError
        For a model that the playground cannot show, with what it can.

    Examples
    --------
    >>> settings, weights = read_model(nn.Sequential(nn.Linear(2, 3, rng=0), nn.ReLU(), nn.Linear(3, 1, rng=1)))
    >>> settings, [len(part) for part in weights]
    ({'features': ['x1', 'x2'], 'layers': ['3-relu'], 'output': 'linear'}, [6, 3, 3, 1])
    """
    layers: list[tuple[nn.Linear, str]] = []
    open_end = False
    for module in _flatten(model):
        if _computes_as(module, nn.Linear):
            layers.append((module, "linear"))
            open_end = True
        elif type(module) in ACTIVATIONS and open_end:
            layers[-1] = (layers[-1][0], ACTIVATIONS[type(module)])
            open_end = False
        else:
            raise _refuse(f"has {type_name(module)} where there is no place for it")
    _check_sizes([linear for linear, _ in layers])
    inputs = layers[0][0].in_features
    settings = {
        "features": list(FEATURES[:inputs]),
        "layers": [f"{linear.out_features}-{activation}" for linear, activation in layers[:-1]],
        "output": layers[-1][1],
    }
    return settings, [part for linear, _ in layers for part in _weights_of(linear)]


def _flatten(model: Any) -> Iterator[nn.Module]:
    if _computes_as(model, nn.Sequential):
        for module in model:
            yield from _flatten(module)
    elif isinstance(model, nn.Module):
        yield model
    else:
        raise _refuse(f"is {type_name(model)}")


def _computes_as(module: Any, kind: type[Kind]) -> TypeGuard[Kind]:
    """Whether it is of a kind, and no subclass that computes something else."""
    return isinstance(module, kind) and type(module).forward is kind.forward


def _check_sizes(layers: list[nn.Linear]) -> None:
    most, widest = SETTINGS["layers"]["most"], SETTINGS["layers"]["units"]
    if not layers:
        raise _refuse("has no Linear layer")
    if len(layers) - 1 > most:
        raise _refuse(f"has {len(layers) - 1} hidden layers")
    for before, after in zip(layers, layers[1:], strict=False):
        if before.out_features != after.in_features:
            raise _refuse(f"has a layer of {before.out_features} units before one of {after.in_features} inputs")
        if before.out_features > widest:
            raise _refuse(f"has a layer of {before.out_features} units")
    if layers[0].in_features > len(FEATURES):
        raise _refuse(f"has {layers[0].in_features} inputs")
    if layers[-1].out_features != 1:
        raise _refuse(f"has {layers[-1].out_features} outputs")
    if any(layer.bias is None for layer in layers):
        raise _refuse("has a layer without a bias")


def _weights_of(linear: nn.Linear) -> tuple[list[float], list[float]]:
    assert linear.bias is not None
    parts = np.asarray(linear.weight.data, float).T.ravel(), np.asarray(linear.bias.data, float)
    if not all(np.isfinite(part).all() for part in parts):
        raise _refuse("has weights that are not finite")
    return parts[0].tolist(), parts[1].tolist()


def _refuse(why: str) -> PageError:
    most, widest = SETTINGS["layers"]["most"], SETTINGS["layers"]["units"]
    known = ", ".join(kind.__name__ for kind in ACTIVATIONS)
    return PageError(
        f"the playground cannot show this model: it {why}; it shows an nn.Sequential of up to {most} hidden Linear layers "
        f"of up to {widest} units with biases, each with one of {known}, 1 to {len(FEATURES)} inputs and one output"
    )
