"""What a script carries on from pass to pass with its graph, to tell how the training goes: sums of losses, averages."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from autograd.graph.sites import line_name
from nn.health.finding import Finding
from nn.health.loop.kit import Kit
from nn.health.loop.ledger import Ledger
from nn.health.loop.rule import HABIT_SHARE, MIN_PASSES, make_finding
from nn.health.loop.text import walk

# Words of a context in which nothing is recorded.
UNRECORDED = ("no_grad", "inference_mode", "set_grad_enabled")
# The passes at which the graphs of variables are looked at.
LOOKED_AT = (MIN_PASSES, 2 * MIN_PASSES, 4 * MIN_PASSES, 8 * MIN_PASSES)
# What an engine says of a graph whose values are no more what they were, or were let go.
OF_OLD_GRAPHS = ("InPlaceError", "modified by an inplace operation", "through the graph a second time")


def note_graphs(ledger: Ledger, kit: Kit, names: Mapping[str, Any], nodes: set[Any]) -> None:
    """At some of the passes, how large the graphs of the variables are that the loss, of which these are the nodes, is not of."""
    passes = len(ledger.iterations)
    if passes in LOOKED_AT:
        for name, value in names.items():
            if kit.is_computed(value) and not kit.leads_to(value, nodes):
                ledger.graphs.setdefault(name, []).append((passes, len(kit.nodes(value))))


def find_carried_graph(ledger: Ledger, kit: Kit) -> Finding | None:
    """A variable beside the losses whose graph gets longer with each pass."""
    if find_carried_sum(ledger, kit) is not None:
        return None
    for name, sizes in ledger.graphs.items():
        longer = [size - before >= passes - since for (since, before), (passes, size) in pairwise(sizes)]
        if len(longer) < 2 or not all(longer):
            continue
        (since, least), (passes, most) = sizes[0], sizes[-1]
        return make_finding(
            "graph grows",
            f"{name} holds a graph of {least} nodes after {since} passes and of {most} after {passes}: what is carried on in it holds "
            "all passes before, and the memory that they take",
            f"carry on numbers: .item() or detach() before they come into {name}",
            ledger.iterations[-1].site,
            first=least,
            last=most,
        )
    return None


def find_carried_sum(ledger: Ledger, kit: Kit) -> Finding | None:
    """The losses of the passes, added up as they are."""
    passes = [one for one in ledger.iterations if one.site is not None]
    if len(passes) < 2 * MIN_PASSES or not ledger.text:
        return None
    found = tell_carried_sum(ledger.text, {one.site.lineno for one in passes if one.site is not None})
    if found is None:
        return None
    name, loss, line = found
    site = passes[-1].site
    where = f"line {line}" if site is None else line_name(site.filename, line)
    return make_finding(
        "graph grows",
        f"{where} adds up {loss} as it is: {name} holds the graphs of all passes since it was 0, and the memory that they take",
        f"add up {loss}.item()",
        site,
        passes=len(passes),
    )


def tell_carried_sum(text: str, lines: set[int]) -> tuple[str, str, int] | None:
    """The name of a sum, that of the loss, and the line, where a loop around a backward pass on these lines adds up losses as they are.

    Examples
    --------
    >>> text = "total = 0\\nfor x in rows:\\n    loss = model(x)\\n    loss.backward()\\n    total += ADDED\\n"
    >>> tell_carried_sum(text.replace("ADDED", "loss * len(x)"), {4})
    ('total', 'loss', 5)
    >>> tell_carried_sum(text.replace("ADDED", "loss.item()"), {4}) is None
    True
    """
    nodes = walk(text)
    calls = [node for node in nodes if isinstance(node, ast.Call) and _name_of_passed(node) is not None]
    passed = {_name_of_passed(call) for call in calls}
    loops = [node for node in nodes if isinstance(node, (ast.For, ast.While))]
    for call in (call for call in calls if call.lineno in lines):
        around = [loop for loop in loops if loop.lineno < call.lineno <= (loop.end_lineno or 0)]
        loss = _name_of_passed(call)
        if loss is None or not around:
            continue
        statements = list(_recorded(max(around, key=lambda loop: loop.lineno).body))
        # What is given another value in between, such as a number, carries nothing.
        given = {name for s in statements if isinstance(s, ast.Assign) and _added(s)[0] is None for name in _given(s)}
        numbers = {name for s in statements if isinstance(s, ast.Assign) and _is_cut_off(s.value) for name in _given(s)}
        for statement in statements:
            target, value = _added(statement)
            if target is not None and target not in passed | given and loss in set(_carried(value)) - numbers:
                return target, loss, statement.lineno
    return None


def _name_of_passed(call: ast.Call) -> str | None:
    """What a backward pass is asked of."""
    is_pass = isinstance(call.func, ast.Attribute) and call.func.attr == "backward"
    return ast.unparse(call.func.value) if is_pass and isinstance(call.func, ast.Attribute) else None


def _recorded(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a body and of what stands in it, but for those of which nothing is recorded, and of functions."""
    for statement in body:
        yield statement
        if isinstance(statement, (ast.With, ast.AsyncWith)):
            heads = " ".join(ast.unparse(item.context_expr) for item in statement.items)
            if any(word in heads for word in UNRECORDED):
                continue
        if not isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            for part in ("body", "orelse", "finalbody"):
                yield from _recorded(getattr(statement, part, []))


