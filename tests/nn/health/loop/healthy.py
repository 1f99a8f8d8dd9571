"""Training loops that look odd and are right: what each does on purpose is what another does by mistake."""

from __future__ import annotations

HEAD = """
import numpy as np
import nn, optim
from autograd import Tensor, no_grad

rng = np.random.default_rng(0)
x = rng.normal(size=(96, 3)).astype(np.float32)
y = (x[:, :1] * x[:, 1:2]).astype(np.float32)

def network(inputs=3, outputs=1, seed=0):
    return nn.Sequential(
        nn.Linear(inputs, 8, rng=seed), nn.Tanh(), nn.Dropout(0.1, rng=seed), nn.Linear(8, outputs, rng=seed + 1)
    )

model = network()
optimizer = optim.Adam(model.parameters(), lr=0.01)
"""

# Two networks and two optimizers; each has passes that leave gradients in the other.
ADVERSARIES = """
generator, judge = network(2, 3), network(3, 1, 7)
of_generator = optim.Adam(generator.parameters(), lr=0.003)
of_judge = optim.Adam(judge.parameters(), lr=0.003)
criterion = nn.BCEWithLogitsLoss()
ones, zeros = np.ones((16, 1), np.float32), np.zeros((16, 1), np.float32)
for epoch in range(12):
    for start in range(0, 96, 16):
        noise = Tensor(rng.normal(size=(16, 2)).astype(np.float32))
        fakes = generator(noise)
        of_judge.zero_grad()
        loss = criterion(judge(Tensor(x[start : start + 16])), ones) + criterion(judge(fakes.detach()), zeros)
        loss.backward()
        of_judge.step()
        of_generator.zero_grad()
        loss = criterion(judge(fakes), ones)
        loss.backward()
        of_generator.step()
"""

