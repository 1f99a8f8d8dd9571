"""Calls of JAX's functions that take more than numbers one by one: of `jax.numpy`, `jax.lax`, `jax.nn` and `jax.scipy`.

Arrays of floating point numbers are what is differentiated by; all else is passed on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

RNG = np.random.default_rng(0)
V, W, V3, W3 = (RNG.normal(size=n) for n in (4, 4, 3, 3))
M, N, S, T = (RNG.normal(size=n) for n in ((3, 4), (3, 4), (3, 3), (3, 3)))
B, C = RNG.normal(size=(2, 3, 4)), RNG.normal(size=(2, 4, 3))
D = S @ S.T + np.eye(3)  # positive definite
P, Q = RNG.uniform(0.5, 2.0, 4), RNG.uniform(0.1, 0.9, 4)
X = RNG.normal(size=(1, 2, 5, 5))
I4 = np.array([0, 2, 1, 2])
TRUE = np.array([True, False, True, True])
Given = tuple[str, Callable[..., Any], tuple[Any, ...]]

# What makes arrays of no arrays, asks for shapes and types, or gives numbers that are whole or true and false.
WITHOUT_DERIVATIVE = {
    "jax.numpy": """all allclose any arange argmax argmin argpartition argsort argwhere array_equal array_equiv array_repr array_split
        array_str bartlett bincount bitwise_and bitwise_count bitwise_invert bitwise_left_shift bitwise_not bitwise_or
        bitwise_right_shift bitwise_xor blackman broadcast_shapes can_cast count_nonzero diag_indices diag_indices_from digitize
        einsum_path empty empty_like equal eye flatnonzero from_dlpack frombuffer fromfile fromfunction fromiter frompyfunc fromstring
        full_like gcd get_printoptions greater greater_equal hamming hanning histogram2d histogram_bin_edges histogramdd identity indices
        invert isclose iscomplex iscomplexobj isdtype isfinite isin isinf isnan isneginf isposinf isreal isrealobj isscalar issubdtype
        iterable ix_ kaiser lcm left_shift less less_equal lexsort load logical_and logical_not logical_or logical_xor mask_indices
        nanargmax nanargmin ndim nonzero not_equal ones ones_like packbits printoptions promote_types ravel_multi_index result_type
        right_shift save savez searchsorted set_printoptions shape signbit size tri tril_indices tril_indices_from triu_indices
        triu_indices_from unpackbits unravel_index zeros zeros_like trim_zeros vectorize""",
    "jax.numpy.linalg": "matrix_rank",
    "jax.numpy.fft": "fftfreq rfftfreq",
    "jax.lax": """after_all argmax argmin bitcast_convert_type bitwise_and bitwise_not bitwise_or bitwise_xor broadcast_shapes
        broadcasted_iota clz conv_dimension_numbers conv_general_permutations conv_general_shape_tuple conv_shape_tuple
        conv_transpose_shape_tuple create_token dtype empty eq ge gt iota is_finite le lt mulhi ne padtype_to_pads population_count
        reduce_and reduce_or reduce_window_shape_tuple reduce_xor rng_bit_generator rng_uniform shape_as_value shift_left
        shift_right_arithmetic shift_right_logical stop_gradient full_like platform_dependent stage""",
    "jax.lax.linalg": "lu_pivots_to_permutation",
    "jax.nn": "one_hot get_scaled_dot_general_config scaled_dot_general scaled_matmul",
    "jax.scipy.special": "bernoulli gammasgn",
    "jax.scipy.linalg": "dft hadamard helmert hilbert invhilbert invpascal pascal",
}
# One device has nothing to send, and what is for Google's or NVIDIA's hardware alone does not run on a CPU.
FOR_OTHER_MACHINES = {
    "jax.lax": """all_gather all_to_all axis_index axis_size pbroadcast pcast pmax pmean pmin ppermute precv psend pshuffle psum
        psum_scatter pswapaxes ragged_all_to_all with_sharding_constraint scaled_dot broadcast_like""",
}


def calls(jax: Any) -> Iterator[Given]:
    """Name, function and arguments."""
    for module, table in (
        (jax.numpy, _numpy(jax)),
        (jax.numpy.linalg, _linalg()),
        (jax.numpy.fft, _fft()),
        (jax.lax, _lax(jax)),
        (jax.lax.linalg, _lax_linalg(jax)),
        (jax.nn, _nn(jax)),
        (jax.scipy.special, _special()),
        (jax.scipy.linalg, _scipy_linalg(jax)),
        (jax.scipy.signal, _signal()),
        (jax.scipy.ndimage, {"map_coordinates": [_of(lambda f, x, y: f(x, y, 1), M, RNG.uniform(0, 2, (2, 3)))]}),
        (jax.scipy.integrate, {"trapezoid": [(V,), (V, np.cumsum(P))]}),
        (jax.scipy.fft, {name: [(V,), (M,)] for name in ("dct", "dctn", "idct", "idctn")}),
    ):
        for name, rows in table.items():
            function = getattr(module, name)
            for row in rows:
                if callable(row):
                    called, *args = row(function)
                    yield f"{module.__name__}.{name}", called, tuple(args)
                else:
                    yield f"{module.__name__}.{name}", function, row
    yield from _stats(jax.scipy.stats)


def _with(*args: Any, **options: Any) -> Any:
    """A row: the function with options, of these arguments."""
    return lambda function: (lambda *xs: function(*xs, **options), *args)


def _of(call: Any, *args: Any) -> Any:
    """A row: what a call makes of the function and of these arguments."""
    return lambda function: (lambda *xs: call(function, *xs), *args)


def _numpy(jax: Any) -> dict[str, list[Any]]:
    jnp = jax.numpy
    one = """absolute acos acosh angle around array asarray asin asinh astype atan atanh atleast_1d atleast_2d atleast_3d ceil conj
        conjugate copy corrcoef cov deg2rad degrees diag diagflat diagonal ediff1d fabs fix flip floor frexp gradient imag modf nancumprod
        nancumsum nanmedian permute_dims rad2deg radians ravel real rint round sign sort_complex spacing squeeze trace transpose trapezoid
        tril triu trunc unique unique_all unique_counts unique_inverse unique_values unwrap vander matrix_transpose fliplr flipud rot90
        amax amin average median ptp cumulative_sum cumulative_prod hstack vstack dstack column_stack concatenate concat stack block
        unstack poly roots polyder polyint"""
    square = "diag diagonal trace tril triu rot90 matrix_transpose fliplr flipud corrcoef cov permute_dims".split()
    flat = "cumulative_sum cumulative_prod vander unwrap diagflat ediff1d roots poly polyder polyint".split()
    joined = "hstack vstack dstack column_stack concatenate concat stack block".split()
    rows: dict[str, list[Any]] = {}
    for name in one.split():
        if hasattr(jnp, name):
            rows[name] = [(M,)] if name in square else [(V,)] if name in flat else [(V,), (M,)]
    for name in joined:
        rows[name] = [_of(lambda f, a, b: f([a, b]), V, W)]
    for name in ("acos", "asin", "atanh"):
        rows[name] = [(Q,)]
    rows["acosh"] = [(P + 1,)]
    rows["astype"] = [_of(lambda f, x: f(x, float), V)]
    two = """intersect1d setdiff1d setxor1d union1d append inner outer kron convolve correlate polyadd polysub polymul vdot dot vecdot
        float_power true_divide divmod mod nextafter heaviside"""
    rows |= {name: [(V, W)] for name in two.split()}
    rows |= {
        "float_power": [(P, W)], "pow": [(P, W)], "polydiv": [(V, V3[:2])], "polyval": [(V, W)],
        "polyfit": [_of(lambda f, x, y: f(x, y, 2), V, W)], "matmul": [(M, N.T), (B, C), (V, W)], "matvec": [(M, V)], "vecmat": [(V3, M)],
        "tensordot": [_of(lambda f, a, b: f(a, b, 1), M, N.T)],
        "einsum": [_of(lambda f, a, b: f("ij,kj->ik", a, b), M, N), _of(lambda f, a: f("ii->i", a), S), _of(lambda f, a: f("ii", a), S)],
        "cross": [(V3, W3)], "apply_along_axis": [_of(lambda f, x: f(jnp.sort, 0, x), M)],
        "apply_over_axes": [_of(lambda f, x: f(jnp.sum, x, [0, 1]), M)], "broadcast_arrays": [(V, M)],
        "broadcast_to": [_with(V, shape=(3, 4))], "choose": [_of(lambda f, x: f(np.array([0, 1, 2, 0]), x), M)],
        "clip": [_with(V, min=-0.5, max=0.5), (V, W, W + 1)], "compress": [_of(lambda f, x: f(TRUE, x), V)], "delete": [_with(V, obj=1)],
        "dsplit": [_of(lambda f, x: f(x, 2), B)], "hsplit": [_of(lambda f, x: f(x, 2), M)], "vsplit": [_of(lambda f, x: f(x, 3), M)],
        "split": [_of(lambda f, x: f(x, 2), V)], "array_split": [_of(lambda f, x: f(x, 3), V)], "expand_dims": [_with(V, axis=0)],
        "extract": [_of(lambda f, x: f(TRUE, x), V)], "fill_diagonal": [_of(lambda f, x, y: f(x, y, inplace=False), S, V3)],
        "floor_divide": [(V, W)], "full": [_of(lambda f, x: f((2, 3), x), np.asarray(1.5))],
        "geomspace": [_of(lambda f, a, b: f(a, b, 5), np.asarray(1.5), np.asarray(4.0))],
        "histogram": [_of(lambda f, x, w: f(x, 3, weights=w), V, W)], "insert": [_of(lambda f, x, y: f(x, 1, y), V, np.asarray(2.0))],
        "interp": [(Q * 3, np.cumsum(P), W)], "ldexp": [_of(lambda f, x: f(x, I4), V)],
        "linspace": [_of(lambda f, a, b: f(a, b, 5), np.asarray(1.5), np.asarray(4.0))],
        "logspace": [_of(lambda f, a, b: f(a, b, 5), np.asarray(0.5), np.asarray(1.0))], "meshgrid": [(V, W3)],
        "moveaxis": [_with(B, source=0, destination=2)], "rollaxis": [_with(B, axis=2)], "swapaxes": [_with(B, axis1=0, axis2=2)],
        "nanpercentile": [_with(V, q=30.0)], "nanquantile": [_with(V, q=0.3)], "percentile": [_with(V, q=30.0), (M, np.asarray(40.0))],
        "quantile": [_with(V, q=0.3), _with(M, q=0.5, axis=1), (V, np.asarray(0.4))],
        "pad": [
            _with(M, pad_width=1), _with(M, pad_width=1, mode="reflect"), _with(M, pad_width=1, mode="linear_ramp"),
            _with(M, pad_width=1, mode="mean"), _with(M, pad_width=1, mode="maximum"), _with(M, pad_width=1, mode="median"),
            _with(M, pad_width=1, mode="wrap"),
        ],
        "partition": [_with(V, kth=2)], "piecewise": [_of(lambda f, x: f(x, [x < 0, x >= 0], [jnp.sin, jnp.exp]), V)],
        "place": [_of(lambda f, x, y: f(x, TRUE, y, inplace=False), V, W3)], "put": [_of(lambda f, x, y: f(x, I4, y, inplace=False), V, W)],
        "put_along_axis": [_of(lambda f, x, y: f(x, I4[None], y, 1, inplace=False), M, W[None])], "repeat": [_with(V, repeats=2)],
        "reshape": [_with(M, shape=(4, 3))], "resize": [_with(V, new_shape=(2, 3))], "roll": [_with(V, shift=1)],
        "select": [_of(lambda f, x, y: f([x > 0, x < -1], [x, y]), V, W)], "take": [_of(lambda f, x: f(x, I4), V)],
        "take_along_axis": [_of(lambda f, x: f(x, I4[None], 1), M)], "tile": [_with(V, reps=(2, 2))],
        "where": [_of(lambda f, x, y: f(x > 0, x, y), V, W)], "atan2": [(V, W)], "copysign": [(V, W)], "nan_to_num": [(V,)],
        "trapezoid": [(V,), (V, np.cumsum(P))], "gradient": [(V,), (M,)], "corrcoef": [(M,), (V, W)], "cov": [(M,), (V, W)],
        "average": [(V,), _of(lambda f, x, w: f(x, weights=w), V, P)], "diff": [_with(V, n=2)], "std": [_with(M, axis=0, ddof=1)],
        "var": [_with(M, axis=0, ddof=1)], "min": [_with(M, axis=0)], "prod": [_with(M, axis=1)], "median": [_with(M, axis=1)],
        "sum": [_with(M, axis=0)], "sort": [_with(M, axis=0)], "ptp": [_with(M, axis=1)],
    }  # fmt: skip
    return rows


def _linalg() -> dict[str, list[Any]]:
    return {
        "cross": [(V3, W3)], "diagonal": [(S,)], "eig": [_of(lambda f, x: abs(f(x)[1]), S)], "eigh": [_of(lambda f, x: f(x)[1] ** 2, D)],
        "eigvals": [(S,)], "lstsq": [_of(lambda f, a, b: f(a, b)[0], M.T, V), _of(lambda f, a, b: f(a, b)[0], M, V3)], "matmul": [(M, N.T)],
        "matrix_transpose": [(M,)], "multi_dot": [_of(lambda f, *xs: f(xs), M, N.T, S)], "outer": [(V, W)], "solve": [(S, V3), (S, M)],
        "svd": [
            _of(lambda f, x: (f(x, full_matrices=False)[0] ** 2, f(x, full_matrices=False)[2] ** 2), M),
            _of(lambda f, x: f(x, compute_uv=False), M),
        ],
        "tensordot": [_of(lambda f, a, b: f(a, b, axes=1), M, N.T)], "tensorinv": [_with(RNG.normal(size=(2, 2, 4)), ind=2)],
        "tensorsolve": [(RNG.normal(size=(2, 2, 4)), M[:2, :2])], "trace": [(S,)], "vecdot": [(V, W)],
        "vector_norm": [(V,), _with(V, ord=1), _with(V, ord=3), _with(V, ord=np.inf), _with(V, ord=-1), _with(V, ord=0.5)],
        "matrix_norm": [(M,), _with(M, ord=1), _with(M, ord=-2), _with(M, ord=np.inf)],
        "norm": [_with(M, ord=np.inf), _with(V, ord=np.inf), _with(V, ord=-np.inf), _with(V, ord=0.5)], "inv": [(S,)], "det": [(S,)],
        "pinv": [(M,)], "cond": [(S,)], "cholesky": [_of(lambda f, x: f(x @ x.T), S)], "qr": [(M.T,)],
        "slogdet": [_of(lambda f, x: f(x)[1], S)],
    }  # fmt: skip


def _fft() -> dict[str, list[Any]]:
    rows = {name: [(V,), (M,)] for name in "fft ifft rfft irfft hfft ihfft fftshift ifftshift".split()}
    return rows | {name: [(M,), (B,)] for name in "fft2 ifft2 rfft2 irfft2 fftn ifftn rfftn irfftn".split()}


def _lax(jax: Any) -> dict[str, list[Any]]:
    lax = jax.lax
    dims = lax.ScatterDimensionNumbers(
        update_window_dims=(), inserted_window_dims=(0,), scatter_dims_to_operand_dims=(0,)
    )
    places = np.array([[0], [2], [2]])
    one = """abs asinh atan cbrt ceil conj cos cosh erf exp exp2 expm1 floor imag neg real round sign sin sinh square tan tanh
        optimization_barrier dce_sink"""
    two = "igamma_grad_a random_gamma_grad add atan2 complex div max min mul sub nextafter rem"
    rows: dict[str, list[Any]] = {name: [(V,)] for name in one.split()}
    rows |= {name: [(V, W)] for name in two.split()}
    scatter = [_of(lambda f, x, y: f(x, places, y, dims), V, W3)]
    rows |= {f"scatter{what}": scatter for what in ("", "_add", "_max", "_min", "_mul", "_sub")}
    unique = np.array([[0], [2]])
    rows["scatter_mul"] = [_of(lambda f, x, y: f(x, unique, y, dims, unique_indices=True), V, W3[:2])]
    rows |= {f"reduce_{what}": [_with(M, axes=(1,))] for what in ("sum", "prod", "max", "min")}
    rows |= {
        f"cum{what}": [_with(M, axis=1), _with(M, axis=0, reverse=True)]
        for what in ("sum", "prod", "max", "min", "logsumexp")
    }
    rows |= {
        "acos": [(Q,)], "asin": [(Q,)], "atanh": [(Q,)], "acosh": [(P + 1,)], "log": [(P,)], "log1p": [(P,)], "sqrt": [(P,)],
        "reciprocal": [(P,)], "pow": [(P, W)], "integer_pow": [_with(V, y=3), _with(V, y=-2), _with(V, y=0)],
        "approx_max_k": [_with(V, k=2)], "approx_min_k": [_with(V, k=2)], "top_k": [_with(V, k=2)],
        "associative_scan": [_of(lambda f, x: f(jax.numpy.multiply, x), V)], "batch_matmul": [(B, C)],
        "betainc": [_of(lambda f, x: f(1.5, 2.5, x), Q)], "broadcast": [_with(V, sizes=(2,))],
        "broadcast_in_dim": [_with(V, shape=(3, 4), broadcast_dimensions=(1,))], "broadcast_to_rank": [_with(V, rank=3)],
        "clamp": [(W - 1, V, W + 1)], "collapse": [_with(B, start_dimension=0)], "concatenate": [_of(lambda f, a, b: f([a, b], 0), V, W)],
        "cond": [_of(lambda f, x: f(x[0] > 0, jax.numpy.sin, jax.numpy.exp, x), V)],
        "switch": [_of(lambda f, x: f(1, [jax.numpy.sin, jax.numpy.exp], x), V)],
        "conv": [_of(lambda f, x, k: f(x, k, (1, 1), "SAME"), X, RNG.normal(size=(3, 2, 3, 3)))],
        "conv_general_dilated": [
            _of(lambda f, x, k: f(x, k, (2, 1), ((1, 1), (0, 2)), rhs_dilation=(1, 2)), X, RNG.normal(size=(3, 2, 2, 2))),
            _of(lambda f, x, k: f(x, k, (1, 1), ((0, 0), (0, 0)), lhs_dilation=(2, 2)), X, RNG.normal(size=(3, 2, 2, 2))),
            _of(lambda f, x, k: f(x, k, (1, 1), "VALID", feature_group_count=2), X, RNG.normal(size=(4, 1, 2, 2))),
            _of(
                lambda f, x, k: f(x, k, (1, 1), "VALID", batch_group_count=2), RNG.normal(size=(2, 2, 4, 4)), RNG.normal(size=(4, 2, 2, 2)),
            ),
        ],
        "conv_general_dilated_local": [
            _of(lambda f, x, k: f(x, k, (1,), "VALID", (2,)), RNG.normal(size=(1, 2, 4)), RNG.normal(size=(3, 4, 3))),
        ],
        "conv_general_dilated_patches": [_of(lambda f, x: f(x, (2, 2), (1, 1), "VALID"), X)],
        "conv_transpose": [
            _of(
                lambda f, x, k: f(x, k, (2,), "SAME", dimension_numbers=("NCH", "IOH", "NCH")), RNG.normal(size=(1, 2, 4)),
                RNG.normal(size=(2, 3, 3)),
            ),
        ],
        "conv_with_general_padding": [_of(lambda f, x, k: f(x, k, (1, 1), ((1, 0), (0, 1)), None, None), X, RNG.normal(size=(3, 2, 2, 2)))],
        "convert_element_type": [_with(V, new_dtype=float)],
        "custom_linear_solve": [
            _of(
                lambda f, a,
                b: f(lambda x: a @ x, b, lambda _, b: jax.numpy.linalg.solve(a, b), lambda _, b: jax.numpy.linalg.solve(a.T, b)), S, V3,
            ),
        ],
        "custom_root": [
            _of(lambda f, c: f(lambda x: x**3 + x - c, 1.0, lambda g, x: _newton(jax, g, x), lambda g, y: y / g(1.0)), np.asarray(2.5)),
        ],
        "dot": [(M, N.T), (V, W)], "dot_general": [_of(lambda f, a, b: f(a, b, (((2,), (1,)), ((0,), (0,)))), B, C)],
        "dynamic_index_in_dim": [_with(M, index=1)], "dynamic_slice": [_of(lambda f, x: f(x, (1, 5), (2, 2)), M)],
        "dynamic_slice_in_dim": [_with(M, start_index=2, slice_size=2)],
        "dynamic_update_index_in_dim": [_of(lambda f, x, y: f(x, y, 1, 0), M, V)],
        "dynamic_update_slice": [_of(lambda f, x, y: f(x, y, (2, 3)), M, S[:2, :2])],
        "dynamic_update_slice_in_dim": [_of(lambda f, x, y: f(x, y, 2, 0), M, N[:2])], "expand_dims": [_with(V, dimensions=(0,))],
        "fft": [_of(lambda f, x: f(x, "RFFT", (4,)), M)],
        "fori_loop": [_of(lambda f, x: f(0, 3, lambda i, y: jax.numpy.sin(y) * (i + 1), x), V)],
        "full": [_of(lambda f, x: f((2, 3), x), np.asarray(1.5))],
        "gather": [_of(lambda f, x: f(x, places, lax.GatherDimensionNumbers((), (0,), (0,)), (1,)), V)], "igamma": [(P, P[::-1].copy())],
        "igammac": [(P, P[::-1].copy())], "index_in_dim": [_with(M, index=1)], "index_take": [_of(lambda f, x: f(x, (I4,), (0,)), V)],
        "map": [_of(lambda f, x: f(jax.numpy.sin, x), M)],
        "pad": [_of(lambda f, x, y: f(x, y, ((1, 2, 1), (-1, 1, 0))), M, np.asarray(0.5))], "polygamma": [_of(lambda f, x: f(2.0, x), P)],
        "ragged_dot": [_of(lambda f, a, b: f(a, b, np.array([1, 2])), M, RNG.normal(size=(2, 4, 2)))],
        "reduce": [_of(lambda f, x: f(x, 0.0, lax.add, (0,)), M), _of(lambda f, x: f(x, 1.0, lax.mul, (0,)), M)],
        "reduce_precision": [_with(V, exponent_bits=11, mantissa_bits=52)],
        "reduce_window": [
            _of(lambda f, x: f(x, 0.0, lax.add, (2, 2), (1, 2), "SAME"), M),
            _of(lambda f, x: f(x, -np.inf, lax.max, (2, 2), (1, 2), "SAME"), M),
            _of(lambda f, x: f(x, np.inf, lax.min, (2, 2), (1, 1), "VALID"), M),
        ],
        "reshape": [_with(M, new_sizes=(4, 3))], "rev": [_with(M, dimensions=(0,))],
        "stack": [_of(lambda f, a, b: f([a, b]), V, W)], "while_loop": [_of(lambda f, x: f(lambda y: y.sum() < 3, lambda y: y + 1, x), V)],
        "ragged_dot_general": [
            _of(
                lambda f, a, b: f(a, b, np.array([1, 2]), lax.RaggedDotDimensionNumbers((((1,), (1,)), ((), ())), (0,), (0,))),
                M, RNG.normal(size=(2, 4, 2)),
            ),
        ],
        "scan": [_of(lambda f, a, x: f(lambda c, y: (jax.numpy.sin(c * y), c), a, x), np.asarray(0.7), V)],
        "scatter_apply": [_of(lambda f, x: f(x, np.array([[0], [2]]), jax.numpy.sin, dims), V)],
        "select": [_of(lambda f, x, y: f(TRUE, x, y), V, W)], "select_n": [_of(lambda f, x, y: f(TRUE, x, y), V, W)],
        "slice": [_with(M, start_indices=(0, 1), limit_indices=(3, 4), strides=(2, 1))],
        "slice_in_dim": [_with(M, start_index=1, limit_index=3)], "sort": [(V,), _of(lambda f, x, y: f((x, y), num_keys=1), V, W)],
        "sort_key_val": [(V, W)], "split": [_with(V, sizes=(1, 3))], "squeeze": [_with(M[:1], dimensions=(0,))],
        "tile": [_with(V, reps=(2,))], "transpose": [_with(M, permutation=(1, 0))], "unstack": [(M,)], "zeta": [(P + 1.5, P)],
        "composite": [lambda f: (f(lambda x: jax.numpy.sin(x), "own.sine"), V)], "erfc": [(V,)], "logistic": [(V,)],
    }  # fmt: skip
    return rows


def _newton(jax: Any, function: Any, x: Any) -> Any:
    slope = jax.grad(function)
    return jax.lax.fori_loop(0, 30, lambda _, x: x - function(x) / slope(x), x)


def _lax_linalg(jax: Any) -> dict[str, list[Any]]:
    a, taus = np.linalg.qr(RNG.normal(size=(4, 3)), mode="raw")
    a = a.T.copy()
    return {
        "cholesky": [_of(lambda f, x: f(x @ x.T), S)], "cholesky_update": [(np.linalg.cholesky(D).T.copy(), V3)],
        "eig": [_of(lambda f, x: f(x, compute_left_eigenvectors=False, compute_right_eigenvectors=False)[0], S)],
        "eigh": [_of(lambda f, x: f(x)[0] ** 2, D)], "hessenberg": [(S)], "householder_product": [(a, taus)],
        "lu": [_of(lambda f, x: f(x)[0], S)], "ormqr": [(a, taus, RNG.normal(size=(4, 2)))], "qdwh": [_of(lambda f, x: f(x)[:2], S)],
        "qr": [_of(lambda f, x: f(x, full_matrices=False), M.T.copy())], "schur": [(S)],
        "svd": [_of(lambda f, x: f(x, full_matrices=False)[1], M)], "symmetric_product": [(M, D)],
        "triangular_solve": [
            _with(np.tril(D), M, left_side=True, lower=True), _with(np.triu(D), M.T.copy(), lower=False, unit_diagonal=True),
        ],
        "tridiagonal": [_of(lambda f, x: f(x), D)],
        "tridiagonal_solve": [_of(lambda f, d, b: f(d * np.array([0, 1, 1]), d + 5.0, d * np.array([1, 1, 0]), b), V3, S)],
    }  # fmt: skip


def _nn(jax: Any) -> dict[str, list[Any]]:
    q, k, v = (RNG.normal(size=(1, 3, 2, 4)) for _ in range(3))
    return {
        "dot_product_attention": [(q, k, v), _with(q, k, v, is_causal=True)], "glu": [(V,)], "hard_swish": [(V,)], "swish": [(V,)],
        "tanh": [(V,)], "identity": [(V,)], "log1mexp": [(P,)], "logmeanexp": [(V,), _with(M, axis=1)], "softmax": [_with(M, axis=0)],
        "log_softmax": [_with(M, axis=0)], "standardize": [_with(M, axis=0)],
    }  # fmt: skip


def _special() -> dict[str, list[Any]]:
    p = P[::-1].copy()
    return {
        "bessel_jn": [_with(P, v=2)], "betainc": [_of(lambda f, x: f(1.5, 2.5, x), Q), (P, p, Q)], "boxcox": [(P, W)], "boxcox1p": [(P, W)],
        "comb": [(P + 4, p)], "dawsn": [(V,)], "erfcx": [(V,)], "expn": [_of(lambda f, x: f(2, x), P)], "fresnel": [(V,)],
        "hyp1f1": [(P, p, V)], "hyp2f1": [(P, p, P + 1, Q / 2)], "log_softmax": [(V,)], "loggamma": [(P,)],
        "logsumexp": [(V,), _with(M, axis=1)], "multigammaln": [_of(lambda f, x: f(x, 2), P + 1)], "owens_t": [(V, W)], "poch": [(P, p)],
        "polygamma": [_of(lambda f, x: f(1, x), P)], "sici": [(P,)], "softmax": [(V,)], "wofz": [(V + 1j * P,)],
        "sph_harm_y": [_of(lambda f, t, p: f(np.array([2]), np.array([1]), t, p, n_max=3), P[:1], Q[:1])], "gammainc": [(P, p)],
        "gammaincc": [(P, p)], "zeta": [(P + 1.5, p)], "spence": [(P,)], "entr": [(P,)], "rel_entr": [(P, p)], "kl_div": [(P, p)],
        "betaln": [(P, p)], "beta": [(P, p)],
    }  # fmt: skip


def _scipy_linalg(jax: Any) -> dict[str, list[Any]]:
    low = np.linalg.cholesky(D)
    return {
        "block_diag": [(S, M)], "cho_factor": [_of(lambda f, x: f(x @ x.T)[0], S)],
        "cho_solve": [_of(lambda f, c, b: f((c, True), b), low, V3)], "cholesky": [_of(lambda f, x: f(x @ x.T), S)], "circulant": [(V,)],
        "companion": [(V,)], "convolution_matrix": [_with(V, n=3)], "det": [(S,)], "eigh": [_of(lambda f, x: f(x)[0], D)],
        "eigh_tridiagonal": [_of(lambda f, d, e: f(d, e, eigvals_only=True), V3, V3[:2])], "expm": [(S,)], "expm_frechet": [(S, T)],
        "fiedler": [(V,)], "fiedler_companion": [(V,)], "funm": [_of(lambda f, x: f(x, jax.numpy.exp).real, S)], "hankel": [(V,)],
        "hessenberg": [(S,)], "inv": [(S,)], "leslie": [(V, V3)], "lu": [_of(lambda f, x: f(x)[1:], S)],
        "lu_factor": [_of(lambda f, x: f(x)[0], S)], "lu_solve": [_of(lambda f, a, b: f((a, np.array([1, 2, 2])), b), S, V3)],
        "polar": [(S,)], "qr": [_with(M.T.copy(), mode="economic")], "qr_multiply": [_of(lambda f, a, c: f(a, c), M.T.copy(), V)],
        "rsf2csf": [(np.triu(S), T)], "schur": [(S,)], "solve": [(S, V3), _with(D, V3, assume_a="pos")],
        "solve_sylvester": [(S, T + 5 * np.eye(3), D)], "solve_triangular": [(np.triu(D), V3), _with(np.tril(D), V3, lower=True, trans=1)],
        "svd": [_of(lambda f, x: f(x, compute_uv=False), M)], "toeplitz": [(V,), (V, W)],
    }  # fmt: skip


def _signal() -> dict[str, list[Any]]:
    long, other = RNG.normal(size=16), RNG.normal(size=16)
    return {
        "convolve": [(V, W3), _with(V, W3, mode="same")], "correlate": [(V, W3)], "fftconvolve": [(V, W3)], "convolve2d": [(M, S)],
        "correlate2d": [(M, S), _with(M, S, mode="same")], "detrend": [(V,)], "csd": [_with(long, other, nperseg=8)],
        "welch": [_with(long, nperseg=8)], "stft": [_with(long, nperseg=8)],
        "istft": [_with(RNG.normal(size=(5, 5)) + 1j * RNG.normal(size=(5, 5)), nperseg=8)],
    }  # fmt: skip


def _stats(stats: Any) -> Iterator[Given]:
    """Densities and distribution functions, by the number and by what describes them."""
    one, two = np.asarray([0.7, 1.3]), np.asarray([1.5, 2.5])
    inside = np.asarray([0.3, 0.6])
    given: dict[str, tuple[Any, ...]] = {
        "beta": (inside, two, two[::-1].copy()), "cauchy": (one, inside, two), "chi2": (one, two), "expon": (one, inside, two),
        "gamma": (one, two), "gennorm": (one, two), "gumbel_l": (one, inside, two), "gumbel_r": (one, inside, two),
        "laplace": (one, inside, two), "logistic": (one, inside, two), "norm": (one, inside, two), "pareto": (one + 1, two),
        "t": (one, two), "truncnorm": (inside, -one, two), "uniform": (one, inside, two), "vonmises": (one, two),
        "wrapcauchy": (one, inside),
    }  # fmt: skip
    for name, args in given.items():
        module = getattr(stats, name)
        for what in ("pdf", "logpdf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf"):
            if hasattr(module, what):
                first = inside if what in ("ppf", "isf") else args[0]
                yield f"{module.__name__}.{what}", getattr(module, what), (first, *args[1:])
    discrete: dict[str, tuple[Any, ...]] = {
        "bernoulli": (np.array([0, 1]), inside), "betabinom": (np.array([1, 2]), np.array([4, 4]), one, two),
        "binom": (np.array([1, 2]), np.array([4, 4]), inside), "geom": (np.array([1, 3]), inside),
        "nbinom": (np.array([1, 2]), two, inside), "poisson": (np.array([1, 3]), two),
    }  # fmt: skip
    for name, args in discrete.items():
        module = getattr(stats, name)
        for what in ("pmf", "logpmf", "cdf"):
            if hasattr(module, what):
                yield (
                    f"{module.__name__}.{what}",
                    _of_floats(getattr(module, what), args),
                    tuple(x for x in args if x.dtype.kind == "f"),
                )
    yield f"{stats.__name__}.poisson.entropy", stats.poisson.entropy, (two,)
    yield (
        f"{stats.__name__}.dirichlet.logpdf",
        stats.dirichlet.logpdf,
        (np.asarray([0.2, 0.5, 0.3]), np.asarray([1.5, 2.5, 0.7])),
    )
    yield f"{stats.__name__}.multivariate_normal.logpdf", stats.multivariate_normal.logpdf, (V3, W3, D)
    yield (
        f"{stats.__name__}.multinomial.logpmf",
        lambda p: stats.multinomial.logpmf(np.array([1, 2, 1]), 4, p),
        (np.asarray([0.2, 0.5, 0.3]),),
    )


def _of_floats(function: Any, args: tuple[Any, ...]) -> Any:
    """The function of those arguments that are no whole numbers."""

    def called(*moving: Any) -> Any:
        held = iter(moving)
        return function(*(next(held) if x.dtype.kind == "f" else x for x in args))

    return called
