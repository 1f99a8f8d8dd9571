"""The tables that name a test or a cell for every line of the source documents name things that are there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "notebooks" / "explanation" / "documents.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| line ")]


def functions_of(path: Path) -> set[str]:
    return {node.name for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)}


@pytest.mark.integration
def test_every_test_that_is_named_is_there() -> None:
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE)
    assert len(named) > 90
    assert [f"{path}::{name}" for path, name in named if name not in functions_of(ROOT / "tests" / path)] == []


def test_every_cell_that_is_named_is_there_and_shows_something() -> None:
    named = re.findall(r"\]\(\.\./(\w+)\.ipynb\) `(c[\d-]+)`", PAGE)
    assert len(named) > 40
    for name, cell in named:
        cells = {c.id: c for c in nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4).cells}
        assert cell in cells, (name, cell)
        assert cells[cell].cell_type == "markdown" or cells[cell].outputs, (name, cell)


def test_every_line_has_its_place() -> None:
    documents = re.findall(r"^## (\w): ", PAGE, re.MULTILINE)
    assert documents == ["L", "S", "O", "N", "B"]
    assert len(ROWS) > 75
    for row in ROWS:
        line, where = (cell.strip() for cell in row.strip("|").rsplit(" | ", 1))
        assert line and re.search(r"::test_|\.ipynb\)|\.md\)", where), row
