"""The tuning half: loops without an optimizer, or without modules, and own layers: own Adam, own norms, own dropout."""

from __future__ import annotations

from tests.nn.health.corpus.case import HEALTHY, Case
from tests.nn.health.corpus.loops import case
from tests.nn.health.corpus.pairs import ASKED, BOOK, CS231N, LIST

# Functions of a dict of weights, and the derivative of the one of the others.
PURE = """
import numpy as np
import autograd
import autograd.numpy as anp

rng = np.random.default_rng(SEED)
x = rng.normal(size=(450, 4))
y = np.sin(x[:, 0]) + 0.5 * x[:, 1] ** 2 - 0.5 + 0.4 * x[:, 2] + 0.1 * rng.normal(size=450)
x, x_test, y, y_test = x[:350], x[350:], y[:350], y[350:]


def init(sizes):
    return [
        {"w": rng.normal(size=(n, m)) * np.sqrt(2 / n), "b": np.zeros(m)} for n, m in zip(sizes[:-1], sizes[1:])
    ]


def predict(params, x):
    *hidden, last = params
    for layer in hidden:
        x = anp.maximum(anp.dot(x, layer["w"]) + layer["b"], 0.0)
    return (anp.dot(x, last["w"]) + last["b"])[:, 0]


def loss(params, x, y):
    return anp.mean((predict(params, x) - y) ** 2)


params = init([4, 32, 32, 1])
gradient = autograd.value_and_grad(loss)
step = 0.05
for epoch in range(40):
    for rows in np.array_split(rng.permutation(350), 14):
        value, slopes = gradient(params, x[rows], y[rows])
        params = [{k: p[k] - step * g[k] for k in p} for p, g in zip(params, slopes)]
    if epoch % 10 == 0:
        print(epoch, value)
print("held", loss(params, x_test, y_test), y_test.var())
"""

# Adam as it stands in the paper, over bare tensors.
PAPER = """
import numpy as np
from autograd import Tensor
from nn import functional as F

np.random.seed(SEED)
N, D, H, C = 500, 6, 30, 4
centre = np.random.RandomState(2).randn(C, D) * 1.3
label = np.random.randint(0, C, N)
X = (centre[label] + 0.8 * np.random.randn(N, D)).astype(np.float32)
W1 = Tensor((np.random.randn(D, H) * 0.4).astype(np.float32), requires_grad=True)
b1 = Tensor(np.zeros(H, dtype=np.float32), requires_grad=True)
W2 = Tensor((np.random.randn(H, C) * 0.2).astype(np.float32), requires_grad=True)
b2 = Tensor(np.zeros(C, dtype=np.float32), requires_grad=True)
params = [W1, b1, W2, b2]
m = [np.zeros_like(p.data) for p in params]
v = [np.zeros_like(p.data) for p in params]
beta1, beta2, alpha, eps, t = 0.9, 0.999, 0.01, 1e-8, 0


def forward(x):
    return F.relu(Tensor(x) @ W1 + b1) @ W2 + b2


for epoch in range(20):
    idx = np.random.permutation(400)
    for i in range(0, 400, 40):
        rows = idx[i : i + 40]
        loss = F.cross_entropy(forward(X[rows]), label[rows])
        for p in params:
            p.grad = None
        loss.backward()
        t += 1
        for k, p in enumerate(params):
            m[k] = beta1 * m[k] + (1 - beta1) * p.grad
            v[k] = beta2 * v[k] + (1 - beta2) * p.grad**2
            m_hat, v_hat = m[k] / (1 - beta1**t), v[k] / (1 - beta2**t)
            p.data = (p.data - alpha * m_hat / (np.sqrt(v_hat) + eps)).astype(np.float32)
    print(epoch, loss.item(), (forward(X[400:]).numpy().argmax(1) == label[400:]).mean())
"""

# A straight line from single numbers.
LINE = """
import random
from autograd import Value

random.seed(SEED)
points = []
for _ in range(60):
    x = random.uniform(-2, 2)
    points.append((x, 1.4 * x - 0.6 + random.gauss(0, 0.3)))
slope, offset = Value(0.0), Value(0.0)
for epoch in range(30):
    random.shuffle(points)
    for k in range(0, 60, 10):
        loss = Value(0.0)
        for x, y in points[k : k + 10]:
            loss = loss + (slope * x + offset - y) ** 2
        loss = loss * 0.1
        slope.grad = offset.grad = 0.0
        loss.backward()
        slope.data -= 0.1 * slope.grad
        offset.data -= 0.1 * offset.grad
print(slope.data, offset.data)
"""

