"""What the network is made of, and what its answers depend on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from nn.health.evidence.facts import Facts
from nn.health.evidence.loss import adds_up_over_rows
from nn.health.experiments.fresh_weights import draw_weights
from nn.health.finding import Finding
from nn.health.frameworks.network import LeafCall, Network
from nn.health.multi_input import change_inputs, join_inputs, split_inputs
from nn.health.record import Record
from nn.health.subject import SOME, Subject

# Rows whose answers are compared while the others in their batch change.
COMPARED = 4
# How much answers may vary from call to call, beside how they vary over the rows.
VARYING = 0.05
# The share of it that is left once the noise was learned, and how much that may be.
FADED, NOISE = 0.15, 0.1
# Activations of one formula on each side of 0, and the share of numbers that must lie on each of them.
ACTIVATIONS = ("LeakyReLU", "RReLU", "Threshold", "Hardshrink", "Softshrink", "ELU", "CELU", "SELU", "SiLU", "GELU")
BOTH_SIGNS = 0.05
# Whose objects hold what is theirs.
LIBRARIES = (
    "builtins",
    "numpy",
    "torch",
    "nn",
    "autograd",
    "optim",
    "functools",
    "collections",
    "typing",
    "types",
    "abc",
)
# How often weights are drawn anew.
DRAWS = 5
# Rows that are asked for.
DRAWN = 16
# Modules that are named.
SHOWN = 3


def find_unregistered(network: Any) -> Iterator[Finding]:
    """Modules and parameters in plain lists, tuples, dicts and objects of other classes, which no attribute registers."""
    known = {id(part) for _, m in network.modules() for part in (m, *_values(m))}
    for path, module in network.modules():
        for name, value in vars(module).items():
            if name.startswith("_"):
                continue
            parts = _things(value) if not network.is_part(value) else ()
            inside = [thing for thing in parts if network.is_part(thing) and id(thing) not in known]
            if inside:
                where = f"{path}.{name}" if path else name
                kind = type(inside[0]).__name__
                if _is_plain(value):
                    yield Finding(
                        "unregistered parameters",
                        path,
                        f"{where} is a {type(value).__name__}, whose class is no nn.Module, and holds {len(inside)} {kind}: parameters() "
                        "does not see what is in it, and no optimizer moves it",
                        f"class {type(value).__name__}(nn.Module), with super().__init__() first and forward for __call__",
                        {"count": len(inside)},
                    )
                    continue
                yield Finding(
                    "unregistered parameters",
                    path,
                    f"{where} is a plain {type(value).__name__} of {len(inside)} {kind}: parameters() does not see what is "
                    "in it, and no optimizer moves it",
                    f"self.{name} = nn.ModuleList(…) (nn.ModuleDict for a dict, nn.ParameterList for parameters)",
                    {"count": len(inside)},
                )
    for path, module in network.modules():
        for name, value in vars(module).items():
            if not name.startswith("_") and id(value) not in known and network.is_loose(value):
                yield Finding(
                    "unregistered parameters",
                    path,
                    f"{f'{path}.{name}' if path else name} is a tensor that requires a gradient, and no Parameter: "
                    "parameters() does not see it",
                    f"self.{name} = nn.Parameter(…)",
                )


def _things(value: Any, depth: int = 3) -> Iterator[Any]:
    """What lies in lists, tuples, dicts and objects of a program's own classes, also in one another."""
    given = vars(value) if _is_plain(value) else value
    inside = given.values() if isinstance(given, dict) else given if isinstance(given, (list, tuple)) else ()
    for thing in inside:
        yield thing
        if depth and (isinstance(thing, (list, tuple, dict)) or _is_plain(thing)):
            yield from _things(thing, depth - 1)


def _is_plain(value: Any) -> bool:
    """Whether something is of a class that a program has made, of no base but object."""
    return (
        type(value).__bases__ == (object,)
        and type(value).__module__.partition(".")[0] not in LIBRARIES
        and hasattr(value, "__dict__")
    )


def _values(module: Any) -> list[Any]:
    return [p for _, p in module.named_parameters()]


