"""`Configuration`: what a `launch` says."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograd.debug.commands import parse_criteria
from autograd.debug.dap.fields import Fields, RequestError
from autograd.debug.errors import DebugError
from autograd.debug.timeline import BUDGET

WHAT = ("program", "expression", "target")


@dataclass(frozen=True)
class Configuration:
    """What is stepped through, and where it stops.

    Attributes
    ----------
    program, expression, target : str
        One of them: a script, an expression, or `FILE.py:name`; the others are empty.
    values : dict of str to float
        For the names of an expression or the arguments of a function.
    args : list of str
        The program's arguments.
    cwd : str
        Its folder; the adapter's by default.
    env : dict of str to str or None
        Variables of its environment beside the adapter's; None takes one away.
    stop_on_entry : bool
        Whether to stop at the start of the first pass.
    stop_at : bool or int or None
        Whether to stop at each `backward()`, or at the number of the only one; None stops where no breakpoint is set.
    stops : list of str
        Breakpoints as `stepgrad step --break` takes them.
    just_my_code, no_debug : bool
    keep : int
        Bytes that the last passes may take.
    """

    program: str = ""
    expression: str = ""
    target: str = ""
    values: dict[str, float] = field(default_factory=dict)
    args: list[str] = field(default_factory=list)
    cwd: str = ""
    env: dict[str, str | None] = field(default_factory=dict)
    stop_on_entry: bool = False
    stop_at: bool | int | None = None
    stops: list[str] = field(default_factory=list)
    just_my_code: bool = True
    no_debug: bool = False
    keep: int = BUDGET

    @classmethod
    def read(cls, given: object) -> Configuration:
        """Check what a launch says.

        Raises
        ------
        RequestError
            Where it is not what is expected, or a file or folder is missing.

        Examples
        --------
        >>> Configuration.read({"expression": "a*b", "values": {"a": 2, "b": 3}}).values
        {'a': 2.0, 'b': 3.0}
        """
        fields = Fields(given, "launch")
        what = {name: fields.text(name, "") for name in WHAT}
        chosen = [name for name, text in what.items() if text]
        if len(chosen) != 1:
            said = " and ".join(chosen) if chosen else "none"
            raise RequestError(f"launch: one of program, expression and target (FILE.py:name) is expected, not {said}")
        cwd = fields.text("cwd", "")
        if cwd and not Path(cwd).is_dir():
            raise RequestError(f"launch: cwd {cwd!r} is not a folder")
        if what["program"] and not (Path(cwd) / what["program"]).is_file():
            raise RequestError(f"launch: there is no program {what['program']!r}{f' in {cwd}' if cwd else ''}")
        stops = fields.texts("stops")
        for text in stops:
            try:
                parse_criteria(text)
            except DebugError as error:
                raise RequestError(f"launch: {error}") from None
        return cls(
            **what,
            values=_read_values(fields.table("values")),
            args=fields.texts("args"),
            cwd=cwd,
            env=_read_environment(fields.table("env")),
            stop_on_entry=fields.flag("stopOnEntry"),
            stop_at=_read_stop_at(fields, given),
            stops=stops,
            just_my_code=fields.flag("justMyCode", True),
            no_debug=fields.flag("noDebug"),
            keep=fields.whole("keepMegabytes", 1, BUDGET // 2**20) * 2**20,
        )


def _read_stop_at(fields: Fields, given: object) -> bool | int | None:
    stop_at = given.get("stopAtBackward") if isinstance(given, Mapping) else None
    return stop_at if stop_at is None or isinstance(stop_at, bool) else fields.whole("stopAtBackward", 1)


def _read_values(given: dict[str, Any]) -> dict[str, float]:
    found = {}
    for name, x in given.items():
        if isinstance(x, bool) or not isinstance(x, (int, float)):
            raise RequestError(f"launch: values gives {name[:40]!r} a number, not {repr(x)[:40]}")
        try:
            found[name] = float(x)
        except OverflowError:
            raise RequestError(f"launch: the value of {name[:40]!r} is larger than any float") from None
    return found


def _read_environment(given: dict[str, Any]) -> dict[str, str | None]:
    for name, x in given.items():
        if not (name and "=" not in name and (x is None or isinstance(x, str)) and _is_encodable(f"{name}{x}")):
            raise RequestError(f"launch: env gives {name[:40]!r} a text or null, not {repr(x)[:40]}")
    return dict(given)


def _is_encodable(text: str) -> bool:
    """Whether the system takes a text."""
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False
