"""What PyTorch can differentiate: its elementwise operations, reductions and matrix functions at edge points, and everything that its
OpInfo lists at OpInfo's own samples.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from tests.frozen.edge_samples import Call, Named, numbered, small, spread

AXIS = {
    "softmax", "log_softmax", "logsumexp", "cumsum", "cumprod", "cummax", "cummin", "logcumsumexp", "sort", "nn.functional.normalize",
    "linalg.norm", "linalg.vector_norm", "norm", "nn.functional.softmin", "renorm",
}  # fmt: skip
ALSO_ELEMENTWISE = {
    "nn.functional.softplus", "nn.functional.gelu", "nn.functional.softsign", "nn.functional.tanhshrink", "nn.functional.hardswish",
    "nn.functional.hardsigmoid", "nn.functional.mish", "nn.functional.elu", "nn.functional.celu", "nn.functional.selu",
    "nn.functional.logsigmoid", "nn.functional.leaky_relu", "nn.functional.hardtanh", "nn.functional.relu6", "nn.functional.silu",
    "nn.functional.hardshrink", "nn.functional.softshrink",
}  # fmt: skip
MOST_SAMPLES, MOST_NUMBERS = 5, 2000
# Where numbers can tie, vanish or part: what moves them about, and what is linear in each, has no such points.
WITH_EDGES = re.compile(
    r"linalg|masked\.|norm|loss|entropy|pool|softmax|attention|similarity|quantile|median|mode|kthvalue|topk|max|min|msort|reduce|cov$|corrcoef|"
    r"dist|lu$|lu_|svd|qr$|inverse|cholesky|logdet|triangular_solve|matrix_exp|pca|_mean$|gamma|lerp|addcd|clamp|div$|where|glu|grid_sample|"
    r"interpolate|kl_div|embedding_bag|cumulative|gradient"
)
# These end the process: of two the whole numbers no longer fit, and pdist divides by the number of columns on the way back.
NEVER_EMPTY = {"lu_unpack", "nn.functional.pdist", "_segment_reduce"}


def swept() -> Iterator[Named]:
    """Kind, name and function of what is swept; of samples the function makes them."""
    import torch
    from torch.testing._internal.opinfo.core import BinaryUfuncInfo, ReductionOpInfo, UnaryUfuncInfo

    yield from _matrices(torch)
    for info in differentiable():
        if info.variant_test_name:
            yield "samples", f"{info.name}, {info.variant_test_name}", lambda info=info: samples(info)
            continue
        if info.name in AXIS:
            yield "reduction", info.name, _along(torch, info)
        elif isinstance(info, UnaryUfuncInfo) or info.name in ALSO_ELEMENTWISE:
            yield "unary", info.name, info.op
        elif isinstance(info, BinaryUfuncInfo):
            yield "binary", info.name, info.op
        elif isinstance(info, ReductionOpInfo):
            yield "reduction", info.name, info.op
        # What goes element by element had its numbers above.
        again = isinstance(info, (UnaryUfuncInfo, BinaryUfuncInfo)) or info.name in ALSO_ELEMENTWISE
        yield (
            "samples",
            info.name,
            lambda info=info, again=again: samples(info, not again and bool(WITH_EDGES.search(info.name))),
        )


def differentiable() -> list[Any]:
    """All of OpInfo that has a derivative by numbers of double precision, real or complex."""
    import torch
    from torch.testing._internal.common_methods_invocations import op_db

    return [
        info
        for info in op_db
        if info.supports_autograd and {torch.float64, torch.complex128} & set(info.supported_backward_dtypes("cpu"))
    ]


def samples(info: Any, also_numbered: bool = True) -> Iterator[Call]:
    """Some of OpInfo's samples as they are, and the small with numbers where mistakes hide."""
    import torch

    real = torch.float64 in info.supported_backward_dtypes("cpu")
    given = info.sample_inputs("cpu", torch.float64 if real else torch.complex128, requires_grad=True)
    calls = [call for i, sample in enumerate(given) if (call := _call(torch, info, f"sample {i}", sample)) is not None]
    yield from spread(
        [call for call in calls if sum(x.numel() for x in call[2]) <= MOST_NUMBERS] or calls[:1], MOST_SAMPLES
    )
    for call in small(calls, lambda x: x.numel()):
        for one in numbered(
            call, lambda x: tuple(x.shape), lambda x, call=call: torch.tensor(x, dtype=call[2][0].dtype)
        ):
            empty = one[0].startswith("no ")
            if info.name not in NEVER_EMPTY if empty else also_numbered:
                yield one


def _call(torch: Any, info: Any, label: str, sample: Any) -> Call | None:
    """A sample as a function of those of its tensors that have a derivative, which gives those of its results that have one."""
    from torch.utils._pytree import tree_flatten, tree_unflatten

    flat, tree = tree_flatten((sample.input, list(sample.args), dict(sample.kwargs)))
    moving = [i for i, x in enumerate(flat) if isinstance(x, torch.Tensor) and x.requires_grad]
    if not moving or any(flat[i].layout != torch.strided for i in moving):
        return None
    if not all(flat[i].numel() for i in moving):
        label = f"no numbers, {label}"
    arguments = [*sample.args, *(f"{k}={v}" for k, v in sample.kwargs.items())]
    random = torch.get_rng_state()
    shown = ", ".join(_shown(torch, x) for x in [sample.input, *arguments])

    def of_leaves(*leaves: Any) -> list[Any]:
        filled = list(flat)
        for i, leaf in zip(moving, leaves, strict=True):
            filled[i] = leaf * 1  # some operations write into what they are given
        first, args, kwargs = tree_unflatten(filled, tree)
        torch.set_rng_state(random)  # the same random numbers in each call
        out = info.gradcheck_wrapper(info.get_op(), first, *args, **kwargs)
        if sample.output_process_fn_grad is not None:
            out = sample.output_process_fn_grad(out)
        found = [x for x in tree_flatten(out)[0] if isinstance(x, torch.Tensor)]
        return [x.to_dense() if x.layout != torch.strided else x for x in found]

    @cache
    def differentiable() -> list[bool]:
        """Which results have a derivative; of others, such as saved means and indices, none is claimed."""
        with torch.enable_grad():
            return [x.requires_grad for x in of_leaves(*(flat[i].detach().clone().requires_grad_() for i in moving))]

    def function(*leaves: Any) -> list[Any]:
        return [x for x, wanted in zip(of_leaves(*leaves), differentiable(), strict=True) if wanted]

    return f"{label}: {shown}"[:120], function, [flat[i].detach().clone() for i in moving]


