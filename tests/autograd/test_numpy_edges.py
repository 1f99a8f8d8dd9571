"""Edges of NumPy's functions: empty results, single elements, defaults, thresholds; the values are NumPy's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
import autograd.numpy as anp
from autograd import OperandError, ShapeError, Tensor, Value, grad
from autograd.graph.op import TABLE
from autograd.graph.tree import leaves
from tests.autograd import samples

X = np.array([[0.7, -1.3, 0.4], [1.9, 0.3, -0.8]])
CUBE = np.sin(np.arange(24.0)).reshape(2, 3, 4)


def agree(function: Callable[..., Any], *xs: Any) -> None:
    """Values and shapes are NumPy's."""
    ours, theirs = function(*map(Tensor, xs)), function(*xs)
    for a, b in zip(leaves(ours), leaves(theirs), strict=True):
        a = a.data if isinstance(a, Tensor) else a
        assert np.shape(a) == np.shape(b)
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("offset", [-3, -2, -1, 0, 1, 2, 3, 7])
def test_diagonals_that_lie_outside_are_empty(offset: int) -> None:
    for function in (np.diagonal, np.trace):
        agree(lambda x, f=function: f(x, offset), X)
        agree(lambda x, f=function: f(x, offset, 1, 2), CUBE)
    np.testing.assert_array_equal(grad(lambda x: np.trace(x, offset))(X), np.eye(2, 3, offset))


@pytest.mark.parametrize(("n", "edge_order"), [(1, 1), (2, 2), (1, 2)])
def test_too_few_samples_for_a_slope(n: int, edge_order: int) -> None:
    with pytest.raises(ShapeError, match=f"{n} samples along axis 0 are too few for edge_order={edge_order}"):
        np.gradient(Tensor(np.ones(n)), edge_order=edge_order)
    agree(lambda x: np.gradient(x, edge_order=edge_order), np.arange(edge_order + 1.0) ** 2)


def test_as_many_axes_move_as_there_are_places() -> None:
    agree(lambda x: np.moveaxis(x, (0, 1), (2, 0)), CUBE)
    for source, places in (((0,), (1, 2)), ((0, 1), (2,))):
        with pytest.raises(ShapeError, match=f"moveaxis: {len(source)} axes to {len(places)} places"):
            np.moveaxis(Tensor(CUBE), source, places)


@pytest.mark.parametrize("scale", [1.0, 1e-20, 1e20])
def test_least_squares_takes_the_rank_in_units_of_the_largest_singular_value(scale: float) -> None:
    tall = np.array([[1.0, 2.0], [3.0, -1.0], [0.5, 0.2], [0.1, 1.0]]) * scale
    agree(lambda a, b: np.linalg.lstsq(a, b, rcond=None), tall, np.arange(4.0))
    agree(lambda a, b: np.linalg.lstsq(a, b, rcond=0.7), tall, np.arange(4.0))
    # Between eps and eps·max(m, n) of the largest: zero by NumPy's default.
    nearly = np.diag([1.0, 6e-16, 0.5, 0.25]) * scale
    assert np.linalg.lstsq(Tensor(nearly), Tensor(np.ones(4)))[2] == 3
    assert np.linalg.lstsq(nearly, np.ones(4), rcond=None)[2] == 3
    assert np.linalg.lstsq(Tensor(nearly), Tensor(np.ones(4)), rcond=1e-17)[2] == 4


@pytest.mark.parametrize("mode", ["valid", "same", "full"])
@pytest.mark.parametrize(
    "lengths", [(1, 1), (1, 2), (2, 1), (2, 3), (3, 2), (4, 5), (5, 4), (5, 5), (6, 4), (4, 6), (7, 3), (3, 7)]
)
def test_convolutions_of_every_length(mode: Any, lengths: tuple[int, int]) -> None:
    a, v = np.cos(np.arange(float(lengths[0]))), np.sin(1.0 + np.arange(float(lengths[1])))
    agree(lambda a, v: np.convolve(a, v, mode), a, v)
    agree(lambda a, v: np.correlate(a, v, mode), a, v)


