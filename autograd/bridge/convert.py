"""`from_torch`: a model or function of PyTorch as a function on this engine, and its arguments as leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from autograd.bridge.bridged import Bridged
from autograd.bridge.program import Reference
from autograd.bridge.torch_export import capture
from autograd.graph.tree import map_leaves


def from_torch(function: Any, *args: Any, **kwargs: Any) -> Bridged:
    """Capture what a module or a function of PyTorch computes, as a function on this engine.

    It computes what the module does for arguments of these shapes, in its mode of now (`train()` or `eval()`); its nodes carry
    the lines and the module paths of the user's source. The parameters are copies.

    Parameters
    ----------
    function : torch.nn.Module, or callable
    *args, **kwargs
        Examples of the arguments: tensors, structures of them, and settings, which become a part of the program.

    Returns
    -------
    Bridged
        Called with arrays or tensors; has `named_parameters`, `state_dict`, `save`.

    Raises
    ------
    BridgeError
        Where PyTorch cannot capture it.
    MissingTranslationError
        Where an operation has no translation here: the message names it, its line, and how to supply one.

    Examples
    --------
    >>> import torch                                            # doctest: +SKIP
    >>> from autograd import bridge
    >>> model = torch.nn.Linear(3, 1)                           # doctest: +SKIP
    >>> bridged = bridge.from_torch(model, torch.zeros(2, 3))   # doctest: +SKIP
    >>> bridged(torch.zeros(2, 3)).sum().backward()             # doctest: +SKIP
    >>> [name for name, _ in bridged.named_parameters()]        # doctest: +SKIP
    ['weight', 'bias']
    """
    return Bridged(capture(function, args, kwargs).program)


def adopt(
    function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[Bridged, tuple[Any, ...], dict[str, Any]]:
    """A function of PyTorch's as one on this engine, and its arguments as leaves that require their gradients.

    Whatever draws, steps through or explains a function comes here with one of PyTorch's; see `autograd.graph.foreign`.
    """
    bridged = from_torch(function, *args, **kwargs)
    values = bridged.values(*args, **kwargs)
    inputs = {leaf.name: values[leaf.name] for leaf in bridged.program.of_kind("input")}
    for tensor in inputs.values():
        if tensor.dtype.kind == "f":
            tensor.requires_grad_()

    def fill(x: Any) -> Any:
        return inputs[x.name] if isinstance(x, Reference) else x

    positional, by_name = bridged.program.arguments
    return bridged, tuple(map_leaves(fill, x) for x in positional), {k: map_leaves(fill, x) for k, x in by_name.items()}
