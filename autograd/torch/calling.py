"""How a function of PyTorch's takes its arguments: NumPy's names of them too, and `out=`."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from autograd.errors import AutogradError, GraphError, OperandError
from autograd.graph.modes import is_grad_enabled
from autograd.graph.node import Node
from autograd.torch.errors import as_runtime_error
from autograd.torch.tensor import check_tensor

if TYPE_CHECKING:
    from autograd.typing import Operand

# And what `torch.linalg` calls its matrix.
_OTHER_NAMES = {"axis": "dim", "keepdims": "keepdim", "x": "input", "a": "input", "A": "input"}


def function(f: Callable[..., Any]) -> Callable[..., Any]:
    """A function of PyTorch's whose first argument is a tensor: it checks that, and takes `axis=`, `keepdims=`, `out=`."""
    name = f.__name__.removeprefix("_")

    @wraps(f)
    def call(input: Operand | None = None, *args: Any, **kwargs: Any) -> Any:
        if kwargs:
            kwargs = {_OTHER_NAMES.get(key, key): value for key, value in kwargs.items()}
            input = kwargs.pop("input", input)
            out = kwargs.pop("out", None)
            if out is not None:
                if is_grad_enabled() and any(isinstance(x, Node) and x.needs_grad for x in (input, out, *args)):
                    raise as_runtime_error(
                        GraphError(
                            f"torch.{name}: functions with out=... arguments don't support automatic differentiation"
                        )
                    )
                out[...] = f(check_tensor(name, input), *args, **kwargs)
                return out
        try:
            return f(check_tensor(name, input), *args, **kwargs)
        except AutogradError as error:
            raise as_runtime_error(error, name)  # noqa: B904 - it is the same one
        except TypeError as error:
            raise told(name, error) from error

    return call


def told(name: str, error: TypeError) -> TypeError:
    """An error of Python's about arguments, as one that names PyTorch's word."""
    text = str(error)
    if "argument" not in text or "()" not in text:
        return error
    _, _, rest = text.partition("()")
    return OperandError(f"torch.{name}(){rest}: see the table of autograd.torch in the book for what is there")
