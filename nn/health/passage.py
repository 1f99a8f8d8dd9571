"""`Watch` and `Passage`: what a forward pass went through: the modules that ran, and the graph that they recorded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.engine.observe import observing
from autograd.engine.reverse import steps
from autograd.graph.modes import is_grad_enabled
from autograd.graph.node import Const, Node, ancestors, get_data
from nn.health.place import Place
from nn.module import Module

if TYPE_CHECKING:
    from autograd.typing import Input


@dataclass(frozen=True)
class Call:
    """A module that ran, with what it was given and what it gave."""

    path: str
    module: Module
    inputs: tuple[Any, ...]
    output: Any


class Watch:
    """Notes which modules run and record, each with its last call, until it is closed.

    Examples
    --------
    >>> import numpy as np, nn
    >>> model = nn.Sequential(nn.Linear(3, 2, rng=0), nn.Tanh())
    >>> watch = Watch(model)
    >>> _ = model(np.ones((1, 3), np.float32))
    >>> watch.close()
    >>> list(watch.calls)
    ['0', '1', '']
    """

    def __init__(self, model: Module) -> None:
        self.calls: dict[str, Call] = {}
        self._handles = [m.register_forward_hook(self._hook(path)) for path, m in model.named_modules()]

    def _hook(self, path: str) -> Any:
        def note(module: Module, inputs: tuple[Any, ...], output: Input) -> None:
            # Validation goes through the model too, and records nothing.
            if is_grad_enabled():
                self.calls.pop(path, None)
                self.calls[path] = Call(path, module, inputs, output)

        return note

    def close(self) -> None:
        """Take the hooks away."""
        for handle in self._handles:
            handle.remove()


class Passage:
    """The graph of a loss, read.

    Parameters
    ----------
    root : Node
        The loss.
    calls : dict of str to Call
        What a `Watch` saw of the forward pass.

    Attributes
    ----------
    nodes : list of Node
        In the order they were made.
    """

    def __init__(self, root: Node, calls: dict[str, Call]) -> None:
        self.root, self.calls = root, calls
        self.nodes = sorted(ancestors(root), key=lambda node: node.order)

    @cached_property
    def users(self) -> dict[Node, Node]:
        """For every node the first that it is an operand of."""
        found: dict[Node, Node] = {}
        for node in self.nodes:
            for parent in node.parents:
                found.setdefault(parent, node)
        return found

    def find_not_finite(self) -> Place | None:
        """Where the first NaN or infinity came from: of the forward pass, or else of the backward pass."""
        with np.errstate(all="ignore"):
            for node in self.nodes:
                if node.__class__ is not Const and not np.isfinite(get_data(node)).all():
                    # A leaf is seen where it is used.
                    return Place.of(self.users.get(node, node) if node.op is None else node)
        if not self.root.requires_grad:
            return None
        with observing():
            taken = steps(self.root)
        for step in taken:
            if any(not np.isfinite(sent.value).all() for sent in step.sent):
                return Place.of(step.node)
        return None

    def find_doubled_activation(self, outputs: Input) -> tuple[str, Place] | None:
        """Where probabilities go into a loss that takes logits: what made them (softmax or sigmoid), and the place."""
        for node in self.nodes:
            if node.op is None or not node.parents:
                continue
            source = node.parents[0]
            made_by = source.op.name if source.op is not None else ""
            if node.op.name == "cross_entropy":
                if made_by in ("softmax", "sigmoid"):
                    return made_by, Place.of(source)
                if _are_distributions(get_data(source)):
                    return "softmax", Place.of(source)
            if node.op.name == "softplus" and source is outputs and made_by in ("softmax", "sigmoid"):
                return made_by, Place.of(source)
        return None

    def find_cut(self, modules: set[str]) -> tuple[str, Place] | None:
        """Which of these modules ran last, and where after it a constant took the place of what should pass gradients on.

        Parameters
        ----------
        modules : set of str
            Paths of modules to which no gradient came.
        """
        ran = [call for call in self.calls.values() if call.path in modules and isinstance(call.output, Node)]
        last = max(ran, key=lambda call: call.output.order, default=None)
        # Where all is cut off, the loss is a constant, and the cut is only in what the modules gave.
        given = [call.output for call in self.calls.values() if isinstance(call.output, Node)]
        for node in sorted({*self.nodes, *given}, key=lambda node: node.order):
            if node.op is not None or node.requires_grad or node.__class__ is Const:
                continue
            # Only a detached tensor is a constant with a line; `.data` in its place is known by when it was wrapped.
            if node.site is not None:
                return last.path if last is not None else "", Place.of(node)
            if last is not None and last.path and node.order > last.output.order and node in self.users:
                return last.path, Place.of(self.users[node])
        return None

    def activations(self, names: tuple[str, ...], but: set[str]) -> Iterator[Node]:
        """Nodes of these operations that are not a module's output, recorded outside the modules `but`."""
        outputs = {call.output for call in self.calls.values() if isinstance(call.output, Node)}
        for node in self.nodes:
            if node.op is not None and node.op.name in names and node not in outputs and (node.scope or "") not in but:
                yield node


def _are_distributions(x: np.ndarray) -> bool:
    """Whether all rows of an array are distributions over several classes."""
    if x.ndim < 2 or x.shape[-1] < 2 or not np.isfinite(x).all() or x.min() < 0.0:
        return False
    return bool(np.abs(x.sum(axis=-1) - 1.0).max() < 1e-3)
