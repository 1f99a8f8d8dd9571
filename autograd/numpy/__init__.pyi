"""Written by `python -m tests.typing.faces` from the table of operations, with the names of NumPy 2.4; see there before you edit."""

import builtins
from collections.abc import Iterable, Sequence
from typing import Any, Literal, TypeVar, overload

import numpy as np
from numpy import False_ as False_
from numpy import ScalarType as ScalarType
from numpy import True_ as True_
from numpy import __array_namespace_info__ as __array_namespace_info__
from numpy import __version__ as __version__
from numpy import all as all
from numpy import allclose as allclose
from numpy import any as any
from numpy import apply_along_axis as apply_along_axis
from numpy import apply_over_axes as apply_over_axes
from numpy import arange as arange
from numpy import argwhere as argwhere
from numpy import array2string as array2string
from numpy import array_equal as array_equal
from numpy import array_equiv as array_equiv
from numpy import array_repr as array_repr
from numpy import array_str as array_str
from numpy import asarray_chkfinite as asarray_chkfinite
from numpy import asmatrix as asmatrix
from numpy import bartlett as bartlett
from numpy import base_repr as base_repr
from numpy import binary_repr as binary_repr
from numpy import bitwise_count as bitwise_count
from numpy import bitwise_left_shift as bitwise_left_shift
from numpy import bitwise_right_shift as bitwise_right_shift
from numpy import blackman as blackman
from numpy import bmat as bmat
from numpy import bool as bool
from numpy import bool_ as bool_
from numpy import broadcast as broadcast
from numpy import broadcast_shapes as broadcast_shapes
from numpy import busday_count as busday_count
from numpy import busday_offset as busday_offset
from numpy import busdaycalendar as busdaycalendar
from numpy import byte as byte
from numpy import bytes_ as bytes_
from numpy import can_cast as can_cast
from numpy import cdouble as cdouble
from numpy import char as char
from numpy import character as character
from numpy import choose as choose
from numpy import clongdouble as clongdouble
from numpy import common_type as common_type
from numpy import complex64 as complex64
from numpy import complex128 as complex128
from numpy import complex256 as complex256
from numpy import complexfloating as complexfloating
from numpy import copyto as copyto
from numpy import core as core
from numpy import corrcoef as corrcoef
from numpy import count_nonzero as count_nonzero
from numpy import csingle as csingle
from numpy import ctypeslib as ctypeslib
from numpy import datetime64 as datetime64
from numpy import datetime_as_string as datetime_as_string
from numpy import datetime_data as datetime_data
from numpy import diag_indices as diag_indices
from numpy import diag_indices_from as diag_indices_from
from numpy import digitize as digitize
from numpy import double as double
from numpy import dtype as dtype
from numpy import dtypes as dtypes
from numpy import e as e
from numpy import einsum_path as einsum_path
from numpy import emath as emath
from numpy import empty as empty
from numpy import empty_like as empty_like
from numpy import errstate as errstate
from numpy import euler_gamma as euler_gamma
from numpy import exceptions as exceptions
from numpy import eye as eye
from numpy import f2py as f2py
from numpy import fill_diagonal as fill_diagonal
from numpy import finfo as finfo
from numpy import flatiter as flatiter
from numpy import flatnonzero as flatnonzero
from numpy import flexible as flexible
from numpy import float16 as float16
from numpy import float32 as float32
from numpy import float64 as float64
from numpy import float128 as float128
from numpy import floating as floating
from numpy import format_float_positional as format_float_positional
from numpy import format_float_scientific as format_float_scientific
from numpy import frexp as frexp
from numpy import from_dlpack as from_dlpack
from numpy import frombuffer as frombuffer
from numpy import fromfile as fromfile
from numpy import fromfunction as fromfunction
from numpy import fromiter as fromiter
from numpy import frompyfunc as frompyfunc
from numpy import fromregex as fromregex
from numpy import fromstring as fromstring
from numpy import gcd as gcd
from numpy import generic as generic
from numpy import genfromtxt as genfromtxt
from numpy import geomspace as geomspace
from numpy import get_include as get_include
from numpy import get_printoptions as get_printoptions
from numpy import getbufsize as getbufsize
from numpy import geterr as geterr
from numpy import geterrcall as geterrcall
from numpy import half as half
from numpy import hamming as hamming
from numpy import hanning as hanning
from numpy import heaviside as heaviside
from numpy import histogram as histogram
from numpy import histogram2d as histogram2d
from numpy import histogram_bin_edges as histogram_bin_edges
from numpy import histogramdd as histogramdd
from numpy import identity as identity
from numpy import iinfo as iinfo
from numpy import index_exp as index_exp
from numpy import indices as indices
from numpy import inexact as inexact
from numpy import inf as inf
from numpy import info as info
from numpy import int8 as int8
from numpy import int16 as int16
from numpy import int32 as int32
from numpy import int64 as int64
from numpy import int_ as int_
from numpy import intc as intc
from numpy import integer as integer
from numpy import intersect1d as intersect1d
from numpy import intp as intp
from numpy import is_busday as is_busday
from numpy import isclose as isclose
from numpy import iscomplex as iscomplex
from numpy import iscomplexobj as iscomplexobj
from numpy import isdtype as isdtype
from numpy import isfortran as isfortran
from numpy import isin as isin
from numpy import isnat as isnat
from numpy import isneginf as isneginf
from numpy import isposinf as isposinf
from numpy import isreal as isreal
from numpy import isrealobj as isrealobj
from numpy import isscalar as isscalar
from numpy import issubdtype as issubdtype
from numpy import iterable as iterable
from numpy import ix_ as ix_
from numpy import kaiser as kaiser
from numpy import lcm as lcm
from numpy import ldexp as ldexp
from numpy import left_shift as left_shift
from numpy import lexsort as lexsort
from numpy import lib as lib
from numpy import little_endian as little_endian
from numpy import load as load
from numpy import loadtxt as loadtxt
from numpy import logspace as logspace
from numpy import long as long
from numpy import longdouble as longdouble
from numpy import longlong as longlong
from numpy import ma as ma
from numpy import mask_indices as mask_indices
from numpy import matrix as matrix
from numpy import may_share_memory as may_share_memory
from numpy import memmap as memmap
from numpy import mgrid as mgrid
from numpy import min_scalar_type as min_scalar_type
from numpy import mintypecode as mintypecode
from numpy import nan as nan
from numpy import nanargmax as nanargmax
from numpy import nanargmin as nanargmin
from numpy import nanmedian as nanmedian
from numpy import nanpercentile as nanpercentile
from numpy import nanquantile as nanquantile
from numpy import ndarray as ndarray
from numpy import ndenumerate as ndenumerate
from numpy import ndim as ndim
from numpy import ndindex as ndindex
from numpy import nditer as nditer
from numpy import nested_iters as nested_iters
from numpy import newaxis as newaxis
from numpy import nonzero as nonzero
from numpy import number as number
from numpy import object_ as object_
from numpy import ogrid as ogrid
from numpy import ones as ones
from numpy import ones_like as ones_like
from numpy import packbits as packbits
from numpy import pi as pi
from numpy import piecewise as piecewise
from numpy import place as place
from numpy import poly as poly
from numpy import poly1d as poly1d
from numpy import polyadd as polyadd
from numpy import polyder as polyder
from numpy import polydiv as polydiv
from numpy import polyfit as polyfit
from numpy import polyint as polyint
from numpy import polymul as polymul
from numpy import polynomial as polynomial
from numpy import polysub as polysub
from numpy import printoptions as printoptions
from numpy import promote_types as promote_types
from numpy import put as put
from numpy import putmask as putmask
from numpy import ravel_multi_index as ravel_multi_index
from numpy import rec as rec
from numpy import recarray as recarray
from numpy import record as record
from numpy import require as require
from numpy import result_type as result_type
from numpy import right_shift as right_shift
from numpy import roots as roots
from numpy import s_ as s_
from numpy import save as save
from numpy import savetxt as savetxt
from numpy import savez as savez
from numpy import savez_compressed as savez_compressed
from numpy import sctypeDict as sctypeDict
from numpy import searchsorted as searchsorted
from numpy import set_printoptions as set_printoptions
from numpy import setbufsize as setbufsize
from numpy import setdiff1d as setdiff1d
from numpy import seterr as seterr
from numpy import seterrcall as seterrcall
from numpy import setxor1d as setxor1d
from numpy import shape as shape
from numpy import shares_memory as shares_memory
from numpy import short as short
from numpy import show_config as show_config
from numpy import show_runtime as show_runtime
from numpy import signedinteger as signedinteger
from numpy import single as single
from numpy import size as size
from numpy import spacing as spacing
from numpy import str_ as str_
from numpy import strings as strings
from numpy import test as test
from numpy import testing as testing
from numpy import timedelta64 as timedelta64
from numpy import tri as tri
from numpy import tril_indices as tril_indices
from numpy import tril_indices_from as tril_indices_from
from numpy import trim_zeros as trim_zeros
from numpy import triu_indices as triu_indices
from numpy import triu_indices_from as triu_indices_from
from numpy import typecodes as typecodes
from numpy import typename as typename
from numpy import typing as typing
from numpy import ubyte as ubyte
from numpy import ufunc as ufunc
from numpy import uint as uint
from numpy import uint8 as uint8
from numpy import uint16 as uint16
from numpy import uint32 as uint32
from numpy import uint64 as uint64
from numpy import uintc as uintc
from numpy import uintp as uintp
from numpy import ulong as ulong
from numpy import ulonglong as ulonglong
from numpy import union1d as union1d
from numpy import unpackbits as unpackbits
from numpy import unravel_index as unravel_index
from numpy import unsignedinteger as unsignedinteger
from numpy import ushort as ushort
from numpy import vectorize as vectorize
from numpy import void as void
from numpy import zeros as zeros
from numpy import zeros_like as zeros_like
from numpy.typing import NDArray

from autograd.engine.tensor import Tensor
from autograd.engine.value import Value
from autograd.numpy import fft as fft
from autograd.numpy import linalg as linalg
from autograd.numpy import random as random
from autograd.numpy.construct import array as array
from autograd.numpy.construct import asanyarray as asanyarray
from autograd.numpy.construct import asarray as asarray
from autograd.numpy.construct import ascontiguousarray as ascontiguousarray
from autograd.numpy.construct import asfortranarray as asfortranarray
from autograd.numpy.construct import c_ as c_
from autograd.numpy.construct import full as full
from autograd.numpy.construct import r_ as r_
from autograd.numpy.construct import row_stack as row_stack
from autograd.typing import Array, ArrayLike, Axis, DTypeLike, Number, Operand, Real, Shape

Scalar = TypeVar("Scalar", bound=np.generic)
Floating = TypeVar("Floating", bound=np.floating[Any])

