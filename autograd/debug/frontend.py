"""Opening a session where the user is: in a notebook, in a terminal, or as text."""

from __future__ import annotations

import builtins
import os
import sys
from collections.abc import Callable
from typing import Any

from autograd.debug.prompt import open_prompt
from autograd.debug.session import Session
from autograd.debug.text import session_lines
from autograd.errors import MissingDependencyError
from autograd.graph.node import Node

# A front end is given the session, what to call it, and whether a program goes on behind it; it gives "stop" where that should
# end, "finish" where it should go on without further sessions, and "previous" where the pass before is wanted, of which it is
# told by `earlier=` whether one is kept.
FrontEnd = Callable[[Session, str, bool], str]


def open_session(
    session: Session, title: str = "", more: bool = False, *, large: bool = False, earlier: bool = False
) -> str:
    """Show a session in a notebook cell, in the terminal, or as text on standard output.

    A terminal that has no screen to draw on, or no Textual, gets a prompt.

    Parameters
    ----------
    session : Session
    title : str
        What is shown above it.
    more : bool
        Whether a program goes on to another pass afterwards.
    large : bool
        Whether to begin in large letters, for a projector.
    earlier : bool
        Whether a pass before this one is kept, to go back to.

    Returns
    -------
    str
        See `FrontEnd`.

    Examples
    --------
    >>> from autograd.debug import Session, open_session
    >>> from autograd.examples import chain_rule
    >>> session = Session(chain_rule().root)
    >>> answer = open_session(session)
    forward
        1  c = a + b = 2 + 1 = 3
        2  d = b + 1 = 1 + 1 = 2
        3  e = c * d = 3 * 2 = 6
    backward
        4  e has gradient 1
             to c: 1 · d = 1 · 2 = 2; c has 2
             to d: 1 · c = 1 · 3 = 3; d has 3
        5  c has gradient 2
             to a: 2 · 1 = 2; a has 2
             to b: 2 · 1 = 2; b has 2
        6  d has gradient 3
             to b: 3 · 1 = 3; b has 5
        7  a has gradient 2
        8  b has gradient 5
    """
    shell = getattr(builtins, "get_ipython", lambda: None)()
    if shell is not None and hasattr(shell, "kernel"):
        shell.display_pub.publish(session._repr_mimebundle_())
        return "quit"
    if sys.stdin is None or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return open_text(session, title, more)
    if not _has_screen():
        return open_prompt(session, title, more, earlier=earlier)
    try:
        from autograd.debug.terminal import open_terminal
    except MissingDependencyError as error:
        print(f"stepgrad: {error}", file=sys.stderr)
        return open_prompt(session, title, more, earlier=earlier)
    return open_terminal(session, title=title, large=large, more=more, earlier=earlier)


def _has_screen() -> bool:
    """Whether the terminal can be drawn on, in letters beyond ASCII."""
    kind = os.environ.get("TERM", "" if os.name != "nt" else "windows")
    return kind not in ("", "dumb", "unknown") and (sys.stdout.encoding or "").lower().startswith("utf")


def open_text(session: Session, title: str = "", more: bool = False, most: int = 200, *, earlier: bool = False) -> str:
    """Print a session; a `FrontEnd`."""
    if title:
        print(title)
    for line in session_lines(session, most):
        print(line)
    return "quit"


def breakpoint_when(
    root: Node,
    when: str | None = None,
    *,
    gradient: Any = None,
    front_end: FrontEnd = open_session,
    **criteria: Any,
) -> Session | None:
    """Open the debugger where the backward pass from `root` would do something; for use inside a training loop.

    The pass is taken for this question alone: no `.grad` is read or changed, so that `root.backward()` may follow. Each call
    costs a pass and a look at each of its events.

    Parameters
    ----------
    root : Value or Tensor
        The loss, before `backward()`.
    when : str, optional
        A condition, see `autograd.debug.Condition`.
    gradient : float or array, optional
        As for `backward()`.
    front_end : callable, optional
        What opens the session; by default a notebook cell, the terminal, or text.
    **criteria
        Whatever else `Session.break_at` takes.

    Returns
    -------
    Session or None
        None where the pass has no such event.

    Raises
    ------
    DebugError
        Where the condition cannot be read, or the graph has no such operation, node, module or line.

    Examples
    --------
    >>> from autograd import Value
    >>> w = Value(3.0, name="w")
    >>> for step in range(3):
    ...     loss = (w * w).exp()
    ...     if breakpoint_when(loss, "abs(grad) > 10_000_000", front_end=lambda *_: "quit"):
    ...         print("step", step, "gradient", w.grad)
    ...     w.grad = 0.0
    ...     w.data += 1.0
    step 1 gradient 0.0
    step 2 gradient 0.0
    """
    session = Session(root, gradient)
    session.break_at(when=when, **criteria)
    if session.run() is None:
        return None
    front_end(session, f"{type(root).__name__} {session.name(root)}: stopped where {session.breakpoints[1]}", False)
    return session