def test_defaults_name_the_last_axis() -> None:
    for function in (np.sort, np.argsort):
        agree(function, CUBE)
    agree(lambda x: np.sort(np.partition(x, 1)[..., :2]), CUBE)
    agree(lambda x: np.take_along_axis(x, np.argpartition(x, 1), -1)[..., 1], CUBE)
    agree(lambda x: np.partition(x, 2)[2], np.array([3.0, 1.0, 2.0, 0.0]))


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 5, 3), (3, 2, 4, 3)])
def test_linear_takes_any_number_of_leading_axes(shape: tuple[int, ...]) -> None:
    x, w, b = np.sin(np.arange(float(np.prod(shape)))).reshape(shape), X, np.array([0.5, -1.0])
    weights = np.cos(np.arange(float(np.prod(shape[:-1])) * 2)).reshape((*shape[:-1], 2))
    by_row = grad(lambda w: (ag.linear(x, w, b) * weights).sum())(w)
    by_parts = grad(lambda w: ((x @ w.T + b) * weights).sum())(w)
    np.testing.assert_allclose(by_row, by_parts, rtol=1e-12)


def test_linear_in_two_precisions_is_computed_in_the_wider_one() -> None:
    x, w, b = X.astype(np.float32), X.astype(np.float32), np.array([0.5, -1.0])
    out = ag.linear(Tensor(x), Tensor(w), Tensor(b))
    assert out.dtype == np.float64
    np.testing.assert_array_equal(out.data, x @ w.T + b)


PRODUCTS = [
    ((3,), (3,)), ((3,), (3, 2)), ((3,), (4, 3, 2)), ((2, 3), (3,)), ((4, 2, 3), (3,)), ((4, 2, 3), (3, 5)), ((2, 3), (4, 3, 5)),
]  # fmt: skip


@pytest.mark.parametrize(("x", "y"), PRODUCTS)
def test_products_of_vectors_matrices_and_stacks(x: tuple[int, ...], y: tuple[int, ...]) -> None:
    a, b = np.sin(1.0 + np.arange(float(np.prod(x)))).reshape(x), np.cos(np.arange(float(np.prod(y)))).reshape(y)
    letters = {1: "k", 2: "ik", 3: "nik"}[len(x)], {1: "k", 2: "kj", 3: "nkj"}[len(y)]
    kept = [c for c in "nij" if c in letters[0] or c in letters[1]]
    subscripts = f"{letters[0]},{letters[1]}->{''.join(kept)}"
    weights = np.arange(1.0, np.size(a @ b) + 1.0).reshape(np.shape(a @ b))
    for number in (0, 1):
        product = grad(lambda a, b: ((a @ b) * weights).sum(), number)(a, b)
        summed = grad(lambda a, b: (np.einsum(subscripts, a, b) * weights).sum(), number)(a, b)
        np.testing.assert_allclose(product, summed, rtol=1e-11, atol=1e-12)


def test_stacks_of_matrices_are_taken_one_by_one() -> None:
    stack = np.stack([samples.SQUARE, samples.SQUARE[::-1] + np.eye(3), samples.SQUARE.T * 2.0])
    other = np.cos(np.arange(27.0)).reshape(3, 3, 3)
    for name in ("cofactor", "cofactor_along", "det", "inv"):
        arguments = (stack, other)[: len(TABLE[name].rules)]
        whole = TABLE[name].call(*arguments)
        for k in range(3):
            np.testing.assert_allclose(whole[k], TABLE[name].call(*(a[k] for a in arguments)), rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("function", [np.maximum, np.minimum, np.fmax, np.fmin])
def test_ties_share_whatever_arrives(function: Callable[..., Any]) -> None:
    x = np.array([1.0, 2.0, 3.0])
    for number in (0, 1):
        shares = grad(lambda a, b, f=function: (f(a, b) * np.array([3.0, 5.0, -7.0])).sum(), number)(x, x.copy())
        assert shares.tolist() == [1.5, 2.5, -3.5]


def test_an_empty_reduction_is_its_initial_value() -> None:
    for function in (np.max, np.min):
        for initial in (2.5, -np.inf, np.inf):
            agree(lambda x, f=function, i=initial: f(x, axis=1, initial=i), np.ones((2, 0)))
            agree(lambda x, f=function, i=initial: f(x, axis=1, initial=i), X)
        with pytest.raises(ValueError, match=r"zero-size|identity"):
            function(Tensor(np.ones((2, 0))), axis=1)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, ">f4", np.int64, bool])
