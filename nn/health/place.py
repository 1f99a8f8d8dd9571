"""`Place`: where in the network and in the user's code something was recorded."""

from __future__ import annotations

from dataclasses import dataclass

from autograd.graph.node import Node
from autograd.graph.sites import Site


@dataclass(frozen=True)
class Place:
    """An operation, the module that recorded it, and the source line.

    Attributes
    ----------
    module : str
        The path, as in `named_modules`; empty for the model itself, or outside it.
    op : str
        The operation's name; `detach` for a detached tensor, empty for other leaves.
    line : Site or None
        Where it was recorded, if that is known.

    Examples
    --------
    >>> import numpy as np, nn
    >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
    >>> model = nn.Sequential(nn.Linear(1, 4, rng=0), nn.Tanh(), nn.Linear(4, 1, rng=1))
    >>> report = nn.health.examine(model, x, x**2, nn.MSELoss())
    >>> place = report.record.last.layers['1'].place
    >>> place.module, place.op
    ('1', 'tanh')
    """

    module: str = ""
    op: str = ""
    line: Site | None = None

    @classmethod
    def of(cls, node: Node) -> Place:
        """The place of a node.

        Parameters
        ----------
        node : Node

        Returns
        -------
        Place

        Examples
        --------
        >>> from autograd import Tensor
        >>> from nn.health import Place
        >>> Place.of(Tensor([1.0], requires_grad=True).exp()).op
        'exp'
        """
        # A constant has no line, unless it was detached.
        detached = not node.requires_grad and node.site is not None
        return cls(node.scope or "", node.op.name if node.op is not None else "detach" if detached else "", node.site)

    @property
    def site(self) -> str:
        """The line as text, or an empty string; found late, which costs more than all else of a place."""
        return str(self.line or "")
