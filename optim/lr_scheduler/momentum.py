"""`LinearMomentum`: a momentum that rises, or falls, over the epochs."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral
from typing import Any

from optim.arguments import check_real
from optim.lr_scheduler.schedule import check_length, check_optimizer
from optim.optimizer import Optimizer


class LinearMomentum:
    """μ from `start` to `end` in equal steps: `momentum`, or the first of `betas`, of every group.

    A low momentum suits the first epochs, in which gradients are large and turn, and a high one the last.

    Parameters
    ----------
    optimizer : Optimizer
        With momentum or betas.
    start, end : float
        From 0 to below 1.
    total_iters : int
        After how many calls of `step` it is at `end`, where it stays.

    Examples
    --------
    >>> import autograd, optim
    >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=0.1, momentum=0.9)
    >>> schedule = optim.lr_scheduler.LinearMomentum(optimizer, total_iters=7)
    >>> momenta = []
    >>> for _ in range(9):
    ...     momenta.append(round(schedule.get_last_momentum()[0], 6))
    ...     schedule.step()
    >>> momenta
    [0.5, 0.57, 0.64, 0.71, 0.78, 0.85, 0.92, 0.99, 0.99]
    """

    def __init__(self, optimizer: Optimizer, start: float = 0.5, end: float = 0.99, total_iters: int = 5) -> None:
        self.optimizer = check_optimizer(self, optimizer)
        check_momentum("LinearMomentum", optimizer)
        self.start, self.end = (
            check_real(f"LinearMomentum: {name}", value, "from 0 to below 1", lambda x: 0.0 <= x < 1.0)
            for name, value in (("start", start), ("end", end))
        )
        self.total_iters, self.last_epoch = check_length(total_iters, "total_iters"), 0
        self.move_to(0)

    def step(self) -> None:
        """Go on, after an epoch.

        Examples
        --------
        >>> import autograd, optim
        >>> optimizer = optim.Adam([autograd.Tensor(1.0, requires_grad=True)])
        >>> optim.lr_scheduler.LinearMomentum(optimizer, 0.5, 0.9, total_iters=1).step()
        >>> optimizer.param_groups[0]["betas"]
        (0.9, 0.999)
        """
        self.move_to(self.last_epoch + 1)

    def move_to(self, epoch: int) -> None:
        """Set the momentum of an epoch, the first of which is 0.

        Parameters
        ----------
        epoch : int

        Examples
        --------
        >>> import autograd, optim
        >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], momentum=0.9)
        >>> optim.lr_scheduler.LinearMomentum(optimizer, 0.5, 0.9, total_iters=2).move_to(1)
        >>> optimizer.param_groups[0]["momentum"]
        0.7
        """
        self.last_epoch = epoch
        share = min(epoch / self.total_iters, 1.0)
        set_momentum(self.optimizer, (1.0 - share) * self.start + share * self.end)

    def get_last_momentum(self) -> list[float]:
        """The momenta of the groups as they are.

        Returns
        -------
        list of float
            One for each group.

        Examples
        --------
        >>> import autograd, optim
        >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], momentum=0.9)
        >>> optim.lr_scheduler.LinearMomentum(optimizer).get_last_momentum()
        [0.5]
        """
        return [o["betas"][0] if "betas" in o else o["momentum"] for o in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """The state needed to continue from here, besides the arguments.

        Returns
        -------
        dict

        Examples
        --------
        >>> import autograd, optim
        >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], momentum=0.9)
        >>> optim.lr_scheduler.LinearMomentum(optimizer).state_dict()
        {'last_epoch': 0}
        """
        return {"last_epoch": self.last_epoch}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from what `state_dict` gave.

        Parameters
        ----------
        state_dict : mapping

        Raises
        ------
        ValueError
            Where it does not fit; then nothing was changed.

        Examples
        --------
        >>> import autograd, optim
        >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], momentum=0.9)
        >>> optim.lr_scheduler.LinearMomentum(optimizer).load_state_dict({"last_epoch": 5})
        >>> optimizer.param_groups[0]["momentum"]
        0.99
        """
        epoch = state_dict.get("last_epoch") if isinstance(state_dict, Mapping) else None
        if isinstance(epoch, bool) or not isinstance(epoch, Integral) or epoch < 0 or len(state_dict) != 1:
            raise ValueError(
                f"load_state_dict: expected {{'last_epoch': a whole number from 0 on}}, got {state_dict!r}"
            )
        self.move_to(int(epoch))


def check_momentum(name: str, optimizer: Optimizer) -> None:
    """Refuse an optimizer that has none."""
    if not all("momentum" in o or "betas" in o for o in optimizer.param_groups):
        raise ValueError(f"{name} needs an optimizer with momentum or betas, not {type(optimizer).__name__}")


def set_momentum(optimizer: Optimizer, momentum: float) -> None:
    """Set μ, or β₁, of every group."""
    for options in optimizer.param_groups:
        if "betas" in options:
            options["betas"] = (momentum, options["betas"][1])
        else:
            options["momentum"] = momentum
