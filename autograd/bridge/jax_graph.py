"""A jaxpr, read as plain data: operations at the user's lines, with loops and branches as programs of their own."""

from __future__ import annotations

import linecache
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import Enum
from importlib import import_module
from itertools import zip_longest
from typing import Any

import numpy as np

from autograd.bridge.errors import BridgeError
from autograd.bridge.jax_calls import CustomCall, custom_call, own_name
from autograd.bridge.jax_values import LOOSE, aval_of, check_dtype, is_key, loosen, of_keys, to_array, to_number
from autograd.bridge.lines import find_assigned
from autograd.bridge.program import Leaf, Line, Operation, Program, Reference
from autograd.bridge.rules import has_rule
from autograd.graph.sites import is_internal

# What is computed in place, as if its equations stood there.
INLINE = {
    "jit": "jaxpr", "pjit": "jaxpr", "closed_call": "call_jaxpr", "core_call": "call_jaxpr", "remat2": "jaxpr", "remat": "jaxpr",
    "checkpoint": "jaxpr", "custom_vmap_call": "call", "composite": "jaxpr", "call": "call_jaxpr", "remat_opt": "fwd_jaxpr",
}  # fmt: skip
CUSTOM = ("custom_jvp_call", "custom_vjp_call")
# What only shows or checks.
SILENT = ("debug_callback", "debug_print", "after_all")
# What says where and how precisely JAX's compiler is to compute.
HOW = {
    "sharding", "out_sharding", "precision", "accuracy", "update_jaxpr", "update_consts", "unroll", "weak_type", "out_dtype", "policy",
    "indices_are_sorted", "unique_indices", "algorithm", "_split_transpose", "operand", "is_stable", "effects", "linear",
}  # fmt: skip


@dataclass
class Reader:
    """What is gathered while a jaxpr is read.

    Attributes
    ----------
    jax : module
    calls : list of CustomCall
        By their numbers in the operations `stepgrad.enter` and `stepgrad.leave`.
    equations : dict of str to equations
        By the names of the operations.
    """

    jax: Any
    calls: list[CustomCall] = field(default_factory=list)
    equations: dict[str, Any] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def fresh(self, name: str) -> str:
        """A name that is not used yet."""
        self.counts[name] += 1
        return name if self.counts[name] == 1 else f"{name}_{self.counts[name] - 1}"

    def read_nested(self, closed: Any, what: str) -> Program:
        """A jaxpr within another, as a program."""
        block = Block(self, ())
        jaxpr = getattr(closed, "jaxpr", closed)
        inputs = [
            Leaf(self.fresh(f"{what}_{i}"), "input", f"{what}_{i}", *aval_of(v)) for i, v in enumerate(jaxpr.invars)
        ]
        constants, arrays = constants_of(self, getattr(closed, "consts", ()), jaxpr.constvars)
        results = block.read(
            jaxpr, [Reference(leaf.name) for leaf in inputs], [Reference(leaf.name) for leaf in constants]
        )
        named = tuple(block.as_reference(x) for x in results)
        return Program(
            what, [*inputs, *constants], block.finish(), named, (tuple(Reference(leaf.name) for leaf in inputs), {}),
            arrays=arrays, framework="jax",
        )  # fmt: skip


def constants_of(reader: Reader, values: Sequence[Any], variables: Sequence[Any]) -> tuple[list[Leaf], dict[str, Any]]:
    """Arrays that a jaxpr closes over, as leaves."""
    leaves, arrays = [], {}
    for value, variable in zip(values, variables, strict=True):
        name = reader.fresh("constant")
        leaves.append(Leaf(name, "constant", name, *aval_of(variable)))
        arrays[name] = to_array(reader.jax, value)
    return leaves, arrays


