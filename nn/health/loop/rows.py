"""Which rows a loop trains on, and by which it judges."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from nn.health.evidence.data import are_copies
from nn.health.finding import Finding
from nn.health.loop.kit import Kit
from nn.health.loop.ledger import Ledger
from nn.health.loop.losses import are_yes_or_no
from nn.health.loop.rule import MIN_PASSES, is_habit, make_finding, tell_line
from nn.health.loop.text import begins_part_at, leaves_loop_by_itself, seeds_in_loop
from nn.health.loop.trained_rows import MOST_ROWS, mark
from nn.health.loop.words import OF_OTHERS, tell_words_of_all
from nn.health.multi_input import split_inputs, tabulate_inputs

# Names that tell that rows, or a function, are for judging.
OF_JUDGING = ("test", "val", "held", "dev", "eval")
# Rows of an array that are looked up among those that the model has seen.
LOOKED_UP = 20
# So many rows are no data set.
FEW_ROWS = 24
# How deep arrays stand in a script's own containers.
DEEPEST = 3
# The share of rows that stand twice from which on that is how the rows are.
DOUBLES = 0.02
# Of an array, the share of rows from which on they are no batch: they are trained on all at once, and the rest is kept from them.
NO_BATCH = 0.5
# So many columns may stand in arrays of their own.
MOST_COLUMNS = 4
# How many times as many rows as a batch has are more than others that are kept for something else.
MANY_BATCHES = 8


def find_one_row(ledger: Ledger, kit: Kit) -> Finding | None:
    """The same row again and again."""
    rows = ledger.rows
    if len(rows.times) != 1 or ledger.batch_size < 2 or sum(rows.times.values()) < 8:
        return None
    return make_finding(
        "inputs all alike",
        f"all {sum(rows.times.values())} rows that the model was given are the same",
        "look at what the program reads, and at what it does to the rows before the model",
        _line_of(ledger),
        rows=sum(rows.times.values()),
    )


def find_own_answers(ledger: Ledger, kit: Kit) -> Finding | None:
    """Targets that are what the model itself has answered, from the first pass on, when it knew nothing."""
    passes = [one for one in ledger.iterations if one.targets is not None]
    first = passes[:MIN_PASSES]
    if not is_habit(passes, lambda one: one.echoes) or not all(one.echoes for one in first):
        return None
    if sum(asked.size for one in first if (asked := one.targets) is not None) < FEW_ROWS:
        return None
    every = np.concatenate([np.ravel(asked) for one in passes if (asked := one.targets) is not None])
    # A model that says yes to all is right by chance where no row is asked for anything else.
    if are_yes_or_no(every) and len(np.unique(every)) == 1:
        return None
    return make_finding(
        "loss ignores targets",
        f"in {len(passes)} passes the targets of the loss are what the model itself has answered for these rows, from the first pass on, "
        "when it knew nothing: it is told that it is right whatever it answers",
        "give the loss the targets that came with the rows",
        passes[-1].site,
        passes=len(passes),
    )


def _are_one_row(ledger: Ledger) -> bool:
    """Whether the rows of a batch are all the same, so that nothing tells one batch from another."""
    return len({mark(row) for row in ledger.rows.inputs[: ledger.batch_size]}) == 1


def find_same_batch(ledger: Ledger, kit: Kit) -> Finding | None:
    """The first batch of a loader that is begun anew, or made anew, for each pass; or that is taken once, where others are judged by."""
    loaders = [loader for loader in ledger.loaders.values() if loader.length > 1 and loader.drawn == loader.begun]
    kept = ledger.batches
    if not loaders or len(set(kept)) != 1 or _are_one_row(ledger):
        return None
    told = "the loader is begun anew for each, and gives its first of"
    if sum(loader.begun for loader in loaders) < MIN_PASSES:
        # Whether the rows of a batch can be learned by heart is asked on purpose, and then nothing else is judged.
        loaders = [loader for loader in loaders if loader.first == kept[0]]
        if not loaders or len(kept) < 2 * MIN_PASSES or not any(call.known == 0.0 for call in ledger.evaluations):
            return None
        told = "it was taken once, and the loader has"
    return make_finding(
        "same batch again",
        f"all {len(kept)} passes saw the same batch: {told} {loaders[-1].length}",
        "go through the loader: for inputs, targets in loader",
        loaders[-1].site,
        passes=len(kept),
        batches=loaders[-1].length,
    )


def find_slices_of_one_batch(ledger: Ledger, kit: Kit) -> Finding | None:
    """Every pass takes the same rows out of an array that has more."""
    given = ledger.batches
    if len(given) < 2 * MIN_PASSES or len(set(given)) != 1 or ledger.batch_size < 2 or _are_one_row(ledger):
        return None
    batch = np.stack(ledger.rows.inputs)
    # An array of which the loop itself takes a part; all rows that are trained on may be a part that was taken before.
    sliced = [(name, a) for name, a in arrays_of(ledger, kit, batch) if name in ledger.sliced]
    larger = [(name, a) for name, a in sliced if len(batch) < NO_BATCH * len(a) and _holds(a, batch)]
    # What is judged by is kept from the training on purpose, and so is a part that begins where these rows end.
    some = (a for name, a in larger if not begins_part_at(ledger.text, name, len(batch), {**ledger.names, name: a}))
    whole = next((a for a in some if _is_left(ledger, a[len(batch) :], len(batch))), None)
    if whole is None:
        return None
    return make_finding(
        "same batch again",
        f"all {len(given)} passes saw the same {len(batch)} rows of {len(whole)}",
        "move on in each pass: x[start : start + size] with a start that grows",
        _line_of(ledger),
        passes=len(given),
        rows=len(whole),
    )


def _is_left(ledger: Ledger, rest: np.ndarray, batch: int) -> bool:
    """Whether of rows that follow a batch none is judged by, or many more than it has come before those that are."""
    judged = next((k for k, row in enumerate(rest) if mark(row) in ledger.held.times), len(rest))
    return judged == len(rest) or judged >= MANY_BATCHES * batch


def find_seeded_batches(ledger: Ledger, kit: Kit) -> Finding | None:
    """Every pass draws the same rows out of more: what draws them begins anew each time."""
    given = ledger.batches
    line = seeds_in_loop(ledger.text, ledger.lines) if ledger.text else None
    alike = len(given) < 2 * MIN_PASSES or len(set(given)) != 1 or ledger.batch_size < 2
    if line is None or alike or _are_one_row(ledger):
        return None
    parts = split_inputs(np.stack(ledger.rows.inputs)).values()
    wholes = [
        [len(a) for name, a in arrays_of(ledger, kit, part) if name in ledger.sliced and len(a) > ledger.batch_size]
        for part in parts
    ]
    count = max((max(lengths) for lengths in wholes if lengths), default=0)
    if not all(wholes) or find_slices_of_one_batch(ledger, kit) is not None:
        return None
    return make_finding(
        "same batch again",
        f"all {len(given)} passes saw the same {ledger.batch_size} rows of {count}: line {line}, which is run for each of them, begins "
        "what is drawn anew from the same number",
        "make the generator, or set the seed, once before the loop",
        _line_of(ledger),
        passes=len(given),
        rows=count,
    )


def find_idle_loop(ledger: Ledger, kit: Kit) -> Finding | None:
    """Rows that came once, though the loop goes round many times: what gave them is used up."""
    rows = ledger.rows
    if not ledger.ended or not rows.times or max(rows.times.values()) > 1 or not ledger.meant or ledger.meant < 3:
        return None
    first, last = (counters.get(ledger.counter or "") for counters in ledger.counters)
    if first is None or first != last:
        return None
    why = "what gives the batches is used up after the first time, as generators, zip and map are"
    fix = "make a list or a DataLoader of it, which can be gone through again"
    if last == 0 and leaves_loop_by_itself(ledger.text, ledger.lines):
        why = "it is left in its first round, by a break or a return"
        fix = "look at the condition that it is left by: a loss that falls is no reason to stop"
    return make_finding(
        "too few steps",
        f"the loop goes round {ledger.meant} times, but the {len(rows.times)} rows came once: {why}",
        fix,
        _line_of(ledger),
        epochs=ledger.meant,
        rows=len(rows.times),
    )


def find_metric_of_training_rows(ledger: Ledger, kit: Kit) -> Finding | None:
    """Training rows, by which a script judges that says it judges by others."""
    held, rows = ledger.held.times, ledger.rows.times
    if not _judges_by_training_rows(ledger):
        return None
    line = _line_of_judging(ledger)
    told = f"{line.line} {line.function}".lower() if line is not None else ""
    says = any(word in told for word in OF_JUDGING)
    spared = any(
        any(word in name.lower() for word in OF_JUDGING)
        and not any((key := mark(row)) in rows or key in held for row in a[:LOOKED_UP])
        for name, a in arrays_of(ledger, kit, ledger.held.inputs[0][None])
    )
    if not says or not spared:
        return None
    return make_finding(
        "metric on training rows",
        f"what the script judges the model by are {len(held)} rows that it was trained on, while those kept for it are not used",
        "judge by rows that the model has not seen",
        line,
        rows=len(held),
    )


def find_unchanged_rows(ledger: Ledger, kit: Kit) -> tuple[np.ndarray, np.ndarray] | None:
    """Where no row that the model was given stands in the script's variables: rows of the same shape that do, with the same targets."""
    rows = ledger.rows
    if not rows.inputs or len(rows.targets) != len(rows.inputs) or rows.inputs[0].dtype.kind != "f":
        return None
    asked = {mark(target) for target in rows.targets}
    targets = list(arrays_of(ledger, kit, rows.targets[0][None]))
    given = {mark(row) for row in rows.inputs[:LOOKED_UP]}
    every = [
        (name, inputs)
        for name, inputs in arrays_of(ledger, kit, rows.inputs[0][None])
        if len(inputs) > max(ledger.batch_size, FEW_ROWS)
    ]
    if any(given & keys_of(inputs) for _, inputs in every):
        return None
    for name, inputs in every:
        of_these = (
            a for other, a in targets if other != name and len(a) == len(inputs) and asked <= {mark(t) for t in a}
        )
        if (found := next(of_these, None)) is not None:
            return inputs, found
    return None


