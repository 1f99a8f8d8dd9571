"""`name_leaves`: what a script calls the weights that it trains without a module."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autograd.wording.steps import to_line
from nn.health.loop.trained_rows import mark

# Parts of a list that are looked at.
MOST_LISTED = 1000


def name_leaves(leaves: Sequence[Any], variables: Mapping[str, Any], first: Sequence[np.ndarray]) -> list[str]:
    """A name for each leaf: `W1`, `weights[1]` or `net.layers[0].w`, and its number where it has none.

    Parameters
    ----------
    leaves : sequence of Node or torch.Tensor
    variables : mapping
        The script's, from its first pass on.
    first : sequence of array
        What the leaves were at that: where a transform makes them anew of arrays, they are known by their numbers.

    Examples
    --------
    >>> from autograd import Tensor
    >>> a, b, c = (Tensor([k], dtype=float) for k in range(3))
    >>> name_leaves([a, b, c], {"w": a, "layers": [(c, None)]}, [])
    ['w', 'leaf1', 'layers[0][0]']
    """
    known: dict[Any, str] = {}
    seen: set[int] = set()
    shapes = {array.shape for array in first}
    for variable, thing in variables.items():
        for part, name in _list_leaves(thing, variable, seen):
            name = to_line(name)
            known.setdefault(id(part), name)
            if isinstance(part, np.ndarray) and part.shape in shapes:
                # Zeros may be of several.
                key = _print_of(part)
                known[key] = name if known.get(key, name) == name else ""
    names: list[str] = []
    for k, leaf in enumerate(leaves):
        name = known.get(id(leaf), "") or (known.get(_print_of(first[k]), "") if k < len(first) else "")
        names.append(name if name and name not in names else f"leaf{k}")
    return names


def _print_of(array: np.ndarray) -> tuple[Any, ...]:
    """What tells an array from others."""
    return array.shape, mark(np.asarray(array, np.float64))


def _list_leaves(thing: Any, name: str, seen: set[int]) -> Iterator[tuple[Any, str]]:
    """The nodes and arrays in a variable of a script, such as a list, a dict or an object of its own, each with what it is called."""
    parts: Iterable[tuple[Any, str]] = ()
    if isinstance(thing, type):
        return
    if hasattr(thing, "requires_grad") or (isinstance(thing, np.ndarray) and thing.dtype.kind == "f"):
        yield thing, name
    elif isinstance(thing, dict):
        # What the keys say, as in `parameters["W1"]`, needs no more words.
        parts = ((part, key if isinstance(key, str) else f"{name}[{key!r}]") for key, part in thing.items())
    elif isinstance(thing, (list, tuple)):
        parts = ((part, f"{name}[{k}]") for k, part in enumerate(thing[:MOST_LISTED]))
    elif type(thing).__module__ in ("__main__", "nn.scalar"):
        parts = ((part, f"{name}.{key}") for key, part in getattr(thing, "__dict__", {}).items())
    if parts and id(thing) not in seen:
        seen.add(id(thing))
        for part, called in parts:
            yield from _list_leaves(part, called, seen)
