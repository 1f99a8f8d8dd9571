"""`Remedy`: one change to a trial, and the cause that is proven where it heals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nn.health.experiments.trial import Trial


@dataclass(frozen=True)
class Remedy:
    """A change.

    Attributes
    ----------
    name : str
    told : str
        The change within a sentence: "with a rate of 0.01".
    cause : str
        What is wrong where this heals.
    fix : str
        What the user is to do.
    apply : callable
        Changes a trial before its first step.
    longer : float
        By what factor it may take more steps than the user does.
    general : bool
        Whether it mends many things alike, such as Adam.
    beside : str
        The other change that is made with it, beside which it must gain something of its own.
    evidenced : bool
        Whether what it mends is seen as well, so that it need not.
    """

    name: str
    told: str
    cause: str
    fix: str
    apply: Callable[[Trial], None]
    longer: float = 1.0
    general: bool = False
    beside: str = ""
    evidenced: bool = False


def together(first: Remedy, second: Remedy) -> Remedy:
    """Both changes at once, as a remedy for the first one's cause."""

    def apply(trial: Trial) -> None:
        first.apply(trial)
        second.apply(trial)

    return Remedy(
        f"{first.name}, {second.name}",
        f"{first.told} and {second.told.removeprefix('with ')}",
        first.cause,
        f"{first.fix}; and {second.fix}",
        apply,
        max(first.longer, second.longer),
        first.general,
        second.name,
        first.evidenced,
    )
