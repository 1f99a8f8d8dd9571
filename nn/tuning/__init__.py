"""Search for hyperparameters, cross-validation, bagging and boosting."""

from __future__ import annotations

from nn.tuning.committees import bag, boost
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
    "bag",
    "boost",
    "cross_validate",
    "search",
]
