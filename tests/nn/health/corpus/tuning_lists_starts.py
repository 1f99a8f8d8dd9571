"""The tuning half: what the public lists warn of in how weights begin and how gradients flow; `well=True` mends only the fault."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
from autograd import Tensor, concatenate
from nn import functional
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BCE, CE, CS231N, LIST, MSE, adam, sgd, split
from tests.nn.health.corpus.rows import images
from tests.nn.health.corpus.tuning_lists_layers import HEAD, case


def pumps_from_zero(seed: int, well: bool = False) -> Setup:
    """All weights begin at zero."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(360, 5)).astype(np.float32)
    y = (x[:, 0] * x[:, 1] + 0.7 * x[:, 2] > 0).astype(np.float32)[:, None]
    model = mlp([5, 24, 24, 1], seed, nn.Tanh)
    if not well:
        for p in model.parameters():
            nn.init.zeros_(p)
    train, held = split((x, y), 280)
    return Setup(model, *train, BCE(), adam(model, 0.01), held, epochs=30)


def pumps_all_at_a_half(seed: int, well: bool = False) -> Setup:
    """A constant initialiser, taken over from the biases."""
    rng = np.random.default_rng(seed + 40)
    x = rng.uniform(-1, 1, (420, 4)).astype(np.float32)
    y = np.stack([np.sign(x[:, 0]) * x[:, 1], np.abs(x[:, 2]), np.tanh(3 * x[:, 3])], axis=1)
    y = ((y - y.mean(axis=0)) / y.std(axis=0)).astype(np.float32)
    model = mlp([4, 48, 48, 3], seed, nn.ReLU)
    if not well:
        for layer in (model[0], model[2], model[4]):
            nn.init.constant_(layer.weight, 0.05)
            nn.init.zeros_(layer.bias)
    train, held = split((x, y), 340)
    return Setup(model, *train, MSE(), adam(model, 0.005), held, epochs=60)


def grains_from_standard_normal(seed: int, well: bool = False) -> Setup:
    """Seven layers of 64, drawn with deviation one."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(380, 8)).astype(np.float32)
    y = (np.maximum(x[:, :1], x[:, 1:2]) - np.abs(x[:, 2:3])).astype(np.float32)
    model = mlp([8, *[64] * 7, 1], seed)
    for p in model.parameters():
        if p.ndim == 2:
            nn.init.normal_(p, std=float(np.sqrt(2 / p.shape[1])) if well else 1.0, rng=rng)
    train, held = split((x, y), 300)
    return Setup(model, *train, MSE(), sgd(model, 0.003, 0.9), held, epochs=20)


def maps_ten_times_he(seed: int, well: bool = False) -> Setup:
    """Five convolutions whose first weights are ten times what they should be."""
    x, y = images(460)
    rng = np.random.default_rng(seed)
    layers: list[Any] = []
    for k in range(5):
        conv = nn.Conv2d(8 if k else 1, 8, 3, padding=1, rng=rng)
        nn.init.kaiming_normal_(conv.weight, nonlinearity="relu", rng=rng)
        conv.weight.data = (1.0 if well else 10.0) * conv.weight.data
        layers += [conv, nn.ReLU()]
    model = nn.Sequential(*layers, nn.MaxPool2d(2), nn.Flatten(), nn.Linear(128, 10, rng=rng))
    train, held = split((x, y), 380)
    return Setup(model, *train, CE(), sgd(model, 0.02, 0.9), held, epochs=14)


def whispers(seed: int, well: bool = False) -> Setup:
    """Four layers drawn with deviation 0.00003: hardly anything comes out at the end."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 5, 400)
    x = (rng.normal(size=(5, 12))[y] + 0.6 * rng.normal(size=(400, 12))).astype(np.float32)
    model = mlp([12, 40, 40, 40, 5], seed)
    if not well:
        for p in model.parameters():
            if p.ndim == 2:
                nn.init.normal_(p, std=3e-5, rng=rng)
    train, held = split((x, y), 320)
    return Setup(model, *train, CE(), sgd(model, 0.05, 0.9), held, epochs=20)


