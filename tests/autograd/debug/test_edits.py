"""What if a value were another: all that depends on it is computed anew, and nothing of the program changes."""

from __future__ import annotations

import copy
import math
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
import nn
from autograd import Tensor, Value
from autograd.check.programs import Program
from autograd.check.strategies import scalar_programs, tensor_programs
from autograd.debug import DebugError, Session
from autograd.examples import chain_rule


def test_a_leaf() -> None:
    session = Session(chain_rule().root)
    session.goto(5)
    session.edit("a", 10.0)
    assert session.position == 5
    assert [session.value(n) for n in "acde"] == [10.0, 11.0, 2.0, 22.0]
    assert (session.gradient("d"), session.gradient("b")) == (11.0, 2.0)
    assert str(session.event).splitlines()[0] == "c has gradient 2"
    assert session.goto(3).equation == "e = c * d = 11 * 2 = 22"
    assert session.explain("a").splitlines()[0] == "a = 10, a leaf (edited; recorded was 2)"


def test_the_program_is_left_alone() -> None:
    root = chain_rule().root
    session = Session(root)
    session.edit("b", 5.0)
    session.run()
    by_name = {node.name: node for node in session.nodes}
    assert (by_name["b"].data, by_name["b"].grad, root.data) == (1.0, 0.0, 6.0)


def test_the_programs_own_gradient_is_on_the_page_until_a_value_is_edited() -> None:
    x = Value(2.0, name="x")
    (x * x).backward()
    session = Session(x * x * x)
    assert "4: of several passes, or zeroed since" in session.page()
    session.edit("x", 10.0)
    assert "of several passes" not in session.page()


def test_a_result_keeps_the_value_it_is_given() -> None:
    session = Session(chain_rule().root)
    session.run()
    session.edit("c", 100.0)
    assert (session.value("e"), session.gradient("d"), session.gradient("a")) == (200.0, 100.0, 2.0)
    session.edit("a", -1.0)
    assert session.value("c") == 100.0
    session.restore("c")
    assert (session.value("c"), session.value("e")) == (0.0, 0.0)
    session.restore()
    assert (session.value("c"), session.value("e"), session.edits) == (3.0, 6.0, {})
    with pytest.raises(DebugError, match="a was not edited"):
        session.restore("a")


@pytest.mark.integration
@pytest.mark.parametrize("strategy", [scalar_programs(), tensor_programs()], ids=["scalars", "tensors"])
def test_an_edit_gives_what_the_program_gives_from_there(strategy: st.SearchStrategy[Program]) -> None:
    @given(strategy, st.floats(0.5, 1.5))
    def check(program: Program, factor: float) -> None:
        def run(first: float) -> tuple[Any, list[Any]]:
            scalars = all(isinstance(x, float) for x in program.inputs)
            leaves = [
                Value(x) if scalars else Tensor(np.asarray(x, float), requires_grad=True)
                for x in (program.inputs[0] * first, *program.inputs[1:])
            ]
            with ag.record_sites():
                root = program.run(*leaves)
            return root, leaves

        root, leaves = run(1.0)
        other, others = run(factor)
        if not getattr(root, "requires_grad", False) or np.size(root.data) == 0:
            return
        seed = None if isinstance(root, Value) else np.ones(root.shape)
        session = Session(root, seed)
        if leaves[0] not in session._tape.names:
            return
        session.edit(leaves[0], others[0].data)
        session.run()
        other.backward(seed)
        np.testing.assert_array_equal(session.value(root), other.data)
        for mine, theirs in zip(leaves, others, strict=True):
            gradient = session.gradient(mine) if mine in session._tape.names else None
            expected = theirs.grad if theirs.grad is not None else None
            if gradient is not None:
                np.testing.assert_allclose(gradient, expected, rtol=1e-12, atol=1e-12)

    # A factor may lead out of what a function is defined on.
    with np.errstate(all="ignore"):
        check()


