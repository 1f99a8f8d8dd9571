"""SPEC examples G, H and I by layers and initialisers, and the table of initialisations; example E is in test_digits.py."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

import nn
import optim
from autograd import Tensor, grad, jacobian, no_grad
from autograd.examples import XOR
from nn import init

DOUBLE = np.float64


def five_layers(activation: Callable[[], nn.Module], width: int) -> nn.Sequential:
    """Frozen: the test asks for the derivative with respect to the input."""
    rng = np.random.default_rng(0)
    model = nn.Sequential(
        *(m for _ in range(5) for m in (nn.Linear(width, width, dtype=DOUBLE, rng=rng), activation()))
    )
    model.requires_grad_(False)
    return model


def linear_layers(model: nn.Sequential) -> list[nn.Linear]:
    return [layer for layer in model if isinstance(layer, nn.Linear)]


def test_g_five_sigmoids_scale_a_gradient_by_at_most_a_quarter_each() -> None:
    model = five_layers(nn.Sigmoid, width=1)
    for k, layer in enumerate(linear_layers(model)):
        init.ones_(layer.weight)
        # A sigmoid gives ½ at 0: with −½ every layer works at 0, where a sigmoid is steepest.
        init.constant_(layer.bias, -0.5 if k else 0.0)
    slope = grad(lambda x: model(x).sum())
    assert slope(np.array([0.0])).item() == 0.0009765625
    slopes = [slope(np.array([x])).item() for x in np.linspace(-4, 4, 201)]
    assert max(slopes) == 0.0009765625
    assert min(slopes) > 0


def test_g_weights_can_only_scale_that_bound_by_their_norms() -> None:
    model = five_layers(nn.Sigmoid, width=8)
    norms = np.prod([np.linalg.norm(layer.weight.data, 2) for layer in linear_layers(model)])
    slopes = [np.linalg.norm(jacobian(model)(x), 2) for x in np.random.default_rng(1).normal(size=(20, 8))]
    assert 0 < max(slopes) <= 0.25**5 * norms


def test_g_linear_activations_collapse_to_one_matrix() -> None:
    model = five_layers(nn.Identity, width=8)
    weight, bias = np.eye(8), np.zeros(8)
    for layer in linear_layers(model):
        weight, bias = layer.weight.data @ weight, layer.weight.data @ bias + layer.bias.data
    one = nn.Linear(8, 8, dtype=DOUBLE)
    one.load_state_dict({"weight": weight, "bias": bias})
    x = np.random.default_rng(1).normal(size=(20, 8))
    np.testing.assert_allclose(model(x).data, one(x).data, rtol=1e-12, atol=1e-15)
    for row in x[:3]:
        np.testing.assert_allclose(jacobian(model)(row), weight, rtol=1e-12, atol=1e-15)


def xor_network() -> nn.Sequential:
    """The lecture's 2-2-1 network, as layers."""
    model = nn.Sequential(nn.Linear(2, 2, dtype=DOUBLE), nn.Sigmoid(), nn.Linear(2, 1, dtype=DOUBLE), nn.Sigmoid())
    hidden, out = np.array([XOR["h1"], XOR["h2"]]), np.array([XOR["o"]])
    model.load_state_dict(
        {"0.weight": hidden[:, :2], "0.bias": hidden[:, 2], "2.weight": out[:, :2], "2.bias": out[:, 2]}
    )
    return model


def test_h_the_xor_network_before_training() -> None:
    model = xor_network()
    assert model(np.array([[1.0, 0.0]])).item() == pytest.approx(0.754993789, abs=5e-10)
    patterns, targets = (
        np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]),
        np.array([[0.0], [1.0], [1.0], [0.0]]),
    )
    assert nn.MSELoss()(model(patterns), targets).item() == pytest.approx(0.310015581, abs=5e-10)


def test_h_one_online_step_on_the_pattern_0_1() -> None:
    model = xor_network()
    optimizer = optim.SGD(model.parameters(), lr=0.7, momentum=0.0)
    nn.HalfMSELoss()(model(np.array([[0.0, 1.0]])), np.array([[1.0]])).backward()
    optimizer.step()
    state = model.state_dict()
    expected = {
        "0.weight": [[XOR["h1"][0], 0.2214514234604232], [XOR["h2"][0], 0.4662836664076017]],
        "0.bias": [-0.4654700884762584, 0.10219816991955463],
        "2.weight": [[-0.21256111621528748, 0.6039091636457407]],
        "2.bias": [0.8141837643885104],
    }
    for name, numbers in expected.items():
        np.testing.assert_allclose(state[name], numbers, rtol=0, atol=2e-16, err_msg=name)
    # The input of these two weights is 0.
    assert state["0.weight"][:, 0].tolist() == [XOR["h1"][0], XOR["h2"][0]]


