"""stepgrad's engine: `Value`, `Tensor`, the table of operations, the reverse pass and the transforms.

`autograd.check`, `autograd.draw`, `autograd.debug`, `autograd.compile` and the command line stand on it and are not loaded
with it.
"""

from __future__ import annotations

__distribution__ = "stepgrad"

from collections.abc import Iterable as _Iterable
from sys import modules as _modules
from typing import Any as _Any

from autograd import installation as _installation
from autograd import tree as tree
from autograd._version import __version__
from autograd.builtins import dict, isinstance, list, tuple, type
from autograd.engine import tensor as _tensor
from autograd.engine import value as _value
from autograd.engine.checkpoint import checkpoint
from autograd.engine.custom import custom_jvp, custom_vjp
from autograd.engine.formula import expression
from autograd.engine.forward import jvp, linearize
from autograd.engine.jacfwd import jacfwd
from autograd.engine.primitive import primitive
from autograd.engine.reverse import Contribution, Step
from autograd.engine.tensor import Tensor
from autograd.engine.transforms import (
    elementwise_grad,
    grad,
    hessian,
    holomorphic_grad,
    hvp,
    jacobian,
    jacrev,
    value_and_grad,
    vjp,
)
from autograd.engine.value import Value
from autograd.engine.vmap import vmap
from autograd.errors import (
    AnomalyError,
    AutogradError,
    GraphError,
    GraphWarning,
    InPlaceError,
    LostGradientError,
    MatrixError,
    MissingDependencyError,
    NotKeptError,
    OperandError,
    ShapeError,
)
from autograd.extend import defjvp, defvjp
from autograd.graph import node as _node
from autograd.graph.modes import detect_anomaly, enable_grad, is_grad_enabled, no_grad, record_sites
from autograd.graph.node import Node
from autograd.graph.sites import library as _library
from autograd.hips.transforms import (
    deriv,
    grad_and_aux,
    grad_named,
    hessian_tensor_product,
    hessian_vector_product,
    make_ggnvp,
    make_hvp,
    make_jvp,
    make_vjp,
    multigrad_dict,
    tensor_jacobian_product,
    vector_jacobian_product,
)
from autograd.ops import linalg
from autograd.ops.activation import elu, gelu, leaky_relu, relu, silu
from autograd.ops.comparison import (
    ceil,
    equal,
    floor,
    greater,
    greater_equal,
    less,
    less_equal,
    not_equal,
    round,
    sign,
    stop_gradient,
    trunc,
    where,
)
from autograd.ops.complex_numbers import angle, conj, imag, real
from autograd.ops.cumulative import cumprod, cumsum
from autograd.ops.einsum import einsum
from autograd.ops.elementwise import (
    abs,
    acos,
    acosh,
    add,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cbrt,
    clip,
    cos,
    cosh,
    div,
    exp,
    exp2,
    expm1,
    hypot,
    log,
    log1p,
    log2,
    log10,
    logaddexp,
    maximum,
    minimum,
    mul,
    neg,
    power,
    reciprocal,
    remainder,
    sigmoid,
    sin,
    sinc,
    sinh,
    softplus,
    sqrt,
    square,
    sub,
    tan,
    tanh,
)
from autograd.ops.joining import pad, repeat, split, take, tile
from autograd.ops.linalg import dot, linear, matmul, outer
from autograd.ops.matrix import norm
from autograd.ops.reduction import argmax, argmin, max, mean, min, prod, std, sum, var
from autograd.ops.shape import (
    astype,
    broadcast_to,
    concatenate,
    expand_dims,
    flip,
    ravel,
    reshape,
    squeeze,
    stack,
    swapaxes,
    transpose,
)
from autograd.ops.sorting import argsort, median, put_along_axis, sort, take_along_axis
from autograd.ops.special import erf, erfc
from autograd.ops.stable import cross_entropy, log_softmax, logsumexp, softmax
from autograd.tree import flatten as tree_flatten
from autograd.tree import leaves as tree_leaves
from autograd.tree import map as tree_map
from autograd.tree import register_dataclass, register_pytree_node, register_pytree_node_class
from autograd.tree import unflatten as tree_unflatten

