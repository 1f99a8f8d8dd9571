"""Whether the package `autograd` is ours: HIPS autograd, another distribution, installs a package of that name too.

In one environment the later one overwrites files of the earlier, and uninstalling either breaks the other.
"""

from __future__ import annotations

import os
import sys
import warnings

WAY_OUT = (
    "HIPS autograd (the distribution 'autograd') and stepgrad both install a package named autograd, and here they overlay "
    "each other. Keep stepgrad alone, which runs HIPS autograd's programs: pip uninstall -y autograd stepgrad, then pip "
    "install stepgrad. Or give each an environment of its own."
)
# A file of HIPS autograd's that is none of ours.
THEIRS = os.path.join("numpy", "numpy_jvps.py")


def warn_of_overlay(folder: str) -> None:
    """Warn where HIPS autograd's files lie among ours in a folder.

    Parameters
    ----------
    folder : str
        Of the package `autograd`.
    """
    if os.path.exists(os.path.join(folder, THEIRS)):
        warnings.warn(WAY_OUT, UserWarning, stacklevel=2)


def require_own() -> None:
    """Raise an ImportError where the package `autograd` that was imported is not ours.

    Examples
    --------
    >>> require_own()
    """
    if getattr(sys.modules.get("autograd"), "__distribution__", None) != "stepgrad":
        raise ImportError(WAY_OUT)
