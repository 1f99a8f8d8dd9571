"""The tuning half: strangers' scripts, retold from memory of what people ask; two of each kind are for PyTorch."""

from __future__ import annotations

from tests.nn.health.corpus.case import HEALTHY, Case, Setup

ASKED = "question on a question site: "


def script(name: str, text: str, cause: str, source: str, also: tuple[str, ...] = (), torch: bool = False) -> Case:
    def make(seed: int) -> Setup:
        return Setup(script=text.replace("SEED", str(seed)))

    make.__name__ = name
    return Case(make, cause, source, also, torch)


WEATHER = """
import numpy as np
import nn
import optim
from autograd import Tensor, no_grad

np.random.seed(SEED)
t = np.arange(900)
series = np.sin(t / 9.0) + 0.3 * np.sin(t / 2.3) + 0.05 * np.random.randn(900)
WINDOW = 10
X = np.stack([series[i : i + WINDOW] for i in range(880)]).astype(np.float32)[:, :, None]
Y = series[WINDOW : WINDOW + 880].astype(np.float32)[:, None]


class Forecaster(nn.Module):
    def __init__(self, hidden=16):
        super().__init__()
        self.rnn = nn.GRU(1, hidden, batch_first=True, rng=SEED)
        self.fc = nn.Linear(hidden, 1, rng=SEED)

    def forward(self, x, h=None):
        out, h = self.rnn(x, h)
        return self.fc(out[:, -1]), h


model = Forecaster()
opt = optim.Adam(model.parameters(), lr=5e-3)
loss_fn = nn.MSELoss()
for epoch in range(8):
    h = None
    for i in range(0, 880, 40):
        pred, h = model(Tensor(X[i : i + 40]), h)
        loss = loss_fn(pred, Tensor(Y[i : i + 40]))
        opt.zero_grad()
        loss.backward()
        opt.step()
        h = DETACH
    print(epoch, loss.item())
"""

ATTENTION = """
import numpy as np
import nn
import optim
from nn import functional as F
from autograd import no_grad

rng = np.random.default_rng(SEED)
words = rng.integers(2, 30, (500, 9))
marked = rng.integers(0, 9, 500)
words[np.arange(500), marked] = rng.integers(0, 2, 500)
label = words[np.arange(500), marked]


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(30, 16, rng=SEED)
        self.query = nn.Parameter(0.3 * np.random.default_rng(SEED).normal(size=(16,)).astype(np.float32))
        self.fc = nn.Linear(16, 2, rng=SEED)

    def forward(self, ids):
        e = self.emb(ids)
        score = e @ self.query
        weight = F.softmax(score, AXIS)
        context = (e * weight.reshape(*weight.shape, 1)).sum(axis=1)
        return self.fc(context)


net = Reader()
optimizer = optim.Adam(net.parameters(), lr=0.01)
train, test = slice(0, 400), slice(400, 500)
for epoch in range(15):
    order = rng.permutation(400)
    for k in range(0, 400, 50):
        ids = order[k : k + 50]
        optimizer.zero_grad()
        loss = F.cross_entropy(net(words[ids]), label[ids])
        loss.backward()
        optimizer.step()
    with no_grad():
        guess = net(words[test]).numpy().argmax(axis=1)
    print(epoch, (guess == label[test]).mean())
"""

CALLS = """
import numpy as np
import nn
import optim

rng = np.random.default_rng(SEED)
age, hours, prior = rng.normal(size=(3, 600))
bought = (rng.random(600) < 1 / (1 + np.exp(-(1.5 * age - 2.0 * hours * prior)))).astype(np.float32)
features = np.stack([age, hours, prior], axis=1).astype(np.float32)
loader = nn.DataLoader(features[:480], bought[:480, None], batch_size=24, shuffle=True, seed=SEED)
model = nn.Sequential(nn.Linear(3, 24, rng=SEED), nn.ReLU(), nn.Linear(24, 1, rng=SEED + 1))
optimizer = optim.SGD(model.parameters(), lr=0.2, momentum=0.9)
scheduler = optim.lr_scheduler.SCHEDULE
criterion = nn.BCEWithLogitsLoss()
for epoch in range(20):
    for inputs, targets in loader:
        loss = criterion(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
"""

TORCH = """
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(SEED)
x = torch.rand(600, 1) * 8 - 4
y = torch.sin(x) * x + 0.1 * torch.randn(600, 1)
train = DataLoader(TensorDataset(x[:500], TARGETS), batch_size=25, shuffle=True)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.l1 = nn.Linear(1, 48)
        self.l2 = nn.Linear(48, 48)
        self.l3 = nn.Linear(48, 1)

    def forward(self, x):
        x = torch.tanh(self.l1(x))
        x = torch.tanh(self.l2(x))
        return self.l3(x)


net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
loss_func = nn.MSELoss()
for epoch in range(20):
    for bx, by in train:
        prediction = net(bx)
        loss = loss_func(prediction, by)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""

TORCH_CLASSES = """
import torch
from torch import nn, optim

torch.manual_seed(SEED)
centres = 2.0 * torch.randn(5, 10)
labels = torch.randint(0, 5, (600,))
data = centres[labels] + torch.randn(600, 10)
model = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Dropout(0.3), nn.Linear(64, 5))
optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
criterion = nn.CrossEntropyLoss()
for epoch in range(10):
    perm = torch.randperm(500)
    model.train()
    for i in range(0, 500, 20):
        idx = perm[i : i + 20]
        loss = criterion(model(data[:500][idx]), labels[:500]LABELS)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        acc = (model(data[500:]).argmax(1) == labels[500:]).float().mean()
    print(epoch, acc.item())
"""

ONE_CYCLE = "OneCycleLR(optimizer, max_lr=0.3, total_steps=400)"
SICK = [
    script(
        "state_carried_on",
        WEATHER.replace("DETACH", "h"),
        "graph grows",
        ASKED + "backward through the graph a second time",
        ("error",),
    ),
    script(
        "softmax_of_attention_over_rows",
        ATTENTION.replace("AXIS", "0"),
        "rows mixed",
        ASKED + "dim of the softmax of attention",
        ("softmax over rows",),
    ),
    script(
        "schedule_by_batch",
        CALLS.replace("SCHEDULE", "StepLR(optimizer, step_size=3, gamma=0.3)"),
        "rate decays too fast",
        ASKED + "scheduler.step() in the inner loop",
    ),
    script(
        "torch_row_of_targets",
        TORCH.replace("TARGETS", "y[:500, 0]"),
        "shapes broadcast",
        ASKED + "UserWarning: using a target size",
        torch=True,
    ),
    script(
        "torch_labels_in_order",
        TORCH_CLASSES.replace("LABELS", "[i : i + 20]"),
        "targets unrelated to inputs",
        ASKED + "accuracy stays at chance",
        torch=True,
    ),
]
WELL = [
    script("state_detached", WEATHER.replace("DETACH", "h.detach()"), HEALTHY, "the tutorial of the language model"),
    script("attention_over_words", ATTENTION.replace("AXIS", "-1"), HEALTHY, ASKED + "dim of the softmax of attention"),
    script("one_cycle_by_batch", CALLS.replace("SCHEDULE", ONE_CYCLE), HEALTHY, "the documentation of OneCycleLR"),
    script("torch_regression", TORCH.replace("TARGETS", "y[:500]"), HEALTHY, "a tutorial of regression", torch=True),
    script(
        "torch_labels_by_index", TORCH_CLASSES.replace("LABELS", "[idx]"), HEALTHY, "PyTorch's tutorials", torch=True
    ),
]
