"""What the user's program calls its nodes: the variables that hold them now, or that their results were assigned to."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from types import FrameType
from typing import Any

import numpy as np

from autograd.graph.node import Const, Node, get_data
from autograd.graph.sites import is_internal

_PATHS = sysconfig.get_paths()
_INSTALLED = tuple({_PATHS[kind] + os.sep for kind in ("stdlib", "platstdlib", "purelib", "platlib")})


def find_variables(nodes: Sequence[Node]) -> dict[Node, str]:
    """What the program calls those nodes that have no name of their own; nothing is written into a node.

    The variables of whoever called the library come first, then those of its callers, then the globals. A node that no
    variable holds any more is called by the one that its result was assigned to, where the source line was recorded; where
    that holds another node now, by `h#1`, `h#2`, ….

    Parameters
    ----------
    nodes : sequence of Node
        A whole graph, in the order they were made.

    Examples
    --------
    >>> from autograd import Value
    >>> from autograd.graph.node import ancestors
    >>> weight = Value(3.0)
    >>> square = weight * weight
    >>> find_variables(list(ancestors(square))) == {weight: "weight", square: "square"}
    True
    """
    unnamed = [node for node in nodes if not node.name and node.__class__ is not Const]
    found = _held_nodes(unnamed)
    taken, former = set(found.values()), Counter[str]()
    for node, name in _assigned_nodes(unnamed):
        if node not in found:
            former[name] += 1
            found[node] = f"{name}#{former[name]}" if name in taken else name
    return found


def _held_nodes(nodes: Sequence[Node]) -> dict[Node, str]:
    """The variables that hold a node, or the array that a constant was made from."""
    wanted: dict[int, Node] = {id(node): node for node in nodes}
    wanted |= {id(get_data(node)): node for node in nodes if _is_plain_array(node)}
    found: dict[Node, str] = {}
    taken: set[str] = set()
    for scope in _scopes():
        for name, held in list(scope.items()):
            node = wanted.get(id(held))
            # What begins with an underscore is private, such as the results that a notebook keeps.
            usable = name.isidentifier() and not name.startswith("_") and name not in taken
            if node is not None and usable and node not in found:
                found[node] = name
                taken.add(name)
    return found


def _is_plain_array(node: Node) -> bool:
    return node.op is None and not node.requires_grad and isinstance(get_data(node), np.ndarray)


def _assigned_nodes(nodes: Sequence[Node]) -> Iterator[tuple[Node, str]]:
    """The nodes whose results the program assigned to a variable, as they were recorded, with its name."""
    running = {(frame.f_code, frame.f_lasti) for frame in _stack()}
    recorded = [(node, node.site) for node in nodes if node.site is not None]
    for at, (node, site) in enumerate(recorded, 1):
        # Of all that one call of the library records, its result is the last.
        last = at == len(recorded) or not recorded[at][1].is_same(site)
        target = site.target(running) if last else None
        if target is not None:
            yield node, target


def _scopes() -> Iterator[Mapping[str, Any]]:
    """The variables of the frames that are the user's, from the inside out, then their globals."""
    found: list[Mapping[str, Any]] = []
    for frame in _frames():
        yield frame.f_locals
        if all(frame.f_globals is not other for other in found):
            found.append(frame.f_globals)
    # In a notebook no frame of the user's is left when a result is shown.
    main = sys.modules.get("__main__")
    yield from found
    yield vars(main) if main is not None else {}


def _frames() -> Iterator[FrameType]:
    in_pdb = False
    for frame in _stack():
        if frame.f_globals.get("__name__") == "bdb":
            in_pdb = True
        elif is_users_file(frame.f_code.co_filename):
            # What pdb evaluates has the variables of the frame that it stands in. To ask that frame itself for them, before
            # Python 3.13, takes back what was assigned to them in pdb.
            if not in_pdb:
                yield frame
            in_pdb = False


def _stack() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        yield frame
        frame = frame.f_back


@cache
def is_users_file(filename: str) -> bool:
    """Whether a source file is the user's: not of this library, nor of Python, nor of an installed package."""
    return not (is_internal(filename) or filename.startswith(_INSTALLED) or filename.startswith("<frozen "))
