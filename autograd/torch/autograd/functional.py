"""`torch.autograd.functional`: derivatives of functions, in PyTorch's arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.errors import GraphError
from autograd.graph.modes import call_recorded
from autograd.graph.node import get_data
from autograd.ops.shape import identity
from autograd.torch import differentiation
from autograd.torch.tensor import Tensor, as_face, wrap

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]


def _on_leaves(func: Callable[..., Any], inputs: Any, create_graph: bool) -> tuple[Any, list[Any]]:
    given = inputs if isinstance(inputs, (tuple, list)) else (inputs,)
    leaves = [x if create_graph and x.needs_grad else _leaf_of(x) for x in given]
    return call_recorded(func, *leaves), leaves


def _leaf_of(x: Any) -> Any:
    # The numbers of what stands for unknown ones cannot be copied.
    return call_recorded(identity, x.detach()) if x.symbolic else Tensor(np.array(get_data(x)), requires_grad=True)


def _fit_inputs(found: list[Any], inputs: Any) -> Any:
    return tuple(found) if isinstance(inputs, (tuple, list)) else found[0]


def _or_zeros(found: Sequence[Any], leaves: Sequence[Any]) -> list[Any]:
    return [wrap(np.zeros_like(get_data(x))) if g is None else as_face(g) for g, x in zip(found, leaves, strict=True)]


def vjp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    """The result, and the product of a vector with the Jacobian."""
    out, leaves = _on_leaves(func, inputs, create_graph)
    outputs = list(out) if isinstance(out, (tuple, list)) else [out]
    seeds = [None] * len(outputs) if v is None else list(v) if isinstance(v, (tuple, list)) else [v]
    found = differentiation.derivatives("vjp", outputs, leaves, seeds, create_graph)
    plain = out if create_graph else _detach(out)
    return plain, _fit_inputs(_or_zeros(found, leaves), inputs)


def _detach(out: Any) -> Any:
    return tuple(x.detach() for x in out) if isinstance(out, (tuple, list)) else out.detach()


def jvp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    """The result, and the product of the Jacobian with a vector, by two reverse passes."""
    out, leaves = _on_leaves(func, inputs, create_graph)
    outputs = list(out) if isinstance(out, (tuple, list)) else [out]
    directions = (
        [wrap(np.ones_like(get_data(x))) for x in leaves]
        if v is None
        else list(v)
        if isinstance(v, (tuple, list))
        else [v]
    )
    seeds = [Tensor(np.zeros_like(get_data(o)), requires_grad=True) for o in outputs]
    sent = differentiation.derivatives("jvp", outputs, leaves, seeds, True)
    product = sum((g * d).sum() for g, d in zip(sent, directions, strict=True) if g is not None)
    found = _or_zeros(differentiation.derivatives("jvp", [product], seeds, [None], create_graph), seeds)
    return (out if create_graph else _detach(out)), tuple(found) if isinstance(out, (tuple, list)) else found[0]


def jacobian(
    func: Callable[..., Any], inputs: Any, create_graph: bool = False, strict: bool = False, **ignored: Any
) -> Any:
    """All derivatives of all results by all inputs: the shape of the result, then that of the input."""
    out, leaves = _on_leaves(func, inputs, create_graph)
    found = []
    for one in out if isinstance(out, (tuple, list)) else (out,):
        data = get_data(one)
        rows = []
        for unit in np.eye(data.size, dtype=data.dtype):
            seed = wrap(unit.reshape(data.shape))
            sent = (
                differentiation.derivatives("jacobian", [one], leaves, [seed], create_graph)
                if one.needs_grad
                else [None] * len(leaves)
            )
            rows.append(_or_zeros(sent, leaves))
        columns = []
        for i, leaf in enumerate(leaves):
            joined = _stack([row[i] for row in rows], leaf)
            columns.append(joined.reshape(*data.shape, *leaf.shape))
        found.append(_fit_inputs(columns, inputs))
    return tuple(found) if isinstance(out, (tuple, list)) else found[0]


def _stack(rows: list[Any], leaf: Any) -> Any:
    from autograd.torch.joining import stack

    return stack(rows) if rows else wrap(np.zeros((0, *leaf.shape), leaf.dtype))


def hessian(
    func: Callable[..., Any], inputs: Any, create_graph: bool = False, strict: bool = False, **ignored: Any
) -> Any:
    """The matrix of second derivatives of a function that gives one number."""

    def gradient(*xs: Any) -> Any:
        out = func(*xs)
        if out.numel() != 1:
            raise GraphError(f"hessian: the function gives shape {tuple(out.shape)}, and not one number")
        return tuple(_or_zeros(differentiation.derivatives("hessian", [out], list(xs), [None], True), list(xs)))

    found = jacobian(gradient, inputs, create_graph)
    return found if isinstance(inputs, (tuple, list)) else found[0]


def vhp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    """The result, and the product of the Hessian with a vector."""
    out, leaves = _on_leaves(func, inputs, create_graph)
    directions = list(v) if isinstance(v, (tuple, list)) else [v]
    first = _or_zeros(differentiation.derivatives("vhp", [out], leaves, [None], True), leaves)
    along = sum((g * d).sum() for g, d in zip(first, directions, strict=True))
    second = (
        differentiation.derivatives("vhp", [along], leaves, [None], create_graph)
        if along.needs_grad
        else [None] * len(leaves)
    )
    return (out if create_graph else out.detach()), _fit_inputs(_or_zeros(second, leaves), inputs)


hvp = vhp


def jacobians(func: Callable[..., Any], arguments: Sequence[Any], asked: Sequence[int]) -> list[list[np.ndarray]]:
    """For each result its Jacobian by each argument that is asked for, as matrices."""

    def of(*chosen: Any) -> Any:
        filled = list(arguments)
        for i, x in zip(asked, chosen, strict=True):
            filled[i] = x
        return func(*filled)

    found = jacobian(of, tuple(arguments[i] for i in asked))
    several = isinstance(found[0], tuple)
    return [
        [get_data(j).reshape(-1, get_data(arguments[i]).size) for i, j in zip(asked, row, strict=True)]
        for row in (found if several else [found])
    ]


def differences(
    func: Callable[..., Any], arguments: Sequence[Any], asked: Sequence[int], eps: float
) -> list[list[np.ndarray]]:
    """The same by central differences."""

    def results(*xs: Any) -> list[np.ndarray]:
        out = func(*xs)
        return [np.array(get_data(o), float).ravel() for o in (out if isinstance(out, (tuple, list)) else (out,))]

    columns: list[list[list[np.ndarray]]] = []
    for i in asked:
        data = np.array(get_data(arguments[i]))
        of_argument = []
        for place in range(data.size):
            ends = []
            for move in (eps, -eps):
                moved = data.copy()
                moved.reshape(-1)[place] += move
                ends.append(results(*arguments[:i], wrap(moved), *arguments[i + 1 :]))
            of_argument.append([(up - down) / (2.0 * eps) for up, down in zip(*ends, strict=True)])
        columns.append(of_argument)
    count = len(columns[0][0])
    return [[np.stack([column[k] for column in of_argument], -1) for of_argument in columns] for k in range(count)]


def excess(a: np.ndarray, n: np.ndarray, rtol: float, atol: float) -> tuple[float, float] | None:
    """The worst pair of numbers that differ by more than is allowed; None where none do."""
    wrong = ~np.isclose(a, n, rtol, atol)
    if not wrong.any():
        return None
    worst = np.argmax(np.where(wrong, np.abs(a - n), 0.0))
    return float(a.flat[worst]), float(n.flat[worst])
