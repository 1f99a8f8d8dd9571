"""The rules that read a loop's ledger, on both sides of each threshold, and what each tells, of ledgers made by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from nn.health.finding import Finding
from nn.health.loop import by_hand, findings, kept, left_loops, norms, rows, schedules, sums, unheeded, updates
from nn.health.loop import judged as judging
from nn.health.loop import judged_by_hand as judged_by_hand_rules
from nn.health.loop.ledger import Call, Iteration, Ledger, Loader
from nn.health.loop.recorder import Recorder
from nn.health.loop.sums import find_old_graph
from nn.health.loop.trained_rows import Rows, mark
from nn.parameter import Parameter
from optim import RMSprop
from optim.lr_scheduler import ReduceLROnPlateau
from tests.texts import assert_text

NAN = float("nan")
TEXTS = Path(__file__).parent.parent / "texts"


class Line(SimpleNamespace):
    """A source line of a script."""

    @property
    def line_name(self) -> str:
        return f"line {self.lineno}"

    def __str__(self) -> str:
        return f"train.py:{self.lineno}: {self.line}"


def line(number: int, text: str, function: str = "<module>", caller: Any = None) -> Any:
    return Line(lineno=number, line=text, filename="train.py", function=function, caller=caller)


MADE, CALLED, BACKWARD, STEPPED, ZEROED = (
    line(k + 1, text)
    for k, text in enumerate(
        ["model = Net()", "out = model(x)", "loss.backward()", "optimizer.step()", "optimizer.zero_grad()"]
    )
)


class Weight:
    """A parameter."""

    def __init__(self, requires_grad: bool = True) -> None:
        self.requires_grad = requires_grad
        self.gradient: Any = None


class Rising:
    """A schedule that has gone on so often, and whose rate rises ever faster for some steps."""

    def __init__(self, steps: int, rises: int) -> None:
        self.steps, self.rises, self.optimizer = steps, rises, SimpleNamespace(param_groups=[{}])

    def step(self) -> None:
        self.steps += 1
        self.optimizer.param_groups[0]["lr"] = min(self.steps, self.rises) ** 3


class Dropout:
    def __init__(self, p: float) -> None:
        self.p = p


class BatchNorm1d:
    """A layer that measures its batches."""


class BatchNorm2d:
    """One that keeps averages."""

    def __init__(self, mean: float = 0.0) -> None:
        self.running_mean, self.running_var = np.full(2, mean), np.ones(2)


class Net:
    """A model of one weight, and of what else is in it."""

    def __init__(self, *modules: Any, weights: int = 1) -> None:
        self.modules, self.weights = [self, *modules], [Weight() for _ in range(weights)]


class Adam:
    """An optimizer that keeps something of the steps before."""

    def __init__(self, *weights: Weight, **options: float) -> None:
        self.param_groups = [{"params": list(weights), **options}]


class SGD(Adam):
    """One that keeps nothing, but for momentum."""


KIT: Any = SimpleNamespace(
    parameters=lambda model: model.weights,
    modules=lambda model: model.modules,
    array=lambda given: given,
    gradient=lambda weight: weight.gradient,
    names=lambda model: [f"w{k}" for k in range(len(model.weights))],
)
MODEL = Net()
# What a gradient has come to of it.
PULLED = {id(MODEL): np.array([True])}


def call(model: Any = MODEL, training: bool = True, batch: bytes | None = None, **others: Any) -> Call:
    return Call(model, None, None, training, others.pop("site", CALLED), batch=batch, **others)


def one(*after: str, **others: Any) -> Iteration:
    """A pass, and the calls that followed."""
    usual: dict[str, Any] = {
        "site": BACKWARD, "call": call(), "targets": None, "stale": False, "change": 0.1, "likeness": 1.0, "nodes": 10
    }  # fmt: skip
    sites = {"step": STEPPED, "zero": ZEROED, "schedule": line(6, "scheduler.step()")}
    return Iteration(**{**usual, **others}, after=[(name, sites[name]) for name in after])


def ledger(*passes: Iteration, **others: Any) -> Ledger:
    return Ledger(iterations=list(passes), **others)


def some(count: int, *after: str, **others: Any) -> list[Iteration]:
    return [one(*after, **others) for _ in range(count)]


def steps(optimizer: Any, count: int) -> list[tuple[Any, Any]]:
    return [(optimizer, STEPPED)] * count


def seen(*batches: list[list[float]], targets: list[list[float]] | None = None) -> Rows:
    """Rows that a loop has trained on."""
    found = Rows()
    for k, batch in enumerate(batches):
        found.add(np.array(batch, np.float32), None if targets is None else np.array(targets[k]))
    return found


def table(count: int, first: int = 0) -> np.ndarray:
    return np.arange(first, first + count, dtype=np.float32)[:, None]


OPTIMIZER = Adam(*MODEL.weights)
Case = tuple[Callable[[Ledger, Any], Finding | None], Ledger, bool]


def still(count: int, moved: int = 0, **others: Any) -> Ledger:
    """Passes after the first of which the weights are where they were, but for some."""
    changes = [NAN, *[0.0] * (count - 1 - moved), *[0.1] * moved]
    return ledger(*(one(change=change) for change in changes), **others)


def by_lines(moved: list[bool], pulled: list[bool], change: float = 0.1, **others: Any) -> Ledger:
    """Passes of a model whose weights the loop itself moves."""
    model = Net(weights=len(moved))
    told = {"moved": {id(model): np.array(moved)}, "pulled": {id(model): np.array(pulled)}}
    return ledger(*some(4, call=call(model), change=change), **told, **others)


def by_text(after: str) -> Ledger:
    """Passes in which nothing moves, of a script with these lines after the backward pass."""
    return ledger(*some(5, change=0.0), text=f"\n\nloss.backward()\n{after}")


def cleared(count: int, well: int = 0) -> Ledger:
    return ledger(*some(count - well, "zero", "step", cleared=True), *some(well, "step", "zero", cleared=True))


def stale(count: int, fresh: int = 0, *after: str, **others: Any) -> Ledger:
    return ledger(
        *some(1, "step", **others),
        *some(fresh, "step", **others),
        *some(count, *(after or ("step",)), stale=True, **others),
    )


def sizes(*nodes: int) -> Ledger:
    return ledger(*(one(nodes=count) for count in nodes))


def rates(*values: float, schedules: int | None = None) -> Ledger:
    often = len(values) if schedules is None else schedules
    return ledger(*(one("step", *["schedule"] * (k < often), rate=rate) for k, rate in enumerate(values)))


def held_to(norm: float, *shares: float) -> Ledger:
    """Weights that are brought to a norm after each step, by these shares in turn."""
    return ledger(*(one(size=norm, shortened=share) for _ in range(6) for share in shares))


def plateaus(mode: str) -> Ledger:
    """A schedule that is told a loss which falls, after each of some steps."""
    schedule = ReduceLROnPlateau(RMSprop([Parameter(np.zeros(1))], lr=0.1), mode=mode, patience=0)
    return ledger(
        *some(8, "step", "schedule", rate=0.1), schedule=schedule, metrics=[0.9137, 0.7713, 0.6111, 0.5237], meant=30
    )


def modes(*training: bool, model: Any = None, **others: Any) -> Ledger:
    model = model or Net(Dropout(0.5))
    return ledger(*(one(call=call(model, mode)) for mode in training), **others)


def looks(training: int, evaluating: int, *modules: Any, asked: int = 0, known: float = NAN) -> Ledger:
    model = Net(*(modules or (BatchNorm1d(),)))
    calls = [
        call(model, True, asked=k < asked, known=known, site=line(9, "score(model(test_x))")) for k in range(training)
    ]
    return Ledger(evaluations=calls + [call(model, False) for _ in range(evaluating)])


def drawn(text: str, count: int = 8, size: int = 9) -> Ledger:
    """Passes that see the same two rows, of so many that the loop takes parts of."""
    batch, text = table(2, 3), f"for k in range(9):\n    {text}\n    go()"
    made = ledger(
        *some(count, call=call(batch=mark(batch))), rows=seen(batch.tolist()), text=text, lines=[3], batch_size=2
    )
    made.sliced, made.names = frozenset({"x"}), {"x": table(size, 1)}
    # What is judged by are others of them, so that a slice of the first ones may be meant.
    made.held.add(table(1, 5), None)
    return made


def uses(*each: tuple[int, int]) -> Ledger:
    """Optimizers, of which each took so many steps, and so many of them along gradients that its step before had used."""
    every = [Adam(Weight()) for _ in each]
    made = [(optimizer, line(40 + k, f"o{k} = Adam()")) for k, optimizer in enumerate(every)]
    return Ledger(optimizers=made, uses={id(optimizer): used for optimizer, used in zip(every, each, strict=True)})


def chained(*held: int, text: str = "", count: int = 4, gradients: bool = True, frozen: bool = False) -> Ledger:
    """Passes through three models, one after the other, of which an optimizer holds some."""
    parts = tuple(Net(weights=2) for _ in range(3))
    for weight in (w for part in parts for w in part.weights):
        weight.gradient = np.ones(1) if gradients else None
        weight.requires_grad = not frozen
    optimizer = Adam(*(weight for k in held for weight in parts[k].weights))
    built = {id(part): [line(50 + k, f"part{k} = Net()")] for k, part in enumerate(parts)}
    made = ledger(*some(4, call=call(Net(), parts=parts)), steps=steps(optimizer, count), built=built, text=text)
    made.optimizers.append((optimizer, line(30, "o = Adam()")))
    return made


def own_answers(count: int, others: int = 0, size: int = 8) -> Ledger:
    """Passes whose targets are what the model itself has answered, after some of others."""
    targets = np.zeros(size, int)
    return ledger(*some(others, targets=targets), *some(count, targets=targets, echoes=True))


def loaders(begun: int, drawn: int, length: int = 9, batches: int = 1, count: int = 4) -> Ledger:
    loader = Loader(length, begun, drawn, line(2, "next(iter(loader))"))
    return ledger(*(one(call=call(batch=bytes([k % batches]))) for k in range(count)), loaders={1: loader})


def models(*order: int, made: int | None = None, kinds: int = 1, **others: Any) -> Ledger:
    """Passes of models by their numbers."""
    every = [Net() if k % kinds == 0 else Dropout(0.5) for k in range(made or len(set(order)))]
    others = {"rows": seen(*[[[float(k)] for k in range(8)]]), "batch_size": 4, **others}
    passes = [one(call=call(every[k])) for k in order]
    return ledger(*passes, models=[(model, line(20 + k, f"m{k} = Net()")) for k, model in enumerate(every)], **others)


def likenesses(*values: float) -> Ledger:
    return ledger(*(one(likeness=value) for value in values))


def optimizers(*order: int, kind: Any = Adam, known: int = 1, **options: float) -> Ledger:
    """Steps of optimizers by their numbers, of which an epoch has two."""
    every = [kind(*MODEL.weights, **options) for _ in range(max(order) + 1)]
    return Ledger(
        steps=[(every[k], STEPPED) for k in order],
        optimizers=[(made, line(30 + k, f"o{k} = Adam()")) for k, made in enumerate(every)],
        models=[(Net(), MADE) for _ in range(known)], rows=seen(*[[[float(k)] for k in range(8)]]), batch_size=4,
    )  # fmt: skip


def again(count: int, other: int, kinds: int = 2, different: int = 12) -> Ledger:
    """Rows that came again, the later half of them with other targets as often as is said."""
    found = Rows()
    found.add(table(different), np.arange(different) % kinds)
    found.otherwise = [False] * count + [k < other for k in range(count)]
    return ledger(one(), rows=found, names={"x": table(different)})


def directions(*values: float, stepped: int = 0) -> Ledger:
    return ledger(*(one(direction=value) for value in values), steps=steps(OPTIMIZER, stepped))


def restored(*places: int, count: int = 12, rows_seen: int = 8) -> Ledger:
    passes = [one(restored=k in places) for k in range(count)]
    return ledger(*passes, rows=seen([[float(k)] for k in range(rows_seen)]), batch_size=4)


def wasted(count: int, of: int, **others: Any) -> Ledger:
    """Passes whose gradients are cleared, and after them nothing has moved."""
    passes = [
        one("zero", change=0.0, **others) if 0 < k <= count else one("step", "zero", change=0.0) for k in range(of)
    ]
    return ledger(*passes, steps=steps(OPTIMIZER, 3))


def lost(count: int, reached: int = 0, model: Any = MODEL, **others: Any) -> Ledger:
    return ledger(*some(count, reached=False, call=call(model), **others), *some(reached, call=call(model)))


def same_rows(count: int, whole: int = 6, name: str = "x", taken: int = 2, held: int = 0, **others: Any) -> Ledger:
    """Passes that see the same rows of an array."""
    rows_of = table(taken)
    judged = Rows()
    if held:
        judged.add(table(held, whole - held), None)
    given = {
        "names": {"__x": table(9), "n": 3, name: table(whole)},
        "sliced": frozenset({"x"}),
        "batch_size": taken,
        **others,
    }
    return ledger(*some(count, call=call(batch=b"one")), rows=seen(rows_of.tolist()), held=judged, **given)


def rare_steps(
    count: int, passes: int, epoch: int = 4, meant: int | None = 12, after: str = "step", **given: Any
) -> Ledger:
    """Steps of which each comes after several passes, in epochs of some batches of two rows."""
    found = seen(table(2 * epoch).tolist())
    every = [one(*([after] if (k + 1) % (passes // count) == 0 else [])) for k in range(passes)]
    return ledger(*every, steps=steps(OPTIMIZER, count), rows=found, batch_size=2, meant=meant, **given)


def rare_passes(unused: int, passes: int, meant: int | None = 12, site: Any = CALLED, training: bool = True) -> Ledger:
    """Calls that no pass follows, beside passes."""
    calls = [call(training=training, site=site) for _ in range(unused)]
    return ledger(*some(passes, "step"), evaluations=calls, steps=steps(OPTIMIZER, passes), meant=meant)


def warming(*values: float, wanted: float = 0.1, meant: int | None = 5) -> Ledger:
    """Rates in steps of which an epoch has two."""
    optimizer = Adam(*MODEL.weights, initial_lr=wanted)
    made = rates(*values)
    made.steps, made.meant = steps(optimizer, len(values)), meant
    made.rows, made.batch_size = seen([[float(k)] for k in range(8)]), 4
    return made


def once_an_epoch(rises: int, often: int = 4, meant: int | None = 6) -> Ledger:
    """Rates of a schedule that rises for so many steps, and goes on after each two batches, which are an epoch."""
    made = warming(*np.repeat([1.0, 8.0, 27.0, 64.0], 2).tolist(), meant=meant)
    made.schedule, made.schedule_steps = Rising(4, rises), often
    return made


def alone(nodes: int, optimizers: Any = ((OPTIMIZER, MADE),)) -> Ledger:
    """Passes of no model's outputs, whose losses have so many nodes behind them."""
    passes = [Iteration(BACKWARD, None, None, False, 0.0, 1.0, nodes) for _ in range(5)]
    return ledger(*passes, optimizers=list(optimizers))


