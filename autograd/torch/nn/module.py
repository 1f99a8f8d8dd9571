"""`Module` in PyTorch's words: what it holds are tensors of this dialect."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import wraps
from inspect import signature
from typing import Any, Self

import numpy as np

import nn
from autograd.engine import tensor as engine
from autograd.errors import AutogradError, OperandError, ShapeError, type_name
from autograd.graph.node import raw
from autograd.torch.device import check_device
from autograd.torch.dtypes import as_dtype, get_default_dtype
from autograd.torch.errors import as_runtime_error
from autograd.torch.generator import LayerSource
from autograd.torch.nn.beside import words_of
from autograd.torch.nn.parameter import Parameter
from autograd.torch.printing import dtype_of
from autograd.torch.tensor import Tensor, as_face
from nn.state import state_of


def _is_foreign(given: Any) -> bool:
    """Whether this is an array, or a tensor without the dialect's methods."""
    return isinstance(given, np.ndarray) or type(given) is engine.Tensor


def _as_faces(given: Any) -> Any:
    """Arrays among arguments, also in tuples, lists and dicts, as tensors of this dialect; all else as it is."""
    if _is_foreign(given):
        return as_face(given)
    if type(given) in (tuple, list) and any(map(_holds_foreign, given)):
        return type(given)(_as_faces(part) for part in given)
    if type(given) is dict and any(map(_holds_foreign, given.values())):
        return {key: _as_faces(part) for key, part in given.items()}
    return given


def _holds_foreign(given: Any) -> bool:
    if type(given) in (tuple, list, dict):
        return any(map(_holds_foreign, given.values() if type(given) is dict else given))
    return _is_foreign(given)


class Module(nn.Module):
    """A function with parameters, in PyTorch's words; a subclass assigns them in `__init__` and computes in `forward`.

    Examples
    --------
    >>> import autograd.torch as torch
    >>> from autograd.torch import nn
    >>> class Scale(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.factor = nn.Parameter(torch.tensor(2.0))
    ...     def forward(self, x):
    ...         return x * self.factor
    >>> Scale()(torch.tensor([1.0, 2.0]))
    tensor([2., 4.], grad_fn=<MulBackward0>)
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, nn.Parameter):
            as_parameter(value)
        elif isinstance(value, nn.Module):
            adopt(value)
        super().__setattr__(name, value)

    def __getattr__(self, name: str) -> Any:
        near = f"{type(self).__name__!r} object has no attribute {name!r}"
        if "_modules" not in self.__dict__:
            near += ": super().__init__() must be called first"
        raise AttributeError(near)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        # `nn.fit` and its kin give arrays, and `forward` is written for tensors of this dialect.
        args, kwargs = _as_faces(args), _as_faces(kwargs)
        try:
            return super().__call__(*args, **kwargs)
        except AutogradError as error:
            as_runtime_error(error)
            raise

    def _as_buffer(self, name: str, given: Any) -> Any:
        if not isinstance(given, (engine.Tensor, np.ndarray, type(None))):
            raise TypeError(f"cannot assign {type_name(given)} as buffer {name!r} (torch Tensor or None required)")
        kept = super()._as_buffer(name, given)
        return kept if kept is None else as_face(kept)

    def register_backward_hook(self, hook: Callable[..., Any]) -> Any:
        """PyTorch's older name for `register_full_backward_hook`."""
        return self.register_full_backward_hook(hook)

    def state_dict(self, *args: Any, prefix: str = "", **ignored: Any) -> Any:
        """All parameters and persistent buffers by their paths, as tensors of the same memory, as in PyTorch."""
        return OrderedDict((f"{prefix}{name}", as_face(np.asarray(raw(x)))) for name, x in state_of(self).items())

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False) -> Any:
        """Copy tensors into the parameters and the buffers; lazy layers learn the lengths of their inputs."""
        for path, part in self.named_modules():
            if isinstance(part, Module):
                part.learn_from_state(state_dict, f"{path}." if path else "")
        try:
            return super().load_state_dict({name: raw(x) for name, x in state_dict.items()}, strict)
        except ValueError as error:
            raise as_runtime_error(ShapeError(str(error))) from error

    def learn_from_state(self, state: Mapping[str, Any], prefix: str) -> None:
        """Learn from what is to be loaded, by its names after a prefix, what is not known yet: nothing but in lazy layers."""

    def type(self, dst_type: Any) -> Self:
        """Everything in a dtype, or in that of a class or a name such as `torch.DoubleTensor`."""
        return self.to(dtype_of(dst_type))

    def float(self) -> Self:
        """Everything in float32."""
        return self.to(np.float32)

    def half(self) -> Self:
        """Everything in float16."""
        return self.to(np.float16)

    def cpu(self) -> Self:
        """The module itself, which is on the CPU."""
        return self

    def cuda(self, *args: Any) -> Self:
        """Refused: there is no such device here."""
        check_device("cuda")
        return self


