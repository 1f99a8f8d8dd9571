"""What is emitted: the source of a program, which runs in scopes of its own.

Each runner has the scope of a module, where names are found by dictionary: thousands of variables of a closure would take Python
minutes to compile. The source is registered with `linecache`, so that a debugger steps through it.
"""

from __future__ import annotations

import linecache
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from autograd.graph.node import Node

_number = count(1).__next__


@dataclass(frozen=True)
class Given:
    """An array that a program is given to write a result to.

    Attributes
    ----------
    node : Node
        The input whose gradient it is, and which it is named after.
    shape : tuple of int
    turned : bool
        Whether its memory is that of the transposed array.
    """

    node: Node
    shape: tuple[int, ...]
    turned: bool


class Emitted:
    """The source of a program, and how to make it run.

    Attributes
    ----------
    source : str
    scope : dict
        What the source calls by name, and does not make.
    loops : str
        The source of the native loops that it calls; empty where there are none.
    buffers : int
        Bytes that every runner of it holds.
    """

    def __init__(self, source: str, scope: dict[str, Any], buffers: int, loops: str = "") -> None:
        self.source, self.scope, self.buffers, self.loops = source, scope, buffers, loops
        self.filename = f"<autograd compiled {_number()}>"
        linecache.cache[self.filename] = (len(source), None, source.splitlines(keepends=True), self.filename)
        weakref.finalize(self, linecache.cache.pop, self.filename, None).atexit = False
        self._code = compile(source, self.filename, "exec")

    def make(self) -> Callable[..., Any]:
        """A function that runs the program, with buffers of its own."""
        scope = dict(self.scope)
        exec(self._code, scope)  # noqa: S102 - our own text, from a captured graph
        run: Callable[..., Any] = scope["run"]
        return run