def find_mixed_rows(subject: Subject, facts: Facts) -> Iterator[Finding]:
    """Answers in evaluation mode, in which batch normalisation uses no batch, while the other rows change."""
    x = subject.x
    if len(x) < 4 * COMPARED or adds_up_over_rows(facts.outputs):
        return
    network = subject.network.copy()
    mine, some, others = x[:COMPARED], x[COMPARED : 2 * COMPARED], x[2 * COMPARED : 3 * COMPARED]
    # Other numbers of the same size, where rows repeat.
    others = change_inputs(others, _reverse)
    apart = size = 0.0
    # The others follow, and go before: a recurrent layer that takes the batch for time only looks back.
    for parts in (((mine, some), (mine, others)), ((some, mine), (others, mine))):
        try:
            a, b = (network.answer(np.concatenate(part)) for part in parts)
        except Exception:
            return
        if a.shape != b.shape or len(a) != 2 * COMPARED:
            return
        same = slice(None, COMPARED) if parts[0][0] is mine else slice(COMPARED, None)
        size = max(size, float(np.abs(a).max(initial=0.0)))
        apart = max(apart, float(np.abs(a[same] - b[same]).max(initial=0.0)))
    if np.isfinite(apart) and apart > 1e-3 * max(size, 1e-12):
        yield Finding(
            "rows mixed",
            "",
            f"the answers for {COMPARED} rows change by up to {apart:.3g} when only other rows of their batch change, in "
            "evaluation mode too",
            "look for a reshape where a transpose was meant, and for sums, softmax or normalisation along the batch axis",
            {"change": apart, "size": size},
        )


def _reverse(part: np.ndarray) -> np.ndarray:
    """Numbers in the other order; codes stay what they are."""
    return part if part.dtype.kind != "f" else part[:, ::-1] if part.ndim > 1 else part[::-1]


def find_varying_answers(subject: Subject) -> Iterator[Finding]:
    """Answers for the same rows that are others each time, in evaluation mode: dropout that does not heed it, or a state that is kept."""
    network, some = subject.network.copy(), subject.x[: 8 * COMPARED]
    before = _attributes(network)
    first, second = network.answer(some), network.answer(some)
    if first.shape != second.shape or not (np.isfinite(first).all() and np.isfinite(second).all()):
        return
    apart, spread = float(np.abs(first - second).mean()), float(first.std(axis=0).mean())
    if apart <= VARYING * max(spread, 1e-12):
        return
    kept = _find_kept(subject, network, before, first)
    told = f"the answers for the same rows change by {apart:.3g} from one call to the next, in evaluation mode too"
    numbers = {"change": apart, "spread over the rows": spread}
    if kept is not None:
        path, name = kept
        kept_name = f"{path}.{name}" if path else name
        yield Finding(
            "rows mixed",
            path,
            f"{told}: {kept_name} is kept between the calls, so that an answer depends on the batches before",
            f"begin each batch with {kept_name} as it was at first, or give it to forward and take it back",
            numbers,
        )
        return
    yield Finding(
        "training mode in evaluation",
        "",
        f"{told}: something draws at random whatever the mode is, such as a dropout that is called as a function",
        "dropout(x, p, training=self.training), or the module nn.Dropout, which knows the mode",
        numbers,
    )


def fades(finding: Finding, network: Network, x: np.ndarray) -> bool:
    """Whether answers that varied at first hardly do once the network has learned: it draws noise of its own, and learns how much.

    So does a variational autoencoder that is judged as it trains; dropout goes on as it began.
    """
    if finding.cause != "training mode in evaluation" or "spread over the rows" not in finding.evidence:
        return False
    first, second = network.answer(x), network.answer(x)
    apart, spread = float(np.abs(first - second).mean()), float(first.std(axis=0).mean())
    before = finding.evidence["change"] / max(finding.evidence["spread over the rows"], 1e-12)
    return apart <= min(FADED * before, NOISE) * spread


def _find_kept(
    subject: Subject, network: Any, before: dict[tuple[str, str], np.ndarray], first: np.ndarray
) -> tuple[str, str] | None:
    """The path and the name of what changed with the calls, where the first answer comes again once it is as it was."""
    changed = [key for key, value in _attributes(network).items() if not _is_same(value, before.get(key))]
    fresh = dict(subject.network.copy().modules())
    for path, module in network.modules():
        for name in (name for where, name in changed if where == path):
            if hasattr(fresh[path], name):
                setattr(module, name, getattr(fresh[path], name))
            else:
                delattr(module, name)
    # What was only noted comes of what is drawn, and changes nothing.
    return changed[0] if changed and np.allclose(network.answer(subject.x[: len(first)]), first) else None


def _attributes(network: Any) -> dict[tuple[str, str], np.ndarray]:
    """What modules hold beside parameters and buffers, as arrays, by the module's path and the name."""
    found: dict[tuple[str, str], np.ndarray] = {}
    for path, module in network.modules():
        known = {name for name, _ in (*module.named_parameters(), *module.named_buffers())}
        for name, value in vars(module).items():
            if name in known or name.startswith("_") or not hasattr(value, "shape"):
                continue
            held = value.detach() if hasattr(value, "detach") else value
            found[path, name] = np.array(held.numpy() if hasattr(held, "numpy") else held)
    return found


