"""A flat program as NumPy source: results go into buffers that are planned by when they are needed, views are made once.

The source is one function, `make`, whose first part makes the buffers and the views of them, and which gives `run`, a
function without allocation but for what it returns. It is registered with `linecache`, so that a debugger steps through it.
"""

from __future__ import annotations

import keyword
import linecache
import os
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import numpy as np

from autograd.compiler.flat import Flat, Instruction, Variable
from autograd.names import unique_names
from autograd.node import Node

IN_LITERALS = ("slice", "float", "Ellipsis")
_number = count(1).__next__
ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)\s*(?::[^=]+)?=(?!=)")

# Rows that can write their result into an array, beside those that are one ufunc: statements over operands and `{out}`.
# The flag says whether the result may overwrite an operand.
INTO: dict[str, tuple[tuple[str, ...], bool]] = {
    "sum": (("np.add.reduce({0}, {axis}, keepdims={keepdims}, out={out})",), False),
    "mean": (("np.mean({0}, {axis}, keepdims={keepdims}, out={out})",), False),
    "amax": (("np.maximum.reduce({0}, {axis}, keepdims={keepdims}, out={out})",), False),
    "linear": (("np.matmul({0}, {1}.T, out={out})", "np.add({out}, {2}, out={out})"), False),
    "sigmoid": (
        (
            "np.negative({0}, out={out})",
            "np.exp({out}, out={out})",
            "np.add({out}, 1.0, out={out})",
            "np.true_divide(1.0, {out}, out={out})",
        ),
        True,
    ),
}


class Emitted:
    """The source of a program, and how to make it run.

    Attributes
    ----------
    source : str
    buffers : int
        Bytes that every runner of it holds.
    given : list of bool
        Of each output whether it is an input or a constant, or a view of one.
    """

    def __init__(self, source: str, scope: dict[str, Any], buffers: int, given: list[bool]) -> None:
        self.source, self.buffers, self.given = source, buffers, given
        self.filename = f"<autograd compiled {_number()}>"
        linecache.cache[self.filename] = (len(source), None, source.splitlines(keepends=True), self.filename)
        exec(compile(source, self.filename, "exec"), scope)  # noqa: S102 - our own text, from a captured graph
        self.make: Callable[[], Callable[..., Any]] = scope["make"]


class _Planner:
    def __init__(self, flat: Flat) -> None:
        self.flat = flat
        self.words = _words(flat)
        self.scope: dict[str, Any] = {"np": np}
        self.setup: list[str] = []
        self.body: list[str] = []
        self.base: dict[Variable, Variable] = {}
        self.array: dict[Variable, np.ndarray] = {}
        self.free: defaultdict[Any, list[tuple[str, np.ndarray]]] = defaultdict(list)
        self.held: dict[Variable, tuple[str, np.ndarray]] = {}
        self.bytes = 0
        self.outputs = {x for x in flat.outputs if isinstance(x, Variable)}
        self.place = ""
        for constant in flat.constants:
            self.scope[self.words[constant]] = self.array[constant] = constant.value
        for variable in (*flat.inputs, *flat.constants):
            self.base[variable] = variable
        self.last = self._last_uses()

    def _last_uses(self) -> dict[Variable, int]:
        """The last instruction that reads each stretch of memory; views count for what they look at."""
        base: dict[Variable, Variable] = {}
        last: dict[Variable, int] = {}
        for i, instruction in enumerate(self.flat.instructions):
            arrays = [x for x in instruction.operands if isinstance(x, Variable)]
            for x in arrays:
                last[base.get(x, x)] = i
            out = instruction.out
            base[out] = base.get(arrays[0], arrays[0]) if instruction.op.view else out
        for x in self.outputs:
            last[base.get(x, x)] = len(self.flat.instructions)
        return last

    def emit(self) -> Emitted:
        escaping = self._escaping()
        for i, instruction in enumerate(self.flat.instructions):
            self._comment(instruction)
            if instruction.op.view:
                self._view(instruction)
            elif instruction.out in escaping or self._statements(instruction) is None:
                self.base[instruction.out] = instruction.out
                self.body.append(f"{self.words[instruction.out]} = {self._call(instruction)}")
            else:
                self._into(i, instruction)
            self._release(i)
        names = ", ".join(self.words[x] for x in self.flat.inputs)
        returned = ", ".join(self._text(x) for x in self.flat.outputs)
        lines = [
            "def make():",
            *(f"    {line}" for line in self.setup),
            "",
            f"    def run({names}):",
            *(f"        {line}" for line in self.body),
            f"        return ({returned}{',' if len(self.flat.outputs) == 1 else ''})",
            "",
            "    return run",
        ]
        given = [isinstance(x, Variable) and self.base[x].kind != "result" for x in self.flat.outputs]
        return Emitted("\n".join(lines) + "\n", self.scope, self.bytes, given)

    def _escaping(self) -> set[Variable]:
        """Results whose memory is given away, themselves or a view of them."""
        base: dict[Variable, Variable] = {}
        for instruction in self.flat.instructions:
            if instruction.op.view:
                source = next(x for x in instruction.operands if isinstance(x, Variable))
                base[instruction.out] = base.get(source, source)
        return {base.get(x, x) for x in self.outputs}

    def _view(self, instruction: Instruction) -> None:
        """Made once where what it looks at stays in its place, and at each run elsewhere."""
        source = next(x for x in instruction.operands if isinstance(x, Variable))
        self.base[instruction.out] = self.base[source]
        line = f"{self.words[instruction.out]} = {self._call(instruction)}"
        if source in self.array:
            view = instruction.op.array(self.array[source], **instruction.params)
            if np.may_share_memory(view, self.array[source]):
                self.array[instruction.out] = view
                self.setup.append(line)
                return
        self.body.append(line)

    def _into(self, i: int, instruction: Instruction) -> None:
        out, (statements, overwrites) = instruction.out, self._statements(instruction)  # type: ignore[misc]
        key = (out.shape, out.dtype)
        dying = [
            x
            for x in instruction.operands
            if isinstance(x, Variable) and x in self.held and self.last.get(x) == i and (x.shape, x.dtype) == key
        ]
        if overwrites and dying:
            name, array = self.held.pop(dying[0])
        elif self.free[key]:
            name, array = self.free[key].pop()
        else:
            array = np.empty(out.shape, out.dtype)
            self.bytes += array.nbytes
            name = f"buffer{sum(line.startswith('buffer') for line in self.setup) + 1}"
            self.setup.append(f"{name} = np.empty({out.shape}, np.{out.dtype})")
        self.held[out], self.array[out], self.base[out] = (name, array), array, out
        self.setup.append(f"{self.words[out]} = {name}")
        params = {k: self._literal(v) for k, v in instruction.params.items()}
        operands = [self._text(x) for x in instruction.operands]
        self.body += [line.format(*operands, out=self.words[out], **params) for line in statements]

    def _release(self, i: int) -> None:
        for variable in [x for x in self.held if self.last.get(x, i) <= i]:
            name, array = self.held.pop(variable)
            self.free[array.shape, array.dtype].append((name, array))

    def _statements(self, instruction: Instruction) -> tuple[tuple[str, ...], bool] | None:
        """How to write the result into an array; None where it can't be told to."""
        op = instruction.op
        if isinstance(op.array, np.ufunc) and not instruction.params:
            places = ", ".join(f"{{{k}}}" for k in range(len(instruction.operands)))
            return (f"np.{op.array.__name__}({places}, out={{out}})",), op.array.signature is None
        return INTO.get(op.name)

    def _call(self, instruction: Instruction) -> str:
        op = instruction.op
        operands = [self._text(x) for x in instruction.operands]
        params = [f"{k}={self._literal(v)}" for k, v in instruction.params.items()]
        if isinstance(op.array, np.ufunc):
            return f"np.{op.array.__name__}({', '.join([*operands, *params])})"
        plain = op.name.isidentifier() and op.name not in self.words.values() and op.name not in IN_LITERALS
        name = op.name if plain else f"op_{op.name}"
        self.scope[name] = op.array
        return f"{name}({', '.join([*operands, *params])})"

    def _text(self, x: Any) -> str:
        return self.words[x] if isinstance(x, Variable) else self._literal(x)

    def _literal(self, x: Any) -> str:
        text = _literal(x)
        if text is None:
            text = f"p{sum(name.startswith('p') and name[1:].isdigit() for name in self.scope) + 1}"
            self.scope[text] = x
        return text

    def _comment(self, instruction: Instruction) -> None:
        site = instruction.out.node.site if instruction.out.node is not None else None
        place = f"{os.path.basename(site.filename)}:{site.lineno}: {site.line}" if site is not None else ""
        if place and place != self.place:
            self.place = place
            self.body.append(f"# {place}")


