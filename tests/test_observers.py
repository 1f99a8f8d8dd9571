"""Whoever looks changes nothing: the user's graph, gradients, hooks, modules, modes and random numbers, before and after.

Each observer is run on a graph with a backward pass behind it, a model in training, and with what Python itself holds
beside them; all of it is compared, bit by bit, with what was there before.
"""

from __future__ import annotations

import os
import random
import sys
import warnings
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import Tensor, Value
from autograd.check import check_gradients, check_parameters
from autograd.check.blame import first_wrong_node
from autograd.debug import Session, breakpoint_when
from autograd.debug.commands import parse, perform
from autograd.debug.text import session_lines
from autograd.draw import draw, explain, snapshot
from autograd.graph import modes
from autograd.graph.node import HOOKS, Node, ancestors, get_data, get_grad
from nn.health import Health, examine
from tests.sweep import sweep

SLOTS = ("name", "op", "order", "params", "parents", "needs_grad", "scope", "site", "stamp")


def held(x: Any) -> Any:
    """An array with its identity and its bits, and anything else as it is."""
    return (id(x), x.dtype.str, x.shape, x.flags.writeable, x.tobytes()) if isinstance(x, np.ndarray) else repr(x)


def of_node(node: Node) -> dict[str, Any]:
    """All that a node holds, and its hooks."""
    slots = {name: repr(getattr(node, name, None)) for name in SLOTS}
    parents = [id(parent) for parent in node.parents]
    hooks = list((HOOKS.get(node) or {}).items())
    return {**slots, "parents": parents, "data": held(get_data(node)), "grad": held(get_grad(node)), "hooks": hooks}


def of_module(module: nn.Module) -> dict[str, Any]:
    """All that a module holds itself; of its parameters which ones, of its generators where they are."""
    held_by_it = {}
    for name, x in vars(module).items():
        if isinstance(x, np.random.Generator):
            held_by_it[name] = repr(x.bit_generator.state)
        elif isinstance(x, dict):
            held_by_it[name] = [(key, held(one) if isinstance(one, np.ndarray) else id(one)) for key, one in x.items()]
        else:
            held_by_it[name] = held(x)
    return held_by_it


def world(roots: Iterable[Node], modules: Iterable[nn.Module] = ()) -> dict[str, Any]:
    """The graphs and modules, and what Python and NumPy hold beside them."""
    nodes = {id(node): of_node(node) for root in roots for node in ancestors(root)}
    parts = {id(part): of_module(part) for module in modules for part in module.modules()}
    parameters = {id(p): of_node(p) for module in modules for p in module.parameters()}
    beside = {
        "random": random.getstate(),
        "numpy.random": repr(np.random.get_state()),
        "mode": modes.mode(),
        "scope": modes.scope.get(),
        "instead of backward": modes.instead_of_backward.get(),
        "errors": np.geterr(),
        "printing": repr(np.get_printoptions()),
        "warnings": list(warnings.filters),
        "path": list(sys.path),
        "arguments": list(sys.argv),
        "folder": os.getcwd(),
        "tracing": (sys.gettrace(), sys.getprofile(), sys.getrecursionlimit()),
    }
    return {**nodes, **parts, **parameters, **beside}


