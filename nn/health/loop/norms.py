"""What a loop does to the averages of batch normalisation, by which the model answers in evaluation mode."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from nn.health.evidence.parts import MEAN_DIFFERS, SCALE_DIFFERS
from nn.health.finding import Finding
from nn.health.loop.kit import Kit
from nn.health.loop.ledger import Call, Ledger
from nn.health.loop.rule import MIN_PASSES, is_habit, make_finding
from nn.health.loop.trained_rows import mark

# The share of the calls in training mode that must be of other rows for the averages to be spoiled by them.
SPOILED = 0.1
# Looks at models beside the one that is trained, that are kept.
MOST_LOOKS = 64
# Numbers of a row up to which the level of each is kept.
MOST_NUMBERS = 1000


def list_norms(model: Any, kit: Kit) -> list[Any]:
    """The layers of a model that keep averages of the batches."""
    every = (module for module in kit.modules(model) if "BatchNorm" in type(module).__name__)
    return [module for module in every if getattr(module, "running_mean", None) is not None]


def holds_norms(model: Any, kit: Kit) -> bool:
    """Whether a model has such layers, and all are in evaluation mode."""
    norms = list_norms(model, kit)
    return bool(norms) and not any(norm.training for norm in norms)


def changes_with_mode(model: Any, kit: Kit) -> bool:
    """Whether a model answers otherwise in training than in evaluation."""
    for module in kit.modules(model):
        name = type(module).__name__
        if ("Dropout" in name and getattr(module, "p", 1.0) != 0.0) or "BatchNorm" in name:
            return True
    return False


def is_training(parts: Sequence[Any], kit: Kit) -> bool:
    """Whether one of the models that make an answer, one after the other, is in training mode; of those that heed it, where any does."""
    heeding = [part for part in parts if changes_with_mode(part, kit)]
    return any(bool(part.training) for part in heeding or parts)


def level_of(rows: np.ndarray) -> tuple[float, float] | None:
    """The mean and the deviation of numbers; NaN where one of them is, or is infinite."""
    with np.errstate(all="ignore"):
        return (float(rows.mean()), float(rows.std())) if rows.dtype.kind == "f" and rows.size else None


def levels_of_each(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """The same of each number of a row; None for rows of many."""
    each = rows.reshape(len(rows), -1).astype(np.float64) if rows.dtype.kind == "f" and rows.size else None
    with np.errstate(all="ignore"):
        return (each.mean(axis=0), each.std(axis=0)) if each is not None and each.shape[1] <= MOST_NUMBERS else None


def note_beside(ledger: Ledger, kit: Kit, call: Call) -> None:
    """A model that is not trained was judged: keep what tells its weights and averages, where it is like the one that is."""
    if call.training or not ledger.models or len(ledger.beside) >= MOST_LOOKS:
        return
    norms = list_norms(call.model, kit)
    if norms and type(call.model) is type(ledger.models[-1][0]):
        weights = b"".join(mark(kit.value(p)) for p in kit.parameters(call.model))
        ledger.beside.append((id(call.model), weights, mark_averages(norms), call.site))


def averages_of(norms: list[Any]) -> Iterator[np.ndarray]:
    """What the layers have measured, means and variances by turns."""
    for norm in norms:
        for part in (norm.running_mean, norm.running_var):
            yield np.asarray(part.detach().cpu() if hasattr(part, "detach") else part)


def mark_averages(norms: list[Any]) -> bytes:
    """What tells them from others."""
    return b"".join(map(mark, averages_of(norms)))


def have_measured(norms: list[Any]) -> bool:
    """Whether some average is no more what it was made as: means of 0 and variances of 1."""
    return any((part != k % 2).any() for k, part in enumerate(averages_of(norms)))


def find_held_norms(ledger: Ledger, kit: Kit) -> Finding | None:
    """Batch norm that is in evaluation mode in every pass, and has not measured anything before."""
    passes = [one for one in ledger.iterations if one.call is not None]
    last = passes[-1].call if passes else None
    if last is None or not is_habit(passes, lambda one: one.call is not None and one.call.training and one.call.holds):
        return None
    norms = list_norms(last.model, kit)
    if not norms or have_measured(norms):
        return None
    return make_finding(
        "evaluation mode in training",
        f"all {len(norms)} layers of batch norm are in evaluation mode in {len(passes)} passes, and have never measured a batch: they "
        "take every mean for 0 and every variance for 1",
        "leave batch norm in training mode, unless its averages come from a training before",
        last.site,
        passes=len(passes),
    )


def find_averages_left(ledger: Ledger, kit: Kit) -> Finding | None:
    """A model beside the one that is trained, whose weights follow it, and whose averages do not."""
    looks: dict[int, list[Any]] = {}
    for look in ledger.beside:
        looks.setdefault(look[0], []).append(look)
    for each in looks.values():
        weights, averages = {look[1] for look in each}, {look[2] for look in each}
        if len(each) > 1 and len(weights) == len(each) and len(averages) == 1:
            return make_finding(
                "running statistics",
                f"the model that is judged has other weights each of the {len(each)} times, and always the same averages of batch norm: "
                "they are those of other weights than it has",
                "copy or average the buffers as well as the parameters, or measure some batches in training mode before it is judged",
                each[-1][3],
                times=len(each),
            )
    return None


def find_averages_of_others(ledger: Ledger, kit: Kit) -> Finding | None:
    """Rows of another scale that go through the model in training mode, so that batch norm averages them with those of the training."""
    asked = [c for c in ledger.evaluations if c.training and not c.asked and c.level is not None and not c.known]
    judged = any(not call.training for call in ledger.evaluations)
    some = ledger.rows.inputs
    if (
        not judged
        or len(asked) < max(MIN_PASSES, SPOILED * len(ledger.iterations))
        or not some
        or some[0].dtype.kind != "f"
    ):
        return None
    if not list_norms(asked[-1].model, kit):
        return None
    mine = np.concatenate([row.ravel() for row in some]).astype(np.float64)
    mean, spread = float(mine.mean()), float(mine.std())
    other, width = (float(np.median([call.level[k] for call in asked if call.level])) for k in (0, 1))
    if not spread > 0.0 or (
        abs(other - mean) < MEAN_DIFFERS * spread and spread / SCALE_DIFFERS < width < SCALE_DIFFERS * spread
    ):
        return None
    return make_finding(
        "running statistics",
        f"the model is called {len(asked)} times in training mode with rows of another scale (mean {other:.3g}, deviation {width:.3g}) "
        f"than those that it is trained on (mean {mean:.3g}, deviation {spread:.3g}): batch norm averages them too, and answers by "
        "these averages in evaluation mode",
        "call model.eval() before rows that are not trained on",
        asked[-1].site,
        calls=len(asked),
    )
