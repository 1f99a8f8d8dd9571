"""Written by `python -m tests.typing.faces` from the functions of autograd.torch; see there before you edit."""

import builtins
from collections.abc import Sequence
from typing import Any

from autograd.torch import autograd as autograd
from autograd.torch import distributions as distributions
from autograd.torch import func as func
from autograd.torch import linalg as linalg
from autograd.torch import nn as nn
from autograd.torch import optim as optim
from autograd.torch import random as random
from autograd.torch import special as special
from autograd.torch import testing as testing
from autograd.torch import utils as utils
from autograd.torch.device import Backends as Backends
from autograd.torch.device import NoDevice as NoDevice
from autograd.torch.device import device as device
from autograd.torch.dtypes import bool as bool
from autograd.torch.dtypes import double as double
from autograd.torch.dtypes import dtype as dtype
from autograd.torch.dtypes import finfo as finfo
from autograd.torch.dtypes import float as float
from autograd.torch.dtypes import float16 as float16
from autograd.torch.dtypes import float32 as float32
from autograd.torch.dtypes import float64 as float64
from autograd.torch.dtypes import get_default_dtype as get_default_dtype
from autograd.torch.dtypes import half as half
from autograd.torch.dtypes import iinfo as iinfo
from autograd.torch.dtypes import int as int
from autograd.torch.dtypes import int8 as int8
from autograd.torch.dtypes import int16 as int16
from autograd.torch.dtypes import int32 as int32
from autograd.torch.dtypes import int64 as int64
from autograd.torch.dtypes import long as long
from autograd.torch.dtypes import set_default_dtype as set_default_dtype
from autograd.torch.dtypes import short as short
from autograd.torch.dtypes import uint8 as uint8
from autograd.torch.dtypes import uint16 as uint16
from autograd.torch.dtypes import uint32 as uint32
from autograd.torch.dtypes import uint64 as uint64
from autograd.torch.func import vmap as vmap
from autograd.torch.generator import Generator as Generator
from autograd.torch.generator import default_generator as default_generator
from autograd.torch.legacy import BoolTensor as BoolTensor
from autograd.torch.legacy import ByteTensor as ByteTensor
from autograd.torch.legacy import CharTensor as CharTensor
from autograd.torch.legacy import DoubleTensor as DoubleTensor
from autograd.torch.legacy import FloatTensor as FloatTensor
from autograd.torch.legacy import HalfTensor as HalfTensor
from autograd.torch.legacy import IntTensor as IntTensor
from autograd.torch.legacy import LongTensor as LongTensor
from autograd.torch.legacy import ShortTensor as ShortTensor
from autograd.torch.modes import enable_grad as enable_grad
from autograd.torch.modes import inference_mode as inference_mode
from autograd.torch.modes import is_grad_enabled as is_grad_enabled
from autograd.torch.modes import is_inference_mode_enabled as is_inference_mode_enabled
from autograd.torch.modes import no_grad as no_grad
from autograd.torch.modes import set_grad_enabled as set_grad_enabled
from autograd.torch.pointwise import e as e
from autograd.torch.pointwise import inf as inf
from autograd.torch.pointwise import nan as nan
from autograd.torch.pointwise import pi as pi
from autograd.torch.tensor import Size as Size
from autograd.torch.tensor import Tensor as Tensor

__all__ = [
    "BoolTensor",
    "ByteTensor",
    "CharTensor",
    "DoubleTensor",
    "FloatTensor",
    "Generator",
    "HalfTensor",
    "IntTensor",
    "LongTensor",
    "ShortTensor",
    "Size",
    "Tensor",
    "abs",
    "absolute",
    "acos",
    "acosh",
    "add",
    "addbmm",
    "addcdiv",
    "addcmul",
    "addmm",
    "addmv",
    "addr",
    "adjoint",
    "all",
    "allclose",
    "amax",
    "amin",
    "aminmax",
    "any",
    "arange",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "are_deterministic_algorithms_enabled",
    "argmax",
    "argmin",
    "argsort",
    "argwhere",
    "as_strided",
    "as_tensor",
    "asarray",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "autograd",
    "backends",
    "baddbmm",
    "bernoulli",
    "bincount",
    "bitwise_and",
    "bitwise_left_shift",
    "bitwise_not",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
    "block_diag",
    "bmm",
    "bool",
    "broadcast_shapes",
    "broadcast_tensors",
    "broadcast_to",
    "bucketize",
    "can_cast",
    "cartesian_prod",
    "cat",
    "cdist",
    "ceil",
    "chain_matmul",
    "cholesky",
    "cholesky_inverse",
    "cholesky_solve",
    "chunk",
    "clamp",
    "clamp_max",
    "clamp_min",
    "clip",
    "clone",
    "column_stack",
    "combinations",
    "compile",
    "concat",
    "concatenate",
    "copysign",
    "corrcoef",
    "cos",
    "cosh",
    "count_nonzero",
    "cov",
    "cross",
    "cuda",
    "cummax",
    "cummin",
    "cumprod",
    "cumsum",
    "cumulative_trapezoid",
    "default_generator",
    "deg2rad",
    "det",
    "detach",
    "device",
    "diag",
    "diag_embed",
    "diagflat",
    "diagonal",
    "diff",
    "digamma",
    "dist",
    "div",
    "divide",
    "dot",
    "double",
    "dsplit",
    "dstack",
    "dtype",
    "e",
    "einsum",
    "empty",
    "empty_like",
    "enable_grad",
    "eq",
    "equal",
    "erf",
    "erfc",
    "erfinv",
    "exp",
    "exp2",
    "expm1",
    "eye",
    "finfo",
    "fix",
    "flatten",
    "flip",
    "fliplr",
    "flipud",
    "float",
    "float16",
    "float32",
    "float64",
    "float_power",
    "floor",
    "floor_divide",
    "fmax",
    "fmin",
    "fmod",
    "frac",
    "from_numpy",
    "full",
    "full_like",
    "gather",
    "ge",
    "ger",
    "get_default_dtype",
    "get_float32_matmul_precision",
    "get_num_threads",
    "get_rng_state",
    "gradient",
    "greater",
    "greater_equal",
    "gt",
    "half",
    "heaviside",
    "histc",
    "histogram",
    "hsplit",
    "hstack",
    "hypot",
    "i0",
    "iinfo",
    "index_add",
    "index_copy",
    "index_fill",
    "index_put",
    "index_select",
    "inf",
    "inference_mode",
    "initial_seed",
    "inner",
    "int",
    "int8",
    "int16",
    "int32",
    "int64",
    "inverse",
    "is_floating_point",
    "is_grad_enabled",
    "is_inference_mode_enabled",
    "is_tensor",
    "isclose",
    "isfinite",
    "isin",
    "isinf",
    "isnan",
    "isneginf",
    "isposinf",
    "kron",
    "kthvalue",
    "le",
    "lerp",
    "less",
    "less_equal",
    "lgamma",
    "linalg",
    "linspace",
    "load",
    "log",
    "log1p",
    "log2",
    "log10",
    "log_softmax",
    "logaddexp",
    "logaddexp2",
    "logcumsumexp",
    "logdet",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "logit",
    "logspace",
    "logsumexp",
    "long",
    "lt",
    "manual_seed",
    "masked_fill",
    "masked_scatter",
    "masked_select",
    "matmul",
    "matrix_exp",
    "matrix_power",
    "max",
    "maximum",
    "mean",
    "median",
    "meshgrid",
    "min",
    "minimum",
    "mm",
    "mode",
    "moveaxis",
    "movedim",
    "mps",
    "msort",
    "mul",
    "multinomial",
    "multiply",
    "mv",
    "nan",
    "nan_to_num",
    "nanmean",
    "nanmedian",
    "nanquantile",
    "nansum",
    "narrow",
    "ne",
    "neg",
    "negative",
    "nextafter",
    "no_grad",
    "nonzero",
    "norm",
    "normal",
    "not_equal",
    "numel",
    "ones",
    "ones_like",
    "outer",
    "permute",
    "pi",
    "pinverse",
    "poisson",
    "positive",
    "pow",
    "prod",
    "promote_types",
    "qr",
    "quantile",
    "rad2deg",
    "rand",
    "rand_like",
    "randint",
    "randint_like",
    "randn",
    "randn_like",
    "randperm",
    "ravel",
    "reciprocal",
    "relu",
    "remainder",
    "renorm",
    "repeat",
    "repeat_interleave",
    "reshape",
    "result_type",
    "roll",
    "rot90",
    "round",
    "row_stack",
    "rsqrt",
    "save",
    "scalar_tensor",
    "scatter",
    "scatter_add",
    "scatter_reduce",
    "searchsorted",
    "seed",
    "select",
    "set_default_dtype",
    "set_default_tensor_type",
    "set_float32_matmul_precision",
    "set_grad_enabled",
    "set_num_threads",
    "set_printoptions",
    "set_rng_state",
    "short",
    "sigmoid",
    "sign",
    "signbit",
    "sin",
    "sinc",
    "sinh",
    "slogdet",
    "softmax",
    "sort",
    "split",
    "split_with_sizes",
    "sqrt",
    "square",
    "squeeze",
    "stack",
    "std",
    "std_mean",
    "sub",
    "subtract",
    "sum",
    "svd",
    "swapaxes",
    "swapdims",
    "t",
    "take",
    "take_along_dim",
    "tan",
    "tanh",
    "tensor",
    "tensor_split",
    "tensordot",
    "testing",
    "tile",
    "topk",
    "trace",
    "transpose",
    "trapezoid",
    "trapz",
    "triangular_solve",
    "tril",
    "tril_indices",
    "triu",
    "triu_indices",
    "true_divide",
    "trunc",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "unbind",
    "unflatten",
    "unique",
    "unique_consecutive",
    "unravel_index",
    "unsqueeze",
    "use_deterministic_algorithms",
    "vander",
    "var",
    "var_mean",
    "vdot",
    "vsplit",
    "vstack",
    "where",
    "xlogy",
    "xpu",
    "zeros",
    "zeros_like",
]

