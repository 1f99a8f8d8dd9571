"""Changes of the rate, and of the optimizer."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from nn.health.experiments.remedies.remedy import Remedy
from nn.health.experiments.trial import Trial
from nn.health.subject import Subject

# Optimizers whose steps are as long as their gradients, so that larger rates are usual.
OF_GRADIENTS = ("SGD", "ASGD", "Adadelta", "Adagrad", "LBFGS", "OwnLBFGS")


def remedies_of_rate(subject: Subject) -> Iterator[Remedy]:
    """The learning rate, up and down: to its neighbours, and as far as rates that are usual."""
    rate, usual = _rates_of(subject)
    if not rate > 0.0:
        # Of a rate of 0 there are no multiples.
        yield from (_set_rate(rate, usual / k) for k in (1.0, 10.0, 100.0))
        return
    for factor in (0.1, 0.01, 0.001):
        yield _change_rate(rate, factor, "learning rate too high")
    # So many powers of ten lie between it and the largest usual rate.
    far = max(3, math.ceil(math.log10(usual / rate)))
    for power in sorted({1, 2, *range(max(3, far - 3), far + 1)}):
        yield _change_rate(rate, 10.0**power, "learning rate too low")


def name_likely_rate(subject: Subject) -> str:
    """The larger rate that most likely heals, as a remedy: 0.1 for gradients as they are, else 0.01, or a hundred times its own."""
    rate, usual = _rates_of(subject)
    likely = usual / 10.0 if usual == 1.0 else usual
    return _name_of(10.0 ** max(2, math.ceil(math.log10(likely / rate)))) if rate > 0.0 else ""


def _rates_of(subject: Subject) -> tuple[float, float]:
    """The rate, and the largest that is usual."""
    optimizer = subject.network.optimizer
    return float(optimizer.param_groups[0]["lr"]), 1.0 if type(optimizer).__name__ in OF_GRADIENTS else 0.01


def _name_of(factor: float) -> str:
    return f"rate × {factor:g}" if factor > 1.0 else f"rate ÷ {1.0 / factor:g}"


def _change_rate(rate: float, factor: float, cause: str) -> Remedy:
    def apply(trial: Trial) -> None:
        for group in trial.network.optimizer.param_groups:
            group["lr"] = group["lr"] * factor

    return Remedy(
        _name_of(factor),
        f"with a rate of {rate * factor:.3g}",
        cause,
        f"a rate of about {rate * factor:.3g} in place of {rate:.3g}",
        apply,
    )


def _set_rate(before: float, rate: float) -> Remedy:
    def apply(trial: Trial) -> None:
        for group in trial.network.optimizer.param_groups:
            group["lr"] = rate

    told, fix = f"with a rate of {rate:.3g}", f"a rate of about {rate:.3g} in place of {before:.3g}"
    return Remedy(f"rate {rate:g}", told, "learning rate too low", fix, apply)


def remedies_of_optimizer(subject: Subject) -> Iterator[Remedy]:
    """Another optimizer: it mends the rate, the scales and the conditioning alike, so that it proves little by itself.

    Of one that is Adam already it is another rate.
    """
    optimizer = subject.network.optimizer
    options = optimizer.param_groups[0]
    is_adam = type(optimizer).__name__ == "Adam" and not options.get("weight_decay")
    for rate in (0.01, 0.001):
        mine = float(options["lr"])
        cause = "learning rate too low" if mine < rate else "learning rate too high"
        fix = f"a rate of about {rate:g} in place of {mine:.3g}"
        yield Remedy(
            f"Adam {rate:g}",
            f"with Adam and a rate of {rate:g}",
            cause if is_adam and mine != rate else "optimizer unfit",
            fix if is_adam and mine != rate else f"take Adam with a rate of {rate:g}",
            _use_adam(rate),
            general=True,
        )


def _use_adam(rate: float) -> Callable[[Trial], None]:
    def apply(trial: Trial) -> None:
        trial.network.use("adam", rate)

    return apply
