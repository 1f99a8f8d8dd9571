"""The methods of `Value` and `Tensor` that are functions of the table.

`methods.pyi` declares them with their types, for editors and type checkers; `python -m tests.typing.faces` writes it.
"""

from __future__ import annotations

import numpy as np

from autograd.engine.operators import Operators
from autograd.graph.op import BY_NUMPY
from autograd.ops import (
    activation,
    comparison,
    complex_numbers,
    cumulative,
    diagonal,
    elementwise,
    joining,
    linalg,
    matrix,
    reduction,
    shape,
    sorting,
    special,
    stable,
)


class ElementaryMethods(Operators):
    """What every node has that holds a number or an array of them."""

    __slots__ = ()

    exp = elementwise.exp
    log = elementwise.log
    log1p = elementwise.log1p
    expm1 = elementwise.expm1
    sqrt = elementwise.sqrt
    sin = elementwise.sin
    cos = elementwise.cos
    tan = elementwise.tan
    asin = elementwise.asin
    acos = elementwise.acos
    atan = elementwise.atan
    atan2 = elementwise.atan2
    sinh = elementwise.sinh
    cosh = elementwise.cosh
    tanh = elementwise.tanh
    sigmoid = elementwise.sigmoid
    softplus = elementwise.softplus
    relu = activation.relu
    leaky_relu = activation.leaky_relu
    elu = activation.elu
    gelu = activation.gelu
    silu = activation.silu
    erf = special.erf
    erfc = special.erfc
    maximum = elementwise.maximum
    minimum = elementwise.minimum
    clip = elementwise.clip
    hypot = elementwise.hypot
    exp2 = elementwise.exp2
    log2 = elementwise.log2
    log10 = elementwise.log10
    square = elementwise.square
    reciprocal = elementwise.reciprocal
    logaddexp = elementwise.logaddexp
    abs = elementwise.abs
    sign = elementwise.sign
    floor = elementwise.floor
    ceil = comparison.ceil
    round = comparison.round
    trunc = elementwise.trunc
    cbrt = elementwise.cbrt
    asinh = elementwise.asinh
    acosh = elementwise.acosh
    atanh = elementwise.atanh
    sinc = elementwise.sinc
    logsumexp = stable.logsumexp


class ValueMethods(ElementaryMethods):
    """The methods of a `Value`: reductions of it and further numbers come to those of the scalars."""

    __slots__ = ()

    max = reduction.max
    min = reduction.min
    sum = reduction.sum


class TensorMethods(ElementaryMethods):
    """The methods of a `Tensor`, in NumPy's arguments."""

    __slots__ = ()

    conj = complex_numbers.conj
    conjugate = complex_numbers.conj
    mean = reduction.mean
    var = reduction.var
    std = reduction.std
    cumsum = cumulative.cumsum
    cumprod = cumulative.cumprod
    argmax = reduction.argmax
    argmin = reduction.argmin
    softmax = stable.softmax
    log_softmax = stable.log_softmax
    dot = linalg.dot
    outer = linalg.outer
    norm = matrix.norm
    argsort = sorting.argsort
    argpartition = sorting.argpartition
    median = sorting.median
    quantile = sorting.quantile
    # Below, this name of a file is that of a method.
    trace, diagonal = diagonal.trace, diagonal.diagonal
    ravel = shape.ravel
    swapaxes = shape.swapaxes
    squeeze = shape.squeeze
    expand_dims = shape.expand_dims
    broadcast_to = shape.broadcast_to
    flip = shape.flip
    astype = shape.astype
    split = joining.split
    repeat = joining.repeat
    take = joining.take
    all = BY_NUMPY[np.all]
    any = BY_NUMPY[np.any]
    max = BY_NUMPY[np.max]
    min = BY_NUMPY[np.min]
    nonzero = BY_NUMPY[np.nonzero]
    prod = BY_NUMPY[np.prod]
    searchsorted = BY_NUMPY[np.searchsorted]
    sum = BY_NUMPY[np.sum]
    matmul = linalg.matmul
