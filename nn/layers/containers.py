"""`ModuleList` and `ModuleDict`: modules that a forward pass of one's own goes through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, overload

from autograd.errors import type_name
from nn.module import Module


class ModuleList(Module):
    """A list of modules, each registered by its number.

    Parameters
    ----------
    modules : iterable of Module

    Examples
    --------
    >>> import nn
    >>> layers = ModuleList([nn.Linear(2, 2), nn.Linear(2, 1)])
    >>> len(layers), [name for name, _ in layers.named_parameters()]
    (2, ['0.weight', '0.bias', '1.weight', '1.bias'])
    """

    def __init__(self, modules: Iterable[Module] = ()) -> None:
        super().__init__()
        for module in modules:
            self.append(module)

    def append(self, module: Module) -> ModuleList:
        """Add a module at the end.

        Parameters
        ----------
        module : Module

        Returns
        -------
        ModuleList
            This one.

        Examples
        --------
        >>> import nn
        >>> len(nn.ModuleList().append(nn.ReLU()))
        1
        """
        if not isinstance(module, Module):
            raise TypeError(f"ModuleList: element {len(self)} is {type_name(module)}, not a Module")
        setattr(self, str(len(self)), module)
        return self

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Module]:
        return iter(list(self._modules.values()))

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> ModuleList: ...
    def __getitem__(self, index: int | slice) -> Any:
        chosen = list(self._modules.values())[index]
        return ModuleList(chosen) if isinstance(chosen, list) else chosen


class ModuleDict(Module):
    """Modules by name.

    Parameters
    ----------
    modules : mapping of str to Module, optional

    Examples
    --------
    >>> import nn
    >>> heads = ModuleDict({"mean": nn.Linear(2, 1), "spread": nn.Linear(2, 1)})
    >>> list(heads), "mean" in heads
    (['mean', 'spread'], True)
    """

    def __init__(self, modules: Mapping[str, Module] | None = None) -> None:
        super().__init__()
        for name, module in (modules or {}).items():
            if not isinstance(module, Module):
                raise TypeError(f"ModuleDict: {name!r} is {type_name(module)}, not a Module")
            self._check_name(name, self._modules)
            setattr(self, name, module)

    def __getitem__(self, name: str) -> Any:
        return self._modules[name]

    def __contains__(self, name: object) -> bool:
        return name in self._modules

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._modules))

    def __len__(self) -> int:
        return len(self._modules)
