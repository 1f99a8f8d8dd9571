"""What a script's text calls the numbers that a line of it computes: rows of a test, a validation, the training."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence

# Words for rows that were kept to judge by, for those that are trained on, and short ones that count within longer names alone.
OF_OTHERS = frozenset(
    ("test", "tests", "testing", "val", "valid", "validation", "validated", "held", "heldout", "holdout", "unseen")
)
OF_TRAINING = frozenset(("train", "training", "trained", "fit"))
# Words that say it of rows beside which others stand that the script never reads.
OF_NEW = frozenset(("new", "other", "others", "fresh", "later", "future"))
OF_FOLDS = frozenset(("fold", "folds", "kfold", "crossval", "cv"))
# Of weights that stay as they are on purpose: those of a training before, and those that are frozen.
LOADS = frozenset(("load", "loaded", "pretrained", "pretraining"))
FREEZES = frozenset(("freeze", "freezes", "freezing", "frozen", "unfreeze", "unfrozen", "finetune", "finetuning"))
# Of the lines that move weights.
OF_STEPS = frozenset(("grad", "grads", "gradient", "gradients", "g", "lr", "rate", "eta", "alpha", "step"))
TOO_SHORT = frozenset(("val", "valid", "test", "fit"))


def tell_words(text: str, lines: Sequence[int]) -> set[str]:
    """The words of the statements at some lines, of the heads of the loops around them, and of what is printed before their results.

    Examples
    --------
    >>> text = "for name, rows in {'valid': x}.items():\\n    a = score(model(rows))\\n    print(f'test {a}, train {b}')\\n"
    >>> words = tell_words(text, [2])
    >>> "valid" in words, "test" in words, "train" in words
    (True, True, False)
    """
    statements = _list_statements(text)
    found = tell_printed_words(text, lines)
    for line in lines:
        around = [s for s in statements if s.lineno <= line <= (s.end_lineno or s.lineno)]
        heads = [part for s in around for part in _heads(s) if part is not None]
        if (innermost := _innermost(around)) is not None:
            heads.append(innermost)
        for head in heads:
            for node in ast.walk(head):
                found |= words_of(node)
    return found


def tell_printed_words(text: str, lines: Sequence[int]) -> set[str]:
    """The words that are printed right before the results of the statements at some lines.

    Examples
    --------
    >>> text = "a = score(rows)\\nprint(f'new rows {a}, train {b}')\\n"
    >>> sorted(tell_printed_words(text, [1])), tell_printed_words(text, [2])
    (['new', 'rows'], set())
    """
    statements = _list_statements(text)
    found: set[str] = set()
    for line in lines:
        innermost = _innermost([s for s in statements if s.lineno <= line <= (s.end_lineno or s.lineno)])
        for name in _names_of_results(innermost) if innermost is not None else ():
            found |= {word for s in statements for word in _words_before(s, _is_name(name))}
    return found


def list_unread(text: str) -> set[str]:
    """The variables of a script that are given a value and never read.

    Examples
    --------
    >>> list_unread("a, b = x[:9], x[9:]\\nprint(a)\\n")
    {'b'}
    """
    names = [node for s in _list_statements(text) for node in ast.walk(s) if isinstance(node, ast.Name)]
    read = {node.id for node in names if not isinstance(node.ctx, ast.Store)}
    return {node.id for node in names} - read


def _list_statements(text: str) -> list[ast.stmt]:
    try:
        return [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.stmt)]
    except (SyntaxError, ValueError, RecursionError):
        return []


def _innermost(around: Sequence[ast.stmt]) -> ast.stmt | None:
    """Of the statements around a line the innermost, where it holds no others."""
    found = max(around, key=lambda s: (s.lineno, -(s.end_lineno or s.lineno)), default=None)
    return None if hasattr(found, "body") else found


def tell_words_of_all(text: str) -> set[str]:
    """The words of all names and strings of a script."""
    try:
        return set().union(*(words_of(node) for node in ast.walk(ast.parse(text))))
    except (SyntaxError, ValueError, RecursionError):
        return set()


def _heads(statement: ast.stmt) -> list[ast.AST | None]:
    """What stands in the head of a loop."""
    return [statement.target, statement.iter] if isinstance(statement, ast.For) else []


def words_of(node: ast.AST) -> set[str]:
    """The words of a name or of a string."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _cut(node.value)
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    words = _cut(name)
    # Such a name alone may be that of a value, or of a function.
    return words - TOO_SHORT if len(words) < 2 and isinstance(node, (ast.Name, ast.Attribute)) else words


def _cut(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1_\2", text).lower()))


def _names_of_results(statement: ast.stmt) -> set[str]:
    """The variables that a statement gives its result to."""
    targets: list[ast.AST] = []
    if isinstance(statement, ast.Assign):
        targets = list(statement.targets)
    elif isinstance(statement, (ast.AugAssign, ast.AnnAssign)):
        targets = [statement.target]
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        called = statement.value.func
        targets = [called.value] if isinstance(called, ast.Attribute) and called.attr == "append" else []
    return {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}


def words_before(text: str, node: ast.AST) -> set[str]:
    """The words that are printed right before something of a script, which is known by the place where it stands.

    Examples
    --------
    >>> text = "print('loss', loss, 'held', score(x))\\n"
    >>> call = next(n for n in ast.walk(ast.parse(text)) if ast.unparse(n) == "score(x)")
    >>> words_before(text, call)
    {'held'}
    """

    def is_it(other: ast.AST) -> bool:
        places = [(type(n), getattr(n, "lineno", None), getattr(n, "col_offset", None)) for n in (node, other)]
        return places[0] == places[1]

    return {word for s in _list_statements(text) for word in _words_before(s, is_it)}


def _is_name(name: str) -> Callable[[ast.AST], bool]:
    return lambda node: isinstance(node, ast.Name) and node.id == name


def _words_before(statement: ast.stmt, is_it: Callable[[ast.AST], bool]) -> Iterator[str]:
    """The words that are printed right before something."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return
    pieces: list[ast.AST] = []
    for argument in statement.value.args:
        pieces += argument.values if isinstance(argument, ast.JoinedStr) else [argument]
    last = ""
    for piece in pieces:
        if isinstance(piece, ast.Constant):
            last = piece.value if isinstance(piece.value, str) else last
        elif any(is_it(node) for node in ast.walk(piece)):
            yield from _cut(last)
