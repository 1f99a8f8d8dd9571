"""The engine of the pages: the tape that is written in JavaScript, and what is printed from the table and from `optim`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from autograd.compiler.array_rules import array_rows_script
from autograd.compiler.javascript import recorded_rules_script, rows_script
from autograd.draw.page import read_look
from autograd.pages.optimizers import optimizers_script

ASSETS = files("autograd.pages") / "assets"


def read_asset(name: str) -> str:
    """The text of a file of `autograd/pages/assets`."""
    return (ASSETS / name).read_text(encoding="utf-8")


def read_stage_look() -> str:
    """The style sheet of pages with a picture, a player below it and panels beside it."""
    return read_look() + read_asset("stage.css")


def engine_text(*printed: str) -> str:
    """The tape and the kernels that are written in JavaScript, and what is printed for them."""
    written = [read_asset(name) for name in ("engine.js", "arrays.js", "optimizers.js")]
    return "\n".join(
        [*written, "(({ ops, row, arrays, inside: { enter, enterRules } }) => {", *printed, "})(engine);", ""]
    )


@cache
def engine_script() -> str:
    """The whole engine as one classic script, which defines `engine`.

    Examples
    --------
    >>> "const tanh_to_x = (g, out, x) => scale(g, 1 - out * out);" in engine_script()
    True
    """
    return engine_text(rows_script(), array_rows_script(), optimizers_script())


@cache
def whole_script() -> str:
    """The optimizers that look at all numbers at once, with the rules that Newton's method differentiates again.

    Examples
    --------
    >>> "engine.recorded" in whole_script() and "class Newton" in whole_script()
    True
    """
    return f"(({{ ops }}) => {{\n{recorded_rules_script()}\n}})(engine);\n{read_asset('whole.js')}"
