"""Initialisers: they fill a parameter in place and give it back, with PyTorch's names.

`fan_in` and `fan_out` are the lengths of the last and the first axis of a weight of shape (out, in), times the number of
elements behind them for a kernel (out, in, …).
"""

from __future__ import annotations

import math

import numpy as np

from autograd.engine.tensor import Tensor, stamp
from autograd.errors import OperandError, ShapeError, type_name
from autograd.graph.node import get_data

Rng = np.random.Generator | int | None
# Of a normal distribution between two bounds, so that numbers are drawn again and again until all are between them.
LEAST_SHARE = 0.01


def _fill(tensor: Tensor, values: object) -> Tensor:
    if not isinstance(tensor, Tensor):
        raise OperandError(f"an initialiser fills a Tensor or Parameter in place, not {type_name(tensor)}")
    if tensor.dtype.kind != "f":
        raise OperandError(f"an initialiser fills a tensor of floats, not of {tensor.dtype}")
    get_data(tensor)[...] = values
    stamp([tensor])
    return tensor


def fans(tensor: Tensor) -> tuple[int, int]:
    """The number of inputs that reach an output of this weight, and of outputs that an input reaches.

    Parameters
    ----------
    tensor : Tensor, shape (out, in, …)

    Returns
    -------
    tuple of int

    Examples
    --------
    >>> import numpy as np, nn
    >>> w = nn.Parameter(np.zeros((2, 3)))
    >>> nn.init.fans(w)
    (3, 2)
    """
    if tensor.ndim < 2:
        raise ShapeError(f"initialisation by fan needs a weight of two axes or more, got shape {tensor.shape}")
    if get_data(tensor).size == 0:
        raise ShapeError(f"initialisation by fan needs a weight with elements, got shape {tensor.shape}")
    behind = math.prod(tensor.shape[2:])
    return tensor.shape[1] * behind, tensor.shape[0] * behind


def constant_(tensor: Tensor, val: float) -> Tensor:
    """Every element `val`.

    Parameters
    ----------
    tensor : Tensor
        Filled in place; of any shape.
    val : float

    Returns
    -------
    Tensor
        The same.

    Examples
    --------
    >>> import numpy as np, nn
    >>> w = nn.Parameter(np.zeros((2, 3)))
    >>> nn.init.constant_(w, 0.5).data[0].tolist()
    [0.5, 0.5, 0.5]
    """
    return _fill(tensor, val)


def zeros_(tensor: Tensor) -> Tensor:
    """Every element 0; in a hidden layer its units then stay identical for ever.

    Parameters
    ----------
    tensor : Tensor
        Filled in place; of any shape.

    Returns
    -------
    Tensor
        The same.

    Examples
    --------
    >>> import numpy as np, nn
    >>> w = nn.Parameter(np.zeros((2, 3)))
    >>> nn.init.zeros_(w).data[0].tolist()
    [0.0, 0.0, 0.0]
    """
    return _fill(tensor, 0.0)


def ones_(tensor: Tensor) -> Tensor:
    """Every element 1.

    Parameters
    ----------
    tensor : Tensor
        Filled in place; of any shape.

    Returns
    -------
    Tensor
        The same.

    Examples
    --------
    >>> import numpy as np, nn
    >>> w = nn.Parameter(np.zeros((2, 3)))
    >>> nn.init.ones_(w).data[0].tolist()
    [1.0, 1.0, 1.0]
    """
    return _fill(tensor, 1.0)


def eye_(tensor: Tensor) -> Tensor:
    """The identity, for a weight of two axes.

    Parameters
    ----------
    tensor : Tensor
        Filled in place; of two axes.

    Returns
    -------
    Tensor
        The same.

    Examples
    --------
    >>> import numpy as np, nn
    >>> w = nn.Parameter(np.zeros((2, 3)))
    >>> nn.init.eye_(w).data.tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    """
    if tensor.ndim != 2:
        raise ShapeError(f"eye_ needs a weight of two axes, got shape {tensor.shape}")
    return _fill(tensor, np.eye(tensor.shape[0], tensor.shape[1]))


