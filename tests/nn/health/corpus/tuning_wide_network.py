"""The tuning half, in breadth: what is wrong lies in the network or the loss, for other tasks and layers."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
from autograd import Tensor, no_grad
from nn import init
from tests.nn.health.corpus import networks, rows
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.tuning_wide_rows import ASKED, DUCK, IVANOV, adam, sgd

RECIPE = "Karpathy, A Recipe for Training Neural Networks (2019), common mistakes"
CS231N = "CS231n, Neural Networks Part 2: weight initialisation"
ACT = "CS231n, Neural Networks Part 1: commonly used activation functions"
F = nn.functional


def xor_by_linear_layers(seed: int) -> Setup:
    model = mlp([2, 8, 1], seed, None)
    return Setup(model, *rows.XOR, loss=nn.BCEWithLogitsLoss(), optimizer=adam(model, 0.05), epochs=200, batch_size=4)


def three_linear_layers_for_classes(seed: int) -> Setup:
    x, y = rows.circle(seed, 400)
    model = mlp([2, 16, 16, 2], seed, None)
    return Setup(model, x, y[:, 0].astype(int), optimizer=adam(model), epochs=25)


def dropout_is_no_activation(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    model = nn.Sequential(nn.Linear(2, 32, rng=rng), nn.Dropout(0.1, rng=rng), nn.Linear(32, 1, rng=rng))
    return Setup(model, *rows.circle(seed), loss=nn.BCEWithLogitsLoss(), optimizer=adam(model, 0.02), epochs=30)


class Forgotten(nn.Module):
    """Makes a ReLU and forgets to call it."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.first, self.act, self.second = nn.Linear(5, 32, rng=seed), nn.ReLU(), nn.Linear(32, 1, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        return self.second(self.first(x))


def activation_never_called(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(400, 5)).astype(np.float32)
    y = (x[:, :1] ** 2 - np.abs(x[:, 1:2])).astype(np.float32)
    model = Forgotten(seed)
    return Setup(model, x, y, optimizer=adam(model), epochs=25)


def softmax_before_cross_entropy_of_pictures(seed: int) -> Setup:
    model = networks.convolution(seed, nn.Softmax())
    return Setup(model, *rows.images(), loss=nn.CrossEntropyLoss(), optimizer=sgd(model, 0.05), epochs=8)


def sigmoid_before_cross_entropy(seed: int) -> Setup:
    model = mlp([8, 32, 4], seed, nn.ReLU, nn.Sigmoid())
    return Setup(model, *rows.blobs(seed), loss=nn.CrossEntropyLoss(), optimizer=sgd(model, 0.05), epochs=10)


def sigmoid_before_logits_of_labels(seed: int) -> Setup:
    model = mlp([8, 32, 5], seed, nn.ReLU, nn.Sigmoid())
    return Setup(model, *rows.labels(seed), loss=nn.BCEWithLogitsLoss(), optimizer=adam(model), epochs=20)


def softmax_of_one_with_bce(seed: int) -> Setup:
    model = mlp([2, 16, 1], seed, nn.ReLU, nn.Softmax())
    return Setup(model, *rows.circle(seed), loss=nn.BCELoss(), optimizer=adam(model), epochs=20)


