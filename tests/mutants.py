"""Mutants: small changes of the source, made by cosmic-ray's operators and one of ours, and which of them are chosen."""

from __future__ import annotations

import ast
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from cosmic_ray.ast import Visitor, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

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
