"""Calls of NumPy's functions, by name, on two arrays of shape (2, 3): what is differentiable, in NumPy's own arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

X = np.array([[0.7, -1.3, 0.4], [1.9, 0.3, -0.8]])
Y = np.array([[0.2, 1.1, -0.5], [0.6, -0.9, 1.2]])
N = np.array([[0.7, np.nan, 0.4], [1.9, 0.3, np.nan]])
MASK = X > 0
Call = Callable[[Any, Any], Any]


def square(x: Any) -> Any:
    """A well-conditioned matrix that is not symmetric."""
    return x[:, :2] + 3.0 * np.eye(2)


def definite(x: Any) -> Any:
    """A symmetric positive definite matrix."""
    return x @ x.T + np.eye(2)


def symmetric(x: Any) -> Any:
    """A symmetric matrix with eigenvalues apart."""
    return x[:, :2] + x[:, :2].T + np.array([[4.0, 0.0], [0.0, 0.0]])


def holed(x: Any) -> Any:
    """With NaN at two places."""
    return np.where(np.isnan(N), np.nan, x)


def _unary(function: Any, inner: Call = lambda x, y: x) -> list[Call]:
    return [lambda x, y: function(inner(x, y)), lambda x, y: function(inner(x, y)[0, 0])]


def _binary(function: Any) -> list[Call]:
    return [
        lambda x, y: function(x, y),
        lambda x, y: function(x, 0.57),
        lambda x, y: function(2.45, y),
        lambda x, y: function(x[:, :1], y),
        lambda x, y: function(X, y),
    ]


def positive(x: Any, y: Any) -> Any:
    """Above 0."""
    return 0.5 + x * x


def inside(x: Any, y: Any) -> Any:
    """Between -1 and 1."""
    return 0.4 * x


def above_one(x: Any, y: Any) -> Any:
    """Above 1."""
    return 1.5 + x * x


CALLS: dict[str, list[Call]] = {
    # Element by element.
    **{
        f"np.{name}": _unary(getattr(np, name))
        for name in (
            "absolute cos cosh deg2rad degrees exp exp2 expm1 fabs negative positive rad2deg radians sin sinc sinh square tan tanh "
            "arcsinh arctan cbrt nan_to_num real real_if_close conjugate reciprocal i0 copy"
        ).split()
    },
    **{f"np.{name}": _unary(getattr(np, name), positive) for name in ("log", "log10", "log1p", "log2", "sqrt")},
    **{f"np.{name}": _unary(getattr(np, name), inside) for name in ("arcsin", "arccos", "arctanh")},
    "np.arccosh": _unary(np.arccosh, above_one),
    **{
        f"np.{name}": _binary(getattr(np, name))
        for name in (
            "add subtract multiply divide maximum minimum fmax fmin hypot arctan2 logaddexp logaddexp2 remainder fmod"
        ).split()
    },
    "np.nextafter": [lambda x, y: np.nextafter(x, 9.0)],
    "np.full_like": [lambda x, y: np.full_like(x, y[0]), lambda x, y: np.full_like(y, x[0, 0], shape=(4,))],
    "np.bincount": [
        lambda x, y: np.bincount(np.array([0, 2, 2]), x[0]),
        lambda x, y: np.bincount([1, 0, 1], weights=y[1]),
    ],
    "np.copysign": [lambda x, y: np.copysign(x, y), lambda x, y: np.copysign(x, -2.0)],
    "np.power": [lambda x, y: np.power(positive(x, y), y), lambda x, y: np.power(x, 3), lambda x, y: np.power(2.0, y)],
    "np.float_power": [lambda x, y: np.float_power(positive(x, y), y)],
    "np.divmod": [lambda x, y: np.divmod(x, y)[1]],
    "np.modf": [lambda x, y: np.modf(x)[0]],
    "np.nan_to_num": [lambda x, y: np.nan_to_num(holed(x), nan=2.0)],
    "np.clip": [lambda x, y: np.clip(x, -1, 1), lambda x, y: np.clip(x, -0.5, y), lambda x, y: np.clip(x, None, 0.5)],
    "np.where": [lambda x, y: np.where(MASK, x, y), lambda x, y: np.where(MASK, 1.0, y)],
    "np.select": [lambda x, y: np.select([X > 1, X > 0], [x, y * y], default=x * y)],
    "np.unwrap": [lambda x, y: np.unwrap(x * 4.0)],
    "np.astype": [lambda x, y: np.astype(x * y, np.float64)],
    # Reductions.
    "np.sum": [
        lambda x, y: np.sum(x, axis=1, keepdims=True),
        lambda x, y: np.sum(x, 0) + x.sum(),
        lambda x, y: np.sum(x, dtype=np.float64, initial=2.0, where=MASK),
        lambda x, y: np.sum(x, axis=(0, -1)),
        lambda x, y: np.add.reduce(x) + np.add.reduce(y, axis=1)[0],
    ],
    "np.mean": [lambda x, y: np.mean(x, 0), lambda x, y: np.mean(x, axis=1, keepdims=True, where=MASK)],
    "np.prod": [lambda x, y: np.prod(x, axis=1), lambda x, y: np.prod(y) + x.prod(0, keepdims=True)],
    "np.max": [lambda x, y: np.max(x, axis=1), lambda x, y: np.max(x, initial=1.0, where=Y > 0, axis=0)],
    "np.min": [lambda x, y: np.min(x, axis=1, keepdims=True), lambda x, y: np.min(x)],
    "np.amax": [lambda x, y: np.amax(x, axis=0)],
    "np.amin": [lambda x, y: np.amin(x)],
    "np.ptp": [lambda x, y: np.ptp(x, axis=1), lambda x, y: np.ptp(x, keepdims=True)],
    "np.var": [lambda x, y: np.var(x, axis=0), lambda x, y: np.var(x, ddof=1, keepdims=True, dtype=np.float64)],
    "np.std": [lambda x, y: np.std(x, axis=1, ddof=1), lambda x, y: np.std(x, correction=1)],
    "np.average": [
        lambda x, y: np.average(x, axis=1),
        lambda x, y: np.average(x, axis=1, weights=np.exp(y[0]), keepdims=True),
        lambda x, y: np.average(x, weights=np.exp(y), returned=True)[0],
        lambda x, y: np.average(x, axis=0, weights=np.exp(y), returned=True)[1],
        lambda x, y: np.average(x, axis=1, weights=np.exp(y[0]), returned=True)[1],
    ],
    "np.nansum": [lambda x, y: np.nansum(holed(x), axis=1)],
    "np.nanprod": [lambda x, y: np.nanprod(holed(x), axis=1, keepdims=True)],
    "np.nanmax": [lambda x, y: np.nanmax(holed(x), axis=1)],
    "np.nanmin": [lambda x, y: np.nanmin(holed(x))],
    "np.nanmean": [lambda x, y: np.nanmean(holed(x), axis=1), lambda x, y: np.nanmean(holed(x), keepdims=True)],
    "np.nanvar": [lambda x, y: np.nanvar(holed(x), axis=1), lambda x, y: np.nanvar(holed(x), ddof=1)],
    "np.nanstd": [lambda x, y: np.nanstd(holed(x), axis=1, keepdims=True)],
    "np.cumsum": [lambda x, y: np.cumsum(x, axis=1), lambda x, y: np.cumsum(x), lambda x, y: np.add.accumulate(x)],
    "np.cumprod": [lambda x, y: np.cumprod(x, axis=1), lambda x, y: np.cumprod(x) + np.cumprod(y, 0).ravel()],
    "np.cumulative_sum": [lambda x, y: np.cumulative_sum(x, axis=1, include_initial=True)],
    "np.cumulative_prod": [lambda x, y: np.cumulative_prod(x[0], include_initial=True)],
    "np.nancumsum": [lambda x, y: np.nancumsum(holed(x), axis=1)],
    "np.nancumprod": [lambda x, y: np.nancumprod(holed(x), axis=1)],
    # Order.
    "np.sort": [lambda x, y: np.sort(x, axis=0), lambda x, y: np.sort(x, axis=None), lambda x, y: np.sort(x)],
    "np.partition": [lambda x, y: np.partition(x, 1, axis=1)],
    "np.median": [
        lambda x, y: np.median(x),
        lambda x, y: np.median(x, axis=1, keepdims=True),
        lambda x, y: np.median(np.stack([x, y, x * y]), axis=(0, 2)),
    ],
    "np.quantile": [
        lambda x, y: np.quantile(x, 0.3),
        lambda x, y: np.quantile(x, [0.1, 0.8], axis=1, keepdims=True),
        lambda x, y: np.quantile(x, [[0.1], [0.8]], axis=0, method="midpoint"),
        lambda x, y: np.quantile(x, [0.0, 0.3, 0.9], axis=1, method="higher"),
        lambda x, y: np.quantile(x, [0.0, 0.3, 0.9], axis=1, method="lower"),
        lambda x, y: np.quantile(x, 0.5 + 0.2 * y[0, 0], axis=1),
    ],
    "np.percentile": [lambda x, y: np.percentile(x, 30, axis=1, method="lower"), lambda x, y: np.percentile(x, 40)],
    "np.unique": [lambda x, y: np.unique(x), lambda x, y: np.unique(x, return_counts=True)[0] * y.ravel()],
    **{
        f"np.{f.__name__}": [lambda x, y, f=f: f(x).values]
        for f in (np.unique_all, np.unique_counts, np.unique_inverse)
    },
    "np.unique_values": [lambda x, y: np.sort(np.unique_values(x))],
    "np.take_along_axis": [lambda x, y: np.take_along_axis(x, np.argsort(X, axis=1), axis=1)],
    # Shapes.
    "np.reshape": [
        lambda x, y: np.reshape(x, (3, -1)),
        lambda x, y: np.reshape(x, (3, 2), order="F") + x.reshape(3, 2),
    ],
    "np.ravel": [lambda x, y: np.ravel(x), lambda x, y: np.ravel(x, order="F") + x.flatten()],
    "np.transpose": [
        lambda x, y: np.permute_dims(x, (1, 0)),
        lambda x, y: np.transpose(x[None], (2, 0, 1)) * x.T[:, None],
    ],
    "np.matrix_transpose": [lambda x, y: np.matrix_transpose(np.stack([x, y]))],
    "np.swapaxes": [lambda x, y: np.swapaxes(x, 0, 1)],
    "np.moveaxis": [lambda x, y: np.moveaxis(np.stack([x, y, x]), (0, 1), (-1, 0))],
    "np.rollaxis": [lambda x, y: np.rollaxis(np.stack([x, y, x]), 2), lambda x, y: np.rollaxis(np.stack([x, y]), 0, 3)],
    "np.squeeze": [lambda x, y: np.squeeze(x[None, :, None], (0, 2)), lambda x, y: np.squeeze(x[None])],
    "np.expand_dims": [lambda x, y: np.expand_dims(x, (0, 2))],
    "np.broadcast_to": [lambda x, y: np.broadcast_to(x[0], (4, 3))],
    "np.broadcast_arrays": [lambda x, y: np.broadcast_arrays(x[:1], y)[0]],
    "np.atleast_1d": [lambda x, y: np.atleast_1d(x[0, 0], y)[0]],
    "np.atleast_2d": [lambda x, y: np.atleast_2d(x[0])],
    "np.atleast_3d": [lambda x, y: np.atleast_3d(x[0]) + np.atleast_3d(x)[:1]],
    "np.flip": [lambda x, y: np.flip(x, 1), lambda x, y: np.flip(x)],
    "np.fliplr": [lambda x, y: np.fliplr(x)],
    "np.flipud": [lambda x, y: np.flipud(x)],
    "np.rot90": [lambda x, y: np.rot90(x), lambda x, y: np.rot90(x, 2), lambda x, y: np.rot90(x, -1, axes=(1, 0))],
    "np.meshgrid": [
        lambda x, y: np.meshgrid(x[0], y[:, 0])[0],
        lambda x, y: np.meshgrid(x[0], y[:, 0], indexing="ij", sparse=True)[1],
    ],
    # Joining and cutting.
    "np.concatenate": [lambda x, y: np.concatenate([x, y, X]), lambda x, y: np.concat((x, y), axis=None)],
    "np.stack": [lambda x, y: np.stack([x, y], axis=1)],
    "np.vstack": [lambda x, y: np.vstack([x, y[0]])],
    "np.hstack": [lambda x, y: np.hstack([x, y]), lambda x, y: np.hstack([x[0], y[1]])],
    "np.dstack": [lambda x, y: np.dstack([x, y]), lambda x, y: np.dstack([x[0], y[0]])],
    "np.column_stack": [lambda x, y: np.column_stack([x, y[:, 0]])],
    "np.block": [lambda x, y: np.block([[x, y], [x[:1], np.ones((1, 3))]]), lambda x, y: np.block([x[0], 1.0])],
    "np.append": [lambda x, y: np.append(x, y), lambda x, y: np.append(x, y[:1], axis=0)],
    "np.insert": [
        lambda x, y: np.insert(x, 1, y[:, 0], axis=1),
        lambda x, y: np.insert(x, [0, 2], y[:, :2], axis=1),
        lambda x, y: np.insert(x, 2, 5.0),
        lambda x, y: np.insert(x[0], 1, y[0, :2]),
        lambda x, y: np.insert(x, 1, y, axis=0),
    ],
    "np.delete": [lambda x, y: np.delete(x, 1, axis=1), lambda x, y: np.delete(x, [0, 3])],
    "np.split": [lambda x, y: np.split(x, 3, axis=1)[1], lambda x, y: np.split(x, [1, 2], axis=1)[2]],
    "np.array_split": [
        lambda x, y: np.array_split(x, 2, axis=1)[0],
        lambda x, y: np.array_split(np.append(x, y[0, 0]), 5)[2],
        lambda x, y: np.array_split(x, [1], axis=1)[1],
    ],
    "np.hsplit": [lambda x, y: np.hsplit(x, 3)[0], lambda x, y: np.hsplit(x[0], 3)[1]],
    "np.vsplit": [lambda x, y: np.vsplit(x, 2)[1]],
    "np.dsplit": [lambda x, y: np.dsplit(x[None], 3)[2]],
    "np.unstack": [lambda x, y: np.unstack(x, axis=1)[2]],
    "np.tile": [lambda x, y: np.tile(x, (2, 1)), lambda x, y: np.tile(x, (2, 1, 3))],
    "np.repeat": [lambda x, y: np.repeat(x, 2), lambda x, y: np.repeat(x, [1, 0, 2], axis=1)],
    "np.roll": [
        lambda x, y: np.roll(x, 2),
        lambda x, y: np.roll(x, (1, -2), axis=(0, 1)),
        lambda x, y: np.roll(x, 4, axis=1),
    ],
    "np.resize": [lambda x, y: np.resize(x, (3, 5))],
    "np.pad": [
        lambda x, y: np.pad(x, ((1, 0), (0, 2))),
        lambda x, y: np.pad(x, 1, constant_values=2.0),
        *(
            lambda x, y, mode=mode: np.pad(x, ((0, 1), (2, 1)), mode=mode)
            for mode in ("edge", "reflect", "symmetric", "wrap")
        ),
    ],
    "np.take": [
        lambda x, y: np.take(x, [2, 0, 0], axis=1),
        lambda x, y: np.take(x, [[7, -1]], mode="wrap") + np.take(y, [9, 1], mode="clip"),
    ],
    "np.compress": [lambda x, y: np.compress([True, False, True], x, axis=1)],
    "np.extract": [lambda x, y: np.extract(MASK, x)],
    "np.linspace": [
        lambda x, y: np.linspace(x, y, 4),
        lambda x, y: np.linspace(x[0, 0], 3.0, 5, endpoint=False, retstep=True)[1],
        lambda x, y: np.linspace(x, y, 3, axis=-1),
    ],
    # Diagonals.
    "np.tril": [lambda x, y: np.tril(x, -1), lambda x, y: np.tril(np.stack([x, y]))],
    "np.triu": [lambda x, y: np.triu(x, 1)],
    "np.diag": [lambda x, y: np.diag(x, 1), lambda x, y: np.diag(x[0], -1)],
    "np.diagflat": [lambda x, y: np.diagflat(x, 2)],
    "np.diagonal": [lambda x, y: np.diagonal(np.stack([x, y]), 1, 0, 2), lambda x, y: np.diagonal(x, -1)],
    "np.trace": [lambda x, y: np.trace(x), lambda x, y: np.trace(np.stack([x, y]), 1, 2, 1, dtype=np.float64)],
    "np.linalg.diagonal": [lambda x, y: np.linalg.diagonal(np.stack([x, y]), offset=1)],
    "np.linalg.trace": [lambda x, y: np.linalg.trace(np.stack([x, y]))],
    # Products.
    "np.matmul": [
        lambda x, y: np.matmul(x, y.T),
        lambda x, y: x @ y[0] + x[0] @ y.T + x[0] @ y[1],
        lambda x, y: np.matmul(np.stack([x, y]), y.T),
    ],
    "np.linalg.matmul": [lambda x, y: np.linalg.matmul(x, y.T)],
    "np.dot": [
        lambda x, y: np.dot(x, y.T),
        lambda x, y: np.dot(x[0], y[0]) + np.dot(x, 2.0),
        lambda x, y: np.dot(x, np.stack([y.T, x.T])),
    ],
    "np.inner": [
        lambda x, y: np.inner(x, y),
        lambda x, y: np.inner(x[0], np.stack([x, y])),
        lambda x, y: np.inner(x, 2.0),
    ],
    "np.vdot": [lambda x, y: np.vdot(x, y)],
    "np.vecdot": [lambda x, y: np.vecdot(x, y), lambda x, y: np.vecdot(x, y[0]), lambda x, y: np.vecdot(X, y)],
    "np.linalg.vecdot": [lambda x, y: np.linalg.vecdot(x, y, axis=0)],
    "np.matvec": [lambda x, y: np.matvec(x, y)],
    "np.vecmat": [lambda x, y: np.vecmat(x, y.T)],
    "np.outer": [lambda x, y: np.outer(x, y[0])],
    "np.linalg.outer": [lambda x, y: np.linalg.outer(x[0], y[0])],
    "np.kron": [lambda x, y: np.kron(x, y), lambda x, y: np.kron(x[0], y)],
    "np.tensordot": [
        lambda x, y: np.tensordot(x, y, axes=([1], [1])),
        lambda x, y: np.tensordot(x, y),
        lambda x, y: np.tensordot(x, y, 0),
        lambda x, y: np.tensordot(np.stack([x, y]), y, ((0, 2), (0, 1))),
    ],
    "np.linalg.tensordot": [lambda x, y: np.linalg.tensordot(x, y, axes=2)],
    "np.cross": [
        lambda x, y: np.cross(x, y),
        lambda x, y: np.cross(x.T, y.T, axis=0),
        lambda x, y: np.cross(x, y[0]),
    ],
    "np.linalg.cross": [lambda x, y: np.linalg.cross(x, y)],
    "np.einsum": [
        lambda x, y: np.einsum("ij,kj->ik", x, y) + np.einsum("ij,ij", x, y),
        lambda x, y: np.einsum("...j,kj,k->...k", x, y, y[:, 0]),
        lambda x, y: np.einsum("ii->i", x @ y.T) + np.einsum("ij,k->k", x, y[0, :2]),
        lambda x, y: np.einsum(x, [0, 1], y, [2, 1], [0, 2], optimize=True),
        lambda x, y: np.einsum(x, [Ellipsis, 1], y, [0, 1]),
        lambda x, y: np.einsum("ij,kj->ik", x, y[:, :1]),
    ],
    "np.linalg.multi_dot": [
        lambda x, y: np.linalg.multi_dot([x, y.T, x]),
        lambda x, y: np.linalg.multi_dot([x[:, 0], x, y.T, y[:, 1]]),
    ],
    # Matrices.
    "np.linalg.inv": [
        lambda x, y: np.linalg.inv(square(x)),
        lambda x, y: np.linalg.inv(np.stack([square(x), square(y)])),
    ],
    "np.linalg.det": [
        lambda x, y: np.linalg.det(square(x)),
        lambda x, y: np.linalg.det(np.stack([square(x), square(y)])),
    ],
    "np.linalg.slogdet": [
        lambda x, y: np.linalg.slogdet(square(x))[1],
        lambda x, y: np.linalg.slogdet(-square(x)).logabsdet,
    ],
    "np.linalg.solve": [
        lambda x, y: np.linalg.solve(square(x), y),
        lambda x, y: np.linalg.solve(square(x), y[:, 0]),
        lambda x, y: np.linalg.solve(np.stack([square(x), square(y)]), y[:, 0]),
        lambda x, y: np.linalg.solve(np.stack([square(x), square(y)]), y),
    ],
    "np.linalg.pinv": [lambda x, y: np.linalg.pinv(x), lambda x, y: np.linalg.pinv(np.stack([x.T, y.T]))],
    "np.linalg.cholesky": [
        lambda x, y: np.linalg.cholesky(definite(x)),
        lambda x, y: np.linalg.cholesky(np.stack([definite(x), definite(y)]), upper=True),
    ],
    "np.linalg.eigh": [
        lambda x, y: np.linalg.eigh(symmetric(x))[0],
        lambda x, y: np.linalg.eigh(symmetric(x), UPLO="U").eigenvectors ** 2,
        lambda x, y: np.linalg.eigh(np.stack([symmetric(x), symmetric(y)]))[1] ** 2,
    ],
    "np.linalg.eigvalsh": [lambda x, y: np.linalg.eigvalsh(symmetric(x))],
    "np.linalg.svd": [
        lambda x, y: np.linalg.svd(x, full_matrices=False)[0] ** 2,
        lambda x, y: np.linalg.svd(x.T, full_matrices=False).S,
        lambda x, y: np.linalg.svd(np.stack([x, y]), full_matrices=False)[2] ** 2,
        lambda x, y: np.linalg.svd(square(x))[2] ** 2,
        lambda x, y: np.linalg.svd(x, compute_uv=False),
    ],
    "np.linalg.svdvals": [lambda x, y: np.linalg.svdvals(x)],
    "np.linalg.qr": [
        lambda x, y: np.linalg.qr(x.T)[0],
        lambda x, y: np.linalg.qr(x).R,
        lambda x, y: np.linalg.qr(x)[0],
        lambda x, y: np.linalg.qr(np.stack([x.T, y.T]), mode="r"),
    ],
    "np.linalg.lstsq": [
        lambda x, y: np.linalg.lstsq(x.T, y.T)[0],
        lambda x, y: np.linalg.lstsq(x.T, y.T)[1],
        lambda x, y: np.linalg.lstsq(x.T, y[0])[3],
        lambda x, y: np.linalg.lstsq(x.T, y[0])[1],
        lambda x, y: np.linalg.lstsq(x, y[:, 0])[0],
    ],
    "np.linalg.matrix_power": [
        lambda x, y: np.linalg.matrix_power(square(x), 5),
        lambda x, y: np.linalg.matrix_power(square(x), -2),
    ],
    "np.linalg.tensorinv": [lambda x, y: np.linalg.tensorinv(np.reshape(np.kron(square(x), square(y)), (2, 2, 4)))],
    "np.linalg.tensorsolve": [lambda x, y: np.linalg.tensorsolve(np.reshape(square(x), (2, 1, 2)), y[:, :1])],
    "np.linalg.cond": [
        lambda x, y: np.linalg.cond(x),
        *(lambda x, y, p=p: np.linalg.cond(square(x), p) for p in (1, -2, "fro")),
    ],
    "np.linalg.norm": [
        lambda x, y: np.linalg.norm(x),
        *(lambda x, y, o=o: np.linalg.norm(x, o) for o in ("fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf)),
        *(lambda x, y, o=o: np.linalg.norm(x, o, axis=1) for o in (None, 1, -1, 2, 3, 0.5, -2, np.inf, -np.inf)),
        lambda x, y: np.linalg.norm(np.stack([x, y]), "nuc", axis=(2, 0), keepdims=True),
        lambda x, y: np.linalg.norm(x, axis=0, keepdims=True),
    ],
    "np.linalg.vector_norm": [
        lambda x, y: np.linalg.vector_norm(x, axis=1, ord=3),
        lambda x, y: np.linalg.vector_norm(x),
    ],
    "np.linalg.matrix_norm": [lambda x, y: np.linalg.matrix_norm(np.stack([x, y]), keepdims=True, ord="nuc")],
    "np.linalg.matrix_transpose": [lambda x, y: np.linalg.matrix_transpose(x)],
    # Sampled functions.
    "np.diff": [
        lambda x, y: np.diff(x),
        lambda x, y: np.diff(x, axis=0, prepend=y[:1], append=2.0),
        lambda x, y: np.diff(x, 2),
    ],
    "np.ediff1d": [lambda x, y: np.ediff1d(x)],
    "np.gradient": [
        lambda x, y: np.gradient(x)[0],
        lambda x, y: np.gradient(x, 0.5, axis=1, edge_order=2),
        lambda x, y: np.gradient(np.concatenate([x[0], y[0]]), np.array([0.0, 0.3, 1.0, 1.2, 2.0, 2.5]), edge_order=2),
        lambda x, y: np.gradient(x, np.array([0.0, 2.0]), np.array([0.0, 0.3, 1.0]))[1],
    ],
    "np.trapezoid": [
        lambda x, y: np.trapezoid(x),
        lambda x, y: np.trapezoid(x, np.cumsum(np.exp(y[0]))),
        lambda x, y: np.trapezoid(x, y, axis=0),
        lambda x, y: np.trapezoid(x, dx=0.3, axis=0),
    ],
    "np.interp": [
        lambda x, y: np.interp(x, [-1.0, 0.1, 0.55, 1.5], [1.0, 3.0, 2.0, 5.0]),
        lambda x, y: np.interp(x, np.cumsum(np.exp(y[0])), x[1], left=2.0),
        lambda x, y: np.interp(x, [0.1, 1.3, 2.0], y[0], period=2.5),
        lambda x, y: np.interp(x[0, 0], [0.0, 1.0], y[0, :2]),
    ],
    "np.convolve": [lambda x, y, m=m: np.convolve(np.ravel(x), y[0], m) for m in ("full", "same", "valid")]
    + [lambda x, y: np.convolve(x[0, :2], y[0], "same")],
    "np.correlate": [lambda x, y, m=m: np.correlate(np.ravel(x), y[0, :2], m) for m in ("full", "same", "valid")]
    + [lambda x, y, m=m: np.correlate(x[0, :2], np.ravel(y), m) for m in ("full", "same", "valid")],
    "np.polyval": [lambda x, y: np.polyval(x[0], y)],
    "np.vander": [lambda x, y: np.vander(x[0]), lambda x, y: np.vander(x[0], 4, increasing=True)],
    "np.cov": [
        lambda x, y: np.cov(x),
        lambda x, y: np.cov(x, y, rowvar=False, bias=True),
        lambda x, y: np.cov(x[0]),
        lambda x, y: np.cov(x[0], y[0], ddof=0),
    ],
}
# Rows that are steps: their derivative is zero wherever it exists.
STEPS = (
    "np.ceil np.floor np.trunc np.fix np.rint np.round np.around np.sign np.signbit np.floor_divide np.equal np.not_equal "
    "np.greater np.greater_equal np.less np.less_equal np.isnan np.isinf np.isfinite np.logical_and np.logical_or np.logical_xor "
    "np.logical_not np.argmax np.argmin np.argsort np.argpartition"
).split()