DECIDED: dict[str, Callable[[Any], Any]] = {
    "a mask": lambda x: np.where(x > 0, x * 2, x * x).sum(),
    "a product with a mask": lambda x: ((x > 0) * 1.0 * x).sum(),
    "a mask of masks": lambda x: np.where((x * 2 > 0) & ~(x > 2.5), x * 2, x * x).sum(),
    "a sort": lambda x: (np.sort(x) * np.array([1.0, 10.0, 100.0])).sum(),
    "a median": lambda x: np.median(x) + np.quantile(x, 0.3),
    "an index": lambda x: x[np.argmax(x)] + x[np.argsort(x)][0],
    "a step": lambda x: (x * np.floor(x * 1.3) * np.sign(x)).sum(),
    "whole numbers": lambda x: x.astype(int).astype(float) @ x,
    "a detached tensor": lambda x: (x * (x * x).detach()).sum(),
    "a stopped gradient": lambda x: (x * ag.stop_gradient(x * x)).sum(),
    "what was detached twice": lambda x: (x * ((x * x).detach() * 2.0).detach()).sum(),
    "a mask under no_grad": lambda x: np.where(ag.no_grad(lambda: x * 2.0 > 1.0)(), x * x, x).sum(),
    "a number under no_grad": lambda x: (x * ag.no_grad(lambda: x @ x)()).sum(),
    "a mask of what is edited afterwards": lambda x: _set(x * 1.0, lambda h: h > 0.0).sum(),
    "a choice": lambda x: np.select([x > 1.0, x > 0.0], [x, x * x], x * 3.0).sum(),
    "a sum where": lambda x: np.sum(x * x, where=x > 0.0) + np.max(x, where=x < 2.0, initial=-9.0),
    "an interval": lambda x: np.interp(x, np.array([-1.0, 0.0, 1.0]), np.array([1.0, 5.0, 2.0])).sum(),
    "what is no NaN": lambda x: np.nanvar(np.where(x > 0.0, x, np.nan)) + np.nanmean(np.where(x > 0.6, x, np.nan)),
    "a mask in an inner gradient": lambda x: ag.grad(lambda t: np.where(t > 0.0, t**3, t).sum())(x).sum(),
    "a mask in a Hessian": lambda x: ag.hessian(lambda t: np.where(t > 0.0, t**4, t * t).sum())(x).sum(),
}


def _set(h: Any, where: Callable[[Any], Any]) -> Any:
    h[where(h)] = 7.0
    return h * h


@pytest.mark.parametrize("case", DECIDED)
def test_what_numbers_decide_follows_an_edit(case: str) -> None:
    session = Session.of(DECIDED[case], np.array([1.0, -2.0, 3.0]))
    after = np.array([-1.0, 2.0, 0.5])
    session.edit("x", after)
    session.run()
    value, gradient = ag.value_and_grad(DECIDED[case])(after)
    assert session.value(session.root) == value
    np.testing.assert_allclose(session.gradient("x"), gradient)


PLAIN: dict[str, Callable[[Any], Any]] = {
    "a branch": lambda x: (x * x).sum() if x[0] > 0.0 else x.sum(),
    "a number": lambda x: x.sum() * (x * x).sum().item(),
    "an array": lambda x: (x * Tensor((x * x).data)).sum(),
    "a row of a matrix": lambda x: (np.eye(3)[np.argmax(x)] * x * x).sum(),
    "places": lambda x: x[np.nonzero(x > 0.0)].sum(),
    "a count": lambda x: x.sum() * np.count_nonzero(x > 0.4),
    "a test": lambda x: x.sum() * np.all(x > -1.5),
    "an elementwise edit": lambda x: (x * _set((x * x).detach().copy(), lambda h: 0)).sum(),
    "a refusal": lambda x: x.sum() if x[0] > 0.0 else math.exp(x[0]),
}


@pytest.mark.parametrize("case", PLAIN)
def test_what_is_decided_by_plain_numbers_is_told(case: str) -> None:
    """The function is called again, and what it gives is compared."""
    session = Session.of(PLAIN[case], np.array([1.0, -2.0, 3.0]))
    with pytest.warns(ag.errors.GraphWarning):
        session.edit("x", np.array([-1.0, 0.5, 0.3]))


def test_gradients_are_compared_too() -> None:
    session = Session.of(lambda a: a * a if a > 3.0 else a * 3.0, 2.0)
    with pytest.warns(ag.errors.GraphWarning, match="gradient with respect to a is not that of the record"):
        session.edit("a", 3.0 + 1e-12)


