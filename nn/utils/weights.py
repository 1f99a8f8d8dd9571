"""Weights that are computed anew before every forward pass: of a length of their own, or of spectral norm 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from autograd.errors import OperandError
from autograd.graph.modes import live, mode, track
from autograd.graph.node import get_data, raw
from autograd.ops.elementwise import sqrt, square
from autograd.ops.reduction import sum as sum_
from autograd.ops.shape import moveaxis, reshape, shape
from nn.layers.convolution import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from nn.module import Module
from nn.parameter import Parameter

if TYPE_CHECKING:
    from autograd.typing import Input

__all__ = ["remove_spectral_norm", "remove_weight_norm", "spectral_norm", "weight_norm"]

M = TypeVar("M", bound=Module)


class _Computed:
    """A forward pre-hook that puts a weight in its place; a subclass says in `compute` what it is."""

    # How it is taken away; none as long as it is not there.
    handles: tuple[Any, ...] = ()

    def __init__(self, name: str) -> None:
        self.name = name

    def compute(self, module: Module) -> Any:
        raise TypeError(f"{type(self).__name__} has no compute")

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self.name, self.compute(module))

    def let_go(self, module: Module, inputs: Any, output: Any) -> None:
        """Keep the numbers alone after a pass: a part of a graph cannot be pickled."""
        setattr(module, self.name, getattr(module, self.name).detach())

    def attach(self, module: Module) -> None:
        self(module, None)
        self.let_go(module, None, None)
        self.handles = module.register_forward_pre_hook(self), module.register_forward_hook(self.let_go)

    def put_back(self, module: Module, names: tuple[str, ...]) -> None:
        """Make the weight as it is now a parameter again."""
        for handle in self.handles:
            handle.remove()
        self.handles = ()
        weight = np.array(get_data(self.compute(module)))
        for name in (self.name, *names):
            delattr(module, name)
        setattr(module, self.name, Parameter(weight))


def _own_parameter(what: str, module: Module, name: str) -> Parameter:
    own = module.structure().parameters
    if own.get(name) is None:
        raise OperandError(
            f"{what}: {type(module).__name__} has no parameter {name!r}; it has {', '.join(own) or 'none'}"
        )
    return own[name]


def _hook_of(what: str, module: Module, kind: type[_Computed], name: str) -> Any:
    for hook in module.structure().hooks.values():
        function = getattr(hook, "function", None)
        if isinstance(function, kind) and function.name == name:
            return function
    raise ValueError(f"{what}: {type(module).__name__} has none of {name!r}")


class _OfLength(_Computed):
    def __init__(self, name: str, dim: int | None) -> None:
        super().__init__(name)
        self.dim = dim

    def length(self, x: Input) -> Any:
        axes = len(shape(x))
        over = None if self.dim is None else tuple(a for a in range(axes) if a != self.dim % axes)
        return sqrt(sum_(square(x), axis=over, keepdims=self.dim is not None))

    def compute(self, module: Module) -> Any:
        direction = getattr(module, f"{self.name}_v")
        return direction * (getattr(module, f"{self.name}_g") / self.length(direction))


def weight_norm(module: M, name: str = "weight", dim: int | None = 0) -> M:
    """Let a weight be g·v/‖v‖, of a length g and a direction v that are parameters (Salimans and Kingma 2016).

    Parameters
    ----------
    module : Module
        Changed, and given back.
    name : str
        The parameter, in whose place there are `{name}_g` and `{name}_v` then.
    dim : int, optional
        The axis along which each has a length of its own; None for one of all.

    Returns
    -------
    Module

    Raises
    ------
    OperandError
        For a name that is no parameter of the module itself.

    Examples
    --------
    >>> import nn
    >>> layer = nn.utils.weight_norm(nn.Linear(3, 2))
    >>> [(name, p.shape) for name, p in layer.named_parameters()]
    [('bias', (2,)), ('weight_g', (2, 1)), ('weight_v', (2, 3))]
    """
    weight = np.array(get_data(_own_parameter("weight_norm", module, name)))
    hook = _OfLength(name, dim)
    delattr(module, name)
    module.register_parameter(f"{name}_g", Parameter(hook.length(weight)))
    module.register_parameter(f"{name}_v", Parameter(weight))
    hook.attach(module)
    return module


def remove_weight_norm(module: M, name: str = "weight") -> M:
    """Make a weight of `weight_norm` an ordinary parameter again, as it is now.

    Parameters
    ----------
    module : Module
    name : str

    Returns
    -------
    Module

    Raises
    ------
    ValueError
        Where there is none.

    Examples
    --------
    >>> import nn
    >>> layer = nn.utils.remove_weight_norm(nn.utils.weight_norm(nn.Linear(3, 2)))
    >>> [name for name, _ in layer.named_parameters()]
    ['bias', 'weight']
    """
    hook = _hook_of("remove_weight_norm", module, _OfLength, name)
    hook.put_back(module, (f"{name}_g", f"{name}_v"))
    return module


class _OfNormOne(_Computed):
    def __init__(self, name: str, rounds: int, eps: float, dim: int) -> None:
        super().__init__(name)
        self.rounds, self.eps, self.dim = rounds, eps, dim

    def matrix(self, weight: Input) -> Any:
        rows = weight if self.dim == 0 else moveaxis(weight, self.dim, 0)
        return reshape(rows, (shape(rows)[0], int(np.prod(shape(rows)[1:]))))

    def unit(self, x: np.ndarray) -> np.ndarray:
        return x / max(float(np.linalg.norm(x)), self.eps)

    def iterate(self, weight: Any, u: Any, v: Any) -> None:
        """Draw two vectors nearer to the singular ones of the greatest singular value."""
        rows, left, right = self.matrix(get_data(weight)), raw(u), raw(v)
        for _ in range(self.rounds):
            right[...] = self.unit(rows.T @ left)
            left[...] = self.unit(rows @ right)

    def compute(self, module: Module) -> Any:
        weight = getattr(module, f"{self.name}_orig")
        u, v = (getattr(module, f"{self.name}_{side}") for side in "uv")
        if module.training and self.handles:
            if mode().recorder is not None:
                raise OperandError(
                    "spectral_norm: its vectors change at each run in training, which a captured function does not see: call eval(), or "
                    "leave the function uncompiled"
                )
            track(self.iterate, weight, u, v)
        # Copies, as the next pass writes into them before this one's derivative is taken, perhaps.
        left, right = (live(raw(side)).copy() for side in (u, v))
        rows = self.matrix(weight)
        return weight / sum_(left * (rows @ right))


def spectral_norm(
    module: M,
    name: str = "weight",
    n_power_iterations: int = 1,
    eps: float = 1e-12,
    dim: int | None = None,
    *,
    rng: np.random.Generator | int | None = None,
) -> M:
    """Divide a weight by its greatest singular value, which power iteration finds in training (Miyato et al. 2018).

    Parameters
    ----------
    module : Module
        Changed, and given back.
    name : str
        The parameter, in whose place there is `{name}_orig` then, with the buffers `{name}_u` and `{name}_v`.
    n_power_iterations : int
        In each forward pass in training.
    eps : float
        What a norm is at least.
    dim : int, optional
        The axis of the outputs; 1 of transposed convolutions, else 0 by default.
    rng : numpy.random.Generator or int, optional
        The source of the first vectors, or its seed.

    Returns
    -------
    Module

    Raises
    ------
    OperandError
        For a name that is no parameter of the module itself.

    Examples
    --------
    >>> import numpy as np, nn
    >>> layer = nn.utils.spectral_norm(nn.Linear(3, 2, dtype=np.float64, rng=0), n_power_iterations=50, rng=0)
    >>> _ = layer(np.ones((1, 3)))
    >>> float(np.linalg.norm(layer.weight.data, 2).round(6))
    1.0
    """
    if n_power_iterations < 1:
        raise ValueError(f"spectral_norm: n_power_iterations must be from 1 on, got {n_power_iterations}")
    weight = np.array(get_data(_own_parameter("spectral_norm", module, name)))
    turned = isinstance(module, (ConvTranspose1d, ConvTranspose2d, ConvTranspose3d))
    hook = _OfNormOne(name, n_power_iterations, eps, (1 if turned else 0) if dim is None else dim)
    rng = np.random.default_rng(rng)
    delattr(module, name)
    module.register_parameter(f"{name}_orig", Parameter(weight))
    for side, length in zip("uv", hook.matrix(weight).shape, strict=True):
        vector = np.asarray(rng.normal(0.0, 1.0, (length,)), weight.dtype)
        module.register_buffer(f"{name}_{side}", hook.unit(vector).astype(weight.dtype))
    hook.attach(module)
    return module


def remove_spectral_norm(module: M, name: str = "weight") -> M:
    """Make a weight of `spectral_norm` an ordinary parameter again, as it is now.

    Parameters
    ----------
    module : Module
    name : str

    Returns
    -------
    Module

    Raises
    ------
    ValueError
        Where there is none.

    Examples
    --------
    >>> import nn
    >>> layer = nn.utils.remove_spectral_norm(nn.utils.spectral_norm(nn.Linear(3, 2)))
    >>> [name for name, _ in layer.named_parameters()]
    ['bias', 'weight']
    """
    hook = _hook_of("remove_spectral_norm", module, _OfNormOne, name)
    hook.put_back(module, tuple(f"{name}_{part}" for part in ("orig", "u", "v")))
    return module
