"""Run notebooks and store what they show: `python -m tests.rerun_notebooks`, or some of them by number.

Pictures are stored with a palette of 256 colours, which makes the files a third as large.
"""

from __future__ import annotations

import argparse
import base64
import io
import os
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from PIL import Image

BOOK = Path(__file__).parent.parent / "notebooks"


def rerun(path: Path) -> None:
    """Run a notebook in its folder and store its outputs; where a cell fails, the file stays as it is."""
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(path.parent)}}
    # What a cell prints comes in pieces, of any sizes: readers see one.
    NotebookClient(notebook, timeout=600, kernel_name="python3", resources=resources, coalesce_streams=True).execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # the times of day
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "image/png" in data:
                data["image/png"] = with_palette(data["image/png"])
    nbformat.write(notebook, path)


def with_palette(encoded: str) -> str:
    """A PNG picture in 256 colours."""
    picture = Image.open(io.BytesIO(base64.b64decode(encoded)))
    packed = io.BytesIO()
    picture.convert("RGB").quantize(256).save(packed, format="PNG", optimize=True)
    smaller = base64.b64encode(packed.getvalue()).decode()
    return min(encoded, smaller, key=len)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.rerun_notebooks", description=__doc__)
    parser.add_argument("numbers", nargs="*", metavar="NN", help="such as 05; by default all")
    chosen = parser.parse_args().numbers
    # One thread, as in the tests: rounding may differ with more.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    for path in sorted(BOOK.glob("*.ipynb")):
        if not chosen or path.name[:2] in chosen:
            rerun(path)
            print(f"{path.name}: {path.stat().st_size:,} bytes", flush=True)


if __name__ == "__main__":
    main()
