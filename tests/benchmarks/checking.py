"""Gradient checkers side by side: what each finds among planted mistakes and their correct twins, and how long it takes."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import grad, vjp
from autograd.check import check_gradients
from tests.autograd.check.corpus import CORPUS
from tests.autograd.check.corpus.planted import Planted, Subject
from tests.benchmarks.report import Report
from tests.benchmarks.timing import Times, time_interleaved

WEIGHTS = np.random.default_rng(0).normal(size=(50, 1000)) / 30.0
POINT = np.random.default_rng(1).normal(size=1000)


def thousand_inputs(with_torch: bool, rounds: int) -> dict[str, Times]:
    """Times of checking sum(tanh(W x)) with 50 × 1000 weights."""
    contestants: dict[str, Callable[[], object]] = {
        "stepgrad": lambda: check_gradients(lambda x: np.sum(np.tanh(WEIGHTS @ x)), POINT)
    }
    if with_torch:
        import torch

        weights, point = torch.tensor(WEIGHTS), torch.tensor(POINT, requires_grad=True)
        contestants["torch gradcheck"] = lambda: torch.autograd.gradcheck(
            lambda x: torch.tanh(weights @ x).sum(), (point,)
        )
    return time_interleaved(contestants, rounds)


@dataclass
class Score:
    """How a checker did on the corpus."""

    found: int = 0
    false_alarms: int = 0
    named: int | None = None
    seconds: float = 0.0


Verdict = Callable[[Planted, Subject], bool]


def scores(peers: Sequence[str]) -> dict[str, Score]:
    """What every checker finds; a mistake counts as found by a verdict or an error of any kind."""
    table = {"stepgrad": _ours()}
    for name, verdict in (("torch gradcheck", _torch), ("jax check_grads", _jax)):
        if name in peers:
            table[name] = _theirs(verdict)
    return table


def _ours() -> Score:
    score = Score(named=0)
    start = time.perf_counter()
    for planted in CORPUS:
        right, wrong = (
            check_gradients(s.function, *planted.inputs(), grad=s.gradient, order=planted.order)
            for s in (planted.right, planted.wrong)
        )
        score.false_alarms += right.verdict != "pass"
        score.found += wrong.verdict == "fail"
        score.named += wrong.diagnosis is not None and wrong.diagnosis.kind == planted.kind  # type: ignore[operator]
    score.seconds = time.perf_counter() - start
    return score


def _theirs(passes: Verdict) -> Score:
    score = Score()
    start = time.perf_counter()
    for planted in CORPUS:
        for subject in (planted.right, planted.wrong):
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    passed = passes(planted, subject)
            except Exception:  # a checker that raises has found something
                passed = False
            score.found += subject is planted.wrong and not passed
            score.false_alarms += subject is planted.right and not passed
    score.seconds = time.perf_counter() - start
    return score


class _Numbers:
    """A subject in NumPy: its value, its gradient against a cotangent, and that gradient's own, as it was written."""

    def __init__(self, subject: Subject) -> None:
        self.value, self._gradient = subject.function, subject.gradient

    def pulled(self, xs: Sequence[Any], cotangent: np.ndarray) -> tuple[Any, ...]:
        """The gradients of <cotangent, value>."""
        if self._gradient is None:
            slopes = grad(lambda *a: np.sum(self.value(*a) * cotangent), tuple(range(len(xs))))(*xs)
            return tuple(np.asarray(g) for g in slopes)
        claimed = self._gradient(*xs)
        parts = claimed if isinstance(claimed, (tuple, list)) else (claimed,)
        return tuple(np.asarray(g) * cotangent for g in parts)

    def pulled_again(self, xs: Sequence[Any], cotangents: Sequence[np.ndarray]) -> tuple[Any, ...]:
        """The gradients of <cotangents, gradient>, as the rules that were written give them."""
        _, pull = vjp(lambda *a: grad(self.value, tuple(range(len(a))))(*a), *xs)
        return tuple(np.asarray(g) for g in pull(tuple(cotangents)))


def _as_given(arrays: Sequence[np.ndarray], like: Sequence[Any]) -> list[Any]:
    return [a if isinstance(x, np.ndarray) else float(a) for a, x in zip(arrays, like, strict=True)]


