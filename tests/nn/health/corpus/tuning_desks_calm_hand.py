"""The tuning half: loops by hand that are fine: own norms, own steps, own losses, tables."""

from __future__ import annotations

from tests.nn.health.corpus.case import HEALTHY, Case
from tests.nn.health.corpus.loops import case
from tests.nn.health.corpus.pairs import ASKED, CS231N

# The sum of looked-up rows, and Adagrad as it is written on a slide; one answer in twelve is wrong.
SHOPPING = """
import numpy as np
import autograd as ag
from autograd import Tensor

rng = np.random.default_rng(SEED)
n_items, n = 40, 600
worth = rng.normal(size=n_items)
baskets = rng.integers(0, n_items, (n, 6))
comes_back = (worth[baskets].sum(1) > 0).astype(float)
comes_back = np.where(rng.random(n) < 1 / 12, 1 - comes_back, comes_back)

table = Tensor(0.1 * rng.normal(size=(n_items, 4)), requires_grad=True)
w = Tensor(0.3 * rng.normal(size=4), requires_grad=True)
b = Tensor(np.zeros(1), requires_grad=True)
cache = {id(p): np.zeros_like(p.data) for p in (table, w, b)}


def score(rows):
    return table[baskets[rows]].sum(axis=1) @ w + b


for epoch in range(30):
    for rows in np.array_split(rng.permutation(480), 16):
        s = score(rows)
        loss = (ag.logaddexp(0, s) - s * comes_back[rows]).mean()
        for p in (table, w, b):
            p.grad = None
        loss.backward()
        for p in (table, w, b):
            cache[id(p)] += p.grad**2
            p.data -= 0.1 * p.grad / (np.sqrt(cache[id(p)]) + 1e-7)
    if epoch % 10 == 0:
        print(epoch, loss.item())
rows = np.arange(480, 600)
wrong = ((score(rows).data > 0) != (comes_back[rows] > 0.5)).mean()
print("wrong, of a constant's", wrong / min(comes_back[rows].mean(), 1 - comes_back[rows].mean()))
"""

# An autoencoder whose way back is the transpose of its way in.
TRANSPOSED = """
import numpy as np
from autograd import Tensor

np.random.seed(SEED)
angle = np.random.uniform(-2, 2, (300, 2))
mix = np.random.RandomState(4).randn(4, 14)
X = np.hstack([np.sin(angle), angle]) @ mix / 2 + 0.15 * np.random.randn(300, 14)
X = (X - X[:240].mean(0)) / X[:240].std(0)
W = Tensor(np.random.randn(14, 5) * 0.2, requires_grad=True)
b = Tensor(np.zeros(5), requires_grad=True)
c = Tensor(np.zeros(14), requires_grad=True)


def reconstruct(x):
    return (Tensor(x) @ W + b).tanh() @ W.T * 2.0 + c


lr = 0.2
for t in range(1, 601):
    batch = X[np.random.choice(240, 30, replace=False)]
    loss = ((reconstruct(batch) - batch) ** 2).mean()
    for p in (W, b, c):
        p.zero_grad()
    loss.backward()
    for p in (W, b, c):
        p.data = p.data - lr / (1 + 0.003 * t) * p.grad
    if t % 150 == 0:
        print(t, loss.item())
print("lost", ((reconstruct(X[240:]).data - X[240:]) ** 2).mean() / X[240:].var())
"""

# A mean and a doubt for each row; the loss is below nought at the end, and the first epochs look at the mean alone.
DOUBT = """
import numpy as np
import autograd
import autograd.numpy as np_

rng = np.random.default_rng(SEED)
x = rng.uniform(-2, 2, (420, 1))
y = np.cos(2 * x) + (0.05 + 0.15 * (x > 0)) * rng.normal(size=x.shape)
theta = {
    "W": rng.normal(size=(1, 30)) * 1.5, "b": rng.normal(size=30),
    "V": rng.normal(size=(30, 2)) * 0.1, "c": np.zeros(2),
}


def net(theta, x):
    out = np_.dot(np_.tanh(np_.dot(x, theta["W"]) + theta["b"]), theta["V"]) + theta["c"]
    return out[:, :1], out[:, 1:]


def nll(theta, x, y, doubt):
    mean, log_var = net(theta, x)
    if not doubt:
        return np_.mean((y - mean) ** 2)
    return 0.5 * np_.mean(log_var + (y - mean) ** 2 / np_.exp(log_var))


value_and_grad = autograd.value_and_grad(nll)
first = {k: np.zeros_like(v) for k, v in theta.items()}
second = {k: np.zeros_like(v) for k, v in theta.items()}
t = 0
for epoch in range(60):
    order = rng.permutation(320)
    for i in range(0, 320, 32):
        t += 1
        rows = order[i : i + 32]
        value, g = value_and_grad(theta, x[rows], y[rows], epoch >= 20)
        for k in theta:
            first[k] += 0.1 * (g[k] - first[k])
            second[k] += 0.01 * (g[k] ** 2 - second[k])
            theta[k] = theta[k] - 0.01 * first[k] / (1 - 0.9**t) / (np.sqrt(second[k] / (1 - 0.99**t)) + 1e-8)
    if epoch % 12 == 0:
        print(epoch, value)
mean, log_var = net(theta, x[320:])
print("log likelihood", -nll(theta, x[320:], y[320:], True))
print("of the variance", ((mean - y[320:]) ** 2).mean() / y[320:].var())
"""

