"""`TorchNetwork`: a `torch.nn.Module` for the experiments; PyTorch is imported only for such a one."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from importlib import import_module
from typing import Any

import numpy as np

from autograd.errors import OperandError, type_name
from nn.draws import preserve_draws
from nn.health import task
from nn.health.frameworks.given import Clipping, Given, read_parts
from nn.health.frameworks.network import DEFAULT_RATE, TINY, Apply, LeafCall, Operation, Weights, apply_plainly, lent
from nn.health.frameworks.side_by_side import SideBySide
from nn.health.frameworks.torch_operations import hold_weights, record_operations
from nn.health.measure import LayerMeasure, ParameterMeasure, StepMeasure, add_near_zero, measure_parameter, norm
from nn.health.multi_input import split_inputs
from nn.health.place import Place

OPTIMIZERS = {"adam": "Adam", "sgd": "SGD"}


def _torch() -> Any:
    return import_module("torch")


class TorchOperations:
    """Of torch tensors."""

    def relu(self, x: Any) -> Any:
        return x.relu()

    def log(self, x: Any) -> Any:
        return (x + TINY).log()

    def add(self, x: Any, array: np.ndarray) -> Any:
        return x + _torch().from_numpy(array).to(x)

    def multiply(self, x: Any, array: np.ndarray) -> Any:
        return x * _torch().from_numpy(array).to(x)

    def join(self, parts: list[Any]) -> Any:
        return _torch().cat(parts)

    def values(self, x: Any) -> np.ndarray:
        return _array(x)

    def standardize(self, x: Any) -> Any:
        over = 0 if x.ndim == 2 else tuple(range(1, x.ndim))
        centred = x - x.mean(over, keepdim=True)
        return centred / ((centred * centred).mean(over, keepdim=True) + 1e-5).sqrt()


class TorchNetwork:
    """A `torch.nn.Module` with its loss and its optimizer."""

    framework = "torch"
    ops = TorchOperations()

    def __init__(
        self,
        model: Any,
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

    def copy(self) -> TorchNetwork:
        twin = copy.copy(self)
        twin.model, twin.loss, twin.optimizer = copy.deepcopy((self.model, self.loss, self.optimizer))
        return twin

    def note_read(self, model: Any, x: np.ndarray, y: np.ndarray) -> None:
        """Keep the parameters of the user's model, where the loss of a copy's outputs reads some."""
        value = self.loss(self._to(self.answer(x)), self._to(y))
        parameters = list(model.parameters())
        given = [p for p in parameters if p.requires_grad]
        reads = (
            bool(given)
            and bool(getattr(value, "requires_grad", False))
            and any(g is not None for g in _torch().autograd.grad(value, given, allow_unused=True))
        )
        self.read = parameters if reads and all(p.device.type == "cpu" for p in parameters) else []

    def _lent(self, heeded: bool = True) -> AbstractContextManager[None]:
        return lent(list(self.model.parameters()), self.read, lambda p: p.detach().numpy(), heeded and self.penalised)

    def _to(self, array: np.ndarray) -> Any:
        if array.dtype.names:
            return {name: self._to(part) for name, part in split_inputs(array).items()}
        device = next((p.device for p in self.model.parameters()), "cpu")
        # A model or a loss may edit what it is given, and the rows are the user's.
        return _torch().from_numpy(np.array(array, order="C")).to(device)

    def _answer(self, x: np.ndarray) -> Any:
        return self.apply(self.model, self._to(x))

    def answer(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        modes = [(m, m.training) for m in self.model.modules()]
        try:
            if not training:
                self.model.eval()
            with _torch().no_grad():
                return _array(self._answer(x))
        finally:
            for module, mode in modes:
                module.training = mode

    def value_and_gradient(self, outputs: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
        leaf = self._to(outputs).clone().requires_grad_(True)
        with self._lent(heeded=False):
            value = self.loss(leaf, self._to(y))
            if not value.requires_grad:
                return float(value), np.zeros_like(outputs)
            value.backward()
        return float(value.detach()), np.zeros_like(outputs) if leaf.grad is None else _array(leaf.grad)

    def loss_of_rows(self, x: np.ndarray, y: np.ndarray) -> float:
        with _torch().no_grad():
            return float(self.loss(self._answer(x), self._to(y)))

    def gradients(self, x: np.ndarray, y: np.ndarray) -> dict[str, np.ndarray]:
        self._pass(x, y)
        return {path: _array(p.grad) for path, p in self.model.named_parameters() if p.grad is not None}

    def derives_by_hand(self, x: np.ndarray, y: np.ndarray) -> bool:
        waiting = [self.loss(self._answer(x), self._to(y)).grad_fn]
        seen = set()
        while waiting:
            made = waiting.pop()
            if made is None or made in seen:
                continue
            if isinstance(made, _torch().autograd.function.BackwardCFunction):
                return True
            seen.add(made)
            waiting += [before for before, _ in made.next_functions]
        return False

    def records(self, x: np.ndarray, y: np.ndarray) -> bool:
        return bool(getattr(self.loss(self._answer(x), self._to(y)), "requires_grad", False))

    def step(self, x: np.ndarray, y: np.ndarray) -> float:
        value = self._pass(x, y)
        self._move(x, y)
        return float(value.detach())

    def _pass(self, x: np.ndarray, y: np.ndarray) -> Any:
        """The loss, whose gradients are then those of the parameters."""
        self.model.zero_grad()
        with self._lent():
            value = self.loss(self._answer(x), self._to(y))
            if value.requires_grad:
                value.backward()
        return value

    def _move(self, x: np.ndarray, y: np.ndarray) -> None:
        self._take_step(x, y)
        hold_weights(self.model.parameters(), self.clip_weights, self.clip_weight_norm)

    def _take_step(self, x: np.ndarray, y: np.ndarray) -> None:
        # L-BFGS asks for the loss and its gradients again and again.
        if isinstance(self.optimizer, _torch().optim.LBFGS):
            # What its constructor keeps beside its state is not copied with it.
            self.optimizer._params, self.optimizer._numel_cache = self.optimizer.param_groups[0]["params"], None
            self.optimizer.step(lambda: self._pass(x, y))
            return
        if self.clip_norm is not None:
            _torch().nn.utils.clip_grad_norm_(self.model.parameters(), self.clip_norm)
        if self.clip_value is not None:
            _torch().nn.utils.clip_grad_value_(self.model.parameters(), self.clip_value)
        self.optimizer.step()

    def measure(self, x: np.ndarray, y: np.ndarray, step: int) -> StepMeasure:
        self.model.zero_grad()
        calls, handles = self._watch()
        with self._lent():
            try:
                outputs = self._answer(x)
                value = self.loss(outputs, self._to(y))
            finally:
                for handle in handles:
                    handle.remove()
            if value.requires_grad:
                value.backward()
        parameters, foreign = self._measure_parameters()
        before = {path: _array(p).copy() for path, p in self.model.named_parameters() if p.grad is not None}
        layers = {c.path: _measure_layer(c, c.output.size == outputs.numel() and c is calls[-1]) for c in calls}
        broken = None
        if not np.isfinite(float(value.detach())) or any(p.broken for p in parameters.values()):
            first = next((c for c in calls if not np.isfinite(c.output).all()), None)
            broken = Place(first.path, first.kind.lower()) if first is not None else Place()
        asked = task.measure_task(_array(outputs), y, self.loss) if hasattr(outputs, "detach") else None
        loss = float(value.detach())
        self._move(x, y)
        for path, parameter in self.model.named_parameters():
            if path in before and parameters[path].weight > 0.0:
                parameters[path].update = norm(_array(parameter) - before[path]) / parameters[path].weight
        return StepMeasure(step, loss, None, parameters, layers, None, asked, broken, None, None, foreign)

    def _measure_parameters(self) -> tuple[dict[str, ParameterMeasure], int]:
        held = {id(p) for group in self.optimizer.param_groups for p in group["params"]}
        found, gradients = {}, {}
        for path, p in self.model.named_parameters():
            gradient = None if p.grad is None else _array(p.grad)
            place = Place(path.rpartition(".")[0])
            found[path] = measure_parameter(path, _array(p), gradient, p.requires_grad, id(p) in held, place)
            gradients[path] = gradient
        add_near_zero(found, gradients)
        return found, len(held - {id(p) for p in self.model.parameters()})

    def _watch(self) -> tuple[list[LeafCall], list[Any]]:
        found: list[LeafCall] = []

        def hook(path: str) -> Any:
            def note(module: Any, inputs: tuple[Any, ...], output: Any) -> None:
                if inputs and hasattr(output, "detach") and hasattr(inputs[0], "detach"):
                    found.append(LeafCall(path, type(module).__name__, module, _array(inputs[0]), _array(output)))

            return note

        leaves = [(path, m) for path, m in self.model.named_modules() if not list(m.children())]
        return found, [m.register_forward_hook(hook(path)) for path, m in leaves]

    def calls(self, x: np.ndarray) -> list[LeafCall]:
        found, handles = self._watch()
        try:
            self.answer(x)
        finally:
            for handle in handles:
                handle.remove()
        return found

    def operations(self, x: np.ndarray) -> list[Operation]:
        with record_operations() as found:
            self.answer(x)
        return found

    def operations_of_loss(self, outputs: np.ndarray, y: np.ndarray) -> list[Operation]:
        with self._lent(heeded=False), record_operations() as found:
            self.loss(self._to(outputs), self._to(y))
        return found

    def last_operation(self, x: np.ndarray) -> str:
        made = getattr(self._answer(x), "grad_fn", None)
        while made is not None and type(made).__name__.startswith(("View", "Squeeze", "Reshape", "Unsqueeze")):
            made = made.next_functions[0][0]
        return type(made).__name__.lower().partition("backward")[0].lstrip("_") if made is not None else ""

    def modules(self) -> Iterator[tuple[str, Any]]:
        return iter(self.model.named_modules())

    def parameters(self) -> list[Weights]:
        held = {id(p) for group in self.optimizer.param_groups for p in group["params"]}
        # An array that shares its memory, so that it can be written to.
        return [
            Weights(path, p.detach().cpu().numpy(), p.requires_grad, id(p) in held)
            for path, p in self.model.named_parameters()
        ]

    def is_part(self, thing: Any) -> bool:
        return isinstance(thing, _torch().nn.Module) or self.is_loose(thing)

    def is_loose(self, thing: Any) -> bool:
        return isinstance(thing, _torch().Tensor) and thing.requires_grad and thing.is_leaf

    def use(self, optimizer: str, lr: float) -> None:
        trainable = [p for p in self.model.parameters() if p.requires_grad]
        self.optimizer = getattr(_torch().optim, OPTIMIZERS[optimizer])(trainable, lr=lr)

    def natural_loss(self, kind: str, made_by: str) -> Callable[[Any, Any], Any] | None:
        f, log = _torch().nn.functional, self.ops.log
        if kind == "classes":

            def entropy(o: Any, y: Any) -> Any:
                numbers = y.argmax(-1) if y.ndim > 1 and y.shape[-1] == o.shape[-1] else y.long()
                return f.cross_entropy(log(o) if made_by else o, numbers)

            return entropy
        if kind == "labels":
            made = (lambda o: log(o) - log(1.0 - o)) if made_by else (lambda o: o)
            return lambda o, y: f.binary_cross_entropy_with_logits(
                made(o), y.reshape(o.shape).to(o.dtype).clamp(min=0.0)
            )
        return (lambda o, y: f.mse_loss(o, y.reshape(o.shape).to(o.dtype))) if kind == "numbers" else None

    def add_biases(self, paths: list[str]) -> None:
        torch, modules, made = _torch(), dict(self.model.named_modules()), []
        for path in paths:
            weight = modules[path].weight
            modules[path].bias = torch.nn.Parameter(torch.zeros(len(weight), dtype=weight.dtype, device=weight.device))
            made.append(modules[path].bias)
        self.optimizer.add_param_group({"params": made})

    def thaw(self) -> None:
        held = {id(p) for group in self.optimizer.param_groups for p in group["params"]}
        for p in self.model.parameters():
            p.requires_grad_(True)
        if left := [p for p in self.model.parameters() if id(p) not in held]:
            self.optimizer.add_param_group({"params": left})

    def alter(self, path: str, change: Callable[[Any, Any], Any]) -> None:
        self.model.get_submodule(path).register_forward_hook(lambda _, inputs, output: change(inputs[0], output))

    def feed(self, path: str, make: Callable[[], Any]) -> None:
        self.model.get_submodule(path).register_forward_pre_hook(lambda *_: make())

    def find_broadcast(self, x: np.ndarray, y: np.ndarray) -> tuple[tuple[int, ...], Place] | None:
        outputs = self._to(self.answer(x)).requires_grad_(True)
        made = self.loss(outputs, self._to(y)).grad_fn
        while made is not None:
            shape = next(
                (
                    tuple(getattr(made, n).shape)
                    for n in ("_saved_self", "_saved_other")
                    if hasattr(getattr(made, n, None), "shape")
                ),
                (),
            )
            if len(shape) > 1 and shape[0] == shape[1] == len(x) and shape != outputs.shape:
                return shape, Place()
            made = next((f for f, _ in made.next_functions if f is not None), None)
        return None


def _array(tensor: Any) -> np.ndarray:
    return np.asarray(tensor.detach().cpu().numpy())


def _measure_layer(call: LeafCall, final: bool) -> LayerMeasure:
    x = call.output
    some = x if x.dtype.kind == "f" and x.size else np.full(1, np.nan)
    saturated = {"Sigmoid": np.mean(np.abs(some - 0.5) > 0.45), "Tanh": np.mean(np.abs(some) > 0.9)}.get(call.kind)
    alive = None
    if call.kind in ("ReLU", "ReLU6") and x.ndim > 1:
        unit = 1 if x.ndim == 4 else x.ndim - 1
        alive = np.any(~(x <= 0.0), axis=tuple(k for k in range(x.ndim) if k != unit))
    share = None if saturated is None else float(saturated)
    return LayerMeasure(
        call.path,
        call.kind,
        len(x) if x.ndim else 1,
        float(some.mean()),
        float(some.std()),
        share,
        alive,
        final,
        Place(call.path),
    )


@contextmanager
def isolated() -> Iterator[None]:
    """What is drawn of global generators is taken back, and every copy begins with the same draws."""
    torch = _torch()
    threads = torch.get_num_threads()
    # Steps of networks that are small enough to be tried out are sooner taken by one.
    torch.set_num_threads(1)
    try:
        with preserve_draws(), torch.random.fork_rng(), torch.enable_grad():
            torch.manual_seed(0)
            yield
    finally:
        torch.set_num_threads(threads)


def adapt_torch(
    model: Any, data: Any, loss: Any, optimizer: Any, batch_size: int, shuffle: bool, clipping: Clipping, apply: Apply
) -> Given:
    """The network of a `torch.nn.Module`."""
    if not callable(loss):
        raise OperandError(
            f"diagnose: a PyTorch model needs the loss that it is trained with, a callable, not {type_name(loss)}"
        )
    data = getattr(data, "tensors", data)
    parts = read_parts(data, lambda part, _: _array(part) if hasattr(part, "detach") else np.asarray(part))
    torch = _torch()
    if isinstance(optimizer, (torch.optim.Optimizer, SideBySide)):
        twin, stepping = copy.deepcopy((model, optimizer))
    else:
        twin = copy.deepcopy(model)
        trainable = [p for p in twin.parameters() if p.requires_grad]
        stepping = optimizer(trainable) if optimizer is not None else torch.optim.Adam(trainable, lr=DEFAULT_RATE)
    network = TorchNetwork(twin, loss, stepping, *clipping, apply=apply)
    # A loss that does not take these rows is told by what comes after.
    with suppress(Exception):
        network.note_read(model, parts[0][:64], parts[1][:64])
    validation = (parts[2], parts[3]) if len(parts) == 4 else None
    return Given(network, parts[0], parts[1], validation, batch_size, shuffle, isolated, _no_graph)


def _no_graph() -> Any:
    raise OperandError("a PyTorch model has no graph of ours: capture it with autograd.bridge to debug or draw it")
