"""The overloads of a function of the table, from its signature: what goes in by kind, and what comes out for it.

Kinds are plain numbers, `Value`, `Tensor` and arrays. The names of parameters say what they take; a parameter whose name
and annotation say nothing is an error, so that nothing slips in as `Any`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

from autograd.graph.op import Op

# What parameters that are not operands take, where their annotation does not say it.
PARAMETERS = {
    "axis": "Axis",
    "dtype": "DTypeLike | None",
    "out": "None",
    "where": "Operand | None",
    "initial": "Operand | None",
    "device": "None",
    "order": "str | None",
    "kind": "str | None",
    "indices": "ArrayLike | Tensor",
    "indices_or_sections": "Shape",
    "kth": "Shape",
    "pad_width": "ArrayLike",
    "optimize": "bool | str",
    "posinf": "float | None",
    "neginf": "float | None",
    "a_min": "Operand | None",
    "a_max": "Operand | None",
    "min": "Operand | None",
    "max": "Operand | None",
    "newshape": "Shape | None",
    "shape": "Shape | None",
    "fill_value": "Operand",
    "q": "ArrayLike",
    "weights": "Operand | None",
    "prepend": "Operand | None",
    "append": "Operand | None",
    "left": "Operand | None",
    "right": "Operand | None",
    "period": "float | None",
    "spacing": "ArrayLike",
    "dx": "Operand",
    "default": "Operand",
    "condition": "Operand",
    "axes": "int | Sequence[int] | Sequence[Sequence[int]]",
    "obj": "int | slice | ArrayLike",
    "rcond": "ArrayLike | None",
    "rtol": "ArrayLike | None",
    "ord": "float | str | None",
    "p": "float | str | None",
    "ddof": "float",
    "targets": "ArrayLike | Tensor",
    "constant_values": "float",
    "condlist": "Sequence[Operand]",
    "values": "Operand",
    "x": "Operand | None",
    "y": "Operand | None",
}
OPERANDS = {
    "x",
    "y",
    "z",
    "a",
    "b",
    "m",
    "v",
    "f",
    "x1",
    "x2",
    "xp",
    "fp",
    "values",
    "start",
    "stop",
    "logits",
    "p",
    "weight",
    "bias",
}
SEQUENCES = {"arrays", "choicelist"}
COMPARISONS = {
    *("equal", "not_equal", "greater", "greater_equal", "less", "less_equal", "isnan", "isinf", "isfinite", "signbit"),
    *("logical_and", "logical_or", "logical_xor", "logical_not"),
}
# Reductions that leave out what they reduce over, so that of a whole array a number is left.
TO_NUMBER = {"sum", "prod", "max", "min", "amax", "amin"}
TO_FLOAT = {
    *("mean", "std", "var", "median", "norm", "logsumexp", "ptp", "average", "cross_entropy"),
    *("det", "trace", "cond", "vdot"),
}
TO_INDEX = {"argmax", "argmin"}
OF_MANY_NUMBERS = {"sum", "prod", "max", "min", "logsumexp"}


@dataclass(frozen=True)
class Overload:
    """One signature: the kind of what the first operand is, the parameters as they are written, and the result."""

    face: str
    parameters: tuple[str, ...]
    result: str

    def unnamed(self) -> Overload:
        """The same without a name for the operands, which NumPy calls by other names."""
        if "/" in self.parameters or self.parameters[0].startswith("*"):
            return self
        names = [p.partition(":")[0] for p in self.parameters]
        count = next(
            (i for i, name in enumerate(names) if name not in OPERANDS | SEQUENCES or "=" in self.parameters[i]), None
        )
        count = len(names) if count is None else count
        if not count:
            return self
        return replace(self, parameters=(*self.parameters[:count], "/", *self.parameters[count:]))

    def text(self, name: str, doc: str, overloaded: bool, method: bool = False) -> str:
        """The declaration; of a method, with `self` in the place of the first operand."""
        shown = self.parameters
        if method:
            shown = ("self", *shown[2 if shown[1:2] == ("/",) else 1 :])
        body = f'"""{doc}"""' if doc else "..."
        return ("@overload\n" if overloaded else "") + f"def {name}({', '.join(shown)}) -> {self.result}:\n    {body}\n"


def overloads(name: str, function: Callable[..., Any]) -> list[Overload]:
    """What can be given to a function of the table, the narrower first."""
    op = getattr(function, "op", None)
    if isinstance(op, Op) and op.scalar is not None and op.joint is None:
        if len(op.rules) == 1:
            return _unary(name, ())
        if len(op.rules) == 2:
            return _binary(name)
    if name in SPECIAL:
        return SPECIAL[name]
    if name in SEVERAL_RESULTS:
        return [Overload("Operand", (*_written(inspect.signature(function).parameters.values(), "Operand"),), "Any")]
    signature = inspect.signature(function)
    parameters = list(signature.parameters.values())
    if name in OF_SCALARS:
        return _unary(name, parameters[1:])
    if parameters[0].kind is inspect.Parameter.VAR_POSITIONAL and op is None:
        return _of_several(parameters, str(signature.return_annotation).startswith("tuple"))
    if isinstance(op, Op):
        return _of_operands(name, ["x", "y", "z"][: len(op.rules)], (), positional=True)
    if parameters[0].name in SEQUENCES:
        return _of_sequence(parameters)
    operands = [p.name for p in takewhile(_is_operand, parameters)]
    if not operands:
        raise TypeError(f"{name}{signature}: nothing says which parameters are operands")
    rest = parameters[len(operands) :]
    if name in OF_MANY_NUMBERS:
        rest = [p for p in rest if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    if name in TO_NUMBER | TO_FLOAT | TO_INDEX:
        return _reduction(name, operands, rest)
    only = [p.kind for p in parameters].count(inspect.Parameter.POSITIONAL_ONLY) == len(operands)
    found = _of_operands(name, operands, rest, positional=only)
    outer = str(signature.return_annotation)
    if outer.startswith("list"):
        return [replace(each, result=f"list[{each.result}]") for each in found]
    if outer.startswith("tuple"):
        return [replace(each, result=f"tuple[{each.result}, ...]") for each in found]
    return found


def _is_operand(p: inspect.Parameter) -> bool:
    return p.name in OPERANDS and p.default is p.empty and str(p.annotation) == "Any"


def _unary(name: str, rest: Any) -> list[Overload]:
    truth = name in COMPARISONS
    return [
        Overload("float", ("x: Real", "/", *_written(rest, "Real")), "bool" if truth else "float"),
        Overload("Value", ("x: Value", "/", *_written(rest, "Number")), "bool" if truth else "Value"),
        Overload("Tensor", ("x: Tensor", "/", *_written(rest, "Operand")), "Tensor"),
        Overload("Array", ("x: ArrayLike", "/", *_written(rest, "ArrayLike")), "Array"),
    ]


def _binary(name: str) -> list[Overload]:
    truth = name in COMPARISONS
    number, value = ("bool", "bool") if truth else ("float", "Value")
    rows = [
        ("float", "Real", "Real", number),
        ("Value", "Value", "Number", value),
        ("Number", "Real", "Value", value),
        ("Tensor", "Tensor", "Operand", "Tensor"),
        ("Operand", "ArrayLike", "Tensor", "Tensor"),
        ("Array", "ArrayLike", "ArrayLike", "Array"),
    ]
    return [Overload(face, (f"x: {x}", f"y: {y}", "/"), result) for face, x, y, result in rows]


def _of_operands(name: str, operands: list[str], rest: Any, positional: bool = False) -> list[Overload]:
    found = []
    for place in range(len(operands)):
        kinds = ["ArrayLike"] * place + ["Tensor"] + ["Operand"] * (len(operands) - place - 1)
        found.append((("Tensor", *["Operand"] * 3)[place], kinds, "Tensor"))
    found.append(("Array", ["ArrayLike"] * len(operands), "Array"))
    end = ("/",) if positional else ()
    return [
        Overload(
            face,
            (*(f"{x}: {k}" for x, k in zip(operands, kinds, strict=True)), *end, *_written(rest, "Operand")),
            result,
        )
        for face, kinds, result in found
    ]


def _of_several(parameters: Any, collected: bool) -> list[Overload]:
    """Of any number of arrays: each for itself, so that one gives one and several give a tuple, or all in a tuple."""
    rest = _written(parameters[1:], "Operand", starred=True)
    several = [
        Overload("Tensor", ("*xs: Tensor", *rest), "tuple[Tensor, ...]"),
        Overload("Array", ("*xs: ArrayLike", *rest), "tuple[Any, ...]"),
    ]
    one = [Overload("Tensor", ("x: Tensor", "/"), "Tensor"), Overload("Array", ("x: ArrayLike", "/"), "Array")]
    return several if collected else [*one, *several]


def _of_sequence(parameters: Any) -> list[Overload]:
    name, rest = parameters[0].name, _written(parameters[1:], "Operand")
    return [
        Overload("Tensor", (f"{name}: Iterable[Tensor]", *rest), "Tensor"),
        Overload("Array", (f"{name}: Sequence[Array] | Array", *rest), "Array"),
        Overload("Operand", (f"{name}: Iterable[Operand]", *rest), "Tensor"),
    ]


def _reduction(name: str, operands: list[str], rest: Any) -> list[Overload]:
    written = _written(rest, "Operand")
    others = [f"{x}: Operand" for x in operands[1:]]
    bound = "Floating" if name in TO_FLOAT else "Scalar"
    whole = [w for w in written if not w.startswith("axis:")]
    whole = [w.replace("keepdims: bool", "keepdims: Literal[False]") for w in whole]
    first = operands[0]
    # An axis of None in its place, which need not be given.
    at = next((i for i, w in enumerate(written) if w.startswith("axis:")), None)
    if at is not None:
        whole.insert(at, "axis: None = None")
    found = [Overload("Tensor", (f"{first}: Tensor", *others, *written), "Tensor")]
    if name in OF_MANY_NUMBERS:
        found += [
            Overload("Value", ("x: Value", "/", "*more: Number"), "Value"),
            Overload("float", ("x: float", "/", "*more: float"), "float"),
            Overload("Number", ("x: Real", "/", "*more: Number"), "Value"),
        ]
    others = [o.replace("Operand", "ArrayLike") for o in others]
    number = "np.intp" if name in TO_INDEX else bound
    found += [
        Overload("Array", (f"{first}: NDArray[{bound}]", *others, *whole), number),
        *_keeping_axes(first, others, written, number),
        Overload("Array", (f"{first}: ArrayLike", *others, *written), "Any"),
    ]
    if name in OF_MANY_NUMBERS:
        found.append(Overload("Number", ("x: Iterable[Number]", "/"), "Value"))
    return found


def _keeping_axes(first: str, others: list[str], written: tuple[str, ...], number: str) -> list[Overload]:
    """With `keepdims=True` an array is left, whatever the axes."""
    at = next((i for i, w in enumerate(written) if w.startswith("keepdims:")), None)
    if at is None:
        return []
    before, after = [w for w in written[:at] if w != "*"], [w for w in written[at + 1 :] if w != "*"]
    parameters = (f"{first}: NDArray[Any]", *others, *before, "*", "keepdims: Literal[True]", *after)
    return [Overload("Array", parameters, f"NDArray[{number}]" if number == "np.intp" else "Array")]


def _written(parameters: Any, operand: str, starred: bool = False) -> tuple[str, ...]:
    """Parameters as they are written in a declaration; those that may be nodes in the kind of the operand."""
    found: list[str] = []
    positional = False
    for p in parameters:
        if positional and p.kind is not p.POSITIONAL_ONLY:
            found.append("/")
        positional = p.kind is p.POSITIONAL_ONLY
        if p.kind is p.VAR_POSITIONAL:
            starred = True
        elif p.kind is p.KEYWORD_ONLY and not starred:
            found.append("*")
            starred = True
        annotation = str(p.annotation)
        if p.name in OPERANDS and p.default is p.empty:
            annotation = operand
        elif annotation in ("Any", str(p.empty)) or (p.name in PARAMETERS and "Any" in annotation):
            if p.name not in PARAMETERS:
                raise TypeError(f"nothing says what the parameter {p} takes")
            annotation = PARAMETERS[p.name].replace("Operand", operand)
        star = "*" if p.kind is p.VAR_POSITIONAL else ""
        default = "" if p.default is p.empty else f" = {_default(p.default)}"
        found.append(f"{star}{p.name}: {annotation}{default}")
    return tuple(found)


def _default(value: Any) -> str:
    return repr(value) if isinstance(value, (bool, int, float, str, tuple, type(None))) else "..."


OF_SCALARS = {"clip", "elu", "leaky_relu", "gelu", "sinc", "round", "nan_to_num", "i0", "fabs"}
# Named tuples, or other things by options.
SEVERAL_RESULTS = {
    *("eigh", "svd", "qr", "slogdet", "unique", "unique_all", "unique_counts", "unique_inverse", "average", "linspace"),
}
SPECIAL = {
    "select": [
        Overload(
            "Array", ("condlist: Sequence[Array]", "choicelist: Sequence[ArrayLike]", "default: ArrayLike = 0"), "Array"
        ),
        Overload(
            "Operand",
            ("condlist: Sequence[Operand]", "choicelist: Sequence[Operand]", "default: Operand = 0"),
            "Tensor",
        ),
    ],
    "compress": [
        Overload(
            "Tensor", ("condition: Operand", "x: Tensor", "axis: int | None = None", "out: None = None"), "Tensor"
        ),
        Overload(
            "Array", ("condition: ArrayLike", "x: ArrayLike", "axis: int | None = None", "out: None = None"), "Array"
        ),
    ],
    "extract": [
        Overload("Tensor", ("condition: Operand", "x: Tensor"), "Tensor"),
        Overload("Array", ("condition: ArrayLike", "x: ArrayLike"), "Array"),
    ],
    "where": [
        Overload("Tensor", ("condition: Tensor", "x: Operand", "y: Operand", "/"), "Tensor"),
        Overload("float", ("condition: Number", "x: Real", "y: Real", "/"), "float"),
        Overload("Value", ("condition: Number", "x: Value", "y: Number", "/"), "Value"),
        Overload("Number", ("condition: Number", "x: Real", "y: Value", "/"), "Value"),
        Overload("Operand", ("condition: ArrayLike", "x: Tensor", "y: Operand", "/"), "Tensor"),
        Overload("Operand", ("condition: ArrayLike", "x: ArrayLike", "y: Tensor", "/"), "Tensor"),
        Overload("Array", ("condition: ArrayLike", "x: ArrayLike", "y: ArrayLike", "/"), "Array"),
    ],
    "einsum": [
        Overload("Operand", ("subscripts: str", "/", "*operands: Tensor"), "Tensor"),
        Overload("Array", ("subscripts: str", "/", "*operands: Array"), "Array"),
        Overload("Operand", ("subscripts: str", "/", "*operands: Operand"), "Tensor"),
        Overload("Operand", ("x: Operand", "axes: Sequence[int]", "/", "*more: Operand | Sequence[int]"), "Any"),
    ],
}
