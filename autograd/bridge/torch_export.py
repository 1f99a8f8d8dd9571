"""Capturing what a module or function of PyTorch computes: `torch.export`, with the user's lines and custom functions kept."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from autograd.arguments import argument_names
from autograd.bridge.errors import BridgeError
from autograd.bridge.program import Line, Program, Reference
from autograd.bridge.rules import has_rule
from autograd.bridge.torch_graph import Reader
from autograd.bridge.torch_marks import (
    FRAME,
    CustomCall,
    is_theirs,
    lines_under_no_grad,
    marked_functions,
    no_lines,
    user_lines,
)
from autograd.bridge.variables import variables_of


@dataclass
class Capture:
    """A captured program, and what of PyTorch belongs to it.

    Attributes
    ----------
    program : Program
    calls : list of CustomCall
        By their numbers in the operations `stepgrad.enter` and `stepgrad.leave`.
    module : torch.nn.Module
        The user's, or one that calls their function.
    example : tuple and dict
        What it was called with.
    """

    program: Program
    calls: list[CustomCall]
    module: Any
    example: tuple[tuple[Any, ...], dict[str, Any]]


def capture(function: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Capture:
    """Capture what a module or a function computes for these arguments, in its mode of now.

    Parameters
    ----------
    function : torch.nn.Module, class of torch.autograd.Function, or callable
    args, kwargs
        Tensors, structures of them, and settings.

    Returns
    -------
    Capture

    Raises
    ------
    BridgeError
        Where PyTorch cannot capture it, with its reason and the line.
    """
    torch: Any = import_module("torch")
    name = (
        type(function).__name__ if isinstance(function, torch.nn.Module) else getattr(function, "__name__", "function")
    )
    original = function.forward if isinstance(function, torch.nn.Module) else function
    if isinstance(function, type) and issubclass(function, torch.autograd.Function):
        function = function.apply  # type: ignore[attr-defined]
    is_module = isinstance(function, torch.nn.Module)
    if not callable(function):
        raise BridgeError(f"from_torch takes a torch.nn.Module or a function, not {type(function).__name__}")
    module = function if is_module else _as_module(torch, function)
    calls: list[CustomCall] = []
    example = torch.utils._pytree.tree_map_only(torch.Tensor, lambda x: x.detach(), (tuple(args), kwargs))
    inside: list[CustomCall] = []
    try:
        try:
            exported, lost = _export(torch, module, example, calls, inside)
            decided: list[Line] = []
        except Exception as error:
            if BY_VALUES not in str(error):
                raise
            place = _place(error)
            decided = [Line(*place, "")] if place is not None else []
            # The path that these very arguments take.
            calls.clear()
            with import_module("torch._functorch.config").patch(fake_tensor_propagate_real_tensors=True):
                exported, lost = _export(torch, module, example, calls, inside)
    except Exception as error:
        raise BridgeError(f"PyTorch cannot capture {name}: {_reason(error)}") from error
    reader = Reader(torch, exported, module, name, lost)
    program = reader.program()
    if decided:
        read = reader.decisions()
        places = {(line.filename, line.number) for line in read}
        program.decided = read + [line for line in decided if (line.filename, line.number) not in places]
    # What the user calls the arguments; a function was called by a module that calls them otherwise.
    named = {
        slot.name: path
        for slot, path in zip(program.arguments[0], argument_names(original, len(args)), strict=True)
        if isinstance(slot, Reference)
    }
    program.leaves = [replace(leaf, path=named.get(leaf.name, leaf.path)) for leaf in program.leaves]
    return Capture(program, calls, module, example)


def _export(
    torch: Any, module: Any, example: Any, calls: list[CustomCall], inside: list[CustomCall]
) -> tuple[Any, Any]:
    """What PyTorch exports in operations that have translations here, and the lines that it loses on the way."""
    with warnings.catch_warnings():
        # PyTorch warns of what it does itself.
        warnings.simplefilter("ignore", FutureWarning)
        with user_lines(torch, inside), marked_functions(torch, calls, inside):
            exported = torch.export.export(module, *example)
        lost = lines_under_no_grad(exported.graph_module)
        with no_lines(torch):
            return exported.run_decompositions(_decompositions(torch)), lost


def _as_module(torch: Any, function: Callable[..., Any]) -> Any:
    """A module that calls a function; the modules that the function uses are its children, by the names of their variables."""

    class Function(torch.nn.Module):
        def forward(self, *args: Any, **kwargs: Any) -> Any:
            return function(*args, **kwargs)

    module = Function()
    for name, used in variables_of(function):
        if isinstance(used, torch.nn.Module) and not hasattr(module, name):
            module.add_module(name, used)
    modes = {child.training for child in module.children()}
    return module.train(modes.pop()) if len(modes) == 1 else module


def _reason(error: BaseException) -> str:
    """The first paragraph of an error of PyTorch's, and the innermost line of the user's in it."""
    told = (str(error).strip() or type(error).__name__).split("\n\n")[0]
    where = _place(error)
    return told if where is None else f"{told}\n  at {where[0]}:{where[1]}"


def _place(error: BaseException) -> tuple[str, int] | None:
    """The innermost line of the user's in an error of PyTorch's."""
    text = str(error)
    places = [m for m in FRAME.finditer(text) if not is_theirs(m.group(1))]
    lines = []
    trace = error.__traceback__
    while trace is not None:
        if not is_theirs(trace.tb_frame.f_code.co_filename):
            lines.append((trace.tb_frame.f_code.co_filename, trace.tb_lineno))
        trace = trace.tb_next
    return (places[-1].group(1), int(places[-1].group(2))) if places else lines[-1] if lines else None


# What PyTorch says where a program decides by the values of a tensor.
BY_VALUES = "data-dependent"
# Operations that draw in the midst of others: taken apart, so that what they draw is an operation of its own.
_DRAWING = ("native_dropout",)


def _decompositions(torch: Any) -> Any:
    """How PyTorch is to take operations apart: those that have no translation here."""
    table = torch.export.default_decompositions()
    for op in list(table.keys()):
        if has_rule(str(op)):
            del table[op]
    for name in _DRAWING:
        packet = getattr(torch.ops.aten, name)
        table[packet.default] = torch._decomp.decomposition_table[packet.default]
    return table
