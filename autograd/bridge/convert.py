"""`from_torch`: a model or function of PyTorch as a function on this engine."""

from __future__ import annotations

from typing import Any

from autograd.bridge.bridged import Bridged
from autograd.bridge.torch_export import capture


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
