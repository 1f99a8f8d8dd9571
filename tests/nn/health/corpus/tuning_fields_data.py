"""Rows of people in fields of science, farming, medicine, weather and sport, for the runs of `tuning_fields_*`."""

from __future__ import annotations

import numpy as np

from tests.nn.health.corpus.rows import Rows


def harvests(seed: int, count: int = 420) -> Rows:
    """Rain, warmth, nitrogen, acidity and slope, and the yield of wheat, all scaled; too much is as bad as too little."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 5))
    y = (
        1.2 * x[:, 0]
        - 0.6 * x[:, 0] ** 2
        + 0.7 * x[:, 1] * x[:, 2]
        + 0.5 * np.sin(2 * x[:, 3])
        + 0.1 * rng.normal(size=count)
    )
    return x.astype(np.float32), ((y + 0.6) / 1.75)[:, None].astype(np.float32)


def cells(seed: int, count: int = 400) -> Rows:
    """Pictures of 10 × 10 of a blood cell: full, a ring, a sickle or two small ones."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 4, count)
    i, j = np.mgrid[0:10, 0:10]
    at = rng.uniform(3.5, 5.5, (count, 2, 1, 1))
    di, dj = i - at[:, 0], j - at[:, 1]
    far = np.sqrt(di**2 + dj**2)
    full = far < 2.8
    kinds = np.stack(
        [full, full & (far > 1.6), full & (dj > 0.3), (np.abs(dj) > 1.2) & (np.abs(dj) < 3.2) & (np.abs(di) < 1)]
    )
    x = 2.0 * kinds[y, np.arange(count)] - 0.5 + 0.5 * rng.normal(size=(count, 10, 10))
    return x[:, None].astype(np.float32), y


def pulses(seed: int, count: int = 360, length: int = 24) -> Rows:
    """Two leads of a heart: calm, quick, or with a beat that drops out."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, count)
    start, gap = rng.integers(0, 4, count), np.array([6, 4, 6])[y]
    t = np.arange(length)
    beat = ((t[None] + start[:, None]) % gap[:, None] == 0).astype(float)
    beat[y == 2, 8:16] = 0.0
    x = np.stack([beat, -0.7 * np.roll(beat, 1, axis=1)], axis=2) * 2.2 + 0.35 * rng.normal(size=(count, length, 2))
    return (x - 0.1).astype(np.float32), y


def storms(seed: int, count: int = 380, length: int = 14) -> Rows:
    """Pressure and wind of fourteen hours, and the scaled wind of the hour after next."""
    rng = np.random.default_rng(seed)
    phase, pace = rng.uniform(0, 2 * np.pi, (count, 1)), rng.uniform(0.25, 0.55, (count, 1))
    t = np.arange(length + 2)
    low = np.sin(pace * t + phase)
    wind = np.roll(low, 2, axis=1) * 0.6 - 0.9 * np.cos(pace * t + phase)
    x = np.stack([low, wind], axis=2)[:, :length] + 0.1 * rng.normal(size=(count, length, 2))
    y = -0.9 * np.cos(pace * (length + 1) + phase) + 0.6 * np.sin(pace * (length - 1) + phase)
    return x.astype(np.float32), (y / 0.8).astype(np.float32)


def songs(seed: int, count: int = 420, notes: int = 12, length: int = 8) -> Rows:
    """Songs of eight notes; which of four birds sings is said by how the notes follow each other, not by which they are."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 4, count)
    x = np.zeros((count, length), int)
    x[:, 0] = rng.integers(0, notes, count)
    for k in range(1, length):
        follows = (x[:, k - 1] + np.array([1, 11, 5, 7])[y]) % notes
        x[:, k] = np.where(rng.random(count) < 0.75, follows, rng.integers(0, notes, count))
    return x, y


def ailments(seed: int, count: int = 450) -> Rows:
    """Ten findings on a patient, and which of five ailments are noted; each is one of six or so."""
    rng = np.random.default_rng(seed)
    w = np.random.default_rng(31).normal(size=(10, 5))
    x = rng.normal(size=(count, 10))
    y = np.abs(x) @ w + x @ w[::-1] + 0.5 * rng.normal(size=(count, 5)) > 3.2 + np.sqrt(2 / np.pi) * w.sum(axis=0)
    return x.astype(np.float32), y.astype(np.float32)