__all__ = [
    "False_",
    "ScalarType",
    "True_",
    "__array_namespace_info__",
    "__version__",
    "abs",
    "absolute",
    "acos",
    "acosh",
    "add",
    "all",
    "allclose",
    "amax",
    "amin",
    "angle",
    "any",
    "append",
    "apply_along_axis",
    "apply_over_axes",
    "arange",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "argmax",
    "argmin",
    "argpartition",
    "argsort",
    "argwhere",
    "around",
    "array",
    "array2string",
    "array_equal",
    "array_equiv",
    "array_repr",
    "array_split",
    "array_str",
    "asanyarray",
    "asarray",
    "asarray_chkfinite",
    "ascontiguousarray",
    "asfortranarray",
    "asin",
    "asinh",
    "asmatrix",
    "astype",
    "atan",
    "atan2",
    "atanh",
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "average",
    "bartlett",
    "base_repr",
    "binary_repr",
    "bincount",
    "bitwise_and",
    "bitwise_count",
    "bitwise_invert",
    "bitwise_left_shift",
    "bitwise_not",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
    "blackman",
    "block",
    "bmat",
    "bool",
    "bool_",
    "broadcast",
    "broadcast_arrays",
    "broadcast_shapes",
    "broadcast_to",
    "busday_count",
    "busday_offset",
    "busdaycalendar",
    "byte",
    "bytes_",
    "c_",
    "can_cast",
    "cbrt",
    "cdouble",
    "ceil",
    "char",
    "character",
    "choose",
    "clip",
    "clongdouble",
    "column_stack",
    "common_type",
    "complex64",
    "complex128",
    "complex256",
    "complexfloating",
    "compress",
    "concat",
    "concatenate",
    "conj",
    "conjugate",
    "convolve",
    "copy",
    "copysign",
    "copyto",
    "core",
    "corrcoef",
    "correlate",
    "cos",
    "cosh",
    "count_nonzero",
    "cov",
    "cross",
    "csingle",
    "ctypeslib",
    "cumprod",
    "cumsum",
    "cumulative_prod",
    "cumulative_sum",
    "datetime64",
    "datetime_as_string",
    "datetime_data",
    "deg2rad",
    "degrees",
    "delete",
    "diag",
    "diag_indices",
    "diag_indices_from",
    "diagflat",
    "diagonal",
    "diff",
    "digitize",
    "divide",
    "divmod",
    "dot",
    "double",
    "dsplit",
    "dstack",
    "dtype",
    "dtypes",
    "e",
    "ediff1d",
    "einsum",
    "einsum_path",
    "emath",
    "empty",
    "empty_like",
    "equal",
    "errstate",
    "euler_gamma",
    "exceptions",
    "exp",
    "exp2",
    "expand_dims",
    "expm1",
    "extract",
    "eye",
    "f2py",
    "fabs",
    "fft",
    "fill_diagonal",
    "finfo",
    "fix",
    "flatiter",
    "flatnonzero",
    "flexible",
    "flip",
    "fliplr",
    "flipud",
    "float16",
    "float32",
    "float64",
    "float128",
    "float_power",
    "floating",
    "floor",
    "floor_divide",
    "fmax",
    "fmin",
    "fmod",
    "format_float_positional",
    "format_float_scientific",
    "frexp",
    "from_dlpack",
    "frombuffer",
    "fromfile",
    "fromfunction",
    "fromiter",
    "frompyfunc",
    "fromregex",
    "fromstring",
    "full",
    "full_like",
    "gcd",
    "generic",
    "genfromtxt",
    "geomspace",
    "get_include",
    "get_printoptions",
    "getbufsize",
    "geterr",
    "geterrcall",
    "gradient",
    "greater",
    "greater_equal",
    "half",
    "hamming",
    "hanning",
    "heaviside",
    "histogram",
    "histogram2d",
    "histogram_bin_edges",
    "histogramdd",
    "hsplit",
    "hstack",
    "hypot",
    "i0",
    "identity",
    "iinfo",
    "imag",
    "index_exp",
    "indices",
    "inexact",
    "inf",
    "info",
    "inner",
    "insert",
    "int8",
    "int16",
    "int32",
    "int64",
    "int_",
    "intc",
    "integer",
    "interp",
    "intersect1d",
    "intp",
    "invert",
    "is_busday",
    "isclose",
    "iscomplex",
    "iscomplexobj",
    "isdtype",
    "isfinite",
    "isfortran",
    "isin",
    "isinf",
    "isnan",
    "isnat",
    "isneginf",
    "isposinf",
    "isreal",
    "isrealobj",
    "isscalar",
    "issubdtype",
    "iterable",
    "ix_",
    "kaiser",
    "kron",
    "lcm",
    "ldexp",
    "left_shift",
    "less",
    "less_equal",
    "lexsort",
    "lib",
    "linalg",
    "linspace",
    "little_endian",
    "load",
    "loadtxt",
    "log",
    "log1p",
    "log2",
    "log10",
    "logaddexp",
    "logaddexp2",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "logspace",
    "long",
    "longdouble",
    "longlong",
    "ma",
    "mask_indices",
    "matmul",
    "matrix",
    "matrix_transpose",
    "matvec",
    "max",
    "maximum",
    "may_share_memory",
    "mean",
    "median",
    "memmap",
    "meshgrid",
    "mgrid",
    "min",
    "min_scalar_type",
    "minimum",
    "mintypecode",
    "mod",
    "modf",
    "moveaxis",
    "multiply",
    "nan",
    "nan_to_num",
    "nanargmax",
    "nanargmin",
    "nancumprod",
    "nancumsum",
    "nanmax",
    "nanmean",
    "nanmedian",
    "nanmin",
    "nanpercentile",
    "nanprod",
    "nanquantile",
    "nanstd",
    "nansum",
    "nanvar",
    "ndarray",
    "ndenumerate",
    "ndim",
    "ndindex",
    "nditer",
    "negative",
    "nested_iters",
    "newaxis",
    "nextafter",
    "nonzero",
    "not_equal",
    "number",
    "object_",
    "ogrid",
    "ones",
    "ones_like",
    "outer",
    "packbits",
    "pad",
    "partition",
    "percentile",
    "permute_dims",
    "pi",
    "piecewise",
    "place",
    "poly",
    "poly1d",
    "polyadd",
    "polyder",
    "polydiv",
    "polyfit",
    "polyint",
    "polymul",
    "polynomial",
    "polysub",
    "polyval",
    "positive",
    "pow",
    "power",
    "printoptions",
    "prod",
    "promote_types",
    "ptp",
    "put",
    "put_along_axis",
    "putmask",
    "quantile",
    "r_",
    "rad2deg",
    "radians",
    "random",
    "ravel",
    "ravel_multi_index",
    "real",
    "real_if_close",
    "rec",
    "recarray",
    "reciprocal",
    "record",
    "remainder",
    "repeat",
    "require",
    "reshape",
    "resize",
    "result_type",
    "right_shift",
    "rint",
    "roll",
    "rollaxis",
    "roots",
    "rot90",
    "round",
    "row_stack",
    "s_",
    "save",
    "savetxt",
    "savez",
    "savez_compressed",
    "sctypeDict",
    "searchsorted",
    "select",
    "set_printoptions",
    "setbufsize",
    "setdiff1d",
    "seterr",
    "seterrcall",
    "setxor1d",
    "shape",
    "shares_memory",
    "short",
    "show_config",
    "show_runtime",
    "sign",
    "signbit",
    "signedinteger",
    "sin",
    "sinc",
    "single",
    "sinh",
    "size",
    "sort",
    "sort_complex",
    "spacing",
    "split",
    "sqrt",
    "square",
    "squeeze",
    "stack",
    "std",
    "str_",
    "strings",
    "subtract",
    "sum",
    "swapaxes",
    "take",
    "take_along_axis",
    "tan",
    "tanh",
    "tensordot",
    "test",
    "testing",
    "tile",
    "timedelta64",
    "trace",
    "transpose",
    "trapezoid",
    "tri",
    "tril",
    "tril_indices",
    "tril_indices_from",
    "trim_zeros",
    "triu",
    "triu_indices",
    "triu_indices_from",
    "true_divide",
    "trunc",
    "typecodes",
    "typename",
    "typing",
    "ubyte",
    "ufunc",
    "uint",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "uintc",
    "uintp",
    "ulong",
    "ulonglong",
    "union1d",
    "unique",
    "unique_all",
    "unique_counts",
    "unique_inverse",
    "unique_values",
    "unpackbits",
    "unravel_index",
    "unsignedinteger",
    "unstack",
    "unwrap",
    "ushort",
    "vander",
    "var",
    "vdot",
    "vecdot",
    "vecmat",
    "vectorize",
    "void",
    "vsplit",
    "vstack",
    "where",
    "zeros",
    "zeros_like",
]

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
def absolute(x: Real, /) -> float:
    """The absolute value; its derivative at 0 is 0. Here ∂out/∂x = sign(x)."""

@overload
def absolute(x: Value, /) -> Value: ...
@overload
def absolute(x: Tensor, /) -> Tensor: ...
@overload
def absolute(x: ArrayLike, /) -> Array: ...
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
def amax(
    x: Tensor,
    /,
    axis: Axis = None,
    out: None = None,
    keepdims: builtins.bool = False,
    initial: Operand | None = None,
    where: Operand | None = None,
) -> Tensor:
    """The greatest element over axes, in NumPy's arguments."""

@overload
def amax(
    x: NDArray[Scalar],
    /,
    axis: None = None,
    out: None = None,
    keepdims: Literal[False] = False,
    initial: Operand | None = None,
    where: Operand | None = None,
) -> Scalar: ...
@overload
def amax(
    x: NDArray[Any],
    /,
    axis: Axis = None,
    out: None = None,
    *,
    keepdims: Literal[True],
    initial: Operand | None = None,
    where: Operand | None = None,
) -> Array: ...
@overload
def amax(
    x: ArrayLike,
    /,
    axis: Axis = None,
    out: None = None,
    keepdims: builtins.bool = False,
    initial: Operand | None = None,
    where: Operand | None = None,
) -> Any: ...
@overload
def amin(
    x: Tensor,
    /,
    axis: Axis = None,
    out: None = None,
    keepdims: builtins.bool = False,
    initial: Operand | None = None,
    where: Operand | None = None,
) -> Tensor:
    """The least element over axes, in NumPy's arguments."""

