"""`Sequential`: modules one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, overload

from autograd.errors import type_name
from nn.module import Module

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import Input


class Sequential(Module):
    """Each module on the output of the one before.

    Parameters
    ----------
    *modules : Module

    Examples
    --------
    >>> import numpy as np, nn
    >>> model = Sequential(nn.Linear(4, 3, rng=0), nn.ReLU(), nn.Linear(3, 2, rng=1))
    >>> model(np.ones((1, 4), np.float32)).shape, len(model), [name for name, _ in model.named_parameters()]
    ((1, 2), 3, ['0.weight', '0.bias', '2.weight', '2.bias'])
    """

    def __init__(self, *modules: Module) -> None:
        super().__init__()
        for number, module in enumerate(modules):
            if not isinstance(module, Module):
                raise TypeError(f"Sequential: element {number} is {type_name(module)}, not a Module")
            setattr(self, str(number), module)

    def forward(self, x: Input) -> Tensor:
        """Through all modules in order.

        Parameters
        ----------
        x
            What the first module takes.

        Returns
        -------
        What the last module gives

        Examples
        --------
        >>> import numpy as np, nn
        >>> nn.Sequential(nn.Linear(3, 2, rng=0), nn.ReLU())(np.ones((1, 3), np.float32)).shape
        (1, 2)
        """
        out: Any = x
        for module in self._modules.values():
            out = module(out)
        return out

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Module]:
        return iter(self._modules.values())

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> Sequential: ...
    def __getitem__(self, index: int | slice) -> Any:
        chosen = list(self._modules.values())[index]
        return Sequential(*chosen) if isinstance(chosen, list) else chosen
