"""`Linear` and `Bilinear`: affine maps of one input, and of two."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograd.errors import ShapeError
from autograd.ops.linalg import linear, matmul
from autograd.ops.shape import matrix_transpose, shape
from nn import init
from nn.arguments import check_count, describe_shape
from nn.functional.affine import bilinear
from nn.module import Module
from nn.parameter import Parameter

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import DTypeLike, Input


class Linear(Module):
    """`x @ weight.T + bias`.

    Parameters
    ----------
    in_features, out_features : int
    bias : bool
    dtype : dtype
        float32 by default, as in PyTorch.
    rng : numpy.random.Generator or int, optional
        The source of the first weights, or its seed.

    Attributes
    ----------
    weight : Parameter, shape (out_features, in_features)
        At first uniform within ±1/√in_features, PyTorch's default.
    bias : Parameter, shape (out_features,), or None
        At first as the weight.

    Raises
    ------
    ShapeError
        Where the last axis of the input is not `in_features` long; it names the module's path.

    Examples
    --------
    >>> import numpy as np
    >>> Linear(3, 2, rng=0)(np.ones((5, 3), np.float32)).shape
    (5, 2)
    """

    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        dtype: DTypeLike = np.float32,
        rng: np.random.Generator | int | None = None,
    ) -> None:
        super().__init__()
        self.in_features = check_count("Linear", "in_features", in_features)
        self.out_features = check_count("Linear", "out_features", out_features)
        rng = np.random.default_rng(rng)
        self.weight = Parameter(np.zeros((out_features, in_features), dtype))
        self.bias = Parameter(np.zeros(out_features, dtype)) if bias else None
        bound = in_features**-0.5
        init.uniform_(self.weight, -bound, bound, rng=rng)
        if self.bias is not None:
            init.uniform_(self.bias, -bound, bound, rng=rng)

    def forward(self, x: Input) -> Tensor:
        """(…, in_features) to (…, out_features).

        Parameters
        ----------
        x : array or Tensor, shape (…, in_features)

        Returns
        -------
        Tensor, shape (…, out_features)

        Raises
        ------
        ShapeError
            For an input of another length.

        Examples
        --------
        >>> import numpy as np, nn
        >>> nn.Linear(3, 2, rng=0)(np.ones((1, 3), np.float32)).shape
        (1, 2)
        """
        if shape(x)[-1:] != (self.in_features,):
            raise ShapeError(
                f"{self.path}: expected an input of shape (…, {self.in_features}), got {describe_shape(x)}"
            )
        if self.bias is None:
            return matmul(x, matrix_transpose(self.weight))
        return linear(x, self.weight, self.bias)

    def extra_repr(self) -> str:
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


class Bilinear(Module):
    """Σᵢⱼ x₁ᵢ·Aᵢⱼ·x₂ⱼ + b for each matrix A of the weight.

    Parameters
    ----------
    in1_features, in2_features, out_features : int
    bias : bool
    dtype : dtype
    rng : numpy.random.Generator or int, optional

    Attributes
    ----------
    weight : Parameter, shape (out_features, in1_features, in2_features)
        At first uniform within ±1/√in1_features, as the bias.
    bias : Parameter, shape (out_features,), or None

    Examples
    --------
    >>> import numpy as np
    >>> Bilinear(3, 4, 2, rng=0)(np.ones((5, 3), np.float32), np.ones((5, 4), np.float32)).shape
    (5, 2)
    """

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        out_features: int,
        bias: bool = True,
        dtype: DTypeLike = np.float32,
        rng: np.random.Generator | int | None = None,
    ) -> None:
        super().__init__()
        self.in1_features = check_count("Bilinear", "in1_features", in1_features)
        self.in2_features = check_count("Bilinear", "in2_features", in2_features)
        self.out_features = check_count("Bilinear", "out_features", out_features)
        rng, bound = np.random.default_rng(rng), in1_features**-0.5
        self.weight = Parameter(np.zeros((out_features, in1_features, in2_features), dtype))
        init.uniform_(self.weight, -bound, bound, rng=rng)
        self.bias = Parameter(np.zeros(out_features, dtype)) if bias else None
        if self.bias is not None:
            init.uniform_(self.bias, -bound, bound, rng=rng)

    def forward(self, x1: Input, x2: Input) -> Tensor:
        return bilinear(x1, x2, self.weight, self.bias)

    def extra_repr(self) -> str:
        return f"{self.in1_features}, {self.in2_features}, {self.out_features}, bias={self.bias is not None}"
