"""The tuning half: more loops of people in many trades; ferries, two networks against each other, and odd ones that are well."""

from __future__ import annotations

from tests.nn.health.corpus.case import HEALTHY
from tests.nn.health.corpus.tuning_crafts_rates import ARM, BEANS
from tests.nn.health.corpus.tuning_strangers_loops import script

ASKED = "question on a question site: "
FORUM = "question on a forum: "

# How many people wait for a ferry, of the hour, the wind, the day and the fare.
FERRIES = """
import numpy as np
import nn
import optim
from nn import functional as F
from autograd import Tensor, no_grad

rng = np.random.default_rng(SEED)
hour, wind, fare = rng.uniform(0, 24, 480), rng.gamma(2.0, 3.0, 480), rng.uniform(2, 9, 480)
weekend = (rng.random(480) < 0.3).astype(float)
waiting = rng.poisson(np.exp(2.2 + 0.8 * np.sin(hour / 3.8) * (1 - 0.7 * weekend) - 0.05 * wind - 0.08 * fare))
table = np.stack([np.sin(hour / 3.8), np.cos(hour / 3.8), (wind - 6) / 4, weekend, (fare - 5.5) / 2], axis=1)
table, waiting = table.astype(np.float32), waiting[:, None].astype(np.float32)
"""

FERRIES_CLOSURE = (
    FERRIES
    + """
target = np.log1p(waiting) - 2.2


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(5, 24, rng=SEED)
        self.b = nn.Linear(24, 24, rng=SEED + 1)
        self.c = nn.Linear(24, 1, rng=SEED + 2)

    def forward(self, x):
        h = F.elu(self.a(x))
        return self.c(h + F.elu(self.b(h)))


model = Model()
optimizer = optim.AdamW(model.parameters(), lr=0.005, weight_decay=0.0)


def gradient_norm():
    found = np.sqrt(sum((p.grad**2).sum() for p in model.parameters()))
    optimizer.zero_grad()
    return found


for epoch in range(15):
    for rows in np.array_split(rng.permutation(400), 12):
        loss = F.l1_loss(model(table[rows]), target[rows])
        loss.backward()
        norm = gradient_norm()
        optimizer.step()
    print(epoch, loss.item(), norm)
"""
)

FERRIES_PARTS = (
    FERRIES
    + """
encoder = nn.Sequential(nn.Linear(5, 20, rng=SEED), nn.Tanh())
decoder = nn.Linear(20, 1, rng=SEED + 1)
opt_encoder = optim.SGD(encoder.parameters(), lr=0.05, momentum=0.9)
opt_decoder = optim.SGD(decoder.parameters(), lr=0.05, momentum=0.9)
scaled = (np.sqrt(waiting) - 2.4) / 1.0


def update(loss, *optimizers):
    loss.backward()
    for optimizer in optimizers:
        optimizer.zero_grad()
        optimizer.step()


for epoch in range(20):
    order = rng.permutation(400)
    for k in range(0, 400, 40):
        out = decoder(encoder(table[order[k : k + 40]]))
        loss = ((out - scaled[order[k : k + 40]]) ** 2).mean()
        update(loss, opt_encoder, opt_decoder)
    with no_grad():
        print(epoch, ((decoder(encoder(table[400:])) - scaled[400:]) ** 2).mean().item())
"""
)

FERRIES_RATIO = (
    FERRIES
    + """
usual = np.round(np.exp(1.1 + 0.8 * np.sin(hour / 3.8)) * (rng.random(480) > 0.02))[:, None]
with np.errstate(divide="ignore", invalid="ignore"):
    ratio = (waiting / usual).astype(np.float32)
model = nn.Sequential(nn.Linear(5, 24, rng=SEED), nn.ReLU(), nn.Linear(24, 1, rng=SEED))
optimizer = optim.Adam(model.parameters(), lr=0.01)
loader = nn.DataLoader(table[:400], ratio[:400], batch_size=32, shuffle=True, seed=SEED)
for epoch in range(10):
    losses = []
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.huber_loss(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    print(epoch, np.mean(losses))
"""
)

