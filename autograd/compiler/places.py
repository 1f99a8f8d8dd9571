"""Places: what loops have to know of where the variables of a program lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from autograd.compiler.flat import Instruction, Variable


@dataclass(frozen=True)
class Access:
    """Where a variable's elements are: those of `root` from `offsets` on, in this shape."""

    root: Variable
    offsets: tuple[int, ...]
    shape: tuple[int, ...]

    @property
    def whole(self) -> bool:
        """Whether it is all of the root."""
        return self.shape == self.root.shape


class Places(Protocol):
    """What loops want to know of where variables lie."""

    def access(self, x: Variable, /) -> Access:
        """Where the elements of a variable are."""

    def is_in_one_piece(self, x: Variable, /) -> bool:
        """Whether they lie one behind the other."""

    def is_loop(self, instruction: Instruction, /) -> bool:
        """Whether a loop computes it; what no loop does in a group is a view."""