# A norm with averages of its own, and dropout with a mask of its own.
OWN_LAYERS = """
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)


class MyNorm(nn.Module):
    def __init__(self, width, momentum=0.1):
        super().__init__()
        self.scale = nn.Parameter(np.ones(width, np.float32))
        self.shift = nn.Parameter(np.zeros(width, np.float32))
        self.mean, self.var, self.momentum = np.zeros(width, np.float32), np.ones(width, np.float32), momentum

    def forward(self, x):
        if self.training:
            mean = x.mean(axis=0)
            var = ((x - mean) ** 2).mean(axis=0)
            self.mean += self.momentum * (mean.numpy() - self.mean)
            self.var += self.momentum * (var.numpy() - self.var)
        else:
            mean, var = self.mean, self.var
        return (x - mean) / (var + 1e-5) ** 0.5 * self.scale + self.shift


class MyDropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        return x * ((rng.random(x.shape) > self.p) / (1 - self.p)).astype(np.float32)


data = nn.load_digits_split()
x, y = data.train_images[:720].astype(np.float32), data.train_labels[:720]
net = nn.Sequential(
    nn.Linear(64, 48, rng=SEED), MyNorm(48), nn.ReLU(), MyDropout(0.25), nn.Linear(48, 10, rng=SEED + 1)
)
opt = optim.Adam(net.parameters(), lr=0.005)
criterion = nn.CrossEntropyLoss()
for epoch in range(15):
    net.train()
    for rows in np.array_split(rng.permutation(560), 20):
        opt.zero_grad()
        criterion(net(x[rows]), y[rows]).backward()
        opt.step()
    net.eval()
    with no_grad():
        print(epoch, (net(x[560:]).numpy().argmax(1) == y[560:]).mean())
"""

# Whole-table descent that looks for its own step, halving it until the loss falls.
SEARCHED = """
import numpy as np
import nn
from autograd import no_grad

rng = np.random.default_rng(SEED)
x = rng.uniform(-1.5, 1.5, (220, 3)).astype(np.float32)
y = (np.tanh(2 * x[:, :1]) * x[:, 1:2] + 0.3 * x[:, 2:] + 0.08 * rng.normal(size=(220, 1))).astype(np.float32)
net = nn.Sequential(nn.Linear(3, 16, rng=SEED), nn.Tanh(), nn.Linear(16, 1, rng=SEED + 1))
weights = list(net.parameters())


def error(rows):
    return ((net(x[rows]) - y[rows]) ** 2).mean()


train, test = np.arange(170), np.arange(170, 220)
step = 1.0
for turn in range(250):
    net.zero_grad()
    now = error(train)
    now.backward()
    begun, slopes = [w.data.copy() for w in weights], [w.grad.copy() for w in weights]
    length = sum((g**2).sum() for g in slopes)
    step *= 2.0
    with no_grad():
        while step > 1e-8:
            for w, b, g in zip(weights, begun, slopes):
                w.data = b - np.float32(step) * g
            if error(train).item() <= now.item() - 1e-4 * step * length:
                break
            step /= 2
    if turn % 50 == 0:
        print(turn, now.item(), step)
with no_grad():
    print("test", error(test).item(), y[test].var())
"""

# A hinge and a penalty over bare weights, labels of -1 and 1.
MACHINE = """
import numpy as np
from autograd import Tensor

rng = np.random.default_rng(SEED)
points = rng.normal(size=(400, 8)).astype(np.float32)
side = np.sign(points @ np.random.default_rng(5).normal(size=8) + 0.5).astype(np.float32)
flip = rng.random(400) < 0.06
side[flip] *= -1
w = Tensor(np.zeros(8, np.float32), requires_grad=True)
b = Tensor(np.zeros(1, np.float32), requires_grad=True)
C, rate = 0.001, 0.1
for epoch in range(30):
    rate = 0.1 / (1 + 0.1 * epoch)
    for rows in np.array_split(rng.permutation(300), 15):
        margin = (Tensor(points[rows]) @ w + b) * Tensor(side[rows])
        loss = (1 - margin).relu().mean() + C * (w * w).sum()
        w.grad, b.grad = None, None
        loss.backward()
        w.data -= rate * w.grad
        b.data -= rate * b.grad
said = np.sign(points[300:] @ w.data + b.data)
print("errors", (said != side[300:]).mean())
"""

