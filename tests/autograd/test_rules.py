"""The rules of the table, their helper functions included, read no data and branch on no value: a lint over their source."""

from __future__ import annotations

import ast
import dis
import inspect
import types
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest

from autograd import ops as table
from autograd.graph.node import raw
from autograd.graph.op import BY_NUMPY, TABLE, Op
from autograd.ops.elementwise import scale
from autograd.ops.shape import shape

# What gives the numbers of a node.
READS = {"data", "grad", "item", "tolist", "numpy", "detach", "__array__", "__float__"}
READERS = {"raw", "get_data", "get_grad"}
# What may be asked of an operand: how it is made, and never its numbers.
STRUCTURE = {"shape", "ndim", "dtype", "size", "op", "order", "parents", "params", "__class__"}
ASKING = {
    "is_complex",
    "shape",
    "_shape",
    "is_array",
    "leaves",
    "len",
    "isinstance",
    "hasattr",
    "getattr",
    "count",
    "_is_same",
    "_is_zero",
    "_keeps_places",
}
# What operands are called in rules.
VALUES = {"g", "out", "x", "y", "z", "u", "v", "w", "h", "xs", "p", "s", "left", "right", "greatest"}
# Numbers that stand in a program, as the exponent of a power does, are known whatever it is run on; so is what kind of thing holds them.
READS_CONSTANTS = {"_divide_operation", "is_array"}
Rule = types.FunctionType


def rules_of(op: Op) -> list[Rule]:
    return [rule for rule in (*op.rules, op.joint) if isinstance(rule, Rule)]


def called_by(rule: Rule) -> Iterator[Rule]:
    """A rule, and the functions of the table's files that it calls.

    Rows are left out, since they have rules of their own, and NumPy's functions, which are what rules are written in.
    """
    written_in = set(BY_NUMPY.values())
    waiting, seen = [rule], set()
    while waiting:
        function = waiting.pop()
        if function in seen:
            continue
        seen.add(function)
        yield function
        steps = [step for code in codes(function.__code__) for step in dis.get_instructions(code)]
        names = {step.argval for step in steps if step.opname == "LOAD_GLOBAL"}
        held = [cell.cell_contents for cell in function.__closure__ or ()]
        for found in (*(function.__globals__.get(name) for name in sorted(names)), *held):
            if isinstance(found, Rule) and not hasattr(found, "op") and found not in written_in:
                if found.__module__.startswith("autograd.ops") or found.__module__ == rule.__module__:
                    waiting.append(found)


def codes(code: types.CodeType) -> Iterator[types.CodeType]:
    """A function's code, and that of functions and comprehensions within it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from codes(constant)


@cache
def parsed(file: str) -> list[Any]:
    with open(file, encoding="utf-8") as source:
        tree = ast.parse(source.read())
    return [node for node in ast.walk(tree) if isinstance(node, (ast.Lambda, ast.FunctionDef))]


def tree_of(function: Rule) -> list[Any]:
    """The function in its file; where lambdas with the same arguments share a line, all of them."""
    code = function.__code__
    arguments = list(code.co_varnames[: code.co_argcount])
    found = [
        node
        for node in parsed(inspect.getfile(function))
        if min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))]) == code.co_firstlineno
        and [a.arg for a in (*node.args.posonlyargs, *node.args.args)] == arguments
    ]
    assert found, f"{function.__module__}, line {code.co_firstlineno}: the source of {function.__name__} was not found"
    return found


def wrong(function: Rule) -> list[str]:
    """What a rule must not do, with the lines."""
    told = []
    for tree in tree_of(function):
        for node in ast.walk(tree):
            place = f"{function.__module__}, line {getattr(node, 'lineno', 0)}, {function.__name__}"
            if isinstance(node, ast.Attribute) and node.attr in READS:
                told.append(f"{place}: reads .{node.attr}")
            if isinstance(node, ast.Name) and node.id in READERS and function.__name__ not in READS_CONSTANTS:
                told.append(f"{place}: reads by {node.id}()")
            if isinstance(node, (ast.IfExp, ast.If, ast.While, ast.Assert)):
                told += [f"{place}: branches on {name}" for name in values_asked(node.test)]
            if isinstance(node, ast.comprehension):
                told += [f"{place}: chooses by {name}" for test in node.ifs for name in values_asked(test)]
    return told


def values_asked(test: ast.expr) -> list[str]:
    """The operands whose numbers a condition looks at."""
    harmless: set[ast.AST] = set()
    for node in ast.walk(test):
        if isinstance(node, ast.Attribute) and node.attr in STRUCTURE:
            harmless.update(ast.walk(node.value))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ASKING:
            harmless.update(inner for argument in node.args for inner in ast.walk(argument))
        if isinstance(node, ast.Compare) and all(
            isinstance(o, (ast.Is, ast.IsNot, ast.In, ast.NotIn)) for o in node.ops
        ):
            harmless.update(ast.walk(node))
    names = [n for n in ast.walk(test) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load) and n not in harmless]
    return [n.id for n in names if n.id in VALUES]


@pytest.mark.parametrize("name", sorted(name for name, op in TABLE.items() if rules_of(op)))
def test_a_rule_reads_no_data_and_branches_on_no_value(name: str) -> None:
    for rule in rules_of(TABLE[name]):
        for function in called_by(rule):
            assert not wrong(function), "\n".join(wrong(function))


def test_all_rules_of_all_families_are_looked_at() -> None:
    differentiable = {name for name, op in TABLE.items() if op.differentiable}
    assert differentiable <= {name for name, op in TABLE.items() if rules_of(op)}
    files = {f.__module__ for op in TABLE.values() for rule in rules_of(op) for f in called_by(rule)}
    with_rows = {f"autograd.ops.{f.__name__.rpartition('.')[2]}" for f in table.FAMILIES if _has_rules(f)}
    assert with_rows <= files
    assert len(with_rows) >= 12


def _has_rules(family: types.ModuleType) -> bool:
    return any(rules_of(op) and op.array.__module__ == family.__name__ for op in TABLE.values())


# Rules that do what none may do, for the lint itself.


def _helper(x: Any) -> Any:
    return x.data * 2.0


def _branching_helper(g: Any, x: Any) -> Any:
    if x > 0:
        return g
    return -g


def _joint(g: Any, out: Any, xs: Any) -> list[Any]:
    return [g if x == out else 0.0 for x in xs]


def _structural(g: Any, x: Any) -> Any:
    if len(shape(x)) > 1 and x.dtype == np.float16:
        return scale(g, x)
    return g if x is not None else scale(g, 2.0)


WRONG: dict[str, Callable[..., Any]] = {
    "reads .data": lambda g, out, x: g * x.data,
    "reads .data ": lambda g, out, x: scale(g, _helper(x)),
    "reads by raw()": lambda g, out, x: g * raw(x),
    "reads .item": lambda g, out, x: g * out.item(),
    "branches on x": lambda g, out, x: g if x > 0 else -g,
    "branches on x ": lambda g, out, x: _branching_helper(g, x),
    "branches on x  ": lambda g, out, x: (lambda: g if x < 1.0 else out)(),
    "chooses by x": lambda g, out, x: [g for _ in (1,) if x],
    "branches on x   ": _joint,
}


@pytest.mark.parametrize("what", WRONG)
def test_the_lint_sees(what: str) -> None:
    found = [text for function in called_by(WRONG[what]) for text in wrong(function)]
    assert any(text.endswith(what.strip()) for text in found), found


def test_the_lint_lets_structure_pass() -> None:
    assert [text for function in called_by(lambda g, out, x: _structural(g, x)) for text in wrong(function)] == []
