"""Gradient checks against finite differences, with a verdict for every coordinate and a diagnosis of what is wrong."""

from __future__ import annotations

from autograd.check.diagnosis import KINDS
from autograd.check.differences import Estimate, derivative
from autograd.check.engine_report import EngineReport
from autograd.check.engines import check_engine
from autograd.check.gradients import GradientError, assert_gradients, check_gradients, check_parameters
from autograd.check.properties import gradient_property
from autograd.check.report import Diagnosis, Report, WrongNode
from autograd.check.taylor import TaylorRemainder
from autograd.check.verdict import Coordinate

__all__ = [
    "KINDS",
    "Coordinate",
    "Diagnosis",
    "EngineReport",
    "Estimate",
    "GradientError",
    "Report",
    "TaylorRemainder",
    "WrongNode",
    "assert_gradients",
    "check_engine",
    "check_gradients",
    "check_parameters",
    "derivative",
    "gradient_property",
]
