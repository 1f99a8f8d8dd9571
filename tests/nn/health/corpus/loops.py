"""Training loops that the cases of the tuning half change in one point."""

from __future__ import annotations

from collections.abc import Sequence

from tests.nn.health.corpus.case import Case, Setup

HEAD = """
import numpy as np
import nn, optim
from autograd import Tensor, no_grad

rng = np.random.default_rng(SEED)
"""

# Classes, a loader, and functions that train and judge.
CLASSES = (
    HEAD
    + """
centres = rng.normal(0.0, 1.5, (4, 8))
labels = rng.integers(0, 4, 500)
features = (centres[labels] + 0.7 * rng.normal(size=(500, 8))).astype(np.float32)
x_train, y_train, x_test, y_test = features[:400], labels[:400], features[400:], labels[400:]
train_loader = nn.DataLoader(x_train, y_train, batch_size=32, shuffle=True, seed=SEED)


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(8, 32, rng=SEED)
        self.norm = nn.BatchNorm1d(32)
        self.drop = nn.Dropout(0.2, rng=SEED)
        self.head = nn.Linear(32, 4, rng=SEED + 1)

    def forward(self, x):
        h = nn.functional.relu(self.norm(self.first(x)))
        return self.head(self.drop(h))


model = Classifier()
criterion = nn.CrossEntropyLoss()
optimizer = optim.Adam(model.parameters(), lr=0.01)


def train_one_epoch():
    model.train()
    total = 0.0
    for inputs, targets in train_loader:
        optimizer.zero_grad()
        outputs = model(inputs)
        loss = criterion(outputs, targets)
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total


def evaluate():
    model.eval()
    with no_grad():
        answers = model(x_test).numpy().argmax(axis=1)
    return (answers == y_test).mean()


for epoch in range(12):
    print(epoch, train_one_epoch(), evaluate())
"""
)

# Numbers, slices of arrays, and a loop at the top.
NUMBERS = (
    HEAD
    + """
x = rng.normal(size=(320, 5)).astype(np.float32)
y = (np.sin(x[:, :1]) + x[:, 1:2] * x[:, 2:3]).astype(np.float32)
x_held, y_held = x[256:], y[256:]
x, y = x[:256], y[:256]

net = nn.Sequential(nn.Linear(5, 32, rng=SEED), nn.Tanh(), nn.Linear(32, 1, rng=SEED + 1))
opt = optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
batch = 32

for epoch in range(40):
    order = rng.permutation(len(x))
    for start in range(0, len(x), batch):
        rows = order[start : start + batch]
        xb, yb = Tensor(x[rows]), Tensor(y[rows])
        pred = net(xb)
        loss = ((pred - yb) ** 2).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    with no_grad():
        print(epoch, ((net(Tensor(x_held)) - Tensor(y_held)) ** 2).mean().item())
"""
)

# No optimizer: the weights are moved by hand.
HAND = (
    HEAD
    + """
x = rng.uniform(-1.5, 1.5, (200, 2)).astype(np.float32)
y = ((x**2).sum(axis=1) < 1.2).astype(np.float32)[:, None]
model = nn.Sequential(nn.Linear(2, 16, rng=SEED), nn.Tanh(), nn.Linear(16, 1, rng=SEED + 1))
loss_fn = nn.BCEWithLogitsLoss()
lr = 1.0
for step in range(400):
    out = model(x)
    loss = loss_fn(out, y)
    loss.backward()
    for p in model.parameters():
        p.data = p.data - lr * p.grad
        p.grad = None
"""
)

# No modules at all.
RAW = (
    HEAD
    + """
x = rng.normal(size=(200, 3)).astype(np.float32)
y = (np.abs(x[:, :1]) - x[:, 1:2]).astype(np.float32)
w1 = Tensor(0.5 * rng.normal(size=(3, 16)).astype(np.float32), requires_grad=True)
b1 = Tensor(np.zeros(16, np.float32), requires_grad=True)
w2 = Tensor(0.25 * rng.normal(size=(16, 1)).astype(np.float32), requires_grad=True)
b2 = Tensor(np.zeros(1, np.float32), requires_grad=True)
weights = [w1, b1, w2, b2]
for step in range(300):
    h = (Tensor(x) @ w1 + b1).tanh()
    out = h @ w2 + b2
    loss = ((out - Tensor(y)) ** 2).mean()
    for w in weights:
        w.zero_grad()
    loss.backward()
    for w in weights:
        w.data = w.data - 0.1 * w.grad
"""
)

# A recurrent network whose state goes on from batch to batch.
RECURRENT = (
    HEAD
    + """
steps = rng.normal(size=(256, 8, 1)).astype(np.float32)
sums = (steps.sum(axis=1) / np.sqrt(8)).astype(np.float32)


class Sum(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.GRU(1, 12, rng=SEED, batch_first=True)
        self.head = nn.Linear(12, 1, rng=SEED + 1)

    def forward(self, x):
        outputs, _ = self.cell(x)
        return self.head(outputs[:, -1])


model = Sum()
optimizer = optim.Adam(model.parameters(), lr=0.01)
mse = nn.MSELoss()
running = 0.0
for epoch in range(20):
    for start in range(0, 256, 32):
        optimizer.zero_grad()
        loss = mse(model(steps[start : start + 32]), sums[start : start + 32])
        loss.backward()
        optimizer.step()
        running = running + loss.item()
"""
)

# Pictures, a convolution, and a schedule.
PICTURES = (
    HEAD
    + """
data = nn.load_digits_split()
images = data.train_images[:400].reshape(-1, 1, 8, 8)
labels = data.train_labels[:400]
model = nn.Sequential(
    nn.Conv2d(1, 8, 3, padding=1, rng=SEED), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(128, 10, rng=SEED)
)
optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=4, gamma=0.5)
loader = nn.DataLoader(images, labels, batch_size=32, shuffle=True, seed=SEED)
for epoch in range(10):
    model.train()
    for pictures, answers in loader:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(pictures), answers)
        loss.backward()
        optimizer.step()
    scheduler.step()
"""
)

# Several labels, the whole data at once, all in a function.
LABELS = (
    HEAD
    + """
def main():
    x = rng.normal(size=(300, 8)).astype(np.float32)
    w = rng.normal(size=(8, 5))
    y = (x @ w + 0.5 * rng.normal(size=(300, 5)) > 0.8).astype(np.float32)
    model = nn.Sequential(nn.Linear(8, 32, rng=SEED), nn.ReLU(), nn.Linear(32, 5, rng=SEED + 1))
    optimizer = optim.Adam(model.parameters(), lr=0.02)
    criterion = nn.BCEWithLogitsLoss()
    for step in range(200):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()


if __name__ == "__main__":
    main()
"""
)

# Two modules that the script calls one after the other.
PARTS = (
    HEAD
    + """
x = rng.normal(size=(300, 6)).astype(np.float32)
y = (x[:, :1] * x[:, 1:2] > 0).astype(np.float32)
encoder = nn.Sequential(nn.Linear(6, 24, rng=SEED), nn.ReLU())
decoder = nn.Linear(24, 1, rng=SEED + 1)
optimizer = optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=0.02)
criterion = nn.BCEWithLogitsLoss()
for epoch in range(30):
    for start in range(0, 300, 50):
        hidden = encoder(x[start : start + 50])
        loss = criterion(decoder(hidden), y[start : start + 50])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
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
