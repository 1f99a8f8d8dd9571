"""Every function gives the dtype that NumPy gives, for all pairs of dtypes and plain numbers; gradients have their leaf's."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from autograd import Tensor
from autograd.graph.op import BY_NUMPY, BY_SCIPY
from tests.autograd.numpy_calls import CALLS, X, Y
from tests.sweep import sweep

FLOATS, DTYPES = "efd", "efdilb?"
NUMBERS = (2.0, 2, True)
# Functions of masks only; and one that gives whole numbers for masks.
OTHERS = {"bitwise_and", "bitwise_or", "bitwise_xor", "invert", "positive", "conjugate"}
UFUNCS = sorted(
    {
        f.__name__: f for f in BY_NUMPY if isinstance(f, np.ufunc) and f.signature is None and f.__name__ not in OTHERS
    }.items()
)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with np.errstate(all="ignore"):
        yield


def of_dtype(numbers: np.ndarray, char: str) -> np.ndarray:
    return numbers > 0 if char == "?" else (numbers * 3).astype(char)


def flat(result: Any) -> list[np.ndarray]:
    """The arrays in a result."""
    if isinstance(result, (tuple, list)):
        return [x for part in result for x in flat(part)]
    return [result.data if isinstance(result, Tensor) else np.asarray(result)]


def compare(call: Callable[..., Any], arguments: list[Any], what: str) -> None:
    """Ours on tensors against NumPy's on arrays; where NumPy has no such operation, nothing is asked."""
    try:
        expected = call(*arguments)
    except (TypeError, ValueError, IndexError, np.linalg.LinAlgError):
        return
    leaves = [Tensor(x, requires_grad=x.dtype.kind == "f") if isinstance(x, np.ndarray) else x for x in arguments]
    result = call(*leaves)
    for ours, theirs in zip(flat(result), flat(expected), strict=True):
        assert ours.dtype == theirs.dtype, f"{what}: {ours.dtype} and not {theirs.dtype}"
        assert ours.shape == theirs.shape, what
        if theirs.dtype.kind in "fiub":
            tolerance = 0.02 if any(getattr(x, "dtype", None) == np.float16 for x in (*arguments, theirs)) else 1e-4
            np.testing.assert_allclose(
                ours.astype(float), theirs.astype(float), rtol=tolerance, atol=tolerance, equal_nan=True, err_msg=what
            )
    for part in result if isinstance(result, (tuple, list)) else [result]:
        if isinstance(part, Tensor) and part.requires_grad:
            part.backward(np.ones(part.shape, part.dtype))
    for leaf in leaves:
        if isinstance(leaf, Tensor) and leaf.grad is not None:
            assert leaf.grad.dtype == leaf.dtype, f"{what}: a gradient of dtype {leaf.grad.dtype}"


@pytest.mark.parametrize(("name", "function"), UFUNCS, ids=[name for name, _ in UFUNCS])
def test_functions_of_elements(name: str, function: np.ufunc) -> None:
    operands: list[Any] = [[of_dtype(np.array([1.0, 2.0, 0.5]), char) for char in DTYPES]]
    operands += [[*operands[0], *NUMBERS]] * (function.nin - 1)
    for given in itertools.product(*operands):
        for arguments in (given, given[::-1]):
            kinds = [getattr(x, "dtype", x) for x in arguments]
            compare(function, list(arguments), f"{name} of {kinds}")


@pytest.mark.parametrize("name", sweep(sorted(CALLS), 3))
def test_calls_of_numpy(name: str) -> None:
    for number, call in enumerate(CALLS[name]):
        for first, second in itertools.product(DTYPES, repeat=2):
            if name == "np.linalg.multi_dot" and "e" in first + second:
                continue  # whole thousands, of which half precision has every second or fourth
            if name == "np.conjugate" and first == "?":
                continue
            compare(call, [of_dtype(X, first), of_dtype(Y, second)], f"{name}, call {number}, of {first} and {second}")


OF_SCIPY = "erf erfc ndtr log_ndtr gammaln gamma expit xlogy i0 j0 logit".split()


@pytest.mark.parametrize("name", OF_SCIPY)
def test_functions_of_scipy_keep_floats(name: str) -> None:
    for char in FLOATS:
        x = of_dtype(np.array([0.1, 0.2, 0.3]), char)
        leaves = [Tensor(x, requires_grad=True) for _ in range(2 if name == "xlogy" else 1)]
        out = BY_SCIPY[name](*leaves)
        assert out.dtype == x.dtype
        out.sum().backward()
        assert all(leaf.grad.dtype == x.dtype for leaf in leaves)


def test_some_promotions_by_hand() -> None:
    single, double = Tensor(np.ones(2, np.float32), requires_grad=True), np.ones(2)
    assert np.copysign(single, double).dtype == np.float64
    assert np.copysign(single, -2.0).dtype == np.float32
    assert np.clip(Tensor(np.ones(2, np.int8)), -0.5, np.ones(2, np.float16)).dtype == np.float16
    assert np.max(Tensor([1, 2]), initial=1.5).dtype == np.dtype(int)
    assert np.linalg.norm(Tensor([[1, 2], [3, 4]]), 1).dtype == np.float64
    assert np.insert(single, 0, double[:1]).dtype == np.float32
    (np.copysign(single, double) * double).sum().backward()
    assert single.grad is not None
    assert single.grad.dtype == np.float32