# Both halves of a pair go through the same network; the loss is of the distances within the batch.
PAIRS = """
encoder = network(3, 4)
optimizer = optim.Adam(encoder.parameters(), lr=0.01)
labels = (x[:, 0] > 0).astype(int)
for step in range(60):
    rows = rng.permutation(96)[:16]
    one = encoder(Tensor(x[rows]))
    other = encoder(Tensor(x[rows] + 0.1 * rng.normal(size=(16, 3)).astype(np.float32)))
    likeness = one @ other.T
    loss = nn.functional.cross_entropy(likeness, np.arange(16))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""

# All distances of a column of scores: (N, 1) against (N,) is meant.
RANKS = """
for step in range(40):
    rows = rng.permutation(96)[:24]
    scores = model(Tensor(x[rows]))
    first = np.sign(y[rows] - y[rows][:, 0])
    loss = ((scores - scores[:, 0]) * -first).relu().mean() + 0.01 * (scores**2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""

# The gradient by the inputs is asked for first, in a pass of its own.
ATTACKED = """
for step in range(60):
    start = step % 6 * 16
    rows = Tensor(x[start : start + 16], requires_grad=True)
    ((model(rows) - y[start : start + 16]) ** 2).mean().backward()
    worse = x[start : start + 16] + 0.05 * np.sign(rows.grad)
    optimizer.zero_grad()
    ((model(Tensor(worse)) - y[start : start + 16]) ** 2).mean().backward()
    optimizer.step()
"""

# The weights climb first, and the slope up there is what the step goes by.
FLAT = """
optimizer = optim.SGD(model.parameters(), lr=0.05)
for step in range(60):
    start = step % 6 * 16
    def loss():
        return ((model(Tensor(x[start : start + 16])) - y[start : start + 16]) ** 2).mean()
    loss().backward()
    held = [np.array(p.data) for p in model.parameters()]
    size = sum(float((p.grad**2).sum()) for p in model.parameters()) ** 0.5
    for p in model.parameters():
        p.data = p.data + 0.05 * p.grad / size
    optimizer.zero_grad()
    loss().backward()
    for p, old in zip(model.parameters(), held):
        p.data = old
    optimizer.step()
    optimizer.zero_grad()
"""

# A teacher that only follows is asked in training mode, without dropout's draws mattering.
TEACHER = """
teacher = network(seed=3)
for epoch in range(8):
    for start in range(0, 96, 16):
        with no_grad():
            told = teacher(Tensor(x[start : start + 16]))
        out = model(Tensor(x[start : start + 16]))
        loss = ((out - y[start : start + 16]) ** 2).mean() + 0.1 * ((out - told) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        for mine, old in zip(model.parameters(), teacher.parameters()):
            old.data = 0.9 * old.data + 0.1 * mine.data
"""

# A first stage with targets of its own, then those that count.
STAGES = """
criterion = nn.MSELoss()
for epoch in range(12):
    for start in range(0, 96, 16):
        given = x[start : start + 16, 2:] if epoch < 4 else y[start : start + 16]
        loss = criterion(model(Tensor(x[start : start + 16])), given)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""

# The same inputs belong to many rows, which have answers of their own.
TABLE = """
x = rng.integers(0, 3, size=(96, 3)).astype(np.float32)
y = (x[:, :1] + 0.3 * rng.normal(size=(96, 1))).astype(np.float32)
criterion = nn.MSELoss()
for epoch in range(12):
    order = rng.permutation(96)
    for start in range(0, 96, 16):
        rows = order[start : start + 16]
        loss = criterion(model(Tensor(x[rows])), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""

# Noise that is drawn anew for each pass is the target of each.
DENOISED = """
criterion = nn.MSELoss()
noise_model = network(3, 3)
optimizer = optim.Adam(noise_model.parameters(), lr=0.01)
for epoch in range(12):
    for start in range(0, 96, 16):
        noise = rng.normal(size=(16, 3)).astype(np.float32)
        loss = criterion(noise_model(Tensor(x[start : start + 16])), noise)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""

# The shortest sequences first, in each epoch.
LENGTHS = """
cell, head = nn.RNNCell(1, 6, rng=0), nn.Linear(6, 1, rng=1)
optimizer = optim.Adam([*cell.parameters(), *head.parameters()], lr=0.01)
for epoch in range(3):
    for length in range(1, 13):
        steps = rng.normal(size=(16, length, 1)).astype(np.float32)
        state = Tensor(np.zeros((16, 6), np.float32))
        for k in range(length):
            state = cell(Tensor(steps[:, k]), state)
        loss = ((head(state) - steps.sum(axis=1)) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""

# All rows at once, which were set apart from those for judging before.
SPLIT = """
train, rest = x[:64], x[64:]
for step in range(60):
    loss = ((model(Tensor(train)) - y[:64]) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""

# Rows that are drawn anew for each pass come once, however many epochs there are.
STREAM = """
for epoch in range(20):
    for step in range(4):
        rows = rng.normal(size=(16, 3)).astype(np.float32)
        loss = ((model(Tensor(rows)) - rows[:, :1]) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""

# A look at the gradients before each step, with a pass of its own.
LOOKED = """
norms = []
for epoch in range(12):
    for start in range(0, 96, 16):
        ((model(Tensor(x[start : start + 16])) - y[start : start + 16]) ** 2).mean().backward()
        norms.append(max(float(abs(p.grad).max()) for p in model.parameters()))
        optimizer.zero_grad()
        ((model(Tensor(x[start : start + 16])) - y[start : start + 16]) ** 2).mean().backward()
        optimizer.step()
"""

# Answers with other units dropped each time tell how sure they are.
DRAWN = """
for epoch in range(12):
    model.train()
    for start in range(0, 96, 16):
        loss = ((model(Tensor(x[start : start + 16])) - y[start : start + 16]) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.train()
    with no_grad():
        spread = np.std([model(Tensor(x + 1.0)).numpy() for _ in range(5)], axis=0)
"""

LOOPS = {
    "adversaries": ADVERSARIES,
    "pairs": PAIRS,
    "ranks": RANKS,
    "attacked": ATTACKED,
    "flat": FLAT,
    "teacher": TEACHER,
    "stages": STAGES,
    "table": TABLE,
    "denoised": DENOISED,
    "lengths": LENGTHS,
    "split": SPLIT,
    "stream": STREAM,
    "looked": LOOKED,
    "drawn": DRAWN,
}
