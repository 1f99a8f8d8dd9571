"""`Recorder`: is told by a framework's patched methods what a script calls, and writes it into a ledger."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

from autograd.graph.sites import Site, is_internal
from nn.health.loop.kit import Kit
from nn.health.loop.ledger import Call, Iteration, Ledger, Loader

# Elements of a parameter that are compared between passes.
MOST_COMPARED = 100_000


class Enough(BaseException):
    """Ends the script: all that is needed was seen. No `except Exception` of the script's stops it."""


class Recorder:
    """Writes the ledger of one run of a script.

    `limits` are the passes and the times through the rows after which it is enough, the most passes, and the seconds.
    """

    def __init__(
        self, path: Path, kit: Kit, steps: int, epochs: int = 3, most: int = 1000, seconds: float = 15.0
    ) -> None:
        self.path, self.kit = str(path), kit
        self.steps, self.epochs, self.most = steps, epochs, most
        self.end = time.monotonic() + seconds
        self.ledger = Ledger()
        # The variables of the script.
        self.names: dict[str, Any] = {}
        # What a run in a child process does with an optimizer and a loss.
        self.on_optimizer: Callable[[Any], None] | None = None
        self.on_loss: Callable[[float], None] | None = None
        self.first: dict[int, tuple[Any, list[np.ndarray]]] = {}
        self._depth = 0
        self._waiting: Call | None = None
        self._lost: tuple[Any, tuple[Any, ...], Any] | None = None
        self._used: dict[int, bytes] = {}
        self._at_pass = self._at_step = np.empty(0)
        self._backward_since_step = False

    def here(self) -> Site | None:
        """The innermost line of the script that is running, or of a file beside it."""
        frame: FrameType | None = sys._getframe(1)
        best = None
        while frame is not None:
            name = frame.f_code.co_filename
            if name == self.path:
                return Site(frame.f_code, frame.f_lasti)
            if best is None and not is_internal(name) and "site-packages" not in name and not name.startswith("<"):
                best = Site(frame.f_code, frame.f_lasti)
            frame = frame.f_back
        return best

    def note_module(self, module: Any) -> None:
        """A module is being made; the lines that lead to it are kept."""
        frame: FrameType | None = sys._getframe(1)
        sites = []
        while frame is not None:
            if frame.f_code.co_filename == self.path:
                sites.append(Site(frame.f_code, frame.f_lasti))
            frame = frame.f_back
        self.ledger.built[id(module)] = sites

    # Calls of modules.

    def enter(self, module: Any) -> bool:
        """A module is called; whether by the script itself."""
        self._depth += 1
        return self._depth == 1

    def leave(self, module: Any, outer: bool, args: tuple[Any, ...], output: Any) -> None:
        """It gave something (None where it raised)."""
        self._depth -= 1
        if not outer or output is None or not args:
            return
        if self.kit.is_loss(module) or (len(args) == 2 and not self.kit.parameters(module)):
            self.note_loss(module, args, output)
        elif self.kit.parameters(module):
            self._note_call(module, args, output)

    @property
    def inside(self) -> bool:
        """Whether a module is being called."""
        return self._depth > 0

    def note_loss(self, function: Any, args: tuple[Any, ...], result: Any) -> None:
        """A loss of the framework was called."""
        if len(args) == 2 and self.kit.is_recording():
            self._lost = (function, args, result)

    def _note_call(self, model: Any, args: tuple[Any, ...], output: Any) -> None:
        self._close()
        if id(model) not in self.first:
            values = [np.array(self.kit.value(p)) for p in self.kit.parameters(model)]
            self.first[id(model)] = (model, values)
        inputs = self.kit.array(args[0]) if len(args) == 1 else None
        self._waiting = Call(model, inputs, output, bool(model.training), self.here())

    def _close(self) -> None:
        """A call that no backward pass followed was an evaluation."""
        call, self._waiting = self._waiting, None
        if call is not None and self.ledger.iterations:
            call.output = None
            if len(self.ledger.evaluations) < 500:
                self.ledger.evaluations.append(call)
            if call.inputs is not None:
                self.ledger.held.add(call.inputs, None)

    # The passes.

    def note_backward(self, loss: Any) -> None:
        """A backward pass is about to run."""
        if self._depth:
            return
        if self.on_loss is not None:
            self.on_loss(self.kit.number(loss))
        ledger, call = self.ledger, self._waiting
        self._waiting = None
        site = self.here()
        model = call.model if call is not None else None
        change, likeness = self._compare(model)
        targets = self._read_loss(loss, call)
        iteration = Iteration(site, call, targets, self._is_stale(model), change, likeness, self.kit.count_nodes(loss))
        if call is not None and len(ledger.iterations) < 3:
            iteration.clash = self.kit.find_clash(loss, call.output)
        if call is not None and call.inputs is not None:
            ledger.rows.add(call.inputs, targets)
            ledger.batch_size = max(ledger.batch_size, len(call.inputs))
            call.output = None
        if call is not None and (not ledger.models or ledger.models[-1][0] is not model):
            ledger.models.append((model, call.site))
        ledger.iterations.append(iteration)
        self._backward_since_step = True
        self._stop_if_enough()

    def _compare(self, model: Any) -> tuple[float, float]:
        """How far the weights moved since the pass before, and how like they are to what the last step left."""
        now = self._weights(model)
        before, stepped = self._at_pass, self._at_step
        self._at_pass, self._at_step = now, np.empty(0)
        change = likeness = float("nan")
        with np.errstate(all="ignore"):
            size = float(np.linalg.norm(now)) or 1.0
            if before.shape == now.shape and now.size:
                change = float(np.linalg.norm(now - before)) / size
            if stepped.shape == now.shape and now.size:
                likeness = float(stepped @ now) / (size * (float(np.linalg.norm(stepped)) or 1.0))
        return change, likeness

    def _weights(self, model: Any) -> np.ndarray:
        samples = [] if model is None else [self._sample(p) for p in self.kit.parameters(model)]
        return np.concatenate(samples) if samples else np.empty(0)

    def _sample(self, parameter: Any) -> np.ndarray:
        return np.array(self.kit.value(parameter).ravel()[:MOST_COMPARED], np.float64)

    def _is_stale(self, model: Any) -> bool:
        """Whether the gradients are there that a step has used."""
        if model is None or not self._used:
            return False
        there = [
            (id(p), g) for p in self.kit.parameters(model) if (g := self.kit.gradient(p)) is not None and np.any(g != 0)
        ]
        return bool(there) and all(self._used.get(key) == _print_of(g) for key, g in there)

    def _read_loss(self, loss: Any, call: Call | None) -> np.ndarray | None:
        if call is None:
            return None
        lost, self._lost = self._lost, None
        if lost is not None and (targets := self.kit.array(lost[1][1])) is not None:
            if self.ledger.loss is None:
                self.ledger.loss = lost[0]
            return np.array(targets)
        found = self.kit.replay(loss, call)
        if found is None:
            return None
        if self.ledger.loss is None:
            self.ledger.loss = found[0]
        return found[1]

    # Optimizers, schedules, gradients.

    def note_optimizer(self, optimizer: Any) -> None:
        """An optimizer was made."""
        self.ledger.optimizers.append((optimizer, self.here()))
        if self.on_optimizer is not None:
            self.on_optimizer(optimizer)

    def begin_step(self, optimizer: Any) -> None:
        """Its step is about to run."""
        ledger = self.ledger
        parameters = [p for group in optimizer.param_groups for p in group["params"]]
        gradients = [(id(p), g) for p in parameters if (g := self.kit.gradient(p)) is not None and np.any(g != 0)]
        self._used = {key: _print_of(g) for key, g in gradients}
        if not self._backward_since_step:
            ledger.steps_without_backward += 1
        self._backward_since_step = False
        site = self.here()
        ledger.steps.append((optimizer, site))
        if ledger.iterations:
            last = ledger.iterations[-1]
            last.after.append(("step", site))
            last.rate = max(float(group["lr"]) for group in optimizer.param_groups if "lr" in group)
            last.cleared = not gradients
        if len(ledger.steps) >= self.most:
            raise Enough

    def end_step(self, optimizer: Any) -> None:
        """Its step has run."""
        if self.ledger.iterations and (call := self.ledger.iterations[-1].call) is not None:
            self._at_step = self._weights(call.model)

    def note(self, what: str) -> None:
        """`zero`, `schedule`, `train` or `eval` was called by the script."""
        if self.ledger.iterations and not self._depth:
            self.ledger.iterations[-1].after.append((what, self.here()))

    def begin_rows(self, loader: Any, length: int) -> None:
        """A loader is gone through once more."""
        found = self.ledger.loaders.setdefault(id(loader), Loader(length))
        found.begun += 1
        found.site = self.here()

    def draw(self, loader: Any) -> None:
        """A batch was taken from it."""
        self.ledger.loaders[id(loader)].drawn += 1

    def finish(self) -> None:
        """The script has ended, by itself or not."""
        self._close()

    def _stop_if_enough(self) -> None:
        count = len(self.ledger.iterations)
        gone_through = self.ledger.rows.epochs >= self.epochs or self.ledger.rows.epochs == 0
        if (count >= self.steps and gone_through) or count >= self.most or time.monotonic() > self.end:
            raise Enough


def _print_of(gradient: np.ndarray) -> bytes:
    return np.ascontiguousarray(gradient).ravel()[:1000].tobytes()
