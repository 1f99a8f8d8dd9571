"""What the rules of `diagnose` hold against their thresholds: each a number for every layer that has one."""

from __future__ import annotations

import numpy as np

from nn.health.measure import ParameterMeasure
from nn.health.record import Record

# Fewer samples than these do not show that a unit is dead.
ENOUGH_SAMPLES = 30


def input_sizes(record: Record) -> dict[str, float]:
    """The largest mean or standard deviation of a feature, for the first layer with weights."""
    inputs = record.steps[0].inputs
    return {} if inputs is None else {inputs.path: max(inputs.means[1], inputs.stds[1])}


def largest_updates(record: Record) -> dict[str, float]:
    """The largest update/weight ratio of every weight."""
    found = {p.path: _finite(record.of_parameter(p.path, lambda m: m.update)) for p in weights(record)}
    return {path: float(values.max()) for path, values in found.items() if values.size}


def usual_updates(record: Record) -> dict[str, float]:
    """The median update/weight ratio of every weight."""
    found = {p.path: _finite(record.of_parameter(p.path, lambda m: m.update)) for p in weights(record)}
    return {path: float(np.median(values)) for path, values in found.items() if values.size}


def rise(record: Record) -> float:
    """The largest loss over the first; infinite where one was not finite."""
    losses = np.array(record.losses + [s.after for s in record.steps if s.after is not None])
    if not np.isfinite(losses[0]):
        return 1.0
    return float(np.max(np.where(np.isfinite(losses), losses, np.inf))) / max(abs(float(losses[0])), 1e-12)


def gradient_sizes(record: Record) -> dict[str, float]:
    """The largest norm of the gradient of every weight over that of the weight."""
    found = {}
    for p in weights(record):
        sizes = _finite(record.of_parameter(p.path, lambda m: m.norm / m.weight if m.weight > 0.0 else None))
        if sizes.size:
            found[p.path] = float(sizes.max())
    return found


def gradient_ratios(record: Record) -> dict[str, float]:
    """The mean |gradient| of every weight but the last over that of the last, as a median over the earlier half.

    A network that gets over vanishing gradients learns later, and better; the beginning shows what it has to get over.
    """
    some = [p for p in weights(record) if not p.missing]
    # A last layer of zeros sends nothing back in the first step alone.
    if len(some) < 2 or (len(record.steps) < 3 and any(p.norm == 0.0 for p in some)):
        return {}
    sizes = [record.of_parameter(p.path, _mean_of_some)[: len(record.early)] for p in some]
    with np.errstate(all="ignore"):
        found = {p.path: _finite(size / sizes[-1]) for p, size in zip(some[:-1], sizes, strict=False)}
    return {path: float(np.median(values)) for path, values in found.items() if values.size}


def first_saturations(record: Record) -> dict[str, float]:
    """The share of saturated outputs of every hidden layer at the first step; nothing for a network that answers well.

    Such a network is confident, and its saturation is what it has learned.
    """
    first = record.steps[0]
    known = record.skill([first])
    if known is not None and known[0] > 0.5:
        return {}
    hidden = [layer for layer in first.layers.values() if not layer.final]
    return {layer.path: layer.saturated for layer in hidden if layer.saturated is not None}


def dead_shares(record: Record) -> dict[str, float]:
    """The share of a hidden layer's ReLUs that no sample of the later half switched on."""
    found = {}
    for layer in record.layers():
        if layer.alive is not None and not layer.final:
            count, units, samples = record.dead_units(layer.path)
            if samples >= ENOUGH_SAMPLES:
                found[layer.path] = count / units
    return found


def late_skill(record: Record) -> float:
    """The skill of the later half (see `task.skill`); NaN where it is not known."""
    known = record.skill(record.late)
    return float("nan") if known is None else known[0]


def weights(record: Record) -> list[ParameterMeasure]:
    """The latest measures of parameters that are trained, and have two axes or more."""
    return [p for p in record.parameters() if p.is_weight and p.trainable]


def _mean_of_some(p: ParameterMeasure) -> float:
    """The mean of those that are not zero: of an embedding most rows are not in a batch."""
    return p.mean / (1.0 - p.zero) if p.zero < 1.0 else 0.0


def _finite(values: np.ndarray) -> np.ndarray:
    return values[np.isfinite(values)]