def test_a_function_that_draws_is_compared_by_the_same_numbers() -> None:
    dropout = nn.Dropout(0.5, rng=0)
    session = Session.of(
        lambda x: dropout(x).sum() * np.random.default_rng(0).random() + np.random.random(), np.ones(20)
    )
    session.edit("x", np.full(20, 2.0))
    count = iter(range(100))
    unknown = Session.of(lambda x: x.sum() + next(count), np.ones(2))
    unknown.edit("x", np.zeros(2))


def _edit_mask(x: Any) -> Any:
    mask = x > 0.0
    mask[0] = True
    return np.where(mask, x, x * x).sum()


def _edit_mask_by_mask(x: Any) -> Any:
    mask = x > 0.0
    mask &= x < 1.0
    return np.where(mask, x, x * x).sum()


def _fill_ones(x: Any) -> Any:
    ones = Tensor(np.ones(3))
    ones[x < 0.0] = 0.0
    return (ones * x * x).sum()


def _add_under_no_grad(x: Any) -> Any:
    total = Tensor(np.zeros(3))
    with ag.no_grad():
        total += x
    return (total * x).sum()


def _edit_view(x: Any) -> Any:
    mask = x > 0.0
    mask[1:][0] = True
    return np.where(mask, x, x * x).sum()


def _set_data(x: Any) -> Any:
    constant = x.detach().copy()
    constant.data = np.ones(3)
    return (constant * x).sum()


@pytest.mark.parametrize(
    "program",
    [
        _edit_mask,
        _edit_mask_by_mask,
        _fill_ones,
        _add_under_no_grad,
        _edit_view,
        _set_data,
        lambda x: (x * copy.deepcopy((x * x).detach())).sum(),
        lambda x: (x * ag.no_grad(lambda: x @ x * 2.0)()).sum(),
    ],
)
def test_constants_that_were_edited_or_not_recorded_are_told(program: Callable[[Any], Any]) -> None:
    session = Session(program(Tensor([1.0, -2.0, 3.0], requires_grad=True, name="x")))
    with pytest.warns(ag.errors.GraphWarning, match="is gone, and stays as it was recorded"):
        session.edit("x", [-1.0, 2.0, 0.5])


def test_a_detached_value_follows_or_is_told() -> None:
    a = Value(2.0, name="a")
    session = Session(a * a.detach())
    session.run()
    session.edit("a", 5.0)
    assert session.value(session.root) == 25.0
    gone = Session(a * (a * 3.0).detach())
    with pytest.warns(ag.errors.GraphWarning, match="is gone"):
        gone.edit("a", 5.0)


def test_what_cannot_be_computed_anew_is_refused() -> None:
    x = Tensor([1.0, -2.0, 3.0], requires_grad=True, name="x")
    session = Session(ag.checkpoint(lambda t: (t * t).sum())(x) * 2.0)
    with pytest.raises(DebugError, match="call it without checkpoint"):
        session.edit("x", [2.0, 2.0, 2.0])
    session = Session((x[x > 0.0] ** 2).sum())
    with pytest.raises(DebugError, match=r"was recorded with shape \(2,\), and has shape \(1,\) for the new values"):
        session.edit("x", [2.0, -2.0, -2.0])
    assert session.edits == {}


def test_what_cannot_follow_an_edit_is_told() -> None:
    x = Tensor([1.0, -2.0], requires_grad=True, name="x")
    session = Session(np.where(x * 2.0 > 0.0, x, x * x).sum())
    with pytest.warns(ag.errors.GraphWarning, match="is gone, and stays as it was recorded"):
        session.edit("x", [-1.0, 2.0])
    known = Session(np.where(x > 0.0, x, x * x).sum())
    known.edit("x", [-1.0, 2.0])
    known.run()
    assert known.value(known.root) == 3.0


def test_a_mask_that_is_held_does_not_hold_the_graph() -> None:
    x = Tensor(np.ones(3), requires_grad=True)
    hidden = x * 2.0
    watched = weakref.ref(hidden)
    mask = hidden > 1.0
    del hidden
    assert mask.data.all()
    assert watched() is None


