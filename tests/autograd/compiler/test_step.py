"""A whole training step as one program: what it does beside computing, in the order in which the function does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
import optim
from autograd import Tensor
from autograd.compiler import CompileError, compile
from autograd.graph.node import raw

BOTH = pytest.mark.parametrize("made_of", ["NumPy", "loops"], indirect=True)
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(12, 6)), RNG.integers(0, 3, 12)


def network() -> nn.Module:
    return nn.Sequential(nn.Linear(6, 5, rng=0, dtype=np.float64), nn.Tanh(), nn.Linear(5, 3, rng=1, dtype=np.float64))


def step_of(model: nn.Module, optimizer: Any, after: Callable[[], Any] = lambda: None) -> Callable[..., Any]:
    def step(x: Any, y: Any) -> Any:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        after()
        optimizer.step()
        return loss

    return step


def equal(model: nn.Module, twin: nn.Module) -> None:
    for (path, mine), theirs in zip(model.named_parameters(), twin.parameters(), strict=True):
        np.testing.assert_allclose(mine.data, theirs.data, rtol=1e-10, atol=1e-14, err_msg=path)
        assert mine.grad is not None
        assert theirs.grad is not None
        np.testing.assert_allclose(mine.grad, theirs.grad, rtol=1e-9, atol=1e-14, err_msg=path)


@BOTH
@pytest.mark.parametrize(
    "make",
    [
        lambda ps: optim.SGD(ps, lr=0.1, momentum=0.9),
        lambda ps: optim.Adam(ps, lr=0.01),
        lambda ps: optim.AdamW(ps, lr=0.01, weight_decay=0.1),
        lambda ps: optim.RMSprop(ps, lr=0.01),
    ],
)
def test_a_step_is_the_engines_own(make: Callable[[Any], Any]) -> None:
    model, twin = network(), network()
    compiled = compile(step_of(model, make(model.parameters())))
    plain = step_of(twin, make(twin.parameters()))
    for k in range(5):
        x = X * (1.0 + 0.1 * k)
        np.testing.assert_allclose(compiled(x, Y), plain(Tensor(x), Y).data, rtol=1e-12)
        equal(model, twin)
    assert "Compiled step: 1 programs" in repr(compiled)


def test_clipping_and_schedules_run_in_their_place() -> None:
    def training(wrap: Callable[..., Any]) -> tuple[nn.Module, list[Any], Any]:
        model = network()
        optimizer = optim.SGD(model.parameters(), lr=0.5)
        schedule = optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.1)

        def step(x: Any, y: Any) -> Any:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(x), y)
            loss.backward()
            norm = optim.clip_grad_norm_(model.parameters(), 0.05)
            optimizer.step()
            schedule.step()
            return {"loss": loss, "norm": norm}

        run = wrap(step)
        return model, [run(X, Y) for _ in range(5)], optimizer

    model, found, optimizer = training(compile)
    twin, expected, other = training(lambda f: f)
    equal(model, twin)
    assert optimizer.param_groups[0]["lr"] == other.param_groups[0]["lr"]
    for mine, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(mine["norm"], theirs["norm"], rtol=1e-12)
        np.testing.assert_allclose(mine["loss"], theirs["loss"].data, rtol=1e-12)


@BOTH
def test_gradients_add_up_unless_they_are_forgotten() -> None:
    model, twin = network(), network()

    def twice(model: nn.Module, x: Any, y: Any) -> None:
        for _ in range(2):
            nn.functional.cross_entropy(model(x), y).backward()

    compiled = compile(lambda x, y: twice(model, x, y))
    for _ in range(2):
        compiled(X, Y)
        twice(twin, X, Y)
    for mine, theirs in zip(model.parameters(), twin.parameters(), strict=True):
        np.testing.assert_allclose(mine.grad, theirs.grad, rtol=1e-10)


def test_a_gradient_that_somebody_keeps_is_not_written_over() -> None:
    model = network()
    step = compile(step_of(model, optim.SGD(model.parameters(), lr=0.1)))
    step(X, Y)
    kept = [p.grad for p in model.parameters()]
    copies = [np.array(g) for g in kept]
    step(X * 2.0, Y)
    for g, copy in zip(kept, copies, strict=True):
        np.testing.assert_array_equal(g, copy)


def test_gradients_are_written_where_the_last_ones_were() -> None:
    model = network()
    step = compile(step_of(model, optim.SGD(model.parameters(), lr=0.1)))
    step(X, Y)
    places = [p.grad.ctypes.data for p in model.parameters()]
    step(X, Y)
    assert [p.grad.ctypes.data for p in model.parameters()] == places


def test_gradients_can_be_read_and_replaced_within_a_step() -> None:
    w = nn.Parameter(np.array([1.0, -2.0]))

    def step(x: Any) -> Any:
        w.zero_grad()
        (w * x).sum().backward()
        w.grad = w.grad * 2.0
        return (w.grad**2).sum()

    assert compile(step)(np.array([3.0, 1.0])) == 40.0
    np.testing.assert_array_equal(w.grad, [6.0, 2.0])


def test_dropout_draws_anew_and_as_the_engine_does() -> None:
    def run(wrap: Callable[..., Any]) -> list[Any]:
        layer = nn.Dropout(0.5, rng=3)
        f = wrap(lambda x: layer(x).sum())
        return [np.asarray(f(X)) for _ in range(4)]

    found = run(compile)
    np.testing.assert_allclose(found, run(lambda f: lambda x: f(Tensor(x)).data))
    assert len(set(map(float, found))) == 4


def test_batch_norm_keeps_its_averages_and_each_mode_has_its_program() -> None:
    layer, twin = nn.BatchNorm1d(6, dtype=np.float64), nn.BatchNorm1d(6, dtype=np.float64)
    f = compile(lambda x: layer(x))
    for training in (True, False, True, False, False):
        layer.train(training)
        twin.train(training)
        np.testing.assert_allclose(f(X), twin(Tensor(X)).data, rtol=1e-10)
        np.testing.assert_allclose(layer.running_var, twin.running_var, rtol=1e-12)
        assert layer.num_batches_tracked == twin.num_batches_tracked
    assert repr(f).endswith("2 programs>")


def test_what_is_frozen_later_gets_no_gradient() -> None:
    model = network()
    step = compile(step_of(model, optim.SGD(model.parameters(), lr=0.1)))
    step(X, Y)
    frozen = next(iter(model.parameters()))
    before = frozen.data.copy()
    frozen.requires_grad_(False)
    step(X, Y)
    assert frozen.grad is None
    np.testing.assert_array_equal(frozen.data, before)


def test_no_grad_cuts_as_it_does_in_the_engine() -> None:
    def f(x: Any) -> Any:
        with ag.no_grad():
            factor = x * x
        return (x * factor).sum()

    np.testing.assert_allclose(compile(ag.grad(f))(X), X * X)


def test_frozen_parameters_are_used_in_gradients() -> None:
    model, twin = network(), network()
    for m in (model, twin):
        list(m.parameters())[2].requires_grad_(False)
    compile(lambda x: (model(x) ** 2).sum().backward())(X)
    (twin(Tensor(X)) ** 2).sum().backward()
    np.testing.assert_allclose(next(model.parameters()).grad, next(twin.parameters()).grad)


@BOTH
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_cross_entropy(reduction: str) -> None:
    logits = RNG.normal(size=(4, 5, 3)) * 10
    labels = RNG.integers(0, 3, (4, 5))
    logits[0, 0] = [np.inf, 0.0, -np.inf]
    logits[0, 1] = -np.inf
    f = ag.value_and_grad(lambda x: ag.sum(ag.cross_entropy(x, labels, reduction=reduction) * 0.5))
    with np.errstate(all="ignore"):
        for mine, theirs in zip(compile(f)(logits), f(logits), strict=True):
            np.testing.assert_allclose(mine, theirs, rtol=1e-12, atol=1e-15)


def test_labels_are_checked_at_each_run() -> None:
    f = compile(lambda x, y: nn.functional.cross_entropy(x, y))
    logits = RNG.normal(size=(2, 3))
    f(logits, np.array([0, 2]))
    with pytest.raises(ag.ShapeError, match=r"label 3 is outside 0 … 2"):
        f(logits, np.array([0, 3]))
    assert np.isfinite(f(logits, np.array([1, 1])))


# what can't be captured

W = nn.Parameter(np.ones(3), name="w")
GENERATOR = np.random.default_rng(0)
COUNT = [0]


def after_the_step(x: Any) -> Any:
    optimizer = optim.SGD([W], lr=0.1)
    (W * x).sum().backward()
    optimizer.step()
    return (W * x).sum()


def counting(x: Any) -> Any:
    COUNT[0] += 1
    return x * float(COUNT[0])


def with_the_norm(x: Any) -> Any:
    W.zero_grad()
    (W * x).sum().backward()
    norm = optim.clip_grad_norm_([W], 1.0)
    return x / norm


CONSTANT = Tensor(np.ones(3), name="c")


def added_in_place(x: Any) -> Any:
    global CONSTANT
    CONSTANT += 1.0
    return x * CONSTANT


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (added_in_place, "'c' is changed in place, at test_step.py:.* in added_in_place"),
        (lambda x: CONSTANT.__setitem__(0, 2.0), "'c' is changed in place"),
        (lambda x: f"{x.sum():.2f}", "the text of a value that is not known"),
        (after_the_step, r"'w' is read after Optimizer.step\(\), at test_step.py:\d+"),
        (lambda x: x + GENERATOR.random(3), "did not do the same twice, from test_step.py:.*GENERATOR.random"),
        (lambda x: x + np.random.rand(3), "did not do the same twice"),
        (counting, r"did not do the same twice, from test_step.py:\d+ in counting: return x"),
        (lambda x: x * W.data, "the numbers of 'w' read as a value that is not known"),
        (lambda x: x * W.numpy(), "the numbers of 'w' read as"),
        (lambda x: x * W[0].item(), "item"),
        (lambda x: x * W.grad, "the gradient that 'w' has from before the captured function"),
        (with_the_norm, r"the result of clip_grad_norm_\(\), which runs after the captured program"),
    ],
)
def test_what_a_program_would_do_wrong_is_refused(function: Callable[..., Any], message: str) -> None:
    with pytest.raises(CompileError, match=message):
        compile(function)(np.ones(3))


def test_a_compiled_function_within_another_or_within_a_gradient_is_the_function() -> None:
    square = compile(lambda x: x * x)
    same = np.testing.assert_array_equal
    same(compile(lambda x: square(x) + 1.0)(X), X * X + 1.0)
    same(ag.grad(lambda x: square(x).sum())(X), 2.0 * X)
    same(ag.grad(compile(lambda x: (x * x).sum()))(X), 2.0 * X)
    with ag.no_grad():
        assert isinstance(square(Tensor(X, requires_grad=True)), np.ndarray)


def test_a_checkpoint_is_captured() -> None:
    f = ag.grad(lambda x: ag.checkpoint(lambda y: np.sin(y).sum())(x))
    np.testing.assert_allclose(compile(f)(X), np.cos(X))


def test_clipping_is_given_its_parameters_by_name_at_each_run() -> None:
    model = network()

    def step(x: Any, y: Any) -> Any:
        model.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        return optim.clip_grad_norm_(parameters=model.parameters(), max_norm=0.01)

    compiled = compile(step)
    for _ in range(2):
        assert compiled(X, Y) > 0.01
        norm = np.sqrt(sum((p.grad**2).sum() for p in model.parameters()))
        np.testing.assert_allclose(norm, 0.01, rtol=1e-5)


def test_numbers_that_are_taken_out_of_a_tensor_are_refused() -> None:
    with pytest.raises(CompileError, match=r"numbers that np.asarray\(…\) takes out of a tensor"):
        compile(lambda x: x * (np.asarray(raw(x)) > 0.5))(X)


@pytest.mark.parametrize("name", ["hardtanh", "relu6", "hardsigmoid", "hardswish"])
def test_activations_between_bounds(name: str) -> None:
    f = getattr(nn.functional, name)
    x = np.array([-7.0, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0, 6.0, 7.0, np.nan])
    compiled = compile(ag.value_and_grad(lambda x: (f(x) * np.arange(1.0, 11.0))[:9].sum()))
    for scale in (1.0, -0.5):
        for mine, theirs in zip(
            compiled(x * scale),
            ag.value_and_grad(lambda x: (f(x) * np.arange(1.0, 11.0))[:9].sum())(x * scale),
            strict=True,
        ):
            np.testing.assert_allclose(mine, theirs, rtol=1e-12)


def test_an_embedding_looks_at_its_indices_at_each_run() -> None:
    layer, twin = nn.Embedding(5, 2, padding_idx=0, rng=0), nn.Embedding(5, 2, padding_idx=0, rng=0)
    for each in (layer, twin):
        each.weight.data[0] = 7.0
    values = compile(layer)
    np.testing.assert_array_equal(raw(values(np.array([0, 3]))), twin(np.array([0, 3])).data)
    compiled = compile(lambda k: (layer(k) ** 2).sum().backward())
    for indices in ([[0, 4], [1, 1]], [[2, 2], [0, 3]]):
        compiled(np.array(indices))
        (twin(np.array(indices)) ** 2).sum().backward()
        np.testing.assert_allclose(layer.weight.grad, twin.weight.grad, rtol=1e-6)
    with pytest.raises(ag.ShapeError, match=r"index 5 is outside 0 … 4"):
        compiled(np.array([[5, 0], [0, 0]]))
    with pytest.raises(ag.ShapeError, match=r"index -1 is outside"):
        compiled(np.array([[-1, 0], [0, 0]]))


@BOTH
def test_computed_indices_are_looked_at_at_each_run() -> None:
    layer = nn.Embedding(4, 2, rng=0)
    compiled = compile(lambda k: layer(k * 2 - 1) * 2.0)
    for k in ([1, 1], [2, 1], [1, 2]):
        np.testing.assert_array_equal(compiled(np.array(k)), layer.weight.data[np.array(k) * 2 - 1] * 2.0)
    for k in ([3, 1], [0, 1]):
        with pytest.raises(ag.ShapeError, match=r"Embedding: index (5|-1) is outside 0 … 3"):
            compiled(np.array(k))


def test_backward_of_what_no_parameter_is_in_is_an_error_as_in_the_engine() -> None:
    with pytest.raises(ag.GraphError, match="requires no gradient"):
        compile(lambda x: (x * x).sum().backward())(X)


def test_modules_are_switched_outside() -> None:
    model = network()

    def evaluated(x: Any) -> Any:
        model.eval()
        return model(x)

    with pytest.raises(CompileError, match=r"is switched by train\(\) or eval\(\), at test_step.py:\d+ in evaluated"):
        compile(evaluated)(X)
    assert model.training
    model.eval()
    np.testing.assert_allclose(compile(evaluated)(X), model(Tensor(X)).data)
