"""scikit-learn's estimators: networks of this library in pipelines, searches and cross-validation.

They need scikit-learn, which nothing else here does: `nn.estimators` is imported when it is asked for.
"""

from __future__ import annotations

from nn.estimators.requirement import require_scikit_learn

require_scikit_learn()

from nn.estimators.classifier import Classifier  # noqa: E402
from nn.estimators.regressor import Regressor  # noqa: E402

__all__ = ["Classifier", "Regressor"]
