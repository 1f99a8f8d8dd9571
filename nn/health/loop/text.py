"""What the text of a loop says: how long it is meant to be, `for epoch in range(30)`, and of what it takes parts, `x[a:b]`."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeGuard

from nn.health.loop.words import OF_STEPS, words_of

# What begins draws anew, from a number.
SEEDING = ("default_rng", "RandomState", "seed", "manual_seed", "seed_all", "seed_everything", "set_seed")
# What moves a tensor of PyTorch's in its place.
MOVING = ("add_", "sub_", "copy_", "mul_", "lerp_", "addcdiv_", "load_state_dict")
# What keeps a number above another one, beside `max`; and the words of a rate.
HOLDING, OF_RATES = ("maximum", "fmax", "clip", "clamp"), frozenset(("lr", "rate", "eta", "alpha"))
# How a bound is worked out of others.
ARITHMETIC: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
}


def meant_epochs(
    text: str, lines: Sequence[int], names: Mapping[str, Any], rows: int, batch_size: int
) -> tuple[int | None, str | None]:
    """How often the rows are to be gone through, by the loops around the backward pass, and the variable that counts it.

    Parameters
    ----------
    text : str
        Of the script.
    lines : sequence of int
        Those that lead to the backward pass, from the outermost call to the pass itself.
    names : mapping
        The script's variables.
    rows, batch_size : int

    Returns
    -------
    (int or None, str or None)
        None where the loops do not say it.

    Examples
    --------
    >>> text = "for epoch in range(30):\\n    for batch in loader:\\n        loss.backward()\\n"
    >>> meant_epochs(text, [3], {}, 64, 16)
    (30, 'epoch')
    >>> meant_epochs("for step in range(steps):\\n    loss.backward()\\n", [2], {"steps": 200}, 64, 16)
    (50, 'step')

    A loop that goes on until something happens has no number of epochs.

    >>> meant_epochs("while True:\\n    for batch in loader:\\n        loss.backward()\\n", [3], {}, 64, 16)
    (None, None)

    What is made of a list by calling what goes backward is a loop, too.

    >>> text = "def step(x):\\n    x.backward()\\nfor epoch in range(30):\\n    total = sum(step(x) for x in loader)\\n"
    >>> meant_epochs(text, [4, 2], {}, 64, 16)
    (30, 'epoch')
    """
    # The innermost goes over batches, the one around it over epochs; one alone goes over steps.
    loops = _list_loops(text, lines)
    if not loops:
        return None, None
    loop = loops[-2 if len(loops) > 1 else -1]
    if isinstance(loop, ast.While):
        return None, None
    counter = loop.target.id if isinstance(loop.target, ast.Name) else None
    count = _times(loop.iter, names)
    if count is None or count < 1:
        return None, counter
    return count if len(loops) > 1 else max(1, count * batch_size // max(rows, 1)), counter


def goes_around_another(text: str, lines: Sequence[int]) -> bool:
    """Whether what happens at the last of some lines stands in two loops at least, of which the outer one counts times through the rows.

    Examples
    --------
    >>> text = "for epoch in range(9):\\n    for b in batches:\\n        b.backward()\\n"
    >>> goes_around_another(text, [3]), goes_around_another(text[23:].replace("    ", ""), [2])
    (True, False)
    """
    return len(_list_loops(text, lines)) > 1


def line_that_leaves(text: str, lines: Sequence[int]) -> int | None:
    """The line of a break, or a return, that ends the innermost loop in its first round; None where there is none.

    Examples
    --------
    >>> text = "for epoch in range(9):\\n    for b in batches:\\n        b.backward()\\n        break\\n"
    >>> line_that_leaves(text, [3]), line_that_leaves(text.replace("    break", "    if bad:\\n            break"), [3])
    (4, None)
    """
    loops = _list_loops(text, lines)
    body = loops[-1].body if len(loops) > 1 and isinstance(loops[-1], ast.For) else []
    return next((part.lineno for part in body if isinstance(part, (ast.Break, ast.Return))), None)


def _list_loops(text: str, lines: Sequence[int]) -> list[ast.For | ast.While | ast.comprehension]:
    """The loops around what happens at the last of some lines, the outermost first."""
    nodes = walk(text)
    every = [node for node in nodes if isinstance(node, (ast.For, ast.While))]
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
    # A list that is made on the way, such as that of losses to add up, goes round nothing that leads there.
    there = {"backward", *(f.name for f in functions if any(_has_line(f, line) for line in lines))}
    made = [
        node
        for node in nodes
        if isinstance(node, (ast.GeneratorExp, ast.ListComp, ast.SetComp)) and there & _called_names(node.elt)
    ]
    loops: list[ast.For | ast.While | ast.comprehension] = []
    for line in lines:
        around = [node for node in (*every, *made) if _has_line(node, line)]
        for node in sorted(around, key=lambda node: (node.lineno, node.col_offset)):
            parts = [node] if isinstance(node, (ast.For, ast.While)) else node.generators
            loops += [part for part in parts if part not in loops]
    return loops


def share_a_loop(text: str, lines: Sequence[int], others: Sequence[int]) -> bool:
    """Whether one loop of a script goes around what happens at some lines and at others.

    Examples
    --------
    >>> text = "for rate in rates:\\n    model = make()\\n    for batch in loader:\\n        loss.backward()\\n"
    >>> share_a_loop(text, [2], [4]), share_a_loop("model = make()\\n" + text, [1], [5])
    (True, False)
    """
    here, there = (
        {loop.lineno for loop in _list_loops(text, each) if not isinstance(loop, ast.comprehension)}
        for each in (lines, others)
    )
    return bool(here & there)


def loop_variables(text: str, lines: Sequence[int]) -> set[str]:
    """What the loops around some lines count with, or go over.

    Examples
    --------
    >>> sorted(loop_variables("for name, net in nets.items():\\n    for epoch in range(9):\\n        loss.backward()\\n", [3]))
    ['epoch', 'name', 'net']
    """
    targets = [loop.target for loop in _list_loops(text, lines) if not isinstance(loop, ast.While)]
    return {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}


def _has_line(node: ast.stmt | ast.expr, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def _called_names(node: ast.expr) -> set[str]:
    """The functions and methods that are called in an expression."""
    return {name_of_call(part) for part in ast.walk(node)} - {""}


def sliced_names(text: str) -> frozenset[str]:
    """The variables, and attributes, of which parts are taken inside of loops and functions.

    Examples
    --------
    >>> sorted(sliced_names("a = x[:9]\\nfor k in range(3):\\n    b = y[k : k + 3], self.z[:k]\\n"))
    ['y', 'z']
    """
    around = [node for node in walk(text) if isinstance(node, (ast.For, ast.While, ast.FunctionDef))]
    inside = (node for outer in around for statement in outer.body for node in ast.walk(statement))
    taken = [node.value for node in inside if isinstance(node, ast.Subscript)]
    names = (node.id for node in taken if isinstance(node, ast.Name))
    return frozenset((*names, *(node.attr for node in taken if isinstance(node, ast.Attribute))))


def begins_part_at(text: str, name: str, row: int, names: Mapping[str, Any]) -> bool:
    """Whether a part is taken of a variable, or an attribute, that begins at some row, as that of the rows kept for judging does.

    Parameters
    ----------
    text : str
        Of the script.
    name : str
    row : int
    names : mapping
        The script's variables.

    Examples
    --------
    >>> import numpy as np
    >>> text = "n = int(0.8 * len(x))\\nprint(x[n:], z[-20:], data.y[7:, 0])\\n"
    >>> known = {"n": 80, "x": np.zeros(100), "z": np.zeros(100)}
    >>> [begins_part_at(text, name, row, known) for name, row in (("x", 80), ("z", 80), ("y", 7), ("x", 20))]
    [True, True, True, False]
    """
    for node in walk(text):
        if isinstance(node, ast.Subscript) and name in (
            getattr(node.value, "id", None),
            getattr(node.value, "attr", None),
        ):
            first = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
            begin = _bound(first.lower, names) if isinstance(first, ast.Slice) and first.lower is not None else None
            if begin is not None and begin == (row if begin >= 0 else row - len(names.get(name, ()))):
                return True
    return False


def _bound(given: ast.expr, names: Mapping[str, Any]) -> float | None:
    """A number that is written, or worked out of numbers and of how long variables are; None where it is anything else."""
    match given:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.Name(id=name) if isinstance(known := names.get(name), (int, float)):
            return known
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -inner if (inner := _bound(operand, names)) is not None else None
        case ast.BinOp(left=left, op=op, right=right) if type(op) in ARITHMETIC:
            a, b = _bound(left, names), _bound(right, names)
            return ARITHMETIC[type(op)](a, b) if a is not None and b else None
        case ast.Call(func=ast.Name(id="int"), args=[of]):
            return int(whole) if (whole := _bound(of, names)) is not None else None
        case ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=name)]) if hasattr(names.get(name), "__len__"):
            return len(names[name])
    return None


def seeds_in_loop(text: str, lines: Sequence[int]) -> int | None:
    """The line inside of the innermost loop around some lines, or in a function that is called there, that begins what is drawn anew.

    Parameters
    ----------
    text : str
        Of the script.
    lines : sequence of int
        Those that lead to the backward pass.

    Examples
    --------
    >>> text = "for k in range(9):\\n    rows = np.random.default_rng(0).integers(0, 90, 9)\\n    loss(x[rows]).backward()\\n"
    >>> seeds_in_loop(text, [3]), seeds_in_loop(text.replace("default_rng(0)", "default_rng(k)"), [3])
    (2, None)
    >>> seeds_in_loop("def draw():\\n    np.random.seed(1)\\nfor k in range(9):\\n    draw()\\n    loss.backward()\\n", [5])
    2
    """
    every = walk(text)
    around = [
        loop
        for loop in every
        if isinstance(loop, (ast.For, ast.While))
        and any(loop.lineno < line <= (loop.end_lineno or 0) for line in lines)
    ]
    if not around:
        return None
    made = {node.name: node for node in every if isinstance(node, ast.FunctionDef)}
    inside: list[ast.AST] = list(max(around, key=lambda loop: loop.lineno).body)
    known: set[str] = set()
    while inside:
        for node in ast.walk(inside.pop()):
            name = name_of_call(node)
            if name in SEEDING and isinstance(node, ast.Call):
                given = [*node.args, *(keyword.value for keyword in node.keywords)]
                if any(isinstance(value, ast.Constant) for value in given):
                    return node.lineno
            if name in made and name not in known:
                known.add(name)
                inside.append(made[name])
    return None


def name_of_call(node: ast.AST) -> str:
    """The last name of what is called; empty for what is no call."""
    called = node.func if isinstance(node, ast.Call) else None
    return called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""


def leaves_a_loop(text: str, lines: Sequence[int]) -> bool:
    """Whether what happens at the last of some lines, which lead to it, happens inside of a loop.

    Examples
    --------
    >>> text = "for k in range(9):\\n    if bad:\\n        sys.exit()\\nsys.exit()\\n"
    >>> leaves_a_loop(text, [3]), leaves_a_loop(text, [4])
    (True, False)
    """
    loops = [node for node in walk(text) if isinstance(node, (ast.For, ast.While))]
    return any(loop.lineno <= line <= (loop.end_lineno or loop.lineno) for loop in loops for line in lines)


def leaves_loop_by_itself(text: str, lines: Sequence[int]) -> bool:
    """Whether a loop around what happens at the last of some lines has a break, or a return, that leaves the outermost of them.

    Examples
    --------
    >>> text = "for k in range(9):\\n    for b in batches:\\n        b.backward()\\n    if bad:\\n        break\\n"
    >>> leaves_loop_by_itself(text, [3]), leaves_loop_by_itself(text.replace("break", "pass"), [3])
    (True, False)
    """
    loops = [loop for loop in _list_loops(text, lines) if not isinstance(loop, ast.comprehension)]
    return any(isinstance(node, (ast.Break, ast.Return)) for loop in loops[:1] for node in ast.walk(loop))


def negates(text: str) -> bool:
    """Whether a script multiplies something with a variable of which it turns the sign, or hands such a one on; steps do not count.

    Examples
    --------
    >>> [negates(text) for text in ("1 + -y * s", "1 - y * s", "f(-y[k])", "-(y * s).mean()", "-3 * y * s")]
    [True, False, True, False, True]
    >>> [negates(text) for text in ("p.data += -lr * p.grad", "w += -0.1 * g", "f(-rate)")]
    [False, False, False]
    """
    nodes = walk(text)
    pairs = [(n.left, n.right) for n in nodes if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Mult)]
    pairs += [(n.right, n.left) for n in nodes if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Mult)]
    turned: list[tuple[ast.expr, ast.expr | None]] = [(one.operand, other) for one, other in pairs if _is_turned(one)]
    turned += [(part.operand, None) for n in nodes if isinstance(n, ast.Call) for part in n.args if _is_turned(part)]
    variables = (ast.Name, ast.Subscript, ast.Attribute)
    return any(
        isinstance(one, variables) or (isinstance(one, ast.Constant) and isinstance(other, variables))
        for one, other in turned
        if not any(OF_STEPS & words_of(node) for part in (one, other) if part is not None for node in ast.walk(part))
    )


def holds_rate(text: str) -> bool:
    """Whether a script may hold a rate above something: by `max(a, b)`, or by a condition under which it is changed or goes on.

    Examples
    --------
    >>> [holds_rate(text) for text in ("lr = max(lr - 0.1, 0)", "if k < 9:\\n    lr -= 0.1", "while lr > 0:\\n    step()")]
    [True, True, True]
    >>> [holds_rate(text) for text in ("lr -= 0.1 * x.max()", "y = argmax(x)", "if k == 9:\\n    print(lr)")]
    [False, False, False]
    """
    nodes = list(walk(text))
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    most = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "max" and len(call.args) > 1]
    if most or any(name_of_call(call) in HOLDING for call in calls):
        return True
    asked = [node for node in nodes if isinstance(node, (ast.If, ast.While, ast.IfExp))]
    if any(_is_of_rate(node.test) for node in asked):
        return True
    # All that a program does may stand under `if __name__ == "__main__"`.
    asked = [node for node in asked if isinstance(node, ast.If) and "__name__" not in ast.dump(node.test)]
    changed = [part for node in asked for part in ast.walk(node) if isinstance(part, (ast.Assign, ast.AugAssign))]
    return any(
        _is_of_rate(target)
        for one in changed
        for target in (one.targets if isinstance(one, ast.Assign) else [one.target])
    )


def _is_of_rate(part: ast.expr) -> bool:
    return any(OF_RATES & words_of(node) for node in ast.walk(part))


def adds_turned(text: str) -> bool:
    """Whether a script subtracts by adding what it turns the sign of; what `-` itself is made of does not count.

    Examples
    --------
    >>> [adds_turned(text) for text in ("(out + (-y)) ** 2", "-Tensor(y) + out", "out + -1", "out - y")]
    [True, True, False, False]
    >>> adds_turned("def __sub__(self, other):\\n    return self + (-other)\\n")
    False
    """
    nodes = list(walk(text))
    made = [one for one in nodes if isinstance(one, ast.FunctionDef) and one.name in ("__sub__", "__rsub__")]
    within = {id(part) for one in made for part in ast.walk(one)}
    sums = [n for n in nodes if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Add) and id(n) not in within]
    turned = [part.operand for node in sums for part in (node.left, node.right) if _is_turned(part)]
    return any(isinstance(one, (ast.Name, ast.Subscript, ast.Attribute, ast.Call)) for one in turned)


def _is_turned(part: ast.expr) -> TypeGuard[ast.UnaryOp]:
    """Whether the sign of something is turned."""
    return isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.USub)


def walk(text: str) -> list[ast.AST]:
    """All of a script's text; nothing of one that can't be read."""
    try:
        return list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError):
        return []


def _times(source: ast.expr, names: Mapping[str, Any]) -> int | None:
    """How often a `range` of plain numbers or variables goes round."""
    if not (isinstance(source, ast.Call) and isinstance(source.func, ast.Name) and source.func.id == "range"):
        return None
    numbers = [_number(argument, names) for argument in source.args]
    if not numbers or any(number is None for number in numbers):
        return None
    try:
        return len(range(*[number for number in numbers if number is not None]))
    except (TypeError, ValueError):
        return None


def _number(given: ast.expr, names: Mapping[str, Any]) -> int | None:
    value = _look_up(given, names)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _look_up(given: ast.expr, names: Mapping[str, Any]) -> Any:
    """What a plain number, a variable, an attribute of one or an entry of a dict is; None where that is not known.

    Examples
    --------
    >>> read = lambda text: _look_up(ast.parse(text, mode="eval").body, {"c": {"n": 3}, "d": ast.Name("x")})
    >>> read("7"), read("c['n']"), read("d.id"), read("d.other"), read("c[0]"), read("f(2)")
    (7, 3, 'x', None, None, None)
    """
    if isinstance(given, ast.Constant):
        return given.value
    if isinstance(given, ast.Name):
        return names.get(given.id)
    if isinstance(given, ast.Attribute):
        # As it lies there: a property may do anything.
        whole = _look_up(given.value, names)
        found = next((vars(one)[given.attr] for one in _holders(whole) if given.attr in vars(one)), None)
        return None if hasattr(type(found), "__get__") else found
    if isinstance(given, ast.Subscript) and isinstance(given.slice, ast.Constant):
        whole = _look_up(given.value, names)
        return whole.get(given.slice.value) if type(whole) is dict else None
    return None


def _holders(whole: Any) -> list[Any]:
    """Where the attributes of an object lie: it, and its classes or, of a class, those it is of."""
    kinds = whole.__mro__ if isinstance(whole, type) else type(whole).__mro__
    return [one for one in (whole, *kinds) if hasattr(one, "__dict__")]


def leaves_a_step_out(text: str) -> bool:
    """Whether something clears its gradients that has no `step()` anywhere in a text, and nothing moves weights by hand.

    Examples
    --------
    >>> leaves_a_step_out("a.zero_grad()\\nb.zero_grad()\\na.step()\\n")
    True
    >>> leaves_a_step_out("a.zero_grad()\\nb.zero_grad()\\na.step()\\nif late: b.step()\\n")
    False
    >>> leaves_a_step_out("a.zero_grad()\\nb.zero_grad()\\na.step()\\nw -= 0.1 * w.grad\\n")
    False
    """
    nodes = walk(text)
    called = [node.func for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    by_hand = any(isinstance(node, ast.AugAssign) and "grad" in ast.unparse(node.value) for node in nodes)
    if by_hand or any(call.attr in MOVING for call in called):
        return False
    clearing, stepping = (
        {ast.unparse(call.value) for call in called if call.attr == name} for name in ("zero_grad", "step")
    )
    stepping = {name for name in stepping if "sched" not in name.lower()}
    return bool(clearing - stepping) and len(stepping) < len(clearing)
