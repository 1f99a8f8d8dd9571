"""`gather`: what becomes of a ledger: what the loop does wrong, and all that experiments are made with."""

from __future__ import annotations

import itertools
import warnings
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from autograd.program import python_of
from nn.health.evidence.data import are_in_order
from nn.health.frameworks.network import Apply, apply_plainly
from nn.health.frameworks.side_by_side import SideBySide
from nn.health.guess import are_signs, wants_opposite, wants_signs
from nn.health.loop import findings as rules
from nn.health.loop.application import Application, Applied, Picked
from nn.health.loop.clipping import find_clipped_moves, find_clipping, share_left
from nn.health.loop.kit import Kit
from nn.health.loop.ledger import Call, Ledger, Seen
from nn.health.loop.naming import name_leaves
from nn.health.loop.own_rule import has_own_rule
from nn.health.loop.recorder import Recorder
from nn.health.loop.rewards import Rewards
from nn.health.loop.rows import DOUBLES, find_doubled_rows, find_unchanged_rows, list_notes, stand_across
from nn.health.loop.rule import MIN_PASSES
from nn.health.loop.schedules import find_long_warm_up, find_schedule_of_steps, is_rising
from nn.health.loop.text import (
    adds_turned,
    goes_around_another,
    loop_variables,
    meant_epochs,
    negates,
    share_a_loop,
    sliced_names,
)
from nn.health.loop.updates import find_flat_loss
from nn.health.multi_input import join_inputs, split_inputs
from nn.health.multi_output import find_joined_loss
from nn.health.scores import ignored_of, name_of
from nn.health.subject import SOME

# The largest momentum that is read off steps by hand.
MOST_CARRIED = 0.9999
# The share of another loss that is no loss.
NOTHING = 1e-6
# The share of the rows below which a loop over them is left before its end.
LEFT_EARLY = 0.5


