"""The tuning half: networks of courses and papers as people rebuild them, of one piece each, for `nn.fit`."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from nn import functional
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.pairs import ASKED, BCE, CE, CS231N, MSE, adam, sgd
from tests.nn.health.corpus.rows import Rows

FASTAI = "fast.ai, Practical Deep Learning: "
UDL = "Prince, Understanding Deep Learning, notebooks: "

# Rows.


def tiles(seed: int, count: int = 420) -> Rows:
    """Coloured pictures of 8 × 8, colours last: a red cross, a green ring or a blue square, anywhere."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, count)
    shape = rng.integers(0, 3, count)
    marks = np.array(
        [[[0, 1, 0], [1, 1, 1], [0, 1, 0]], [[1, 1, 1], [1, 0, 1], [1, 1, 1]], [[1, 1, 0], [1, 1, 0], [0, 0, 0]]]
    )
    x = 0.35 * rng.normal(size=(count, 8, 8, 3))
    for row, colour, kind, (i, j) in zip(x, y, shape, rng.integers(0, 6, (count, 2)), strict=True):
        row[i : i + 3, j : j + 3, colour] += 1.5 * marks[kind]
    return x.astype(np.float32), y


def stars(seed: int, count: int = 320) -> Rows:
    """Pictures with one star, and where it is."""
    rng = np.random.default_rng(seed)
    at = rng.integers(1, 9, (count, 2))
    x = 0.1 * rng.normal(size=(count, 1, 10, 10))
    x[np.arange(count), 0, at[:, 0], at[:, 1]] += 3.0
    return x.astype(np.float32), ((at - 4.5) / 2.3).astype(np.float32)


def headings(seed: int, count: int = 400) -> Rows:
    """What a compass of four coils measures, and the heading, from -π to π."""
    rng = np.random.default_rng(seed)
    angle = rng.uniform(-3.0, 3.0, (count, 1))
    x = np.cos(angle - np.arange(4) * np.pi / 4) + 0.05 * rng.normal(size=(count, 4))
    return x.astype(np.float32), angle.astype(np.float32)


def visits(seed: int, count: int = 500) -> Rows:
    """How often a page is called in an hour: mostly not at all."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 4)).astype(np.float32)
    rate = np.exp(-1.0 + 1.1 * x[:, :1] - 0.7 * np.abs(x[:, 1:2]))
    return x, rng.poisson(rate).astype(np.float32)


def questions(seed: int, count: int = 420) -> Rows:
    """Six words; the last asks for one of the others by its kind, and the answer is that word's colour."""
    rng = np.random.default_rng(seed)
    kind = rng.permuted(np.tile(np.arange(5), (count, 1)), axis=1)
    colour = rng.integers(0, 3, (count, 5))
    asked = rng.integers(0, 5, count)
    y = colour[np.arange(count), (kind == asked[:, None]).argmax(axis=1)]
    return np.concatenate([kind * 3 + colour, 15 + asked[:, None]], axis=1), y


def players(seed: int, count: int = 600) -> Rows:
    """Who of forty players met whom, and whether the first won."""
    rng = np.random.default_rng(seed)
    skill = rng.normal(size=40)
    x = rng.integers(0, 40, (count, 2))
    return x, (2.5 * (skill[x[:, 0]] - skill[x[:, 1]]) + rng.logistic(size=count) > 0).astype(np.float32)[:, None]


def loads(seed: int, count: int = 400) -> Rows:
    """Six gauges; what counts is how much there is in all, and a difference."""
    rng = np.random.default_rng(seed)
    size = np.exp(0.7 * rng.normal(size=(count, 1)))
    x = size * (1.0 + 0.2 * rng.normal(size=(count, 6)))
    return x.astype(np.float32), (np.log(x.sum(axis=1, keepdims=True)) + 0.3 * (x[:, :1] - x[:, 1:2])).astype(
        np.float32
    )


