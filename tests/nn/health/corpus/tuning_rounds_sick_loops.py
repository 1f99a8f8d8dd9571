"""The tuning half: loops of another round of the public lists; each text is the run as it went well."""

from __future__ import annotations

from tests.nn.health.corpus.case import HEALTHY, Case
from tests.nn.health.corpus.pairs import ASKED, CS231N, LIST, RECIPE
from tests.nn.health.corpus.tuning_lists_layers import case

# Which of four teas a leaf is of, by what a nose of sensors tells over time: filters, norm, dropout, and a test.
TEA = """
import numpy as np
import nn
import optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
N, SENSORS, TIME = 480, 5, 14
tea = rng.integers(0, 4, N)
shape = np.random.default_rng(3).normal(size=(4, SENSORS))
when = rng.integers(2, 10, N)
t = np.arange(TIME)
wave = np.exp(-0.5 * (t - when[:, None]) ** 2)
signal = 7.0 + 3.0 * shape[tea][:, :, None] * wave[:, None] + 1.6 * rng.normal(size=(N, SENSORS, TIME))
signal = signal.astype(np.float32)
train_x, train_y = signal[:384], tea[:384]
valid_x, valid_y = signal[384:], tea[384:]


class Nose(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm0 = nn.BatchNorm1d(SENSORS)
        self.conv = nn.Conv1d(SENSORS, 16, 3, padding=1, rng=SEED)
        self.norm = nn.BatchNorm1d(16)
        self.pool = nn.MaxPool1d(TIME)
        self.dropout = nn.Dropout(0.1, rng=SEED)
        self.fc = nn.Linear(16, 4, rng=SEED + 1)

    def forward(self, x):
        x = nn.functional.relu(self.norm(self.conv(self.norm0(x))))
        x = self.pool(x).reshape(len(x), 16)
        return self.fc(self.dropout(x))


model = Nose()
loss_function = nn.CrossEntropyLoss()
optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=6, gamma=0.5)


def accuracy(x, y):
    model.eval()
    with no_grad():
        scores = model(x).numpy()
    return float((scores.argmax(axis=1) == y).mean())


history = {"loss": [], "accuracy": [], "val_accuracy": []}
for epoch in range(12):
    model.train()
    losses = []
    for batch in np.array_split(rng.permutation(len(train_x)), 16):
        scores = model(train_x[batch])
        loss = loss_function(scores, train_y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    scheduler.step()
    history["loss"].append(np.mean(losses))
    history["accuracy"].append(accuracy(train_x, train_y))
    history["val_accuracy"].append(accuracy(valid_x, valid_y))
    print({name: round(float(values[-1]), 3) for name, values in history.items()})
"""

# How high a lake will stand after a week of rain: a cell that is called day by day.
LAKE = """
import numpy as np
import nn, optim
from autograd import Tensor, no_grad

rng = np.random.default_rng(SEED)
days, hidden_size, batch_size = 9, 14, 30
rain = rng.gamma(0.6, 1.5, (360, days)).astype("float32")
level = np.zeros(360)
for day in range(days):
    level = 0.85 * level + np.minimum(rain[:, day], 3.0) - 0.4
level = ((level - level.mean()) / level.std()).astype("float32")[:, None]
rain = (rain - 0.9) / 1.1
fit_rain, fit_level, new_rain, new_level = rain[:300], level[:300], rain[300:], level[300:]


class Lake(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.GRUCell(1, hidden_size, rng=SEED)
        self.out = nn.Linear(hidden_size, 1, rng=SEED + 1)

    def forward(self, rain):
        h = Tensor(np.zeros((len(rain), hidden_size), np.float32))
        for day in range(days):
            h = self.cell(rain[:, day : day + 1], h)
        return self.out(h)


net = Lake()
mse = nn.MSELoss()
opt = optim.RMSprop(net.parameters(), lr=0.01)


def train(rows):
    pred = net(fit_rain[rows])
    loss = mse(pred, fit_level[rows])
    opt.zero_grad()
    loss.backward()
    optim.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
    return loss.item()


smooth = 1.0
for epoch in range(15):
    order = rng.permutation(len(fit_rain))
    for i in range(0, len(order), batch_size):
        value = train(order[i : i + batch_size])
        smooth = 0.95 * smooth + 0.05 * value
    with no_grad():
        error = mse(net(new_rain), new_level).item()
    print(f"epoch {epoch}: smoothed {smooth:.3f}, new rows {error:.3f}")
"""

