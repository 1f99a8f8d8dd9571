"""The table of a module: its parts, their parameters, and what comes out of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich import box
from rich.markup import escape
from rich.table import Table

from autograd.graph.modes import no_grad
from autograd.graph.node import get_data
from nn.modes import finally_call, preserve_modes

if TYPE_CHECKING:
    from autograd.typing import Input


def summarise(module: Any, args: tuple[Any, ...]) -> Table:
    """See `Module.summary`."""
    shapes: dict[int, str] = {}

    def note(part: Any, _: Any, output: Input) -> None:
        shape = getattr(output, "shape", None)
        shapes[id(part)] = "×".join(map(str, shape)) if shape else type(output).__name__

    def forget() -> None:
        # By what they call: Ctrl-C may come before a handle is held.
        for part in module.modules():
            for key in [key for key, hook in part._hooks.items() if getattr(hook, "function", hook) is note]:
                del part._hooks[key]

    if args:
        with preserve_modes(module.modules()), finally_call(forget), no_grad():
            for part in module.modules():
                part.register_forward_hook(note)
            module.eval()(*args)
    table = Table(box=box.SIMPLE)
    for column in ("path", "module", *(["output"] if args else [])):
        table.add_column(column)
    table.add_column("parameters", justify="right")
    for path, part in module.named_modules():
        count = sum(get_data(p).size for p in part.parameters())
        row = [path, type(part).__name__, *([shapes.get(id(part), "")] if args else []), f"{count:,}"]
        table.add_row(*map(escape, row))
    return table