# Single numbers: a network of three neurons learns what two switches and a fuse do, one row at a time.
SWITCHES = """
import random
from autograd import Value

random.seed(SEED)
rows = [((a, b, c), 1.0 if c > 0 and a != b else -1.0) for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)]
hidden = [[Value(random.uniform(-1, 1)) for _ in range(4)] for _ in range(5)]
last = [Value(random.uniform(-1, 1)) for _ in range(6)]


def neuron(weights, inputs):
    total = weights[-1]
    for w, x in zip(weights, inputs):
        total = total + w * x
    return total


def predict(row):
    return neuron(last, [neuron(h, row).tanh() for h in hidden])


parameters = [w for h in hidden for w in h] + last
for turn in range(150):
    random.shuffle(rows)
    total = 0.0
    for row, wanted in rows:
        loss = (predict(row) - wanted) ** 2
        for p in parameters:
            p.grad = 0.0
        loss.backward()
        for p in parameters:
            p.data -= 0.05 * p.grad
        total += loss.data
    if turn % 30 == 0:
        print(turn, total / 8)
print("left", sum((predict(row).data - wanted) ** 2 for row, wanted in rows) / 8 / 0.75)
"""

# Batch normalisation with a mean and a deviation that run along, as in a lecture, and no module.
RUNNING = """
import numpy as np
import autograd as ag
from autograd import Tensor, no_grad

rng = np.random.default_rng(SEED)
label = rng.integers(0, 6, 700)
X = np.random.default_rng(31).normal(size=(6, 20))[label] * 0.9 + rng.normal(size=(700, 20))
Y = label
ntr = 560
W1 = rng.normal(size=(20, 50)) * (5 / 3) / 20**0.5
W2 = rng.normal(size=(50, 6)) * 0.1
bngain, bnbias, b2 = np.ones((1, 50)), np.zeros((1, 50)), np.zeros(6)
parameters = [Tensor(p, requires_grad=True) for p in (W1, W2, bngain, bnbias, b2)]
W1, W2, bngain, bnbias, b2 = parameters
bnmean_running, bnstd_running = np.zeros((1, 50)), np.ones((1, 50))

for i in range(600):
    ix = rng.integers(0, ntr, 32)
    hpreact = Tensor(X[ix]) @ W1
    bnmeani = hpreact.mean(axis=0, keepdims=True)
    bnstdi = ag.sqrt(((hpreact - bnmeani) ** 2).mean(axis=0, keepdims=True) + 1e-5)
    h = ag.tanh(bngain * (hpreact - bnmeani) / bnstdi + bnbias)
    logits = h @ W2 + b2
    with no_grad():
        bnmean_running = 0.99 * bnmean_running + 0.01 * bnmeani.data
        bnstd_running = 0.99 * bnstd_running + 0.01 * bnstdi.data
    loss = (ag.logsumexp(logits, axis=1) - logits[np.arange(32), Y[ix]]).mean()
    for p in parameters:
        p.grad = None
    loss.backward()
    lr = 0.1 if i < 450 else 0.01
    for p in parameters:
        p.data += -lr * p.grad
    if i % 150 == 0:
        print(i, loss.item())
h = np.tanh(bngain.data * (X[ntr:] @ W1.data - bnmean_running) / bnstd_running + bnbias.data)
print("wrong / (1 - 1/6):", ((h @ W2.data + b2.data).argmax(1) != Y[ntr:]).mean() * 1.2)
"""

# How many cranes pass in an hour: counts, a logarithm as the link, and a likelihood without its constant.
CRANES = """
import numpy as np
import autograd as ag
from autograd import Tensor

rng = np.random.default_rng(SEED)
hour, wind, month = rng.uniform(0, 24, 500), rng.normal(size=500), rng.integers(8, 12, 500)
log_rate = 1.2 + 0.9 * np.cos((hour - 9) * np.pi / 12) + 0.6 * wind + 1.0 * (month == 10)
seen = rng.poisson(np.exp(log_rate)).astype(float)
X = np.column_stack([np.cos(hour * np.pi / 12), np.sin(hour * np.pi / 12), wind, month[:, None] == np.arange(8, 12)])
w = Tensor(np.zeros(7), requires_grad=True)
lr = 0.02
for epoch in range(40):
    for rows in np.array_split(rng.permutation(400), 20):
        eta = Tensor(X[rows]) @ w
        loss = (ag.exp(eta) - seen[rows] * eta).mean()
        loss.backward()
        w.data = w.data - lr * np.clip(w.grad, -5, 5)
        w.grad = None
    lr *= 0.97
guess = np.exp(X[400:] @ w.data)
deviance = lambda mu: (mu - seen[400:] * np.log(mu)).mean() - (seen - seen * np.log(np.maximum(seen, 1)))[400:].mean()
print("weights", w.data.round(2))
print("deviance, of the mean's", deviance(guess) / deviance(seen[:400].mean()))
"""

