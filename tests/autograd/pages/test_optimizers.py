"""The optimizers as JavaScript, under Node: twenty steps of each, with every option, are those of Python."""

from __future__ import annotations

import ast
import inspect
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optim
from autograd import Tensor, softplus
from autograd.pages.optimizers import formula_lines, printed_optimizers
from optim.by_element import ByElement
from optim.kernel import Kernel
from optim.registry import OPTIMIZERS, PRESETS
from tests.autograd.pages.running import needs_node, run_in_page, run_script

START = ([1.5, -2.0, 0.7], [3.0])
CURVES = ([0.5, 2.0, 1.0], [0.3])
STEPS = 20
# Options that need others beside them, and values that are not the opposite of the default.
BESIDE: dict[tuple[str, str], dict[str, Any]] = {
    ("SGD", "dampening"): {"momentum": 0.8, "dampening": 0.3},
    ("SGD", "nesterov"): {"momentum": 0.8, "nesterov": True},
    ("SGD", "momentum_form"): {"momentum": 0.8, "momentum_form": "inside"},
    ("SGD", "decoupled"): {"weight_decay": 0.1, "decoupled": True},
    ("RMSprop", "centered"): {"centered": True, "momentum": 0.5},
    ("Rprop", "etas"): {"etas": (0.4, 1.3)},
    ("Rprop", "step_sizes"): {"step_sizes": (0.01, 0.2)},
    ("ASGD", "t0"): {"t0": 5.0},
    ("ASGD", "alpha"): {"alpha": 0.5, "lambd": 0.1},
}
TRAIN = """given.map(([name, options]) => {
  const [xs, ys] = START.map((start) => engine.leaf(start)), [a, b] = CURVES.map((curve) => engine.constant(curve));
  const { ops } = engine, optimizer = new engine.optim[name]([xs, ys], options), path = [];
  const pull = () => engine.backward(ops.sum(ops.concatenate([ops.mul(a, ops.square(xs)), ops.mul(b, ops.softplus(ys))])));
  for (let k = 0; k < STEPS; k++) {
    optimizer.zeroGrad();
    if (options.nesterov === "lookahead") optimizer.lookahead(pull);
    else pull();
    optimizer.step();
    path.push([...xs.data, ...ys.data]);
  }
  return { path, state: optimizer.state.map((own) => Object.values(own).map((array) => [...array])) };
})"""


def in_python(name: str, options: dict[str, Any]) -> tuple[list[list[float]], list[list[list[float]]]]:
    xs, ys = (Tensor(np.array(start), requires_grad=True) for start in START)
    a, b = map(np.array, CURVES)
    optimizer, path = getattr(optim, name)([xs, ys], **options), []

    def pull() -> None:
        ((a * xs * xs).sum() + (b * softplus(ys)).sum()).backward()

    for _ in range(STEPS):
        optimizer.zero_grad()
        if options.get("nesterov") == "lookahead":
            with optimizer.lookahead():
                pull()
        else:
            pull()
        optimizer.step()
        path.append([*xs.tolist(), *ys.tolist()])
    state = [[array.tolist() for k, array in optimizer.state[p].items() if k != "step"] for p in (xs, ys)]
    return path, state


def cases() -> list[tuple[str, dict[str, Any]]]:
    """Every optimizer as it is, with each of its options by itself, and as the presets have it."""
    found = [(name, {"lr": 0.05}) for name in printed_optimizers()]
    for name, kind in printed_optimizers().items():
        defaults = kind([Tensor(0.0, requires_grad=True)]).defaults  # type: ignore[call-arg]
        for option, default in defaults.items():
            if option == "lr" or option not in inspect.signature(kind).parameters:
                continue
            other = BESIDE.get((name, option)) or {
                option: not default if isinstance(default, bool) else changed(default)
            }
            found.append((name, {"lr": 0.05, **other}))
    for kind, options in OPTIMIZERS.values():
        found.append((kind.__name__, {"lr": 0.05, **options}))
    for preset in PRESETS.values():
        found += [(OPTIMIZERS[name][0].__name__, {"lr": 0.05, **options}) for name, options in preset.items()]
    return [(name, options) for name, options in found if name in printed_optimizers()]


def changed(default: Any) -> Any:
    if isinstance(default, tuple):
        return tuple(x * 0.9 for x in default)
    return 0.05 if default == 0 else default * 0.9


