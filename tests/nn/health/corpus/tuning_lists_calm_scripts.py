"""The tuning half: people's loops that are fine, though something about each looks odd; ours and PyTorch's."""

from __future__ import annotations

from dataclasses import replace

from tests.nn.health.corpus.case import HEALTHY, Case
from tests.nn.health.corpus.loops import case
from tests.nn.health.corpus.tuning_lists_loops import CLINIC, RUBRICS
from tests.nn.health.corpus.tuning_lists_torch import ALARM, TAGS

# Gradients of four small batches are added up on purpose.
ADDED_UP = """
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
flow = rng.uniform(0, 1, (400, 4)).astype(np.float32)
loss_of_head = (2 * flow[:, :1] ** 2 + flow[:, 1:2] * flow[:, 2:3] - 0.5 * flow[:, 3:]).astype(np.float32)
loss_of_head = (loss_of_head - loss_of_head.mean()) / loss_of_head.std()
x, y, x_new, y_new = 2 * flow[:320] - 1, loss_of_head[:320], 2 * flow[320:] - 1, loss_of_head[320:]

pipe = nn.Sequential(nn.Linear(4, 32, rng=SEED), nn.SiLU(), nn.Linear(32, 1, rng=SEED + 1))
mse = nn.MSELoss()
optimizer = optim.Adam(pipe.parameters(), lr=0.01)
accumulate = 4
for epoch in range(40):
    optimizer.zero_grad()
    for i, rows in enumerate(np.array_split(rng.permutation(320), 40)):
        loss = mse(pipe(x[rows]), y[rows]) / accumulate
        loss.backward()
        if (i + 1) % accumulate == 0:
            optimizer.step()
            optimizer.zero_grad()
with no_grad():
    print("new", mse(pipe(x_new), y_new).item())
"""

# A rate that halves where nothing gets better, and a stop before the last epoch.
PATIENT = """
import numpy as np
import nn, optim
from autograd import no_grad
from nn import functional as F

rng = np.random.default_rng(SEED)
age, dose, weight = rng.uniform(20, 80, 460), rng.uniform(1, 10, 460), rng.uniform(45, 110, 460)
level = dose * 20 / weight * np.exp(-(age - 50) / 60) + 0.15 * rng.normal(size=460)
table = np.column_stack([age, dose, weight])
train, valid = np.arange(340), np.arange(340, 460)
mean, std = table[train].mean(0), table[train].std(0)
X = ((table - mean) / std).astype(np.float32)
t = ((level - level[train].mean()) / level[train].std()).astype(np.float32)[:, None]

model = nn.Sequential(nn.Linear(3, 24, rng=SEED), nn.ELU(), nn.Linear(24, 24, rng=SEED + 1), nn.ELU(), nn.Linear(24, 1, rng=SEED + 2))
optimizer = optim.NAdam(model.parameters(), lr=0.01)
scheduler = optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=4)
best, kept, waited = np.inf, None, 0
for epoch in range(80):
    model.train()
    for rows in np.array_split(rng.permutation(train), 17):
        optimizer.zero_grad()
        loss = F.huber_loss(model(X[rows]), t[rows])
        loss.backward()
        optimizer.step()
    model.eval()
    with no_grad():
        now = F.mse_loss(model(X[valid]), t[valid]).item()
    scheduler.step(now)
    if now < best:
        best, kept, waited = now, model.state_dict(), 0
    else:
        waited += 1
        if waited == 12:
            break
model.load_state_dict(kept)
print("stopped after", epoch, "best", best)
"""

# Features of a fixed network, as they are, and a layer on top that is trained alone.
PROBE = """
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
kind = rng.integers(0, 4, 480)
scan = (np.random.default_rng(40).normal(size=(4, 15))[kind] + 0.7 * rng.normal(size=(480, 15))).astype(np.float32)
backbone = nn.Sequential(nn.Linear(15, 96, rng=7), nn.ReLU())
for weight in backbone.parameters():
    weight.requires_grad = False
backbone.eval()
with no_grad():
    features = backbone(scan).numpy()
probe = nn.Linear(96, 4, rng=SEED)
optimizer = optim.SGD(probe.parameters(), lr=0.1, weight_decay=1e-3)
criterion = nn.CrossEntropyLoss()
loader = nn.DataLoader(features[:360], kind[:360], batch_size=20, shuffle=True, seed=SEED)
for epoch in range(15):
    for batch, labels in loader:
        optimizer.zero_grad()
        loss = criterion(probe(batch), labels)
        loss.backward()
        optimizer.step()
with no_grad():
    print("error", (probe(features[360:]).numpy().argmax(1) != kind[360:]).mean())
"""

