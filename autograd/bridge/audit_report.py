"""What an audit tells: the derivatives that are wrong, with their lines, and what kind of mistake each looks like."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd.bridge import comparing
from autograd.bridge.program import Line


@dataclass(frozen=True)
class Difference:
    """A step whose derivative, or value, is another in the framework than here.

    Attributes
    ----------
    what : str
        "gradient", "value", or "error" where the framework's derivative cannot be computed at all.
    derivative : str
        What it is called, such as `Swish.backward (model.py:12)`.
    operand : str
        With respect to what: an argument by its number, or a result.
    line : Line or None
        Where the user's source computes it.
    place : str
        The line and the module, in words.
    theirs, ours : float
        At the element that differs most, for the same random gradient arriving.
    tolerance : float
        What rounding may change there.
    index : tuple of int
        The element.
    told : str
        What kind of mistake it looks like.
    """

    what: str
    derivative: str
    operand: str
    line: Line | None
    place: str
    theirs: float = float("nan")
    ours: float = float("nan")
    tolerance: float = 0.0
    index: tuple[int, ...] = ()
    told: str = ""

    def __str__(self) -> str:
        head = f"{self.derivative}: {'an error' if self.what == 'error' else f'wrong {self.what}'}"
        told = [f"{head}\n  called at {self.place}"]
        if self.what == "error":
            return f"{told[0]}\n  {self.told}"
        at = f" at [{', '.join(map(str, self.index))}]" if self.index else ""
        told.append(
            f"  {self.operand}{at}: {self.theirs:.6g}, expected {self.ours:.6g} (rounding explains {self.tolerance:.1g})"
        )
        if self.told:
            told.append(f"  {self.told}")
        return "\n".join(told)


@dataclass
class Audit:
    """The outcome of an audit; true where all agrees.

    Attributes
    ----------
    name : str
        Of the model.
    differences : list of Difference
        In the order of the backward pass: the first is where the gradient goes wrong first.
    steps : int
        How many operations and custom functions were compared.
    custom : list of str
        The custom functions among them.
    parameters : dict of str to bool
        By their names, whether the model's gradients of parameters and inputs agree as a whole; empty where it was not compared.
    notes : list of str
    """

    name: str
    differences: list[Difference] = field(default_factory=list)
    steps: int = 0
    custom: list[str] = field(default_factory=list)
    parameters: dict[str, bool] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return not self.differences and all(self.parameters.values())

    @property
    def first(self) -> Difference | None:
        """The first in the order of the backward pass; None where all agrees."""
        return self.differences[0] if self.differences else None

    def __str__(self) -> str:
        custom = f", {len(self.custom)} of them custom functions ({', '.join(self.custom)})" if self.custom else ""
        told = [f"audit of {self.name}: {self.steps} steps{custom}"]
        told += [str(difference) for difference in self.differences]
        wrong = [name for name, agrees in self.parameters.items() if not agrees]
        if wrong:
            told.append(f"the model's gradients of {', '.join(wrong)} differ from those that its forward has")
            if not self.differences:
                told.append(
                    "  each step agrees alone: a hook, or what is not a part of the forward, changes them on the way"
                )
        elif self:
            told.append("every derivative agrees with its forward")
        return "\n".join([*told, *(f"note: {note}" for note in self.notes)])


def describe_mistake(theirs: Any, ours: Any, bound: Any, wrong: np.ndarray) -> str:
    """What kind of mistake a difference looks like.

    Parameters
    ----------
    theirs, ours, bound : arrays
        What the framework has, what is right, and what rounding explains.
    wrong : array of bool
        Where they differ by more.

    Examples
    --------
    >>> right = np.array([1.0, -2.0])
    >>> describe_mistake(2 * right, right, np.full(2, 1e-9), np.array([True, True]))
    'it is 2 times what it should be'
    """
    with np.errstate(all="ignore"):
        if not theirs[wrong].any():
            return "nothing arrives there"
        share = float(np.sum(theirs * ours) / np.sum(ours * ours)) if np.sum(ours * ours) else float("nan")
        if (
            np.isfinite(share)
            and not comparing.exceeds(theirs, share * ours, np.maximum(1.0, abs(share)) * bound).any()
        ):
            return "its sign is wrong" if abs(share + 1.0) < 1e-6 else f"it is {share:.6g} times what it should be"
        if not ours[wrong].any():
            return "the forward does not depend on it there"
    count = int(wrong.sum())
    return f"{count} of {wrong.size} elements differ" if wrong.size > 1 else ""
