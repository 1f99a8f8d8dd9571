"""Weights as a network begins with, whatever it has now."""

from __future__ import annotations

import numpy as np

from nn.health.frameworks.network import Network


def draw_weights(network: Network, seed: int) -> None:
    """Weights of variance 2/inputs before ReLU and 1/inputs elsewhere, 1/width in embeddings; biases of 0."""
    rng = np.random.default_rng(seed + 5)
    kinds = {type(m).__name__ for _, m in network.modules()}
    gain = 2.0 if kinds & {"ReLU", "LeakyReLU", "ELU", "GELU", "SiLU"} else 1.0
    modules = dict(network.modules())
    for w in network.parameters():
        kind = type(modules.get(w.path.rpartition(".")[0])).__name__
        if w.values.ndim < 2:
            if "bias" in w.path.rpartition(".")[2]:
                w.values[...] = 0.0
            elif "Norm" in kind:
                w.values[...] = 1.0
            continue
        inputs = int(np.prod(w.values.shape[1:]))
        w.values[...] = rng.normal(0.0, np.sqrt((gain if "Embedding" not in kind else 1.0) / inputs), w.values.shape)
