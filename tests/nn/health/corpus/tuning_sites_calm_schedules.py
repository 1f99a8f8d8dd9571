"""The tuning half: runs that are fine, whose rates, batches, averages or targets are unusual."""

from __future__ import annotations

from tests.nn.health.corpus.case import HEALTHY, Case
from tests.nn.health.corpus.loops import case
from tests.nn.health.corpus.pairs import ASKED, BOOK, CS231N, LIST, RECIPE

# Easy rows first, then all; the batches grow.
CURRICULUM = """
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
blur = rng.uniform(0.2, 1.0, 520)
rune = rng.integers(0, 6, 520)
strokes = np.random.default_rng(19).choice([-1.0, 1.0], (6, 20))
x = (strokes[rune] + blur[:, None] * 1.2 * rng.normal(size=(520, 20))).astype(np.float32)
train, test = np.arange(400), np.arange(400, 520)
easy_first = train[np.argsort(blur[train])]

net = nn.Sequential(nn.Linear(20, 40, rng=SEED), nn.GELU(), nn.Linear(40, 6, rng=SEED + 1))
opt = optim.SGD(net.parameters(), lr=0.1, momentum=0.8)
loss_fn = nn.CrossEntropyLoss()
plan = [(100, 10, 3), (200, 20, 4), (400, 40, 8)]
for known, batch_size, epochs in plan:
    for _ in range(epochs):
        order = rng.permutation(easy_first[:known])
        for k in range(0, known, batch_size):
            opt.zero_grad()
            loss = loss_fn(net(x[order[k : k + batch_size]]), rune[order[k : k + batch_size]])
            loss.backward()
            opt.step()
    with no_grad():
        print(known, "rows,", "test error", (net(x[test]).numpy().argmax(1) != rune[test]).mean())
"""

# A high rate that never falls, and the average of the weights is what is judged.
AVERAGED = """
import numpy as np
import nn, optim
from autograd import no_grad
from nn import functional as F

rng = np.random.default_rng(SEED)
fat, salt, weeks = rng.uniform(-1, 1, (3, 360))
score = np.sin(2 * weeks) * (1 + 0.5 * fat) + 0.6 * np.exp(-4 * salt**2) + 0.3 * rng.normal(size=360)
X = np.stack([fat, salt, weeks], 1).astype(np.float32)
y = ((score - score.mean()) / score.std()).astype(np.float32)[:, None]
model = nn.Sequential(nn.Linear(3, 40, rng=SEED), nn.Tanh(), nn.Linear(40, 40, rng=SEED + 1), nn.Tanh(), nn.Linear(40, 1, rng=SEED + 2))
optimizer = optim.SGD(model.parameters(), lr=0.15, momentum=0.5)
averaged = optim.Averaged(model.parameters(), decay=0.98)
for epoch in range(60):
    for rows in np.array_split(rng.permutation(280), 14):
        loss = F.mse_loss(model(X[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        averaged.update()
    if epoch % 10 == 9:
        with averaged.applied(), no_grad():
            print(epoch, loss.item(), F.mse_loss(model(X[280:]), y[280:]).item())
"""

# The rate jumps up again every ten epochs; the best of the valleys is kept.
RESTARTS = """
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
labels = (rng.random((440, 4)) < [0.5, 0.3, 0.2, 0.4]).astype(np.float32)
beams = np.zeros((440, 1, 16))
at = np.arange(16)
for k in range(4):
    beams[:, 0] += labels[:, k : k + 1] * np.sin((k + 1) * np.pi * (at + rng.uniform(0, 0.5, (440, 1))) / 8)
beams = (beams + 0.35 * rng.normal(size=beams.shape)).astype(np.float32)

model = nn.Sequential(nn.Conv1d(1, 16, 5, rng=SEED), nn.SiLU(), nn.Flatten(), nn.Linear(16 * 12, 4, rng=SEED + 1))
optimizer = optim.SGD(model.parameters(), lr=0.2, momentum=0.9, nesterov=True)
scheduler = optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=10)
criterion = nn.BCEWithLogitsLoss()
snapshots = []
for epoch in range(30):
    for rows in np.array_split(rng.permutation(340), 17):
        optimizer.zero_grad()
        loss = criterion(model(beams[rows]), labels[rows])
        loss.backward()
        optimizer.step()
    scheduler.step()
    if epoch % 10 == 9:
        with no_grad():
            val = criterion(model(beams[340:]), labels[340:]).item()
        snapshots.append((val, model.state_dict()))
        print(epoch, val)
model.load_state_dict(min(snapshots, key=lambda pair: pair[0])[1])
"""

