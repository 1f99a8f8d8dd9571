"""A flat program as source: results go into buffers that are planned by when they are needed, views are made once.

The source is one function, `make`, whose first part makes the buffers and the views of them, and which gives `run`, a
function without allocation but for what it returns. It is registered with `linecache`, so that a debugger steps through it.
"""

from __future__ import annotations

import linecache
import os
import weakref
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np

from autograd.compiler.flat import ASSEMBLE, Flat, Instruction, Variable
from autograd.compiler.layout import Layout, covers, source_of
from autograd.compiler.loops import Group, is_native
from autograd.compiler.schedule import Step, group_loops
from autograd.compiler.statements import CALLED, statements
from autograd.compiler.words import TAKEN, WORD, free_name, identifier, literal, words_of
from autograd.graph.node import Node

_number = count(1).__next__


@dataclass(frozen=True)
class Given:
    """An array that a program is given to write a result to.

    Attributes
    ----------
    node : Node
        The input whose gradient it is, and which it is named after.
    shape : tuple of int
    turned : bool
        Whether its memory is that of the transposed array.
    """

    node: Node
    shape: tuple[int, ...]
    turned: bool


class Emitted:
    """The source of a program, and how to make it run.

    Attributes
    ----------
    source : str
    loops : str
        The source of the native loops that it calls; empty where there are none.
    buffers : int
        Bytes that every runner of it holds.
    """

    def __init__(self, source: str, scope: dict[str, Any], buffers: int, loops: str = "") -> None:
        self.source, self.buffers, self.loops = source, buffers, loops
        self.filename = f"<autograd compiled {_number()}>"
        linecache.cache[self.filename] = (len(source), None, source.splitlines(keepends=True), self.filename)
        weakref.finalize(self, linecache.cache.pop, self.filename, None).atexit = False
        exec(compile(source, self.filename, "exec"), scope)  # noqa: S102 - our own text, from a captured graph
        self.make: Callable[[], Callable[..., Any]] = scope["make"]


