"""`Subject`: whatever is to be checked, as one number computed from a list of float64 arrays, and its claimed gradient."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from copy import copy
from typing import Any

import numpy as np

from autograd.arguments import argument_names
from autograd.check.parts import gradient_of_parts, of_parts, split
from autograd.engine.forward import jvp
from autograd.engine.reaching import find_reaching
from autograd.engine.reverse import propagate, walk
from autograd.engine.tensor import Tensor
from autograd.engine.transforms import grad as gradient_of
from autograd.engine.value import Value
from autograd.errors import GraphError, type_name
from autograd.graph.modes import enable_grad, no_grad
from autograd.graph.node import Node, get_data, raw
from autograd.graph.op import refuse_masks
from autograd.graph.tree import leaves, rebuild
from autograd.ops.complex_numbers import is_complex
from autograd.ops.reduction import sum as sum_

Arrays = Sequence[np.ndarray]


class Subject:
    """A function with its arguments taken apart, and its results put together into one number.

    Parameters
    ----------
    function : callable
    inputs : sequence
        Its positional arguments: numbers, arrays, Values, Tensors, and nested lists, tuples and dicts of them. Complex ones
        are checked along their real and their imaginary parts. Of other leaves (strings, integer arrays, …) no derivative is asked.
    kwargs : mapping
        Its keyword arguments, likewise, but for whole numbers.
    gradient : callable, optional
        A gradient with respect to the positional arguments; by default the engine's.
    seed : int
        Of the positive weights with which the elements of a result are added up.

    Attributes
    ----------
    arrays : list of numpy.ndarray
        Every differentiable leaf, in float64.
    names : list of str
    of_complex : bool
        Whether there are complex numbers among the arguments.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        inputs: Sequence[Any],
        kwargs: Mapping[str, Any],
        gradient: Callable[..., Any] | None = None,
        seed: int = 0,
    ) -> None:
        for what, called in (("function", function), ("gradient", gradient)):
            if inspect.iscoroutinefunction(called) or inspect.iscoroutinefunction(getattr(called, "__call__", None)):  # noqa: B004 - of any object
                raise TypeError(_COROUTINE.format(what))
        self.of_complex = any([is_complex(raw(leaf)) for leaf in leaves((tuple(inputs), dict(kwargs)))])
        if self.of_complex:
            gradient = None if gradient is None else gradient_of_parts(gradient, tuple(inputs))
            inputs, kwargs = split(tuple(inputs)), split(dict(kwargs))
        if self.of_complex or gradient is None:
            function = of_parts(function)
        self.function, self.gradient = function, gradient
        self.inputs, self.kwargs = tuple(inputs), dict(kwargs)
        self._seed, self._rng = seed, np.random.default_rng(seed)
        self._weights: list[np.ndarray] | None = None
        self._tree: Any = (self.inputs, self.kwargs)
        self._leaves = leaves(self._tree)
        positional = len(leaves(self.inputs))
        given = self._leaves[:positional] if gradient is not None else self._leaves
        refuse_masks("check_gradients", given)
        # A whole number by keyword is an axis or a count.
        self._places = [
            i
            for i, leaf in enumerate(given)
            if _is_differentiable(leaf) and not (i >= positional and isinstance(leaf, int)) and np.size(raw(leaf))
        ]
        if not self._places:
            raise ValueError(
                "check_gradients: there is nothing to differentiate with respect to: give numbers, float arrays, Values or Tensors"
            )
        self.arrays = [np.array(raw(self._leaves[i]), dtype=np.float64) for i in self._places]
        self.names = self._names()
        self.base = self._call(self.arrays, strict=True)
        if not self.base:
            raise ValueError("check_gradients: the function returns nothing: a number or an array was expected")
        self.scalar_result = len(self.base) == 1 and self.base[0].size == 1

    def _names(self) -> list[str]:
        paths: list[str] = []
        for name, argument in zip(argument_names(self.function, len(self.inputs)), self.inputs, strict=True):
            paths += _paths_of(argument, name)
        for key, argument in self.kwargs.items():
            paths += _paths_of(argument, key)
        return [paths[i] for i in self._places]

    def fill(self, values: Sequence[Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Positional and keyword arguments with these in place of the differentiable leaves."""
        # Constants are copied too, so that whoever changes them changes nothing of the caller's.
        given = [leaf.copy() if isinstance(leaf, np.ndarray) else leaf for leaf in self._leaves]
        for place, value in zip(self._places, values, strict=True):
            given[place] = value
        args, kwargs = rebuild(self._tree, iter(given))
        return args, kwargs

    def make_leaves(self, arrays: Arrays) -> list[Any]:
        """The arrays as what the function takes: fresh, so that it may do with them what it wants."""
        found: list[Any] = []
        for place, array in zip(self._places, arrays, strict=True):
            leaf = self._leaves[place]
            if isinstance(leaf, Value):
                found.append(Value(float(array)))
            elif self.gradient is None or isinstance(leaf, Tensor):
                # In the words that it was given in: `a.std()` of a dialect is another number.
                face = leaf.face if isinstance(leaf, Tensor) else Tensor
                found.append(face(np.array(array), requires_grad=True))
            elif isinstance(leaf, np.ndarray):
                found.append(np.array(array))
            else:
                found.append(np.float64(array) if isinstance(leaf, np.generic) else float(array))
        return found

    def _call(self, arrays: Arrays, strict: bool = False) -> list[np.ndarray]:
        args, kwargs = self.fill(self.make_leaves(arrays))
        try:
            with no_grad() if self.gradient is None else nullcontext():
                out = self.function(*args, **kwargs)
        except (ArithmeticError, ValueError):
            if strict:
                raise
            return []
        refuse_coroutine("function", out)
        return [_as_number(part) for part in leaves(out)]

    def value(self, arrays: Arrays) -> float:
        """The weighted sum of all elements of the result; NaN where the function raises as `math.log` does of -1."""
        parts = self._call(arrays)
        if [part.shape for part in parts] != [part.shape for part in self.base]:
            # It raised, or chooses what it returns by the values.
            return float("nan")
        if self.scalar_result:
            return float(parts[0].item())
        return float(sum(np.vdot(w, part) for w, part in zip(self.weights, parts, strict=True)))

    @property
    def weights(self) -> list[np.ndarray]:
        """For every part of the result its weights, positive, so that a kink keeps its orientation."""
        if self._weights is None:
            self._weights = [
                np.ones(part.shape) if self.scalar_result else self._rng.uniform(0.5, 1.5, part.shape)
                for part in self.base
            ]
        return self._weights

    def weigh(self, out: Any) -> Any:
        """The one number of a result of nodes."""
        parts = leaves(out)
        if self.scalar_result and isinstance(parts[0], Node) and np.ndim(get_data(parts[0])) == 0:
            return parts[0]
        terms = [
            part * float(w) if np.ndim(w) == 0 else sum_(part * w) for w, part in zip(self.weights, parts, strict=True)
        ]
        total = terms[0]
        for term in terms[1:]:
            total = total + term
        return total

    def total(self, *values: Any) -> Any:
        """The one number as a function of the differentiable leaves."""
        args, kwargs = self.fill(values)
        return self.weigh(self.function(*args, **kwargs))

    def record(self, arrays: Arrays | None = None) -> tuple[Any, list[Any]]:
        """The graph of one evaluation: its root, and a leaf for each array."""
        given = self.make_leaves(self.arrays if arrays is None else arrays)
        with enable_grad():
            return self.total(*given), given

    def claim(self, arrays: Arrays | None = None) -> list[Any]:
        """The gradient that is checked: for each array what the engine, or the given gradient, says; arrays as they come."""
        arrays = self.arrays if arrays is None else arrays
        given = self.make_leaves(arrays)
        if self.gradient is None:
            found = gradient_of(self.total, tuple(range(len(given))))(*given)
            return [np.asarray(raw(g)) for g in found]
        args, kwargs = self.fill(given)
        claimed = self.gradient(*args, **kwargs)
        refuse_coroutine("gradient", claimed)
        refuse_masks("check_gradients, grad", claimed)
        return self.sort_claims(claimed)

    def sort_claims(self, claimed: Any) -> list[Any]:
        """The parts of a given gradient, one for each array; for results of many elements, weighted like the value."""
        if len(self.inputs) == 1:
            alone = isinstance(claimed, (tuple, list)) and len(claimed) == 1
            structured = isinstance(self.inputs[0], (tuple, list, dict))
            if isinstance(claimed, (tuple, list)) and not structured and not alone:
                claimed = np.asarray(claimed)
            if structured or not alone:
                claimed = (claimed,)
        elif len(self.inputs) > 1 and not isinstance(claimed, (tuple, list)):
            raise ValueError(
                f"check_gradients: the function has {len(self.inputs)} inputs, and its gradient gives one array: it should "
                "give a tuple with a gradient for each (or fix the other inputs with a lambda)"
            )
        parts = leaves(_order_like(claimed, tuple(self.inputs)))
        if len(parts) != len(self.arrays):
            if len(parts) != len(leaves(self.inputs)):
                raise ValueError(
                    f"check_gradients: the gradient has {len(parts)} parts, the inputs have {len(self.arrays)}: "
                    "give one for each, in the same structure"
                )
            parts = [parts[i] for i in self._places]
        return [self._contract(_copy_claim(part), array) for part, array in zip(parts, self.arrays, strict=True)]

    def _contract(self, part: Any, array: np.ndarray) -> Any:
        if self.scalar_result:
            # The Jacobian of a result with one element is the gradient.
            shape = self.base[0].shape
            return part.reshape(array.shape) if shape and part.shape == shape + array.shape else part
        if len(self.base) != 1:
            raise ValueError(
                "check_gradients: a given gradient is checked for a function that returns one number or one array, "
                f"not {len(self.base)}"
            )
        (out,), (weights,) = self.base, self.weights
        if part.shape == out.shape + array.shape:
            return np.tensordot(weights, part, axes=out.ndim)
        if part.shape == array.shape == out.shape:
            return weights * part
        raise ValueError(
            f"check_gradients: for a result of shape {out.shape} the gradient with respect to an input of shape {array.shape} should be "
            f"its Jacobian, of shape {out.shape + array.shape}, or element by element, of shape {array.shape}; it is {part.shape}"
        )

    def move(self, arrays: Arrays) -> Subject:
        """The same subject at another point."""
        twin = copy(self)
        twin.arrays = [np.asarray(a) for a in arrays]
        return twin

    def on_the_engine(self) -> Subject | None:
        """The same function as the engine differentiates it, where it can."""
        if self.gradient is None:
            return self
        try:
            twin = Subject(self.function, self.inputs, self.kwargs, None, self._seed)
            return twin if len(twin.arrays) == len(self.arrays) and twin.record()[0].requires_grad else None
        except Exception:  # whatever code outside the engine does with nodes that it does not expect
            return None

    def differentiate_along(self, directions: Arrays) -> float:
        """The engine's forward mode: the derivative along directions, one for each array."""
        out, slope = jvp(self.total, self.make_leaves(self.arrays), [np.array(d) for d in directions])
        del out
        return float(np.asarray(raw(slope)).item())

    def gradient_subject(self, seed: int) -> Subject:
        """The gradient of this subject as a function to be checked itself: second order."""

        def first(*args: Any, **kwargs: Any) -> Any:
            if self.of_complex:
                args, kwargs = split(args), split(kwargs)
            return list(
                gradient_of(self.total, tuple(range(len(self.arrays))))(*self._differentiable_leaves(args, kwargs))
            )

        subject = Subject(first, self.inputs, self.kwargs, None, seed)
        subject.names = self.names
        return subject

    def _differentiable_leaves(self, args: Any, kwargs: Any) -> list[Any]:
        found = leaves((args, kwargs))
        return [found[i] for i in self._places]

    def complex_value(self, arrays: Sequence[np.ndarray]) -> Any:
        """The one number computed from complex arrays, by functions of real numbers that can."""
        if self.of_complex:
            raise TypeError(
                "functions of complex numbers take no complex step: they need not have a complex derivative"
            )
        numbers = [
            a if a.ndim or isinstance(self._leaves[p], np.ndarray) else a[()]
            for p, a in zip(self._places, arrays, strict=True)
        ]
        args, kwargs = self.fill(numbers)
        parts = [np.asarray(raw(part)) for part in leaves(self.function(*args, **kwargs))]
        return sum(np.vdot(w, part) for w, part in zip(self.weights, parts, strict=True))


class ParameterSubject(Subject):
    """A loss without arguments that reads parameters, such as a model's; their data is moved while it is checked."""

    def __init__(self, loss: Callable[[], Any], named: Sequence[tuple[str, Tensor]], seed: int) -> None:
        self._parameters = [p for _, p in named]

        def function(*values: Any) -> Any:
            for parameter, value in zip(self._parameters, values, strict=True):
                parameter.data = get_data(value)
            out = loss()
            if not isinstance(out, Tensor):
                raise GraphError(f"check_parameters: the loss must be a Tensor, not {type_name(out)}")
            return out

        super().__init__(function, [Tensor(np.array(get_data(p))) for p in self._parameters], {}, None, seed)
        self.names = [name for name, _ in named]

    def record(self, arrays: Arrays | None = None) -> tuple[Any, list[Any]]:
        with enable_grad():
            return self.total(*self.make_leaves(self.arrays if arrays is None else arrays)), self._parameters

    def claim(self, arrays: Arrays | None = None) -> list[Any]:
        root, parameters = self.record(arrays)
        found = {p: np.zeros(p.shape) for p in parameters}
        order = walk(root)
        propagate(
            root,
            np.ones_like(get_data(root)),
            get_data,
            lambda node, g: found.update({node: np.array(g)}) if node in found else None,
            reaching=find_reaching(order, parameters),
            order=order,
        )
        return list(found.values())


def _order_like(claimed: Any, inputs: Any) -> Any:
    """A gradient with its dicts in the order of the inputs' keys."""
    if isinstance(inputs, dict) and isinstance(claimed, dict) and set(inputs) == set(claimed):
        return {key: _order_like(claimed[key], part) for key, part in inputs.items()}
    if isinstance(inputs, (list, tuple)) and isinstance(claimed, (list, tuple)) and len(inputs) == len(claimed):
        return [_order_like(mine, part) for mine, part in zip(claimed, inputs, strict=True)]
    return claimed


def _is_differentiable(leaf: Any) -> bool:
    if isinstance(leaf, Node):
        return isinstance(leaf, Value) or get_data(leaf).dtype.kind == "f"
    if isinstance(leaf, (np.ndarray, np.generic)):
        return leaf.dtype.kind == "f"
    return isinstance(leaf, (int, float)) and not isinstance(leaf, bool)


def _paths_of(tree: Any, path: str) -> list[str]:
    """The name of every leaf, such as `parameters['w'][1]`."""
    if isinstance(tree, dict):
        return [name for key, part in tree.items() for name in _paths_of(part, f"{path}[{key!r}]")]
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return [name for key in tree._fields for name in _paths_of(getattr(tree, key), f"{path}.{key}")]
    if isinstance(tree, (list, tuple)):
        return [name for i, part in enumerate(tree) for name in _paths_of(part, f"{path}[{i}]")]
    return [path]


def _as_number(part: Any) -> np.ndarray:
    array = np.asarray(raw(part))
    if array.dtype.kind == "c":
        raise TypeError(
            "check_gradients: the function returns complex numbers: the gradient that is given is checked of a real function"
        )
    if array.dtype.kind not in "fiub":
        raise TypeError(f"check_gradients: the function returns {type_name(part)}; numbers or arrays were expected")
    return array.astype(np.float64) if array.dtype != np.float64 else array


_COROUTINE = "check_gradients: the {} is a coroutine (async def), which gives nothing before it is awaited; pass a plain function"


def refuse_coroutine(what: str, found: Any) -> None:
    """Raise where a function gave a coroutine, which Python would warn of later."""
    if inspect.iscoroutine(found):
        found.close()
        raise TypeError(_COROUTINE.format(what))


def _copy_claim(part: Any) -> Any:
    """A part of a given gradient with its own memory and dtype, so that aliases can be seen."""
    array = raw(part)
    array = array if isinstance(array, np.ndarray) else np.asarray(array)
    if array.dtype.kind not in "fiubc":
        raise TypeError(f"check_gradients: the gradient gives {type_name(part)}; numbers or arrays were expected")
    return array