@pytest.mark.parametrize("other", [0.0, -0.0, 1.0, np.nan])
def test_a_choice_of_many_numbers_is_numpys_to_the_bit(dtype: Any, other: float) -> None:
    x = np.sin(np.arange(6000.0)).reshape(60, 100)
    condition, x = x.T > 0.1, x.astype(dtype).T
    if dtype not in (np.int64, bool):
        x[:6, 0] = 0.0, -0.0, np.inf, -np.inf, np.nan, 1e-310
    where = TABLE["where"].call
    for choice, expected in (
        (where(condition, x, other), np.where(condition, x, other)),
        (where(condition, other, x), np.where(condition, other, x)),
        (where(condition[:1], x, other), np.where(condition[:1], x, other)),
        (where(condition.astype(np.int8), x, other), np.where(condition.astype(np.int8), x, other)),
    ):
        assert choice.dtype == expected.dtype
        np.testing.assert_array_equal(choice, expected)
        np.testing.assert_array_equal(np.signbit(choice), np.signbit(expected))


def test_least_squares_keeps_its_precision() -> None:
    for dtype in (np.float32, np.float64):
        for part in np.linalg.lstsq(Tensor(X.T.astype(dtype)), Tensor(np.ones(3, dtype)), rcond=None):
            assert getattr(part, "dtype", dtype) in (dtype, np.dtype(int))


@pytest.mark.parametrize("label", [-1, 3, 300])
def test_labels_outside_of_the_classes(label: int) -> None:
    with pytest.raises(ShapeError, match=f"label {label} is outside 0 … 2"):
        ag.cross_entropy(Tensor(np.zeros((2, 3))), np.array([0, label]))


def test_softmax_is_taken_along_the_last_axis() -> None:
    for function in (ag.softmax, ag.log_softmax):
        np.testing.assert_allclose(function(CUBE), function(CUBE, axis=2))
        np.testing.assert_allclose(function(Tensor(CUBE)).data, function(CUBE, axis=2))


def test_a_wrong_label_is_named_and_not_its_neighbours() -> None:
    with pytest.raises(ShapeError, match="label 5 is outside 0 … 2"):
        ag.cross_entropy(Tensor(np.zeros((3, 3))), np.array([1, 2, 5]))


def test_a_stack_of_matrices_of_different_sizes_is_decomposed_one_by_one() -> None:
    stack = np.stack([X, X[::-1] * 1e-9])
    product = lambda x: (np.linalg.svd(x, full_matrices=False)[0] * np.arange(1.0, 5.0).reshape(2, 2)).sum()
    whole = grad(product)(stack)
    for k in range(2):
        np.testing.assert_allclose(whole[k], grad(product)(stack[k]), rtol=1e-6)
        assert np.isfinite(whole[k]).all()


def test_least_squares_takes_whole_numbers() -> None:
    whole = np.array([[1, 2], [3, 4], [5, 7]])
    solution = np.linalg.lstsq(whole, Tensor([1.0, 2.0, 4.0]), rcond=None)[0]
    np.testing.assert_allclose(solution.data, np.linalg.lstsq(whole, [1.0, 2.0, 4.0], rcond=None)[0])


@pytest.mark.parametrize("function", [np.cumsum, np.cumprod, np.sum, np.mean, np.prod, np.nansum, np.nanprod])
def test_sums_and_products_in_another_precision(function: Callable[..., Any]) -> None:
    single = X.astype(np.float32)
    for dtype in (None, np.float32, np.float64):
        ours, theirs = function(Tensor(single), axis=1, dtype=dtype), function(single, axis=1, dtype=dtype)
        assert ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours.data, theirs, rtol=1e-6)


def test_einsum_counts_its_operands_from_one() -> None:
    with pytest.raises(ShapeError, match="operand 2 of 2 axes does not fit its indices 'abc'"):
        np.einsum("ab,abc->ab", Tensor(X), Tensor(X))


