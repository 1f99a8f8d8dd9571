"""`ReplayedLoss`: the user's own expression of a loss, read off the graph, as a function of outputs and targets."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine.tensor import Tensor
from autograd.graph.node import Const, Node, get_data

# The cosine of weights and the slope of a penalty from which on it is one of their size.
ALIKE = 0.7


class ReplayedLoss:
    """Does with other outputs and targets what the script did with those of one batch.

    Parameters
    ----------
    order : list of Node
        From the outputs, which are not among them, to the loss.
    outputs, targets : list of Node
        What is put in the place of these nodes.
    across : bool
        Whether rows stand along the second axis in the script's own.
    """

    def __init__(self, order: list[Node], outputs: list[Node], targets: list[Node], across: bool = False) -> None:
        self._order, self._given, self._across = order, [*outputs, *targets], across
        self._own = find_own_maxima(order)
        self._rows = _count_rows(get_data(outputs[0]), across)
        # What a sum is divided by, or multiplied with, may be the number of rows; an exponent is not.
        self._counts = {
            id(node.parents[1]): node.op.name
            for node in order
            if node.op is not None and node.op.name in ("mul", "div") and len(node.parents) == 2
        }
        self._counts |= {id(node.parents[0]): "mul" for node in order if node.op is not None and node.op.name == "mul"}

    def __deepcopy__(self, memo: dict[int, Any]) -> ReplayedLoss:
        """It is only read."""
        return self

    def __call__(self, *given: Any) -> Any:
        made: dict[int, Any] = {
            id(node): self._put(other, np.shape(get_data(node))) for node, other in zip(self._given, given, strict=True)
        }
        rows = _count_rows(given[0])
        for node in self._order:
            if node.op is None:
                if id(node) not in made:
                    made[id(node)] = self._resize(node, rows)
            else:
                fill_own_maxima(node, self._own, made)
                parts = [made[id(parent)] for parent in node.parents]
                made[id(node)] = node.op.call(*parts, **params_for(node, parts, self._rows, rows, self._across))
        return made[id(self._order[-1])]

    def _put(self, other: Any, shape: tuple[int, ...]) -> Any:
        """What is given, as it stands in the script."""
        if self._across:
            return other.swapaxes(0, 1) if len(shape) > 1 else other
        return other.reshape(-1, *shape[1:]) if shape else other

    def _resize(self, node: Node, rows: int) -> Any:
        """The numbers of the batch's rows, and how many these are, follow its size; other constants stay."""
        data = np.asarray(get_data(node))
        if data.shape == (self._rows,) and counts_rows(data):
            return np.arange(rows)
        if node.__class__ is Const and self._rows > 1 and id(node) in self._counts:
            before, now = (self._rows, rows) if self._counts[id(node)] == "div" else (1.0 / self._rows, 1.0 / rows)
            return Const(now if data.item() == before else data.item())
        return node.detach() if isinstance(node, Tensor) else data


def _count_rows(given: Any, across: bool = False) -> int:
    """Of an output; 0 for a single number."""
    return int(given.shape[1 if across else 0]) if given.ndim else 0


def params_for(node: Node, given: list[Any], before: int, now: int, across: bool) -> dict[str, Any]:
    """The settings of an operation for other rows than it was recorded with.

    Of a single row nothing tells which of the ones in a shape is the number of rows: that of a reshape grows where what it is given has.
    """
    params = {name: with_rows(value, before, now, across) for name, value in node.params.items()}
    if "shape" in params and is_grown(np.shape(get_data(node.parents[0])), np.shape(given[0]), before, now):
        params["shape"] = grow(params["shape"], now)
    return params


def is_grown(first: tuple[int, ...], shape: tuple[int, ...], before: int, now: int) -> bool:
    """Whether what was of a single row is of more of them now."""
    return before == 1 and tuple(first[:1]) == (1,) and tuple(shape[:1]) == (now,)


