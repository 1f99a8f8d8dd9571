"""`Story`: what happens in a scene moment by moment, for a page to play; told by whoever knows more than the backward pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# What a box shows from a moment on: the key of the box, "value" or "gradient", and the text.
Change = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of a story.

    Attributes
    ----------
    number : int
        Of the event, from 1 on; of the last, where several are told as one.
    phase : {"forward", "backward"}
    boxes : list of str
        The keys of those that it happens in.
    operands : list of str
        The boxes at the other ends of the arrows that are lit.
    text : str
        One line.
    rows : list of (str, str, str)
        What is sent to each operand: its name, the calculation, and the sum so far.
    notes : list of str
        Further lines.
    words : list of str
        What a breakpoint finds it by: names, operations, modules.
    changes : list of (str, str, str)
    stops : list of int
        The numbers of the breakpoints that stop here.
    """

    number: int
    phase: str
    boxes: Sequence[str]
    operands: Sequence[str]
    text: str
    rows: Sequence[tuple[str, str, str]] = ()
    notes: Sequence[str] = ()
    words: Sequence[str] = ()
    changes: Sequence[Change] = ()
    stops: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Track:
    """A node through time: its value and its gradient, each as the texts that it has from some moment on.

    Attributes
    ----------
    name : str
    value, gradient : list of (int, str)
        How many moments have passed, and the text.
    """

    name: str
    value: Sequence[tuple[int, str]]
    gradient: Sequence[tuple[int, str]]


@dataclass(frozen=True)
class Story:
    """All that a page plays.

    Attributes
    ----------
    length, forward : int
        How many events there are, and how many of them are of the forward pass.
    moments : list of Moment
    start : list of (str, str, str)
        What boxes show before the first.
    position : int
        How many moments have passed when the page is opened.
    tracks : list of Track
        The nodes that can be watched.
    watches : list of str
        Those that are.
    breakpoints : list of (int, str)
        Number and text.
    calculation : str
        What the second text of a row is.
    remarks : list of str
        What a reader must know: what was left out, edited, or went wrong.
    """

    length: int
    forward: int
    moments: Sequence[Moment]
    start: Sequence[Change] = ()
    position: int = 0
    tracks: Sequence[Track] = ()
    watches: Sequence[str] = ()
    breakpoints: Sequence[tuple[int, str]] = ()
    calculation: str = ""
    remarks: Sequence[str] = ()