def test_a_running_average_does_not_hold_what_it_was() -> None:
    w = Tensor(np.ones(3), requires_grad=True)
    average = Tensor(np.zeros(3))
    earlier = []
    for _ in range(4):
        average = average * 0.9 + w.detach() * 0.1
        earlier.append(weakref.ref(average))
    # The last sum knows the product before it, which nobody else holds.
    assert [reference() is None for reference in earlier] == [True, True, True, False]


def test_tensors_and_constants() -> None:
    model = nn.Linear(2, 1, rng=0)
    x = Tensor(np.ones((3, 2), np.float32), name="x")
    session = Session((model(x) ** 2).sum())
    session.edit("weight", [[1.0, 2.0]])
    session.edit("bias", np.array([0.5]))
    session.edit("x", np.zeros((3, 2)))
    session.run()
    assert session.value(session.root) == 0.75
    assert session.gradient("bias") == pytest.approx(3.0)
    assert session.value("weight").dtype == np.float32


def test_labels_stay_whole_numbers() -> None:
    logits = Tensor(np.zeros((1, 3)), requires_grad=True)
    session = Session(ag.cross_entropy(logits, np.array([2])))
    labels = next(session.name(n) for n in session.nodes if np.asarray(n.data).dtype.kind == "i")
    session.edit(labels, [0])
    session.run()
    np.testing.assert_allclose(session.gradient(logits), [[-2 / 3, 1 / 3, 1 / 3]])
    with pytest.raises(DebugError, match=r"has dtype int64, which cannot hold float64 data"):
        session.edit(labels, [0.5])


@pytest.mark.parametrize("value", ["3", None, [1.0, 2.0], 1j, np.ones(2), True, object()])
def test_an_edit_that_is_no_number(value: object) -> None:
    session = Session(chain_rule().root)
    with pytest.raises(DebugError, match="a is one number and cannot be"):
        session.edit("a", value)
    session.run()
    assert (session.value("e"), session.edits) == (6.0, {})


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (np.ones(3), r"w has shape \(2,\); the new value has shape \(3,\)"),
        (1.0, r"the new value has shape \(\)"),
        (["a", "b"], "cannot hold this"),
        (np.array([1j, 0]), "cannot hold complex128 data|cannot hold this"),
    ],
)
@pytest.mark.filterwarnings("ignore:Casting complex")
def test_an_array_that_does_not_fit(value: object, message: str) -> None:
    session = Session.of(lambda w: (w * w).sum(), np.ones(2))
    with pytest.raises(DebugError, match=message):
        session.edit("w", value)
    assert session.edits == {}


def test_an_operation_that_refuses_its_new_operands_leaves_the_session_as_it_was() -> None:
    session = Session.of(lambda m: np.linalg.inv(m).sum(), np.eye(2))
    session.run()
    with pytest.raises(DebugError, match=r"v1 = inv\(…\) cannot be computed from the new values: Singular matrix"):
        session.edit("m", np.zeros((2, 2)))
    assert (session.value("v2"), session.edits) == (2.0, {})


def test_not_a_number_is_a_number() -> None:
    session = Session(chain_rule().root)
    session.edit("a", float("nan"))
    session.break_at(not_finite=True)
    assert session.run().name == "c"  # type: ignore[union-attr]


def test_numbers_that_are_too_large_are_refused() -> None:
    a = Value(1.0, name="a")
    with pytest.raises(DebugError, match="larger than any"):
        Session(a * a).edit("a", 10**400)
    x = Tensor(np.ones(2, np.float32), requires_grad=True, name="x")
    session = Session((x * x).sum())
    for value in ([1e300, 1.0], [10**400, 1]):
        with pytest.raises(DebugError, match="x has dtype float32, which cannot hold"):
            session.edit("x", value)
    session.edit("x", [np.inf, np.nan])
    assert session.edits


@pytest.mark.parametrize("value", [[1j, 1], [None, None], ["a", "b"], [10**400, 1], [[1], [1, 2]]])
def test_what_is_no_array_of_numbers_is_refused(value: Any) -> None:
    x = Tensor([1.0, 2.0], requires_grad=True, name="x")
    with pytest.raises(DebugError, match="x has dtype float64, which cannot hold this"):
        Session((x * x).sum()).edit("x", value)