class Block:
    """Operations one after the other, at a line of the user's.

    Parameters
    ----------
    reader : Reader
    lines : sequence of Line
        Where what is read is called, the outermost first.
    module : str
        The path of the named scopes around it.
    """

    def __init__(self, reader: Reader, lines: Sequence[Line], module: str = "") -> None:
        self.reader, self.lines, self.module = reader, tuple(lines), module
        self.operations: list[Operation] = []

    def finish(self) -> list[Operation]:
        """The operations, with the variables that their lines assign: of several of one line, the last one's."""
        found = []
        for operation, after in zip_longest(self.operations, self.operations[1:]):
            last = operation.lines and (after is None or after.lines != operation.lines)
            found.append(replace(operation, variable=find_assigned(operation.lines[-1])) if last else operation)
        return found

    def read(self, jaxpr: Any, inputs: Sequence[Any], constants: Sequence[Any]) -> list[Any]:
        """Read the equations of a jaxpr; gives its results: references, or numbers."""
        held: dict[Any, Any] = {}
        for variables, operands in ((jaxpr.constvars, constants), (jaxpr.invars, inputs)):
            held.update(zip(variables, operands, strict=True))

        def value(variable: Any) -> Any:
            return to_number(variable) if hasattr(variable, "val") else held[variable]

        around = self.lines, self.module
        for equation in jaxpr.eqns:
            self.lines = (*around[0], *self._user_lines(equation))
            scopes = [
                entry.name
                for entry in equation.source_info.name_stack.stack
                if hasattr(entry, "name") and type(entry).__name__ == "Scope"
            ]
            self.module = ".".join([*filter(None, [around[1]]), *(scope.replace("/", ".") for scope in scopes)])
            results = self._equation(equation, [value(x) for x in equation.invars])
            held.update(zip(equation.outvars, results, strict=False))
        self.lines, self.module = around
        return [value(x) for x in jaxpr.outvars]

    def as_reference(self, x: Any) -> Any:
        """A result that is a number, as an operation that makes it."""
        if isinstance(x, Reference):
            return x
        return self.add("broadcast_in_dim", [x], {"shape": (), "broadcast_dimensions": ()})

    def add(self, name: str, operands: Sequence[Any], params: dict[str, Any], equation: Any = None) -> Reference:
        """One operation more."""
        call = f"jax.{name.replace('-', '_')}"
        result = self.reader.fresh(name.replace("-", "_").rpartition(".")[2])
        self.operations.append(Operation(result, call, tuple(operands), params, self.lines, self.module))
        if equation is not None:
            self.reader.equations[result] = equation
        return Reference(result)

    def parts(self, whole: Reference, count: int) -> list[Reference]:
        """The results of an operation that has several."""
        found = []
        for i in range(count):
            name = self.reader.fresh(f"{whole.name}_part")
            self.operations.append(Operation(name, "operator.getitem", (whole, i), {}, self.lines, self.module))
            found.append(Reference(name))
        return found

    def _user_lines(self, equation: Any) -> Iterator[Line]:
        info: Any = import_module("jax._src.source_info_util")
        frames = list(info.user_frames(equation.source_info.traceback))
        for frame in reversed(frames):
            filename = frame.file_name
            if not is_internal(filename) and not filename.startswith("<frozen"):
                text = linecache.getline(filename, frame.start_line).strip()
                yield Line(filename, frame.start_line, frame.function_name.rpartition(".")[2], text)

    def _equation(self, equation: Any, operands: list[Any]) -> Sequence[Any]:
        name, params = equation.primitive.name, equation.params
        if name in SILENT:
            return []
        if name in CUSTOM:
            return self._custom(equation, operands)
        if name in INLINE:
            closed = params[INLINE[name]]
            known = own_name(getattr(closed, "jaxpr", closed))
            if known and has_rule(f"jax.{known}"):
                whole = self.add(known, operands, {}, equation)
                return [whole] if len(equation.outvars) == 1 else self.parts(whole, len(equation.outvars))
            return self._inline(closed, operands)
        if name.startswith("random_"):
            return self._random(equation, operands)
        known_to_jax = equation
        if any(map(is_key, [*equation.invars, *equation.outvars])):
            params = of_keys(name, params, len(equation.invars[0].aval.shape))
            known_to_jax = None
        if name == "scan":
            params = {**params, "rows": [aval_of(v) for v in params["jaxpr"].jaxpr.outvars[params["num_carry"] :]]}
        place = str(self.lines[-1]) if self.lines else "an unknown line"
        if name in LOOSE and any(np.dtype(aval_of(v)[1]).kind == "c" for v in equation.invars):
            raise BridgeError(
                f"{name} of complex numbers at {place} has no translation: take real and imaginary parts first"
            )
        given = {
            key: self._parameter(x, f"{name} at {place}, {key}", key) for key, x in params.items() if key not in HOW
        }
        whole = self.add(name, loosen(equation, operands), given, known_to_jax)
        return self.parts(whole, len(equation.outvars)) if equation.primitive.multiple_results else [whole]

    def _inline(self, closed: Any, operands: Sequence[Any]) -> list[Any]:
        """What a jaxpr computes, at this place."""
        jaxpr, values = getattr(closed, "jaxpr", closed), getattr(closed, "consts", ())
        leaves, arrays = constants_of(self.reader, values, jaxpr.constvars)
        constants = [
            self.add("constant", [], {"dtype": np.dtype(leaf.dtype), "values": arrays[leaf.name].tolist()})
            for leaf in leaves
        ]
        return self.read(jaxpr, operands, constants)

    def _custom(self, equation: Any, operands: list[Any]) -> Sequence[Any]:
        """A function with a derivative of its own: what its forward computes, between marks."""
        reader = self.reader
        closed = equation.params["call_jaxpr"]
        known = own_name(closed.jaxpr)
        if known and has_rule(f"jax.{known}"):
            return [self.add(known, operands, {}, equation)]
        number = len(reader.calls)
        reader.calls.append(custom_call(equation))
        entered = self._mark("enter", [self.as_reference(x) for x in operands], number)
        inner = self.parts(entered, len(operands))
        found = [self.as_reference(x) for x in self._inline(closed, inner)]
        left = self._mark("leave", found, number)
        return self.parts(left, len(found))

    def _mark(self, name: str, operands: list[Any], number: int) -> Reference:
        result = self.reader.fresh(name)
        self.operations.append(
            Operation(result, f"stepgrad.{name}.default", (operands, number), {}, self.lines, self.module)
        )
        return Reference(result)

    def _random(self, equation: Any, operands: list[Any]) -> Sequence[Any]:
        """Bits of keys, taken apart by JAX itself."""
        name, jax = equation.primitive.name, self.reader.jax
        if name in ("random_wrap", "random_unwrap", "random_clone"):
            return operands
        variable = equation.outvars[0] if name == "random_seed" else equation.invars[0]
        impl = variable.aval.dtype._impl
        params = equation.params
        function: Any = {
            "random_seed": lambda seed: impl.seed(seed),
            "random_bits": lambda key: impl.random_bits(key, params["bit_width"], params["shape"]),
            "random_split": lambda key: impl.split(key, params["shape"]),
            "random_fold_in": lambda key, data: impl.fold_in(key, jax.numpy.uint32(data)),
        }[name]
        batched = len(variable.aval.shape)
        for _ in range(batched):
            function = jax.vmap(function)
        examples = [
            jax.ShapeDtypeStruct(*aval_of(v)) if is_key(v) else jax.ShapeDtypeStruct(v.aval.shape, v.aval.dtype)
            for v in equation.invars
        ]
        return self._inline(jax.make_jaxpr(function)(*examples), operands)

    def _parameter(self, x: Any, where: str, what: str) -> Any:
        """A parameter as plain data."""
        if hasattr(x, "eqns") or (hasattr(x, "jaxpr") and hasattr(x, "consts")):
            return self._read_nested(x, what)
        if isinstance(x, np.dtype):
            check_dtype(x, where)
            return x
        if x is None or isinstance(x, (bool, int, float, str)):
            return int(x) if isinstance(x, Enum) else x
        if isinstance(x, np.generic):
            return x.item()
        if isinstance(x, Enum):
            return x.name.lower()
        if isinstance(x, type) and issubclass(x, np.generic):
            return np.dtype(x)
        if hasattr(x, "_fields"):
            return {name: self._parameter(part, where, name) for name, part in zip(x._fields, x, strict=True)}
        if isinstance(x, (list, tuple)):
            return tuple(self._parameter(part, where, f"{what}_{i}") for i, part in enumerate(x))
        if is_dataclass(x) and not isinstance(x, type):
            return {f.name: self._parameter(getattr(x, f.name), where, f.name) for f in fields(x)}
        if hasattr(x, "bind") and hasattr(x, "name"):
            return str(x.name)
        if hasattr(x, "dtype"):
            return to_array(self.reader.jax, x).tolist()
        raise BridgeError(f"{where}: a parameter {x!r} of type {type(x).__name__}, which has no translation")

    def _read_nested(self, closed: Any, what: str) -> Program:
        return self.reader.read_nested(closed, what)
