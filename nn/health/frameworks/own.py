"""`OwnNetwork`: a `nn.Module` for the experiments."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from typing import Any

import numpy as np

import optim
from autograd.engine.tensor import Tensor
from autograd.graph.modes import no_grad
from autograd.graph.node import Node, get_data, raw
from autograd.ops.shape import concatenate
from nn import functional
from nn.health.frameworks.network import TINY, Apply, LeafCall, Operation, Weights, apply_plainly, lent
from nn.health.measure import StepMeasure, add_updates, copy_weights, measure
from nn.health.passage import Passage, Watch
from nn.health.place import Place
from nn.modes import preserve_modes
from nn.module import Module
from nn.parameter import Parameter


class OwnOperations:
    """Of Tensors."""

    def relu(self, x: Any) -> Any:
        return functional.relu(x)

    def log(self, x: Any) -> Any:
        return (x + TINY).log()

    def add(self, x: Any, array: np.ndarray) -> Any:
        return x + array.astype(x.dtype)

    def multiply(self, x: Any, array: np.ndarray) -> Any:
        return x * array.astype(x.dtype)

    def join(self, parts: list[Any]) -> Any:
        return concatenate(parts)

    def values(self, x: Any) -> np.ndarray:
        return np.asarray(raw(x))

    def standardize(self, x: Any) -> Any:
        over = 0 if x.ndim == 2 else tuple(range(1, x.ndim))
        centred = x - x.mean(axis=over, keepdims=True)
        return centred / ((centred * centred).mean(axis=over, keepdims=True) + 1e-5).sqrt()


class OwnLBFGS:
    """L-BFGS with its rate and parameters in groups, as other optimizers have them; a step takes a closure."""

    def __init__(self, optimizer: optim.LBFGS) -> None:
        self._optimizer = optimizer
        self.param_groups: list[dict[str, Any]] = [{"params": list(optimizer.parameters), "lr": optimizer.lr}]

    def state_dict(self) -> dict[str, Any]:
        """Its own."""
        return self._optimizer.state_dict()

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Its own, and the rate in the group."""
        self._optimizer.load_state_dict(state)
        self.param_groups[0]["lr"] = self._optimizer.lr

    def add_param_group(self, group: dict[str, Any]) -> None:
        """Begin anew, over more parameters."""
        self.param_groups[0]["params"] += group["params"]
        names = ("max_iter", "max_eval", "tolerance_grad", "tolerance_change", "history_size", "line_search_fn")
        options = {name: getattr(self._optimizer, name) for name in names}
        self._optimizer = optim.LBFGS(self.param_groups[0]["params"], **options)

    def step(self, closure: Callable[[], Any]) -> None:
        self._optimizer.lr = float(self.param_groups[0]["lr"])
        self._optimizer.step(closure)


