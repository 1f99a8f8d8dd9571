"""Functions of complex numbers as they are written for NumPy and for JAX, and the names of PyTorch's operators that NumPy has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

FUNCTIONS: dict[str, Callable[[Any, Any], Any]] = {
    **{
        name: lambda np, z, name=name: getattr(np, name)(z)
        for name in (
            *(
                "abs",
                "angle",
                "conj",
                "cos",
                "cosh",
                "cumprod",
                "cumsum",
                "exp",
                "expm1",
                "imag",
                "log",
                "log1p",
                "mean",
            ),
            *("prod", "real", "sin", "sinh", "sqrt", "square", "std", "sum", "tan", "tanh", "var"),
        )
    },
    **{
        f"fft.{name}": lambda np, z, name=name: getattr(np.fft, name)(z)
        for name in ("fft", "ifft", "irfft", "fftn", "ifftn", "irfftn", "fftshift", "hfft")
    },
    "power": lambda np, z: z ** (1.5 - 0.5j),
    "vdot": lambda np, z: np.vdot(z[0], z[1]),
    "matmul": lambda np, z: z @ z.T,
    "norm": lambda np, z: np.linalg.norm(z),
    "nothing but the modulus": lambda np, z: np.real(z * np.conj(z)),
    "inv": lambda np, z: np.linalg.inv(z),
    "det": lambda np, z: np.linalg.det(z),
    "solve": lambda np, z: np.linalg.solve(z, z * z),
    "cholesky": lambda np, z: np.linalg.cholesky(z @ np.conj(z.T) + np.eye(2)),
    "eigvalsh": lambda np, z: np.linalg.eigvalsh(z + np.conj(z.T)),
    "eigvals": lambda np, z: np.sum(np.linalg.eigvals(z) ** 2),
    "singular values": lambda np, z: np.linalg.svd(z, compute_uv=False),
}
SQUARE = ("inv", "det", "solve", "cholesky", "eigvalsh", "eigvals")
# PyTorch's names, and NumPy's functions of the same operands.
OPINFO: dict[str, Callable[..., Any]] = {
    **{
        name: getattr(np, name)
        for name in ("abs", "angle", "cos", "cosh", "exp", "exp2", "expm1", "imag", "log", "log10")
    },
    **{
        name: getattr(np, name)
        for name in ("log1p", "log2", "real", "reciprocal", "sin", "sinh", "sqrt", "square", "tan")
    },
    **{name: getattr(np, name) for name in ("tanh", "kron", "vdot", "outer", "inner", "matmul", "sum", "mean", "prod")},
    "acos": np.arccos,
    "acosh": np.arccosh,
    "asin": np.arcsin,
    "asinh": np.arcsinh,
    "atan": np.arctan,
    "atanh": np.arctanh,
    "neg": np.negative,
    "conj": np.conj,
    "div": np.divide,
    "mul": np.multiply,
    "sub": np.subtract,
    "add": np.add,
    "pow": np.power,
    "mm": np.matmul,
    "linalg.inv": np.linalg.inv,
    "linalg.det": np.linalg.det,
    "linalg.solve": np.linalg.solve,
    "linalg.pinv": np.linalg.pinv,
    "linalg.eigvals": np.linalg.eigvals,
    "linalg.svdvals": np.linalg.svdvals,
    "fft.fft": np.fft.fft,
    "fft.ifft": np.fft.ifft,
    "fft.irfft": np.fft.irfft,
    "fft.fftn": np.fft.fftn,
}


def point(name: str) -> np.ndarray:
    """Where a function is differentiated."""
    z = np.array([[0.7 + 0.4j, -0.3 + 1.1j, 0.5 - 0.6j], [1.2 - 0.2j, 0.1 + 0.9j, -0.8 + 0.3j]])
    return z[:, :2] + 2.0 * np.eye(2) if name in SQUARE else z


def weights(shape: tuple[int, ...]) -> np.ndarray:
    """What makes one complex number of a result, of which the real part is the loss."""
    count = int(np.prod(shape))
    return (np.cos(np.arange(count) + 0.5) + 1j * np.sin(2.0 * np.arange(count) + 0.3)).reshape(shape)
