"""`xor`: backpropagation through the XOR network, every number of every step shown, as one page."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from autograd.examples import XOR
from autograd.pages.document import build_page
from autograd.pages.engine import engine_script, read_asset, read_stage_look
from autograd.pages.errors import PageError
from autograd.pages.page import Page
from autograd.wording.suggestion import quote, suggest

SCRIPTS = ("expression.js", "stage.js", "knobs.js", "xor/lesson.js", "xor/xor.js")
# By neuron, as the examples have them: two weights and the bias.
NAMES = {"h1": ("w1", "w2", "b1"), "h2": ("w3", "w4", "b2"), "o": ("w5", "w6", "b3")}
WEIGHTS = {name: x for unit, names in NAMES.items() for name, x in zip(names, XOR[unit], strict=True)}


@dataclass(frozen=True)
class Lesson(Page):
    """A training of the XOR network that is set up.

    Attributes
    ----------
    weights : dict of str to float
        w1 to w6 and b1 to b3.
    rate, momentum : float
    mode : {"online", "batch"}
    html : str
        One page that needs nothing else.
    """

    title = "XOR, a step at a time"
    ending = "the XOR page is a file that ends in .html"

    weights: dict[str, float]
    rate: float
    momentum: float
    mode: str

    @cached_property
    def html(self) -> str:
        """One page that needs nothing else."""
        told = {"weights": self.weights, "rate": self.rate, "momentum": self.momentum, "mode": self.mode}
        return build_page(
            title=self.title,
            body=read_asset("xor/xor.html"),
            scripts=[engine_script(), *map(read_asset, SCRIPTS)],
            styles=[read_stage_look(), read_asset("xor/xor.css")],
            data=told,
        )

    def __repr__(self) -> str:
        return f"<Lesson on XOR, {self.mode}, η = {self.rate:g}, α = {self.momentum:g}; .html, .save('xor.html')>"


def xor(
    weights: Mapping[str, float] | None = None,
    *,
    rate: float = 0.7,
    momentum: float = 0.0,
    mode: Literal["online", "batch"] = "online",
) -> Lesson:
    """Step through the training of the XOR network: 2 inputs, 2 sigmoid neurons, 1 sigmoid output, loss ½(o − t)².

    Parameters
    ----------
    weights : mapping of str to float, optional
        Some of w1 to w6 and b1 to b3; the others are those of the lecture's demonstration. w1, w2 and b1 lead into the
        first hidden neuron, w3, w4 and b2 into the second, w5, w6 and b3 into the output.
    rate : float
        η.
    momentum : float
        α, of v = α·v + η·∂L/∂w and w −= v.
    mode : {"online", "batch"}
        An update after each pattern, or one an epoch by the sum of the gradients.

    Returns
    -------
    Lesson

    Raises
    ------
    PageError
        For an unknown weight, and numbers that cannot be; it is a ValueError.

    Examples
    --------
    >>> xor(momentum=0.5).weights["w5"]
    -0.22791948943117624
    """
    given = dict(weights or {})
    for name, value in given.items():
        if name not in WEIGHTS:
            raise PageError(f"the XOR network has no weight {quote(str(name))}{suggest(name, WEIGHTS)}")
        _check_number(name, value)
    _check_number("the rate", rate)
    _check_number("the momentum", momentum)
    if rate < 0.0:
        raise PageError(f"the rate is a number from 0 on, not {rate!r}")
    if not 0.0 <= momentum < 1.0:
        raise PageError(f"the momentum is a number from 0 to below 1, not {momentum!r}")
    if mode not in ("online", "batch"):
        raise PageError(f"the mode is 'online' or 'batch', not {mode!r}")
    numbers = {name: float(given.get(name, usual)) for name, usual in WEIGHTS.items()}
    return Lesson(numbers, float(rate), float(momentum), mode)


def _check_number(what: str, value: Any) -> None:
    try:
        finite = math.isfinite(value)
    except TypeError:
        finite = False
    if not finite:
        raise PageError(f"{what} is a finite number, not {quote(repr(value))}")
