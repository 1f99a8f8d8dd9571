"""What `Module.to` is told: a dtype, or a device, of which there is one."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine.tensor import Tensor
from autograd.errors import type_name

DEVICES = ("cuda", "mps", "xpu", "xla", "hip", "meta")


def is_device(given: Any) -> bool:
    """Whether something names a device, as text or as an object with a `type`.

    Examples
    --------
    >>> is_device("cpu"), is_device("cuda:0"), is_device("float64")
    (True, True, False)
    """
    kind = given if isinstance(given, str) else getattr(given, "type", None)
    return isinstance(kind, str) and kind.split(":")[0] in ("cpu", *DEVICES)


def check_device(name: str, given: Any) -> None:
    """Refuse every device but the one that there is.

    Raises
    ------
    ValueError
        For another one.

    Examples
    --------
    >>> check_device("Linear.to", "cpu")
    """
    kind = str(given if isinstance(given, str) else getattr(given, "type", given))
    if kind.split(":")[0] != "cpu":
        raise ValueError(
            f"{name}: there is no device {kind!r}; arrays are in the computer's own memory, the device 'cpu'"
        )


def read_conversion(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> np.dtype[Any] | None:
    """The dtype that parameters are to have, None where they stay as they are.

    Parameters
    ----------
    name : str
        The method, for messages.
    args : tuple
        A dtype, a device, a tensor whose dtype it shall be, or a device and a dtype.
    kwargs : dict
        `dtype` and `device`; `non_blocking` and `copy` mean nothing here.

    Raises
    ------
    TypeError
        For what is none of these, and dtypes of other numbers than floats.
    ValueError
        For a device that there is not.

    Examples
    --------
    >>> read_conversion("Linear.to", ("cpu", "float64"), {})
    dtype('float64')
    """
    unknown = set(kwargs) - {"dtype", "device", "non_blocking", "copy", "memory_format"}
    if unknown:
        raise TypeError(f"{name} has no argument {sorted(unknown)[0]!r}; it has dtype and device")
    if not args and not kwargs:
        raise TypeError(f"{name}: give a dtype, such as 'float64', or the device 'cpu'")
    wanted: Any = kwargs.get("dtype")
    if kwargs.get("device") is not None:
        check_device(name, kwargs["device"])
    for given in args:
        if isinstance(given, Tensor):
            wanted = given.dtype
        elif is_device(given):
            check_device(name, given)
        elif not isinstance(given, bool):
            wanted = given
        elif wanted is None:
            # `non_blocking`, which means nothing here, stands behind a dtype.
            raise TypeError(f"{name}: {given} is no dtype and no device")
    if wanted is None:
        return None
    try:
        dtype = np.dtype(wanted)
    except TypeError as error:
        raise TypeError(
            f"{name}: {wanted if isinstance(wanted, str) else type_name(wanted)} is no dtype and no device: give a dtype, such as "
            "'float64', or the device 'cpu'"
        ) from error
    if dtype.kind != "f":
        raise TypeError(f"{name}: parameters are floats, not {dtype}")
    return dtype
