"""`pip_install`: how to get an extra, from where this package itself came."""

from __future__ import annotations

import json
import shlex
from pathlib import Path


def checkout() -> Path | None:
    """The folder of the sources that this package runs from; None where it is installed."""
    root = Path(__file__).resolve().parent.parent
    try:
        text = (root / "pyproject.toml").read_text(encoding="utf-8")
    except OSError:
        return None
    return root if 'name = "stepgrad"' in text else None


def pip_install(extra: str) -> str:
    """The command that installs an extra.

    In a checkout it installs the checkout; a package that was installed from a file, a folder or a repository is
    installed from there again, for an index may have it not, or in another version.

    Parameters
    ----------
    extra : str
        Its name, or several between commas.

    Examples
    --------
    >>> pip_install("train").startswith("pip install ")
    True
    """
    root = checkout()
    if root is not None:
        where = "." if Path.cwd() == root else str(root)
        return f"pip install -e {shlex.quote(f'{where}[{extra}]')}"
    origin = _origin()
    return f"pip install {shlex.quote(f'stepgrad[{extra}]' + (f' @ {origin}' if origin else ''))}"


def _origin() -> str | None:
    """The URL that pip installed this package from; None where it came from an index."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        noted = distribution("stepgrad").read_text("direct_url.json")
    except PackageNotFoundError:
        return None
    if noted is None:
        return None
    direct = json.loads(noted)
    url: str = direct["url"]
    if vcs := direct.get("vcs_info"):
        return f"{vcs['vcs']}+{url}@{vcs['commit_id']}"
    return url
