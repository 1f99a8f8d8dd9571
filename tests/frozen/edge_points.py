"""Judge the derivatives of PyTorch and JAX at edge points: `python -m tests.frozen.edge_points torch|jax [name …]`.

The operations are those of PyTorch's OpInfo that have a derivative, and the differentiable functions of `jax.numpy`,
`jax.lax`, `jax.nn` and `jax.scipy.special`, in float64. The points are zeros of both signs, ties, ends of domains, numbers
that overflow on the way, and infinities; of matrices those that are singular, or have values that are equal.
The judge is `check_gradients`, which passes kinks, infinite slopes and what it cannot tell; at infinities, where there are no
differences, it is the derivative at ever larger numbers. What neither explains is written to `edge_points_….json` as a
suspect. A suspect is no fault yet: `notebooks/explanation/upstream.md` says which are conventions.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from autograd.check import check_gradients

HERE = Path(__file__).parent
POINTS = [0.0, -0.0, 0.5, 1.0, -1.0, 2.0, 3.0, 6.0, -3.0, 40.0, -40.0, 1e-9, 1e-160, 710.0, -750.0, 1e160]
INFINITE = [np.inf, -np.inf]
FAR = [1e6, 1e9, 1e12]
PAIRS = [(a, b) for a in (0.0, 1.0, -1.0, 0.5) for b in (0.0, 1.0, -1.0, 2.0)]
PAIRS += [(1e-200, 1e-200), (1e200, 1e200), (0.0, 1e-200), (700.0, 700.0), (800.0, -800.0)]
TIED = {
    "ties": [[2.0, 2.0, 1.0], [0.0, 0.0, 0.0]],
    "zeros": [[0.0, 0.0, 3.0], [1.0, 2.0, 4.0]],
    "one": [[3.0]],
    "equal": [[1.5, 1.5, 1.5]],
    "large": [[800.0, -800.0, 799.0]],
}
MATRICES = {
    "zeros": [[0.0, 0.0], [0.0, 0.0]],
    "identity": [[1.0, 0.0], [0.0, 1.0]],
    "equal values": [[2.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 1.0]],
    "rank 1": [[1.0, 2.0], [2.0, 4.0]],
    "rank 2 of 3": [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]],
    "nilpotent": [[0.0, 1.0], [0.0, 0.0]],
    "turn": [[0.0, -1.0], [1.0, 0.0]],
    "definite": [[2.0, 1.0], [1.0, 3.0]],
    "large": [[1e160, 0.0], [0.0, 1e-160]],
}

Found = dict[str, Any]


def elementwise(name: str, function: Any, wrap: Any, slope: Any) -> Iterator[Found]:
    """One number at a time, so that nothing that overflows hides another."""
    for point in POINTS:
        yield from told(name, lambda x: function(x), [wrap([point])], [point])
    for point in INFINITE:
        with np.errstate(all="ignore"):
            here = float(slope(function, [point])[0])
            limits = [float(slope(function, [np.copysign(far, point)])[0]) for far in FAR]
        settled = np.isfinite(limits).all() and abs(limits[-1] - limits[-2]) <= 1e-6 * max(1.0, abs(limits[-1]))
        if settled and not abs(here - limits[-1]) <= 1e-6 * max(1.0, abs(limits[-1])):
            yield {"name": name, "at": [point], "gradient": here, "expected": limits[-1], "by": "the limit"}


def told(name: str, function: Any, xs: list[Any], point: Any) -> Iterator[Found]:
    """The suspects of one call."""
    try:
        report = check_gradients(function, *xs, seed=0)
    except Exception as error:  # what a framework refuses is no wrong gradient
        print(name, point, f"{type(error).__name__}: {error}".splitlines()[0][:100], flush=True)
        return
    for c in report.coordinates:
        value, difference = float(np.real(c.claimed)), float(np.real(c.measured.value))
        if c.verdict == "fail" or (np.isnan(value) and np.isfinite(difference)):
            yield {
                "name": name, "at": point, "coordinate": c.name, "gradient": value, "expected": difference, "by": c.reason or c.verdict,
            }  # fmt: skip


def of_jax() -> Iterator[tuple[str, str, Any]]:
    """Kind, name and function of what JAX has."""
    import jax
    import jax.numpy as jnp
    import jax.scipy.special as sp
    from jax import lax

    named = """abs sin cos tan sinh cosh tanh arcsin arccos arctan arcsinh arccosh arctanh exp exp2 expm1 log log2 log10 log1p sqrt cbrt
        square reciprocal sinc nan_to_num i0 positive negative"""
    for name in named.split():
        yield "unary", f"jax.numpy.{name}", getattr(jnp, name)
    for name in "rsqrt logistic erf_inv erfc lgamma digamma bessel_i1e bessel_i0e".split():
        yield "unary", f"jax.lax.{name}", getattr(lax, name)
    named = """gammaln digamma erf erfc erfinv expit logit log_ndtr ndtr ndtri entr i0 i0e i1 i1e gamma spence expi exp1 factorial"""
    for name in named.split():
        if hasattr(sp, name):
            yield "unary", f"jax.scipy.special.{name}", getattr(sp, name)
    named = """relu relu6 sigmoid softplus soft_sign silu log_sigmoid leaky_relu hard_sigmoid hard_silu hard_tanh elu celu selu gelu
        squareplus mish sparse_plus sparse_sigmoid"""
    for name in named.split():
        yield "unary", f"jax.nn.{name}", getattr(jax.nn, name)
    named = """add subtract multiply divide power maximum minimum fmax fmin hypot arctan2 logaddexp logaddexp2 remainder fmod
        float_power copysign"""
    for name in named.split():
        yield "binary", f"jax.numpy.{name}", getattr(jnp, name)
    for name in "xlogy xlog1py rel_entr kl_div betaln beta gammainc gammaincc zeta".split():
        yield "binary", f"jax.scipy.special.{name}", getattr(sp, name)
    named = "sum prod mean std var max min ptp median nansum nanprod nanmean nanstd nanvar nanmax nanmin cumsum cumprod sort diff"
    for name in named.split():
        yield "reduction", f"jax.numpy.{name}", getattr(jnp, name)
    for name in ("softmax", "log_softmax", "logsumexp", "standardize"):
        yield "reduction", f"jax.nn.{name}", getattr(jax.nn, name)
    yield "reduction", "jax.numpy.linalg.norm", lambda x: jnp.linalg.norm(x, axis=-1)
    yield "reduction", "jax.numpy.linalg.norm, ord=1", lambda x: jnp.linalg.norm(x, 1, axis=-1)
    yield "reduction", "jax.numpy.linalg.norm, ord=3", lambda x: jnp.linalg.norm(x, 3, axis=-1)
    yield "reduction", "jax.lax.cummax", lambda x: lax.cummax(x, axis=x.ndim - 1)
    yield "reduction", "jax.lax.cumlogsumexp", lambda x: lax.cumlogsumexp(x, axis=x.ndim - 1)
    for name in ("det", "inv", "pinv", "cholesky", "matrix_norm", "cond", "svdvals", "eigvalsh"):
        yield "matrix", f"jax.numpy.linalg.{name}", getattr(jnp.linalg, name)
    yield "matrix", "jax.numpy.linalg.slogdet", lambda x: jnp.linalg.slogdet(x)[1]
    yield "matrix", "jax.numpy.linalg.qr", lambda x: jnp.linalg.qr(x)[1]
    yield "matrix", "jax.numpy.linalg.matrix_norm, nuclear", lambda x: jnp.linalg.matrix_norm(x, ord="nuc")
    yield "matrix", "jax.numpy.linalg.matrix_norm, ord=2", lambda x: jnp.linalg.matrix_norm(x, ord=2)
    yield "matrix", "jax.numpy.linalg.matrix_power", lambda x: jnp.linalg.matrix_power(x, 3)
    yield "matrix", "jax.scipy.linalg.expm", jax.scipy.linalg.expm
    yield "matrix", "jax.scipy.linalg.sqrtm", lambda x: jax.scipy.linalg.sqrtm(x).real
    yield (
        "reduction",
        "jax.lax.reduce_window max",
        lambda x: lax.reduce_window(x, -jnp.inf, lax.max, (1, 2), (1, 1), "SAME"),
    )


def of_torch() -> Iterator[tuple[str, str, Any]]:
    """Kind, name and function of PyTorch's OpInfo."""
    import torch
    from torch.testing._internal.common_methods_invocations import op_db
    from torch.testing._internal.opinfo.core import BinaryUfuncInfo, ReductionOpInfo, UnaryUfuncInfo

    more = {
        "nn.functional.softplus", "nn.functional.gelu", "nn.functional.softsign", "nn.functional.tanhshrink", "nn.functional.hardswish",
        "nn.functional.hardsigmoid", "nn.functional.mish", "nn.functional.elu", "nn.functional.celu", "nn.functional.selu",
        "nn.functional.logsigmoid", "nn.functional.leaky_relu", "nn.functional.hardtanh", "nn.functional.relu6", "nn.functional.silu",
        "nn.functional.hardshrink", "nn.functional.softshrink",
    }  # fmt: skip
    along = {
        "softmax", "log_softmax", "logsumexp", "cumsum", "cumprod", "cummax", "cummin", "logcumsumexp", "sort", "nn.functional.normalize",
        "linalg.norm", "linalg.vector_norm", "norm", "nn.functional.softmin", "renorm",
    }  # fmt: skip
    for name in ("det", "inv", "pinv", "cholesky", "matrix_norm", "cond", "svdvals", "eigvalsh", "matrix_exp"):
        yield "matrix", f"linalg.{name}", getattr(torch.linalg, name)
    yield "matrix", "linalg.slogdet", lambda x: torch.linalg.slogdet(x)[1]
    yield "matrix", "linalg.qr", lambda x: torch.linalg.qr(x)[1]
    yield "matrix", "linalg.matrix_norm, nuclear", lambda x: torch.linalg.matrix_norm(x, "nuc")
    yield "matrix", "linalg.matrix_norm, ord=2", lambda x: torch.linalg.matrix_norm(x, 2)
    yield "matrix", "linalg.matrix_power", lambda x: torch.linalg.matrix_power(x, 3)
    for info in op_db:
        if (
            not info.supports_autograd
            or torch.float64 not in info.supported_backward_dtypes("cpu")
            or info.variant_test_name
        ):
            continue
        if info.name in along:
            yield "reduction", info.name, _along(torch, info)
        elif isinstance(info, UnaryUfuncInfo) or info.name in more:
            yield "unary", info.name, info.op
        elif isinstance(info, BinaryUfuncInfo):
            yield "binary", info.name, info.op
        elif isinstance(info, ReductionOpInfo):
            yield "reduction", info.name, info.op


