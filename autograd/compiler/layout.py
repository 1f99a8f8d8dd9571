"""`Layout`: where the variables of a program lie: whose memory each is, and what is computed right where it is a part."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.compiler.flat import ASSEMBLE, Flat, Instruction, Variable, box
from autograd.compiler.loops import is_native
from autograd.compiler.places import Access
from autograd.compiler.statements import statements

# The key of all of an array.
EVERYWHERE = ()


class Layout:
    """What can be said of memory before any is planned.

    Parameters
    ----------
    flat : Flat
    given : sequence of (output, shape, turned)
        The outputs that are written to arrays which the program is given: their shapes, and whether their memory is that
        of the transposed array. They are the last of the program.
    native : bool
        Whether loops do what they can do.

    Attributes
    ----------
    by : dict of Variable to Instruction
        Which instruction makes a result.
    base : dict of Variable to Variable
        Whose memory a variable is.
    escaping : set of Variable
        Results whose memory is given away.
    into : dict of Variable to int
        Results that are computed right in an array that is given, by its number.
    home : dict of Variable to (Variable, key)
        Parts that are computed right where they are assembled: in which array, and how they are taken from it.
    shifted : dict of Variable to Shift
        What is assembled of most of another and a rim, as a row that is moved by one place: it lies over that other.
    below : dict of Variable to Variable
        What lies under these.
    """

    def __init__(self, flat: Flat, given: Sequence[tuple[Any, tuple[int, ...], bool]], native: bool) -> None:
        self._instructions = flat.instructions
        # What is asked of each instruction many times is found out once.
        self._loops = frozenset(i for i in flat.instructions if native and is_native(i))
        self.by = {instruction.out: instruction for instruction in flat.instructions}
        self._viewed: set[Variable] = set()
        self.base = self._bases([*flat.inputs, *flat.constants])
        returned = flat.outputs[: len(flat.outputs) - len(given)]
        # To copy a single number is less than to tell machine code where to write it this time.
        self.escaping = {
            self.base[x] for x in returned if isinstance(x, Variable) and not (native and self.base[x].shape == ())
        }
        self.into = self._into(given)
        self.home = self._homes()
        for part, (whole, _) in self.home.items():
            self.base[part] = self.base[whole]
        self.shifted = self._shifts()
        self.below = {shift.over: whole for whole, shift in self.shifted.items()}
        for whole, shift in self.shifted.items():
            self.base[whole] = shift.over
        for variable, source in list(self.base.items()):
            self.base[variable] = self.base[source]

    def _bases(self, outside: Sequence[Variable]) -> dict[Variable, Variable]:
        """Whose memory each variable is; what comes from outside may lie in any order, and results lie in C's."""
        base = {x: x for x in outside}
        sample: dict[Variable, np.ndarray] = {}
        for instruction in self._instructions:
            out = instruction.out
            base[out] = out
            sample[out] = np.empty(out.shape, out.dtype)
            if instruction.op.view:
                source = source_of(instruction)
                known = sample.get(source, source.value)
                if known is None:
                    base[out] = base[source]
                    continue
                view = instruction.op.array(known, **instruction.params)
                if np.may_share_memory(view, known):
                    base[out], sample[out] = base[source], view
                    self._viewed.add(base[source])
        return base

    def is_view(self, instruction: Instruction) -> bool:
        """Whether a result looks at its operand's memory; to reshape what is transposed is to copy it."""
        return self.base[instruction.out] is not instruction.out and instruction.op.view

    def _into(self, given: Sequence[tuple[Any, tuple[int, ...], bool]]) -> dict[Variable, int]:
        """Which results are computed right in the array that they are given for, by the number of that."""
        into: dict[Variable, int] = {}
        for number, (output, shape, turned) in enumerate(given):
            if not isinstance(output, Variable) or output not in self.by or output.shape != shape:
                continue
            instruction = self.by[output]
            # The product of the transposed is written to memory that is transposed.
            product = instruction.op.name == "matmul" and len(output.shape) == 2
            can = product if turned else self.is_loop(instruction) or statements(instruction) is not None
            if can and self.base[output] is output and output not in self.escaping and output not in into:
                into[output] = number
        return into

    def is_static(self, x: Variable) -> bool:
        """Whether a variable is always in the same memory."""
        if x.kind == "constant":
            return True
        base = self.base[x]
        made = self.by.get(base)
        if made is None or base in self.escaping or base in self.into:
            return False
        return made.op is ASSEMBLE or self.is_loop(made) or statements(made) is not None

    def is_loop(self, instruction: Instruction) -> bool:
        """Whether a loop does it."""
        return instruction in self._loops

    def _homes(self) -> dict[Variable, tuple[Variable, Any]]:
        """Parts that are computed right where they are assembled: in which array, and how they are taken from it."""
        home: dict[Variable, tuple[Variable, Any]] = {}
        for instruction in reversed(self._instructions):
            if instruction.op is not ASSEMBLE or not self.is_static(instruction.out):
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
                simple = view.flags.c_contiguous or (part not in self._viewed and self.by[part].op.name != "matmul")
                if self.is_static(part) and part.dtype == instruction.out.dtype and simple:
                    home[part] = instruction.out, key
        return home

    def _shifts(self) -> dict[Variable, Shift]:
        """What lies over another, moved along the first axis, but for a rim that the other has no elements for."""
        found: dict[Variable, Shift] = {}
        # Of whose memory something else is already to be found within.
        taken = {whole for whole, _ in self.home.values()}
        for instruction in self._instructions:
            whole = instruction.out
            if instruction.op is not ASSEMBLE or whole in taken or not self._is_alone(whole):
                continue
            if EVERYWHERE in rest(instruction):
                # To fill all of it with 0 would fill what lies below.
                continue
            for number, (part, key) in enumerate(zip(instruction.operands, instruction.params["keys"], strict=True)):
                made = self.by.get(part)
                if made is None or made.op.name != "slice":
                    continue
                over = made.operands[0]
                if over in taken or over not in self.by or not self._is_alone(over):
                    continue
                places = _find_move(box(made.params["key"], over.shape), over.shape, box(key, whole.shape), whole.shape)
                if places is not None and part.dtype == over.dtype == whole.dtype:
                    found[whole] = Shift(over, places, number)
                    taken |= {over, whole}
                    break
        return found

    def _is_alone(self, x: Variable) -> bool:
        """Whether a result has static memory of its own."""
        return self.is_static(x) and self.base[x] is x and x not in self.home

    def is_in_one_piece(self, x: Variable) -> bool:
        """Whether the elements of a result lie one behind the other, in memory of its own."""
        made = self.by.get(x)
        own = made is not None and self.base[x] is x and x not in self.home and x not in self.into
        return bool(own and made is not None and (self.is_static(x) or self.is_loop(made)))

    def is_free(self, instruction: Instruction) -> bool:
        """Whether nothing is done when the program runs."""
        if instruction.op is ASSEMBLE:
            parts = zip(instruction.operands, instruction.params["keys"], strict=True)
            return self.is_static(instruction.out) and all(self.is_at_home(x, key, instruction.out) for x, key in parts)
        return self.is_view(instruction) and self.is_static(source_of(instruction))

    def is_at_home(self, part: Any, key: Any, whole: Variable) -> bool:
        """Whether a part is computed where this key has it: what is there twice is copied to the other place."""
        if not isinstance(part, Variable):
            return False
        made = self.by.get(part)
        own = made.operands[0] if made is not None and made.op.name == "reshape" else part
        return self.home.get(own) == (whole, key)

    def access(self, x: Variable) -> Access:
        """Where the elements of a variable are, in an array that loops go through from end to end."""
        made = self.by.get(x)
        if x in self.home:
            whole, key = self.home[x]
            found = self._within(whole, key, x.shape)
            if found is not None:
                return found
        elif made is not None and made.op.name == "broadcast_to":
            return self.access(made.operands[0])
        elif made is not None and made.op.name == "slice" and self.is_free(made):
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
        outer = self.access(whole)
        starts = [start for start, _, _ in cut] + [0] * (len(shape) - len(cut))
        missing = len(shape) - len(outer.shape)
        # What is spread over an axis is the same everywhere along it.
        parts = [
            (offset, 1) if m == 1 else (offset + start, n)
            for offset, m, start, n in zip(outer.offsets, outer.shape, starts[missing:], shape[missing:], strict=True)
        ]
        return Access(outer.root, tuple(offset for offset, _ in parts), tuple(n for _, n in parts))


