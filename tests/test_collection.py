"""What the README's test command collects can be imported with the `test` extra alone."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

from tests import conftest

ROOT = Path(__file__).resolve().parent.parent
OPTIONS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
LEFT_OUT = {ROOT / "tests" / name for name in conftest.collect_ignore}
LEFT_OUT |= {
    ROOT / part.removeprefix("--ignore=") for part in OPTIONS["addopts"].split() if part.startswith("--ignore=")
}
# What the distributions of the extra are called where they are imported; llvmlite comes with numba.
OURS = {"autograd", "nn", "optim", "tests"}
OF_THE_EXTRA = {
    "graphviz", "hypothesis", "IPython", "joblib", "llvmlite", "matplotlib", "mpmath", "nbclient", "nbformat", "numba", "numpy", "PIL",
    "playwright", "pytest", "rich", "safetensors", "scipy", "sklearn", "textual", "threadpoolctl",
}  # fmt: skip
KNOWN = OURS | OF_THE_EXTRA | sys.stdlib_module_names


def outside(path: Path) -> set[str]:
    """The packages that a file imports at its beginning, but for ours, Python's and the extra's."""
    text = path.read_text(encoding="utf-8")
    # To parse all files takes seconds: most have no line at all that could be such an import.
    lines = re.findall(r"^(?:import|from) (.*)", text, re.MULTILINE)
    if {
        name.strip().partition(" ")[0].partition(".")[0]
        for line in lines
        for name in line.partition(" import ")[0].split(",")
    } <= KNOWN:
        return set()
    body = ast.parse(text).body
    named = {alias.name for node in body if isinstance(node, ast.Import) for alias in node.names}
    named |= {node.module for node in body if isinstance(node, ast.ImportFrom) and node.module}
    return {name.partition(".")[0] for name in named} - KNOWN


def test_no_collected_file_needs_more_than_the_test_extra() -> None:
    files = [path for part in ("tests", "autograd", "nn", "optim") for path in (ROOT / part).rglob("*.py")]
    collected = [path for path in files if not LEFT_OUT & {path} and not {"frozen", "benchmarks"} & set(path.parts)]
    asking = {path for path in collected if "importorskip(" in path.read_text(encoding="utf-8")}
    needing = {str(path.relative_to(ROOT)): outside(path) for path in collected if path not in asking}
    assert {path: names for path, names in needing.items() if names} == {}
