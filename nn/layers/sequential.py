"""`Sequential`: modules one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from nn.layers.containers import ModuleSequence
from nn.module import Module

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import Input


class Sequential(ModuleSequence):
    """Each module on the output of the one before.

    It is edited as a list is: `append`, `insert`, `pop`, `del model[0]`, `model[0] = …`, `a + b`, `3 * block`.

    Parameters
    ----------
    *modules : Module, or one mapping of str to Module
        A mapping, such as an OrderedDict, gives them names.

    Examples
    --------
    >>> import numpy as np, nn
    >>> model = Sequential(nn.Linear(4, 3, rng=0), nn.ReLU(), nn.Linear(3, 2, rng=1))
    >>> model(np.ones((1, 4), np.float32)).shape, len(model), [name for name, _ in model.named_parameters()]
    ((1, 2), 3, ['0.weight', '0.bias', '2.weight', '2.bias'])
    >>> named = Sequential({"hidden": nn.Linear(4, 3), "act": nn.ReLU()})
    >>> named.hidden.out_features, named[1]
    (3, ReLU())
    """

    def __init__(self, *modules: Module | Mapping[str, Module]) -> None:
        super().__init__()
        if len(modules) == 1 and isinstance(modules[0], Mapping):
            for name, module in modules[0].items():
                self._check_element(module, repr(name))
                self.add_module(name, module)
        else:
            self.extend(modules)  # type: ignore[arg-type] # each is looked at

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

    def _make_plain(self) -> Sequential:
        return Sequential()

    def __mul__(self, times: int) -> Sequential:
        return Sequential().extend([module for _ in range(times) for module in self])

    __rmul__ = __mul__

    def __imul__(self, times: int) -> Self:
        return self.extend([module for _ in range(times - 1) for module in self])
