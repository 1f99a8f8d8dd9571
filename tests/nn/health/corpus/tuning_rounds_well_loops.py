"""The tuning half: people's own loops that are fine (and four with a fault): groups of batches, averages, generators, series, stops."""

from __future__ import annotations

from tests.nn.health.corpus.case import HEALTHY, Case
from tests.nn.health.corpus.loops import case
from tests.nn.health.corpus.pairs import ASKED, BOOK, CS231N, LIST, RECIPE

# Five networks, each stopped in its own time and brought back to its best; what they say is averaged.
FIVE = """
import copy
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
bean = rng.integers(0, 4, 560)
measures = (np.random.default_rng(41).normal(0, 1.2, (4, 7))[bean] + 0.9 * rng.normal(size=(560, 7))).astype(np.float32)
x, y = measures[:360], bean[:360]
x_val, y_val = measures[360:440], bean[360:440]
x_test, y_test = measures[440:], bean[440:]
votes = np.zeros((len(x_test), 4))
for k in range(5):
    net = nn.Sequential(nn.Linear(7, 24, rng=SEED * 10 + k), nn.ReLU(), nn.Linear(24, 4, rng=SEED * 10 + k + 5))
    opt = optim.Adam(net.parameters(), lr=0.005)
    ce = nn.CrossEntropyLoss()
    best, waited = (np.inf, None), 0
    for epoch in range(40):
        for rows in np.array_split(rng.permutation(360), 15):
            opt.zero_grad()
            loss = ce(net(x[rows]), y[rows])
            loss.backward()
            opt.step()
        with no_grad():
            val = ce(net(x_val), y_val).item()
        if val < best[0]:
            best, waited = (val, copy.deepcopy(net.state_dict())), 0
        else:
            waited += 1
            if waited == 5:
                break
    net.load_state_dict(best[1])
    with no_grad():
        votes += nn.functional.softmax(net(x_test), dim=1).numpy()
    print("net", k, "stopped at", epoch, best[0])
print("errors", (votes.argmax(1) != y_test).mean())
"""

# Gradients of three batches of ten make one step; the last group of an epoch is shorter and has its own share.
THREES = """
import numpy as np
import nn, optim
import nn.functional as F
from autograd import no_grad

np.random.seed(SEED)
n, micro, group = 380, 10, 3
X = np.random.uniform(-1, 1, (n + 100, 3)).astype(np.float32) * 1.7
t = (np.cos(2 * X[:, 0]) + X[:, 1] * X[:, 2] + 0.15 * np.random.randn(n + 100)).astype(np.float32).reshape(-1, 1)
model = nn.Sequential(nn.Linear(3, 40, rng=SEED), nn.SiLU(), nn.Linear(40, 1, rng=SEED + 1))
optimizer = optim.AdamW(model.parameters(), lr=8e-3, weight_decay=1e-3)
for epoch in range(60):
    perm = np.random.permutation(n)
    micros = [perm[i : i + micro] for i in range(0, n, micro)]
    optimizer.zero_grad()
    running = 0.0
    for i, idx in enumerate(micros):
        left = min(group, len(micros) - i // group * group)
        loss = F.mse_loss(model(X[idx]), t[idx])
        (loss / left).backward()
        running += loss.item()
        if (i + 1) % group == 0 or i + 1 == len(micros):
            optimizer.step()
            optimizer.zero_grad()
    if epoch % 10 == 9:
        print(epoch, running / len(micros))
with no_grad():
    print("test", F.mse_loss(model(X[n:]), t[n:]).item(), t[n:].var())
"""

