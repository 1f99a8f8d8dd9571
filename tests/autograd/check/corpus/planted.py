"""What a planted wrong derivative is: the same function twice, once with its right gradient and once with a wrong one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Subject:
    """A function and the gradient somebody wrote for it; without one, the engine's rules (a `primitive`'s) are checked."""

    function: Callable[..., Any]
    gradient: Callable[..., Any] | None = None


@dataclass(frozen=True)
class Planted:
    """A mistake on a correct twin.

    Attributes
    ----------
    name : str
    kind : str
        The class a checker should name; one of `autograd.check.KINDS`.
    inputs : callable
        Gives the arguments anew, because some subjects change them.
    right, wrong : Subject
    order : int
        2 where the mistake is only in the second derivative.
    """

    name: str
    kind: str
    inputs: Callable[[], tuple[Any, ...]]
    right: Subject
    wrong: Subject
    order: int = 1
