"""The digits network: 64-64-16-10 with sigmoid and tanh, trained on scikit-learn's digits."""

from __future__ import annotations

from collections.abc import Iterable

from nn.data import Split, load_digits_split
from nn.layers.sequential import Sequential
from nn.perceptron import perceptron
from nn.training import Callback, History, fit


def digits_network(seed: int = 0, inputs: int = 64) -> Sequential:
    """`inputs`-64-16-10 with sigmoid, then tanh; Xavier uniform weights and biases of 0."""
    return perceptron([inputs, 64, 16, 10], ["sigmoid", "tanh"], seed)


def train_digits(
    seed: int = 0,
    epochs: int = 40,
    *,
    lr: float = 0.01,
    batch_size: int = 32,
    split: Split | None = None,
    callbacks: Iterable[Callback] = (),
) -> tuple[Sequential, History]:
    """Train the digits network with Adam; the seed decides its weights and the order of the batches.

    Returns
    -------
    model : Sequential
        With the gradients of the last batch still in its parameters.
    history : History
        Its validation is the test part: `val_accuracy` is the test accuracy.
    """
    data = split if split is not None else load_digits_split()
    model = digits_network(seed)
    history = fit(
        model,
        (data.train_images, data.train_labels),
        validation=(data.test_images, data.test_labels),
        lr=lr,
        epochs=epochs,
        batch_size=batch_size,
        metrics=["accuracy"],
        callbacks=callbacks,
        seed=seed,
        progress=False,
    )
    return model, history
