"""Captured programs with the names of the user's files alone, which are the same everywhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from autograd.bridge.program import Program
from autograd.graph.tree import map_leaves


def relative(program: Program) -> Program:
    """With no folders in its lines, nor in those of its loops and branches."""

    def inner(x: Any) -> Any:
        return relative(x) if isinstance(x, Program) else x

    operations = [
        replace(
            operation,
            lines=tuple(replace(line, filename=Path(line.filename).name) for line in operation.lines),
            args=tuple(map_leaves(inner, x) for x in operation.args),
            kwargs={key: map_leaves(inner, x) for key, x in operation.kwargs.items()},
        )
        for operation in program.operations
    ]
    return replace(program, operations=operations)
