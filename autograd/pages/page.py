"""`Page`: what the pages to learn with have in common: a file to be written, and a frame in a notebook."""

from __future__ import annotations

import os
from pathlib import Path
from typing import ClassVar

from autograd.draw.page import frame_page
from autograd.files import write
from autograd.pages.errors import PageError
from autograd.wording.suggestion import quote

# Pixels of a page in a notebook.
HEIGHT = 820


class Page:
    """One HTML page that needs nothing else.

    Attributes
    ----------
    title : str
    ending : str
        What an error says that the name of its file ends in.
    html : str
    """

    title: ClassVar[str]
    ending: ClassVar[str] = "the name must end in .html"
    # What the page may do in a notebook, beside running its scripts.
    allowed: ClassVar[str] = ""

    @property
    def html(self) -> str:
        """One page that needs nothing else."""
        raise NotImplementedError

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page, whole or not at all.

        Parameters
        ----------
        path : str or path
            It ends in .html.

        Returns
        -------
        pathlib.Path

        Raises
        ------
        PageError
            For another ending.
        FileError
            Where the file cannot be written.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> from autograd.pages import xor
        >>> xor().save(pathlib.Path(tempfile.mkdtemp()) / "xor.html").name
        'xor.html'
        """
        if Path(path).suffix.lower() not in (".html", ".htm"):
            raise PageError(f"{self.ending}, not {quote(os.fspath(path))}")
        return write(path, self.html.encode())

    def _repr_html_(self) -> str:
        return frame_page(self.html, self.title, HEIGHT, self.allowed)