def _along(torch: Any, info: Any) -> Any:
    """An operation that wants an axis."""
    given = {"renorm": lambda x: torch.renorm(x, 2, 0, 1.0), "norm": lambda x: torch.norm(x), "linalg.norm": torch.linalg.norm,
             "linalg.vector_norm": torch.linalg.vector_norm, "nn.functional.normalize": lambda x: info.op(x, dim=-1)}  # fmt: skip
    return given.get(info.name, lambda x: _first(info.op(x, dim=-1)))


def _first(x: Any) -> Any:
    return x[0] if isinstance(x, tuple) else x


def sweep(framework: str, chosen: list[str]) -> Iterator[tuple[str, list[Found]]]:
    """The suspects of each function of a framework."""
    if framework == "jax":
        import jax
        import jax.numpy as jnp

        jax.config.update("jax_enable_x64", True)
        wrap = jnp.asarray

        def slope(function: Any, x: Any) -> Any:
            return np.asarray(jax.grad(lambda x: function(x).sum())(jnp.asarray(x, float)))
    else:
        import torch

        def wrap(x: Any) -> Any:
            return torch.tensor(x, dtype=torch.float64)

        def slope(function: Any, x: Any) -> Any:
            leaf = wrap(x).requires_grad_()
            return torch.autograd.grad(function(leaf).sum(), leaf)[0].numpy()

    for kind, name, function in of_jax() if framework == "jax" else of_torch():
        if chosen and name not in chosen:
            continue
        found: list[Found] = []
        try:
            if kind == "unary":
                found += elementwise(name, function, wrap, slope)
            elif kind == "binary":
                for a, b in PAIRS:
                    found += told(name, function, [wrap([a]), wrap([b])], [a, b])
            elif kind == "matrix":
                for what, numbers in MATRICES.items():
                    found += told(name, function, [wrap(numbers)], what)
            else:
                for what, numbers in TIED.items():
                    found += told(name, lambda x: _first(function(x)), [wrap(numbers)], what)
        except Exception as error:
            print(name, type(error).__name__, str(error)[:100], flush=True)
        print(name, found[:3], flush=True)
        yield name, found


def main(framework: str, *chosen: str) -> None:
    """Write what is suspected of one framework; what the file says of the other stays."""
    warnings.simplefilter("ignore")
    path = HERE / f"edge_points_{framework}.json"
    held = json.loads(path.read_text()) if path.exists() else {}
    suspects: list[Found] = held.get("suspects", [])
    for name, found in sweep(framework, list(chosen)):
        # As it goes: it takes minutes. What was found of the others stays.
        suspects = [one for one in suspects if one["name"] != name]
        suspects += [{k: _plain(v) for k, v in one.items()} for one in found]
        held = {"version": __import__(framework).__version__.partition("+")[0], "suspects": suspects}
        path.write_text(json.dumps(held, indent=1) + "\n")


def _plain(x: Any) -> Any:
    if isinstance(x, list):
        return [_plain(part) for part in x]
    return repr(x) if isinstance(x, float) and not np.isfinite(x) else x


if __name__ == "__main__":
    main(*sys.argv[1:])
