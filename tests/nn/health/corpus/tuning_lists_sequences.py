"""The tuning half: what the public lists warn of, in networks of sequences and of words; `well=True` mends only the fault."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
import nn
import optim
from nn import functional
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.pairs import ASKED, BCE, CE, CS231N, LIST, MSE, RECIPE, adam, sgd, split
from tests.nn.health.corpus.rows import Rows


class Last(nn.Module):
    """A recurrent layer, and an answer from where it ends."""

    def __init__(
        self, seed: int, inputs: int, outputs: int, width: int = 16, kind: Any = nn.LSTM, **options: Any
    ) -> None:
        super().__init__()
        self.cell: Any = kind(inputs, width, rng=seed, **{"batch_first": True, **options})
        self.head = nn.Linear(width, outputs, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        return self.head(self.cell(x)[0][:, -1])


def strokes_of_a_pen(seed: int, well: bool = False) -> Setup:
    """Pens that move in circles, to the left or the right, or to and fro; the LSTM takes the first axis for time."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, 300)
    turn = np.array([0.6, -0.6, 0.0])[y][:, None] * np.arange(14) + rng.uniform(0, 6, (300, 1))
    ahead = np.where(y[:, None] == 2, np.sin(1.1 * np.arange(14)), 1.0)
    x = np.stack([ahead * np.cos(turn), ahead * np.sin(turn)], axis=2) + 0.2 * rng.normal(size=(300, 14, 2))
    model = Last(seed, 2, 3, batch_first=well)
    train, held = split((x.astype(np.float32), y), 240)
    return Setup(model, *train, CE(), adam(model, 0.01), held, epochs=20)


def buoys_of_three_gauges(seed: int, well: bool = False) -> Setup:
    """Gauge by gauge as it comes from the buoy, reshaped to time by time; how far two gauges go together."""
    rng = np.random.default_rng(seed)
    x = rng.choice([-1.0, 1.0], (420, 3, 8)) + 0.2 * rng.normal(size=(420, 3, 8))
    y = (x[:, 0] * x[:, 2]).mean(axis=1)[:, None] * 2.0
    x = x.transpose(0, 2, 1) if well else x.reshape(420, 8, 3)
    model = Last(seed, 3, 1, kind=nn.GRU)
    train, held = split((np.ascontiguousarray(x, np.float32), y.astype(np.float32)), 340)
    return Setup(model, *train, MSE(), adam(model, 0.01), held, epochs=30)


def duels(seed: int, count: int = 500) -> Rows:
    """Notes of six words in which two of eight fighters meet; 1 where the first named is the stronger one."""
    rng = np.random.default_rng(seed)
    x = rng.integers(9, 25, (count, 6))
    first, second = rng.permuted(np.tile(np.arange(1, 9), (count, 1)), axis=1)[:, :2].T
    x[:, 1], x[:, 4] = first, second
    return x, (first > second).astype(np.float32)[:, None]


class Bag(nn.Module):
    """Embeddings, beside each other or their mean, and two layers."""

    def __init__(self, seed: int, places: bool) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.table, self.places = nn.Embedding(25, 10, rng=rng), places
        self.mix, self.head = nn.Linear(60 if places else 10, 24, rng=rng), nn.Linear(24, 1, rng=rng)

    def forward(self, x: Any) -> Any:
        h = self.table(x)
        h = h.reshape(len(x), -1) if self.places else h.mean(axis=1)
        return self.head(functional.relu(self.mix(h)))


def who_beat_whom(seed: int, well: bool = False) -> Setup:
    """The mean of the words cannot say who was named first."""
    model = Bag(seed, well)
    train, held = split(duels(seed), 400)
    return Setup(model, *train, BCE(), adam(model, 0.01), held, epochs=25)


class Encoder(nn.Module):
    """Words, their places or none, a transformer's layer and the mean over the words."""

    def __init__(self, seed: int, words: int, outputs: int, length: int, places: bool = True) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.words = nn.Embedding(words, 16, rng=rng)
        self.places = nn.Embedding(length, 16, rng=rng) if places else None
        self.layer = nn.TransformerEncoderLayer(16, 4, 32, dropout=0.0, batch_first=True, rng=rng)
        self.head = nn.Linear(16, outputs, rng=rng)

    def forward(self, x: Any) -> Any:
        h = self.words(x)
        if self.places is not None:
            h = h + self.places(np.arange(x.shape[1]))
        return self.head(self.layer(h).mean(axis=1))