class _Planner:
    def __init__(self, flat: Flat, given: Sequence[Given], native: Callable[[str], Any] | None) -> None:
        self.flat, self.native = flat, native
        self.taken = set(TAKEN)
        self.words = words_of(flat, self.taken)
        self.scope: dict[str, Any] = {"np": np}
        self.things: dict[int, str] = {}
        self.setup: list[str] = []
        self.body: list[str] = []
        self.loops: dict[str, str] = {}
        self.array: dict[Variable, np.ndarray] = {}
        self.free: defaultdict[Any, list[tuple[str, np.ndarray]]] = defaultdict(list)
        self.held: dict[Variable, tuple[str, np.ndarray]] = {}
        self.views: set[str] = set()
        self.numbers = count(1)
        self.bytes = 0
        self.place = ""
        for constant in flat.constants:
            self.scope[self.words[constant]] = self.array[constant] = constant.value
        self.returned = flat.outputs[: len(flat.outputs) - len(given)]
        outputs = flat.outputs[len(self.returned) :]
        self.layout = Layout(
            flat, [(output, g.shape, g.turned) for output, g in zip(outputs, given, strict=True)], native is not None
        )
        word_of = {variable.node: self.words[variable] for variable in flat.inputs}
        self.given = {free_name(f"{word_of[g.node]}_grad", self.taken): g for g in given}
        self.steps: list[tuple[Step, bool]] = (
            [((instruction,), False) for instruction in flat.instructions]
            if native is None
            else group_loops(flat.instructions, is_native, self.layout.is_free)
        )
        self.read_until, self.last = self._last_uses()
        self.ending: defaultdict[int, list[Variable]] = defaultdict(list)
        for variable, i in self.last.items():
            self.ending[i].append(variable)

    # what lies where

    def _last_uses(self) -> tuple[dict[Variable, int], dict[Variable, int]]:
        """The last step that reads each variable, and each stretch of memory; views and parts count for the whole."""
        read: dict[Variable, int] = {}
        last: dict[Variable, int] = {}
        for i, (step, _) in enumerate(self.steps):
            for instruction in step:
                last[self.layout.base[instruction.out]] = i
                for x in instruction.operands:
                    if isinstance(x, Variable):
                        read[x] = last[self.layout.base[x]] = i
        for x in self.flat.outputs:
            if isinstance(x, Variable):
                read[x] = last[self.layout.base[x]] = len(self.steps)
        return read, last

    # the text

    def emit(self) -> Emitted:
        for i, (step, is_loop) in enumerate(self.steps):
            self._comment(step)
            if is_loop:
                self._loop(i, step)
            else:
                self._call_of(i, step[0])
            self._release(i)
        for number, (name, output) in enumerate(zip(self.given, self.flat.outputs[len(self.returned) :], strict=True)):
            if not isinstance(output, Variable) or self.layout.into.get(output) != number:
                self.body.append(f"np.copyto({name}, {self._text(output)})")
        self._drop_views()
        names = ", ".join([*(self.words[x] for x in self.flat.inputs), *self.given])
        own = [f"{self._text(x)}.copy()" if self._is_foreign(x) else self._text(x) for x in self.returned]
        lines = [
            "def make():",
            *(f"    {line}" for line in self.setup),
            "",
            f"    def run({names}):",
            *(f"        {line}" for line in self.body),
            f"        return ({', '.join(own)}{',' if len(own) == 1 else ''})",
            "",
            "    return run",
        ]
        loops = ""
        if self.loops and self.native is not None:
            loops = "\n\n".join(f"@loop\ndef {name}{text}" for text, name in self.loops.items()) + "\n"
            module = self.native(loops)
            self.scope.update({name: getattr(module, name) for name in self.loops.values()})
        return Emitted("\n".join(lines) + "\n", self.scope, self.bytes, loops)

    def _call_of(self, i: int, instruction: Instruction) -> None:
        out = instruction.out
        if instruction.op is ASSEMBLE and self.layout.is_static(out):
            self._assemble(i, instruction)
        elif self.layout.is_view(instruction):
            self._view(instruction)
        elif out in self.layout.into:
            self.words[out] = name = self._output_name(out)
            if self.given[name].turned:
                x, y = (f"{self._text(operand)}.T" for operand in instruction.operands)
                self.body.append(f"np.matmul({y}, {x}, out={name}.T)")
            else:
                self._fill(instruction)
        elif self.layout.is_static(out):
            self._memory(i, instruction)
            self._fill(instruction)
        else:
            call = self._call(instruction)
            self.body.append(f"{self.words[out]} = {call if out.shape else f'np.asarray({call})'}")

    def _output_name(self, out: Variable) -> str:
        """What the array is called that a result is computed in."""
        return list(self.given)[self.layout.into[out]]

    def _drop_views(self) -> None:
        """Leave out the views that nothing reads: loops look through them."""
        seen = Counter(word for line in [*self.setup, *self.body] for word in WORD.findall(line))
        seen.update(self._text(x) for x in self.returned)
        for lines in (self.body, self.setup):
            for k in reversed(range(len(lines))):
                name = lines[k].partition(" = ")[0]
                if lines[k] in self.views and seen[name] == 1:
                    seen.subtract(WORD.findall(lines.pop(k)))

    def _is_foreign(self, x: Any) -> bool:
        """Whether a result is not an array of its own: an input, a constant, what is given to write to, or a view of one."""
        if isinstance(x, np.ndarray):
            return True
        return isinstance(x, Variable) and (
            self.layout.base[x].kind != "result" or self.layout.base[x] in self.layout.into
        )

    def _view(self, instruction: Instruction) -> None:
        """Made once where what it looks at stays in its place, and at each run elsewhere."""
        source = source_of(instruction)
        line = f"{self.words[instruction.out]} = {self._call(instruction)}"
        self.views.add(line)
        if self.layout.is_free(instruction):
            self.array[instruction.out] = instruction.op.array(self.array[source], **instruction.params)
            self.setup.append(line)
        else:
            self.body.append(line)

    def _memory(self, i: int, instruction: Instruction, overwrite: bool = True) -> None:
        """Find a place for a result: in what it is a part of, in that of an operand that ends here, or elsewhere."""
        out = instruction.out
        if out in self.layout.home:
            whole, key = self.layout.home[out]
            if whole not in self.array:
                self._memory(i, self.layout.by[whole], overwrite=False)
                if not covers(self.layout.by[whole]):
                    self.body.append(f"{self.words[whole]}.fill(0)")
            self.array[out] = self.array[whole][key].reshape(out.shape)
            again = "" if self.array[whole][key].shape == out.shape else f".reshape({out.shape})"
            self.setup.append(f"{self.words[out]} = {self.words[whole]}[{self._literal(key)}]{again}")
            return
        key = (out.shape, out.dtype)
        how = statements(instruction)
        dying = [
            x
            for x in (instruction.operands[k] for k in (how[1] if how is not None else ()))
            if isinstance(x, Variable)
            and x in self.held
            and self.last.get(x) == i
            and (x.shape, x.dtype) == key
            # An operand that looks at the same memory is still to be read.
            and not any(o is not x and self.layout.base.get(o) is x for o in instruction.operands)
        ]
        if overwrite and dying:
            name, array = self.held.pop(dying[0])
        elif self.free[key]:
            name, array = self.free[key].pop()
        else:
            array = np.empty(out.shape, out.dtype)
            self.bytes += array.nbytes
            name = f"buffer{next(self.numbers)}"
            self.setup.append(f"{name} = np.empty({out.shape}, {_dtype(out)})")
        self.held[out], self.array[out] = (name, array), array
        self.setup.append(f"{self.words[out]} = {name}")

    def _fill(self, instruction: Instruction) -> None:
        how = statements(instruction)
        assert how is not None
        params = {k: self._literal(v) for k, v in instruction.params.items()}
        operands = [self._text(x) for x in instruction.operands]
        called = {name: self._outside(name, f) for name, f in CALLED.items() if any(f"{{{name}}}" in x for x in how[0])}
        self.body += [line.format(*operands, out=self.words[instruction.out], **params, **called) for line in how[0]]

    def _assemble(self, i: int, instruction: Instruction) -> None:
        """Copy what was not computed in its place."""
        out = instruction.out
        if out not in self.array:
            self._memory(i, instruction, overwrite=False)
            if not covers(instruction):
                self.body.append(f"{self.words[out]}.fill(0)")
        for part, key in zip(instruction.operands, instruction.params["keys"], strict=True):
            if not self.layout.is_at_home(part, key, out):
                self.body.append(f"{self.words[out]}[{self._literal(key)}] = {self._text(part)}")

    def _loop(self, i: int, step: Step) -> None:
        needed = {x.out for x in step if self.read_until[x.out] > i or x.out in self.layout.home}
        group = Group(step, self.layout.access, needed, self.layout.is_in_one_piece)
        stored = set(group.stored)
        for instruction in step:
            out = instruction.out
            if not is_native(instruction):
                self._call_of(i, instruction)
            elif out in self.layout.into:
                self.words[out] = self._output_name(out)
            elif out in stored and self.layout.is_static(out):
                self._memory(i, instruction, overwrite=False)
            elif out in stored:
                self.body.append(f"{self.words[out]} = np.empty({out.shape}, {_dtype(out)})")
        text, arrays, numbers = group.source()
        name = self.loops.setdefault(text, f"loop{len(self.loops) + 1}")
        self.body.append(f"{name}({', '.join([*(self.words[x] for x in arrays), *map(repr, numbers)])})")

    def _release(self, i: int) -> None:
        """Give back the memory that no later step reads."""
        for variable in self.ending[i]:
            if variable in self.held:
                name, array = self.held.pop(variable)
                self.free[array.shape, array.dtype].append((name, array))

    def _call(self, instruction: Instruction) -> str:
        op = instruction.op
        operands = [self._text(x) for x in instruction.operands]
        if op.name == "transpose" and instruction.params["axes"] == tuple(reversed(range(len(instruction.out.shape)))):
            return f"{operands[0]}.T"
        if op.name == "slice":
            return f"{operands[0]}[{self._literal(instruction.params['key'])}]"
        if op.name == "reshape":
            return f"{operands[0]}.reshape({self._literal(instruction.params['shape'])})"
        params = [f"{k}={self._literal(v)}" for k, v in instruction.params.items()]
        if isinstance(op.array, np.ufunc):
            return f"np.{op.array.__name__}({', '.join([*operands, *params])})"
        return f"{self._outside(op.name, op.array)}({', '.join([*operands, *params])})"

    def _text(self, x: Any) -> str:
        return self.words[x] if isinstance(x, Variable) else self._literal(x)

    def _literal(self, x: Any) -> str:
        text = literal(x)
        return text if text is not None else self._outside("p1", x)

    def _outside(self, name: str, thing: Any) -> str:
        """The name of something that the text has no words for, which nothing else is called by."""
        if id(thing) not in self.things:
            self.things[id(thing)] = name = free_name(identifier(name), self.taken)
            self.scope[name] = thing
        return self.things[id(thing)]

    def _comment(self, step: Step) -> None:
        for instruction in step:
            site = instruction.out.node.site if instruction.out.node is not None else None
            place = f"{os.path.basename(site.filename)}:{site.lineno}: {site.line}" if site is not None else ""
            if place and place != self.place:
                self.place = place
                # No character may end the line: what follows would be run.
                self.body.append(f"# {''.join(c if c.isprintable() else ' ' for c in place)}")


def _dtype(x: Variable) -> str:
    if x.dtype == bool:
        return "bool"
    # The other byte order has no name in NumPy.
    return f"np.{x.dtype}" if x.dtype.isnative else repr(x.dtype.str)


def emit(flat: Flat, given: Sequence[Given] = (), native: Callable[[str], Any] | None = None) -> Emitted:
    """The source of a flat program.

    Parameters
    ----------
    flat : Flat
    given : sequence of Given
        Arrays that `run` is given after its inputs: the last outputs are written to them, and only those before are
        returned.
    native : callable, optional
        Makes a module of the source of loops; without it the program is NumPy alone.
    """
    return _Planner(flat, given, native).emit()


__all__: Sequence[str] = ("Emitted", "Given", "emit")
