"""The tuning half: scripts of tram lines, chess clubs and power stations; each ends with an error on held rows."""

from __future__ import annotations

from collections.abc import Sequence

from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.pairs import ASKED, RECIPE

HEAD = """
import numpy as np
import nn, optim
from nn import functional as F
from autograd import Tensor, no_grad
import autograd as ag

rng = np.random.default_rng(SEED)
"""

# How late a tram is: a trainer, gradients of four batches added up, and the best weights kept.
TRAMS = (
    HEAD
    + """
hour, rain, stop = rng.uniform(0, 24, 440), rng.random(440), rng.integers(0, 12, 440)
rush = np.exp(-((hour - 8) ** 2) / 4) + np.exp(-((hour - 17) ** 2) / 6)
late = 4 * rush * (0.5 + rain) + 0.3 * stop + 0.3 * rng.normal(size=440)
x = np.stack([np.sin(hour * np.pi / 12), np.cos(hour * np.pi / 12), 2 * rain - 1, stop / 6 - 1], axis=1).astype(np.float32)
y = ((late - 3) / 2)[:, None].astype(np.float32)


class Trainer:
    def __init__(self, net, lr, accumulate):
        self.net, self.accumulate = net, accumulate
        self.optimizer = optim.SGD(net.parameters(), lr=lr, momentum=0.9)
        self.best, self.kept = float("inf"), net.state_dict()

    def batches(self, x, y, size=8):
        order = rng.permutation(len(x))
        for start in range(0, len(x), size):
            yield x[order[start : start + size]], y[order[start : start + size]]

    def epoch(self, x, y):
        self.net.train()
        self.optimizer.zero_grad()
        for i, (xb, yb) in enumerate(self.batches(x, y)):
            loss = F.mse_loss(self.net(xb), yb) / self.accumulate
            loss.backward()
            if (i + 1) % self.accumulate == 0:
                self.optimizer.step()
                self.optimizer.zero_grad()

    def validate(self, x, y):
        self.net.eval()
        with no_grad():
            return F.mse_loss(self.net(x), y).item()

    def fit(self, train, valid, epochs):
        for epoch in range(epochs):
            self.epoch(*train)
            error = self.validate(*valid)
            if error < 1.5 * self.best:
                self.best = min(error, self.best)
                self.kept = {k: np.array(v) for k, v in self.net.state_dict().items()}
            else:
                self.net.load_state_dict(self.kept)
            if epoch % 10 == 0:
                print(epoch, error)


net = nn.Sequential(nn.Linear(4, 32, rng=SEED), nn.Tanh(), nn.Linear(32, 32, rng=SEED + 1), nn.Tanh(), nn.Linear(32, 1, rng=SEED + 2))
trainer = Trainer(net, lr=0.02, accumulate=4)
trainer.fit((x[:320], y[:320]), (x[320:], y[320:]), 60)
held = trainer.validate(x[320:], y[320:])
print("held", held)
"""
)

# Chess: what is known of two players, and who won; a network gives each a strength.
CHESS = (
    HEAD
    + """
def play(count):
    a, b = rng.normal(size=(2, count, 6)).astype(np.float32)

    def strength(p):
        return 1.5 * np.tanh(p[:, 0] * 2) + p[:, 1] * p[:, 2] + 0.5 * p[:, 3]

    won = rng.random(count) < 1 / (1 + np.exp(-1.5 * (strength(a) - strength(b))))
    return np.where(won[:, None], a, b), np.where(won[:, None], b, a)


winners, losers = play(900)
test_winners, test_losers = play(400)
rating = nn.Sequential(nn.Linear(6, 32, rng=SEED), nn.ReLU(), nn.Linear(32, 1, rng=SEED + 1))
opt = optim.RMSprop(rating.parameters(), lr=0.003)


def game_loss(first, second):
    margin = rating(first) - rating(second)
    return F.softplus(-margin).mean()


for epoch in range(12):
    order = rng.permutation(900)
    for rows in np.array_split(order, 30):
        loss = game_loss(winners[rows], losers[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    with no_grad():
        margin = (rating(test_winners) - rating(test_losers)).numpy()
    held = float(np.logaddexp(0.0, -margin).mean())
    print(epoch, "log loss of held games", held, "right", (margin > 0).mean())
"""
)

