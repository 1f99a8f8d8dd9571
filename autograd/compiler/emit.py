"""A flat program as source: results go into buffers that are planned by when they are needed, views are made once.

The source is one function, `make`, whose first part makes the buffers and the views of them, and which gives `run`, a
function without allocation but for what it returns. It is registered with `linecache`, so that a debugger steps through it.
"""

from __future__ import annotations

import keyword
import linecache
import math
import os
import re
import unicodedata
import weakref
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np

from autograd.compiler.flat import ASSEMBLE, Flat, Instruction, Variable
from autograd.compiler.loops import Access, Group, is_native
from autograd.compiler.schedule import Step, gathered
from autograd.node import Node

# What the text itself calls by name.
OURS = ("np", "make", "run", "bool", "float", "slice", "Ellipsis", "__debug__")
_number = count(1).__next__
WORD = re.compile(r"\w+")
ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)\s*(?::[^=]+)?=(?!=)")

# Rows that can write their result into an array, beside those that are one ufunc: statements over operands and `{out}`.
# The flag says whether the result may overwrite an operand.
INTO: dict[str, tuple[tuple[str, ...], bool]] = {
    "sum": (("np.add.reduce({0}, {axis}, keepdims={keepdims}, out={out})",), False),
    "amax": (("np.maximum.reduce({0}, {axis}, keepdims={keepdims}, out={out})",), False),
    "where": (("np.copyto({out}, {2})", "np.copyto({out}, {1}, where={0})"), False),
    "astype": (("np.copyto({out}, {0}, casting='unsafe')",), False),
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
        self.taken = {*keyword.kwlist, *OURS}
        self.words = _words(flat, self.taken)
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
        self.by = {instruction.out: instruction for instruction in flat.instructions}
        for constant in flat.constants:
            self.scope[self.words[constant]] = self.array[constant] = constant.value
        self.viewed: set[Variable] = set()
        self.base = self._bases()
        returned = flat.outputs[: len(flat.outputs) - len(given)]
        self.returned = returned
        self.escaping = {self.base[x] for x in returned if isinstance(x, Variable)}
        self.given, self.into = self._given(given)
        self.home = self._homes()
        for part, (whole, _) in self.home.items():
            self.base[part] = self.base[whole]
        for variable, source in list(self.base.items()):
            self.base[variable] = self.base[source]
        self.steps: list[tuple[Step, bool]] = (
            [((instruction,), False) for instruction in flat.instructions]
            if native is None
            else gathered(flat.instructions, is_native, self._is_free)
        )
        self.read_until, self.last = self._last_uses()

    # what lies where

    def _bases(self) -> dict[Variable, Variable]:
        """Whose memory each variable is; what comes from outside may lie in any order, and results lie in C's."""
        base = {x: x for x in (*self.flat.inputs, *self.flat.constants)}
        sample: dict[Variable, np.ndarray] = {}
        for instruction in self.flat.instructions:
            out = instruction.out
            base[out] = out
            sample[out] = np.empty(out.shape, out.dtype)
            if instruction.op.view:
                source = _source(instruction)
                known = sample.get(source, self.array.get(source))
                if known is None:
                    base[out] = base[source]
                    continue
                view = instruction.op.array(known, **instruction.params)
                if np.may_share_memory(view, known):
                    base[out], sample[out] = base[source], view
                    self.viewed.add(base[source])
        return base

    def _is_view(self, instruction: Instruction) -> bool:
        """Whether a result looks at its operand's memory; to reshape what is transposed is to copy it."""
        return self.base[instruction.out] is not instruction.out and instruction.op.view

    def _given(self, given: Sequence[Given]) -> tuple[dict[str, Any], dict[Variable, str]]:
        """What is written to each array that is given, and which results are computed right there."""
        written: dict[str, Any] = {}
        into: dict[Variable, str] = {}
        word_of = {variable.node: self.words[variable] for variable in self.flat.inputs}
        for array, output in zip(given, self.flat.outputs[len(self.returned) :], strict=True):
            name = _free(f"{word_of[array.node]}_grad", self.taken)
            written[name] = output
            fits = isinstance(output, Variable) and output in self.by and output.shape == array.shape
            if fits and self.base[output] is output and output not in self.escaping and output not in into:
                instruction = self.by[output]
                if array.turned and instruction.op.name == "matmul" and len(output.shape) == 2:
                    # The product of the transposed is written to memory that is transposed.
                    into[output] = f"{name}.T"
                elif (self._is_loop(instruction) or self._statements(instruction) is not None) and not array.turned:
                    into[output] = name
        return written, into

    def _is_static(self, x: Variable) -> bool:
        """Whether a variable is always in the same memory."""
        if x.kind == "constant":
            return True
        base = self.base[x]
        made = self.by.get(base)
        if made is None or base in self.escaping or base in self.into:
            return False
        return made.op is ASSEMBLE or self._is_loop(made) or self._statements(made) is not None

    def _is_loop(self, instruction: Instruction) -> bool:
        return self.native is not None and is_native(instruction)

    def _homes(self) -> dict[Variable, tuple[Variable, Any]]:
        """Parts that are computed right where they are assembled: in which array, and how they are taken from it."""
        home: dict[Variable, tuple[Variable, Any]] = {}
        for instruction in reversed(self.flat.instructions):
            if instruction.op is not ASSEMBLE or not self._is_static(instruction.out):
                continue
            for part, key in zip(instruction.operands, instruction.params["keys"], strict=True):
                made = self.by.get(part)
                # A part that was only given another shape is computed in its own.
                if made is not None and made.op.name == "reshape":
                    part = made.operands[0]
                if part not in self.by or part in home or self.base[part] is not part:
                    continue
                sample = np.empty(instruction.out.shape, instruction.out.dtype)
                view = sample[key].reshape(part.shape)
                if not np.may_share_memory(view, sample):
                    continue
                # A view of what does not lie in one piece may be none, and a product into it takes a detour.
                simple = view.flags.c_contiguous or (part not in self.viewed and self.by[part].op.name != "matmul")
                if self._is_static(part) and part.dtype == instruction.out.dtype and simple:
                    home[part] = instruction.out, key
        return home

    def _is_free(self, instruction: Instruction) -> bool:
        """Whether nothing is done when the program runs."""
        if instruction.op is ASSEMBLE:
            parts = zip(instruction.operands, instruction.params["keys"], strict=True)
            return self._is_static(instruction.out) and all(self._at_home(x, key, instruction.out) for x, key in parts)
        return self._is_view(instruction) and self._is_static(_source(instruction))

    def _at_home(self, part: Any, key: Any, whole: Variable) -> bool:
        """Whether a part is computed where this key has it: what is there twice is copied to the other place."""
        if not isinstance(part, Variable):
            return False
        made = self.by.get(part)
        own = made.operands[0] if made is not None and made.op.name == "reshape" else part
        return self.home.get(own) == (whole, key)

    def _last_uses(self) -> tuple[dict[Variable, int], dict[Variable, int]]:
        """The last step that reads each variable, and each stretch of memory; views and parts count for the whole."""
        read: dict[Variable, int] = {}
        last: dict[Variable, int] = {}
        for i, (step, _) in enumerate(self.steps):
            for instruction in step:
                last[self.base[instruction.out]] = i
                for x in instruction.operands:
                    if isinstance(x, Variable):
                        read[x] = last[self.base[x]] = i
        for x in self.flat.outputs:
            if isinstance(x, Variable):
                read[x] = last[self.base[x]] = len(self.steps)
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
        for name, output in self.given.items():
            if not isinstance(output, Variable) or self.into.get(output, "").partition(".")[0] != name:
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
        if instruction.op is ASSEMBLE and self._is_static(out):
            self._assemble(i, instruction)
        elif self._is_view(instruction):
            self._view(instruction)
        elif out in self.into:
            self.words[out] = self.into[out]
            if self.words[out].endswith(".T"):
                x, y = (f"{self._text(operand)}.T" for operand in instruction.operands)
                self.words[out] = self.words[out][:-2]
                self.body.append(f"np.matmul({y}, {x}, out={self.into[out]})")
            else:
                self._fill(instruction)
        elif self._is_static(out):
            self._memory(i, instruction)
            self._fill(instruction)
        else:
            call = self._call(instruction)
            self.body.append(f"{self.words[out]} = {call if out.shape else f'np.asarray({call})'}")

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
        """Whether a result is no array of its own: an input, a constant, what is given to write to, or a view of one."""
        if isinstance(x, np.ndarray):
            return True
        return isinstance(x, Variable) and (self.base[x].kind != "result" or self.base[x] in self.into)

    def _view(self, instruction: Instruction) -> None:
        """Made once where what it looks at stays in its place, and at each run elsewhere."""
        source = _source(instruction)
        line = f"{self.words[instruction.out]} = {self._call(instruction)}"
        self.views.add(line)
        if self._is_free(instruction):
            self.array[instruction.out] = instruction.op.array(self.array[source], **instruction.params)
            self.setup.append(line)
        else:
            self.body.append(line)

    def _memory(self, i: int, instruction: Instruction, overwrite: bool = True) -> None:
        """Find a place for a result: in what it is a part of, in that of an operand that ends here, or elsewhere."""
        out = instruction.out
        if out in self.home:
            whole, key = self.home[out]
            if whole not in self.array:
                self._memory(i, self.by[whole], overwrite=False)
                if not _covers(self.by[whole]):
                    self.body.append(f"{self.words[whole]}.fill(0)")
            self.array[out] = self.array[whole][key].reshape(out.shape)
            again = "" if self.array[whole][key].shape == out.shape else f".reshape({out.shape})"
            self.setup.append(f"{self.words[out]} = {self.words[whole]}[{self._literal(key)}]{again}")
            return
        key = (out.shape, out.dtype)
        statements = self._statements(instruction)
        dying = [
            x
            for x in instruction.operands
            if isinstance(x, Variable) and x in self.held and self.last.get(x) == i and (x.shape, x.dtype) == key
        ]
        if overwrite and dying and statements is not None and statements[1]:
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
        statements = self._statements(instruction)
        assert statements is not None
        params = {k: self._literal(v) for k, v in instruction.params.items()}
        operands = [self._text(x) for x in instruction.operands]
        self.body += [line.format(*operands, out=self.words[instruction.out], **params) for line in statements[0]]

    def _assemble(self, i: int, instruction: Instruction) -> None:
        """Copy what was not computed in its place."""
        out = instruction.out
        if out not in self.array:
            self._memory(i, instruction, overwrite=False)
            if not _covers(instruction):
                self.body.append(f"{self.words[out]}.fill(0)")
        for part, key in zip(instruction.operands, instruction.params["keys"], strict=True):
            if not self._at_home(part, key, out):
                self.body.append(f"{self.words[out]}[{self._literal(key)}] = {self._text(part)}")

    def _loop(self, i: int, step: Step) -> None:
        needed = {x.out for x in step if self.read_until[x.out] > i or x.out in self.home}
        group = Group(step, self._access, needed)
        stored = set(group.stored)
        for instruction in step:
            out = instruction.out
            if not is_native(instruction):
                self._call_of(i, instruction)
            elif out in self.into:
                self.words[out] = self.into[out]
            elif out in stored and self._is_static(out):
                self._memory(i, instruction, overwrite=False)
            elif out in stored:
                self.body.append(f"{self.words[out]} = np.empty({out.shape}, {_dtype(out)})")
        text, arrays, numbers = group.source()
        name = self.loops.setdefault(text, f"loop{len(self.loops) + 1}")
        self.body.append(f"{name}({', '.join([*(self.words[x] for x in arrays), *map(repr, numbers)])})")

    def _access(self, x: Variable) -> Access:
        """Where the elements of a variable are, in an array that loops go through from end to end."""
        made = self.by.get(x)
        if x in self.home:
            whole, key = self.home[x]
            found = self._within(whole, key, x.shape)
            if found is not None:
                return found
        elif made is not None and made.op.name == "broadcast_to":
            return self._access(made.operands[0])
        elif made is not None and made.op.name == "slice" and self._is_free(made):
            found = self._within(made.operands[0], made.params["key"], x.shape)
            if found is not None:
                return found
        return Access(x, (0,) * len(x.shape), x.shape)

    def _within(self, whole: Variable, key: Any, shape: tuple[int, ...]) -> Access | None:
        """A part by its offsets, where it is cut from the last axes of the whole."""
        key = key if isinstance(key, tuple) else (key,)
        if len(shape) != len(whole.shape) or len(key) > len(shape) or not all(isinstance(k, slice) for k in key):
            return None
        cut = [k.indices(n) for k, n in zip(key, whole.shape, strict=False)]
        if any(step != 1 for _, _, step in cut) or (cut and cut[0][0] != 0):
            return None
        if (
            tuple(stop - start for start, stop, _ in cut) != shape[: len(cut)]
            or whole.shape[len(cut) :] != shape[len(cut) :]
        ):
            # It is given another shape in its place.
            return None
        outer = self._access(whole)
        starts = [start for start, _, _ in cut] + [0] * (len(shape) - len(cut))
        missing = len(shape) - len(outer.shape)
        # What is spread over an axis is the same everywhere along it.
        parts = [
            (offset, 1) if m == 1 else (offset + start, n)
            for offset, m, start, n in zip(outer.offsets, outer.shape, starts[missing:], shape[missing:], strict=True)
        ]
        return Access(outer.root, tuple(offset for offset, _ in parts), tuple(n for _, n in parts))

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
        if op.name == "where" and not _is_mask(instruction.operands[0]):
            return None
        return INTO.get(op.name)

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
        text = _literal(x)
        return text if text is not None else self._outside("p1", x)

    def _outside(self, name: str, thing: Any) -> str:
        """The name of something that the text has no words for, which nothing else is called by."""
        if id(thing) not in self.things:
            self.things[id(thing)] = name = _free(_identifier(name), self.taken)
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


def _is_mask(x: Any) -> bool:
    return isinstance(x, Variable) and x.dtype == bool


def _dtype(x: Variable) -> str:
    return "bool" if x.dtype == bool else f"np.{x.dtype}"


def _source(instruction: Instruction) -> Variable:
    """What a view looks at."""
    return next(x for x in instruction.operands if isinstance(x, Variable))


def _covers(instruction: Instruction) -> bool:
    """Whether the parts are all of what is assembled."""
    return sum(math.prod(np.shape(x)) for x in _sizes(instruction)) == math.prod(instruction.out.shape)


def _sizes(instruction: Instruction) -> list[Any]:
    return [np.broadcast_to(0, instruction.out.shape)[key] for key in instruction.params["keys"]]


def _words(flat: Flat, taken: set[str]) -> dict[Variable, str]:
    """A Python name for each variable, which is then taken: the user's where there is one."""
    variables = [*flat.inputs, *(i.out for i in flat.instructions)]
    nodes = [v.node for v in variables if v.node is not None]
    assigned = _assigned(nodes)
    words: dict[Variable, str] = {}
    unnamed = count(1)
    for variable in variables:
        node = variable.node
        name = None if node is None else node.name or assigned.get(node)
        words[variable] = _free(_identifier(name) if name else f"v{next(unnamed)}", taken)
    for number, constant in enumerate(flat.constants, 1):
        words[constant] = _free(f"constant{number}", taken)
    return words


def _identifier(name: str) -> str:
    """A name that Python takes, and that is none of ours."""
    # As Python reads names: "ﬁ" and "fi" are the same one.
    name = "".join(
        c if WORD.fullmatch(c) and f"_{c}".isidentifier() else "_" for c in unicodedata.normalize("NFKC", name)
    )
    return name if name.isidentifier() and not name.startswith(("buffer", "loop")) else f"p_{name}"


def _free(name: str, taken: set[str]) -> str:
    """The name, with a number where it is taken; from now on it is."""
    found = next(n for k in count(1) if (n := name if k == 1 else f"{name}_{k}") not in taken)
    taken.add(found)
    return found


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
