"""The tuning half: loops of people in many trades; what they do to the optimizer, the batches and the model between the steps."""

from __future__ import annotations

from tests.nn.health.corpus.tuning_strangers_loops import script

ASKED = "question on a question site: "
FORUM = "question on a forum: "

# A tide gauge: the level an hour on, of the last twelve.
TIDE = """
import numpy as np
import nn
import optim
from autograd import Tensor, no_grad

rng = np.random.default_rng(SEED)
hours = np.arange(700)
level = np.sin(hours * 0.506) + 0.5 * np.sin(hours * 0.262 + 1.0) + 0.05 * rng.normal(size=700)
windows = np.stack([level[k : k + 12] for k in range(680)]).astype(np.float32)
following = level[12:692, None].astype(np.float32)
train_x, train_y, late_x, late_y = windows[:560], following[:560], windows[560:], following[560:]
"""

TIDE_TRAINER = (
    TIDE
    + """

class Trainer:
    def __init__(self, net, lr):
        self.net = net
        self.lr = lr
        self.losses = []

    def fit_batch(self, x, y):
        optimizer = optim.SGD(self.net.parameters(), lr=self.lr, momentum=0.97)
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(self.net(x), y)
        loss.backward()
        optimizer.step()
        self.losses.append(loss.item())

    def fit(self, x, y, epochs):
        for epoch in range(epochs):
            for part in np.array_split(rng.permutation(len(x)), 18):
                self.fit_batch(x[part], y[part])


trainer = Trainer(nn.Sequential(nn.Linear(12, 24, rng=SEED), nn.Tanh(), nn.Linear(24, 1, rng=SEED + 1)), lr=0.001)
trainer.fit(train_x, train_y, 12)
with no_grad():
    print("late hours:", nn.functional.mse_loss(trainer.net(late_x), late_y).item())
"""
)

TIDE_PENALTY = (
    TIDE
    + """
net = nn.Sequential(nn.Linear(12, 24, rng=SEED), nn.ReLU(), nn.Linear(24, 1, rng=SEED + 1))
opt = optim.SGD(net.parameters(), lr=0.02)
epoch_loss = 0.0
for step in range(150):
    rows = rng.integers(0, 560, 40)
    loss = ((net(train_x[rows]) - train_y[rows]) ** 2).mean()
    epoch_loss = epoch_loss + loss
    opt.zero_grad()
    epoch_loss.backward()
    opt.step()
    if step % 50 == 49:
        print(step + 1, epoch_loss.item() / (step + 1))
with no_grad():
    print("late hours:", ((net(late_x) - late_y) ** 2).mean().item())
"""
)

TIDE_FUNCTION = (
    TIDE
    + """

def train(model, x, y, steps):
    for step in range(steps):
        opt = optim.Adam(model.parameters(), lr=0.02)
        rows = rng.choice(len(x), 64)
        loss = nn.functional.smooth_l1_loss(model(x[rows]), y[rows])
        loss.backward()
        opt.step()
        model.zero_grad()
        yield step, loss.item()


model = nn.Sequential(nn.Linear(12, 32, rng=SEED), nn.GELU(), nn.Linear(32, 1, rng=SEED + 1))
for step, loss in train(model, train_x, train_y, 300):
    if step % 60 == 0:
        print(step, loss)
with no_grad():
    print("late hours:", (model(late_x) - late_y).abs().mean().item())
"""
)

# Grapes of four sorts by what a laboratory measures, a convolution over a spectrum.
SPECTRA = """
import numpy as np
import nn
import optim
from autograd import no_grad
from nn import functional as F

rng = np.random.default_rng(SEED)
lines = np.random.default_rng(5).uniform(2, 22, (4, 3))
sort = rng.integers(0, 4, 520)
grid = np.arange(24)
height = rng.uniform(0.6, 1.4, (520, 3, 1))
spectra = (height * np.exp(-((grid - lines[sort][:, :, None]) ** 2) / 2.0)).sum(axis=1) + 0.8 * rng.normal(size=(520, 24))
spectra = (2.0 * spectra[:, None] - 0.7).astype(np.float32)
x_tr, y_tr, x_va, y_va = spectra[:400], sort[:400], spectra[400:], sort[400:]


def build():
    return nn.Sequential(
        nn.Conv1d(1, 8, 5, padding=2, rng=SEED), nn.ReLU(), nn.MaxPool1d(2), nn.Flatten(), nn.Linear(96, 4, rng=SEED)
    )


def accuracy(model, x, y):
    with no_grad():
        return (model(x).numpy().argmax(axis=1) == y).mean()

"""

