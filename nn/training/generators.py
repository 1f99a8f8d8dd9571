"""What a pass changes beside gradients: random generators and buffers, remembered so that it can be gone through again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nn.data import DataLoader
from nn.module import Module


def generators_of(owner: Any) -> list[np.random.Generator]:
    """The generators that are attributes of a model's modules, or of what gives batches; each once.

    Examples
    --------
    >>> import nn
    >>> rng = np.random.default_rng(0)
    >>> len(generators_of(nn.Sequential(nn.Dropout(rng=rng), nn.Linear(2, 2), nn.Dropout(rng=rng), nn.Dropout())))
    2
    """
    if isinstance(owner, Module):
        parts: list[Any] = list(owner.modules())
    elif isinstance(owner, DataLoader):
        parts = [owner, owner.samples]
    else:
        parts = [owner]
    found: dict[int, np.random.Generator] = {}
    for part in parts:
        for value in getattr(part, "__dict__", {}).values():
            if isinstance(value, np.random.Generator):
                found.setdefault(id(value), value)
    return list(found.values())


def states_of(some: list[np.random.Generator]) -> list[Mapping[str, Any]]:
    """Where generators stand."""
    return [generator.bit_generator.state for generator in some]


def set_states(some: list[np.random.Generator], where: list[Mapping[str, Any]]) -> None:
    """Put generators where `states_of` found them.

    Raises
    ------
    ValueError
        For another number of generators, or other kinds of them.
    """
    if len(some) != len(where):
        raise ValueError(f"the states of {len(where)} random generators do not fit {len(some)}")
    for generator, state in zip(some, where, strict=True):
        generator.bit_generator.state = state


class Repeatable:
    """A model whose pass can be taken back, but for gradients: the next one sees the same masks and running averages.

    Parameters
    ----------
    model : Module
    owners : objects
        Others whose generators the pass draws from.
    """

    def __init__(self, model: Module, *owners: Any) -> None:
        self.generators = [generator for owner in (model, *owners) for generator in generators_of(owner)]
        held = [module.structure().buffers for module in model.modules()]
        self.buffers = [buffers for buffers in held if buffers]
        self._states: list[Mapping[str, Any]] = []
        self._arrays: list[dict[str, np.ndarray]] = []

    def remember(self) -> None:
        """Note where the model stands; almost nothing, for one without dropout and running averages."""
        if self.generators:
            self._states = states_of(self.generators)
        if self.buffers:
            self._arrays = [
                {n: array.copy() for n, array in some.items() if array is not None} for some in self.buffers
            ]

    def restore(self) -> None:
        """Put the model where `remember` found it."""
        set_states(self.generators, self._states)
        for some, arrays in zip(self.buffers, self._arrays, strict=True):
            for name, array in arrays.items():
                buffer = some[name]
                assert buffer is not None
                buffer[...] = array
