"""`as_micrograd`: a program that imports micrograd finds the engine's `Value` and the networks of `nn.scalar` in its place."""

from __future__ import annotations

import hashlib
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from autograd.engine.value import Value
from nn.scalar import MLP, Layer, Module, Neuron


class _Stand(MetaPathFinder, Loader):
    """Finds these networks in the places of micrograd's modules, where no package of that name beside the program is another one."""

    def find_spec(self, name: str, *_: Any) -> ModuleSpec | None:
        """Where `micrograd`, `micrograd.engine` and `micrograd.nn` are: here."""
        if name not in STANDS or any(_is_another(Path(place)) for place in sys.path if "-packages" not in place):
            return None
        return ModuleSpec(name, self, is_package=name == "micrograd")

    def exec_module(self, module: ModuleType) -> None:
        """Give a module what micrograd's has."""
        module.__dict__.update(STANDS[module.__name__])


STANDS: dict[str, dict[str, Any]] = {
    "micrograd": {},
    "micrograd.engine": {"Value": Value},
    "micrograd.nn": {"Value": Value, "Module": Module, "Neuron": Neuron, "Layer": Layer, "MLP": MLP, "random": random},
}
# Of the texts of micrograd 0.1.0, without comments and blanks.
TEXTS = {"engine.py": "2d8838781cd026e5", "nn.py": "70ebda150d6ef674"}


def _is_another(place: Path) -> bool:
    """Whether a folder has a package of that name that is not micrograd's own, such as a student's."""
    package = place / "micrograd"
    if not package.is_dir():
        return (place / "micrograd.py").is_file()
    try:
        return any(_print_of((package / name).read_bytes()) != known for name, known in TEXTS.items())
    except (OSError, UnicodeDecodeError):
        return True


def _print_of(text: bytes) -> str:
    """What tells a text, but for its comments and blanks."""
    lines = [line.partition("#")[0].rstrip() for line in text.decode().splitlines()]
    return hashlib.sha256("\n".join(filter(None, lines)).encode()).hexdigest()[:16]


@contextmanager
def as_micrograd() -> Iterator[None]:
    """Let `import micrograd` find `nn.scalar` and the engine's `Value`, so that a program of micrograd's is recorded.

    Whether micrograd is installed does not matter, and afterwards all is as it was. A package of that name beside the program that
    is another one is left alone.

    Examples
    --------
    >>> with as_micrograd():
    ...     from micrograd.engine import Value
    ...     from micrograd.nn import MLP
    >>> Value is type(MLP(2, [1])([1.0, 2.0]))
    True
    """
    before = {name: sys.modules.pop(name) for name in STANDS if name in sys.modules}
    stand = _Stand()
    sys.meta_path.insert(0, stand)
    try:
        yield
    finally:
        sys.meta_path.remove(stand)
        for name in STANDS:
            sys.modules.pop(name, None)
        sys.modules.update(before)
