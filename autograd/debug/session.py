"""`Session`: forwards and backwards through the operations of a program and the reverse pass over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Any

import numpy as np

from autograd.arguments import argument_names
from autograd.debug.breakpoints import Breakpoint
from autograd.debug.errors import DebugError
from autograd.debug.event import Event
from autograd.debug.page import framed, session_page
from autograd.debug.tape import Tape
from autograd.engine.observe import observing
from autograd.engine.reverse import Step
from autograd.engine.tensor import Tensor
from autograd.engine.value import Value
from autograd.errors import type_name
from autograd.graph.modes import record_sites
from autograd.graph.node import Const, Node
from autograd.graph.tree import map_leaves
from autograd.wording.numbers import in_full
from autograd.wording.steps import one_line, told


class Session:
    """Time travel through the forward and the backward pass.

    There is an event for every operation, in the order in which the program ran them, and then one for every node that
    the reverse pass goes through. The position is the number of events that have happened; from any position any other
    can be reached, and values and gradients are then those of that moment.

    Parameters
    ----------
    root : Value or Tensor
        What `backward()` would be called on.
    gradient : float or array, optional
        As for `backward()`.
    accumulate : bool
        Whether the pass is the program's own, in place of `root.backward()`, and leaves every `.grad` as that would. By
        default a session only looks: it takes the pass for itself, hooks included, and changes nothing.
    retain_grads : bool
        As for `backward()`, with `accumulate`.
    step : callable, optional
        As for `backward()`.

    Attributes
    ----------
    root : Node
    position : int
        From 0, before the first operation, to `len(session)`.
    error : Exception or None
        What stopped the backward pass, if anything did; the events up to there are all here.
    breakpoints : dict of int to Breakpoint
        By their numbers.
    watches : list of Node
        What front ends show all the time.
    edits : dict of Node to float or array
        Values that were given in place of the recorded ones.

    Raises
    ------
    DebugError
        For a root that requires no gradient, or is no node, and for `retain_grads` without `accumulate`.
    GraphError
        For a tensor of several elements without `gradient`.

    Examples
    --------
    >>> from autograd.examples import chain_rule
    >>> session = Session(chain_rule().root)
    >>> for event in session.events:
    ...     print(event)
    c = a + b = 2 + 1 = 3
    d = b + 1 = 1 + 1 = 2
    e = c * d = 3 * 2 = 6
    e has gradient 1
      to c: 1 · d = 1 · 2 = 2; c has 2
      to d: 1 · c = 1 · 3 = 3; d has 3
    c has gradient 2
      to a: 2 · 1 = 2; a has 2
      to b: 2 · 1 = 2; b has 2
    d has gradient 3
      to b: 3 · 1 = 3; b has 5
    a has gradient 2
    b has gradient 5
    """

    def __init__(
        self,
        root: Any,
        gradient: Any = None,
        *,
        accumulate: bool = False,
        retain_grads: bool = False,
        step: Callable[[Step], None] | None = None,
    ) -> None:
        if not isinstance(root, Node) or isinstance(root, Const):
            raise DebugError(f"a session goes through the graph of a Value or a Tensor, not of {type_name(root)}")
        self._tape = Tape(root, gradient, accumulate=accumulate, retain_grads=retain_grads, step=step)
        self._by_name = {name: node for node, name in self._tape.names.items() if node.__class__ is not Const}
        self.position = 0
        self.breakpoints: dict[int, Breakpoint] = {}
        self.watches: list[Node] = []
        self.edits: dict[Node, Any] = {}
        self._numbered = 0

    @classmethod
    def of(cls, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Session:
        """A session over what a function computes.

        Parameters
        ----------
        function : callable
            Gives a Value, or a Tensor of one element.
        *args, **kwargs
            Floats become Values and arrays of floats Tensors, with the names of the function's arguments; what is inside
            of lists, tuples and dicts too. Anything else is given as it is.

        Examples
        --------
        >>> session = Session.of(lambda x, y: x * y + y, 3.0, 2.0)
        >>> session.run(), session.gradient("y")
        (None, 4.0)
        """
        names = argument_names(function, len(args))
        with record_sites(), observing():
            given = [map_leaves(_leaf(name), x) for name, x in zip(names, args, strict=True)]
            by_keyword = {name: map_leaves(_leaf(name), x) for name, x in kwargs.items()}
            root = function(*given, **by_keyword)
        if not isinstance(root, Node):
            raise DebugError(f"the function gave {type_name(root)}, not a Value or a Tensor")
        return cls(root)

    # where we are

    def __len__(self) -> int:
        return len(self._tape)

    @property
    def root(self) -> Node:
        """What the backward pass begins at."""
        return self._tape.root

    @property
    def error(self) -> Exception | None:
        """What stopped the backward pass, if anything did."""
        return self._tape.error

    @property
    def nodes(self) -> list[Node]:
        """All nodes, in the order they were made."""
        return self._tape.nodes

    @property
    def forward_length(self) -> int:
        """How many events the forward pass has; the first of the backward pass is the next."""
        return len(self._tape.operations)

    @property
    def at_start(self) -> bool:
        """Whether nothing has happened yet."""
        return self.position == 0

    @property
    def at_end(self) -> bool:
        """Whether everything has."""
        return self.position == len(self)

    @property
    def event(self) -> Event | None:
        """What happened last; None at the start."""
        return self.event_at(self.position) if self.position else None

    @property
    def events(self) -> Iterator[Event]:
        """All events, wherever the session is."""
        return map(self.event_at, range(1, len(self) + 1))

    def event_at(self, number: int) -> Event:
        """An event by its number, from 1 on, wherever the session is.

        Raises
        ------
        DebugError
            For one that the session does not have.
        """
        if not 1 <= number <= len(self):
            raise DebugError(f"there is no event {number}: they go from 1 to {len(self)}")
        return Event(self._tape, number)

    # moving

    def step(self, count: int = 1) -> Event | None:
        """Go on by some events, at most to the end; gives the last of them."""
        return self.goto(min(self.position + _whole(count), len(self)))

    def back(self, count: int = 1) -> Event | None:
        """Go back by some events, at most to the start; gives the event before."""
        return self.goto(max(self.position - _whole(count), 0))

    def goto(self, position: int) -> Any:
        """Go to a position.

        Raises
        ------
        DebugError
            For one that the session does not have.
        """
        if not isinstance(position, (int, np.integer)) or not 0 <= position <= len(self):
            raise DebugError(f"there is no position {position!r}: they go from 0 to {len(self)}")
        self.position = int(position)
        return self.event

    def restart(self) -> None:
        """Go to the start; breakpoints, watches and edits stay."""
        self.position = 0

    def run(self) -> Event | None:
        """Go on to the next event at which a breakpoint stops, or to the end; gives that event, or None at the end."""
        return self._stop(range(self.position + 1, len(self) + 1), len(self))

    def reverse_run(self) -> Event | None:
        """Go back to the last event before this one at which a breakpoint stops, or to the start."""
        return self._stop(range(self.position - 1, 0, -1), 0)

    def _stop(self, numbers: range, otherwise: int) -> Event | None:
        number = next((n for n in numbers if self.stopping_at(n)), None)
        self.position = otherwise if number is None else number
        return None if number is None else self.event

    def stopping_at(self, number: int) -> list[int]:
        """The numbers of the breakpoints that stop at an event."""
        return [key for key, point in self.breakpoints.items() if point.stops(self._tape, number)]

    # breakpoints

    def break_at(
        self,
        op: str | None = None,
        *,
        name: str | None = None,
        module: str | None = None,
        line: str | int | None = None,
        phase: str | None = None,
        when: str | None = None,
        not_finite: bool = False,
        above: float | None = None,
        below: float | None = None,
        changes: Node | str | None = None,
    ) -> int:
        """Stop `run` and `reverse_run` at events for which all that is given holds.

        Parameters
        ----------
        op, name, module, line, phase, when, not_finite, above, below, changes
            See `Breakpoint`; `changes` is a node or its name.

        Returns
        -------
        int
            The number of the breakpoint, for `clear`.

        Raises
        ------
        DebugError
            Where nothing of the graph could ever stop there.

        Examples
        --------
        >>> from autograd.examples import chain_rule
        >>> session = Session(chain_rule().root)
        >>> session.break_at(changes="b")
        1
        >>> session.run().name, session.run().name, session.reverse_run().name
        ('c', 'd', 'c')
        """
        changing = None if changes is None else self.find(changes)
        point = Breakpoint(
            op,
            name,
            module,
            line,
            phase,
            when,
            not_finite,
            above,
            below,
            changing,
            None if changing is None else self.name(changing),
        ).checked(self._tape)
        self._numbered += 1
        self.breakpoints[self._numbered] = point
        return self._numbered

    def clear(self, number: int | None = None) -> None:
        """Take away a breakpoint, or all."""
        if number is None:
            self.breakpoints.clear()
        elif self.breakpoints.pop(number, None) is None:
            raise DebugError(
                f"there is no breakpoint {number!r}; there are {', '.join(map(str, self.breakpoints)) or 'none'}"
            )

    def watch(self, node: Node | str) -> None:
        """Show a node all the time in the front ends."""
        if not self.is_watched(node):
            self.watches.append(self.find(node))

    def unwatch(self, node: Node | str) -> None:
        """Do so no longer."""
        found = self.find(node)
        if not self.is_watched(found):
            raise DebugError(f"{self.name(found)} is not watched")
        self.watches = [other for other in self.watches if other is not found]

    def is_watched(self, node: Node | str) -> bool:
        """Whether a node is among the watches."""
        # Not `in`: Values are equal where their numbers are, and tensors compare element by element.
        found = self.find(node)
        return any(other is found for other in self.watches)

    # looking

    def find(self, node: Node | str) -> Node:
        """A node of the session, itself or by the name it has here.

        Raises
        ------
        DebugError
            Where there is none; the message names the nearest.
        """
        if isinstance(node, Node):
            if node not in self._tape.names:
                raise DebugError(f"{node.label()} is no node of the graph of {self.root.label()}")
            return node
        if isinstance(node, str) and node in self._by_name:
            return self._by_name[node]
        near = get_close_matches(str(node), self._by_name, 3)
        names = near or list(self._by_name)[:12]
        raise DebugError(
            f"no node is called {node!r}; {'did you mean' if near else 'there are'} {', '.join(names)}{'?' if near else ''}"
        )

    def name(self, node: Node) -> str:
        """What a node is called here: its own name, or v1, v2, … in the order they were made."""
        return self._tape.names[self.find(node)]

    def value(self, node: Node | str) -> Any:
        """A node's value at this moment; None before it is computed."""
        return self._tape.value_at(self.find(node), self.position)

    def gradient(self, node: Node | str) -> Any:
        """A node's gradient at this moment; None before anything arrived."""
        return self._tape.gradient_at(self.find(node), self.position)

    def inspect(self, node: Node | str) -> str:
        """A node's numbers at this moment, what they amount to, and where the first NaN and the first infinity are.

        Examples
        --------
        >>> import numpy as np
        >>> session = Session.of(lambda x: (x * x).sum(), np.array([1.0, np.nan, -2.0]))
        >>> print(session.inspect("x"))
        x: 3 float64
        [         1        nan         -2]
        least -2, mean -0.5, most 1, norm 2.2361
        1 NaN, at [1]
        no gradient has arrived yet
        """
        found = self.find(node)
        name, value, gradient = self.name(found), self.value(found), self.gradient(found)
        if value is None:
            lines = [f"{name} is not computed yet: event {self._tape.computed[found]} will"]
        else:
            lines = [f"{name}{' = ' if value.__class__ is float else ': '}{in_full(value)}"]
        if not found.requires_grad:
            lines.append("it requires no gradient")
        elif gradient is None:
            lines.append("no gradient has arrived yet")
        else:
            lines.append(f"gradient{' = ' if gradient.__class__ is float else ': '}{in_full(gradient)}")
        return "\n".join(map(one_line, "\n".join(lines).split("\n")))

    def explain(self, node: Node | str) -> str:
        """How a node's value and its gradient at this moment came about, and what is still to come.

        Examples
        --------
        >>> from autograd.examples import chain_rule
        >>> session = Session(chain_rule().root)
        >>> _ = session.goto(5)
        >>> print(session.explain("b"))
        b = 1, a leaf
        its gradient is 2 so far:
          2 from c: 2 · 1 = 2
        still to come: d
        """
        found, tape, lines = self.find(node), self._tape, []
        name = tape.names[found]
        number = tape.computed.get(found)
        if number is None:
            lines.append(
                f"{name} = {told(tape.values[found])}, a leaf{'' if found.requires_grad else ' without gradient'}"
            )
        elif number > self.position:
            lines.append(f"{name} is not computed yet: event {number} will")
        else:
            lines.append(Event(tape, number).equation)
        if found in self.edits:
            lines[-1] += f" (edited; recorded was {told(tape.recorded[found])})"
        if found.site is not None:
            lines.append(f"recorded at {found.site}")
        if not found.requires_grad:
            return "\n".join(map(one_line, lines))
        came, coming = [], []
        for event, sent in self._contributions(found):
            if event.number <= self.position:
                came.append(f"  {told(sent.contribution)} from {event.name}: {event.calculation(sent)}")
            else:
                coming.append(event.name)
        gradient = self.gradient(found)
        if found is self.root and gradient is not None:
            came.insert(0, f"  {told(gradient)}: the pass begins here")
        elif self._hooked(found):
            came.append(f"  {told(gradient)} by its hooks")
        if gradient is None:
            lines.append("no gradient has arrived yet")
        else:
            lines += [f"its gradient is {told(gradient)}{' so far' if coming else ''}:", *came]
        if coming:
            lines.append(f"still to come: {', '.join(dict.fromkeys(coming))}")
        return "\n".join(map(one_line, lines))

    def _hooked(self, node: Node) -> bool:
        """Whether hooks had the node's gradient by now: then it changed once more as it was complete."""
        arrivals = self._tape.arrivals.get(node, ())
        return any(number <= self.position and Event(self._tape, number).node is node for number, _ in arrivals)

    def _contributions(self, node: Node) -> Iterator[tuple[Event, Any]]:
        for number in dict.fromkeys(number for number, _ in self._tape.arrivals.get(node, ())):
            event = Event(self._tape, number)
            for sent in event.sent:
                if sent.parent is node:
                    yield event, sent

    # showing

    def page(self, title: str = "") -> str:
        """This session as one HTML page that needs nothing else: the diagram, and all events to go through.

        It opens at the session's position, with its breakpoints and watches, and is folded as `draw` folds. Of a long
        session the events around the position are told in full, and the page says which are not.

        Examples
        --------
        >>> from autograd.examples import chain_rule
        >>> page = Session(chain_rule().root).page()
        >>> "c = a + b = 2 + 1 = 3" in page
        True
        """
        return session_page(self, self._tape, title)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": framed(self.page()), "text/plain": repr(self)}

    def __repr__(self) -> str:
        last = "the start" if self.event is None else self.event.headline
        return f"<Session: {len(self)} events, at {self.position}: {last}>"

    # what if

    def edit(self, node: Node | str, value: Any) -> None:
        """Give a node another value, and replay all that depends on it, forward and backward.

        The position stays. The program's own values and every `.grad` stay too: this is a question, not a change.

        Parameters
        ----------
        node : Node or str
            A leaf, a constant, or the result of an operation, which then keeps the value whatever its operands are.
        value : float or array_like
            Of the node's shape, and of numbers that its dtype holds.

        Raises
        ------
        DebugError
            Where the value does not fit, or an operation refuses it; the session is then as it was.

        Examples
        --------
        >>> from autograd.examples import chain_rule
        >>> session = Session(chain_rule().root)
        >>> _ = session.run()
        >>> session.edit("a", 10.0)
        >>> session.value("e"), session.gradient("b")
        (22.0, 13.0)
        """
        found = self.find(node)
        edits = {**self.edits, found: self._fitting(found, value)}
        self._replay(edits)

    def restore(self, node: Node | str | None = None) -> None:
        """Take back the edit of a node, or all edits."""
        edits = dict(self.edits)
        if node is None:
            edits.clear()
        elif edits.pop(self.find(node), None) is None:
            raise DebugError(f"{self.name(self.find(node))} was not edited")
        self._replay(edits)

    def _replay(self, edits: dict[Node, Any]) -> None:
        self._tape.replay(edits)
        self.edits = edits
        self.position = min(self.position, len(self))

    def _fitting(self, node: Node, value: Any) -> Any:
        recorded, name = self._tape.recorded[node], self.name(node)
        value = value.data if isinstance(value, Node) else value
        if not isinstance(recorded, np.ndarray):
            if (
                isinstance(value, (bool, str, bytes))
                or np.ndim(value)
                or not isinstance(value, (int, float, np.number))
            ):
                raise DebugError(f"{name} is one number and cannot be {value!r}")
            try:
                return float(value)
            except OverflowError:
                raise DebugError(f"{name} is a float, and this number is larger than any") from None
        try:
            array = np.asarray(value)
            if array.dtype.kind not in "biuf":
                raise TypeError(f"{array.dtype} data is no array of numbers")
            with np.errstate(all="ignore"):
                fitting = array.astype(recorded.dtype)
        except (TypeError, ValueError, OverflowError) as error:
            raise DebugError(f"{name} has dtype {recorded.dtype}, which cannot hold this: {error}") from None
        if array.shape != recorded.shape:
            raise DebugError(f"{name} has shape {recorded.shape}; the new value has shape {array.shape}")
        exact = recorded.dtype.kind != "f"
        if not np.array_equal(fitting if exact else np.isfinite(fitting), array if exact else np.isfinite(array)):
            raise DebugError(f"{name} has dtype {recorded.dtype}, which cannot hold {array.dtype} data such as this")
        return fitting


def _whole(count: int) -> int:
    if not isinstance(count, (int, np.integer)) or count < 0:
        raise DebugError(f"a number of events is a whole number from 0 on, not {count!r}")
    return int(count)


def _leaf(name: str) -> Callable[[Any], Any]:
    def made(x: Any) -> Any:
        if isinstance(x, (float, np.floating)):
            return Value(float(x), name=name)
        if isinstance(x, np.ndarray) and x.dtype.kind == "f":
            return Tensor(x, requires_grad=True, name=name)
        return x

    return made
