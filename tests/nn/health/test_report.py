from __future__ import annotations

import copy
import json

import numpy as np
import pytest

import nn
import optim
from autograd import GraphError
from autograd.draw import draw
from autograd.errors import OperandError, ShapeError
from nn.health import Health, HealthReport, examine
from tests.nn.health import runs
from tests.nn.health.runs import train


@pytest.fixture(scope="module")
def vanishing() -> HealthReport:
    health = Health(every=10)
    train(runs.vanishing(0), [health])
    return health.report()


@pytest.fixture(scope="module")
def once() -> HealthReport:
    trial = runs.dead(0)
    return examine(trial.model, trial.x[:64], trial.y[:64], trial.loss, trial.optimizer)


def test_the_text_says_what_where_and_what_to_do(vanishing):
    text = str(vanishing)
    assert text.startswith("health: vanishing gradients (13 of 129 steps measured, loss 2.3")
    assert "1. vanishing gradients in 0: the mean |gradient| of 0.weight" in text
    assert "at: runs.py:" in text
    assert "fix: take ReLU" in text
    assert max(map(len, text.splitlines())) <= 110


def test_bars_grow_from_the_first_layer_to_the_last(vanishing):
    rows = [line.split("%  ")[1][:16] for line in str(vanishing).splitlines() if ".weight " in line and "█" in line]
    lengths = [row.count("█") for row in rows]
    assert len(lengths) == 6
    assert lengths == sorted(lengths)
    assert lengths[0] < 5 < 12 < lengths[-1]


def test_dead_units_are_told_with_the_samples_that_were_seen(once):
    assert "28 of 32 over 64 samples" in str(once)


def test_json_has_everything_and_no_nan(vanishing):
    def refuse(constant):
        raise AssertionError(constant)

    read = json.loads(vanishing.to_json(), parse_constant=refuse)
    assert read["verdict"] == "vanishing gradients"
    assert read["findings"][0]["place"]["line"].startswith("runs.py:")
    assert len(read["steps"]) == 13
    assert len(read["losses"]) == 129
    assert read["steps"][0]["parameters"]["0.weight"]["norm"] > 0
    assert read["epochs"][0]["val_accuracy"] < 0.2


def test_json_says_null_for_what_is_missing():
    trial = runs.detached(0)
    report = examine(trial.model, trial.x[:8], trial.y[:8], trial.loss)
    assert json.loads(report.to_json())["steps"][0]["parameters"]["first.weight"]["mean"] is None


def test_a_finding_leads_to_its_node_in_the_debugger(vanishing):
    finding = vanishing.findings[0]
    session = vanishing.session(finding)
    event = session.run()
    assert event.phase == "backward"
    assert event.node is vanishing.node(finding)
    assert event.node.scope == "0"


def test_a_finding_leads_to_its_node_in_the_diagram(once):
    node = once.node(once.findings[0])
    assert (node.scope, node.op.name) == ("3", "relu")
    near, whole = (diagram.scene.collapse().boxes for diagram in (once.draw(radius=1), draw(once.graph)))
    assert [(box.title, box.operation) for box in near] == [("2", "linear"), ("3", "relu"), ("4", "linear")]
    assert len(near) < len(whole)


def test_a_cut_leads_to_the_detached_tensor_in_the_diagram():
    trial = runs.detached(0)
    report = examine(trial.model, trial.x[:8], trial.y[:8], trial.loss)
    node = report.node(report.findings[0])
    assert node.site.line == "h = h.detach()"
    assert node in report.draw().subject.shot.nodes
    assert report.session().breakpoints == {}


def test_modules_of_findings_are_breakpoints_too(once):
    session = once.session()
    session.clear()
    session.break_at(module=once.findings[0].path)
    assert session.run().node.scope == "3"