def test_each_optimizer_that_moves_elements_is_printed() -> None:
    kinds = {
        name
        for name in optim.__all__
        if isinstance(kind := getattr(optim, name), type) and issubclass(kind, optim.Optimizer)
    }
    # Of whole matrices, and the base class.
    assert kinds - printed_optimizers().keys() == {"Adafactor", "Muon", "Optimizer"}


@pytest.fixture
def without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    """What numba compiles takes seconds, and rounds alike."""
    monkeypatch.setattr("optim.kernel.has_numba", lambda: False)


@needs_node
def test_twenty_steps_are_those_of_python(tmp_path: Path, without_numba: None) -> None:
    script, given = trained()
    assert_same_paths(run_script(tmp_path, script, given))


@pytest.mark.browser
@pytest.mark.integration
def test_twenty_steps_in_chromium_are_those_of_python(show: Any, without_numba: None) -> None:
    assert_same_paths(run_in_page(show, *trained()))


def trained() -> tuple[str, list[Any]]:
    """The script that trains, and what it is given."""
    script = TRAIN
    for name, value in (("START", list(map(list, START))), ("CURVES", list(map(list, CURVES))), ("STEPS", STEPS)):
        script = script.replace(name, str(value))
    given = [
        (name, {k: list(v) if isinstance(v, tuple) else v for k, v in options.items()}) for name, options in cases()
    ]
    return script, given


@cache
def expected_paths() -> list[tuple[list[list[float]], list[list[list[float]]]]]:
    return [in_python(name, options) for name, options in cases()]


def assert_same_paths(computed: list[dict[str, Any]]) -> None:
    for (name, options), (path, state), found in zip(cases(), expected_paths(), computed, strict=True):
        np.testing.assert_allclose(found["path"], path, rtol=1e-12, atol=1e-15, err_msg=f"{name} {options}")
        for own, expected in zip(found["state"], state, strict=True):
            for array, values in zip(own, expected, strict=True):
                np.testing.assert_allclose(array, values, rtol=1e-11, atol=1e-15, err_msg=f"{name} {options}")


@needs_node
def test_a_step_is_told_in_full_before_it_is_taken(tmp_path: Path) -> None:
    told = run_script(
        tmp_path,
        """(() => {
          const x = engine.leaf([3]), optimizer = new engine.optim.Adam([x], { lr: 0.1 });
          engine.backward(engine.ops.square(x));
          const [before] = optimizer.explain(0);
          optimizer.step();
          return [before, x.data[0], engine.optim.Adam.formula, engine.optim.Adam.doc];
        })()""",
    )
    (step, after, formula, doc) = told
    assert step["after"] == after
    assert step["lines"] == formula == [
        "g = g + decay * p", "m = beta1 * m + rest1 * g", "v = beta2 * v + rest2 * g * g",
        "p = shrink * p - rate * m / (sqrt(v + inside) + eps)",
    ]  # fmt: skip
    values = step["values"]
    assert (values["g"], values["m"]) == (6.0, pytest.approx(0.6))
    assert doc.startswith("θ −= η·m̂ / (√v̂ + ε)")


def test_a_formula_with_what_javascript_has_no_counterpart_for_is_refused() -> None:
    from autograd.compiler.errors import CompileError
    from autograd.pages.optimizers import kernel_text

    with pytest.raises(CompileError, match=r"np.linalg.norm\(g\).*no counterpart"):
        kernel_text(odd, "odd")


@Kernel
def odd(p: Any, g: Any) -> tuple[Any, ...]:
    g = g / np.linalg.norm(g)
    return (p - g,)


def test_no_formula_is_written_by_hand_beside_those_of_optim() -> None:
    text = (Path(inspect.getfile(ByElement)).parents[1] / "autograd/pages/assets/optimizers.js").read_text(
        encoding="utf-8"
    )
    names = {line.partition(" = ")[0] for kind in printed_optimizers().values() for line in lines_of(kind)}
    assert names >= {"m", "v", "p"}
    assert "Math." not in text
    assert not any(f" {name} = {name} *" in text or f" {name} * {name}" in text for name in names)


def lines_of(kind: type[ByElement]) -> list[str]:
    optimizer: Any = kind([Tensor(0.0, requires_grad=True)])  # type: ignore[call-arg]
    return [line for kernel, _ in optimizer._updates(2, optimizer.param_groups[0]) for line in formula_lines(kernel)]


def test_lines_of_a_formula_can_be_read_as_python() -> None:
    for kind in printed_optimizers().values():
        for line in lines_of(kind):
            ast.parse(line)
