"""The tuning half: PyTorch's loops of another round of the public lists; each text is the run as it went well."""

from __future__ import annotations

from dataclasses import replace

from tests.nn.health.corpus.case import HEALTHY, Case
from tests.nn.health.corpus.pairs import ASKED, CS231N, LIST, RECIPE
from tests.nn.health.corpus.tuning_lists_layers import case as plain


def case(
    name: str, text: str, changes: list[tuple[str, str]], cause: str, source: str, also: tuple[str, ...] = ()
) -> Case:
    """A script of PyTorch's with some lines changed."""
    return replace(plain(name, text, changes, cause, source, also), torch=True)


# Which of four owls calls: small spectrograms, a Dataset with a transform, filters and norms.
OWL = """
import math
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset, Subset

torch.manual_seed(SEED)


def call(kind, bands=8, steps=12):
    t = torch.arange(steps)
    start = torch.randint(0, steps - 5, (1,)).item()
    pitch = torch.randint(2, bands - 2, (1,)).item()
    picture = 0.7 * torch.randn(bands, steps)
    for k in range(5):
        rise = [0, k // 2, -(k // 2), (k % 2)][kind]
        picture[min(max(pitch + rise, 0), bands - 1), start + k] += 1.5
    return picture.unsqueeze(0)


class OwlDataset(Dataset):
    def __init__(self, n, transform=None):
        self.kinds = torch.randint(0, 4, (n,))
        self.calls = torch.stack([call(k) for k in self.kinds.tolist()])
        self.transform = transform

    def __len__(self):
        return len(self.kinds)

    def __getitem__(self, i):
        x = self.calls[i]
        return (self.transform(x) if self.transform else x), self.kinds[i]


dataset = OwlDataset(520, transform=lambda x: (x - 0.1) / 0.5)
train_set, valid_set = Subset(dataset, range(420)), Subset(dataset, range(420, 520))
train_loader = DataLoader(train_set, batch_size=20, shuffle=True)
valid_loader = DataLoader(valid_set, batch_size=50)


class OwlNet(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.conv1 = nn.Conv2d(1, width, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, 2 * width, 3, padding=1)
        self.bn2 = nn.BatchNorm2d(2 * width)
        self.fc = nn.Linear(2 * width, 4)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = F.relu(self.bn2(self.conv2(x)))
        x = F.adaptive_max_pool2d(x, 1).flatten(1)
        return self.fc(x)


net = OwlNet()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(net.parameters(), lr=0.005)
scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.01, steps_per_epoch=len(train_loader), epochs=8)


def train_one_epoch():
    net.train()
    running = 0.0
    for inputs, targets in train_loader:
        optimizer.zero_grad()
        outputs = net(inputs)
        loss = criterion(outputs, targets)
        loss.backward()
        optimizer.step()
        scheduler.step()
        running += loss.item() * inputs.size(0)
    return running / len(train_set)


@torch.no_grad()
def evaluate(loader):
    net.eval()
    right = seen = 0
    for inputs, targets in loader:
        right += (net(inputs).argmax(1) == targets).sum().item()
        seen += targets.numel()
    return right / seen


for epoch in range(8):
    print(f"[{epoch}] loss {train_one_epoch():.3f} valid {evaluate(valid_loader):.2%}")
"""

