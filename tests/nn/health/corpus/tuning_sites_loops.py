"""The tuning half: loops with classes of their own, as question sites show them; each text is the run as it went well."""

from __future__ import annotations

from tests.nn.health.corpus.case import Case
from tests.nn.health.corpus.loops import case
from tests.nn.health.corpus.pairs import ASKED, LIST, RECIPE

# Loaves sold in a day: a class of settings, a trainer, a stop where nothing gets better.
BAKERY = """
import numpy as np
import nn
import optim
from autograd import no_grad


class Config:
    seed = SEED
    days = 420
    batch = 30
    lr = 0.02
    epochs = 30
    patience = 8


cfg = Config()
rng = np.random.default_rng(cfg.seed)
weekday = rng.integers(0, 7, cfg.days)
rain = rng.random(cfg.days)
warm = rng.normal(size=cfg.days)
usual = np.array([1.0, 1.2, 1.1, 1.3, 2.0, 2.8, 0.3])[weekday]
sold = usual * (1 - 0.4 * rain) + 0.2 * np.maximum(warm, 0) + 0.08 * rng.normal(size=cfg.days)
X = np.column_stack([np.eye(7)[weekday], rain - 0.5, warm]).astype("float32")
y = ((sold - sold.mean()) / sold.std()).astype("float32").reshape(-1, 1)
X_train, y_train, X_val, y_val = X[:340], y[:340], X[340:], y[340:]


class Regressor(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(9, 24, rng=cfg.seed)
        self.out = nn.Linear(24, 1, rng=cfg.seed + 1)

    def forward(self, x):
        return self.out(nn.functional.elu(self.hidden(x)))


class Trainer:
    def __init__(self, model):
        self.model = model
        self.optimizer = optim.SGD(self.model.parameters(), lr=cfg.lr, momentum=0.9)
        self.loss_fn = nn.MSELoss()

    def train_step(self, xb, yb):
        loss = self.loss_fn(self.model(xb), yb)
        self.optimizer.zero_grad()
        loss.backward()
        optim.clip_grad_norm_(self.model.parameters(), 5.0)
        self.optimizer.step()
        return loss.item()

    def validate(self):
        with no_grad():
            return self.loss_fn(self.model(X_val), y_val).item()

    def fit(self):
        best, waited = float("inf"), 0
        for epoch in range(cfg.epochs):
            order = rng.permutation(len(X_train))
            losses = []
            for i in range(0, len(order), cfg.batch):
                rows = order[i : i + cfg.batch]
                losses.append(self.train_step(X_train[rows], y_train[rows]))
            val = self.validate()
            print(f"{epoch:3d} train {np.mean(losses):.3f} val {val:.3f}")
            if val < best - 1e-4:
                best, waited = val, 0
            else:
                waited += 1
                if waited > cfg.patience:
                    break


model = Regressor()
trainer = Trainer(model)
trainer.fit()
"""

# Tiles with a lichen, a moss or neither on them: filters, batch norm, dropout, accuracy by a function.
LICHEN = """
import numpy as np
import nn, optim
from nn import functional as F
from autograd import no_grad

r = np.random.default_rng(SEED)
n = 360
label = r.integers(0, 3, n)
tiles = 0.3 * r.normal(size=(n, 1, 10, 10))
for k in range(n):
    for _ in range(4):
        i, j = r.integers(0, 8, 2)
        if label[k] == 1:
            tiles[k, 0, i : i + 3, j] += 1.5
        elif label[k] == 2:
            tiles[k, 0, i, j : j + 3] += 1.5
        else:
            tiles[k, 0, [i, i + 1, i + 2], [j, j + 1, j + 2]] += 1.5
tiles = tiles.astype(np.float32)
x_train, y_train, x_test, y_test = tiles[:280], label[:280], tiles[280:], label[280:]
loader = nn.DataLoader(x_train, y_train, batch_size=20, shuffle=True, seed=SEED)


class TileNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 12, 3, rng=SEED)
        self.bn = nn.BatchNorm2d(12)
        self.drop = nn.Dropout(0.2, rng=SEED)
        self.fc = nn.Linear(12 * 16, 3, rng=SEED + 1)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn(self.conv(x))), 2)
        x = self.drop(x.reshape(x.shape[0], -1))
        return self.fc(x)


def train(model, loader, optimizer):
    model.train()
    seen, total = 0, 0.0
    for images, targets in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images), targets)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(targets)
        seen += len(targets)
    return total / seen


def test(model, images, targets):
    model.eval()
    right = 0
    with no_grad():
        for i in range(len(images)):
            scores = model(images[i : i + 1]).numpy()
            right += int(scores.argmax() == targets[i])
    return right / len(images)


net = TileNet()
optimizer = optim.AdamW(net.parameters(), lr=0.004)
for epoch in range(1, 11):
    train_loss = train(net, loader, optimizer)
    print("epoch", epoch, "loss", train_loss, "test accuracy", test(net, x_test, y_test))
"""

