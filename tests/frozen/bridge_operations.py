"""Freeze single ATen operations with PyTorch's values and derivatives: `python -m tests.frozen.bridge_operations`, with torch 2.13.

The calls are those that PyTorch's own samples of its operations come to, in float64. Kept are those that have a translation, two of
each; what the audit says to differ, and why, is `KNOWN`, and everything else must agree.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.testing._internal.common_methods_invocations import op_db
from torch.utils._python_dispatch import TorchDispatchMode

from autograd.bridge.program import Operation, Reference
from autograd.bridge.rules import has_rule
from autograd.bridge.saving import encode
from autograd.bridge.steps import Step
from autograd.bridge.torch_graph import PLACES
from autograd.bridge.torch_reference import TorchReference

OUT = Path(__file__).parent / "bridge_operations.npz"
EACH, LARGEST = 2, 60
DRAWN = torch.Tag.nondeterministic_seeded
UNDEFINED = ("aten.empty", "aten.new_empty", "aten.bernoulli")


class Captured:
    """A capture without custom functions."""

    calls: list[Any] = []


class Calls(TorchDispatchMode):
    """Notes each operation with copies of its operands."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[Any] = []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        copied = torch.utils._pytree.tree_map_only(torch.Tensor, lambda x: x.detach().clone(), (args, kwargs or {}))
        self.calls.append((function, *copied))
        return function(*args, **(kwargs or {}))


def operation_of(function: Any, args: Any, kwargs: Any) -> tuple[Operation, dict[str, np.ndarray]]:
    """A call as data, with its operands."""
    operands: dict[str, np.ndarray] = {}

    def read(x: Any) -> Any:
        if isinstance(x, torch.Tensor):
            operands[f"x{len(operands)}"] = x.numpy().copy()
            return Reference(f"x{len(operands) - 1}")
        if isinstance(x, (list, tuple)):
            return [read(part) for part in x]
        if isinstance(x, torch.dtype):
            return np.dtype(str(x).removeprefix("torch."))
        if x is None or isinstance(x, (bool, int, float, str)):
            return x
        if isinstance(x, (torch.device, torch.layout, torch.memory_format)):
            return None
        raise TypeError(x)

    taken = tuple(read(x) for x in args)
    named = {key: read(x) for key, x in kwargs.items() if key not in PLACES}
    return Operation("y", str(function), taken, named), operands


def weigh(place: int, shape: Any) -> np.ndarray:
    """What arrives at a result; the test computes the same."""
    return np.asarray(np.random.default_rng(place).uniform(0.5, 1.5, shape))


def main() -> None:
    """Write `bridge_operations.npz`."""
    reference = TorchReference(Captured())  # type: ignore[arg-type]
    arrays: dict[str, np.ndarray] = {}
    kept: list[Any] = []
    count: dict[str, int] = {}
    for entry in op_db:
        if torch.float64 not in entry.dtypes:
            continue
        torch.manual_seed(0)
        try:
            samples = list(entry.sample_inputs("cpu", torch.float64))[:4]
        except Exception as error:
            print(entry.name, type(error).__name__)
            continue
        for sample in samples:
            with torch.no_grad(), Calls() as noted:
                try:
                    entry(sample.input, *sample.args, **sample.kwargs)
                except Exception as error:
                    print(entry.name, type(error).__name__)
            for function, args, kwargs in noted.calls:
                name = str(function)
                if count.get(name, 0) >= EACH or not name.startswith("aten") or not has_rule(name):
                    continue
                if function._schema.is_mutable or DRAWN in function.tags or name.startswith(UNDEFINED):
                    continue
                try:
                    operation, operands = operation_of(function, args, kwargs)
                except TypeError:
                    continue
                if sum(x.size for x in operands.values()) > LARGEST or any(
                    x.dtype.kind == "c" for x in operands.values()
                ):
                    continue
                record(reference, operation, operands, kept, arrays)
                count[name] = count.get(name, 0) + 1
    arrays["operations"] = np.array(json.dumps(kept))
    np.savez_compressed(OUT, **arrays)
    print(len(count), "operations,", len(kept), "calls,", OUT.stat().st_size, "bytes")


def record(reference: Any, operation: Operation, operands: Any, kept: list[Any], arrays: Any) -> None:
    step, number = Step([operation]), len(kept)
    try:
        value = reference.run(step, operands, {})
    except Exception:
        return
    try:
        moves, sent = reference.derivative(step, operands, {}, weigh)
    except Exception:
        # PyTorch has no derivative of it.
        moves, sent = [], {}
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(x, np.ndarray) for x in values):
        return
    arrays.update({f"{number}/operand/{name}": x for name, x in operands.items()})
    arrays.update({f"{number}/result/{i}": x for i, x in enumerate(values)})
    arrays.update({f"{number}/gradient/{name}": parts[0] for name, parts in sent.items() if parts[0] is not None})
    kept.append(
        {"call": operation.call, "args": encode(operation.args), "kwargs": encode(operation.kwargs), "moves": moves}
    )


if __name__ == "__main__":
    main()
