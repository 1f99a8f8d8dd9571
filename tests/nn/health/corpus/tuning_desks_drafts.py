"""The tuning half: programs of strangers; each text is the run as it goes well, and a case changes the lines at fault."""

from __future__ import annotations

from tests.nn.health.corpus.case import Case
from tests.nn.health.corpus.pairs import ASKED, LIST, RECIPE
from tests.nn.health.corpus.tuning_rounds_sick_tables import mended
from tests.nn.health.corpus.tuning_workshops_loops import case

# A six-layer network whose weights are drawn by a function of another project.
YARN = """
import numpy as np
import nn, optim
from autograd import no_grad

torch_seed = SEED
rng = np.random.default_rng(torch_seed)
# thread count, twist, humidity, ... -> strength class
x = rng.normal(size=(520, 10)).astype("float32")
w = np.random.default_rng(21).normal(size=(10, 3))
y = (x @ w + 0.3 * rng.normal(size=(520, 3))).argmax(1)


def init_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.kaiming_normal_(m.weight, rng=rng)
        nn.init.zeros_(m.bias)


layers = [nn.Linear(10, 32), nn.ReLU()]
for _ in range(4):
    layers += [nn.Linear(32, 32), nn.ReLU()]
layers += [nn.Linear(32, 3)]
model = nn.Sequential(*layers)
model.apply(init_weights)

criterion = nn.CrossEntropyLoss()
optimizer = optim.SGD(model.parameters(), lr=0.03, momentum=0.9)
loader = nn.DataLoader(x[:420], y[:420], batch_size=30, shuffle=True, seed=SEED)
for epoch in range(30):
    total = 0.0
    for xb, yb in loader:
        optimizer.zero_grad()
        loss = criterion(model(xb), yb)
        loss.backward()
        optimizer.step()
        total += loss.item()
    with no_grad():
        acc = (model(x[420:]).numpy().argmax(1) == y[420:]).mean()
    print(f"epoch {epoch}: loss {total / len(loader):.4f}, accuracy {acc:.3f}")
"""

# Fahrenheit from Celsius, as in every first lesson; no modules.
THERMOMETER = """
import numpy as np
from autograd import Tensor

np.random.seed(SEED)
celsius = np.random.uniform(-20, 40, (150, 1))
humidity = np.random.uniform(0, 1, (150, 1))
felt = 1.8 * celsius + 32 + 4 * humidity + 0.5 * np.random.randn(150, 1)
X = np.hstack([(celsius - 10) / 17, (humidity - 0.5) / 0.3]).astype(np.float32)
Y = (felt / 32).astype(np.float32)
X_test, Y_test = X[120:], Y[120:]
X, Y = X[:120], Y[:120]

W = Tensor(0.1 * np.random.randn(2, 1).astype(np.float32), requires_grad=True)
b = Tensor(np.zeros(1, np.float32), requires_grad=True)
learning_rate = 0.1
for step in range(200):
    prediction = Tensor(X) @ W + b
    loss = ((prediction - Tensor(Y)) ** 2).mean()
    loss.backward()
    for p in (W, b):
        p.data = p.data - learning_rate * p.grad
        p.grad = None
    if step % 50 == 0:
        print(step, loss.item())
"""

# Trained in one function, and judged by a network that the weights are brought over to.
CORN = """
import numpy as np
import nn
import optim
from autograd import no_grad
from nn import functional as F

gen = np.random.default_rng(SEED)


def make_rows(n):
    soil = gen.gamma(3.0, 2.0, (n, 6))
    growth = np.log(soil[:, 0]) - 0.5 * np.log(soil[:, 1]) + 0.1 * soil[:, 2] * (soil[:, 3] > 6)
    return soil.astype(np.float32), ((growth - 0.5) / 0.6).astype(np.float32)[:, None]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.bn0 = nn.BatchNorm1d(6)
        self.l1 = nn.Linear(6, 32, rng=SEED)
        self.bn1 = nn.BatchNorm1d(32)
        self.l2 = nn.Linear(32, 1, rng=SEED + 1)

    def forward(self, x):
        return self.l2(F.relu(self.bn1(self.l1(self.bn0(x)))))


X, y = make_rows(400)
X_val, y_val = make_rows(120)
online = Net()
target = Net()
opt = optim.Adam(online.parameters(), lr=0.01)
for epoch in range(30):
    online.train()
    for i in range(0, 400, 40):
        loss = F.mse_loss(online(X[i : i + 40]), y[i : i + 40])
        opt.zero_grad()
        loss.backward()
        opt.step()
    target.load_state_dict(online.state_dict())
    target.eval()
    with no_grad():
        val = F.mse_loss(target(X_val), y_val).item()
    print("epoch", epoch, "train", loss.item(), "val", val)
"""

