"""The tuning half: loops of people in many trades; the calls between forward and the next batch, modes, schedules and losses."""

from __future__ import annotations

from tests.nn.health.corpus.tuning_strangers_loops import script

ASKED = "question on a question site: "
FORUM = "question on a forum: "

# Drops of a medicine: how strong, of five measurements; two heads.
DOSES = """
import numpy as np
import nn
import optim
from nn import functional as F
from autograd import Tensor, no_grad

rng = np.random.default_rng(SEED)
body = rng.normal(size=(500, 5)).astype(np.float32)
effect = np.tanh(body[:, :1] + body[:, 1:2] * body[:, 2:3]) + 0.1 * rng.normal(size=(500, 1))
risk = (body[:, 3:4] - 0.7 * np.abs(body[:, 4:5]) + 0.2 * rng.normal(size=(500, 1)) > -0.5).astype(np.float32)
effect = effect.astype(np.float32)


class TwoHeads(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(5, 32, rng=SEED), nn.ReLU(), nn.Linear(32, 16, rng=SEED + 1), nn.ReLU())
        self.effect = nn.Linear(16, 1, rng=SEED + 2)
        self.risk = nn.Linear(16, 1, rng=SEED + 3)

    def forward(self, x):
        h = self.trunk(x)
        return self.effect(h), self.risk(h)


net = TwoHeads()


def both(rows):
    one, two = net(body[rows])
    return F.mse_loss(one, effect[rows]) + F.binary_cross_entropy_with_logits(two, risk[rows])

"""

DOSES_ACCUMULATED = (
    DOSES
    + """
optimizer = optim.Adam(net.parameters(), lr=0.005)
accumulate = 16
for epoch in range(30):
    optimizer.zero_grad()
    for i, rows in enumerate(np.array_split(rng.permutation(400), 10)):
        loss = both(rows) / accumulate
        loss.backward()
        if (i + 1) % accumulate == 0:
            optimizer.step()
            optimizer.zero_grad()
    with no_grad():
        print(epoch, both(np.arange(400, 500)).item())
"""
)

DOSES_SCHEDULED = (
    DOSES
    + """
optimizer = optim.AdamW(net.parameters(), lr=0.005, weight_decay=0.001)
scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=400)
for iteration in range(400):
    rows = rng.choice(400, 32, replace=False)
    net.zero_grad()
    loss = both(rows)
    loss.backward()
    scheduler.step()
print(loss.item(), both(np.arange(400, 500)).item())
"""
)

DOSES_CLEARED = (
    DOSES
    + """
optimizer = optim.RMSprop(net.parameters(), lr=0.003)
for epoch in range(12):
    for rows in np.array_split(rng.permutation(400), 16):
        one, two = net(body[rows])
        loss_effect = F.mse_loss(one, effect[rows])
        loss_risk = F.binary_cross_entropy_with_logits(two, risk[rows])
        (loss_effect + loss_risk).backward()
        net.zero_grad()
        optimizer.step()
    print(epoch, loss_effect.item(), loss_risk.item())
"""
)

DOSES_LEFT = (
    DOSES
    + """
net.trunk[2].weight.data *= 0.2
optimizer = optim.Adam([{"params": net.effect.parameters()}, {"params": net.risk.parameters(), "lr": 0.02}], lr=0.01)
loss_history = []
for epoch in range(40):
    for start in range(0, 400, 40):
        optimizer.zero_grad()
        loss = both(slice(start, start + 40))
        loss.backward()
        optimizer.step()
    with no_grad():
        loss_history.append(both(slice(400, 500)).item())
print(loss_history[0], loss_history[-1])
"""
)

DOSES_CLIPPED = (
    DOSES
    + """
optimizer = optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
for epoch in range(25):
    for rows in rng.permutation(400).reshape(10, 40):
        loss = both(rows)
        optimizer.zero_grad()
        loss.backward()
        optim.clip_grad_value_(net.parameters(), 1e-4)
        optimizer.step()
    print(epoch, loss.item())
"""
)

# Sounds of three machines; a network with batch norm and dropout that switches its mode.
SOUNDS = """
import copy
import numpy as np
import nn
import optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
kind = rng.integers(0, 3, 420)
time = np.arange(20)
pitch = np.array([0.5, 0.9, 1.4])[kind][:, None] + 0.05 * rng.normal(size=(420, 1))
sound = np.sin(pitch * time + rng.uniform(0, 6.28, (420, 1))) * rng.uniform(1, 2, (420, 1)) + 0.5 * rng.normal(size=(420, 20))
LEVEL
sound = sound[:, None].astype(np.float32)
train, test = np.arange(320), np.arange(320, 420)


class Ear(nn.Module):
    def __init__(self, drop=0.0):
        super().__init__()
        self.norm = nn.BatchNorm1d(1)
        self.conv = nn.Conv1d(1, 12, 6, rng=SEED)
        self.norm2 = nn.BatchNorm1d(12)
        self.drop = nn.Dropout(drop, rng=SEED)
        self.out = nn.Linear(12, 3, rng=SEED + 1)

    def forward(self, x):
        h = nn.functional.relu(self.norm2(self.conv(self.norm(x))))
        return self.out(self.drop(h.max(axis=2)))


def right(ear, rows):
    with no_grad():
        return (ear(sound[rows]).numpy().argmax(axis=1) == kind[rows]).mean()


criterion = nn.CrossEntropyLoss()
"""
LOUD = SOUNDS.replace("LEVEL", "sound = 60.0 + 15.0 * sound  # decibels")
EVEN = SOUNDS.replace("LEVEL\n", "")

