"""`Timeline`: the last passes of a program, kept so that one can step back into them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from autograd.debug.errors import DebugError
from autograd.debug.session import Session

# What is kept by default, in bytes; see `Timeline`.
BUDGET = 256 * 2**20


@dataclass(frozen=True, slots=True)
class Pass:
    """One `backward()` of a program.

    Attributes
    ----------
    number : int
        From 1 on.
    session : Session
        Over it. It has copies of the leaves, so an optimizer that overwrites them changes nothing of it.
    nbytes : int
        About what it holds.
    """

    number: int
    session: Session
    nbytes: int


class Timeline:
    """The last passes within a budget of memory, and the one that is looked at.

    Parameters
    ----------
    budget : int
        Bytes. The oldest passes are dropped where all together hold more; the latest is kept whatever its size.

    Attributes
    ----------
    passes : list of Pass
        The oldest first.

    Examples
    --------
    >>> from autograd.examples import chain_rule
    >>> timeline = Timeline()
    >>> for number in (1, 2, 3):
    ...     _ = timeline.add(number, Session(chain_rule().root))
    >>> timeline.present.number, timeline.go(-1).number, timeline.go(-1).number, timeline.has_earlier
    (3, 2, 1, False)
    """

    def __init__(self, budget: int = BUDGET) -> None:
        self.budget = budget
        self.passes: list[Pass] = []
        self._at = self._held = 0

    def add(self, number: int, session: Session) -> list[Pass]:
        """Keep a pass, and look at it.

        Parameters
        ----------
        number : int
        session : Session

        Returns
        -------
        list of Pass
            What is kept no longer.
        """
        self.passes.append(Pass(number, session, session.nbytes))
        self._held += self.passes[-1].nbytes
        dropped = []
        while self._held > self.budget and len(self.passes) > 1:
            dropped.append(self.passes.pop(0))
            self._held -= dropped[-1].nbytes
        self._at = len(self.passes) - 1
        return dropped

    @property
    def present(self) -> Pass:
        """The pass that is looked at."""
        return self.passes[self._at]

    @property
    def has_earlier(self) -> bool:
        """Whether a pass before this one is kept."""
        return self._at > 0

    @property
    def has_later(self) -> bool:
        """Whether a pass after this one was recorded already."""
        return self._at < len(self.passes) - 1

    def go(self, by: int) -> Pass:
        """Look at another pass.

        Parameters
        ----------
        by : int
            How many further; back where it is negative.

        Raises
        ------
        DebugError
            Where none is kept there.
        """
        if not 0 <= self._at + by < len(self.passes):
            raise DebugError(f"no {'earlier' if by < 0 else 'later'} pass is kept: {self.describe()}")
        self._at += by
        return self.present

    def describe(self) -> str:
        """Which passes are kept.

        Examples
        --------
        >>> Timeline(2**20).describe()
        'there is no pass yet'
        """
        if not self.passes:
            return "there is no pass yet"
        numbers = [one.number for one in self.passes]
        kept = f"pass {numbers[0]}" if len(numbers) == 1 else f"passes {numbers[0]} to {numbers[-1]}"
        return f"{kept}, within {self.budget / 2**20:g} MiB"

    def history(self, name: str) -> list[tuple[int, Any, Any]]:
        """What a node was in each pass: the pass's number, the value and the complete gradient.

        Parameters
        ----------
        name : str
            Passes that have no such node are left out.

        Raises
        ------
        DebugError
            Where none has; the message names the nearest.

        Examples
        --------
        >>> from autograd.examples import chain_rule
        >>> timeline = Timeline()
        >>> _ = timeline.add(1, Session(chain_rule().root))
        >>> timeline.history("b")
        [(1, 1.0, 5.0)]
        """
        found: list[tuple[int, Any, Any]] = []
        for one in self.passes:
            session = one.session
            try:
                node = session.find(name)
            except DebugError:
                continue
            found.append((one.number, *session.outcome(node)))
        if not found:
            self.present.session.find(name)
        return found
