"""`OurKit`: this project's answers to the watcher; its methods tell a recorder what a script calls."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np

import nn.utils
import optim
from autograd.engine import transforms
from autograd.engine.tensor import Tensor
from autograd.engine.value import Value
from autograd.graph.modes import is_grad_enabled
from autograd.graph.node import Node, get_data, get_grad
from autograd.ops.shape import concatenate
from nn import functional
from nn.data import DataLoader
from nn.health.frameworks.network import Apply
from nn.health.frameworks.own import OwnLBFGS, OwnNetwork
from nn.health.loop.bare import Bare, Replayed, as_layers, read_bare, read_scalars
from nn.health.loop.kit import MOST_NODES, PICKING, as_list, is_clash, keep, parts_of
from nn.health.loop.patching import replace_attribute
from nn.health.loop.recorder import Recorder
from nn.health.loop.replay import between, find_penalty, replay_graph, replay_several
from nn.health.loop.scalars import Lifted, Lifter
from nn.health.loop.transformed import wrap_cotangents
from nn.health.loop.wrapping import (
    classes_with_own,
    tell_after,
    tell_before,
    wrap_asking_step,
    wrap_call,
    wrap_clip,
    wrap_loader,
    wrap_loss,
    wrap_mode,
    wrap_schedule,
    wrap_step,
)
from nn.layers.sequential import Sequential
from nn.losses import Loss
from nn.module import Module
from optim.lr_scheduler import LRScheduler
from optim.lr_scheduler.metric import MetricLR

LOSSES = (
    "cross_entropy", "nll_loss", "mse_loss", "half_mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "log_cosh_loss",
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "hinge_loss", "kl_div", "poisson_nll_loss",
)  # fmt: skip


def walk(root: Any) -> Iterator[Node]:
    """The nodes that a node of ours was computed from, each once."""
    seen: set[int] = set()
    stack = [root]
    while stack and len(seen) < MOST_NODES:
        node = stack.pop()
        if id(node) not in seen:
            seen.add(id(node))
            stack += node.parents
            yield node


def as_tensor(given: Any) -> Tensor:
    """An array as a tensor; a tensor as it is."""
    return given if isinstance(given, Tensor) else Tensor(given)


class OurKit:
    """For `autograd`, `nn` and `optim`.

    Parameters
    ----------
    transforms : bool
        Whether what `grad` and `value_and_grad` give is what the script trains with: it calls no `backward()`.
    """

    def __init__(self, transforms: bool = False) -> None:
        self._transforms = transforms
        # The output whose rows stand along its second axis.
        self._across: Any = None
        self._lifter = Lifter()

    def parameters(self, model: Any) -> list[Any]:
        return model.sources if isinstance(model, Bare) else list(model.parameters())

    def names(self, model: Any) -> list[str]:
        return model.names if isinstance(model, Bare) else [name for name, _ in model.named_parameters()]

    def modules(self, model: Any) -> list[Any]:
        return [] if isinstance(model, Bare) else list(model.modules())

    def value(self, parameter: Any) -> np.ndarray:
        found = np.asarray(get_data(parameter))
        return found.swapaxes(0, 1) if parameter is self._across else found

    def gradient(self, parameter: Any) -> np.ndarray | None:
        found = get_grad(parameter)
        return None if found is None else np.asarray(found)

    def put(self, parameter: Any, value: np.ndarray) -> None:
        parameter.data = value if isinstance(parameter, Tensor) else value.item()

    def array(self, given: Any) -> np.ndarray | None:
        if isinstance(given, Node):
            return None if given.requires_grad else np.asarray(get_data(given))
        try:
            found = np.asarray(given)
        except (ValueError, TypeError):
            return None
        return found if found.ndim and found.dtype.kind in "fiub" else None

    def as_input(self, array: np.ndarray) -> Any:
        return array

    def as_given(self, given: Any) -> Callable[[Any], Any]:
        if isinstance(given, Tensor):
            return as_tensor
        return as_list if isinstance(given, (list, tuple)) else keep

    def as_constant(self, array: np.ndarray) -> Any:
        return Tensor(array) if array.dtype.kind == "f" else array

    def is_recording(self) -> bool:
        return is_grad_enabled()

    def is_loss(self, module: Any) -> bool:
        return isinstance(module, Loss)

    def number(self, loss: Any) -> float:
        data = np.asarray(get_data(loss))
        return float(data.reshape(())) if data.size == 1 else float("nan")

    def is_adrift(self, loss: Any) -> bool:
        return isinstance(loss, Value) and self._lifter.is_adrift

    def nodes(self, loss: Any) -> set[Any]:
        return {id(node) for node in walk(loss)}

    def is_computed(self, thing: Any) -> bool:
        return isinstance(thing, Node) and thing.op is not None

    def leads_to(self, output: Any, nodes: set[Any]) -> bool:
        return any(id(part) in nodes for part in parts_of(output) if isinstance(part, Node) and part.op is not None)

    def is_of_weights(self, loss: Any) -> bool:
        leaves = [node for node in walk(loss) if node.op is None]
        weights = [leaf for leaf in leaves if leaf.requires_grad]
        others = [leaf for leaf in leaves if not leaf.requires_grad]
        return isinstance(loss, Tensor) and bool(weights) and all(np.size(get_data(leaf)) == 1 for leaf in others)

    def asks_slopes(self, given: Any) -> bool:
        return isinstance(given, Node) and given.op is None and given.requires_grad

    def find_clash(self, loss: Any, output: Any) -> Any:
        follow = {id(output)}
        for node in between(loss, output) if isinstance(loss, Node) and isinstance(output, Node) else ():
            made = [id(parent) in follow for parent in node.parents]
            if any(made):
                follow.add(id(node))
            picks = node.op is not None and node.op.name in PICKING
            if (
                sum(made) == 1
                and len(made) == 2
                and not picks
                and is_clash(*(np.shape(get_data(p)) for p in node.parents))
            ):
                return node.site
        return None

    def replay(self, loss: Any, call: Any) -> tuple[Any, np.ndarray] | None:
        lifted = self._lift(loss)
        if lifted is None:
            return replay_graph(loss, call.output, self.stands_across(call.output))
        found = replay_graph(lifted.loss, call.output)
        return None if found is None else (found[0], found[1][-lifted.rows :])

    def _lift(self, loss: Any) -> Lifted | None:
        """Of a loss of single numbers; None of any other."""
        return self._lifter.lift(loss) if isinstance(loss, Value) else None

    def first_met(self, loss: Any, parts: list[Any]) -> list[int]:
        given = {id(part): k for k, part in enumerate(parts)}
        seen: set[int] = set()
        lifted = self._lift(loss)
        stack = [loss if lifted is None else lifted.loss]
        while stack and len(seen) < MOST_NODES:
            node = stack.pop()
            if id(node) not in seen:
                seen.add(id(node))
                stack += node.parents if id(node) not in given else ()
        return [k for key, k in given.items() if key in seen]

    def stands_across(self, output: Any) -> bool:
        return output is self._across

    def replay_several(self, loss: Any, parts: list[Any]) -> tuple[Any, list[np.ndarray]] | None:
        lifted = self._lift(loss)
        if lifted is None:
            return replay_several(loss, parts, self.stands_across(parts[0]))
        found = replay_several(lifted.loss, parts)
        return None if found is None else (found[0], [targets[-lifted.rows :] for targets in found[1]])

    def state(self, thing: Any) -> Any:
        if isinstance(thing, Bare):
            return [np.array(get_data(source)) for source in thing.sources]
        return copy.deepcopy(thing.state_dict())

    def put_state(self, thing: Any, state: Any) -> None:
        if isinstance(thing, Bare):
            for source, value in zip(thing.sources, state, strict=True):
                source.data = value if isinstance(source, Tensor) else value.item()
        else:
            thing.load_state_dict(state)

    def chain(self, parts: tuple[Any, ...]) -> Any:
        return Sequential(*parts)

    def read_bare(self, loss: Any, output: Any) -> tuple[Bare, np.ndarray | None, Any] | None:
        if isinstance(loss, Value):
            return read_scalars(self._lift(loss), list(self._lifter.trained.values()))
        found = read_bare(loss, output)
        if found is None:
            return None
        self._across = found.output if found.axes[1] else None
        return found, found.read_inputs(), found.output

    def as_model(self, thing: Any) -> Any:
        if not isinstance(thing, Bare):
            return thing
        return as_layers(thing.layers) if thing.layers else Replayed(thing)

    def answer(self, model: Any, apply: Apply, rows: np.ndarray) -> np.ndarray:
        return OwnNetwork(model, None, None, apply=apply).answer(rows)

    def hold(self, optimizer: Any, model: Any) -> Any:
        if not isinstance(model, Replayed):
            return optimizer
        # One that was made for the experiments holds the parameters themselves.
        return copy.deepcopy(optimizer, model.twins() | {id(p): p for p in model.parameters()})

    def put_side_by_side(self, outputs: list[Any]) -> Any:
        return concatenate([output.reshape(len(output), -1) for output in outputs], axis=1)

    def optimizer(self, model: Any, name: str, **options: Any) -> Any:
        return getattr(optim, name)([p for p in model.parameters() if p.requires_grad], **options)

    def find_penalty(self, loss: Any, output: Any) -> float | None:
        lifted = self._lift(loss)
        return find_penalty(loss if lifted is None else lifted.loss, output)

    @contextmanager
    def patch(self, recorder: Recorder) -> Iterator[None]:
        with ExitStack() as stack:
            for owner, name, wrap in _patches(recorder):
                stack.enter_context(replace_attribute(owner, name, wrap))
            if self._transforms:
                told = replace_attribute(transforms, "cotangents", lambda take: wrap_cotangents(recorder, take))
                stack.enter_context(told)
            yield


def _patches(recorder: Recorder) -> Iterator[tuple[Any, str, Any]]:
    yield Module, "__call__", lambda call: wrap_call(recorder, call)
    yield Module, "__init__", lambda make: tell_before(make, recorder.note_module)
    yield Module, "train", lambda train: wrap_mode(recorder, train)
    yield (
        Tensor,
        "backward",
        lambda backward: tell_before(tell_after(backward, lambda _: recorder.end_backward()), recorder.note_backward),
    )
    for owner in (optim, nn.utils):
        yield owner, "clip_grad_norm_", lambda clip: wrap_clip(clip, lambda most: recorder.note_clipping(most, None))
        yield owner, "clip_grad_value_", lambda clip: wrap_clip(clip, lambda most: recorder.note_clipping(None, most))
    yield (
        Value,
        "backward",
        lambda backward: tell_before(tell_after(backward, lambda _: recorder.end_backward()), recorder.note_backward),
    )
    yield optim.Optimizer, "__init__", lambda make: tell_after(make, recorder.note_optimizer)
    yield optim.Optimizer, "step", lambda method: wrap_step(recorder, method)
    yield optim.Optimizer, "zero_grad", lambda clear: tell_before(clear, lambda own: recorder.note("zero", own))
    yield optim.LBFGS, "zero_grad", lambda clear: tell_before(clear, lambda own: recorder.note("zero", own))
    known: dict[int, OwnLBFGS] = {}

    def note_lbfgs(made: optim.LBFGS) -> None:
        known[id(made)] = OwnLBFGS(made)
        recorder.note_optimizer(known[id(made)])
        # Who is told of it may have changed its rate.
        made.lr = float(known[id(made)].param_groups[0]["lr"])

    yield optim.LBFGS, "__init__", lambda make: tell_after(make, note_lbfgs)
    yield optim.LBFGS, "step", lambda method: wrap_asking_step(recorder, method, lambda made: known[id(made)])
    yield Module, "zero_grad", lambda clear: tell_before(clear, lambda own: recorder.note("zero", own))
    for base in (LRScheduler, MetricLR):
        for schedule in classes_with_own("step", base):
            yield schedule, "step", lambda go_on: wrap_schedule(recorder, go_on)
    yield DataLoader, "__iter__", lambda iterate: wrap_loader(recorder, iterate)
    for name in LOSSES:
        if hasattr(functional, name):
            yield functional, name, lambda function: wrap_loss(recorder, function)