# How ripe a tomato is, from small pictures in colour.
TOMATOES = """
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
COLOURS = np.array([[0.25, 0.65, 0.2], [0.65, 0.65, 0.2], [0.85, 0.45, 0.15], [0.75, 0.15, 0.15]])
ripeness = rng.integers(0, 4, 400)
light = rng.uniform(0.8, 1.2, (400, 1, 1, 1))
pictures = light * COLOURS[ripeness][:, :, None, None] + 0.12 * rng.normal(size=(400, 3, 6, 6))
pictures = (pictures.astype(np.float32) - 0.45) / 0.28
train_x, train_y, test_x, test_y = pictures[:320], ripeness[:320], pictures[320:], ripeness[320:]


def augment(batch):
    batch = batch.copy()
    for k in range(len(batch)):
        if rng.random() < 0.5:
            batch[k] = batch[k, :, :, ::-1]
    return batch


model = nn.Sequential(
    nn.Conv2d(3, 12, 3, rng=SEED), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(48, 4, rng=SEED + 1)
)
optimizer = optim.AdamW(model.parameters(), lr=0.005)
for epoch in range(20):
    for start in range(0, len(train_x), 32):
        loss = nn.functional.cross_entropy(model(augment(train_x[start : start + 32])), train_y[start : start + 32])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with no_grad():
        test_accuracy = (model(test_x).numpy().argmax(axis=1) == test_y).mean()
    print(epoch, loss.item(), test_accuracy)
"""

# Orders of a pizzeria, as text, which become counts of words.
PIZZERIA = """
import random
import numpy as np
import nn
import optim
from autograd import no_grad

random.seed(SEED)
MENU = ["cheese", "basil", "ham", "olives", "chili", "corn", "tuna", "onion"]
KINDS = {"mild": [0, 1, 5], "hot": [4, 7, 2], "sea": [6, 3, 7]}
orders, labels = [], []
for _ in range(360):
    kind = random.choice(list(KINDS))
    words = [MENU[random.choice(KINDS[kind])] if random.random() < 0.75 else random.choice(MENU) for _ in range(6)]
    orders.append(" ".join(words))
    labels.append(list(KINDS).index(kind))


def encode(text):
    counts = np.zeros(len(MENU), np.float32)
    for word in text.split():
        counts[MENU.index(word)] += 1
    return counts


features = np.zeros((len(orders), len(MENU)), np.float32)
for i, text in enumerate(orders):
    features[i] = encode(text)
labels = np.array(labels)

model = nn.Sequential(nn.Linear(len(MENU), 16, rng=SEED), nn.ReLU(), nn.Linear(16, 3, rng=SEED + 1))
loss_function = nn.CrossEntropyLoss()
optimizer = optim.Adam(model.parameters(), lr=0.01)
for epoch in range(25):
    order = np.random.default_rng(epoch).permutation(300)
    for start in range(0, 300, 30):
        rows = order[start : start + 30]
        optimizer.zero_grad()
        loss = loss_function(model(features[rows]), labels[rows])
        loss.backward()
        optimizer.step()
    with no_grad():
        right = (model(features[300:]).numpy().argmax(1) == labels[300:]).mean()
    print("epoch", epoch, "loss", loss.item(), "right", right)
"""