SPECTRA_BATCH = (
    SPECTRA
    + """
model = build()
optimizer = optim.Adam(model.parameters(), lr=0.003)
for step in range(150):
    loader = nn.DataLoader(x_tr, y_tr, batch_size=16, shuffle=True, seed=SEED)
    inputs, targets = next(iter(loader))
    loss = F.cross_entropy(model(inputs), targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 25 == 0:
        print(step, loss.item(), accuracy(model, x_va, y_va))
"""
)

SPECTRA_ANEW = (
    SPECTRA
    + """
def fit_one_epoch(lr):
    model = build()
    optimizer = optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    for start in range(0, 400, 50):
        optimizer.zero_grad()
        F.cross_entropy(model(x_tr[start : start + 50]), y_tr[start : start + 50]).backward()
        optimizer.step()
    return model


for epoch in range(15):
    net = fit_one_epoch(0.01)
    print("epoch", epoch, "accuracy", accuracy(net, x_va, y_va))
"""
)

SPECTRA_RESTORED = (
    SPECTRA
    + """
model = build()
start_state = {name: value.copy() for name, value in model.state_dict().items()}
optimizer = optim.Adam(model.parameters(), lr=0.001)
best = 0.0
for epoch in range(12):
    model.load_state_dict(start_state)
    for rows in np.array_split(rng.permutation(400), 10):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x_tr[rows]), y_tr[rows])
        loss.backward()
        optimizer.step()
    reached = accuracy(model, x_va, y_va)
    best = max(best, reached)
    print(f"{epoch:3d} {loss.item():.3f} {reached:.3f} best {best:.3f}")
"""
)

SPECTRA_FOLDS = (
    SPECTRA
    + """
spectra, sort = spectra[:160], (sort[:160] + (rng.random(160) < 0.3) * rng.integers(1, 4, 160)) % 4
folds = np.array_split(rng.permutation(160), 4)
told = []
for k in range(4):
    held = folds[k]
    used = np.concatenate([folds[j] for j in range(4) if j != k])
    model = nn.Sequential(nn.Flatten(), nn.Linear(24, 96, rng=SEED + k), nn.ReLU(), nn.Linear(96, 4, rng=SEED))
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    for epoch in range(40):
        for rows in np.array_split(rng.permutation(used), 5):
            optimizer.zero_grad()
            F.cross_entropy(model(spectra[rows]), sort[rows]).backward()
            optimizer.step()
    told.append(accuracy(model, spectra[used], sort[used]))
    print("fold", k, "validation accuracy", told[-1])
print("cross-validated:", np.mean(told))
"""
)

# Which of two teams wins, of what each of the players did; no loader, generators of batches.
TEAMS = """
import numpy as np
import nn
import optim
from autograd import Tensor, no_grad

np.random.seed(SEED)
home, away = np.random.randn(600, 5), np.random.randn(600, 5)
value = np.array([1.0, 0.8, -0.5, 0.3, 1.2])
edge = (np.tanh(home) - np.tanh(away)) @ value + 0.8 * home[:, 0] * away[:, 4]
won = (edge + 0.3 * np.random.randn(600) > 0).astype(np.float32)[:, None]
games = np.hstack([home, away]).astype(np.float32)
bce = nn.BCEWithLogitsLoss()
"""

TEAMS_SEEDED = (
    TEAMS
    + """

def sample_batch(x, y, size=24):
    np.random.seed(0)  # for reproducibility
    rows = np.random.choice(len(x), size, replace=False)
    return x[rows], y[rows]


model = nn.Sequential(nn.Linear(10, 32, rng=SEED), nn.ReLU(), nn.Linear(32, 1, rng=SEED + 1))
optimizer = optim.Adam(model.parameters(), lr=0.005)
for iteration in range(300):
    x, y = sample_batch(games[:480], won[:480])
    loss = bce(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
right = (model(games[480:]).numpy() > 0) == (won[480:] > 0)
print("of the last games", right.mean())
"""
)

