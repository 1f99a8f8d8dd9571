"""Mutation testing: `python -m tests.mutation` of the rules and the reverse pass, with `--rooms` of everything around them.

Every mutant is one small change of the source, made by cosmic-ray's operators (which reach the lambdas that the rules
are), and must make a test fail. All mutants of the files of the pass are tried, and a seeded sample of those of
`autograd/ops`; with `--rooms`, a seeded sample of comparisons, arithmetic, constants, conditions and returns in `nn`, `optim`
and the rooms of `autograd` that stand on the engine, each against those tests of the rooms that run its line (`tests/reach.py`).
Each worker changes files in a clone of the last commit of its own, where the tests of the rooms wait to be forked
(`tests/waiting.py`); results are appended to a file, and a run that was interrupted goes on from there. A whole run takes hours on
two cores, most of them for survivors and for what runs at import, so it belongs to the night and not to CI. It wants the peers that
tests of the rooms skip without, PyTorch and the extra `integration`: what is skipped notices nothing.

A survivor that changes nothing anybody could see stands in `tests/survivors.json` with the reason.
"""

from __future__ import annotations

import argparse
import difflib
import json
import math
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import Queue
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.mutants import ROOMS, WHOLE, Mutant, changed, choose_of_engine, choose_of_rooms
from tests.reach import Reach, commit_of, gather
from tests.waiting import OPTIONS, Waiting

ROOT = Path(__file__).resolve().parent.parent
# The share of mutants that tests must notice, of the engine and of the rooms around it.
LEAST, LEAST_OF_ROOMS = 0.95, 0.85
# Of one run of the tests, in seconds of processor time.
LONGEST = 300.0
# Of all tests that run a line, together.
MOST_SECONDS = 15.0
# What makes machine code of functions.
MACHINE_CODE = re.compile(r"\b(njit|Kernel)\b")
# Tests of the rooms that do not stand in their folders: of what the command and pages make of them, and others that use several.
BESIDE = (
    "tests/test_defaults.py",
    "tests/autograd/cli",
    "tests/autograd/pages",
    "tests/autograd/test_machine_code.py",
    "tests/autograd/test_tree.py",
)
SURVIVORS = Path(__file__).with_name("survivors.json")
# Likely killers first: each line is one run of pytest, and the first that fails ends the mutant.
TESTS = (
    (
        "engine",
        "test_conventions.py",
        "test_numpy_protocol.py",
        "test_extend.py",
        "test_numpy_edges.py",
    ),
    ("test_table.py",),
    ("scipy", "test_contracts.py"),
    ("test_numpy_breadth.py",),
    ("hips", "check/test_engine.py"),
)


@dataclass(frozen=True)
class Run:
    """One run of pytest: what it is given, and after how many seconds of processor time it is taken to hang."""

    tests: tuple[str, ...]
    limit: float


class Bench:
    """A clone, in which mutants are tried one after the other.

    Parameters
    ----------
    clone : Path
    reach : Reach, optional
        Which tests run which lines of the rooms; without it all tests of the engine are run.
    """

    def __init__(self, clone: Path, reach: Reach | None = None) -> None:
        self._clone, self._reach = clone, reach
        self._waiting = Waiting(clone, _of_rooms()) if reach is not None else None
        self._passes_unchanged: dict[str, bool] = {}
        self._passes_in_its_process: dict[tuple[str, ...], bool] = {}

    def close(self) -> None:
        """End what waits."""
        if self._waiting is not None:
            self._waiting.close()

    def try_mutant(self, mutant: Mutant) -> dict[str, Any]:
        """Whether the tests notice a mutant, and which does; the clone is put right again."""
        path = self._clone / mutant.file
        original, mutated = path.read_text(encoding="utf-8"), changed(self._clone, mutant)
        lines = difflib.unified_diff(original.splitlines(), mutated.splitlines(), lineterm="", n=0)
        diff = [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]
        line = next(
            (k for k, (a, b) in enumerate(zip(original.splitlines(), mutated.splitlines(), strict=False), 1) if a != b),
            0,
        )
        start = time.monotonic()
        if self._reach is None:
            outcome, by = _outcome_of_runs(self._clone, path, mutated, runs_of_engine())
        else:
            outcome, by = self._outcome_of_room(mutant.file, line, original, mutated)
        seconds = round(time.monotonic() - start, 1)
        return {**asdict(mutant), "line": line, "diff": diff, "outcome": outcome, "by": by, "seconds": seconds}

    def _outcome_of_room(self, file: str, line: int, original: str, mutated: str) -> tuple[str, str]:
        """In a fork where that is possible; in a process of its own elsewhere, and where machine code is made of the file."""
        assert self._reach is not None
        assert self._waiting is not None
        path = self._clone / file
        runs = runs_of_room(self._clone, file, line, self._reach)
        if self._reach.runs_at_import(file, line):
            return self._outcome_in_its_process(path, mutated, runs)
        for run in runs:
            tests = [test for test in run.tests if self._passes_unchanged.get(test, True)]
            while True:
                with _text(path, mutated):
                    answer = self._waiting.ask(tests, run.limit, (file, original))
                if answer.outcome == "unable":
                    return self._outcome_in_its_process(path, mutated, runs)
                if answer.outcome == "timeout":
                    return "timeout", ""
                if answer.outcome == "passed":
                    break
                # A test that also fails in a fork of its own where nothing is changed notices nothing.
                if answer.test and answer.test not in self._passes_unchanged:
                    alone = self._waiting.ask([answer.test], LONGEST)
                    self._passes_unchanged[answer.test] = alone.outcome == "passed"
                if self._passes_unchanged.get(answer.test, True):
                    return "killed", answer.test
                tests = [test for test in tests if test != answer.test]
        # Machine code that was made of a function before the fork is still as it was.
        if MACHINE_CODE.search(original):
            return self._outcome_in_its_process(path, mutated, runs)
        return "survived", ""

    def _outcome_in_its_process(self, path: Path, mutated: str, runs: list[Run]) -> tuple[str, str]:
        """What notices the change; a run that fails where nothing is changed, for what it is made of, notices nothing."""
        for run in runs:
            outcome, by = _outcome_of_runs(self._clone, path, mutated, [run])
            if outcome == "killed" and run.tests not in self._passes_in_its_process:
                self._passes_in_its_process[run.tests] = _outcome(self._clone, [run]) == "survived"
            if outcome != "survived" and self._passes_in_its_process.get(run.tests, True):
                return outcome, by
        return "survived", ""