SICK: list[Case] = [
    case(
        "bakery_names_its_step",
        BAKERY,
        [("        self.optimizer.step()\n", "        self.optimizer.step\n")],
        "step missing",
        ASKED + "optimizer.step without parentheses",
    ),
    case(
        "bakery_stops_when_it_gets_better",
        BAKERY,
        [
            ("if val < best - 1e-4:", "if val > best - 1e-4:"),
            ('best, waited = float("inf"), 0', 'best, waited = float("inf"), 0\n        cfg.patience = 0'),
            ("lr = 0.02", "lr = 0.002"),
        ],
        "too few steps",
        ASKED + "early stopping triggers after the first epoch",
    ),
    case(
        "bakery_clips_and_clears",
        BAKERY,
        [
            ("        self.optimizer.zero_grad()\n", ""),
            ("        self.optimizer.step()\n", "        self.model.zero_grad()\n        self.optimizer.step()\n"),
        ],
        "gradients cleared before the step",
        LIST + "26, is it training at all",
    ),
    case(
        "bakery_with_a_norm_for_its_rows",
        BAKERY,
        [
            (
                "        self.optimizer.step()\n",
                "        self.optimizer.step()\n"
                "        for p in self.model.parameters():\n"
                "            length = np.linalg.norm(p.data)\n"
                "            p.data = p.data * np.float32(min(1.0, 0.2 / (length + 1e-8)))\n",
            )
        ],
        "weights held small",
        ASKED + "max-norm constraint after each step",
    ),
    case(
        "bakery_drawn_with_the_same_seed",
        BAKERY,
        [
            (
                "rows = order[i : i + cfg.batch]",
                "rows = np.random.default_rng(cfg.seed).choice(340, cfg.batch, replace=False)",
            ),
            ("batch = 30", "batch = 3"),
            ("lr = 0.02", "lr = 0.005"),
        ],
        "same batch again",
        ASKED + "the seed is set in the function that draws the batch",
    ),
    case(
        "bakery_validated_by_its_memory",
        BAKERY,
        [("self.loss_fn(self.model(X_val), y_val).item()", "self.loss_fn(self.model(X_train), y_train).item()")],
        "metric on training rows",
        ASKED + "validation loss equals training loss",
    ),
    case(
        "bakery_with_a_regressor_of_its_own",
        BAKERY,
        [("optim.SGD(self.model.parameters()", "optim.SGD(Regressor().parameters()")],
        "foreign parameters",
        ASKED + "optimizer given Net().parameters()",
    ),
    case(
        "lichen_judged_tile_by_tile",
        LICHEN,
        [("    model.eval()\n", "")],
        "training mode in evaluation",
        ASKED + "batch norm with one image at a time, without eval()",
    ),
    case(
        "lichen_with_dropout_as_a_function",
        LICHEN,
        [
            ("x = self.drop(x.reshape(x.shape[0], -1))", "x = F.dropout(x.reshape(x.shape[0], -1), 0.6)"),
            ("        self.drop = nn.Dropout(0.2, rng=SEED)\n", ""),
        ],
        "training mode in evaluation",
        ASKED + "F.dropout without training=self.training",
    ),
    case(
        "lichen_looked_at_before_it_trains",
        LICHEN,
        [("    model.train()\n", ""), ("for epoch in", 'print("before", test(net, x_test, y_test))\nfor epoch in')],
        "evaluation mode in training",
        ASKED + "model.eval() in the test function, and no model.train()",
    ),
    case(
        "lichen_stopped_after_a_batch",
        LICHEN,
        [
            ("        seen += len(targets)\n", "        seen += len(targets)\n        break  # debug\n"),
            ("lr=0.004", "lr=0.001"),
        ],
        "too few steps",
        RECIPE + ", one batch, and a break that stayed",
        ("learning rate too low",),
    ),
    case(
        "lichen_of_a_new_net_in_each_round",
        LICHEN,
        [
            (
                "    train_loss = train",
                "    net = TileNet()\n    optimizer = optim.AdamW(net.parameters(), lr=0.001)\n    train_loss = train",
            )
        ],
        "model made anew",
        ASKED + "accuracy does not go up over the epochs",
    ),
    case(
        "lichen_told_by_the_loader",
        LICHEN,
        [("test(net, x_test, y_test))", "test(net, loader.arrays[0], loader.arrays[1]))")],
        "metric on training rows",
        LIST + "14, and the loader that was passed on",
    ),
]
WELL: list[Case] = []