_library(__file__)
_installation.warn_of_overlay(__path__[0])

# Pickles from before the modules moved into packages name them where they were.
for _old, _new in {"node": _node, "tensor": _tensor, "value": _value}.items():
    _modules[f"autograd.{_old}"] = _new


def __getattr__(name: str) -> _Any:
    if name == "compile":
        from autograd.compiler import compile as found

        return found
    raise AttributeError(f"module 'autograd' has no attribute {name!r}")


# Python's own abs, max, min, round, sum and types are left as they are by `from autograd import *`.
__all__ = [
    "AnomalyError",
    "AutogradError",
    "Contribution",
    "GraphError",
    "InPlaceError",
    "MatrixError",
    "MissingDependencyError",
    "Node",
    "NotKeptError",
    "OperandError",
    "ShapeError",
    "Step",
    "Tensor",
    "Value",
    "acos",
    "acosh",
    "add",
    "angle",
    "argmax",
    "argmin",
    "argsort",
    "asin",
    "asinh",
    "astype",
    "atan",
    "atan2",
    "atanh",
    "broadcast_to",
    "cbrt",
    "ceil",
    "checkpoint",
    "clip",
    "compile",
    "concatenate",
    "conj",
    "cos",
    "cosh",
    "cross_entropy",
    "cumprod",
    "cumsum",
    "custom_jvp",
    "custom_vjp",
    "defjvp",
    "defvjp",
    "deriv",
    "detect_anomaly",
    "div",
    "dot",
    "einsum",
    "elementwise_grad",
    "elu",
    "enable_grad",
    "equal",
    "erf",
    "erfc",
    "exp",
    "exp2",
    "expand_dims",
    "expm1",
    "expression",
    "flip",
    "floor",
    "gelu",
    "grad",
    "grad_and_aux",
    "grad_named",
    "greater",
    "greater_equal",
    "hessian",
    "hessian_tensor_product",
    "hessian_vector_product",
    "holomorphic_grad",
    "hvp",
    "hypot",
    "imag",
    "is_grad_enabled",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jvp",
    "leaky_relu",
    "less",
    "less_equal",
    "linalg",
    "linear",
    "linearize",
    "log",
    "log1p",
    "log2",
    "log10",
    "log_softmax",
    "logaddexp",
    "logsumexp",
    "make_ggnvp",
    "make_hvp",
    "make_jvp",
    "make_vjp",
    "matmul",
    "maximum",
    "mean",
    "median",
    "minimum",
    "mul",
    "multigrad_dict",
    "neg",
    "no_grad",
    "norm",
    "not_equal",
    "outer",
    "pad",
    "power",
    "primitive",
    "prod",
    "put_along_axis",
    "ravel",
    "real",
    "reciprocal",
    "record_sites",
    "register_dataclass",
    "register_pytree_node",
    "register_pytree_node_class",
    "relu",
    "remainder",
    "repeat",
    "reshape",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "sinc",
    "sinh",
    "softmax",
    "softplus",
    "sort",
    "split",
    "sqrt",
    "square",
    "squeeze",
    "stack",
    "std",
    "stop_gradient",
    "sub",
    "swapaxes",
    "take",
    "take_along_axis",
    "tan",
    "tanh",
    "tensor_jacobian_product",
    "tile",
    "transpose",
    "tree_flatten",
    "tree_leaves",
    "tree_map",
    "tree_unflatten",
    "trunc",
    "value_and_grad",
    "var",
    "vector_jacobian_product",
    "vjp",
    "vmap",
    "where",
]


def __dir__() -> _Iterable[str]:
    # The names of HIPS autograd's users, and of whoever wants our maximum, are there as well.
    return sorted({*__all__, "abs", "max", "min", "round", "sum"})
