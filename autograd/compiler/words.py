"""Words of a program's text: identifiers for its variables, the user's where there are some, and literals."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Sequence
from itertools import count
from typing import Any

import numpy as np

from autograd.compiler.flat import Flat, Variable
from autograd.graph.node import Node

# What the text itself calls by name.
TAKEN = frozenset({*keyword.kwlist, "np", "run", "globals", "bool", "float", "slice", "Ellipsis", "__debug__"})
WORD = re.compile(r"\w+")
ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)\s*(?::[^=]+)?=(?!=)")


def words_of(flat: Flat, taken: set[str]) -> dict[Variable, str]:
    """A Python name for each variable, which is then taken: the user's where there is one."""
    variables = [*flat.inputs, *(i.out for i in flat.instructions)]
    nodes = [v.node for v in variables if v.node is not None]
    assigned = _find_assigned(nodes)
    words: dict[Variable, str] = {}
    unnamed = count(1)
    for variable in variables:
        node = variable.node
        name = None if node is None else node.name or assigned.get(node)
        words[variable] = free_name(identifier(name) if name else f"v{next(unnamed)}", taken)
    for number, constant in enumerate(flat.constants, 1):
        words[constant] = free_name(f"constant{number}", taken)
    return words


def identifier(name: str) -> str:
    """A name that Python takes, and that is none of ours."""
    # As Python reads names: "ﬁ" and "fi" are the same one.
    name = "".join(
        c if WORD.fullmatch(c) and f"_{c}".isidentifier() else "_" for c in unicodedata.normalize("NFKC", name)
    )
    return name if name.isidentifier() and not name.startswith(("buffer", "loop")) else f"p_{name}"


def free_name(name: str, taken: set[str]) -> str:
    """The name, with a number where it is taken; from now on it is."""
    found = next(n for k in count(1) if (n := name if k == 1 else f"{name}_{k}") not in taken)
    taken.add(found)
    return found


def _find_assigned(nodes: Sequence[Node]) -> dict[Node, str]:
    """The names of the user's variables: the last thing that a line `h = …` computes is called h."""
    last = {(node.site.filename, node.site.lineno): node for node in nodes if node.site is not None and not node.name}
    found = {}
    for node in last.values():
        target = ASSIGNMENT.match(node.site.line) if node.site is not None else None
        if target is not None and node.op is not None:
            found[node] = target[1]
    return found


def literal(x: Any) -> str | None:
    """The text of a number, or of what an index is made from; None for anything else."""
    if x is None or x is Ellipsis or x.__class__ in (bool, int, str):
        return repr(x)
    if x.__class__ is float:
        return repr(x) if np.isfinite(x) else f"float('{x}')"
    if x.__class__ is slice:
        parts = [literal(p) for p in (x.start, x.stop, x.step)]
        return None if None in parts else f"slice({', '.join(map(str, parts))})"
    if x.__class__ is tuple:
        parts = [literal(p) for p in x]
        return None if None in parts else f"({', '.join(map(str, parts))}{',' if len(x) == 1 else ''})"
    return None
