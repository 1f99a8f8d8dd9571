"""Counterfactuals: copies of a network that are trained with one thing changed."""