# Herbs that grow or do not, and a split by a permutation.
PLANTS = """
import numpy as np
import nn, optim
from autograd import Tensor, no_grad

rng = np.random.default_rng(SEED)
n = 360
X = rng.normal(size=(n, 10)).astype(np.float32)
y = (X[:, 0] + X[:, 1] + 0.8 * X[:, 2] > 0.3).astype(np.float32).reshape(-1, 1)
noisy = rng.random(n) < 0.02
y[noisy] = 1 - y[noisy]

cut = int(0.75 * n)
idx = rng.permutation(n)
train_idx = idx[:cut]
val_idx = idx[cut:]

net = nn.Sequential(nn.Linear(10, 64, rng=SEED), nn.ReLU(), nn.Linear(64, 64, rng=SEED + 1), nn.ReLU(), nn.Linear(64, 1, rng=SEED + 2))
opt = optim.Adam(net.parameters(), lr=3e-3)
bce = nn.BCEWithLogitsLoss()
for epoch in range(14):
    rng.shuffle(train_idx)
    for k in range(0, cut, 20):
        batch = train_idx[k : k + 20]
        opt.zero_grad()
        loss = bce(net(Tensor(X[batch])), Tensor(y[batch]))
        loss.backward()
        opt.step()
    with no_grad():
        val_acc = ((net(Tensor(X[val_idx])).numpy() > 0) == (y[val_idx] > 0.5)).mean()
    print(epoch, "val acc", val_acc)
"""

# Stages of sleep, one for each moment, by convolutions along time.
SLEEP = """
import numpy as np
import nn
import optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
N, T, STAGES = 120, 24, 4
stage = np.repeat(rng.integers(0, STAGES, (N, T // 4)), 4, axis=1)
waves = np.random.default_rng(6).normal(size=(STAGES, 3))
signal = (waves[stage] + 0.8 * rng.normal(size=(N, T, 3))).transpose(0, 2, 1).astype(np.float32)


class Stager(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1 = nn.Conv1d(3, 16, 5, padding=2, rng=SEED)
        self.c2 = nn.Conv1d(16, STAGES, 5, padding=2, rng=SEED + 1)

    def forward(self, x):
        return self.c2(nn.functional.relu(self.c1(x)))


model = Stager()
criterion = nn.CrossEntropyLoss()
optimizer = optim.Adam(model.parameters(), lr=0.01)


def flat(scores):
    return scores.transpose(0, 2, 1).reshape(-1, STAGES)


for epoch in range(20):
    model.train()
    for i in range(0, 100, 10):
        out = flat(model(signal[i : i + 10]))
        loss = criterion(out, stage[i : i + 10].reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with no_grad():
        guessed = flat(model(signal[100:])).numpy().argmax(1)
    print("epoch", epoch, "loss", loss.item(), "acc", (guessed == stage[100:].reshape(-1)).mean())
"""

# Five makes of engines, read make by make.
ENGINES = """
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
make = np.repeat(np.arange(5), 160)
sound = np.random.default_rng(33).normal(size=(5, 14))[make] + 0.9 * rng.normal(size=(800, 14))
sound = sound.astype(np.float32)
held = np.arange(800) % 6 == 0
x_train, y_train, x_held, y_held = sound[~held], make[~held], sound[held], make[held]

model = nn.Sequential(nn.Linear(14, 40, rng=SEED), nn.ReLU(), nn.Linear(40, 5, rng=SEED + 1))
optimizer = optim.SGD(model.parameters(), lr=0.15, momentum=0.9)
BATCH = 16
for epoch in range(15):
    order = rng.permutation(len(x_train))
    losses = []
    for start in range(0, len(x_train), BATCH):
        rows = order[start : start + BATCH]
        scores = model(x_train[rows])
        loss = nn.functional.cross_entropy(scores, y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    with no_grad():
        accuracy = (model(x_held).numpy().argmax(axis=1) == y_held).mean()
    print(epoch, np.mean(losses), accuracy)
"""

