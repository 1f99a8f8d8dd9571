"""Vector spaces of numbers, arrays and structures of them, as HIPS autograd's users ask for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import numpy as np

from autograd.graph.node import raw
from autograd.graph.tree import leaves, leaves_like, map_leaves, rebuild
from autograd.ops.complex_numbers import conj, is_complex, real


class SparseObject:
    """A vector that is zero nearly everywhere, as vjps of HIPS autograd's users may return it.

    Parameters
    ----------
    vs : VSpace
    mut_add : callable
        Adds the vector to another one in place, and returns that.

    Examples
    --------
    >>> import numpy as np
    >>> def put(x):
    ...     x[0] += 2.0
    ...     return x
    >>> SparseObject(vspace(np.ones(3)), put).dense().tolist()
    [2.0, 0.0, 0.0]
    """

    def __init__(self, vs: VSpace, mut_add: Callable[[Any], Any]) -> None:
        self.vs, self.mut_add = vs, mut_add

    def dense(self) -> Any:
        """The vector itself.

        Returns
        -------
        numbers and arrays
            In the structure of the space.

        Examples
        --------
        >>> import numpy as np
        >>> SparseObject(vspace(np.ones(2)), lambda x: x + 1.0).dense().tolist()
        [1.0, 1.0]
        """
        return self.mut_add(self.vs.zeros())


def _double(x: np.ndarray) -> Any:
    return complex if is_complex(x) else float


class VSpace:
    """The vector space of an argument or of a result: of its shapes and dtypes, whatever its structure.

    That of complex numbers has two directions for each of them, along 1 and along i.

    Parameters
    ----------
    value : number, array_like, Tensor, or structure of them

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.extend import VSpace
    >>> space = VSpace({"w": np.ones((2, 3)), "b": 0.0})
    >>> space.size, space.shape
    (7, {'w': (2, 3), 'b': ()})
    """

    # The spaces of objects of a user's types; see `register`.
    mappings: ClassVar[dict[type, Callable[[Any], VSpace]]] = {}

    @classmethod
    def register(cls, value_type: type, vspace_maker: Callable[[Any], VSpace] | None = None) -> None:
        """Say what `vspace` gives for objects of a type of your own.

        Parameters
        ----------
        value_type : type
        vspace_maker : callable, optional
            Of such an object, to its space; by default the class itself.

        Examples
        --------
        >>> import numpy as np
        >>> from autograd.extend import VSpace, vspace
        >>> class Signal:
        ...     samples = np.zeros(3)
        >>> VSpace.register(Signal, lambda signal: VSpace(signal.samples))
        >>> vspace(Signal()).size
        3
        """
        VSpace.mappings[value_type] = vspace_maker or cls

    def __init__(self, value: Any) -> None:
        self._tree = map_leaves(lambda x: np.asarray(raw(x)), value)
        self._leaves = leaves(self._tree)
        for leaf in self._leaves:
            if leaf.dtype.kind not in "fiubc":
                raise TypeError(f"vspace: numbers are needed, not {leaf.dtype}")

    @property
    def size(self) -> int:
        """The number of numbers, where a complex one counts as two."""
        return sum(leaf.size * (2 if is_complex(leaf) else 1) for leaf in self._leaves)

    @property
    def iscomplex(self) -> bool:
        """Whether there are complex numbers in it."""
        return any(map(is_complex, self._leaves))

    @property
    def shape(self) -> Any:
        """The shape of an array; of a structure, that of its shapes."""
        return map_leaves(lambda x: x.shape, self._tree)

    def _map(self, function: Callable[..., Any], *trees: Any) -> Any:
        columns = zip(*(leaves_like(self._tree, tree, "vspace: a vector") for tree in trees), strict=True)
        return rebuild(self._tree, iter([function(*column) for column in columns]))

    def zeros(self) -> Any:
        """The origin.

        Returns
        -------
        Numbers and arrays
            In the structure of the space.

        Examples
        --------
        >>> import numpy as np
        >>> from autograd.extend import vspace
        >>> space = vspace(np.ones(2))
        >>> space.zeros()
        array([0., 0.])
        """
        return map_leaves(lambda x: np.zeros(x.shape, _double(x)), self._tree)

    def ones(self) -> Any:
        """Ones everywhere; of complex numbers 1 + i.

        Returns
        -------
        Numbers and arrays
            In the structure of the space.

        Examples
        --------
        >>> import numpy as np
        >>> from autograd.extend import vspace
        >>> space = vspace(np.ones(2))
        >>> space.ones()
        array([1., 1.])
        """
        return map_leaves(lambda x: np.full(x.shape, 1.0 + 1.0j if is_complex(x) else 1.0), self._tree)

    def randn(self, rng: Any = None) -> Any:
        """Numbers of a normal distribution, from a seed or a generator.

        Parameters
        ----------
        rng : numpy.random.Generator or int, optional

        Returns
        -------
        Numbers and arrays
            In the structure of the space.

        Examples
        --------
        >>> import numpy as np
        >>> from autograd.extend import vspace
        >>> space = vspace(np.ones(2))
        >>> space.randn(0).shape
        (2,)
        """
        generator = np.random.default_rng(rng)

        def draw(x: np.ndarray) -> Any:
            drawn = generator.standard_normal(x.shape)
            return drawn + 1j * generator.standard_normal(x.shape) if is_complex(x) else drawn

        return map_leaves(draw, self._tree)

    def standard_basis(self) -> Iterator[Any]:
        """The unit vectors; of complex numbers those along i, too.

        Examples
        --------
        >>> import numpy as np
        >>> from autograd.extend import vspace
        >>> space = vspace(np.ones(2))
        >>> list(space.standard_basis())
        [array([1., 0.]), array([0., 1.])]
        """
        for number in range(len(self._leaves)):
            for index in np.ndindex(self._leaves[number].shape):
                for one in (1.0, 1.0j) if is_complex(self._leaves[number]) else (1.0,):
                    unit = leaves(self.zeros())
                    unit[number][index] = one
                    yield rebuild(self._tree, iter(unit))

    def add(self, x: Any, y: Any) -> Any:
        """The sum of two vectors.

        Parameters
        ----------
        x, y : numbers and arrays
            In the structure of the space.

        Returns
        -------
        the same

        Examples
        --------
        >>> import numpy as np
        >>> from autograd.extend import vspace
        >>> space = vspace(np.ones(2))
        >>> space.add(np.ones(2), np.ones(2))
        array([2., 2.])
        """
        return self._map(lambda a, b: a + b, x, y)

    def scalar_mul(self, x: Any, a: float) -> Any:
        """A vector times a number.

        Parameters
        ----------
        x : numbers and arrays
            In the structure of the space.
        a : float

        Returns
        -------
        the same

        Examples
        --------
        >>> import numpy as np
        >>> from autograd.extend import vspace
        >>> space = vspace(np.ones(2))
        >>> space.scalar_mul(np.ones(2), 3.0)
        array([3., 3.])
        """
        return self._map(lambda b: b * a, x)

    def inner_prod(self, x: Any, y: Any) -> Any:
        """The sum of the products of their numbers; of complex ones the real part, the first conjugated.

        Parameters
        ----------
        x, y : numbers and arrays
            In the structure of the space.

        Returns
        -------
        float

        Examples
        --------
        >>> import numpy as np
        >>> from autograd.extend import vspace
        >>> space = vspace(np.ones(2))
        >>> space.inner_prod(np.ones(2), np.ones(2)).item()
        2.0
        """
        pairs = zip(leaves(x), leaves_like(x, y, "vspace: a vector"), strict=True)
        return sum(real(np.sum(conj(a) * b)) for a, b in pairs)

    def covector(self, x: Any) -> Any:
        """What a gradient is of a vector: its conjugate, which for real numbers is the vector itself.

        Parameters
        ----------
        x : numbers and arrays
            In the structure of the space.

        Returns
        -------
        the same

        Examples
        --------
        >>> import numpy as np
        >>> from autograd.extend import vspace
        >>> space = vspace(np.ones(2))
        >>> space.covector(np.ones(2))
        array([1., 1.])
        """
        return map_leaves(conj, x)

    def __eq__(self, other: object) -> bool:
        alike = isinstance(other, VSpace) and self.shape == other.shape
        return alike and list(map(is_complex, self._leaves)) == list(map(is_complex, other._leaves))  # type: ignore[attr-defined]

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"VSpace({self.shape})"


def vspace(value: Any) -> VSpace:
    """The vector space that a number, an array, a tensor or a structure of them lives in.

    Parameters
    ----------
    value : number, array_like, Tensor, or structure of them
        Or an object of a type that `VSpace.register` was told of.

    Returns
    -------
    VSpace

    Examples
    --------
    >>> vspace({"w": np.ones((2, 3)), "b": 0.0}).size
    7
    """
    value = raw(value)
    return VSpace.mappings.get(type(value), VSpace)(value)
