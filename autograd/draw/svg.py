"""A picture as SVG that follows the reader's scheme: dark where their screen is dark."""

from __future__ import annotations

from autograd.draw.render import render
from autograd.draw.style import (
    BROKEN,
    CHANGED,
    CONSTANT,
    FRAME,
    GRADIENT,
    INK,
    LEAF,
    MIXED,
    NEGATIVE,
    NOTHING,
    PAPER,
    PLAIN,
    POSITIVE,
    VALUE,
)

# The class of a picture, by which its style finds what is of it and nothing else of a page that it stands in.
STYLED = "gradient-flow"
# What each colour is on dark paper; those of arrows between two signs are light enough for both.
DARK = {
    PAPER: "#16181d",
    INK: "#e6e6e6",
    LEAF: "#2d2b26",
    CONSTANT: "#1c1e23",
    FRAME: "#1e2430",
    VALUE: "#7fd08f",
    GRADIENT: "#ff8a80",
    POSITIVE: "#56b4e9",
    NEGATIVE: "#ff9a4d",
    MIXED: "#b7a6c4",
    NOTHING: "#a0a0a0",
    PLAIN: "#a0a0a0",
    BROKEN: "#f07fd0",
    CHANGED: "#e3b341",
}


def to_svg(dot: str) -> str:
    """The SVG of a DOT text, with a style for dark screens that touches nothing outside of it."""
    picture = render(dot, "svg").decode()
    rules = [
        f'.{STYLED} [{what}="{light}"] {{ {what}: {dark} }}'
        for light, dark in DARK.items()
        for what in ("fill", "stroke")
    ]
    # Graphviz names no colour for text that is black.
    rules.append(f".{STYLED} text:not([fill]) {{ fill: {DARK[INK]} }}")
    style = f"<style>@media (prefers-color-scheme: dark) {{ {' '.join(rules)} }}</style>\n"
    styled = picture.replace(' xmlns="', f' class="{STYLED}" xmlns="', 1)
    return styled.replace('<g id="graph0"', f'{style}<g id="graph0"', 1)
