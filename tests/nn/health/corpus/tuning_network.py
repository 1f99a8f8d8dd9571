"""The tuning half: what is wrong lies in the network or the loss."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from nn import init
from tests.nn.health.corpus import rows
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp

IVANOV = "Ivanov, 37 Reasons why your Neural Network is not working (2017), no. "
RECIPE = "Karpathy, A Recipe for Training Neural Networks (2019), common mistakes"
CS231N = "CS231n, Neural Networks Part 2: weight initialisation"
ACT = "CS231n, Neural Networks Part 1: commonly used activation functions"


def adam(model: nn.Module, lr: float = 0.01) -> optim.Optimizer:
    return optim.Adam([p for p in model.parameters() if p.requires_grad], lr=lr)


def circle_by_linear_layers(seed: int) -> Setup:
    model = mlp([2, 16, 1], seed, None)
    return Setup(model, *rows.circle(seed), optimizer=optim.SGD(model.parameters(), lr=0.1), epochs=40)


def numbers_by_linear_layers(seed: int) -> Setup:
    model = mlp([3, 32, 32, 1], seed, None)
    x = np.random.default_rng(seed).normal(size=(400, 3)).astype(np.float32)
    return Setup(model, x, np.abs(x).sum(axis=1, keepdims=True) - 2.4, optimizer=adam(model), epochs=30)


def softmax_before_cross_entropy(seed: int) -> Setup:
    model = mlp([8, 32, 4], seed, nn.ReLU, nn.Softmax())
    return Setup(model, *rows.blobs(seed), loss=nn.CrossEntropyLoss(), optimizer=adam(model), epochs=15)


def sigmoid_before_logits(seed: int) -> Setup:
    model = mlp([2, 16, 1], seed, nn.ReLU, nn.Sigmoid())
    return Setup(model, *rows.circle(seed), loss=nn.BCEWithLogitsLoss(), optimizer=adam(model, 0.02), epochs=40)


class Soft(nn.Module):
    def __init__(self, seed: int) -> None:
        super().__init__()
        self.body = mlp([8, 32, 4], seed)

    def forward(self, x: Any) -> Any:
        return nn.functional.softmax(self.body(x), -1)


def softmax_in_forward(seed: int) -> Setup:
    model = Soft(seed)
    return Setup(
        model,
        *rows.blobs(seed),
        loss=nn.CrossEntropyLoss(),
        optimizer=optim.SGD(model.parameters(), lr=0.05),
        epochs=15,
    )


def softmax_of_one(seed: int) -> Setup:
    model = mlp([2, 16, 1], seed, nn.ReLU, nn.Softmax())
    return Setup(model, *rows.circle(seed), loss=nn.MSELoss(), optimizer=adam(model), epochs=20)


def softmax_of_the_batch(seed: int) -> Setup:
    model = mlp([8, 32, 4], seed, nn.ReLU, nn.LogSoftmax(0))
    return Setup(model, *rows.blobs(seed), loss=nn.NLLLoss(), optimizer=adam(model), epochs=15)


def relu_at_the_end(seed: int) -> Setup:
    model = mlp([5, 32, 1], seed, nn.Tanh, nn.ReLU())
    return Setup(model, *rows.numbers(seed), optimizer=adam(model), epochs=30)


def sigmoid_for_numbers(seed: int) -> Setup:
    x, y = rows.plane(seed)
    model = mlp([6, 16, 1], seed, nn.Tanh, nn.Sigmoid())
    return Setup(model, x, 3.0 * y, loss=nn.MSELoss(), optimizer=adam(model), epochs=30)


def all_dead(seed: int) -> Setup:
    model = mlp([8, 32, 4], seed)
    init.constant_(model[0].bias, -50.0)
    return Setup(model, *rows.blobs(seed), optimizer=adam(model), epochs=15)


def xor_with_a_dead_relu(seed: int) -> Setup:
    model = mlp([2, 6, 1], seed)
    init.constant_(model[0].bias, -4.0)
    return Setup(model, *rows.XOR, optimizer=adam(model, 0.02), epochs=200, batch_size=4)


def zero_weights(seed: int) -> Setup:
    model = mlp([8, 32, 4], seed, nn.Tanh)
    for p in model.parameters():
        init.zeros_(p)
    return Setup(model, *rows.blobs(seed), optimizer=adam(model), epochs=15)


def constant_weights(seed: int) -> Setup:
    model = mlp([5, 16, 1], seed, nn.Tanh)
    for layer in (model[0], model[2]):
        init.constant_(layer.weight, 0.1)
        init.zeros_(layer.bias)
    return Setup(model, *rows.numbers(seed), optimizer=adam(model), epochs=30)


def normal_weights(seed: int) -> Setup:
    model = mlp([64, 64, 64, 64, 64, 10], seed)
    for layer in model[::2]:
        init.normal_(layer.weight, rng=np.random.default_rng(seed))
    return Setup(model, *rows.digits(), optimizer=optim.SGD(model.parameters(), lr=0.001), epochs=8)


def saturated_tanh(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    model = mlp([64, 50, 50, 50, 10], seed, nn.Tanh)
    for layer in model[::2]:
        init.normal_(layer.weight, 0.0, 1.5, rng=rng)
    return Setup(model, *rows.digits(), optimizer=optim.SGD(model.parameters(), lr=0.01), epochs=8)


def tiny_weights(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    model = mlp([64, 32, 32, 32, 10], seed, nn.Tanh)
    for layer in model[::2]:
        init.normal_(layer.weight, 0.0, 0.01, rng=rng)
    return Setup(model, *rows.digits(), optimizer=optim.SGD(model.parameters(), lr=0.1), epochs=10)


def five_sigmoids(seed: int) -> Setup:
    model = mlp([64] + [32] * 5 + [10], seed, nn.Sigmoid)
    for layer in model[::2]:
        init.xavier_uniform_(layer.weight, rng=np.random.default_rng(seed))
    return Setup(model, *rows.digits(), optimizer=optim.SGD(model.parameters(), lr=0.1), epochs=15)


class Cut(nn.Module):
    def __init__(self, seed: int) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(8, 32, rng=seed), nn.Linear(32, 4, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        h = nn.functional.relu(self.first(x)).detach()
        return self.second(h)


def detached(seed: int) -> Setup:
    model = Cut(seed)
    return Setup(model, *rows.blobs(seed), optimizer=adam(model), epochs=15)


class Listed(nn.Module):
    def __init__(self, seed: int) -> None:
        super().__init__()
        self.hidden = [nn.Linear(8, 32, rng=seed)]
        self.head = nn.Linear(32, 4, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        for layer in self.hidden:
            x = nn.functional.relu(layer(x))
        return self.head(x)


def layers_in_a_list(seed: int) -> Setup:
    model = Listed(seed)
    return Setup(model, *rows.blobs(seed), optimizer=adam(model), epochs=15)


class Turned(nn.Module):
    """A reshape where a transpose was meant: it mixes the rows."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.first, self.head = nn.Linear(8, 16, rng=seed), nn.Linear(16, 4, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        h = nn.functional.relu(self.first(x))
        h = h.reshape(16, len(x)).transpose(1, 0) if hasattr(h, "transpose") else h
        return self.head(h)


