"""The tuning half: scripts from many desks; batches, modes, schedules or parameters are at fault; each text is how it went well."""

from __future__ import annotations

from tests.nn.health.corpus.case import Case
from tests.nn.health.corpus.pairs import ASKED, LIST
from tests.nn.health.corpus.tuning_desks_loops import pair

# Which of four songs a bird sings, of a few loudnesses.
BIRDS = """
import numpy as np
import nn
import optim
import nn.functional as F

np.random.seed(SEED)
SONGS, BANDS = 4, 12
typical = np.random.RandomState(3).randn(SONGS, BANDS)
song = np.random.randint(0, SONGS, 420)
bands = (typical[song] * np.random.uniform(0.6, 1.4, (420, 1)) + 0.6 * np.random.randn(420, BANDS)).astype("float32")


class Classifier(nn.Module):
    def __init__(self):
        super(Classifier, self).__init__()
        self.fc1 = nn.Linear(BANDS, 32, rng=SEED)
        self.fc2 = nn.Linear(32, 16, rng=SEED + 1)
        self.fc3 = nn.Linear(16, SONGS, rng=SEED + 2)

    def forward(self, x):
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


model = Classifier()
optimizer = optim.SGD(model.parameters(), lr=0.15, momentum=0.9)
loss_fn = nn.CrossEntropyLoss()

for epoch in range(20):
    for i in range(0, 340, 20):
        x, y = bands[i : i + 20], song[i : i + 20]
        optimizer.zero_grad()
        y_pred = model(x)
        loss = loss_fn(y_pred, y)
        loss.backward()
        optimizer.step()
    test_loss = loss_fn(model(bands[340:]), song[340:])
    print("Epoch:", epoch, "Loss:", loss.item(), "Test loss:", test_loss.item())
"""

# A variational autoencoder; the divergence is kept in the model.
ORBITS = """
import numpy as np
import nn
import optim
from autograd import Tensor

rng = np.random.default_rng(SEED)
phase = rng.uniform(0, 2 * np.pi, (384, 1))
ticks = np.linspace(0, 2 * np.pi, 16)[None]
orbits = (np.sin(ticks + phase) + 0.05 * rng.normal(size=(384, 16))).astype(np.float32)


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(16, 32, rng=SEED), nn.Tanh())
        self.mu = nn.Linear(32, 2, rng=SEED + 1)
        self.log_var = nn.Linear(32, 2, rng=SEED + 2)
        self.decoder = nn.Sequential(nn.Linear(2, 32, rng=SEED + 3), nn.Tanh(), nn.Linear(32, 16, rng=SEED + 4))
        self.kl = 0.0

    def forward(self, x):
        h = self.encoder(x)
        mu, log_var = self.mu(h), self.log_var(h)
        self.kl = -0.5 * (1 + log_var - mu**2 - log_var.exp()).sum(axis=1).mean()
        z = mu + (0.5 * log_var).exp() * rng.normal(size=mu.shape).astype(np.float32)
        return self.decoder(z)


vae = VAE()
optimizer = optim.Adam(vae.parameters(), lr=0.01)
for epoch in range(15):
    total = 0.0
    for rows in np.array_split(rng.permutation(320), 10):
        batch = Tensor(orbits[rows])
        reconstruction = vae(batch)
        loss = ((reconstruction - batch) ** 2).mean() + 0.002 * vae.kl
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    print(epoch, total / 10, ((vae(orbits[320:]) - orbits[320:]) ** 2).mean().item())
"""

# How wet a field is, from batches that are put together before the training.
FIELDS = """
import numpy as np
import nn, optim

rng = np.random.default_rng(SEED)
BATCH, STEPS = 8, 45
readings = rng.uniform(-2, 2, size=(460, 6)).astype(np.float32)
wet = np.sin(readings[:, 0] * 1.5) + readings[:, 1] * readings[:, 2] / 2 + 0.3 * readings[:, 3]
wet = (wet / wet.std()).astype(np.float32).reshape(-1, 1)
test_x, test_y = readings[360:], wet[360:]

batches = []
for k in range(STEPS):
    batch_x = np.zeros((BATCH, 6), dtype=np.float32)
    batch_y = np.zeros((BATCH, 1), dtype=np.float32)
    for j in range(BATCH):
        batch_x[j] = readings[k * BATCH + j]
        batch_y[j] = wet[k * BATCH + j]
    batches.append((batch_x, batch_y))

model = nn.Sequential(nn.Linear(6, 48, rng=SEED), nn.ReLU(), nn.Linear(48, 24, rng=SEED + 1), nn.ReLU(), nn.Linear(24, 1, rng=SEED + 2))
optimizer = optim.Adam(model.parameters(), lr=0.005)
mse = nn.MSELoss()
for epoch in range(40):
    for x, y in batches:
        optimizer.zero_grad()
        loss = mse(model(x), y)
        loss.backward()
        optimizer.step()
    if epoch % 5 == 0:
        print(epoch, "last batch", loss.item(), "test", mse(model(test_x), test_y).item())
"""

