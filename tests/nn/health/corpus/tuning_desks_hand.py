"""The tuning half: loops over bare tensors, each by another hand; each text is the run as it went well."""

from __future__ import annotations

from tests.nn.health.corpus.case import Case
from tests.nn.health.corpus.loops import case
from tests.nn.health.corpus.pairs import ASKED, CS231N, LIST, RECIPE

# A character model after a lecture: a table of letters, contexts of three, and batches by drawn numbers.
NAMES = """
import random

import numpy as np
import autograd as ag
from autograd import Tensor

random.seed(SEED)
np.random.seed(SEED)
after = {"a": "kt", "e": "mr", "i": "ln", "o": "sd", "u": "bv"}
vowel_of = dict(zip("ktmrlnsdbv", "aeiouuoiea"))


def make_name():
    letter, name = random.choice("ktmrlnsdbv"), ""
    for _ in range(random.randint(2, 4)):
        vowel = vowel_of[letter] if random.random() < 0.96 else random.choice("aeiou")
        name += letter + vowel
        letter = after[vowel][0 if random.random() < 0.95 else 1]
    return name


names = [make_name() for _ in range(150)]
chars = sorted(set("".join(names)))
stoi = {s: i + 1 for i, s in enumerate(chars)}
stoi["."] = 0
block_size, vocab = 3, len(stoi)


def build_dataset(names):
    X, Y = [], []
    for w in names:
        context = [0] * block_size
        for ch in w + ".":
            ix = stoi[ch]
            X.append(context)
            Y.append(ix)
            context = context[1:] + [ix]
    return np.array(X), np.array(Y)


Xtr, Ytr = build_dataset(names[:110])
Xdev, Ydev = build_dataset(names[110:])
C = Tensor(np.random.randn(vocab, 6), requires_grad=True)
W1 = Tensor(np.random.randn(18, 40) * (5 / 3) / 18**0.5, requires_grad=True)
b1 = Tensor(np.random.randn(40) * 0.01, requires_grad=True)
W2 = Tensor(np.random.randn(40, vocab) * 0.01, requires_grad=True)
b2 = Tensor(np.zeros(vocab), requires_grad=True)
parameters = [C, W1, b1, W2, b2]


def logits_of(X):
    emb = C[X]
    return (emb.reshape(len(X), -1) @ W1 + b1).tanh() @ W2 + b2


for i in range(1500):
    ix = np.random.randint(0, len(Xtr), 32)
    z = logits_of(Xtr[ix])
    z = z - z.data.max(axis=1, keepdims=True)
    logp = z - ag.log(ag.exp(z).sum(axis=1, keepdims=True))
    loss = -logp[np.arange(32), Ytr[ix]].mean()
    for p in parameters:
        p.grad = None
    loss.backward()
    lr = 0.2 if i < 1000 else 0.05
    for p in parameters:
        p.data += -lr * p.grad
    if i % 300 == 0:
        print(f"{i:5d} {loss.item():.4f}")
wrong = (logits_of(Xdev).data.argmax(1) != Ydev).mean()
print("dev error against the most frequent letter's", wrong / (1 - np.bincount(Ydev).max() / len(Ydev)))
"""

# Neurons, layers and a network as classes of one's own, after a small engine's demo.
NEURONS = """
import numpy as np
from autograd import Tensor

rng = np.random.default_rng(SEED)


class Layer:
    def __init__(self, nin, nout, nonlin=True):
        self.w = Tensor(rng.uniform(-1, 1, (nin, nout)) * np.sqrt(3 / nin), requires_grad=True)
        self.b = Tensor(np.zeros(nout), requires_grad=True)
        self.nonlin = nonlin

    def __call__(self, x):
        act = x @ self.w + self.b
        return act.tanh() if self.nonlin else act

    def parameters(self):
        return [self.w, self.b]


class MLP:
    def __init__(self, nin, nouts):
        sz = [nin] + nouts
        self.layers = [Layer(sz[i], sz[i + 1], nonlin=i != len(nouts) - 1) for i in range(len(nouts))]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]

    def zero_grad(self):
        for p in self.parameters():
            p.grad = None


# a hill and a valley
xs = rng.uniform(-2, 2, (260, 2))
ys = xs[:, :1] * np.exp(-xs[:, :1] ** 2 - xs[:, 1:] ** 2) / 0.2
model = MLP(2, [4, 4, 1])
n = 200
for k in range(800):
    idx = rng.choice(n, 40, replace=False)
    ypred = model(Tensor(xs[idx]))
    loss = ((ypred - Tensor(ys[idx])) ** 2).mean()
    model.zero_grad()
    loss.backward()
    learning_rate = 0.3 if k < 600 else 0.1
    for p in model.parameters():
        p.data = p.data - learning_rate * p.grad
    if k % 100 == 0:
        print(f"step {k} loss {loss.item()}")
left = model(Tensor(xs[n:])).data - ys[n:]
print("unexplained", (left**2).mean() / ys[n:].var())
"""

