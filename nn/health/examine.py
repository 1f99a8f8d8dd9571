"""`examine`: one batch through a copy of the model, measured and diagnosed."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.engine.observe import observing
from autograd.errors import GraphError, OperandError, type_name
from autograd.graph.modes import record_sites
from autograd.graph.node import Node, get_data
from nn.health.evidence.run import find_in_run
from nn.health.frameworks.network import Apply, apply_plainly
from nn.health.measure import add_updates, copy_weights, measure
from nn.health.passage import Passage, Watch
from nn.health.record import Record
from nn.health.report import HealthReport
from nn.module import Module
from optim import Optimizer

if TYPE_CHECKING:
    from autograd.typing import ArrayLike

Graph = Callable[[], tuple[Node, Module]]


def examine(
    model: Module, x: ArrayLike, y: ArrayLike, loss: Callable[..., Any], optimizer: Optimizer | None = None
) -> HealthReport:
    """Is this network fit to be trained? One forward and backward pass over a batch says much of it.

    All of it happens on a copy: the model, its gradients and buffers, generators and the optimizer stay as they are. What
    only many steps show, a rate that is a little too high, targets that have nothing to do with the inputs, needs
    `Health` in a run.

    Parameters
    ----------
    model : Module
    x, y : array
        A batch; by fewer than 30 samples no unit is called dead.
    loss : callable
        Of outputs and targets; gives a Tensor of one element.
    optimizer : Optimizer, optional
        With it one step is taken, on the copy, for the update/weight ratios and the loss after it.

    Returns
    -------
    HealthReport

    Raises
    ------
    GraphError
        Where the loss is not one number.
    OperandError
        For an optimizer that computes the loss itself, such as L-BFGS.

    Examples
    --------
    >>> import numpy as np, nn
    >>> model = nn.Sequential(nn.Linear(4, 8, rng=0), nn.Tanh(), nn.Linear(8, 3, rng=1), nn.Softmax())
    >>> x, y = np.random.default_rng(0).normal(size=(30, 4)).astype(np.float32), np.arange(30) % 3
    >>> report = examine(model, x, y, nn.CrossEntropyLoss())
    >>> report.verdict, report.findings[0].path, model[0].weight.grad is None
    ('double softmax', '3', True)
    """
    if optimizer is not None and not isinstance(optimizer, Optimizer):
        raise OperandError(
            f"examine: {type_name(optimizer)} is not an optim.Optimizer, so no step can be taken on a copy"
        )
    with np.errstate(all="ignore"), observing():
        record = Record()
        _take_step(record, model, x, y, loss, optimizer)
    return HealthReport(record, find_in_run(record), recorder_of(model, x, y, loss))


def _take_step(record: Record, model: Module, x: Any, y: Any, loss: Any, optimizer: Optimizer | None) -> None:
    twin, after = copy.deepcopy(model), copy.deepcopy(model)
    twin.zero_grad()
    watch = Watch(twin)
    outputs = twin(_own(x))
    value = _scalar(loss(outputs, _own(y)))
    watch.close()
    if value.requires_grad:
        value.backward()  # type: ignore[attr-defined]
    stepping = _copy_optimizer(optimizer, model, twin) if optimizer is not None else None
    measured = measure(twin, Passage(value, watch.calls), outputs, y, loss, stepping)
    if stepping is not None:
        before = copy_weights(twin)
        stepping.step()
        add_updates(measured, twin, before)
        after.load_state_dict(twin.state_dict())
        measured.after = float(get_data(_scalar(loss(after(_own(x)), _own(y)))))
    record.steps.append(measured)
    record.losses.append(measured.loss)


def recorder_of(model: Module, x: Any, y: Any, loss: Any, apply: Apply = apply_plainly) -> Graph:
    """A function that records the loss of a batch anew, on a copy of the model, and gives it with that copy."""

    def record() -> tuple[Node, Module]:
        twin = copy.deepcopy(model)
        with record_sites(), observing():
            return _scalar(loss(apply(twin, _own(x)), _own(y))), twin

    return record


def _own(rows: Any) -> Any:
    """A copy of rows, which a model or a loss may edit: the user's stay as they are."""
    return rows.copy() if isinstance(rows, np.ndarray) else rows


def _scalar(value: Any) -> Node:
    if not isinstance(value, Node) or np.size(get_data(value)) != 1:
        told = f"shape {np.shape(get_data(value))}" if isinstance(value, Node) else type_name(value)
        raise GraphError(f"a loss is a Tensor of one element, got {told}: use reduction='mean' or 'sum'")
    return value


def _copy_optimizer(optimizer: Optimizer, model: Module, twin: Module) -> Optimizer:
    """An optimizer of the same kind and state over the parameters of a copy of the model."""
    twins = {id(p): q for p, q in zip(model.parameters(), twin.parameters(), strict=True)}
    groups = [
        {**options, "params": [twins[id(p)] if id(p) in twins else copy.deepcopy(p) for p in options["params"]]}
        for options in optimizer.param_groups
    ]
    made = copy.copy(optimizer)
    Optimizer.__init__(made, groups, {k: v for k, v in groups[0].items() if k != "params"})
    made.load_state_dict(optimizer.state_dict())
    return made
