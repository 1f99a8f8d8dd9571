"""Native loops: a group of element-wise operations and reductions as the source of one function that numba compiles.

Operations over the same indices share a nest of loops, in which results that nobody else needs are plain variables.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from autograd.compiler.flat import Instruction, Variable
from autograd.compiler.places import Access, Places
from autograd.compiler.scalar_formulas import FORMULAS

FLOATS = {"f": 32, "d": 64}
# The rows of `scalar_formulas` that loops compute, and what their functions are called there.
NATIVE = frozenset(
    {
        "add", "sub", "mul", "div", "neg", "abs", "square", "reciprocal", "sqrt", "exp", "tanh", "sigmoid", "erf", "erfc", "log",
        "log1p", "sin", "cos", "maximum", "minimum", "scale", "strong", "where", "greater", "greater_equal", "less",
        "less_equal", "equal", "not_equal", "logical_and", "logical_or", "logical_not", "isfinite", "isnan",
    }
)  # fmt: skip
FUNCTIONS = {
    "abs": "abs",
    **{name: f"np.{name}" for name in ("sqrt", "log", "log1p", "sin", "cos")},
    **{name: name + "{bits}" for name in ("exp", "tanh", "erf", "erfc")},
}
# What the C library computes one at a time, and NumPy with vectors, which win where there are more elements than these.
ONE_AT_A_TIME, MAX_ONE_AT_A_TIME = {"log", "sin", "cos"}, 2048
COMPARISONS = {"greater", "greater_equal", "less", "less_equal", "equal", "not_equal"}
# How a reduction starts, and how it goes on with the next element t.
REDUCTIONS: dict[str, tuple[str, str]] = {
    "sum": ("0.0", "{out} += {t}"),
    "amax": ("-np.inf", "{out} = {t} if {t} >= {out} or {t} != {t} else {out}"),
}
# What takes many instructions for an element, and how long rows are at least that fill some vectors of them.
LONG_OPERATIONS, MIN_VECTOR_ROW = {"exp", "tanh", "sigmoid", "erf", "erfc"}, 64
# Numbers that stand in the text of a loop; others are its arguments.
WRITTEN_OUT = {0.0, 0.5, 1.0, 2.0, -0.5, -1.0, -2.0}
# Elements along the last axis up to which they are added one after the other; NumPy adds more of them in pairs.
MAX_ADDED_IN_TURN = 256


def is_native(instruction: Instruction) -> bool:
    """Whether a loop can do it as well: numbers of one kind, few axes, and nothing that NumPy does better."""
    name, out = instruction.op.name, instruction.out
    # What is asked of each instruction several times begins with what is told by its name.
    if name not in NATIVE and name not in REDUCTIONS and name != "astype":
        return False
    arrays = [x for x in instruction.operands if isinstance(x, Variable)]
    for x in (*arrays, out):
        if len(x.shape) > 4 or 0 in x.shape or not x.dtype.isnative:
            return False
    if name in REDUCTIONS:
        return _short(instruction) and arrays[0].dtype == out.dtype and out.dtype.char in FLOATS
    if name in ONE_AT_A_TIME and math.prod(out.shape) > MAX_ONE_AT_A_TIME:
        return False
    if name == "astype":
        return arrays[0].dtype == bool and out.dtype.char in FLOATS
    chars = {x.dtype.char for x in arrays} - (
        {"?"} if name in ("where", *COMPARISONS) or name.startswith("logical") else set()
    )
    if name in COMPARISONS:
        return len(chars) <= 1 and chars <= {*FLOATS, "l", "i"} and out.dtype == bool
    if name.startswith("logical"):
        return not chars and out.dtype == bool
    if name in ("isfinite", "isnan"):
        return len(chars) == 1 and chars <= set(FLOATS)
    return out.dtype.char in FLOATS and chars <= {out.dtype.char} and _numbers_fit(instruction)


@cache
def template(name: str) -> str:
    """What a row computes of `{0}`, `{1}`, …, with numbers and functions of `{type}`, which ends in `{bits}`.

    Examples
    --------
    >>> template("sigmoid"), template("maximum")
    ('{type}(1.0) / ({type}(1.0) + exp{bits}(-{0}))', '{0} if {0} > {1} or {0} != {0} else {1}')
    """
    tree = ast.parse(FORMULAS[name], mode="eval")
    operands = {letter: "{" + str(number) + "}" for number, letter in enumerate("xyz")}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            node.func = ast.Name(FUNCTIONS[ast.unparse(node.func)])
        elif isinstance(node, ast.Name):
            node.id = operands.get(node.id, node.id)
    return ast.unparse(_Typed().visit(tree))


class _Typed(ast.NodeTransformer):
    """Numbers in the type of the loop."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return ast.Call(ast.Name("{type}"), [ast.Constant(float(node.value))], [])  # type: ignore[arg-type]


