"""Written by `python -m tests.typing.faces` from the table of operations; see there before you edit."""

import builtins
from collections.abc import Iterable, Sequence
from typing import Any, Literal, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from autograd import tree as tree
from autograd._version import __version__ as __version__
from autograd.builtins import dict as dict
from autograd.builtins import isinstance as isinstance
from autograd.builtins import list as list
from autograd.builtins import tuple as tuple
from autograd.builtins import type as type
from autograd.compiler import compile as compile
from autograd.engine.checkpoint import checkpoint as checkpoint
from autograd.engine.custom import custom_jvp as custom_jvp
from autograd.engine.custom import custom_vjp as custom_vjp
from autograd.engine.formula import expression as expression
from autograd.engine.forward import jvp as jvp
from autograd.engine.forward import linearize as linearize
from autograd.engine.jacfwd import jacfwd as jacfwd
from autograd.engine.primitive import primitive as primitive
from autograd.engine.reverse import Contribution as Contribution
from autograd.engine.reverse import Step as Step
from autograd.engine.tensor import Tensor as Tensor
from autograd.engine.transforms import elementwise_grad as elementwise_grad
from autograd.engine.transforms import grad as grad
from autograd.engine.transforms import hessian as hessian
from autograd.engine.transforms import holomorphic_grad as holomorphic_grad
from autograd.engine.transforms import hvp as hvp
from autograd.engine.transforms import jacobian as jacobian
from autograd.engine.transforms import jacrev as jacrev
from autograd.engine.transforms import value_and_grad as value_and_grad
from autograd.engine.transforms import vjp as vjp
from autograd.engine.value import Value as Value
from autograd.engine.vmap import vmap as vmap
from autograd.errors import AnomalyError as AnomalyError
from autograd.errors import AutogradError as AutogradError
from autograd.errors import GraphError as GraphError
from autograd.errors import GraphWarning as GraphWarning
from autograd.errors import InPlaceError as InPlaceError
from autograd.errors import LostGradientError as LostGradientError
from autograd.errors import MatrixError as MatrixError
from autograd.errors import MissingDependencyError as MissingDependencyError
from autograd.errors import NotKeptError as NotKeptError
from autograd.errors import OperandError as OperandError
from autograd.errors import ShapeError as ShapeError
from autograd.extend import defjvp as defjvp
from autograd.extend import defvjp as defvjp
from autograd.graph.modes import detect_anomaly as detect_anomaly
from autograd.graph.modes import enable_grad as enable_grad
from autograd.graph.modes import is_grad_enabled as is_grad_enabled
from autograd.graph.modes import no_grad as no_grad
from autograd.graph.modes import record_sites as record_sites
from autograd.graph.node import Node as Node
from autograd.hips.transforms import deriv as deriv
from autograd.hips.transforms import grad_and_aux as grad_and_aux
from autograd.hips.transforms import grad_named as grad_named
from autograd.hips.transforms import hessian_tensor_product as hessian_tensor_product
from autograd.hips.transforms import hessian_vector_product as hessian_vector_product
from autograd.hips.transforms import make_ggnvp as make_ggnvp
from autograd.hips.transforms import make_hvp as make_hvp
from autograd.hips.transforms import make_jvp as make_jvp
from autograd.hips.transforms import make_vjp as make_vjp
from autograd.hips.transforms import multigrad_dict as multigrad_dict
from autograd.hips.transforms import tensor_jacobian_product as tensor_jacobian_product
from autograd.hips.transforms import vector_jacobian_product as vector_jacobian_product
from autograd.ops import linalg as linalg
from autograd.tree import flatten as tree_flatten
from autograd.tree import leaves as tree_leaves
from autograd.tree import map as tree_map
from autograd.tree import register_dataclass as register_dataclass
from autograd.tree import register_pytree_node as register_pytree_node
from autograd.tree import register_pytree_node_class as register_pytree_node_class
from autograd.tree import unflatten as tree_unflatten
from autograd.typing import Array, ArrayLike, Axis, DTypeLike, Number, Operand, Real, Shape

Scalar = TypeVar("Scalar", bound=np.generic)
Floating = TypeVar("Floating", bound=np.floating[Any])

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

@overload
def elu(x: Real, /, alpha: float = 1.0) -> float:
    """`x` where positive, `alpha * (exp(x) - 1)` elsewhere (Clevert et al. 2015); at 0 the derivative is min(1, alpha)."""

@overload
def elu(x: Value, /, alpha: float = 1.0) -> Value: ...
@overload
def elu(x: Tensor, /, alpha: float = 1.0) -> Tensor: ...
@overload
def elu(x: ArrayLike, /, alpha: float = 1.0) -> Array: ...
@overload
def gelu(x: Real, /, approximate: str = "none") -> float:
    """`x Φ(x)` with the normal distribution Φ (Hendrycks and Gimpel 2016), or its tanh approximation."""

@overload
def gelu(x: Value, /, approximate: str = "none") -> Value: ...
@overload
def gelu(x: Tensor, /, approximate: str = "none") -> Tensor: ...
@overload
def gelu(x: ArrayLike, /, approximate: str = "none") -> Array: ...
@overload
def leaky_relu(x: Real, /, slope: float = 0.01) -> float:
    """`x` where positive, `slope * x` elsewhere; the derivative at 0 is the slope."""

@overload
def leaky_relu(x: Value, /, slope: float = 0.01) -> Value: ...
@overload
def leaky_relu(x: Tensor, /, slope: float = 0.01) -> Tensor: ...
@overload
def leaky_relu(x: ArrayLike, /, slope: float = 0.01) -> Array: ...
@overload
def relu(x: Real, /) -> float:
    """`x` where it is positive, 0 elsewhere; the derivative at 0 is 0 (Nair and Hinton 2010). Here ∂out/∂x = where(x <= 0, 0, 1)."""

@overload
def relu(x: Value, /) -> Value: ...
@overload
def relu(x: Tensor, /) -> Tensor: ...
@overload
def relu(x: ArrayLike, /) -> Array: ...
@overload
def silu(x: Real, /) -> float:
    """`x * sigmoid(x)`, also called swish (Elfwing et al. 2018; Ramachandran et al. 2017)."""