def _added(statement: ast.stmt) -> tuple[str | None, ast.expr | None]:
    """What a statement adds to itself, and what it adds."""
    if isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Add):
        return ast.unparse(statement.target), statement.value
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        name = ast.unparse(statement.targets[0])
        if name in set(_carried(statement.value)):
            return name, statement.value
    return None, None


def _carried(value: ast.expr | None) -> Iterator[str]:
    """The variables that arithmetic takes as they are."""
    if isinstance(value, (ast.Name, ast.Attribute, ast.Subscript)):
        yield ast.unparse(value)
    elif isinstance(value, ast.BinOp):
        yield from _carried(value.left)
        yield from _carried(value.right)
    elif isinstance(value, ast.UnaryOp):
        yield from _carried(value.operand)


def _given(statement: ast.Assign) -> set[str]:
    return {ast.unparse(target) for target in statement.targets}


def _is_cut_off(value: ast.expr) -> bool:
    """Whether something is no part of a graph any more."""
    text = ast.unparse(value)
    return any(word in text for word in (".item()", "float(", ".detach()", ".data", ".numpy()"))


def find_growing_graph(ledger: Ledger, kit: Kit) -> Finding | None:
    sizes = np.array([one.nodes for one in ledger.iterations])
    if len(sizes) < 2 * MIN_PASSES:
        return None
    growth = np.diff(sizes)
    # Sequences that get longer begin anew with each epoch.
    anew = (sizes[1:] < 0.5 * np.maximum.accumulate(sizes)[:-1]).any()
    if (growth > 0).mean() < HABIT_SHARE or sizes[-1] < 3 * sizes[0] or anew:
        return None
    return make_finding(
        "graph grows",
        f"the graph of the loss grows from step to step, from {sizes[0]} nodes to {sizes[-1]}: something of an earlier step is "
        "carried on with its graph, such as a hidden state or a sum of losses",
        "detach() what is carried on; add up loss.item()",
        ledger.iterations[-1].site,
        first=int(sizes[0]),
        last=int(sizes[-1]),
    )


def find_old_graph(ledger: Ledger, told: str) -> Finding | None:
    """A script that stopped, because its loss holds the graph of an earlier step."""
    sizes = [one.nodes for one in ledger.iterations]
    if not 2 <= len(sizes) < MIN_PASSES or sizes[-1] <= sizes[0]:
        return None
    # Of a part of the loss that is carried on, such as a penalty that a model keeps, the error tells where the sizes hardly do.
    if sizes[-1] < 1.5 * sizes[0] and not any(part in told for part in OF_OLD_GRAPHS):
        return None
    return make_finding(
        "graph grows",
        f"the graph of the loss grew from {sizes[0]} nodes to {sizes[-1]} in {len(sizes)} passes, and then the script stopped "
        f"({told}): something of an earlier step is carried on with its graph, such as a hidden state or a sum of losses",
        "detach() what is carried on; add up loss.item()",
        ledger.iterations[-1].site,
        first=sizes[0],
        last=sizes[-1],
    )
