"""A session as plain text: where there is no terminal, in logs, in a pipe."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from autograd.debug.errors import describe_error
from autograd.debug.session import Session


def session_lines(session: Session, most: int = 200) -> Iterator[str]:
    """The whole story, or where breakpoints are set the events at which they stop.

    Parameters
    ----------
    session : Session
    most : int
        Events that are told; of more the first half and the last.

    Examples
    --------
    >>> from autograd.examples import chain_rule
    >>> print(*session_lines(Session(chain_rule().root), most=3), sep="\\n")
    forward
        1  c = a + b = 2 + 1 = 3
    backward
           … 5 events more …
        7  a has gradient 2
        8  b has gradient 5
    """
    numbers = range(1, len(session) + 1)
    told = [n for n in numbers if session.stopping_at(n)] if session.breakpoints else list(numbers)
    phase = ""
    first, last = told[: most // 2], told[-(most - most // 2) :]
    whole = len(told) <= most
    for number in told if whole else chain(first, last):
        event = session.event_at(number)
        if event.phase != phase:
            phase = event.phase
            yield phase
        if not whole and number == last[0]:
            more = len(told) - most
            yield f"       … {more:,} event{'s' * (more > 1)} more …"
        head, *rest = str(event).splitlines()
        yield f"{number:5d}  {head}"
        yield from (f"       {line}" for line in rest)
        if session.breakpoints and event.site is not None:
            yield f"       recorded at {event.site}"
    if not told:
        yield f"no breakpoint stops in the {len(session):,} events of this pass"
    if session.error is not None:
        yield f"the backward pass stopped here: {describe_error(session.error)}"