def tower_of_twenty_four(seed: int, well: bool = False) -> Setup:
    """Twenty-four layers with the small weights of a library's default."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(400, 3)).astype(np.float32)
    y = (x[:, 0] + x[:, 1] > 0).astype(int) + (x[:, 2] > 0.5)
    model = mlp([3, *[32] * 24, 3], seed)
    if well:
        for layer in model:
            if isinstance(layer, nn.Linear):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", rng=rng)
    train, held = split((x, y), 320)
    return Setup(model, *train, CE(), adam(model, 0.0005), held, epochs=15)


def springs_that_stick(seed: int, well: bool = False) -> Setup:
    """Three layers of tanh, drawn between -40 and 40."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (320, 6)).astype(np.float32)
    y = (np.sin(2 * x[:, :1]) + x[:, 1:2] - x[:, 2:3] ** 2).astype(np.float32)
    model = mlp([6, 12, 12, 12, 1], seed, nn.Tanh)
    if not well:
        for k in (0, 2, 4):
            nn.init.uniform_(model[k].weight, -40.0, 40.0, rng=rng)
    train, held = split((x, y), 260)
    return Setup(model, *train, MSE(), sgd(model, 0.01, 0.9), held, epochs=40)


def shares_below_nothing(seed: int, well: bool = False) -> Setup:
    """Shares between 0 and 1, and first weights between -1 and 0: no ReLU is ever switched on."""
    rng = np.random.default_rng(seed)
    x = rng.dirichlet(np.ones(5), 360).astype(np.float32)
    y = (x[:, 0] + x[:, 1] > 0.45).astype(int)
    model = mlp([5, 32, 2], seed)
    nn.init.uniform_(model[0].weight, -1.0, 1.0 if well else 0.0, rng=rng)
    nn.init.zeros_(model[0].bias)
    train, held = split((x, y), 290)
    return Setup(model, *train, CE(), adam(model, 0.01), held, epochs=30)


class Divided(nn.Module):
    """A network of pictures that divides them by 255 once more."""

    def __init__(self, seed: int, by: float) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.by = by
        self.maps, self.head = nn.Conv2d(1, 8, 3, rng=rng), nn.Linear(288, 10, rng=rng)

    def forward(self, x: Any) -> Any:
        h = functional.relu(self.maps(x / self.by))
        return self.head(h.reshape(len(x), -1))


def divided_once_more(seed: int, well: bool = False) -> Setup:
    """The loader scales pixels to 0 … 1, and the network thinks that they are bytes."""
    x, y = images(500)
    model = Divided(seed, 1.0 if well else 255.0)
    train, held = split((x, y), 400)
    return Setup(model, *train, CE(), sgd(model, 0.05), held, epochs=15)


class Variety(nn.Module):
    """How many of each kind were counted, and how mixed that is, in front of two layers."""

    def __init__(self, seed: int, least: float) -> None:
        super().__init__()
        self.least, self.body = least, mlp([12, 24, 1], seed, nn.Tanh)

    def forward(self, x: Any) -> Any:
        share = (x if isinstance(x, Tensor) else Tensor(x)) + self.least
        return self.body(concatenate([4.0 * share, share * np.log(share)], axis=1))


def ponds_without_some_kind(seed: int, well: bool = False) -> Setup:
    """Shares times their logarithms, and some shares are zero."""
    rng = np.random.default_rng(seed)
    counts = rng.multinomial(20, [0.35, 0.25, 0.15, 0.12, 0.08, 0.05], 360) + rng.integers(0, 6, (360, 6)) * (
        rng.random((360, 6)) < 0.4
    )
    share = counts / counts.sum(axis=1, keepdims=True)
    y = -(share * np.log(share + 1e-9)).sum(axis=1, keepdims=True)
    y = (y - y.mean()) / y.std()
    model = Variety(seed, 1e-4 if well else 0.0)
    train, held = split((share.astype(np.float32), y.astype(np.float32)), 290)
    return Setup(model, *train, MSE(), adam(model, 0.01), held, epochs=25)


