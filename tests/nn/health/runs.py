"""Small runs, sick and healthy: what the tests of the health report, and the measurement of its thresholds, go over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

import nn
import optim
from autograd import no_grad
from autograd.ops.activation import relu
from nn import init
from nn.digits import digits_network
from nn.training import Callback, Run

Rng = np.random.Generator


@dataclass
class Trial:
    model: nn.Module
    x: np.ndarray
    y: np.ndarray
    loss: Any
    optimizer: optim.Optimizer
    epochs: int = 5
    validation: tuple[np.ndarray, np.ndarray] | None = None
    batch_size: int = 32
    # Of how many batches a step adds up the gradients, and whether they are set to zero before.
    accumulate: int = 1
    zeroed: bool = True


def train(trial: Trial, callbacks: Sequence[Callback], seed: int = 0) -> Run:
    run = Run(trial.model, trial.loss, trial.optimizer, history=None)  # type: ignore[arg-type]
    loader = nn.DataLoader(trial.x, trial.y, batch_size=trial.batch_size, shuffle=True, seed=seed)
    for callback in callbacks:
        callback.on_begin(run)
    for run.epoch in range(1, trial.epochs + 1):
        for callback in callbacks:
            callback.on_epoch_begin(run)
        for number, (run.inputs, run.targets) in enumerate(loader, 1):
            if trial.zeroed and number % trial.accumulate == 1 % trial.accumulate:
                run.optimizer.zero_grad()
            run.outputs = run.model(run.inputs)
            run.value = run.loss(run.outputs, run.targets)
            if run.value.requires_grad:
                run.value.backward()
            if number % trial.accumulate:
                continue
            run.step += 1
            for callback in callbacks:
                callback.on_backward(run)
            run.optimizer.step()
            for callback in callbacks:
                callback.on_step(run)
        run.report = {"loss": run.value.item()}
        if trial.validation is not None:
            x, y = trial.validation
            with no_grad():
                run.report["val_accuracy"] = float(np.mean(run.model(x).data.argmax(axis=1) == y))
        for callback in callbacks:
            callback.on_epoch(run)
    for callback in callbacks:
        callback.on_end(run)
    return run


@cache
def digits() -> Any:
    return nn.load_digits_split()


def classified(model: nn.Module, lr: float = 0.01, epochs: int = 3, make: Any = optim.Adam, **options: Any) -> Trial:
    data = digits()
    return Trial(
        model,
        data.train_images,
        data.train_labels,
        nn.CrossEntropyLoss(),
        make(model.parameters(), lr=lr, **options),
        epochs,
        (data.test_images, data.test_labels),
    )


def stack(sizes: Sequence[int], activation: Callable[[], nn.Module], fill: Callable[..., Any] | None, seed: int) -> Any:
    """Linear layers with an activation between them, weights filled, biases 0; with fill=None as `Linear` makes them."""
    rng = np.random.default_rng(seed)
    modules: list[nn.Module] = []
    for n, m in zip(sizes, sizes[1:], strict=False):
        layer = nn.Linear(n, m, rng=rng)
        if fill is not None:
            fill(layer.weight, rng=rng)
            init.zeros_(layer.bias)
        modules += [layer, activation()]
    return nn.Sequential(*modules[:-1])


def he(weight: Any, rng: Rng) -> None:
    init.kaiming_normal_(weight, rng=rng)


def regression(seed: int, noise: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(512, 5)).astype(np.float32)
    y = np.sin(x[:, :1]) + x[:, 1:2] * x[:, 2:3] + noise * rng.normal(size=(512, 1))
    return x, y.astype(np.float32)


def table(name: str) -> tuple[np.ndarray, np.ndarray]:
    data = nn.data.load(name)
    x = nn.data.Standardize().fit(data.features)(data.features).astype(np.float32)
    y = (
        data.target
        if data.target.dtype.kind == "i"
        else ((data.target - data.target.mean()) / data.target.std()).astype(np.float32)[:, None]
    )
    return x, y


# healthy


def digits_run(seed: int) -> Trial:
    return classified(digits_network(seed), epochs=8)


def digits_default(seed: int) -> Trial:
    return classified(stack([64, 64, 16, 10], nn.Tanh, None, seed), lr=0.003)


def digits_sgd(seed: int) -> Trial:
    return classified(digits_network(seed), lr=0.1, make=optim.SGD, momentum=0.9)


def relu_net(seed: int) -> Trial:
    return classified(stack([64, 64, 32, 10], nn.ReLU, he, seed), lr=0.003)


def deep_relu_net(seed: int) -> Trial:
    return classified(stack([64] + [64] * 6 + [10], nn.ReLU, he, seed), lr=0.001)


def relu_sgd(seed: int) -> Trial:
    return classified(stack([64, 32, 10], nn.ReLU, None, seed), lr=0.1, make=optim.SGD)


def relu_long(seed: int) -> Trial:
    return classified(stack([64, 32, 10], nn.ReLU, None, seed), lr=0.005, epochs=30)


def tanh_long(seed: int) -> Trial:
    return classified(stack([64, 32, 16, 10], nn.Tanh, None, seed), lr=0.01, epochs=30)


def convolution(seed: int) -> Trial:
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1, rng=rng),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 8, 3, padding=1, rng=rng),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(128, 10, rng=rng),
    )
    trial = classified(model, lr=0.003, epochs=1)
    trial.x, trial.validation = trial.x.reshape(-1, 1, 8, 8), None
    return trial


class Functional(nn.Module):
    def __init__(self, seed: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.first, self.second = nn.Linear(64, 32, rng=rng), nn.Linear(32, 10, rng=rng)

    def forward(self, x: Any) -> Any:
        return self.second(relu(self.first(x)))


def functional_net(seed: int) -> Trial:
    return classified(Functional(seed), lr=0.003)


def regression_run(seed: int) -> Trial:
    x, y = regression(seed)
    model = stack([5, 32, 1], nn.Tanh, None, seed)
    return Trial(model, x, y, nn.MSELoss(), optim.Adam(model.parameters(), lr=0.01), 10)


def linear_regression(seed: int) -> Trial:
    x, _ = regression(seed)
    model = nn.Linear(5, 1, rng=seed)
    return Trial(model, x, x[:, :1] + 3.0, nn.MSELoss(), optim.SGD(model.parameters(), lr=0.05), 5)


def diabetes(seed: int) -> Trial:
    x, y = table("diabetes")
    model = stack([10, 16, 1], nn.ReLU, None, seed)
    return Trial(model, x, y, nn.MSELoss(), optim.Adam(model.parameters(), lr=0.003), 10)


def wine(seed: int) -> Trial:
    x, y = table("wine")
    model = stack([13, 16, 3], nn.Tanh, None, seed)
    return Trial(model, x, y, nn.CrossEntropyLoss(), optim.Adam(model.parameters(), lr=0.01), 10)


def breast_cancer(seed: int) -> Trial:
    x, y = table("breast_cancer")
    model = stack([30, 16, 1], nn.ReLU, he, seed)
    targets = y[:, None].astype(np.float32)
    return Trial(model, x, targets, nn.BCEWithLogitsLoss(), optim.Adam(model.parameters(), lr=0.003), 5)


# Healthy runs that the thresholds were not chosen on.


def xor(seed: int) -> Trial:
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], np.float32)
    y = np.array([[0.0], [1.0], [1.0], [0.0]], np.float32)
    model = stack([2, 8, 1], nn.Tanh, None, seed)
    return Trial(model, x, y, nn.BCEWithLogitsLoss(), optim.Adam(model.parameters(), lr=0.05), 200, batch_size=4)


def spiral(seed: int) -> Trial:
    rng = np.random.default_rng(seed)
    angle, label = rng.uniform(0.5, 9.0, 400), np.arange(400) % 2
    x = np.stack([angle * np.cos(angle + np.pi * label), angle * np.sin(angle + np.pi * label)], 1) / 4.0
    model = stack([2, 32, 32, 2], nn.ReLU, he, seed)
    return Trial(model, x.astype(np.float32), label, nn.CrossEntropyLoss(), optim.Adam(model.parameters(), 0.01), 30)


def iris_unscaled(seed: int) -> Trial:
    data = nn.data.load("iris")
    model = stack([4, 16, 3], nn.ReLU, None, seed)
    optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    return Trial(model, data.features.astype(np.float32), data.target, nn.CrossEntropyLoss(), optimizer, 30)


def normalised_deep(seed: int) -> Trial:
    rng = np.random.default_rng(seed)
    modules: list[nn.Module] = []
    for _ in range(8):
        modules += [nn.Linear(64, 64, rng=rng), nn.BatchNorm1d(64), nn.ReLU()]
    trial = classified(nn.Sequential(*modules, nn.Linear(64, 10, rng=rng)), lr=0.003, epochs=2)
    trial.validation = None
    return trial


def dropped_out(seed: int) -> Trial:
    rng = np.random.default_rng(seed)
    model = nn.Sequential(nn.Linear(64, 64, rng=rng), nn.ReLU(), nn.Dropout(0.5, rng=rng), nn.Linear(64, 10, rng=rng))
    return classified(model, lr=0.005)


def autoencoder(seed: int) -> Trial:
    x = digits().train_images
    # With ReLU in its middle 5 or 6 of these 8 units are dead, which is a finding and no false alarm.
    model = nn.Sequential(*stack([64, 32, 8, 32, 64], nn.Tanh, init.xavier_uniform_, seed), nn.Sigmoid())
    return Trial(model, x, x, nn.MSELoss(), optim.Adam(model.parameters(), lr=0.005), 5)


class Sums(nn.Module):
    def __init__(self, seed: int) -> None:
        super().__init__()
        self.cell, self.head = nn.RNN(1, 16, rng=seed, batch_first=True), nn.Linear(16, 1, rng=seed)

    def forward(self, x: Any) -> Any:
        outputs, _ = self.cell(x)
        return self.head(outputs[:, -1])


def recurrent(seed: int) -> Trial:
    x = np.random.default_rng(seed).normal(size=(256, 10, 1)).astype(np.float32)
    model = Sums(seed)
    return Trial(model, x, x.sum(axis=1) / 3.0, nn.MSELoss(), optim.Adam(model.parameters(), lr=0.01), 20)


class Words(nn.Module):
    def __init__(self, seed: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.words, self.norm, self.head = nn.Embedding(500, 16, rng=rng), nn.LayerNorm(16), nn.Linear(16, 3, rng=rng)

    def forward(self, x: Any) -> Any:
        return self.head(self.norm(self.words(x).mean(axis=1)))


def words(seed: int) -> Trial:
    rng = np.random.default_rng(seed)
    y = np.arange(300) % 3
    x = rng.integers(0, 100, (300, 8)) + 100 * y[:, None]
    model = Words(seed)
    return Trial(model, x, y, nn.CrossEntropyLoss(), optim.Adam(model.parameters(), lr=0.02), 15)


def zero_head(seed: int) -> Trial:
    model = stack([64, 64, 32, 10], nn.ReLU, he, seed)
    init.zeros_(model[4].weight)
    return classified(model, lr=0.003)


def sigmoid_net(seed: int) -> Trial:
    return classified(stack([64, 64, 32, 10], nn.Sigmoid, init.xavier_uniform_, seed), lr=0.01, epochs=10)


def logistic(seed: int) -> Trial:
    return classified(nn.Linear(64, 10, rng=seed), lr=0.5, make=optim.SGD)


def first_steps(seed: int) -> Trial:
    trial = classified(digits_network(seed), epochs=1)
    trial.x, trial.y, trial.validation = trial.x[:96], trial.y[:96], None
    return trial


def tanh_deep(seed: int) -> Trial:
    return classified(stack([64] + [64] * 6 + [10], nn.Tanh, init.xavier_uniform_, seed), lr=0.001)


def lazy_adam(seed: int) -> Trial:
    return classified(digits_network(seed), lr=0.0005, epochs=10)


def eager_adam(seed: int) -> Trial:
    return classified(digits_network(seed), lr=0.05, epochs=10)


def accumulating(seed: int) -> Trial:
    trial = classified(digits_network(seed), epochs=8)
    trial.accumulate, trial.batch_size = 4, 8
    return trial


HELD_OUT = [
    xor,
    spiral,
    iris_unscaled,
    normalised_deep,
    dropped_out,
    autoencoder,
    recurrent,
    words,
    zero_head,
    sigmoid_net,
    logistic,
    first_steps,
    tanh_deep,
    lazy_adam,
    eager_adam,
    accumulating,
]


HEALTHY = [
    digits_run,
    digits_default,
    digits_sgd,
    relu_net,
    deep_relu_net,
    relu_sgd,
    relu_long,
    tanh_long,
    convolution,
    functional_net,
    regression_run,
    linear_regression,
    diabetes,
    wine,
    breast_cancer,
]


# sick


def vanishing(seed: int) -> Trial:
    # SPEC G: five sigmoid layers.
    return classified(stack([64] + [32] * 5 + [10], nn.Sigmoid, init.xavier_uniform_, seed), lr=0.1, make=optim.SGD)


def vanishing_default(seed: int) -> Trial:
    return classified(stack([64] + [32] * 5 + [10], nn.Sigmoid, None, seed), lr=0.01)


def saturated(seed: int) -> Trial:
    # SPEC I: six layers of width 100, rows of N(0, 1).
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(320, 100)).astype(np.float32)
    model = stack([100] * 7 + [2], nn.Sigmoid, init.normal_, seed)
    y = (x[:, 0] > 0.0).astype(int)
    return Trial(model, x, y, nn.CrossEntropyLoss(), optim.SGD(model.parameters(), lr=0.1), 3)


def hasty_adam(seed: int) -> Trial:
    return classified(digits_network(seed), lr=10.0)


def hasty_sgd(seed: int) -> Trial:
    return classified(stack([64, 32, 10], nn.ReLU, None, seed), lr=100.0, make=optim.SGD)


def hasty_relu(seed: int) -> Trial:
    return classified(stack([64, 64, 32, 10], nn.ReLU, he, seed), lr=3.0)


def hasty_regression(seed: int) -> Trial:
    x, y = regression(seed)
    model = stack([5, 32, 1], nn.Tanh, None, seed)
    return Trial(model, x, y, nn.MSELoss(), optim.Adam(model.parameters(), lr=10.0), 5)


def unscaled(seed: int) -> Trial:
    trial = classified(digits_network(seed))
    trial.x, trial.validation = trial.x * 1000.0, None
    return trial


def unscaled_wine(seed: int) -> Trial:
    data = nn.data.load("wine")
    model = stack([13, 16, 3], nn.ReLU, None, seed)
    return Trial(
        model,
        data.features.astype(np.float32),
        data.target,
        nn.CrossEntropyLoss(),
        optim.Adam(model.parameters(), lr=0.01),
        10,
    )


def dead(seed: int) -> Trial:
    trial = classified(stack([64, 64, 32, 10], nn.ReLU, he, seed), lr=0.003)
    # A bias far below 0, as a step that was too large leaves it.
    trial.model[2].bias.data[:28] = -20.0
    return trial


def zeros(seed: int) -> Trial:
    return classified(stack([64, 32, 10], nn.Sigmoid, lambda w, rng: init.zeros_(w), seed))


def constant(seed: int) -> Trial:
    return classified(stack([64, 32, 16, 10], nn.Tanh, lambda w, rng: init.constant_(w, 0.1), seed))


class Detached(nn.Module):
    def __init__(self, seed: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.first, self.second, self.third = (
            nn.Linear(64, 32, rng=rng),
            nn.Linear(32, 32, rng=rng),
            nn.Linear(32, 10, rng=rng),
        )

    def forward(self, x: Any) -> Any:
        h = self.first(x).tanh()
        h = self.second(h).tanh()
        h = h.detach()
        return self.third(h)


def detached(seed: int) -> Trial:
    return classified(Detached(seed))


def double_softmax(seed: int) -> Trial:
    model = nn.Sequential(*digits_network(seed), nn.Softmax())
    return classified(model)


def shuffled(seed: int) -> Trial:
    trial = classified(digits_network(seed), epochs=5)
    trial.y = np.random.default_rng(seed).permutation(trial.y)
    return trial


def shuffled_numbers(seed: int) -> Trial:
    trial = regression_run(seed)
    trial.y = np.random.default_rng(seed + 1).permutation(trial.y)
    return trial


def frozen(seed: int) -> Trial:
    model = digits_network(seed)
    model[2].requires_grad_(False)
    return classified(model)


def left_out(seed: int) -> Trial:
    trial = classified(digits_network(seed))
    _, _, second, _, third = trial.model
    trial.optimizer = optim.Adam([*second.parameters(), *third.parameters()], lr=0.01)
    return trial


def foreign(seed: int) -> Trial:
    trial = classified(digits_network(seed))
    trial.optimizer = optim.Adam(digits_network(seed + 1).parameters(), lr=0.01)
    return trial


def exploding(seed: int) -> Trial:
    model = stack([64] + [64] * 6 + [10], nn.ReLU, init.normal_, seed)
    return classified(model, lr=0.001)


def not_finite(seed: int) -> Trial:
    trial = classified(Logarithm(seed))
    return trial


class Logarithm(nn.Module):
    def __init__(self, seed: int) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(64, 16, rng=seed), nn.Linear(16, 10, rng=seed)

    def forward(self, x: Any) -> Any:
        h = relu(self.first(x))
        h = h.log()
        return self.second(h)


def slow(seed: int) -> Trial:
    return classified(digits_network(seed), lr=1e-7)


def not_zeroed(seed: int) -> Trial:
    trial = classified(digits_network(seed), epochs=8)
    trial.zeroed = False
    return trial


def not_zeroed_regression(seed: int) -> Trial:
    x, y = regression(seed)
    model = stack([5, 32, 1], nn.Tanh, None, seed)
    return Trial(model, x, y, nn.MSELoss(), optim.SGD(model.parameters(), lr=0.01), 5, zeroed=False)


@dataclass(frozen=True)
class Case:
    make: Callable[[int], Trial]
    cause: str
    path: str = field(default="")


SICK = [
    Case(vanishing, "vanishing gradients", "0"),
    Case(vanishing_default, "vanishing gradients", "0"),
    Case(saturated, "saturation", "1"),
    Case(hasty_adam, "learning rate too high"),
    Case(hasty_sgd, "learning rate too high"),
    Case(hasty_relu, "learning rate too high"),
    Case(hasty_regression, "learning rate too high"),
    Case(unscaled, "inputs not scaled", "0"),
    Case(unscaled_wine, "inputs not scaled", "0"),
    Case(dead, "dead units", "3"),
    Case(zeros, "identical units", "0"),
    Case(constant, "identical units", "0"),
    Case(detached, "missing gradients", "second"),
    Case(double_softmax, "double softmax", "5"),
    Case(shuffled, "not learning"),
    Case(shuffled_numbers, "not learning"),
    Case(frozen, "frozen parameters", "2"),
    Case(left_out, "parameters left out", "0"),
    Case(foreign, "foreign parameters"),
    Case(exploding, "exploding gradients", "12"),
    Case(not_finite, "not finite"),
    Case(slow, "learning rate too low"),
    Case(not_zeroed, "gradients not zeroed"),
    Case(not_zeroed_regression, "gradients not zeroed"),
]
