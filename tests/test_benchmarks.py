"""The benchmarks' contestants compute the same, are timed in turns, and are told of truly; what needs no peer is run."""

from __future__ import annotations

import io
import math
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

import autograd as ag
import nn
import optim
from autograd import Value
from autograd.compiler import array_program, native
from autograd.ops import windows
from optim import kernel
from tests.autograd import hips_programs
from tests.benchmarks import (
    by_hand,
    curvature,
    drop_in,
    each_example,
    growth,
    memory,
    others,
    recurrent,
    report,
    scalar,
    steps,
    tensor,
    wide,
)
from tests.benchmarks.agreement import check_agreement
from tests.benchmarks.convolution import lenet
from tests.benchmarks.report import Report
from tests.benchmarks.steps import Problem
from tests.benchmarks.timing import Times, time_in_turns

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def by_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    """numba gives the same, and would first compile for seconds."""
    for module in (array_program, native, kernel):
        monkeypatch.setattr(module, "has_numba", lambda: False)
    monkeypatch.setattr(windows, "compiled_loops", lambda: None)


# contestants


def test_the_digits_step_is_the_same_eager_compiled_and_by_hand() -> None:
    problem = tensor.digits(8)
    contestants = {
        "eager": steps.eager(problem),
        "compiled": steps.compiled(problem),
        "by hand": tensor.numpy_by_hand(problem),
    }
    check_agreement(contestants, 1e-5, steps=5)


def test_gradients_of_each_example_are_the_same_eager_and_compiled() -> None:
    problem = tensor.digits(4)
    contestants = {"eager": each_example.eager(problem), "compiled": each_example.compiled(problem)}
    check_agreement({name: each_example.size(gradients) for name, gradients in contestants.items()}, 1e-5, steps=1)


def test_every_program_of_hips_has_a_bar() -> None:
    assert drop_in.BARS.keys() == hips_programs.OBJECTIVES.keys()


@pytest.mark.integration
@pytest.mark.parametrize("problem", [lenet(2), *others.networks().values()], ids=["LeNet-5", *others.networks()])
def test_networks_are_the_same_eager_and_compiled(problem: Problem) -> None:
    check_agreement({"eager": steps.eager(problem), "compiled": steps.compiled(problem)}, 1e-4)


def test_adam_by_hand_is_that_of_optim() -> None:
    rng = np.random.default_rng(0)
    values, gradients = rng.normal(size=7), rng.normal(size=7)
    parameter = ag.Tensor(values.copy(), requires_grad=True)
    update, optimizer = by_hand.adam(values, gradients), optim.Adam([parameter])
    for _ in range(3):
        gradients *= -0.5
        parameter.grad = gradients.copy()
        update()
        optimizer.step()
    np.testing.assert_allclose(values, parameter.data, rtol=1e-12)


def test_the_compiled_lstm_has_the_gradients_of_the_eager_one() -> None:
    x, model = recurrent.sequence(3), nn.LSTM(recurrent.UNITS, recurrent.UNITS)
    run = recurrent.ours(model)
    compiled = ag.compile(run)
    expected = run(x).item(), [p.grad.copy() for p in model.parameters()]
    for _ in range(2):
        assert float(compiled(x)) == pytest.approx(expected[0], rel=1e-5)
        for p, gradient in zip(model.parameters(), expected[1], strict=True):
            np.testing.assert_allclose(p.grad, gradient, rtol=1e-4, atol=1e-7)


def test_the_hessian_vector_product_is_the_difference_of_gradients() -> None:
    problem = tensor.digits(8)
    weights, direction = ([a.astype(float) for a in part] for part in curvature.operands())
    found = ag.compile(curvature.ours(problem))(weights, direction)
    gradient = ag.grad(curvature.loss(problem), tuple(range(len(weights))))
    plus, minus = (gradient(*(w + t * v for w, v in zip(weights, direction, strict=True))) for t in (1e-6, -1e-6))
    for part, high, low in zip(found, plus, minus, strict=True):
        np.testing.assert_allclose(part, (high - low) / 2e-6, rtol=1e-6, atol=1e-8)


@pytest.mark.integration
def test_the_compiled_scalar_graph_has_the_gradients_of_the_eager_one() -> None:
    network, loss = scalar.losses(Value)
    total = loss()
    total.backward()
    program, row = scalar.program()
    values, gradients = program.batch_value_and_grad(row)
    assert values[0] == pytest.approx(total.data, rel=1e-12)
    np.testing.assert_allclose(gradients[0], [p.grad for p in network.parameters()], rtol=1e-9, atol=1e-15)


@pytest.mark.integration
@pytest.mark.parametrize("what", list(others.SCALARS))
def test_scalar_programs_are_the_same_eager_and_compiled(what: str) -> None:
    eager, compiled = (make(*others.SCALARS[what])() for make in (others.eager_scalar, others.compiled_scalar))
    np.testing.assert_allclose([eager[0], *eager[1]], [compiled[0], *compiled[1]], rtol=1e-9)


def test_the_scalar_programs_compute_what_they_say() -> None:
    assert others.orbit(ag, 1.0, 0.0, 0.0, 1.0) == pytest.approx(0.0, abs=1e-5)
    # Hull, Options, Futures, and Other Derivatives: 4.28 by trees of many levels.
    assert others.american_put(ag, 50.0, 50.0, 0.1, 0.4, 5 / 12) == pytest.approx(4.28, abs=0.02)


