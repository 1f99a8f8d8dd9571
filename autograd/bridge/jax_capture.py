"""Capturing what a function of JAX computes: `jax.make_jaxpr`, with the user's lines, and loops and branches kept."""

from __future__ import annotations

import inspect
import os
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

import numpy as np

from autograd.arguments import argument_names
from autograd.bridge.errors import BridgeError
from autograd.bridge.jax_calls import CustomCall
from autograd.bridge.jax_graph import Block, Reader, constants_of
from autograd.bridge.jax_trees import Structure, holds_arrays, is_array
from autograd.bridge.jax_values import check_dtype, to_array
from autograd.bridge.program import Leaf, Program, Reference
from autograd.bridge.variables import variables_of
from autograd.graph.sites import is_internal


@dataclass
class JaxCapture:
    """A captured program, and what of JAX belongs to it.

    Attributes
    ----------
    program : Program
    calls : list of CustomCall
        By their numbers in the operations `stepgrad.enter` and `stepgrad.leave`.
    equations : dict of str to equations of a jaxpr
        By the names of the operations.
    jaxpr
        That it was read from.
    flat : callable
        The user's function of the arrays of its arguments, which gives a list of arrays.
    arrays : list of arrays
        That it was captured with.
    """

    program: Program
    calls: list[CustomCall]
    equations: dict[str, Any]
    jaxpr: Any
    flat: Callable[..., list[Any]]
    arrays: list[Any]

    def values(self) -> dict[str, np.ndarray]:
        """The numbers of all leaves that it was captured with."""
        moving = [leaf for leaf in self.program.leaves if leaf.kind != "constant"]
        held = {leaf.name: np.array(x) for leaf, x in zip(moving, self.arrays, strict=True)}
        return held | {leaf.name: self.program.arrays[leaf.name] for leaf in self.program.of_kind("constant")}


class _Traced:
    """A function of JAX's and its arguments: their arrays one after the other, and the function of these."""

    def __init__(self, jax: Any, function: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> None:
        self.name = getattr(function, "__name__", None) or type(function).__name__
        self.original = function
        self.function, bound = function, None
        if inspect.ismethod(function) and holds_arrays(function.__self__):
            self.function, bound = function.__func__, function.__self__
        elif holds_arrays(function):
            self.function, bound = type(function).__call__, function
        self.is_model = bound is not None
        # A model's arrays come first.
        self.model, self.given = Structure(bound), Structure((tuple(args), dict(kwargs)))
        self.arrays = [_as_jax(jax, x, self.name) for x in (*self.model.arrays, *self.given.arrays)]
        self.result = Structure(None)

    def __call__(self, *arrays: Any) -> list[Any]:
        held = iter(arrays)
        first = (self.model.fill(held),) if self.is_model else ()
        args, kwargs = self.given.fill(held)
        self.result = Structure(self.function(*first, *args, **kwargs))
        wrong = [x for x in self.result.leaves if not is_array(x) and not isinstance(x, (int, bool))]
        if wrong or not self.result.arrays:
            what = f"{type(wrong[0]).__name__}" if wrong else "no array"
            raise BridgeError(f"{self.name} gives {what}: arrays are wanted, or pytrees of them")
        return self.result.arrays

    def leaves(self, reader: Reader) -> list[Leaf]:
        """The parameters of a model, and the inputs by what the user calls them."""
        positional, _ = self.given.tree
        names = argument_names(self.original, len(positional))
        found = []
        for kind, structure in (("parameter", self.model), ("input", self.given)):
            for way in structure.ways:
                if kind == "input":
                    way = (names[way[1]], *way[2:]) if way[0] == 0 else way[1:]
                path = ".".join(map(str, way))
                name = reader.fresh("".join(c if c.isalnum() else "_" for c in path))
                found.append((name, kind, path))
        # Shapes and dtypes are those that JAX has: it may have made float32 of float64.
        return [Leaf(*leaf, tuple(x.shape), str(x.dtype)) for leaf, x in zip(found, self.arrays, strict=True)]


def capture(function: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> JaxCapture:
    """Capture what a function computes for arguments like these.

    Parameters
    ----------
    function : callable
        Of JAX's arrays; or a model that is a pytree itself, whose arrays become parameters.
    args, kwargs
        Arrays, floats, pytrees of them; and settings.

    Returns
    -------
    JaxCapture

    Raises
    ------
    BridgeError
        Where JAX cannot trace it, with its reason and the line.
    """
    jax: Any = import_module("jax")
    if not callable(function):
        raise BridgeError(f"from_jax takes a function of JAX's arrays, not {type(function).__name__}")
    traced = _Traced(jax, function, args, kwargs)
    try:
        closed = jax.make_jaxpr(traced)(*traced.arrays)
    except BridgeError:
        raise
    except Exception as error:
        raise BridgeError(f"JAX cannot capture {traced.name}: {_reason(error)}") from error
    reader = Reader(jax)
    leaves = traced.leaves(reader)
    constants, held = constants_of(reader, closed.consts, closed.jaxpr.constvars)
    constants = _name_constants(function, constants, closed.consts)
    block = Block(reader, ())
    found = block.read(
        closed.jaxpr, [Reference(leaf.name) for leaf in leaves], [Reference(leaf.name) for leaf in constants]
    )
    results = [block.as_reference(x) for x in found]
    count = len(traced.model.arrays)
    held |= {leaf.name: to_array(jax, x) for leaf, x in zip(leaves[:count], traced.arrays, strict=False)}
    positional, by_name = traced.given.plain([Reference(leaf.name) for leaf in leaves[count:]])
    program = Program(
        name=traced.name,
        leaves=[*leaves, *constants],
        operations=block.finish(),
        results=traced.result.plain(results),
        arguments=(positional, by_name),
        arrays=held,
        framework="jax",
    )
    return JaxCapture(program, reader.calls, reader.equations, closed.jaxpr, traced, traced.arrays)


def _as_jax(jax: Any, x: Any, name: str) -> Any:
    """An argument as JAX has it: a key as its bits, float64 as float32 unless JAX is told otherwise."""
    if isinstance(x, jax.Array) and jax.dtypes.issubdtype(x.dtype, jax.dtypes.prng_key):
        raise BridgeError(f"{name}: keys of random numbers are taken as their bits: give jax.random.PRNGKey(…)")
    try:
        array = jax.numpy.asarray(x)
    except TypeError as error:
        raise BridgeError(
            f"{name}: an argument {type(x).__name__} of {np.asarray(x).dtype} is no array of numbers"
        ) from error
    check_dtype(array.dtype, f"{name}, an argument")
    return array


def _name_constants(function: Any, constants: list[Leaf], values: Sequence[Any]) -> list[Leaf]:
    """Arrays that a function closes over, by the names of its variables."""
    known: dict[int, str] = {}
    for name, held in variables_of(function):
        structure = Structure(held)
        for way, array in zip(structure.ways, structure.arrays, strict=True):
            known.setdefault(id(array), ".".join(map(str, (name, *way))))
    return [replace(leaf, path=known.get(id(value), leaf.path)) for leaf, value in zip(constants, values, strict=True)]


def _reason(error: BaseException) -> str:
    """The first paragraph of an error of JAX's, and the innermost line of the user's in it."""
    told = (str(error).strip() or type(error).__name__).split("\n\n")[0]
    jax_root = os.path.dirname(str(import_module("jax").__file__)) + os.sep
    lines = [
        f"{frame.filename}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if not is_internal(frame.filename) and not frame.filename.startswith((jax_root, "<frozen"))
    ]
    return f"{told}\n  at {lines[-1]}" if lines else told
