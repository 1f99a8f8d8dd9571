"""Which angles of a hand's pose turn which of its bones."""

from __future__ import annotations

import numpy as np

# Of the 22 bones, the wrist and the base of each finger do not turn by the pose; the first joint of a finger turns about two axes.
FINGERS = 5
ANGLES = 4 * FINGERS


def number_angles(bones: int) -> tuple[np.ndarray, np.ndarray]:
    """For each bone the numbers of its angles about x and about z; the one past the last is an angle of 0."""
    about_x, about_z = np.full(bones, ANGLES), np.full(bones, ANGLES)
    for finger in range(FINGERS):
        first = 2 + 4 * finger
        about_x[first : first + 3] = 4 * finger + np.array([0, 2, 3])
        about_z[first] = 4 * finger + 1
    return about_x, about_z
