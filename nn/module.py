"""`Module`: parameters and submodules by name, train and eval mode, the state, and the scope of what is recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, ParamSpec, Protocol, Self, TypeVar

import numpy as np
from rich import box
from rich.markup import escape
from rich.table import Table

from autograd.engine.tensor import stamp
from autograd.errors import type_name
from autograd.graph.modes import mode as current_mode
from autograd.graph.modes import no_grad, scope
from autograd.graph.node import HookHandle, next_order, set_data
from autograd.graph.op import refuse_masks
from nn.modes import finally_call, preserve_modes
from nn.parameter import Parameter
from nn.state import load_into, names_of
from nn.structure import Structure

Hook = Callable[..., Any]
_entered: ContextVar[tuple[Module, str] | None] = ContextVar("nn module", default=None)
P = ParamSpec("P")
R = TypeVar("R")
Result = TypeVar("Result", covariant=True)


class Forward(Protocol[P, Result]):
    """What has a forward pass: a call of it takes and gives what that does."""

    def forward(self, *args: P.args, **kwargs: P.kwargs) -> Result:
        """Compute."""


class Module:
    """A function with parameters. A subclass assigns them in `__init__` and computes in `forward`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> class Scale(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.factor = nn.Parameter(np.array(2.0))
    ...     def forward(self, x):
    ...         return x * self.factor
    >>> scale = Scale()
    >>> scale(np.array([1.0, 2.0])).tolist(), [name for name, _ in scale.named_parameters()]
    ([2.0, 4.0], ['factor'])
    """

    training: bool

    def __init__(self) -> None:
        self._parameters: dict[str, Parameter] = {}
        self._modules: dict[str, Module] = {}
        self._names: dict[int, str] = {}
        self._buffers: dict[str, np.ndarray | None] = {}
        self._hooks: dict[int, Hook] = {}
        self.training = True

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, (Parameter, Module)):
            if "_modules" not in self.__dict__:
                raise AttributeError(
                    f"{type(self).__name__}.__init__ must call super().__init__() before it assigns {name!r}"
                )
            own = self._parameters if isinstance(value, Parameter) else self._modules
            if name not in own:
                # One that takes the place of its own kind keeps the place.
                self._forget(name)
            if isinstance(value, Parameter):
                self._parameters[name] = value
                # For error messages and diagrams; a name that the user gave stays.
                value.name = value.name or name
            else:
                self._modules[name] = value
                self._name_children()
        elif name in self.__dict__.get("_buffers", ()):
            self._buffers[name] = value = self._as_buffer(name, value)
        elif name in self.__dict__.get("_parameters", ()) or name in self.__dict__.get("_modules", ()):
            if value is not None:
                kind = "Parameter" if name in self._parameters else "Module"
                raise TypeError(
                    f"{type(self).__name__}.{name} is a {kind} and cannot become {type_name(value)}: "
                    f"assign a {kind}, or None to remove it"
                )
            self._forget(name)
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        self._forget(name)
        object.__delattr__(self, name)

    def register_buffer(self, name: str, array: Any) -> None:
        """Keep an array that is part of the state and no parameter, such as a running mean, as an attribute.

        Parameters
        ----------
        name : str
        array : array_like of numbers, or None
            None for one that is not there yet: it is not a part of the state until an array is assigned to the attribute.

        Examples
        --------
        >>> import numpy as np, nn
        >>> class Scaled(nn.Module):
        ...     def __init__(self):
        ...         super().__init__()
        ...         self.register_buffer('mean', np.zeros(2))
        >>> list(Scaled().state_dict())
        ['mean']
        """
        self._check_name(name, self._buffers)
        self._buffers[name] = self._as_buffer(name, array)
        object.__setattr__(self, name, self._buffers[name])

    def _as_buffer(self, name: str, given: Any) -> np.ndarray | None:
        refuse_masks(f"{type(self).__name__}, buffer {name!r}", given)
        array = None if given is None else np.asarray(given)
        if array is not None and array.dtype.kind not in "fiubc":
            raise TypeError(
                f"{type(self).__name__}: the buffer {name!r} is an array of numbers or None, not {type_name(given)} "
                f"of {array.dtype}"
            )
        return array

    def _check_name(self, name: Any, own: Mapping[str, Any]) -> None:
        """Refuse a name that cannot be a part of a path, or that something else than one of its own kind has."""
        if not isinstance(name, str) or not name or "." in name:
            raise TypeError(f"{type(self).__name__}: a name is a text without dots, got {name!r}")
        if hasattr(self, name) and name not in own:
            raise ValueError(f"{type(self).__name__}: {name!r} is an attribute already: take another name")

    def register_forward_hook(self, hook: Hook) -> HookHandle:
        """Call `hook(module, args, output)` after every forward pass; what it returns, if not None, is the output.

        Parameters
        ----------
        hook : callable
            Of the module, the tuple of its arguments, and its output.

        Returns
        -------
        HookHandle
            Its `remove()` takes the hook away.

        Raises
        ------
        TypeError
            For what cannot be called.

        Examples
        --------
        >>> import numpy as np, nn
        >>> layer, shapes = nn.Linear(3, 2, rng=0), []
        >>> handle = layer.register_forward_hook(lambda module, args, output: shapes.append(output.shape))
        >>> _ = layer(np.ones((5, 3), np.float32)); handle.remove(); shapes
        [(5, 2)]
        """
        if not callable(hook):
            raise TypeError(f"{type(self).__name__}: a hook is a function, not {type_name(hook)}")
        key = next_order()
        self._hooks[key] = hook
        return HookHandle(self._hooks, key)

    def _forget(self, name: str) -> None:
        self._buffers.pop(name, None)
        self._parameters.pop(name, None)
        if self._modules.pop(name, None) is not None:
            self._name_children()

    def _name_children(self) -> None:
        # By identity, which a copy or an unpickled module has anew; a module that is here twice goes by its first name.
        self._names = {id(module): name for name, module in reversed(self._modules.items())}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._name_children()

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Compute; a subclass defines it, and users call the module itself.

        Parameters
        ----------
        *args, **kwargs
            What the module is called with.

        Returns
        -------
        What a call of the module gives

        Raises
        ------
        TypeError
            Where a subclass has none.

        Examples
        --------
        >>> import nn
        >>> class Twice(nn.Module):
        ...     def forward(self, x):
        ...         return x + x
        >>> Twice()(1.5)
        3.0
        """
        raise TypeError(f"{type(self).__name__} has no forward method")

    def __call__(self: Forward[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        recorder = current_mode().recorder
        if recorder is not None:
            recorder.visit(self)
        outer = _entered.get()
        if outer is None:
            path = ""
        else:
            parent, prefix = outer
            name = parent._names.get(id(self)) or type(self).__name__
            path = f"{prefix}.{name}" if prefix else name
        scoped = scope.get()
        # Two blocks, because Ctrl-C may come between any two calls; see `call_with`, written out here for speed.
        try:
            _entered.set((self, path))  # type: ignore[arg-type]
            try:
                scope.set(path or None)
                output = self.forward(*args, **kwargs)
                for hook in list(self._hooks.values()):  # type: ignore[attr-defined]
                    replaced = hook(self, args, output)
                    output = output if replaced is None else replaced
                return output
            finally:
                scope.set(scoped)
        finally:
            _entered.set(outer)

    @property
    def path(self) -> str:
        """The path of this module in the one that was called, such as `encoder.1`; for messages."""
        entered = _entered.get()
        inside = entered[1] if entered is not None and entered[0] is self else ""
        return f"{type(self).__name__} {inside!r}" if inside else type(self).__name__

    def structure(self) -> Structure:
        """The parameters, modules, buffers and hooks of this module itself, by name, as views that show later changes.

        Examples
        --------
        >>> import nn
        >>> layer = nn.Linear(2, 3)
        >>> own = layer.structure()
        >>> list(own.parameters), len(own.modules)
        (['weight', 'bias'], 0)
        """
        return Structure(
            MappingProxyType(self._parameters),
            MappingProxyType(self._modules),
            MappingProxyType(self._buffers),
            MappingProxyType(self._hooks),
        )

    def named_modules(self, prefix: str = "") -> Iterator[tuple[str, Module]]:
        """This module and all below it with their paths, each once.

        Parameters
        ----------
        prefix : str
            The path of this module.

        Examples
        --------
        >>> import numpy as np, nn
        >>> model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.ReLU(), nn.Linear(3, 1, rng=1))
        >>> [path for path, _ in model.named_modules()]
        ['', '0', '1', '2']
        """
        seen: set[int] = set()
        stack = [(prefix, self)]
        while stack:
            path, module = stack.pop()
            if id(module) not in seen:
                seen.add(id(module))
                yield path, module
                below = [(f"{path}.{name}" if path else name, child) for name, child in module._modules.items()]
                stack.extend(reversed(below))

    def modules(self) -> Iterator[Module]:
        """This module and all below it.

        Examples
        --------
        >>> import numpy as np, nn
        >>> model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.ReLU(), nn.Linear(3, 1, rng=1))
        >>> [type(module).__name__ for module in model.modules()]
        ['Sequential', 'Linear', 'ReLU', 'Linear']
        """
        return (module for _, module in self.named_modules())

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The modules right below this one with their names, each once.

        Examples
        --------
        >>> import numpy as np, nn
        >>> model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.ReLU(), nn.Linear(3, 1, rng=1))
        >>> [name for name, _ in model.named_children()]
        ['0', '1', '2']
        """
        seen: set[int] = set()
        for name, module in self._modules.items():
            if id(module) not in seen:
                seen.add(id(module))
                yield name, module

    def children(self) -> Iterator[Module]:
        """The modules right below this one, each once.

        Examples
        --------
        >>> import numpy as np, nn
        >>> model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.ReLU(), nn.Linear(3, 1, rng=1))
        >>> [type(module).__name__ for module in model.children()]
        ['Linear', 'ReLU', 'Linear']
        """
        return (module for _, module in self.named_children())

    def named_parameters(self) -> Iterator[tuple[str, Parameter]]:
        """All parameters with their paths, each once.

        Examples
        --------
        >>> import numpy as np, nn
        >>> model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.ReLU(), nn.Linear(3, 1, rng=1))
        >>> [(path, parameter.shape) for path, parameter in model.named_parameters()]
        [('0.weight', (3, 2)), ('0.bias', (3,)), ('2.weight', (1, 3)), ('2.bias', (1,))]
        """
        seen: set[int] = set()
        for path, module in self.named_modules():
            for name, parameter in module._parameters.items():
                if id(parameter) not in seen:
                    seen.add(id(parameter))
                    yield f"{path}.{name}" if path else name, parameter

    def parameters(self) -> Iterator[Parameter]:
        """All parameters, each once.

        Examples
        --------
        >>> import numpy as np, nn
        >>> model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.ReLU(), nn.Linear(3, 1, rng=1))
        >>> sum(parameter.size for parameter in model.parameters())
        13
        """
        return (parameter for _, parameter in self.named_parameters())

    def named_buffers(self) -> Iterator[tuple[str, np.ndarray]]:
        """All buffers with their paths, each once.

        Examples
        --------
        >>> import nn
        >>> [path for path, _ in nn.Sequential(nn.BatchNorm1d(2)).named_buffers()]
        ['0.running_mean', '0.running_var', '0.num_batches_tracked']
        """
        seen: set[int] = set()
        for path, module in self.named_modules():
            for name, array in module._buffers.items():
                if array is not None and id(array) not in seen:
                    seen.add(id(array))
                    yield f"{path}.{name}" if path else name, array

    def apply(self, function: Callable[[Module], Any]) -> Self:
        """Call a function with all modules below this one, in order and the innermost first, and with this one; gives it back.

        Parameters
        ----------
        function : callable
            Of a module.

        Returns
        -------
        Module
            This one.

        Examples
        --------
        >>> import nn
        >>> seen = []
        >>> model = nn.Sequential(nn.Linear(2, 2), nn.Sequential(nn.ReLU()), nn.Tanh())
        >>> _ = model.apply(lambda module: seen.append(type(module).__name__)); seen
        ['Linear', 'ReLU', 'Sequential', 'Tanh', 'Sequential']
        """
        seen = {id(self)}
        stack: list[tuple[Module, Iterator[Module]]] = [(self, self.children())]
        while stack:
            module, below = stack[-1]
            child = next((m for m in below if id(m) not in seen), None)
            if child is None:
                function(module)
                stack.pop()
            else:
                seen.add(id(child))
                stack.append((child, child.children()))
        return self

    def to(self, dtype: Any) -> Self:
        """Turn all parameters, and the buffers of floats, to a dtype; gradients are forgotten. Gives the module back.

        Optimizers made before hold the old arrays: make them afterwards.

        Parameters
        ----------
        dtype : dtype
            Of floats.

        Returns
        -------
        Module
            This one.

        Raises
        ------
        TypeError
            For a dtype of other numbers.

        Examples
        --------
        >>> import numpy as np, nn
        >>> model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.ReLU(), nn.Linear(3, 1, rng=1))
        >>> model.to('float64')[0].weight.dtype
        dtype('float64')
        """
        wanted = np.dtype(dtype)
        if wanted.kind != "f":
            raise TypeError(f"{type(self).__name__}.to: parameters are floats, not {wanted}")
        parameters = list(self.parameters())
        for parameter in parameters:
            parameter.zero_grad()
            set_data(parameter, parameter.data.astype(wanted, order="K"))
        stamp(parameters)
        for module in self.modules():
            for name, array in list(module._buffers.items()):
                if array is not None and array.dtype.kind == "f":
                    module.register_buffer(name, array.astype(wanted))
        return self

    def double(self) -> Self:
        """Everything in float64, as gradient checks need it.

        Returns
        -------
        Module
            This one.

        Examples
        --------
        >>> import numpy as np, nn
        >>> model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.ReLU(), nn.Linear(3, 1, rng=1))
        >>> model.double()[0].weight.dtype
        dtype('float64')
        """
        return self.to(np.float64)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Freeze all parameters, or let them be trained; gives the module back.

        Parameters
        ----------
        requires_grad : bool

        Returns
        -------
        Module
            This one.

        Examples
        --------
        >>> import numpy as np, nn
        >>> model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.ReLU(), nn.Linear(3, 1, rng=1))
        >>> _ = model[0].requires_grad_(False)
        >>> [path for path, parameter in model.named_parameters() if parameter.requires_grad]
        ['2.weight', '2.bias']
        """
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def summary(self, *args: Any) -> Table:
        """A table of the modules with their parameters; with arguments of a forward pass also the shapes that come out.

        Parameters
        ----------
        *args
            Of a forward pass, which is run without changing anything.

        Returns
        -------
        rich.table.Table

        Examples
        --------
        >>> import numpy as np, nn
        >>> model = nn.Sequential(nn.Linear(4, 3), nn.Tanh())
        >>> table = model.summary(np.ones((2, 4), np.float32))
        >>> [list(column.cells) for column in table.columns]
        [['', '0', '1'], ['Sequential', 'Linear', 'Tanh'], ['2×3', '2×3', '2×3'], ['15', '15', '0']]
        """
        shapes: dict[int, str] = {}

        def note(module: Module, _: Any, output: Any) -> None:
            shape = getattr(output, "shape", None)
            shapes[id(module)] = "×".join(map(str, shape)) if shape else type(output).__name__

        def forget() -> None:
            for module in self.modules():
                for key in [key for key, hook in module._hooks.items() if hook is note]:
                    del module._hooks[key]

        if args:
            with preserve_modes(self.modules()), finally_call(forget), no_grad():
                for module in self.modules():
                    module.register_forward_hook(note)
                self.eval()(*args)
        table = Table(box=box.SIMPLE)
        for column in ("path", "module", *(["output"] if args else [])):
            table.add_column(column)
        table.add_column("parameters", justify="right")
        for path, module in self.named_modules():
            count = sum(p.size for p in module.parameters())
            row = [path, type(module).__name__, *([shapes.get(id(module), "")] if args else []), f"{count:,}"]
            table.add_row(*map(escape, row))
        return table

    def train(self, mode: bool = True) -> Self:
        """Set this module and all below it to training mode, or with False to evaluation mode; gives the module back.

        Parameters
        ----------
        mode : bool

        Returns
        -------
        Module
            This one.

        Raises
        ------
        ValueError
            For what is neither True nor False.

        Examples
        --------
        >>> import numpy as np, nn
        >>> model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.ReLU(), nn.Linear(3, 1, rng=1))
        >>> model.train(False)[1].training
        False
        """
        if not isinstance(mode, (bool, np.bool_)):
            hint = "; for evaluation mode call eval()" if mode == "eval" else ""
            raise ValueError(f"{type(self).__name__}.train: mode must be True or False, got {mode!r}{hint}")
        mode = bool(mode)
        recorder = current_mode().recorder
        if recorder is not None and any(module.training is not mode for module in self.modules()):
            recorder.refuse_mode(self)
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Set this module and all below it to evaluation mode; gives the module back.

        Returns
        -------
        Module
            This one.

        Examples
        --------
        >>> import numpy as np, nn
        >>> model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.ReLU(), nn.Linear(3, 1, rng=1))
        >>> model.eval().training
        False
        """
        return self.train(False)

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters.

        Examples
        --------
        >>> import numpy as np, nn
        >>> model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.ReLU(), nn.Linear(3, 1, rng=1))
        >>> model(np.ones((1, 2), np.float32)).sum().backward()
        >>> model.zero_grad()
        >>> model[0].weight.grad is None
        True
        """
        for parameter in self.parameters():
            parameter.zero_grad()

    def state_dict(self) -> dict[str, np.ndarray]:
        """Copies of all parameters' data, and of all buffers, by their paths; what is shared goes by each of its paths.

        Returns
        -------
        dict of str to numpy.ndarray

        Examples
        --------
        >>> import numpy as np, nn
        >>> model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.ReLU(), nn.Linear(3, 1, rng=1))
        >>> list(model.state_dict())
        ['0.weight', '0.bias', '2.weight', '2.bias']
        """
        parameters, buffers = names_of(self)
        state = {name: np.array(parameter.data, order="C") for name, parameter in parameters.items()}
        return {**state, **{name: array.copy() for name, array in buffers.items()}}

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> None:
        """Copy data into the parameters and the buffers.

        Parameters
        ----------
        state_dict : mapping of str to array_like
        strict : bool
            Whether the names must be exactly those of this module. What is shared may go by one of its paths or by several.

        Raises
        ------
        ValueError
            Naming all that is missing, unexpected, of another shape or not numbers, or two things for what is shared; then
            nothing was changed.

        Examples
        --------
        >>> import numpy as np, nn
        >>> model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.ReLU(), nn.Linear(3, 1, rng=1))
        >>> twin = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
        >>> twin.load_state_dict(model.state_dict())
        >>> bool((twin[0].weight.data == model[0].weight.data).all())
        True
        """
        load_into(self, state_dict, strict)

    def extra_repr(self) -> str:
        """The arguments that `repr` shows between the parentheses.

        Returns
        -------
        str

        Examples
        --------
        >>> import nn
        >>> nn.Linear(2, 3).extra_repr()
        'in_features=2, out_features=3, bias=True'
        """
        return ""

    def __repr__(self) -> str:
        if not self._modules:
            return f"{type(self).__name__}({self.extra_repr()})"
        lines = [f"({name}): {module!r}".replace("\n", "\n  ") for name, module in self._modules.items()]
        return f"{type(self).__name__}(\n  " + "\n  ".join(lines) + "\n)"