def test_figures_of_runs_have_lines_and_of_one_batch_bars(vanishing, once):
    pytest.importorskip("matplotlib")
    left, middle, right = vanishing.figure().axes
    assert [line.get_label() for line in left.lines] == [f"{k}.weight" for k in (0, 2, 4, 6, 8, 10)]
    assert left.get_yscale() == middle.get_yscale() == "log"
    assert 1e-3 in middle.lines[-1].get_ydata()
    assert len(right.lines) == 5
    assert right.get_ylim() == (-0.02, 1.02)
    left, middle, right = once.figure().axes
    assert len(left.patches) == 3
    widths = [bar.get_width() for bar in left.patches]
    low, high = left.get_xlim()
    assert 1.25 * low < min(widths) <= max(widths) <= high, "the shortest bar has a length that can be seen"
    low, high = middle.get_xlim()
    assert low < 1e-3 < high
    assert right.get_xlim() == (-0.02, 1.02)
    assert right.patches[1].get_width() == 28 / 32


def test_what_cannot_be_examined_or_watched_is_told():
    model, x = nn.Linear(2, 2, rng=0), np.ones((4, 2), np.float32)
    with pytest.raises(OperandError, match=r"LBFGS is not an optim\.Optimizer"):
        examine(model, x, np.zeros(4, int), nn.CrossEntropyLoss(), optim.LBFGS(model.parameters()))
    with pytest.raises(ShapeError, match=r"every must be a whole number from 1 on, got 1\.5"):
        Health(every=1.5)


def test_examining_changes_nothing():
    rng = np.random.default_rng(3)
    model = nn.Sequential(
        nn.Linear(4, 6, rng=0), nn.BatchNorm1d(6), nn.ReLU(), nn.Dropout(0.5, rng=rng), nn.Linear(6, 2)
    )
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    x, y = np.random.default_rng(0).normal(size=(32, 4)).astype(np.float32), np.arange(32) % 2
    loss = nn.CrossEntropyLoss()
    loss(model(x), y).backward()
    optimizer.step()
    before, gradients = copy.deepcopy(model.state_dict()), [p.grad.copy() for p in model.parameters()]
    state, generator = copy.deepcopy(optimizer.state_dict()), copy.deepcopy(rng.bit_generator.state)
    report = examine(model, x, y, loss, optimizer)
    report.session()
    assert report.record.last.after is not None
    assert all(np.array_equal(a, before[name]) for name, a in model.state_dict().items())
    assert all(np.array_equal(p.grad, g) for p, g in zip(model.parameters(), gradients, strict=True))
    np.testing.assert_equal(optimizer.state_dict()["state"], state["state"])
    assert rng.bit_generator.state == generator
    assert all(module.training and not module._hooks for module in model.modules())


def test_the_copied_optimizer_takes_the_step_that_the_original_would_take():
    model, x, y, loss = nn.Linear(3, 2, rng=0), np.ones((4, 3), np.float32), np.zeros(4, int), nn.CrossEntropyLoss()
    optimizer = optim.Adam(model.parameters(), lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        loss(model(x), y).backward()
        optimizer.step()
    ratio = examine(model, x, y, loss, optimizer).record.last.parameters["weight"].update
    before = model.weight.data.copy()
    optimizer.zero_grad()
    loss(model(x), y).backward()
    optimizer.step()
    assert ratio == pytest.approx(np.linalg.norm(model.weight.data - before) / np.linalg.norm(before), rel=1e-5)


def test_a_loss_of_several_numbers_is_refused():
    with pytest.raises(GraphError, match=r"one element, got shape \(4,\): use reduction='mean'"):
        examine(nn.Linear(3, 2), np.ones((4, 3), np.float32), np.zeros(4, int), nn.CrossEntropyLoss(reduction="none"))


def test_a_report_needs_a_step():
    with pytest.raises(ValueError, match="no step was measured yet"):
        Health().report()
    with pytest.raises(ValueError, match="every must be a whole number from 1 on, got 0"):
        Health(every=0)
