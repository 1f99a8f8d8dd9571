"""NumPy's functions and operators on nodes, in NumPy's names and with NumPy's results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import Tensor, Value, grad

X = np.array([[0.7, -1.3, 0.4], [1.9, 0.3, -0.8]])
Y = np.array([[0.2, 1.1, -0.5], [0.6, -0.9, 1.2]])
CALLS: dict[str, Callable[[Any, Any], Any]] = {
    "array op tensor": lambda x, y: np.asarray(Y) * x - Y / (2 + x) + Y**2,
    "ufuncs": lambda x, y: np.exp(x) + np.tanh(np.abs(y)) * np.square(x) - np.arctan2(x, y) + np.hypot(x, y),
    "maximum": lambda x, y: np.maximum(x, y) - np.minimum(x, 0.1),
    "clip": lambda x, y: np.clip(x, -1, 1),
    "where": lambda x, y: np.where(X > 0, x, y),
    "sum": lambda x, y: np.sum(x, axis=1, keepdims=True) + x.sum(0) + np.sum(y),
    "mean, var, std": lambda x, y: np.mean(x, 0) + np.var(x, axis=0) + np.std(y, axis=0, ddof=1),
    "prod, max, min": lambda x, y: np.prod(x, 1) + np.max(y, axis=1) - np.min(x, 1),
    "cumsum": lambda x, y: np.cumsum(x, axis=1) + np.cumsum(y).reshape(2, 3),
    "matmul": lambda x, y: x @ y.T + np.matmul(X.T, y)[:2, :2],
    "matmul of vectors": lambda x, y: x @ y[0] + x[0] @ y.T + x[0] @ y[1],
    "batched matmul": lambda x, y: np.matmul(np.stack([x, y]), y.T),
    "dot": lambda x, y: np.dot(x, y.T) + np.dot(x[0], y[0]),
    "dot of many axes": lambda x, y: np.dot(x, np.stack([y.T, x.T])),
    "einsum": lambda x, y: np.einsum("ij,kj->ik", x, y) + np.einsum("ij,ij", x, y),
    "einsum, three operands and ellipsis": lambda x, y: np.einsum("...j,kj,k->...k", x, y, y[:, 0]),
    "einsum, diagonal and free sums": lambda x, y: np.einsum("ii->i", x @ y.T) + np.einsum("ij,k->k", x, y[0, :2]),
    "outer": lambda x, y: np.outer(x, y[0]),
    "reshape, ravel": lambda x, y: np.reshape(x, (3, -1)).ravel() + np.ravel(y),
    "transpose, swapaxes": lambda x, y: np.transpose(x) + np.swapaxes(y, 0, 1),
    "squeeze, expand_dims": lambda x, y: np.squeeze(np.expand_dims(x, (0, 2)), 0) + y[:, None],
    "broadcast_to": lambda x, y: np.broadcast_to(x[0], (4, 3)),
    "concatenate, stack": lambda x, y: np.concatenate([x, y, X], axis=0) + np.stack([x, y])[0, :1],
    "split": lambda x, y: np.split(x, 3, axis=1)[1] + np.split(y, [1, 2], axis=1)[0],
    "flip": lambda x, y: np.flip(x, 1) + np.flip(y),
    "tile, repeat": lambda x, y: np.tile(x, (2, 1)) + np.repeat(y, 2, axis=0),
    "repeat by counts": lambda x, y: np.repeat(x, [1, 0, 2], axis=1),
    "pad": lambda x, y: np.pad(x, ((1, 0), (0, 2))) + np.pad(y, ((0, 1), (2, 0)), mode="reflect")[:3, :5],
    "pad by edge": lambda x, y: np.pad(x, 1, mode="edge"),
    "take": lambda x, y: np.take(x, [2, 0, 0], axis=1) + np.take(y, 4),
    "basic indexing": lambda x, y: x[1] + x[:, ::-1][0] + x[..., 1:].sum() + y[None, 0, :],
    "integer arrays": lambda x, y: x[[0, 1, 0], [2, 2, 2]] + y[:, np.array([[0, 1], [1, 1]])].sum(),
    "boolean mask": lambda x, y: x[X > 0] + y[X > 0],
    "mask of a row": lambda x, y: x[np.array([True, False])] + y[0],
    "norm": lambda x, y: (
        np.linalg.norm(x)
        + np.linalg.norm(y, axis=1)
        + np.linalg.norm(x, 1, axis=0).sum()
        + np.linalg.norm(x, np.inf, 1)
    ),
    "norm of order 3": lambda x, y: np.linalg.norm(x, 3, axis=1),
    "logaddexp": lambda x, y: np.logaddexp(x, y),
    "rounding": lambda x, y: x * np.floor(x) + np.round(y, 1) * y + np.sign(x) * np.ceil(y),
    "reduce of a ufunc": lambda x, y: np.add.reduce(x) + np.maximum.reduce(y, axis=0),
}


@pytest.mark.parametrize("name", CALLS)
def test_results_are_numpys_and_gradients_are_right(name: str) -> None:
    from tests.autograd.test_table import assert_close_to_differences, weights

    call = CALLS[name]
    expected = call(X, Y)
    out = call(Tensor(X, requires_grad=True), Tensor(Y, requires_grad=True))
    assert isinstance(out, Tensor)
    np.testing.assert_allclose(out.data, expected, rtol=1e-14, atol=1e-15)

    def total(x: Any, y: Any) -> Any:
        out = call(x, y)
        return (out * weights(np.shape(out))).sum()

    by_x, by_y = grad(total, (0, 1))(X, Y)
    assert_close_to_differences(lambda x: total(x, Y), X, by_x, f"{name} by x")
    assert_close_to_differences(lambda y: total(X, y), Y, by_y, f"{name} by y")


def test_numpy_on_values() -> None:
    v = Value(0.5)
    for result in (
        np.exp(v),
        np.maximum(v, 0.1),
        np.float64(2.0) * v,
        np.int64(2) + v,
        np.where(v > 0, v, 0.0),
        np.clip(v, 0, 1),
        2 - v,
        3 / v,
        2**v,
    ):
        assert isinstance(result, Value)
        assert type(result.data) is float
    assert (np.float64(1.0) < v) is False


def test_what_has_no_derivative_says_so_and_names_the_nearest() -> None:
    t, v = Tensor(X, requires_grad=True), Value(1.0)
    with pytest.raises(TypeError, match=r"np\.nanmedian has no derivative here; instead use np\.median"):
        np.nanmedian(t)
    with pytest.raises(TypeError, match=r"np\.polyadd has no derivative here; the nearest that has is np\.polyval"):
        np.polyadd(t[0], t[1])
    with pytest.raises(TypeError, match=r"np\.add\.reduceat"):
        np.add.reduceat(t, [0, 1])
    with pytest.raises(TypeError, match="argument 'out'"):
        np.exp(t, out=np.empty_like(X))
    a = np.zeros((2, 3))
    with pytest.raises(TypeError, match=r"a = a \+ t"):
        a += t
    with pytest.raises(TypeError, match=r"np\.heaviside"):
        np.heaviside(v, 0.5)


def test_shapes_of_a_tensor_are_numpys() -> None:
    t = Tensor(X)
    assert (np.shape(t), np.ndim(t), np.size(t), len(t), t.T.shape, t.dtype) == ((2, 3), 2, 6, 2, (3, 2), np.float64)
    assert [row.tolist() for row in t] == X.tolist()
    assert np.zeros_like(t).tolist() == [[0.0] * 3] * 2
    assert np.ones_like(t).dtype == np.float64
    assert np.multiply(t, 2.0, dtype=np.float32).dtype == np.float32
    assert np.multiply(t.astype(np.float32), 2.0, dtype=None).dtype == np.float32
    assert np.isfinite(t).tolist() == [[True] * 3] * 2
    assert Tensor(3).item() == 3
    assert float(Tensor(2.5)) == 2.5
    assert repr(Tensor([1.0, 2.0], requires_grad=True, name="w")) == "Tensor([1., 2.], requires_grad=True, name='w')"
