"""A node in any argument of any function: its gradient is right, or the call is refused. Generated from the signatures.

NumPy's and SciPy's own functions, on plain numbers, say what is right: their differences are the derivatives.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import scipy.linalg
import scipy.special
import scipy.stats

import autograd as ag
import autograd.numpy as anp
import autograd.scipy.linalg
import autograd.scipy.special
import autograd.scipy.stats as stats
from autograd import Node, Tensor, vjp
from autograd.check.parts import as_pairs, from_pairs
from autograd.engine.numpy_functions import numpy_name
from autograd.graph.node import raw
from autograd.graph.op import BY_NUMPY
from autograd.graph.tree import leaves, map_leaves
from tests.sweep import sweep

M, V, W = np.array([[0.93, 0.56], [0.57, 0.47]]), np.array([0.3, 0.6, 0.2]), np.array([0.31, 0.57, 0.9])
N, U = M + 0.1, V[[2, 0, 1]]
MASK, PLACES = np.array([True, False, True]), np.array([0, 2, 1])
for _array in (M, N, U, V, W, MASK, PLACES):
    # So that a call that writes into what it is given is not an example.
    _array.flags.writeable = False
# What the functions are called with: the first ones that NumPy takes.
BASES: list[tuple[Any, ...]] = [
    (M,), (V,), (0.4,), (M, N), (V, W), (0.4, 0.7), (V, 1), (M, 0, 1), (V, 0.5), ([V, W],), (V, [1, 2]), (V, MASK),
    (V, 0.1, 0.5), (0.33, U, W), ("i->i", V), ("ij->ji", M), ("i,i->", V, W), (V, PLACES), (V, PLACES, 0), (V, PLACES, W, 0),
    (PLACES, V), ((3,), 0.5), (V, 1, 0.7), (M, (2, 2)), (V, (2, 3)), (V, "f8"), (1.5, 1.2, V), (MASK, V, W), (MASK, V),
    ([MASK], [V]),
]  # fmt: skip
FILLINGS = [0.37, np.array([0.58]), np.array([0.58, 0.36, 0.22]), np.array([[0.58, 0.36], [0.22, 0.71]])]
# Texts and files, memory that nobody has written to, and what cuts the graph on purpose.
APART = {
    *("array2string", "array_repr", "array_str", "save", "savetxt", "savez", "savez_compressed", "empty_like"),
    *(
        "may_share_memory",
        "shares_memory",
        "stop_gradient",
        "backward",
        "register_hook",
        "requires_grad_",
        "detach",
        "label",
    ),
    *("graph", "item", "numpy", "tolist", "zero_grad"),
    # SciPy leaves in the other triangle what was in the matrix, which `cho_solve` does not read.
    "cho_factor",
}
# Where `where=` is false, NumPy leaves what was in memory.
OF_UFUNCS = ["out", "dtype", "axis", "keepdims"]


def functions() -> Iterator[tuple[str, Callable[..., Any], Callable[..., Any]]]:
    """Names, what is called, and what says the right values."""
    for function in sorted(BY_NUMPY, key=numpy_name):
        yield numpy_name(function), function, function
        name = function.__name__
        if not isinstance(function, np.ufunc) and hasattr(anp, name) and getattr(np, name, None) is function:
            yield f"anp.{name}", getattr(anp, name), function
    for name in ("full", "array", "asarray", "row_stack", "linspace"):
        yield f"anp.{name}", getattr(anp, name), getattr(np, name, np.vstack)
    for name in sorted(ag.__all__):
        function = getattr(ag, name)
        if getattr(function, "__module__", "").startswith(("autograd.ops", "autograd.op")):
            yield f"ag.{name}", function, function
    for name in sorted(vars(Tensor)):
        if not name.startswith("_") and callable(getattr(Tensor, name)):
            yield f"Tensor.{name}", _method(name), _method(name)
    for ours, theirs in ((autograd.scipy.special, scipy.special), (autograd.scipy.linalg, scipy.linalg)):
        for name in sorted(set(vars(ours)) & set(dir(theirs))):
            if callable(getattr(ours, name)):
                yield f"{ours.__name__}.{name}", getattr(ours, name), getattr(theirs, name)
    for room in ("norm", "t", "beta", "chi2", "poisson", "dirichlet", "multivariate_normal", "gamma"):
        ours, theirs = getattr(stats, room), getattr(scipy.stats, room)
        for name in sorted(
            set(vars(ours)) & {"pdf", "logpdf", "cdf", "logcdf", "sf", "logsf", "pmf", "logpmf", "entropy"}
        ):
            yield f"stats.{room}.{name}", getattr(ours, name), getattr(theirs, name)


def _method(name: str) -> Callable[..., Any]:
    def call(x: Any, *args: Any, **kwargs: Any) -> Any:
        return getattr(x if isinstance(x, Node) else Tensor(x), name)(*args, **kwargs)

    call.__signature__ = inspect.signature(getattr(Tensor, name))  # type: ignore[attr-defined]
    return call


def is_numbers(x: Any) -> bool:
    return isinstance(raw(x), (np.ndarray, np.generic, float, int)) and np.asarray(raw(x)).dtype.kind in "fiubc"


def numbers_of(result: Any) -> np.ndarray:
    return np.concatenate([np.zeros(0), *(as_pairs(np.ravel(raw(x))).ravel() for x in leaves(result) if is_numbers(x))])


def plainly(call: Callable[..., Any], *args: Any, **kwargs: Any) -> np.ndarray | None:
    """The numbers that a call gives; None where it takes no such arguments."""
    try:
        return numbers_of(call(*args, **kwargs))
    except Exception:
        return None


def parameters(*of: Any) -> list[str]:
    if isinstance(of[0], np.ufunc):
        return OF_UFUNCS
    found = {}
    for function in of:
        try:
            signature = inspect.signature(function)
        except ValueError:
            continue
        found.update(
            {n: p for n, p in signature.parameters.items() if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
        )
    # A flag may be read of a node, as any condition may.
    return [name for name, p in found.items() if name != "self" and not isinstance(p.default, bool)]


def cases(ours: Any, theirs: Any) -> Iterator[tuple[str, Callable[[Any], Any], Callable[[Any], Any], Any]]:
    """Every argument in turn: which it is, our call and the right one as functions of it, and where it is looked at."""
    arity = theirs.nin if isinstance(theirs, np.ufunc) else None
    works = [b for b in BASES if arity in (None, len(b)) and plainly(theirs, *b) is not None][:4]
    for base in works:
        for i, x in enumerate(base):
            # Positions after the operands of a function that takes several are those of `out` and the like.
            if is_numbers(x) and np.asarray(x).dtype.kind == "f":
                yield (
                    f"argument {i + 1} of {len(base)}",
                    lambda v, i=i, b=base: ours(*b[:i], v, *b[i + 1 :]),
                    lambda v, i=i, b=base: theirs(*b[:i], v, *b[i + 1 :]),
                    x,
                )
            if isinstance(x, list) and is_numbers(x[0]) and np.asarray(x[0]).dtype.kind == "f":
                yield (
                    f"the first of the list in argument {i + 1}",
                    lambda v, i=i, b=base: ours(*b[:i], [v, *b[i][1:]], *b[i + 1 :]),
                    lambda v, i=i, b=base: theirs(*b[:i], [v, *b[i][1:]], *b[i + 1 :]),
                    x[0],
                )
    for base in works[:2]:
        lifted = [Tensor(x) if isinstance(x, np.ndarray) and x.dtype.kind == "f" else x for x in base]
        for name in parameters(ours, theirs, BY_NUMPY.get(ours, ours)):
            for value in FILLINGS:
                for others in (base, lifted):
                    yield (
                        f"{name}= among {'tensors' if others is lifted else 'arrays'}",
                        lambda v, n=name, b=others: ours(*b, **{n: v}),
                        lambda v, n=name, b=base: theirs(*b, **{n: v}),
                        value,
                    )


EVERY = {name: (ours, theirs) for name, ours, theirs in functions() if name.rpartition(".")[2] not in APART}


# NumPy reads one triangle, and the gradient is that of a symmetric matrix, both triangles of which move.
OF_A_TRIANGLE = {"cholesky", "eigh", "eigvalsh", "pinv", "svd", "matrix_rank"}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", sweep(EVERY, 4))
def test_a_node_in_any_argument_has_its_gradient_or_is_refused(name: str) -> None:
    for argument, call, right, here in cases(*EVERY[name]):
        along = np.cos(np.arange(np.size(here)) + 0.3).reshape(np.shape(here))
        if name.rpartition(".")[2] in OF_A_TRIANGLE and np.ndim(here) > 1 and np.shape(here)[-1] == np.shape(here)[-2]:
            along = along + np.swapaxes(along, -1, -2)
        value, ahead, behind = (plainly(right, here + h * along) for h in (0.0, 1e-6, -1e-6))
        try:
            out, pullback = vjp(call, here)
        except (ag.AutogradError, AttributeError, TypeError, ValueError, IndexError):
            continue
        if value is None or ahead is None or behind is None or not value.shape == ahead.shape == behind.shape:
            continue
        with np.errstate(all="ignore"):
            slopes = (ahead - behind) / 2e-6
        # Where NumPy's function jumps, or has no finite value, it has no slope to compare with.
        smooth = np.isfinite(slopes) & (np.abs(slopes) < 1e4)
        np.testing.assert_allclose(numbers_of(out)[smooth], value[smooth], rtol=1e-9, atol=1e-12, err_msg=argument)
        if not smooth.all():
            continue
        weights = np.sin(1.0 + np.arange(slopes.size))
        left = iter(weights)

        def cotangent(x: Any, left: Iterator[float] = left) -> Any:
            if not is_numbers(x):
                return x
            wanted = as_pairs(raw(x))
            taken = np.array([next(left) for _ in range(wanted.size)]).reshape(wanted.shape)
            # What arrives at the imaginary part is that of the conjugate.
            taken = np.conj(from_pairs(taken, raw(x)))
            return taken if taken.ndim else taken.item()

        try:
            sent = np.sum(pullback(map_leaves(cotangent, out))[0] * along)
        except ag.AutogradError:
            continue
        expected = np.sum(slopes * weights)
        np.testing.assert_allclose(sent, expected, rtol=1e-4, atol=1e-4, err_msg=argument)


# NumPy computes these without a node in sight of it, or they read no elements of that argument.
READ_NO_ELEMENTS = {"np.linalg.matrix_rank", "np.real_if_close", "stats.multivariate_normal.entropy"}


def masked(x: np.ndarray) -> np.ma.MaskedArray:
    hole = np.zeros(x.shape, bool)
    hole.flat[-1] = True
    return np.ma.masked_array(x.copy(), mask=hole)


@pytest.mark.filterwarnings("ignore")
def test_a_masked_array_beside_a_node_is_refused_everywhere() -> None:
    """An index, a count, a label or a condition, too: an array made of it would hold what is under the mask."""
    taken, refused = [], 0
    for name, ours, theirs in functions():
        if name.split(".")[-1] in APART | {other.split(".")[-1] for other in READ_NO_ELEMENTS}:
            continue
        arity = theirs.nin if isinstance(theirs, np.ufunc) else None
        works = [b for b in BASES if arity in (None, len(b)) and plainly(theirs, *b) is not None][:4]
        for base in works:
            for i, x in enumerate(base):
                if not isinstance(x, np.ndarray):
                    continue
                beside = [
                    Tensor(b, requires_grad=True) if isinstance(b, np.ndarray) and b.dtype.kind == "f" else b
                    for b in base
                ]
                if not any([isinstance(b, Tensor) for j, b in enumerate(beside) if j != i]):
                    continue
                try:
                    ours(*beside[:i], masked(x), *beside[i + 1 :])
                except Exception:
                    refused += 1
                else:
                    taken.append(f"{name}, argument {i + 1} of {len(base)}")
    assert taken == []
    assert refused > 300
