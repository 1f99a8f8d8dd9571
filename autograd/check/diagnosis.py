"""Diagnosis: what kind of mistake a wrong gradient is, by evidence."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.check.claims import fit_claim, sum_broadcast
from autograd.check.measure import Measurement, arrange_measurements
from autograd.check.report import Diagnosis
from autograd.check.subject import Subject
from autograd.check.uses import Uses, contributions_to, uses_of_leaves
from autograd.check.verdict import Coordinate
from autograd.graph.node import Node

KINDS = (
    "non-determinism",
    "mutated input",
    "aliasing",
    "wrong dtype",
    "wrong shape",
    "missing unbroadcast",
    "missing accumulation",
    "transposed",
    "exchanged",
    "upstream ignored",
    "constant factor",
    "detached",
    "kink",
    "conditioning",
    "wrong formula",
)
# How closely an explanation must reproduce the wrong numbers, and at how many failures it is tried.
EXPLAINED_TOLERANCE, MAX_TRIED_FAILURES = 1e-6, 6


class Evidence:
    """What is known when a check has failed, and the tests of one explanation after the other."""

    def __init__(
        self, subject: Subject, claims: Sequence[np.ndarray], coordinates: Sequence[Coordinate], order: int, seed: int
    ) -> None:
        self.subject, self.order, self.seed = subject, order, seed
        self.raw_claims = list(claims)
        self.claims = [np.asarray(fit_claim(c, a), dtype=float) for c, a in zip(claims, subject.arrays, strict=True)]
        self.coordinates = list(coordinates)
        self.failed = sorted(
            (c for c in coordinates if c.verdict == "fail" and c.place is not None), key=lambda c: -abs(_error_of(c))
        )
        self.measured = arrange_measurements(subject, coordinates)

    def diagnose(self) -> Diagnosis:
        """The first explanation that the numbers bear out."""
        explanations: list[Callable[[], Diagnosis | None]]
        if self.subject.gradient is None:
            # Every rule in the graph was found right before.
            explanations = [
                self._explain_by_kink,
                self._explain_by_not_finite,
                self._explain_by_conditioning,
                self._explain_by_detaching,
            ]
        else:
            explanations = [
                self._explain_by_shape,
                self._explain_by_kink,
                self._explain_by_aliasing,
                self._explain_by_dtype,
                self._explain_by_not_finite,
                self._explain_by_transposition,
                self._explain_by_exchange,
                self._explain_by_factor,
                self._explain_by_conditioning,
                self._explain_by_accumulation,
            ]
        for explanation in explanations:
            found = explanation()
            if found is not None:
                return found
        return Diagnosis("wrong formula", "no simpler explanation fits the numbers: a term is wrong or missing")

    def _name_array(self, i: int) -> str:
        return f" with respect to {self.subject.names[i]}"

    def _wrong_arrays(self) -> list[int]:
        return sorted({c.place[0] for c in self.failed if c.place is not None})

    def _known_elements(self, i: int) -> np.ndarray:
        return np.isfinite(self.measured[i])

    def _fits(self, i: int, explained: np.ndarray) -> bool:
        """Whether numbers in the shape of array `i` agree with all that was measured of it."""
        known = self._known_elements(i)
        size = float(np.max(np.abs(self.measured[i][known]), initial=0.0))
        return bool(known.any()) and bool(
            np.allclose(explained[known], self.measured[i][known], rtol=EXPLAINED_TOLERANCE, atol=1e-9 * size)
        )

    def _explain_by_shape(self) -> Diagnosis | None:
        for i, (claim, array) in enumerate(zip(self.raw_claims, self.subject.arrays, strict=True)):
            if claim.shape == array.shape:
                continue
            told = f"the gradient{self._name_array(i)} has shape {claim.shape}, the input {array.shape}"
            if claim.shape == array.shape[::-1] and self._fits(i, self.claims[i]):
                return Diagnosis("transposed", f"{told}: its transpose agrees with differences")
            reduced = sum_broadcast(claim.astype(float), array.shape) if claim.size > array.size else None
            if reduced is not None:
                agrees = ", which then agrees with differences" if self._fits(i, reduced) else ""
                return Diagnosis(
                    "missing unbroadcast", f"{told}: sum it over the axes along which the input was broadcast{agrees}"
                )
            return Diagnosis("wrong shape", told)
        return None

    def _explain_by_kink(self) -> Diagnosis | None:
        across = [c for c in self.coordinates if c.verdict == "fail" and c.place is None]
        if across and not self.failed and any(c.measured.kink for c in self.coordinates):
            c = across[0]
            along = f"{c.measured.left:.6g} to {c.measured.right:.6g}" if c.measured.kink else f"{c.measured.value:.6g}"
            return Diagnosis(
                "kink",
                f"each of the numbers is at a kink, and allows its part of the gradient; but {c.name} have the slope "
                f"{along}, where the gradient gives {c.claimed:.6g}",
            )
        kinks = [c for c in self.failed if c.measured.kink]
        if not kinks or len(kinks) < len(self.failed):
            return None
        c = kinks[0]
        return Diagnosis(
            "kink",
            f"{c.name} is at a kink, with derivative {c.measured.left:.6g} on the left and {c.measured.right:.6g} on the "
            f"right; the gradient {c.claimed:.6g} is not between them",
        )

    def _explain_by_aliasing(self) -> Diagnosis | None:
        wrong = self._wrong_arrays()
        for i, a in enumerate(self.raw_claims):
            for j, b in enumerate(self.raw_claims[:i]):
                if a.size and (i in wrong or j in wrong) and np.may_share_memory(a, b):
                    return Diagnosis(
                        "aliasing",
                        f"the gradients with respect to {self.subject.names[j]} and {self.subject.names[i]} share their memory, "
                        "so the later one overwrites the earlier",
                    )
        return None

    def _explain_by_dtype(self) -> Diagnosis | None:
        for i in self._wrong_arrays():
            dtype = self.raw_claims[i].dtype
            known = self._known_elements(i) & np.isfinite(self.claims[i])
            claimed, measured = self.claims[i][known], self.measured[i][known]
            if not known.any() or not np.isfinite(self.claims[i]).all():
                continue
            if dtype.kind in "iub" and np.all(np.abs(claimed - measured) <= 1.0 + 1e-9):
                return Diagnosis("wrong dtype", f"the gradient{self._name_array(i)} is cut to {dtype}")
            error = 64.0 * float(np.finfo(np.float32).eps)
            if dtype.kind == "f" and dtype.itemsize < 8:
                error = max(error, 4.0 * float(np.finfo(dtype).eps))
            if not np.allclose(claimed, measured, rtol=error, atol=0.0):
                continue
            if dtype != np.float64:
                return Diagnosis("wrong dtype", f"the gradient{self._name_array(i)} is {dtype}, the input float64")
            if np.array_equal(claimed.astype(np.float32).astype(float), claimed) or self._error_stays(i, error):
                return Diagnosis(
                    "wrong dtype", f"the gradient{self._name_array(i)} is right to float32, and computed in it"
                )
        return None

    def _error_stays(self, i: int, error: float) -> bool:
        """Whether small relative errors are there at other points as well, so that they are the precision's."""
        return all(
            any(c.verdict == "fail" for c in found) and all(_relative_error(c) < error for c in found)
            for found in self._compare_elsewhere(i)
        )

    def _explain_by_not_finite(self) -> Diagnosis | None:
        for c in self.failed:
            if not math.isfinite(c.claimed) and math.isfinite(c.measured.value):
                return Diagnosis(
                    "conditioning",
                    f"the gradient is {c.claimed} at {c.name}, where differences give {c.measured.value:.8g}: "
                    "an overflow, or 0/0, on the way; compute it in another form",
                )
        return None

    def _explain_by_transposition(self) -> Diagnosis | None:
        for i in self._wrong_arrays():
            claim = self.claims[i]
            if claim.ndim >= 2 and claim.shape[-1] == claim.shape[-2] and self._fits(i, np.swapaxes(claim, -1, -2)):
                return Diagnosis(
                    "transposed", f"the gradient{self._name_array(i)} is right when its last two axes are exchanged"
                )
        return None

    def _explain_by_exchange(self) -> Diagnosis | None:
        """Whether every wrong gradient is the one of another input."""
        wrong, taken = self._wrong_arrays(), {}
        for i in wrong:
            known = self._known_elements(i)
            for j in wrong:
                same = self.claims[j].shape == self.measured[i].shape
                if i != j and same and np.any(self.measured[i][known]) and self._fits(i, self.claims[j]):
                    taken[i] = j
                    break
        if len(wrong) < 2 or len(taken) < len(wrong) or len(set(taken.values())) < len(wrong):
            return None
        names = self.subject.names
        told = ", ".join(f"what it gives for {names[j]} is right for {names[i]}" for i, j in taken.items())
        return Diagnosis("exchanged", f"the gradients are in the wrong order: {told}")

    def _explain_by_factor(self) -> Diagnosis | None:
        for i in self._wrong_arrays():
            known = self._known_elements(i) & np.isfinite(self.claims[i])
            factor = _common_factor(self.claims[i][known], self.measured[i][known])
            if factor is None:
                continue
            others = self._compare_elsewhere(i)
            ratios = [
                _common_factor(np.array([c.claimed for c in o]), np.array([c.measured.value for c in o]))
                for o in others
            ]
            if others and all(r is not None and abs(r / factor - 1.0) <= 1e-5 for r in ratios):
                return Diagnosis(
                    "constant factor",
                    f"the gradient{self._name_array(i)} is {_as_fraction(factor)} times what differences give, here and at other points",
                )
        return None

    def _compare_elsewhere(self, i: int) -> list[list[Coordinate]]:
        """The failed coordinates of an array, compared again at two other points; what is inconclusive there is left out."""
        rng = np.random.default_rng(self.seed + 1)
        found = []
        for _ in range(2):
            arrays = [
                a * rng.uniform(0.8, 1.2, a.shape) + 0.01 * rng.uniform(-1.0, 1.0, a.shape) for a in self.subject.arrays
            ]
            compared = self._compare(arrays, [c for c in self.failed if c.place is not None and c.place[0] == i])
            if compared:
                found.append(compared)
        return found

    def _compare(self, arrays: Sequence[np.ndarray], failed: Sequence[Coordinate]) -> list[Coordinate]:
        there = self.subject.move(arrays)
        try:
            claims = [fit_claim(np.asarray(c), a) for c, a in zip(there.claim(), arrays, strict=True)]
        except (ArithmeticError, ValueError):
            return []
        if any(c is None for c in claims):
            return []
        measurement = Measurement(there, claims, self.seed)  # type: ignore[arg-type]
        compared = [measurement.measure_coordinate(c.place) for c in failed[:MAX_TRIED_FAILURES] if c.place is not None]
        return [c for c in compared if c.verdict != "inconclusive" and not c.measured.kink]

    def _explain_by_conditioning(self) -> Diagnosis | None:
        """Whether the claim, not the function, is at the mercy of rounding."""
        if not self.failed:
            return None
        worst = self.failed[0]
        assert worst.place is not None
        i, index = worst.place
        error = abs(_error_of(worst))
        how = ""
        if self._scatter_of_claim(i, index) > 0.01 * error:
            how = "it scatters when the input changes by its last places"
        elif (wide := self._claim_in_wider_floats(i, index)) is not None and abs(wide - worst.claimed) > 0.1 * error:
            how = f"computed in {np.dtype(np.longdouble).name} it is {wide:.8g}"
        elif self._is_right_at_usual_scales():
            how = "on the scale of 1 the same formula is right"
        if not how:
            return None
        return Diagnosis(
            "conditioning",
            f"the formula of the gradient loses its digits at {worst.name}: it gives {worst.claimed:.8g}, differences "
            f"{worst.measured.value:.8g}, and {how}",
        )

    def _scatter_of_claim(self, i: int, index: tuple[int, ...]) -> float:
        claims = []
        for k in range(1, 6):
            moved = [a * (1.0 + k * 2.0**-50) for a in self.subject.arrays]
            claim = fit_claim(np.asarray(self.subject.claim(moved)[i]), self.subject.arrays[i])
            if claim is not None:
                claims.append(float(claim[index]))
        return max(claims) - min(claims) if claims and all(map(math.isfinite, claims)) else 0.0

    def _claim_in_wider_floats(self, i: int, index: tuple[int, ...]) -> float | None:
        """A given gradient computed with more digits, where this machine's NumPy has them."""
        subject = self.subject
        if subject.gradient is None:
            return None
        wide: list[Any] = [np.longdouble(a) if not a.ndim else a.astype(np.longdouble) for a in subject.arrays]
        args, kwargs = subject.fill(wide)
        try:
            parts = subject.sort_claims(subject.gradient(*args, **kwargs))
            claim = fit_claim(np.asarray(parts[i]), subject.arrays[i])
            return None if claim is None else float(claim[index])
        except Exception:  # a foreign gradient owes us nothing for numbers that it was not written for
            return None

    def _is_right_at_usual_scales(self) -> bool:
        """Whether the input is far from the scale of 1, and the claim right there."""
        sizes = np.concatenate([np.abs(a[a != 0.0]).ravel() for a in self.subject.arrays])
        if not sizes.size or (sizes.max() < 1e3 and sizes.min() > 1e-3):
            return False
        rng = np.random.default_rng(self.seed + 2)
        right = 0
        for _ in range(3):
            arrays = [
                np.where(a == 0.0, 0.0, np.copysign(rng.uniform(0.3, 1.5, a.shape), a)) for a in self.subject.arrays
            ]
            compared = self._compare(arrays, self.failed)
            right += bool(compared) and all(c.verdict == "pass" for c in compared)
        return right == 3

    def _explain_by_accumulation(self) -> Diagnosis | None:
        engine = self.subject.on_the_engine()
        if engine is None:
            return None
        root, nodes = engine.record()
        if not isinstance(root, Node):
            return None
        uses = uses_of_leaves(root, nodes)
        for i in self._wrong_arrays():
            failed = [c for c in self.failed if c.place is not None and c.place[0] == i]
            if all(self._is_one_use(uses[i], c) for c in failed):
                count = len(
                    next(v for c in failed if (v := contributions_to(uses[i], c, self.subject.arrays[i].shape)))
                )
                return Diagnosis(
                    "missing accumulation",
                    f"{failed[0].name} is used {count} times, and the gradient lacks a contribution: "
                    "they add up (+=), the last does not replace the others (=)",
                )
        return None

    def _is_one_use(self, uses: Uses, c: Coordinate) -> bool:
        """Whether a claim is one of the contributions, or all but one."""
        assert c.place is not None
        values = contributions_to(uses, c, self.subject.arrays[c.place[0]].shape)
        if len(values) < 2:
            return False
        total = math.fsum(values)
        size = max(map(abs, values))
        explained = [*values, *(total - v for v in values)]
        return any(
            abs(c.claimed - e) <= EXPLAINED_TOLERANCE * size and abs(total - e) > EXPLAINED_TOLERANCE * size
            for e in explained
        )

    def _explain_by_detaching(self) -> Diagnosis:
        if self.order > 1:
            return Diagnosis(
                "detached",
                "the first derivative is right and its derivative is not: in a rule, a value that depends on the input was "
                "taken out of the graph (.data, detach, numpy()), so what depends on it is held constant",
            )
        return Diagnosis(
            "detached",
            "every rule in the graph is right, so the graph lacks a path: somewhere between the input and the result a "
            "value was taken out of it (.data, .item(), detach, numpy(), no_grad)",
        )


