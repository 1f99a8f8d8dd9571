"""The structure of the packages: no circle of imports, no way from the engine up to networks, no long file without a reason."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in ("autograd", "nn", "optim")
    for path in sorted((ROOT / package).rglob("*.py"))
}
# Annotations alone name each other here: a node has its row and a row makes nodes, and a mode has the recorder that is
# handed both; an alias such as `Operand` names the tensor whose methods take it.
TYPES_OF_EACH_OTHER = {
    frozenset(f"autograd.graph.{name}" for name in ("modes", "node", "op", "recorder", "versions")),
    frozenset({"autograd.engine.tensor", "autograd.typing"}),
}


def imports(module: str, types: bool) -> set[str]:
    """What a module imports, in functions too, of our own modules; with `types` also what only annotations name."""
    return _imports(module)[types]


@cache
def _imports(module: str) -> tuple[set[str], set[str]]:
    """Both; the file is read once."""
    tree = ast.parse(FILES[module].read_text(encoding="utf-8"))
    return _names_of(module, imported(tree, types=False)), _names_of(module, imported(tree, types=True))


def _names_of(module: str, nodes: Iterable[ast.Import | ast.ImportFrom]) -> set[str]:
    package = module if FILES[module].name == "__init__.py" else module.rpartition(".")[0]
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*base, *([node.module] if node.module else [])])
            names = [f"{base}.{alias.name}" for alias in node.names]
        # Of `from module import name` the module, where the name is none itself.
        found |= {name if name in FILES else name.rpartition(".")[0] for name in names}
    return (found & FILES.keys()) - {module}


def imported(tree: ast.AST, types: bool) -> Iterator[ast.Import | ast.ImportFrom]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            if types:
                yield from imported(node, types)
        # The face of a package hands names on when somebody asks for them.
        elif not (isinstance(node, ast.FunctionDef) and node.name == "__getattr__"):
            yield from imported(node, types)


def circles(graph: dict[str, set[str]]) -> set[frozenset[str]]:
    """The groups of modules each of which is reached from each other one."""
    reached = {module: _reached(graph, module) for module in graph}
    return {
        frozenset({module, *(other for other in reached[module] if module in reached[other])})
        for module in graph
        if module in reached[module]
    }


def _reached(graph: dict[str, set[str]], module: str) -> set[str]:
    seen: set[str] = set()
    waiting = list(graph[module])
    while waiting:
        other = waiting.pop()
        if other not in seen:
            seen.add(other)
            waiting += graph[other]
    return seen


def test_circles_are_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == {frozenset("abc")}
    assert circles({"a": {"b"}, "b": {"c"}, "c": set()}) == set()
    assert "autograd.graph.node" in imports("autograd.graph.op", types=False)
    assert "autograd.debug.session" in imports("nn.health.report", types=True) | imports("autograd.debug", types=False)
    assert {"autograd.draw", "autograd.debug"} <= imports("nn.health.report", types=False), "in functions too"


@pytest.mark.integration
@pytest.mark.parametrize(("types", "allowed"), [(False, set()), (True, TYPES_OF_EACH_OTHER)])
def test_no_module_imports_itself_by_way_of_others(types: bool, allowed: set[frozenset[str]]) -> None:
    found = circles({module: imports(module, types) for module in FILES})
    assert {" ↔ ".join(sorted(circle)) for circle in found - allowed} == set()
    assert found >= allowed, "an exception that is none any more"


@pytest.mark.integration
def test_the_engine_and_its_tools_import_no_networks() -> None:
    below = [
        m
        for m in FILES
        if m.split(".")[0] == "autograd"
        and m.split(".")[1:2] not in (["cli"], ["examples"], ["torch"], ["bridge"], ["pages"])
    ]
    assert len(below) > 100
    assert {m for m in below if any(name.split(".")[0] == "nn" for name in imports(m, types=True))} == set()


def test_the_command_loads_networks_only_where_they_are_asked_for() -> None:
    code = (
        "import sys; from autograd.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({m.split('.')[0] for m in sys.modules} & {'nn', 'optim'}))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.splitlines()[-1] == "[]"


LONGEST = 400
REASON = "One file because"


def lines_of_code(text: str) -> int:
    """The lines of a file without its documentation, which may be as long as it likes."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    texts = [
        n.body[0] for n in ast.walk(ast.parse(text)) if isinstance(n, documented) and ast.get_docstring(n) is not None
    ]
    return text.count("\n") - sum((doc.end_lineno or doc.lineno) - doc.lineno + 1 for doc in texts)


@pytest.mark.integration
def test_no_long_file_without_a_reason() -> None:
    """Split it by idea, or say in its docstring why it is one file."""
    texts = {m: path.read_text(encoding="utf-8") for m, path in FILES.items()}
    long = {m for m, text in texts.items() if text.count("\n") > LONGEST and lines_of_code(text) > LONGEST}
    reasons = {
        m for m, text in texts.items() if REASON in text and REASON in (ast.get_docstring(ast.parse(text)) or "")
    }
    assert long - reasons == set()
    assert reasons - long == set(), "short by now: it needs no reason"


def test_documentation_is_not_counted() -> None:
    assert lines_of_code('"""One.\n\nTwo.\n"""\n\nx = 1\n') == 2
    assert lines_of_code('def f():\n    """One."""\n    return 1\n') == 2
