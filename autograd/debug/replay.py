"""`Replay`: a recorded pass and a position in it: what happened up to there, and what it was."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

import numpy as np

from autograd.debug.breakpoints import Breakpoint
from autograd.debug.errors import DebugError
from autograd.debug.event import Event
from autograd.debug.tape import Tape
from autograd.graph.node import Const, Node


class Replay:
    """Goes through the events of a tape, and tells values and gradients of any moment; see `Session`, which users have.

    Parameters
    ----------
    tape : Tape
        What was recorded.
    """

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._by_name = {name: node for node, name in self._tape.names.items() if node.__class__ is not Const}
        self.position = 0
        self.breakpoints: dict[int, Breakpoint] = {}
        self.watches: list[Node] = []
        self.edits: dict[Node, Any] = {}

    # where we are

    def __len__(self) -> int:
        return len(self._tape)

    @property
    def root(self) -> Node:
        """What the backward pass begins at."""
        return self._tape.root

    @property
    def error(self) -> Exception | None:
        """What stopped the backward pass, if anything did."""
        return self._tape.error

    @property
    def nodes(self) -> list[Node]:
        """All nodes, in the order they were made."""
        return self._tape.nodes

    @property
    def forward_length(self) -> int:
        """How many events the forward pass has; the first of the backward pass is the next."""
        return len(self._tape.operations)

    @property
    def at_start(self) -> bool:
        """Whether nothing has happened yet."""
        return self.position == 0

    @property
    def at_end(self) -> bool:
        """Whether everything has."""
        return self.position == len(self)

    @property
    def event(self) -> Event | None:
        """What happened last; None at the start."""
        return self.event_at(self.position) if self.position else None

    @property
    def events(self) -> Iterator[Event]:
        """All events, wherever the session is."""
        return map(self.event_at, range(1, len(self) + 1))

    def event_at(self, number: int) -> Event:
        """An event by its number, from 1 on, wherever the session is.

        Parameters
        ----------
        number : int
            From 1 on.

        Returns
        -------
        Event

        Raises
        ------
        DebugError
            For one that the session does not have.

        Examples
        --------
        >>> from autograd.debug import Session
        >>> from autograd.examples import chain_rule
        >>> session = Session(chain_rule().root)
        >>> print(session.event_at(1))
        c = a + b = 2 + 1 = 3
        """
        if not 1 <= number <= len(self):
            raise DebugError(f"there is no event {number}: they go from 1 to {len(self)}")
        return Event(self._tape, number)

    # moving

    def step(self, count: int = 1) -> Event | None:
        """Go on by some events, at most to the end; gives the last of them.

        Parameters
        ----------
        count : int
            How many events.

        Returns
        -------
        Event or None
            The one that was reached.

        Examples
        --------
        >>> from autograd.debug import Session
        >>> from autograd.examples import chain_rule
        >>> session = Session(chain_rule().root)
        >>> print(session.step())
        c = a + b = 2 + 1 = 3
        >>> session.position
        1
        """
        return self.goto(min(self.position + _check_count(count), len(self)))

    def back(self, count: int = 1) -> Event | None:
        """Go back by some events, at most to the start; gives the event before.

        Parameters
        ----------
        count : int
            How many events.

        Returns
        -------
        Event or None
            The one that was reached.

        Examples
        --------
        >>> from autograd.debug import Session
        >>> from autograd.examples import chain_rule
        >>> session = Session(chain_rule().root)
        >>> _ = session.step(3)
        >>> _ = session.back()
        >>> session.position
        2
        """
        return self.goto(max(self.position - _check_count(count), 0))

    def goto(self, position: int) -> Any:
        """Go to a position.

        Parameters
        ----------
        position : int
            From 0, before the first event, to the number of events.

        Raises
        ------
        DebugError
            For one that the session does not have.

        Examples
        --------
        >>> from autograd.debug import Session
        >>> from autograd.examples import chain_rule
        >>> session = Session(chain_rule().root)
        >>> session.goto(4)
        <Event 4, backward: e has gradient 1>
        >>> session.position
        4
        """
        if not isinstance(position, (int, np.integer)) or not 0 <= position <= len(self):
            raise DebugError(f"there is no position {position!r}: they go from 0 to {len(self)}")
        self.position = int(position)
        return self.event

    def restart(self) -> None:
        """Go to the start; breakpoints, watches and edits stay.

        Examples
        --------
        >>> from autograd.debug import Session
        >>> from autograd.examples import chain_rule
        >>> session = Session(chain_rule().root)
        >>> _ = session.step(3)
        >>> session.restart()
        >>> session.position
        0
        """
        self.position = 0

    def stopping_at(self, number: int) -> list[int]:
        """The numbers of the breakpoints that stop at an event.

        Parameters
        ----------
        number : int
            Of an event.

        Returns
        -------
        list of int

        Examples
        --------
        >>> from autograd.debug import Session
        >>> from autograd.examples import chain_rule
        >>> session = Session(chain_rule().root)
        >>> _ = session.break_at(op='mul', phase='forward')
        >>> session.stopping_at(3)
        [1]
        """
        return [key for key, point in self.breakpoints.items() if point.stops(self._tape, number)]

    def is_stopping(self, breakpoint: int, number: int) -> bool:
        """Whether one breakpoint stops at an event.

        Parameters
        ----------
        breakpoint : int
            Its number.
        number : int
            Of an event.

        Returns
        -------
        bool

        Examples
        --------
        >>> from autograd.debug import Session
        >>> from autograd.examples import chain_rule
        >>> session = Session(chain_rule().root)
        >>> _ = session.break_at(op='mul', phase='forward')
        >>> session.is_stopping(1, 3), session.is_stopping(1, 6)
        (True, False)
        """
        return self.breakpoints[breakpoint].stops(self._tape, number)

    # looking

    @property
    def nbytes(self) -> int:
        """About how much memory this pass holds: its arrays, and what is noted of each event."""
        return self._tape.nbytes

    def find(self, node: Node | str) -> Node:
        """A node of the session, itself or by the name it has here.

        Parameters
        ----------
        node : Node or str
            Itself, or its name.

        Returns
        -------
        Node

        Raises
        ------
        DebugError
            Where there is none; the message names the nearest.

        Examples
        --------
        >>> from autograd.debug import Session
        >>> from autograd.examples import chain_rule
        >>> session = Session(chain_rule().root)
        >>> session.find('c').data
        3.0
        """
        if isinstance(node, Node):
            if node not in self._tape.names:
                raise DebugError(f"{node.label()} is not a node of the graph of {self.root.label()}")
            return node
        if isinstance(node, str) and node in self._by_name:
            return self._by_name[node]
        near = get_close_matches(str(node), self._by_name, 3)
        names = near or list(self._by_name)[:12]
        raise DebugError(
            f"no node is called {node!r}; {'did you mean' if near else 'there are'} {', '.join(names)}{'?' if near else ''}"
        )

    def name(self, node: Node) -> str:
        """What a node is called here: its own name, or v1, v2, … in the order they were made.

        Parameters
        ----------
        node : Node

        Returns
        -------
        str

        Examples
        --------
        >>> from autograd.debug import Session
        >>> from autograd.examples import chain_rule
        >>> session = Session(chain_rule().root)
        >>> session.name(session.root)
        'e'
        """
        return self._tape.names[self.find(node)]

    def value(self, node: Node | str) -> Any:
        """A node's value at this moment; None before it is computed.

        Parameters
        ----------
        node : Node or str
            Itself, or its name.

        Returns
        -------
        float, array or None
            None before it is computed.

        Examples
        --------
        >>> from autograd.debug import Session
        >>> from autograd.examples import chain_rule
        >>> session = Session(chain_rule().root)
        >>> session.value('c')
        >>> _ = session.step()
        >>> session.value('c')
        3.0
        """
        return self._tape.value_at(self.find(node), self.position)

    def gradient(self, node: Node | str) -> Any:
        """A node's gradient at this moment; None before anything arrived.

        Parameters
        ----------
        node : Node or str
            Itself, or its name.

        Returns
        -------
        float, array or None
            None before anything arrived.

        Examples
        --------
        >>> from autograd.debug import Session
        >>> from autograd.examples import chain_rule
        >>> session = Session(chain_rule().root)
        >>> session.goto(8)
        <Event 8, backward: b has gradient 5>
        >>> session.gradient('b')
        5.0
        """
        return self._tape.gradient_at(self.find(node), self.position)

    def outcome(self, node: Node | str) -> tuple[Any, Any]:
        """A node's value and its gradient when the whole pass is over, wherever the session is.

        Parameters
        ----------
        node : Node or str
            Itself, or its name.

        Returns
        -------
        tuple of (float or array, float or array or None)

        Examples
        --------
        >>> from autograd.debug import Session
        >>> from autograd.examples import chain_rule
        >>> Session(chain_rule().root).outcome('b')
        (1.0, 5.0)
        """
        found = self.find(node)
        return self._tape.value_at(found, len(self)), self._tape.gradient_at(found, len(self))


def _check_count(count: int) -> int:
    if not isinstance(count, (int, np.integer)) or count < 0:
        raise DebugError(f"a number of events is a whole number from 0 on, not {count!r}")
    return int(count)
