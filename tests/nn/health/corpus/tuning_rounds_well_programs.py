"""The tuning half: longer programs that are fine: options, a class that trains, growing rows, weights cut off, the library's fit."""

from __future__ import annotations

from tests.nn.health.corpus.case import HEALTHY, Case
from tests.nn.health.corpus.loops import case
from tests.nn.health.corpus.pairs import ASKED

# Options, a dataclass, a logger and a main.
OPTIONS = """
import argparse
import logging
from dataclasses import dataclass

import numpy as np
import nn
import optim
from autograd import no_grad

log = logging.getLogger("train")


@dataclass
class Config:
    width: int = 48
    lr: float = 0.003
    epochs: int = 20
    batch: int = 32
    decay: float = 1e-4


def make_data(seed, n=700):
    rng = np.random.default_rng(seed)
    grade = rng.integers(0, 7, n)
    texture = np.random.default_rng(77).normal(size=(7, 14))[grade] + 0.75 * rng.normal(size=(n, 14))
    return texture.astype(np.float32), grade


class Net(nn.Module):
    def __init__(self, cfg, seed):
        super().__init__()
        rng = np.random.default_rng(seed)
        self.fc1, self.ln = nn.Linear(14, cfg.width, rng=rng), nn.LayerNorm(cfg.width)
        self.fc2, self.fc3 = nn.Linear(cfg.width, cfg.width, rng=rng), nn.Linear(cfg.width, 7, rng=rng)

    def forward(self, x):
        h = nn.functional.gelu(self.ln(self.fc1(x)))
        return self.fc3(h + nn.functional.gelu(self.fc2(h)))


def train(cfg, seed):
    x, y = make_data(seed)
    loader = nn.DataLoader(x[:560], y[:560], batch_size=cfg.batch, shuffle=True, seed=seed)
    model = Net(cfg, seed)
    optimizer = optim.AdamW(model.parameters(), lr=cfg.lr, weight_decay=cfg.decay)
    criterion = nn.CrossEntropyLoss()
    total = cfg.epochs * len(loader)
    step = 0
    for epoch in range(cfg.epochs):
        for xb, yb in loader:
            warm = min(1.0, (step + 1) / 40)
            for group in optimizer.param_groups:
                group["lr"] = cfg.lr * warm * 0.5 * (1 + np.cos(np.pi * step / total))
            optimizer.zero_grad()
            loss = criterion(model(xb), yb)
            loss.backward()
            optim.clip_grad_norm_(model.parameters(), 5.0)
            optimizer.step()
            step += 1
        with no_grad():
            accuracy = (model(x[560:]).numpy().argmax(1) == y[560:]).mean()
        log.info("epoch %d loss %.3f accuracy %.3f", epoch, loss.item(), accuracy)
    return accuracy


def main(argv=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--epochs", type=int, default=20)
    args = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO)
    return train(Config(epochs=args.epochs), args.seed)


if __name__ == "__main__":
    result = main([])
    print(result)
"""

# A class that trains, with hooks for what happens after an epoch.
LEARNER = """
import numpy as np
import nn, optim
from autograd import no_grad


class Hook:
    def after_epoch(self, learner):
        pass


class Tell(Hook):
    def after_epoch(self, learner):
        print(learner.epoch, learner.losses[-1], learner.validate())


class Slower(Hook):
    def after_epoch(self, learner):
        if learner.epoch in (12, 18):
            for group in learner.optimizer.param_groups:
                group["lr"] *= 0.3


class Learner:
    def __init__(self, model, optimizer, loss, train, valid, hooks=()):
        self.model, self.optimizer, self.loss = model, optimizer, loss
        self.train_data, self.valid_data, self.hooks = train, valid, hooks
        self.losses, self.epoch = [], 0

    def one_batch(self, x, y):
        self.optimizer.zero_grad()
        loss = self.loss(self.model(x), y)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def validate(self):
        self.model.eval()
        x, y = self.valid_data
        with no_grad():
            return (self.model(x).numpy().argmax(1) == y).mean()

    def fit(self, epochs):
        for self.epoch in range(epochs):
            self.model.train()
            self.losses.append(np.mean([self.one_batch(x, y) for x, y in self.train_data]))
            for hook in self.hooks:
                hook.after_epoch(self)


rng = np.random.default_rng(SEED)
stem = rng.integers(0, 4, 440)
grid = np.random.default_rng(12).normal(size=(4, 1, 9, 9))
pictures = (grid[stem] + 1.1 * rng.normal(size=(440, 1, 9, 9))).astype(np.float32)
model = nn.Sequential(
    nn.Conv2d(1, 8, 3, rng=SEED), nn.BatchNorm2d(8), nn.ReLU(), nn.AvgPool2d(2), nn.Flatten(),
    nn.Dropout(0.2, rng=SEED), nn.Linear(72, 4, rng=SEED + 1),
)
loader = nn.DataLoader(pictures[:340], stem[:340], batch_size=20, shuffle=True, seed=SEED)
learner = Learner(
    model, optim.SGD(model.parameters(), lr=0.05, momentum=0.9), nn.CrossEntropyLoss(), loader,
    (pictures[340:], stem[340:]), [Tell(), Slower()],
)
learner.fit(22)
"""

