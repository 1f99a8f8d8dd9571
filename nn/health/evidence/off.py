"""How far features and targets are from a usual scale."""

from __future__ import annotations

import numpy as np

# By which share of their mean, and of how the others vary, features vary faintly, and which share of all of them these are at least.
FAINT, MANY_STILL = 0.03, 0.25


def off_of_targets(y: np.ndarray) -> float:
    """How far targets are from a size of 1."""
    size = np.hypot(abs(float(np.nanmean(y))), float(np.nanstd(y)))
    return float(max(size, 1.0 / size if size else 1.0))


def off_of_features(mean: np.ndarray, std: np.ndarray) -> float:
    """How far features are from mean 0 and deviation 1: by their size, by how much larger the largest is, by their mean; and by how
    little a good part of them varies beside others, and beside its mean, as where all were scaled by one number."""
    size = np.hypot(mean, std)
    some = size[size > 0.0]
    if not len(some):
        return 1.0
    varied = std > 0.05 * std.max()
    apart = float(np.median(np.abs(mean[varied]) / std[varied])) if varied.any() else 1.0
    still = (std > 0.0) & (std < FAINT * np.minimum(np.abs(mean), std.max()))
    faint = float((np.abs(mean[still]) / std[still]).min()) if still.mean() >= MANY_STILL else 1.0
    return float(max(some.max(), 1.0 / some.max(), some.max() / np.median(some) / 2.0, apart / 2.0, faint / 2.0))
