"""The registry: what each operation of another framework is on this engine's tensors."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar

from autograd.bridge.errors import MissingTranslationError

F = TypeVar("F", bound=Callable[..., Any])
RULES: dict[str, Callable[..., Any]] = {}
# Where the translations of a framework are, by the first part of what it calls its operations; read when they are needed.
_HOMES = {
    **dict.fromkeys(("aten", "operator", "stepgrad"), "autograd.bridge.aten"),
    "jax": "autograd.bridge.lax",
    "onnx": "autograd.bridge.onnx",
}


def rule(*calls: str) -> Callable[[F], F]:
    """Declare what an operation of another framework is here; a later declaration replaces an earlier one.

    The decorated function takes what the framework's operation takes, with tensors of `autograd.torch` in place of its
    tensors. It is written in the functions of `autograd`, `autograd.torch` or `nn.functional`, which bring their
    derivatives; a derivative of your own is an `autograd.primitive`.

    Parameters
    ----------
    *calls : str
        Such as "aten.add.Tensor", or "aten.add" for all its overloads. An overload that is declared itself comes first.

    Returns
    -------
    callable
        The decorator.

    Examples
    --------
    >>> from autograd import bridge
    >>> import autograd.torch as torch
    >>> @bridge.rule("mine.twice.default")
    ... def twice(x):
    ...     return x + x
    >>> bridge.find_rule("mine.twice.default")(torch.ones(2))
    tensor([2., 2.])
    """

    def enter(function: F) -> F:
        for call in calls:
            _load(call)
            RULES[call] = function
        return function

    return enter


def find_rule(call: str) -> Callable[..., Any]:
    """The translation of an operation.

    Parameters
    ----------
    call : str
        Such as "aten.add.Tensor".

    Returns
    -------
    callable

    Raises
    ------
    MissingTranslationError
        Where there is none.

    Examples
    --------
    >>> from autograd import bridge
    >>> bridge.find_rule("aten.tanh.default").__name__
    'tanh'
    """
    found = _find(call)
    if found is None:
        raise MissingTranslationError(f"{call} has no translation here: {how_to_supply(call)}")
    return found


def has_rule(call: str) -> bool:
    """Whether an operation has a translation."""
    return _find(call) is not None


def how_to_supply(call: str) -> str:
    """What a user writes to supply a translation."""
    return f"supply one with @bridge.rule({call!r}) above a function of the same arguments, written on autograd.torch"


def _find(call: str) -> Callable[..., Any] | None:
    _load(call)
    return RULES.get(call) or RULES.get(call.rpartition(".")[0])


def _load(call: str) -> None:
    home = _HOMES.pop(call.partition(".")[0], None)
    if home is not None:
        import_module(home)