# Bus stops: sequences of boardings, a GRU, and a loop that stops when the loss of a held week rises.
BUSES = (
    HEAD
    + """
n, steps = 360, 12
level = rng.uniform(-3, 3, (n, 1))
trend = rng.uniform(-0.15, 0.15, (n, 1))
boardings = level + trend * np.arange(steps + 1) + 0.3 * np.sin(np.arange(steps + 1)) + 0.1 * rng.normal(size=(n, steps + 1))
series = torch_like = boardings[:, :steps, None].astype(np.float32)
target = (10 * trend).astype(np.float32)
train, held = slice(0, 290), slice(290, n)


class Stop(nn.Module):
    def __init__(self, hidden=16):
        super().__init__()
        self.gru = nn.GRU(1, hidden, batch_first=True, rng=SEED)
        self.norm = nn.LayerNorm(hidden)
        self.fc = nn.Linear(hidden, 1, rng=SEED + 1)

    def init_weights(self, std):
        for name, p in self.gru.named_parameters():
            if "weight" in name:
                nn.init.normal_(p, std=std, rng=rng)

    def forward(self, x):
        out, h = self.gru(x)
        return self.fc(self.norm(out[:, -1]))


model = Stop()
model.init_weights(std=0.2)
criterion = nn.MSELoss()
optimizer = optim.Adam(model.parameters(), lr=0.01)
for epoch in range(30):
    idx = rng.permutation(290)
    for b in np.array_split(idx, 10):
        out = model(series[b])
        loss = criterion(out, target[b])
        optimizer.zero_grad()
        loss.backward()
        grad_norm = optim.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    if epoch % 10 == 0:
        print(f"epoch {epoch} loss {loss.item():.4f} grad norm {float(grad_norm):.3f}")
with no_grad():
    print("held", criterion(model(series[held]), target[held]).item(), "mean", ((target[held] - target[train].mean()) ** 2).mean())
"""
).replace("series = torch_like =", "series =")

# Parts on a belt: small pictures sorted into bins, with weights drawn by a function of one's own.
BELT = (
    HEAD
    + """
KINDS = 4
bins = rng.integers(0, KINDS, 420)
pics = 0.3 * rng.normal(size=(420, 1, 9, 9))
for i, k in enumerate(bins):
    r, c = rng.integers(0, 5, 2)
    patch = np.zeros((4, 4))
    if k == 0:
        patch[:, 1] = 1
    elif k == 1:
        patch[2, :] = 1
    elif k == 2:
        patch[[0, 0, 3, 3], [0, 3, 0, 3]] = 1
    else:
        patch[1:3, 1:3] = 1
    pics[i, 0, r : r + 4, c : c + 4] += 1.5 * patch
pics = pics.astype(np.float32)


class Sorter(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 12, 3, rng=SEED)
        self.bn1 = nn.BatchNorm2d(12)
        self.conv2 = nn.Conv2d(12, 16, 3, rng=SEED + 1)
        self.bn2 = nn.BatchNorm2d(16)
        self.fc = nn.Linear(16, KINDS, rng=SEED + 2)

    def features(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(x)))

    def forward(self, x):
        return self.fc(self.features(x).max(axis=(2, 3)))


def weights_init(m):
    if isinstance(m, (nn.Conv2d, nn.Linear)):
        nn.init.kaiming_normal_(m.weight, nonlinearity="relu", rng=rng)
        nn.init.zeros_(m.bias)


net = Sorter()
for m in net.modules():
    weights_init(m)
opt = optim.SGD(net.parameters(), lr=0.03, momentum=0.9, weight_decay=1e-4)


def run_epoch(rows, train):
    net.train(train)
    right = 0
    for start in range(0, len(rows), 30):
        b = rows[start : start + 30]
        scores = net(pics[b])
        right += (scores.numpy().argmax(1) == bins[b]).sum()
        if train:
            loss = F.cross_entropy(scores, bins[b])
            opt.zero_grad()
            loss.backward()
            opt.step()
    return right / len(rows)


fit_rows, check_rows = np.arange(340), np.arange(340, 420)
for epoch in range(14):
    acc = run_epoch(rng.permutation(fit_rows), True)
    val = run_epoch(check_rows, False)
    print("epoch", epoch, "train", acc, "val", val)
majority = np.bincount(bins[:340]).argmax()
print("val error", 1 - val, "majority", (bins[340:] != majority).mean())
"""
)

