"""Pages to learn with: each one HTML file that computes in the browser, with the table of rows printed as JavaScript."""

from __future__ import annotations

__all__: list[str] = []
