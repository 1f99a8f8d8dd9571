"""`checkpoint`: a function recorded as one node, whose intermediate values are computed again on the way back."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np

from autograd.engine.lifting import call_inside
from autograd.engine.observe import observing
from autograd.engine.reaching import sources
from autograd.engine.reverse import propagate, read_node, walk
from autograd.engine.tensor import Tensor
from autograd.engine.value import Value
from autograd.errors import GraphError
from autograd.graph.modes import call_with, drawn, edited, enable_grad, is_grad_enabled, mode
from autograd.graph.node import EDITED, Node, get_data, next_order
from autograd.graph.op import Op, apply
from autograd.graph.tree import leaves, map_leaves
from autograd.ops.indexing import basic
from autograd.ops.shape import astype, concatenate, reshape

P = ParamSpec("P")
R = TypeVar("R")


def checkpoint(fun: Callable[P, R]) -> Callable[P, R]:
    """The same function, recorded as one node: memory for one more forward pass (Griewank 1992; Chen et al. 2016).

    Its derivatives with respect to its arguments, and with respect to whatever else it computes with (parameters of a
    module, variables of the enclosing scope), are those of the function, to any order. On the way back it draws the same
    random numbers as on the way forward: from Python's and NumPy's global generators, from those of `nn.Dropout`, and
    from those among its arguments.

    Parameters
    ----------
    fun : callable
        Of anything, with any structure of nodes as its result. It is called a second time for each backward pass.

    Raises
    ------
    GraphError
        In the backward pass, where the function gives another result the second time: it draws from a generator that it
        was not given, reads what has changed meanwhile, or remembers something. Where it edits a tensor in place that was
        there before.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import Tensor
    >>> deep = checkpoint(lambda x: np.tanh(np.tanh(np.tanh(x))))
    >>> t = Tensor(0.5, requires_grad=True)
    >>> out = deep(t)
    >>> out.parents[0] is t
    True
    >>> out.backward()
    >>> round(t.grad.item(), 4)
    0.5339
    """

    @wraps(fun, updated=())
    def checkpointed(*args: Any, **kwargs: Any) -> Any:
        if not is_grad_enabled() or mode().recorder is not None:
            # Nothing is kept; or the compiler keeps what it needs.
            return fun(*args, **kwargs)
        given = map_leaves(lambda x: x, (args, kwargs))
        states: dict[Any, Any] = {x: _state(x) for x in (random, np.random, *leaves(given)) if _is_generator(x)}
        since = next_order()
        # Of each generator the state from before it is drawn from, and the tensors that are edited in place.
        noting, changed = (states, *drawn.get()), list[Any]()
        out = call_with(drawn, noting, call_with, edited, (changed, *edited.get()), _call, fun, given)
        name = getattr(fun, "__name__", type(fun).__name__)
        for tensor in changed:
            if EDITED.get(tensor).born < since:  # type: ignore[union-attr]
                raise GraphError(
                    f"checkpoint: {name} edits {tensor.label()!r} in place, at {tensor.site}, which "
                    "was there before, and would do so again when it is called on the way back: let it edit a copy (t = t.copy())"
                )
        parts = [x for x in leaves(out) if _is_result(x, since)]
        if not parts or (len(parts) > 1 and not all([isinstance(x, Tensor) for x in parts])):
            return out
        root = _pack(parts)

        def joint(g: Any, out: Any, xs: Sequence[Any]) -> list[Any]:
            since = next_order()
            with enable_grad(), _replay(states):
                results = [x for x in leaves(_call(fun, given)) if _is_result(x, since)]
                root = _pack(results) if results else None
            if root is None or not _alike(get_data(root), get_data(node)):
                raise GraphError(
                    f"checkpoint: {name} gave another result when it was called again on the way back; give the random "
                    "generator that it draws from as an argument, and change nothing that it reads before backward()"
                )
            read = read_node if any([isinstance(x, Node) for x in (g, *xs)]) else get_data
            sums = propagate(root, g, read, lambda *_: None, order=walk(root, since=since))
            return [sums.get(parent) for parent in parents]

        parents, data = sources(root, since), _own(get_data(root))
        read = [get_data(parent) for parent in parents]

        def computed(*operands: Any) -> Any:
            if any([x is not y for x, y in zip(operands, read, strict=True)]):
                raise GraphError(
                    f"checkpoint: {name} is one operation, known for the operands that it was recorded with alone; call it without "
                    "checkpoint"
                )
            return data

        node = apply(Op(name, computed, computed, joint=joint, opaque=True), tuple(parents))
        pieces = iter(_unpack(node, parts) if len(parts) > 1 else [node])
        return map_leaves(lambda x: next(pieces) if _is_result(x, since) else x, out)

    return checkpointed


def _call(fun: Callable[..., Any], given: Any) -> Any:
    args, kwargs = map_leaves(lambda x: x, given)
    return call_inside(fun, args, kwargs, {x for x in leaves(given) if isinstance(x, Node)})


def _is_result(x: Any, since: int) -> bool:
    """Whether a node was computed since then; what went through as it is stays what it is."""
    return isinstance(x, (Tensor, Value)) and x.needs_grad and x.op is not None and x.order >= since


def _pack(parts: Sequence[Any]) -> Any:
    return parts[0] if len(parts) == 1 else concatenate([reshape(part, -1) for part in parts])


def _unpack(packed: Any, parts: Sequence[Tensor]) -> list[Any]:
    found, start = [], 0
    for part in parts:
        size = math.prod(part.shape)
        piece = reshape(basic(packed, (slice(start, start + size),)), part.shape)
        found.append(piece if piece.dtype == part.dtype else astype(piece, part.dtype))
        start += size
    return found


def _own(data: Any) -> Any:
    """Memory that no operand has."""
    return data.copy() if isinstance(data, np.ndarray) and data.base is not None else data


def _alike(x: Any, y: Any) -> bool:
    """Whether two results are the same but for rounding."""
    if np.shape(x) != np.shape(y):
        return False
    x, y = np.asarray(x), np.asarray(y)
    size = np.abs(y[np.isfinite(y)]).max(initial=0.0)
    return np.allclose(x, y, rtol=0.0, atol=float(size * np.sqrt(np.finfo(y.dtype).eps)), equal_nan=True)


def _is_generator(x: Any) -> bool:
    return x is random or x is np.random or isinstance(x, (np.random.Generator, np.random.RandomState, random.Random))


def _state(generator: Any) -> Any:
    if isinstance(generator, np.random.Generator):
        return generator.bit_generator.state
    return generator.get_state() if hasattr(generator, "get_state") else generator.getstate()


def _set_state(generator: Any, state: Any) -> None:
    if isinstance(generator, np.random.Generator):
        generator.bit_generator.state = state
    elif hasattr(generator, "set_state"):
        generator.set_state(state)
    else:
        generator.setstate(state)


@contextmanager
def _replay(states: dict[Any, Any]) -> Iterator[None]:
    """Draw the same random numbers again, and leave no trace of it."""
    now = {generator: _state(generator) for generator in states}
    try:
        with observing():
            # The first last: several may be one and the same behind.
            for generator, state in reversed(states.items()):
                _set_state(generator, state)
            yield
    finally:
        for generator, state in now.items():
            _set_state(generator, state)