def _is_same(a: np.ndarray, b: np.ndarray | None) -> bool:
    return b is not None and a.shape == b.shape and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")


def find_no_graph(network: Any, x: np.ndarray, y: np.ndarray) -> Iterator[Finding]:
    """A loss that nothing leads back from, so that no step can be taken."""
    if network.records(x, y):
        return
    if not any(w.trainable for w in network.parameters()):
        yield Finding(
            "frozen parameters",
            "",
            "no parameter requires a gradient",
            "requires_grad_(True) for those that are to be trained",
        )
        return
    yield Finding(
        "missing gradients",
        "",
        "the loss does not depend on the parameters: on its way from them it became a plain number or array",
        "compute it of the model's outputs as they are: without .data, .detach(), .numpy(), .item() or no_grad()",
    )


def find_dead_layer(facts: Facts) -> Iterator[Finding]:
    """A layer of which no row switches on a single ReLU: a few rows are enough to see it, and nothing comes through."""
    if facts.dead < 1.0 or facts.measure is None:
        return
    layer = facts.measure.layers[facts.dead_path]
    assert layer.alive is not None
    yield Finding(
        "dead units",
        layer.path,
        f"none of the {layer.alive.size} ReLUs of {layer.path or 'the model'} is above 0 for any of {layer.samples} rows, so that "
        "no gradient goes through them",
        "kaiming_normal_ and biases of 0 at the beginning, or LeakyReLU; where it comes later, a smaller rate",
        {"dead": layer.alive.size, "samples": layer.samples},
        layer.place,
    )


def tell_spare(finding: Finding, record: Record, facts: Facts) -> Finding:
    """Parameters without a gradient, of modules that are never called, are spare: they stop nothing."""
    last, called = record.last, {call.path for call in facts.calls}
    owners = {p.module for p in last.parameters.values() if p.trainable and p.missing}
    spare = finding.cause == "missing gradients" and last.cut is None and not owners & called
    return replace(finding, certain=False) if spare else finding


def find_idle_activation(facts: Facts) -> Iterator[Finding]:
    """An activation that gives back what it is given, on both sides of 0."""
    for call in facts.calls:
        if call.kind not in ACTIVATIONS or call.input.shape != call.output.shape or not np.isfinite(call.input).all():
            continue
        # Where it bends only far out, as a clip may, these rows may not come so far.
        both = float((call.input < 0.0).mean()) > BOTH_SIGNS < float((call.input > 0.0).mean())
        if both and np.array_equal(call.input, call.output):
            yield Finding(
                "no activation",
                call.path,
                f"{call.path} ({call.kind}) gives back what it is given, below 0 and above: the layers around it are one linear layer",
                f"a setting of {call.kind} that bends, such as a slope of 0.01 below 0, or ReLU",
            )
            return


def find_pairs_normalised(subject: Subject, facts: Facts) -> Iterator[Finding]:
    """Batch normalisation over one value or two: of one it makes 0, and of two -1 and 1, whatever they were."""
    for call in facts.calls:
        if not call.kind.startswith("BatchNorm") or call.input.ndim < 2 or not getattr(call.module, "training", True):
            continue
        count = min(subject.batch_size, len(subject.rows.x)) * int(np.prod(call.input.shape[2:]))
        if count <= 2:
            yield Finding(
                "normalisation of one row",
                call.path,
                f"{call.path} ({call.kind}) normalises {'one value' if count == 1 else 'two values'} of each unit, so that "
                f"{'only zeros are left of them' if count == 1 else 'only which of the two is larger is left of them'}",
                "batches of 16 to 64 rows; or LayerNorm or GroupNorm, which look at one row at a time",
                {"values": count},
            )
            return