# Short rows first, and longer ones later: what the running count of a row is.
LONGER = """
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)


def rows(n, length):
    steps = rng.choice([-1.0, 0.0, 1.0], (n, length, 1)).astype(np.float32)
    return steps, (steps.sum(axis=1) / 3.0).astype(np.float32)


class Count(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(1, 16, batch_first=True, rng=SEED)
        self.out = nn.Linear(16, 1, rng=SEED + 1)

    def forward(self, x):
        return self.out(self.rnn(x)[0][:, -1])


model = Count()
optimizer = optim.Adam(model.parameters(), lr=0.01)
mse = nn.MSELoss()
for length in (3, 6, 10, 14):
    x, y = rows(256, length)
    for epoch in range(6):
        for idx in np.array_split(rng.permutation(256), 16):
            optimizer.zero_grad()
            loss = mse(model(x[idx]), y[idx])
            loss.backward()
            optim.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
    print("length", length, "loss", loss.item())
x, y = rows(200, 14)
with no_grad():
    held = mse(model(x), y).item()
print("new rows", held, "constant", y.var())
"""

# Half of the weights are cut off after a first training, and the others go on.
PRUNED = """
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
x = rng.normal(size=(560, 10)).astype(np.float32)
y = np.maximum(x[:, 0], 0) - 0.8 * x[:, 3] + 0.5 * np.abs(x[:, 6]) + 0.1 * rng.normal(size=560)
y = ((y - y.mean()) / y.std()).astype(np.float32)[:, None]
net = nn.Sequential(nn.Linear(10, 48, rng=SEED), nn.ReLU(), nn.Linear(48, 1, rng=SEED + 1))
opt = optim.Adam(net.parameters(), lr=0.005)
masks = {}


def epochs(n):
    for _ in range(n):
        for rows in np.array_split(rng.permutation(440), 22):
            loss = ((net(x[rows]) - y[rows]) ** 2).mean()
            opt.zero_grad()
            loss.backward()
            opt.step()
            for p, mask in masks.items():
                p.data *= mask
    with no_grad():
        return ((net(x[440:]).numpy() - y[440:]) ** 2).mean()


print("dense", epochs(20))
for p in net.parameters():
    if p.ndim == 2:
        masks[p] = (np.abs(p.data) > np.quantile(np.abs(p.data), 0.5)).astype(np.float32)
print("half of it", epochs(15))
"""

# Everything by the library's own fit.
FITTED = """
import numpy as np
import nn
import optim

rng = np.random.default_rng(SEED)
speed, wind, mass = rng.uniform(0, 1, (3, 500))
far = speed**2 * 3 - 1.2 * wind * mass + 0.1 * rng.normal(size=500)
X = (np.column_stack([speed, wind, mass]) * 3.4 - 1.7).astype(np.float32)
y = ((far - far.mean()) / far.std()).astype(np.float32)[:, None]
model = nn.Sequential(nn.Linear(3, 32, rng=SEED), nn.ReLU(), nn.Linear(32, 1, rng=SEED + 1))
history = nn.fit(
    model, (X[:400], y[:400]), validation=(X[400:], y[400:]), loss=nn.MSELoss(), optimizer=optim.Adam(model.parameters(), lr=0.01),
    epochs=30, batch_size=25, patience=8, progress=False,
)
print(history)
"""

WELL: list[Case] = [
    case("options_and_a_main", OPTIONS, [], HEALTHY, ASKED + "warm-up and cosine by hand"),
    case("learner_with_hooks", LEARNER, [], HEALTHY, ASKED + "a trainer of one's own"),
    case("longer_and_longer", LONGER, [], HEALTHY, ASKED + "curriculum over lengths"),
    case("half_of_the_weights_cut", PRUNED, [], HEALTHY, ASKED + "magnitude pruning and fine-tuning"),
    case("throws_by_the_library", FITTED, [], HEALTHY, "the library's own fit"),
]
SICK: list[Case] = []
