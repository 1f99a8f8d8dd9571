"""Replays: loops, copies and products that machine code calls one after the other, on arrays however they lie."""

from __future__ import annotations

import ctypes
import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import Tensor, torch
from autograd.compiler import compile, replay
from autograd.compiler.blas import LETTERS, NAMES, Gemm, find_gemm
from tests.sweep import sweep

NATIVE = pytest.mark.parametrize("made_of", ["numba"], indirect=True)
SLOW = pytest.param("numba", marks=pytest.mark.integration)
ALL = pytest.mark.parametrize("made_of", ["NumPy", "loops", SLOW], indirect=True)
RNG = np.random.default_rng(0)
W, X = RNG.normal(size=(6, 6)), RNG.normal(size=5)
pytest.importorskip("numba")


def layers(x: Any, scale: Any) -> Any:
    """Two products with loops between, copies of parts, and what is summed up."""
    h = np.maximum(x @ W, 0.0) * scale
    h = np.concatenate([np.ones((1, 6)), h[:-1]]) + np.concatenate([h[:, 3:], h[:, :3]], axis=1)
    return (h @ W.T * 0.5 - x * scale).sum(axis=0)


gradient = ag.grad(lambda x, scale: (layers(x, scale) ** 2).sum(), (0, 1))


def same(mine: Any, theirs: Any) -> None:
    for a, b in zip(mine, theirs, strict=True):
        np.testing.assert_array_equal(a, b)


def calls(compiled: Any) -> list[str]:
    """The lines of a program that do something."""
    lines = compiled.native_source.partition("def run")[2].splitlines()[1:]
    return [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]


def lying(x: np.ndarray) -> dict[str, np.ndarray]:
    """The same numbers in memory of several kinds."""
    rows, columns = x.shape
    spread, turned = np.zeros((2 * rows, 3 * columns)), np.zeros(x.size * 8 + 1, np.uint8)
    spread[::2, ::3] = x
    misaligned = turned[1:].view(np.float64).reshape(x.shape)
    misaligned[:] = x
    fixed = x.copy()
    fixed.flags.writeable = False
    return {
        "in one piece": x.copy(),
        "transposed": np.asfortranarray(x),
        "spread": spread[::2, ::3],
        "backwards": x[::-1].copy()[::-1],
        "misaligned": misaligned,
        "fixed": fixed,
        "one row for all": np.broadcast_to(x[0], x.shape),
    }


@NATIVE
def test_one_native_call_makes_all_that_lies_between_two_of_pythons() -> None:
    compiled = compile(gradient)
    compiled(RNG.normal(size=(5, 6)), RNG.normal(size=6))
    assert [line.partition("(")[0] for line in calls(compiled) if "np.empty" not in line] == ["replay1", "return "]
    assert "#   np.matmul(" in compiled.native_source, "what it does is there to read"


@pytest.mark.parametrize("made_of", ["loops", "numba"], indirect=True)
def test_what_lies_apart_is_no_part_of_a_loop_over_all_elements_in_a_row() -> None:
    """Where the last axis is narrow, such a loop is made of exponentials of what lies in one piece."""
    x, many = RNG.normal(size=(5, 3)), RNG.normal(size=(10, 6))
    f = lambda x, y: np.exp(x) * y
    for name, y in {**lying(RNG.normal(size=(5, 3))), "a part": many[2:7, 1:4], "column": many[:5, :1]}.items():
        np.testing.assert_allclose(compile(f)(x, y), f(x, y), rtol=1e-14, err_msg=name)
        np.testing.assert_allclose(compile(f)(y, x), f(y, x), rtol=1e-14, err_msg=name)


@ALL
def test_arrays_may_lie_as_they_like_and_otherwise_at_each_call() -> None:
    compiled, plain = compile(gradient), compile(gradient, native=False)
    kinds = lying(RNG.normal(size=(5, 6)))
    for _ in range(2):
        for kind, x in kinds.items():
            scale = RNG.normal(size=6)
            for mine, theirs in zip(compiled(x, scale), plain(x, scale), strict=True):
                # Transposed matrices take other ways through BLAS.
                np.testing.assert_allclose(mine, theirs, rtol=1e-12, atol=1e-13, err_msg=kind)


