"""What loops do wrong that move weights by their own lines, `p.data -= rate * p.grad`, with no optimizer."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.graph.sites import line_name
from nn.health.finding import Finding, join_names
from nn.health.loop.kit import Kit
from nn.health.loop.ledger import Ledger
from nn.health.loop.moves import SAME
from nn.health.loop.rule import MIN_PASSES, is_habit, make_finding
from nn.health.loop.text import walk
from nn.health.loop.words import FREEZES, LOADS, tell_words_of_all

# How far weights are from those of the pass before, as a share of them, and the cosine of both, where they are others.
OTHERS_CHANGE, OTHERS_ALIKE = 0.5, 0.6
# How deep weights lie in a script's own lists.
DEEPEST = 3


def find_left_by_hand(ledger: Ledger, kit: Kit) -> Finding | None:
    """Weights that get gradients, and that nothing moves while others move."""
    last = ledger.iterations[-1].call if ledger.iterations else None
    if ledger.optimizers or last is None or len(ledger.iterations) < MIN_PASSES:
        return None
    if (LOADS | FREEZES) & tell_words_of_all(ledger.text):
        return None
    moved, pulled = ledger.moved.get(id(last.model)), ledger.pulled.get(id(last.model))
    if moved is None or pulled is None or moved.shape != pulled.shape or not moved.any():
        return None
    # Of steps that are little more than rounding some are none.
    if max((one.change for one in ledger.iterations if np.isfinite(one.change)), default=0.0) < SAME:
        return None
    left = np.flatnonzero(pulled & ~moved)
    if not left.size:
        return None
    names = kit.names(last.model)
    return make_finding(
        "parameters left out",
        f"{len(left)} of {len(moved)} weights get gradients in {len(ledger.iterations)} passes, and nothing moves them: "
        f"{join_names([names[k] for k in left])}",
        "move every weight that has a gradient: look at the list of parameters that the loop goes through",
        ledger.iterations[-1].site,
        left=len(left),
        weights=len(moved),
    )


def find_unreached_by_hand(ledger: Ledger, kit: Kit) -> Finding | None:
    """Weights of a list or dict of the script's of which some are trained, and others never get a gradient."""
    if ledger.optimizers or len(ledger.iterations) < MIN_PASSES or FREEZES & tell_words_of_all(ledger.text):
        return None
    last = ledger.iterations[-1].call
    mine = {id(p) for p in kit.parameters(last.model)} if last is not None else set[int]()
    mine |= {id(w) for w in _list_weights(ledger.names) if kit.gradient(w) is not None}
    written = {told: [ledger.names.get(name) for name in names] for told, names in _list_written(ledger.text)}
    for name, value in {**ledger.names, **written}.items():
        weights = list(_list_weights(value)) if isinstance(value, (list, tuple, dict)) else []
        idle = [w for w in weights if id(w) not in mine and kit.gradient(w) is None]
        trained = [w for w in weights if id(w) in mine]
        if idle and trained and len(idle) + len(trained) == len(weights):
            return make_finding(
                "missing gradients",
                f"{len(idle)} of the {len(weights)} weights in {name} never get a gradient in {len(ledger.iterations)} passes: on the way "
                "from them to the loss something became a plain number",
                "compute the loss without .detach(), .data or .numpy() between the layers",
                ledger.iterations[-1].site,
                idle=len(idle),
                weights=len(weights),
            )
    return None


def find_new_weights(ledger: Ledger, kit: Kit) -> Finding | None:
    """Weights that are others at each pass, and do not come from those before by any step."""
    passes = ledger.iterations[1:]

    if ledger.optimizers or not is_habit(passes, lambda one: one.change > OTHERS_CHANGE):
        return None
    # Of few numbers some are alike by chance; and models that are trained in turns come back.
    turn, apart = np.median([(abs(one.turn), one.apart) for one in passes], axis=0)
    if not (turn < OTHERS_ALIKE and apart > OTHERS_CHANGE):
        return None
    # The move after a pass is written down with that pass.
    if any(np.isfinite(one.direction) for one in ledger.iterations):
        return None
    return make_finding(
        "model made anew",
        f"at each of {len(passes)} passes the weights have nothing to do with those of the pass before: they are drawn anew, and what "
        "was learned is lost",
        "make the weights before the loop",
        passes[-1].site,
        passes=len(passes),
    )


