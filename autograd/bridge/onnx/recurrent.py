"""Recurrent layers: a step after the other, in one direction or both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import autograd.torch as torch
import autograd.torch.nn.functional as F  # noqa: N812 - as PyTorch's users write it
from autograd.bridge.onnx.shapes import reverse_within
from autograd.bridge.onnx.values import ints
from autograd.bridge.rules import rule

Function = Callable[[Any], Any]
# A step takes what goes in, and the states, and gives the states of after it; the first is what comes out.
Step = Callable[[Any, tuple[Any, ...]], tuple[Any, ...]]


def _function(name: str, alpha: float | None, beta: float | None) -> Function:
    """The function of this name; the numbers that it may have are ONNX's where they are not given."""

    def number(given: float | None, usual: float) -> float:
        return usual if given is None else given

    known: dict[str, Function] = {
        "relu": torch.relu,
        "tanh": torch.tanh,
        "sigmoid": torch.sigmoid,
        "softsign": F.softsign,
        "softplus": F.softplus,
        "affine": lambda x: number(alpha, 1.0) * x + number(beta, 0.0),
        "leakyrelu": lambda x: F.leaky_relu(x, number(alpha, 0.01)),
        "thresholdedrelu": lambda x: F.threshold(x, number(alpha, 1.0), 0.0),
        "scaledtanh": lambda x: number(alpha, 1.0) * torch.tanh(number(beta, 1.0) * x),
        "hardsigmoid": lambda x: torch.clamp(number(alpha, 0.2) * x + number(beta, 0.5), 0.0, 1.0),
        "elu": lambda x: F.elu(x, number(alpha, 1.0)),
    }
    if name.lower() not in known:
        raise ValueError(f"the activation {name!r}")
    return known[name.lower()]


def _functions(names: Sequence[str] | None, usual: Sequence[str], directions: int, alphas: Any, betas: Any) -> Any:
    """The functions of each direction."""
    chosen = list(names or list(usual) * directions)
    alpha, beta = (list(given or []) + [None] * len(chosen) for given in (alphas, betas))
    found = [_function(name, a, b) for name, a, b in zip(chosen, alpha, beta, strict=False)]
    return [found[i * len(usual) : (i + 1) * len(usual)] for i in range(directions)]


class _Layer:
    """What the three have in common: directions, lengths, the order of the axes."""

    def __init__(
        self,
        x: Any,
        weight: Any,
        recurrent: Any,
        bias: Any,
        lengths: Any,
        direction: str,
        layout: int,
        clip: float | None,
    ) -> None:
        self.x = torch.transpose(x, 0, 1) if layout else x
        self.weight, self.recurrent, self.bias, self.layout, self.clip = weight, recurrent, bias, layout, clip
        self.count = weight.shape[0]
        self.hidden = recurrent.shape[-1]
        time, batch = self.x.shape[:2]
        self.lengths = [time] * batch if lengths is None else ints(lengths)
        self.backward = [direction == "reverse" or i == 1 for i in range(self.count)]

    def begin(self, states: Any) -> Any:
        """The states of each direction before the first step."""
        if states is None:
            return torch.from_numpy(np.zeros((self.count, self.x.shape[1], self.hidden), self.x.dtype))
        return torch.transpose(states, 0, 1) if self.layout else states

    def clamp(self, x: Any) -> Any:
        """Within the bounds that it may have."""
        return x if self.clip is None else torch.clamp(x, -self.clip, self.clip)

    def biases(self, i: int) -> tuple[Any, Any]:
        """Of what goes in and of the state, for a direction; 0 where there is none."""
        if self.bias is None:
            return 0.0, 0.0
        half = self.bias.shape[1] // 2
        return self.bias[i, :half], self.bias[i, half:]

    def run(self, step: Callable[[int], Step], *begins: Any) -> tuple[Any, ...]:
        """All that comes out, and the states of after the last step."""
        time = self.x.shape[0]
        outs, ends = [], []
        for i in range(self.count):
            x = self._reverse(self.x) if self.backward[i] else self.x
            states = tuple(begin[i] for begin in begins)
            found = []
            advance = step(i)
            for t in range(time):
                states, out = self._keep_ended(t, states, advance(x[t], states))
                found.append(out)
            out = torch.stack(found)
            outs.append(self._reverse(out) if self.backward[i] else out)
            ends.append(states)
        y = torch.stack(outs, 1)
        last = [torch.stack([states[k] for states in ends]) for k in range(len(begins))]
        if self.layout:
            return torch.permute(y, (2, 0, 1, 3)), *[torch.transpose(part, 0, 1) for part in last]
        return y, *last

    def _reverse(self, x: Any) -> Any:
        if min(self.lengths) == x.shape[0]:
            return torch.flip(x, (0,))
        return reverse_within(x, self.lengths, 1, 0)

    def _keep_ended(self, t: int, before: tuple[Any, ...], after: tuple[Any, ...]) -> tuple[tuple[Any, ...], Any]:
        """States of sequences that have ended stay, and nothing comes out of them."""
        if min(self.lengths) > t:
            return after, after[0]
        running = torch.from_numpy(np.array(self.lengths)[:, None] > t)
        kept = tuple(torch.where(running, new, old) for new, old in zip(after, before, strict=True))
        return kept, torch.where(running, after[0], torch.zeros_like(after[0]))


