"""The tuning half: what the public lists warn of in layers, norms and heads; `well=True` mends only the fault."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
from autograd import Tensor, primitive
from nn import functional
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.loops import Change
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BOOK, CE, LIST, MSE, RECIPE, adam, letters, sgd, split


def bowls_through_the_origin(seed: int, well: bool = False) -> Setup:
    """Two layers of tanh without biases can only answer x and -x with opposite signs."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1.5, 1.5, (300, 3)).astype(np.float32)
    y = ((x**2).sum(axis=1, keepdims=True) - 2.0).astype(np.float32)
    layers: list[Any] = []
    for n, m in ((3, 32), (32, 32)):
        layers += [nn.Linear(n, m, bias=well, rng=rng), nn.Tanh()]
    model = nn.Sequential(*layers, nn.Linear(32, 1, bias=well, rng=rng))
    train, held = split((x, y), 240)
    return Setup(model, *train, MSE(), adam(model, 0.01), held, epochs=50)


def letters_through_a_needle(seed: int, well: bool = False) -> Setup:
    """Twelve letters told by what comes through one unit."""
    x, y = letters(seed, 12, 480)
    model = mlp([16, 32 if well else 1, 12], seed)
    train, held = split((x, y), 380)
    return Setup(model, *train, CE(), adam(model, 0.01), held, epochs=20)


def frosts_above_zero(seed: int, well: bool = False) -> Setup:
    """Temperatures of a winter, all below zero, by a network that ends in a ReLU."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(500, 4))
    y = -2.5 + np.tanh(z[:, :1] - z[:, 1:2]) + 0.6 * np.sin(z[:, 2:3]) + 0.1 * rng.normal(size=(500, 1))
    model = mlp([4, 32, 16, 1], seed, nn.ReLU, *([] if well else [nn.ReLU()]))
    train, held = split((z.astype(np.float32), y.astype(np.float32)), 400)
    return Setup(model, *train, nn.SmoothL1Loss(), adam(model, 0.005), held, epochs=30)


def _swish(x: Any) -> Any:
    return x / (1.0 + np.exp(-x))


@primitive(lambda g, out, x: g * (out - 1.0 / (1.0 + np.exp(-x)) * (1.0 + out)))
def swish_with_a_slip(x: Any) -> Any:
    return _swish(x)


class Bent(nn.Module):
    """An activation of one's own."""

    def __init__(self, f: Any) -> None:
        super().__init__()
        self.f = f

    def forward(self, x: Any) -> Any:
        return self.f(x)


def paper_with_a_new_activation(seed: int, well: bool = False) -> Setup:
    """The derivative of an activation was worked out on paper, with a sign lost."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(400, 6)).astype(np.float32)
    y = (np.abs(x[:, 0]) > 0.7).astype(int) + (x[:, 1] + 0.5 * x[:, 2] > 0.3)
    f = functional.silu if well else swish_with_a_slip
    layers: list[Any] = []
    for n, m in ((6, 32), (32, 32), (32, 32)):
        layers += [nn.Linear(n, m, rng=rng), Bent(f)]
    model = nn.Sequential(*layers, nn.Linear(32, 3, rng=rng))
    train, held = split((x, y), 320)
    return Setup(model, *train, CE(), sgd(model, 0.1, 0.9), held, epochs=25)


class Codes(nn.Module):
    """An autoencoder with a code of bits, or of what the bits are made of."""

    def __init__(self, seed: int, hard: bool) -> None:
        super().__init__()
        self.hard = hard
        self.encoder = mlp([16, 24, 2], seed, nn.Tanh)
        self.decoder = mlp([2, 32, 16], seed + 1, nn.ReLU)

    def forward(self, x: Any) -> Any:
        h = self.encoder(x).tanh()
        if self.hard:
            h = Tensor(np.sign(h.numpy()))
        return self.decoder(h)


def bits_of_a_spectrum(seed: int, well: bool = False) -> Setup:
    """The signs are taken in NumPy."""
    rng = np.random.default_rng(seed)
    at = rng.uniform(0, 15, (360, 1))
    x = 2.0 * np.exp(-((np.arange(16) - at) ** 2) / 4.0) - 0.4 + 0.05 * rng.normal(size=(360, 16))
    x = (x / x.std()).astype(np.float32)
    model = Codes(seed, not well)
    return Setup(model, x[:300], x[:300], MSE(), adam(model, 0.005), (x[300:], x[300:]), epochs=50)


def places_on_a_map(seed: int, well: bool = False) -> Setup:
    """A layer norm over the two coordinates of a place leaves which of the two is larger."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-2, 2, (450, 2)).astype(np.float32)
    y = (np.hypot(x[:, 0], x[:, 1]) > 1.0).astype(int) + (np.hypot(x[:, 0] - 1, x[:, 1] + 1) < 1.1)
    model = nn.Sequential(nn.Identity() if well else nn.LayerNorm(2), *mlp([2, 48, 3], seed))
    train, held = split((x, y), 360)
    return Setup(model, *train, CE(), adam(model, 0.02), held, epochs=60)