def find_unused_inputs(subject: Subject) -> Iterator[Finding]:
    """Answers that stay the same whatever the inputs are, also with weights drawn anew."""
    x = subject.x
    # Some of unit scale, so that nothing is saturated or dead; and the rows as they are, of which a mask or a rule may know more.
    parts = [change_inputs(x, _draw_like), x[:DRAWN]]
    if any((part == part[:1]).all() for part in parts):
        return
    # One draw may leave a ReLU at the end dead.
    trials = [subject.trial(seed=subject.seed + k) for k in range(DRAWS)]
    for trial in trials:
        draw_weights(trial.network, trial.seed)
        _stir_vectors(trial.network, trial.seed)
    if all(_is_constant(trial.network.answer(part), len(part)) for trial in trials for part in parts):
        shut = {_find_shut(trial.network.calls(parts[0])) for trial in trials}
        if len(shut) == 1 and (path := shut.pop()):
            yield Finding(
                "dead units",
                path,
                f"{path} gives the same for all inputs, also for some of unit scale and with fresh weights: all of it lies on its "
                "flat side, through which no gradient comes",
                "a threshold that lies among the values that come there, about 0 and 1, or ReLU",
            )
            return
        yield Finding(
            "inputs unused",
            "",
            "the network gives the same answer for all inputs, with fresh weights too",
            "follow the inputs through forward: something replaces or overwrites them",
        )
        return
    some = x[:SOME]
    before = [_find_first_layer(trial.network.calls(some)) for trial in trials]
    # What is called first may be given the states of a recurrent layer, which forgets rows whose ends are alike.
    given = all(call is not None and _is_constant(call.input, len(some)) for call in before)
    recurs = any("weight_hh" in weights.path for weights in subject.network.parameters())
    if given and not recurs and all(_is_constant(trial.network.answer(some), len(some)) for trial in trials):
        yield Finding(
            "inputs unused",
            before[0].path if before[0] is not None else "",
            "all rows are the same where they come to the first layer with weights, and so are all answers, with fresh weights too",
            "look at what forward does to its inputs before that layer: a division that leaves whole numbers, a cast, a bound",
        )


def _find_first_layer(calls: list[LeafCall]) -> LeafCall | None:
    """What is called first that has weights."""
    return next((call for call in calls if getattr(call.module, "weight", None) is not None), None)


def _find_shut(calls: list[LeafCall]) -> str:
    """The first activation with a setting of its own that gives the same for all rows, whatever they bring; "" where there is none."""
    for call in calls:
        alike = call.input.shape == call.output.shape and np.ptp(call.output) == 0.0
        if call.kind in ACTIVATIONS and alike and (call.input != call.input[:1]).any():
            return call.path
    return ""


def _stir_vectors(network: Any, seed: int) -> None:
    """Move what is no matrix and was not drawn: weights of single units may all be 0, as those of a logistic regression."""
    rng = np.random.default_rng(seed + 6)
    for w in network.parameters():
        if w.values.ndim < 2:
            w.values[...] += rng.normal(size=w.values.shape)


def find_unused_part(subject: Subject, facts: Facts) -> Iterator[Finding]:
    """One of several inputs that layers make something of, on which no answer depends, also with weights drawn anew."""
    parts = split_inputs(subject.x[:SOME])
    for name, part in parts.items() if len(parts) > 1 else ():
        moved = np.roll(part, 1, axis=0)
        if (part == part[:1]).all():
            continue
        others = join_inputs({**parts, name: moved})
        if not np.array_equal(subject.network.copy().answer(others), facts.outputs):
            continue
        trials = [subject.trial(seed=subject.seed + k) for k in range(DRAWS)]
        for trial in trials:
            draw_weights(trial.network, trial.seed)
        answers = [[trial.network.answer(rows) for rows in (subject.x[:SOME], others)] for trial in trials]
        if not all(np.isfinite(one).all() and np.array_equal(one, other) for one, other in answers):
            continue
        idle = _list_moved(facts.calls, subject.network.copy().calls(others))
        if idle:
            yield Finding(
                "inputs unused",
                idle[0],
                f"the input {name} goes into {' and '.join(idle[:SHOWN])}, and the answers are the same whatever it is, with fresh "
                "weights too: what is made of it there is left out",
                "follow it through forward: give what is made of it to what makes the answers, such as an encoder's state to the decoder",
            )
            return


def _list_moved(calls: list[LeafCall], others: list[LeafCall]) -> list[str]:
    """The modules that give something else."""
    if [call.path for call in calls] != [call.path for call in others]:
        return []
    return [one.path for one, other in zip(calls, others, strict=True) if not np.array_equal(one.output, other.output)]


def _draw_like(part: np.ndarray) -> np.ndarray:
    """Some numbers of unit scale; codes in another order."""
    rng, some = np.random.default_rng(0), part[:DRAWN]
    return rng.normal(size=some.shape).astype(part.dtype) if part.dtype.kind == "f" else rng.permutation(part)[:DRAWN]


def _is_constant(answers: np.ndarray, count: int) -> bool:
    return (
        len(answers) == count
        and answers.size > 1
        and np.isfinite(answers).all()
        and bool((answers == answers[:1]).all())
    )
