"""While PyTorch captures: the user's lines, what is under `no_grad`, and where custom functions begin and end, are kept."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from traceback import FrameSummary
from typing import Any
from unittest.mock import patch

from autograd.graph.sites import is_internal

FRAME = re.compile(r'File "(.*)", line (\d+), in (.*)\n((?:    .*\n?)?)')
# The function of a frame that stands for `no_grad`; no function of Python's is called so.
CONSTANT = "<no_grad>"
# And of one that stands for no line at all.
NOWHERE = "<nowhere>"
_MADE = ("<string>", "<lambda>")


@dataclass
class CustomCall:
    """A call of a `torch.autograd.Function` that was captured.

    Attributes
    ----------
    function : type
    args : list
        What it was called with; tensors are None here, and are the operands of the operation `stepgrad.enter`.
    places : list of int
        Where the tensors stand among the arguments.
    """

    function: type
    args: list[Any]
    places: list[int]


def is_theirs(filename: str) -> bool:
    """Whether a source file is PyTorch's or ours, and not the user's."""
    root = os.path.dirname(str(import_module("torch").__file__)) + os.sep
    return filename.startswith(root) or is_internal(filename) or filename == "<frozen runpy>"


@contextmanager
def user_lines(torch: Any, inside: list[CustomCall]) -> Iterator[None]:
    """While it captures, PyTorch notes every frame of the user's, where it would note those named `forward` alone.

    What is computed under `no_grad` has a frame more, because PyTorch keeps nothing else of that. The forward of a custom
    function always is.
    """

    begin_in = os.path.join(os.path.dirname(__file__), "torch_export.py")

    def keep(self: Any, summary: Any) -> Any:
        frames = list(summary)
        begin = max((i for i, f in enumerate(frames) if f.name == "capture" and f.filename == begin_in), default=-1)
        # PyTorch makes functions of text, too.
        kept = [f for f in frames[begin + 1 :] if not is_theirs(f.filename) and (f.filename, f.name) != _MADE]
        if not inside and not torch.is_grad_enabled():
            kept.append(FrameSummary(CONSTANT, 0, CONSTANT, lookup_line=False, line=CONSTANT))
        if not kept:
            # PyTorch would ask again for what has no line.
            kept.append(FrameSummary(NOWHERE, 0, NOWHERE, lookup_line=False, line=NOWHERE))
        return type(summary).from_list(kept)

    with patch.object(torch.fx.proxy.TracerBase, "_filter_traceback_frames", keep):
        yield


@contextmanager
def no_lines(torch: Any) -> Iterator[None]:
    """While PyTorch takes operations apart it keeps their lines, but of what is under `no_grad`: then it asks here."""
    lost = FrameSummary(CONSTANT, 0, CONSTANT, lookup_line=False, line=CONSTANT)
    with patch.object(
        torch.fx.proxy.TracerBase, "_filter_traceback_frames", lambda self, summary: type(summary).from_list([lost])
    ):
        yield


def lines_under_no_grad(module: Any) -> dict[str, str]:
    """What PyTorch noted of operations that it holds in graphs of their own, by their names."""
    return {
        node.name: node.meta["stack_trace"]
        for name, part in module.named_modules()
        if name and hasattr(part, "graph")
        for node in part.graph.nodes
        if node.meta.get("stack_trace")
    }


@contextmanager
def marked_functions(torch: Any, calls: list[CustomCall], inside: list[CustomCall]) -> Iterator[None]:
    """While it captures, what goes into and out of each custom function of the user's is marked by an operation of its own."""
    _define_marks(torch)
    with ExitStack() as stack:
        function: Any
        for function in _functions(torch.autograd.Function):
            if not function.__module__.startswith("torch.") and "forward" in vars(function):
                stack.enter_context(
                    patch.object(function, "forward", staticmethod(_mark(torch, function, calls, inside)))
                )
        yield


def _functions(base: Any) -> set[Any]:
    found: set[Any] = set()
    waiting = [base]
    while waiting:
        for function in waiting.pop().__subclasses__():
            if function not in found:
                found.add(function)
                waiting.append(function)
    return found


def _mark(torch: Any, function: Any, calls: list[CustomCall], inside: list[CustomCall]) -> Callable[..., Any]:
    """The forward of a custom function between marks."""
    forward = function.forward
    separate = function.setup_context is not torch.autograd.Function.setup_context
    entered = torch.ops.stepgrad.enter
    left = torch.ops.stepgrad.leave

    def run(*args: Any) -> Any:
        first = () if separate else args[:1]
        given = args[len(first) :]
        number = len(calls)
        inner = list(given)
        places = [i for i, x in enumerate(given) if isinstance(x, torch.Tensor)]
        calls.append(CustomCall(function, [None if i in places else x for i, x in enumerate(given)], places))
        # All tensors in one operation, so that none is forgotten which only the backward reads.
        for place, x in zip(places, entered([given[i] for i in places], number), strict=True):
            inner[place] = x
        inside.append(calls[number])
        try:
            out = forward(*first, *inner)
        finally:
            inside.pop()
        parts = list(out) if isinstance(out, tuple) else [out]
        results = [i for i, x in enumerate(parts) if isinstance(x, torch.Tensor)]
        for place, x in zip(results, left([parts[i] for i in results], number), strict=True):
            parts[place] = x
        return tuple(parts) if isinstance(out, tuple) else parts[0]

    return run


# PyTorch forgets operations with the object that declares them.
_LIBRARY: list[Any] = []


def _define_marks(torch: Any) -> None:
    if _LIBRARY:
        return
    library = torch.library.Library("stepgrad", "DEF")
    for name in ("enter", "leave"):
        library.define(f"{name}(Tensor[] xs, int call) -> Tensor[]")
        # Copies, because PyTorch wants to know of results that share memory.
        library.impl(name, lambda xs, call: [x.clone() for x in xs], "CompositeExplicitAutograd")
        torch.library.register_fake(
            f"stepgrad::{name}", lambda xs, call: [torch.empty_like(x) for x in xs], lib=library
        )
    _LIBRARY.append(library)