TWO_CLEARED = "a.zero_grad()\nb.zero_grad()\na.step()\n"


def idle_beside(times: int, count: int = 8, shared: bool = False) -> Ledger:
    """Steps of one optimizer beside another that clears its gradients so often."""
    idle = Adam(Weight(), *([MODEL.weights[0]] if shared else []))
    return ledger(
        *some(count, "step"),
        steps=steps(OPTIMIZER, count),
        optimizers=[(idle, MADE)],
        zeroed=Counter({id(idle): times}),
        text=TWO_CLEARED,
    )


def remixed(mixed: int) -> Ledger:
    """Rows that come again with other targets, in passes of which so many are of two targets."""
    rows = Rows()
    for turn in range(3):
        rows.add(np.arange(20.0).reshape(-1, 1), np.roll(np.arange(20), 7 * turn))
    return ledger(*some(4, "step"), rows=rows, mixed=mixed)


def unreached(idle: int, count: int = 4, mine: bool = False, reached: bool = True, called: bool = True) -> Ledger:
    """Steps of an optimizer some of whose parameters never get a gradient."""
    others = [Weight() for _ in range(idle)]
    model = Net() if not mine else SimpleNamespace(modules=[], weights=[Weight(), *others])
    optimizer = Adam(model.weights[0], *others)
    known = {id(model.weights[0])} if reached else set()
    heard = {id(weight) for weight in others} if called else set()
    return ledger(*some(count, "step", call=call(model)), steps=steps(optimizer, count), reached=known, called=heard)


def one_row(times: int, batch_size: int = 4, kinds: int = 1) -> Ledger:
    return ledger(one(), rows=seen([[1.0]] * (times + 1 - kinds), *[[[2.0]]] * (kinds - 1)), batch_size=batch_size)


