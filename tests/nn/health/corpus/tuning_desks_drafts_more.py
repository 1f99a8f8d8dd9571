"""The tuning half: programs of strangers whose steps are at fault; each text is the run as it goes well, and a case changes some lines."""

from __future__ import annotations

from tests.nn.health.corpus.case import Case
from tests.nn.health.corpus.pairs import ASKED, LIST
from tests.nn.health.corpus.tuning_rounds_sick_tables import mended
from tests.nn.health.corpus.tuning_workshops_loops import case

# Six kinds of coffee, and a penalty of absolute values.
COFFEE = """
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
kind = rng.integers(0, 6, 540)
aroma = np.random.default_rng(10).normal(size=(6, 11))[kind] + 0.7 * rng.normal(size=(540, 11))
aroma = aroma.astype(np.float32)

model = nn.Sequential(nn.Linear(11, 36, rng=SEED), nn.ReLU(), nn.Linear(36, 6, rng=SEED + 1))
optimizer = optim.Adam(model.parameters(), lr=0.005)
criterion = nn.CrossEntropyLoss()
l1_lambda = 1e-4

for epoch in range(20):
    order = rng.permutation(440)
    for i in range(0, 440, 40):
        rows = order[i : i + 40]
        optimizer.zero_grad()
        loss = criterion(model(aroma[rows]), kind[rows])
        l1_norm = sum(p.abs().sum() for p in model.parameters())
        loss = loss + l1_lambda * l1_norm
        loss.backward()
        optimizer.step()
    with no_grad():
        print(epoch, (model(aroma[440:]).numpy().argmax(axis=1) == kind[440:]).mean())
"""

# How the three joints of a leg are to be turned; the weights may be scaled after each step.
LEG = """
import numpy as np
import nn
import optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
foot = rng.uniform(-1.5, 1.5, (450, 3))
hip = np.sin(foot[:, 0]) + 0.6 * foot[:, 1]
knee = np.cos(1.5 * foot[:, 1]) * foot[:, 2]
ankle = np.abs(foot[:, 2]) - foot[:, 0]
joints = np.stack([hip, knee, ankle], axis=1)
joints = ((joints - joints.mean(0)) / joints.std(0)).astype(np.float32)
foot = foot.astype(np.float32)


class Leg(nn.Module):
    def __init__(self, hidden=40):
        super().__init__()
        self.inp = nn.Linear(3, hidden, rng=SEED)
        self.mid = nn.Linear(hidden, hidden, rng=SEED + 1)
        self.out = nn.Linear(hidden, 3, rng=SEED + 2)

    def forward(self, x):
        x = nn.functional.tanh(self.inp(x))
        x = nn.functional.tanh(self.mid(x))
        return self.out(x)


def keep_in_bounds(net, largest):
    for p in net.parameters():
        length = np.linalg.norm(p.data)
        if length > largest:
            p.data = p.data * (largest / length)


leg = Leg()
optimizer = optim.Adam(leg.parameters(), lr=4e-3)
for epoch in range(40):
    for start in range(0, 360, 30):
        loss = nn.functional.mse_loss(leg(foot[start : start + 30]), joints[start : start + 30])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        keep_in_bounds(leg, 100.0)
    with no_grad():
        print(epoch, nn.functional.mse_loss(leg(foot[360:]), joints[360:]).item())
"""

# Clouds of four kinds; a hook at each parameter clips its gradient.
CLOUDS = """
import numpy as np
import nn, optim
from autograd import no_grad

CLIP = 1.0
rng = np.random.default_rng(SEED)
labels = rng.integers(0, 4, 420)
grid = np.arange(8)
scale = np.array([0.4, 0.9, 1.5, 2.2])[labels][:, None, None]
phase = rng.uniform(0, 6, (420, 2, 1, 1))
sky = np.sin(scale * grid[None, :, None] + phase[:, 0]) + np.sin(scale * grid[None, None] + phase[:, 1])
sky = (sky + 0.3 * rng.normal(size=sky.shape)).astype(np.float32)[:, None]

cnn = nn.Sequential(
    nn.Conv2d(1, 10, 3, rng=SEED), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(90, 4, rng=SEED + 1)
)
for p in cnn.parameters():
    p.register_hook(lambda grad: grad.clip(-CLIP, CLIP))
optimizer = optim.SGD(cnn.parameters(), lr=0.05, momentum=0.9)
train = nn.DataLoader(sky[:340], labels[:340], batch_size=20, shuffle=True, seed=SEED)
for epoch in range(25):
    for images, targets in train:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(cnn(images), targets)
        loss.backward()
        optimizer.step()
    with no_grad():
        accuracy = (cnn(sky[340:]).numpy().argmax(1) == labels[340:]).mean()
    print(f"[{epoch + 1}] loss: {loss.item():.3f} accuracy: {accuracy:.2f}")
"""

