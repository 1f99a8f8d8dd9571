"""Activations as modules: each a function of `autograd`, with its parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import ShapeError
from autograd.ops import activation, elementwise, stable
from autograd.ops.shape import shape
from nn import functional
from nn.arguments import check_count, check_number, describe_shape
from nn.module import Module
from nn.parameter import Parameter

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import DTypeLike, Input


class InPlace(Module):
    """What activations share that may write their result into their input.

    Parameters
    ----------
    inplace : bool
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def told(self, options: str) -> str:
        """The options for `repr`, with `inplace` where it is set.

        Parameters
        ----------
        options : str

        Returns
        -------
        str

        Examples
        --------
        >>> import nn
        >>> nn.ReLU(inplace=True)
        ReLU(inplace=True)
        """
        return ", ".join(part for part in (options, "inplace=True" if self.inplace else "") if part)

    def extra_repr(self) -> str:
        return self.told("")


class Identity(Module):
    """x.

    Parameters
    ----------
    *args, **kwargs
        Whatever another layer takes in this place; they mean nothing.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Identity()(np.array([-2.0, 2.0])).round(6).tolist()
    [-2.0, 2.0]
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, x: Input) -> Tensor:
        return x  # type: ignore[return-value] # what came in: in a network a tensor


class ReLU(InPlace):
    """max(x, 0); the derivative at 0 is 0.

    Parameters
    ----------
    inplace : bool
        Write the result into the input.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.ReLU()(np.array([-2.0, 2.0])).round(6).tolist()
    [0.0, 2.0]
    """

    def forward(self, x: Input) -> Tensor:
        # Most networks have many of them: the operation itself, without a call between.
        return functional.relu(x, True) if self.inplace else activation.relu(x)


class LeakyReLU(InPlace):
    """x where positive, negative_slope·x elsewhere.

    Parameters
    ----------
    negative_slope : float
    inplace : bool
        Write the result into the input.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.LeakyReLU()(np.array([-2.0, 2.0])).round(6).tolist()
    [-0.02, 2.0]
    """

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.negative_slope = negative_slope

    def forward(self, x: Input) -> Tensor:
        return functional.leaky_relu(x, self.negative_slope, self.inplace)

    def extra_repr(self) -> str:
        return self.told(f"negative_slope={self.negative_slope}")


class ELU(InPlace):
    """x where positive, alpha·(exp(x) − 1) elsewhere (Clevert et al. 2015).

    Parameters
    ----------
    alpha : float
        What the function tends to on the left, without its sign.
    inplace : bool
        Write the result into the input.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.ELU()(np.array([-2.0, 2.0])).round(6).tolist()
    [-0.864665, 2.0]
    """

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.alpha = alpha

    def forward(self, x: Input) -> Tensor:
        return functional.elu(x, self.alpha, self.inplace)

    def extra_repr(self) -> str:
        return self.told(f"alpha={self.alpha}")


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


class SiLU(InPlace):
    """x·sigmoid(x).

    Parameters
    ----------
    inplace : bool
        Write the result into the input.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.SiLU()(np.array([-2.0, 2.0])).round(6).tolist()
    [-0.238406, 1.761594]
    """

    def forward(self, x: Input) -> Tensor:
        return functional.silu(x, self.inplace)


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
    """log(1 + exp(β·x)) / β.

    Parameters
    ----------
    beta : float
    threshold : float
        Where β·x is above it, x itself.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Softplus()(np.array([-2.0, 2.0])).round(6).tolist()
    [0.126928, 2.126928]
    """

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta, self.threshold = beta, threshold

    def forward(self, x: Input) -> Tensor:
        return functional.softplus(x, self.beta, self.threshold)

    def extra_repr(self) -> str:
        return f"beta={self.beta}, threshold={self.threshold}"


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


class ReLU6(InPlace):
    """min(max(x, 0), 6).

    Parameters
    ----------
    inplace : bool
        Write the result into the input.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.ReLU6()(np.array([-2.0, 8.0])).round(6).tolist()
    [0.0, 6.0]
    """

    def forward(self, x: Input) -> Tensor:
        return functional.relu6(x, self.inplace)


class SELU(InPlace):
    """λ·elu(x, α), self-normalising; see `nn.functional.selu`.

    Parameters
    ----------
    inplace : bool
        Write the result into the input.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.SELU()(np.array([-2.0, 2.0])).round(6).tolist()
    [-1.520166, 2.101402]
    """

    def forward(self, x: Input) -> Tensor:
        return functional.selu(x, self.inplace)


class CELU(InPlace):
    """max(x, 0) + min(0, α·(exp(x/α) − 1)).

    Parameters
    ----------
    alpha : float
        Not 0; what the function tends to on the left, without its sign.
    inplace : bool
        Write the result into the input.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.CELU()(np.array([-2.0, 2.0])).round(6).tolist()
    [-0.864665, 2.0]
    """

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.alpha = alpha

    def forward(self, x: Input) -> Tensor:
        return functional.celu(x, self.alpha, self.inplace)

    def extra_repr(self) -> str:
        return self.told(f"alpha={self.alpha}")


class Mish(InPlace):
    """x·tanh(softplus(x)).

    Parameters
    ----------
    inplace : bool
        Write the result into the input.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Mish()(np.array([-2.0, 2.0])).round(6).tolist()
    [-0.252501, 1.943959]
    """

    def forward(self, x: Input) -> Tensor:
        return functional.mish(x, self.inplace)


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


class Hardtanh(InPlace):
    """x, kept between two bounds.

    Parameters
    ----------
    min_val, max_val : float
        The bounds.
    inplace : bool
        Write the result into the input.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Hardtanh()(np.array([-2.0, 0.5])).round(6).tolist()
    [-1.0, 0.5]
    """

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.min_val, self.max_val = min_val, max_val

    def forward(self, x: Input) -> Tensor:
        return functional.hardtanh(x, self.min_val, self.max_val, self.inplace)

    def extra_repr(self) -> str:
        return self.told(f"min_val={self.min_val}, max_val={self.max_val}")


class Hardsigmoid(InPlace):
    """relu6(x + 3) / 6.

    Parameters
    ----------
    inplace : bool
        Write the result into the input.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Hardsigmoid()(np.array([-2.0, 2.0])).round(6).tolist()
    [0.166667, 0.833333]
    """

    def forward(self, x: Input) -> Tensor:
        return functional.hardsigmoid(x, self.inplace)


class Hardswish(InPlace):
    """x·relu6(x + 3) / 6.

    Parameters
    ----------
    inplace : bool
        Write the result into the input.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Hardswish()(np.array([-2.0, 2.0])).round(6).tolist()
    [-0.333333, 1.666667]
    """

    def forward(self, x: Input) -> Tensor:
        return functional.hardswish(x, self.inplace)


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
    num_parameters : int
        One, or one for each channel, axis 1.
    init : float
        The slopes at first.
    dtype : dtype
        float32 by default, as in PyTorch.

    Attributes
    ----------
    weight : Parameter, shape (num_parameters,)
        The slopes.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.PReLU(init=0.5)(np.array([-2.0, 2.0], np.float32)).tolist()
    [-1.0, 2.0]
    """

    def __init__(self, num_parameters: int = 1, init: float = 0.25, dtype: DTypeLike = np.float32) -> None:
        super().__init__()
        self.num_parameters = check_count("PReLU", "num_parameters", num_parameters)
        self.weight = Parameter(np.full(num_parameters, init, dtype))

    def forward(self, x: Input) -> Tensor:
        return functional.prelu(x, self.weight)

    def extra_repr(self) -> str:
        return f"num_parameters={self.num_parameters}"


