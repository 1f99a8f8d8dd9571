"""`odeint`: the solution is SciPy's, and its derivatives those of finite differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.integrate

from autograd import grad, jacobian
from autograd.scipy.integrate import odeint, quad
from autograd.test_util import check_grads

Y0 = np.array([1.0, -0.5])
T = np.array([0.1, 0.4, 0.7])


def slope(y: Any, t: Any, rate: Any, more: Any) -> Any:
    return -rate * y + np.sin(t) * more["shift"] + y[::-1] * y


def test_values_and_derivatives() -> None:
    args = (0.7, {"shift": np.array([0.3, 0.2])})
    np.testing.assert_allclose(odeint(slope, Y0, T, args), scipy.integrate.odeint(slope, Y0, T, args))
    tight = {"rtol": 1e-10, "atol": 1e-10}
    check_grads(lambda *xs: odeint(slope, *xs, **tight), (0, 1, 2), modes=["rev"], order=1)(Y0, T, args)
    check_grads(lambda rate: odeint(lambda y, t, r: -r * y * y, Y0[:1], T[:2], (rate,), **tight), modes=["rev"])(0.7)


def test_only_what_is_asked_for_is_differentiated() -> None:
    found = jacobian(lambda y: odeint(lambda y, t: -y, y, T)[-1])(Y0)
    np.testing.assert_allclose(found, np.exp(-0.6) * np.eye(2), rtol=1e-6)


def test_what_func_uses_beside_its_arguments_is_refused() -> None:
    with pytest.raises(TypeError, match="not among its arguments: give it in args"):
        grad(lambda rate: odeint(lambda y, t: -rate * y, rate * Y0, T)[-1, 0])(0.7)


def test_what_has_no_derivative_says_so() -> None:
    assert quad(np.sin, 0.0, np.pi)[0] == pytest.approx(2.0)
    with pytest.raises(NotImplementedError, match=r"scipy\.integrate\.quad"):
        grad(lambda end: quad(np.sin, 0.0, end)[0])(1.0)
