"""Written by `python -m tests.typing.faces`: what `docstrings.py` says of the rows beside their own words."""

from __future__ import annotations

from typing import NamedTuple


class Printed(NamedTuple):
    """The derivatives with the arguments that they are by, whether the result is true or false, and an example."""

    derivatives: tuple[tuple[str, str], ...]
    truth: bool
    example: str


PRINTED: dict[str, Printed] = {
    "greater": Printed((), True, ">>> import autograd\n>>> autograd.greater(0.5, 2.0)\nFalse"),
    "greater_equal": Printed((), True, ">>> import autograd\n>>> autograd.greater_equal(0.5, 2.0)\nFalse"),
    "less": Printed((), True, ">>> import autograd\n>>> autograd.less(0.5, 2.0)\nTrue"),
    "less_equal": Printed((), True, ">>> import autograd\n>>> autograd.less_equal(0.5, 2.0)\nTrue"),
    "equal": Printed((), True, ">>> import autograd\n>>> autograd.equal(0.5, 2.0)\nFalse"),
    "not_equal": Printed((), True, ">>> import autograd\n>>> autograd.not_equal(0.5, 2.0)\nTrue"),
    "logical_and": Printed((), True, ">>> import autograd.numpy as np\n>>> bool(np.logical_and(True, False))\nFalse"),
    "logical_or": Printed((), True, ">>> import autograd.numpy as np\n>>> bool(np.logical_or(True, False))\nTrue"),
    "logical_xor": Printed((), True, ">>> import autograd.numpy as np\n>>> bool(np.logical_xor(True, False))\nTrue"),
    "logical_not": Printed((), True, ">>> import autograd.numpy as np\n>>> bool(np.logical_not(True))\nFalse"),
    "isinf": Printed((), True, ">>> import autograd.numpy as np\n>>> bool(np.isinf(0.5))\nFalse"),
    "isfinite": Printed((), True, ">>> import autograd.numpy as np\n>>> bool(np.isfinite(0.5))\nTrue"),
    "isnan": Printed((), True, ">>> import autograd.numpy as np\n>>> bool(np.isnan(0.5))\nFalse"),
    "stop_gradient": Printed((), False, ">>> import autograd\n>>> autograd.stop_gradient(0.5)\n0.5"),
    "sign": Printed((), False, ">>> import autograd\n>>> autograd.sign(-2.0)\n-1.0"),
    "floor": Printed((), False, ">>> import autograd\n>>> autograd.floor(-1.5)\n-2.0"),
    "ceil": Printed((), False, ">>> import autograd\n>>> autograd.ceil(-1.5)\n-1.0"),
    "trunc": Printed((), False, ">>> import autograd\n>>> autograd.trunc(-1.5)\n-1.0"),
    "floor_divide": Printed((), False, ">>> import autograd.numpy as np\n>>> float(np.floor_divide(-1.0, 3.0))\n-1.0"),
    "signbit": Printed((), True, ">>> import autograd.numpy as np\n>>> bool(np.signbit(-2.0))\nTrue"),
    "rint": Printed((), False, ">>> import autograd.numpy as np\n>>> float(np.rint(-1.5))\n-2.0"),
    "where": Printed(
        (("x", "where(condition, 1, 0)"), ("y", "where(condition, 0, 1)")),
        False,
        ">>> import autograd\n>>> autograd.where(True, 0.5, 2.0)\n0.5",
    ),
    "add": Printed((("x", "1"), ("y", "1")), False, ">>> import autograd\n>>> autograd.add(0.5, 2.0)\n2.5"),
    "sub": Printed((("x", "1"), ("y", "-1")), False, ">>> import autograd\n>>> autograd.sub(0.5, 2.0)\n-1.5"),
    "mul": Printed((("x", "y"), ("y", "x")), False, ">>> import autograd\n>>> autograd.mul(0.5, 2.0)\n1.0"),
    "div": Printed((("x", "1 / y"), ("y", "-out / y")), False, ">>> import autograd\n>>> autograd.div(0.5, 2.0)\n0.25"),
    "power": Printed(
        (
            ("x", "where(y == 0, 0, y * x ** (y - 1))"),
            ("y", "where(x == 0, where(y < 0, -inf, 0), out * log(where(x == 0, 1, x)))"),
        ),
        False,
        ">>> import autograd\n>>> autograd.power(0.5, 2.0)\n0.25",
    ),
    "neg": Printed((("x", "-1"),), False, ">>> import autograd\n>>> autograd.neg(2.0)\n-2.0"),
    "abs": Printed((("x", "sign(x)"),), False, ">>> import autograd\n>>> autograd.abs(-2.0)\n2.0"),
    "square": Printed((("x", "2 * x"),), False, ">>> import autograd\n>>> autograd.square(3.0)\n9.0"),
    "reciprocal": Printed((("x", "-out * out"),), False, ">>> import autograd\n>>> autograd.reciprocal(0.5)\n2.0"),
    "cbrt": Printed((("x", "1 / (3 * out²)"),), False, ">>> import autograd\n>>> autograd.cbrt(-8.0)\n-2.0"),
    "sqrt": Printed((("x", "0.5 / out"),), False, ">>> import autograd\n>>> round(autograd.sqrt(0.5), 6)\n0.707107"),
    "exp": Printed((("x", "out"),), False, ">>> import autograd\n>>> round(autograd.exp(0.5), 6)\n1.648721"),
    "exp2": Printed(
        (("x", "out * 0.693147"),), False, ">>> import autograd\n>>> round(autograd.exp2(0.5), 6)\n1.414214"
    ),
    "expm1": Printed((("x", "exp(x)"),), False, ">>> import autograd\n>>> round(autograd.expm1(0.5), 6)\n0.648721"),
    "log": Printed((("x", "1 / x"),), False, ">>> import autograd\n>>> round(autograd.log(0.5), 6)\n-0.693147"),
    "log2": Printed((("x", "1 / (x * 0.693147)"),), False, ">>> import autograd\n>>> autograd.log2(0.5)\n-1.0"),
    "log10": Printed(
        (("x", "1 / (x * 2.30259)"),), False, ">>> import autograd\n>>> round(autograd.log10(0.5), 6)\n-0.30103"
    ),
    "log1p": Printed(
        (("x", "1 / (1 + x)"),), False, ">>> import autograd\n>>> round(autograd.log1p(0.5), 6)\n0.405465"
    ),
    "sin": Printed((("x", "cos(x)"),), False, ">>> import autograd\n>>> round(autograd.sin(0.5), 6)\n0.479426"),
    "cos": Printed((("x", "-sin(x)"),), False, ">>> import autograd\n>>> round(autograd.cos(0.5), 6)\n0.877583"),
    "tan": Printed((("x", "1 + out²"),), False, ">>> import autograd\n>>> round(autograd.tan(0.5), 6)\n0.546302"),
    "asin": Printed(
        (("x", "1 / sqrt((1 - x) * (1 + x))"),),
        False,
        ">>> import autograd\n>>> round(autograd.asin(0.5), 6)\n0.523599",
    ),
    "acos": Printed(
        (("x", "-1 / sqrt((1 - x) * (1 + x))"),),
        False,
        ">>> import autograd\n>>> round(autograd.acos(0.5), 6)\n1.047198",
    ),
    "atan": Printed((("x", "1 / (1 + x²)"),), False, ">>> import autograd\n>>> round(autograd.atan(0.5), 6)\n0.463648"),
    "sinh": Printed((("x", "cosh(x)"),), False, ">>> import autograd\n>>> round(autograd.sinh(0.5), 6)\n0.521095"),
    "cosh": Printed((("x", "sinh(x)"),), False, ">>> import autograd\n>>> round(autograd.cosh(0.5), 6)\n1.127626"),
    "tanh": Printed((("x", "1 - out²"),), False, ">>> import autograd\n>>> round(autograd.tanh(0.5), 6)\n0.462117"),
    "asinh": Printed(
        (("x", "1 / hypot(1, x)"),), False, ">>> import autograd\n>>> round(autograd.asinh(0.5), 6)\n0.481212"
    ),
    "acosh": Printed(
        (("x", "1 / sqrt((x - 1) * (x + 1))"),),
        False,
        ">>> import autograd\n>>> round(autograd.acosh(2.0), 6)\n1.316958",
    ),
    "atanh": Printed(
        (("x", "1 / ((1 - x) * (1 + x))"),), False, ">>> import autograd\n>>> round(autograd.atanh(0.5), 6)\n0.549306"
    ),
    "remainder": Printed(
        (("x", "1"), ("y", "-floor(x / y)")), False, ">>> import autograd\n>>> autograd.remainder(-1.0, 3.0)\n2.0"
    ),
    "fmod": Printed(
        (("x", "1"), ("y", "-trunc(x / y)")),
        False,
        ">>> import autograd.numpy as np\n>>> float(np.fmod(-1.0, 3.0))\n-1.0",
    ),
    "hypot": Printed(
        (
            ("x", "where(t1, 0, x / where(t1, 1, out)) where t1 = out == 0"),
            ("y", "where(t1, 0, y / where(t1, 1, out)) where t1 = out == 0"),
        ),
        False,
        ">>> import autograd\n>>> autograd.hypot(3.0, 4.0)\n5.0",
    ),
    "atan2": Printed(
        (
            (
                "x",
                "where(t2, 0, where(t4, 0, y / where(t4, 1, t3)) / where(t2, 1, t1)) where t1 = hypot(x, y), t2 = t1 == 0, t3 = hypot(x, y), t4 = t3 == 0",
            ),
            (
                "y",
                "-where(t2, 0, where(t4, 0, x / where(t4, 1, t3)) / where(t2, 1, t1)) where t1 = hypot(x, y), t2 = t1 == 0, t3 = hypot(x, y), t4 = t3 == 0",
            ),
        ),
        False,
        ">>> import autograd\n>>> round(autograd.atan2(0.5, 2.0), 6)\n0.244979",
    ),
    "copysign": Printed(
        (("x", "sign(x) * copysign(1, y)"),),
        False,
        ">>> import autograd.numpy as np\n>>> float(np.copysign(2.0, -0.5))\n-2.0",
    ),
    "maximum": Printed(
        (
            ("x", "where(x > y, 1, where(x == y, 0.5, where(isnan(x), x, 0)))"),
            ("y", "where(y > x, 1, where(x == y, 0.5, where(isnan(y), y, 0)))"),
        ),
        False,
        ">>> import autograd\n>>> autograd.maximum(0.5, 2.0)\n2.0",
    ),
    "minimum": Printed(
        (
            ("x", "where(x < y, 1, where(x == y, 0.5, where(isnan(x), x, 0)))"),
            ("y", "where(y < x, 1, where(x == y, 0.5, where(isnan(y), y, 0)))"),
        ),
        False,
        ">>> import autograd\n>>> autograd.minimum(0.5, 2.0)\n0.5",
    ),
    "fmax": Printed(
        (
            ("x", "where(x == y, 0.5, where(out == x, 1, where(isnan(out), out, 0)))"),
            ("y", "where(x == y, 0.5, where(out == y, 1, where(isnan(out), out, 0)))"),
        ),
        False,
        ">>> import autograd.numpy as np\n>>> float(np.fmax(0.5, 2.0))\n2.0",
    ),
    "fmin": Printed(
        (
            ("x", "where(x == y, 0.5, where(out == x, 1, where(isnan(out), out, 0)))"),
            ("y", "where(x == y, 0.5, where(out == y, 1, where(isnan(out), out, 0)))"),
        ),
        False,
        ">>> import autograd.numpy as np\n>>> float(np.fmin(0.5, 2.0))\n0.5",
    ),
    "sigmoid": Printed(
        (("x", "out * (1 - out)"),), False, ">>> import autograd\n>>> round(autograd.sigmoid(0.5), 6)\n0.622459"
    ),
    "softplus": Printed(
        (("x", "sigmoid(x)"),), False, ">>> import autograd\n>>> round(autograd.softplus(0.5), 6)\n0.974077"
    ),
    "logaddexp": Printed(
        (
            ("x", "where(t1, 0.5, sigmoid(where(t1, 0, x - y))) where t1 = where(isinf(x), x == y, False)"),
            ("y", "where(t1, 0.5, sigmoid(where(t1, 0, y - x))) where t1 = where(isinf(y), y == x, False)"),
        ),
        False,
        ">>> import autograd\n>>> round(autograd.logaddexp(0.5, 2.0), 6)\n2.201413",
    ),
    "logaddexp2": Printed(
        (
            (
                "x",
                "where(t3, 0.5, sigmoid(where(t3, 0, t1 - t2))) where t1 = 0.693147 * x, t2 = 0.693147 * y, t3 = where(isinf(t1), t1 == t2, False)",
            ),
            (
                "y",
                "where(t3, 0.5, sigmoid(where(t3, 0, t1 - t2))) where t1 = 0.693147 * y, t2 = 0.693147 * x, t3 = where(isinf(t1), t1 == t2, False)",
            ),
        ),
        False,
        ">>> import autograd.numpy as np\n>>> round(float(np.logaddexp2(0.5, 2.0)), 6)\n2.436752",
    ),
    "deg2rad": Printed(
        (("x", "0.0174533"),),
        False,
        ">>> import autograd.numpy as np\n>>> round(float(np.deg2rad(180.0)), 6)\n3.141593",
    ),
    "rad2deg": Printed(
        (("x", "57.2958"),), False, ">>> import autograd.numpy as np\n>>> round(float(np.rad2deg(0.5)), 6)\n28.64789"
    ),
    "erf": Printed(
        (("x", "1.12838 * exp(-x * x)"),), False, ">>> import autograd\n>>> round(autograd.erf(0.5), 6)\n0.5205"
    ),
    "erfc": Printed(
        (("x", "-1.12838 * exp(-x * x)"),), False, ">>> import autograd\n>>> round(autograd.erfc(0.5), 6)\n0.4795"
    ),
    "erfinv": Printed((("x", "0.886227 * exp(out²)"),), False, ""),
    "erfcinv": Printed((("x", "-0.886227 * exp(out²)"),), False, ""),
    "ndtr": Printed((("x", "exp(-0.5 * x²) / 2.50663"),), False, ""),
    "log_ndtr": Printed((("x", "exp(-0.5 * x² - out - 0.918939)"),), False, ""),
    "gammaln": Printed((("x", "polygamma(0, x)"),), False, ""),
    "gamma": Printed((("x", "out * polygamma(0, x)"),), False, ""),
    "beta": Printed(
        (
            ("x", "out * (polygamma(0, x) - polygamma(0, x + y))"),
            ("y", "out * (polygamma(0, y) - polygamma(0, x + y))"),
        ),
        False,
        "",
    ),
    "rgamma": Printed(
        (
            (
                "x",
                "where(x < 0.5, gamma(1 - t1) * (cos(3.14159 * t1) - sin(3.14159 * t1) * polygamma(0, 1 - t1) / 3.14159), -out * polygamma(0, where(x < 0.5, 1, x))) where t1 = where(x < 0.5, x, 0)",
            ),
        ),
        False,
        "",
    ),
    "logit": Printed((("x", "1 / (x * (1 - x))"),), False, ""),
    "gammasgn": Printed((), False, ""),
    "xlogy": Printed(
        (("x", "log(where(logical_and(x == 0, y == 0), 1, y))"), ("y", "x / where(logical_and(x == 0, y == 0), 1, y)")),
        False,
        "",
    ),
    "relu": Printed((("x", "where(x <= 0, 0, 1)"),), False, ">>> import autograd\n>>> autograd.relu(-2.0)\n0.0"),
    "silu": Printed(
        (("x", "sigmoid(x) * (1 + x * (1 - sigmoid(x)))"),),
        False,
        ">>> import autograd\n>>> round(autograd.silu(0.5), 6)\n0.31123",
    ),
    "matmul": Printed(
        (),
        False,
        ">>> import autograd\n>>> w = autograd.Tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)\n>>> autograd.matmul(w, [1.0, 10.0]).tolist()\n[21.0, 43.0]",
    ),
    "linear": Printed(
        (),
        False,
        ">>> import autograd\n>>> w = autograd.Tensor([[1.0, 2.0]], requires_grad=True)\n>>> autograd.linear([[1.0, 10.0], [0.0, 1.0]], w, [0.5]).tolist()\n[[21.5], [2.5]]",
    ),
}
