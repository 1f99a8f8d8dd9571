"""Mutation testing of the rules and of the reverse pass: `python -m tests.mutation`.

Every mutant is one small change of the source, made by cosmic-ray's operators (which reach the lambdas that the rules
are), and must make a test fail. All mutants of the files of the pass are tried, and a seeded sample of those of
`autograd/ops`. Each worker changes files in a clone of the last commit of its own; results are appended to a file, and
a run that was interrupted goes on from there. A whole run takes about an hour and a half on two cores, so CI does not have it.
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import random
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

ROOT = Path(__file__).resolve().parent.parent
WHOLE = tuple(
    f"autograd/engine/{name}.py"
    for name in ("reverse", "contributions", "hooks", "unbroadcast", "ownership", "float_pass", "backward")
)
SAMPLED = "autograd/ops"
LEAST = 0.95
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
    ("test_hips.py", "check/test_engine.py"),
)


@dataclass(frozen=True)
class Mutant:
    """One change: the `occurrence`-th place in a file where an operator of cosmic-ray applies."""

    file: str
    operator: str
    occurrence: int


class _Places(Visitor):
    """How often each operator applies in a file."""

    def __init__(self) -> None:
        names = [name for name in operator_names() if not any(part in name for part in LEFT_OUT)]
        self._operators = {name: get_operator(name)() for name in names}
        self.counts: Counter[str] = Counter()

    def visit(self, node: Any) -> Any:
        for name, operator in self._operators.items():
            self.counts[name] += sum(1 for _ in operator.mutation_positions(node))
        return node


def mutants(root: Path, file: str) -> list[Mutant]:
    """All mutants of a file."""
    places = _Places()
    places.walk(get_ast((root / file).read_text(encoding="utf-8")))
    return [Mutant(file, name, k) for name, count in sorted(places.counts.items()) for k in range(count)]


def chosen(root: Path, sample: int, seed: int, only: str | None) -> list[Mutant]:
    """All mutants of the whole files, and a sample of the others."""
    found = [m for file in WHOLE for m in mutants(root, file) if _runs(root, m)]
    rest = [m for path in sorted((root / SAMPLED).glob("*.py")) for m in mutants(root, str(path.relative_to(root)))]
    random.Random(seed).shuffle(rest)
    found += islice((m for m in rest if _runs(root, m)), sample)
    return [m for m in found if only is None or m.file.startswith(only)]


def _runs(root: Path, mutant: Mutant) -> bool:
    """Whether a mutant is Python at all: some operators write `a not + b`, which any import would notice."""
    try:
        compile(changed(root, mutant), mutant.file, "exec")
    except SyntaxError:
        return False
    return True


def changed(root: Path, mutant: Mutant) -> str:
    """The text of a mutant's file."""
    text = mutate_code(
        (root / mutant.file).read_text(encoding="utf-8"), get_operator(mutant.operator)(), mutant.occurrence
    )
    if text is None:
        raise ValueError(f"{mutant} does not apply")
    return text


def tried(mutant: Mutant, clone: Path, timeout: float) -> dict[str, Any]:
    """Whether the tests notice a mutant, in a clone that is put right again."""
    path = clone / mutant.file
    original, mutated = path.read_text(encoding="utf-8"), changed(clone, mutant)
    path.write_text(mutated, encoding="utf-8")
    try:
        outcome = _outcome(clone, timeout)
    finally:
        path.write_text(original, encoding="utf-8")
    lines = difflib.unified_diff(original.splitlines(), mutated.splitlines(), lineterm="", n=0)
    diff = [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    line = next(
        (k for k, (a, b) in enumerate(zip(original.splitlines(), mutated.splitlines(), strict=False), 1) if a != b), 0
    )
    return {**asdict(mutant), "line": line, "diff": diff, "outcome": outcome}


def _outcome(clone: Path, timeout: float) -> str:
    for names in TESTS:
        paths = [f"tests/autograd/{name}" for name in names]
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *paths]
        try:
            run = subprocess.run(
                command, cwd=clone, env={**os.environ, "PYTHONPATH": str(clone)}, capture_output=True, timeout=timeout
            )
        except subprocess.TimeoutExpired:
            return "timeout"
        if run.returncode not in (0, 5):
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
    parser.add_argument("--sample", type=int, default=300, help="mutants of the rules (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of the sample (default: %(default)s)")
    parser.add_argument("--only", metavar="PATH", help="only mutants of files whose path begins so")
    parser.add_argument("--workers", type=int, default=2, help="at a time (default: %(default)s)")
    parser.add_argument(
        "--timeout", type=float, default=300.0, help="seconds for a run of the tests (default: %(default)s)"
    )
    parser.add_argument(
        "--output", type=Path, default=Path("mutants.jsonl"), help="results, added to (default: %(default)s)"
    )
    given = parser.parse_args()
    console = Console()
    known = _known(given.output)
    with tempfile.TemporaryDirectory() as directory, given.output.open("a", encoding="utf-8") as results:
        free: Queue[Path] = Queue()
        for clone in _clones(given.workers, Path(directory)):
            if _outcome(clone, given.timeout) != "survived":
                console.print("the tests fail without any mutant: mend them first")
                return 1
            free.put(clone)
        wanted = chosen(clone, given.sample, given.seed, given.only)
        waiting = [m for m in wanted if m not in known]

        def work(mutant: Mutant) -> dict[str, Any]:
            clone = free.get()
            try:
                return tried(mutant, clone, given.timeout)
            finally:
                free.put(clone)

        with ThreadPoolExecutor(given.workers) as pool:
            futures = [pool.submit(work, mutant) for mutant in waiting]
            for future in track(as_completed(futures), "mutants", len(futures), console=console):
                found = future.result()
                known[Mutant(found["file"], found["operator"], found["occurrence"])] = found
                results.write(json.dumps(found) + "\n")
                results.flush()
    return _told(console, [known[m] for m in wanted])


def _known(path: Path) -> dict[Mutant, dict[str, Any]]:
    if not path.exists():
        return {}
    found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {Mutant(f["file"], f["operator"], f["occurrence"]): f for f in found}


def _told(console: Console, results: list[dict[str, Any]]) -> int:
    table = Table("", "mutants", "killed", "by time", "survived", "share killed")
    groups = {"the reverse pass": [r for r in results if r["file"] in WHOLE]}
    groups["the rules, a sample"] = [r for r in results if r["file"] not in WHOLE]
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
    for r in results:
        if r["outcome"] == "survived":
            console.print(
                f"{r['file']}:{r['line']} {r['operator']}", *r["diff"], sep="\n  ", markup=False, highlight=False
            )
    return 0 if share >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
