"""The conventions at kinks and singular points, on Value and Tensor alike, and the traps known from others' trackers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import Tensor, Value, grad
from autograd.check import check_gradients

inf, nan = math.inf, math.nan
# What is computed, at which numbers, and the derivative with respect to each of them.
CASES: dict[str, tuple[Callable[..., Any], tuple[float, ...], tuple[float, ...]]] = {
    "abs at 0": (ag.abs, (0.0,), (0.0,)),
    "relu at 0": (ag.relu, (0.0,), (0.0,)),
    "relu6 at 0": (lambda x: ag.minimum(ag.relu(x), 6.0), (0.0,), (0.0,)),
    "maximum(x, 0) at 0 is a tie": (lambda x: ag.maximum(x, 0.0), (0.0,), (0.5,)),
    "leaky_relu at 0": (ag.leaky_relu, (0.0,), (0.01,)),
    "elu at 0": (ag.elu, (0.0,), (1.0,)),
    "elu at 0, alpha 2": (lambda x: ag.elu(x, 2.0), (0.0,), (1.0,)),
    "elu at 0, alpha ½": (lambda x: ag.elu(x, 0.5), (0.0,), (0.5,)),
    "maximum, tie": (ag.maximum, (1.0, 1.0), (0.5, 0.5)),
    "minimum, tie": (ag.minimum, (1.0, 1.0), (0.5, 0.5)),
    "clip at the low bound": (lambda x: ag.clip(x, 0.0, 1.0), (0.0,), (1.0,)),
    "clip at the high bound": (lambda x: ag.clip(x, 0.0, 1.0), (1.0,), (1.0,)),
    "sqrt at 0": (ag.sqrt, (0.0,), (inf,)),
    "x**0.5 at 0": (lambda x: x**0.5, (0.0,), (inf,)),
    "hypot at the origin": (ag.hypot, (0.0, 0.0), (0.0, 0.0)),
    "atan2 at the origin": (ag.atan2, (0.0, 0.0), (0.0, 0.0)),
    "x**0 at 0": (lambda x: x**0, (0.0,), (0.0,)),
    "x**0.0 at 0": (lambda x: x**0.0, (0.0,), (0.0,)),
    "0**y at 0": (lambda y: 0.0**y, (0.0,), (0.0,)),
    "0**y at 2": (lambda y: 0.0**y, (2.0,), (0.0,)),
    "0**y at -1": (lambda y: 0.0**y, (-1.0,), (-inf,)),
    "(-2)**y at 2": (lambda y: (-2.0) ** y, (2.0,), (nan,)),
    "logaddexp of two inf": (ag.logaddexp, (inf, inf), (0.5, 0.5)),
    "logaddexp of two -inf": (ag.logaddexp, (-inf, -inf), (0.5, 0.5)),
    "where the branch not taken is singular": (lambda x: ag.where(x > 0, ag.sqrt(x), 0.0), (0.0,), (0.0,)),
    "where the branch not taken is log": (lambda x: ag.where(x > 0, ag.log(x), 0.0), (0.0,), (0.0,)),
    "asin at 1": (ag.asin, (1.0,), (inf,)),
    "atanh at 1": (ag.atanh, (1.0,), (inf,)),
    "acosh at 1": (ag.acosh, (1.0,), (inf,)),
    "cbrt at 0": (ag.cbrt, (0.0,), (inf,)),
    "fmax, tie": (np.fmax, (1.0, 1.0), (0.5, 0.5)),
    "fmin, tie": (np.fmin, (1.0, 1.0), (0.5, 0.5)),
    "fmax beside NaN": (np.fmax, (1.0, nan), (1.0, 0.0)),
    "fmin beside NaN": (np.fmin, (nan, 1.0), (0.0, 1.0)),
    "logaddexp2 of two inf": (np.logaddexp2, (inf, inf), (0.5, 0.5)),
    "sinc at 0": (ag.sinc, (0.0,), (0.0,)),
    "remainder at a jump": (lambda x, y: x % y, (4.0, 2.0), (1.0, -2.0)),
    "fmod at a jump": (np.fmod, (-4.0, 2.0), (1.0, 2.0)),
    "copysign at 0": (lambda x: np.copysign(x, -1.0), (0.0,), (0.0,)),
    "nan_to_num of NaN": (np.nan_to_num, (nan,), (0.0,)),
    "1/0": (lambda x, y: x / y, (1.0, 0.0), (inf, -inf)),
    "sigmoid(1000)": (ag.sigmoid, (1000.0,), (0.0,)),
    "sigmoid(-1000)": (ag.sigmoid, (-1000.0,), (0.0,)),
    "tanh(1000)": (ag.tanh, (1000.0,), (0.0,)),
    "log1p(1e-20)": (ag.log1p, (1e-20,), (1.0,)),
    "softplus(1000)": (ag.softplus, (1000.0,), (1.0,)),
    "softplus(-1000)": (ag.softplus, (-1000.0,), (0.0,)),
    "a + a": (lambda a: a + a, (3.0,), (2.0,)),
    "a * a": (lambda a: a * a, (3.0,), (6.0,)),
    "max of three, tie of two": (lambda *xs: ag.max(list(xs)), (1.0, 1.0, 0.0), (0.5, 0.5, 0.0)),
    "min of three, tie of two": (lambda *xs: ag.min(list(xs)), (1.0, 1.0, 2.0), (0.5, 0.5, 0.0)),
    "max where the gradient is infinite": (lambda x: ag.acos(ag.max([x + x, x])), (-1.0,), (-inf,)),
    "logsumexp of -inf": (lambda *xs: ag.logsumexp(list(xs)), (-inf, -inf), (0.5, 0.5)),
}
# An operation on a number that makes a Python float of it first may warn as NumPy does for arrays.
pytestmark = pytest.mark.filterwarnings("ignore:(divide by zero|invalid value|overflow):RuntimeWarning")


@pytest.mark.parametrize("case", CASES)
def test_value(case: str) -> None:
    function, at, expected = CASES[case]
    leaves = [Value(x) for x in at]
    function(*leaves).backward()
    np.testing.assert_array_equal([leaf.grad for leaf in leaves], expected)


@pytest.mark.parametrize("case", CASES)
def test_tensor(case: str) -> None:
    function, at, expected = CASES[case]
    leaves = [Tensor(x, requires_grad=True) for x in at]
    function(*leaves).backward()
    np.testing.assert_array_equal([leaf.grad for leaf in leaves], expected)


def gradient(function: Callable[[Tensor], Tensor], x: Any) -> list[float]:
    leaf = Tensor(x, requires_grad=True)
    function(leaf).backward()
    assert leaf.grad is not None
    return leaf.grad.tolist()  # type: ignore[no-any-return]


def test_ties_over_an_axis_share_evenly() -> None:
    assert gradient(ag.max, [1.0, 3.0, 3.0]) == [0.0, 0.5, 0.5]
    assert gradient(ag.min, [1.0, 1.0, 1.0, 2.0]) == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0.0])


def test_lengths_of_nothing() -> None:
    assert gradient(ag.norm, [0.0, 0.0]) == [0.0, 0.0]
    assert gradient(lambda t: ag.norm(t, 1), [0.0, 0.0]) == [0.0, 0.0]
    assert gradient(ag.std, [2.0, 2.0]) == [0.0, 0.0]


def test_logsumexp() -> None:
    assert gradient(ag.logsumexp, [-inf] * 4) == [0.25] * 4
    assert gradient(ag.logsumexp, [1e4, 1e4]) == [0.5, 0.5]
    assert ag.logsumexp(np.array([])) == -inf


def test_empty_arrays() -> None:
    for reduce, expected in ((ag.sum, 0.0), (ag.prod, 1.0), (ag.logsumexp, -inf)):
        leaf = Tensor(np.zeros(0), requires_grad=True)
        out = reduce(leaf)
        out.backward()
        assert out.item() == expected
        assert leaf.grad is not None
        assert leaf.grad.shape == (0,)
    with pytest.raises(ValueError, match="amax"):
        ag.max(Tensor(np.zeros(0), requires_grad=True))


def test_prod_is_exact_at_zeros_to_second_order() -> None:
    assert gradient(ag.prod, [0.0, 2.0, 3.0]) == [6.0, 0.0, 0.0]
    assert gradient(ag.prod, [0.0, 2.0, 0.0]) == [0.0, 0.0, 0.0]
    np.testing.assert_array_equal(ag.hessian(ag.prod)(np.array([0.0, 2.0, 0.0])), [[0, 0, 2], [0, 0, 0], [2, 0, 0]])


def test_indexing_with_repeats_accumulates() -> None:
    assert gradient(lambda t: t[[0, 0, 2]].sum(), [1.0, 2.0, 3.0]) == [2.0, 0.0, 1.0]


def test_powers_at_zero_to_third_order() -> None:
    second, third = grad(grad(lambda x: x**2)), grad(grad(grad(lambda x: x**3)))
    assert (second(0.0), third(0.0)) == (2.0, 6.0)


def test_strong_zero_holds_to_second_order() -> None:
    assert grad(grad(lambda x: ag.where(x > 0, ag.sqrt(x), 0.0)))(0.0) == 0.0


def test_cross_entropy_with_large_logits_is_exact() -> None:
    logits = Tensor([[1e4, 0.0]], requires_grad=True)
    loss = ag.cross_entropy(logits, [1])
    loss.backward()
    assert loss.item() == 1e4
    assert logits.grad is not None
    assert logits.grad.tolist() == [[1.0, -1.0]]


@pytest.mark.filterwarnings("error")
def test_saturation_gives_no_warning() -> None:
    for function, high in ((ag.sigmoid, 0.0), (ag.tanh, 0.0), (ag.softplus, 1.0), (ag.silu, 1.0)):
        assert gradient(lambda t, function=function: function(t).sum(), [-1000.0, 1000.0]) == [0.0, high]


def test_python_raises_where_arrays_have_an_answer() -> None:
    assert (1 / Value(0.0)).data == inf
    assert Value(0.0).log().data == -inf
    assert math.isnan((Value(-8.0) ** (1 / 3)).data)
    assert Value(1000.0).exp().data == inf
    assert math.isnan(ag.maximum(Value(nan), 1.0).data)
    assert math.isnan(ag.max(Value(nan), 1.0).data)


def test_zero_d_and_size_one() -> None:
    zero_d, row = Tensor(2.0, requires_grad=True), Tensor([3.0], requires_grad=True)
    (zero_d * row).sum().backward()
    assert zero_d.grad is not None
    assert row.grad is not None
    assert (zero_d.grad.shape, row.grad.shape) == ((), (1,))
    assert (zero_d.grad.item(), row.grad.item()) == (3.0, 2.0)


def test_float32_leaf_in_a_float64_graph() -> None:
    narrow = Tensor(np.ones(2, np.float32), requires_grad=True)
    (narrow * np.ones(2)).sum().backward()
    assert narrow.grad is not None
    assert narrow.grad.dtype == np.float32
    assert (narrow * 2.0).dtype == np.float32


def test_sinc_at_zero_to_fourth_order() -> None:
    found, derivatives = ag.sinc, []
    for _ in range(4):
        found = grad(found)
        derivatives.append(found(0.0))
    np.testing.assert_allclose(derivatives, [0.0, -(math.pi**2) / 3, 0.0, math.pi**4 / 5], rtol=1e-14, atol=1e-14)


def test_medians_and_orders_with_ties() -> None:
    assert gradient(ag.median, [3.0, 1.0, 2.0, 4.0]) == [0.5, 0.0, 0.5, 0.0]
    assert gradient(ag.median, [3.0, 1.0, 2.0]) == [0.0, 0.0, 1.0]
    assert math.isnan(np.median(Tensor([1.0, nan])).item())
    weights = np.array([1.0, 2.0, 3.0])
    order = np.argsort([2.0, 1.0, 1.0])
    expected = np.zeros(3)
    expected[order] = weights
    assert gradient(lambda t: (np.sort(t) * weights).sum(), [2.0, 1.0, 1.0]) == expected.tolist()


def test_cumprod_is_exact_at_zeros_to_second_order() -> None:
    assert gradient(lambda t: np.cumprod(t).sum(), [2.0, 0.0, 3.0]) == [1.0, 8.0, 0.0]
    np.testing.assert_array_equal(
        ag.hessian(lambda t: np.cumprod(t).sum())(np.array([2.0, 0.0, 3.0])), [[0, 4, 0], [4, 0, 2], [0, 2, 0]]
    )


def test_determinant_at_singular_matrices() -> None:
    """The gradient is the matrix of cofactors, and the Hessian is that of the polynomial."""
    for singular in (np.array([[1.0, 2.0], [2.0, 4.0]]), np.zeros((2, 2)), np.diag([1.0, 0.0])):
        (a, b), (c, d) = singular
        np.testing.assert_allclose(grad(np.linalg.det)(singular), [[d, -c], [-b, a]], atol=1e-15)
        flat = ag.hessian(lambda m: np.linalg.det(m))(singular).reshape(4, 4)
        np.testing.assert_allclose(flat, [[0, 0, 0, 1], [0, 0, -1, 0], [0, -1, 0, 0], [1, 0, 0, 0]], atol=1e-14)
    rank_one = np.outer([1.0, 2.0, 3.0], [1.0, -1.0, 2.0])
    np.testing.assert_allclose(grad(np.linalg.det)(rank_one), np.zeros((3, 3)), atol=1e-14)


def test_third_derivative_of_the_determinant() -> None:
    m = np.array([[1.3, -0.4, 0.6], [0.2, 0.9, -0.7], [-0.5, 0.8, 1.6]])
    along = list(np.random.default_rng(0).standard_normal((3, 3, 3)))

    def slope(f: Any, direction: Any) -> Any:
        return lambda x: (grad(f)(x) * direction).sum()

    third = slope(slope(slope(np.linalg.det, along[0]), along[1]), along[2])(m)
    # Of a 3 × 3 matrix the third derivative is the polarisation of the determinant, whatever the matrix.
    signs = [(-1.0) ** (3 - sum(chosen)) for chosen in np.ndindex(2, 2, 2)]
    dets = [np.linalg.det(np.tensordot(chosen, along, 1)) for chosen in np.ndindex(2, 2, 2)]
    np.testing.assert_allclose(third, np.dot(signs, dets), rtol=1e-12)


def test_repeated_eigenvalues_and_singular_values() -> None:
    """What depends on the values alone has a gradient; what depends on vectors that are not determined says NaN."""
    assert np.allclose(gradient(lambda t: (np.linalg.eigh(t)[0] ** 2).sum(), np.eye(3)), 2 * np.eye(3))
    assert np.isnan(gradient(lambda t: (np.linalg.eigh(t)[1] * np.arange(9.0).reshape(3, 3)).sum(), np.eye(3))).any()
    assert np.allclose(gradient(lambda t: np.linalg.norm(t, "nuc"), np.eye(3)), np.eye(3))
    assert np.isnan(gradient(lambda t: (np.linalg.svd(t)[0] * np.arange(9.0).reshape(3, 3)).sum(), np.eye(3))).any()
    # Apart by rounding alone is not apart.
    nearly = np.diag([1.0, 1.0 + 1e-15, 2.0])
    assert np.isnan(gradient(lambda t: (np.linalg.eigh(t)[1] * np.arange(9.0).reshape(3, 3)).sum(), nearly)).any()
    assert np.isfinite(gradient(lambda t: np.linalg.eigvalsh(t).sum(), nearly)).all()


def test_norms_of_nothing() -> None:
    for order in (None, 1, 2, 3, math.inf):
        assert gradient(lambda t, order=order: np.linalg.norm(t, order), [0.0, 0.0]) == [0.0, 0.0]
    for order in ("fro", 1, math.inf):
        assert gradient(lambda t, order=order: np.linalg.norm(t, order), np.zeros((2, 2))) == [[0.0] * 2] * 2


def test_clip_between_bounds_in_the_wrong_order_follows_the_upper_one() -> None:
    for x in (-1.0, 1.5, 4.0):
        leaves = [Tensor(v, requires_grad=True) for v in (x, 2.0, 1.0)]
        np.clip(*leaves).backward()
        assert [0.0 if leaf.grad is None else float(leaf.grad) for leaf in leaves] == [0.0, 0.0, 1.0]


def test_a_mean_of_some_elements_keeps_the_dtype() -> None:
    x = Tensor(np.ones((2, 3), np.float32), requires_grad=True)
    assert np.mean(x, where=np.eye(2, 3, dtype=bool)).dtype == np.float32


def test_the_gradient_of_a_vector_that_many_matrices_multiply() -> None:
    matrices, vector = np.arange(24.0).reshape(2, 3, 4), Tensor(np.ones(4), requires_grad=True)
    weights = np.array([[1.0, -2.0, 0.5], [3.0, 0.0, 1.0]])
    ((matrices @ vector) * weights).sum().backward()
    np.testing.assert_allclose(vector.grad, np.einsum("bij,bi->j", matrices, weights))


def test_the_gradient_of_cross_entropy_in_memory_of_another_order() -> None:
    rng = np.random.default_rng(0)
    logits, labels = rng.normal(size=(2, 3, 4)), rng.integers(0, 3, (2, 4))
    lying = ag.grad(lambda x: ag.cross_entropy(np.moveaxis(x, 1, 2), labels))(logits)
    straight = ag.grad(lambda x: ag.cross_entropy(x, labels))(np.ascontiguousarray(np.moveaxis(logits, 1, 2)))
    np.testing.assert_allclose(np.moveaxis(lying, 1, 2), straight, rtol=1e-12)


@pytest.mark.integration
def test_functions_of_symmetric_matrices_have_symmetric_gradients() -> None:
    a = np.array([[2.0, 0.3, 0.1], [0.3, 1.5, -0.2], [0.1, -0.2, 1.0]])
    w = np.array([[0.5, 0.0, 0.0], [1.0, -0.3, 0.0], [0.7, 0.2, 0.4]])
    for f in (
        lambda x: np.sum(w * np.linalg.cholesky(x)),
        lambda x: np.sum(w[0] * np.linalg.eigvalsh(x)),
        lambda x: np.sum(w * np.linalg.eigh(x)[1] ** 2),
        lambda x: np.sum(w * np.linalg.pinv(x, hermitian=True)),
    ):
        g = grad(f)(a)
        np.testing.assert_allclose(g, g.T, atol=1e-12)
        both = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
        np.testing.assert_allclose(
            np.sum(g * both), (f(a + 1e-6 * both) - f(a - 1e-6 * both)) / 2e-6, rtol=1e-7, atol=1e-9
        )
        # The checker moves both triangles together.
        assert check_gradients(f, a)
        assert check_gradients(lambda x, f=f: f(2.0 * x), a, order=2)