def left_after(indent: int, length: int = 5, begun: int = 6, drawn: int = 6, meant: int = 6) -> Ledger:
    """A loop over batches with a `break` in it, or in a condition in it."""
    text = (
        "for epoch in range(6):\n  for b in loader:\n    b.backward()\n"
        + {1: "    break\n", 2: "    if b:\n      break\n"}[indent]
    )
    loaders = {1: Loader(length, begun, drawn)}
    return ledger(*some(begun), text=text, lines=[3], loaders=loaders, meant=meant)


def idle(meant: int | None = 3, times: int = 1, first: Any = 0, last: Any = 0, ended: bool = True) -> Ledger:
    found = seen(*[table(5).tolist()] * times)
    counters = ({"epoch": first} if first is not None else {}, {"epoch": last})
    return ledger(one(), rows=found, meant=meant, counter="epoch", counters=counters, ended=ended)


def judged(names: dict[str, Any], held: np.ndarray, text: str = "print(accuracy(model(x_test)))") -> Ledger:
    made = ledger(one(), rows=seen(table(6).tolist()), names=names)
    made.evaluations = [call(site=None), call(site=line(40, text, "main"))]
    made.held = Rows()
    made.held.add(held, None)
    return made


def held_norms(count: int, holds: bool = True, mean: float = 0.0) -> Ledger:
    model = Net(BatchNorm2d(mean))
    return ledger(*(one(call=call(model, holds=holds)) for _ in range(count)))


def looked_beside(*looks: tuple[bytes, bytes]) -> Ledger:
    return ledger(one(), beside=[(7, weights, averages, CALLED) for weights, averages in looks])


def called_with_others(count: int, level: tuple[float, float], known: float = 0.0, judged: bool = True) -> Ledger:
    model = Net(BatchNorm2d())
    made = ledger(*some(10), rows=seen(table(30).tolist()))
    made.evaluations = [call(model, level=level, known=known) for _ in range(count)]
    made.evaluations += [call(model, training=False)] * judged
    return made


def looked(
    *known: float, count: int = 10, text: str = "a = right(x_test)", names: dict[str, Any] | None = None
) -> Ledger:
    """Rows were judged, again and again, of which the model had been trained on such shares."""
    made = ledger(one(), rows=seen(table(30).tolist()), names=names or {}, text=text)
    made.evaluations = [call(site=line(1, text)) for _ in known]
    for each, share in zip(made.evaluations, known, strict=True):
        each.rows, each.known = count, share
    return made


def kept_rows(count: int, first: int, name: str = "x_val", trained: int = 40) -> Ledger:
    """So many rows stand under a name, from some number on, and the model is trained on all below another number."""
    names = {"data": {name: (table(count, first), None)}}
    return ledger(one(), rows=seen(table(trained).tolist()), names=names, models=[(MODEL, MADE)])


def folds(crossed: int, is_of_folds: bool = True) -> Ledger:
    return ledger(one(), crossed=crossed, is_of_folds=is_of_folds)


def on_level(
    mean: float, deviation: float, text: str = "a = right(x_test)", known: float = 0.0, count: int = 8
) -> Ledger:
    """Rows on some level are judged, by a model that is trained on those from 0 to 29."""
    made = looked(known, count=count, text=text)
    made.evaluations[0].level = (mean, deviation)
    return made


BY_HAND = """
def wrong(x, y): return ((x - y) ** 2).mean()
loss = wrong(x, y)
print("held", wrong(x, y))
"""


def judged_by_hand(text: str = BY_HAND) -> Ledger:
    """A script of functions of its own, which has rows to judge by."""
    model = Net()
    model.sources = []  # type: ignore[attr-defined]
    names = {"x": table(30), "x_val": table(9, first=100), "wrong": len}
    return ledger(one(call=call(model)), rows=seen(table(30).tolist()), names=names, text=text)


