"""`Moves`: how weights move from pass to pass, and which gradients they move by."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np

from nn.health.loop.adaptive import Averages
from nn.health.loop.kit import Kit
from nn.health.loop.ledger import Iteration, Ledger

# Elements of a parameter that are compared between passes.
MOST_COMPARED = 100_000
# How far off a multiple of the gradient a move of the weights may lie, as a share of it: steps with momentum or decay lie
# further off, and those that are little more than rounding further still. By how much weights have moved that are not the same.
ALONG, MOSTLY_ROUNDED, SAME = 0.02, 0.9, 1e-6
# How many times nearer a move must be to more parts than it is to fewer, where those are near enough.
MUCH_NEARER = 0.1
# How many numbers, and which share of all, stand at one bound where weights are cut to it.
FEWEST_HELD, HELD_SHARE = 4, 0.02
# How far off a multiple of what they were gradients may lie that were multiplied by a number.
SCALED = 1e-3
# Models of the same shapes that may be trained in turns.
MOST_IN_TURNS = 4
# The cosines from which on a parameter goes on as it went before, and below which its gradient has become another.
SAME_WAY, ANOTHER_WAY = 0.9999, 0.99
# What the gradient must be of a move that is made of other parts, too.
LEAST_PART = 1e-3
# Numbers of a move that are more than chance would fit by a few parts.
ENOUGH_NUMBERS = 8


class Moves:
    """The weights and gradients of a run as they were at the last pass and the last step."""

    def __init__(self, kit: Kit, ledger: Ledger) -> None:
        self.kit, self.ledger = kit, ledger
        # Gradients that a step has used.
        self._used: dict[int, bytes] = {}
        # The weights at the last pass and after the last step, and whose they are.
        self._at_pass = self._at_step = (0, np.empty(0))
        self._stepped = np.empty(0)
        self._at_first: dict[int, np.ndarray] = {}
        # Of the pass before, by the place of their parameters, which may be made anew since, and by whose they were.
        self._gradient: dict[int, tuple[int, np.ndarray, bytes]] = {}
        # Of each optimizer its parameters, and the gradients that its last step has used; and whether these were there at a pass since.
        self._uses: dict[int, tuple[list[Any], dict[int, bytes]]] = {}
        self._left: dict[int, bool] = {}
        # The cosine of the weights and those of the pass before; those of the last passes, and how far off the nearest of them are.
        self._turn = self._apart = float("nan")
        self._past: deque[tuple[int, np.ndarray]] = deque(maxlen=MOST_IN_TURNS)
        # The last move without an optimizer.
        self._move = np.empty(0)
        # The gradient of the pass before the last.
        self._along = np.empty(0)
        # What rules that keep averages have made of each model's gradients.
        self._averages: dict[int, Averages] = {}

    def compare(self, model: Any) -> tuple[float, float]:
        """How far the weights moved since the pass before, and how like they are to what the last step left."""
        self._look_at_gradients()
        now = self._weights(model)
        nothing = np.empty(0)
        before, stepped = (w if whose == id(model) else nothing for whose, w in (self._at_pass, self._at_step))
        moved = self._at_step[1].size > 0
        self._stepped = stepped
        self._at_pass, self._at_step = (id(model), now), (0, nothing)
        change = likeness = self._turn = self._apart = float("nan")
        self._at_first.setdefault(id(model), now)
        if model is not None:
            self._note_moved(model, now)
        self._follow(model, before, now, moved)
        with np.errstate(all="ignore"):
            size = float(np.linalg.norm(now)) or 1.0
            if before.shape == now.shape and now.size:
                change = float(np.linalg.norm(now - before)) / size
                self._turn = float(before @ now) / (size * (float(np.linalg.norm(before)) or 1.0))
                same = [past for whose, past in self._past if whose == id(model) and past.shape == now.shape]
                self._apart = min(float(np.linalg.norm(now - past)) / size for past in same)
            if stepped.shape == now.shape and now.size:
                likeness = float(stepped @ now) / (size * (float(np.linalg.norm(stepped)) or 1.0))
        self._past.append((id(model), now))
        return change, likeness

    def describe(self, iteration: Iteration, model: Any) -> None:
        """Tell a pass what its weights have to do with those before."""
        by_hand = find_bound(self._at_pass[1]) if self._move.size else float("nan")
        iteration.held = self.bound_of(model) if self._stepped.size else by_hand
        iteration.held_norm = self._norm_of_parts(model) if self._stepped.size else float("nan")
        iteration.turn, iteration.apart = self._turn, self._apart
        stepped, now = self._stepped, self._at_pass[1]
        if (
            stepped.size
            and stepped.shape == now.shape
            and (np.abs(now) <= np.abs(stepped)).all()
            and (now * stepped >= 0).all()
        ):
            iteration.size = float(np.linalg.norm(now))
            iteration.shortened = iteration.size / (float(np.linalg.norm(stepped)) or 1.0)
        iteration.restored = self.is_restored(model, iteration.change)

    def _note_moved(self, model: Any, now: np.ndarray) -> None:
        """Which parameters are no more what they were at first; that they are again does not count."""
        first = self._at_first[id(model)]
        if first.shape == now.shape:
            moved = np.array([bool(part.any()) for part in self._split(model, first != now)])
            known = self.ledger.moved.get(id(model))
            self.ledger.moved[id(model)] = moved if known is None or known.shape != moved.shape else known | moved

    def bound_of(self, model: Any) -> float:
        """What the weights were clipped to since the last step; NaN where they were not, or some lie outside."""
        stepped, now = self._stepped, self._at_pass[1]
        if stepped.shape != now.shape or not now.size:
            return float("nan")
        changed = now != stepped
        bound = float(np.abs(now).max())
        clipped = changed.any() and np.allclose(
            now[changed], np.clip(stepped, -bound, bound)[changed], rtol=1e-6, atol=0.0
        )
        return bound if clipped and (np.abs(now[changed]) >= (1.0 - 1e-6) * bound).all() else float("nan")

    def _norm_of_parts(self, model: Any) -> float:
        """The norm that parameters were brought down to since the last step; NaN where they were not, or others are longer."""
        if self._stepped.shape != self._at_pass[1].shape:
            return float("nan")
        shortened, others = [], [0.0]
        parts = (self._split(model, weights) for weights in (self._stepped, self._at_pass[1]))
        for stepped, now in zip(*parts, strict=True):
            before, after = float(np.linalg.norm(stepped)), float(np.linalg.norm(now))
            if before == after:
                others.append(after)
            elif after < before and np.allclose(now, stepped * (after / before), rtol=1e-4, atol=1e-7):
                shortened.append(after)
            else:
                return float("nan")
        one = (
            shortened
            and max(shortened) < (1.0 + SCALED) * min(shortened)
            and max(others) < (1.0 + SCALED) * max(shortened)
        )
        return max(shortened) if one else float("nan")

    def _follow(self, model: Any, before: np.ndarray, now: np.ndarray, stepped: bool) -> None:
        """Where weights were moved without an optimizer: how far along the gradient of the pass before, the move before and themselves."""
        earlier, self._move = self._move, np.empty(0)
        if stepped or not self.ledger.iterations or before.shape != now.shape or model is None:
            return
        each = [
            self._gradient[k][1] if k in self._gradient else np.zeros(min(self.kit.value(p).size, MOST_COMPARED))
            for k, p in enumerate(self.kit.parameters(model))
        ]
        along = np.concatenate(each) if each else np.empty(0)
        self._move = move = now - before
        if along.shape != move.shape or not np.any(along) or not np.any(move):
            return
        # Small moves are rounded to the weights' precision.
        precision = max(float(np.finfo(self.kit.value(p).dtype).eps) for p in self.kit.parameters(model))
        rounding = precision * float(np.linalg.norm(now)) / float(np.linalg.norm(move))
        # Weights that are left out say nothing of the step that the others take.
        own = self._list_moved(model, move)
        if np.isfinite(cut := find_bound(now)):
            # What is cut says nothing of the step, neither in this pass nor in the next.
            own &= (np.abs(now) < cut) & (np.abs(before) < cut)
        if not np.any(along[own]):
            return
        self.ledger.iterations[-1].slope = _cosine(move[own], along[own])
        numbers = int(own.sum())
        carried = earlier[own] if earlier.shape == move.shape and np.any(earlier[own]) else None
        gradient, held = along[own], before[own]
        nearest = float("inf")
        for parts in ((gradient,), (gradient, carried), (gradient, None, held), (gradient, carried, held)):
            if len(parts) > 1 and numbers < ENOUGH_NUMBERS:
                break
            # One that is only near what the weights do may be without a part; with that it is far nearer.
            if nearest < max(MUCH_NEARER * ALONG, 4.0 * rounding):
                break
            rates, apart = _fit(move[own], parts)
            bound = ALONG + rounding
            if bound >= 0.5:
                bound = MOSTLY_ROUNDED if numbers >= ENOUGH_NUMBERS else 0.0
            # A move that is like the one before is fitted by it alone.
            part = abs(rates[0]) * float(np.linalg.norm(gradient)) / float(np.linalg.norm(move))
            enough = part > (max(apart, LEAST_PART) if len(parts) > 1 else 0.0)
            if apart < min(bound, MUCH_NEARER * nearest) and enough:
                last, nearest = self.ledger.iterations[-1], apart
                last.direction, last.carried, last.decayed = -rates[0], rates[1], -rates[2]
                last.pull = float(np.linalg.norm(gradient))
        if not np.isfinite(self.ledger.iterations[-1].direction):
            self._follow_clipped(gradient, move[own], 2.0 * precision * float(np.abs(now).max()))
        self._follow_averages(id(model), move, along, own, rounding)
        self._follow_each(model, move, earlier, along)
        # The gradients that were used, whatever was made of them, are known by the next pass.
        self._used, self.ledger.iterations[-1].moved = self._gradients_of_moved(model, move), True

    def _follow_clipped(self, gradient: np.ndarray, move: np.ndarray, last_place: float) -> None:
        """Where no weight moves further than some: how far along the gradient the others go, and what its elements were clipped to."""
        bound = float(np.abs(move).max())
        free = np.abs(move) < bound - last_place
        if int(free.sum()) < ENOUGH_NUMBERS or int((~free).sum()) < FEWEST_HELD:
            return
        (rate, *_), apart = _fit(move[free], (gradient[free],))
        rounding = last_place * free.sum() ** 0.5 / float(np.linalg.norm(move[free]))
        if apart < ALONG + rounding and (np.abs(rate * gradient[~free]) > (1.0 - ALONG) * bound).all():
            last = self.ledger.iterations[-1]
            last.direction, last.clipped = -rate, bound / abs(rate)

    def _follow_averages(
        self, whose: int, move: np.ndarray, along: np.ndarray, own: np.ndarray, rounding: float
    ) -> None:
        """Where weights have not gone along the gradient: which rule that divides it by its size they went by, and how far."""
        averages, last = self._averages.setdefault(whose, Averages()), self.ledger.iterations[-1]
        averages.add(along)
        if np.isfinite(last.direction) or int(own.sum()) < ENOUGH_NUMBERS:
            return
        nearest = ALONG + rounding
        for rule, direction in averages.directions():
            rates, apart = _fit(move[own], (direction[own],))
            # While gradients stay the same, all rules go one way: then it is the one that most have.
            if apart < nearest:
                nearest, last.rule, last.direction = MUCH_NEARER * apart, rule, -rates[0]

    def _follow_each(self, model: Any, move: np.ndarray, earlier: np.ndarray, along: np.ndarray) -> None:
        """Where some parameters go along their gradients: which others go on as they went before, whatever theirs have become."""
        last, (before, self._along) = self.ledger.iterations[-1], (self._along, along)
        if np.isfinite(last.direction) or not move.shape == earlier.shape == before.shape:
            return
        led, blind = False, set()
        parts = zip(*(self._split(model, x) for x in (move, earlier, along, before)), strict=True)
        for k, (now, then, gradient, old) in enumerate(parts):
            if np.any(now):
                led |= now.size >= ENOUGH_NUMBERS and _fit(now, (gradient,))[1] < ALONG
                if _cosine(now, then) > SAME_WAY and not _cosine(gradient, old) > ANOTHER_WAY:
                    blind.add(k)
        last.blind = frozenset(blind) if led else None

    def _list_moved(self, model: Any, move: np.ndarray) -> np.ndarray:
        """Which numbers are of parameters that have moved."""
        return np.concatenate([np.full(part.size, bool(part.any())) for part in self._split(model, move)])

    def _gradients_of_moved(self, model: Any, move: np.ndarray) -> dict[int, bytes]:
        """The prints of the gradients of parameters that have moved."""
        parts = self._split(model, move)
        known = {k: told for k, told in self._gradient.items() if k < len(parts) and parts[k].any()}
        return {key: told for key, gradient, told in known.values() if np.any(gradient)}

    def is_restored(self, model: Any, change: float) -> bool:
        """Whether the weights are those of the model's first pass again, after steps that moved them."""
        before = self.ledger.iterations[-1].call if self.ledger.iterations else None
        if before is None or before.model is not model or not change > SAME:
            return False
        return bool(np.array_equal(self._at_pass[1], self._at_first[id(model)]))

    def note_gradients(self, model: Any) -> bool:
        """Keep the gradients that a pass has left; whether there are any."""
        self._gradient = {
            k: (id(p), np.array(g.ravel()[:MOST_COMPARED], np.float64), _print_of(g))
            for k, p in enumerate(self.kit.parameters(model))
            if (g := self.kit.gradient(p)) is not None
        }
        pulled = np.zeros(len(self.kit.parameters(model)), bool)
        pulled[[k for k, (_, gradient, _) in self._gradient.items() if gradient.any()]] = True
        known = self.ledger.pulled.get(id(model))
        self.ledger.pulled[id(model)] = pulled if known is None or known.shape != pulled.shape else known | pulled
        return bool(self._gradient)

    def bound_of_gradients(self) -> float:
        """What the gradients of the last pass are cut to; NaN where they are not."""
        each = [gradient for _, gradient, _ in self._gradient.values()]
        return find_bound(np.concatenate(each)) if each else float("nan")

    def is_still(self, model: Any) -> bool:
        """Whether all gradients are 0, so that a step would not move anything."""
        return not self._gradients_of(self.kit.parameters(model))

    def note_use(self, optimizer: Any) -> list[tuple[int, np.ndarray]]:
        """A step is about to use the gradients of an optimizer's parameters: these."""
        parameters = [p for group in optimizer.param_groups for p in group["params"]]
        gradients = self._gradients_of(parameters)
        self._used = {key: _print_of(g) for key, g in gradients}
        steps, along_old = self.ledger.uses.get(id(optimizer), (0, 0))
        self.ledger.uses[id(optimizer)] = steps + 1, along_old + self._left.get(id(optimizer), False)
        self._uses[id(optimizer)], self._left[id(optimizer)] = (parameters, self._used), False
        return gradients

    def _look_at_gradients(self) -> None:
        """A pass is about to run: which gradients are still there that steps have used, so that it adds to them."""
        for key, (parameters, used) in self._uses.items():
            there = self._gradients_of(parameters)
            kept = bool(there) and all(used.get(k) == _print_of(g) for k, g in there)
            # Another pass may have added to them since.
            self._left[key] = kept or (bool(there) and self._left[key])

    def _gradients_of(self, parameters: list[Any]) -> list[tuple[int, np.ndarray]]:
        """Those that are not all 0."""
        return [(id(p), g) for p in parameters if (g := self.kit.gradient(p)) is not None and np.any(g != 0)]

    def note_step(self, model: Any) -> None:
        """A step has moved a model."""
        self._at_step = id(model), self._weights(model)

    def _weights(self, model: Any) -> np.ndarray:
        samples = [] if model is None else [self._sample(p) for p in self.kit.parameters(model)]
        return np.concatenate(samples) if samples else np.empty(0)

    def _split(self, model: Any, numbers: np.ndarray) -> list[np.ndarray]:
        """Numbers of all weights, such as those of a move, by the parameters that they are of."""
        sizes = [min(self.kit.value(p).size, MOST_COMPARED) for p in self.kit.parameters(model)]
        return np.split(numbers, np.cumsum(sizes)[:-1])

    def _sample(self, parameter: Any) -> np.ndarray:
        return np.array(self.kit.value(parameter).ravel()[:MOST_COMPARED], np.float64)

    def is_stale(self, model: Any) -> bool:
        """Whether the gradients are there that a step has used."""
        if model is None or not self._used:
            return False
        there = self._gradients_of(self.kit.parameters(model))
        return bool(there) and all(self._used.get(key) == _print_of(g) for key, g in there)

    def compare_gradients(self, gradients: list[tuple[int, np.ndarray]]) -> tuple[float, float, float]:
        """What the script did to gradients since the pass: multiplied by what, of what norm, cut to what; NaN for neither."""
        known = {key: gradient for key, gradient, _ in self._gradient.values()}
        pairs = [
            (known[key], np.asarray(g.ravel()[:MOST_COMPARED], np.float64)) for key, g in gradients if key in known
        ]
        if not pairs:
            return float("nan"), float("nan"), float("nan")
        then, now = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
        with np.errstate(all="ignore"):
            norm, bound = float(np.linalg.norm(now)), float(np.abs(now).max())
            scale = float((then @ now) / (then @ then))
            apart = float(np.linalg.norm(now - scale * then) / norm)
            cut = np.allclose(now, np.clip(then, -bound, bound), rtol=1e-6, atol=0.0)
        if apart < SCALED:
            return scale, norm, float("nan")
        return float("nan"), norm, bound if cut else float("nan")


