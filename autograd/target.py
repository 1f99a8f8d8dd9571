"""`FILE.py:name`: the functions of a user's file, for the commands that take one."""

from __future__ import annotations

import ast
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from autograd.errors import AutogradError, UsageError, UserCodeError
from autograd.graph.node import Node
from autograd.graph.sites import line_name
from autograd.program import NOTEBOOK, compile_program, is_program, names_given, python_of
from autograd.wording.suggestion import quote, suggest

# Source files are small; what is larger was meant to be something else. Notebooks hold the pictures that they have made.
LARGEST, LARGEST_NOTEBOOK = 10_000_000, 200_000_000


def load(target: str, *beside: str) -> list[Any]:
    """The object that `FILE.py:name` names, and others of the same file; the file is run, as Python runs it.

    Parameters
    ----------
    target : str
        Such as `model.py:loss` or `model.py:Model.loss`.
    *beside : str
        Further names.

    Raises
    ------
    UsageError
        Where there is no such file or name, or the file does not run, with the line on which it stopped.
    """
    filename, colon, name = target.rpartition(":")
    if not name and is_program(filename):
        target = filename
    if is_program(target):
        raise UsageError(f"{target}: {name_what_of(target)}")
    if not colon or not filename or not name:
        raise UsageError(f"{quote(target)} is not FILE.py:name, such as model.py:loss")
    module = _run(source_file(filename))
    return [_find(module, part, filename) for part in (name, *beside)]


def beside(target: str, name: str) -> Any:
    """What a file that was loaded calls `name`; None where it has nothing of that name."""
    return getattr(sys.modules.get(_module_name(Path(target.rpartition(":")[0]))), name, None)


def _module_name(path: Path) -> str:
    return f"stepgrad_target_{path.stem}"


def source_file(filename: str) -> Path:
    """The path of a Python file that can be read.

    Raises
    ------
    UsageError
        Where it is none; the message says why.
    """
    path = Path(filename)
    try:
        if not path.is_file():
            what = (
                "is a directory" if path.is_dir() else "there is no such file" if not path.exists() else "is not a file"
            )
            raise UsageError(f"{filename}: {what}")
        largest = LARGEST_NOTEBOOK if path.suffix == NOTEBOOK else LARGEST
        if path.stat().st_size > largest:
            raise UsageError(f"{filename} is larger than {largest:,} bytes: it should be a Python file")
        path.open("rb").close()
    except OSError as error:
        raise UsageError(f"cannot read {filename}: {error.strerror or error}") from None
    return path


def name_what_of(filename: str) -> str:
    """How to name one thing of a file; it is read for that, and not run.

    Raises
    ------
    UsageError
        Where there is no such file.
    """
    try:
        module = ast.parse(python_of(source_file(filename)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        module = ast.Module([], [])
    functions, others = [], []
    for statement in module.body:
        if isinstance(statement, ast.FunctionDef):
            functions.append(statement.name)
        elif isinstance(statement, ast.ClassDef):
            others.append(statement.name)
        elif isinstance(statement, ast.Assign):
            others += [target.id for target in statement.targets if isinstance(target, ast.Name)]
    names = [name for name in dict.fromkeys(functions + others) if not name.startswith("_")]
    shown = f"it defines {', '.join(names[:12])}{', …' if len(names) > 12 else ''}" if names else "it defines nothing"
    return f"say which part of it: {filename}:{names[0] if names else 'NAME'}; {shown}"


def _find(module: Any, name: str, filename: str) -> Any:
    found: Any = module
    for part in name.split("."):
        if not hasattr(found, part):
            raise UsageError(f"{filename} has no {name!r}{_instead(module, name)}")
        found = getattr(found, part)
    return found


def _instead(module: Any, name: str) -> str:
    names = [
        n
        for n, x in vars(module).items()
        if not n.startswith("_")
        and (isinstance(x, Node) or (callable(x) and getattr(x, "__module__", None) in (None, module.__name__)))
    ]
    return suggest(name, names) if names else "; it defines no function"


def _run(path: Path) -> Any:
    name = _module_name(path)
    if not is_program(path.name):
        raise UsageError(f"{path} is not a Python file: its name should end with .py")
    module = ModuleType(name)
    module.__file__ = str(path)
    module.__dict__.update(names_given(path))
    sys.modules[name] = module
    folder = str(path.resolve().parent)
    try:
        sys.path.insert(0, folder)
        exec(compile_program(path), module.__dict__)  # noqa: S102  the file is the user's own, and they named it
    except SystemExit as stopped:
        raise UsageError(
            f"{path} ends the program when it is run (exit code {stopped.code}){_line(stopped, path)}"
        ) from None
    except SyntaxError as error:
        place = f", {line_name(str(path), error.lineno)}" if error.lineno else ""
        raise UsageError(f"{path}{place}: {error.msg}") from None
    except (KeyboardInterrupt, BrokenPipeError):
        raise
    except BaseException as error:  # whatever a user's file raises
        raise UsageError(f"{path} does not run: {describe_error(error, path)}") from None
    finally:
        # What the file added itself stays, for what it imports later.
        sys.path[:] = [place for place in sys.path if place is not folder]
    return module


@contextmanager
def users_code(what: str, path: Path | None = None) -> Iterator[None]:
    """Whatever code of a user's raises in the block becomes one line, with the line of their file.

    Ctrl-C and a reader who has enough end the command as ever, and the engine's own errors say all that is needed.

    Raises
    ------
    UserCodeError

    Examples
    --------
    >>> with users_code("model.py:loss"):
    ...     raise ValueError("of mine")
    Traceback (most recent call last):
        ...
    autograd.errors.UserCodeError: model.py:loss raised ValueError: of mine (<doctest autograd.target.users_code[0]>, line 2)
    """
    try:
        yield
    except (AutogradError, KeyboardInterrupt, BrokenPipeError):
        raise
    except BaseException as error:
        told = UserCodeError(f"{what} raised {describe_error(error, path)}")
        told.original = error
        raise told from None


def describe_error(error: BaseException, path: Path | None = None) -> str:
    """An error of a user's code on one line, with its type, and the line of the user's file on which it was raised."""
    try:
        text = str(error).strip().splitlines()
    except Exception:  # an error of a user's may fail to describe itself
        text = []
    return f"{type(error).__name__}{': ' + text[0] if text else ''}{_line(error, path)}"


def _line(error: BaseException, path: Path | None) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    wanted = str(path.resolve()) if path is not None else None
    mine = [f for f in frames if wanted is None or str(Path(f.filename).resolve()) == wanted]
    return f" ({Path(mine[-1].filename).name}, {line_name(mine[-1].filename, mine[-1].lineno or 1)})" if mine else ""