def steps_of_a_recipe(seed: int, well: bool = False) -> Setup:
    """Whether the eggs come before, with or after the flour, without embeddings of the places."""
    rng = np.random.default_rng(seed)
    x = rng.integers(2, 14, (420, 8))
    a, b = rng.integers(0, 8, (2, 420))
    a, b = np.where(a == b, (a + 1) % 8, a), b
    x[np.arange(420), a], x[np.arange(420), b] = 0, 1
    model = Encoder(seed, 14, 2, 8, places=well)
    train, held = split((x, (a < b).astype(int)), 340)
    return Setup(model, *train, CE(), adam(model, 0.005), held, epochs=25)


class Padded(nn.Module):
    """A recurrent layer over words of which 0 is padding; read at the last word or at the last place."""

    def __init__(self, seed: int, masked: bool) -> None:
        super().__init__()
        self.masked = masked
        self.words = nn.Embedding(12, 8, padding_idx=0, rng=seed)
        self.cell = nn.RNN(8, 20, batch_first=True, rng=seed + 1)
        self.head = nn.Linear(20, 3, rng=seed + 2)

    def forward(self, x: Any) -> Any:
        states, _ = self.cell(self.words(x))
        rows, ends = np.arange(len(x)), (np.asarray(x) > 0).sum(axis=1) - 1
        return self.head(states[rows, ends] if self.masked else states[:, -1])


def short_notes_in_a_long_frame(seed: int, well: bool = False) -> Setup:
    """Notes of three to seven words, filled up to forty; the last word tells."""
    rng = np.random.default_rng(seed)
    x = np.zeros((640, 40), int)
    y = np.zeros(640, int)
    for i in range(640):
        n = rng.integers(3, 8)
        x[i, :n] = rng.integers(1, 12, n)
        y[i] = (x[i, n - 1] + x[i, n - 2]) % 3
    model = Padded(seed, well)
    train, held = split((x, y), 520)
    return Setup(model, *train, CE(), adam(model, 0.01), held, epochs=15)


def meters_read_by_relus(seed: int, well: bool = False) -> Setup:
    """A recurrent network of ReLUs whose matrices are drawn from a normal distribution of deviation 0.5."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 1, (300, 24, 1))
    y = x.sum(axis=1) - 12.0
    model = Last(seed, 1, 1, 24, nn.RNN, nonlinearity="relu")
    if well:
        nn.init.eye_(model.cell.weight_hh_l0)
    else:
        nn.init.normal_(model.cell.weight_hh_l0, std=0.5, rng=seed)
    train, held = split((x.astype(np.float32), (y / 1.4).astype(np.float32)), 240)
    return Setup(model, *train, MSE(), adam(model, 0.003), held, epochs=20)


def gates_that_do_not_move(seed: int, well: bool = False) -> Setup:
    """A GRU with weights of deviation 12."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(320, 10, 3))
    y = np.tanh(x[:, :, :1].mean(axis=1) * 3.0 + x[:, -1, 1:2] * x[:, -1, 2:])
    model = Last(seed, 3, 1, 12, nn.GRU)
    if not well:
        for p in model.cell.parameters():
            nn.init.normal_(p, std=12.0, rng=rng)
    train, held = split((x.astype(np.float32), y.astype(np.float32)), 260)
    return Setup(model, *train, MSE(), adam(model, 0.01), held, epochs=25)


class Summary(nn.Module):
    """A sequence is told by a few numbers, and two layers answer from them."""

    def __init__(self, seed: int, cut: bool) -> None:
        super().__init__()
        self.cut = cut
        self.words = nn.Embedding(30, 6, rng=seed)
        self.reader = nn.GRU(6, 5, batch_first=True, rng=seed + 1)
        self.head = nn.Sequential(nn.Linear(5, 16, rng=seed + 2), nn.Tanh(), nn.Linear(16, 4, rng=seed + 3))

    def forward(self, x: Any) -> Any:
        state = self.reader(self.words(x))[1][-1]
        return self.head(state.detach() if self.cut else state)


