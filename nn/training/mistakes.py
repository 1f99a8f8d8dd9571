"""`worst`: what a trained model gets wrong: the rows with the largest losses, the confused classes, the inputs that matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table

from autograd.engine.observe import observing
from autograd.engine.tensor import Tensor
from autograd.errors import MissingDependencyError, OperandError
from autograd.extras import pip_install
from autograd.graph.node import raw
from autograd.wording.numbers import format_number
from autograd.wording.printing import to_text
from nn.arguments import check_count
from nn.losses import BCELoss, BCEWithLogitsLoss, is_one_of
from nn.modes import preserve_modes
from nn.module import Module
from nn.training.batches import Batches
from nn.training.evaluation import choose_objective, dtype_of, form_targets
from nn.training.metrics import confusion_matrix

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from nn.training.objective import Objective
    from nn.typing import Data

# Classes up to which the confusion matrix is a part of the text.
MAX_CLASSES = 12


@dataclass(frozen=True)
class Mistake:
    """A row, and what the model says of it.

    Attributes
    ----------
    row : int
        Its number in the data.
    loss : float
    target, answer : int or float or numpy.ndarray
        Class numbers where there are classes.
    confidence : float or None
        The probability that the model gives its answer; None for numbers.

    Examples
    --------
    >>> import numpy as np, nn
    >>> x = np.linspace(-1.0, 1.0, 8, dtype=np.float32)[:, None]
    >>> nn.worst(nn.Linear(1, 1, rng=0), (x, x * 0 + 5.0), count=1).rows[0].target
    5.0
    """

    row: int
    loss: float
    target: Any
    answer: Any
    confidence: float | None = None


@dataclass(frozen=True)
class Mistakes:
    """What `worst` found.

    Attributes
    ----------
    rows : list of Mistake
        Those with the largest losses, from the largest.
    losses : numpy.ndarray
        Of all rows, in the order of the data.
    confusion : numpy.ndarray or None
        How many rows of each class (row) were taken for each class (column); None where there are no classes.
    sensitivity : numpy.ndarray
        In the shape of a row of the inputs: how far the loss of a row moves with that input, in the mean over all rows, for a
        change by the input's standard deviation. Of inputs that are not floats it is empty.
    inputs : numpy.ndarray
        Those of `rows`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> x = np.random.default_rng(0).normal(size=(100, 3)).astype(np.float32)
    >>> y = (x[:, 1] > 0).astype(int)
    >>> model = nn.Linear(3, 2, rng=0)
    >>> _ = nn.fit(model, (x, y), lr=0.1, epochs=10)
    >>> found = nn.worst(model, (x, y), count=5)
    >>> len(found.rows), int(found.confusion.sum()), int(found.sensitivity.argmax())
    (5, 100, 1)
    """

    rows: list[Mistake]
    losses: np.ndarray
    confusion: np.ndarray | None
    sensitivity: np.ndarray
    inputs: np.ndarray

    def table(self) -> Table:
        """The rows as a table of `rich`.

        Returns
        -------
        rich.table.Table

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 8, dtype=np.float32)[:, None]
        >>> nn.worst(nn.Linear(1, 1, rng=0), (x, x), count=2).table().row_count
        2
        """
        whole = float(self.losses.sum())
        title = f"the {len(self.rows)} worst of {len(self.losses):,} rows"
        # Of what is not finite there are no shares.
        if np.isfinite(whole):
            title += f" have {sum(one.loss for one in self.rows) / (whole or 1.0):.0%} of the loss"
        table = Table(title=title)
        sure = any(one.confidence is not None for one in self.rows)
        for name in ("row", "loss", "target", "answer", *(["sure"] if sure else [])):
            table.add_column(name, justify="right")
        for one in self.rows:
            cells = [str(one.row), format_number(one.loss), _word(one.target), _word(one.answer)]
            table.add_row(*cells, *([f"{one.confidence:.1%}" if one.confidence is not None else ""] if sure else []))
        return table

    def __str__(self) -> str:
        parts: list[RenderableType] = [self.table()]
        if self.confusion is not None and len(self.confusion) <= MAX_CLASSES:
            parts.append(_confusion_table(self.confusion))
        if self.sensitivity.ndim == 1 and self.sensitivity.size > 1:
            order = np.argsort(self.sensitivity)[::-1][:5]
            told = ", ".join(f"column {k} ({format_number(float(self.sensitivity[k]))})" for k in order)
            parts.append(f"the loss is most sensitive to {told}")
        return to_text(Group(*parts), width=100)

    def figure(self, names: list[str] | None = None) -> Figure:
        """Pictures: the worst rows where they are images, the confused classes, and what the loss is sensitive to.

        Parameters
        ----------
        names : list of str, optional
            Of the classes.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        MissingDependencyError
            Without matplotlib.

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 8, dtype=np.float32)[:, None]
        >>> len(nn.worst(nn.Linear(1, 1, rng=0), (x, x), count=2).figure().axes) > 0
        True
        """
        try:
            from matplotlib.figure import Figure
        except ImportError as error:
            raise MissingDependencyError(f"figure needs {error.name}: {pip_install('draw')}") from error
        images = as_images(self.inputs)
        figure = Figure(figsize=(9.0, 5.2 if images is not None else 3.4), layout="constrained")
        parts: Any = [figure] if images is None else figure.subfigures(2, 1, height_ratios=[1.0, 1.5])
        if images is not None:
            _draw_images(parts[0], images, self.rows, names)
        _draw_rest(parts[-1], self, names)
        return figure


def worst(model: Module, data: Data, *, count: int = 10, loss: Any = None, batch_size: int = 256) -> Mistakes:
    """What a model gets wrong: the rows with the largest losses, the confused classes, and the inputs that matter.

    Look at the worst rows first: wrong labels, broken rows and what the network has not understood gather there.

    Parameters
    ----------
    model : Module
        Judged in evaluation mode; nothing of it is changed.
    data : (inputs, targets), DataLoader, or iterable of such pairs
    count : int
        How many rows.
    loss : str or loss of `nn`, optional
        As for `fit`.
    batch_size : int

    Returns
    -------
    Mistakes

    Raises
    ------
    OperandError
        For a loss that gives no loss of each row: a function of your own with one number.

    Examples
    --------
    >>> import numpy as np, nn
    >>> x = np.linspace(-1.0, 1.0, 50, dtype=np.float32)[:, None]
    >>> y = 2.0 * x
    >>> y[7] = 30.0
    >>> found = nn.worst(nn.Linear(1, 1, rng=0), (x, y), count=3)
    >>> found.rows[0].row, found.rows[0].target
    (7, 30.0)
    """
    check_count("worst", "count", count)
    batches = Batches(data, "data", batch_size, dtype_of(model), None)
    objective, shape = choose_objective(model, batches, loss, {})
    form_targets(batches, objective, shape)
    by_row = objective.by_row()
    if by_row is None:
        raise OperandError(f"worst: {objective.name} gives one number and not a loss of each row: give a loss of nn")
    gradients: list[np.ndarray] = []
    losses, outputs, targets, inputs = [], [], [], []
    with preserve_modes(model.modules()):
        model.eval()
        for x, t in batches:
            told = Tensor(x, requires_grad=x.dtype.kind == "f")
            # A copy, since a model may edit its input in place.
            out = model(told.copy())
            each = by_row(out, t).reshape(len(x), -1).mean(1)
            if told.requires_grad and each.requires_grad:
                with observing():
                    each.sum().backward()
                    gradients.append(np.abs(np.asarray(told.grad)))
            losses.append(np.asarray(raw(each)))
            outputs.append(np.asarray(raw(out)))
            targets.append(np.asarray(t))
            inputs.append(np.asarray(x))
    each_row, answers, truths, rows = (np.concatenate(part) for part in (losses, outputs, targets, inputs))
    order = np.argsort(-np.nan_to_num(each_row, nan=np.inf), kind="stable")[:count]
    sensitivity = np.empty(0)
    if gradients:
        sensitivity = np.concatenate(gradients).mean(0) * rows.std(0)
    said, sure, matrix = _read_answers(objective, answers, truths)
    labels = (
        truths.argmax(-1) if said is not None and truths.shape == answers.shape and answers.shape[-1] > 1 else truths
    )
    found = [
        Mistake(
            int(k),
            float(each_row[k]),
            _plain(labels[k]),
            _plain(answers[k] if said is None else said[k]),
            None if sure is None else float(sure[k]),
        )
        for k in order
    ]
    return Mistakes(found, each_row, matrix, sensitivity, rows[order])


def _read_answers(
    objective: Objective, answers: np.ndarray, truths: np.ndarray
) -> tuple[np.ndarray | None, np.ndarray | None, np.ndarray | None]:
    """The classes that the outputs mean, how sure they are, and the confusion; None where they are no classes of rows."""
    if objective.kind == "classes" and answers.ndim == 2:
        labels = truths.argmax(-1) if truths.ndim == 2 else truths
        shares = np.exp(answers - answers.max(-1, keepdims=True))
        said = answers.argmax(-1)
        sure = (shares / shares.sum(-1, keepdims=True))[np.arange(len(said)), said]
        counted = objective.find_counted(labels)
        some = slice(None) if counted is None else counted
        return said, sure, confusion_matrix(answers[some], labels[some])
    if answers.size == len(answers) and is_one_of(objective.function, BCELoss, BCEWithLogitsLoss):
        flat, labels = answers.reshape(-1), truths.reshape(-1)
        if not np.isin(labels, (0, 1)).all():
            return None, None, None
        yes = flat if objective.threshold else 1.0 / (1.0 + np.exp(-np.clip(flat, -500, 500)))
        said = (yes > 0.5).astype(int)
        return said, np.where(said == 1, yes, 1 - yes), confusion_matrix(flat, labels, objective.threshold)
    return None, None, None


def _plain(value: np.ndarray) -> Any:
    array = np.asarray(value)
    if array.size != 1:
        return array
    number = array.reshape(-1)[0]
    return int(number) if array.dtype.kind in "iub" else float(number)


def _word(value: Any) -> str:
    if isinstance(value, np.ndarray):
        flat = value.reshape(-1)
        return "[" + ", ".join(format_number(float(v)) for v in flat[:4]) + (", …]" if flat.size > 4 else "]")
    return str(value) if isinstance(value, int) else format_number(value)


def _confusion_table(matrix: np.ndarray) -> Table:
    table = Table(title="rows of each class (down) that were taken for each class (across)")
    table.add_column("")
    for k in range(len(matrix)):
        table.add_column(str(k), justify="right")
    for k, line in enumerate(matrix):
        cells = [f"[bold]{n}[/bold]" if j == k else str(n) if n else "·" for j, n in enumerate(line)]
        table.add_row(str(k), *cells)
    return table


def as_images(inputs: np.ndarray) -> np.ndarray | None:
    """Rows as grey or coloured pictures (N, H, W) or (N, H, W, 3), where their shape says that they are some.

    Examples
    --------
    >>> as_images(np.zeros((2, 1, 8, 8))).shape, as_images(np.zeros((2, 64))).shape, as_images(np.zeros((2, 5)))
    ((2, 8, 8), (2, 8, 8), None)
    """
    if inputs.dtype.kind != "f":
        return None
    if inputs.ndim == 4 and inputs.shape[1] in (1, 3):
        return inputs[:, 0] if inputs.shape[1] == 1 else np.moveaxis(inputs, 1, -1)
    if inputs.ndim == 3 and min(inputs.shape[1:]) >= 5:
        return inputs
    side = round(inputs[0].size ** 0.5) if inputs.ndim == 2 and len(inputs) else 0
    return inputs.reshape(-1, side, side) if side >= 8 and side * side == inputs[0].size else None


def _draw_images(figure: Any, images: np.ndarray, rows: list[Mistake], names: list[str] | None) -> None:
    low, high = float(images.min()), float(images.max())
    axes = figure.subplots(1, len(rows), squeeze=False)[0]
    for ax, image, one in zip(axes, images, rows, strict=True):
        shown = (image - low) / ((high - low) or 1.0)
        ax.imshow(shown, cmap="gray_r", vmin=0.0, vmax=1.0, interpolation="nearest")
        ax.set(xticks=[], yticks=[])
        ax.set_title(f"{_name(one.target, names)} → {_name(one.answer, names)}\n{one.loss:.3g}", fontsize=8)
    figure.suptitle("the worst rows: target → answer, and the loss", fontsize=10)


def _name(value: Any, names: list[str] | None) -> str:
    return names[value] if names is not None and isinstance(value, int) and value < len(names) else _word(value)


def _draw_rest(figure: Any, found: Mistakes, names: list[str] | None) -> None:
    matrix, sensitivity = found.confusion, found.sensitivity
    as_picture = as_images(sensitivity[None]) if sensitivity.size else None
    axes = figure.subplots(1, 1 + (matrix is not None) + bool(sensitivity.size), squeeze=False)[0].tolist()
    ax = axes.pop(0)
    ax.hist(found.losses[np.isfinite(found.losses)], bins=40, color="#1f6fb2")
    ax.set(xlabel="loss of a row", ylabel="rows", yscale="log", title="losses of all rows")
    if matrix is not None:
        ax = axes.pop(0)
        shares = matrix / np.maximum(matrix.sum(1, keepdims=True), 1)
        ax.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        for k in range(len(matrix)) if len(matrix) <= MAX_CLASSES else ():
            for j in range(len(matrix)):
                if matrix[k, j]:
                    ax.text(j, k, str(matrix[k, j]), ha="center", va="center", fontsize=7,
                            color="white" if shares[k, j] > 0.5 else "black")  # fmt: skip
        ticks = range(len(matrix)) if len(matrix) <= MAX_CLASSES else []
        labels = [_name(k, names) for k in ticks]
        ax.set_xticks(list(ticks), labels)
        ax.set_yticks(list(ticks), labels)
        ax.set(xlabel="answer", ylabel="class", title="confusion")
    if sensitivity.size:
        ax = axes.pop(0)
        if as_picture is not None:
            ax.imshow(as_picture[0], cmap="magma")
            ax.set(xticks=[], yticks=[])
        else:
            flat = sensitivity.reshape(-1)
            ax.bar(np.arange(flat.size), flat, color="#1f6fb2")
            ax.set(xlabel="input")
        ax.set_title("what the loss is sensitive to")
