"""A run of pytest that waits: it collects the tests once, and forks for each mutant, so that nothing is imported again.

In a fork the functions that a mutant changes are given their new code, wherever they are held; whatever is imported later,
or by processes that the tests start, reads the changed file. What runs at import cannot be changed so.
"""

from __future__ import annotations

import gc
import inspect
import json
import math
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest

# The number of the socket that requests come from.
DOOR = "WAITING_DOOR"
OPTIONS = ("-q", "-p", "no:cacheprovider", "-m", "not browser and not integration")
# How a fork ends.
PASSED, FAILED, UNABLE = 0, 1, 2


@dataclass(frozen=True)
class Answer:
    """How a fork ended: "passed", "failed", "timeout" or "unable" (the change is one of what runs at import)."""

    outcome: str
    # The test that failed.
    test: str = ""


class Waiting:
    """The run in a clone, as seen from outside.

    Parameters
    ----------
    clone : Path
    tests : sequence of str
        What is collected, as pytest's arguments.
    """

    def __init__(self, clone: Path, tests: Sequence[str]) -> None:
        mine, its = socket.socketpair()
        command = [sys.executable, "-m", "pytest", *OPTIONS, "-p", "tests.waiting", *tests]
        variables = {**os.environ, "PYTHONPATH": str(clone), DOOR: str(its.fileno())}
        self._log = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            command, cwd=clone, env=variables, pass_fds=[its.fileno()], stdout=self._log, stderr=subprocess.STDOUT
        )
        its.close()
        self._socket = mine
        self._door = mine.makefile("rw")
        if not self._door.readline():
            self._log.seek(0)
            raise RuntimeError(f"the tests cannot be collected\n{self._log.read().decode()[-3000:]}")

    def ask(self, tests: Sequence[str], limit: float, change: tuple[str, str] | None = None) -> Answer:
        """Run tests, or all of the files that are named, until one fails.

        Parameters
        ----------
        tests : sequence of str
        limit : float
            In seconds of processor time; ten times as many may pass by the clock.
        change : tuple of str, optional
            A file that has been changed, and its text before.
        """
        self._door.write(json.dumps({"tests": list(tests), "limit": limit, "change": change}) + "\n")
        self._door.flush()
        return Answer(**json.loads(self._door.readline()))

    def close(self) -> None:
        """End the run."""
        self._door.close()
        self._socket.close()
        self._process.wait()
        self._log.close()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Answer requests in place of running all tests."""
    if DOOR not in os.environ or session.testsfailed:
        return None
    # A changed file may be as long and as old as the one before, which is all that Python looks at.
    sys.dont_write_bytecode = True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    # What was collected is frozen, and the collector does not tell of what is.
    gc.unfreeze()
    functions = _functions(str(session.config.rootpath))
    gc.freeze()
    with socket.socket(fileno=int(os.environ.pop(DOOR))) as connection, connection.makefile("rw") as door:
        door.write("ready\n")
        door.flush()
        for line in door:
            door.write(json.dumps(_answer(session, functions, **json.loads(line))) + "\n")
            door.flush()
    return True


def _answer(
    session: pytest.Session,
    functions: dict[Any, list[FunctionType]],
    tests: list[str],
    limit: float,
    change: tuple[str, str] | None,
) -> dict[str, str]:
    temporary = tempfile.mkdtemp(prefix="waiting")
    read, write = os.pipe()
    child = os.fork()
    if not child:
        status = FAILED
        try:
            os.setsid()
            os.environ["PYTEST_DEBUG_TEMPROOT"] = temporary
            seconds = math.ceil(limit)
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
            if change and not _swap(session.config.rootpath, functions, *change):
                status = UNABLE
            else:
                # An exception, such as a KeyboardInterrupt that the change brings about, is a failure too.
                failed = _first_failure(session, tests)
                os.write(write, failed.encode())
                status = FAILED if failed else PASSED
        finally:
            os._exit(status)
    os.close(write)
    ended = _wait(child, 10.0 * limit)
    with os.fdopen(read, "rb") as pipe:
        os.set_blocking(pipe.fileno(), False)
        failed = (pipe.read() or b"").decode()
    shutil.rmtree(temporary, ignore_errors=True)
    if ended is None or os.WIFSIGNALED(ended):
        return {"outcome": "timeout"}
    names = {PASSED: "passed", UNABLE: "unable"}
    return {"outcome": names.get(os.WEXITSTATUS(ended), "failed"), "test": failed}


def _wait(child: int, most_seconds: float) -> int | None:
    """The status of a child that has ended by itself; what it has started ends with it."""
    last = time.monotonic() + most_seconds
    ended, status = os.waitpid(child, os.WNOHANG)
    while not ended and time.monotonic() < last:
        time.sleep(0.01)
        ended, status = os.waitpid(child, os.WNOHANG)
    try:
        os.killpg(child, signal.SIGKILL)
    except ProcessLookupError:
        pass
    if not ended:
        os.waitpid(child, 0)
    return status if ended else None


def _first_failure(session: pytest.Session, tests: Sequence[str]) -> str:
    by_name = {item.nodeid: item for item in session.items}
    by_file: dict[str, list[pytest.Item]] = {}
    for item in session.items:
        by_file.setdefault(item.nodeid.split("::")[0], []).append(item)
    items = [item for test in tests for item in ([by_name[test]] if test in by_name else by_file.get(test, []))]
    # Where none of them is there, nothing fails.
    for item, following in zip(items, [*items[1:], None][: len(items)], strict=True):
        session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return item.nodeid
    return ""


def _functions(root: str) -> dict[Any, list[FunctionType]]:
    """All functions that are written below a folder, by what is written."""
    found: dict[Any, list[FunctionType]] = {}
    for thing in gc.get_objects():
        if type(thing) is FunctionType and thing.__code__.co_filename.startswith(root):
            found.setdefault(_key(thing.__code__), []).append(thing)
    return found


def _key(code: CodeType) -> Any:
    # The table of lines has columns too, so that two functions on one line are two.
    return code.co_filename, code.co_qualname, code.co_firstlineno, code.co_code, code.co_linetable


def _swap(root: Path, functions: dict[Any, list[FunctionType]], file: str, before: str) -> bool:
    """Give the functions of a changed file their new code; whether that makes them what the file says."""
    path = str(root / file)
    if not any(getattr(module, "__file__", None) == path for module in list(sys.modules.values())):
        return True
    old = compile(before, path, "exec", dont_inherit=True)
    new = compile(Path(path).read_text(encoding="utf-8"), path, "exec", dont_inherit=True)
    changes = list(_changes(old, new))
    for old_code, new_code in changes:
        if not _is_function(old_code) or old_code.co_freevars != new_code.co_freevars:
            return False
    changed = [function for old_code, _ in changes for function in functions.get(_key(old_code), ())]
    codes = {_key(old_code): new_code for old_code, new_code in changes}
    for function in changed:
        function.__code__ = codes[_key(function.__code__)]
    return bool(changed)


def _changes(old: CodeType, new: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """The functions, classes or modules whose own code is another, and those around them, which make them anew."""
    inner_old, inner_new = _inner(old), _inner(new)
    if len(inner_old) != len(inner_new) or _alone(old) != _alone(new):
        yield old, new
        return
    inside = [pair for both in zip(inner_old, inner_new, strict=True) for pair in _changes(*both)]
    if inside and _is_function(old):
        yield old, new
    yield from inside


def _is_function(code: CodeType) -> bool:
    """Not a module or the body of a class."""
    return bool(code.co_flags & inspect.CO_NEWLOCALS)


def _inner(code: CodeType) -> list[CodeType]:
    return [constant for constant in code.co_consts if isinstance(constant, CodeType)]


def _alone(code: CodeType) -> CodeType:
    """The code without that of the functions in it, wherever it stands."""
    constants = tuple(None if isinstance(constant, CodeType) else constant for constant in code.co_consts)
    return code.replace(co_consts=constants, co_linetable=b"", co_firstlineno=1)
