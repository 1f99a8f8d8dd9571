"""The errors that the engine raises, and what types are called in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from numpy.linalg import LinAlgError

# Packages the types of which are called by their names alone.
OWN = ("autograd", "nn", "optim", "numpy", "builtins", "__main__")


def type_name(x: Any) -> str:
    """What the type of `x` is called: another library's with its module, since that may have a `Tensor` too.

    Examples
    --------
    >>> from decimal import Decimal
    >>> type_name(2.0), type_name(Decimal(2))
    ('float', 'decimal.Decimal')
    """
    kind = type(x)
    module = str(kind.__module__)
    return kind.__name__ if module.partition(".")[0] in OWN else f"{module}.{kind.__qualname__}"


@dataclass(frozen=True)
class FailedCall:
    """The operation that an error came up in.

    Attributes
    ----------
    name : str
    operands : tuple of Node
    made : Node or None
        Its result, where the error came up on the way back.
    """

    name: str
    operands: tuple[Any, ...]
    made: Any = None

    def __reduce__(self) -> tuple[Any, ...]:
        # An error that goes to another process leaves the graph behind.
        return FailedCall, (self.name, ())


E = TypeVar("E", bound=BaseException)


def note_call(error: E, name: str, operands: Sequence[Any], made: Any = None) -> E:
    """Keep with an error the operation that failed, so that a diagram can show it; gives the error.

    Examples
    --------
    >>> failed_call(note_call(ValueError("of mine"), "add", ())).name
    'add'
    """
    error.failed_call = FailedCall(name, tuple(operands), made)  # type: ignore[attr-defined]
    return error


def failed_call(error: BaseException) -> FailedCall | None:
    """The operation that an error came up in; None where it is not known.

    Examples
    --------
    >>> failed_call(ValueError("of mine")) is None
    True
    """
    return getattr(error, "failed_call", None)


class AutogradError(Exception):
    """Base class of every error that the engine raises itself."""


class GraphError(AutogradError, RuntimeError):
    """The graph cannot be walked as asked: a root that is not a scalar, nothing that requires a gradient, …"""


class NotOneNumberError(GraphError, TypeError):
    """A function that should return one number returned something else; a TypeError too, as in HIPS autograd."""


class LeafEditError(GraphError, TypeError):
    """A leaf that requires its own gradient was edited in place; a TypeError too, as in HIPS autograd."""


class InPlaceError(GraphError):
    """A value that a derivative needs was overwritten between the forward and the backward pass."""


class NotKeptError(GraphError):
    """The gradient of an intermediate tensor was read, but the pass did not keep it."""


class OperandError(AutogradError, TypeError):
    """An operand of a type that the operation does not take (complex, integer leaf, Value with Tensor, …)."""


class MissingRuleError(OperandError, NotImplementedError):
    """A function, or an argument of it, that has no derivative here; a NotImplementedError too, as in HIPS autograd."""


class LostGradientError(OperandError):
    """A traced number was turned into a plain one, by `float`, `math` or an array, which its derivative cannot follow."""


class ShapeError(AutogradError, ValueError):
    """An operation was given shapes, axes or values that do not fit; the original error is chained."""


class OutsideError(ShapeError, IndexError):
    """An index, or a label, that there is nothing at; an IndexError too."""


class MatrixError(ShapeError, LinAlgError):
    """A matrix that has no inverse, or no factors of the kind that was asked for; it is a LinAlgError, as in NumPy."""


class AnomalyError(AutogradError, FloatingPointError):
    """Under `detect_anomaly`: the first NaN or infinity, or a value that was changed behind the engine's back."""


class GraphWarning(UserWarning):
    """Something was done to a node that cuts the graph, and may well be meant."""


class MissingDependencyError(AutogradError, ImportError):
    """An optional package is not installed; the message says which, and how to get it."""


class UsageError(AutogradError):
    """An argument of the command line, or a file that it names, that cannot be used."""


class UserCodeError(UsageError):
    """Code of a user's, which a command ran, raised an error; it is `original`, and the message tells it in a line."""

    original: BaseException


class FileError(AutogradError, OSError):
    """A file that cannot be written."""
