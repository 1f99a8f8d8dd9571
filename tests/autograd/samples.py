"""Well-scaled points for every row of the table, by domain; a new row of the default domain needs nothing here."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.graph.op import TABLE, Op

# Points away from kinks and singular points, at which second derivatives are neither tiny nor huge.
DEFAULT = [0.7, -1.3, 0.4, 1.9]
POSITIVE = [0.7, 1.3, 0.4, 1.9]
INSIDE = [0.3, -0.6, 0.45, -0.2]
SHARES = [0.3, 0.6, 0.45, 0.2]
DOMAINS: dict[str, list[float]] = {
    "rad2deg": [0.01, -0.02, 0.005, 0.03],
    **dict.fromkeys(("sqrt", "log", "log2", "log10", "log1p", "power"), POSITIVE),
    **dict.fromkeys(
        ("gammaln", "gamma", "xlogy", "polygamma", "yv", "gammainc", "gammaincc", "beta", "stdtr"), POSITIVE
    ),
    **dict.fromkeys(("asin", "acos", "atanh", "erfinv"), INSIDE),
    "acosh": [1.7, 2.3, 1.4, 3.9],
    **dict.fromkeys(("logit", "erfcinv"), SHARES),
}
PARAMETERS: dict[str, dict[str, Any]] = {
    "leaky_relu": {"slope": 0.1},
    "elu": {"alpha": 0.8},
    "round": {"decimals": 1},
    "nan_to_num": {"nan": 0.0, "posinf": 1.0, "neginf": -1.0},
}
X = np.array([[0.7, -1.3, 0.4], [1.9, 0.3, -0.8]])
SQUARE = np.array([[1.3, -0.4, 0.6], [0.2, 0.9, -0.7], [-0.5, 0.8, 1.6]])
IMAGES = np.sin(np.arange(2 * 2 * 4 * 5.0)).reshape(2, 2, 4, 5)
FILTERS = np.cos(np.arange(4 * 1 * 3 * 2.0)).reshape(4, 1, 3, 2)
GRADIENTS = np.cos(np.arange(2 * 4 * 2 * 5.0)).reshape(2, 4, 2, 5)
CONVOLVED = {"stride": (2, 1), "padding": ((1, 0), (0, 1)), "dilation": (1, 1), "groups": 2}
POOLED = {"kernel": (2, 3), "stride": (2, 1), "padding": ((0, 0), (1, 0))}
TIED = np.round(IMAGES)
GREATEST = TABLE["max_pool"].array(TIED, **POOLED)
AXIS = {"axis": (1,), "keepdims": False}
# Rows for arrays, and rows of three and more operands: operands and parameters.
ARRAYS: dict[str, tuple[list[Any], dict[str, Any]]] = {
    "clip": ([X, np.array(-1.0), np.array([0.9, 1.0, 0.2])], {}),
    "where": ([X > 0, X, X * 2], {}),
    "sum": ([X], AXIS),
    "mean": ([X], AXIS),
    "prod": ([np.array([[0.7, 0.0, 0.4], [1.9, 0.3, -0.8], [0.0, 0.0, 1.5]])], AXIS),
    "amax": ([X], AXIS),
    "amin": ([X], AXIS),
    "var": ([X], {**AXIS, "ddof": 1}),
    "std": ([X], {**AXIS, "ddof": 1}),
    "cumsum": ([X], {"axis": 1}),
    "argmax": ([X], {"axis": 1, "keepdims": False}),
    "argmin": ([X], {"axis": 1, "keepdims": False}),
    "softmax": ([X], {"axis": (1,)}),
    "log_softmax": ([X], {"axis": (1,)}),
    "logsumexp": ([X], AXIS),
    "cross_entropy": ([X, np.array([2, 0])], {"reduction": "mean"}),
    "residual": ([X, np.array([2, 0])], {}),
    "reshape": ([X], {"shape": (3, 2)}),
    "transpose": ([X], {"axes": (1, 0)}),
    "broadcast_to": ([X], {"shape": (2, 2, 3)}),
    "astype": ([X], {"dtype": np.dtype(float)}),
    "concatenate": ([X, 2 * X[:1]], {"axis": 0}),
    "pad": ([X], {"width": ((1, 0), (0, 2)), "value": 3.0}),
    "convolution": ([IMAGES, FILTERS], CONVOLVED),
    "convolution_input": ([GRADIENTS, FILTERS], {"space": (4, 5), **CONVOLVED}),
    "convolution_weight": ([GRADIENTS, IMAGES], {"kernel": (3, 2), **CONVOLVED}),
    "max_pool": ([IMAGES], POOLED),
    # Windows with two and three greatest elements, and with one.
    "max_pool_input": ([GREATEST + 0.5, GREATEST, TIED], POOLED),
    "max_pool_taken": ([IMAGES, GREATEST, TIED], POOLED),
    "sum_pool": ([IMAGES], POOLED),
    "sum_pool_input": ([GREATEST + 0.5], {"space": (4, 5), **POOLED}),
    "slice": ([X], {"key": (0, slice(None, None, -1))}),
    "unslice": ([X[0]], {"key": (1,), "shape": (2, 3)}),
    "index": ([X, np.array([0, 0, 1])], {}),
    "within": ([np.array([0, 2, 1])], {"count": 3, "what": "index"}),
    "scatter": ([np.stack([X[0], X[0], X[1]]), np.array([0, 0, 1])], {"shape": (2, 3)}),
    "matmul": ([X, X.T + 0.5], {}),
    "linear": ([X, X[:, ::-1] * 0.5, np.array([0.1, -0.2])], {}),
    "norm": ([X], AXIS),
    "einsum": ([X, X], {"subscripts": ("ij", "kj", "ik")}),
    # The order of a function is an integer, and a constant.
    "sinc": ([np.array([0.0, 0.3, -1.7, 2.6, 0.012]), np.array([0, 1, 2, 0, 2])], {}),
    "polygamma": ([np.array([1, 0, 2, 1]), np.array(POSITIVE)], {}),
    "jv": ([np.array([0, 1, 2, -1]), np.array(DEFAULT)], {}),
    "yv": ([np.array([0, 1, 2, 0]), np.array(POSITIVE)], {}),
    "iv": ([np.array([0, 1, 2, 0]), np.array(DEFAULT)], {}),
    "ive": ([np.array([0, 1, 2, 0]), np.array(DEFAULT)], {}),
    "stdtr": ([np.array([1, 3, 2, 5]), np.array(DEFAULT)], {}),
    "gammainc": ([np.array([1, 2, 1, 3]), np.array(POSITIVE)], {}),
    "gammaincc": ([np.array([1, 2, 1, 3]), np.array(POSITIVE)], {}),
    "betainc": ([np.array([2, 3]), np.array([3, 2]), np.array([0.3, 0.6])], {}),
    "cumprod": ([np.array([[1.7, 0.0, 0.4, -1.2], [1.9, 0.3, -0.8, 1.1], [0.0, 0.0, 1.5, 2.0]])], {"axis": 1}),
    "argsort": ([X], {"axis": 1, "kind": None, "stable": None}),
    "argpartition": ([X], {"kth": 1, "axis": 1, "kind": "introselect"}),
    "searchsorted": ([np.array([-0.5, 0.1, 0.8]), X], {"side": "right"}),
    "place": ([X, X[:, :1] * 3, np.array([[0], [1]]), np.array([[2], [0]])], {}),
    "convolve": ([X[0], np.array([0.5, -1.1, 2.0, 0.3])], {}),
    "inv": ([SQUARE], {}),
    "solve": ([SQUARE, X.T], {}),
    "det": ([SQUARE], {}),
    "cofactor": ([SQUARE], {}),
    "cofactor_along": ([SQUARE, SQUARE[::-1] * 0.5], {}),
    "slogdet": ([SQUARE], {}),
    "log_gaussian": ([X, SQUARE @ SQUARE.T + np.eye(3)], {}),
    "expm": ([SQUARE], {}),
    "sqrtm": ([SQUARE @ SQUARE.T + np.eye(3)], {}),
    "solve_sylvester": ([SQUARE, SQUARE.T + 3.0 * np.eye(3), X[[0, 1, 0]]], {}),
    "solve_banded": (
        [SQUARE[:, [0, 1, 2, 0]] + [[0.0], [4.0], [0.0]], np.array([0.7, -1.3, 0.4, 1.9])],
        {"below": 1, "above": 1},
    ),
    "hermitian": ([SQUARE], {}),
    "cholesky": ([SQUARE @ SQUARE.T + np.eye(3)], {}),
    "eigh": ([SQUARE + SQUARE.T + 0.1], {"uplo": "L"}),
    "svd": ([np.stack([X, X[::-1, ::-1] + 0.2])], {}),
    "qr": ([np.stack([X.T, X.T[::-1] + 0.2])], {}),
    "pinv": ([X], {"rcond": 1e-15}),
    **{name: ([X + 1j * X[:, ::-1]], {}) for name in ("real", "imag", "conj", "angle")},
    **{name: ([X + 1j * X[:, ::-1]], {"axis": 1, "norm": None}) for name in ("fft", "ifft")},
    "eig": ([np.diag([1.0, 2.0, 4.0]) + 0.1 * SQUARE], {}),
    **dict.fromkeys(("sum_n", "prod_n", "max_n", "min_n", "logsumexp_n"), ([0.7, -1.3, 0.4], {})),
    "dot_n": ([0.7, -1.3, 0.4, 1.9], {}),
}


# Rows of complex numbers alone, which `test_complex.py` differentiates.
COMPLEX = ("real", "imag", "conj", "angle", "fft", "ifft")


def _with_key(name: str) -> dict[str, Any]:
    from autograd.ops.indexing import SLOT

    return {**ARRAYS[name][1], "key": (SLOT,)}


for _name in ("index", "scatter"):
    ARRAYS[_name] = (ARRAYS[_name][0], _with_key(_name))
ARRAYS["lasting"] = (
    [np.array([1, 0, 1]), np.array([2, 0, 2])],
    {"shape": (2, 3), "key": _with_key("index")["key"] * 2},
)
ARRAYS["place"] = (ARRAYS["place"][0], {"key": _with_key("index")["key"] * 2})


# Which operand is an order: a small integer.
ORDERS = {"sinc": 1, **dict.fromkeys(("polygamma", "jv", "yv", "iv", "ive", "gammainc", "gammaincc"), 0)}


def resized(name: str, operand: int, shape: tuple[int, ...]) -> np.ndarray:
    """Points of a row's domain in any shape."""
    points: Any = [1, 0, 2] if ORDERS.get(name) == operand else DOMAINS.get(name, DEFAULT)
    return np.resize(np.array(points, float), shape)


