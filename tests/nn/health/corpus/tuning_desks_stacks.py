"""The tuning half: layers, masks and tables in classes and functions of one's own; each text is the run as it went well."""

from __future__ import annotations

from tests.nn.health.corpus.case import Case
from tests.nn.health.corpus.loops import case
from tests.nn.health.corpus.pairs import ASKED, CS231N, LIST

# Dropout by a mask of one's own, and a flag for whether one trains.
MASKED = """
import numpy as np
import autograd as ag
from autograd import Tensor

rng = np.random.default_rng(SEED)
n, d = 500, 10
walk = rng.normal(size=(n, d))
tired = walk[:, :5] @ [1.0, -0.8, 0.6, 0.4, -0.3] + 0.6 * walk[:, 5] * walk[:, 6] + 0.15 * rng.normal(size=n)
tired = (tired / tired.std())[:, None]
train, test = slice(0, 400), slice(400, n)


def dropout(h, drop, training):
    if not training:
        return h
    keep = 1 - drop
    mask = rng.random(h.shape) < keep
    return h * (mask / keep)


class Net:
    def __init__(self, sizes, drop):
        self.drop = drop
        self.p = []
        for fan_in, fan_out in zip(sizes, sizes[1:]):
            self.p.append((Tensor(rng.normal(0, (2 / fan_in) ** 0.5, (fan_in, fan_out)), requires_grad=True),
                           Tensor(np.zeros(fan_out), requires_grad=True)))

    def __call__(self, x, training=False):
        h = Tensor(x)
        for w, b in self.p[:-1]:
            h = dropout(ag.relu(h @ w + b), self.drop, training)
        w, b = self.p[-1]
        return h @ w + b

    def descend(self, lr):
        for pair in self.p:
            for t in pair:
                t.data -= lr * t.grad
                t.grad = None


net = Net([d, 96, 1], drop=0.05)
for epoch in range(60):
    for rows in rng.permutation(400).reshape(-1, 20):
        loss = ((net(walk[rows], training=True) - tired[rows]) ** 2).mean()
        loss.backward()
        net.descend(0.02)
    if epoch % 15 == 0:
        print(epoch, ((net(walk[test]) - tired[test]) ** 2).mean().item())
print("test", ((net(walk[test]).data - tired[test]) ** 2).mean() / tired[test].var())
"""

# Layers that know their activation by its name, in a stack of any depth.
STACK = """
import numpy as np
import autograd as ag
from autograd import Tensor

rng = np.random.default_rng(SEED)
ACTIVATIONS = {"tanh": ag.tanh, "relu": ag.relu, "sigmoid": ag.sigmoid, "": lambda x: x}


class Dense:
    def __init__(self, n_in, n_out, activation=""):
        scale = np.sqrt(6 / (n_in + n_out))
        self.kernel = Tensor(rng.uniform(-scale, scale, (n_in, n_out)), requires_grad=True)
        self.bias = Tensor(np.zeros(n_out), requires_grad=True)
        self.activation = activation

    def __call__(self, x):
        z = x @ self.kernel + self.bias
        if self.activation in ACTIVATIONS:
            z = ACTIVATIONS[self.activation](z)
        return z

    @property
    def trainable(self):
        return (self.kernel, self.bias)


class Stack:
    def __init__(self, *layers):
        self.layers = layers

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    @property
    def trainable(self):
        return [t for layer in self.layers for t in layer.trainable]


# a target: rings, of which every other one counts
shots = rng.normal(size=(600, 2))
ring = np.floor(1.1 * np.hypot(*shots.T)).astype(int)
counts = (ring % 2 == 1).astype(float)[:, None]
model = Stack(Dense(2, 32, "tanh"), Dense(32, 32, "tanh"), Dense(32, 1))


def logistic_loss(score, label):
    sign = 2 * label - 1
    return ag.log(1 + ag.exp(-sign * score)).mean()


mean_sq = [0.0 for _ in model.trainable]
for epoch in range(100):
    order = rng.permutation(480)
    for k in range(0, 480, 40):
        xb, yb = shots[order[k : k + 40]], counts[order[k : k + 40]]
        loss = logistic_loss(model(Tensor(xb)), yb)
        for t in model.trainable:
            t.zero_grad()
        loss.backward()
        for i, t in enumerate(model.trainable):  # RMSprop
            mean_sq[i] = 0.9 * mean_sq[i] + 0.1 * t.grad**2
            t.data = t.data - 0.005 * t.grad / (np.sqrt(mean_sq[i]) + 1e-8)
missed = ((model(Tensor(shots[480:])).data > 0) != (counts[480:] > 0.5)).mean()
print("missed", missed / min(counts[480:].mean(), 1 - counts[480:].mean()))
"""

