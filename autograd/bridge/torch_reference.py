"""What PyTorch itself computes for a step of a captured program, and its own derivative of that step alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from typing import Any

import numpy as np

from autograd.bridge.errors import ChangedGradientError, framework_errors
from autograd.bridge.framework_reference import FrameworkReference
from autograd.bridge.program import Operation, Reference
from autograd.bridge.steps import Step
from autograd.bridge.torch_export import Capture
from autograd.graph.tree import leaves, map_leaves

# What gives numbers that mean nothing.
UNDEFINED = ("aten.empty", "aten.new_empty")


class TorchReference(FrameworkReference):
    """PyTorch's own values and derivatives of a captured program.

    Parameters
    ----------
    captured : Capture
    """

    framework = "PyTorch"

    def __init__(self, captured: Capture) -> None:
        self.torch: Any = import_module("torch")
        self.captured, self.calls = captured, captured.calls

    def tensor(self, x: Any) -> Any:
        """An array as a tensor of PyTorch."""
        return self.torch.from_numpy(np.array(x)) if isinstance(x, (np.ndarray, np.generic)) else x

    def array(self, x: Any) -> Any:
        """A tensor of PyTorch as an array."""
        return x.detach().resolve_conj().resolve_neg().numpy().copy() if isinstance(x, self.torch.Tensor) else x

    def draws(self, operation: Operation) -> bool:
        """Whether an operation draws random numbers."""
        packet = self._operator(operation.call)
        return packet is not None and self.torch.Tag.nondeterministic_seeded in getattr(packet, "tags", ())

    def compares(self, step: Step) -> bool:
        """Whether the numbers of a step mean something."""
        return not step.operations[0].call.startswith(UNDEFINED)

    def custom_name(self, call: int) -> str:
        """The name of a custom function."""
        return self.calls[call].function.__name__

    def describe(self, step: Step) -> str:
        """What a derivative of this step is called, and where it is written."""
        if step.call is None:
            return step.operations[0].call
        function = self.calls[step.call].function
        backward = getattr(function, "backward", None) or getattr(function, "vjp", None)
        code = getattr(backward, "__code__", None)
        where = f" ({code.co_filename}:{code.co_firstlineno})" if code is not None else ""
        return f"{function.__name__}.backward{where}"

    def run(self, step: Step, operands: Mapping[str, Any], constants: Mapping[str, Any]) -> Any:
        """The result of a step; arrays in, arrays out."""
        with self.torch.no_grad():
            given = {name: map_leaves(self.tensor, x) for name, x in (*operands.items(), *constants.items())}
            return map_leaves(self.array, _as_list(self._compute(step, given)))

    def derivative(
        self, step: Step, operands: Mapping[str, Any], constants: Mapping[str, Any], weigh: Callable[[int, Any], Any]
    ) -> tuple[list[bool], dict[str, list[Any]]]:
        """What PyTorch's derivative of a step sends to its operands."""
        torch = self.torch

        def leaf(x: Any) -> Any:
            tensor = self.tensor(x)
            return (
                tensor.requires_grad_() if isinstance(tensor, torch.Tensor) and tensor.is_floating_point() else tensor
            )

        given = {name: map_leaves(leaf, x) for name, x in operands.items()}
        fixed = {name: map_leaves(self.tensor, x) for name, x in constants.items()}
        with framework_errors(), torch.enable_grad():
            results = leaves(_as_list(self._compute(step, {**given, **fixed})))
        moves = [isinstance(y, torch.Tensor) and y.requires_grad and y.is_floating_point() for y in results]
        roots = [y for y, moving in zip(results, moves, strict=True) if moving]
        weights = [
            torch.from_numpy(weigh(i, tuple(results[i].shape))).to(results[i].dtype) for i, m in enumerate(moves) if m
        ]
        before = [w.clone() for w in weights]
        wanted = [x for part in given.values() for x in leaves(part) if isinstance(x, torch.Tensor) and x.requires_grad]
        arrived: Any = [None] * len(wanted)
        if roots and wanted:
            with framework_errors():
                arrived = torch.autograd.grad(roots, wanted, weights, allow_unused=True)
        sent = iter(arrived)
        if any(not torch.equal(w, old) for w, old in zip(weights, before, strict=True)):
            raise ChangedGradientError(
                "it changes the gradient that it is given in place, and others may be given the same: let it compute with "
                "grad.clone()"
            )
        found = {
            name: [
                self.array(next(sent)) if isinstance(x, torch.Tensor) and x.requires_grad else None
                for x in leaves(part)
            ]
            for name, part in given.items()
        }
        return moves, found

    def _compute(self, step: Step, given: Mapping[str, Any]) -> Any:
        if step.call is not None:
            call = self.calls[step.call]
            args = list(call.args)
            for place, x in zip(call.places, step.operations[0].args[0], strict=True):
                args[place] = given[x.name]
            out = call.function.apply(*args)  # type: ignore[attr-defined]
            return [x for x in (out if isinstance(out, tuple) else (out,)) if isinstance(x, self.torch.Tensor)]
        operation = step.operations[0]
        fill = self._filler(given)
        args = [map_leaves(fill, x) for x in operation.args]
        kwargs = {key: map_leaves(fill, x) for key, x in operation.kwargs.items()}
        if operation.call.startswith("operator."):
            return getattr(import_module("operator"), operation.call.partition(".")[2])(*args)
        if operation.call in ("aten.view.default", "aten._unsafe_view.default"):
            # Where the numbers lie is not what is compared.
            return args[0].reshape(args[1])
        if operation.call == "aten._native_batch_norm_legit_functional.default":
            return self._batch_norm(*args)
        return self._operator(operation.call)(*args, **kwargs)

    def _batch_norm(self, x: Any, weight: Any, bias: Any, mean: Any, var: Any, *how: Any) -> list[Any]:
        """PyTorch's derivative belongs to the operation that changes the running averages in place."""
        mean, var = mean.clone(), var.clone()
        out = self.torch.ops.aten._native_batch_norm_legit.default(x, weight, bias, mean, var, *how)
        return [*out, mean, var]

    def _filler(self, given: Mapping[str, Any]) -> Callable[[Any], Any]:
        def fill(x: Any) -> Any:
            if isinstance(x, Reference):
                return given[x.name]
            return getattr(self.torch, x.name) if isinstance(x, np.dtype) else x

        return fill

    def _operator(self, call: str) -> Any:
        space, *names = call.split(".")
        if space == "operator":
            return None
        found = getattr(self.torch.ops, space)
        for name in names:
            found = getattr(found, name)
        return found

    def whole(self, weigh: Callable[[int, Any], Any]) -> tuple[list[Any], dict[str, Any]]:
        """What the user's own model gives; its buffers are left as they were."""
        torch, module, tree = self.torch, self.captured.module, self.torch.utils._pytree
        args, kwargs = tree.tree_map_only(
            torch.Tensor,
            lambda x: x.detach().clone().requires_grad_(x.is_floating_point()),
            self.captured.example,
        )
        with self._buffers_kept():
            with framework_errors(), torch.enable_grad():
                results = [y for y in tree.tree_leaves(module(*args, **kwargs)) if isinstance(y, torch.Tensor)]
            inputs = [x for x in tree.tree_leaves((args, kwargs)) if isinstance(x, torch.Tensor)]
            named = dict(module.named_parameters())
            program = self.captured.program
            wanted = {leaf.name: x for leaf, x in zip(program.of_kind("input"), inputs, strict=True)}
            wanted |= {leaf.name: named[leaf.path] for leaf in program.of_kind("parameter")}
            moving = {name: x for name, x in wanted.items() if x.requires_grad}
            roots = [(y, weigh(i, tuple(y.shape))) for i, y in enumerate(results) if y.requires_grad]
            weights = [torch.from_numpy(w).to(y.dtype) for y, w in roots]
            with framework_errors():
                sent = torch.autograd.grad([y for y, _ in roots], list(moving.values()), weights, allow_unused=True)
        return [self.array(y) for y in results], dict(zip(moving, map(self.array, sent), strict=True))

    @contextmanager
    def _buffers_kept(self) -> Iterator[None]:
        """A block after which the module's buffers hold what they held: an audit only looks, also where it fails."""
        buffers = list(self.captured.module.buffers())
        before = [buffer.clone() for buffer in buffers]
        try:
            yield
        finally:
            with self.torch.no_grad():
                for buffer, old in zip(buffers, before, strict=True):
                    buffer.copy_(old)


def generators_kept() -> AbstractContextManager[None]:
    """A block after which PyTorch's generator of random numbers is where it was."""
    torch: Any = import_module("torch")
    kept: AbstractContextManager[None] = torch.random.fork_rng([])
    return kept


def _as_list(x: Any) -> Any:
    """Several results in a list: PyTorch has classes of its own for some."""
    return list(x) if isinstance(x, (list, tuple)) else x
