"""Pages as files: nothing of a user is run, nothing leaves them, and the engine in them computes as under Node."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from autograd import Tensor
from autograd.pages.document import build_page
from autograd.pages.engine import engine_script

HOSTILE = [
    "</script><script>window.hurt = 1</script>", "<img src=x onerror='window.hurt = 1'>", "<!--<script>", "\u2028\u2029\x00\u202e",
    "]]>", "${window.hurt = 1}", "javascript:window.hurt=1", '"><svg onload=window.hurt=1>', "\\u003c/script>",
]  # fmt: skip
SHOW = """
const told = JSON.parse(document.getElementById("data").textContent);
document.getElementById("out").textContent = told.join("|");
"""
EVAL = "try { document.title = eval('1'); } catch { document.title = 'refused'; }"
BODY = '<main><h1 id="name">Page</h1><p id="out"></p></main>'


@pytest.mark.browser
def test_hostile_data_and_titles_are_text(show: Any) -> None:
    page = show(build_page(title=" ".join(HOSTILE), body=BODY, scripts=[SHOW], styles=[], data=HOSTILE))
    assert page.evaluate("() => window.hurt") is None
    assert page.text_content("#out") == "|".join(HOSTILE)
    assert page.evaluate("() => document.querySelectorAll('script').length") == 2
    assert page.title().startswith("</script><script>window.hurt = 1</script>")


@pytest.mark.browser
def test_what_is_put_into_a_page_later_is_not_run(browser: Any, tmp_path: Any) -> None:
    text = build_page(title="page", body=BODY, scripts=[EVAL], styles=["p { color: rgb(1, 2, 3) }"], data={})
    path = tmp_path / "page.html"
    path.write_text(text, encoding="utf-8")
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(path.as_uri())
    assert page.evaluate("() => getComputedStyle(document.querySelector('p')).color") == "rgb(1, 2, 3)"
    page.evaluate(
        """() => {
      const out = document.getElementById("out");
      out.innerHTML = "<img src='data:,x' onerror='window.hurt = 1'>";
      const script = document.createElement("script");
      script.textContent = "window.hurt = 2";
      document.body.append(script);
      new Image().src = "https://example.org/seen";
      return fetch("https://example.org/asked").catch(() => null);
    }"""
    )
    assert page.evaluate("() => window.hurt") is None
    assert page.title() == "refused"
    assert sum("Content Security Policy" in text for text in complaints) >= 4
    page.close()


@pytest.mark.browser
@pytest.mark.integration
def test_the_engine_trains_in_a_page_without_a_request(show: Any) -> None:
    script = """
const { x, y, w } = JSON.parse(document.getElementById("data").textContent), { ops } = engine;
const weights = w.map(([data, shape]) => engine.leaf(data, shape));
const loss = () => {
  const hidden = ops.tanh(ops.add(ops.matmul(engine.constant(x, [4, 2]), weights[0]), weights[1]));
  return ops.mse_loss(ops.add(ops.matmul(hidden, weights[2]), weights[3]), engine.constant(y, [4, 1]));
};
const optimizer = new engine.optim.Adam(weights, { lr: 0.05 }), losses = [];
for (let k = 0; k < 20; k++) {
  optimizer.zeroGrad();
  const now = loss();
  engine.backward(now);
  optimizer.step();
  losses.push(now.item());
}
document.getElementById("out").textContent = JSON.stringify(losses);
"""
    import optim

    rng = np.random.default_rng(0)
    x, y = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([[0.0], [1.0], [1.0], [0.0]])
    w = [rng.normal(size=shape) for shape in ((2, 3), (3,), (3, 1), (1,))]
    data = {"x": x.ravel().tolist(), "y": y.ravel().tolist(), "w": [[a.ravel().tolist(), list(a.shape)] for a in w]}
    page = show(build_page(title="XOR", body=BODY, scripts=[engine_script(), script], styles=[], data=data))
    found = json.loads(page.text_content("#out"))
    weights = [Tensor(a, requires_grad=True) for a in w]
    optimizer, expected = optim.Adam(weights, lr=0.05), []
    for _ in range(20):
        optimizer.zero_grad()
        hidden = (Tensor(x) @ weights[0] + weights[1]).tanh()
        loss = ((hidden @ weights[2] + weights[3] - y) ** 2).mean()
        loss.backward()
        optimizer.step()
        expected.append(loss.item())
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_half_a_character_is_written_as_an_escape() -> None:
    build_page(title="a\ud800", body="", scripts=[], styles=[], data=["b\ud800"]).encode()


@pytest.mark.parametrize("text", ["const a = '</script>';", "// <!-- ", "x = '</SCRIPT'"])
def test_a_script_that_would_end_its_element_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a script must not contain"):
        build_page(title="t", body="", scripts=[text], styles=[], data=None)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_data_that_json_cannot_hold_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="write NaN and infinities as text"):
        build_page(title="t", body="", scripts=[], styles=[], data=[number])


def test_the_policy_allows_no_request_and_no_script_but_those_of_the_page() -> None:
    page = build_page(title="t", body="", scripts=["a();"], styles=["p {}"], data=None)
    (policy,) = [line for line in page.splitlines() if "Content-Security-Policy" in line]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert policy.count("sha256-") == 2
