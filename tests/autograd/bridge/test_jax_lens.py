"""Functions of JAX in the diagram, the debugger, the checker and the command, with their own lines."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

jax = pytest.importorskip("jax")

import jax.numpy as jnp  # noqa: E402

from autograd import bridge  # noqa: E402
from autograd.bridge.convert import adopt  # noqa: E402
from autograd.check import assert_gradients, check_gradients  # noqa: E402
from autograd.cli import main  # noqa: E402
from autograd.debug import Session  # noqa: E402
from autograd.draw import draw  # noqa: E402

pytestmark = pytest.mark.integration

MODEL = """
import jax
import jax.numpy as jnp


@jax.custom_vjp
def squash(x):
    return jnp.tanh(x)


def squash_back(x, g):
    return (g * (1 - x**2),)


squash.defvjp(lambda x: (squash(x), x), squash_back)


def network(params, x, squash=jnp.tanh):
    with jax.named_scope("encoder"):
        h = x @ params["w"] + params["b"]
    h = squash(h)
    return h @ params["out"]


def normal(number, *shape):
    return jax.random.normal(jax.random.PRNGKey(number), shape)


params = {"w": normal(0, 3, 4), "b": normal(1, 4), "out": normal(2, 4)}
example_inputs = (params, normal(3, 5, 3))


def forward(params, x):
    return network(params, x)


@jax.jit
def loss(params=params, x=example_inputs[1]):
    def step(state, row):
        state = state + network(params, row) ** 2
        return state, None

    total, _ = jax.lax.scan(step, 0.0, x)
    return total


def wrong(params=params, x=example_inputs[1]):
    return network(params, x, squash).sum()


number = 3
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lens") / "jaxmodel.py"
    path.write_text(MODEL)
    return path


@pytest.fixture(scope="module")
def lens(path: Path) -> Any:
    sys.path.insert(0, str(path.parent))
    try:
        import jaxmodel  # type: ignore[import-not-found]
    finally:
        sys.path.pop(0)
    return jaxmodel


def test_a_session_steps_through_the_lines_of_a_function_and_its_loop(lens: Any, path: Path) -> None:
    session = Session.of(lens.loss, *lens.example_inputs)
    node = next(e.node for e in session.events if e.node.op is not None and e.node.op.name == "tanh")
    assert (node.site.filename, node.site.line, node.site.function) == (str(path), "h = squash(h)", "network")
    callers = []
    site = node.site.caller
    while site is not None and site.filename == str(path):
        callers.append((site.function, site.line))
        site = site.caller
    assert callers == [
        ("step", "state = state + network(params, row) ** 2"),
        ("loss", "total, _ = jax.lax.scan(step, 0.0, x)"),
    ]
    assert session.break_at(line=f"jaxmodel.py:{node.site.lineno}")
    assert session.run() is not None
    told = [str(event) for event in session.events]
    assert any("params.w" in text for text in told)
    assert any(e.node.scope == "encoder" for e in session.events)


def test_a_diagram_names_parameters_and_lines(lens: Any) -> None:
    diagram = draw(lens.forward, *lens.example_inputs, loss=lambda y: (y * y).sum())
    assert "jaxmodel.py:20" in diagram.html
    assert "params.out" in str(diagram.explain("params.out"))


def test_gradients_come_in_the_structure_of_the_arguments(lens: Any) -> None:
    params, x = lens.example_inputs
    bridged, (ours, _), _ = adopt(lens.loss, (params, x), {})
    bridged(ours, x).backward()
    expected = jax.grad(lens.loss)(params, x)
    for name in params:
        np.testing.assert_allclose(ours[name].grad.numpy(), expected[name], 1e-4, 1e-5, err_msg=name)
    with pytest.raises(bridge.BridgeError, match="same structure"):
        bridged({"w": params["w"]}, x)


def test_a_model_that_is_a_pytree_has_parameters() -> None:
    from tests.frozen import bridge_jax_models

    model, (x,) = bridge_jax_models.module()
    bridged = bridge.from_jax(model, x)
    assert [name for name, _ in bridged.named_parameters()][:2] == ["layers.0.weight", "layers.0.bias"]
    np.testing.assert_allclose(bridged(x).numpy(force=True), model(x), 1e-5)
    bound = bridge.from_jax(model.one, x[0])
    assert len(list(bound.parameters())) == 6


