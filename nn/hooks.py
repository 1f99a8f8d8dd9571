"""Hooks of modules: called before a forward pass, after it, and when gradients have come through a module."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autograd.engine.tensor import Tensor
from autograd.errors import type_name
from autograd.graph.modes import mode
from autograd.graph.node import Node, raw
from autograd.ops.shape import cast, concatenate, identity, pieces, ravel, reshape, shape

if TYPE_CHECKING:
    from autograd.typing import Input

Function = Callable[..., Any]


class ForwardPreHook(NamedTuple):
    """Called with a module and the arguments of its forward pass, which it may replace."""

    function: Function
    keywords: bool


class ForwardHook(NamedTuple):
    """Called with a module, its arguments and its output; a plain function is one without keywords."""

    function: Function
    keywords: bool
    always: bool


class BackwardPreHook(NamedTuple):
    """Called with a module and the gradients of its outputs, which it may replace."""

    function: Function


class BackwardHook(NamedTuple):
    """Called with a module, the gradients of its arguments, which it may replace, and those of its outputs."""

    function: Function


def call_with_hooks(module: Any, hooks: Sequence[Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The forward pass of a module with its hooks around it.

    Examples
    --------
    >>> import nn
    >>> call_with_hooks(nn.ReLU(), [lambda module, args, output: 2.0 * output], (np.array([-1.0, 1.0]),), {}).tolist()
    [0.0, 2.0]
    """
    for hook in hooks:
        if isinstance(hook, ForwardPreHook):
            args, kwargs = _call_before(module, hook, args, kwargs)
    after = [h if isinstance(h, ForwardHook) else ForwardHook(h, False, False) for h in hooks if _is_forward(h)]
    watch = Watch(module, [h for h in hooks if isinstance(h, (BackwardHook, BackwardPreHook))])
    waiting = list(reversed(after))
    try:
        output = module.forward(*watch.enter(args), **kwargs)
        while waiting:
            replaced = _call_after(module, waiting.pop(), args, kwargs, output)
            output = output if replaced is None else replaced
    except Exception:
        # Those that are always called see that there is no output.
        for hook in reversed(waiting):
            if hook.always:
                _call_after(module, hook, args, kwargs, None)
        raise
    return watch.leave(output)


def _is_forward(hook: Any) -> bool:
    return not isinstance(hook, (ForwardPreHook, BackwardPreHook, BackwardHook))


def _call_before(
    module: Any, hook: ForwardPreHook, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    if not hook.keywords:
        replaced = hook.function(module, args)
        return args if replaced is None else replaced if isinstance(replaced, tuple) else (replaced,), kwargs
    replaced = hook.function(module, args, kwargs)
    if replaced is None:
        return args, kwargs
    if not (isinstance(replaced, tuple) and len(replaced) == 2 and isinstance(replaced[1], dict)):
        raise TypeError(
            f"{type(module).__name__}: a forward pre-hook with keywords returns None, or the pair of the arguments and the "
            f"keywords, not {type_name(replaced)}"
        )
    given, keywords = replaced
    return given if isinstance(given, tuple) else (given,), keywords


def _call_after(module: Any, hook: ForwardHook, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any) -> Any:
    if hook.keywords:
        return hook.function(module, args, kwargs, output)
    return hook.function(module, args, output)


class Watch:
    """What one forward pass does, so that the backward hooks of its module are called in the backward pass.

    The arguments that gradients go to are joined into one node, whose gradient is complete when those of all of them are;
    the outputs likewise.
    """

    def __init__(self, module: Any, hooks: Sequence[BackwardHook | BackwardPreHook]) -> None:
        self.module = module
        self.before = [hook.function for hook in hooks if isinstance(hook, BackwardPreHook)]
        self.after = [hook.function for hook in hooks if isinstance(hook, BackwardHook)]
        self.active = bool(hooks) and mode().grad
        if self.active and mode().recorder is not None:
            raise TypeError(
                f"{type(module).__name__} has a backward hook, which would be called while the function is captured, and not at "
                "each run: remove it, or leave the function uncompiled"
            )
        self.arriving: tuple[Any, ...] = ()
        self.arguments = 0
        self.reached = False

    def enter(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments, watched."""
        if not (self.active and self.after):
            return args
        self.arguments = len(args)
        found, self.reached = _join(args, self._leave_by_inputs)
        return found

    def leave(self, output: Input) -> Any:
        """The output, watched."""
        if not self.active:
            return output
        several = isinstance(output, (tuple, list))
        found, _ = _join(tuple(output) if several else (output,), self._arrive)
        if not several:
            return found[0]
        return type(output)(*found) if hasattr(output, "_fields") else type(output)(found)

    def _arrive(self, gradients: tuple[Any, ...]) -> tuple[Any, ...]:
        for function in self.before:
            gradients = _replace(self.module, gradients, function(self.module, gradients))
        self.arriving = gradients
        if self.after and not self.reached:
            # No argument needs a gradient.
            for function in self.after:
                function(self.module, (None,) * self.arguments, gradients)
        return gradients

    def _leave_by_inputs(self, gradients: tuple[Any, ...]) -> tuple[Any, ...]:
        for function in self.after:
            gradients = _replace(self.module, gradients, function(self.module, gradients, self.arriving))
        return gradients


def _join(given: tuple[Any, ...], hook: Function) -> tuple[tuple[Any, ...], bool]:
    """The same, those that need a gradient by way of one node with a hook, and whether there are any."""
    places = [k for k, x in enumerate(given) if isinstance(x, Tensor) and x.requires_grad]
    if not places:
        return given, False
    watched = [given[k] for k in places]
    shapes = [shape(x) for x in watched]
    sizes = [int(np.prod(s)) for s in shapes]
    joint = identity(watched[0]) if len(watched) == 1 else concatenate([ravel(x) for x in watched])

    def called(g: Any) -> Any:
        parts = [g] if len(watched) == 1 else [reshape(p, s) for p, s in zip(pieces(g, sizes, 0), shapes, strict=True)]
        gradients: list[Any] = [None] * len(given)
        for k, part in zip(places, parts, strict=True):
            gradients[k] = part
        left = hook(tuple(gradients))
        kept = [left[k] for k in places]
        if all(new is old for new, old in zip(kept, parts, strict=True)):
            return None
        return kept[0] if len(kept) == 1 else concatenate([ravel(p) for p in kept])

    joint.register_hook(called)
    if len(watched) == 1:
        parts = [joint]
    else:
        cut = pieces(joint, sizes, 0)
        parts = [
            cast(reshape(part, s), np.asarray(raw(x)).dtype) for part, s, x in zip(cut, shapes, watched, strict=True)
        ]
    found = list(given)
    for k, part in zip(places, parts, strict=True):
        found[k] = part
    return tuple(found), True


def _replace(module: Any, gradients: tuple[Any, ...], replaced: Any) -> tuple[Any, ...]:
    if replaced is None:
        return gradients
    new = replaced if isinstance(replaced, tuple) else (replaced,)
    if len(new) != len(gradients):
        raise ValueError(
            f"{type(module).__name__}: a backward hook gave {len(new)} gradients in place of {len(gradients)}: return as many, "
            "or None to leave them as they are"
        )
    return tuple(
        old if n is None or old is None else n if isinstance(n, Node) else np.asarray(n)
        for n, old in zip(new, gradients, strict=True)
    )
