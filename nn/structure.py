"""What a module is made of, handed over to those who walk modules or watch them change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from nn.parameter import Parameter


class PartNameError(ValueError, KeyError):
    """A name that a part of a module cannot have; a KeyError too, as in PyTorch."""

    __str__ = ValueError.__str__


class Structure(NamedTuple):
    """The own parts of a module, without those of the modules below it: read-only views that show later changes.

    Attributes
    ----------
    parameters : mapping of str to Parameter
    modules : mapping of str to Module
    buffers : mapping of str to array or tensor, or to None for one that is not there yet
    hooks : mapping of int to function
        Of a forward pass, and what `nn.hooks` makes of the others, in the order in which they are called.
    """

    parameters: Mapping[str, Parameter]
    modules: Mapping[str, Any]
    buffers: Mapping[str, Any]
    hooks: Mapping[int, Any]


class Structured(Protocol):
    """What has a structure: modules."""

    def structure(self) -> Structure:
        """Its own parts."""
        ...

    def persists(self, name: str) -> bool:
        """Whether a buffer of its own is a part of its state."""
        ...