class Softmin(Module):
    """softmax(−x) along `dim`.

    Parameters
    ----------
    dim : int
        The axis along which the results sum to 1.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Softmin()(np.array([0.0, 0.0])).tolist()
    [0.5, 0.5]
    """

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Input) -> Tensor:
        return functional.softmin(x, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class Softmax2d(Module):
    """softmax over the channels at every place of inputs of shape (N, C, H, W) or (C, H, W).

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Softmax2d()(np.zeros((1, 2, 1, 1))).ravel().tolist()
    [0.5, 0.5]
    """

    def forward(self, x: Input) -> Tensor:
        if len(shape(x)) not in (3, 4):
            raise ShapeError(f"{self.path}: expected an input of shape (N, C, H, W), got {describe_shape(x)}")
        return functional.softmax(x, -3)


class Hardshrink(Module):
    """x beyond ±λ, 0 between.

    Parameters
    ----------
    lambd : float

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Hardshrink()(np.array([-2.0, 0.25])).tolist()
    [-2.0, 0.0]
    """

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def forward(self, x: Input) -> Tensor:
        return functional.hardshrink(x, self.lambd)

    def extra_repr(self) -> str:
        return f"{self.lambd}"


class Softshrink(Module):
    """x drawn towards 0 by λ, and 0 between ±λ.

    Parameters
    ----------
    lambd : float
        Not below 0.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Softshrink()(np.array([-2.0, 0.25])).tolist()
    [-1.5, 0.0]
    """

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = check_number("Softshrink", "lambd", lambd, 0.0)

    def forward(self, x: Input) -> Tensor:
        return functional.softshrink(x, self.lambd)

    def extra_repr(self) -> str:
        return f"{self.lambd}"


class Threshold(InPlace):
    """x where it is above a threshold, a value elsewhere.

    Parameters
    ----------
    threshold, value : float
    inplace : bool
        Write the result into the input.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Threshold(0.5, 7.0)(np.array([0.25, 2.0])).tolist()
    [7.0, 2.0]
    """

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.threshold, self.value = threshold, value

    def forward(self, x: Input) -> Tensor:
        return functional.threshold(x, self.threshold, self.value, self.inplace)

    def extra_repr(self) -> str:
        return self.told(f"threshold={self.threshold}, value={self.value}")


class RReLU(InPlace):
    """x where positive, elsewhere x times a slope: drawn in training, the middle one in evaluation (Xu et al. 2015).

    Parameters
    ----------
    lower, upper : float
    inplace : bool
        Write the result into the input.
    rng : numpy.random.Generator or int, optional
        The source of the slopes, or its seed.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.RReLU(0.25, 0.75).eval()(np.array([-2.0, 2.0])).tolist()
    [-1.0, 2.0]
    """

    def __init__(
        self,
        lower: float = 0.125,
        upper: float = 1.0 / 3.0,
        inplace: bool = False,
        rng: np.random.Generator | int | None = None,
    ) -> None:
        super().__init__(inplace)
        self.lower, self.upper, self._rng = lower, upper, np.random.default_rng(rng)

    def forward(self, x: Input) -> Tensor:
        return functional.rrelu(x, self.lower, self.upper, self.training, self.inplace, self._rng)

    def extra_repr(self) -> str:
        return self.told(f"lower={self.lower:.6g}, upper={self.upper:.6g}")
