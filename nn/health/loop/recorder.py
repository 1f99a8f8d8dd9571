"""`Recorder`: is told by a framework's patched methods what a script calls, and writes it into a ledger."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from autograd.check.stand_ins import OwnEngine
from autograd.graph.sites import Site, is_internal
from nn.health.loop.bares import Bares
from nn.health.loop.before import note_prepared
from nn.health.loop.inputs import Reader, calls_made_of, choose_part, join_calls
from nn.health.loop.joined_loss import Lost
from nn.health.loop.kit import Kit, parts_of
from nn.health.loop.ledger import Call, Iteration, Ledger, Loader
from nn.health.loop.losses import count_targets, echoes, read_loss
from nn.health.loop.moves import Moves
from nn.health.loop.norms import holds_norms, is_training, level_of, levels_of_each, note_beside
from nn.health.loop.sums import note_graphs
from nn.health.loop.unheeded import note_unheeded
from nn.health.scores import name_of

# Calls of models that are kept until a backward pass.
MOST_WAITING = 64
# The cosine of weights and what the last step left of them, below which they were drawn anew.
REPLACED = 0.3
# How many times the passes, and which share of the time, a script is given until it judges its model.
LONGER, SHARE_OF_TIME = 5, 0.3


class Enough(BaseException):
    """Ends the script: all that is needed was seen. No `except Exception` of the script's stops it."""