def wells(seed: int, count: int = 420, level: float = 0.0) -> Rows:
    """Five measures of a well and its depth."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 5)).astype(np.float32)
    y = np.sin(1.5 * x[:, :1]) + np.abs(x[:, 1:2]) * x[:, 2:3] + 0.1 * rng.normal(size=(count, 1))
    return x, (y + level).astype(np.float32)


def petals(seed: int, count: int = 450, wrong: float = 0.0) -> Rows:
    """Three kinds in two arms each, of which a share is written down wrongly, as the next kind."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, count)
    turn = 2 * np.pi * (y + 3 * rng.integers(0, 2, count)) / 6 + 0.17 * rng.normal(size=count)
    x = np.stack([np.cos(turn), np.sin(turn)], axis=1) * rng.uniform(0.6, 1.6, (count, 1))
    told = np.where((rng.random(count) < wrong) & (np.arange(count) < 350), (y + rng.integers(1, 3, count)) % 3, y)
    return x.astype(np.float32), told


# Networks.


class Pooled(nn.Module):
    """Two convolutions, and their mean over the picture, or all of it."""

    def __init__(self, seed: int, inputs: int, outputs: int, flat: int = 0, front: Any = None) -> None:
        super().__init__()
        self.one = nn.Conv2d(inputs, 10, 3, padding=1, rng=seed)
        self.two = nn.Conv2d(10, 12, 3, padding=1, rng=seed + 1)
        self.head = nn.Linear(12 * flat or 12, outputs, rng=seed + 2)
        self.flat, self.front = flat, front

    def forward(self, x: Any) -> Any:
        h = functional.relu(self.one(self.front(x) if self.front is not None else x))
        h = functional.max_pool2d(functional.relu(self.two(h)), 2)
        return self.head(h.reshape(len(h), -1) if self.flat else h.mean(axis=(2, 3)))


class Asker(nn.Module):
    """Embeddings, places, one layer of attention, and the answer at the last word."""

    def __init__(self, seed: int, batch_first: bool) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.words = nn.Embedding(20, 24, rng=rng)
        self.attention = nn.MultiheadAttention(24, 2, batch_first=batch_first, rng=rng)
        self.norm, self.mix = nn.LayerNorm(24), nn.Linear(24, 48, rng=rng)
        self.head = nn.Linear(48, 3, rng=rng)

    def forward(self, x: Any) -> Any:
        h = self.words(x)
        h = self.norm(h + self.attention(h, h, h)[0])
        return self.head(functional.gelu(self.mix(h[:, -1])))


