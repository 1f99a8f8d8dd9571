"""`audit`: which operation's own derivative, a custom function of the user's above all, is not what its forward says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd.bridge import comparing, jax_capture, torch_export
from autograd.bridge.audit_report import Audit, Difference, describe_mistake
from autograd.bridge.bridged import Bridged
from autograd.bridge.errors import FrameworkError
from autograd.bridge.framework_reference import FrameworkReference
from autograd.bridge.jax_reference import JaxReference
from autograd.bridge.program import Program
from autograd.bridge.running import check_translations
from autograd.bridge.steps import Step, moving_names, outside, steps_of
from autograd.bridge.torch_reference import TorchReference, generators_kept
from autograd.bridge.unrolling import unroll
from autograd.graph.foreign import is_of_jax
from autograd.graph.tree import leaves
from autograd.torch.tensor import as_face

# How far from a kink its two sides are looked at, in shares of the operands; a power of the dtype's last digit.
NEAR = 0.5


def audit(function: Any, *args: Any, seed: int = 0, **kwargs: Any) -> Audit:
    """Compare a model of PyTorch or JAX with this engine step by step, and name the derivatives that are not what their forward says.

    Each step, an operation of the framework's or a custom function of the user's (`torch.autograd.Function`, `jax.custom_vjp`,
    `jax.custom_jvp`), gets the same operands and the same random gradient in both; what it sends back is compared to rounding,
    which is measured. The reference of a custom function is the derivative of what its forward computes. What lies between the
    derivatives on both sides of a kink is a convention.

    Parameters
    ----------
    function : torch.nn.Module, class of torch.autograd.Function, or callable
        A function of PyTorch's tensors or of JAX's arrays.
    *args, **kwargs
        What it is called with.
    seed : int
        Of the random gradients.

    Returns
    -------
    Audit
        True where all agrees; `first` is the first difference in the order of the backward pass.

    Raises
    ------
    BridgeError
        Where the framework cannot capture it, or a step has no translation.

    Examples
    --------
    >>> import torch                                          # doctest: +SKIP
    >>> class Cube(torch.autograd.Function):                  # doctest: +SKIP
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x**3
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         return g * 2 * ctx.saved_tensors[0]**2
    >>> from autograd import bridge
    >>> print(bridge.audit(Cube, torch.ones(2)))              # doctest: +SKIP
    audit of Cube: 2 steps, 1 of them custom functions (Cube)
    Cube.backward (…): wrong gradient
      called at an unknown line
      argument 1 at [1]: 0.208, expected 0.312 (rounding explains 2e-06)
      it is 0.666667 times what it should be
    """
    if is_of_jax(function, [list(args), kwargs]):
        traced = jax_capture.capture(function, args, kwargs)
        check_translations(traced.program)
        arrays = traced.values()
        unrolled = unroll(traced.program, {name: as_face(x) for name, x in arrays.items()})
        return _Auditor(JaxReference(traced, unrolled), unrolled.program, arrays, seed).audit()
    with generators_kept():
        captured = torch_export.capture(function, args, kwargs)
        positional, by_name = captured.example
        held = Bridged(captured.program).values(*positional, **by_name)
        arrays = {name: np.array(x.detach().numpy()) for name, x in held.items()}
        return _Auditor(TorchReference(captured), captured.program, arrays, seed).audit()


class _Auditor:
    """Goes through a program, whose leaves have these values, beside what the framework computes."""

    def __init__(self, reference: FrameworkReference, program: Program, leaves: dict[str, Any], seed: int) -> None:
        self.reference, self.program, self.leaves, self.seed = reference, program, leaves, seed
        self.steps = steps_of(program)
        self.notes: list[str] = []
        # Where the framework has another convention at a kink.
        self.kinks: list[str] = []

    def audit(self) -> Audit:
        found = Audit(self.program.name)
        found.steps = len(self.steps)
        custom = [self.reference.custom_name(step.call) for step in self.steps if step.call is not None]
        found.custom = list(dict.fromkeys(filter(None, custom)))
        values = {name: x.copy() for name, x in self.leaves.items()}
        moving = moving_names(self.program)
        drawn = False
        differences: list[Difference] = []
        for number, step in enumerate(self.steps):
            draws = any(self.reference.draws(operation) for operation in step.operations if step.call is None)
            operands = {name: values[name] for name in step.operands if name in moving}
            others = [*outside(step), *step.operands]
            constants = {name: values[name] for name in others if name in values and name not in operands}
            values[step.name] = self.reference.run(step, operands, constants)
            drawn |= draws
            if not draws and self.reference.compares(step):
                differences += self._compare(number, step, operands, constants, values[step.name])
        found.differences = self._each_once(differences[::-1])
        if any(difference.what == "error" for difference in differences):
            found.notes.append("a backward raises, so that the model as a whole was not compared")
        elif drawn:
            found.notes.append("it draws random numbers, so that the model as a whole was not compared")
        else:
            found.parameters = self._whole(bool(differences))
        found.notes += self.notes
        return found

    def _each_once(self, differences: list[Difference]) -> list[Difference]:
        """Of those that the steps of a loop make alike, the first."""
        kept: dict[Any, Difference] = {}
        for found in differences:
            kept.setdefault((found.what, found.derivative, found.operand, found.place), found)
        more = len(differences) - len(kept)
        if more:
            self.notes.append(f"{more} more difference{'s' * (more != 1)} at the same lines, of other steps of a loop")
        return list(kept.values())

    def _weigh(self, number: int) -> comparing.Weigh:
        """Random gradients for the results of a step, the same for both."""

        def weigh(place: int, shape: Any) -> Any:
            rng = np.random.default_rng((self.seed, number, place))
            return np.asarray(rng.uniform(0.5, 1.5, shape) * rng.choice([-1.0, 1.0], shape))

        return weigh

    def _compare(
        self, number: int, step: Step, operands: Mapping[str, Any], constants: Mapping[str, Any], value: Any
    ) -> list[Difference]:
        weigh = self._weigh(number)
        constant = step.call is None and step.operations[0].constant
        told: dict[str, Any] = {"line": step.line, "place": step.place, "derivative": self.reference.describe(step)}
        try:
            moves, theirs = self.reference.derivative(step, operands, constants, weigh)
        except FrameworkError as error:
            if step.call is None:
                # Of some operations a framework has a derivative only within another, or none at all.
                self.notes.append(
                    f"{step.operations[0].call} at {step.place} was not compared: {error}".splitlines()[0]
                )
                return []
            return [Difference("error", operand="", told=str(error), **told)]
        results, ours = comparing.derivative(step, operands, constants, moves, weigh)
        eps = max(
            (float(np.finfo(x.dtype).eps) for x in leaves(list(operands.values())) if comparing.is_float(x)),
            default=0.0,
        )
        rng = np.random.default_rng((self.seed, number))
        again = [
            comparing.derivative(
                step, comparing.move(operands, eps, rng), constants, moves, comparing.shake(weigh, eps, rng)
            )
            for _ in range(comparing.DRAWS)
        ]
        found = []
        floats = [y if comparing.is_float(y) else None for y in results]
        bounds = comparing.measure_rounding(floats, [other[0] for other in again])
        for place, (their_value, our_value, bound) in enumerate(zip(leaves(value), floats, bounds, strict=False)):
            if our_value is not None:
                wrong = comparing.exceeds(their_value, our_value, bound)
                found += self._find_difference(
                    "value", f"result {place + 1}", their_value, our_value, bound, wrong, told
                )
        if found:
            # Of another function the derivative may be another.
            return found
        if constant or not any(moves):
            return []
        for argument, name in enumerate(step.operands, 1):
            if name not in operands:
                continue
            bounds = comparing.measure_rounding(ours[name], [other[1][name] for other in again])
            for place, (sent, right, bound) in enumerate(zip(theirs[name], ours[name], bounds, strict=True)):
                if right is None:
                    continue
                nothing = sent is None
                sent = np.zeros(right.shape) if nothing else sent
                wrong = comparing.exceeds(sent, right, bound)
                if wrong.any():
                    near = self._near(step, operands, constants, moves, weigh, eps, name, place)
                    excused = wrong & comparing.lies_between(sent, [right, *near], bound)
                    wrong &= ~excused
                    self.kinks += [f"{told['derivative']} at {step.place}"] if excused.any() else []
                label = f"argument {argument}" if len(ours[name]) == 1 else f"argument {argument}, part {place + 1}"
                label += self._in_words(name)
                found += self._find_difference("gradient", label, sent, right, bound, wrong, told, nothing)
        return found

    def _in_words(self, name: str) -> str:
        leaf = next((leaf for leaf in self.program.leaves if leaf.name == name), None)
        if leaf is not None:
            return f" ({leaf.path})"
        made = next((o for o in self.program.operations if o.name == name), None)
        return f" ({made.variable})" if made is not None and made.variable else ""

    def _near(
        self,
        step: Step,
        operands: Mapping[str, Any],
        constants: Mapping[str, Any],
        moves: Any,
        weigh: Any,
        eps: float,
        name: str,
        place: int,
    ) -> list[Any]:
        """Our derivative on both sides of the operands, and around them."""
        rng = np.random.default_rng(self.seed)
        by = eps**NEAR
        shifted = [comparing.move(operands, by, None), comparing.move(operands, -by, None)]
        shifted += [comparing.move(operands, by, rng) for _ in range(comparing.DRAWS)]
        return [comparing.derivative(step, x, constants, moves, weigh)[1][name][place] for x in shifted]

    def _find_difference(
        self,
        what: str,
        operand: str,
        theirs: Any,
        ours: Any,
        bound: Any,
        wrong: np.ndarray,
        told: dict[str, Any],
        nothing: bool = False,
    ) -> list[Difference]:
        if not wrong.any():
            return []
        with np.errstate(all="ignore"):
            far = np.where(wrong, np.nan_to_num(np.abs(theirs - ours), nan=np.inf), -1.0)
        index = tuple(int(i) for i in np.unravel_index(int(np.argmax(far)), far.shape))
        kind = "backward returns None for it" if nothing else describe_mistake(theirs, ours, bound, wrong)
        return [
            Difference(
                what, operand=operand, theirs=float(theirs[index]), ours=float(ours[index]), index=index,
                tolerance=float(np.broadcast_to(bound, far.shape)[index]), told=kind, **told,
            )
        ]  # fmt: skip

    def _whole(self, expected: bool) -> dict[str, bool]:
        """Whether the gradients of the model itself agree with those of its forward; `expected` says that they need not."""
        weigh = self._weigh(len(self.steps))
        try:
            _, theirs = self.reference.whole(weigh)
        except FrameworkError as error:  # such as of a loop that JAX cannot go back through
            self.notes.append(f"{self.reference.framework} cannot differentiate the whole: {error}".splitlines()[0])
            return {}
        ours = self._gradients(weigh, None)
        rng = np.random.default_rng((self.seed, len(self.steps)))
        again = [self._gradients(weigh, rng) for _ in range(comparing.DRAWS)]
        agree = {}
        for leaf in self.program.leaves:
            if leaf.name in theirs:
                right = ours[leaf.name]
                sent = np.zeros(right.shape) if theirs[leaf.name] is None else theirs[leaf.name]
                (bound,) = comparing.measure_rounding([right], [[other[leaf.name]] for other in again])
                agree[leaf.path] = not comparing.exceeds(sent, right, 4 * bound).any()
        if self.kinks and not expected and not all(agree.values()):
            self.notes.append(
                "as a whole the gradients differ by conventions at kinks: " + "; ".join(dict.fromkeys(self.kinks))
            )
            return {}
        return agree

    def _gradients(self, weigh: comparing.Weigh, rng: np.random.Generator | None) -> dict[str, Any]:
        arrays = self.leaves
        # The whole program as one step.
        floats = {leaf.name: arrays[leaf.name] for leaf in self.program.leaves if leaf.kind in ("input", "parameter")}
        if rng is not None:
            eps = max((float(np.finfo(x.dtype).eps) for x in floats.values() if comparing.is_float(x)), default=0.0)
            floats = comparing.move(floats, eps, rng)
        return comparing.of_program(self.program, floats, {k: x for k, x in arrays.items() if k not in floats}, weigh)
