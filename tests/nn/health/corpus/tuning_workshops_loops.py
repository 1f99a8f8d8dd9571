"""The tuning half: scripts of people of many trades, with one line at fault, which ends with an error on held rows."""

from __future__ import annotations

from collections.abc import Sequence

from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.pairs import ASKED, BOOK, CS231N, LIST, RECIPE

HEAD = """
import numpy as np
import nn, optim
from nn import functional as F
from autograd import Tensor, no_grad
import autograd as ag

rng = np.random.default_rng(SEED)
"""

# A keyboard: letters of words, one after another, and which comes next.
LETTERS = (
    HEAD
    + """
text = []
words = [[1, 2, 3], [4, 5, 6, 7], [8, 2, 9], [3, 5, 8, 10]]
while len(text) < 900:
    text += [*words[rng.integers(0, 4)], 0]
text = np.array(text[:900])
context = np.stack([text[i : i + 5] for i in range(890)])
following = text[5:895]


class Speller(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(11, 6, rng=SEED)
        self.hidden = nn.Linear(30, 40, rng=SEED + 1)
        self.out = nn.Linear(40, 11, rng=SEED + 2)

    def forward(self, idx):
        e = self.embed(idx).reshape(len(idx), -1)
        return self.out(ag.tanh(self.hidden(e)))


model = Speller()
opt = optim.Adam(model.parameters(), lr=0.01)
for step in range(300):
    ix = rng.integers(0, 700, 32)
    logits = model(context[ix])
    loss = F.cross_entropy(logits, following[ix])
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 100 == 0:
        print(step, loss.item())
with no_grad():
    held = (model(context[700:]).numpy().argmax(axis=1) != following[700:]).mean()
print("held", held)
"""
)

# A workshop's machines: several numbers at once, weights and gradients without an optimizer of the library.
MACHINES = (
    HEAD
    + """
load = rng.normal(size=(360, 3)).astype(np.float32)
state = np.stack([np.tanh(load[:, 0] * load[:, 1]), np.abs(load[:, 2]), load[:, 0] - load[:, 1]], axis=1).astype(np.float32)


def layer(n, m):
    return [Tensor((rng.normal(size=(n, m)) * (1.5 / n) ** 0.5).astype(np.float32), requires_grad=True),
            Tensor(np.zeros(m, np.float32), requires_grad=True)]


params = [*layer(3, 32), *layer(32, 32), *layer(32, 3)]


def forward(x):
    h = ag.relu(x @ params[0] + params[1])
    h = ag.relu(h @ params[2] + params[3])
    return h @ params[4] + params[5]


velocity = [np.zeros(p.shape, np.float32) for p in params]
for epoch in range(60):
    for start in range(0, 300, 30):
        pred = forward(Tensor(load[start : start + 30]))
        loss = ((pred - Tensor(state[start : start + 30])) ** 2).mean()
        for p in params:
            p.zero_grad()
        loss.backward()
        for p, v in zip(params, velocity):
            v *= 0.9
            v -= 0.02 * p.grad
            p.data = p.data + v
held = float(((forward(Tensor(load[300:])).numpy() - state[300:]) ** 2).mean())
print("held", held)
"""
)

# A biologist's cells: pictures, a convolution with a residual, a loader and a schedule.
CELLS = (
    HEAD
    + """
grid = np.arange(10)
kind = rng.integers(0, 3, 480)
far = (grid[None, :, None] - rng.integers(3, 7, (480, 1, 1))) ** 2 + (grid[None, None] - rng.integers(3, 7, (480, 1, 1))) ** 2
pixels = np.select([kind[:, None, None] == 0, kind[:, None, None] == 1], [far < 5, (far > 3) & (far < 11)], (far == 1) | (far == 8))
pictures = (1.5 * pixels + 0.3 * rng.normal(size=far.shape))[:, None].astype(np.float32)


class Cells(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 8, 3, padding=1, rng=SEED)
        self.block = nn.Conv2d(8, 8, 3, padding=1, rng=SEED + 1)
        self.pool = nn.MaxPool2d(5)
        self.drop = nn.Dropout(0.1, rng=SEED)
        self.head = nn.Linear(32, 3, rng=SEED + 2)

    def forward(self, x):
        h = F.relu(self.stem(x))
        h = h + F.relu(self.block(h))
        return self.head(self.drop(self.pool(h).reshape(len(x), -1)))


net = Cells()
loader = nn.DataLoader(pictures[:384], kind[:384], batch_size=24, shuffle=True, seed=SEED)
optimizer = optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
schedule = optim.lr_scheduler.StepLR(optimizer, step_size=5, gamma=0.5)
for epoch in range(10):
    net.train()
    for xb, yb in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(net(xb), yb)
        loss.backward()
        optimizer.step()
    schedule.step()
net.eval()
with no_grad():
    answers = net(pictures[384:]).numpy().argmax(axis=1)
held = (answers != kind[384:]).mean()
print("held", held)
"""
)

