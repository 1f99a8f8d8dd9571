"""What editors and type checkers see of the table: `python -m tests.typing.faces` writes it, and a test holds it current.

- `autograd/__init__.pyi`: the functions, with an overload for each kind of operand;
- `autograd/engine/methods.pyi`: the operators and methods of `Value` and `Tensor`;
- `autograd/numpy/__init__.pyi`, `linalg.pyi` and `fft.pyi`: NumPy's names, of which those that nodes come to are overloaded;
  `random.pyi`: NumPy's own;
- `autograd/torch/__init__.pyi` and `tensor_methods.pyi`: PyTorch's functions, and the methods of its tensors;
- `autograd/ops/printed.py`: derivatives and examples for the docstrings of rows.
"""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

import autograd
from autograd.engine.methods import ElementaryMethods, TensorMethods, ValueMethods
from autograd.graph.op import BY_NUMPY
from autograd.numpy import construct
from tests.typing import torch_faces
from tests.typing.overloads import Overload, overloads
from tests.typing.rows import of_rows

ROOT = Path(__file__).parent.parent.parent
HEAD = '''"""Written by `python -m tests.typing.faces` from the table of operations; see there before you edit."""

'''
# Where the names in annotations come from.
SOURCES = {
    "collections.abc": ("Iterable", "Sequence"),
    "typing": ("Any", "Literal", "TypeVar", "overload"),
    "numpy.typing": ("NDArray",),
    "autograd.engine.operators": ("Operators",),
    "autograd.engine.tensor": ("Tensor",),
    "autograd.engine.value": ("Value",),
    "autograd.typing": ("Array", "ArrayLike", "Axis", "DTypeLike", "Number", "Operand", "Real", "Shape"),
}
VARIABLES = """\
Scalar = TypeVar("Scalar", bound=np.generic)
Floating = TypeVar("Floating", bound=np.floating[Any])

"""
NUMPY = ".".join(np.__version__.split(".")[:2])
WITH_AXES = {"sum": np.sum, "prod": np.prod, "max": np.max, "min": np.min}


def summary(function: Any) -> str:
    """The first paragraph of a docstring, in one line, and the derivatives of a row where they are short."""
    first, _, rest = (inspect.getdoc(function) or "").partition("\n\n")
    told = [line.strip() for line in rest.splitlines() if line.startswith("    ∂out/")]
    if told and all(len(line) < 40 for line in told):
        first += f" Here {', '.join(told)}."
    return " ".join(first.split()).replace("\\", "\\\\")


