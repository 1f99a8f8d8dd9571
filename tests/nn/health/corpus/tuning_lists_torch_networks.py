"""The tuning half: what the public lists warn of, in PyTorch's networks; it is imported only where PyTorch is."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn as tnn
from torch.nn import functional as F

from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.pairs import ASKED, CS231N, LIST, RECIPE
from tests.nn.health.corpus.tuning_lists_layers import case
from tests.nn.health.corpus.tuning_lists_pictures import beads, dials
from tests.nn.health.corpus.tuning_lists_sequences import duels


def parts(x: np.ndarray, y: np.ndarray, at: int) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """Tensors to train with, and to judge by."""
    a, b = torch.from_numpy(np.ascontiguousarray(x)), torch.from_numpy(np.ascontiguousarray(y))
    return (a[:at], b[:at]), (a[at:], b[at:])


def adam(model: Any, lr: float) -> Any:
    return torch.optim.Adam(model.parameters(), lr=lr)


class Ear(tnn.Module):
    """A recurrent layer, and an answer from where it ends."""

    def __init__(
        self, inputs: int, outputs: int, width: int = 20, kind: Any = tnn.GRU, batch_first: bool = True
    ) -> None:
        super().__init__()
        self.rnn = kind(inputs, width, batch_first=batch_first)
        self.fc = tnn.Linear(width, outputs)

    def forward(self, x: Any) -> Any:
        out, _ = self.rnn(x)
        return self.fc(out[:, -1, :])


def birds(seed: int, count: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """Calls that rise, fall, or stay, with noise."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, count)
    pitch = 2.5 * rng.normal(size=(count, 1)) + 0.15 * (y - 1)[:, None] * np.arange(15)
    x = np.stack([pitch, rng.normal(size=(count, 15))], axis=2) + 0.15 * rng.normal(size=(count, 15, 2))
    return x.astype(np.float32), y


def birds_with_time_first(seed: int, well: bool = False) -> Setup:
    """The layer takes time first, and gets the rows first."""
    torch.manual_seed(seed)
    model = Ear(2, 3, kind=tnn.LSTM, batch_first=well)
    train, held = parts(*birds(seed), 240)
    return Setup(model, *train, tnn.CrossEntropyLoss(), adam(model, 0.01), held, epochs=20)


def birds_drawn_with_fifteen(seed: int, well: bool = False) -> Setup:
    """Weights drawn with deviation 15 for an LSTM."""
    torch.manual_seed(seed)
    model = Ear(2, 3, kind=tnn.LSTM)
    for name, p in model.rnn.named_parameters():
        if "weight" in name and not well:
            tnn.init.normal_(p, std=15.0)
    train, held = parts(*birds(seed + 1), 240)
    return Setup(model, *train, tnn.CrossEntropyLoss(), adam(model, 0.003), held, epochs=20)


def beads_by_view(seed: int, well: bool = False) -> Setup:
    """Channels last become channels first by a view."""
    x, y = beads(seed + 3)
    torch.manual_seed(seed)
    model = tnn.Sequential(
        tnn.Conv2d(3, 16, 2), tnn.LeakyReLU(), tnn.AdaptiveAvgPool2d(1), tnn.Flatten(), tnn.Linear(16, 6)
    )
    train, held = parts(x, y, 380)

    def fed(a: Any) -> Any:
        return a.permute(0, 3, 1, 2).contiguous() if well else a.view(-1, 3, 9, 9)

    return Setup(
        model, fed(train[0]), train[1], tnn.CrossEntropyLoss(), adam(model, 0.03), (fed(held[0]), held[1]), epochs=25
    )


def dials_with_a_slow_norm(seed: int, well: bool = False) -> Setup:
    """Pictures from 0 to 255 behind a batch norm with momentum 0.0003."""
    x, y = dials(seed)
    torch.manual_seed(seed)
    momentum = 0.1 if well else 0.0003
    model = tnn.Sequential(
        tnn.BatchNorm2d(1, momentum=momentum), tnn.Conv2d(1, 6, 3, stride=2), tnn.BatchNorm2d(6, momentum=momentum), tnn.ReLU(),
        tnn.Flatten(), tnn.Linear(216, 24), tnn.ReLU(), tnn.Linear(24, 1),
    )  # fmt: skip
    train, held = parts((100 + 60 * x).astype(np.float32), y, 240)
    return Setup(model, *train, tnn.MSELoss(), adam(model, 0.004), held, epochs=12, batch_size=24)


