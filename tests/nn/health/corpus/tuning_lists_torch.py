"""The tuning half: the public lists' faults in loops over PyTorch; each text is the run as it went well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tests.nn.health.corpus.case import Case
from tests.nn.health.corpus.loops import Change
from tests.nn.health.corpus.loops import case as plain
from tests.nn.health.corpus.pairs import ASKED, LIST, RECIPE


def case(name: str, text: str, changes: Sequence[Change], cause: str, source: str, also: tuple[str, ...] = ()) -> Case:
    """A script of PyTorch's with some lines changed."""
    return replace(plain(name, text, changes, cause, source, also), torch=True)


# The strength of a mixture; a Dataset of its own, and a function for each part.
CONCRETE = """
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, Dataset, random_split

torch.manual_seed(SEED)


class Concrete(Dataset):
    def __init__(self, n=500):
        self.parts = torch.rand(n, 5)
        cement, water, age, ash, sand = self.parts.T
        strength = 3 * cement / (0.4 + water) + torch.log(1 + 5 * age) - ash * sand + 0.1 * torch.randn(n)
        self.strength = (strength - strength.mean()) / strength.std()

    def __len__(self):
        return len(self.parts)

    def __getitem__(self, i):
        return 2 * self.parts[i] - 1, self.strength[i]


data = Concrete()
train_set, val_set = random_split(data, [400, 100])
train_dl = DataLoader(train_set, batch_size=25, shuffle=True)
val_dl = DataLoader(val_set, batch_size=100)

model = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1))
criterion = nn.MSELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.003)


def train_epoch():
    model.train()
    for x, y in train_dl:
        optimizer.zero_grad()
        out = model(x)
        loss = criterion(out, y.unsqueeze(1))
        loss.backward()
        optimizer.step()
    return loss.item()


@torch.no_grad()
def validate():
    model.eval()
    return sum(criterion(model(x), y.unsqueeze(1)).item() for x, y in val_dl)


for epoch in range(20):
    print(epoch, train_epoch(), validate())
"""

# Kinds of rice; tensors and a permutation, accuracy by hand.
RICE = """
import torch
from torch import nn, optim
import torch.nn.functional as F

torch.manual_seed(SEED)
n, d, k = 600, 9, 6
centers = torch.randn(k, d) * 1.3
label = torch.randint(k, (n,))
grain = centers[label] + 0.6 * torch.randn(n, d)
xtr, ytr, xte, yte = grain[:480], label[:480], grain[480:], label[480:]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(d, 64)
        self.fc2 = nn.Linear(64, k)

    def forward(self, x):
        x = torch.relu(self.fc1(x))
        return self.fc2(x)


net = Net()
opt = optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
for epoch in range(15):
    perm = torch.randperm(len(xtr))
    running = 0.0
    for idx in perm.split(32):
        logits = net(xtr[idx])
        loss = F.cross_entropy(logits, ytr[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
        running += loss.item()
with torch.no_grad():
    wrong = (net(xte).argmax(1) != yte).float().mean()
print("test error", wrong.item())
"""

# Alarms of a machine: binary, a TensorDataset, BCEWithLogitsLoss, a validation that is kept.
ALARM = """
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

np.random.seed(SEED)
torch.manual_seed(SEED)
readings = np.random.randn(520, 7).astype("float32")
alarm = (np.abs(readings[:, 0] - readings[:, 1]) + 0.5 * readings[:, 2] > 1).astype("float32")

X_train, X_valid = torch.from_numpy(readings[:400]), torch.from_numpy(readings[400:])
y_train, y_valid = torch.from_numpy(alarm[:400, None]), torch.from_numpy(alarm[400:, None])
loader = DataLoader(TensorDataset(X_train, y_train), batch_size=16, shuffle=True)
device = "cuda" if torch.cuda.is_available() else "cpu"


class AlarmNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(7, 48), nn.BatchNorm1d(48), nn.ReLU(), nn.Dropout(0.1), nn.Linear(48, 24), nn.ReLU(), nn.Linear(24, 1)
        )

    def forward(self, x):
        return self.net(x)


model = AlarmNet().to(device)
bce = nn.BCEWithLogitsLoss()
optimizer = torch.optim.AdamW(model.parameters(), lr=0.004, weight_decay=0.01)
best = float("inf")
for epoch in range(18):
    model.train()
    for xb, yb in loader:
        xb, yb = xb.to(device), yb.to(device)
        optimizer.zero_grad()
        loss = bce(model(xb), yb)
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        out = model(X_valid.to(device))
        valid_loss = bce(out, y_valid.to(device)).item()
        accuracy = ((out > 0) == (y_valid.to(device) > 0.5)).float().mean().item()
    best = min(best, valid_loss)
    print(f"{epoch} {valid_loss:.3f} {accuracy:.3f}")
"""

# Tags of a question, several for each; everything in main, a config, a list of layers.
TAGS = """
import torch
from torch import nn


def make_data(n, g):
    tags = (torch.rand(n, 7, generator=g) < 0.3).float()
    mixing = torch.randn(7, 25, generator=torch.Generator().manual_seed(11))
    return tags @ mixing + 0.5 * torch.randn(n, 25, generator=g), tags


class Tagger(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.hidden = nn.ModuleList([nn.Linear(a, b) for a, b in zip(sizes[:-2], sizes[1:-1])])
        self.out = nn.Linear(sizes[-2], sizes[-1])

    def forward(self, x):
        for layer in self.hidden:
            x = torch.tanh(layer(x))
        return self.out(x)


def main():
    torch.manual_seed(SEED)
    g = torch.Generator().manual_seed(SEED)
    x, y = make_data(500, g)
    x_val, y_val = make_data(150, g)
    tagger = Tagger([25, 64, 32, 7])
    optimizer = torch.optim.Adam(tagger.parameters(), lr=2e-3)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=25)
    loss_fn = nn.BCEWithLogitsLoss()
    for epoch in range(25):
        for rows in torch.randperm(500).chunk(20):
            scores = tagger(x[rows])
            loss = loss_fn(scores, y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        scheduler.step()
        with torch.no_grad():
            wrong = ((tagger(x_val) > 0).float() != y_val).float().mean().item()
        print(epoch, wrong)


if __name__ == "__main__":
    main()
"""

