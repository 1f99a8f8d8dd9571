"""Order: what loops can do is gathered between the calls that nothing but NumPy can do, so that there are few of both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from heapq import heapify, heappop, heappush

from autograd.compiler.flat import Instruction, Variable
from autograd.compiler.pieces import pieces

Step = tuple[Instruction, ...]


def group_loops(
    instructions: Sequence[Instruction],
    native: Callable[[Instruction], bool],
    free: Callable[[Instruction], bool],
) -> list[tuple[Step, bool]]:
    """Groups of loops and single calls, in an order that computes the same.

    Every result has a level: the number of calls on the longest way to it, where a call comes no earlier than those before it
    in the program. What loops do on one level, and what belongs together there, is one group; the calls of that level come
    after it. Without the order of calls, what goes forward and what goes back would be computed side by side where neither
    reads the other, and all that is added up between them be kept until the end.

    Parameters
    ----------
    instructions : sequence of Instruction
    native : callable
        Whether a loop does it.
    free : callable
        Whether nothing is done at all when the program runs, as for views that are made once.

    Returns
    -------
    list of (tuple of Instruction, bool)
        The bool tells groups of loops.
    """
    for_loops: defaultdict[Variable, int] = defaultdict(int)
    for_calls: defaultdict[Variable, int] = defaultdict(lambda: -1)
    loops: defaultdict[int, list[Instruction]] = defaultdict(list)
    calls: defaultdict[int, list[Instruction]] = defaultdict(list)
    latest = -1
    for instruction in instructions:
        operands = [x for x in instruction.operands if isinstance(x, Variable)]
        out = instruction.out
        if native(instruction):
            level = max(for_loops[x] for x in operands)
            loops[level].append(instruction)
            for_loops[out] = for_calls[out] = level
        elif free(instruction):
            for_loops[out], for_calls[out] = max(for_loops[x] for x in operands), max(for_calls[x] for x in operands)
            made_by_loops = for_loops[out] == for_calls[out]
            (loops if made_by_loops else calls)[for_calls[out]].append(instruction)
        else:
            latest = max([latest, *(for_calls[x] for x in operands)])
            calls[latest].append(instruction)
            for_loops[out], for_calls[out] = latest + 1, latest
    steps: list[tuple[Step, bool]] = []
    for level in sorted({*loops, *calls}):
        for group in [piece for whole in _together(loops[level]) for piece in pieces(whole)]:
            # What is only looked at needs no call.
            is_loop = any(native(instruction) for instruction in group)
            steps += [(tuple(group), True)] if is_loop else [((instruction,), False) for instruction in group]
        steps += [((instruction,), False) for instruction in calls[level]]
    return _in_order(steps, instructions)


def _in_order(steps: Sequence[tuple[Step, bool]], instructions: Sequence[Instruction]) -> list[tuple[Step, bool]]:
    """The steps, each as early as it begins in the program: what is computed long before it is read fills memory."""
    place = {instruction.out: i for i, instruction in enumerate(instructions)}
    maker = {instruction.out: number for number, (step, _) in enumerate(steps) for instruction in step}
    waits: list[set[int]] = []
    readers: defaultdict[int, list[int]] = defaultdict(list)
    for number, (step, _) in enumerate(steps):
        read = {maker[x] for instruction in step for x in instruction.operands if x in maker} - {number}
        waits.append(read)
        for other in read:
            readers[other].append(number)
    first = [min(place[instruction.out] for instruction in step) for step, _ in steps]
    ready = [(first[number], number) for number, read in enumerate(waits) if not read]
    heapify(ready)
    found = []
    while ready:
        _, number = heappop(ready)
        found.append(steps[number])
        for reader in readers[number]:
            waits[reader].discard(number)
            if not waits[reader]:
                heappush(ready, (first[reader], reader))
    return found


def _together(instructions: Sequence[Instruction]) -> list[list[Instruction]]:
    """The parts that share results with each other, each in its order."""
    parent: dict[Variable, Variable] = {}

    def root(x: Variable) -> Variable:
        while parent.setdefault(x, x) is not x:
            parent[x] = x = parent[parent[x]]
        return x

    for instruction in instructions:
        for x in instruction.operands:
            if isinstance(x, Variable) and x.kind == "result":
                parent[root(x)] = root(instruction.out)
    groups: defaultdict[Variable, list[Instruction]] = defaultdict(list)
    for instruction in instructions:
        groups[root(instruction.out)].append(instruction)
    return list(groups.values())
