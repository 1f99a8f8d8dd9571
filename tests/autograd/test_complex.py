"""Complex numbers: every function that takes them agrees with differences along 1 and along i, both ways and to second order."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
import autograd.numpy as anp
import nn
import optim
from autograd import Tensor
from autograd.check import check_gradients
from autograd.debug import DebugError, Session
from autograd.draw import draw
from autograd.errors import OperandError
from autograd.extend import vspace
from autograd.graph.op import TABLE
from autograd.test_util import check_grads
from autograd.wording.numbers import describe_in_full
from tests.autograd.samples import ARRAYS, PARAMETERS, resized

RNG = np.random.default_rng(7)
H = 1e-6


def points(*shape: int) -> np.ndarray:
    """Complex numbers away from branch cuts and from 0."""
    return RNG.uniform(0.3, 0.9, shape) + 1j * RNG.uniform(0.3, 0.9, shape) * RNG.choice([-1, 1], shape)


Z, W = points(2, 3), points(2, 3)
M, N = points(3, 3) + 2 * np.eye(3), points(3, 3)


def _projection(vectors: Any) -> Any:
    """What does not depend on the phases of the vectors."""
    return anp.einsum("ik,jk,k->ij", vectors, anp.conj(vectors), np.arange(1.0, vectors.shape[1] + 1))


def _hermitian(x: Any) -> Any:
    """So that a function of a hermitian matrix may be moved in any direction."""
    return x + anp.conj(anp.swapaxes(x, -1, -2))


ONE: dict[str, Callable[[Any], Any]] = {
    **{
        name: getattr(np, name)
        for name in (
            *(
                "abs",
                "angle",
                "arccos",
                "arccosh",
                "arcsin",
                "arcsinh",
                "arctan",
                "arctanh",
                "conj",
                "cos",
                "cosh",
                "cumprod",
            ),
            *(
                "cumsum",
                "diff",
                "exp",
                "exp2",
                "expm1",
                "fliplr",
                "imag",
                "log",
                "log10",
                "log1p",
                "log2",
                "mean",
                "negative",
            ),
            *(
                "prod",
                "ravel",
                "real",
                "reciprocal",
                "sin",
                "sinh",
                "sort_complex",
                "sqrt",
                "square",
                "std",
                "sum",
                "tan",
            ),
            *("tanh", "transpose", "triu", "var"),
        )
    },
    **{
        f"fft.{name}": getattr(np.fft, name)
        for name in ("fft", "ifft", "irfft", "hfft", "fftn", "ifftn", "irfftn", "fft2")
    },
    **{f"fft.{name}": getattr(np.fft, name) for name in ("ifft2", "irfft2", "fftshift", "ifftshift")},
    "index": lambda x: x[0, ::2],
    "fancy index": lambda x: x[[0, 0, 1], [1, 1, 2]],
    "concatenate": lambda x: np.concatenate([x, 2j * x], 1),
    "stack": lambda x: np.stack([x, x * x]),
    "pad": lambda x: np.pad(x, 1),
    "where": lambda x: np.where(np.eye(2, 3, dtype=bool), x, x * x),
    "broadcast": lambda x: np.broadcast_to(x, (4, 2, 3)),
    "einsum": lambda x: np.einsum("ij,kj->ik", x, x),
    "norm": lambda x: np.linalg.norm(x),
    "norm 1": lambda x: np.linalg.norm(x, 1, axis=1),
    "norm 3": lambda x: np.linalg.norm(x, 3, axis=1),
    "modulus squared": lambda x: np.real(x * np.conj(x)),
    "mixed": lambda x: np.abs(x) * np.exp(1j * np.angle(x)) * x.real,
    "a power": lambda x: x**3,
    "a complex power": lambda x: x ** (0.5 - 0.2j),
    "power of a number": lambda x: 2.0**x,
    "power of a negative number": lambda x: np.full((2, 3), -2.0) ** x,
    "cov": lambda x: np.cov(x),
    "nanvar": lambda x: np.nanvar(x, 1),
    "nanmean": lambda x: np.nanmean(x, 1),
    "average": lambda x: np.average(x, 1, [1.0, 2.0, 3.0]),
    "convolve": lambda x: np.convolve(x[0], x[1]),
    "correlate": lambda x: np.correlate(x[0], x[1], "full"),
    "sigmoid": lambda x: ag.sigmoid(x) if isinstance(x, Tensor) else 1 / (1 + np.exp(-x)),
    "astype": lambda x: x.astype(np.complex128) * 2,
    "gradient": lambda x: np.gradient(x, axis=1),
    "trapezoid": lambda x: np.trapezoid(x, dx=0.5),
    "polyval": lambda x: np.polyval([1.0, 2.0j, 3.0], x),
    "vander": lambda x: np.vander(x[0]),
}
TWO: dict[str, Callable[[Any, Any], Any]] = {
    **{
        name: getattr(np, name)
        for name in ("add", "subtract", "multiply", "divide", "power", "outer", "vdot", "kron", "cross")
    },
    **{name: getattr(np, name) for name in ("vecdot", "inner")},
    "matmul": lambda x, y: x @ y.T,
    "tensordot": lambda x, y: np.tensordot(x, y, ([0, 1], [0, 1])),
    "vecmat": lambda x, y: np.vecmat(x[:, 0], y),
}
MATRIX: dict[str, Callable[[Any], Any]] = {
    **{name: getattr(np.linalg, name) for name in ("inv", "det", "pinv", "matrix_norm", "cond", "svdvals")},
    "slogdet": lambda x: np.linalg.slogdet(x)[0] + np.linalg.slogdet(x)[1],
    "matrix_power": lambda x: np.linalg.matrix_power(x, 3),
    "trace": np.trace,
    "diagonal": np.diagonal,
    "solve": lambda x: np.linalg.solve(x, N),
    "solve a vector": lambda x: np.linalg.solve(x, N[0]),
    "lstsq": lambda x: np.linalg.lstsq(x[:, :2], N[0])[0],
    "pinv, tall": lambda x: np.linalg.pinv(x[:, :2]),
    "nuclear norm": lambda x: np.linalg.norm(x, "nuc"),
    "singular vectors": lambda x: _projection(np.linalg.svd(x)[0]) + _projection(anp.conj(np.linalg.svd(x)[2].T)),
    "singular vectors together": lambda x: np.outer(*(p[i] for p, i in zip(np.linalg.svd(x)[::2], ((..., 1), 1)))),
    "svd, tall": lambda x: _projection(np.linalg.svd(x[:, :2], full_matrices=False)[0]),
    "svd, wide": lambda x: _projection(anp.conj(np.linalg.svd(x[:2], full_matrices=False)[2].T)),
    "q": lambda x: np.linalg.qr(x)[0],
    "r": lambda x: np.linalg.qr(x)[1],
    "r, wide": lambda x: np.linalg.qr(x[:2])[1],
    "cholesky": lambda x: np.linalg.cholesky(_hermitian(x @ anp.conj(x.T))),
    "cholesky, upper": lambda x: np.linalg.cholesky(_hermitian(x @ anp.conj(x.T)), upper=True),
    "eigvalsh": lambda x: np.linalg.eigvalsh(_hermitian(x)),
    "eigvalsh of the upper triangle": lambda x: np.linalg.eigvalsh(_hermitian(x), "U"),
    "eigenvectors of a hermitian matrix": lambda x: _projection(np.linalg.eigh(_hermitian(x))[1]),
    "eigvals": lambda x: np.sort_complex(np.linalg.eigvals(x)),
    "eigenvectors": lambda x: _projection(np.linalg.eig(x)[1]),
}


def slope(f: Callable[..., Any], xs: tuple[np.ndarray, ...], directions: list[np.ndarray]) -> Any:
    ahead = f(*(x + H * d for x, d in zip(xs, directions, strict=True)))
    behind = f(*(x - H * d for x, d in zip(xs, directions, strict=True)))
    return (np.asarray(ahead) - np.asarray(behind)) / (2 * H)


def direction(x: np.ndarray, factor: complex) -> np.ndarray:
    """A direction in which it can be moved: along the real axis alone, where it is real."""
    return np.asarray(RNG.normal(size=x.shape) * (factor if x.dtype.kind == "c" else 1.0))


def agree(f: Callable[..., Any], *xs: np.ndarray) -> None:
    """Both modes and the second order against differences, along 1, along i, and between."""
    out = np.asarray(f(*xs))
    weights = points(*out.shape) if out.dtype.kind == "c" else RNG.normal(size=out.shape)

    def loss(*xs: Any) -> Any:
        return anp.real(anp.sum(f(*xs) * weights))

    everything = tuple(range(len(xs)))
    gradients = ag.grad(loss, everything)(*xs)
    for gradient, x in zip(gradients, xs, strict=True):
        assert gradient.dtype == x.dtype
    for factor in (1.0, 1j, 0.6 - 0.8j):
        directions = [direction(x, factor) for x in xs]
        expected = slope(f, xs, directions)
        tangent = ag.jvp(f, xs, tuple(directions))[1]
        np.testing.assert_allclose(tangent, expected, rtol=2e-6, atol=2e-7, err_msg="forward mode")
        sent = sum(np.sum(g * d).real for g, d in zip(gradients, directions, strict=True))
        np.testing.assert_allclose(sent, np.sum(expected * weights).real, rtol=1e-6, atol=1e-6, err_msg="reverse mode")
        others = [direction(x, 0.8 + 0.6j) for x in xs]

        def along(*xs: Any, others: Any = others) -> Any:
            return sum(np.sum(g * o).real for g, o in zip(ag.grad(loss, everything)(*xs), others, strict=True))

        products = ag.hvp(loss, xs, tuple(others))
        products = (products,) if len(xs) == 1 else products
        second = sum(np.sum(p * d).real for p, d in zip(products, directions, strict=True))
        np.testing.assert_allclose(second, slope(along, xs, directions), rtol=1e-5, atol=1e-5, err_msg="second order")


@pytest.mark.parametrize("name", ONE)
def test_functions_of_one(name: str) -> None:
    agree(ONE[name], Z)


@pytest.mark.parametrize("name", TWO)
def test_functions_of_two(name: str) -> None:
    agree(TWO[name], Z, W)


@pytest.mark.parametrize("name", MATRIX)
def test_functions_of_matrices(name: str) -> None:
    agree(MATRIX[name], M)


# Tested above, by what does not depend on the phases of vectors, and moving both triangles of a matrix together.
APART = {"svd", "eigh", "eig", "qr", "cholesky", "hermitian"}
ROWS = [name for name, op in TABLE.items() if op.takes_complex and name not in APART]


def _complex_operands(name: str) -> list[np.ndarray]:
    op = TABLE[name]
    operands = ARRAYS[name][0] if name in ARRAYS else [resized(name, i, (2, 2)) for i in range(len(op.rules))]
    return [
        x + 1j * 0.3 * np.cos(np.arange(x.size)).reshape(x.shape) if x.dtype.kind == "f" else x
        for x in map(np.asarray, operands)
    ]


@pytest.mark.parametrize("name", ROWS)
def test_rows_that_say_that_their_rules_hold(name: str) -> None:
    op, operands = TABLE[name], _complex_operands(name)
    params = {**(ARRAYS[name][1] if name in ARRAYS else {}), **PARAMETERS.get(name, {})}
    if name == "astype":
        params = {"dtype": np.dtype(complex)}
    moving = [i for i, x in enumerate(operands) if x.dtype.kind == "c" and (op.joint or op.rules[i])]

    def f(*xs: Any) -> Any:
        filled = list(operands)
        for i, x in zip(moving, xs, strict=True):
            filled[i] = x
        return op.call(*filled, **params)

    agree(f, *[operands[i] for i in moving])


@pytest.mark.parametrize("name", [name for name, op in TABLE.items() if op.differentiable and not op.takes_complex])
def test_all_other_rows_refuse_complex_numbers(name: str) -> None:
    op = TABLE[name]
    operands = ARRAYS[name][0] if name in ARRAYS else [resized(name, i, (2, 2)) for i in range(len(op.rules))]
    params = {**(ARRAYS[name][1] if name in ARRAYS else {}), **PARAMETERS.get(name, {})}
    for i, x in enumerate(operands):
        if np.asarray(x).dtype.kind == "f" and (op.joint or op.rules[i]):
            given = list(operands)
            given[i] = Tensor(np.asarray(x) + 1j, requires_grad=True)
            with (
                warnings.catch_warnings(),
                pytest.raises(OperandError, match="complex numbers have no derivative here"),
            ):
                # NumPy computes what it can before.
                warnings.simplefilter("ignore")
                op.call(*given, **params)


# real numbers that become complex, and come back

R = RNG.uniform(0.3, 0.9, (4, 6))
TURNED = np.array([[0.3, -1.2, 0.2], [1.1, 0.4, -0.5], [0.3, 0.6, 0.9]])
REAL: dict[str, Callable[[Any], Any]] = {
    **{
        name: getattr(np.fft, name)
        for name in ("fft", "ifft", "rfft", "ihfft", "rfftn", "rfft2", "fftn", "fftshift", "ifftshift")
    },
    "there and back": lambda x: np.fft.irfft(np.fft.rfft(x, axis=0), 4, axis=0),
    "spectrum": lambda x: np.abs(np.fft.rfft(x)) ** 2,
    "a wave": lambda x: np.exp(1j * x),
    "a complex number": lambda x: x[:2] + 1j * x[2:],
    "times i": lambda x: (2j * x).imag,
    "a sum with a complex array": lambda x: x * np.ones((4, 6), complex) * (1 + 1j),
    "sort_complex": np.sort_complex,
    "angle": lambda x: np.angle(x + 1j),
}


@pytest.mark.parametrize("name", REAL)
def test_real_numbers_are_sent_the_real_part(name: str) -> None:
    agree(REAL[name], R)


def test_eigenvalues_of_a_real_matrix_that_are_complex() -> None:
    assert np.iscomplexobj(np.linalg.eigvals(TURNED))
    agree(lambda x: np.sort_complex(np.linalg.eigvals(x)), TURNED)
    agree(lambda x: _projection(np.linalg.eig(x)[1]), TURNED)


@pytest.mark.parametrize("norm", [None, "ortho", "forward", "backward"])
@pytest.mark.parametrize("n", [None, 3, 4, 7])
@pytest.mark.parametrize("name", ["fft", "ifft", "rfft", "irfft", "hfft", "ihfft"])
def test_transforms_are_those_of_numpy(name: str, n: int | None, norm: str | None) -> None:
    function, real = getattr(np.fft, name), name in ("rfft", "ihfft")
    for axis in (0, -1):
        x = R[:, :5] if real else points(4, 5)
        found = function(Tensor(x, requires_grad=True), n, axis, norm)
        np.testing.assert_allclose(found.data, function(x, n, axis, norm), atol=1e-14)
        assert found.dtype == function(x, n, axis, norm).dtype
    agree(lambda x: function(x, n, 0, norm), x)


@pytest.mark.parametrize("name", ["fftn", "ifftn", "rfftn", "irfftn", "fft2", "ifft2", "rfft2", "irfft2"])
@pytest.mark.parametrize(("s", "axes"), [(None, None), ((3, 4), (1, 0)), ((6, 2), (0, 2)), (None, (2, 1))])
def test_transforms_of_several_axes_are_those_of_numpy(name: str, s: Any, axes: Any) -> None:
    x = RNG.normal(size=(4, 3, 4)) if name.startswith("rfft") else points(4, 3, 4)
    how = {"s": s} if axes is None and name.endswith("2") else {"s": s, "axes": axes}
    found = getattr(np.fft, name)(Tensor(x), **how)
    np.testing.assert_allclose(found.data, getattr(np.fft, name)(x, **how), atol=1e-13)


# what is refused, what is kept


def test_a_loss_is_real() -> None:
    z = Tensor([1 + 2j, 3j], requires_grad=True)
    with pytest.raises(ag.GraphError, match="is complex, and a loss is real"):
        (z * z).sum().backward()
    with pytest.raises(OperandError, match="returned a complex number"):
        ag.grad(lambda z: z * z)(1 + 2j)
    with pytest.raises(OperandError, match="Jacobian of their real"):
        ag.jacobian(lambda z: z * z)(Z)
    (z * z).backward([1.0, 1j])
    np.testing.assert_array_equal(z.grad, [2 + 4j, -6.0])


def test_derivatives_of_functions_that_have_one() -> None:
    assert ag.holomorphic_grad(lambda z: z**3)(1 + 2j) == pytest.approx(3 * (1 + 2j) ** 2)
    assert ag.holomorphic_grad(ag.holomorphic_grad(np.exp))(1j) == pytest.approx(np.exp(1j))
    with pytest.raises(OperandError, match="is real: give complex numbers"):
        ag.holomorphic_grad(np.exp)(1.0)


def test_the_gradient_of_a_real_loss_is_that_of_jax() -> None:
    # |z|² = x² + y²: ∂/∂x - i ∂/∂y.
    assert ag.grad(lambda z: np.abs(z) ** 2)(3 + 4j) == pytest.approx(6 - 8j)
    assert ag.grad(np.real)(1 + 1j) == 1
    assert ag.grad(np.imag)(1 + 1j) == -1j
    assert ag.grad(lambda z: np.real(np.conj(z)))(1 + 1j) == 1


def test_kinks_and_zeros() -> None:
    assert ag.grad(np.abs)(0j) == 0
    assert ag.grad(np.angle)(0j) == 0
    assert ag.grad(lambda z: np.abs(z) ** 2)(0j) == 0
    assert ag.hvp(lambda z: np.sum(np.abs(z) ** 2), (np.zeros(1, complex),), (np.array([1j]),)) == -2j
    assert ag.grad(lambda z: np.linalg.norm(z))(np.zeros(2, complex)).tolist() == [0, 0]
    # A branch that was not taken sends nothing, whatever its slope.
    z = Tensor([0j, 1j], requires_grad=True)
    ag.real(np.where(z == 0, 0.0, np.log(np.where(z == 0, 1.0, z)))).sum().backward()
    np.testing.assert_allclose(z.grad, [0, -1j])


@pytest.mark.parametrize("dtype", [np.complex64, np.complex128])
def test_dtypes_are_kept(dtype: Any) -> None:
    z = Tensor(Z.astype(dtype), requires_grad=True)
    assert (z * 2j + 1.0).dtype == dtype
    assert ag.abs(z).dtype == z.real.dtype == np.finfo(dtype).dtype
    ag.abs(np.fft.fft(z)).sum().backward()
    assert z.grad.dtype == dtype
    x = Tensor(R.astype(np.finfo(dtype).dtype), requires_grad=True)
    assert (x * 1j).dtype == dtype
    (x * 1j).imag.sum().backward()
    assert x.grad.dtype == x.dtype


def test_imaginary_parts_are_not_lost_silently() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    edited = x * 1.0
    with pytest.raises(OperandError, match="is complex where real"):
        edited[0] = 1j
    with pytest.raises(OperandError, match="is complex where real"):
        edited[:] = Tensor([1j, 2.0])
    with pytest.raises((OperandError, TypeError)):
        edited *= 1j
    with pytest.raises(OperandError, match="is complex where real"):
        x.data = [1j, 2.0]
    with pytest.raises(OperandError, match="is complex where real"):
        x.grad = np.array([1j, 2.0])
    with pytest.raises(OperandError, match="is complex where real"):
        (x * x).backward([1j, 1.0])
    with pytest.raises(OperandError, match="is complex where real"):
        ag.jvp(np.square, (2.0,), (1j,))
    with pytest.raises(OperandError, match="is complex where real"):
        ag.vjp(np.square, 2.0)[1](1j)
    with pytest.warns(np.exceptions.ComplexWarning):
        assert Tensor([1j]).astype(float).tolist() == [0.0]


def test_complex_tensors_are_edited_in_place() -> None:
    z = Tensor([1 + 2j, 3j], requires_grad=True)
    edited = z * z
    edited[0] = z[1] * 2
    edited += 1j
    np.abs(edited).sum().backward()
    expected = ag.grad(lambda z: np.abs(z[1] * 2 + 1j) + np.abs(z[1] ** 2 + 1j))(z.data)
    np.testing.assert_allclose(z.grad, expected)


def test_hooks_anomalies_and_sites() -> None:
    z = Tensor([1 + 2j], requires_grad=True)
    squared = z * z
    squared.register_hook(lambda g: g * 1j)
    squared.real.sum().backward()
    np.testing.assert_array_equal(z.grad, [1j * 2 * (1 + 2j)])
    with ag.detect_anomaly(), pytest.raises(ag.AnomalyError):
        np.log(Tensor([0j], requires_grad=True) * 1.0)


def test_values_are_real() -> None:
    with pytest.raises(TypeError, match="complex"):
        ag.Value(1j)
    with pytest.raises(TypeError, match="complex"):
        ag.Value(1.0) * 1j


def test_methods_and_attributes() -> None:
    z = Tensor([3 + 4j], requires_grad=True)
    assert z.real.tolist() == [3.0]
    assert z.imag.tolist() == [4.0]
    assert z.conj().tolist() == z.conjugate().tolist() == [3 - 4j]
    x = Tensor([1.0])
    assert x.real is x
    assert x.imag.tolist() == [0.0]
    assert x.conj() is x
    assert complex(Tensor(1 + 2j)) == 1 + 2j
    assert "1.+2.j" in repr(Tensor([1 + 2j]))


def test_what_is_compiled_is_real() -> None:
    with pytest.raises(ag.AutogradError, match="complex"):
        ag.compile(lambda z: np.abs(z).sum())(Tensor(Z))
    with pytest.raises(ag.AutogradError, match="complex"):
        ag.compile(lambda x: np.abs(np.fft.fft(x)).sum())(Tensor(R))


@pytest.mark.integration
def test_gradients_are_checked_along_both_parts() -> None:
    report = check_gradients(lambda z: np.abs(z * z).sum(), Z)
    assert report

    @ag.primitive
    def wrong(z: Any) -> Any:
        return np.conj(z)

    ag.defvjp(wrong, lambda ans, z: lambda g: g)
    assert not check_gradients(lambda z: np.real(wrong(z) * 1j).sum(), Z)


# what people see


def test_steps_formulas_and_diagrams_show_complex_numbers(tmp_path: Any) -> None:
    z = Tensor([1 + 2j, 0.5 - 0.3j], requires_grad=True, name="z")
    loss = (np.abs(np.fft.fft(z * np.exp(1j * z))) ** 2).sum()
    assert ag.expression(loss).startswith("sum(abs(fft(z * exp(1j * z)")
    session = Session(loss)
    assert str(session.step()) == "v1 = 1j * z: 2, norm 2.31"
    assert describe_in_full(z.data).endswith("moduli: least 0.5831, mean 1.4096, most 2.2361, norm 2.3108")
    session.edit("z", [1j, 2.0])
    assert session.value("z").tolist() == [1j, 2.0]
    session.run()
    expected = ag.grad(lambda z: (np.abs(np.fft.fft(z * np.exp(1j * z))) ** 2).sum())(np.array([1j, 2.0]))
    np.testing.assert_allclose(session.gradient("z"), expected)
    draw(loss).save(tmp_path / "complex.svg")
    assert "norm 2.31" in (tmp_path / "complex.svg").read_text()


def test_commands_read_complex_numbers() -> None:
    session = Session.of(lambda z: abs(z * z), 1 + 2j)
    assert session.value("z") == 1 + 2j
    session.edit("z", 3j)
    assert session.value("z") == 3j
    with pytest.raises(DebugError, match="cannot hold"):
        Session.of(lambda x: x * x, np.array([1.0])).edit("x", [1j])


# HIPS autograd's spaces and checks


def test_spaces_of_complex_numbers() -> None:
    space = vspace(Z)
    assert space.iscomplex
    assert space.size == 12
    assert len(list(space.standard_basis())) == 12
    assert space.ones()[0, 0] == 1 + 1j
    assert space.covector(Z)[0, 0] == np.conj(Z[0, 0])
    assert space.inner_prod(Z, W) == pytest.approx(np.vdot(Z, W).real)
    assert space != vspace(Z.real)
    assert not vspace(Z.real).iscomplex


@pytest.mark.parametrize(
    "f", [np.exp, np.conj, np.abs, np.fft.fft, lambda z: np.real(z * z), lambda z: np.linalg.norm(z)]
)
def test_checks_of_hips_autograd(f: Callable[[Any], Any]) -> None:
    check_grads(f, modes=["fwd", "rev"], order=2)(Z)


def test_checks_of_hips_autograd_find_what_is_wrong() -> None:
    @ag.primitive
    def wrong(z: Any) -> Any:
        return np.conj(z)

    ag.defvjp(wrong, lambda ans, z: lambda g: g)
    with pytest.raises(AssertionError, match="VJP"):
        check_grads(wrong, modes=["rev"], order=1)(Z)


# what strangers tried


def test_a_forward_derivative_alone_gives_the_reverse_one() -> None:
    @ag.primitive
    def squared(x: Any) -> Any:
        return x * x

    ag.defjvp(squared, lambda g, ans, x: 2 * x * g)
    assert ag.grad(lambda z: np.real(squared(z)))(1 + 2j) == 2 + 4j
    assert ag.holomorphic_grad(squared)(1 + 2j) == 2 + 4j


def test_gradients_are_clipped_by_their_moduli() -> None:
    z = Tensor([3 + 4j], requires_grad=True)
    (np.abs(z) ** 2).sum().backward()
    assert optim.clip_grad_norm_([z], 1.0) == pytest.approx(10.0)
    assert abs(z.grad[0]) == pytest.approx(1.0, rel=1e-6)
    with pytest.raises(TypeError, match="have no order"):
        optim.clip_grad_value_([z], 1.0)


@pytest.mark.parametrize("f", [np.sign, lambda z: z > 0, lambda z: np.where(z <= 1, z, 0), nn.Softshrink()])
def test_signs_and_orders_are_refused(f: Callable[[Any], Any]) -> None:
    with pytest.raises(OperandError, match="complex numbers have no derivative here"):
        f(Tensor([1 + 1j], requires_grad=True))


def test_lists_of_complex_numbers() -> None:
    assert ag.conj([1 + 2j]).tolist() == [1 - 2j]
    assert ag.real([1 + 2j]).tolist() == [1.0]


def test_parts_are_not_written_into() -> None:
    z = Tensor([1 + 2j], requires_grad=True) * 1.0
    for part in (z.real, z.imag):
        with pytest.raises(ag.GraphError, match="may only be read"):
            part[...] = 0.0


def test_arguments_of_transforms() -> None:
    t = Tensor(R, requires_grad=True)
    for name in ("fft", "fft2", "fftn", "rfft", "irfftn"):
        with pytest.raises(OperandError, match="'out' is not supported"):
            getattr(np.fft, name)(t, out=np.zeros((4, 6), complex))
    with pytest.raises(TypeError):
        np.fft.fft(t, n=2.7)
    x = np.ones((2, 3)) + 0j
    for s in ((2, -1), (-1, -1)):
        np.testing.assert_allclose(np.fft.irfftn(Tensor(x), s=s, axes=(0, 1)).data, np.fft.irfftn(x, s=s, axes=(0, 1)))


def test_the_sigmoid_of_large_numbers() -> None:
    for x, value in ((-800 + 1j, 0.0), (800 + 1j, 1.0)):
        z = Tensor(x, requires_grad=True)
        out = ag.sigmoid(z)
        out.real.backward()
        assert out.data == value
        assert z.grad == 0


def test_a_value_is_not_cut_to_its_real_part() -> None:
    turn = ag.primitive(lambda a: np.exp(1j * a))
    with pytest.raises(OperandError, match="a Value is one real number"):
        turn(ag.Value(0.5))


def test_hermitian_matrices_are_read_as_numpy_does() -> None:
    z = np.array([[2 + 1j, 1 - 1j], [1 + 1j, 3]])
    np.testing.assert_allclose(np.linalg.pinv(Tensor(z), hermitian=True).data, np.linalg.pinv(z, hermitian=True))
    agree(lambda x: np.linalg.pinv(_hermitian(x), hermitian=True), M)


def test_second_order_is_checked_along_both_parts() -> None:
    assert check_gradients(lambda z: abs(z) ** 3, 1 + 1j, order=2)
    assert check_gradients(lambda p: (abs(p[0]) ** 2 * p[1]).sum(), [Z, 2.0], order=2)
    assert check_gradients(lambda z: abs(z[0]) ** 2, [1 + 1j], grad=lambda z: [2 * np.conj(z[0])])
    assert not check_gradients(lambda z: abs(z[0]) ** 2, [1 + 1j], grad=lambda z: [2 * z[0]])


def test_variances_of_what_is_not_nan_are_real() -> None:
    assert ag.grad(np.nanvar)(np.array([1 + 1j, 2, np.nan])).tolist()[:2] == pytest.approx([-0.5 - 0.5j, 0.5 + 0.5j])


def test_an_edit_that_makes_real_numbers_complex_is_refused() -> None:
    x = Tensor([[2.0, 1.0], [1.0, 3.0]], requires_grad=True, name="x")
    session = Session((np.abs(np.linalg.eigvals(x)) ** 2).sum())
    with pytest.raises(DebugError, match="record it anew"):
        session.edit("x", np.array([[1.0, -2.0], [2.0, 1.0]]))


def test_complex_constants_are_in_brackets() -> None:
    session = Session(abs(Tensor(2.0, requires_grad=True, name="x") ** (1 + 1j)))
    assert str(session.step()).startswith("v1 = x ** (1+1j)")
