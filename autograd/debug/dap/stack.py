"""The stack: the source line of an event and those that called it, or the traceback of an error of the program."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from os.path import basename

from autograd.debug.dap.places import Place, real_path
from autograd.debug.dap.view import View
from autograd.debug.phrases import to_short_line
from autograd.graph.sites import is_internal
from autograd.wording.variables import is_users_file

# Lines of a traceback that are shown, of a program that recurses without end.
MAX_FRAMES = 200


@dataclass(frozen=True, slots=True)
class Frame:
    """A line of the stack.

    Attributes
    ----------
    name : str
    place : Place or None
        None where no source line was recorded; then a listing of the pass is shown.
    line : int
        Of the place, or of the listing.
    """

    name: str
    place: Place | None
    line: int


def frames_of(view: View) -> list[Frame]:
    """The stack at the session's position: the module path is the name of the innermost line."""
    session = view.session
    number = session.position or 1
    if not len(session):
        return [Frame(view.title, None, 1)]
    event, places = session.event_at(number), view.places.at(number)
    said = "start" if session.event is None else to_short_line(event.name)
    if not places:
        return [Frame(f"{event.node.scope or 'graph'} · {said}", None, session.position + 1)]
    inner = f"{event.node.scope or _function(places[0])} · {said}"
    return [Frame(inner, places[0], places[0].line), *(Frame(_function(p), p, p.line) for p in places[1:])]


def _function(place: Place) -> str:
    return basename(place.path) if place.function == "<module>" else place.function


def frames_of_error(error: BaseException, just_my_code: bool) -> list[Frame]:
    """Where an error was raised, the innermost line first."""
    places = list(_list_places_of(error))
    mine = [place for place in places if is_users_file(place.path)] if just_my_code else places
    return [Frame(_function(place), place, place.line) for place in (mine or places)[-MAX_FRAMES:][::-1]]


def _list_places_of(error: BaseException) -> Iterator[Place]:
    if isinstance(error, SyntaxError) and error.filename:
        yield Place(real_path(error.filename), error.lineno or 1, "<module>")
        return
    for frame, line in traceback.walk_tb(error.__traceback__):
        code = frame.f_code
        if not code.co_filename.startswith("<frozen "):
            yield Place(real_path(code.co_filename), line or 1, code.co_name)


def format_error(error: BaseException) -> str:
    """The traceback as Python prints it, without what runs the program."""
    told = traceback.TracebackException.from_exception(error, limit=-MAX_FRAMES)
    first = next((at for at, frame in enumerate(told.stack) if not _is_runner(frame.filename)), len(told.stack))
    del told.stack[:first]
    return "".join(told.format())


def summarise_error(error: BaseException) -> str:
    """Its type and its message, also where it fails to tell it; the place of a syntax error, which comes before, is shown by the stack."""
    return next(line.strip() for line in traceback.format_exception_only(error) if not line.startswith("  "))


def _is_runner(filename: str) -> bool:
    return is_internal(filename) or filename.startswith("<frozen ")