def list_notes(ledger: Ledger, kit: Kit) -> Iterator[str]:
    """What is no fault of the training and should be known."""
    if _judges_by_training_rows(ledger) and not _are_alike_by_chance(ledger, kit):
        where = tell_line(_line_of_judging(ledger))
        yield f"what the script judges the model by are rows that it was trained on{where}: judge by held rows"
    if ledger.clips_in_vain:
        where = tell_line(next((site for one in ledger.iterations if (site := one.site_of("clip")) is not None), None))
        yield f"gradients are clipped where there are none{where}: clip them between backward() and step()"


def _judges_by_training_rows(ledger: Ledger) -> bool:
    """Whether it judges by nothing else."""
    held, rows = ledger.held.times, ledger.rows.times
    # Of rows that are answered all at once, only some of which the loss is of, it may well judge the others.
    apart = ledger.partial > len(ledger.iterations) // 2
    return bool(held) and bool(rows) and not apart and all(key in rows for key in held)


def has_doubles(ledger: Ledger, kit: Kit) -> bool:
    """Whether different rows have the same inputs, so that the same inputs may well come with other targets."""
    rows = ledger.rows
    if rows.inputs[0].dtype.names:
        return _are_doubled_together(ledger, kit, split_inputs) or _came_twice(ledger)
    wholes = [(n, a) for n, a in arrays_of(ledger, kit, rows.inputs[0][None]) if mark(rows.inputs[0]) in keys_of(a)]
    # What the loop takes parts of is what the model is given; another array may hold the rows as they were before.
    wholes = [(n, a) for n, a in wholes if n in ledger.sliced] or wholes
    if wholes:
        return all(_is_doubled(a) for _, a in wholes)
    return _are_doubled_together(ledger, kit, _split_columns) or _came_twice(ledger)


