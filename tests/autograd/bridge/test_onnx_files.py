"""ONNX files: what is refused of them, where their numbers may lie, and what is told of what has no translation."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd import bridge
from autograd.bridge import Bridged, BridgeError, Leaf, MissingTranslationError, Operation, Program, Reference
from autograd.graph.node import get_data


def test_without_onnx_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(BridgeError, match=r"pip install .*\[onnx\]"):
        bridge.from_onnx(tmp_path / "net.onnx")


def test_an_operator_without_a_translation_is_named_with_its_node() -> None:
    line = bridge.Line("net.onnx", 7, "main", "y = Strange(x)")
    program = Program(
        "net.onnx", [Leaf("x", "input", "x", ("batch", 2), "float32")],
        [Operation("y", "onnx.com.acme.Strange.1", (Reference("x"),), lines=(line,))], Reference("y"), ((Reference("x"),), {}),
    )  # fmt: skip
    with pytest.raises(
        MissingTranslationError, match=r"onnx\.com\.acme\.Strange\.1 at net\.onnx:7 in main: y = Strange\(x\)"
    ):
        Bridged(program)
    bridge.rule("onnx.com.acme.Strange")(lambda x: x * 2)
    model = Bridged(program)
    # A length that has a name may vary, and no other.
    assert model(np.ones((3, 2), np.float32)).tolist() == [[2.0, 2.0]] * 3
    with pytest.raises(BridgeError, match=r"captured for float32 of shape \('batch', 2\)"):
        model(np.ones((3, 1), np.float32))


def test_branches_and_loops_come_back_from_a_file(tmp_path: Path) -> None:
    body = Program(
        "body", [Leaf(name, "input", name, ("...",), "any") for name in ("i", "go", "state")],
        [Operation("next", "onnx.Mul.14", (Reference("state"), Reference("x")))], (Reference("go"), Reference("next"), Reference("next")),
        ((), {}), framework="onnx",
    )  # fmt: skip
    loop = Operation(
        "both", "onnx.Loop.16", (Reference("n"), None, Reference("x")), {"body": body, "outer": {"x": Reference("x")}}
    )
    program = Program(
        "power", [Leaf("x", "input", "x", (), "float64"), Leaf("n", "input", "n", (), "int64")],
        [loop, *[Operation(name, "operator.getitem", (Reference("both"), i)) for i, name in enumerate(("last", "all"))]],
        (Reference("last"), Reference("all")), ((Reference("x"), Reference("n")), {}), framework="onnx",
    )  # fmt: skip
    model = Bridged.load(Bridged(program).save(tmp_path / "power.npz"))
    import autograd

    x = autograd.Tensor(np.array(2.0), requires_grad=True)
    last, every = model(x, np.array(3))
    assert (float(last.data), every.tolist()) == (16.0, [4.0, 8.0, 16.0])
    last.backward()
    assert x.grad == 4 * 2.0**3
    body.operations[0] = Operation("next", "onnx.Nothing.1", (Reference("state"),))
    with pytest.raises(MissingTranslationError, match=r"onnx\.Nothing\.1"):
        Bridged(program)


def made(nodes: list[Any], inputs: dict[str, Any], outputs: list[str], tensors: Any = (), opset: int = 17) -> Any:
    """A model of float32."""
    from onnx import TensorProto, helper

    graph = helper.make_graph(
        nodes, "graph",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs.items()],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs], list(tensors),
    )  # fmt: skip
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


@pytest.fixture
def onnx() -> Any:
    return pytest.importorskip("onnx")


def linear(onnx: Any, weight: Any) -> Any:
    return made([onnx.helper.make_node("MatMul", ["x", "w"], ["y"], name="product")], {"x": ["n", 2]}, ["y"], [weight])


@pytest.mark.integration
@pytest.mark.parametrize("content", [b"", b"nothing", b"\x08\x01", bytes(range(50))])
def test_what_is_no_model_is_refused(onnx: Any, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(content)
    with pytest.raises(BridgeError, match=r"net\.onnx is not an ONNX model"):
        bridge.from_onnx(path)
    with pytest.raises(BridgeError, match="it is not a file"):
        bridge.from_onnx(tmp_path)
    with pytest.raises(BridgeError, match="it is not there"):
        bridge.from_onnx(tmp_path / "other.onnx")
    with pytest.raises(BridgeError, match="takes a path or an onnx"):
        bridge.from_onnx(3)


@pytest.mark.integration
def test_numbers_that_are_not_as_many_as_their_shape(onnx: Any) -> None:
    weight = onnx.helper.make_tensor("w", onnx.TensorProto.FLOAT, [2, 3], np.ones(6, np.float32))
    weight.dims[0] = 10**12
    with pytest.raises(BridgeError, match="initializer w has not the numbers"):
        bridge.from_onnx(linear(onnx, weight))
    weight.dims[0] = -2
    with pytest.raises(BridgeError, match=r"has the shape \(-2, 3\)"):
        bridge.from_onnx(linear(onnx, weight))


def beside(onnx: Any, location: str, **more: str) -> Any:
    weight = onnx.TensorProto(name="w", data_type=1, dims=[2, 3], data_location=1)
    for key, value in {"location": location, **more}.items():
        weight.external_data.add(key=key, value=value)
    return weight


@pytest.mark.integration
def test_numbers_beside_the_model_stay_in_its_folder(onnx: Any, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    numbers = np.arange(8, dtype=np.float32)
    for path in (folder / "weights.bin", tmp_path / "secret.bin"):
        path.write_bytes(numbers.tobytes())
    (folder / "link.bin").symlink_to(tmp_path / "secret.bin")
    (folder / "loop.bin").symlink_to(folder / "loop.bin")
    os.mkfifo(folder / "pipe.bin")

    def read(location: str, **more: str) -> Bridged:
        path = folder / "net.onnx"
        path.write_bytes(linear(onnx, beside(onnx, location, **more)).SerializeToString())
        return bridge.from_onnx(path)

    model = read("weights.bin", offset="8", length="24")
    assert get_data(next(model.parameters())).tolist() == numbers[2:].reshape(2, 3).tolist()
    for location in ("../secret.bin", str(tmp_path / "secret.bin"), "link.bin", "", "sub/../../secret.bin"):
        with pytest.raises(BridgeError, match=r"not in the folder of the model|not a file"):
            read(location)
    for location, more, told in [
        ("weights.bin", {"offset": "100"}, "it has 32"),
        ("weights.bin", {"offset": "-4"}, "it has 32"),
        ("weights.bin", {"length": str(2**40)}, "it has 32"),
        ("weights.bin", {"offset": "x"}, "no number"),
        ("weights.bin", {}, "has not the numbers"),
        ("pipe.bin", {}, "not a file"),
        ("other.bin", {}, "not there"),
        ("loop.bin", {}, "loop.bin"),
        ("bad\0.bin", {}, "bad"),
    ]:
        with pytest.raises(BridgeError, match=told):
            read(location, **more)
    with pytest.raises(BridgeError, match="give from_onnx the path of the model"):
        bridge.from_onnx(linear(onnx, beside(onnx, "weights.bin")))


@pytest.mark.integration
def test_what_a_model_may_not_hold_is_told(onnx: Any) -> None:
    helper, node = onnx.helper, onnx.helper.make_node
    with pytest.raises(BridgeError, match=r"operators of set 6.*version_converter"):
        bridge.from_onnx(made([node("Relu", ["x"], ["y"])], {"x": [2]}, ["y"], opset=6))
    with pytest.raises(BridgeError, match="the output 'z' is computed nowhere"):
        bridge.from_onnx(made([node("Relu", ["x"], ["y"])], {"x": [2]}, ["z"]))
    with pytest.raises(
        MissingTranslationError, match=r"onnx\.ImageDecoder\.20 at graph:1 in graph: y = ImageDecoder\(x\)"
    ):
        bridge.from_onnx(made([node("ImageDecoder", ["x"], ["y"])], {"x": [2]}, ["y"], opset=20))
    text = helper.make_tensor_value_info("x", onnx.TensorProto.STRING, [2])
    model = made([node("Identity", ["x"], ["y"])], {}, ["y"])
    model.graph.input.append(text)
    with pytest.raises(BridgeError, match="input x is of ONNX's dtype 8"):
        bridge.from_onnx(model)
    huge = made([node("ConstantOfShape", ["s"], ["y"])], {}, ["y"], [helper.make_tensor("s", 7, [2], [10**6, 10**6])])
    with pytest.raises(BridgeError, match=r"a tensor of the shape \(1000000, 1000000\)"):
        bridge.from_onnx(huge)()
    weight = helper.make_tensor("w", 1, [2, 3], np.ones(6, np.float32))
    with pytest.raises(BridgeError, match="has no initializer v; it has w"):
        bridge.from_onnx(linear(onnx, weight), parameters=["v"])


@pytest.mark.integration
def test_which_initializers_are_parameters(onnx: Any) -> None:
    helper = onnx.helper
    names = {"w": [2, 3], "scale": [3], "shift": [3], "mean": [3], "var": [3], "number": [], "val_3": [1]}
    tensors = [helper.make_tensor(name, 1, shape, np.ones(int(np.prod(shape)))) for name, shape in names.items()]
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["a"]),
        helper.make_node("BatchNormalization", ["a", "scale", "shift", "mean", "var"], ["b"]),
        helper.make_node("Mul", ["b", "number"], ["c"]),
        helper.make_node("Mul", ["c", "val_3"], ["y"]),
    ]
    model = bridge.from_onnx(made(nodes, {"x": ["n", 2]}, ["y"], tensors))
    assert [name for name, _ in model.named_parameters()] == ["w", "scale", "shift"]
    assert [name for name, _ in model.named_buffers()] == ["mean", "var"]
    chosen = bridge.from_onnx(made(nodes, {"x": ["n", 2]}, ["y"], tensors), parameters=["val_3"])
    assert [name for name, _ in chosen.named_parameters()] == ["val_3"]


@pytest.mark.integration
def test_functions_that_a_model_declares_are_taken_apart(onnx: Any) -> None:
    helper = onnx.helper
    twice = helper.make_function(
        "mine", "Twice", ["a"], ["b"], [helper.make_node("Add", ["a", "a"], ["b"])], [helper.make_opsetid("", 17)]
    )
    model = made([helper.make_node("Twice", ["x"], ["y"], domain="mine")], {"x": [2]}, ["y"])
    model.functions.append(twice)
    model.opset_import.append(helper.make_opsetid("mine", 1))
    assert bridge.from_onnx(model)(np.float32([1, 2])).tolist() == [2.0, 4.0]
