"""A dozen compiled programs whole: their text as NumPy's and with loops, what machine code is told to do, and rows in JavaScript."""

from __future__ import annotations

import ast
import itertools
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
from autograd.compiler.array_rules import array_rows_script, is_number
from autograd.compiler.blas import find_gemm
from autograd.compiler.emit import emit
from autograd.compiler.errors import CompileError
from autograd.compiler.flat import _view_key, box
from autograd.compiler.javascript import recorded_rules_script, rows_script
from autograd.compiler.layout import _find_move
from autograd.compiler.program import find_inputs
from autograd.compiler.replay import Call, LoopCall, Operand, Plan, _copy_text, _fill_text, _order, _step
from autograd.compiler.source import gradient_source
from autograd.compiler.tape import flatten
from autograd.compiler.transcribe import transcribe_expression, transcribe_function
from autograd.graph.op import TABLE
from autograd.machine_code import has_numba
from tests.autograd.compiler.test_pieces import gated, runge_kutta
from tests.texts import Transcript, scenes_of

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
            f"as NumPy, with {program.running.buffers} bytes:\n{without_places(program.running.source)}",
            f"with loops, {loops.buffers} bytes, and {', '.join(outside)}:\n{loops.loops}\n{without_places(loops.source)}",
            *plans,
        ]
    )


def without_places(source: str) -> str:
    """Without the numbers of this file's lines, which move, and without those that call what is compiled."""
    named = re.sub(r"(\w+\.py):\d+:", r"\1:", source)
    return re.sub(r"# test_texts\.py: .*(lambda|doubled|ArrayProgram).*", "# test_texts.py", named)


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


