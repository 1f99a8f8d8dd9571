"""What an estimator trains: the module and the optimizer that its parameters describe."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

import optim
from autograd.errors import OperandError, type_name
from nn.layers.embedding import Embedding, EmbeddingBag
from nn.module import Module
from nn.parameter import Parameter
from nn.perceptron import perceptron
from nn.tuning.training import build_model
from optim import Averaged, Optimizer


def make_module(
    module: Any, params: Mapping[str, Any], sizes: tuple[int, Any, int], dtype: np.dtype[Any], seed: int
) -> tuple[Module, Optimizer | None]:
    """A new module, and the optimizer over it where a builder gives one.

    Parameters
    ----------
    module : Module, callable or None
        Copied; called; or none, for a perceptron.
    params : mapping
        For a builder, or a perceptron (`hidden` and `activation`).
    sizes : (int, sequence of int, int)
        Of inputs, of the hidden layers of a perceptron, of outputs.
    dtype : dtype
        Of a perceptron.
    seed : int

    Raises
    ------
    OperandError
        For something else, or parameters that a builder does not take.
    """
    inputs, hidden, outputs = sizes
    if module is None:
        activation = params.get("activation", "relu")
        return perceptron([inputs, *hidden, outputs], activation, seed).to(dtype), None
    if isinstance(module, Module):
        if params:
            raise OperandError(
                f"module_params are for a function that makes a module; {type_name(module)} is one already"
            )
        return copy.deepcopy(module), None
    if not callable(module):
        raise OperandError(f"module must be a Module, a function that makes one, or None, not {type_name(module)}")
    known = inspect.signature(module).parameters
    anything = any(p.kind is p.VAR_KEYWORD for p in known.values())
    for name in params:
        if name not in known and not anything:
            raise OperandError(f"module takes no {name!r}; it takes {', '.join(known) or 'nothing'}")
    own = {name: value for name, value in (("inputs", inputs), ("outputs", outputs)) if name in known}
    return build_model(module, {**own, **params}, seed)


def make_optimizer(optimizer: Any, params: Mapping[str, Any], lr: float | None, parameters: Any) -> Optimizer:
    """A new optimizer over parameters.

    Parameters
    ----------
    optimizer : str or callable
        A name for `optim.get`, or what makes one of parameters, such as the class.
    params : mapping
        More arguments, by name.
    lr : float or None
    parameters : sequence of Parameter

    Raises
    ------
    OperandError
        For something else.
    """
    options = {**params, **({} if lr is None else {"lr": lr})}
    if isinstance(optimizer, str):
        return optim.get(optimizer, parameters, **options)
    if isinstance(optimizer, Optimizer) or not callable(optimizer):
        raise OperandError(
            f"optimizer must be a name or make an Optimizer of parameters, such as optim.AdamW, not {type_name(optimizer)}: "
            "there are no parameters before fit"
        )
    made = optimizer(parameters, **options)
    if not isinstance(made, Optimizer):
        raise OperandError(f"optimizer must make an Optimizer of parameters, not {type_name(made)}")
    return made


def make_average(average: Any, parameters: Iterable[Parameter]) -> Any:
    """What `fit` takes: a decay as it is, or the average that a function makes of the parameters."""
    if isinstance(average, Averaged):
        raise OperandError("average must be a decay, or make an Averaged of parameters, such as optim.Averaged")
    return average if average is None or isinstance(average, float) else average(parameters)


def takes_whole_numbers(module: Module) -> bool:
    """Whether a module looks numbers up, so that whole ones must stay whole."""
    return any(isinstance(part, (Embedding, EmbeddingBag)) for part in module.modules())
