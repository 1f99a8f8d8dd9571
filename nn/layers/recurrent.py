"""`RNN`, `LSTM` and `GRU`: layers over a sequence, with PyTorch's parameters and gates."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import ShapeError
from autograd.graph.node import raw
from autograd.ops.shape import concatenate, expand_dims, shape, stack, swapaxes
from nn import init
from nn.arguments import check_count, describe_shape
from nn.layers.cells import State, affine_map, check_nonlinearity, elman, gated, long_short_term
from nn.layers.dropout import Dropout
from nn.module import Module
from nn.parameter import Parameter
from nn.utils.rnn import PackedSequence

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import DTypeLike, Input


class Recurrent(Module):
    """A cell that is run along a sequence, in several layers, and in both directions where asked.

    The base of `RNN`, `LSTM` and `GRU`, which say in `cell` what a step is; in `gates` how many gates it has, and in
    `states` how many arrays its state.

    Parameters
    ----------
    input_size, hidden_size : int
    num_layers : int
    bias : bool
    batch_first : bool
        Whether sequences are (batch, length, features) and not (length, batch, features).
    dropout : float
        Between layers, in training.
    bidirectional : bool
    dtype : dtype
    rng : numpy.random.Generator or int, optional

    Attributes
    ----------
    weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, … : Parameter
        Of each layer; `_reverse` at the end for the other direction. At first uniform within ±1/√hidden_size.

    Raises
    ------
    ShapeError
        For sizes below 1, and when called, an input or a state of another shape, or an empty sequence.
    """

    gates: int
    states: int

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        dtype: DTypeLike = np.float32,
        rng: np.random.Generator | int | None = None,
    ) -> None:
        super().__init__()
        name = type(self).__name__
        self.input_size, self.hidden_size = (
            check_count(name, "input_size", input_size),
            check_count(name, "hidden_size", hidden_size),
        )
        self.num_layers = check_count(name, "num_layers", num_layers)
        rng = np.random.default_rng(rng)
        self.batch_first, self.bidirectional, self.bias = batch_first, bidirectional, bias
        self.between = Dropout(dropout, rng=rng)
        bound = hidden_size**-0.5
        for layer in range(num_layers):
            width = input_size if layer == 0 else hidden_size * len(self._directions)
            for direction in self._directions:
                shapes: dict[str, tuple[int, ...]] = {
                    "weight_ih": (self.gates * hidden_size, width),
                    "weight_hh": (self.gates * hidden_size, hidden_size),
                }
                if bias:
                    shapes |= {"bias_ih": (self.gates * hidden_size,), "bias_hh": (self.gates * hidden_size,)}
                for key, size in shapes.items():
                    parameter = Parameter(np.zeros(size, dtype))
                    init.uniform_(parameter, -bound, bound, rng=rng)
                    setattr(self, f"{key}_l{layer}{direction}", parameter)

    @property
    def _directions(self) -> tuple[str, ...]:
        return ("", "_reverse") if self.bidirectional else ("",)

    def cell(self, x: Input, state: State, recur: Callable[[Any], Any]) -> State:
        """The state after one step: `x` is the input's part of the gates, `recur(h)` gives that of the state.

        Parameters
        ----------
        x : Tensor, shape (batch, gates·hidden_size)
        state : tuple of Tensor, shape (batch, hidden_size)
        recur : callable

        Returns
        -------
        tuple of Tensor

        Examples
        --------
        >>> import numpy as np, nn
        >>> cell = nn.RNN(1, 1, rng=0).cell
        >>> state = cell(np.array([[0.5]]), (np.array([[0.0]]),), lambda h: h)
        >>> state[0].round(6)
        array([[0.462117]])
        """
        raise TypeError(f"{type(self).__name__} has no cell")

    def forward(self, x: Input, state: Any = None) -> tuple[Tensor, Any]:
        """Run along a sequence.

        Parameters
        ----------
        x : (length, batch, input_size), or (batch, length, input_size) with `batch_first`
            Or a single sequence, (length, input_size), or a `nn.utils.rnn.PackedSequence`.
        state : (layers·directions, batch, hidden_size), optional
            Of an LSTM a pair of them; zeros by default. Of a single sequence without the axis of samples.

        Returns
        -------
        output : like x, of directions·hidden_size features; packed for a packed one
            The state of the last layer at every step.
        state : like the given one
            At the end.

        Examples
        --------
        >>> import numpy as np, nn
        >>> output, state = nn.RNN(3, 4, rng=0)(np.ones((5, 2, 3), np.float32))
        >>> output.shape, state.shape
        ((5, 2, 4), (1, 2, 4))
        """
        if isinstance(x, PackedSequence):
            return self._run_packed(x, state)
        if len(shape(x)) == 2 and shape(x)[1] == self.input_size:
            return self._run_alone(x, state)
        if len(shape(x)) != 3 or shape(x)[2] != self.input_size:
            axes = "(batch, length" if self.batch_first else "(length, batch"
            raise ShapeError(
                f"{self.path}: expected an input of shape {axes}, {self.input_size}), got {describe_shape(x)}"
            )
        steps: Any = swapaxes(x, 0, 1) if self.batch_first else x
        length, batch = shape(steps)[:2]
        if length == 0:
            raise ShapeError(f"{self.path}: the sequence is empty")
        starts = self._first_states(state, batch, np.asarray(raw(steps)).dtype)
        steps, final = self._run_layers(steps, starts, None)
        return swapaxes(steps, 0, 1) if self.batch_first else steps, final

    def _run_layers(self, steps: Any, starts: list[State], sizes: list[int] | None) -> tuple[Any, Any]:
        """All layers in all directions; `sizes` are those of the batches of a packed sequence."""
        ends: list[State] = []
        for layer in range(self.num_layers):
            if layer:
                steps = self.between(steps)
            outputs = []
            for direction in self._directions:
                hidden, end = self._run(steps, starts[len(ends)], f"_l{layer}{direction}", bool(direction), sizes)
                outputs.append(stack(hidden) if sizes is None else concatenate(hidden))
                ends.append(end)
            steps = outputs[0] if len(outputs) == 1 else concatenate(outputs, axis=-1)
        final = tuple(stack([end[k] for end in ends]) for k in range(self.states))
        return steps, final if self.states > 1 else final[0]

    def _run_packed(self, packed: PackedSequence, state: Any) -> tuple[Any, Any]:
        """Sequences of different lengths, of which each ends where it does."""
        data, sizes = packed.data, np.asarray(raw(packed.batch_sizes)).tolist()
        if len(shape(data)) != 2 or shape(data)[1] != self.input_size:
            raise ShapeError(
                f"{self.path}: expected packed steps of {self.input_size} features, got {describe_shape(data)}"
            )
        starts = self._first_states(state, sizes[0], np.asarray(raw(data)).dtype)
        if packed.sorted_indices is not None:
            order, back = (np.asarray(raw(part)) for part in (packed.sorted_indices, packed.unsorted_indices))
            starts = [tuple(part[order] for part in start) for start in starts]
        output, final = self._run_layers(data, starts, sizes)
        if packed.sorted_indices is not None:
            final = tuple(part[:, back] for part in final) if self.states > 1 else final[:, back]
        return packed._replace(data=output), final

    def _run_alone(self, x: Input, state: Any) -> tuple[Any, Any]:
        """A single sequence, as a batch of one."""
        axis = 0 if self.batch_first else 1
        if state is not None:
            parts = tuple(state) if isinstance(state, (tuple, list)) else (state,)
            if any(len(shape(part)) != 2 for part in parts):
                wanted = (self.num_layers * len(self._directions), self.hidden_size)
                raise ShapeError(
                    f"{self.path}: the state of a single sequence is {wanted}, got {', '.join(map(describe_shape, parts))}"
                )
            state = tuple(expand_dims(part, 1) for part in parts)
        output, ends = self.forward(expand_dims(x, axis), state)
        final = tuple(end[:, 0] for end in ends) if self.states > 1 else ends[:, 0]
        return (output[0] if self.batch_first else output[:, 0]), final

    def _run(
        self, x: Any, state: State, suffix: str, backwards: bool, sizes: list[int] | None
    ) -> tuple[list[Any], State]:
        def affine(v: Any, which: str) -> Any:
            return affine_map(v, getattr(self, f"weight_{which}{suffix}"), getattr(self, f"bias_{which}{suffix}", None))

        # The input's part of all steps is one product.
        given = affine(x, "ih")
        length = shape(x)[0] if sizes is None else len(sizes)
        begins = np.cumsum([0, *(sizes or [])]).tolist()
        hidden: list[Any] = [None] * length
        for t in reversed(range(length)) if backwards else range(length):
            if sizes is None or sizes[t] == sizes[0]:
                step = given[t] if sizes is None else given[begins[t] : begins[t + 1]]
                state = self.cell(step, state, lambda h: affine(h, "hh"))
                hidden[t] = state[0]
                continue
            # The others have ended, or, backwards, have not begun.
            now = tuple(part[: sizes[t]] for part in state)
            moved = self.cell(given[begins[t] : begins[t + 1]], now, lambda h: affine(h, "hh"))
            hidden[t] = moved[0]
            state = tuple(concatenate([new, old[sizes[t] :]]) for new, old in zip(moved, state, strict=True))
        return hidden, state

    def _first_states(self, state: Any, batch: int, dtype: DTypeLike | None) -> list[State]:
        wanted = (self.num_layers * len(self._directions), batch, self.hidden_size)
        if state is None:
            return [tuple(np.zeros(wanted[1:], dtype) for _ in range(self.states)) for _ in range(wanted[0])]
        parts = tuple(state) if isinstance(state, (tuple, list)) else (state,)
        if len(parts) != self.states or any(shape(part) != wanted for part in parts):
            raise ShapeError(
                f"{self.path}: expected {self.states} state(s) of shape {wanted}, got {', '.join(map(describe_shape, parts))}"
            )
        return [tuple(part[k] for part in parts) for k in range(wanted[0])]

    def extra_repr(self) -> str:
        return f"{self.input_size}, {self.hidden_size}, num_layers={self.num_layers}"


class RNN(Recurrent):
    """h = tanh(W·x + b + U·h + c), or relu of that (Elman 1990).

    Parameters
    ----------
    input_size, hidden_size : int
    num_layers : int
    nonlinearity : {"tanh", "relu"}
    bias : bool
    batch_first : bool
        Whether inputs are (batch, length, input_size) rather than (length, batch, input_size).
    dropout : float
        Between the layers.
    bidirectional : bool
    dtype : dtype
    rng : numpy.random.Generator or int, optional

    Examples
    --------
    >>> import numpy as np
    >>> output, state = RNN(3, 4, rng=0)(np.ones((5, 2, 3), np.float32))
    >>> output.shape, state.shape
    ((5, 2, 4), (1, 2, 4))
    """

    gates, states = 1, 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        dtype: DTypeLike = np.float32,
        rng: np.random.Generator | int | None = None,
    ) -> None:
        self.nonlinearity = check_nonlinearity("RNN", nonlinearity)
        super().__init__(input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, dtype, rng)

    def cell(self, x: Input, state: State, recur: Callable[[Any], Any]) -> State:
        return elman(x, state, recur, self.nonlinearity)


class LSTM(Recurrent):
    """c = f·c + i·g, h = o·tanh(c), gates in the order i, f, g, o (Hochreiter and Schmidhuber 1997).

    Its parameters are those of `Recurrent`; its state is the pair of h and c.

    Parameters
    ----------
    input_size, hidden_size : int
    num_layers : int
    bias : bool
    batch_first : bool
        Whether inputs are (batch, length, input_size) rather than (length, batch, input_size).
    dropout : float
        Between the layers.
    bidirectional : bool
    dtype : dtype
    rng : numpy.random.Generator or int, optional

    Examples
    --------
    >>> import numpy as np
    >>> output, (h, c) = LSTM(3, 4, rng=0)(np.ones((5, 2, 3), np.float32))
    >>> output.shape, h.shape, c.shape
    ((5, 2, 4), (1, 2, 4), (1, 2, 4))
    """

    gates, states = 4, 2

    def cell(self, x: Input, state: State, recur: Callable[[Any], Any]) -> State:
        return long_short_term(x, state, recur)


class GRU(Recurrent):
    """h = (1 − z)·n + z·h with n = tanh(x + r·U·h), gates in the order r, z, n (Cho et al. 2014).

    Its parameters are those of `Recurrent`.

    Parameters
    ----------
    input_size, hidden_size : int
    num_layers : int
    bias : bool
    batch_first : bool
        Whether inputs are (batch, length, input_size) rather than (length, batch, input_size).
    dropout : float
        Between the layers.
    bidirectional : bool
    dtype : dtype
    rng : numpy.random.Generator or int, optional

    Examples
    --------
    >>> import numpy as np
    >>> output, state = GRU(3, 4, num_layers=2, batch_first=True, rng=0)(np.ones((2, 5, 3), np.float32))
    >>> output.shape, state.shape
    ((2, 5, 4), (2, 2, 4))
    """

    gates, states = 3, 1

    def cell(self, x: Input, state: State, recur: Callable[[Any], Any]) -> State:
        return gated(x, state, recur)