class Fight(tnn.Module):
    """Words through a transformer, with embeddings of their places or without, and the mean of all."""

    def __init__(self, placed: bool) -> None:
        super().__init__()
        self.words = tnn.Embedding(25, 16)
        self.places = tnn.Parameter(torch.randn(6, 16)) if placed else None
        layer = tnn.TransformerEncoderLayer(16, 2, 32, dropout=0.0, batch_first=True)
        self.encoder = tnn.TransformerEncoder(layer, 1)
        self.fc = tnn.Linear(16, 1)

    def forward(self, x: Any) -> Any:
        h = self.words(x)
        return self.fc(self.encoder(h if self.places is None else h + self.places).mean(1))


def duels_without_places(seed: int, well: bool = False) -> Setup:
    torch.manual_seed(seed)
    model = Fight(well)
    train, held = parts(*duels(seed + 2), 400)
    return Setup(model, *train, tnn.BCEWithLogitsLoss(), adam(model, 0.005), held, epochs=30)


class Twice(torch.autograd.Function):
    """A squashing function with a derivative of its own."""

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        out = x / (1 + x.abs())
        ctx.save_for_backward(x)
        return out

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        (x,) = ctx.saved_tensors
        return -g / (1 + x.abs()) ** 2


class Squash(tnn.Module):
    def __init__(self, by_hand: bool) -> None:
        super().__init__()
        self.by_hand = by_hand

    def forward(self, x: Any) -> Any:
        return Twice.apply(x) if self.by_hand else F.softsign(x)


def ropes_by_hand(seed: int, well: bool = False) -> Setup:
    """A derivative with a sign that is not there."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(400, 4)).astype(np.float32)
    y = (np.tanh(x[:, :1] - x[:, 1:2]) + np.abs(x[:, 2:3])).astype(np.float32)
    torch.manual_seed(seed)
    model = tnn.Sequential(
        tnn.Linear(4, 16),
        Squash(not well),
        tnn.Linear(16, 16),
        Squash(not well),
        tnn.Linear(16, 16),
        Squash(not well),
        tnn.Linear(16, 1),
    )
    train, held = parts(x, y, 320)
    return Setup(
        model, *train, tnn.MSELoss(), torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9), held, epochs=40
    )


class Apart(tnn.Module):
    """How far apart two things are, each seen through the same layers."""

    def __init__(self, least: float) -> None:
        super().__init__()
        self.least = least
        self.side = tnn.Sequential(tnn.Linear(4, 24), tnn.Tanh(), tnn.Linear(24, 6))

    def forward(self, x: Any) -> Any:
        d = self.side(x[:, :4]) - self.side(x[:, 4:])
        return torch.sqrt(d.pow(2).sum(1, keepdim=True) + self.least)


def twins_at_no_distance(seed: int, well: bool = False) -> Setup:
    """The derivative of a square root at zero: some pairs are of the same thing twice."""
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(340, 4))
    b = np.where(rng.random((340, 1)) < 0.2, a, rng.normal(size=(340, 4)))
    y = np.sqrt(((np.tanh(a) - np.tanh(b)) ** 2).sum(axis=1, keepdims=True))
    torch.manual_seed(seed)
    model = Apart(1e-6 if well else 0.0)
    train, held = parts(np.hstack([a, b]).astype(np.float32), y.astype(np.float32), 270)
    return Setup(model, *train, tnn.MSELoss(), adam(model, 0.01), held, epochs=25)


def kites_of_a_deep_net(seed: int, well: bool = False) -> Setup:
    """Ten layers with a sigmoid each."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, 360)
    x = rng.normal(size=(360, 6)) + 2.6 * np.eye(6)[y]
    torch.manual_seed(seed)
    layers: list[Any] = []
    for k in range(10):
        layers += [tnn.Linear(24 if k else 6, 24), tnn.ReLU() if well else tnn.Sigmoid()]
        if well:
            tnn.init.kaiming_normal_(layers[-2].weight, nonlinearity="relu")
    model = tnn.Sequential(*layers, tnn.Linear(24, 3))
    train, held = parts(x.astype(np.float32), y, 290)
    return Setup(model, *train, tnn.CrossEntropyLoss(), adam(model, 0.002), held, epochs=25)


