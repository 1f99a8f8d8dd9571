"""Which elements of a result depend on which of an operand: what `autograd.engine.sparsity` follows through a graph.

An answer may name too many elements, never too few. Rows that nothing is said of here depend on everything. Nothing is read from
operands that move, so that an answer holds wherever they are.
"""

from __future__ import annotations

import math
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.graph.op import Op
from autograd.ops.batching import Operand, call_on_batch
from autograd.ops.indexing import fill

# The most pairs that are written down one by one; beyond them zeros of constants are not looked for.
MOST_PAIRS = 2**24
# Rows that only move elements about, maybe between constants.
MOVES = ("slice", "unslice", "index", "reshape", "transpose", "broadcast_to", "concatenate", "pad", "place")
PRODUCTS = ("matmul", "linear", "einsum")
PROBED = ("convolve", "convolution", "convolution_input", "convolution_weight", "sum_pool", "sum_pool_input")


@dataclass(frozen=True)
class Groups:
    """An element of the result depends on the elements of the operand that are in the same group.

    Attributes
    ----------
    of_result, of_operand : array of int
        The group of each element in C order, from 0 on; below 0 for none.
    """

    of_result: np.ndarray
    of_operand: np.ndarray


@dataclass(frozen=True)
class Pairs:
    """An element of the result depends on an element of the operand for each pair.

    Attributes
    ----------
    results, operands : array of int
        Their numbers in C order.
    """

    results: np.ndarray
    operands: np.ndarray


Dependence = Groups | Pairs


@dataclass(frozen=True)
class Call:
    """A row, as it was called.

    Attributes
    ----------
    op : Op
    shape : tuple of int
        Of the result.
    xs : sequence of array
        The operands.
    moving : sequence of bool
        Which of them are not constant.
    params : dict
    """

    op: Op
    shape: tuple[int, ...]
    xs: Sequence[np.ndarray]
    moving: Sequence[bool]
    params: dict[str, Any]


Rule = Callable[[Call, int], Dependence]
RULES: dict[str, Rule] = {}


def find_dependence(call: Call, number: int) -> Dependence:
    """On what the result of a call depends in one of its operands.

    Examples
    --------
    >>> from autograd.graph.op import TABLE
    >>> call = Call(TABLE["sum"], (2,), [np.ones((2, 3))], [True], {"axis": (1,), "keepdims": False})
    >>> find_dependence(call, 0)
    Groups(of_result=array([0, 1]), of_operand=array([0, 0, 0, 1, 1, 1]))
    """
    if call.op.elementwise:
        return _same_place(call, number)
    return RULES.get(call.op.name, _everything)(call, number)


def read_constant(op: Op, x: np.ndarray) -> np.ndarray | None:
    """What an answer for this row reads of the numbers of a constant operand; None where nothing.

    Examples
    --------
    >>> from autograd.graph.op import TABLE
    >>> read_constant(TABLE["matmul"], np.array([0.0, 2.0])), read_constant(TABLE["mul"], np.array([0.0, 2.0]))
    (array([False,  True]), None)
    """
    if op.name in PRODUCTS:
        return np.not_equal(x, 0)
    return x if op.name in (*MOVES, *PROBED, "scatter") else None


def _depends(*names: str) -> Callable[[Rule], Rule]:
    def enter(rule: Rule) -> Rule:
        RULES.update(dict.fromkeys(names, rule))
        return rule

    return enter


def _number(shape: Sequence[int]) -> np.ndarray:
    return np.arange(math.prod(shape)).reshape(shape)


def _everything(call: Call, number: int) -> Dependence:
    return Groups(np.zeros(math.prod(call.shape), int), np.zeros(call.xs[number].size, int))


@_depends("real", "imag", "conj", "angle", "astype")
def _same_place(call: Call, number: int) -> Dependence:
    x = call.xs[number]
    return Groups(np.broadcast_to(_number(x.shape), call.shape).ravel(), np.arange(x.size))


@_depends(*MOVES)
def _one_element(call: Call, number: int) -> Dependence:
    """Of rows that move elements: they move their numbers, too, and 0 is none."""
    moved = {"place": (0, 1), "concatenate": range(len(call.xs))}.get(call.op.name, (0,))
    xs = [np.zeros(x.shape, int) if i in moved else x for i, x in enumerate(call.xs)]
    xs[number] = _number(xs[number].shape) + 1
    params = {**call.params, "value": 0} if call.op.name == "pad" else call.params
    return Groups(np.asarray(call.op.array(*xs, **params)).ravel() - 1, np.arange(xs[number].size))


@_depends("scatter")
def _scatter(call: Call, number: int) -> Dependence:
    to = _number(call.shape)[fill(call.params["key"], call.xs[1:])]
    return Groups(np.arange(math.prod(call.shape)), np.broadcast_to(to, call.xs[number].shape).ravel())


@_depends(
    "sum", "mean", "prod", "amax", "amin", "var", "std", "logsumexp", "softmax", "log_softmax", "norm", "cumsum", "cumprod",
    "fft", "ifft",
)  # fmt: skip
def _lines(call: Call, number: int) -> Dependence:
    """Along axes, a result depends on a whole line."""
    x, axis = call.xs[number], call.params["axis"]
    axes = range(x.ndim) if axis is None else [a % x.ndim for a in (axis if isinstance(axis, tuple) else (axis,))]
    lines = _number([1 if a in axes else n for a, n in enumerate(x.shape)])
    of_result = lines.ravel()
    if len(call.shape) == x.ndim and of_result.size != math.prod(call.shape):
        of_result = np.broadcast_to(lines, call.shape).ravel()
    return Groups(of_result, np.broadcast_to(lines, x.shape).ravel())


