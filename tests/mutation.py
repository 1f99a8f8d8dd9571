"""Mutation testing: `python -m tests.mutation` of the rules and the reverse pass, with `--rooms` of everything around them.

Every mutant is one small change of the source, made by cosmic-ray's operators (which reach the lambdas that the rules
are), and must make a test fail. All mutants of the files of the pass are tried, and a seeded sample of those of
`autograd/ops`; with `--rooms`, a seeded sample of comparisons, arithmetic, constants, conditions and returns in `nn`, `optim`
and the rooms of `autograd` that stand on the engine, each against those tests of the rooms that run its line (`tests/reach.py`).
Each worker changes files in a clone of the last commit of its own; results are appended to a file, and a run that was
interrupted goes on from there. A whole run takes hours on two cores, so it belongs to the night and not to CI.

A survivor that changes nothing anybody could see stands in `tests/survivors.json` with the reason.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import json
import math
import os
import random
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from queue import Queue
from typing import Any

from cosmic_ray.ast import Visitor, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names
from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.reach import Reach, gather

ROOT = Path(__file__).resolve().parent.parent
WHOLE = tuple(
    f"autograd/engine/{name}.py"
    for name in ("reverse", "contributions", "hooks", "unbroadcast", "ownership", "float_pass", "backward")
)
SAMPLED = "autograd/ops"
ROOMS = ("nn", "optim", "autograd/compiler", "autograd/check", "autograd/draw", "autograd/debug")
# What a mutant of a room is: a comparison, arithmetic, a constant, a condition, or a return; each to its nearest relation,
# since what is far off (a shift for a sum) any test would notice.
COMPARISONS = (
    "Lt_LtE",
    "LtE_Lt",
    "Gt_GtE",
    "GtE_Gt",
    "Lt_Gt",
    "Gt_Lt",
    "Eq_NotEq",
    "NotEq_Eq",
    "Is_IsNot",
    "IsNot_Is",
)
ARITHMETIC = ("Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "FloorDiv_Div", "Mod_FloorDiv", "Pow_Mul")
OF_ROOMS = (
    *(f"core/ReplaceComparisonOperator_{change}" for change in COMPARISONS),
    *(f"core/ReplaceBinaryOperator_{change}" for change in ARITHMETIC),
    *(f"core/{change}" for change in ("NumberReplacer", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue")),
    *(f"core/{change}" for change in ("AddNot", "ReplaceAndWithOr", "ReplaceOrWithAnd")),
)
RETURN = "return None"
# The share of mutants that tests must notice, of the engine and of the rooms around it.
LEAST, LEAST_OF_ROOMS = 0.95, 0.85
# Of one run of the tests, in seconds of processor time.
LONGEST = 300.0
SURVIVORS = Path(__file__).with_name("survivors.json")
# Equivalent by nature: `|` stands in annotations, which are never evaluated; None, classes and True are equal where they
# are identical; `@cache` and its kin change no result.
LEFT_OUT = (
    "ReplaceBinaryOperator_BitOr",
    "Is_Eq",
    "IsNot_NotEq",
    "VariableInserter",
    "VariableReplacer",
    "RemoveDecorator",
)
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
class Mutant:
    """One change: the `occurrence`-th place in a file where an operator of cosmic-ray applies."""

    file: str
    operator: str
    occurrence: int


class _Places(Visitor):
    """How often each operator applies in a file."""

    def __init__(self, kinds: tuple[str, ...]) -> None:
        names = [
            name
            for name in operator_names()
            if (name in kinds if kinds else not any(part in name for part in LEFT_OUT))
        ]
        self._operators = {name: get_operator(name)() for name in names}
        self.counts: Counter[str] = Counter()

    def visit(self, node: Any) -> Any:
        for name, operator in self._operators.items():
            self.counts[name] += sum(1 for _ in operator.mutation_positions(node))
        return node


def mutants(root: Path, file: str, kinds: tuple[str, ...] = ()) -> list[Mutant]:
    """All mutants of a file; with `kinds` those of such operators only, and of its returns."""
    text = (root / file).read_text(encoding="utf-8")
    places = _Places(kinds)
    places.walk(get_ast(text))
    if kinds:
        places.counts[RETURN] = len(_returns(text))
    return [Mutant(file, name, k) for name, count in sorted(places.counts.items()) for k in range(count)]


def _returns(text: str) -> list[ast.expr]:
    """What functions return, in the order of the text, but for None."""
    values = [node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Return)]
    found = [
        value for value in values if value is not None and not (isinstance(value, ast.Constant) and value.value is None)
    ]
    return sorted(found, key=lambda value: (value.lineno, value.col_offset))


def _return_nothing(text: str, occurrence: int) -> str:
    value = _returns(text)[occurrence]
    lines = text.encode().splitlines(keepends=True)
    first, last = value.lineno - 1, (value.end_lineno or value.lineno) - 1
    begin, end = lines[first][: value.col_offset], lines[last][value.end_col_offset :]
    return b"".join([*lines[:first], begin, b"None", end, *lines[last + 1 :]]).decode()


def choose_of_engine(root: Path, sample: int, seed: int) -> Iterator[Mutant]:
    """All mutants of the files of the pass, and a sample of those of the rules."""
    yield from (m for file in WHOLE for m in mutants(root, file) if _runs(root, m))
    rest = [m for path in sorted((root / SAMPLED).glob("*.py")) for m in mutants(root, str(path.relative_to(root)))]
    random.Random(seed).shuffle(rest)
    yield from islice((m for m in rest if _runs(root, m)), sample)


def choose_of_rooms(root: Path, sample: int, seed: int) -> Iterator[Mutant]:
    """A sample of the mutants of all rooms, whatever their sizes."""
    files = [path for room in ROOMS for path in sorted((root / room).rglob("*.py"))]
    found = [m for path in files for m in mutants(root, str(path.relative_to(root)), OF_ROOMS)]
    random.Random(seed).shuffle(found)
    return islice((m for m in found if _runs(root, m)), sample)


def _runs(root: Path, mutant: Mutant) -> bool:
    """Whether a mutant is Python at all: some operators write `a not + b`, which any import would notice.

    The star of a signature is no product either.
    """
    text = changed(root, mutant)
    try:
        compile(text, mutant.file, "exec")
    except SyntaxError:
        return False
    is_arithmetic = "ReplaceBinaryOperator" in mutant.operator
    return not is_arithmetic or _sums(text) != _sums((root / mutant.file).read_text(encoding="utf-8"))


def _sums(text: str) -> Counter[str]:
    """How many sums, products, … there are."""
    found = (n.op for n in ast.walk(ast.parse(text)) if isinstance(n, ast.BinOp | ast.AugAssign))
    return Counter(type(op).__name__ for op in found)


def changed(root: Path, mutant: Mutant) -> str:
    """The text of a mutant's file."""
    before = (root / mutant.file).read_text(encoding="utf-8")
    if mutant.operator == RETURN:
        return _return_nothing(before, mutant.occurrence)
    text = mutate_code(before, get_operator(mutant.operator)(), mutant.occurrence)
    if text is None:
        raise ValueError(f"{mutant} does not apply")
    return text