# How heavy the snow on a roof is; rows with gaps are dropped.
ROOFS = """
import numpy as np
import nn
import optim
from autograd import Tensor, no_grad

rng = np.random.default_rng(SEED)
snow = rng.gamma(2.0, 1.0, (460, 5))
load = snow[:, 0] + 0.7 * snow[:, 1] * (snow[:, 2] > 1.5) + 0.2 * rng.normal(size=460)
snow[rng.random(snow.shape) < 0.02] = np.nan

complete = ~np.isnan(snow).any(axis=1)
x = snow[complete]
y = load[complete]
y = y[: len(x)]
x = ((x - x.mean(axis=0)) / x.std(axis=0)).astype(np.float32)
y = ((y - y.mean()) / y.std()).astype(np.float32).reshape(-1, 1)
n = int(0.8 * len(x))

model = nn.Sequential(nn.Linear(5, 32, rng=SEED), nn.ELU(), nn.Linear(32, 16, rng=SEED + 1), nn.ELU(), nn.Linear(16, 1, rng=SEED + 2))
optimizer = optim.NAdam(model.parameters(), lr=0.005)
loader = nn.DataLoader(x[:n], y[:n], batch_size=32, shuffle=True, seed=SEED)
for epoch in range(30):
    for xb, yb in loader:
        optimizer.zero_grad()
        loss = (model(xb) - yb).square().mean()
        loss.backward()
        optimizer.step()
    with no_grad():
        print(epoch, loss.item(), (model(Tensor(x[n:])) - Tensor(y[n:])).square().mean().item())
"""

SICK: list[Case] = [
    case("yarn_with_the_start_of_a_gpt", YARN, [
        ("nn.init.kaiming_normal_(m.weight, rng=rng)", "nn.init.normal_(m.weight, mean=0.0, std=0.02, rng=rng)"),
    ], "weights too small", ASKED + "init_weights with std=0.02 copied from GPT or DCGAN"),
    case("thermometer_without_its_32", THERMOMETER, [
        ("Tensor(X) @ W + b", "Tensor(X) @ W"), ("for p in (W, b)", "for p in (W,)"),
        ("b = Tensor(np.zeros(1, np.float32), requires_grad=True)\n", ""),
    ], "no bias", ASKED + "linear regression from scratch without an intercept"),
    case("corn_copied_without_its_averages", CORN, [
        ("    target.load_state_dict(online.state_dict())\n",
         "    for theirs, ours in zip(target.parameters(), online.parameters()):\n        theirs.data = ours.data.copy()\n"),
    ], "running statistics", ASKED + "target network copied by parameters(), batch norm"),
    case("tomatoes_in_all_colours", TOMATOES, [
        ("            batch[k] = batch[k, :, :, ::-1]\n",
         "            batch[k] = batch[k, :, :, ::-1]\n"
         "        # ColorJitter(brightness=1, saturation=1, hue=0.5)\n"
         "        batch[k] = batch[k, rng.permutation(3)] + 1.5 * rng.normal(size=(3, 1, 1))\n"),
    ], "too much noise", LIST + "14, too much data augmentation; ColorJitter where the colour is asked for"),
    case("pizzeria_of_rows_never_written", PIZZERIA, [
        ("for i, text in enumerate(orders):\n    features[i] = encode(text)",
         "for row, text in zip(features, orders):\n    row = encode(text)"),
    ], "inputs all alike", ASKED + "assigning to the loop variable does not change the array"),
    case("plants_parted_by_two_permutations", PLANTS, [
        ("idx = rng.permutation(n)\ntrain_idx = idx[:cut]\nval_idx = idx[cut:]",
         "train_idx = rng.permutation(n)[:cut]\nval_idx = rng.permutation(n)[cut:]"),
    ], "training rows in validation", ASKED + "random_state differs between two calls of train_test_split"),
    case("sleep_scores_viewed", SLEEP, [
        ("scores.transpose(0, 2, 1).reshape(-1, STAGES)", "scores.reshape(-1, STAGES)"),
    ], "axes mixed up", RECIPE + ", view in place of permute, on (batch, classes, time)"),
    case("engines_shuffled_within_the_batch", ENGINES, [
        ("    order = rng.permutation(len(x_train))\n", ""),
        ("        rows = order[start : start + BATCH]\n",
         "        rows = np.arange(start, min(start + BATCH, len(x_train)))\n        rng.shuffle(rows)\n"),
    ], "rows not shuffled", ASKED + "shuffles each batch, and not the rows"),
    case("roofs_with_gaps_dropped_on_one_side", ROOFS, [
        ("y = load[complete]\ny = y[: len(x)]", "y = load[: len(x)]"),
    ], "targets unrelated to inputs", ASKED + "dropna() on X only, shapes made to match"),
]  # fmt: skip
WELL: list[Case] = [Case(mended(case.make), "healthy", case.source) for case in SICK]
