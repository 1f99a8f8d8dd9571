"""The tuning half: more loops of another round of the public lists; each text is the run as it went well."""

from __future__ import annotations

from tests.nn.health.corpus.case import HEALTHY, Case
from tests.nn.health.corpus.pairs import ASKED, BOOK, CS231N, LIST, RECIPE
from tests.nn.health.corpus.tuning_lists_layers import case

# How soft a cheese is: no modules, a velocity for each array, and a derivative that someone wrote down.
CHEESE = """
import numpy as np
import autograd as ag
from autograd import Tensor

rs = np.random.default_rng(SEED)
n = 420
fat, salt, weeks = rs.normal(size=n), rs.normal(size=n), rs.uniform(-1.7, 1.7, n)
soft = 0.7 * fat - 0.5 * salt * weeks + 0.6 * np.cos(2 * weeks) + 0.08 * rs.normal(size=n)
X = np.stack([fat, salt, weeks], 1)
Y = (soft - soft.mean()) / soft.std()
Xtr, Ytr, Xte, Yte = X[:340], Y[:340], X[340:], Y[340:]


def init(n_in, n_out):
    return Tensor(rs.normal(size=(n_in, n_out)) * np.sqrt(1.5 / n_in), requires_grad=True)


@ag.custom_vjp
def bent(z):
    return z / (1 + ag.abs(z))


bent.defvjp(lambda z: (z / (1 + np.abs(z)), z), lambda z, g: (g / (1 + np.abs(z)) ** 2,))

W1, W2, W3 = init(3, 30), init(30, 30), init(30, 1)
b1, b2, b3 = (Tensor(np.zeros(k), requires_grad=True) for k in (30, 30, 1))
theta = [W1, b1, W2, b2, W3, b3]
velocity = [np.zeros(p.shape) for p in theta]
rate, rho = 0.1, 0.9


def predict(X):
    h = bent(X @ W1 + b1)
    h = bent(h @ W2 + b2)
    return (h @ W3 + b3).reshape(-1)


def objective(rows):
    return ((predict(Xtr[rows]) - Ytr[rows]) ** 2).mean()


for it in range(900):
    rows = rs.integers(0, 340, 34)
    J = objective(rows)
    for p in theta:
        p.grad = None
    J.backward()
    for p, v in zip(theta, velocity):
        v *= rho
        v -= rate * p.grad
        p.data = p.data + v
    if it % 100 == 0:
        print(it, J.item())
print("test", ((predict(Xte).numpy() - Yte) ** 2).mean())
"""

# Sketches through a narrow middle: small groups of rows whose gradients are summed up before a step.
SKETCH = """
import numpy as np
import nn
import optim
from autograd import no_grad

g = np.random.default_rng(SEED)
grid = np.stack(np.meshgrid(np.linspace(-1, 1, 6), np.linspace(-1, 1, 6)), axis=-1)
place = g.uniform(-1, 1, (400, 1, 1, 2))
sketch = np.exp(-((grid - place) ** 2).sum(axis=-1) / 0.3).reshape(400, 36)
sketch = ((sketch - sketch.mean()) / sketch.std()).astype(np.float32)
known, other = sketch[:320], sketch[320:]


class Squeeze(nn.Module):
    def __init__(self, middle=3):
        super().__init__()
        self.down = nn.Sequential(nn.Linear(36, 24, rng=SEED), nn.BatchNorm1d(24), nn.ELU(), nn.Linear(24, middle, rng=SEED + 1))
        self.up = nn.Sequential(nn.Linear(middle, 24, rng=SEED + 2), nn.ELU(), nn.Linear(24, 36, rng=SEED + 3))

    def encode(self, x):
        return self.down(x)

    def forward(self, x):
        return self.up(self.encode(x))


auto = Squeeze()
criterion = nn.MSELoss()
adam = optim.AdamW(auto.parameters(), lr=0.01, weight_decay=1e-3)
plan = optim.lr_scheduler.PolynomialLR(adam, total_iters=25, power=1.0)
group, accumulate = 16, 2

for epoch in range(20):
    auto.train()
    groups = np.array_split(g.permutation(320), 320 // group)
    for number, rows in enumerate(groups, 1):
        loss = criterion(auto(known[rows]), known[rows]) / accumulate
        loss.backward()
        if number % accumulate == 0:
            adam.step()
            adam.zero_grad()
    plan.step()
    auto.eval()
    with no_grad():
        print(epoch, loss.item() * accumulate, criterion(auto(other), other).item())
"""

