"""`Variable`: a line of the editor's table of variables; what is below it is made when it is opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.debug.dap.fields import RequestError
from autograd.wording.numbers import format_number, format_percent, summarise
from autograd.wording.steps import describe, to_line

# Characters of a value, and lines of one answer; editors ask for further ones.
MAX_NAME, MAX_VALUE, MAX_LINES = 200, 2000, 1000


@dataclass(frozen=True, slots=True)
class Variable:
    """A name, what it is, and what it holds.

    Attributes
    ----------
    name, value : str
    kind : str
        The type.
    children : callable or None
        Gives the named lines below it.
    elements : callable or None
        From a first number and a count to the numbered lines below it.
    length : int
        How many of those there are.
    path : str
        What the editor may ask of it later, as a watch or for a data breakpoint.
    edit : callable or None
        Gives it another value, which is a text of the user's.
    """

    name: str
    value: str
    kind: str = ""
    children: Callable[[], Sequence[Variable]] | None = None
    elements: Callable[[int, int], Sequence[Variable]] | None = None
    length: int = 0
    path: str = ""
    edit: Callable[[str], None] | None = None


class Variables:
    """The tables that the editor has the numbers of; they hold until the program moves."""

    def __init__(self) -> None:
        self._opened: list[Variable] = []

    def clear(self) -> None:
        """Forget all numbers."""
        self._opened.clear()

    def reference(self, variable: Variable) -> int:
        """The number under which what is below a line can be asked for; 0 where there is nothing."""
        if variable.children is None and variable.elements is None:
            return 0
        self._opened.append(variable)
        return len(self._opened)

    def get(self, reference: int) -> Variable:
        """What a number stands for.

        Raises
        ------
        RequestError
            Where it is none, or one from before the last step.
        """
        if not 1 <= reference <= len(self._opened):
            raise RequestError(f"there are no variables {reference}: they hold until the next step")
        return self._opened[reference - 1]

    def describe(self, variable: Variable, *, name: str = "name") -> dict[str, Any]:
        """A `Variable` of the protocol, or with another `name` what has a value in its place."""
        told: dict[str, Any] = {
            ("value" if name == "name" else name): to_line(variable.value[:MAX_VALUE]),
            "type": variable.kind,
            "variablesReference": self.reference(variable),
        }
        if name == "name":
            told["name"] = shown_name(variable)
        if variable.length:
            told["indexedVariables"] = variable.length
        if variable.path:
            told["evaluateName"] = variable.path
        if variable.edit is None:
            told["presentationHint"] = {"attributes": ["readOnly"]}
        return told

    def list(self, reference: int, which: str | None, start: int, count: int) -> list[dict[str, Any]]:
        """The lines below one, or a page of them."""
        parent = self.get(reference)
        found = list(below(parent, which, start, count or MAX_LINES))
        return [self.describe(one) for one in found]

    def edit(self, reference: int, name: str, text: str) -> None:
        """Give a line another value.

        Raises
        ------
        RequestError
            Where there is no such line, or its value follows from others.
        """
        parent = self.get(reference)
        line = find_line(parent, name)
        if line.edit is None:
            raise RequestError(
                f"{name} follows from the values of the graph; set the value of a node, and all is replayed"
            )
        line.edit(text)


def shown_name(variable: Variable) -> str:
    """What the editor has it by: one line, of a length that fits a table."""
    name = variable.name
    # Both ends: names that are numbered differ in their last characters.
    return to_line(name if len(name) <= MAX_NAME else f"{name[: MAX_NAME // 2]}…{name[-MAX_NAME // 2 :]}")


def below(parent: Variable, which: str | None = None, start: int = 0, count: int = MAX_LINES) -> list[Variable]:
    """The named lines below one, then the numbered."""
    count = min(count, MAX_LINES)
    found: list[Variable] = []
    if which != "indexed" and parent.children is not None:
        named = list(parent.children())
        found += named[start : start + count] if which == "named" else named[:MAX_LINES]
    if which != "named" and parent.elements is not None:
        found += parent.elements(start, min(count, parent.length - start))
    return found


def find_line(parent: Variable, name: str) -> Variable:
    """The line of that name below one.

    Raises
    ------
    RequestError
    """
    if (
        parent.elements is not None
        and name.isascii()
        and name.isdigit()
        and len(name) < 16
        and int(name) < parent.length
    ):
        return parent.elements(int(name), 1)[0]
    for line in parent.children() if parent.children is not None else ():
        if shown_name(line) == name:
            return line
    raise RequestError(f"there is no {name[:60]!r} here")


@dataclass(frozen=True, slots=True)
class Editing:
    """How a number can be set.

    Attributes
    ----------
    now : callable
        Gives the number, or the array that it is an element of, after further edits.
    put : callable
        Takes the new one.
    read : callable
        From a text of the user's to a float or a list.
    """

    now: Callable[[], Any]
    put: Callable[[Any], None]
    read: Callable[[str], Any]

    def element(self, index: int) -> Editing:
        """The same for an element of the array, or a row."""

        def put(x: Any) -> None:
            copy = np.array(self.now(), dtype=np.float64)
            try:
                copy[index] = x
            except (TypeError, ValueError) as error:
                raise RequestError(f"element {index} cannot be this: {error}") from None
            self.put(copy)

        return Editing(lambda: self.now()[index], put, self.read)


def number_variable(name: str, x: Any, *, path: str = "", editing: Editing | None = None) -> Variable:
    """A number with all its digits, or an array: what it amounts to, and its rows in pages.

    Parameters
    ----------
    name : str
    x : float, array or None
    path : str
        See `Variable`.
    editing : Editing, optional
        Of what can be set.
    """
    if x is None:
        return Variable(name, "none yet", path=path)
    edit = None if editing is None else (lambda text: editing.put(editing.read(text)))
    array = np.asarray(x)
    if array.ndim == 0:
        kind = "float" if x.__class__ is float else str(array.dtype)
        return Variable(name, repr(array.item()), kind, path=path, edit=edit)

    def elements(start: int, count: int) -> list[Variable]:
        now = array if editing is None else np.asarray(editing.now())
        stop = min(start + max(count, 0), len(now))
        return [
            number_variable(str(i), now[i], editing=None if editing is None else editing.element(i))
            for i in range(start, stop)
        ]

    said = f"{'×'.join(map(str, array.shape))} {array.dtype}{_amount(array)}"
    return Variable(
        name, said, f"array {array.dtype}", lambda: _summary(array), elements, len(array), path=path, edit=edit
    )


def _amount(array: np.ndarray) -> str:
    told = describe(array)
    return told[told.index(",") :] if "," in told else f", {told}"


def _summary(array: np.ndarray) -> list[Variable]:
    """What an array amounts to, in lines."""
    numbers = summarise([array])
    lines = [
        Variable("shape", str(tuple(array.shape)), "tuple"),
        Variable("dtype", str(array.dtype), "dtype"),
        *(Variable(what, format_number(amount), "float") for what, amount in numbers.amounts),
        Variable("zero", format_percent(numbers.zeros), "share"),
    ]
    nan = float(np.mean(np.isnan(array))) if array.size and array.dtype.kind == "f" else 0.0
    infinite = float(np.mean(np.isinf(array))) if array.size and array.dtype.kind == "f" else 0.0
    return [
        *lines,
        Variable("NaN", format_percent(nan), "share"),
        Variable("infinite", format_percent(infinite), "share"),
    ]