def unchanged(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert after.keys() == before.keys()
    for key, was in before.items():
        assert after[key] == was, f"changed: {key}"


def seed() -> None:
    random.seed(7)
    np.random.seed(7)


# graphs


def values() -> Value:
    """A graph of Values after its backward pass, with a hook that changes a gradient and draws random numbers."""
    a, b = Value(2.0, name="a"), Value(1.0, name="b")
    c = (a + b) * 1.0
    c.register_hook(lambda g: 10.0 * g + 0.0 * random.random() + 0.0 * np.random.rand())
    root = (c * (b + 1)).tanh() * a
    root.backward()
    return root


def tensors() -> Tensor:
    """A graph of Tensors after its backward pass, with kept gradients and a hook that calls backward() of another graph."""
    x = Tensor(np.linspace(-1.0, 2.0, 6).reshape(2, 3), requires_grad=True, name="x")
    w = Tensor(np.linspace(0.5, 1.0, 3), requires_grad=True)
    h = x * w
    h.register_hook(lambda g: (OTHER * OTHER).backward())
    root = (ag.tanh(h) * x).sum()
    root.backward(retain_grads=True)
    return root


OTHER = Tensor(3.0, requires_grad=True, name="other")


def stepped(session: Session) -> None:
    """All that one can do in a session."""
    for event in session.events:
        str(event), repr(event), [(sent.local, sent.formula) for sent in event.sent]
    session.break_at(phase="backward")
    session.run()
    session.reverse_run()
    session.watch(session.name(session.root))
    leaf = next(node for node in session.nodes if node.op is None and node.requires_grad)
    session.edit(leaf, np.asarray(get_data(leaf)) * 0.5 if isinstance(leaf, Tensor) else 0.5)
    session.step(3)
    for node in session.nodes:
        session.explain(node), session.value(node), session.gradient(node)
    session.page()
    for line in (
        "goto 2",
        "explain",
        "find sum" if isinstance(leaf, Tensor) else "find tanh",
        "restore",
        "run",
        "help",
    ):
        perform(session, parse(line))
    list(session_lines(session)), repr(session), session._repr_mimebundle_()


GRAPH_OBSERVERS: dict[str, Callable[[Any], Any]] = {
    "session": Session,
    "sessions": lambda root: (Session(root), Session(root)),
    "stepping": lambda root: stepped(Session(root)),
    "breakpoint": lambda root: breakpoint_when(root, "abs(grad) > 0", front_end=lambda *_: "quit"),
    "draw": lambda root: [draw(root, passes=passes).dot for passes in (None, "both", "forward", "backward")],
    "page": lambda root: draw(root, passes="both").html,
    "explain": lambda root: str(explain(root, next(n for n in ancestors(root) if n.name))),
    "snapshot": lambda root: draw(root, since=snapshot(root)).dot,
    "blame": first_wrong_node,
    "table": lambda root: (root.graph(), str(root.graph()), repr(root.graph())),
    "words": lambda root: (
        repr(root),
        str(root),
        f"{root}",
        root.label(),
        getattr(root, "_repr_html_", root.__repr__)(),
    ),
}


@pytest.mark.parametrize("make", [values, tensors])
@pytest.mark.parametrize("name", GRAPH_OBSERVERS)
def test_who_looks_at_a_graph_changes_nothing(name: str, make: Callable[[], Node]) -> None:
    seed()
    root = make()
    before = world([root, OTHER])
    GRAPH_OBSERVERS[name](root)
    unchanged(before, world([root, OTHER]))


@pytest.mark.parametrize("name", GRAPH_OBSERVERS)
def test_who_looks_before_the_first_backward_leaves_no_gradient(name: str) -> None:
    v = Value(3.0, name="v")
    x = Tensor([1.0, 2.0], requires_grad=True, name="x")
    roots = [(v * v).tanh(), (x * x).sum()]
    before = world(roots)
    for root in roots:
        GRAPH_OBSERVERS[name](root)
    unchanged(before, world(roots))
    assert (v.grad, x.grad) == (0.0, None)


# functions


def draws(x: Any) -> Any:
    """A function that uses a tensor of the user's beside its argument, and random numbers."""
    random.random(), np.random.rand()
    return ag.sum(x * x * SCALE)


SCALE = Tensor(2.0, requires_grad=True, name="scale")

FUNCTION_OBSERVERS: dict[str, Callable[[], Any]] = {
    "session": lambda: stepped(Session.of(draws, np.array([1.0, 2.0]))),
    "draw": lambda: draw(draws, np.array([1.0, 2.0])).dot,
    "check": lambda: check_gradients(draws, np.array([1.0, 2.0]), order=2),
    "wrong gradient": lambda: str(check_gradients(draws, np.array([1.0, 2.0]), grad=lambda x: 3.0 * x)),
    "some parameters": lambda: check_parameters(lambda: draws(BESIDE), [("beside", BESIDE)]),
}
BESIDE = Tensor([1.0, 2.0], requires_grad=True)


@pytest.mark.parametrize("name", FUNCTION_OBSERVERS)
def test_who_looks_at_a_function_changes_nothing_beside_it(name: str) -> None:
    seed()
    (SCALE * BESIDE).sum().backward()
    recorded = (BESIDE * BESIDE).sum()
    before = world([SCALE, recorded])
    FUNCTION_OBSERVERS[name]()
    unchanged(before, world([SCALE, recorded]))
    recorded.backward()


# models


def model() -> nn.Module:
    made = nn.Sequential(
        nn.Linear(4, 3, rng=0), nn.BatchNorm1d(3), nn.Tanh(), nn.Dropout(0.3, rng=1), nn.Linear(3, 3, rng=2)
    )
    made[0].weight.register_hook(lambda g: g * 2.0)
    return made


X = np.random.default_rng(0).normal(size=(40, 4)).astype(np.float32)
Y = X[:, :3].argmax(axis=1)
LOSS = nn.CrossEntropyLoss()

MODEL_OBSERVERS: dict[str, Callable[[nn.Module], Any]] = {
    "summary": lambda m: m.summary(X),
    "draw": lambda m: draw(m, X, loss=lambda out: LOSS(out, Y)).html,
    "session": lambda m: Session.of(lambda: LOSS(m(X), Y)),
    "examine": lambda m: str(examine(m, X, Y, LOSS)),
    "report": lambda m: (lambda report: (report.session(), report.draw().dot, str(report)))(examine(m, X, Y, LOSS)),
    "checklist": lambda m: str(nn.checklist(m, (X, Y), epochs=1, quick=True)),
    "words": lambda m: (repr(m), str(m)),
}


@pytest.mark.parametrize("training", sweep([True, False], 2))
@pytest.mark.parametrize("name", MODEL_OBSERVERS)
def test_who_looks_at_a_model_changes_nothing(name: str, training: bool) -> None:
    seed()
    made = model()
    LOSS(made(X), Y).backward()
    made.train(training)
    recorded = LOSS(made(X), Y)
    before = world([recorded], [made])
    MODEL_OBSERVERS[name](made)
    unchanged(before, world([recorded], [made]))
    recorded.backward()


def test_health_of_a_run_changes_nothing_of_it() -> None:
    def trained(*callbacks: Any) -> list[bytes]:
        seed()
        made = model()
        nn.fit(made, (X, Y), epochs=3, batch_size=8, seed=0, callbacks=callbacks, progress=False)
        return [p.data.tobytes() for p in made.parameters()] + [repr(random.getstate()).encode()]

    assert trained(Health(every=1)) == trained()
