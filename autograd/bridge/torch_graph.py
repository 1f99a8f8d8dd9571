"""The graph that PyTorch captured, read as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from autograd.bridge.errors import BridgeError
from autograd.bridge.lines import find_assigned
from autograd.bridge.program import Leaf, Line, Operation, Program, Reference
from autograd.bridge.torch_marks import CONSTANT, FRAME, NOWHERE

# What says only where numbers lie.
PLACES = ("device", "layout", "pin_memory", "memory_format", "non_blocking")


class Reader:
    """What `torch.export` gives for a module, as a program."""

    def __init__(self, torch: Any, exported: Any, module: Any, name: str, lost: dict[str, str]) -> None:
        self.torch, self.exported, self.module, self.name, self.lost = torch, exported, module, name, lost
        self.arrays: dict[str, np.ndarray] = {}

    def program(self) -> Program:
        graph, signature = self.exported.graph, self.exported.graph_signature
        nodes = {node.name: node for node in graph.nodes}
        leaves = [
            self._leaf(spec, nodes[spec.arg.name])
            for spec in signature.input_specs
            if hasattr(spec.arg, "name") and spec.arg.name in nodes
        ]
        operations = [
            self._operation(node) for node in graph.nodes if node.op == "call_function" and not _is_check(node)
        ]
        results, updates = self._results(signature)
        return Program(
            name=self.name,
            framework="torch",
            training=bool(self.module.training),
            leaves=[leaf for leaf in leaves if leaf is not None],
            arguments=self._arguments(signature),
            operations=operations,
            results=results,
            updates=updates,
            modules={path: type(part).__name__ for path, part in self.module.named_modules() if path},
            arrays=self.arrays,
        )

    def decisions(self) -> list[Line]:
        """The lines where a number was read from a tensor."""
        read = [node for node in self.exported.graph.nodes if str(node.target).startswith(_READS)]
        found = [tuple(self._lines(node.meta.get("stack_trace") or "")) for node in read]
        return list(dict.fromkeys(lines[-1] for lines in found if lines))

    def _leaf(self, spec: Any, node: Any) -> Leaf | None:
        kind = {"USER_INPUT": "input", "PARAMETER": "parameter", "BUFFER": "buffer", "CONSTANT_TENSOR": "constant"}.get(
            spec.kind.name
        )
        if kind is None:
            raise BridgeError(
                f"{self.name}: PyTorch captured an input of the kind {spec.kind.name}, which has no translation"
            )
        example = node.meta.get("val")
        if not isinstance(example, self.torch.Tensor):
            return None
        path = node.name
        if kind != "input":
            path = str(spec.target)
            held = self.exported.state_dict.get(path)
            held = self.exported.constants.get(path) if held is None else held
            self.arrays[node.name] = to_array(held, f"{self.name}, {kind} {path}")
            path = self._first_path(kind, path, held)
        return Leaf(node.name, kind, path, tuple(int(n) for n in example.shape), self._dtype(example.dtype, path).name)

    def _first_path(self, kind: str, path: str, held: Any) -> str:
        """The path by which the module names a parameter that it has twice."""
        if kind == "parameter":
            for first, parameter in self.exported.state_dict.items():
                if parameter is held or (
                    parameter.data_ptr() == held.data_ptr() and parameter.shape == held.shape and held.numel()
                ):
                    return str(first)
        return path

    def _operation(self, node: Any) -> Operation:
        target = node.target
        # Functions of Python's compute with lengths; all else is PyTorch's.
        call = f"operator.{target.__name__}" if getattr(target, "__module__", "") == "_operator" else str(target)
        noted = list(self._lines(node.meta.get("stack_trace") or ""))
        lines = tuple(line for line in noted if line.function not in (CONSTANT, NOWHERE))
        constant = any(line.function == CONSTANT for line in noted)
        if constant and not lines:
            found = self._lines(self.lost.get(node.name, ""))
            lines = tuple(line for line in found if line.function not in (CONSTANT, NOWHERE))
        stack = node.meta.get("nn_module_stack") or {}
        module = str(next(reversed(stack.values()))[0]) if stack else ""
        place = str(lines[-1]) if lines else "an unknown line"

        def read(x: Any) -> Any:
            return self._argument(x, f"{call} at {place}")

        return Operation(
            name=node.name,
            call=call,
            args=tuple(read(x) for x in node.args),
            kwargs={key: read(x) for key, x in node.kwargs.items() if key not in PLACES},
            lines=lines,
            module=module,
            variable=self._variable(node, lines),
            constant=constant,
        )

    def _variable(self, node: Any, lines: tuple[Line, ...]) -> str:
        """What the line assigns: of several operations of one line the last one's result is that."""
        after = node.next
        same = after.op == "call_function" and after.meta.get("stack_trace") == node.meta.get("stack_trace")
        return find_assigned(lines[-1]) if lines and not same else ""

    def _lines(self, trace: str) -> Iterator[Line]:
        for filename, number, function, text in FRAME.findall(trace + "\n"):
            yield Line(filename, int(number), function, text.strip())

    def _argument(self, x: Any, where: str) -> Any:
        torch = self.torch
        if isinstance(x, torch.fx.Node):
            return Reference(x.name)
        if isinstance(x, (list, tuple)):
            return [self._argument(part, where) for part in x]
        if isinstance(x, torch.dtype):
            return self._dtype(x, where)
        if x is None or isinstance(x, (bool, int, float, str)):
            return x
        if isinstance(x, (torch.device, torch.layout, torch.memory_format)):
            return None
        raise BridgeError(f"{where}: an argument {x!r} of type {type(x).__name__}, which has no translation")

    def _dtype(self, dtype: DTypeLike | None, where: str) -> np.dtype[Any]:
        try:
            return np.dtype(str(dtype).removeprefix("torch."))
        except TypeError:
            raise BridgeError(f"{where}: NumPy has no {dtype}; convert the model with .float() or .double()") from None

    def _arguments(self, signature: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        inputs = iter([spec.arg for spec in signature.input_specs if spec.kind.name == "USER_INPUT"])
        spec = self.exported.call_spec.in_spec
        args, kwargs = self.torch.utils._pytree.tree_unflatten([self._to_torch(x) for x in inputs], spec)
        return tuple(_plain(list(args))), dict(_plain(dict(kwargs)))

    def _to_torch(self, argument: Any) -> Any:
        # A setting has a value of its own.
        return argument.value if hasattr(argument, "value") else Reference(argument.name)

    def _results(self, signature: Any) -> tuple[Any, dict[str, str]]:
        results, updates = [], {}
        for spec in signature.output_specs:
            if spec.kind.name == "USER_OUTPUT":
                results.append(self._to_torch(spec.arg))
            elif spec.kind.name == "BUFFER_MUTATION":
                updates[str(spec.target)] = spec.arg.name
            else:
                raise BridgeError(
                    f"{self.name} changes {spec.target!r}, an argument of its own, in place: let it compute with a copy, x.clone()"
                )
        structure = self.torch.utils._pytree.tree_unflatten(results, self.exported.call_spec.out_spec)
        return _plain(structure), updates


# What PyTorch writes down of lengths that hang on values.
_CHECKS = ("aten._assert_scalar", "aten._assert_async", "aten._assert_tensor_metadata", "aten.sym_constrain_range")
_READS = ("aten._local_scalar_dense", "aten.item")
_LENGTHS = ("aten.sym_size", "aten.sym_numel", "<function sym_", *_READS)


def _is_check(node: Any) -> bool:
    """Whether an operation only checks a length, or computes one for that alone."""
    name = str(node.target)
    if name.startswith(_CHECKS):
        return True
    of_lengths = name.startswith(_LENGTHS) or (
        getattr(node.target, "__module__", "") == "_operator" and node.target.__name__ != "getitem"
    )
    return of_lengths and all(user.op == "call_function" and _is_check(user) for user in node.users)


def _plain(structure: Any) -> Any:
    """A structure in lists, tuples and dicts."""
    if isinstance(structure, dict):
        return {str(key): _plain(part) for key, part in structure.items()}
    if isinstance(structure, (list, tuple)):
        parts = [_plain(part) for part in structure]
        return tuple(parts) if isinstance(structure, tuple) else parts
    return structure


def to_array(tensor: Any, what: str) -> np.ndarray:
    """A copy of the numbers of a tensor of PyTorch.

    Raises
    ------
    BridgeError
        For a dtype that NumPy does not have.
    """
    try:
        return np.array(tensor.detach().cpu().contiguous().numpy())
    except TypeError as error:
        raise BridgeError(
            f"{what}: NumPy has no {tensor.dtype}; convert the model with .float() or .double()"
        ) from error
