"""What every transform is made of: arguments as fresh nodes, derivatives towards these, and results that leave it.

Results are raw where nothing outside asks for a derivative of them.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from functools import reduce
from typing import Any

import numpy as np

from autograd.engine import reverse
from autograd.engine.ownership import SumsInPlace
from autograd.engine.reaching import find_reaching
from autograd.engine.tensor import Tensor, wrap
from autograd.engine.value import Value
from autograd.errors import LostGradientError, OperandError, type_name
from autograd.graph.liveness import is_live
from autograd.graph.modes import call_recorded, inside, is_grad_enabled, mode
from autograd.graph.node import Node, get_data, raw
from autograd.graph.op import refuse_matrix
from autograd.graph.tree import MAKERS, is_leaf, leaves, map_leaves, rebuild
from autograd.ops.complex_numbers import real
from autograd.ops.reduction import sum as sum_
from autograd.ops.shape import identity, shape

Function = Callable[..., Any]


def lift(tree: Any) -> tuple[Any, list[Node]]:
    """The tree with each leaf a fresh node, and these nodes; a plain number becomes a tensor without axes.

    Whole numbers become floats, which can move.
    """
    kind = tree.__class__
    if kind is np.ndarray or kind is float or kind is np.float64:
        leaf = _leaf(tree, kind is np.ndarray and tree.dtype.kind in "iu")
        return leaf, [leaf]
    fresh: list[Node] = []

    def lift(x: Any) -> Node:
        node: Node
        if isinstance(x, Node):
            node = identity(x)
            if not node.needs_grad:
                node = Value(x.data) if isinstance(x, Value) else _fresh(x)
        elif x.__class__ in MAKERS:
            node = MAKERS[x.__class__](x, True)
        else:
            if isinstance(x, (str, bytes)) or callable(x):
                raise OperandError(
                    f"{x!r} is among what should be differentiated: numbers, arrays and structures of them can be; "
                    "give the rest as other arguments, or by keyword"
                )
            refuse_matrix("what should be differentiated", x)
            whole = (isinstance(x, int) and is_number(x)) or getattr(getattr(x, "dtype", None), "kind", None) in (
                "i",
                "u",
            )
            node = _leaf(x, whole)
        fresh.append(node)
        return node

    return map_leaves(lift, tree), fresh


def _leaf(x: Any, whole: bool) -> Node:
    if x.__class__ is float or x.__class__ is np.float64:
        leaf = wrap(np.array(x), True)
    else:
        leaf = Tensor(x, requires_grad=True, dtype=float if whole else None)
    recorder = mode().recorder
    return leaf if recorder is None else recorder.leaf(leaf)


def _fresh(x: Any) -> Node:
    """A leaf that requires its gradient with the numbers of a tensor, of the same dialect."""
    leaf: Node = x.face(get_data(x), requires_grad=True)
    return leaf


def is_number(x: Any) -> bool:
    """Whether it is a number of Python's, which comes back as one."""
    return isinstance(x, (int, float, complex)) and not isinstance(x, np.generic)


def only_numbers(args: Sequence[Any], kwargs: dict[str, Any]) -> bool:
    """Whether nothing but Python's numbers came in, so that nothing but these should come out."""
    if args and isinstance(args[0], (np.ndarray, np.generic, Node)):
        return False
    return not any([isinstance(x, (np.ndarray, np.generic, Node)) for x in leaves((args, kwargs))])


def call_on_fresh_nodes(
    f: Function, args: Sequence[Any], kwargs: dict[str, Any], argnums: Sequence[int]
) -> tuple[Any, list[Node]]:
    """Call `f` with fresh nodes for the chosen arguments; the result, and their nodes."""
    for number in argnums:
        if not -len(args) <= number < len(args):
            raise ValueError(f"argnum {number}: the function was called with {len(args)} positional arguments")

    def recorded() -> tuple[Any, list[Node]]:
        lifted, targets = list(args), []
        for number in argnums:
            lifted[number], fresh = lift(lifted[number])
            targets += fresh
        return call_and_close(f, lifted, kwargs, targets), targets

    return call_recorded(recorded)


