"""`Optimizer`: what all optimizers share: parameter groups in contiguous buffers, `step`, `zero_grad`, the state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from autograd.errors import OperandError, ShapeError
from autograd.node import get_data, get_grad, set_data, set_grad
from autograd.tensor import Tensor, stamp


class Buffer:
    """The parameters of one group and one dtype in one contiguous array, so that a step is a handful of NumPy calls.

    Every `p.data` is a view of `values`, in the memory order that it came in; where a user has put another array in its
    place, `gather` copies it in and puts the view back.
    """

    def __init__(self, parameters: list[Tensor]) -> None:
        self.parameters = parameters
        sizes = [p.size for p in parameters]
        ends = np.cumsum([0, *sizes]).tolist()
        self.slices = [slice(start, end) for start, end in zip(ends, ends[1:], strict=False)]
        self.values = np.empty(ends[-1], parameters[0].dtype)
        self.gradients = np.zeros_like(self.values)
        self.views = self.shaped(self.values)
        self._into = self.shaped(self.gradients)
        for p, view in zip(parameters, self.views, strict=True):
            view[...] = get_data(p)
            set_data(p, view)

    def shaped(self, flat: np.ndarray) -> list[np.ndarray]:
        """A flat array of this length as views, one in the shape and memory order of each parameter."""
        shaped = []
        for p, part in zip(self.parameters, self.slices, strict=True):
            data = get_data(p)
            by_columns = data.flags.f_contiguous and not data.flags.c_contiguous
            shaped.append(flat[part].reshape(data.shape, order="F" if by_columns else "C"))
        return shaped

    def gather(self) -> list[slice]:
        """Collect the gradients; the stretches of the buffer that have one (a single one, where all have)."""
        present: list[slice] = []
        for p, view, into, part in zip(self.parameters, self.views, self._into, self.slices, strict=True):
            data = get_data(p)
            if data is not view:
                if data.shape != view.shape:
                    raise ShapeError(
                        f"parameter {p.label()!r} had shape {view.shape} and now has {data.shape}: make a new optimizer"
                    )
                view[...] = data
                set_data(p, view)
            gradient = get_grad(p)
            if gradient is not None:
                into[...] = gradient
                if present and present[-1].stop == part.start:
                    present[-1] = slice(present[-1].start, part.stop)
                else:
                    present.append(part)
        return present


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
        For something that is not a leaf tensor that requires a gradient; it is a TypeError.
    """

    state_names: tuple[str, ...] = ()

    def __init__(self, params: Iterable[Any], defaults: dict[str, Any]) -> None:
        given = [params] if isinstance(params, Tensor) else list(params)
        if not given:
            raise ValueError(f"{type(self).__name__}: the list of parameters is empty")
        groups: list[Any] = given if isinstance(given[0], Mapping) else [{"params": given}]
        self.param_groups: list[dict[str, Any]] = []
        self._buffers: list[list[Buffer]] = []
        self._state: list[list[dict[str, np.ndarray]]] = []
        self._steps: list[list[list[int]]] = []
        seen: set[int] = set()
        for group in groups:
            unknown = set(group) - set(defaults) - {"params"}
            if unknown:
                raise ValueError(
                    f"{type(self).__name__} has no option {sorted(unknown)[0]!r}; it has {sorted(defaults)}"
                )
            members = [group["params"]] if isinstance(group["params"], Tensor) else list(group["params"])
            for p in members:
                self._accept(p, seen)
            options = {**defaults, **group, "params": members}
            self._check(options)
            self.param_groups.append(options)
            self._add_buffers(members)

    def _accept(self, p: Any, seen: set[int]) -> None:
        if not isinstance(p, Tensor):
            raise OperandError(f"{type(self).__name__}: parameters are tensors, not {type(p).__name__}")
        if p.op is not None or not p.requires_grad:
            raise OperandError(f"{type(self).__name__}: {p.label()!r} is not a leaf that requires a gradient")
        if id(p) in seen:
            raise ValueError(f"{type(self).__name__}: parameter {p.label()!r} of shape {p.shape} was given twice")
        seen.add(id(p))

    def _add_buffers(self, members: list[Tensor]) -> None:
        by_dtype: dict[Any, list[Tensor]] = {}
        for p in members:
            by_dtype.setdefault(p.dtype, []).append(p)
        buffers = [Buffer(parameters) for parameters in by_dtype.values()]
        self._buffers.append(buffers)
        self._state.append([{name: np.zeros_like(b.values) for name in self.state_names} for b in buffers])
        # Steps are counted for each parameter, because one without a gradient is skipped.
        self._steps.append([[0] * len(b.parameters) for b in buffers])

    def _check(self, options: dict[str, Any]) -> None:
        for name in ("lr", "eps", "weight_decay", "momentum"):
            if name in options and not options[name] >= 0:
                raise ValueError(f"{type(self).__name__}: {name} must not be negative, got {options[name]!r}")

    def _update(
        self, values: np.ndarray, g: np.ndarray, state: dict[str, np.ndarray], t: int, options: dict[str, Any]
    ) -> None:
        """Move one stretch of parameters in place.

        Parameters
        ----------
        values, g : 1-d arrays
            The parameters, to be written to, and their gradients, which may be written to.
        state : dict of 1-d arrays
            The stretch of each array named in `state_names`, to be written to.
        t : int
            The number of this step, from 1.
        options : dict
            The group's.
        """
        raise TypeError(f"{type(self).__name__} has no _update")

    def step(self) -> None:
        """Move every parameter that has a gradient."""
        moved: list[Tensor] = []
        for options, buffers, states, counts in zip(
            self.param_groups, self._buffers, self._state, self._steps, strict=True
        ):
            for buffer, state, count in zip(buffers, states, counts, strict=True):
                present = buffer.gather()
                if present == [slice(0, len(buffer.values))] and len(set(count)) == 1:
                    count[:] = [count[0] + 1] * len(count)
                    self._update(buffer.values, buffer.gradients, state, count[0], options)
                    moved += buffer.parameters
                    continue
                for i, (p, part) in enumerate(zip(buffer.parameters, buffer.slices, strict=True)):
                    if get_grad(p) is not None:
                        count[i] += 1
                        own = {name: array[part] for name, array in state.items()}
                        self._update(buffer.values[part], buffer.gradients[part], own, count[i], options)
                        moved.append(p)
        stamp(moved)

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for options in self.param_groups:
            for p in options["params"]:
                set_grad(p, None)

    def state_dict(self) -> dict[str, Any]:
        """Everything needed to go on from here to the bit, beside the parameters: copies of the state, and the options."""
        groups = [{k: v for k, v in options.items() if k != "params"} for options in self.param_groups]
        state: list[dict[str, Any]] = []
        for buffers, states, counts in zip(self._buffers, self._state, self._steps, strict=True):
            for buffer, held, count in zip(buffers, states, counts, strict=True):
                views = {name: buffer.shaped(array) for name, array in held.items()}
                for i in range(len(buffer.parameters)):
                    state.append({"step": count[i], **{name: np.array(view[i]) for name, view in views.items()}})
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave, of an optimizer of the same kind over parameters of the same shapes.

        Raises
        ------
        ValueError
            Where it does not fit; then nothing was changed.
        """
        groups, state = state_dict["param_groups"], state_dict["state"]
        own = self.state_dict()
        if len(groups) != len(own["param_groups"]) or len(state) != len(own["state"]):
            raise ValueError(
                f"load_state_dict: {len(groups)} groups with {len(state)} parameters do not fit "
                f"{len(own['param_groups'])} groups with {len(own['state'])}"
            )
        for i, (new, old) in enumerate(zip(state, own["state"], strict=True)):
            if set(new) != set(old):
                raise ValueError(
                    f"load_state_dict: parameter {i} has {sorted(new)}, {type(self).__name__} needs {sorted(old)}"
                )
            for name in self.state_names:
                if np.shape(new[name]) != np.shape(old[name]):
                    raise ValueError(
                        f"load_state_dict: {name} of parameter {i} has shape {np.shape(new[name])}, not {np.shape(old[name])}"
                    )
        entries = iter(state)
        for options, new, buffers, states, counts in zip(
            self.param_groups, groups, self._buffers, self._state, self._steps, strict=True
        ):
            options.update(new)
            for buffer, held, count in zip(buffers, states, counts, strict=True):
                views = {name: buffer.shaped(array) for name, array in held.items()}
                for i in range(len(buffer.parameters)):
                    entry = next(entries)
                    count[i] = int(entry["step"])
                    for name, view in views.items():
                        view[i][...] = entry[name]

    def __repr__(self) -> str:
        options = {k: v for k, v in self.param_groups[0].items() if k != "params"}
        return f"{type(self).__name__}({', '.join(f'{k}={v}' for k, v in options.items())})"
