"""`ModuleList` and `ModuleDict`: modules that a forward pass of one's own goes through."""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from typing import Any, Self, overload

from autograd.errors import type_name
from nn.module import Module


class ModuleSequence(Module):
    """What `ModuleList` and `Sequential` share: modules in an order, which is edited as a list is.

    Each goes by its number, or by its name where it was given one. An edit that moves modules numbers them anew.
    """

    def append(self, module: Module) -> Self:
        """Add a module at the end.

        Parameters
        ----------
        module : Module

        Returns
        -------
        Module
            This one.

        Examples
        --------
        >>> import nn
        >>> len(nn.ModuleList().append(nn.ReLU()))
        1
        """
        return self.insert(len(self), module)

    def extend(self, modules: Iterable[Module]) -> Self:
        """Add modules at the end.

        Parameters
        ----------
        modules : iterable of Module

        Returns
        -------
        Module
            This one.

        Examples
        --------
        >>> import nn
        >>> len(nn.ModuleList().extend([nn.ReLU(), nn.Tanh()]))
        2
        """
        if not isinstance(modules, Iterable):
            raise TypeError(f"{type(self).__name__}.extend takes modules, not {type_name(modules)}")
        for module in list(modules):
            self.append(module)
        return self

    def insert(self, index: int, module: Module) -> Self:
        """Add a module before the one at a place.

        Parameters
        ----------
        index : int
        module : Module

        Returns
        -------
        Module
            This one.

        Examples
        --------
        >>> import nn
        >>> nn.Sequential(nn.ReLU(), nn.Tanh()).insert(1, nn.Sigmoid())
        Sequential(
          (0): ReLU()
          (1): Sigmoid()
          (2): Tanh()
        )
        """
        self._check_element(module, index)
        if index >= len(self) and str(len(self)) not in self._modules:
            setattr(self, str(len(self)), module)
        else:
            modules = list(self)
            modules.insert(index, module)
            self._number(modules)
        return self

    def pop(self, index: int = -1) -> Any:
        """Take a module out.

        Parameters
        ----------
        index : int
            The last one by default.

        Returns
        -------
        Module

        Examples
        --------
        >>> import nn
        >>> layers = nn.Sequential(nn.ReLU(), nn.Tanh())
        >>> layers.pop(0), len(layers), [name for name, _ in layers.named_children()]
        (ReLU(), 1, ['0'])
        """
        found = self[index]
        del self[index]
        return found

    def _make_plain(self) -> Any:
        """An empty one, also of a subclass whose `__init__` takes something else than modules."""
        raise TypeError(f"{type(self).__name__} has no _make_plain")

    def _check_element(self, module: Any, index: Any) -> None:
        if not isinstance(module, Module):
            raise TypeError(f"{type(self).__name__}: element {index} is {type_name(module)}, not a Module")

    def _number(self, modules: Iterable[Module]) -> None:
        """Keep these modules, by their numbers."""
        kept = list(modules)
        for name in list(self._modules):
            delattr(self, name)
        for number, module in enumerate(kept):
            setattr(self, str(number), module)

    def _name_at(self, index: Any) -> str:
        try:
            return list(self._modules)[index]
        except IndexError:
            raise IndexError(f"{type(self).__name__}: there is no element {index} among {len(self)}") from None

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Module]:
        return iter(list(self._modules.values()))

    def __contains__(self, module: object) -> bool:
        return any(module is own for own in self._modules.values())

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> Any: ...
    def __getitem__(self, index: int | slice) -> Any:
        if not isinstance(index, slice):
            return self._modules[self._name_at(index)]
        part = self._make_plain()
        for name, module in list(self._modules.items())[index]:
            named = not name.isdigit()
            setattr(part, name if named else str(len(part)), module)
        return part

    def __setitem__(self, index: int, module: Module) -> None:
        self._check_element(module, index)
        setattr(self, self._name_at(index), module)

    def __delitem__(self, index: int | slice) -> None:
        modules = list(self)
        if not isinstance(index, slice):
            self._name_at(index)
        del modules[index]
        self._number(modules)

    def __add__(self, modules: Iterable[Module]) -> Any:
        return self._make_plain().extend(self).extend(modules)

    def __iadd__(self, modules: Iterable[Module]) -> Self:
        return self.extend(modules)


