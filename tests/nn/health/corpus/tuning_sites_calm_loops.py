"""The tuning half: loops of people who know what they do, though it looks like what others do by mistake."""

from __future__ import annotations

from tests.nn.health.corpus.case import HEALTHY, Case
from tests.nn.health.corpus.loops import case
from tests.nn.health.corpus.pairs import ASKED, BOOK, CS231N, RECIPE

# First one batch is learned by heart, to see that it can be; then all begins anew.
ONE_BATCH_FIRST = """
import numpy as np
import nn, optim
from autograd import no_grad
from nn import functional as F

rng = np.random.default_rng(SEED)
height, weight, age, sport = rng.normal(size=(4, 420))
pulse = 0.7 * age - 0.8 * np.tanh(2 * sport) + 0.3 * weight * (height < 0) + 0.25 * rng.normal(size=420)
X = np.stack([height, weight, age, sport], axis=1).astype(np.float32)
Y = ((pulse - pulse.mean()) / pulse.std())[:, None].astype(np.float32)


def build():
    return nn.Sequential(nn.Linear(4, 32, rng=SEED), nn.ReLU(), nn.Linear(32, 32, rng=SEED + 1), nn.ReLU(), nn.Linear(32, 1, rng=SEED + 2))


# sanity check: can it overfit one batch?
model = build()
optimizer = optim.Adam(model.parameters(), lr=0.01)
for _ in range(100):
    loss = F.mse_loss(model(X[:8]), Y[:8])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
assert loss.item() < 0.1, "cannot overfit a single batch"

model = build()
optimizer = optim.Adam(model.parameters(), lr=0.005)
for epoch in range(30):
    for rows in np.array_split(rng.permutation(340), 17):
        loss = F.mse_loss(model(X[rows]), Y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with no_grad():
        print(epoch, loss.item(), F.mse_loss(model(X[340:]), Y[340:]).item())
"""

# Four parts, each held out once, and a model of its own for each.
FOLDS = """
import numpy as np
import nn, optim
from autograd import no_grad

generator = np.random.default_rng(SEED)
species = generator.integers(0, 3, 240)
means = np.array([[5.0, 3.4, 1.5], [5.9, 2.8, 4.3], [6.6, 3.0, 5.5]])
measures = means[species] + generator.normal(size=(240, 3)) * [0.45, 0.33, 0.45]
folds = np.array_split(generator.permutation(240), 4)
scores = []
for k, held in enumerate(folds):
    train = np.concatenate([fold for j, fold in enumerate(folds) if j != k])
    mean, std = measures[train].mean(axis=0), measures[train].std(axis=0)
    x_train = ((measures[train] - mean) / std).astype(np.float32)
    x_held = ((measures[held] - mean) / std).astype(np.float32)
    model = nn.Sequential(nn.Linear(3, 12, rng=SEED + k), nn.Tanh(), nn.Linear(12, 3, rng=SEED + 10 + k))
    optimizer = optim.Adam(model.parameters(), lr=0.02)
    criterion = nn.CrossEntropyLoss()
    for epoch in range(25):
        order = generator.permutation(len(train))
        for start in range(0, len(train), 20):
            rows = order[start : start + 20]
            optimizer.zero_grad()
            loss = criterion(model(x_train[rows]), species[train][rows])
            loss.backward()
            optimizer.step()
    with no_grad():
        answers = model(x_held).numpy().argmax(axis=1)
    scores.append((answers == species[held]).mean())
    print("fold", k, "accuracy", scores[-1])
print("mean accuracy", np.mean(scores))
"""