# Shells: an encoder, a decoder and a head for their kind, in one loop.
SHELLS = """
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(SEED)
np.random.seed(SEED)
turns = np.random.uniform(0, 2 * np.pi, (480, 2))
basis = np.random.default_rng(4).normal(size=(4, 20))
x = np.hstack([np.cos(turns), np.sin(turns)]) @ basis / 1.4 + 0.05 * np.random.randn(480, 20)
x = torch.tensor(x, dtype=torch.float32)
length = torch.tensor(np.sin(turns[:, 0]) * np.cos(turns[:, 1]) * 2, dtype=torch.float32)
xtr, xte, ltr, lte = x[:400], x[400:], length[:400].unsqueeze(1), length[400:].unsqueeze(1)


class Shell(nn.Module):
    def __init__(self, code=4):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(20, 48), nn.ReLU(), nn.Linear(48, code))
        self.head = nn.Sequential(nn.Linear(code, 32), nn.ReLU(), nn.Linear(32, 1))

    def encode(self, x):
        return self.encoder(x)

    def forward(self, x):
        z = self.encode(x)
        return self.head(z)


device = torch.device("cpu")
net = Shell().to(device)
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(40):
    net.train()
    for idx in torch.randperm(400).split(40):
        optimizer.zero_grad()
        pred = net(xtr[idx])
        loss = F.mse_loss(pred, ltr[idx])
        loss.backward()
        optimizer.step()
net.eval()
with torch.no_grad():
    print("test", F.mse_loss(net(xte), lte).item(), "mean", ((lte - ltr.mean()) ** 2).mean().item())
"""

# Coins on a belt: a convolution, made by a function, and the usual functions for training and for testing.
COINS = """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(SEED)
N = 450
labels = torch.randint(0, 4, (N,))
pictures = 0.25 * torch.randn(N, 1, 10, 10)
yy, xx = torch.meshgrid(torch.arange(10.0), torch.arange(10.0), indexing="ij")
for i in range(N):
    cy, cx = (torch.rand(2) * 4 + 2.5).tolist()
    r = ((yy - cy) ** 2 + (xx - cx) ** 2).sqrt()
    pictures[i, 0] += 1.5 * ((r - labels[i] * 0.9).abs() < 0.6)
train_loader = DataLoader(TensorDataset(pictures[:360], labels[:360]), batch_size=30, shuffle=True)
test_loader = DataLoader(TensorDataset(pictures[360:], labels[360:]), batch_size=90)


def make_model():
    return nn.Sequential(
        nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(12, 16, 3), nn.BatchNorm2d(16), nn.ReLU(),
        nn.Flatten(), nn.Dropout(0.2), nn.Linear(64, 4),
    )


model = make_model()
opt = torch.optim.SGD(model.parameters(), lr=0.03, momentum=0.9, weight_decay=1e-4)
criterion = nn.CrossEntropyLoss()


def train():
    model.train()
    for data, target in train_loader:
        opt.zero_grad()
        output = model(data)
        loss = criterion(output, target)
        loss.backward()
        opt.step()


def test():
    model.eval()
    wrong = 0
    with torch.no_grad():
        for data, target in test_loader:
            wrong += (model(data).argmax(1) != target).sum().item()
    return wrong / 90


for epoch in range(15):
    train()
    error = test()
print("error", error, "guess", 0.75)
"""


