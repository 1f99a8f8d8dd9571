"""`ParameterList` and `ParameterDict`: parameters that a forward pass of one's own uses."""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from typing import Any, Self

from autograd.engine.tensor import Tensor
from autograd.errors import type_name
from nn.layers.containers import pairs_of
from nn.module import Module
from nn.parameter import Parameter


def _as_parameter(name: str, given: Any) -> Parameter:
    if isinstance(given, Parameter):
        return given
    if isinstance(given, Tensor):
        return Parameter(given)
    raise TypeError(f"{name} is {type_name(given)}: give a Parameter, or a Tensor to make one of")


class ParameterList(Module):
    """A list of parameters, each registered by its number; a tensor becomes a parameter.

    Parameters
    ----------
    values : iterable of Parameter or Tensor

    Examples
    --------
    >>> import numpy as np, nn
    >>> weights = nn.ParameterList([nn.Parameter(np.ones(2)), nn.Parameter(np.ones(3))])
    >>> len(weights), [name for name, _ in weights.named_parameters()], weights[-1].shape
    (2, ['0', '1'], (3,))
    """

    def __init__(self, values: Iterable[Tensor] | None = None) -> None:
        super().__init__()
        self.extend(values or ())

    def append(self, value: Tensor) -> Self:
        """Add a parameter at the end.

        Parameters
        ----------
        value : Parameter or Tensor

        Returns
        -------
        ParameterList
            This one.

        Examples
        --------
        >>> import numpy as np, nn
        >>> len(nn.ParameterList().append(nn.Parameter(np.ones(2))))
        1
        """
        setattr(self, str(len(self)), _as_parameter(f"ParameterList: element {len(self)}", value))
        return self

    def extend(self, values: Iterable[Tensor]) -> Self:
        """Add parameters at the end.

        Parameters
        ----------
        values : iterable of Parameter or Tensor

        Returns
        -------
        ParameterList
            This one.

        Examples
        --------
        >>> import numpy as np, nn
        >>> len(nn.ParameterList().extend(nn.Parameter(np.ones(k)) for k in range(3)))
        3
        """
        if not isinstance(values, Iterable) or isinstance(values, Tensor):
            raise TypeError(f"ParameterList takes parameters, not {type_name(values)}")
        for value in list(values):
            self.append(value)
        return self

    def _name_at(self, index: int) -> str:
        try:
            return list(self._parameters)[index]
        except IndexError:
            raise IndexError(f"ParameterList: there is no element {index} among {len(self)}") from None

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return ParameterList(list(self._parameters.values())[index])
        return self._parameters[self._name_at(index)]

    def __setitem__(self, index: int, value: Tensor) -> None:
        setattr(self, self._name_at(index), _as_parameter(f"ParameterList: element {index}", value))

    def __len__(self) -> int:
        return len(self._parameters)

    def __iter__(self) -> Iterator[Parameter]:
        return iter(list(self._parameters.values()))

    def __iadd__(self, values: Iterable[Tensor]) -> Self:
        return self.extend(values)

    def extra_repr(self) -> str:
        return ", ".join(f"{name}: {'×'.join(map(str, p.shape))}" for name, p in self._parameters.items())


class ParameterDict(Module):
    """Parameters by name; a tensor becomes a parameter.

    Parameters
    ----------
    parameters : mapping of str to Parameter or Tensor, or iterable of pairs, optional

    Examples
    --------
    >>> import numpy as np, nn
    >>> scales = nn.ParameterDict({"left": nn.Parameter(np.ones(2))})
    >>> scales["right"] = nn.Parameter(np.zeros(2))
    >>> [name for name, _ in scales.named_parameters()], "left" in scales, scales["right"].tolist()
    (['left', 'right'], True, [0.0, 0.0])
    """

    def __init__(self, parameters: Mapping[str, Tensor] | Iterable[tuple[str, Tensor]] | None = None) -> None:
        super().__init__()
        if parameters is not None:
            self.update(parameters)

    def __getitem__(self, name: str) -> Parameter:
        if name not in self._parameters:
            raise KeyError(f"ParameterDict has no {name!r}; it has {list(self._parameters)}")
        return self._parameters[name]

    def __setitem__(self, name: str, value: Tensor) -> None:
        self.register_parameter(name, _as_parameter(f"ParameterDict: {name!r}", value))

    def __delitem__(self, name: str) -> None:
        self.pop(name)

    def __contains__(self, name: object) -> bool:
        return name in self._parameters

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._parameters))

    def __len__(self) -> int:
        return len(self._parameters)

    def keys(self) -> KeysView[str]:
        """The names.

        Examples
        --------
        >>> import numpy as np, nn
        >>> list(nn.ParameterDict({"a": nn.Parameter(np.ones(1))}).keys())
        ['a']
        """
        return self._parameters.keys()

    def values(self) -> ValuesView[Parameter]:
        """The parameters.

        Examples
        --------
        >>> import numpy as np, nn
        >>> [p.tolist() for p in nn.ParameterDict({"a": nn.Parameter(np.ones(1))}).values()]
        [[1.0]]
        """
        return self._parameters.values()

    def items(self) -> ItemsView[str, Parameter]:
        """The names with their parameters.

        Examples
        --------
        >>> import numpy as np, nn
        >>> [(name, p.tolist()) for name, p in nn.ParameterDict({"a": nn.Parameter(np.ones(1))}).items()]
        [('a', [1.0])]
        """
        return self._parameters.items()

    def update(self, parameters: Mapping[str, Tensor] | Iterable[tuple[str, Tensor]]) -> None:
        """Take in parameters, in place of those of their names.

        Parameters
        ----------
        parameters : mapping of str to Parameter or Tensor, or iterable of pairs

        Examples
        --------
        >>> import numpy as np, nn
        >>> scales = nn.ParameterDict()
        >>> scales.update([("a", nn.Parameter(np.ones(1)))]); list(scales)
        ['a']
        """
        for name, value in pairs_of("ParameterDict", parameters):
            self[name] = value

    def pop(self, name: str) -> Parameter:
        """Take a parameter out.

        Parameters
        ----------
        name : str

        Returns
        -------
        Parameter

        Examples
        --------
        >>> import numpy as np, nn
        >>> scales = nn.ParameterDict({"a": nn.Parameter(np.ones(1))})
        >>> scales.pop("a").tolist(), len(scales)
        ([1.0], 0)
        """
        found = self[name]
        delattr(self, name)
        return found

    def clear(self) -> None:
        """Take all parameters out.

        Examples
        --------
        >>> import numpy as np, nn
        >>> scales = nn.ParameterDict({"a": nn.Parameter(np.ones(1))})
        >>> scales.clear(); len(scales)
        0
        """
        for name in list(self._parameters):
            delattr(self, name)

    def extra_repr(self) -> str:
        return ", ".join(f"{name}: {'×'.join(map(str, p.shape))}" for name, p in self._parameters.items())
