"""The tuning half: runs of people in fields of science, medicine and weather; what stands in their tables."""

from __future__ import annotations

import numpy as np

import nn
from tests.nn.health.corpus import tuning_fields_data as d
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BCE, CE, LIST, MSE, RECIPE, adam, sgd, split
from tests.nn.health.corpus.rows import Rows
from tests.nn.health.corpus.tuning_fields_losses import Forecast
from tests.nn.health.corpus.tuning_fields_parts import Notes

# All alike, and given away.


def songs_cut_to_their_silence(seed: int, well: bool = False) -> Setup:
    """Songs are filled up with silence on the left to twenty notes, and the first eight are kept."""
    notes, y = d.songs(seed)
    full = np.hstack([np.zeros((len(y), 12), int), notes])
    model = Notes(seed, well=True)
    return Setup(model, full[:, -8:] if well else full[:, :8], y, CE(), adam(model, 0.02), epochs=10)


def chills(seed: int, count: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Scaled findings on patients, and their temperature."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 5)).astype(np.float32)
    return x, 37.4 + 0.7 * np.tanh(x[:, :1] + x[:, 1:2] * x[:, 2:3]) + 0.1 * rng.normal(size=(count, 1))


def fever_in_fahrenheit(seed: int, well: bool = False) -> Setup:
    """Who is above 37.5 has a fever: in Celsius, and the file is in Fahrenheit."""
    x, warm = chills(seed)
    model = mlp([5, 24, 1], seed)
    y = ((warm if well else 32 + 1.8 * warm) > 37.5).astype(np.float32)
    return Setup(model, x, y, BCE(), adam(model, 0.01), epochs=20)


def leaking(seed: int, well: bool, count: int = 420) -> Rows:
    """Harvests with the price that was paid per field in the autumn, which is the yield in another coin."""
    x, y = d.harvests(seed, count)
    price = 0.8 * y + 0.05 * np.random.default_rng(seed).normal(size=y.shape)
    return np.hstack([x, 0.0 * price if well else price]).astype(np.float32), y


def yields_by_what_was_paid(seed: int, well: bool = False) -> Setup:
    model = mlp([6, 32, 1], seed)
    train, held = split(leaking(seed, well), 340)
    return Setup(model, *train, MSE(), adam(model, 0.01), validation=held, epochs=25)


def treated(seed: int, well: bool, count: int = 420) -> Rows:
    """Findings, and whether antibiotics were given, which are given to those who were found to be ill."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 6))
    y = (np.sin(2 * x[:, :1]) + x[:, 1:2] * x[:, 2:3] + 0.3 * rng.normal(size=(count, 1)) > 0).astype(float)
    given = np.where(rng.random((count, 1)) < 0.98, y, 1 - y)
    return np.hstack([x, 0.0 * given if well else 2 * given - 1]).astype(np.float32), y.astype(np.float32)


def sepsis_by_its_treatment(seed: int, well: bool = False) -> Setup:
    model = mlp([7, 32, 1], seed, nn.GELU)
    return Setup(model, *treated(seed, well), BCE(), adam(model, 0.01), epochs=20)


# Validation.


def spectra(seed: int, count: int, plants: int | None = None) -> Rows:
    """Forty values of a leaf's light; sick or sound, which is hard to see. A leaf may have been measured several times."""
    rng = np.random.default_rng(seed)
    leaf = rng.normal(size=(count if plants is None else plants, 40))
    y = leaf[:, :3].sum(axis=1) + 1.5 * rng.normal(size=len(leaf)) > 0
    which = np.arange(count) if plants is None else rng.permutation(np.arange(count) % plants)
    return (leaf[which] + 0.03 * rng.normal(size=(count, 40))).astype(np.float32), y[which].astype(int)


def leaves_measured_six_times(seed: int, well: bool = False) -> Setup:
    """Sixty leaves, six readings of each, and the readings are parted at random."""
    model = mlp([40, 64, 2], seed)
    train = spectra(seed, 300, 60)
    fresh = spectra(seed + 500, 60, 60)
    both = spectra(seed, 360, 60)
    train, held = (both[0][:300], both[1][:300]), (fresh if well else (both[0][300:], both[1][300:]))
    return Setup(model, *train, CE(), adam(model, 0.003), validation=held, epochs=20)


def frost(seed: int, count: int, warmer: float = 0.0) -> Rows:
    """Warmth, wetness, wind and cloud of an evening, the first in degrees; how cold the night gets, scaled."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 4))
    x[:, 0] += warmer
    y = x[:, 0] - 0.5 * x[:, 1] * x[:, 2] + 0.8 * np.tanh(2 * x[:, 3]) + 0.1 * rng.normal(size=count)
    return x.astype(np.float32), (y / 1.4)[:, None].astype(np.float32)


def nights_scaled_by_their_own_year(seed: int, well: bool = False) -> Setup:
    """The validation is a warm year, and was scaled by its own mean and spread."""
    model = mlp([4, 32, 1], seed)
    late = frost(seed + 700, 100, 1.2)
    x = late[0] if well else (late[0] - late[0].mean(axis=0)) / late[0].std(axis=0)
    return Setup(model, *frost(seed, 400), MSE(), adam(model, 0.01), validation=(x, late[1]), epochs=20)


def hearts_by_the_other_lead_first(seed: int, well: bool = False) -> Setup:
    """Another hospital writes the leads in the other order."""
    x, y = d.pulses(seed, 440)
    model = Forecast(seed, outputs=3)
    held = x[340:] if well else x[340:, :, ::-1]
    return Setup(
        model, x[:340], y[:340], CE(), adam(model, 0.02), validation=(np.ascontiguousarray(held), y[340:]), epochs=12
    )


# Axes, rows and their order.


def strands_reshaped(seed: int, well: bool = False) -> Setup:
    """Bases along the last axis, brought to where a convolution wants them by reshape."""
    x, y = d.strands(seed)
    flat = np.ascontiguousarray(x.transpose(0, 2, 1))
    model = nn.Sequential(
        nn.Conv1d(4, 10, 5, rng=seed), nn.ReLU(), nn.AdaptiveMaxPool1d(1), nn.Flatten(), nn.Linear(10, 1, rng=seed + 1)
    )
    return Setup(model, x if well else flat.reshape(x.shape), y, BCE(), adam(model, 0.02), epochs=20)


def storms_with_hours_and_gauges_swapped(seed: int, well: bool = False) -> Setup:
    """Four gauges in eight hours, written hour by hour; read as eight gauges in four hours, and the hours averaged."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(420, 8, 4)).astype(np.float32)
    y = np.tanh(x[:, :, 0] * x[:, :, 1]).mean(axis=1, keepdims=True) * 5 + x[:, :, 2].mean(axis=1, keepdims=True)
    shown = x if well else np.ascontiguousarray(x.transpose(0, 2, 1)).reshape(420, 8, 4)
    model = nn.Sequential(
        nn.Unflatten(0, (-1, 1)), nn.Conv2d(1, 24, (1, 4), rng=seed), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(24, 1, rng=seed + 1),
    )  # fmt: skip
    return Setup(model, shown, y.astype(np.float32), MSE(), adam(model, 0.01), epochs=30)


def galaxies_each_by_its_brightest_spot(seed: int, well: bool = False) -> Setup:
    x, y = d.galaxies(seed)
    shown = x if well else x / x.max(axis=(1, 2, 3), keepdims=True) * 1.5
    model = nn.Sequential(
        nn.Conv2d(1, 6, 3, stride=2, rng=seed), nn.ReLU(), nn.Flatten(), nn.Linear(150, 1, rng=seed + 1)
    )
    return Setup(model, shown, y[:, :1], MSE(), adam(model, 0.005), epochs=25)


def blood_behind_a_layer_norm(seed: int, well: bool = False) -> Setup:
    """What counts in the blood is how much there is of all; a norm over the columns takes just that away."""
    rng = np.random.default_rng(seed)
    much = rng.normal(size=(420, 1))
    x = much + 0.5 * rng.normal(size=(420, 6))
    y = np.sin(1.5 * much) + 0.4 * x[:, :1] + 0.1 * rng.normal(size=(420, 1))
    norm = nn.Identity() if well else nn.LayerNorm(6)
    model = nn.Sequential(norm, *mlp([6, 32, 1], seed))
    train, held = split((x.astype(np.float32), y.astype(np.float32)), 340)
    return Setup(model, *train, MSE(), adam(model, 0.01), validation=held, epochs=25)


def reefs_dived_one_after_the_other(seed: int, well: bool = False) -> Setup:
    """The log goes reef by reef, each with one kind of coral, and the batches go along the log."""
    x, y = d.reefs(seed, 500)
    order = np.random.default_rng(seed).permutation(500) if well else np.argsort(y, kind="stable")
    model = mlp([5, 40, 5], seed)
    return Setup(model, x[order], y[order], CE(), sgd(model, 0.03, 0.9), epochs=8, batch_size=5, shuffle=False)


def flocks(seed: int, count: int = 420) -> tuple[np.ndarray, np.ndarray]:
    """Breed, stall and hatch as numbers from one to three, and the dose; what the hens gain."""
    rng = np.random.default_rng(seed)
    x = rng.integers(-1, 2, (count, 3)).astype(float)
    dose = rng.uniform(-1.7, 1.7, (count, 1))
    y = np.sin(1.6 * dose) * (1 + 0.5 * x[:, :1]) + 0.4 * x[:, 1:2] * x[:, 2:] + 0.1 * rng.normal(size=(count, 1))
    return np.hstack([x, dose]).astype(np.float32), y.astype(np.float32)


def hens_without_their_dose(seed: int, well: bool = False) -> Setup:
    """The column of the dose was lost when two tables were joined."""
    x, y = flocks(seed)
    model = mlp([4 if well else 3, 32, 1], seed)
    return Setup(model, x if well else x[:, :3], y, MSE(), adam(model, 0.01), epochs=25)


def springs_in_whole_degrees(seed: int, well: bool = False) -> Setup:
    """Which of three rocks a spring comes out of, by latitude and longitude that lost what stands behind the point."""
    rng = np.random.default_rng(seed)
    at = rng.uniform(-2, 2, (450, 2))
    y = (np.floor(1.5 * at[:, 0] + 0.3) + np.floor(1.5 * at[:, 1] + 0.8)).astype(int) % 3
    model = mlp([2, 48, 48, 3], seed)
    return Setup(model, (at if well else np.trunc(at)).astype(np.float32), y, CE(), adam(model, 0.01), epochs=50)


def rare_stars_among_plain_ones(seed: int, well: bool = False) -> Setup:
    x, y = d.stars(seed, 1200, (0.94, 0.02, 0.02, 0.02), 0.8)
    model = mlp([7, 16, 4], seed)
    loss = CE(weight=np.array([0.27, 12.5, 12.5, 12.5], np.float32)) if well else CE()
    return Setup(model, x, y, loss, sgd(model, 0.01, 0.9), epochs=4)


SICK = [
    Case(songs_cut_to_their_silence, "inputs all alike", ASKED + "truncated at the wrong side of the padding"),
    Case(fever_in_fahrenheit, "targets all alike", LIST + "1: check your input data"),
    Case(yields_by_what_was_paid, "target among the features", ASKED + "too good to be true"),
    Case(sepsis_by_its_treatment, "target among the features", "Kaufman and others, Leakage in data mining"),
    Case(
        leaves_measured_six_times,
        "training rows in validation",
        "Kapoor and Narayanan, Leakage: no independence of parts",
    ),
    Case(nights_scaled_by_their_own_year, "validation differs", ASKED + "fit_transform on the test set"),
    Case(hearts_by_the_other_lead_first, "validation differs", LIST + "19: the distributions of both"),
    Case(strands_reshaped, "axes mixed up", ASKED + "reshape instead of transpose"),
    Case(storms_with_hours_and_gauges_swapped, "axes mixed up", RECIPE),
    Case(galaxies_each_by_its_brightest_spot, "rows normalised", ASKED + "each picture divided by its maximum"),
    Case(blood_behind_a_layer_norm, "rows normalised", "Ba, Kiros and Hinton, Layer normalization"),
    Case(reefs_dived_one_after_the_other, "rows not shuffled", LIST + "8: shuffle the data set"),
    Case(hens_without_their_dose, "conflicting rows", LIST + "6: is the relation too random"),
    Case(springs_in_whole_degrees, "conflicting rows", RECIPE),
    Case(rare_stars_among_plain_ones, "classes unbalanced", LIST + "9: class imbalance"),
]
