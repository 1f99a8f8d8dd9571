"""What is asked of the user's code that it was never asked for: it may raise, which says nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from nn.health.finding import Finding

T = TypeVar("T")


def ask(question: Callable[[], T], otherwise: T) -> T:
    """The answer, or another one where the user's code raises.

    Examples
    --------
    >>> ask(lambda: 1 / 0 > 0, otherwise=False)
    False
    """
    try:
        return question()
    except Exception:
        return otherwise


def list_findings(rule: Callable[[], Iterable[Finding]]) -> list[Finding]:
    """What a rule finds, until the user's code raises.

    Examples
    --------
    >>> found = list_findings(lambda: (Finding("error", "", f"{1 / k:g} of all", "") for k in (2, 0)))
    >>> [finding.sentence for finding in found]
    ['0.5 of all']
    """
    found: list[Finding] = []

    def collect() -> None:
        found.extend(rule())

    ask(collect, None)
    return found
