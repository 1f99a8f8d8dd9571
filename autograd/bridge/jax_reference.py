"""What JAX itself computes for a step of a captured program, and its own derivative of that step alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np

from autograd.bridge.errors import framework_errors
from autograd.bridge.framework_reference import FrameworkReference
from autograd.bridge.jax_capture import JaxCapture
from autograd.bridge.program import Operation, Program, Reference
from autograd.bridge.running import compute
from autograd.bridge.steps import Step
from autograd.bridge.unrolling import Unrolled
from autograd.graph.modes import no_grad
from autograd.graph.node import Node, get_data
from autograd.graph.tree import map_leaves
from autograd.torch.tensor import as_face

# Of a symmetric matrix JAX and this engine read, and give a gradient to, another triangle: as parts of a whole they agree.
OF_ONE_TRIANGLE = ("jax.cholesky", "jax.eigh")


class JaxReference(FrameworkReference):
    """JAX's own values and derivatives of a captured program whose loops are taken apart.

    Parameters
    ----------
    captured : JaxCapture
    unrolled : Unrolled
    """

    framework = "JAX"

    def __init__(self, captured: JaxCapture, unrolled: Unrolled) -> None:
        self.jax: Any = import_module("jax")
        self.captured, self.unrolled = captured, unrolled

    def draws(self, operation: Operation) -> bool:
        """Whether an operation draws random numbers: JAX's come from keys that are arguments, and are the same."""
        return False

    def compares(self, step: Step) -> bool:
        """Whether JAX has an equation for a step that means the same alone; what the taking apart of a loop adds has none."""
        if step.call is None and step.operations[0].call in OF_ONE_TRIANGLE:
            return False
        return step.call is not None or self._equation(step.operations[0]) is not None

    def custom_name(self, call: int) -> str:
        """The name of a custom function; empty for one of JAX's own."""
        made = self.captured.calls[self.unrolled.calls[call]]
        return "" if made.own else made.name

    def describe(self, step: Step) -> str:
        """What a derivative of this step is called, and where it is written."""
        if step.call is None:
            return step.operations[0].call
        return self.captured.calls[self.unrolled.calls[step.call]].derivative

    def _equation(self, operation: Operation) -> Any:
        return self.captured.equations.get(self.unrolled.origins.get(operation.name, operation.name))

    def run(self, step: Step, operands: Mapping[str, Any], constants: Mapping[str, Any]) -> Any:
        """The result of a step; arrays in, arrays out."""
        if not self.compares(step):
            return self._ours(step.operations[0], {**operands, **constants})
        function, names = self._function(step, constants)
        return _arrays(function(*(self._to_jax(operands[name]) for name in names)))

    def _ours(self, operation: Operation, held: Mapping[str, Any]) -> Any:
        def fill(x: Any) -> Any:
            return map_leaves(_as_tensor, held[x.name]) if isinstance(x, Reference) else x

        with no_grad():
            return _arrays(compute(operation, fill))

    def _to_jax(self, x: Any) -> Any:
        return map_leaves(lambda part: self.jax.numpy.asarray(part), x)

    def _function(self, step: Step, constants: Mapping[str, Any]) -> tuple[Callable[..., Any], list[str]]:
        """A step as a function of those of its operands that move, and their names."""
        if step.call is not None:
            equation, several = self.captured.calls[self.unrolled.calls[step.call]].equation, True
            wanted: Sequence[Any] = step.operations[0].args[0]
        else:
            operation = step.operations[0]
            equation, wanted = self._equation(operation), operation.args
            # A function of JAX's own with one result is one operation here, and gives no list.
            own = not operation.call.endswith(f".{equation.primitive.name.replace('-', '_')}")
            several = equation.primitive.multiple_results and not (own and len(equation.outvars) == 1)
        fixed = {name: self._to_jax(x) for name, x in constants.items()}
        names = [name for name in step.operands if name not in fixed]
        alone, variables = self._alone(equation)

        def call(*moving: Any) -> Any:
            held = {**fixed, **dict(zip(names, moving, strict=True))}
            given = {
                v: held[x.name] if isinstance(x, Reference) else self.jax.numpy.asarray(x, v.aval.dtype)
                for x, v in zip(wanted, equation.invars, strict=True)
                if not hasattr(v, "val")
            }
            out = alone(*(given[v] for v in variables))
            return list(out) if several else out[0]

        return call, names

    def _alone(self, equation: Any) -> tuple[Callable[..., Any], list[Any]]:
        """An equation as a function of its variables."""
        core: Any = import_module("jax.extend.core")
        variables = list(dict.fromkeys(v for v in equation.invars if not hasattr(v, "val")))
        # Made of the captured one, whose name JAX tells in its messages.
        jaxpr = self.captured.jaxpr.replace(
            constvars=[], invars=variables, outvars=list(equation.outvars), eqns=[equation], effects=equation.effects
        )
        return core.jaxpr_as_fun(core.ClosedJaxpr(jaxpr, [])), variables

    def derivative(
        self, step: Step, operands: Mapping[str, Any], constants: Mapping[str, Any], weigh: Callable[[int, Any], Any]
    ) -> tuple[list[bool], dict[str, list[Any]]]:
        """What JAX's derivative of a step sends to its operands."""
        function, names = self._function(step, constants)
        moving = [name for name in names if _is_float(operands[name])]
        whole = {name: operands[name] for name in names if name not in moving}

        def call(*xs: Any) -> Any:
            held = {**whole, **dict(zip(moving, xs, strict=True))}
            return function(*(held[name] for name in names))

        given = [self._to_jax(operands[name]) for name in moving]
        with framework_errors():
            return_all, back = self.jax.vjp(call, *given)
        results = return_all if isinstance(return_all, list) else [return_all]
        moves = [bool(moving) and _is_float(y) for y in results]
        weights = [self._cotangent(i, y, move, weigh) for i, (y, move) in enumerate(zip(results, moves, strict=True))]
        sent = [None] * len(moving)
        if any(moves):
            with framework_errors():
                sent = back(weights if isinstance(return_all, list) else weights[0])
        found: dict[str, list[Any]] = {name: [None] for name in operands}
        for name, x in zip(moving, sent, strict=True):
            found[name] = [None if x is None else np.array(x)]
        return moves, found

    def _cotangent(self, place: int, y: Any, moves: bool, weigh: Callable[[int, Any], Any]) -> Any:
        if moves:
            return self.jax.numpy.asarray(weigh(place, tuple(y.shape)), y.dtype)
        return np.zeros(y.shape, y.dtype if _is_float(y) else self.jax.dtypes.float0)

    def whole(self, weigh: Callable[[int, Any], Any]) -> tuple[list[Any], dict[str, Any]]:
        """What the user's own function gives."""
        program: Program = self.captured.program
        names = [leaf.name for leaf in program.leaves if leaf.kind in ("parameter", "input")]
        held = dict(zip(names, self.captured.arrays, strict=True))
        moving = [name for name in names if _is_float(held[name])]

        def call(*xs: Any) -> Any:
            return self.captured.flat(*({**held, **dict(zip(moving, xs, strict=True))}[name] for name in names))

        with framework_errors():
            results, back = self.jax.vjp(call, *(held[name] for name in moving))
        weights = [self._cotangent(i, y, _is_float(y), weigh) for i, y in enumerate(results)]
        with framework_errors():
            sent = back(weights)
        return [np.array(y) for y in results], dict(zip(moving, map(np.array, sent), strict=True))


def _is_float(x: Any) -> bool:
    return hasattr(x, "dtype") and np.dtype(x.dtype).kind == "f"


def _as_tensor(x: Any) -> Any:
    return as_face(x) if isinstance(x, np.ndarray) else x


def _arrays(found: Any) -> Any:
    """Results as arrays, several in a list."""
    if isinstance(found, (list, tuple)):
        return [_arrays(part) for part in found]
    return get_data(found) if isinstance(found, Node) else np.array(found)
