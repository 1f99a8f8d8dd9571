"""Gradient-flow diagrams: a graph as DOT, SVG, PNG, PDF or a page, with the backward pass on its edges."""

from __future__ import annotations

from autograd.draw.comparison import Comparison, compare
from autograd.draw.diagram import Diagram, draw
from autograd.draw.paths import Explanation, Path, explain
from autograd.draw.render import DrawError, RendererMissingError
from autograd.draw.snapshot import Snapshot, snapshot

__all__ = [
    "Comparison",
    "Diagram",
    "DrawError",
    "Explanation",
    "Path",
    "RendererMissingError",
    "Snapshot",
    "compare",
    "draw",
    "explain",
    "snapshot",
]