__version__: str
cuda: NoDevice
mps: NoDevice
xpu: NoDevice
backends: Backends

def addbmm(
    input: Any, batch1: Any, batch2: Any, *, beta: builtins.float = 1, alpha: builtins.float = 1, **numpy_names: Any
) -> Tensor:
    """`beta * input + alpha` times the sum of the products of a batch."""

def addmm(
    input: Any, mat1: Any, mat2: Any, *, beta: builtins.float = 1, alpha: builtins.float = 1, **numpy_names: Any
) -> Tensor:
    """`beta * input + alpha * (mat1 @ mat2)`."""

def addmv(
    input: Any, mat: Any, vec: Any, *, beta: builtins.float = 1, alpha: builtins.float = 1, **numpy_names: Any
) -> Tensor:
    """`beta * input + alpha * (mat @ vec)`, of a matrix and a vector."""

def addr(
    input: Any, vec1: Any, vec2: Any, *, beta: builtins.float = 1, alpha: builtins.float = 1, **numpy_names: Any
) -> Tensor:
    """`beta * input + alpha * outer(vec1, vec2)`."""

def baddbmm(
    input: Any, batch1: Any, batch2: Any, *, beta: builtins.float = 1, alpha: builtins.float = 1, **numpy_names: Any
) -> Tensor:
    """`beta * input + alpha * (batch1 @ batch2)`."""

def bmm(input: Any, mat2: Any, **numpy_names: Any) -> Tensor:
    """The products of matrices, one pair an element of the first axis."""

def cdist(x1: Any, x2: Any, p: builtins.float = 2.0, **ignored: Any) -> Tensor:
    """The distances of all rows of one from all rows of another."""

def chain_matmul(*matrices: Any) -> Tensor:
    """The product of several matrices."""

def cholesky(input: Any, *, upper: builtins.bool = False, **numpy_names: Any) -> Tensor:
    """The triangular factor of a positive definite matrix."""

def cross(input: Any, other: Any, dim: builtins.int | None = None, **numpy_names: Any) -> Tensor:
    """The cross product of vectors of three elements: along the first axis of length 3, unless `dim` names another."""

def cumulative_trapezoid(
    input: Any, x: Any = None, *, dx: Any = 1.0, dim: builtins.int = -1, **numpy_names: Any
) -> Tensor:
    """The area under a line up to each of its points but the first."""

def det(input: Any, **numpy_names: Any) -> Tensor:
    """The determinant."""

def diff(
    input: Any, n: builtins.int = 1, dim: builtins.int = -1, prepend: Any = None, append: Any = None, **numpy_names: Any
) -> Tensor:
    """Differences of neighbours."""

def dist(input: Any, other: Any, p: builtins.float = 2, **numpy_names: Any) -> Tensor:
    """The length of a difference."""

def dot(input: Any, other: Any, **numpy_names: Any) -> Tensor:
    """The sum of products of two vectors; of matrices, unlike NumPy's, it is refused."""

def einsum(equation: str, *operands: Any, **numpy_names: Any) -> Tensor:
    """Sums of products by a formula of letters."""

def ger(input: Any, vec2: Any, **numpy_names: Any) -> Tensor:
    """All products of elements of two vectors."""

def gradient(
    input: Any,
    *,
    spacing: Any = 1,
    dim: builtins.int | Sequence[builtins.int] | None = None,
    edge_order: builtins.int = 1,
    **numpy_names: Any,
) -> tuple[Tensor, ...]:
    """Central differences of a sampled function, one-sided at its ends: a tuple, along each axis or those of `dim`."""

def inner(input: Any, other: Any, **numpy_names: Any) -> Tensor:
    """Sums of products along the last axes."""

def kron(input: Any, other: Any, **numpy_names: Any) -> Tensor:
    """Kronecker's product."""

def logdet(input: Any, **numpy_names: Any) -> Tensor:
    """The logarithm of the determinant; NaN where that is negative."""

def matmul(input: Any, other: Any, **numpy_names: Any) -> Tensor:
    """The product of matrices, `input @ other`."""

def matrix_power(input: Any, n: builtins.int, **numpy_names: Any) -> Tensor:
    """A power of a matrix."""

def mm(input: Any, mat2: Any, **numpy_names: Any) -> Tensor:
    """The product of two matrices."""

def mv(input: Any, vec: Any, **numpy_names: Any) -> Tensor:
    """A matrix times a vector."""

def norm(
    input: Any, p: Any = "fro", dim: Any = None, keepdim: builtins.bool = False, dtype: Any = None, **numpy_names: Any
) -> Tensor:
    """The length of the elements, or along axes: of a matrix too all its elements as one vector, unlike NumPy's `ord`."""

def outer(input: Any, vec2: Any, **numpy_names: Any) -> Tensor:
    """All products of elements of two vectors."""

def pinverse(input: Any, **options: Any) -> Tensor:
    """The pseudoinverse."""