# The demo of a small engine: single values, a margin, a small penalty, a rate that falls.
MARGIN = """
import random
import numpy as np
from autograd import Value
from nn.scalar import MLP

random.seed(1337 + SEED)
np.random.seed(1337 + SEED)
angle = np.random.uniform(0, 2 * np.pi, 50)
outer = np.arange(50) % 2
X = np.c_[np.cos(angle), np.sin(angle)] * np.where(outer, 1.4, 0.5)[:, None] + 0.1 * np.random.randn(50, 2)
y = outer * 2 - 1
model = MLP(2, [8, 1])


def loss():
    scores = [model([float(a), float(b)]) for a, b in X]
    losses = [(1 + -yi * scorei).relu() for yi, scorei in zip(y, scores)]
    data_loss = sum(losses) * (1.0 / len(losses))
    reg_loss = 1e-4 * sum((p * p for p in model.parameters()))
    accuracy = [(yi > 0) == (scorei.data > 0) for yi, scorei in zip(y, scores)]
    return data_loss + reg_loss, sum(accuracy) / len(accuracy)


for k in range(60):
    total_loss, acc = loss()
    model.zero_grad()
    total_loss.backward()
    learning_rate = 1.0 - 0.9 * k / 100
    for p in model.parameters():
        p.data -= learning_rate * p.grad
    if k % 10 == 0:
        print(f"step {k} loss {total_loss.data}, accuracy {acc*100}%")
"""

# Dropout is on once more at the end, on purpose, to see how sure the network is.
HOW_SURE = """
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
depth = rng.uniform(-2, 2, (380, 1)).astype(np.float32)
heat = (np.tanh(2 * depth) + 0.25 * depth**2 + 0.15 * rng.normal(size=depth.shape)).astype(np.float32)
train_x, train_y, test_x, test_y = depth[:300], heat[:300], depth[300:], heat[300:]
net = nn.Sequential(
    nn.Linear(1, 64, rng=SEED), nn.ReLU(), nn.Dropout(0.1, rng=SEED), nn.Linear(64, 64, rng=SEED + 1), nn.ReLU(),
    nn.Dropout(0.1, rng=SEED + 1), nn.Linear(64, 1, rng=SEED + 2),
)
optimizer = optim.Adam(net.parameters(), lr=0.005, weight_decay=1e-5)
mse = nn.MSELoss()
for epoch in range(40):
    net.train()
    for xb, yb in nn.DataLoader(train_x, train_y, batch_size=30, shuffle=True, seed=epoch):
        optimizer.zero_grad()
        loss = mse(net(xb), yb)
        loss.backward()
        optimizer.step()
    net.eval()
    with no_grad():
        val = mse(net(test_x), test_y).item()
    if epoch % 10 == 9:
        print(epoch, val)

# Monte Carlo dropout: the spread of twenty answers
net.train()
with no_grad():
    draws = np.stack([net(test_x).numpy() for _ in range(20)])
net.eval()
print("mean", draws.mean(0)[:3, 0], "spread", draws.std(0)[:3, 0])
"""

# A teacher is an average of its student; no gradient goes to it, and no optimizer has it.
TEACHER = """
import copy
import numpy as np
import nn, optim
import nn.functional as F
from autograd import no_grad

rng = np.random.default_rng(SEED)
group = rng.integers(0, 4, 600)
x = (np.random.default_rng(8).normal(size=(4, 10))[group] * 1.1 + 0.7 * rng.normal(size=(600, 10))).astype(np.float32)
named, unnamed, test = np.arange(120), np.arange(120, 450), np.arange(450, 600)

student = nn.Sequential(nn.Linear(10, 48, rng=SEED), nn.ReLU(), nn.Linear(48, 4, rng=SEED + 1))
teacher = copy.deepcopy(student)
for p in teacher.parameters():
    p.requires_grad = False
optimizer = optim.Adam(student.parameters(), lr=0.003)
for step in range(500):
    a, b = rng.choice(named, 24), rng.choice(unnamed, 24)
    loss = F.cross_entropy(student(x[a]), group[a])
    with no_grad():
        wanted = F.softmax(teacher(x[b]), dim=1).numpy()
    shaken = x[b] + 0.1 * rng.normal(size=(24, 10)).astype(np.float32)
    agree = ((F.softmax(student(shaken), dim=1) - wanted) ** 2).mean()
    loss = loss + min(1.0, step / 200) * agree
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    for slow, fast in zip(teacher.parameters(), student.parameters()):
        slow.data = 0.97 * slow.data + 0.03 * fast.data
with no_grad():
    right = (teacher(x[test]).numpy().argmax(1) == group[test]).mean()
print("teacher's accuracy", right)
"""

