"""A training script of the user's, watched while it runs: what its loop does wrong, and what it trains on."""

from __future__ import annotations

from nn.health.loop.ledger import Seen
from nn.health.loop.script import diagnose_script, watch_script

__all__ = ["Seen", "diagnose_script", "watch_script"]
