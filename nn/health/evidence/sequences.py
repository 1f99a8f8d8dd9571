"""What the answers for a sequence depend on: what they are to foretell, the order of its places, the padding behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from nn.health.finding import Finding
from nn.health.frameworks.network import LeafCall, Network
from nn.health.multi_input import join_inputs, split_inputs
from nn.health.subject import SOME, Subject

# The share of places where a sequence and its targets must be the same, moved on by one or not, for one to be the other.
SAME = 0.98
# How long a sequence is at least.
PLACES = 3
# By how much of their spread over the rows answers may change that do not depend on something.
UNMOVED = 0.02
# The share of rows that end in the same value, and of all places that it takes up, from which on it is padding.
ROWS_PADDED, PLACES_PADDED = 0.7, 0.3
# How many places of padding are put behind sequences to see whether answers go by it.
MORE_PLACES = 2


def find_foretold(subject: Subject) -> Iterator[Finding]:
    """Sequences whose targets stand in one of the inputs, at a place that the answer may look at."""
    for name, x in split_inputs(subject.x).items():
        found = _tell_foretold(subject, name, x)
        if found is not None:
            yield found
            return


def _tell_foretold(subject: Subject, name: str, x: np.ndarray) -> Finding | None:
    """The same of one of the inputs, which has a name where there are several, as the words so far of a translation do."""
    y = subject.y
    tokens = x.dtype.kind in "iu" and x.ndim == 2
    if x.shape != y.shape or not (tokens or x.ndim == 3) or x.shape[1] < PLACES:
        return None
    moved = _agreement(y[:, :-1], x[:, 1:])
    # Numbers that are their own targets are those of an autoencoder.
    itself = _agreement(y, x) if tokens else 0.0
    if max(moved, itself) < SAME:
        return None
    earlier = _depends_on_later(subject, name)
    if earlier is None or earlier == (itself >= SAME):
        return None
    told = (
        "the target of each place is the token that stands there: the answer has only to repeat it"
        if itself >= SAME
        else "the target of each place stands in the inputs at the next one, and the answers depend on what comes later"
    )
    return Finding(
        "target among the features",
        "",
        f"of the input {name}: {told}" if name else told,
        "targets that are moved on by one: inputs x[:, :-1], targets x[:, 1:]"
        if itself >= SAME
        else "hide what comes later: a causal mask in attention, padding on the left alone in convolutions, one direction",
        {"same": itself, "moved on by one": moved},
    )


def _agreement(y: np.ndarray, x: np.ndarray) -> float:
    """The share of places where two are the same, of those where another row is not."""
    same, chance = float(np.mean(y == x)), float(np.mean(y == np.roll(x, 1, axis=0)))
    return (same - chance) / (1.0 - chance) if chance < 1.0 else 0.0


def _depends_on_later(subject: Subject, name: str) -> bool | None:
    """Whether answers for the first half of the places change with the second half of an input; None where they are not by place."""
    parts, network = split_inputs(subject.x[:SOME]), subject.network.copy()
    x = parts[name]
    half = x.shape[1] // 2
    other = x.copy()
    other[:, half:] = x[::-1][:, half:]
    answers = [network.answer(join_inputs({**parts, name: given})) for given in (x, other)]
    if subject.judge.arrange is not None:
        answers = list(map(subject.judge.arrange, answers))
    # A loss may be given the places of all rows one behind the other.
    before, after = (a.reshape(*x.shape[:2], -1) if len(a) == x.shape[0] * x.shape[1] else a for a in answers)
    if before.ndim < 2 or before.shape != after.shape or before.shape[:2] != x.shape[:2]:
        return None
    spread = float(before.std(axis=0).mean())
    return float(np.abs(before[:, :half] - after[:, :half]).mean()) > 1e-4 * max(spread, 1e-12)


def find_unheeded_lengths(subject: Subject) -> Iterator[Finding]:
    """Sequences that are given with their lengths, or with a mask, by which the answers do not go: they go by what stands behind them."""
    parts = split_inputs(subject.x[:SOME])
    for name, sequence in parts.items():
        padding = padding_of(sequence) if len(parts) > 1 and sequence.ndim > 1 else None
        if padding is None:
            continue
        lengths = sequence.shape[1] - count_padding(sequence, padding)
        heeded = next((other for other, part in parts.items() if other != name and _tells_lengths(part, lengths)), None)
        if heeded is None or (lengths == lengths[0]).all():
            continue
        network = subject.network.copy()
        answers = network.answer(join_inputs(parts))
        others = network.answer(join_inputs({**parts, heeded: np.roll(parts[heeded], 1, axis=0)}))
        behind = np.broadcast_to(padding, (len(sequence), MORE_PLACES, *sequence.shape[2:]))
        longer = np.concatenate([sequence, behind.astype(sequence.dtype)], axis=1)
        more = parts[heeded]
        if more.ndim > 1:
            more = np.concatenate([more, np.zeros((len(more), MORE_PLACES), more.dtype)], axis=1)
        later = network.answer(join_inputs({**parts, name: longer, heeded: more}))
        share = 1.0 - float(lengths.mean()) / sequence.shape[1]
        if np.array_equal(answers, others) and answers.shape == later.shape and not _stays(answers, later):
            yield Finding(
                "padding not masked",
                "",
                f"the answers are the same whatever {heeded} says of where the sequences end, and change where {MORE_PLACES} more places "
                f"of padding stand behind them: they go by the padding, which is {share:.0%} of all places",
                "take the output at the last place that is no padding; mask padding in means and in attention",
                {"padding": share},
            )
            return


def _tells_lengths(part: np.ndarray, lengths: np.ndarray) -> bool:
    """Whether an input says how long each sequence is: as a number, or as ones and zeros of its places."""
    told = part if part.ndim == 1 else (part != 0).sum(axis=1) if part.ndim == 2 else np.empty(0)
    return told.shape == lengths.shape and float(np.mean(told == lengths)) > SAME


def ignores_order(network: Network, x: np.ndarray, calls: list[LeafCall]) -> str:
    """Along which axis units stand where it does not matter where places do: "first" or "last", or an empty string where it matters.

    It does not where the answers stay the same with the places of each sequence permuted, or where places are pooled.
    """
    some = x[:SOME]
    if len(some) < 8:
        return ""
    if x.ndim == 4 or (x.ndim == 3 and calls[0].kind.startswith("Conv")):
        placed = [c.path for c in calls if c.output.ndim == x.ndim and np.prod(c.output.shape[2:]) >= 4]
        return "first" if placed and _forgets_places(network, some, placed[-1]) else ""
    # Tokens and steps of several features stand along the first axis of a row; signals along the last one.
    axes = (1, 2) if x.ndim == 3 else (1,) if x.ndim == 2 and x.dtype.kind in "iu" else ()
    rng, before = np.random.default_rng(4), network.answer(some)
    for axis in axes:
        other = np.take(some, rng.permutation(some.shape[axis]), axis=axis)
        if x.shape[axis] >= PLACES and _stays(before, network.answer(other)):
            return "last" if axis == 1 else "first"
    return ""


def _forgets_places(network: Network, some: np.ndarray, path: str) -> bool:
    """Whether the answers stay the same with the places permuted of what a module gives, as where they are pooled."""
    twin, rng = network.copy(), np.random.default_rng(4)

    def permute(_given: Any, gave: Any) -> Any:
        flat = gave.reshape(*gave.shape[:2], -1)
        return flat[:, :, rng.permutation(flat.shape[2])].reshape(gave.shape)

    twin.alter(path, permute)
    return _stays(network.answer(some), twin.answer(some))


def _stays(before: np.ndarray, after: np.ndarray) -> bool:
    if before.shape != after.shape or not np.isfinite(before).all():
        return False
    spread = float(before.std(axis=0).mean())
    return spread > 0.0 and float(np.abs(before - after).mean()) < UNMOVED * spread


def padding_of(x: np.ndarray) -> np.ndarray | None:
    """What stands at the places behind sequences; None where hardly anything does.

    Examples
    --------
    >>> padding_of(np.array([[5, 7, 0, 0], [3, 0, 0, 0], [4, 2, 6, 0]]))
    array(0)
    >>> padding_of(np.array([[0, 0, 5, 7], [0, 0, 0, 3], [0, 4, 2, 6]])) is None
    True
    """
    tokens = x.dtype.kind in "iu" and x.ndim == 2
    if not (tokens or (x.ndim == 3 and x.dtype.kind == "f")) or x.shape[1] < PLACES:
        return None
    values, counts = np.unique(x[:, -1].reshape(len(x), -1), axis=0, return_counts=True)
    if counts.max() < ROWS_PADDED * len(x):
        return None
    padding = values[counts.argmax()].reshape(x.shape[2:])
    return padding if count_padding(x, padding).mean() > PLACES_PADDED * x.shape[1] else None


def count_padding(x: np.ndarray, padding: np.ndarray) -> np.ndarray:
    """How many places of padding each sequence ends with.

    Examples
    --------
    >>> count_padding(np.array([[5, 7, 0, 0], [3, 0, 0, 0], [4, 2, 6, 0]]), np.array(0))
    array([2, 3, 1])
    """
    same = (x == padding).reshape(*x.shape[:2], -1).all(axis=2)
    return np.where(same.all(axis=1), x.shape[1], np.argmax(~same[:, ::-1], axis=1))


def passes_over(network: Network, x: np.ndarray, padding: np.ndarray) -> bool:
    """Whether a network answers sequences the same without the padding behind them, as one that is told of it does."""
    lengths = x.shape[1] - count_padding(x, padding)
    cut = (lengths > 0) & (lengths < x.shape[1])
    if not cut.any():
        return False
    values, counts = np.unique(lengths[cut], return_counts=True)
    length = int(values[counts.argmax()])
    some = x[lengths == length][:SOME]
    return _stays(network.answer(some), network.answer(np.ascontiguousarray(some[:, :length])))


def find_untold_places(subject: Subject, calls: list[LeafCall]) -> Iterator[Finding]:
    """A table of places that is never asked, of a network for which what stands before may come in any order."""
    x, called = subject.x, {call.path for call in calls}
    if x.dtype.kind not in "iu" or x.ndim != 2 or x.shape[1] <= PLACES or not called:
        return
    spare = next(
        (
            (path, module.num_embeddings)
            for path, module in subject.network.modules()
            if type(module).__name__ == "Embedding" and path not in called and module.num_embeddings >= x.shape[1]
        ),
        None,
    )
    if spare is None:
        return
    some, network, rng = x[:SOME], subject.network.copy(), np.random.default_rng(4)
    order = np.append(rng.permutation(x.shape[1] - 1), x.shape[1] - 1)
    others = some.copy()
    others[:, :-1] = np.roll(some[:, :-1], 1, axis=0)
    answers = [network.answer(rows) for rows in (some, some[:, order], others)]
    if answers[0].shape[:2] == some.shape:
        # Of answers for each place, that of the last.
        answers = [answer[:, -1] for answer in answers]
    if _stays(answers[0], answers[1]) and not _stays(answers[0], answers[2]):
        yield Finding(
            "order ignored",
            spare[0],
            "the answers go by what stands at the places before the last one, in whatever order it stands there, and the table "
            f"{spare[0]} of {spare[1]} rows is never asked",
            "add to each token's vector that of its place: self.tokens(x) + self.places(np.arange(x.shape[1]))",
        )
