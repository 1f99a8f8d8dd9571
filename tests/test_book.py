"""The README and the pages of the book: links lead somewhere, and the README stays short."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parent.parent
BOOK = ROOT / "notebooks"
PAGES = sorted([*ROOT.glob("*.md"), *BOOK.rglob("*.md"), *BOOK.glob("*.ipynb")])
LINK = re.compile(r"\]\(([^)\s]+)\)")


def text_of(path: Path) -> str:
    """A page as Markdown; of a notebook the cells that are."""
    if path.suffix != ".ipynb":
        return path.read_text(encoding="utf-8")
    cells = nbformat.read(path, as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def anchors(path: Path) -> set[str]:
    """The anchors that GitHub and Sphinx give to the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", text_of(path), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    broken = []
    for link in LINK.findall(text_of(path)):
        if link.startswith(("http:", "https:")):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_the_readme_is_short() -> None:
    assert len(text_of(ROOT / "README.md").splitlines()) <= 200


def test_every_page_is_in_the_contents() -> None:
    contents = text_of(BOOK / "index.md")
    listed = {
        line.strip() for block in re.findall(r"```\{toctree\}\n(.*?)```", contents, re.DOTALL) for line in block.split()
    }
    pages = {str(path.relative_to(BOOK).with_suffix("")) for path in PAGES if path.is_relative_to(BOOK)}
    assert pages - {"index"} <= listed