# The losses of an epoch's batches are added up, and then there is one backward for all of them.
ALL_TOGETHER = """
import numpy as np
import nn, optim
from autograd import Tensor

rng = np.random.default_rng(SEED)
lengths = rng.integers(3, 8, 80)
walks = [rng.normal(size=(n, 2)).astype(np.float32) for n in lengths]
ends = np.stack([w.sum(axis=0) / 2 for w in walks]).astype(np.float32)


class Walker(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(2, 16, batch_first=True, rng=SEED)
        self.fc = nn.Linear(16, 2, rng=SEED)

    def forward(self, walk):
        _, h = self.rnn(walk[None])
        return self.fc(h[0])[0]


walker = Walker()
optimizer = optim.Rprop(walker.parameters(), lr=0.005)
for epoch in range(40):
    loss = 0.0
    for walk, end in zip(walks[:60], ends[:60]):
        loss = loss + ((walker(walk) - Tensor(end)) ** 2).mean()
    loss = loss / 60
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if epoch % 10 == 0:
        print(epoch, loss.item())
test = np.mean([((walker(w).numpy() - e) ** 2).mean() for w, e in zip(walks[60:], ends[60:])])
print("test", test, "flat", ends[60:].var())
"""

# Signs are covered and guessed from their neighbours; the table of the signs is used twice, and only covered places count.
COVERED = """
import numpy as np
import nn, optim
from nn import functional as F
from autograd import no_grad

rng = np.random.default_rng(SEED)
WORDS, MASK, LONG = 10, 10, 7
first = rng.integers(0, WORDS, 460)
step = rng.integers(1, 3, 460)
text = (first[:, None] + step[:, None] * np.arange(LONG)) % WORDS
wrong = rng.random(text.shape) < 0.03
text = np.where(wrong, rng.integers(0, WORDS, text.shape), text)


class Guesser(nn.Module):
    def __init__(self, size=32):
        super().__init__()
        self.table = nn.Embedding(WORDS + 1, size, rng=SEED)
        self.place = nn.Parameter((0.3 * np.random.default_rng(SEED).normal(size=(LONG, size))).astype(np.float32))
        layers = [nn.TransformerEncoderLayer(size, 4, 64, dropout=0.0, batch_first=True, rng=SEED + k) for k in (1, 2)]
        self.layers = nn.ModuleList(layers)
        self.bias = nn.Parameter(np.zeros(WORDS, np.float32))

    def forward(self, x):
        h = self.table(x) + self.place
        for layer in self.layers:
            h = layer(h)
        return h @ self.table.weight[:WORDS].T / np.float32(5.0) + self.bias


model = Guesser()
opt = optim.AdamW(model.parameters(), lr=0.005, weight_decay=0.01)


def cover(rows):
    covered = rng.random((len(rows), LONG)) < 0.2
    covered[np.arange(len(rows)), rng.integers(0, LONG, len(rows))] = True
    return np.where(covered, MASK, text[rows]), covered


for epoch in range(40):
    for rows in np.array_split(rng.permutation(380), 12):
        shown, covered = cover(rows)
        losses = F.cross_entropy(model(shown).reshape(-1, WORDS), text[rows].reshape(-1), reduction="none")
        weight = covered.reshape(-1).astype(np.float32)
        loss = (losses * weight).sum() / weight.sum()
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
rows = np.arange(380, 460)
shown, covered = cover(rows)
with no_grad():
    guess = model(shown).numpy().argmax(-1)
print("wrong", (guess != text[rows])[covered].mean(), "by chance", 1 - 1 / WORDS)
"""