def softmax_of_one_in_forward(seed: int) -> Setup:
    class Soft(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body = mlp([2, 16, 1], seed)

        def forward(self, x: Any) -> Any:
            return F.softmax(self.body(x), -1)

    model = Soft()
    return Setup(model, *rows.circle(seed), loss=nn.BCELoss(), optimizer=adam(model), epochs=20)


def cross_entropy_of_one_output(seed: int) -> Setup:
    x, y = rows.circle(seed)
    model = mlp([2, 16, 1], seed)
    return Setup(model, x, np.zeros(len(y), int), nn.CrossEntropyLoss(), adam(model), epochs=20)


def softmax_for_several_labels(seed: int) -> Setup:
    model = mlp([8, 32, 5], seed, nn.ReLU, nn.Softmax())
    return Setup(model, *rows.labels(seed), loss=nn.BCELoss(), optimizer=adam(model), epochs=20)


def softmax_over_columns_of_pictures(seed: int) -> Setup:
    model = networks.convolution(seed, nn.Softmax(0))
    x, y = rows.images()

    def entropy(outputs, targets):
        return -(outputs[np.arange(len(targets)), targets] + 1e-7).log().mean()

    return Setup(model, x, y, entropy, adam(model, 0.005), epochs=8)


def tanh_for_large_numbers(seed: int) -> Setup:
    x, y = rows.plane(seed)
    model = mlp([6, 16, 1], seed, nn.ReLU, nn.Tanh())
    return Setup(model, x, 2.0 * y, nn.MSELoss(), adam(model), epochs=25)


def relu_for_both_signs(seed: int) -> Setup:
    model = networks.Recurrent(seed)

    class Rectified(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body = model

        def forward(self, x: Any) -> Any:
            return F.relu(self.body(x))

    made = Rectified()
    return Setup(made, *rows.sequences(seed), loss=nn.MSELoss(), optimizer=adam(made), epochs=20)


def softmax_for_a_number(seed: int) -> Setup:
    x, _ = rows.numbers(seed)
    model = mlp([5, 32, 2], seed, nn.Tanh, nn.Softmax())
    y = np.concatenate([x[:, :1] + x[:, 1:2], 2.0 * x[:, 2:3]], axis=1)
    return Setup(model, x, y, nn.MSELoss(), adam(model), epochs=20)


def dead_after_a_bias(seed: int) -> Setup:
    model = networks.convolution(seed)
    init.constant_(model[0].bias, -30.0)
    return Setup(model, *rows.images(), optimizer=adam(model, 0.003), epochs=6)


def dead_second_layer(seed: int) -> Setup:
    model = mlp([5, 32, 32, 1], seed)
    init.constant_(model[2].bias, -40.0)
    return Setup(model, *rows.numbers(seed), optimizer=adam(model), epochs=25)


def zero_weights_of_pictures(seed: int) -> Setup:
    model = networks.convolution(seed)
    for p in model.parameters():
        init.zeros_(p)
    return Setup(model, *rows.images(), optimizer=sgd(model, 0.05), epochs=6)


def ones_for_labels(seed: int) -> Setup:
    model = mlp([8, 32, 5], seed, nn.Sigmoid)
    for layer in (model[0], model[2]):
        init.constant_(layer.weight, 1.0)
    return Setup(model, *rows.labels(seed), loss=nn.BCEWithLogitsLoss(), optimizer=adam(model), epochs=15)


def large_normal_weights_for_numbers(seed: int) -> Setup:
    model = mlp([5, 64, 64, 64, 1], seed)
    for layer in model[::2]:
        init.normal_(layer.weight, 0.0, 2.0, rng=np.random.default_rng(seed))
    return Setup(model, *rows.numbers(seed), optimizer=adam(model, 0.001), epochs=20)


def saturated_sigmoids(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    model = mlp([8, 64, 64, 4], seed, nn.Sigmoid)
    for layer in model[::2]:
        init.normal_(layer.weight, 0.0, 6.0, rng=rng)
    return Setup(model, *rows.blobs(seed), optimizer=adam(model, 0.003), epochs=5)


def tiny_weights_of_a_deep_relu(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    model = mlp([8, 32, 32, 32, 4], seed)
    for layer in model[::2]:
        init.normal_(layer.weight, 0.0, 1e-3, rng=rng)
        init.zeros_(layer.bias)
    return Setup(model, *rows.blobs(seed), optimizer=sgd(model, 0.1), epochs=12)


def eight_sigmoids(seed: int) -> Setup:
    model = mlp([8] + [24] * 8 + [4], seed, nn.Sigmoid)
    for layer in model[::2]:
        init.xavier_uniform_(layer.weight, rng=np.random.default_rng(seed))
    return Setup(model, *rows.blobs(seed), optimizer=adam(model, 0.001), epochs=15)


def six_sigmoids_for_numbers(seed: int) -> Setup:
    model = mlp([5] + [24] * 6 + [1], seed, nn.Sigmoid)
    for layer in model[::2]:
        init.xavier_uniform_(layer.weight, rng=np.random.default_rng(seed))
    return Setup(model, *rows.numbers(seed), optimizer=sgd(model, 0.1), epochs=25)


class Taken(nn.Module):
    """Goes on with the numbers of a layer's output."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(5, 32, rng=seed), nn.Linear(32, 1, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        h = F.relu(self.first(x))
        return self.second(Tensor(h.data))


def data_taken(seed: int) -> Setup:
    model = Taken(seed)
    return Setup(model, *rows.numbers(seed), optimizer=adam(model), epochs=15)


class Unrecorded(nn.Module):
    def __init__(self, seed: int) -> None:
        super().__init__()
        self.body, self.head = networks.convolution(seed)[:4], nn.Linear(128, 10, rng=seed)

    def forward(self, x: Any) -> Any:
        with no_grad():
            h = self.body(x)
        return self.head(h)


def body_without_a_graph(seed: int) -> Setup:
    model = Unrecorded(seed)
    return Setup(model, *rows.images(), optimizer=adam(model, 0.005), epochs=6)


class Stepped(nn.Module):
    """Makes zeros and ones of its hidden units, by a comparison."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(8, 16, rng=seed), nn.Linear(16, 4, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        return self.second((self.first(x) > 0.0).astype(np.float32))


class Rounded(Stepped):
    """Rounds them."""

    def forward(self, x: Any) -> Any:
        return self.second(self.first(x).round())


def hidden_units_of_steps(seed: int) -> Setup:
    model = Stepped(seed)
    return Setup(model, *rows.blobs(seed), optimizer=adam(model, 0.001), epochs=5)


def hidden_units_rounded(seed: int) -> Setup:
    model = Rounded(seed)
    return Setup(model, *rows.blobs(seed), optimizer=adam(model, 0.001), epochs=5)


def loss_of_rounded_answers(seed: int) -> Setup:
    model = mlp([5, 32, 1], seed, nn.Tanh)

    def own(outputs, targets):
        return ((outputs.round() - targets) ** 2).mean()

    return Setup(model, *rows.numbers(seed), own, adam(model), epochs=15)


class Kept(nn.Module):
    """Layers in a dictionary."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.layers = {"first": nn.Linear(5, 32, rng=seed), "second": nn.Linear(32, 1, rng=seed + 1)}
        self.scale = nn.Parameter(np.ones(1, np.float32))

    def forward(self, x: Any) -> Any:
        return self.scale * self.layers["second"](F.relu(self.layers["first"](x)))


def layers_in_a_dictionary(seed: int) -> Setup:
    model = Kept(seed)
    return Setup(model, *rows.numbers(seed), optimizer=adam(model), epochs=15)


class Blocks(nn.Module):
    """Blocks in a list, as tuples."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.blocks = [(nn.Linear(8, 32, rng=seed), nn.ReLU()), (nn.Linear(32, 32, rng=seed + 1), nn.ReLU())]
        self.head = nn.Linear(32, 4, rng=seed + 2)

    def forward(self, x: Any) -> Any:
        for linear, act in self.blocks:
            x = act(linear(x))
        return self.head(x)


def blocks_in_tuples(seed: int) -> Setup:
    model = Blocks(seed)
    return Setup(model, *rows.blobs(seed), optimizer=sgd(model, 0.05), epochs=5)


class Loose(nn.Module):
    """Weights as a plain tensor."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.weight = Tensor(0.3 * rng.normal(size=(6, 16)).astype(np.float32), requires_grad=True)
        self.head = nn.Linear(16, 1, rng=seed)

    def forward(self, x: Any) -> Any:
        return self.head(F.relu(Tensor(x) @ self.weight if isinstance(x, np.ndarray) else x @ self.weight))


def weights_as_a_tensor(seed: int) -> Setup:
    model = Loose(seed)
    return Setup(model, *rows.plane(seed), optimizer=adam(model), epochs=15)


class BatchFirst(nn.Module):
    """Takes the axis of the batch for that of time."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.cell, self.head = nn.GRU(1, 12, rng=seed), nn.Linear(12, 1, rng=seed)

    def forward(self, x: Any) -> Any:
        outputs, _ = self.cell(x)
        return self.head(outputs[:, -1])


def batch_taken_for_time(seed: int) -> Setup:
    model = BatchFirst(seed)
    return Setup(model, *rows.sequences(seed), optimizer=adam(model), epochs=15)


class Centred(nn.Module):
    """Takes the softmax of its attention along the batch."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.score, self.head = nn.Linear(8, 8, rng=seed), nn.Linear(8, 4, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        return self.head(F.softmax(self.score(x), 0) * x)


def attention_along_the_batch(seed: int) -> Setup:
    model = Centred(seed)
    return Setup(model, *rows.blobs(seed), optimizer=adam(model, 0.003), epochs=10)


class Mixed(nn.Module):
    """Pictures that are reshaped to rows across the batch."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.conv, self.head = nn.Conv2d(1, 4, 3, padding=1, rng=seed), nn.Linear(256, 10, rng=seed)

    def forward(self, x: Any) -> Any:
        h = F.relu(self.conv(x))
        return self.head(h.transpose(1, 0, 2, 3).reshape(len(x), -1))


def pictures_reshaped_across(seed: int) -> Setup:
    model = Mixed(seed)
    return Setup(model, *rows.images(), optimizer=adam(model, 0.005), epochs=6)


class Blind(nn.Module):
    """Multiplies its inputs by nothing."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.body = mlp([5, 16, 1], seed)

    def forward(self, x: Any) -> Any:
        return self.body(x * 0.0)


def inputs_times_nothing(seed: int) -> Setup:
    model = Blind(seed)
    return Setup(model, *rows.numbers(seed), optimizer=adam(model), epochs=15)


class NormOfOne(nn.Module):
    """Normalises a single number to 0."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.first, self.norm, self.head = nn.Linear(8, 1, rng=seed), nn.LayerNorm(1), nn.Linear(1, 4, rng=seed)

    def forward(self, x: Any) -> Any:
        return self.head(self.norm(self.first(x)))


def layer_norm_of_one_unit(seed: int) -> Setup:
    model = NormOfOne(seed)
    return Setup(model, *rows.blobs(seed), optimizer=adam(model), epochs=15)


def all_frozen_but_the_head(seed: int) -> Setup:
    model = mlp([2, 2, 1], seed)
    model[0].requires_grad_(False)
    init.constant_(model[0].weight, 0.05)
    return Setup(model, *rows.circle(seed), loss=nn.BCEWithLogitsLoss(), optimizer=adam_of_some(model), epochs=25)


def adam_of_some(model: Any, lr: float = 0.02) -> Any:
    import optim

    return optim.Adam([p for p in model.parameters() if p.requires_grad], lr=lr)


def one_unit_for_digits(seed: int) -> Setup:
    model = mlp([64, 32, 1, 10], seed, nn.Tanh)
    return Setup(model, *rows.digits(), optimizer=adam(model), epochs=10)


def two_units_for_numbers(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(500, 6)).astype(np.float32)
    y = np.sin(2.0 * x).sum(axis=1, keepdims=True).astype(np.float32) / 2.0
    model = mlp([6, 1, 1], seed, nn.Tanh)
    return Setup(model, x, y, optimizer=adam(model), epochs=30)


def inputs_dropped(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    model = nn.Sequential(nn.Dropout(0.95, rng=rng), nn.Linear(8, 32, rng=rng), nn.ReLU(), nn.Linear(32, 4, rng=rng))
    return Setup(model, *rows.blobs(seed), optimizer=adam(model), epochs=10)


def pictures_dropped(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    layers = [
        nn.Conv2d(1, 8, 3, padding=1, rng=rng),
        nn.ReLU(),
        nn.Dropout(0.9, rng=rng),
        nn.MaxPool2d(2),
        nn.Flatten(),
    ]
    model = nn.Sequential(*layers, nn.Dropout(0.95, rng=rng), nn.Linear(128, 10, rng=rng), nn.Dropout(0.8, rng=rng))
    return Setup(model, *rows.images(), optimizer=adam(model, 0.005), epochs=6)


def numbers_dropped(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Linear(5, 32, rng=rng),
        nn.Tanh(),
        nn.Dropout(0.9, rng=rng),
        nn.Linear(32, 1, rng=rng),
        nn.Dropout(0.9, rng=rng),
    )
    return Setup(model, *rows.numbers(seed), optimizer=adam(model), epochs=25)


def no_bias_for_an_offset(seed: int) -> Setup:
    x, y = rows.plane(seed)
    model = nn.Linear(6, 1, bias=False, rng=seed)
    return Setup(model, x, 0.5 * y + 3.0, optimizer=adam(model, 0.03), epochs=20)


def no_bias_for_the_origin(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    x = rng.uniform(0.0, 1.0, (300, 1)).astype(np.float32)
    model = nn.Sequential(nn.Linear(1, 16, bias=False, rng=rng), nn.ReLU(), nn.Linear(16, 1, bias=False, rng=rng))
    return Setup(model, x, 1.0 - x, optimizer=adam(model, 0.02), epochs=30)


def numbers_of_one_axis(seed: int) -> Setup:
    x, y = rows.sequences(seed)
    model = networks.Recurrent(seed)

    def absolute(outputs, targets):
        return (outputs - targets).abs().mean()

    return Setup(model, x, y[:, 0], absolute, adam(model), epochs=15)


def labels_as_a_row(seed: int) -> Setup:
    x, y = rows.circle(seed)
    model = mlp([2, 16, 1], seed, nn.ReLU, nn.Sigmoid())

    def own(outputs, targets):
        return -(targets * (outputs + 1e-7).log() + (1.0 - targets) * (1.0 - outputs + 1e-7).log()).mean()

    return Setup(model, x, y[:, 0], own, adam(model, 0.02), epochs=30)


def likelihood_without_its_sign(seed: int) -> Setup:
    model = mlp([8, 32, 5], seed, nn.ReLU, nn.Sigmoid())

    def own(o, t):
        return (t * (o + 1e-7).log() + (1.0 - t) * (1.0 - o + 1e-7).log()).mean()

    return Setup(model, *rows.labels(seed), own, adam(model), epochs=10)


def one_minus_the_error(seed: int) -> Setup:
    model = mlp([5, 32, 1], seed, nn.Tanh)

    def own(outputs, targets):
        return 1.0 - ((outputs - targets) ** 2).mean()

    return Setup(model, *rows.numbers(seed), own, adam(model), epochs=10)


def squares_after_sigmoids(seed: int) -> Setup:
    model = mlp([64, 32, 10], seed, nn.Sigmoid, nn.Sigmoid())
    x, y = rows.digits()
    return Setup(model, x, np.eye(10, dtype=np.float32)[y], nn.MSELoss(), sgd(model, 0.05), epochs=10)


def raw_scores_for_bce_of_labels(seed: int) -> Setup:
    model = mlp([8, 32, 5], seed)
    return Setup(model, *rows.labels(seed), loss=nn.BCELoss(), optimizer=adam(model), epochs=10)


def softmax_for_nll(seed: int) -> Setup:
    model = mlp([8, 32, 4], seed, nn.ReLU, nn.Softmax())
    return Setup(model, *rows.blobs(seed), loss=nn.NLLLoss(), optimizer=sgd(model, 0.05), epochs=10)


def mean_of_answers_only(seed: int) -> Setup:
    model = mlp([8, 32, 4], seed)

    def own(outputs, targets):
        return (outputs**2).mean()

    return Setup(model, *rows.blobs(seed), own, adam(model), epochs=10)


def product_for_loss(seed: int) -> Setup:
    model = mlp([5, 32, 1], seed, nn.Tanh)

    def own(outputs, targets):
        return (targets - outputs).mean()

    return Setup(model, *rows.numbers(seed), own, adam(model), epochs=10)


CASES = [
    Case(xor_by_linear_layers, "no activation", ASKED + "XOR with two Linear layers"),
    Case(three_linear_layers_for_classes, "no activation", ASKED + "nothing between nn.Linear"),
    Case(dropout_is_no_activation, "no activation", ASKED + "nothing between nn.Linear"),
    Case(activation_never_called, "no activation", ASKED + "relu made in __init__, not called"),
    Case(softmax_before_cross_entropy_of_pictures, "double softmax", RECIPE),
    Case(sigmoid_before_cross_entropy, "double softmax", ASKED + "sigmoid and CrossEntropyLoss"),
    Case(sigmoid_before_logits_of_labels, "double softmax", RECIPE),
    Case(softmax_of_one_with_bce, "softmax over one unit", ASKED + "softmax with one output and BCELoss"),
    Case(softmax_of_one_in_forward, "softmax over one unit", ASKED + "softmax with one output and BCELoss"),
    Case(cross_entropy_of_one_output, "softmax over one unit", ASKED + "CrossEntropyLoss is 0 from the start"),
    Case(softmax_for_several_labels, "output range", ASKED + "softmax for several labels", also=("loss unfit",)),
    Case(softmax_over_columns_of_pictures, "softmax over rows", ASKED + "softmax(dim=0)", also=("rows mixed",)),
    Case(tanh_for_large_numbers, "output range", DUCK + ": final layer"),
    Case(relu_for_both_signs, "output range", DUCK + ": final layer"),
    Case(softmax_for_a_number, "output range", DUCK + ": final layer"),
    Case(dead_after_a_bias, "dead units", ACT),
    Case(dead_second_layer, "dead units", ACT),
    Case(zero_weights_of_pictures, "identical units", CS231N),
    Case(ones_for_labels, "identical units", CS231N),
    Case(large_normal_weights_for_numbers, "exploding gradients", DUCK),
    Case(saturated_sigmoids, "saturation", CS231N, also=("exploding gradients",)),
    Case(tiny_weights_of_a_deep_relu, "weights too small", CS231N),
    Case(eight_sigmoids, "vanishing gradients", DUCK + ": too deep"),
    Case(six_sigmoids_for_numbers, "vanishing gradients", ACT),
    Case(data_taken, "missing gradients", ASKED + ".data in forward"),
    Case(body_without_a_graph, "missing gradients", ASKED + "no_grad in forward"),
    Case(hidden_units_of_steps, "missing gradients", ASKED + "a comparison in forward"),
    Case(hidden_units_rounded, "missing gradients", ASKED + "round in forward"),
    Case(loss_of_rounded_answers, "missing gradients", ASKED + "round before the loss", also=("loss unfit",)),
    Case(layers_in_a_dictionary, "unregistered parameters", ASKED + "layers in a dict"),
    Case(blocks_in_tuples, "unregistered parameters", ASKED + "layers in a list"),
    Case(weights_as_a_tensor, "unregistered parameters", ASKED + "Tensor in place of Parameter"),
    Case(batch_taken_for_time, "rows mixed", ASKED + "batch_first forgotten", also=("error",)),
    Case(attention_along_the_batch, "rows mixed", RECIPE, also=("softmax over rows",)),
    Case(pictures_reshaped_across, "rows mixed", RECIPE + ": view and permute"),
    Case(inputs_times_nothing, "inputs unused", RECIPE),
    Case(layer_norm_of_one_unit, "inputs unused", ASKED + "LayerNorm(1)"),
    Case(all_frozen_but_the_head, "frozen parameters", IVANOV + "23", also=("network too small",)),
    Case(one_unit_for_digits, "network too small", IVANOV + "24"),
    Case(two_units_for_numbers, "network too small", IVANOV + "24"),
    Case(inputs_dropped, "too much dropout", IVANOV + "30"),
    Case(pictures_dropped, "too much dropout", IVANOV + "30"),
    Case(numbers_dropped, "too much dropout", IVANOV + "30"),
    Case(no_bias_for_an_offset, "no bias", RECIPE, also=("targets not scaled",)),
    Case(no_bias_for_the_origin, "no bias", RECIPE),
    Case(numbers_of_one_axis, "shapes broadcast", ASKED + "(N, 1) and (N,)"),
    Case(labels_as_a_row, "shapes broadcast", ASKED + "(N, 1) and (N,)"),
    Case(likelihood_without_its_sign, "loss maximised", IVANOV + "18"),
    Case(one_minus_the_error, "loss maximised", IVANOV + "18"),
    Case(
        squares_after_sigmoids,
        "learning rate too low",
        DUCK,
        also=("too few steps", "loss unfit", "optimizer unfit", "vanishing gradients"),
    ),
    Case(raw_scores_for_bce_of_labels, "loss unfit", IVANOV + "19"),
    Case(softmax_for_nll, "loss unfit", ASKED + "NLLLoss of softmax", also=("loss unbounded",)),
    Case(mean_of_answers_only, "loss ignores targets", IVANOV + "18"),
    Case(product_for_loss, "loss unbounded", ASKED + "loss goes to minus infinity"),
]