def split_aux(out: Any, has_aux: bool) -> tuple[Any, Any]:
    """What a function gives to be differentiated, and what it gives beside that, if it was said to."""
    if not has_aux:
        return out, None
    if not isinstance(out, (tuple, list)) or len(out) != 2:
        raise OperandError(
            f"has_aux=True: the function must give a pair, what is differentiated and the rest, not {type_name(out)}"
        )
    return out[0], out[1]


def call_and_close(f: Function, args: Sequence[Any], kwargs: Mapping[str, Any], targets: Sequence[Node]) -> Any:
    """Call `f` on fresh nodes, and close those of them that are leaves: to an outer transform they are constants."""
    own = leaves_among(targets)
    try:
        return call_inside(f, args, kwargs, own)
    finally:
        let_gradients_into(own, False)


def call_inside(f: Function, args: Sequence[Any], kwargs: Mapping[str, Any], own: Set[Node]) -> Any:
    """Call `f` inside a transform that differentiates with respect to leaves of its own."""
    outer = inside.get()
    try:
        inside.set((own, *outer))
        return f(*args, **kwargs)
    except ValueError as error:
        # Where an element of an array is assigned, NumPy hides the error that says why behind one of its own.
        if isinstance(error.__cause__, LostGradientError):
            raise error.__cause__.with_traceback(error.__traceback__) from None
        raise
    finally:
        inside.set(outer)


def leaves_among(targets: Iterable[Node]) -> set[Node]:
    """The targets that no operation made: those of an outer transform are results of one."""
    return {target for target in targets if target.op is None}


def let_gradients_into(own: Iterable[Node], whether: bool) -> None:
    """Open leaves to a pass of their own transform, or close them to all others."""
    for leaf in own:
        leaf.needs_grad = whether


class Pass:
    """The reverse pass from a root towards targets: walked once, and taken for any number of gradients at the root.

    What is older than the targets cannot depend on them, and is not walked.

    Parameters
    ----------
    root : Node
    targets : sequence of Node
    towards : bool
        Leave out the parts of the graph that lead to no target even where nothing is known to be outside.

    Attributes
    ----------
    outside : bool
        Whether anything outside asks for a derivative of the root.
    """

    def __init__(self, root: Node, targets: Sequence[Node], towards: bool = False) -> None:
        self.root, self.targets, self.own = root, targets, leaves_among(targets)
        self.outside = False
        self._wanted = set(targets)
        self._order: list[Node] = []
        self._reaching: set[Node] | None = None
        closed = self._open()
        try:
            if root.needs_grad:
                self._walk(towards)
        finally:
            let_gradients_into(closed, False)

    def _open(self) -> list[Node]:
        """Open those leaves of its own that are closed; a hook in a pass may be in the same pass again, which must not close them."""
        closed = [leaf for leaf in self.own if not leaf.needs_grad]
        let_gradients_into(closed, True)
        return closed

    def _walk(self, towards: bool) -> None:
        older: set[Node] = set()
        since = min([target.order for target in self.targets], default=0)
        self._order = order = reverse.walk(self.root, since=since, older=older)
        # What stands for unknown numbers can be recorded, and nothing else.
        outside = self.root.symbolic or any([node.op is None and node not in self.own for node in order])
        self.outside = outside or any(map(is_live, older))
        if towards or older or self.outside or len(self.own) < len(self._wanted):
            self._reaching = find_reaching(order, self.targets)

    def take(self, gradient: Any) -> list[Any]:
        """The derivatives by each target: raw where nothing else asks for a derivative of them, nodes elsewhere."""
        found: dict[Node, Any] = {}
        wanted = self._wanted

        def visit(node: Node, g: Any) -> None:
            if node in wanted:
                found[node] = g if isinstance(g, Node) else _own(g, node)

        recorded = (self.outside or isinstance(gradient, Node)) and (is_grad_enabled() or self.root.symbolic)
        read, seed = (reverse.read_node, gradient) if recorded else (get_data, raw(gradient))
        arguments = {"reaching": self._reaching, "order": self._order, "sums": SumsInPlace()}
        closed = self._open()
        try:
            if recorded:
                # A rule, too, may turn a node into a plain number.
                call_inside(_quietly, (self.root, seed, read, visit), arguments, self.own)
            else:
                _quietly(self.root, seed, read, visit, **arguments)
        finally:
            let_gradients_into(closed, False)
        return [found[target] if target in found else zero(target) for target in self.targets]