def test_the_matrix_products_alone_are_those_of_a_step() -> None:
    flops = sum(
        2 * left.shape[0] * left.shape[1] * right.shape[1] for left, right, _ in wide.products(np.ones((4, 784)))
    )
    layers = [n * m for n, m in zip(wide.SIZES, wide.SIZES[1:], strict=False)]
    assert flops == 2 * 4 * (3 * sum(layers) - layers[0])


def test_contestants_that_disagree_are_not_timed() -> None:
    with pytest.raises(AssertionError, match="compute different losses"):
        check_agreement({"one": lambda: 1.0, "other": lambda: 1.001}, 1e-4)


# measuring


@pytest.mark.integration
def test_contestants_take_turns_as_long_as_each_other() -> None:
    turns: list[tuple[str, int]] = []

    def timer(name: str, seconds: float) -> Any:
        def run(repeat: int) -> float:
            turns.append((name, repeat))
            return seconds

        return run

    times = time_in_turns({"quick": timer("quick", 0.01), "slow": timer("slow", 0.5)}, rounds=2, turn=0.1)
    assert turns == [("quick", 1), ("slow", 1)] * 2 + [("quick", 10), ("slow", 1)] * 3
    assert times["slow"].seconds == [0.5, 0.5]


@pytest.mark.integration
def test_memory_counts_arrays_that_are_held_and_what_a_step_allocates() -> None:
    def make() -> Any:
        held = np.ones(100_000)
        return lambda: (held * 2.0).size

    held, during = memory.array_bytes(make)
    assert held == 800_000
    assert 800_000 <= during < 810_000


@pytest.mark.integration
def test_growth_is_fitted_to_lengths() -> None:
    slope, nanoseconds = growth.tape_slope((10, 100), 1)
    assert math.isfinite(slope)
    assert len(nanoseconds) == 2


# telling


@pytest.fixture
def told() -> Report:
    room = Report()
    times = {name: Times(name, [s, 2 * s, 3 * s]) for name, s in (("mine", 1e-3), ("peer", 4e-3), ("other", 5e-4))}
    room.compare("a step", times, {"peer": 0.5, "other": 1.0}, mine="mine")
    room.line("memory", "3 bytes", "≤ 4", True)
    room.table("All | of them", ("name", "figure"), [("one", "1")])
    room.note("Why.")
    return room


def test_markdown_is_one_table_of_all_rooms_and_then_the_others(told: Report) -> None:
    assert report.markdown([told, Report(notes=["Why.", "How."])]).split("\n") == [
        "| what | stepgrad | peer | stepgrad / peer | bar |",
        "| --- | --- | --- | --- | --- |",
        "| a step | 2 ms | peer 8 ms | 0.25 (0.25 … 0.25) | ≤ 0.5, met |",
        "|  |  | other 1 ms | 2 (2 … 2) | ≤ 1, **missed** |",
        "| memory | 3 bytes |  |  | ≤ 4, met |",
        "",
        "All | of them:",
        "",
        "| name | figure |",
        "| --- | --- |",
        "| one | 1 |",
        "",
        "Why.",
        "",
        "How.",
        "",
    ]


def test_a_terminal_shows_the_same(told: Report) -> None:
    console = Console(width=120, file=io.StringIO())
    report.show(told, console)
    text = console.file.getvalue()
    for part in ("≤ 0.5, met", "≤ 1, MISSED", "other 1 ms", "All | of them", "Why."):
        assert part in text


@pytest.mark.parametrize(
    ("seconds", "text"), [(1.5, "1.5 s"), (0.1234, "123.4 ms"), (2.05638e-3, "2.056 ms"), (9e-7, "0.9 µs")]
)
def test_a_time_is_told_in_its_unit(seconds: float, text: str) -> None:
    room = Report()
    room.compare("a step", {"stepgrad": Times("stepgrad", [seconds] * 2)}, {})
    assert room.rows == [report.Row("a step", text)]


def test_a_peer_that_is_not_installed_is_told_once() -> None:
    room = Report()
    for _ in range(2):
        assert room.installed({"ours": "numpy", "theirs": "no_such_package"}) == ["ours"]
    assert room.notes == ["no_such_package is not installed, so theirs is not measured: pip install 'stepgrad[bench]'"]


@pytest.mark.night
@pytest.mark.integration
def test_the_command_prints_markdown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "XLA_FLAGS"):
        monkeypatch.setenv(name, "")  # and as it was, afterwards
    monkeypatch.setattr(os, "sched_setaffinity", lambda process, processors: None, raising=False)
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--quick", "--markdown", "memory"])
    from tests.benchmarks.__main__ import ROOMS, main

    main()
    printed = capsys.readouterr().out
    assert "; one thread, " in printed
    assert "| memory of the digits step, batch 128, compiled |" in printed
    assert {room.__module__ for room in ROOMS.values()} == {
        f"tests.benchmarks.{path.stem}"
        for path in ROOT.glob("tests/benchmarks/*.py")
        if "def measure(" in path.read_text()
    }
