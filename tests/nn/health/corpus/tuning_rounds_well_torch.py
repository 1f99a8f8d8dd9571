"""The tuning half: loops over PyTorch that are fine, from many desks; two with a fault."""

from __future__ import annotations

from tests.nn.health.corpus.case import HEALTHY, Case
from tests.nn.health.corpus.pairs import ASKED, BOOK, CS231N
from tests.nn.health.corpus.tuning_lists_torch import case

# A quasi-Newton method over a small table.
LBFGS = """
import torch

torch.manual_seed(SEED)
x = torch.rand(150, 2) * 4 - 2
y = torch.exp(-x.pow(2).sum(1, keepdim=True) / 2) * x[:, :1] * 2 + 0.03 * torch.randn(150, 1)
train, test = slice(0, 110), slice(110, 150)
net = torch.nn.Sequential(torch.nn.Linear(2, 14), torch.nn.Tanh(), torch.nn.Linear(14, 1))
optimizer = torch.optim.LBFGS(net.parameters(), lr=0.5, max_iter=10, line_search_fn="strong_wolfe")


def closure():
    optimizer.zero_grad()
    loss = torch.nn.functional.mse_loss(net(x[train]), y[train])
    loss.backward()
    return loss


for i in range(12):
    loss = optimizer.step(closure)
    print(i, loss.item())
with torch.no_grad():
    print("test", torch.nn.functional.mse_loss(net(x[test]), y[test]).item())
"""

# Early stopping on a held part, and the best weights back again.
STOPPED = """
import copy
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(SEED)
soil = torch.randn(500, 7)
yield_ = (soil[:, 0] * 0.8 - soil[:, 1].abs() + 0.5 * soil[:, 2] + 0.25 * torch.randn(500)).unsqueeze(1)
dataset = TensorDataset(soil, (yield_ - yield_.mean()) / yield_.std())
train_set, val_set, test_set = random_split(dataset, [350, 75, 75])
train_loader = DataLoader(train_set, batch_size=25, shuffle=True)
val_loader, test_loader = DataLoader(val_set, batch_size=75), DataLoader(test_set, batch_size=75)
model = nn.Sequential(nn.Linear(7, 64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, 1))
criterion = nn.MSELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)


def evaluate(loader):
    model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for inputs, targets in loader:
            total += criterion(model(inputs), targets).item() * len(inputs)
            count += len(inputs)
    return total / count


best, best_state, bad = float("inf"), None, 0
for epoch in range(80):
    model.train()
    for inputs, targets in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(inputs), targets)
        loss.backward()
        optimizer.step()
    val = evaluate(val_loader)
    if val < best:
        best, best_state, bad = val, copy.deepcopy(model.state_dict()), 0
    else:
        bad += 1
    if bad == 10:
        break
model.load_state_dict(best_state)
print("epochs", epoch + 1, "test", evaluate(test_loader))
"""

# A convolution over pictures, per-parameter rates, label smoothing, flips.
FLIPS = """
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(SEED)
kind = torch.randint(0, 5, (420,))
shape = torch.randn(5, 3, 8, 8, generator=torch.Generator().manual_seed(8))
shape = shape + shape.flip(-1)
image = shape[kind] + 1.2 * torch.randn(420, 3, 8, 8)


class ConvNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 12, 3, padding=1, bias=False), nn.BatchNorm2d(12), nn.ReLU(inplace=True), nn.MaxPool2d(2),
            nn.Conv2d(12, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d(2),
        )
        self.classifier = nn.Linear(64, 5)

    def forward(self, x):
        return self.classifier(torch.flatten(self.features(x), 1))


model = ConvNet()
optimizer = torch.optim.SGD(
    [{"params": model.features.parameters(), "lr": 0.05}, {"params": model.classifier.parameters(), "lr": 0.1}],
    momentum=0.9, nesterov=True, weight_decay=5e-4,
)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=12)
for epoch in range(12):
    model.train()
    for idx in torch.randperm(340).split(34):
        batch = image[idx]
        flip = torch.rand(len(idx)) < 0.5
        batch = torch.where(flip[:, None, None, None], batch.flip(-1), batch)
        loss = F.cross_entropy(model(batch), kind[idx], label_smoothing=0.1)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    scheduler.step()
    model.eval()
    with torch.no_grad():
        print(epoch, (model(image[340:]).argmax(1) == kind[340:]).float().mean().item())
"""

