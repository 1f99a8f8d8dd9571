"""A program as data: what it prints, saves and refuses, and how it runs at the user's lines."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import autograd
import autograd.torch as torch
from autograd import bridge
from autograd.bridge import (
    Bridged,
    BridgeError,
    Leaf,
    Line,
    MissingTranslationError,
    Operation,
    Program,
    Reference,
)
from autograd.bridge.saving import read, save
from autograd.debug import Session
from autograd.draw import draw
from autograd.graph.node import ancestors


def layered() -> Program:
    """tanh(x · w) in a module `fc`, and its sum outside, as `model.py` has it."""
    outer, inner = Line("model.py", 9, "forward", "h = self.fc(x)"), Line("model.py", 3, "forward", "y = x * self.w")
    return Program(
        "Net",
        leaves=[
            Leaf("x", "input", "x", (3,), "float32"),
            Leaf("w", "parameter", "fc.w", (3,), "float32"),
            Leaf("b", "buffer", "fc.count", (), "float32"),
        ],
        operations=[
            Operation("mul", "aten.mul.Tensor", (Reference("x"), Reference("w")), {}, (outer, inner), "fc", "y"),
            Operation("tanh", "aten.tanh.default", (Reference("mul"),), {}, (outer,), "fc", "h"),
            Operation("next", "aten.add.Tensor", (Reference("b"), 1.0), {}, (outer,), "fc"),
            Operation("sum", "aten.sum.default", (Reference("tanh"),), {}, (Line("model.py", 10, "forward", ""),)),
        ],
        results={"total": Reference("sum"), "parts": (Reference("tanh"), None)},
        arguments=((Reference("x"),), {"flag": True}),
        arrays={"w": np.float32([1.0, 2.0, 3.0]), "b": np.float32(0.0)},
        updates={"fc.count": "next"},
        training=True,
    )


X = np.float32([0.1, 0.2, 0.3])


def test_nodes_carry_the_users_lines_variables_and_modules() -> None:
    total = Bridged(layered())(X, flag=True)["total"]
    nodes = [node for node in ancestors(total) if node.op is not None]
    assert [(n.op.name, n.site.filename, n.site.lineno, n.site.function, n.scope) for n in nodes] == [  # type: ignore[union-attr]
        ("mul", "model.py", 3, "forward", "fc"),
        ("tanh", "model.py", 9, "forward", "fc"),
        ("sum", "model.py", 10, "forward", None),
    ]
    assert [n.site.target() for n in nodes] == ["y", "h", None]  # type: ignore[union-attr]
    with autograd.record_sites():
        total = Bridged(layered())(X, flag=True)["total"]
    mul = next(node for node in ancestors(total) if node.op is not None)
    assert (mul.site.lineno, mul.site.caller.lineno) == (3, 9)  # type: ignore[union-attr]
    assert mul.site.caller.caller.filename == __file__  # type: ignore[union-attr]


def test_the_debugger_and_the_diagram_show_them() -> None:
    total = Bridged(layered())(X, flag=True)["total"]
    told = [str(event) for event in Session(total).events]
    assert any(text.startswith("y = x * fc.w") for text in told), told
    assert "model.py:9" in draw(total).html


def test_a_run_moves_buffers_and_a_look_does_not() -> None:
    from autograd.engine.observe import observing

    model = Bridged(layered())
    with observing():
        model(X, flag=True)
    assert model.state_dict()["fc.count"] == 0.0
    model(X, flag=True)
    assert model.state_dict()["fc.count"] == 1.0


def test_a_program_comes_back_from_its_file(tmp_path: Path) -> None:
    program = layered()
    program.operations[0] = Operation(
        "mul", "aten.mul.Tensor", (Reference("x"), Reference("w"), (1, [float("-inf")], None))
    )
    program.operations[1].kwargs["dtype"] = np.dtype("float64")
    again = read(save(program, tmp_path / "net.npz"))
    assert (again.leaves, again.operations, again.results) == (program.leaves, program.operations, program.results)
    assert (again.arguments, again.updates, again.training) == (program.arguments, program.updates, True)
    assert all((again.arrays[name] == array).all() for name, array in program.arrays.items())
    assert str(again) == str(program)


def test_a_saved_model_has_the_parameters_of_now(tmp_path: Path) -> None:
    model = Bridged(layered())
    model.state_dict()
    next(model.parameters()).data = np.float32([4.0, 5.0, 6.0])
    model(X, flag=True)
    again = Bridged.load(model.save(tmp_path / "net.npz"))
    assert next(again.parameters()).tolist() == [4.0, 5.0, 6.0]
    assert again.state_dict()["fc.count"] == 1.0


@pytest.mark.parametrize("content", [b"", b"nothing", b"PK\x03\x04 broken"])
def test_what_is_no_program_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "net.npz"
    path.write_bytes(content)
    with pytest.raises(BridgeError, match=r"net\.npz"):
        read(path)
    np.savez(path, other=np.ones(2))
    with pytest.raises(BridgeError, match="is not a saved program"):
        read(path)
    np.savez(path, **{"program.json": np.array('{"format": 99}')})  # type: ignore[arg-type]
    with pytest.raises(BridgeError, match="format 99"):
        read(path)
    with pytest.raises(BridgeError, match=r"ends in \.npz"):
        save(layered(), tmp_path / "net.json")


def test_what_has_no_translation_is_named_with_its_line_and_can_be_supplied() -> None:
    program = layered()
    program.operations[1] = Operation(
        "tanh", "test.strange.default", (Reference("mul"),), lines=(Line("model.py", 7, "forward", "h = strange(y)"),)
    )
    with pytest.raises(
        MissingTranslationError, match=r"test\.strange\.default at model\.py:7 in forward: h = strange"
    ) as error:
        Bridged(program)
    assert "@bridge.rule('test.strange.default')" in str(error.value)
    bridge.rule("test.strange")(lambda x: torch.tanh(x))
    assert Bridged(program)(X, flag=True)["total"].shape == ()


def test_an_operation_that_fails_is_named_with_its_line() -> None:
    program = layered()
    program.operations[1] = Operation(
        "tanh", "aten.sum.dim_IntList", (Reference("mul"), [7]), lines=(Line("model.py", 7, "f"),)
    )
    with pytest.raises(BridgeError, match=r"(?s)aten\.sum\.dim_IntList cannot be computed here: .*at model\.py:7 in f"):
        Bridged(program)(X, flag=True)


def test_an_anomaly_names_the_users_line() -> None:
    program = layered()
    program.operations[1] = Operation(
        "tanh", "aten.log.default", (Reference("mul"),), lines=(Line("model.py", 7, "f"),)
    )
    with autograd.detect_anomaly(), pytest.raises(autograd.AnomalyError, match=r"model\.py:7"):
        Bridged(program)(np.zeros(3), flag=True)


def test_arguments_other_than_those_of_the_capture_are_refused() -> None:
    model = Bridged(layered())
    for args, kwargs, told in [
        ((X[:2],), {"flag": True}, r"captured for float32 of shape \(3,\), called with float32 of shape \(2,\)"),
        ((autograd.Tensor(X.astype(float)),), {"flag": True}, "called with float64"),
        ((X,), {"flag": False}, "captured with True, which is a part of what it computes, and is called with False"),
        ((X,), {}, r"captured with x, flag=True"),
        ((X, X), {"flag": True}, "same structure"),
        ((["a", "b", "c"],), {"flag": True}, "numbers are wanted"),
    ]:
        with pytest.raises(BridgeError, match=told):
            model(*args, **kwargs)
    # Numbers that NumPy made float64 are float32 here.
    assert model([0.1, 0.2, 0.3], flag=True)["parts"][0].dtype == np.float32
    with pytest.raises(BridgeError, match=r"captured in training mode.*call eval\(\)"):
        model.eval()
    assert model.train() is model


def test_a_tensor_of_the_engine_has_pytorchs_words_inside() -> None:
    program = layered()
    program.operations[0] = Operation("mul", "aten.expand.default", (Reference("x"), [2, 3]))
    program.operations = [program.operations[0], Operation("sum", "aten.sum.default", (Reference("mul"),))]
    program.results, program.updates = Reference("sum"), {}
    x = autograd.Tensor(X, requires_grad=True)
    Bridged(program)(x, flag=True).backward()
    assert x.grad.tolist() == [2.0, 2.0, 2.0]


def test_it_trains() -> None:
    import optim

    model = Bridged(layered())
    adam = optim.Adam(model.parameters(), lr=0.1)
    losses = []
    for _ in range(20):
        loss = (model(X, flag=True)["total"] - 0.3) ** 2
        adam.zero_grad()
        loss.backward()
        adam.step()
        losses.append(float(loss.data))
    assert losses[-1] < 0.1 * losses[0]


def test_where_values_decided_is_told_and_saved(tmp_path: Path) -> None:
    program = layered()
    program.decided = [Line("model.py", 5, "forward", "if x.sum() > 0:")]
    again = Bridged(read(save(program, tmp_path / "net.npz")))
    assert again.program.decided == program.decided
    assert repr(again).endswith("on the path that its example took at model.py:5>")
    assert "as values of the example decided at model.py:5 in forward: if x.sum() > 0:" in str(again.program)


def test_a_conversion_to_float64_is_one() -> None:
    from autograd.bridge.rules import find_rule

    whole = torch.from_numpy(np.array([1, 2]))
    for call in ("aten._to_copy.default", "aten.to.dtype"):
        assert find_rule(call)(whole, dtype=np.dtype("float64")).dtype == np.float64
        assert find_rule(call)(whole).dtype == np.int64