def elementwise(op: Op) -> bool:
    """Whether a row takes one or two scalars, and so also arrays of any shape element by element."""
    return op.scalar is not None and op.joint is None and len(op.rules) in (1, 2)


def operands(name: str) -> tuple[list[Any], dict[str, Any]]:
    """Arrays for a row's operands, and its parameters."""
    op = TABLE[name]
    if name in ARRAYS:
        given, params = ARRAYS[name]
        return [np.asarray(x) for x in given], params
    if not elementwise(op):
        raise KeyError(f"row {name!r} is not element by element: give it operands in tests/autograd/samples.py")
    points = np.array(DOMAINS.get(name, DEFAULT))
    return [points, points[::-1] * 0.9 + 0.05][: len(op.rules)], PARAMETERS.get(name, {})


def scalar_points(name: str) -> list[list[float]]:
    """Operands, as floats, at which a row with a scalar forward is tested."""
    op = TABLE[name]
    if op.joint is not None:
        return [ARRAYS[name][0]]
    if name == "clip":
        return [[0.3, -1.0, 1.0], [-2.0, -1.0, 1.0], [2.0, -1.0, 1.0]]
    if name == "where":
        return [[True, 0.7, -1.3], [False, 0.7, -1.3]]
    xs, _ = operands(name)
    return [list(map(float, column)) for column in zip(*xs, strict=True)]