class Match(nn.Module):
    """Embeddings of two players, and the difference of what is made of them."""

    def __init__(self, seed: int, buckets: int) -> None:
        super().__init__()
        self.players, self.buckets = nn.Embedding(buckets, 6, rng=seed), buckets
        self.strength = nn.Linear(6, 1, bias=False, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        e = self.strength(self.players(np.asarray(x) % self.buckets))
        return e[:, 0] - e[:, 1]


def dense(seed: int, *sizes: int, bias: bool = True, act: Any = nn.ReLU) -> nn.Sequential:
    layers: list[Any] = []
    for k, (n, m) in enumerate(zip(sizes, sizes[1:], strict=False)):
        layers += [nn.Linear(n, m, bias=bias, rng=seed + k), *([act()] if k < len(sizes) - 2 else [])]
    return nn.Sequential(*layers)


def split(some: Rows, at: int) -> dict[str, Any]:
    """The rows for training and those to judge by, as a setup names them."""
    return {"x": some[0][:at], "y": some[1][:at], "validation": (some[0][at:], some[1][at:])}


# Runs.


def tiles_with_colours_first_by_reshape(seed: int, well: bool = False) -> Setup:
    """From (8, 8, 3) to (3, 8, 8) by reshape in place of transpose."""
    x, y = tiles(seed)
    x = x.transpose(0, 3, 1, 2) if well else x.reshape(-1, 3, 8, 8)
    model = Pooled(seed, 3, 3)
    return Setup(model, **split((np.ascontiguousarray(x), y), 320), loss=CE(), optimizer=adam(model, 0.01), epochs=20)


def stars_found_by_a_mean(seed: int, well: bool = False) -> Setup:
    """Coordinates behind a global average pool."""
    model = Pooled(seed, 1, 2, 25 if well else 0)
    return Setup(model, **split(stars(seed), 240), loss=MSE(), optimizer=adam(model, 0.01), epochs=25)


def headings_out_of_a_tanh(seed: int, well: bool = False) -> Setup:
    """The policy's tanh, copied to a head that is to give angles."""
    model = dense(seed, 4, 32, 32, 1)
    if not well:
        model = nn.Sequential(model, nn.Tanh())
    return Setup(model, **split(headings(seed), 320), loss=MSE(), optimizer=adam(model, 0.01), epochs=30)


def headings_in_degrees(seed: int, well: bool = False) -> Setup:
    x, y = headings(seed)
    model = dense(seed, 4, 32, 32, 1, act=nn.Tanh)
    y = y if well else np.degrees(y)
    return Setup(model, **split((x, y), 320), loss=MSE(), optimizer=adam(model, 0.01), epochs=25)


def visits_of_one_or_more(seed: int, well: bool = False) -> Setup:
    """A softplus, of which the loss takes the exponential once more."""
    model = dense(seed, 4, 24, 1) if well else nn.Sequential(dense(seed, 4, 24, 1), nn.Softplus())
    return Setup(model, **split(visits(seed), 380), loss=nn.PoissonNLLLoss(), optimizer=adam(model, 0.01), epochs=25)


def questions_asked_of_the_next_row(seed: int, well: bool = False) -> Setup:
    """Attention that takes the first axis for time, which is the batch."""
    model = Asker(seed, batch_first=well)
    return Setup(model, **split(questions(seed), 340), loss=CE(), optimizer=adam(model, 0.01), epochs=25)


def players_in_three_buckets(seed: int, well: bool = False) -> Setup:
    """Numbers of players hashed to three."""
    model = Match(seed, 40 if well else 3)
    return Setup(model, **split(players(seed), 480), loss=BCE(), optimizer=adam(model, 0.03), epochs=20)


def loads_behind_a_first_layer_norm(seed: int, well: bool = False) -> Setup:
    """Every block begins with a norm, and so does the first, on the features themselves."""
    front: list[Any] = [] if well else [nn.LayerNorm(6)]
    model = nn.Sequential(*front, dense(seed, 6, 32, 32, 1, act=nn.GELU))
    return Setup(model, **split(loads(seed), 320), loss=MSE(), optimizer=adam(model, 0.01), epochs=30)


def wells_with_the_prior_in_every_layer(seed: int, well: bool = False) -> Setup:
    """The bias of a detector's last layer, -4.6, given to all of them."""
    model = dense(seed, 5, 32, 32, 1)
    if not well:
        for layer in model.modules():
            if isinstance(layer, nn.Linear) and layer.bias is not None:
                layer.bias.data = np.full(layer.bias.shape, -4.6, np.float32)
    return Setup(model, **split(wells(seed), 340), loss=MSE(), optimizer=sgd(model, 0.03, 0.9), epochs=25)


def wells_with_he_upside_down(seed: int, well: bool = False) -> Setup:
    """The root of n by two in place of two by n."""
    model = dense(seed, 5, 40, 40, 40, 1)
    rng = np.random.default_rng(seed)
    for p in model.parameters():
        if p.ndim > 1:
            deviation = np.sqrt(2.0 / p.shape[1]) if well else np.sqrt(p.shape[1] / 2.0)
            p.data = rng.normal(0.0, deviation, p.shape).astype(np.float32)
    return Setup(model, **split(wells(seed), 340), loss=MSE(), optimizer=adam(model, 0.005), epochs=25)


def wells_without_a_bias_anywhere(seed: int, well: bool = False) -> Setup:
    """bias=False, of the days when batch norm stood behind each layer."""
    model = dense(seed, 5, 32, 32, 1, bias=well)
    return Setup(model, **split(wells(seed, level=3.0), 340), loss=MSE(), optimizer=adam(model, 0.01), epochs=40)


def wells_in_batches_of_the_big_machine(seed: int, well: bool = False) -> Setup:
    """The batch of the paper's cluster, and the paper's epochs and rate."""
    model = dense(seed, 5, 32, 32, 1)
    return Setup(
        model,
        **split(wells(seed, 900), 800),
        loss=MSE(),
        optimizer=sgd(model, 0.05),
        epochs=30,
        batch_size=16 if well else 800,
    )


def wells_with_adams_second_beta(seed: int, well: bool = False) -> Setup:
    """0.999 given to SGD as its momentum."""
    model = dense(seed, 5, 32, 32, 1)
    return Setup(
        model, **split(wells(seed), 340), loss=MSE(), optimizer=sgd(model, 0.02, 0.9 if well else 0.999), epochs=30
    )


def wells_under_a_demo_schedule(seed: int, well: bool = False) -> Setup:
    """A polynomial schedule over the two epochs of the demonstration."""
    model = dense(seed, 5, 32, 32, 1)
    return Setup(
        model,
        **split(wells(seed), 340),
        loss=MSE(),
        optimizer=sgd(model, 0.03, 0.9),
        epochs=40,
        scheduler=lambda o: optim.lr_scheduler.PolynomialLR(o, total_iters=40 if well else 2, power=0.9),
    )


def wells_by_the_drawing_of_a_network(seed: int, well: bool = False) -> Setup:
    """Two hidden units, as in the drawing of the lecture."""
    model = dense(seed, 5, 32 if well else 2, 1, act=nn.Tanh)
    return Setup(model, **split(wells(seed), 340), loss=MSE(), optimizer=adam(model, 0.01), epochs=40)


def petals_of_a_frozen_stranger(seed: int, well: bool = False) -> Setup:
    """A body frozen as if it were trained, whose weights were never loaded."""
    body, head = dense(seed, 2, 24, 24, 4, act=nn.ELU), nn.Linear(4, 3, rng=seed + 9)
    for p in body.parameters():
        p.requires_grad = well
    model = nn.Sequential(body, nn.Tanh(), head)
    return Setup(model, **split(petals(seed), 350), loss=CE(), optimizer=adam(model, 0.01), epochs=30)


def petals_named_by_a_crowd(seed: int, well: bool = False) -> Setup:
    """Half of the names are guesses."""
    model = dense(seed, 2, 32, 32, 3)
    some = petals(seed, wrong=0.0 if well else 0.55)
    return Setup(model, **split(some, 350), loss=CE(), optimizer=adam(model, 0.01), epochs=20)


def petals_normed_and_never_bent(seed: int, well: bool = False) -> Setup:
    """Linear, batch norm, linear, batch norm, and no activation."""
    act: Any = nn.ReLU if well else nn.Identity
    model = nn.Sequential(
        nn.Linear(2, 32, rng=seed), nn.BatchNorm1d(32), act(),
        nn.Linear(32, 32, rng=seed + 1), nn.BatchNorm1d(32), act(), nn.Linear(32, 3, rng=seed + 2),
    )  # fmt: skip
    return Setup(model, **split(petals(seed), 350), loss=CE(), optimizer=adam(model, 0.01), epochs=20)


def petals_in_pairs(seed: int, well: bool = False) -> Setup:
    """Batch norm over two rows, as more do not fit the card."""
    model = nn.Sequential(
        nn.Linear(2, 32, rng=seed), nn.BatchNorm1d(32), nn.ReLU(),
        nn.Linear(32, 32, rng=seed + 1), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 3, rng=seed + 2),
    )  # fmt: skip
    return Setup(
        model,
        **split(petals(seed), 350),
        loss=CE(),
        optimizer=adam(model, 0.01),
        epochs=8,
        batch_size=32 if well else 2,
    )


