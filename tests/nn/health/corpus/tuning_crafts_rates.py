"""The tuning half: loops of people in many trades; rates, schedules, sizes of batches, bounds, and what the optimizer holds."""

from __future__ import annotations

from tests.nn.health.corpus.tuning_strangers_loops import script

ASKED = "question on a question site: "
FORUM = "question on a forum: "

# An arm of two joints: the angles that bring its hand to a place, as sines and cosines.
ARM = """
import numpy as np
import nn
import optim
from autograd import Tensor, no_grad

rng = np.random.default_rng(SEED)
shoulder, elbow = rng.uniform(0, 1.5, 640), rng.uniform(0.3, 2.0, 640)
place = np.stack([np.cos(shoulder) + np.cos(shoulder + elbow), np.sin(shoulder) + np.sin(shoulder + elbow)], axis=1)
place = ((place - place.mean(axis=0)) / place.std(axis=0)).astype(np.float32)
angles = np.stack([np.sin(shoulder), np.cos(shoulder), np.sin(elbow), np.cos(elbow)], axis=1).astype(np.float32)
seen, unseen = slice(0, 500), slice(500, 640)
"""

ARM_VELOCITY = (
    ARM
    + """
model = nn.Sequential(nn.Linear(2, 32, rng=SEED), nn.Tanh(), nn.Linear(32, 4, rng=SEED + 1))
velocity = [np.zeros_like(p.data) for p in model.parameters()]
lr, mu = 0.05, 0.998
for epoch in range(30):
    for rows in np.array_split(rng.permutation(500), 10):
        model.zero_grad()
        loss = ((model(place[rows]) - angles[rows]) ** 2).mean()
        loss.backward()
        for v, p in zip(velocity, model.parameters()):
            v *= mu
            v -= lr * p.grad
            p.data = p.data + v
    print(epoch, ((model(place[unseen]) - angles[unseen]) ** 2).mean().item())
"""
)

ARM_RATE = (
    ARM
    + """

class Arm(nn.Module):
    def __init__(self, hidden=40):
        super().__init__()
        self.inner = nn.Linear(2, hidden, rng=SEED)
        self.outer = nn.Linear(hidden, 4, rng=SEED + 1)

    def forward(self, at):
        return self.outer(nn.functional.silu(self.inner(at)))


arm = Arm()
optimizer = optim.SGD(arm.parameters(), lr=0.2)
for step in range(1, 601):
    for group in optimizer.param_groups:
        group["lr"] = group["lr"] * 0.92
    rows = rng.choice(500, 50, replace=False)
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(arm(place[rows]), angles[rows])
    loss.backward()
    optimizer.step()
    if step % 100 == 0:
        print(step, loss.item())
"""
)

ARM_ROWS = (
    ARM
    + """
arm = nn.Sequential(nn.Linear(2, 24, rng=SEED), nn.ReLU(), nn.Linear(24, 24, rng=SEED + 1), nn.ReLU(), nn.Linear(24, 4, rng=SEED))
optimizer = optim.SGD(arm.parameters(), lr=0.1)
for epoch in range(10):
    for start in range(0, 500, 100):
        optimizer.zero_grad()
        loss = 0.0
        for row in range(start, start + 100):
            off = arm(place[row : row + 1]) - angles[row : row + 1]
            loss = loss + (off * off).sum()
        loss.backward()
        optimizer.step()
    with no_grad():
        print(epoch, ((arm(place[unseen]) - angles[unseen]) ** 2).mean().item())
"""
)

ARM_COPY = (
    ARM
    + """
import copy


def train(net, optimizer, epochs=20):
    for epoch in range(epochs):
        for rows in rng.permutation(500).reshape(-1, 25):
            optimizer.zero_grad()
            loss = nn.functional.huber_loss(net(place[rows]), angles[rows])
            loss.backward()
            optimizer.step()
        yield epoch, loss.item()


base = nn.Sequential(nn.Linear(2, 32, rng=SEED), nn.Softplus(), nn.Linear(32, 4, rng=SEED + 1))
optimizer = optim.Adam(base.parameters(), lr=0.01)
net = copy.deepcopy(base)
for epoch, loss in train(net, optimizer):
    print(epoch, loss)
print(nn.functional.mse_loss(net(place[unseen]), angles[unseen]).item())
"""
)