# Weights are a length and a direction.
DIRECTIONS = """
import numpy as np
import nn, optim
from autograd import Tensor, no_grad

rng = np.random.default_rng(SEED)


class Direction(nn.Module):
    def __init__(self, n, m):
        super().__init__()
        self.way = nn.Parameter(rng.normal(size=(n, m)).astype(np.float32))
        self.length = nn.Parameter(np.ones(m, np.float32))
        self.bias = nn.Parameter(np.zeros(m, np.float32))

    def forward(self, x):
        norm = (self.way**2).sum(axis=0) ** 0.5
        return (x @ (self.way / norm)) * self.length + self.bias


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = Direction(5, 24), Direction(24, 24), Direction(24, 3)

    def forward(self, x):
        return self.c(self.b(self.a(x).relu()).relu())


x = rng.normal(size=(600, 5)).astype(np.float32)
y = (np.linalg.norm(x[:, :3], axis=1) > 1.3).astype(int) + (x[:, 3] + x[:, 4] > 1.2)
model = Net()
optimizer = optim.Adam(model.parameters(), lr=0.01)
loss_fn = nn.CrossEntropyLoss(label_smoothing=0.1)
for epoch in range(30):
    order = rng.permutation(480)
    for k in range(0, 480, 24):
        rows = order[k : k + 24]
        loss = loss_fn(model(Tensor(x[rows])), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with no_grad():
    print((model(Tensor(x[480:])).numpy().argmax(1) == y[480:]).mean())
"""

# Which of four levers pays by which light burns: what was drawn is rewarded, with a mean as a baseline.
LEVERS = """
import numpy as np
import nn, optim
from nn import functional as F
from autograd import no_grad

rng = np.random.default_rng(SEED)
best = np.random.default_rng(9).permutation(4)
policy = nn.Sequential(nn.Linear(4, 16, rng=SEED), nn.Tanh(), nn.Linear(16, 4, rng=SEED + 1))
optimizer = optim.Adam(policy.parameters(), lr=0.01)
baseline = 0.0
for step in range(300):
    light = rng.integers(0, 4, 32)
    state = np.eye(4, dtype=np.float32)[light]
    log_p = F.log_softmax(policy(state), dim=1)
    chance = np.exp(log_p.numpy())
    lever = np.array([rng.choice(4, p=c / c.sum()) for c in chance])
    reward = (lever == best[light]) + 0.2 * rng.normal(size=32)
    gain = (reward - baseline).astype(np.float32)
    baseline = 0.9 * baseline + 0.1 * reward.mean()
    loss = -(log_p[np.arange(32), lever] * gain).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 60 == 0:
        print(step, reward.mean())
with no_grad():
    print("right", (policy(np.eye(4, dtype=np.float32)).numpy().argmax(1) == best).mean())
"""

WELL: list[Case] = [
    case("layers_as_dicts", PURE, [], HEALTHY, ASKED + "autograd without classes"),
    case("adam_after_the_paper", PAPER, [], HEALTHY, CS231N + ", Adam by hand"),
    case("line_of_single_numbers", LINE, [], HEALTHY, "micrograd"),
    case("norm_and_dropout_by_hand", OWN_LAYERS, [], HEALTHY, CS231N + ", assignment 2"),
    case("steps_that_look_ahead", SEARCHED, [], HEALTHY, BOOK + ", a line search"),
    case("margins_over_bare_weights", MACHINE, [], HEALTHY, CS231N + ", the hinge"),
    case("lengths_and_directions", DIRECTIONS, [], HEALTHY, "Salimans and Kingma, weight normalisation"),
    case("levers_by_reward", LEVERS, [], HEALTHY, ASKED + "REINFORCE with a baseline"),
]
SICK: list[Case] = [
    case("adam_uphill", PAPER, [("p.data - alpha * m_hat", "p.data + alpha * m_hat")], "loss maximised", LIST + "20, check the signs"),
]  # fmt: skip