# All rows in each step, and a step that asks for the loss again and again.
CLOSURE = """
import torch
from torch import nn

torch.manual_seed(SEED)
voltage = torch.rand(240, 2) * 2 - 1
current = torch.exp(voltage[:, :1]) - 1 + 0.5 * voltage[:, :1] * voltage[:, 1:] + 0.03 * torch.randn(240, 1)
fit_x, test_x, fit_y, test_y = voltage[:180], voltage[180:], current[:180], current[180:]
diode = nn.Sequential(nn.Linear(2, 10), nn.Tanh(), nn.Linear(10, 1))
optimizer = torch.optim.LBFGS(diode.parameters(), lr=0.5, max_iter=10)
loss_fn = nn.MSELoss()


def closure():
    optimizer.zero_grad()
    loss = loss_fn(diode(fit_x), fit_y)
    loss.backward()
    return loss


for i in range(20):
    loss = optimizer.step(closure)
with torch.no_grad():
    print("test", loss_fn(diode(test_x), test_y).item() / test_y.var().item())
"""

# Rare faults, drawn as often as the others.
DRAWN_EVENLY = """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, WeightedRandomSampler

torch.manual_seed(SEED)
fault = (torch.rand(700) < 0.15).long() + (torch.rand(700) < 0.05).long()
shift = torch.tensor([[0.0, 0, 0, 0, 0, 0], [2, -2, 0, 1, 0, 0], [0, 2, 2, 0, -2, 0]])
x = torch.randn(700, 6) + 1.3 * shift[fault]
train = TensorDataset(x[:520], fault[:520])
weights = 1.0 / torch.bincount(fault[:520])[fault[:520]].float()
loader = DataLoader(train, batch_size=26, sampler=WeightedRandomSampler(weights, 520))
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=0.004)
for epoch in range(14):
    for a, b in loader:
        loss = nn.functional.cross_entropy(model(a), b)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
with torch.no_grad():
    said = model(x[520:]).argmax(1)
recall = [(said[fault[520:] == k] == k).float().mean().item() for k in range(3)]
print("recall", recall)
"""

# A number and a class of the same part, by two heads and one sum of losses; the rate warms up.
TWO_HEADS = """
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(SEED)
x = torch.randn(560, 8)
size = torch.sin(x[:, 0]) + 0.5 * x[:, 1] * x[:, 2]
sort = (x[:, 3] + x[:, 4] > 0).long() + (x[:, 5] > 0.8).long()


class Part(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.size, self.sort = nn.Linear(32, 1), nn.Linear(32, 3)

    def forward(self, x):
        h = self.body(x)
        return self.size(h).squeeze(1), self.sort(h)


part = Part()
optimizer = torch.optim.Adam(part.parameters(), lr=4e-3)
warmup = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / 50))
for epoch in range(30):
    for rows in torch.randperm(450).split(25):
        size_out, sort_out = part(x[rows])
        loss = F.mse_loss(size_out, size[rows]) + 0.5 * F.cross_entropy(sort_out, sort[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        warmup.step()
with torch.no_grad():
    size_out, sort_out = part(x[450:])
    print(F.mse_loss(size_out, size[450:]).item() / size[450:].var().item(), (sort_out.argmax(1) != sort[450:]).float().mean().item())
"""

WELL: list[Case] = [
    case("gradients_added_up_on_purpose", ADDED_UP, [], HEALTHY, "accumulation over small batches"),
    case("patience_and_the_best_weights", PATIENT, [], HEALTHY, "a stop before the end"),
    case("probe_on_fixed_features", PROBE, [], HEALTHY, "a frozen backbone"),
    case("rubrics_as_they_went", RUBRICS, [], HEALTHY, "dropout and batch norm in their modes"),
    case("clinic_as_it_went", CLINIC, [("gamma=0.5", "gamma=0.7")], HEALTHY, "two modules and a schedule"),
    *(
        replace(case(name, text, [], HEALTHY, source), torch=True)
        for name, text, source in [
            ("closure_and_all_rows", CLOSURE, "LBFGS over a small table"),
            ("faults_drawn_evenly", DRAWN_EVENLY, "a sampler that evens the classes"),
            ("two_heads_of_a_part", TWO_HEADS, "two losses, and a warm-up in steps"),
            ("alarm_as_it_went", ALARM, "a validation that is kept"),
            ("tags_as_they_went", TAGS, "a cosine that ends at nothing"),
        ]
    ),
]
SICK: list[Case] = []
