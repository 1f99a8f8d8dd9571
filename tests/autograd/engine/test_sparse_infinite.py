"""Where derivatives are infinite or not numbers, a sparse Jacobian has what the dense one has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
import autograd.numpy as anp
from autograd.engine import sparse as sparse_file
from tests.sweep import sweep

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

N = 6
DIFFERENCES = np.eye(N, k=1) - np.eye(N)
TALL = np.zeros((24, N))
TALL[np.arange(24), np.arange(24) % N] = 1.5
TALL[::4, 0] = -2.0

# Functions that are singular somewhere, and a place.
SINGULAR: dict[str, tuple[Callable[[Any], Any], float]] = {
    "sqrt": (anp.sqrt, 0.0),
    "cbrt": (anp.cbrt, 0.0),
    "log": (anp.log, 0.0),
    "log1p": (anp.log1p, -1.0),
    "power": (lambda x: x**0.5, 0.0),
    "negative power": (lambda x: x**-1.0, 0.0),
    "power of a slope that is": (lambda x: x**1.5, 0.0),
    "divide": (lambda x: (x + 1.0) / (2.0 * x), 0.0),
    "arctanh": (anp.arctanh, 1.0),
    "arcsin": (anp.arcsin, 1.0),
    "arccos": (anp.arccos, -1.0),
    "root of a square": (lambda x: anp.sqrt(x * x), 0.0),
    "log of a square": (lambda x: anp.log(x * x), 0.0),
    "times its log": (lambda x: x * anp.log(x), 0.0),
    "overflow": (anp.exp, 1000.0),
    "chosen": (lambda x: anp.where(x > 0.0, anp.sqrt(x), 0.0), 0.0),
    "no number": (lambda x: x * np.nan, 1.0),
}
# What is around it: passes go forward for the tall ones, and backward for the others.
VECTORS: dict[str, Callable[[Any, Any], Any]] = {
    "alone": lambda s, x: s(x),
    "a matrix after": lambda s, x: DIFFERENCES @ s(x),
    "two after": lambda s, x: DIFFERENCES @ (DIFFERENCES @ s(x)),
    "a matrix before": lambda s, x: s(DIFFERENCES @ x),
    "before and after": lambda s, x: DIFFERENCES @ s(DIFFERENCES @ x),
    "a tall one after": lambda s, x: TALL @ s(x),
    "two, a tall one": lambda s, x: TALL @ (DIFFERENCES @ s(x)),
    "einsum": lambda s, x: anp.einsum("ij,j->i", DIFFERENCES, s(x)),
    "a stencil": lambda s, x: anp.convolve(s(x), np.array([1.0, 0.0, -1.0])),
    "a product of what moves": lambda s, x: s(x.reshape(2, 3)) @ x.reshape(3, 2),
    "neighbours": lambda s, x: s(x)[1:] * x[:-1],
    "for all": lambda s, x: s(x[0]) * x[1:],
    "of all": lambda s, x: x * anp.sum(s(x)),
    "pairs and neighbours": lambda s, x: anp.concatenate([s(x[:2, None] * x[2:]).ravel(), DIFFERENCES @ x]),
}
NUMBERS: dict[str, Callable[[Any, Any], Any]] = {
    "a chain": lambda s, x: anp.sum(x[1:] * s(x[:-1])),
    "a sum": lambda s, x: anp.sum(s(x) * x),
    "a matrix after": lambda s, x: anp.sum((DIFFERENCES @ s(x)) ** 2),
    "a matrix before": lambda s, x: anp.sum(s(DIFFERENCES @ x) * x),
    "an arrow": lambda s, x: s(x[0]) * anp.sum(x[1:] ** 2),
}


def places(at: float) -> list[np.ndarray]:
    """Where one element is there, all of them, some, and differences of neighbours."""
    return [
        np.array([0.3, at, 0.4, 0.7, 0.2, 0.6]),
        np.full(N, at),
        np.array([at, 0.3, 0.5, 0.5, at, 0.2]),
        np.array([0.3, 0.3 + at, 0.5, 0.5 + at, 0.2, 0.6]),
    ]


def check_at_places(
    derivative: Callable[..., Any], f: Callable[[Any], Any], s: Callable[[Any], Any], at: float
) -> None:
    """By `jacobian` or `hessian`; the sparse function is the same at all places."""
    sparse, dense = derivative(f, sparse=True), derivative(f)
    for x in places(at):
        check(sparse(x), dense(x), lost=not np.isfinite(s(x)).all())


def check(sparse: Any, dense: Any, lost: bool) -> None:
    """That what is stored is what the dense matrix has; `lost` says that this may have lost some to 0 times an infinite number."""
    rows = np.repeat(np.arange(sparse.shape[0]), np.diff(sparse.indptr))
    expected = np.asarray(dense).reshape(sparse.shape)[rows, sparse.indices]
    same = np.isclose(sparse.data, expected, rtol=1e-10, atol=1e-12, equal_nan=True)
    assert (same | (lost & np.isnan(expected))).all(), (sparse.toarray(), np.asarray(dense))


@pytest.mark.parametrize("around", VECTORS)
@pytest.mark.parametrize("name", sweep(SINGULAR, 4))
def test_jacobians(name: str, around: str) -> None:
    s, at = SINGULAR[name]
    check_at_places(ag.jacobian, lambda x: VECTORS[around](s, x), s, at)


@pytest.mark.parametrize("around", NUMBERS)
@pytest.mark.parametrize("name", sweep(SINGULAR, 4))
def test_hessians(name: str, around: str) -> None:
    s, at = SINGULAR[name]
    check_at_places(ag.hessian, lambda x: NUMBERS[around](s, x), s, at)


def test_a_finite_element_is_kept_beside_an_infinite_one_of_its_colour() -> None:
    x = np.array([0.0, 1.0, 4.0, 0.25, 1.0, 1.0])
    found = ag.jacobian(lambda x: anp.sqrt(DIFFERENCES @ anp.sqrt(x)), sparse=True)(x)
    # Rows 0, 1 and 3 are of positive numbers; only the first depends on the root of 0.
    assert found[[0], [0]] == -np.inf
    np.testing.assert_allclose(
        found[[1, 1, 3, 3], [1, 2, 3, 4]], [-0.25, 0.125, -0.5 / np.sqrt(0.5), 0.25 / np.sqrt(0.5)]
    )


def test_infinite_elements_that_do_not_meet_take_no_pass_more(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("a pass was taken to mend them")

    monkeypatch.setattr(sparse_file, "Pass", refuse)
    found = ag.jacobian(lambda x: anp.sqrt(x), sparse=True)(np.zeros(20_000))
    assert np.isposinf(found.data).all()


def test_the_random_state_stays() -> None:
    before = np.random.get_state()[1].copy()
    ag.hessian(lambda x: anp.sum(x**1.5), sparse=True)(np.zeros(3))
    np.testing.assert_array_equal(np.random.get_state()[1], before)
