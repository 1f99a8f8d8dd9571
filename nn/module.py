"""`Module`: parameters and submodules by name, train and eval mode, the state, and the scope of what is recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, ParamSpec, Protocol, Self, TypeVar

import numpy as np
from rich.table import Table

from autograd.engine.tensor import Tensor, stamp
from autograd.errors import type_name
from autograd.graph.modes import mode as current_mode
from autograd.graph.modes import scope
from autograd.graph.node import HookHandle, get_data, next_order, raw, set_data
from autograd.graph.op import refuse_masks
from nn.conversion import read_conversion
from nn.hooks import BackwardHook, BackwardPreHook, ForwardHook, ForwardPreHook, call_with_hooks
from nn.parameter import Parameter
from nn.state import Keys, load_into, state_of
from nn.structure import PartNameError, Structure
from nn.summary import summarise
from optim.arguments import forget_gradients

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
        self._buffers: dict[str, np.ndarray | Tensor | None] = {}
        self._unsaved: set[str] = set()
        self._hooks: dict[int, Any] = {}
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

    def register_buffer(self, name: str, array: Any, persistent: bool = True) -> None:
        """Keep an array that is part of the state and no parameter, such as a running mean, as an attribute.

        Parameters
        ----------
        name : str
        array : array_like of numbers, Tensor, or None
            A tensor stays one. None for one that is not there yet: it is not a part of the state until an array is assigned
            to the attribute.
        persistent : bool
            Whether `state_dict` has it. What can be computed anew, such as a mask, need not be stored.

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
        self._check_name("buffer", name, self._buffers)
        self._buffers[name] = self._as_buffer(name, array)
        (self._unsaved.discard if persistent else self._unsaved.add)(name)
        object.__setattr__(self, name, self._buffers[name])

    def persists(self, name: str) -> bool:
        """Whether a buffer of this module itself is a part of its state.

        Parameters
        ----------
        name : str

        Returns
        -------
        bool

        Examples
        --------
        >>> import numpy as np, nn
        >>> module = nn.Module()
        >>> module.register_buffer("mask", np.tril(np.ones((2, 2))), persistent=False)
        >>> module.persists("mask"), list(module.state_dict())
        (False, [])
        """
        return name not in self._unsaved

    def _as_buffer(self, name: str, given: Any) -> np.ndarray | Tensor | None:
        if isinstance(given, Tensor):
            return given.detach() if given.op is not None else given
        refuse_masks(f"{type(self).__name__}, buffer {name!r}", given)
        array = None if given is None else np.asarray(given)
        if array is not None and array.dtype.kind not in "fiubc":
            raise TypeError(
                f"{type(self).__name__}: the buffer {name!r} is an array of numbers or None, not {type_name(given)} "
                f"of {array.dtype}"
            )
        return array

    def _check_name(self, kind: str, name: Any, own: Mapping[str, Any]) -> None:
        """Refuse a name that cannot be a part of a path, or that something else than one of its own kind has."""
        if not isinstance(name, str):
            raise TypeError(f"{type(self).__name__}: {kind} name should be a string. Got {type_name(name)}")
        if not name or "." in name:
            raise PartNameError(f"{type(self).__name__}: a name is a text without dots, got {name!r}")
        if getattr(self, name, None) is not None and name not in own:
            raise PartNameError(f"{type(self).__name__}: {name!r} is an attribute already: take another name")

    def register_parameter(self, name: str, parameter: Parameter | None) -> None:
        """Keep a parameter as an attribute, as assigning it does; names that are no words of Python's too.

        Parameters
        ----------
        name : str
        parameter : Parameter or None
            None for one that is not there, such as the bias of a layer without.

        Raises
        ------
        TypeError
            For what is neither, or a name that is no text.
        PartNameError
            For a name with dots, an empty one, and that of another attribute; it is a ValueError and a KeyError.

        Examples
        --------
        >>> import numpy as np, nn
        >>> module = nn.Module()
        >>> module.register_parameter("scale", nn.Parameter(np.ones(3)))
        >>> module.register_parameter("bias", None)
        >>> [name for name, _ in module.named_parameters()], module.bias
        (['scale'], None)
        """
        self._check_name("parameter", name, self._parameters)
        if parameter is not None and not isinstance(parameter, Parameter):
            raise TypeError(
                f"{type(self).__name__}.register_parameter: {name!r} is {type_name(parameter)}: give a Parameter, or None"
            )
        setattr(self, name, parameter)

    def add_module(self, name: str, module: Module | None) -> None:
        """Keep a module as an attribute, as assigning it does; the name may be a number.

        Parameters
        ----------
        name : str
        module : Module or None
            None for one that is not there.

        Raises
        ------
        TypeError
            For what is neither, or a name that is no text.
        PartNameError
            For a name with dots, an empty one, and that of another attribute; it is a ValueError and a KeyError.

        Examples
        --------
        >>> import nn
        >>> module = nn.Module()
        >>> module.add_module("0", nn.Linear(2, 3))
        >>> [name for name, _ in module.named_children()]
        ['0']
        """
        self._check_name("module", name, self._modules)
        if module is not None and not isinstance(module, Module):
            raise TypeError(
                f"{type(self).__name__}.add_module: {name!r} is {type_name(module)}: give a Module, or None"
            )
        setattr(self, name, module)

    def register_module(self, name: str, module: Module | None) -> None:
        """The same as `add_module`.

        Parameters
        ----------
        name : str
        module : Module or None

        Examples
        --------
        >>> import nn
        >>> module = nn.Module()
        >>> module.register_module("encoder", nn.Linear(2, 3))
        >>> module.encoder.out_features
        3
        """
        self.add_module(name, module)

    def get_submodule(self, target: str) -> Any:
        """The module at a path.

        Parameters
        ----------
        target : str
            Such as "encoder.0"; "" is this module.

        Returns
        -------
        Module

        Raises
        ------
        AttributeError
            Where there is none; it says up to where the path leads.

        Examples
        --------
        >>> import nn
        >>> nn.Sequential(nn.Sequential(nn.ReLU())).get_submodule("0.0")
        ReLU()
        """
        found, way = self, ""
        for part in target.split(".") if target else ():
            way = f"{way}.{part}" if way else part
            if part not in found._modules:
                raise AttributeError(
                    f"{type(self).__name__} has no module {target!r}: there is none at {way!r}; {type(found).__name__} has "
                    f"{', '.join(found._modules) or 'none'}"
                )
            found = found._modules[part]
        return found

    def get_parameter(self, target: str) -> Parameter:
        """The parameter at a path.

        Parameters
        ----------
        target : str
            Such as "encoder.0.weight".

        Returns
        -------
        Parameter

        Raises
        ------
        AttributeError
            Where there is none.

        Examples
        --------
        >>> import nn
        >>> nn.Sequential(nn.Linear(2, 3)).get_parameter("0.weight").shape
        (3, 2)
        """
        path, _, name = target.rpartition(".")
        holder = self.get_submodule(path)
        if name not in holder._parameters:
            raise AttributeError(
                f"{type(holder).__name__} has no parameter {name!r}; it has {list(holder._parameters)}"
            )
        return holder._parameters[name]

    def get_buffer(self, target: str) -> Any:
        """The buffer at a path.

        Parameters
        ----------
        target : str
            Such as "norm.running_mean".

        Returns
        -------
        numpy.ndarray or Tensor

        Raises
        ------
        AttributeError
            Where there is none.

        Examples
        --------
        >>> import nn
        >>> nn.Sequential(nn.BatchNorm1d(2)).get_buffer("0.running_var").tolist()
        [1.0, 1.0]
        """
        path, _, name = target.rpartition(".")
        holder = self.get_submodule(path)
        if name not in holder._buffers:
            raise AttributeError(f"{type(holder).__name__} has no buffer {name!r}; it has {list(holder._buffers)}")
        return holder._buffers[name]

    def register_forward_hook(
        self, hook: Hook, *, prepend: bool = False, with_kwargs: bool = False, always_call: bool = False
    ) -> HookHandle:
        """Call `hook(module, args, output)` after every forward pass; what it returns, if not None, is the output.

        Parameters
        ----------
        hook : callable
            Of the module, the tuple of its arguments, and its output.
        prepend : bool
            Call it before the hooks that are there.
        with_kwargs : bool
            Call `hook(module, args, kwargs, output)`.
        always_call : bool
            Call it where the pass raises too, with None as the output.

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
        plain = not (with_kwargs or always_call)
        return self._register(hook, hook if plain else ForwardHook(hook, with_kwargs, always_call), prepend)

    def register_forward_pre_hook(self, hook: Hook, *, prepend: bool = False, with_kwargs: bool = False) -> HookHandle:
        """Call `hook(module, args)` before every forward pass; what it returns, if not None, are the arguments.

        Parameters
        ----------
        hook : callable
            Of the module and the tuple of its arguments. One argument may be returned without a tuple.
        prepend : bool
            Call it before the hooks that are there.
        with_kwargs : bool
            Call `hook(module, args, kwargs)`, which gives None or the pair of both.

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
        >>> layer = nn.ReLU()
        >>> handle = layer.register_forward_pre_hook(lambda module, args: -args[0])
        >>> layer(np.array([-1.0, 2.0])).tolist()
        [1.0, 0.0]
        """
        return self._register(hook, ForwardPreHook(hook, with_kwargs), prepend)

    def register_full_backward_hook(self, hook: Hook, prepend: bool = False) -> HookHandle:
        """Call `hook(module, grad_input, grad_output)` when gradients have come through; what it returns replaces `grad_input`.

        Parameters
        ----------
        hook : callable
            Of the module, and two tuples of read-only arrays: the gradients of the arguments and of the outputs, None for
            those that need none. Keyword arguments are not among them.
        prepend : bool
            Call it before the hooks that are there.

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
        >>> import autograd, nn
        >>> layer, x = nn.ReLU(), autograd.Tensor([-1.0, 2.0], requires_grad=True)
        >>> seen = []
        >>> handle = layer.register_full_backward_hook(lambda module, into, out: seen.append((into[0].tolist(), out[0].tolist())))
        >>> (3.0 * layer(x)).sum().backward(); seen
        [([0.0, 3.0], [3.0, 3.0])]
        """
        return self._register(hook, BackwardHook(hook), prepend)

    def register_full_backward_pre_hook(self, hook: Hook, prepend: bool = False) -> HookHandle:
        """Call `hook(module, grad_output)` when the gradients of the outputs have come; what it returns replaces them.

        Parameters
        ----------
        hook : callable
            Of the module and a tuple of read-only arrays.
        prepend : bool
            Call it before the hooks that are there.

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
        >>> import autograd, nn
        >>> layer, x = nn.ReLU(), autograd.Tensor([-1.0, 2.0], requires_grad=True)
        >>> handle = layer.register_full_backward_pre_hook(lambda module, out: (10.0 * out[0],))
        >>> layer(x).sum().backward(); x.grad.tolist()
        [0.0, 10.0]
        """
        return self._register(hook, BackwardPreHook(hook), prepend)

    def _register(self, function: Any, hook: Any, prepend: bool) -> HookHandle:
        if not callable(function):
            raise TypeError(f"{type(self).__name__}: a hook is a function, not {type_name(function)}")
        key = next_order()
        later = dict(self._hooks) if prepend else {}
        if prepend:
            self._hooks.clear()
        self._hooks[key] = hook
        self._hooks.update(later)
        return HookHandle(self._hooks, key)

    def _forget(self, name: str) -> None:
        self._buffers.pop(name, None)
        self._unsaved.discard(name)
        self._parameters.pop(name, None)
        if self._modules.pop(name, None) is not None:
            self._name_children()

    def _name_children(self) -> None:
        # By identity, which a copy or an unpickled module has anew; a module that is here twice goes by its first name.
        self._names = {id(module): name for name, module in reversed(self._modules.items())}

    def __setstate__(self, state: dict[str, Any]) -> None:
        # Modules that were pickled before there were buffers outside the state.
        self.__dict__.update({"_unsaved": set(), **state})
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
                if self._hooks:  # type: ignore[attr-defined]
                    return call_with_hooks(self, list(self._hooks.values()), args, kwargs)  # type: ignore
                return self.forward(*args, **kwargs)
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

    def named_modules(self, prefix: str = "", remove_duplicate: bool = True) -> Iterator[tuple[str, Module]]:
        """This module and all below it with their paths, each once or, where asked, by each of its paths.

        Parameters
        ----------
        prefix : str
            The path of this module.
        remove_duplicate : bool
            Name what is there more than once by its first path alone.

        Examples
        --------
        >>> import numpy as np, nn
        >>> model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.ReLU(), nn.Linear(3, 1, rng=1))
        >>> [path for path, _ in model.named_modules()]
        ['', '0', '1', '2']
        """
        seen: set[int] = set()
        stack: list[tuple[str, Module, frozenset[int]]] = [(prefix, self, frozenset())]
        while stack:
            path, module, above = stack.pop()
            # A module may hold the one that it is in.
            if id(module) not in (seen if remove_duplicate else above):
                seen.add(id(module))
                yield path, module
                within = above if remove_duplicate else above | {id(module)}
                below = [(f"{path}.{name}" if path else name, child, within) for name, child in module._modules.items()]
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

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """All parameters with their paths, each once or, where asked, by each of its paths.

        Parameters
        ----------
        prefix : str
            The path of this module.
        recurse : bool
            With those of the modules below this one.
        remove_duplicate : bool
            Name what is there more than once by its first path alone.

        Examples
        --------
        >>> import numpy as np, nn
        >>> model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.ReLU(), nn.Linear(3, 1, rng=1))
        >>> [(path, parameter.shape) for path, parameter in model.named_parameters()]
        [('0.weight', (3, 2)), ('0.bias', (3,)), ('2.weight', (1, 3)), ('2.bias', (1,))]
        """
        return self._named_members(lambda module: module._parameters, prefix, recurse, remove_duplicate)

    def _named_members(
        self, own: Callable[[Module], Mapping[str, Any]], prefix: str, recurse: bool, remove_duplicate: bool
    ) -> Iterator[tuple[str, Any]]:
        seen: set[int] = set()
        for path, module in self.named_modules(prefix, remove_duplicate) if recurse else [(prefix, self)]:
            for name, member in own(module).items():
                if member is not None and not (remove_duplicate and id(member) in seen):
                    seen.add(id(member))
                    yield f"{path}.{name}" if path else name, member

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """All parameters, each once.

        Parameters
        ----------
        recurse : bool
            With those of the modules below this one.

        Examples
        --------
        >>> import numpy as np, nn
        >>> model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.ReLU(), nn.Linear(3, 1, rng=1))
        >>> sum(parameter.size for parameter in model.parameters())
        13
        """
        return (parameter for _, parameter in self.named_parameters(recurse=recurse))

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Any]]:
        """All buffers with their paths, each once or, where asked, by each of its paths.

        Parameters
        ----------
        prefix : str
            The path of this module.
        recurse : bool
            With those of the modules below this one.
        remove_duplicate : bool
            Name what is there more than once by its first path alone.

        Examples
        --------
        >>> import nn
        >>> [path for path, _ in nn.Sequential(nn.BatchNorm1d(2)).named_buffers()]
        ['0.running_mean', '0.running_var', '0.num_batches_tracked']
        """
        return self._named_members(lambda module: module._buffers, prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Any]:
        """All buffers, each once.

        Parameters
        ----------
        recurse : bool
            With those of the modules below this one.

        Examples
        --------
        >>> import nn
        >>> [buffer.shape for buffer in nn.BatchNorm1d(2).buffers()]
        [(2,), (2,), ()]
        """
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

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

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Turn all parameters, and the buffers of floats, to a dtype; gradients are forgotten. Gives the module back.

        Where all have that dtype, and where only the device is given, nothing happens. Optimizers made before hold the old
        arrays: make them afterwards.

        Parameters
        ----------
        *args
            A dtype of floats; or a tensor, whose dtype it shall be; or the device, which is "cpu".
        **kwargs
            The same by name, `dtype` and `device`.

        Returns
        -------
        Module
            This one.

        Raises
        ------
        TypeError
            For a dtype of other numbers.
        ValueError
            For another device.

        Examples
        --------
        >>> import numpy as np, nn
        >>> model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.ReLU(), nn.Linear(3, 1, rng=1))
        >>> model.to('float64')[0].weight.dtype
        dtype('float64')
        >>> model.to('cpu') is model
        True
        """
        wanted = read_conversion(f"{type(self).__name__}.to", args, kwargs)
        if wanted is None:
            return self
        parameters = [parameter for parameter in self.parameters() if parameter.dtype != wanted]
        for parameter in parameters:
            parameter.zero_grad()
            set_data(parameter, get_data(parameter).astype(wanted, order="K"))
        stamp(parameters)
        for module in self.modules():
            for name, array in list(module._buffers.items()):
                if array is not None and array.dtype.kind == "f" and array.dtype != wanted:
                    turned = raw(array).astype(wanted)
                    module.register_buffer(
                        name, Tensor(turned) if isinstance(array, Tensor) else turned, module.persists(name)
                    )
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

    def float(self) -> Self:
        """Everything in float32.

        Returns
        -------
        Module
            This one.

        Examples
        --------
        >>> import nn
        >>> nn.Linear(2, 3).double().float().weight.dtype
        dtype('float32')
        """
        return self.to(np.float32)

    def half(self) -> Self:
        """Everything in float16.

        Returns
        -------
        Module
            This one.

        Examples
        --------
        >>> import nn
        >>> nn.Linear(2, 3).half().weight.dtype
        dtype('float16')
        """
        return self.to(np.float16)

    def cpu(self) -> Self:
        """The module as it is: this is where it computes.

        Returns
        -------
        Module
            This one.

        Examples
        --------
        >>> import nn
        >>> nn.ReLU().cpu()
        ReLU()
        """
        return self

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
        return summarise(self, args)

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

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters.

        Parameters
        ----------
        set_to_none : bool
            With False gradients that are there become zeros.

        Examples
        --------
        >>> import numpy as np, nn
        >>> model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.ReLU(), nn.Linear(3, 1, rng=1))
        >>> model(np.ones((1, 2), np.float32)).sum().backward()
        >>> model.zero_grad()
        >>> model[0].weight.grad is None
        True
        """
        forget_gradients(self.parameters(), set_to_none)

    def state_dict(self, *, prefix: str = "") -> dict[str, np.ndarray]:
        """Copies of all parameters' data, and of all persistent buffers, by their paths; what is shared goes by each of its paths.

        Parameters
        ----------
        prefix : str
            Before every name, such as "encoder.".

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
        return {f"{prefix}{name}": np.array(raw(x), order="C") for name, x in state_of(self).items()}

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> Keys:
        """Copy data into the parameters and the buffers, such as those of PyTorch's checkpoints of the same model.

        Parameters
        ----------
        state_dict : mapping of str to array_like
        strict : bool
            Whether the names must be exactly those of this module. What is shared may go by one of its paths or by several.

        Returns
        -------
        Keys
            `missing_keys` and `unexpected_keys`; both are empty where `strict`.

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
        <All keys matched successfully>
        >>> bool((twin[0].weight.data == model[0].weight.data).all())
        True
        """
        return load_into(self, state_dict, strict)

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

    def __dir__(self) -> list[str]:
        # What can be written behind a dot: modules of a list go by numbers.
        return [name for name in super().__dir__() if not name[:1].isdigit()]

    def __repr__(self) -> str:
        if not self._modules:
            return f"{type(self).__name__}({self.extra_repr()})"
        lines = [f"({name}): {module!r}".replace("\n", "\n  ") for name, module in self._modules.items()]
        return f"{type(self).__name__}(\n  " + "\n  ".join(lines) + "\n)"