def activations(
    fill: Callable[..., Tensor], activation: Callable[[], nn.Module], seed: int, width: int = 100, depth: int = 6
) -> list[np.ndarray]:
    """What each of the layers gives for 1000 rows of N(0,1) inputs."""
    rng = np.random.default_rng(seed)
    out = rng.normal(size=(1000, width)).astype(np.float32)
    found = []
    with no_grad():
        for _ in range(depth):
            layer = nn.Linear(width, width)
            fill(layer.weight, rng=rng)
            init.zeros_(layer.bias)
            out = activation()(layer(out))
            found.append(out.data)
    return found


def saturated(a: np.ndarray) -> float:
    return float(np.mean((a < 0.05) | (a > 0.95)))


@pytest.mark.integration
@pytest.mark.parametrize(
    ("fill", "activation", "measure", "first", "last"),
    [
        pytest.param(init.normal_, nn.Sigmoid, saturated, 0.77, 0.66, id="N(0,1) sigmoid"),
        pytest.param(init.xavier_normal_, nn.Tanh, np.std, 0.63, 0.29, id="Xavier tanh"),
        pytest.param(init.xavier_normal_, nn.ReLU, np.std, 0.59, 0.10, id="Xavier ReLU"),
        pytest.param(init.kaiming_normal_, nn.ReLU, np.std, 0.83, 0.84, id="He ReLU"),
    ],
)
def test_i_activations_of_the_first_and_the_last_layer(
    fill: Callable[..., Tensor],
    activation: Callable[[], nn.Module],
    measure: Callable[[np.ndarray], float],
    first: float,
    last: float,
) -> None:
    """Means of 20 seeds: equal to the two digits shown, give or take three standard errors of such a mean."""
    layers = [activations(fill, activation, seed) for seed in range(20)]
    for place, shown in ((0, first), (-1, last)):
        of_seeds = np.array([measure(outputs[place]) for outputs in layers], float)
        assert of_seeds.mean() == pytest.approx(shown, abs=0.005 + 3 * of_seeds.std(ddof=1) / 20**0.5)


def test_table_normal_weights_saturate_every_sigmoid_and_xavier_saturates_none() -> None:
    assert all(saturated(a) > 0.55 for a in activations(init.normal_, nn.Sigmoid, seed=0))
    assert all(saturated(a) < 0.02 for a in activations(init.xavier_normal_, nn.Sigmoid, seed=0))


def test_table_xavier_brings_relu_to_zero_layer_by_layer_and_he_does_not() -> None:
    xavier, he = (
        [a.std() for a in activations(fill, nn.ReLU, seed=0)] for fill in (init.xavier_normal_, init.kaiming_normal_)
    )
    assert all(later < 0.85 * earlier for earlier, later in pairwise(xavier))
    assert all(0.6 < std < 1.1 for std in he)


def trained_from_zero(*layers: nn.Module) -> nn.Sequential:
    """A classifier of three classes after 50 steps, every weight and bias 0 at first."""
    model = nn.Sequential(*layers)
    for p in model.parameters():
        init.zeros_(p)
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 60)
    x = rng.normal(size=(60, 4)) + 2 * np.eye(3, 4)[labels]
    optimizer = optim.SGD(model.parameters(), lr=0.5)
    for _ in range(50):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), labels)
        loss.backward()
        optimizer.step()
    return model


def test_table_zero_is_fine_for_one_layer() -> None:
    (layer,) = trained_from_zero(nn.Linear(4, 3, dtype=DOUBLE))
    assert np.abs(np.diff(layer.weight.data, axis=0)).max(axis=1).min() > 0.5


@pytest.mark.parametrize("activation", [nn.Sigmoid, nn.Tanh, nn.ReLU])
def test_table_zero_leaves_all_units_of_a_hidden_layer_alike(activation: Callable[[], nn.Module]) -> None:
    first, _, second = trained_from_zero(nn.Linear(4, 8, dtype=DOUBLE), activation(), nn.Linear(8, 3, dtype=DOUBLE))
    np.testing.assert_allclose(first.weight.data, np.tile(first.weight.data[:1], (8, 1)), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(second.weight.data, np.tile(second.weight.data[:, :1], (1, 8)), rtol=1e-9, atol=1e-12)
    # Sigmoids give ½ and learn, all the same; tanh and ReLU give 0, and only the last bias ever moves.
    assert first.weight.data.any() == (activation is nn.Sigmoid)
    assert second.bias.data.any()
