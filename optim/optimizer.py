"""`Optimizer`: what all optimizers share: parameter groups in contiguous buffers, `step`, `zero_grad`, the state."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Mapping
from itertools import groupby
from numbers import Real
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from autograd.engine.tensor import Tensor, stamp
from autograd.errors import OperandError, ShapeError, type_name
from autograd.graph.modes import at_each_run, call_recorded
from autograd.graph.node import get_data, get_grad, raw, set_data
from autograd.wording.suggestion import suggest
from optim.arguments import check_not_negative, forget_gradients, list_parameters
from optim.kernel import Gradients
from optim.states import FOREIGN, Readers, list_entries, plain_options, read_entry, read_group

if TYPE_CHECKING:
    from optim.typing import Params

# What these options must be, whatever the optimizer.
NOT_NEGATIVE_OPTIONS = (
    "lr", "eps", "weight_decay", "momentum", "lr_decay", "initial_accumulator_value", "momentum_decay", "lambd", "l1", "l2",
    "t0", "initial_lr",
)  # fmt: skip
SHARE_OPTIONS = ("rho", "alpha")
PAIR_OPTIONS = ("betas", "etas", "step_sizes")
# What other libraries call these.
MEANT = {
    "learning_rate": "lr", "rate": "lr", "epsilon": "eps", "beta1": "betas", "beta2": "betas", "beta_1": "betas",
    "beta_2": "betas", "decay": "weight_decay", "l2": "weight_decay",
}  # fmt: skip
# Where schedules keep the rate that a group had before the first of them, as PyTorch's do.
INITIAL_LR = "initial_lr"
# Elements up to which a gradient is sooner copied beside its neighbours than a kernel is called for it alone.
MAX_COPIED = 8192


class Buffer:
    """The parameters of one group and one dtype in one contiguous array, so that a step is a handful of NumPy calls.

    Every `p.data` is a view of `values`, in the memory order that it came in; where a user has put another array in its
    place, `restore_views` copies it in and puts the view back.
    """

    def __init__(self, parameters: list[Tensor]) -> None:
        self.parameters = parameters
        sizes = [get_data(p).size for p in parameters]
        ends = np.cumsum([0, *sizes]).tolist()
        self.slices = [slice(start, end) for start, end in zip(ends, ends[1:], strict=False)]
        self._shapes = [p.shape for p in parameters]
        self._orders: list[Literal["C", "F"]] = [_memory_order(get_data(p)) for p in parameters]
        self._runs = _group_neighbours(sizes)
        self.values = np.empty(ends[-1], parameters[0].dtype)
        self.views = self.shape_views(self.values)
        for p, view in zip(parameters, self.views, strict=True):
            view[...] = get_data(p)
            set_data(p, view)

    def __reduce__(self) -> Any:
        # A copied array is a view of nothing: a copy, and one from a file, joins the copies of the parameters anew.
        return type(self), (self.parameters,)

    def shape_views(self, flat: np.ndarray) -> list[np.ndarray]:
        """A flat array of this length as views, one in the shape and memory order of each parameter."""
        return [
            flat[part].reshape(shape, order=order)
            for part, shape, order in zip(self.slices, self._shapes, self._orders, strict=True)
        ]

    def restore_views(self) -> None:
        """Put the views back where another array was put in a parameter's place."""
        for p, view in zip(self.parameters, self.views, strict=True):
            data = get_data(p)
            if data is not view:
                if (data.shape, data.dtype) != (view.shape, view.dtype):
                    raise ShapeError(
                        f"parameter {p.label()!r} was {view.dtype} of shape {view.shape}, and now is {data.dtype} of "
                        f"shape {data.shape}: make a new optimizer"
                    )
                view[...] = data
                set_data(p, view)

    def gradients(self) -> list[np.ndarray | None]:
        """Each parameter's gradient as a flat array, where it lies if it lies in the memory order of the parameter."""
        dtype = self.values.dtype
        return [
            None if (g := get_grad(p)) is None else np.asarray(g, dtype).ravel(order)
            for p, order in zip(self.parameters, self._orders, strict=True)
        ]

    def join_gradients(self, gradients: list[Any]) -> Gradients:
        """All gradients one behind the other: small neighbours copied together, large ones where they lie."""
        return [
            gradients[run.start] if run.stop == run.start + 1 else np.concatenate(gradients[run]) for run in self._runs
        ]