@overload
def silu(x: Value, /) -> Value: ...
@overload
def silu(x: Tensor, /) -> Tensor: ...
@overload
def silu(x: ArrayLike, /) -> Array: ...
@overload
def ceil(x: Real, /) -> float:
    """The least whole number that is not less than `x`; its derivative is 0."""

@overload
def ceil(x: Value, /) -> Value: ...
@overload
def ceil(x: Tensor, /) -> Tensor: ...
@overload
def ceil(x: ArrayLike, /) -> Array: ...
@overload
def equal(x: Real, y: Real, /) -> bool:
    """Whether `x == y`, element by element; a constant, without a derivative."""

@overload
def equal(x: Value, y: Number, /) -> bool: ...
@overload
def equal(x: Real, y: Value, /) -> bool: ...
@overload
def equal(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def equal(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def equal(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def floor(x: Real, /) -> float:
    """The greatest whole number that is not greater than `x`; its derivative is 0."""

@overload
def floor(x: Value, /) -> Value: ...
@overload
def floor(x: Tensor, /) -> Tensor: ...
@overload
def floor(x: ArrayLike, /) -> Array: ...
@overload
def greater(x: Real, y: Real, /) -> bool:
    """Whether `x > y`, element by element; a constant, without a derivative."""

@overload
def greater(x: Value, y: Number, /) -> bool: ...
@overload
def greater(x: Real, y: Value, /) -> bool: ...
@overload
def greater(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def greater(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def greater(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def greater_equal(x: Real, y: Real, /) -> bool:
    """Whether `x >= y`, element by element; a constant, without a derivative."""

@overload
def greater_equal(x: Value, y: Number, /) -> bool: ...
@overload
def greater_equal(x: Real, y: Value, /) -> bool: ...
@overload
def greater_equal(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def greater_equal(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def greater_equal(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def less(x: Real, y: Real, /) -> bool:
    """Whether `x < y`, element by element; a constant, without a derivative."""

@overload
def less(x: Value, y: Number, /) -> bool: ...
@overload
def less(x: Real, y: Value, /) -> bool: ...
@overload
def less(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def less(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def less(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def less_equal(x: Real, y: Real, /) -> bool:
    """Whether `x <= y`, element by element; a constant, without a derivative."""

@overload
def less_equal(x: Value, y: Number, /) -> bool: ...
@overload
def less_equal(x: Real, y: Value, /) -> bool: ...
@overload
def less_equal(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def less_equal(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def less_equal(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def not_equal(x: Real, y: Real, /) -> bool:
    """Whether `x != y`, element by element; a constant, without a derivative."""

@overload
def not_equal(x: Value, y: Number, /) -> bool: ...
@overload
def not_equal(x: Real, y: Value, /) -> bool: ...
@overload
def not_equal(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def not_equal(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def not_equal(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def round(x: Real, /, decimals: int = 0) -> float:
    """Round to the given number of decimals, halves to even; the derivative is zero."""

@overload
def round(x: Value, /, decimals: int = 0) -> Value: ...
@overload
def round(x: Tensor, /, decimals: int = 0) -> Tensor: ...
@overload
def round(x: ArrayLike, /, decimals: int = 0) -> Array: ...
@overload
def sign(x: Real, /) -> float:
    """-1, 0 or 1 by the sign of `x`; its derivative is 0."""

@overload
def sign(x: Value, /) -> Value: ...
@overload
def sign(x: Tensor, /) -> Tensor: ...
@overload
def sign(x: ArrayLike, /) -> Array: ...
@overload
def stop_gradient(x: Real, /) -> float:
    """`x` itself, as a constant: no derivative passes."""

@overload
def stop_gradient(x: Value, /) -> Value: ...
@overload
def stop_gradient(x: Tensor, /) -> Tensor: ...
@overload
def stop_gradient(x: ArrayLike, /) -> Array: ...
@overload
def trunc(x: Real, /) -> float:
    """The whole part of `x`, rounded towards 0; its derivative is 0."""

@overload
def trunc(x: Value, /) -> Value: ...
@overload
def trunc(x: Tensor, /) -> Tensor: ...
@overload
def trunc(x: ArrayLike, /) -> Array: ...
@overload
def where(condition: Tensor, x: Operand, y: Operand, /) -> Tensor:
    """`x` where the condition is true, `y` elsewhere; the branch that is not taken sends a gradient of exactly 0. Here ∂out/∂x = where(condition, 1, 0), ∂out/∂y = where(condition, 0, 1)."""

@overload
def where(condition: Number, x: Real, y: Real, /) -> float: ...
@overload
def where(condition: Number, x: Value, y: Number, /) -> Value: ...
@overload
def where(condition: Number, x: Real, y: Value, /) -> Value: ...
@overload
def where(condition: ArrayLike, x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def where(condition: ArrayLike, x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def where(condition: ArrayLike, x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def angle(z: Tensor, deg: bool = False) -> Tensor:
    """The angle of complex numbers from the positive real axis, from -π to π."""

@overload
def angle(z: ArrayLike, deg: bool = False) -> Array: ...
@overload
def conj(x: Tensor) -> Tensor:
    """The complex conjugate; real numbers as they are."""

@overload
def conj(x: ArrayLike) -> Array: ...
@overload
def imag(x: Tensor) -> Tensor:
    """The imaginary part of complex numbers; of real numbers zeros, which are constants."""

@overload
def imag(x: ArrayLike) -> Array: ...
@overload
def real(x: Tensor) -> Tensor:
    """The real part of complex numbers; real numbers as they are."""

@overload
def real(x: ArrayLike) -> Array: ...
@overload
def cumprod(x: Tensor, axis: int | None = None, dtype: DTypeLike | None = None, out: None = None) -> Tensor:
    """The running product along an axis; with axis None, of the flattened array."""

@overload
def cumprod(x: ArrayLike, axis: int | None = None, dtype: DTypeLike | None = None, out: None = None) -> Array: ...
@overload
def cumsum(x: Tensor, axis: int | None = None, dtype: DTypeLike | None = None, out: None = None) -> Tensor:
    """The running sum along an axis; with axis None, of the flattened array."""

@overload
def cumsum(x: ArrayLike, axis: int | None = None, dtype: DTypeLike | None = None, out: None = None) -> Array: ...
@overload
def einsum(subscripts: str, /, *operands: Tensor) -> Tensor:
    """Einstein's summation, with ellipsis, implicit output and lists of axes as in NumPy."""

@overload
def einsum(subscripts: str, /, *operands: Array) -> Array: ...
@overload
def einsum(subscripts: str, /, *operands: Operand) -> Tensor: ...
@overload
def einsum(x: Operand, axes: Sequence[int], /, *more: Operand | Sequence[int]) -> Any: ...
@overload
def abs(x: Real, /) -> float:
    """The absolute value; its derivative at 0 is 0. Here ∂out/∂x = sign(x)."""

@overload
def abs(x: Value, /) -> Value: ...
@overload
def abs(x: Tensor, /) -> Tensor: ...
@overload
def abs(x: ArrayLike, /) -> Array: ...
@overload
def acos(x: Real, /) -> float:
    """The angle in radians, from 0 to π, whose cosine is `x`. Here ∂out/∂x = -1 / sqrt((1 - x) * (1 + x))."""

@overload
def acos(x: Value, /) -> Value: ...
@overload
def acos(x: Tensor, /) -> Tensor: ...
@overload
def acos(x: ArrayLike, /) -> Array: ...
@overload
def acosh(x: Real, /) -> float:
    """The inverse hyperbolic cosine, of numbers from 1 on. Here ∂out/∂x = 1 / sqrt((x - 1) * (x + 1))."""

@overload
def acosh(x: Value, /) -> Value: ...
@overload
def acosh(x: Tensor, /) -> Tensor: ...
@overload
def acosh(x: ArrayLike, /) -> Array: ...
@overload
def add(x: Real, y: Real, /) -> float:
    """The sum `x + y`. Here ∂out/∂x = 1, ∂out/∂y = 1."""

@overload
def add(x: Value, y: Number, /) -> Value: ...
@overload
def add(x: Real, y: Value, /) -> Value: ...
@overload
def add(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def add(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def add(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def asin(x: Real, /) -> float:
    """The angle in radians, from -π/2 to π/2, whose sine is `x`. Here ∂out/∂x = 1 / sqrt((1 - x) * (1 + x))."""

@overload
def asin(x: Value, /) -> Value: ...
@overload
def asin(x: Tensor, /) -> Tensor: ...
@overload
def asin(x: ArrayLike, /) -> Array: ...
@overload
def asinh(x: Real, /) -> float:
    """The inverse hyperbolic sine. Here ∂out/∂x = 1 / hypot(1, x)."""

@overload
def asinh(x: Value, /) -> Value: ...
@overload
def asinh(x: Tensor, /) -> Tensor: ...
@overload
def asinh(x: ArrayLike, /) -> Array: ...
@overload
def atan(x: Real, /) -> float:
    """The angle in radians, from -π/2 to π/2, whose tangent is `x`. Here ∂out/∂x = 1 / (1 + x²)."""

@overload
def atan(x: Value, /) -> Value: ...
@overload
def atan(x: Tensor, /) -> Tensor: ...
@overload
def atan(x: ArrayLike, /) -> Array: ...
@overload
def atan2(x: Real, y: Real, /) -> float:
    """The angle of the vector (y, x), from -π to π: the arguments are the opposite side and then the adjacent one."""

@overload
def atan2(x: Value, y: Number, /) -> Value: ...
@overload
def atan2(x: Real, y: Value, /) -> Value: ...
@overload
def atan2(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def atan2(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def atan2(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def atanh(x: Real, /) -> float:
    """The inverse hyperbolic tangent, of numbers between -1 and 1. Here ∂out/∂x = 1 / ((1 - x) * (1 + x))."""

@overload
def atanh(x: Value, /) -> Value: ...
@overload
def atanh(x: Tensor, /) -> Tensor: ...
@overload
def atanh(x: ArrayLike, /) -> Array: ...
@overload
def cbrt(x: Real, /) -> float:
    """The cube root, also of negative numbers. Here ∂out/∂x = 1 / (3 * out²)."""

@overload
def cbrt(x: Value, /) -> Value: ...
@overload
def cbrt(x: Tensor, /) -> Tensor: ...
@overload
def cbrt(x: ArrayLike, /) -> Array: ...
@overload
def clip(
    x: Real,
    /,
    a_min: Real | None = None,
    a_max: Real | None = None,
    *,
    min: Real | None = None,
    max: Real | None = None,
) -> float:
    """Limit `x` to an interval, in NumPy's argument names; either bound may be left out, and both may be nodes."""

@overload
def clip(
    x: Value,
    /,
    a_min: Number | None = None,
    a_max: Number | None = None,
    *,
    min: Number | None = None,
    max: Number | None = None,
) -> Value: ...
@overload
def clip(
    x: Tensor,
    /,
    a_min: Operand | None = None,
    a_max: Operand | None = None,
    *,
    min: Operand | None = None,
    max: Operand | None = None,
) -> Tensor: ...
@overload
def clip(
    x: ArrayLike,
    /,
    a_min: ArrayLike | None = None,
    a_max: ArrayLike | None = None,
    *,
    min: ArrayLike | None = None,
    max: ArrayLike | None = None,
) -> Array: ...
@overload
def cos(x: Real, /) -> float:
    """The cosine of an angle in radians. Here ∂out/∂x = -sin(x)."""

@overload
def cos(x: Value, /) -> Value: ...
@overload
def cos(x: Tensor, /) -> Tensor: ...
@overload
def cos(x: ArrayLike, /) -> Array: ...
@overload
def cosh(x: Real, /) -> float:
    """The hyperbolic cosine. Here ∂out/∂x = sinh(x)."""

@overload
def cosh(x: Value, /) -> Value: ...
@overload
def cosh(x: Tensor, /) -> Tensor: ...
@overload
def cosh(x: ArrayLike, /) -> Array: ...
@overload
def div(x: Real, y: Real, /) -> float:
    """The quotient `x / y`. Here ∂out/∂x = 1 / y, ∂out/∂y = -out / y."""

@overload
def div(x: Value, y: Number, /) -> Value: ...
@overload
def div(x: Real, y: Value, /) -> Value: ...
@overload
def div(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def div(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def div(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def exp(x: Real, /) -> float:
    """The exponential function, e to the power of `x`. Here ∂out/∂x = out."""

@overload
def exp(x: Value, /) -> Value: ...
@overload
def exp(x: Tensor, /) -> Tensor: ...
@overload
def exp(x: ArrayLike, /) -> Array: ...
@overload
def exp2(x: Real, /) -> float:
    """2 to the power of `x`. Here ∂out/∂x = out * 0.693147."""

@overload
def exp2(x: Value, /) -> Value: ...
@overload
def exp2(x: Tensor, /) -> Tensor: ...
@overload
def exp2(x: ArrayLike, /) -> Array: ...
@overload
def expm1(x: Real, /) -> float:
    """`exp(x) - 1`, exact also for small `x`. Here ∂out/∂x = exp(x)."""

@overload
def expm1(x: Value, /) -> Value: ...
@overload
def expm1(x: Tensor, /) -> Tensor: ...
@overload
def expm1(x: ArrayLike, /) -> Array: ...
@overload
def hypot(x: Real, y: Real, /) -> float:
    """The length of the vector (x, y), without overflow; its derivative at the origin is 0."""

@overload
def hypot(x: Value, y: Number, /) -> Value: ...
@overload
def hypot(x: Real, y: Value, /) -> Value: ...
@overload
def hypot(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def hypot(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def hypot(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def log(x: Real, /) -> float:
    """The natural logarithm. Here ∂out/∂x = 1 / x."""

@overload
def log(x: Value, /) -> Value: ...
@overload
def log(x: Tensor, /) -> Tensor: ...
@overload
def log(x: ArrayLike, /) -> Array: ...
@overload
def log1p(x: Real, /) -> float:
    """`log(1 + x)`, exact also for small `x`. Here ∂out/∂x = 1 / (1 + x)."""

@overload
def log1p(x: Value, /) -> Value: ...
@overload
def log1p(x: Tensor, /) -> Tensor: ...
@overload
def log1p(x: ArrayLike, /) -> Array: ...
@overload
def log2(x: Real, /) -> float:
    """The logarithm to base 2. Here ∂out/∂x = 1 / (x * 0.693147)."""

@overload
def log2(x: Value, /) -> Value: ...
@overload
def log2(x: Tensor, /) -> Tensor: ...
@overload
def log2(x: ArrayLike, /) -> Array: ...
@overload
def log10(x: Real, /) -> float:
    """The logarithm to base 10. Here ∂out/∂x = 1 / (x * 2.30259)."""

@overload
def log10(x: Value, /) -> Value: ...
@overload
def log10(x: Tensor, /) -> Tensor: ...
@overload
def log10(x: ArrayLike, /) -> Array: ...
@overload
def logaddexp(x: Real, y: Real, /) -> float:
    """`log(exp(x) + exp(y))` without overflow."""

@overload
def logaddexp(x: Value, y: Number, /) -> Value: ...
@overload
def logaddexp(x: Real, y: Value, /) -> Value: ...
@overload
def logaddexp(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def logaddexp(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def logaddexp(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def maximum(x: Real, y: Real, /) -> float:
    """The greater of two numbers; where they are equal, each has half of the derivative."""

@overload
def maximum(x: Value, y: Number, /) -> Value: ...
@overload
def maximum(x: Real, y: Value, /) -> Value: ...
@overload
def maximum(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def maximum(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def maximum(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def minimum(x: Real, y: Real, /) -> float:
    """The smaller of two numbers; where they are equal, each has half of the derivative."""

@overload
def minimum(x: Value, y: Number, /) -> Value: ...
@overload
def minimum(x: Real, y: Value, /) -> Value: ...
@overload
def minimum(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def minimum(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def minimum(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def mul(x: Real, y: Real, /) -> float:
    """The product `x * y`, element by element. Here ∂out/∂x = y, ∂out/∂y = x."""

@overload
def mul(x: Value, y: Number, /) -> Value: ...
@overload
def mul(x: Real, y: Value, /) -> Value: ...
@overload
def mul(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def mul(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def mul(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def neg(x: Real, /) -> float:
    """The negative `-x`. Here ∂out/∂x = -1."""

@overload
def neg(x: Value, /) -> Value: ...
@overload
def neg(x: Tensor, /) -> Tensor: ...
@overload
def neg(x: ArrayLike, /) -> Array: ...
@overload
def power(x: Real, y: Real, /) -> float:
    """`x` to the power of `y`."""

@overload
def power(x: Value, y: Number, /) -> Value: ...
@overload
def power(x: Real, y: Value, /) -> Value: ...
@overload
def power(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def power(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def power(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def reciprocal(x: Real, /) -> float:
    """The reciprocal `1 / x`. Here ∂out/∂x = -out * out."""

@overload
def reciprocal(x: Value, /) -> Value: ...
@overload
def reciprocal(x: Tensor, /) -> Tensor: ...
@overload
def reciprocal(x: ArrayLike, /) -> Array: ...
@overload
def remainder(x: Real, y: Real, /) -> float:
    """The remainder of `x` divided by `y`, with the sign of `y`, like Python's `%`. Here ∂out/∂x = 1, ∂out/∂y = -floor(x / y)."""

@overload
def remainder(x: Value, y: Number, /) -> Value: ...
@overload
def remainder(x: Real, y: Value, /) -> Value: ...
@overload
def remainder(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def remainder(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def remainder(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def sigmoid(x: Real, /) -> float:
    """The logistic function `1 / (1 + exp(-x))`, between 0 and 1. Here ∂out/∂x = out * (1 - out)."""

@overload
def sigmoid(x: Value, /) -> Value: ...
@overload
def sigmoid(x: Tensor, /) -> Tensor: ...
@overload
def sigmoid(x: ArrayLike, /) -> Array: ...
@overload
def sin(x: Real, /) -> float:
    """The sine of an angle in radians. Here ∂out/∂x = cos(x)."""

@overload
def sin(x: Value, /) -> Value: ...
@overload
def sin(x: Tensor, /) -> Tensor: ...
@overload
def sin(x: ArrayLike, /) -> Array: ...
@overload
def sinc(x: Real, /) -> float:
    """`sin(πx) / (πx)`, 1 at 0; exact there to any order."""

@overload
def sinc(x: Value, /) -> Value: ...
@overload
def sinc(x: Tensor, /) -> Tensor: ...
@overload
def sinc(x: ArrayLike, /) -> Array: ...
@overload
def sinh(x: Real, /) -> float:
    """The hyperbolic sine. Here ∂out/∂x = cosh(x)."""

@overload
def sinh(x: Value, /) -> Value: ...
@overload
def sinh(x: Tensor, /) -> Tensor: ...
@overload
def sinh(x: ArrayLike, /) -> Array: ...
@overload
def softplus(x: Real, /) -> float:
    """`log(1 + exp(x))` without overflow: a smooth `relu`. Here ∂out/∂x = sigmoid(x)."""

@overload
def softplus(x: Value, /) -> Value: ...
@overload
def softplus(x: Tensor, /) -> Tensor: ...
@overload
def softplus(x: ArrayLike, /) -> Array: ...
@overload
def sqrt(x: Real, /) -> float:
    """The square root; its derivative at 0 is infinite. Here ∂out/∂x = 0.5 / out."""

@overload
def sqrt(x: Value, /) -> Value: ...
@overload
def sqrt(x: Tensor, /) -> Tensor: ...
@overload
def sqrt(x: ArrayLike, /) -> Array: ...
@overload
def square(x: Real, /) -> float:
    """The square `x * x`. Here ∂out/∂x = 2 * x."""

@overload
def square(x: Value, /) -> Value: ...
@overload
def square(x: Tensor, /) -> Tensor: ...
@overload
def square(x: ArrayLike, /) -> Array: ...
@overload
def sub(x: Real, y: Real, /) -> float:
    """The difference `x - y`. Here ∂out/∂x = 1, ∂out/∂y = -1."""

@overload
def sub(x: Value, y: Number, /) -> Value: ...
@overload
def sub(x: Real, y: Value, /) -> Value: ...
@overload
def sub(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def sub(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def sub(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def tan(x: Real, /) -> float:
    """The tangent of an angle in radians. Here ∂out/∂x = 1 + out²."""

@overload
def tan(x: Value, /) -> Value: ...
@overload
def tan(x: Tensor, /) -> Tensor: ...
@overload
def tan(x: ArrayLike, /) -> Array: ...
@overload
def tanh(x: Real, /) -> float:
    """The hyperbolic tangent, between -1 and 1. Here ∂out/∂x = 1 - out²."""

@overload
def tanh(x: Value, /) -> Value: ...
@overload
def tanh(x: Tensor, /) -> Tensor: ...
@overload
def tanh(x: ArrayLike, /) -> Array: ...
@overload
def pad(x: Tensor, pad_width: ArrayLike, mode: str = "constant", *, constant_values: float = 0.0) -> Tensor:
    """Add a margin: of a constant, or by the index modes `edge`, `reflect`, `symmetric` and `wrap` of NumPy."""

@overload
def pad(x: ArrayLike, pad_width: ArrayLike, mode: str = "constant", *, constant_values: float = 0.0) -> Array: ...
@overload
def repeat(x: Tensor, repeats: int | Sequence[int], axis: int | None = None) -> Tensor:
    """Repeat each element; with axis None, of the flattened array."""

@overload
def repeat(x: ArrayLike, repeats: int | Sequence[int], axis: int | None = None) -> Array: ...
@overload
def split(x: Tensor, indices_or_sections: int | Sequence[int], axis: int = 0) -> builtins.list[Tensor]:
    """Cut into equal sections, or at the given indices."""

@overload
def split(x: ArrayLike, indices_or_sections: int | Sequence[int], axis: int = 0) -> builtins.list[Array]: ...
@overload
def take(
    x: Tensor, indices: ArrayLike | Tensor, axis: int | None = None, out: None = None, mode: str = "raise"
) -> Tensor:
    """Elements along an axis by their indices; with axis None, of the flattened array."""

@overload
def take(
    x: ArrayLike, indices: ArrayLike | Tensor, axis: int | None = None, out: None = None, mode: str = "raise"
) -> Array: ...
@overload
def tile(x: Tensor, reps: int | Sequence[int]) -> Tensor:
    """Repeat the whole along each axis."""

@overload
def tile(x: ArrayLike, reps: int | Sequence[int]) -> Array: ...
@overload
def dot(x: Tensor, y: Operand, out: None = None) -> Tensor:
    """NumPy's `dot` for arrays; for two sequences of scalars the sum of their products, as one node."""

@overload
def dot(x: ArrayLike, y: Tensor, out: None = None) -> Tensor: ...
@overload
def dot(x: ArrayLike, y: ArrayLike, out: None = None) -> Array: ...
@overload
def linear(x: Tensor, y: Operand, z: Operand, /) -> Tensor:
    """`x @ weight.T + bias`, as one operation, as in PyTorch."""

@overload
def linear(x: ArrayLike, y: Tensor, z: Operand, /) -> Tensor: ...
@overload
def linear(x: ArrayLike, y: ArrayLike, z: Tensor, /) -> Tensor: ...
@overload
def linear(x: ArrayLike, y: ArrayLike, z: ArrayLike, /) -> Array: ...
@overload
def matmul(x: Tensor, y: Operand, /) -> Tensor:
    """The product of matrices, and of stacks of them, as NumPy's `@`."""

@overload
def matmul(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def matmul(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def outer(x: Tensor, y: Operand, out: None = None) -> Tensor:
    """The products of every element of `x` with every element of `y`; both are flattened."""

@overload
def outer(x: ArrayLike, y: Tensor, out: None = None) -> Tensor: ...
@overload
def outer(x: ArrayLike, y: ArrayLike, out: None = None) -> Array: ...
@overload
def norm(x: Tensor, ord: float | str | None = None, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The norm of vectors (along one axis) or matrices (two axes): every order that NumPy has."""

@overload
def norm(
    x: NDArray[Floating], ord: float | str | None = None, axis: None = None, keepdims: Literal[False] = False
) -> Floating: ...
@overload
def norm(x: NDArray[Any], ord: float | str | None = None, axis: Axis = None, *, keepdims: Literal[True]) -> Array: ...
@overload
def norm(x: ArrayLike, ord: float | str | None = None, axis: Axis = None, keepdims: bool = False) -> Any: ...
@overload
def argmax(x: Tensor, axis: int | None = None, out: None = None, *, keepdims: bool = False) -> Tensor:
    """The index of the first greatest element; a constant."""

@overload
def argmax(x: NDArray[Scalar], axis: None = None, out: None = None, *, keepdims: Literal[False] = False) -> np.intp: ...
@overload
def argmax(
    x: NDArray[Any], axis: int | None = None, out: None = None, *, keepdims: Literal[True]
) -> NDArray[np.intp]: ...
@overload
def argmax(x: ArrayLike, axis: int | None = None, out: None = None, *, keepdims: bool = False) -> Any: ...
@overload
def argmin(x: Tensor, axis: int | None = None, out: None = None, *, keepdims: bool = False) -> Tensor:
    """The index of the first least element; a constant."""

@overload
def argmin(x: NDArray[Scalar], axis: None = None, out: None = None, *, keepdims: Literal[False] = False) -> np.intp: ...
@overload
def argmin(
    x: NDArray[Any], axis: int | None = None, out: None = None, *, keepdims: Literal[True]
) -> NDArray[np.intp]: ...
@overload
def argmin(x: ArrayLike, axis: int | None = None, out: None = None, *, keepdims: bool = False) -> Any: ...
@overload
def max(
    x: Tensor,
    axis: Axis = None,
    out: None = None,
    keepdims: bool = False,
    initial: Operand | None = None,
    where: Operand | None = None,
) -> Tensor:
    """The greatest element over axes, in NumPy's arguments."""

@overload
def max(x: Value, /, *more: Number) -> Value: ...
@overload
def max(x: float, /, *more: float) -> float: ...
@overload
def max(x: Real, /, *more: Number) -> Value: ...
@overload
def max(
    x: NDArray[Scalar],
    axis: None = None,
    out: None = None,
    keepdims: Literal[False] = False,
    initial: Operand | None = None,
    where: Operand | None = None,
) -> Scalar: ...
@overload
def max(
    x: NDArray[Any],
    axis: Axis = None,
    out: None = None,
    *,
    keepdims: Literal[True],
    initial: Operand | None = None,
    where: Operand | None = None,
) -> Array: ...
@overload
def max(
    x: ArrayLike,
    axis: Axis = None,
    out: None = None,
    keepdims: bool = False,
    initial: Operand | None = None,
    where: Operand | None = None,
) -> Any: ...
@overload
def max(x: Iterable[Number], /) -> Value: ...
@overload
def mean(
    x: Tensor,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    keepdims: bool = False,
    *,
    where: Operand | None = None,
) -> Tensor:
    """The arithmetic mean over axes; with `where`, of the elements where that is true."""

@overload
def mean(
    x: NDArray[Floating],
    axis: None = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    keepdims: Literal[False] = False,
    *,
    where: Operand | None = None,
) -> Floating: ...
@overload
def mean(
    x: NDArray[Any],
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    *,
    keepdims: Literal[True],
    where: Operand | None = None,
) -> Array: ...
@overload
def mean(
    x: ArrayLike,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    keepdims: bool = False,
    *,
    where: Operand | None = None,
) -> Any: ...
@overload
def min(
    x: Tensor,
    axis: Axis = None,
    out: None = None,
    keepdims: bool = False,
    initial: Operand | None = None,
    where: Operand | None = None,
) -> Tensor:
    """The least element over axes, in NumPy's arguments."""

@overload
def min(x: Value, /, *more: Number) -> Value: ...
@overload
def min(x: float, /, *more: float) -> float: ...
@overload
def min(x: Real, /, *more: Number) -> Value: ...
@overload
def min(
    x: NDArray[Scalar],
    axis: None = None,
    out: None = None,
    keepdims: Literal[False] = False,
    initial: Operand | None = None,
    where: Operand | None = None,
) -> Scalar: ...
@overload
def min(
    x: NDArray[Any],
    axis: Axis = None,
    out: None = None,
    *,
    keepdims: Literal[True],
    initial: Operand | None = None,
    where: Operand | None = None,
) -> Array: ...
@overload
def min(
    x: ArrayLike,
    axis: Axis = None,
    out: None = None,
    keepdims: bool = False,
    initial: Operand | None = None,
    where: Operand | None = None,
) -> Any: ...
@overload
def min(x: Iterable[Number], /) -> Value: ...
@overload
def prod(
    x: Tensor,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    keepdims: bool = False,
    initial: Operand | None = None,
    where: Operand | None = None,
) -> Tensor:
    """The product over axes, in NumPy's arguments."""

@overload
def prod(x: Value, /, *more: Number) -> Value: ...
@overload
def prod(x: float, /, *more: float) -> float: ...
@overload
def prod(x: Real, /, *more: Number) -> Value: ...
@overload
def prod(
    x: NDArray[Scalar],
    axis: None = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    keepdims: Literal[False] = False,
    initial: Operand | None = None,
    where: Operand | None = None,
) -> Scalar: ...
@overload
def prod(
    x: NDArray[Any],
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    *,
    keepdims: Literal[True],
    initial: Operand | None = None,
    where: Operand | None = None,
) -> Array: ...
@overload
def prod(
    x: ArrayLike,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    keepdims: bool = False,
    initial: Operand | None = None,
    where: Operand | None = None,
) -> Any: ...
@overload
def prod(x: Iterable[Number], /) -> Value: ...
@overload
def std(
    x: Tensor,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    ddof: float = 0,
    keepdims: bool = False,
    *,
    correction: float | None = None,
) -> Tensor:
    """The standard deviation over axes; where the elements are all equal its derivative is 0."""

@overload
def std(
    x: NDArray[Floating],
    axis: None = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    ddof: float = 0,
    keepdims: Literal[False] = False,
    *,
    correction: float | None = None,
) -> Floating: ...
@overload
def std(
    x: NDArray[Any],
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    ddof: float = 0,
    *,
    keepdims: Literal[True],
    correction: float | None = None,
) -> Array: ...
@overload
def std(
    x: ArrayLike,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    ddof: float = 0,
    keepdims: bool = False,
    *,
    correction: float | None = None,
) -> Any: ...
@overload
def sum(
    x: Tensor,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    keepdims: bool = False,
    initial: Operand | None = None,
    where: Operand | None = None,
) -> Tensor:
    """The sum over axes, in NumPy's arguments."""

@overload
def sum(x: Value, /, *more: Number) -> Value: ...
@overload
def sum(x: float, /, *more: float) -> float: ...
@overload
def sum(x: Real, /, *more: Number) -> Value: ...
@overload
def sum(
    x: NDArray[Scalar],
    axis: None = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    keepdims: Literal[False] = False,
    initial: Operand | None = None,
    where: Operand | None = None,
) -> Scalar: ...
@overload
def sum(
    x: NDArray[Any],
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    *,
    keepdims: Literal[True],
    initial: Operand | None = None,
    where: Operand | None = None,
) -> Array: ...
@overload
def sum(
    x: ArrayLike,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    keepdims: bool = False,
    initial: Operand | None = None,
    where: Operand | None = None,
) -> Any: ...
@overload
def sum(x: Iterable[Number], /) -> Value: ...
@overload
def var(
    x: Tensor,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    ddof: float = 0,
    keepdims: bool = False,
    *,
    correction: float | None = None,
) -> Tensor:
    """The variance over axes, divided by n - ddof; ddof is 0 as in NumPy (PyTorch's is 1)."""

@overload
def var(
    x: NDArray[Floating],
    axis: None = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    ddof: float = 0,
    keepdims: Literal[False] = False,
    *,
    correction: float | None = None,
) -> Floating: ...
@overload
def var(
    x: NDArray[Any],
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    ddof: float = 0,
    *,
    keepdims: Literal[True],
    correction: float | None = None,
) -> Array: ...
@overload
def var(
    x: ArrayLike,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    ddof: float = 0,
    keepdims: bool = False,
    *,
    correction: float | None = None,
) -> Any: ...
@overload
def astype(x: Tensor, dtype: DTypeLike | None, /, *, copy: bool = True, device: None = None) -> Tensor:
    """Convert to another dtype; of real floats the gradient comes back in the dtype of `x`, others are constants."""

@overload
def astype(x: ArrayLike, dtype: DTypeLike | None, /, *, copy: bool = True, device: None = None) -> Array: ...
@overload
def broadcast_to(x: Tensor, shape: int | Sequence[int], subok: bool = False) -> Tensor:
    """Repeat along new axes and axes of length 1, without copying."""

@overload
def broadcast_to(x: ArrayLike, shape: int | Sequence[int], subok: bool = False) -> Array: ...
@overload
def concatenate(
    arrays: Iterable[Tensor],
    axis: int | None = 0,
    out: None = None,
    *,
    dtype: DTypeLike | None = None,
    casting: str = "same_kind",
) -> Tensor:
    """Join along an axis that is there; with axis None, flatten first."""

@overload
def concatenate(
    arrays: Sequence[Array] | Array,
    axis: int | None = 0,
    out: None = None,
    *,
    dtype: DTypeLike | None = None,
    casting: str = "same_kind",
) -> Array: ...
@overload
def concatenate(
    arrays: Iterable[Operand],
    axis: int | None = 0,
    out: None = None,
    *,
    dtype: DTypeLike | None = None,
    casting: str = "same_kind",
) -> Tensor: ...
@overload
def expand_dims(x: Tensor, axis: int | Sequence[int]) -> Tensor:
    """Put in axes of length 1."""

@overload
def expand_dims(x: ArrayLike, axis: int | Sequence[int]) -> Array: ...
@overload
def flip(x: Tensor, axis: int | Sequence[int] | None = None) -> Tensor:
    """Reverse the order along axes: all, or those named."""

@overload
def flip(x: ArrayLike, axis: int | Sequence[int] | None = None) -> Array: ...
@overload
def ravel(x: Tensor, order: str = "C") -> Tensor:
    """All the elements in one axis."""

@overload
def ravel(x: ArrayLike, order: str = "C") -> Array: ...
@overload
def reshape(
    x: Tensor,
    /,
    shape: int | Sequence[int] | None = None,
    order: str = "C",
    *,
    newshape: Shape | None = None,
    copy: bool | None = None,
) -> Tensor:
    """Give the same elements another shape; one length may be -1. Orders are C (rows first) and F (columns first)."""

@overload
def reshape(
    x: ArrayLike,
    /,
    shape: int | Sequence[int] | None = None,
    order: str = "C",
    *,
    newshape: Shape | None = None,
    copy: bool | None = None,
) -> Array: ...
@overload
def squeeze(x: Tensor, axis: int | Sequence[int] | None = None) -> Tensor:
    """Drop axes of length 1: all, or those named."""

@overload
def squeeze(x: ArrayLike, axis: int | Sequence[int] | None = None) -> Array: ...
@overload
def stack(
    arrays: Iterable[Tensor],
    axis: int = 0,
    out: None = None,
    *,
    dtype: DTypeLike | None = None,
    casting: str = "same_kind",
) -> Tensor:
    """Join along a new axis."""

@overload
def stack(
    arrays: Sequence[Array] | Array,
    axis: int = 0,
    out: None = None,
    *,
    dtype: DTypeLike | None = None,
    casting: str = "same_kind",
) -> Array: ...
@overload
def stack(
    arrays: Iterable[Operand],
    axis: int = 0,
    out: None = None,
    *,
    dtype: DTypeLike | None = None,
    casting: str = "same_kind",
) -> Tensor: ...
@overload
def swapaxes(x: Tensor, axis1: int, axis2: int) -> Tensor:
    """Exchange two axes."""

@overload
def swapaxes(x: ArrayLike, axis1: int, axis2: int) -> Array: ...
@overload
def transpose(x: Tensor, axes: Sequence[int] | None = None) -> Tensor:
    """Permute the axes; by default reverse them."""

@overload
def transpose(x: ArrayLike, axes: Sequence[int] | None = None) -> Array: ...
@overload
def argsort(
    x: Tensor, axis: int | None = -1, kind: str | None = None, order: str | None = None, *, stable: bool | None = None
) -> Tensor:
    """The indices that sort along an axis; a constant."""

@overload
def argsort(
    x: ArrayLike,
    axis: int | None = -1,
    kind: str | None = None,
    order: str | None = None,
    *,
    stable: bool | None = None,
) -> Array: ...
@overload
def median(
    x: Tensor, axis: Axis = None, out: None = None, overwrite_input: bool = False, keepdims: bool = False
) -> Tensor:
    """The median over axes; the two middle elements of an even count share."""

@overload
def median(
    x: NDArray[Floating],
    axis: None = None,
    out: None = None,
    overwrite_input: bool = False,
    keepdims: Literal[False] = False,
) -> Floating: ...
@overload
def median(
    x: NDArray[Any], axis: Axis = None, out: None = None, overwrite_input: bool = False, *, keepdims: Literal[True]
) -> Array: ...
@overload
def median(
    x: ArrayLike, axis: Axis = None, out: None = None, overwrite_input: bool = False, keepdims: bool = False
) -> Any: ...
@overload
def put_along_axis(
    x: Tensor, indices: ArrayLike | Tensor, values: Operand, axis: int | None, *, inplace: bool = True
) -> Tensor:
    """Replace the elements along an axis at the indices."""

@overload
def put_along_axis(
    x: ArrayLike, indices: ArrayLike | Tensor, values: Operand, axis: int | None, *, inplace: bool = True
) -> Array: ...
@overload
def sort(
    x: Tensor, axis: int | None = -1, kind: str | None = None, order: str | None = None, *, stable: bool | None = None
) -> Tensor:
    """Sorted along an axis; equal elements keep their own derivatives, in the order in which they come to stand."""

@overload
def sort(
    x: ArrayLike,
    axis: int | None = -1,
    kind: str | None = None,
    order: str | None = None,
    *,
    stable: bool | None = None,
) -> Array: ...
@overload
def take_along_axis(x: Tensor, indices: ArrayLike | Tensor, axis: int | None = -1) -> Tensor:
    """The elements along an axis at the indices, such as those of `argsort`."""

@overload
def take_along_axis(x: ArrayLike, indices: ArrayLike | Tensor, axis: int | None = -1) -> Array: ...
@overload
def erf(x: Real, /) -> float:
    """The error function, 2/√π times the integral of exp(-t²) from 0 to `x`. Here ∂out/∂x = 1.12838 * exp(-x * x)."""

@overload
def erf(x: Value, /) -> Value: ...
@overload
def erf(x: Tensor, /) -> Tensor: ...
@overload
def erf(x: ArrayLike, /) -> Array: ...
@overload
def erfc(x: Real, /) -> float:
    """`1 - erf(x)`, exact also where that is small. Here ∂out/∂x = -1.12838 * exp(-x * x)."""

@overload
def erfc(x: Value, /) -> Value: ...
@overload
def erfc(x: Tensor, /) -> Tensor: ...
@overload
def erfc(x: ArrayLike, /) -> Array: ...
@overload
def cross_entropy(logits: Tensor, targets: ArrayLike | Tensor, reduction: str = "mean") -> Tensor:
    """The negative log-likelihood of the right class under `softmax(logits)`."""

@overload
def cross_entropy(logits: NDArray[Floating], targets: ArrayLike | Tensor, reduction: str = "mean") -> Floating: ...
@overload
def cross_entropy(logits: ArrayLike, targets: ArrayLike | Tensor, reduction: str = "mean") -> Any: ...
@overload
def log_softmax(x: Tensor, axis: Axis = -1) -> Tensor:
    """The logarithm of `softmax`, exact where that underflows."""

@overload
def log_softmax(x: ArrayLike, axis: Axis = -1) -> Array: ...
@overload
def logsumexp(x: Tensor, *, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """`log(sum(exp(x)))` without overflow, over `axis` of an array, or of any number of scalars."""

@overload
def logsumexp(x: Value, /, *more: Number) -> Value: ...
@overload
def logsumexp(x: float, /, *more: float) -> float: ...
@overload
def logsumexp(x: Real, /, *more: Number) -> Value: ...
@overload
def logsumexp(x: NDArray[Floating], *, axis: None = None, keepdims: Literal[False] = False) -> Floating: ...
@overload
def logsumexp(x: NDArray[Any], axis: Axis = None, *, keepdims: Literal[True]) -> Array: ...
@overload
def logsumexp(x: ArrayLike, *, axis: Axis = None, keepdims: bool = False) -> Any: ...
@overload
def logsumexp(x: Iterable[Number], /) -> Value: ...
@overload
def softmax(x: Tensor, axis: Axis = -1) -> Tensor:
    """`exp(x)` over its sum along `axis`: positive, summing to 1, and finite for any finite `x`."""

@overload
def softmax(x: ArrayLike, axis: Axis = -1) -> Array: ...
