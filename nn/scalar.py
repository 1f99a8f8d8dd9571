"""The same ideas on scalars: `Neuron`, `Layer` and `MLP` over `Value`, as in micrograd, with its names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.ops.activation import relu
from autograd.ops.elementwise import sigmoid, tanh
from autograd.value import Value
from nn.arguments import whole

Activation = Callable[[Any], Any]
ACTIVATIONS: dict[str, Activation] = {
    "relu": relu,
    "tanh": tanh,
    "sigmoid": sigmoid,
    "linear": lambda v: v,
}


class ScalarModule:
    """Something with parameters."""

    def parameters(self) -> list[Value]:
        """All of them."""
        return []

    def zero_grad(self) -> None:
        """Set all gradients to 0."""
        for p in self.parameters():
            p.grad = 0.0


class Neuron(ScalarModule):
    """activation(Σ wᵢ·xᵢ + b), with weights uniform between −1 and 1 at first.

    Parameters
    ----------
    inputs : int
    activation : {"relu", "tanh", "sigmoid", "linear"}
    rng : numpy.random.Generator or int, optional

    Examples
    --------
    >>> neuron = Neuron(2, "tanh", rng=0)
    >>> round(neuron([1.0, 2.0]).data, 6), len(neuron.parameters())
    (-0.569599, 3)
    """

    def __init__(self, inputs: int, activation: str = "relu", rng: np.random.Generator | int | None = None) -> None:
        if activation not in ACTIVATIONS:
            raise ValueError(f"Neuron: activation must be one of {', '.join(ACTIVATIONS)}, got {activation!r}")
        source = np.random.default_rng(rng)
        inputs = whole("Neuron", "inputs", inputs)
        self.w = [Value(w, name=f"w{i}") for i, w in enumerate(source.uniform(-1.0, 1.0, inputs))]
        self.b = Value(0.0, name="b")
        self.activation = activation

    def __call__(self, x: Sequence[Any]) -> Any:
        if len(x) != len(self.w):
            raise ValueError(f"Neuron: expected {len(self.w)} inputs, got {len(x)}")
        total = sum((w * v for w, v in zip(self.w, x, strict=True)), start=self.b)
        return ACTIVATIONS[self.activation](total)

    def parameters(self) -> list[Value]:
        return [*self.w, self.b]

    def __repr__(self) -> str:
        return f"{self.activation} Neuron({len(self.w)})"


class Layer(ScalarModule):
    """Neurons side by side; one alone gives its value, several a list."""

    def __init__(
        self, inputs: int, outputs: int, activation: str = "relu", rng: np.random.Generator | int | None = None
    ) -> None:
        source = np.random.default_rng(rng)
        self.neurons = [Neuron(inputs, activation, source) for _ in range(whole("Layer", "outputs", outputs))]

    def __call__(self, x: Sequence[Any]) -> Any:
        out = [neuron(x) for neuron in self.neurons]
        return out[0] if len(out) == 1 else out

    def parameters(self) -> list[Value]:
        return [p for neuron in self.neurons for p in neuron.parameters()]

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(repr, self.neurons))}]"


class MLP(ScalarModule):
    """Layers one after the other, the last one linear.

    Examples
    --------
    >>> model = MLP(2, [4, 1], rng=0)
    >>> len(model.parameters()), model([0.5, -1.0]).label()
    (17, 'add')
    """

    def __init__(
        self,
        inputs: int,
        outputs: Sequence[int],
        activation: str = "relu",
        rng: np.random.Generator | int | None = None,
    ) -> None:
        if not outputs:
            raise ValueError("MLP: outputs has no layer")
        source = np.random.default_rng(rng)
        sizes = [inputs, *outputs]
        self.layers = [
            Layer(width, count, "linear" if k == len(outputs) - 1 else activation, source)
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