def grow(shape: tuple[int, ...], now: int) -> tuple[int, ...]:
    """A shape of a single row for more of them; any other as it is.

    Examples
    --------
    >>> grow((1, 8), 5), grow((8, 1), 5)
    ((5, 8), (8, 1))
    """
    return (now, *shape[1:]) if tuple(shape[:1]) == (1,) else shape


def with_rows(value: Any, before: int, now: int, across: bool = False) -> Any:
    """A shape that begins with the number of rows, or of all their places, with that of now; or that has it in second place.

    Examples
    --------
    >>> with_rows((32, 10), 32, 7), with_rows((64, 10), 32, 7), with_rows(32, 32, 7), with_rows((10, 32), 32, 7)
    ((7, 10), (14, 10), 32, (10, 32))
    >>> with_rows((10, 32), 32, 7, across=True)
    (10, 7)
    """
    if not isinstance(value, tuple) or not value:
        return value
    if across and value[1:2] == (before,):
        return (value[0], now, *value[2:])
    if count_places(value, before):
        return (count_places(value, before) * now, *value[1:])
    return value


def count_places(shape: tuple[Any, ...], rows: int) -> int:
    """How many places each row has along the first axis of a shape; 0 where that is of no rows.

    Examples
    --------
    >>> count_places((32, 10), 32), count_places((64,), 32), count_places((48,), 32), count_places((), 32)
    (1, 2, 0, 0)
    """
    whole = rows > 1 and bool(shape) and isinstance(shape[0], int) and shape[0] > 0 and shape[0] % rows == 0
    return shape[0] // rows if whole else 0


def place_rows(array: np.ndarray, rows: int) -> np.ndarray:
    """All places of each row side by side, where they stand along the first axis.

    Examples
    --------
    >>> place_rows(np.arange(6), 2).tolist(), place_rows(np.arange(4).reshape(2, 2), 2).tolist()
    ([[0, 1, 2], [3, 4, 5]], [[0, 1], [2, 3]])
    """
    return array if len(array) == rows else array.reshape(rows, -1, *array.shape[1:])


def replay_graph(loss: Any, output: Any, across: bool = False) -> tuple[ReplayedLoss, np.ndarray] | None:
    """The loss as a function, and the targets of its batch; None where it can't be told which constant they are."""
    found = replay_several(loss, [output], across)
    return None if found is None or len(found[1]) != 1 else (found[0], found[1][0])


def replay_several(loss: Any, outputs: list[Any], across: bool = False) -> tuple[ReplayedLoss, list[np.ndarray]] | None:
    """The loss as a function of several outputs and of all constants with as many rows, and these.

    Parameters
    ----------
    loss : Tensor
    outputs : list of Tensor
    across : bool
        Whether rows stand along the second axis of all of these; given and taken they stand along the first.
    """
    if not all(isinstance(output, Tensor) for output in outputs) or not isinstance(loss, Tensor):
        return None
    order, rows = between(loss, *outputs), _count_rows(outputs[0], across)
    own = find_own_maxima(order)
    constants = {
        node: np.array(get_data(node))
        for node in order
        if node.op is None and not node.requires_grad and rows and id(node) not in own
    }
    if across:
        told = {n: a.swapaxes(0, 1) if a.ndim > 1 else a for n, a in constants.items() if rows in a.shape[:2][-1:]}
    else:
        told = {n: place_rows(a, rows) for n, a in constants.items() if has_rows(a.shape, rows)}
    told = {n: a for n, a in told.items() if not counts_rows(a)}
    return (ReplayedLoss(order, outputs, list(told), across), list(told.values())) if order else None


def has_rows(shape: tuple[int, ...], rows: int) -> bool:
    """Whether an array holds something for each row, or for each of their places.

    Examples
    --------
    >>> has_rows((1, 4), 1), has_rows((64,), 32), has_rows((), 0)
    (True, True, False)
    """
    return bool(shape) and (shape[0] == rows or count_places(shape, rows) > 1)


