"""The health report's thresholds between what healthy and sick runs measure, its verdicts on them, and what it costs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import nn
import optim
from nn.health import Health, HealthReport, Record, quantities
from nn.health.evidence import run as rules
from nn.training import Run
from tests.benchmarks.report import Report
from tests.nn.health.runs import HEALTHY, HELD_OUT, SICK, Trial, train


@dataclass(frozen=True)
class Range:
    """A quantity's range over healthy runs and over those with the disease, and the threshold."""

    name: str
    healthy: tuple[float, float]
    sick: tuple[float, float]
    threshold: float


@dataclass(frozen=True)
class Verdicts:
    """How many runs were called what they are, and which were not."""

    healthy: tuple[int, int]
    sick: tuple[int, int]
    wrong: list[str]


def _largest(of: Callable[[Record], dict[str, float]]) -> Callable[[Record], float]:
    return lambda record: max(of(record).values(), default=float("nan"))


def _smallest(of: Callable[[Record], dict[str, float]]) -> Callable[[Record], float]:
    return lambda record: min(of(record).values(), default=float("nan"))


QUANTITIES: dict[str, tuple[str, Callable[[Record], float], float]] = {
    "size of an input feature": ("inputs not scaled", _largest(quantities.input_sizes), rules.UNSCALED_SIZE),
    "largest update/weight": ("learning rate too high", _largest(quantities.largest_updates), rules.HIGH_UPDATE),
    "largest loss / first loss": ("learning rate too high", quantities.rise, rules.LOSS_RISE),
    "gradient/weight": ("exploding gradients", _largest(quantities.gradient_sizes), rules.EXPLODING_SIZE),
    "saturated at first": ("saturation", _largest(quantities.first_saturations), rules.SATURATED_SHARE),
    "gradient of a layer / of the last": (
        "vanishing gradients",
        _smallest(quantities.gradient_ratios),
        rules.VANISHING_RATIO,
    ),
    "dead share": ("dead units", _largest(quantities.dead_shares), rules.DEAD_SHARE),
    "median update/weight": ("learning rate too low", _largest(quantities.usual_updates), rules.LOW_UPDATE),
    "late skill": ("not learning", quantities.late_skill, rules.NO_SKILL),
}


def ranges(seeds: range, every: int = 10) -> tuple[list[Range], Verdicts]:
    """Run everything over seeds."""
    well = [(make.__name__, _report(make(seed), seed, every)) for make in HEALTHY + HELD_OUT for seed in seeds]
    ill = [(case, _report(case.make(seed), seed, every)) for case in SICK for seed in seeds]
    found = []
    with np.errstate(all="ignore"):
        for name, (disease, of, threshold) in QUANTITIES.items():
            healthy = [of(report.record) for _, report in well]
            sick = [of(report.record) for case, report in ill if case.cause == disease]
            found.append(Range(name, _spread(healthy), _spread(sick), threshold))
    wrong = [f"{name}: {report.verdict}" for name, report in well if not report]
    missed = [
        f"{case.make.__name__}: {report.verdict}"
        for case, report in ill
        if not report.findings or (report.verdict, report.findings[0].path) != (case.cause, case.path)
    ]
    healthy_right, sick_right = len(well) - len(wrong), len(ill) - len(missed)
    return found, Verdicts((healthy_right, len(well)), (sick_right, len(ill)), wrong + missed)


def _report(trial: Trial, seed: int, every: int) -> HealthReport:
    health = Health(every)
    with np.errstate(all="ignore"):
        train(trial, [health], seed)
    return health.report()


def _spread(values: list[float]) -> tuple[float, float]:
    return float(np.nanmin(values)), float(np.nanmax(values))


def step_times(sizes: tuple[int, ...], batch: int, steps: int) -> tuple[float, float]:
    """Median seconds of a plain step, and of one that is measured."""
    return _step_time(sizes, batch, steps, None), _step_time(sizes, batch, steps, Health(every=1))


def _step_time(sizes: tuple[int, ...], batch: int, steps: int, health: Health | None) -> float:
    rng = np.random.default_rng(0)
    layers: list[Any] = [nn.Linear(n, m, rng=rng) for n, m in zip(sizes, sizes[1:], strict=False)]
    model = nn.Sequential(*[module for layer in layers for module in (layer, nn.Tanh())][:-1])
    x, y = rng.normal(size=(batch, sizes[0])).astype(np.float32), rng.integers(0, sizes[-1], batch)
    run = Run(model, nn.CrossEntropyLoss(), optim.Adam(model.parameters()), history=None)  # type: ignore[arg-type]
    if health is not None:
        health.on_begin(run)
    times = []
    for run.step in range(1, steps + 1):
        begin = time.perf_counter()
        run.optimizer.zero_grad()
        run.inputs, run.targets, run.outputs = x, y, model(x)
        run.value = run.loss(run.outputs, y)
        run.value.backward()
        if health is not None:
            health.on_backward(run)
        run.optimizer.step()
        if health is not None:
            health.on_step(run)
        times.append(time.perf_counter() - begin)
    return float(np.median(times))


def measure(report: Report) -> None:
    """Every quantity's range and threshold, the verdicts, and what a measured step costs."""
    found, verdicts = ranges(range(30, 31 if report.quick else 35))
    report.table(
        "Health report",
        ("quantity", "healthy runs", "sick runs", "threshold"),
        [
            (r.name, *(f"{low:.3g} … {high:.3g}" for low, high in (r.healthy, r.sick)), f"{r.threshold:.3g}")
            for r in found
        ],
    )
    for what, (right, count) in (("healthy", verdicts.healthy), ("sick", verdicts.sick)):
        met = right >= 0.95 * count
        report.line(f"verdicts of the health report on {what} runs", f"{right} of {count} right", "≥ 95 %", met)
    for wrong in verdicts.wrong:
        report.note(f"A verdict of the health report that is wrong: {wrong}.")
    for sizes, batch in (((784, 64, 16, 10), 32), ((784, 256, 128, 10), 128)):
        plain, measured = step_times(sizes, batch, 100 if report.quick else 300)
        name = "-".join(map(str, sizes))
        figure = f"{measured * 1e6:.0f} µs, {plain * 1e6:.0f} µs without"
        report.line(f"a step of {name}, batch {batch}, that the health report measures", figure)
