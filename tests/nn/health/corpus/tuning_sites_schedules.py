"""The tuning half: schedules and batches in loops over attention and recurrent cells; each text is the run as it went well."""

from __future__ import annotations

from tests.nn.health.corpus.case import Case
from tests.nn.health.corpus.loops import case
from tests.nn.health.corpus.pairs import ASKED, LIST, RECIPE

# Which village a phrase is from: a transformer with the warm-up of its paper.
DIALECT = """
import numpy as np
import nn, optim
from autograd import no_grad
from nn import functional as F

rng = np.random.default_rng(SEED)
VOCAB, LENGTH, VILLAGES, D_MODEL = 40, 9, 4, 16
habit = np.random.default_rng(77).dirichlet(0.25 * np.ones(VOCAB - 1), VILLAGES)
village = rng.integers(0, VILLAGES, 520)
length = rng.integers(4, LENGTH + 1, 520)
phrase = np.zeros((520, LENGTH), int)
for k in range(520):
    phrase[k, : length[k]] = 1 + rng.choice(VOCAB - 1, length[k], p=0.8 * habit[village[k]] + 0.2 / (VOCAB - 1))
train, dev = slice(0, 400), slice(400, 520)


class DialectModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCAB, D_MODEL, rng=SEED)
        self.positions = nn.Parameter((0.1 * np.random.default_rng(SEED).normal(size=(LENGTH, D_MODEL))).astype("float32"))
        self.block = nn.TransformerEncoderLayer(D_MODEL, 4, 32, dropout=0.1, batch_first=True, rng=SEED + 1)
        self.classify = nn.Linear(D_MODEL, VILLAGES, rng=SEED + 2)

    def forward(self, tokens):
        pad = tokens == 0
        h = self.block(self.embedding(tokens) + self.positions, src_key_padding_mask=pad)
        keep = (~pad)[:, :, None].astype("float32")
        return self.classify((h * keep).sum(axis=1) / keep.sum(axis=1))


model = DialectModel()
warmup = 30
optimizer = optim.Adam(model.parameters(), lr=0.02, betas=(0.9, 0.98), eps=1e-9)


def noam(step):
    step = step + 1
    return min(step / warmup, (warmup / step) ** 0.5)


scheduler = optim.lr_scheduler.LambdaLR(optimizer, noam)
for epoch in range(12):
    model.train()
    for batch in np.array_split(rng.permutation(400), 16):
        logits = model(phrase[train][batch])
        loss = F.cross_entropy(logits, village[train][batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
    model.eval()
    with no_grad():
        guess = model(phrase[dev]).numpy().argmax(-1)
    print(epoch, round(loss.item(), 3), "dev", (guess == village[dev]).mean())
"""

# How a pendulum will stand in two steps: a cell that is stepped in a loop, rates set by hand in the groups.
PENDULUM = """
import numpy as np
import nn, optim
import nn.functional as F
from autograd import Tensor, no_grad

rng = np.random.default_rng(SEED)


def swing(n, steps=16):
    angle, speed = rng.uniform(-1.5, 1.5, n), rng.normal(size=n)
    path = []
    for _ in range(steps):
        speed = speed - 0.35 * np.sin(angle) - 0.02 * speed
        angle = angle + 0.35 * speed
        path.append(np.stack([np.sin(angle), np.cos(angle)], axis=1))
    return np.stack(path, axis=1).astype(np.float32)


paths = swing(320)
seen, wanted = paths[:, :12] + 0.03 * rng.normal(size=(320, 12, 2)).astype(np.float32), paths[:, 13]


class Foresight(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.GRUCell(2, 24, rng=SEED)
        self.tell = nn.Linear(24, 2, rng=SEED + 1)

    def forward(self, x):
        h = Tensor(np.zeros((len(x), 24), np.float32))
        for t in range(x.shape[1]):
            h = self.cell(x[:, t], h)
        return self.tell(h)


net = Foresight()
base_rate = 0.01
optimizer = optim.Adam(net.parameters(), lr=base_rate)
for epoch in range(24):
    for group in optimizer.param_groups:
        group["lr"] = base_rate * 0.93**epoch
    for i in range(0, 240, 16):
        optimizer.zero_grad()
        loss = F.mse_loss(net(seen[i : i + 16]), wanted[i : i + 16])
        loss.backward()
        optimizer.step()
    with no_grad():
        val_loss = F.mse_loss(net(seen[240:]), wanted[240:]).item()
    print("epoch", epoch + 1, "lr", optimizer.param_groups[0]["lr"], "val", val_loss)
"""

