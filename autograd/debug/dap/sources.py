"""`Sources`: files by their paths, and texts that are in no file: generated code, and the listing of a pass."""

from __future__ import annotations

import linecache
import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from autograd._version import __version__
from autograd.debug.dap.fields import RequestError
from autograd.debug.dap.places import MAX_PASSES, real_path, recorded_lines
from autograd.debug.dap.view import View
from autograd.debug.phrases import to_short_line
from autograd.wording.variables import is_users_file

# Events of a listing that are told with their numbers; of those after them only the names.
MAX_TOLD = 20_000
PACKAGES = ("autograd", "nn", "optim", "numpy")


class Sources:
    """The sources that the editor was told of.

    Parameters
    ----------
    views : mapping of int to View
        The passes that are kept.
    """

    def __init__(self, views: Mapping[int, View]) -> None:
        self._views = views
        # A path, or the number of a pass, which is kept no longer than the timeline keeps it; and the number of each.
        self._known: dict[str | int, int] = {}

    def of_path(self, path: str) -> dict[str, Any]:
        """A `Source` of the protocol."""
        if os.path.isfile(path):
            return {"name": os.path.basename(path), "path": path}
        return {"name": path, "sourceReference": self._reference(path), "origin": "generated"}

    def of_pass(self, view: View) -> dict[str, Any]:
        """The listing of a pass, for graphs that no source line recorded."""
        return {
            "name": f"pass {view.number}",
            "sourceReference": self._reference(view.number),
            "origin": "the session's events",
        }

    def _reference(self, known: str | int) -> int:
        return self._known.setdefault(known, len(self._known) + 1)

    def text(self, reference: int) -> str:
        """What an editor shows of a source without a file.

        Raises
        ------
        RequestError
        """
        source = next((one for one, number in self._known.items() if number == reference), None)
        if source is None or (isinstance(source, int) and source not in self._views):
            raise RequestError(
                f"there is no source {reference}" + ("" if source is None else f": pass {source} is not kept")
            )
        if isinstance(source, int):
            return "\n".join(list_events(self._views[source]))
        lines = linecache.getlines(source)
        if not lines:
            raise RequestError(f"the source of {source} is not at hand")
        return "".join(lines)

    def list_loaded(self, mine_only: bool) -> list[dict[str, Any]]:
        """The user's files that are loaded, generated code, and the listings of the last passes."""
        views = list(self._views.values())[-MAX_PASSES:]
        files = {real_path(file) for _, file in _module_files() if is_users_file(file)}
        recorded = {path for path, _ in recorded_lines([view.session for view in views], mine_only)}
        generated = [name for name in list(linecache.cache) if isinstance(name, str) and name.startswith("<autograd ")]
        return [
            *(self.of_path(path) for path in sorted({*files, *recorded})),
            *(self.of_path(name) for name in sorted(set(generated) - recorded)),
            *(self.of_pass(view) for view in views),
        ]


def list_modules() -> list[dict[str, Any]]:
    """The user's modules, and this library's packages with NumPy."""
    found = [
        {"id": name, "name": name, "path": real_path(file), "isUserCode": True}
        for name, file in _module_files()
        if is_users_file(file)
    ]
    for name in PACKAGES:
        module = sys.modules.get(name)
        if module is not None:
            version = str(getattr(module, "__version__", __version__))
            path = str(getattr(module, "__file__", ""))
            found.append({"id": name, "name": name, "path": path, "isUserCode": False, "version": version})
    return found


def _module_files() -> Iterator[tuple[str, str]]:
    for name, module in sorted(sys.modules.items()):
        file = getattr(module, "__file__", None) if type(module).__name__ == "module" else None
        if isinstance(file, str):
            yield name, file


def list_events(view: View) -> Iterator[str]:
    """A line for the start and one for each event.

    Examples
    --------
    >>> from autograd.debug import Session
    >>> from autograd.examples import chain_rule
    >>> for line in list_events(View(Session(chain_rule().root), 1)):
    ...     print(line)
    pass 1: the start
    forward   c = a + b = 2 + 1 = 3
    forward   d = b + 1 = 1 + 1 = 2
    forward   e = c * d = 3 * 2 = 6
    backward  e has gradient 1
    backward  c has gradient 2
    backward  d has gradient 3
    backward  a has gradient 2
    backward  b has gradient 5
    """
    yield f"pass {view.number}: the start"
    for number in range(1, len(view.session) + 1):
        event = view.session.event_at(number)
        said = to_short_line(event.headline) if number <= MAX_TOLD else event.name
        yield f"{event.phase:8}  {said}"
