"""`Bridged`: a program of another framework as a function on tensors, and as a module with its parameters by the user's names."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Self

import numpy as np

import nn
from autograd.bridge import saving
from autograd.bridge.errors import BridgeError
from autograd.bridge.program import Leaf, Program, Reference
from autograd.bridge.running import check_translations, run
from autograd.engine import tensor as engine
from autograd.graph.modes import track
from autograd.graph.node import get_data, raw
from autograd.torch.nn.parameter import Parameter
from autograd.torch.tensor import as_face, wrap


class Part(nn.Module):
    """A module of the user's: it holds parameters and buffers by their names, and its operations are the program's."""


@cache
def _class_of(name: str) -> type[Part]:
    """The class of parts that the user's modules of a class become, so that they are told by its name."""
    return type(name, (Part,), {"__doc__": Part.__doc__, "__module__": __name__})


class Bridged(nn.Module):
    """A program of another framework on this engine: called with arrays or tensors, it gives tensors of `autograd.torch`.

    Its parameters and buffers have the framework's paths; optimizers move the parameters, and a run in training mode moves
    the buffers. The shapes of the arguments, the branches that were taken, and training or evaluation are those of the
    capture.

    Parameters
    ----------
    program : Program

    Attributes
    ----------
    program : Program

    Raises
    ------
    MissingTranslationError
        Where an operation has no translation; the message names it with its line.

    Examples
    --------
    >>> from autograd.bridge.program import Leaf, Operation, Program, Reference
    >>> x, w = Leaf("x", "input", "x", (2,), "float32"), Leaf("w", "parameter", "layer.w", (2,), "float32")
    >>> times = Operation("y", "aten.mul.Tensor", (Reference("x"), Reference("w")), module="layer")
    >>> program = Program("Scale", [x, w], [times], Reference("y"), ((Reference("x"),), {}), {"w": np.float32([2.0, 3.0])})
    >>> scale = Bridged(program)
    >>> scale([1.0, 1.0]).sum().backward()
    >>> [(name, p.grad.tolist()) for name, p in scale.named_parameters()]
    [('layer.w', [1.0, 1.0])]
    """

    def __init__(self, program: Program) -> None:
        check_translations(program)
        super().__init__()
        self.program = program
        self._homes: dict[str, tuple[nn.Module, str]] = {}
        for path in program.modules:
            self._part(path)
        for leaf in program.leaves:
            if leaf.kind in ("parameter", "buffer") and leaf.path not in self._homes:
                self._homes[leaf.path] = self._place(leaf, program.arrays[leaf.name])
        self._constants = {leaf.name: wrap(program.arrays[leaf.name]) for leaf in program.of_kind("constant")}
        super().train(program.training)

    def _place(self, leaf: Leaf, array: np.ndarray) -> tuple[nn.Module, str]:
        """Put a parameter or a buffer where its path says; gives the part that holds it, and its name there."""
        above, _, name = leaf.path.rpartition(".")
        home = self._part(above)
        if leaf.kind == "buffer":
            home.register_buffer(name, array.copy())
        else:
            setattr(home, name, Parameter(array.copy()))
        return home, name

    def _part(self, path: str) -> nn.Module:
        """The part at a path, made where it is not there yet."""
        home: nn.Module = self
        done: list[str] = []
        for name in path.split(".") if path else []:
            done.append(name)
            children = home.structure().modules
            if name not in children:
                setattr(home, name, _class_of(self.program.modules.get(".".join(done), "Part"))())
            home = home.structure().modules[name]
        return home

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Bridged:
        """What `save` wrote; nothing of the file is run, and the framework is not needed.

        Parameters
        ----------
        path : str or path-like

        Returns
        -------
        Bridged

        Raises
        ------
        BridgeError
            Where it is no saved program.

        Examples
        --------
        >>> from autograd.bridge import Bridged
        >>> Bridged.load("no-such-file.npz")
        Traceback (most recent call last):
            ...
        autograd.bridge.errors.BridgeError: cannot read no-such-file.npz: No such file or directory
        """
        return cls(saving.read(path))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the program with the parameters and buffers of now to a file, whole or not at all.

        Parameters
        ----------
        path : str or path-like
            Its name ends in `.npz`.

        Returns
        -------
        pathlib.Path

        Raises
        ------
        BridgeError
            For another ending.
        FileError
            Where it cannot be written.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> from autograd.bridge import Bridged
        >>> from autograd.bridge.program import Leaf, Program, Reference
        >>> x = Leaf("x", "input", "x", (2,), "float32")
        >>> same = Bridged(Program("same", [x], [], Reference("x"), ((Reference("x"),), {})))
        >>> path = same.save(pathlib.Path(tempfile.mkdtemp()) / "same.npz")
        >>> Bridged.load(path)([1.0, 2.0]).tolist()
        [1.0, 2.0]
        """
        for leaf in self.program.leaves:
            if leaf.kind in ("parameter", "buffer"):
                self.program.arrays[leaf.name] = np.array(raw(self._read(leaf)))
        return saving.save(self.program, path)

    def _read(self, leaf: Leaf) -> Any:
        home, name = self._homes[leaf.path]
        return getattr(home, name)

    def train(self, mode: bool = True) -> Self:
        """The module itself, in the mode that it was captured in.

        Parameters
        ----------
        mode : bool

        Raises
        ------
        BridgeError
            For the other mode: what it computes was captured in one.

        Examples
        --------
        >>> from autograd.bridge import Bridged
        >>> from autograd.bridge.program import Leaf, Program, Reference
        >>> x = Leaf("x", "input", "x", (2,), "float32")
        >>> same = Bridged(Program("same", [x], [], Reference("x"), ((Reference("x"),), {})))
        >>> same.eval().training
        False
        """
        if mode is not self.program.training:
            now, wanted = ("training", "eval()") if self.program.training else ("evaluation", "train()")
            raise BridgeError(
                f"{self.program.name} was captured in {now} mode, which is a part of what it computes: call {wanted} on the "
                "model and capture it again"
            )
        return self

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Compute; see the class."""
        results, updates = run(self.program, self.values(*args, **kwargs))
        self.keep(updates)
        return results

    def values(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The leaves of the program by name, for a run with these arguments.

        Raises
        ------
        BridgeError
            Where the arguments are not as many, or of other shapes and dtypes than those of the capture.
        """
        inputs = {leaf.name: leaf for leaf in self.program.of_kind("input")}
        held: dict[str, Any] = dict(self._constants)
        for slot, x in self._match(self.program.arguments, (args, kwargs)):
            if isinstance(slot, Reference):
                held[slot.name] = as_input(self.program.name, inputs[slot.name], x)
            elif type(slot) is not type(x) or slot != x:
                raise BridgeError(
                    f"{self.program.name} was captured with {slot!r}, which is a part of what it computes, and is called with "
                    f"{x!r}: capture it again"
                )
        for leaf in self.program.leaves:
            if leaf.kind == "parameter":
                held[leaf.name] = self._read(leaf)
            elif leaf.kind == "buffer":
                # Not copied: a run reads what is there now.
                held[leaf.name] = as_face(self._read(leaf))
        return held

    def _match(self, wanted: Any, given: Any) -> Iterator[tuple[Any, Any]]:
        """References and settings of the capture, each with what is given for it."""
        if isinstance(wanted, dict) and isinstance(given, Mapping) and wanted.keys() == given.keys():
            wanted, given = list(wanted.values()), [given[key] for key in wanted]
        elif isinstance(wanted, dict) and wanted and all(hasattr(given, key) for key in wanted):
            # A class of the user's that JAX takes apart by its fields.
            wanted, given = list(wanted.values()), [getattr(given, key) for key in wanted]
        if not isinstance(wanted, (dict, list, tuple)):
            yield wanted, given
        elif isinstance(wanted, (list, tuple)) and isinstance(given, (list, tuple)) and len(wanted) == len(given):
            for part, x in zip(wanted, given, strict=True):
                yield from self._match(part, x)
        else:
            raise BridgeError(
                f"{self.program.name} was captured with {_describe(*self.program.arguments)}; call it with arguments of the same "
                "structure"
            )

    def keep(self, updates: dict[str, Any]) -> None:
        """Let the buffers become what a run has made of them; not where one only looks."""
        for path, new in updates.items():
            home, name = self._homes[path]
            track(_assign, home, name, np.array(get_data(new)))

    def __repr__(self) -> str:
        count = len(self.program.operations)
        lines = ", ".join(f"{line.filename}:{line.number}" for line in self.program.decided)
        told = f", on the path that its example took at {lines}" if lines else ""
        return f"<Bridged {self.program.name}: {count} operations of {self.program.framework}{told}>"


def _assign(home: nn.Module, name: str, array: np.ndarray) -> None:
    setattr(home, name, array)


def _describe(positional: tuple[Any, ...], by_name: dict[str, Any]) -> str:
    return ", ".join([*map(repr, positional), *(f"{key}={x!r}" for key, x in by_name.items())]) or "no arguments"


def _fits(shape: tuple[int, ...], wanted: tuple[int | str, ...]) -> bool:
    """Whether a shape is that of a leaf, of which some lengths may vary."""
    if wanted == ("...",):
        return True
    return len(shape) == len(wanted) and all(n == w or isinstance(w, str) for n, w in zip(shape, wanted, strict=True))


def as_input(program: str, leaf: Leaf, x: Any) -> Any:
    """An argument as a tensor of the shape and the dtype of the capture."""
    if isinstance(x, engine.Tensor):
        tensor = as_face(x)
    else:
        # Tensors of PyTorch give their numbers only without their graph.
        array = np.asarray(x.detach().cpu() if hasattr(x, "detach") else x)
        if array.dtype.kind not in "fiub":
            raise BridgeError(
                f"{program}, argument {leaf.path}: numbers are wanted, not {type(x).__name__} of {array.dtype}"
            )
        whole = np.dtype(leaf.dtype).kind != "f"
        if whole and array.dtype.kind == "f":
            raise BridgeError(
                f"{program}, argument {leaf.path}: whole numbers of {leaf.dtype} are wanted, not {array.dtype}"
            )
        tensor = wrap(array.astype(leaf.dtype))
        tensor.name = leaf.path
    have = (tuple(tensor.shape), str(tensor.dtype))
    if have[1] != leaf.dtype or not _fits(have[0], leaf.shape):
        raise BridgeError(
            f"{program}, argument {leaf.path}: captured for {leaf.dtype} of shape {leaf.shape}, called with {have[1]} of shape "
            f"{have[0]}; capture it again with an example of that kind"
        )
    return tensor