# Tomorrow's load of a town from the last day's: a residual network, and a rate that rises over the first steps and then falls.
LOADS = (
    HEAD
    + """
t = np.arange(900)
season = np.sin(2 * np.pi * t / 24) + 0.5 * np.sin(2 * np.pi * t / 12 + 1) * np.sin(2 * np.pi * t / 168)
load = season + 0.04 * rng.normal(size=900)
load = ((load - load[:600].mean()) / load[:600].std()).astype(np.float32)
windows = np.stack([load[i : i + 24] for i in range(870)])
ahead = np.stack([load[i + 24 : i + 27] for i in range(870)])
train, test = slice(0, 600), slice(630, 870)


class Block(nn.Module):
    def __init__(self, width, seed):
        super().__init__()
        self.inner, self.outer = nn.Linear(width, width, rng=seed), nn.Linear(width, width, rng=seed + 1)

    def forward(self, h):
        return h + self.outer(F.gelu(self.inner(h)))


model = nn.Sequential(nn.Linear(24, 24, rng=SEED), Block(24, SEED + 1), Block(24, SEED + 3), nn.Linear(24, 3, rng=SEED + 5))
optimizer = optim.SGD(model.parameters(), lr=0.015, momentum=0.9)
total = 10 * 20
schedule = optim.lr_scheduler.LambdaLR(
    optimizer, lambda i: (i + 1) / 60 if i < 60 else 0.5 * (1 + np.cos(np.pi * min(1.0, (i - 60) / (total - 60))))
)


def train_batch(xb, yb):
    optimizer.zero_grad()
    loss = ((model(xb) - yb) ** 2).mean()
    loss.backward()
    optimizer.step()
    return loss.item()


for epoch in range(10):
    losses = []
    for rows in np.array_split(rng.permutation(600), 20):
        losses.append(train_batch(windows[train][rows], ahead[train][rows]))
        schedule.step()
    with no_grad():
        held = ((model(windows[test]).numpy() - ahead[test]) ** 2).mean()
    print(epoch, np.mean(losses), held)
"""
)

Change = tuple[str, str]


def case(name: str, text: str, changes: Sequence[Change], cause: str, source: str, also: tuple[str, ...] = ()) -> Case:
    """A script with some lines changed; the rest of it stays."""
    for old, new in changes:
        assert old in text, f"{name}: {old!r} is not in the script"
        text = text.replace(old, new)

    def make(seed: int) -> Setup:
        return Setup(script=text.replace("SEED", str(seed)))

    make.__name__ = name
    return Case(make, cause, source, also)


SICK: list[Case] = [
    case(
        "trams_many_batches_a_step",
        TRAMS,
        [("accumulate=4", "accumulate=64")],
        "step missing",
        ASKED + "gradient accumulation, more batches than an epoch has",
    ),
    case(
        "trams_back_to_the_kept_weights",
        TRAMS,
        [("if error < 1.5 * self.best:", "if error > 1.5 * self.best:")],
        "model made anew",
        ASKED + "restoring the best weights never improves",
    ),
    case(
        "trams_cleared_at_each_batch",
        TRAMS,
        [("            loss = F.mse", "            self.optimizer.zero_grad()\n            loss = F.mse")],
        "gradients cleared before the step",
        ASKED + "zero_grad inside the loop that accumulates",
        ("learning rate too low",),
    ),
    case(
        "chess_loser_first",
        CHESS,
        [("game_loss(winners[rows], losers[rows])", "game_loss(losers[rows], winners[rows])")],
        "loss maximised",
        ASKED + "RankNet, order of the arguments",
    ),
    case(
        "chess_margins_as_they_are",
        CHESS,
        [("F.softplus(-margin).mean()", "(-margin).mean()")],
        "loss unbounded",
        ASKED + "pairwise loss goes to minus infinity",
    ),
    case(
        "loads_warmed_up_by_the_epoch",
        LOADS,
        [("        schedule.step()\n    with", "    schedule.step()\n    with")],
        "scheduler out of order",
        ASKED + "warm-up written for steps, called once an epoch",
        ("learning rate too low",),
    ),
    case(
        "loads_with_an_optimizer_a_batch",
        LOADS,
        [
            (
                "    optimizer.zero_grad()",
                "    optimizer = optim.SGD(model.parameters(), lr=0.015, momentum=0.9)\n    optimizer.zero_grad()",
            )
        ],
        "optimizer made anew",
        ASKED + "optimizer inside the function that trains",
    ),
    case(
        "loads_added_up",
        LOADS,
        [("((model(xb) - yb) ** 2).mean()", "((model(xb) - yb) ** 2).sum()")],
        "loss summed",
        RECIPE,
        ("learning rate too high",),
    ),
]

WELL: list[Case] = [
    case("trams_well_trained", TRAMS, [], HEALTHY, "gradients of four batches added up"),
    case("chess_well_trained", CHESS, [], HEALTHY, "games whose end is half chance"),
]
