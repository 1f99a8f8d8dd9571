"""Functions of complex numbers as functions of their real and imaginary parts, along which they are checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, NamedTuple

import numpy as np

from autograd.graph.node import Node, raw
from autograd.graph.tree import map_leaves, refill
from autograd.ops.complex_numbers import imag, is_complex, real


class Complex(NamedTuple):
    """The parts of complex numbers; a report names them `z.real` and `z.imag`."""

    real: Any
    imag: Any


def split(tree: Any) -> Any:
    """The tree with each complex leaf as its parts.

    Examples
    --------
    >>> split([1.0, 2.0 + 3.0j])
    [1.0, Complex(real=2.0, imag=3.0)]
    """
    return map_leaves(lambda x: Complex(_part(real, x), _part(imag, x)) if is_complex(raw(x)) else x, tree)


def _part(of: Callable[[Any], Any], x: Any) -> Any:
    return of(x) if isinstance(x, Node) else float(of(x)) if isinstance(x, complex) else of(np.asarray(x))


def as_pairs(x: np.ndarray) -> np.ndarray:
    """Complex numbers as pairs of real ones along a further axis; real ones as they are, in float64.

    Examples
    --------
    >>> as_pairs(np.array([1.0 + 2.0j])), as_pairs(np.array([1.0]))
    (array([[1., 2.]]), array([1.]))
    """
    x = np.asarray(x)
    return np.array(x, complex)[..., None].view(float) if x.dtype.kind == "c" else np.array(x, float)


def from_pairs(x: np.ndarray, like: Any) -> np.ndarray:
    """The inverse of `as_pairs` for an array like another one."""
    return np.ascontiguousarray(x).view(complex)[..., 0] if is_complex(like) else x


def join(tree: Any) -> Any:
    """The tree with complex numbers in the place of their parts.

    Examples
    --------
    >>> join([1.0, Complex(2.0, 3.0)])
    [1.0, (2+3j)]
    """
    if isinstance(tree, Complex):
        return tree.real + 1j * tree.imag
    if isinstance(tree, (dict, list, tuple)):
        return refill(tree, [join(part) for part in (tree.values() if isinstance(tree, dict) else tree)])
    return tree


def of_parts(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that takes, and gives, parts of complex numbers."""

    @wraps(function)
    def of_real_numbers(*args: Any, **kwargs: Any) -> Any:
        return split(function(*join(args), **join(kwargs)))

    return of_real_numbers


def gradient_of_parts(gradient: Callable[..., Any], inputs: Sequence[Any]) -> Callable[..., Any]:
    """A gradient ∂u/∂x - i ∂u/∂y by complex inputs as the gradient by their parts."""

    @wraps(gradient)
    def by_parts(*args: Any, **kwargs: Any) -> Any:
        claimed = gradient(*join(args), **join(kwargs))
        several = (
            isinstance(claimed, (tuple, list)) and len(claimed) == 1 and not isinstance(inputs[0], (tuple, list, dict))
        )
        alone = len(inputs) == 1 and not several
        return _conjugate((claimed,) if alone else claimed, inputs)

    return by_parts


def _conjugate(claimed: Any, given: Any) -> Any:
    if is_complex(raw(given)):
        return Complex(np.real(raw(claimed)), -np.imag(raw(claimed)))
    if isinstance(given, dict) and isinstance(claimed, dict):
        return {key: _conjugate(part, given.get(key)) for key, part in claimed.items()}
    if isinstance(given, (list, tuple)) and isinstance(claimed, (list, tuple)) and len(given) == len(claimed):
        return [_conjugate(part, other) for part, other in zip(claimed, given, strict=True)]
    return claimed
