"""stepgrad's engine: `Value`, `Tensor`, the table of operations, the reverse pass and the transforms.

`autograd.check`, `autograd.draw`, `autograd.debug`, `autograd.compile` and the command line stand on it and are not loaded
with it.
"""

from __future__ import annotations

import builtins
from typing import Any as _Any

from autograd._version import __version__
from autograd.builtins import dict, isinstance, list, tuple, type
from autograd.engine.checkpoint import checkpoint
from autograd.engine.formula import expression
from autograd.engine.primitive import primitive
from autograd.engine.reverse import Contribution, Step
from autograd.engine.tensor import Tensor
from autograd.engine.transforms import elementwise_grad, grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from autograd.engine.value import Value
from autograd.errors import (
    AnomalyError,
    AutogradError,
    GraphError,
    InPlaceError,
    MatrixError,
    MissingDependencyError,
    NotKeptError,
    OperandError,
    ShapeError,
)
from autograd.extend import defjvp, defvjp
from autograd.graph.modes import detect_anomaly, enable_grad, is_grad_enabled, no_grad, record_sites
from autograd.graph.node import Node
from autograd.hips import (
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
from autograd.ops.linalg import dot, einsum, linear, matmul, outer
from autograd.ops.matrix import norm
from autograd.ops.reduction import argmax, argmin, cumprod, cumsum, max, mean, min, prod, std, sum, var
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


def __getattr__(name: str) -> _Any:
    if name == "compile":
        from autograd.compiler import compile as found

        return found
    raise AttributeError(f"module 'autograd' has no attribute {name!r}")


# `from autograd import *` leaves Python's own abs, max, min, round and sum as they are.
__all__ = [_name for _name in dir() if not _name.startswith("_") and not hasattr(builtins, _name)]
