"""What JAX can differentiate: its functions of numbers at edge points, those of arrays at ordinary points and with numbers where mistakes
hide, and what JAX's own list of calls of its primitives has (`pip install absl-py` for that).
"""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.frozen.edge_calls import FOR_OTHER_MACHINES, WITHOUT_DERIVATIVE, calls
from tests.frozen.edge_samples import Call, Named, numbered, small, spread

MOST_SAMPLES, MOST_NUMBERS = 4, 2000
UNARY = {
    "numpy": """abs sin cos tan sinh cosh tanh arcsin arccos arctan arcsinh arccosh arctanh exp exp2 expm1 log log2 log10 log1p sqrt cbrt
        square reciprocal sinc nan_to_num i0 positive negative""",
    "lax": "rsqrt logistic erf_inv erfc lgamma digamma bessel_i1e bessel_i0e",
    "scipy.special": """gammaln digamma erf erfc erfinv expit logit log_ndtr ndtr ndtri entr i0 i0e i1 i1e gamma spence expi exp1
        factorial dawsn erfcx loggamma sici fresnel""",
    "nn": """relu relu6 sigmoid softplus soft_sign silu log_sigmoid leaky_relu hard_sigmoid hard_silu hard_tanh elu celu selu gelu
        squareplus mish sparse_plus sparse_sigmoid hard_swish swish tanh identity log1mexp""",
}
BINARY = {
    "numpy": """add subtract multiply divide power maximum minimum fmax fmin hypot arctan2 logaddexp logaddexp2 remainder fmod
        float_power copysign""",
    "scipy.special": "xlogy xlog1py rel_entr kl_div betaln beta gammainc gammaincc zeta boxcox boxcox1p poch owens_t comb",
}
REDUCTIONS = {
    "numpy": """sum prod mean std var max min ptp median nansum nanprod nanmean nanstd nanvar nanmax nanmin cumsum cumprod sort diff""",
    "nn": "softmax log_softmax logsumexp standardize logmeanexp",
}


def swept() -> Iterator[Named]:
    """Kind, name and function of what is swept; of samples the function makes them."""
    import jax
    from jax import lax
    from jax import numpy as jnp

    for kind, table in (("unary", UNARY), ("binary", BINARY), ("reduction", REDUCTIONS)):
        for where, names in table.items():
            for name in names.split():
                yield kind, f"jax.{where}.{name}", getattr(_module(where), name)
    yield "reduction", "jax.numpy.linalg.norm", lambda x: jnp.linalg.norm(x, axis=-1)
    yield "reduction", "jax.numpy.linalg.norm, ord=1", lambda x: jnp.linalg.norm(x, 1, axis=-1)
    yield "reduction", "jax.numpy.linalg.norm, ord=3", lambda x: jnp.linalg.norm(x, 3, axis=-1)
    yield "reduction", "jax.lax.cummax", lambda x: lax.cummax(x, axis=x.ndim - 1)
    yield "reduction", "jax.lax.cumlogsumexp", lambda x: lax.cumlogsumexp(x, axis=x.ndim - 1)
    yield (
        "reduction",
        "jax.lax.reduce_window max",
        lambda x: lax.reduce_window(x, -jnp.inf, lax.max, (1, 2), (1, 1), "SAME"),
    )
    yield from _matrices(jax)
    gathered = defaultdict(list)
    for name, function, args in calls(jax):
        gathered[name].append((function, args))
    for name, given in gathered.items():
        yield "samples", name, lambda given=given: _samples([_call(f"call {i}", *one) for i, one in enumerate(given)])
    for name, harnesses in _own_calls().items():
        # What the calls above have is not numbered once more.
        again = f"jax.lax.{name}" in gathered
        few = spread(harnesses, 2 if again else MOST_SAMPLES)
        yield (
            "samples",
            f"primitive {name}",
            lambda few=few, again=again: _samples([_own_call(h) for h in few], not again),
        )


def differentiable() -> list[str]:
    """The names of all public functions but those that give nothing with a derivative, and what runs on other machines alone."""
    found = []
    for where in (
        "numpy",
        "numpy.linalg",
        "numpy.fft",
        "lax",
        "lax.linalg",
        "nn",
        "scipy.special",
        "scipy.linalg",
        "scipy.signal",
    ):
        module = _module(where)
        left_out = {
            name for table in (WITHOUT_DERIVATIVE, FOR_OTHER_MACHINES) for name in table.get(f"jax.{where}", "").split()
        }
        for name in sorted(set(dir(module)) - left_out):
            value = getattr(module, name)
            # Names in capitals are types, and of ufuncs JAX has instances.
            if name[0].islower() and callable(value) and not inspect.isclass(value):
                found.append(f"jax.{where}.{name}")
    return found


def _module(where: str) -> Any:
    import importlib

    return importlib.import_module(f"jax.{where}")


