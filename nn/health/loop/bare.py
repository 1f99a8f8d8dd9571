"""`Bare`: what a script trains without a module of its own that shows it whole: read off the graph, and made a module of."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.engine.tensor import Tensor
from autograd.errors import AutogradError
from autograd.graph.modes import no_grad
from autograd.graph.node import Const, Node, ancestors, get_data
from nn.health.loop.layers_by_hand import Averages, DropoutMask, find_layers, find_statistics
from nn.health.loop.replay import between, fill_own_maxima, find_own_maxima, params_for
from nn.health.loop.scalars import Layer, Lifted
from nn.layers.activations import ReLU, Sigmoid, Tanh
from nn.layers.linear import Linear
from nn.layers.sequential import Sequential
from nn.module import Module
from nn.parameter import Parameter

# What a loss makes of scores first: the scores are the outputs.
OF_SCORES = ("log_softmax", "softmax", "sigmoid", "log", "clip")
# The layers of what units do last.
BY_NAME: dict[str, type[Module]] = {"tanh": Tanh, "sigmoid": Sigmoid, "relu": ReLU}


class Bare:
    """The graph of one pass: its leaves are the parameters, and constants of as many rows as the outputs the inputs.

    Attributes
    ----------
    leaves : list of Tensor
        In the order they were made.
    sources : list of Node
        The script's own, where leaves stand for single numbers of a graph that was lifted.
    names : list of str
        What each is called.
    inputs : list of Node
        One, or several of one shape, such as those of each time.
    output : Node
    masks : sequence of Node
        What leaves out some of a hidden layer.
    order : list of Node
        From the inputs and leaves to the output.
    layers : list of Layer
        What it is, where that is known: of sources.
    axes : (int, int)
        Along which axis of the inputs and of the output the rows stand: the second where rows are columns, as in `W @ X + b`, or
        where times stand along the first.
    """

    training = True

    def __init__(
        self,
        leaves: list[Any],
        inputs: list[Node],
        output: Node,
        order: list[Node],
        masks: Sequence[Node] = (),
        axes: tuple[int, int] = (0, 0),
    ) -> None:
        self.leaves, self.inputs, self.output, self.order = leaves, inputs, output, order
        self.masks, self.axes, self.own = masks, axes, find_own_maxima(order)
        self.sources: list[Any] = leaves
        self.layers: list[Layer] = []
        self.names = [f"leaf{k}" for k in range(len(leaves))]

    def __deepcopy__(self, memo: dict[int, Any]) -> Bare:
        """It is only read."""
        return self

    def follow(self, later: Bare) -> None:
        """Be what a later pass shows: a script may make its weights anew in place of the ones before."""
        if later.inputs or not self.inputs:
            self.__dict__.update(later.__dict__)

    @property
    def rows(self) -> int:
        """Of the batch."""
        return int(np.shape(get_data(self.inputs[0]))[self.axes[0]])

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """Of the leaves."""
        return [np.shape(get_data(source)) for source in self.sources]

    def read_inputs(self) -> np.ndarray:
        """The rows of the batch, with several inputs along the second axis."""
        parts = [np.asarray(get_data(node)).swapaxes(0, self.axes[0]) for node in self.inputs]
        return parts[0] if len(parts) == 1 and not self.layers else np.stack(parts, axis=1)

    def put_inputs(self, x: Any) -> dict[int, Any]:
        """Rows by the identity of the inputs that they stand for."""
        parts = [x] if len(self.inputs) == 1 else [x[:, k] for k in range(len(self.inputs))]
        return {
            id(node): part.swapaxes(0, 1) if self.axes[0] else part
            for node, part in zip(self.inputs, parts, strict=True)
        }


def read_scalars(lifted: Lifted | None, trained: list[Node]) -> tuple[Bare, np.ndarray | None, Any] | None:
    """What a loss of single numbers trains, its inputs and its output; of one that could not be lifted, the weights alone."""
    if lifted is None:
        return (Bare(trained, [], trained[0], []), None, None) if trained else None
    found = read_bare(lifted.loss, lifted.output)
    if found is None:
        return None
    sources = {id(leaf): source for leaf, source in zip(lifted.leaves, lifted.sources, strict=True)}
    found.sources = [sources[id(leaf)] for leaf in found.leaves]
    found.layers, found.inputs = lifted.layers, lifted.columns or found.inputs
    # Layers end with the activation that the graph alone would leave to the loss.
    return found, found.read_inputs()[-lifted.rows :], lifted.output if lifted.layers else found.output


def read_bare(loss: Any, output: Any = None) -> Bare | None:
    """What is trained, as the graph of a loss shows it; None where it can't be told which constants are rows.

    Parameters
    ----------
    loss : Tensor
    output : Tensor, optional
        What the loss is of; otherwise what meets the last constant in it.
    """
    if not isinstance(loss, Node) or not loss.requires_grad:
        return None
    nodes = sorted(ancestors(loss), key=lambda node: node.order)
    leaves = [n for n in nodes if n.op is None and n.requires_grad]
    users: dict[int, list[Node]] = {}
    for node in nodes:
        for parent in node.parents:
            users.setdefault(id(parent), []).append(node)
    constants = [n for n in nodes if n.op is None and not n.requires_grad and n.__class__ is not Const]
    constants = [n for n in constants if np.ndim(get_data(n))]
    if output is None:
        for node in constants:
            for user in users.get(id(node), ()):
                output = next((p for p in user.parents if p is not node and p.requires_grad and p.op), output)
    if not isinstance(output, Node) or output.op is None:
        return None
    output = _strip(_go_down(loss, _strip(output), leaves))
    made = sorted(ancestors(output), key=lambda node: node.order)
    known = {id(node) for node in made}
    own = find_own_maxima(made)
    known_constants = [n for n in constants if id(n) in known and id(n) not in own]
    candidates = []
    for axes in ((0, 0), (1, 1), (1, 0), (0, 1)):
        given = [n for n in known_constants if _stand_together(n, output, axes)]
        # A constant that is the same for every row is no input where there is another, as the first state of a recurrent cell.
        given = [n for n in given if not _is_alike(n, axes[0])] or given
        masks = [n for n in given if _is_mask(n, users)]
        given = [n for n in given if not _is_mask(n, users)]
        if len({np.shape(get_data(n)) for n in given}) > 1:
            continue
        if given:
            candidates.append(Bare(leaves, given, output, [n for n in made if n.op is not None], masks, axes))
    if len(candidates) < 2:
        return next(iter(candidates), None)
    # Where as many columns stand there as rows, what stands alone tells them apart; a single row of numbers may be a column of many.
    return max(candidates, key=lambda bare: (_answers_alone(bare), bare.rows > 1))


def _answers_alone(bare: Bare) -> int:
    """How much speaks for the rows standing where they are thought to: half of them can be answered, and as with all others."""
    some = max(bare.rows // 2, 1)
    try:
        with no_grad(), np.errstate(all="ignore"):
            answers = get_data(Replayed(bare).eval()(bare.read_inputs()[:some]))
    except (AutogradError, ValueError, IndexError):  # of shapes that do not go together
        return 0
    before = np.asarray(get_data(bare.output)).swapaxes(0, bare.axes[1])[:some]
    same = np.shape(answers) == before.shape and (bare.masks or np.allclose(answers, before, rtol=1e-4, equal_nan=True))
    return 2 if same else 1


def _stand_together(given: Node, output: Node, axes: tuple[int, int]) -> bool:
    """Whether inputs have as many rows along one axis as an output along another."""
    shapes = np.shape(get_data(given)), np.shape(get_data(output))
    if any(len(shape) <= axis for shape, axis in zip(shapes, axes, strict=True)):
        return False
    return shapes[0][axes[0]] == shapes[1][axes[1]]


def _is_mask(node: Node, users: dict[int, list[Node]]) -> bool:
    """Whether a constant leaves out numbers of a hidden layer by chance, and nothing else is done with it."""
    data = np.asarray(get_data(node))
    if len(np.unique(data)) != 2 or data.min() != 0:
        return False
    # What leaves out the padding of sequences does so from some place on.
    steps = [np.diff((data > 0).astype(np.int8), axis=axis) for axis in range(data.ndim) if data.shape[axis] > 1]
    if any((step <= 0).all() or (step >= 0).all() for step in steps):
        return False
    taken = users.get(id(node), [])
    return all(
        n.op is not None and n.op.name == "mul" and any(p.requires_grad and p.op for p in n.parents) for n in taken
    )


def _strip(output: Node) -> Node:
    """What stands before shares and their logarithms."""
    while output.op is not None and output.op.name in OF_SCORES and output.parents[0].op is not None:
        output = output.parents[0]
    return output


def _go_down(loss: Node, output: Node, leaves: list[Node]) -> Node:
    """The node through which all goes that the loss is made of, such as p where log p and log (1 - p) are; else the output itself."""
    trained, node = {id(leaf) for leaf in leaves}, output
    while _meet(between(loss, node), node, trained):
        before = [p for p in node.parents if p.requires_grad and p.op is not None]
        if len(before) != 1:
            return output
        node = before[0]
    return node


def _meet(order: list[Node], output: Node, trained: set[int]) -> bool:
    """Whether what is made of rows without an output meets weights there: a penalty on these, of no rows, is a number of its own."""
    of_weights, of_rows = set(trained), set[int]()
    for node in order:
        if node.op is None:
            if id(node) not in trained and node.__class__ is not Const and np.ndim(get_data(node)):
                of_rows.add(id(node))
            continue
        parents = {id(parent) for parent in node.parents if parent is not output}
        weighs, reads = bool(parents & of_weights), bool(parents & of_rows)
        if weighs and reads and np.ndim(get_data(node)):
            return True
        of_weights |= {id(node)} if weighs else set()
        of_rows |= {id(node)} if reads else set()
    return False


def _is_alike(node: Node, axis: int) -> bool:
    """Whether a constant is the same for every row of a batch, which stand along this axis."""
    data = np.asarray(get_data(node)).swapaxes(0, axis)
    return _axis_of_rows(data, len(data)) == 0


def _axis_of_rows(data: np.ndarray, rows: int) -> int | None:
    """The axis of as many entries as there are rows along which nothing changes, as that of a first state."""
    if rows < 2:
        return None
    axes = (k for k in range(data.ndim) if data.shape[k] == rows)
    return next((k for k in axes if bool((data == data.take([0], axis=k)).all())), None)


def as_layers(layers: Sequence[Layer]) -> Sequential:
    """The network that layers of single numbers are."""
    parts: list[Any] = []
    for layer in layers:
        linear = Linear(len(layer.weights[0]), len(layer.weights), bias=bool(layer.biases), dtype=np.float64, rng=0)
        linear.weight.data = np.array([[get_data(weight) for weight in row] for row in layer.weights], np.float64)
        if linear.bias is not None:
            linear.bias.data = np.array([get_data(bias) for bias in layer.biases], np.float64)
        parts += [linear, *([BY_NAME[layer.activation]()] if layer.activation else [])]
    return Sequential(*parts)


class Replayed(Module):
    """A module that does with other rows what the graph of one pass did."""

    def __init__(self, bare: Bare) -> None:
        super().__init__()
        self._bare, self._rng = bare, np.random.default_rng(0)
        # A dot would stand between the modules of a path, and a module has attributes of its own.
        names = [name.replace(".", " ") for name in bare.names]
        self._leaves = [f"leaf{k}" if hasattr(self, name) else name for k, name in enumerate(names)]
        for name, source in zip(self._leaves, bare.sources, strict=True):
            setattr(self, name, Parameter(np.array(get_data(source))))
        self._masks = [
            self._keep(f"mask {k}", DropoutMask(np.asarray(get_data(mask)), bare.axes[0], k))
            for k, mask in enumerate(bare.masks)
        ]
        named = dict(zip(map(id, bare.leaves), self._leaves, strict=True))
        # What is made of the rows there, and by which of its modules.
        self._layers = {
            key: (id(given), self._keep(kind.name.format(named[id(leaf)]), kind()))
            for key, (given, leaf, kind) in find_layers(bare.order, bare.leaves).items()
        }
        statistics = [] if any(bare.axes) else find_statistics(bare.order, bare.inputs)
        self._averages = {id(node): Averages(np.asarray(get_data(node))) for node in statistics}

    def twins(self) -> dict[int, Any]:
        """Its parameters by the identity of the script's that they stand for."""
        return {id(node): getattr(self, name) for node, name in zip(self._bare.sources, self._leaves, strict=True)}

    def _keep(self, name: str, module: Module) -> str:
        """The name that a module is held by."""
        free = next(
            other for k in itertools.count(1) if not hasattr(self, other := name if k == 1 else f"{name} ({k})")
        )
        setattr(self, free, module)
        return free

    def forward(self, x: Any) -> Any:
        bare, rows = self._bare, len(x)
        made: dict[int, Any] = bare.put_inputs(x)
        made |= {id(leaf): getattr(self, name) for leaf, name in zip(bare.leaves, self._leaves, strict=True)}
        made |= {id(mask): getattr(self, name)(rows) for mask, name in zip(bare.masks, self._masks, strict=True)}
        for node in bare.order:
            fill_own_maxima(node, bare.own, made)
            for parent in node.parents:
                if id(parent) not in made:
                    made[id(parent)] = _resize(parent, bare.rows, rows)
            given = [made[id(parent)] for parent in node.parents]
            assert node.op is not None
            made[id(node)] = node.op.call(*given, **params_for(node, given, bare.rows, rows, any(bare.axes)))
            if id(node) in self._averages:
                made[id(node)] = self._averages[id(node)].take(made[id(node)], self.training)
            if id(node) in self._layers:
                before, name = self._layers[id(node)]
                made[id(node)] = getattr(self, name)(made[before], made[id(node)])
        output = made[id(bare.output)]
        return output.swapaxes(0, 1) if bare.axes[1] else output


def _resize(node: Node, before: int, now: int) -> Any:
    """A constant; where it is the same for every row of the batch, for as many rows as there are now."""
    data = np.asarray(get_data(node))
    axis = _axis_of_rows(data, before)
    if axis is not None:
        return np.repeat(data.take([0], axis=axis), now, axis=axis)
    return node.detach() if isinstance(node, Tensor) else get_data(node)
