"""What a network that has learned is asked about its rows."""

from __future__ import annotations

import numpy as np

from nn.health.learned import find_nearest


def test_the_nearest_rows_are_found_by_features_of_one_scale() -> None:
    # The last one says nothing.
    others = np.array([[0.0, 0.0, 5.0], [1000.0, 0.0, 5.0], [0.0, 1.0, 5.0], [1000.0, 1.0, 5.0]])
    rows = np.array([[400.0, 0.9, 5.0], [600.0, 0.1, 5.0]])
    assert find_nearest(rows, others, 2).tolist() == [[2, 3], [1, 0]]
    assert find_nearest(rows, others, 4).tolist() == [[2, 3, 0, 1], [1, 0, 3, 2]]