def orthogonal_(tensor: Tensor, gain: float = 1.0, *, rng: Rng = None) -> Tensor:
    """gain times a matrix with orthonormal rows or columns (Saxe, McClelland and Ganguli 2014).

    Parameters
    ----------
    tensor : Tensor
        Filled in place; of two axes or more.
    gain : float
    rng : numpy.random.Generator or int, optional
        The source, or its seed.

    Returns
    -------
    Tensor
        The same.

    Examples
    --------
    >>> import numpy as np, nn
    >>> w = nn.Parameter(np.zeros((2, 3)))
    >>> rows = nn.init.orthogonal_(w, rng=0).data
    >>> bool(np.allclose(rows @ rows.T, np.eye(2)))
    True
    """
    if tensor.ndim < 2:
        raise ShapeError(f"orthogonal_ needs a weight of two axes or more, got shape {tensor.shape}")
    rows, columns = tensor.shape[0], math.prod(tensor.shape[1:])
    flat = np.random.default_rng(rng).normal(size=(rows, columns))
    q, r = np.linalg.qr(flat if rows >= columns else flat.T)
    # The signs of r's diagonal make it uniform over all orthogonal matrices.
    q *= np.sign(np.diagonal(r))
    return _fill(tensor, gain * (q if rows >= columns else q.T).reshape(tensor.shape))


def trunc_normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, *, rng: Rng = None
) -> Tensor:
    """Normal, drawn again where outside a … b.

    Parameters
    ----------
    tensor : Tensor
        Filled in place; of any shape.
    mean, std : float
    a, b : float
        The bounds.
    rng : numpy.random.Generator or int, optional
        The source, or its seed.

    Returns
    -------
    Tensor
        The same.

    Examples
    --------
    >>> import numpy as np, nn
    >>> w = nn.Parameter(np.zeros((2, 3)))
    >>> bool((abs(nn.init.trunc_normal_(w, rng=0).data) <= 2.0).all())
    True
    """
    if not 0.0 <= std < math.inf:
        raise ValueError(f"trunc_normal_: std must be finite and not negative, got {std!r}")
    if not a < b or not a - 8 * std < mean < b + 8 * std:
        raise ValueError(f"trunc_normal_: nearly nothing of N({mean}, {std}²) is between {a} and {b}")
    source = np.random.default_rng(rng)
    low, high = ((bound - mean) / std if std else math.copysign(math.inf, bound - mean) for bound in (a, b))
    if math.erf(high / math.sqrt(2.0)) - math.erf(low / math.sqrt(2.0)) < 2.0 * LEAST_SHARE:
        drawn = _draw_between(source, low, high, math.prod(tensor.shape))
        return _fill(tensor, np.clip(mean + std * drawn, a, b).reshape(tensor.shape))
    values = source.normal(mean, std, tensor.shape)
    while (outside := (values < a) | (values > b)).any():
        values[outside] = source.normal(mean, std, int(outside.sum()))
    return _fill(tensor, values)


def _draw_between(source: np.random.Generator, low: float, high: float, count: int) -> np.ndarray:
    """Draw from N(0, 1) between bounds that hold little of it: evenly, and keep each number by its share of the greatest density."""
    nearest = min(max(low, 0.0), high)
    # Farther out the density is less than 2⁻⁵³ of the greatest.
    reach = math.hypot(nearest, 9.0)
    found = np.empty(0)
    while len(found) < count:
        some = source.uniform(max(low, -reach), min(high, reach), count)
        share = np.exp((nearest - some) * (nearest + some) / 2.0)
        found = np.append(found, some[source.random(count) < share])
    return found[:count]


