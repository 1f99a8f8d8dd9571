"""The same ideas on scalars: `Neuron`, `Layer` and `MLP` over `Value`, as in micrograd, with its names."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.engine.value import Value
from autograd.ops.activation import relu
from autograd.ops.elementwise import sigmoid, tanh
from nn.arguments import check_count

Activation = Callable[[Any], Any]
Rng = np.random.Generator | int | None
ACTIVATIONS: dict[str, Activation] = {
    "relu": relu,
    "tanh": tanh,
    "sigmoid": sigmoid,
    "linear": lambda v: v,
}


class Module:
    """Something with parameters.

    Examples
    --------
    >>> import nn.scalar
    >>> model = nn.scalar.MLP(2, [3, 1], rng=0)
    >>> isinstance(model, nn.scalar.Module), len(model.parameters())
    (True, 13)
    """

    def parameters(self) -> list[Value]:
        """All of them.

        Returns
        -------
        list of Value

        Examples
        --------
        >>> import nn.scalar
        >>> model = nn.scalar.MLP(2, [3, 1], rng=0)
        >>> len(model.parameters())
        13
        """
        return []

    def zero_grad(self) -> None:
        """Set all gradients to 0.

        Examples
        --------
        >>> import nn.scalar
        >>> model = nn.scalar.MLP(2, [3, 1], rng=0)
        >>> model([1.0, 2.0]).backward()
        >>> model.zero_grad()
        >>> sum(abs(p.grad) for p in model.parameters())
        0.0
        """
        for p in self.parameters():
            p.grad = 0.0


class Neuron(Module):
    """activation(Σ wᵢ·xᵢ + b), with weights uniform between −1 and 1 at first, and b = 0.

    Parameters
    ----------
    nin : int
        How many inputs it has.
    activation : {"relu", "tanh", "sigmoid", "linear"} or bool
    rng : numpy.random.Generator or int, optional
        What the weights are drawn from; by default Python's `random`, as in micrograd, so that `random.seed(1337)` gives
        micrograd's weights.
    nonlin : bool, optional
        micrograd's word for the activation: True for ReLU, False for none.

    Examples
    --------
    >>> random.seed(1337)
    >>> neuron = Neuron(2, "tanh")
    >>> round(neuron.w[0].data, 6), len(neuron.parameters())
    (0.235506, 3)
    """

    def __init__(
        self, nin: int, activation: str | bool = "relu", rng: Rng = None, *, nonlin: bool | None = None
    ) -> None:
        # In micrograd's place the second argument is `nonlin`.
        nonlin = activation if isinstance(activation, bool) else nonlin
        if nonlin is not None:
            activation = "relu" if nonlin else "linear"
        if activation not in ACTIVATIONS:
            raise ValueError(f"Neuron: activation must be one of {', '.join(ACTIVATIONS)}, got {activation!r}")
        # Both take the ends of the range.
        uniform = random.uniform if rng is None else np.random.default_rng(rng).uniform
        self.w = [Value(uniform(-1.0, 1.0), name=f"w{i}") for i in range(check_count("Neuron", "nin", nin))]
        self.b = Value(0.0, name="b")
        self.activation, self.nonlin = activation, activation != "linear"

    def __call__(self, x: Sequence[Any]) -> Any:
        if len(x) != len(self.w):
            raise ValueError(f"Neuron: expected {len(self.w)} inputs, got {len(x)}")
        total = sum((w * v for w, v in zip(self.w, x, strict=True)), start=self.b)
        return ACTIVATIONS[self.activation](total)

    def parameters(self) -> list[Value]:
        return [*self.w, self.b]

    def __repr__(self) -> str:
        name = "ReLU" if self.activation == "relu" else self.activation.capitalize()
        return f"{name}Neuron({len(self.w)})"


class Layer(Module):
    """`nout` neurons side by side; one alone gives its value, several a list.

    Examples
    --------
    >>> import nn.scalar
    >>> len(nn.scalar.Layer(2, 3, rng=0)([1.0, 2.0]))
    3
    """

    def __init__(
        self, nin: int, nout: int, activation: str = "relu", rng: Rng = None, *, nonlin: bool | None = None
    ) -> None:
        source = None if rng is None else np.random.default_rng(rng)
        count = check_count("Layer", "nout", nout)
        self.neurons = [Neuron(nin, activation, source, nonlin=nonlin) for _ in range(count)]

    def __call__(self, x: Sequence[Any]) -> Any:
        out = [neuron(x) for neuron in self.neurons]
        return out[0] if len(out) == 1 else out

    def parameters(self) -> list[Value]:
        return [p for neuron in self.neurons for p in neuron.parameters()]

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(repr, self.neurons))}]"


class MLP(Module):
    """Layers of `nouts` neurons one after the other, the last one linear.

    Examples
    --------
    >>> model = MLP(2, [4, 1], rng=0)
    >>> len(model.parameters()), model([0.5, -1.0]).label()
    (17, 'add')
    """

    def __init__(self, nin: int, nouts: Sequence[int], activation: str = "relu", rng: Rng = None) -> None:
        if not nouts:
            raise ValueError("MLP: nouts has no layer")
        source = None if rng is None else np.random.default_rng(rng)
        sizes = [nin, *nouts]
        self.layers = [
            Layer(width, count, "linear" if k == len(nouts) - 1 else activation, source)
            for k, (width, count) in enumerate(zip(sizes, sizes[1:], strict=False))
        ]

    def __call__(self, x: Sequence[Any]) -> Any:
        for layer in self.layers[:-1]:
            out = layer(x)
            x = out if isinstance(out, list) else [out]
        return self.layers[-1](x)

    def parameters(self) -> list[Value]:
        return [p for layer in self.layers for p in layer.parameters()]

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(repr, self.layers))}]"
