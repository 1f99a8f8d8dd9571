"""From what an editor says of breakpoints to stops: of lines, functions, data, exceptions and by launch."""

from __future__ import annotations

from collections.abc import Callable
from glob import escape
from os.path import basename
from typing import Any, TypeVar

from autograd.debug.commands import parse_criteria
from autograd.debug.condition import Condition
from autograd.debug.dap.fields import Fields, RequestError
from autograd.debug.dap.hits import HitCondition
from autograd.debug.dap.logpoint import LogMessage
from autograd.debug.dap.places import real_path
from autograd.debug.dap.stops import KINDS, Stop
from autograd.debug.errors import DebugError

T = TypeVar("T")

# A gradient's norm that counts as vanished, and as exploded; a condition of the filter says another.
VANISHED, EXPLODED = 1e-7, 1e4
# So many breakpoints are set; nobody sets more by hand.
MAX_STOPS = 1000
FILTERS: list[dict[str, Any]] = [
    {
        "filter": "error",
        "label": "Error of the program",
        "description": "Stops where the program raises an error that it does not catch, and where a backward pass fails.",
        "default": True,
    },
    {
        "filter": "not_finite",
        "label": "NaN or infinity comes up",
        "description": "Stops at the event that makes the first number that is not finite of finite ones.",
        "default": False,
    },
    {
        "filter": "vanishes",
        "label": "Gradient vanishes",
        "description": "Stops where the norm of a complete gradient falls to a bound.",
        "default": False,
        "supportsCondition": True,
        "conditionDescription": f"The bound of the norm; {VANISHED:g} by default.",
    },
    {
        "filter": "explodes",
        "label": "Gradient explodes",
        "description": "Stops where the norm of a complete gradient rises to a bound.",
        "default": False,
        "supportsCondition": True,
        "conditionDescription": f"The bound of the norm; {EXPLODED:g} by default.",
    },
]


def read_line_stops(arguments: Fields, next_id: Callable[[], int]) -> tuple[str, list[Stop]]:
    """The breakpoints of a file, and its path."""
    source = arguments.part("source")
    path = real_path(source.text("path", "") or f"<{source.text('name', 'source')}>")
    stops = []
    for one in _bound(arguments.parts("breakpoints")):
        line = one.whole("line", 0)
        stop = Stop(next_id(), f"{basename(path)}:{line}", path=path, line=line, entry=True)
        stops.append(_qualify(stop, one))
    return path, stops


def read_function_stops(arguments: Fields, next_id: Callable[[], int]) -> list[Stop]:
    """Breakpoints on `op:tanh`, `module:encoder.*`, `name:h*`, or a function's name."""
    stops = []
    for one in _bound(arguments.parts("breakpoints")):
        said = one.text("name").strip()
        kind, colon, pattern = said.partition(":")
        stop = Stop(next_id(), said, reason="function breakpoint", entry=True)
        if colon and kind in KINDS and pattern:
            stop.criteria, stop.entry = {kind: pattern}, kind == "module"
        elif colon or not said:
            stop.refused = f"{said[:60]!r}: a function's name, or op:tanh, module:encoder.*, name:h* is expected"
        else:
            stop.function = said
        stops.append(_qualify(stop, one))
    return stops


def read_data_stops(arguments: Fields, next_id: Callable[[], int]) -> list[Stop]:
    """Breakpoints on a gradient that changes, or on a value that is computed."""
    stops = []
    for one in _bound(arguments.parts("breakpoints")):
        data = one.text("dataId")
        what, _, name = data.partition(":")
        stop = Stop(next_id(), f"{what} of {name}", reason="data breakpoint")
        if one.text("accessType", "write") != "write":
            stop.refused = "a gradient or a value is watched for being written, not for being read"
        elif what == "grad" and name:
            stop.criteria = {"changes": name}
        elif what == "value" and name:
            stop.criteria = {"name": escape(name), "phase": "forward"}
        else:
            stop.refused = f"{data[:60]!r} is no data of a session"
        stops.append(_qualify(stop, one))
    return stops


def read_exception_stops(arguments: Fields, next_id: Callable[[], int]) -> list[Stop]:
    """Breakpoints on NaN, on gradients out of bounds, on errors."""
    asked = [(name, None) for name in arguments.texts("filters")]
    asked += [(one.text("filterId"), one.text("condition", None)) for one in arguments.parts("filterOptions")]
    known = {one["filter"]: one["label"] for one in FILTERS}
    stops = []
    for name, condition in _bound(asked):
        if name not in known:
            raise RequestError(f"there is no exception filter {name[:60]!r}: there are {', '.join(known)}")
        stop = Stop(next_id(), known[name], reason="exception", filter=name, entry=name in ("vanishes", "explodes"))
        try:
            stop.criteria = _criteria_of_filter(name, condition)
        except DebugError as error:
            stop.refused = str(error)
        stops.append(stop)
    return stops


def _criteria_of_filter(name: str, condition: str | None) -> dict[str, Any]:
    if name == "not_finite":
        return {"not_finite": True}
    if name == "error":
        return {}
    try:
        bound = float(condition) if condition else None
    except ValueError:
        raise DebugError(f"{name}: a bound of the norm is a number, not {str(condition)[:40]!r}") from None
    if name == "vanishes":
        return {"below": VANISHED if bound is None else bound}
    return {"above": EXPLODED if bound is None else bound}


def read_launch_stops(criteria: list[str], next_id: Callable[[], int]) -> list[Stop]:
    """Breakpoints of a configuration, written as for `stepgrad step --break`.

    Raises
    ------
    DebugError
    """
    return [Stop(next_id(), text, parse_criteria(text)) for text in criteria]


def _bound(parts: list[T]) -> list[T]:
    if len(parts) > MAX_STOPS:
        raise RequestError(f"{len(parts):,} breakpoints: at most {MAX_STOPS:,} are set")
    return parts


def _qualify(stop: Stop, one: Fields) -> Stop:
    """A stop with its condition, its hit count and its message; it is refused where one of them cannot be read."""
    condition, hits, message = (one.text(name, "") for name in ("condition", "hitCondition", "logMessage"))
    try:
        if condition.strip():
            Condition(condition)
            stop.criteria = {**stop.criteria, "when": condition}
            stop.label = f"{stop.label} when {condition.strip()[:60]}"
        if hits.strip():
            stop.hits = HitCondition.parse(hits)
        if message.strip():
            stop.log = LogMessage.parse(message)
    except DebugError as error:
        stop.refused = str(error)
    return stop
