"""Gradient checks against finite differences, with a verdict for every coordinate."""

from __future__ import annotations

from autograd.check.differences import Estimate, derivative
from autograd.check.gradients import Coordinate, Report, check_gradients, check_parameters

__all__ = ["Coordinate", "Estimate", "Report", "check_gradients", "check_parameters", "derivative"]
