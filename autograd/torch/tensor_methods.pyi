"""Written by `python -m tests.typing.faces` from the functions of autograd.torch; see there before you edit."""

import builtins
from collections.abc import Sequence
from typing import Any

from autograd.torch.tensor import Tensor

class TensorMethods:
    """The methods of a tensor that are functions as well, or that change it in place."""
    def __floordiv__(self, other: Any) -> Tensor: ...
    def __rfloordiv__(self, other: Any) -> Tensor: ...
    def __mod__(self, other: Any) -> Tensor: ...
    def __rmod__(self, other: Any) -> Tensor: ...
    def __gt__(self, other: Any) -> Tensor: ...
    def __ge__(self, other: Any) -> Tensor: ...
    def __lt__(self, other: Any) -> Tensor: ...
    def __le__(self, other: Any) -> Tensor: ...
    def __and__(self, other: Any) -> Tensor: ...
    def __rand__(self, other: Any) -> Tensor: ...
    def __or__(self, other: Any) -> Tensor: ...
    def __ror__(self, other: Any) -> Tensor: ...
    def __xor__(self, other: Any) -> Tensor: ...
    def __rxor__(self, other: Any) -> Tensor: ...
    def __lshift__(self, other: Any) -> Tensor: ...
    def __rlshift__(self, other: Any) -> Tensor: ...
    def __rshift__(self, other: Any) -> Tensor: ...
    def __rrshift__(self, other: Any) -> Tensor: ...
    def __iadd__(self, other: Any) -> Tensor: ...
    def __isub__(self, other: Any) -> Tensor: ...
    def __imul__(self, other: Any) -> Tensor: ...
    def __itruediv__(self, other: Any) -> Tensor: ...
    def __ifloordiv__(self, other: Any) -> Tensor: ...
    def __imod__(self, other: Any) -> Tensor: ...
    def __ipow__(self, other: Any) -> Tensor: ...
    def __imatmul__(self, other: Any) -> Tensor: ...
    def __iand__(self, other: Any) -> Tensor: ...
    def __ior__(self, other: Any) -> Tensor: ...
    def __ixor__(self, other: Any) -> Tensor: ...
    def __neg__(self) -> Tensor: ...
    def __abs__(self) -> Tensor: ...
    def __invert__(self) -> Tensor: ...
    def abs(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `abs`, element by element: the engine's `abs`."""
    def abs_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`abs`, in place; gives the tensor back."""
    def absolute(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `abs`, element by element: the engine's `abs`."""
    def acos(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `acos`, element by element: the engine's `acos`."""
    def acos_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`acos`, in place; gives the tensor back."""
    def acosh(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `acosh`, element by element: the engine's `acosh`."""
    def add(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """`input + alpha * other`."""
    def add_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`add`, in place; gives the tensor back."""
    def addbmm(
        self, batch1: Any, batch2: Any, *, beta: builtins.float = 1, alpha: builtins.float = 1, **numpy_names: Any
    ) -> Tensor:
        """`beta * input + alpha` times the sum of the products of a batch."""
    def addbmm_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`addbmm`, in place; gives the tensor back."""
    def addcdiv(self, tensor1: Any, tensor2: Any, *, value: Any = 1, **numpy_names: Any) -> Tensor:
        """`input + value * tensor1 / tensor2`."""
    def addcdiv_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`addcdiv`, in place; gives the tensor back."""
    def addcmul(self, tensor1: Any, tensor2: Any, *, value: Any = 1, **numpy_names: Any) -> Tensor:
        """`input + value * tensor1 * tensor2`."""
    def addcmul_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`addcmul`, in place; gives the tensor back."""
    def addmm(
        self, mat1: Any, mat2: Any, *, beta: builtins.float = 1, alpha: builtins.float = 1, **numpy_names: Any
    ) -> Tensor:
        """`beta * input + alpha * (mat1 @ mat2)`."""
    def addmm_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`addmm`, in place; gives the tensor back."""
    def addmv(
        self, mat: Any, vec: Any, *, beta: builtins.float = 1, alpha: builtins.float = 1, **numpy_names: Any
    ) -> Tensor:
        """`beta * input + alpha * (mat @ vec)`, of a matrix and a vector."""
    def addmv_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`addmv`, in place; gives the tensor back."""
    def addr(
        self, vec1: Any, vec2: Any, *, beta: builtins.float = 1, alpha: builtins.float = 1, **numpy_names: Any
    ) -> Tensor:
        """`beta * input + alpha * outer(vec1, vec2)`."""
    def addr_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`addr`, in place; gives the tensor back."""
    def adjoint(self) -> Tensor:
        """The last two axes exchanged."""
    def all(
        self,
        dim: builtins.int | Sequence[builtins.int] | None = None,
        keepdim: builtins.bool = False,
        **numpy_names: Any,
    ) -> Tensor:
        """Whether all are true."""
    def allclose(
        self, other: Any, rtol: builtins.float = 1e-05, atol: builtins.float = 1e-08, equal_nan: builtins.bool = False
    ) -> builtins.bool:
        """Whether |input - other| ≤ atol + rtol · |other| everywhere."""
    def amax(
        self,
        dim: builtins.int | Sequence[builtins.int] | None = None,
        keepdim: builtins.bool = False,
        **numpy_names: Any,
    ) -> Tensor:
        """The greatest over axes; equal ones share the gradient."""
    def amin(
        self,
        dim: builtins.int | Sequence[builtins.int] | None = None,
        keepdim: builtins.bool = False,
        **numpy_names: Any,
    ) -> Tensor:
        """The least over axes; equal ones share the gradient."""
    def aminmax(
        self,
        *,
        dim: builtins.int | Sequence[builtins.int] | None = None,
        keepdim: builtins.bool = False,
        **numpy_names: Any,
    ) -> Any:
        """The least and the greatest."""
    def any(
        self,
        dim: builtins.int | Sequence[builtins.int] | None = None,
        keepdim: builtins.bool = False,
        **numpy_names: Any,
    ) -> Tensor:
        """Whether any is true."""
    def arccos(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `acos`, element by element: the engine's `acos`."""
    def arccosh(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `acosh`, element by element: the engine's `acosh`."""
    def arcsin(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `asin`, element by element: the engine's `asin`."""
    def arcsinh(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `asinh`, element by element: the engine's `asinh`."""
    def arctan(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `atan`, element by element: the engine's `atan`."""
    def arctan2(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """PyTorch's `atan2`, element by element: the engine's `atan2`."""
    def arctanh(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `atanh`, element by element: the engine's `atanh`."""
    def argmax(self, dim: builtins.int | None = None, keepdim: builtins.bool = False, **numpy_names: Any) -> Tensor:
        """Where the greatest is; without `dim` in the flattened tensor."""
    def argmin(self, dim: builtins.int | None = None, keepdim: builtins.bool = False, **numpy_names: Any) -> Tensor:
        """Where the least is; without `dim` in the flattened tensor."""
    def argsort(
        self,
        dim: builtins.int = -1,
        descending: builtins.bool = False,
        stable: builtins.bool = False,
        **numpy_names: Any,
    ) -> Tensor:
        """The indices that put an axis in order; equal elements keep theirs."""
    def argwhere(self, *, as_tuple: builtins.bool = False, **numpy_names: Any) -> Tensor:
        """The places of what is not 0, one a row; with `as_tuple` one tensor an axis, as NumPy's `nonzero`."""
    def as_strided(
        self, size: Any, stride: Any, storage_offset: builtins.int | None = None, **numpy_names: Any
    ) -> Tensor:
        """The elements at regular steps of the memory, as a copy for reading alone; NumPy's `as_strided`, but by elements."""
    def asin(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `asin`, element by element: the engine's `asin`."""
    def asin_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`asin`, in place; gives the tensor back."""
    def asinh(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `asinh`, element by element: the engine's `asinh`."""
    def atan(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `atan`, element by element: the engine's `atan`."""
    def atan2(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """PyTorch's `atan2`, element by element: the engine's `atan2`."""
    def atan2_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`atan2`, in place; gives the tensor back."""
    def atan_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`atan`, in place; gives the tensor back."""
    def atanh(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `atanh`, element by element: the engine's `atanh`."""
    def baddbmm(
        self, batch1: Any, batch2: Any, *, beta: builtins.float = 1, alpha: builtins.float = 1, **numpy_names: Any
    ) -> Tensor:
        """`beta * input + alpha * (batch1 @ batch2)`."""
    def baddbmm_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`baddbmm`, in place; gives the tensor back."""
    def bernoulli(self, p: Any = None, *, generator: Any = None) -> Tensor:
        """1 with the probability that stands at each place, 0 otherwise."""
    def bernoulli_(self, p: Any = 0.5, *, generator: Any = None) -> Tensor:
        """Fill with 1 with a probability, with 0 otherwise."""
    def bincount(self, weights: Any = None, minlength: builtins.int = 0, **numpy_names: Any) -> Tensor:
        """How often each whole number occurs, or the sum of its weights."""
    def bitwise_and(self, *other: Any, **numpy_names: Any) -> Tensor:
        """PyTorch's `bitwise_and`, bit by bit: NumPy's `bitwise_and`; a constant."""
    def bitwise_and_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`bitwise_and`, in place; gives the tensor back."""
    def bitwise_left_shift(self, *other: Any, **numpy_names: Any) -> Tensor:
        """PyTorch's `bitwise_left_shift`, bit by bit: NumPy's `left_shift`; a constant."""
    def bitwise_left_shift_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`bitwise_left_shift`, in place; gives the tensor back."""
    def bitwise_not(self, *other: Any, **numpy_names: Any) -> Tensor:
        """PyTorch's `bitwise_not`, bit by bit: NumPy's `invert`; a constant."""
    def bitwise_not_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`bitwise_not`, in place; gives the tensor back."""
    def bitwise_or(self, *other: Any, **numpy_names: Any) -> Tensor:
        """PyTorch's `bitwise_or`, bit by bit: NumPy's `bitwise_or`; a constant."""
    def bitwise_or_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`bitwise_or`, in place; gives the tensor back."""
    def bitwise_right_shift(self, *other: Any, **numpy_names: Any) -> Tensor:
        """PyTorch's `bitwise_right_shift`, bit by bit: NumPy's `right_shift`; a constant."""
    def bitwise_right_shift_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`bitwise_right_shift`, in place; gives the tensor back."""
    def bitwise_xor(self, *other: Any, **numpy_names: Any) -> Tensor:
        """PyTorch's `bitwise_xor`, bit by bit: NumPy's `bitwise_xor`; a constant."""
    def bitwise_xor_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`bitwise_xor`, in place; gives the tensor back."""
    def bmm(self, mat2: Any, **numpy_names: Any) -> Tensor:
        """The products of matrices, one pair an element of the first axis."""
    def bool(self) -> Tensor:
        """In bool; NumPy's `astype`."""
    def broadcast_to(self, size: Any, **numpy_names: Any) -> Tensor:
        """Expanded to a shape."""
    def byte(self) -> Tensor:
        """In uint8; NumPy's `astype`."""
    def ceil(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `ceil`, element by element: the engine's `ceil`."""
    def ceil_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`ceil`, in place; gives the tensor back."""
    def char(self) -> Tensor:
        """In int8; NumPy's `astype`."""
    def cholesky(self, *, upper: builtins.bool = False, **numpy_names: Any) -> Tensor:
        """The triangular factor of a positive definite matrix."""
    def cholesky_inverse(self, upper: builtins.bool = False, **numpy_names: Any) -> Tensor:
        """The inverse of the matrix of which `input` is the factor from `linalg.cholesky`."""
    def cholesky_solve(self, L: Any, upper: builtins.bool = False, **numpy_names: Any) -> Tensor:
        """The `x` for which `L @ L.mT @ x = B`, of a factor from `linalg.cholesky`."""
    def chunk(self, chunks: builtins.int, dim: builtins.int = 0, **numpy_names: Any) -> tuple[Tensor, ...]:
        """So many parts of equal length, the last of the rest."""
    def clamp(self, min: Any = None, max: Any = None, **numpy_names: Any) -> Tensor:
        """Limited to an interval; NumPy's `clip`."""
    def clamp_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`clamp`, in place; gives the tensor back."""
    def clamp_max(self, max: Any) -> Tensor:
        """Not above `max`."""
    def clamp_max_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`clamp_max`, in place; gives the tensor back."""
    def clamp_min(self, min: Any) -> Tensor:
        """Not below `min`."""
    def clamp_min_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`clamp_min`, in place; gives the tensor back."""
    def clip(self, min: Any = None, max: Any = None, **numpy_names: Any) -> Tensor:
        """Limited to an interval; NumPy's `clip`."""
    def clip_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`clip`, in place; gives the tensor back."""
    def copy_(self, src: Any, non_blocking: builtins.bool = False) -> Tensor:
        """Set the elements to those of another tensor, whose shape broadcasts; `t.data.copy_(…)` records nothing, as in PyTorch."""
    def copysign(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """PyTorch's `copysign`, element by element: the engine's `copysign`."""
    def copysign_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`copysign`, in place; gives the tensor back."""
    def corrcoef(self, **numpy_names: Any) -> Tensor:
        """The coefficients of correlation of variables, which are the rows."""
    def cos(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `cos`, element by element: the engine's `cos`."""
    def cos_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`cos`, in place; gives the tensor back."""
    def cosh(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `cosh`, element by element: the engine's `cosh`."""
    def cosh_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`cosh`, in place; gives the tensor back."""
    def count_nonzero(self, dim: builtins.int | Sequence[builtins.int] | None = None, **numpy_names: Any) -> Tensor:
        """How many are not 0."""
    def cov(self, *, correction: builtins.int = 1, **numpy_names: Any) -> Tensor:
        """The covariances of variables, which are the rows, over n - 1."""
    def cross(self, other: Any, dim: builtins.int | None = None, **numpy_names: Any) -> Tensor:
        """The cross product of vectors of three elements: along the first axis of length 3, unless `dim` names another."""
    def cummax(self, dim: builtins.int, **numpy_names: Any) -> Any:
        """The maximum so far along an axis, as a pair `.values`, `.indices`."""
    def cummin(self, dim: builtins.int, **numpy_names: Any) -> Any:
        """The minimum so far along an axis, as a pair `.values`, `.indices`."""
    def cumprod(self, dim: builtins.int, *, dtype: Any = None, **numpy_names: Any) -> Tensor:
        """Running products along an axis."""
    def cumprod_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`cumprod`, in place; gives the tensor back."""
    def cumsum(self, dim: builtins.int, *, dtype: Any = None, **numpy_names: Any) -> Tensor:
        """Running sums along an axis."""
    def cumsum_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`cumsum`, in place; gives the tensor back."""
    def deg2rad(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `deg2rad`, element by element: the engine's `deg2rad`."""
    def det(self, **numpy_names: Any) -> Tensor:
        """The determinant."""
    def diag(self, diagonal: builtins.int = 0, **numpy_names: Any) -> Tensor:
        """The diagonal of a matrix, or a matrix with that diagonal."""
    def diag_embed(
        self, offset: builtins.int = 0, dim1: builtins.int = -2, dim2: builtins.int = -1, **numpy_names: Any
    ) -> Tensor:
        """The last axis as the diagonal of two new ones."""
    def diagflat(self, offset: builtins.int = 0, **numpy_names: Any) -> Tensor:
        """A matrix with the elements of the flattened tensor as a diagonal."""
    def diagonal(
        self, offset: builtins.int = 0, dim1: builtins.int = 0, dim2: builtins.int = 1, **numpy_names: Any
    ) -> Tensor:
        """The diagonal of two axes: a view, by which it can be edited, of what lies in memory as it is counted, else for reading."""
    def diff(
        self, n: builtins.int = 1, dim: builtins.int = -1, prepend: Any = None, append: Any = None, **numpy_names: Any
    ) -> Tensor:
        """Differences of neighbours."""
    def digamma(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `digamma`, element by element: the engine's `digamma`."""
    def dist(self, other: Any, p: builtins.float = 2, **numpy_names: Any) -> Tensor:
        """The length of a difference."""
    def div(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """`input / other`, rounded down with `floor`, towards zero with `trunc`."""
    def div_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`div`, in place; gives the tensor back."""
    def divide(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """`input / other`, rounded down with `floor`, towards zero with `trunc`."""
    def divide_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`divide`, in place; gives the tensor back."""
    def dot(self, other: Any, **numpy_names: Any) -> Tensor:
        """The sum of products of two vectors; of matrices, unlike NumPy's, it is refused."""
    def double(self) -> Tensor:
        """In float64; NumPy's `astype`."""
    def dsplit(self, indices_or_sections: Any, **numpy_names: Any) -> tuple[Tensor, ...]:
        """Parts of axis 2, as `tensor_split` of it."""
    def eq(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """PyTorch's `eq`, element by element: the engine's `equal`."""
    def eq_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`eq`, in place; gives the tensor back."""
    def equal(self, other: Any) -> builtins.bool:
        """Whether two tensors have the same shape and the same elements."""
    def erf(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `erf`, element by element: the engine's `erf`."""
    def erf_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`erf`, in place; gives the tensor back."""
    def erfc(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `erfc`, element by element: the engine's `erfc`."""
    def erfinv(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `erfinv`, element by element: the engine's `erfinv`."""
    def exp(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `exp`, element by element: the engine's `exp`."""
    def exp2(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `exp2`, element by element: the engine's `exp2`."""
    def exp2_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`exp2`, in place; gives the tensor back."""
    def exp_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`exp`, in place; gives the tensor back."""
    def expand(self, *sizes: Any, implicit: builtins.bool = False, **numpy_names: Any) -> Tensor:
        """Repeated along axes of length 1, in the same memory; -1 leaves an axis. NumPy's `broadcast_to`."""
    def expand_as(self, other: Any) -> Tensor:
        """Expanded to the shape of another."""
    def expm1(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `expm1`, element by element: the engine's `expm1`."""
    def expm1_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`expm1`, in place; gives the tensor back."""
    def exponential_(self, lambd: builtins.float = 1.0, *, generator: Any = None) -> Tensor:
        """Fill with numbers of the exponential distribution."""
    def fill_(self, value: Any) -> Tensor:
        """Set every element."""
    def fill_diagonal_(self, fill_value: Any, wrap: builtins.bool = False) -> Tensor:
        """Set the diagonal of a matrix."""
    def fix(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `trunc`, element by element: the engine's `trunc`."""
    def flatten(self, start_dim: builtins.int = 0, end_dim: builtins.int = -1, **numpy_names: Any) -> Tensor:
        """Axes from one to another as a single one."""
    def flip(self, *axes: Any, dims: Any = (), **numpy_names: Any) -> Tensor:
        """Backwards along axes, in memory of its own, which NumPy's is not."""
    def fliplr(self, **numpy_names: Any) -> Tensor:
        """Backwards along the second axis."""
    def flipud(self, **numpy_names: Any) -> Tensor:
        """Backwards along the first axis."""
    def float(self) -> Tensor:
        """In float32; NumPy's `astype`."""
    def float_power(self, exponent: Any, **numpy_names: Any) -> Tensor:
        """A power in float64, whatever the operands are."""
    def floor(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `floor`, element by element: the engine's `floor`."""
    def floor_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`floor`, in place; gives the tensor back."""
    def floor_divide(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """PyTorch's `floor_divide`, element by element: the engine's `floor_divide`."""
    def floor_divide_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`floor_divide`, in place; gives the tensor back."""
    def fmax(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """PyTorch's `fmax`, element by element: the engine's `fmax`."""
    def fmin(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """PyTorch's `fmin`, element by element: the engine's `fmin`."""
    def fmod(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """PyTorch's `fmod`, element by element: the engine's `fmod`."""
    def fmod_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`fmod`, in place; gives the tensor back."""
    def frac(self, **numpy_names: Any) -> Tensor:
        """What is behind the point."""
    def frac_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`frac`, in place; gives the tensor back."""
    def gather(
        self, dim: builtins.int, index: Any, *, sparse_grad: builtins.bool = False, **numpy_names: Any
    ) -> Tensor:
        """Along an axis the elements at `index`, which has the shape of the result; NumPy's `take_along_axis`."""
    def ge(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """PyTorch's `ge`, element by element: the engine's `greater_equal`."""
    def ge_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`ge`, in place; gives the tensor back."""
    def ger(self, vec2: Any, **numpy_names: Any) -> Tensor:
        """All products of elements of two vectors."""
    def greater(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """PyTorch's `gt`, element by element: the engine's `greater`."""
    def greater_equal(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """PyTorch's `ge`, element by element: the engine's `greater_equal`."""
    def gt(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """PyTorch's `gt`, element by element: the engine's `greater`."""
    def gt_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`gt`, in place; gives the tensor back."""
    def half(self) -> Tensor:
        """In float16; NumPy's `astype`."""
    def heaviside(self, values: Any, **numpy_names: Any) -> Tensor:
        """0 below 0, 1 above, `values` at 0."""
    def heaviside_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`heaviside`, in place; gives the tensor back."""
    def histc(
        self, bins: builtins.int = 100, min: builtins.float = 0, max: builtins.float = 0, **numpy_names: Any
    ) -> Tensor:
        """How many elements lie in each of equal intervals."""
    def hsplit(self, indices_or_sections: Any, **numpy_names: Any) -> tuple[Tensor, ...]:
        """Parts of axis 1, as `tensor_split` of it."""
    def hypot(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """PyTorch's `hypot`, element by element: the engine's `hypot`."""
    def hypot_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`hypot`, in place; gives the tensor back."""
    def i0(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `i0`, element by element: the engine's `i0`."""
    def index_add(self, dim: builtins.int, index: Any, source: Any, *, alpha: Any = 1, **numpy_names: Any) -> Tensor:
        """With the parts of `source` added at `index` along an axis."""
    def index_add_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`index_add`, in place; gives the tensor back."""
    def index_copy(self, dim: builtins.int, index: Any, source: Any, **numpy_names: Any) -> Tensor:
        """With the parts at `index` along an axis replaced by those of `source`."""
    def index_copy_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`index_copy`, in place; gives the tensor back."""
    def index_fill(self, dim: builtins.int, index: Any, value: Any, **numpy_names: Any) -> Tensor:
        """With the parts at `index` along an axis filled with a number."""
    def index_fill_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`index_fill`, in place; gives the tensor back."""
    def index_put(self, indices: Any, values: Any, accumulate: builtins.bool = False, **numpy_names: Any) -> Tensor:
        """With `values` put, or added, at an index of tensors."""
    def index_put_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`index_put`, in place; gives the tensor back."""
    def index_select(self, dim: builtins.int, index: Any, **numpy_names: Any) -> Tensor:
        """The parts of an axis at `index`; NumPy's `take`."""
    def inner(self, other: Any, **numpy_names: Any) -> Tensor:
        """Sums of products along the last axes."""
    def int(self) -> Tensor:
        """In int32; NumPy's `astype`."""
    def inverse(self, **numpy_names: Any) -> Tensor:
        """The inverse of a matrix."""
    def isclose(
        self, other: Any, rtol: builtins.float = 1e-05, atol: builtins.float = 1e-08, equal_nan: builtins.bool = False
    ) -> Tensor:
        """Whether |input - other| ≤ atol + rtol · |other|, element by element."""
    def isfinite(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `isfinite`, element by element: the engine's `isfinite`."""
    def isinf(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `isinf`, element by element: the engine's `isinf`."""
    def isnan(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `isnan`, element by element: the engine's `isnan`."""
    def isneginf(self, **numpy_names: Any) -> Tensor:
        """Which elements are negative infinity."""
    def isposinf(self, **numpy_names: Any) -> Tensor:
        """Which elements are infinity."""
    def kron(self, other: Any, **numpy_names: Any) -> Tensor:
        """Kronecker's product."""
    def kthvalue(
        self, k: builtins.int, dim: builtins.int = -1, keepdim: builtins.bool = False, **numpy_names: Any
    ) -> Any:
        """The k-th least along an axis, counted from 1, as a pair `.values`, `.indices`."""
    def le(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """PyTorch's `le`, element by element: the engine's `less_equal`."""
    def le_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`le`, in place; gives the tensor back."""
    def lerp(self, end: Any, weight: Any, **numpy_names: Any) -> Tensor:
        """`input + weight * (end - input)`."""
    def lerp_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`lerp`, in place; gives the tensor back."""
    def less(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """PyTorch's `lt`, element by element: the engine's `less`."""
    def less_equal(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """PyTorch's `le`, element by element: the engine's `less_equal`."""
    def lgamma(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `lgamma`, element by element: the engine's `gammaln`."""
    def log(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `log`, element by element: the engine's `log`."""
    def log10(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `log10`, element by element: the engine's `log10`."""
    def log10_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`log10`, in place; gives the tensor back."""
    def log1p(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `log1p`, element by element: the engine's `log1p`."""
    def log1p_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`log1p`, in place; gives the tensor back."""
    def log2(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `log2`, element by element: the engine's `log2`."""
    def log2_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`log2`, in place; gives the tensor back."""
    def log_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`log`, in place; gives the tensor back."""
    def log_softmax(self, dim: builtins.int | None = None, dtype: Any = None, **numpy_names: Any) -> Tensor:
        """The logarithm of `softmax`, computed without it."""
    def logaddexp(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """PyTorch's `logaddexp`, element by element: the engine's `logaddexp`."""
    def logaddexp2(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """PyTorch's `logaddexp2`, element by element: the engine's `logaddexp2`."""
    def logcumsumexp(self, dim: builtins.int, **numpy_names: Any) -> Tensor:
        """The logarithms of running sums of exponentials along an axis, without the sums."""
    def logdet(self, **numpy_names: Any) -> Tensor:
        """The logarithm of the determinant; NaN where that is negative."""
    def logical_and(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """PyTorch's `logical_and`, element by element: the engine's `logical_and`."""
    def logical_and_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`logical_and`, in place; gives the tensor back."""
    def logical_not(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `logical_not`, element by element: the engine's `logical_not`."""
    def logical_not_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`logical_not`, in place; gives the tensor back."""
    def logical_or(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """PyTorch's `logical_or`, element by element: the engine's `logical_or`."""
    def logical_or_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`logical_or`, in place; gives the tensor back."""
    def logical_xor(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """PyTorch's `logical_xor`, element by element: the engine's `logical_xor`."""
    def logit(self, eps: builtins.float | None = None, **numpy_names: Any) -> Tensor:
        """`log(p / (1 - p))`, of what is first limited to eps … 1 - eps."""
    def logit_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`logit`, in place; gives the tensor back."""
    def logsumexp(
        self,
        dim: builtins.int | Sequence[builtins.int] | None = None,
        keepdim: builtins.bool = False,
        **numpy_names: Any,
    ) -> Tensor:
        """`log(sum(exp(input)))`, computed without overflow."""
    def long(self) -> Tensor:
        """In int64; NumPy's `astype`."""
    def lt(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """PyTorch's `lt`, element by element: the engine's `less`."""
    def lt_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`lt`, in place; gives the tensor back."""
    def masked_fill(self, mask: Any, value: Any, **numpy_names: Any) -> Tensor:
        """With a number where the mask is true."""
    def masked_fill_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`masked_fill`, in place; gives the tensor back."""
    def masked_scatter(self, mask: Any, source: Any, **numpy_names: Any) -> Tensor:
        """With the elements where the mask is true replaced by those of `source`, in order."""
    def masked_scatter_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`masked_scatter`, in place; gives the tensor back."""
    def masked_select(self, mask: Any, **numpy_names: Any) -> Tensor:
        """The elements where the mask is true, in one axis."""
    def matmul(self, other: Any, **numpy_names: Any) -> Tensor:
        """The product of matrices, `input @ other`."""
    def matrix_exp(self, **numpy_names: Any) -> Tensor:
        """The exponential of a square matrix, or of each of a stack."""
    def matrix_power(self, n: builtins.int, **numpy_names: Any) -> Tensor:
        """A power of a matrix."""
    def max(self, dim: Any = None, keepdim: builtins.bool = False, *, other: Any = None, **numpy_names: Any) -> Any:
        """The maximum of all; with `dim` a pair `.values`, `.indices`, whose gradient goes to the place of the index; of two tensors the maximum element by element."""
    def maximum(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """PyTorch's `maximum`, element by element: the engine's `maximum`."""
    def mean(
        self,
        dim: builtins.int | Sequence[builtins.int] | None = None,
        keepdim: builtins.bool = False,
        *,
        dtype: Any = None,
        **numpy_names: Any,
    ) -> Tensor:
        """The mean over axes; of floats alone, as in PyTorch."""
    def median(self, dim: builtins.int | None = None, keepdim: builtins.bool = False, **numpy_names: Any) -> Any:
        """The lower of the middle two, where NumPy's is their mean; with `dim` a pair `.values`, `.indices`."""
    def min(self, dim: Any = None, keepdim: builtins.bool = False, *, other: Any = None, **numpy_names: Any) -> Any:
        """The minimum of all; with `dim` a pair `.values`, `.indices`, whose gradient goes to the place of the index; of two tensors the minimum element by element."""
    def minimum(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """PyTorch's `minimum`, element by element: the engine's `minimum`."""
    def mm(self, mat2: Any, **numpy_names: Any) -> Tensor:
        """The product of two matrices."""
    def mode(self, dim: builtins.int = -1, keepdim: builtins.bool = False, **numpy_names: Any) -> Any:
        """The most frequent element along an axis, the least of several, with its last place."""
    def moveaxis(
        self,
        source: builtins.int | Sequence[builtins.int],
        destination: builtins.int | Sequence[builtins.int],
        **numpy_names: Any,
    ) -> Tensor:
        """Axes moved to other places."""
    def movedim(
        self,
        source: builtins.int | Sequence[builtins.int],
        destination: builtins.int | Sequence[builtins.int],
        **numpy_names: Any,
    ) -> Tensor:
        """Axes moved to other places."""
    def msort(self) -> Tensor:
        """In order along the first axis."""
    def mul(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """`input * other`."""
    def mul_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`mul`, in place; gives the tensor back."""
    def multinomial(
        self,
        num_samples: builtins.int,
        replacement: builtins.bool = False,
        *,
        generator: Any = None,
        **numpy_names: Any,
    ) -> Tensor:
        """Places drawn with the weights that stand in the last axis."""
    def multiply(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """`input * other`."""
    def multiply_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`multiply`, in place; gives the tensor back."""
    def mv(self, vec: Any, **numpy_names: Any) -> Tensor:
        """A matrix times a vector."""
    def nan_to_num(
        self, nan: builtins.float = 0.0, posinf: Any = None, neginf: Any = None, **numpy_names: Any
    ) -> Tensor:
        """With numbers in place of NaN and infinities."""
    def nan_to_num_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`nan_to_num`, in place; gives the tensor back."""
    def nanmean(
        self,
        dim: builtins.int | Sequence[builtins.int] | None = None,
        keepdim: builtins.bool = False,
        *,
        dtype: Any = None,
        **numpy_names: Any,
    ) -> Tensor:
        """The mean of what is not NaN."""
    def nanmedian(self, dim: builtins.int | None = None, keepdim: builtins.bool = False, **numpy_names: Any) -> Any:
        """The lower of the middle two of what is not NaN; with `dim` a pair `.values`, `.indices`."""
    def nanquantile(
        self, q: Any, dim: builtins.int | None = None, keepdim: builtins.bool = False, **numpy_names: Any
    ) -> Tensor:
        """Quantiles of what is not NaN along an axis; between two elements in a straight line."""
    def nansum(
        self,
        dim: builtins.int | Sequence[builtins.int] | None = None,
        keepdim: builtins.bool = False,
        *,
        dtype: Any = None,
        **numpy_names: Any,
    ) -> Tensor:
        """The sum of what is not NaN."""
    def narrow(self, dim: builtins.int, start: builtins.int, length: builtins.int, **numpy_names: Any) -> Tensor:
        """A stretch of an axis."""
    def ne(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """PyTorch's `ne`, element by element: the engine's `not_equal`."""
    def ne_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`ne`, in place; gives the tensor back."""
    def neg(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `neg`, element by element: the engine's `neg`."""
    def neg_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`neg`, in place; gives the tensor back."""
    def negative(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `neg`, element by element: the engine's `neg`."""
    def negative_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`negative`, in place; gives the tensor back."""
    def new(self, *data: Any) -> Tensor:
        """A tensor in the dtype of this one, of lengths or of numbers: `new_zeros` and `new_tensor` say which."""
    def new_empty(self, *size: Any, dtype: Any = None, **given: Any) -> Tensor:
        """Zeros in the dtype of this tensor."""
    def new_full(self, size: Any, fill_value: Any, *, dtype: Any = None, **given: Any) -> Tensor:
        """One number in the dtype of this tensor."""
    def new_ones(self, *size: Any, dtype: Any = None, **given: Any) -> Tensor:
        """Ones in the dtype of this tensor."""
    def new_tensor(
        self, data: Any, *, dtype: Any = None, requires_grad: builtins.bool = False, **ignored: Any
    ) -> Tensor:
        """A tensor of numbers in the dtype of this one."""
    def new_zeros(self, *size: Any, dtype: Any = None, **given: Any) -> Tensor:
        """Zeros in the dtype of this tensor."""
    def nextafter(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """PyTorch's `nextafter`, element by element: the engine's `nextafter`."""
    def nonzero(self, *, as_tuple: builtins.bool = False, **numpy_names: Any) -> Any:
        """The places of what is not 0, one a row; with `as_tuple` one tensor an axis, as NumPy's `nonzero`."""
    def norm(
        self, p: Any = "fro", dim: Any = None, keepdim: builtins.bool = False, dtype: Any = None, **numpy_names: Any
    ) -> Tensor:
        """The length of the elements, or along axes: of a matrix too all its elements as one vector, unlike NumPy's `ord`."""
    def normal_(self, mean: builtins.float = 0.0, std: builtins.float = 1.0, *, generator: Any = None) -> Tensor:
        """Fill with normal numbers."""
    def not_equal(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """PyTorch's `ne`, element by element: the engine's `not_equal`."""
    def outer(self, vec2: Any, **numpy_names: Any) -> Tensor:
        """All products of elements of two vectors."""
    def permute(self, *dims: Any, **numpy_names: Any) -> Tensor:
        """The axes in another order; NumPy's `transpose`."""
    def pinv(self, **options: Any) -> Tensor:
        """The pseudoinverse."""
    def pinverse(self, **options: Any) -> Tensor:
        """The pseudoinverse."""
    def positive(self, **numpy_names: Any) -> Tensor:
        """The tensor itself, of numbers alone."""
    def pow(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """`input ** exponent`."""
    def pow_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`pow`, in place; gives the tensor back."""
    def prod(
        self, dim: builtins.int | None = None, keepdim: builtins.bool = False, *, dtype: Any = None, **numpy_names: Any
    ) -> Tensor:
        """The product over an axis, or of all."""
    def qr(self, mode: str = "reduced", **numpy_names: Any) -> Any:
        """An orthogonal and a triangular factor."""
    def quantile(
        self,
        q: Any,
        dim: builtins.int | None = None,
        keepdim: builtins.bool = False,
        *,
        interpolation: str = "linear",
        **numpy_names: Any,
    ) -> Tensor:
        """Quantiles along an axis; between two elements in a straight line, or as `interpolation` says."""
    def rad2deg(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `rad2deg`, element by element: the engine's `rad2deg`."""
    def random_(self, from_: builtins.int = 0, to: builtins.int | None = None, *, generator: Any = None) -> Tensor:
        """Fill with whole numbers; `random_(to)` from 0 on."""
    def ravel(self, start_dim: builtins.int = 0, end_dim: builtins.int = -1, **numpy_names: Any) -> Tensor:
        """Axes from one to another as a single one."""
    def reciprocal(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `reciprocal`, element by element: the engine's `reciprocal`."""
    def reciprocal_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`reciprocal`, in place; gives the tensor back."""
    def relu(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `relu`, element by element: the engine's `relu`."""
    def relu_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`relu`, in place; gives the tensor back."""
    def remainder(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """PyTorch's `remainder`, element by element: the engine's `remainder`."""
    def remainder_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`remainder`, in place; gives the tensor back."""
    def renorm(self, p: builtins.float, dim: builtins.int, maxnorm: builtins.float, **numpy_names: Any) -> Tensor:
        """With the parts of an axis that are longer than `maxnorm` shortened to it."""
    def renorm_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`renorm`, in place; gives the tensor back."""
    def repeat(self, *repeats: Any, **numpy_names: Any) -> Tensor:
        """The whole tensor so often along each axis; NumPy's `tile`, whose `repeat` is `repeat_interleave` here."""
    def repeat_interleave(
        self, repeats: Any, dim: builtins.int | None = None, *, output_size: Any = None, **numpy_names: Any
    ) -> Tensor:
        """Each element so often, one after the other; NumPy's `repeat`."""
    def reshape(self, *shape: Any, **numpy_names: Any) -> Tensor:
        """In another shape; a view where it can be."""
    def reshape_as(self, other: Any) -> Tensor:
        """In the shape of another."""
    def resize(self, *sizes: Any) -> Tensor:
        """In another shape of as many elements, as `reshape`, of which PyTorch warns."""
    def resize_(self, *sizes: Any) -> Tensor:
        """In another shape, of as many elements."""
    def roll(self, shifts: Any, dims: Any = None, **numpy_names: Any) -> Tensor:
        """Moved along axes; what leaves comes back at the other end."""
    def rot90(self, k: builtins.int = 1, dims: Sequence[builtins.int] = (0, 1), **numpy_names: Any) -> Tensor:
        """Turned by quarters, in memory of its own, which NumPy's is not."""
    def round(self, *, decimals: builtins.int = 0, **numpy_names: Any) -> Tensor:
        """Rounded, halves to even."""
    def round_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`round`, in place; gives the tensor back."""
    def rsqrt(self, **numpy_names: Any) -> Tensor:
        """`1 / sqrt(input)`."""
    def rsqrt_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`rsqrt`, in place; gives the tensor back."""
    def scatter(
        self,
        dim: builtins.int,
        index: Any,
        src: Any = None,
        *,
        value: Any = None,
        reduce: str | None = None,
        **numpy_names: Any,
    ) -> Tensor:
        """With the elements at `index` along an axis replaced by those of `src`, or by a number."""
    def scatter_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`scatter`, in place; gives the tensor back."""
    def scatter_add(self, dim: builtins.int, index: Any, src: Any, **numpy_names: Any) -> Tensor:
        """With the elements of `src` added at `index` along an axis."""
    def scatter_add_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`scatter_add`, in place; gives the tensor back."""
    def scatter_reduce(
        self,
        dim: builtins.int,
        index: Any,
        src: Any,
        reduce: str,
        *,
        include_self: builtins.bool = True,
        **numpy_names: Any,
    ) -> Tensor:
        """With the elements of `src` at `index` added, or averaged, into the tensor, or with the greatest or least of them."""
    def scatter_reduce_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`scatter_reduce`, in place; gives the tensor back."""
    def select(self, dim: builtins.int, index: builtins.int, **numpy_names: Any) -> Tensor:
        """One place of an axis."""
    def set_(self, source: Any) -> Tensor:
        """Hold the memory of another tensor."""
    def short(self) -> Tensor:
        """In int16; NumPy's `astype`."""
    def sigmoid(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `sigmoid`, element by element: the engine's `sigmoid`."""
    def sigmoid_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`sigmoid`, in place; gives the tensor back."""
    def sign(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `sign`, element by element: the engine's `sign`."""
    def sign_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`sign`, in place; gives the tensor back."""
    def signbit(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `signbit`, element by element: the engine's `signbit`."""
    def sin(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `sin`, element by element: the engine's `sin`."""
    def sin_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`sin`, in place; gives the tensor back."""
    def sinc(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `sinc`, element by element: the engine's `sinc`."""
    def sinh(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `sinh`, element by element: the engine's `sinh`."""
    def sinh_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`sinh`, in place; gives the tensor back."""
    def slogdet(self, **numpy_names: Any) -> Any:
        """The sign of the determinant, and the logarithm of its size."""
    def softmax(self, dim: builtins.int | None = None, dtype: Any = None, **numpy_names: Any) -> Tensor:
        """Shares that sum to 1 along `dim`."""
    def sort(
        self,
        dim: builtins.int = -1,
        descending: builtins.bool = False,
        stable: builtins.bool = False,
        **numpy_names: Any,
    ) -> Any:
        """In order along an axis, as a pair `.values`, `.indices`."""
    def split(self, split_size_or_sections: Any, dim: builtins.int = 0, **numpy_names: Any) -> tuple[Tensor, ...]:
        """Parts of a length, the last of the rest, or of lengths; NumPy's `split` takes the number of parts instead."""
    def split_with_sizes(
        self, split_size_or_sections: Any, dim: builtins.int = 0, **numpy_names: Any
    ) -> tuple[Tensor, ...]:
        """Parts of a length, the last of the rest, or of lengths; NumPy's `split` takes the number of parts instead."""
    def sqrt(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `sqrt`, element by element: the engine's `sqrt`."""
    def sqrt_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`sqrt`, in place; gives the tensor back."""
    def square(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `square`, element by element: the engine's `square`."""
    def square_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`square`, in place; gives the tensor back."""
    def squeeze(self, dim: Any = None, **numpy_names: Any) -> Tensor:
        """Without the axes of length 1, or without `dim` where it has that length."""
    def squeeze_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`squeeze` of this very tensor, which must require no gradient."""
    def std(
        self,
        dim: Any = None,
        unbiased: Any = None,
        keepdim: builtins.bool = False,
        *,
        correction: Any = None,
        **numpy_names: Any,
    ) -> Tensor:
        """PyTorch's `std`: unbiased, over n - 1, unless `unbiased=False` or another `correction`; NumPy's is over n."""
    def storage(self) -> Any:
        """The memory, which is the same for all views of it."""
    def storage_offset(self) -> Any:
        """How many numbers of the storage lie before the first element."""
    def sub(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """`input - alpha * other`."""
    def sub_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`sub`, in place; gives the tensor back."""
    def subtract(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """`input - alpha * other`."""
    def subtract_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`subtract`, in place; gives the tensor back."""
    def sum(
        self,
        dim: builtins.int | Sequence[builtins.int] | None = None,
        keepdim: builtins.bool = False,
        *,
        dtype: Any = None,
        **numpy_names: Any,
    ) -> Tensor:
        """The sum over axes; of bools and whole numbers int64."""
    def svd(self, some: builtins.bool = True, **numpy_names: Any) -> Any:
        """Singular vectors and values: U, S and V, where `linalg.svd` gives Vh."""
    def swapaxes(self, *axes: Any, dim0: Any = None, dim1: Any = None, **numpy_names: Any) -> Tensor:
        """Two axes exchanged; NumPy's `swapaxes`. With all axes, as NumPy's `transpose` and PyTorch's `permute` have it."""
    def swapaxes_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`swapaxes` of this very tensor, which must require no gradient."""
    def swapdims(self, *axes: Any, dim0: Any = None, dim1: Any = None, **numpy_names: Any) -> Tensor:
        """Two axes exchanged; NumPy's `swapaxes`. With all axes, as NumPy's `transpose` and PyTorch's `permute` have it."""
    def t(self, **numpy_names: Any) -> Tensor:
        """A matrix transposed."""
    def t_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`t` of this very tensor, which must require no gradient."""
    def take(self, index: Any, **numpy_names: Any) -> Tensor:
        """The elements of the flattened tensor."""
    def take_along_dim(self, indices: Any, dim: builtins.int | None = None, **numpy_names: Any) -> Tensor:
        """As `gather`, where the other axes broadcast."""
    def tan(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `tan`, element by element: the engine's `tan`."""
    def tan_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`tan`, in place; gives the tensor back."""
    def tanh(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `tanh`, element by element: the engine's `tanh`."""
    def tanh_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`tanh`, in place; gives the tensor back."""
    def tensor_split(self, indices_or_sections: Any, dim: builtins.int = 0, **numpy_names: Any) -> tuple[Tensor, ...]:
        """Parts of nearly equal length, or cut at indices; NumPy's `array_split`."""
    def tile(self, *dims: Any, **numpy_names: Any) -> Tensor:
        """As `repeat`, where fewer numbers than axes are taken too."""
    def topk(
        self,
        k: builtins.int,
        dim: builtins.int = -1,
        largest: builtins.bool = True,
        sorted: builtins.bool = True,
        **numpy_names: Any,
    ) -> Any:
        """The k greatest, or least, along an axis, as a pair `.values`, `.indices`."""
    def trace(self, **numpy_names: Any) -> Tensor:
        """The sum of the diagonal of a matrix."""
    def transpose(self, *axes: Any, dim0: Any = None, dim1: Any = None, **numpy_names: Any) -> Tensor:
        """Two axes exchanged; NumPy's `swapaxes`. With all axes, as NumPy's `transpose` and PyTorch's `permute` have it."""
    def transpose_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`transpose` of this very tensor, which must require no gradient."""
    def tril(self, diagonal: builtins.int = 0, **numpy_names: Any) -> Tensor:
        """0 above a diagonal."""
    def tril_(self, diagonal: builtins.int = 0) -> Tensor:
        """0 above a diagonal."""
    def triu(self, diagonal: builtins.int = 0, **numpy_names: Any) -> Tensor:
        """0 below a diagonal."""
    def triu_(self, diagonal: builtins.int = 0) -> Tensor:
        """0 below a diagonal."""
    def true_divide(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """`input / other`, rounded down with `floor`, towards zero with `trunc`."""
    def true_divide_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`true_divide`, in place; gives the tensor back."""
    def trunc(self, **numpy_names: Any) -> Tensor:
        """PyTorch's `trunc`, element by element: the engine's `trunc`."""
    def trunc_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`trunc`, in place; gives the tensor back."""
    def unbind(self, dim: builtins.int = 0, **numpy_names: Any) -> tuple[Tensor, ...]:
        """The parts along an axis."""
    def unflatten(self, dim: builtins.int, sizes: Sequence[builtins.int], **numpy_names: Any) -> Tensor:
        """One axis as several."""
    def unfold(self, dimension: builtins.int, size: builtins.int, step: builtins.int, **numpy_names: Any) -> Tensor:
        """All stretches of a length along an axis, as a new last one."""
    def uniform_(
        self, from_: builtins.float = 0.0, to: builtins.float = 1.0, *, generator: Any = None, **named: Any
    ) -> Tensor:
        """Fill with numbers in [from, to)."""
    def unique(
        self,
        sorted: builtins.bool = True,
        return_inverse: builtins.bool = False,
        return_counts: builtins.bool = False,
        dim: builtins.int | None = None,
        **numpy_names: Any,
    ) -> Any:
        """The different elements in order; a constant."""
    def unique_consecutive(
        self,
        return_inverse: builtins.bool = False,
        return_counts: builtins.bool = False,
        dim: builtins.int | None = None,
        **numpy_names: Any,
    ) -> Any:
        """The elements without those that equal the one before; a constant."""
    def unsqueeze(self, dim: builtins.int, **numpy_names: Any) -> Tensor:
        """With an axis of length 1 before axis `dim`; NumPy's `expand_dims`."""
    def unsqueeze_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`unsqueeze` of this very tensor, which must require no gradient."""
    def untyped_storage(self) -> Any:
        """The memory as bytes."""
    def var(
        self,
        dim: Any = None,
        unbiased: Any = None,
        keepdim: builtins.bool = False,
        *,
        correction: Any = None,
        **numpy_names: Any,
    ) -> Tensor:
        """PyTorch's `var`: unbiased, over n - 1, unless `unbiased=False` or another `correction`; NumPy's is over n."""
    def vdot(self, other: Any, **numpy_names: Any) -> Tensor:
        """The product of two vectors."""
    def view(self, *shape: Any, **numpy_names: Any) -> Tensor:
        """In another shape, of the same memory: refused where it is not laid out so; `view(dtype)` reads the memory anew."""
    def view_as(self, other: Any) -> Tensor:
        """In the shape of another."""
    def vsplit(self, indices_or_sections: Any, **numpy_names: Any) -> tuple[Tensor, ...]:
        """Parts of axis 0, as `tensor_split` of it."""
    def where(self, condition: Any, other: Any) -> Any:
        """The elements of this tensor where a condition holds, elsewhere those of another."""
    def xlogy(self, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """PyTorch's `xlogy`, element by element: the engine's `xlogy`."""
    def xlogy_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`xlogy`, in place; gives the tensor back."""
    def zero_(self) -> Tensor:
        """Set every element to 0."""
