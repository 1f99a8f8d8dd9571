"""Which tests run a line: a plugin of pytest that gives each test a context of coverage, and what reads the result.

`gather` runs the tests once, under coverage; `Reach` then names, for a line of a file, the tests that run it, those first
that run the fewest lines of that file.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from coverage import Coverage, CoverageData

# Where the plugin writes how long each test took, in seconds of processor time.
SECONDS = "REACH_SECONDS"
_seconds: dict[str, float] = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[Any]:
    """Let coverage note what this test runs under the test's name."""
    running = Coverage.current()
    if running is not None:
        running.switch_context(item.nodeid)
    start = time.process_time()
    try:
        return (yield)  # type: ignore[return-value]
    finally:
        _seconds[item.nodeid] = time.process_time() - start


def pytest_sessionfinish() -> None:
    """Write the seconds."""
    if SECONDS in os.environ:
        Path(os.environ[SECONDS]).write_text(json.dumps(_seconds), encoding="utf-8")


def gather(root: Path, rooms: tuple[str, ...], tests: list[str], data: Path) -> None:
    """Run tests in `root` and write into the file `data` which of them run which lines of the rooms.

    Raises
    ------
    RuntimeError
        If a test fails: what fails by itself notices no mutant.
    """
    command = [
        sys.executable,
        "-m",
        "coverage",
        "run",
        f"--data-file={data}",
        f"--include={','.join(f'{r}/*' for r in rooms)}",
    ]
    command += [
        "-m",
        "pytest",
        "-q",
        "-p",
        "tests.reach",
        "-p",
        "no:cacheprovider",
        "-m",
        "not browser and not integration",
    ]
    variables = os.environ | {"PYTHONPATH": str(root), SECONDS: str(data.with_suffix(".json"))}
    run = subprocess.run([*command, *tests], cwd=root, env=variables, capture_output=True, text=True)
    if run.returncode:
        raise RuntimeError(f"tests fail without any mutant: mend them first\n{run.stdout[-3000:]}{run.stderr[-1000:]}")


class Reach:
    """What `gather` wrote."""

    def __init__(self, root: Path, data: Path) -> None:
        self._root = root
        self._found = CoverageData(str(data))
        self._found.read()
        self._seconds: dict[str, float] = json.loads(data.with_suffix(".json").read_text(encoding="utf-8"))

    def tests_of(self, file: str, line: int, most_seconds: float) -> tuple[list[str], float]:
        """The tests that run the statement at a line, the most special first, and the seconds that they take together.

        Those that would take the sum beyond `most_seconds` are left out. None are found for what runs at import alone.
        """
        by_line = self._found.contexts_by_lineno(str(self._root / file))
        breadth = Counter(test for tests in by_line.values() for test in tests if test)
        first, last = _statement((self._root / file).read_text(encoding="utf-8"), line)
        found = {test for k in range(first, last + 1) for test in by_line.get(k, ()) if test}
        chosen, total = [], 0.0
        for test in sorted(found, key=lambda test: (breadth[test], self._seconds[test], test)):
            if total + self._seconds[test] <= most_seconds:
                chosen.append(test)
                total += self._seconds[test]
        return chosen, total


def _statement(text: str, line: int) -> tuple[int, int]:
    """The first and last line of the innermost statement around a line; of what has a body, its head alone."""
    best = (line, line)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            last = body[0].lineno - 1 if body else node.end_lineno or node.lineno
            if node.lineno <= line <= max(last, node.lineno):
                best = (node.lineno, max(last, node.lineno))
    return best
