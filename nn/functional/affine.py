"""Affine and bilinear maps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd.errors import ShapeError
from autograd.ops.einsum import einsum
from autograd.ops.linalg import linear as linear_with_bias
from autograd.ops.linalg import matmul
from autograd.ops.shape import matrix_transpose, shape
from nn.arguments import describe_shape

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import Input


def linear(input: Input, weight: Input, bias: Input | None = None) -> Tensor:
    """x @ weight.T + bias.

    Parameters
    ----------
    input : (…, in_features)
    weight : (out_features, in_features)
    bias : (out_features,), optional

    Returns
    -------
    numpy.ndarray or Tensor, shape (…, out_features)

    Raises
    ------
    ShapeError
        For an input of another length.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.linear(np.array([1.0, 2.0]), np.array([[3.0, 4.0]]), np.array([0.5])).tolist()
    [11.5]
    """
    if len(shape(weight)) == 2 and shape(input)[-1:] != shape(weight)[1:]:
        raise ShapeError(f"linear: expected an input of shape (…, {shape(weight)[1]}), got {describe_shape(input)}")
    if bias is None:
        return matmul(input, matrix_transpose(weight) if len(shape(weight)) > 1 else weight)
    return linear_with_bias(input, weight, bias)


def bilinear(input1: Input, input2: Input, weight: Input, bias: Input | None = None) -> Tensor:
    """Σᵢⱼ x₁ᵢ·Aᵢⱼ·x₂ⱼ + b for each matrix A of the weight.

    Parameters
    ----------
    input1 : (…, in1_features)
    input2 : (…, in2_features)
    weight : (out_features, in1_features, in2_features)
    bias : (out_features,), optional

    Returns
    -------
    numpy.ndarray or Tensor, shape (…, out_features)

    Raises
    ------
    ShapeError
        Where the shapes do not go together.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.bilinear(np.array([[1.0, 2.0]]), np.array([[3.0]]), np.ones((1, 2, 1))).tolist()
    [[9.0]]
    """
    have = shape(weight)
    if len(have) != 3 or shape(input1)[-1:] != have[1:2] or shape(input2)[-1:] != have[2:]:
        raise ShapeError(
            f"bilinear: inputs (…, i) and (…, j) and a weight (o, i, j) are {describe_shape(input1)}, {describe_shape(input2)} "
            f"and {describe_shape(weight)}"
        )
    out: Any = einsum("...i,oij,...j->...o", input1, weight, input2)
    return out if bias is None else out + bias