def _numbers_fit(instruction: Instruction) -> bool:
    return all(isinstance(x, (Variable, bool, int, float)) for x in instruction.operands)


def _short(instruction: Instruction) -> bool:
    (x,), axes = instruction.operands, instruction.params["axis"]
    last = len(x.shape) - 1
    return (
        isinstance(axes, tuple)
        and bool(axes)
        and (last not in axes or math.prod(x.shape[a] for a in axes) <= MAX_ADDED_IN_TURN)
    )


@dataclass
class Nest:
    """Loops over the indices of one shape, and what is computed in them.

    Attributes
    ----------
    shape : tuple of int
    flat : bool
        Whether one loop goes over all elements: vectors have no use for rows that are shorter than they are.
    instructions : list of Instruction
    """

    shape: tuple[int, ...]
    flat: bool = False
    instructions: list[Instruction] = field(default_factory=list)


class Group:
    """Operations that are computed by one call.

    Parameters
    ----------
    instructions : sequence of Instruction
        In an order in which each finds its operands; what no loop does among them are views.
    places : Places
        Where variables lie.
    needed : set of Variable
        Results that others read.

    Attributes
    ----------
    stored : list of Variable
        Results that are written to memory.
    """

    def __init__(self, instructions: Sequence[Instruction], places: Places, needed: set[Variable]) -> None:
        self.instructions = instructions
        self.access = places.access
        self._in_one_piece = places.is_in_one_piece
        self._nests: list[Nest] = []
        self._nest_of: dict[Variable, int] = {}
        self._base: dict[Variable, tuple[Variable, ...]] = {}
        made: dict[Variable, Instruction] = {}
        stored = set(needed)
        for instruction in instructions:
            bases = [base for x in instruction.operands if isinstance(x, Variable) for base in self._bases(x)]
            if not places.is_loop(instruction):
                self._base[instruction.out] = tuple(bases)
                stored.update(bases)
                continue
            number = self._place(instruction, made)
            for x in instruction.operands:
                if isinstance(x, Variable) and not self._local(x, instruction, number, made):
                    stored.update(self._bases(x))
            if instruction.op.name in REDUCTIONS:
                stored.add(instruction.out)
            made[instruction.out] = instruction
            self._nest_of[instruction.out] = number
            self._nests[number].instructions.append(instruction)
        self.stored = [out for out in made if out in stored]

    def _bases(self, x: Variable) -> tuple[Variable, ...]:
        """The results whose memory a variable is or looks at."""
        return self._base.get(x, (x,))

    def _place(self, instruction: Instruction, made: Mapping[Variable, Instruction]) -> int:
        """The first nest of the right shape in which all operands are there."""
        space = _space(instruction)
        earliest = 0
        for x in instruction.operands:
            for base in self._bases(x) if isinstance(x, Variable) else ():
                if base in made:
                    same = x is base and x.shape == space and made[base].op.name not in REDUCTIONS
                    earliest = max(earliest, self._nest_of[base] + (not same))
        can_be_flat = self._can_be_flat(instruction)
        flat = can_be_flat and instruction.op.name in LONG_OPERATIONS and space[-1] < MIN_VECTOR_ROW
        for number in range(earliest, len(self._nests)):
            nest = self._nests[number]
            if nest.shape == space and (can_be_flat if nest.flat else not flat):
                return number
        self._nests.append(Nest(space, flat))
        return len(self._nests) - 1

    def _can_be_flat(self, instruction: Instruction) -> bool:
        """Whether an operation may as well run over all elements one behind the other."""
        arrays = [instruction.out, *(x for x in instruction.operands if isinstance(x, Variable))]
        shape = instruction.out.shape
        return (
            len(shape) > 1
            and instruction.op.name not in REDUCTIONS
            and all(x.shape == shape and self._in_one_piece(x) for x in arrays)
        )

    def _local(self, x: Any, instruction: Instruction, number: int, made: Mapping[Variable, Instruction]) -> bool:
        """Whether an operand is a variable of the very loop."""
        here = x in made and self._nest_of[x] == number and made[x].op.name not in REDUCTIONS
        return bool(here and x.shape == _space(instruction))

    def replaceable(self, instruction: Instruction) -> list[Variable]:
        """What has been read for the last time where this instruction writes its result, of whose shape it is."""
        if instruction.op.name in REDUCTIONS:
            return []
        number = self._nest_of[instruction.out]
        here = self._nests[number].instructions
        done = here.index(instruction) + 1
        read = _read(here[:done])
        # An element that this loop has read is at hand from then on.
        later = {x for x in _read(here[done:]) if x not in read}
        shape = instruction.out.shape
        earlier = [x for x, last in self._last_read.items() if last < number and x.shape == shape]
        here_last = [x for x in (*_read([instruction]), *read) if x.shape == shape and self._last_read[x] == number]
        return list(dict.fromkeys(x for x in (*here_last, *earlier) if x not in later))

    @cached_property
    def _last_read(self) -> dict[Variable, int]:
        """The last nest that reads each variable, in the order in which they are read first."""
        return {x: number for number, nest in enumerate(self._nests) for x in _read(nest.instructions)}

    def source(self, over: Mapping[Variable, Variable] | None = None) -> tuple[str, list[Variable], list[float]]:
        """The function's parameters and body with neutral names, and the arrays and numbers that it is called with.

        Parameters
        ----------
        over : mapping, optional
            Results that are written over an operand, element by element, and that operand.
        """
        writer = _Writer(self, over or {})
        lines = writer.lines()
        names = ", ".join([*writer.names.values(), *writer.numbers.values()])
        text = f"({names}):\n" + "\n".join(f"    {line}" for line in lines)
        return text, list(writer.names), list(writer.numbers)

    @property
    def nests(self) -> list[Nest]:
        """The loops in their order."""
        return self._nests


