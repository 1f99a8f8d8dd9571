"""What the experiments ask of a framework, of ours and of PyTorch's: the same answers, worked out by hand with NumPy."""

from __future__ import annotations

import math
from collections.abc import Callable
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import nn
import optim
from autograd.errors import OperandError, ShapeError
from nn.health.frameworks.adapt import adapt, is_torch
from nn.health.frameworks.own import OwnNetwork

RNG = np.random.default_rng(3)
X = RNG.normal(size=(6, 3)).astype(np.float32)
Y = RNG.normal(size=(6, 2)).astype(np.float32)
FIRST, SECOND = RNG.normal(size=(4, 3)).astype(np.float32), RNG.normal(size=(2, 4)).astype(np.float32)
BIAS = RNG.normal(size=4).astype(np.float32)
RATE = 0.1


class Own:
    """A framework's names, as the tests say them."""

    modules: Any = nn
    mse: Any = nn.MSELoss()
    name = "stepgrad"

    def array(self, given: np.ndarray) -> Any:
        return given

    def optimizer(self, name: str, parameters: Any, **options: Any) -> Any:
        return getattr(optim, name)(list(parameters), **options)

    def fill(self, parameter: Any, values: np.ndarray) -> None:
        parameter.data[...] = values

    def tensor(self, values: Any, requires_grad: bool = False) -> Any:
        import autograd

        return autograd.Tensor(values, requires_grad=requires_grad)


class Torch(Own):
    name = "torch"

    def __init__(self) -> None:
        import torch

        self.torch, self.modules, self.mse = torch, torch.nn, torch.nn.MSELoss()

    def array(self, given: np.ndarray) -> Any:
        return self.torch.from_numpy(given)

    def optimizer(self, name: str, parameters: Any, **options: Any) -> Any:
        return getattr(self.torch.optim, name)(list(parameters), **options)

    def fill(self, parameter: Any, values: np.ndarray) -> None:
        parameter.data[...] = self.torch.from_numpy(values)

    def tensor(self, values: Any, requires_grad: bool = False) -> Any:
        return self.torch.tensor(values, requires_grad=requires_grad)


IS_THERE = find_spec("torch") is not None


@pytest.fixture(params=[Own, pytest.param(Torch, marks=pytest.mark.skipif(not IS_THERE, reason="without PyTorch"))])
def kit(request: pytest.FixtureRequest) -> Own:
    made: Own = request.param()
    return made


def model_of(kit: Own, activation: str = "ReLU", *more: Any, bias: bool = True) -> Any:
    """Three inputs, four hidden units, two outputs without a bias."""
    m = kit.modules
    model = m.Sequential(m.Linear(3, 4, bias=bias), getattr(m, activation)(), m.Linear(4, 2, bias=False), *more)
    kit.fill(model[0].weight, FIRST)
    kit.fill(model[2].weight, SECOND)
    if bias:
        kit.fill(model[0].bias, BIAS)
    return model


def network_of(kit: Own, model: Any = None, loss: Any = None, optimizer: Any = None, **clipping: float) -> Any:
    model = model or model_of(kit)
    stepping = kit.optimizer("SGD", model.parameters(), lr=RATE) if optimizer is None else optimizer
    given = adapt(model, (X, Y), loss or kit.mse, stepping, 32, True, (clipping.get("norm"), clipping.get("value")))
    assert given.network.framework == kit.name
    return given.network


def hidden() -> np.ndarray:
    return np.maximum(X @ FIRST.T + BIAS, 0.0)


def gradients() -> dict[str, np.ndarray]:
    """Of the mean squared error of the usual network."""
    slope = 2.0 * (hidden() @ SECOND.T - Y) / Y.size
    before = (slope @ SECOND) * (hidden() > 0.0)
    return {"0.weight": before.T @ X, "0.bias": before.sum(axis=0), "2.weight": slope.T @ hidden()}


BEFORE = {"0.weight": FIRST, "0.bias": BIAS, "2.weight": SECOND}
LOSS = float(np.mean((hidden() @ SECOND.T - Y) ** 2))


def weights_of(network: Any) -> dict[str, np.ndarray]:
    return {weights.path: weights.values for weights in network.parameters()}