def test_what_cannot_be_captured_is_told_with_its_line() -> None:
    def jump(x):
        if x.sum() > 0:
            return x
        return -x

    def outside(x):
        return jax.pure_callback(np.sin, x, x) * 2

    with pytest.raises(bridge.BridgeError, match=r"JAX cannot capture jump: (?s:.*)at .*test_jax_lens\.py:\d+"):
        bridge.from_jax(jump, jnp.ones(2))
    with pytest.raises(bridge.BridgeError, match=r"from_jax takes a function of JAX's arrays, not int"):
        bridge.from_jax(3, jnp.ones(2))
    with pytest.raises(bridge.BridgeError, match="bfloat16; compute in float32"):
        bridge.from_jax(lambda x: x.astype(jnp.bfloat16), jnp.ones(2))
    with pytest.raises(bridge.BridgeError, match="mul of complex numbers at"):
        bridge.from_jax(lambda x: jnp.fft.irfft(jnp.fft.rfft(x) * 2), jnp.ones(4))
    with pytest.raises(bridge.BridgeError, match="<lambda> gives str"):
        bridge.from_jax(lambda x: "text", jnp.ones(2))
    with pytest.raises(
        bridge.MissingTranslationError,
        match=r"(?s)jax\.lu at .*test_jax_lens\.py:\d+ in factors.*@bridge\.rule\('jax\.lu'\)",
    ):
        bridge.from_jax(factors, jnp.eye(3))
    with pytest.raises(bridge.BridgeError, match=r"pure_callback at .*callback"):
        bridge.from_jax(outside, jnp.ones(2))


def factors(x):
    return jax.lax.linalg.lu(x)[0]


def test_a_primitive_can_be_supplied() -> None:
    from autograd.bridge.rules import RULES

    bridge.rule("jax.lu")(lambda x: (x * 2.0, None, None))
    try:
        np.testing.assert_array_equal(bridge.from_jax(factors, jnp.eye(2))(jnp.eye(2)).numpy(), 2 * np.eye(2))
    finally:
        del RULES["jax.lu"]


def test_the_checker_takes_functions_of_jax(lens: Any) -> None:
    """Every verdict: a pass, a failure with its kind, a kink, noise, and what cannot be judged."""
    assert check_gradients(lens.forward, *lens.example_inputs)
    report = check_gradients(lens.squash, jnp.asarray([0.3, 1.2]))
    assert report.verdict == "fail"
    with pytest.raises(AssertionError, match="wrong formula"):
        assert_gradients(lens.squash, jnp.asarray([0.3, 1.2]))
    doubled = jax.custom_vjp(lambda x: x**2)
    doubled.defvjp(lambda x: (x**2, x), lambda x, g: (4 * g * x,))
    assert "constant factor" in str(check_gradients(doubled, jnp.asarray([0.3, 0.7])))
    kink = check_gradients(lambda x: jnp.abs(x).sum(), jnp.asarray([0.0, 1.0]))
    assert "kink" in str(kink)
    assert check_gradients(lambda x: jnp.sum(x["a"] @ x["b"]), {"a": jnp.ones((2, 2)), "b": jnp.ones(2)}, order=2)
    state = iter(range(1000))
    noisy = check_gradients(lambda x: (x * (1 + 0.01 * next(state))).sum(), jnp.ones(2))
    assert "non-determinism" in str(noisy)
    assert "an infinite slope" in str(check_gradients(lambda x: jnp.sqrt(x).sum(), jnp.asarray([0.0, 1.0])))
    assert check_gradients(lambda x: jnp.sqrt(x).sum(), jnp.asarray([-1.0, 1.0])).verdict == "inconclusive"


def test_the_command_takes_functions(path: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    def run(*argv: str) -> tuple[int, str]:
        code = main(list(argv))
        out, err = capsys.readouterr()
        return code, out + err

    code, told = run("audit", f"{path}:wrong")
    assert code == 1
    assert f"squash, custom_vjp squash_back ({path}:11): wrong gradient" in told
    assert f"{path}:21 in network: h = squash(h)" in told
    assert run("audit", f"{path}:loss")[0] == 0
    assert run("audit", f"{path}:forward")[0] == 0
    code, told = run("step", "--plain", f"{path}:loss")
    assert code == 0
    assert "tanh(h)" in told
    assert run("draw", f"{path}:loss", "-o", str(tmp_path / "g.html"))[0] == 0
    assert run("check", f"{path}:forward")[0] == 0
    assert run("check", f"{path}:wrong")[0] == 1
    for argv, expected in [
        (("step", f"{path}:forward"), "of shape (5,), and a backward pass starts at one number"),
        (("audit", f"{path}:number"), "is int: a model or a function of PyTorch's or JAX's was expected"),
        (("audit", f"{path}:forward", "x=2"), "is called with the example_inputs of the file"),
    ]:
        code, told = run(*argv)
        assert (code, expected in told) == (2, True), told


def test_importing_autograd_imports_no_jax() -> None:
    import subprocess

    code = "import sys, autograd, autograd.bridge, autograd.check; print('jax' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "False\n"
