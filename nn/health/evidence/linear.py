"""Whether answers are a linear function of the inputs, however many layers make them."""

from __future__ import annotations

import numpy as np

from nn.health.frameworks.network import Network
from nn.health.subject import SOME

# How far the answers for a sum may lie from the sum of the answers, of how they vary over the rows.
TO_ROUNDING = 1e-3
# How many deviations rows are moved by, so that units that are on for all rows that there are may be off.
FAR = 100.0


def is_linear(network: Network, x: np.ndarray) -> bool:
    """Whether a network of several matrices answers a sum of two rows with the sum of its answers, but for a constant.

    Parameters
    ----------
    network : Network
    x : array
        Inputs of numbers; of others nothing can be added up.

    Returns
    -------
    bool
    """
    if x.dtype.kind != "f" or x.ndim < 2 or len(x) < 8 or not np.isfinite(x).all():
        return False
    modules = dict(network.modules())
    kinds = (type(modules.get(w.path.rpartition(".")[0])).__name__ for w in network.parameters() if w.values.ndim > 1)
    if sum("Embedding" not in kind for kind in kinds) < 2:
        return False
    some = x[:SOME]
    rng = np.random.default_rng(8)
    a, b = (rng.permutation(some) + rng.normal(0.0, FAR * some.std(), some.shape).astype(some.dtype) for _ in range(2))
    both, one, other, none = (network.answer(part.astype(some.dtype)) for part in (a + b, a, b, np.zeros_like(a)))
    if both.dtype.kind != "f" or both.shape[:1] != some.shape[:1] or not np.isfinite(both).all():
        return False
    spread = float(both.std(axis=0).mean())
    return spread > 0.0 and float(np.abs(both + none - one - other).max()) < TO_ROUNDING * spread