@NATIVE
@pytest.mark.integration
def test_loops_in_machine_code_and_calls_from_python_are_the_same_to_the_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    from autograd.compiler import array_program

    x, scale = RNG.normal(size=(5, 6)), RNG.normal(size=6)
    native = compile(gradient)(x, scale)
    monkeypatch.setattr(array_program, "runs_machine_code", lambda: False)
    same(native, compile(gradient)(x, scale))


@NATIVE
def test_products_are_left_to_python_only_where_blas_does_not_take_them(monkeypatch: pytest.MonkeyPatch) -> None:
    if find_gemm("d") is None:
        pytest.skip("NumPy's BLAS is not OpenBLAS")
    left: list[tuple[int, ...]] = []
    monkeypatch.setattr(replay.ProductCall, "call", lambda self, arrays, scope: left.append(arrays[2].shape))
    x, y = RNG.normal(size=(5, 6)), RNG.normal(size=(6, 5))
    for f in (lambda x, y: np.tanh(x) @ np.tanh(y), lambda x, y: np.tanh(y).T @ np.tanh(x).T):
        compile(lambda x, y, f=f: f(x, y) * 2.0)(x, y)
        assert left == []
    compile(lambda x, y: np.tanh(np.tanh(x) @ y[:, ::-1]) * 2.0)(x, y)
    assert left == [(5, 5)]


@NATIVE
def test_new_arrays_are_seen_where_old_ones_were_freed() -> None:
    compiled = compile(gradient)
    for k in range(50):
        x, scale = np.full((5, 6), 0.1 * k), np.full(6, 1.0 + k)
        same(compiled(x, scale), compile(gradient, native=False)(x, scale)) if k % 10 == 0 else compiled(x, scale)


@NATIVE
def test_an_array_that_was_given_can_still_be_resized() -> None:
    compiled = compile(lambda x: np.tanh(x) * x + np.concatenate([x[1:], x[:1]]))
    x = np.ones(5)
    compiled(x)
    x.resize(7)
    assert x.tolist() == [1.0] * 5 + [0.0] * 2


@NATIVE
def test_one_array_may_be_given_twice_and_parts_of_it() -> None:
    compiled, plain = (compile(lambda x, y: (np.tanh(x) @ y + x.T, y * 2.0 - x), native=n) for n in (True, False))
    x, whole = RNG.normal(size=(4, 4)), RNG.normal(size=(5, 4))
    for pair in ((x, x), (whole[1:], whole[:-1]), (x, x.T), (x, x.copy())):
        for mine, theirs in zip(compiled(*pair), plain(*pair), strict=True):
            np.testing.assert_allclose(mine, theirs, rtol=1e-13)


@pytest.mark.integration
@NATIVE
def test_parameters_may_be_put_in_other_memory() -> None:
    layer = nn.Linear(6, 6, rng=0)

    def step(x: Any) -> Any:
        layer.zero_grad()
        loss = (np.tanh(layer(x)) ** 2).mean()
        loss.backward()
        return loss

    compiled, x = compile(step), RNG.normal(size=(5, 6)).astype(np.float32)
    for make in (np.ascontiguousarray, np.asfortranarray, lambda w: w[::-1].copy()[::-1], np.array):
        layer.weight.data = make(layer.weight.data + np.float32(0.5))
        mine = compiled(x).item(), layer.weight.grad.copy()
        theirs = step(Tensor(x)).item(), layer.weight.grad.copy()
        np.testing.assert_allclose(mine[0], theirs[0], rtol=1e-6)
        np.testing.assert_allclose(mine[1], theirs[1], rtol=1e-5, atol=1e-7)