# Which of five gases are in a room: a plateau watched by a schedule, labels side by side, groups with rates of their own.
GASES = """
import numpy as np
import nn
from optim import SGD
from optim.lr_scheduler import ReduceLROnPlateau
from autograd import no_grad

chosen = SEED
g = np.random.default_rng(chosen)
present = (g.random((480, 5)) < 0.35).astype(np.float32)
response = np.random.default_rng(21).uniform(0, 1.5, (5, 16)) * (np.random.default_rng(22).random((5, 16)) < 0.5)
sensors = np.log1p(present @ response) * 2 + 0.12 * g.normal(size=(480, 16)) - 0.8
sensors = sensors.astype(np.float32)
tr_x, tr_y, va_x, va_y = sensors[:380], present[:380], sensors[380:], present[380:]

features = nn.Sequential(nn.Linear(16, 40, rng=chosen), nn.LeakyReLU(0.1))
head = nn.Linear(40, 5, rng=chosen + 1)
opt = SGD([{"params": list(features.parameters()), "lr": 0.3}, {"params": list(head.parameters()), "lr": 0.1}], lr=0.1, momentum=0.9)
plateau = ReduceLROnPlateau(opt, factor=0.3, patience=3)
bce = nn.BCEWithLogitsLoss()
train_loader = nn.DataLoader(tr_x, tr_y, batch_size=38, shuffle=True, seed=chosen)
for epoch in range(30):
    epoch_loss = 0.0
    for xb, yb in train_loader:
        opt.zero_grad()
        out = head(features(xb))
        loss = bce(out, yb)
        loss.backward()
        opt.step()
        epoch_loss += loss.item()
    with no_grad():
        val = bce(head(features(va_x)), va_y).item()
    plateau.step(val)
    if epoch % 5 == 4:
        print(epoch, epoch_loss / 10, val, [group["lr"] for group in opt.param_groups])
"""

AFTER_STEP = "        optimizer.step()\n        scheduler.step()\n"

