"""What a script clips gradients and weights to, by a call or by lines of its own, as the options of an experiment."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

import numpy as np

from nn.health.finding import Finding
from nn.health.loop.ledger import Ledger
from nn.health.loop.rule import HABIT_SHARE
from nn.health.loop.text import walk

# A scale that leaves gradients as they are, and how far norms may lie apart that are one bound.
UNCHANGED, ALIKE = 1e-3, 1e-2
# Passes of a bound that is met again and again.
OFTEN = 3
# By how much gradients must differ in length, whose steps are all as long.
APART = 1.2
# What is left of the gradients, where they are clipped to far less than they are.
HARDLY_LEFT = 0.02


def find_clipping(ledger: Ledger) -> dict[str, float]:
    """`clip_norm`, `clip_value`, `clip_weights` and `clip_weight_norm`, of those that are clipped to."""
    called = (ledger.clip_norm, ledger.clip_value) if not ledger.clips_in_vain else (None, None)
    by_hand = _norm_by_hand(ledger), _value_by_hand(ledger) or _value_by_hook(ledger)
    norm, value = called if ledger.clip_norm or ledger.clip_value else by_hand
    if (moves := find_clipped_moves(ledger)) is not None:
        norm = moves[1]
    found = {
        "clip_norm": norm,
        "clip_value": value,
        "clip_weights": ledger.clip_weights,
        "clip_weight_norm": ledger.clip_weight_norm,
    }
    return {name: most for name, most in found.items() if most is not None}


def share_left(ledger: Ledger) -> float:
    """What clipping to a norm leaves of the gradients, in the middle of all passes."""
    scales = [one.scale for one in ledger.iterations if np.isfinite(one.scale)]
    return float(np.median(scales)) if scales and "clip_norm" in find_clipping(ledger) else 1.0


def find_tight_clipping(left: float, judged: Finding | None) -> Finding | None:
    """That so little of the gradients is left by clipping, where steps are seen to be too small."""
    if judged is None or judged.cause != "learning rate too low" or left > HARDLY_LEFT:
        return None
    return Finding(
        "clipping too tight",
        "",
        f"clipping leaves {left:.2g} of the norm of the gradients, in the middle of all passes: {judged.sentence}",
        f"clip to a norm about {1.0 / left:.1g} times as large, near what gradients usually have here",
        {"left": left},
        certain=False,
        heals=judged.heals,
    )


def _norm_by_hand(ledger: Ledger) -> float | None:
    """The norm of all gradients wherever the script makes them smaller, which they are nowhere above."""
    passes = [one for one in ledger.iterations if np.isfinite(one.scale)]
    smaller = [one.norm for one in passes if 0.0 < one.scale < 1.0 - UNCHANGED]
    others = [one.norm for one in passes if abs(one.scale - 1.0) <= UNCHANGED]
    if len(smaller) < OFTEN or len(smaller) + len(others) < len(passes):
        return None
    bound = float(np.median(smaller))
    alike = max(smaller) - min(smaller) <= ALIKE * bound and max(others, default=0.0) <= (1.0 + ALIKE) * bound
    # Gradients that are all of one size may be divided by one number.
    apart = max(one.scale for one in passes) > (1.0 + ALIKE) * min(one.scale for one in passes)
    return bound if alike and apart else None


def _value_by_hand(ledger: Ledger) -> float | None:
    """What the elements of gradients are cut to, where that is one number."""
    bounds = [one.clipped for one in ledger.iterations if np.isfinite(one.clipped)]
    often = len(bounds) >= OFTEN and max(bounds) - min(bounds) <= ALIKE * max(bounds)
    return float(np.median(bounds)) if often else None


def _value_by_hook(ledger: Ledger) -> float | None:
    """What the elements of nearly all gradients are cut to as they come, where that is one number."""
    bounds = [one.bounded for one in ledger.iterations if np.isfinite(one.bounded)]
    habit = len(bounds) >= max(OFTEN, HABIT_SHARE * len(ledger.iterations))
    return float(np.median(bounds)) if habit and max(bounds) - min(bounds) <= ALIKE * max(bounds) else None


def find_clipped_moves(ledger: Ledger) -> tuple[float, float] | None:
    """Of weights that a script moves itself, along gradients that it makes shorter first: the rate, and the norm that they are cut to.

    A step is then of one length wherever the gradient is longer than the norm, and elsewhere a multiple of it by the rate. Where each is
    cut, the rate is what the text multiplies gradients by.
    """
    passes = [one for one in ledger.iterations if one.direction > 0.0 and one.pull > 0.0 and one.rule is None]
    plain = all(not one.carried and not np.isfinite(one.clipped) for one in passes)
    if ledger.steps or len(passes) < 2 * OFTEN or not plain:
        return None
    rates, pulls = (np.array(each) for each in zip(*((one.direction, one.pull) for one in passes), strict=True))
    lengths, cut = rates * pulls, rates < (1.0 - ALIKE) * rates.max()
    if OFTEN <= cut.sum() <= len(cut) - OFTEN and _are_alike(lengths[cut]):
        bound = float(np.median(lengths[cut]))
        if lengths[~cut].max() <= (1.0 + ALIKE) * bound:
            rate = float(np.median(rates[~cut]))
            return rate, bound / rate
    if not _are_alike(lengths) or pulls.max() < APART * pulls.min():
        return None
    told = find_told_rate(ledger.text, ledger.names)
    return None if told is None or told < rates.max() else (told, float(np.median(lengths)) / told)


def _are_alike(numbers: np.ndarray) -> bool:
    return float(np.ptp(numbers)) <= ALIKE * float(np.median(numbers))


def find_told_rate(text: str, names: Mapping[str, Any]) -> float | None:
    """What a text multiplies gradients by where it moves weights: one number, as it stands there or as a variable has it.

    Examples
    --------
    >>> find_told_rate("for w in weights:\\n    w.data += -lr * w.grad\\n", {"lr": 0.1})
    0.1
    >>> find_told_rate("w.data = w.data - 0.5 * w.grad\\nb.data = b.data - 0.1 * b.grad\\n", {}) is None
    True
    """
    found = set()
    for node in walk(text):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            for one, other in ((node.left, node.right), (node.right, node.left)):
                if isinstance(other, ast.Attribute) and other.attr == "grad":
                    told = one.operand if isinstance(one, ast.UnaryOp) else one
                    value = told.value if isinstance(told, ast.Constant) else names.get(ast.unparse(told))
                    if isinstance(value, (int, float)):
                        found.add(float(value))
    # What scales gradients back is computed, and no number at the first pass.
    return found.pop() if len(found) == 1 else None
