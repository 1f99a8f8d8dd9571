"""A dozen compiled programs whole: their text as NumPy's and with loops, what machine code is told to do, and rows in JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
import optim
from autograd.compiler import Program, native
from autograd.compiler.array_program import ArrayProgram
from autograd.compiler.array_rules import array_rows_script
from autograd.compiler.blas import find_gemm
from autograd.compiler.emit import emit
from autograd.compiler.javascript import recorded_rules_script, rows_script
from autograd.compiler.program import find_inputs
from autograd.compiler.replay import Call, LoopCall, Operand, Plan
from autograd.compiler.source import gradient_source
from autograd.compiler.tape import flatten
from autograd.machine_code import has_numba
from tests.autograd.compiler.test_pieces import gated, runge_kutta
from tests.transcripts import Transcript

# The products of machine code are those of the BLAS that NumPy brings.
pytestmark = pytest.mark.skipif(not has_numba() or find_gemm("d") is None, reason="needs numba, and NumPy's BLAS")
A, B, V = np.ones((4, 3)), np.ones((3, 2)), np.ones(5)
PROGRAMS = Transcript(__file__, "programs")
SCALARS = Transcript(__file__, "scalars")
SCRIPTS = Transcript(__file__, "scripts")


def modules(text: str) -> SimpleNamespace:
    """Loops that nobody calls."""
    return SimpleNamespace(**dict.fromkeys(re.findall(r"^def (\w+)", text, re.MULTILINE)))


def tell(function: Callable[..., Any], *args: Any) -> str:
    names = [f"x{k}" for k in range(len(args))]
    program = ArrayProgram(function, args, {}, names, native=False)
    loops = emit(program._flat, program._given, modules, machine_code=True)
    plans = [f"{name} does:\n{tell_plan(x)}" for name, x in loops.scope.items() if isinstance(x, Plan)]
    outside = sorted(name for name, x in loops.scope.items() if not isinstance(x, Plan))
    return "\n".join(
        [
            f"as NumPy, with {program.emitted.buffers} bytes:\n{without_places(program.emitted.source)}",
            f"with loops, {loops.buffers} bytes, and {', '.join(outside)}:\n{loops.loops}\n{without_places(loops.source)}",
            *plans,
        ]
    )


def without_places(source: str) -> str:
    """Without the numbers of this file's lines, which move."""
    return re.sub(r"(\w+\.py):\d+:", r"\1:", source)


def tell_plan(plan: Plan) -> str:
    def tell(x: Operand) -> str:
        key = "" if x.key is None else str(x.key)
        return f"{x.name}{key}{'.T' if x.turned else ''}{'' if x.shape is None else f' as {x.shape}'}"

    def call(x: Call) -> str:
        name = x.name if isinstance(x, LoopCall) else type(x).__name__
        return f"  {name}({', '.join([*map(tell, x.operands), *map(str, getattr(x, 'numbers', ()))])})"

    views = [f"{view.name} of {view.source}" for view in plan.views.values()]
    given = ", ".join(f"{name}{' (lent)' if name in plan.lent else ''}" for name in plan.given)
    return "\n".join([f"  given {given}; views {', '.join(views)}; of {len(plan.names)} names", *map(call, plan.calls)])


def layer(x: Any, w: Any, b: Any) -> Any:
    h = np.tanh(x @ w + b)
    return (h * h).mean()


def pieces(x: Any, y: Any) -> Any:
    joined = np.concatenate([x, y * 2.0, x])
    return joined.sum(), np.stack([x, y]), np.pad(x, 1)


def moved(x: Any) -> Any:
    """What is moved by a place, as in the gradient of a difference."""
    d = x[1:] - x[:-1]
    return (d * d).sum()


def chosen(x: Any, y: Any) -> Any:
    large = np.where(x > y, x, 0.5 * y)
    return {"large": large, "least": np.minimum(x, 2.0), "most": large.max(), "sign": (x >= 0.0) & (y != 1.0)}


def shapes(x: Any) -> Any:
    t = x.T
    return t.reshape(2, 6), t[0], x[1:3, ::-1], np.broadcast_to(x[0], (2, 3)), x[[0, 2]]


def constants(x: Any) -> Any:
    return x * np.arange(3.0) + np.inf * x + (np.arange(4.0) @ np.ones((4, 3)))


def spread(x: Any) -> Any:
    return (x - x.mean(axis=1, keepdims=True)) / (x.var(axis=0) + 1e-5) + np.exp(x) - ag.sigmoid(x)


def entropy(x: Any) -> Any:
    return ag.cross_entropy(x, np.array([0, 1, 2, 1]))


def long_sum(x: Any) -> Any:
    return x.sum(axis=1), x.sum(), x.max(axis=1)


def training() -> Callable[..., Any]:
    model = nn.Sequential(nn.Linear(3, 2, rng=0), nn.ReLU(), nn.Linear(2, 1, rng=1))
    optimizer = optim.SGD(model.parameters(), lr=0.1)

    def step(x: Any, y: Any) -> Any:
        optimizer.zero_grad()
        loss = ((model(x) - y) ** 2).mean()
        loss.backward()
        optimizer.step()
        return loss

    return step


