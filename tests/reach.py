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
import warnings
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
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
        if sys.gettrace() is None:
            # A test of debuggers has switched tracing off.
            with warnings.catch_warnings(action="ignore"):
                # It would look at all modules, and some of PyTorch's only pretend to have a path.
                running._warn_preimported_source = False
                running.stop()
                running.start()
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


def gather(root: Path, rooms: tuple[str, ...], tests: list[str], data: Path, earlier: Path | None = None) -> None:
    """Run tests in `root` and write into the file `data` which of them run which lines of the rooms.

    Parameters
    ----------
    earlier : Path, optional
        What was gathered of an earlier commit: only tests in files that have changed since are run, the others are taken
        to run what they ran, wherever it stands by now.

    Raises
    ------
    RuntimeError
        If a test fails: what fails by itself notices no mutant.
    """
    found: dict[str, Any] = {"seconds": {}, "lines": {}}
    if earlier is not None:
        before = read(earlier)
        found, changed = _carry_over(root, before)
        known = {test.partition("::")[0] for test in before["seconds"]}
        tests = [file for file in changed if (root / file).is_file() and _holds_tests(file, tests, known)]
    if tests:
        _run(root, rooms, tests, data, found)
    write(found, commit_of(root), data)


def _holds_tests(file: str, asked: list[str], known: set[str]) -> bool:
    """Whether a file has tests of those that are asked for: its name says it, or it had some before."""
    path = Path(file)
    return any(path.is_relative_to(one) for one in asked) and (path.name.startswith("test_") or file in known)


def write(found: dict[str, Any], commit: str, data: Path) -> None:
    """Keep what was found of a commit, each test by its number."""
    tests = sorted({name for of_file in found["lines"].values() for names in of_file.values() for name in names})
    number = {name: k for k, name in enumerate(tests)}
    lines = {
        file: {line: [number[name] for name in names] for line, names in of_file.items()}
        for file, of_file in found["lines"].items()
    }
    kept = {"commit": commit, "seconds": found["seconds"], "tests": tests, "lines": lines}
    data.write_text(json.dumps(kept), encoding="utf-8")


def read(data: Path) -> dict[str, Any]:
    """What `write` kept."""
    kept: dict[str, Any] = json.loads(data.read_text(encoding="utf-8"))
    tests = kept["tests"]
    kept["lines"] = {
        file: {line: [tests[k] for k in numbers] for line, numbers in of_file.items()}
        for file, of_file in kept["lines"].items()
    }
    return kept


def commit_of(root: Path) -> str:
    """The commit that is checked out."""
    return _git(root, "rev-parse", "HEAD").strip()


def _git(root: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, text=True).stdout


def _run(root: Path, rooms: tuple[str, ...], tests: list[str], data: Path, found: dict[str, Any]) -> None:
    """Run tests under coverage, and add what they ran to what was found."""
    measured, seconds = data.with_suffix(".coverage"), data.with_suffix(".seconds")
    begin = [sys.executable, "-m", "coverage", "run", f"--include={','.join(f'{r}/*' for r in rooms)}"]
    end = ["-m", "pytest", "-q", "-p", "tests.reach", "-p", "no:cacheprovider", "-m", "not browser and not integration"]
    run = subprocess.run(
        [*begin, f"--data-file={measured}", *end, *tests],
        check=False,
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root), SECONDS: str(seconds)},
        capture_output=True,
        text=True,
    )
    if run.returncode not in (0, 5):
        raise RuntimeError(f"tests fail without any mutant: mend them first\n{run.stdout[-3000:]}{run.stderr[-1000:]}")
    add(root, measured, seconds, found)


def add(root: Path, measured: Path, seconds: Path, found: dict[str, Any]) -> None:
    """Add what coverage has measured in `root`, and how long tests took, to what was found."""
    coverage = CoverageData(str(measured))
    coverage.read()
    found["seconds"] |= json.loads(seconds.read_text(encoding="utf-8"))
    for path in coverage.measured_files():
        of_file = found["lines"].setdefault(str(Path(path).relative_to(root)), {})
        for line, names in coverage.contexts_by_lineno(path).items():
            of_file[str(line)] = sorted({*of_file.get(str(line), ()), *names})