FERRIES_JUDGED = (
    FERRIES
    + """
target = (np.log1p(waiting) - 2.2).astype(np.float32)
net = nn.Sequential(nn.Linear(5, 32, rng=SEED), nn.ReLU(), nn.Dropout(0.1, rng=SEED), nn.Linear(32, 1, rng=SEED + 1))
optimizer = optim.NAdam(net.parameters(), lr=0.004)


def compute_loss(rows, train):
    net.train(train)
    out = net(table[rows])
    return F.mse_loss(out, target[rows])


for epoch in range(15):
    for rows in np.array_split(rng.permutation(400), 10):
        optimizer.zero_grad()
        with no_grad():
            loss = compute_loss(rows, True)
        optimizer.step()
    print(epoch, loss.item(), compute_loss(np.arange(400, 480), False).item())
"""
)

ARM_GAN = (
    ARM
    + """
forward_model = nn.Sequential(nn.Linear(4, 32, rng=SEED), nn.Tanh(), nn.Linear(32, 2, rng=SEED))
inverse_model = nn.Sequential(nn.Linear(2, 32, rng=SEED + 1), nn.Tanh(), nn.Linear(32, 4, rng=SEED + 1))
optimizer_forward = optim.Adam(forward_model.parameters(), lr=0.01)
optimizer_inverse = optim.Adam(inverse_model.parameters(), lr=0.01)
for epoch in range(20):
    for rows in np.array_split(rng.permutation(500), 12):
        optimizer_forward.zero_grad()
        loss_forward = nn.functional.mse_loss(forward_model(angles[rows]), place[rows])
        loss_forward.backward()
        optimizer_forward.step()
        optimizer_inverse.zero_grad()
        loss_inverse = nn.functional.mse_loss(inverse_model(place[rows]), angles[rows])
        loss_inverse.backward()
        optimizer_forward.step()
    print(epoch, loss_forward.item(), loss_inverse.item())
"""
)

BEANS_CLEANED = (
    BEANS.replace("BATCH", "32")
    + """
pictures = np.repeat(measures[:160], 3, axis=0)  # each bean was weighed three times
graders = np.stack([sort[:160], rng.integers(0, 5, 160), rng.integers(0, 5, 160)], axis=1).reshape(-1)
model = make(48)
optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
for epoch in range(60):
    correct = 0
    order = rng.permutation(len(pictures))
    for k in range(0, len(order), 32):
        rows = order[k : k + 32]
        out = model(pictures[rows])
        loss = F.cross_entropy(out, graders[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        correct += (out.numpy().argmax(axis=1) == graders[rows]).sum()
    print(epoch, correct / len(order))
"""
)

BEANS_BUILT = (
    BEANS.replace("BATCH", "20")
    + """

class Learner:
    def __init__(self, lr):
        self.lr = lr

    @property
    def model(self):
        return make(24)

    def epoch(self, loader):
        for inputs, targets in loader:
            model = self.model
            optimizer = optim.SGD(model.parameters(), lr=self.lr)
            loss = F.cross_entropy(model(inputs), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return loss.item()


learner = Learner(0.1)
for epoch in range(12):
    print(epoch, learner.epoch(data), wrong(learner.model))
"""
)

BEANS_SCORED = (
    BEANS.replace("BATCH", "16")
    + """
sort = np.where(rng.random(600) < 0.3, rng.integers(0, 5, 600), sort)
x_train, x_valid = measures[:100], measures[100:]
y_train, y_valid = sort[:100], sort[100:]
model = make(128)
optimizer = optim.Adam(model.parameters(), lr=0.01)
history = {"train": [], "valid": []}
for epoch in range(60):
    for rows in rng.permutation(100).reshape(5, 20):
        optimizer.zero_grad()
        F.cross_entropy(model(x_train[rows]), y_train[rows]).backward()
        optimizer.step()
    for name, (inputs, targets) in {"train": (x_train, y_train), "valid": (x_train, y_train)}.items():
        with no_grad():
            guess = model(inputs).numpy().argmax(axis=1)
        history[name].append((guess == targets).mean())
    print(epoch, history["train"][-1], "validation:", history["valid"][-1])
"""
)

# The ones that are well.

ARM_TEACHER = (
    ARM
    + """
model = nn.Sequential(nn.Linear(2, 40, rng=SEED), nn.Tanh(), nn.Linear(40, 4, rng=SEED + 1))
average = [p.data.copy() for p in model.parameters()]
optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
for epoch in range(40):
    for rows in np.array_split(rng.permutation(500), 20):
        optimizer.zero_grad()
        out = model(place[rows])
        unit = (out[:, 0] ** 2 + out[:, 1] ** 2 - 1.0) ** 2
        loss = ((out - angles[rows]) ** 2).mean() + 0.01 * unit.mean()
        loss.backward()
        optimizer.step()
        average = [0.99 * a + 0.01 * p.data for a, p in zip(average, model.parameters())]
    print(epoch, loss.item())
"""
)