# Filters as windows and a matrix: where windows of a signal are laid side by side.
WINDOWS = """
import numpy as np
import autograd as ag
from autograd import Tensor

np.random.seed(SEED)


def click(kind, n=24):
    shape = [[2, -2, 2], [2, 2, -2], [-1, 2.5, -1]][kind]
    s = 0.35 * np.random.randn(n)
    at = np.random.randint(0, n - 3)
    s[at : at + 3] += shape
    return s


kinds = np.random.randint(0, 3, 450)
signals = np.stack([click(k) for k in kinds])
cols = np.lib.stride_tricks.sliding_window_view(signals, 5, axis=1).copy()
F = Tensor(np.random.randn(5, 8) * 0.4, requires_grad=True)
fb = Tensor(np.zeros(8), requires_grad=True)
D = Tensor(np.random.randn(8, 3) * 0.3, requires_grad=True)
db = Tensor(np.zeros(3), requires_grad=True)


def net(c):
    maps = ag.maximum(Tensor(c) @ F + fb, 0)
    return maps.max(axis=1) @ D + db


def accuracy(rows):
    return (net(cols[rows]).data.argmax(1) == kinds[rows]).mean()


train, held = np.arange(360), np.arange(360, 450)
for epoch in range(25):
    np.random.shuffle(train)
    for b in train.reshape(-1, 24):
        out = net(cols[b])
        out = out - out.data.max(1, keepdims=True)
        p = ag.exp(out) / ag.exp(out).sum(axis=1, keepdims=True)
        loss = -(ag.log(p) * np.eye(3)[kinds[b]]).sum() / len(b)
        for w in (F, fb, D, db):
            w.grad = None
        loss.backward()
        for w in (F, fb, D, db):
            w.data -= 0.2 * w.grad
    if epoch % 8 == 0:
        print(epoch, accuracy(train), accuracy(held))
print("held errors of chance", (1 - accuracy(held)) / (2 / 3))
"""

# Noise on the gradients that dies away, and a step with the sign alone at the end.
NOISY_STEPS = """
import numpy as np
import autograd as ag
from autograd import Tensor

rng = np.random.default_rng(SEED)
x = rng.normal(size=(280, 3))
y = np.where(x[:, :1] > 0, x[:, 1:2], -x[:, 2:3]) + 0.1 * rng.normal(size=(280, 1))
shapes = [(3, 32), (32,), (32, 32), (32,), (32, 1), (1,)]
weights = [Tensor(rng.normal(size=s) * (2 / s[0]) ** 0.5 if len(s) == 2 else np.zeros(s), requires_grad=True) for s in shapes]


def f(x):
    w1, b1, w2, b2, w3, b3 = weights
    return ag.relu(ag.relu(Tensor(x) @ w1 + b1) @ w2 + b2) @ w3 + b3


for t in range(1200):
    rows = rng.choice(220, 44, replace=False)
    loss = ((f(x[rows]) - y[rows]) ** 2).mean()
    for w in weights:
        w.grad = None
    loss.backward()
    sigma = 0.3 / (1 + t) ** 0.55
    for w in weights:
        if t < 1000:
            w.data -= 0.05 * (w.grad + sigma * rng.normal(size=w.shape))
        else:
            w.data -= 2e-4 * np.sign(w.grad)
print(((f(x[220:]).data - y[220:]) ** 2).mean() / y[220:].var())
"""

SICK: list[Case] = []
WELL: list[Case] = [
    case("baskets_by_adagrad_on_a_slide", SHOPPING, [], HEALTHY, ASKED + "Adagrad by hand"),
    case("there_and_back_by_one_matrix", TRANSPOSED, [], HEALTHY, ASKED + "tied weights of an autoencoder"),
    case("cosines_with_their_doubt", DOUBT, [], HEALTHY, "Nix and Weigend, the mean and variance of a target"),
    case("switches_of_single_numbers", SWITCHES, [], HEALTHY, "micrograd"),
    case("kinds_by_a_norm_that_runs_along", RUNNING, [], HEALTHY, "Karpathy, makemore, part 3"),
    case("cranes_in_an_hour", CRANES, [], HEALTHY, ASKED + "Poisson regression by gradient descent"),
    case("clicks_by_windows_and_a_matrix", WINDOWS, [], HEALTHY, CS231N + ", im2col"),
    case("steps_with_noise_that_dies_away", NOISY_STEPS, [], HEALTHY, "Neelakantan and others, adding gradient noise"),
]
