"""The tuning half: own loops whose cause is easily taken for another: weights held, L-BFGS, clipped values, accumulated batches."""

from __future__ import annotations

from tests.nn.health.corpus.case import HEALTHY, Case
from tests.nn.health.corpus.loops import Change
from tests.nn.health.corpus.loops import case as changed
from tests.nn.health.corpus.pairs import ASKED, LIST

RECIPE = "Karpathy, most common neural net mistakes (2018)"

# Flights: a number from mixed columns, batches by hand, and a line between backward and step.
FLIGHTS = """
import numpy as np
import nn
import optim

rng = np.random.default_rng(SEED)
n = 600
hour = rng.uniform(0, 24, n)
wind = rng.gamma(2.0, 1.0, n)
carrier = rng.integers(0, 5, n)
delay = 3.0 * np.sin(hour / 24 * 2 * np.pi) + wind * (carrier == 2) + 0.3 * rng.normal(size=n)
table = np.column_stack([(hour - 12) / 7, (wind - 2) / 1.4, np.eye(5)[carrier]]).astype("float32")
target = ((delay - delay.mean()) / delay.std()).astype("float32").reshape(-1, 1)
train, test = slice(0, 480), slice(480, n)

net = nn.Sequential(
    nn.Linear(7, 32, rng=SEED), nn.ReLU(), nn.Linear(32, 16, rng=SEED + 1), nn.ReLU(), nn.Linear(16, 1, rng=SEED + 2)
)
loss_fn = nn.MSELoss()
opt = optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
for epoch in range(25):
    for i in rng.permutation(480).reshape(-1, 32):
        opt.zero_grad()
        loss = loss_fn(net(table[i]), target[i])
        loss.backward()
        opt.step()
    print(epoch, loss.item(), loss_fn(net(table[test]), target[test]).item())
"""

# A small problem, and L-BFGS with its closure.
CLOSURE = """
import numpy as np
import nn
import optim

rng = np.random.default_rng(SEED)
t = rng.uniform(-3, 3, (200, 1)).astype("float32")
u = (np.sin(2 * t) + 0.1 * rng.normal(size=t.shape)).astype("float32")
curve = nn.Sequential(nn.Linear(1, 24, rng=SEED), nn.Tanh(), nn.Linear(24, 24, rng=SEED + 1), nn.Tanh(), nn.Linear(24, 1, rng=SEED + 2))
mse = nn.MSELoss()
solver = optim.LBFGS(curve.parameters(), lr=0.5, max_iter=10)


def closure():
    solver.zero_grad()
    error = mse(curve(t), u)
    error.backward()
    return error


for step in range(25):
    error = solver.step(closure)
    print(step, float(error))
"""

# A critic of pairs: embeddings, attention over a list, and parts in a class.
SHOPS = """
import numpy as np
import nn
import optim

rng = np.random.default_rng(SEED)
baskets = rng.integers(1, 40, (500, 6))
cheap = rng.integers(0, 2, 40)
label = (cheap[baskets].sum(axis=1) >= 3).astype("int64")


class Basket(nn.Module):
    def __init__(self):
        super().__init__()
        self.items = nn.Embedding(40, 12, rng=SEED)
        self.hidden = nn.Linear(12, 24, rng=SEED)
        self.out = nn.Linear(24, 2, rng=SEED + 1)

    def forward(self, items):
        h = self.items(items).sum(axis=1)
        h = nn.functional.relu(self.hidden(h))
        return self.out(h)


model = Basket()
optimizer = optim.Adam(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()
seen = 0
for epoch in range(12):
    for start in range(0, 400, 25):
        scores = model(baskets[start : start + 25])
        loss = criterion(scores, label[start : start + 25])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        seen += 1
    model.eval()
    right = (model(baskets[400:]).numpy().argmax(axis=1) == label[400:]).mean()
    model.train()
    print(epoch, loss.item(), right)
"""

# Signals, and a recurrent layer that is told where its batch stands.
HEART = """
import numpy as np
import nn
import optim

rng = np.random.default_rng(SEED)
kind = rng.integers(0, 2, 320)
phase = rng.uniform(0, 6, (320, 1))
speed = np.where(kind, 1.4, 0.7)[:, None]
beat = (np.sin(phase + speed * np.arange(18)) + 0.2 * rng.normal(size=(320, 18))).astype("float32")[:, :, None]
kind = kind.astype("float32")[:, None]


class Heart(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(1, 16, batch_first=True, rng=SEED)
        self.fc = nn.Linear(16, 1, rng=SEED)

    def forward(self, x):
        out, _ = self.rnn(x)
        return self.fc(out[:, -1])


model = Heart()
optimizer = optim.Adam(model.parameters(), lr=0.01)
criterion = nn.BCEWithLogitsLoss()
for epoch in range(20):
    for i in range(0, 320, 40):
        optimizer.zero_grad()
        loss = criterion(model(beat[i : i + 40]), kind[i : i + 40])
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
"""

STEP = "        opt.step()\n"


def held(bound: str) -> Change:
    line = f"        for p in net.parameters():\n            p.data = np.clip(p.data, -{bound}, {bound})\n"
    return (STEP, STEP + line)


def case(name: str, text: str, cause: str, source: str, *changes: Change, also: tuple[str, ...] = ()) -> Case:
    return changed(name, text, changes, cause, source, also)


