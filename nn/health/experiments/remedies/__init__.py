"""Remedies: changes to a copy of the network, its rows or its optimizer, a file a kind."""