@rule("onnx.RNN")
def rnn(
    x: Any, weight: Any, recurrent: Any, bias: Any = None, lengths: Any = None, initial_h: Any = None,
    activation_alpha: Any = None, activation_beta: Any = None, activations: Any = None, clip: float | None = None,
    direction: str = "forward", hidden_size: int | None = None, layout: int = 0,
) -> Any:  # fmt: skip
    """A plain one."""
    layer = _Layer(x, weight, recurrent, bias, lengths, direction, layout, clip)
    functions = _functions(activations, ("Tanh",), layer.count, activation_alpha, activation_beta)

    def step(i: int) -> Step:
        (f,) = functions[i]
        w, r, (bw, br) = torch.t(weight[i]), torch.t(recurrent[i]), layer.biases(i)
        return lambda now, states: (f(layer.clamp(torch.matmul(now, w) + bw + torch.matmul(states[0], r) + br)),)

    return layer.run(step, layer.begin(initial_h))


@rule("onnx.GRU")
def gru(
    x: Any, weight: Any, recurrent: Any, bias: Any = None, lengths: Any = None, initial_h: Any = None,
    activation_alpha: Any = None, activation_beta: Any = None, activations: Any = None, clip: float | None = None,
    direction: str = "forward", hidden_size: int | None = None, layout: int = 0, linear_before_reset: int = 0,
) -> Any:  # fmt: skip
    """With a gate that updates and one that resets."""
    layer = _Layer(x, weight, recurrent, bias, lengths, direction, layout, clip)
    functions = _functions(activations, ("Sigmoid", "Tanh"), layer.count, activation_alpha, activation_beta)
    n = layer.hidden

    def step(i: int) -> Step:
        f, g = functions[i]
        w, r, (bw, br) = torch.t(weight[i]), torch.t(recurrent[i]), layer.biases(i)

        def advance(now: Any, states: tuple[Any, ...]) -> tuple[Any, ...]:
            (h,) = states
            given = torch.matmul(now, w) + bw
            if linear_before_reset:
                held = torch.matmul(h, r) + br
                gates = f(layer.clamp(given[:, : 2 * n] + held[:, : 2 * n]))
                new = g(layer.clamp(given[:, 2 * n :] + gates[:, n:] * held[:, 2 * n :]))
            else:
                own = (0.0, 0.0) if layer.bias is None else (br[: 2 * n], br[2 * n :])
                gates = f(layer.clamp(given[:, : 2 * n] + torch.matmul(h, r[:, : 2 * n]) + own[0]))
                new = g(layer.clamp(given[:, 2 * n :] + torch.matmul(gates[:, n:] * h, r[:, 2 * n :]) + own[1]))
            z = gates[:, :n]
            return ((1 - z) * new + z * h,)

        return advance

    return layer.run(step, layer.begin(initial_h))


@rule("onnx.LSTM")
def lstm(
    x: Any, weight: Any, recurrent: Any, bias: Any = None, lengths: Any = None, initial_h: Any = None,
    initial_c: Any = None, peepholes: Any = None, activation_alpha: Any = None, activation_beta: Any = None,
    activations: Any = None, clip: float | None = None, direction: str = "forward", hidden_size: int | None = None,
    input_forget: int = 0, layout: int = 0,
) -> Any:  # fmt: skip
    """With gates for what goes in, out, and is forgotten, in this order."""
    layer = _Layer(x, weight, recurrent, bias, lengths, direction, layout, clip)
    functions = _functions(activations, ("Sigmoid", "Tanh", "Tanh"), layer.count, activation_alpha, activation_beta)
    n = layer.hidden

    def step(i: int) -> Step:
        f, g, h = functions[i]
        w, r, (bw, br) = torch.t(weight[i]), torch.t(recurrent[i]), layer.biases(i)
        # Of the cell on the gates.
        seen = [0.0, 0.0, 0.0] if peepholes is None else list(torch.split(peepholes[i], n))

        def advance(now: Any, states: tuple[Any, ...]) -> tuple[Any, ...]:
            out, cell = states
            parts = torch.matmul(now, w) + bw + torch.matmul(out, r) + br
            enter, leave, forget, new = torch.split(parts, n, 1)
            looked = peepholes is not None
            enter = f(layer.clamp(enter + seen[0] * cell if looked else enter))
            forget = 1 - enter if input_forget else f(layer.clamp(forget + seen[2] * cell if looked else forget))
            cell = forget * cell + enter * g(layer.clamp(new))
            leave = f(layer.clamp(leave + seen[1] * cell if looked else leave))
            return leave * h(cell), cell

        return advance

    return layer.run(step, layer.begin(initial_h), layer.begin(initial_c))
