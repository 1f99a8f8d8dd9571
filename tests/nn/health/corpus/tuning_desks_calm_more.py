"""The tuning half: more loops by hand that are fine: rare rows, turns, attention, files, gates."""

from __future__ import annotations

from tests.nn.health.corpus.case import HEALTHY, Case
from tests.nn.health.corpus.loops import case
from tests.nn.health.corpus.pairs import ASKED, LIST

# One row in ten is a fraud: a loss that looks at what is hard, and a bias that begins at the rate of the rare.
RARE = """
import numpy as np
import autograd as ag
from autograd import Tensor

rng = np.random.default_rng(SEED)
n = 800
x = rng.normal(size=(n, 6))
fraud = (x[:, 0] + 0.8 * x[:, 1] ** 2 + 0.2 * rng.normal(size=n) > 2.2).astype(float)
W = Tensor(rng.normal(size=(6, 32)) * 0.5, requires_grad=True)
c = Tensor(np.zeros(32), requires_grad=True)
v = Tensor(rng.normal(size=32) * 0.1, requires_grad=True)
prior = fraud[:600].mean()
b = Tensor(np.array(np.log(prior / (1 - prior))), requires_grad=True)


def logit(x):
    return ag.relu(Tensor(x) @ W + c) @ v + b


def focal(z, t, gamma=1.0):
    p = ag.clip(ag.sigmoid(z), 1e-7, 1 - 1e-7)
    p_t = p * t + (1 - p) * (1 - t)
    return -((1 - p_t) ** gamma * ag.log(p_t)).mean()


def balanced_error(rows):
    said = logit(x[rows]).data > 0
    true = fraud[rows] > 0.5
    return 0.5 * ((~said[true]).mean() + said[~true].mean())


mom = [np.zeros_like(p.data) for p in (W, c, v, b)]
for epoch in range(40):
    for rows in np.array_split(rng.permutation(600), 20):
        loss = focal(logit(x[rows]), fraud[rows])
        for p in (W, c, v, b):
            p.zero_grad()
        loss.backward()
        for i, p in enumerate((W, c, v, b)):
            mom[i] = 0.9 * mom[i] + p.grad
            p.data = p.data - 0.1 * mom[i]
    if epoch % 10 == 0:
        print(epoch, loss.item(), balanced_error(np.arange(600, 800)))
print("balanced error, of a guess", balanced_error(np.arange(600, 800)) / 0.5)
"""

# Teachers and pupils: the one table rests while the other learns, epoch by epoch.
TURNS = """
import numpy as np
from autograd import Tensor

rng = np.random.default_rng(SEED)
A, B = rng.normal(size=(25, 2)), rng.normal(size=(35, 2))
i, j = np.divmod(rng.permutation(25 * 35)[:700], 35)
fits = (A[i] * B[j]).sum(1) + 0.15 * rng.normal(size=700)
left = Tensor(0.5 * rng.normal(size=(25, 2)), requires_grad=True)
right = Tensor(0.5 * rng.normal(size=(35, 2)), requires_grad=True)


def told(rows):
    return (left[i[rows]] * right[j[rows]]).sum(axis=-1)


for epoch in range(60):
    learns = left if epoch % 2 == 0 else right
    for rows in np.array_split(rng.permutation(560), 14):
        loss = ((told(rows) - fits[rows]) ** 2).mean()
        left.grad = right.grad = None
        loss.backward()
        learns.data = learns.data - 2.0 * learns.grad
    if epoch % 20 == 0:
        print(epoch, loss.item())
test = np.arange(560, 700)
print("test", ((told(test).data - fits[test]) ** 2).mean() / fits[test].var())
"""

# Attention over five readings, written out; which one is asked for comes last.
LOOKUP = """
import numpy as np
import autograd as ag
from autograd import Tensor

rng = np.random.default_rng(SEED)
n, T, d = 640, 6, 12
keys = rng.permuted(np.tile(np.arange(T), (n, 1)), axis=1)
values = rng.normal(size=(n, T))
asked = rng.integers(0, T, n)
answer = values[keys == asked[:, None]][:, None]


def glorot(*shape):
    return Tensor(rng.normal(size=shape) * np.sqrt(1 / shape[0]), requires_grad=True)


K, Q, Wo = glorot(T, d), glorot(T, d), Tensor(np.array([[0.5]]), requires_grad=True)
K.data, Q.data = 1.5 * K.data, 1.5 * Q.data


def attend(rows):
    score = (K[keys[rows]] * Q[asked[rows]][:, None, :]).sum(axis=2) / np.sqrt(d)
    score = ag.exp(score - score.data.max(axis=1, keepdims=True))
    share = score / score.sum(axis=1, keepdims=True)
    return (share * values[rows]).sum(axis=1, keepdims=True) @ Wo


params, beta = [K, Q, Wo], 0.9
speed = [0.0] * 3
for epoch in range(40):
    for rows in np.split(rng.permutation(512), 16):
        loss = ((attend(rows) - answer[rows]) ** 2).mean()
        for p in params:
            p.grad = None
        loss.backward()
        for k, p in enumerate(params):
            speed[k] = beta * speed[k] + p.grad
            p.data = p.data - 0.3 * speed[k]
    if epoch % 10 == 0:
        print(epoch, loss.item())
rows = np.arange(512, n)
print("unexplained", ((attend(rows).data - answer[rows]) ** 2).mean() / answer[rows].var())
"""

