"""`RNNCell`, `LSTMCell` and `GRUCell`: one step of a recurrent layer, and the formulas that those share with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import OperandError, ShapeError
from autograd.graph.node import raw
from autograd.ops.activation import relu
from autograd.ops.elementwise import sigmoid, tanh
from autograd.ops.joining import split
from autograd.ops.linalg import linear, matmul
from autograd.ops.shape import expand_dims, matrix_transpose, shape
from nn import init
from nn.arguments import check_count, describe_shape
from nn.module import Module
from nn.parameter import Parameter

if TYPE_CHECKING:
    from autograd.typing import DTypeLike, Input

State = tuple[Any, ...]
Recur = Callable[[Any], Any]


def elman(x: Input, state: State, recur: Recur, nonlinearity: str) -> State:
    """h = tanh(x + U·h), or relu of that: `x` is the input's part, `recur(h)` gives that of the state.

    Examples
    --------
    >>> elman(0.5, (0.0,), lambda h: h, "relu")
    (0.5,)
    """
    total = x + recur(state[0])
    return (tanh(total) if nonlinearity == "tanh" else relu(total),)


def long_short_term(x: Input, state: State, recur: Recur) -> State:
    """c = f·c + i·g, h = o·tanh(c), gates in the order i, f, g, o.

    Examples
    --------
    >>> h, c = long_short_term(np.zeros((1, 4)), (np.zeros((1, 1)), np.ones((1, 1))), lambda h: 0.0)
    >>> c.tolist()
    [[0.5]]
    """
    h, c = state
    i, f, g, o = split(x + recur(h), 4, axis=1)
    c = sigmoid(f) * c + sigmoid(i) * tanh(g)
    return sigmoid(o) * tanh(c), c


def gated(x: Input, state: State, recur: Recur) -> State:
    """h = (1 − z)·n + z·h with n = tanh(x + r·U·h), gates in the order r, z, n.

    Examples
    --------
    >>> gated(np.zeros((1, 3)), (np.ones((1, 1)),), lambda h: np.zeros((1, 3)))[0].tolist()
    [[0.5]]
    """
    (h,) = state
    (r, z, n), (own_r, own_z, own_n) = split(x, 3, axis=1), split(recur(h), 3, axis=1)
    reset, update = sigmoid(r + own_r), sigmoid(z + own_z)
    return ((1.0 - update) * tanh(n + reset * own_n) + update * h,)


def affine_map(x: Any, weight: Any, bias: Any) -> Any:
    """x @ weight.T + bias, where there is one.

    Examples
    --------
    >>> affine_map(np.array([[2.0]]), np.array([[3.0]]), None).tolist()
    [[6.0]]
    """
    return linear(x, weight, bias) if bias is not None else matmul(x, matrix_transpose(weight))


def check_nonlinearity(name: str, given: Any) -> str:
    """One of those that Elman's networks have.

    Examples
    --------
    >>> check_nonlinearity("RNN", "relu")
    'relu'
    """
    if given not in ("tanh", "relu"):
        raise ValueError(f"{name}: nonlinearity must be 'tanh' or 'relu', got {given!r}")
    return str(given)


def refuse_packed(path: str, x: Input) -> None:
    """Refuse PyTorch's packed sequences, which hold sequences of different lengths.

    Examples
    --------
    >>> refuse_packed("LSTM", np.ones((5, 2, 3)))
    """
    if hasattr(x, "batch_sizes"):
        raise OperandError(
            f"{path}: a cell takes one step, (batch, features), and no packed sequences: nn.RNN, nn.LSTM and nn.GRU do"
        )


class Cell(Module):
    """What the cells share: their parameters, and the state that they go from.

    Subclasses say in `gates` how many gates they have, in `states` how many arrays their state has, and in `advance` what a
    step is.

    Parameters
    ----------
    input_size, hidden_size : int
    bias : bool
    dtype : dtype
    rng : numpy.random.Generator or int, optional

    Attributes
    ----------
    weight_ih, weight_hh, bias_ih, bias_hh : Parameter
        At first uniform within ±1/√hidden_size.
    """

    gates: int
    states: int

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        dtype: DTypeLike = np.float32,
        rng: np.random.Generator | int | None = None,
    ) -> None:
        super().__init__()
        name = type(self).__name__
        self.input_size = check_count(name, "input_size", input_size)
        self.hidden_size = check_count(name, "hidden_size", hidden_size)
        rng, bound = np.random.default_rng(rng), hidden_size**-0.5
        shapes: dict[str, tuple[int, ...]] = {
            "weight_ih": (self.gates * hidden_size, input_size),
            "weight_hh": (self.gates * hidden_size, hidden_size),
        }
        if bias:
            shapes |= {"bias_ih": (self.gates * hidden_size,), "bias_hh": (self.gates * hidden_size,)}
        self.bias_ih: Parameter | None = None
        self.bias_hh: Parameter | None = None
        for key, size in shapes.items():
            setattr(self, key, Parameter(np.zeros(size, dtype)))
            init.uniform_(getattr(self, key), -bound, bound, rng=rng)

    weight_ih: Parameter
    weight_hh: Parameter

    def advance(self, x: Input, state: State, recur: Recur) -> State:
        """The state after a step.

        Parameters
        ----------
        x : Tensor, shape (batch, gates·hidden_size)
            The input's part of the gates.
        state : tuple of Tensor, shape (batch, hidden_size)
        recur : callable
            Gives the part of the state.

        Returns
        -------
        tuple of Tensor

        Examples
        --------
        >>> import numpy as np, nn
        >>> nn.RNNCell(1, 1, rng=0).advance(np.array([[0.5]]), (np.array([[0.0]]),), lambda h: h)[0].round(6)
        array([[0.462117]])
        """
        raise TypeError(f"{type(self).__name__} has no advance")

    def forward(self, x: Input, state: Any = None) -> Any:
        """One step.

        Parameters
        ----------
        x : (batch, input_size) or (input_size,)
        state : (batch, hidden_size) or (hidden_size,), optional
            Of an LSTM a pair of them; zeros by default.

        Returns
        -------
        state : like the given one

        Examples
        --------
        >>> import numpy as np, nn
        >>> nn.GRUCell(3, 4, rng=0)(np.ones((2, 3), np.float32)).shape
        (2, 4)
        """
        refuse_packed(self.path, x)
        if len(shape(x)) not in (1, 2) or shape(x)[-1] != self.input_size:
            raise ShapeError(
                f"{self.path}: expected an input of shape (batch, {self.input_size}) or ({self.input_size},), got "
                f"{describe_shape(x)}"
            )
        lone = len(shape(x)) == 1
        rows = expand_dims(x, 0) if lone else x
        wanted = (shape(rows)[0], self.hidden_size)
        parts = self._parts(state, rows, wanted, lone)
        given = affine_map(rows, self.weight_ih, self.bias_ih)
        after = self.advance(given, parts, lambda h: affine_map(h, self.weight_hh, self.bias_hh))
        if lone:
            after = tuple(part[0] for part in after)
        return after if self.states > 1 else after[0]

    def _parts(self, state: Any, rows: Any, wanted: tuple[int, ...], lone: bool) -> State:
        if state is None:
            zeros = np.zeros(wanted, np.asarray(raw(rows)).dtype)
            return (zeros,) * self.states
        parts = tuple(state) if isinstance(state, (tuple, list)) else (state,)
        expected = wanted[1:] if lone else wanted
        if len(parts) != self.states or any(shape(part) != expected for part in parts):
            raise ShapeError(
                f"{self.path}: expected {self.states} state(s) of shape {expected}, got {', '.join(map(describe_shape, parts))}"
            )
        return tuple(expand_dims(part, 0) for part in parts) if lone else parts

    def extra_repr(self) -> str:
        return f"{self.input_size}, {self.hidden_size}"


class RNNCell(Cell):
    """One step h = tanh(W·x + b + U·h + c), or relu of that (Elman 1990).

    Parameters
    ----------
    input_size, hidden_size : int
    bias : bool
    nonlinearity : {"tanh", "relu"}
    dtype : dtype
    rng : numpy.random.Generator or int, optional

    Examples
    --------
    >>> import numpy as np
    >>> RNNCell(3, 4, rng=0)(np.ones((2, 3), np.float32)).shape
    (2, 4)
    """

    gates, states = 1, 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        dtype: DTypeLike = np.float32,
        rng: np.random.Generator | int | None = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, dtype, rng)
        self.nonlinearity = check_nonlinearity("RNNCell", nonlinearity)

    def advance(self, x: Input, state: State, recur: Recur) -> State:
        return elman(x, state, recur, self.nonlinearity)


class LSTMCell(Cell):
    """One step of an LSTM, from the pair of h and c to the next, gates in the order i, f, g, o.

    Parameters
    ----------
    input_size, hidden_size : int
    bias : bool
    dtype : dtype
    rng : numpy.random.Generator or int, optional

    Examples
    --------
    >>> import numpy as np
    >>> h, c = LSTMCell(3, 4, rng=0)(np.ones((2, 3), np.float32))
    >>> h.shape, c.shape
    ((2, 4), (2, 4))
    """

    gates, states = 4, 2

    def advance(self, x: Input, state: State, recur: Recur) -> State:
        return long_short_term(x, state, recur)


class GRUCell(Cell):
    """One step of a GRU, gates in the order r, z, n.

    Parameters
    ----------
    input_size, hidden_size : int
    bias : bool
    dtype : dtype
    rng : numpy.random.Generator or int, optional

    Examples
    --------
    >>> import numpy as np
    >>> GRUCell(3, 4, rng=0)(np.ones(3, np.float32)).shape
    (4,)
    """

    gates, states = 3, 1

    def advance(self, x: Input, state: State, recur: Recur) -> State:
        return gated(x, state, recur)
