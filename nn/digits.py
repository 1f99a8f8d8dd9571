"""The digits network: 64-64-16-10 with sigmoid and tanh, trained on scikit-learn's digits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

import optim
from autograd import no_grad
from nn import init
from nn.activations import Sigmoid, Tanh
from nn.data import DataLoader, Split, load_digits_split
from nn.linear import Linear
from nn.losses import CrossEntropyLoss
from nn.module import Module
from nn.sequential import Sequential


@dataclass(frozen=True)
class Epoch:
    """What one time through the training part gave.

    Attributes
    ----------
    number : int
        From 1.
    loss : float
        The mean over the epoch's batches, as they were trained.
    train_accuracy, test_accuracy : float
        After the epoch, from 0 to 1.
    """

    number: int
    loss: float
    train_accuracy: float
    test_accuracy: float


def digits_network(seed: int = 0, inputs: int = 64) -> Sequential:
    """`inputs`-64-16-10 with sigmoid, then tanh; Xavier uniform weights and biases of 0."""
    rng = np.random.default_rng(seed)
    layers = [Linear(inputs, 64), Linear(64, 16), Linear(16, 10)]
    for layer in layers:
        init.xavier_uniform_(layer.weight, rng=rng)
        assert layer.bias is not None
        init.zeros_(layer.bias)
    return Sequential(layers[0], Sigmoid(), layers[1], Tanh(), layers[2])


def accuracy(model: Module, images: np.ndarray, labels: np.ndarray) -> float:
    """The share of images whose greatest logit is the right one."""
    with no_grad():
        return float(np.mean(model(images).data.argmax(axis=1) == labels))


def train_digits(
    seed: int = 0,
    epochs: int = 40,
    *,
    lr: float = 0.01,
    batch_size: int = 32,
    split: Split | None = None,
    on_epoch: Callable[[Epoch], None] | None = None,
) -> tuple[Sequential, list[Epoch]]:
    """Train the digits network with Adam; the seed decides its weights and the order of the batches.

    Returns
    -------
    model : Sequential
        With the gradients of the last batch still in its parameters.
    history : list of Epoch
    """
    data = split if split is not None else load_digits_split()
    model = digits_network(seed)
    loss_of = CrossEntropyLoss()
    optimizer = optim.Adam(model.parameters(), lr=lr)
    loader = DataLoader(data.train_images, data.train_labels, batch_size=batch_size, shuffle=True, seed=seed)
    history: list[Epoch] = []
    for number in range(1, epochs + 1):
        losses = []
        for images, labels in loader:
            optimizer.zero_grad()
            loss = loss_of(model(images), labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        history.append(
            Epoch(
                number,
                float(np.mean(losses)),
                accuracy(model, data.train_images, data.train_labels),
                accuracy(model, data.test_images, data.test_labels),
            )
        )
        if on_epoch is not None:
            on_epoch(history[-1])
    return model, history