ARM_PAIRS = (
    ARM
    + """
pairs = nn.DataLoader(place[seen], angles[seen], batch_size=2, shuffle=True, seed=SEED)
arm = nn.Sequential(nn.Linear(2, 32, rng=SEED), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 4, rng=SEED + 1))
optimizer = optim.Adam(arm.parameters(), lr=0.01)
for epoch in range(12):
    arm.train()
    for k, (at, wanted) in enumerate(pairs, start=1):
        loss = nn.functional.mse_loss(arm(at), wanted) / 16  # two at a time fit into the memory
        loss.backward()
        if k % 16 == 0 or k == len(pairs):
            optimizer.step()
            optimizer.zero_grad()
    arm.eval()
    with no_grad():
        print(epoch, nn.functional.mse_loss(arm(place[unseen]), angles[unseen]).item())
"""
)

# Beans of five sorts by seven measures; classes, and an ensemble.
BEANS = """
import numpy as np
import nn
import optim
from nn import functional as F
from autograd import Tensor, no_grad

rng = np.random.default_rng(SEED)
sort = rng.integers(0, 5, 600)
typical = np.random.default_rng(11).normal(0.0, 1.3, (5, 7))
measures = (typical[sort] + rng.normal(size=(600, 7)) * 0.6).astype(np.float32)
data = nn.DataLoader(measures[:480], sort[:480], batch_size=BATCH, shuffle=True, seed=SEED)
x_test, y_test = measures[480:], sort[480:]


def make(width=24, seed=SEED):
    return nn.Sequential(nn.Linear(7, width, rng=seed), nn.ReLU(), nn.Linear(width, 5, rng=seed + 1))


def wrong(model):
    with no_grad():
        return (model(x_test).numpy().argmax(axis=1) != y_test).mean()

"""

BEANS_ENSEMBLE = (
    BEANS.replace("BATCH", "40")
    + """
members = [make(seed=SEED + 10 * k) for k in range(3)]
model = members[0]
optimizers = [optim.Adam(model.parameters(), lr=0.003) for member in members[1:]]
for epoch in range(10):
    for inputs, targets in data:
        for member, optimizer in zip(members[1:], optimizers):
            optimizer.zero_grad()
            loss = F.cross_entropy(member(inputs), targets)
            loss.backward()
            optimizer.step()
    print(epoch, loss.item(), [wrong(member) for member in members[1:]])
"""
)

BEANS_CRITIC = (
    BEANS.replace("BATCH", "32")
    + """
model = make(32)
optimizer = optim.RMSprop(model.parameters(), lr=0.005)
clip = 0.01
for epoch in range(20):
    for inputs, targets in data:
        loss = F.cross_entropy(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        for p in model.parameters():
            p.data = np.clip(p.data, -clip, clip)
    print(epoch, loss.item(), wrong(model))
"""
)

BEANS_NORMS = (
    BEANS.replace("BATCH", "32")
    + """

def keep_norms(model, most=0.15):
    for p in model.parameters():
        if p.ndim == 2:
            norm = np.sqrt((p.data**2).sum(axis=1, keepdims=True))
            p.data = p.data * np.minimum(1.0, most / (norm + 1e-8))


model = make(32)
optimizer = optim.Adam(model.parameters(), lr=0.01)
for epoch in range(20):
    total = 0.0
    for inputs, targets in data:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(inputs), targets)
        loss.backward()
        optimizer.step()
        keep_norms(model)
        total += loss.item()
    print(epoch, total / len(data), wrong(model))
"""
)

BEANS_CYCLE = (
    BEANS.replace("BATCH", "32")
    + """
epochs = 8
model = make()
optimizer = optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
scheduler = optim.lr_scheduler.OneCycleLR(
    optimizer, max_lr=0.02, total_steps=epochs * len(data), div_factor=1000.0, pct_start=0.5, cycle_momentum=False
)
for epoch in range(epochs):
    for inputs, targets in data:
        optimizer.zero_grad()
        F.cross_entropy(model(inputs), targets).backward()
        optimizer.step()
    scheduler.step()
    print(epoch, wrong(model))
"""
)

BEANS_PER_BATCH = (
    BEANS.replace("BATCH", "16")
    + """
model = make()
optimizer = optim.SGD(model.parameters(), lr=0.05)
# A tenth of the rate after every third epoch.
scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=3, gamma=0.1)


def train_one_epoch(model, loader, optimizer, scheduler):
    running = 0.0
    for batch, (inputs, targets) in enumerate(loader):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(inputs), targets)
        loss.backward()
        optimizer.step()
        scheduler.step()
        running += loss.item()
    return running / (batch + 1)


for epoch in range(9):
    print(epoch, train_one_epoch(model, data, optimizer, scheduler), wrong(model))
"""
)

