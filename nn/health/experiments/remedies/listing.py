"""`list_remedies`: the changes that make sense for a subject, the most specific first."""

from __future__ import annotations

from nn.health.evidence.facts import Facts
from nn.health.experiments.remedies.layers import remedies_of_layers
from nn.health.experiments.remedies.lengths import remedies_of_lengths
from nn.health.experiments.remedies.modes import remedies_of_modes
from nn.health.experiments.remedies.outputs import remedies_of_outputs
from nn.health.experiments.remedies.own_step import remedies_of_own_step
from nn.health.experiments.remedies.places import remedies_of_places
from nn.health.experiments.remedies.remedy import Remedy
from nn.health.experiments.remedies.rows import remedies_of_rows
from nn.health.experiments.remedies.scales import remedies_of_scales
from nn.health.experiments.remedies.settings import remedies_of_settings
from nn.health.experiments.remedies.steps import remedies_of_optimizer, remedies_of_rate
from nn.health.subject import Subject


def list_remedies(subject: Subject, facts: Facts) -> list[Remedy]:
    """Those that make sense here, the most specific first."""
    return [
        *remedies_of_outputs(subject, facts),
        *remedies_of_settings(subject, facts),
        *remedies_of_own_step(subject),
        *remedies_of_modes(subject, facts),
        *remedies_of_rows(subject, facts),
        *remedies_of_places(subject, facts),
        *remedies_of_lengths(facts),
        *remedies_of_layers(subject, facts),
        *remedies_of_scales(subject, facts),
        *remedies_of_rate(subject),
        *remedies_of_optimizer(subject),
    ]
