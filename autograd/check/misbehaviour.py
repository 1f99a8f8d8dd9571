"""What makes a comparison meaningless before any number is compared: functions that change by themselves or change others."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

import numpy as np

from autograd.check.report import Diagnosis
from autograd.check.subject import Subject, refuse_coroutine
from autograd.graph.modes import no_grad
from autograd.graph.node import raw
from autograd.graph.tree import leaves


def find_misbehaviour(subject: Subject) -> Diagnosis | None:
    """What makes a comparison meaningless: results that change by themselves, changed inputs, shared buffers."""
    return _find_changing_results(subject) or _find_mutated_inputs(subject) or _find_shared_memory(subject)


def _find_changing_results(subject: Subject) -> Diagnosis | None:
    values = [subject.value(subject.arrays) for _ in range(3)]
    if _differ(values[0], values[1]) or _differ(values[0], values[2]):
        told = " and ".join(f"{v:.10g}" for v in dict.fromkeys(values))
        return Diagnosis(
            "non-determinism",
            f"the function gives {told} at the same input; fix its random numbers (a seed for each call), or switch dropout off",
        )
    return None


def find_changing_claims(first: Sequence[np.ndarray], second: Sequence[np.ndarray]) -> Diagnosis | None:
    """Whether two calls of the gradient at one point disagree."""
    for a, b in zip(first, second, strict=True):
        if a.shape != b.shape or bool(np.any(_are_apart(a, b))):
            return Diagnosis("non-determinism", "two calls of the gradient at the same input give different numbers")
    return None


def _are_apart(a: np.ndarray, b: np.ndarray) -> Any:
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    return ~same & ~(np.abs(a - b) <= 1e-12 * np.maximum(np.abs(a), np.abs(b)))


def _differ(a: float, b: float) -> bool:
    return bool(_are_apart(np.asarray(a), np.asarray(b)))


def _find_mutated_inputs(subject: Subject) -> Diagnosis | None:
    for what, function in (("function", subject.function), ("gradient", subject.gradient)):
        if function is None:
            continue
        given = subject.make_leaves(subject.arrays)
        args, kwargs = subject.fill(given)
        constants = [(leaf, leaf.copy()) for leaf in leaves((args, kwargs)) if isinstance(leaf, np.ndarray)]
        try:
            with no_grad() if subject.gradient is None else nullcontext():
                refuse_coroutine(what, function(*args, **kwargs))
        except (ArithmeticError, ValueError):
            continue
        for name, face, array in zip(subject.names, given, subject.arrays, strict=True):
            now = np.asarray(raw(face), dtype=float)
            if now.shape != array.shape or not np.array_equal(now, array, equal_nan=True):
                return Diagnosis("mutated input", f"the {what} changes {name} in place; it should work on a copy")
        for now, before in constants:
            if now.shape != before.shape or not np.array_equal(now, before, equal_nan=before.dtype.kind == "f"):
                return Diagnosis("mutated input", f"the {what} changes an array that it is given in place")
    return None


def _find_shared_memory(subject: Subject) -> Diagnosis | None:
    if subject.gradient is None:
        return None
    try:
        first = subject.claim()
        kept = [np.array(g) for g in first]
        subject.claim([1.01 * a + 0.01 for a in subject.arrays])
    except (ArithmeticError, ValueError):
        return None
    for name, now, before in zip(subject.names, first, kept, strict=True):
        if not np.array_equal(now, before, equal_nan=before.dtype.kind == "f"):
            return Diagnosis(
                "aliasing",
                f"a second call of the gradient overwrites what the first returned for {name}: "
                "a buffer is kept and reused; return a fresh array",
            )
    return None
