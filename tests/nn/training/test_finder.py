"""`find_lr`: a rate that learns, for models and optimizers of several kinds, and nothing else changed."""

from __future__ import annotations

import numpy as np
import pytest

import nn
from autograd.errors import OperandError

RNG = np.random.default_rng(0)
X = RNG.normal(size=(192, 3)).astype(np.float32)
Y = (np.sin(1.5 * X[:, :1]) + 0.5 * X[:, 1:2]).astype(np.float32)


def network() -> nn.Module:
    return nn.Sequential(nn.Linear(3, 16, rng=0), nn.Tanh(), nn.Dropout(0.1, rng=3), nn.Linear(16, 1, rng=1))


def final_loss(optimizer: str, lr: float) -> float:
    history = nn.fit(network(), (X, Y), optimizer=optimizer, lr=lr, epochs=6, progress=False)
    return history[-1]["loss"]


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "momentum"])
def test_the_suggestion_learns_better_than_a_hundredth_of_it(optimizer):
    curve = nn.find_lr(network(), (X, Y), optimizer=optimizer)
    assert final_loss(optimizer, curve.suggestion) < 0.5 * final_loss(optimizer, curve.suggestion / 100)
    assert str(curve).startswith(f"learning rate {curve.suggestion:.2g}: the loss falls")
    assert len(curve.rates) == len(curve.losses) == len(curve.smooth) <= 120


def test_the_model_and_its_generators_are_untouched():
    model = network()
    before = {name: value.copy() for name, value in model.state_dict().items()}
    drawn = model[2].rng.bit_generator.state if hasattr(model[2], "rng") else None
    model.eval()
    nn.find_lr(model, (X, Y), steps=20)
    assert all((model.state_dict()[name] == value).all() for name, value in before.items())
    assert all(p.grad is None for p in model.parameters())
    assert not model.training
    assert drawn is None or model[2].rng.bit_generator.state == drawn


def test_the_same_seed_gives_the_same_curve():
    first, again = (nn.find_lr(network(), (X, Y), steps=30) for _ in range(2))
    np.testing.assert_array_equal(first.losses, again.losses)


def test_a_loader_gives_the_orders_that_it_would_have_given():
    loader, other = (nn.DataLoader(X, Y, shuffle=True, seed=4) for _ in range(2))
    nn.find_lr(network(), loader, steps=20)
    np.testing.assert_array_equal(next(iter(loader))[0], next(iter(other))[0])


def test_where_nothing_falls_it_says_so():
    y = np.random.default_rng(5).permutation(192) % 2
    frozen = nn.Sequential(nn.Linear(3, 4, rng=0), nn.ReLU(), nn.Linear(4, 2, rng=1))
    frozen[0].bias.data = frozen[0].bias.data - 100
    frozen[2].bias.requires_grad_(False)
    curve = nn.find_lr(frozen, (X, y))
    assert "no rate" in curve.reason


def test_fit_takes_the_suggestion():
    history = nn.fit(network(), (X, Y), lr="auto", epochs=2, progress=False)
    expected = nn.find_lr(network(), (X, Y)).suggestion
    assert history.lr_curve is not None
    assert history.lr_curve.suggestion == expected == history[0]["lr"]


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"steps": 3}, ValueError, "10 at least"),
        ({"lowest": 1.0, "highest": 0.1}, ValueError, "rise"),
        ({"optimizer": object()}, OperandError, "name"),
    ],
)
def test_what_cannot_be_is_refused(options, error, words):
    with pytest.raises(error, match=words):
        nn.find_lr(network(), (X, Y), **options)


def test_infinite_inputs_are_refused():
    x = (X * 1e30).astype(np.float32)
    with pytest.raises(ValueError, match="not finite"):
        nn.find_lr(nn.Linear(3, 1, rng=0), (x, Y), loss="mse")


def test_auto_needs_an_optimizer_by_name():
    import optim

    model = network()
    with pytest.raises(ValueError, match="auto"):
        nn.fit(model, (X, Y), lr="auto", optimizer=optim.SGD(model.parameters(), lr=0.1), progress=False)
    with pytest.raises(ValueError, match="fast"):
        nn.fit(model, (X, Y), lr="fast", progress=False)
