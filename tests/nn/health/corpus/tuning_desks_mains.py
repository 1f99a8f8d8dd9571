"""The tuning half: programs with a main, options, logs, files and an early stop; each text is the run as it went well."""

from __future__ import annotations

from tests.nn.health.corpus.case import Case
from tests.nn.health.corpus.loops import case
from tests.nn.health.corpus.pairs import ASKED, CS231N, LIST, RECIPE

# Four labels of a soil sample: options, a log, an entropy by hand, and a stop when nothing gets better.
SOIL = """
import argparse
import copy
import logging

import numpy as np
import autograd as ag
from autograd import Tensor, no_grad

logger = logging.getLogger(__name__)


def get_args(argv=None):
    parser = argparse.ArgumentParser(description="what a soil is short of")
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--max-epochs", type=int, default=120)
    parser.add_argument("--patience", type=int, default=10)
    parser.add_argument("--min-delta", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=SEED)
    return parser.parse_args(argv)


def load(rng, n=520):
    sample = rng.normal(size=(n, 8)) * [1, 3, 1, 2, 1, 1, 4, 1] + [5, 0, 7, 20, 0, 1, 3, 0]
    z = (sample - [5, 0, 7, 20, 0, 1, 3, 0]) / [1, 3, 1, 2, 1, 1, 4, 1]
    short = np.stack([z[:, 0] + z[:, 1], z[:, 2] - z[:, 3], np.abs(z[:, 4]) * 1.5 - 1, z[:, 5] * 2 + z[:, 6]], axis=1)
    return sample, (short + 0.15 * rng.normal(size=short.shape) > 0).astype(float)


class Standardiser:
    def fit(self, x):
        self.mean, self.std = x.mean(axis=0), x.std(axis=0)
        return self

    def __call__(self, x):
        return (x - self.mean) / self.std


def build(rng, sizes):
    weights = {}
    for i, (n, m) in enumerate(zip(sizes[:-1], sizes[1:])):
        weights[f"W{i}"] = Tensor(rng.normal(size=(n, m)) * np.sqrt(2 / n), requires_grad=True)
        weights[f"b{i}"] = Tensor(np.zeros(m), requires_grad=True)
    return weights


def forward(weights, x):
    depth = len(weights) // 2
    for i in range(depth):
        x = x @ weights[f"W{i}"] + weights[f"b{i}"]
        if i < depth - 1:
            x = ag.relu(x)
    return x


def bce(logits, target):
    return (ag.maximum(logits, 0) - logits * target + ag.log(1 + ag.exp(-ag.abs(logits)))).mean()


def evaluate(weights, x, y):
    with no_grad():
        logits = forward(weights, Tensor(x))
        return bce(logits, y).item(), ((logits.data > 0) != (y > 0.5)).mean()


def main(argv=None):
    args = get_args(argv)
    rng = np.random.default_rng(args.seed)
    x, y = load(rng)
    scale = Standardiser().fit(x[:400])
    x_train, y_train, x_val, y_val = scale(x[:400]), y[:400], scale(x[400:]), y[400:]
    weights = build(rng, [8, 32, 4])
    best, since, kept = np.inf, 0, None
    for epoch in range(args.max_epochs):
        order = rng.permutation(len(x_train))
        for i in range(0, len(order), args.batch_size):
            rows = order[i : i + args.batch_size]
            loss = bce(forward(weights, Tensor(x_train[rows])), y_train[rows])
            for w in weights.values():
                w.grad = None
            loss.backward()
            for w in weights.values():
                w.data = w.data - args.lr * w.grad
        val_loss, val_error = evaluate(weights, x_val, y_val)
        logger.info("epoch %d train %.4f val %.4f error %.3f", epoch, loss.item(), val_loss, val_error)
        if val_loss < best - args.min_delta:
            best, since = val_loss, 0
            kept = copy.deepcopy({k: w.data for k, w in weights.items()})
        else:
            since += 1
            if since >= args.patience:
                break
    for k, w in weights.items():
        w.data = kept[k]
    error = evaluate(weights, x_val, y_val)[1]
    print("share wrong, of the rarer answers", error / np.minimum(y_val.mean(0), 1 - y_val.mean(0)).mean())


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    main([])
"""

