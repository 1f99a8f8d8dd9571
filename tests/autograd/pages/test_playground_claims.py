"""What the lessons claim is so, for other seeds too: asked of the page's own network, training and measures under Node."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd.pages import playground
from autograd.pages.engine import engine_script, read_asset
from autograd.pages.playground_page import SCRIPTS
from tests.autograd.pages.running import needs_node, run_script

pytestmark = [needs_node, pytest.mark.integration]

# The settings with all that they stand on but elements of the page, and what lessons measure with.
NEEDED = (*SCRIPTS[: SCRIPTS.index("settings") + 1], "measures", "evidence")
PARTS = [name for name in NEEDED if name != "elements"]
# What a lesson sets, with another seed and changes beside it.
AT = """
const at = (lesson, seed, more = {}) => {
  const now = { ...settings.complete({ lesson }), seed, ...more };
  return { now, points: datasets.make(now), training: evidence.begin(now, datasets.make(now)) };
};
const layers = (...activations) => activations.map((activation, i) => ({ units: activations.length === 2 && i === 1 ? 2 : 4, activation }));
const seeds = (count) => Array.from({ length: count }, (_, i) => i);
"""


def ask(folder: Path, script: str) -> Any:
    """What a script says, which has the parts of the page that need no page."""
    data = json.dumps(re.search(r'<script id="data"[^>]*>(.*?)</script>', playground().html, re.DOTALL)[1])  # type: ignore[index]
    document = f"globalThis.document = {{ getElementById: () => ({{ textContent: {data} }}) }};"
    parts = [read_asset("expression.js"), *(read_asset(f"playground/{name}.js") for name in PARTS)]
    return run_script(folder, script, engine="\n".join([engine_script(), document, *parts, AT]))


def test_no_line_separates_a_circle(tmp_path: Path) -> None:
    told = ask(
        tmp_path,
        """seeds(5).map((seed) => {
        const { training, points } = at("circle", seed);
        const apart = evidence.awayFromCollapsed(training), wrong = evidence.bestLine(points.train);
        if (seed < 2) evidence.train(training, 1000);
        return { wrong, apart, points: points.train.map(({ x, y, label }) => [x, y, label]), ...training.measure() };
        })""",
    )
    for one in told:
        assert one["apart"] < 1e-12
        assert 0.2 < one["wrong"] / len(one["points"]) < 0.4
    for one in told[:2]:
        assert one["train"] > 0.4 and one["right"]["train"] < 0.8
    # The lines of the page are lines: one that Python draws is no better than the best of them, but for the steps between angles.
    x, y, label = np.array(told[0]["points"]).T
    for angle in np.random.default_rng(0).uniform(0, 2 * np.pi, 50):
        along = x * np.cos(angle) + y * np.sin(angle)
        assert min(np.sum((along > cut) != (label > 0)) for cut in along) >= told[0]["wrong"] - 2


def test_a_fold_in_the_first_layer_or_both_squares_are_enough_and_two_folds_are_not(tmp_path: Path) -> None:
    told = ask(
        tmp_path,
        """({ first: seeds(2).flatMap((seed) => ["tanh", "relu"].map((a) => [seed, { layers: layers(a, "linear") }])),
          squares: seeds(2).map((seed) => [seed, { features: ["x1", "x2", "x1x1", "x2x2"] }]),
          second: seeds(1).map((seed) => [seed, { layers: layers("linear", "tanh") }]) })""",
    )
    losses = ask(
        tmp_path,
        f"Object.entries({json.dumps(told)}).map(([name, list]) => [name, list.map(([seed, more]) =>"
        " evidence.train(at('circle', seed, more).training, 1500).measure().test)])",
    )
    found = dict(losses)
    assert max(found["first"]) < 0.05 and max(found["squares"]) < 0.05
    assert min(found["second"]) > 0.15


def test_six_sigmoids_make_the_first_gradient_small_and_six_tanhs_do_not(tmp_path: Path) -> None:
    sigmoid, tanh = ask(
        tmp_path,
        """["sigmoid", "tanh"].map((activation) => seeds(20).map((seed) => {
        const { training } = at("vanishing", seed, { layers: layers(...Array(6).fill(activation)) });
        return measures.sizes(measures.gradients(training));
        }))""",
    )
    for sizes in sigmoid:
        assert sizes[0] < sizes[-1] / 100 and sizes.index(min(sizes)) < 3
    for sizes in tanh:
        assert sizes[0] >= sizes[-1] / 100


def test_the_rate_of_the_bowl_is_two_over_its_curvature(tmp_path: Path) -> None:
    told = ask(
        tmp_path,
        """seeds(6).map((seed) => {
        const { now, training, points } = at("rate", seed), curvature = evidence.curvature(training);
        const high = seeds(5).map((i) => i === 0 ? training.measure().train : evidence.train(training, 1).measure().train);
        const good = evidence.train(evidence.begin({ ...now, rate: 0.1 }, points), 10).measure().train;
        return { curvature, high, good, points: points.train.map(({ x, y }) => [x, y, 1]),
          ends: [0.97, 1.03].map((factor) => (globalThis.playground = { points }, evidence.losses(now, (factor * 2) / curvature, 200))) };
        })""",
    )
    for one in told:
        x = np.array(one["points"])
        assert one["curvature"] == pytest.approx(np.linalg.eigvalsh(x.T @ x / len(x))[-1], rel=1e-3)
        assert 0.1 < 2 / one["curvature"] < 0.3
        assert one["high"] == sorted(one["high"])
        assert one["good"] < 0.01
        below, above = one["ends"]
        assert below["last"] < below["first"] and above["last"] > above["first"]


def test_equal_neurons_stay_equal_to_the_last_bit(tmp_path: Path) -> None:
    told = ask(
        tmp_path,
        """[...seeds(3).map((seed) => ({ seed })), ...Object.keys(optimizers.all).map((optimizer) => ({ optimizer, rate: 0.01 }))]
        .map(({ seed = 5, ...more }) => {
        const { now, training } = at("symmetry", seed, more), { network, train } = evidence.train(training, more.rate ? 100 : 500);
        const outputs = [network, evidence.merged(network, now)].map((n) => engine.noGrad(() => n.output(train.inputs).data));
        return { groups: evidence.alike(network).length, moved: network.layers[0].weight.data[0], outputs };
        })""",
    )
    for one in told:
        assert one["groups"] == 1 and one["moved"] != 0 and np.ptp(one["outputs"], axis=0).max() < 1e-12
    others = ask(
        tmp_path,
        "['xavier', 'he', 'uniform', 'normal'].map((start) => evidence.alike(at('symmetry', 1, { start }).training.network).length)",
    )
    assert others == [4] * 4
