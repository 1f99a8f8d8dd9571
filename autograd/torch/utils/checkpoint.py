"""`torch.utils.checkpoint`: results that are computed again on the way back, instead of kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.engine import checkpoint as _engine

__all__ = ["checkpoint"]


def checkpoint(function: Callable[..., Any], *args: Any, use_reentrant: bool | None = None, **kwargs: Any) -> Any:
    """The result of a function, of which nothing in between is kept for the way back.

    Parameters
    ----------
    function : callable
    *args
        Its arguments.
    use_reentrant : bool, optional
        Taken and not needed.
    **kwargs
        More arguments.

    Examples
    --------
    >>> import autograd.torch as torch
    >>> from autograd.torch.utils.checkpoint import checkpoint
    >>> x = torch.tensor(0.5, requires_grad=True)
    >>> checkpoint(lambda x: x.sin().exp(), x, use_reentrant=False).backward()
    >>> x.grad
    tensor(1.4174)
    """
    return _engine.checkpoint(function)(*args, **kwargs)