def as_parameter(parameter: Any) -> Any:
    """A parameter of `nn` as one of this dialect: the same object in other words."""
    if not isinstance(parameter, Tensor):
        parameter.__class__ = Parameter
    return parameter


def adopt(module: nn.Module) -> nn.Module:
    """A module of `nn`, and all below it, as modules of this dialect: the same objects in other words."""
    for part in module.modules():
        if not isinstance(part, Module):
            for parameter in part.structure().parameters.values():
                as_parameter(parameter)
            part.__class__ = in_dialect(type(part))
            for name, buffer in part.structure().buffers.items():
                setattr(part, name, buffer)
    return module


# The classes of this dialect by those of `nn`, so that each is one.
_IN_DIALECT: dict[Any, type[Module]] = {nn.Module: Module}


def in_dialect(layer: Any) -> type[Module]:
    """The class of a layer of `nn` in this dialect: it draws its first weights from PyTorch's generator."""
    if layer not in _IN_DIALECT:
        _IN_DIALECT[layer] = layer if issubclass(layer, Module) else _made(layer)
    return _IN_DIALECT[layer]


def _made(layer: Any) -> type[Module]:
    taken, words = signature(layer.__init__).parameters, words_of(layer)
    usual = words.get("reset_parameters")

    @wraps(layer.__init__)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807 - the class's own
        options = read_options(layer.__name__, taken, kwargs, args)
        # As in PyTorch, a subclass with a `reset_parameters` of its own fills the weights, and no others are drawn.
        own = usual is not None and type(self).reset_parameters is not usual
        layer.__init__(self, *args, **{**options, "rng": 0} if own and "rng" in taken else options)
        if own:
            self.reset_parameters()

    return type(
        layer.__name__,
        (layer, Module),
        {
            "__init__": __init__,
            "__doc__": f"`nn.{layer.__name__}` in PyTorch's words; see there.",
            "__module__": "autograd.torch.nn",
            **words,
        },
    )


# What PyTorch's layers take and does nothing here.
_NOTHING = ("inplace", "device")


def read_options(
    name: str, taken: Mapping[str, Any], given: dict[str, Any], args: tuple[Any, ...] = ()
) -> dict[str, Any]:
    """The keywords of a layer or a function of PyTorch's in those of `nn`."""
    check_device(given.get("device"))
    options = {key: value for key, value in given.items() if key not in _NOTHING or key in taken}
    if "dtype" in taken and len(args) <= list(taken).index("dtype") - 1 and taken["dtype"].default is not None:
        options["dtype"] = as_dtype(given.get("dtype")) or get_default_dtype()
    elif options.get("dtype") is not None and "dtype" in taken:
        options["dtype"] = as_dtype(options["dtype"])
    else:
        options.pop("dtype", None)
    if "rng" in taken and "rng" not in options:
        options["rng"] = LayerSource(options.get("dtype"))
    many = any(p.kind is p.VAR_KEYWORD for p in taken.values())
    for key in options:
        if key not in taken and not many:
            raise OperandError(
                f"torch.nn.{name}: PyTorch's argument {key!r} is not here; there are {', '.join(list(taken)[1:])}"
            )
    return options


def as_result(found: Any) -> Any:
    """What a function of `nn` gives, in this dialect."""
    if isinstance(found, tuple):
        parts = [as_result(part) for part in found]
        return type(found)(*parts) if hasattr(found, "_fields") else tuple(parts)
    return as_face(found) if isinstance(found, (engine.Tensor, np.ndarray)) else found


def of_nn(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of `nn` as one of this dialect: it draws from PyTorch's generator, and gives tensors."""
    taken = signature(function).parameters

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return as_result(function(*args, **read_options(function.__name__, taken, kwargs, ("self", *args))))
        except AutogradError as error:
            as_runtime_error(error)
            raise

    return call
