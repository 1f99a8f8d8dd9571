"""Adapters: what the diagnosis asks of the frameworks that networks are written in."""
