"""`Traveller`: the moves through a pass and from pass to pass, forward and back, and where each of them halts."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge

from autograd.debug.dap.places import Place
from autograd.debug.dap.stops import Stop
from autograd.debug.dap.table import StopTable
from autograd.debug.dap.view import View
from autograd.debug.errors import describe_error
from autograd.debug.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Order:
    """What the editor asks for.

    Attributes
    ----------
    kind : str
        "continue", "reverse", "event", "line", "out", "back", "back_line", "goto", "pass", "finish" or "halt": to stay where the
        console has gone.
    number : int
        The event to go to, or by how many passes.
    """

    kind: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Halt:
    """Why it stands still.

    Attributes
    ----------
    reason : str
        As the protocol says it.
    said : str
        In words.
    stops : tuple of int
        The handles of the breakpoints that were hit.
    exception : str
        Which exception breakpoint, if any.
    """

    reason: str
    said: str
    stops: tuple[int, ...] = ()
    exception: str = ""


class Traveller:
    """Moves in the passes that are kept.

    Parameters
    ----------
    timeline : Timeline
    table : StopTable
    log : callable
        Tells a logpoint's message.

    Attributes
    ----------
    views : dict of int to View
        The passes that are kept, by their numbers.
    arriving : int or None
        Where to halt in the program's next pass; None where only breakpoints halt there.
    """

    def __init__(self, timeline: Timeline, table: StopTable, log: Callable[[View, str], None]) -> None:
        self.timeline, self.table, self._log = timeline, table, log
        self.views: dict[int, View] = {}
        self.arriving: int | None = None

    def add(self, view: View) -> None:
        """Keep a new pass, and look at it."""
        self.views[view.number] = view
        for dropped in self.timeline.add(view.number, view.session):
            self.table.forget(dropped.number)
            del self.views[dropped.number]

    @property
    def view(self) -> View:
        """The pass that is looked at."""
        return self.views[self.timeline.present.number]

    def move(self, order: Order) -> Halt | None:
        """Do it; None where the program has to run on for it."""
        session = self.view.session
        match order.kind:
            case "continue":
                return self._continue()
            case "reverse":
                return self._reverse()
            case "goto":
                session.goto(min(order.number, len(session)))
                return Halt("goto", self.view.title)
            case "halt":
                return Halt("step", self.view.title)
            case "pass":
                return self._change_pass(order.number)
            case "back" | "back_line":
                return self._back(order.kind)
            case _:
                return self._on(order.kind)

    # forward

    def _continue(self) -> Halt | None:
        while True:
            session = self.view.session
            halt = self._run(len(session) + 1)
            if halt is not None:
                return halt
            session.goto(len(session))
            if not self.timeline.has_later:
                return None
            self.timeline.go(1)
            self.view.session.restart()

    def _on(self, kind: str) -> Halt | None:
        session, places = self.view.session, self.view.places
        position = session.position
        if session.at_end:
            return self._enter_next(0)
        if kind == "event":
            return self._arrive(position + 1)
        target = places.next_line(position) if kind == "line" else self._outside(position)
        target = len(session) if target is None else target
        return self._run(target) or self._arrive(target)

    def _arrive(self, number: int) -> Halt:
        """Halt at an event, and say so where it is a breakpoint's, too."""
        view = self.view
        view.session.goto(number)
        hit = [stop for stop in self.table if self._hit(view, stop, number, forward=True)]
        for stop in hit:
            if stop.log is not None:
                self._log(view, stop.log.tell(view))
        return _halt_of([stop for stop in hit if stop.log is None], view) or Halt("step", view.title)

    def _outside(self, position: int) -> int | None:
        """The first event after the end of the module that the present one is in; outside of any, of the function."""
        session, places = self.view.session, self.view.places
        event = session.event_at(max(position, 1))
        scope, chain = event.node.scope, places.at(event.number)
        for number in range(position + 1, len(session) + 1):
            other = session.event_at(number)
            if scope is not None:
                inside = other.node.scope is not None and f"{other.node.scope}.".startswith(f"{scope}.")
            else:
                inside = chain == () or _is_inside(places.at(number), chain)
            if not inside or (other.phase != event.phase):
                return number
        return None

    def _enter_next(self, position: int) -> Halt | None:
        if not self.timeline.has_later:
            self.arriving = position
            return None
        self.timeline.go(1)
        self.view.session.goto(min(position, len(self.view.session)))
        return Halt("step", self.view.title)

    # back

    def _reverse(self) -> Halt:
        while True:
            halt = self._run(0)
            if halt is not None:
                return halt
            self.view.session.restart()
            if not self.timeline.has_earlier:
                return Halt("entry", f"{self.view.title}: the first that is kept")
            self.timeline.go(-1)
            self.view.session.goto(len(self.view.session))
            at_end = self._hits_at(len(self.view.session))
            if at_end is not None:
                return at_end

    def _hits_at(self, number: int) -> Halt | None:
        view = self.view
        return _halt_of(
            [stop for stop in self.table if stop.log is None and self._hit(view, stop, number, forward=False)], view
        )

    def _back(self, kind: str) -> Halt:
        session = self.view.session
        if session.at_start:
            if not self.timeline.has_earlier:
                return Halt("step", f"{self.view.title}: the first that is kept")
            self.timeline.go(-1)
            self.view.session.goto(len(self.view.session))
            return Halt("step", self.view.title)
        target = session.position - 1
        if kind == "back_line":
            target = self.view.places.line_before(session.position) or 0
            halt = self._run(target)
            if halt is not None:
                return halt
        session.goto(target)
        return Halt("step", self.view.title)

    # passes

    def _change_pass(self, by: int) -> Halt | None:
        was = self.view.session
        if by > 0 and not self.timeline.has_later:
            self.arriving = was.position
            return None
        self.timeline.go(by)
        session = self.view.session
        # The same moment of it, where it is the same computation.
        session.goto(was.position if len(session) == len(was) else 0)
        return Halt("goto", self.view.title)

    # breakpoints

    def _run(self, until: int) -> Halt | None:
        """Go towards a position, which is not reached, and halt at the first breakpoint before it."""
        view = self.view
        forward = until > view.session.position
        for number, stops in _together(self._hits_between(view, until, forward)):
            view.session.goto(number)
            for stop in stops:
                if stop.log is not None:
                    self._log(view, stop.log.tell(view))
            halt = _halt_of([stop for stop in stops if stop.log is None], view)
            if halt is not None:
                return halt
        return None

    def _hits_between(self, view: View, until: int, forward: bool) -> Iterator[tuple[int, Stop]]:
        streams = [self._hits_of(view, stop, until, forward) for stop in self.table]
        return merge(*streams, key=lambda hit: hit[0], reverse=not forward)

    def _hits_of(self, view: View, stop: Stop, until: int, forward: bool) -> Iterator[tuple[int, Stop]]:
        matches, position = self.table.matches(view, stop), view.session.position
        numbers = matches.starts if forward else matches.ends
        for index in matches.after(position) if forward else matches.until(position):
            if (numbers[index] >= until) if forward else (numbers[index] <= until):
                return
            if stop.hits is None or stop.hits(matches.before + index + 1):
                yield numbers[index], stop

    def _hit(self, view: View, stop: Stop, number: int, forward: bool) -> bool:
        matches = self.table.matches(view, stop)
        numbers = matches.starts if forward else matches.ends
        at = _index(numbers, number)
        return at is not None and (stop.hits is None or stop.hits(matches.before + at + 1))

    def end_with_error(self) -> Halt | None:
        """Halt at the end of a pass that an error has ended."""
        session = self.view.session
        if session.error is None or self.view.error_told or not any(stop.filter == "error" for stop in self.table):
            return None
        self.view.error_told = True
        session.goto(len(session))
        return Halt("exception", describe_error(session.error), exception="error")


def _index(numbers: Sequence[int], number: int) -> int | None:
    at = bisect_left(numbers, number)
    return at if at < len(numbers) and numbers[at] == number else None


def _together(hits: Iterator[tuple[int, Stop]]) -> Iterator[tuple[int, list[Stop]]]:
    """The stops of each event."""
    at, stops = 0, list[Stop]()
    for number, stop in hits:
        if stops and number != at:
            yield at, stops
            stops = []
        at = number
        stops.append(stop)
    if stops:
        yield at, stops


def _halt_of(stops: Sequence[Stop], view: View) -> Halt | None:
    if not stops:
        return None
    first = stops[0]
    said = f"{', '.join(stop.label for stop in stops)}: {view.title}"
    return Halt(first.reason, said, tuple(stop.id for stop in stops), first.filter)


def _is_inside(chain: tuple[Place, ...], function: tuple[Place, ...]) -> bool:
    """Whether a line was run within the call that another line is of."""
    outer = function[1:]
    if chain[len(chain) - len(outer) :] != outer or len(chain) <= len(outer):
        return False
    mine, other = chain[len(chain) - len(outer) - 1], function[0]
    return (mine.path, mine.function) == (other.path, other.function)
