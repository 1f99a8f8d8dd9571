"""What a diagram's lines and letters look like, and the states of an edge that they tell apart."""

from __future__ import annotations

import math

from autograd.wording.numbers import Numbers

VALUE, GRADIENT = "#2a7d3b", "#c4302b"
# Blue and orange, of the palette of Okabe and Ito, are told apart with any colour vision; signs that mix are in between.
POSITIVE, MIXED, NEGATIVE = "#0072b2", "#80708a", "#d55e00"
NOTHING, BROKEN, PLAIN, LIT = "#8a8a8a", "#b5308f", "#9a9a9a", "#f2c12e"
# The frame of a box that differs between graphs.
CHANGED = "#9a6700"
INK, PAPER, LEAF, CONSTANT, FRAME = "#333333", "#ffffff", "#f3f1ea", "#fafafa", "#f7f8fb"
# Stands before a gradient, so that its colour does not alone tell it from a value.
NABLA = "∇"
FONT = "Helvetica,Arial,sans-serif"
# A contribution is vanishing below, and exploding above, so many times the gradient that the pass began with.
MAX_VANISHING, MIN_EXPLODING = 1e-4, 1e4
LOOKS = {
    "plain": "values alone",
    "zero": "zero, blocked",
    "vanishing": f"vanishing, below {MAX_VANISHING:g}",
    "exploding": f"exploding, above {MIN_EXPLODING:g}",
    "broken": "not finite",
}
STATES = ("plain", "zero", "vanishing", "flowing", "exploding", "broken")


def state_of(sent: Numbers, strength: float) -> str:
    """The state of an edge: "zero", "vanishing", "flowing", "exploding" or "broken".

    Parameters
    ----------
    sent : Numbers
        The contribution.
    strength : float
        Its size in units of the gradient at the root.
    """
    if sent.broken:
        return "broken"
    if strength == 0.0:
        return "zero"
    return "vanishing" if strength < MAX_VANISHING else "exploding" if strength > MIN_EXPLODING else "flowing"


# From which share of one sign on a contribution is called positive or negative.
MIN_SIGNED = 0.8


def look_of(state: str, balance: float) -> str:
    """What a legend calls the look of an arrow.

    Examples
    --------
    >>> look_of("flowing", -1.0), look_of("vanishing", 1.0), look_of("plain", 0.0)
    ('negative', 'vanishing, below 0.0001', 'values alone')
    """
    if state == "flowing":
        return "positive" if balance >= MIN_SIGNED else "negative" if balance <= -MIN_SIGNED else "mixed signs"
    return LOOKS[state]


def width_of(strength: float) -> float:
    """The width of an edge in points: 3 at the strength of the root, one more or less for a factor of 10.

    Examples
    --------
    >>> width_of(1.0), width_of(10.0), width_of(1e-9)
    (3.0, 4.0, 0.8)
    """
    return round(min(max(3.0 + math.log10(strength), 0.8), 7.0), 2) if strength > 0.0 else 1.0


def hue_of(balance: float) -> str:
    """The colour of a contribution: the sum of its numbers over the sum of their sizes, from -1 to 1.

    Examples
    --------
    >>> hue_of(1.0), hue_of(-1.0), hue_of(0.0)
    ('#0072b2', '#d55e00', '#80708a')
    """
    end = POSITIVE if balance >= 0.0 else NEGATIVE
    share = min(abs(balance), 1.0)
    parts = zip((MIXED[1:3], MIXED[3:5], MIXED[5:7]), (end[1:3], end[3:5], end[5:7]), strict=True)
    return "#" + "".join(f"{round(int(a, 16) + share * (int(b, 16) - int(a, 16))):02x}" for a, b in parts)
