"""Which tests run a line: a plugin of pytest that gives each test a context of coverage, and what reads the result.

`gather` runs the tests once, under coverage; `Reach` then names, for a line of a file, the tests that run it, those first
that run the fewest lines of that file.
"""

from __future__ import annotations

import ast
import json
import os
import re
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
    begin = [sys.executable, "-m", "coverage", "run", f"--include={','.join(f'{r}/*' for r in rooms)}"]
    end = ["-m", "pytest", "-q", "-p", "tests.reach", "-p", "no:cacheprovider", "-m", "not browser and not integration"]
    seconds = data.with_suffix(".json")
    run = subprocess.run(
        [*begin, f"--data-file={data}.part", *end, *tests],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root), SECONDS: str(seconds)},
        capture_output=True,
        text=True,
    )
    if run.returncode:
        raise RuntimeError(f"tests fail without any mutant: mend them first\n{run.stdout[-3000:]}{run.stderr[-1000:]}")
    keep(root, [(Path(f"{data}.part"), seconds)], data)


def keep(root: Path, parts: list[tuple[Path, Path]], data: Path) -> None:
    """Put parts, each a file of coverage and one of seconds, together as `Reach` reads them."""
    whole, seconds = CoverageData(str(data)), {}
    for found, took in parts:
        part = CoverageData(str(found))
        part.read()
        whole.update(part)
        seconds |= json.loads(took.read_text(encoding="utf-8"))
    whole.write()
    data.with_suffix(".json").write_text(json.dumps({"root": str(root), "seconds": seconds}), encoding="utf-8")


class Reach:
    """What `gather` wrote, of a clone of the same commit."""

    def __init__(self, root: Path, data: Path) -> None:
        self._root = root
        self._found = CoverageData(str(data))
        self._found.read()
        kept = json.loads(data.with_suffix(".json").read_text(encoding="utf-8"))
        self._seconds: dict[str, float] = kept["seconds"]
        self._measured = Path(kept["root"])
        self._by_file: dict[str, dict[int, list[str]]] = {}
        self._texts = {
            str(path.relative_to(root)): path.read_text(encoding="utf-8").splitlines()
            for path in root.rglob("*.py")
            if str(self._measured / path.relative_to(root)) in self._found.measured_files()
        }

    def _tests_by_line(self, file: str) -> dict[int, list[str]]:
        if file not in self._by_file:
            self._by_file[file] = self._found.contexts_by_lineno(str(self._measured / file))
        return self._by_file[file]

    def runs_at_import(self, file: str, line: int) -> bool:
        """Whether the statement at a line is also run outside of all tests."""
        by_line = self._tests_by_line(file)
        first, last = _span(_statement(self._tree(file), line), line)
        return any("" in by_line.get(k, ()) for k in range(first, last + 1))

    def tests_of(self, file: str, line: int, most_seconds: float) -> tuple[list[str], float]:
        """The tests that run the statement at a line, the most special first, and the seconds that they take together.

        Those that would take the sum beyond `most_seconds` are left out. Of what runs at import they are those that run a
        statement with one of the names that it gives.
        """
        tree = self._tree(file)
        by_line = self._tests_by_line(file)
        statement = _statement(tree, line)
        first, last = _span(statement, line)
        found = {test for k in range(first, last + 1) for test in by_line.get(k, ()) if test}
        if self.runs_at_import(file, line):
            found |= self._tests_of_names(_names(statement))
            if isinstance(statement, ast.FunctionDef):
                inside = range(statement.lineno, (statement.end_lineno or 0) + 1)
                found |= {test for k in inside for test in by_line.get(k, ()) if test}
        breadth = Counter(test for tests in by_line.values() for test in tests if test)
        chosen, total = [], 0.0
        for test in sorted(found, key=lambda test: (breadth[test], self._seconds[test], test)):
            if total + self._seconds[test] <= most_seconds:
                chosen.append(test)
                total += self._seconds[test]
        return chosen, total

    def _tree(self, file: str) -> ast.Module:
        return ast.parse((self._root / file).read_text(encoding="utf-8"))

    def _tests_of_names(self, names: set[str]) -> set[str]:
        if not names:
            return set()
        word = re.compile(rf"\b({'|'.join(map(re.escape, sorted(names)))})\b")
        found: set[str] = set()
        for file, lines in self._texts.items():
            at = [k for k, text in enumerate(lines, 1) if word.search(text)]
            if at:
                by_line = self._tests_by_line(file)
                found |= {test for k in at for test in by_line.get(k, ()) if test}
        return found


def _names(statement: ast.stmt | None) -> set[str]:
    """What a statement gives a value to."""
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        return {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}
    return set()


def _statement(tree: ast.Module, line: int) -> ast.stmt | None:
    """The innermost statement around a line; of what has a body, its head alone counts."""
    best = None
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and _head(node)[0] <= line <= _head(node)[1]:
            best = node
    return best


def _span(statement: ast.stmt | None, line: int) -> tuple[int, int]:
    return (line, line) if statement is None else _head(statement)


def _head(node: ast.stmt) -> tuple[int, int]:
    """The first and last line of a statement without its body."""
    body = getattr(node, "body", None)
    last = body[0].lineno - 1 if body else node.end_lineno or node.lineno
    return node.lineno, max(last, node.lineno)
