"""A module as a function of its parameters and buffers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from autograd.errors import OperandError, ShapeError, type_name

if TYPE_CHECKING:
    from autograd.typing import Input
    from nn.module import Module

State = Mapping[str, Any]


def functional_call(
    module: Module, state: State | Sequence[State], args: Any = (), kwargs: Mapping[str, Any] | None = None
) -> Any:
    """Call a module with other parameters and buffers in the place of its own, which it keeps.

    The tensors take part in what is recorded, so that the call is a function of them: `grad` and `vmap` go through it.

    Parameters
    ----------
    module : Module
    state : dict of str to Tensor or array, or a sequence of such
        By path, as `named_parameters()` and `named_buffers()` name them; what is missing is the module's own. What is found
        by several paths is replaced at all of them.
    args : tuple
        The positional arguments; what is no tuple is the only one.
    kwargs : dict, optional

    Returns
    -------
    The result of the module.

    Raises
    ------
    KeyError
        For a path that the module does not have.
    ShapeError
        For another shape than that of the module's own.

    References
    ----------
    PyTorch's `torch.func.functional_call`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> from autograd import grad
    >>> layer = nn.Linear(2, 1, bias=False)
    >>> x = np.array([3.0, 5.0], np.float32)
    >>> grad(lambda p: nn.functional_call(layer, p, x).sum())({"weight": np.array([[1.0, 1.0]])})
    {'weight': array([[3., 5.]])}
    """
    new = dict(state) if isinstance(state, Mapping) else {path: x for part in state for path, x in part.items()}
    own = {
        **dict(module.named_parameters(remove_duplicate=False)),
        **dict(module.named_buffers(remove_duplicate=False)),
    }
    for path, x in new.items():
        _check(module, own, path, x)
    # A parameter that stands at several places is one.
    by_identity = {id(own[path]): x for path, x in new.items()}
    kept = []
    try:
        for path, mine in own.items():
            if id(mine) in by_identity:
                holder, _, name = path.rpartition(".")
                attributes = vars(module.get_submodule(holder))
                kept.append((attributes, name, attributes[name]))
                attributes[name] = by_identity[id(mine)]
        return module(*(args if isinstance(args, tuple) else (args,)), **(kwargs or {}))
    finally:
        for attributes, name, mine in kept:
            attributes[name] = mine


def _check(module: Module, own: dict[str, Any], path: str, x: Input) -> None:
    what = f"functional_call: {type(module).__name__}"
    if path not in own:
        near = get_close_matches(path, own, 1)
        raise KeyError(
            f"{what} has no {path!r}{f', did you mean {near[0]!r}?' if near else ''}; it has {', '.join(own)}"
        )
    if not hasattr(x, "shape"):
        raise OperandError(f"{what}: {path!r} is a tensor or an array, not {type_name(x)}")
    if x.shape != own[path].shape:
        raise ShapeError(f"{what}: {path!r} has shape {own[path].shape}, not {x.shape}")