class _OfPython(ast.NodeTransformer):
    """Python's own types in annotations, where a stub has something else by their names."""

    def __init__(self, names: set[str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.parse(f"builtins.{node.id}", mode="eval").body if node.id in self.names else node


def stub(reexported: Iterable[str], body: str, source: str = "") -> str:
    """A stub: what it passes on from other modules, and its own declarations with the imports that they need."""
    tree = ast.parse(body)
    names = {line.rpartition(" ")[2] for line in reexported} | {getattr(node, "name", "") for node in tree.body}
    hidden = names & {"bool", "list", "tuple"}
    if hidden:
        body = ast.unparse(_OfPython(hidden).visit(tree))
    if "Scalar" in body or "Floating" in body:
        body = VARIABLES + body
    lines = sorted(reexported)
    taken = {line.rpartition(" ")[2] for line in lines}
    for module, names in SOURCES.items():
        used = [name for name in names if name not in taken and re.search(rf"\b{name}\b", body)]
        if used:
            lines.append(f"from {module} import {', '.join(used)}")
    for module, use in (("numpy as np", r"\bnp\."), ("builtins", r"\bbuiltins\.")):
        if re.search(use, body):
            lines.append(f"import {module}")
    return formatted(HEAD.replace(";", f"{source};") + "\n".join(lines) + "\n\n" + body)


def declared(name: str, function: Callable[..., Any], found: list[Overload] | None = None) -> str:
    """The declaration of a function with its overloads, the first of which has the docstring."""
    found = overloads(name, function) if found is None else found
    many = len(found) > 1
    return "".join(each.text(name, summary(function) if n == 0 else "", many) for n, each in enumerate(found))


def public(name: str) -> Any:
    """What `autograd` has under a name; of reductions that take numbers as well, the function that takes axes."""
    return BY_NUMPY[WITH_AXES[name]] if name in WITH_AXES else getattr(autograd, name)


def of_autograd() -> str:
    """`autograd/__init__.pyi`: what comes from the table is declared, all else is imported as in `__init__.py`."""
    tree = ast.parse((ROOT / "autograd" / "__init__.py").read_text(encoding="utf-8"))
    imports: list[str] = []
    functions: list[str] = []
    for node in tree.body:
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("autograd"):
            continue
        for alias in node.names:
            name = alias.asname or alias.name
            if name.startswith("_") and name != "__version__":
                continue
            if str(node.module).startswith("autograd.ops.") and callable(getattr(autograd, name)):
                functions.append(declared(name, public(name)))
            else:
                imports.append(f"from {node.module} import {alias.name} as {name}")
    listed = "".join(f"    {name!r},\n" for name in autograd.__all__)
    imports += ["from autograd.compiler import compile as compile"]
    return stub(imports, f"__all__ = [\n{listed}]\n\n" + "\n".join(functions))


def methods_of(face: str, *rooms: type) -> str:
    """The methods that a face has of the table, in the overload of that face."""
    found = []
    for room in rooms:
        for name, function in vars(room).items():
            if not inspect.isfunction(function):
                continue
            if name in CONSTANT_METHODS:
                found.append(constant_method(name, function))
                continue
            own = [
                each for each in overloads(name, function) if each.face == face and "Iterable" not in each.parameters[0]
            ]
            if not own:
                raise TypeError(f"{face}.{name}: no overload of {name} takes it")
            found += [each.text(name, summary(function), False, method=True) for each in own[:1]]
    return "".join(found)


def constant_method(name: str, function: Any) -> str:
    return CONSTANT_METHODS[name].replace(": ...", f': """{summary(function)}"""')


CONSTANT_METHODS = {
    "all": "def all(self, axis: Axis = None, out: None = None, keepdims: bool = False, *, where: Operand | None = None) -> Any: ...\n",
    "any": "def any(self, axis: Axis = None, out: None = None, keepdims: bool = False, *, where: Operand | None = None) -> Any: ...\n",
    "nonzero": "def nonzero(self) -> tuple[NDArray[np.intp], ...]: ...\n",
    "searchsorted": "def searchsorted(self, v: Operand, side: str = 'left', sorter: ArrayLike | None = None) -> Any: ...\n",
}
ARITHMETIC = "add sub mul truediv pow mod floordiv".split()
OPERATORS = {
    "Value": [
        *(f"def __{r}{name}__(self, other: Number) -> Value: ..." for name in ARITHMETIC for r in ("", "r")),
        *(f"def __{name}__(self) -> Value: ..." for name in ("neg", "pos", "abs")),
        "def __divmod__(self, other: Number) -> tuple[Value, Value]: ...",
        *(f"def __{name}__(self, other: Number) -> bool: ..." for name in ("gt", "ge", "lt", "le")),
    ],
    "Tensor": [
        *(
            f"def __{r}{name}__(self, other: Operand) -> Tensor: ..."
            for name in (*ARITHMETIC, "matmul", "and", "or", "xor")
            for r in ("", "r")
        ),
        *(f"def __{name}__(self) -> Tensor: ..." for name in ("neg", "pos", "abs", "invert")),
        "def __divmod__(self, other: Operand) -> tuple[Tensor, Tensor]: ...",
        *(f"def __{name}__(self, other: Operand) -> Tensor: ..." for name in ("gt", "ge", "lt", "le")),
        "def __getitem__(self, key: Any) -> Tensor: ...",
    ],
}


def of_methods() -> str:
    """`autograd/engine/methods.pyi`."""
    parts = []
    for face, room in (("Value", ValueMethods), ("Tensor", TensorMethods)):
        body = "\n".join(OPERATORS[face]) + "\n" + methods_of(face, ElementaryMethods, room)
        parts.append(f"class {room.__name__}(Operators):\n" + _indented(f'"""{summary(room)}"""\n{body}') + "\n")
    return stub([], "".join(parts))


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" if line else "\n" for line in text.splitlines())


def of_numpy(module: ModuleType, ours: ModuleType, extra: Iterable[Any] = ()) -> str:
    """A stub of NumPy's names: functions that differentiate are declared, all else is NumPy's own."""
    names = sorted(module.__all__)
    functions, imports = [], []
    for name in names:
        function = getattr(ours, name)
        implemented = BY_NUMPY.get(getattr(module, name)) if _hashable(getattr(module, name)) else None
        if implemented is not None and not implemented.__module__.startswith("numpy"):
            found = overloads(name, implemented)
            if name == "where":
                found = [*found, Overload("Array", ("condition: Operand", "/"), "tuple[NDArray[np.intp], ...]")]
            functions.append(declared(name, implemented, [each.unnamed() for each in found]))
        elif isinstance(function, ModuleType) and function.__name__.startswith("autograd."):
            imports.append(f"from autograd.numpy import {name} as {name}")
        elif getattr(function, "__module__", "") == construct.__name__ or isinstance(function, type(construct.r_)):
            imports.append(f"from {construct.__name__} import {name} as {name}")
        else:
            imports.append(f"from {module.__name__} import {name} as {name}")
    listed = "".join(f"    {name!r},\n" for name in sorted(module.__all__))
    return stub(imports, f"__all__ = [\n{listed}]\n\n" + "\n".join(functions), f", with the names of NumPy {NUMPY}")


def _hashable(x: Any) -> bool:
    return getattr(type(x), "__hash__", None) is not None


def formatted(text: str, name: str = "x.pyi") -> str:
    """A stub as ruff lays it out."""
    for command in (["check", "-q", "--fix", "--select", "I,RUF022"], ["format", "-q"]):
        done = subprocess.run(
            ["ruff", *command, "--stdin-filename", name, "-"], input=text, capture_output=True, text=True, cwd=ROOT
        )
        if done.returncode:
            raise ValueError(done.stderr or done.stdout)
        text = done.stdout
    return text


def of_dialect(imports: list[str], body: str) -> str:
    """A stub of the dialect, whose functions are declared as they are written."""
    return formatted(
        HEAD.replace("table of operations", "functions of autograd.torch") + "\n".join(imports) + "\n\n" + body
    )


def stubs() -> dict[Path, str]:
    """Every stub with its text."""
    import autograd.numpy
    import autograd.numpy.fft
    import autograd.numpy.linalg

    home = ROOT / "autograd"
    return {
        home / "ops" / "printed.py": formatted(of_rows(), "x.py"),
        home / "__init__.pyi": of_autograd(),
        home / "engine" / "methods.pyi": of_methods(),
        home / "numpy" / "__init__.pyi": of_numpy(np, autograd.numpy),
        home / "numpy" / "fft.pyi": of_numpy(np.fft, autograd.numpy.fft),
        home / "numpy" / "random.pyi": HEAD + "from numpy.random import *\n",
        home / "numpy" / "linalg.pyi": of_numpy(np.linalg, autograd.numpy.linalg),
        home / "torch" / "__init__.pyi": of_dialect(*torch_faces.of_torch()),
        home / "torch" / "tensor_methods.pyi": of_dialect(*torch_faces.of_tensor_methods()),
    }


if __name__ == "__main__":
    for path, text in stubs().items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT))