# A wave on a plate: a rate that is halved from time to time, an average of the loss, rows in pieces.
PLATE = """
import math
import numpy as np
from autograd import Tensor

rng = np.random.default_rng(SEED)


def plate(n):
    p = rng.random((n, 2)) * 2 - 1
    return p, np.sin(3 * p[:, [0]]) * np.sin(2.5 * p[:, [1]])


points, heights = plate(384)
test_points, test_heights = plate(100)
n_hidden, batch_size, n_epochs = 24, 16, 80
A = Tensor(rng.normal(size=(2, n_hidden)), requires_grad=True)
a = Tensor(rng.normal(size=n_hidden) * 0.5, requires_grad=True)
B = Tensor(rng.normal(size=(n_hidden, 1)) / math.sqrt(n_hidden), requires_grad=True)
b = Tensor(np.zeros(1), requires_grad=True)
lr, running, step = 0.1, None, 0
for epoch in range(n_epochs):
    order = rng.permutation(len(points))
    for first in range(0, len(points), batch_size):
        rows = order[first : first + batch_size]
        hidden = (Tensor(points[rows]) @ A + a).tanh()
        error = hidden @ B + b - heights[rows]
        loss = (error * error).mean()
        loss.backward()
        for weight in [A, a, B, b]:
            weight.data = weight.data - lr * weight.grad
            weight.grad = None
        running = loss.item() if running is None else 0.98 * running + 0.02 * loss.item()
        step += 1
    if (epoch + 1) % 20 == 0:
        lr *= 0.5
        print(f"epoch {epoch + 1}: {running:.4f}, lr {lr:.2e}")
out = np.tanh(test_points @ A.data + a.data) @ B.data + b.data
print("fraction of variance unexplained:", ((out - test_heights) ** 2).mean() / test_heights.var())
"""

# Which of three barrels a vinegar is from, by what a laboratory measures of it; steps with a momentum, in a class.
VINEGAR = """
import numpy as np
import autograd as ag
from autograd import Tensor


class Momentum:
    def __init__(self, params, lr=0.02, beta=0.9):
        self.params, self.lr, self.beta = params, lr, beta
        self.buf = [0.0 * p.data for p in params]

    def step(self):
        for i, p in enumerate(self.params):
            self.buf[i] = self.beta * self.buf[i] + p.grad
            p.data = p.data - self.lr * self.buf[i]

    def clear(self):
        for p in self.params:
            p.grad = None


def measure(rng, n):
    barrel = rng.integers(0, 3, n)
    acid = 60 + 4 * (barrel == 1) + rng.normal(size=n)
    sugar = np.exp(0.5 * barrel + 0.25 * rng.normal(size=n)) * 40
    years = 3 + 4 * (barrel == 2) + rng.random(n)
    ph = 2.8 + 0.1 * rng.normal(size=n) - 0.2 * (barrel == 0)
    return np.column_stack([acid, sugar, years, ph, rng.normal(300, 90, n)]), barrel


rng = np.random.default_rng(SEED)
X, y = measure(rng, 240)
X_val, y_val = measure(rng, 90)
mean, std = X.mean(0), X.std(0)
X = (X - mean) / std
X_val = (X_val - mean) / std

W = [Tensor(rng.normal(size=s) / np.sqrt(s[0]), requires_grad=True) for s in [(5, 16), (16, 3)]]
b = [Tensor(np.zeros(s), requires_grad=True) for s in (16, 3)]
opt = Momentum(W + b)


def log_softmax(z):
    m = z.data.max(axis=1, keepdims=True)
    return z - m - ag.log(ag.exp(z - m).sum(axis=1, keepdims=True))


def model(x):
    h = ag.relu(Tensor(x) @ W[0] + b[0])
    return log_softmax(h @ W[1] + b[1])


def epochs(n):
    for epoch in range(n):
        idx = np.arange(len(X))
        rng.shuffle(idx)
        total = 0.0
        for batch in np.array_split(idx, 12):
            loss = -model(X[batch])[np.arange(len(batch)), y[batch]].mean()
            opt.clear()
            loss.backward()
            opt.step()
            total += loss.item() * len(batch)
        yield epoch, total / len(X)


for epoch, loss in epochs(25):
    acc = (model(X_val).data.argmax(1) == y_val).mean()
    if epoch % 6 == 0:
        print(f"{epoch:3d} loss {loss:.3f} val acc {acc:.3f}")
print("errors, of those of a guess", (1 - acc) / (1 - np.bincount(y_val).max() / len(y_val)))
"""