def _torch(planted: Planted, subject: Subject) -> bool:
    import torch

    numbers, like = _Numbers(subject), planted.inputs()

    class Gradient(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, cotangent: Any, *xs: Any) -> Any:
            ctx.save_for_backward(cotangent, *xs)
            given = _as_given([x.detach().numpy() for x in xs], like)
            return tuple(torch.as_tensor(np.array(g)) for g in numbers.pulled(given, cotangent.detach().numpy()))

        @staticmethod
        def backward(ctx: Any, *cotangents: Any) -> Any:
            outer, *saved = (x.detach().numpy() for x in ctx.saved_tensors)
            given, arrived = _as_given(saved, like), [c.detach().numpy() for c in cotangents]
            slopes = numbers.pulled_again(given, arrived)
            of_outer = sum(np.vdot(c, g) for c, g in zip(arrived, numbers.pulled(given, np.ones(())), strict=True))
            return (torch.as_tensor(np.array(of_outer)), *(torch.as_tensor(np.array(g * outer)) for g in slopes))

    class Value(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *xs: Any) -> Any:
            ctx.save_for_backward(*xs)
            return torch.as_tensor(np.array(numbers.value(*_as_given([x.detach().numpy() for x in xs], like))))

        @staticmethod
        def backward(ctx: Any, cotangent: Any) -> Any:
            found = Gradient.apply(cotangent, *ctx.saved_tensors)
            return found

    tensors = tuple(torch.tensor(np.asarray(x, dtype=float), requires_grad=True) for x in like)
    passed = bool(torch.autograd.gradcheck(Value.apply, tensors))
    return passed and (planted.order < 2 or bool(torch.autograd.gradgradcheck(Value.apply, tensors)))


def _jax(planted: Planted, subject: Subject) -> bool:
    import jax
    from jax.test_util import check_grads

    jax.config.update("jax_enable_x64", True)
    numbers, like = _Numbers(subject), planted.inputs()

    def plain(xs: Sequence[Any]) -> list[Any]:
        return _as_given([np.array(x) for x in xs], like)

    @jax.custom_vjp
    def gradient(*xs: Any) -> Any:
        return tuple(jax.numpy.asarray(np.array(g)) for g in numbers.pulled(plain(xs), np.ones(())))

    gradient.defvjp(
        lambda *xs: (gradient(*xs), xs),
        lambda xs, cotangents: tuple(
            jax.numpy.asarray(g) for g in numbers.pulled_again(plain(xs), [np.asarray(c) for c in cotangents])
        ),
    )

    @jax.custom_vjp
    def value(*xs: Any) -> Any:
        return jax.numpy.asarray(np.array(numbers.value(*plain(xs))))

    def back(xs: Any, cotangent: Any) -> Any:
        if planted.order > 1:
            return tuple(g * cotangent for g in gradient(*xs))
        return tuple(jax.numpy.asarray(np.array(g)) for g in numbers.pulled(plain(xs), np.asarray(cotangent)))

    value.defvjp(lambda *xs: (value(*xs), xs), back)
    check_grads(value, tuple(jax.numpy.asarray(np.asarray(x, dtype=float)) for x in like), planted.order, modes=["rev"])
    return True


def measure(report: Report) -> None:
    """The check of a function of many inputs, and what every checker finds among the planted mistakes."""
    peers = report.installed({"torch gradcheck": "torch", "jax check_grads": "jax"})
    report.compare(
        "gradient check of sum(tanh(W x)), 1000 inputs",
        thousand_inputs("torch gradcheck" in peers, report.rounds(7)),
        {"torch gradcheck": 0.1},
    )
    planted, found = len(CORPUS), scores(peers)
    report.table(
        f"{planted} planted mistakes",
        ("checker", "found", "false alarms on twins", "kind named", "seconds"),
        [
            (
                name,
                f"{score.found} of {planted}",
                f"{score.false_alarms}",
                "–" if score.named is None else f"{score.named} of {planted}",
                f"{score.seconds:.1f}",
            )
            for name, score in found.items()
        ],
    )
    mine = found["stepgrad"]
    named = (mine.named or 0) / planted
    report.line("planted mistakes found", f"{mine.found / planted:.1%}", "≥ 95 %", mine.found >= 0.95 * planted)
    report.line("their kind named", f"{named:.1%}", "≥ 85 %", named >= 0.85)
    report.line("all of them checked in", f"{mine.seconds:.1f} s", "< 60 s", mine.seconds < 60)