# Which of six moves a line of a dance asks for last: attention over tokens, a warm-up that counts its steps.
DANCE = """
import numpy as np
import nn
import optim
from autograd import no_grad
from nn import functional as F

rng = np.random.default_rng(SEED)
vocab, length, classes = 18, 8, 6
lines = rng.integers(0, vocab, (700, length))
loud = rng.integers(0, length, 700)
lines[np.arange(700), loud] = rng.integers(0, classes, 700)
lines[np.arange(length)[None] != loud[:, None]] = rng.integers(classes, vocab, 700 * (length - 1))
move = lines[np.arange(700), loud]
move = np.where(loud % 2 == 0, move, (move + 3) % classes)
train_set = (lines[:600], move[:600])
dev_set = (lines[600:], move[600:])


class Dancer(nn.Module):
    def __init__(self, dim=24):
        super().__init__()
        self.token = nn.Embedding(vocab, dim, rng=SEED)
        self.position = nn.Embedding(length, dim, rng=SEED + 1)
        self.block = nn.TransformerEncoderLayer(dim, 4, 48, dropout=0.0, batch_first=True, rng=SEED + 2)
        self.classify = nn.Linear(dim, classes, rng=SEED + 3)

    def forward(self, tokens):
        h = self.token(tokens) + self.position(np.arange(length))
        return self.classify(self.block(h).mean(axis=1))


model = Dancer()
optimizer = optim.Adam(model.parameters(), lr=0.006)
warmup = 40
scheduler = optim.lr_scheduler.LambdaLR(optimizer, lambda s: min((s + 1) / warmup, (warmup / (s + 1)) ** 0.5))


def run_epoch(data, training):
    tokens, labels = data
    model.train(training)
    total, right = 0.0, 0
    order = rng.permutation(len(tokens)) if training else np.arange(len(tokens))
    for start in range(0, len(tokens), 50):
        rows = order[start : start + 50]
        logits = model(tokens[rows])
        loss = F.cross_entropy(logits, labels[rows])
        if training:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()
        total += loss.item() * len(rows)
        right += int((logits.numpy().argmax(axis=1) == labels[rows]).sum())
    return total / len(tokens), right / len(tokens)


for epoch in range(14):
    train_loss, train_right = run_epoch(train_set, True)
    with no_grad():
        dev_loss, dev_right = run_epoch(dev_set, False)
    print(f"{epoch} train {train_loss:.3f} {train_right:.2f} dev {dev_loss:.3f} {dev_right:.2f}")
"""

