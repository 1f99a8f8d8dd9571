"""Every check that scikit-learn has of an estimator, without an exception."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

pytest.importorskip("sklearn", "1.6")

from sklearn.utils.estimator_checks import check_estimator

from nn.estimators import Classifier, Regressor


@pytest.mark.integration
@pytest.mark.parametrize(("estimator", "least"), [(Classifier, 64), (Regressor, 57)])
def test_scikit_learns_checks_are_passed(estimator: Any, least: int) -> None:
    # Three of them need pandas, or another setting of SciPy's. A tenth of the default epochs, at a larger rate, is
    # what the checks of accuracy need.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = check_estimator(estimator(epochs=20, lr=0.05), on_skip=None, on_fail=None)
    failed = {r["check_name"]: r["exception"] for r in results if r["status"] not in ("passed", "skipped")}
    assert failed == {}
    assert sum(r["status"] == "passed" for r in results) >= least
