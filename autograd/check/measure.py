"""Which coordinates and directions of a subject are measured, and in what order."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from autograd.check.differences import EPSILON, derivative
from autograd.check.kinks import compare_across_kink, is_mixture
from autograd.check.precise import complex_step, differentiate_graph
from autograd.check.subject import Subject
from autograd.check.verdict import (
    GRANTED_ROUNDING,
    HIDDEN,
    MAX_COARSENESS,
    Coordinate,
    judge,
    magnitude_of_zero,
    resolve,
)
from autograd.engine.reverse import steps
from autograd.graph.node import Node, get_data

DIRECTIONS_DRAWN, MAX_AT_KINK = 3, 8
# Shares of the scale at which a failure must be seen again, and failures after which the others are believed.
CLOSER_STEPS, MAX_CONFIRMED = (1.3e-2, 1.7e-5, 2.9e-8), 4
# The share of a derivative up to which a claim agrees with what was not measured by differences.
SHARP_TOLERANCE = 1e-6
# A direction is up to twice as short as the numbers that it moves.
DIRECTION_GRAIN = 2.0 * EPSILON
Place = tuple[int, tuple[int, ...]]


class Measurement:
    """The comparison of a subject's claims with differences.

    Parameters
    ----------
    subject : Subject
    claims : sequence of numpy.ndarray
        In the shapes of the subject's arrays.
    seed : int
        Of the directions.
    """

    def __init__(self, subject: Subject, claims: Sequence[np.ndarray], seed: int) -> None:
        self.subject, self.claims = subject, [np.asarray(c, dtype=np.float64) for c in claims]
        self._rng = np.random.default_rng(seed)
        self._starts = np.cumsum([0, *(a.size for a in subject.arrays)])
        self.size = int(self._starts[-1])
        finite = [np.max(np.abs(c), initial=0.0, where=np.isfinite(c)) for c in self.claims]
        self.largest = float(max(finite, default=0.0))
        self._confirmed = 0

    def run(self, most: int) -> list[Coordinate]:
        """All coordinates, up to `most`; of more, random directions first, and coordinates where a direction does not pass.

        Where several are at a kink, a direction across it as well.
        """
        return self._measure_across_kink(self._measure_one_by_one(most))

    def _measure_one_by_one(self, most: int) -> list[Coordinate]:
        if self.size <= most:
            return [self.measure_coordinate(self._place_of(k)) for k in range(self.size)]
        found = [self.measure_coordinate(place) for place in self._find_not_finite(most)]
        for number, whole in enumerate(self._draw_directions()):
            if number == DIRECTIONS_DRAWN - 1 and not math.isfinite(self._value_along(whole)):
                # It moves small numbers as far as the others, perhaps out of the domain.
                continue
            name = f"direction {number + 1} through {self.size:,} coordinates"
            for c in found:
                # What was measured at a kink has no say along a direction.
                if c.place is not None and c.measured.kink:
                    whole[c.place[0]][c.place[1]] = 0.0
            direction = self.measure_direction(name, whole)
            if direction.verdict == "pass" and not direction.measured.kink:
                found.append(direction)
                continue
            parts = self._narrow(whole, most)
            if direction.verdict == "fail" or any(c.verdict == "fail" for c in parts):
                return [*found, direction, *parts]
            for c in parts:
                whole[c.place[0]][c.place[1]] = 0.0  # type: ignore[index]
            found += [*parts, self.measure_direction(name, whole)]
        return found

    def _find_not_finite(self, most: int) -> list[Place]:
        places = [
            (i, tuple(map(int, index)))
            for i, array in enumerate(self.subject.arrays)
            for index in np.argwhere(~np.isfinite(array))
        ]
        return places[:most]

    def _value_along(self, whole: Sequence[np.ndarray]) -> float:
        return self.subject.value([a + 0.1 * d for a, d in zip(self.subject.arrays, whole, strict=True)])

    def _place_of(self, number: int) -> Place:
        i = int(np.searchsorted(self._starts, number, "right")) - 1
        index = np.unravel_index(number - self._starts[i], self.subject.arrays[i].shape)
        return i, tuple(int(k) for k in index)

    def measure_coordinate(self, place: Place) -> Coordinate:
        """One partial derivative."""
        i, index = place
        arrays = list(self.subject.arrays)
        here = float(arrays[i][index])

        def at(x: float) -> float:
            moved = arrays[i].copy()
            moved[index] = x
            return self.subject.value([*arrays[:i], moved, *arrays[i + 1 :]])

        name = f"{self.subject.names[i]}{list(index) if index else ''}"
        found = judge(name, float(self.claims[i][index]), derivative(at, here), self.largest, place)
        if found.verdict == "fail" and abs(found.claimed - found.measured.value) <= GRANTED_ROUNDING * self._term_sizes(
            place
        ):
            found = replace(found, verdict="inconclusive", reason="ill-conditioned: the terms of the gradient cancel")
        found = self._resolve(found)
        if found.verdict == "fail" and self._confirmed < MAX_CONFIRMED:
            found = confirm_closer(found, at, here, abs(here) or 1.0, self.largest)
            self._confirmed += found.verdict == "fail"
        if not found.unseen:
            return self._sharpen(found) if found.verdict == "inconclusive" else found
        # Where larger numbers absorb what changes, and where a function has saturated, the engine's own numbers lack what
        # a sharper look sees, so that it proves nothing wrong.
        sharper = self._sharpen(found)
        if sharper.verdict == "fail":
            return replace(found, verdict="inconclusive", reason=HIDDEN)
        return sharper

    def _measure_across_kink(self, found: list[Coordinate]) -> list[Coordinate]:
        """What was found, and the coordinates at a kink moved together; what only their mixtures explain passes."""
        single = [c for c in found if c.place is not None]
        failed = [c for c in single if c.verdict == "fail"]
        # What makes a mixture may be numbers that pass, each by itself.
        involved = single if failed else [c for c in single if c.measured.kink and not c.measured.jump]
        if len(involved) < 2 or not all(map(_is_finite, involved)):
            return found
        places = [c.place for c in involved if c.place is not None]
        here = np.array([self.subject.arrays[i][index] for i, index in places])
        claim = np.array([c.claimed for c in involved])

        def value(numbers: np.ndarray) -> float:
            arrays = [a.copy() for a in self.subject.arrays]
            for (i, index), number in zip(places, numbers, strict=True):
                arrays[i][index] = number
            return self.subject.value(arrays)

        if failed:
            reached = [c.measured.step / (abs(number) or 1.0) for c, number in zip(involved, here, strict=True)]
            resolved = min([step for step in reached if step > 0.0], default=1.0)
            if len(single) < len(found) or not is_mixture(value, here, claim, self._rng, resolved):
                return found
            return [replace(c, verdict="pass", reason="kink, where several move") if c in failed else c for c in found]
        names = [c.name for c in involved]
        told = f"{', '.join(names[:3])}{', …' if len(names) > 3 else ''} together"
        across = compare_across_kink(told, value, here, claim, self._rng)
        return found if across is None else [*found, across]

    def _resolve(self, found: Coordinate) -> Coordinate:
        """A failure, or doubt where rounding on the way to the value hides what it is about."""
        if found.verdict != "fail":
            return found
        zero = magnitude_of_zero(found.measured, lambda t: self.subject.value([t * a for a in self.subject.arrays]))
        return resolve(found, self._magnitude + zero)

    @cached_property
    def _magnitude(self) -> float:
        """How large the numbers are that the value is computed from: of every node, the value times what it sends on of
        its relative rounding."""
        engine = self.subject.on_the_engine()
        root = engine.record()[0] if engine is not None else None
        if not isinstance(root, Node) or not root.requires_grad:
            return 0.0
        terms = [np.abs(step.upstream * get_data(step.node)) for step in steps(root)]
        return float(sum(np.sum(t, where=np.isfinite(t)) for t in terms))

    def _term_sizes(self, place: Place) -> float:
        """The magnitudes of the contributions that a partial derivative of the engine's is the sum of, added up."""
        if self.subject.gradient is not None:
            return 0.0
        root, nodes = self.subject.record()
        if not isinstance(root, Node) or not root.requires_grad:
            return 0.0
        i, index = place
        sent = [c.value for step in steps(root) for c in step.sent if c.parent is nodes[i]]
        return float(sum(abs(np.asarray(value)[index]) for value in sent))

    def _sharpen(self, coordinate: Coordinate) -> Coordinate:
        """Where differences are too coarse: the graph at fifty digits, or a complex step that they do not contradict."""
        measured, place = coordinate.measured, coordinate.place
        if not math.isfinite(measured.error):
            return coordinate
        assert place is not None
        i, index = place
        slope, how = self._precise_derivative(i), "at 50 digits"
        if slope is None:

            def at(x: complex) -> Any:
                arrays: list[Any] = [a.astype(complex) for a in self.subject.arrays]
                arrays[i][index] = x
                return self.subject.complex_value(arrays)

            here = float(self.subject.arrays[i][index])
            slope, how = complex_step(at, here), "by a complex step"
            again = complex_step(at, here + (abs(here) or 1.0) * 2.0**-50)
            if slope is None or again is None or abs(again - slope) > MAX_COARSENESS * abs(slope):
                # It keeps no digits where terms cancel.
                return coordinate
        if slope is None or abs(slope - measured.value) > coordinate.tolerance:
            return coordinate
        if abs(slope) <= 1e-20 * measured.error:
            # What fifty digits leave of terms that cancel.
            slope = 0.0
        claimed = coordinate.claimed
        sharper = replace(measured, value=slope, error=1e-10 * abs(slope))
        apart = abs(claimed - slope)
        if apart <= SHARP_TOLERANCE * abs(slope):
            return replace(coordinate, measured=sharper, verdict="pass", reason=how)
        # What a gradient of float64 may lose where the value has digits left for it alone.
        x, value = float(self.subject.arrays[i][index]), self.subject.value(self.subject.arrays)
        natural = 100.0 * EPSILON * abs(value) / (abs(x) or 1.0)
        rounding = max(GRANTED_ROUNDING * max(self.largest, self._term_sizes(place)), natural)
        # Beside a slope of zero a claim may be rounding of terms that nobody sees here.
        certain = max(MAX_COARSENESS * abs(slope), rounding) if slope else max(measured.error, rounding)
        if apart > certain and self._claim_is_steady(place):
            return replace(
                coordinate, measured=sharper, tolerance=SHARP_TOLERANCE * abs(slope), verdict="fail", reason=how
            )
        if apart <= rounding and abs(slope) <= rounding <= 1e-6 * measured.scale:
            # Both are zero beside what they were computed from.
            return replace(coordinate, measured=sharper, verdict="pass", reason=how)
        return coordinate

    def _claim_is_steady(self, place: Place) -> bool:
        """Whether a claim keeps its digits when the input changes by its last places: then it means what it says."""
        i, index = place
        again = self.subject.claim([a * (1.0 + 2.0**-50) for a in self.subject.arrays])[i]
        here = float(self.claims[i][index])
        return again.shape == self.claims[i].shape and abs(float(again[index]) - here) <= MAX_COARSENESS * abs(here)

    def _precise_derivative(self, i: int) -> float | None:
        if self.subject.gradient is not None or any(a.size != 1 for a in self.subject.arrays):
            return None
        root, nodes = self.subject.record()
        return differentiate_graph(root, nodes[i]) if isinstance(root, Node) else None

    def measure_direction(self, name: str, directions: Sequence[np.ndarray]) -> Coordinate:
        """One directional derivative of the claims."""
        terms = [c[d != 0.0] * d[d != 0.0] for c, d in zip(self.claims, directions, strict=True)]
        return self.measure_along(
            name, directions, float(sum(map(np.sum, terms))), float(sum(np.sum(np.abs(t)) for t in terms))
        )

    def measure_along(self, name: str, directions: Sequence[np.ndarray], claimed: float, size: float) -> Coordinate:
        """A claimed directional derivative, the sum of terms whose magnitudes add up to `size`."""
        moving = [i for i, d in enumerate(directions) if d.any()]
        arrays = list(self.subject.arrays)

        def at(t: float) -> float:
            moved = list(arrays)
            for i in moving:
                moved[i] = arrays[i] + t * directions[i]
            return self.subject.value(moved)

        found = self._resolve(judge(name, claimed, derivative(at, 0.0, 1.0, DIRECTION_GRAIN), size))
        if found.verdict == "fail" and self._confirmed < MAX_CONFIRMED:
            found = confirm_closer(found, at, 0.0, 1.0, size, DIRECTION_GRAIN)
            self._confirmed += found.verdict == "fail"
        return found

    def _draw_directions(self) -> list[list[np.ndarray]]:
        """Random signs on the scale of each number; in half of them no coordinate counts much more than the median."""
        found = []
        for number in range(DIRECTIONS_DRAWN):
            directions = []
            for array, claim in zip(self.subject.arrays, self.claims, strict=True):
                size = np.abs(array)
                some = size[(size > 0.0) & np.isfinite(size)]
                usual = float(np.median(some)) if some.size else 1.0
                reach = np.where(size > 0.0, size, usual)
                if number == DIRECTIONS_DRAWN - 1:
                    # Numbers that are small beside the others show only when they move as far.
                    reach = np.maximum(reach, usual)
                direction = self._rng.uniform(0.5, 1.0, array.shape) * reach
                direction *= self._rng.choice([-1.0, 1.0], array.shape)
                if number % 2:
                    weight = np.abs(claim) * np.abs(direction)
                    middle = np.median(weight[weight > 0.0]) if (weight > 0.0).any() else 1.0
                    direction = np.where(
                        weight > middle, direction * (middle / np.where(weight > 0.0, weight, 1.0)), direction
                    )
                # No direction moves what is not finite.
                directions.append(np.where(np.isfinite(array) & np.isfinite(direction), direction, 0.0))
            found.append(directions)
        return found

    def _narrow(self, whole: Sequence[np.ndarray], most: int) -> list[Coordinate]:
        """The coordinates that make a direction fail, by halves."""

        def part(start: int, stop: int) -> list[np.ndarray]:
            kept = []
            for i, direction in enumerate(whole):
                flat = np.zeros(direction.size)
                low, high = max(start - self._starts[i], 0), max(min(stop - self._starts[i], direction.size), 0)
                flat[low:high] = direction.ravel()[low:high]
                kept.append(flat.reshape(direction.shape))
            return kept

        found: list[Coordinate] = []
        waiting = [(0, self.size)]
        while waiting and len(found) < most:
            start, stop = waiting.pop()
            if stop - start <= MAX_AT_KINK:
                found += [self.measure_coordinate(self._place_of(k)) for k in range(start, stop)]
                continue
            middle = (start + stop) // 2
            for low, high in ((middle, stop), (start, middle)):
                half = self.measure_direction(f"coordinates {low} to {high - 1}", part(low, high))
                if half.verdict != "pass" or half.measured.kink:
                    waiting.append((low, high))
        return found


