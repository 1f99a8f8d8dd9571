"""`TorchKit`: PyTorch's answers, and its methods that tell a recorder what a script calls. Loaded for its scripts alone."""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np
import torch  # type: ignore[import-not-found, unused-ignore]
from torch.nn.modules.loss import _Loss  # type: ignore[import-not-found, unused-ignore]
from torch.optim.optimizer import (  # type: ignore[import-not-found, unused-ignore]
    register_optimizer_step_post_hook,
    register_optimizer_step_pre_hook,
)
from torch.overrides import TorchFunctionMode  # type: ignore[import-not-found, unused-ignore]

from nn.health.frameworks.network import Apply
from nn.health.frameworks.torch import TorchNetwork
from nn.health.loop.kit import MOST_NODES, PICKING, are_of_weights, as_list, is_clash, parts_of
from nn.health.loop.patching import replace_attribute
from nn.health.loop.recorder import Recorder
from nn.health.loop.replay import counts_rows, grow, has_rows, is_grown, place_rows, with_rows
from nn.health.loop.wrapping import (
    classes_with_own,
    tell_after,
    tell_before,
    wrap_apply,
    wrap_call,
    wrap_clip,
    wrap_loader,
    wrap_loss,
    wrap_mode,
    wrap_schedule,
    wrap_unheard,
)

LOSSES = (
    "cross_entropy", "nll_loss", "mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "binary_cross_entropy",
    "binary_cross_entropy_with_logits", "kl_div", "poisson_nll_loss", "multi_margin_loss", "soft_margin_loss",
)  # fmt: skip
# Operations that are given a shape.
SHAPED = ("view", "reshape", "expand")
# Operations that are kept between a model's output and the backward pass, and of what a model does by itself.
MOST_KEPT, MOST_WITHIN = 2000, 200
# A function that was called, what it was given and gave, and the line of the script.
Line = tuple[Any, tuple[Any, ...], dict[str, Any], Any, Any]


