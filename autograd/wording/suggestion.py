"""Names that do not exist, and what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def quote(text: str) -> str:
    """What was given, as it was, cut off where it is long.

    Examples
    --------
    >>> print(quote("a=x"), quote(1000 * "x")[-5:])
    'a=x' xxx…'
    """
    return repr(text if len(text) <= 60 else f"{text[:59]}…")


def suggest(name: object, names: Iterable[str]) -> str:
    """The end of a message about a name that there is not: the nearest that there is, or all of them.

    Examples
    --------
    >>> "there is no optimizer 'adamm'" + suggest("adamm", ["sgd", "adam"])
    "there is no optimizer 'adamm'; did you mean 'adam'?"
    >>> "there is no optimizer 'lamb'" + suggest("lamb", ["sgd", "adam"])
    "there is no optimizer 'lamb'; there are sgd, adam"
    """
    known = list(names)
    near = get_close_matches(str(name).lower(), known, 1)
    return f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(known)}"
