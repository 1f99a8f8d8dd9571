"""The methods of `Tensor` that are functions as well, or that change it in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numpy.typing import DTypeLike

from autograd.torch import (
    algebra,
    arranging,
    bits,
    comparing,
    counting,
    drawing,
    editing,
    factories,
    legacy,
    memory,
    places,
    pointwise,
    reductions,
    shapes,
    solving,
    statistics,
)
from autograd.torch.dtypes import bool as bool_
from autograd.torch.dtypes import float16, float32, float64, int8, int16, int32, int64, uint8
from autograd.torch.tensor import Tensor
from autograd.torch.tensor_methods import TensorMethods

if TYPE_CHECKING:
    from autograd.typing import Operand


def _names(text: str) -> list[str]:
    return text.split()


OF_POINTWISE = _names("""
abs absolute acos acosh add addcdiv addcmul arccos arccosh arcsin arcsinh arctan arctan2 arctanh asin asinh atan
atan2 atanh ceil clamp clamp_max clamp_min clip copysign cos cosh
deg2rad digamma div divide eq erf erfc erfinv exp exp2 expm1 fix floor floor_divide float_power fmax fmin fmod frac ge greater
greater_equal gt heaviside hypot i0 isclose isfinite isinf isnan isneginf isposinf le lerp less less_equal lgamma log log10 log1p log2
log_softmax logaddexp logaddexp2 logical_and logical_not logical_or logical_xor logit lt maximum minimum mul
multiply nan_to_num ne neg negative nextafter not_equal positive pow rad2deg reciprocal relu remainder round rsqrt sigmoid sign signbit sin
sinc sinh softmax sqrt square sub subtract tan tanh true_divide trunc xlogy
""")
OF_REDUCTIONS = _names("""
all amax amin aminmax any argmax argmin argsort count_nonzero cummax cummin cumprod cumsum kthvalue logsumexp max mean median
min mode msort nanmean nansum prod quantile sort std sum topk var
""")
OF_SHAPES = _names("""
adjoint broadcast_to chunk diag diag_embed diagonal expand expand_as flatten flip fliplr flipud moveaxis movedim
narrow permute ravel repeat repeat_interleave reshape reshape_as roll rot90 select split split_with_sizes squeeze
swapaxes swapdims t tensor_split tile trace transpose tril triu unbind unflatten unfold unsqueeze view view_as
""")
OF_PLACES = _names("""
argwhere gather index_add index_copy index_fill index_put index_select masked_fill masked_scatter masked_select
nonzero scatter scatter_add scatter_reduce take take_along_dim
""")
OF_ALGEBRA = _names("""
addbmm addmm addmv addr baddbmm bmm cholesky cross det diff dist dot ger inner kron logdet matmul matrix_power mm mv norm outer
pinverse pinv qr renorm slogdet svd
""")
OF_BITS = _names("""
bitwise_and bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor
""")
OF_COUNTING = _names("""
bincount histc unique
""")
OF_FACTORIES = _names("""
new_empty new_full new_ones new_tensor new_zeros
""")
OF_DRAWING = _names("""
bernoulli bernoulli_ exponential_ multinomial normal_ random_ uniform_
""")


def _to(dtype: DTypeLike | None) -> Any:
    def cast(self: Tensor) -> Tensor:
        return self.to(dtype)

    cast.__doc__ = f"In {dtype}; NumPy's `astype`."
    return cast


def _where(self: Tensor, condition: Operand, other: Operand) -> Tensor:
    """The elements of this tensor where a condition holds, elsewhere those of another."""
    return pointwise.where(condition, self, other)


METHODS: dict[str, Any] = {
    **{name: getattr(pointwise, name) for name in OF_POINTWISE},
    **{name: getattr(reductions, name) for name in OF_REDUCTIONS},
    **{name: getattr(counting, name) for name in OF_COUNTING},
    **{name: getattr(shapes, name) for name in OF_SHAPES},
    **{name: getattr(places, name) for name in OF_PLACES},
    **{name: getattr(algebra, name) for name in OF_ALGEBRA},
    **{name: getattr(factories, name) for name in OF_FACTORIES},
    **{name: getattr(drawing, name) for name in OF_DRAWING},
    **editing.IN_PLACE,
    **{"float": _to(float32), "double": _to(float64), "half": _to(float16), "long": _to(int64), "int": _to(int32)},
    **{"short": _to(int16), "char": _to(int8), "byte": _to(uint8), "bool": _to(bool_)},
    "inverse": algebra.inv,
    **{name: getattr(arranging, name) for name in ("diagflat", "dsplit", "hsplit", "unique_consecutive", "vsplit")},
    **{name: getattr(bits, name) for name in OF_BITS},
    **bits.OPERATORS,
    **{name: getattr(comparing, name) for name in ("allclose", "equal")},
    **{name: getattr(solving, name) for name in ("cholesky_inverse", "cholesky_solve", "matrix_exp", "vdot")},
    **{name: getattr(statistics, name) for name in ("corrcoef", "cov", "logcumsumexp", "nanmedian", "nanquantile")},
    "where": _where,
    **{name: getattr(memory, name) for name in ("as_strided", "storage", "storage_offset", "untyped_storage")},
    **{name: getattr(legacy, name) for name in ("new", "resize")},
}
for _name, _method in METHODS.items():
    setattr(TensorMethods, _name, _method)
