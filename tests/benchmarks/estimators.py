"""`nn.estimators.Classifier` beside `MLPClassifier`, on the data of scikit-learn's examples of it: time, and accuracy on a test part."""

from __future__ import annotations

import statistics
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from nn.estimators import Classifier
from tests.benchmarks.report import Report
from tests.benchmarks.timing import time_interleaved

EPOCHS, SEEDS = 200, 5
Parts = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def problems() -> dict[str, Parts]:
    """Train and test parts on one scale."""
    from sklearn.datasets import load_breast_cancer, load_digits, load_iris, make_circles, make_moons
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler

    found = {
        "moons": make_moons(400, noise=0.3, random_state=0),
        "circles": make_circles(400, noise=0.2, factor=0.5, random_state=1),
        **{f.__name__.removeprefix("load_"): f(return_X_y=True) for f in (load_iris, load_breast_cancer, load_digits)},
    }
    parts: dict[str, Parts] = {}
    for name, (x, y) in found.items():
        train_x, test_x, train_y, test_y = train_test_split(x, y, test_size=0.4, random_state=42, stratify=y)
        scale = StandardScaler().fit(train_x)
        parts[name] = scale.transform(train_x), train_y, scale.transform(test_x), test_y
    return parts


def ours(seed: int) -> Any:
    return Classifier(optimizer_params={"weight_decay": 1e-4}, random_state=seed)


def theirs(seed: int) -> Any:
    from sklearn.neural_network import MLPClassifier

    # All epochs, as ours.
    return MLPClassifier(max_iter=EPOCHS, n_iter_no_change=EPOCHS, random_state=seed)


def fitting(make: Callable[[int], Any], parts: Parts) -> Callable[[], object]:
    def run() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            make(0).fit(parts[0], parts[1])

    return run


def accuracies(make: Callable[[int], Any], parts: Parts) -> list[float]:
    """On the test part, of several seeds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [float(make(seed).fit(parts[0], parts[1]).score(parts[2], parts[3])) for seed in range(SEEDS)]


def measure(report: Report) -> None:
    """Time of a fit, and the mean accuracy of five."""
    rows = []
    for name, parts in problems().items():
        times = time_interleaved(
            {"stepgrad": fitting(ours, parts), "MLPClassifier": fitting(theirs, parts)}, report.rounds(9)
        )
        # What a step costs beside its products, which are small here.
        report.compare(f"{EPOCHS} epochs of Classifier, {name}, {len(parts[0])} rows", times, {"MLPClassifier": 1.5})
        mine, other = (accuracies(make, parts) for make in (ours, theirs))
        rows.append([name, *(f"{statistics.mean(a):.3f} ± {statistics.stdev(a):.3f}" for a in (mine, other))])
    columns = ("data", "Classifier", "MLPClassifier")
    report.table(f"accuracy on the test part, mean of {SEEDS} seeds", columns, rows)
