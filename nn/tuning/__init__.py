"""Search for hyperparameters, and cross-validation."""

from __future__ import annotations

from nn.tuning.cross_validation import CrossValidation, cross_validate
from nn.tuning.distributions import Choice, Distribution, Integers, LogUniform, Uniform
from nn.tuning.errors import SearchError, SearchWarning
from nn.tuning.result import SearchResult, Trial
from nn.tuning.search import search

__all__ = [
    "Choice",
    "CrossValidation",
    "Distribution",
    "Integers",
    "LogUniform",
    "SearchError",
    "SearchResult",
    "SearchWarning",
    "Trial",
    "Uniform",
    "cross_validate",
    "search",
]