SICK: list[Case] = [
    Case(pumps_from_zero, "identical units", CS231N),
    Case(pumps_all_at_a_half, "identical units", CS231N),
    Case(grains_from_standard_normal, "exploding gradients", CS231N),
    Case(maps_ten_times_he, "exploding gradients", LIST + "24"),
    Case(whispers, "weights too small", CS231N),
    Case(tower_of_twenty_four, "vanishing gradients", CS231N, ("weights too small",)),
    Case(springs_that_stick, "saturation", CS231N),
    Case(shares_below_nothing, "dead units", CS231N),
    Case(divided_once_more, "inputs not scaled", LIST + "13"),
    Case(ponds_without_some_kind, "not finite", ASKED + "0 times log 0 in an entropy"),
    case(
        "buses_from_large_weights",
        BUSES,
        (("std=0.2", "std=15.0"),),
        "saturation",
        CS231N,
        ("exploding gradients",),
    ),
    case(
        "buses_clipped_to_nothing",
        BUSES,
        (("optim.Adam(model.parameters(), lr=0.01)", "optim.SGD(model.parameters(), lr=0.05, momentum=0.9)"),
         (".parameters(), 1.0)", ".parameters(), 1e-5)")),
        "clipping too tight",
        LIST + "33",
    ),
    case(
        "buses_normed_over_one_unit",
        BUSES,
        (("self.fc(self.norm(out[:, -1]))", "self.norm(self.fc(out[:, -1]))"), ("nn.LayerNorm(hidden)", "nn.LayerNorm(1)")),
        "inputs unused",
        ASKED + "LayerNorm after the last layer",
    ),
    case(
        "buses_in_the_wrong_axes",
        BUSES,
        (("nn.GRU(1, hidden, batch_first=True, rng=SEED)", "nn.GRU(1, hidden, rng=SEED)"),),
        "rows mixed",
        ASKED + "batch_first",
    ),
    case(
        "belt_with_maps_reshaped",
        BELT,
        (("self.features(x).max(axis=(2, 3))", "self.features(x).reshape(16, len(x), -1).max(axis=2).T"),),
        "rows mixed",
        ASKED + "view scrambles the batch",
    ),
    case(
        "belt_with_the_trunk_frozen",
        BELT,
        (("        nn.init.zeros_(m.bias)\n", "        nn.init.zeros_(m.bias)\n        m.weight.requires_grad = False\n"),
         ("(1, 12, 3, rng", "(1, 2, 3, rng"), ("Conv2d(12, 16, 3", "Conv2d(2, 2, 3"), ("Norm2d(12)", "Norm2d(2)"),
         ("Norm2d(16)", "Norm2d(2)"), ("Linear(16, K", "Linear(2, K")),
        "frozen parameters",
        LIST + "23",
    ),
    case(
        "belt_softmax_over_the_batch",
        BELT,
        (("F.cross_entropy(scores, bins[b])", "F.nll_loss(F.log_softmax(scores, dim=0), bins[b])"),),
        "softmax over rows",
        ASKED + "log_softmax with dim=0",
    ),
]  # fmt: skip
WELL: list[Case] = []