# Ripe or not, from loud channels that a batch norm brings to scale.
MELONS = """
import numpy as np
import nn
import optim
from autograd import no_grad

g = np.random.default_rng(SEED)
knocks = g.normal(size=(560, 5))
ripe = (np.abs(knocks[:, 0]) + knocks[:, 1] > 1.0).astype("float32")[:, None]
knocks = (40.0 + 9.0 * knocks).astype("float32")
train = nn.DataLoader(knocks[:460], ripe[:460], batch_size=25, shuffle=True, seed=SEED)

model = nn.Sequential(
    nn.BatchNorm1d(5),
    nn.Linear(5, 40, rng=SEED), nn.BatchNorm1d(40), nn.ReLU(), nn.Dropout(0.05, rng=SEED),
    nn.Linear(40, 20, rng=SEED + 1), nn.BatchNorm1d(20), nn.ReLU(),
    nn.Linear(20, 1, rng=SEED + 2),
)
loss_function = nn.BCEWithLogitsLoss()
optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9)


def validate():
    model.eval()
    with no_grad():
        answers = model(knocks[460:])
    return loss_function(answers, ripe[460:]).item(), ((answers.numpy() > 0) == (ripe[460:] > 0.5)).mean()


print("before training:", validate())
for epoch in range(25):
    model.train()
    for x, y in train:
        optimizer.zero_grad()
        loss = loss_function(model(x), y)
        loss.backward()
        optimizer.step()
    print(epoch, loss.item(), *validate())
"""

# Which parts of a small picture are water, with the schedule that people use for it.
PONDS = """
import numpy as np
import nn
import optim
from autograd import no_grad
from optim import lr_scheduler

rng = np.random.default_rng(SEED)
n, epochs = 160, 15
level = rng.normal(size=(n, 1, 8, 8))
smooth = (level + np.roll(level, 1, 2) + np.roll(level, 1, 3) + np.roll(level, (1, 1), (2, 3))) / 2
ponds = (smooth < -0.2).astype(np.float32)
pictures = (level + 0.1 * rng.normal(size=level.shape)).astype(np.float32)

segmenter = nn.Sequential(
    nn.Conv2d(1, 12, 3, padding=1, rng=SEED), nn.ReLU(),
    nn.Conv2d(12, 12, 3, padding=1, rng=SEED + 1), nn.ReLU(),
    nn.Conv2d(12, 1, 1, rng=SEED + 2),
)
criterion = nn.BCEWithLogitsLoss()
optimizer = optim.SGD(segmenter.parameters(), lr=0.1, momentum=0.9)
scheduler = lr_scheduler.PolynomialLR(optimizer, total_iters=epochs, power=0.9)

for epoch in range(epochs):
    order = rng.permutation(128)
    for k in range(0, 128, 8):
        idx = order[k : k + 8]
        optimizer.zero_grad()
        loss = criterion(segmenter(pictures[idx]), ponds[idx])
        loss.backward()
        optimizer.step()
    scheduler.step()
    with no_grad():
        masks = segmenter(pictures[128:]).numpy() > 0
    print(epoch, loss.item(), "pixel accuracy", (masks == (ponds[128:] > 0.5)).mean())
"""

# What a used bicycle sells for, with a loader for each part.
BICYCLES = """
import numpy as np
import nn
import optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
count = 150
age, gears, carbon, rust = rng.gamma(2, 1.0, count), rng.integers(1, 4, count), rng.random(count) < 0.3, rng.random(count)
price = 2.0 * np.exp(-0.3 * age) * (1 + carbon) - 0.6 * rust + 0.1 * gears + 0.2 * rng.normal(size=count)
X = np.column_stack([age - 2, gears - 2, carbon - 0.3, rust - 0.5, rng.normal(size=(count, 6))]).astype("float32")
y = ((price - price.mean()) / price.std()).astype("float32")[:, None]
x_train, x_val, y_train, y_val = X[:100], X[100:], y[:100], y[100:]

train_loader = nn.DataLoader(x_train, y_train, batch_size=20, shuffle=True, seed=SEED)
val_loader = nn.DataLoader(x_val, y_val, batch_size=20)

net = nn.Sequential(nn.Linear(10, 64, rng=SEED), nn.ReLU(), nn.Linear(64, 1, rng=SEED + 1))
opt = optim.Adam(net.parameters(), lr=0.01, weight_decay=0.0)
loss_fn = nn.MSELoss()

best_val = float("inf")
for epoch in range(30):
    net.train()
    for xb, yb in train_loader:
        opt.zero_grad()
        loss = loss_fn(net(xb), yb)
        loss.backward()
        opt.step()
    net.eval()
    with no_grad():
        val_loss = np.mean([loss_fn(net(xb), yb).item() for xb, yb in val_loader])
    if val_loss < best_val:
        best_val = val_loss
        best = {k: np.array(v) for k, v in net.state_dict().items()}
    print(f"Epoch {epoch} val loss {val_loss:.4f} best {best_val:.4f}")
"""