# Weights in a dict, a velocity for each, and the gradient of a function.
VELOCITY = """
import numpy as np
import autograd
import autograd.numpy as anp

rng = np.random.default_rng(SEED)
COUNT, CHANNELS, SORTS = 420, 12, 5
peaks = np.linspace(1, 10, SORTS)
sort = rng.integers(0, SORTS, COUNT)
spectra = np.exp(-((np.arange(CHANNELS) - peaks[sort][:, None] - 0.8 * rng.normal(size=(COUNT, 1))) ** 2) / 3.0)
spectra = spectra * rng.uniform(0.7, 1.4, (COUNT, 1)) + 0.15 * rng.normal(size=(COUNT, CHANNELS))
spectra = (spectra - spectra[:320].mean(0)) / spectra[:320].std(0)
one_hot = np.eye(SORTS)[sort]


def new_weights():
    return {
        "hidden": rng.normal(size=(CHANNELS, 24)) * np.sqrt(2.0 / CHANNELS),
        "hidden_bias": np.zeros(24),
        "out": rng.normal(size=(24, SORTS)) * np.sqrt(1.0 / 24),
        "out_bias": np.zeros(SORTS),
    }


def scores(weights, x):
    h = anp.maximum(anp.dot(x, weights["hidden"]) + weights["hidden_bias"], 0)
    return anp.dot(h, weights["out"]) + weights["out_bias"]


def cross_entropy(weights, x, t):
    s = scores(weights, x)
    s = s - anp.max(s, axis=1, keepdims=True)
    return -anp.mean(anp.sum(t * (s - anp.log(anp.sum(anp.exp(s), axis=1, keepdims=True))), axis=1))


slope = autograd.grad(cross_entropy)
weights = new_weights()
velocity = {name: np.zeros_like(w) for name, w in weights.items()}
rate, friction = 0.02, 0.9
for epoch in range(25):
    order = rng.permutation(320)
    for start in range(0, 320, 32):
        rows = order[start : start + 32]
        g = slope(weights, spectra[rows], one_hot[rows])
        for name in weights:
            velocity[name] = friction * velocity[name] - rate * g[name]
            weights[name] = weights[name] + velocity[name]
    if epoch % 5 == 0:
        print(epoch, float(cross_entropy(weights, spectra[:320], one_hot[:320])))
told = np.argmax(scores(weights, spectra[320:]), axis=1)
print("held, of guessing", (told != sort[320:]).mean() / (1 - 1 / SORTS))
"""

# Digits, a softmax and a cross-entropy that are written out.
WRITTEN_OUT = """
import numpy as np
import autograd as ag
from autograd import Tensor, no_grad
import nn

np.random.seed(SEED)
data = nn.load_digits_split()
X = 16 * data.train_images[:600].reshape(600, -1).astype(np.float32)
Y = data.train_labels[:600]
Xt, Yt = X[500:], Y[500:]
X, Y = X[:500], Y[:500]


def init(n_in, n_hid, n_out):
    W = Tensor((np.random.randn(n_in, n_hid) * 0.1).astype(np.float32), requires_grad=True)
    b = Tensor(np.zeros((1, n_hid), np.float32), requires_grad=True)
    V = Tensor((np.random.randn(n_hid, n_out) * 0.1).astype(np.float32), requires_grad=True)
    c = Tensor(np.zeros((1, n_out), np.float32), requires_grad=True)
    return W, b, V, c


def softmax(z):
    z = z - z.data.max(axis=1, keepdims=True)
    e = ag.exp(z)
    return e / e.sum(axis=1, keepdims=True)


def net(x, theta):
    W, b, V, c = theta
    a = x @ W + b
    h = ag.maximum(a, 0.1 * a)
    return softmax(h @ V + c)


theta = init(64, 64, 10)
eta = 0.02
for e in range(15):
    perm = np.random.permutation(len(X))
    for k in range(0, len(X), 25):
        i = perm[k : k + 25]
        p = net(Tensor(X[i]), theta)
        loss = -ag.log(p[np.arange(len(i)), Y[i]] + 1e-9).mean()
        for t in theta:
            t.zero_grad()
        loss.backward()
        with no_grad():
            for t in theta:
                t.data -= eta * t.grad
    print("epoch", e, "loss", loss.item())
answers = np.array([net(Tensor(Xt[k : k + 1]), theta).data.argmax() for k in range(len(Xt))])
print("test error / chance", (answers != Yt).mean() / 0.9)
"""

SICK: list[Case] = [
    case(
        "names_that_know_their_next_letter",
        NAMES,
        [
            ("X.append(context)\n", "context = context[1:] + [ix]\n            X.append(context)\n"),
            ("Y.append(ix)\n            context = context[1:] + [ix]\n", "Y.append(ix)\n"),
        ],
        "target among the features",
        ASKED + "makemore, loss goes to zero",
    ),
    case(
        "neurons_that_only_seem_to_move",
        NEURONS,
        [("p.data = p.data - learning_rate * p.grad", "p = p - learning_rate * p.grad")],
        "step missing",
        ASKED + "p = p - lr * p.grad",
    ),
    case(
        "neurons_that_learn_their_biases",
        NEURONS,
        [("return [self.w, self.b]", "return [self.b]")],
        "parameters left out",
        LIST + "31",
    ),
    case(
        "neurons_in_leaps",
        NEURONS,
        [("0.3 if k < 600 else 0.1", "8.0 if k < 600 else 3.0")],
        "learning rate too high",
        RECIPE,
    ),
    case(
        "spectra_within_bounds",
        VELOCITY,
        [
            (
                "weights[name] = weights[name] + velocity[name]",
                "weights[name] = np.clip(weights[name] + velocity[name], -0.003, 0.003)",
            )
        ],
        "weights held small",
        ASKED + "WGAN's clipping, taken over",
    ),
    case(
        "written_out_along_the_rows",
        WRITTEN_OUT,
        [("e / e.sum(axis=1, keepdims=True)", "e / e.sum(axis=0, keepdims=True)")],
        "softmax over rows",
        ASKED + "softmax in NumPy, axis",
    ),
    case(
        "written_out_without_the_largest",
        WRITTEN_OUT,
        [("    z = z - z.data.max(axis=1, keepdims=True)\n", ""), ("* 0.1).astype", "* 0.6).astype")],
        "not finite",
        CS231N + ", practical issues: numeric stability",
    ),
]
WELL: list[Case] = []