# Tags for each word, and -100 where none is.
TAGS = """
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence

torch.manual_seed(SEED)
texts, tags = [], []
for _ in range(300):
    words = torch.randint(1, 20, (int(torch.randint(4, 11, ())),))
    before = torch.cat([torch.zeros(1, dtype=torch.long), words[:-1]])
    texts.append(words)
    tags.append((words % 2) + 2 * (before > 10).long())
x = pad_sequence(texts, batch_first=True)
y = pad_sequence(tags, batch_first=True, padding_value=-100)


class Tagger(nn.Module):
    def __init__(self, vocab=20, dim=12, hidden=16):
        super().__init__()
        self.emb = nn.Embedding(vocab, dim, padding_idx=0)
        self.lstm = nn.LSTM(dim, hidden, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(2 * hidden, 4)

    def forward(self, x):
        out, _ = self.lstm(self.emb(x))
        return self.fc(out)


model = Tagger()
opt = torch.optim.RMSprop(model.parameters(), lr=0.005)
criterion = nn.CrossEntropyLoss(ignore_index=-100)
for epoch in range(15):
    for i in torch.randperm(240).split(24):
        logits = model(x[i])
        loss = criterion(logits.reshape(-1, 4), y[i].reshape(-1))
        opt.zero_grad()
        loss.backward()
        opt.step()
with torch.no_grad():
    said, there = model(x[240:]).argmax(-1), y[240:] != -100
    accuracy = (said == y[240:])[there].float().mean().item()
print("accuracy", accuracy)
"""

# Folds, each with a network of its own, over labels one in ten of which nobody can know.
FOLDS = """
import numpy as np
import torch
from torch import nn

torch.manual_seed(SEED)
rng = np.random.default_rng(SEED)
X = rng.normal(size=(300, 5)).astype("float32")
chance = 1 / (1 + np.exp(-6 * (X[:, 0] + 0.7 * X[:, 1] * (X[:, 2] > 0))))
y = (rng.random(300) < chance).astype("float32")
X, y = torch.from_numpy(X), torch.from_numpy(y)
folds = np.array_split(rng.permutation(300), 5)
accuracy = []
for k, held in enumerate(folds):
    rest = np.concatenate([f for j, f in enumerate(folds) if j != k])
    mean, std = X[rest].mean(0), X[rest].std(0)
    net = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1), nn.Flatten(0))
    optimizer = torch.optim.AdamW(net.parameters(), lr=0.01, weight_decay=0.05)
    for epoch in range(25):
        for rows in np.array_split(rng.permutation(rest), 12):
            loss = nn.functional.binary_cross_entropy_with_logits(net((X[rows] - mean) / std), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    with torch.no_grad():
        said = net((X[held] - mean) / std) > 0
    accuracy.append((said == (y[held] > 0.5)).float().mean().item())
print(np.mean(accuracy), "+-", np.std(accuracy))
"""

# Lessons of a lecture: everything by hand but the derivatives, and a loss within a function.
BARE = """
import torch

torch.manual_seed(SEED)
X = torch.randn(400, 6)
w_true = torch.tensor([1.0, -2.0, 0.5, 0.0, 0.0, 1.5])
rate = torch.exp((X @ w_true) * 0.4 + 0.5)
y = torch.poisson(rate)
w = torch.zeros(6, requires_grad=True)
b = torch.zeros(1, requires_grad=True)


def net(X):
    return torch.exp(X @ w + b)


def nll(mu, y):
    return (mu - y * torch.log(mu)).mean()


def data_iter(size):
    order = torch.randperm(320)
    for i in range(0, 320, size):
        yield X[order[i : i + size]], y[order[i : i + size]]


for epoch in range(30):
    for xb, yb in data_iter(16):
        loss = nll(net(xb), yb)
        loss.backward()
        with torch.no_grad():
            for p in (w, b):
                p -= 0.02 * p.grad
                p.grad.zero_()
with torch.no_grad():
    print(w, b, nll(net(X[320:]), y[320:]).item())
"""

WELL: list[Case] = [
    case("hills_by_lbfgs", LBFGS, [], HEALTHY, "the documentation of LBFGS"),
    case("soils_stopped_early", STOPPED, [], HEALTHY, BOOK + ", early stopping"),
    case("pictures_flipped", FLIPS, [], HEALTHY, CS231N),
    case("tags_and_minus_hundred", TAGS, [], HEALTHY, ASKED + "ignore_index"),
    case("five_folds_and_chance", FOLDS, [], HEALTHY, ASKED + "cross-validation in PyTorch"),
    case("counts_from_scratch", BARE, [], HEALTHY, ASKED + "softmax from scratch, without torch.nn"),
]
SICK: list[Case] = [
    case("soils_of_one_column", STOPPED, [(".unsqueeze(1)\ndataset", "\ndataset"),
        ("criterion = nn.MSELoss()", "criterion = lambda out, y: ((out - y) ** 2).mean()")],
        "shapes broadcast", ASKED + "a target of size (n,) against (n, 1)"),
    case("counts_that_gather", BARE, [("                p.grad.zero_()\n", ""), ("0.02 * p.grad", "0.1 * p.grad")],
        "gradients not zeroed", ASKED + "from scratch without grad.zero_()"),
]  # fmt: skip
