"""`user_names`: the local variables of a line of the stack as they were when it ran, so far as they are known."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from autograd.debug.dap.places import Place
from autograd.debug.dap.view import View
from autograd.graph.node import Const, Node


def user_names(view: View, frame: int = 0) -> Mapping[str, Any]:
    """The variables of a function of the stack: the nodes that it had assigned by then, and where it is running still the others.

    Parameters
    ----------
    view : View
    frame : int
        Which function, the innermost is 0.

    Returns
    -------
    mapping of str to object
        Nodes, and whatever else a running function holds.

    Examples
    --------
    >>> from autograd import Value, record_sites
    >>> from autograd.debug import Session
    >>> def square(x):
    ...     y = x * x
    ...     return y + 1.0
    >>> with record_sites():
    ...     root = square(Value(3.0, name="x"))
    >>> view = View(Session(root), 1)
    >>> _ = view.session.goto(1)
    >>> {name: view.session.value(node) for name, node in user_names(view).items()}
    {'x': 3.0, 'y': 9.0}
    """
    session, places = view.session, view.places
    event = session.event_at(session.position or 1)
    chain = places.at(event.number)[frame:]
    if not chain:
        return view.callers[0].names if view.callers else {}
    place = chain[0]
    running = [caller.names for caller in view.callers if _is_same_function(caller.place, place)]
    moment = places.computed[event.node]
    # The call that a line of this chain belongs to: the same function, called from the same lines.
    key = (place._replace(line=0), *chain[1:])
    if key not in view.assigned:
        view.assigned[key] = _find_assigned(view, place, chain[1:])
    then = {
        name: nodes[at - 1] for name, (when, nodes) in view.assigned[key].items() if (at := bisect_right(when, moment))
    }
    return {**(running[0] if running else {}), **then}


def _is_same_function(one: Place, other: Place) -> bool:
    return (one.path, one.function) == (other.path, other.function)


def _find_assigned(view: View, place: Place, called_from: tuple[Place, ...]) -> dict[str, tuple[list[int], list[Node]]]:
    """What one call of a function assigned, after what it was given by name; each with the events from which on it holds."""
    session, places = view.session, view.places
    chains = [
        index
        for index, chain in enumerate(places.chains)
        if chain and _is_same_function(chain[0], place) and chain[1:] == called_from
    ]
    given: dict[str, tuple[list[int], list[Node]]] = {}
    found: defaultdict[str, tuple[list[int], list[Node]]] = defaultdict(lambda: ([], []))
    for number in places.events_of(chains):
        if number > session.forward_length:
            break
        node, site = session.event_at(number).node, places.site_at(number)
        name = (None if site is None else site.local_target) or node.name
        if name is not None:
            found[name][0].append(number)
            found[name][1].append(node)
        for parent in node.parents:
            if parent.op is None and parent.__class__ is not Const:
                given.setdefault(session.name(parent), ([0], [parent]))
    return {**{name: nodes for name, nodes in given.items() if name not in found}, **found}