BEANS_WARM = (
    BEANS.replace("BATCH", "24")
    + """
model = make(16)
optimizer = optim.Adam(model.parameters(), lr=0.01)
warmup = optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / 200) ** 2)
for epoch in range(15):
    for inputs, targets in data:
        loss = F.cross_entropy(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    warmup.step()
    print(epoch, optimizer.param_groups[0]["lr"], loss.item(), wrong(model))
"""
)

BEANS_ONE_BATCH = (
    BEANS.replace("BATCH", "480")
    + """
model = make(32)
optimizer = optim.Adam(model.parameters(), lr=0.002)
for epoch in range(12):
    for inputs, targets in data:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(inputs), targets)
        loss.backward()
        optimizer.step()
    print("epoch", epoch, "loss", loss.item(), "wrong", wrong(model))
"""
)

BEANS_BREAK = (
    BEANS.replace("BATCH", "16")
    + """
model = make(32)
optimizer = optim.SGD(model.parameters(), lr=0.02, momentum=0.5)
best, waited, patience = np.inf, 0, 0
for epoch in range(60):
    seen = 0
    for inputs, targets in data:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(inputs), targets)
        loss.backward()
        optimizer.step()
        seen += 1
        if seen == 10:
            break  # to see quickly whether it runs
    print(epoch, wrong(model))
    if epoch == 1:
        break
"""
)

BEANS_LIKELIHOOD = (
    BEANS.replace("BATCH", "48")
    + """
model = make(16)
optimizer = optim.Adam(model.parameters(), lr=0.01)
criterion = nn.NLLLoss()
for epoch in range(25):
    for inputs, targets in data:
        optimizer.zero_grad()
        loss = criterion(model(inputs), targets)
        loss.backward()
        optimizer.step()
    print(epoch, loss.item(), wrong(model))
"""
)

SICK = [
    script(
        "arm_with_a_velocity_by_hand", ARM_VELOCITY, "momentum too high", "Goodfellow, chapter 8.3; a momentum by hand"
    ),
    script("arm_with_a_rate_that_falls_each_step", ARM_RATE, "rate decays too fast", ASKED + "decay in the inner loop"),
    script("arm_row_by_row", ARM_ROWS, "loss summed", FORUM + "loss added over the rows of a batch"),
    script("arm_from_a_copy", ARM_COPY, "foreign parameters", FORUM + "deepcopy after the optimizer"),
    script(
        "beans_by_an_ensemble",
        BEANS_ENSEMBLE,
        "foreign parameters",
        FORUM + "a name of the loop above in a comprehension",
    ),
    script(
        "beans_clipped_like_a_critic",
        BEANS_CRITIC,
        "weights held small",
        "Arjovsky and others, Wasserstein GAN; taken over for a classifier",
    ),
    script(
        "beans_with_norms_kept",
        BEANS_NORMS,
        "weights held small",
        "Srivastava and others, Dropout; max-norm of too little",
    ),
    script("beans_by_one_cycle", BEANS_CYCLE, "scheduler out of order", FORUM + "OneCycleLR stepped once an epoch"),
    script(
        "beans_by_steps_of_a_batch",
        BEANS_PER_BATCH,
        "scheduler out of order",
        FORUM + "StepLR inside the batch loop",
        ("rate decays too fast",),
    ),
    script(
        "beans_with_a_warm_up",
        BEANS_WARM,
        "scheduler out of order",
        FORUM + "warm-up counted in steps, stepped in epochs",
    ),
    script(
        "beans_all_at_once",
        BEANS_ONE_BATCH,
        "batch too large",
        "Keskar and others; LeCun, Efficient BackProp",
        ("too few steps",),
    ),
    script("beans_tried_quickly", BEANS_BREAK, "too few steps", "Ivanov, 37 reasons: give it some time"),
    script("beans_by_likelihood", BEANS_LIKELIHOOD, "loss unbounded", ASKED + "NLLLoss is negative", ("loss unfit",)),
    script(
        "arm_in_micro_batches", ARM_PAIRS, "normalisation of one row", FORUM + "gradient accumulation and batch norm"
    ),
]