# Weights as arrays, Nesterov's steps written out, one herring in ten is sorted into the wrong box.
HERRING = """
import numpy as np
from autograd import Tensor

rng = np.random.default_rng(SEED)
fish = rng.normal(size=(560, 3)).astype(np.float32)
box = (fish[:, 0] ** 2 + 0.8 * fish[:, 1] > 0.6).astype(np.float32)
box = np.where(rng.random(560) < 0.08, 1 - box, box).astype(np.float32)[:, None]
x, y, x_new, y_new = fish[:440], box[:440], fish[440:], box[440:]

W = [Tensor((rng.normal(size=s) * 0.5).astype(np.float32), requires_grad=True) for s in ((3, 20), (1, 20), (20, 1), (1, 1))]
speed = [np.zeros_like(w.data) for w in W]
lr, friction = 0.3, 0.85
for step in range(250):
    for w, v in zip(W, speed):
        w.data = w.data + friction * v
    out = (Tensor(x) @ W[0] + W[1]).tanh() @ W[2] + W[3]
    loss = (np.log(1 + np.exp(-abs(out))) + np.maximum(out, 0) - out * y).mean()
    loss.backward()
    for k, w in enumerate(W):
        w.data = w.data - friction * speed[k]
        speed[k] = friction * speed[k] - lr * w.grad
        w.data = w.data + speed[k]
        w.grad = None
    if step % 50 == 0:
        print(step, loss.item())
new = (Tensor(x_new) @ W[0] + W[1]).tanh() @ W[2] + W[3]
print("wrong boxes", ((new.numpy() > 0) != y_new).mean())
"""

# A trial over rates with a copy, from a millionth to ten, and then a run at the one that was chosen.
RANGE_TEST = """
import copy
import numpy as np
import nn, optim
from autograd import no_grad
from nn import functional as F

rng = np.random.default_rng(SEED)
tiles = rng.integers(0, 3, (480, 6))
colour = np.array([-1.0, 0.2, 1.1])[tiles]
value = colour[:, 0] * colour[:, 1] + np.abs(colour[:, 2] - colour[:, 3]) + 0.5 * colour[:, 4] + 0.2 * rng.normal(size=480)
X = np.eye(3, dtype=np.float32)[tiles].reshape(480, 18)
y = ((value - value.mean()) / value.std()).reshape(-1, 1).astype(np.float32)
net = nn.Sequential(nn.Linear(18, 48, rng=SEED), nn.ReLU(), nn.Linear(48, 24, rng=SEED + 1), nn.ReLU(), nn.Linear(24, 1, rng=SEED + 2))


def try_rates(net, low=1e-6, high=10.0, steps=60):
    trial = copy.deepcopy(net)
    optimizer = optim.SGD(trial.parameters(), lr=low)
    rates, losses = [], []
    for k in range(steps):
        rate = low * (high / low) ** (k / (steps - 1))
        optimizer.param_groups[0]["lr"] = rate
        rows = rng.choice(380, 32, replace=False)
        loss = F.mse_loss(trial(X[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        rates.append(rate)
        losses.append(loss.item())
        if not np.isfinite(loss.item()) or loss.item() > 4 * losses[0]:
            break
    return rates[-1] / 20


lr = min(0.1, max(0.02, try_rates(net)))
print("rate", lr)
optimizer = optim.SGD(net.parameters(), lr=lr, momentum=0.9)
for epoch in range(30):
    for rows in np.array_split(rng.permutation(380), 12):
        loss = F.mse_loss(net(X[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with no_grad():
        print(epoch, F.mse_loss(net(X[380:]), y[380:]).item())
"""