class ModuleList(ModuleSequence):
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
        self.extend(modules or ())

    def _make_plain(self) -> ModuleList:
        return ModuleList()


class ModuleDict(Module):
    """Modules by name.

    Parameters
    ----------
    modules : mapping of str to Module, or iterable of pairs, optional

    Examples
    --------
    >>> import nn
    >>> heads = ModuleDict({"mean": nn.Linear(2, 1), "spread": nn.Linear(2, 1)})
    >>> list(heads), "mean" in heads
    (['mean', 'spread'], True)
    """

    def __init__(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]] | None = None) -> None:
        super().__init__()
        if modules is not None:
            self.update(modules)

    def __getitem__(self, name: str) -> Any:
        if name not in self._modules:
            raise KeyError(f"ModuleDict has no {name!r}; it has {list(self._modules)}")
        return self._modules[name]

    def __setitem__(self, name: str, module: Module) -> None:
        if not isinstance(module, Module):
            raise TypeError(f"ModuleDict: {name!r} is {type_name(module)}, not a Module")
        self.add_module(name, module)

    def __delitem__(self, name: str) -> None:
        self.pop(name)

    def __contains__(self, name: object) -> bool:
        return name in self._modules

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._modules))

    def __len__(self) -> int:
        return len(self._modules)

    def keys(self) -> KeysView[str]:
        """The names.

        Examples
        --------
        >>> import nn
        >>> list(nn.ModuleDict({"relu": nn.ReLU()}).keys())
        ['relu']
        """
        return self._modules.keys()

    def values(self) -> ValuesView[Module]:
        """The modules.

        Examples
        --------
        >>> import nn
        >>> list(nn.ModuleDict({"relu": nn.ReLU()}).values())
        [ReLU()]
        """
        return self._modules.values()

    def items(self) -> ItemsView[str, Module]:
        """The names with their modules.

        Examples
        --------
        >>> import nn
        >>> list(nn.ModuleDict({"relu": nn.ReLU()}).items())
        [('relu', ReLU())]
        """
        return self._modules.items()

    def update(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]]) -> None:
        """Take in modules, in place of those of their names.

        Parameters
        ----------
        modules : mapping of str to Module, or iterable of pairs

        Examples
        --------
        >>> import nn
        >>> heads = nn.ModuleDict({"a": nn.ReLU()})
        >>> heads.update({"a": nn.Tanh(), "b": nn.ReLU()}); list(heads.items())
        [('a', Tanh()), ('b', ReLU())]
        """
        for name, module in pairs_of("ModuleDict", modules):
            self[name] = module

    def pop(self, name: str) -> Any:
        """Take a module out.

        Parameters
        ----------
        name : str

        Returns
        -------
        Module

        Examples
        --------
        >>> import nn
        >>> heads = nn.ModuleDict({"a": nn.ReLU()})
        >>> heads.pop("a"), len(heads)
        (ReLU(), 0)
        """
        found = self[name]
        delattr(self, name)
        return found

    def clear(self) -> None:
        """Take all modules out.

        Examples
        --------
        >>> import nn
        >>> heads = nn.ModuleDict({"a": nn.ReLU()})
        >>> heads.clear(); len(heads)
        0
        """
        for name in list(self._modules):
            delattr(self, name)


def pairs_of(name: str, given: Any) -> list[tuple[str, Any]]:
    """Names with what goes by them, of a mapping or of pairs.

    Raises
    ------
    TypeError
        For anything else.

    Examples
    --------
    >>> pairs_of("ModuleDict", {"a": 1}), pairs_of("ModuleDict", [("a", 1)])
    ([('a', 1)], [('a', 1)])
    """
    found = list(given.items() if hasattr(given, "items") else given) if isinstance(given, Iterable) else [given]
    for pair in found:
        if not (isinstance(pair, (tuple, list)) and len(pair) == 2):
            raise TypeError(f"{name} takes a mapping, or pairs of a name and what goes by it, not {type_name(given)}")
    return [(name, member) for name, member in found]
