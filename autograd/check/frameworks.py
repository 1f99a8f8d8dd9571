"""Functions of PyTorch and JAX as functions of arrays, with the gradient that their framework computes, so that it is checked.

The frameworks are imported by whoever calls with what is theirs; this file imports none by itself.
"""

from __future__ import annotations

import copy
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import wraps
from typing import Any

import numpy as np

from autograd.errors import OperandError
from autograd.graph.tree import leaves, map_leaves, rebuild


def of_framework(fn: Any, inputs: Sequence[Any], kwargs: Mapping[str, Any], seed: int = 0) -> FrameworkFunction | None:
    """A function of PyTorch or JAX with its arguments; None for any other.

    Parameters
    ----------
    fn : callable
        A function, a `torch.nn.Module` or a class of `torch.autograd.Function`.
    inputs : sequence
        Its arguments: tensors or arrays of the framework, and structures of them. All else is passed on.
    kwargs : mapping
        Passed on.
    seed : int
        Of the weights with which the elements of a result are added up.
    """
    torch, jax = sys.modules.get("torch"), sys.modules.get("jax")
    given = leaves(list(inputs))
    if torch is not None and (_is_of_torch(fn, torch) or any([isinstance(x, torch.Tensor) for x in given])):
        return _OfTorch(fn, inputs, kwargs, seed, torch)
    if jax is not None and (type(fn).__module__.startswith("jax") or any([isinstance(x, jax.Array) for x in given])):
        return _OfJax(fn, inputs, kwargs, seed, jax)
    return None


def _is_of_torch(fn: Any, torch: Any) -> bool:
    return isinstance(fn, torch.nn.Module) or (isinstance(fn, type) and issubclass(fn, torch.autograd.Function))


class _Fixed:
    """An argument by which nothing is differentiated, such that nothing looks into it."""

    def __init__(self, value: Any) -> None:
        self.value = value


class FrameworkFunction(ABC):
    """A function of a framework, and its arguments, as a function of arrays of float64 or complex numbers.

    Attributes
    ----------
    inputs : list
        The arguments as the framework's; for a module one more, its parameters by name.
    """

    name: str

    def __init__(self, fn: Any, inputs: Sequence[Any], kwargs: Mapping[str, Any], seed: int) -> None:
        self.kwargs, self.seed = dict(kwargs), seed
        self.call, self.inputs = fn, list(inputs)
        self.weights: list[Any] | None = None

    @property
    def arrays(self) -> list[Any]:
        """The arguments for `function` and `gradient`."""
        return list(map_leaves(lambda x: self.array(x) if self.is_theirs(x) else _Fixed(x), self.inputs))

    @property
    def function(self) -> Callable[..., float]:
        """Of arrays; gives one number. It has the name and the arguments of the framework's."""

        @wraps(self.shown)
        def function(*args: Any) -> float:
            with self.in_double():
                return self.number(self.total(*self._in_framework(args)))

        return function

    def gradient(self, *args: Any) -> tuple[Any, ...]:
        """The framework's own gradient, in the structure of the arrays."""
        with self.in_double():
            chosen = self._in_framework(args)
            found = iter(self.slopes(chosen))
            sent = [self.ours(next(found)) if self.moves(x) else np.zeros(np.shape(x)) for x in leaves(chosen)]
        return tuple(rebuild(list(args), iter(sent)))

    @abstractmethod
    def differentiate(self, seed: int) -> FrameworkFunction:
        """The gradient as a function of the framework, which can differentiate that itself."""

    def in_double(self) -> AbstractContextManager[Any]:
        """Where the framework computes in double precision."""
        return nullcontext()

    def _in_framework(self, args: Sequence[Any]) -> list[Any]:
        return list(map_leaves(lambda x: x.value if isinstance(x, _Fixed) else self.theirs(x), list(args)))

    @property
    def shown(self) -> Any:
        """Whose name and arguments a report tells."""
        return self.call

    def total(self, *args: Any) -> Any:
        """The weighted sum of all elements of the result, real."""
        parts = self.parts_of(self.call(*args, **self.kwargs))
        if self.weights is None:
            rng = np.random.default_rng(self.seed)
            alone = len(parts) == 1 and not np.prod(tuple(parts[0].shape), dtype=int) > 1
            self.weights = [np.ones(tuple(p.shape)) if alone else rng.uniform(0.5, 1.5, tuple(p.shape)) for p in parts]
        return sum(self.weigh(p, w) for p, w in zip(parts, self.weights, strict=True))

    def parts_of(self, out: Any) -> list[Any]:
        """The tensors or arrays of a result."""
        parts = [part for part in leaves(out) if self.is_theirs(part)]
        if not parts:
            raise OperandError(
                f"check_gradients: the function gave no {self.name}, and its gradient cannot be asked for"
            )
        return parts

    @abstractmethod
    def is_theirs(self, x: Any) -> bool:
        """Whether it is a tensor or an array of the framework."""

    @abstractmethod
    def theirs(self, x: Any) -> Any:
        """An array as the framework has it; a leaf to differentiate with respect to, where it can be."""

    @abstractmethod
    def array(self, x: Any) -> Any:
        """What the framework holds, in double precision."""

    @abstractmethod
    def ours(self, x: Any) -> Any:
        """A gradient of the framework, in our convention for complex numbers."""

    @abstractmethod
    def number(self, x: Any) -> float:
        """The number of a result."""

    @abstractmethod
    def weigh(self, part: Any, weights: Any) -> Any:
        """The sum of the elements of a part, each with its weight, real."""

    @abstractmethod
    def moves(self, x: Any) -> bool:
        """Whether a derivative with respect to it is asked for."""

    @abstractmethod
    def slopes(self, args: Sequence[Any], create_graph: bool = False) -> list[Any]:
        """The derivatives of the total by what moves."""