def players_by_a_softmax_of_one(seed: int, well: bool = False) -> Setup:
    """A softmax at the end, as in all the other notebooks."""
    model = nn.Sequential(Match(seed, 40), nn.Sigmoid() if well else nn.Softmax(1))
    return Setup(model, **split(players(seed), 480), loss=nn.BCELoss(), optimizer=adam(model, 0.03), epochs=20)


# Odd, but well.


def headings_by_sine_and_cosine(seed: int) -> Setup:
    """An angle as two numbers, out of a tanh."""
    x, y = headings(seed)
    model = nn.Sequential(dense(seed, 4, 32, 2), nn.Tanh())
    y = 0.8 * np.concatenate([np.sin(y), np.cos(y)], axis=1)
    return Setup(model, **split((x, y), 320), loss=nn.SmoothL1Loss(), optimizer=adam(model, 0.01), epochs=25)


def players_by_little_embeddings(seed: int) -> Setup:
    """Outcomes with much chance in them, and no bias, as neither player has an advantage."""
    model = Match(seed, 40)
    return Setup(
        model, **split(players(seed), 480), loss=BCE(), optimizer=adam(model, 0.03, weight_decay=1e-3), epochs=20
    )


def questions_answered(seed: int) -> Setup:
    return questions_asked_of_the_next_row(seed, well=True)


