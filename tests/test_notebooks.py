"""Every notebook runs from its first cell to its last, and shows what is stored; its exercises have answers that are right.

`python -m tests.rerun_notebooks` stores anew what they show.
"""

from __future__ import annotations

import asyncio
import contextlib
import html
import io
import re
import warnings
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
NUMBER = re.compile(r"[-−+]?\d[\d,]*\.?\d*(?:e[-+]?\d+)?")
# What another processor's rounding changes in what is printed, after some hundred steps of training.
RELATIVE, ABSOLUTE = 1e-2, 1e-6
# Bytes of a notebook; of the one about pages, which shows three of them whole.
MOST, MOST_WITH_PAGES = 500_000, 1_500_000
each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)


def code_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tags(cell: Any) -> list[str]:
    found: list[str] = cell.metadata.get("tags", [])
    return found


@pytest.mark.integration
@each
@pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
def test_notebook_runs_and_shows_what_is_stored(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Tests run beside each other: threads of linear algebra would wait for each other.
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    notebook = nbformat.read(path, as_version=4)
    stored = [shown(cell) for cell in code_cells(notebook)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the kernel's machinery; those of the cells are outputs, looked at below
        asyncio.run(
            NotebookClient(
                notebook,
                timeout=120,
                kernel_name="python3",
                resources={"metadata": {"path": str(path.parent)}},
                # As they are stored: what a cell prints comes in pieces of any sizes.
                coalesce_streams=True,
            ).async_execute()
        )
    cells = code_cells(notebook)
    printed = [output for cell in cells for output in cell.get("outputs", []) if output.get("name") == "stderr"]
    assert printed == []
    for cell, before in zip(cells, stored, strict=True):
        if "varies" not in tags(cell):
            now = shown(cell)
            assert [kind for kind, _ in now] == [kind for kind, _ in before], cell.source
            for (_, text), (_, was) in zip(now, before, strict=True):
                assert same(text, was), f"{cell.source}\n\nshows\n{text}\n\nand stored is\n{was}"


def shown(cell: Any) -> list[tuple[str, str]]:
    """What a cell shows: text by its words and numbers; a diagram by its texts; of other pictures, that there is one."""
    found = []
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            # Several writes are one stream or more, as the time between them goes.
            if found and found[-1][0] == "stream":
                found[-1] = ("stream", found[-1][1] + output.text)
            else:
                found.append(("stream", output.text))
        for kind, data in sorted(output.get("data", {}).items()):
            text = ""
            if kind == "text/plain":
                text = data
            elif kind == "image/svg+xml":
                # Of the diagrams of another version of Graphviz the texts are the same, in another order.
                text = "\n".join(
                    sorted(html.unescape(t).strip() for t in re.findall(r"<(?:text|tspan)[^>]*>([^<]+)<", data))
                )
            found.append((kind, text))
    return found


def same(text: str, stored: str) -> bool:
    """Whether two texts say the same: the same words, and numbers that are equal but for rounding."""
    words = [" ".join(NUMBER.sub("0", t).split()) for t in (text, stored)]
    if words[0] != words[1]:
        return False
    numbers = [[float(n.replace(",", "").replace("−", "-")) for n in NUMBER.findall(t)] for t in (text, stored)]
    return all(abs(a - b) <= ABSOLUTE + RELATIVE * abs(b) for a, b in zip(*numbers, strict=True))


def test_texts_are_compared_by_words_and_numbers() -> None:
    assert same("loss 0.1234,  2 of 1,000", "loss 0.1235, 2 of 1,000")
    assert same("apart by 2.2e-16", "apart by 3.3e-16")
    assert not same("loss 0.1234", "loss 0.1334")
    assert not same("loss 0.1", "lost 0.1")
    assert not same("1 2", "1")


@each
def test_notebook_is_committed_with_its_results(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    code = code_cells(notebook)
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert path.stat().st_size < (MOST_WITH_PAGES if path.name == "14_pages.ipynb" else MOST)


@each
def test_a_page_inside_has_a_picture_beside_it(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    for k, cell in enumerate(cells):
        pages = [out for out in cell.get("outputs", []) if "<iframe" in out.get("data", {}).get("text/html", "")]
        if pages:
            # GitHub shows no page inside a page.
            near = cells[k + 1 : k + 3]
            pictures = ["image/svg+xml" in out.get("data", {}) for c in near for out in c.get("outputs", [])]
            assert any(pictures) or any("![" in c.source for c in near), cell.source


@each
def test_it_leads_to_the_one_before_and_the_next(path: Path) -> None:
    last = nbformat.read(path, as_version=4).cells[-1].source
    at = NOTEBOOKS.index(path)
    for neighbour in NOTEBOOKS[max(at - 1, 0) : at] + NOTEBOOKS[at + 1 : at + 2]:
        assert f"({neighbour.name})" in last


@each
def test_exercises_fail_at_first_and_pass_with_their_answers(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    exercises = [k for k, cell in enumerate(cells) if "exercise" in tags(cell)]
    assert exercises
    for k in exercises:
        source, hidden = cells[k].source, cells[k + 1].source
        assert hidden.startswith("<details>")
        answer = re.findall(r"```python\n(.*?)\n```", hidden, re.DOTALL)[0]
        name = answer.partition("(")[0]
        solved = re.sub(rf"{name}\(.*?(?=\n\n)", lambda _, text=answer: text, source, count=1, flags=re.DOTALL)  # type: ignore[misc]
        assert solved != source
        assert verdict(source) == "fail"
        assert verdict(solved) == "pass"


def verdict(source: str) -> str:
    """What an exercise prints in the end."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(source, {})
    return printed.getvalue().strip()


def test_there_are_notebooks() -> None:
    assert [path.name[:2] for path in NOTEBOOKS] == [f"{k:02d}" for k in range(1, len(NOTEBOOKS) + 1)]
