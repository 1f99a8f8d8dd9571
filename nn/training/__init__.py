"""Training: the loop and what takes part in it."""

from __future__ import annotations

from nn.training.callback import Callback, Run

__all__ = ["Callback", "Run"]