def reshape_for_transpose(seed: int) -> Setup:
    model = Turned(seed)
    return Setup(model, *rows.blobs(seed), optimizer=adam(model), epochs=10)


class Deaf(nn.Module):
    """Overwrites its inputs."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.body = mlp([8, 16, 4], seed)

    def forward(self, x: Any) -> Any:
        x = np.zeros((len(x), 8), np.float32)
        return self.body(x)


def inputs_overwritten(seed: int) -> Setup:
    model = Deaf(seed)
    return Setup(model, *rows.blobs(seed), optimizer=adam(model), epochs=10)


def bottleneck(seed: int) -> Setup:
    model = mlp([8, 32, 1, 6], seed, nn.ReLU)
    init.zeros_(model[2].weight)
    x, y = rows.blobs(seed, classes=6)
    model[2].requires_grad_(False)
    return Setup(model, x, y, optimizer=adam(model), epochs=20)


def strong_dropout(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    drop = [nn.Dropout(0.97, rng=rng) for _ in range(2)]
    model = nn.Sequential(
        nn.Linear(64, 32, rng=rng),
        nn.ReLU(),
        drop[0],
        nn.Linear(32, 32, rng=rng),
        nn.ReLU(),
        drop[1],
        nn.Linear(32, 10, rng=rng),
    )
    return Setup(model, *rows.digits(), optimizer=adam(model), epochs=8)


def own_loss_broadcasts(seed: int) -> Setup:
    x, y = rows.numbers(seed)
    model = mlp([5, 32, 1], seed, nn.Tanh)

    def squared(outputs, targets):
        return ((outputs - targets) ** 2).mean()

    return Setup(model, x, y[:, 0], squared, adam(model), epochs=20)


def sign_turned(seed: int) -> Setup:
    x, y = rows.blobs(seed)
    model = mlp([8, 32, 4], seed)

    def likelihood(outputs, targets):
        return nn.functional.log_softmax(outputs)[np.arange(len(targets)), targets].mean()

    return Setup(model, x, y, likelihood, adam(model), epochs=10)


def raw_scores_for_nll(seed: int) -> Setup:
    model = mlp([8, 32, 4], seed)
    return Setup(model, *rows.blobs(seed), loss=nn.NLLLoss(), optimizer=adam(model), epochs=10)


def raw_scores_for_bce(seed: int) -> Setup:
    model = mlp([2, 16, 1], seed)
    return Setup(model, *rows.circle(seed), loss=nn.BCELoss(), optimizer=adam(model), epochs=10)


def loss_without_targets(seed: int) -> Setup:
    model = mlp([5, 16, 1], seed)

    def own(outputs, targets):
        return ((outputs - outputs.mean()) ** 2).mean()

    return Setup(model, *rows.numbers(seed), own, adam(model), epochs=10)


CASES = [
    Case(circle_by_linear_layers, "no activation", "question: circle, two Linear layers, 50 %"),
    Case(numbers_by_linear_layers, "no activation", IVANOV + "27"),
    Case(softmax_before_cross_entropy, "double softmax", RECIPE),
    Case(sigmoid_before_logits, "double softmax", "question: sigmoid and BCEWithLogitsLoss"),
    Case(softmax_in_forward, "double softmax", RECIPE),
    Case(softmax_of_one, "softmax over one unit", "question: softmax with one output, constant loss"),
    Case(softmax_of_the_batch, "softmax over rows", "question: softmax(dim=0)", also=("rows mixed",)),
    Case(relu_at_the_end, "output range", "question: ReLU on the output of a regression"),
    Case(sigmoid_for_numbers, "output range", "question: regression ends in a sigmoid"),
    Case(all_dead, "dead units", ACT),
    Case(xor_with_a_dead_relu, "dead units", "question: XOR with ReLU stays at .25"),
    Case(zero_weights, "identical units", CS231N),
    Case(constant_weights, "identical units", CS231N),
    Case(normal_weights, "exploding gradients", CS231N),
    Case(saturated_tanh, "saturation", CS231N),
    Case(tiny_weights, "weights too small", CS231N),
    Case(five_sigmoids, "vanishing gradients", ACT),
    Case(detached, "missing gradients", "question: detach() in forward"),
    Case(layers_in_a_list, "unregistered parameters", "question: layers in a Python list"),
    Case(reshape_for_transpose, "rows mixed", RECIPE + ": use backprop to chart dependencies"),
    Case(inputs_overwritten, "inputs unused", RECIPE + ": input-independent baseline"),
    Case(
        bottleneck,
        "frozen parameters",
        "question: requires_grad=False left on",
        also=("network too small", "inputs unused"),
    ),
    Case(strong_dropout, "too much dropout", IVANOV + "21"),
    Case(own_loss_broadcasts, "shapes broadcast", "question: MSE of (N, 1) and (N,) predicts the mean"),
    Case(sign_turned, "loss maximised", IVANOV + "19"),
    Case(raw_scores_for_nll, "loss unbounded", RECIPE),
    Case(raw_scores_for_bce, "loss unfit", IVANOV + "19"),
    Case(loss_without_targets, "loss ignores targets", IVANOV + "19"),
]