def test_it_answers_in_evaluation_and_goes_back_to_its_modes(kit: Own) -> None:
    model = model_of(kit, "ReLU", kit.modules.Dropout(0.9))
    model[1].eval()
    network = network_of(kit, model)
    np.testing.assert_allclose(network.answer(X), hidden() @ SECOND.T, rtol=1e-5, atol=1e-6)
    assert np.mean(network.answer(X, training=True) == 0.0) > 0.3
    assert [module.training for _, module in network.modules()] == [True, True, False, True, True]
    assert [path for path, _ in network.modules()] == ["", "0", "1", "2", "3"]
    # It is a copy of the user's.
    assert all(module is not mine for (_, module), mine in zip(network.modules(), model.modules(), strict=True))


def test_a_loss_and_its_slope_by_the_outputs(kit: Own) -> None:
    network = network_of(kit)
    value, slope = network.value_and_gradient(Y + 1.0, Y)
    assert value == pytest.approx(1.0)
    np.testing.assert_allclose(slope, np.full(Y.shape, 2.0 / Y.size), rtol=1e-6)
    for loss, expected in (
        (lambda o, y: (y * y).sum(), float((Y * Y).sum())),
        (lambda o, y: (o * 0.0 + 3.0).sum(), 36.0),
    ):
        value, slope = network_of(kit, loss=loss).value_and_gradient(Y, Y)
        assert value == pytest.approx(expected, rel=1e-5)
        np.testing.assert_array_equal(slope, np.zeros_like(Y))


def test_whether_a_loss_is_recorded(kit: Own) -> None:
    assert network_of(kit).records(X, Y) is True
    assert network_of(kit, loss=lambda o, y: (y * y).sum()).records(X, Y) is False


@pytest.mark.parametrize("clipping", [{}, {"norm": 0.5}, {"value": 0.05}, {"norm": 0.5, "value": 0.05}])
def test_a_step_goes_against_the_gradient_that_is_clipped(kit: Own, clipping: dict[str, float]) -> None:
    network, slopes = network_of(kit, **clipping), gradients()
    assert (network.clip_norm, network.clip_value) == (clipping.get("norm"), clipping.get("value"))
    whole = math.sqrt(sum(float((slope**2).sum()) for slope in slopes.values()))
    assert whole > 0.5
    scale, most = min(1.0, clipping.get("norm", math.inf) / whole), clipping.get("value", math.inf)
    for _ in range(2):
        twin = network.copy()
        assert twin.step(X, Y) == pytest.approx(LOSS, rel=1e-5)
        for path, values in weights_of(twin).items():
            moved = RATE * np.clip(slopes[path] * scale, -most, most)
            np.testing.assert_allclose(values, BEFORE[path] - moved, rtol=1e-4, atol=1e-6)
        assert (twin.clip_norm, twin.clip_value) == (network.clip_norm, network.clip_value)
    # What a copy does leaves the network as it is.
    for path, values in weights_of(network).items():
        np.testing.assert_array_equal(values, BEFORE[path])


def test_a_step_sets_old_gradients_to_zero_and_a_loss_without_a_graph_moves_nothing(kit: Own) -> None:
    network = network_of(kit)
    first = network.step(X, Y)
    assert network.step(X, Y) < first
    other = network.copy()
    other.loss = lambda o, y: (y * y).sum()
    before = {path: values.copy() for path, values in weights_of(other).items()}
    assert other.step(X, Y) == pytest.approx(float((Y * Y).sum()), rel=1e-5)
    for path, values in weights_of(other).items():
        np.testing.assert_array_equal(values, before[path])


def test_l_bfgs_asks_for_the_loss_again(kit: Own) -> None:
    model = model_of(kit)
    optimizer = kit.optimizer("LBFGS", model.parameters(), lr=1.0, max_iter=20)
    network = network_of(kit, model, optimizer=optimizer)
    assert network.step(X, Y) == pytest.approx(LOSS, rel=1e-5)
    assert network.copy().step(X, Y) < 0.3 * LOSS
    network.optimizer.param_groups[0]["lr"] = 0.0
    before = {path: values.copy() for path, values in weights_of(network).items()}
    network.step(X, Y)
    for path, values in weights_of(network).items():
        np.testing.assert_array_equal(values, before[path])


