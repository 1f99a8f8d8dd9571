"""What PyTorch's `backward` and `autograd.grad` do beyond the engine's: chosen inputs, recorded passes, kept gradients."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd.engine import tensor as engine
from autograd.engine.backward import RECORDED, RETAINED, sum_of
from autograd.engine.pulling import pull
from autograd.engine.reverse import walk
from autograd.errors import AutogradError, GraphError, InPlaceError, OperandError, ShapeError, type_name
from autograd.graph.modes import mode
from autograd.graph.node import GRADIENTS, Node, get_data, get_grad, raw, set_grad
from autograd.torch.errors import as_runtime_error


@contextmanager
def told_in_pytorchs_words() -> Iterator[None]:
    """Errors of a pass with the words by which PyTorch's users look for them."""
    try:
        yield
    except InPlaceError as error:
        error.args = (
            f"one of the variables needed for gradient computation has been modified by an inplace operation: {error}",
        )
        raise
    except AutogradError as error:
        raise as_runtime_error(error)  # noqa: B904 - it is the same one


def recorded_gradient(tensor: Any) -> Any:
    """The `.grad` of a tensor as a node with a past; None where it has none."""
    found = RECORDED.get(tensor) if RECORDED.held else None
    return found[1] if found is not None and found[0] is get_grad(tensor) else None


def retain(tensor: Any) -> None:
    """Keep the gradient of an intermediate result from now on."""
    if tensor.op is not None:
        RETAINED[tensor] = True


def is_retained(tensor: Any) -> bool:
    """Whether its gradient is kept though an operation made it."""
    return tensor in RETAINED


def as_list(what: str, given: Any) -> list[Any]:
    """One tensor, or several."""
    found = [given] if isinstance(given, Node) else list(given)
    for x in found:
        if not isinstance(x, engine.Tensor):
            raise OperandError(f"{what}: a tensor or a sequence of them, not {type_name(x)}")
    return found


def _seeds(what: str, outputs: Sequence[Any], gradients: Sequence[Any]) -> list[Any]:
    if len(gradients) != len(outputs):
        raise ShapeError(f"{what}: {len(gradients)} gradients for {len(outputs)} outputs: give one for each, or None")
    found = []
    for output, gradient in zip(outputs, gradients, strict=True):
        if not output.needs_grad:
            raise GraphError(
                f"{what}: {output.label()!r} does not require grad and has no grad_fn: no operand of it does, or it was made "
                "under no_grad or detached"
            )
        data = get_data(output)
        if gradient is None:
            if data.size != 1:
                raise GraphError(
                    f"{what}: grad can be implicitly created only for scalar outputs, and {output.label()!r} has shape "
                    f"{data.shape}: reduce it, or give grad_outputs"
                )
            gradient = np.ones(data.shape, data.dtype)
        else:
            check_gradient_shape(what, output, gradient)
        found.append(gradient)
    return found


def check_gradient_shape(what: str, output: Any, gradient: Any) -> None:
    """Refuse what would have to be broadcast to the output that it arrives at."""
    given, wanted = np.shape(raw(gradient)), get_data(output).shape
    if given != wanted:
        raise as_runtime_error(
            ShapeError(f"{what}: Mismatch in shape: a gradient of shape {given} for an output of shape {wanted}")
        )


def derivatives(
    what: str, outputs: Sequence[Any], inputs: Sequence[Any], gradients: Sequence[Any], create_graph: bool
) -> list[Any]:
    """The derivative of the sum of the outputs, each times its gradient, by each input; None where there is no way to it."""
    with told_in_pytorchs_words():
        return pull(outputs, _seeds(what, outputs, gradients), inputs, record=create_graph)


def accumulate(outputs: Any, gradients: Sequence[Any], inputs: Any, *, create_graph: bool) -> None:
    """Add to `.grad` of the inputs, by default of all leaves, and of the intermediates that keep it."""
    if mode().recorder is not None:
        raise GraphError(
            "backward: inputs= and create_graph= are not for compiled functions, which write gradients after each run: take them "
            "with torch.autograd.grad"
        )
    if inputs is None:
        targets = [node for node in walk(*outputs) if node.op is None or node in RETAINED]
    else:
        targets = as_list("backward: inputs", inputs)
        if not targets:
            raise ShapeError("backward: inputs is empty: leave it out, or name the tensors whose .grad shall change")
        for target in targets:
            if not target.needs_grad:
                raise GraphError(f"backward: One of the inputs, {target.label()!r}, does not require grad")
    found = derivatives("backward", outputs, targets, gradients, create_graph)
    for target, g in zip(targets, found, strict=True):
        if g is not None:
            _add(target, g, create_graph)


def _add(target: Any, g: Any, create_graph: bool) -> None:
    with GRADIENTS:
        stored = get_grad(target)
        if create_graph and isinstance(g, Node):
            before = recorded_gradient(target)
            total = g if stored is None else (stored if before is None else before) + g
            held = np.array(get_data(total), get_data(target).dtype)
            set_grad(target, held)
            RECORDED[target] = held, total
        else:
            total = raw(g) if stored is None else sum_of(target, stored, raw(g))
            set_grad(target, total if total is stored else np.array(total, get_data(target).dtype))