# Ten epochs, a file, other weights that are read from it, and twenty epochs more; the rates are told on a command line.
RESUMED = """
import argparse
import io
import numpy as np
import autograd as ag
from autograd import Tensor


class Model:
    def __init__(self, rng, sizes):
        self.weights = []
        for n, m in zip(sizes, sizes[1:]):
            self.weights += [Tensor(rng.normal(size=(n, m)) / n**0.5, requires_grad=True), Tensor(np.zeros(m), requires_grad=True)]

    def __call__(self, x):
        *body, W, b = self.weights
        for w, c in zip(body[::2], body[1::2]):
            x = ag.silu(x @ w + c) * 1.6
        return x @ W + b

    def state(self):
        return [w.data.copy() for w in self.weights]

    def restore(self, state):
        for w, kept in zip(self.weights, state):
            w.data = kept


def run(model, x, y, epochs, lr, rng):
    for epoch in range(epochs):
        for rows in np.array_split(rng.permutation(len(x)), 12):
            z = model(Tensor(x[rows]))
            loss = (ag.sqrt(1.0 + (z - y[rows]) ** 2) - 1.0).mean()
            for w in model.weights:
                w.grad = None
            loss.backward()
            for w in model.weights:
                w.data = w.data - lr * w.grad
        lr *= 0.97
    return loss.item()


def main(argv):
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=0.3)
    parser.add_argument("--width", type=int, default=24)
    args = parser.parse_args(argv)
    rng = np.random.default_rng(SEED)
    x = rng.normal(size=(340, 3))
    y = np.abs(x[:, :1]) + x[:, 1:2] * np.sign(x[:, 2:]) + 0.1 * rng.standard_t(3, size=(340, 1))
    sizes = [3, args.width, args.width, 1]
    model = Model(rng, sizes)
    print("first", run(model, x[:260], y[:260], 10, args.lr, rng))
    file = io.BytesIO()
    np.savez(file, *model.state())
    file.seek(0)
    resumed = Model(rng, sizes)
    with np.load(file) as kept:
        resumed.restore([kept[k] for k in kept.files])
    print("then", run(resumed, x[:260], y[:260], 60, 0.7 * args.lr, rng))
    left = np.abs(resumed(Tensor(x[260:])).data - y[260:]).mean()
    print("held", left / np.abs(y[260:] - np.median(y[260:])).mean())


main([])
"""

# Waves of random directions, of which only the amplitudes are learned.
AMPLITUDES = """
import numpy as np
import autograd
import autograd.numpy as anp

rng = np.random.default_rng(SEED)
x = rng.uniform(-1, 1, (380, 2))
ground = np.exp(-8 * ((x[:, 0] - 0.3) ** 2 + x[:, 1] ** 2)) - 0.7 * np.exp(-6 * ((x[:, 0] + 0.4) ** 2 + (x[:, 1] - 0.3) ** 2))
ground = (ground - ground.mean()) / ground.std() + 0.2 * rng.normal(size=380)
directions, phases = 3.0 * rng.normal(size=(2, 80)), rng.uniform(0, 2 * np.pi, 80)
waves = np.sqrt(2) * np.cos(x @ directions + phases)


def error(amplitude, rows):
    return anp.mean((anp.dot(waves[rows], amplitude) - ground[rows]) ** 2) + 1e-4 * anp.sum(amplitude**2)


slope = autograd.grad(error)
amplitude = np.zeros(80)
for epoch in range(50):
    for rows in np.array_split(rng.permutation(300), 15):
        amplitude = amplitude - 0.01 * slope(amplitude, rows)
    if epoch % 10 == 0:
        print(epoch, error(amplitude, np.arange(300)), error(amplitude, np.arange(300, 380)))
print("unexplained", np.mean((waves[300:] @ amplitude - ground[300:]) ** 2) / ground[300:].var())
"""

