"""Models of PyTorch in the diagram, the debugger and the command, with their own lines and module names."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import autograd  # noqa: E402
from autograd import bridge  # noqa: E402
from autograd.check import check_gradients  # noqa: E402
from autograd.cli import main  # noqa: E402
from autograd.debug import Session  # noqa: E402
from autograd.draw import draw  # noqa: E402

pytestmark = pytest.mark.integration

MODEL = """
import torch
from torch import nn
import torch.nn.functional as F


class Squash(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.tanh(x)

    @staticmethod
    def backward(ctx, g):
        return g * (1 - ctx.saved_tensors[0] ** 2)


class Net(nn.Module):
    def __init__(self, squash):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(3, 4), nn.Softplus())
        self.head, self.squash = nn.Linear(4, 1), squash

    def forward(self, x):
        h = self.encoder(x)
        h = self.squash(h)
        return self.head(h)


torch.manual_seed(0)
model, wrong = Net(torch.tanh), Net(Squash.apply)
example_inputs = (torch.randn(5, 3),)
target = torch.randn(5, 1)


def loss(x=example_inputs[0], t=target):
    return F.mse_loss(model(x), t)


nothing = Net(torch.sign)
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lens") / "lensmodel.py"
    path.write_text(MODEL)
    return path


@pytest.fixture(scope="module")
def lens(path: Path) -> object:
    sys.path.insert(0, str(path.parent))
    try:
        import lensmodel  # type: ignore[import-not-found]
    finally:
        sys.path.pop(0)
    return lensmodel


def test_a_session_steps_through_the_lines_of_a_model(lens, path) -> None:
    session = Session.of(lens.loss, *lens.loss.__defaults__)
    events = [str(event) for event in session.events]
    assert [event.partition(":")[0] for event in events[:4]] == [
        "v1 = linear(model.encoder.0.x, model.encoder.0.weight, model.encoder.0.bias)",
        "h = softplus(v1)",
        "h#2 = tanh(h)",
        "v2 = linear(h#2, model.head.weight, model.head.bias)",
    ]
    node = next(e.node for e in session.events if e.node.op is not None and e.node.op.name == "tanh")
    assert (node.site.filename, node.site.line, node.site.function) == (str(path), "h = self.squash(h)", "forward")
    assert (node.site.caller.function, node.site.caller.line) == ("loss", "return F.mse_loss(model(x), t)")
    assert session.break_at(line=f"lensmodel.py:{node.site.lineno}")
    assert session.run() is not None
    assert session.event.node is node


def test_a_diagram_has_frames_of_the_models_modules(lens) -> None:
    diagram = draw(lens.model, *lens.example_inputs, loss=lambda y: (y * y).sum())
    for told in ("encoder", "Sequential", "encoder.0", "Linear", "encoder.1", "Softplus", "head"):
        assert told in diagram.html
    assert "lensmodel.py:25" in diagram.html
    assert str(diagram.explain("head.bias")).count("head.bias") >= 1
    assert lens.model.head.bias.grad is None


def test_parameters_are_trained_as_pytorch_trains_them(lens) -> None:
    import optim

    bridged = bridge.from_torch(lens.loss, *lens.loss.__defaults__)
    assert [name for name, _ in bridged.named_parameters()] == [
        f"model.{name}" for name, _ in lens.model.named_parameters()
    ]
    ours = optim.SGD(bridged.parameters(), lr=0.1)
    import copy

    twin = copy.deepcopy(lens.model)
    theirs = torch.optim.SGD(twin.parameters(), lr=0.1)
    x, t = lens.loss.__defaults__
    for _ in range(3):
        found = bridged(x, t)
        ours.zero_grad()
        found.backward()
        ours.step()
        expected = torch.nn.functional.mse_loss(twin(x), t)
        theirs.zero_grad()
        expected.backward()
        theirs.step()
        np.testing.assert_allclose(found.item(), expected.item(), 1e-5)


def test_where_values_decide_the_path_of_the_example_is_captured_and_told() -> None:
    def jump(x):
        if x.sum() > 0:
            return x * x
        return -x

    def repeated(x):
        for _ in range(int(x.abs().sum().item())):
            x = x * 2
        return x

    up, down = bridge.from_torch(jump, torch.ones(2)), bridge.from_torch(jump, -torch.ones(2))
    assert (up([3.0, 2.0]).tolist(), down([3.0, 2.0]).tolist()) == ([9.0, 4.0], [-3.0, -2.0])
    for bridged in (up, down, bridge.from_torch(repeated, torch.ones(2))):
        (line,) = bridged.program.decided
        assert line.filename == __file__
        assert "on the path that its example took at" in repr(bridged)
        assert f"as values of the example decided at {line.filename}:{line.number}" in str(bridged.program)
    # A line that decides nothing is told nowhere.
    assert bridge.from_torch(lambda x: x * 2, torch.ones(2)).program.decided == []


def test_what_pytorch_cannot_capture_is_told_with_its_line() -> None:
    def broken(x):
        raise ValueError("no such thing")

    with pytest.raises(bridge.BridgeError, match=r"PyTorch cannot capture broken: (?s:.*)at .*test_lens\.py:\d+"):
        bridge.from_torch(broken, torch.ones(2))
    with pytest.raises(bridge.BridgeError, match=r"takes a torch\.nn\.Module or a function, not Tensor"):
        bridge.from_torch(torch.ones(2), torch.ones(2))
    with pytest.raises(bridge.BridgeError, match=r"NumPy has no torch\.bfloat16"):
        bridge.from_torch(lambda x: x.to(torch.bfloat16), torch.ones(2))
    with pytest.raises(bridge.MissingTranslationError, match=r"(?s)aten\.\S+ at .*test_lens\.py.*@bridge\.rule"):
        bridge.from_torch(lambda x: torch.fft.fft(x).real, torch.ones(4))


def test_a_wrong_backward_with_relu_is_checked_against_differences(lens) -> None:
    assert check_gradients(lens.wrong, *lens.example_inputs).verdict == "fail"
    assert check_gradients(torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.ReLU()), torch.randn(4, 3))


def test_the_command_takes_models(path, capsys, tmp_path) -> None:
    def run(*argv: str) -> tuple[int, str]:
        code = main(list(argv))
        out, err = capsys.readouterr()
        return code, out + err

    code, told = run("audit", f"{path}:wrong")
    assert code == 1
    assert re.search(rf"Squash.backward \({re.escape(str(path))}:1[34]\): wrong gradient", told)
    assert f"{path}:26 in forward: h = self.squash(h)" in told
    assert run("audit", f"{path}:model")[0] == 0
    assert run("audit", f"{path}:loss")[0] == 0
    code, told = run("step", "--plain", f"{path}:loss")
    assert code == 0
    assert "h#2 = tanh(h)" in told
    assert run("draw", f"{path}:loss", "-o", str(tmp_path / "g.html"))[0] == 0
    assert run("check", f"{path}:model")[0] == 0
    assert run("check", f"{path}:wrong")[0] == 1
    for argv, expected in [
        (("step", f"{path}:model"), "of shape (5, 1), and a backward pass starts at one number"),
        (("audit", f"{path}:target"), "is Tensor: a model or a function of PyTorch's or JAX's was expected"),
        (("audit", f"{path}:model", "x=2"), "is called with the example_inputs of the file"),
    ]:
        code, told = run(*argv)
        assert (code, expected in told) == (2, True), told


def test_importing_autograd_imports_no_framework() -> None:
    import subprocess

    code = "import sys, autograd, autograd.bridge, autograd.draw, autograd.debug; print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
    assert autograd.Tensor is not None
