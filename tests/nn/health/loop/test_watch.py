"""What the watcher of a script sees: faults of the loop, each with its line, and what the loop trains on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from autograd import Tensor
from autograd.errors import UsageError
from nn.health.loop import Seen, recorder, watch_script
from nn.health.loop.bare import Bare
from nn.health.loop.inputs import choose_part
from nn.health.multi_input import tabulate_inputs
from nn.health.scores import name_of
from tests.nn.health.corpus import tuning_scripts
from tests.nn.health.loop import healthy
from tests.nn.health.loop.scripts import FAULTS, OURS, with_fault
from tests.sweep import sweep
from tests.texts import assert_part

# All that was seen of some loops, to be read.
SEEN = Path(__file__).parent.parent / "texts" / "seen.txt"


@pytest.fixture
def watch(tmp_path: Path):
    def run(text: str, **options: float) -> Seen:
        path = tmp_path / f"train{len(list(tmp_path.iterdir()))}.py"
        path.write_text(text)
        return watch_script(path, **options)

    return run


def shown(numbers) -> str:
    return ", ".join(f"{name} {value:.4g}" for name, value in numbers.items())


def describe(seen: Seen) -> str:
    lines = [f"{f.cause}: {f.sentence}\n  at {f.place.site}; {shown(f.evidence)}" for f in seen.findings]
    lines += [f"note: {note}" for note in seen.notes]
    for name, part in (
        ("inputs", seen.inputs),
        ("targets", seen.targets),
        *zip(("held inputs", "held targets"), seen.validation or ()),
    ):
        if part is not None:
            size = float(np.sum(tabulate_inputs(np.asarray(part)), dtype=np.float64)) + 0.0
            lines.append(f"{name} {part.dtype} {part.shape}, sum {size:.4g}")
    if seen.model is not None:
        parameters = list(seen.model.parameters())
        size = sum(float(np.abs(p.data).sum(dtype=np.float64)) for p in parameters)
        lines.append(f"model {type(seen.model).__name__} of {[p.shape for p in parameters]}, size {size:.4g}")
    for group in seen.optimizer.param_groups if seen.optimizer is not None else ():
        asked = {name: value for name, value in group.items() if name in ("lr", "momentum", "weight_decay") and value}
        lines.append(f"{type(seen.optimizer).__name__} of {len(group['params'])}: {shown(asked)}")
    if seen.loss is not None and seen.model is not None and seen.inputs is not None and seen.targets is not None:
        x, y = seen.inputs[: seen.batch_size], seen.targets[: seen.batch_size]
        lines.append(f"loss {name_of(seen.loss)}, of a batch {seen.loss(seen.apply(seen.model, x), y).item():.4g}")
    lines.append(f"batches of {seen.batch_size}, shuffled {seen.shuffle}, epochs {seen.epochs}, options {seen.options}")
    lines.append(f"{seen.iterations} passes, alone {seen.alone}, fitted {seen.fitted}, whole {seen.is_whole}")
    return "\n".join(lines)


def test_a_loop_without_a_fault_has_no_finding(watch):
    seen = watch(OURS)
    assert seen.findings == []
    assert seen.notes == []
    assert seen.is_whole


@pytest.mark.parametrize("name", sweep(FAULTS, 3))
def test_a_fault_is_named(watch, name):
    seen = watch(with_fault(name, OURS))
    assert [finding.cause for finding in seen.findings][:1] == [FAULTS[name][0]]
    assert seen.findings[0].certain
    assert_part(SEEN, f"fault: {name}", describe(seen))


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("cleared", "optimizer.zero_grad()"),
        ("anew", "model = network()"),
        ("broadcast", "loss = ((out - Tensor(y[start : start + 16, 0])) ** 2).mean()"),
        ("decays", "scheduler.step()"),
        ("foreign", "optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9)"),
        ("same batch", "rows, answers = next(iter(loader))"),
        ("always training", "print(model(Tensor(x_test)).numpy().mean())"),
    ],
)
def test_the_finding_names_the_line(watch, name, line):
    finding = watch(with_fault(name, OURS)).findings[0]
    assert finding.place.line.line == line
    assert line in finding.sentence


def test_what_the_loop_trains_on_is_read_off(watch):
    seen = watch(OURS)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(64, 3)).astype(np.float32)
    np.testing.assert_array_equal(seen.inputs, x)
    np.testing.assert_array_equal(seen.targets, x[:, :1] * x[:, 1:2])
    assert seen.batch_size == 16
    assert not seen.shuffle
    assert seen.epochs == 30
    assert type(seen.loss).__name__ == "MSELoss"
    assert type(seen.optimizer).__name__ == "SGD"


LETTERS = OURS.replace(
    "x = rng.normal(size=(64, 3)).astype(np.float32)\n",
    "x = np.eye(3, dtype=np.float32)[rng.integers(0, 3, 64)]\n",
).replace("y = (x[:, :1] * x[:, 1:2])", "y = (x[:, :1] + rng.integers(0, 2, (64, 1)))")
STEPS = (
    LETTERS.replace("for epoch in range(30):", "for step in range(80):")
    .replace("    for start in range(0, 64, 16):", "    if True:")
    .replace("start : start + 16", "16 * (step % 4) : 16 * (step % 4) + 16")
)


@pytest.mark.parametrize(("text", "epochs"), [(LETTERS, 30), (STEPS, 20)])
def test_rows_that_stand_many_times_are_as_many_as_they_stand(watch, text, epochs):
    seen = watch(text)
    rng = np.random.default_rng(0)
    x = np.eye(3, dtype=np.float32)[rng.integers(0, 3, 64)]
    np.testing.assert_array_equal(seen.inputs, x)
    np.testing.assert_array_equal(seen.targets, x[:, :1] + rng.integers(0, 2, (64, 1)))
    assert seen.epochs == epochs


def test_how_long_the_run_is_meant_to_be_may_be_a_variable_or_unknown(watch):
    assert (
        watch(
            OURS.replace("range(30)", "range(count)").replace("model = network", "count = 17\nmodel = network", 1)
        ).epochs
        == 17
    )
    assert watch(OURS.replace("range(30)", "list(range(30))")).epochs is None


def test_a_loss_written_out_is_read_off_the_graph(watch):
    seen = watch(
        OURS.replace("loss_function(out, Tensor(y[start : start + 16]))", "(out - y[start : start + 16]).abs().mean()")
    )
    from autograd import Tensor

    assert seen.is_whole
    np.testing.assert_array_equal(seen.targets, seen.inputs[:, :1] * seen.inputs[:, 1:2])
    outputs, targets = np.full((5, 1), 2.0, np.float32), np.full((5, 1), -1.0, np.float32)
    assert seen.loss(Tensor(outputs), targets).item() == 3.0


def test_the_model_is_as_it_began_and_can_be_put_back(watch):
    seen = watch(OURS)
    import nn

    first = nn.Sequential(nn.Linear(3, 8, rng=0), nn.Tanh(), nn.Dropout(0.1, rng=2), nn.Linear(8, 1, rng=1))
    for mine, theirs in zip(seen.model.parameters(), first.parameters(), strict=True):
        np.testing.assert_array_equal(mine.data, theirs.data)
    seen.restore()
    assert not np.array_equal(seen.model[0].weight.data, first[0].weight.data)


def test_methods_and_random_states_are_as_before(watch):
    import nn
    import optim
    from autograd import Tensor

    before = (nn.Module.__call__, Tensor.backward, optim.Optimizer.step, nn.functional.mse_loss, nn.fit)
    state = np.random.get_state()[1].copy()
    watch("np = __import__('numpy')\nnp.random.seed(5)\n" + OURS)
    assert before == (nn.Module.__call__, Tensor.backward, optim.Optimizer.step, nn.functional.mse_loss, nn.fit)
    np.testing.assert_array_equal(np.random.get_state()[1], state)


def test_gradients_that_are_added_up_on_purpose_are_no_fault(watch):
    text = OURS.replace("        optimizer.zero_grad()\n", "").replace(
        "        optimizer.step()\n",
        "        if start % 32 == 16:\n            optimizer.step()\n            optimizer.zero_grad()\n",
    )
    assert watch(text).findings == []


def test_models_trained_one_after_the_other_are_no_fault(watch):
    inner = OURS[OURS.index("model = network()") :]
    text = (
        OURS[: OURS.index("model = network()")]
        + "for fold in range(4):\n"
        + inner.replace("range(30)", "range(5)").replace("\n", "\n    ").replace("model =", "    model =", 1)
    )
    assert watch(text, steps=80).findings == []


def test_a_metric_of_training_rows_is_a_note(watch):
    seen = watch(OURS.replace("model(Tensor(x_test))", "model(Tensor(x))"))
    assert seen.findings == []
    assert "rows that it was trained on" in seen.notes[0]


def test_a_call_of_fit_is_taken_as_it_is(watch):
    text = OURS[: OURS.index("optimizer =")] + "nn.fit(model, (x, y), lr=0.5, epochs=7, batch_size=8, clip_norm=2.0)\n"
    seen = watch(text)
    assert seen.is_whole
    assert seen.fitted
    assert (seen.epochs, seen.batch_size, seen.options) == (7, 8, {"clip_norm": 2.0})
    assert seen.optimizer(list(seen.model.parameters())).param_groups[0]["lr"] == 0.5


def test_batches_that_come_once_are_kept(watch):
    text = OURS[: OURS.index("optimizer =")] + (
        "batches = ((x[k : k + 16], y[k : k + 16]) for k in range(0, 64, 16))\nnn.fit(model, batches, loss='mse')\n"
    )
    seen = watch(text)
    assert seen.inputs.shape == (64, 3)
    assert seen.batch_size == 16


def test_a_script_that_fails_says_its_line(watch):
    with pytest.raises(UsageError, match=r"does not run: ZeroDivisionError.*line 2"):
        watch("import nn\n1 / 0\n")
    with pytest.raises(UsageError, match="line 1"):
        watch("def broken(:\n")


def test_a_script_that_fails_later_is_judged_by_what_was_seen(watch):
    seen = watch(with_fault("no step", OURS).replace("    model.eval()\n", "    assert epoch < 3\n"))
    assert seen.findings[0].cause == "step missing"
    assert "AssertionError" in seen.notes[0]


def test_a_script_that_trains_nothing_is_refused(watch):
    with pytest.raises(UsageError, match="trains nothing that is seen"):
        watch("print(1)\n")
    with pytest.raises(UsageError, match="no such file"):
        watch_script("/nowhere/train.py")


def test_except_exception_does_not_keep_the_script_running(watch):
    text = OURS.replace(
        "        loss.backward()\n",
        "        try:\n            loss.backward()\n        except Exception:\n            pass\n",
    )
    assert watch(text.replace("range(30)", "range(100000)")).iterations <= 100


def text_of(name: str) -> str:
    return next(case for case in tuning_scripts.CASES if case.name == name).make(0).script


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("by_hand_never_zeroed", "gradients not zeroed"),
        ("raw_never_zeroed", "gradients not zeroed"),
        ("by_hand_rebinds", "step missing"),
        ("ascends_by_hand", "loss maximised"),
        ("raw_ascends", "loss maximised"),
        ("classes_step_outside_of_the_loop", "gradients cleared before the step"),
        ("raw_loss_of_a_number", "missing gradients"),
        ("numbers_weights_loaded_each_epoch", "model made anew"),
        ("numbers_index_never_moves", "same batch again"),
        ("classes_loader_exhausted", "too few steps"),
        ("classes_eval_stays_on", "evaluation mode in training"),
        ("classes_judged_by_training_rows", "metric on training rows"),
        ("recurrent_loss_added_up", "graph grows"),
        ("pictures_as_whole_numbers", "inputs all alike"),
    ],
)
def test_what_a_loop_does_by_hand_is_seen(watch, name, cause):
    seen = watch(text_of(name))
    assert seen.findings[0].cause == cause
    assert_part(SEEN, f"by hand: {name}", describe(seen))


@pytest.mark.parametrize("name", ["by_hand_loop", "raw_loop", "parts_loop", "numbers_adding_two_batches"])
def test_loops_that_do_it_rightly_have_no_finding(watch, name):
    seen = watch(text_of(name))
    assert seen.findings == []
    assert seen.is_whole
    assert_part(SEEN, f"right: {name}", describe(seen))


@pytest.mark.parametrize(("name", "rate"), [("by_hand_loop", 1.0), ("raw_loop", 0.1), ("by_hand_at_1e_5", 1e-5)])
def test_the_rate_of_steps_by_hand_is_measured(watch, name, rate):
    assert watch(text_of(name)).optimizer.param_groups[0]["lr"] == pytest.approx(rate, rel=0.01)


def test_what_is_trained_without_a_module_is_read_off_the_graph(watch):
    seen = watch(text_of("raw_loop"))
    assert [p.shape for p in seen.model.parameters()] == [(3, 16), (16,), (16, 1), (1,)]
    # With other rows, and with fewer of them.
    answers = seen.model(seen.inputs[:7])
    assert answers.shape == (7, 1)
    assert seen.loss(answers, seen.targets[:7]).item() == pytest.approx(
        np.mean((answers.numpy() - seen.targets[:7]) ** 2), rel=1e-5
    )


def test_what_a_loss_adds_of_the_weights_is_a_weight_decay(watch):
    assert watch(text_of("numbers_penalty_outweighs")).optimizer.param_groups[0]["weight_decay"] == pytest.approx(2.0)
    assert watch(text_of("numbers_loop")).optimizer.param_groups[0]["weight_decay"] == 0.0


def test_clipping_is_carried_into_the_experiments(watch):
    assert watch(text_of("numbers_clipped")).options == {"clip_norm": 1.0}
    assert watch(text_of("labels_clipped_by_value")).options == {"clip_value": 1e-6}


def test_the_optimizer_is_as_it_was_made(watch):
    # What a run that was lost left in its moments would be lost again.
    optimizer = watch(text_of("numbers_rate_of_ten")).optimizer
    assert all(not np.any(entry.get("momentum_buffer", 0.0)) for entry in optimizer.state_dict()["state"])


@pytest.mark.parametrize("name", sweep(healthy.LOOPS, 3))
def test_what_looks_odd_and_is_meant_is_no_fault(watch, name):
    seen = watch(healthy.HEAD + healthy.LOOPS[name])
    assert seen.findings == []
    assert seen.notes == []
    assert_part(SEEN, f"healthy: {name}", describe(seen))


def test_a_loss_of_several_outputs_is_not_taken_for_one_of_the_last(watch):
    # Adversaries have no one array of rows and no one loss of them; nor have sequences of many lengths.
    for name in ("adversaries", "lengths"):
        assert not watch(healthy.HEAD + healthy.LOOPS[name]).is_whole, name


def test_a_shape_in_a_loss_follows_the_number_of_rows(watch):
    from autograd import Tensor

    loss = "((out.reshape(16) - y[start : start + 16, 0]) ** 2).mean()"
    seen = watch(OURS.replace("loss_function(out, Tensor(y[start : start + 16]))", loss))
    assert seen.loss(Tensor(np.full((5, 1), 2.0, np.float32)), np.zeros(5, np.float32)).item() == 4.0


def test_the_sign_that_a_script_gives_a_loss_is_kept(watch):
    seen = watch(OURS.replace("loss = loss_function(", "loss = -loss_function("))
    assert seen.loss(np.full((5, 1), 2.0, np.float32), np.zeros((5, 1), np.float32)).item() == -4.0


def test_outputs_that_are_changed_before_a_loss_are_changed_in_the_experiments(watch):
    seen = watch(OURS.replace("loss_function(out, ", "loss_function(2.0 * out, "))
    from autograd import Tensor

    assert seen.loss(Tensor(np.full((5, 1), 2.0, np.float32)), np.zeros((5, 1), np.float32)).item() == 16.0


SCHEDULED = OURS.replace(
    "loss_function =", "scheduler = optim.lr_scheduler.StepLR(optimizer, 10, gamma=0.5)\nloss_function ="
)


@pytest.mark.parametrize(
    "place",
    ["    model.train()\n", "        optimizer.zero_grad()\n", "        loss.backward()\n"],
    ids=["in each epoch", "in each batch", "after backward"],
)
def test_a_schedule_before_the_first_step_is_seen(watch, place):
    instead = f"{place[: len(place) - len(place.lstrip())]}scheduler.step()\n"
    finding = watch(SCHEDULED.replace(place, place + instead)).findings[-1]
    assert finding.cause == "scheduler out of order"
    assert finding.place.line.line == "scheduler.step()"


@pytest.mark.parametrize(
    "schedule",
    [
        "scheduler",
        "optim.lr_scheduler.SequentialLR(optimizer, [optim.lr_scheduler.ConstantLR(optimizer, 0.5, 2), scheduler], [2])",
    ],
)
def test_a_schedule_after_each_epoch_is_in_order(watch, schedule):
    text = SCHEDULED.replace("loss_function =", f"scheduler = {schedule}\nloss_function =")
    assert watch(text.replace("    model.eval()\n", "    model.eval()\n    scheduler.step()\n")).findings == []


def test_a_loader_that_is_made_anew_for_each_pass_gives_the_same_batch(watch):
    text = with_fault("same batch", OURS)
    made = next(line for line in text.splitlines() if line.startswith("loader = "))
    text = text.replace("next(iter(loader))", f"next(iter({made.removeprefix('loader = ')}))")
    assert watch(text).findings[0].cause == "same batch again"
    shuffled = text.replace("batch_size=16)))", "batch_size=16, shuffle=True, seed=epoch + start)))")
    assert shuffled != text
    assert watch(shuffled).findings == []


def test_a_run_that_is_left_in_its_first_epoch_is_meant_to_be_as_long_as_it_says(watch):
    # 400 batches an epoch, 3 epochs, of which 5 batches are seen: the kept rows make up for the steps.
    text = """
