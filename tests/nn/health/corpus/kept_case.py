"""What a case of the kept half is: a run as a person would have it, and the same run with its trouble taken out.

No rule, threshold or wording of the diagnosis may be set by looking at these cases: they are for scoring alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import nn

Part = tuple[Any, Any]


@dataclass(frozen=True)
class Fit:
    """What somebody gives to `nn.fit`."""

    model: nn.Module
    data: Part
    held: Part
    """Rows that the run never sees, as they would come in use: what it is judged by."""
    loss: Any
    judge: str
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Script:
    """A training script; it leaves `model`, `x_test` and `y_test` behind."""

    text: str
    judge: str


@dataclass(frozen=True)
class Case:
    """One run of the corpus. `build(seed, healed)` makes it; `right` says what a true answer has to say of it."""

    name: str
    source: str
    cause: str | None
    right: str
    unusual: bool
    build: Callable[[int, bool], Fit | Script]


KARPATHY_RECIPE = "Karpathy, A Recipe for Training Neural Networks, karpathy.github.io/2019/04/25/recipe"
KARPATHY_MISTAKES = "Karpathy, most common neural net mistakes, twitter.com/karpathy/status/1013244313327681536"
KARPATHY_BACKPROP = "Karpathy, Yes you should understand backprop, karpathy.medium.com (2016)"
CS231N_2 = "CS231n, Setting up the data and the model, cs231n.github.io/neural-networks-2"
CS231N_3 = "CS231n, Learning and evaluation, cs231n.github.io/neural-networks-3"
SLAV = "Slav Ivanov, 37 Reasons why your Neural Network is not working, blog.slavv.com (2017)"
GOODFELLOW = "Goodfellow, Bengio and Courville, Deep Learning, chapter 11"
STATS = "stats.stackexchange.com/q/352036, What should I do when my neural network doesn't learn?"
STACK = "stackoverflow.com"
FORUM = "discuss.pytorch.org"
ORANGE = "D. Holden, My Neural Network isn't working!, theorangeduck.com/page/neural-network-not-working"


def rng_of(seed: int) -> np.random.Generator:
    """A generator for the data of a seed, apart from those that initialise the models."""
    return np.random.default_rng([seed, 21])