def counts_rows(data: np.ndarray) -> bool:
    """Whether it only counts the rows of a batch, as what has each of them be its own class among all.

    Examples
    --------
    >>> counts_rows(np.arange(3)), counts_rows(np.array([1, 0, 2]))
    (True, False)
    """
    return data.ndim == 1 and data.dtype.kind in "iu" and bool((data == np.arange(len(data))).all())


def between(loss: Node, *outputs: Node) -> list[Node]:
    """The nodes from outputs to the loss, parents first; empty where the loss is not made of each of them."""
    order: list[Node] = []
    given = {id(output) for output in outputs}
    done, met = set(given), set()
    stack: list[tuple[Node, bool]] = [(loss, False)]
    while stack:
        node, ready = stack.pop()
        met |= {id(node)} & given
        if id(node) in done:
            continue
        if ready:
            done.add(id(node))
            order.append(node)
        else:
            stack.append((node, True))
            met |= {id(parent) for parent in node.parents} & given
            stack += [(parent, False) for parent in node.parents]
    return order if met == given else []


def find_own_maxima(order: list[Node]) -> dict[int, int]:
    """Constants that are the maxima of what they are taken from, as in `scores - scores.numpy().max(axis=1, keepdims=True)`, with the
    axis of each: they are no numbers of the script's, and are others for other rows."""
    found: dict[int, int] = {}
    for node in order:
        if node.op is None or node.op.name != "sub":
            continue
        whole, taken = node.parents
        if not whole.requires_grad or taken.op is not None or taken.requires_grad:
            continue
        of, what = np.asarray(get_data(whole)), np.asarray(get_data(taken))
        axes = [k for k in range(of.ndim) if of.ndim == what.ndim and of.shape[k] > 1 == what.shape[k]]
        if len(axes) == 1 and np.array_equal(of.max(axis=axes[0], keepdims=True), what):
            found[id(taken)] = axes[0]
    return found


def fill_own_maxima(node: Node, own: dict[int, int], made: dict[int, Any]) -> None:
    """Before a node is made anew, what it takes from its first parent where that is a maximum of it."""
    if node.op is not None and node.op.name == "sub" and id(node.parents[1]) in own:
        whole = np.asarray(get_data(made[id(node.parents[0])]))
        made[id(node.parents[1])] = whole.max(axis=own[id(node.parents[1])], keepdims=True)


def find_penalty(loss: Any, output: Any) -> float | None:
    """What a loss adds of the weights themselves, beside what it makes of the outputs, as the weight decay that it amounts to."""
    if not isinstance(output, Tensor) or not isinstance(loss, Tensor):
        return None
    order = between(loss, output)
    leaves = [node for node in order if node.op is None and node.requires_grad]
    if not leaves:
        return None
    copies = {id(leaf): Tensor(np.array(get_data(leaf)), requires_grad=True) for leaf in leaves}
    made: dict[int, Any] = {id(output): output.detach(), **copies}
    for node in order:
        if node.op is None:
            made.setdefault(id(node), node.detach() if isinstance(node, Tensor) else get_data(node))
        else:
            made[id(node)] = node.op.call(*(made[id(parent)] for parent in node.parents), **node.params)
    made[id(order[-1])].backward()
    weights = np.concatenate([np.ravel(get_data(leaf)) for leaf in leaves]).astype(np.float64)
    given = [copies[id(leaf)].grad for leaf in leaves]
    slopes = np.concatenate(
        [np.zeros(np.size(get_data(leaf))) if g is None else np.ravel(g) for leaf, g in zip(leaves, given, strict=True)]
    ).astype(np.float64)
    size = float(np.linalg.norm(weights) * np.linalg.norm(slopes))
    # A slope that goes with the weights is a decay: 2 λ w for λ w², λ sign(w) for λ |w|.
    if not size or float(weights @ slopes) / size < ALIKE:
        return None
    return float(weights @ slopes) / float(weights @ weights)