# Who bids at an auction: embeddings of bidders and lots, a class with callbacks, and the best weights kept.
AUCTION = """
import numpy as np
import nn
import optim
from autograd import no_grad

RNG = np.random.default_rng(SEED)
BIDDERS, LOTS = 40, 40
purse, worth = RNG.normal(size=(BIDDERS, 2)), RNG.normal(size=(LOTS, 2))
pairs = np.stack(np.divmod(RNG.permutation(BIDDERS * LOTS)[:1300], LOTS), axis=1)
bids = ((purse[pairs[:, 0]] * worth[pairs[:, 1]]).sum(axis=1) > 0.1).astype(np.float32)[:, None]


class Auction(nn.Module):
    def __init__(self):
        super().__init__()
        self.bidder = nn.Embedding(BIDDERS, 4, rng=SEED)
        self.lot = nn.Embedding(LOTS, 4, rng=SEED + 1)
        self.mlp = nn.Sequential(nn.Linear(12, 16, rng=SEED + 2), nn.Tanh(), nn.Linear(16, 1, rng=SEED + 3))

    def forward(self, pairs):
        a, b = self.bidder(pairs[:, 0]), self.lot(pairs[:, 1])
        import autograd as ag
        return self.mlp(ag.concatenate([a, b, a * b], axis=1))


class Learner:
    def __init__(self, model, train, valid, lr=0.02, batch=25):
        self.model, self.train_rows, self.valid_rows = model, train, valid
        self.lr, self.batch = lr, batch
        self.loss = nn.BCEWithLogitsLoss()
        self.opt = self.make_optimizer()
        self.best, self.kept = np.inf, None

    def make_optimizer(self):
        return optim.Adam(self.model.parameters(), lr=self.lr)

    def one_batch(self, x, y):
        loss = self.loss(self.model(x), y)
        loss.backward()
        self.opt.step()
        self.opt.zero_grad()
        return loss.item()

    def one_epoch(self):
        self.model.train()
        x, y = self.train_rows
        order = RNG.permutation(len(x))
        return np.mean([self.one_batch(x[i], y[i]) for i in np.split(order, len(order) // self.batch)])

    def validate(self):
        self.model.eval()
        x, y = self.valid_rows
        with no_grad():
            logits = self.model(x)
            return self.loss(logits, y).item(), float(((logits.numpy() > 0) == (y > 0.5)).mean())

    def fit(self, epochs):
        for epoch in range(epochs):
            loss = self.one_epoch()
            valid, right = self.validate()
            if valid < self.best:
                self.best, self.kept = valid, self.model.state_dict()
            print(f"{epoch:2d}  loss {loss:.3f}  valid {valid:.3f}  right {right:.2f}")


learner = Learner(Auction(), (pairs[:1100], bids[:1100]), (pairs[1100:], bids[1100:]))
learner.fit(15)
"""

