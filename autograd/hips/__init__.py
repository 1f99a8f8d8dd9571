"""HIPS autograd's dialect: what its names at their places (`autograd.core`, `autograd.tracer`, …) are made of.

Reference: D. Maclaurin, D. Duvenaud, M. Johnson, J. Townsend, https://github.com/HIPS/autograd.
"""