def stars_by_their_places(seed: int) -> Setup:
    return stars_found_by_a_mean(seed, well=True)


SICK: list[Case] = [
    Case(tiles_with_colours_first_by_reshape, "axes mixed up", ASKED + "view in place of permute for pictures"),
    Case(stars_found_by_a_mean, "order ignored", "CoordConv: coordinates behind a global pool"),
    Case(headings_out_of_a_tanh, "output range", ASKED + "tanh at the end of a regression"),
    Case(headings_in_degrees, "targets not scaled", ASKED + "angles in degrees"),
    Case(visits_of_one_or_more, "output range", ASKED + "log_input of PoissonNLLLoss", ("loss unfit",)),
    Case(questions_asked_of_the_next_row, "rows mixed", ASKED + "batch_first of MultiheadAttention", ("axes mixed up",)),
    Case(players_in_three_buckets, "conflicting rows", FASTAI + "categories hashed to too few", ("network too small",)),
    Case(loads_behind_a_first_layer_norm, "rows normalised", ASKED + "LayerNorm on raw features"),
    Case(wells_with_the_prior_in_every_layer, "dead units", "RetinaNet's prior bias, in all layers"),
    Case(wells_with_he_upside_down, "exploding gradients", UDL + "initialisation"),
    Case(wells_without_a_bias_anywhere, "no bias", ASKED + "bias=False left from batch norm", ("targets not scaled",)),
    Case(wells_in_batches_of_the_big_machine, "batch too large", "Goyal et al., the linear rule not kept", ("too few steps",)),
    Case(wells_with_adams_second_beta, "momentum too high", ASKED + "0.999 as momentum"),
    Case(wells_under_a_demo_schedule, "rate decays too fast", ASKED + "total_iters of another run"),
    Case(wells_by_the_drawing_of_a_network, "network too small", CS231N),
    Case(petals_of_a_frozen_stranger, "frozen parameters", FASTAI + "freeze() without pretrained weights"),
    Case(petals_named_by_a_crowd, "noisy targets", ASKED + "labels of a crowd"),
    Case(petals_normed_and_never_bent, "no activation", ASKED + "batch norm taken for an activation"),
    Case(petals_in_pairs, "normalisation of one row", ASKED + "batch norm and batches of two", ("batch too small",)),
    Case(players_by_a_softmax_of_one, "softmax over one unit", ASKED + "softmax for a binary answer"),
]  # fmt: skip
WELL: list[Case] = [
    Case(headings_by_sine_and_cosine, HEALTHY, "a tanh whose range is enough"),
    Case(players_by_little_embeddings, HEALTHY, "Elo as a network"),
    Case(questions_answered, HEALTHY, "attention alone"),
    Case(stars_by_their_places, HEALTHY, "a flat head for coordinates"),
]