def traps(seed: int, count: int = 420) -> Rows:
    """Warmth, wetness, days and the age of the bait; how many moths lie in the trap."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 4))
    rate = np.exp(1.0 + 0.7 * x[:, 0] - 0.5 * x[:, 1] ** 2 + 0.4 * x[:, 2] * (x[:, 3] > 0))
    return x.astype(np.float32), rng.poisson(rate)[:, None].astype(np.float32)


def throws(seed: int, count: int = 400) -> Rows:
    """Speed, angle, height and headwind of a throw of the javelin; how far it goes and how long it flies; all scaled."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (count, 4))
    speed, angle = 26 + 5 * x[:, 0], 0.66 + 0.25 * x[:, 1]
    long = 2 * speed * np.sin(angle) / 9.81 + 0.15 * x[:, 2]
    far = speed * np.cos(angle) * long - 4.0 * x[:, 3] * (1 + x[:, 1])
    y = np.stack([(far - 66) / 21, (long - 3.2) / 0.95], axis=1) + 0.05 * rng.normal(size=(count, 2))
    return (1.7 * x).astype(np.float32), y.astype(np.float32)


def matches(seed: int, count: int = 700, teams: int = 16) -> Rows:
    """Who plays at home and who away, and by how much the one wins; some teams fear others."""
    rng = np.random.default_rng(seed)
    fixed = np.random.default_rng(17)
    strength, style = fixed.normal(size=teams), fixed.normal(size=(2, teams, 2))
    x = rng.integers(0, teams, (count, 2))
    y = (
        strength[x[:, 0]]
        - strength[x[:, 1]]
        + (style[0][x[:, 0]] * style[1][x[:, 1]]).sum(axis=1)
        + 0.2 * rng.normal(size=count)
    )
    return x, (y / 2.0)[:, None].astype(np.float32)


def strands(seed: int, count: int = 420, length: int = 16) -> Rows:
    """Strands of four bases, one-hot, channels first; whether a certain motif stands somewhere in them."""
    rng = np.random.default_rng(seed)
    bases = rng.integers(0, 4, (count, length))
    y = rng.random(count) < 0.5
    for k in np.nonzero(y)[0]:
        at = rng.integers(0, length - 5)
        bases[k, at : at + 5] = [2, 0, 0, 3, 1]
    x = np.eye(4)[bases].transpose(0, 2, 1)
    return (2.0 * x - 0.5).astype(np.float32), y[:, None].astype(np.float32)


def stars(seed: int, count: int = 600, shares: tuple[float, ...] = (0.25, 0.25, 0.25, 0.25), wide: float = 0.8) -> Rows:
    """Brightness in seven colours, and which of four types a star is of."""
    rng = np.random.default_rng(seed)
    y = rng.choice(4, count, p=shares)
    centres = np.random.default_rng(12).normal(0.0, 1.0, (4, 7))
    return (centres[y] + wide * rng.normal(size=(count, 7))).astype(np.float32), y


def galaxies(seed: int, count: int = 360) -> Rows:
    """Pictures of 12 × 12 of a galaxy; its scaled brightness, and how far right and up of the centre it lies."""
    rng = np.random.default_rng(seed)
    at, bright = rng.uniform(-1, 1, (count, 2)), rng.uniform(0.6, 2.4, count)
    grid = np.linspace(-1.4, 1.4, 12)
    far = (grid[None, None, :] - at[:, :1, None]) ** 2 + (grid[None, :, None] - at[:, 1:, None]) ** 2
    x = bright[:, None, None] * np.exp(-far / 0.15) + 0.1 * rng.normal(size=far.shape)
    return x[:, None].astype(np.float32), np.hstack([(bright[:, None] - 1.5) / 0.52, 1.7 * at]).astype(np.float32)


def grazing(seed: int, count: int = 400, length: int = 12) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How a cow walks for up to twelve minutes, zero after her collar stopped; how long, and her mean speed."""
    rng = np.random.default_rng(seed)
    long = rng.integers(3, length + 1, count)
    speed = rng.normal(size=(count, 1))
    x = speed[:, :, None] * np.array([1.0, -0.6]) + 0.7 * rng.normal(size=(count, length, 2))
    x[np.arange(length)[None] >= long[:, None]] = 0.0
    return x.astype(np.float32), long, speed.astype(np.float32)


def reefs(seed: int, count: int = 400) -> Rows:
    """Depth, warmth, light, salt and current, scaled, and which of five kinds of coral prevails, in no order."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 5))
    w = np.random.default_rng(44).normal(size=(10, 5))
    y = (np.hstack([x, x[:, :5] * x[:, [1, 2, 3, 4, 0]]]) @ w + 0.3 * rng.normal(size=(count, 5))).argmax(axis=1)
    return x.astype(np.float32), y
