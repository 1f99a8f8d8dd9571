"""What editors see of the dialect `autograd.torch`: its functions, and the methods of its tensors, with what they give."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import autograd.torch
from autograd.torch.methods import METHODS
from autograd.torch.tensor_methods import TensorMethods

ROOT = Path(__file__).parent.parent.parent
# What gives something else than a tensor: pairs with names, or what depends on the arguments, are Any.
PARTS = frozenset(
    "atleast_1d atleast_2d atleast_3d broadcast_tensors chunk dsplit gradient hsplit meshgrid split split_with_sizes tensor_split "
    "unbind unsafe_chunk var_mean std_mean vsplit".split()
)
BOOLS = frozenset("allclose can_cast equal is_floating_point is_tensor is_complex is_inference_mode_enabled".split())
OTHERS = frozenset(
    "aminmax cummax cummin finfo histogram iinfo kthvalue lobpcg load max median min mode nanmedian new_generator nonzero numel "
    "promote_types qr result_type save set_default_dtype set_default_tensor_type set_printoptions slogdet sort storage "
    "storage_offset svd tolist topk triangular_solve unique unique_consecutive untyped_storage where "
    "broadcast_shapes manual_seed seed initial_seed get_rng_state set_rng_state get_default_dtype compile".split()
)
# What the engine's tensors have too, and give in this dialect here.
OPERATORS = (
    "floordiv rfloordiv mod rmod gt ge lt le and rand or ror xor rxor lshift rlshift rshift rrshift "
    "iadd isub imul itruediv ifloordiv imod ipow imatmul iand ior ixor"
).split()
# Python's own types, where `torch` has dtypes by their names.
HIDDEN = frozenset(("bool", "float", "int"))


def result(name: str) -> str:
    """What a function gives."""
    if name in PARTS:
        return "tuple[Tensor, ...]"
    if name in BOOLS:
        return "builtins.bool"
    return "Any" if name in OTHERS else "Tensor"


class _OfPython(ast.NodeTransformer):
    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.parse(f"builtins.{node.id}", mode="eval").body if node.id in HIDDEN else node


def _annotation(given: Any) -> str:
    text = given if isinstance(given, str) else "Any"
    allowed = {"Any", "int", "float", "bool", "str", "None", "Sequence", "tuple", "list", "Iterable"}
    tree = ast.parse(text, mode="eval")
    if not {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} <= allowed:
        return "Any"
    return ast.unparse(_OfPython().visit(tree))


def _default(value: Any) -> str:
    return repr(value) if value is None or isinstance(value, (bool, int, float, str, tuple)) else "..."


def _parameters(function: Callable[..., Any], method: bool) -> str:
    """The parameters of the function beneath; NumPy's names of them, and `out=`, are taken too where it is wrapped."""
    signature = inspect.signature(function)
    found = list(signature.parameters.values())
    wrapped = hasattr(function, "__wrapped__")
    given = []
    for place, p in enumerate(found):
        if method and place == 0:
            given.append("self")
            continue
        stars = {p.VAR_POSITIONAL: "*", p.VAR_KEYWORD: "**"}.get(p.kind, "")
        if p.kind is p.KEYWORD_ONLY and not any(q.startswith("*") for q in given):
            given.append("*")
        default = "" if p.default is p.empty else f" = {_default(p.default)}"
        given.append(f"{stars}{p.name}: {_annotation(p.annotation)}{default}")
    if wrapped and not any(q.startswith("**") for q in given):
        given.append("**numpy_names: Any")
    return ", ".join(given)


def declare(name: str, function: Callable[..., Any], method: bool = False) -> str:
    """The declaration of a function or a method."""
    told = (inspect.getdoc(function) or "").partition("\n\n")[0]
    told = " ".join(told.split()).replace("\\", "\\\\")
    body = f'\n    """{told}"""\n' if told else " ...\n"
    return f"def {name}({_parameters(function, method)}) -> {result(name)}:{body}"


def of_tensor_methods() -> tuple[list[str], str]:
    """What `tensor_methods.pyi` imports and declares."""
    imports = [
        "import builtins",
        "from collections.abc import Sequence",
        "from typing import Any",
        "from autograd.torch.tensor import Tensor",
    ]
    names = [name for name in sorted(METHODS) if not name.startswith("__")]
    methods = "".join(f"def __{name}__(self, other: Any) -> Tensor: ...\n" for name in OPERATORS)
    methods += "".join(f"def __{name}__(self) -> Tensor: ...\n" for name in ("neg", "abs", "invert"))
    methods += "".join(declare(name, METHODS[name], True) for name in names)
    body = "".join(f"    {line}\n" if line else "\n" for line in methods.splitlines())
    return imports, f'class TensorMethods:\n    """{TensorMethods.__doc__}"""\n{body}'


def of_torch() -> tuple[list[str], str]:
    """What `autograd/torch/__init__.pyi` imports and declares: functions are declared, all else is imported."""
    tree = ast.parse((ROOT / "autograd" / "torch" / "__init__.py").read_text(encoding="utf-8"))
    imports = ["import builtins", "from collections.abc import Sequence", "from typing import Any"]
    functions: list[str] = []
    for node in tree.body:
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("autograd.torch"):
            continue
        for alias in node.names:
            name = alias.asname or alias.name
            if name.startswith("_"):
                continue
            found = getattr(autograd.torch, name)
            if inspect.isfunction(found) and not str(node.module).endswith((".modes", ".dtypes", ".func")):
                functions.append(declare(name, found))
            else:
                imports.append(f"from {node.module} import {alias.name} as {name}")
    rooms: Iterable[str] = ("distributions", "func", "nn", "optim", "random", "special", "utils")
    imports.append("from autograd.torch.func import vmap as vmap")
    imports += [f"from autograd.torch import {room} as {room}" for room in rooms]
    values = "__version__: str\ncuda: NoDevice\nmps: NoDevice\nxpu: NoDevice\nbackends: Backends\n\n"
    listed = "".join(f"    {name!r},\n" for name in autograd.torch.__all__)
    return imports, f"__all__ = [\n{listed}]\n\n" + values + "\n".join(functions)