class _OfTorch(FrameworkFunction):
    name = "tensor of PyTorch"

    def __init__(self, fn: Any, inputs: Sequence[Any], kwargs: Mapping[str, Any], seed: int, torch: Any) -> None:
        super().__init__(fn, inputs, kwargs, seed)
        self.torch = torch
        if isinstance(fn, type):
            self.call = fn.apply  # type: ignore[attr-defined]
        elif isinstance(fn, torch.nn.Module):
            # A copy, so that nothing is left in the module of the user's.
            self.module = copy.deepcopy(fn).double()
            self.inputs = [*inputs, dict(self.module.named_parameters())]
            self.call = self._call_module

    @property
    def shown(self) -> Any:
        return self.module.forward if hasattr(self, "module") else self.call

    def differentiate(self, seed: int) -> FrameworkFunction:
        inputs = map_leaves(lambda x: self.theirs(self.array(x)) if self.is_theirs(x) else x, self.inputs)
        return _OfTorch(lambda *args: self.slopes(args, create_graph=True), inputs, {}, seed, self.torch)

    def _call_module(self, *args: Any, **kwargs: Any) -> Any:
        *inputs, parameters = args
        buffers = {name: buffer.clone() for name, buffer in self.module.named_buffers()}
        return self.torch.func.functional_call(self.module, {**parameters, **buffers}, tuple(inputs), kwargs)

    def is_theirs(self, x: Any) -> bool:
        return isinstance(x, self.torch.Tensor)

    def array(self, x: Any) -> Any:
        array = x.detach().cpu().resolve_conj().resolve_neg().numpy(force=True).copy()
        return array.astype(complex if array.dtype.kind == "c" else float) if array.dtype.kind in "fc" else array

    def theirs(self, x: Any) -> Any:
        tensor = self.torch.tensor(np.asarray(x))
        return tensor.requires_grad_() if self.moves(tensor) else tensor

    def ours(self, x: Any) -> Any:
        # PyTorch's gradients by complex numbers are conjugated.
        return np.conj(x.detach().resolve_conj().resolve_neg().numpy(force=True))

    def number(self, x: Any) -> float:
        return float(x.detach())

    def weigh(self, part: Any, weights: Any) -> Any:
        weighted = (part * self.torch.as_tensor(weights, device=part.device)).sum()
        return weighted.real if weighted.is_complex() else weighted

    def moves(self, x: Any) -> bool:
        return bool(self.is_theirs(x) and (x.is_floating_point() or x.is_complex()) and x.numel())

    def slopes(self, args: Sequence[Any], create_graph: bool = False) -> list[Any]:
        wanted = [x for x in leaves(list(args)) if self.moves(x)]
        with self.torch.enable_grad():
            total = self.total(*args)
            if not total.requires_grad:
                return [self.torch.zeros_like(x) for x in wanted]
            found = self.torch.autograd.grad(total, wanted, create_graph=create_graph, allow_unused=True)
        return [self.torch.zeros_like(x) if g is None else g for g, x in zip(found, wanted, strict=True)]


class _OfJax(FrameworkFunction):
    name = "array of JAX"

    def __init__(self, fn: Any, inputs: Sequence[Any], kwargs: Mapping[str, Any], seed: int, jax: Any) -> None:
        super().__init__(fn, inputs, kwargs, seed)
        self.jax = jax
        # What JAX's function is given it makes arrays of.
        self.inputs = [self.theirs(x) if isinstance(x, (float, complex, np.ndarray)) else x for x in inputs]

    def in_double(self) -> AbstractContextManager[Any]:
        return self.jax.enable_x64(True)

    def differentiate(self, seed: int) -> FrameworkFunction:
        with self.in_double():
            inputs = map_leaves(lambda x: self.theirs(self.array(x)) if self.is_theirs(x) else x, self.inputs)
        return _OfJax(lambda *args: self.slopes(args), inputs, {}, seed, self.jax)

    def is_theirs(self, x: Any) -> bool:
        return isinstance(x, self.jax.Array)

    def array(self, x: Any) -> Any:
        array = np.array(x)
        return array.astype(complex if array.dtype.kind == "c" else float) if array.dtype.kind in "fc" else array

    def theirs(self, x: Any) -> Any:
        with self.in_double():
            return self.jax.numpy.asarray(x)

    def ours(self, x: Any) -> Any:
        return np.array(x)

    def number(self, x: Any) -> float:
        return float(x)

    def weigh(self, part: Any, weights: Any) -> Any:
        return self.jax.numpy.real((part * weights).sum())

    def moves(self, x: Any) -> bool:
        return self.is_theirs(x) and np.dtype(x.dtype).kind in "fc" and bool(x.size)

    def slopes(self, args: Sequence[Any], create_graph: bool = False) -> list[Any]:
        every = leaves(list(args))
        places = [i for i, x in enumerate(every) if self.moves(x)]

        def total(*moving: Any) -> Any:
            filled = list(every)
            for place, x in zip(places, moving, strict=True):
                filled[place] = x
            return self.total(*rebuild(list(args), iter(filled)))

        return list(self.jax.grad(total, tuple(range(len(places))))(*(every[i] for i in places)))