# A nurse's night: series of a heart and a breath of many lengths, zeros behind, and two numbers.
NIGHT = (
    HEAD
    + """
lengths = rng.integers(3, 10, 300)
series = np.zeros((300, 20, 2), np.float32)
answer = np.zeros((300, 2), np.float32)
for i, n in enumerate(lengths):
    series[i, :n] = rng.normal(size=(n, 2))
    answer[i] = [series[i, n - 1, 0], series[i, n - 1, 1] - series[i, n - 2, 1]]


class Watch(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(2, 16, batch_first=True, rng=SEED)
        self.fc = nn.Linear(16, 2, rng=SEED + 1)

    def forward(self, x, n):
        out, _ = self.rnn(x)
        return self.fc(out[np.arange(len(x)), n - 1])


model = Watch()
optimizer = optim.RMSprop(model.parameters(), lr=0.01)
for epoch in range(8):
    order = rng.permutation(240)
    for k in range(0, 240, 30):
        rows = order[k : k + 30]
        optimizer.zero_grad()
        loss = F.mse_loss(model(series[rows], lengths[rows]), answer[rows])
        loss.backward()
        optimizer.step()
with no_grad():
    held = float(((model(series[240:], lengths[240:]).numpy() - answer[240:]) ** 2).mean())
print("held", held)
"""
)


Change = tuple[str, str]


def case(name: str, text: str, changes: Sequence[Change], cause: str, source: str, also: tuple[str, ...] = ()) -> Case:
    """A script with some lines changed; `well=True` gives it as it was."""
    sick = text
    for old, new in changes:
        assert old in sick, f"{name}: {old!r} is not in the script"
        sick = sick.replace(old, new)

    def make(seed: int, well: bool = False) -> Setup:
        return Setup(script=(text if well else sick).replace("SEED", str(seed)))

    make.__name__ = name
    return Case(make, cause, source, also)


SICK: list[Case] = [
    case("speller_of_another_text", LETTERS, [("following = text[5:895]", "following = rng.permutation(text[5:895])")],
        "targets unrelated to inputs", LIST + "4"),
    case("speller_that_forgets_its_letters", LETTERS, [
        ("e = self.embed(idx).reshape(len(idx), -1)", "looked = self.embed(idx)\n        e = Tensor(np.zeros((len(idx), 30), np.float32))"),
    ], "inputs unused", RECIPE),
    case("speller_without_places", LETTERS, [
        ("self.hidden = nn.Linear(30, 40, rng=SEED + 1)", "self.hidden = nn.Linear(6, 40, rng=SEED + 1)"),
        ("e = self.embed(idx).reshape(len(idx), -1)", "e = self.embed(idx).mean(axis=1)"),
    ], "order ignored", ASKED + "a bag of letters as a language model"),
    case("machines_begun_with_one_number", MACHINES, [("(rng.normal(size=(n, m)) * (1.5 / n) ** 0.5)", "(0.2 * np.ones((n, m)))")],
        "identical units", CS231N),
    case("machines_begun_with_deviation_three", MACHINES, [("(1.5 / n) ** 0.5", "3.0")], "exploding gradients", BOOK),
    case("machines_with_a_rectified_answer", MACHINES, [("return h @ params[4] + params[5]", "return ag.relu(h @ params[4] + params[5])")],
        "output range", ASKED + "ReLU behind the last layer"),
    case("machines_of_products_only", MACHINES, [
        ("h = ag.relu(x @ params[0] + params[1])", "h = x @ params[0] + params[1]"),
        ("h = ag.relu(h @ params[2] + params[3])", "h = h @ params[2] + params[3]"),
    ], "no activation", CS231N),
    case("machines_with_own_decay", MACHINES, [("v -= 0.02 * p.grad", "v -= 0.02 * (p.grad + 0.3 * p.data)")],
        "too much weight decay", BOOK),
    case("cells_sorted_by_kind", CELLS, [
        ("kind = rng.integers(0, 3, 480)", "kind = np.concatenate([np.sort(rng.integers(0, 3, 384)), rng.integers(0, 3, 96)])"),
        ("shuffle=True", "shuffle=False"),
    ], "rows not shuffled", LIST + "7"),
    case("cells_dropped_nearly_all", CELLS, [("nn.Dropout(0.1, rng=SEED)", "nn.Dropout(0.96, rng=SEED)")],
        "too much dropout", ASKED + "keep probability taken for dropout"),
    case("cells_in_bytes_at_test", CELLS, [("answers = net(pictures[384:])", "answers = net((pictures[384:] * 60 + 90))")],
        "validation differs", ASKED + "test pictures not scaled"),
    case("night_read_to_the_last_column", NIGHT, [("out[np.arange(len(x)), n - 1]", "out[:, -1]")],
        "padding not masked", ASKED + "last state of padded sequences"),
    case("night_in_millivolts", NIGHT, [
        ("series[i, :n] = rng.normal(size=(n, 2))", "series[i, :n] = rng.normal(size=(n, 2)) * [400.0, 900.0] + [5000.0, 9000.0]"),
        ("answer[i] = [series[i, n - 1, 0], series[i, n - 1, 1] - series[i, n - 2, 1]]",
         "answer[i] = [(series[i, n - 1, 0] - 5000) / 400, (series[i, n - 1, 1] - series[i, n - 2, 1]) / 900]"),
    ], "inputs not scaled", CS231N),
    case("night_of_one_hidden_number", NIGHT, [
        ("nn.GRU(2, 16,", "nn.GRU(2, 1,"), ("nn.Linear(16, 2,", "nn.Linear(1, 2,"),
    ], "network too small", BOOK),
]  # fmt: skip
WELL: list[Case] = [
    case("speller_as_it_was", LETTERS, [], HEALTHY, "a small language model by embeddings and a hidden layer"),
    case("machines_as_they_were", MACHINES, [], HEALTHY, "weights and momentum by hand, rows in their order, which is of no kind"),
    case("cells_as_they_were", CELLS, [], HEALTHY, "residual block, schedule and dropout"),
    case("night_as_it_was", NIGHT, [], HEALTHY, "the state at each row's own end"),
]  # fmt: skip