@NATIVE
def test_threads_run_one_program() -> None:
    compiled = compile(gradient)
    given = [(RNG.normal(size=(5, 6)), RNG.normal(size=6)) for _ in range(40)]
    expected = [compiled(*one) for one in given]
    with ThreadPoolExecutor(4) as pool:
        for mine, theirs in zip(pool.map(lambda one: compiled(*one), given * 5), expected * 5, strict=True):
            same(mine, theirs)


@NATIVE
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("first", "second"),
    sweep(
        [((2, 1, 5, 4), (3, 4, 3)), ((5, 4), (4, 3)), ((2, 5, 4), (2, 4, 3)), ((5, 1), (1, 3)), ((7, 5, 4), (4, 3)), ((1, 4), (4, 3))], 4
    ),
)  # fmt: skip
def test_products_have_the_digits_of_numpys(first: Any, second: Any, dtype: Any) -> None:
    if find_gemm(np.dtype(dtype).char) is None:
        pytest.skip("NumPy's BLAS is not OpenBLAS")
    x, y = RNG.normal(size=first).astype(dtype), RNG.normal(size=second).astype(dtype)
    f = lambda x, y: (x * 2.0) @ (y * 2.0) - 1.0
    turned = lambda x, y: np.swapaxes(np.swapaxes(y * 2.0, -1, -2) @ np.swapaxes(x * 2.0, -1, -2), -1, -2) - 1.0
    for function in (f, turned):
        np.testing.assert_array_equal(compile(function)(x, y), function(Tensor(x), Tensor(y)).data)


def find_short_gemm(char: str) -> Gemm | None:
    """The product of a BLAS whose lengths have 32 bits, such as SciPy's own."""
    pytest.importorskip("scipy.linalg")
    libraries = [ctypes.CDLL(one["filepath"]) for one in pytest.importorskip("threadpoolctl").threadpool_info()]
    names = [name.format(LETTERS[char]) for name, long in NAMES.items() if not long]
    found = (getattr(library, name, None) for library in libraries for name in names)
    function = next((one for one in found if one is not None), None)
    return None if function is None else Gemm(ctypes.cast(function, ctypes.c_void_p).value or 0, long=False)