class Shelf(nn.Module):
    """A reader's and a book's embedding, side by side into two layers."""

    def __init__(self, seed: int, longest: float | None) -> None:
        super().__init__()
        self.readers = nn.Embedding(24, 8, max_norm=longest, rng=seed)
        self.books = nn.Embedding(30, 8, max_norm=longest, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        return (self.readers(x[:, 0]) * self.books(x[:, 1])).sum(axis=1, keepdims=True)


def marks_of_readers(seed: int, well: bool = False) -> Setup:
    """Embeddings are kept to a norm of a tenth."""
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(24, 2)), rng.normal(size=(30, 2))
    x = np.stack([rng.integers(0, 24, 720), rng.integers(0, 30, 720)], axis=1)
    y = ((a[x[:, 0]] * b[x[:, 1]]).sum(axis=1, keepdims=True) / 1.4).astype(np.float32)
    model = Shelf(seed, None if well else 0.1)
    for table in (model.readers, model.books):
        table.weight.data = (0.4 * table.weight.data).astype(np.float32)
    train, held = split((x, y), 600)
    return Setup(model, *train, MSE(), adam(model, 0.02), held, epochs=60)


HEAD = """
import numpy as np
import nn, optim
from nn import functional as F
from autograd import Tensor, no_grad

rng = np.random.default_rng(SEED)
"""

# Faces of dolls: an encoder and a decoder, each a function of its own.
DOLLS = (
    HEAD
    + """
place, size = rng.uniform(-1, 1, (400, 2)), rng.uniform(0.4, 1.2, (400, 1))
grid = np.stack(np.meshgrid(np.linspace(-1.5, 1.5, 6), np.linspace(-1.5, 1.5, 6)), -1).reshape(36, 2)
faces = np.exp(-((grid[None] - place[:, None]) ** 2).sum(-1) / size**2)
faces = ((faces.mean(0) - faces) / faces.std()).astype(np.float32)
train, test = faces[:320], faces[320:]


def block(sizes, seed):
    layers = []
    for n, m in zip(sizes, sizes[1:]):
        layers += [nn.Linear(n, m, rng=seed + m), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


encoder = block([36, 48, 2], SEED)
decoder = block([2, 48, 36], SEED + 1)
params = list(encoder.parameters()) + list(decoder.parameters())
opt = optim.Adam(params, lr=4e-3)

for epoch in range(40):
    perm = rng.permutation(len(train))
    total = 0.0
    for i in range(0, len(train), 32):
        batch = train[perm[i : i + 32]]
        code = encoder(batch)
        rebuilt = decoder(code)
        loss = F.mse_loss(rebuilt, batch)
        opt.zero_grad()
        loss.backward()
        opt.step()
        total += loss.item() * len(batch)
    if epoch % 10 == 9:
        print(epoch, total / len(train))

with no_grad():
    print("test", F.mse_loss(decoder(encoder(test)), test).item(), "of the mean", ((test - train.mean(0)) ** 2).mean())
"""
)

# Wine: a deep network with norms, and an early stop by what the judges of held bottles say.
WINE = (
    HEAD
    + """
chem = rng.normal(size=(500, 7)).astype(np.float32)
taste = np.tanh(chem[:, 0] + chem[:, 1]) + np.abs(chem[:, 2]) * np.sign(chem[:, 3]) + 0.2 * rng.normal(size=500)
score = ((taste - taste[:400].mean()) / taste[:400].std()).astype(np.float32).reshape(-1, 1)
x_fit, x_val, y_fit, y_val = chem[:400], chem[400:], score[:400], score[400:]


class WineNet(nn.Module):
    def __init__(self, hidden=40, depth=3, drop=0.3):
        super().__init__()
        self.inp = nn.Linear(7, hidden, rng=SEED)
        self.blocks = nn.ModuleList([nn.Linear(hidden, hidden, rng=SEED + 1 + k) for k in range(depth)])
        self.norms = nn.ModuleList([nn.LayerNorm(hidden) for _ in range(depth)])
        self.drop = nn.Dropout(drop, rng=SEED)
        self.out = nn.Linear(hidden, 1, rng=SEED + 9)

    def forward(self, x):
        h = self.inp(x)
        for norm, lin in zip(self.norms, self.blocks):
            h = h + self.drop(F.relu(lin(norm(h))))
        return self.out(h)


net = WineNet()
opt = optim.AdamW(net.parameters(), lr=2e-3, weight_decay=1e-3)
best, patience = float("inf"), 0
for epoch in range(60):
    net.train()
    order = rng.permutation(400)
    for start in range(0, 400, 40):
        pick = order[start : start + 40]
        pred = net(x_fit[pick])
        loss = ((pred - y_fit[pick]) ** 2).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    net.eval()
    with no_grad():
        val = ((net(x_val) - y_val) ** 2).mean().item()
    best, patience = (val, 0) if val < best else (best, patience + 1)
    if patience > 15:
        break
print("best", best, "constant", ((y_val - y_fit.mean()) ** 2).mean())
"""
)