def runs_of_engine() -> list[Run]:
    """The engine's tests, whatever the mutant."""
    return [Run(tuple(f"tests/autograd/{name}" for name in names), LONGEST) for names in TESTS]


def runs_of_room(root: Path, file: str, line: int, reach: Reach) -> list[Run]:
    """The tests that run a line, then those that are named after the file and may run it in a process of their own.

    What runs at import has the tests that run what reads its names, and those of all defaults. Where there are none, as many
    files of tests of the folder are taken as there is time for.
    """
    folder = root / "tests" / Path(file).parent
    while not folder.is_dir():
        folder = folder.parent
    chosen, seconds = reach.tests_of(file, line, MOST_SECONDS)
    named, others = (
        [str(test.relative_to(root)) for test in sorted(folder.glob(pattern))]
        for pattern in (f"test_{Path(file).stem}*.py", "test_*.py")
    )
    beside = [file, *named, *(["tests/test_defaults.py"] if reach.runs_at_import(file, line) else [])]
    if not chosen:
        beside += reach.quickest([other for other in others if other not in named], MOST_SECONDS)
    # Each by itself, since files may stand in each other's way that no whole run puts so.
    alone = [Run((file,), LONGEST) for file in beside]
    return [*([Run(tuple(chosen), 30.0 + 3.0 * seconds)] if chosen else []), *alone]


@contextmanager
def _text(path: Path, text: str) -> Iterator[None]:
    """Let a file hold another text for a while, and have its old age again."""
    original, times = path.read_bytes(), path.stat()
    path.write_text(text, encoding="utf-8")
    try:
        yield
    finally:
        path.write_bytes(original)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def _outcome_of_runs(clone: Path, path: Path, mutated: str, runs: list[Run]) -> tuple[str, str]:
    with _text(path, mutated):
        return _outcome(clone, runs), ""


def _outcome(clone: Path, runs: list[Run]) -> str:
    for run in runs:
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as given:
            given.write("\n".join(run.tests))
            given.flush()
            command = [sys.executable, "-m", "pytest", "-x", *OPTIONS, f"@{given.name}"]
            # Processor time, since a busy machine is no mutant; what waits for ever uses none.
            limited = ["bash", "-c", f'ulimit -t {math.ceil(run.limit)}; exec "$@"', "-", *command]
            try:
                ended = subprocess.run(
                    limited,
                    cwd=clone,
                    env={**os.environ, "PYTHONPATH": str(clone), "PYTHONDONTWRITEBYTECODE": "1"},
                    capture_output=True,
                    timeout=10 * run.limit,
                )
            except subprocess.TimeoutExpired:
                return "timeout"
        if ended.returncode == -signal.SIGXCPU:
            return "timeout"
        if ended.returncode not in (0, 5):
            return "killed"
    return "survived"


def _of_rooms() -> list[str]:
    """What pytest is given to find all tests of the rooms."""
    return [*ROOMS, *(f"tests/{room}" for room in ROOMS), *BESIDE]


