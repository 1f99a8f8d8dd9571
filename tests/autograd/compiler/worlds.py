"""Two worlds that start alike and are changed alike, in one of which the training step is compiled."""

from __future__ import annotations

import copy
import pickle
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

import autograd as ag
import nn
import optim
from autograd import Tensor
from autograd.compiler import compile
from autograd.graph.tree import leaves

WIDTH, CLASSES = 4, 3
F = nn.functional
Random = np.random.Generator


class Residual(nn.Module):
    """x + f(x)."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Any) -> Any:
        return x + self.inner(x)


class Joined(nn.Module):
    """Parts of what is put together, mixed anew."""

    def __init__(self, rng: int, dtype: Any) -> None:
        super().__init__()
        self.mix = nn.Linear(2 * WIDTH, WIDTH, rng=rng, dtype=dtype)

    def forward(self, x: Any) -> Any:
        both = np.concatenate([np.sin(x), x * x], axis=1)
        return self.mix(both) + both[:, :WIDTH] * both[:, WIDTH:]


class Scaled(nn.Module):
    """Each row over its greatest element, whose place gets a gradient too."""

    def forward(self, x: Any) -> Any:
        return x / (np.max(np.abs(x), axis=1, keepdims=True) + 1.0)


class Sum(nn.Module):
    """What is summed over one axis, and spread over another."""

    def forward(self, x: Any) -> Any:
        return x * np.tanh(x.mean(axis=0)) + x.sum(axis=1, keepdims=True) * 0.1


class Image(nn.Module):
    """Each row as an image of 2 by 2, convolved and pooled."""

    def __init__(self, rng: int, dtype: Any) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(1, 2, 3, padding=1, rng=rng, dtype=dtype)
        self.pool = nn.MaxPool2d(2, stride=1, padding=1)

    def forward(self, x: Any) -> Any:
        h = self.pool(self.convolution(np.reshape(x, (-1, 1, 2, 2))))
        return np.reshape(h[:, 0, :2, :2] * 0.5 - h[:, 1, 1:, 1:], (-1, WIDTH))


class Sequence(nn.Module):
    """Each row as a sequence of two steps."""

    def __init__(self, kind: Any, rng: int, dtype: Any) -> None:
        super().__init__()
        self.recurrent = kind(2, 2, rng=rng, dtype=dtype)

    def forward(self, x: Any) -> Any:
        steps = np.transpose(np.reshape(x, (-1, 2, 2)), (1, 0, 2))
        return np.reshape(np.transpose(self.recurrent(steps)[0], (1, 0, 2)), (-1, WIDTH))


class Looked(nn.Module):
    """Each row as two positions that look at each other."""

    def __init__(self, rng: int, dtype: Any) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(2, 2, rng=rng, dtype=dtype)

    def forward(self, x: Any) -> Any:
        positions = np.reshape(x, (-1, 2, 2))
        return np.reshape(self.attention(positions, positions, positions)[0], (-1, WIDTH))


class Told(nn.Module):
    """What a table says of the place of the greatest element."""

    def __init__(self, rng: int, dtype: Any) -> None:
        super().__init__()
        self.table = nn.Embedding(WIDTH, WIDTH, rng=rng, dtype=dtype)

    def forward(self, x: Any) -> Any:
        return x + self.table(np.argmax(x, axis=1))


class Edited(nn.Module):
    """What is written into in place, whole and in part."""

    def forward(self, x: Any) -> Any:
        h = x * 1.0
        h[:, 0] = h[:, 1] * h[:, 2]
        h *= 0.5
        h[:, 1:3] += np.tanh(x[:, :2])
        return h


def linear(rng: Random, dtype: Any) -> nn.Linear:
    """A layer that fits everywhere."""
    return nn.Linear(WIDTH, WIDTH, rng=int(rng.integers(1000)), dtype=dtype)


LAYERS: list[Callable[[Random, Any], nn.Module]] = [
    linear,
    linear,
    lambda rng, dtype: Residual(linear(rng, dtype)),
    lambda rng, dtype: nn.BatchNorm1d(WIDTH, dtype=dtype),
    lambda rng, dtype: nn.LayerNorm(WIDTH, dtype=dtype),
    lambda rng, dtype: nn.Dropout(0.3, rng=int(rng.integers(1000))),
    lambda rng, dtype: nn.Tanh(),
    lambda rng, dtype: nn.ReLU(),
    lambda rng, dtype: nn.GELU(),
    lambda rng, dtype: nn.LeakyReLU(0.1),
    lambda rng, dtype: nn.Softplus(),
    lambda rng, dtype: nn.Softmax(),
    lambda rng, dtype: Joined(int(rng.integers(1000)), dtype),
    lambda rng, dtype: Scaled(),
    lambda rng, dtype: Sum(),
    lambda rng, dtype: Edited(),
    lambda rng, dtype: Image(int(rng.integers(1000)), dtype),
    lambda rng, dtype: Sequence(nn.LSTM, int(rng.integers(1000)), dtype),
    lambda rng, dtype: Sequence(nn.GRU, int(rng.integers(1000)), dtype),
    lambda rng, dtype: Looked(int(rng.integers(1000)), dtype),
    lambda rng, dtype: Told(int(rng.integers(1000)), dtype),
]
# A gradient that is 0 but for rounding, such as that of a bias before a BatchNorm, must not be made much of.
OPTIMIZERS: list[Callable[[Any], Any]] = [
    lambda ps: optim.SGD(ps, lr=0.05),
    lambda ps: optim.SGD(ps, lr=0.05, momentum=0.9, nesterov=True),
    lambda ps: optim.Adam(ps, lr=0.02, eps=1e-2),
    lambda ps: optim.AdamW(ps, lr=0.02, weight_decay=0.1, eps=1e-2),
    lambda ps: optim.RMSprop(ps, lr=0.01, eps=0.1),
]
LOSSES: list[Callable[[Any, Any], Any]] = [
    F.cross_entropy,
    lambda out, y: F.mse_loss(out, np.eye(CLASSES)[np.arange(len(y)) % CLASSES]),
    lambda out, y: ag.sum(F.huber_loss(out, np.zeros(out.shape), reduction="none")) * 0.1,
    lambda out, y: -(ag.log_softmax(out) ** 2).mean() + (out * out).sum() * 0.05,
]


class World:
    """A model with what trains it.

    Parameters
    ----------
    seed : int
        Of everything in it.
    compiled : bool
    dtype
        Of its parameters.
    """

    def __init__(self, seed: int, compiled: bool, dtype: Any = np.float64) -> None:
        rng = np.random.default_rng(seed)
        self.compiled, self.dtype = compiled, dtype
        layers = [LAYERS[k](rng, dtype) for k in rng.integers(len(LAYERS), size=rng.integers(1, 6))]
        head = nn.Linear(WIDTH, CLASSES, rng=int(rng.integers(1000)), dtype=dtype)
        self.model = nn.Sequential(linear(rng, dtype), *layers, head)
        self.optimizer = OPTIMIZERS[rng.integers(len(OPTIMIZERS))](self.model.parameters())
        self.second = optim.SGD(list(self.model.parameters())[:2], lr=0.01, momentum=0.5)
        self.schedule = optim.lr_scheduler.ExponentialLR(self.optimizer, 0.95)
        self.average = optim.Averaged(self.model.parameters(), decay=0.9)
        self.loss = LOSSES[rng.integers(len(LOSSES))]
        self.does = {
            what: bool(rng.random() < 0.3)
            for what in ("accumulate", "clip", "second", "schedule", "average", "penalty", "twice", "slope")
        }
        self.kept: list[Any] = []
        self.begin()

    @property
    def has_kinks(self) -> bool:
        """Whether a derivative jumps somewhere."""
        return any(isinstance(layer, (nn.ReLU, nn.LeakyReLU, Scaled, Image, Told)) for layer in self.model.modules())

    def begin(self) -> None:
        """Make the step anew, as the functions of another process."""
        self.step = compile(self.train) if self.compiled else self.train
        self.evaluate = compile(self.predict) if self.compiled else self.predict

    def train(self, x: Any, y: Any) -> Any:
        """The training step."""
        does = self.does
        if not does["accumulate"]:
            self.optimizer.zero_grad()
        out = self.model(x)
        loss = self.loss(out, y)
        if does["penalty"]:
            loss = loss + sum((p * p).sum() for p in self.model.parameters()) * 0.01
        if does["slope"]:
            slope = ag.grad(lambda z: (self.model[0](z) ** 3).sum())(x * np.float64(1.0))
            loss = loss + (slope * slope).mean()
        loss.backward()
        if does["twice"]:
            (self.model(x * 0.5) ** 2).mean().backward()
        norm = optim.clip_grad_norm_(self.model.parameters(), 0.3) if does["clip"] else None
        self.optimizer.step()
        if does["second"]:
            self.second.step()
        if does["schedule"]:
            self.schedule.step()
        if does["average"]:
            self.average.update()
        return {"loss": loss, "out": out, "norm": norm}

    def predict(self, x: Any) -> Any:
        """What the model says."""
        out = self.model(x)
        return out, ag.softmax(out)

    def call(self, function: Callable[..., Any], *args: Any) -> Any:
        """Numbers or what was raised: the kind of the error."""
        if not self.compiled:
            args = tuple(Tensor(x) if isinstance(x, np.ndarray) else x for x in args)
        try:
            found = function(*args)
        except Exception as error:
            # A program computes first, so that gradients from before may be there still.
            self.optimizer.zero_grad()
            self.second.zero_grad()
            return [type(error).__name__]
        return [x.detach().numpy() if isinstance(x, Tensor) else x for x in leaves(found)]

    def state(self) -> list[Any]:
        """All that a step may change."""
        found: list[Any] = [p.data for p in self.model.parameters()]
        found += [p.grad for p in self.model.parameters()]
        found += [b for m in self.model.modules() for b in m._buffers.values()]
        for optimizer in (self.optimizer, self.second):
            found += leaves(optimizer.state_dict()["state"])
            found += [group["lr"] for group in optimizer.param_groups]
        return [*found, *self.average.averages]


# what changes between two calls: the world and a generator that is alike for both


def _parameter(world: World, rng: Random) -> Any:
    found = list(world.model.parameters())
    return found[rng.integers(len(found))]


def put_another_array(world: World, rng: Random) -> None:
    p = _parameter(world, rng)
    p.data = p.data + rng.normal(size=p.shape) * 0.1


def write_into_the_array(world: World, rng: Random) -> None:
    p = _parameter(world, rng)
    with ag.no_grad():
        p *= 0.9


def turn_the_memory(world: World, rng: Random) -> None:
    p = _parameter(world, rng)
    p.data = np.asfortranarray(p.data) if rng.random() < 0.5 else np.ascontiguousarray(p.data)


def switch_the_mode(world: World, rng: Random) -> None:
    world.model.train(bool(rng.random() < 0.5))


def switch_a_layer(world: World, rng: Random) -> None:
    layers = list(world.model.modules())
    layers[rng.integers(len(layers))].train(bool(rng.random() < 0.5))


def freeze_or_thaw(world: World, rng: Random) -> None:
    p = _parameter(world, rng)
    p.requires_grad_(not p.requires_grad)


def preset_a_gradient(world: World, rng: Random) -> None:
    p = _parameter(world, rng)
    p.grad = None if rng.random() < 0.3 else rng.normal(size=p.shape)


def keep_the_gradients(world: World, rng: Random) -> None:
    world.kept = [p.grad for p in world.model.parameters()] if rng.random() < 0.5 else []


def change_the_rate(world: World, rng: Random) -> None:
    for group in world.optimizer.param_groups:
        group["lr"] *= 0.8


def step_the_schedule(world: World, rng: Random) -> None:
    world.schedule.step()


def step_the_other_optimizer(world: World, rng: Random) -> None:
    world.second.step()


def train_without_compiling(world: World, rng: Random) -> None:
    x, y = batch(rng)
    world.train(Tensor(x), y)


def load_what_was_saved(world: World, rng: Random) -> None:
    state = {
        name: array * 0.9 if array.dtype.kind == "f" else array for name, array in world.model.state_dict().items()
    }
    world.model.load_state_dict(state)
    world.optimizer.load_state_dict(copy.deepcopy(world.optimizer.state_dict()))


def copy_everything(world: World, rng: Random) -> None:
    kept = world.model, world.optimizer, world.second, world.schedule, world.average
    copied = copy.deepcopy(kept) if rng.random() < 0.5 else pickle.loads(pickle.dumps(kept))
    if rng.random() < 0.5:
        # A pickle has no gradients.
        for module in (copied[0], world.model):
            module.zero_grad()
    for p, q in zip(world.model.parameters(), copied[0].parameters(), strict=True):
        q.grad = None if p.grad is None else p.grad.copy()
    world.model, world.optimizer, world.second, world.schedule, world.average = copied
    world.begin()


def compile_anew(world: World, rng: Random) -> None:
    world.begin()


def exchange_a_layer(world: World, rng: Random) -> None:
    place = str(1 + int(rng.integers(len(world.model) - 2)))
    setattr(world.model, place, LAYERS[rng.integers(len(LAYERS))](rng, world.dtype))


def share_a_parameter(world: World, rng: Random) -> None:
    layers = [m for m in world.model.modules() if isinstance(m, nn.Linear) and m.weight.shape == (WIDTH, WIDTH)]
    first, second = rng.integers(len(layers), size=2)
    layers[second].weight = layers[first].weight


def replace_the_averages(world: World, rng: Random) -> None:
    for layer in world.model.modules():
        if isinstance(layer, nn.BatchNorm1d):
            layer.running_mean = rng.normal(size=WIDTH)


def halved(module: nn.Module, args: Any, output: Any) -> Any:
    return output * 0.5


def hook_a_layer(world: World, rng: Random) -> None:
    handle = world.model[0].register_forward_hook(halved)
    x, y = batch(rng)
    world.call(world.step, x, y)
    if rng.random() < 0.5:
        handle.remove()


CHANGES: list[Callable[[World, Random], None]] = [
    put_another_array, write_into_the_array, turn_the_memory, switch_the_mode, switch_a_layer, freeze_or_thaw,
    preset_a_gradient, keep_the_gradients, change_the_rate, step_the_schedule, step_the_other_optimizer,
    train_without_compiling, load_what_was_saved, copy_everything, compile_anew, exchange_a_layer, share_a_parameter,
    replace_the_averages, hook_a_layer,
]  # fmt: skip


# how it is called


def batch(rng: Random) -> tuple[np.ndarray, np.ndarray]:
    """A batch of some length."""
    n = int(rng.choice([2, 3, 5, 5, 9]))
    return rng.normal(size=(n, WIDTH)), rng.integers(0, CLASSES, n)


def plainly(world: World, x: Any, y: Any) -> Any:
    return world.call(world.step, x, y)


def with_odd_memory(world: World, x: Any, y: Any) -> Any:
    x = np.repeat(np.asfortranarray(x), 2, axis=0)[::2]
    x.flags.writeable = False
    return world.call(world.step, x, y)


def in_single_precision(world: World, x: Any, y: Any) -> Any:
    return world.call(world.step, x.astype(np.float32), y.astype(np.int32))


def fails(world: World, x: Any, y: Any) -> Any:
    """A step that ends in an error, which comes before or after averages are kept and numbers are drawn."""
    before = [layer.training for layer in world.model.modules()]
    world.model.eval()
    found = world.call(world.step, x, y)
    for layer, training in zip(world.model.modules(), before, strict=True):
        layer.training = training
    return found


def with_wrong_labels(world: World, x: Any, y: Any) -> Any:
    return fails(world, x, y + CLASSES)


def with_a_wrong_shape(world: World, x: Any, y: Any) -> Any:
    return world.call(world.step, x[:, :-1], y)


def under_no_grad(world: World, x: Any, y: Any) -> Any:
    with ag.no_grad():
        return fails(world, x, y)


def looking_for_anomalies(world: World, x: Any, y: Any) -> Any:
    with ag.detect_anomaly():
        return world.call(world.step, x, y)


def in_a_thread(world: World, x: Any, y: Any) -> Any:
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.extend(world.call(world.step, x, y)))
    thread.start()
    thread.join()
    return found


def with_constant_rows(world: World, x: Any, y: Any) -> Any:
    return world.call(world.step, np.repeat(x[:1], len(x), axis=0), y)


def with_zeros(world: World, x: Any, y: Any) -> Any:
    return world.call(world.step, x * 0.0, y)


def without_training(world: World, x: Any, y: Any) -> Any:
    return world.call(world.evaluate, x)


def on_a_leaf(world: World, x: Any, y: Any) -> Any:
    leaf = Tensor(x, requires_grad=True)
    found = world.call(world.evaluate, leaf)
    return found


CALLS: list[Callable[[World, Any, Any], Any]] = [
    plainly, plainly, plainly, with_odd_memory, in_single_precision, with_wrong_labels, with_a_wrong_shape, under_no_grad,
    looking_for_anomalies, in_a_thread, with_constant_rows, with_zeros, without_training, on_a_leaf,
]  # fmt: skip