SICK = [
    case("weights_held_at_1e_3", FLIGHTS, "weights held small", ASKED + "weight clipping as in a WGAN", held("1e-3")),
    case(
        "weights_held_after_the_epoch",
        FLIGHTS,
        "weights held small",
        ASKED + "weight clipping as in a WGAN",
        (
            "    print(epoch",
            "    for p in net.parameters():\n        p.data[...] = p.data.clip(-0.002, 0.002)\n    print(epoch",
        ),
    ),
    case(
        "values_clipped_to_1e_6",
        FLIGHTS,
        "clipping too tight",
        LIST + "34",
        (STEP, "        nn.utils.clip_grad_value_(net.parameters(), 1e-6)\n" + STEP),
    ),
    case("flights_at_1e_7", FLIGHTS, "learning rate too low", "CS231n", ("lr=0.05", "lr=1e-7")),
    case(
        "flights_decayed_each_batch",
        FLIGHTS,
        "rate decays too fast",
        ASKED + "scheduler.step() in the inner loop",
        ("for epoch in", "plan = optim.lr_scheduler.ExponentialLR(opt, gamma=0.7)\nfor epoch in"),
        (STEP, STEP + "        plan.step()\n"),
    ),
    case(
        "flights_in_minutes_and_metres",
        FLIGHTS,
        "inputs not scaled",
        LIST + "12",
        ("[(hour - 12) / 7, (wind - 2) / 1.4,", "[hour * 60, wind * 5000,"),
    ),
    case(
        "flights_with_wrong_delays",
        FLIGHTS,
        "noisy targets",
        LIST + "6",
        (
            "train, test =",
            "bad = np.flatnonzero(rng.random(480) < 0.5)\ntarget[bad] = rng.permutation(target[bad])\ntrain, test =",
        ),
    ),
    case(
        "curve_by_lines",
        CLOSURE,
        "no activation",
        ASKED + "L-BFGS stops at once",
        ("nn.Tanh(), ", ""),
    ),
    case(
        "closure_never_zeroed", CLOSURE, "gradients not zeroed", ASKED + "the closure", ("    solver.zero_grad()\n", "")
    ),
    case(
        "closure_without_backward",
        CLOSURE,
        "backward missing",
        ASKED + "the closure",
        ("    error.backward()\n", ""),
        also=("missing gradients",),
    ),
    case("curve_at_1e_6", CLOSURE, "learning rate too low", ASKED + "L-BFGS does not move", ("lr=0.5", "lr=1e-6")),
    case(
        "zeroed_once_in_an_epoch",
        SHOPS,
        "gradients not zeroed",
        RECIPE,
        ("        optimizer.zero_grad()\n", ""),
        ("    for start in", "    optimizer.zero_grad()\n    for start in"),
        ("optim.Adam(model.parameters(), lr=0.01)", "optim.SGD(model.parameters(), lr=0.3, momentum=0.9)"),
    ),
    case(
        "baskets_reshaped",
        SHOPS,
        "rows mixed",
        RECIPE + ": view in place of transpose",
        (
            "h = self.items(items).sum(axis=1)",
            "h = self.items(items).transpose(2, 1, 0).reshape(-1, 6, 12).sum(axis=1)",
        ),
    ),
    case(
        "hidden_layer_detached",
        SHOPS,
        "missing gradients",
        ASKED + "detach in forward",
        ("relu(self.hidden(h))", "relu(self.hidden(h)).detach()"),
    ),
    case(
        "labels_drawn_apart",
        SHOPS,
        "targets unrelated to inputs",
        LIST + "4",
        ("\n\nclass Basket", "\nrng.shuffle(label)\n\n\nclass Basket"),
    ),
    case("heart_batch_taken_for_time", HEART, "rows mixed", ASKED + "batch_first", ("batch_first=True, ", "")),
    case(
        "signals_of_tens_of_thousands",
        HEART,
        "inputs not scaled",
        LIST + "12",
        ('.astype("float32")[:, :, None]', '.astype("float32")[:, :, None] * 3000 + 20000'),
    ),
    case("heart_at_three", HEART, "learning rate too high", "CS231n", ("lr=0.01", "lr=3.0")),
    case(
        "heart_judged_with_dropout",
        HEART,
        "training mode in evaluation",
        ASKED + "dropout while judging",
        ("    print(epoch, loss.item())", "    print(epoch, ((model(beat).numpy() > 0) == kind).mean())"),
        ("return self.fc(out[:, -1])", "return self.fc(self.drop(out[:, -1]))"),
        ("        self.fc =", "        self.drop = nn.Dropout(0.4, rng=SEED)\n        self.fc ="),
        also=("metric on training rows",),
    ),
]
WELL = [
    case("flights_learned", FLIGHTS, HEALTHY, "the same kinds without their fault"),
    case("weights_held_at_four", FLIGHTS, HEALTHY, ASKED + "max-norm", held("4.0")),
    case(
        "values_clipped_to_one",
        FLIGHTS,
        HEALTHY,
        "the same kinds without their fault",
        (STEP, "        nn.utils.clip_grad_value_(net.parameters(), 1.0)\n" + STEP),
    ),
    case("closure_well_used", CLOSURE, HEALTHY, "the documentation of LBFGS"),
    case("baskets_learned", SHOPS, HEALTHY, "the same kinds without their fault"),
    case(
        "four_batches_a_step",
        SHOPS,
        HEALTHY,
        ASKED + "gradient accumulation",
        (
            "        optimizer.zero_grad()\n        loss.backward()\n        optimizer.step()\n        seen += 1\n",
            "        (loss / 4).backward()\n        seen += 1\n"
            "        if seen % 4 == 0:\n            optimizer.step()\n            optimizer.zero_grad()\n",
        ),
        ("lr=0.01", "lr=0.03"),
        ("range(12)", "range(20)"),
    ),
    case("heart_learned", HEART, HEALTHY, "the same kinds without their fault"),
]