def memory_without_a_way_back(seed: int, well: bool = False) -> Setup:
    """The state is detached, for fear of too long a graph."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 30, (480, 5))
    y = 2 * (x[:, 4] % 2) + (x[:, 3] % 2)
    model = Summary(seed, not well)
    train, held = split((x, y), 400)
    return Setup(model, *train, CE(), adam(model, 0.02), held, epochs=30)


class Reverse(nn.Module):
    """An encoder, and a decoder that begins with the encoder's state, or with zeros."""

    def __init__(self, seed: int, joined: bool) -> None:
        super().__init__()
        self.joined = joined
        self.encoder = nn.GRU(1, 32, batch_first=True, rng=seed)
        self.decoder = nn.GRU(5, 32, batch_first=True, rng=seed + 1)
        self.head = nn.Linear(32, 1, rng=seed + 2)

    def forward(self, x: Any) -> Any:
        _, state = self.encoder(x)
        clock = np.tile(np.eye(5, dtype=np.float32), (len(x), 1, 1))
        return self.head(self.decoder(clock, state if self.joined else np.zeros(state.shape, np.float32))[0])


def tunes_sung_backwards(seed: int, well: bool = False) -> Setup:
    """Five notes, to be told from the last to the first; the decoder never hears of them."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (400, 5, 1)).astype(np.float32)
    model = Reverse(seed, well)
    y = np.ascontiguousarray(x[:, ::-1])
    return Setup(model, x[:320], y[:320], MSE(), adam(model, 0.01), (x[320:], y[320:]), epochs=40)


class Columns(nn.Module):
    """An embedding for each column, in a dict or in a `ModuleDict`."""

    def __init__(self, seed: int, kept: bool) -> None:
        super().__init__()
        tables: dict[str, Any] = {
            name: nn.Embedding(n, 2, rng=seed + n) for name, n in (("shop", 25), ("day", 7), ("good", 30))
        }
        self.tables: Any = nn.ModuleDict(tables) if kept else tables
        self.mix, self.head = nn.Linear(6, 16, rng=seed), nn.Linear(16, 1, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        parts = [self.tables[name](x[:, k]) for k, name in enumerate(("shop", "day", "good"))]
        return self.head(functional.relu(self.mix(ag.concatenate(parts, axis=1))))


def sales_by_shop_and_day(seed: int, well: bool = False) -> Setup:
    """Tables of embeddings in a plain dict."""
    rng = np.random.default_rng(seed)
    x = np.stack([rng.integers(0, n, 700) for n in (25, 7, 30)], axis=1)
    effects = [rng.normal(size=n) for n in (25, 7, 30)]
    y = sum(e[x[:, k]] for k, e in enumerate(effects))[:, None] / 1.7 + 0.1 * rng.normal(size=(700, 1))
    model = Columns(seed, well)
    train, held = split((x, y.astype(np.float32)), 560)
    return Setup(model, *train, MSE(), adam(model, 0.02), held, epochs=25)


def tweets_with_one_softmax(seed: int, well: bool = False) -> Setup:
    """Liked or not, by a softmax of one unit."""
    rng = np.random.default_rng(seed)
    y = (rng.random(300) < 0.5).astype(np.float32)
    x = np.where(rng.random((300, 9)) < 0.25, rng.integers(0, 8, (300, 9)) + 8 * y[:, None].astype(int), 0)
    x = np.where(x == 0, rng.integers(16, 40, (300, 9)), x)

    class Tone(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.words, self.cell = nn.Embedding(40, 8, rng=seed), nn.LSTM(8, 12, batch_first=True, rng=seed + 1)
            self.head, self.end = nn.Linear(12, 1, rng=seed + 2), nn.Sigmoid() if well else nn.Softmax(dim=1)

        def forward(self, x: Any) -> Any:
            return self.end(self.head(self.cell(self.words(x))[0].mean(axis=1)))

    model = Tone()
    train, held = split((x, y[:, None]), 240)
    return Setup(model, *train, nn.BCELoss(), adam(model, 0.01), held, epochs=15, batch_size=20)


def tides_normed_alone(seed: int, well: bool = False) -> Setup:
    """A layer norm over the one feature that there is."""
    rng = np.random.default_rng(seed)
    t = np.arange(330)
    level = np.sin(t / 2.1) + 0.5 * np.sin(t / 3.7 + 1.0) + 0.1 * rng.normal(size=330)
    rows = np.lib.stride_tricks.sliding_window_view(level, 11)[:, :, None].astype(np.float32)
    model = nn.Sequential(nn.Identity() if well else nn.LayerNorm(1), Last(seed, 1, 1, 16, nn.GRU))
    x, y = rows[:, :10], rows[:, 10]
    return Setup(model, x[:250], y[:250], MSE(), adam(model, 0.01), (x[250:], y[250:]), epochs=20)


def alike_from_the_start(seed: int, well: bool = False) -> Setup:
    """An LSTM all of whose weights begin at 0.1; six things are asked of it at once."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(400, 6, 6))
    y = np.tanh(1.5 * x[:, -1]) + 0.3 * x[:, -2]
    model = Last(seed, 6, 6, 24)
    if not well:
        for p in model.parameters():
            nn.init.constant_(p, 0.1)
    train, held = split((x.astype(np.float32), y.astype(np.float32)), 320)
    return Setup(model, *train, MSE(), adam(model, 0.02), held, epochs=30)


