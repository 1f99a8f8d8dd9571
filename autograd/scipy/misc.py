"""The place that older releases of SciPy had for `logsumexp`."""

from autograd.scipy.special import logsumexp

__all__ = ["logsumexp"]