CASES: dict[str, Callable[[], str]] = {
    "a layer": lambda: tell(layer, A, B, np.ones(2)),
    "its gradient": lambda: tell(ag.value_and_grad(layer, (1, 2)), A, B, np.ones(2)),
    "its gradient in float32": lambda: tell(ag.grad(layer, 1), *(x.astype(np.float32) for x in (A, B, np.ones(2)))),
    "a stack of matrices": lambda: tell(lambda x, y: (x @ y) * 2.0, np.ones((2, 4, 3)), np.ones((2, 3, 4))),
    "a matrix by its own": lambda: tell(lambda x: x @ x.T + x.T @ x @ x.T, np.ones((3, 3))),
    "what is put together": lambda: tell(pieces, V, V),
    "its second gradient": lambda: tell(ag.grad(lambda x, y: (pieces(x, y)[1] ** 2).sum()), V, V),
    "what is moved": lambda: tell(ag.grad(moved), V),
    "what is chosen": lambda: tell(chosen, A, A),
    "other shapes": lambda: tell(shapes, A),
    "numbers from outside": lambda: tell(constants, A),
    "what is spread": lambda: tell(spread, A),
    "the cross entropy and its gradient": lambda: tell(ag.value_and_grad(entropy), A),
    "sums of 256 elements": lambda: tell(long_sum, np.ones((2, 256))),
    "sums of 257 elements": lambda: tell(long_sum, np.ones((2, 257))),
    "sines of 2048 elements": lambda: tell(lambda x: np.sin(x) + 1.0, np.ones(2048)),
    "sines of 2049 elements": lambda: tell(lambda x: np.sin(x) + 1.0, np.ones(2049)),
    "five axes": lambda: tell(lambda x: np.exp(x) * x, np.ones((1, 2, 1, 2, 1))),
    "integers": lambda: tell(lambda x, n: (x * n, n + 1, n > 2), V, np.arange(5)),
    "classical steps": lambda: tell(runge_kutta(8), V),
    "a gated cell's gradient": lambda: tell(ag.grad(gated(6)), V),
    "a step of training": lambda: tell(training(), A, np.ones((4, 1))),
}
PROGRAMS.scenes.update(CASES)


def tell_tape(function: Callable[..., Any], *at: float) -> str:
    """The slots of a program of floats, what it gives, and the loops that run it."""
    inputs, names, root = find_inputs(function)
    tape = flatten([root], inputs)
    program = Program(tape, names, prefer_native=False)
    rows = [
        f"  {s.kind.op.name}{dict(s.kind.params) or ''} to {s.start}…{s.stop - 1}"
        f" of {tape.operands[: s.kind.arity, s.start : s.stop].tolist()}, each once: {s.unique}"
        for s in tape.segments
    ]
    loops = native.source(list(dict.fromkeys(s.kind for s in tape.segments)))
    constants = tape.values[tape.inputs : tape.inputs + tape.constants].tolist()
    return "\n".join(
        [
            f"{program}, constants {constants}, the root {tape.roots}:",
            *rows,
            f"at {at}: {program.value_and_grad(*at)}",
            re.sub(r": [0-9a-f]{12}$|stepgrad [\w.+]+", "…", loops, flags=re.MULTILINE),
        ]
    )


def choose(x: Any, y: Any) -> Any:
    z = ag.maximum(x, y) * x
    return ag.where(z > 1.0, z.log(), -z) + y**2 * ag.leaky_relu(x, 0.1) - ag.sum([x, y, z * y])


SCALARS.scenes["a tape"] = lambda: tell_tape(lambda a, b: (a + b) * (b + 1.0), 2.0, 1.0)
SCALARS.scenes["a tape of several operations"] = lambda: tell_tape(choose, 2.0, 1.0)
SCALARS.scenes["its gradient as a function to be read"] = lambda: gradient_source(lambda a, b: (a + b) * (b + 1.0))
SCALARS.scenes["one input, another name"] = lambda: gradient_source(lambda x: x.tanh() * 2.0 + ag.erf(x), "slope")
SCALARS.scenes["an input that nothing depends on"] = lambda: gradient_source(lambda x, lambda_, y: x * float("inf"))
SCRIPTS.scenes["rows of numbers"] = rows_script
SCRIPTS.scenes["their rules on nodes"] = recorded_rules_script
SCRIPTS.scenes["rows of arrays"] = array_rows_script


@pytest.mark.parametrize("title", PROGRAMS.scenes)
def test_a_program_is_as_it_was_when_it_was_read(title: str) -> None:
    PROGRAMS.compare(title)


@pytest.mark.parametrize("title", SCALARS.scenes)
def test_a_program_of_floats_is_as_it_was_when_it_was_read(title: str) -> None:
    SCALARS.compare(title)


@pytest.mark.parametrize("title", SCRIPTS.scenes)
def test_a_script_is_as_it_was_when_it_was_read(title: str) -> None:
    SCRIPTS.compare(title)


def test_all_texts_are_kept() -> None:
    assert PROGRAMS.complete()
    assert SCALARS.complete()
    assert SCRIPTS.complete()