class Tape(TorchFunctionMode):
    """What the script itself computes until the backward pass, and what a model that it calls does last by itself, such as its loss."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        self.recorder = recorder
        # The last ones: a script may have computed its rows one by one before.
        self.lines: deque[Line] = deque(maxlen=MOST_KEPT)
        self.within: deque[Line] = deque(maxlen=MOST_WITHIN)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        if not self.recorder.inside:
            self.add(func, args, kwargs or {}, result)
        elif self.recorder.in_model and isinstance(result, torch.Tensor) and torch.is_grad_enabled():
            self.within.append((func, args, kwargs or {}, result, None))
        return result

    def clear(self) -> None:
        """Begin anew."""
        self.lines.clear()
        self.within.clear()

    def add(self, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> None:
        """Keep what the script computed."""
        if isinstance(result, torch.Tensor) and torch.is_grad_enabled():
            self.lines.append((function, args, kwargs, result, self.recorder.here()))


class Loose(torch.nn.Module):  # type: ignore[misc, unused-ignore]
    """Tensors that a script trains without a module: all that is known is that a loss leads to them.

    Attributes
    ----------
    sources : list of torch.Tensor
    names : list of str
    inputs : tuple
        None, as of what else is read off a graph without its rows.
    """

    inputs = ()

    def __init__(self, sources: list[Any]) -> None:
        super().__init__()
        self.sources, self.names = sources, [f"leaf{k}" for k in range(len(sources))]

    def __deepcopy__(self, memo: dict[int, Any]) -> Loose:
        """It is only read."""
        return self

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """Of the tensors."""
        return [tuple(source.shape) for source in self.sources]

    def follow(self, later: Loose) -> None:
        """Be what a later pass shows: a script may make its tensors anew in place of the ones before."""
        self.sources = later.sources

    def parameters(self, recurse: bool = True) -> Any:
        return iter(self.sources)


class TorchKit:
    """For `torch`, `torch.nn` and `torch.optim`."""

    def __init__(self) -> None:
        self.tape: Tape | None = None

    def parameters(self, model: Any) -> list[Any]:
        return list(model.parameters())

    def names(self, model: Any) -> list[str]:
        if isinstance(model, Loose):
            return model.names
        return [name for name, _ in model.named_parameters()]

    def modules(self, model: Any) -> list[Any]:
        return list(model.modules())

    def value(self, parameter: Any) -> np.ndarray:
        return _numpy(parameter)

    def gradient(self, parameter: Any) -> np.ndarray | None:
        return None if parameter.grad is None else _numpy(parameter.grad)

    def put(self, parameter: Any, value: np.ndarray) -> None:
        with torch.no_grad():
            parameter.copy_(torch.as_tensor(value))

    def array(self, given: Any) -> np.ndarray | None:
        if not isinstance(given, torch.Tensor) or given.requires_grad:
            return None
        return np.array(_numpy(given))

    def as_input(self, array: np.ndarray) -> Any:
        return array if array.dtype.names else torch.from_numpy(array)

    def as_given(self, given: Any) -> Callable[[Any], Any]:
        if isinstance(given, np.ndarray):
            return _numpy
        return as_list if isinstance(given, (list, tuple)) else _as_tensor

    def as_constant(self, array: np.ndarray) -> Any:
        return torch.from_numpy(array)

    def is_recording(self) -> bool:
        return torch.is_grad_enabled()

    def is_loss(self, module: Any) -> bool:
        return isinstance(module, _Loss)

    def number(self, loss: Any) -> float:
        return float(loss.detach()) if loss.numel() == 1 else float("nan")

    def is_adrift(self, loss: Any) -> bool:
        return False

    def nodes(self, loss: Any) -> set[Any]:
        seen: set[Any] = set()
        stack = [loss.grad_fn]
        while stack and len(seen) < MOST_NODES:
            node = stack.pop()
            if node is not None and node not in seen:
                seen.add(node)
                stack += [parent for parent, _ in node.next_functions]
        return seen

    def is_computed(self, thing: Any) -> bool:
        return isinstance(thing, torch.Tensor) and thing.grad_fn is not None

    def leads_to(self, output: Any, nodes: set[Any]) -> bool:
        made = [part.grad_fn for part in parts_of(output) if isinstance(part, torch.Tensor)]
        return any(function is not None and function in nodes for function in made)

    def is_of_weights(self, loss: Any) -> bool:
        return are_of_weights([type(node).__name__ for node in self.nodes(loss)])

    def asks_slopes(self, given: Any) -> bool:
        return isinstance(given, torch.Tensor) and given.is_leaf and given.requires_grad

    def find_clash(self, loss: Any, output: Any) -> Any:
        follow = {id(output)}
        for function, args, _, result, site in self._since(output):
            given = [arg for arg in args if isinstance(arg, torch.Tensor)]
            made = [id(arg) in follow for arg in given]
            follow.add(id(result))
            picks = getattr(function, "__name__", "") in PICKING
            if len(given) == 2 and sum(made) == 1 and not picks and is_clash(*(tuple(arg.shape) for arg in given)):
                return site
        return None

    def replay(self, loss: Any, call: Any) -> tuple[Any, np.ndarray] | None:
        if not isinstance(call.output, torch.Tensor):
            return None
        found = self.replay_several(loss, [call.output])
        return None if found is None or len(found[1]) != 1 else (found[0], found[1][0])

    def first_met(self, loss: Any, parts: list[Any]) -> list[int]:
        given = {part.grad_fn: k for k, part in enumerate(parts) if isinstance(part, torch.Tensor) and part.grad_fn}
        seen: set[Any] = set()
        stack = [loss.grad_fn]
        while stack and len(seen) < MOST_NODES:
            node = stack.pop()
            if node is not None and node not in seen:
                seen.add(node)
                stack += [parent for parent, _ in node.next_functions] if node not in given else []
        return sorted(k for function, k in given.items() if function in seen)

    def stands_across(self, output: Any) -> bool:
        return False

    def replay_several(self, loss: Any, parts: list[Any]) -> tuple[Any, list[np.ndarray]] | None:
        if not all(isinstance(part, torch.Tensor) for part in parts):
            return None
        lines, rows = self._since(*parts), len(parts[0]) if parts[0].ndim else 0
        # What was computed after it is no part of it.
        lines = lines[: next((k + 1 for k, line in enumerate(lines) if line[3] is loss), 0)]
        made = {id(result) for *_, result, _ in lines}
        constants = {
            id(arg): arg
            for _, args, kwargs, *_ in lines
            for arg in (*args, *kwargs.values())
            if isinstance(arg, torch.Tensor)
            and not arg.requires_grad
            and id(arg) not in made
            and has_rows(tuple(arg.shape), rows)
            and not counts_rows(_numpy(arg))
        }
        if id(loss) not in made:
            return None
        given = [*map(id, parts), *constants]
        targets = [place_rows(np.array(_numpy(constant)), rows) for constant in constants.values()]
        shapes = [part.shape for part in (*parts, *constants.values())]
        return _Replayed(lines, given, shapes, loss), targets

    def state(self, thing: Any) -> Any:
        if isinstance(thing, Loose):
            return [np.array(_numpy(source)) for source in thing.sources]
        return copy.deepcopy(thing.state_dict())

    def put_state(self, thing: Any, state: Any) -> None:
        with torch.no_grad():
            if isinstance(thing, Loose):
                for source, value in zip(thing.sources, state, strict=True):
                    source.copy_(torch.as_tensor(value))
            else:
                thing.load_state_dict(state)

    def chain(self, parts: tuple[Any, ...]) -> Any:
        return torch.nn.Sequential(*parts)

    def read_bare(self, loss: Any, output: Any) -> tuple[Loose, None, None] | None:
        # In the order of the graph, which is that of other passes, too.
        seen, leaves, stack = set[Any](), list[Any](), [loss.grad_fn]
        while stack and len(seen) < MOST_NODES:
            node = stack.pop()
            if node is not None and node not in seen:
                seen.add(node)
                leaves += [node.variable] if hasattr(node, "variable") else []
                stack += [parent for parent, _ in node.next_functions]
        return (Loose(leaves), None, None) if leaves else None

    def as_model(self, thing: Any) -> Any:
        return thing

    def answer(self, model: Any, apply: Apply, rows: np.ndarray) -> np.ndarray:
        return TorchNetwork(model, None, None, apply=apply).answer(rows)

    def hold(self, optimizer: Any, model: Any) -> Any:
        return optimizer

    def put_side_by_side(self, outputs: list[Any]) -> Any:
        return torch.cat([output.reshape(len(output), -1) for output in outputs], 1)

    def optimizer(self, model: Any, name: str, **options: Any) -> Any:
        return getattr(torch.optim, name)([p for p in model.parameters() if p.requires_grad], **options)

    def find_penalty(self, loss: Any, output: Any) -> None:
        return None

    def _since(self, *outputs: Any) -> list[Any]:
        """What was computed of outputs, in order."""
        reached = {id(output) for output in outputs}
        kept = []
        for line in (*self.tape.within, *self.tape.lines) if self.tape is not None else ():
            _, args, kwargs, result, _ = line
            if any(id(arg) in reached for arg in (*args, *kwargs.values())) and id(result) not in reached:
                reached.add(id(result))
                kept.append(line)
        return kept

    @contextmanager
    def patch(self, recorder: Recorder) -> Iterator[None]:
        self.tape = Tape(recorder)
        state = torch.random.get_rng_state()
        with ExitStack() as stack:
            for owner, name, wrap in _patches(recorder, self.tape):
                stack.enter_context(replace_attribute(owner, name, wrap))
            begin = register_optimizer_step_pre_hook(lambda optimizer, args, kwargs: recorder.begin_step(optimizer))
            end = register_optimizer_step_post_hook(lambda optimizer, args, kwargs: recorder.end_step(optimizer))
            stack.callback(begin.remove)
            stack.callback(end.remove)
            stack.callback(torch.random.set_rng_state, state)
            stack.enter_context(self.tape)
            yield
        self.tape = None


class _Replayed:
    """Does with other outputs and targets what the script did with those of one batch."""

    def __init__(self, lines: list[Any], given: list[int], shapes: list[Any], loss: Any) -> None:
        # The lines keep their tensors, so that no other can have the same identity.
        self._lines, self._given, self._shapes, self._loss = lines, given, shapes, loss

    def __deepcopy__(self, memo: dict[int, Any]) -> _Replayed:
        """It is only read, and PyTorch copies no tensor that was computed."""
        return self

    def __call__(self, *given: Any) -> Any:
        before, now = (shape[0] if shape else 0 for shape in (self._shapes[0], given[0].shape))
        made = {
            key: other.reshape(-1, *shape[1:]) if shape else other
            for key, shape, other in zip(self._given, self._shapes, given, strict=True)
        }

        def other(given: Any) -> Any:
            if id(given) in made or not isinstance(given, torch.Tensor):
                return made.get(id(given), given)
            # What else the loss was made of, such as a penalty of the weights, is a constant: its graph is gone.
            rows = given.shape == (before,) and not given.requires_grad and counts_rows(_numpy(given))
            return torch.arange(now) if rows else given.detach()

        for function, args, kwargs, result, _ in self._lines:
            if getattr(function, "__name__", "") in SHAPED:
                grown = is_grown(args[0].shape, other(args[0]).shape, before, now)
                args = (args[0], *resize(args[1:], before, now, grown))
            made[id(result)] = function(*map(other, args), **{name: other(given) for name, given in kwargs.items()})
        return made[id(self._loss)]


def resize(sizes: tuple[Any, ...], before: int, now: int, grown: bool = False) -> tuple[Any, ...]:
    """What a tensor is reshaped to, as numbers or as one tuple, where it begins with the rows or all their places."""
    if sizes and isinstance(sizes[0], (tuple, list)):
        return (resize(tuple(sizes[0]), before, now, grown), *sizes[1:])
    return grow(sizes, now) if grown else tuple(with_rows(sizes, before, now))


def _as_tensor(given: Any) -> Any:
    """An array, such as a first state, as a tensor; a tensor as it is."""
    return torch.from_numpy(given) if isinstance(given, np.ndarray) else given


def _numpy(tensor: Any) -> np.ndarray:
    found = tensor.detach().cpu()
    return np.asarray(found.float().numpy() if found.dtype in (torch.bfloat16, torch.float16) else found.numpy())


def _patches(recorder: Recorder, tape: Tape) -> Iterator[tuple[Any, str, Any]]:
    def wrap_backward(method: Any) -> Any:
        # PyTorch calls the method once more where its functions are being followed.
        running: list[Any] = []

        def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
            if running:
                return method(self, *args, **kwargs)
            recorder.note_backward(self)
            tape.clear()
            running.append(self)
            try:
                return method(self, *args, **kwargs)
            finally:
                running.clear()
                recorder.end_backward()

        return wrapped

    def wrap_outer_call(call: Any) -> Any:
        inner = wrap_call(recorder, call)

        def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
            outer, learns = not recorder.inside, bool(recorder.kit.parameters(self))
            result = inner(self, *args, **kwargs)
            if outer and not learns:
                # A module such as a loss or a softmax is one operation.
                tape.add(self, args, kwargs, result)
            return result

        return wrapped

    yield torch.nn.Module, "__call__", wrap_outer_call
    yield torch.nn.Module, "__init__", lambda make: tell_before(make, recorder.note_module)
    yield torch.nn.Module, "train", lambda train: wrap_mode(recorder, train)
    yield torch.Tensor, "backward", wrap_backward
    yield torch.autograd.Function, "apply", lambda apply: wrap_apply(recorder, tape.add, apply)
    yield torch.optim.Optimizer, "__init__", lambda make: tell_after(make, recorder.note_optimizer)
    yield torch.optim.Optimizer, "zero_grad", lambda clear: tell_before(clear, lambda own: recorder.note("zero", own))
    yield torch.nn.Module, "zero_grad", lambda clear: tell_before(clear, lambda own: recorder.note("zero", own))
    schedule = torch.optim.lr_scheduler.LRScheduler
    # A schedule takes a step of its own where it is made.
    for owner in classes_with_own("__init__", schedule):
        yield owner, "__init__", lambda make: wrap_unheard(recorder, make)
    for owner in classes_with_own("step", schedule):
        yield owner, "step", lambda go_on: wrap_schedule(recorder, go_on)
    clips = torch.nn.utils
    yield clips, "clip_grad_norm_", lambda clip: wrap_clip(clip, lambda most: recorder.note_clipping(most, None))
    yield clips, "clip_grad_value_", lambda clip: wrap_clip(clip, lambda most: recorder.note_clipping(None, most))
    yield torch.utils.data.DataLoader, "__iter__", lambda iterate: wrap_loader(recorder, iterate)
    for name in LOSSES:
        yield torch.nn.functional, name, lambda function: wrap_loss(recorder, function)
