"""Pages to learn with: each one HTML file that computes in the browser, with the table of rows printed as JavaScript."""

from __future__ import annotations

from autograd.pages.errors import PageError
from autograd.pages.playground_page import Playground, playground
from autograd.pages.race_page import Race, race
from autograd.pages.xor_page import Lesson, xor

__all__ = ["Lesson", "PageError", "Playground", "Race", "playground", "race", "xor"]