# Marks of readers for books, by a few numbers of each, looked up by their places in two tables.
BOOKS = """
import numpy as np
from autograd import Tensor

rng = np.random.default_rng(SEED)
n_readers, n_books, k = 40, 30, 3
taste, kind = rng.normal(size=(n_readers, k)), rng.normal(size=(n_books, k))
r, b = rng.integers(0, n_readers, 800), rng.integers(0, n_books, 800)
mark = (taste[r] * kind[b]).sum(1) / np.sqrt(k) + 0.1 * rng.normal(size=800)
known, asked = np.arange(640), np.arange(640, 800)

P = Tensor(0.3 * rng.normal(size=(n_readers, k + 1)), requires_grad=True)
Q = Tensor(0.3 * rng.normal(size=(n_books, k + 1)), requires_grad=True)


def guess(rows):
    readers = P[r[rows]]
    books = Q[b[rows]]
    return (readers * books).sum(axis=1)


eta, decay = 4.0, 0.0005
for epoch in range(80):
    rng.shuffle(known)
    for i in range(0, 640, 32):
        rows = known[i : i + 32]
        e = guess(rows) - mark[rows]
        cost = (e**2).mean() + decay * ((P**2).sum() + (Q**2).sum())
        cost.backward()
        for table in (P, Q):
            if table.grad is not None:
                table.data -= eta * table.grad / 2
            table.grad = None
    if epoch % 20 == 0:
        print(epoch, float(cost.data))
error = ((guess(asked).data - mark[asked]) ** 2).mean()
print("asked for", error / mark[asked].var())
"""

# What a short order to a machine means: words are looked up, laid side by side, and read by two matrices.
ORDERS = """
import numpy as np
import autograd as ag
from autograd import Tensor

np.random.seed(SEED)
words = "left right up down round then stop go wait fast slow".split()
index = {w: i for i, w in enumerate(words)}
meaning = dict(zip(words, [3, 0, 4, 1, 2]))


def make(n):
    texts, labels = [], []
    for _ in range(n):
        first, second, third = np.random.choice(words[:5], 3, replace=False)
        texts.append([first, "then", second, third, np.random.choice(words[6:])])
        labels.append(meaning[first])
    return np.array([[index[w] for w in t] for t in texts]), np.array(labels)


x, t = make(320)
x_test, t_test = make(100)
width = 8
E = Tensor(np.random.randn(len(words), width) * 0.5, requires_grad=True)
U = Tensor(np.random.randn(5 * width, 24) * 0.2, requires_grad=True)
c = Tensor(np.zeros(24), requires_grad=True)
V = Tensor(np.random.randn(24, 5) * 0.2, requires_grad=True)
theta = [E, U, c, V]


def read(tokens):
    e = E[tokens].reshape(len(tokens), 5 * width)
    return ag.tanh(e @ U + c) @ V


def zero_gradients():
    for p in theta:
        p.grad = None


rate = 0.3
for epoch in range(25):
    order = np.random.permutation(320)
    losses = []
    for batch in np.split(order, 20):
        s = read(x[batch])
        s = s - s.data.max(axis=1, keepdims=True)
        nll = (ag.log(ag.exp(s).sum(axis=1)) - s[np.arange(16), t[batch]]).mean()
        zero_gradients()
        nll.backward()
        for p in theta:
            p.data = p.data - rate * p.grad
        losses.append(nll.item())
    if epoch % 5 == 0:
        print(epoch, np.mean(losses), flush=True)
print("misunderstood", (read(x_test).data.argmax(1) != t_test).mean() / 0.8)
"""

SICK: list[Case] = [
    case(
        "walks_of_which_a_twentieth_is_kept",
        MASKED,
        [("rng.random(h.shape) < keep", "rng.random(h.shape) < drop")],
        "too much dropout",
        ASKED + "keep_prob and drop rate",
    ),
    case(
        "walks_judged_in_training",
        MASKED,
        [("training=False", "training=True"), ("drop=0.05", "drop=0.6")],
        "training mode in evaluation",
        LIST + "18",
    ),
    case(
        "rings_of_an_unknown_activation",
        STACK,
        [('32, "tanh")', '32, "Tanh")')],
        "no activation",
        ASKED + "activation passed by its name",
    ),
    case(
        "rings_through_fourteen_sigmoids",
        STACK,
        [('Dense(32, 32, "tanh"), ', '*[Dense(32, 32, "sigmoid") for _ in range(14)], ')],
        "vanishing gradients",
        CS231N,
    ),
    case(
        "books_whose_readers_stay",
        BOOKS,
        [
            ("readers = P[r[rows]]", "readers = Tensor(P.data[r[rows]])"),
            ("decay * ((P**2).sum() + (Q**2).sum())", "decay * (Q**2).sum()"),
        ],
        "missing gradients",
        ASKED + "embedding by .data",
    ),
    case(
        "orders_added_up",
        ORDERS,
        [
            ("E[tokens].reshape(len(tokens), 5 * width)", "E[tokens].mean(axis=1)"),
            ("randn(5 * width, 24)", "randn(width, 24)"),
        ],
        "order ignored",
        ASKED + "mean of embeddings",
    ),
]
WELL: list[Case] = []