def _carry_over(root: Path, earlier: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """What was found of an earlier commit, by the lines of this one, without the tests of changed files; and these files."""
    changed = _git(root, "diff", "--name-only", earlier["commit"], "HEAD", "--", "*.py").splitlines()
    gone = set(changed)
    seconds = {test: took for test, took in earlier["seconds"].items() if test.partition("::")[0] not in gone}
    lines: dict[str, dict[str, list[str]]] = {}
    for file, of_file in earlier["lines"].items():
        if not (root / file).is_file():
            continue
        place: dict[int, int] | None = None
        if file in gone:
            before = _git(root, "show", f"{earlier['commit']}:{file}").splitlines()
            place = _same_lines(before, (root / file).read_text(encoding="utf-8").splitlines())
        lines[file] = {
            str(number if place is None else place[number]): [name for name in names if not name or name in seconds]
            for number, names in ((int(k), names) for k, names in of_file.items())
            if place is None or number in place
        }
    return {"seconds": seconds, "lines": lines}, changed


def _same_lines(before: list[str], after: list[str]) -> dict[int, int]:
    """Where the lines of a text stand in another one; changed ones by their place within the change."""
    place: dict[int, int] = {}
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind in ("equal", "replace"):
            place |= {a + k + 1: min(c + k, d - 1) + 1 for k in range(b - a)}
    return place


class Reach:
    """What `gather` wrote of the commit in `root`."""

    def __init__(self, root: Path, data: Path) -> None:
        self._root = root
        kept = read(data)
        self._seconds: dict[str, float] = kept["seconds"]
        self._lines: dict[str, dict[int, list[str]]] = {
            file: {int(line): names for line, names in of_file.items()} for file, of_file in kept["lines"].items()
        }
        self._texts = {
            file: (root / file).read_text(encoding="utf-8").splitlines()
            for file in self._lines
            if (root / file).is_file()
        }

    def _tests_by_line(self, file: str) -> dict[int, list[str]]:
        return self._lines.get(file, {})

    def runs_at_import(self, file: str, line: int) -> bool:
        """Whether the statement at a line is also run outside of all tests."""
        by_line = self._tests_by_line(file)
        first, last = _span(_statement(self._tree(file), line), line)
        return any("" in by_line.get(k, ()) for k in range(first, last + 1))

    def tests_of(self, file: str, line: int, most_seconds: float) -> tuple[list[str], float]:
        """The tests that run the statement at a line, the most special first, and the seconds that they take together.

        Those that were seen to run it go before those that only seem to.

        Where they take more than `most_seconds`, half of that goes to the most special ones and half to the quickest of the
        others, which are many, and so do many things. Of what runs at import they are those that run a
        statement with one of the names that it gives, and so of a function with a decorator, which may be run as machine code.
        """
        tree = self._tree(file)
        by_line = self._tests_by_line(file)
        statement = _statement(tree, line)
        first, last = _span(statement, line)
        found = {test for k in range(first, last + 1) for test in by_line.get(k, ()) if test}
        seen = frozenset(found)
        if self.runs_at_import(file, line):
            found |= self._tests_of_names(_names(statement), file)
            if isinstance(statement, ast.FunctionDef):
                inside = range(statement.lineno, (statement.end_lineno or 0) + 1)
                found |= {test for k in inside for test in by_line.get(k, ()) if test}
        else:
            found |= self._tests_of_names(_decorated(tree, line), file)
        breadth = Counter(test for tests in by_line.values() for test in tests if test)
        special = sorted(found, key=lambda test: (test not in seen, breadth[test], self._seconds[test], test))
        quickest = sorted(special, key=lambda test: (test not in seen, self._seconds[test]))
        chosen, total = [], 0.0
        for part, tests in ((0.5, special), (1.0, quickest)):
            for test in tests:
                if test not in chosen and total + self._seconds[test] <= part * most_seconds:
                    chosen.append(test)
                    total += self._seconds[test]
        return chosen, total

    def quickest(self, files: list[str], most_seconds: float) -> list[str]:
        """Those files of tests that take the least, as many as take no longer together."""
        seconds = dict.fromkeys(files, 0.0)
        for test, took in self._seconds.items():
            file = test.partition("::")[0]
            if file in seconds:
                seconds[file] += took
        chosen, total = [], 0.0
        for file, took in sorted(seconds.items(), key=lambda pair: pair[1]):
            if total + took <= most_seconds:
                chosen.append(file)
                total += took
        return chosen

    def _tree(self, file: str) -> ast.Module:
        return ast.parse((self._root / file).read_text(encoding="utf-8"))

    def _tests_of_names(self, names: set[str], home: str) -> set[str]:
        """Those that run a line with one of the names of a module, in files that name the module too, or else in any file."""
        if not names:
            return set()
        word = re.compile(rf"\b({'|'.join(map(re.escape, sorted(names)))})\b")
        module = re.compile(rf"\b{re.escape(Path(home).stem)}\b")
        near, far = set[str](), set[str]()
        for file, lines in self._texts.items():
            by_line = self._tests_by_line(file)
            tests = {t for k, text in enumerate(lines, 1) if word.search(text) for t in by_line.get(k, ()) if t}
            far |= tests
            if file == home or any(map(module.search, lines)):
                near |= tests
        return near or far


def _names(statement: ast.stmt | None) -> set[str]:
    """What a statement gives a value to."""
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        return {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}
    return set()


def _decorated(tree: ast.Module, line: int) -> set[str]:
    """The name of the function of the module around a line, where it has a decorator."""
    around = (n for n in tree.body if isinstance(n, ast.FunctionDef) and n.lineno <= line <= (n.end_lineno or 0))
    return {node.name for node in around if node.decorator_list}


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