# A second set of weights follows the first, and judges.
SHADOW = """
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
hours = rng.uniform(0, 24, 620)
warmth = rng.normal(size=620)
load = np.sin(hours / 24 * 2 * np.pi) * 1.2 + 0.5 * np.abs(warmth) + 0.3 * rng.normal(size=620)
inputs = np.column_stack([np.sin(hours / 24 * 2 * np.pi), np.cos(hours / 24 * 2 * np.pi), warmth]).astype(np.float32)
targets = ((load - load.mean()) / load.std()).astype(np.float32)[:, None]

net = nn.Sequential(nn.Linear(3, 32, rng=SEED), nn.Tanh(), nn.Linear(32, 1, rng=SEED + 1))
optimizer = optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
criterion = nn.MSELoss()
shadow = [p.data.copy() for p in net.parameters()]
decay = 0.98


def judged():
    kept = [p.data for p in net.parameters()]
    for p, s in zip(net.parameters(), shadow):
        p.data = s
    with no_grad():
        error = criterion(net(inputs[500:]), targets[500:]).item()
    for p, k in zip(net.parameters(), kept):
        p.data = k
    return error


for epoch in range(25):
    for rows in np.array_split(rng.permutation(500), 20):
        optimizer.zero_grad()
        loss = criterion(net(inputs[rows]), targets[rows])
        loss.backward()
        optimizer.step()
        for k, p in enumerate(net.parameters()):
            shadow[k] = decay * shadow[k] + (1 - decay) * p.data
    print(f"epoch {epoch:2d}  averaged weights {judged():.4f}")
wrong = judged() / targets[500:].var()
"""

# A generator mixes the rows and gives them in batches; rare kinds weigh more.
YIELDED = """
import numpy as np
import nn
import optim
from autograd import Tensor, no_grad

rng = np.random.default_rng(SEED)
kinds = rng.choice(3, size=700, p=[0.8, 0.12, 0.08])
rock = np.random.default_rng(14).normal(0, 1.6, (3, 6))[kinds] + 0.8 * rng.normal(size=(700, 6))
rock = rock.astype(np.float32)
x_train, y_train = rock[:540], kinds[:540]


def batches(size):
    order = rng.permutation(len(x_train))
    for begin in range(0, len(order), size):
        chosen = order[begin : begin + size]
        yield Tensor(x_train[chosen]), y_train[chosen]


weight = (1 / np.bincount(y_train)).astype(np.float32)
weight = weight / weight.mean()
model = nn.Sequential(nn.Linear(6, 20, rng=SEED), nn.ReLU(), nn.Linear(20, 3, rng=SEED + 1))
loss_fn = nn.CrossEntropyLoss(weight=weight)
opt = optim.RMSprop(model.parameters(), lr=0.003)
for epoch in range(18):
    losses = []
    for xb, yb in batches(27):
        out = model(xb)
        loss = loss_fn(out, yb)
        opt.zero_grad()
        loss.backward()
        opt.step()
        losses.append(loss.item())
    with no_grad():
        said = model(Tensor(rock[540:])).numpy().argmax(axis=1)
    print(epoch, np.mean(losses), "right", (said == kinds[540:]).mean())
"""

# The next hour of a tank from the last eighteen; the last fifth is held, and the best weights are kept.
TANK = """
import copy
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
hours = np.arange(760)
level = np.sin(hours / 9.0) + 0.6 * np.sin(hours / 31.0 + 1) + 0.15 * rng.normal(size=760)
cut = 600
mean, std = level[:cut].mean(), level[:cut].std()
level = ((level - mean) / std).astype(np.float32)
BACK = 18
windows = np.stack([level[i : i + BACK] for i in range(760 - BACK)])
nexts = level[BACK:, None]
x_train, y_train = windows[: cut - BACK], nexts[: cut - BACK]
x_valid, y_valid = windows[cut - BACK :], nexts[cut - BACK :]

model = nn.Sequential(nn.Linear(BACK, 32, rng=SEED), nn.ReLU(), nn.Linear(32, 1, rng=SEED + 1))
optimizer = optim.Adam(model.parameters(), lr=2e-3)
mse = nn.MSELoss()
best_loss, best_weights, patience = float("inf"), None, 0
for epoch in range(60):
    model.train()
    for rows in np.array_split(rng.permutation(len(x_train)), 20):
        optimizer.zero_grad()
        mse(model(x_train[rows]), y_train[rows]).backward()
        optimizer.step()
    model.eval()
    with no_grad():
        valid = mse(model(x_valid), y_valid).item()
    print(f"{epoch:3d} {valid:.4f}")
    if valid < best_loss - 1e-4:
        best_loss, best_weights, patience = valid, copy.deepcopy(model.state_dict()), 0
    else:
        patience += 1
    if patience >= 8:
        print("stopped")
        break
model.load_state_dict(best_weights)
"""

