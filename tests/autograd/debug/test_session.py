"""The session: every event of a pass, from any position to any other, and `.grad` as a plain `backward()` leaves it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
import nn
from autograd import GraphError, Tensor, Value, primitive
from autograd.check.programs import Program
from autograd.check.strategies import scalar_programs
from autograd.debug import DebugError, Session
from autograd.debug.text import session_lines
from autograd.examples import chain_rule, digits, xor
from autograd.graph.modes import record_sites


def example() -> Session:
    return Session(chain_rule().root)


def state(session: Session) -> dict[str, tuple[object, object]]:
    return {session.name(n): (session.value(n), session.gradient(n)) for n in session.nodes}


# the story


def test_the_story_of_the_example() -> None:
    session = example()
    assert [(e.number, e.phase, e.name) for e in session.events] == [
        (1, "forward", "c"),
        (2, "forward", "d"),
        (3, "forward", "e"),
        (4, "backward", "e"),
        (5, "backward", "c"),
        (6, "backward", "d"),
        (7, "backward", "a"),
        (8, "backward", "b"),
    ]
    sent = [(e.name, s.name, s.formula, s.local, s.contribution, s.total) for e in session.events for s in e.sent]
    assert sent == [
        ("e", "c", "d", 2.0, 2.0, 2.0),
        ("e", "d", "c", 3.0, 3.0, 3.0),
        ("c", "a", "1", 1.0, 2.0, 2.0),
        ("c", "b", "1", 1.0, 2.0, 2.0),
        ("d", "b", "1", 1.0, 3.0, 5.0),
    ]


def test_values_and_gradients_are_those_of_the_moment() -> None:
    session = example()
    assert state(session)["a"] == (2.0, None)
    assert (session.value("c"), session.value("e")) == (None, None)
    session.goto(3)
    assert (session.value("e"), session.gradient("e")) == (6.0, None)
    session.step()
    assert [session.gradient(n) for n in "ecdab"] == [1.0, 2.0, 3.0, None, None]
    session.step()
    assert session.gradient("b") == 2.0
    session.step()
    assert session.gradient("b") == 5.0
    session.back()
    assert session.gradient("b") == 2.0


def test_every_earlier_state_is_restored() -> None:
    session = Session(xor().root)
    states = [state(session)]
    while not session.at_end:
        session.step()
        states.append(state(session))
    for position in reversed(range(len(session))):
        session.back()
        assert session.position == position
        assert state(session) == states[position]
    rng = np.random.default_rng(0)
    for position in rng.integers(0, len(session) + 1, 50):
        session.goto(position)
        assert state(session) == states[position]


def test_moving_stops_at_the_ends() -> None:
    session = example()
    assert session.at_start
    assert session.event is None
    assert session.back() is None
    assert session.step(100) is not None
    assert session.at_end
    assert session.step().name == "b"  # type: ignore[union-attr]
    session.restart()
    assert session.at_start
    assert session.run() is None
    assert session.at_end
    assert session.reverse_run() is None
    assert session.at_start


@pytest.mark.parametrize("position", [-1, 9, 2.5, "3", None])
def test_a_position_that_is_not_there(position: object) -> None:
    session = example()
    with pytest.raises(DebugError, match="they go from 0 to 8"):
        session.goto(position)  # type: ignore[arg-type]
    assert session.position == 0


@pytest.mark.parametrize("count", [-1, 0.5, "2", None])
def test_a_number_of_events_that_is_none(count: object) -> None:
    session = example()
    for move in (session.step, session.back):
        with pytest.raises(DebugError, match="a whole number from 0 on"):
            move(count)  # type: ignore[arg-type]


# .grad


@given(scalar_programs(), st.data())
def test_gradients_are_left_as_a_plain_backward_leaves_them(program: Program, data: st.DataObject) -> None:
    def grads(session: bool) -> list[float]:
        leaves = [Value(x) for x in program.inputs]
        root = program.run(*leaves)
        if not isinstance(root, Value) or not root.requires_grad:
            return []
        for _ in range(2):
            if session:
                moved = Session(root, accumulate=True)
                moved.goto(data.draw(st.integers(0, len(moved))))
            else:
                root.backward()
        return [leaf.grad for leaf in leaves]

    np.testing.assert_array_equal(grads(True), grads(False))


@given(scalar_programs())
def test_a_session_shows_the_gradients_of_a_plain_backward_and_leaves_none(program: Program) -> None:
    leaves = [Value(x) for x in program.inputs]
    root = program.run(*leaves)
    if not isinstance(root, Value) or not root.requires_grad:
        return
    for _ in range(2):
        session = Session(root)
        session.run()
    shown = [session.gradient(leaf) or 0.0 if leaf in session.nodes else 0.0 for leaf in leaves]
    assert [leaf.grad for leaf in leaves] == [0.0] * len(leaves)
    root.backward()
    np.testing.assert_array_equal(shown, [leaf.grad for leaf in leaves])


def test_tensors_keep_what_backward_keeps() -> None:
    x = Tensor(np.array([1.0, -2.0]), requires_grad=True)
    h = x * x
    Session(h.sum(), accumulate=True, retain_grads=True).run()
    np.testing.assert_array_equal(x.grad, [2.0, -4.0])
    np.testing.assert_array_equal(h.grad, [1.0, 1.0])


def test_a_session_changes_nothing_unless_it_is_asked_to() -> None:
    v = Value(3.0)
    v.grad = 7.0
    root = v * v
    session = Session(root)
    session.run()
    assert (session.gradient(v), v.grad, root.grad) == (6.0, 7.0, 0.0)
    with pytest.raises(DebugError, match="only with accumulate=True"):
        Session(root, retain_grads=True)


def test_sums_are_those_of_this_pass_whatever_earlier_ones_left() -> None:
    v = Value(3.0, name="v")
    (v * v).backward()
    session = Session(v * v, accumulate=True)
    session.run()
    assert (session.gradient("v"), v.grad) == (6.0, 12.0)


def test_hooks_are_called_once_and_their_gradient_is_seen() -> None:
    v, calls = Value(3.0, name="v"), []
    h = v * v
    h.name = "h"
    h.register_hook(lambda g: calls.append(g) or 10 * g)
    session = Session(h.exp() * 0.0 + h, accumulate=True)
    session.run()
    assert calls == [1.0]
    assert (session.gradient("h"), session.gradient("v"), v.grad) == (10.0, 60.0, 60.0)


def test_the_callback_of_the_user_is_called_too() -> None:
    seen: list[str] = []
    Session(chain_rule().root, step=lambda step: seen.append(step.node.label()))
    assert seen == ["e", "c", "d", "a", "b"]


# tensors


def test_events_of_tensors_tell_shapes_and_norms_and_have_the_arrays() -> None:
    session = Session(digits().root)
    session.goto(1)
    assert str(session.event) == "v2 = linear(v1, 0.weight, 0.bias): 32×64, norm 21.7"
    session.run()
    event = next(e for e in session.events if e.phase == "backward" and e.name == "v3")
    assert [s.formula for s in event.sent] == ["g * (v3 * (1 - v3))"]
    assert event.sent[0].local is None
    assert event.sent[0].contribution.shape == (32, 64)
    assert session.gradient("2.weight").shape == (16, 64)


def test_parameters_that_an_optimizer_changes_afterwards_are_shown_as_they_were() -> None:
    model = nn.Linear(2, 1, rng=0)
    before = model.weight.data.copy()
    session = Session(model(np.ones((1, 2), np.float32)).sum())
    model.weight.data -= 1.0
    np.testing.assert_array_equal(session.value("weight"), before)


# functions


def test_of_takes_a_function_with_numbers_arrays_and_structures() -> None:
    def loss(w: dict[str, Tensor], x: list[float], k: int, scale: float = 1.0) -> Value:
        return (x[0] * x[1] + w["a"]) * scale * k

    session = Session.of(loss, {"a": 0.5}, [2.0, 3.0], 2, scale=10.0)
    session.run()
    assert session.root.data == 130.0
    assert session.gradient("scale") == 13.0
    assert session.event is not None
    assert any("loss" in str(e.site) for e in session.events)


def test_of_names_arrays_after_their_arguments() -> None:
    session = Session.of(lambda x, w: (x @ w).sum(), np.ones((2, 3)), np.ones(3))
    session.run()
    np.testing.assert_array_equal(session.gradient("w"), [2.0, 2.0, 2.0])


def test_of_a_function_that_gives_no_node() -> None:
    with pytest.raises(DebugError, match="gave float, not a Value or a Tensor"):
        Session.of(lambda x: 3.0, 1.0)


# names


def test_nodes_without_a_name_are_numbered_and_equal_names_are_told_apart() -> None:
    h = Value(2.0, name="h")
    for _ in range(3):
        h = h * h
        h.name = "h"
    session = Session(h.exp())
    assert [session.name(n) for n in session.nodes] == ["h", "h#2", "h#3", "h#4", "v1"]
    assert session.find("h#3") is session.nodes[2]


def test_an_unknown_name_says_which_is_near() -> None:
    with pytest.raises(DebugError, match=r"no node is called 'cc'; did you mean c\?"):
        example().value("cc")
    with pytest.raises(DebugError, match="is not a node of the graph of e"):
        example().value(Value(1.0))


# explain


def test_explain_tells_what_came_and_what_will() -> None:
    session = example()
    session.goto(5)
    assert session.explain("b").splitlines() == [
        "b = 1, a leaf",
        "its gradient is 2 so far:",
        "  2 from c: 2 · 1 = 2",
        "still to come: d",
    ]
    session.run()
    assert "its gradient is 5:" in session.explain("b")
    assert session.explain("e").splitlines()[-1] == "  1: the pass begins here"
    session.restart()
    assert session.explain("c") == "c is not computed yet: event 1 will\nno gradient has arrived yet\nstill to come: e"
    with record_sites():
        line = Session(Value(1.0, name="x").exp()).explain("x")
    assert "recorded at test_session.py" in line


# what cannot be stepped through


def test_a_root_without_gradient() -> None:
    for root in (Value(2.0).detach() * 1.0, Tensor(np.ones(1)), Value(1.0, requires_grad=False)):
        with pytest.raises(DebugError, match="requires no gradient, so there is no backward pass"):
            Session(root)
    with pytest.raises(DebugError, match="not of float"):
        Session(2.0)


def test_a_root_of_several_elements() -> None:
    t = Tensor(np.ones(3), requires_grad=True) * 2.0
    with pytest.raises(GraphError, match=r"reduce it to one number"):
        Session(t)
    session = Session(t, np.array([1.0, 2.0, 3.0]), accumulate=True)
    session.run()
    np.testing.assert_array_equal(t.parents[0].grad, [2.0, 4.0, 6.0])


def test_a_rule_that_raises_ends_the_story_where_it_did() -> None:
    def broken(g: object, out: object, x: object) -> object:
        raise ZeroDivisionError("no slope today")

    identity = primitive(broken)(lambda x: x)
    v = Value(2.0, name="v")
    bent = identity(v * 3.0)
    session = Session(bent.exp())
    assert isinstance(session.error, ZeroDivisionError)
    assert [e.name for e in session.events if e.phase == "backward"] == ["v2"]
    session.run()
    assert session.gradient(bent) == pytest.approx(np.exp(6.0))
    assert session.gradient("v") is None


def test_a_value_that_was_overwritten_ends_the_story_too() -> None:
    x = Tensor(np.ones(3), requires_grad=True)
    y = x * x
    root = (y * 2.0).sum()
    with ag.no_grad():
        x += 1.0
    session = Session(root)
    assert "overwritten in place" in str(session.error)
    assert session.event is None
    assert session.step() is not None


@pytest.mark.integration
def test_a_long_chain() -> None:
    v = Value(1.0, name="v")
    chain = v
    for _ in range(100_000):
        chain = chain + 1.0
    session = Session(chain)
    session.goto(150_000)
    assert session.gradient("v") is None
    session.run()
    assert session.gradient("v") == 1.0


def test_nan_is_a_value_like_any_other() -> None:
    session = Session(ag.log(Value(-1.0, name="x")) * Value(2.0, name="y"))
    session.run()
    assert np.isnan(session.gradient("y"))
    assert session.gradient("x") == -2.0
    assert [str(e).splitlines()[0] for e in session.events][:2] == [
        "v1 = log(x) = log(-1) = nan",
        "v2 = v1 * y = nan * 2 = nan",
    ]


# what others do to the graph


def test_a_hook_that_calls_backward_of_another_graph_is_no_part_of_the_session() -> None:
    other, a = Tensor(3.0, requires_grad=True), Tensor([1.0, 2.0], requires_grad=True, name="a")
    doubled = a * 2
    doubled.register_hook(lambda g: (other * other).backward())
    for accumulate in (False, True):
        session = Session((doubled * doubled).sum(), accumulate=accumulate)
        assert session.error is None
        assert [event.name for event in session.events] == ["doubled", "v1", "v2", "v2", "v1", "doubled", "a"]
        session.run()
        np.testing.assert_array_equal(session.gradient("a"), [8.0, 16.0])
        assert (a.grad is None, other.grad is None) == (not accumulate, not accumulate)
    np.testing.assert_array_equal(a.grad, [8.0, 16.0])
    assert other.grad.item() == 6.0


def test_a_step_in_place_leaves_views_of_a_parameter_as_they_were() -> None:
    w = Tensor([[1.0, 2.0]], requires_grad=True, name="w")
    turned = w.T
    session = Session((turned * turned).sum())
    session.run()
    w.data -= 1.0
    np.testing.assert_array_equal(session.value(turned), [[1.0], [2.0]])
    session.edit("w", [[1.0, 3.0]])
    session.restore()
    np.testing.assert_array_equal(session.value(turned), [[1.0], [2.0]])


def test_a_change_of_a_retained_gradient_leaves_the_session_as_it_was() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True, name="x")
    h = x * 2
    session = Session((h * h + h).sum(), accumulate=True, retain_grads=True)
    h.grad *= 0.0
    upstream = next(event.upstream for event in session.events if event.node is h and event.phase == "backward")
    np.testing.assert_array_equal(upstream, [5.0, 9.0])


def test_restore_gives_the_pass_that_was_broken_by_a_change_in_place_again() -> None:
    a, b = (Tensor([1.0, 2.0], requires_grad=True, name=name) for name in "ab")
    y = (a * b).sum()
    a.data -= 1.0
    for session in (Session(y, accumulate=True), Session(y)):
        error, length = session.error, len(session)
        assert isinstance(error, ag.InPlaceError)
        session.edit("b", [2.0, 2.0])
        session.restore()
        assert session.error is error
        assert len(session) == length


def test_equal_numbers_are_watched_apart() -> None:
    a, b = Value(1.0, name="a"), Value(1.0, name="b")
    session = Session(a * b)
    session.watch("a")
    session.watch("b")
    assert [session.name(node) for node in session.watches] == ["a", "b"]
    session.unwatch("b")
    assert [session.name(node) for node in session.watches] == ["a"]


def test_tensors_are_watched() -> None:
    a, b = (Tensor([1.0, 1.0], requires_grad=True, name=name) for name in "ab")
    session = Session((a * b).sum())
    for action in ("watch", "unwatch"):
        for name in "ab":
            getattr(session, action)(name)
    assert session.watches == []


def test_explain_tells_what_a_hook_made_of_a_gradient() -> None:
    a = Value(2.0, name="a")
    a.register_hook(lambda g: g * 10)
    session = Session(a * a)
    session.goto(2)
    assert "hook" not in session.explain("a")
    session.run()
    assert session.explain("a").splitlines()[1:] == [
        "its gradient is 40:",
        "  2 from v1: 1 · a = 1 · 2 = 2",
        "  2 from v1: 1 · a = 1 · 2 = 2",
        "  40 by its hooks",
    ]


def test_an_error_that_is_not_the_engines_is_told_with_its_type() -> None:
    def stop(step: object) -> None:
        raise KeyError("x")

    session = Session(chain_rule().root, step=stop)
    assert list(session_lines(session))[-1] == "the backward pass stopped here: KeyError: 'x'"
    assert "The backward pass was stopped: KeyError: 'x'" in session.page()


def test_what_is_neither_node_nor_name_is_told_so() -> None:
    for wrong in ([1], 3, None):
        with pytest.raises(DebugError, match="no node is called"):
            example().find(wrong)  # type: ignore[arg-type]


def test_names_neither_break_lines_nor_steer_a_terminal() -> None:
    v = Value(2.0, name="a\nb\x1b[31m")
    session = Session(v * v)
    session.run()
    told = list(session_lines(session))
    texts = [*told, *map(str, session.events), session.explain(v), str((v * v).graph())]
    assert not any("\x1b" in text or "a\nb" in text for text in texts)
    assert told[1].endswith(r"v1 = a\nb\x1b[31m² = 2² = 4")
    assert len(told) == 7


def test_an_event_shows_its_number_phase_and_headline() -> None:
    event = list(example().events)[3]
    assert repr(event) == f"<Event {event.number}, backward: {event.headline}>"
