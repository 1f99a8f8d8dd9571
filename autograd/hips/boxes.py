"""`Box`: what HIPS autograd's users know nodes by, and where they say how objects of their own become nodes."""

from __future__ import annotations

from numbers import Number
from typing import Any

import numpy as np

from autograd.graph.node import Node
from autograd.graph.tree import MAKERS


class _KnowsNodes(type):
    """Classes whose instances are the nodes of the engine."""

    def __instancecheck__(cls, x: Any) -> bool:
        return isinstance(x, Node)


class Box(metaclass=_KnowsNodes):
    """What HIPS autograd calls a node that a transform hands to a function: `isinstance(x, Box)` says whether `x` is one.

    `Box.type_mappings[kind] = maker` says how an object of a type of your own becomes a node. `maker(x, True)` gives a
    `Tensor` that requires its gradient, or raises where `x` has no derivative.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import Tensor, grad
    >>> from autograd.extend import Box
    >>> class Signal:
    ...     def __init__(self, samples):
    ...         self.samples = samples
    >>> Box.type_mappings[Signal] = lambda signal, requires_grad: Tensor(signal.samples, requires_grad)
    >>> grad(lambda samples: np.sum(samples**2))(Signal(np.array([1.0, 2.0])))
    array([2., 4.])
    >>> isinstance(Tensor([1.0]), Box)
    True
    """

    type_mappings = MAKERS

    @classmethod
    def register(cls, value_type: type) -> None:
        """Say that objects of a type become nodes, which needs no saying of numbers and arrays.

        Parameters
        ----------
        value_type : type

        Raises
        ------
        NotImplementedError
            For any other type: a node holds numbers or an array, and boxes of another kind have no place here.

        Examples
        --------
        >>> import numpy as np
        >>> from autograd.extend import Box
        >>> class Parameter(np.ndarray):
        ...     pass
        >>> Box.register(Parameter)
        """
        if not issubclass(value_type, (np.ndarray, Number)):
            raise NotImplementedError(
                f"{cls.__name__}.register: a node holds numbers or an array, not a {value_type.__name__}. Say how one becomes "
                f"an array, by Box.type_mappings[{value_type.__name__}] = lambda x, requires_grad: Tensor(…, requires_grad), "
                "and write what is computed with it in functions of arrays, or as primitives"
            )
