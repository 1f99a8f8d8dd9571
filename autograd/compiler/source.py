"""`gradient_source`: the gradient of a small function of scalars as a straight Python function, to be read."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterable
from itertools import chain, count
from typing import Any

import autograd
from autograd.compiler.errors import CompileError
from autograd.compiler.native import CALLED
from autograd.compiler.program import find_inputs
from autograd.compiler.tape import Builder
from autograd.engine.source import python_forward, python_rules
from autograd.engine.value import Value
from autograd.graph.node import Node, ancestors
from autograd.graph.op import TABLE

# Lines of what is meant to be read.
MAX_LINES = 2000


def gradient_source(what: Callable[..., Any] | Value, name: str = "value_and_grad") -> str:
    """Python source of a function that returns the value and the derivatives with respect to all inputs, one operation a line.

    Parameters
    ----------
    what : callable or Value
        As for `compile_scalar`.
    name : str
        Of the function.

    Raises
    ------
    CompileError
        Where it cannot be captured, or has more than 2000 operations: that is no longer read.

    Examples
    --------
    >>> def e(a, b):
    ...     return (a + b) * (b + 1)
    >>> print(gradient_source(e))
    def value_and_grad(a, b):
        v1 = a + b
        v2 = b + 1.0
        v3 = v1 * v2
        g_v3 = 1.0
        g_v1 = g_v3 * v2
        g_v2 = g_v3 * v1
        g_b = g_v2
        g_a = g_v1
        g_b += g_v1
        return v3, (g_a, g_b)
    <BLANKLINE>
    """
    inputs, names, root = find_inputs(what)
    builder = Builder(inputs)
    for node in ancestors(root):
        builder.add(node)
    result = builder.number[root]
    needed = builder.find_needed([result])
    calls = [(k, *builder.calls[builder.called[k]]) for k in builder.called if k in needed]
    if len(calls) > MAX_LINES:
        raise CompileError(f"{len(calls):,} operations are not read as source; at most {MAX_LINES:,} are printed")
    word = _words(builder, names, calls)
    forward = [
        f"{word[k]} = {python_forward(kind.op, dict(kind.params), [word[o] for o in operands])}"
        for k, kind, operands in calls
    ]
    backward = [f"{_gradient(word[result])} = 1.0"] if result in builder.called or result < builder.inputs else []
    known = {result} if backward else set()
    for k, kind, operands in reversed(calls):
        if k not in known:
            continue
        rules = python_rules(kind.op, dict(kind.params), [word[o] for o in operands], word[k], _gradient(word[k]))
        for operand, rule in zip(operands, rules, strict=True):
            if rule is not None and operand not in builder.constant_of:
                backward.append(f"{_gradient(word[operand])} {'+=' if operand in known else '='} {rule}")
                known.add(operand)
    sent = ", ".join(_gradient(word[k]) if k in known else "0.0" for k in range(builder.inputs))
    lines = [*forward, *backward, f"return {word[result]}, ({sent}{',' if builder.inputs == 1 else ''})"]
    head = [_import_row(called) for called in sorted({c for line in lines for c in CALLED.findall(line)} - {"float"})]
    text = [*head, *([""] * 2 if head else []), f"def {name}({', '.join(word[k] for k in range(builder.inputs))}):"]
    return "\n".join([*text, *(f"    {line}" for line in lines)]) + "\n"


def _words(builder: Builder, names: Iterable[str], calls: Iterable[Any]) -> dict[int, str]:
    """An identifier for each number that is not a constant, and the constant's own text for one that is."""
    word = {
        k: repr(x) if x == x and abs(x) != float("inf") else f"float('{x}')" for k, x in builder.constant_of.items()
    }
    taken: set[str] = set(keyword.kwlist)

    def free(wanted: str) -> str:
        base = "".join(c if c.isalnum() or c == "_" else "_" for c in wanted)
        base = base if base.isidentifier() and not base.startswith("g_") else f"x_{base}"
        found = next(n for n in chain([base], (f"{base}_{i}" for i in count(2))) if n not in taken)
        taken.add(found)
        return found

    for k, name in enumerate(names):
        word[k] = free(name)
    numbered = (f"v{i}" for i in count(1))
    for k, *_ in calls:
        node: Node | None = builder.made_from.get(k)
        word[k] = free(node.name if node is not None and node.name else next(numbered))
    return word


def _gradient(word: str) -> str:
    return f"g_{word}"


def _import_row(name: str) -> str:
    # A public function may take less than its row: sinc has no order.
    if name not in TABLE or getattr(autograd, name, None) is TABLE[name].call:
        return f"from autograd import {name}"
    return f'from autograd.graph.op import TABLE; {name} = TABLE["{name}"].call'