NOTHING = Ledger()
ADDED = "for x in loader:\n    loss = ask(x)\n    loss.backward()\n    total += loss\n"
UNFIT = {"x_test": table(4, first=50), "x_train": table(6)}
# A rule, a ledger, and whether the rule tells something of it; the first of each that it tells is read as a whole.
CASES: dict[str, Case] = {
    "no weight moves": (findings.find_missing_step, still(5, optimizers=[(OPTIMIZER, MADE)]), True),
    "no weight moves without an optimizer": (findings.find_missing_step, still(5), True),
    "no weight moves, and every gradient is zero": (
        findings.find_missing_step, Ledger(iterations=some(5, change=0.0, still=True)), False
    ),
    "two of three weights stay": (by_hand.find_left_by_hand, by_lines([True, False, False], [True, True, True]), True),
    "a weight stays that nothing pulls": (by_hand.find_left_by_hand, by_lines([True, False], [True, False]), False),
    "weights in no list": (by_hand.find_unreached_by_hand, by_lines([True, False], [True, False]), False),
    "all weights stay": (by_hand.find_left_by_hand, by_lines([False, False], [True, True]), False),
    "a weight stays beside an optimizer": (
        by_hand.find_left_by_hand, by_lines([True, False], [True, True], optimizers=[(OPTIMIZER, MADE)]), False
    ),
    "a weight stays that is frozen": (
        by_hand.find_left_by_hand, by_lines([True, False], [True, True], text="frozen = body.parameters()"), False
    ),
    "a weight stays where steps are rounding": (by_hand.find_left_by_hand, by_lines([True, False], [True, True], 1e-7), False),
    "weights are others each time": (by_hand.find_new_weights, ledger(*some(5, change=1.4, turn=0.1, apart=1.1)), True),
    "weights are others, and some alike by chance": (
        by_hand.find_new_weights, ledger(*some(4, change=1.4, turn=0.1, apart=1.1), *some(2, change=1.4, turn=0.9, apart=1.1)), True
    ),
    "weights are others four times": (by_hand.find_new_weights, ledger(*some(4, change=1.4, turn=0.1, apart=1.1)), False),
    "weights are those of two networks in turn": (
        by_hand.find_new_weights, ledger(*some(9, change=1.4, turn=0.1, apart=0.01)), False
    ),
    "weights move far along the gradient": (
        by_hand.find_new_weights, ledger(*some(5, change=1.4, turn=0.1, apart=1.1, direction=3.0)), False
    ),
    "weights grow": (by_hand.find_new_weights, ledger(*some(5, change=0.9, turn=0.9, apart=0.9)), False),
    "gradients are cleared by hand": (by_hand.find_cleared_by_hand, by_text("p.grad = 0.0\np.data -= p.grad\n"), True),
    "gradients are cleared late": (by_hand.find_cleared_by_hand, by_text("p.data -= p.grad\np.grad = 0.0\n"), False),
    "losses of new numbers": (by_hand.find_adrift, ledger(*some(5, call=None), adrift=5), True),
    "losses of new numbers but once": (by_hand.find_adrift, ledger(*some(5, call=None), adrift=4), False),
    "no weight moves in four passes": (findings.find_missing_step, still(4), False),
    "a weight moves once in eleven": (findings.find_missing_step, still(11, moved=1), True),
    "a weight moves once in ten": (findings.find_missing_step, still(10, moved=1), False),
    "no weight moves after steps": (findings.find_missing_step, still(9, steps=steps(OPTIMIZER, 1)), False),
    "four steps without a pass": (
        findings.find_missing_backward, Ledger(steps=steps(OPTIMIZER, 4), steps_without_backward=4), True
    ),
    "three steps without a pass": (
        findings.find_missing_backward, Ledger(steps=steps(OPTIMIZER, 3), steps_without_backward=3), False
    ),
    "steps without a pass, and passes": (
        findings.find_missing_backward, ledger(one(), steps=steps(OPTIMIZER, 4), steps_without_backward=4), False
    ),
    "cleared between pass and step": (findings.find_cleared_gradients, cleared(4), True),
    "cleared once after the step in ten": (findings.find_cleared_gradients, cleared(10, well=1), True),
    "cleared twice after the step in ten": (findings.find_cleared_gradients, cleared(10, well=2), False),
    "cleared in three": (findings.find_cleared_gradients, cleared(3), False),
    "cleared, and gradients were there": (findings.find_cleared_gradients, ledger(*some(5, "zero", "step")), False),
    "stale gradients": (findings.find_gradients_not_zeroed, stale(4), True),
    "stale in three": (findings.find_gradients_not_zeroed, stale(3), False),
    "stale but for one in ten": (findings.find_gradients_not_zeroed, stale(9, 1), True),
    "stale but for two in ten": (findings.find_gradients_not_zeroed, stale(8, 2), False),
    "stale, and set to zero before the step": (
        findings.find_gradients_not_zeroed, ledger(*some(6, "zero", "step", stale=True)), False
    ),
    "stale after steps by hand": (
        findings.find_gradients_not_zeroed, ledger(*some(5, stale=True, direction=0.1)), True
    ),
    "stale after steps of another way": (
        findings.find_gradients_not_zeroed, ledger(*some(5, stale=True, moved=True)), True
    ),
    "added up before a step": (findings.find_gradients_not_zeroed, ledger(*some(6, stale=True)), False),
    "another's parameters": (
        findings.find_foreign_parameters,
        ledger(one(), steps=[(Adam(Weight()), STEPPED), *steps(Adam(Weight()), 4)], optimizers=[(Adam(), MADE)]), True
    ),
    "another's parameters in three steps": (
        findings.find_foreign_parameters, ledger(one(), steps=steps(Adam(Weight()), 3)), False
    ),
    "some parameters": (
        findings.find_foreign_parameters, ledger(one(), steps=steps(Adam(Weight(), *MODEL.weights), 4)), False
    ),
    "a model without parameters": (
        findings.find_foreign_parameters,
        ledger(one(call=call(Net(weights=0))), steps=steps(Adam(Weight()), 4)), False
    ),
    "no model is known": (findings.find_foreign_parameters, ledger(one(call=None), steps=steps(OPTIMIZER, 4)), False),
    "steps, and no pass": (findings.find_foreign_parameters, Ledger(steps=steps(OPTIMIZER, 4)), False),
    "three models": (findings.find_new_models, models(0, 1, 2), True),
    "two models": (findings.find_new_models, models(0, 1), False),
    "three models for an epoch each": (findings.find_new_models, models(0, 0, 1, 1, 2, 2), True),
    "three models for more than an epoch": (findings.find_new_models, models(0, 0, 1, 2, 2, 2), False),
    "three models of which one is not trained": (findings.find_new_models, models(0, 1, made=3), False),
    "models of two kinds": (findings.find_new_models, models(0, 1, 2, 3, kinds=2), False),
    "weights are replaced twice": (findings.find_new_models, likenesses(1.0, 0.29, 1.0, 1.0, -0.2, 1.0), True),
    "weights are replaced once": (findings.find_new_models, likenesses(1.0, 1.0, 1.0, 1.0, 0.1, 1.0), False),
    "weights move far": (findings.find_new_models, likenesses(1.0, 0.3, 1.0, 1.0, -0.3, 1.0), False),
    "weights are replaced twice in five": (findings.find_new_models, likenesses(1.0, 0.1, 1.0, 1.0, 0.1), False),
    "a loader is begun for each": (rows.find_same_batch, loaders(4, 4), True),
    "a loader is begun three times": (rows.find_same_batch, loaders(3, 3), False),
    "a loader is gone through": (rows.find_same_batch, loaders(4, 5), False),
    "a loader of one batch": (rows.find_same_batch, loaders(4, 4, length=1), False),
    "a loader of two batches": (rows.find_same_batch, loaders(4, 4, length=2), True),
    "a loader that shuffles": (rows.find_same_batch, loaders(4, 4, batches=2), False),
    "other targets": (findings.find_other_targets, again(10, 3), True),
    "other targets in nine": (findings.find_other_targets, again(9, 9), False),
    "other targets in two of ten": (findings.find_other_targets, again(10, 2), False),
    "one kind of targets": (findings.find_other_targets, again(10, 10, kinds=1), False),
    "nine rows": (findings.find_other_targets, again(10, 10, different=9), False),
    "shapes broadcast": (
        findings.find_clash, ledger(one(), one(clash=line(7, "((out - y) ** 2).mean()")), one(clash=MADE)), True
    ),
    "shapes are alike": (findings.find_clash, ledger(one()), False),
    "in evaluation mode": (findings.find_evaluation_mode, modes(*[False] * 4), True),
    "in evaluation mode three times": (findings.find_evaluation_mode, modes(*[False] * 3), False),
    "in evaluation mode from the fourth pass on": (findings.find_evaluation_mode, modes(*[True] * 3, *[False] * 5), True),
    "in evaluation mode for a third": (findings.find_evaluation_mode, modes(*[True] * 6, *[False] * 3), False),
    "in evaluation mode for more than a third": (findings.find_evaluation_mode, modes(*[True] * 5, *[False] * 3), True),
    "in evaluation mode in seven": (findings.find_evaluation_mode, modes(True, True, *[False] * 5), False),
    "in evaluation mode and back": (findings.find_evaluation_mode, modes(True, *[False] * 7, True), False),
    "no layer that changes": (findings.find_evaluation_mode, modes(*[False] * 4, model=Net(Dropout(0.0), Weight())), False),
    "measures batches in evaluation mode": (
        findings.find_evaluation_mode, modes(*[False] * 4, model=Net(BatchNorm1d())), True
    ),
    "judged in training mode": (findings.find_training_mode, looks(9, 1), True),
    "judged in training mode once": (findings.find_training_mode, looks(1, 0), True),
    "judged twice in evaluation mode": (findings.find_training_mode, looks(8, 2), False),
    "judged in evaluation mode": (findings.find_training_mode, looks(0, 1), False),
    "judged without layers that change": (findings.find_training_mode, looks(4, 0, Weight()), False),
    "draws that are asked for": (findings.find_training_mode, looks(4, 0, asked=4), False),
    "draws of dropout for other rows": (findings.find_training_mode, looks(4, 0, Dropout(0.5), asked=4, known=0.0), False),
    "batch norm measures other rows": (findings.find_training_mode, looks(4, 0, BatchNorm2d(), asked=4, known=0.4), True),
    "batch norm measures rows again": (findings.find_training_mode, looks(4, 0, BatchNorm2d(), asked=4, known=0.6), False),
    "batch norm measures other rows, and they are asked": (
        findings.find_training_mode, looks(4, 1, BatchNorm2d(), asked=4, known=0.0), False
    ),
    "drawn anew from one number": (rows.find_seeded_batches, drawn("rows = default_rng(0).permutation(9)[:2]"), True),
    "drawn anew from another number": (rows.find_seeded_batches, drawn("rows = default_rng(k).permutation(9)[:2]"), False),
    "drawn anew in seven passes": (rows.find_seeded_batches, drawn("rows = default_rng(0)", count=7), False),
    "drawn anew from as many": (rows.find_seeded_batches, drawn("rows = default_rng(0)", size=2), False),
    "one of two is never set to zero": (updates.find_kept_gradients, uses((20, 0), (20, 18)), True),
    "one of two is set to zero now and then": (updates.find_kept_gradients, uses((20, 0), (20, 17)), False),
    "one of two takes four steps": (updates.find_kept_gradients, uses((20, 0), (4, 3)), False),
    "one alone is told by its passes": (updates.find_kept_gradients, uses((20, 19)), False),
    "the first of three is left out": (updates.find_left_out, chained(1, 2), True),
    "the second of three is left out": (updates.find_left_out, chained(0, 2), True),
    "the last of three looks on": (updates.find_left_out, chained(0, 1), False),
    "all three are held": (updates.find_left_out, chained(0, 1, 2), False),
    "none of three is held": (updates.find_left_out, chained(), False),
    "the first was trained before": (updates.find_left_out, chained(1, 2, text="first = load('weights')"), False),
    "the first is frozen": (updates.find_left_out, chained(1, 2, frozen=True), False),
    "the first gets no gradients": (updates.find_left_out, chained(1, 2, gradients=False), False),
    "the first is left out of three steps": (updates.find_left_out, chained(1, 2, count=3), False),
    "a loss that counts for nothing": (unheeded.find_unheeded_loss, ledger(*some(10), unheeded=10), True),
    "a loss that counts for nothing at first": (unheeded.find_unheeded_loss, ledger(*some(11), unheeded=10), False),
    "a loss that counts for nothing in seven passes": (unheeded.find_unheeded_loss, ledger(*some(7), unheeded=7), False),
    "its own answers": (rows.find_own_answers, own_answers(6), True),
    "its own answers, but at first": (rows.find_own_answers, own_answers(40, others=1), False),
    "its own answers in three passes": (rows.find_own_answers, own_answers(3), False),
    "its own answers of a few rows": (rows.find_own_answers, own_answers(6, size=5), False),
    "a plateau of a loss that is to rise": (schedules.find_turned_plateau, plateaus("max"), True),
    "a plateau of a loss": (schedules.find_turned_plateau, plateaus("min"), False),
    "the rate falls below zero": (findings.find_negative_rate, rates(*np.linspace(0.1, -0.1, 21), schedules=0), True),
    "the rate falls, and stays above zero": (findings.find_negative_rate, rates(*np.linspace(0.1, 0.01, 21), schedules=0), False),
    "the rate decays": (findings.find_decaying_rate, rates(1.0, 0.5, *[0.005] * 6), True),
    "the rate decays in seven": (findings.find_decaying_rate, rates(1.0, 0.5, *[0.005] * 5), False),
    "the rate decays to a hundredth": (findings.find_decaying_rate, rates(1.0, 0.5, *[0.01] * 6), False),
    "the rate decays for half of the steps": (findings.find_decaying_rate, rates(*[1.0] * 4, *[0.001] * 4), True),
    "the rate decays for less than half": (findings.find_decaying_rate, rates(*[1.0] * 5, *[0.001] * 4), False),
    "the rate decays, and there is no schedule": (
        findings.find_decaying_rate, rates(1.0, *[0.001] * 7, schedules=0), False
    ),
    "the rate decays by few steps of the schedule": (
        findings.find_decaying_rate, rates(1.0, *[0.001] * 7, schedules=7), True
    ),
    "the rate decays by nearly as many steps of the schedule": (
        findings.find_decaying_rate, rates(1.0, *[0.001] * 9, schedules=9), True
    ),
    "the rate warms up": (findings.find_decaying_rate, rates(0.001, 0.001, 1.0, *[0.001] * 7), True),
    "the rate warms up for longer": (findings.find_decaying_rate, rates(*[0.001] * 3, 1.0, *[0.001] * 6), False),
    "the rate warms up for a quarter of the steps": (
        findings.find_decaying_rate, rates(0.001, 0.001, 1.0, *[0.001] * 5), True
    ),
    "the rate is zero": (findings.find_decaying_rate, rates(*[0.0] * 8), False),
    "the rate rises too slowly": (findings.find_long_warm_up, warming(*np.linspace(1e-4, 1e-3, 8).tolist()), True),
    "the rate rises in a long run": (
        findings.find_long_warm_up, warming(*np.linspace(1e-4, 1e-3, 8).tolist(), meant=500), False
    ),
    "the rate rises in a run of unknown length": (
        findings.find_long_warm_up, warming(*np.linspace(1e-4, 1e-3, 8).tolist(), meant=None), False
    ),
    "the rate has risen": (findings.find_long_warm_up, warming(*np.linspace(0.01, 0.1, 8).tolist()), False),
    "the rate rises ever faster": (findings.find_long_warm_up, warming(*np.geomspace(1e-4, 1e-3, 8).tolist()), False),
    "the rate rises ever faster from its second step on": (
        findings.find_long_warm_up, warming(1e-5, *[1e-4] * 4, 2e-4, 5e-4, 1e-3), False
    ),
    "the rate stays": (findings.find_long_warm_up, warming(*[1e-3] * 8), False),
    "the rate rises once an epoch": (schedules.find_schedule_of_steps, once_an_epoch(rises=12), True),
    "the rate rises once an epoch, as is meant": (schedules.find_schedule_of_steps, once_an_epoch(rises=4), False),
    "the rate rises once an epoch, on and on": (schedules.find_schedule_of_steps, once_an_epoch(rises=1000), False),
    "the rate rises after every batch": (schedules.find_schedule_of_steps, once_an_epoch(rises=12, often=8), False),
    "the rate rises in a run of no known length": (
        schedules.find_schedule_of_steps, once_an_epoch(rises=12, meant=None), False
    ),
    "losses of what was not recorded": (updates.find_unrecorded_loss, alone(0), True),
    "losses of what was recorded": (updates.find_unrecorded_loss, alone(3), False),
    "losses of what was not recorded, and no optimizer": (updates.find_unrecorded_loss, alone(0, optimizers=[]), False),
    "an optimizer clears and never steps": (updates.find_unstepped_optimizer, idle_beside(8), True),
    "it clears now and then": (updates.find_unstepped_optimizer, idle_beside(7), False),
    "it has parameters that another moves": (updates.find_unstepped_optimizer, idle_beside(8, shared=True), False),
    "none takes a step": (updates.find_unstepped_optimizer, idle_beside(8, count=7), False),
    "rows come with other targets": (findings.find_other_targets, remixed(0), True),
    "rows that are mixtures": (findings.find_other_targets, remixed(3), False),
    "a step for each epoch": (updates.find_rare_steps, rare_steps(3, 12), True),
    "a step for half an epoch": (updates.find_rare_steps, rare_steps(6, 12), False),
    "a step for each epoch of many": (updates.find_rare_steps, rare_steps(3, 12, meant=101), False),
    "a step for each epoch, and nobody knows of how many": (updates.find_rare_steps, rare_steps(3, 12, meant=None), False),
    "a step for the mean over an epoch": (updates.find_rare_steps, rare_steps(3, 12, multiplied=0.25), False),
    "a step for a short epoch": (updates.find_rare_steps, rare_steps(3, 9, epoch=3), False),
    "a pass for the last batch": (updates.find_rare_passes, rare_passes(9, 3), True),
    "a pass for a third of the batches": (updates.find_rare_passes, rare_passes(8, 3), False),
    "a pass, and looks from another line": (updates.find_rare_passes, rare_passes(9, 3, site=line(9, "model(x)")), False),
    "a pass, and looks through the same function": (
        updates.find_rare_passes, rare_passes(9, 3, site=line(2, "out = model(x)", "answer", line(9, "answer(x)"))), False
    ),
    "a pass, and looks in evaluation": (updates.find_rare_passes, rare_passes(9, 3, training=False), False),
    "a pass for the last batch of many epochs": (updates.find_rare_passes, rare_passes(9, 3, meant=101), False),
    "parameters of another module get no gradient": (updates.find_idle_parameters, unreached(2), True),
    "parameters of the model get no gradient": (updates.find_idle_parameters, unreached(2, mine=True), False),
    "all get a gradient": (updates.find_idle_parameters, unreached(0), False),
    "none gets a gradient": (updates.find_idle_parameters, unreached(2, reached=False), False),
    "parameters of a module that was not called yet": (updates.find_idle_parameters, unreached(2, called=False), False),
    "few steps without a gradient": (updates.find_idle_parameters, unreached(2, count=3), False),
    "a schedule goes first": (
        findings.find_early_schedule, Ledger(steps=steps(OPTIMIZER, 1), schedule_first=line(6, "scheduler.step()")), True
    ),
    "a schedule without steps": (findings.find_early_schedule, Ledger(schedule_first=MADE), False),
    "an optimizer for every step": (findings.find_new_optimizers, optimizers(*range(8)), True),
    "an optimizer for every epoch": (findings.find_new_optimizers, optimizers(0, 0, 1, 1, 2, 2, 3, 3), True),
    "an optimizer for more than an epoch": (findings.find_new_optimizers, optimizers(0, 0, 0, 1, 1, 2, 2, 3), False),
    "two optimizers": (findings.find_new_optimizers, optimizers(*[0] * 4, *[1] * 4), False),
    "two optimizers in turns": (findings.find_new_optimizers, optimizers(*[0, 1] * 4), False),
    "an optimizer that comes again": (findings.find_new_optimizers, optimizers(0, 0, 1, 1, 2, 2, 0, 0), False),
    "an optimizer for every step but one": (findings.find_new_optimizers, optimizers(0, 0, *range(1, 9)), True),
    "seven optimizers": (findings.find_new_optimizers, optimizers(*range(7)), False),
    "optimizers of two models": (findings.find_new_optimizers, optimizers(*range(8), known=2), False),
    "optimizers that keep nothing": (findings.find_new_optimizers, optimizers(*range(8), kind=SGD), False),
    "optimizers with momentum": (findings.find_new_optimizers, optimizers(*range(8), kind=SGD, momentum=0.9), True),
    "losses of weights alone": (updates.find_loss_of_weights, ledger(*some(4, "step", of_weights=True)), True),
    "losses of weights in three": (updates.find_loss_of_weights, ledger(*some(3, "step", of_weights=True)), False),
    "losses of weights and answers": (updates.find_loss_of_weights, ledger(*some(8, "step", of_weights=True), *some(2, "step")), False),
    "losses of weights out of reach": (updates.find_loss_of_weights, ledger(*some(4, "step", of_weights=True, reached=False)), False),
    "a graph grows": (findings.find_growing_graph, sizes(*range(10, 34, 3)), True),
    "a graph grows to less than three times": (findings.find_growing_graph, sizes(*range(10, 26, 2), 29), False),
    "a graph grows to three times": (findings.find_growing_graph, sizes(*range(10, 26, 2), 30), True),
    "a graph grows in seven": (findings.find_growing_graph, sizes(*range(10, 80, 10)), False),
    "a graph grows and begins anew": (findings.find_growing_graph, sizes(*range(10, 100, 10), 44, *range(50, 150, 5)), False),
    "a graph grows but for a step back": (findings.find_growing_graph, sizes(*range(10, 110, 10), 90, *range(120, 200, 10)), True),
    "a graph grows now and then": (findings.find_growing_graph, sizes(10, 20, 20, 40, 60, 80, 90, 100), False),
    "a loss is added up as it is": (sums.find_carried_sum, ledger(*some(8), text=ADDED), True),
    "a loss is added up in seven passes": (sums.find_carried_sum, ledger(*some(7), text=ADDED), False),
    "weights are held to a norm": (updates.find_shortened_weights, held_to(0.3, 0.7, 0.8), True),
    "weights are hardly shortened": (updates.find_shortened_weights, held_to(0.3, 0.95, 0.96), False),
    "weights decay by a fifth": (updates.find_shortened_weights, held_to(0.3, 0.8, 0.8), False),
    "weights get shorter and shorter": (
        updates.find_shortened_weights, ledger(*(one(size=0.9**k, shortened=0.8 - k / 99) for k in range(8))), False,
    ),
    "an average holds all passes": (sums.find_carried_graph, ledger(*some(17), graphs={"mean": [(4, 9), (8, 13), (16, 21)]}), True),
    "a graph gets longer once": (sums.find_carried_graph, ledger(*some(9), graphs={"mean": [(4, 9), (8, 13)]}), False),
    "a graph gets longer by less than a node a pass": (
        sums.find_carried_graph, ledger(*some(17), graphs={"mean": [(4, 9), (8, 13), (16, 20)]}), False,
    ),
    "no gradient": (updates.find_lost_loss, lost(4), True),
    "no gradient in three": (updates.find_lost_loss, lost(3), False),
    "no gradient but once in ten": (updates.find_lost_loss, lost(9, reached=1), True),
    "no gradient but twice in ten": (updates.find_lost_loss, lost(8, reached=2), False),
    "no gradient for what is frozen": (
        updates.find_lost_loss, lost(4, model=SimpleNamespace(weights=[Weight(requires_grad=False)])), False
    ),
    "no gradient, and stale ones": (updates.find_lost_loss, lost(4, stale=True), False),
    "no gradient without a model": (updates.find_lost_loss, lost(4, model=None), False),
    "gradients thrown away": (updates.find_wasted_passes, wasted(4, 10), True),
    "few gradients thrown away": (updates.find_wasted_passes, wasted(3, 10), False),
    "gradients thrown away in seven": (updates.find_wasted_passes, wasted(6, 7), False),
    "gradients thrown away in eight": (updates.find_wasted_passes, wasted(4, 8), True),
    "gradients by the inputs": (updates.find_wasted_passes, wasted(6, 10, call=call(by_inputs=True)), False),
    "no model of what is thrown away": (updates.find_wasted_passes, wasted(6, 10, call=None), True),
    "up the gradient": (updates.find_ascent, directions(*[-0.125] * 4, NAN), True),
    "up the gradient three times": (updates.find_ascent, directions(*[-0.1] * 3, NAN), False),
    "biases without their gradients": (updates.find_blind_steps, ledger(*some(4, blind=frozenset({0})), *some(3), pulled=PULLED), True),
    "biases without gradients": (updates.find_blind_steps, ledger(*some(4, blind=frozenset({0}))), False),
    "biases without their gradients, three times": (updates.find_blind_steps, ledger(*some(3, blind=frozenset({0})), pulled=PULLED), False),
    "biases with their gradients": (updates.find_blind_steps, ledger(*some(4, blind=frozenset()), pulled=PULLED), False),
    "down the gradient": (updates.find_ascent, directions(*[0.1] * 4), False),
    "up the gradient beside an optimizer": (updates.find_ascent, directions(*[-0.1] * 4, stepped=1), False),
    "weights put back": (updates.find_restored_weights, restored(3, 5, 7), True),
    "weights put back once": (updates.find_restored_weights, restored(3), False),
    "weights put back after more than an epoch": (updates.find_restored_weights, restored(2, 5, 8), False),
    "the same row": (rows.find_one_row, one_row(8), True),
    "the same row seven times": (rows.find_one_row, one_row(7), False),
    "the same row one by one": (rows.find_one_row, one_row(8, batch_size=1), False),
    "the same row in pairs": (rows.find_one_row, one_row(8, batch_size=2), True),
    "two rows": (rows.find_one_row, one_row(9, kinds=2), False),
    "the same slice": (rows.find_slices_of_one_batch, same_rows(8), True),
    "the same slice in seven": (rows.find_slices_of_one_batch, same_rows(7), False),
    "the same slice of all": (rows.find_slices_of_one_batch, same_rows(8, whole=2), False),
    "the same rows of what is not sliced": (rows.find_slices_of_one_batch, same_rows(8, name="data"), False),
    "the same row of many": (rows.find_slices_of_one_batch, same_rows(8, taken=1), False),
    "the same slice, and the rest is held": (rows.find_slices_of_one_batch, same_rows(8, held=1), False),
    "the same slice, and the last rows are held": (
        rows.find_slices_of_one_batch, same_rows(8, whole=19, held=1), True
    ),
    "the same slice, and rows soon after are held": (
        rows.find_slices_of_one_batch, same_rows(8, whole=19, held=2), False
    ),
    "a batch a round": (left_loops.find_left_batches, left_after(1), True),
    "two batches a round": (left_loops.find_left_batches, left_after(1, drawn=12), False),
    "few rounds": (left_loops.find_left_batches, left_after(1, begun=3, drawn=3), False),
    "rounds without end": (left_loops.find_left_batches, left_after(1, meant=101), False),
    "left where it must": (left_loops.find_left_batches, left_after(2), False),
    "one batch in all": (left_loops.find_left_batches, left_after(1, length=1), False),
    "used up": (rows.find_idle_loop, idle(), True),
    "used up in two rounds": (rows.find_idle_loop, idle(meant=2), False),
    "used up in unknown rounds": (rows.find_idle_loop, idle(meant=None), False),
    "not used up": (rows.find_idle_loop, idle(times=2), False),
    "the round is counted": (rows.find_idle_loop, idle(last=1), False),
    "the round is unknown": (rows.find_idle_loop, idle(first=None), False),
    "the script was stopped": (rows.find_idle_loop, idle(ended=False), False),
    "judged by rows of training": (rows.find_metric_of_training_rows, judged(UNFIT, table(3)), True),
    "judged by rows of training, as it says": (
        rows.find_metric_of_training_rows, judged(UNFIT, table(3), "print(accuracy(model(x)))"), False
    ),
    "judged by held rows": (rows.find_metric_of_training_rows, judged(UNFIT, table(3, first=50)), False),
    "judged by rows of both": (rows.find_metric_of_training_rows, judged(UNFIT, table(3, first=5)), False),
    "no rows are spared": (rows.find_metric_of_training_rows, judged({"x_test": table(4)}, table(3)), False),
    "a function of the script's own is judged by what it trains on": (
        judged_by_hand_rules.find_metric_by_hand, judged_by_hand(), True,
    ),
    "a function of the script's own is judged by other rows": (
        judged_by_hand_rules.find_metric_by_hand, judged_by_hand(BY_HAND.replace('"held", wrong(x', '"held", wrong(x_val')), False,
    ),
    "a function of the script's own is only shown": (
        judged_by_hand_rules.find_metric_by_hand, judged_by_hand(BY_HAND.replace("held", "loss")), False,
    ),
    "test rows are known": (judging.find_judged_training_rows, looked(0.5, 1.0, 1.0, 1.0), True),
    "most test rows are known": (judging.find_judged_training_rows, looked(0.2, 0.9, 0.9, 0.9), True),
    "some test rows are known": (judging.find_judged_training_rows, looked(0.2, 0.3, 0.3, 0.3), False),
    "most rows are known of a line that trains": (
        judging.find_judged_training_rows, looked(0.9, 0.9, text="a = right(x_test, x_train)"), False
    ),
    "rows are known of what is no test": (judging.find_judged_training_rows, looked(1.0, 1.0, text="val = right(x)"), False),
    "few test rows are known": (judging.find_judged_training_rows, looked(1.0, 1.0, count=7), False),
    "the optimizer of another model steps": (
        findings.find_idle_optimizer,
        ledger(*some(4), steps=steps(Adam(Weight()), 4), optimizers=[(OPTIMIZER, MADE)]), True,
    ),
    "its own optimizer steps too": (
        findings.find_idle_optimizer,
        ledger(*some(4), steps=[*steps(Adam(Weight()), 4), *steps(OPTIMIZER, 1)], optimizers=[(OPTIMIZER, MADE)]), False,
    ),
    "no optimizer holds it": (
        findings.find_idle_optimizer, ledger(*some(4), steps=steps(Adam(Weight()), 4), optimizers=[(Adam(), MADE)]), False
    ),
    "an idle optimizer holds it": (
        findings.find_foreign_parameters,
        ledger(*some(4), steps=steps(Adam(Weight()), 4), optimizers=[(OPTIMIZER, MADE)]), False,
    ),
    "batch norm is held": (norms.find_held_norms, held_norms(4), True),
    "batch norm is held in three passes": (norms.find_held_norms, held_norms(3), False),
    "batch norm measures": (norms.find_held_norms, held_norms(4, holds=False), False),
    "batch norm is held and has measured": (norms.find_held_norms, held_norms(4, mean=0.1), False),
    "averages stay": (norms.find_averages_left, looked_beside((b"a", b"x"), (b"b", b"x")), True),
    "averages change": (norms.find_averages_left, looked_beside((b"a", b"x"), (b"b", b"y")), False),
    "weights stay too": (norms.find_averages_left, looked_beside((b"a", b"x"), (b"a", b"x")), False),
    "one look beside": (norms.find_averages_left, looked_beside((b"a", b"x")), False),
    "rows of another mean": (norms.find_averages_of_others, called_with_others(4, (60.0, 9.0)), True),
    "rows of another width": (norms.find_averages_of_others, called_with_others(4, (14.5, 30.0)), True),
    "rows of the same scale": (norms.find_averages_of_others, called_with_others(4, (20.0, 9.0)), False),
    "other rows three times": (norms.find_averages_of_others, called_with_others(3, (60.0, 9.0)), False),
    "other rows that are known": (norms.find_averages_of_others, called_with_others(4, (60.0, 9.0), known=0.1), False),
    "other rows and nothing judged": (
        norms.find_averages_of_others, called_with_others(4, (60.0, 9.0), judged=False), False
    ),
    "rows kept to judge by are trained on": (kept.find_trained_kept_rows, kept_rows(10, 20), True),
    "as many rows kept as are enough": (kept.find_trained_kept_rows, kept_rows(8, 20), True),
    "seven rows kept": (kept.find_trained_kept_rows, kept_rows(7, 20), False),
    "a third of the rows kept": (kept.find_trained_kept_rows, kept_rows(40, 26), True),
    "a quarter of the rows kept": (kept.find_trained_kept_rows, kept_rows(40, 30), False),
    "no others are trained on": (kept.find_trained_kept_rows, kept_rows(20, 0), False),
    "rows of no such name": (kept.find_trained_kept_rows, kept_rows(10, 20, "x_new"), False),
    "folds run into one another": (kept.find_rows_of_earlier_folds, folds(2), True),
    "one row of an earlier fold": (kept.find_rows_of_earlier_folds, folds(1), False),
    "rows of before, and no folds": (kept.find_rows_of_earlier_folds, folds(9, False), False),
    "rows of a test vary more": (kept.find_other_level, on_level(14.5, 44.0), True),
    "rows of a test vary no more than five times": (kept.find_other_level, on_level(14.5, 43.0), False),
    "rows of a test vary less": (kept.find_other_level, on_level(14.5, 1.7), True),
    "rows of a test vary not at all": (kept.find_other_level, on_level(14.5, 0.0), False),
    "rows of a test lie elsewhere": (kept.find_other_level, on_level(41.0, 8.7), True),
    "rows of a test lie beside": (kept.find_other_level, on_level(40.0, 8.7), False),
    "few rows of a test": (kept.find_other_level, on_level(14.5, 44.0, count=7), False),
    "rows that were trained on lie elsewhere": (kept.find_other_level, on_level(14.5, 44.0, known=0.1), False),
    "rows of a map lie elsewhere": (kept.find_other_level, on_level(14.5, 44.0, "a = drawn(x)"), False),
    "a line of both": (kept.find_other_level, on_level(14.5, 44.0, "a = right(x_test, x_train)"), False),
    "rows of another name are spared": (
        rows.find_metric_of_training_rows, judged({"x": table(4, first=50)}, table(3)), False
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_rule_tells_it_or_not(name: str) -> None:
    rule, made, is_told = CASES[name]
    assert (rule(made, KIT) is not None) is is_told
    assert rule(NOTHING, KIT) is None


def describe(found: Finding) -> str:
    numbers = ", ".join(f"{name} {number:g}" for name, number in found.evidence.items())
    return f"{found.cause}: {found.sentence}.\n  at: {found.place.site}\n  fix: {found.fix}.\n  {numbers}"


def test_a_recorder_is_inside_while_a_module_is_called_or_nothing_is_heard() -> None:
    recorder = Recorder("train.py", KIT, 1, seconds=1.0)
    assert not recorder.inside
    assert recorder.enter(MODEL)
    assert not recorder.enter(MODEL)
    recorder.leave(MODEL, False, (), {}, None)
    assert recorder.inside
    recorder.leave(MODEL, True, (), {}, None)
    assert not recorder.inside
    with recorder.unheard():
        assert recorder.inside
    assert not recorder.inside


def test_what_the_rules_tell() -> None:
    told = [(name, rule(made, KIT)) for name, (rule, made, is_told) in CASES.items() if is_told]
    assert_text(TEXTS / "loops.txt", "\n\n".join(f"[{name}]\n{describe(found)}" for name, found in told if found))
    assert {found.certain for _, found in told if found} == {True}


@pytest.mark.parametrize(
    ("made", "is_told"),
    [
        (some(4, "step", "zero", cleared=True), True),
        (some(3, "step", cleared=True), False),
        (some(4, "zero", "step", cleared=True), False),
        (some(4, "step"), False),
        (some(4, "step", cleared=True, reached=False), False),
    ],
    ids=["flat", "few steps", "set to zero", "with gradients", "out of reach"],
)
def test_a_loss_is_flat_whose_gradients_are_0_before_they_are_set_to_it(made: list[Iteration], is_told: bool) -> None:
    assert (updates.find_flat_loss(ledger(*made), KIT) is not None) is is_told


@pytest.mark.parametrize(("loss", "cause"), [(0.0, "loss ignores targets"), (0.7, "missing gradients")])
def test_a_flat_loss_that_is_nothing_asks_for_nothing(loss: float, cause: str) -> None:
    """As one of answers that are compared with themselves, or of rows that are masked all."""
    found = updates.find_flat_loss(ledger(*some(4, "step", "zero", cleared=True, loss=loss)), KIT)
    assert found is not None
    assert found.cause == cause


def test_every_rule_is_tried() -> None:
    assert {rule for rule, _, _ in CASES.values()} == set(findings.RULES)


@pytest.mark.parametrize(
    ("nodes", "is_told"),
    [
        ((10, 15), True),
        ((10, 14), False),
        ((10, 90), True),
        ((90,), False),
        ((10, 20, 40), True),
        ((9, 9, 9, 90), False),
    ],
)
def test_a_script_that_stops_with_a_graph_that_grew(nodes: tuple[int, ...], is_told: bool) -> None:
    found = find_old_graph(sizes(*nodes), "RuntimeError: a second time")
    assert (found is not None) is is_told
    if found is not None:
        assert found.evidence == {"first": nodes[0], "last": nodes[-1]}
        told = f"from {nodes[0]} nodes to {nodes[-1]} in {len(nodes)} passes, and then the script stopped (RuntimeError: a second"
        assert told in found.sentence


@pytest.mark.parametrize(
    ("nodes", "is_told"), [((10, 11), True), ((10, 10), False), ((10, 9), False), ((10, 11, 12, 13), False)]
)
@pytest.mark.parametrize(
    "told", ["InPlaceError: 'weight'", "RuntimeError: Trying to backward through the graph a second time"]
)
def test_an_error_of_an_old_graph_tells_of_one_that_hardly_grew(
    nodes: tuple[int, ...], is_told: bool, told: str
) -> None:
    assert (find_old_graph(sizes(*nodes), told) is not None) is is_told


def test_gradients_of_the_rows_that_the_next_pass_steps_by_are_a_look() -> None:
    def passes(batch: bytes | None) -> Ledger:
        look = [one("zero", change=0.0, call=call(batch=batch)), one("step", change=0.0, call=call(batch=batch))]
        return ledger(*look * 5, steps=steps(OPTIMIZER, 5))

    assert updates.find_wasted_passes(passes(b"rows"), KIT) is None
    assert updates.find_wasted_passes(passes(None), KIT) is not None


def test_a_note_says_what_a_script_judges_by() -> None:
    (note,) = rows.list_notes(judged(UNFIT, table(3)), KIT)
    assert note == (
        "what the script judges the model by are rows that it was trained on "
        "(line 40: print(accuracy(model(x_test)))): judge by held rows"
    )
    unknown = judged(UNFIT, table(3))
    unknown.evaluations = []
    assert list(rows.list_notes(unknown, KIT)) == [note.replace(" (line 40: print(accuracy(model(x_test))))", "")]
    assert list(rows.list_notes(judged(UNFIT, table(3, first=50)), KIT)) == []


@pytest.mark.parametrize(("twice", "doubled"), [(1, False), (2, False), (3, True)])
def test_rows_that_stand_twice_in_the_data_may_have_two_targets(twice: int, doubled: bool) -> None:
    whole = table(100)
    whole[:twice] = 99.0
    made = ledger(one(), rows=seen(whole[50:60].tolist()), names={"x": whole, "other": table(100, first=500)})
    assert rows.has_doubles(made, KIT) is doubled
    # Of an array in another precision.
    made.names = {"x": whole.astype(np.float64)}
    assert rows.has_doubles(made, KIT) is doubled
    # Where the script has no such array, by the rows of a batch.
    made = ledger(one(), rows=seen(table(50).tolist(), table(50, first=49).tolist()))
    made.rows.doubles = twice
    assert rows.has_doubles(made, KIT) is doubled


def test_rows_before_they_are_changed_have_the_targets_that_came_with_what_was_given() -> None:
    x, y = table(30), table(30, first=100)
    given = seen((x[:10] + 0.5).tolist(), targets=[y[:10].tolist()])
    # Others are too few, or do not have all of the targets.
    others = {"few": y[:20], "other": table(30, first=500), "part": table(30, first=105)}
    found = rows.find_unchanged_rows(ledger(one(), rows=given, names={"x": x, **others, "y": y}), KIT)
    assert found is not None
    np.testing.assert_array_equal(found[0], x)
    np.testing.assert_array_equal(found[1], y)
    assert rows.find_unchanged_rows(ledger(one(), rows=given, names={"x": x, **others}), KIT) is None
    # A few rows are a batch, and those that stand there are not changed.
    few = {"x": x[:24], "y": y[:24]}
    assert rows.find_unchanged_rows(ledger(one(), rows=given, names=few), KIT) is None
    there = {"x": x, "y": y, "given": x + 0.5}
    assert rows.find_unchanged_rows(ledger(one(), rows=given, names=there), KIT) is None


def test_rows_are_kept_with_the_targets_that_they_first_came_with() -> None:
    found = Rows()
    found.add(table(3), np.array([0, 1, 0]))
    found.add(table(3, first=1), np.array([0, 0, 1]))
    assert [row.tolist() for row in found.inputs] == [[0.0], [1.0], [2.0], [3.0]]
    assert found.targets == [0, 1, 0, 1]
    assert (found.total, found.epochs, found.doubles, found.otherwise) == (6, 1, 0, [True, False])
    assert list(found.times.values()) == [1, 2, 2, 1]
    found.add(np.array([[9.0], [9.0]], np.float32), np.array([5, 7]))
    assert (found.doubles, len(found.inputs), found.targets[-1]) == (1, 6, 7)
    # A target that has stood with no row before is a new measurement, not another's.
    found.add(np.array([[0.0]], np.float32), np.array([8]))
    assert found.otherwise == [True, False, False]
    for targets in (None, np.array(3), np.array([1, 2])):
        bare = Rows()
        bare.add(table(3), targets)
        assert (len(bare.inputs), bare.targets) == (3, [])


def test_of_many_rows_every_second_is_kept_and_then_every_fourth() -> None:
    found = Rows(most=4)
    for k in range(0, 20, 2):
        found.add(table(2, first=k), np.arange(k, k + 2))
    assert [row.tolist() for row in found.inputs] == [[0.0], [8.0], [16.0]]
    assert (found.targets, found.every, found.total, len(found.times)) == ([0, 8, 16], 8, 20, 20)
    assert Rows().epochs == 0


@pytest.mark.parametrize("kinds", [40, 300, 1300])
def test_of_rows_that_are_alike_it_is_estimated_how_many_there_are(kinds: int) -> None:
    rng = np.random.default_rng(1)
    drawn = rng.integers(0, kinds, (600, 1)).astype(np.float32)
    found = Rows()
    for _ in range(3):
        for batch in np.split(rng.permutation(drawn), 12):
            found.add(batch, None)
    # Of few kinds nearly all were seen, and how often each stands there is not known.
    assert len(found.times) == len(np.unique(drawn))
    assert found.likely == (pytest.approx(600, rel=0.15) if kinds > 100 else pytest.approx(40, rel=0.01))
    made = ledger(one(), rows=found)
    made.batch_size = 50
    assert made.passes_of_an_epoch == -(-found.likely // 50)


def test_a_ledger_knows_how_many_rows_an_epoch_has() -> None:
    made = Ledger(batch_size=4, ended=False, rows=seen(table(4).tolist()), loaders={1: Loader(5, 1, 1), 2: Loader(9)})
    assert (made.knows_epoch, made.rows_of_an_epoch) == (True, 20)
    made.loaders = {}
    assert (made.knows_epoch, made.rows_of_an_epoch) == (False, 4)
    made.loaders = {1: Loader(0)}
    assert not made.knows_epoch
    made.ended = True
    assert made.knows_epoch
    twice = Ledger(batch_size=4, ended=False, rows=seen(*[table(4).tolist()] * 2), loaders={1: Loader(5, 1, 1)})
    assert (twice.knows_epoch, twice.rows_of_an_epoch) == (True, 4)


@pytest.mark.parametrize(
    ("scales", "others", "scale"),
    [
        ([0.5, 0.5], {}, 0.5),
        ([0.5, 0.4951], {}, 0.5),
        ([0.5, 0.494], {}, 1.0),
        ([0.5, NAN], {}, 1.0),
        ([NAN, 0.5], {}, 1.0),
        ([1.0005], {"multiplied": 3.0}, 1.0),
        ([0.5], {"multiplied": 3.0}, 1.5),
        ([0.5], {"clip_norm": 1.0}, 1.0),
        ([0.5], {"clip_value": 1.0}, 1.0),
        ([], {"multiplied": 3.0}, 1.0),
    ],
)
def test_by_what_gradients_are_multiplied(scales: list[float], others: dict[str, float], scale: float) -> None:
    passes = [one("step", scale=each) for each in scales]
    assert ledger(*passes, one(scale=9.0), **others).scale == scale


def test_a_model_was_made_in_the_function_that_calls_it() -> None:
    model = Net()
    inner, outer = line(1, "return Net()", "make"), line(2, "model = make()", "main")
    made = Ledger(built={id(model): [inner, outer]})
    assert made.built_at(model, line(9, "model(x)", "main")) is outer
    assert made.built_at(model, line(9, "model(x)", "other")) is inner
    assert made.built_at(model, None) is inner
    assert made.built_at(Net(), outer) is None


def test_a_pass_knows_what_followed() -> None:
    made = one("zero", "step", "zero")
    assert (made.has("step"), made.has("schedule"), made.site_of("step"), made.site_of("schedule")) == (
        True, False, STEPPED, None
    )  # fmt: skip
    assert [one(*after).is_used for after in (("zero", "step"), ("step", "zero"), (), ("schedule", "zero"))] == [
        False, True, True, False
    ]  # fmt: skip
    assert ledger(one(call=None), one(), one(call=call(batch=b"a"))).batches == [b"a"]
    assert mark(np.arange(4)[::2]) == mark(np.array([0, 2]))
