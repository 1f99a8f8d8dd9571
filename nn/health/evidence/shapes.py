"""Outputs and targets of different shapes, which a loss broadcasts against each other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nn.health.finding import Finding
from nn.health.place import Place
from nn.health.scores import name_of
from nn.health.subject import SOME, Subject

# The share of what the targets of a row vary by that lies between them, from which on one answer is none for all; and how little of a
# loss is left where it asks for their mean.
APART, NOTHING = 0.3, 1e-3
# As many rows tell whether a loss compares each output with its own target.
FEW = 6


def find_broadcast(subject: Subject, outputs: np.ndarray, y: np.ndarray) -> Iterator[Finding]:
    if outputs.shape == y.shape or outputs.size != y.size or outputs.size < 2 or subject.judge.kind == "classes":
        return
    # Constant outputs do not show it, nor do values that are near to one another: the slopes do.
    random = np.random.default_rng(0).normal(size=outputs.shape).astype(outputs.dtype)
    try:
        subject.loss_of(outputs.reshape(y.shape), y)
        apart, slopes = subject.network.value_and_gradient(random, y)
        alike, others = subject.network.value_and_gradient(random.reshape(y.shape), y)
    except Exception:
        return
    if np.allclose(slopes.ravel(), others.ravel(), rtol=1e-3, atol=1e-3 * float(np.abs(others).max(initial=0.0))):
        return
    # Rows whose targets are apart: where they are all the same, it does not matter whose are whose.
    some = np.argsort(y.ravel(), kind="stable")[np.linspace(0, len(y) - 1, FEW).astype(int)] if len(y) == y.size else []
    if len(some) and _is_of_each_row(subject, random[some], y[some]):
        return
    seen = subject.network.copy().find_broadcast(subject.x[:SOME], y)
    shape, place = seen if seen is not None else ((len(y), len(y)), Place())
    line = f" at {place.site}" if place.site else f" in the loss {name_of(subject.network.loss)}"
    yield Finding(
        "shapes broadcast",
        "",
        f"outputs of shape {outputs.shape} and targets of shape {y.shape} are broadcast to {shape}{line}: every output "
        "is compared with every target, and the best answer is their mean",
        "give both the same shape: outputs.reshape(targets.shape), or targets[:, None]",
        {"loss": apart, "loss of equal shapes": alike},
        place,
    )


def _is_of_each_row(subject: Subject, outputs: np.ndarray, y: np.ndarray) -> bool:
    """Whether some rows have the slopes that each has alone, as where the loss itself brings targets into the shape of the outputs."""
    try:
        together = subject.network.value_and_gradient(outputs, y)[1].ravel()
        pairs = [(outputs[k : k + 1], y[k : k + 1]) for k in range(len(y))]
        alone = np.concatenate([subject.network.value_and_gradient(*pair)[1].ravel() for pair in pairs])
    except Exception:
        return False
    size = float(np.abs(alone).max(initial=0.0))
    return any(
        np.allclose(share * alone, together, rtol=1e-3, atol=1e-3 * share * size) for share in (1.0, 1.0 / len(y))
    )


def find_one_for_several(subject: Subject, outputs: np.ndarray, y: np.ndarray) -> Iterator[Finding]:
    """One output of a row that a loss compares with each of several targets, which have little in common."""
    fits = outputs.ndim == y.ndim and len(outputs) == len(y) and outputs.size < y.size and y.dtype.kind == "f"
    axes = tuple(k for k in range(1, y.ndim) if fits and outputs.shape[k] == 1 != y.shape[k])
    if not axes or any(outputs.shape[k] != y.shape[k] for k in range(1, y.ndim) if k not in axes):
        return
    centred = y.astype(np.float64) - y.mean(axis=0)
    apart = float(((centred - centred.mean(axis=axes, keepdims=True)) ** 2).mean())
    if not apart > APART * float((centred**2).mean()):
        return
    random = np.random.default_rng(0).normal(size=outputs.shape).astype(outputs.dtype)
    try:
        wide = np.broadcast_to(random, y.shape).copy()
        once, slopes = subject.network.value_and_gradient(random, y)
        each, others = subject.network.value_and_gradient(wide, y)
        mean = subject.loss_of(y.mean(axis=axes, keepdims=True).astype(outputs.dtype), y)
    except Exception:
        return
    if not all(_is_read(subject, random, y, k) for k in range(y[0].size)):
        return
    # Where it matters which of them is which, such as a target and its weight, they are no targets side by side.
    turned = np.flip(y, axis=axes)
    if not np.isclose(subject.loss_of(random, turned.copy()), once, rtol=1e-4):
        return
    # Who asks for the mean of all targets has nothing left at it.
    same = np.isclose(once, each, rtol=1e-3) and np.allclose(
        slopes, others.sum(axis=axes, keepdims=True), rtol=1e-2, atol=1e-3 * float(np.abs(slopes).max(initial=0.0))
    )
    if same and slopes.any() and mean > NOTHING * abs(once):
        yield Finding(
            "shapes broadcast",
            "",
            f"outputs of shape {outputs.shape} and targets of shape {y.shape} are broadcast in the loss {name_of(subject.network.loss)}: "
            "the one answer for a row is compared with each of its targets, which have little in common",
            f"as many outputs as there are targets in a row ({y[0].size}), or the one target that is meant",
            {"apart": apart / float((centred**2).mean())},
        )


def _is_read(subject: Subject, outputs: np.ndarray, y: np.ndarray, k: int) -> bool:
    """Whether the loss is another one where one of the targets of each row is."""
    other = y.copy()
    other.reshape(len(y), -1)[:, k] += 1.0
    return subject.loss_of(outputs, other) != subject.loss_of(outputs, y)