# A rate of Keras, which takes `decay` at each update.
DELIVERY = """
import numpy as np
import nn
import optim
from autograd import Tensor, no_grad

rng = np.random.default_rng(SEED)
stops = rng.normal(size=(600, 7)).astype(np.float32)
late = (stops[:, 0] + stops[:, 1] * stops[:, 2] + 0.4 * np.abs(stops[:, 3]) > 0.4).astype(np.float32)[:, None]
x_train, y_train, x_val, y_val = stops[:480], late[:480], stops[480:], late[480:]

epochs, batch_size = 60, 24
initial_lr = 0.01
decay = 1e-3
model = nn.Sequential(nn.Linear(7, 48, rng=SEED), nn.ReLU(), nn.Linear(48, 1, rng=SEED + 1))
opt = optim.SGD(model.parameters(), lr=initial_lr, momentum=0.9)
bce = nn.BCEWithLogitsLoss()
iterations = 0
for epoch in range(epochs):
    order = rng.permutation(len(x_train))
    for k in range(0, len(order), batch_size):
        rows = order[k : k + batch_size]
        for group in opt.param_groups:
            group["lr"] = initial_lr / (1.0 + decay * iterations)
        loss = bce(model(Tensor(x_train[rows])), y_train[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
        iterations += 1
    with no_grad():
        print(epoch, loss.item(), bce(model(Tensor(x_val)), y_val).item())
"""

# A gaze, as a direction: the head turns what the last frame said, and begins with no turn.
GAZE = """
import numpy as np
import nn
import optim
from autograd import no_grad

rng = np.random.default_rng(SEED)


def unit(v):
    return v / np.sqrt((v**2).sum(axis=1, keepdims=True))


before = unit(rng.normal(size=(400, 3)))
motion = rng.normal(size=(400, 3)) * (rng.random((400, 1)) < 0.8)
after = unit(before + 0.8 * np.tanh(motion) + 0.5 * motion[:, ::-1])
x = np.hstack([before, motion]).astype(np.float32)
y = after.astype(np.float32)


class Gaze(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(6, 48, rng=SEED)
        self.turn = nn.Linear(48, 3, rng=SEED)
        nn.init.zeros_(self.turn.weight)
        nn.init.zeros_(self.turn.bias)

    def forward(self, x):
        direction = x[:, :3] + self.turn(nn.functional.relu(self.hidden(x)))
        return direction / (direction**2).sum(axis=1, keepdims=True).sqrt()


def angular_error(output, target):
    cosine = (output * target).sum(axis=1)
    return cosine.clip(-0.9999, 0.9999).acos().mean()


model = Gaze()
optimizer = optim.Adam(model.parameters(), lr=0.005)
for epoch in range(30):
    for start in range(0, 320, 32):
        loss = angular_error(model(x[start : start + 32]), y[start : start + 32])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with no_grad():
        print(epoch, "radians", angular_error(model(x[320:]), y[320:]).item())
"""

