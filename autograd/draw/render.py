"""DOT to a picture: by Graphviz's `dot` on the PATH, or by the one inside pygraphviz's wheel."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import graphviz

from autograd.errors import AutogradError
from autograd.extras import pip_install

FORMATS = ("svg", "png", "pdf", "dot")


class DrawError(AutogradError, ValueError):
    """A graph that cannot be drawn as asked."""


class RendererMissingError(DrawError):
    """Neither Graphviz nor pygraphviz is installed."""


def render(dot: str, form: str) -> bytes:
    """The picture of a DOT text.

    Parameters
    ----------
    dot : str
    form : {"svg", "png", "pdf", "dot"}
        "dot" is the text itself.

    Raises
    ------
    RendererMissingError
        Where there is nothing to render with; the message names both ways to get it.
    DrawError
        Where Graphviz fails.
    """
    if form == "dot":
        return dot.encode()
    if shutil.which("dot"):
        try:
            return graphviz.pipe("dot", form, dot.encode(), quiet=True)
        except graphviz.CalledProcessError as error:
            said = " ".join((error.stderr or b"").decode(errors="replace").split())
            raise DrawError(f"Graphviz cannot draw this: {said[:300] or error}") from error
    try:
        import pygraphviz
    except ImportError:
        raise RendererMissingError(
            f"drawing {form} needs Graphviz: {pip_install('draw')}, or install the program (apt install graphviz); "
            "a page (.html) and the DOT text (.dot, Diagram.dot) need neither"
        ) from None
    with _silence_fontconfig():
        picture = pygraphviz.AGraph(string=dot).draw(format=form, prog="dot")
    return picture if isinstance(picture, bytes) else str(picture).encode()


@contextmanager
def _silence_fontconfig() -> Iterator[None]:
    """Keep the wheel's Graphviz, which runs inside this process, from printing its font library's complaints."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
