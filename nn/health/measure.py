"""What is measured of one training step: gradients of every parameter, outputs of every layer, inputs, and the answer."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.graph.node import Node, get_data, get_grad, raw
from autograd.wording.numbers import magnitude
from nn.health import task
from nn.health.passage import Call, Passage
from nn.health.place import Place
from nn.layers.activations import Hardsigmoid, Hardtanh, ReLU6
from nn.layers.attention import MultiheadAttention
from nn.layers.convolution import Convolution
from nn.layers.embedding import Embedding
from nn.layers.recurrent import Recurrent
from nn.module import Module
from optim import Optimizer

if TYPE_CHECKING:
    from autograd.typing import Input, Operand

# A gradient this much smaller than the model's largest counts as near zero.
NEAR_ZERO = 1e-6
# Of how many gates the weights of recurrent cells and of attention stand one behind the other.
GATES = (2, 3, 4)
ACTIVATIONS = ("relu", "sigmoid", "tanh")


@dataclass(slots=True)
class ParameterMeasure:
    """A parameter at a step, before clipping.

    Attributes
    ----------
    path : str
    shape : tuple of int
    trainable : bool
        Whether it requires a gradient.
    held : bool
        Whether the optimizer has it; true where none is known.
    missing : bool
        Whether no gradient arrived, which is not a gradient of zero.
    mean, largest, norm : float
        Of the gradient's absolute values; NaN where it is missing.
    zero, near, broken : float
        The shares of the gradient that are exactly zero, that are at most 1e-6 of the model's largest, and that are NaN
        or infinite.
    weight : float
        The parameter's norm.
    twins : int
        How many units, along the first axis or the last one, have the same weights and the same gradients, as all of a layer do that
        begins with a constant; those of each gate by themselves. 0 where some differ.
    place : Place
        Where it is used; where it is not, the module's call.
    update : float or None
        The norm of what the optimizer's step changed over that of the parameter; None without a step, or for a norm of 0.

    Examples
    --------
    >>> import numpy as np, nn
    >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
    >>> model = nn.Sequential(nn.Linear(1, 4, rng=0), nn.Tanh(), nn.Linear(4, 1, rng=1))
    >>> report = nn.health.examine(model, x, x**2, nn.MSELoss())
    >>> measure = report.record.last.parameters['0.weight']
    >>> measure.shape, measure.trainable, measure.missing
    ((4, 1), True, False)
    """

    path: str
    shape: tuple[int, ...]
    trainable: bool
    held: bool
    missing: bool
    mean: float
    largest: float
    norm: float
    zero: float
    near: float
    broken: float
    weight: float
    twins: int
    place: Place
    update: float | None = None

    @property
    def module(self) -> str:
        """The path of the module that has it."""
        return self.path.rpartition(".")[0]

    @property
    def is_weight(self) -> bool:
        """Whether it has two axes or more; only such parameters are compared between layers."""
        return len(self.shape) > 1


@dataclass(slots=True)
class LayerMeasure:
    """A layer's output at a step.

    Attributes
    ----------
    path : str
        Of the module; an activation that is not a module is `path/op`, with a number where there are several.
    kind : str
        The module's class, or the operation.
    samples : int
        Rows of the batch.
    mean, std : float
        Of the output.
    saturated : float or None
        The share of a sigmoid's outputs below .05 or above .95, of a tanh's beyond ±.9, which has the same slope, and of
        a hard variant's at a bound; None for other layers.
    alive : array of bool, or None
        Of a ReLU the units (features, or channels) that are above 0 for some sample; None for other layers.
    final : bool
        Whether this is the model's output.
    place : Place

    Examples
    --------
    >>> import numpy as np, nn
    >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
    >>> model = nn.Sequential(nn.Linear(1, 4, rng=0), nn.Tanh(), nn.Linear(4, 1, rng=1))
    >>> report = nn.health.examine(model, x, x**2, nn.MSELoss())
    >>> layer = report.record.last.layers['1']
    >>> layer.kind, layer.saturated, layer.final
    ('Tanh', np.float64(0.0), False)
    """

    path: str
    kind: str
    samples: int
    mean: float
    std: float
    saturated: float | None
    alive: np.ndarray | None
    final: bool
    place: Place


@dataclass(slots=True)
class InputMeasure:
    """The inputs of the first layer with weights, feature by feature.

    Attributes
    ----------
    path : str
        Of that layer.
    samples, features : int
    rms : float
        The root of the mean square of all.
    means, stds : (float, float)
        The least and the largest mean's absolute value, and standard deviation, of a feature.
    broken : float
        The share that is NaN or infinite.

    Examples
    --------
    >>> import numpy as np, nn
    >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
    >>> model = nn.Sequential(nn.Linear(1, 4, rng=0), nn.Tanh(), nn.Linear(4, 1, rng=1))
    >>> report = nn.health.examine(model, x, x**2, nn.MSELoss())
    >>> measure = report.record.last.inputs
    >>> measure.path, measure.features, measure.broken
    ('0', 1, np.float64(0.0))
    """

    path: str
    samples: int
    features: int
    rms: float
    means: tuple[float, float]
    stds: tuple[float, float]
    broken: float


@dataclass(slots=True)
class StepMeasure:
    """All that is measured of a step.

    Attributes
    ----------
    step : int
    loss : float
    after : float or None
        The loss of the same batch after the optimizer's step, where it was computed.
    parameters : dict of str to ParameterMeasure
        By path, in the order in which the forward pass used them; those that it did not use come first.
    layers : dict of str to LayerMeasure
        In the order in which they ran.
    inputs : InputMeasure or None
    task : Task or None
    broken : Place or None
        Where the first NaN or infinity came from.
    doubled : (str, Place) or None
        What made probabilities for a loss that takes logits.
    cut : (str, Place) or None
        The module whose output does not pass gradients on, and where it was cut off.
    foreign : int
        How many parameters of the optimizer the model does not have.
    leftover : bool
        Whether the gradients that the optimizer's last step had used are still in those of this one.

    Examples
    --------
    >>> import numpy as np, nn
    >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
    >>> model = nn.Sequential(nn.Linear(1, 4, rng=0), nn.Tanh(), nn.Linear(4, 1, rng=1))
    >>> report = nn.health.examine(model, x, x**2, nn.MSELoss())
    >>> list(report.record.last.parameters)
    ['0.weight', '0.bias', '2.weight', '2.bias']
    """

    step: int
    loss: float
    after: float | None
    parameters: dict[str, ParameterMeasure]
    layers: dict[str, LayerMeasure]
    inputs: InputMeasure | None
    task: task.Task | None
    broken: Place | None
    doubled: tuple[str, Place] | None
    cut: tuple[str, Place] | None
    foreign: int
    leftover: bool = False


def measure(
    model: Module,
    passage: Passage,
    outputs: Input,
    targets: Operand,
    loss: Any,
    optimizer: Optimizer | None,
    step: int = 1,
) -> StepMeasure:
    """Measure a step after its backward pass."""
    with np.errstate(all="ignore"):
        parameters, foreign = _measure_parameters(model, passage, optimizer)
        layers = {layer.path: layer for layer in _measure_layers(model, passage, outputs)}
        inputs = _measure_inputs(passage)
    value = float(get_data(passage.root))
    missing = {p.module for p in parameters.values() if p.missing and p.trainable}
    broken = not np.isfinite(value) or any(p.broken for p in parameters.values())
    return StepMeasure(
        step,
        value,
        None,
        parameters,
        layers,
        inputs,
        task.measure_task(outputs, targets, loss),
        passage.find_not_finite() if broken else None,
        passage.find_doubled_activation(outputs),
        passage.find_cut(missing) if missing else None,
        foreign,
    )


def copy_weights(model: Module) -> dict[str, np.ndarray]:
    """Copies of all parameters that have a gradient, to know later what a step changed."""
    return {path: get_data(p).copy() for path, p in model.named_parameters() if get_grad(p) is not None}


def add_updates(measured: StepMeasure, model: Module, before: dict[str, np.ndarray]) -> None:
    """Add to a measure by how much a step of the optimizer moved each parameter."""
    with np.errstate(all="ignore"):
        for path, parameter in model.named_parameters():
            found = measured.parameters.get(path)
            if found is not None and path in before and found.weight > 0.0:
                found.update = norm(get_data(parameter) - before[path]) / found.weight


def _measure_parameters(
    model: Module, passage: Passage, optimizer: Optimizer | None
) -> tuple[dict[str, ParameterMeasure], int]:
    held = {id(p) for group in optimizer.param_groups for p in group["params"]} if optimizer is not None else None
    named = list(model.named_parameters())
    order = {id(node): user.order for node, user in passage.users.items()}
    named.sort(key=lambda pair: order.get(id(pair[1]), 0))
    found, gradients = {}, {}
    for path, p in named:
        data, gradient = get_data(p), get_grad(p)
        user = passage.users.get(p)
        call = passage.calls.get(path.rpartition(".")[0])
        if user is not None:
            place = Place.of(user)
        else:
            place = Place.of(call.output) if call is not None and isinstance(call.output, Node) else Place()
        # In `x @ w` units are columns, in `w @ x` and in layers rows.
        turned = isinstance(user, Node) and user.op is not None and user.op.name == "matmul" and user.parents[-1] is p
        found[path] = measure_parameter(
            path, data, gradient, p.requires_grad, held is None or id(p) in held, place, turned
        )
        gradients[path] = gradient
    add_near_zero(found, gradients)
    foreign = len(held - {id(p) for _, p in named}) if held is not None else 0
    return found, foreign


def measure_parameter(
    path: str,
    data: np.ndarray,
    gradient: np.ndarray | None,
    trainable: bool,
    held: bool,
    place: Place,
    turned: bool = False,
) -> ParameterMeasure:
    """A parameter by its values and its gradient, of whatever framework they are; of one that is turned, units are columns."""
    size = np.abs(gradient) if gradient is not None else np.full(1, np.nan)
    largest = float(size.max(initial=0.0))
    twins = 0
    if gradient is not None and data.ndim > 1:
        twins = _count_twins(*((data.T, gradient.T) if turned and data.ndim == 2 else (data, gradient)))
    broken = 0.0 if gradient is None or np.isfinite(largest) else _share(~np.isfinite(size))
    return ParameterMeasure(
        path,
        data.shape,
        trainable,
        held,
        gradient is None,
        float(size.mean()),
        largest,
        norm(size),
        _share(size == 0.0),
        0.0,
        broken,
        norm(data),
        twins,
        place,
    )


def _count_twins(data: np.ndarray, gradient: np.ndarray) -> int:
    if len(data) > 1 and _has_equal_rows(data) and _has_equal_rows(gradient):
        return len(data)
    # What has no gradient at all may still come to differ.
    if not gradient.any():
        return 0
    for gates in GATES:
        count = len(data) // gates
        parts = [(x[k * count : (k + 1) * count] for k in range(gates)) for x in (data, gradient)]
        if count > 1 and count * gates == len(data) and all(_has_equal_rows(part) for both in parts for part in both):
            return count
    columns = data.shape[-1] if data.ndim == 2 else 0
    return columns if columns > 1 and _has_equal_rows(data.T) and _has_equal_rows(gradient.T) else 0


def add_near_zero(found: dict[str, ParameterMeasure], gradients: dict[str, np.ndarray | None]) -> None:
    """The share of each gradient that is at most a millionth of the largest of all."""
    most = max((p.largest for p in found.values() if np.isfinite(p.largest)), default=0.0)
    for path, gradient in gradients.items():
        if gradient is not None:
            found[path].near = _share(np.abs(gradient) <= NEAR_ZERO * most)


def _share(mask: np.ndarray) -> float:
    return np.count_nonzero(mask) / mask.size if mask.size else 0.0


def norm(x: np.ndarray) -> float:
    """`magnitude`, which looks at every element several times only where the squares are beyond the dtype."""
    flat = x.ravel(order="K")
    square = float(np.dot(flat, flat))
    return math.sqrt(square) if 1e-30 < square < 1e30 else magnitude(x)


def _has_equal_rows(x: np.ndarray) -> bool:
    """Whether all rows are the same, to rounding."""
    if np.abs(x[0] - x[1]).max(initial=0.0) > 1e-6 * max(np.abs(x[0]).max(initial=0.0), np.abs(x[1]).max(initial=0.0)):
        return False
    spread = np.abs(x - x[:1]).max(initial=0.0)
    return bool(spread <= 1e-6 * np.abs(x).max(initial=0.0))


def _measure_layers(model: Module, passage: Passage, outputs: Input) -> Iterator[LayerMeasure]:
    channels_first = any(isinstance(module, Convolution) for module in model.modules())
    inner = {path for path, module in model.named_modules() if isinstance(module, (Recurrent, MultiheadAttention))}
    found: list[tuple[int, str, str, Module | None, Node]] = []
    for call in passage.calls.values():
        if (
            not call.module.structure().modules
            and isinstance(call.output, Node)
            and get_data(call.output).dtype.kind == "f"
        ):
            found.append((call.output.order, call.path, type(call.module).__name__, call.module, call.output))
    seen: dict[str, int] = {}
    for node in passage.activations(ACTIVATIONS, but=inner):
        assert node.op is not None
        path = f"{node.scope or ''}/{node.op.name}"
        seen[path] = seen.get(path, 0) + 1
        found.append((node.order, f"{path}{seen[path]}" if seen[path] > 1 else path, node.op.name, None, node))
    for _, path, kind, module, node in sorted(found, key=lambda entry: entry[0]):
        x = get_data(node)
        yield LayerMeasure(
            path,
            kind,
            len(x) if x.ndim else 1,
            float(x.mean()) if x.size else float("nan"),
            float(x.std()) if x.size else float("nan"),
            _saturated_share(module, node, x),
            _alive_units(module, node, x, channels_first),
            node is outputs,
            Place.of(node),
        )


def _saturated_share(module: Module | None, node: Node, x: np.ndarray) -> float | None:
    name = node.op.name if node.op is not None else ""
    if isinstance(module, Hardtanh):
        return _share((x <= module.min_val) | (x >= module.max_val))
    if isinstance(module, Hardsigmoid):
        return _share((x <= 0.0) | (x >= 1.0))
    if name == "sigmoid":
        return _share(np.abs(x - 0.5) > 0.45)
    return _share(np.abs(x) > 0.9) if name == "tanh" else None


def _alive_units(module: Module | None, node: Node, x: np.ndarray, channels_first: bool) -> np.ndarray | None:
    if not (isinstance(module, ReLU6) or (node.op is not None and node.op.name == "relu")) or x.ndim < 2:
        return None
    unit = 1 if channels_first and x.ndim > 2 else x.ndim - 1
    # NaN is not dead: it has a finding of its own.
    return np.asarray(np.any(~(x <= 0.0), axis=tuple(axis for axis in range(x.ndim) if axis != unit)))


def _first_weighted_layer(calls: dict[str, Call]) -> Call | None:
    for call in calls.values():
        own = call.module.structure().parameters.values()
        if call.inputs and not isinstance(call.module, Embedding) and any(p.ndim > 1 for p in own):
            return call
    return None


def _measure_inputs(passage: Passage) -> InputMeasure | None:
    call = _first_weighted_layer(passage.calls)
    x = np.asarray(raw(call.inputs[0])) if call is not None else np.empty(0)
    if call is None or x.ndim < 2 or x.dtype.kind not in "fiub" or not x.size:
        return None
    feature = 1 if isinstance(call.module, Convolution) else x.ndim - 1
    over = tuple(axis for axis in range(x.ndim) if axis != feature)
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    means, stds = np.abs(x.mean(axis=over)), x.std(axis=over)
    return InputMeasure(
        call.path,
        len(x),
        x.shape[feature],
        norm(x) / math.sqrt(x.size),
        (float(means.min()), float(means.max())),
        (float(stds.min()), float(stds.max())),
        _share(~np.isfinite(x)),
    )
