"""`State`: where the debugger stands between two requests: the passes, the breakpoints, and why it has halted."""

from __future__ import annotations

from autograd.debug.dap.configuration import Configuration
from autograd.debug.dap.fields import RequestError
from autograd.debug.dap.table import StopTable
from autograd.debug.dap.travel import Halt, Traveller
from autograd.debug.dap.view import View
from autograd.debug.dap.wire import Connection
from autograd.debug.timeline import Timeline

# One thread is all that a pass is.
THREAD = 1


class State:
    """What requests ask and change.

    Parameters
    ----------
    connection : Connection
    configuration : Configuration

    Attributes
    ----------
    table : StopTable
    timeline : Timeline
    travel : Traveller
    halted : Halt or None
        Why the program stands still; None while it runs.
    failure : BaseException or None
        What the program ended with.
    at_failure : bool
        Whether that is looked at, and not a pass.
    pausing : bool
        Whether to halt at the next pass.
    halts : int
        How often it has halted.
    """

    def __init__(self, connection: Connection, configuration: Configuration) -> None:
        self.connection, self.configuration = connection, configuration
        self.table, self.timeline = StopTable(), Timeline(configuration.keep)
        self.travel = Traveller(self.timeline, self.table, self._log)
        self.halted: Halt | None = None
        self.failure: BaseException | None = None
        self.at_failure = self.pausing = False
        self.halts = 0

    @property
    def view(self) -> View | None:
        """The pass that is looked at, if one is kept."""
        return self.travel.view if self.travel.views else None

    def need_halt(self, command: str) -> None:
        """Refuse what cannot be done while the program runs.

        Raises
        ------
        RequestError
        """
        if self.halted is None:
            raise RequestError(f"{command}: the program is running; pause stops it at its next backward()")

    def need_view(self, command: str) -> View:
        """The pass that is looked at.

        Raises
        ------
        RequestError
            Where there is none.
        """
        self.need_halt(command)
        if self.view is None:
            raise RequestError(f"{command}: the program has recorded no pass")
        return self.view

    def tell_edit(self, view: View) -> None:
        """Values are other ones now: the editor asks for all of them anew."""
        view.edited += 1
        self.connection.event("invalidated", {"areas": ["variables", "stacks"], "threadId": THREAD})

    def pass_number(self, by: str) -> int:
        """How far away a pass is: "previous", "next", or its number.

        Raises
        ------
        RequestError
            Where it is not kept.
        """
        if by == "next":
            return 1
        numbers = [one.number for one in self.timeline.passes]
        at = numbers.index(self.timeline.present.number)
        if by == "previous" and at > 0:
            return -1
        if by.isascii() and by.isdigit() and len(by) < 16 and int(by) in numbers:
            return numbers.index(int(by)) - at
        which = "no earlier pass is" if by == "previous" else f"pass {by[:40]} is not"
        raise RequestError(f"{which} kept: {self.timeline.describe()}")

    def _log(self, view: View, text: str) -> None:
        places = view.places.at(view.session.position)
        where = {"source": {"path": places[0].path}, "line": places[0].line} if places else {}
        self.connection.output(f"{text}\n", "console", **where)
