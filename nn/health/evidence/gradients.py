"""Whether the backward pass gives the slopes of the loss: they are held against the loss itself, a parameter at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nn.health.finding import Finding, join_names
from nn.health.frameworks.network import Network
from nn.health.subject import SOME, Subject

# By which share of itself a loss is moved to measure its slope, and by which share of its size a parameter at most.
MOVED, MOST = 0.01, 0.02
# By which share of itself a loss must be moved for its slope to be measured in single precision.
LEAST_MOVED = 2e-4
# Gradients that are so much smaller than the largest are lost in rounding.
SMALLEST = 1e-3
# The measured slope over the one that is told: what is right lies between, also where kinks are near; and how far two measures may
# lie apart.
RIGHT, APART = (0.6, 1.6), 0.1
# What is all but flat where a slope is told, as round is with a slope of 1, is meant.
FLAT = 0.05
# Which part of a step is small, and how far its slope may lie off by rounding where there are no jumps.
FINE, JUMPS = 1.0 / 32.0, 0.5
# In how many random directions slopes are measured where the one along the gradient is flat; how far they lie from those that are told,
# and how large they are beside these, where the gradient points elsewhere.
DIRECTIONS, ELSEWHERE, SLOPING = 8, 0.6, 0.2


@dataclass(frozen=True)
class Slope:
    """Along the gradient of a parameter: the slope that it tells, and those measured over a step, half of it, and a small part.

    `across` has the same four in random directions, a row each, where those measured along the gradient are all but none.
    """

    path: str
    told: float
    measured: float
    half: float
    fine: float
    across: np.ndarray | None = None


def find_wrong_gradients(subject: Subject) -> Iterator[Finding]:
    """Slopes that are none of the loss, where somebody wrote a derivative: what is detached on purpose has others, too."""
    network, x, y = subject.network.copy(), subject.x[:SOME], subject.y[:SOME]
    if not network.derives_by_hand(x, y):
        return
    wrong = [s for s in measure_slopes(network, x, y) if _is_wrong(s)]
    if not wrong:
        return
    worst = wrong[-1]
    names = join_names([s.path for s in wrong])
    other = f", and in {DIRECTIONS} other directions by as much as it should, but not where it says" * (
        worst.across is not None
    )
    yield Finding(
        "wrong gradient",
        worst.path.rpartition(".")[0],
        f"along the gradient of {worst.path} the loss changes by {worst.measured / worst.told:.3g} times what the gradient says"
        f"{other} (measured with small steps; so of {names}): a derivative between there and the loss is wrong",
        "check derivatives that are written by hand against finite differences (autograd.check, torch.autograd.gradcheck)",
        {"told": worst.told, "measured": worst.measured, "parameters": len(wrong)},
    )


def measure_slopes(network: Network, x: np.ndarray, y: np.ndarray) -> list[Slope]:
    """Those of all parameters whose gradient is not too small, in evaluation mode; none where the loss is not the same twice."""
    for _, module in network.modules():
        module.training = False

    def loss() -> float:
        return network.loss_of_rows(x, y)

    value = loss()
    if not np.isfinite(value) or loss() != value:
        return []
    gradients = network.gradients(x, y)
    largest = max((float(np.linalg.norm(g)) for g in gradients.values()), default=0.0)
    found = []
    for w in network.parameters():
        gradient = gradients.get(w.path)
        size = 0.0 if gradient is None else float(np.linalg.norm(gradient))
        if gradient is None or not np.isfinite(size) or size <= SMALLEST * largest:
            continue
        along, kept = gradient / size, w.values.copy()
        step = min(MOVED * max(abs(value), 1e-3) / size, MOST * max(float(np.linalg.norm(kept)), 0.1))
        # What so small a step changes would be lost in rounding.
        if size * step < LEAST_MOVED * max(abs(value), 1e-3):
            continue

        def slopes(along: np.ndarray, step: float, w: np.ndarray = w.values, kept: np.ndarray = kept) -> list[float]:
            measured = []
            for size in (step, step / 2.0, FINE * step):
                ends = []
                for sign in (1.0, -1.0):
                    w[...] = kept + sign * size * along
                    ends.append(loss())
                measured.append((ends[0] - ends[1]) / (2.0 * size))
            w[...] = kept
            return measured

        measured, half, fine = slopes(along, step)
        across = None
        if abs(measured) <= FLAT * size:
            rng, rows = np.random.default_rng(7), []
            for _ in range(DIRECTIONS):
                other = rng.choice([-1.0, 1.0], kept.shape) / np.sqrt(kept.size)
                step = MOST * max(float(np.linalg.norm(kept)), 0.1)
                rows.append([float((gradient * other).sum()), *slopes(other, step)])
            across = np.array(rows)
        found.append(Slope(w.path, size, measured, half, fine, across))
    return found


def _is_wrong(s: Slope) -> bool:
    ratio, half = s.measured / s.told, s.half / s.told
    if s.across is not None:
        return _points_elsewhere(s.across)
    if not np.isfinite([ratio, half]).all() or abs(ratio - half) > APART * max(abs(ratio), abs(half), 1.0):
        return False
    # What goes up and down by jumps, as signs do, has no slope: the one that is told stands for it.
    if abs(s.fine / s.told - half) > JUMPS * abs(half):
        return False
    return not RIGHT[0] < ratio < RIGHT[1]


def _points_elsewhere(across: np.ndarray) -> bool:
    """Whether the loss slopes smoothly in other directions, and not as it is told: the gradient may be transposed."""
    told, measured, half, fine = across.T
    if not np.isfinite(across).all():
        return False
    size = np.linalg.norm(measured)
    smooth = np.linalg.norm(measured - half) <= APART * size and np.linalg.norm(fine - half) <= JUMPS * size
    off = np.linalg.norm(measured - told)
    return bool(smooth and size > SLOPING * np.linalg.norm(told) and off > ELSEWHERE * max(size, np.linalg.norm(told)))
