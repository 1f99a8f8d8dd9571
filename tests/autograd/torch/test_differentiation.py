"""`backward`, `autograd.grad`, `Function`, kept gradients and modes, as PyTorch has them."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

import autograd
import autograd.check
import autograd.torch as torch
from autograd.errors import GraphError, GraphWarning, OperandError, ShapeError


def leaf(*numbers: float) -> torch.Tensor:
    return torch.tensor(list(numbers), dtype=torch.float64, requires_grad=True)


def test_results_and_gradients_stay_in_the_dialect() -> None:
    x = leaf(1.0, 2.0)
    (x.exp() * 2).sum().backward()
    for found in (x * 2, 2 - x, x.grad, x.data, x.detach(), x[0], x.clone(), x.max(0).values, np.exp(x)):
        assert type(found) is torch.Tensor, found


def test_a_tensor_of_the_engines_beside_one_of_the_dialects_gives_one_of_the_dialects() -> None:
    plain, ours = autograd.Tensor([1.0, 2.0], requires_grad=True), leaf(3.0, 4.0)
    for found in (
        plain * ours,
        ours * plain,
        plain + ours,
        autograd.matmul(plain, ours),
        autograd.stack([plain, ours]),
    ):
        assert type(found) is torch.Tensor
    (plain * ours).sum().backward()
    assert plain.grad.tolist() == [3.0, 4.0]
    assert isinstance(plain.grad, np.ndarray), "the engine's own tensors keep NumPy's words"


def test_backward_reaches_the_inputs_that_are_named_alone() -> None:
    x, y = leaf(2.0), leaf(3.0)
    z = x * y
    (z * x).sum().backward(inputs=[x])
    assert x.grad.item() == 12.0 and y.grad is None
    (z * x).sum().backward(inputs=z)
    assert z.grad.item() == 2.0 and y.grad is None
    with pytest.raises(ShapeError, match="inputs is empty"):
        z.sum().backward(inputs=[])


def test_backward_that_creates_a_graph_can_be_differentiated_again() -> None:
    x = leaf(2.0)
    (x**3).sum().backward(create_graph=True)
    assert x.grad.item() == 12.0 and x.grad.requires_grad
    slope = x.grad
    x.grad = None
    slope.sum().backward()
    assert x.grad.item() == 12.0


def test_grad_gives_a_tuple_and_changes_no_grad() -> None:
    x, y, unused = leaf(2.0), leaf(3.0), leaf(1.0)
    assert [g.item() for g in torch.autograd.grad([x * y, x * x], [x, y])] == [7.0, 2.0]
    assert torch.autograd.grad(x * y, [x], grad_outputs=torch.tensor([10.0], dtype=torch.float64))[0].item() == 30.0
    assert x.grad is None
    (first,) = torch.autograd.grad(x**4, x, create_graph=True)
    (second,) = torch.autograd.grad(first, x, create_graph=True)
    assert torch.autograd.grad(second, x)[0].item() == 48.0
    assert torch.autograd.grad(x, [x, unused], allow_unused=True)[1] is None
    assert torch.autograd.grad(x, [unused], materialize_grads=True)[0].item() == 0.0
    with pytest.raises(RuntimeError, match="appears to not have been used"):
        torch.autograd.grad(x, [x, unused])
    with pytest.raises(RuntimeError, match="only for scalar outputs"):
        torch.autograd.grad(leaf(1.0, 2.0) * 2, x)
    with pytest.raises(RuntimeError, match="Mismatch in shape"):
        torch.autograd.grad(x, x, grad_outputs=torch.ones(3))


def test_the_arguments_of_grad_stand_in_pytorchs_order() -> None:
    x, unused = (torch.tensor([1.0, 2.0], requires_grad=True) for _ in range(2))
    y = x**3
    (slope,) = torch.autograd.grad(y, x, torch.ones_like(y), True, True, True)
    assert torch.autograd.grad(slope.sum(), x, only_inputs=True)[0].tolist() == [6.0, 12.0]
    with pytest.raises(RuntimeError, match="not have been used"):
        torch.autograd.grad(y, unused, torch.ones_like(y), True, True, True)
    assert torch.autograd.grad(y, unused, torch.ones_like(y), True, True, True, True) == (None,)
    with pytest.raises(RuntimeError, match="only_inputs"):
        torch.autograd.grad(y.sum(), x, only_inputs=False)


def test_further_gradients_are_added_in_the_memory_of_the_first() -> None:
    x, every = leaf(1.0, 2.0), torch.zeros(2, dtype=torch.float64)
    x.grad = every
    (x * 3).sum().backward()
    held = x.grad
    (x * 3).sum().backward(inputs=[x])
    assert every.tolist() == held.tolist() == [6.0, 6.0], "as where all gradients are parts of one buffer"
    x.grad.zero_()
    assert every.tolist() == [0.0, 0.0]
    (x**2).sum().backward(create_graph=True)
    first = x.grad
    (x**2).sum().backward(create_graph=True)
    assert (first.tolist(), x.grad.tolist()) == ([2.0, 4.0], [4.0, 8.0]), "what has a past is not written over"
    (x**2).sum().backward()
    assert (first.tolist(), x.grad.tolist()) == ([2.0, 4.0], [6.0, 12.0])
    plain = autograd.Tensor([1.0], requires_grad=True)
    (plain * 3).sum().backward()
    before = plain.grad
    (plain * 3).sum().backward()
    assert (before, plain.grad) == ([3.0], [6.0]), "the engine's own tensors make a new array"


def test_a_compiled_pass_adds_gradients_in_their_memory() -> None:
    x = leaf(1.0, 2.0)

    @autograd.compile
    def step(y):  # type: ignore[no-untyped-def]
        loss = (x * y).sum()
        loss.backward()
        return loss

    y = torch.tensor([3.0, 4.0], dtype=torch.float64)
    step(y)
    held = x.grad
    step(y)
    step(y)
    assert held.tolist() == x.grad.tolist() == [9.0, 12.0]


def test_the_graph_is_walked_by_grad_fn() -> None:
    x = leaf(1.0, 2.0)
    y = x * 3
    z = y**2
    assert z.grad_fn.next_functions[0][0] == y.grad_fn and len({y.grad_fn, y.grad_fn}) == 1
    (end, _), (constant, _) = y.grad_fn.next_functions
    assert end.variable is x and end.next_functions == () and constant is None
    assert repr(end) == "<AccumulateGrad>"
    assert z.grad_fn(torch.ones(2)).tolist() == [6.0, 12.0] and x.grad is None
    assert Sorted.apply(x, 2.0)[0].grad_fn.name() == "SortedBackward"
    with pytest.raises(TypeError, match="MulBackward0: expected 1 arguments, got 2 instead"):
        y.grad_fn(x, x)


def test_an_intermediate_keeps_its_gradient_where_it_is_asked_to() -> None:
    x = leaf(1.0, 2.0)
    y = x * 3
    with pytest.warns(GraphWarning, match="retain_grad"):
        assert y.grad is None
    y.retain_grad()
    assert y.retains_grad
    for times in (1, 2):
        (y * y).sum().backward()
        assert y.grad.tolist() == [6.0 * times, 12.0 * times], "it adds up as a leaf's"
    with pytest.raises(GraphError, match="requires no gradient"):
        torch.ones(2).retain_grad()


class Sorted(torch.autograd.Function):
    """Two results, one of them constant; the second of the saved ones is a result."""

    @staticmethod
    def forward(ctx, x, factor):  # type: ignore[no-untyped-def]
        values, places = x.sort()
        out = values.exp() * factor
        ctx.mark_non_differentiable(places)
        ctx.save_for_backward(places, out)
        ctx.factor = factor
        return out, places

    @staticmethod
    def backward(ctx, g, _):  # type: ignore[no-untyped-def]
        places, out = ctx.saved_tensors
        assert ctx.needs_input_grad == (True, False)
        return torch.zeros_like(g).scatter(0, places, g * out), None


def test_a_function_of_ones_own_is_one_operation_to_any_order() -> None:
    x = leaf(0.5, -1.0, 0.2)
    out, places = Sorted.apply(x, 2.0)
    assert places.tolist() == [1, 2, 0] and not places.requires_grad
    (first,) = torch.autograd.grad(out.sum(), x, create_graph=True)
    np.testing.assert_allclose(first.tolist(), 2 * np.exp([0.5, -1.0, 0.2]))
    np.testing.assert_allclose(torch.autograd.grad(first.sum(), x)[0].tolist(), 2 * np.exp([0.5, -1.0, 0.2]))
    assert torch.autograd.gradcheck(lambda t: Sorted.apply(t, 2.0)[0], (x,))


def test_transforms_go_through_a_function_of_ones_own_to_any_order() -> None:
    x = torch.tensor([0.5, -1.0, 0.2], dtype=torch.float64)
    loss = lambda x: Sorted.apply(x, 2.0)[0].sum()
    expected = 2 * np.exp(x.numpy())
    np.testing.assert_allclose(torch.func.grad(loss)(x).numpy(), expected)
    np.testing.assert_allclose(torch.func.hessian(loss)(x).numpy(), np.diag(expected))
    np.testing.assert_allclose(torch.func.jacrev(torch.func.hessian(loss))(x).numpy()[1, 1, 1], expected[1])
    rows = torch.stack([x, 2 * x])
    np.testing.assert_allclose(torch.func.vmap(torch.func.grad(loss))(rows).numpy(), 2 * np.exp(rows.numpy()))


def test_a_function_of_ones_own_is_freed_with_its_results() -> None:
    out, _ = Sorted.apply(leaf(1.0, 2.0), 1.0)
    watched = weakref.ref(out)
    gc.disable()
    try:
        del out, _
        assert watched() is None, "by reference counts, without the collector"
    finally:
        gc.enable()


def test_a_function_of_ones_own_that_is_written_wrong_says_how() -> None:
    class Wrong(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, y):  # type: ignore[no-untyped-def]
            return x * y

        @staticmethod
        def backward(ctx, g):  # type: ignore[no-untyped-def]
            return g

    with pytest.raises(RuntimeError, match=r"incorrect number of gradients .expected 2, got 1"):
        Wrong.apply(leaf(1.0), leaf(2.0)).backward()
    with pytest.raises(OperandError, match=r"Wrong\.apply"):
        Wrong()(leaf(1.0))


def test_saved_variables_is_a_deprecated_word() -> None:
    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):  # type: ignore[no-untyped-def]
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, g):  # type: ignore[no-untyped-def]
            (x,) = ctx.saved_variables
            return 2 * x * g

    x = leaf(3.0)
    with pytest.warns(DeprecationWarning, match="saved_tensors"):
        Square().apply(x).sum().backward()
    assert x.grad.tolist() == [6.0]


def test_a_gradient_that_a_function_of_ones_own_sends_fits_its_argument() -> None:
    class Sends(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, sent):  # type: ignore[no-untyped-def]
            ctx.sent = sent
            return x.clone()

        @staticmethod
        def backward(ctx, g):  # type: ignore[no-untyped-def]
            return ctx.sent, None

    x = leaf(1.0, 2.0)
    Sends.apply(x, torch.ones(3, 2, dtype=torch.float64)).sum().backward()
    assert x.grad.tolist() == [3.0, 3.0], "one of more elements is added up, as what was broadcast"
    with pytest.raises(
        RuntimeError, match=r"SendsBackward returned an invalid gradient - got \[1\] but expected .*\[2\]"
    ):
        Sends.apply(x, torch.ones(1)).sum().backward()
    with pytest.raises(RuntimeError, match=r"invalid gradient - got \[\]"):
        Sends.apply(x, torch.tensor(1.0)).sum().backward()


def test_the_engines_check_asks_a_function_of_the_dialect_in_its_words() -> None:
    # `std` of the dialect divides by n - 1, and has a dim.
    autograd.check.check_gradients(lambda t: t.std(dim=0, keepdim=True).sum(), leaf(1.0, 2.0, 4.0))


def test_modes_switch_recording_off_and_on() -> None:
    x = leaf(1.0)
    with torch.no_grad():
        assert not (x * 2).requires_grad
        with torch.enable_grad():
            assert (x * 2).requires_grad
    with torch.set_grad_enabled(False):
        assert not (x * 2).requires_grad
    torch.set_grad_enabled(False)
    try:
        assert not torch.is_grad_enabled()
    finally:
        torch.set_grad_enabled(True)
    assert (x * 2).requires_grad
    with torch.inference_mode():
        assert not (x * 2).requires_grad
    with torch.inference_mode(False):
        assert (x * 2).requires_grad

    @torch.set_grad_enabled(False)
    def twice(t: torch.Tensor) -> torch.Tensor:
        return t * 2

    assert (x * 2).requires_grad and not twice(x).requires_grad
    assert torch.inference_mode(lambda: (x * 2).requires_grad)() is False


def test_hooks_are_given_tensors() -> None:
    x, seen = leaf(1.0, 2.0), []
    y = x * 2
    handle = y.register_hook(lambda g: seen.append(g) or g * 10)
    y.sum().backward()
    assert type(seen[0]) is torch.Tensor and x.grad.tolist() == [20.0, 20.0]
    handle.remove()


def test_data_is_the_same_memory_and_an_overwritten_value_is_noticed() -> None:
    x = leaf(1.0, 2.0)
    x.data[0] = 5.0
    x.data -= 1.0
    assert x.tolist() == [4.0, 1.0] and x.requires_grad
    y = x * x
    with torch.no_grad():
        x.mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()
    with pytest.raises(RuntimeError, match="leaf"):
        x.add_(1)


def test_transforms_and_functional_derivatives() -> None:
    x = leaf(1.0, 2.0)
    assert torch.func.grad(lambda t: (t**3).sum())(x).tolist() == [3.0, 12.0]
    functional = torch.autograd.functional
    assert functional.jacobian(lambda t: t**2, x).tolist() == [[2.0, 0.0], [0.0, 4.0]]
    assert functional.hessian(lambda t: (t**3).sum(), x).tolist() == [[6.0, 0.0], [0.0, 12.0]]
    assert functional.vjp(lambda t: t * 3, x, torch.ones(2, dtype=torch.float64))[1].tolist() == [3.0, 3.0]
    assert functional.jvp(lambda t: t**2, x, torch.ones(2, dtype=torch.float64))[1].tolist() == [2.0, 4.0]
    assert functional.hvp(lambda t: (t**3).sum(), x, torch.ones(2, dtype=torch.float64))[1].tolist() == [6.0, 12.0]

    class Fake(torch.autograd.Function):
        @staticmethod
        def forward(ctx, t):  # type: ignore[no-untyped-def]
            return t * 2

        @staticmethod
        def backward(ctx, g):  # type: ignore[no-untyped-def]
            return g * 3

    with pytest.raises(RuntimeError, match="Jacobian mismatch"):
        torch.autograd.gradcheck(Fake.apply, (x,))
    assert not torch.autograd.gradcheck(Fake.apply, (x,), raise_exception=False)


def test_transforms_pass_on_what_is_beside_the_result() -> None:
    x = torch.tensor([1.0, 2.0])

    def both(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return (x**2).sum(), x + 1

    _, pull, kept = torch.func.vjp(both, x, has_aux=True)
    assert pull(torch.tensor(1.0))[0].tolist() == [2.0, 4.0]
    _, slope, along = torch.func.jvp(both, (x,), (torch.ones(2),), has_aux=True)
    assert slope.item() == 6.0
    gradient, (value, third) = torch.func.grad_and_value(both, has_aux=True)(x)
    assert (gradient.tolist(), value.item()) == ([2.0, 4.0], 5.0)
    fourth = torch.func.jacrev(func=both, has_aux=True, chunk_size=1)(x)[1]
    assert kept.tolist() == along.tolist() == third.tolist() == fourth.tolist() == [2.0, 3.0]


def test_modules_that_are_alike_run_as_one() -> None:
    models = [torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2)).eval() for _ in range(4)]
    params, buffers = torch.func.stack_module_state(models)
    assert params["0.weight"].is_leaf and params["0.weight"].requires_grad
    assert buffers["1.num_batches_tracked"].shape == (4,)
    x = torch.randn(5, 3)
    call = torch.vmap(lambda p, b, x: torch.func.functional_call(models[0], (p, b), x), (0, 0, None))
    found = call(params, buffers, x)
    torch.testing.assert_close(found, torch.stack([model(x) for model in models]))
    models[1].train()
    with pytest.raises(RuntimeError, match="of 2 kinds"):
        torch.func.stack_module_state(models)


def test_elements_that_are_equally_great_share_the_gradient_of_a_place() -> None:
    x = torch.tensor([0.1, 0.1, 5.0, 0.1, -1.0], requires_grad=True)
    places = torch.tensor([0, 0, 1, 0, 1])
    found = torch.full((3,), -float("inf")).scatter_reduce(0, places, x, "amax")
    assert found.tolist() == [x[0].item(), 5.0, -float("inf")]
    found[:2].sum().backward()
    torch.testing.assert_close(x.grad, torch.tensor([1 / 3, 1 / 3, 1.0, 1 / 3, 0.0]))


@pytest.mark.parametrize(("reduce", "sign"), [("amax", 1.0), ("amin", -1.0)])
@pytest.mark.parametrize("include_self", [True, False])
def test_infinite_maxima_have_their_gradients(reduce: str, sign: float, include_self: bool) -> None:
    # An infinite one alone, two that are equal, and one that is what nothing is greater than.
    src = torch.tensor([sign * np.inf, sign, sign * np.inf, sign * np.inf, -sign * np.inf], requires_grad=True)
    found = torch.zeros(3).scatter_reduce(0, torch.tensor([0, 0, 1, 1, 2]), src, reduce, include_self=include_self)
    found.sum().backward()
    last = 0.0 if include_self else 1.0
    assert found.tolist() == [sign * np.inf, sign * np.inf, 0.0 if include_self else -sign * np.inf]
    assert src.grad.tolist() == [1.0, 0.0, 0.5, 0.5, last]


def test_functions_of_scipy_at_their_edges() -> None:
    x = torch.tensor([0.0, 0.5, 2.0], requires_grad=True)
    torch.special.entr(x).sum().backward()
    assert x.grad.tolist() == pytest.approx([np.inf, -np.log(0.5) - 1.0, -np.log(2.0) - 1.0])
    y = torch.tensor([1e-12, -1.0, np.nan, -2.0], requires_grad=True)
    found = torch.special.xlog1py(torch.tensor([1.0, 0.0, 0.0, 0.0]), y)
    assert found.tolist()[0] == pytest.approx(1e-12, rel=1e-6) and found.tolist()[1::2] == [0.0, 0.0]
    assert np.isnan(found.tolist()[2])