def test_scalars_at_ties_and_at_nan() -> None:
    assert ag.ops.elementwise.logaddexp2(3.5, 3.5) == 4.5
    assert np.isnan(ag.sign(float("nan")))
    assert (ag.sign(-2.0), ag.sign(0.0), ag.sign(3.0)) == (-1.0, 0.0, 1.0)


def test_masks_are_combined_as_numpys_are() -> None:
    t = Tensor([1.0, 2.0, 3.0])
    np.testing.assert_array_equal(((t > 1.0) & ~(t == 3.0)).data, [False, True, False])
    np.testing.assert_array_equal((np.array([True, False, False]) | (t > 2.0)).data, [True, False, True])
    np.testing.assert_array_equal((True ^ (t > 2.0)).data, [True, True, False])
    with pytest.raises(OperandError, match=r"np\.bitwise_and combines masks here, not float64: compare first"):
        (t > 1.0) & t
    with pytest.raises(OperandError, match=r"np\.invert combines masks here"):
        ~t


def test_values_go_where_the_indices_say_in_any_order() -> None:
    v, w = np.array([0.3, 0.6, 0.2]), np.array([1.0, 2.0, 3.0])
    for places in ([0, 2, 1], [2, 0, 0], [-1, 0, 1], slice(0, 3), np.array([True, True, True])):
        agree(lambda x, y, p=places: np.insert(x, p, y), v, w)
        agree(lambda x, y, p=places: np.insert(x, p, y, axis=0), v, w)
    agree(lambda x, y: np.insert(x, [1, 0], y.reshape(1, 2).T if np.ndim(y) == 1 else y, axis=1), X.T[:2], w[:2])
    assert grad(lambda y: np.insert(v, [2, 0, 1], y) @ np.arange(6.0))(w).tolist() == [4.0, 0.0, 2.0]


def test_what_is_counted_or_unique_keeps_the_gradient_of_what_it_gives() -> None:
    labels, weights = np.array([0, 2, 2, 1]), np.array([1.0, 2.0, 3.0, 4.0])
    agree(lambda w: np.bincount(labels, w), weights)
    agree(lambda w: np.bincount(labels, weights=w, minlength=5), weights)
    assert grad(lambda w: np.bincount(labels, w) @ np.arange(3.0))(weights).tolist() == [0.0, 2.0, 2.0, 1.0]
    assert np.bincount(labels).tolist() == [1, 1, 2]
    with pytest.raises(ShapeError, match="weights of shape"):
        np.bincount(labels, Tensor(weights[:2]))
    x = np.array([3.0, 1.0, 3.0, 2.0])
    agree(np.unique, x)
    agree(lambda x: np.unique(x, return_index=True, return_inverse=True, return_counts=True), x)
    agree(lambda x: np.unique(x, axis=0), np.array([[2.0, 1.0], [0.0, 1.0], [2.0, 1.0]]))
    for function in (np.unique_all, np.unique_counts, np.unique_inverse):
        agree(function, x)
        assert type(function(Tensor(x))) is type(function(x))
        assert grad(lambda x, f=function: f(x).values @ np.arange(3.0))(x).tolist() == [2.0, 0.0, 0.0, 1.0]
    for function in (np.unique, np.unique_values):
        assert grad(lambda x, f=function: f(x) @ np.array([1.0, 10.0, 100.0]))(x).sum() == 111.0


def test_the_next_number_is_a_constant_step_away() -> None:
    x = np.array([1.0, -2.0, 0.0, np.inf, -np.inf, np.nan, np.finfo(float).max, 5e-324])
    for towards in (0.0, np.inf, -np.inf):
        with np.errstate(all="ignore"):
            expected = np.nextafter(x, towards)
            np.testing.assert_array_equal(np.nextafter(Tensor(x), towards).data, expected)
    assert grad(lambda x: np.nextafter(x, 9.0).sum())(np.array([1.0, 2.0])).tolist() == [1.0, 1.0]