def _within(call: Call, number: int, axes: int) -> Dependence:
    """Along the first axes, which result and operand have in common, each is by itself."""
    x = call.xs[number]
    if x.shape[:axes] != call.shape[:axes]:
        return _everything(call, number)
    parts = math.prod(x.shape[:axes])
    return Groups(*(np.repeat(np.arange(parts), math.prod(shape[axes:])) for shape in (call.shape, x.shape)))


@_depends(
    "inv", "hermitian", "cholesky", "eigh", "eig", "svd", "qr", "det", "cofactor", "slogdet", "pinv", "expm", "sqrtm"
)
def _each_matrix(call: Call, number: int) -> Dependence:
    return _within(call, number, call.xs[number].ndim - 2)


@_depends("cross_entropy", "residual", "max_pool", "max_pool_input", "max_pool_taken", "log_gaussian")
def _each_row(call: Call, number: int) -> Dependence:
    return _everything(call, number) if number else _within(call, number, 1)


@_depends(*PROBED)
def _probe(call: Call, number: int) -> Dependence:
    """Of a row that is linear in an operand: what it makes of each unit vector, with ones for what else moves."""
    x = call.xs[number]
    held = [np.ones_like(y) if moves else y for y, moves in zip(call.xs, call.moving, strict=True)]
    if x.size * max(x.size, math.prod(call.shape)) > MOST_PAIRS or not all(np.isfinite(y).all() for y in held):
        rows = number == 0 and call.op.name not in ("convolve", "convolution_weight")
        return _within(call, number, 1) if rows else _everything(call, number)
    units = np.eye(x.size).reshape(x.size, *x.shape)
    xs = [Operand(units, True) if i == number else Operand(y, False) for i, y in enumerate(held)]
    operands, results = np.nonzero(call_on_batch(call.op, xs, call.params, x.size).reshape(x.size, -1))
    return Pairs(results, operands)


@_depends(*PRODUCTS)
def _products(call: Call, number: int) -> Dependence:
    letters, left = _letters(call)
    if number == 2:
        # The bias.
        return _same_place(call, number)
    x, constant = call.xs[number], 1 - number
    lengths: dict[str, int] = {}
    for shape, named in ((call.shape, left), *((y.shape, some) for y, some in zip(call.xs, letters, strict=False))):
        for length, letter in zip(shape, named, strict=True):
            lengths[letter] = max(lengths.get(letter, 1), length)
    other = call.xs[constant]
    if not call.moving[constant] and np.count_nonzero(other) < other.size:
        free = [letter for letter in lengths if letter not in letters[constant] and letter in letters[number] + left]
        there = np.nonzero(other)
        if len(there[0]) * math.prod(lengths[letter] for letter in free) <= MOST_PAIRS and _all_fit(
            lengths, letters, left, call
        ):
            return _pairs(lengths, letters[number], left, letters[constant], there, free)
    shared = [
        letter
        for letter in letters[number]
        if letter in left and x.shape[letters[number].index(letter)] == call.shape[left.index(letter)]
    ]
    numbers = _number([lengths[letter] for letter in shared])
    return Groups(
        *(_spread(numbers, shared, named, shape) for named, shape in ((left, call.shape), (letters[number], x.shape)))
    )


def _letters(call: Call) -> tuple[list[str], str]:
    """The axes of the operands and of the result by letters, as einsum names them."""
    if call.op.name == "einsum":
        *taken, left = call.params["subscripts"]
        return taken, left
    x, y = call.xs[:2]
    names = string.ascii_letters
    if call.op.name == "linear":
        many = names[: x.ndim - 1]
        return [many + "Z", "YZ"], many + "Y"
    stacks = names[: max(x.ndim, y.ndim) - 2] if max(x.ndim, y.ndim) > 2 else ""
    of_x = stacks[len(stacks) - max(x.ndim - 2, 0) :] + ("XZ" if x.ndim > 1 else "Z")
    of_y = stacks[len(stacks) - max(y.ndim - 2, 0) :] + ("ZY" if y.ndim > 1 else "Z")
    return [of_x, of_y], stacks + ("X" if x.ndim > 1 else "") + ("Y" if y.ndim > 1 else "")


def _all_fit(lengths: dict[str, int], letters: list[str], left: str, call: Call) -> bool:
    """Whether nothing is repeated along an axis of length 1."""
    named = [(call.shape, left), *((x.shape, some) for x, some in zip(call.xs, letters, strict=False))]
    return all(lengths[letter] == length for shape, some in named for length, letter in zip(shape, some, strict=True))


def _pairs(
    lengths: dict[str, int], moving: str, left: str, constant: str, there: tuple[np.ndarray, ...], free: list[str]
) -> Pairs:
    """One pair for each number of the constant that is not 0, and each place along the axes that it has not."""
    cells = math.prod(lengths[letter] for letter in free)
    grid = np.indices([lengths[letter] for letter in free]).reshape(len(free), cells)
    places = {letter: row[:, None] for letter, row in zip(constant, there, strict=True)}
    places |= {letter: row[None, :] for letter, row in zip(free, grid, strict=True)}
    whole = (len(there[0]), cells)

    def number(named: str) -> np.ndarray:
        found = np.zeros(whole, int)
        for letter in named:
            found = found * lengths[letter] + places[letter]
        return found.ravel()

    return Pairs(number(left), number(moving))


def _spread(numbers: np.ndarray, axes: list[str], named: str, shape: tuple[int, ...]) -> np.ndarray:
    """Numbers along some axes, repeated along the others that are named."""
    order = sorted(range(len(axes)), key=lambda i: named.index(axes[i]))
    turned = numbers.transpose(order)
    kept = {named.index(axes[i]): numbers.shape[i] for i in order}
    return np.broadcast_to(turned.reshape([kept.get(i, 1) for i in range(len(named))]), shape).ravel()
