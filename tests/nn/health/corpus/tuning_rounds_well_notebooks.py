"""The tuning half: notebooks that are fine: cells, baselines, searches, curves over rows; two with a fault."""

from __future__ import annotations

from tests.nn.health.corpus.case import HEALTHY, Case
from tests.nn.health.corpus.loops import case
from tests.nn.health.corpus.pairs import ASKED, BOOK, LIST, RECIPE

# A notebook as nbconvert gives it, about a table in a string.
CELLS = """
#!/usr/bin/env python
# coding: utf-8

# # Wie lange haelt der Akku?
# Erst ein Blick auf die Daten, dann ein kleines Netz.

# In[1]:


import csv, io
import numpy as np
import nn, optim
from autograd import Tensor, no_grad

np.random.seed(SEED)


# In[2]:


buffer = io.StringIO()
writer = csv.writer(buffer)
writer.writerow(["brand", "age", "cycles", "cold", "minutes"])
for _ in range(480):
    brand = np.random.choice(["alva", "bora", "cima"])
    age, cycles, cold = np.random.uniform(0, 5), np.random.uniform(50, 900), np.random.rand() < 0.3
    minutes = {"alva": 420, "bora": 360, "cima": 500}[brand] - 25 * age - 0.2 * cycles * (1 + cold) + 20 * np.random.randn()
    writer.writerow([brand, f"{age:.2f}", f"{cycles:.0f}", int(cold), f"{minutes:.1f}"])
buffer.seek(0)
rows = list(csv.DictReader(buffer))
rows[:3]


# In[3]:


brands = sorted({r["brand"] for r in rows})
X = np.array([[*(float(r["brand"] == b) for b in brands), float(r["age"]), float(r["cycles"]), float(r["cold"])] for r in rows])
y = np.array([float(r["minutes"]) for r in rows])
n_train = 380
X_mean, X_std = X[:n_train].mean(0), X[:n_train].std(0)
y_mean, y_std = y[:n_train].mean(), y[:n_train].std()
Xs = ((X - X_mean) / X_std).astype("float32")
ys = ((y - y_mean) / y_std).astype("float32")[:, None]
Xs.shape, ys.shape


# In[4]:


model = nn.Sequential(nn.Linear(6, 32, rng=SEED), nn.ReLU(), nn.Linear(32, 1, rng=SEED + 1))
opt = optim.Adam(model.parameters(), lr=0.01)
history = []


# In[5]:


for epoch in range(30):
    perm = np.random.permutation(n_train)
    for k in range(0, n_train, 38):
        xb, yb = Tensor(Xs[perm[k : k + 38]]), Tensor(ys[perm[k : k + 38]])
        loss = nn.functional.mse_loss(model(xb), yb)
        opt.zero_grad()
        loss.backward()
        opt.step()
    history.append(loss.item())
history[-3:]


# In[6]:


with no_grad():
    minutes = model(Tensor(Xs[n_train:])).numpy()[:, 0] * y_std + y_mean
print("mittlerer Fehler in Minuten:", np.abs(minutes - y[n_train:]).mean())
"""

# First a straight line for comparison, which cannot do it, and then a network.
BASELINE = """
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
place = rng.uniform(-1.6, 1.6, (520, 2)).astype(np.float32)
inside = (np.linalg.norm(place, axis=1) < 1.2).astype(np.float32)[:, None]
x_train, y_train, x_test, y_test = place[:400], inside[:400], place[400:], inside[400:]


def fit(model, lr, epochs):
    opt = optim.Adam(model.parameters(), lr=lr)
    loss_fn = nn.BCEWithLogitsLoss()
    for _ in range(epochs):
        for rows in np.array_split(rng.permutation(400), 16):
            opt.zero_grad()
            loss = loss_fn(model(x_train[rows]), y_train[rows])
            loss.backward()
            opt.step()
    with no_grad():
        return ((model(x_test).numpy() > 0) == (y_test > 0)).mean()


print("constant", max(y_test.mean(), 1 - y_test.mean()))
logistic = nn.Linear(2, 1, rng=SEED)
print("logistic regression", fit(logistic, 0.05, 15))
network = nn.Sequential(nn.Linear(2, 24, rng=SEED), nn.ReLU(), nn.Linear(24, 1, rng=SEED + 1))
print("network", fit(network, 0.02, 25))
"""

