"""Programs of a user's: Python files, and Jupyter's notebooks, whose code cells run one after the other."""

from __future__ import annotations

import ast
import json
import linecache
import re
import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from autograd.errors import UsageError
from autograd.graph.sites import call_lines

NOTEBOOK = ".ipynb"
ENDINGS = (".py", NOTEBOOK)
# Commands of IPython's that run the rest of their line, or of their cell, as Python; all others run something else.
RUNNING = ("time", "timeit", "prun", "capture", "memit", "mprun", "lprun")
COMMAND = re.compile(r"(\s*)(%%?|!|\?)(\w*)(.*)")
# A command's result with a name, and a question about one.
ASSIGNED, ASKED = re.compile(r"(\s*)[\w, ]+=\s*[%!]"), re.compile(r"(\s*)[\w.]+\?{1,2}\s*$")


def is_program(name: str) -> bool:
    """Whether a file of this name is a Python file or a notebook.

    Examples
    --------
    >>> is_program("train.py"), is_program("lesson 3.ipynb"), is_program("model.py:loss")
    (True, True, False)
    """
    return name.endswith(ENDINGS)


def names_part(what: str) -> bool:
    """Whether this is `FILE.py:name`, or the same of a notebook.

    Examples
    --------
    >>> names_part("model.py:loss"), names_part("lesson.ipynb:model"), names_part("a*b")
    (True, True, False)
    """
    return any([f"{ending}:" in what for ending in ENDINGS])


def python_of(path: Path) -> bytes:
    """The Python text of a file.

    That of a notebook are its code cells in their order, in which the commands of IPython's (`%matplotlib`, `!pip`) do nothing. Its
    lines are known from then on by their cells, counted without those of text.

    Parameters
    ----------
    path : Path
        Of a file that can be read.

    Raises
    ------
    UsageError
        For a notebook that is none, or is of another language.
    """
    content = path.read_bytes()
    if path.suffix != NOTEBOOK:
        return content
    lines: list[str] = []
    starts: list[int] = []
    for cell in _code_cells(path, content):
        starts.append(len(lines))
        lines += _without_commands(cell).split("\n")
    text = "".join([f"{line}\n" for line in lines])

    def name_line(number: int) -> str:
        cell = max(bisect_right(starts, number - 1), 1)
        return f"code cell {cell}, line {number - starts[cell - 1]}"

    call_lines(str(path), name_line)
    linecache.cache[str(path)] = len(text), None, [f"{line}\n" for line in lines], str(path)
    return text.encode()


def compile_program(path: Path) -> CodeType:
    """The code of a file.

    Parameters
    ----------
    path : Path

    Raises
    ------
    SyntaxError, ValueError
        As Python raises them.
    UsageError
        As for `python_of`.
    """
    return compile(python_of(path), str(path), "exec", dont_inherit=True)


def run_program(path: Path, names: dict[str, Any] | None = None) -> None:
    """Run a file as `python FILE` does, and a notebook as "Run All" does, but for what stands in `sys.argv` and `sys.path`.

    Parameters
    ----------
    path : Path
    names : dict, optional
        Takes the variables of the program, wherever it ends.
    """
    code = compile_program(path)
    main, before = ModuleType("__main__"), sys.modules.get("__main__")
    main.__file__ = str(path)
    if path.suffix == NOTEBOOK:
        main.__dict__["display"] = _display
    sys.modules["__main__"] = main
    try:
        exec(code, main.__dict__)  # noqa: S102  the program is the user's own, and they asked for it to be run
    finally:
        if names is not None:
            names.update(main.__dict__)
        if before is not None:
            sys.modules["__main__"] = before


def _display(*_: Any, **__: Any) -> None:
    """What notebooks show something by: there is no place for it here."""


def _code_cells(path: Path, content: bytes) -> Iterator[str]:
    """The texts of the code cells of a notebook."""
    try:
        notebook = json.loads(content)
        cells = notebook["cells"]
        about = notebook.get("metadata", {})
        language = about.get("kernelspec", {}).get("language") or about.get("language_info", {}).get("name") or "python"
        texts = [_text(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UsageError(f"{path} is not a notebook of format 4: open it in Jupyter, and save it") from None
    if str(language).lower() not in ("python", "python3", "ipython"):
        raise UsageError(f"{path} is a notebook in {language}, not in Python")
    if not texts:
        raise UsageError(f"{path} has no code cells")
    yield from texts


def _text(source: Any) -> str:
    text = source if isinstance(source, str) else "".join(source)
    return "\n".join(text.splitlines())


def _without_commands(cell: str) -> str:
    """A cell with as many lines, in which IPython's commands are comments; one that Python can read is left as it is.

    Examples
    --------
    >>> print(_without_commands("%matplotlib inline\\nif new:\\n    !pip install stepgrad\\n%time fit()"))
    pass  # %matplotlib inline
    if new:
        pass  # !pip install stepgrad
    fit()
    """
    if _reads(cell):
        return cell
    lines = cell.split("\n")
    first = next((k for k, line in enumerate(lines) if line.strip()), 0)
    magic = COMMAND.match(lines[first])
    if magic is not None and magic[2] == "%%":
        # What follows is the language of the command, unless that is Python's.
        return "\n".join(
            _commented(lines[: first + 1])
            + (lines[first + 1 :] if magic[3] in RUNNING else _commented(lines[first + 1 :]))
        )
    return "\n".join(map(_without_command, lines))


def _without_command(line: str) -> str:
    command = COMMAND.match(line)
    if command is not None:
        indent, _, name, rest = command.groups()
        return (
            f"{indent}{rest.strip()}"
            if command[2] == "%" and name in RUNNING and rest.strip()
            else f"{indent}pass  # {line.strip()}"
        )
    other = ASSIGNED.match(line) or ASKED.match(line)
    return line if other is None else f"{other[1]}pass  # {line.strip()}"


def _commented(lines: Iterable[str]) -> list[str]:
    return [f"# {line}" for line in lines]


def _reads(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
