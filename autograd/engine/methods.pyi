"""Written by `python -m tests.typing.faces` from the table of operations; see there before you edit."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd.engine.operators import Operators
from autograd.engine.tensor import Tensor
from autograd.engine.value import Value
from autograd.typing import ArrayLike, Axis, DTypeLike, Number, Operand, Shape

class ValueMethods(Operators):
    """The methods of a `Value`: reductions of it and further numbers come to those of the scalars."""
    def __add__(self, other: Number) -> Value: ...
    def __radd__(self, other: Number) -> Value: ...
    def __sub__(self, other: Number) -> Value: ...
    def __rsub__(self, other: Number) -> Value: ...
    def __mul__(self, other: Number) -> Value: ...
    def __rmul__(self, other: Number) -> Value: ...
    def __truediv__(self, other: Number) -> Value: ...
    def __rtruediv__(self, other: Number) -> Value: ...
    def __pow__(self, other: Number) -> Value: ...
    def __rpow__(self, other: Number) -> Value: ...
    def __mod__(self, other: Number) -> Value: ...
    def __rmod__(self, other: Number) -> Value: ...
    def __floordiv__(self, other: Number) -> Value: ...
    def __rfloordiv__(self, other: Number) -> Value: ...
    def __neg__(self) -> Value: ...
    def __pos__(self) -> Value: ...
    def __abs__(self) -> Value: ...
    def __divmod__(self, other: Number) -> tuple[Value, Value]: ...
    def __gt__(self, other: Number) -> bool: ...
    def __ge__(self, other: Number) -> bool: ...
    def __lt__(self, other: Number) -> bool: ...
    def __le__(self, other: Number) -> bool: ...
    def exp(self) -> Value:
        """The exponential function, e to the power of `x`. Here ∂out/∂x = out."""
    def log(self) -> Value:
        """The natural logarithm. Here ∂out/∂x = 1 / x."""
    def log1p(self) -> Value:
        """`log(1 + x)`, exact also for small `x`. Here ∂out/∂x = 1 / (1 + x)."""
    def expm1(self) -> Value:
        """`exp(x) - 1`, exact also for small `x`. Here ∂out/∂x = exp(x)."""
    def sqrt(self) -> Value:
        """The square root; its derivative at 0 is infinite. Here ∂out/∂x = 0.5 / out."""
    def sin(self) -> Value:
        """The sine of an angle in radians. Here ∂out/∂x = cos(x)."""
    def cos(self) -> Value:
        """The cosine of an angle in radians. Here ∂out/∂x = -sin(x)."""
    def tan(self) -> Value:
        """The tangent of an angle in radians. Here ∂out/∂x = 1 + out²."""
    def asin(self) -> Value:
        """The angle in radians, from -π/2 to π/2, whose sine is `x`. Here ∂out/∂x = 1 / sqrt((1 - x) * (1 + x))."""
    def acos(self) -> Value:
        """The angle in radians, from 0 to π, whose cosine is `x`. Here ∂out/∂x = -1 / sqrt((1 - x) * (1 + x))."""
    def atan(self) -> Value:
        """The angle in radians, from -π/2 to π/2, whose tangent is `x`. Here ∂out/∂x = 1 / (1 + x²)."""
    def atan2(self, y: Number, /) -> Value:
        """The angle of the vector (y, x), from -π to π: the arguments are the opposite side and then the adjacent one."""
    def sinh(self) -> Value:
        """The hyperbolic sine. Here ∂out/∂x = cosh(x)."""
    def cosh(self) -> Value:
        """The hyperbolic cosine. Here ∂out/∂x = sinh(x)."""
    def tanh(self) -> Value:
        """The hyperbolic tangent, between -1 and 1. Here ∂out/∂x = 1 - out²."""
    def sigmoid(self) -> Value:
        """The logistic function `1 / (1 + exp(-x))`, between 0 and 1. Here ∂out/∂x = out * (1 - out)."""
    def softplus(self) -> Value:
        """`log(1 + exp(x))` without overflow: a smooth `relu`. Here ∂out/∂x = sigmoid(x)."""
    def relu(self) -> Value:
        """`x` where it is positive, 0 elsewhere; the derivative at 0 is 0 (Nair and Hinton 2010). Here ∂out/∂x = where(x <= 0, 0, 1)."""
    def leaky_relu(self, slope: float = 0.01) -> Value:
        """`x` where positive, `slope * x` elsewhere; the derivative at 0 is the slope."""
    def elu(self, alpha: float = 1.0) -> Value:
        """`x` where positive, `alpha * (exp(x) - 1)` elsewhere (Clevert et al. 2015); at 0 the derivative is min(1, alpha)."""
    def gelu(self, approximate: str = "none") -> Value:
        """`x Φ(x)` with the normal distribution Φ (Hendrycks and Gimpel 2016), or its tanh approximation."""
    def silu(self) -> Value:
        """`x * sigmoid(x)`, also called swish (Elfwing et al. 2018; Ramachandran et al. 2017)."""
    def erf(self) -> Value:
        """The error function, 2/√π times the integral of exp(-t²) from 0 to `x`. Here ∂out/∂x = 1.12838 * exp(-x * x)."""
    def erfc(self) -> Value:
        """`1 - erf(x)`, exact also where that is small. Here ∂out/∂x = -1.12838 * exp(-x * x)."""
    def maximum(self, y: Number, /) -> Value:
        """The greater of two numbers; where they are equal, each has half of the derivative."""
    def minimum(self, y: Number, /) -> Value:
        """The smaller of two numbers; where they are equal, each has half of the derivative."""
    def clip(
        self,
        a_min: Number | None = None,
        a_max: Number | None = None,
        *,
        min: Number | None = None,
        max: Number | None = None,
    ) -> Value:
        """Limit `x` to an interval, in NumPy's argument names; either bound may be left out, and both may be nodes."""
    def hypot(self, y: Number, /) -> Value:
        """The length of the vector (x, y), without overflow; its derivative at the origin is 0."""
    def exp2(self) -> Value:
        """2 to the power of `x`. Here ∂out/∂x = out * 0.693147."""
    def log2(self) -> Value:
        """The logarithm to base 2. Here ∂out/∂x = 1 / (x * 0.693147)."""
    def log10(self) -> Value:
        """The logarithm to base 10. Here ∂out/∂x = 1 / (x * 2.30259)."""
    def square(self) -> Value:
        """The square `x * x`. Here ∂out/∂x = 2 * x."""
    def reciprocal(self) -> Value:
        """The reciprocal `1 / x`. Here ∂out/∂x = -out * out."""
    def logaddexp(self, y: Number, /) -> Value:
        """`log(exp(x) + exp(y))` without overflow."""
    def abs(self) -> Value:
        """The absolute value; its derivative at 0 is 0. Here ∂out/∂x = sign(x)."""
    def sign(self) -> Value:
        """-1, 0 or 1 by the sign of `x`; its derivative is 0."""
    def floor(self) -> Value:
        """The greatest whole number that is not greater than `x`; its derivative is 0."""
    def ceil(self) -> Value:
        """The least whole number that is not less than `x`; its derivative is 0."""
    def round(self, decimals: int = 0) -> Value:
        """Round to the given number of decimals, halves to even; the derivative is zero."""
    def trunc(self) -> Value:
        """The whole part of `x`, rounded towards 0; its derivative is 0."""
    def cbrt(self) -> Value:
        """The cube root, also of negative numbers. Here ∂out/∂x = 1 / (3 * out²)."""
    def asinh(self) -> Value:
        """The inverse hyperbolic sine. Here ∂out/∂x = 1 / hypot(1, x)."""
    def acosh(self) -> Value:
        """The inverse hyperbolic cosine, of numbers from 1 on. Here ∂out/∂x = 1 / sqrt((x - 1) * (x + 1))."""
    def atanh(self) -> Value:
        """The inverse hyperbolic tangent, of numbers between -1 and 1. Here ∂out/∂x = 1 / ((1 - x) * (1 + x))."""
    def sinc(self) -> Value:
        """`sin(πx) / (πx)`, 1 at 0; exact there to any order."""
    def logsumexp(self, *more: Number) -> Value:
        """`log(sum(exp(x)))` without overflow, over `axis` of an array, or of any number of scalars."""
    def max(self, *more: Number) -> Value:
        """The greatest element over `axis` of an array, or of any number of scalars: `max(v, w, …)`, `max([v, w, …])`."""
    def min(self, *more: Number) -> Value:
        """The least element over `axis` of an array, or of any number of scalars: `min(v, w, …)`, `min([v, w, …])`."""
    def sum(self, *more: Number) -> Value:
        """The sum over `axis` of an array, or of any number of scalars: `sum(v, w, …)`, `sum([v, w, …])`."""