def doubled(give: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A function of twice its argument, which is memory of the program's own."""
    return lambda x: give(x * 2.0)


ROWS = np.ones((6, 3))
PIECES: dict[str, Callable[[], str]] = {
    "moved right": lambda: tell(doubled(lambda h: np.concatenate([np.zeros(1), h[:-1]]) + h), V),
    "moved left by two rows": lambda: tell(doubled(lambda h: np.concatenate([h[2:], np.zeros((2, 3))]) * h), ROWS),
    "moved by more than half": lambda: tell(doubled(lambda h: np.concatenate([h[3:], np.zeros(3)]) + h), V),
    "moved within rows": lambda: tell(
        doubled(lambda h: np.concatenate([np.zeros((6, 1)), h[:, :-1]], axis=1) + h), ROWS
    ),
    "moved around": lambda: tell(doubled(lambda h: np.concatenate([h[1:], h[:1]]) * h), V),
    "the gradient of two ends": lambda: tell(ag.grad(lambda x: (x[:1] ** 2).sum() + (x[3:] ** 3).sum()), V),
    "the gradient of a block": lambda: tell(ag.grad(lambda x: (x[1:3, 0:2] ** 2).sum()), ROWS),
    "the gradient of parts that overlap": lambda: tell(ag.grad(lambda x: (x[:3] * x[2:]).sum()), V),
    "the gradient of every other": lambda: tell(ag.grad(lambda x: (x[::2] ** 2).sum() + x[-1] * x[0]), V),
    "pieces of pieces": lambda: tell(
        doubled(lambda h: np.concatenate([np.concatenate([h, h * 3.0]), h.reshape(6, 3), h @ np.eye(3)])), ROWS
    ),
    "what changes nothing": lambda: tell(
        lambda x: (
            x * 1.0,
            1.0 * x,
            x / 1.0,
            1.0 / x,
            x**1.0,
            x.reshape(4, 3),
            np.sum(x, axis=()),
            x + 0.0,
            x - 0.0 * x,
        ),
        A,
    ),
    "the same twice": lambda: tell(lambda x: np.sin(x) * np.sin(x) + np.cos(x + 1.0) * np.cos(1.0 + x), V),
    "arrays of one number": lambda: tell(
        lambda x: (x * np.full(5, 2.5), x + np.zeros(5), x - np.full(5, -1.0), x * np.array([1.0, 1.0, 1.0, 1.0, 2.0])),
        V,
    ),
    "masks": lambda: tell(
        lambda x, y: (np.isnan(x) | ~np.isfinite(y), np.where((x < y) & (x != 2.0), 1.0, x), (x >= 1.0) * y, x == y),
        A,
        A,
    ),
    "reductions": lambda: tell(
        doubled(
            lambda h: (
                h.sum(axis=0, keepdims=True),
                h.max(axis=1),
                h.min(axis=0),
                h.sum(axis=(0, 1)),
                h.mean(axis=1),
                h.prod(axis=0),
            )
        ),
        A,
    ),
    "long rows and narrow ones": lambda: tell(
        lambda x, y: (np.exp(x * 2.0) + 1.0, np.exp(y * 2.0) + 1.0), np.ones((4, 63)), np.ones((4, 64))
    ),
    "spread over each other": lambda: tell(lambda x, y: (x[:, None] * y[None, :] + x[:, None]) * 0.3, V, np.ones(3)),
    "within rows": lambda: tell(doubled(lambda h: (h[:, 1:] - h[:, :-1]) * h[:, 1:2]), ROWS),
    "single rows and elements": lambda: tell(doubled(lambda h: (h[0] + h[1]) * h[2, 0]), ROWS),
    "four axes": lambda: tell(lambda x: np.tanh(x) * x + x.sum(axis=(1, 3), keepdims=True), np.ones((2, 1, 3, 2))),
    "stacks that are repeated": lambda: tell(lambda x, y: np.matmul(x, y) + 1.0, np.ones((2, 2, 3)), np.ones((3, 2))),
    "a vector by a matrix": lambda: tell(lambda x, y: (x @ y) * 2.0 + y.T @ x, np.ones(3), np.ones((3, 3))),
    "numbers that are no numbers": lambda: tell(lambda x: np.where(x > 0.0, np.nan, x * -np.inf) + 1.0 / 3.0, V),
    "numbers that are written out": lambda: tell(
        lambda x: x * 0.5 - x * -0.5 + x / -2.0 + (x - 2.0) * -1.0 + x * 3.0 + (1.0 - x) * -0.25, V
    ),
    "integers and floats": lambda: tell(
        lambda n, x: (n + n, n * x, n // 2, n == 3, n.astype(float)), np.arange(3), np.ones(3)
    ),
    "in float16": lambda: tell(lambda x: np.exp(x) * x + 1.0, np.ones(3, np.float16)),
    "a softmax along columns": lambda: tell(ag.grad(lambda x: (ag.softmax(x, axis=0) * x).sum()), A),
    "a layer norm": lambda: tell(
        lambda x: (x - x.mean(axis=-1, keepdims=True)) / np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5), A
    ),
}
PROGRAMS.scenes.update(CASES | PIECES)


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
TABLES = Transcript(__file__, "tables")


def refused(function: Callable[..., Any], given: Any) -> str:
    """What a text gives, or why it is refused."""
    try:
        return f"{given!r}: {function(given)}"
    except CompileError as error:
        return f"{given!r} ✗ {error}"


EXPRESSIONS = (
    "x + y * 2.0",
    "(x + y) * z",
    "x - (y - z)",
    "x / (y * z)",
    "-x ** 2",
    "-(-x)",
    "+x",
    "not x",
    "x if y else z",
    "x if y > 0 else z",
    "(x if y else z) + 1",
    "x and y or z",
    "(x or y) and z",
    "x < y < z",
    "x == y != z",
    "x is None",
    "x is not None",
    "np.sqrt(x)",
    "math.exp(x)",
    "np.maximum(x, y)",
    "np.power(x, y)",
    "np.where(x, y, z)",
    "max(x, y)",
    "min(x, 1)",
    "abs(x)",
    "f(x, y)",
    "f(x, k=y)",
    "fmod(x, y + 1)",
    "x % y",
    "x // y",
    "~x",
    "x[0]",
    "x[-1]",
    "x[1:]",
    "x[:y]",
    "x[1:2]",
    "x[::2]",
    "x['a']",
    "x.real",
    "self.x",
    "[x, y]",
    "(x, *y)",
    "True",
    "None",
    "'a'",
    "1e400",
    "-0.0",
    "1j",
    "lambda: x",
    "x in y",
    "{x}",
    "switch + 1",
    "x * -y",
    "x - -1.0",
    "2 ** -x",
)
FUNCTIONS = (
    "def f(x):\n    return x",
    "def f(x, y):\n    a, b = x, y\n    a, b = b, a\n    return a - b",
    "def f(self, x):\n    'words'\n    return self.a * x",
    "def f(x):\n    if x > 0:\n        y = 1\n    elif x < 0:\n        y = 2\n    else:\n        y = 3\n    return y",
    "def f(x):\n    y: float = x\n    x = y + 1\n    return x",
    "def f(x):\n    for y in x:\n        pass",
    "def f(x):\n    x.a = 1",
    "def f(x):\n    x += 1",
    "def f(x):\n    a = b = x\n    return a",
    "def f(x):\n    (a, b), c = x\n    return c",
    "def f(x):\n    return",
)
KEYS: tuple[Any, ...] = (
    0,
    -1,
    slice(None),
    slice(1, 3),
    slice(-2, None),
    slice(3, 1),
    slice(None, None, 2),
    slice(None, None, -1),
    ...,
    (..., 0),
    (0, ...),
    (1, slice(2)),
    (slice(1), slice(1, None)),
    None,
    (0, 0),
    (0, 0, 0),
    [0, 1],
)
LYING = {
    "as it is": np.ones((4, 3)),
    "transposed": np.ones((3, 4)).T,
    "rows of more": np.ones((4, 5))[:, :3],
    "columns of more": np.ones((6, 3))[:4],
    "every other row": np.ones((8, 3))[::2],
    "every other column": np.ones((4, 6))[:, ::2],
    "from the end": np.ones((4, 3))[::-1],
    "repeated": np.broadcast_to(np.ones(3), (4, 3)),
    "a stack": np.ones((2, 4, 3)),
    "a stack of stacks": np.ones((2, 5, 4, 3)),
    "a stack of parts": np.ones((2, 5, 4, 3))[:, :3],
    "a repeated stack": np.broadcast_to(np.ones((4, 3)), (2, 4, 3)),
    "a stack of one": np.ones((1, 4, 3)),
    "a turned stack": np.ones((2, 3, 4)).transpose(0, 2, 1),
}


def boxes(key: Any) -> str:
    return f"{key!r}: {box(key, (4,))} of 4, {box(key, (4, 3))} of 4×3, {_view_key(key, 2)} as a view"


def moves() -> str:
    """By how many places parts of an array of 5 or 6 rows are moved in another."""
    lines = []
    for length, (a, b), (c, d) in itertools.product(
        (5, 6),
        ((0, 4), (1, 5), (0, 2), (0, 3), (1, 4), (2, 5)),
        ((0, 4), (1, 5), (2, 6), (0, 3), (1, 4), (3, 5), (2, 4)),
    ):
        found = _find_move([(a, b), (0, 3)], (5, 3), [(c, d), (0, 3)], (length, 3))
        if found is not None:
            lines.append(f"{a}:{b} of 5 to {c}:{d} of {length} by {found}")
    return "\n".join(lines)


TABLES.scenes["expressions"] = lambda: "\n".join(refused(transcribe_expression, text) for text in EXPRESSIONS)
TABLES.scenes["functions"] = lambda: "\n".join(
    refused(lambda text: transcribe_function(ast.parse(text).body[0], "g"), text)
    for text in FUNCTIONS  # type: ignore[arg-type]
)
TABLES.scenes["boxes"] = lambda: "\n".join(map(boxes, KEYS))
TABLES.scenes["moves"] = moves
TABLES.scenes["orders of matrices"] = lambda: "\n".join(f"{name}: {_order(x)}, {_step(x)}" for name, x in LYING.items())
TABLES.scenes["copies"] = lambda: "\n".join(f"{_copy_text(n)}\n{_fill_text(n)}" for n in range(3))
SCRIPTS.scenes["rows of numbers"] = rows_script
SCRIPTS.scenes["their rules on nodes"] = recorded_rules_script
SCRIPTS.scenes["rows of arrays"] = array_rows_script


@pytest.mark.parametrize(("transcript", "title"), scenes_of(PROGRAMS, SCALARS, SCRIPTS, TABLES))
def test_what_is_told_is_as_it_was_when_it_was_read(transcript: Transcript, title: str) -> None:
    transcript.compare(title)


@pytest.mark.parametrize("name", native.SPELLED)
def test_what_is_spelled_out_for_numba_is_what_the_row_computes(name: str) -> None:
    op, function = TABLE[name], native.SPELLED[name]
    numbers = [0.0, -0.0, 0.3, -0.7, 2.0, -2.0, 30.0, -30.0, float("inf"), -float("inf"), float("nan")]
    for xs in itertools.product(numbers, repeat=len(op.rules)):
        np.testing.assert_allclose(function(*xs), op.on_floats(xs, {}), rtol=1e-14, atol=1e-300, err_msg=f"{xs}")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2", True),
        ("len(x)", True),
        ("2 * len(x) + 1", True),
        ("len(x) + y", False),
        ("y + len(x)", False),
        ("x", False),
        ("f(x)", False),
    ],
)
def test_what_is_a_number_in_a_rule_of_arrays(text: str, number: bool) -> None:
    assert is_number(ast.parse(text, mode="eval").body) is number


def test_what_is_moved_is_neither_in_another_kind_of_array_nor_cut_along_other_axes() -> None:
    rows = [(0, 4), (0, 3)]
    assert _find_move(rows, (5, 3), [(1, 5), (0, 3)], (5, 3)) == 1
    for source, shape, target, whole in (
        (None, (5, 3), rows, (5, 3)),
        (rows, (5, 3), None, (5, 3)),
        (rows, (), rows, ()),
        (rows, (5, 3), [(1, 5), (0, 3)], (5, 4)),
        ([(0, 4), (0, 2)], (5, 3), [(1, 5), (0, 3)], (5, 3)),
        (rows, (5, 3), [(1, 5), (1, 3)], (5, 3)),
        (rows, (5, 3), [(1, 4), (0, 3)], (5, 3)),
    ):
        assert _find_move(source, shape, target, whole) is None


def test_all_of_them_are_kept() -> None:
    assert TABLES.complete()
    assert PROGRAMS.complete()
    assert SCALARS.complete()
    assert SCRIPTS.complete()