def gather(recorder: Recorder, kit: Kit) -> Seen:
    """What a run has shown."""
    ledger, rows = recorder.ledger, recorder.ledger.rows
    last = next((one.call for one in reversed(ledger.iterations) if one.call is not None), None)
    line, doubled = ledger.iterations[-1].site if ledger.iterations else None, None
    if line is not None and line.filename == recorder.path:
        ledger.text = python_of(Path(line.filename)).decode(errors="replace")
    names = {**recorder.names, **ledger.names}
    if ledger.text and rows.inputs and line is not None:
        text = ledger.text
        ledger.sliced = sliced_names(text)
        doubled = find_doubled_rows(ledger, kit) or _rows_of_few_kinds(ledger)
        ledger.doubled = 0 if doubled is None else len(doubled[0])
        ledger.meant, ledger.counter = meant_epochs(
            text, ledger.lines or [line.lineno], names, ledger.rows_of_an_epoch, ledger.batch_size or 32
        )
    if last is not None and hasattr(last.model, "sources"):
        # What a script trains without a module has the names of its variables.
        last.model.names = name_leaves(last.model.sources, names, recorder.first[id(last.model)][1])
    seen = Seen(
        rules.find_faults(ledger, kit),
        list(list_notes(ledger, kit)),
        iterations=len(ledger.iterations),
        rated=bool(ledger.optimizers),
        is_led=ledger.is_led,
    )
    if last is None:
        return seen
    seen.is_one_of_many = _is_one_of_many(ledger, last, names)
    seen.loss = (
        ledger.loss if abs(ledger.scale - 1.0) < 1e-3 or ledger.loss is None else _scale(ledger.loss, ledger.scale)
    )
    seen.restore = _rewind(recorder, last.model, kit)
    seen.model, seen.apply = _apply(kit, last, last.application)
    seen.optimizer = _optimizer_of(recorder, kit, seen.model)
    if ledger.steps and seen.optimizer is not None:
        seen.alone = not _others_of_model(recorder, kit, seen.optimizer)
    seen.optimizer = kit.hold(seen.optimizer, seen.model)
    # Rows of a few passes are not what the run is of.
    kinds = {(row.shape, row.dtype if row.dtype.names else None) for row in rows.inputs}
    if 2 * len(ledger.batches) >= len(ledger.iterations) > 0 and len(kinds) == 1:
        seen.inputs = kit.as_input(np.stack(rows.inputs))
        one_kind = len({row.shape for row in rows.targets}) == 1 and not ledger.is_in_turns
        if len(rows.targets) == len(rows.inputs) and one_kind:
            seen.targets = kit.as_input(np.stack(rows.targets))
            seen.unchanged = find_unchanged_rows(ledger, kit)
            if doubled is not None:
                seen.inputs, seen.targets = map(kit.as_input, doubled)
            given, asked = doubled or (np.stack(rows.inputs), np.stack(rows.targets))
            if last.gives_loss and (without := _leave_out(kit, last, given, asked)):
                seen.inputs = kit.as_input(without[0])
                seen.model, seen.apply = _apply(kit, last, without[1])
            read = _read_signs(kit, seen, negates(ledger.text))
            if read is None and adds_turned(ledger.text):
                read = _read_opposite(kit, seen)
            if read is not None:
                seen.loss, seen.targets = read
    seen.batch_size = ledger.batch_size or 32
    # All that is known of one row alone is what a constant answers, too: its numbers may be the rows, side by side.
    alone = len(rows.inputs) == 1 and rows.inputs[0].size > 1 and len(ledger.iterations) > 1
    # What was read off a graph has its rows along the first axis, wherever they stand in the script.
    across = not any(getattr(last.model, "axes", ())) and seen.is_whole and stand_across(ledger, kit)
    # Where the state goes on that was left out, the same rows may be asked for something else.
    told_by_state = ledger.goes_on and any(rows.otherwise)
    if seen.is_whole and (alone or across or told_by_state or not _stands(kit, seen)):
        seen.inputs = None
    if seen.is_whole and (rewards := Rewards(kit, seen)).place is not None:
        turned = rewards.find_turned(line)
        # The targets are what the model has drawn, and others each time.
        seen.findings = [f for f in seen.findings if f.cause != "targets unrelated to inputs"]
        seen.findings += [turned] if turned is not None else []
        seen.targets, seen.is_led = None, True
        seen.notes.append(
            "the loss is a multiple of numbers of both signs, such as rewards of what was drawn: rows of some passes are no data for others"
        )
    if has_own_rule(ledger):
        seen.own_losses = [one.loss for one in ledger.iterations]
        seen.change = float(np.nanmedian([one.change for one in ledger.iterations]))
    seen.shuffle = _is_shuffled(ledger)
    seen.epochs = _epochs_of_kept_rows(ledger, ledger.doubled or len(rows.inputs))
    if ledger.ended is False and (ledger.doubled or len(rows.inputs)) < ledger.rows_of_an_epoch:
        count = len(rows.inputs)
        some = f"the first {count} rows" if rows.every == 1 else f"{count} rows, one of {rows.every} of those,"
        seen.notes.append(f"the experiments are made with {some} that the model was given")
    if not seen.is_whole and not seen.findings and (flat := find_flat_loss(ledger, kit)) is not None:
        seen.findings.append(flat)
    seen.options, seen.left = dict(find_clipping(ledger)), share_left(ledger)
    return seen


def _is_one_of_many(ledger: Ledger, call: Call, names: Mapping[str, Any]) -> bool:
    """Whether a loop around the training makes the model, or goes over models of which it is one."""
    made = [site.lineno for part in call.parts for site in ledger.built.get(id(part), [])]
    gone_over = [names.get(name) for name in loop_variables(ledger.text, ledger.lines)]
    return share_a_loop(ledger.text, made, ledger.lines) or any(one is part for one in gone_over for part in call.parts)


def _apply(kit: Kit, call: Call, application: Application | None) -> tuple[Any, Apply]:
    """The model whose answers are looked at, and how it is called."""
    model, apply = kit.as_model(call.model), apply_plainly
    # A model that is called more than once is not called so by models in a row, of which each stands there once.
    if application is not None and not (application.is_plain and application.depth == len(call.parts)):
        apply = Applied(application, tuple(map(id, call.parts)))
    return model, apply if call.part is None else Picked(apply, call.part, kit.put_side_by_side)