class OwnNetwork:
    """A `nn.Module` with its loss and its optimizer."""

    framework = "stepgrad"
    ops = OwnOperations()

    def __init__(
        self,
        model: Module,
        loss: Any,
        optimizer: Any,
        clip_norm: float | None = None,
        clip_value: float | None = None,
        clip_weights: float | None = None,
        clip_weight_norm: float | None = None,
        apply: Apply = apply_plainly,
    ) -> None:
        self.apply = apply
        self.model, self.loss, self.optimizer = model, loss, optimizer
        self.clip_norm, self.clip_value = clip_norm, clip_value
        self.clip_weights, self.clip_weight_norm = clip_weights, clip_weight_norm
        self.read: list[Any] = []
        self.penalised = True

    def copy(self) -> OwnNetwork:
        twin = copy.copy(self)
        twin.model, twin.loss, twin.optimizer = copy.deepcopy((self.model, self.loss, self.optimizer))
        return twin

    def note_read(self, model: Module, x: np.ndarray, y: np.ndarray) -> None:
        """Keep the parameters of the user's model, where the loss of a copy's outputs reads some."""
        value = self._find_loss(Tensor(self.answer(x)), y)
        nodes = {id(node) for node in Passage(value, {}).nodes} if isinstance(value, Node) else set()
        parameters = list(model.parameters())
        self.read = parameters if any(id(p) in nodes for p in parameters) else []

    def _lent(self, heeded: bool = True) -> AbstractContextManager[None]:
        return lent(list(self.model.parameters()), self.read, get_data, heeded and self.penalised)

    # A model or a loss may edit what it is given, and the rows are the user's.

    def _answer(self, x: np.ndarray) -> Any:
        return self.apply(self.model, x.copy())

    def _find_loss(self, outputs: Any, y: np.ndarray) -> Any:
        return self.loss(outputs, y.copy())

    def answer(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        with preserve_modes(self.model.modules()), no_grad():
            if not training:
                self.model.eval()
            return np.asarray(raw(self._answer(x)))

    def value_and_gradient(self, outputs: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
        leaf = Tensor(outputs.copy(), requires_grad=True)
        with self._lent(heeded=False):
            value = self._find_loss(leaf, y)
            if not isinstance(value, Node) or not value.requires_grad:
                return float(np.asarray(raw(value))), np.zeros_like(outputs)
            value.backward()  # type: ignore[attr-defined]
        return float(get_data(value)), np.zeros_like(outputs) if leaf.grad is None else np.asarray(leaf.grad)

    def loss_of_rows(self, x: np.ndarray, y: np.ndarray) -> float:
        with no_grad():
            return float(np.asarray(raw(self._find_loss(self._answer(x), y)), np.float64))

    def gradients(self, x: np.ndarray, y: np.ndarray) -> dict[str, np.ndarray]:
        self._pass(x, y)
        return {path: np.array(p.grad) for path, p in self.model.named_parameters() if p.grad is not None}

    def derives_by_hand(self, x: np.ndarray, y: np.ndarray) -> bool:
        value = self._find_loss(self._answer(x), y)
        nodes = Passage(value, {}).nodes if isinstance(value, Node) else []
        return any(node.op is not None and node.op.opaque for node in nodes)

    def records(self, x: np.ndarray, y: np.ndarray) -> bool:
        return bool(getattr(self._find_loss(self._answer(x), y), "requires_grad", False))

    def step(self, x: np.ndarray, y: np.ndarray) -> float:
        value = self._pass(x, y)
        self._move(x, y)
        return float(np.asarray(raw(value)))

    def _pass(self, x: np.ndarray, y: np.ndarray) -> Any:
        """The loss, whose gradients are then those of the parameters."""
        self.model.zero_grad()
        with self._lent():
            value = self._find_loss(self._answer(x), y)
            if isinstance(value, Node) and value.requires_grad:
                value.backward()  # type: ignore[attr-defined]
        return value

    def _move(self, x: np.ndarray, y: np.ndarray) -> None:
        self._take_step(x, y)
        if self.clip_weights is not None:
            for p in self.model.parameters():
                p.data = np.clip(get_data(p), -self.clip_weights, self.clip_weights)
        if self.clip_weight_norm is not None:
            for p in self.model.parameters():
                weights = get_data(p)
                length = float(np.linalg.norm(weights))
                if length > self.clip_weight_norm:
                    p.data = weights * weights.dtype.type(self.clip_weight_norm / length)

    def _take_step(self, x: np.ndarray, y: np.ndarray) -> None:
        # L-BFGS asks for the loss and its gradients again and again.
        if isinstance(self.optimizer, OwnLBFGS):
            self.optimizer.step(lambda: self._pass(x, y))
            return
        held = [p for group in self.optimizer.param_groups for p in group["params"] if p.grad is not None]
        if self.clip_norm is not None and held:
            optim.clip_grad_norm_(held, self.clip_norm)
        if self.clip_value is not None and held:
            optim.clip_grad_value_(held, self.clip_value)
        self.optimizer.step()

    def measure(self, x: np.ndarray, y: np.ndarray, step: int) -> StepMeasure:
        self.model.zero_grad()
        watch = Watch(self.model)
        with self._lent():
            try:
                outputs = self._answer(x)
                value = self._find_loss(outputs, y)
            finally:
                watch.close()
            if value.requires_grad:
                value.backward()
        measured = measure(self.model, Passage(value, watch.calls), outputs, y, self.loss, self.optimizer, step)
        before = copy_weights(self.model)
        self._move(x, y)
        add_updates(measured, self.model, before)
        return measured

    def calls(self, x: np.ndarray) -> list[LeafCall]:
        found: list[LeafCall] = []
        paths = dict(self.model.named_modules())

        def hook(path: str) -> Any:
            def note(module: Module, inputs: tuple[Any, ...], output: Any) -> None:
                if inputs and hasattr(output, "shape") and hasattr(inputs[0], "shape"):
                    given, gave = np.asarray(raw(inputs[0])), np.asarray(raw(output))
                    found.append(LeafCall(path, type(module).__name__, module, given, gave))

            return note

        handles = [m.register_forward_hook(hook(p)) for p, m in paths.items() if not m.structure().modules]
        try:
            self.answer(x)
        finally:
            for handle in handles:
                handle.remove()
        return found

    def operations(self, x: np.ndarray) -> list[Operation]:
        return _list_operations(self._record(x))

    def operations_of_loss(self, outputs: np.ndarray, y: np.ndarray) -> list[Operation]:
        with self._lent(heeded=False):
            return _list_operations(self._find_loss(Tensor(outputs.copy(), requires_grad=True), y))

    def _record(self, x: np.ndarray) -> Any:
        """Outputs in evaluation mode, with their graph: from the inputs on, where the model takes tensors."""
        with preserve_modes(self.model.modules()):
            self.model.eval()
            if x.dtype.kind == "f":
                with suppress(Exception):
                    return self.apply(self.model, Tensor(x.copy(), requires_grad=True))
            return self._answer(x)

    def last_operation(self, x: np.ndarray) -> str:
        with preserve_modes(self.model.modules()):
            self.model.eval()
            outputs = self._answer(x)
        while isinstance(outputs, Node) and outputs.op is not None and outputs.op.name in ("reshape", "getitem"):
            outputs = outputs.parents[0]
        return outputs.op.name if isinstance(outputs, Node) and outputs.op is not None else ""

    def modules(self) -> Iterator[tuple[str, Any]]:
        return self.model.named_modules()

    def parameters(self) -> list[Weights]:
        held = {id(p) for group in self.optimizer.param_groups for p in group["params"]}
        return [Weights(path, get_data(p), p.requires_grad, id(p) in held) for path, p in self.model.named_parameters()]

    def is_part(self, thing: Any) -> bool:
        return isinstance(thing, Module) or (isinstance(thing, Tensor) and thing.requires_grad and thing.op is None)

    def is_loose(self, thing: Any) -> bool:
        return isinstance(thing, Tensor) and not isinstance(thing, Module) and thing.requires_grad and thing.op is None

    def use(self, optimizer: str, lr: float) -> None:
        self.optimizer = optim.get(optimizer, self._trainable(), lr=lr)

    def _trainable(self) -> list[Any]:
        return [p for p in self.model.parameters() if p.requires_grad]

    def natural_loss(self, kind: str, made_by: str) -> Callable[[Any, Any], Any] | None:
        log = self.ops.log
        if kind == "classes":
            return lambda o, y: functional.cross_entropy(log(o) if made_by else o, _numbers(y, o.shape[-1]))
        if kind == "labels":
            made = (lambda o: log(o) - log(1.0 - o)) if made_by else (lambda o: o)
            return lambda o, y: functional.binary_cross_entropy_with_logits(made(o), np.maximum(_like(y, o), 0.0))
        return (lambda o, y: functional.mse_loss(o, _like(y, o))) if kind == "numbers" else None

    def add_biases(self, paths: list[str]) -> None:
        modules: dict[str, Any] = dict(self.model.named_modules())
        made = []
        for path in paths:
            weight = modules[path].weight
            modules[path].bias = Parameter(np.zeros(weight.shape[0], weight.dtype))
            made.append(modules[path].bias)
        self._hold(made)

    def _hold(self, parameters: list[Any]) -> None:
        """Let the optimizer move these too, as those of its first group."""
        options = {name: value for name, value in self.optimizer.param_groups[0].items() if name != "params"}
        self.optimizer.add_param_group({**options, "params": parameters})

    def thaw(self) -> None:
        held = {id(p) for group in self.optimizer.param_groups for p in group["params"]}
        for p in self.model.parameters():
            p.requires_grad = True
        if left := [p for p in self.model.parameters() if id(p) not in held]:
            self._hold(left)

    def alter(self, path: str, change: Callable[[Any, Any], Any]) -> None:
        module = dict(self.model.named_modules())[path]
        module.register_forward_hook(lambda _, inputs, output: change(inputs[0], output))

    def feed(self, path: str, make: Callable[[], Any]) -> None:
        dict(self.model.named_modules())[path].register_forward_pre_hook(lambda *_: make())

    def find_broadcast(self, x: np.ndarray, y: np.ndarray) -> tuple[tuple[int, ...], Place] | None:
        outputs = Tensor(self.answer(x), requires_grad=True)
        value = self._find_loss(outputs, y)
        if not isinstance(value, Node):
            return None
        for node in Passage(value, {}).nodes:
            made = np.shape(get_data(node))
            if node.op is not None and len(made) > 1 and made[0] == made[1] == len(x) and made != outputs.shape:
                return made, Place.of(node)
        return None


def _like(y: np.ndarray, outputs: Any) -> np.ndarray:
    """Targets in the shape and dtype of the outputs."""
    return np.asarray(y).reshape(outputs.shape).astype(outputs.dtype)


def _numbers(y: np.ndarray, classes: int) -> np.ndarray:
    """Class numbers, also of rows of ones and zeros."""
    y = np.asarray(y)
    return y.argmax(axis=-1) if y.ndim > 1 and y.shape[-1] == classes else y.astype(int)


def _list_operations(made: Any) -> list[Operation]:
    """Those that something was computed by."""
    nodes = Passage(made, {}).nodes if isinstance(made, Node) else []
    return [
        Operation(
            node.op.name,
            _list_axes(node.params.get("axis")),
            tuple(np.asarray(get_data(parent)) for parent in node.parents),
            np.asarray(get_data(node)),
            Place.of(node),
        )
        for node in nodes
        if node.op is not None
    ]


def _list_axes(axis: Any) -> tuple[int, ...]:
    """Those that an operation runs along, of which some take one and some several."""
    return (axis,) if isinstance(axis, int) else tuple(axis or ())
