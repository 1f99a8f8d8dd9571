"""SciPy's functions: its values, and derivatives against finite differences to second order."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.linalg
import scipy.special
import scipy.stats

import autograd.scipy
import autograd.scipy.linalg as linalg
import autograd.scipy.special as special
from autograd import Tensor, Value, elementwise_grad, grad
from autograd.extras import pip_install
from autograd.scipy.stats import beta, chi2, dirichlet, gamma, multivariate_normal, norm, poisson, t
from autograd.test_util import check_grads

P = np.array([0.3, 1.7, 0.9])
U = np.array([0.2, 0.5, 0.3])
COV = np.array([[1.5, 0.3, 0.1], [0.3, 1.1, -0.2], [0.1, -0.2, 0.8]])
M = np.array([[1.3, -0.4, 0.6], [0.2, 0.9, -0.7], [-0.5, 0.8, 1.6]])
BANDS = np.sin(np.arange(20.0)).reshape(4, 5) + np.array([[0.0], [0.0], [5.0], [0.0]])
SIGNS = np.array([2.0, -1.0, 0.5])
# Ours, SciPy's, the arguments, and the numbers of those that are differentiated.
CASES: dict[str, tuple[Callable[..., Any], Callable[..., Any], tuple[Any, ...], tuple[int, ...]]] = {
    **{f"special.{n}": (getattr(scipy.special, n), getattr(scipy.special, n), (P,), (0,)) for n in
       ("erf", "erfc", "gammaln", "gamma", "digamma", "rgamma", "i0", "i1", "j0", "j1", "y0", "y1", "expit", "ndtr", "log_ndtr")},
    **{f"special.{n}": (getattr(scipy.special, n), getattr(scipy.special, n), (U,), (0,)) for n in ("logit", "erfinv", "erfcinv")},
    **{f"special.{n}": (getattr(scipy.special, n), getattr(scipy.special, n), (P, U), (0, 1)) for n in ("xlogy", "beta", "betaln")},
    **{f"special.{n}": (getattr(special, n), getattr(scipy.special, n), (2, P), (1,)) for n in
       ("polygamma", "jn", "yn", "jv", "yv", "iv", "ive", "gammainc", "gammaincc")},
    "special.betainc": (scipy.special.betainc, scipy.special.betainc, (2.0, 3.0, U), (2,)),
    "special.multigammaln": (lambda a: special.multigammaln(a, 2), lambda a: scipy.special.multigammaln(a, 2), (P + 1,), (0,)),
    "special.logsumexp": (special.logsumexp, scipy.special.logsumexp, (P,), (0,)),
    "special.logsumexp with weights": (
        lambda a, b: special.logsumexp(a, axis=0, b=b, keepdims=True),
        lambda a, b: scipy.special.logsumexp(a, axis=0, b=b, keepdims=True),
        (P, U),
        (0, 1),
    ),
    "special.logsumexp with weights of both signs": (
        lambda a, b: special.logsumexp(a, axis=1, b=b),
        lambda a, b: scipy.special.logsumexp(a, axis=1, b=b),
        (COV, SIGNS),
        (0, 1),
    ),
    "special.logsumexp with its sign": (
        lambda a, b: special.logsumexp(a, axis=1, b=b, return_sign=True)[0],
        lambda a, b: scipy.special.logsumexp(a, axis=1, b=b, return_sign=True)[0],
        (COV, -SIGNS),
        (0, 1),
    ),
    "special.softmax": (special.softmax, scipy.special.softmax, (COV,), (0,)),
    "special.log_softmax": (lambda x: special.log_softmax(x, 1), lambda x: scipy.special.log_softmax(x, 1), (COV,), (0,)),
    **{f"norm.{n}": (getattr(norm, n), getattr(scipy.stats.norm, n), (P, 0.4, 1.3), (0, 1, 2)) for n in
       ("pdf", "cdf", "sf", "logpdf", "logcdf", "logsf")},
    **{f"t.{n}": (getattr(t, n), getattr(scipy.stats.t, n), (P, 4.0, 0.4, 1.3), (0, 2, 3)) for n in ("pdf", "cdf", "logpdf", "logcdf")},
    "t.logpdf by its degrees of freedom": (t.logpdf, scipy.stats.t.logpdf, (P, 4.0), (1,)),
    **{f"gamma.{n}": (getattr(gamma, n), getattr(scipy.stats.gamma, n), (P, 2.0, 0.1, 1.3), (0, 2, 3)) for n in ("pdf", "cdf", "logpdf")},
    "gamma.logpdf by its shape": (gamma.logpdf, scipy.stats.gamma.logpdf, (P, 2.0), (1,)),
    **{f"chi2.{n}": (getattr(chi2, n), getattr(scipy.stats.chi2, n), (P, 3.0), (0,)) for n in ("pdf", "cdf", "logpdf")},
    **{f"beta.{n}": (getattr(beta, n), getattr(scipy.stats.beta, n), (U, 2.0, 3.0), (0,)) for n in ("pdf", "cdf", "logpdf")},
    "beta.logpdf by its parameters": (beta.logpdf, scipy.stats.beta.logpdf, (U, 2.0, 3.0), (1, 2)),
    **{f"poisson.{n}": (getattr(poisson, n), getattr(scipy.stats.poisson, n), (np.array([0, 2, 5]), P), (1,))
       for n in ("pmf", "logpmf", "cdf")},
    **{f"dirichlet.{n}": (getattr(dirichlet, n), getattr(scipy.stats.dirichlet, n), (U, P), (1,)) for n in ("pdf", "logpdf")},
    **{f"multivariate_normal.{n}": (getattr(multivariate_normal, n), getattr(scipy.stats.multivariate_normal, n), (COV, P, COV), (0, 1))
       for n in ("pdf", "logpdf")},
    "multivariate_normal, one vector": (multivariate_normal.logpdf, scipy.stats.multivariate_normal.logpdf, (U, P, COV), (0, 1)),
    "multivariate_normal, variances": (multivariate_normal.logpdf, scipy.stats.multivariate_normal.logpdf, (COV, P, U), (0, 1, 2)),
    "multivariate_normal, one variance": (multivariate_normal.logpdf, scipy.stats.multivariate_normal.logpdf, (COV, P, 0.7), (0, 2)),
    "multivariate_normal.entropy": (multivariate_normal.entropy, scipy.stats.multivariate_normal.entropy, (P, COV), ()),
    "linalg.expm": (linalg.expm, scipy.linalg.expm, (M,), (0,)),
    "linalg.expm of several": (linalg.expm, scipy.linalg.expm, (np.stack([M, M.T]),), (0,)),
    "linalg.sqrtm": (linalg.sqrtm, scipy.linalg.sqrtm, (M @ M.T + np.eye(3),), (0,)),
    "linalg.solve_sylvester": (linalg.solve_sylvester, scipy.linalg.solve_sylvester, (M, COV + 2.0, COV), (0, 1, 2)),
    "linalg.solve_banded": (
        lambda ab, b: linalg.solve_banded((1, 2), ab, b),
        lambda ab, b: scipy.linalg.solve_banded((1, 2), ab, b),
        (BANDS, np.array([[0.7, 1.0], [-1.3, 2.0], [0.4, 0.1], [1.9, 0.3], [0.5, -0.4]])),
        (0, 1),
    ),
    "linalg.block_diag": (linalg.block_diag, scipy.linalg.block_diag, (COV, M[:2], 2.0), (0, 1, 2)),
    "linalg.cho_solve": (
        lambda a, b: linalg.cho_solve(linalg.cho_factor(a @ a.T + np.eye(3)), b),
        lambda a, b: scipy.linalg.cho_solve(scipy.linalg.cho_factor(a @ a.T + np.eye(3)), b),
        (M, P),
        (0, 1),
    ),
    "linalg.cho_solve of a lower factor": (
        lambda c, b: linalg.cho_solve((c, True), b), lambda c, b: scipy.linalg.cho_solve((c, True), b), (M + 3.0 * np.eye(3), M), (0, 1)
    ),
    **{
        f"linalg.cholesky_banded, lower={lower}": (
            lambda ab, lower=lower: linalg.cholesky_banded(ab, lower=lower),
            lambda ab, lower=lower: scipy.linalg.cholesky_banded(ab, lower=lower),
            (np.array([[4.0, 5.0, 6.0, 7.0], [0.3, -0.2, 0.1, 0.0]] if lower else [[0.0, 0.3, -0.2, 0.1], [4.0, 5.0, 6.0, 7.0]]),),
            (0,),
        )
        for lower in (False, True)
    },
    "linalg.solve_triangular": (
        lambda a, b: linalg.solve_triangular(a, b, lower=True),
        lambda a, b: scipy.linalg.solve_triangular(a, b, lower=True),
        (COV, P),
        (0, 1),
    ),
    "linalg.solve_triangular, transposed": (
        lambda a, b: linalg.solve_triangular(a, b, trans="T", unit_diagonal=True),
        lambda a, b: scipy.linalg.solve_triangular(a, b, trans="T", unit_diagonal=True),
        (COV, COV),
        (0, 1),
    ),
    "linalg.cholesky": (linalg.cholesky, scipy.linalg.cholesky, (COV,), ()),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_values_and_derivatives(name: str) -> None:
    ours, scipys, arguments, numbers = CASES[name]
    expected = scipys(*arguments)
    np.testing.assert_allclose(ours(*arguments), expected, rtol=1e-11, atol=1e-13)
    on_tensors = ours(*(Tensor(a) if np.asarray(a).dtype.kind == "f" else a for a in arguments))
    np.testing.assert_allclose(on_tensors.data, expected, rtol=1e-11, atol=1e-13)
    if numbers:
        check_grads(ours, numbers, modes=["rev"])(*arguments)


def test_the_covariance_has_the_gradient_of_the_formula() -> None:
    check_grads(lambda c: multivariate_normal.logpdf(COV, P, (c + c.T) / 2), modes=["rev"])(COV)
    check_grads(lambda c: multivariate_normal.entropy(P, c), modes=["rev"])(COV)
    with pytest.raises(ValueError, match="positive definite"):
        multivariate_normal.logpdf(P, P, -COV)


def test_a_covariance_may_be_singular() -> None:
    flat = np.diag([1.5, 0.7, 0.0])
    x, mean = np.array([0.3, 1.7, 0.9]), np.array([0.1, 0.2, 0.9])
    for name in ("pdf", "logpdf"):
        ours, scipys = getattr(multivariate_normal, name), getattr(scipy.stats.multivariate_normal, name)
        for point in (x, np.stack([x, mean]), x + 1.0):
            np.testing.assert_allclose(
                ours(point, mean, flat, allow_singular=True), scipys(point, mean, flat, allow_singular=True)
            )
        check_grads(lambda x, m, f=ours: f(np.concatenate([x, [0.9]]), np.concatenate([m, [0.9]]), flat, True), (0, 1))(
            x[:2], mean[:2]
        )
    with pytest.raises(NotImplementedError, match="may be singular there is no derivative"):
        grad(multivariate_normal.logpdf, 2)(x, mean, flat, True)
    with pytest.raises(ValueError, match="semidefinite"):
        multivariate_normal.logpdf(x, mean, -flat, True)


def test_scalars_too() -> None:
    v = Value(0.7)
    scipy.special.gammaln(v).backward()
    assert v.grad == pytest.approx(scipy.special.digamma(0.7))
    special.polygamma(1, Value(0.7)).backward()


def test_logsumexp_of_weights_of_any_sign() -> None:
    given = (np.array([2.0, 1.0]), None, np.array([1.0, -1.0]))
    np.testing.assert_allclose(special.logsumexp(*given), math.log(math.e**2 - math.e))
    gradient = grad(lambda a: special.logsumexp(a, b=given[2]))(given[0])
    np.testing.assert_allclose(gradient, np.array([math.e**2, -math.e]) / (math.e**2 - math.e))
    assert np.isnan(special.logsumexp(given[0], b=-given[2]))
    magnitude, sign = special.logsumexp(given[0], b=-given[2], return_sign=True)
    assert (magnitude, sign) == (special.logsumexp(*given), -1.0)
    # Heights without weight neither overflow nor hide the others.
    found = grad(lambda a: special.logsumexp(a, b=[0.0, 2.0, -1.0]))(np.array([1e4, 1.0, 1.0]))
    np.testing.assert_allclose(found, [0.0, 2.0, -1.0])


def test_xlogy_at_zero() -> None:
    x, y = Tensor([0.0, 0.0], requires_grad=True), Tensor([0.0, 2.0], requires_grad=True)
    scipy.special.xlogy(x, y).sum().backward()
    assert x.grad is not None
    assert y.grad is not None
    assert (x.grad.tolist(), y.grad.tolist()) == ([0.0, np.log(2.0)], [0.0, 0.0])


def test_what_has_no_derivative_says_so() -> None:
    order = Tensor(2.0, requires_grad=True)
    with pytest.raises(TypeError, match="jv has no derivative with respect to its argument 1"):
        special.jn(order, 1.0)
    with pytest.raises(TypeError, match=r"scipy\.special\.spence has no derivative here"):
        scipy.special.spence(order)
    with pytest.raises(TypeError, match="trans=2"):
        linalg.solve_triangular(COV, P, trans=2)


def test_without_scipy_the_error_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['scipy'] = sys.modules['scipy.special'] = None\n"
        "import autograd, numpy as np\n"
        "from autograd.ops.special import gammaln, digamma\n"
        "assert np.isclose(gammaln(np.array([3.0]))[0], np.log(2.0))\n"
        "assert autograd.erf(np.array([0.0]))[0] == 0.0\n"
        "try: digamma(np.array([1.0]))\n"
        "except ImportError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == f"polygamma needs SciPy: {pip_install('train')}\n"


SUPPORTED = {"gamma": gamma, "chi2": chi2, "beta": beta, "poisson": poisson}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_densities_beyond_their_support() -> None:
    x = np.array([-1.0, 0.0, 0.3, 1.0, 1.7, 4.0])
    cases = {"gamma": (1.5,), "chi2": (3.0,), "beta": (1.5, 2.5), "poisson": (1.3,)}
    for name, arguments in cases.items():
        ours, theirs = SUPPORTED[name], getattr(scipy.stats, name)
        for function in ("logpdf", "pdf", "cdf") if name != "poisson" else ("logpmf", "pmf", "cdf"):
            values = getattr(ours, function)(x, *arguments)
            np.testing.assert_allclose(
                values, getattr(theirs, function)(x, *arguments), rtol=1e-12, err_msg=f"{name}.{function}"
            )
            gradient = grad(
                lambda a, f=getattr(ours, function), rest=arguments[1:]: np.sum(np.exp(-(f(x, a, *rest) ** 2)))
            )
            if function == "pdf":
                assert np.isfinite(gradient(arguments[0]))


def test_the_length_of_normal_vectors_is_that_of_the_mean() -> None:
    ours, theirs = multivariate_normal, scipy.stats.multivariate_normal
    x = np.array([0.3, 0.6, 0.2])
    for arguments in ((), (0.5,), (0.5, 2.0), (x,), (x, 2.0), (x, np.array([1.0, 2.0, 3.0])), (None, np.eye(3))):
        np.testing.assert_allclose(ours.logpdf(x, *arguments), theirs.logpdf(x, *arguments), rtol=1e-12)
        np.testing.assert_allclose(ours.entropy(*arguments), theirs.entropy(*arguments), rtol=1e-12)


def test_functions_of_triangles_read_the_one_that_scipy_reads() -> None:
    a = np.array([[2.0, 0.3], [0.5, 1.0]])
    for lower in (False, True):
        ours = linalg.cholesky(Tensor(a), lower=lower).data
        np.testing.assert_allclose(ours, scipy.linalg.cholesky(a, lower=lower), rtol=1e-12)
    for mode in ("full", "economic"):
        for mine, theirs in zip(linalg.qr(Tensor(a), mode=mode), scipy.linalg.qr(a, mode=mode), strict=True):
            np.testing.assert_allclose(mine.data, theirs, rtol=1e-12, atol=1e-15)
    with pytest.raises(TypeError, match="'complete'"):
        linalg.qr(Tensor(np.ones((3, 2))))


def test_functions_whose_parts_overflow() -> None:
    """They are operations of their own: their textbook compositions multiply nothing with infinity."""
    for function, arguments in (
        (special.ive, (0.0, 1000.0)),
        (special.beta, (200.0, 200.0)),
        (special.rgamma, (200.0,)),
        (special.stdtr, (3.0, -1e8)),
    ):
        out = function(*arguments[:-1], Tensor(arguments[-1]))
        assert out.item() == pytest.approx(function(*arguments), rel=1e-13)


def test_one_over_gamma_at_the_poles_of_gamma() -> None:
    slopes = [grad(special.rgamma)(float(-n)) for n in range(5)]
    np.testing.assert_allclose(slopes, [(-1.0) ** n * math.factorial(n) for n in range(5)], rtol=1e-14)


@pytest.mark.parametrize("df", [1.0, 3.0, 7.5])
def test_the_slope_of_students_distribution_function_is_its_density(df: float) -> None:
    x = np.array([-2.0, -1e-9, 0.0, 1e-9, 3.0])
    np.testing.assert_allclose(elementwise_grad(lambda x: t.cdf(x, df))(x), t.pdf(x, df), rtol=1e-13)
    curvature = elementwise_grad(elementwise_grad(lambda x: t.cdf(x, df)))(x)
    np.testing.assert_allclose(curvature, elementwise_grad(lambda x: t.pdf(x, df))(x), rtol=1e-12, atol=1e-15)


def test_what_has_no_rule_is_passed_on() -> None:
    assert linalg.toeplitz([1.0, 2.0]).tolist() == [[1.0, 2.0], [2.0, 1.0]]
    assert linalg.logm(Tensor(np.eye(2))).tolist() == [[0.0, 0.0], [0.0, 0.0]]
    with pytest.raises(NotImplementedError, match=r"scipy\.linalg\.logm has no derivative here"):
        grad(lambda x: np.sum(linalg.logm(x)))(COV)
    assert norm.ppf(0.5) == 0.0
    with pytest.raises(NotImplementedError, match=r"scipy\.stats\.norm\.ppf"):
        grad(norm.ppf)(0.5)
    assert dirichlet.rvs([1.0, 2.0], random_state=0).shape == (1, 2)
    assert scipy.special.gammasgn(Tensor([-0.5, 0.5])).tolist() == [-1.0, 1.0]
    assert autograd.scipy.special.logsumexp is autograd.scipy.misc.logsumexp
    assert autograd.scipy.stats.expon.cdf(0.0) == 0.0
    with pytest.raises(AttributeError, match="nonsense"):
        linalg.nonsense