@overload
def amin(
    x: NDArray[Scalar],
    /,
    axis: None = None,
    out: None = None,
    keepdims: Literal[False] = False,
    initial: Operand | None = None,
    where: Operand | None = None,
) -> Scalar: ...
@overload
def amin(
    x: NDArray[Any],
    /,
    axis: Axis = None,
    out: None = None,
    *,
    keepdims: Literal[True],
    initial: Operand | None = None,
    where: Operand | None = None,
) -> Array: ...
@overload
def amin(
    x: ArrayLike,
    /,
    axis: Axis = None,
    out: None = None,
    keepdims: builtins.bool = False,
    initial: Operand | None = None,
    where: Operand | None = None,
) -> Any: ...
@overload
def angle(z: Tensor, /, deg: builtins.bool = False) -> Tensor:
    """The angle of complex numbers from the positive real axis, from -π to π."""

@overload
def angle(z: ArrayLike, /, deg: builtins.bool = False) -> Array: ...
@overload
def append(x: Tensor, values: Operand, /, axis: int | None = None) -> Tensor:
    """Join `values` to the end; with axis None, both flattened."""

@overload
def append(x: ArrayLike, values: Tensor, /, axis: int | None = None) -> Tensor: ...
@overload
def append(x: ArrayLike, values: ArrayLike, /, axis: int | None = None) -> Array: ...
@overload
def arccos(x: Real, /) -> float:
    """The angle in radians, from 0 to π, whose cosine is `x`. Here ∂out/∂x = -1 / sqrt((1 - x) * (1 + x))."""

@overload
def arccos(x: Value, /) -> Value: ...
@overload
def arccos(x: Tensor, /) -> Tensor: ...
@overload
def arccos(x: ArrayLike, /) -> Array: ...
@overload
def arccosh(x: Real, /) -> float:
    """The inverse hyperbolic cosine, of numbers from 1 on. Here ∂out/∂x = 1 / sqrt((x - 1) * (x + 1))."""

@overload
def arccosh(x: Value, /) -> Value: ...
@overload
def arccosh(x: Tensor, /) -> Tensor: ...
@overload
def arccosh(x: ArrayLike, /) -> Array: ...
@overload
def arcsin(x: Real, /) -> float:
    """The angle in radians, from -π/2 to π/2, whose sine is `x`. Here ∂out/∂x = 1 / sqrt((1 - x) * (1 + x))."""

@overload
def arcsin(x: Value, /) -> Value: ...
@overload
def arcsin(x: Tensor, /) -> Tensor: ...
@overload
def arcsin(x: ArrayLike, /) -> Array: ...
@overload
def arcsinh(x: Real, /) -> float:
    """The inverse hyperbolic sine. Here ∂out/∂x = 1 / hypot(1, x)."""

@overload
def arcsinh(x: Value, /) -> Value: ...
@overload
def arcsinh(x: Tensor, /) -> Tensor: ...
@overload
def arcsinh(x: ArrayLike, /) -> Array: ...
@overload
def arctan(x: Real, /) -> float:
    """The angle in radians, from -π/2 to π/2, whose tangent is `x`. Here ∂out/∂x = 1 / (1 + x²)."""

@overload
def arctan(x: Value, /) -> Value: ...
@overload
def arctan(x: Tensor, /) -> Tensor: ...
@overload
def arctan(x: ArrayLike, /) -> Array: ...
@overload
def arctan2(x: Real, y: Real, /) -> float:
    """The angle of the vector (y, x), from -π to π: the arguments are the opposite side and then the adjacent one."""

