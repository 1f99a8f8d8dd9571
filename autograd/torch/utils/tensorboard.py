"""`torch.utils.tensorboard`: tensorboardX's writer."""

from __future__ import annotations

from typing import Any

from autograd.errors import MissingDependencyError
from autograd.extras import pip_install

__all__ = ["SummaryWriter"]


def SummaryWriter(*args: Any, **kwargs: Any) -> Any:  # noqa: N802 - PyTorch's name
    """A writer of logs for TensorBoard, that of tensorboardX.

    Raises
    ------
    MissingDependencyError
        Where tensorboardX is not installed.
    """
    try:
        from tensorboardX import SummaryWriter as Writer
    except ImportError as error:
        raise MissingDependencyError(
            f"torch.utils.tensorboard needs tensorboardX: {pip_install('tensorboard')}"
        ) from error
    return Writer(*args, **kwargs)
