"""A flat program as source: results go into buffers that are planned by when they are needed, views are made once.

The source makes the buffers and the views of them, and then `run`, a function without allocation but for what it returns.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from autograd.compiler.blas import find_gemm
from autograd.compiler.buffers import Buffers, empty, words_of_dtype
from autograd.compiler.emitted import Emitted, Given
from autograd.compiler.flat import ASSEMBLE, Flat, Instruction, Variable, find_own
from autograd.compiler.layout import Layout, rest, source_of
from autograd.compiler.loops import Group
from autograd.compiler.replay import Call, CopyCall, FillCall, LoopCall, Operand, Plan, ProductCall, View
from autograd.compiler.rolling import roll
from autograd.compiler.schedule import Step, group_loops
from autograd.compiler.segments import Statement, Table, lines_of, make_segments
from autograd.compiler.statements import CALLED, statements
from autograd.compiler.words import TAKEN, WORD, free_name, identifier, literal, words_of


class _Planner:
    def __init__(
        self, flat: Flat, given: Sequence[Given], native: Callable[[str], Any] | None, machine_code: bool
    ) -> None:
        self.flat, self.native, self.machine_code = flat, native, machine_code
        self.taken = set(TAKEN)
        self.words = words_of(flat, self.taken)
        self.own = find_own(flat.instructions)
        self.scope: dict[str, Any] = {"np": np}
        self.things: dict[int, str] = {}
        self.setup: list[str] = []
        self.body: list[Statement] = []
        self.loops: dict[str, str] = {}
        self.array: dict[Variable, np.ndarray] = {}
        self.buffers = Buffers(self.setup, None if native is None else lambda: self._outside("empty", empty))
        self.views: set[str] = set()
        self.place: tuple[str, int] | None = None
        self.comments: dict[tuple[str, int], str] = {}
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
            else group_loops(flat.instructions, self.layout.is_loop, self.layout.is_free)
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
            self.buffers.give_back(self.ending[i])
        for number, (name, output) in enumerate(zip(self.given, self.flat.outputs[len(self.returned) :], strict=True)):
            if not isinstance(output, Variable) or self.layout.into.get(output) != number:
                self._copy(f"np.copyto({name}, {self._text(output)})", Operand(name), output)
        lines, plans = self._segments()
        self._drop_views(lines, plans)
        names = ", ".join([*(self.words[x] for x in self.flat.inputs), *self.given])
        own = [f"{self._text(x)}.copy()" if self._is_foreign(x) else self._text(x) for x in self.returned]
        makers = {name: self._free_name(f"{name}_plan") for name in plans}
        setup = [*self.setup, *(f"{name} = {maker}(globals())" for name, maker in makers.items())]
        lines = [
            *([*setup, "", ""] if setup else []),
            f"def run({names}):",
            *(f"    {line}" for line in lines),
            f"    return ({', '.join(own)}{',' if len(own) == 1 else ''})",
        ]
        loops = ""
        if self.loops and self.native is not None:
            loops = "\n\n".join(f"@loop\ndef {name}{text}" for text, name in self.loops.items()) + "\n"
            module = self.native(loops)
            self.scope.update({name: getattr(module, name) for name in self.loops.values()})
        self.scope.update({makers[name]: plan for name, plan in plans.items()})
        return Emitted("\n".join(lines) + "\n", self.scope, self.buffers.bytes, loops)

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
                self._do(f"np.matmul({y}, {x}, out={name}.T)", self._product(instruction, turned=True))
            else:
                self._fill(instruction)
        elif self.layout.is_static(out):
            is_first = self.native is not None and out not in self.layout.home and self._is_known(instruction)
            if is_first and self._native_call(instruction) is None:
                # What comes before all calls must not lie where one of them has written until then.
                self._lay(out, self.buffers.take_unused(out, out.shape))
            else:
                self._memory(i, instruction)
            self._fill(instruction, is_first)
        else:
            call = self._call(instruction)
            line = f"{self.words[out]} = {call if out.shape else f'np.asarray({call})'}"
            self.body.append(Statement(line, is_first=self._is_known(instruction)))

    def _is_known(self, instruction: Instruction) -> bool:
        """Whether it needs nothing but what the program is given."""
        return all(x.kind != "result" for x in instruction.operands if isinstance(x, Variable))

    def _output_name(self, out: Variable) -> str:
        """What the array is called that a result is computed in."""
        return list(self.given)[self.layout.into[out]]

    def _drop_views(self, body: list[str], plans: Mapping[str, Plan]) -> None:
        """Leave out the views that nothing reads: loops look through them."""
        seen = Counter(word for line in [*self.setup, *body] if not line.startswith("#") for word in WORD.findall(line))
        seen.update(self._text(x) for x in self.returned)
        seen.update(name for plan in plans.values() for name in plan.names)
        for lines in (body, self.setup):
            for k in reversed(range(len(lines))):
                name = lines[k].partition(" = ")[0]
                if lines[k] in self.views and seen[name] == 1:
                    seen.subtract(WORD.findall(lines.pop(k)))

    def _is_foreign(self, x: Any) -> bool:
        """Whether a result is not an array of its own: it is always in the same memory, an input, what is given to write to, or a view."""
        if isinstance(x, np.ndarray):
            return True
        if not isinstance(x, Variable):
            return False
        base = self.layout.base[x]
        return x not in self.own or base in self.layout.into or self.layout.is_static(base)

    def _view(self, instruction: Instruction) -> None:
        """Made once where what it looks at stays in its place, and at each run elsewhere."""
        source = source_of(instruction)
        name, look = self.words[instruction.out], partial(instruction.op.array, **instruction.params)
        line = f"{name} = {self._call(instruction)}"
        self.views.add(line)
        if self.layout.is_free(instruction):
            self.array[instruction.out] = look(self.array[source])
            self.setup.append(line)
        else:
            self.body.append(Statement(line, views=(View(name, self.words[source], look),)))

    def _memory(self, i: int, instruction: Instruction, overwrite: bool = True) -> None:
        """Find a place for a result: in what it is a part of, in that of an operand that ends here, or elsewhere."""
        out = instruction.out
        if out in self.layout.home:
            whole, key = self.layout.home[out]
            if whole not in self.array:
                self._memory(i, self.layout.by[whole], overwrite=False)
                self._zero_rest(self.layout.by[whole])
            self.array[out] = self.array[whole][key].reshape(out.shape)
            again = "" if self.array[whole][key].shape == out.shape else f".reshape({out.shape})"
            self.setup.append(f"{self.words[out]} = {self.words[whole]}[{self._literal(key)}]{again}")
            return
        below = self.layout.below.get(out)
        if below is not None:
            self._memory_with_rim(out, *self.layout.shifted[below].extent(below.shape[0]))
            return
        key = (out.shape, out.dtype)
        how = statements(instruction)
        dying = [
            x
            for x in (instruction.operands[k] for k in (how[1] if how is not None else ()))
            if isinstance(x, Variable)
            and x in self.buffers.held
            and self.last.get(x) == i
            and (x.shape, x.dtype) == key
            and x not in self.layout.below
            # An operand that looks at the same memory is still to be read.
            and not any(o is not x and self.layout.base.get(o) is x for o in instruction.operands)
        ]
        if overwrite and dying:
            self._lay(out, self.buffers.hand_over(dying[0], out))
        else:
            self._lay(out, self.buffers.take(out, out.shape))

    def _lay(self, out: Variable, memory: tuple[str, np.ndarray]) -> None:
        """Let a result lie in all of this memory."""
        name, self.array[out] = memory
        self.setup.append(f"{self.words[out]} = {name}")

    def _memory_with_rim(self, out: Variable, before: int, after: int) -> None:
        """Memory with places before and after a result along its first axis, for what lies over it."""
        n = out.shape[0]
        name, array = self.buffers.take(out, (before + n + after, *out.shape[1:]), before)
        self.array[out] = array[before : before + n]
        self.setup.append(f"{self.words[out]} = {name}[{before}:{before + n}]")

    def _fill(self, instruction: Instruction, is_first: bool = False) -> None:
        how = statements(instruction)
        assert how is not None
        params = {k: self._literal(v) for k, v in instruction.params.items()}
        operands = [self._text(x) for x in instruction.operands]
        called = {name: self._outside(name, f) for name, f in CALLED.items() if any(f"{{{name}}}" in x for x in how[0])}
        lines = [line.format(*operands, out=self.words[instruction.out], **params, **called) for line in how[0]]
        call = self._native_call(instruction)
        calls = () if call is None else (call,)
        self.body += [Statement(line, calls, is_first=is_first and not calls) for line in lines]

    def _assemble(self, i: int, instruction: Instruction) -> None:
        """Copy what was not computed in its place."""
        out = instruction.out
        shift = self.layout.shifted.get(out)
        if shift is not None:
            name, array = self.buffers.held[shift.over]
            begin = shift.extent(out.shape[0])[0] - shift.places
            self.array[out] = array[begin : begin + out.shape[0]]
            self.setup.append(f"{self.words[out]} = {name}[{begin}:{begin + out.shape[0]}]")
            self._zero_rest(instruction)
        elif out not in self.array:
            self._memory(i, instruction, overwrite=False)
            self._zero_rest(instruction)
        for number, (part, key) in enumerate(zip(instruction.operands, instruction.params["keys"], strict=True)):
            if (shift is None or number != shift.number) and not self.layout.is_at_home(part, key, out):
                text = f"{self.words[out]}[{self._literal(key)}] = {self._text(part)}"
                self._copy(text, Operand(self.words[out], key), part)

    def _loop(self, i: int, step: Step) -> None:
        needed = {x.out for x in step if self.read_until[x.out] > i or x.out in self.layout.home}
        group = Group(step, self.layout, needed)
        stored = set(group.stored)
        over: dict[Variable, Variable] = {}
        read = [x for instruction in step for x in instruction.operands if isinstance(x, Variable)]
        # At whose memory something that is read here looks.
        looked = {self.layout.base[x] for x in read if self.layout.base[x] is not x}
        for instruction in step:
            out = instruction.out
            if not self.layout.is_loop(instruction):
                self._call_of(i, instruction)
            elif out in self.layout.into:
                self.words[out] = self._output_name(out)
            elif out in stored and self.layout.is_static(out):
                found = self._overwritten(i, [x for x in group.replaceable(instruction) if x not in looked], out)
                if found is None:
                    self._memory(i, instruction, overwrite=False)
                else:
                    over[out] = over.get(found, found)
                    self._lay(out, self.buffers.hand_over(found, out))
            elif out in stored:
                self.body.append(
                    Statement(f"{self.words[out]} = np.empty({out.shape}, {words_of_dtype(out.dtype)})", is_new=True)
                )
        text, arrays, numbers = group.source(over)
        name = self.loops.setdefault(text, f"loop{len(self.loops) + 1}")
        operands = tuple(self._operand(x) for x in arrays)
        line = f"{name}({', '.join([*(self.words[x] for x in arrays), *map(repr, numbers)])})"
        self._do(line, LoopCall(name, text, operands, tuple(numbers)))

    def _overwritten(self, i: int, operands: Sequence[Variable], out: Variable) -> Variable | None:
        """Which of these operands has memory of its own and ends here; None where none does."""
        if out in self.layout.home or out in self.layout.below:
            return None
        for x in operands:
            ends = self.last.get(x) == i and x in self.buffers.held
            if ends and x.dtype == out.dtype and x not in self.layout.below:
                return x
        return None

    # what machine code can do between two things that Python does

    def _do(self, text: str, call: Call | None = None) -> None:
        self.body.append(Statement(text, () if call is None else (call,)))

    def _operand(self, x: Any, turned: bool = False) -> Operand:
        return Operand(self._text(x), turned=turned)

    def _copy(self, text: str, to: Operand, x: Any) -> None:
        self._do(text, CopyCall((to, self._operand(x))) if isinstance(x, Variable) else None)

    def _zero_rest(self, instruction: Instruction) -> None:
        """Put 0 where no part of what is assembled is."""
        for key in rest(instruction):
            text = f"{self.words[instruction.out]}[{self._literal(key)}].fill(0)"
            self._do(text, FillCall((Operand(self.words[instruction.out], key),)))

    def _native_call(self, instruction: Instruction) -> Call | None:
        """What machine code does in the place of NumPy's statement; None where it has nothing."""
        if instruction.op.name == "reshape":
            source = instruction.operands[0]
            return CopyCall((Operand(self.words[instruction.out], shape=source.shape), self._operand(source)))
        return self._product(instruction)

    def _product(self, instruction: Instruction, turned: bool = False) -> ProductCall | None:
        """A product that BLAS computes as NumPy has it do: not of vectors, nor of one matrix by itself."""
        if instruction.op.name != "matmul" or find_gemm(instruction.out.dtype.char) is None:
            return None
        x, y, out = (*instruction.operands, instruction.out)
        if any(len(z.shape) < 2 or min(z.shape[-2:]) < 2 or z.dtype != out.dtype for z in (x, y, out)):
            return None
        if self.layout.base[x] is self.layout.base[y]:
            return None
        first, second = (y, x) if turned else (x, y)
        return ProductCall((self._operand(first, turned), self._operand(second, turned), self._operand(out, turned)))

    def _segments(self) -> tuple[list[str], dict[str, Plan]]:
        """The body's lines, in which repeated turns are loops, and the plans of what is replayed in it."""
        fixed = {*self.scope, *(line.partition(" = ")[0] for line in self.setup)}
        kept = [word for x in self.returned for word in WORD.findall(self._text(x))]
        body = roll(
            self.body, {*self.words.values(), *self.given}, fixed, kept, self._free_name, self.native is not None
        )
        plans: dict[str, Plan] = {}
        if self.native is None:
            lines = lines_of(body, fixed)
        else:
            lent = frozenset(self.words[x] for x in self.flat.inputs[: self.flat.arguments])
            lines, plans = make_segments(body, fixed, lent, self.scope, self._free_name, self.machine_code)
        read = Counter(word for line in lines if not line.startswith("#") for word in WORD.findall(line))
        tables = [s.table for s in body if s.table is not None and s.table.name in read and s.table.is_fixed(fixed)]
        read.update(word for line in self.setup for word in WORD.findall(line))
        read.update([*kept, *(name for plan in plans.values() for name in plan.names)])
        self._add_tables(tables, read)
        return lines, plans

    def _add_tables(self, tables: Sequence[Table], read: Counter[str]) -> None:
        """Let the setup make them; what nothing else reads has no name of its own."""
        looked = {word for table in tables for row in table.rows for word in row}
        named = {}
        for line in self.setup:
            name, _, made = line.partition(" = ")
            if name in looked and read[name] == 1:
                named[name] = made
        self.setup = [line for line in self.setup if line.partition(" = ")[0] not in named]
        for table in tables:
            rows = [tuple(named.get(word, word) for word in row) for row in table.rows]
            self.setup += Table(table.name, rows).text.splitlines()

    def _free_name(self, name: str) -> str:
        return free_name(name, self.taken)

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
            place = (site.filename, site.lineno) if site is not None else None
            if site is None or place is None or place == self.place:
                continue
            self.place = place
            if place not in self.comments:
                text = f"{site.place}: {site.line}"
                # No character may end the line: what follows would be run.
                self.comments[place] = f"# {''.join(c if c.isprintable() else ' ' for c in text)}"
            self._do(self.comments[place])


def emit(
    flat: Flat, given: Sequence[Given] = (), native: Callable[[str], Any] | None = None, machine_code: bool = False
) -> Emitted:
    """The source of a flat program.

    Parameters
    ----------
    flat : Flat
    given : sequence of Given
        Arrays that `run` is given after its inputs: the last outputs are written to them, and only those before are
        returned.
    native : callable, optional
        Makes a module of the source of loops; without it the program is NumPy alone.
    machine_code : bool
        Whether machine code calls the loops, one after the other, between two things that only Python does.
    """
    return _Planner(flat, given, native, machine_code).emit()


__all__: Sequence[str] = ("Emitted", "Given", "emit")
