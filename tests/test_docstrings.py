"""Every public function, class and method says what it is, what it takes, and shows it by an example that runs."""

from __future__ import annotations

import doctest
import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from autograd.graph.op import TABLE

ROOMS = [
    "autograd",
    "autograd.check",
    "autograd.compiler",
    "autograd.debug",
    "autograd.draw",
    "autograd.extend",
    "autograd.builtins",
    "autograd.misc",
    "autograd.misc.fixed_points",
    "autograd.misc.optimizers",
    "autograd.scipy.linalg",
    "autograd.scipy.special",
    "autograd.test_util",
    "nn.functional",
    "nn",
    "nn.data",
    "nn.estimators",
    "nn.health",
    "nn.init",
    "nn.scalar",
    "nn.training",
    "nn.training.metrics",
    "nn.tuning",
    "nn.utils",
    "nn.utils.rnn",
    "optim",
    "optim.lr_scheduler",
]
OURS = ("autograd", "nn", "optim")


def functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    for room, name, found in public():
        if not inspect.isclass(found):
            yield f"{room}.{name}", found


def classes() -> Iterator[tuple[str, type]]:
    for room, name, found in public():
        if inspect.isclass(found):
            yield f"{room}.{name}", found


def methods() -> Iterator[tuple[str, type, str, Callable[..., Any]]]:
    """The public methods that have words of their own, or that nothing gives words to."""
    for where, kind in classes():
        for base in kind.__mro__:
            if not base.__module__.startswith(OURS):
                continue
            for name, found in vars(base).items():
                function = found.__func__ if isinstance(found, (classmethod, staticmethod)) else found
                if name.startswith("_") or not inspect.isfunction(function):
                    continue
                if function.__doc__ or not inspect.getdoc(getattr(kind, name)):
                    yield f"{where}.{name}", kind, name, function


def public() -> Iterator[tuple[str, str, Any]]:
    """What packages list, each once."""
    seen: set[int] = set()
    for room in ROOMS:
        module = importlib.import_module(room)
        # Of a module without a list, what it defines.
        own = [name for name, found in vars(module).items() if getattr(found, "__module__", "") == room]
        for name in getattr(module, "__all__", [name for name in own if not name.startswith("_")]):
            found = getattr(module, name)
            if inspect.ismodule(found) or not callable(found) or id(found) in seen:
                continue
            if getattr(found, "__module__", "").startswith(OURS):
                seen.add(id(found))
                yield room, name, found


def sections(doc: str) -> dict[str, str]:
    """The sections of a docstring in NumPy's style; the summary is under the empty title."""
    parts = re.split(r"(?m)^(\w[\w ]*)\n-{3,}\n", doc)
    return {"": parts[0].strip(), **dict(zip(parts[1::2], parts[2::2], strict=True))}


def unnamed(function: Callable[..., Any], told: str, bound: bool) -> list[str]:
    """The parameters that a section does not name."""
    parameters = list(inspect.signature(function).parameters.values())[bound:]
    return [p.name for p in parameters if not re.search(rf"\b{re.escape(p.name)}\b", told)]


def test_functions() -> None:
    missing = []
    for where, function in functions():
        found = sections(inspect.getdoc(function) or "")
        missing += [f"{where}: no summary"] * (not found[""])
        missing += [f"{where}: no word of {name}" for name in unnamed(function, found.get("Parameters", ""), False)]
        missing += [f"{where}: no example"] * (">>>" not in found.get("Examples", ""))
    assert missing == []


def test_classes() -> None:
    missing = []
    for where, kind in classes():
        found = sections(inspect.cleandoc(kind.__doc__ or ""))
        missing += [f"{where}: no summary"] * (not found[""])
        if issubclass(kind, BaseException):
            continue
        told = found.get("Parameters", "") + found.get("Attributes", "") or inspect.getdoc(kind.__init__) or ""
        given = [p for p in inspect.signature(kind).parameters.values() if not p.name.startswith("_")]
        given = [] if getattr(kind, "_is_protocol", False) else given
        missing += [f"{where}: neither parameters nor attributes"] * (bool(given) and not told)
        missing += [f"{where}: no example"] * (">>>" not in found.get("Examples", ""))
    assert missing == []


def test_methods() -> None:
    missing = []
    for where, kind, _, function in methods():
        found = sections(inspect.getdoc(function) or "")
        static = isinstance(inspect.getattr_static(kind, function.__name__, None), staticmethod)
        missing += [f"{where}: no summary"] * (not found[""])
        told = unnamed(function, found.get("Parameters", ""), not static)
        missing += [f"{where}: no word of {name}" for name in told]
        missing += [f"{where}: no example"] * (">>>" not in found.get("Examples", ""))
    assert missing == []


def test_properties() -> None:
    missing = []
    for where, kind in classes():
        for name, found in vars(kind).items():
            if isinstance(found, property) and not name.startswith("_") and not found.__doc__:
                missing.append(f"{where}.{name}")
    assert missing == []


@pytest.mark.parametrize("name", sorted(op.name for op in TABLE.values() if op.doc))
def test_examples_of_rows_run(name: str) -> None:
    # pytest's doctests look at the functions that a module defines, and a row's comes from elsewhere.
    function = TABLE[name].call
    test = doctest.DocTestParser().get_doctest(function.__doc__ or "", {}, name, None, None)
    assert doctest.DocTestRunner(verbose=False).run(test).failed == 0


def test_a_row_tells_its_derivative() -> None:
    assert "∂out/∂x = 1 - out²" in (TABLE["tanh"].call.__doc__ or "")
