"""`autograd.Function`: an operation of a user's with a backward of its own, in PyTorch's form."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from typing import Any
from warnings import warn

import numpy as np

from autograd.engine import tensor as engine
from autograd.errors import GraphError, OperandError
from autograd.graph.modes import is_grad_enabled, mode, no_grad
from autograd.graph.node import Node, get_data, raw
from autograd.graph.op import Op
from autograd.ops.joining import concatenate
from autograd.torch.tensor import as_face, record, wrap


class Context:
    """What `forward` leaves for `backward`: `save_for_backward`, `saved_tensors`, and attributes of the user's.

    Attributes
    ----------
    needs_input_grad : tuple of bool
        For each argument of `forward`, whether it asks for a gradient.
    """

    def __init__(self, needs_input_grad: tuple[bool, ...]) -> None:
        self.needs_input_grad = needs_input_grad
        self._saved: tuple[Any, ...] = ()
        self._constant: set[int] = set()
        self._materialize = True

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep tensors for the backward pass."""
        for x in tensors:
            if x is not None and not isinstance(x, Node):
                raise OperandError(
                    f"save_for_backward can only save tensors, not {type(x).__name__}: keep other things as attributes of ctx"
                )
        self._saved = tensors

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What `save_for_backward` kept."""
        return self._saved

    @property
    def saved_variables(self) -> tuple[Any, ...]:
        """`saved_tensors` by its name of before 2018."""
        warn("'saved_variables' is deprecated; use 'saved_tensors'", DeprecationWarning, stacklevel=2)
        return self._saved

    def mark_non_differentiable(self, *tensors: Any) -> None:
        """Say which results are constants."""
        self._constant |= {id(x) for x in tensors}

    def mark_dirty(self, *tensors: Any) -> None:
        """Refused: a forward here gives new tensors."""
        raise OperandError("ctx.mark_dirty: a forward that edits its input in place is not here: return a new tensor")

    def set_materialize_grads(self, value: bool) -> None:
        """Whether a result that no gradient arrives at gets zeros, and not None."""
        self._materialize = value


class Function:
    """The base class of operations with a backward of their own; a subclass has static `forward` and `backward`.

    Examples
    --------
    >>> import autograd.torch as torch
    >>> class Cube(torch.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x ** 3
    ...     @staticmethod
    ...     def backward(ctx, upstream):
    ...         (x,) = ctx.saved_tensors
    ...         return upstream * 3 * x ** 2
    >>> x = torch.tensor(2.0, requires_grad=True)
    >>> Cube.apply(x).backward()
    >>> x.grad
    tensor(12.)
    """

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Compute, on tensors, with nothing recorded; a subclass defines it."""
        raise NotImplementedError("a torch.autograd.Function needs a static method forward(ctx, *args)")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """From the gradients of the results those of the arguments; a subclass defines it."""
        raise NotImplementedError("a torch.autograd.Function needs a static method backward(ctx, *grad_outputs)")

    setup_context: Callable[..., Any] | None = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Refused: what was an instance's call before 2018 is the class's `apply`."""
        raise OperandError(
            f"{type(self).__name__}: Legacy autograd function with non-static forward method is deprecated: write static "
            f"methods, and {type(self).__name__}.apply(…)"
        )

    @classmethod
    def apply(cls, *args: Any) -> Any:
        """Call `forward`, and record it as one operation."""
        operands = [x for x in args if isinstance(x, engine.Tensor)]
        ctx = Context(tuple(isinstance(x, engine.Tensor) and x.needs_grad for x in args))
        with no_grad():
            if cls.setup_context is None:
                made = cls.forward(ctx, *args)
            else:
                made = cls.forward(*args)
                cls.setup_context(ctx, args, made)
        several = isinstance(made, tuple)
        results = list(made) if several else [made]
        if not (is_grad_enabled() and any(ctx.needs_input_grad)):
            return made
        followed = [
            i for i, x in enumerate(results)
            if isinstance(x, Node) and id(x) not in ctx._constant and get_data(x).dtype.kind == "f"
        ]  # fmt: skip
        if followed:
            recorded = _record(cls, ctx, args, operands, results, followed)
            # What was saved of the results has a past from now on.
            for i, node in zip(followed, recorded, strict=True):
                results[i] = node
        return tuple(results) if several else results[0]


def _record(
    cls: type[Function], ctx: Context, args: Any, operands: list[Any], results: list[Any], followed: list[int]
) -> list[Any]:
    """The followed results as nodes: one as it is, several as parts of one operation's flat result."""
    made = [results[i] for i in followed]
    # What a backward is given for results that no gradient arrives at.
    others = [wrap(np.zeros_like(get_data(x))) if ctx._materialize and isinstance(x, Node) else None for x in results]
    shapes = [get_data(x).shape for x in made]
    alone = len(made) == 1
    ends = np.cumsum([0, *map(math.prod, shapes)])
    own = {id(x): i for i, x in enumerate(made)}
    places = [own.get(id(x)) for x in ctx._saved]
    is_input = [any(x is given for given in args) for x in ctx._saved]
    if any(place is not None and not given for place, given in zip(places, is_input, strict=True)):
        # No reference to the results' own nodes, which hold this operation: each is read from the result of the pass.
        ctx._saved = tuple(
            None if place is not None and not given else x
            for x, place, given in zip(ctx._saved, places, is_input, strict=True)
        )

    def parts(x: Any) -> list[Any]:
        face = as_face(x)
        if alone:
            return [face]
        return [face[start:end].reshape(s) for s, start, end in zip(shapes, ends, ends[1:], strict=False)]

    def rule(g: Any, out: Any, xs: Any, **params: Any) -> list[Any]:
        again = parts(out)
        saved, ctx._saved = (
            ctx._saved,
            tuple(
                again[place] if x is None and place is not None else x
                for x, place in zip(ctx._saved, places, strict=True)
            ),
        )
        try:
            arriving = list(others)
            for place, part in zip(followed, parts(g), strict=True):
                arriving[place] = part
            sent = cls.backward(ctx, *arriving)
        finally:
            ctx._saved = saved
        sent = sent if isinstance(sent, tuple) else (sent,)
        if len(sent) != len(args) and (len(sent) < len(args) or any(s is not None for s in sent[len(args) :])):
            raise GraphError(
                f"{cls.__name__}.backward returned an incorrect number of gradients (expected {len(args)}, got {len(sent)}): one "
                "for each argument of forward, None for what is no tensor"
            )
        chosen = [s for s, x in zip(sent, args, strict=False) if isinstance(x, engine.Tensor)]
        for s, x in zip(chosen, operands, strict=True):
            if s is not None:
                _check_shape(cls, np.shape(raw(s)), np.shape(get_data(x)))
        # In a recorded pass the result is a node, and what arrives may be a constant all the same.
        recorded = isinstance(g, Node) or isinstance(out, Node)
        return [None if s is None else s if recorded else np.asarray(raw(s)) for s in chosen]

    if mode().recorder is None:
        arrays = [np.array(get_data(x)) for x in made]
        whole = arrays[0] if alone else np.concatenate([a.ravel() for a in arrays])
        node = record(Op(cls.__name__, None, lambda *xs: whole, joint=rule, opaque=True), tuple(operands))
    else:
        # Each run, and each example, has numbers of its own: they are one operand more, to which no derivative goes.
        whole = made[0] if alone else concatenate([x.reshape(-1) for x in made])
        with_none = lambda g, out, xs, **params: [*rule(g, out, xs, **params), None]  # noqa: E731
        op = Op(cls.__name__, None, lambda *xs: np.array(xs[-1]), joint=with_none, opaque=True)
        node = record(op, (*operands, whole))
    return [node] if alone else parts(node)


def _check_shape(cls: type[Function], sent: tuple[int, ...], wanted: tuple[int, ...]) -> None:
    """Refuse a gradient that is no gradient of its argument: one of more elements is added up, one of fewer means nothing."""
    fewer = len(sent) < len(wanted) or any(
        n != m and m != 1 for n, m in zip(sent[len(sent) - len(wanted) :], wanted, strict=True)
    )
    if fewer:
        raise GraphError(
            f"Function {cls.__name__}Backward returned an invalid gradient - got {list(sent)} but expected shape compatible with "
            f"{list(wanted)}, that of the argument of forward"
        )


def once_differentiable(backward: Callable[..., Any]) -> Callable[..., Any]:
    """A backward that is not recorded: a second derivative through it is refused."""

    @wraps(backward)
    def unrecorded(ctx: Any, *upstream: Any) -> Any:
        if is_grad_enabled() and any(isinstance(g, Node) and g.needs_grad for g in upstream):
            raise GraphError("trying to differentiate twice a function that was marked with @once_differentiable")
        with no_grad():
            return backward(ctx, *upstream)

    return unrecorded


__all__ = ["Context", "Function", "once_differentiable"]
