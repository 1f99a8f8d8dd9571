"""A step that the user's own optimizer takes in its own way: that of the optimizer it is made of, in its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from nn.health.evidence.asking import ask
from nn.health.experiments.remedies.remedy import Remedy
from nn.health.experiments.trial import Trial
from nn.health.subject import Subject

# Where the optimizers of the frameworks are, and the class that all of them are of.
FRAMEWORKS, ABSTRACT = ("optim.", "torch.optim."), "Optimizer"
# The share of numbers that stand at one bound where they are cut to it, and what lies between two that are the same.
CUT_SHARE, ROUNDING = 0.02, 1e-5
# The share of weights that an own step has made smaller.
SHORTENED = 0.5


def remedies_of_own_step(subject: Subject) -> Iterator[Remedy]:
    """The step of the framework's optimizer that an own one is made of."""
    mine = type(subject.network.optimizer)
    usual = next((base for base in mine.__mro__ if _is_usual(base)), None)
    if usual is None or usual is mine:
        return

    def use_usual(trial: Trial) -> None:
        trial.network.optimizer.__class__ = usual

    cause, what, fix = ask(lambda: _look(subject, usual), ("optimizer unfit", "", "look at what its step() does"))
    yield Remedy(
        "usual step",
        f"with the step of {usual.__name__} in place of that of {mine.__name__}{what}",
        cause,
        fix,
        use_usual,
    )


def _is_usual(base: type) -> bool:
    return f"{base.__module__}.".startswith(FRAMEWORKS) and base.__name__ != ABSTRACT


def _look(subject: Subject, usual: Any) -> tuple[str, str, str]:
    """What an own step does with gradients and weights that the usual one leaves: a cause, what is told of it, and how it is mended."""
    some = slice(0, max(1, subject.batch_size))
    own, other = subject.network.copy(), subject.network.copy()
    other.optimizer.__class__ = usual
    for network in (other, own):
        network.gradients(subject.x[some], subject.y[some])
        before = _gradients(network)
        network.optimizer.step()
        after = _gradients(network)
    bound = float(np.abs(after).max(initial=0.0))
    changed = after != before
    if changed.any() and _is_shorter(after, before):
        cut = float(np.mean(np.abs(np.abs(after) - bound) <= ROUNDING * bound))
        told = (
            f", which cuts each number of the gradients to {bound:.3g}"
            if cut > CUT_SHARE
            else ", which shrinks the gradients"
        )
        return "clipping too tight", told, "cut gradients to much more, near what they usually have here, or not at all"
    mine, theirs = (np.concatenate([w.values.ravel() for w in n.parameters()]) for n in (own, other))
    shorter = np.abs(mine) < np.abs(theirs) * (1.0 - ROUNDING)
    if float(shorter.mean()) > SHORTENED and _is_shorter(mine, theirs):
        share = float(np.linalg.norm(mine) / np.linalg.norm(theirs))
        return (
            "weights held small",
            f", which makes the weights {share:.2g} times as large after it",
            "leave the weights as the step has left them, or hold them to much more; a mild weight decay keeps them small",
        )
    return "optimizer unfit", "", f"take {usual.__name__} as it is, or look at what its step() adds"


def _is_shorter(some: np.ndarray, than: np.ndarray) -> bool:
    """Whether no number is larger than another, or of the other sign."""
    return bool((np.abs(some) <= np.abs(than) * (1.0 + ROUNDING)).all() and (some * than >= 0.0).all())


def _gradients(network: Any) -> np.ndarray:
    held = [p.grad for group in network.optimizer.param_groups for p in group["params"] if p.grad is not None]
    arrays = [np.array(g.detach().cpu().numpy() if hasattr(g, "detach") else g).ravel() for g in held]
    return np.concatenate(arrays) if arrays else np.empty(0)
