"""Schedules in experiments: which epochs they count, and what becomes of them at their end."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from nn.health.frameworks.own import OwnNetwork
from nn.health.subject import Subject
from tests.nn.health.corpus import tuning_lists_calm_tables
from tests.nn.health.corpus.case import diagnose_case


def make_subject(scheduler: Any) -> Subject:
    x = np.random.default_rng(0).normal(size=(100, 3)).astype(np.float32)
    model = nn.Sequential(nn.Linear(3, 1, rng=0))
    network = OwnNetwork(model, nn.MSELoss(), optim.SGD(model.parameters(), lr=1.0))
    return Subject(network, x, x[:, :1], None, 10, True, scheduler, 100, 0)


def rates_of(subject: Subject, steps: int) -> list[float]:
    """The rate after each step of a run that gets to its end."""
    trial = subject.trial()
    rates = []
    for step in range(1, steps + 1):
        trial.train(step)
        rates.append(trial.network.optimizer.param_groups[0]["lr"])
    assert trial.steps == steps and not trial.broken
    return rates


def test_a_schedule_counts_the_epochs_of_all_rows() -> None:
    subject = make_subject(lambda of: optim.lr_scheduler.ExponentialLR(of, gamma=0.5))
    assert len(subject.rows.x) == 60  # an epoch of which is six steps, and the user's is ten
    assert rates_of(subject, 21) == [1.0] * 10 + [0.5] * 10 + [0.25]


def test_a_schedule_that_is_over_keeps_its_last_rate() -> None:
    subject = make_subject(lambda of: optim.lr_scheduler.OneCycleLR(of, max_lr=0.1, total_steps=30))
    rates = rates_of(subject, 400)
    assert rates[-1] == rates[300] < 0.01 < rates[100]


def test_a_run_by_one_cycle_is_well() -> None:
    case = next(one for one in tuning_lists_calm_tables.WELL if one.name == "one_cycle_of_a_rate")
    assert diagnose_case(case, 0).cause == "healthy"
