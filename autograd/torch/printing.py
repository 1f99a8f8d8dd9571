"""How a tensor is printed, as PyTorch prints it."""

from __future__ import annotations

import math
import sys
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograd.errors import OperandError
from autograd.graph.node import get_data
from autograd.torch.dtypes import get_default_dtype

TYPES = {"float32": "Float", "float64": "Double", "float16": "Half", "int64": "Long", "int32": "Int", "int16": "Short",
         "int8": "Char", "uint8": "Byte", "bool": "Bool"}  # fmt: skip


def dtype_of(name: Any) -> Any:
    """The dtype that `t.type(name)` names: `torch.FloatTensor`, as a word or as the type."""
    if isinstance(name, str):
        wanted = name.removeprefix("torch.").removesuffix("Tensor")
        for dtype, kind in TYPES.items():
            if kind == wanted:
                return np.dtype(dtype)
        raise OperandError(f"t.type({name!r}): there is no such dtype here; write t.to(torch.float64)")
    held = getattr(name, "dtype", None)
    return held if isinstance(held, np.dtype) else name


@dataclass(frozen=True)
class Options:
    """How numbers are printed; see `set_printoptions`."""

    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


_PROFILES = {
    "default": Options(),
    "short": Options(precision=2, edgeitems=2),
    "full": Options(threshold=math.inf),
}
_options: ContextVar[Options] = ContextVar("autograd.torch print options", default=_PROFILES["default"])


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Say how tensors are printed from here on.

    Parameters
    ----------
    precision : int, optional
        Decimals; 4 at first.
    threshold : float, optional
        From how many elements on most are left out; 1000 at first.
    edgeitems : int, optional
        How many are shown at each end then; 3 at first.
    linewidth : int, optional
        80 at first.
    profile : {"default", "short", "full"}, optional
        All of them at once.
    sci_mode : bool, optional
        Powers of ten always, or never; by default where the sizes differ too much.

    Examples
    --------
    >>> import autograd.torch as torch
    >>> torch.set_printoptions(precision=2)
    >>> torch.tensor([3.14159])
    tensor([3.14])
    >>> torch.set_printoptions(profile="default")
    """
    if profile is not None and profile not in _PROFILES:
        raise OperandError(f"torch.set_printoptions: profile is one of {', '.join(_PROFILES)}, not {profile!r}")
    start = _options.get() if profile is None else _PROFILES[profile]
    given: dict[str, Any] = {
        "precision": precision,
        "threshold": threshold,
        "edgeitems": edgeitems,
        "linewidth": linewidth,
    }
    # The choice of powers of ten is made anew each time, as in PyTorch.
    _options.set(replace(start, sci_mode=sci_mode, **{k: v for k, v in given.items() if v is not None}))


def _seen(data: np.ndarray) -> np.ndarray:
    """The elements that are shown, by which the format is chosen."""
    options = _options.get()
    if data.size <= options.threshold:
        return data
    for axis, length in enumerate(data.shape):
        if length > 2 * options.edgeitems:
            places = [*range(options.edgeitems), *range(length - options.edgeitems, length)]
            data = np.take(data, places, axis)
    return data


def to_text(tensor: Any) -> str:
    """`tensor([1., 2.], requires_grad=True)`."""
    data, options = get_data(tensor), _options.get()
    start = "tensor("
    body = np.array2string(
        data,
        separator=", ",
        prefix=start,
        threshold=min(options.threshold, sys.maxsize),  # type: ignore[arg-type]
        edgeitems=options.edgeitems,
        max_line_width=options.linewidth,
        formatter={"float_kind": _float_format(data), "int_kind": _whole_format(data), "bool": str},
    )
    parts = [body.replace(", ..., ", ",  ..., ")]
    if data.size == 0 and data.ndim != 1:
        parts = ["[]", f"size={tuple(data.shape)}"]
    if data.dtype not in (get_default_dtype(), np.dtype(np.int64), np.dtype(np.bool_)):
        parts.append(f"dtype=torch.{data.dtype}")
    if tensor.op is not None:
        parts.append(f"grad_fn={tensor.grad_fn}")
    elif tensor.needs_grad:
        parts.append("requires_grad=True")
    return start + ", ".join(parts) + ")"


def _whole_format(data: np.ndarray) -> Any:
    width = max((len(str(x)) for x in _seen(data).ravel()), default=0) if data.dtype.kind in "iu" else 0
    return lambda x: str(x).rjust(width if data.ndim else 0)


def _float_format(data: np.ndarray) -> Any:
    """So many decimals, none where all are whole, with powers of ten where they differ too much; all of one width."""
    if data.dtype.kind != "f":
        return str
    shown, options = _seen(data).ravel().astype(float), _options.get()
    scientific, fixed = f"{{:.{options.precision}e}}", f"{{:.{options.precision}f}}"
    sizes = np.abs(shown[np.isfinite(shown) & (shown != 0.0)])
    if not sizes.size:
        form = "{:.0f}."
    elif np.array_equal(sizes, np.ceil(sizes)):
        wide = sizes.max() / sizes.min() > 1000.0 or sizes.max() > 1e8
        form = scientific if (wide if options.sci_mode is None else options.sci_mode) else "{:.0f}."
    else:
        wide = sizes.max() / sizes.min() > 1000.0 or sizes.max() > 1e8 or sizes.min() < 1e-4
        form = scientific if (wide if options.sci_mode is None else options.sci_mode) else fixed
    # Those that are neither 0 nor infinite nor NaN say how wide all are.
    texts = [_one(x, form) for x in shown[np.isfinite(shown) & (shown != 0.0)]]
    width = max(map(len, texts), default=0) if data.ndim else 0
    return lambda x: _one(float(x), form).rjust(width)


def _one(x: float, form: str) -> str:
    return form.format(x) if math.isfinite(x) else str(x)
