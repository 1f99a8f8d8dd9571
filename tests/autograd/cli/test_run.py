"""The command line: what it prints and writes, and one line with exit code 2 for bad input."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from autograd.cli import main


def test_draw_prints_values_and_gradients_and_writes_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "e.svg"
    assert main(["draw", "c=a+b; d=b+1; e=c*d", "a=2", "b=1", "-o", str(target)]) == 0
    rows = [line.replace("│", " ").split() for line in capsys.readouterr().out.splitlines()]
    for row in (["a", "2", "2"], ["b", "1", "5"], ["c", "3", "2"], ["d", "2", "3"], ["e", "6", "1"]):
        assert row in rows
    assert target.read_text(encoding="utf-8").lstrip().startswith("<?xml")


@pytest.mark.parametrize("name", ["chain_rule", "gates", "xor", "digits"])
def test_examples_are_drawn(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draw", name, "-o", str(tmp_path / "e.html"), "--fold", "never"]) == 0
    assert "<title>" in (tmp_path / "e.html").read_text(encoding="utf-8")
    assert "wrote" in capsys.readouterr().out


def test_a_function_of_a_file_is_drawn_and_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "model.py"
    file.write_text(
        "import numpy as np\n"
        "def loss(x, w=2.0):\n    return (x * w).tanh()\n"
        "def total(x: np.ndarray):\n    return (x * x).sum()\n"
        "def broken(x=1.0):\n    return 1 / 0\n"
        "number = 3\n"
        "import sys, autograd as ag\n"
        "def leaves(x=1.0):\n    sys.exit(0)\n"
        "@ag.primitive(lambda g, out, x: {}[1])\n"
        "def keyless(x):\n    return x * 1.0\n"
        "def rule(x=1.0):\n    return keyless(x)\n"
        "done = ag.Value(3.0, name='done') ** 2\ndone.backward()\n"
    )
    target = str(tmp_path / "e.svg")
    assert main(["draw", f"{file}:loss", "x=0.5", "--explain", "w", "-o", target]) == 0
    printed = capsys.readouterr().out
    assert "the gradient of w is 0.20999" in printed
    assert main(["draw", f"{file}:total", "-o", target]) == 0
    assert main(["draw", f"{file}:broken", "-o", target]) == 1
    assert main(["draw", f"{file}:number", "-o", target]) == 2
    assert main(["draw", f"{file}:loss", "-o", target]) == 2
    assert main(["draw", f"{file}:leaves", "-o", target]) == 2
    assert main(["check", f"{file}:leaves"]) == 2
    assert main(["draw", f"{file}:rule", "-o", target]) == 1
    errors = capsys.readouterr().err
    assert errors.count("\n") == 6
    assert main(["draw", f"{file}:done", "-o", target, "--title", "\udcff"]) == 0
    assert main(["draw", f"{file}:done", "-o", str(tmp_path / "e.html"), "--title", "\udcff"]) == 0
    assert ["done", "3", "6"] in [line.replace("│", " ").split() for line in capsys.readouterr().out.splitlines()]
    for told in ("ZeroDivisionError: division by zero (model.py, line 7)", "is int", "'x' does not say what it takes"):
        assert told in errors


@pytest.mark.parametrize("ending", ["png", "pdf", "dot"])
def test_other_formats(tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"e.{ending}"
    assert main(["draw", "a*a", "a=2", "-o", str(target)]) == 0
    assert target.read_bytes()[:4] in (b"\x89PNG", b"%PDF", b"digr")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["draw", "a+b", "a=1"], "no value for 'b'"),
        (["draw", "a+", "a=1"], "syntax error"),
        (["draw", "foo(a)", "a=1"], "unknown function 'foo'"),
        (["draw", "a", "a=x"], "'x' is not a number"),
        (["draw", "a", "1"], "'1' is not name=value"),
        (["draw", "a", "a=1", "a=2"], "given twice"),
        (["draw", "a", "a=1", "-o", "no/such/directory/e.svg"], "cannot write no/such/directory/e.svg"),
        (["draw", "a", "a=1", "-o", "e.gif"], "must end in .html, .svg"),
        (["draw", "xor", "--explain", "h9"], "no node of the graph is called 'h9'"),
        (["draw", "digits", "--expand", "x"], "there is no 'x'; the modules are 0, 1, 2, 3, 4"),
        (["draw", "gates", "--passes", "up"], "there is no 'up'; there are both, forward, backward"),
        (["draw", "missing.py:f"], "there is no such file"),
        (["demo", "--output", "/dev/null/x"], "/dev/null"),
        (["paint"], "there is no command 'paint'"),
        ([], "say what to do: stepgrad demo, step, dap, draw"),
    ],
)
def test_bad_input_gets_one_line_and_exit_code_2(
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert message in printed.err
    assert printed.err.startswith("stepgrad: ")
    assert printed.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "autograd", *arguments], capture_output=True, text=True, check=False)


@pytest.mark.integration
def test_version_and_help_as_a_program() -> None:
    assert run("--version").stdout == "stepgrad 0.1.0\n"
    shown = run("--help")
    assert "stepgrad draw" in shown.stdout
    assert shown.returncode == 0
    assert "Traceback" not in run("draw", "a+").stderr


def test_ctrl_c_is_quiet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("autograd.cli.demo.run_demo", interrupt)
    assert main(["demo", "--output", str(tmp_path)]) == 130


def test_ops_lists_what_is_differentiated_and_the_book_has_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ops"]) == 0
    shown = capsys.readouterr().out
    assert "np.linalg.svd" in shown
    assert "scipy.special.gammaln" in shown
    assert main(["ops", "--markdown"]) == 0
    generated = capsys.readouterr().out
    page = (Path(__file__).parents[3] / "notebooks" / "reference" / "functions.md").read_text(encoding="utf-8")
    held = page.partition("<!-- stepgrad ops --markdown -->\n")[2].partition("<!-- end of stepgrad ops -->")[0]
    assert held == generated, "stepgrad ops --markdown prints another table than notebooks/reference/functions.md has"