def _split_columns(rows: np.ndarray) -> dict[str, np.ndarray]:
    """Each of a few columns, which a script may hold in arrays of their own, such as the numbers of a user and of a film."""
    few = rows.ndim == 2 and 1 < rows.shape[1] <= MOST_COLUMNS
    return {str(k): rows[:, k] for k in range(rows.shape[1])} if few else {}


def _came_twice(ledger: Ledger) -> bool:
    """Whether rows stand twice in a batch."""
    return ledger.rows.doubles > DOUBLES * sum(ledger.rows.times.values())


def are_told_apart(ledger: Ledger, kit: Kit) -> bool:
    """Whether a row that comes again is the same one, and not another that is alike by chance."""
    some = ledger.rows.inputs
    return len(some) >= FEW_ROWS and len({row.shape for row in some}) == 1 and not _are_alike_by_chance(ledger, kit)


def _are_alike_by_chance(ledger: Ledger, kit: Kit) -> bool:
    some = ledger.rows.inputs
    # Of pairs all of which are known some may come again, and not all by chance.
    doubled = _came_twice(ledger) if some[0].dtype.names else has_doubles(ledger, kit)
    return doubled and not are_copies(tabulate_inputs(np.stack(some)))


def _are_doubled_together(ledger: Ledger, kit: Kit, split: Callable[[np.ndarray], dict[str, np.ndarray]]) -> bool:
    """Of several inputs, as a row is split into, whether arrays of one length hold them that have the same rows more than once."""
    some = [split(row[None]) for row in ledger.rows.inputs[:LOOKED_UP]]
    if not some[0]:
        return False
    given = {tuple(mark(part[0]) for part in parts.values()) for parts in some}
    held = [
        [a[:MOST_ROWS] for name, a in arrays_of(ledger, kit, part) if name in ledger.sliced]
        for part in some[0].values()
    ]
    for arrays in itertools.product(*held):
        if len({len(a) for a in arrays}) == 1:
            every = set(zip(*(map(mark, a) for a in arrays), strict=True))
            # Those that the model is given, in this order.
            if given <= every:
                return len(every) < (1.0 - DOUBLES) * len(arrays[0])
    return False