# A grid of rates, of which some are of no use, and the best once more on all rows but the test's.
GRID = """
import numpy as np
import nn, optim
from nn import functional as F
from autograd import no_grad

rng = np.random.default_rng(SEED)
x = rng.normal(size=(600, 6)).astype(np.float32)
y = (x[:, :1] * np.tanh(x[:, 1:2]) + 0.5 * x[:, 2:3] + 0.2 * rng.normal(size=(600, 1))).astype(np.float32)
train, valid, test = np.split(rng.permutation(600), [380, 490])


def train_model(rate, rows, epochs=30):
    model = nn.Sequential(nn.Linear(6, 32, rng=SEED), nn.Tanh(), nn.Linear(32, 1, rng=SEED + 1))
    optimizer = optim.SGD(model.parameters(), lr=rate, momentum=0.9)
    for epoch in range(epochs):
        for batch in np.array_split(rng.permutation(rows), len(rows) // 20):
            optimizer.zero_grad()
            loss = F.mse_loss(model(x[batch]), y[batch])
            loss.backward()
            optimizer.step()
    return model


results = {}
for rate in (1e-4, 1e-3, 1e-2, 5e-2):
    candidate = train_model(rate, train)
    with no_grad():
        results[rate] = F.mse_loss(candidate(x[valid]), y[valid]).item()
    print(rate, results[rate])
best = min(results, key=results.get)
final = train_model(best, np.concatenate([train, valid]))
with no_grad():
    print("test", F.mse_loss(final(x[test]), y[test]).item())
"""

# More and more rows: where few are, it learns them by heart, and where all are it is well.
CURVE = """
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
x = rng.normal(size=(700, 12)).astype(np.float32)
y = (x[:, 0] + x[:, 1] - x[:, 2] + 0.3 * x[:, 3] > 0).astype(int)
x_test, y_test = x[500:], y[500:]
for count in (25, 100, 500):
    net = nn.Sequential(nn.Linear(12, 16, rng=SEED), nn.ReLU(), nn.Linear(16, 2, rng=SEED + 1))
    opt = optim.Adam(net.parameters(), lr=0.01)
    for step in range(300):
        rows = rng.choice(count, min(count, 25), replace=False)
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    with no_grad():
        right = (net(x_test).numpy().argmax(1) == y_test).mean()
    print(count, "rows", right)
"""

# Rows of the rare kind are repeated until there are as many of both.
REPEATED = """
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
rare = rng.random(500) < 0.1
x = rng.normal(size=(500, 8)).astype(np.float32)
x[rare, :4] += 2.0
y = rare.astype(int)


def even(x, y):
    few = np.flatnonzero(y == 1)
    more = rng.choice(few, (y == 0).sum() - len(few))
    return np.concatenate([x, x[more]]), np.concatenate([y, y[more]])


order = rng.permutation(len(x))
x, y = x[order], y[order]
x_test, y_test = x[400:], y[400:]
x_train, y_train = even(x[:400], y[:400])
model = nn.Sequential(nn.Linear(8, 64, rng=SEED), nn.ReLU(), nn.Linear(64, 2, rng=SEED + 1))
optimizer = optim.Adam(model.parameters(), lr=0.003)
for epoch in range(6):
    for rows in np.array_split(rng.permutation(len(x_train)), len(x_train) // 25):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x_train[rows]), y_train[rows])
        loss.backward()
        optimizer.step()
    with no_grad():
        print(epoch, (model(x_test).numpy().argmax(1) == y_test).mean())
"""

WELL: list[Case] = [
    case("cells_about_a_battery", CELLS, [], HEALTHY, "a notebook as nbconvert writes it"),
    case("line_before_the_network", BASELINE, [], HEALTHY, RECIPE + ", dumb baselines"),
    case("rates_on_a_grid", GRID, [], HEALTHY, BOOK + ", grid search"),
    case("curve_over_rows", CURVE, [], HEALTHY, BOOK + ", more data"),
    case("rare_rows_repeated_behind_the_split", REPEATED, [], HEALTHY, LIST + "9, oversampling"),
]
SICK: list[Case] = [
    case("rare_rows_repeated_before_the_split", REPEATED, [
        ("order = rng.permutation(len(x))\n", "x, y = even(x, y)\norder = rng.permutation(len(x))\n"),
        ("x[400:], y[400:]", "x[700:], y[700:]"), ("even(x[:400], y[:400])", "x[:700], y[:700]")],
        "training rows in validation", ASKED + "oversampling before train_test_split"),
    case("cells_run_out_of_order", CELLS, [("opt = optim.Adam(model.parameters(), lr=0.01)\n",
        "opt = optim.Adam(model.parameters(), lr=0.01)\n"
        "model = nn.Sequential(nn.Linear(6, 32, rng=SEED), nn.Tanh(), nn.Linear(32, 1, rng=SEED + 1))\n")],
        "foreign parameters", ASKED + "a cell that makes the model anew"),
]  # fmt: skip
