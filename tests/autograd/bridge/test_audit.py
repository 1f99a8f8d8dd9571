"""The audit: wrong backwards of custom functions are found and named with their lines, and right ones are not."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from autograd import bridge  # noqa: E402
from tests.frozen import bridge_backwards as backwards  # noqa: E402

pytestmark = pytest.mark.integration


def test_every_wrong_backward_is_named_and_its_right_twin_is_not() -> None:
    found = bridge.audit(backwards.All(wrong=True), backwards.inputs())
    named = [difference.derivative.partition(".backward")[0] for difference in found.differences]
    assert list(dict.fromkeys(named)) == [name for name, *_ in reversed(backwards.KINDS)]
    assert len(backwards.KINDS) >= 20
    for difference in found.differences:
        assert difference.line is not None
        assert (
            difference.line.text == "return [function.apply(*taken) for function, taken in zip(self.functions, inputs)]"
        )
        assert difference.line.filename == backwards.__file__
    right = bridge.audit(backwards.All(wrong=False), backwards.inputs())
    assert right, str(right)
    assert right.custom == [name for name, *_ in backwards.KINDS]


class Steps(torch.autograd.Function):
    """ReLU with a derivative of 1 at 0, where PyTorch's own has 0: a convention."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, g):
        return g * (ctx.saved_tensors[0] >= 0)


def test_a_convention_at_a_kink_is_no_mistake() -> None:
    assert bridge.audit(Steps, torch.tensor([0.0, 0.0, -1.0, 2.0]))


class Cube(torch.autograd.Function):
    @staticmethod
    def forward(x):
        return x**3, x.detach() > 0

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)
        ctx.mark_non_differentiable(output[1])

    @staticmethod
    def backward(ctx, g, _):
        return 2 * g * ctx.saved_tensors[0] ** 2


cube = Cube.apply


class Net(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = torch.nn.Linear(3, 4), torch.nn.Linear(4, 2)
        self.bn, self.drop = torch.nn.BatchNorm1d(4), torch.nn.Dropout(0.5)

    def cubed(self, x):
        y, positive = cube(x)
        return y * positive

    def forward(self, x):
        h = self.bn(self.first(x))
        h = self.cubed(h)
        return self.second(self.drop(h))


def test_the_report_says_where_what_and_how_wrong() -> None:
    model = Net().double().eval()
    x = torch.randn(5, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    found = bridge.audit(model, x)
    assert [d.what for d in found.differences] == ["gradient"]
    first = found.first
    assert first is not None and first.line is not None
    assert (first.line.function, first.line.text) == ("cubed", "y, positive = cube(x)")
    assert first.told == "it is 0.666667 times what it should be"
    assert abs(first.theirs - first.ours * 2 / 3) < 1e-9
    assert first.tolerance < 1e-12
    wrong = [name for name, agrees in found.parameters.items() if not agrees]
    assert sorted(wrong) == ["bn.bias", "bn.weight", "first.bias", "first.weight", "x"]
    assert "Cube.backward" in str(found) and "test_audit.py" in str(found)
    assert all(p.grad is None for p in model.parameters())


def test_a_model_that_draws_and_trains_is_audited_and_left_as_it_was() -> None:
    model = Net().train()
    before = {name: x.clone() for name, x in model.state_dict().items()}
    state = torch.get_rng_state()
    found = bridge.audit(model, torch.randn(5, 3, generator=torch.Generator().manual_seed(0)))
    assert [d.told for d in found.differences] == ["it is 0.666667 times what it should be"]
    assert found.notes == ["it draws random numbers, so that the model as a whole was not compared"]
    assert all(torch.equal(x, before[name]) for name, x in model.state_dict().items())
    assert torch.equal(torch.get_rng_state(), state)
    assert cube.__func__ is torch.autograd.Function.apply.__func__
    assert "forward" in vars(Cube) and Cube.forward.__name__ == "forward"


def test_a_hook_that_changes_gradients_on_the_way_is_noticed() -> None:
    model = torch.nn.Linear(3, 2)
    model.weight.register_hook(lambda g: 2 * g)
    found = bridge.audit(model, torch.randn(4, 3))
    assert not found
    assert (found.differences, found.parameters) == ([], {"weight": False, "bias": True, "input": True})
    assert "a hook" in str(found)


def test_pytorchs_own_derivative_of_hardsigmoid_is_a_third_of_float32_in_float64() -> None:
    found = bridge.audit(torch.nn.Hardsigmoid(), torch.linspace(-2, 2, 5, dtype=torch.float64))
    assert found.first is not None
    assert found.first.derivative == "aten.hardsigmoid.default"
    assert 1e-9 < abs(found.first.theirs / found.first.ours - 1) < 1e-7


class Unfinished(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, g):
        raise ValueError("not written yet")


class Heated(torch.nn.Module):
    """Refuses to be run once more than an audit does before it looks at the whole."""

    def __init__(self) -> None:
        super().__init__()
        self.bn = torch.nn.BatchNorm1d(3)

    def forward(self, x):
        x = self.bn(x)
        if not torch.compiler.is_exporting():
            raise RuntimeError("too hot")
        return x


def test_a_backward_that_raises_is_told_and_one_of_the_whole_leaves_the_buffers() -> None:
    found = bridge.audit(Unfinished, torch.ones(2))
    assert found.first is not None
    assert (found.first.what, found.first.told) == ("error", "ValueError: not written yet")
    model = Heated().train()
    before = {name: x.clone() for name, x in model.state_dict().items()}
    assert bridge.audit(model, torch.randn(4, 3)).notes == [
        "PyTorch cannot differentiate the whole: RuntimeError: too hot"
    ]
    assert all(torch.equal(x, before[name]) for name, x in model.state_dict().items())


@pytest.mark.parametrize("method", ["derivative", "whole"])
def test_a_fault_of_the_audit_is_not_taken_for_one_of_the_framework(method: str, monkeypatch) -> None:
    def faulty(self, *args):
        raise TypeError("a fault of ours")

    monkeypatch.setattr("autograd.bridge.torch_reference.TorchReference." + method, faulty)
    with pytest.raises(TypeError, match="a fault of ours"):
        bridge.audit(torch.nn.Linear(3, 2), torch.ones(4, 3))
