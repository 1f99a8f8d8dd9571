"""`to_text`: what a terminal would show, as plain text."""

from __future__ import annotations

import io

from rich.console import Console, RenderableType


def to_text(renderable: RenderableType, width: int = 110) -> str:
    """The lines without colours, and without spaces at their ends.

    Examples
    --------
    >>> to_text("[red]sick[/]")
    'sick'
    """
    text = io.StringIO()
    Console(file=text, width=width, color_system=None, force_jupyter=False).print(renderable)
    return "\n".join(line.rstrip() for line in text.getvalue().rstrip().splitlines())
