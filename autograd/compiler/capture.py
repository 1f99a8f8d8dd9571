"""Capture: a function of arrays is run once; every operation is recorded, and no value can be looked at.

The tensors that the function sees have shapes and dtypes and stand for any numbers. Everything else is the engine's own:
its operations, its reverse pass and its transforms, which record themselves here as they do for higher derivatives.

One file because the trace and the tensors that it hands out know each other: each method of one is the other half of one of
the other.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NoReturn

import numpy as np

from autograd.compiler.errors import CompileError
from autograd.compiler.sameness import Origin, Recorded, are_same
from autograd.engine.describe import with_message
from autograd.engine.edits import View, base_of, fitting, is_recordable, through
from autograd.engine.reverse import propagate, read_node
from autograd.engine.tensor import Tensor, wrap
from autograd.engine.unknown import UnknownArray, stand_in_for
from autograd.errors import GraphError
from autograd.graph.modes import call_traced, call_with, instead_of_backward, mode, scope
from autograd.graph.node import HOOKS, NO_PARAMS, Const, Node, get_data, initialise, next_order, raw, set_data, set_grad
from autograd.graph.op import TABLE, Op
from autograd.graph.recorder import Recorder
from autograd.graph.sites import Entry, enter, here, is_internal
from autograd.graph.tree import leaves
from autograd.graph.versions import keep, settle, settle_edited
from autograd.ops.comparison import stop_gradient, where
from autograd.ops.indexing import SLOT
from autograd.ops.placing import place
from autograd.ops.shape import astype, reshape

_new = object.__new__
CUT, IDENTITY = TABLE["stop_gradient"], TABLE["identity"]


CHOOSE = "write np.where(condition, x, y) for a choice, or give what decides as a Python number"
USE_IT = "use the tensor itself in place of its number"


def _refuse(what: str, instead: str = CHOOSE) -> NoReturn:
    # The line comes last: it may end in a colon.
    raise CompileError(
        f"{what} a value that is not known while the function is captured, because a compiled function runs for any numbers of "
        f"these shapes: {instead}, or leave this function uncompiled; at {here()}"
    )


class Unknown(UnknownArray):
    """An array of a shape and dtype, whose numbers nobody may use."""

    def refuse(self, what: str, number: bool = False, instead: str | None = None) -> NoReturn:
        _refuse(what, instead or (USE_IT if number else CHOOSE))


class TracedTensor(Tensor):
    """A tensor of known shape and dtype, and unknown numbers."""

    __slots__ = ()
    symbolic = True

    @Tensor.requires_grad.getter  # type: ignore[attr-defined]
    def requires_grad(self) -> bool:
        """What holds where nothing is captured; the engine finds it of integers and frozen parameters too.

        So rules are handed nodes, and not the numbers of this run.
        """
        recorder = mode().recorder
        known = self.needs_grad
        if not isinstance(recorder, Trace) or is_internal(sys._getframe(1).f_code.co_filename):
            return known
        return recorder.requires_grad(self)

    @property
    def data(self) -> np.ndarray:
        return get_data(self)

    @data.setter
    def data(self, array: Any) -> None:
        _refuse("a change in place of")

    @property
    def grad(self) -> Any:
        _refuse("the gradient of")

    @grad.setter
    def grad(self, gradient: Any) -> None:
        _refuse("a change of the gradient of")

    def detach(self) -> Tensor:
        """The same numbers as a constant."""
        return stop_gradient(self)

    def numpy(self, **_: Any) -> np.ndarray:
        """The array, whose numbers nobody may use."""
        return get_data(self)

    def item(self, *_: Any) -> Any:
        """Refused: it is not known."""
        return get_data(self).item()

    def tolist(self) -> Any:
        """Refused: they are not known."""
        return get_data(self).tolist()

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)

    def __repr__(self) -> str:
        return f"TracedTensor({self.label()}, shape={self.shape}, dtype={self.dtype})"


_TRACED: dict[type[Tensor], type[TracedTensor]] = {Tensor: TracedTensor}


def traced_face(face: type[Tensor]) -> type[TracedTensor]:
    """What stands for the tensors of a dialect: it has their words, as `repeat` may mean two things."""
    if face not in _TRACED:
        _TRACED[face] = type("TracedTensor", (TracedTensor, face), {"__slots__": (), "__module__": __name__})
    return _TRACED[face]


class Later:
    """What a call gives that is made after each run of the program: it can be returned, and nothing else."""

    def __init__(self, what: str) -> None:
        self.what = what

    def _refuse_reading(self, *_: Any) -> NoReturn:
        _refuse(f"the result of {self.what}(), which runs after the captured program,")

    __bool__ = __float__ = __int__ = __index__ = __array__ = __iter__ = __getitem__ = _refuse_reading
    __lt__ = __le__ = __gt__ = __ge__ = __add__ = __radd__ = __sub__ = __rsub__ = _refuse_reading
    __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __neg__ = __format__ = _refuse_reading


@dataclass
class Call:
    """A call that each run of the program makes, with what these arguments stand for."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    later: Later

    def replace(self, node: Node, before: Node) -> None:
        """Let one node stand for another, which is changed in place after the call."""
        self.arguments = tuple([before if x is node else x for x in self.arguments])


