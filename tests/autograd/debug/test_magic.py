"""`%%step`: a cell runs, and each of its passes opens below it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("IPython")

from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell

LOOP = """\
from autograd import Value
w = Value(0.5, name="w")
for step in range(7):
    loss = (w * 2.0 - 1.5) ** 2
    loss.backward()
    w.data -= 0.1 * w.grad
    w.zero_grad()
step"""


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[InteractiveShell]:
    """IPython as a notebook's kernel has it."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    made = InteractiveShell(user_ns={})
    made.history_manager.enabled = False
    made.display_pub = CapturingDisplayPublisher()
    made.kernel = object()
    monkeypatch.setattr("builtins.get_ipython", lambda: made, raising=False)
    made.run_line_magic("load_ext", "autograd.debug")
    yield made
    made.history_manager.end_session()


def pages(shell: InteractiveShell) -> list[str]:
    return [one["data"]["text/html"] for one in shell.display_pub.outputs]  # type: ignore[attr-defined]


def test_the_first_passes_of_a_loop_open_below_the_cell(shell: InteractiveShell, capsys: Any) -> None:
    shell.run_cell_magic("step", "", LOOP)
    assert len(pages(shell)) == 5
    assert all("iframe" in page for page in pages(shell))
    out = capsys.readouterr().out
    assert "Out" in out or "6" in out, "the cell's own result is shown as ever"
    assert "5 of 7 backward passes are shown; %%step N shows another one" in out
    assert shell.user_ns["step"] == 6, "it ran to its end"
    assert shell.user_ns["w"].data == pytest.approx(0.75, abs=1e-4)


@pytest.mark.parametrize(
    ("line", "shown"), [("6", 1), ("op=sub", 5), ("name=w when='abs(grad) > 0.5'", 1), ("not_finite", 0)]
)
def test_one_pass_or_those_with_such_an_event(line: str, shown: int, shell: InteractiveShell, capsys: Any) -> None:
    shell.run_cell_magic("step", line, LOOP)
    assert len(pages(shell)) == shown
    assert ("none of them is shown" in capsys.readouterr().out) == (shown == 0)


def test_a_cell_without_a_pass(shell: InteractiveShell, capsys: Any) -> None:
    shell.run_cell_magic("step", "", "x = 1")
    assert "the cell made 0 backward passes: there is nothing to step through" in capsys.readouterr().out
    assert shell.user_ns["x"] == 1


def test_a_line_that_says_no_place(shell: InteractiveShell) -> None:
    from autograd.debug import DebugError

    with pytest.raises(DebugError, match=r"'opp=mul' says no place.*; %%step \[N\]"):
        shell.run_cell_magic("step", "opp=mul", "x = 1")
    assert "x" not in shell.user_ns
    # A number of ten digits is none of a pass.
    shell.run_cell_magic("step", "9" * 9, "y = 1")
    assert shell.user_ns["y"] == 1
    with pytest.raises(DebugError, match="'9999999999' says no place"):
        shell.run_cell_magic("step", "9" * 10, "x = 1")
    assert "x" not in shell.user_ns