def qr(input: Any, mode: str = "reduced", **numpy_names: Any) -> Any:
    """An orthogonal and a triangular factor."""

def renorm(input: Any, p: builtins.float, dim: builtins.int, maxnorm: builtins.float, **numpy_names: Any) -> Tensor:
    """With the parts of an axis that are longer than `maxnorm` shortened to it."""

def slogdet(input: Any, **numpy_names: Any) -> Any:
    """The sign of the determinant, and the logarithm of its size."""

def svd(input: Any, some: builtins.bool = True, **numpy_names: Any) -> Any:
    """Singular vectors and values: U, S and V, where `linalg.svd` gives Vh."""

def tensordot(a: Any, b: Any, dims: Any = 2, **numpy_names: Any) -> Tensor:
    """Sums of products over axes of both."""

def trapezoid(y: Any, x: Any = None, *, dx: Any = 1.0, dim: builtins.int = -1) -> Tensor:
    """The area under a line."""

def trapz(y: Any, x: Any = None, *, dx: Any = 1.0, dim: builtins.int = -1) -> Tensor:
    """The area under a line."""

def inverse(input: Any, **numpy_names: Any) -> Tensor:
    """The inverse of a matrix."""

def atleast_3d(input: Any, **numpy_names: Any) -> tuple[Tensor, ...]:
    """With three axes at least."""

def block_diag(*tensors: Any) -> Tensor:
    """Matrices along a diagonal, with zeros around them."""

def combinations(
    input: Any, r: builtins.int = 2, with_replacement: builtins.bool = False, **numpy_names: Any
) -> Tensor:
    """All choices of `r` elements of a vector, one a row."""

def diagflat(input: Any, offset: builtins.int = 0, **numpy_names: Any) -> Tensor:
    """A matrix with the elements of the flattened tensor as a diagonal."""

def dsplit(input: Any, indices_or_sections: Any, **numpy_names: Any) -> tuple[Tensor, ...]:
    """Parts of axis 2, as `tensor_split` of it."""

def hsplit(input: Any, indices_or_sections: Any, **numpy_names: Any) -> tuple[Tensor, ...]:
    """Parts of axis 1, as `tensor_split` of it."""

def unique_consecutive(
    input: Any,
    return_inverse: builtins.bool = False,
    return_counts: builtins.bool = False,
    dim: builtins.int | None = None,
    **numpy_names: Any,
) -> Any:
    """The elements without those that equal the one before; a constant."""

def unravel_index(indices: Any, shape: Any, **numpy_names: Any) -> Tensor:
    """Of places in a flattened tensor, the index along each axis."""

def vander(x: Any, N: builtins.int | None = None, increasing: builtins.bool = False, **numpy_names: Any) -> Tensor:
    """The powers of each number of a vector, one number a row."""

def vsplit(input: Any, indices_or_sections: Any, **numpy_names: Any) -> tuple[Tensor, ...]:
    """Parts of axis 0, as `tensor_split` of it."""