# The head learns alone upon a body from another task; then all goes on together, by a new optimizer and a small rate.
TWO_STAGES = """
import numpy as np
import nn, optim
from autograd import no_grad
from nn import functional as F

rng = np.random.default_rng(SEED)
mixing = np.random.default_rng(30).normal(size=(5, 14)) / 2


def scans(n):
    hidden = rng.normal(size=(n, 5))
    return np.tanh(hidden @ mixing).astype(np.float32), hidden.astype(np.float32)


body = nn.Sequential(nn.Linear(14, 40, rng=SEED), nn.ReLU(), nn.Linear(40, 20, rng=SEED + 1), nn.ReLU())
old_head, head = nn.Linear(20, 5, rng=SEED + 2), nn.Linear(20, 3, rng=SEED + 3)
x_old, y_old = scans(800)
optimizer = optim.Adam([*body.parameters(), *old_head.parameters()], lr=0.005)
for epoch in range(15):
    for rows in np.array_split(rng.permutation(800), 32):
        loss = F.mse_loss(old_head(body(x_old[rows])), y_old[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

x, hidden = scans(420)
t = (hidden[:, 0] + hidden[:, 1] > 0).astype(int) + (hidden[:, 2] > 0.5)
for p in body.parameters():
    p.requires_grad = False
optimizer = optim.Adam(head.parameters(), lr=0.01)
for stage in ("head", "all"):
    if stage == "all":
        for p in body.parameters():
            p.requires_grad = True
        optimizer = optim.Adam([*body.parameters(), *head.parameters()], lr=0.001)
    for epoch in range(15):
        for rows in np.array_split(rng.permutation(320), 16):
            loss = F.cross_entropy(head(body(x[rows])), t[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    with no_grad():
        print(stage, "test error", (head(body(x[320:])).numpy().argmax(1) != t[320:]).mean())
"""

# Two rows and their answers are blended in each batch.
BLENDED = """
import numpy as np
import nn, optim
from autograd import no_grad
from nn import functional as F

rng = np.random.default_rng(SEED)
i, j = np.mgrid[:8, :8]
clay = rng.integers(0, 3, 330)
rows_, cols_ = rng.integers(2, 6, (2, 330))
far = np.hypot(i[None] - rows_[:, None, None], j[None] - cols_[:, None, None])
shape = np.stack([far < 2.2, np.abs(far - 2.2) < 0.8, (i[None] == rows_[:, None, None]) | (j[None] == cols_[:, None, None])])
pots = (2.0 * shape[clay, np.arange(330)] - 0.8 + 0.5 * rng.normal(size=(330, 8, 8))).astype(np.float32)[:, None]
hot = np.eye(3, dtype=np.float32)[clay]

model = nn.Sequential(
    nn.Conv2d(1, 10, 3, padding=1, rng=SEED), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(10, 16, 3, rng=SEED + 1), nn.ReLU(),
    nn.Flatten(), nn.Linear(64, 3, rng=SEED + 2),
)
optimizer = optim.Adam(model.parameters(), lr=0.004)
for epoch in range(14):
    for rows in np.array_split(rng.permutation(260), 13):
        share = np.float32(rng.beta(0.3, 0.3))
        others = rng.permutation(rows)
        x = share * pots[rows] + (1 - share) * pots[others]
        wanted = share * hot[rows] + (1 - share) * hot[others]
        loss = -(wanted * F.log_softmax(model(x), dim=1)).sum(axis=1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with no_grad():
        print(epoch, loss.item(), (model(pots[260:]).numpy().argmax(1) != clay[260:]).mean())
"""

WELL: list[Case] = [
    case("one_batch_by_heart_and_then_all", ONE_BATCH_FIRST, [], HEALTHY, RECIPE + ", overfit one batch"),
    case("flowers_in_four_folds", FOLDS, [], HEALTHY, ASKED + "where to make the model in cross-validation"),
    case("rings_by_a_margin_of_values", MARGIN, [], HEALTHY, "micrograd's demo"),
    case("heat_with_its_spread", HOW_SURE, [], HEALTHY, ASKED + "dropout at test time on purpose"),
    case("groups_with_a_teacher", TEACHER, [], HEALTHY, ASKED + "mean teacher, averaged weights"),
    case("walks_of_many_losses", ALL_TOGETHER, [], HEALTHY, ASKED + "sum the losses and call backward once"),
    case("covered_signs_and_a_shared_table", COVERED, [], HEALTHY, BOOK),
    case("scans_in_two_stages", TWO_STAGES, [], HEALTHY, CS231N + ", transfer learning"),
    case("pots_blended", BLENDED, [], HEALTHY, ASKED + "mixup"),
]
SICK: list[Case] = []