def _is_doubled(array: np.ndarray) -> bool:
    return len(keys_of(array)) < (1.0 - DOUBLES) * min(len(array), MOST_ROWS)


def find_doubled_rows(ledger: Ledger, kit: Kit) -> tuple[np.ndarray, np.ndarray] | None:
    """The array that the loop takes its rows of, where some stand in it more than once, with as many targets: of what came, each row
    is known once."""
    rows = ledger.rows
    if not rows.inputs or len(rows.targets) != len(rows.inputs):
        return None
    given, asked = {mark(row) for row in rows.inputs}, {mark(target) for target in rows.targets}
    targets = [(n, a) for n, a in arrays_of(ledger, kit, rows.targets[0][None]) if asked <= keys_of(a)]
    for name, inputs in arrays_of(ledger, kit, rows.inputs[0][None]):
        if name in ledger.sliced and len(inputs) <= MOST_ROWS and _is_doubled(inputs) and given <= keys_of(inputs):
            found = next((a for other, a in targets if other != name and len(a) == len(inputs)), None)
            if found is not None:
                return inputs, found
    return None


def stand_across(ledger: Ledger, kit: Kit) -> bool:
    """Whether the rows of the script stand along the second axis of what the model is given, and times along the first.

    A row of an array of the script's is found there, or each time's targets are the inputs of the next.
    """
    rows, count = ledger.rows, ledger.batch_size
    some = rows.inputs[:count]
    if count < 2 or len(some) < count or any(row.ndim < 1 or row.shape != some[0].shape for row in some):
        return False
    batch = np.stack(some)
    across = batch.swapaxes(0, 1)
    if any(mark(across[0]) in keys_of(a) for _, a in arrays_of(ledger, kit, across)):
        return not any(len(a) > count and mark(batch[0]) in keys_of(a) for _, a in arrays_of(ledger, kit, batch))
    asked = rows.targets[:count]
    foretold = len(asked) == count and asked[0].shape == some[0].shape and (batch[1:] != batch[:-1]).any()
    return foretold and np.array_equal(np.stack(asked)[:-1], batch[1:])


def keys_of(array: np.ndarray) -> set[bytes]:
    return {mark(row) for row in array[:MOST_ROWS]}


def _line_of_judging(ledger: Ledger) -> Any:
    return next((call.site for call in ledger.evaluations if call.site is not None), None)


def _line_of(ledger: Ledger) -> Any:
    return next((one.call.site for one in reversed(ledger.iterations) if one.call is not None), None)


def arrays_of(ledger: Ledger, kit: Kit, rows: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """The script's variables, and attributes of its own objects, that hold rows such as these; none of several inputs."""
    if rows.dtype.names:
        return
    for name, value in list(_variables(ledger)):
        array = None if name.startswith("__") or not hasattr(value, "shape") else kit.array(value)
        if array is not None and array.shape[1:] == rows.shape[1:] and len(array) > 1:
            yield name, array.astype(rows.dtype) if array.dtype != rows.dtype else array


def _variables(ledger: Ledger) -> Iterator[tuple[str, Any]]:
    yield from ledger.names.items()
    for value in ledger.names.values():
        if type(value).__module__ == "__main__" and hasattr(value, "__dict__"):
            yield from vars(value).items()


def _holds(array: np.ndarray, batch: np.ndarray) -> bool:
    """Whether the first and the last row of a batch are among those of an array."""
    known = keys_of(array)
    return mark(batch[0]) in known and mark(batch[-1]) in known


def list_kept_arrays(ledger: Ledger, kit: Kit) -> Iterator[tuple[str, np.ndarray]]:
    """The rows of variables, and of entries of dicts, whose names say that they are kept to judge by."""
    rows = ledger.rows.inputs[0][None]
    for name, value in ledger.names.items():
        for told, part in _list_parts(name, value, bool(tell_words_of_all(name) & OF_OTHERS), 0):
            array = kit.array(part) if hasattr(part, "shape") else None
            if array is not None and array.shape[1:] == rows.shape[1:] and len(array) > 1:
                yield told, array.astype(rows.dtype)


def _list_parts(name: str, value: Any, kept: bool, depth: int) -> Iterator[tuple[str, Any]]:
    """What is kept to judge by: a variable itself, the inputs of a data set or a pair, and entries of that name."""
    if isinstance(value, dict) and depth < DEEPEST:
        for key, part in value.items():
            words = tell_words_of_all(repr(key)) if isinstance(key, str) else set()
            yield from _list_parts(f"{name}[{key!r}]", part, kept or bool(words & OF_OTHERS), depth + 1)
    elif kept:
        dataset = getattr(value, "dataset", None)
        first = value[:1] if isinstance(value, (tuple, list)) else ()
        for part in (value, *first, *(getattr(value, "arrays", None) or getattr(dataset, "tensors", None) or ())[:1]):
            yield name, part