import numpy as np, nn, optim
x = np.random.default_rng(0).normal(size=(4000, 2)).astype(np.float32)
model = nn.Linear(2, 1, rng=0)
optimizer = optim.SGD(model.parameters(), lr=0.01)
for epoch in range(3):
    for rows, answers in LOADER:
        loss = ((model(rows) - answers) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""
    loader = "nn.DataLoader(x, x[:, :1], batch_size=10)"
    seen = watch(text.replace("LOADER", loader), seconds=0.0)
    assert (seen.iterations, len(seen.inputs), seen.epochs) == (1, 10, 1200)
    assert "the first 10 rows" in seen.notes[0]
    # Where nothing says how many there are, nothing is said.
    assert watch(text.replace("LOADER", "zip(x[:, None], x[:, None, :1])"), seconds=0.0).epochs is None


def test_what_goes_before_the_first_pass_does_not_count(watch):
    assert watch("import time\ntime.sleep(0.3)\n" + OURS, seconds=0.25).iterations > 1


def test_few_rows_of_a_large_run_are_kept(watch, monkeypatch):
    from nn.health.loop import trained_rows

    monkeypatch.setattr(trained_rows, "MOST_BYTES", 16 * 12)
    seen = watch(OURS)
    assert len(seen.inputs) == 16
    assert seen.epochs == 120


@pytest.mark.parametrize(
    ("loss", "kind"), [("out", "mseloss"), ("out[:, :]", "mseloss"), ("out.sigmoid()", "ofoutput")]
)
def test_a_loss_says_what_outputs_are_only_where_it_is_given_them_as_they_are(watch, loss, kind):
    assert name_of(watch(OURS.replace("loss_function(out, ", f"loss_function({loss}, ")).loss) == kind


@pytest.mark.parametrize("second", ["SGD", "Adam"])
def test_optimizers_that_share_a_model_are_tried_out_as_one(watch, second):
    text = OURS.replace(
        "optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9)",
        f"optimizer, other = optim.SGD(model[0].parameters(), lr=0.05), optim.{second}(model[3].parameters(), lr=0.01)",
    ).replace("optimizer.step()", "optimizer.step()\n        other.step()\n        other.zero_grad()")
    seen = watch(text)
    assert (seen.findings, seen.is_whole) == ([], True)
    assert sorted(group["lr"] for group in seen.optimizer.param_groups) == [0.01, 0.05]


def test_gradients_that_are_scaled_back_before_the_step_are_those_of_the_experiments(watch):
    text = OURS.replace(
        "        loss.backward()\n",
        "        (1024.0 * loss).backward()\n        for p in model.parameters():\n            p.grad = p.grad / 1024.0\n",
    )
    outputs, targets = np.full((5, 1), 2.0, np.float32), np.zeros((5, 1), np.float32)
    assert watch(text).loss(outputs, targets).item() == pytest.approx(4.0)
    # Where they are only clipped, the loss is as it is.
    clipped = OURS.replace(
        "        optimizer.step()\n",
        "        optim.clip_grad_norm_(model.parameters(), 0.1)\n        optimizer.step()\n",
    )
    assert watch(clipped).loss(outputs, targets).item() == 4.0
    by_hand = OURS.replace(
        "        optimizer.step()\n",
        "        for p in model.parameters():\n            p.grad = p.grad / (1.0 + np.abs(p.grad).max())\n        optimizer.step()\n",
    )
    assert watch(by_hand).loss(outputs, targets).item() == 4.0


def test_an_error_of_the_watcher_is_not_told_as_the_scripts(watch, monkeypatch):
    read, passes = recorder.read_loss, []

    def fail_later(*given):
        passes.append(given)
        # An error within the watcher's own files.
        return read(*given) if len(passes) < 3 else choose_part(None, None, None, None)

    monkeypatch.setattr(recorder, "read_loss", fail_later)
    (told,) = watch(OURS).notes
    assert told.startswith(
        "the script stopped after 2 passes: stepgrad failed while it watched, please report it (AttributeError"
    )
    with pytest.raises(UsageError, match="may well run: stepgrad failed while it watched"):
        watch(OURS)
    with pytest.raises(UsageError, match="does not run: "):
        watch("import nn\nnn.Linear(2, 1)([1.0, 2.0, 3.0])\n")
    with pytest.raises(UsageError, match=r"does not run: train[0-9]*\.py, line 2: .* was never closed"):
        watch("import nn\nnn.Linear(2, 1\n")
    # A library that the watcher has called fails for it.
    unequal = Bare([], [Tensor(np.ones(2)), Tensor(np.ones(3))], Tensor(np.ones(2)), [])
    monkeypatch.setattr(recorder, "read_loss", lambda *given: unequal.read_inputs())
    with pytest.raises(UsageError, match="may well run: stepgrad failed while it watched"):
        watch(OURS)
