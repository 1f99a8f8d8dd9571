"""`perceptron`: fully connected layers with activations between them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograd.wording.suggestion import suggest
from nn import init
from nn.layers import activations
from nn.layers.linear import Linear
from nn.layers.sequential import Sequential
from nn.module import Module

ACTIVATIONS: dict[str, type[Module]] = {
    "tanh": activations.Tanh,
    "sigmoid": activations.Sigmoid,
    "relu": activations.ReLU,
    "leaky_relu": activations.LeakyReLU,
    "elu": activations.ELU,
    "selu": activations.SELU,
    "gelu": activations.GELU,
    "silu": activations.SiLU,
    "softplus": activations.Softplus,
}
# Those that let half of their inputs through unchanged, for which He's initialisation is made.
RECTIFIERS = ("relu", "leaky_relu", "elu", "gelu", "silu")


def perceptron(sizes: Sequence[int], activation: str | Sequence[str] = "tanh", seed: int = 0) -> Sequential:
    """Linear layers of these sizes, from inputs to outputs, with activations between them.

    `nn.Perceptron` is Rosenblatt's single unit. Weights are Xavier's uniform ones, or He's in front of rectifiers; biases are 0.

    Parameters
    ----------
    sizes : sequence of int
        Two or more.
    activation : str or sequence of str
        The same for all hidden layers, or one for each: a name of `ACTIVATIONS`.
    seed : int

    Raises
    ------
    ValueError
        For an unknown activation, or another number of them.

    Examples
    --------
    >>> perceptron([4, 8, 3], "relu")
    Sequential(
      (0): Linear(in_features=4, out_features=8, bias=True)
      (1): ReLU()
      (2): Linear(in_features=8, out_features=3, bias=True)
    )
    """
    names = [activation] * (len(sizes) - 2) if isinstance(activation, str) else list(activation)
    if len(sizes) < 2 or len(names) != len(sizes) - 2:
        raise ValueError(
            f"perceptron: {max(len(sizes) - 2, 0)} hidden layers need as many activations, got {len(names)}"
        )
    for name in names:
        if name not in ACTIVATIONS:
            raise ValueError(f"perceptron: there is no activation {name!r}{suggest(name, ACTIVATIONS)}")
    rng = np.random.default_rng(seed)
    layers: list[Module] = []
    for inputs, outputs, name in zip(sizes[:-1], sizes[1:], [*names, ""], strict=True):
        layer = Linear(inputs, outputs)
        fill = init.kaiming_uniform_ if name in RECTIFIERS else init.xavier_uniform_
        fill(layer.weight, rng=rng)
        assert layer.bias is not None
        init.zeros_(layer.bias)
        layers += [layer, *([ACTIVATIONS[name]()] if name else [])]
    return Sequential(*layers)