def test_new_arrays_are_filled_with_values_that_may_be_nodes() -> None:
    w = np.array([2.0, 3.0])
    assert grad(lambda w: (np.full_like(w, w[0]) * w).sum())(w).tolist() == [2.0 + 5.0, 2.0]
    assert grad(lambda w: anp.full_like(np.ones((2, 3)), w[1]).sum())(w).tolist() == [0.0, 6.0]
    with pytest.raises(OperandError, match=r"np\.full_like, those of autograd\.numpy"):
        np.full_like(np.ones(3), Tensor(1.5, requires_grad=True))
    filled = anp.full_like(np.ones(3, np.float32), Tensor(1.5, requires_grad=True))
    assert (filled.dtype, filled.shape) == (np.float32, (3,))
    assert anp.full_like(np.ones(3, int), Tensor(1.7)).tolist() == np.full_like(np.ones(3, int), 1.7).tolist()
    agree(lambda x: np.full_like(x, 7.0, shape=(2, 2), dtype=np.float32), X)
    assert filled.data.flags.writeable


def test_bounds_that_nothing_is_taken_from_are_ignored() -> None:
    agree(lambda x: np.diff(x, 0, prepend=1.0, append=2.0), X)
    agree(lambda x: np.interp(np.array([0.1, 0.9, 2.3]), np.array([0.0, 0.2, 0.5]), x[0], period=-0.7), X)
    with pytest.raises(ValueError, match="period must not be 0"):
        np.interp(0.5, np.array([0.0, 1.0]), Tensor([1.0, 2.0]), period=0.0)


def test_trapezoids_over_places_of_more_axes() -> None:
    places = np.array([[0.0, 1.0], [0.5, 3.0]])
    agree(lambda y, x: np.trapezoid(y, x), np.array([1.0, 2.0, 4.0]), places)
    agree(lambda y, x: np.trapezoid(y, x, axis=0), np.array([[1.0, 2.0, 4.0], [0.0, 1.0, 2.0]]), np.sort(X, axis=0))
    agree(lambda y, dx: np.trapezoid(y, dx=dx), np.array([1.0, 2.0, 4.0]), places)


def test_the_slope_of_a_quantile_at_an_element_is_that_of_one_side() -> None:
    x = np.array([0.3, 0.6, 0.2])
    slope = grad(lambda q: np.quantile(x, q))
    assert [round(slope(q), 12) for q in (0.0, 0.25, 0.5, 0.75, 1.0)] == [0.2, 0.2, 0.6, 0.6, 0.6]
    assert np.quantile(np.array([1.0, np.inf]), Tensor(0.0, requires_grad=True)).item() == 1.0


def test_whole_numbers_among_nodes_follow_ieee_754() -> None:
    with np.errstate(all="ignore"):
        assert grad(lambda x: (x / 0).sum())(np.array([1.0, 2.0])).tolist() == [np.inf, np.inf]
    assert ag.logsumexp(0.4, Tensor(0.7)).item() == pytest.approx(np.logaddexp(0.4, 0.7))
    assert Value(4.0).sum().data == 4.0
    with pytest.raises(ShapeError, match=r"linear: the weight needs two axes \(out, in\), not shape \(3,\)"):
        ag.linear(Tensor(np.ones(3)), Tensor(np.ones(3)), Tensor(np.ones(3)))


PARAMETERS = {
    "round": {"decimals": 1},
    "nan_to_num": {"nan": 0.0, "posinf": 1.0, "neginf": -1.0},
    "leaky_relu": {"slope": 0.1},
    "elu": {"alpha": 0.5},
}


@pytest.mark.parametrize("name", [name for name, op in TABLE.items() if op.elementwise and len(op.rules) in (1, 2)])
def test_numbers_of_numpy_give_what_arrays_give_as_numbers(name: str) -> None:
    op, parameters = TABLE[name], PARAMETERS.get(name, {})
    with np.errstate(all="ignore"):
        for numbers in ((0.5, 2.0), (-2.0, 3.0)):
            xs = numbers[: len(op.rules)]
            (expected,) = op.call(*(np.array([x]) for x in xs), **parameters)
            for kinds in ((np.float64, np.float64), (np.float64, float), (float, np.float64)):
                found = op.call(*(kind(x) for kind, x in zip(kinds, xs, strict=False)), **parameters)
                assert not isinstance(found, np.ndarray)
                np.testing.assert_allclose(found, expected, rtol=1e-14)
