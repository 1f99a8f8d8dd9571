"""The one device there is."""

from __future__ import annotations

from typing import Any

from autograd.errors import OperandError


class device:  # noqa: N801 - PyTorch's name
    """`torch.device("cpu")`: all tensors are there.

    Parameters
    ----------
    type : str
        `cpu`, with or without a number.
    index : int, optional

    Raises
    ------
    OperandError
        For another device, naming what PyTorch's users then write.

    Examples
    --------
    >>> import autograd.torch as torch
    >>> torch.device("cpu"), torch.tensor([1.0]).device == torch.device("cpu")
    (device(type='cpu'), True)
    """

    type: str

    def __init__(self, type: Any, index: int | None = None) -> None:
        if isinstance(type, device):
            type, index = type.type, type.index
        kind, _, number = str(type).partition(":")
        if kind != "cpu":
            raise OperandError(
                f"torch.device({str(type)!r}): everything here runs on the CPU; choose the device by torch.cuda.is_available(), "
                "which is False, or write 'cpu'"
            )
        self.type, self.index = kind, int(number) if number else index

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device)

    def __hash__(self) -> int:
        return hash("cpu")

    def __str__(self) -> str:
        return self.type

    def __repr__(self) -> str:
        return f"device(type={self.type!r})"


CPU = device("cpu")


def check_device(given: Any) -> None:
    """Refuse every device but the CPU."""
    if given is not None:
        device(given)


class NoDevice:
    """`torch.cuda` and its kin: there are none of them."""

    def __init__(self, name: str) -> None:
        self._name = name

    def is_available(self) -> bool:
        """False."""
        return False

    def device_count(self) -> int:
        """0."""
        return 0

    def manual_seed(self, seed: int) -> None:
        """Nothing: there is no generator of its own."""

    manual_seed_all = manual_seed

    def synchronize(self) -> None:
        """Nothing."""

    empty_cache = synchronize

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(
            f"torch.{self._name}.{name}: autograd.torch runs on the CPU alone; ask torch.{self._name}.is_available() first"
        )


class Backend:
    """`torch.backends.cudnn` and its kin: they are not there; what programs set on them changes nothing."""

    def __init__(self, name: str) -> None:
        self._name = name

    def is_available(self) -> bool:
        """False."""
        return False

    is_built = is_available

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return False

    def __repr__(self) -> str:
        return f"<torch.backends.{self._name}, which is not there>"


class Backends:
    """`torch.backends`: there are none; programs that switch one on or off, or ask for it, run on.

    Examples
    --------
    >>> import autograd.torch as torch
    >>> torch.backends.cudnn.deterministic = True
    >>> torch.backends.mps.is_available()
    False
    """

    def __init__(self) -> None:
        self.cuda, self.cudnn, self.mps, self.mkl = map(Backend, ("cuda", "cudnn", "mps", "mkl"))