# Leaks of a roof: functions that take weights and return weights, and a file that they are kept in.
ROOF = """
import os
import tempfile
import numpy as np
import autograd
import autograd.numpy as anp


def init_params(rng, sizes=(5, 24, 1)):
    return [(rng.normal(size=(m, n)) / np.sqrt(m), np.zeros(n)) for m, n in zip(sizes[:-1], sizes[1:])]


def apply(params, x):
    for w, b in params[:-1]:
        x = anp.tanh(anp.dot(x, w) + b)
    w, b = params[-1]
    return anp.dot(x, w) + b


def objective(params, x, y):
    return anp.mean((apply(params, x) - y) ** 2)


gradient = autograd.value_and_grad(objective)


def train_epoch(params, x, y, rng, lr):
    order, seen = rng.permutation(len(x)), []
    for i in range(0, len(x), 10):
        value, grads = gradient(params, x[order[i : i + 10]], y[order[i : i + 10]])
        params = [(w - lr * dw, b - lr * db) for (w, b), (dw, db) in zip(params, grads)]
        seen.append(value)
    return params, float(np.mean(seen))


def save(params, path):
    np.savez(path, *[array for pair in params for array in pair])


def load(path):
    with np.load(path) as kept:
        arrays = [kept[name] for name in kept.files]
    return list(zip(arrays[::2], arrays[1::2]))


def main():
    rng = np.random.default_rng(SEED)
    x = rng.normal(size=(260, 5))
    y = (np.maximum(x[:, 0] + x[:, 1], 0) * 1.4 - x[:, 0] * 0.7 - 0.3 * x[:, 2] + 0.1 * rng.normal(size=260))[:, None]
    x_train, y_train, x_held, y_held = x[:200], y[:200], x[200:], y[200:]
    folder = tempfile.mkdtemp()
    path = os.path.join(folder, "roof.npz")
    params = init_params(rng)
    save(params, path)
    for epoch in range(150):
        params = load(path)
        params, loss = train_epoch(params, x_train, y_train, rng, lr=0.01)
        save(params, path)
        if epoch % 50 == 0:
            print("epoch", epoch, "loss", loss, "held", float(objective(params, x_held, y_held)))
    print("held, of the variance", float(objective(params, x_held, y_held)) / y_held.var())


if __name__ == "__main__":
    main()
"""

SICK: list[Case] = [
    case(
        "soil_at_the_rate_of_a_typing_slip",
        SOIL,
        [("default=0.1", "default=0.1e-3")],
        "learning rate too low",
        ASKED + "argparse default",
    ),
    case(
        "soil_that_stops_at_once",
        SOIL,
        [
            ('"--patience", type=int, default=10', '"--patience", type=int, default=1'),
            ("default=0.0)", "default=0.2)"),
        ],
        "too few steps",
        ASKED + "early stopping triggers at once",
    ),
    case(
        "plate_halved_by_the_step",
        PLATE,
        [
            (
                "    if (epoch + 1) % 20 == 0:\n        lr *= 0.5\n",
                "        if step % 4 == 0:\n            lr *= 0.5\n    if (epoch + 1) % 20 == 0:\n",
            )
        ],
        "rate decays too fast",
        RECIPE,
    ),
    case(
        "plate_of_equal_weights",
        PLATE,
        [
            ("rng.normal(size=(2, n_hidden))", "np.ones((2, n_hidden))"),
            ("rng.normal(size=n_hidden) * 0.5", "np.zeros(n_hidden)"),
            ("rng.normal(size=(n_hidden, 1)) / math.sqrt(n_hidden)", "np.full((n_hidden, 1), 1 / n_hidden)"),
        ],
        "identical units",
        CS231N,
    ),
    case(
        "vinegar_on_scales_of_its_own",
        VINEGAR,
        [("X_val = (X_val - mean) / std\n", "")],
        "validation differs",
        LIST + "21",
    ),
    case(
        "vinegar_poured_apart",
        VINEGAR,
        [("X, y = measure(rng, 240)\n", "X, y = measure(rng, 240)\nrng.shuffle(X)\nrng.shuffle(y)\n")],
        "targets unrelated to inputs",
        LIST + "5",
    ),
    case(
        "roof_from_the_first_file",
        ROOF,
        [("        save(params, path)\n        if", "        if")],
        "model made anew",
        ASKED + "load the checkpoint in each epoch",
    ),
    case(
        "roof_that_is_praised_for_what_it_saw",
        ROOF,
        [("objective(params, x_held, y_held)", "objective(params, x_train, y_train)")],
        "metric on training rows",
        LIST + "20",
    ),
    case(
        "roof_uphill",
        ROOF,
        [("(w - lr * dw, b - lr * db)", "(w + lr * dw, b + lr * db)")],
        "loss maximised",
        LIST + "31",
    ),
]
WELL: list[Case] = []
