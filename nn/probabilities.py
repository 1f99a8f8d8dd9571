"""Probabilities of classes from the outputs of a network, by the layer that it ends in."""

from __future__ import annotations

import numpy as np

from nn.layers.activations import LogSoftmax, Sigmoid, Softmax
from nn.layers.sequential import Sequential
from nn.module import Module


def last_of(module: Module) -> Module:
    """The layer that gives the outputs, as far as that can be told.

    Examples
    --------
    >>> import nn
    >>> last_of(nn.Sequential(nn.Linear(2, 3), nn.Sequential(nn.Tanh(), nn.Softmax())))
    Softmax(dim=-1)
    """
    while isinstance(module, Sequential) and len(module):
        module = module[-1]
    return module


def to_probabilities(module: Module, outputs: np.ndarray) -> np.ndarray:
    """Of scores of classes (n, classes), or of one score for the second of two (n, 1), the probabilities (n, classes).

    Examples
    --------
    >>> import nn
    >>> to_probabilities(nn.Linear(2, 1), np.array([[0.0]])).tolist()
    [[0.5, 0.5]]
    """
    if outputs.shape[-1] == 1:
        yes, no = to_chances(module, outputs)
        return np.concatenate([no, yes], axis=1)
    last = last_of(module)
    if isinstance(last, Softmax):
        return outputs
    if isinstance(last, LogSoftmax):
        return np.exp(outputs)
    powers = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def to_chances(module: Module, outputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of a score for each of several labels the probabilities that it holds, and that it does not.

    Examples
    --------
    >>> import nn
    >>> [chance.tolist() for chance in to_chances(nn.Sigmoid(), np.array([[0.25]]))]
    [[[0.25]], [[0.75]]]
    """
    if isinstance(last_of(module), Sigmoid):
        return outputs, 1.0 - outputs
    # Of two numbers that add up to 1, the smaller one keeps its digits.
    return np.exp(-np.logaddexp(0.0, -outputs)), np.exp(-np.logaddexp(0.0, outputs))
