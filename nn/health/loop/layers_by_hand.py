"""Layers in the graph of what a script computes by hand: products with weights, looked-up rows, dropout, batch normalisation."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.graph.node import Const, Node, get_data, raw
from nn.module import Module

# Operations that multiply by a matrix, and that take rows of a table.
PRODUCTS, READS = ("matmul", "dot"), ("index", "getitem", "take")
# What a deviation is made of, of what was centred.
SQUARES = ("square", "power", "mul")
# The share of a new batch in averages that are kept of batches.
MOMENTUM = 0.1


class Product(Module):
    """Rows times a matrix, with the bias that is added: is shown what goes in, and gives on what comes out.

    Attributes
    ----------
    name : str
        How it is called, with a place for the name of its weights.
    """

    name = "x @ {}"

    def forward(self, given: Any, gave: Any) -> Any:
        return gave


class EmbeddingRead(Product):
    """Rows of a table, taken by their numbers."""

    name = "{}[x]"


class DropoutMask(Module):
    """What leaves out a share of some numbers by chance.

    Parameters
    ----------
    data : array
        A mask as the script has drawn it.
    axis : int
        Along which the rows stand.
    seed : int
    """

    def __init__(self, data: np.ndarray, axis: int, seed: int) -> None:
        super().__init__()
        self._axis, self._shape, self._size = axis, data.shape, float(data.max())
        self._dtype = np.result_type(data.dtype, np.float32)
        self._rng = np.random.default_rng(seed)
        self.p = 1.0 - float(data.astype(np.float64).mean()) / self._size

    def forward(self, rows: int) -> np.ndarray:
        """Another mask, which leaves out as much; in evaluation nothing, and all is as large as it is on average."""
        shape = (*self._shape[: self._axis], rows, *self._shape[self._axis + 1 :])
        if not self.p:
            return np.ones(shape, self._dtype)
        kept = self._rng.random(shape) > self.p if self.training else np.full(shape, 1.0 - self.p)
        return (kept * self._size).astype(self._dtype)


class Averages:
    """Of numbers that a batch is normalised by, such as its mean: those of the batch in training, and what was kept of batches else.

    Parameters
    ----------
    data : array
        Of the batch that the graph is of.
    """

    def __init__(self, data: np.ndarray) -> None:
        self._kept = np.array(data)

    def take(self, of_batch: Any, training: bool) -> Any:
        """What the batch is normalised by."""
        if not training:
            return self._kept
        now = np.asarray(raw(of_batch))
        self._kept = (1.0 - MOMENTUM) * self._kept + MOMENTUM * now if self._kept.shape == now.shape else self._kept
        return of_batch


def find_layers(order: list[Node], leaves: list[Any]) -> dict[int, tuple[Node, Any, type[Product]]]:
    """Products with weights and reads of tables: what goes in and the weight, by the identity of the node that comes out."""
    weights = {id(leaf): leaf for leaf in leaves}
    # A matrix may stand there transposed.
    weights |= {
        id(n): weights[id(n.parents[0])]
        for n in order
        if n.op is not None and n.op.name == "transpose" and id(n.parents[0]) in weights
    }
    users: dict[int, list[Node]] = {}
    for node in order:
        for parent in node.parents:
            users.setdefault(id(parent), []).append(node)
    found: dict[int, tuple[Node, Any, type[Product]]] = {}
    for node in order:
        if node.op is None or len(node.parents) < 2:
            continue
        held = [weights[id(p)] for p in node.parents if id(p) in weights]
        given = [p for p in node.parents if id(p) not in weights]
        if len(held) != 1 or not given:
            continue
        if node.op.name in READS and id(node.parents[0]) in weights:
            found[id(node)] = given[0], held[0], EmbeddingRead
        elif node.op.name in PRODUCTS and np.ndim(get_data(held[0])) == 2:
            after = users.get(id(node), [])
            biased = len(after) == 1 and after[0].op is not None and after[0].op.name == "add"
            biased = biased and any(id(p) in weights for p in after[0].parents)
            found[id(after[0] if biased else node)] = given[0], held[0], Product
    return found


def find_statistics(order: list[Node], inputs: list[Node]) -> list[Node]:
    """The means and deviations over the rows by which a batch is normalised, `(x - x.mean(0)) / x.std(0)`; none where only one of both is
    taken, as where rows are mixed by mistake."""
    reached = {id(node) for node in inputs}
    for node in order:
        if any(id(parent) in reached for parent in node.parents):
            reached.add(id(node))
    over = [n for n in order if id(n) in reached and _runs_over_rows(n)]
    means = {id(n): n for n in over if n.op is not None and n.op.name == "mean"}
    centred = {id(n): n.parents for n in order if _is_named(n, "sub") and id(n.parents[1]) in means}
    centred = {key: parts for key, parts in centred.items() if means[id(parts[1])].parents[0] is parts[0]}
    centres = {id(parts[1]): parts[1] for parts in centred.values()}
    whole = {id(parts[0]) for parts in centred.values()}
    squares = {id(n) for n in order if n.op is not None and n.op.name in SQUARES and _are_all(n.parents, set(centred))}
    spreads = [
        n for n in over if n.parents and (id(n.parents[0]) in squares or (_is_spread(n) and id(n.parents[0]) in whole))
    ]
    return [*centres.values(), *spreads] if spreads else []


def _runs_over_rows(node: Node) -> bool:
    if node.op is None or node.op.name not in ("mean", "var", "std"):
        return False
    axis, of = node.params.get("axis"), np.ndim(get_data(node.parents[0]))
    axes = (axis,) if isinstance(axis, int) else tuple(axis or ())
    return of > 1 and 0 in [k % of for k in axes]


def _is_spread(node: Node) -> bool:
    return _is_named(node, "var") or _is_named(node, "std")


def _is_named(node: Node, name: str) -> bool:
    return node.op is not None and node.op.name == name


def _are_all(parents: Any, known: set[int]) -> bool:
    """Whether an operation is of some nodes, and else of plain numbers."""
    parts = [id(p) in known for p in parents if p.__class__ is not Const]
    return bool(parts) and all(parts)