@overload
def arctan2(x: Value, y: Number, /) -> Value: ...
@overload
def arctan2(x: Real, y: Value, /) -> Value: ...
@overload
def arctan2(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def arctan2(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def arctan2(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def arctanh(x: Real, /) -> float:
    """The inverse hyperbolic tangent, of numbers between -1 and 1. Here ∂out/∂x = 1 / ((1 - x) * (1 + x))."""

@overload
def arctanh(x: Value, /) -> Value: ...
@overload
def arctanh(x: Tensor, /) -> Tensor: ...
@overload
def arctanh(x: ArrayLike, /) -> Array: ...
@overload
def argmax(x: Tensor, /, axis: int | None = None, out: None = None, *, keepdims: builtins.bool = False) -> Tensor:
    """The index of the first greatest element; a constant."""

@overload
def argmax(
    x: NDArray[Scalar], /, axis: None = None, out: None = None, *, keepdims: Literal[False] = False
) -> np.intp: ...
@overload
def argmax(
    x: NDArray[Any], /, axis: int | None = None, out: None = None, *, keepdims: Literal[True]
) -> NDArray[np.intp]: ...
@overload
def argmax(x: ArrayLike, /, axis: int | None = None, out: None = None, *, keepdims: builtins.bool = False) -> Any: ...
@overload
def argmin(x: Tensor, /, axis: int | None = None, out: None = None, *, keepdims: builtins.bool = False) -> Tensor:
    """The index of the first least element; a constant."""

@overload
def argmin(
    x: NDArray[Scalar], /, axis: None = None, out: None = None, *, keepdims: Literal[False] = False
) -> np.intp: ...
@overload
def argmin(
    x: NDArray[Any], /, axis: int | None = None, out: None = None, *, keepdims: Literal[True]
) -> NDArray[np.intp]: ...
@overload
def argmin(x: ArrayLike, /, axis: int | None = None, out: None = None, *, keepdims: builtins.bool = False) -> Any: ...
@overload
def argpartition(
    x: Tensor, /, kth: Shape, axis: int | None = -1, kind: str = "introselect", order: str | None = None
) -> Tensor:
    """The indices that put the `kth` element along an axis in its place; a constant."""

@overload
def argpartition(
    x: ArrayLike, /, kth: Shape, axis: int | None = -1, kind: str = "introselect", order: str | None = None
) -> Array: ...
@overload
def argsort(
    x: Tensor,
    /,
    axis: int | None = -1,
    kind: str | None = None,
    order: str | None = None,
    *,
    stable: builtins.bool | None = None,
) -> Tensor:
    """The indices that sort along an axis; a constant."""

@overload
def argsort(
    x: ArrayLike,
    /,
    axis: int | None = -1,
    kind: str | None = None,
    order: str | None = None,
    *,
    stable: builtins.bool | None = None,
) -> Array: ...
@overload
def around(x: Tensor, /, decimals: int = 0) -> Tensor:
    """Round to the given number of decimals, halves to even; the derivative is zero."""

@overload
def around(x: ArrayLike, /, decimals: int = 0) -> Array: ...
@overload
def array_split(x: Tensor, /, indices_or_sections: int | Sequence[int], axis: int = 0) -> list[Tensor]:
    """Split into sections that may be unequal: the first ones are longer by one."""

@overload
def array_split(x: ArrayLike, /, indices_or_sections: int | Sequence[int], axis: int = 0) -> list[Array]: ...
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
def astype(x: Tensor, dtype: DTypeLike | None, /, *, copy: builtins.bool = True, device: None = None) -> Tensor:
    """Convert to another dtype; of real floats the gradient comes back in the dtype of `x`, others are constants."""

@overload
def astype(x: ArrayLike, dtype: DTypeLike | None, /, *, copy: builtins.bool = True, device: None = None) -> Array: ...
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
def atleast_1d(x: Tensor, /) -> Tensor:
    """Each with one axis or more."""

@overload
def atleast_1d(x: ArrayLike, /) -> Array: ...
@overload
def atleast_1d(*xs: Tensor) -> tuple[Tensor, ...]: ...
@overload
def atleast_1d(*xs: ArrayLike) -> tuple[Any, ...]: ...
@overload
def atleast_2d(x: Tensor, /) -> Tensor:
    """Each with two axes or more; a vector becomes a row."""

@overload
def atleast_2d(x: ArrayLike, /) -> Array: ...
@overload
def atleast_2d(*xs: Tensor) -> tuple[Tensor, ...]: ...
@overload
def atleast_2d(*xs: ArrayLike) -> tuple[Any, ...]: ...
@overload
def atleast_3d(x: Tensor, /) -> Tensor:
    """Each with three axes or more; a vector becomes (1, n, 1), a matrix (m, n, 1)."""

@overload
def atleast_3d(x: ArrayLike, /) -> Array: ...
@overload
def atleast_3d(*xs: Tensor) -> tuple[Tensor, ...]: ...
@overload
def atleast_3d(*xs: ArrayLike) -> tuple[Any, ...]: ...
def average(
    x: Operand,
    /,
    axis: Axis = None,
    weights: Operand | None = None,
    returned: builtins.bool = False,
    *,
    keepdims: builtins.bool = False,
) -> Any:
    """The weighted mean over axes; both the elements and the weights may be nodes."""

@overload
def bincount(x: Tensor, /, weights: Operand | None = None, minlength: int = 0) -> Tensor:
    """How often each whole number occurs, which is a constant; or the sum of the weights of each."""

@overload
def bincount(x: ArrayLike, /, weights: Operand | None = None, minlength: int = 0) -> Array: ...
@overload
def bitwise_and(x: Tensor, /) -> Tensor: ...
@overload
def bitwise_and(x: ArrayLike, /) -> Array: ...
@overload
def bitwise_and(*xs: Tensor) -> tuple[Tensor, ...]: ...
@overload
def bitwise_and(*xs: ArrayLike) -> tuple[Any, ...]: ...
@overload
def bitwise_invert(x: Tensor, /) -> Tensor: ...
@overload
def bitwise_invert(x: ArrayLike, /) -> Array: ...
@overload
def bitwise_invert(*xs: Tensor) -> tuple[Tensor, ...]: ...
@overload
def bitwise_invert(*xs: ArrayLike) -> tuple[Any, ...]: ...
@overload
def bitwise_not(x: Tensor, /) -> Tensor: ...
@overload
def bitwise_not(x: ArrayLike, /) -> Array: ...
@overload
def bitwise_not(*xs: Tensor) -> tuple[Tensor, ...]: ...
@overload
def bitwise_not(*xs: ArrayLike) -> tuple[Any, ...]: ...
@overload
def bitwise_or(x: Tensor, /) -> Tensor: ...
@overload
def bitwise_or(x: ArrayLike, /) -> Array: ...
@overload
def bitwise_or(*xs: Tensor) -> tuple[Tensor, ...]: ...
@overload
def bitwise_or(*xs: ArrayLike) -> tuple[Any, ...]: ...
@overload
def bitwise_xor(x: Tensor, /) -> Tensor: ...
@overload
def bitwise_xor(x: ArrayLike, /) -> Array: ...
@overload
def bitwise_xor(*xs: Tensor) -> tuple[Tensor, ...]: ...
@overload
def bitwise_xor(*xs: ArrayLike) -> tuple[Any, ...]: ...
@overload
def block(arrays: Iterable[Tensor], /) -> Tensor:
    """Join nested lists of blocks: the innermost along the last axis, those around along the axes before it."""

@overload
def block(arrays: Sequence[Array] | Array, /) -> Array: ...
@overload
def block(arrays: Iterable[Operand], /) -> Tensor: ...
@overload
def broadcast_arrays(*xs: Tensor, subok: builtins.bool = False) -> tuple[Tensor, ...]:
    """All repeated to one shape."""

@overload
def broadcast_arrays(*xs: ArrayLike, subok: builtins.bool = False) -> tuple[Any, ...]: ...
@overload
def broadcast_to(x: Tensor, /, shape: int | Sequence[int], subok: builtins.bool = False) -> Tensor:
    """Repeat along new axes and axes of length 1, without copying."""

@overload
def broadcast_to(x: ArrayLike, /, shape: int | Sequence[int], subok: builtins.bool = False) -> Array: ...
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
def ceil(x: Real, /) -> float:
    """The least whole number that is not less than `x`; its derivative is 0."""

@overload
def ceil(x: Value, /) -> Value: ...
@overload
def ceil(x: Tensor, /) -> Tensor: ...
@overload
def ceil(x: ArrayLike, /) -> Array: ...
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
def column_stack(arrays: Iterable[Tensor], /) -> Tensor:
    """Join along the second axis; vectors are columns."""

@overload
def column_stack(arrays: Sequence[Array] | Array, /) -> Array: ...
@overload
def column_stack(arrays: Iterable[Operand], /) -> Tensor: ...
@overload
def compress(condition: Operand, x: Tensor, axis: int | None = None, out: None = None) -> Tensor:
    """The slices along an axis for which the condition holds; with axis None, of the flattened array."""

@overload
def compress(condition: ArrayLike, x: ArrayLike, axis: int | None = None, out: None = None) -> Array: ...
@overload
def concat(
    arrays: Iterable[Tensor],
    /,
    axis: int | None = 0,
    out: None = None,
    *,
    dtype: DTypeLike | None = None,
    casting: str = "same_kind",
) -> Tensor:
    """Join along an axis that is there; with axis None, flatten first."""

@overload
def concat(
    arrays: Sequence[Array] | Array,
    /,
    axis: int | None = 0,
    out: None = None,
    *,
    dtype: DTypeLike | None = None,
    casting: str = "same_kind",
) -> Array: ...
@overload
def concat(
    arrays: Iterable[Operand],
    /,
    axis: int | None = 0,
    out: None = None,
    *,
    dtype: DTypeLike | None = None,
    casting: str = "same_kind",
) -> Tensor: ...
@overload
def concatenate(
    arrays: Iterable[Tensor],
    /,
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
    /,
    axis: int | None = 0,
    out: None = None,
    *,
    dtype: DTypeLike | None = None,
    casting: str = "same_kind",
) -> Array: ...
@overload
def concatenate(
    arrays: Iterable[Operand],
    /,
    axis: int | None = 0,
    out: None = None,
    *,
    dtype: DTypeLike | None = None,
    casting: str = "same_kind",
) -> Tensor: ...
@overload
def conj(x: Tensor, /) -> Tensor:
    """The complex conjugate, in memory of its own."""

@overload
def conj(x: ArrayLike, /) -> Array: ...
@overload
def conjugate(x: Tensor, /) -> Tensor:
    """The complex conjugate, in memory of its own."""

@overload
def conjugate(x: ArrayLike, /) -> Array: ...
@overload
def convolve(a: Tensor, v: Operand, /, mode: str = "full") -> Tensor:
    """The convolution of two vectors."""

@overload
def convolve(a: ArrayLike, v: Tensor, /, mode: str = "full") -> Tensor: ...
@overload
def convolve(a: ArrayLike, v: ArrayLike, /, mode: str = "full") -> Array: ...
@overload
def copy(x: Tensor, /, order: str = "K", subok: builtins.bool = False) -> Tensor:
    """The same values in memory of their own."""

@overload
def copy(x: ArrayLike, /, order: str = "K", subok: builtins.bool = False) -> Array: ...
@overload
def copysign(x: Real, y: Real, /) -> float:
    """`x` with the sign of `y`. Here ∂out/∂x = sign(x) * copysign(1, y)."""

@overload
def copysign(x: Value, y: Number, /) -> Value: ...
@overload
def copysign(x: Real, y: Value, /) -> Value: ...
@overload
def copysign(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def copysign(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def copysign(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def correlate(a: Tensor, v: Operand, /, mode: str = "valid") -> Tensor:
    """The cross-correlation of two vectors."""

@overload
def correlate(a: ArrayLike, v: Tensor, /, mode: str = "valid") -> Tensor: ...
@overload
def correlate(a: ArrayLike, v: ArrayLike, /, mode: str = "valid") -> Array: ...
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
def cov(
    m: Tensor,
    /,
    y: Operand | None = None,
    rowvar: builtins.bool = True,
    bias: builtins.bool = False,
    ddof: int | None = None,
) -> Tensor:
    """The matrix of covariances of variables, which are the rows; `rowvar=False` for columns."""

@overload
def cov(
    m: ArrayLike,
    /,
    y: Operand | None = None,
    rowvar: builtins.bool = True,
    bias: builtins.bool = False,
    ddof: int | None = None,
) -> Array: ...
@overload
def cross(
    x: Tensor, y: Operand, /, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Tensor:
    """The vector product of vectors of three components; of two, its third component."""

@overload
def cross(
    x: ArrayLike, y: Tensor, /, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Tensor: ...
@overload
def cross(
    x: ArrayLike, y: ArrayLike, /, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Array: ...
@overload
def cumprod(x: Tensor, /, axis: int | None = None, dtype: DTypeLike | None = None, out: None = None) -> Tensor:
    """The running product along an axis; with axis None, of the flattened array."""

@overload
def cumprod(x: ArrayLike, /, axis: int | None = None, dtype: DTypeLike | None = None, out: None = None) -> Array: ...
@overload
def cumsum(x: Tensor, /, axis: int | None = None, dtype: DTypeLike | None = None, out: None = None) -> Tensor:
    """The running sum along an axis; with axis None, of the flattened array."""

@overload
def cumsum(x: ArrayLike, /, axis: int | None = None, dtype: DTypeLike | None = None, out: None = None) -> Array: ...
@overload
def cumulative_prod(
    x: Tensor,
    /,
    *,
    axis: int | None = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    include_initial: builtins.bool = False,
) -> Tensor:
    """The array API's name for `cumprod`."""

@overload
def cumulative_prod(
    x: ArrayLike,
    /,
    *,
    axis: int | None = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    include_initial: builtins.bool = False,
) -> Array: ...
@overload
def cumulative_sum(
    x: Tensor,
    /,
    *,
    axis: int | None = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    include_initial: builtins.bool = False,
) -> Tensor:
    """The array API's name for `cumsum`."""

@overload
def cumulative_sum(
    x: ArrayLike,
    /,
    *,
    axis: int | None = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    include_initial: builtins.bool = False,
) -> Array: ...
@overload
def deg2rad(x: Real, /) -> float:
    """An angle in degrees, in radians. Here ∂out/∂x = 0.0174533."""

@overload
def deg2rad(x: Value, /) -> Value: ...
@overload
def deg2rad(x: Tensor, /) -> Tensor: ...
@overload
def deg2rad(x: ArrayLike, /) -> Array: ...
@overload
def degrees(x: Real, /) -> float:
    """An angle in radians, in degrees. Here ∂out/∂x = 57.2958."""

@overload
def degrees(x: Value, /) -> Value: ...
@overload
def degrees(x: Tensor, /) -> Tensor: ...
@overload
def degrees(x: ArrayLike, /) -> Array: ...
@overload
def delete(x: Tensor, /, obj: int | slice | ArrayLike, axis: int | None = None) -> Tensor:
    """Leave out the slices at some indices; with axis None, of the flattened array."""

@overload
def delete(x: ArrayLike, /, obj: int | slice | ArrayLike, axis: int | None = None) -> Array: ...
@overload
def diag(x: Tensor, /, k: int = 0) -> Tensor:
    """The diagonal of a matrix, or the matrix with a vector as its diagonal."""

@overload
def diag(x: ArrayLike, /, k: int = 0) -> Array: ...
@overload
def diagflat(x: Tensor, /, k: int = 0) -> Tensor:
    """The matrix with the flattened array as its diagonal number `k`."""

@overload
def diagflat(x: ArrayLike, /, k: int = 0) -> Array: ...
@overload
def diagonal(x: Tensor, /, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """A diagonal of two axes, which go; it becomes the last axis."""

@overload
def diagonal(x: ArrayLike, /, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array: ...
@overload
def diff(
    x: Tensor, /, n: int = 1, axis: int = -1, prepend: Operand | None = None, append: Operand | None = None
) -> Tensor:
    """The n-th differences of neighbours along an axis."""

@overload
def diff(
    x: ArrayLike, /, n: int = 1, axis: int = -1, prepend: Operand | None = None, append: Operand | None = None
) -> Array: ...
@overload
def divide(x: Real, y: Real, /) -> float:
    """The quotient `x / y`. Here ∂out/∂x = 1 / y, ∂out/∂y = -out / y."""

@overload
def divide(x: Value, y: Number, /) -> Value: ...
@overload
def divide(x: Real, y: Value, /) -> Value: ...
@overload
def divide(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def divide(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def divide(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def divmod(x: Tensor, y: Operand, /) -> tuple[Tensor, ...]:
    """The quotient, rounded down, which is a constant, and the remainder."""

@overload
def divmod(x: ArrayLike, y: Tensor, /) -> tuple[Tensor, ...]: ...
@overload
def divmod(x: ArrayLike, y: ArrayLike, /) -> tuple[Array, ...]: ...
@overload
def dot(x: Tensor, y: Operand, /, out: None = None) -> Tensor:
    """NumPy's `dot` for arrays; for two sequences of scalars the sum of their products, as one node."""

@overload
def dot(x: ArrayLike, y: Tensor, /, out: None = None) -> Tensor: ...
@overload
def dot(x: ArrayLike, y: ArrayLike, /, out: None = None) -> Array: ...
@overload
def dsplit(x: Tensor, /, indices_or_sections: int | Sequence[int]) -> list[Tensor]:
    """`split` along the third axis."""

@overload
def dsplit(x: ArrayLike, /, indices_or_sections: int | Sequence[int]) -> list[Array]: ...
@overload
def dstack(arrays: Iterable[Tensor], /) -> Tensor:
    """Join along the third axis."""

@overload
def dstack(arrays: Sequence[Array] | Array, /) -> Array: ...
@overload
def dstack(arrays: Iterable[Operand], /) -> Tensor: ...
@overload
def ediff1d(x: Tensor, /) -> Tensor:
    """The differences of neighbours in the flattened array."""

@overload
def ediff1d(x: ArrayLike, /) -> Array: ...
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
def equal(x: Real, y: Real, /) -> builtins.bool:
    """Whether `x == y`, element by element; a constant, without a derivative."""

@overload
def equal(x: Value, y: Number, /) -> builtins.bool: ...
@overload
def equal(x: Real, y: Value, /) -> builtins.bool: ...
@overload
def equal(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def equal(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def equal(x: ArrayLike, y: ArrayLike, /) -> Array: ...
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
def expand_dims(x: Tensor, /, axis: int | Sequence[int]) -> Tensor:
    """Put in axes of length 1."""

@overload
def expand_dims(x: ArrayLike, /, axis: int | Sequence[int]) -> Array: ...
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
def extract(condition: Operand, x: Tensor) -> Tensor:
    """The elements for which the condition holds."""

@overload
def extract(condition: ArrayLike, x: ArrayLike) -> Array: ...
@overload
def fabs(x: Real, /) -> float:
    """The absolute value, as a float."""

@overload
def fabs(x: Value, /) -> Value: ...
@overload
def fabs(x: Tensor, /) -> Tensor: ...
@overload
def fabs(x: ArrayLike, /) -> Array: ...
@overload
def fix(x: Real, /) -> float:
    """The whole part of `x`, rounded towards 0; its derivative is 0."""

@overload
def fix(x: Value, /) -> Value: ...
@overload
def fix(x: Tensor, /) -> Tensor: ...
@overload
def fix(x: ArrayLike, /) -> Array: ...
@overload
def flip(x: Tensor, /, axis: int | Sequence[int] | None = None) -> Tensor:
    """Reverse the order along axes: all, or those named."""

@overload
def flip(x: ArrayLike, /, axis: int | Sequence[int] | None = None) -> Array: ...
@overload
def fliplr(x: Tensor, /) -> Tensor:
    """Reverse the second axis."""

@overload
def fliplr(x: ArrayLike, /) -> Array: ...
@overload
def flipud(x: Tensor, /) -> Tensor:
    """Reverse the first axis."""

@overload
def flipud(x: ArrayLike, /) -> Array: ...
@overload
def float_power(x: Tensor, y: Operand, /) -> Tensor:
    """`x ** y` in at least double precision."""

@overload
def float_power(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def float_power(x: ArrayLike, y: ArrayLike, /) -> Array: ...
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
def floor_divide(x: Real, y: Real, /) -> float:
    """The quotient `x / y`, rounded down; its derivative is 0."""

@overload
def floor_divide(x: Value, y: Number, /) -> Value: ...
@overload
def floor_divide(x: Real, y: Value, /) -> Value: ...
@overload
def floor_divide(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def floor_divide(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def floor_divide(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def fmax(x: Real, y: Real, /) -> float:
    """The greater of two numbers, and the other one where one is NaN; where they are equal, each has half of the derivative."""

@overload
def fmax(x: Value, y: Number, /) -> Value: ...
@overload
def fmax(x: Real, y: Value, /) -> Value: ...
@overload
def fmax(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def fmax(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def fmax(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def fmin(x: Real, y: Real, /) -> float:
    """The smaller of two numbers, and the other one where one is NaN; where they are equal, each has half of the derivative."""

@overload
def fmin(x: Value, y: Number, /) -> Value: ...
@overload
def fmin(x: Real, y: Value, /) -> Value: ...
@overload
def fmin(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def fmin(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def fmin(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def fmod(x: Real, y: Real, /) -> float:
    """What is left of `x` after division by `y`, with the sign of `x`, as C's `fmod`. Here ∂out/∂x = 1, ∂out/∂y = -trunc(x / y)."""

@overload
def fmod(x: Value, y: Number, /) -> Value: ...
@overload
def fmod(x: Real, y: Value, /) -> Value: ...
@overload
def fmod(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def fmod(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def fmod(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def full_like(
    a: Tensor,
    /,
    fill_value: Operand,
    dtype: DTypeLike | None = None,
    order: str = "K",
    subok: builtins.bool = True,
    shape: Shape | None = None,
    *,
    device: None = None,
) -> Tensor:
    """A new array in the shape and the dtype of `a`, where no others are given, filled with a value that may be a node."""

@overload
def full_like(
    a: ArrayLike,
    /,
    fill_value: Operand,
    dtype: DTypeLike | None = None,
    order: str = "K",
    subok: builtins.bool = True,
    shape: Shape | None = None,
    *,
    device: None = None,
) -> Array: ...
@overload
def gradient(f: Tensor, /, *spacing: ArrayLike, axis: Axis = None, edge_order: int = 1) -> Tensor:
    """Central differences of a sampled function, one-sided at its ends, along one axis or a list of them."""

@overload
def gradient(f: ArrayLike, /, *spacing: ArrayLike, axis: Axis = None, edge_order: int = 1) -> Array: ...
@overload
def greater(x: Real, y: Real, /) -> builtins.bool:
    """Whether `x > y`, element by element; a constant, without a derivative."""

@overload
def greater(x: Value, y: Number, /) -> builtins.bool: ...
@overload
def greater(x: Real, y: Value, /) -> builtins.bool: ...
@overload
def greater(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def greater(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def greater(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def greater_equal(x: Real, y: Real, /) -> builtins.bool:
    """Whether `x >= y`, element by element; a constant, without a derivative."""

@overload
def greater_equal(x: Value, y: Number, /) -> builtins.bool: ...
@overload
def greater_equal(x: Real, y: Value, /) -> builtins.bool: ...
@overload
def greater_equal(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def greater_equal(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def greater_equal(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def hsplit(x: Tensor, /, indices_or_sections: int | Sequence[int]) -> list[Tensor]:
    """`split` along the second axis, or along the only one."""

@overload
def hsplit(x: ArrayLike, /, indices_or_sections: int | Sequence[int]) -> list[Array]: ...
@overload
def hstack(arrays: Iterable[Tensor], /, *, dtype: DTypeLike | None = None, casting: str = "same_kind") -> Tensor:
    """Join along the second axis; vectors along their only one."""

@overload
def hstack(
    arrays: Sequence[Array] | Array, /, *, dtype: DTypeLike | None = None, casting: str = "same_kind"
) -> Array: ...
@overload
def hstack(arrays: Iterable[Operand], /, *, dtype: DTypeLike | None = None, casting: str = "same_kind") -> Tensor: ...
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
def i0(x: Real, /) -> float:
    """The modified Bessel function of order 0."""

@overload
def i0(x: Value, /) -> Value: ...
@overload
def i0(x: Tensor, /) -> Tensor: ...
@overload
def i0(x: ArrayLike, /) -> Array: ...
@overload
def imag(x: Tensor, /) -> Tensor:
    """The imaginary part of complex numbers; of real numbers zeros, which are constants."""

@overload
def imag(x: ArrayLike, /) -> Array: ...
@overload
def inner(x: Tensor, y: Operand, /) -> Tensor:
    """The sums of products over the last axes of both."""

@overload
def inner(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def inner(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def insert(x: Tensor, /, obj: int | slice | ArrayLike, values: Operand, axis: int | None = None) -> Tensor:
    """Put `values` before the slices at some indices; with axis None, of the flattened array."""

@overload
def insert(x: ArrayLike, /, obj: int | slice | ArrayLike, values: Operand, axis: int | None = None) -> Array: ...
@overload
def interp(
    x: Tensor,
    xp: Operand,
    fp: Operand,
    /,
    left: Operand | None = None,
    right: Operand | None = None,
    period: float | None = None,
) -> Tensor:
    """Linear interpolation, differentiable in `x`, in the places `xp` and in the values `fp`."""

@overload
def interp(
    x: ArrayLike,
    xp: Tensor,
    fp: Operand,
    /,
    left: Operand | None = None,
    right: Operand | None = None,
    period: float | None = None,
) -> Tensor: ...
@overload
def interp(
    x: ArrayLike,
    xp: ArrayLike,
    fp: Tensor,
    /,
    left: Operand | None = None,
    right: Operand | None = None,
    period: float | None = None,
) -> Tensor: ...
@overload
def interp(
    x: ArrayLike,
    xp: ArrayLike,
    fp: ArrayLike,
    /,
    left: Operand | None = None,
    right: Operand | None = None,
    period: float | None = None,
) -> Array: ...
@overload
def invert(x: Tensor, /) -> Tensor: ...
@overload
def invert(x: ArrayLike, /) -> Array: ...
@overload
def invert(*xs: Tensor) -> tuple[Tensor, ...]: ...
@overload
def invert(*xs: ArrayLike) -> tuple[Any, ...]: ...
@overload
def isfinite(x: Real, /) -> builtins.bool:
    """Where `x` is neither infinite nor NaN; a constant."""

@overload
def isfinite(x: Value, /) -> builtins.bool: ...
@overload
def isfinite(x: Tensor, /) -> Tensor: ...
@overload
def isfinite(x: ArrayLike, /) -> Array: ...
@overload
def isinf(x: Real, /) -> builtins.bool:
    """Where `x` is infinite, of either sign; a constant."""

@overload
def isinf(x: Value, /) -> builtins.bool: ...
@overload
def isinf(x: Tensor, /) -> Tensor: ...
@overload
def isinf(x: ArrayLike, /) -> Array: ...
@overload
def isnan(x: Real, /) -> builtins.bool:
    """Where `x` is NaN; a constant."""

@overload
def isnan(x: Value, /) -> builtins.bool: ...
@overload
def isnan(x: Tensor, /) -> Tensor: ...
@overload
def isnan(x: ArrayLike, /) -> Array: ...
@overload
def kron(x: Tensor, y: Operand, /) -> Tensor:
    """Kronecker's product: each element of `x` times the whole of `y`."""

@overload
def kron(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def kron(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def less(x: Real, y: Real, /) -> builtins.bool:
    """Whether `x < y`, element by element; a constant, without a derivative."""

@overload
def less(x: Value, y: Number, /) -> builtins.bool: ...
@overload
def less(x: Real, y: Value, /) -> builtins.bool: ...
@overload
def less(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def less(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def less(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def less_equal(x: Real, y: Real, /) -> builtins.bool:
    """Whether `x <= y`, element by element; a constant, without a derivative."""

@overload
def less_equal(x: Value, y: Number, /) -> builtins.bool: ...
@overload
def less_equal(x: Real, y: Value, /) -> builtins.bool: ...
@overload
def less_equal(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def less_equal(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def less_equal(x: ArrayLike, y: ArrayLike, /) -> Array: ...
def linspace(
    start: Operand,
    stop: Operand,
    /,
    num: int = 50,
    endpoint: builtins.bool = True,
    retstep: builtins.bool = False,
    dtype: DTypeLike | None = None,
    axis: int = 0,
    *,
    device: None = None,
) -> Any:
    """Numbers at equal distances from `start` to `stop`, both of which may be nodes."""

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
def log10(x: Real, /) -> float:
    """The logarithm to base 10. Here ∂out/∂x = 1 / (x * 2.30259)."""

@overload
def log10(x: Value, /) -> Value: ...
@overload
def log10(x: Tensor, /) -> Tensor: ...
@overload
def log10(x: ArrayLike, /) -> Array: ...
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
def logaddexp2(x: Real, y: Real, /) -> float:
    """`log2(2**x + 2**y)` without overflow."""

@overload
def logaddexp2(x: Value, y: Number, /) -> Value: ...
@overload
def logaddexp2(x: Real, y: Value, /) -> Value: ...
@overload
def logaddexp2(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def logaddexp2(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def logaddexp2(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def logical_and(x: Real, y: Real, /) -> builtins.bool:
    """Where both are true; a constant."""

@overload
def logical_and(x: Value, y: Number, /) -> builtins.bool: ...
@overload
def logical_and(x: Real, y: Value, /) -> builtins.bool: ...
@overload
def logical_and(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def logical_and(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def logical_and(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def logical_not(x: Real, /) -> builtins.bool:
    """Where `x` is false; a constant."""

@overload
def logical_not(x: Value, /) -> builtins.bool: ...
@overload
def logical_not(x: Tensor, /) -> Tensor: ...
@overload
def logical_not(x: ArrayLike, /) -> Array: ...
@overload
def logical_or(x: Real, y: Real, /) -> builtins.bool:
    """Where one of them is true, or both; a constant."""

@overload
def logical_or(x: Value, y: Number, /) -> builtins.bool: ...
@overload
def logical_or(x: Real, y: Value, /) -> builtins.bool: ...
@overload
def logical_or(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def logical_or(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def logical_or(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def logical_xor(x: Real, y: Real, /) -> builtins.bool:
    """Where exactly one of them is true; a constant."""

@overload
def logical_xor(x: Value, y: Number, /) -> builtins.bool: ...
@overload
def logical_xor(x: Real, y: Value, /) -> builtins.bool: ...
@overload
def logical_xor(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def logical_xor(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def logical_xor(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def matmul(x: Tensor, y: Operand, /) -> Tensor:
    """The product of matrices, and of stacks of them, as NumPy's `@`."""

@overload
def matmul(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def matmul(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def matrix_transpose(x: Tensor, /) -> Tensor:
    """Exchange the last two axes."""

@overload
def matrix_transpose(x: ArrayLike, /) -> Array: ...
@overload
def matvec(x: Tensor, y: Operand, /) -> Tensor:
    """Matrices times vectors on the last axis."""

@overload
def matvec(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def matvec(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def max(
    x: Tensor,
    /,
    axis: Axis = None,
    out: None = None,
    keepdims: builtins.bool = False,
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
    /,
    axis: None = None,
    out: None = None,
    keepdims: Literal[False] = False,
    initial: Operand | None = None,
    where: Operand | None = None,
) -> Scalar: ...
@overload
def max(
    x: NDArray[Any],
    /,
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
    /,
    axis: Axis = None,
    out: None = None,
    keepdims: builtins.bool = False,
    initial: Operand | None = None,
    where: Operand | None = None,
) -> Any: ...
@overload
def max(x: Iterable[Number], /) -> Value: ...
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
def mean(
    x: Tensor,
    /,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    keepdims: builtins.bool = False,
    *,
    where: Operand | None = None,
) -> Tensor:
    """The arithmetic mean over axes; with `where`, of the elements where that is true."""

@overload
def mean(
    x: NDArray[Floating],
    /,
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
    /,
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
    /,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    keepdims: builtins.bool = False,
    *,
    where: Operand | None = None,
) -> Any: ...
@overload
def median(
    x: Tensor,
    /,
    axis: Axis = None,
    out: None = None,
    overwrite_input: builtins.bool = False,
    keepdims: builtins.bool = False,
) -> Tensor:
    """The median over axes; the two middle elements of an even count share."""

@overload
def median(
    x: NDArray[Floating],
    /,
    axis: None = None,
    out: None = None,
    overwrite_input: builtins.bool = False,
    keepdims: Literal[False] = False,
) -> Floating: ...
@overload
def median(
    x: NDArray[Any],
    /,
    axis: Axis = None,
    out: None = None,
    overwrite_input: builtins.bool = False,
    *,
    keepdims: Literal[True],
) -> Array: ...
@overload
def median(
    x: ArrayLike,
    /,
    axis: Axis = None,
    out: None = None,
    overwrite_input: builtins.bool = False,
    keepdims: builtins.bool = False,
) -> Any: ...
@overload
def meshgrid(
    *xs: Tensor, copy: builtins.bool = True, sparse: builtins.bool = False, indexing: str = "xy"
) -> tuple[Tensor, ...]:
    """Vectors repeated to grids: the first along the columns (`xy`) or along the rows (`ij`)."""

@overload
def meshgrid(
    *xs: ArrayLike, copy: builtins.bool = True, sparse: builtins.bool = False, indexing: str = "xy"
) -> tuple[Any, ...]: ...
@overload
def min(
    x: Tensor,
    /,
    axis: Axis = None,
    out: None = None,
    keepdims: builtins.bool = False,
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
    /,
    axis: None = None,
    out: None = None,
    keepdims: Literal[False] = False,
    initial: Operand | None = None,
    where: Operand | None = None,
) -> Scalar: ...
@overload
def min(
    x: NDArray[Any],
    /,
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
    /,
    axis: Axis = None,
    out: None = None,
    keepdims: builtins.bool = False,
    initial: Operand | None = None,
    where: Operand | None = None,
) -> Any: ...
@overload
def min(x: Iterable[Number], /) -> Value: ...
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
def mod(x: Real, y: Real, /) -> float:
    """The remainder of `x` divided by `y`, with the sign of `y`, like Python's `%`. Here ∂out/∂x = 1, ∂out/∂y = -floor(x / y)."""

@overload
def mod(x: Value, y: Number, /) -> Value: ...
@overload
def mod(x: Real, y: Value, /) -> Value: ...
@overload
def mod(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def mod(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def mod(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def modf(x: Tensor, /) -> tuple[Tensor, ...]:
    """The fraction and the whole part, which is a constant."""

@overload
def modf(x: ArrayLike, /) -> tuple[Array, ...]: ...
@overload
def moveaxis(x: Tensor, /, source: int | Sequence[int], destination: int | Sequence[int]) -> Tensor:
    """Move axes to other places; the others keep their order."""

@overload
def moveaxis(x: ArrayLike, /, source: int | Sequence[int], destination: int | Sequence[int]) -> Array: ...
@overload
def multiply(x: Real, y: Real, /) -> float:
    """The product `x * y`, element by element. Here ∂out/∂x = y, ∂out/∂y = x."""

@overload
def multiply(x: Value, y: Number, /) -> Value: ...
@overload
def multiply(x: Real, y: Value, /) -> Value: ...
@overload
def multiply(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def multiply(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def multiply(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def nan_to_num(
    x: Real, /, copy: builtins.bool = True, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None
) -> float:
    """Replace NaN and infinities by numbers; the derivative there is 0."""

@overload
def nan_to_num(
    x: Value, /, copy: builtins.bool = True, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None
) -> Value: ...
@overload
def nan_to_num(
    x: Tensor, /, copy: builtins.bool = True, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None
) -> Tensor: ...
@overload
def nan_to_num(
    x: ArrayLike,
    /,
    copy: builtins.bool = True,
    nan: float = 0.0,
    posinf: float | None = None,
    neginf: float | None = None,
) -> Array: ...
@overload
def nancumprod(x: Tensor, /, axis: int | None = None, dtype: DTypeLike | None = None, out: None = None) -> Tensor:
    """The running product, NaN counted as 1."""

@overload
def nancumprod(x: ArrayLike, /, axis: int | None = None, dtype: DTypeLike | None = None, out: None = None) -> Array: ...
@overload
def nancumsum(x: Tensor, /, axis: int | None = None, dtype: DTypeLike | None = None, out: None = None) -> Tensor:
    """The running sum, NaN counted as 0."""

@overload
def nancumsum(x: ArrayLike, /, axis: int | None = None, dtype: DTypeLike | None = None, out: None = None) -> Array: ...
@overload
def nanmax(
    x: Tensor, /, axis: Axis = None, dtype: DTypeLike | None = None, out: None = None, keepdims: builtins.bool = False
) -> Tensor:
    """The max over axes of what is not NaN."""

@overload
def nanmax(
    x: ArrayLike,
    /,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    keepdims: builtins.bool = False,
) -> Array: ...
@overload
def nanmean(
    x: Tensor, /, axis: Axis = None, dtype: DTypeLike | None = None, out: None = None, keepdims: builtins.bool = False
) -> Tensor:
    """The mean over axes of what is not NaN."""

@overload
def nanmean(
    x: ArrayLike,
    /,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    keepdims: builtins.bool = False,
) -> Array: ...
@overload
def nanmin(
    x: Tensor, /, axis: Axis = None, dtype: DTypeLike | None = None, out: None = None, keepdims: builtins.bool = False
) -> Tensor:
    """The min over axes of what is not NaN."""

@overload
def nanmin(
    x: ArrayLike,
    /,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    keepdims: builtins.bool = False,
) -> Array: ...
@overload
def nanprod(
    x: Tensor, /, axis: Axis = None, dtype: DTypeLike | None = None, out: None = None, keepdims: builtins.bool = False
) -> Tensor:
    """The prod over axes of what is not NaN."""

@overload
def nanprod(
    x: ArrayLike,
    /,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    keepdims: builtins.bool = False,
) -> Array: ...
@overload
def nanstd(
    x: Tensor,
    /,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    ddof: float = 0,
    keepdims: builtins.bool = False,
) -> Tensor:
    """The standard deviation over axes of what is not NaN; its derivative is 0 where that is 0."""

@overload
def nanstd(
    x: ArrayLike,
    /,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    ddof: float = 0,
    keepdims: builtins.bool = False,
) -> Array: ...
@overload
def nansum(
    x: Tensor, /, axis: Axis = None, dtype: DTypeLike | None = None, out: None = None, keepdims: builtins.bool = False
) -> Tensor:
    """The sum over axes of what is not NaN."""

@overload
def nansum(
    x: ArrayLike,
    /,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    keepdims: builtins.bool = False,
) -> Array: ...
@overload
def nanvar(
    x: Tensor,
    /,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    ddof: float = 0,
    keepdims: builtins.bool = False,
) -> Tensor:
    """The variance over axes of what is not NaN, divided by n - ddof."""

@overload
def nanvar(
    x: ArrayLike,
    /,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    ddof: float = 0,
    keepdims: builtins.bool = False,
) -> Array: ...
@overload
def negative(x: Real, /) -> float:
    """The negative `-x`. Here ∂out/∂x = -1."""

@overload
def negative(x: Value, /) -> Value: ...
@overload
def negative(x: Tensor, /) -> Tensor: ...
@overload
def negative(x: ArrayLike, /) -> Array: ...
@overload
def nextafter(x: Tensor, y: Operand, /) -> Tensor:
    """The next number from `x` towards `y`: `x` and a step that is a constant."""

@overload
def nextafter(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def nextafter(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def not_equal(x: Real, y: Real, /) -> builtins.bool:
    """Whether `x != y`, element by element; a constant, without a derivative."""

@overload
def not_equal(x: Value, y: Number, /) -> builtins.bool: ...
@overload
def not_equal(x: Real, y: Value, /) -> builtins.bool: ...
@overload
def not_equal(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def not_equal(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def not_equal(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def outer(x: Tensor, y: Operand, /, out: None = None) -> Tensor:
    """The products of every element of `x` with every element of `y`; both are flattened."""

@overload
def outer(x: ArrayLike, y: Tensor, /, out: None = None) -> Tensor: ...
@overload
def outer(x: ArrayLike, y: ArrayLike, /, out: None = None) -> Array: ...
@overload
def pad(x: Tensor, /, pad_width: ArrayLike, mode: str = "constant", *, constant_values: float = 0.0) -> Tensor:
    """Add a margin: of a constant, or by the index modes `edge`, `reflect`, `symmetric` and `wrap` of NumPy."""

@overload
def pad(x: ArrayLike, /, pad_width: ArrayLike, mode: str = "constant", *, constant_values: float = 0.0) -> Array: ...
@overload
def partition(
    x: Tensor, /, kth: Shape, axis: int | None = -1, kind: str = "introselect", order: str | None = None
) -> Tensor:
    """The `kth` element along an axis in its place, smaller ones before it and greater ones after it."""

@overload
def partition(
    x: ArrayLike, /, kth: Shape, axis: int | None = -1, kind: str = "introselect", order: str | None = None
) -> Array: ...
@overload
def percentile(
    x: Tensor,
    /,
    q: ArrayLike,
    axis: Axis = None,
    out: None = None,
    overwrite_input: builtins.bool = False,
    method: str = "linear",
    keepdims: builtins.bool = False,
) -> Tensor:
    """`quantile` for `q` in [0, 100]."""

@overload
def percentile(
    x: ArrayLike,
    /,
    q: ArrayLike,
    axis: Axis = None,
    out: None = None,
    overwrite_input: builtins.bool = False,
    method: str = "linear",
    keepdims: builtins.bool = False,
) -> Array: ...
@overload
def permute_dims(x: Tensor, /, axes: Sequence[int] | None = None) -> Tensor:
    """Permute the axes; by default reverse them."""

@overload
def permute_dims(x: ArrayLike, /, axes: Sequence[int] | None = None) -> Array: ...
@overload
def polyval(p: Tensor, x: Operand, /) -> Tensor:
    """The polynomial with coefficients `p`, the highest power first, at `x`, by Horner's rule."""

@overload
def polyval(p: ArrayLike, x: Tensor, /) -> Tensor: ...
@overload
def polyval(p: ArrayLike, x: ArrayLike, /) -> Array: ...
@overload
def positive(x: Tensor, /) -> Tensor:
    """The same numbers; an array of them may be edited by itself."""

@overload
def positive(x: ArrayLike, /) -> Array: ...
@overload
def pow(x: Real, y: Real, /) -> float:
    """`x` to the power of `y`."""

@overload
def pow(x: Value, y: Number, /) -> Value: ...
@overload
def pow(x: Real, y: Value, /) -> Value: ...
@overload
def pow(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def pow(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def pow(x: ArrayLike, y: ArrayLike, /) -> Array: ...
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
def prod(
    x: Tensor,
    /,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    keepdims: builtins.bool = False,
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
    /,
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
    /,
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
    /,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    keepdims: builtins.bool = False,
    initial: Operand | None = None,
    where: Operand | None = None,
) -> Any: ...
@overload
def prod(x: Iterable[Number], /) -> Value: ...
@overload
def ptp(x: Tensor, /, axis: Axis = None, out: None = None, keepdims: builtins.bool = False) -> Tensor:
    """The range over axes: the greatest less the least."""

@overload
def ptp(x: NDArray[Floating], /, axis: None = None, out: None = None, keepdims: Literal[False] = False) -> Floating: ...
@overload
def ptp(x: NDArray[Any], /, axis: Axis = None, out: None = None, *, keepdims: Literal[True]) -> Array: ...
@overload
def ptp(x: ArrayLike, /, axis: Axis = None, out: None = None, keepdims: builtins.bool = False) -> Any: ...
@overload
def put_along_axis(
    x: Tensor, /, indices: ArrayLike | Tensor, values: Operand, axis: int | None, *, inplace: builtins.bool = True
) -> Tensor:
    """Replace the elements along an axis at the indices."""

@overload
def put_along_axis(
    x: ArrayLike, /, indices: ArrayLike | Tensor, values: Operand, axis: int | None, *, inplace: builtins.bool = True
) -> Array: ...
@overload
def quantile(
    x: Tensor,
    /,
    q: ArrayLike,
    axis: Axis = None,
    out: None = None,
    overwrite_input: builtins.bool = False,
    method: str = "linear",
    keepdims: builtins.bool = False,
) -> Tensor:
    """The q-th quantiles over axes, for `q` in [0, 1], with the methods `linear`, `lower`, `higher` and `midpoint`."""

@overload
def quantile(
    x: ArrayLike,
    /,
    q: ArrayLike,
    axis: Axis = None,
    out: None = None,
    overwrite_input: builtins.bool = False,
    method: str = "linear",
    keepdims: builtins.bool = False,
) -> Array: ...
@overload
def rad2deg(x: Real, /) -> float:
    """An angle in radians, in degrees. Here ∂out/∂x = 57.2958."""

@overload
def rad2deg(x: Value, /) -> Value: ...
@overload
def rad2deg(x: Tensor, /) -> Tensor: ...
@overload
def rad2deg(x: ArrayLike, /) -> Array: ...
@overload
def radians(x: Real, /) -> float:
    """An angle in degrees, in radians. Here ∂out/∂x = 0.0174533."""

@overload
def radians(x: Value, /) -> Value: ...
@overload
def radians(x: Tensor, /) -> Tensor: ...
@overload
def radians(x: ArrayLike, /) -> Array: ...
@overload
def ravel(x: Tensor, /, order: str = "C") -> Tensor:
    """All the elements in one axis."""

@overload
def ravel(x: ArrayLike, /, order: str = "C") -> Array: ...
@overload
def real(x: Tensor, /) -> Tensor:
    """The real part of complex numbers; real numbers as they are."""

@overload
def real(x: ArrayLike, /) -> Array: ...
@overload
def real_if_close(x: Tensor, /, tol: float = 100) -> Tensor:
    """The real part, where all imaginary parts are 0 but for rounding; `x` itself elsewhere."""

@overload
def real_if_close(x: ArrayLike, /, tol: float = 100) -> Array: ...
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
def repeat(x: Tensor, /, repeats: int | Sequence[int], axis: int | None = None) -> Tensor:
    """Repeat each element; with axis None, of the flattened array."""

@overload
def repeat(x: ArrayLike, /, repeats: int | Sequence[int], axis: int | None = None) -> Array: ...
@overload
def reshape(
    x: Tensor,
    /,
    shape: int | Sequence[int] | None = None,
    order: str = "C",
    *,
    newshape: Shape | None = None,
    copy: builtins.bool | None = None,
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
    copy: builtins.bool | None = None,
) -> Array: ...
@overload
def resize(x: Tensor, /, new_shape: int | Sequence[int]) -> Tensor:
    """The elements over and over again until the new shape is filled."""

@overload
def resize(x: ArrayLike, /, new_shape: int | Sequence[int]) -> Array: ...
@overload
def rint(x: Real, /) -> float:
    """The nearest whole number, halves to even; its derivative is 0."""

@overload
def rint(x: Value, /) -> Value: ...
@overload
def rint(x: Tensor, /) -> Tensor: ...
@overload
def rint(x: ArrayLike, /) -> Array: ...
@overload
def roll(x: Tensor, /, shift: int | Sequence[int], axis: int | Sequence[int] | None = None) -> Tensor:
    """Shift along axes, those that fall off coming in again at the other end; with axis None, the flattened array."""

@overload
def roll(x: ArrayLike, /, shift: int | Sequence[int], axis: int | Sequence[int] | None = None) -> Array: ...
@overload
def rollaxis(x: Tensor, /, axis: int, start: int = 0) -> Tensor:
    """Move one axis back to before position `start`; `moveaxis` is easier to read."""

@overload
def rollaxis(x: ArrayLike, /, axis: int, start: int = 0) -> Array: ...
@overload
def rot90(x: Tensor, /, k: int = 1, axes: Sequence[int] = (0, 1)) -> Tensor:
    """Turn by `k` right angles, from the first of the two axes towards the second."""

@overload
def rot90(x: ArrayLike, /, k: int = 1, axes: Sequence[int] = (0, 1)) -> Array: ...
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
def select(condlist: Sequence[Array], choicelist: Sequence[ArrayLike], default: ArrayLike = 0) -> Array:
    """For each element the choice of the first condition that holds there."""

@overload
def select(condlist: Sequence[Operand], choicelist: Sequence[Operand], default: Operand = 0) -> Tensor: ...
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
def signbit(x: Real, /) -> builtins.bool:
    """Where the sign of `x` is a minus, also that of -0.0; a constant."""

@overload
def signbit(x: Value, /) -> builtins.bool: ...
@overload
def signbit(x: Tensor, /) -> Tensor: ...
@overload
def signbit(x: ArrayLike, /) -> Array: ...
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
def sort(
    x: Tensor,
    /,
    axis: int | None = -1,
    kind: str | None = None,
    order: str | None = None,
    *,
    stable: builtins.bool | None = None,
) -> Tensor:
    """Sorted along an axis; equal elements keep their own derivatives, in the order in which they come to stand."""

@overload
def sort(
    x: ArrayLike,
    /,
    axis: int | None = -1,
    kind: str | None = None,
    order: str | None = None,
    *,
    stable: builtins.bool | None = None,
) -> Array: ...
@overload
def sort_complex(a: Tensor, /) -> Tensor:
    """Sorted by the real parts and then by the imaginary ones, along the last axis; real numbers become complex."""

@overload
def sort_complex(a: ArrayLike, /) -> Array: ...
@overload
def split(x: Tensor, /, indices_or_sections: int | Sequence[int], axis: int = 0) -> list[Tensor]:
    """Cut into equal sections, or at the given indices."""

@overload
def split(x: ArrayLike, /, indices_or_sections: int | Sequence[int], axis: int = 0) -> list[Array]: ...
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
def squeeze(x: Tensor, /, axis: int | Sequence[int] | None = None) -> Tensor:
    """Drop axes of length 1: all, or those named."""

@overload
def squeeze(x: ArrayLike, /, axis: int | Sequence[int] | None = None) -> Array: ...
@overload
def stack(
    arrays: Iterable[Tensor],
    /,
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
    /,
    axis: int = 0,
    out: None = None,
    *,
    dtype: DTypeLike | None = None,
    casting: str = "same_kind",
) -> Array: ...
@overload
def stack(
    arrays: Iterable[Operand],
    /,
    axis: int = 0,
    out: None = None,
    *,
    dtype: DTypeLike | None = None,
    casting: str = "same_kind",
) -> Tensor: ...
@overload
def std(
    x: Tensor,
    /,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    ddof: float = 0,
    keepdims: builtins.bool = False,
    *,
    correction: float | None = None,
) -> Tensor:
    """The standard deviation over axes; where the elements are all equal its derivative is 0."""

@overload
def std(
    x: NDArray[Floating],
    /,
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
    /,
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
    /,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    ddof: float = 0,
    keepdims: builtins.bool = False,
    *,
    correction: float | None = None,
) -> Any: ...
@overload
def subtract(x: Real, y: Real, /) -> float:
    """The difference `x - y`. Here ∂out/∂x = 1, ∂out/∂y = -1."""

@overload
def subtract(x: Value, y: Number, /) -> Value: ...
@overload
def subtract(x: Real, y: Value, /) -> Value: ...
@overload
def subtract(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def subtract(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def subtract(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def sum(
    x: Tensor,
    /,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    keepdims: builtins.bool = False,
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
    /,
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
    /,
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
    /,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    keepdims: builtins.bool = False,
    initial: Operand | None = None,
    where: Operand | None = None,
) -> Any: ...
@overload
def sum(x: Iterable[Number], /) -> Value: ...
@overload
def swapaxes(x: Tensor, /, axis1: int, axis2: int) -> Tensor:
    """Exchange two axes."""

@overload
def swapaxes(x: ArrayLike, /, axis1: int, axis2: int) -> Array: ...
@overload
def take(
    x: Tensor, /, indices: ArrayLike | Tensor, axis: int | None = None, out: None = None, mode: str = "raise"
) -> Tensor:
    """Elements along an axis by their indices; with axis None, of the flattened array."""

@overload
def take(
    x: ArrayLike, /, indices: ArrayLike | Tensor, axis: int | None = None, out: None = None, mode: str = "raise"
) -> Array: ...
@overload
def take_along_axis(x: Tensor, /, indices: ArrayLike | Tensor, axis: int | None = -1) -> Tensor:
    """The elements along an axis at the indices, such as those of `argsort`."""

@overload
def take_along_axis(x: ArrayLike, /, indices: ArrayLike | Tensor, axis: int | None = -1) -> Array: ...
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
def tensordot(x: Tensor, y: Operand, /, axes: int | Sequence[int] | Sequence[Sequence[int]] = 2) -> Tensor:
    """The sums of products over some axes: the last of one and the first of the other, or those that are named."""

@overload
def tensordot(x: ArrayLike, y: Tensor, /, axes: int | Sequence[int] | Sequence[Sequence[int]] = 2) -> Tensor: ...
@overload
def tensordot(x: ArrayLike, y: ArrayLike, /, axes: int | Sequence[int] | Sequence[Sequence[int]] = 2) -> Array: ...
@overload
def tile(x: Tensor, /, reps: int | Sequence[int]) -> Tensor:
    """Repeat the whole along each axis."""

@overload
def tile(x: ArrayLike, /, reps: int | Sequence[int]) -> Array: ...
@overload
def trace(
    x: Tensor, /, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: DTypeLike | None = None, out: None = None
) -> Tensor:
    """The sum of a diagonal."""

@overload
def trace(
    x: NDArray[Floating],
    /,
    offset: int = 0,
    axis1: int = 0,
    axis2: int = 1,
    dtype: DTypeLike | None = None,
    out: None = None,
) -> Floating: ...
@overload
def trace(
    x: ArrayLike, /, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: DTypeLike | None = None, out: None = None
) -> Any: ...
@overload
def transpose(x: Tensor, /, axes: Sequence[int] | None = None) -> Tensor:
    """Permute the axes; by default reverse them."""

@overload
def transpose(x: ArrayLike, /, axes: Sequence[int] | None = None) -> Array: ...
@overload
def trapezoid(y: Tensor, /, x: Operand | None = None, dx: Operand = 1.0, axis: int = -1) -> Tensor:
    """The integral of a sampled function by the trapezoidal rule; samples and places may be nodes."""

@overload
def trapezoid(y: ArrayLike, /, x: Operand | None = None, dx: Operand = 1.0, axis: int = -1) -> Array: ...
@overload
def tril(x: Tensor, /, k: int = 0) -> Tensor:
    """The lower triangle, up to diagonal number `k`; zeros elsewhere."""

@overload
def tril(x: ArrayLike, /, k: int = 0) -> Array: ...
@overload
def triu(x: Tensor, /, k: int = 0) -> Tensor:
    """The upper triangle, from diagonal number `k` on; zeros elsewhere."""

@overload
def triu(x: ArrayLike, /, k: int = 0) -> Array: ...
@overload
def true_divide(x: Real, y: Real, /) -> float:
    """The quotient `x / y`. Here ∂out/∂x = 1 / y, ∂out/∂y = -out / y."""

@overload
def true_divide(x: Value, y: Number, /) -> Value: ...
@overload
def true_divide(x: Real, y: Value, /) -> Value: ...
@overload
def true_divide(x: Tensor, y: Operand, /) -> Tensor: ...
@overload
def true_divide(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def true_divide(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def trunc(x: Real, /) -> float:
    """The whole part of `x`, rounded towards 0; its derivative is 0."""

@overload
def trunc(x: Value, /) -> Value: ...
@overload
def trunc(x: Tensor, /) -> Tensor: ...
@overload
def trunc(x: ArrayLike, /) -> Array: ...
def unique(
    x: Operand,
    /,
    return_index: builtins.bool = False,
    return_inverse: builtins.bool = False,
    return_counts: builtins.bool = False,
    axis: int | None = None,
    *,
    equal_nan: builtins.bool = True,
    sorted: builtins.bool = True,
) -> Any:
    """The different elements in order, or the different slices along an axis; of equal ones the first has the gradient."""

def unique_all(x: Operand, /) -> Any:
    """The array API's `unique`."""

def unique_counts(x: Operand, /) -> Any:
    """The array API's `unique`."""

def unique_inverse(x: Operand, /) -> Any:
    """The array API's `unique`."""

@overload
def unique_values(x: Tensor, /) -> Tensor:
    """The array API's `unique`."""

@overload
def unique_values(x: ArrayLike, /) -> Array: ...
@overload
def unstack(x: Tensor, /, *, axis: int = 0) -> tuple[Tensor, ...]:
    """The slices along an axis, which goes."""

@overload
def unstack(x: ArrayLike, /, *, axis: int = 0) -> tuple[Array, ...]: ...
@overload
def unwrap(x: Tensor, /, discont: float | None = None, axis: int = -1, *, period: float = 6.283185307179586) -> Tensor:
    """Jumps of more than half a period taken out by whole periods, which are constants."""

@overload
def unwrap(
    x: ArrayLike, /, discont: float | None = None, axis: int = -1, *, period: float = 6.283185307179586
) -> Array: ...
@overload
def vander(x: Tensor, /, N: int | None = None, increasing: builtins.bool = False) -> Tensor:
    """The matrix of the powers of a vector, the highest first."""

@overload
def vander(x: ArrayLike, /, N: int | None = None, increasing: builtins.bool = False) -> Array: ...
@overload
def var(
    x: Tensor,
    /,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    ddof: float = 0,
    keepdims: builtins.bool = False,
    *,
    correction: float | None = None,
) -> Tensor:
    """The variance over axes, divided by n - ddof; ddof is 0 as in NumPy (PyTorch's is 1)."""

@overload
def var(
    x: NDArray[Floating],
    /,
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
    /,
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
    /,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    ddof: float = 0,
    keepdims: builtins.bool = False,
    *,
    correction: float | None = None,
) -> Any: ...
@overload
def vdot(x: Tensor, y: Operand, /) -> Tensor:
    """The sum of the products of all the elements of one, conjugated where they are complex, with those of the other."""

@overload
def vdot(x: NDArray[Floating], y: ArrayLike, /) -> Floating: ...
@overload
def vdot(x: ArrayLike, y: ArrayLike, /) -> Any: ...
@overload
def vecdot(x: Tensor, y: Operand, /, axis: int = -1) -> Tensor:
    """The sums of products along an axis, of which the first factor is conjugated; the other axes are broadcast."""

@overload
def vecdot(x: ArrayLike, y: Tensor, /, axis: int = -1) -> Tensor: ...
@overload
def vecdot(x: ArrayLike, y: ArrayLike, /, axis: int = -1) -> Array: ...
@overload
def vecmat(x: Tensor, y: Operand, /) -> Tensor:
    """Vectors on the last axis, conjugated where they are complex, times matrices."""

@overload
def vecmat(x: ArrayLike, y: Tensor, /) -> Tensor: ...
@overload
def vecmat(x: ArrayLike, y: ArrayLike, /) -> Array: ...
@overload
def vsplit(x: Tensor, /, indices_or_sections: int | Sequence[int]) -> list[Tensor]:
    """`split` along the first of two axes or more."""

@overload
def vsplit(x: ArrayLike, /, indices_or_sections: int | Sequence[int]) -> list[Array]: ...
@overload
def vstack(arrays: Iterable[Tensor], /, *, dtype: DTypeLike | None = None, casting: str = "same_kind") -> Tensor:
    """Join along the first axis; vectors are rows."""

@overload
def vstack(
    arrays: Sequence[Array] | Array, /, *, dtype: DTypeLike | None = None, casting: str = "same_kind"
) -> Array: ...
@overload
def vstack(arrays: Iterable[Operand], /, *, dtype: DTypeLike | None = None, casting: str = "same_kind") -> Tensor: ...
@overload
def where(condition: Tensor, x: Operand, y: Operand, /) -> Tensor: ...
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
def where(condition: Operand, /) -> tuple[NDArray[np.intp], ...]: ...
