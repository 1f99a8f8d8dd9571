"""Changes of what the user has set: clipping, schedule, decay, dropout, momentum."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nn.health.evidence.facts import Facts
from nn.health.experiments.remedies.remedy import Remedy
from nn.health.experiments.trial import Trial
from nn.health.finding import join_names
from nn.health.frameworks.network import Network
from nn.health.subject import Subject

# How many times the rate of the optimizer a schedule comes to that raises it.
BEYOND = 2.0
# The bound of gradients below which they are hardly ever.
TIGHT = 0.1


def remedies_of_settings(subject: Subject, facts: Facts) -> Iterator[Remedy]:
    """What the user has set: clipping, schedule, decay, dropout, momentum."""
    options = subject.network.optimizer.param_groups[0]
    norm, value = subject.network.clip_norm, subject.network.clip_value
    if norm is not None or value is not None:

        def unclip(trial: Trial) -> None:
            trial.network.clip_norm = trial.network.clip_value = None

        told = f"a larger norm than {norm:g}" if norm is not None else f"a larger value than {value:g}"

        yield Remedy(
            "no clipping",
            "without clipping",
            "clipping too tight",
            f"clip to {told}, near what gradients usually have here",
            unclip,
        )
        if max(norm or 0.0, value or 0.0) < TIGHT:
            yield Remedy(
                "clipping × 100",
                f"clipped to {'a norm' if norm is not None else 'a value'} a hundred times as large",
                "clipping too tight",
                f"clip to {told}, near what gradients usually have here",
                lambda trial: _loosen(trial.network, 100.0),
            )
    held = subject.network.clip_weights
    if held is not None:

        def let_go(trial: Trial) -> None:
            trial.network.clip_weights = None

        yield Remedy(
            "weights let go",
            f"without clipping the weights to ±{held:.3g}",
            "weights held small",
            f"leave the weights as the step has left them, or clip them to much more than ±{held:.3g}; a mild weight decay "
            "keeps them small as well",
            let_go,
        )
    if (length := subject.network.clip_weight_norm) is not None:

        def let_lengthen(trial: Trial) -> None:
            trial.network.clip_weight_norm = None

        yield Remedy(
            "norms let go",
            f"without bringing each parameter down to a norm of {length:.3g}",
            "weights held small",
            f"leave the weights as the step has left them, or hold them to a norm of much more than {length:.3g}; a mild weight decay "
            "keeps them small as well",
            let_lengthen,
        )
    if tables := {path: m.max_norm for path, m in subject.network.modules() if getattr(m, "max_norm", None)}:
        most = max(tables.values())

        def let_grow(trial: Trial) -> None:
            for path, module in trial.network.modules():
                if path in tables:
                    module.max_norm = None

        yield Remedy(
            "rows of tables let go",
            f"without keeping the rows of {join_names(list(tables))} to a norm of {most:.3g}",
            "weights held small",
            f"leave out max_norm, or let it be much more than {most:.3g}; a mild weight decay keeps rows short as well",
            let_grow,
        )
    if subject.scheduler is not None:

        def unschedule(trial: Trial) -> None:
            trial.scheduler = None

        cause, fix = "rate decays too fast", "let the rate decay later or less"
        if facts.rising:
            cause, fix = "learning rate too low", "let the rate rise within the first tenth of the run"
        elif facts.beyond > BEYOND:
            cause = "learning rate too high"
            fix = f"the schedule takes the rate to {facts.beyond:.3g} times that of the optimizer: a factor of at most 1, or a smaller rate"
        yield Remedy(
            "no schedule",
            "with the rate that the run begins with throughout"
            if cause.startswith("rate")
            else "with the rate of the optimizer throughout",
            cause,
            fix,
            unschedule,
        )
    if options.get("weight_decay") or options.get("l2") or options.get("l1"):
        yield Remedy(
            "no weight decay",
            "without weight decay",
            "too much weight decay",
            f"a smaller weight decay than {options.get('weight_decay') or options.get('l2') or options.get('l1'):g}, such as 1e-4",
            _set_options(weight_decay=0.0, l1=0.0, l2=0.0),
        )
    if subject.network.read:

        def forget(trial: Trial) -> None:
            trial.network.penalised = False

        yield Remedy(
            "no penalty",
            "without what the loss adds of the weights",
            "too much weight decay",
            "a much smaller factor before what the loss adds of the weights, such as 1e-4",
            forget,
        )
    share = max((float(m.p) for m in facts.dropouts.values()), default=0.0)
    if share >= 0.3:
        yield Remedy(
            "no dropout",
            "without dropout",
            "too much dropout",
            f"drop less than {share:.0%}: 10 to 50 % are usual, and nothing of the inputs or before the answer",
            lambda trial: drop_nothing(trial, facts),
        )
    momentum = options.get("momentum") or (options.get("betas") or (0.0,))[0]
    if momentum > 0.93:
        yield Remedy(
            "momentum .9",
            "with a momentum of 0.9",
            "momentum too high",
            f"a momentum of 0.9 in place of {momentum:g}",
            _set_momentum,
        )


def drop_nothing(trial: Trial, facts: Facts) -> None:
    """Set all dropout to 0."""
    for path, module in trial.network.modules():
        if path in facts.dropouts:
            module.p = 0.0


def _set_options(**changed: float) -> Callable[[Trial], None]:
    def apply(trial: Trial) -> None:
        for group in trial.network.optimizer.param_groups:
            group.update({name: value for name, value in changed.items() if name in group})

    return apply


def _set_momentum(trial: Trial) -> None:
    for group in trial.network.optimizer.param_groups:
        if "momentum" in group:
            group["momentum"] = 0.9
        if "betas" in group:
            group["betas"] = (0.9, group["betas"][1])


def _loosen(network: Network, factor: float) -> None:
    """Let gradients be so many times as large before they are clipped."""
    network.clip_norm, network.clip_value = (
        None if bound is None else factor * bound for bound in (network.clip_norm, network.clip_value)
    )
