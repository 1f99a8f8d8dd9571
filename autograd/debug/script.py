"""Stepping through a program of the user's: it runs unchanged, and a session opens at each of its `backward()` calls."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograd.debug.session import Session
from autograd.engine.backward import backward as plain_backward
from autograd.errors import UsageError
from autograd.graph.modes import instead_of_backward, record_sites
from autograd.graph.node import Node
from autograd.graph.sites import line_name
from autograd.program import run_program
from autograd.target import describe_error, source_file


class StopScript(BaseException):
    """Ends the program that is stepped through; no `except Exception` of it can be in the way."""


@dataclass
class Passes:
    """What a program did.

    Attributes
    ----------
    count : int
        Of its `backward()` calls.
    stopped : bool
        Whether the user ended it.
    watched : bool
        Whether further passes are handed on; set to False, the program runs to its end as without a debugger.
    code : object
        What the program gave to `sys.exit`; None where it did not call it.
    """

    count: int = 0
    stopped: bool = False
    watched: bool = True
    code: object = None


@contextmanager
def each_backward(visit: Callable[[Session, int], bool], passes: Passes | None = None) -> Iterator[Passes]:
    """Within the block every `backward()` of this thread is recorded and handed to `visit`, with its number.

    Gradients are left as they are without this.

    Parameters
    ----------
    visit : callable
        Gives whether the program is to go on.
    passes : Passes, optional
        What is counted in.

    Examples
    --------
    >>> from autograd import Value
    >>> v = Value(3.0)
    >>> with each_backward(lambda session, number: print(number, session.run()) or True):
    ...     (v * v).backward()
    1 None
    >>> v.grad
    6.0
    """
    passes = Passes() if passes is None else passes

    def backward(root: Node, gradient: Any, *, retain_grads: bool = False, step: Any = None) -> None:
        if not root.requires_grad:
            # The program's own mistake, told to the program as ever.
            plain_backward(root, gradient)
        if passes.stopped:
            # The program caught its end, or is in a finally clause.
            raise StopScript
        passes.count += 1
        if not passes.watched:
            plain_backward(root, gradient, retain_grads=retain_grads, step=step)
            return
        session = Session(root, gradient, accumulate=True, retain_grads=retain_grads, step=step)
        if not visit(session, passes.count):
            passes.stopped = True
            raise StopScript
        if session.error is not None:
            raise session.error

    before = instead_of_backward.get()
    try:
        instead_of_backward.set(backward)
        with record_sites():
            yield passes
    finally:
        instead_of_backward.set(before)


def run_as_main(path: Path, arguments: Sequence[str]) -> None:
    """Run a Python file as `python FILE` does, or a notebook, with these arguments; what it raises is raised."""
    before = sys.argv, sys.path
    # Lists of the program's own: it may do with them what it likes.
    sys.argv, sys.path = [str(path), *arguments], [str(path.resolve().parent), *sys.path]
    try:
        run_program(path)
    finally:
        sys.argv, sys.path = before


def run_script(
    path: Path,
    arguments: Sequence[str],
    visit: Callable[[Session, int], bool],
    passes: Passes | None = None,
    failed: Callable[[BaseException], None] | None = None,
) -> Passes:
    """Run a Python file as `python FILE` does, and visit every `backward()` of it.

    Parameters
    ----------
    path : Path
    arguments : sequence of str
        What the program finds in `sys.argv` after its name.
    visit : callable
        Given each session and its number; gives whether to go on.
    passes : Passes, optional
        What is counted in.
    failed : callable, optional
        Given what the program raises and does not catch, before that becomes an error of one line.

    Raises
    ------
    UsageError
        Where there is no such file, it raises, or it ends without a `backward()`; with the line.
    """
    source_file(str(path))
    failures: list[BaseException] = []
    passes = Passes() if passes is None else passes

    def guarded(session: Session, number: int) -> bool:
        # What fails in a front end is not the program's, which must neither catch it nor be blamed for it.
        try:
            return visit(session, number)
        except BaseException as error:
            failures.append(error)
            return False

    try:
        with each_backward(guarded, passes):
            run_as_main(path, arguments)
    except (KeyboardInterrupt, BrokenPipeError):
        raise
    except BaseException as error:  # whatever a user's program raises
        if not passes.stopped:
            if failed is not None:
                failed(error)
            _raise_as_error(error, path, passes)
    if failures:
        raise failures[0]
    if not passes.count:
        raise UsageError(
            f"{path} ran to its end without calling backward() in its main thread: there is nothing to step through"
        )
    return passes


def _raise_as_error(error: BaseException, path: Path, passes: Passes) -> None:
    """Raise what a program ended with as an error on one line; its own sys.exit after a pass is an end like any other."""
    if isinstance(error, SystemExit):
        if passes.count:
            passes.code = error.code
            return
        raise UsageError(f"{path} called sys.exit({error.code!r}) before it called backward()") from None
    if isinstance(error, SyntaxError):
        where = path if error.filename in (None, str(path)) else error.filename
        raise UsageError(
            f"{where}{f', {line_name(str(where), error.lineno)}' if error.lineno else ''}: {error.msg}"
        ) from None
    after = f" after {passes.count} backward passes" if passes.count > 1 else ""
    raise UsageError(f"{path} raised {describe_error(error, path)}{after}") from None
