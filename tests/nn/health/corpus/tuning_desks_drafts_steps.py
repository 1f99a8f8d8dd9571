"""The tuning half: programs of strangers whose optimizer or end is at fault; each text is the run as it goes well."""

from __future__ import annotations

from tests.nn.health.corpus.case import Case
from tests.nn.health.corpus.pairs import ASKED, BOOK
from tests.nn.health.corpus.tuning_rounds_sick_tables import mended
from tests.nn.health.corpus.tuning_workshops_loops import case

# Open, high, low and close of a day, and whether it was a good one for a certain way to trade.
CANDLES = """
import numpy as np
import nn
import optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
open_ = 2.0 * rng.normal(size=600)
change = 0.1 * rng.normal(size=600)
close = open_ + change
high = np.maximum(open_, close) + 0.1 * np.abs(rng.normal(size=600))
low = np.minimum(open_, close) - 0.1 * np.abs(rng.normal(size=600))
X = np.column_stack([open_, high, low, close])
X = ((X - X.mean(axis=0)) / X.std(axis=0)).astype(np.float32)
gain = change + 0.5 * (high + low - open_ - close)
y = ((gain - gain.mean()) / gain.std()).astype(np.float32)[:, None]
X_train, X_test, y_train, y_test = X[:480], X[480:], y[:480], y[480:]

model = nn.Sequential(nn.Linear(4, 24, rng=SEED), nn.ReLU(), nn.Linear(24, 1, rng=SEED + 1))
optimizer = optim.Adam(model.parameters(), lr=0.03)
history = []
for epoch in range(30):
    permutation = rng.permutation(480)
    for i in range(0, 480, 32):
        indices = permutation[i : i + 32]
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(X_train[indices]), y_train[indices])
        loss.backward()
        optimizer.step()
    with no_grad():
        history.append(nn.functional.mse_loss(model(X_test), y_test).item())
print(history)
"""

# Salt in the sea by L-BFGS, which is given a closure.
SALT = """
import numpy as np
import nn
import optim
from autograd import Tensor, no_grad

rng = np.random.default_rng(SEED)
place = rng.uniform(-2, 2, (500, 3))
salt = np.sin(1.5 * place[:, :1]) * np.cos(place[:, 1:2]) + 0.5 * place[:, 2:] + 0.25 * rng.normal(size=(500, 1))
place, salt = place.astype(np.float32), (salt / salt.std()).astype(np.float32)

model = nn.Sequential(nn.Linear(3, 24, rng=SEED), nn.Tanh(), nn.Linear(24, 1, rng=SEED + 1))
optimizer = optim.LBFGS(model.parameters(), lr=1.0, max_iter=20)
BATCH = 400
for epoch in range(8):
    order = rng.permutation(400)
    for start in range(0, 400, BATCH):
        x, y = Tensor(place[order[start : start + BATCH]]), Tensor(salt[order[start : start + BATCH]])

        def closure():
            optimizer.zero_grad()
            loss = ((model(x) - y) ** 2).mean()
            loss.backward()
            return loss

        loss = optimizer.step(closure)
    with no_grad():
        error = ((model(Tensor(place[400:])) - Tensor(salt[400:])) ** 2).mean()
    print(epoch, loss.item(), error.item())
"""

# Letters of a keyboard by how fingers move; a function that trains for an epoch.
KEYS = """
import numpy as np
import nn
import optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
key = rng.integers(0, 9, 630)
path = np.cumsum(np.random.default_rng(50).normal(size=(9, 6, 2)), axis=1)[key] + 0.5 * rng.normal(size=(630, 6, 2))
path = (path / 2).astype(np.float32)


class Keys(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(2, 24, batch_first=True, rng=SEED)
        self.fc = nn.Linear(24, 9, rng=SEED + 1)

    def forward(self, x):
        out, (h, c) = self.lstm(x)
        return self.fc(h[-1])


def train_epoch(model, loader, optimizer, criterion):
    model.train()
    total = 0.0
    for inputs, targets in loader:
        optimizer.zero_grad()
        loss = criterion(model(inputs), targets)
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total


def test(model):
    model.eval()
    with no_grad():
        return (model(path[500:]).numpy().argmax(axis=1) == key[500:]).mean()


model = Keys()
loader = nn.DataLoader(path[:500], key[:500], batch_size=20, shuffle=True, seed=SEED)
optimizer = optim.Adam(model.parameters(), lr=0.005)
criterion = nn.CrossEntropyLoss()
for epoch in range(12):
    print(epoch, train_epoch(model, loader, optimizer, criterion), test(model))
"""

SICK: list[Case] = [
    case("candles_by_plain_descent", CANDLES, [("optim.Adam(model.parameters(), lr=0.03)", "optim.SGD(model.parameters(), lr=0.05)")],
        "optimizer unfit", BOOK + ", ill conditioning; " + ASKED + "open, high, low and close as features"),
    case("salt_by_lbfgs_of_few_rows", SALT, [("BATCH = 400", "BATCH = 20")],
        "optimizer unfit", ASKED + "LBFGS with mini-batches, loss goes to nan"),
    case("keys_that_return_after_a_batch", KEYS, [("        total += loss.item()\n    return total",
        "        total += loss.item()\n        return total")],
        "too few steps", ASKED + "return inside of the loop over batches"),
]  # fmt: skip
WELL: list[Case] = [Case(mended(case.make), "healthy", case.source) for case in SICK]