SICK: list[Case] = [
    case(
        "tea_smelled_as_it_was_found",
        TEA,
        [
            ("    model.train()\n    losses", "    losses"),
            ("model = Nose()\n", "model = Nose()\nmodel.train(False)\n"),
            ("rng.normal(size=(N, SENSORS, TIME))\n", "rng.normal(size=(N, SENSORS, TIME))\nsignal = 60 * signal\n"),
        ],
        "evaluation mode in training",
        ASKED + "train(False) left in a script for inference",
        ("inputs not scaled",),
    ),
    case(
        "tea_with_an_accuracy_in_each_batch",
        TEA,
        [
            (
                "        scores = model(train_x[batch])",
                "        seen = accuracy(train_x[batch], train_y[batch])\n        scores = model(train_x[batch])",
            ),
            ("signal = 7.0 +", "signal = 900.0 +"),
        ],
        "evaluation mode in training",
        ASKED + "model.eval() in a metric function, never undone",
    ),
    case(
        "tea_with_averages_that_hardly_move",
        TEA,
        [
            ("nn.BatchNorm1d(SENSORS)", "nn.BatchNorm1d(SENSORS, momentum=0.0002)"),
            ("nn.BatchNorm1d(16)", "nn.BatchNorm1d(16, momentum=0.0002)"),
            ("signal = 7.0", "signal = 25.0"),
        ],
        "running statistics",
        ASKED + "val accuracy at chance while training accuracy is high",
    ),
    case(
        "tea_validated_by_what_it_was_fitted_to",
        TEA,
        [
            (
                'history["val_accuracy"].append(accuracy(valid_x, valid_y))',
                'history["val_accuracy"].append(accuracy(train_x, train_y))',
            )
        ],
        "metric on training rows",
        LIST + "14",
    ),
    case(
        "tea_with_a_step_of_the_schedule_for_each_batch",
        TEA,
        [
            ("        optimizer.step()\n", "        optimizer.step()\n        scheduler.step()\n"),
            ("    scheduler.step()\n    history", "    history"),
            ("step_size=6, gamma=0.5", "step_size=1, gamma=0.4"),
        ],
        "scheduler out of order",
        ASKED + "where to put scheduler.step()",
        ("rate decays too fast",),
    ),
    case(
        "tea_with_all_its_losses_in_one",
        TEA,
        [
            ("    losses = []\n    for batch", "    losses, seen = [], 0.0\n    for batch"),
            (
                "        losses.append(loss.item())",
                "        seen = seen + loss * len(batch)\n        losses.append(loss.item())",
            ),
        ],
        "graph grows",
        ASKED + "out of memory after some epochs",
    ),
    case(
        "tea_sniffed_leaf_by_leaf",
        TEA,
        [
            ("rng.permutation(len(train_x)), 16)", "rng.permutation(len(train_x)), 384)"),
            ("self.norm0 = nn.BatchNorm1d(SENSORS)", "self.norm0 = nn.Identity()"),
            ("self.norm = nn.BatchNorm1d(16)", "self.norm = nn.Identity()"),
            ("7.0 + ", ""),
        ],
        "batch too small",
        LIST + "11",
        ("learning rate too high",),
    ),
    case(
        "lake_with_its_losses_smoothed_as_tensors",
        LAKE,
        [("    return loss.item()\n", "    return loss\n"), ("smoothed {smooth:.3f}", "smoothed {smooth.item():.3f}")],
        "graph grows",
        ASKED + "exponential average of the loss, memory grows",
    ),
    case(
        "lake_with_an_optimizer_for_each_step",
        LAKE,
        [
            ("    pred = net", "    opt = optim.SGD(net.parameters(), lr=0.002, momentum=0.95)\n    pred = net"),
            ("optim.RMSprop(net.parameters(), lr=0.01)", "optim.SGD(net.parameters(), lr=0.002, momentum=0.95)"),
        ],
        "optimizer made anew",
        ASKED + "optimizer created inside of the train function",
    ),
    case(
        "lake_told_of_the_days_it_knows",
        LAKE,
        [("error = mse(net(new_rain), new_level)", "error = mse(net(fit_rain), fit_level)")],
        "metric on training rows",
        LIST + "14",
    ),
    case(
        "lake_with_weights_on_a_leash",
        LAKE,
        [
            (
                "    opt.step()\n",
                "    opt.step()\n    for p in net.parameters():\n        p.data = np.clip(p.data, -0.02, 0.02)\n",
            )
        ],
        "weights held small",
        ASKED + "weight clipping of a Wasserstein GAN, taken over",
    ),
    case(
        "lake_of_missing_gauges",
        LAKE,
        [
            ("level = np.zeros(360)\n", "rain[rng.choice(300, 3, replace=False), 4] = np.nan\nlevel = np.zeros(360)\n"),
            (
                "level = ((level - level.mean()) / level.std())",
                "level = np.nan_to_num(level)\nlevel = ((level - level.mean()) / level.std())",
            ),
        ],
        "inputs not finite",
        LIST + "34",
    ),
    case(
        "auction_with_bids_seen_before",
        AUCTION,
        [("bids = (", "known = RNG.integers(0, 1100, 200)\npairs[1100:] = pairs[known]\nbids = (")],
        "training rows in validation",
        LIST + "14",
    ),
    case(
        "auction_judged_by_its_own_bids",
        AUCTION,
        [("        x, y = self.valid_rows\n", "        x, y = self.train_rows\n")],
        "metric on training rows",
        ASKED + "validate() uses the training loader",
    ),
    case(
        "auction_on_short_strings",
        AUCTION,
        [
            (
                "        self.opt.zero_grad()\n",
                "        self.opt.zero_grad()\n        for w in self.model.parameters():\n"
                "            norm = np.sqrt((w.data**2).sum())\n"
                "            w.data = w.data * min(1.0, 0.1 / norm)\n",
            )
        ],
        "weights held small",
        ASKED + "max-norm constraint",
    ),
    case(
        "auction_of_its_own_opinion",
        AUCTION,
        [
            (
                "        loss = self.loss(self.model(x), y)\n        loss.backward()",
                "        logits = self.model(x)\n        y = (logits.numpy() > 0).astype(np.float32)\n"
                "        loss = self.loss(logits, y)\n        loss.backward()",
            )
        ],
        "loss ignores targets",
        ASKED + "pseudo labels overwrite the labels",
    ),
]
WELL: list[Case] = [
    case("tea_as_it_should_be", TEA, [], HEALTHY, RECIPE),
    case("lake_as_it_should_be", LAKE, [], HEALTHY, CS231N),
    case("auction_as_it_should_be", AUCTION, [], HEALTHY, RECIPE),
]