SICK: list[Case] = [
    case(
        "concrete_without_unsqueeze",
        CONCRETE,
        [("y.unsqueeze(1)", "y")],
        "shapes broadcast",
        ASKED + "UserWarning: using a target size that is different to the input size",
    ),
    case(
        "concrete_in_raw_megapascal",
        CONCRETE,
        [
            (
                "self.strength = (strength - strength.mean()) / strength.std()",
                "self.strength = 1e6 * (30 + 8 * strength)",
            ),
            ("lr=0.003", "lr=0.0005"),
        ],
        "targets not scaled",
        ASKED + "huge loss in regression",
    ),
    case(
        "concrete_wrapped_in_a_new_tensor",
        CONCRETE,
        [
            (
                "        loss = criterion(out, y.unsqueeze(1))\n",
                "        loss = criterion(out, y.unsqueeze(1))\n        loss = torch.tensor(loss.item(), requires_grad=True)\n",
            )
        ],
        "missing gradients",
        ASKED + "does not require grad, torch.tensor(loss, requires_grad=True)",
    ),
    case(
        "concrete_one_batch",
        CONCRETE,
        [
            ("for x, y in train_dl:", "for x, y in [fixed]:"),
            ("def train_epoch", "fixed = next(iter(train_dl))\n\n\ndef train_epoch"),
            ("batch_size=25", "batch_size=4"),
        ],
        "same batch again",
        RECIPE + ", overfit one batch, and left in",
    ),
    case(
        "rice_with_softmax_inside",
        RICE,
        [("return self.fc2(x)", "return F.softmax(self.fc2(x), dim=1)"), ("momentum=0.9", "momentum=0.5")],
        "double softmax",
        "most common neural net mistakes: softmaxed outputs to a loss of logits",
    ),
    case(
        "concrete_without_zeroing",
        CONCRETE,
        [
            ("        optimizer.zero_grad()\n", ""),
            ("torch.optim.Adam(model.parameters(), lr=0.003)", "torch.optim.SGD(model.parameters(), lr=0.1)"),
        ],
        "gradients not zeroed",
        "most common neural net mistakes: forgot zero_grad",
    ),
    case(
        "rice_uphill",
        RICE,
        [("lr=0.05, momentum=0.9)", "lr=0.05, momentum=0.9, maximize=True)")],
        "loss maximised",
        LIST + "15, check your loss function",
    ),
    case(
        "rice_at_a_rate_of_five",
        RICE,
        [("lr=0.05", "lr=5.0")],
        "learning rate too high",
        LIST + "33, the learning rate",
    ),
    case(
        "rice_shuffled_apart",
        RICE,
        [("ytr[idx]", "ytr[torch.randperm(len(ytr))[: len(idx)]]")],
        "targets unrelated to inputs",
        LIST + "4, inputs connected to outputs",
    ),
    case(
        "alarm_that_stays_in_eval",
        ALARM,
        [("    model.train()\n", ""), (".to(device)\nbce", ".to(device)\nmodel.eval()\nbce")],
        "evaluation mode in training",
        "most common neural net mistakes: train and eval mode",
    ),
    case(
        "alarm_judged_with_dropout",
        ALARM,
        [("    model.eval()\n", ""), ("Dropout(0.1)", "Dropout(0.5)")],
        "training mode in evaluation",
        "most common neural net mistakes: train and eval mode",
    ),
    case(
        "alarm_with_decay_of_sixty",
        ALARM,
        [("weight_decay=0.01", "weight_decay=60")],
        "too much weight decay",
        LIST + "27, reduce regularisation",
    ),
    case(
        "alarm_made_in_the_loop",
        ALARM,
        [
            (
                "    model.train()\n",
                "    model = AlarmNet().to(device)\n    optimizer = torch.optim.AdamW(model.parameters(), lr=0.0002)\n    model.train()\n",
            )
        ],
        "model made anew",
        ASKED + "the loss starts anew in each epoch",
    ),
    case(
        "tags_in_a_list",
        TAGS,
        [
            (
                "nn.ModuleList([nn.Linear(a, b) for a, b in zip(sizes[:-2], sizes[1:-1])])",
                "[nn.Linear(a, b) for a, b in zip(sizes[:-2], sizes[1:-1])]",
            ),
            ("Tagger([25, 64, 32, 7])", "Tagger([25, 64, 10, 7])"),
        ],
        "unregistered parameters",
        ASKED + "a Python list of layers",
    ),
    case(
        "tags_with_a_schedule_of_batches",
        TAGS,
        [
            ("        scheduler.step()\n", ""),
            ("            optimizer.step()\n", "            optimizer.step()\n            scheduler.step()\n"),
            ("CosineAnnealingLR(optimizer, T_max=25)", "StepLR(optimizer, step_size=5, gamma=0.2)"),
        ],
        "scheduler out of order",
        ASKED + "scheduler.step() in the inner loop",
        ("rate decays too fast",),
    ),
    case(
        "tags_never_stepped",
        TAGS,
        [("            optimizer.step()\n", "")],
        "step missing",
        LIST + "26, is it training at all",
    ),
]
WELL: list[Case] = []
