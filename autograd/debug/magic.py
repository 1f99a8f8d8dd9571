"""`%%step`: a cell of a notebook that is stepped through: it runs, and each `backward()` of it opens below it."""

from __future__ import annotations

from typing import Any

from autograd.debug.commands import parse_criteria
from autograd.debug.errors import DebugError
from autograd.debug.frontend import open_session
from autograd.debug.script import Passes, each_backward
from autograd.debug.session import Session

# Passes that are shown below one cell; of a training loop nobody wants all.
MAX_SHOWN = 5
USAGE = "%%step [N] [PLACE …]: the N-th backward() alone, or those with an event at op=mul, not_finite, above=10, …"


def load_ipython_extension(shell: Any) -> None:
    """Make `%%step` known to IPython; `%load_ext autograd.debug` calls this.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell

    Examples
    --------
    >>> class Shell:
    ...     def register_magic_function(self, function, magic_kind, magic_name):
    ...         print(magic_kind, magic_name)
    >>> load_ipython_extension(Shell())
    cell step
    """

    def step(line: str, cell: str) -> None:
        step_cell(shell, line, cell)

    step.__doc__ = f"Run the cell, and step through each backward() of it.\n\n{USAGE}"
    shell.register_magic_function(step, magic_kind="cell", magic_name="step")


def step_cell(shell: Any, line: str, cell: str) -> None:
    """Run a cell, and open a session for each of its passes.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    line : str
        What follows `%%step`.
    cell : str

    Raises
    ------
    DebugError
        Where the line says something else than `USAGE`.
    """
    first, _, rest = line.strip().partition(" ")
    only = int(first) if first.isascii() and first.isdigit() and len(first) < 10 else None
    words = line.strip() if only is None else rest.strip()
    try:
        criteria = parse_criteria(words) if words else None
    except DebugError as error:
        raise DebugError(f"{error}; {USAGE}") from None
    shown, passes = 0, Passes()

    def visit(session: Session, number: int) -> bool:
        nonlocal shown
        if only is not None and number != only:
            return True
        if criteria is not None:
            session.break_at(**criteria)
            if session.run() is None:
                return True
        shown += 1
        left = open_session(session, f"backward pass {number}", True)
        passes.watched = left != "finish" and number != only and shown < MAX_SHOWN
        return left != "stop"

    with each_backward(visit, passes):
        shell.run_cell(cell, store_history=False)
    if not shown:
        which = "none of them is shown" if passes.count else "there is nothing to step through"
        print(f"the cell made {passes.count} backward passes: {which}")
    elif shown == MAX_SHOWN and passes.count > shown and only is None:
        print(f"{shown} of {passes.count} backward passes are shown; %%step N shows another one")