@dataclass(frozen=True)
class Run:
    """One run of pytest: what it is given, and after how many seconds of processor time it is taken to hang."""

    tests: tuple[str, ...]
    limit: float


def tried(mutant: Mutant, clone: Path, reach: Reach | None) -> dict[str, Any]:
    """Whether the tests notice a mutant, in a clone that is put right again."""
    path = clone / mutant.file
    original, mutated = path.read_text(encoding="utf-8"), changed(clone, mutant)
    lines = difflib.unified_diff(original.splitlines(), mutated.splitlines(), lineterm="", n=0)
    diff = [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    line = next(
        (k for k, (a, b) in enumerate(zip(original.splitlines(), mutated.splitlines(), strict=False), 1) if a != b), 0
    )
    runs = runs_of_engine() if reach is None else runs_of_room(clone, mutant.file, line, reach)
    path.write_text(mutated, encoding="utf-8")
    try:
        outcome = _outcome(clone, runs)
    finally:
        path.write_text(original, encoding="utf-8")
    return {**asdict(mutant), "line": line, "diff": diff, "outcome": outcome}


def runs_of_engine() -> list[Run]:
    """The engine's tests, whatever the mutant."""
    return [Run(tuple(f"tests/autograd/{name}" for name in names), LONGEST) for names in TESTS]


def runs_of_room(root: Path, file: str, line: int, reach: Reach) -> list[Run]:
    """The tests that run a line, then those that are named after the file and may run it in a process of their own.

    What runs at import alone has all tests of its folder, with those of all defaults.
    """
    folder = root / "tests" / Path(file).parent
    while not folder.is_dir():
        folder = folder.parent
    chosen, seconds = reach.tests_of(file, line, LONGEST / 3)
    pattern = f"test_{Path(file).stem}*.py" if chosen else "test_*.py"
    beside = (file, "tests/test_defaults.py", *sorted(str(test.relative_to(root)) for test in folder.glob(pattern)))
    return [*([Run(tuple(chosen), 30.0 + 3.0 * seconds)] if chosen else []), Run(beside, LONGEST)]


def _outcome(clone: Path, runs: list[Run]) -> str:
    for run in runs:
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as given:
            given.write("\n".join(run.tests))
            given.flush()
            # A browser takes seconds to start.
            options = ["-x", "-q", "-p", "no:cacheprovider", "-m", "not browser and not integration"]
            command = [sys.executable, "-m", "pytest", *options, f"@{given.name}"]
            # Processor time, since a busy machine is no mutant; what waits for ever uses none.
            limited = ["bash", "-c", f'ulimit -t {math.ceil(run.limit)}; exec "$@"', "-", *command]
            try:
                ended = subprocess.run(
                    limited,
                    cwd=clone,
                    env={**os.environ, "PYTHONPATH": str(clone)},
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
        "--output", type=Path, default=Path("mutants.jsonl"), help="results, added to (default: %(default)s)"
    )
    given = parser.parse_args()
    console = Console()
    known = _known(given.output)
    with tempfile.TemporaryDirectory() as directory, given.output.open("a", encoding="utf-8") as results:
        free: Queue[Path] = Queue()
        original, *others = _clones(given.workers + 1, Path(directory))
        for clone in others:
            free.put(clone)
        choose = choose_of_rooms if given.rooms else choose_of_engine
        sample = given.sample if given.sample is not None else 400 if given.rooms else 300
        wanted = [
            m for m in choose(original, sample, given.seed) if given.only is None or m.file.startswith(given.only)
        ]
        waiting = [m for m in wanted if m not in known]
        reach = None
        if given.rooms:
            data = Path(directory) / "reach"
            console.print("which tests run which lines")
            gather(original, ROOMS, [*ROOMS, *(f"tests/{room}" for room in ROOMS), "tests/test_defaults.py"], data)
            reach = Reach(original, data)
        else:
            for run in runs_of_engine():
                if _outcome(original, [run]) != "survived":
                    console.print(f"these tests fail without any mutant: mend them first: {' '.join(run.tests)}")
                    return 1

        def work(mutant: Mutant) -> dict[str, Any]:
            clone = free.get()
            try:
                return tried(mutant, clone, reach)
            finally:
                free.put(clone)

        with ThreadPoolExecutor(given.workers) as pool:
            futures = [pool.submit(work, mutant) for mutant in waiting]
            for future in track(as_completed(futures), "mutants", len(futures), console=console):
                found = future.result()
                known[Mutant(found["file"], found["operator"], found["occurrence"])] = found
                results.write(json.dumps(found) + "\n")
                results.flush()
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