@dataclass
class Gradients:
    """What is left in `.grad` of tensors from outside.

    Attributes
    ----------
    forgotten : set of Tensor
        Whose gradients from before are dropped first.
    added : dict of Tensor to Node
    """

    forgotten: set[Tensor] = field(default_factory=set)
    added: dict[Tensor, Any] = field(default_factory=dict)

    @cached_property
    def dropped(self) -> list[Tensor]:
        """What has no gradient afterwards; asked when all is captured."""
        return [tensor for tensor in self.forgotten if tensor not in self.added]

    def replace(self, node: Node, before: Node) -> None:
        """Let one node stand for another, which is changed in place after that."""
        self.added = {tensor: before if g is node else g for tensor, g in self.added.items()}


class Trace(Recorder):
    """What is recorded while a function is captured.

    Parameters
    ----------
    first : Trace, optional
        Of a function that is captured for the second time: then what it reads of arguments all the same is something else.

    Attributes
    ----------
    inputs : list of TracedTensor
    captured : dict of Tensor to TracedTensor
        Tensors from outside, such as parameters, whose data is read at each run, and what stands for them.
    drawn : dict of TracedTensor to (Generator, shape)
        Random numbers that each run draws.
    real : dict of Node to array
        The numbers of this one run, from which only shapes and dtypes are read, and constants.
    effects : list of Gradients or Call
        What each run does to things that exist beside the graph, in this order.
    modules : dict
        Whether each module that was called was in training.
    recorded : list of Recorded
        Every operation, in its order.
    """

    def __init__(self, first: Trace | None = None) -> None:
        self._first = first
        self._entry: Entry | None = None
        # What each node stands for: an origin, or the numbers of an array.
        self._origins: dict[Node, Any] = {}
        self.inputs: list[TracedTensor] = []
        self.captured: dict[Tensor, TracedTensor] = {}
        self.drawn: dict[TracedTensor, tuple[np.random.Generator, tuple[int, ...]]] = {}
        self.real: dict[Node, Any] = {}
        self.effects: list[Gradients | Call] = []
        self.modules: dict[Any, bool] = {}
        self.recorded: list[Recorded] = []
        # How many operations were the same as in the first capture, one after the other.
        self._repeated = 0
        self._views: dict[Node, list[TracedTensor]] = {}
        self._names: dict[int, str] = {}
        self._over = ""
        # The creation number from which on a tensor is one that the function makes, with no gradient from before.
        self._since = next_order()

    # what a program is given

    def input(self, array: np.ndarray, name: str, face: type[Tensor] = Tensor) -> TracedTensor:
        """A stand-in for an argument."""
        _refuse_complex(name, array)
        node = self._node(array, name, face)
        self.inputs.append(node)
        return node

    def draw(self, generator: np.random.Generator, shape: tuple[int, ...]) -> TracedTensor:
        """A stand-in for numbers between 0 and 1 that each run draws; this one leaves the generator where it is."""
        before = generator.bit_generator.state
        node = self._node(generator.random(shape), None)
        generator.bit_generator.state = before
        self.drawn[node] = generator, shape
        self._origins[node] = Origin(len(self._origins), id(generator), is_outside=True)
        return node

    def live(self, array: np.ndarray) -> TracedTensor:
        """A stand-in for an array that each run reads anew."""
        tensor = wrap(array)
        node = self._node(array, None)
        self.captured[tensor] = node
        # Any other array may be made for the very call: that it is the same is known by its numbers alone.
        is_buffer = any([raw(buffer) is array for module in self.modules for buffer in module.buffers(recurse=False)])
        self._origins[node] = Origin(len(self._origins), id(array), is_outside=True) if is_buffer else array.copy()
        return node

    def visit(self, module: Any) -> None:
        """Remember in which mode a module was called, and what it calls its parameters."""
        if not self.modules:
            self._names = {id(p): path for path, p in module.named_parameters()}
        if module not in self.modules:
            # With those below it, which may be called in other ways than as modules.
            self.modules.update({below: below.training for below in module.modules()})

    def run(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call a function with all that it does recorded here."""

        def record_call() -> Any:
            with np.errstate(all="ignore"):
                return call_traced(self, function, *args, **kwargs)

        before, self._entry = self._entry, enter()
        try:
            return call_with(instead_of_backward, self.backward, record_call)
        finally:
            self._entry = before

    # what a program does beside computing

    def backward(self, root: Node, seed: Any, **_: Any) -> None:
        """What `backward()` does while a trace is on: the gradients become results of the program."""
        if not self.requires_grad(root):
            raise GraphError(
                f"backward: {root.label()} requires no gradient: no parameter is among what it is computed from, or it was made "
                "under no_grad or detached"
            )
        of_twin = self._parameters()
        gradients = self._gradients()

        def keep(node: Node, g: Any) -> None:
            if node in of_twin:
                tensor = of_twin[node]
                if HOOKS.get(tensor):
                    raise CompileError(
                        f"{tensor.label()!r} has a hook, which would be called while the function is captured, and not at each "
                        "run: change `.grad` in the function after backward(), or leave it uncompiled"
                    )
                # A gradient that is kept is made of numbers: no derivative goes through it.
                g = self.record(CUT, (g,), NO_PARAMS)
                gradients.added[tensor] = gradients.added[tensor] + g if tensor in gradients.added else g

        propagate(root, seed, read_node, keep)

    def requires_grad(self, root: Node) -> bool:
        """Whether a node would require a gradient where nothing is captured: whether it depends on a parameter by derivatives."""
        settle(root)
        wanted, seen, stack = self._parameters(), {root}, [root]
        while stack:
            node = stack.pop()
            if node in wanted:
                return True
            if node.op is not None and node.op.differentiable and get_data(node).dtype.kind == "f":
                new = [parent for parent in node.parents if parent not in seen]
                seen.update(new)
                stack += new
        return False

    def _parameters(self) -> dict[Node, Tensor]:
        """The tensors from outside that require a gradient, by what stands for them."""
        return {twin: tensor for tensor, twin in self.captured.items() if tensor.needs_grad}

    def gradient(self, tensor: Tensor) -> Any:
        """What `.grad` of a tensor from outside stands for; None after `zero_grad()`."""
        found = self._gradients()
        if tensor in found.forgotten or tensor.order > self._since:
            return found.added.get(tensor)
        _refuse(f"the gradient that {tensor.label()!r} has from before the captured function (call zero_grad() in it),")

    def set_gradient(self, tensor: Tensor, gradient: Any) -> None:
        """Let each run leave this in `.grad` of a tensor; None for nothing."""
        gradients = self._gradients()
        gradients.forgotten.add(tensor)
        gradients.added.pop(tensor, None)
        if gradient is not None:
            gradients.added[tensor] = gradient

    def call(self, name: str, function: Callable[..., Any], arguments: tuple[Any, ...], final: bool) -> Later:
        """Let each run make a call; with `final`, no parameter may be read after it."""
        later = Later(name)
        # An iterator would be at its end after the first run.
        again = tuple(list(x) if isinstance(x, Iterator) else x for x in arguments)
        self.effects.append(Call(function, again, later))
        self._over = self._over or (later.what if final else "")
        return later

    def _gradients(self) -> Gradients:
        if not self.effects or not isinstance(self.effects[-1], Gradients):
            self.effects.append(Gradients())
        return self.effects[-1]  # type: ignore[return-value]

    def refuse_reading(self, tensor: Tensor) -> NoReturn:
        """Say that the numbers of a tensor from outside may be others at the next run."""
        _refuse(f"the numbers of {tensor.label()!r} read as", f"{USE_IT}s, or its detach()")

    def refuse_mode(self, module: Any) -> NoReturn:
        """Say that a program does not switch modules."""
        raise CompileError(
            f"{type(module).__name__} is switched by train() or eval(), at {here()}: that would be done while the function is "
            "captured, and not at each run. Switch it before the compiled function is called: each mode has its program"
        )

    def refuse_change(self, tensor: Tensor) -> NoReturn:
        """Say that a program changes nothing in place that was there before it, or is seen from elsewhere."""
        raise CompileError(
            f"{tensor.label()!r} is changed in place, at {here()}: that would be done while the function is captured, and not at "
            "each run. Make a new tensor (np.copy first, where, concatenate, stack), or change it outside the compiled function"
        )

    # what a program changes

    def assign(self, tensor: Tensor, key: tuple[Any, ...], arrays: Sequence[Any], value: Any) -> None:
        """`tensor[key] = value`, in which the key has slots for arrays; the tensor stands for the result from then on."""
        if not isinstance(tensor, TracedTensor):
            self.refuse_change(tensor)
        if isinstance(value, (bool, int, float)):
            # An array of integers keeps its dtype, whatever number it is given.
            held = np.empty((), tensor.dtype)
            held[()] = value
            value = held.item()
        elif getattr(value, "dtype", tensor.dtype) != tensor.dtype:
            value = astype(value, tensor.dtype) if isinstance(value, Tensor) else np.asarray(value, tensor.dtype)
        part = self.real[tensor]
        if len(arrays) == 1 and key == (SLOT,) and arrays[0].dtype.kind == "b" and not np.ndim(value):
            # How many elements are chosen is not known, and need not be.
            mask = reshape(arrays[0], (*arrays[0].shape, *[1] * (tensor.ndim - arrays[0].ndim)))
            self._change(tensor, part, lambda: where(mask, value, tensor))
        else:
            part = part if arrays else part[key if ... in key else (*key, ...)]
            self._change(tensor, part, lambda: place(tensor, value, *arrays, key=key))

    def augment(self, tensor: Tensor, symbol: str, other: Any, compute: Callable[[Any, Any], Any]) -> None:
        """`tensor += other`, or another operator."""
        what = f"t {symbol}= u"
        self._change(tensor, self.real.get(tensor), lambda: fitting(tensor, compute(tensor, other), what))

    def _change(self, tensor: Tensor, part: Any, compute: Callable[[], Any]) -> None:
        """Let a tensor be a result from now on, and the views of it what they are of that."""
        base, views = base_of(tensor, self._view)
        # What was recorded, changed under no_grad, would have a record that does not say how its numbers came about.
        known = isinstance(base, TracedTensor) and base.op is not None and (mode().grad or base.op is CUT)
        # Under no_grad a view is cut off from its base, as everything is; the numbers are the same.
        views = views if mode().grad else [view for view in views if view[1] is not CUT]
        if not known or not is_recordable(views):
            self.refuse_change(base)
        new = through(views, compute())
        site = here(callers=True)
        before = self._keep(base, site)
        base.op, base.params, base.site = new.op, new.params, site
        base.parents = tuple([before if parent is base else parent for parent in new.parents])
        self.real[base] = self.real[new]
        settle_edited(base)
        below = [base]
        for node in below:
            for view in self._views.get(node, ()):
                if np.may_share_memory(self.real[view], part):
                    self._keep(view, site)
                    view.parents = (node,)
                    settle_edited(view)
                # The others are what they were, in the memory that the base has now.
                self.real[view] = np.asarray(view.op.array(self.real[node], **view.params))  # type: ignore[union-attr]
                below.append(view)

    def _keep(self, tensor: TracedTensor, site: Any) -> Node:
        """The node that stands for what a tensor was until now."""
        before = keep(tensor, site)
        self.real[before] = self.real[tensor]
        for effect in self.effects:
            effect.replace(tensor, before)
        return before

    def _view(self, node: Node) -> View | None:
        """What a tensor of this trace is a view of, and how."""
        if node.op is None or not any([node is view for view in self._views.get(node.parents[0], ())]):
            return None
        return node.parents[0], node.op, node.params

    # what a program computes

    def record(self, op: Op, xs: Sequence[Any], params: dict[str, Any]) -> TracedTensor:
        """The node of an operation; the engine's faces come here while a trace is on."""
        parents = tuple(self.operand(op, position, x) for position, x in enumerate(xs))
        if op.name in ("index", "scatter") and any(
            p.dtype.kind == "b" for p in parents[1:] if isinstance(p, TracedTensor)
        ):
            _refuse("the number of elements that are true in")
        given = [self._given(p) for p in parents]
        data = self._known(op, params, given)
        if data is None:
            try:
                data = np.asarray(op.array(*(self.number(p) for p in parents), **params))
            except (ValueError, TypeError, IndexError) as error:
                shapes = ", ".join(f"{p.label()} of shape {np.shape(self.number(p))}" for p in parents)
                raise with_message(error, f"{op.name}: {error}; operands: {shapes}; at {here()}") from error
        node = self._compute(op, parents, params, data)
        self.recorded.append(Recorded(op, params, given, node, data))
        if op.view:
            self._views.setdefault(parents[0], []).append(node)
        if mode().grad:
            return node
        cut = self._compute(CUT, (node,), NO_PARAMS, data)
        if op.view:
            self._views[node] = [cut]
        return cut

    def _known(self, op: Op, params: dict[str, Any], given: list[Any]) -> np.ndarray | None:
        """What the first capture computed here, as long as this one has done the same; None where there is nothing."""
        number = len(self.recorded)
        if self._first is None or self._repeated < number or number == len(self._first.recorded):
            return None
        before = self._first.recorded[number]
        if not before.is_same(op, params, given):
            return None
        self._repeated += 1
        # A user's own operation may count its calls.
        return None if op.opaque else before.data

    def refuse_differences(self, results: tuple[Any, Any]) -> None:
        """Compare this capture with the first one of the function, which differ where it uses random numbers or remembers something.

        Parameters
        ----------
        results : tuple
            What the function gave, the first time and this one.

        Raises
        ------
        CompileError
            With the line where they part.
        """
        if self._first is None:
            return
        parting = [*self._first.recorded[self._repeated :], *self.recorded[self._repeated :]]
        if parting:
            where = f", from {parting[0].node.site} on"
        elif not are_same(self._first._outcome(results[0]), self._outcome(results[1])):
            where = ", in what it returned, or in what it did beside computing"
        else:
            return
        raise CompileError(
            f"captured twice, the function did not do the same twice{where}: random numbers, a counter, the time, or numbers that "
            "np.asarray(…) takes out of a tensor would be the same in every run. Compute with the tensor itself; give what changes as "
            "an argument (an array, since plain numbers are part of the signature); nn.Dropout draws new numbers at each run"
        )

    def _outcome(self, result: Any) -> list[Any]:
        """What the function gives, and what it does beside computing."""
        told = (Node, np.ndarray, np.generic, float, int, str)
        # What else is returned is the same object after each run.
        found = [self._given(x) if isinstance(x, told) else type(x) for x in leaves(result)]
        for effect in self.effects:
            if isinstance(effect, Call):
                found += [effect.later.what, effect.function, self._given(effect.arguments)]
            else:
                found.append({id(tensor) for tensor in effect.forgotten if tensor.order <= self._since})
                found += [(self._given(tensor), self._given(g)) for tensor, g in effect.added.items()]
        return found

    def _given(self, x: Any) -> Any:
        """What is compared of something: the origin of a node, and the numbers of a constant."""
        if isinstance(x, (list, tuple, dict)):
            return [self._given(part) for part in (x.items() if isinstance(x, dict) else x)]
        if not isinstance(x, Node):
            return x
        if x.__class__ is Const:
            return x.data
        if x not in self._origins:
            self._origins[x] = self._origin_of(x)
        return self._origins[x]

    def _origin_of(self, x: Node) -> Origin:
        is_outside = not isinstance(x, TracedTensor) and x.order <= self._since
        return Origin(len(self._origins), id(x), is_outside)

    def operand(self, op: Op, position: int, x: Any) -> Node:
        """What stands for an operand."""
        if isinstance(x, Const):
            return x
        if isinstance(x, Tensor):
            return self.stand_in(x)
        if isinstance(x, (bool, int, float)) and not isinstance(x, np.generic):
            return Const(x)
        if isinstance(x, Node):
            raise CompileError(f"{op.name}, argument {position + 1}: a Value and tensors do not mix, at {here()}")
        if isinstance(x, Later):
            x._refuse_reading()
        array = np.asarray(x)
        op.refuse([array], position)
        return Const(array)

    def leaf(self, tensor: Tensor) -> TracedTensor:
        """What a transform within the function differentiates with respect to: numbers of the function's own, or made in it."""
        node = self.record(IDENTITY, (get_data(tensor),), NO_PARAMS)
        node.__class__ = traced_face(tensor.face)
        return node

    def stand_in(self, x: Tensor) -> TracedTensor:
        """What stands for a tensor: itself, where it is one of this trace."""
        if isinstance(x, TracedTensor):
            return x
        if x not in self.captured:
            if x.op is not None:
                raise CompileError(
                    f"{x.label()!r} of shape {x.shape} was computed before this function was compiled, at {x.site}: give it as "
                    "an argument, or detach() it; parameters and other leaves may come from outside"
                )
            twin = self._node(get_data(x), self._names.get(id(x), x.name), x.face)
            twin.scope = x.scope
            self.captured[x] = twin
            self._origins[twin] = self._origin_of(x)
        if self._over and x.needs_grad:
            raise CompileError(
                f"{x.label()!r} is read after {self._over}(), at {here()}: a compiled function computes first, and then makes "
                f"such calls; return before, and compile what follows by itself"
            )
        return self.captured[x]

    def number(self, node: Node) -> Any:
        """A node's number or array in this run."""
        return node.data if node.__class__ is Const else self.real[node]

    def _compute(self, op: Op, parents: tuple[Node, ...], params: dict[str, Any], data: np.ndarray) -> TracedTensor:
        node = self._node(data, None, self._face(parents))
        node.op, node.parents, node.params = op, parents, params
        return node

    def _face(self, parents: Sequence[Node]) -> type[Tensor]:
        """The dialect that a result is talked to in: that of its operands, as where nothing is captured."""
        for parent in parents:
            if parent.__class__ is not TracedTensor and isinstance(parent, TracedTensor):
                return parent.face
        return Tensor

    def _node(self, data: np.ndarray, name: str | None, face: type[Tensor] = Tensor) -> TracedTensor:
        _refuse_complex(name or "a result", data)
        node = _new(traced_face(face))
        set_data(node, stand_in_for(data.shape, data.dtype, Unknown, self._first is not None))
        set_grad(node, None)
        node.stamp = None
        # Of what is captured to be compared alone, a line is told at most.
        initialise(node, needs_grad=True, name=name, scope=scope.get(), site=here(self._first is None, self._entry))
        self.real[node] = data
        self._origins[node] = Origin(len(self._origins))
        return node


def _refuse_complex(what: str, array: np.ndarray) -> None:
    if array.dtype.kind == "c":
        raise CompileError(
            f"{what} is complex, at {here()}: complex numbers are not compiled; call the function itself, or compile what it does "
            "with their real and imaginary parts"
        )