def case(
    name: str, text: str, changes: tuple[Change, ...], cause: str, source: str, also: tuple[str, ...] = ()
) -> Case:
    """A script with some lines changed; the rest of it stays, and all of it where it is to be well."""
    for old, _ in changes:
        assert text.count(old) == 1, f"{name}: {old!r} is not in the script, or several times"

    def make(seed: int, well: bool = False) -> Setup:
        found = text
        for old, new in () if well else changes:
            found = found.replace(old, new)
        return Setup(script=found.replace("SEED", str(seed)))

    make.__name__ = name
    return Case(make, cause, source, also)


SICK: list[Case] = [
    Case(bowls_through_the_origin, "no bias", ASKED + "network with bias=False"),
    Case(letters_through_a_needle, "network too small", LIST + "20"),
    Case(frosts_above_zero, "output range", ASKED + "ReLU on the output of a regression", ("dead units",)),
    Case(paper_with_a_new_activation, "wrong gradient", LIST + "31"),
    Case(bits_of_a_spectrum, "missing gradients", ASKED + "sign() in the middle of a network"),
    Case(places_on_a_map, "rows normalised", ASKED + "normalize each sample or each feature"),
    Case(marks_of_readers, "weights held small", ASKED + "Embedding with max_norm"),
    case(
        "dolls_of_an_untrained_encoder",
        DOLLS,
        (("list(encoder.parameters()) + list(decoder.parameters())", "list(decoder.parameters())"),),
        "parameters left out",
        ASKED + "two networks and one optimizer",
    ),
    case(
        "dolls_with_a_code_in_numpy",
        DOLLS,
        (("        rebuilt = decoder(code)\n", "        rebuilt = decoder(code.numpy())\n"),),
        "missing gradients",
        ASKED + "the encoder's gradients are None",
    ),
    case(
        "dolls_squeezed_by_a_relu",
        DOLLS,
        (("nn.Sequential(*layers[:-1])", "nn.Sequential(*layers)"),),
        "output range",
        RECIPE,
        ("dead units",),
    ),
    case(
        "wine_scores_of_one_axis",
        WINE,
        ((".astype(np.float32).reshape(-1, 1)", ".astype(np.float32)"),),
        "shapes broadcast",
        RECIPE,
    ),
    case(
        "wine_blocks_in_a_list",
        WINE,
        (
            ("nn.ModuleList([nn.Linear(hidden, hidden, rng=SEED + 1 + k) for k in range(depth)])",
             "[nn.Linear(hidden, hidden, rng=SEED + 1 + k) for k in range(depth)]"),
            ("h = h + self.drop(", "h = self.drop("),
            ("hidden=40, depth=3", "hidden=4, depth=3"),
        ),
        "unregistered parameters",
        ASKED + "layers in a Python list",
    ),
    case(
        "wine_clamped_like_a_critic",
        WINE,
        (
            ("        opt.step()\n",
             "        opt.step()\n        for p in net.parameters():\n            p.data = np.clip(p.data, -0.01, 0.01)\n"),
        ),
        "weights held small",
        ASKED + "weight clipping taken from WGAN",
    ),
    case(
        "wine_dropped_nearly_all",
        WINE,
        (("drop=0.3", "drop=0.97"), ("h = self.inp(x)", "h = self.drop(self.inp(x))")),
        "too much dropout",
        LIST + "22",
    ),
    case(
        "wine_judged_with_dropout",
        WINE,
        (("    net.eval()\n", ""),),
        "training mode in evaluation",
        LIST + "18",
    ),
    case(
        "wine_with_another_network_s_weights",
        WINE,
        (("net = WineNet()\nopt", "net = WineNet()\nbaseline = WineNet()\nopt"),
         ("optim.AdamW(net.parameters()", "optim.AdamW(baseline.parameters()")),
        "foreign parameters",
        BOOK,
    ),
]  # fmt: skip
WELL: list[Case] = []
