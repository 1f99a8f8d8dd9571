"""What an optimizer keeps for each parameter: read from a `state_dict`, of ours or in PyTorch's layout."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any

import numpy as np

from autograd.engine.tensor import Tensor
from autograd.graph.node import raw

# Options of a group that PyTorch has for its own ways of computing.
IGNORED = ("foreach", "fused", "capturable", "differentiable", "param_names")
RENAMED = {"decoupled_weight_decay": "decoupled"}
Readers = Mapping[str, tuple[str, Callable[[Any], Any]] | None]


def plain_options(group: Mapping[str, Any]) -> dict[str, Any]:
    """Options with lists, as files have them, as tuples, and tensors of one number as that."""
    return {name: _plain(option) for name, option in group.items()}


def _plain(option: Any) -> Any:
    if isinstance(option, list):
        return tuple(option)
    if isinstance(option, (Tensor, np.ndarray)) and np.size(raw(option)) == 1:
        return float(np.ravel(raw(option))[0])
    return option


def kind_of(option: Any) -> str:
    """What an option is, for messages.

    Examples
    --------
    >>> kind_of(0.1), kind_of((0.9, 0.999)), kind_of(True)
    ('number', 'pair', 'choice')
    """
    if isinstance(option, (bool, np.bool_, str)):
        return "choice"
    return "pair" if isinstance(option, tuple) else "number" if isinstance(option, Real) else type(option).__name__


def list_entries(state: Any, count: int) -> list[Mapping[str, Any] | None]:
    """The entries of so many parameters; in PyTorch's layout by their numbers, where some may have none yet.

    Raises
    ------
    ValueError
        For what is neither a list of mappings nor a mapping of numbers to them.

    Examples
    --------
    >>> list_entries({1: {"step": 2}}, 2)
    [None, {'step': 2}]
    """
    if isinstance(state, Mapping):
        by_number = {int(key) if str(key).isdigit() else key: entry for key, entry in state.items()}
        strange = [key for key in by_number if key not in range(count)]
        if strange or not all(isinstance(entry, Mapping) for entry in by_number.values()):
            raise ValueError(
                f"load_state_dict: 'state' is a mapping of the numbers of {count} parameters to mappings, got {list(state)[:3]}"
            )
        return [by_number.get(number) for number in range(count)]
    if not isinstance(state, list) or not all(isinstance(entry, Mapping) for entry in state):
        raise ValueError("load_state_dict: 'state' and 'param_groups' are lists of mappings")
    return list(state)


def read_group(name: str, options: Mapping[str, Any], group: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a group from a state, which must have those of this kind of optimizer.

    Raises
    ------
    ValueError
        Where it has not, or one is of another kind.

    Examples
    --------
    >>> read_group("SGD", {"lr": 0.1, "maximize": False}, {"lr": 0.2, "foreach": None, "params": [0]})
    {'lr': 0.2}
    """
    given = {RENAMED.get(key, key): option for key, option in plain_options(group).items() if key not in IGNORED}
    given.pop("params", None)
    # Options of ours that PyTorch does not have stay as they are, and so does what a user gave to a group.
    told = FOREIGN | {"lr", "weight_decay"}
    if (set(options) & told) - set(given) or (set(given) & FOREIGN) - set(options):
        raise ValueError(f"load_state_dict: a group with {sorted(group)} does not fit {name}'s {sorted(options)}")
    for key, option in given.items():
        if key in options and kind_of(option) != kind_of(options[key]):
            raise ValueError(
                f"load_state_dict: {key} is a {kind_of(options[key])} such as {options[key]!r}, not {option!r}"
            )
    return given


# Options by which kinds of optimizers are told apart.
FOREIGN = {
    "betas", "momentum", "dampening", "nesterov", "rho", "alpha", "lambd", "t0", "etas", "step_sizes", "momentum_decay",
    "lr_decay", "centered", "amsgrad", "l2", "beta2_decay", "ns_steps",
}  # fmt: skip


def read_entry(where: str, kind: str, given: Mapping[str, Any] | None, own: Mapping[str, Any], readers: Readers) -> Any:
    """One parameter's state: its step, and arrays in the shapes of those that there are.

    Parameters
    ----------
    where, kind : str
        For messages: which parameter, and of which optimizer.
    given : mapping, or None
        None for one that has not been moved yet.
    own : mapping
        What the optimizer holds for it now.
    readers : mapping
        PyTorch's names for ours, with what makes ours of theirs; None for what is not needed.

    Raises
    ------
    ValueError
        Where it does not fit.

    Examples
    --------
    >>> read_entry("parameter 0", "SGD", {"momentum_buffer": [1.0]}, {"step": 0, "momentum_buffer": np.zeros(1)}, {})
    {'step': 1, 'momentum_buffer': array([1.])}
    """
    if given is None:
        given = {"step": 0, **{name: None for name in own if name != "step"}}
    entry: dict[str, Any] = {}
    for name, value in given.items():
        if name not in readers:
            entry[name] = value
        elif (reader := readers[name]) is not None:
            entry[reader[0]] = reader[1](np.asarray(raw(value)))
    if "step" not in entry:
        # PyTorch's SGD does not count.
        entry["step"] = int(any(value is not None for value in entry.values()))
    if set(entry) != set(own):
        raise ValueError(f"{where} has {sorted(given)}, {kind} needs {sorted(own)}")
    # PyTorch's own tensors too, which are no arrays of ours.
    step = raw(entry["step"])
    step = _plain(np.asarray(step) if hasattr(step, "__array__") else step)
    if isinstance(step, (bool, str)) or not isinstance(step, Real) or float(step) < 0.0 or float(step) % 1.0:
        raise ValueError(f"{where}: step must be a whole number that is not negative, got {entry['step']!r}")
    arrays = {name: _read_array(where, name, entry[name], own[name]) for name in own if name != "step"}
    return {"step": int(float(step)), **arrays}


def _read_array(where: str, name: str, given: Any, own: Any) -> Any:
    """An array in the shape of the one that there is; None for one that PyTorch has not made yet."""
    if given is None:
        return np.zeros_like(own)
    array = np.asarray(raw(given))
    if array.shape != own.shape and array.ndim == 0 and array.dtype.kind == "f":
        array = np.broadcast_to(array, own.shape)
    if array.shape != own.shape or array.dtype.kind not in "fiub":
        raise ValueError(
            f"{where}: {name} is {array.dtype} of shape {array.shape}, expected {own.dtype} of shape {own.shape}"
        )
    return array
