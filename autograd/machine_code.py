"""Source for numba as a module whose machine code is kept: a file in the user's cache directory, named after its content."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

from autograd import files
from autograd.errors import FileError


def module_of(text: str) -> ModuleType:
    """The source as a module: from the cache directory, or where that cannot be written from memory alone."""
    name = f"stepgrad_loops_{hashlib.sha256(text.encode()).hexdigest()[:20]}"
    if name in sys.modules:
        return sys.modules[name]
    path = _cache_directory() / f"{name}.py"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # What is there is run only where it is what would be written.
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            files.write(path, text.encode())
    except (OSError, FileError):
        module = ModuleType(name)
        exec(compile(text.replace("cache=True, ", ""), f"<{name}>", "exec"), module.__dict__)  # noqa: S102 - our own text
    else:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    sys.modules[name] = module
    return module


def _cache_directory() -> Path:
    """`$STEPGRAD_CACHE`, or where the system keeps such files."""
    given = os.environ.get("STEPGRAD_CACHE") or os.environ.get("XDG_CACHE_HOME")
    if os.environ.get("STEPGRAD_CACHE"):
        return Path(str(given))
    return (Path(given) if given else Path.home() / ".cache") / "stepgrad"
