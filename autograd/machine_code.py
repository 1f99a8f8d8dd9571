"""Source for numba as a module, and machine code that is kept for the next process."""

from __future__ import annotations

import hashlib
import pickle
import sys
from collections.abc import Callable
from functools import cache
from threading import RLock
from types import ModuleType
from typing import Any

import numpy as np

from autograd import cache as kept_files

_MAKING = RLock()


@cache
def has_numba() -> bool:
    """Whether numba is installed, and can be imported: it may be of another NumPy."""
    try:
        import numba  # noqa: F401
    except ImportError:
        return False
    return True


def runs_machine_code() -> bool:
    """Whether numba makes machine code here: `NUMBA_DISABLE_JIT` has it run Python."""
    from numba import config

    return not config.DISABLE_JIT  # type: ignore[attr-defined]


def module_of(text: str) -> ModuleType:
    """The source as a module, the same one for the same text; its name tells the text, so that `keep_compiled` may be given it."""
    name = f"stepgrad_loops_{hashlib.sha256(text.encode()).hexdigest()[:20]}"
    # Another thread must not find it half made.
    with _MAKING:
        if name not in sys.modules:
            # It is known by its name while it is made: numba asks there for the module of a function.
            sys.modules[name] = module = ModuleType(name)
            try:
                exec(compile(text, f"<{name}>", "exec"), module.__dict__)  # noqa: S102 - our own text
            except BaseException:
                del sys.modules[name]
                raise
        return sys.modules[name]


def keep_compiled(source: str, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """numba's `njit` with these options, for functions whose machine code the next process finds again.

    Parameters
    ----------
    source : str
        All that the machine code depends on.
    """
    from numba import njit

    def compiled(function: Callable[..., Any]) -> Any:
        dispatcher = njit(function, **options)
        if hasattr(dispatcher, "_cache"):
            # Where numba is switched off, the function is itself.
            dispatcher._cache = _MachineCode(function, source)
        return dispatcher

    return compiled


def keep_entry(source: str, signature: Any, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """numba's `cfunc` with these options: a function with an address, whose machine code the next process finds again.

    Parameters
    ----------
    source : str
        All that the machine code depends on.
    signature : numba's
    """
    from numba.core.ccallback import CFunc

    def compiled(function: Callable[..., Any]) -> Any:
        made = CFunc(function, (signature.args, signature.return_type), {}, options)
        made._cache = _MachineCode(function, source)  # type: ignore[attr-defined]
        made.compile()
        return made

    return compiled


class _MachineCode:
    """What numba asks for the machine code of a function; its own files are unpickled whoever wrote them."""

    cache_path = None

    def __init__(self, function: Callable[..., Any], source: str) -> None:
        self._function, self._source = function, source

    def _name(self, signature: Any, codegen: Any) -> str:
        import llvmlite
        import numba

        place = f"{self._function.__module__}.{self._function.__qualname__}"
        versions = numba.__version__, llvmlite.__version__, np.__version__, sys.version
        everything = repr((versions, codegen.magic_tuple(), signature, place, self._source))
        return f"{self._function.__name__}-{hashlib.sha256(everything.encode()).hexdigest()[:40]}.nbc"

    def load_overload(self, signature: Any, target: Any) -> Any:
        """The compiled function for a signature; None where it is to be compiled."""
        from numba.core.compiler import CompileResult
        from numba.core.runtime import rtsys

        # What numba compiles with, and SciPy with that, takes longer to load than all machine code that is kept.
        rtsys.initialize(target)
        content = kept_files.read(self._name(signature, target.codegen()))
        if content is None:
            return None
        try:
            return CompileResult._rebuild(target, *pickle.loads(content))  # noqa: S301 - nobody but us can have written it
        except Exception:
            # Whatever is wrong with it, to compile it anew is right.
            return None

    def save_overload(self, signature: Any, result: Any) -> None:
        """Keep a compiled function, where it holds for other processes."""
        from numba.core.serialize import dumps

        if not result.library.has_dynamic_globals and all(loop.can_cache for loop in result.lifted):
            kept_files.write(self._name(signature, result.codegen), dumps(result._reduce()))

    def flush(self) -> None:
        """Numba's `recompile()` asks for it; what is kept stays right."""

    enable = disable = flush
