"""Losses that weigh classes by how rare they are: by how much that moves the scores from those of chances as they are."""

from __future__ import annotations

from typing import Any

import numpy as np

# By what factor weighed classes may still differ that are to count the same.
EVEN = 4.0
# The least share of a class that is there.
LEAST_SHARE = 1e-6


def shift_of(loss: Any, kind: str, shares: np.ndarray) -> np.ndarray | None:
    """The logarithms of the weights that bring classes of these shares nearer to counting the same; None for any others.

    Scores that are learned by such a loss are of chances as if classes came as often as they count: less these, they are of how often
    they come.

    Parameters
    ----------
    loss : callable
        The user's.
    kind : str
        What the targets are: "classes" or "labels".
    shares : array
        How often each class comes, or each label is a yes.

    Examples
    --------
    >>> import nn
    >>> shift_of(nn.BCEWithLogitsLoss(pos_weight=np.array([9.0])), "labels", np.array([0.1])).round(2)
    array([2.2])
    >>> shift_of(nn.BCEWithLogitsLoss(pos_weight=np.array([9.0])), "labels", np.array([0.6])) is None
    True
    """
    name = {"labels": "pos_weight", "classes": "weight"}.get(kind)
    given = getattr(loss, name, None) if name is not None else None
    if given is None:
        return None
    weights = np.asarray(given.detach() if hasattr(given, "detach") else given, np.float64).ravel()
    shares = np.clip(shares.ravel(), LEAST_SHARE, 1.0 - LEAST_SHARE)
    if weights.size not in (1, shares.size) or not (weights > 0.0).all():
        return None
    weights = np.broadcast_to(weights, shares.shape)
    if kind == "labels":
        odds = weights * shares / (1.0 - shares)
        right = ((odds > 1.0 / EVEN) & (odds < EVEN)).mean() > 0.5 and bool((shares < 0.5).mean() > 0.5)
    else:
        counts = weights * shares
        before, after = shares.max() / shares.min(), counts.max() / counts.min()
        right = before > EVEN and after < EVEN
    return np.log(weights) if right and np.ptp(np.append(weights, 1.0)) > 0.0 else None
