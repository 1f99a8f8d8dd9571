"""`Session`: forwards and backwards through the operations of a program and the reverse pass over them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd.debug.breakpoints import Breakpoint
from autograd.debug.errors import DebugError
from autograd.debug.event import Event
from autograd.debug.explanation import explain_gradient, inspect_node
from autograd.debug.fitting import fit_value
from autograd.debug.program import Program
from autograd.debug.replay import Replay
from autograd.debug.tape import Tape
from autograd.engine.observe import observing
from autograd.engine.reverse import Step
from autograd.errors import type_name
from autograd.graph.foreign import adopt
from autograd.graph.modes import record_sites
from autograd.graph.node import Const, Node


class Session(Replay):
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
        For a root that requires no gradient, or is not a node, and for `retain_grads` without `accumulate`.
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
        super().__init__(Tape(root, gradient, accumulate=accumulate, retain_grads=retain_grads, step=step))
        self._numbered = 0
        self._program: Program | None = None

    @classmethod
    def of(cls, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Session:
        """A session over what a function computes.

        Parameters
        ----------
        function : callable
            Gives a Value, or a Tensor of one element. A model or function of PyTorch's or JAX's is captured; see `autograd.bridge`.
        *args, **kwargs
            Floats become Values and arrays of floats Tensors, with the names of the function's arguments; what is inside
            of lists, tuples and dicts too. Anything else is given as it is.

        Examples
        --------
        >>> session = Session.of(lambda x, y: x * y + y, 3.0, 2.0)
        >>> session.run(), session.gradient("y")
        (None, 4.0)
        """
        foreign = adopt(function, args, kwargs)
        if foreign is not None:
            function, args, kwargs = foreign
        with record_sites(), observing():
            program = Program(function, args, kwargs)
            root = program.run()
        if not isinstance(root, Node):
            raise DebugError(f"the function gave {type_name(root)}, not a Value or a Tensor")
        session = cls(root)
        session._program = program
        return session

    # breakpoints

    def run(self) -> Event | None:
        """Go on to the next event at which a breakpoint stops, or to the end; gives that event, or None at the end.

        Returns
        -------
        Event or None
            None at the end.

        Examples
        --------
        >>> from autograd.debug import Session
        >>> from autograd.examples import chain_rule
        >>> session = Session(chain_rule().root)
        >>> _ = session.break_at(name='b', phase='backward')
        >>> print(session.run())
        b has gradient 5
        """
        return self._run_through(range(self.position + 1, len(self) + 1), len(self))

    def reverse_run(self) -> Event | None:
        """Go back to the last event before this one at which a breakpoint stops, or to the start.

        Returns
        -------
        Event or None
            None at the beginning.

        Examples
        --------
        >>> from autograd.debug import Session
        >>> from autograd.examples import chain_rule
        >>> session = Session(chain_rule().root)
        >>> _ = session.break_at(name='c', phase='forward')
        >>> session.goto(8)
        <Event 8, backward: b has gradient 5>
        >>> print(session.reverse_run())
        c = a + b = 2 + 1 = 3
        """
        return self._run_through(range(self.position - 1, 0, -1), 0)

    def _run_through(self, numbers: range, otherwise: int) -> Event | None:
        number = next((n for n in numbers if self.stopping_at(n)), None)
        self.position = otherwise if number is None else number
        return None if number is None else self.event

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
        ).check(self._tape)
        self._numbered += 1
        self.breakpoints[self._numbered] = point
        return self._numbered

    def clear(self, number: int | None = None) -> None:
        """Take away a breakpoint, or all.

        Parameters
        ----------
        number : int, optional
            Of the breakpoint.

        Examples
        --------
        >>> from autograd.debug import Session
        >>> from autograd.examples import chain_rule
        >>> session = Session(chain_rule().root)
        >>> _ = session.break_at(op='mul')
        >>> session.clear()
        >>> session.breakpoints
        {}
        """
        if number is None:
            self.breakpoints.clear()
        elif self.breakpoints.pop(number, None) is None:
            raise DebugError(
                f"there is no breakpoint {number!r}; there are {', '.join(map(str, self.breakpoints)) or 'none'}"
            )

    def watch(self, node: Node | str) -> None:
        """Show a node all the time in the front ends.

        Parameters
        ----------
        node : Node or str
            Itself, or its name.

        Examples
        --------
        >>> from autograd.debug import Session
        >>> from autograd.examples import chain_rule
        >>> session = Session(chain_rule().root)
        >>> session.watch('b')
        >>> session.is_watched('b')
        True
        """
        if not self.is_watched(node):
            self.watches.append(self.find(node))

    def unwatch(self, node: Node | str) -> None:
        """Stop watching a node.

        Parameters
        ----------
        node : Node or str
            Itself, or its name.

        Examples
        --------
        >>> from autograd.debug import Session
        >>> from autograd.examples import chain_rule
        >>> session = Session(chain_rule().root)
        >>> session.watch('b')
        >>> session.unwatch('b')
        >>> session.is_watched('b')
        False
        """
        found = self.find(node)
        if not self.is_watched(found):
            raise DebugError(f"{self.name(found)} is not watched")
        self.watches = [other for other in self.watches if other is not found]

    def is_watched(self, node: Node | str) -> bool:
        """Whether a node is among the watches.

        Parameters
        ----------
        node : Node or str
            Itself, or its name.

        Returns
        -------
        bool

        Examples
        --------
        >>> from autograd.debug import Session
        >>> from autograd.examples import chain_rule
        >>> session = Session(chain_rule().root)
        >>> session.is_watched('b')
        False
        """
        # Not `in`: Values are equal where their numbers are, and tensors compare element by element.
        found = self.find(node)
        return any(other is found for other in self.watches)

    def inspect(self, node: Node | str) -> str:
        """A node's numbers at this moment, what they amount to, and where the first NaN and the first infinity are.

        Parameters
        ----------
        node : Node or str
            Itself, or its name.

        Returns
        -------
        str

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
        return inspect_node(self, self._tape, self.find(node))

    def explain(self, node: Node | str) -> str:
        """Explain a node's value and its gradient at this moment, and name what is still to come.

        Parameters
        ----------
        node : Node or str
            Itself, or its name.

        Returns
        -------
        str

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
        return explain_gradient(self, self._tape, self.find(node))

    # showing

    def page(self, title: str = "") -> str:
        """This session as one HTML page that needs nothing else: the diagram, and all events to go through.

        It opens at the session's position, with its breakpoints and watches, and is folded as `draw` folds. Of a long
        session the events around the position are told in full, and the page says which are not.

        Parameters
        ----------
        title : str

        Returns
        -------
        str

        Examples
        --------
        >>> from autograd.examples import chain_rule
        >>> page = Session(chain_rule().root).page()
        >>> "c = a + b = 2 + 1 = 3" in page
        True
        """
        # What draws is loaded where something is drawn: a program that is debugged starts without it.
        from autograd.debug.page import session_page

        return session_page(self, self._tape, title)

    def animation(self, positions: Sequence[int] | None = None, *, seconds: float = 1.6) -> str:
        """An SVG picture that steps through the session, forward and back, without a script.

        Parameters
        ----------
        positions : sequence of int, optional
            The positions to show, one after the other. By default every event up to the last that sends a
            contribution, and then back to the beginning of the backward pass.
        seconds : float
            How long each is shown.

        Raises
        ------
        DebugError
            For a graph or a sequence of positions that is too long for a picture; a page has no such limit.

        Examples
        --------
        >>> from autograd.examples import chain_rule
        >>> svg = Session(chain_rule().root).animation([3, 4, 5, 4])
        >>> "c has gradient 2" in svg
        True
        """
        from autograd.debug.animation import animate
        from autograd.debug.page import scene_and_story

        return animate(*scene_and_story(self, self._tape), positions, seconds)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from autograd.draw.page import frame_page

        return {"text/html": frame_page(self.page(), "stepgrad session"), "text/plain": repr(self)}

    def __repr__(self) -> str:
        last = "the start" if self.event is None else self.event.headline
        return f"<Session: {len(self)} events, at {self.position}: {last}>"

    # what if

    def edit(self, node: Node | str, value: Any) -> None:
        """Give a node another value, and replay all that depends on it, forward and backward.

        The position stays. The program's own values and every `.grad` stay too: this is a question, not a change. Masks of
        comparisons, orders of sorts and detached tensors follow. What the program decided in Python (an `if`, `.item()`) stays as it
        was, and so does what functions give as plain arrays, such as `np.nonzero`, `np.any` and `np.searchsorted`. A session by
        `Session.of` knows the function: it calls it again with the edited arguments, and says where the function gives something else.

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

        Warns
        -----
        GraphWarning
            Where a mask, an order or a detached tensor can't follow, since what it was computed from is gone: record under
            `record_sites()`, or by `Session.of`, which keep it. Where the function of `Session.of` gives another number, or other
            gradients, for the edited arguments.

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
        edits = {**self.edits, found: fit_value(self.name(found), self._tape.recorded[found], value)}
        self._replay(edits)
        if self._program is not None:
            self._program.compare(self._tape, self.edits)

    def restore(self, node: Node | str | None = None) -> None:
        """Take back the edit of a node, or all edits.

        Parameters
        ----------
        node : Node or str, optional
            Itself, or its name; all edits by default.

        Examples
        --------
        >>> from autograd.debug import Session
        >>> from autograd.examples import chain_rule
        >>> session = Session(chain_rule().root)
        >>> session.edit('a', 3.0)
        >>> session.restore('a')
        >>> session.edits
        {}
        """
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
