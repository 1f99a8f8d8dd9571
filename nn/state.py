"""The state of a module: its parameters and buffers by all their names, and arrays that are copied into them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from autograd.engine.tensor import stamp
from autograd.errors import type_name
from autograd.graph.node import get_data, raw, set_data
from autograd.graph.op import refuse_masks
from nn.parameter import Parameter
from nn.structure import Structured


class Keys(NamedTuple):
    """The names that `load_state_dict` found no array for, and those that it did not look for.

    Attributes
    ----------
    missing_keys, unexpected_keys : list of str
    """

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not (self.missing_keys or self.unexpected_keys):
            return "<All keys matched successfully>"
        return f"Keys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"


def state_of(module: Structured) -> dict[str, Any]:
    """All parameters and persistent buffers, module by module, by every path that leads to them: those that are shared have several."""
    state: dict[str, Any] = {}
    stack: list[tuple[str, Structured, frozenset[int]]] = [("", module, frozenset())]
    while stack:
        prefix, holder, above = stack.pop()
        own = holder.structure()
        state |= {f"{prefix}{name}": p for name, p in own.parameters.items()}
        state |= {
            f"{prefix}{name}": array
            for name, array in own.buffers.items()
            if array is not None and holder.persists(name)
        }
        within = above | {id(holder)}
        # A module may hold the one that it is in.
        below = [(f"{prefix}{n}.", child, within) for n, child in own.modules.items() if id(child) not in within]
        stack.extend(reversed(below))
    return state


def load_into(module: Structured, state_dict: Mapping[str, Any], strict: bool) -> Keys:
    """Copy arrays into the parameters and the buffers of a module; see `Module.load_state_dict`."""
    own = state_of(module)
    if not isinstance(state_dict, Mapping):
        raise TypeError(f"load_state_dict of {type(module).__name__}: expected a mapping, not {type_name(state_dict)}")
    arrays = {name: _as_array(name, v) for name, v in state_dict.items()}
    paths: dict[int, list[str]] = {}
    for name, member in own.items():
        paths.setdefault(id(member), []).append(name)
    given = {key: [name for name in names if name in arrays] for key, names in paths.items()}
    missing = [names[0] for key, names in paths.items() if not given[key]]
    unexpected = [name for name in arrays if name not in own]
    wrong = [f"missing {name!r}" for name in missing if strict] + [
        f"unexpected {name!r}" for name in unexpected if strict
    ]
    wrong += [
        f"{name!r} has shape {arrays[name].shape}, expected {p.shape}"
        for name, p in own.items()
        if name in arrays and arrays[name].shape != p.shape
    ]
    wrong += [
        f"{name!r} has dtype {arrays[name].dtype}, expected {p.dtype}"
        for name, p in own.items()
        if name in arrays
        # Numbers with fractions do not go into a count.
        and not (arrays[name].dtype.kind in "fiub" and np.can_cast(arrays[name].dtype, p.dtype, "same_kind"))
    ]
    wrong += [
        f"{first!r} and {other!r} differ, and are one here"
        for first, *others in filter(None, given.values())
        for other in others
        if not (wrong or np.array_equal(arrays[first], arrays[other], equal_nan=True))
    ]
    if wrong:
        raise ValueError(f"load_state_dict of {type(module).__name__}: {'; '.join(wrong)}")
    loaded: dict[int, tuple[Parameter, np.ndarray]] = {}
    for name, member in own.items():
        if name not in arrays:
            continue
        if isinstance(member, Parameter):
            loaded[id(member)] = (member, arrays[name])
        else:
            member[...] = arrays[name]
    for parameter, array in loaded.values():
        # A new array in the memory order of the old one: one that aliases the old is left as it is.
        fresh = np.empty_like(get_data(parameter))
        fresh[...] = array
        set_data(parameter, fresh)
    stamp([parameter for parameter, _ in loaded.values()])
    return Keys(missing, unexpected)


def _as_array(name: str, given: Any) -> np.ndarray:
    refuse_masks(f"load_state_dict, {name!r}", given)
    try:
        return np.asarray(raw(given))
    except ValueError as error:
        raise ValueError(f"load_state_dict: {name!r} is not an array: {error}") from error
