"""Whether a loss of a user's own is one that goes by a name."""

from __future__ import annotations

import numpy as np

from nn.health.subject import Subject

# By which share gradients may differ that are the same but for rounding.
TO_ROUNDING = 1e-3


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
