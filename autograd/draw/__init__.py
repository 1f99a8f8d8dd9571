"""Gradient-flow diagrams: a graph as DOT, SVG, PNG or PDF, with the backward pass on its edges."""

from __future__ import annotations

from autograd.draw.diagram import Diagram, draw
from autograd.draw.render import DrawError, RendererMissingError

__all__ = ["Diagram", "DrawError", "RendererMissingError", "draw"]
