"""Is this network training well, and if not, why?

`diagnose` finds the cause by experiments, `Health` watches a run, `examine` looks at one batch.
"""

from __future__ import annotations

from nn.health import quantities
from nn.health.callback import Health
from nn.health.causes import CAUSES
from nn.health.diagnose import diagnose
from nn.health.diagnosis import Diagnosis
from nn.health.examine import examine
from nn.health.finding import Finding
from nn.health.first_layer import FirstLayer
from nn.health.measure import InputMeasure, LayerMeasure, ParameterMeasure, StepMeasure
from nn.health.place import Place
from nn.health.record import Record
from nn.health.report import HealthReport

__all__ = [
    "CAUSES",
    "Diagnosis",
    "Finding",
    "FirstLayer",
    "Health",
    "HealthReport",
    "InputMeasure",
    "LayerMeasure",
    "ParameterMeasure",
    "Place",
    "Record",
    "StepMeasure",
    "diagnose",
    "examine",
]
