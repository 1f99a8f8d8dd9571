"""`Places`: the source lines of a pass: on which line each event is, and which events a line has."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from autograd.debug.session import Session
from autograd.graph.node import Node
from autograd.graph.sites import Site
from autograd.wording.variables import is_users_file

# Passes whose lines are told together: thousands of one loop have the same ones.
MAX_PASSES = 100


class Place(NamedTuple):
    """A source line, and the function that it is in."""

    path: str
    line: int
    function: str


@cache
def real_path(filename: str) -> str:
    """A file's path without links, so that the editor's and the program's are the same; names such as `<stdin>` stay."""
    try:
        return filename if filename.startswith("<") else os.path.realpath(filename)
    except ValueError:
        # What no file can be called.
        return filename


class Places:
    """Where the events of a session were recorded.

    Parameters
    ----------
    session : Session
    just_my_code : bool
        Whether lines of installed packages are passed over, where a line of the user's called them.

    Examples
    --------
    >>> from autograd import Value, record_sites
    >>> with record_sites():
    ...     x = Value(3.0)
    ...     y = x * x + x
    >>> places = Places(Session(y), just_my_code=True)
    >>> [places.at(number)[0].line for number in range(1, 6)]
    [3, 3, 3, 3, 2]
    """

    def __init__(self, session: Session, just_my_code: bool) -> None:
        self._session, self._mine_only = session, just_my_code
        length = len(session)
        # Of each event, from 1 on: which chain of lines it has, and how many times another line had begun by then.
        self._chain = np.zeros(length + 1, np.int64)
        self._visit = np.zeros(length + 1, np.int64)
        self._sites: list[Site | None] = [None] * (length + 1)
        self.chains: list[tuple[Place, ...]] = [()]
        # In which event of the forward pass each node was computed; a leaf has the last.
        self.computed: dict[Node, int] = {}
        self._index()

    def _index(self) -> None:
        session = self._session
        known: dict[tuple[Place, ...], int] = {(): 0}
        users = _first_users(session)
        of_node: dict[Node, tuple[Site | None, int]] = {}
        visit, before, first = 0, -1, 1
        for number in range(1, len(session) + 1):
            node = session.event_at(number).node
            if node not in of_node:
                # A leaf that no line of the user's made is where it is used first.
                site = node.site if node.site is not None or node not in users else users[node].site
                places = shown_lines(site, self._mine_only)
                if places not in known:
                    known[places] = len(self.chains)
                    self.chains.append(places)
                of_node[node] = site, known[places]
                self.computed[node] = min(number, session.forward_length)
            site, chain = of_node[node]
            self._sites[number], self._chain[number] = site, chain
            # A line that runs again, as in a loop, has begun anew; and so has any in the backward pass.
            if (
                number in (1, session.forward_length + 1)
                or self._is_other_line(chain, before)
                or self._runs_again(number, first)
            ):
                visit, first = visit + 1, number
            self._visit[number], before = visit, chain

    def _is_other_line(self, chain: int, other: int) -> bool:
        if chain == other:
            return False
        return other < 0 or self.chains[chain][:1] != self.chains[other][:1]

    def at(self, number: int) -> tuple[Place, ...]:
        """The line of an event and those that called it, the innermost first; none where no line was recorded."""
        return self.chains[self._chain[number]]

    def events_of(self, chains: Sequence[int]) -> Sequence[int]:
        """The events that have one of these chains of lines."""
        return [int(n) for n in np.flatnonzero(np.isin(self._chain, chains))] if chains else []

    def site_at(self, number: int) -> Site | None:
        """What recorded the event."""
        return self._sites[number]

    def site_on(self, number: int, path: str, line: int) -> Site | None:
        """The instruction of a line that recorded the event, or called what did."""
        site = self._sites[number]
        while site is not None and (site.lineno != line or real_path(site.filename) != path):
            site = site.caller
        return site

    def is_same_site(self, number: int, other: int) -> bool:
        """Whether two events were recorded by the same instruction, called from the same ones."""
        site, earlier = self._sites[number], self._sites[other]
        return site is not None and earlier is not None and site.is_same(earlier)

    def _runs_again(self, number: int, first: int) -> bool:
        """Whether the line that began with an event begins anew; an operation of the library may be several events."""
        if number == first or not self.is_same_site(number, first):
            return False
        if not self.is_same_site(number, number - 1):
            return True
        node, other = self._session.event_at(number).node, self._session.event_at(first).node
        return node.scope is None and node.op is other.op

    def next_line(self, number: int) -> int | None:
        """The first event after this one that is on another line, or on this one again; None where there is none."""
        later = np.flatnonzero(self._visit[number + 1 :] != self._visit[number])
        return number + 1 + int(later[0]) if later.size else None

    def line_before(self, number: int) -> int | None:
        """The last event of the line before this one's, or None."""
        earlier = np.flatnonzero(self._visit[1:number] != self._visit[number])
        return 1 + int(earlier[-1]) if earlier.size else None

    def lines_of(self, path: str) -> list[int]:
        """The lines of a file that recorded something, or that called what did."""
        return sorted({place.line for chain in self.chains for place in chain if place.path == path})

    def events_on(self, path: str, line: int, *, innermost: bool = False) -> Sequence[int]:
        """The events on a line; those that it called are on it too, but for `innermost`."""
        chains = [
            index
            for index, chain in enumerate(self.chains)
            if any(place.path == path and place.line == line for place in (chain[:1] if innermost else chain))
        ]
        return self.events_of(chains)

    def events_in(self, function: str) -> Sequence[int]:
        """The events that a function of that name recorded, or called."""
        chains = [i for i, chain in enumerate(self.chains) if any(place.function == function for place in chain)]
        return self.events_of(chains)


def shown_lines(site: Site | None, mine_only: bool) -> tuple[Place, ...]:
    """A line and those that called it; those of installed packages are passed over, if that leaves any."""
    found = []
    while site is not None:
        # What runs the program is nobody's code.
        if not site.filename.startswith("<frozen "):
            found.append(Place(real_path(site.filename), site.lineno, site.function))
        site = site.caller
    mine = [place for place in found if is_users_file(place.path)] if mine_only else found
    return tuple(mine or found)


def recorded_lines(sessions: Sequence[Session], mine_only: bool) -> set[tuple[str, int]]:
    """The files and lines that recorded events of the last sessions, or called what did."""
    sites: dict[tuple[tuple[str, int], ...], Site] = {}
    for session in sessions[-MAX_PASSES:]:
        for node in session.nodes:
            if node.site is not None and (node.op is not None or node.requires_grad):
                sites.setdefault(tuple(_lines(node.site)), node.site)
    return {(place.path, place.line) for site in sites.values() for place in shown_lines(site, mine_only)}


def _lines(site: Site | None) -> Iterator[tuple[str, int]]:
    while site is not None:
        yield site.filename, site.lineno
        site = site.caller


def _first_users(session: Session) -> dict[Node, Node]:
    """The operation that uses each node first."""
    users: dict[Node, Node] = {}
    for node in session.nodes:
        for parent in node.parents:
            users.setdefault(parent, node)
    return users