SOUNDS_CHECKED = (
    LOUD
    + """
ear = Ear()
ear.eval()
print("before training", right(ear, test))
optimizer = optim.SGD(ear.parameters(), lr=0.01, momentum=0.9)
for epoch in range(12):
    for rows in np.array_split(rng.permutation(train), 10):
        optimizer.zero_grad()
        criterion(ear(sound[rows]), kind[rows]).backward()
        optimizer.step()
    print(epoch, right(ear, test))
"""
)

SOUNDS_AVERAGED = (
    LOUD
    + """
ear = Ear()
averaged = copy.deepcopy(ear)
optimizer = optim.Adam(ear.parameters(), lr=0.01)
for epoch in range(15):
    ear.train()
    for rows in np.array_split(rng.permutation(train), 10):
        optimizer.zero_grad()
        loss = criterion(ear(sound[rows]), kind[rows])
        loss.backward()
        optimizer.step()
        for ours, theirs in zip(averaged.parameters(), ear.parameters()):
            ours.data = 0.9 * ours.data + 0.1 * theirs.data
    averaged.eval()
    print(epoch, loss.item(), right(averaged, test))
"""
)

SOUNDS_SILENCE = (
    LOUD
    + """
ear = Ear()
optimizer = optim.Adam(ear.parameters(), lr=0.01)
for epoch in range(12):
    ear.train()
    for rows in np.array_split(rng.permutation(train), 10):
        optimizer.zero_grad()
        loss = criterion(ear(sound[rows]), kind[rows])
        loss.backward()
        optimizer.step()
    with no_grad():
        silence = [ear(rng.normal(size=(32, 1, 20)).astype(np.float32)).numpy().max() for _ in range(8)]
    ear.eval()
    print(epoch, "test", right(ear, test), "in silence", np.max(silence))
"""
)

SOUNDS_DROPPED = (
    EVEN
    + """
ear = Ear(drop=0.7)
optimizer = optim.Adam(ear.parameters(), lr=0.02)
best = 0.0
for epoch in range(25):
    ear.train()
    for rows in np.array_split(rng.permutation(train), 8):
        loss = criterion(ear(sound[rows]), kind[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    score = right(ear, test)
    best = max(best, score)
    print(f"epoch {epoch} validation accuracy {score:.3f} best {best:.3f}")
"""
)

SOUNDS_PAIRWISE = (
    EVEN
    + """
ear = Ear()
optimizer = optim.Adam(ear.parameters(), lr=0.005)
for epoch in range(15):
    for rows in np.array_split(rng.permutation(train), 10):
        optimizer.zero_grad()
        criterion(ear(sound[rows]), kind[rows]).backward()
        optimizer.step()


def predict(one_sound):
    with no_grad():
        return int(ear(one_sound[None]).numpy().argmax())


hits = [predict(sound[k]) == kind[k] for k in test]
print("test accuracy", np.mean(hits))
"""
)

SICK = [
    script(
        "doses_with_two_heads_accumulated",
        DOSES_ACCUMULATED,
        "step missing",
        FORUM + "gradient accumulation, loss constant",
    ),
    script(
        "doses_with_two_heads_scheduled",
        DOSES_SCHEDULED,
        "step missing",
        ASKED + "scheduler.step() without optimizer.step()",
    ),
    script(
        "doses_with_two_losses_added",
        DOSES_CLEARED,
        "gradients cleared before the step",
        ASKED + "where to put zero_grad",
    ),
    script(
        "doses_with_rates_by_head",
        DOSES_LEFT,
        "parameters left out",
        FORUM + "parameter groups, and the backbone forgotten",
    ),
    script("doses_with_clipped_values", DOSES_CLIPPED, "clipping too tight", FORUM + "clip_grad_value_ with 1e-4"),
    script(
        "sounds_checked_before_training",
        SOUNDS_CHECKED,
        "evaluation mode in training",
        FORUM + "a sanity check, and no train() after it",
    ),
    script(
        "sounds_by_averaged_weights", SOUNDS_AVERAGED, "running statistics", FORUM + "EMA model without its buffers"
    ),
    script(
        "sounds_and_silence", SOUNDS_SILENCE, "running statistics", FORUM + "batch norm and other rows in train mode"
    ),
    script(
        "sounds_with_much_dropout_judged", SOUNDS_DROPPED, "training mode in evaluation", ASKED + "forgot model.eval()"
    ),
    script(
        "sounds_told_one_by_one",
        SOUNDS_PAIRWISE,
        "training mode in evaluation",
        ASKED + "different answers for a single picture",
    ),
]