@NATIVE
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_blas_with_short_lengths_multiplies_too(dtype: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    gemm = find_short_gemm(np.dtype(dtype).char)
    if gemm is None:
        pytest.skip("there is no such BLAS")
    monkeypatch.setattr(replay, "find_gemm", lambda char: gemm)
    x, y = RNG.normal(size=(2, 5, 4)).astype(dtype), RNG.normal(size=(2, 4, 3)).astype(dtype)
    f = lambda x, y: (x * 2.0) @ (y * 2.0) - 1.0
    np.testing.assert_allclose(compile(f)(x, y), f(x, y), rtol=1e-5 if dtype == np.float32 else 1e-13)


@NATIVE
def test_a_matrix_by_itself_transposed_is_left_to_numpy() -> None:
    compiled = compile(lambda x: np.tanh(x) @ np.tanh(x).T + np.tanh(x * 2.0) @ np.ones((3, 5)))
    x = RNG.normal(size=(5, 3))
    expected = np.tanh(x) @ np.tanh(x).T + np.tanh(x * 2.0) @ np.ones((3, 5))
    np.testing.assert_allclose(compiled(x), expected, rtol=1e-14, atol=1e-15)
    assert sum("np.matmul(" in line for line in calls(compiled)) == 1


@pytest.mark.integration
@NATIVE
def test_what_is_called_as_our_own_things_are_is_told_apart() -> None:
    def f(x: Any) -> Any:
        replay1_plan = np.tanh(x) * 2.0
        replay1 = replay1_plan @ x * 3.0
        return np.tanh(replay1) @ replay1_plan

    x = RNG.normal(size=(4, 4))
    np.testing.assert_allclose(compile(f)(x), f(Tensor(x)).data, rtol=1e-13)


@ALL
@pytest.mark.parametrize("key", [(3,), (-1,), (..., 2), (slice(2, 3),)])
def test_single_elements_are_read_and_written_where_they_lie(key: Any) -> None:
    def f(x: Any) -> Any:
        y = np.tanh(x) * 2.0
        return (y[key] * x[key] + np.sqrt(y[1] + 5.0)).sum() + (y * y).sum() + np.concatenate([y, y[key] * x[:1]])[-1]

    compiled = compile(ag.grad(f))
    for k in range(4):
        x = X + 0.1 * k
        np.testing.assert_allclose(compiled(x), ag.grad(f)(x), rtol=1e-13)
    assert f(Tensor(x)).item() == pytest.approx(compile(f)(x), rel=1e-14)


@ALL
@pytest.mark.parametrize("kind", [np.asarray, Tensor, torch.tensor], ids=["arrays", "ours", "PyTorch's"])
def test_a_single_number_is_the_callers_own_at_each_run(kind: Any) -> None:
    """The number, a view of it, and the same number twice: what one run gave stays what it was."""

    def several(x: Any) -> Any:
        total = (x * x).sum()
        return total, total.reshape(1, 1), {"again": total}, -total

    compiled, first = compile(several), np.arange(3.0)
    before = compiled(kind(first))
    compiled(kind(first + 7.0))
    assert [np.asarray(x).item() for x in (before[0], before[1], before[2]["again"], before[3])] == [
        5.0,
        5.0,
        5.0,
        -5.0,
    ]
    if isinstance(before[1], np.ndarray):
        before[1][...] = 0.0
        assert compiled(first)[0] == 5.0, "what the caller writes to is no memory of the program"


@ALL
def test_what_needs_nothing_but_arguments_is_written_where_nothing_was_before() -> None:
    """NumPy adds up long rows before machine code begins, which computes and forgets others of this shape until it reads them."""
    w = W[:4, :4]

    def mixed(x: Any, rows: Any) -> Any:
        sums = np.tanh(x @ w).sum(axis=1)
        shares = np.exp(sums - sums.max())
        h = np.tanh((x * (shares / shares.sum()).reshape(6, 1)) @ w)
        return np.tanh(h @ w).sum(axis=1) - rows.sum(axis=1)

    x, rows = RNG.normal(size=(6, 4)), RNG.normal(size=(6, 300))
    np.testing.assert_allclose(compile(mixed)(x, rows), mixed(x, rows), rtol=1e-13)


@NATIVE
@pytest.mark.integration
def test_labels_are_looked_at_before_anything_is_computed() -> None:
    layer = nn.Linear(3, 4, rng=0)
    compiled = compile(lambda x, y: nn.functional.cross_entropy(np.tanh(layer(x)), y))
    x = np.ones((2, 3), np.float32)
    compiled(x, np.array([0, 3]))
    assert calls(compiled)[0].startswith("check_within(")
    with pytest.raises(ValueError, match="label"):
        compiled(x, np.array([0, 4]))


@NATIVE
@pytest.mark.integration
def test_infinite_and_unknown_numbers_go_through() -> None:
    x = np.array([[np.inf, -np.inf, np.nan, 0.0, -0.0, 1.0]] * 5)
    with np.errstate(all="ignore"):
        expected = compile(gradient, native=False)(x, np.ones(6))
    for mine, theirs in zip(compile(gradient)(x, np.ones(6)), expected, strict=True):
        np.testing.assert_array_equal(np.isnan(mine), np.isnan(theirs))


# what lies over another

MOVED = {
    "one place on": lambda y: np.concatenate([np.ones(1), y[:-1]]),
    "one place back": lambda y: np.concatenate([y[1:], y[:1] * 3.0]),
    "three places on, of zeros": lambda y: np.pad(y[:-3], (3, 0)),
    "longer": lambda y: np.concatenate([np.ones(2), y, np.zeros(3)]),
    "from the middle": lambda y: np.concatenate([np.ones(1), y[1:-1], np.zeros(1)]),
    "from the middle, moved": lambda y: np.concatenate([np.ones(2), y[1:-1]]),
    "shorter": lambda y: np.concatenate([y[2:-1], np.ones(1)]),
}


@ALL
@pytest.mark.parametrize("moved", MOVED.values(), ids=MOVED)
def test_rows_that_are_moved_lie_over_those_that_they_are_of(moved: Any) -> None:
    def f(x: Any) -> Any:
        y = np.tanh(x) * 2.0
        for _ in range(3):
            z = moved(y)
            y = y * 0.5 + (z * z)[: x.shape[0]].sum() + np.tanh(x) * moved(x)[: x.shape[0]].sum()
        return (y * y[::-1]).sum()

    x = RNG.normal(size=11)
    assert compile(f)(x) == pytest.approx(f(Tensor(x)).item(), rel=1e-14)
    np.testing.assert_allclose(compile(ag.grad(f))(x), ag.grad(f)(x), rtol=1e-12)


@ALL
def test_two_neighbours_at_once_and_rows_of_a_matrix() -> None:
    def heat(x: Any) -> Any:
        y = x * 1.0
        for _ in range(4):
            edge = np.zeros((1, 3))
            y = y + 0.1 * (np.concatenate([edge, y[:-1]]) - 2.0 * y + np.concatenate([y[1:], edge]))
            y = np.sin(y)
        return y, (y * y).sum()

    x = RNG.normal(size=(7, 3))
    for mine, theirs in zip(compile(heat)(x), heat(Tensor(x)), strict=True):
        np.testing.assert_allclose(mine, theirs.data, rtol=1e-13)
    f = lambda x: heat(x)[1]
    np.testing.assert_allclose(compile(ag.grad(f))(x), ag.grad(f)(x), rtol=1e-12)


@pytest.mark.parametrize("made_of", ["loops"], indirect=True)
def test_what_lies_over_another_is_not_copied() -> None:
    compiled = compile(lambda x: np.tanh(np.concatenate([np.ones(1), np.tanh(x)[:-1]])))
    compiled(np.ones(9))
    copies = [line for line in compiled.native_source.splitlines() if "] = " in line and "slice" in line]
    assert len(copies) == 1, "of the rim alone"
    assert "[(slice(0, 1, None),)]" in copies[0]
    assert math.isfinite(compiled(np.ones(9)).sum())


@ALL
def test_what_lies_in_another_order_is_copied_where_it_is_given_another_shape() -> None:
    def f(x: Any, y: Any) -> Any:
        heads = np.tanh(x).reshape((4, 2, 3)).transpose((1, 0, 2)) * y
        together = (heads @ np.ones((3, 3)) * 0.5).transpose((1, 0, 2)).reshape((4, 6))
        return (together * x + x.T.reshape((4, 6))).sum(axis=0)

    compiled, gradient = compile(f), compile(ag.grad(lambda x, y: (f(x, y) ** 2).sum(), (0, 1)))
    y = RNG.normal(size=(4, 3))
    for x in (RNG.normal(size=(4, 6)), np.asfortranarray(RNG.normal(size=(4, 6)))):
        np.testing.assert_allclose(compiled(x, y), f(Tensor(x), Tensor(y)).data, rtol=1e-13)
        for mine, theirs in zip(gradient(x, y), ag.grad(lambda x, y: (f(x, y) ** 2).sum(), (0, 1))(x, y), strict=True):
            np.testing.assert_allclose(mine, theirs, rtol=1e-12)


@NATIVE
@pytest.mark.integration
def test_heads_that_lie_unevenly_and_rows_that_are_one_are_multiplied_as_numpy_does() -> None:
    def f(x: Any) -> Any:
        together = np.tanh(x @ np.full((6, 12), 0.1))
        first, second = (
            h.reshape((2, 4, 3, 2)).transpose((0, 2, 1, 3)) for h in (together[..., :6], together[..., 6:])
        )
        scores = first @ second.transpose((0, 1, 3, 2))
        # The mean's derivative is one row for all, which BLAS takes no matrix of.
        return (scores @ second).transpose((0, 2, 1, 3)).reshape((2, 4, 6)).mean(axis=1) @ np.ones((6, 3))

    x = RNG.normal(size=(2, 4, 6))
    gradient = ag.grad(lambda x: (f(x) ** 2).sum())
    np.testing.assert_allclose(compile(f)(x), f(Tensor(x)).data, rtol=1e-13)
    compiled = compile(gradient)
    for given in (x, x * 2.0, np.asfortranarray(x)):
        np.testing.assert_allclose(compiled(given), gradient(given), rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("made_of", ["NumPy", "loops"], indirect=True)
@pytest.mark.parametrize("part", [np.s_[0, :2], np.s_[0], np.s_[:1, 1:], np.s_[-1, 2], np.s_[-2:, 1], np.s_[1:3, ::2]])
@pytest.mark.parametrize("moved", [np.s_[1:], np.s_[:-1], np.s_[:, 1:], np.s_[1:, 1:]])
def test_to_fill_the_rim_leaves_what_lies_below(moved: Any, part: Any) -> None:
    def f(x: Any) -> Any:
        y = np.tanh(x) * 2.0
        rows = y[moved]
        z = np.pad(rows, tuple((0, n - m) for n, m in zip(x.shape, rows.shape, strict=True)))
        return (np.tanh(z) * z).sum() + (np.cumsum(y[part]) ** 2).sum()

    x = RNG.normal(size=(5, 4))
    np.testing.assert_allclose(compile(ag.grad(f))(x), ag.grad(f)(x), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("made_of", ["NumPy", "loops"], indirect=True)
def test_a_few_rows_do_not_hold_the_memory_of_all() -> None:
    def f(x: Any) -> Any:
        y, ends = x * 1.0, []
        for _ in range(6):
            y = np.tanh(np.cumsum(y) + x)
            ends.append(np.concatenate([y[-1:], y[:1]]))
        for end in ends[::-1]:
            y = np.cumsum(end * y[-2:])
        return y

    compiled = compile(f)
    x = np.linspace(0.0, 1.0, 40)
    np.testing.assert_allclose(compiled(x), f(Tensor(x)).data, rtol=1e-13)
    source = compiled.native_source or compiled.source
    assert source.count("np.empty((4") <= 2


@NATIVE
def test_an_element_in_the_other_byte_order_is_read_as_it_is() -> None:
    def f(x: Any) -> Any:
        y = x
        for k in range(3):
            y = np.concatenate([y[1:], y[:1]]) * np.tanh(y) + x[k]
        return (y.reshape((2, 3)) @ (y * 2.0).reshape((3, 2))).sum()

    x = np.linspace(0.1, 1.0, 6).astype(">f8")
    np.testing.assert_allclose(compile(ag.grad(f))(x), ag.grad(f)(x), rtol=1e-12)


class Words:
    """What takes calls down, or refuses them all."""

    def __init__(self, takes: bool) -> None:
        self.takes, self.taken = takes, list[Any]()

    def add_loop(self, text: str, arrays: Any, numbers: Any = (), name: str = "") -> bool:
        self.taken.append((text, [(x.shape, x.strides, of) for x, of in arrays]))
        return self.takes


@pytest.mark.parametrize("takes", [True, False])
def test_what_machine_code_does_for_a_copy_and_a_fill(takes: bool) -> None:
    copies = replay.CopyCall((replay.Operand("to"), replay.Operand("source")))
    fills = replay.FillCall((replay.Operand("to"),))
    to, source = replay.Placed(np.ones((2, 3)), None), replay.Placed(np.ones(3), 1)
    words: Any = Words(takes)
    assert copies.encode([to, source], words) is takes
    assert fills.encode([to], words) is takes
    # What is copied is spread out, without moving; of nothing there is nothing to do.
    assert words.taken == [
        (replay._copy_text(2), [((2, 3), (24, 8), None), ((2, 3), (0, 8), 1)]),
        (replay._fill_text(2), [((2, 3), (24, 8), None)]),
    ]
    empty = replay.Placed(np.ones((0, 3)), None)
    assert copies.encode([empty, source], words) is True
    assert fills.encode([empty], words) is True
    assert copies.encode([to, replay.Placed(np.ones(3, np.float32), 1)], words) is False
    assert len(words.taken) == 2
