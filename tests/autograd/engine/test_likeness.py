"""The plan of a sparse Jacobian is kept while the same is recorded, and made anew where a pattern may differ."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd as ag
import autograd.numpy as anp
from autograd.engine import sparse

X = np.arange(1.0, 7.0)
WHERE = {"index": np.array([0, 1, 2])}
MATRIX = {"of zeros": np.diag([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])}
KERNEL = {"of three": np.array([1.0, 0.0, 2.0])}


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    made: list[int] = []
    plan_passes = sparse.plan_passes

    def counted(*args: Any) -> Any:
        made.append(1)
        return plan_passes(*args)

    monkeypatch.setattr(sparse, "plan_passes", counted)
    return made


def compare(f: Any, jacobian: Any, x: np.ndarray) -> None:
    np.testing.assert_allclose(jacobian(x).toarray(), np.asarray(ag.jacobian(f)(x)), rtol=1e-13)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x[1:] * x[:-1],
        lambda x: x[WHERE["index"]] ** 2,
        lambda x: MATRIX["of zeros"] @ anp.sin(x),
        lambda x: anp.convolve(x, KERNEL["of three"]),
        lambda x: x * anp.sum(x) + np.ones(6),
    ],
)
def test_other_numbers_take_the_same_plan(f: Any, planned: list[int]) -> None:
    jacobian = ag.jacobian(f, sparse=True)
    for scale in (1.0, 0.5, 2.0):
        compare(f, jacobian, scale * X)
    assert len(planned) == 1


def test_a_constant_matrix_may_change_but_not_its_zeros(planned: list[int]) -> None:
    matrix = np.diag(X)
    f = lambda x: matrix @ x**2
    jacobian = ag.jacobian(f, sparse=True)
    compare(f, jacobian, X)
    matrix *= 3.0
    compare(f, jacobian, X)
    assert len(planned) == 1
    matrix[0, 5] = 1.0
    compare(f, jacobian, X)
    assert len(planned) == 2


def test_an_index_that_is_changed_in_place(planned: list[int]) -> None:
    index = np.array([0, 1, 2])
    f = lambda x: x[index] ** 2
    jacobian = ag.jacobian(f, sparse=True)
    compare(f, jacobian, X)
    index[0] = 5
    compare(f, jacobian, X)
    assert len(planned) == 2


def test_a_kernel_that_is_changed(planned: list[int]) -> None:
    kernel = np.array([1.0, 0.0, 2.0])
    f = lambda x: anp.convolve(x**2, kernel)
    jacobian = ag.jacobian(f, sparse=True)
    for number in (3.0, 0.0, 4.0):
        kernel[1] = number
        compare(f, jacobian, X)
    assert len(planned) == 3


@pytest.mark.parametrize(
    "f",
    [
        # Another operation, another operand, another parameter, another length.
        lambda x: anp.sum(x) * x if x[0] > 2.0 else x * x,
        lambda x: x[:3] * x[3:] if x[0] > 2.0 else x[3:] * x[3:],
        lambda x: anp.sum(x.reshape(2, 3), axis=0 if x[0] > 2.0 else 1) ** 2,
        lambda x: x[: 3 if x[0] > 2.0 else 4] ** 2,
        lambda x: x[x > 3.0] ** 2,
    ],
)
def test_a_function_that_branches(f: Any) -> None:
    jacobian = ag.jacobian(f, sparse=True)
    for start in (1.0, 3.0, 2.5, 1.0):
        compare(f, jacobian, np.arange(start, start + 6.0))


def test_what_was_given_may_be_changed() -> None:
    jacobian = ag.jacobian(lambda x: x[1:] * x[:-1], sparse=True)
    first = jacobian(X)
    expected = first.toarray()
    first.data[::2] = 0.0
    first.eliminate_zeros()
    np.testing.assert_array_equal(jacobian(X).toarray(), expected)


def test_parts_of_parts_of_an_argument() -> None:
    def f(x: Any) -> Any:
        rows = x.reshape(2, 3)
        parts = anp.concatenate([rows[:, 1], np.zeros(2), rows[1]])
        return anp.concatenate([rows.ravel() * parts[[0, 2, 4, 6, 3, 1]], parts, anp.sin(rows[0] + x[:3])])

    jacobian = ag.jacobian(f, sparse=True)
    compare(f, jacobian, X)
    compare(f, jacobian, 2.0 * X)


def test_an_argument_is_given_back_in_parts() -> None:
    jacobian = ag.jacobian(lambda x: anp.pad(x[::-1], 1), sparse=True)
    np.testing.assert_array_equal(jacobian(X).toarray(), np.pad(np.eye(6)[::-1], ((1, 1), (0, 0))))
