"""HIPS autograd's way of defining operations: `primitive`, `defvjp`, `defjvp` and `vspace`, in its signatures.

A *vjp maker* takes the result and the arguments and gives the function from the gradient at the result to the gradient
at one argument. `primitive(rule, …)` says the same in one step less.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from itertools import count
from typing import Any

import numpy as np

from autograd.engine.primitive import KEPT, Primitive, primitive
from autograd.engine.transforms import vjp
from autograd.graph.node import Node, raw
from autograd.graph.op import BY_NUMPY, BY_SCIPY, Rule
from autograd.graph.tree import leaves, leaves_like, map_leaves, rebuild
from autograd.ops.complex_numbers import conj, is_complex, real

__all__ = [
    "Box",
    "SparseObject",
    "VSpace",
    "def_linear",
    "defjvp",
    "defjvp_argnum",
    "defjvp_argnums",
    "defvjp",
    "defvjp_argnum",
    "defvjp_argnums",
    "notrace_primitive",
    "primitive",
    "vspace",
]
Box = Node
Maker = Callable[..., Callable[[Any], Any]]


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


def _dense(x: Any) -> Any:
    return x.dense() if isinstance(x, SparseObject) else x


# What derivatives were set for by these functions: a record, which nothing reads.
primitive_vjps: dict[Any, Primitive[..., Any]] = {}


def _primitive(fun: Any, name: str) -> Primitive[..., Any]:
    """The primitive whose derivatives are being set, noted in `primitive_vjps`."""
    primitive_vjps[fun] = found = _find_primitive(fun, name)
    return found


def _find_primitive(fun: Any, name: str) -> Primitive[..., Any]:
    """The primitive whose derivatives are being set.

    Of a function of NumPy or SciPy, or of ours, it is one that takes its place; what is not set stays as it was.
    """
    if isinstance(fun, Primitive):
        return fun
    if not callable(fun):
        raise TypeError(f"{name}: {fun!r} is not a function")
    home = sys.modules.get(getattr(fun, "__module__", ""))
    ours = getattr(fun, "__module__", "").startswith("autograd.") and not hasattr(fun, "__wrapped__")
    theirs = getattr(fun, "__wrapped__", fun)
    known = fun if ours else BY_NUMPY.get(theirs)
    if isinstance(known, Primitive):
        return known
    if known is None and not isinstance(theirs, np.ufunc):
        return KEPT.setdefault(fun, Primitive(fun))
    known = known or BY_SCIPY.get(getattr(theirs, "__name__", ""))
    made: Primitive[..., Any] = Primitive(theirs)
    if known is not None:
        made.derive({}, lambda number: _as_before(number, known))
    if not ours:
        BY_NUMPY[theirs] = made
    elif getattr(home, theirs.__name__, None) is fun:
        setattr(home, theirs.__name__, made)
    else:
        raise TypeError(
            f"{name}: the derivatives of {theirs.__name__!r} stand: make a primitive of a function of your own"
        )
    return made


def _as_before(number: int, function: Callable[..., Any]) -> Rule:
    """The derivative by an argument that a function has already."""

    def rule(g: Any, out: Any, *xs: Any, **params: Any) -> Any:
        return vjp(lambda x: function(*xs[:number], x, *xs[number + 1 :], **params), xs[number])[1](g)[0]

    return rule


def defvjp(fun: Any, *vjpmakers: Maker | None, argnums: Iterable[int] | None = None) -> None:
    """Define the derivatives of a primitive by vjp makers.

    Parameters
    ----------
    fun : Primitive, or function of NumPy or SciPy, or another function
        Of a function of NumPy or SciPy, the derivatives that are given replace those it has here, in all code. Of another
        function they are kept until `primitive` makes one of it.
    *vjpmakers : callable or None
        `maker(ans, *args, **kwargs)` gives `vjp(g)`; None where the derivative is zero.
    argnums : sequence of int, optional
        Which arguments they are for; by default the first ones in order.

    Examples
    --------
    >>> from autograd import grad
    >>> @primitive
    ... def cube(x):
    ...     return x * x * x
    >>> defvjp(cube, lambda ans, x: lambda g: g * 3.0 * x * x)
    >>> grad(cube)(2.0)
    12.0
    """

    def rule_of(maker: Maker | None) -> Rule | None:
        return None if maker is None else lambda g, out, *xs, **params: _dense(maker(out, *xs, **params)(g))

    numbers = count() if argnums is None else argnums
    _primitive(fun, "defvjp").derive({n: rule_of(maker) for n, maker in zip(numbers, vjpmakers, strict=False)})


def defvjp_argnum(fun: Primitive, vjpmaker: Callable[..., Callable[[Any], Any]]) -> None:
    """Define all derivatives by one maker: `vjpmaker(argnum, ans, args, kwargs)` gives `vjp(g)`.

    Parameters
    ----------
    fun : Primitive
    vjpmaker : callable

    Examples
    --------
    >>> from autograd import grad
    >>> from autograd.extend import defvjp_argnum, primitive
    >>> @primitive
    ... def product(x, y):
    ...     return x * y
    >>> defvjp_argnum(product, lambda argnum, ans, args, kwargs: lambda g: g * args[1 - argnum])
    >>> grad(product)(2.0, 3.0)
    3.0
    """

    def rule_of(number: int) -> Rule:
        return lambda g, out, *xs, **params: _dense(vjpmaker(number, out, xs, params)(g))

    _primitive(fun, "defvjp_argnum").derive({}, rule_of)


def defvjp_argnums(fun: Primitive, vjpmaker: Callable[..., Callable[[Any], Any]]) -> None:
    """Define all derivatives by one maker: `vjpmaker(argnums, ans, args, kwargs)` gives `vjp(g)`, a sequence.

    Parameters
    ----------
    fun : Primitive
    vjpmaker : callable

    Examples
    --------
    >>> from autograd import grad
    >>> from autograd.extend import defvjp_argnums, primitive
    >>> @primitive
    ... def product(x, y):
    ...     return x * y
    >>> defvjp_argnums(product, lambda argnums, ans, args, kwargs: lambda g: [g * args[1 - n] for n in argnums])
    >>> grad(product)(2.0, 3.0)
    3.0
    """

    def rule_of(number: int) -> Rule:
        return lambda g, out, *xs, **params: _dense(next(iter(vjpmaker((number,), out, xs, params)(g))))

    _primitive(fun, "defvjp_argnums").derive({}, rule_of)


def _transpose_push(number: int, push: Callable[..., Any]) -> Rule:
    """The rule that a forward derivative implies: that is linear in the tangent, and its reverse pass is the transpose."""

    def rule(g: Any, out: Any, *xs: Any, **params: Any) -> Any:
        x = np.asarray(raw(xs[number]))
        zero = np.zeros(x.shape, _double(x))
        return vjp(lambda tangent: push(tangent, out, *xs, **params), zero)[1](g)[0]

    return rule


def defjvp(fun: Any, *jvpmakers: Any, argnums: Iterable[int] | None = None) -> None:
    """Define forward derivatives: `jvpmaker(g, ans, *args, **kwargs)` gives the tangent of the result.

    `make_jvp`, `deriv` and `jvp` use them. For an argument that `defvjp` was not told of, the transpose of its forward
    derivative is its reverse one. None means a derivative of zero, "same" a function that is linear in the argument.

    Parameters
    ----------
    fun : Primitive
    *jvpmakers : callable, "same" or None
        One for each argument.
    argnums : sequence of int, optional
        Which arguments they are for; by default the first ones in order.

    Raises
    ------
    TypeError
        Where `fun` is not a primitive.

    Examples
    --------
    >>> from autograd import defjvp, grad, primitive
    >>> @primitive
    ... def triple(x):
    ...     return 3.0 * x
    >>> defjvp(triple, 'same')
    >>> grad(triple)(2.0)
    3.0
    """
    primitive_ = _primitive(fun, "defjvp")
    numbers = count() if argnums is None else argnums
    for number, maker in zip(numbers, jvpmakers, strict=False):
        push = None if maker is None else _along(primitive_, number, maker)
        primitive_.push({number: push})
        if not primitive_.has_rule(number):
            primitive_.derive({number: None if push is None else _transpose_push(number, push)})


def _along(fun: Primitive[..., Any], number: int, maker: Any) -> Callable[..., Any]:
    if maker == "same":
        # Where the reverse derivative is not known, that of its own code is.
        return _same(fun if fun.has_rule(number) else fun.function, number)
    return lambda tangent, out, *xs, **params: maker(tangent, out, *xs, **params)


def _same(function: Callable[..., Any], number: int) -> Callable[..., Any]:
    return lambda tangent, out, *xs, **params: function(*xs[:number], tangent, *xs[number + 1 :], **params)


def defjvp_argnum(fun: Primitive, jvpmaker: Callable[..., Any]) -> None:
    """Define all forward derivatives by one function `jvpmaker(argnum, g, ans, args, kwargs)`; see `defjvp`.

    Parameters
    ----------
    fun : Primitive
    jvpmaker : callable
        Gives the tangent of the result for a tangent `g` of the argument.

    Examples
    --------
    >>> from autograd import grad
    >>> from autograd.extend import defjvp_argnum, primitive
    >>> @primitive
    ... def triple(x):
    ...     return 3.0 * x
    >>> defjvp_argnum(triple, lambda argnum, g, ans, args, kwargs: 3.0 * g)
    >>> grad(triple)(2.0)
    3.0
    """

    def push_of(number: int) -> Callable[..., Any]:
        return lambda g, out, *xs, **params: jvpmaker(number, g, out, xs, params)

    primitive_ = _primitive(fun, "defjvp_argnum").push({}, push_of)
    if not primitive_.has_rule(0):
        primitive_.derive({}, lambda number: _transpose_push(number, push_of(number)))


def defjvp_argnums(fun: Any, jvpmaker: Callable[..., Any]) -> None:
    """Define all forward derivatives by one function `jvpmaker(argnums, gs, ans, args, kwargs)`; see `defjvp`.

    Parameters
    ----------
    fun : Primitive
    jvpmaker : callable
        Gives the tangent of the result for tangents `gs` of the arguments `argnums`.

    Examples
    --------
    >>> from autograd import deriv
    >>> from autograd.extend import defjvp_argnums, primitive
    >>> @primitive
    ... def triple(x):
    ...     return 3.0 * x
    >>> defjvp_argnums(triple, lambda argnums, gs, ans, args, kwargs: 3.0 * gs[0])
    >>> deriv(triple)(2.0)
    3.0
    """
    defjvp_argnum(fun, lambda number, g, ans, args, kwargs: jvpmaker((number,), (g,), ans, args, kwargs))


def def_linear(fun: Primitive) -> None:
    """Declare that a primitive, written in functions that have derivatives, is linear in each of its arguments.

    Parameters
    ----------
    fun : Primitive
        Linear in each of its arguments.

    Examples
    --------
    >>> from autograd import grad
    >>> from autograd.extend import def_linear, primitive
    >>> @primitive
    ... def product(x, y):
    ...     return x * y
    >>> def_linear(product)
    >>> grad(product)(2.0, 3.0)
    3.0
    """
    primitive_ = _primitive(fun, "def_linear")
    primitive_.push({}, lambda number: _same(primitive_.function, number))
    primitive_.derive({}, lambda number: _transpose_push(number, _same(primitive_.function, number)))


def notrace_primitive(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that is always called with plain data, and whose result is a constant.

    Parameters
    ----------
    function : callable

    Returns
    -------
    callable
        With the same arguments.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.extend import notrace_primitive
    >>> from autograd import Tensor
    >>> notrace_primitive(np.unique)(Tensor([2.0, 1.0, 2.0]))
    array([1., 2.])
    """

    @wraps(function)
    def on_data(*args: Any, **kwargs: Any) -> Any:
        return function(*map_leaves(raw, args), **map_leaves(raw, kwargs))

    return on_data


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

    Returns
    -------
    VSpace

    Examples
    --------
    >>> vspace({"w": np.ones((2, 3)), "b": 0.0}).size
    7
    """
    return VSpace(value)