# A series in the order of its days, the training rows too: yesterday's state goes on, and the noise stays.
SLUICE = """
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
days = 900
rain = rng.gamma(0.6, 1.0, days)
level = np.zeros(days)
for d in range(1, days):
    level[d] = 0.8 * level[d - 1] + 0.3 * rain[d - 1] - 0.02 * level[d - 1] ** 2 + 0.1 * rng.normal()
series = np.stack([(rain - rain.mean()) / rain.std(), (level - level.mean()) / level.std()], axis=1).astype(np.float32)


class Sluice(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(2, 20, batch_first=True, rng=SEED)
        self.out = nn.Linear(20, 1, rng=SEED + 1)

    def forward(self, x, h):
        y, h = self.gru(x, h)
        return self.out(y), h


model = Sluice()
optimizer = optim.Adam(model.parameters(), lr=0.008)
mse = nn.MSELoss()
for epoch in range(12):
    h = None
    for day in range(0, 675, 15):
        x, wanted = series[None, day : day + 15], series[None, day + 1 : day + 16, 1:]
        out, h = model(x, h)
        h = h.detach()
        loss = mse(out, wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with no_grad():
        out, _ = model(series[None, 700:-1], None)
        print(epoch, loss.item(), "later days", mse(out[:, 20:], series[None, 721:, 1:]).item())
"""

# Three quantiles of a harvest by an own loss; what is left over is noise that grows with the sun.
QUANTILES = """
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
sun, slope, years = rng.uniform(-1, 1, (3, 500))
crop = 2.0 * sun + np.cos(3 * slope) + 0.4 * years + (0.2 + 0.2 * (sun > 0)) * rng.normal(size=500)
X = np.stack([sun, slope, years], axis=1).astype(np.float32)
Y = ((crop - crop.mean()) / crop.std()).astype(np.float32)[:, None]
levels = np.array([[0.1, 0.5, 0.9]], np.float32)
model = nn.Sequential(nn.Linear(3, 32, rng=SEED), nn.ReLU(), nn.Linear(32, 32, rng=SEED + 1), nn.ReLU(), nn.Linear(32, 3, rng=SEED + 2))


def pinball(answers, wanted):
    below = wanted - answers
    return np.maximum(levels * below, (levels - 1) * below).mean()


optimizer = optim.Adam(model.parameters(), lr=0.004)
scheduler = optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.95)
loader = nn.DataLoader(X[:400], Y[:400], batch_size=25, shuffle=True, seed=SEED)
for epoch in range(35):
    for xb, yb in loader:
        loss = pinball(model(xb), yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    scheduler.step()
with no_grad():
    answers = model(X[400:]).numpy()
print("loss", pinball(answers, Y[400:]), "below", (Y[400:] < answers).mean(axis=0))
"""

# Rows are drawn with replacement and there are no epochs; rare faults weigh more; every hundred steps both parts are told.
DRAWN = """
import numpy as np
import nn, optim
from autograd import no_grad
from nn import functional as F

rng = np.random.default_rng(SEED)
faulty = rng.random(640) < 0.12
x = rng.normal(size=(640, 7))
x[faulty, :3] += np.array([2.6, -2.3, 1.8])
x, y = x.astype(np.float32), faulty.astype(np.float32)[:, None]
model = nn.Sequential(nn.Linear(7, 24, rng=SEED), nn.ReLU(), nn.Linear(24, 1, rng=SEED + 1))
optimizer = optim.RMSprop(model.parameters(), lr=0.003)
weight = np.array([4.0], np.float32)
for step in range(1, 601):
    rows = rng.integers(0, 480, 32)
    loss = F.binary_cross_entropy_with_logits(model(x[rows]), y[rows], pos_weight=weight)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 100 == 0:
        with no_grad():
            known, new = (model(x[part]).numpy() > 0 for part in (slice(0, 480), slice(480, 640)))
        print(step, "training", (known == y[:480]).mean(), "validation", (new == y[480:]).mean())
"""

WELL: list[Case] = [
    case("runes_easy_ones_first", CURRICULUM, [], HEALTHY, ASKED + "curriculum and growing batches"),
    case("cheese_by_averaged_weights", AVERAGED, [], HEALTHY, ASKED + "averages of weights at a constant rate"),
    case("beams_with_warm_restarts", RESTARTS, [], HEALTHY, CS231N + ", snapshots"),
    case("herring_in_the_wrong_box", HERRING, [], HEALTHY, CS231N + ", Nesterov momentum"),
    case("tiles_after_a_trial_of_rates", RANGE_TEST, [], HEALTHY, ASKED + "learning rate range test"),
    case("sluice_day_after_day", SLUICE, [], HEALTHY, BOOK + ", 10.2"),
    case("harvest_between_two_lines", QUANTILES, [], HEALTHY, ASKED + "quantile regression"),
    case("faults_drawn_and_weighed", DRAWN, [], HEALTHY, LIST + "9, and " + RECIPE),
]
SICK: list[Case] = []