SICK: list[Case] = [
    case(
        "cheese_with_a_velocity_that_never_ends",
        CHEESE,
        [("rate, rho = 0.1, 0.9", "rate, rho = 0.1, 0.9998")],
        "momentum too high",
        CS231N + ", momentum update",
    ),
    case(
        "cheese_bent_the_wrong_way",
        CHEESE,
        [("lambda z, g: (g / (1 + np.abs(z)) ** 2,)", "lambda z, g: (g * np.sign(z) / (1 + np.abs(z)) ** 2,)")],
        "wrong gradient",
        CS231N + ", gradient checks",
    ),
    case(
        "cheese_by_single_bites",
        CHEESE,
        [
            ("rs.integers(0, 340, 34)", "rs.integers(0, 340, 1)"),
            ("rate, rho = 0.1, 0.9", "rate, rho = 0.02, 0.85"),
            ("0.08 * rs.normal", "0.5 * rs.normal"),
        ],
        "batch too small",
        LIST + "11",
        ("learning rate too high",),
    ),
    case(
        "cheese_by_its_bias_of_the_mean",
        CHEESE,
        [("return ((predict(Xtr[rows]) - Ytr[rows]) ** 2).mean()", "return (predict(Xtr[rows]) - Ytr[rows]).mean()")],
        "loss unbounded",
        ASKED + "the square was forgotten, loss goes to minus infinity",
    ),
    case(
        "cheese_even_in_its_weeks",
        CHEESE,
        [
            (
                "    h = bent(X @ W1 + b1)\n    h = bent(h @ W2 + b2)\n    return (h @ W3 + b3)",
                "    h = bent(X @ W1)\n    h = bent(h @ W2)\n    return (h @ W3)",
            ),
            ("theta = [W1, b1, W2, b2, W3, b3]", "theta = [W1, W2, W3]"),
            ("0.7 * fat - 0.5 * salt * weeks", "0.7 * np.abs(fat) - 0.5 * salt * weeks"),
        ],
        "no bias",
        ASKED + "from scratch, without biases",
    ),
    case(
        "sketch_in_groups_of_two",
        SKETCH,
        [
            ("group, accumulate = 16, 2", "group, accumulate = 2, 16"),
            ("nn.Linear(36, 24, rng=SEED), nn.BatchNorm1d(24), nn.ELU(), ", "nn.Linear(36, 24, rng=SEED), nn.ELU(), "),
            ("nn.Linear(24, middle, rng=SEED + 1))", "nn.Linear(24, middle, rng=SEED + 1), nn.BatchNorm1d(middle))"),
        ],
        "normalisation of one row",
        ASKED + "gradient accumulation does not help batch norm",
    ),
    case(
        "sketch_planned_by_the_group",
        SKETCH,
        [
            ("            adam.zero_grad()\n", "            adam.zero_grad()\n        plan.step()\n"),
            ("    plan.step()\n    auto.eval()", "    auto.eval()"),
            ("total_iters=25", "total_iters=22"),
        ],
        "scheduler out of order",
        ASKED + "scheduler and gradient accumulation",
        ("rate decays too fast",),
    ),
    case(
        "sketch_with_a_graph_of_codes",
        SKETCH,
        [
            ("plan = optim", "usual = 0.0\nplan = optim"),
            (
                "        loss = criterion(auto(known[rows]), known[rows]) / accumulate\n",
                "        usual = 0.9 * usual + 0.1 * auto.encode(known[rows]).mean(axis=0)\n"
                "        loss = criterion(auto(known[rows]), known[rows]) / accumulate\n",
            ),
        ],
        "graph grows",
        ASKED + "moving average without detach",
    ),
    case(
        "sketch_of_its_own_copy",
        SKETCH,
        [
            (
                "criterion(auto(known[rows]), known[rows]) / accumulate",
                "criterion(auto(known[rows]), auto.up(auto.encode(known[rows]))) / accumulate",
            )
        ],
        "loss ignores targets",
        ASKED + "reconstruction loss of the reconstruction",
    ),
    case(
        "sketch_with_a_bad_pixel",
        SKETCH,
        [("known, other =", "sketch[g.choice(300, 4, replace=False), 17] = np.inf\nknown, other =")],
        "inputs not finite",
        LIST + "3",
        ("targets not finite",),
    ),
    case(
        "dance_warmed_up_by_the_epoch",
        DANCE,
        [
            ("            scheduler.step()\n", ""),
            ("    with no_grad():\n        dev_loss", "    scheduler.step()\n    with no_grad():\n        dev_loss"),
            ("warmup = 40", "warmup = 180"),
        ],
        "scheduler out of order",
        ASKED + "Noam warm-up, loss does not fall",
        ("learning rate too low",),
    ),
    case(
        "dance_with_a_new_adam_for_each_batch",
        DANCE,
        [
            (
                "        if training:\n            optimizer.zero",
                "        if training:\n            optimizer = optim.Adam(model.parameters(), lr=0.006)\n"
                "            scheduler = optim.lr_scheduler.LambdaLR("
                "optimizer, lambda s: min((s + 1) / warmup, (warmup / (s + 1)) ** 0.5))\n"
                "            optimizer.zero",
            )
        ],
        "optimizer made anew",
        ASKED + "the scheduler starts over",
    ),
    case(
        "dance_by_plain_steps_of_adams_length",
        DANCE,
        [("optim.Adam(model.parameters(), lr=0.006)", "optim.SGD(model.parameters(), lr=0.006)")],
        "learning rate too low",
        ASKED + "transformers and SGD",
        ("optimizer unfit",),
    ),
    case(
        "dance_stopped_after_one_round",
        DANCE,
        [("range(14)", "range(1)")],
        "too few steps",
        BOOK,
        ("learning rate too low",),
    ),
]
WELL: list[Case] = [
    case("cheese_as_it_should_be", CHEESE, [], HEALTHY, CS231N),
    case("sketch_as_it_should_be", SKETCH, [], HEALTHY, RECIPE),
    case("dance_as_it_should_be", DANCE, [], HEALTHY, RECIPE),
]