# The rate falls by half when nothing gets better.
PLATEAU = """
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
n = 640
body = rng.normal(size=(n, 8)).astype(np.float32)
axes = np.random.default_rng(6).normal(size=(8, 4))
symptoms = ((body @ axes) + 0.8 * np.abs(body[:, :4]) - 0.6 + 0.5 * rng.normal(size=(n, 4)) > 0).astype(np.float32)
net = nn.Sequential(nn.Linear(8, 32, rng=SEED), nn.ReLU(), nn.Dropout(0.1, rng=SEED), nn.Linear(32, 4, rng=SEED + 1))
optimizer = optim.SGD(net.parameters(), lr=0.3, momentum=0.8)
scheduler = optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode="min", factor=0.5, patience=3)
criterion = nn.BCEWithLogitsLoss()
loader = nn.DataLoader(body[:500], symptoms[:500], batch_size=25, shuffle=True, seed=SEED)
for epoch in range(30):
    net.train()
    for features, labels in loader:
        optimizer.zero_grad()
        loss = criterion(net(features), labels)
        loss.backward()
        optimizer.step()
    net.eval()
    with no_grad():
        held = criterion(net(body[500:]), symptoms[500:]).item()
    scheduler.step(held)
    print(epoch, loss.item(), held)
"""

# Two heads and how much each task is believed, which is learned.
HEADS = """
import numpy as np
import nn, optim
import autograd.numpy as anp
from nn import functional as F
from autograd import no_grad

rng = np.random.default_rng(SEED)
z = rng.normal(size=(580, 6)).astype(np.float32)
weight = (1.5 * np.tanh(z[:, 0]) + 0.6 * z[:, 1] + 0.2 * rng.normal(size=580)).astype(np.float32)
ripe = ((z[:, 2] > 0) ^ (z[:, 3] > 0.4)).astype(int)


class Fruit(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(6, 40, rng=SEED), nn.ReLU(), nn.Linear(40, 24, rng=SEED + 1), nn.ReLU())
        self.weight, self.ripe = nn.Linear(24, 1, rng=SEED + 2), nn.Linear(24, 2, rng=SEED + 3)
        self.doubt = nn.Parameter(np.zeros(2, np.float32))

    def forward(self, x):
        h = self.trunk(x)
        return self.weight(h)[:, 0], self.ripe(h)


model = Fruit()
opt = optim.Adam(model.parameters(), lr=0.005)
for epoch in range(40):
    for i in np.array_split(rng.permutation(460), 20):
        grams, kind = model(z[i])
        one, two = F.mse_loss(grams, weight[i]), F.cross_entropy(kind, ripe[i])
        loss = anp.exp(-model.doubt[0]) * one + anp.exp(-model.doubt[1]) * two + 0.5 * model.doubt.sum()
        opt.zero_grad()
        loss.backward()
        opt.step()
    with no_grad():
        grams, kind = model(z[460:])
    print(epoch, F.mse_loss(grams, weight[460:]).item(), (kind.numpy().argmax(1) == ripe[460:]).mean())
"""

