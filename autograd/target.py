"""`FILE.py:name`: the functions of a user's file, for the commands that take one."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from pathlib import Path
from typing import Any

from autograd.errors import UsageError

# Source files are small; what is larger was meant to be something else.
LARGEST = 10_000_000


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
    if not colon or not filename or not name:
        raise UsageError(f"{target!r} is not FILE.py:name, such as model.py:loss")
    path = Path(filename)
    if not path.is_file():
        raise UsageError(f"{filename}: {'is a directory' if path.is_dir() else 'there is no such file'}")
    if path.stat().st_size > LARGEST:
        raise UsageError(f"{filename} is larger than {LARGEST:,} bytes: it should be a Python file")
    module = _run(path)
    return [_named(module, part, filename) for part in (name, *beside)]


def _named(module: Any, name: str, filename: str) -> Any:
    found: Any = module
    for part in name.split("."):
        if not hasattr(found, part):
            raise UsageError(f"{filename} has no {name!r}{_instead(module)}")
        found = getattr(found, part)
    return found


def _instead(module: Any) -> str:
    names = [n for n, x in vars(module).items() if callable(x) and getattr(x, "__module__", None) == module.__name__]
    return f"; it defines {', '.join(names[:8])}" if names else "; it defines no function"


def _run(path: Path) -> Any:
    name = f"stepgrad_target_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise UsageError(f"{path} is not a Python file: its name should end with .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    sys.path.insert(0, str(path.resolve().parent))
    try:
        spec.loader.exec_module(module)
    except SystemExit as stopped:
        raise UsageError(
            f"{path} ends the program when it is run (exit code {stopped.code}){_line(stopped, path)}"
        ) from None
    except SyntaxError as error:
        place = f", line {error.lineno}" if error.lineno else ""
        raise UsageError(f"{path}{place}: {error.msg}") from None
    except Exception as error:  # whatever a user's file raises
        raise UsageError(f"{path} does not run: {described(error, path)}") from None
    finally:
        sys.path.pop(0)
    return module


def described(error: BaseException, path: Path | None = None) -> str:
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
    return f" ({Path(mine[-1].filename).name}, line {mine[-1].lineno})" if mine else ""