def source_of(instruction: Instruction) -> Variable:
    """What a view looks at."""
    return next(x for x in instruction.operands if isinstance(x, Variable))


@dataclass(frozen=True)
class Shift:
    """How an array lies over another.

    Attributes
    ----------
    over : Variable
        The other.
    places : int
        How many places before the other it begins, along the first axis; negative where it begins after it.
    number : int
        Which of the parts that it is assembled of is the other's.
    """

    over: Variable
    places: int
    number: int

    def extent(self, length: int) -> tuple[int, int]:
        """How many places both need before the other and after it, where the one that lies over it is so long."""
        return max(0, self.places), max(0, length - self.places - self.over.shape[0])


def _find_move(
    source: list[tuple[int, int]] | None,
    shape: tuple[int, ...],
    target: list[tuple[int, int]] | None,
    whole: tuple[int, ...],
) -> int | None:
    """By how many places a part is moved along the first axis, where what is not moved finds no element in its place."""
    if source is None or target is None or not shape or shape[1:] != whole[1:]:
        return None
    if any(bounds != (0, n) for bounds, n in zip((*source[1:], *target[1:]), (*shape[1:], *whole[1:]), strict=True)):
        return None
    (first, last), (begin, end) = source[0], target[0]
    # Both are there as long as one is: the last row of many must not hold all of them.
    if last - first != end - begin or 2 * (end - begin) < max(whole[0], shape[0]):
        return None
    fits = (first == 0 or begin == 0) and (last == shape[0] or end == whole[0])
    return begin - first if fits else None


def rest(instruction: Instruction) -> list[Any]:
    """The keys of what no part covers of what is assembled, which is 0 there: stretches of one axis, or all of it."""
    shape = instruction.out.shape
    boxes = [box(key, shape) for key in instruction.params["keys"]]
    sizes = [np.broadcast_to(0, shape)[key].size for key in instruction.params["keys"]]
    if sum(sizes) == math.prod(shape):
        return []
    cut = {axis for found in boxes for axis, bounds in enumerate(found or ()) if bounds != (0, shape[axis])}
    if None in boxes or len(cut) != 1:
        return [EVERYWHERE]
    axis = cut.pop()
    edges = sorted(found[axis] for found in boxes if found is not None)
    ends = zip([0, *(stop for _, stop in edges)], [*(start for start, _ in edges), shape[axis]], strict=True)
    return [(*(slice(None),) * axis, slice(start, stop)) for start, stop in ends if start < stop]