# A saved half-time: the weights go into a new network, with a new optimizer and a lower rate.
RESUMED = """
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
species = rng.integers(0, 5, 600)
calls = (np.random.default_rng(33).normal(size=(5, 12))[species] + 0.8 * rng.normal(size=(600, 12))).astype(np.float32)


def make():
    return nn.Sequential(nn.Linear(12, 32, rng=SEED), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 5, rng=SEED + 1))


def run(model, optimizer, epochs):
    criterion = nn.CrossEntropyLoss()
    for _ in range(epochs):
        model.train()
        for rows in np.array_split(rng.permutation(480), 16):
            optimizer.zero_grad()
            loss = criterion(model(calls[rows]), species[rows])
            loss.backward()
            optimizer.step()
    model.eval()
    with no_grad():
        return (model(calls[480:]).numpy().argmax(1) == species[480:]).mean()


model = make()
print("first half", run(model, optim.SGD(model.parameters(), lr=0.1, momentum=0.9), 8))
checkpoint = model.state_dict()
again = make()
again.load_state_dict(checkpoint)
optimizer = optim.SGD(again.parameters(), lr=0.02, momentum=0.9)
print("second half", run(again, optimizer, 8))
"""

WELL: list[Case] = [
    case("beans_by_five_networks", FIVE, [], HEALTHY, ASKED + "an ensemble in a loop"),
    case("gradients_in_threes", THREES, [], HEALTHY, ASKED + "gradient accumulation with a remainder"),
    case("load_by_a_shadow", SHADOW, [], HEALTHY, ASKED + "exponential moving average of weights"),
    case("rocks_from_a_generator", YIELDED, [], HEALTHY, ASKED + "a generator for batches, class weights"),
    case("tank_and_its_next_hour", TANK, [], HEALTHY, BOOK + ", early stopping"),
    case("symptoms_on_a_plateau", PLATEAU, [], HEALTHY, CS231N + ", annealing by plateau"),
    case("fruit_with_doubts", HEADS, [], HEALTHY, ASKED + "multi-task loss with uncertainty"),
    case("calls_taken_up_again", RESUMED, [], HEALTHY, ASKED + "load a checkpoint and go on"),
]
SICK: list[Case] = [
    case("gradients_in_one_heap", THREES, [
        ("            optimizer.step()\n            optimizer.zero_grad()\n", "            optimizer.step()\n"),
        ("weight_decay=1e-3)", "weight_decay=1e-3)\noptimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)"),
        ("    optimizer.zero_grad()\n    running", "    running")],
        "gradients not zeroed", ASKED + "gradient accumulation without zero_grad"),
    case("rocks_beside_their_names", YIELDED, [("y_train[chosen]\n\n", "y_train[begin : begin + size]\n\n")],
        "targets unrelated to inputs", LIST + "4, inputs and targets out of step"),
    case("rocks_that_come_first", YIELDED, [("rng.permutation(len(x_train))", "np.arange(len(x_train))"),
        ("    for xb, yb in batches(27):\n", "    for _ in range(20):\n        xb, yb = next(batches(2))\n")],
        "same batch again", ASKED + "next(iter(loader)) in the loop"),
    case("tank_judged_by_what_it_knows", TANK, [("valid = mse(model(x_valid), y_valid)", "valid = mse(model(x_train), y_train)")],
        "metric on training rows", RECIPE + ", judged by the wrong loader"),
    case("symptoms_without_patience", PLATEAU, [("factor=0.5, patience=3", "factor=0.1, patience=0"), ('mode="min"', 'mode="max"'),
        ("lr=0.3, momentum=0.8", "lr=0.05")],
        "rate decays too fast", ASKED + "ReduceLROnPlateau with the wrong mode"),
    case("fruit_without_its_trunk", HEADS, [("optim.Adam(model.parameters(), lr=0.005)",
        "optim.Adam([*model.weight.parameters(), *model.ripe.parameters(), model.doubt], lr=0.005)")],
        "parameters left out", ASKED + "the optimizer has the heads alone"),
    case("calls_taken_up_by_another", RESUMED, [("again.load_state_dict(checkpoint)\n", ""),
        ("optimizer = optim.SGD(again.parameters()", "optimizer = optim.SGD(model.parameters()")],
        "foreign parameters", ASKED + "the optimizer still holds the old model"),
]  # fmt: skip