def find_cleared_by_hand(ledger: Ledger, kit: Kit) -> Finding | None:
    """Gradients that are set to zero by hand before the lines that move the weights read them."""
    passes = ledger.iterations
    line = passes[-1].site if passes else None
    if ledger.optimizers or line is None or not is_habit(passes[1:], lambda one: one.change == 0 and not one.still):
        return None
    if (cleared := find_line_of_clearing(ledger.text, line.lineno)) is None:
        return None
    return make_finding(
        "gradients cleared before the step",
        f"{line_name(line.filename, cleared)} sets the gradients to zero between backward() and the lines that move the weights: "
        f"no weight changed in {len(passes)} passes",
        "set gradients to zero before backward(), or after the weights have moved",
        line,
        passes=len(passes),
    )


def find_line_of_clearing(text: str, backward: int) -> int | None:
    """The line that sets gradients to zero after a line with `backward()`, and before one that reads them; None where none does.

    Examples
    --------
    >>> text = "for k in range(9):\\n    loss.backward()\\n    p.grad = 0.0\\n    p.data -= p.grad\\n"
    >>> find_line_of_clearing(text, 2), find_line_of_clearing("loss.backward()\\np.data -= p.grad\\np.grad = 0.0\\n", 1)
    (3, None)
    >>> find_line_of_clearing("loss.backward(); w.grad.zero_()\\nw -= w.grad\\n", 1)
    1
    """
    named = [node for node in walk(text) if isinstance(node, ast.Attribute)]
    gradients = [node for node in named if node.attr == "grad"]
    # What clears them in place reads them, too.
    zeroed = [node.value for node in named if node.attr == "zero_"]
    begin = max(
        (_place(node) for node in named if node.attr == "backward" and node.lineno == backward), default=(backward, 0)
    )
    read = [_place(node) for node in gradients if isinstance(node.ctx, ast.Load) and node not in zeroed]
    cleared = [_place(node) for node in gradients if isinstance(node.ctx, ast.Store) or node in zeroed]
    cleared += [_place(node) for node in named if node.attr == "zero_grad"]
    first_read, first_cleared = (min((p for p in places if p > begin), default=None) for places in (read, cleared))
    return first_cleared[0] if first_cleared and first_read and first_cleared < first_read else None


def _place(node: ast.Attribute) -> tuple[int, int]:
    """Where the name of an attribute stands."""
    return node.end_lineno or node.lineno, node.end_col_offset or node.col_offset


def _list_weights(value: Any, depth: int = 0) -> Iterator[Any]:
    """The leaves that ask for gradients in lists, tuples and dicts."""
    if isinstance(value, (list, tuple, dict)) and depth < DEEPEST:
        for part in value.values() if isinstance(value, dict) else value:
            yield from _list_weights(part, depth + 1)
    elif getattr(value, "requires_grad", False) is True and getattr(value, "is_leaf", False) is True:
        yield value


def find_adrift(ledger: Ledger, kit: Kit) -> Finding | None:
    """Losses of numbers that are all new at each pass: no weight is among them."""
    if not ledger.adrift or ledger.optimizers or ledger.adrift < max(MIN_PASSES, len(ledger.iterations)):
        return None
    return make_finding(
        "missing gradients",
        f"the loss of each of {ledger.adrift} passes is made of numbers that are new in it, and of no weight that stays: on its way from "
        "the weights it became a plain number",
        "compute the loss of the outputs as they are, without .data or a new Value of them",
        ledger.iterations[-1].site,
        passes=ledger.adrift,
    )


def _list_written(text: str) -> Iterator[tuple[str, list[str]]]:
    """Tuples and lists of names that a loop goes through where it stands, as in `for w in (first, last):`."""
    for node in walk(text):
        gone = node.iter if isinstance(node, ast.For) else None
        names = (
            [part.id for part in gone.elts if isinstance(part, ast.Name)]
            if isinstance(gone, (ast.Tuple, ast.List))
            else []
        )
        if isinstance(gone, (ast.Tuple, ast.List)) and len(names) == len(gone.elts) > 0:
            yield ast.unparse(gone), names
