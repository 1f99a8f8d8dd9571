"""SPEC example E: the digits network's closed forms, and its accuracies."""

from __future__ import annotations

import numpy as np
import pytest

import nn
import optim
from nn.digits import digits_network, train_digits


def test_the_closed_forms_are_the_engines_gradients() -> None:
    """dZ3 = A3 − Y and so on back to dW1 = XᵀdZ1, for the summed loss, and over the batch for the mean."""
    network = digits_network(0)
    rng = np.random.default_rng(1)
    x, labels = rng.random((7, 64)), rng.integers(0, 10, 7)
    first, second, third = (layer for layer in network if isinstance(layer, nn.Linear))
    w1, w2, w3 = (layer.weight.data.T.astype(float) for layer in (first, second, third))
    b1, b2, b3 = (layer.bias.data.astype(float) for layer in (first, second, third))
    a1 = 1 / (1 + np.exp(-(x @ w1 + b1)))
    a2 = np.tanh(a1 @ w2 + b2)
    z3 = a2 @ w3 + b3
    a3 = np.exp(z3) / np.exp(z3).sum(1, keepdims=True)
    for reduction, scale in (("sum", 1.0), ("mean", 1 / 7)):
        d3 = (a3 - np.eye(10)[labels]) * scale
        d2 = d3 @ w3.T * (1 - a2**2)
        d1 = d2 @ w2.T * a1 * (1 - a1)
        network.zero_grad()
        nn.functional.cross_entropy(network(x), labels, reduction=reduction).backward()
        for layer, weight, bias in (
            (third, a2.T @ d3, d3.sum(0)),
            (second, a1.T @ d2, d2.sum(0)),
            (first, x.T @ d1, d1.sum(0)),
        ):
            np.testing.assert_allclose(layer.weight.grad.T, weight, rtol=1e-6, atol=1e-9)
            np.testing.assert_allclose(layer.bias.grad, bias, rtol=1e-6, atol=1e-9)


def test_the_network_of_the_slides_has_51450_parameters() -> None:
    assert sum(p.size for p in digits_network(inputs=784).parameters()) == 51_450


def test_the_network_starts_xavier_uniform_with_biases_of_zero() -> None:
    for layer, (fan_in, fan_out) in zip(list(digits_network(0))[::2], [(64, 64), (64, 16), (16, 10)], strict=True):
        bound = (6 / (fan_in + fan_out)) ** 0.5
        assert 0.9 * bound < np.abs(layer.weight.data).max() <= bound
        assert not layer.bias.data.any()


def test_the_split_is_fixed_stratified_and_scaled() -> None:
    split = nn.load_digits_split()
    assert [part.shape for part in split] == [(1347, 64), (1347,), (450, 64), (450,)]
    assert (split.train_images.dtype, split.train_images.min(), split.train_images.max()) == (np.float32, 0.0, 1.0)
    shares = np.bincount(split.test_labels) / np.bincount(np.concatenate([split.train_labels, split.test_labels]))
    np.testing.assert_allclose(shares, 0.25, atol=0.005)
    assert split.test_labels[:12].tolist() == [2, 0, 4, 9, 4, 1, 2, 4, 6, 7, 9, 1]


@pytest.mark.night
@pytest.mark.integration
def test_accuracies_over_twenty_seeds() -> None:
    """Mean at least .973 and least at least .960, on the fixed split, after 40 epochs of Adam at .01 with batches of 32."""
    split = nn.load_digits_split()
    assert len(split.test_labels) == 450
    accuracies = [train_digits(seed, 40, split=split)[1][-1]["val_accuracy"] for seed in range(20)]
    assert np.mean(accuracies) >= 0.973
    assert min(accuracies) >= 0.960


@pytest.mark.integration
@pytest.mark.parametrize("seed", [0, 1])
def test_accuracy_of_a_seed(seed: int) -> None:
    model, history = train_digits(seed)
    assert [row["epoch"] for row in history] == list(range(1, 41))
    assert history[-1]["val_accuracy"] >= 0.960
    assert history[-1]["loss"] < 0.05 * history[0]["loss"]
    split = nn.load_digits_split()
    correct = model(split.test_images).data.argmax(axis=1) == split.test_labels
    assert correct.mean() == history[-1]["val_accuracy"]


def test_a_run_resumed_from_its_states_goes_on_to_the_bit() -> None:
    split = nn.load_digits_split()
    batches = list(nn.DataLoader(split.train_images, split.train_labels, batch_size=128, shuffle=True, seed=0))

    def train(model: nn.Module, optimizer: optim.Optimizer, some: list[tuple[np.ndarray, ...]]) -> None:
        for images, labels in some:
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(images), labels).backward()
            optimizer.step()

    whole = digits_network(0)
    optimizer = optim.Adam(whole.parameters(), lr=0.01)
    train(whole, optimizer, batches[:5])
    states = whole.state_dict(), optimizer.state_dict()
    train(whole, optimizer, batches[5:])
    resumed = digits_network(1)
    optimizer = optim.Adam(resumed.parameters())
    # The module's state comes after the optimizer took the parameters over, which it must notice.
    resumed.load_state_dict(states[0])
    optimizer.load_state_dict(states[1])
    train(resumed, optimizer, batches[5:])
    for name, array in whole.state_dict().items():
        np.testing.assert_array_equal(array, resumed.state_dict()[name])


def test_training_is_reproducible_by_seed() -> None:
    split = nn.load_digits_split()
    losses = [train_digits(seed, 2, split=split)[1]["val_loss"] for seed in (3, 3, 4)]
    assert losses[0] == losses[1]
    assert losses[0] != losses[2]