def find_bound(weights: np.ndarray) -> float:
    """What weights, or gradients, are cut to, of which some stand there on both sides of 0 and none lies beyond; NaN where they are not.

    Examples
    --------
    >>> find_bound(np.array([0.1, -0.1, 0.03, 0.1, -0.1])), find_bound(np.array([0.1, 0.1, 0.1, 0.1, 0.1]))
    (0.1, nan)
    """
    bound = float(np.abs(weights).max(initial=0.0))
    most, least = int((weights == bound).sum()), int((weights == -bound).sum())
    enough = most + least >= max(FEWEST_HELD, HELD_SHARE * weights.size)
    return bound if enough and most and least and bound > 0.0 else float("nan")


def _fit(move: np.ndarray, parts: tuple[np.ndarray | None, ...]) -> tuple[list[float], float]:
    """How much of each part a move is made of, 0 for those that are None, three in all; and how far off it lies, as a share of it.

    Examples
    --------
    >>> _fit(np.array([3.0, 2.0]), (np.array([1.0, 0.0]), None, np.array([0.0, 1.0])))
    ([3.0, 0.0, 2.0], 0.0)
    """
    given = [k for k, part in enumerate(parts) if part is not None]
    columns = np.stack([part for part in parts if part is not None], axis=1)
    rates = [0.0, 0.0, 0.0]
    with np.errstate(all="ignore"):
        if not np.isfinite(columns).all() or not np.isfinite(move).all():
            return rates, float("inf")
        # Parts of one size, as a gradient may be much larger than a move.
        sizes = np.linalg.norm(columns, axis=0)
        sizes = np.where(sizes > 0.0, sizes, 1.0)
        found = np.linalg.lstsq(columns / sizes, move, rcond=None)[0] / sizes
        apart = float(np.linalg.norm(move - columns @ found) / np.linalg.norm(move))
    for k, rate in zip(given, found.tolist(), strict=True):
        rates[k] = rate
    return rates, apart


def _cosine(one: np.ndarray, other: np.ndarray) -> float:
    with np.errstate(all="ignore"):
        return float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))


def _print_of(gradient: np.ndarray) -> bytes:
    return np.ascontiguousarray(gradient).ravel()[:1000].tobytes()
