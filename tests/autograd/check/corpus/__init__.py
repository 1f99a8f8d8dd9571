"""Planted wrong derivatives, each beside its correct twin."""

from __future__ import annotations

from tests.autograd.check.corpus.blind import BLIND
from tests.autograd.check.corpus.sighted import SIGHTED

CORPUS = [*SIGHTED, *BLIND]