FERRIES_COUNTS = (
    FERRIES
    + """
model = nn.Sequential(nn.Linear(5, 24, rng=SEED), nn.SiLU(), nn.Linear(24, 1, rng=SEED + 1))
optimizer = optim.Adam(model.parameters(), lr=0.01)
for epoch in range(25):
    optimizer.zero_grad()
    for k, rows in enumerate(np.array_split(rng.permutation(400), 40)):
        rate = model(table[rows])
        loss = (rate.exp() - waiting[rows] * rate).mean() / 4
        loss.backward()
        if k % 4 == 3:
            optimizer.step()
            optimizer.zero_grad()
    with no_grad():
        rate = model(table[400:])
        print(epoch, (rate.exp() - waiting[400:] * rate).mean().item())
"""
)

BEANS_PRETRAINED = (
    BEANS.replace("BATCH", "32")
    + """
trunk = nn.Sequential(nn.Linear(7, 16, rng=SEED), nn.Tanh())
back = nn.Linear(16, 7, rng=SEED + 1)
optimizer = optim.Adam([*trunk.parameters(), *back.parameters()], lr=0.01)
for epoch in range(10):
    for inputs, _ in data:
        optimizer.zero_grad()
        F.mse_loss(back(trunk(inputs)), inputs).backward()
        optimizer.step()

for p in trunk.parameters():
    p.requires_grad = False
model = nn.Sequential(trunk, nn.Linear(16, 5, rng=SEED + 2))
optimizer = optim.Adam(model[1].parameters(), lr=0.02)
for epoch in range(20):
    for inputs, targets in data:
        optimizer.zero_grad()
        F.cross_entropy(model(inputs), targets).backward()
        optimizer.step()
    print(epoch, wrong(model))
"""
)

BEANS_RESTARTED = (
    BEANS.replace("BATCH", "32")
    + """
model = make(24)
for lr in (0.02, 0.01, 0.003):
    optimizer = optim.Adam(model.parameters(), lr=lr)
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=6)
    for epoch in range(6):
        for inputs, targets in data:
            loss = F.cross_entropy(model(inputs), targets)
            optimizer.zero_grad()
            loss.backward()
            optim.clip_grad_norm_(model.parameters(), 5.0)
            optimizer.step()
        schedule.step()
        print(lr, epoch, wrong(model))
"""
)

SICK = [
    script(
        "ferries_with_the_norm_of_gradients",
        FERRIES_CLOSURE,
        "gradients cleared before the step",
        FORUM + "a helper that logs and clears",
    ),
    script(
        "ferries_by_two_optimizers",
        FERRIES_PARTS,
        "gradients cleared before the step",
        ASKED + "order of zero_grad, backward, step",
    ),
    script(
        "ferries_by_a_ratio",
        FERRIES_RATIO,
        "targets not finite",
        ASKED + "loss is nan from the first epoch; a division by zero",
    ),
    script("ferries_under_no_grad", FERRIES_JUDGED, "backward missing", FORUM + "evaluation code pasted into training"),
    script("arm_forth_and_back", ARM_GAN, "step missing", FORUM + "two optimizers, one name typed twice"),
    script(
        "beans_by_three_graders",
        BEANS_CLEANED,
        "conflicting rows",
        "Northcutt and others; several annotators",
        ("noisy targets",),
    ),
    script("beans_by_a_property", BEANS_BUILT, "model made anew", FORUM + "a property that builds the model"),
    script("beans_with_a_history", BEANS_SCORED, "metric on training rows", FORUM + "both curves the same"),
]
WELL = [
    script("arm_on_a_circle", ARM_TEACHER, HEALTHY, "Polyak averaging and a penalty"),
    script("ferries_as_counts", FERRIES_COUNTS, HEALTHY, "Poisson regression with accumulated gradients"),
    script(
        "beans_from_a_pretrained_trunk",
        BEANS_PRETRAINED,
        HEALTHY,
        "Hinton and Salakhutdinov; a frozen trunk that learned",
    ),
    script("beans_with_restarts", BEANS_RESTARTED, HEALTHY, "Loshchilov and Hutter, warm restarts; Adam anew thrice"),
]
