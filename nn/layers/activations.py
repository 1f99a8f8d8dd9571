"""Activations as modules: each a function of `autograd`, with its parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograd.ops import activation, comparison, elementwise, stable
from nn import functional
from nn.module import Module
from nn.parameter import Parameter

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import DTypeLike, Input


class Identity(Module):
    """x.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Identity()(np.array([-2.0, 2.0])).round(6).tolist()
    [-2.0, 2.0]
    """

    def forward(self, x: Input) -> Tensor:
        return x  # type: ignore[return-value] # what came in: in a network a tensor


class ReLU(Module):
    """max(x, 0); the derivative at 0 is 0.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.ReLU()(np.array([-2.0, 2.0])).round(6).tolist()
    [0.0, 2.0]
    """

    def forward(self, x: Input) -> Tensor:
        return activation.relu(x)


class LeakyReLU(Module):
    """x where positive, negative_slope·x elsewhere.

    Parameters
    ----------
    negative_slope : float

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.LeakyReLU()(np.array([-2.0, 2.0])).round(6).tolist()
    [-0.02, 2.0]
    """

    def __init__(self, negative_slope: float = 0.01) -> None:
        super().__init__()
        self.negative_slope = negative_slope

    def forward(self, x: Input) -> Tensor:
        return activation.leaky_relu(x, self.negative_slope)

    def extra_repr(self) -> str:
        return f"negative_slope={self.negative_slope}"


class ELU(Module):
    """x where positive, alpha·(exp(x) − 1) elsewhere (Clevert et al. 2015).

    Parameters
    ----------
    alpha : float
        What the function tends to on the left, without its sign.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.ELU()(np.array([-2.0, 2.0])).round(6).tolist()
    [-0.864665, 2.0]
    """

    def __init__(self, alpha: float = 1.0) -> None:
        super().__init__()
        self.alpha = alpha

    def forward(self, x: Input) -> Tensor:
        return activation.elu(x, self.alpha)

    def extra_repr(self) -> str:
        return f"alpha={self.alpha}"


class GELU(Module):
    """x·Φ(x) (Hendrycks and Gimpel 2016).

    Parameters
    ----------
    approximate : {"none", "tanh"}

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.GELU()(np.array([-2.0, 2.0])).round(6).tolist()
    [-0.0455, 1.9545]
    """

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, x: Input) -> Tensor:
        return activation.gelu(x, self.approximate)

    def extra_repr(self) -> str:
        return f"approximate={self.approximate!r}"


class SiLU(Module):
    """x·sigmoid(x).

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.SiLU()(np.array([-2.0, 2.0])).round(6).tolist()
    [-0.238406, 1.761594]
    """

    def forward(self, x: Input) -> Tensor:
        return activation.silu(x)


class Sigmoid(Module):
    """1/(1 + exp(−x)).

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Sigmoid()(np.array([-2.0, 2.0])).round(6).tolist()
    [0.119203, 0.880797]
    """

    def forward(self, x: Input) -> Tensor:
        return elementwise.sigmoid(x)


class Tanh(Module):
    """tanh(x).

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Tanh()(np.array([-2.0, 2.0])).round(6).tolist()
    [-0.964028, 0.964028]
    """

    def forward(self, x: Input) -> Tensor:
        return elementwise.tanh(x)


class Softplus(Module):
    """log(1 + exp(x)).

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Softplus()(np.array([-2.0, 2.0])).round(6).tolist()
    [0.126928, 2.126928]
    """

    def forward(self, x: Input) -> Tensor:
        return elementwise.softplus(x)


class Softmax(Module):
    """exp(x) over its sum along `dim`.

    Parameters
    ----------
    dim : int
        The axis along which the results sum to 1.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Softmax()(np.array([0.0, 0.0])).round(6).tolist()
    [0.5, 0.5]
    """

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Input) -> Tensor:
        return stable.softmax(x, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class LogSoftmax(Module):
    """The logarithm of softmax along `dim`.

    Parameters
    ----------
    dim : int
        The axis along which the probabilities sum to 1.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.LogSoftmax()(np.array([0.0, 0.0])).round(6).tolist()
    [-0.693147, -0.693147]
    """

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Input) -> Tensor:
        return stable.log_softmax(x, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class ReLU6(Module):
    """min(max(x, 0), 6).

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.ReLU6()(np.array([-2.0, 8.0])).round(6).tolist()
    [0.0, 6.0]
    """

    def forward(self, x: Input) -> Tensor:
        return functional.relu6(x)


class SELU(Module):
    """λ·elu(x, α), self-normalising; see `nn.functional.selu`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.SELU()(np.array([-2.0, 2.0])).round(6).tolist()
    [-1.520166, 2.101402]
    """

    def forward(self, x: Input) -> Tensor:
        return functional.selu(x)


class CELU(Module):
    """max(x, 0) + min(0, α·(exp(x/α) − 1)).

    Parameters
    ----------
    alpha : float
        Not 0; what the function tends to on the left, without its sign.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.CELU()(np.array([-2.0, 2.0])).round(6).tolist()
    [-0.864665, 2.0]
    """

    def __init__(self, alpha: float = 1.0) -> None:
        super().__init__()
        self.alpha = alpha

    def forward(self, x: Input) -> Tensor:
        return functional.celu(x, self.alpha)

    def extra_repr(self) -> str:
        return f"alpha={self.alpha}"


class Mish(Module):
    """x·tanh(softplus(x)).

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Mish()(np.array([-2.0, 2.0])).round(6).tolist()
    [-0.252501, 1.943959]
    """

    def forward(self, x: Input) -> Tensor:
        return functional.mish(x)


class Softsign(Module):
    """x / (1 + |x|).

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Softsign()(np.array([-2.0, 2.0])).round(6).tolist()
    [-0.666667, 0.666667]
    """

    def forward(self, x: Input) -> Tensor:
        return functional.softsign(x)


class Tanhshrink(Module):
    """x − tanh(x).

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Tanhshrink()(np.array([-2.0, 2.0])).round(6).tolist()
    [-1.035972, 1.035972]
    """

    def forward(self, x: Input) -> Tensor:
        return functional.tanhshrink(x)


class LogSigmoid(Module):
    """log(sigmoid(x)).

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.LogSigmoid()(np.array([-2.0, 2.0])).round(6).tolist()
    [-2.126928, -0.126928]
    """

    def forward(self, x: Input) -> Tensor:
        return functional.logsigmoid(x)


class Hardtanh(Module):
    """x, kept between two bounds.

    Parameters
    ----------
    min_val, max_val : float
        The bounds.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Hardtanh()(np.array([-2.0, 0.5])).round(6).tolist()
    [-1.0, 0.5]
    """

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0) -> None:
        super().__init__()
        self.min_val, self.max_val = min_val, max_val

    def forward(self, x: Input) -> Tensor:
        return functional.hardtanh(x, self.min_val, self.max_val)

    def extra_repr(self) -> str:
        return f"min_val={self.min_val}, max_val={self.max_val}"


class Hardsigmoid(Module):
    """relu6(x + 3) / 6.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Hardsigmoid()(np.array([-2.0, 2.0])).round(6).tolist()
    [0.166667, 0.833333]
    """

    def forward(self, x: Input) -> Tensor:
        return functional.hardsigmoid(x)


class Hardswish(Module):
    """x·relu6(x + 3) / 6.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Hardswish()(np.array([-2.0, 2.0])).round(6).tolist()
    [-0.333333, 1.666667]
    """

    def forward(self, x: Input) -> Tensor:
        return functional.hardswish(x)


class GLU(Module):
    """The first half of an axis times the sigmoid of the second.

    Parameters
    ----------
    dim : int
        The axis that falls into two halves.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.GLU()(np.array([3.0, 0.0])).round(6).tolist()
    [1.5]
    """

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Input) -> Tensor:
        return functional.glu(x, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class PReLU(Module):
    """x where positive, weight·x elsewhere, with a learned slope (He et al. 2015); the derivative at 0 is the slope.

    Parameters
    ----------
    init : float
        The slope at first.
    dtype : dtype
        float32 by default, as in PyTorch.

    Attributes
    ----------
    weight : Parameter, of one element
        The slope.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.PReLU(0.5)(np.array([-2.0, 2.0], np.float32)).tolist()
    [-1.0, 2.0]
    """

    def __init__(self, init: float = 0.25, dtype: DTypeLike = np.float32) -> None:
        super().__init__()
        self.weight = Parameter(np.full(1, init, dtype))

    def forward(self, x: Input) -> Tensor:
        return comparison.where(comparison.greater(x, 0.0), x, self.weight * x)