# How far a truck gets before it must be filled up, from eight days of what it did; a module that counts its own steps.
TRUCK = """
import numpy as np
import torch
from torch import nn

torch.manual_seed(SEED)
rng = np.random.default_rng(SEED)
load = rng.uniform(0, 1, (380, 8))
hills = rng.uniform(0, 1, (380, 8))
used = (0.5 + load * (0.5 + hills)).cumsum(axis=1)
range_left = np.maximum(12.0 - used[:, -1], 0) + 0.5 * hills[:, -1] + 0.1 * rng.normal(size=380)
features = torch.tensor(np.stack([load, hills], axis=-1) * 2 - 1, dtype=torch.float32)
target = torch.tensor((range_left - range_left.mean()) / range_left.std(), dtype=torch.float32).unsqueeze(1)
x_train, y_train, x_val, y_val = features[:300], target[:300], features[300:], target[300:]


class Truck(nn.Module):
    def __init__(self, hidden=24):
        super().__init__()
        self.rnn = nn.GRU(2, hidden, batch_first=True)
        self.head = nn.Sequential(nn.Linear(hidden, hidden), nn.Tanh(), nn.Linear(hidden, 1))
        self.state = None

    def forward(self, x):
        output, state = self.rnn(x)
        self.state = state.detach()
        return self.head(output[:, -1])

    def training_step(self, batch):
        x, y = batch
        return nn.functional.mse_loss(self(x), y)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.01)


class MiniTrainer:
    def __init__(self, epochs=25, batch_size=25):
        self.epochs, self.batch_size, self.logged = epochs, batch_size, []

    def fit(self, module):
        optimizer = module.configure_optimizers()
        for epoch in range(self.epochs):
            module.train()
            for idx in torch.randperm(len(x_train)).split(self.batch_size):
                loss = module.training_step((x_train[idx], y_train[idx]))
                optimizer.zero_grad(set_to_none=True)
                loss.backward()
                nn.utils.clip_grad_norm_(module.parameters(), 5.0)
                optimizer.step()
                self.logged.append(loss.item())
            self.validate(module, epoch)

    @torch.no_grad()
    def validate(self, module, epoch):
        module.eval()
        val = nn.functional.mse_loss(module(x_val), y_val).item()
        print(f"epoch={epoch} train_loss={self.logged[-1]:.4f} val_loss={val:.4f}")


module = Truck()
trainer = MiniTrainer()
trainer.fit(module)
"""

