"""`Matches`: consecutive events that are one arrival: at a line, in a function, in a module, or at gradients out of bounds.

A line is many events, and is stopped at once each time it runs. Whether it runs anew is seen from the instructions that
recorded its events: an earlier one comes again. Of a call of the library that records several events there is one instruction.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from autograd.debug.dap.stops import Resolution, Stop, find_events
from autograd.debug.dap.view import View
from autograd.graph.sites import Site


@dataclass(frozen=True)
class Matches:
    """The events at which a stop stops: from `starts[k]` to `ends[k]` it is the same hit.

    Attributes
    ----------
    starts, ends : sequence of int
    before : int
        Hits in earlier passes.
    """

    starts: Sequence[int]
    ends: Sequence[int]
    before: int = 0

    def after(self, position: int) -> Sequence[int]:
        """The hits that begin later, as they are met going forward."""
        return range(bisect_right(self.starts, position), len(self.starts))

    def until(self, position: int) -> Sequence[int]:
        """The hits that end before, as they are met going back."""
        return range(bisect_left(self.ends, position) - 1, -1, -1)


def find_matches(view: View, resolution: Resolution, before: int) -> Matches:
    """The arrivals in a pass at which a stop stops."""
    stop, found = resolution.stop, find_events(view, resolution)
    if not stop.entry:
        return Matches(found, found, before)
    return Matches(*find_runs(view, stop, resolution.line, found), before)


def find_runs(view: View, stop: Stop, line: int, found: Sequence[int]) -> tuple[list[int], list[int]]:
    """The first and the last event of each arrival.

    Parameters
    ----------
    view : View
    stop : Stop
    line : int
        On which it is, where it is one of a line.
    found : sequence of int
        All events that it fits, in order.
    """
    starts: list[int] = []
    ends: list[int] = []
    for number in found:
        adjoining = ends and number != view.session.forward_length + 1 and _leaves_between(view, ends[-1], number)
        if adjoining and not _begins_anew(view, stop, line, starts[-1], ends[-1], number):
            ends[-1] = number
        else:
            starts.append(number)
            ends.append(number)
    return starts, ends


def _leaves_between(view: View, number: int, other: int) -> bool:
    """Whether nothing is between two events but leaves, whose gradients are complete in between; their lines are elsewhere."""
    return all(view.session.event_at(n).node.op is None for n in range(number + 1, other))


def _begins_anew(view: View, stop: Stop, line: int, first: int, before: int, number: int) -> bool:
    if stop.path is not None:
        path = stop.path
        levels = [view.places.site_on(n, path, line) for n in (first, before, number)]
        return _is_again(view, levels, number, first)
    if stop.function is not None:
        return _is_again(view, [view.places.site_at(n) for n in (first, before, number)], number, first)
    pattern = stop.criteria.get("module")
    if pattern is None:
        return False
    now, then = (_entered_module(view, n, pattern) for n in (number, first))
    return now != then or (_same_operation(view, number, first) and view.places.is_same_site(number, first))


def _is_again(view: View, levels: Sequence[Site | None], number: int, first: int) -> bool:
    """Whether the instruction that began a run comes again after another one; or at once, of one operation after the other."""
    begun, before, now = levels
    if begun is None or before is None or now is None or not now.is_same(begun):
        return False
    if not now.is_same(before):
        return True
    # Several events of one instruction: a module's, or those of a line that runs again.
    direct = now is view.places.site_at(number) and view.session.event_at(number).node.scope is None
    return direct and _same_operation(view, number, first)


def _same_operation(view: View, number: int, other: int) -> bool:
    return view.session.event_at(number).node.op is view.session.event_at(other).node.op


def _entered_module(view: View, number: int, pattern: str) -> str:
    """The outermost module around an event that the pattern fits."""
    parts = (view.session.event_at(number).node.scope or "").split(".")
    paths = [".".join(parts[:count]) for count in range(1, len(parts) + 1)]
    return next((path for path in paths if path == pattern or fnmatchcase(path, pattern)), "")
