"""`evaluate`: how good a model is on data that it is not trained on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import OperandError, ShapeError, type_name
from autograd.graph.modes import no_grad
from autograd.graph.node import raw
from nn.layers.activations import Sigmoid
from nn.layers.sequential import Sequential
from nn.modes import preserve_modes
from nn.module import Module
from nn.training import metrics as metrics_
from nn.training.batches import Batches
from nn.training.generators import Repeatable
from nn.training.objective import Objective, make_objective
from nn.training.parallel import Parallel
from nn.training.tally import Tally

if TYPE_CHECKING:
    from autograd.typing import Input, Operand
    from nn.typing import Data, Loss, Metrics


def tally_batches(
    model: Module,
    batches: Iterable[Any],
    tally: Tally,
    step: Callable[[Any, Any], tuple[Any, Any]],
    parallel: Parallel | None = None,
) -> None:
    """Go over data in evaluation mode, with nothing recorded; `step` gives the outputs for a batch and their loss.

    With `parallel` each process goes over some of the batches, and all of them count all.
    """
    tally.clear()
    with preserve_modes(model.modules()), no_grad():
        model.eval()
        if parallel is not None:
            for outputs, targets, number in parallel.tally_batches(batches, step):
                tally.add(outputs, targets, number)
            return
        for inputs, targets in batches:
            outputs, loss = step(inputs, targets)
            tally.add(outputs, targets, float(raw(loss)))


def choose_objective(
    model: Module, batches: Batches, loss: Any, metrics: dict[str, metrics_.Metric]
) -> tuple[Objective, tuple[int, ...]]:
    """The loss, tried on some rows together with the metrics, so that what does not fit is found before anything is done.

    Returns
    -------
    Objective
    tuple of int
        The shape of the outputs; empty where they are not an array.
    """
    inputs, targets = batches.first()
    repeatable = Repeatable(model)
    repeatable.remember()
    try:
        # Of rows that the loss leaves out there is no mean.
        with preserve_modes(model.modules()), no_grad(), np.errstate(invalid="ignore"):
            outputs = _call(model.eval(), inputs)
            shape = tuple(getattr(outputs, "shape", ()))
            if shape and shape[0] != len(inputs):
                raise ShapeError(f"fit: the model gives outputs of shape {shape} for {len(inputs)} rows")
            known = targets if batches.arrays is None else batches.arrays[1]
            chosen = make_objective(loss, known, outputs, gives_probabilities(model))
            formed = chosen.form_targets(targets, shape, batches.dtype) if shape else targets
            if shape:
                chosen.check_targets(formed, shape, f"{batches.name}: targets")
            value = np.asarray(raw(chosen.function(outputs, formed)))
    finally:
        repeatable.restore()
    if value.size != 1 or value.dtype.kind != "f":
        raise ShapeError(f"fit: the loss {chosen.name} gives {value.dtype} of shape {value.shape}, and not one number")
    if metrics and not shape:
        raise OperandError(f"fit: metrics are computed of arrays, and the model gives {type_name(outputs)}")
    tally = Tally(chosen, {name: m for name, m in metrics.items() if m in metrics_.NAMES.values()})
    tally.add(outputs, formed, float(value.reshape(())))
    tally.report()
    return chosen, shape


def _call(model: Module, inputs: np.ndarray) -> Any:
    try:
        return model(inputs)
    except AttributeError as error:
        if not isinstance(error.obj, np.ndarray):
            raise
        raise OperandError(
            f"fit: {type(model).__name__} asks its inputs for {error.name!r}, which tensors have, and is given arrays: begin forward "
            "with x = autograd.tensor(x)"
        ) from error


def gives_probabilities(model: Module) -> bool:
    """Whether a model ends in a sigmoid, as far as that can be told."""
    while isinstance(model, Sequential) and len(model):
        model = model[-1]
    return isinstance(model, Sigmoid)


def dtype_of(model: Module) -> np.dtype[Any] | None:
    """The dtype of a model's parameters, where they have one."""
    dtypes = {p.dtype for p in model.parameters()}
    return dtypes.pop() if len(dtypes) == 1 else None


def form_targets(batches: Batches, chosen: Objective, shape: tuple[int, ...]) -> None:
    """Give the targets of batches the form that a loss needs."""
    if shape:
        batches.form_targets(
            lambda targets: chosen.form_targets(targets, shape, batches.dtype),
            lambda targets, where: chosen.check_targets(targets, shape, where),
        )


def evaluate(
    model: Module, data: Data, *, loss: Loss | None = None, metrics: Metrics = (), batch_size: int = 256
) -> dict[str, float | np.ndarray]:
    """The loss and the metrics of a model on data, in evaluation mode.

    Parameters
    ----------
    model : Module
    data : (inputs, targets), DataLoader, or iterable of such pairs
    loss : str or callable, optional
        As for `fit`.
    metrics : names or functions, or a mapping of names to either
        As for `fit`.
    batch_size : int

    Returns
    -------
    dict of str to float, or to array for metrics that are not single numbers

    Examples
    --------
    >>> import nn
    >>> layer = nn.Linear(1, 1, rng=0).requires_grad_(False)
    >>> _ = layer.load_state_dict({"weight": [[2.0]], "bias": [0.0]})
    >>> nn.evaluate(layer, (np.array([[1.0], [2.0]]), np.array([2.0, 5.0])), metrics="mae")
    {'loss': 0.5, 'mae': 0.5}
    """
    chosen_metrics = metrics_.named_metrics(metrics)
    batches = Batches(data, "data", batch_size, dtype_of(model), None)
    chosen, shape = choose_objective(model, batches, loss, chosen_metrics)
    form_targets(batches, chosen, shape)
    tally = Tally(chosen, chosen_metrics)

    def step(inputs: Input, targets: Operand) -> tuple[Any, Any]:
        outputs = model(inputs)
        return outputs, chosen.function(outputs, targets)

    tally_batches(model, batches, tally, step)
    numbers, arrays = tally.report()
    return {**numbers, **arrays}
