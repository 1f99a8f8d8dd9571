"""`from_torch`, `from_jax`, `from_onnx`: a model of another framework as a function on this engine, and its arguments as leaves."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from autograd.bridge import jax_capture, torch_export
from autograd.bridge.bridged import Bridged
from autograd.bridge.onnx_graph import read_program
from autograd.bridge.program import Reference
from autograd.graph.foreign import is_of_jax
from autograd.graph.tree import map_leaves


def from_torch(function: Any, *args: Any, **kwargs: Any) -> Bridged:
    """Capture what a module or a function of PyTorch computes, as a function on this engine.

    It computes what the module does for arguments of these shapes, in its mode of now (`train()` or `eval()`); its nodes carry
    the lines and the module paths of the user's source. The parameters are copies.

    Parameters
    ----------
    function : torch.nn.Module, or callable
    *args, **kwargs
        Examples of the arguments: tensors, structures of them, and settings, which become a part of the program.

    Returns
    -------
    Bridged
        Called with arrays or tensors; has `named_parameters`, `state_dict`, `save`.

    Raises
    ------
    BridgeError
        Where PyTorch cannot capture it.
    MissingTranslationError
        Where an operation has no translation here: the message names it, its line, and how to supply one.

    Examples
    --------
    >>> import torch                                            # doctest: +SKIP
    >>> from autograd import bridge
    >>> model = torch.nn.Linear(3, 1)                           # doctest: +SKIP
    >>> bridged = bridge.from_torch(model, torch.zeros(2, 3))   # doctest: +SKIP
    >>> bridged(torch.zeros(2, 3)).sum().backward()             # doctest: +SKIP
    >>> [name for name, _ in bridged.named_parameters()]        # doctest: +SKIP
    ['weight', 'bias']
    """
    return Bridged(torch_export.capture(function, args, kwargs).program)


def from_jax(function: Any, *args: Any, **kwargs: Any) -> Bridged:
    """Capture what a function of JAX computes, as a function on this engine.

    It computes what the function does for arguments of these shapes; loops and branches (`scan`, `while_loop`, `cond`) go as
    the numbers say. Its nodes carry the lines of the user's source. The derivative of a `jax.custom_vjp` or `custom_jvp`
    function is that of what its forward computes: `audit` compares the two.

    Parameters
    ----------
    function : callable
        Of JAX's arrays; or a model that is a pytree itself, as Equinox's are, whose arrays become parameters.
    *args, **kwargs
        Examples of the arguments: arrays, floats, pytrees of them, and settings (whole numbers, texts, None), which become
        a part of the program.

    Returns
    -------
    Bridged
        Called with arrays or tensors, in the same dicts, lists and tuples; a class that is a pytree is also taken as it is.

    Raises
    ------
    BridgeError
        Where JAX cannot trace it.
    MissingTranslationError
        Where a primitive has no translation here: the message names it, its line, and how to supply one.

    Examples
    --------
    >>> import jax, jax.numpy as jnp                                      # doctest: +SKIP
    >>> from autograd import bridge
    >>> def loss(params, x):
    ...     return jnp.sum(jnp.tanh(x @ params["w"]) ** 2)
    >>> params = {"w": jnp.ones((3, 1))}                                  # doctest: +SKIP
    >>> bridged = bridge.from_jax(loss, params, jnp.ones((2, 3)))         # doctest: +SKIP
    >>> bridged(params, jnp.ones((2, 3)))                                 # doctest: +SKIP
    tensor(1.9803)
    """
    return Bridged(jax_capture.capture(function, args, kwargs).program)


def from_onnx(model: Any, *, parameters: Collection[str] | None = None) -> Bridged:
    """Read an ONNX model as a function on this engine.

    Its nodes carry the lines and module paths of the source where the exporter wrote them down, and else their place in the
    file. Lengths that the model leaves open may vary. Nothing of the file is run; it needs the package `onnx`.

    Parameters
    ----------
    model : path or onnx.ModelProto
        Numbers that lie in files of their own are read from the folder of the model, and from nowhere else.
    parameters : collection of str, optional
        The initializers that are parameters. By default these are all of floating point with an axis and finite numbers;
        the running averages of batch normalization are buffers, and all else is constant.

    Returns
    -------
    Bridged
        Called with arrays or tensors in the order of the inputs; several outputs come as a tuple. In training mode where
        the model was exported so.

    Raises
    ------
    BridgeError
        Where it is no ONNX model, or holds what has no translation.
    MissingTranslationError
        Where an operator has none: the message names it, its node, and how to supply one.

    Examples
    --------
    >>> from autograd import bridge
    >>> model = bridge.from_onnx("net.onnx")                    # doctest: +SKIP
    >>> model(images).sum().backward()                          # doctest: +SKIP
    >>> [name for name, _ in model.named_parameters()]          # doctest: +SKIP
    ['conv.weight', 'conv.bias']
    """
    return Bridged(read_program(model, parameters))


def adopt(
    function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[Bridged, tuple[Any, ...], dict[str, Any]]:
    """A function of another framework as one on this engine, and its arguments as leaves that require their gradients.

    Whatever draws, steps through or explains a function comes here with one of PyTorch's or JAX's; see `autograd.graph.foreign`.
    """
    of_jax = is_of_jax(function, [list(args), dict(kwargs)])
    bridged = (from_jax if of_jax else from_torch)(function, *args, **kwargs)
    values = bridged.values(*args, **kwargs)
    inputs = {leaf.name: values[leaf.name] for leaf in bridged.program.of_kind("input")}
    for tensor in inputs.values():
        if tensor.dtype.kind == "f":
            tensor.requires_grad_()

    def fill(x: Any) -> Any:
        return inputs[x.name] if isinstance(x, Reference) else x

    positional, by_name = bridged.program.arguments
    return bridged, tuple(map_leaves(fill, x) for x in positional), {k: map_leaves(fill, x) for k, x in by_name.items()}