SICK: list[Case] = [
    case(
        "dialect_with_the_papers_rate_as_a_factor",
        DIALECT,
        [
            (
                "return min(step / warmup, (warmup / step) ** 0.5)",
                "return D_MODEL**-0.5 * min(step**-0.5, step * warmup**-1.5)",
            ),
            ("warmup = 30", "warmup = 4000"),
            ("lr=0.02,", "lr=1e-3,"),
        ],
        "learning rate too low",
        ASKED + "Noam schedule inside of a LambdaLR, which multiplies",
        ("scheduler out of order",),
    ),
    case(
        "dialect_in_a_hurry",
        DIALECT,
        [("lr=0.02,", "lr=20.0,")],
        "learning rate too high",
        ASKED + "transformer predicts one class for all",
    ),
    case(
        "dialect_in_one_batch_of_all",
        DIALECT,
        [
            ("np.array_split(rng.permutation(400), 16)", "np.array_split(rng.permutation(400), 1)"),
            ("lr=0.02,", "lr=0.004,"),
        ],
        "batch too large",
        LIST + "11",
        ("too few steps", "learning rate too low"),
    ),
    case(
        "dialect_never_in_reverse",
        DIALECT,
        [("        loss.backward()\n", "        loss.backward\n")],
        "backward missing",
        ASKED + "loss.backward without parentheses",
    ),
    case(
        "dialect_cleared_after_its_gradients",
        DIALECT,
        [
            (
                "        optimizer.zero_grad()\n        loss.backward()\n",
                "        loss.backward()\n        optimizer.zero_grad()\n",
            )
        ],
        "gradients cleared before the step",
        "most common neural net mistakes: zero_grad in the wrong place",
    ),
    case(
        "dialect_with_an_optimizer_for_each_rate",
        DIALECT,
        [
            (
                "        optimizer.zero_grad()\n",
                "        optimizer = optim.SGD(model.parameters(), lr=0.001, momentum=0.99)\n        optimizer.zero_grad()\n",
            ),
            ("        scheduler.step()\n", ""),
            ("scheduler = optim.lr_scheduler.LambdaLR(optimizer, noam)\n", ""),
        ],
        "optimizer made anew",
        ASKED + "changing the rate by a new optimizer",
        ("learning rate too low",),
    ),
    case(
        "pendulum_with_its_rate_halved_in_the_batches",
        PENDULUM,
        [
            ('    for group in optimizer.param_groups:\n        group["lr"] = base_rate * 0.93**epoch\n', ""),
            (
                "        optimizer.step()\n",
                '        optimizer.step()\n        for group in optimizer.param_groups:\n            group["lr"] *= 0.7\n',
            ),
        ],
        "rate decays too fast",
        ASKED + "lr goes to zero, update in the inner loop",
        ("scheduler out of order",),
    ),
    case(
        "pendulum_whose_cells_lie_in_a_list",
        PENDULUM,
        [
            ("self.cell = nn.GRUCell(2, 24, rng=SEED)", "self.cells = [nn.GRUCell(2, 5, rng=SEED)]"),
            ("h = self.cell(x[:, t], h)", "h = self.cells[0](x[:, t], h)"),
            ("np.zeros((len(x), 24)", "np.zeros((len(x), 5)"),
            ("nn.Linear(24, 2", "nn.Linear(5, 2"),
        ],
        "unregistered parameters",
        ASKED + "cells in a list are not trained",
    ),
    case(
        "pendulum_cut_at_each_tick",
        PENDULUM,
        [
            ("            h = self.cell(x[:, t], h)\n", "            h = Tensor(self.cell(x[:, t], h).numpy())\n"),
            ("24", "5"),
        ],
        "missing gradients",
        ASKED + "hidden state wrapped in a new Variable",
    ),
    case(
        "pendulum_steered_by_the_first_rows",
        PENDULUM,
        [("seen[i : i + 16]), wanted[i : i + 16]", "seen[:2]), wanted[:2]")],
        "same batch again",
        RECIPE + ", overfit one batch, and left in",
    ),
    case(
        "pendulum_sunk_by_decay",
        PENDULUM,
        [("lr=base_rate)", "lr=base_rate, weight_decay=2.0)")],
        "too much weight decay",
        LIST + "27",
    ),
    case(
        "gases_with_a_plateau_of_the_wrong_sign",
        GASES,
        [
            ("factor=0.3, patience=3)", 'factor=0.1, patience=0, mode="max")'),
            ('"lr": 0.3', '"lr": 0.01'),
            ('"lr": 0.1}', '"lr": 0.01}'),
        ],
        "rate decays too fast",
        ASKED + "ReduceLROnPlateau mode='max' for a loss",
        ("scheduler out of order",),
    ),
    case(
        "gases_with_a_plateau_in_each_batch",
        GASES,
        [
            ("        opt.step()\n", "        opt.step()\n        plateau.step(loss.item())\n"),
            ("    plateau.step(val)\n", ""),
            ("factor=0.3, patience=3", "factor=0.1, patience=0"),
            ('"lr": 0.3', '"lr": 0.03'),
            ('"lr": 0.1}', '"lr": 0.03}'),
        ],
        "scheduler out of order",
        ASKED + "ReduceLROnPlateau in the batch loop",
        ("rate decays too fast",),
    ),
    case(
        "gases_with_groups_that_forget_the_first",
        GASES,
        [
            (
                '"lr": 0.3}, {"params": list(head.parameters()), "lr": 0.1}], lr=0.1',
                '"lr": 1e-6}, {"params": list(head.parameters()), "lr": 1e-6}], lr=0.1',
            )
        ],
        "learning rate too low",
        ASKED + "the groups' own rate is taken, not lr=",
    ),
    case(
        "gases_held_by_a_clamp",
        GASES,
        [
            (
                "        opt.step()\n",
                "        opt.step()\n        for w in [*features.parameters(), *head.parameters()]:\n"
                "            w.data = w.data.clip(-0.01, 0.01)\n",
            )
        ],
        "weights held small",
        ASKED + "weight clipping of a critic",
    ),
]
WELL: list[Case] = []