class Recorder:
    """Writes the ledger of one run of a script.

    `limits` are the passes and the times through the rows after which it is enough, the most passes, and the seconds. `judges`:
    whether the script's text says that it judges its model, which is waited for a little longer.
    """

    def __init__(
        self,
        path: Path,
        kit: Kit,
        steps: int,
        epochs: int = 3,
        most: int = 1000,
        seconds: float = 15.0,
        judges: bool = False,
    ) -> None:
        self.path, self.kit = str(path), kit
        self.steps, self.epochs, self.most = steps, epochs, most
        # The time begins with the first pass: what is loaded and prepared before it is not a part of it.
        self.seconds, self.end = seconds, float("inf")
        self.ledger, self.judges, self._waits = Ledger(), judges, False
        # The variables of the script.
        self.names: dict[str, Any] = {}
        # What a run in a child process does with an optimizer and a loss.
        self.on_optimizer: Callable[[Any], None] = lambda optimizer: None
        self.on_loss: Callable[[float], None] = lambda loss: None
        # Classes of the script's own, in whose places autograd.Value stands.
        self.engines: list[OwnEngine] = []
        # Of models and optimizers, what they were at first.
        self.first: dict[int, tuple[Any, Any]] = {}
        self.begun: dict[int, Any] = {}
        self._depth, self._backward_since_step = 0, False
        # Calls of models, and of losses, since the last pass; and those that no pass had followed in the end.
        self._waiting: list[Call] = []
        self.left: list[Call] = []
        self._lost: list[Lost] = []
        # The loss of the framework that raised an error last, what it was given, and the line.
        self.refusal: tuple[Any, tuple[Any, ...], Site | None] | None = None
        self._moves = Moves(kit, self.ledger)
        self._chains: dict[tuple[int, ...], Any] = {}
        self._bares = Bares()

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

    def _here_with_callers(self) -> Site | None:
        """The innermost line of the script that is running, with those that led to it."""
        site = None
        for frame in reversed(self._frames()):
            site = Site(frame.f_code, frame.f_lasti, site)
        return site or self.here()

    def _frames(self) -> list[FrameType]:
        """Those of the script that are running, the innermost first."""
        frames = []
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            if frame.f_code.co_filename == self.path:
                frames.append(frame)
            frame = frame.f_back
        return frames

    def note_module(self, module: Any) -> None:
        """A module is being made; the lines that lead to it are kept."""
        self.ledger.built[id(module)] = [Site(frame.f_code, frame.f_lasti) for frame in self._frames()]

    # Calls of modules.

    def enter(self, module: Any) -> bool:
        """A module is called; whether by the script itself."""
        self._depth += 1
        return self._depth == 1

    def leave(self, module: Any, outer: bool, args: tuple[Any, ...], kwargs: Mapping[str, Any], output: Any) -> None:
        """It gave something (None where it raised)."""
        self._depth -= 1
        if outer and output is None and len(args) == 2 and self.kit.is_loss(module):
            self.note_refusal(module, args)
        if not outer or output is None or not (args or kwargs):
            return
        if self.kit.is_loss(module) or (len(args) == 2 and not self.kit.parameters(module)):
            self.note_loss(module, args, output)
        elif self.kit.parameters(module):
            self._note_call(module, args, kwargs, output)

    @contextmanager
    def unheard(self) -> Iterator[None]:
        """Within, nothing is called by the script itself."""
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1

    @property
    def in_model(self) -> bool:
        """Whether a model that the script has called runs, and no other one in it."""
        return self._depth == 1

    @property
    def inside(self) -> bool:
        """Whether a module is being called."""
        return self._depth > 0

    def note_loss(self, function: Any, args: tuple[Any, ...], result: Any) -> None:
        """A loss of the framework was called.

        PyTorch's functions call themselves once more while its calls are watched: the outer one is the script's.
        """
        if len(args) == 2 and self.kit.is_recording():
            before = [one for one in self._lost[-MOST_WAITING:] if one[2] is not result]
            self._lost = [*before, (function, args, result)]

    def note_refusal(self, function: Any, args: tuple[Any, ...]) -> None:
        """A loss of the framework raised an error, which the script may get over."""
        self.refusal = function, args, self.here()

    def _note_call(self, model: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], output: Any) -> None:
        given = parts_of([*args, *kwargs.values()])
        # What was made with nothing recorded, such as by a body that is frozen, is what a part that is trained is given.
        earlier = [call for call in self._waiting if call.recorded or not self.kit.is_recording()]
        before, by_inputs = calls_made_of(given, earlier), any(map(self.kit.asks_slopes, given))
        read = Reader(self.kit, earlier, self.ledger).read(model, args, kwargs, output)
        parts = tuple(dict.fromkeys([part for call in before for part in call.parts] + [model]))
        if before:
            # Modules of which one is given what another has made are one model.
            for call in before:
                call.passed_on, by_inputs = True, by_inputs or call.by_inputs
        else:
            self._close_evaluations()
        model = self._whole(parts)
        inputs, application = read or (None, None)
        call = Call(
            model,
            inputs,
            output,
            is_training(parts, self.kit),
            self._here_with_callers(),
            parts,
            self.kit.is_recording(),
            by_inputs,
        )
        call.application, call.holds = application, holds_norms(model, self.kit)
        note_prepared(self.ledger, self.kit, call)
        call.asked = bool(self.ledger.iterations) and self.ledger.iterations[-1].has("train")
        self._waiting.append(call)
        if len(self._waiting) > MOST_WAITING:
            self._judge_by(self._waiting.pop(0))

    def _chain(self, parts: tuple[Any, ...]) -> Any:
        key = tuple(id(part) for part in parts)
        if key not in self._chains:
            self._chains[key] = self.kit.chain(parts)
        return self._chains[key]

    def _close_evaluations(self) -> None:
        """Calls of which nothing was recorded were evaluations, but for those that help a call that waits for its pass."""
        waiting, self._waiting = self._waiting, []
        for call in waiting:
            self.ledger.note_look(call)
            if call.recorded:
                self._waiting.append(call)
            elif not self._waiting:
                self._judge_by(call)

    def _judge_by(self, call: Call) -> None:
        """A call that no backward pass followed was an evaluation, where the model is one that is trained."""
        if not call.passed_on and any(call.model is model for model, _ in self.ledger.models):
            if call.inputs is not None:
                keys, learned = self.ledger.held.add(call.inputs, None), self.ledger.learned.get(id(call.model), set())
                call.level, call.levels = level_of(call.inputs), levels_of_each(call.inputs)
                call.rows, call.known = len(keys), sum(key in learned for key in keys) / max(len(keys), 1)
                if call.known == 0.0 and self.ledger.rows.total > len(learned) > 0:
                    self.ledger.judged.setdefault(id(call.model), set()).update(keys)
            call.inputs = call.output = None
            if len(self.ledger.evaluations) < 500:
                self.ledger.evaluations.append(call)
        elif not call.passed_on:
            note_beside(self.ledger, self.kit, call)

    # The passes.

    def note_backward(self, loss: Any) -> None:
        """A backward pass is about to run."""
        if self._depth:
            return
        self.on_loss(number := self.kit.number(loss))
        ledger, site, nodes = self.ledger, self.here(), self.kit.nodes(loss)
        names, lines = self._look_around()
        counters = {name: value for name, value in names.items() if type(value) is int}
        if not ledger.iterations:
            ledger.names, ledger.lines, ledger.counters = names, lines, (counters, counters)
            self.end = time.monotonic() + self.seconds
        ledger.counters = (ledger.counters[0], counters)
        note_graphs(ledger, self.kit, names, nodes)
        made = [call for call in self._waiting if self.kit.leads_to(call.output, nodes)]
        calls = self._take_calls(nodes)
        lost, self._lost = [one for one in self._lost if self.kit.leads_to(one[2], nodes)] or self._lost[-1:], []
        call, is_told = self._choose_call(made, calls, loss, lost, nodes)
        model = call.model if call is not None else None
        self._stop_if_new(model)
        change, likeness = self._moves.compare(model)
        targets = None
        with self.unheard():
            note_unheeded(self.kit, ledger, loss, lost)
            if call is not None and is_told:
                targets = read_loss(self.kit, ledger, loss, call, lost, max(1, len(calls)))
        iteration = Iteration(site, call, targets, self._moves.is_stale(model), change, likeness, len(nodes), number)
        iteration.of_weights = call is not None and not made and self.kit.is_of_weights(loss)
        self._moves.describe(iteration, model)
        ledger.adrift += self.kit.is_adrift(loss)
        count_targets(self.kit, ledger, lost, call)
        if targets is not None and call is not None:
            iteration.asks = name_of(lost[0][0]) if lost else "", call.part
            iteration.echoes = not isinstance(call.output, list) and echoes(self.kit.value(call.output), targets)
        if call is not None and len(ledger.iterations) < 3:
            iteration.clash = self.kit.find_clash(loss, call.output)
        if call is not None and call.inputs is not None:
            ledger.take_rows(call, call.inputs, targets, begins_anew=iteration.restored or abs(likeness) < REPLACED)
        for taken in [*made, *calls, *([call] if call is not None else [])]:
            taken.inputs = taken.output = None
        if call is not None and (not ledger.models or ledger.models[-1][0] is not model):
            ledger.models.append((model, call.site))
        ledger.iterations.append(iteration)
        self._backward_since_step = True

    def end_backward(self) -> None:
        """It has run."""
        if self._depth or not self.ledger.iterations:
            return
        last = self.ledger.iterations[-1]
        if last.call is not None:
            last.reached, last.bounded = self._moves.note_gradients(last.call.model), self._moves.bound_of_gradients()
            last.still = last.change == 0 and self._moves.is_still(last.call.model)
        self._stop_if_enough()

    def _choose_call(
        self, made: list[Call], calls: list[Call], loss: Any, lost: list[Lost], nodes: set[Any]
    ) -> tuple[Call | None, bool]:
        """The call that a loss is of, or several as one, or what the graph shows; and whether its targets can be told."""
        joined = self._join_calls(made, loss, lost)
        if joined is not None:
            return joined, True
        call = calls[-1] if calls else None
        if call is not None:
            choose_part(self.kit, call, loss, nodes)
            if len(calls) > 1 and not any(one[1][0] is call.output for one in lost):
                # Of what several calls gave there is no one array of rows, and no loss of one output.
                call.inputs = None
                return call, False
        if call is None or (call.inputs is None and not call.by_inputs):
            call = self._read_bare(loss, lost, self.here(), call)
        return call, call is None or call.output is not None

    def _join_calls(self, made: list[Call], loss: Any, lost: list[Lost]) -> Call | None:
        joined = join_calls(self.kit, made, loss, lost)
        if joined is not None:
            joined.model = self._whole(joined.parts)
        return joined

    def _whole(self, parts: tuple[Any, ...]) -> Any:
        """The models that take part in an answer, as one; what it was at first is kept."""
        model = self._chain(parts) if len(parts) > 1 else parts[0]
        if id(model) not in self.first:
            self.first[id(model)] = (model, self.kit.state(model))
            self.ledger.called.update(id(p) for p in self.kit.parameters(model))
        return model

    def _look_around(self) -> tuple[dict[str, Any], list[int]]:
        """The variables of the script's functions that are running, and the lines in them, the outermost first."""
        names: dict[str, Any] = {}
        frames = self._frames()
        for frame in frames:
            names = {**frame.f_locals, **names}
        return names, [frame.f_lineno for frame in reversed(frames)]

    def _take_calls(self, nodes: set[Any]) -> list[Call]:
        """The calls whose outputs a loss is of, among those that wait; one that may have become a number where it is of none."""
        self._close_evaluations()
        waiting, self._waiting = [call for call in self._waiting if not call.passed_on], []
        found = [call for call in waiting if self.kit.leads_to(call.output, nodes)] or waiting[-1:]
        for call in waiting:
            if call in found:
                continue
            if call.kept:
                self._judge_by(call)
            else:
                # The pass of it may be the next one, as that of a generator.
                call.kept = True
                self._waiting.append(call)
        return found

    def _read_bare(self, loss: Any, lost: list[Lost], site: Site | None, call: Call | None) -> Call | None:
        """What the graph shows where a call does not; the same thing as long as its parameters are as many and as large."""
        read = self.kit.read_bare(loss, next((one[1][0] for one in lost if one[2] is loss), None))
        if read is None or (read[2] is None and call is not None):
            return call
        found, inputs, output = read
        known = self._bares.take(found, getattr(loss, "order", 0))
        if known is found:
            self.first[id(found)] = (found, self.kit.state(found))
        return Call(known, None if self._bares.in_turns else inputs, output, True, site)

    # Optimizers, schedules, gradients.

    def note_optimizer(self, optimizer: Any) -> None:
        """An optimizer was made."""
        self._stop_if_new(None)
        self.ledger.optimizers.append((optimizer, self.here()))
        self.begun[id(optimizer)] = self.kit.state(optimizer)
        self.on_optimizer(optimizer)

    def begin_step(self, optimizer: Any) -> None:
        """Its step is about to run."""
        ledger = self.ledger
        gradients = self._moves.note_use(optimizer)
        every = (p for group in optimizer.param_groups for p in group["params"])
        ledger.reached.update(id(p) for p in every if self.kit.gradient(p) is not None)
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
            last.scale, last.norm, last.clipped = self._moves.compare_gradients(gradients)
        if len(ledger.steps) >= self.most:
            ledger.ended = False
            raise Enough

    def end_asking_step(self, optimizer: Any) -> None:
        """A step has run that went through passes of its own: their gradients are used, too."""
        self._moves.note_use(optimizer)
        self.end_step(optimizer)

    def end_step(self, optimizer: Any) -> None:
        """Its step has run."""
        if self.ledger.iterations and (call := self.ledger.iterations[-1].call) is not None:
            self._moves.note_step(call.model)

    def note(self, what: str, of: Any = None) -> None:
        """`zero`, `schedule`, `train` or `eval` was called by the script, of that."""
        if of is not None and not self._depth:
            self.ledger.take_note(what, of, self.here())
        if self.ledger.iterations and not self._depth:
            self.ledger.iterations[-1].after.append((what, self.here()))

    def note_clipping(self, norm: float | None, value: float | None) -> None:
        """Gradients were clipped to a norm, or to a value."""
        self.ledger.note_clipping(norm, value)
        if self.ledger.iterations and not self._depth:
            self.ledger.iterations[-1].after.append(("clip", self.here()))

    def begin_rows(self, loader: Any, length: int) -> None:
        """A loader is gone through once more."""
        self.ledger.loaders.setdefault(id(loader), Loader(length)).begin(self.here())

    def draw(self, loader: Any, batch: Any) -> None:
        """A batch was taken from it."""
        inputs = batch[0] if isinstance(batch, (tuple, list)) and batch else batch
        self.ledger.loaders[id(loader)].take(self.kit.array(inputs))

    def finish(self) -> None:
        """The script has ended, by itself or not."""
        self.left, self._waiting = self._waiting, []
        for call in self.left:
            self._judge_by(call)

    def _stop_if_enough(self) -> None:
        count, left = len(self.ledger.iterations), self.end - time.monotonic()
        gone_through = self.ledger.rows.epochs >= self.epochs or self.ledger.rows.epochs == 0
        if count >= self.most or left < 0.0:
            self._stop()
        if count >= self.steps and gone_through:
            judged = (not self.judges or bool(self.ledger.evaluations)) and not self.ledger.waits
            if judged or count >= LONGER * self.steps or left < (1.0 - SHARE_OF_TIME) * self.seconds:
                self._stop()
            self._waits = True

    def _stop_if_new(self, model: Any) -> None:
        """While it is waited for what the script judges by, another model or optimizer is a run of its own."""
        if self._waits and (model is None or (self.ledger.models and self.ledger.models[-1][0] is not model)):
            self._stop()

    def _stop(self) -> None:
        self.ledger.ended = False
        raise Enough
