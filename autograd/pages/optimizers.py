"""The optimizers of `optim` as JavaScript: their formulas, and what is decided once a step, read from their source."""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from functools import cache
from types import FunctionType
from typing import Any

import optim
from autograd.compiler.errors import CompileError
from autograd.compiler.transcribe import Transcriber, targets, transcribe_function
from autograd.engine.tensor import Tensor
from optim.by_element import ByElement
from optim.kernel import Kernel

# What the methods of an optimizer say once a step.
METHODS = ("_updates", "_decay_factors", "_state_names", "_initial_state", "_lookahead_factor")


def printed_optimizers() -> dict[str, type[ByElement]]:
    """Those that move every element by a formula."""
    kinds = {name: getattr(optim, name) for name in optim.__all__}
    return {name: kind for name, kind in kinds.items() if isinstance(kind, type) and issubclass(kind, ByElement)}


@cache
def optimizers_script() -> str:
    """Every optimizer as a class in `engine.optim`, with its formulas before it."""
    kinds = printed_optimizers()
    functions: dict[str, str] = {}
    classes = [_class_text(name, kind, functions) for name, kind in kinds.items()]
    return "\n".join([*functions.values(), *classes])


def formula_lines(kernel: Kernel) -> list[str]:
    """The lines of a formula, in Python's words.

    Examples
    --------
    >>> from optim.sgd import _momentum
    >>> formula_lines(_momentum)
    ['v = kept * v + inside * (g + decay * p)', 'p = shrink * p - outside * v']
    """
    body, results = _formula_of(kernel)
    lines = [ast.unparse(statement) for statement in body]
    for name, result in zip(_arrays(kernel), results, strict=True):
        if not (isinstance(result, ast.Name) and result.id == name):
            lines.append(f"{name} = {ast.unparse(result)}")
    return [line.replace("np.", "") for line in lines]


def kernel_text(kernel: Kernel, name: str) -> str:
    """A formula as a loop over the elements, and as a function that tells what each of its names stands for.

    Examples
    --------
    >>> from optim.sgd import _plain
    >>> print(kernel_text(_plain, "plain"))
    const plain = {
      states: 0,
      lines: ["p = shrink * p - lr * (g + decay * p)"],
      run(values, gradient, [], [lr, decay, shrink]) {
        for (let i = 0; i < values.length; i++) {
          let p = values[i], g = gradient[i];
          values[i] = shrink * p - lr * (g + decay * p);
        }
      },
      explain(p, g, [], [lr, decay, shrink]) {
        return { values: { p, g, lr, decay, shrink }, results: [shrink * p - lr * (g + decay * p)] };
      },
    };
    """
    body, results = _formula_of(kernel)
    writer = Transcriber()
    p, *states = _arrays(kernel)
    constants = list(inspect.signature(kernel.formula).parameters)[2 + len(states) :]
    assigned = dict.fromkeys(name for statement in body for name in targets(statement))
    fresh = [name for name in assigned if name not in (p, "g", *states)]
    told = [p, "g", *states, *constants, *fresh]
    writer.local = set(told)
    declared = [f"let {', '.join(fresh)};"] if fresh else []
    lines = writer.statements(body)
    texts = [writer.text(result) for result in results]
    arrays = [f"{name}s" for name in states]
    loaded = ", ".join(
        [f"{p} = values[i]", "g = gradient[i]", *(f"{s} = {a}[i]" for s, a in zip(states, arrays, strict=True))]
    )
    stored = [f"{a}[i] = {text};" for a, text in zip(["values", *arrays], texts, strict=True)]
    return "\n".join(
        [
            f"const {name} = {{",
            f"  states: {len(states)},",
            f"  lines: {json.dumps(formula_lines(kernel), ensure_ascii=False)},",
            f"  run(values, gradient, [{', '.join(arrays)}], [{', '.join(constants)}]) {{",
            *(f"    {line}" for line in declared),
            "    for (let i = 0; i < values.length; i++) {",
            *(f"      {line}" for line in [f"let {loaded};", *lines, *stored]),
            "    }",
            "  },",
            f"  explain({p}, g, [{', '.join(states)}], [{', '.join(constants)}]) {{",
            *(f"    {line}" for line in [*declared, *lines]),
            f"    return {{ values: {{ {', '.join(told)} }}, results: [{', '.join(texts)}] }};",
            "  },",
            "};",
        ]
    )


def _arrays(kernel: Kernel) -> list[str]:
    """What a formula moves: the parameter, and the arrays of the state."""
    names = list(inspect.signature(kernel.formula).parameters)
    return [names[0], *names[2 : 1 + len(_formula_of(kernel)[1])]]


@cache
def _formula_of(kernel: Kernel) -> tuple[list[ast.stmt], list[ast.expr]]:
    """The statements of a formula, and what it returns."""
    function = _parse(kernel.formula)
    *body, last = function.body
    if not (isinstance(last, ast.Return) and isinstance(last.value, ast.Tuple)):
        raise TypeError(f"the formula {function.name} must end by returning the new values")
    return body, last.value.elts


def _parse(function: Any) -> ast.FunctionDef:
    (found,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(found, ast.FunctionDef)
    return found


def _class_text(name: str, kind: type[ByElement], functions: dict[str, str]) -> str:
    optimizer: Any = kind([Tensor(0.0, requires_grad=True)])  # type: ignore[call-arg]
    options = {key: list(value) if isinstance(value, tuple) else value for key, value in optimizer.defaults.items()}
    lines = [
        f"engine.optim.{name} = class {name} extends engine.optim.Optimizer {{",
        f"  static defaults = {json.dumps(options)};",
    ]
    lines.append(f"  static doc = {json.dumps((kind.__doc__ or '').partition(chr(10))[0], ensure_ascii=False)};")
    lines.append(f"  get state_names() {{ return {json.dumps(list(kind.state_names))}; }}")
    for method in METHODS:
        function = getattr(kind, method, None)
        if function is None or (method == "_decay_factors" and "decoupled" not in options):
            continue
        lines += textwrap.indent(_function_text(function, method, functions, keyword=""), "  ").splitlines()
    kernels = [found for found in _kernels_of(kind) if found in functions]
    lines.append(f"  static kernels = {{ {', '.join(kernels)} }};")
    lines.append(f"  static formula = {json.dumps(_main_formula(optimizer), ensure_ascii=False)};")
    return "\n".join([*lines, "};"])


def _main_formula(optimizer: ByElement) -> list[str]:
    """The formula of the second step with the options as they are by default."""
    return [line for kernel, _ in optimizer._updates(2, optimizer.param_groups[0]) for line in formula_lines(kernel)]


def _kernels_of(kind: type[ByElement]) -> list[str]:
    """The names of the formulas that an optimizer chooses from."""
    function = kind._updates
    return [name for name in function.__code__.co_names if isinstance(function.__globals__.get(name), Kernel)]


def _function_text(function: FunctionType, name: str, functions: dict[str, str], *, keyword: str = "function ") -> str:
    """A function or method, with what it calls entered before it."""
    scope = function.__globals__

    def called(other: str) -> str:
        if other == "float":
            return ""
        found = scope.get(other)
        if not isinstance(found, (Kernel, FunctionType)):
            raise CompileError(f"{name}: {other} is no formula and no function, and pages do not have it")
        if other not in functions:
            functions[other] = ""
            text = kernel_text(found, other) if isinstance(found, Kernel) else _function_text(found, other, functions)
            functions[other] = text
        return other

    return transcribe_function(_parse(function), name, called, keyword=keyword)
