"""Whether a loss of a user's own is one that goes by a name, and whether one weighs some targets more than others."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.health.subject import Subject

# By which share gradients may differ that are the same but for rounding.
TO_ROUNDING = 1e-3
# By what factor classes are weighed apart, and how much of a label is smoothed away, to be looked into.
WEIGHED, SMOOTHED = 3.0, 0.3


def is_usual(subject: Subject, outputs: np.ndarray) -> bool:
    """Whether a loss of numbers is the mean of squares but for a factor, such as a half.

    Parameters
    ----------
    subject : Subject
    outputs : array
        Of its first rows.

    Returns
    -------
    bool
    """
    own, usual = subject.network.copy(), subject.network.copy()
    natural, y = usual.natural_loss("numbers", ""), subject.y[: len(outputs)]
    if natural is None:
        return False
    usual.loss = natural
    noise = np.random.default_rng(0).normal(size=outputs.shape).astype(outputs.dtype)
    try:
        pairs = [[network.value_and_gradient(o, y)[1] for network in (own, usual)] for o in (outputs, outputs + noise)]
    except Exception:  # whatever a loss of a user's makes of these
        return False
    mine, other = (np.concatenate([pair[k].ravel() for pair in pairs]).astype(np.float64) for k in (0, 1))
    factor = float(mine @ other) / (float(other @ other) or 1.0)
    return factor > 0.0 and bool(np.linalg.norm(mine - factor * other) <= TO_ROUNDING * np.linalg.norm(mine))


def weighs(loss: Any) -> bool:
    """Whether a loss weighs classes apart, or takes away most of what a label says."""
    for name in ("weight", "pos_weight"):
        given = getattr(loss, name, None)
        if given is not None:
            values = np.asarray(given.detach() if hasattr(given, "detach") else given, np.float64).ravel()
            # What weighs the positive ones is beside a 1 for the others.
            values = values if name == "weight" else np.append(values, 1.0)
            if not values.min() > 0.0 or values.max() > WEIGHED * values.min():
                return True
    options = getattr(loss, "options", None) or {}
    return float(getattr(loss, "label_smoothing", None) or options.get("label_smoothing") or 0.0) > SMOOTHED