def voices_in_a_storm(seed: int, well: bool = False) -> Setup:
    """Each batch is given noise of deviation 25 for robustness, also where it is not needed."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, 330)
    pattern = np.random.default_rng(8).normal(size=(3, 16, 2))
    x = (pattern[y] + 0.6 * rng.normal(size=(330, 16, 2))).astype(np.float32)

    class Noisy(nn.Module):
        def __init__(self, level: float) -> None:
            super().__init__()
            self.level, self.body = level, Last(seed, 2, 3, 12, nn.GRU)
            self.draw = np.random.default_rng(seed + 3)

        def forward(self, x: Any) -> Any:
            if self.training:
                x = x + self.draw.normal(0.0, self.level, x.shape).astype(np.float32)
            return self.body(x)

    model = Noisy(0.1 if well else 25.0)
    train, held = split((x, y), 260)
    return Setup(model, *train, CE(), optim.RMSprop(model.parameters(), lr=0.005), held, epochs=15)


def bones_of_a_transformer(seed: int, well: bool = False) -> Setup:
    """Everything is frozen as if it had been trained before, but for the biases."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 20, (420, 6))
    y = 2 * (x[:, 0] % 2) + (x[:, 5] % 2)
    model = Encoder(seed, 20, 4, 6)
    for name, p in model.named_parameters():
        p.requires_grad = well or name.endswith("bias")
    train, held = split((x, y), 340)
    return Setup(model, *train, CE(), adam(model, 0.005), held, epochs=30)


def readers_with_a_short_leash(seed: int, well: bool = False) -> Setup:
    """Gradients are clipped to a norm of 0.0001."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(300, 9, 1))
    y = (np.abs(x).mean(axis=1) - 0.8) * 4.0
    model = Last(seed, 1, 1, 16, nn.GRU)
    train, held = split((x.astype(np.float32), y.astype(np.float32)), 240)
    return Setup(model, *train, MSE(), sgd(model, 0.1, 0.9), held, epochs=30, clip_norm=1.0 if well else 1e-4)


SICK: list[Case] = [
    Case(strokes_of_a_pen, "rows mixed", ASKED + "batch_first and outputs[:, -1]"),
    Case(buoys_of_three_gauges, "axes mixed up", ASKED + "reshape instead of transpose before an LSTM"),
    Case(who_beat_whom, "order ignored", RECIPE),
    Case(steps_of_a_recipe, "order ignored", ASKED + "transformer without positional encoding"),
    Case(short_notes_in_a_long_frame, "padding not masked", ASKED + "padded sequences and the last output"),
    Case(meters_read_by_relus, "exploding gradients", "Goodfellow et al., chapter 10.11, exploding gradients"),
    Case(gates_that_do_not_move, "saturation", CS231N),
    Case(memory_without_a_way_back, "missing gradients", ASKED + "detach the hidden state"),
    Case(tunes_sung_backwards, "inputs unused", RECIPE + ", input-independent baseline"),
    Case(sales_by_shop_and_day, "unregistered parameters", ASKED + "embeddings in a dict are not trained"),
    Case(tweets_with_one_softmax, "softmax over one unit", ASKED + "softmax on a single output"),
    Case(tides_normed_alone, "inputs unused", ASKED + "LayerNorm over a single feature", ("rows normalised",)),
    Case(alike_from_the_start, "identical units", CS231N),
    Case(voices_in_a_storm, "too much noise", LIST + "15"),
    Case(bones_of_a_transformer, "frozen parameters", LIST + "23"),
    Case(readers_with_a_short_leash, "clipping too tight", LIST + "33"),
]
WELL: list[Case] = []
