"""The stubs are those that the table gives now, and declare what is there, no more and no less."""

from __future__ import annotations

import ast
import inspect
import re
import shutil
from pathlib import Path

import pytest

import autograd
import autograd.torch as torch
from autograd.engine.methods import TensorMethods, ValueMethods
from tests.typing.faces import NUMPY, ROOT, stubs


@pytest.fixture(scope="module")
def written() -> dict[Path, str]:
    if shutil.which("ruff") is None:
        pytest.skip("ruff is not installed; it comes with the dev extra")
    return stubs()


@pytest.mark.integration
def test_stubs_are_current(written: dict[Path, str]) -> None:
    for path, text in written.items():
        committed = path.read_text(encoding="utf-8")
        told = re.search(r"with the names of NumPy (\S+);", committed)
        if told is not None and told[1] != NUMPY:
            # Another NumPy has other names; what nodes come to is declared alike.
            new, old = declarations(text), declarations(committed)
            assert [name for name in new if name in old and dump(new[name]) != dump(old[name])] == []
        else:
            assert committed == text, f"{path.name}: run python -m tests.typing.faces"
    assert set((ROOT / "autograd").rglob("*.pyi")) == {path for path in written if path.suffix == ".pyi"}


def dump(found: list[ast.FunctionDef]) -> list[str]:
    return [ast.dump(each) for each in found]


def declarations(stub: str) -> dict[str, list[ast.FunctionDef]]:
    """What a stub declares, by name; of a class by `Class.name`."""
    found: dict[str, list[ast.FunctionDef]] = {}
    for node in ast.parse(stub).body:
        if isinstance(node, ast.FunctionDef):
            found.setdefault(node.name, []).append(node)
        elif isinstance(node, ast.ClassDef):
            for method in node.body:
                if isinstance(method, ast.FunctionDef):
                    found.setdefault(f"{node.name}.{method.name}", []).append(method)
    return found


@pytest.mark.parametrize("room", [ValueMethods, TensorMethods])
def test_every_method_is_declared(room: type) -> None:
    declared = declarations((ROOT / "autograd" / "engine" / "methods.pyi").read_text(encoding="utf-8"))
    there = {
        name
        for base in room.__mro__[: room.__mro__.index(object)]
        if base.__module__ == room.__module__
        for name, found in vars(base).items()
        if inspect.isfunction(found)
    }
    listed = {name.partition(".")[2] for name in declared if name.startswith(f"{room.__name__}.")}
    assert {name for name in listed if not name.startswith("__")} == there
    assert all(callable(getattr(room, name, None) or getattr(autograd.Tensor, name)) for name in listed)


def test_every_public_name_is_declared_or_imported() -> None:
    text = (ROOT / "autograd" / "__init__.pyi").read_text(encoding="utf-8")
    names = set(declarations(text))
    for node in ast.parse(text).body:
        if isinstance(node, ast.ImportFrom):
            names |= {alias.asname for alias in node.names if alias.asname}
    assert set(autograd.__all__) <= names


def test_declared_parameters_are_those_of_the_functions() -> None:
    for name, overloads in declarations((ROOT / "autograd" / "__init__.pyi").read_text(encoding="utf-8")).items():
        function = inspect.signature(getattr(autograd, name))
        if any(p.kind is p.VAR_KEYWORD for p in function.parameters.values()):
            continue
        for declared in overloads:
            given = [*declared.args.args, *declared.args.kwonlyargs]
            assert [a.arg for a in given if a.arg not in function.parameters] == [], name


def test_every_word_of_the_dialect_is_declared() -> None:
    home = ROOT / "autograd" / "torch"
    text = (home / "__init__.pyi").read_text(encoding="utf-8")
    names = set(declarations(text))
    for node in ast.parse(text).body:
        if isinstance(node, ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.AnnAssign):
            names.add(ast.unparse(node.target))
    assert set(torch.__all__) <= names
    methods = {
        name.partition(".")[2] for name in declarations((home / "tensor_methods.pyi").read_text(encoding="utf-8"))
    }
    assert {name for name in vars(torch.Tensor.__mro__[1]) if not name.startswith("__")} <= methods
    assert all(hasattr(torch.Tensor, name) for name in methods)
