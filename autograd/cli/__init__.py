"""The command `stepgrad`: one file a subcommand, imported when it is asked for."""

from __future__ import annotations

from autograd.cli.run import main

__all__ = ["main"]