def _read(instructions: Iterable[Instruction]) -> dict[Variable, None]:
    """The variables that are read, in their order."""
    return dict.fromkeys(x for other in instructions for x in other.operands if isinstance(x, Variable))


class _Writer:
    def __init__(self, group: Group, over: Mapping[Variable, Variable]) -> None:
        self.group, self.over = group, over
        self.names: dict[Variable, str] = {}
        self.numbers: dict[float, str] = {}
        self.flat: dict[Variable, str] = {}
        self.stored = set(group.stored)

    def lines(self) -> list[str]:
        body = [line for nest in self.group.nests for line in self._nest(nest)]
        starts = []
        for nest in self.group.nests:
            for instruction in nest.instructions:
                if instruction.op.name in REDUCTIONS:
                    out = instruction.out
                    start = f"{_type(out)}({REDUCTIONS[instruction.op.name][0]})"
                    place = self._element(out, tuple(range(len(out.shape))))
                    starts += self._loops(out.shape, [self.group.access(out)], [f"{place} = {start}"])
        flat = [f"{name} = {self.names[root]}.reshape({self.names[root]}.size)" for root, name in self.flat.items()]
        return flat + starts + body

    def _nest(self, nest: Nest) -> list[str]:
        temporaries: dict[Variable, str] = {}
        lines: list[str] = []
        axes = tuple(range(len(nest.shape)))
        element = (lambda x, _: self._flat_element(x)) if nest.flat else self._element
        accesses: list[Access] = []
        for instruction in nest.instructions:
            operands = []
            for x in instruction.operands:
                if isinstance(x, Variable) and x not in temporaries:
                    accesses.append(self.group.access(x))
                    temporaries[x] = f"t{len(temporaries)}"
                    lines.append(f"{temporaries[x]} = {element(x, axes)}")
                operands.append(temporaries[x] if isinstance(x, Variable) else x)
            out = instruction.out
            if instruction.op.name in REDUCTIONS:
                kept = _kept_axes(instruction, axes)
                step = REDUCTIONS[instruction.op.name][1]
                lines.append(step.format(out=self._element(out, kept), t=operands[0]))
                continue
            name = temporaries[out] = f"t{len(temporaries)}"
            lines.append(f"{name} = {self._formula(instruction, operands)}")
            if out in self.stored:
                accesses.append(self.group.access(out))
                lines.append(f"{element(out, axes)} = {name}")
        if nest.flat:
            root = accesses[0].root
            extent = self.flat[self.over.get(root, root)]
            return [f"for i0 in range({extent}.size):", *(f"    {line}" for line in lines)]
        return self._loops(nest.shape, accesses, lines)

    def _formula(self, instruction: Instruction, operands: Sequence[Any]) -> str:
        out = instruction.out
        arrays = [x for x in instruction.operands if isinstance(x, Variable) and x.dtype.char in FLOATS]
        like = out if out.dtype.char in FLOATS else arrays[0] if arrays else None
        typed = _type(like) if like is not None else ""
        texts = [x if isinstance(x, str) else self._literal(x, typed) for x in operands]
        if instruction.op.name == "astype":
            return f"{typed}({texts[0]})"
        return template(instruction.op.name).format(*texts, bits=typed[1:], type=typed)

    def _literal(self, x: float, typed: str) -> str:
        if isinstance(x, bool) or not typed:
            return _text(x)
        # Numbers that come from lengths, such as 1/n, are arguments, so that other lengths find the same text.
        x = float(x)
        known = x in WRITTEN_OUT or not math.isfinite(x)
        return f"{typed}({_text(x) if known else self.numbers.setdefault(x, f'n{len(self.numbers)}')})"

    def _element(self, x: Variable, axes: Sequence[int | None]) -> str:
        """The text of an element at the indices of these axes; None is an axis that is gone and kept as 1."""
        access = self.group.access(x)
        name = self._name(access.root)
        own = axes[len(axes) - len(access.shape) :] if access.shape else ()
        parts = []
        for n, offset, axis in zip(access.shape, access.offsets, own, strict=True):
            index = "0" if axis is None or n == 1 else f"i{axis}"
            parts.append(index if not offset else str(offset) if index == "0" else f"{offset} + {index}")
        return f"{name}[{', '.join(parts) or '()'}]"

    def _flat_element(self, x: Variable) -> str:
        self._name(x)
        return f"{self.flat.setdefault(self.over.get(x, x), f'b{len(self.flat)}')}[i0]"

    def _name(self, root: Variable) -> str:
        return self.names.setdefault(self.over.get(root, root), f"a{len(self.names)}")

    def _loops(self, shape: tuple[int, ...], accesses: Iterable[Access], body: list[str]) -> list[str]:
        found = list(accesses)
        lines: list[str] = []
        for axis, n in enumerate(shape):
            if n != 1:
                extent = self._extent(axis - len(shape), n, found)
                lines.append("    " * len(lines) + f"for i{axis} in range({extent}):")
        return lines + ["    " * len(lines) + line for line in body]

    def _extent(self, axis: int, n: int, accesses: Iterable[Access]) -> str:
        """How far an index runs: as far as an array reaches, so that other sizes find the same text."""
        for access in accesses:
            if access.whole and len(access.shape) >= -axis and access.shape[axis] == n != 1:
                return f"{self._name(access.root)}.shape[{len(access.shape) + axis}]"
        return str(n)


def _space(instruction: Instruction) -> tuple[int, ...]:
    """The shape whose indices an operation runs over."""
    shape: tuple[int, ...] = (
        instruction.operands[0].shape if instruction.op.name in REDUCTIONS else instruction.out.shape
    )
    return shape


def _kept_axes(instruction: Instruction, axes: tuple[int, ...]) -> list[int | None]:
    gone = instruction.params["axis"]
    if instruction.params["keepdims"]:
        return [None if a in gone else a for a in axes]
    return [a for a in axes if a not in gone]


def _type(x: Variable) -> str:
    return f"f{FLOATS[x.dtype.char]}"


def _text(x: float) -> str:
    if isinstance(x, (bool, int)):
        return repr(x)
    return "np.nan" if math.isnan(x) else ("np.inf" if x > 0 else "-np.inf") if math.isinf(x) else repr(x)
