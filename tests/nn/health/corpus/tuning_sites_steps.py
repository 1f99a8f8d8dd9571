"""The tuning half: steps written by hand, over tensors and over single values; each text is the run as it went well."""

from __future__ import annotations

from tests.nn.health.corpus.case import Case
from tests.nn.health.corpus.loops import case
from tests.nn.health.corpus.pairs import ASKED, BOOK, CS231N, LIST

# Single values, as in a lecture: a curve of one variable through sixteen points.
CURVE = """
import random
from nn.scalar import MLP

random.seed(SEED)
xs = [k / 8 - 1 for k in range(17)]
ys = [0.9 * abs(2 * x - 0.3) - 0.8 + random.gauss(0, 0.04) for x in xs]

model = MLP(1, [7, 7, 1], activation="tanh")
learning_rate = 0.1
for k in range(120):
    predictions = [model([x]) for x in xs]
    loss = sum((p - y) ** 2 for p, y in zip(predictions, ys)) / len(xs)
    model.zero_grad()
    loss.backward()
    for p in model.parameters():
        p.data -= learning_rate * p.grad
    if k % 10 == 0:
        print(k, loss.data)
print("fit", [round(p.data, 2) for p in predictions])
"""

# A neuron written out: ripe or not by two measures, a logistic loss, values alone.
RIPE = """
import math
import random
from autograd import Value

rnd = random.Random(SEED)
fruit = []
for _ in range(60):
    colour, firm = rnd.uniform(-1, 1), rnd.uniform(-1, 1)
    fruit.append(((colour, firm), 1.0 if 1.5 * colour - firm + rnd.gauss(0, 0.2) > 0.1 else 0.0))

w1, w2, b = Value(0.1), Value(-0.05), Value(0.0)
rate = 2.0
for epoch in range(40):
    total = Value(0.0)
    for (colour, firm), ripe in fruit:
        p = (w1 * colour + w2 * firm + b).sigmoid()
        total = total - (ripe * (p + 1e-9).log() + (1 - ripe) * (1 - p + 1e-9).log())
    loss = total / len(fruit)
    for v in (w1, w2, b):
        v.grad = 0.0
    loss.backward()
    for v in (w1, w2, b):
        v.data = v.data - rate * v.grad
    print(epoch, loss.data)
"""

# Mushrooms of five kinds by a softmax of two layers; momentum and the decay of the rate are written out.
MUSHROOMS = """
import numpy as np
from autograd import Tensor

np.random.seed(SEED)
kinds, features = 5, 11
prototypes = np.random.RandomState(3).normal(size=(kinds, features))
t = np.random.randint(0, kinds, 450)
X = (prototypes[t] + 0.6 * np.random.randn(450, features)).astype(np.float32)
X_test, t_test = X[350:], t[350:]
X, t = X[:350], t[:350]


def init(n_in, n_out):
    return Tensor((np.random.randn(n_in, n_out) * np.sqrt(2.0 / n_in)).astype(np.float32), requires_grad=True)


params = {"W1": init(features, 30), "b1": Tensor(np.zeros(30, np.float32), requires_grad=True)}
params |= {"W2": init(30, kinds), "b2": Tensor(np.zeros(kinds, np.float32), requires_grad=True)}
velocity = {name: np.zeros_like(p.data) for name, p in params.items()}
alpha, mu, batch_size = 0.05, 0.9, 25


def scores_of(x):
    h = np.maximum(Tensor(x) @ params["W1"] + params["b1"], 0)
    return h @ params["W2"] + params["b2"]


def cross_entropy(scores, labels):
    shifted = scores - scores.numpy().max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(labels)), labels].mean()


for epoch in range(15):
    shuffled = np.random.permutation(len(X))
    for first in range(0, len(X), batch_size):
        pick = shuffled[first : first + batch_size]
        loss = cross_entropy(scores_of(X[pick]), t[pick])
        for p in params.values():
            p.grad = None
        loss.backward()
        for name, p in params.items():
            velocity[name] = mu * velocity[name] - alpha * p.grad
            p.data = p.data + velocity[name]
    alpha *= 0.97
    print("epoch %d loss %.3f" % (epoch, loss.item()))
accuracy = (scores_of(X_test).numpy().argmax(axis=1) == t_test).mean()
print("test accuracy", accuracy)
"""

# Currents in a coil: all rows in each step, a network of arrays in a list, Adam written out.
COIL = """
import numpy as np
from autograd import Tensor, no_grad

rng = np.random.default_rng(SEED)
N = 200
turns, gap, angle = rng.uniform(-1, 1, (3, N))
field = np.cos(2.5 * angle) * (1 + turns) / (1.5 + gap)
inputs = np.stack([turns, gap, angle], axis=1).astype(np.float32)
target = ((field - field.mean()) / field.std()).reshape(-1, 1).astype(np.float32)

sizes = [3, 24, 24, 1]
layers = []
for n, m in zip(sizes, sizes[1:]):
    weight = Tensor((rng.normal(size=(n, m)) / np.sqrt(n)).astype(np.float32), requires_grad=True)
    layers.append((weight, Tensor(np.zeros(m, np.float32), requires_grad=True)))
parameters = [p for layer in layers for p in layer]
first = [np.zeros_like(p.data) for p in parameters]
second = [np.zeros_like(p.data) for p in parameters]
beta1, beta2, lr, eps = 0.9, 0.999, 0.01, 1e-8


def net(x):
    for weight, bias in layers[:-1]:
        x = (x @ weight + bias).tanh()
    weight, bias = layers[-1]
    return x @ weight + bias


for step in range(1, 401):
    error = net(Tensor(inputs)) - target
    loss = (error**2).mean()
    for p in parameters:
        p.grad = None
    loss.backward()
    with no_grad():
        for i, p in enumerate(parameters):
            g = p.grad
            first[i] = beta1 * first[i] + (1 - beta1) * g
            second[i] = beta2 * second[i] + (1 - beta2) * g**2
            m_hat = first[i] / (1 - beta1**step)
            v_hat = second[i] / (1 - beta2**step)
            p.data = p.data - (lr * m_hat / (np.sqrt(v_hat) + eps)).astype(np.float32)
    if step % 50 == 0:
        print(step, loss.item())
"""

