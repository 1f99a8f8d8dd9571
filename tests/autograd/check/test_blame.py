"""The first wrong node: whichever row of the table is broken, it is named, and its reproducer runs and fails."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import Tensor, Value, primitive
from autograd.check import check_gradients
from autograd.check.blame import first_wrong_node, write_reproducer
from autograd.graph.op import TABLE, Op
from tests.autograd import samples
from tests.sweep import sweep

ROWS = sorted(name for name, op in TABLE.items() if op.differentiable and op.joint is None)
# Rows that only other rules use have one operand that matters, or repeat what their first operand is.
OPERANDS = {name: [i for i, rule in enumerate(TABLE[name].rules) if rule is not None] for name in ROWS}


@contextlib.contextmanager
def broken(op: Op, operand: int, factor: float = 1.01) -> Iterator[None]:
    """The row with a rule that sends a hundredth too much."""
    rules, pull = op.rules, op.pull
    right = rules[operand]
    assert right is not None

    def wrong(*args: Any, **params: Any) -> Any:
        return right(*args, **params) * factor

    op.rules, op.pull = tuple(wrong if i == operand else rule for i, rule in enumerate(rules)), None
    try:
        yield
    finally:
        op.rules, op.pull = rules, pull


@pytest.mark.integration
@pytest.mark.parametrize("name", sweep(ROWS, 3, rest=pytest.mark.night))
def test_a_broken_row_is_named_and_its_reproducer_fails(name: str) -> None:
    op = TABLE[name]
    xs, params = samples.operands(name)
    for operand in OPERANDS[name]:
        if np.asarray(xs[operand]).dtype.kind != "f":
            continue

        def network(*given: Any) -> Any:
            before = [g * 1.0 if i == operand else x for i, (g, x) in enumerate(zip(given, xs, strict=True))]
            return ag.tanh(op.call(*before, **params) * 0.25)

        def leaves(operand: int = operand) -> list[Any]:
            return [Tensor(x) if i == operand else x for i, x in enumerate(xs)]

        assert check_gradients(lambda x: network(*xs[:operand], x, *xs[operand + 1 :]), xs[operand]), name
        with broken(op, operand):
            report = check_gradients(lambda x: network(*xs[:operand], x, *xs[operand + 1 :]), xs[operand])
            assert report.verdict == "fail"
            wrong = report.wrong_node
            if name in ("mul", "scale", "strong", "times", "tanh"):
                # These stand in the network itself.
                assert wrong is not None
                continue
            assert wrong is not None and (wrong.operation, wrong.operand) == (name, operand), wrong
            assert "test_blame.py" in wrong.site
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                exec(compile(wrong.reproducer, "<reproducer>", "exec"), {})
            assert "fail" in printed.getvalue(), wrong.reproducer


def test_the_first_of_two_wrong_nodes_is_named_on_values() -> None:
    @primitive(lambda g, out, x: g * 3.0)
    def double(x: Any) -> Any:
        return 2.0 * x

    @primitive(lambda g, out, x: g * 2.0 * x * x)
    def cube(x: Any) -> Any:
        return x**3

    wrong = first_wrong_node(cube(double(Value(0.7))).sin())
    assert wrong is not None
    assert (wrong.operation, wrong.operand) == ("cube", 0)
    assert wrong.worst.claimed != pytest.approx(wrong.worst.measured.value)
    assert first_wrong_node((Value(2.0) + Value(1.0)) * 3.0) is None


def test_a_convention_that_is_not_kept_is_a_failure() -> None:
    op = TABLE["relu"]
    rules, pull = op.rules, op.pull
    op.rules, op.pull = (lambda g, out, x: g * ag.greater_equal(x, 0.0),), None
    try:
        report = check_gradients(lambda x: ag.relu(x) * 2.0, np.array([0.0, 1.0]))
    finally:
        op.rules, op.pull = rules, pull
    assert report.verdict == "fail"
    assert report.diagnosis is not None and report.diagnosis.kind == "kink"
    assert "by convention 0" in report.diagnosis.message
    assert check_gradients(lambda x: ag.relu(x) * 2.0, np.array([0.0, 1.0]))


def test_a_wrong_rule_is_diagnosed_by_itself() -> None:
    """In the middle of a network the whole gradient is not a transpose of anything; the operation's own is."""

    @primitive(lambda g, out, x: g)
    def turned(x: Any) -> Any:
        return np.swapaxes(x, 0, 1)

    report = check_gradients(lambda x: turned(x @ x) @ x, np.random.default_rng(0).normal(size=(3, 3)))
    assert report.wrong_node is not None and report.wrong_node.operation == "turned"
    assert report.diagnosis is not None and report.diagnosis.kind == "transposed"


def test_a_reproducer_spells_out_what_it_needs() -> None:
    t = Tensor([1.0, np.inf, 2.0], requires_grad=True)
    assert "x = np.array([1.0, np.inf, 2.0])" in write_reproducer(ag.sum(t, axis=0))
    assert "axis=(0,)" in write_reproducer(ag.sum(t, axis=0))
    assert "from tests.autograd.check.corpus.sighted import cube" in write_reproducer(_importable())


def _importable() -> Any:
    from tests.autograd.check.corpus.sighted import cube

    return cube(Value(2.0))


@pytest.mark.parametrize("around", [np.sum, lambda y: np.sum(3.0 * y), lambda y: y])
def test_a_rule_that_forgets_the_upstream_gradient_is_named(around: Any) -> None:
    @primitive(lambda g, out, x: 2.0 * x)
    def square(x: Any) -> Any:
        return x * x

    for x in (np.array([1.0, 2.0]), 3.0):
        report = check_gradients(lambda x: around(square(x)), x)
        assert report.verdict == "fail"
        assert report.wrong_node is not None and report.wrong_node.operation == "square"
        assert report.diagnosis is not None and report.diagnosis.kind == "upstream ignored"


def test_a_rule_that_is_right_for_a_sum_alone_is_blamed() -> None:
    @primitive(lambda g, out, x: g * g * 2.0 * x)
    def square(x: Any) -> Any:
        return x * x

    report = check_gradients(lambda x: np.sum(square(x)), np.array([1.0, 2.0]))
    assert report.verdict == "fail"
    assert report.wrong_node is not None and report.wrong_node.operation == "square"
    assert report.diagnosis is not None and report.diagnosis.kind == "wrong formula"


def test_exchanged_rules_are_named_in_the_words_of_the_primitive() -> None:
    @primitive(lambda g, out, x, y: g * x, lambda g, out, x, y: g * y)
    def product(x: Any, y: Any) -> Any:
        return x * y

    report = check_gradients(lambda a, b: product(a, b) * 2.0, 2.0, 3.0)
    assert report.diagnosis is not None and report.diagnosis.kind == "exchanged"
    assert "what it gives for y is right for x" in report.diagnosis.message


def test_a_wrong_node_is_shown_without_the_graph_and_the_gradient_at_it() -> None:
    @primitive(lambda g, out, x: g * 3.0)
    def double(x: Any) -> Any:
        return 2.0 * x

    shown = repr(check_gradients(double, np.arange(1.0, 4.0)).wrong_node)
    assert shown.startswith("WrongNode(operation='double', operand=0")
    assert "upstream=" not in shown and "node=" not in shown