def _matrices(jax: Any) -> Iterator[Named]:
    jnp, linalg = jax.numpy, jax.numpy.linalg
    for name in ("det", "inv", "pinv", "cholesky", "matrix_norm", "cond", "svdvals", "eigvalsh"):
        yield "matrix", f"jax.numpy.linalg.{name}", getattr(linalg, name)
    yield "matrix", "jax.numpy.linalg.slogdet", lambda x: linalg.slogdet(x)[1]
    yield "matrix", "jax.numpy.linalg.qr", lambda x: linalg.qr(x)[1]
    yield "matrix", "jax.numpy.linalg.matrix_norm, nuclear", lambda x: linalg.matrix_norm(x, ord="nuc")
    yield "matrix", "jax.numpy.linalg.matrix_norm, ord=2", lambda x: linalg.matrix_norm(x, ord=2)
    yield "matrix", "jax.numpy.linalg.matrix_power", lambda x: linalg.matrix_power(x, 3)
    yield "matrix", "jax.scipy.linalg.expm", jax.scipy.linalg.expm
    yield "matrix", "jax.scipy.linalg.sqrtm", lambda x: jax.scipy.linalg.sqrtm(x).real

    def right(x: Any) -> Any:
        return jnp.arange(1.0, len(x) + 1)

    yield "matrix", "jax.numpy.linalg.solve", lambda x: linalg.solve(x, right(x))
    yield "matrix", "jax.numpy.linalg.lstsq", lambda x: linalg.lstsq(x, right(x))[0]
    yield "matrix", "jax.scipy.linalg.solve_triangular", lambda x: jax.scipy.linalg.solve_triangular(x, right(x))
    yield "matrix", "jax.scipy.linalg.cho_solve", lambda x: jax.scipy.linalg.cho_solve((x, True), right(x))
    yield "matrix", "jax.scipy.linalg.lu", lambda x: jax.scipy.linalg.lu(x)[1:]

    # What does not depend on the sign or choice of vectors: a function of the matrix, and the matrix itself.
    def by_eigenvectors(x: Any) -> Any:
        values, vectors = linalg.eigh(x + x.T)
        return (vectors * jnp.exp(values)) @ vectors.T

    def by_singular_vectors(x: Any) -> Any:
        u, s, vh = linalg.svd(x, full_matrices=False)
        return (u * jnp.sinh(s)) @ vh

    yield "matrix", "jax.numpy.linalg.eigh, exp", by_eigenvectors
    yield "matrix", "jax.numpy.linalg.svd, sinh", by_singular_vectors
    yield "matrix", "jax.numpy.linalg.eigvals, sum", lambda x: linalg.eigvals(x).sum().real
    yield "matrix", "jax.numpy.linalg.eigvals, of squares", lambda x: (linalg.eigvals(x) ** 2).sum().real


def _own_calls() -> dict[str, list[Any]]:
    """JAX's own calls of its primitives in double precision, by the primitive."""
    from jax._src.internal_test_util import test_harnesses

    found = defaultdict(list)
    for harness in test_harnesses.all_harnesses:
        if harness.dtype == np.float64 and harness.filter("cpu"):
            found[harness.group_name].append(harness)
    return found


def _own_call(harness: Any) -> Call:
    args = harness.dyn_args_maker(np.random.RandomState(0))
    return _call(harness.fullname, harness.dyn_fun, tuple(args))


def _call(label: str, function: Any, args: tuple[Any, ...]) -> Call:
    """A function of those of its arguments that have a derivative, which gives arrays that have one."""
    import jax

    moving = [i for i, x in enumerate(args) if hasattr(x, "dtype") and np.dtype(x.dtype).kind in "fc"]

    def called(*leaves: Any) -> list[Any]:
        filled = list(args)
        for i, leaf in zip(moving, leaves, strict=True):
            filled[i] = leaf
        return [x for x in map(jax.numpy.asarray, jax.tree.leaves(function(*filled))) if x.dtype.kind in "fc"]

    shown = ", ".join(str(tuple(x.shape)) if hasattr(x, "shape") else str(x) for x in args)
    return f"{label}: {shown}"[:120], called, [jax.numpy.asarray(args[i]) for i in moving]


def _samples(given: list[Call], also_numbered: bool = True) -> Iterator[Call]:
    import jax

    found = [call for call in given if call[2] and sum(x.size for x in call[2]) <= MOST_NUMBERS]
    yield from spread(found, MOST_SAMPLES)
    for call in small(found, lambda x: int(x.size)) if also_numbered else ():
        yield from numbered(call, lambda x: tuple(x.shape), lambda x: jax.numpy.asarray(x, call[2][0].dtype))


def start() -> str:
    """Compute in double precision; the version."""
    import jax

    jax.config.update("jax_enable_x64", True)
    return str(jax.__version__)


def wrap(x: Any) -> Any:
    """Numbers as an array."""
    import jax

    return jax.numpy.asarray(x, float)


def values(function: Any, xs: list[Any]) -> list[Any]:
    """What a function gives, as arrays."""
    return [np.asarray(x) for x in function(*xs)]


def backward(function: Any, xs: list[Any], weights: list[Any] | None = None) -> list[Any]:
    """The gradients of the weighted sum of what a function gives, or of the sum."""
    import jax

    given, pull = jax.vjp(function, *xs)
    weights = weights or [np.ones(x.shape) for x in given]
    return [np.asarray(g) for g in pull([jax.numpy.asarray(w, x.dtype) for x, w in zip(given, weights, strict=True)])]


def often(function: Any) -> Any:
    """A function that is called often: compiled."""
    import jax

    return jax.jit(function)


def moved(x: Any, by: Any) -> Any:
    """An array plus another."""
    return x + by