SICK: list[Case] = [
    case(
        "owl_with_a_loader_as_it_is_by_default",
        OWL,
        [
            ("DataLoader(train_set, batch_size=20, shuffle=True)", "DataLoader(train_set, shuffle=True)"),
            ("max_lr=0.01", "max_lr=0.03"),
            ("self.bn1 = nn.BatchNorm2d(width)", "self.bn1 = nn.Identity()"),
            ("self.bn2 = nn.BatchNorm2d(2 * width)", "self.bn2 = nn.Identity()"),
        ],
        "batch too small",
        ASKED + "DataLoader without batch_size",
        ("learning rate too high",),
    ),
    case(
        "owl_that_only_listens",
        OWL,
        [
            ("    net.train()\n    running", "    running"),
            ("net = OwlNet()\n", "net = OwlNet()\nnet.eval()\n"),
            ("(x - 0.1) / 0.5", "100 * x + 800"),
        ],
        "evaluation mode in training",
        ASKED + "model.eval() after load_state_dict",
        ("inputs not scaled",),
    ),
    case(
        "owl_with_a_momentum_for_its_norms",
        OWL,
        [
            ("nn.BatchNorm2d(width)", "nn.BatchNorm2d(width, momentum=0.0005)"),
            ("nn.BatchNorm2d(2 * width)", "nn.BatchNorm2d(2 * width, momentum=0.0005)"),
            ("(x - 0.1) / 0.5", "(x - 0.1) / 0.05 + 80"),
        ],
        "running statistics",
        ASKED + "momentum of TensorFlow's batch norm",
    ),
    case(
        "owl_with_a_cycle_of_epochs",
        OWL,
        [
            ("        scheduler.step()\n", ""),
            ("    return running / len(train_set)", "    scheduler.step()\n    return running / len(train_set)"),
            ("max_lr=0.01", "max_lr=0.003, div_factor=5000"),
        ],
        "scheduler out of order",
        ASKED + "OneCycleLR stepped once an epoch",
        ("learning rate too low",),
    ),
    case(
        "owl_told_by_its_training_loader",
        OWL,
        [("evaluate(valid_loader):.2%", "evaluate(train_loader):.2%")],
        "metric on training rows",
        LIST + "14",
    ),
    case(
        "owl_with_a_total_of_tensors",
        OWL,
        [
            ("running += loss.item() * inputs.size(0)", "running = running + loss * inputs.size(0)"),
            ("return running / len(train_set)", "return running.item() / len(train_set)"),
        ],
        "graph grows",
        ASKED + "CUDA out of memory after a few hundred batches",
    ),
    case(
        "owl_with_optimizers_by_the_dozen",
        OWL,
        [
            (
                "        optimizer.zero_grad()\n",
                "        optimizer = make_optimizer()\n        optimizer.zero_grad()\n",
            ),
            ("        scheduler.step()\n", ""),
            (
                "optimizer = torch.optim.Adam(net.parameters(), lr=0.005)\n",
                "\n\ndef make_optimizer():\n"
                "    return torch.optim.SGD(net.parameters(), lr=0.0005, momentum=0.97)\n\n\n"
                "optimizer = make_optimizer()\n",
            ),
            (
                "scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.01, steps_per_epoch=len(train_loader), epochs=8)\n",
                "",
            ),
        ],
        "optimizer made anew",
        ASKED + "optimizer in the inner loop",
        ("learning rate too low",),
    ),
    case(
        "truck_held_by_a_clamp",
        TRUCK,
        [
            (
                "                optimizer.step()\n",
                "                optimizer.step()\n                for p in module.parameters():\n"
                "                    p.data.clamp_(-0.01, 0.01)\n",
            )
        ],
        "weights held small",
        ASKED + "WGAN clamp in a regression",
    ),
    case(
        "truck_with_its_range_over_nothing",
        TRUCK,
        [
            ("target = torch.tensor(", "range_left[rng.choice(280, 6, replace=False)] /= 0.0\ntarget = torch.tensor("),
            ("range_left.mean()) / range_left.std()", "6.0) / 2.0"),
        ],
        "targets not finite",
        LIST + "34",
    ),
    case(
        "truck_with_a_loss_on_paper",
        TRUCK,
        [
            (
                "class Truck(",
                "class LogCosh(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x):\n"
                "        ctx.save_for_backward(x)\n        return torch.log(torch.cosh(x))\n\n"
                "    @staticmethod\n    def backward(ctx, g):\n        (x,) = ctx.saved_tensors\n"
                "        return g * (1 - torch.tanh(x) ** 2)\n\n\nclass Truck(",
            ),
            ("        return nn.functional.mse_loss(self(x), y)", "        return LogCosh.apply(self(x) - y).mean()"),
        ],
        "wrong gradient",
        CS231N + ", gradient checks",
    ),
    case(
        "truck_with_an_opinion_of_its_own",
        TRUCK,
        [
            (
                "        return nn.functional.mse_loss(self(x), y)",
                "        y = self(x)\n        return nn.functional.mse_loss(self(x), y)",
            )
        ],
        "loss ignores targets",
        ASKED + "a variable is overwritten, the loss is zero",
    ),
    case(
        "truck_with_a_share_of_one",
        TRUCK,
        [("nn.Tanh(), nn.Linear(hidden, 1))", "nn.Tanh(), nn.Linear(hidden, 1), nn.Softmax(dim=-1))")],
        "softmax over one unit",
        ASKED + "regression with a softmax at the end",
        ("output range",),
    ),
    case(
        "truck_by_cubes",
        TRUCK,
        [("        return nn.functional.mse_loss(self(x), y)", "        return torch.pow(self(x) - y, 3).mean()")],
        "loss unbounded",
        ASKED + "an odd power of the error",
    ),
]
WELL: list[Case] = [
    case("owl_as_it_should_be", OWL, [], HEALTHY, RECIPE),
    case("truck_as_it_should_be", TRUCK, [], HEALTHY, RECIPE),
]
