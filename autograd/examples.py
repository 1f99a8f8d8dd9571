"""The worked examples that the command line draws: graphs before their backward pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from autograd import Tensor, Value, maximum

# The network of the lecture's web demo: weights of the two inputs, and the bias, of each unit.
XOR = {
    "h1": (-0.06782947598673161, 0.22341077197888182, -0.4635107399577998),
    "h2": (0.9487814395569221, 0.461587116462548, 0.09750161997450091),
    "o": (-0.22791948943117624, 0.581714099641357, 0.7792991203673414),
}


@dataclass(frozen=True)
class Example:
    """A graph to look at.

    Attributes
    ----------
    root : Value or Tensor
        Before `backward()`.
    title : str
    """

    root: Value | Tensor
    title: str


def chain_rule() -> Example:
    """e = (a+b)·(b+1) at a = 2, b = 1."""
    a, b = Value(2.0, name="a"), Value(1.0, name="b")
    c, d = a + b, b + 1
    e = c * d
    c.name, d.name, e.name = "c", "d", "e"
    return Example(e, "e = (a+b)·(b+1)")


def gates() -> Example:
    """2·(xy + max(z, w)): add distributes, max routes, multiply swaps."""
    x, y = Value(3.0, name="x"), Value(-4.0, name="y")
    z, w = Value(2.0, name="z"), Value(-1.0, name="w")
    root = 2 * (x * y + maximum(z, w))
    return Example(root, "2·(x·y + max(z, w))")


def xor_loss(first: float, second: float, target: float) -> tuple[Value, dict[str, Value]]:
    """The loss ½(o−t)² of the 2-2-1 sigmoid network on one pattern, and its weights by name."""
    weights = {
        f"{unit}.{part}": Value(number, name=f"{unit}.{part}")
        for unit, numbers in XOR.items()
        for part, number in zip(("w1", "w2", "b"), numbers, strict=True)
    }

    def unit(name: str, one: Value | float, other: Value | float) -> Value:
        out = (weights[f"{name}.w1"] * one + weights[f"{name}.w2"] * other + weights[f"{name}.b"]).sigmoid()
        out.name = name
        return out

    loss = 0.5 * (unit("o", unit("h1", first, second), unit("h2", first, second)) - target) ** 2
    loss.name = "loss"
    return loss, weights


def xor() -> Example:
    """The XOR network on the pattern [0, 1], whose answer is 1."""
    loss, _ = xor_loss(0.0, 1.0, 1.0)
    return Example(loss, "XOR network, pattern [0, 1] → 1")


def digits() -> Example:
    """The digits network before training, on the first 32 images."""
    import nn
    from nn.data import load_digits_split
    from nn.digits import digits_network

    data = load_digits_split()
    loss = nn.CrossEntropyLoss()(digits_network()(data.train_images[:32]), data.train_labels[:32])
    loss.name = "loss"
    return Example(loss, "digits network 64-64-16-10, 32 images")


EXAMPLES: dict[str, Callable[[], Example]] = {"chain_rule": chain_rule, "gates": gates, "xor": xor, "digits": digits}