def _error_of(c: Coordinate) -> float:
    difference = c.claimed - c.measured.value
    return difference if math.isfinite(difference) else math.inf


def _relative_error(c: Coordinate) -> float:
    return abs(_error_of(c)) / max(abs(c.claimed), abs(c.measured.value), 1e-300)


def _common_factor(claimed: np.ndarray, measured: np.ndarray) -> float | None:
    """The one factor between two sets of numbers, if there is one, and it is neither 0 nor 1."""
    size = float(np.max(np.abs(measured), initial=0.0))
    large = np.abs(measured) > 1e-6 * size
    if not large.any() or not np.allclose(
        claimed[~large], 0.0, atol=1e-5 * max(float(np.max(np.abs(claimed), initial=0.0)), size)
    ):
        return None
    ratios = claimed[large] / measured[large]
    middle = float(np.median(ratios))
    spread = float(np.max(np.abs(ratios - middle)))
    return middle if spread <= 1e-5 * abs(middle) and middle and abs(middle - 1.0) > 1e-7 else None


def _as_fraction(factor: float) -> str:
    if abs(factor - round(factor)) <= 1e-5 * abs(factor):
        return f"{round(factor)}"
    inverse = 1.0 / factor
    if abs(inverse - round(inverse)) <= 1e-5 * abs(inverse):
        return f"1/{round(inverse)}" if inverse > 0 else f"-1/{-round(inverse)}"
    return f"{factor:.6g}"