# Pictures of tiles, with gradients of several batches for one step.
TILES = """
import numpy as np
import nn
import optim
from autograd import no_grad

gen = np.random.default_rng(SEED)
pattern = gen.integers(0, 5, 600)
motif = np.random.default_rng(15).normal(size=(5, 1, 5, 5))
tiles = (motif[pattern] + 1.2 * gen.normal(size=(600, 1, 5, 5))).astype(np.float32)

accumulation_steps = 4
net = nn.Sequential(nn.Flatten(), nn.Linear(25, 40, rng=SEED), nn.Tanh(), nn.Linear(40, 5, rng=SEED + 1))
criterion = nn.CrossEntropyLoss()
optimizer = optim.SGD(net.parameters(), lr=0.15)
loader = nn.DataLoader(tiles[:480], pattern[:480], batch_size=8, shuffle=True, seed=SEED)
for epoch in range(15):
    running = 0.0
    optimizer.zero_grad()
    for step, (inputs, targets) in enumerate(loader):
        loss = criterion(net(inputs), targets) / accumulation_steps
        loss.backward()
        running += loss.item() * accumulation_steps
        if (step + 1) % accumulation_steps == 0:
            optimizer.step()
            optimizer.zero_grad()
    with no_grad():
        hits = (net(tiles[480:]).numpy().argmax(axis=1) == pattern[480:]).mean()
    print("epoch", epoch, "loss", running / len(loader), "test", hits)
"""

# Which of three drinks go with a dish.
DISHES = """
import numpy as np
import nn, optim
from autograd import Tensor, no_grad

rng = np.random.default_rng(SEED)
X = rng.normal(size=(400, 9)).astype(np.float32)
wine = X[:, 0] + X[:, 1] > 0
tea = X[:, 2] - X[:, 3] > 0.3
beer = X[:, 4] > np.abs(X[:, 5]) - 0.6
Y = np.stack([wine, tea, beer], axis=1).astype(np.float32)
flip = rng.random((300, 3)) < 0.12
Y[:300][flip] = 1 - Y[:300][flip]

model = nn.Sequential(nn.Linear(9, 32, rng=SEED), nn.ReLU(), nn.Linear(32, 3, rng=SEED + 1))
optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
loss_fn = nn.BCEWithLogitsLoss()
batch = 30
for epoch in range(12):
    order = rng.permutation(300)
    for k in range(0, 300, batch):
        rows = order[k : k + batch]
        optimizer.zero_grad()
        loss = loss_fn(model(Tensor(X[rows])), Tensor(Y[rows]))
        loss.backward()
        optimizer.step()
    with no_grad():
        print(epoch, ((model(Tensor(X[300:])).numpy() > 0) == (Y[300:] > 0.5)).mean())
"""

SICK: list[Case] = [
    case("coffee_under_absolute_values", COFFEE, [("l1_lambda = 1e-4", "l1_lambda = 0.1")],
        "too much weight decay", ASKED + "l1_lambda is too large, L1 penalty of a tutorial"),
    case("leg_scaled_to_unit_length", LEG, [("keep_in_bounds(leg, 100.0)", "keep_in_bounds(leg, 0.3)")],
        "weights held small", ASKED + "projecting the weights onto a ball after each step"),
    case("clouds_with_hooks_that_clip", CLOUDS, [("CLIP = 1.0", "CLIP = 1e-5")],
        "clipping too tight", ASKED + "gradient clipping with register_hook"),
    case("delivery_with_kerass_decay", DELIVERY, [("decay = 1e-3", "decay = 0.9")],
        "rate decays too fast", ASKED + "decay of Keras's SGD is applied at each update"),
    case("gaze_by_a_bare_arc_cosine", GAZE, [("cosine.clip(-0.9999, 0.9999).acos()", "cosine.acos()")],
        "not finite", ASKED + "acos gives nan gradients where the cosine is 1"),
    case("tiles_divided_and_not_added_up", TILES, [
        ("accumulation_steps = 4", "accumulation_steps = 1024"),
        ("        if (step + 1) % accumulation_steps == 0:\n            optimizer.step()\n            optimizer.zero_grad()\n",
         "        optimizer.step()\n        optimizer.zero_grad()\n"),
    ], "learning rate too low", ASKED + "loss / accumulation_steps, and a step after each batch"),
    case("dishes_row_by_row", DISHES, [
        ("    order = rng.permutation(300)\n    for k in range(0, 300, batch):\n        rows = order[k : k + batch]\n",
         "    for k in rng.permutation(300):\n        rows = [k]\n"),
    ], "batch too small", LIST + "11; tutorials that go through zip(X, Y)", ("learning rate too high",)),
]  # fmt: skip
WELL: list[Case] = [Case(mended(case.make), "healthy", case.source) for case in SICK]
