"""Whether operations are recorded, in PyTorch's words beyond the engine's `no_grad` and `enable_grad`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.graph.modes import enable_grad, is_grad_enabled, no_grad, switch_grad

__all__ = [
    "enable_grad",
    "inference_mode",
    "is_grad_enabled",
    "is_inference_mode_enabled",
    "no_grad",
    "set_grad_enabled",
]


class set_grad_enabled:  # noqa: N801 - PyTorch's name
    """Record operations, or none, from here on; with a `with`, until its end.

    Parameters
    ----------
    mode : bool

    Examples
    --------
    >>> import autograd.torch as torch
    >>> with torch.set_grad_enabled(False):
    ...     torch.is_grad_enabled()
    False
    """

    def __init__(self, mode: bool) -> None:
        self.mode, self._before = bool(mode), is_grad_enabled()
        switch_grad(self.mode)

    def __enter__(self) -> None:
        """Nothing: it was set when this was made."""

    def __exit__(self, *exception: object) -> None:
        switch_grad(self._before)

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        switch_grad(self._before)
        return (enable_grad() if self.mode else no_grad())(function)


class inference_mode:  # noqa: N801 - PyTorch's name
    """`no_grad` by its newer name; tensors made within may be used outside, which PyTorch refuses.

    Parameters
    ----------
    mode : bool or callable
        False for an ordinary block; a function where it decorates without parentheses.

    Examples
    --------
    >>> import autograd.torch as torch
    >>> x = torch.ones(2, requires_grad=True)
    >>> with torch.inference_mode():
    ...     (x * 2).requires_grad
    False
    """

    def __new__(cls, mode: Any = True) -> Any:
        if callable(mode):
            return no_grad()(mode)
        return no_grad() if mode else enable_grad()


def is_inference_mode_enabled() -> bool:
    """Whether operations are not recorded."""
    return not is_grad_enabled()