def lecun_normal_(tensor: Tensor, *, rng: Rng = None) -> Tensor:
    """Normal with standard deviation 1/√fan_in (LeCun et al. 1998).

    Parameters
    ----------
    tensor : Tensor
        Filled in place; of a shape (out, in, …).
    rng : numpy.random.Generator or int, optional
        The source, or its seed.

    Returns
    -------
    Tensor
        The same.

    Examples
    --------
    >>> import numpy as np, nn
    >>> w = nn.Parameter(np.zeros((2, 3)))
    >>> nn.init.lecun_normal_(w, rng=0).shape
    (2, 3)
    """
    return normal_(tensor, 0.0, fans(tensor)[0] ** -0.5, rng=rng)


def lecun_uniform_(tensor: Tensor, *, rng: Rng = None) -> Tensor:
    """Uniform within ±√(3/fan_in).

    Parameters
    ----------
    tensor : Tensor
        Filled in place; of a shape (out, in, …).
    rng : numpy.random.Generator or int, optional
        The source, or its seed.

    Returns
    -------
    Tensor
        The same.

    Examples
    --------
    >>> import numpy as np, nn
    >>> w = nn.Parameter(np.zeros((2, 3)))
    >>> nn.init.lecun_uniform_(w, rng=0).shape
    (2, 3)
    """
    bound = (3.0 / fans(tensor)[0]) ** 0.5
    return uniform_(tensor, -bound, bound, rng=rng)


def fan_in_uniform_(tensor: Tensor, *, rng: Rng = None) -> Tensor:
    """Uniform within ±1/√fan_in.

    Parameters
    ----------
    tensor : Tensor
        Filled in place; of a shape (out, in, …).
    rng : numpy.random.Generator or int, optional
        The source, or its seed.

    Returns
    -------
    Tensor
        The same.

    Examples
    --------
    >>> import numpy as np, nn
    >>> w = nn.Parameter(np.zeros((2, 3)))
    >>> nn.init.fan_in_uniform_(w, rng=0).shape
    (2, 3)
    """
    bound = fans(tensor)[0] ** -0.5
    return uniform_(tensor, -bound, bound, rng=rng)


def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, *, rng: Rng = None) -> Tensor:
    """Normal with the given mean and standard deviation.

    Parameters
    ----------
    tensor : Tensor
        Filled in place; of any shape.
    mean, std : float
    rng : numpy.random.Generator or int, optional
        The source, or its seed.

    Returns
    -------
    Tensor
        The same.

    Examples
    --------
    >>> import numpy as np, nn
    >>> w = nn.Parameter(np.zeros((2, 3)))
    >>> nn.init.normal_(w, rng=0).shape
    (2, 3)
    """
    if not std >= 0.0:
        raise ValueError(f"normal_: std must not be negative, got {std!r}")
    return _fill(tensor, np.random.default_rng(rng).normal(mean, std, tensor.shape))


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, *, rng: Rng = None) -> Tensor:
    """Uniform from `a` to `b`.

    Parameters
    ----------
    tensor : Tensor
        Filled in place; of any shape.
    a, b : float
        The bounds.
    rng : numpy.random.Generator or int, optional
        The source, or its seed.

    Returns
    -------
    Tensor
        The same.

    Examples
    --------
    >>> import numpy as np, nn
    >>> w = nn.Parameter(np.zeros((2, 3)))
    >>> bool((nn.init.uniform_(w, -1.0, 1.0, rng=0).data < 1.0).all())
    True
    """
    if not a <= b:
        raise ValueError(f"uniform_: a must be at most b, got {a!r} and {b!r}")
    return _fill(tensor, np.random.default_rng(rng).uniform(a, b, tensor.shape))


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, *, rng: Rng = None) -> Tensor:
    """Uniform within ±gain·√(6/(fan_in + fan_out)) (Glorot and Bengio 2010, eq. 16).

    Parameters
    ----------
    tensor : Tensor
        Filled in place; of a shape (out, in, …).
    gain : float
    rng : numpy.random.Generator or int, optional
        The source, or its seed.

    Returns
    -------
    Tensor
        The same.

    Examples
    --------
    >>> import numpy as np, nn
    >>> w = nn.Parameter(np.zeros((2, 3)))
    >>> nn.init.xavier_uniform_(w, rng=0).shape
    (2, 3)
    """
    bound = gain * math.sqrt(6.0 / sum(fans(tensor)))
    return uniform_(tensor, -bound, bound, rng=rng)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, *, rng: Rng = None) -> Tensor:
    """Normal with standard deviation gain·√(2/(fan_in + fan_out)) (Glorot and Bengio 2010).

    Parameters
    ----------
    tensor : Tensor
        Filled in place; of a shape (out, in, …).
    gain : float
    rng : numpy.random.Generator or int, optional
        The source, or its seed.

    Returns
    -------
    Tensor
        The same.

    Examples
    --------
    >>> import numpy as np, nn
    >>> w = nn.Parameter(np.zeros((2, 3)))
    >>> nn.init.xavier_normal_(w, rng=0).shape
    (2, 3)
    """
    return normal_(tensor, 0.0, gain * math.sqrt(2.0 / sum(fans(tensor))), rng=rng)


