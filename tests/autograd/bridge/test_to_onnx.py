"""`to_onnx`: every row that has a form in ONNX, layers and functions; by a stand-in for onnx, and by onnxruntime where it is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import bridge
from autograd.bridge import BridgeError
from autograd.bridge.onnx_export import export
from autograd.bridge.onnx_export.writer import FORMS
from autograd.graph.node import raw
from autograd.graph.op import TABLE
from autograd.graph.tree import leaves
from autograd.ops.indexing import SLOT
from tests.autograd.bridge import paper_onnx

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(3, 4)), RNG.normal(size=(3, 4))
P, Q = np.abs(X) + 0.1, RNG.uniform(0.1, 0.9, (3, 4))
ODD = np.array([[0.0, np.nan, np.inf, -np.inf]])
WHOLE, OTHER = np.array([[5, -7, 9], [2, 4, -6]]), np.array([[2, 3, -4], [5, -3, 4]])
IMAGE = RNG.normal(size=(2, 4, 6, 7))
ROWS, COLUMNS = np.array([0, 2, 2]), np.array([1, 3, 0])
EACH = slice(None)

# By row: its operands, and its parameters.
CASES: dict[str, list[tuple[list[Any], dict[str, Any]]]] = {
    **{name: [([X], {})] for name in (
        "neg", "abs", "exp", "sin", "cos", "tan", "atan", "sinh", "cosh", "tanh", "asinh", "floor", "ceil", "sign", "rint", "erf",
        "erfc", "ndtr", "sigmoid", "softplus", "relu", "gelu", "silu", "square", "expm1", "exp2", "cbrt", "trunc", "deg2rad",
        "rad2deg", "stop_gradient", "identity", "real", "conj",
    )},
    **{name: [([P], {})] for name in ("sqrt", "log", "log1p", "log2", "log10", "reciprocal")},
    **{name: [([Q], {})] for name in ("asin", "acos", "atanh", "logit")},
    "acosh": [([P + 1], {})],
    **{name: [([X, Y], {}), ([X, 2.0], {}), ([0.5, X[:1]], {})] for name in (
        "add", "sub", "mul", "div", "maximum", "minimum", "greater", "greater_equal", "less", "less_equal", "equal", "not_equal",
        "hypot", "logaddexp", "remainder", "fmod", "floor_divide",
    )},
    "power": [([P, Y], {}), ([P, 3.0], {})],
    "xlogy": [([np.array([0.0, 2.0]), np.array([0.0, 3.0])], {})],
    **{name: [([ODD, ODD[:, ::-1]], {}), ([ODD, 1.0], {})] for name in ("fmax", "fmin")},
    **{name: [([ODD], {})] for name in ("isnan", "isinf", "isfinite")},
    **{name: [([X > 0, Y > 0], {})] for name in ("logical_and", "logical_or", "logical_xor")},
    "logical_not": [([X > 0], {})],
    "where": [([X > 0, X, Y], {}), ([X > 0, Y > 0, X > 1], {}), ([X > 0, X, 0.0], {})],
    "clip": [([X, -0.5, 0.5], {})],
    "leaky_relu": [([X], {"slope": 0.1})],
    "elu": [([X], {"alpha": 1.5})],
    "nan_to_num": [([ODD], {"nan": 1.0, "posinf": None, "neginf": -3.0})],
    "round": [([X], {"decimals": 0}), ([X], {"decimals": 1})],
    "reshape": [([X], {"shape": (2, 6)}), ([X], {"shape": (-1, 2)})],
    "transpose": [([IMAGE], {"axes": (0, 2, 3, 1)}), ([X], {"axes": None})],
    "broadcast_to": [([X[:1]], {"shape": (2, 3, 4)})],
    "astype": [([X], {"dtype": np.dtype("float32")}), ([P], {"dtype": np.dtype("int64")})],
    "concatenate": [([X, Y], {"axis": 0}), ([X, Y], {"axis": -1})],
    "pad": [([X], {"width": ((0, 1), (2, 0)), "value": 1.5})],
    "slice": [
        ([X], {"key": (0,)}), ([X], {"key": (slice(None, None, -1), slice(1, 3))}), ([X], {"key": (None, ..., -1)}),
        ([X], {"key": slice(0, 0)}), ([IMAGE], {"key": (1, ..., slice(5, 1, -2))}),
    ],
    "unslice": [([X[:2, 1:3]], {"key": (slice(0, 2), slice(1, 3)), "shape": (3, 4)})],
    "within": [([ROWS], {"count": 3, "what": "row"})],
    "index": [
        ([X, ROWS], {"key": (SLOT,)}), ([X, np.array([[-1], [0]])], {"key": (EACH, SLOT)}), ([X, ROWS, COLUMNS], {"key": (SLOT, SLOT)}),
        ([IMAGE, ROWS, COLUMNS], {"key": (EACH, EACH, SLOT, SLOT)}), ([IMAGE, ROWS % 2, COLUMNS], {"key": (SLOT, EACH, SLOT)}),
        ([IMAGE, ROWS], {"key": (EACH, slice(1, 3), ..., SLOT)}), ([IMAGE, ROWS], {"key": (1, EACH, SLOT)}),
    ],
    "place": [
        ([X, Y[:2], ROWS[:2]], {"key": (SLOT,)}), ([X, 7.0, ROWS, COLUMNS], {"key": (SLOT, SLOT)}),
        ([X, Y[:, :2]], {"key": (EACH, slice(1, 3))}), ([X, np.zeros((3, 2)), ROWS[:2].tolist()], {"key": (EACH, SLOT)}),
    ],
    "scatter": [
        ([Y, ROWS], {"key": (SLOT,), "shape": (3, 4)}), ([Y[0, :3], ROWS, COLUMNS], {"key": (SLOT, SLOT), "shape": (3, 4)}),
        ([Y[:, :3], COLUMNS.tolist()], {"key": (EACH, SLOT), "shape": (3, 4)}),
    ],
    **{name: [([IMAGE], {"axis": (1, 3), "keepdims": False}), ([X], {"axis": (1,), "keepdims": True})] for name in (
        "sum", "mean", "prod", "amax", "amin", "logsumexp", "norm",
    )},
    **{name: [([X], {"axis": (0,), "keepdims": True, "ddof": 0}), ([X], {"axis": (1,), "keepdims": False, "ddof": 1})] for name in (
        "var", "std",
    )},
    "softmax": [([X], {"axis": (1,)}), ([X], {"axis": (0, 1)})],
    "log_softmax": [([X], {"axis": (1,)}), ([X], {"axis": (0, 1)})],
    "argmax": [([X], {"axis": 1, "keepdims": False}), ([X], {"axis": None, "keepdims": False})],
    "argmin": [([X], {"axis": 0, "keepdims": True})],
    "cumsum": [([X], {"axis": -1})],
    "argsort": [([np.array([[2.0, 1.0, 2.0, 0.0]])], {"axis": -1, "kind": None, "stable": True})],
    "cross_entropy": [([X, COLUMNS], {"reduction": how}) for how in ("mean", "sum", "none")],
    "matmul": [([X, Y.T], {}), ([IMAGE, IMAGE.swapaxes(2, 3)], {}), ([X, Y[0]], {})],
    "linear": [([X, Y, ROWS + 0.5], {}), ([IMAGE, Y @ RNG.normal(size=(4, 7)), ROWS + 0.5], {})],
    "einsum": [([X, Y], {"subscripts": ("ij", "kj", "ik")})],
    "det": [([X[:, :3]], {})],
    "convolution": [([IMAGE, RNG.normal(size=(6, 2, 3, 2))], {
        "stride": (2, 1), "padding": ((1, 0), (0, 2)), "dilation": (1, 2), "groups": 2,
    })],
    "convolution_input": [([IMAGE, RNG.normal(size=(4, 2, 3, 3))], {
        "space": (13, 9), "stride": (2, 1), "padding": ((0, 0), (0, 0)), "dilation": (1, 1), "groups": 2,
    }), ([IMAGE, RNG.normal(size=(4, 3, 2, 2))], {
        "space": (12, 13), "stride": (2, 2), "padding": ((0, 0), (1, 0)), "dilation": (1, 1), "groups": 1,
    })],
    "max_pool": [([IMAGE], {"kernel": (2, 3), "stride": (2, 2), "padding": ((1, 1), (0, 1))})],
    "sum_pool": [([IMAGE], {"kernel": (2, 3), "stride": (2, 1), "padding": ((1, 1), (0, 1))})],
}  # fmt: skip


def call(row: str, params: dict[str, Any]) -> Callable[..., Any]:
    def function(*xs: Any) -> Any:
        return TABLE[row].call(*xs, **params)

    return function


def arrays_of(result: Any) -> list[np.ndarray]:
    return [np.asarray(raw(x.detach()) if isinstance(x, autograd.Tensor) else x) for x in leaves(result)]


@pytest.fixture
def paper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "require", lambda: paper_onnx)


def written(function: Callable[..., Any], args: list[Any]) -> tuple[Any, list[np.ndarray], list[np.ndarray]]:
    """A function as ONNX: what was written, what its inputs are, and what it should give."""
    given = [x for x in args if isinstance(x, np.ndarray)]

    def of_arrays(*xs: Any) -> Any:
        left = iter(xs)
        return function(*[next(left) if isinstance(x, np.ndarray) else x for x in args])

    return export.model_of(of_arrays, tuple(given)), given, arrays_of(of_arrays(*given))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("row", sorted(FORMS))
def test_a_row_is_computed_by_what_is_written(row: str, paper: None) -> None:
    for args, params in CASES[row]:
        model, given, expected = written(call(row, params), args)
        found = paper_onnx.run(model, *given)
        for theirs, ours in zip(found, expected, strict=True):
            assert (theirs.shape, theirs.dtype) == (ours.shape, ours.dtype), (row, params)
            np.testing.assert_allclose(theirs, ours, 1e-12, 1e-12, err_msg=f"{row} {params}")


@pytest.mark.parametrize(
    "row",
    ["add", "mul", "div", "maximum", "floor_divide", "remainder", "greater", "sum", "mean", "cumsum", "prod", "amax"],
)
def test_whole_numbers_become_what_numpy_makes_of_them(row: str, paper: None) -> None:
    pairs = [[WHOLE, OTHER], [WHOLE.astype(np.int32), 2], [WHOLE, OTHER + 0.5]]
    params = {}
    if row in ("sum", "mean", "cumsum", "prod", "amax"):
        pairs = [[WHOLE.astype(np.int32)], [WHOLE > 3]] if row != "mean" else [[WHOLE]]
        params = {"axis": 0} if row == "cumsum" else {"axis": (0,), "keepdims": False}
    for args in pairs:
        model, given, (expected,) = written(call(row, params), args)
        (found,) = paper_onnx.run(model, *given)
        assert found.dtype == expected.dtype
        assert found.tolist() == expected.tolist()


def layers() -> dict[str, tuple[Callable[..., Any], tuple[Any, ...]]]:
    rng = np.random.default_rng(0)
    image = rng.normal(size=(2, 3, 8, 8)).astype(np.float32)
    sequence = rng.normal(size=(2, 5, 8)).astype(np.float32)

    class Attention(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.MultiheadAttention(8, 2, batch_first=True)

        def forward(self, x: Any) -> Any:
            return self.inner(x, x, x)[0]

    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(144, 5))
    return {
        "network": (network.eval(), (image,)),
        "batch norm in training": (nn.BatchNorm2d(3), (image,)),
        "transposed": (nn.ConvTranspose2d(3, 2, 3, stride=2, padding=1, output_padding=1), (image,)),
        "groups": (nn.Conv2d(3, 6, 3, groups=3, dilation=2, padding=1, padding_mode="reflect"), (image,)),
        "pooling": (nn.Sequential(nn.MaxPool2d(3, 2, 1), nn.AvgPool2d(2), nn.AdaptiveAvgPool2d(1)), (image,)),
        "upsampling": (nn.Upsample(scale_factor=2, mode="bilinear"), (image,)),
        "activations": (nn.Sequential(nn.PReLU(), nn.Mish(), nn.SELU(), nn.GELU(approximate="tanh"), nn.Hardswish()), (image,)),
        "norms": (nn.Sequential(nn.GroupNorm(1, 3), nn.InstanceNorm2d(3, affine=True), nn.LayerNorm(8), nn.RMSNorm(8)), (image,)),
        "lstm": (nn.LSTM(8, 2, batch_first=True, num_layers=2, bidirectional=True), (sequence,)),
        "gru": (nn.GRU(8, 3), (sequence,)),
        "attention": (Attention(), (sequence,)),
        "embedding": (nn.Embedding(5, 3), (np.array([[1, 2], [3, 4]]),)),
        "structures": (lambda a, b: {"s": (a * b["k"]).sum(), "t": (a[:, ::-1], a[0, 1:])}, (image, {"k": image})),
        "loss": (lambda scores, labels: nn.functional.cross_entropy(scores, labels), (sequence[0], np.arange(5))),
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(layers()))
def test_a_layer_is_computed_by_what_is_written(name: str, paper: None) -> None:
    function, args = layers()[name]
    found = paper_onnx.run(export.model_of(function, args), *leaves(list(args)))
    for theirs, ours in zip(found, arrays_of(function(*args)), strict=True):
        assert (theirs.shape, theirs.dtype) == (ours.shape, ours.dtype)
        np.testing.assert_allclose(theirs, ours, 1e-5, 1e-5)


def test_parameters_inputs_and_modules_have_their_names(paper: None) -> None:
    function, args = layers()["network"]
    model = export.model_of(function, args)
    held = set(model.graph.initializer)
    assert held >= {"0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var", "4.weight", "4.bias"}
    assert model.properties["stepgrad.parameters"].split("\n") == [
        "0.weight",
        "0.bias",
        "1.weight",
        "1.bias",
        "4.weight",
        "4.bias",
    ]
    assert [x.name for x in model.graph.input] == ["x"]
    assert any(node.name.startswith("/4/") for node in model.graph.node)
    assert [x.name for x in export.model_of(lambda a, b: a + b, (X, Y)).graph.input] == ["a", "b"]


def test_a_bridged_program_is_written_too(paper: None) -> None:
    model = bridge.Bridged.load(Path(__file__).parents[2] / "frozen" / "bridged" / "gpt_train.npz")
    tokens = [np.arange(10).reshape(2, 5) % 7, np.ones((2, 5), np.int64)]
    written = export.model_of(model, tuple(tokens))
    assert written.graph.name == "GPT"
    assert set(written.properties["stepgrad.parameters"].split("\n")) == {name for name, _ in model.named_parameters()}
    for theirs, ours in zip(paper_onnx.run(written, *tokens), arrays_of(model(*tokens)), strict=True):
        np.testing.assert_allclose(theirs, ours, 1e-12, 1e-12)


def test_random_numbers_are_drawn_at_each_run(paper: None) -> None:
    dropout = nn.Dropout(0.5)
    before = dropout.rng.bit_generator.state if hasattr(dropout, "rng") else None
    model = export.model_of(dropout, np.ones((8, 8), np.float32))
    first, second = (
        paper_onnx.run(model, np.ones((8, 8), np.float32))[0],
        paper_onnx.run(model, np.ones((8, 8), np.float32))[0],
    )
    assert set(np.unique(first)) == {0.0, 2.0}
    assert (first != second).any()
    assert before is None or dropout.rng.bit_generator.state == before


def test_writing_leaves_the_model_as_it_was(paper: None) -> None:
    norm = nn.BatchNorm2d(3)
    before = {name: np.array(x) for name, x in norm.state_dict().items()}
    export.model_of(norm, np.ones((2, 3, 4, 4), np.float32))
    assert all((np.array(x) == before[name]).all() for name, x in norm.state_dict().items())


def test_what_has_no_form_is_told_with_its_line(paper: None) -> None:
    with pytest.raises(BridgeError, match=r"solve has no form in ONNX, at test_to_onnx\.py:\d+"):
        export.model_of(lambda a: np.linalg.solve(a, a), (np.eye(3),))
    with pytest.raises(BridgeError, match=r"(?s)cannot be written as ONNX: .*test_to_onnx\.py:\d+"):
        export.model_of(lambda a: a * 2 if a.sum() > 0 else a, (X,))
    with pytest.raises(BridgeError, match="takes a network or a function, not int"):
        export.model_of(3, (X,))  # type: ignore[arg-type]
    with pytest.raises(BridgeError, match="argument a: an array of numbers is wanted, not str"):
        export.model_of(lambda a: a, ("text",))
    with pytest.raises(BridgeError, match="gives nothing"):
        export.model_of(lambda a: [], (X,))


def test_a_file_is_written_whole_or_not_at_all(paper: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "net.onnx"
    assert bridge.to_onnx(lambda a: a + 1, path, X) == path
    content = path.read_bytes()
    with pytest.raises(BridgeError):
        bridge.to_onnx(lambda a: np.linalg.solve(a, a), path, np.eye(3))
    with pytest.raises(autograd.AutogradError):
        bridge.to_onnx(lambda a: a, tmp_path / "no" / "net.onnx", X)
    assert path.read_bytes() == content
    assert [p.name for p in tmp_path.iterdir()] == ["net.onnx"]


def test_without_onnx_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(BridgeError, match=r"pip install .*\[onnx\]"):
        bridge.to_onnx(lambda a: a, tmp_path / "net.onnx", X)


def by_runtime(path: Path, args: list[np.ndarray]) -> list[np.ndarray]:
    runtime = pytest.importorskip("onnxruntime")
    session = runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return list(session.run(None, {x.name: a for x, a in zip(session.get_inputs(), args, strict=True)}))


@pytest.mark.integration
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", sorted(layers()))
def test_onnxruntime_and_from_onnx_compute_a_layer(name: str, tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    function, args = layers()[name]
    path = bridge.to_onnx(function, tmp_path / "net.onnx", args)
    expected, given = arrays_of(function(*args)), leaves(list(args))
    back = bridge.from_onnx(path)
    results = arrays_of(back(*given))
    if isinstance(function, nn.Module):
        assert {n for n, _ in back.named_parameters()} == {n for n, _ in function.named_parameters()}
    for theirs, again, ours in zip(by_runtime(path, given), results, expected, strict=True):
        assert (theirs.shape, theirs.dtype) == (ours.shape, ours.dtype)
        np.testing.assert_allclose(theirs, ours, 1e-4, 1e-5)
        np.testing.assert_allclose(again, ours, 1e-5, 1e-5)


@pytest.mark.integration
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("row", sorted(FORMS))
def test_onnxruntime_computes_a_row(row: str, tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    for number, (args, params) in enumerate(CASES[row]):
        single = [x.astype(np.float32) if getattr(x, "dtype", None) == np.float64 else x for x in args]
        model, given, expected = written(call(row, params), single)
        path = tmp_path / f"{number}.onnx"
        path.write_bytes(model.SerializeToString())
        for theirs, ours in zip(by_runtime(path, given), expected, strict=True):
            assert (theirs.shape, theirs.dtype) == (ours.shape, ours.dtype), (row, params)
            np.testing.assert_allclose(theirs, ours, 1e-4, 1e-5, err_msg=f"{row} {params}")