def test_what_a_step_measures(kit: Own) -> None:
    network, slopes = network_of(kit), gradients()
    found = network.measure(X, Y, 7)
    assert (found.step, found.foreign, found.broken) == (7, 0, None)
    assert found.loss == pytest.approx(LOSS, rel=1e-5)
    assert set(found.parameters) == set(BEFORE)
    for path, measured in found.parameters.items():
        size = np.abs(slopes[path])
        numbers = measured.mean, measured.largest, measured.norm, measured.weight
        expected = size.mean(), size.max(), np.linalg.norm(size), np.linalg.norm(BEFORE[path])
        assert numbers == pytest.approx(expected, rel=1e-4)
        assert measured.update == pytest.approx(RATE * np.linalg.norm(size) / np.linalg.norm(BEFORE[path]), rel=1e-3)
        assert (measured.held, measured.trainable, measured.missing, measured.broken) == (True, True, False, 0.0)
        assert measured.place.module == path.partition(".")[0]
    layers = found.layers
    assert [(one.path, one.kind, one.samples, one.final) for one in layers.values()] == [
        ("0", "Linear", 6, False), ("1", "ReLU", 6, False), ("2", "Linear", 6, True)
    ]  # fmt: skip
    for path, x in (("0", X @ FIRST.T + BIAS), ("1", hidden()), ("2", hidden() @ SECOND.T)):
        assert (layers[path].mean, layers[path].std) == pytest.approx((x.mean(), x.std()), rel=1e-4)
    np.testing.assert_array_equal(layers["1"].alive, (hidden() > 0.0).any(axis=0))
    assert (layers["0"].alive, layers["0"].saturated) == (None, None)
    assert (found.task.kind, found.task.count) == ("numbers", 12)
    for path, values in weights_of(network).items():
        np.testing.assert_allclose(values, BEFORE[path] - RATE * slopes[path], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(("activation", "least", "most"), [("Tanh", -0.9, 0.9), ("Sigmoid", 0.05, 0.95)])
def test_the_saturated_share_of_a_layer(kit: Own, activation: str, least: float, most: float) -> None:
    found = network_of(kit, model_of(kit, activation)).measure(2.0 * X, Y, 1)
    before = 2.0 * X @ FIRST.T + BIAS
    x = np.tanh(before) if activation == "Tanh" else 1.0 / (1.0 + np.exp(-before))
    share = float(np.mean((x < least) | (x > most)))
    assert 0.1 < share < 0.9
    assert found.layers["1"].saturated == pytest.approx(share)


def test_units_of_images_are_their_channels(kit: Own) -> None:
    m = kit.modules
    model = m.Sequential(m.Conv2d(1, 2, 1), m.ReLU(), m.Flatten(), m.Linear(8, 2))
    kit.fill(model[0].weight, np.array([1.0, -1.0], np.float32).reshape(2, 1, 1, 1))
    kit.fill(model[0].bias, np.zeros(2, np.float32))
    images = np.ones((6, 1, 2, 2), np.float32)
    network = network_of(kit, model)
    found = network.measure(images, Y, 1)
    assert found.layers["1"].alive.tolist() == [True, False]


def test_parameters_that_get_no_gradient_or_are_not_held(kit: Own) -> None:
    model = model_of(kit)
    model[0].bias.requires_grad = False
    others = [kit.tensor([1.0], requires_grad=True), kit.tensor([2.0], requires_grad=True)]
    optimizer = kit.optimizer("SGD", [model[0].weight, *others], lr=RATE)
    network = network_of(kit, model, optimizer=optimizer)
    told = {w.path: (w.trainable, w.held) for w in network.parameters()}
    assert told == {"0.weight": (True, True), "0.bias": (False, False), "2.weight": (True, False)}
    found = network.measure(X, Y, 1)
    assert found.foreign == 2
    bias = found.parameters["0.bias"]
    assert (bias.missing, bias.trainable, bias.held, bias.update) == (True, False, False, None)
    assert found.parameters["2.weight"].update == 0.0
    network.thaw()
    assert {w.path: (w.trainable, w.held) for w in network.parameters()} == dict.fromkeys(told, (True, True))
    network.step(X, Y)
    assert np.abs(weights_of(network)["0.bias"] - BIAS).max() > 1e-3
    groups = len(network.optimizer.param_groups)
    network.thaw()
    assert len(network.optimizer.param_groups) == groups == 2


def test_what_is_not_finite_is_located(kit: Own) -> None:
    network = network_of(kit)
    weights_of(network)["2.weight"][0, 0] = np.inf
    # As `diagnose` does it.
    with np.errstate(all="ignore"):
        found = network.measure(np.abs(X), Y, 1)
    assert found.broken.module == "2"
    assert found.broken.op in ("linear", "matmul", "transpose")
    assert found.task is None
    sound = network_of(kit, loss=lambda o, y: ((o - y) ** 2).mean() * math.inf)
    with np.errstate(all="ignore"):
        assert sound.measure(X, Y, 1).broken is not None


def test_the_modules_that_run_with_what_went_in_and_came_out(kit: Own) -> None:
    network = network_of(kit)
    calls = network.calls(X)
    assert [(call.path, call.kind) for call in calls] == [("0", "Linear"), ("1", "ReLU"), ("2", "Linear")]
    np.testing.assert_array_equal(calls[0].input, X)
    np.testing.assert_allclose(calls[1].output, hidden(), rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(calls[2].input, calls[1].output)
    # It looks once.
    network.answer(X)
    assert len(calls) == 3


@pytest.mark.parametrize(
    ("activation", "words"),
    [("Sigmoid", ("sigmoid",)), ("ReLU", ("relu",)), ("Flatten", ("matmul", "mm")), ("Softmax", ("softmax",))],
)
def test_the_last_operation(kit: Own, activation: str, words: tuple[str, ...]) -> None:
    last = getattr(kit.modules, activation)(*[1] * (activation == "Softmax"))
    assert network_of(kit, model_of(kit, "ReLU", last)).last_operation(X) in words


def test_what_is_a_part_of_a_model(kit: Own) -> None:
    network, loose, fixed = network_of(kit), kit.tensor([1.0], requires_grad=True), kit.tensor([1.0])
    things = [network.model, network.model[0].weight, loose, loose * 2.0, fixed, 3, None]
    assert [network.is_part(thing) for thing in things] == [True, True, True, False, False, False, False]
    assert [network.is_loose(thing) for thing in things[2:]] == [True, False, False, False, False]
    assert not network.is_loose(network.model)


def test_another_optimizer_moves_what_is_trained(kit: Own) -> None:
    model = model_of(kit)
    model[0].weight.requires_grad = False
    network = network_of(kit, model)
    for name, kind in (("adam", "Adam"), ("sgd", "SGD")):
        network.use(name, 0.25)
        assert type(network.optimizer).__name__ == kind
        assert network.optimizer.param_groups[0]["lr"] == 0.25
        assert {w.path: w.held for w in network.parameters()} == {"0.weight": False, "0.bias": True, "2.weight": True}


def softmax(x: np.ndarray) -> np.ndarray:
    made = np.exp(x)
    return made / made.sum(axis=1, keepdims=True)


CLASSES = np.array([0, 1, 1, 0, 1, 0])
LABELS = np.array([[0, 1], [1, 1], [0, 0], [1, 0], [1, 1], [0, 0]])
ENTROPY = -np.mean(np.log(softmax(Y)[np.arange(6), CLASSES]))
BINARY = np.mean(np.log1p(np.exp(Y)) - LABELS * Y)


@pytest.mark.parametrize(
    ("kind", "made_by", "outputs", "targets", "expected"),
    [
        ("classes", "", Y, CLASSES, ENTROPY),
        ("classes", "softmax", softmax(Y), CLASSES, ENTROPY),
        ("classes", "", Y, np.eye(2, dtype=np.float32)[CLASSES], ENTROPY),
        ("labels", "", Y, LABELS, BINARY),
        ("labels", "sigmoid", 1.0 / (1.0 + np.exp(-Y)), LABELS, BINARY),
        ("labels", "", Y, LABELS.ravel(), BINARY),
        ("numbers", "", Y, Y + 2.0, 4.0),
        ("numbers", "sigmoid", Y, (Y + 2.0).ravel(), 4.0),
    ],
)
def test_the_usual_loss_of_a_kind_of_targets(
    kit: Own, kind: str, made_by: str, outputs: np.ndarray, targets: np.ndarray, expected: float
) -> None:
    network = network_of(kit)
    network.loss = network.natural_loss(kind, made_by)
    value, _ = network.value_and_gradient(outputs.astype(np.float32), targets)
    assert value == pytest.approx(expected, rel=1e-4)
    assert network.natural_loss("pictures", "") is None


def test_layers_get_a_bias_that_the_optimizer_holds(kit: Own) -> None:
    network = network_of(kit)
    network.add_biases(["2"])
    assert {w.path: (w.values.shape, w.held) for w in network.parameters()}["2.bias"] == ((2,), True)
    np.testing.assert_allclose(network.answer(X), hidden() @ SECOND.T, rtol=1e-5, atol=1e-6)
    network.step(X, Y)
    slope = 2.0 * (hidden() @ SECOND.T - Y) / Y.size
    np.testing.assert_allclose(weights_of(network)["2.bias"], -RATE * slope.sum(axis=0), rtol=1e-4)


def test_a_module_gives_something_else(kit: Own) -> None:
    network = network_of(kit)
    network.alter("1", lambda x, made: x)
    np.testing.assert_allclose(network.answer(X), (X @ FIRST.T + BIAS) @ SECOND.T, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("outputs", "targets", "shape"), [((6, 1), (6,), (6, 6)), ((6, 1), (6, 1), None), ((6, 6), (6, 6), None)]
)
def test_a_loss_whose_shapes_broadcast(kit: Own, outputs: Any, targets: Any, shape: Any) -> None:
    model = kit.modules.Sequential(kit.modules.Linear(3, outputs[1]))
    network = network_of(kit, model, loss=lambda o, y: ((o - y) ** 2).mean())
    found = network.find_broadcast(X, np.zeros(targets, np.float32))
    assert (found and found[0]) == shape
    network.loss = lambda o, y: (y * y).sum()
    assert network.find_broadcast(X, np.zeros(targets, np.float32)) is None


def test_operations_that_remedies_are_made_of(kit: Own) -> None:
    ops, x = network_of(kit).ops, RNG.normal(size=(5, 3)).astype(np.float32)

    def array(given: Any) -> np.ndarray:
        return np.asarray(given.data)

    np.testing.assert_array_equal(array(ops.relu(kit.tensor(x))), np.maximum(x, 0.0))
    np.testing.assert_allclose(array(ops.log(kit.tensor(x * x))), np.log(x * x + 1e-7), rtol=1e-4)
    code = RNG.normal(size=3)
    moved = array(ops.add(kit.tensor(x), code))
    assert moved.dtype == np.float32
    np.testing.assert_allclose(moved, x + code.astype(np.float32), rtol=1e-6)
    for given, over in ((x, 0), (x.reshape(5, 3, 1), (1, 2))):
        made = array(ops.standardize(kit.tensor(given)))
        expected = (given - given.mean(over, keepdims=True)) / np.sqrt(given.var(over, keepdims=True) + 1e-5)
        np.testing.assert_allclose(made, expected, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(array(ops.log(kit.tensor(np.zeros(1, np.float32)))), math.log(1e-7), rtol=1e-5)


def test_what_is_given_is_read(kit: Own) -> None:
    model = model_of(kit)
    data = kit.array(X), kit.array(Y), kit.array(X[:2] + 1.0), kit.array(Y[:2])
    given = adapt(model, data, kit.mse, None, 16, False, (2.0, 3.0))
    assert (given.batch_size, given.shuffle) == (16, False)
    np.testing.assert_array_equal(given.x, X)
    np.testing.assert_array_equal(given.y, Y)
    assert given.validation is not None
    np.testing.assert_array_equal(given.validation[0], X[:2] + 1.0)
    np.testing.assert_array_equal(given.validation[1], Y[:2])
    network: Any = given.network
    assert type(network.optimizer).__name__ == "Adam" and network.optimizer.param_groups[0]["lr"] == 0.01
    assert (network.clip_norm, network.clip_value) == (2.0, 3.0)
    assert adapt(model, data[:2], kit.mse, None, 16, False, (None, None)).validation is None
    made = adapt(model, data[:2], kit.mse, lambda ps: kit.optimizer("SGD", ps, lr=0.5), 1, True, (None, None)).network
    assert type(made.optimizer).__name__ == "SGD" and {w.held for w in made.parameters()} == {True}
    model[0].weight.requires_grad = False
    frozen = adapt(model, data[:2], kit.mse, None, 1, True, (None, None)).network
    assert [w.held for w in frozen.parameters()] == [False, True, True]
    for wrong in ((X,), (X, Y, X), X):
        with pytest.raises(ShapeError, match=r"diagnose: data must be \(inputs, targets\)"):
            adapt(model, wrong, kit.mse, None, 16, True, (None, None))
    with pytest.raises(ShapeError, match="6 rows of inputs and 5 of targets; they must be as many"):
        adapt(model, (X, Y[:5]), kit.mse, None, 16, True, (None, None))


def test_floats_become_those_of_our_network() -> None:
    model, y = nn.Linear(3, 2, rng=0), Y.astype(np.float64)
    given = adapt(model, (X.astype(np.float64), y, X[:2].astype(np.float64), y[:2]), None, None, 16, True, (None, None))
    assert given.validation is not None
    parts = given.x, given.y, *given.validation
    assert [part.dtype.name for part in parts] == ["float32"] * 4


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(OperandError, match="int is neither a Module of ours nor one of PyTorch's"):
        adapt(3, (X, Y), None, None, 16, True, (None, None))
    with pytest.raises(ShapeError, match="the data must be numbers, got <U1"):
        adapt(nn.Linear(3, 2), (np.full((6, 3), "a"), Y), None, None, 16, True, (None, None))
    assert not is_torch(nn.Linear(1, 1))
    bare = adapt(nn.Sequential(nn.ReLU()), (X, X), nn.MSELoss(), None, 16, True, (None, None)).network
    assert bare.optimizer.param_groups == [{"params": [], "lr": 0.01}]
    assert bare.step(X, X + 1.0) == pytest.approx(float(np.mean((np.maximum(X, 0.0) - X - 1.0) ** 2)), rel=1e-5)


@pytest.mark.skipif(not IS_THERE, reason="without PyTorch")
def test_pytorch_needs_a_loss_and_is_put_back() -> None:
    import torch

    from nn.health.frameworks.torch import isolated

    model = torch.nn.Linear(3, 2)
    assert is_torch(model)
    with pytest.raises(OperandError, match="needs the loss that it is trained with, a callable, not NoneType"):
        adapt(model, (X, Y), None, None, 16, True, (None, None))
    pairs = torch.utils.data.TensorDataset(torch.from_numpy(X), torch.from_numpy(Y))
    given = adapt(model, pairs, torch.nn.MSELoss(), None, 16, True, (None, None))
    np.testing.assert_array_equal(given.y, Y)
    with pytest.raises(OperandError, match="a PyTorch model has no graph of ours"):
        given.graph()
    torch.set_num_threads(2)
    state, draws = torch.get_rng_state(), []
    for _ in range(2):
        with torch.no_grad(), isolated():
            draws.append(torch.rand(2).tolist())
            assert torch.get_num_threads() == 1 and torch.is_grad_enabled()
    assert draws[0] == draws[1] and torch.equal(torch.get_rng_state(), state) and torch.get_num_threads() == 2


def test_a_network_of_ours_keeps_what_it_is_given() -> None:
    made: Callable[..., Any] = OwnNetwork
    network = made(*[SimpleNamespace()] * 3)
    assert (network.clip_norm, network.clip_value) == (None, None)


def test_weights_are_clipped_after_a_step(kit: Own) -> None:
    network = network_of(kit)
    network.clip_weights = 0.05
    twin = network.copy()
    twin.step(X, Y)
    twin.measure(X, Y, 2)
    assert max(float(np.abs(values).max()) for values in weights_of(twin).values()) == pytest.approx(0.05)
    for path, values in weights_of(network).items():
        np.testing.assert_array_equal(values, BEFORE[path])