# Which of three offers a visitor takes: an agent with a network and a copy of it that lags behind.
OFFERS = """
import numpy as np
import nn
import optim
from autograd import no_grad

rng = np.random.default_rng(SEED)


def make_net():
    return nn.Sequential(nn.Linear(5, 32, rng=SEED), nn.ReLU(), nn.Linear(32, 3, rng=SEED + 1))


class Agent:
    def __init__(self):
        self.online = make_net()
        self.target = make_net()
        self.target.load_state_dict(self.online.state_dict())
        self.optimizer = optim.Adam(self.online.parameters(), lr=0.005)

    def learn(self, states, actions, rewards):
        chosen = nn.functional.one_hot(actions, 3).astype(np.float32)
        q = (self.online(states) * chosen).sum(axis=1)
        loss = nn.functional.smooth_l1_loss(q, rewards)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.item()


visitors = rng.normal(size=(600, 5)).astype(np.float32)
worth = np.stack([visitors[:, 0], np.abs(visitors[:, 1]) - 0.8, visitors[:, 2] * visitors[:, 3]], axis=1)
worth = (1.5 * worth).astype(np.float32)
shown = rng.integers(0, 3, 600)
rewards = worth[np.arange(600), shown]

agent = Agent()
for epoch in range(40):
    losses = []
    for rows in np.array_split(rng.permutation(500), 16):
        losses.append(agent.learn(visitors[rows], shown[rows], rewards[rows]))
    with no_grad():
        greedy = agent.online(visitors[500:]).numpy().argmax(axis=1)
    print(epoch, np.mean(losses), "reward", worth[500:][np.arange(100), greedy].mean())
"""

RUNS = [
    pair(
        "birds_without_parentheses",
        BIRDS,
        [("        optimizer.zero_grad()\n", "        optimizer.zero_grad\n")],
        "gradients not zeroed",
        ASKED + "optimizer.zero_grad without parentheses",
    ),
    pair(
        "orbits_whose_divergence_piles_up",
        ORBITS,
        [("        self.kl = -0.5 * (1", "        self.kl = self.kl - 0.5 * (1")],
        "graph grows",
        ASKED + "self.kl += in forward, each epoch slower than the one before",
    ),
    pair(
        "fields_in_one_buffer",
        FIELDS,
        [
            (
                "batches = []\nfor k in range(STEPS):\n    batch_x = np.zeros((BATCH, 6), dtype=np.float32)\n"
                "    batch_y = np.zeros((BATCH, 1), dtype=np.float32)\n",
                "batches = []\nbatch_x = np.zeros((BATCH, 6), dtype=np.float32)\n"
                "batch_y = np.zeros((BATCH, 1), dtype=np.float32)\nfor k in range(STEPS):\n",
            )
        ],
        "same batch again",
        ASKED + "a list of arrays whose elements are all the last one",
    ),
    pair(
        "melons_told_to_train_without_parentheses",
        MELONS,
        [("    model.train()\n", "    model.train\n")],
        "evaluation mode in training",
        ASKED + "model.train without parentheses",
    ),
    pair(
        "ponds_by_a_schedule_of_batches",
        PONDS,
        [("        optimizer.step()\n    scheduler.step()\n", "        optimizer.step()\n        scheduler.step()\n")],
        "scheduler out of order",
        ASKED + "poly learning rate per epoch or per iteration",
        ("rate decays too fast",),
    ),
    pair(
        "bicycles_with_a_copied_loader",
        BICYCLES,
        [("val_loader = nn.DataLoader(x_val, y_val, batch_size=20)", "val_loader = nn.DataLoader(x_train, y_train, batch_size=20)")],
        "metric on training rows",
        LIST + "14, and a line that was copied and not changed",
    ),
    pair(
        "offers_by_the_lagging_copy",
        OFFERS,
        [("optim.Adam(self.online.parameters()", "optim.Adam(self.target.parameters()")],
        "foreign parameters",
        ASKED + "DQN does not learn, the optimizer holds the target network",
    ),
]  # fmt: skip
SICK: list[Case] = [sick for sick, _ in RUNS]
WELL: list[Case] = [well for _, well in RUNS]