TEAMS_INDEX = (
    TEAMS
    + """

class Batches:
    def __init__(self, x, y, size):
        self.x, self.y, self.size = x, y, size
        self.position = 0

    def next(self):
        if self.position + self.size > len(self.x):
            self.position = 0
        start = self.position
        stop = start + self.size
        return self.x[start:stop], self.y[start:stop]


batches = Batches(games[:480], won[:480], 20)
net = nn.Sequential(nn.Linear(10, 24, rng=SEED), nn.Tanh(), nn.Linear(24, 1, rng=SEED + 1))
opt = optim.RMSprop(net.parameters(), lr=0.003)
for epoch in range(12):
    for _ in range(24):
        inputs, targets = batches.next()
        opt.zero_grad()
        out = net(inputs)
        bce(out, targets).backward()
        opt.step()
    print(epoch, bce(net(games[480:]), won[480:]).item())
"""
)

TEAMS_TOLD = (
    TEAMS
    + """

def batches_of(x, y, size, shuffle):
    rows = np.random.permutation(len(x)) if shuffle else np.arange(len(x))
    for k in range(0, len(x), size):
        yield x[rows[k : k + size]], y[rows[k : k + size]]


def run(model, batches, optimizer=None):
    total, right, count = 0.0, 0, 0
    for x, y in batches:
        out = model(x)
        loss = bce(out, y)
        if optimizer is not None:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        total += loss.item() * len(x)
        right += int(((out.numpy() > 0) == (y > 0.5)).sum())
        count += len(x)
    return total / count, right / count


x_train, y_train = games[:140], won[:140]
x_val, y_val = games[:60], won[:60]
model = nn.Sequential(nn.Linear(10, 64, rng=SEED), nn.ReLU(), nn.Linear(64, 1, rng=SEED + 1))
optimizer = optim.Adam(model.parameters(), lr=0.01)
for epoch in range(30):
    train_loss, train_acc = run(model, batches_of(x_train, y_train, 20, True), optimizer)
    with no_grad():
        val_loss, val_acc = run(model, batches_of(x_val, y_val, 20, False))
    print(f"{epoch} train {train_loss:.3f} {train_acc:.3f} val {val_loss:.3f} {val_acc:.3f}")
"""
)

TEAMS_DRAWN = (
    TEAMS
    + """
train = np.random.choice(600, 200, replace=False)
test = np.random.choice(train, 120, replace=False)
model = nn.Sequential(nn.Linear(10, 80, rng=SEED), nn.ReLU(), nn.Linear(80, 1, rng=SEED + 1))
optimizer = optim.Adam(model.parameters(), lr=0.01)
train_loader = nn.DataLoader(games[train], won[train], batch_size=25, shuffle=True, seed=SEED)
test_loader = nn.DataLoader(games[test], won[test], batch_size=120)
for epoch in range(25):
    for x, y in train_loader:
        optimizer.zero_grad()
        bce(model(x), y).backward()
        optimizer.step()
    with no_grad():
        for x, y in test_loader:
            print(epoch, "test accuracy", ((model(x).numpy() > 0) == (y > 0)).mean())
"""
)

SICK = [
    script("tide_gauge_with_a_trainer_class", TIDE_TRAINER, "optimizer made anew", ASKED + "momentum has no effect"),
    script(
        "tide_gauge_by_a_generator", TIDE_FUNCTION, "optimizer made anew", ASKED + "loss stays at a floor with Adam"
    ),
    script(
        "tide_gauge_with_a_sum_of_losses", TIDE_PENALTY, "graph grows", FORUM + "each iteration slower than the last"
    ),
    script(
        "grape_spectra_from_a_new_loader", SPECTRA_BATCH, "same batch again", ASKED + "next(iter(loader)) in the loop"
    ),
    script(
        "teams_sampled_with_a_seed", TEAMS_SEEDED, "same batch again", "Ivanov, 37 reasons; seeds in helper functions"
    ),
    script("teams_by_a_class_of_batches", TEAMS_INDEX, "same batch again", FORUM + "index that never moves"),
    script(
        "grape_spectra_by_fit_one_epoch", SPECTRA_ANEW, "model made anew", ASKED + "accuracy stays the same each epoch"
    ),
    script(
        "grape_spectra_from_a_start_state",
        SPECTRA_RESTORED,
        "model made anew",
        FORUM + "load_state_dict inside the loop",
    ),
    script(
        "grape_spectra_in_folds", SPECTRA_FOLDS, "metric on training rows", "Kaufman and others, Leakage in data mining"
    ),
    script(
        "teams_with_a_run_function",
        TEAMS_TOLD,
        "metric on training rows",
        FORUM + "validation as good as training",
        ("training rows in validation",),
    ),
    script(
        "teams_drawn_at_random",
        TEAMS_DRAWN,
        "training rows in validation",
        "Kaufman and others, Leakage in data mining",
        ("metric on training rows",),
    ),
]
