"""Densities and distribution functions, as in `scipy.stats`: `from autograd.scipy.stats import norm`."""

import scipy.stats as _stats

from autograd.scipy.passed import attributes_of
from autograd.scipy.stats import beta, chi2, dirichlet, gamma, multivariate_normal, norm, poisson, t

__all__ = ["beta", "chi2", "dirichlet", "gamma", "multivariate_normal", "norm", "poisson", "t"]
__getattr__ = attributes_of(_stats, "scipy.stats")
