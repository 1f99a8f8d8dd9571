"""Programs of a user's: Python files, and Jupyter's notebooks, whose code cells run one after the other."""

from __future__ import annotations
import __future__

import json
import linecache
import re
import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, NamedTuple

from autograd.errors import UsageError
from autograd.graph.sites import call_lines

NOTEBOOK = ".ipynb"
ENDINGS = (".py", NOTEBOOK)
# Commands of IPython's that run the rest of their line, or of their cell, as Python; all others run something else.
RUNNING_LINES, RUNNING_CELLS = ("time", "timeit"), ("time", "timeit", "prun", "capture", "memit", "mprun", "lprun")
COMMAND, OPTIONS = re.compile(r"(\s*)(%%?|!|\?)(\w*)(.*)"), re.compile(r"^(?:-[a-zA-Z]+ *\d* +)+")
# A command's result with a name, a question about one, and what must stand before everything else.
ASSIGNED, ASKED = re.compile(r"(\s*)[\w, ]+=\s*[%!]"), re.compile(r"(\s*)[\w.]+\?{1,2}\s*$")
FUTURE = re.compile(r"()from __future__ import ")
# Up to the end of a string in these quotes.
CLOSED = {quote: re.compile(rf"(?s:\\.|(?!{quote}).)*{quote}") for quote in ("'", '"', "'''", '"""')}
POSTPONED = b"from __future__ import annotations"


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
    return text.encode(errors="surrogatepass")


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
    text = python_of(path)
    flags = __future__.annotations.compiler_flag if path.suffix == NOTEBOOK and POSTPONED in text else 0
    return compile(text, str(path), "exec", flags=flags, dont_inherit=True)


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
    main.__dict__.update(names_given(path))
    sys.modules["__main__"] = main
    try:
        exec(code, main.__dict__)  # noqa: S102  the program is the user's own, and they asked for it to be run
    finally:
        if names is not None:
            names.update(main.__dict__)
        if before is not None:
            sys.modules["__main__"] = before


def names_given(path: Path) -> dict[str, Any]:
    """What a program finds defined: in a notebook what Jupyter defines, which does nothing here.

    Examples
    --------
    >>> sorted(names_given(Path("lesson.ipynb"))), names_given(Path("train.py"))
    (['display', 'get_ipython'], {})
    """
    return {"display": _do_nothing, "get_ipython": _NoShell} if path.suffix == NOTEBOOK else {}


def _do_nothing(*_: Any, **__: Any) -> None:
    """There is no place to show something, and no command to run."""


class _NoShell:
    """IPython's shell, of which everything does nothing."""

    def __getattr__(self, name: str) -> Any:
        return _do_nothing


def _code_cells(path: Path, content: bytes) -> Iterator[str]:
    """The texts of the code cells of a notebook."""
    try:
        notebook = json.loads(content)
        cells = notebook["cells"]
        about = notebook.get("metadata", {})
        language = about.get("kernelspec", {}).get("language") or about.get("language_info", {}).get("name") or "python"
        texts = [_text(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UsageError(f"{path.name} is not a notebook of format 4: open it in Jupyter, and save it") from None
    if str(language).lower() not in ("python", "python3", "ipython"):
        raise UsageError(f"{path.name} is a notebook in {language}, not in Python")
    if not texts:
        raise UsageError(f"{path.name} has no code cells")
    yield from texts


def _text(source: Any) -> str:
    text = source if isinstance(source, str) else "".join(source)
    # The ends of lines that Python knows, and no others: these may stand in a string.
    return re.sub(r"\r\n?", "\n", text).removesuffix("\n")


def _without_commands(cell: str) -> str:
    """A cell with as many lines, in which IPython's commands are comments.

    Examples
    --------
    >>> print(_without_commands("%matplotlib inline\\nif new:\\n    !pip install stepgrad\\n%time fit()"))
    pass  # %matplotlib inline
    if new:
        pass  # !pip install stepgrad
    fit()
    """
    lines = cell.split("\n")
    first = next((k for k, line in enumerate(lines) if line.strip()), 0)
    magic = COMMAND.match(lines[first])
    if magic is not None and magic[2] == "%%":
        # What follows is the language of the command, unless that is Python's.
        body = lines[first + 1 :]
        kept = (
            _without_commands("\n".join(body)).split("\n") if magic[3] in RUNNING_CELLS and body else _commented(body)
        )
        return "\n".join([*_commented(lines[: first + 1]), *kept])
    found: list[str] = []
    # A statement of Python's that goes on, and a command that does.
    inside, goes_on = Inside(), False
    for line in lines:
        command = None if inside else _command_as_comment(line)
        if goes_on or command is not None:
            found.append(f"# {line}" if goes_on or command is None else command)
            goes_on = line.endswith("\\")
        else:
            found.append(line)
            inside = inside.after(line)
    return "\n".join(found)


class Inside(NamedTuple):
    """What a line stands inside of: so many brackets, a string of several lines, or a line that goes on.

    Examples
    --------
    >>> bool(Inside().after("x = (7  # ("))
    True
    >>> bool(Inside().after("x = (7").after("% 4)")), bool(Inside().after("s = \'\'\' it\'s"))
    (False, True)
    """

    brackets: int = 0
    quote: str = ""
    goes_on: bool = False

    def __bool__(self) -> bool:
        return self != (0, "", False)

    def after(self, line: str) -> Inside:
        """What the next line stands inside of."""
        brackets, quote, at = self.brackets, self.quote, 0
        while at < len(line):
            if quote:
                end = CLOSED[quote].match(line, at)
                if end is None:
                    # A string of one line ends with it, whether it is closed or not.
                    return Inside(brackets, quote if len(quote) == 3 else "", False)
                quote, at = "", end.end()
                continue
            if line[at] == "#":
                return Inside(brackets)
            if line[at] in "\"'":
                quote = line[at] * (3 if line.startswith(line[at] * 3, at) else 1)
            brackets += (line[at] in "([{") - (line[at] in ")]}")
            at += len(quote) or 1
        return Inside(max(brackets, 0), quote if len(quote) == 3 else "", not quote and line.endswith("\\"))


def _command_as_comment(line: str) -> str | None:
    """What stands for a line that is one of IPython's commands, or of the future: None for one of Python's."""
    command = COMMAND.match(line)
    if command is not None:
        indent, sign, name, rest = command.groups()
        runs = OPTIONS.sub("", rest.strip()) if sign == "%" and name in RUNNING_LINES else ""
        return f"{indent}{runs}" if runs else f"{indent}pass  # {line.strip()}"
    # A notebook's cells are one program, in which these stand behind others.
    other = ASSIGNED.match(line) or ASKED.match(line) or FUTURE.match(line)
    return None if other is None else f"{other[1]}pass  # {line.strip()}"


def _commented(lines: Iterable[str]) -> list[str]:
    return [f"# {line}" for line in lines]