def _clones(count: int, directory: Path) -> Iterator[Path]:
    for number in range(count):
        clone = directory / str(number)
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
        yield clone


def main() -> int:
    """Run the command; 0 where enough mutants are killed."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--rooms", action="store_true", help=f"mutants of {', '.join(ROOMS)}, not of the engine")
    parser.add_argument(
        "--sample", type=int, help="mutants of the rules (default: 300), or of the rooms (default: 400)"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the sample (default: %(default)s)")
    parser.add_argument("--only", metavar="PATH", help="only mutants of files whose path begins so")
    parser.add_argument("--workers", type=int, default=2, help="at a time (default: %(default)s)")
    parser.add_argument(
        "--reach",
        type=Path,
        metavar="FOLDER",
        help="keep there which tests run which lines, and go on from what is there",
    )
    parser.add_argument(
        "--output", type=Path, default=Path("mutants.jsonl"), help="results, added to (default: %(default)s)"
    )
    given = parser.parse_args()
    console = Console()
    known = _known(given.output)
    with tempfile.TemporaryDirectory() as directory, given.output.open("a", encoding="utf-8") as results:
        free: Queue[Bench] = Queue()
        original, *others = _clones(given.workers + 1, Path(directory))
        choose = choose_of_rooms if given.rooms else choose_of_engine
        sample = given.sample if given.sample is not None else 400 if given.rooms else 300
        wanted = [
            m for m in choose(original, sample, given.seed) if given.only is None or m.file.startswith(given.only)
        ]
        waiting = [m for m in wanted if m not in known]
        reach = None
        if given.rooms:
            folder = given.reach or Path(directory)
            folder.mkdir(exist_ok=True)
            data = folder / f"reach-{commit_of(original)}.json"
            if not data.exists():
                console.print("which tests run which lines")
                earlier = max(folder.glob("reach-*.json"), key=lambda path: path.stat().st_mtime, default=None)
                gather(original, ROOMS, _of_rooms(), data, earlier)
            reach = Reach(original, data)
        else:
            for run in runs_of_engine():
                if _outcome(original, [run]) != "survived":
                    console.print(f"these tests fail without any mutant: mend them first: {' '.join(run.tests)}")
                    return 1
        benches = [Bench(clone, reach) for clone in others]
        for bench in benches:
            free.put(bench)

        def work(mutant: Mutant) -> dict[str, Any]:
            bench = free.get()
            try:
                return bench.try_mutant(mutant)
            finally:
                free.put(bench)

        with ThreadPoolExecutor(given.workers) as pool:
            futures = [pool.submit(work, mutant) for mutant in waiting]
            for future in track(as_completed(futures), "mutants", len(futures), console=console):
                found = future.result()
                known[Mutant(found["file"], found["operator"], found["occurrence"])] = found
                results.write(json.dumps(found) + "\n")
                results.flush()
        for bench in benches:
            bench.close()
    return _report(console, [known[m] for m in wanted], LEAST_OF_ROOMS if given.rooms else LEAST)


def _known(path: Path) -> dict[Mutant, dict[str, Any]]:
    if not path.exists():
        return {}
    found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {Mutant(f["file"], f["operator"], f["occurrence"]): f for f in found}


def _report(console: Console, results: list[dict[str, Any]], least: float) -> int:
    """Print the counts and the survivors; 0 where enough mutants are killed."""
    table = Table("", "mutants", "killed", "by time", "survived", "share killed")
    groups: dict[str, list[dict[str, Any]]] = {}
    for r in results:
        room = next((room for room in ROOMS if r["file"].startswith(f"{room}/")), None)
        group = room or ("the reverse pass" if r["file"] in WHOLE else "the rules, a sample")
        groups.setdefault(group, []).append(r)
    share = 1.0
    for name, group in {**groups, "together": results}.items():
        counts = Counter(r["outcome"] for r in group)
        share = 1.0 - counts["survived"] / max(len(group), 1)
        table.add_row(
            name,
            *(str(n) for n in (len(group), counts["killed"], counts["timeout"], counts["survived"])),
            f"{share:.1%}",
        )
    console.print(table)
    reasons = {(r["file"], tuple(r["diff"])): r["reason"] for r in json.loads(SURVIVORS.read_text(encoding="utf-8"))}
    for r in results:
        if r["outcome"] == "survived":
            reason = reasons.get((r["file"], tuple(r["diff"])), "no reason is known")
            lines = (f"{r['file']}:{r['line']} {r['operator']}", *r["diff"], f"({reason})")
            console.print(*lines, sep="\n  ", markup=False, highlight=False)
    return 0 if share >= least else 1


if __name__ == "__main__":
    sys.exit(main())