SICK: list[Case] = [
    case(
        "curve_at_eight",
        CURVE,
        [("learning_rate = 0.1", "learning_rate = 8.0")],
        "learning rate too high",
        CS231N + ", the loss explodes",
    ),
    case(
        "curve_at_a_millionth",
        CURVE,
        [("learning_rate = 0.1", "learning_rate = 1e-6")],
        "learning rate too low",
        CS231N + ", the loss is barely changing",
    ),
    case(
        "curve_of_a_model_in_the_loop",
        CURVE,
        [
            ('model = MLP(1, [7, 7, 1], activation="tanh")\n', ""),
            ("    predictions =", '    model = MLP(1, [7, 7, 1], activation="tanh")\n    predictions ='),
        ],
        "model made anew",
        ASKED + "loss jumps about and never falls",
    ),
    case(
        "curve_stepped_beside_its_values",
        CURVE,
        [("        p.data -= learning_rate * p.grad", "        p = p - learning_rate * p.grad")],
        "step missing",
        ASKED + "w = w - lr * w.grad does not change w",
    ),
    case(
        "ripe_uphill",
        RIPE,
        [("v.data = v.data - rate * v.grad", "v.data = v.data + rate * v.grad")],
        "loss maximised",
        LIST + "15, check your loss function",
    ),
    case(
        "ripe_with_one_total_for_all",
        RIPE,
        [
            ("    total = Value(0.0)\n", ""),
            ("rate = 2.0\n", "rate = 0.5\ntotal = Value(0.0)\n"),
            ("range(40)", "range(12)"),
        ],
        "graph grows",
        ASKED + "each epoch takes longer than the one before",
    ),
    case(
        "mushrooms_with_a_rate_that_melts",
        MUSHROOMS,
        [
            ("    alpha *= 0.97\n", ""),
            (
                "            p.data = p.data + velocity[name]\n",
                "            p.data = p.data + velocity[name]\n        alpha *= 0.5\n",
            ),
            ("alpha, mu, batch_size = 0.05, 0.9", "alpha, mu, batch_size = 0.02, 0.5"),
        ],
        "rate decays too fast",
        ASKED + "learning rate decay inside of the batch loop",
        ("scheduler out of order",),
    ),
    case(
        "mushrooms_cut_by_value",
        MUSHROOMS,
        [("- alpha * p.grad", "- alpha * np.clip(p.grad, -1e-5, 1e-5)")],
        "clipping too tight",
        LIST + "32",
    ),
    case(
        "mushrooms_under_a_heavy_penalty",
        MUSHROOMS,
        [
            (
                "        for p in params.values():\n            p.grad = None\n",
                "        loss = loss + 0.5 * sum(np.abs(p).sum() for p in params.values())\n"
                "        for p in params.values():\n            p.grad = None\n",
            ),
            ("alpha, mu, batch_size = 0.05", "alpha, mu, batch_size = 0.01"),
        ],
        "too much weight decay",
        LIST + "27, reduce regularisation",
    ),
    case(
        "coil_with_a_large_epsilon",
        COIL,
        [("lr, eps = 0.9, 0.999, 0.01, 1e-8", "lr, eps = 0.9, 0.999, 0.01, 1e4")],
        "learning rate too low",
        ASKED + "epsilon of Adam",
    ),
    case(
        "coil_that_moves_its_biases",
        COIL,
        [("parameters = [p for layer in layers for p in layer]", "parameters = [layer[1] for layer in layers]")],
        "parameters left out",
        LIST + "25, are all layers trained",
    ),
    case(
        "coil_never_cleared",
        COIL,
        [
            ("    for p in parameters:\n        p.grad = None\n    loss", "    loss"),
            ("lr, eps = 0.9, 0.999, 0.01", "lr, eps = 0.9, 0.999, 0.03"),
        ],
        "gradients not zeroed",
        ASKED + "Adam by hand, gradients add up",
    ),
    case(
        "coil_in_leaps",
        COIL,
        [("lr, eps = 0.9, 0.999, 0.01, 1e-8", "lr, eps = 0.9, 0.999, 5.0, 1e-8")],
        "learning rate too high",
        BOOK + ", 11.4.1",
    ),
    case(
        "coil_of_a_few_rows_each_time_the_same",
        COIL,
        [("net(Tensor(inputs)) - target", "net(Tensor(inputs[:5])) - target[:5]")],
        "same batch again",
        "Karpathy's recipe, overfit one batch, and left in",
    ),
    case(
        "coil_whose_graph_is_cut_between_layers",
        COIL,
        [
            ("        x = (x @ weight + bias).tanh()\n", "        x = (x @ weight + bias).tanh().detach()\n"),
            ("sizes = [3, 24, 24, 1]", "sizes = [3, 6, 5, 1]"),
            (
                "            g = p.grad\n",
                "            g = p.grad\n            if g is None:\n                continue\n",
            ),
        ],
        "missing gradients",
        ASKED + "detach between layers",
    ),
]
WELL: list[Case] = []