def confirm_closer(
    found: Coordinate, at: Callable[[float], float], x: float, scale: float, largest: float, grain: float = 0.0
) -> Coordinate:
    """A failure that closer differences tell too; a function that varies fast may look smooth to wide ones, by chance."""
    measured = found.measured
    if measured.kink or measured.stepped or not math.isfinite(measured.value):
        return found
    # Around a small number only wider differences see that the function moves in steps.
    if scale < 1.0 and derivative(at, x, 1.0, grain).stepped:
        return replace(found, verdict="inconclusive", reason="the function moves in small steps")
    for closer in (s for s in (1.0, *(share * scale for share in CLOSER_STEPS)) if s < scale):
        again = derivative(at, x, closer, grain)
        if again.kink or again.jump or again.stepped or not math.isfinite(again.error):
            continue
        apart = abs(again.value - measured.value)
        if apart > 10.0 * (again.error + measured.error) + MAX_COARSENESS * abs(measured.value):
            judgement = judge(found.name, found.claimed, again, largest, found.place)
            if judgement.verdict == "pass":
                return judgement
            return replace(found, verdict="inconclusive", reason="ill-conditioned: wide and close differences disagree")
    return found


def _is_finite(c: Coordinate) -> bool:
    seen = (c.claimed, c.measured.value, c.measured.left, c.measured.right)
    return all(number is None or math.isfinite(number) for number in seen)


def arrange_measurements(subject: Subject, coordinates: Sequence[Coordinate]) -> list[np.ndarray]:
    """What was measured, in the shapes of the arrays, with NaN where nothing was."""
    arrays = [np.full(a.shape, np.nan) for a in subject.arrays]
    for c in coordinates:
        if c.place is not None and not c.measured.kink:
            arrays[c.place[0]][c.place[1]] = c.measured.value
    return arrays