def hives_normed_in_layers(seed: int) -> Setup:
    """Warm and cold hives, from two sensors that are noisy; a layer norm and some dropout."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, 420)
    wave = np.sin((0.5 + 0.5 * y)[:, None] * np.arange(14) + rng.uniform(0, 6, (420, 1)))
    x = np.stack([wave, rng.normal(size=(420, 14))], axis=2) + 0.6 * rng.normal(size=(420, 14, 2))
    torch.manual_seed(seed)

    class Hive(tnn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.rnn, self.norm = tnn.GRU(2, 24, batch_first=True), tnn.LayerNorm(24)
            self.drop, self.fc = tnn.Dropout(0.2), tnn.Linear(24, 2)

        def forward(self, x: Any) -> Any:
            return self.fc(self.drop(self.norm(self.rnn(x)[0].mean(1))))

    model = Hive()
    train, held = parts(x.astype(np.float32), y, 340)
    return Setup(model, *train, tnn.CrossEntropyLoss(), adam(model, 0.006), held, epochs=20, clip_norm=1.0)


def dials_as_they_are(seed: int) -> Setup:
    x, y = dials(seed + 9)
    torch.manual_seed(seed)
    model = tnn.Sequential(
        tnn.Conv2d(1, 8, 3, stride=2), tnn.GELU(), tnn.Flatten(), tnn.Linear(288, 32), tnn.GELU(), tnn.Linear(32, 1)
    )
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.004, weight_decay=0.02)
    train, held = parts(x, y, 240)

    def schedule(optimizer: Any) -> Any:
        return torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=20)

    return Setup(model, *train, tnn.HuberLoss(), optimizer, held, epochs=20, scheduler=schedule)


def duels_with_places(seed: int) -> Setup:
    torch.manual_seed(seed + 5)
    model = Fight(True)
    train, held = parts(*duels(seed + 20), 400)
    return Setup(
        model, *train, tnn.BCEWithLogitsLoss(), torch.optim.NAdam(model.parameters(), lr=0.004), held, epochs=25
    )


def loop(name: str, text: str, changes: Any, cause: str, source: str) -> Case:
    made = case(name, text, changes, cause, source)
    return Case(made.make, cause, source, torch=True)


SICK: list[Case] = [
    Case(birds_with_time_first, "rows mixed", ASKED + "batch_first and out[:, -1, :]", torch=True),
    Case(birds_drawn_with_fifteen, "saturation", CS231N, torch=True),
    Case(beads_by_view, "axes mixed up", ASKED + "view is not permute", torch=True),
    Case(dials_with_a_slow_norm, "running statistics", ASKED + "model.eval() makes it worse", torch=True),
    Case(duels_without_places, "order ignored", ASKED + "transformer without positional encoding", torch=True),
    Case(ropes_by_hand, "wrong gradient", LIST + "31", torch=True),
    Case(twins_at_no_distance, "not finite", ASKED + "gradient of sqrt at zero is NaN", torch=True),
    Case(kites_of_a_deep_net, "vanishing gradients", CS231N, torch=True),
    loop(
        "shells_coded_without_gradients",
        SHELLS,
        (
            ("        z = self.encode(x)\n", "        with torch.no_grad():\n            z = self.encode(x)\n"),
            ("code=4", "code=2"),
        ),
        "missing gradients",
        ASKED + "no_grad in forward",
    ),
    loop(
        "shells_of_one_axis",
        SHELLS,
        (
            ("        pred = net(xtr[idx])\n", "        pred = net(xtr[idx]).squeeze()\n"),
        ),
        "shapes broadcast",
        ASKED + "UserWarning: using a target size that is different",
    ),
    loop(
        "coins_made_after_the_optimizer",
        COINS,
        (("weight_decay=1e-4)\n", "weight_decay=1e-4)\nmodel = make_model()\n"),),
        "foreign parameters",
        ASKED + "model replaced after the optimizer was made",
    ),
    loop(
        "coins_softmax_of_rows",
        COINS,
        (("criterion(output, target)", "nn.functional.nll_loss(torch.log_softmax(output, 0), target)"),),
        "softmax over rows",
        ASKED + "dim of log_softmax",
    ),
    loop(
        "coins_frozen_but_for_biases",
        COINS,
        (
            ("model = make_model()\n",
             "model = make_model()\nfor p in model.parameters():\n    p.requires_grad = p.ndim == 1 and len(p) == 4\n"),
        ),
        "frozen parameters",
        LIST + "23",
    ),
]  # fmt: skip
WELL: list[Case] = [
    Case(hives_normed_in_layers, HEALTHY, RECIPE, torch=True),
    Case(dials_as_they_are, HEALTHY, RECIPE, torch=True),
    Case(duels_with_places, HEALTHY, RECIPE, torch=True),
    loop("shells_as_they_are", SHELLS, (), HEALTHY, RECIPE),
    loop("coins_as_they_are", COINS, (), HEALTHY, RECIPE),
]
