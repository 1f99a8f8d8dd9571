"""`functional_call`: a module as a function of its parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
from autograd import OperandError, ShapeError, grad, hessian, vmap

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(6, 3)), RNG.normal(size=(6, 2))


def network() -> nn.Sequential:
    return nn.Sequential(nn.Linear(3, 4, rng=0, dtype=np.float64), nn.Tanh(), nn.Linear(4, 2, rng=1, dtype=np.float64))


def state_of(model: nn.Module) -> dict[str, np.ndarray]:
    return {path: p.data.copy() for path, p in model.named_parameters()}


def test_it_computes_with_the_others_and_keeps_its_own() -> None:
    model, other = network(), {path: 2.0 * x for path, x in state_of(network()).items()}
    before = model(X).data
    found = nn.functional_call(model, other, (X,))
    twin = network()
    twin.load_state_dict(other)
    np.testing.assert_array_equal(found, twin(X).data)
    np.testing.assert_array_equal(model(X).data, before)
    assert isinstance(model[0].weight, nn.Parameter)


def test_its_gradients_are_those_of_backward() -> None:
    model = network()
    gradient = grad(lambda p: ((nn.functional_call(model, p, X) - Y) ** 2).sum())(state_of(model))
    ((model(X) - Y) ** 2).sum().backward()
    for path, p in model.named_parameters():
        np.testing.assert_allclose(gradient[path], p.grad, rtol=1e-12)


def test_gradients_of_each_example() -> None:
    model = network()
    loss = lambda p, x, y: ((nn.functional_call(model, p, x) - y) ** 2).sum()
    each = vmap(grad(loss), in_axes=(None, 0, 0))(state_of(model), X, Y)
    for i in range(len(X)):
        for path, g in grad(loss)(state_of(model), X[i], Y[i]).items():
            np.testing.assert_allclose(each[path][i], g, rtol=1e-12)


def test_an_ensemble_is_a_batch_of_states() -> None:
    model = network()
    states = {path: np.stack([x, 0.5 * x, -x]) for path, x in state_of(model).items()}
    found = vmap(lambda p: nn.functional_call(model, p, X))(states)
    for i in range(3):
        one = {path: x[i] for path, x in states.items()}
        np.testing.assert_allclose(found[i], nn.functional_call(model, one, X), rtol=1e-12)


def test_second_derivatives() -> None:
    layer = nn.Linear(2, 1, bias=False, dtype=np.float64)
    f = lambda w: (np.tanh(nn.functional_call(layer, {"weight": w}, X[:, :2])) ** 2).sum()
    w = np.array([[0.3, -0.2]])
    h = 1e-5
    for i in range(2):
        step = np.eye(2)[i][None] * h
        np.testing.assert_allclose(hessian(f)(w)[0, i], (grad(f)(w + step) - grad(f)(w - step)) / (2 * h), rtol=1e-6)


def test_a_parameter_at_two_places_is_one() -> None:
    model = nn.Sequential(nn.Linear(3, 3, bias=False, dtype=np.float64), nn.Linear(3, 3, bias=False, dtype=np.float64))
    model[1].weight = model[0].weight
    w = RNG.normal(size=(3, 3))
    np.testing.assert_allclose(nn.functional_call(model, {"0.weight": w}, X), X @ w.T @ w.T)


def test_buffers_are_replaced_too() -> None:
    norm = nn.BatchNorm1d(3, dtype=np.float64).eval()
    mean = np.ones(3)
    found = nn.functional_call(norm, [dict(norm.named_parameters()), {"running_mean": mean}], X)
    np.testing.assert_allclose(found.data, (X - 1.0) / np.sqrt(1.0 + norm.eps))
    assert not norm.running_mean.any()


def test_its_own_come_back_after_an_error() -> None:
    model = network()
    with pytest.raises(ShapeError):
        nn.functional_call(model, {"0.weight": np.ones((4, 3))}, np.ones((2, 5)))
    np.testing.assert_array_equal(model(X).data, network()(X).data)


@pytest.mark.parametrize(
    ("state", "error", "message"),
    [
        ({"0.weigth": np.ones((4, 3))}, KeyError, "has no '0.weigth', did you mean '0.weight'"),
        ({"0.weight": np.ones((3, 4))}, ShapeError, r"'0.weight' has shape \(4, 3\), not \(3, 4\)"),
        ({"0.weight": 1.0}, OperandError, "'0.weight' is a tensor or an array, not float"),
    ],
)
def test_what_does_not_fit_is_said(state: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        nn.functional_call(network(), state, X)


def test_averages_in_the_place_of_a_norms_own_take_part() -> None:
    norm = nn.BatchNorm1d(2, affine=False, dtype=np.float64).eval()
    x, means = np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([[0.0, 1.0], [2.0, 3.0], [4.0, -1.0]])

    def moved(mean: Any) -> Any:
        return nn.functional_call(norm, {"running_mean": mean}, x).sum()

    np.testing.assert_allclose(grad(moved)(means[0]), [-2.0 / np.sqrt(1.0 + norm.eps)] * 2)
    np.testing.assert_allclose(vmap(moved)(means), [moved(mean).item() for mean in means])