def _memory_order(data: np.ndarray) -> Literal["C", "F"]:
    return "F" if data.flags.f_contiguous and not data.flags.c_contiguous else "C"


def _group_neighbours(sizes: list[int]) -> list[slice]:
    """Which neighbours to copy together: each large one stands alone."""
    runs: list[slice] = []
    for small, members in groupby(range(len(sizes)), lambda i: sizes[i] < MAX_COPIED):
        numbers = list(members)
        runs += [slice(numbers[0], numbers[-1] + 1)] if small else [slice(i, i + 1) for i in numbers]
    return runs


class Optimizer:
    """Base class: a subclass says in `_update` how one stretch of a buffer moves.

    Parameters
    ----------
    params : iterable of Tensor, or of dict
        The parameters, or groups `{"params": …, "lr": …}` with options of their own, as in PyTorch.
    defaults : dict
        The options of groups that do not say otherwise.

    Raises
    ------
    ValueError
        For an empty list, a parameter given twice, an unknown or impossible option.
    OperandError
        For something that is not a leaf tensor of floats, or where none requires a gradient; it is a TypeError.

    Examples
    --------
    >>> import autograd, optim
    >>> x = autograd.Tensor([3.0], requires_grad=True)
    >>> optimizer = optim.SGD([x], lr=0.1)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> optimizer.zero_grad()
    >>> x.data.round(6)
    array([2.4])
    """

    state_names: tuple[str, ...] = ()
    # PyTorch's names of the state where they differ; see `optim.states`.
    torch_names: ClassVar[Readers] = {}

    def __init__(self, params: Params, defaults: dict[str, Any]) -> None:
        given = list_parameters(type(self).__name__, params, groups=True)
        if not given:
            raise ValueError(f"{type(self).__name__}: the list of parameters is empty")
        groups: list[Any] = given if isinstance(given[0], Mapping) else [{"params": given}]
        if not all(isinstance(group, Mapping) for group in groups):
            raise OperandError(f"{type(self).__name__}: give parameters or groups of them, not both in one list")
        self.defaults = {"maximize": False, **plain_options(defaults)}
        self._kept: defaultdict[Tensor, dict[str, Any]] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        self._buffers: list[list[Buffer]] = []
        self._state: list[list[dict[str, np.ndarray]]] = []
        self._steps: list[list[list[int]]] = []
        # By the group: parameters that were empty when they were given, such as those of lazy layers.
        self._waiting: dict[int, list[Tensor]] = {}
        for group in groups:
            self.add_param_group(group)
        if not any(p.requires_grad for options in self.param_groups for p in options["params"]):
            raise OperandError(f"{type(self).__name__}: no parameter requires a gradient")

    def add_param_group(self, param_group: Mapping[str, Any]) -> None:
        """Move more parameters from now on, such as those of layers that were frozen.

        Parameters
        ----------
        param_group : dict
            `{"params": …}`, with options that differ from the defaults. What is no option stays in the group, such as a name.

        Raises
        ------
        ValueError, OperandError
            As the constructor does; then nothing was changed.

        Examples
        --------
        >>> import autograd, optim
        >>> x, y = (autograd.Tensor(1.0, requires_grad=True) for _ in range(2))
        >>> optimizer = optim.SGD([x], lr=0.5)
        >>> optimizer.add_param_group({"params": y, "lr": 0.1})
        >>> [group["lr"] for group in optimizer.param_groups]
        [0.5, 0.1]
        """
        for name in set(param_group) - set(self.defaults) - {"params", INITIAL_LR}:
            self._refuse_mistake(name)
        if "params" not in param_group:
            raise ValueError(f"{type(self).__name__}: a group needs 'params', got only {sorted(param_group)}")
        members = list_parameters(type(self).__name__, param_group["params"])
        seen = {id(p) for options in self.param_groups for p in options["params"]}
        for p in members:
            self._check_parameter(p, seen)
        options = {**self.defaults, **plain_options(param_group), "params": members}
        self._check(options)
        self.param_groups.append(options)
        buffers, state, steps = self._allocate(members, options)
        self._buffers.append(buffers)
        self._state.append(state)
        self._steps.append(steps)
        empty = [p for p in members if not get_data(p).size]
        if empty:
            self._waiting[len(self.param_groups) - 1] = empty

    def _refuse_mistake(self, name: str) -> None:
        """Refuse what is nearly an option, means one elsewhere, or is one of other kinds; anything else is the user's own."""
        meant = MEANT.get(name)
        near = f"; did you mean {meant!r}?" if meant in self.defaults else suggest(name, self.defaults)
        if "did you mean" in near or name in FOREIGN:
            raise ValueError(
                f"{type(self).__name__} has no option {name!r}{near if 'did you mean' in near else f'; it has {sorted(self.defaults)}'}"
            )

    def _check_parameter(self, p: Any, seen: set[int]) -> None:
        # One that is frozen is welcome, as in PyTorch: it has no gradient, and is skipped.
        if p.op is not None or p.dtype.kind != "f":
            instead = "; of complex numbers train the real and the imaginary parts" if p.dtype.kind == "c" else ""
            raise OperandError(
                f"{type(self).__name__}: {p.label()!r} of {p.dtype} is not a leaf tensor of floats{instead}"
            )
        if id(p) in seen:
            raise ValueError(f"{type(self).__name__}: parameter {p.label()!r} of shape {p.shape} was given twice")
        seen.add(id(p))

    def _state_names(self, options: dict[str, Any]) -> tuple[str, ...]:
        """Which arrays a group with these options keeps."""
        return self.state_names

    def _initial_state(self, name: str, options: dict[str, Any]) -> float:
        """What an array of the state starts from."""
        return 0.0

    def _decay_factors(self, options: dict[str, Any]) -> tuple[float, float]:
        """Weight decay as what is added to the gradient, in units of θ, and as the factor of θ where it is decoupled."""
        decay = options["weight_decay"]
        return (0.0, 1.0 - options["lr"] * decay) if options["decoupled"] else (decay, 1.0)

    def _allocate(self, members: list[Tensor], options: dict[str, Any]) -> tuple[list[Buffer], list[Any], list[Any]]:
        """The buffers of a group, what is kept for each, and how often each parameter was moved: not yet."""
        by_dtype: dict[Any, list[Tensor]] = {}
        for p in members:
            by_dtype.setdefault(p.dtype, []).append(p)
        buffers = [Buffer(parameters) for parameters in by_dtype.values()]
        names = self._state_names(options)
        state = [{name: np.full_like(b.values, self._initial_state(name, options)) for name in names} for b in buffers]
        # Steps are counted for each parameter, because one without a gradient is skipped.
        return buffers, state, [[0] * len(b.parameters) for b in buffers]

    def _make_room(self) -> None:
        """Allocate anew for groups with parameters that were empty, and are not any more; what was kept for others stays."""
        for number, empty in list(self._waiting.items()):
            left = [p for p in empty if not get_data(p).size]
            if len(left) == len(empty):
                continue
            options, before = self.param_groups[number], self._views_of(number)
            self._buffers[number], self._state[number], self._steps[number] = self._allocate(options["params"], options)
            for p, (views, count, i) in self._views_of(number).items():
                kept, counted, k = before[p]
                count[i] = counted[k]
                for name, view in views.items():
                    if view.shape == kept[name].shape:
                        view[...] = kept[name]
            self._waiting[number] = left
            if not left:
                del self._waiting[number]

    def _check(self, options: dict[str, Any]) -> None:
        for name in NOT_NEGATIVE_OPTIONS:
            if name in options:
                check_not_negative(type(self).__name__, name, options[name])
        for name in SHARE_OPTIONS:
            if name in options and not (isinstance(options[name], (int, float)) and 0.0 <= options[name] < 1.0):
                raise ValueError(
                    f"{type(self).__name__}: {name} must be a number from 0 to below 1, got {options[name]!r}"
                )
        for name in PAIR_OPTIONS:
            pair = options.get(name)
            if name in options and not (
                isinstance(pair, tuple) and len(pair) == 2 and all(isinstance(x, Real) for x in pair)
            ):
                raise ValueError(f"{type(self).__name__}: {name} must be two numbers, got {pair!r}")
        if "betas" in options and not all(0.0 <= b < 1.0 for b in options["betas"]):
            raise ValueError(
                f"{type(self).__name__}: betas must be two numbers from 0 to below 1, got {options['betas']!r}"
            )

    def _update(
        self, values: np.ndarray, g: Gradients, state: dict[str, np.ndarray], t: int, options: dict[str, Any]
    ) -> None:
        """Move one stretch of parameters in place.

        Parameters
        ----------
        values : 1-d array
            The parameters, to be written to.
        g : Gradients
            Theirs: 1-d arrays one behind the other, as a `Kernel` takes them.
        state : dict of 1-d arrays
            The stretch of each array named in `state_names`, to be written to.
        t : int
            The number of this step, from 1.
        options : dict
            The group's.
        """
        raise TypeError(f"{type(self).__name__} has no _update")

    @property
    def state(self) -> defaultdict[Tensor, dict[str, Any]]:
        """What is kept for each parameter: the number of its steps and its arrays, which may be written to.

        An optimizer of one's own, with a `step` of its own, keeps here what it likes.
        """
        if type(self)._update is not Optimizer._update:
            parameters = [p for options in self.param_groups for p in options["params"]]
            for p, (views, count, i) in zip(parameters, self._state_views(), strict=True):
                if count[i]:
                    self._kept[p].update({"step": count[i], **views})
        return self._kept

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Move every parameter that has a gradient.

        Parameters
        ----------
        closure : callable, optional
            Computes the loss and its gradients, before the step.

        Returns
        -------
        What the closure gives, or None

        Examples
        --------
        >>> import autograd, optim
        >>> x = autograd.Tensor([3.0], requires_grad=True)
        >>> optimizer = optim.SGD([x], lr=0.5)
        >>> (x * x).sum().backward()
        >>> optimizer.step()
        >>> x.data.tolist()
        [0.0]
        """
        if closure is None:
            self._step()
            return None
        if not callable(closure):
            raise OperandError(f"{type(self).__name__}: step takes a function that gives the loss, not {closure!r}")
        loss = call_recorded(closure)
        self._step()
        return loss

    def _step(self) -> None:
        if self._waiting:
            self._make_room()
        moved: list[Tensor] = []
        for options, buffers, states, counts in zip(
            self.param_groups, self._buffers, self._state, self._steps, strict=True
        ):
            for buffer, state, count in zip(buffers, states, counts, strict=True):
                if tuple(state) != self._state_names(options):
                    raise ValueError(
                        f"{type(self).__name__}: with the options as they are now it keeps {self._state_names(options)}, and was made "
                        f"to keep {tuple(state)}: make a new optimizer"
                    )
                buffer.restore_views()
                gradients = buffer.gradients()
                if options["maximize"]:
                    gradients = [None if g is None else -g for g in gradients]
                if len(set(count)) == 1 and not any([g is None for g in gradients]):
                    count[:] = [count[0] + 1] * len(count)
                    self._update(buffer.values, buffer.join_gradients(gradients), state, count[0], options)
                    moved += buffer.parameters
                    continue
                for i, (p, part, g) in enumerate(zip(buffer.parameters, buffer.slices, gradients, strict=True)):
                    if g is not None:
                        count[i] += 1
                        own = {name: array[part] for name, array in state.items()}
                        self._update(buffer.values[part], [g], own, count[i], options)
                        moved.append(p)
        stamp(moved)

    # Messages of the compiler name what the user calls.
    _step.__qualname__ = "Optimizer.step"
    _step = at_each_run(_step)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters.

        Parameters
        ----------
        set_to_none : bool
            With False they become zeros in the same memory.

        Examples
        --------
        >>> import autograd, optim
        >>> x = autograd.Tensor([3.0], requires_grad=True)
        >>> optimizer = optim.SGD([x], lr=0.5)
        >>> (x * x).sum().backward()
        >>> optimizer.zero_grad()
        >>> x.grad is None
        True
        """
        forget_gradients([p for options in self.param_groups for p in options["params"]], set_to_none)

    def _views_of(self, number: int) -> dict[int, tuple[dict[str, np.ndarray], list[int], int]]:
        """For each parameter of a group, by its `id`: its views of the state, and where its steps are counted."""
        found = {}
        for buffer, state, count in zip(self._buffers[number], self._state[number], self._steps[number], strict=True):
            views = {name: buffer.shape_views(array) for name, array in state.items()}
            for i, p in enumerate(buffer.parameters):
                found[id(p)] = {name: view[i] for name, view in views.items()}, count, i
        return found

    def _state_views(self) -> list[tuple[dict[str, np.ndarray], list[int], int]]:
        """The same for all parameters, in the order given."""
        if self._waiting:
            self._make_room()
        groups = enumerate(self.param_groups)
        return [views[id(p)] for k, group in groups for views in [self._views_of(k)] for p in group["params"]]

    def state_dict(self) -> dict[str, Any]:
        """Everything needed to go on from here to the bit, beside the parameters: copies of the state, and the options.

        Returns
        -------
        dict
            `state`: for each parameter its `step` and arrays; `param_groups`: for each group its options, and in
            `params` the places of its parameters in `state`.

        Examples
        --------
        >>> import autograd, optim
        >>> x = autograd.Tensor([3.0], requires_grad=True)
        >>> optimizer = optim.SGD([x], lr=0.5)
        >>> sorted(optimizer.state_dict())
        ['param_groups', 'state']
        """
        parameters = [p for options in self.param_groups for p in options["params"]]
        state = [
            {
                "step": count[i],
                **{name: np.array(view) for name, view in views.items()},
                **{name: _copy(kept) for name, kept in self._kept_of(p).items()},
            }
            for p, (views, count, i) in zip(parameters, self._state_views(), strict=True)
        ]
        groups, start = [], 0
        for options in self.param_groups:
            stop = start + len(options["params"])
            groups.append({**options, "params": list(range(start, stop))})
            start = stop
        return {"state": state, "param_groups": groups}

    def _kept_of(self, p: Tensor) -> dict[str, Any]:
        """What an optimizer with a step of its own keeps for a parameter."""
        return self._kept.get(p, {}) if type(self)._update is Optimizer._update else {}

    def _read_kept(self, where: str, p: Tensor, entry: Mapping[str, Any]) -> dict[str, Any]:
        """What such an optimizer is to keep for a parameter from now on; `where` is for messages."""
        return dict(entry)

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave, of an optimizer of the same kind over parameters of the same shapes.

        PyTorch's of the same kind fit too.

        Parameters
        ----------
        state_dict : mapping

        Raises
        ------
        ValueError
            Where it does not fit; then nothing was changed.

        Examples
        --------
        >>> import autograd, optim
        >>> x = autograd.Tensor([3.0], requires_grad=True)
        >>> optimizer = optim.SGD([x], lr=0.5)
        >>> state = optimizer.state_dict()
        >>> optimizer.param_groups[0]['lr'] = 0.1
        >>> optimizer.load_state_dict(state)
        >>> optimizer.param_groups[0]['lr']
        0.5
        """
        if not isinstance(state_dict, Mapping):
            raise ValueError(f"load_state_dict: expected a mapping, not {type_name(state_dict)}")
        if not {"state", "param_groups"} <= set(state_dict):
            raise ValueError(f"load_state_dict: expected 'state' and 'param_groups', got {sorted(state_dict)}")
        places, own = self._state_views(), self.state_dict()
        groups = state_dict["param_groups"]
        state = list_entries(state_dict["state"], len(places))
        if not isinstance(groups, (list, tuple)) or not all(isinstance(group, Mapping) for group in groups):
            raise ValueError("load_state_dict: 'state' and 'param_groups' are lists of mappings")
        have, need = ([len(group["params"]) for group in some] for some in (groups, own["param_groups"]))
        if have != need or len(state) != len(places):
            raise ValueError(f"load_state_dict: groups of {have} parameters do not fit groups of {need}")
        read = [
            read_group(type(self).__name__, options, group)
            for options, group in zip(self.param_groups, groups, strict=True)
        ]
        for options, group in zip(self.param_groups, read, strict=True):
            self._check({**options, **group})
        parameters = [p for options in self.param_groups for p in options["params"]]
        owned = type(self)._update is Optimizer._update
        entries = [
            self._read_kept(where, p, entry or {})
            if owned
            else read_entry(where, type(self).__name__, entry, before, self.torch_names)
            for where, p, entry, before in zip(
                (f"load_state_dict: parameter {i}" for i in range(len(state))),
                parameters,
                state,
                own["state"],
                strict=True,
            )
        ]
        for options, group in zip(self.param_groups, read, strict=True):
            options.update(group)
        for p, (views, count, i), entry in zip(parameters, places, entries, strict=True):
            if owned:
                self._kept[p] = {name: _copy(kept) for name, kept in entry.items()}
                continue
            count[i] = entry["step"]
            for name, view in views.items():
                view[...] = entry[name]

    def __repr__(self) -> str:
        options = {
            k: v for k, v in self.param_groups[0].items() if k not in ("params", INITIAL_LR) and (k != "maximize" or v)
        }
        return f"{type(self).__name__}({', '.join(f'{k}={v}' for k, v in options.items())})"


def _copy(kept: Any) -> Any:
    """What a user keeps, so that it changes no more: arrays of tensors and arrays, anything else copied."""
    return np.array(raw(kept)) if isinstance(kept, (Tensor, np.ndarray)) else copy.deepcopy(kept)