def _he_std(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"mode must be 'fan_in' or 'fan_out', not {mode!r}")
    gains = {
        "relu": math.sqrt(2.0),
        "leaky_relu": math.sqrt(2.0 / (1.0 + a * a)),
        "linear": 1.0,
        "tanh": 5.0 / 3.0,
        "sigmoid": 1.0,
    }
    if nonlinearity not in gains:
        raise ValueError(f"nonlinearity must be one of {sorted(gains)}, not {nonlinearity!r}")
    fan_in, fan_out = fans(tensor)
    return gains[nonlinearity] / math.sqrt(fan_in if mode == "fan_in" else fan_out)


def kaiming_uniform_(
    tensor: Tensor, a: float = 0.0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", *, rng: Rng = None
) -> Tensor:
    """Uniform within ±gain·√(3/fan), gain √(2/(1 + a²)) (He et al. 2015); with a = 0 that is ±√(6/fan).

    Parameters
    ----------
    tensor : Tensor
        Filled in place; of a shape (out, in, …).
    a : float
        The slope of a leaky ReLU.
    mode : {"fan_in", "fan_out"}
    nonlinearity : str
    rng : numpy.random.Generator or int, optional
        The source, or its seed.

    Returns
    -------
    Tensor
        The same.

    Examples
    --------
    >>> import numpy as np, nn
    >>> w = nn.Parameter(np.zeros((2, 3)))
    >>> nn.init.kaiming_uniform_(w, rng=0).shape
    (2, 3)
    """
    bound = math.sqrt(3.0) * _he_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, rng=rng)