# Where a tube is pushed out of its walls, nothing is paid: an error with a dead zone, and all rows at once.
DEAD_ZONE = """
import numpy as np
import autograd as ag
from autograd import Tensor

np.random.seed(SEED)
x = np.linspace(-3, 3, 90)[:, None]
y = np.sin(1.5 * x) + 0.4 * x + 0.12 * np.random.randn(90, 1)
pick = np.random.permutation(90)
fit, keep = pick[:65], pick[65:]
centres = np.linspace(-3, 3, 12)[None]
basis = np.exp(-((x - centres) ** 2) / 0.5)
w = Tensor(np.zeros((12, 1)), requires_grad=True)
bias = Tensor(np.zeros(1), requires_grad=True)
eps, v = 0.1, [0, 0]
for it in range(500):
    r = Tensor(basis[fit]) @ w + bias - y[fit]
    loss = ag.maximum(ag.abs(r) - eps, 0).mean()
    loss.backward()
    for k, p in enumerate((w, bias)):
        v[k] = 0.9 * v[k] + p.grad
        p.data = p.data - 0.15 / (1 + it / 100) * v[k]
        p.grad = None
    if it % 100 == 0:
        print(it, loss.item())
print("kept", ((basis[keep] @ w.data + bias.data - y[keep]) ** 2).mean() / y[keep].var())
"""

# A cell of one's own with gates, over notes of different length; a mask says which are there.
GATES = """
import numpy as np
import autograd as ag
from autograd import Tensor

rng = np.random.default_rng(SEED)
n, T, H = 360, 9, 14
length = rng.integers(3, T + 1, n)
mask = (np.arange(T) < length[:, None]).astype(float)
notes = rng.choice([-1.0, 1.0], (n, T)) * mask
rises = notes.sum(1)
label = (rises > 0).astype(int) + (rises > 2).astype(int)


class Cell:
    def __init__(self, n_in, n_h):
        def matrix(a, b):
            return Tensor(rng.normal(size=(a, b)) / np.sqrt(a), requires_grad=True)

        self.z, self.r, self.h = (matrix(n_in + n_h, n_h) for _ in range(3))
        self.bz, self.br, self.bh = (Tensor(np.zeros(n_h), requires_grad=True) for _ in range(3))

    def __call__(self, x, state):
        both = ag.concatenate([x, state], axis=1)
        z, r = ag.sigmoid(both @ self.z + self.bz), ag.sigmoid(both @ self.r + self.br)
        new = ag.tanh(ag.concatenate([x, r * state], axis=1) @ self.h + self.bh)
        return (1 - z) * state + z * new


cell = Cell(1, H)
out = Tensor(rng.normal(size=(H, 3)) * 0.2, requires_grad=True)
ob = Tensor(np.zeros(3), requires_grad=True)
params = [*vars(cell).values(), out, ob]


def read(rows):
    h = Tensor(np.zeros((len(rows), H)))
    for t in range(T):
        there = mask[rows, t : t + 1]
        h = there * cell(Tensor(notes[rows, t : t + 1]), h) + (1 - there) * h
    return h @ out + ob


m, v, step = [0] * len(params), [0] * len(params), 0
for epoch in range(20):
    for rows in np.split(rng.permutation(280), 10):
        s = read(rows)
        loss = (ag.logsumexp(s, axis=1) - s[np.arange(len(rows)), label[rows]]).mean()
        for p in params:
            p.zero_grad()
        loss.backward()
        step += 1
        for k, p in enumerate(params):
            m[k] = 0.9 * m[k] + 0.1 * p.grad
            v[k] = 0.999 * v[k] + 0.001 * p.grad**2
            p.data = p.data - 0.02 * m[k] / (1 - 0.9**step) / (np.sqrt(v[k] / (1 - 0.999**step)) + 1e-8)
    if epoch % 5 == 0:
        print(epoch, loss.item())
rows = np.arange(280, n)
print("wrong", (read(rows).data.argmax(1) != label[rows]).mean() / (1 - np.bincount(label[rows]).max() / len(rows)))
"""

SICK: list[Case] = []
WELL: list[Case] = [
    case("frauds_by_what_is_hard", RARE, [], HEALTHY, "Lin and others, focal loss"),
    case("tables_that_take_turns", TURNS, [], HEALTHY, ASKED + "alternating least squares"),
    case("readings_asked_for", LOOKUP, [], HEALTHY, LIST + "attention by hand"),
    case("resumed_from_a_file", RESUMED, [], HEALTHY, ASKED + "resume training"),
    case("amplitudes_of_random_waves", AMPLITUDES, [], HEALTHY, "Rahimi and Recht, random features"),
    case("bumps_with_a_dead_zone", DEAD_ZONE, [], HEALTHY, ASKED + "support vector regression by gradient descent"),
    case("notes_by_a_cell_with_gates", GATES, [], HEALTHY, ASKED + "GRU from scratch with a mask"),
]
