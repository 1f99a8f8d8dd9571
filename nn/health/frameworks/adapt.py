"""`adapt`: what a user gives, as arrays and a `Network`, whatever framework it is of."""

from __future__ import annotations

import copy
from contextlib import suppress
from typing import Any

import numpy as np

import optim
from autograd.errors import OperandError, ShapeError, type_name
from autograd.graph.modes import no_grad
from autograd.graph.node import raw
from nn.data import DataLoader
from nn.draws import preserve_draws
from nn.health.examine import recorder_of
from nn.health.frameworks.given import OR_LOADER, Clipping, Given, read_parts
from nn.health.frameworks.network import DEFAULT_RATE, Apply, apply_plainly
from nn.health.frameworks.own import OwnLBFGS, OwnNetwork
from nn.health.frameworks.side_by_side import SideBySide
from nn.health.multi_input import change_inputs
from nn.module import Module
from nn.training.evaluation import dtype_of, gives_probabilities
from nn.training.objective import make_objective
from optim import LBFGS, Adam, Optimizer


def adapt(
    model: Any,
    data: Any,
    loss: Any,
    optimizer: Any,
    batch_size: int,
    shuffle: bool,
    clipping: Clipping,
    apply: Apply = apply_plainly,
) -> Given:
    """The network of a model of ours, or of PyTorch's, which is imported only for such a one."""
    if is_torch(model):
        from nn.health.frameworks.torch import adapt_torch

        return adapt_torch(model, data, loss, optimizer, batch_size, shuffle, clipping, apply)
    if not isinstance(model, Module):
        raise OperandError(f"diagnose: {type_name(model)} is neither a Module of ours nor one of PyTorch's")
    return adapt_own(model, data, loss, optimizer, batch_size, shuffle, clipping, apply)


def is_torch(model: Any) -> bool:
    """Whether something is a module of PyTorch's, which is not imported to know it."""
    return any(f"{base.__module__}.{base.__name__}" == "torch.nn.modules.module.Module" for base in type(model).__mro__)


def adapt_own(
    model: Module,
    data: Any,
    loss: Any,
    optimizer: Any,
    batch_size: int,
    shuffle: bool,
    clipping: Clipping,
    apply: Apply,
) -> Given:
    """The network of a `nn.Module`."""
    if isinstance(data, DataLoader) and data.samples is None:
        batch_size, shuffle, data = data.batch_size, data.shuffle, data.arrays
    dtype = dtype_of(model)
    parts = read_parts(data, lambda part, inputs: _as_array(part, dtype if inputs else None), OR_LOADER)
    with preserve_draws():
        chosen, targets = _choose_loss(model, parts, loss, dtype, apply)
        made, stepping = _copy_with_optimizer(model, optimizer)
    network = OwnNetwork(made, chosen, stepping, *clipping, apply=apply)
    # A loss that does not take these rows is told by what comes after.
    with suppress(Exception), preserve_draws():
        network.note_read(model, parts[0][:64], targets[0][:64])
    validation = (parts[2], targets[1]) if len(parts) == 4 else None
    x, y = parts[0], targets[0]
    graph = recorder_of(model, x[:64], y[:64], chosen, apply)
    return Given(network, x, y, validation, batch_size, shuffle, preserve_draws, graph)


def _as_array(part: Any, dtype: Any) -> np.ndarray:
    return change_inputs(np.asarray(raw(part)), lambda array: _cast(array, dtype))


def _cast(array: np.ndarray, dtype: Any) -> np.ndarray:
    if array.dtype.kind not in "fiub":
        raise ShapeError(f"diagnose: the data must be numbers, got {array.dtype}")
    return array.astype(dtype) if dtype is not None and array.dtype.kind == "f" and array.dtype != dtype else array


def _choose_loss(
    model: Module, parts: list[np.ndarray], loss: Any, dtype: Any, apply: Apply
) -> tuple[Any, list[np.ndarray]]:
    """The loss that `fit` would take, and targets in the form that it needs; an own loss gets them as they are."""
    twin = copy.deepcopy(model)
    try:
        with no_grad():
            outputs = apply(twin.eval(), parts[0][:2].copy())
    except Exception:
        return loss, parts[1::2]
    objective = make_objective(loss, parts[1], outputs, gives_probabilities(model))
    shape = tuple(getattr(outputs, "shape", ()))
    return objective.function, [objective.form_targets(y, shape, dtype) if shape else y for y in parts[1::2]]


def _copy_with_optimizer(model: Module, optimizer: Any) -> tuple[Module, Any]:
    """A copy of the model with the user's optimizer over the copy's parameters, or with one that is made for it."""
    if isinstance(optimizer, (Optimizer, OwnLBFGS, SideBySide)):
        return copy.deepcopy((model, optimizer))
    if isinstance(optimizer, LBFGS):
        twin, stepping = copy.deepcopy((model, optimizer))
        return twin, OwnLBFGS(stepping)
    twin = copy.deepcopy(model)
    trainable = [p for p in twin.parameters() if p.requires_grad]
    if not trainable:
        return twin, Nothing()
    if optimizer is None:
        return twin, Adam(trainable, lr=DEFAULT_RATE)
    made = optimizer(trainable) if callable(optimizer) else optim.get(optimizer, trainable)
    return twin, OwnLBFGS(made) if isinstance(made, LBFGS) else made


class Nothing:
    """The optimizer of a model without parameters: it holds none."""

    def __init__(self) -> None:
        self.param_groups: list[dict[str, Any]] = [{"params": [], "lr": DEFAULT_RATE}]

    def step(self) -> None:
        """Moves nothing."""