def kaiming_normal_(
    tensor: Tensor, a: float = 0.0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", *, rng: Rng = None
) -> Tensor:
    """Normal with standard deviation gain/√fan, gain √(2/(1 + a²)) (He et al. 2015).

    Parameters
    ----------
    tensor : Tensor
        Filled in place; of a shape (out, in, …).
    a : float
        The slope of a leaky ReLU.
    mode : {"fan_in", "fan_out"}
    nonlinearity : str
    rng : numpy.random.Generator or int, optional
        The source, or its seed.

    Returns
    -------
    Tensor
        The same.

    Examples
    --------
    >>> import numpy as np, nn
    >>> w = nn.Parameter(np.zeros((2, 3)))
    >>> nn.init.kaiming_normal_(w, rng=0).shape
    (2, 3)
    """
    return normal_(tensor, 0.0, _he_std(tensor, a, mode, nonlinearity), rng=rng)


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """What a weight's standard deviation is multiplied by, so that an activation behind it keeps the variance.

    Parameters
    ----------
    nonlinearity : {"linear", "conv1d", …, "sigmoid", "tanh", "relu", "leaky_relu", "selu"}
    param : float, optional
        The slope of a leaky ReLU; 0.01 by default.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        For another one, and a slope that is no number.

    Examples
    --------
    >>> import nn
    >>> nn.init.calculate_gain("tanh"), round(nn.init.calculate_gain("relu"), 6)
    (1.6666666666666667, 1.414214)
    """
    kernels = {f"conv{space}d" for space in (1, 2, 3)} | {f"conv_transpose{space}d" for space in (1, 2, 3)}
    if nonlinearity in kernels | {"linear", "sigmoid"}:
        return 1.0
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, (int, float)):
            raise ValueError(f"calculate_gain: the slope of a leaky ReLU is a number, got {param!r}")
        return math.sqrt(2.0 / (1.0 + slope**2))
    gains = {"tanh": 5.0 / 3.0, "relu": math.sqrt(2.0), "selu": 0.75}
    if nonlinearity not in gains:
        raise ValueError(
            f"calculate_gain: there is no gain of {nonlinearity!r}; there are linear, leaky_relu, {', '.join(gains)}"
        )
    return gains[nonlinearity]


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """The kernel of a convolution that hands its channels on: 1 in the middle for the channel itself, 0 elsewhere.

    Parameters
    ----------
    tensor : Tensor, shape (out, in, …)
        Filled in place; of one to three axes of space.
    groups : int
        Into how many parts the output channels fall, each of which has the input's own.

    Returns
    -------
    Tensor
        The same.

    Raises
    ------
    ShapeError
        For a tensor of other axes, and channels that do not fall into so many groups.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.init.dirac_(nn.Parameter(np.ones((1, 1, 3)))).tolist()
    [[[0.0, 1.0, 0.0]]]
    """
    if tensor.ndim not in (3, 4, 5):
        raise ShapeError(f"dirac_: a kernel has three to five axes, got shape {tensor.shape}")
    if tensor.shape[0] % groups:
        raise ShapeError(f"dirac_: {tensor.shape[0]} output channels do not fall into {groups} groups")
    kernel, own = np.zeros(tensor.shape), tensor.shape[0] // groups
    middle = tuple(n // 2 for n in tensor.shape[2:])
    for group in range(groups):
        for channel in range(min(own, tensor.shape[1])):
            kernel[(group * own + channel, channel, *middle)] = 1.0
    return _fill(tensor, kernel)


def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, *, rng: Rng = None) -> Tensor:
    """Normal, with as large a share of every column 0 (Martens 2010).

    Parameters
    ----------
    tensor : Tensor of two axes
        Filled in place.
    sparsity : float
        The share of zeros, from 0 to 1.
    std : float
        The standard deviation of the others.
    rng : numpy.random.Generator or int, optional
        The source, or its seed.

    Returns
    -------
    Tensor
        The same.

    Raises
    ------
    ShapeError
        For a tensor of other axes.

    Examples
    --------
    >>> import numpy as np, nn
    >>> w = nn.init.sparse_(nn.Parameter(np.zeros((10, 4))), 0.3, rng=0)
    >>> (w.data == 0.0).sum(axis=0).tolist()
    [3, 3, 3, 3]
    """
    if tensor.ndim != 2:
        raise ShapeError(f"sparse_: a matrix is filled so, got shape {tensor.shape}")
    if not 0.0 <= sparsity <= 1.0:
        raise ValueError(f"sparse_: sparsity is a share from 0 to 1, got {sparsity!r}")
    rng = np.random.default_rng(rng)
    normal_(tensor, 0.0, std, rng=rng)
    kept, rows = np.array(get_data(tensor)), tensor.shape[0]
    for column in range(tensor.shape[1]):
        kept[rng.permutation(rows)[: math.ceil(sparsity * rows)], column] = 0.0
    return _fill(tensor, kept)