class TensorMethods(Operators):
    """The methods of a `Tensor`, in NumPy's arguments."""
    def __add__(self, other: Operand) -> Tensor: ...
    def __radd__(self, other: Operand) -> Tensor: ...
    def __sub__(self, other: Operand) -> Tensor: ...
    def __rsub__(self, other: Operand) -> Tensor: ...
    def __mul__(self, other: Operand) -> Tensor: ...
    def __rmul__(self, other: Operand) -> Tensor: ...
    def __truediv__(self, other: Operand) -> Tensor: ...
    def __rtruediv__(self, other: Operand) -> Tensor: ...
    def __pow__(self, other: Operand) -> Tensor: ...
    def __rpow__(self, other: Operand) -> Tensor: ...
    def __mod__(self, other: Operand) -> Tensor: ...
    def __rmod__(self, other: Operand) -> Tensor: ...
    def __floordiv__(self, other: Operand) -> Tensor: ...
    def __rfloordiv__(self, other: Operand) -> Tensor: ...
    def __matmul__(self, other: Operand) -> Tensor: ...
    def __rmatmul__(self, other: Operand) -> Tensor: ...
    def __and__(self, other: Operand) -> Tensor: ...
    def __rand__(self, other: Operand) -> Tensor: ...
    def __or__(self, other: Operand) -> Tensor: ...
    def __ror__(self, other: Operand) -> Tensor: ...
    def __xor__(self, other: Operand) -> Tensor: ...
    def __rxor__(self, other: Operand) -> Tensor: ...
    def __neg__(self) -> Tensor: ...
    def __pos__(self) -> Tensor: ...
    def __abs__(self) -> Tensor: ...
    def __invert__(self) -> Tensor: ...
    def __divmod__(self, other: Operand) -> tuple[Tensor, Tensor]: ...
    def __gt__(self, other: Operand) -> Tensor: ...
    def __ge__(self, other: Operand) -> Tensor: ...
    def __lt__(self, other: Operand) -> Tensor: ...
    def __le__(self, other: Operand) -> Tensor: ...
    def __getitem__(self, key: Any) -> Tensor: ...
    def exp(self) -> Tensor:
        """The exponential function, e to the power of `x`. Here ∂out/∂x = out."""
    def log(self) -> Tensor:
        """The natural logarithm. Here ∂out/∂x = 1 / x."""
    def log1p(self) -> Tensor:
        """`log(1 + x)`, exact also for small `x`. Here ∂out/∂x = 1 / (1 + x)."""
    def expm1(self) -> Tensor:
        """`exp(x) - 1`, exact also for small `x`. Here ∂out/∂x = exp(x)."""
    def sqrt(self) -> Tensor:
        """The square root; its derivative at 0 is infinite. Here ∂out/∂x = 0.5 / out."""
    def sin(self) -> Tensor:
        """The sine of an angle in radians. Here ∂out/∂x = cos(x)."""
    def cos(self) -> Tensor:
        """The cosine of an angle in radians. Here ∂out/∂x = -sin(x)."""
    def tan(self) -> Tensor:
        """The tangent of an angle in radians. Here ∂out/∂x = 1 + out²."""
    def asin(self) -> Tensor:
        """The angle in radians, from -π/2 to π/2, whose sine is `x`. Here ∂out/∂x = 1 / sqrt((1 - x) * (1 + x))."""
    def acos(self) -> Tensor:
        """The angle in radians, from 0 to π, whose cosine is `x`. Here ∂out/∂x = -1 / sqrt((1 - x) * (1 + x))."""
    def atan(self) -> Tensor:
        """The angle in radians, from -π/2 to π/2, whose tangent is `x`. Here ∂out/∂x = 1 / (1 + x²)."""
    def atan2(self, y: Operand, /) -> Tensor:
        """The angle of the vector (y, x), from -π to π: the arguments are the opposite side and then the adjacent one."""
    def sinh(self) -> Tensor:
        """The hyperbolic sine. Here ∂out/∂x = cosh(x)."""
    def cosh(self) -> Tensor:
        """The hyperbolic cosine. Here ∂out/∂x = sinh(x)."""
    def tanh(self) -> Tensor:
        """The hyperbolic tangent, between -1 and 1. Here ∂out/∂x = 1 - out²."""
    def sigmoid(self) -> Tensor:
        """The logistic function `1 / (1 + exp(-x))`, between 0 and 1. Here ∂out/∂x = out * (1 - out)."""
    def softplus(self) -> Tensor:
        """`log(1 + exp(x))` without overflow: a smooth `relu`. Here ∂out/∂x = sigmoid(x)."""
    def relu(self) -> Tensor:
        """`x` where it is positive, 0 elsewhere; the derivative at 0 is 0 (Nair and Hinton 2010). Here ∂out/∂x = where(x <= 0, 0, 1)."""
    def leaky_relu(self, slope: float = 0.01) -> Tensor:
        """`x` where positive, `slope * x` elsewhere; the derivative at 0 is the slope."""
    def elu(self, alpha: float = 1.0) -> Tensor:
        """`x` where positive, `alpha * (exp(x) - 1)` elsewhere (Clevert et al. 2015); at 0 the derivative is min(1, alpha)."""
    def gelu(self, approximate: str = "none") -> Tensor:
        """`x Φ(x)` with the normal distribution Φ (Hendrycks and Gimpel 2016), or its tanh approximation."""
    def silu(self) -> Tensor:
        """`x * sigmoid(x)`, also called swish (Elfwing et al. 2018; Ramachandran et al. 2017)."""
    def erf(self) -> Tensor:
        """The error function, 2/√π times the integral of exp(-t²) from 0 to `x`. Here ∂out/∂x = 1.12838 * exp(-x * x)."""
    def erfc(self) -> Tensor:
        """`1 - erf(x)`, exact also where that is small. Here ∂out/∂x = -1.12838 * exp(-x * x)."""
    def maximum(self, y: Operand, /) -> Tensor:
        """The greater of two numbers; where they are equal, each has half of the derivative."""
    def minimum(self, y: Operand, /) -> Tensor:
        """The smaller of two numbers; where they are equal, each has half of the derivative."""
    def clip(
        self,
        a_min: Operand | None = None,
        a_max: Operand | None = None,
        *,
        min: Operand | None = None,
        max: Operand | None = None,
    ) -> Tensor:
        """Limit `x` to an interval, in NumPy's argument names; either bound may be left out, and both may be nodes."""
    def hypot(self, y: Operand, /) -> Tensor:
        """The length of the vector (x, y), without overflow; its derivative at the origin is 0."""
    def exp2(self) -> Tensor:
        """2 to the power of `x`. Here ∂out/∂x = out * 0.693147."""
    def log2(self) -> Tensor:
        """The logarithm to base 2. Here ∂out/∂x = 1 / (x * 0.693147)."""
    def log10(self) -> Tensor:
        """The logarithm to base 10. Here ∂out/∂x = 1 / (x * 2.30259)."""
    def square(self) -> Tensor:
        """The square `x * x`. Here ∂out/∂x = 2 * x."""
    def reciprocal(self) -> Tensor:
        """The reciprocal `1 / x`. Here ∂out/∂x = -out * out."""
    def logaddexp(self, y: Operand, /) -> Tensor:
        """`log(exp(x) + exp(y))` without overflow."""
    def abs(self) -> Tensor:
        """The absolute value; its derivative at 0 is 0. Here ∂out/∂x = sign(x)."""
    def sign(self) -> Tensor:
        """-1, 0 or 1 by the sign of `x`; its derivative is 0."""
    def floor(self) -> Tensor:
        """The greatest whole number that is not greater than `x`; its derivative is 0."""
    def ceil(self) -> Tensor:
        """The least whole number that is not less than `x`; its derivative is 0."""
    def round(self, decimals: int = 0) -> Tensor:
        """Round to the given number of decimals, halves to even; the derivative is zero."""
    def trunc(self) -> Tensor:
        """The whole part of `x`, rounded towards 0; its derivative is 0."""
    def cbrt(self) -> Tensor:
        """The cube root, also of negative numbers. Here ∂out/∂x = 1 / (3 * out²)."""
    def asinh(self) -> Tensor:
        """The inverse hyperbolic sine. Here ∂out/∂x = 1 / hypot(1, x)."""
    def acosh(self) -> Tensor:
        """The inverse hyperbolic cosine, of numbers from 1 on. Here ∂out/∂x = 1 / sqrt((x - 1) * (x + 1))."""
    def atanh(self) -> Tensor:
        """The inverse hyperbolic tangent, of numbers between -1 and 1. Here ∂out/∂x = 1 / ((1 - x) * (1 + x))."""
    def sinc(self) -> Tensor:
        """`sin(πx) / (πx)`, 1 at 0; exact there to any order."""
    def logsumexp(self, *, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """`log(sum(exp(x)))` without overflow, over `axis` of an array, or of any number of scalars."""
    def conj(self) -> Tensor:
        """The complex conjugate; real numbers as they are."""
    def conjugate(self) -> Tensor:
        """The complex conjugate; real numbers as they are."""
    def mean(
        self,
        axis: Axis = None,
        dtype: DTypeLike | None = None,
        out: None = None,
        keepdims: bool = False,
        *,
        where: Operand | None = None,
    ) -> Tensor:
        """The arithmetic mean over axes; with `where`, of the elements where that is true."""
    def var(
        self,
        axis: Axis = None,
        dtype: DTypeLike | None = None,
        out: None = None,
        ddof: float = 0,
        keepdims: bool = False,
        *,
        correction: float | None = None,
    ) -> Tensor:
        """The variance over axes, divided by n - ddof; ddof is 0 as in NumPy (PyTorch's is 1)."""
    def std(
        self,
        axis: Axis = None,
        dtype: DTypeLike | None = None,
        out: None = None,
        ddof: float = 0,
        keepdims: bool = False,
        *,
        correction: float | None = None,
    ) -> Tensor:
        """The standard deviation over axes; where the elements are all equal its derivative is 0."""
    def cumsum(self, axis: int | None = None, dtype: DTypeLike | None = None, out: None = None) -> Tensor:
        """The running sum along an axis; with axis None, of the flattened array."""
    def cumprod(self, axis: int | None = None, dtype: DTypeLike | None = None, out: None = None) -> Tensor:
        """The running product along an axis; with axis None, of the flattened array."""
    def argmax(self, axis: int | None = None, out: None = None, *, keepdims: bool = False) -> Tensor:
        """The index of the first greatest element; a constant."""
    def argmin(self, axis: int | None = None, out: None = None, *, keepdims: bool = False) -> Tensor:
        """The index of the first least element; a constant."""
    def softmax(self, axis: Axis = -1) -> Tensor:
        """`exp(x)` over its sum along `axis`: positive, summing to 1, and finite for any finite `x`."""
    def log_softmax(self, axis: Axis = -1) -> Tensor:
        """The logarithm of `softmax`, exact where that underflows."""
    def dot(self, y: Operand, out: None = None) -> Tensor:
        """NumPy's `dot` for arrays; for two sequences of scalars the sum of their products, as one node."""
    def outer(self, y: Operand, out: None = None) -> Tensor:
        """The products of every element of `x` with every element of `y`; both are flattened."""
    def norm(self, ord: float | str | None = None, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """The norm of vectors (along one axis) or matrices (two axes): every order that NumPy has."""
    def argsort(
        self, axis: int | None = -1, kind: str | None = None, order: str | None = None, *, stable: bool | None = None
    ) -> Tensor:
        """The indices that sort along an axis; a constant."""
    def argpartition(
        self, kth: Shape, axis: int | None = -1, kind: str = "introselect", order: str | None = None
    ) -> Tensor:
        """The indices that put the `kth` element along an axis in its place; a constant."""
    def median(
        self, axis: Axis = None, out: None = None, overwrite_input: bool = False, keepdims: bool = False
    ) -> Tensor:
        """The median over axes; the two middle elements of an even count share."""
    def quantile(
        self,
        q: ArrayLike,
        axis: Axis = None,
        out: None = None,
        overwrite_input: bool = False,
        method: str = "linear",
        keepdims: bool = False,
    ) -> Tensor:
        """The q-th quantiles over axes, for `q` in [0, 1], with the methods `linear`, `lower`, `higher` and `midpoint`."""
    def trace(
        self, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: DTypeLike | None = None, out: None = None
    ) -> Tensor:
        """The sum of a diagonal."""
    def diagonal(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
        """A diagonal of two axes, which go; it becomes the last axis."""
    def ravel(self, order: str = "C") -> Tensor:
        """All the elements in one axis."""
    def swapaxes(self, axis1: int, axis2: int) -> Tensor:
        """Exchange two axes."""
    def squeeze(self, axis: int | Sequence[int] | None = None) -> Tensor:
        """Drop axes of length 1: all, or those named."""
    def expand_dims(self, axis: int | Sequence[int]) -> Tensor:
        """Put in axes of length 1."""
    def broadcast_to(self, shape: int | Sequence[int], subok: bool = False) -> Tensor:
        """Repeat along new axes and axes of length 1, without copying."""
    def flip(self, axis: int | Sequence[int] | None = None) -> Tensor:
        """Reverse the order along axes: all, or those named."""
    def astype(self, dtype: DTypeLike | None, /, *, copy: bool = True, device: None = None) -> Tensor:
        """Convert to another dtype; of real floats the gradient comes back in the dtype of `x`, others are constants."""
    def split(self, indices_or_sections: int | Sequence[int], axis: int = 0) -> list[Tensor]:
        """Cut into equal sections, or at the given indices."""
    def repeat(self, repeats: int | Sequence[int], axis: int | None = None) -> Tensor:
        """Repeat each element; with axis None, of the flattened array."""
    def take(
        self, indices: ArrayLike | Tensor, axis: int | None = None, out: None = None, mode: str = "raise"
    ) -> Tensor:
        """Elements along an axis by their indices; with axis None, of the flattened array."""
    def all(self, axis: Axis = None, out: None = None, keepdims: bool = False, *, where: Operand | None = None) -> Any:
        """Whether all elements over axes are true; a constant."""
    def any(self, axis: Axis = None, out: None = None, keepdims: bool = False, *, where: Operand | None = None) -> Any:
        """Whether any element over axes is true; a constant."""
    def max(
        self,
        axis: Axis = None,
        out: None = None,
        keepdims: bool = False,
        initial: Operand | None = None,
        where: Operand | None = None,
    ) -> Tensor:
        """The greatest element over axes, in NumPy's arguments."""
    def min(
        self,
        axis: Axis = None,
        out: None = None,
        keepdims: bool = False,
        initial: Operand | None = None,
        where: Operand | None = None,
    ) -> Tensor:
        """The least element over axes, in NumPy's arguments."""
    def nonzero(self) -> tuple[NDArray[np.intp], ...]:
        """The indices of the elements that are not 0; a constant."""
    def prod(
        self,
        axis: Axis = None,
        dtype: DTypeLike | None = None,
        out: None = None,
        keepdims: bool = False,
        initial: Operand | None = None,
        where: Operand | None = None,
    ) -> Tensor:
        """The product over axes, in NumPy's arguments."""
    def searchsorted(self, v: Operand, side: str = "left", sorter: ArrayLike | None = None) -> Any:
        """Where elements would have to be put in, that a sorted array stays sorted; a constant."""
    def sum(
        self,
        axis: Axis = None,
        dtype: DTypeLike | None = None,
        out: None = None,
        keepdims: bool = False,
        initial: Operand | None = None,
        where: Operand | None = None,
    ) -> Tensor:
        """The sum over axes, in NumPy's arguments."""
    def matmul(self, y: Operand, /) -> Tensor:
        """The product of matrices, and of stacks of them, as NumPy's `@`."""