def _own(g: Any, node: Node) -> Any:
    """A gradient in memory of its own, in the form of the node's data."""
    return np.array(g, get_data(node).dtype) if isinstance(node, Tensor) else float(g)


def cotangents(root: Any, gradient: Any, targets: Sequence[Node], towards: bool = False) -> tuple[list[Any], bool]:
    """The derivatives of `root` by each target, and whether anything outside asks for a derivative of `root`; see `Pass`."""
    if not isinstance(root, Node):
        return [zero(target) for target in targets], False
    way = Pass(root, targets, towards)
    return way.take(gradient), way.outside


@np.errstate(all="ignore")
def _quietly(*args: Any, **kwargs: Any) -> None:
    reverse.propagate(*args, **kwargs)


def zero(node: Node) -> Any:
    """No gradient, in the form of the node's data."""
    return 0.0 if isinstance(node, Value) else np.zeros_like(get_data(node))


def unwrap(x: Any, number: bool = False) -> Any:
    """Raw data for a node that nobody else differentiates; a Python float where `number` says so."""
    if isinstance(x, Node) and not (x.needs_grad and (x.symbolic or is_live(x))):
        x = get_data(x)
    return _plain(x, number)


def _plain(x: Any, number: bool) -> Any:
    """An array without axes as the number that it is."""
    if isinstance(x, np.ndarray) and x.ndim == 0:
        return x.item() if number else x[()]
    return x


def release(x: Any, number: bool = False, outside: bool | None = None) -> Any:
    """A result of `f` as it leaves the transform: raw, unless something outside asks for a derivative of it."""
    if not isinstance(x, Node) or ((is_live(x) if outside is None else outside) and is_grad_enabled()):
        return x
    if x.symbolic:
        # What is recorded of the cut is part of the program.
        return unwrap(x.detach(), number)  # type: ignore[attr-defined]
    return _plain(get_data(x), number)


def rebuild_like(gradients: Sequence[Any], given: Sequence[Any]) -> tuple[Any, ...]:
    """Gradients in the structures of the arguments, Python floats for Python numbers."""
    if len(given) == 1 and (given[0].__class__ is np.ndarray or is_leaf(given[0])):
        return (unwrap(gradients[0], is_number(given[0])),)
    originals = leaves(given)
    found = (unwrap(g, is_number(x)) for g, x in zip(gradients, originals, strict=True))
    return tuple(rebuild(tree, found) for tree in given)


def one(out: Any) -> Any:
    """What arrives at the root of a pass: ones in the form of the result."""
    if not isinstance(out, Tensor):
        return 1.0
    return np.ones(out.shape, out.dtype) if out.shape else np.array(1.0, out.dtype)


def copy_array(x: Any) -> Any:
    """An array in memory of its own, and anything else as it is."""
    return x.copy() if x.__class__ is np.ndarray else x


def inner_product(x: Any, y: Any) -> Any:
    """The sum of the products of their elements; of complex ones the real part, which is what they add to a real loss."""
    return real(sum_(x * y) if shape(x) else x * y)


def total(parts: Sequence[Any]) -> Any:
    """The sum of one part or more, which may be nodes."""
    return reduce(operator.add, parts)