def _stands(kit: Kit, seen: Seen) -> bool:
    """Whether the model and the loss take other numbers of rows without an error: as the script gives them they made none."""
    assert seen.inputs is not None
    assert seen.targets is not None
    for count in {seen.batch_size, max(seen.batch_size // 2, 1), min(len(seen.inputs), SOME)}:
        x, y = (np.asarray(part[:count]) for part in (seen.inputs, seen.targets))
        try:
            # A warning of shapes is no error, also where warnings are.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                outputs = kit.answer(seen.model, seen.apply, x)
                seen.loss(kit.as_constant(outputs), kit.as_input(y))
        except Exception:
            return False
    return True


def _leave_out(kit: Kit, call: Call, inputs: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, Application] | None:
    """Of a model that is given its targets, and whose answers do not depend on them: the inputs without these."""
    parts, application = split_inputs(inputs), call.application
    if application is None or len(parts) < 2:
        return None
    asked = targets.reshape(len(targets), -1)
    for name, part in parts.items():
        if np.array_equal(part.reshape(len(part), -1), asked):
            rest, fixed = join_inputs({n: p for n, p in parts.items() if n != name}), application.fix(name, part[:1])
            (before, with_it), (after, without) = _apply(kit, call, application), _apply(kit, call, fixed)
            answers = kit.answer(before, with_it, inputs[:SOME]), kit.answer(after, without, rest[:SOME])
            if np.allclose(*answers, rtol=1e-4, atol=1e-6, equal_nan=True):
                return rest, fixed
    return None


def _read_signs(kit: Kit, seen: Seen, negates: bool) -> tuple[Any, Any] | None:
    """Of labels of -1 and 1 that a script multiplies for its loss, as in `1 + -y * score` or `exp(-3 * y * score)`: these, and the loss.

    That they have the other sign is taken for meant where the script `negates` something.
    """
    assert seen.inputs is not None
    targets, loss = np.asarray(seen.targets), seen.loss
    size = float(np.abs(targets).max()) if targets.dtype.kind in "iuf" and targets.size else 0.0
    if loss is None or not np.isfinite(size) or not size or not are_signs(targets / size):
        return None
    outputs, some = kit.answer(seen.model, seen.apply, np.asarray(seen.inputs[:SOME])), targets[:SOME] / size
    if outputs.size != some.size or not are_signs(some):
        return None

    def value(outputs: np.ndarray, signs: np.ndarray) -> float:
        return kit.number(loss(kit.as_constant(outputs), kit.as_input((size * signs).astype(targets.dtype))))

    signs = some.reshape(outputs.shape).astype(outputs.dtype)
    opposite = wants_opposite(signs, some, value)
    turned = opposite and negates
    if not turned and (size == 1.0 or not (opposite or wants_signs(signs, some, value))):
        return None
    # Numbers that are asked for cost more beyond them.
    way = -signs if opposite else signs
    if not value(4.0 * size * way, some) <= value(2.0 * size * way, some):
        return None
    factor = -size if turned else size

    def of_signs(outputs: Any, targets: Any) -> Any:
        return loss(outputs, factor * targets)

    of_signs.__name__ = name_of(loss)
    return of_signs, kit.as_input((targets / factor).astype(targets.dtype))


def _read_opposite(kit: Kit, seen: Seen) -> tuple[Any, Any] | None:
    """Of targets that a script adds with the other sign, `out + (-y)`, so that those were read: these as they are, and the loss."""
    assert seen.inputs is not None
    targets, loss = np.asarray(seen.targets), seen.loss
    some = targets[:SOME]
    outputs = kit.answer(seen.model, seen.apply, np.asarray(seen.inputs[: len(some)]))
    if loss is None or targets.dtype.kind != "f" or outputs.size != some.size or not some.any():
        return None
    same = some.reshape(outputs.shape).astype(outputs.dtype)
    opposite, as_it_is = (kit.number(loss(kit.as_constant(answers), kit.as_input(some))) for answers in (-same, same))
    if not abs(opposite) < NOTHING * abs(as_it_is):
        return None

    def of_opposite(outputs: Any, targets: Any) -> Any:
        return loss(outputs, -1.0 * targets)

    of_opposite.__name__ = name_of(loss)
    return of_opposite, kit.as_input(-targets)


def _scale(loss: Any, scale: float) -> Any:
    """A loss whose gradients are those that the steps are taken with, where the script scales them as for few bits."""

    def scaled(outputs: Any, targets: Any) -> Any:
        return scale * loss(outputs, targets)

    scaled.__name__ = name_of(loss)
    scaled.joined = find_joined_loss(loss)  # type: ignore[attr-defined]
    # What is known of the loss holds for any multiple of it.
    scaled.ignored = ignored_of(loss)  # type: ignore[attr-defined]
    for known in ("arrange", "weight", "pos_weight"):
        if (told := getattr(loss, known, None)) is not None:
            setattr(scaled, known, told)
    return scaled


def _others_of_model(recorder: Recorder, kit: Kit, optimizer: Any) -> list[Any]:
    """Optimizers that take steps with other parameters of the same model."""
    model = recorder.ledger.models[-1][0] if recorder.ledger.models else None
    mine = {id(p) for p in kit.parameters(model)} if model is not None else set()
    held = {id(p) for group in optimizer.param_groups for p in group["params"]}
    found: list[Any] = []
    for other, _ in recorder.ledger.steps:
        moved = {id(p) for group in other.param_groups for p in group["params"]}
        if moved <= mine and not moved & held:
            found.append(other)
            held |= moved
    return found


def _rows_of_few_kinds(ledger: Ledger) -> tuple[np.ndarray, np.ndarray] | None:
    """All rows that came, where they are of few kinds, and not the same ones in each pass."""
    came = ledger.rows.came
    if (
        not came
        or min(len(set(ledger.batches)), len(ledger.rows.times)) < 2
        or len({(x.shape, y.shape) for x, y in came}) > 1
    ):
        return None
    return np.stack([x for x, _ in came]), np.stack([y for _, y in came])


def _epochs_of_kept_rows(ledger: Ledger, kept: int) -> int | None:
    """How often so many kept rows must be gone through for as many steps as are meant; None where that is not known.

    Of a script that has ended by itself it is as many as there were, whatever its loop says: it may leave that earlier.
    """
    if ledger.ended and ledger.rows.total:
        return max(1, round((ledger.rows.total - _count_looks(ledger)) / kept))
    if ledger.meant is None or not ledger.knows_epoch or not ledger.rows.inputs:
        return None
    rows = ledger.rows_of_an_epoch
    first, last = (counters.get(ledger.counter or "", 0) for counters in ledger.counters)
    rounds = abs(last - first) + 1
    if ledger.rows.doubles > DOUBLES * kept and not ledger.doubled:
        # Of rows that are alike some are kept: so many came each time the loop went round.
        rows = max(rows, ledger.rows.total // rounds)
    if ledger.rows.came and 1 < rounds < len(ledger.iterations):
        rows = ledger.rows.total // rounds
    whole = rounds - (not ledger.ended)
    if whole >= MIN_PASSES and goes_around_another(ledger.text, ledger.lines):
        # A loop over batches that is left before its end takes some of the rows each time.
        each = ledger.rows.total // whole
        rows = each if each < LEFT_EARLY * rows else rows
    return max(1, round(ledger.meant * rows / kept))


def _count_looks(ledger: Ledger) -> int:
    """How many rows came once more for the same step of an optimizer, as of one that looks at the gradient somewhere else first."""
    passes = [one for one in ledger.iterations if one.call is not None] if ledger.steps else []
    again = [
        late
        for early, late in itertools.pairwise(passes)
        if not early.has("step")
        and early.call is not None
        and late.call is not None
        and early.call.batch == late.call.batch
    ]
    return len(again) * ledger.batch_size


def _optimizer_of(recorder: Recorder, kit: Kit, model: Any) -> Any:
    """The optimizer as it was made, with the largest rate that it had; where weights are moved by hand, one that does the same."""
    ledger = recorder.ledger
    if has_own_rule(ledger):
        return None
    if not ledger.steps and not ledger.optimizers:
        moved = [one for one in ledger.iterations if np.isfinite(one.direction)]
        if not moved:
            return None
        # Where what moves the weights is near to several rules, it is that of most passes.
        rule = Counter(one.rule for one in moved).most_common(1)[0][0]
        of_rule = [(abs(one.direction), one.carried, one.decayed) for one in moved if one.rule == rule]
        rate, carried, decayed = np.median(of_rule, axis=0)
        # Of steps that are cut to a length the rate is that of those that are not.
        if (clipped := find_clipped_moves(ledger)) is not None:
            rate = clipped[0]
        decay = max(float(decayed / rate), 0.0) + (ledger.penalty or 0.0)
        if rule is not None:
            return kit.optimizer(model, rule.name, lr=float(rate), weight_decay=decay, **dict(rule.options))
        momentum = min(max(float(carried), 0.0), MOST_CARRIED)
        return kit.optimizer(model, "SGD", lr=float(rate), momentum=momentum, weight_decay=decay)
    optimizer = ledger.steps[-1][0] if ledger.steps else ledger.optimizers[-1][0]
    # What a run that was lost has left in it would be lost again.
    begun = recorder.begun.get(id(optimizer))
    if begun is not None:
        kit.put_state(optimizer, _with_added_groups(begun, kit.state(optimizer)))
    rates = [one.rate for one in ledger.iterations if one.rate is not None and one.rate > 0.0]
    factor = max(rates) / max((float(g["lr"]) for g in optimizer.param_groups), default=1.0) if rates else 1.0
    late = find_long_warm_up(ledger, kit) or find_schedule_of_steps(ledger, kit)
    if not ledger.ended and is_rising(ledger) and late is None:
        # The run was left while it warmed up: the rate comes to what the optimizer was made with.
        factor = max(factor, 1.0)
    for group in optimizer.param_groups:
        if np.isfinite(factor):
            group["lr"] = float(group["lr"]) * factor
        if ledger.penalty and "weight_decay" in group:
            group["weight_decay"] = float(group["weight_decay"]) + ledger.penalty
    apart = []
    for other in _others_of_model(recorder, kit, optimizer):
        if type(other) is type(optimizer):
            for group in other.param_groups:
                optimizer.add_param_group(dict(group))
        elif _steps_as_often(ledger, other, optimizer):
            kit.put_state(other, recorder.begun.get(id(other), kit.state(other)))
            apart.append(other)
    return SideBySide([optimizer, *apart]) if apart else optimizer


def _steps_as_often(ledger: Ledger, one: Any, other: Any) -> bool:
    """Whether two optimizers take their steps together, and not in turns of different lengths."""
    counts = [sum(stepped is each for stepped, _ in ledger.steps) for each in (one, other)]
    return abs(counts[0] - counts[1]) <= 1


def _with_added_groups(begun: Any, now: Any) -> Any:
    """The state that an optimizer was made with, and the groups that it was given since, of which it knows nothing yet."""
    added = now.get("param_groups", [])[len(begun.get("param_groups", [])) :]
    if not added:
        return begun
    known = begun["state"] if isinstance(begun["state"], Mapping) else dict(enumerate(begun["state"]))
    return {**begun, "state": known, "param_groups": [*begun["param_groups"], *added]}


def _is_shuffled(ledger: Ledger) -> bool:
    """Whether the batches of a later time through the rows are others than those of the first; or of one time, whether they are mixed."""
    # A batch of a single row comes again in any order.
    again = len(set(ledger.batches)) < len(ledger.batches) and (ledger.batch_size > 1 or ledger.passes_of_an_epoch == 1)
    if again or ledger.comes_in_parts:
        return False
    targets = ledger.rows.targets
    whole = [target for target in targets if np.size(target) == 1 and np.asarray(target).dtype.kind in "iub"]
    once = ledger.rows.epochs < 2 and 0 < len(whole) == len(targets)
    return not (once and are_in_order(np.ravel(whole)))


def _rewind(recorder: Recorder, model: Any, kit: Kit) -> Callable[[], None]:
    """Put a model back to where it began; gives what puts it forward again."""
    now, first = kit.state(model), recorder.first.get(id(model))
    if first is not None:
        kit.put_state(model, first[1])
    return lambda: kit.put_state(model, now)
