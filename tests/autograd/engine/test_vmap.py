"""`vmap` gives what a loop over the examples gives, stacked."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import OperandError, ShapeError, Tensor, Value, vmap
from autograd.graph.tree import leaves
from tests.sweep import sweep

RNG = np.random.default_rng(0)
X, Y, W = RNG.normal(size=(5, 3)), RNG.normal(size=(5, 4)), RNG.normal(size=(3, 4))
LABELS = np.array([0, 1, 3, 2, 1])
PLACES, PLACES_LABELS = RNG.normal(size=(5, 2, 3)), RNG.integers(0, 3, (5, 2))


def in_a_loop(f: Callable[..., Any], in_axes: Any, args: Any, out_axes: int = 0) -> list[np.ndarray]:
    """The leaves of the results of one example after another."""
    count = next(x.shape[axis] for x, axis in zip(args, in_axes, strict=True) if axis is not None)
    results = [
        leaves(f(*(x if axis is None else np.take(x, i, axis) for x, axis in zip(args, in_axes, strict=True))))
        for i in range(count)
    ]
    return [
        np.stack([np.asarray(r[k].data if isinstance(r[k], Tensor) else r[k]) for r in results], out_axes)
        for k in range(len(results[0]))
    ]


def loss(w: Any, x: Any, y: Any) -> Any:
    return ((np.tanh(x @ w) - y) ** 2).mean()


def cost(x: Any) -> Any:
    return (np.sin(x) * x[0]).sum()


CASES: dict[str, tuple[Callable[..., Any], Any, Any]] = {
    "a function": (lambda x: np.tanh(x).sum(), (0,), (X,)),
    "an argument for all": (lambda x, w: np.tanh(x @ w), (0, None), (X, W)),
    "along another axis": (lambda x, w: x * w, (1, -1), (X, X)),
    "a structure as result": (lambda x, y: {"a": x @ W * y, "b": (x.sum(), 3.0)}, (0, 0), (X, Y)),
    "gradients of each example": (ag.grad(loss), (None, 0, 0), (W, X, Y)),
    "values and gradients": (ag.value_and_grad(loss, (0, 1)), (None, 0, 0), (W, X, Y)),
    "an inner derivative by a constant": (lambda x: ag.grad(lambda w: (w * x).sum() ** 2)(np.ones(3)), (0,), (X,)),
    "an inner derivative beside the batch": (lambda x: x * ag.grad(cost)(np.ones(3)), (0,), (X,)),
    "hessian": (ag.hessian(loss, 1), (None, 0, 0), (W, X, Y)),
    "jacobian": (ag.jacobian(lambda w, x: np.tanh(x @ w)), (None, 0), (W, X)),
    "jvp": (lambda x, t: ag.jvp(np.tanh, (x,), (t,)), (0, 0), (X, 2 * X)),
    "jvp along a basis": (lambda t: ag.jvp(cost, (X[0],), (t,))[1], (0,), (np.eye(3),)),
    "vjp along a basis": (lambda g: ag.vjp(lambda x: np.tanh(x @ W), X[0])[1](g), (0,), (np.eye(4),)),
    "hvp": (lambda x, v: ag.hvp(cost, (x,), (v,)), (0, 0), (X, X + 1)),
    "nested": (lambda x: vmap(lambda y: (x[:, None] * y).sum(0))(Y), (0,), (X,)),
    "nested gradients": (lambda x: vmap(ag.grad(lambda y: (np.sin(x) @ W * y).sum() * (y**2).sum()))(Y), (0,), (X,)),
    "compiled within": (ag.compile(ag.grad(loss)), (None, 0, 0), (W, X, Y)),
    "classes": (lambda w, x, k: ag.grad(lambda w: ag.cross_entropy((x @ w)[None], k[None]))(w), (None, 0, 0), (W, X, LABELS)),
    "classes of one row": (ag.value_and_grad(ag.cross_entropy), (0, 0), (Y, LABELS)),
    "classes of one row, none added up": (lambda x, k: ag.cross_entropy(x, k, "none"), (0, 0), (Y, LABELS)),
    "classes of one row, all with one label": (lambda x: ag.cross_entropy(x, np.array(1), "sum"), (0,), (X,)),
    "classes along two axes": (ag.value_and_grad(lambda x, k: ag.cross_entropy(x, k)), (0, 0), (PLACES, PLACES_LABELS)),
    "classes along two axes, none added up": (lambda x, k: ag.cross_entropy(x, k, "none"), (0, 0), (PLACES, PLACES_LABELS)),
    "indices": (ag.grad(lambda x, k: x[k] ** 2 * x[0]), (0, 0), (Y, LABELS)),
    "a choice": (ag.grad(lambda x: np.where(x > 0, x, x**2).sum()), (0,), (X,)),
    "a sort": (ag.grad(lambda x: np.median(x) + (np.sort(x) * np.arange(3)).sum()), (0,), (X,)),
    "lengths": (ag.grad(lambda x: np.std(x) + np.linalg.norm(x)), (0,), (X,)),
    "matrices": (ag.grad(lambda x: np.linalg.det(np.outer(x, x) + np.eye(3))), (0,), (X,)),
    "under no_grad": (ag.no_grad(lambda x: np.tanh(x) @ W), (0,), (X,)),
    "a constant part": (lambda x: ag.grad(lambda x: (x * ag.stop_gradient(x)).sum())(x), (0,), (X,)),
    "float32": (lambda x: x * 2.0 + np.tanh(x), (0,), (X.astype(np.float32),)),
    "whole numbers": (lambda k: (k // 2, k / 2), (0,), (LABELS,)),
    "complex numbers": (lambda z: np.abs(z * 1j + 2.0), (0,), (X + 1j * X,)),
    "a constant result": (lambda x: (x, 3.0, np.arange(2)), (0,), (X,)),
    "a user's operation": (lambda x: ag.grad(lambda x: cube(x).sum())(x), (0,), (X,)),
}  # fmt: skip


@ag.primitive(lambda g, out, x: 3.0 * g * x * x)
def cube(x: Any) -> Any:
    return x**3


@pytest.mark.parametrize("name", CASES)
def test_it_gives_what_a_loop_gives(name: str) -> None:
    f, in_axes, args = CASES[name]
    for found, expected in zip(leaves(vmap(f, in_axes)(*args)), in_a_loop(f, in_axes, args), strict=True):
        assert isinstance(found, np.ndarray)
        assert found.dtype == expected.dtype
        np.testing.assert_allclose(found, expected, rtol=1e-6 if expected.dtype == np.float32 else 1e-12, atol=1e-14)


@pytest.mark.parametrize("name", sweep([name for name in CASES if name != "complex numbers"], 4))
def test_it_is_compiled_to_the_same(name: str) -> None:
    f, in_axes, args = CASES[name]
    batch = vmap(f, in_axes)
    expected = leaves(batch(*args))
    for got, e in zip(leaves(ag.compile(batch)(*args)), expected, strict=True):
        e = np.asarray(e.data if isinstance(e, Tensor) else e)
        np.testing.assert_allclose(got, e, rtol=1e-6 if e.dtype == np.float32 else 1e-12, atol=1e-14)


def test_results_lie_along_the_axis_that_is_named() -> None:
    f = lambda x: (x @ W, x.sum())
    found = vmap(f, out_axes=(1, 0))(X)
    np.testing.assert_allclose(found[0], (X @ W).T)
    np.testing.assert_allclose(found[1], X.sum(1))
    assert vmap(lambda x: x @ W, out_axes=-1)(X).shape == (4, 5)


def test_structures_of_arguments_and_axes() -> None:
    f = lambda p, x: {"y": x @ p["w"] + p["b"]}
    biases = RNG.normal(size=(5, 4))
    found = vmap(f, in_axes=({"w": None, "b": 0}, 0))({"w": W, "b": biases}, X)["y"]
    np.testing.assert_allclose(found, X @ W + biases)
    np.testing.assert_allclose(vmap(lambda x, *, y: x[0] * y, in_axes=(0,))(X, y=Y), X[:, :1] * Y)
    np.testing.assert_allclose(vmap(lambda pair: pair[0][0] * pair[1], in_axes=([0, 0],))([X, Y]), X[:, :1] * Y)


def test_derivatives_of_it() -> None:
    of_batch = lambda w: (vmap(ag.grad(loss), (None, 0, 0))(w, X, Y) ** 2).sum()
    of_each = lambda w: sum((ag.grad(loss)(w, x, y) ** 2).sum() for x, y in zip(X, Y, strict=True))
    np.testing.assert_allclose(ag.grad(of_batch)(W), ag.grad(of_each)(W), rtol=1e-12)
    np.testing.assert_allclose(ag.jvp(of_batch, (W,), (W,))[1], ag.jvp(of_each, (W,), (W,))[1], rtol=1e-12)
    np.testing.assert_allclose(ag.hessian(of_batch)(W), ag.hessian(of_each)(W), rtol=1e-10, atol=1e-12)
    per_example = vmap(ag.grad(loss), (None, 0, 0))
    np.testing.assert_allclose(ag.compile(per_example)(W, X, Y), per_example(W, X, Y), rtol=1e-12)


def test_what_is_read_anew_is_read_anew_in_a_compiled_batch() -> None:
    model = nn.BatchNorm1d(3, affine=False, dtype=np.float64).eval()
    model(X)
    batch = lambda x: vmap(lambda row: model(row[None])[0])(x)
    compiled = ag.compile(batch)
    for mean in (0.0, 2.0):
        model.running_mean[...] = mean
        np.testing.assert_allclose(compiled(X).data, batch(X).data)


def test_averages_of_each_example_are_no_running_averages() -> None:
    rows = RNG.normal(size=(2, 5, 3))
    layer, kept = nn.BatchNorm1d(3, dtype=np.float64), [np.zeros(3), np.ones(3)]
    of_photos = nn.InstanceNorm1d(3, track_running_stats=True, dtype=np.float64)
    for model, x in (
        (layer, rows),
        (lambda x: nn.functional.batch_norm(x, *kept, training=True), rows),
        (of_photos, RNG.normal(size=(2, 4, 3, 6))),
    ):
        with pytest.raises(ShapeError, match=r"in a vmap each example has averages of its own; call eval\(\)"):
            vmap(model)(x)
    assert layer.num_batches_tracked == 0 and not layer.running_mean.any()
    assert not kept[0].any() and not of_photos.running_mean.any()
    assert vmap(nn.BatchNorm1d(3, track_running_stats=False, dtype=np.float64))(rows).shape == rows.shape


def test_random_numbers_are_drawn_at_each_run_of_a_compiled_batch() -> None:
    ones = np.ones((50, 40))
    compiled = ag.compile(vmap(lambda x: nn.functional.dropout(x, 0.5, rng=RNG)))
    first, second = compiled(ones), compiled(ones)
    assert set(np.unique(first)) == {0.0, 2.0} and np.abs(first.mean() - 1.0) < 0.1
    assert not np.array_equal(first, second) and not np.array_equal(first[0], first[1])


def test_a_compiled_batch_has_a_program_for_each_mode_of_a_module() -> None:
    model = nn.Dropout(0.5, rng=0)
    compiled = ag.compile(vmap(model))
    assert 0.0 in compiled(X)
    model.eval()
    np.testing.assert_array_equal(compiled(X), X)


def test_a_module_is_a_function_of_one_example() -> None:
    model = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.LayerNorm(8), nn.Linear(8, 2))
    rows = X.astype(np.float32)
    found = vmap(model)(rows)
    np.testing.assert_allclose(found.data, model(rows).data, rtol=1e-5, atol=1e-6)
    found.sum().backward()
    got = [p.grad.copy() for p in model.parameters()]
    model.zero_grad()
    model(rows).sum().backward()
    for g, p in zip(got, model.parameters(), strict=True):
        np.testing.assert_allclose(g, p.grad, rtol=1e-4, atol=1e-5)


def test_images_go_through_convolutions_one_by_one_or_together() -> None:
    images = RNG.normal(size=(3, 2, 6, 6))
    filters = RNG.normal(size=(4, 2, 3, 3))
    f = lambda w, x: (nn.functional.max_pool2d(nn.functional.conv2d(x[None], w), 2) ** 2).sum()
    for of in (f, ag.grad(f), ag.grad(f, 1)):
        (expected,) = in_a_loop(of, (None, 0), (filters, images))
        np.testing.assert_allclose(vmap(of, (None, 0))(filters, images), expected, rtol=1e-10)


def test_each_example_draws_its_own_random_numbers() -> None:
    drop = nn.Dropout(0.5, rng=0)
    found = np.asarray(vmap(lambda x: drop(x) * 1.0)(np.ones((40, 10))))
    assert len({row.tobytes() for row in found}) > 30
    assert 0.35 < (found == 0).mean() < 0.65


def test_no_example_at_all() -> None:
    assert vmap(ag.grad(loss), (None, 0, 0))(W, X[:0], Y[:0]).shape == (0, 3, 4)


REFUSED: dict[str, tuple[Callable[[Any], Any], str]] = {
    "float": (lambda x: float(x[0]), "use the tensor itself"),
    "a branch": (lambda x: x if x[0] > 0 else -x, "a branch on one example.*np.where"),
    "item": (lambda x: x[0].item(), "the tensor itself"),
    "an array": (lambda x: np.asarray(x), "an array made of one example"),
    "the data": (lambda x: x.data + 1.0, "the numbers of one example"),
    "a list": (lambda x: x.tolist(), "one example"),
    "an edit": (lambda x: x.__setitem__(0, 1.0), "a change in place inside the function of one example"),
    "an augmented edit": (lambda x: x.__iadd__(1.0), r"write t = t \+ u"),
    "an index of an array": (lambda x: X[x.astype(int)], "np.take"),
    "a length": (lambda x: range(x[0].astype(int)), "an index that is one example"),
    "backward": (lambda x: x.sum().backward(), r"backward\(\) inside the function of one example"),
    "a gradient": (lambda x: x.grad, "the .grad of one example"),
    "a text": (lambda x: "text", "the function gave str, of which there is no batch"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_examples_do_not_have_in_common_is_not_read(name: str) -> None:
    f, message = REFUSED[name]
    with pytest.raises(OperandError, match=message):
        vmap(f)(X)


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_a_matrix_of_numpys_is_refused() -> None:
    with pytest.raises(OperandError, match=r"numpy\.matrix multiplies as matrices do"):
        vmap(lambda x: x * x)(np.matrix(X))


def test_what_is_kept_of_an_example_is_nothing_outside() -> None:
    kept: list[Any] = []
    vmap(lambda x: kept.append(x) or x)(X)
    for use in (
        copy.deepcopy,
        lambda x: x.astype(np.float32),
        lambda x: x.reshape(1, 3),
        lambda x: x[:2],
    ):
        with pytest.raises(OperandError, match="stands for the examples of a vmap that has ended"):
            use(kept[0])


def test_an_optimizer_does_not_step_within() -> None:
    import optim

    optimizer = optim.SGD([Tensor(W, requires_grad=True)], lr=0.1)
    with pytest.raises(OperandError, match=r"step\(\) inside the function of one example"):
        vmap(lambda x: optimizer.step() or x)(X)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: vmap(np.sin, in_axes=None)(X), OperandError, "no argument is taken apart"),
        (lambda: vmap(np.add)(X, Y[:3]), ShapeError, r"differ: 5 along axis 0 of \(5, 3\), 3 along axis 0 of \(3, 4\)"),
        (lambda: vmap(np.add, in_axes=(0,))(X, Y), ShapeError, "1 entries, and there are 2 positional arguments"),
        (lambda: vmap(np.sin, in_axes=2)(X), ShapeError, r"shape \(5, 3\) has no axis 2"),
        (lambda: vmap(np.sin)(3.0), ShapeError, r"shape \(\) has no axis 0; give in_axes=None"),
        (lambda: vmap(np.sin)("text"), OperandError, "not str"),
        (lambda: vmap(lambda x: x)(Value(2.0)), OperandError, "Value"),
        (lambda: vmap(np.sin, in_axes="0")(X), OperandError, "in_axes is an int, None, or a tuple"),
        (lambda: vmap(np.sin, in_axes=(1.5,))(X), OperandError, "an axis is an int or None, not 1.5"),
        (lambda: vmap(np.sin, in_axes=({"w": 0},))(X), ShapeError, "has the keys"),
        (lambda: vmap(np.sin, out_axes=None)(X), OperandError, "out_axes must name an axis"),
        (lambda: vmap(lambda x: (x, x), out_axes=(0, 0, 0))(X), ShapeError, "out_axes has 3 entries"),
        (lambda: vmap(lambda x: x @ np.ones(2))(X), ShapeError, "matmul"),
        (lambda: vmap(np.sin)(np.ma.masked_array(X, X > 0)), OperandError, "mask"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(call: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()
