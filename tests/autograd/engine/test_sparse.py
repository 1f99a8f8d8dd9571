"""Sparse Jacobians and Hessians: the dense ones, by fewer passes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays
from scipy.sparse import csr_array

import autograd as ag
import autograd.numpy as anp
import nn
from autograd.engine import sparse as sparse_file
from autograd.engine.colouring import color_columns, color_symmetric
from autograd.errors import OperandError

X = np.sin(np.arange(1.0, 13.0)) + 2.0
DIFFERENCES = np.eye(12, k=1) - np.eye(12)
PLACES = np.array([0, 1, 1, 5, 11])

VECTORS: dict[str, Callable[[Any], Any]] = {
    "neighbours": lambda x: x[1:] * x[:-1],
    "a stencil": lambda x: anp.convolve(x, np.array([1.0, -2.0, 1.0])),
    "a constant matrix": lambda x: DIFFERENCES @ anp.sin(x),
    "its stack": lambda x: np.stack([DIFFERENCES, DIFFERENCES.T]) @ anp.sin(x)[:, None],
    "a diagonal": lambda x: DIFFERENCES @ anp.diag(x) @ DIFFERENCES.T,
    "rows": lambda x: anp.exp(x.reshape(3, 4)).sum(axis=1),
    "a product of what moves": lambda x: x.reshape(3, 4) @ x.reshape(4, 3),
    "inverses": lambda x: anp.linalg.inv(x.reshape(3, 2, 2)),
    "softmax of rows": lambda x: ag.softmax(x.reshape(3, 4), axis=1),
    "sorted": lambda x: anp.sort(anp.cos(7.0 * x)),
    "chosen places": lambda x: x[PLACES] ** 2,
    "a sum over all beside each": lambda x: x * anp.sum(x),
    "one number": lambda x: anp.sum(x**2),
    "an argument for all": lambda x: x[0] * x[1:],
    "several for all": lambda x: anp.concatenate([x[k] * x[3:] for k in range(3)]),
    "twice the same": lambda x: anp.concatenate([x, x**2]),
    "cumulated": lambda x: anp.cumsum(x**2),
    "einsum": lambda x: anp.einsum("ij,ij->i", x.reshape(3, 4), anp.log(x).reshape(3, 4)),
    "one of them replaced": lambda x: anp.where(np.arange(12) == 3, x[0] * x[5], x),
    "constant where it does not move": lambda x: anp.where(np.arange(12) < 4, x**2, 1.0),
}
NUMBERS: dict[str, Callable[[Any], Any]] = {
    "a chain": lambda x: anp.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2),
    "an arrow": lambda x: x[0] * anp.sum(x[1:] ** 2) + anp.sum(anp.sin(x)),
    "everything with everything": lambda x: anp.prod(x),
    "through a constant matrix": lambda x: anp.sum(anp.log(1.0 + anp.exp(DIFFERENCES @ x))),
    "chosen places": lambda x: anp.sum(x[PLACES] ** 3),
    "pairs": lambda x: anp.sum(anp.exp(x[:6] * x[6:])),
    "linear": lambda x: anp.sum(x),
}


@pytest.mark.parametrize("case", VECTORS)
def test_it_is_the_dense_jacobian(case: str) -> None:
    f = VECTORS[case]
    found = ag.jacobian(f, sparse=True)(X)
    assert isinstance(found, csr_array)
    np.testing.assert_allclose(
        found.toarray(), np.asarray(ag.jacobian(f)(X)).reshape(found.shape), rtol=1e-12, atol=1e-13
    )


@pytest.mark.parametrize("case", NUMBERS)
def test_it_is_the_dense_hessian(case: str) -> None:
    found = ag.hessian(NUMBERS[case], sparse=True)(X)
    np.testing.assert_allclose(found.toarray(), ag.hessian(NUMBERS[case])(X), rtol=1e-12, atol=1e-13)


def count_passes(monkeypatch: pytest.MonkeyPatch, run: Callable[[], Any]) -> int:
    counted = []
    for name in ("_push", "_pull"):
        whole = getattr(sparse_file.SparseJacobian, name)

        def noted(self: Any, *args: Any, whole: Any = whole) -> Any:
            counted.append(len(args[-1]))
            return whole(self, *args)

        monkeypatch.setattr(sparse_file.SparseJacobian, name, noted)
    run()
    return sum(counted)


@pytest.mark.parametrize(
    ("make", "passes"),
    [
        (lambda: ag.jacobian(VECTORS["neighbours"], sparse=True), 1),
        (lambda: ag.jacobian(VECTORS["a stencil"], sparse=True), 3),
        (lambda: ag.jacobian(VECTORS["one number"], sparse=True), 1),
        (lambda: ag.jacobian(VECTORS["rows"], sparse=True), 1),
        (lambda: ag.jacobian(VECTORS["an argument for all"], sparse=True), 2),
        (lambda: ag.hessian(NUMBERS["a chain"], sparse=True), 3),
        (lambda: ag.hessian(NUMBERS["an arrow"], sparse=True), 2),
        (lambda: ag.hessian(NUMBERS["pairs"], sparse=True), 2),
    ],
)
def test_few_passes_are_taken(make: Callable[[], Any], passes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert count_passes(monkeypatch, lambda: make()(X)) == passes


@pytest.mark.parametrize("case", ["an argument for all", "several for all"])
def test_directions_are_pushed_in_blocks(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ag.jacobian(VECTORS[case], sparse=True)(X).toarray()
    monkeypatch.setattr(sparse_file, "MOST_NUMBERS", 12)
    np.testing.assert_array_equal(ag.jacobian(VECTORS[case], sparse=True)(X).toarray(), whole)


PATTERNS = arrays(bool, st.tuples(st.integers(1, 9), st.integers(1, 9)))


@given(PATTERNS)
def test_columns_of_one_colour_share_no_row(pattern: np.ndarray) -> None:
    colours = color_columns(csr_array(pattern.astype(int)))
    for row in pattern:
        used = colours[row].tolist()
        assert len(set(used)) == len(used)


@given(st.integers(1, 9).flatmap(lambda n: arrays(bool, (n, n))))
def test_of_two_mirrored_elements_one_is_alone_in_its_row(pattern: np.ndarray) -> None:
    pattern = pattern | pattern.T
    colours = color_symmetric(csr_array(pattern.astype(int)))
    for i, j in np.argwhere(pattern):
        alone = [(colours[pattern[a]] == colours[b]).sum() == 1 for a, b in ((i, j), (j, i))]
        assert any(alone)


@given(st.integers(2, 8).flatmap(lambda n: arrays(bool, (n, n))))
def test_hessians_of_any_pattern(pattern: np.ndarray) -> None:
    i, j = np.nonzero(pattern)
    f = lambda x: anp.sum(anp.sin(x[i] * x[j])) + anp.sum(x)
    x = np.linspace(0.5, 1.5, len(pattern))
    np.testing.assert_allclose(ag.hessian(f, sparse=True)(x).toarray(), ag.hessian(f)(x), rtol=1e-12, atol=1e-13)


def test_zeros_at_one_point_are_kept_in_the_pattern() -> None:
    found = ag.jacobian(lambda x: x**2, sparse=True)(np.array([0.0, 1.0]))
    assert found.nnz == 2
    assert found.toarray().tolist() == [[0.0, 0.0], [0.0, 2.0]]


def test_colours_follow_a_pattern_that_changes() -> None:
    # An index that depends on the numbers.
    f = ag.jacobian(lambda x: x * x[anp.argmax(x)], sparse=True)
    for x in (np.array([1.0, 2.0, 3.0]), np.array([3.0, 2.0, 1.0]), np.array([1.0, 5.0, 1.0])):
        at = int(np.argmax(x))
        np.testing.assert_array_equal(f(x).toarray(), np.diag(np.full(3, x[at])) + np.outer(x, np.eye(3)[at]))


def test_several_arguments_and_structures() -> None:
    def f(tree: dict[str, Any], y: Any) -> dict[str, Any]:
        return {"outer": tree["a"][:, None] * y, "number": tree["b"] * 2.0}

    tree, y = {"a": np.array([1.0, 2.0]), "b": 3.0}, np.array([4.0, 5.0, 6.0])
    by_tree, by_y = ag.jacobian(f, (0, 1), sparse=True)(tree, y)["outer"]
    assert by_tree["a"].shape == (6, 2)
    assert by_tree["b"].nnz == 0
    np.testing.assert_array_equal(by_y.toarray(), np.kron([[1.0], [2.0]], np.eye(3)))
    assert ag.jacobian(f, sparse=True)(tree, y)["number"]["b"].toarray().tolist() == [[2.0]]
    blocks = ag.hessian(lambda x, y: anp.sum(x * y**2), (0, 1), sparse=True)(y, y)
    np.testing.assert_array_equal(blocks[0][1].toarray(), np.diag(2.0 * y))
    np.testing.assert_array_equal(blocks[1][1].toarray(), np.diag(2.0 * y))
    assert blocks[0][0].nnz == 0


def test_what_is_given_beside_the_result_and_by_name() -> None:
    found, aux = ag.jacobian(lambda x, power: (x**power, {"was": x}), sparse=True, has_aux=True)(X, power=2)
    np.testing.assert_allclose(found.diagonal(), 2.0 * X)
    np.testing.assert_array_equal(aux["was"], X)
    found, aux = ag.hessian(lambda x: (anp.sum(x**3), x), sparse=True, has_aux=True)(X)
    np.testing.assert_allclose(found.diagonal(), 6.0 * X)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_stays(dtype: type) -> None:
    assert ag.jacobian(lambda x: x[1:] * x[:-1], sparse=True)(X.astype(dtype)).dtype == dtype


@pytest.mark.parametrize(
    ("f", "x", "shape"),
    [
        (lambda x: x, np.zeros(0), (0, 0)),
        (lambda x: x[:0], np.ones(3), (0, 3)),
        (lambda x: np.ones((2, 2)), np.ones(3), (4, 3)),
        (lambda x: 3.0, 2.0, (1, 1)),
        (lambda x: x * x, 2.0, (1, 1)),
        (lambda x: ag.numpy.sum(x), np.zeros(0), (1, 0)),
    ],
)
def test_nothing_one_number_and_constants(f: Any, x: Any, shape: tuple[int, int]) -> None:
    assert ag.jacobian(f, sparse=True)(x).shape == shape


def test_an_operation_of_ones_own_depends_on_everything() -> None:
    @ag.primitive(lambda g, out, x: 2.0 * g)
    def double(x: np.ndarray) -> np.ndarray:
        return 2.0 * x

    found = ag.jacobian(lambda x: double(x), sparse=True)(X)
    np.testing.assert_array_equal(found.toarray(), 2.0 * np.eye(12))


def test_a_network_whose_parameters_require_gradients() -> None:
    model = nn.Sequential(nn.Linear(4, 3, rng=np.random.default_rng(0)), nn.Tanh())
    f = lambda x: model(x.reshape(3, 4))
    found = ag.jacobian(f, sparse=True)(X)
    assert found.nnz == 36
    np.testing.assert_allclose(found.toarray(), ag.jacobian(f)(X).detach().numpy().reshape(9, 12), rtol=1e-12)
    assert all(p.grad is None for p in model.parameters())


def test_it_is_refused_where_its_derivative_would_be_lost() -> None:
    chain = ag.jacobian(lambda x: x[1:] * x[:-1], sparse=True)
    for outer in (
        lambda: ag.grad(lambda x: chain(x).sum())(X),
        lambda: ag.vmap(chain)(np.stack([X, X])),
        lambda: ag.compile(chain)(X),
    ):
        with pytest.raises(OperandError, match="sparse=True gives matrices of SciPy, which carry no derivatives"):
            outer()


def test_complex_numbers_are_refused() -> None:
    for x in (X + 1j, X):
        with pytest.raises(OperandError, match="complex numbers were not expected"):
            ag.jacobian(lambda x: x * 1j, sparse=True)(x)


@pytest.mark.parametrize(("f", "x"), [(lambda x: x * x, ag.Value(3.0)), (lambda x: "a", X), (lambda x: [x, "b"], X)])
def test_what_is_no_array_is_refused(f: Any, x: Any) -> None:
    with pytest.raises(OperandError, match=r"takes and gives arrays and numbers, not (Value|str)"):
        ag.jacobian(f, sparse=True)(x)


def test_a_function_that_gives_nothing() -> None:
    assert ag.jacobian(lambda x: None, sparse=True)(X) is None
    assert ag.jacobian(lambda x: {}, sparse=True)(X) == {}


def test_without_scipy_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[:2] == ["scipy", "sparse"]]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, "scipy.sparse", None)
    with pytest.raises(OperandError, match=r"which is not here: pip install"):
        ag.jacobian(lambda x: x, sparse=True)(X)
