"""What a script clips gradients and weights to, by a call or by lines of its own, as the options of an experiment."""

from __future__ import annotations

import numpy as np

from nn.health.loop.ledger import Ledger

# A scale that leaves gradients as they are, and how far norms may lie apart that are one bound.
UNCHANGED, ALIKE = 1e-3, 1e-2
# Passes of a bound that is met again and again.
OFTEN = 3


def find_clipping(ledger: Ledger) -> dict[str, float]:
    """`clip_norm`, `clip_value` and `clip_weights`, of those that are clipped to."""
    called = (ledger.clip_norm, ledger.clip_value) if not ledger.clips_in_vain else (None, None)
    norm, value = called if ledger.clip_norm or ledger.clip_value else (_norm_by_hand(ledger), _value_by_hand(ledger))
    found = {"clip_norm": norm, "clip_value": value, "clip_weights": ledger.clip_weights}
    return {name: most for name, most in found.items() if most is not None}


def _norm_by_hand(ledger: Ledger) -> float | None:
    """The norm of all gradients wherever the script makes them smaller, which they are nowhere above."""
    passes = [one for one in ledger.iterations if np.isfinite(one.scale)]
    smaller = [one.norm for one in passes if 0.0 < one.scale < 1.0 - UNCHANGED]
    others = [one.norm for one in passes if abs(one.scale - 1.0) <= UNCHANGED]
    if len(smaller) < OFTEN or len(smaller) + len(others) < len(passes):
        return None
    bound = float(np.median(smaller))
    alike = max(smaller) - min(smaller) <= ALIKE * bound and max(others, default=0.0) <= (1.0 + ALIKE) * bound
    # Gradients that are all of one size may be divided by one number.
    apart = max(one.scale for one in passes) > (1.0 + ALIKE) * min(one.scale for one in passes)
    return bound if alike and apart else None


def _value_by_hand(ledger: Ledger) -> float | None:
    """What the elements of gradients are cut to, where that is one number."""
    bounds = [one.clipped for one in ledger.iterations if np.isfinite(one.clipped)]
    often = len(bounds) >= OFTEN and max(bounds) - min(bounds) <= ALIKE * max(bounds)
    return float(np.median(bounds)) if often else None
