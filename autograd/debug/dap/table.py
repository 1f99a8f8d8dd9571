"""`StopTable`: the breakpoints of the editor, and what became of each in each pass that is kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from autograd.debug.dap.runs import Matches, find_matches
from autograd.debug.dap.stops import Resolution, Stop, resolve
from autograd.debug.dap.view import View


@dataclass
class _Entry:
    """A stop in a pass."""

    view: View
    resolution: Resolution
    before: int
    matches: Matches | None = None
    edited: int = -1


class StopTable:
    """Stops in groups, each of which the editor sets as a whole: those of a file, of functions, of data, of exceptions.

    Attributes
    ----------
    groups : dict of str to list of Stop
    """

    def __init__(self) -> None:
        self.groups: dict[str, list[Stop]] = {}
        # By the number of the pass, then by the stop's.
        self._entries: defaultdict[int, dict[int, _Entry]] = defaultdict(dict)
        self._told: dict[int, dict[str, Any]] = {}
        self.next_id = count(1).__next__

    def __iter__(self) -> Iterator[Stop]:
        return (stop for group in self.groups.values() for stop in group)

    def replace(
        self, group: str, stops: Sequence[Stop], views: Iterable[View], latest: View | None
    ) -> list[dict[str, Any]]:
        """Set a group anew; gives what the editor is told of each.

        Parameters
        ----------
        group : str
        stops : sequence of Stop
        views : iterable of View
            The passes that are kept.
        latest : View or None
            That which is looked at, if one is.
        """
        gone = {stop.id for stop in self.groups.get(group, ())}
        for entries in self._entries.values():
            for id in gone & entries.keys():
                entry = entries.pop(id)
                if entry.resolution.key is not None:
                    entry.view.session.clear(entry.resolution.key)
        self.groups[group] = list(stops)
        newest = max((view.number for view in views), default=0)
        for stop in stops:
            # What it is in other passes, of which there may be thousands, is found when they are gone to.
            stop.since = newest
            self._told[stop.id] = self._describe(stop, latest)
        return [self._told[stop.id] for stop in stops]

    def _describe(self, stop: Stop, view: View | None) -> dict[str, Any]:
        if view is not None:
            return self._entry(view, stop).resolution.describe()
        waits = "" if stop.filter == "error" else "waits for the first backward()"
        return Resolution(stop, None, why=stop.refused or waits).describe()

    def _entry(self, view: View, stop: Stop) -> _Entry:
        entries = self._entries[view.number]
        if stop.id not in entries:
            before = stop.total if view.number > stop.since else 0
            entries[stop.id] = _Entry(view, resolve(view, stop), before)
        return entries[stop.id]

    def enter(self, view: View) -> list[dict[str, Any]]:
        """Set all stops in a new pass; gives what is to be told of those of which something else is true now."""
        changed = []
        for stop in self:
            told = self._describe(stop, view)
            if told != self._told.get(stop.id):
                self._told[stop.id] = told
                changed.append(told)
        return changed

    def leave(self, view: View) -> None:
        """Count the hits of a pass that the program leaves."""
        for stop in self:
            if stop.hits is not None:
                stop.total = self._entry(view, stop).before + len(self.matches(view, stop).starts)

    def forget(self, number: int) -> None:
        """Forget a pass that is kept no longer."""
        self._entries.pop(number, None)

    def matches(self, view: View, stop: Stop) -> Matches:
        """At which events of a pass a stop stops."""
        entry = self._entry(view, stop)
        if entry.matches is None or entry.edited != view.edited:
            entry.matches = find_matches(view, entry.resolution, entry.before)
            entry.edited = view.edited
        return entry.matches

    def unset(self) -> list[str]:
        """The stops that would have halted the program and stand nowhere, with the reasons."""
        told = ((stop, self._told.get(stop.id, {})) for stop in self if stop.log is None)
        return [f"{stop.label}: {one['message']}" for stop, one in told if not one.get("verified") and "message" in one]

    @property
    def any_halt(self) -> bool:
        """Whether there is anything to halt at but errors of the program."""
        return any(stop.filter != "error" and stop.log is None for stop in self)

    @property
    def any_set(self) -> bool:
        """Whether there is anything to stop at but errors of the program."""
        return any(stop.filter != "error" for stop in self)
