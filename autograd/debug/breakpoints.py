"""`Breakpoint`: where a session stops."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any

import numpy as np

from autograd.debug.condition import PHASES, Condition
from autograd.debug.errors import DebugError
from autograd.debug.event import Event
from autograd.debug.tape import Tape
from autograd.engine.symbol import reads
from autograd.graph.node import Node
from autograd.wording.numbers import magnitude


@dataclass(frozen=True, eq=False)
class Breakpoint:
    """Stops at every event for which all that it says holds.

    Attributes
    ----------
    op : str or None
        The name of an operation, such as "mul".
    name : str or None
        The name of a node, or a pattern as of files: `*` stands for any characters, `?` for one, `[ab]` for one of these.
    module : str or None
        The path of an `nn` module, or a pattern as for `name`; the modules inside it belong to it.
    line : str or int or None
        A source line: a number, or `file.py:number`, with as much of the file's path as is wanted.
    phase : {"forward", "backward"} or None
    when : str or None
        A condition, see `Condition`. It holds for no event that lacks one of its names: there is no `grad`, `upstream` or
        `local` in the forward pass, and no `local` for a tensor. With `local` it holds where it does for any operand.
    not_finite : bool
        At the first NaN or infinity: a value or contribution that is not finite though all that it comes from is.
    above, below : float or None
        Bounds of the norm of the gradient that is complete.
    changes : Node or None
        A data breakpoint: at every event that changes this node's gradient.
    called : str or None
        What the session calls that node.

    Examples
    --------
    >>> from autograd.debug import Breakpoint
    >>> from autograd.debug import Session
    >>> from autograd.examples import chain_rule
    >>> session = Session(chain_rule().root)
    >>> _ = session.break_at(name='d', phase='backward')
    >>> print(session.run())
    d has gradient 3
      to b: 3 · 1 = 3; b has 5
    >>> session.breakpoints[1] == Breakpoint(name='d', phase='backward')
    False
    """

    op: str | None = None
    name: str | None = None
    module: str | None = None
    line: str | int | None = None
    phase: str | None = None
    when: str | None = None
    not_finite: bool = False
    above: float | None = None
    below: float | None = None
    changes: Node | None = None
    called: str | None = None

    def __str__(self) -> str:
        parts = [f"{key} {value}" for key in _WORDS if (value := getattr(self, key)) is not None]
        if self.not_finite:
            parts.append("not finite")
        if self.changes is not None:
            parts.append(f"gradient of {self.called or self.changes.label()} changes")
        return ", ".join(parts)

    @cached_property
    def condition(self) -> Condition | None:
        """`when`, read."""
        return None if self.when is None else Condition(self.when)

    def check(self, tape: Tape) -> Breakpoint:
        """This breakpoint, where it can ever stop a session over that tape.

        Parameters
        ----------
        tape : Tape
            What a session goes over.

        Returns
        -------
        Breakpoint

        Raises
        ------
        DebugError
            Where it says nothing, or something that the graph does not have; the message names what there is.

        Examples
        --------
        >>> from autograd.debug import DebugError
        >>> from autograd.debug import Session
        >>> from autograd.examples import chain_rule
        >>> session = Session(chain_rule().root)
        >>> try:
        ...     _ = session.break_at(name='f')
        ... except DebugError:
        ...     print('no such node')
        no such node
        """
        self._check_words()
        self._check_numbers(tape)
        self._check_places(tape)
        return self

    def _check_words(self) -> None:
        """What is wrong whatever the graph is."""
        if not str(self):
            raise DebugError(
                "a breakpoint says where to stop: by op, name, module, line, phase, when, not_finite, above, …"
            )
        if self.phase not in (None, *PHASES):
            raise DebugError(f"phase {self.phase!r}: a pass is 'forward' or 'backward'")
        for bound in (self.above, self.below):
            if bound is not None and not (isinstance(bound, (int, float, np.number)) and bound >= 0):
                raise DebugError(f"a bound of the gradient's norm is a number from 0 on, not {bound!r}")

    def _check_numbers(self, tape: Tape) -> None:
        """Numbers that no event of the tape has."""
        asked = self.condition.names if self.condition is not None else set()
        if self.phase == "forward" and (
            any(x is not None for x in (self.above, self.below, self.changes)) or asked - {"value", "phase"}
        ):
            raise DebugError("nothing would stop there: the forward pass has no gradients")
        if "local" in asked and tape.values[tape.root].__class__ is not float:
            raise DebugError("nothing would stop there: a tensor's local derivative is not a number; use value or grad")
        if self.changes is not None and not self.changes.requires_grad:
            raise DebugError(f"nothing would stop there: {self.called or self.changes.label()} requires no gradient")

    def _check_places(self, tape: Tape) -> None:
        """Places that the tape does not have."""
        if self.op is not None:
            names = (node.op.name for node in tape.operations if node.op is not None)
            _expect("operation", self.op, names, self._fits_op)
        if self.name is not None:
            names = (tape.names[node] for node in tape.nodes if node.requires_grad)
            _expect("node", self.name, names, self._fits_name)
        if self.module is not None:
            _expect("module", self.module, (node.scope or "" for node in tape.operations), self._fits_module)
        if self.line is not None:
            sites = [node.site for node in tape.nodes if node.site is not None]
            if not sites:
                raise DebugError(
                    "no source lines were recorded: run the code under autograd.record_sites(), or through Session.of"
                )
            found = any(map(self._fits_line, sites))
            _expect("line", str(self.line), (_parse_place(site) for site in sites), lambda _: found)

    def stops(self, tape: Tape, number: int) -> bool:
        """Whether it stops at an event.

        Parameters
        ----------
        tape : Tape
            What a session goes over.
        number : int
            Of the event.

        Returns
        -------
        bool

        Examples
        --------
        >>> from autograd.debug import Session
        >>> from autograd.examples import chain_rule
        >>> session = Session(chain_rule().root)
        >>> _ = session.break_at(op='mul')
        >>> session.run().number
        3
        """
        forward = number <= len(tape.operations)
        if self.phase is not None and (self.phase == "forward") != forward:
            return False
        event = Event(tape, number)
        node = event.node
        if self.op is not None and (node.op is None or not self._fits_op(node.op.name)):
            return False
        if self.name is not None and not self._fits_name(event.name):
            return False
        if self.module is not None and not self._fits_module(node.scope or ""):
            return False
        if self.line is not None and not self._fits_line(node.site):
            return False
        if self.changes is not None and not tape.changed_at(self.changes, number):
            return False
        if self.above is not None or self.below is not None:
            size = float("nan") if forward else magnitude(event.upstream)
            if not (size >= (self.above or 0.0) and size <= (np.inf if self.below is None else self.below)):
                return False
        if self.not_finite and not _turns_not_finite(event):
            return False
        return self.condition is None or event.fits(self.condition)

    def _fits_name(self, name: str) -> bool:
        return self.name is not None and (name == self.name or fnmatchcase(name, self.name))

    def _fits_op(self, name: str) -> bool:
        return self.op in (name, name.removesuffix("_n"))

    def _fits_module(self, scope: str) -> bool:
        # Its own path, and those of the modules around it.
        parts = scope.split(".")
        paths = (".".join(parts[:count]) for count in range(1, len(parts) + 1))
        return self.module is not None and any(path == self.module or fnmatchcase(path, self.module) for path in paths)

    def _fits_line(self, site: Any) -> bool:
        filename, _, number = str(self.line).rpartition(":")
        while site is not None:
            if str(site.lineno) == number and f"{os.sep}{site.filename}".endswith(
                f"{os.sep}{filename}" * bool(filename)
            ):
                return True
            site = site.caller
        return False


_WORDS = ("op", "name", "module", "line", "phase", "when", "above", "below")


def _turns_not_finite(event: Event) -> bool:
    """Whether something that is not finite comes up at an event, and not before."""
    if event.phase == "forward":
        if _all_finite(event.value):
            return False
        # A leaf that is not finite has no event of its own: it is seen where it is used.
        return all(
            _all_finite(value)
            for parent, (_, value) in zip(event.node.parents, event.inputs, strict=True)
            if parent.op is not None
        )
    if all(map(_all_finite, event.contributions)) or not _all_finite(event.upstream):
        return False
    operands, result = reads(event.node)
    # A leaf was seen in the forward pass, where it made a value that is not finite.
    read = [
        value
        for index, (parent, (_, value)) in enumerate(zip(event.node.parents, event.inputs, strict=True))
        if index in operands and (parent.op is not None or not _all_finite(event.value))
    ]
    return all(map(_all_finite, [*read, event.value] if result else read))


def _all_finite(x: Any) -> bool:
    return math.isfinite(x) if x.__class__ is float else bool(np.all(np.isfinite(x)))


def _parse_place(site: Any) -> str:
    return f"{os.path.basename(site.filename)}:{site.lineno}"


def _expect(what: str, wanted: str, there: Any, fits: Any) -> None:
    names = list(dict.fromkeys(name for name in there if name))
    if any(fits(name) for name in names):
        return
    near = get_close_matches(wanted, names, 1)
    shown = f"{', '.join(names[:12])}{', …' if len(names) > 12 else ''}" if names else "none"
    raise DebugError(
        f"no {what} {wanted!r} in this graph, so nothing would stop there; there {'is' if len(names) == 1 else 'are'} {shown}"
        + (f" (did you mean {near[0]!r}?)" if near else "")
    )