def _shown(torch: Any, x: Any) -> str:
    return str(tuple(x.shape)) if isinstance(x, torch.Tensor) else str(x)


def _matrices(torch: Any) -> Iterator[Named]:
    linalg = torch.linalg
    for name in ("det", "inv", "pinv", "cholesky", "matrix_norm", "cond", "svdvals", "eigvalsh", "matrix_exp"):
        yield "matrix", f"linalg.{name}", getattr(linalg, name)
    yield "matrix", "linalg.slogdet", lambda x: linalg.slogdet(x)[1]
    yield "matrix", "linalg.qr", lambda x: linalg.qr(x)[1]
    yield "matrix", "linalg.matrix_norm, nuclear", lambda x: linalg.matrix_norm(x, "nuc")
    yield "matrix", "linalg.matrix_norm, ord=2", lambda x: linalg.matrix_norm(x, 2)
    yield "matrix", "linalg.matrix_power", lambda x: linalg.matrix_power(x, 3)

    def right(x: Any) -> Any:
        return torch.arange(1.0, len(x) + 1, dtype=x.dtype)[:, None]

    yield "matrix", "linalg.solve", lambda x: linalg.solve(x, right(x))
    yield "matrix", "linalg.lstsq", lambda x: linalg.lstsq(x, right(x)).solution
    yield "matrix", "linalg.solve_triangular", lambda x: linalg.solve_triangular(x, right(x), upper=True)
    yield "matrix", "cholesky_solve", lambda x: torch.cholesky_solve(right(x), x)
    yield "matrix", "linalg.lu_factor", lambda x: linalg.lu_factor(x)[0]
    yield "matrix", "linalg.lu", lambda x: linalg.lu(x)[1:]

    # What does not depend on the sign or choice of vectors: a function of the matrix, and the matrix itself.
    def by_eigenvectors(x: Any) -> Any:
        values, vectors = linalg.eigh(x + x.T)
        return (vectors * torch.exp(values)) @ vectors.T

    def by_singular_vectors(x: Any) -> Any:
        u, s, vh = linalg.svd(x, full_matrices=False)
        return (u * torch.sinh(s)) @ vh

    yield "matrix", "linalg.eigh, exp", by_eigenvectors
    yield "matrix", "linalg.svd, sinh", by_singular_vectors
    yield "matrix", "linalg.eigvals, sum", lambda x: linalg.eigvals(x).sum().real
    yield "matrix", "linalg.eigvals, of squares", lambda x: (linalg.eigvals(x) ** 2).sum().real


def _along(torch: Any, info: Any) -> Any:
    """An operation that wants an axis."""
    given = {
        "renorm": lambda x: torch.renorm(x, 2, 0, 1.0),
        "norm": lambda x: torch.norm(x),
        "linalg.norm": torch.linalg.norm,
        "linalg.vector_norm": torch.linalg.vector_norm,
        "nn.functional.normalize": lambda x: info.op(x, dim=-1),
    }
    return given.get(info.name, lambda x: info.op(x, dim=-1))


def start() -> str:
    """Compute in one thread, since that is quicker for little; the version."""
    import torch

    torch.set_num_threads(1)
    return str(torch.__version__).partition("+")[0]


def wrap(x: Any) -> Any:
    """Numbers as a tensor."""
    import torch

    return torch.tensor(x, dtype=torch.float64)


def values(function: Any, xs: list[Any]) -> list[Any]:
    """What a function gives, as arrays."""
    import torch

    with torch.no_grad():
        return [x.resolve_conj().resolve_neg().numpy() for x in function(*xs)]


def backward(function: Any, xs: list[Any], weights: list[Any] | None = None) -> list[Any]:
    """The gradients of the weighted sum of what a function gives, or of the sum."""
    import torch

    leaves = [x.clone().requires_grad_() for x in xs]
    given = function(*leaves)
    weights = weights or [np.ones(tuple(x.shape)) for x in given]
    pairs = [(x, torch.as_tensor(w, dtype=x.dtype)) for x, w in zip(given, weights, strict=True) if x.requires_grad]
    if not pairs:
        return [np.zeros(tuple(x.shape)) for x in xs]
    outputs, cotangents = zip(*pairs, strict=True)
    found = torch.autograd.grad(outputs, leaves, cotangents, allow_unused=True)
    return [np.zeros(tuple(x.shape)) if g is None else g.resolve_conj().numpy() for g, x in zip(found, xs, strict=True)]


def often(function: Any) -> Any:
    """A function that is called often: itself."""
    return function


def moved(x: Any, by: Any) -> Any:
    """A tensor plus an array."""
    import torch

    return x + torch.as_tensor(by)