def bitwise_and(input: Any, *other: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `bitwise_and`, bit by bit: NumPy's `bitwise_and`; a constant."""

def bitwise_left_shift(input: Any, *other: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `bitwise_left_shift`, bit by bit: NumPy's `left_shift`; a constant."""

def bitwise_not(input: Any, *other: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `bitwise_not`, bit by bit: NumPy's `invert`; a constant."""

def bitwise_or(input: Any, *other: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `bitwise_or`, bit by bit: NumPy's `bitwise_or`; a constant."""

def bitwise_right_shift(input: Any, *other: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `bitwise_right_shift`, bit by bit: NumPy's `right_shift`; a constant."""

def bitwise_xor(input: Any, *other: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `bitwise_xor`, bit by bit: NumPy's `bitwise_xor`; a constant."""

def allclose(
    input: Any, other: Any, rtol: builtins.float = 1e-05, atol: builtins.float = 1e-08, equal_nan: builtins.bool = False
) -> builtins.bool:
    """Whether |input - other| ≤ atol + rtol · |other| everywhere."""

def equal(input: Any, other: Any) -> builtins.bool:
    """Whether two tensors have the same shape and the same elements."""

def is_floating_point(input: Any) -> builtins.bool:
    """Whether a tensor holds floats."""

def is_tensor(obj: Any) -> builtins.bool:
    """Whether it is a tensor."""

def numel(input: Any) -> Any:
    """The number of elements."""

def bincount(input: Any, weights: Any = None, minlength: builtins.int = 0, **numpy_names: Any) -> Tensor:
    """How often each whole number occurs, or the sum of its weights."""

def histc(
    input: Any, bins: builtins.int = 100, min: builtins.float = 0, max: builtins.float = 0, **numpy_names: Any
) -> Tensor:
    """How many elements lie in each of equal intervals."""

def histogram(
    input: Any,
    bins: Any = 100,
    *,
    range: Any = None,
    weight: Any = None,
    density: builtins.bool = False,
    **numpy_names: Any,
) -> Any:
    """How many elements lie in each of several intervals, and where these begin and end."""

def unique(
    input: Any,
    sorted: builtins.bool = True,
    return_inverse: builtins.bool = False,
    return_counts: builtins.bool = False,
    dim: builtins.int | None = None,
    **numpy_names: Any,
) -> Any:
    """The different elements in order; a constant."""

def bernoulli(input: Any, p: Any = None, *, generator: Any = None) -> Tensor:
    """1 with the probability that stands at each place, 0 otherwise."""

def multinomial(
    input: Any,
    num_samples: builtins.int,
    replacement: builtins.bool = False,
    *,
    generator: Any = None,
    **numpy_names: Any,
) -> Tensor:
    """Places drawn with the weights that stand in the last axis."""

def normal(
    mean: Any, std: Any = 1.0, size: Any = None, *, generator: Any = None, dtype: Any = None, **given: Any
) -> Tensor:
    """Normal numbers of a mean and a deviation, which may be tensors."""

def poisson(input: Any, generator: Any = None) -> Tensor:
    """Counts of the Poisson distribution, of whose mean the input is; not PyTorch's numbers."""

def rand(*size: Any, **given: Any) -> Tensor:
    """Numbers in [0, 1)."""

def rand_like(input: Any, *, dtype: Any = None, **given: Any) -> Tensor:
    """As `rand`, in the shape and the dtype of another tensor."""

def randint(*bounds: Any, generator: Any = None, dtype: Any = None, device: Any = None, **named: Any) -> Tensor:
    """Whole numbers: `randint(high, size)` or `randint(low, high, size)`."""

def randint_like(input: Any, *bounds: Any, dtype: Any = None, **given: Any) -> Tensor:
    """As `randint`, in the shape and the dtype of another tensor."""

def randn(*size: Any, **given: Any) -> Tensor:
    """Normal numbers of mean 0 and deviation 1."""

def randn_like(input: Any, *, dtype: Any = None, **given: Any) -> Tensor:
    """As `randn`, in the shape and the dtype of another tensor."""

def randperm(
    n: builtins.int, *, generator: Any = None, dtype: Any = None, device: Any = None, **ignored: Any
) -> Tensor:
    """The numbers below `n` in some order."""

def arange(
    *bounds: Any, dtype: Any = None, device: Any = None, requires_grad: builtins.bool = False, **named: Any
) -> Tensor:
    """Numbers at equal distances, the end left out; whole numbers are int64, floats the default dtype."""

def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """A tensor itself, an array as a tensor of the same memory, numbers as a new tensor."""

def asarray(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """A tensor itself, an array as a tensor of the same memory, numbers as a new tensor."""

def empty(*size: Any, **given: Any) -> Tensor:
    """Zeros too, since what memory holds is nobody's."""

def empty_like(
    input: Any, *, dtype: Any = None, device: Any = None, requires_grad: builtins.bool = False, **ignored: Any
) -> Tensor:
    """As `empty`, in the shape and the dtype of another tensor."""

def eye(
    n: builtins.int,
    m: builtins.int | None = None,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """The unit matrix."""

def from_numpy(ndarray: Any) -> Tensor:
    """A tensor of the memory of an array: a change of one is a change of the other."""

def full(size: Any, fill_value: Any, **given: Any) -> Tensor:
    """One number everywhere, in its dtype."""

def full_like(
    input: Any, fill_value: Any, *, dtype: Any = None, requires_grad: builtins.bool = False, **ignored: Any
) -> Tensor:
    """One number in the shape and the dtype of another tensor."""

def linspace(
    start: Any,
    end: Any,
    steps: builtins.int = 100,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """So many numbers at equal distances, the end among them."""

def logspace(
    start: builtins.float,
    end: builtins.float,
    steps: builtins.int = 100,
    base: builtins.float = 10.0,
    *,
    dtype: Any = None,
    **given: Any,
) -> Tensor:
    """Powers of a base at equal distances of the exponents."""

def ones(*size: Any, **given: Any) -> Tensor:
    """Ones."""

def ones_like(
    input: Any, *, dtype: Any = None, device: Any = None, requires_grad: builtins.bool = False, **ignored: Any
) -> Tensor:
    """As `ones`, in the shape and the dtype of another tensor."""

def scalar_tensor(value: Any, *, dtype: Any = None, **given: Any) -> Tensor:
    """A tensor of one number and no axes."""

def tensor(
    data: Any,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: builtins.bool = False,
    pin_memory: builtins.bool = False,
) -> Tensor:
    """A tensor of numbers in nested lists, an array or a tensor, which are copied."""

def zeros(*size: Any, **given: Any) -> Tensor:
    """Zeros, of lengths given one by one or as one sequence."""

def zeros_like(
    input: Any, *, dtype: Any = None, device: Any = None, requires_grad: builtins.bool = False, **ignored: Any
) -> Tensor:
    """As `zeros`, in the shape and the dtype of another tensor."""

def get_rng_state() -> Any:
    """The state of the default generator."""

def initial_seed() -> Any:
    """The seed of the default generator."""

def manual_seed(seed: builtins.int) -> Any:
    """Begin the default generator anew from a seed: `rand`, `randn`, `randint`, `randperm` then give PyTorch's numbers."""

def seed() -> Any:
    """Begin the default generator anew from a seed of the machine's."""

def set_rng_state(state: Any) -> Any:
    """Let the default generator go on from a state."""

def cartesian_prod(*tensors: Any) -> Tensor:
    """All combinations of elements, one a row."""

def cat(
    tensors: Any, dim: builtins.int = 0, *, out: Any = None, axis: builtins.int | None = None, **numpy_names: Any
) -> Tensor:
    """Joined along an axis that is there; NumPy's `concatenate`."""

def column_stack(tensors: Any, **numpy_names: Any) -> Tensor:
    """Joined as columns."""

def concat(
    tensors: Any, dim: builtins.int = 0, *, out: Any = None, axis: builtins.int | None = None, **numpy_names: Any
) -> Tensor:
    """Joined along an axis that is there; NumPy's `concatenate`."""

def concatenate(
    tensors: Any, dim: builtins.int = 0, *, out: Any = None, axis: builtins.int | None = None, **numpy_names: Any
) -> Tensor:
    """Joined along an axis that is there; NumPy's `concatenate`."""

def dstack(tensors: Any, **numpy_names: Any) -> Tensor:
    """Joined along the third axis."""

def hstack(tensors: Any, **numpy_names: Any) -> Tensor:
    """Joined along the second axis, or the only one."""

def meshgrid(*tensors: Any, indexing: str = "ij", **numpy_names: Any) -> tuple[Tensor, ...]:
    """The coordinates of a grid; rows first unless `indexing="xy"`, NumPy's habit."""

def row_stack(tensors: Any, **numpy_names: Any) -> Tensor:
    """Joined as rows."""

def stack(tensors: Any, dim: builtins.int = 0, *, out: Any = None, **numpy_names: Any) -> Tensor:
    """Joined along a new axis."""

def vstack(tensors: Any, **numpy_names: Any) -> Tensor:
    """Joined as rows."""

def set_default_tensor_type(t: Any) -> Any:
    """Set the default dtype by `torch.DoubleTensor`, or its name; `set_default_dtype` does it by the dtype."""

def as_strided(
    input: Any, size: Any, stride: Any, storage_offset: builtins.int | None = None, **numpy_names: Any
) -> Tensor:
    """The elements at regular steps of the memory, as a copy for reading alone; NumPy's `as_strided`, but by elements."""

def clone(input: Any, **ignored: Any) -> Tensor:
    """The same values as a node of its own."""

def detach(input: Any, **numpy_names: Any) -> Tensor:
    """The same numbers, not copied, as a constant."""

def argwhere(input: Any, *, as_tuple: builtins.bool = False, **numpy_names: Any) -> Tensor:
    """The places of what is not 0, one a row; with `as_tuple` one tensor an axis, as NumPy's `nonzero`."""

def bucketize(input: Any, boundaries: Any, *, right: builtins.bool = False) -> Tensor:
    """In which of the intervals between boundaries each number lies."""

def gather(
    input: Any, dim: builtins.int, index: Any, *, sparse_grad: builtins.bool = False, **numpy_names: Any
) -> Tensor:
    """Along an axis the elements at `index`, which has the shape of the result; NumPy's `take_along_axis`."""

def index_add(input: Any, dim: builtins.int, index: Any, source: Any, *, alpha: Any = 1, **numpy_names: Any) -> Tensor:
    """With the parts of `source` added at `index` along an axis."""

def index_copy(input: Any, dim: builtins.int, index: Any, source: Any, **numpy_names: Any) -> Tensor:
    """With the parts at `index` along an axis replaced by those of `source`."""

def index_fill(input: Any, dim: builtins.int, index: Any, value: Any, **numpy_names: Any) -> Tensor:
    """With the parts at `index` along an axis filled with a number."""

def index_put(input: Any, indices: Any, values: Any, accumulate: builtins.bool = False, **numpy_names: Any) -> Tensor:
    """With `values` put, or added, at an index of tensors."""

def index_select(input: Any, dim: builtins.int, index: Any, **numpy_names: Any) -> Tensor:
    """The parts of an axis at `index`; NumPy's `take`."""

def isin(elements: Any, test_elements: Any) -> Tensor:
    """Whether each element is among others."""

def masked_fill(input: Any, mask: Any, value: Any, **numpy_names: Any) -> Tensor:
    """With a number where the mask is true."""

def masked_scatter(input: Any, mask: Any, source: Any, **numpy_names: Any) -> Tensor:
    """With the elements where the mask is true replaced by those of `source`, in order."""

def masked_select(input: Any, mask: Any, **numpy_names: Any) -> Tensor:
    """The elements where the mask is true, in one axis."""

def nonzero(input: Any, *, as_tuple: builtins.bool = False, **numpy_names: Any) -> Any:
    """The places of what is not 0, one a row; with `as_tuple` one tensor an axis, as NumPy's `nonzero`."""

def scatter(
    input: Any,
    dim: builtins.int,
    index: Any,
    src: Any = None,
    *,
    value: Any = None,
    reduce: str | None = None,
    **numpy_names: Any,
) -> Tensor:
    """With the elements at `index` along an axis replaced by those of `src`, or by a number."""

def scatter_add(input: Any, dim: builtins.int, index: Any, src: Any, **numpy_names: Any) -> Tensor:
    """With the elements of `src` added at `index` along an axis."""

def scatter_reduce(
    input: Any,
    dim: builtins.int,
    index: Any,
    src: Any,
    reduce: str,
    *,
    include_self: builtins.bool = True,
    **numpy_names: Any,
) -> Tensor:
    """With the elements of `src` at `index` added, or averaged, into the tensor, or with the greatest or least of them."""

def searchsorted(
    sorted_sequence: Any, values: Any, *, right: builtins.bool = False, side: str | None = None, **ignored: Any
) -> Tensor:
    """Where numbers would have to be put in, that a sorted last axis stays sorted."""

def take(input: Any, index: Any, **numpy_names: Any) -> Tensor:
    """The elements of the flattened tensor."""

def take_along_dim(input: Any, indices: Any, dim: builtins.int | None = None, **numpy_names: Any) -> Tensor:
    """As `gather`, where the other axes broadcast."""

def tril_indices(row: builtins.int, col: builtins.int, offset: builtins.int = 0, **ignored: Any) -> Tensor:
    """The places on and below a diagonal, a row of rows and one of columns."""

def triu_indices(row: builtins.int, col: builtins.int, offset: builtins.int = 0, **ignored: Any) -> Tensor:
    """The places on and above a diagonal."""

def abs(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `abs`, element by element: the engine's `abs`."""

def absolute(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `abs`, element by element: the engine's `abs`."""

def acos(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `acos`, element by element: the engine's `acos`."""

def acosh(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `acosh`, element by element: the engine's `acosh`."""

def add(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """`input + alpha * other`."""

def addcdiv(input: Any, tensor1: Any, tensor2: Any, *, value: Any = 1, **numpy_names: Any) -> Tensor:
    """`input + value * tensor1 / tensor2`."""

def addcmul(input: Any, tensor1: Any, tensor2: Any, *, value: Any = 1, **numpy_names: Any) -> Tensor:
    """`input + value * tensor1 * tensor2`."""

def arccos(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `acos`, element by element: the engine's `acos`."""

def arccosh(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `acosh`, element by element: the engine's `acosh`."""

def arcsin(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `asin`, element by element: the engine's `asin`."""

def arcsinh(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `asinh`, element by element: the engine's `asinh`."""

def arctan(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `atan`, element by element: the engine's `atan`."""

def arctan2(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """PyTorch's `atan2`, element by element: the engine's `atan2`."""

def arctanh(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `atanh`, element by element: the engine's `atanh`."""

def asin(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `asin`, element by element: the engine's `asin`."""

def asinh(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `asinh`, element by element: the engine's `asinh`."""

def atan(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `atan`, element by element: the engine's `atan`."""

def atan2(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """PyTorch's `atan2`, element by element: the engine's `atan2`."""

def atanh(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `atanh`, element by element: the engine's `atanh`."""

def ceil(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `ceil`, element by element: the engine's `ceil`."""

def clamp(input: Any, min: Any = None, max: Any = None, **numpy_names: Any) -> Tensor:
    """Limited to an interval; NumPy's `clip`."""

def clamp_max(input: Any, max: Any) -> Tensor:
    """Not above `max`."""

def clamp_min(input: Any, min: Any) -> Tensor:
    """Not below `min`."""

def clip(input: Any, min: Any = None, max: Any = None, **numpy_names: Any) -> Tensor:
    """Limited to an interval; NumPy's `clip`."""

def copysign(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """PyTorch's `copysign`, element by element: the engine's `copysign`."""

def cos(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `cos`, element by element: the engine's `cos`."""

def cosh(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `cosh`, element by element: the engine's `cosh`."""

def deg2rad(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `deg2rad`, element by element: the engine's `deg2rad`."""

def digamma(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `digamma`, element by element: the engine's `digamma`."""

def div(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """`input / other`, rounded down with `floor`, towards zero with `trunc`."""

def divide(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """`input / other`, rounded down with `floor`, towards zero with `trunc`."""

def eq(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """PyTorch's `eq`, element by element: the engine's `equal`."""

def erf(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `erf`, element by element: the engine's `erf`."""

def erfc(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `erfc`, element by element: the engine's `erfc`."""

def erfinv(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `erfinv`, element by element: the engine's `erfinv`."""

def exp(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `exp`, element by element: the engine's `exp`."""

def exp2(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `exp2`, element by element: the engine's `exp2`."""

def expm1(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `expm1`, element by element: the engine's `expm1`."""

def fix(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `trunc`, element by element: the engine's `trunc`."""

def float_power(input: Any, exponent: Any, **numpy_names: Any) -> Tensor:
    """A power in float64, whatever the operands are."""

def floor(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `floor`, element by element: the engine's `floor`."""

def floor_divide(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """PyTorch's `floor_divide`, element by element: the engine's `floor_divide`."""

def fmax(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """PyTorch's `fmax`, element by element: the engine's `fmax`."""

def fmin(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """PyTorch's `fmin`, element by element: the engine's `fmin`."""

def fmod(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """PyTorch's `fmod`, element by element: the engine's `fmod`."""

def frac(input: Any, **numpy_names: Any) -> Tensor:
    """What is behind the point."""

def ge(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """PyTorch's `ge`, element by element: the engine's `greater_equal`."""

def greater(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """PyTorch's `gt`, element by element: the engine's `greater`."""

def greater_equal(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """PyTorch's `ge`, element by element: the engine's `greater_equal`."""

def gt(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """PyTorch's `gt`, element by element: the engine's `greater`."""

def heaviside(input: Any, values: Any, **numpy_names: Any) -> Tensor:
    """0 below 0, 1 above, `values` at 0."""

def hypot(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """PyTorch's `hypot`, element by element: the engine's `hypot`."""

def i0(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `i0`, element by element: the engine's `i0`."""

def isclose(
    input: Any, other: Any, rtol: builtins.float = 1e-05, atol: builtins.float = 1e-08, equal_nan: builtins.bool = False
) -> Tensor:
    """Whether |input - other| ≤ atol + rtol · |other|, element by element."""

def isfinite(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `isfinite`, element by element: the engine's `isfinite`."""

def isinf(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `isinf`, element by element: the engine's `isinf`."""

def isnan(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `isnan`, element by element: the engine's `isnan`."""

def isneginf(input: Any, **numpy_names: Any) -> Tensor:
    """Which elements are negative infinity."""

def isposinf(input: Any, **numpy_names: Any) -> Tensor:
    """Which elements are infinity."""

def le(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """PyTorch's `le`, element by element: the engine's `less_equal`."""

def lerp(input: Any, end: Any, weight: Any, **numpy_names: Any) -> Tensor:
    """`input + weight * (end - input)`."""

def less(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """PyTorch's `lt`, element by element: the engine's `less`."""

def less_equal(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """PyTorch's `le`, element by element: the engine's `less_equal`."""

def lgamma(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `lgamma`, element by element: the engine's `gammaln`."""

def log(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `log`, element by element: the engine's `log`."""

def log1p(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `log1p`, element by element: the engine's `log1p`."""

def log2(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `log2`, element by element: the engine's `log2`."""

def log10(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `log10`, element by element: the engine's `log10`."""

def log_softmax(input: Any, dim: builtins.int | None = None, dtype: Any = None, **numpy_names: Any) -> Tensor:
    """The logarithm of `softmax`, computed without it."""

def logaddexp(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """PyTorch's `logaddexp`, element by element: the engine's `logaddexp`."""

def logaddexp2(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """PyTorch's `logaddexp2`, element by element: the engine's `logaddexp2`."""

def logical_and(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """PyTorch's `logical_and`, element by element: the engine's `logical_and`."""

def logical_not(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `logical_not`, element by element: the engine's `logical_not`."""

def logical_or(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """PyTorch's `logical_or`, element by element: the engine's `logical_or`."""

def logical_xor(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """PyTorch's `logical_xor`, element by element: the engine's `logical_xor`."""

def logit(input: Any, eps: builtins.float | None = None, **numpy_names: Any) -> Tensor:
    """`log(p / (1 - p))`, of what is first limited to eps … 1 - eps."""

def lt(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """PyTorch's `lt`, element by element: the engine's `less`."""

def maximum(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """PyTorch's `maximum`, element by element: the engine's `maximum`."""

def minimum(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """PyTorch's `minimum`, element by element: the engine's `minimum`."""

def mul(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """`input * other`."""

def multiply(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """`input * other`."""

def nan_to_num(
    input: Any, nan: builtins.float = 0.0, posinf: Any = None, neginf: Any = None, **numpy_names: Any
) -> Tensor:
    """With numbers in place of NaN and infinities."""

def ne(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """PyTorch's `ne`, element by element: the engine's `not_equal`."""

def neg(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `neg`, element by element: the engine's `neg`."""

def negative(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `neg`, element by element: the engine's `neg`."""

def nextafter(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """PyTorch's `nextafter`, element by element: the engine's `nextafter`."""

def not_equal(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """PyTorch's `ne`, element by element: the engine's `not_equal`."""

def positive(input: Any, **numpy_names: Any) -> Tensor:
    """The tensor itself, of numbers alone."""

def pow(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """`input ** exponent`."""

def rad2deg(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `rad2deg`, element by element: the engine's `rad2deg`."""

def reciprocal(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `reciprocal`, element by element: the engine's `reciprocal`."""

def relu(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `relu`, element by element: the engine's `relu`."""

def remainder(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """PyTorch's `remainder`, element by element: the engine's `remainder`."""

def round(input: Any, *, decimals: builtins.int = 0, **numpy_names: Any) -> Tensor:
    """Rounded, halves to even."""

def rsqrt(input: Any, **numpy_names: Any) -> Tensor:
    """`1 / sqrt(input)`."""

def sigmoid(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `sigmoid`, element by element: the engine's `sigmoid`."""

def sign(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `sign`, element by element: the engine's `sign`."""

def signbit(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `signbit`, element by element: the engine's `signbit`."""

def sin(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `sin`, element by element: the engine's `sin`."""

def sinc(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `sinc`, element by element: the engine's `sinc`."""

def sinh(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `sinh`, element by element: the engine's `sinh`."""

def softmax(input: Any, dim: builtins.int | None = None, dtype: Any = None, **numpy_names: Any) -> Tensor:
    """Shares that sum to 1 along `dim`."""

def sqrt(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `sqrt`, element by element: the engine's `sqrt`."""

def square(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `square`, element by element: the engine's `square`."""

def sub(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """`input - alpha * other`."""

def subtract(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """`input - alpha * other`."""

def tan(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `tan`, element by element: the engine's `tan`."""

def tanh(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `tanh`, element by element: the engine's `tanh`."""

def true_divide(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """`input / other`, rounded down with `floor`, towards zero with `trunc`."""

def trunc(input: Any, **numpy_names: Any) -> Tensor:
    """PyTorch's `trunc`, element by element: the engine's `trunc`."""

def where(condition: Any, input: Any = None, other: Any = None, **kwargs: Any) -> Any:
    """`input` where the condition holds, `other` elsewhere; of the condition alone its places, one tensor an axis."""

def xlogy(input: Any, other: Any = None, *args: Any, **kwargs: Any) -> Tensor:
    """PyTorch's `xlogy`, element by element: the engine's `xlogy`."""

def set_printoptions(
    precision: builtins.int | None = None,
    threshold: builtins.float | None = None,
    edgeitems: builtins.int | None = None,
    linewidth: builtins.int | None = None,
    profile: str | None = None,
    sci_mode: builtins.bool | None = None,
) -> Any:
    """Say how tensors are printed from here on."""

def can_cast(from_: Any, to: Any) -> builtins.bool:
    """Whether a dtype's kind is no higher than another's: bools, whole numbers, floats."""

def promote_types(a: Any, b: Any) -> Any:
    """The dtype that two come to: of a float and whole numbers the float."""

def result_type(tensor1: Any, tensor2: Any) -> Any:
    """The dtype that an operation on two tensors or numbers comes to."""

def all(
    input: Any,
    dim: builtins.int | Sequence[builtins.int] | None = None,
    keepdim: builtins.bool = False,
    **numpy_names: Any,
) -> Tensor:
    """Whether all are true."""

def amax(
    input: Any,
    dim: builtins.int | Sequence[builtins.int] | None = None,
    keepdim: builtins.bool = False,
    **numpy_names: Any,
) -> Tensor:
    """The greatest over axes; equal ones share the gradient."""

def amin(
    input: Any,
    dim: builtins.int | Sequence[builtins.int] | None = None,
    keepdim: builtins.bool = False,
    **numpy_names: Any,
) -> Tensor:
    """The least over axes; equal ones share the gradient."""

def aminmax(
    input: Any,
    *,
    dim: builtins.int | Sequence[builtins.int] | None = None,
    keepdim: builtins.bool = False,
    **numpy_names: Any,
) -> Any:
    """The least and the greatest."""

def any(
    input: Any,
    dim: builtins.int | Sequence[builtins.int] | None = None,
    keepdim: builtins.bool = False,
    **numpy_names: Any,
) -> Tensor:
    """Whether any is true."""

def argmax(input: Any, dim: builtins.int | None = None, keepdim: builtins.bool = False, **numpy_names: Any) -> Tensor:
    """Where the greatest is; without `dim` in the flattened tensor."""

def argmin(input: Any, dim: builtins.int | None = None, keepdim: builtins.bool = False, **numpy_names: Any) -> Tensor:
    """Where the least is; without `dim` in the flattened tensor."""

def argsort(
    input: Any,
    dim: builtins.int = -1,
    descending: builtins.bool = False,
    stable: builtins.bool = False,
    **numpy_names: Any,
) -> Tensor:
    """The indices that put an axis in order; equal elements keep theirs."""

def count_nonzero(input: Any, dim: builtins.int | Sequence[builtins.int] | None = None, **numpy_names: Any) -> Tensor:
    """How many are not 0."""

def cummax(input: Any, dim: builtins.int, **numpy_names: Any) -> Any:
    """The maximum so far along an axis, as a pair `.values`, `.indices`."""

def cummin(input: Any, dim: builtins.int, **numpy_names: Any) -> Any:
    """The minimum so far along an axis, as a pair `.values`, `.indices`."""

def cumprod(input: Any, dim: builtins.int, *, dtype: Any = None, **numpy_names: Any) -> Tensor:
    """Running products along an axis."""

def cumsum(input: Any, dim: builtins.int, *, dtype: Any = None, **numpy_names: Any) -> Tensor:
    """Running sums along an axis."""

def kthvalue(
    input: Any, k: builtins.int, dim: builtins.int = -1, keepdim: builtins.bool = False, **numpy_names: Any
) -> Any:
    """The k-th least along an axis, counted from 1, as a pair `.values`, `.indices`."""

def logsumexp(
    input: Any,
    dim: builtins.int | Sequence[builtins.int] | None = None,
    keepdim: builtins.bool = False,
    **numpy_names: Any,
) -> Tensor:
    """`log(sum(exp(input)))`, computed without overflow."""

def max(input: Any, dim: Any = None, keepdim: builtins.bool = False, *, other: Any = None, **numpy_names: Any) -> Any:
    """The maximum of all; with `dim` a pair `.values`, `.indices`, whose gradient goes to the place of the index; of two tensors the maximum element by element."""

def mean(
    input: Any,
    dim: builtins.int | Sequence[builtins.int] | None = None,
    keepdim: builtins.bool = False,
    *,
    dtype: Any = None,
    **numpy_names: Any,
) -> Tensor:
    """The mean over axes; of floats alone, as in PyTorch."""

def median(input: Any, dim: builtins.int | None = None, keepdim: builtins.bool = False, **numpy_names: Any) -> Any:
    """The lower of the middle two, where NumPy's is their mean; with `dim` a pair `.values`, `.indices`."""

def min(input: Any, dim: Any = None, keepdim: builtins.bool = False, *, other: Any = None, **numpy_names: Any) -> Any:
    """The minimum of all; with `dim` a pair `.values`, `.indices`, whose gradient goes to the place of the index; of two tensors the minimum element by element."""

def mode(input: Any, dim: builtins.int = -1, keepdim: builtins.bool = False, **numpy_names: Any) -> Any:
    """The most frequent element along an axis, the least of several, with its last place."""

def msort(input: Any) -> Tensor:
    """In order along the first axis."""

def nanmean(
    input: Any,
    dim: builtins.int | Sequence[builtins.int] | None = None,
    keepdim: builtins.bool = False,
    *,
    dtype: Any = None,
    **numpy_names: Any,
) -> Tensor:
    """The mean of what is not NaN."""

def nansum(
    input: Any,
    dim: builtins.int | Sequence[builtins.int] | None = None,
    keepdim: builtins.bool = False,
    *,
    dtype: Any = None,
    **numpy_names: Any,
) -> Tensor:
    """The sum of what is not NaN."""

def prod(
    input: Any,
    dim: builtins.int | None = None,
    keepdim: builtins.bool = False,
    *,
    dtype: Any = None,
    **numpy_names: Any,
) -> Tensor:
    """The product over an axis, or of all."""

def quantile(
    input: Any,
    q: Any,
    dim: builtins.int | None = None,
    keepdim: builtins.bool = False,
    *,
    interpolation: str = "linear",
    **numpy_names: Any,
) -> Tensor:
    """Quantiles along an axis; between two elements in a straight line, or as `interpolation` says."""

def sort(
    input: Any,
    dim: builtins.int = -1,
    descending: builtins.bool = False,
    stable: builtins.bool = False,
    **numpy_names: Any,
) -> Any:
    """In order along an axis, as a pair `.values`, `.indices`."""

def std(
    input: Any,
    dim: Any = None,
    unbiased: Any = None,
    keepdim: builtins.bool = False,
    *,
    correction: Any = None,
    **numpy_names: Any,
) -> Tensor:
    """PyTorch's `std`: unbiased, over n - 1, unless `unbiased=False` or another `correction`; NumPy's is over n."""

def std_mean(
    input: Any,
    dim: Any = None,
    unbiased: Any = None,
    keepdim: builtins.bool = False,
    *,
    correction: Any = None,
    **numpy_names: Any,
) -> tuple[Tensor, ...]:
    """`std` and the mean, in its arguments."""

def sum(
    input: Any,
    dim: builtins.int | Sequence[builtins.int] | None = None,
    keepdim: builtins.bool = False,
    *,
    dtype: Any = None,
    **numpy_names: Any,
) -> Tensor:
    """The sum over axes; of bools and whole numbers int64."""

def topk(
    input: Any,
    k: builtins.int,
    dim: builtins.int = -1,
    largest: builtins.bool = True,
    sorted: builtins.bool = True,
    **numpy_names: Any,
) -> Any:
    """The k greatest, or least, along an axis, as a pair `.values`, `.indices`."""

def var(
    input: Any,
    dim: Any = None,
    unbiased: Any = None,
    keepdim: builtins.bool = False,
    *,
    correction: Any = None,
    **numpy_names: Any,
) -> Tensor:
    """PyTorch's `var`: unbiased, over n - 1, unless `unbiased=False` or another `correction`; NumPy's is over n."""

def var_mean(
    input: Any,
    dim: Any = None,
    unbiased: Any = None,
    keepdim: builtins.bool = False,
    *,
    correction: Any = None,
    **numpy_names: Any,
) -> tuple[Tensor, ...]:
    """`var` and the mean, in its arguments."""

def load(f: Any, map_location: Any = None, *, weights_only: builtins.bool | None = None, **ignored: Any) -> Any:
    """Read what `save` wrote."""

def save(obj: Any, f: Any, **ignored: Any) -> Any:
    """Write tensors, and dicts, lists and tuples of them and of numbers and texts, to a file."""

def are_deterministic_algorithms_enabled() -> Tensor:
    """True."""

def compile(model: Any = None, **ignored: Any) -> Any:
    """The function or module itself: `autograd.compile` is for whole functions and training steps."""

def get_float32_matmul_precision() -> Tensor:
    """`highest`."""

def get_num_threads() -> Tensor:
    """How many processors there are: the libraries beneath NumPy choose how many they use."""

def set_float32_matmul_precision(precision: str) -> Tensor:
    """Nothing: products are computed in the dtype of their operands."""

def set_num_threads(num: builtins.int) -> Tensor:
    """Nothing: set OMP_NUM_THREADS before Python is started."""

def use_deterministic_algorithms(mode: builtins.bool, *, warn_only: builtins.bool = False) -> Tensor:
    """Nothing: all algorithms here are."""

def adjoint(input: Any) -> Tensor:
    """The last two axes exchanged."""

def atleast_1d(*tensors: Any) -> tuple[Tensor, ...]:
    """With one axis at least."""

def atleast_2d(*tensors: Any) -> tuple[Tensor, ...]:
    """With two axes at least."""

def broadcast_shapes(*sizes: Any) -> Any:
    """The shape that shapes broadcast to."""

def broadcast_tensors(*tensors: Any, **numpy_names: Any) -> tuple[Tensor, ...]:
    """All in the shape that they broadcast to."""

def broadcast_to(input: Any, size: Any, **numpy_names: Any) -> Tensor:
    """Expanded to a shape."""

def chunk(input: Any, chunks: builtins.int, dim: builtins.int = 0, **numpy_names: Any) -> tuple[Tensor, ...]:
    """So many parts of equal length, the last of the rest."""

def diag(input: Any, diagonal: builtins.int = 0, **numpy_names: Any) -> Tensor:
    """The diagonal of a matrix, or a matrix with that diagonal."""

def diag_embed(
    input: Any, offset: builtins.int = 0, dim1: builtins.int = -2, dim2: builtins.int = -1, **numpy_names: Any
) -> Tensor:
    """The last axis as the diagonal of two new ones."""

def diagonal(
    input: Any, offset: builtins.int = 0, dim1: builtins.int = 0, dim2: builtins.int = 1, **numpy_names: Any
) -> Tensor:
    """The diagonal of two axes: a view, by which it can be edited, of what lies in memory as it is counted, else for reading."""

def flatten(input: Any, start_dim: builtins.int = 0, end_dim: builtins.int = -1, **numpy_names: Any) -> Tensor:
    """Axes from one to another as a single one."""

def flip(input: Any, *axes: Any, dims: Any = (), **numpy_names: Any) -> Tensor:
    """Backwards along axes, in memory of its own, which NumPy's is not."""

def fliplr(input: Any, **numpy_names: Any) -> Tensor:
    """Backwards along the second axis."""

def flipud(input: Any, **numpy_names: Any) -> Tensor:
    """Backwards along the first axis."""

def moveaxis(
    input: Any,
    source: builtins.int | Sequence[builtins.int],
    destination: builtins.int | Sequence[builtins.int],
    **numpy_names: Any,
) -> Tensor:
    """Axes moved to other places."""

def movedim(
    input: Any,
    source: builtins.int | Sequence[builtins.int],
    destination: builtins.int | Sequence[builtins.int],
    **numpy_names: Any,
) -> Tensor:
    """Axes moved to other places."""

def narrow(input: Any, dim: builtins.int, start: builtins.int, length: builtins.int, **numpy_names: Any) -> Tensor:
    """A stretch of an axis."""

def permute(input: Any, *dims: Any, **numpy_names: Any) -> Tensor:
    """The axes in another order; NumPy's `transpose`."""

def ravel(input: Any, start_dim: builtins.int = 0, end_dim: builtins.int = -1, **numpy_names: Any) -> Tensor:
    """Axes from one to another as a single one."""

def repeat(input: Any, *repeats: Any, **numpy_names: Any) -> Tensor:
    """The whole tensor so often along each axis; NumPy's `tile`, whose `repeat` is `repeat_interleave` here."""

def repeat_interleave(
    input: Any, repeats: Any, dim: builtins.int | None = None, *, output_size: Any = None, **numpy_names: Any
) -> Tensor:
    """Each element so often, one after the other; NumPy's `repeat`."""

def reshape(input: Any, *shape: Any, **numpy_names: Any) -> Tensor:
    """In another shape; a view where it can be."""

def roll(input: Any, shifts: Any, dims: Any = None, **numpy_names: Any) -> Tensor:
    """Moved along axes; what leaves comes back at the other end."""

def rot90(input: Any, k: builtins.int = 1, dims: Sequence[builtins.int] = (0, 1), **numpy_names: Any) -> Tensor:
    """Turned by quarters, in memory of its own, which NumPy's is not."""

def select(input: Any, dim: builtins.int, index: builtins.int, **numpy_names: Any) -> Tensor:
    """One place of an axis."""

def split(input: Any, split_size_or_sections: Any, dim: builtins.int = 0, **numpy_names: Any) -> tuple[Tensor, ...]:
    """Parts of a length, the last of the rest, or of lengths; NumPy's `split` takes the number of parts instead."""

def split_with_sizes(
    input: Any, split_size_or_sections: Any, dim: builtins.int = 0, **numpy_names: Any
) -> tuple[Tensor, ...]:
    """Parts of a length, the last of the rest, or of lengths; NumPy's `split` takes the number of parts instead."""

def squeeze(input: Any, dim: Any = None, **numpy_names: Any) -> Tensor:
    """Without the axes of length 1, or without `dim` where it has that length."""

def swapaxes(input: Any, *axes: Any, dim0: Any = None, dim1: Any = None, **numpy_names: Any) -> Tensor:
    """Two axes exchanged; NumPy's `swapaxes`. With all axes, as NumPy's `transpose` and PyTorch's `permute` have it."""

def swapdims(input: Any, *axes: Any, dim0: Any = None, dim1: Any = None, **numpy_names: Any) -> Tensor:
    """Two axes exchanged; NumPy's `swapaxes`. With all axes, as NumPy's `transpose` and PyTorch's `permute` have it."""

def t(input: Any, **numpy_names: Any) -> Tensor:
    """A matrix transposed."""

def tensor_split(input: Any, indices_or_sections: Any, dim: builtins.int = 0, **numpy_names: Any) -> tuple[Tensor, ...]:
    """Parts of nearly equal length, or cut at indices; NumPy's `array_split`."""

def tile(input: Any, *dims: Any, **numpy_names: Any) -> Tensor:
    """As `repeat`, where fewer numbers than axes are taken too."""

def trace(input: Any, **numpy_names: Any) -> Tensor:
    """The sum of the diagonal of a matrix."""

def transpose(input: Any, *axes: Any, dim0: Any = None, dim1: Any = None, **numpy_names: Any) -> Tensor:
    """Two axes exchanged; NumPy's `swapaxes`. With all axes, as NumPy's `transpose` and PyTorch's `permute` have it."""

def tril(input: Any, diagonal: builtins.int = 0, **numpy_names: Any) -> Tensor:
    """0 above a diagonal."""

def triu(input: Any, diagonal: builtins.int = 0, **numpy_names: Any) -> Tensor:
    """0 below a diagonal."""

def unbind(input: Any, dim: builtins.int = 0, **numpy_names: Any) -> tuple[Tensor, ...]:
    """The parts along an axis."""

def unflatten(input: Any, dim: builtins.int, sizes: Sequence[builtins.int], **numpy_names: Any) -> Tensor:
    """One axis as several."""

def unsqueeze(input: Any, dim: builtins.int, **numpy_names: Any) -> Tensor:
    """With an axis of length 1 before axis `dim`; NumPy's `expand_dims`."""

def cholesky_inverse(input: Any, upper: builtins.bool = False, **numpy_names: Any) -> Tensor:
    """The inverse of the matrix of which `input` is the factor from `linalg.cholesky`."""

def cholesky_solve(input: Any, L: Any, upper: builtins.bool = False, **numpy_names: Any) -> Tensor:
    """The `x` for which `L @ L.mT @ x = B`, of a factor from `linalg.cholesky`."""

def matrix_exp(input: Any, **numpy_names: Any) -> Tensor:
    """The exponential of a square matrix, or of each of a stack."""

def triangular_solve(
    input: Any,
    A: Any,
    upper: builtins.bool = True,
    transpose: builtins.bool = False,
    unitriangular: builtins.bool = False,
    **numpy_names: Any,
) -> Any:
    """`linalg.solve_triangular` by its name of before: a pair `.solution`, `.cloned_coefficient`."""

def vdot(input: Any, other: Any, **numpy_names: Any) -> Tensor:
    """The product of two vectors."""

def corrcoef(input: Any, **numpy_names: Any) -> Tensor:
    """The coefficients of correlation of variables, which are the rows."""

def cov(input: Any, *, correction: builtins.int = 1, **numpy_names: Any) -> Tensor:
    """The covariances of variables, which are the rows, over n - 1."""

def logcumsumexp(input: Any, dim: builtins.int, **numpy_names: Any) -> Tensor:
    """The logarithms of running sums of exponentials along an axis, without the sums."""

def nanmedian(input: Any, dim: builtins.int | None = None, keepdim: builtins.bool = False, **numpy_names: Any) -> Any:
    """The lower of the middle two of what is not NaN; with `dim` a pair `.values`, `.indices`."""

def nanquantile(
    input: Any, q: Any, dim: builtins.int | None = None, keepdim: builtins.bool = False, **numpy_names: Any
) -> Tensor:
    """Quantiles of what is not NaN along an axis; between two elements in a straight line."""
