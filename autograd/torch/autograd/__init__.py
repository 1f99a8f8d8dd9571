"""`torch.autograd`: `grad`, `backward`, `Function`, and the modes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.errors import GraphError, ShapeError
from autograd.graph import modes
from autograd.graph.modes import no_grad as _no_grad
from autograd.torch import differentiation
from autograd.torch.autograd import function, functional
from autograd.torch.autograd.function import Function
from autograd.torch.modes import enable_grad, inference_mode, no_grad, set_grad_enabled
from autograd.torch.tensor import Tensor, as_face

__all__ = [
    "Function",
    "Variable",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "function",
    "functional",
    "grad",
    "gradcheck",
    "inference_mode",
    "no_grad",
    "set_detect_anomaly",
    "set_grad_enabled",
]


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Any, ...]:
    """The derivatives of the sum of outputs by inputs, as a tuple; no `.grad` changes.

    Parameters
    ----------
    outputs, inputs : Tensor, or sequence of Tensor
    grad_outputs : Tensor, or sequence of Tensor or None, optional
        What arrives at each output; may be left out for outputs of one element.
    retain_graph : bool, optional
        Taken and not needed: a graph lives until it is dropped.
    create_graph : bool
        Record the pass, so that its results can be differentiated again.
    only_inputs : bool
        True, as in PyTorch: no other `.grad` changes.
    allow_unused : bool, optional
        Give None for an input that no output depends on.
    is_grads_batched : bool
        Refused: write a loop, or autograd.functional.jacobian.
    materialize_grads : bool
        Give zeros for an input that no output depends on.

    Returns
    -------
    tuple of Tensor

    Raises
    ------
    GraphError
        Where an output has several elements and no gradient was given, or an input is not used.

    Examples
    --------
    >>> import autograd.torch as torch
    >>> x = torch.tensor(2.0, requires_grad=True)
    >>> (slope,) = torch.autograd.grad(x ** 3, x, create_graph=True)
    >>> torch.autograd.grad(slope, x)
    (tensor(12.),)
    """
    if not only_inputs:
        raise GraphError(
            "torch.autograd.grad: only_inputs=False is no more: call backward() for the gradients of all leaves"
        )
    if is_grads_batched:
        raise GraphError("torch.autograd.grad: is_grads_batched is not here: write a loop over grad_outputs")
    roots = differentiation.as_list("torch.autograd.grad: outputs", outputs)
    targets = differentiation.as_list("torch.autograd.grad: inputs", inputs)
    if not targets:
        raise ShapeError("torch.autograd.grad requires non-empty inputs")
    for target in targets:
        if not target.needs_grad:
            raise GraphError(
                f"torch.autograd.grad: One of the differentiated Tensors, {target.label()!r}, does not require grad"
            )
    seeds = [grad_outputs] if isinstance(grad_outputs, Tensor) else list(grad_outputs or [None] * len(roots))
    found = differentiation.derivatives("torch.autograd.grad", roots, targets, seeds, create_graph)
    given: list[Any] = []
    for target, g in zip(targets, found, strict=True):
        if g is None and not materialize_grads and not allow_unused:
            raise GraphError(
                f"torch.autograd.grad: One of the differentiated Tensors, {target.label()!r}, appears to not have been used in the "
                "graph: set allow_unused=True if that is meant"
            )
        if g is not None:
            given.append(as_face(g))
        else:
            given.append(as_face(target.detach().numpy() * 0) if materialize_grads else None)
    return tuple(given)


def backward(
    tensors: Any,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Any = None,
) -> None:
    """Add to the `.grad` of every leaf, or of `inputs` alone, the derivative of the sum of tensors."""
    roots = differentiation.as_list("torch.autograd.backward: tensors", tensors)
    seeds = [grad_tensors] if isinstance(grad_tensors, Tensor) else list(grad_tensors or [None] * len(roots))
    differentiation.accumulate(roots, seeds, inputs, create_graph=create_graph)


def Variable(data: Any, requires_grad: bool = False) -> Any:  # noqa: N802 - PyTorch's name
    """A tensor, as code from before 2018 writes it."""
    return data.detach().requires_grad_(requires_grad)


def set_detect_anomaly(mode: bool, check_nan: bool = True) -> Any:
    """A block in which the first NaN or infinity is an error: `with torch.autograd.set_detect_anomaly(True)`."""
    return detect_anomaly(check_nan) if mode else _Nothing()


def detect_anomaly(check_nan: bool = True) -> Any:
    """A block in which the first NaN or infinity is an error, and with `check_nan=False` none."""
    return modes.detect_anomaly() if check_nan else _Nothing()


class _Nothing:
    def __enter__(self) -> None: ...

    def __exit__(self, *exception: object) -> None: ...


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    **ignored: Any,
) -> bool:
    """Compare the derivatives of a function with differences of it; `autograd.check` tells more."""
    arguments = tuple(inputs) if isinstance(inputs, (tuple, list)) else (inputs,)
    asked = [i for i, x in enumerate(arguments) if isinstance(x, Tensor) and x.needs_grad]
    if not asked:
        raise ShapeError(
            "gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True"
        )
    analytical = functional.jacobians(func, arguments, asked)
    with _no_grad():
        numerical = functional.differences(func, arguments, asked, eps)
    for rows, other in zip(analytical, numerical, strict=True):
        for i, (a, n) in enumerate(zip(rows, other, strict=True)):
            worst = functional.excess(a, n, rtol, atol)
            if worst is not None:
                if raise_exception:
                    raise GraphError(
                        f"Jacobian mismatch for input {asked[i]}: derivative {worst[0]:g} and difference {worst[1]:g}; "
                        "autograd.check.check_gradients says where and why"
                    )
                return False
    return True
