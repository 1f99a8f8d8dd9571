"""The optimizers that look at all numbers at once, under Node: their paths on surfaces, and second derivatives, are Python's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optim
from autograd import hessian
from autograd.compiler.javascript import printed_rows
from autograd.expressions import ELEMENTWISE, Function
from autograd.pages.engine import engine_script, read_asset, whole_script
from autograd.pages.race_runs import ABSENT, KINDS, TITLES, Racer, race_one
from autograd.pages.surfaces import SURFACES, find_surface
from tests.autograd.pages.running import needs_node, run_script
from tests.sweep import sweep

WHOLE = ("adafactor", "muon", "lbfgs", "newton")
OPTIONS: dict[str, list[dict[str, Any]]] = {
    "adafactor": [{"lr": 0.3}, {"lr": 0.1, "beta2_decay": -0.5, "eps": (1e-3, 1e-2), "d": 2.0, "weight_decay": 0.1, "maximize": True}],
    "muon": [
        {"lr": 0.1},
        {"lr": 0.1, "nesterov": False, "momentum": 0.5, "weight_decay": 0.0, "ns_coefficients": (2.0, -1.5, 0.5), "ns_steps": 8},
        {"lr": 0.1, "adjust_lr_fn": "match_rms_adamw", "eps": 1e-3},
    ],
    "lbfgs": [{}, {"lr": 0.5, "history_size": 2}, {"lr": 0.1, "line_search_fn": None}, {"max_iter": 5, "max_eval": 9}],
    "newton": [{}, {"lr": 0.5, "damping": 0.3}, {"max_cg": 1, "tolerance": 1e-3}],
}  # fmt: skip
ENGINE = [
    engine_script,
    whole_script,
    *(lambda name=name: read_asset(name) for name in ("expression.js", "race/run.js")),
]
RUN = """given.map(([text, start, kind, options, steps]) => {
  const run = runRacer(readSurface(text), { kind, options }, start, steps);
  return [run.refused ?? null, run.points, run.steps.at(-1)?.told.at(-1)];
})"""
PRODUCTS = """given.map(([text, point, vectors]) => vectors.map(readSurface(text).bend(point)))"""
STEPS = 12


def script() -> str:
    return "\n".join(text() for text in ENGINE)


def test_every_optimizer_of_optim_races_or_is_named() -> None:
    kinds = {name for name in optim.__all__ if isinstance(getattr(optim, name), type)} - {"Minimum", "Optimizer"}
    racing = {KINDS[name][0].__name__ for name in TITLES}
    assert kinds - racing == {"Averaged"}
    assert ABSENT.keys() == {"Averaged", "minimize", "particle_swarm"}
    assert set(KINDS) == set(TITLES)


def wander(surface: Any, racer: Any) -> np.ndarray:
    """How far Python's own path comes to lie aside, up to each step, where its start is another by a rounding or two.

    Where the surface bends down, or at a kink, one rounding of `exp`, which processors differ in, makes another path.
    """
    expected = race_one(surface, racer, surface.start, STEPS).points
    aside = np.zeros(np.shape(expected))
    for by in (-2e-15, -4e-16, 4e-16, 2e-15):
        start = [x * (1.0 + by * (1.0, -0.7)[i % 2]) for i, x in enumerate(surface.start)]
        aside = np.maximum(aside, np.abs(np.subtract(race_one(surface, racer, start, STEPS).points, expected)))
    return 10.0 * np.maximum.accumulate(aside.max(axis=1, keepdims=True), axis=0)


@needs_node
@pytest.mark.parametrize("rest", sweep([False, True]))
def test_paths_are_those_of_python(tmp_path: Path, rest: bool) -> None:
    own = find_surface("log(1 + exp(x - y)) + where(x > y, x**2, y**2/3) + tanh(x*y)")
    cases = [(surface, Racer(name, KINDS[name][1])) for surface in SURFACES.values() for name in WHOLE]
    for surface in (SURFACES["himmelblau"], SURFACES["waves"], own):
        cases += [(surface, Racer(name, {**KINDS[name][1], **options})) for name in WHOLE for options in OPTIONS[name]]
    cases = [case for number, case in enumerate(cases) if (number % 10 != 0) == rest]
    given = [(s.text, s.start, racer.kind.__name__, racer.options, STEPS) for s, racer in cases]
    for (surface, racer), (refused, points, last) in zip(
        cases, run_script(tmp_path, RUN, given, script()), strict=True
    ):
        expected = race_one(surface, racer, surface.start, STEPS).points
        assert refused is None
        np.testing.assert_array_less(
            np.abs(np.subtract(points, expected)),
            1e-12 * (1.0 + np.abs(expected)) + wander(surface, racer),
            err_msg=f"{surface.name} {racer}",
        )
        # What is told last is where it has come.
        assert len(points) == 1 or (last["name"], last["value"]) == ("θ", points[-1])


@needs_node
def test_products_with_the_hessian_are_those_of_python(tmp_path: Path) -> None:
    point, vectors = [0.3, 0.6], [[1.0, 0.0], [0.5, -2.0]]
    rows = {op.name: len(op.rules) for op in printed_rows() if op.name in ELEMENTWISE and any(op.rules)}
    texts = [f"{name}(x*y) + x*y*y" for name, arity in rows.items() if arity == 1 and name != "clip"]
    texts += [f"{name}(x*y, x - y*y) + x*y" for name, arity in rows.items() if arity == 2]
    texts += [
        "x/y/(x + 1)",
        "x**y**2",
        "clip(x*y*y, -1, 1)",
        "where(x > y, x**3, x*y**3)",
        "logsumexp(x, y, x*y)",
        "x + y",
        "-x*x",
    ]
    found = run_script(tmp_path, PRODUCTS, [(text, point, vectors) for text in texts], script())
    for text, products in zip(texts, found, strict=True):
        f = Function(text, ("x", "y"))
        matrix = np.asarray(hessian(lambda p, f=f: f(p[0], p[1]))(np.array(point)))
        np.testing.assert_allclose(products, np.array(vectors) @ matrix, rtol=1e-12, atol=1e-13, err_msg=text)


@pytest.mark.parametrize("name", WHOLE)
def test_options_that_python_refuses_are_refused_there(name: str) -> None:
    from autograd.pages import PageError, race

    with pytest.raises(PageError, match=TITLES[name]):
        race("quadratic", {name: {"lr": -1.0}})
    with pytest.raises(PageError, match=TITLES[name]):
        race("quadratic", {name: {"speed": 1.0}})
