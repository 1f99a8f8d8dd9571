"""`View`: one pass of the program as the adapter shows it: its session, its source lines, and who called `backward()`."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import FrameType
from typing import Any

from autograd.debug.dap.places import Place, Places, real_path
from autograd.debug.phrases import named_nodes
from autograd.debug.session import Session
from autograd.graph.node import Node
from autograd.graph.sites import is_internal
from autograd.wording.variables import is_users_file


@dataclass(frozen=True, slots=True)
class Caller:
    """A function of the program's that is running while the pass is looked at.

    Attributes
    ----------
    place : Place
    names : mapping of str to object
        Its variables.
    """

    place: Place
    names: Mapping[str, Any]


class View:
    """A pass, and what of it is found only when it is asked for.

    Parameters
    ----------
    session : Session
    number : int
        Of the pass.
    just_my_code : bool
        Whether lines of installed packages are passed over.
    callers : sequence of Caller
        The functions that are running, the innermost, in which `backward()` was called, first.

    Attributes
    ----------
    edited : int
        How often a value was edited: what was found before is of other values.
    error_told : bool
        Whether it has halted at the error that ended the pass.
    """

    def __init__(
        self, session: Session, number: int, just_my_code: bool = True, callers: tuple[Caller, ...] = ()
    ) -> None:
        self.session, self.number = session, number
        self._just_my_code = just_my_code
        self.callers = callers
        self.edited, self.error_told = 0, False

    @cached_property
    def places(self) -> Places:
        """The source lines of the events."""
        return Places(self.session, self._just_my_code)

    @cached_property
    def named_nodes(self) -> list[Node]:
        """What the program has names for."""
        return named_nodes(self.session)

    @cached_property
    def named(self) -> set[Node]:
        """The same, to be asked."""
        return set(self.named_nodes)

    @cached_property
    def _numbers(self) -> dict[tuple[Node, str], int]:
        events = map(self.session.event_at, range(1, len(self.session) + 1))
        return {(event.node, event.phase): event.number for event in events}

    def number_of(self, node: Node, phase: str) -> int | None:
        """The event of a node in a pass; None where it has none."""
        return self._numbers.get((node, phase))

    @cached_property
    def _lines(self) -> dict[str, dict[int, list[Node]]]:
        return {}

    def nodes_by_line(self, path: str) -> dict[int, list[Node]]:
        """The nodes that each line of a file recorded, in the order they were made."""
        if path not in self._lines:
            found: defaultdict[int, dict[Node, None]] = defaultdict(dict)
            for line in self.places.lines_of(path):
                for number in self.places.events_on(path, line, innermost=True):
                    found[line][self.session.event_at(number).node] = None
            self._lines[path] = {line: list(nodes) for line, nodes in found.items()}
        return self._lines[path]

    @cached_property
    def assigned(self) -> dict[tuple[Place, ...], dict[str, tuple[list[int], list[Node]]]]:
        """What each call of a function assigned, and when; filled by `user_names`."""
        return {}

    @property
    def title(self) -> str:
        """Which pass, and where in it the session is."""
        session = self.session
        phase = "" if session.event is None else f", {session.event.phase}"
        return f"pass {self.number}, event {session.position} of {len(session)}{phase}"

    def is_called_at(self, path: str, line: int) -> bool:
        """Whether `backward()` was called on that line."""
        return bool(self.callers) and (self.callers[0].place.path, self.callers[0].place.line) == (path, line)


def running_callers(just_my_code: bool = True) -> tuple[Caller, ...]:
    """The functions of the program's that are running now, the innermost first."""
    return tuple(
        Caller(Place(real_path(frame.f_code.co_filename), frame.f_lineno, frame.f_code.co_name), frame.f_locals)
        for frame in _frames()
        if not just_my_code or is_users_file(frame.f_code.co_filename)
    )


def _frames() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if not is_internal(frame.f_code.co_filename) and not frame.f_code.co_filename.startswith("<frozen "):
            yield frame
        frame = frame.f_back
