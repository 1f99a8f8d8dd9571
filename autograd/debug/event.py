"""`Event`: one moment of a tape: an operation computes its value, or a node's gradient is complete and sent on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.engine import formula
from autograd.engine.reverse import contributions
from autograd.graph.node import Node
from autograd.wording.steps import calculation, describe, describe_step, to_line

if TYPE_CHECKING:
    from autograd.debug.condition import Condition
    from autograd.debug.tape import Tape
    from autograd.engine.reverse import Step
    from autograd.graph.sites import Site

# Operands of one operation that are shown.
MAX_OPERANDS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Sending:
    """The contribution of an event of the backward pass to one operand.

    Attributes
    ----------
    parent : Node
    name : str
        The operand's.
    index : int
        Which operand it is.
    formula : str
        The local derivative of a `Value`; of a tensor the whole contribution, in which `g` is the upstream gradient.
    local : float or None
        The local derivative as a number; None for tensors, where it is not an array of the operand's shape.
    contribution, total : float or array
        What is sent, and the operand's gradient so far, this included.
    before : float or array or None
        The operand's gradient until then; None before anything arrived.

    Examples
    --------
    >>> from autograd.debug import Session
    >>> from autograd.examples import chain_rule
    >>> session = Session(chain_rule().root)
    >>> event = list(session.events)[3]
    >>> [(sending.name, sending.formula, sending.contribution) for sending in event.sent]
    [('c', 'd', 2.0), ('d', 'c', 3.0)]
    """

    parent: Node
    name: str
    index: int
    formula: str
    local: float | None
    contribution: Any
    total: Any
    before: Any


class Event:
    """One moment of a session.

    Attributes
    ----------
    number : int
        From 1 on; the session's position just after it.
    phase : {"forward", "backward"}
    node : Node
        Which was computed, or whose gradient is complete.
    name : str
        The node's, different from all others of the session.

    Examples
    --------
    >>> from autograd.debug import Session
    >>> from autograd.examples import chain_rule
    >>> session = Session(chain_rule().root)
    >>> [(event.number, event.phase, event.name) for event in session.events][:4]
    [(1, 'forward', 'c'), (2, 'forward', 'd'), (3, 'forward', 'e'), (4, 'backward', 'e')]
    """

    def __init__(self, tape: Tape, number: int) -> None:
        self._tape, self.number = tape, number
        forward = len(tape.operations)
        self.phase = "forward" if number <= forward else "backward"
        self.node = tape.operations[number - 1] if number <= forward else tape.steps[number - 1 - forward].node
        self.name = tape.names[self.node]

    @property
    def value(self) -> Any:
        """The node's value."""
        return self._tape.values[self.node]

    @property
    def inputs(self) -> list[tuple[str, Any]]:
        """The operands' names and values; none for a leaf."""
        return [(self._tape.names[parent], self._tape.values[parent]) for parent in self.node.parents]

    @property
    def upstream(self) -> Any:
        """The node's gradient, now complete; None in the forward pass."""
        return self._tape.upstream[self.node] if self.phase == "backward" else None

    @property
    def site(self) -> Site | None:
        """The source line that recorded the node, where lines were recorded."""
        return self.node.site

    @property
    def contributions(self) -> list[Any]:
        """The contributions in `sent` as plain numbers and arrays, without formulas."""
        return [] if self.phase == "forward" else [sent.value for sent in self._step.sent]

    @property
    def locals(self) -> list[Any]:
        """The local derivatives among what `sent` tells of; None for each operand of a tensor."""
        if self.phase == "forward" or self.value.__class__ is not float or not self._step.sent:
            return [None] * len(self.contributions)
        with np.errstate(all="ignore"):
            found = contributions(self.node, 1.0, self._tape.values.__getitem__)
        return [found[sent.index] for sent in self._step.sent]

    def fits(self, condition: Condition) -> bool:
        """Whether a condition holds for this event; it does for none that lacks one of its names.

        Parameters
        ----------
        condition : Condition

        Returns
        -------
        bool

        Examples
        --------
        >>> from autograd.debug import Condition, Session
        >>> from autograd.examples import chain_rule
        >>> session = Session(chain_rule().root)
        >>> [session.event_at(number).fits(Condition("grad > 2")) for number in (1, 5, 6)]
        [False, False, True]
        """
        known = {"value": self.value, "phase": self.phase}
        if self.phase == "backward":
            known["grad"] = known["upstream"] = self.upstream
        if "local" not in condition.names:
            return condition.names <= known.keys() and condition(known)
        return any(condition({**known, "local": local}) for local in self.locals if local is not None)

    @property
    def _step(self) -> Step:
        return self._tape.steps[self.number - 1 - len(self._tape.operations)]

    @cached_property
    def sent(self) -> list[Sending]:
        """What goes to each operand that requires a gradient; empty in the forward pass, and for a leaf.

        Examples
        --------
        >>> from autograd import Value
        >>> from autograd.debug import Session
        >>> x = Value(3.0, name="x")
        >>> [(sent.before, sent.contribution, sent.total) for sent in Session(x * x).goto(2).sent]
        [(None, 3.0, 3.0), (3.0, 3.0, 6.0)]
        """
        if self.phase == "forward":
            return []
        step, totals = self._step, self._tape.totals[self.number - 1 - len(self._tape.operations)]
        scalar = self.value.__class__ is float
        found: list[Sending] = []
        so_far: dict[Node, Any] = {}
        for sent, total, local in zip(step.sent, totals, self.locals, strict=True):
            parent = sent.parent
            found.append(
                Sending(
                    parent,
                    self._tape.names[parent],
                    sent.index,
                    formula.contribution_formula(self.node, sent.index, local=scalar, names=self._tape.names),
                    local,
                    sent.value,
                    total,
                    so_far[parent] if parent in so_far else self._tape.gradient_at(parent, self.number - 1),
                )
            )
            so_far[parent] = total
        return found

    @property
    def equation(self) -> str:
        """The equation of the value, such as `c = a + b = 2 + 1 = 3`; for a leaf, its value alone.

        Examples
        --------
        >>> from autograd.debug import Session
        >>> from autograd.examples import chain_rule
        >>> Session(chain_rule().root).goto(1).equation
        'c = a + b = 2 + 1 = 3'
        """
        left = " = ".join([self.name, *self.formulas])
        return to_line(f"{left}{':' if self.of_arrays else ' ='} {describe(self.value)}")

    @property
    def of_arrays(self) -> bool:
        """Whether the equation contains arrays; then it shows no numbers."""
        operands = [self._tape.values[parent] for parent in self.node.parents]
        return self.node.op is not None and any(np.ndim(x) for x in (self.value, *operands))

    @property
    def formulas(self) -> list[str]:
        """The operation in symbols, and then in numbers where that says more; of a leaf nothing.

        Examples
        --------
        >>> from autograd.debug import Session
        >>> from autograd.examples import chain_rule
        >>> Session(chain_rule().root).goto(1).formulas
        ['a + b', '2 + 1']
        """
        if self.node.op is None:
            return []
        inputs = self.inputs
        if len(inputs) > MAX_OPERANDS:
            inputs = [*inputs[: MAX_OPERANDS - 2], ("…", None), inputs[-1]]
        symbolic = formula.operation(self.node, [name for name, _ in inputs])
        if self.of_arrays:
            return [symbolic]
        numeric = formula.operation(self.node, ["…" if x is None else describe(x) for _, x in inputs])
        return [symbolic, numeric] if numeric != symbolic else [symbolic]

    @property
    def headline(self) -> str:
        """The event in a line: the equation of the value, or the gradient that is complete."""
        return self.equation if self.phase == "forward" else describe_step(self.name, self.upstream, ())

    def __str__(self) -> str:
        """The event in a line, and a line for every operand that it sends to."""
        if self.phase == "forward":
            return self.headline
        return describe_step(
            self.name, self.upstream, ((s.name, s.formula, s.local, s.contribution, s.total) for s in self.sent)
        )

    def calculation(self, sent: Sending) -> str:
        """Upstream gradient times local derivative: `1 · d = 1 · 2 = 2`; of tensors the rule and what came out.

        Parameters
        ----------
        sent : Sending
            One of this event.

        Returns
        -------
        str

        Examples
        --------
        >>> from autograd.debug import Session
        >>> from autograd.examples import chain_rule
        >>> session = Session(chain_rule().root)
        >>> event = list(session.events)[3]
        >>> [event.calculation(sent) for sent in event.sent]
        ['1 · d = 1 · 2 = 2', '1 · c = 1 · 3 = 3']
        """
        return calculation(self.upstream, sent.formula, sent.local, sent.contribution)

    def __repr__(self) -> str:
        return f"<Event {self.number}, {self.phase}: {self.headline}>"