def _words(flat: Flat) -> dict[Variable, str]:
    """A Python name for each variable: the user's where there is one."""
    variables = [*flat.inputs, *(i.out for i in flat.instructions)]
    nodes = [v.node for v in variables if v.node is not None]
    names = unique_names(sorted(nodes, key=lambda node: node.order), _assigned(nodes))
    taken = {*keyword.kwlist, "np", "make", "run"}
    words: dict[Variable, str] = {}
    for variable in variables:
        assert variable.node is not None
        name = "".join(c if c.isalnum() or c == "_" else "_" for c in names[variable.node])
        name = name if name.isidentifier() and not name.startswith("buffer") else f"x_{name}"
        words[variable] = next(n for k in count(1) if (n := name if k == 1 else f"{name}_{k}") not in taken)
        taken.add(words[variable])
    for number, constant in enumerate(flat.constants, 1):
        words[constant] = next(n for k in count(number) if (n := f"constant{k}") not in taken)
        taken.add(words[constant])
    return words


def _assigned(nodes: Sequence[Node]) -> dict[Node, str]:
    """The names of the user's variables: the last thing that a line `h = …` computes is called h."""
    last = {(node.site.filename, node.site.lineno): node for node in nodes if node.site is not None and not node.name}
    found = {}
    for node in last.values():
        target = ASSIGNMENT.match(node.site.line) if node.site is not None else None
        if target is not None and node.op is not None:
            found[node] = target[1]
    return found


def _literal(x: Any) -> str | None:
    """The text of a number, or of what an index is made from; None for anything else."""
    if x is None or x is Ellipsis or x.__class__ in (bool, int, str):
        return repr(x)
    if x.__class__ is float:
        return repr(x) if np.isfinite(x) else f"float('{x}')"
    if x.__class__ is slice:
        parts = [_literal(p) for p in (x.start, x.stop, x.step)]
        return None if None in parts else f"slice({', '.join(map(str, parts))})"
    if x.__class__ is tuple:
        parts = [_literal(p) for p in x]
        return None if None in parts else f"({', '.join(map(str, parts))}{',' if len(x) == 1 else ''})"
    return None


def emit(flat: Flat) -> Emitted:
    """The source of a flat program."""
    return _Planner(flat).emit()


__all__: Sequence[str] = ("Emitted", "emit")
