"""Pages to learn with: each one HTML file that computes in the browser, with the table of rows printed as JavaScript."""

from __future__ import annotations

from autograd.pages.playground import Playground, playground

__all__ = ["Playground", "playground"]
