"""Notebooks are programs as Python files are: cell by cell, with lines that are called by their cells."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from autograd.cli import main
from autograd.debug.script import run_script
from autograd.errors import UsageError
from autograd.graph.sites import line_name
from autograd.program import compile_program, python_of, run_program
from autograd.target import load
from nn.health.loop import diagnose_script, watch_script

DATA = "import numpy as np\nx = np.linspace(-1, 1, 64, dtype=np.float32)[:, None]\ny = 2 * x"
MODEL = "import nn, optim\nmodel = nn.Linear(1, 1, rng=0)\noptimizer = optim.SGD(model.parameters(), lr=0.1)"
LOOP = "for epoch in range(20):\n    loss = ((model(x) - y) ** 2).mean()\n    loss.backward()"


def notebook(*cells: str, text: str = "# A lesson", **about: Any) -> str:
    """A file of format 4, with a cell of text before each code cell."""
    made: list[dict[str, Any]] = []
    for cell in cells:
        made.append({"cell_type": "markdown", "source": [text]})
        source = cell.splitlines(keepends=True)
        made.append({"cell_type": "code", "source": source, "outputs": [], "execution_count": None, "metadata": {}})
    return json.dumps({"cells": made, "metadata": about, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture
def lesson(tmp_path: Path):
    def write(*cells: str, **about: Any) -> Path:
        path = tmp_path / "lesson.ipynb"
        path.write_text(notebook(*cells, **about))
        return path

    return write


def test_its_code_cells_are_the_program_and_lines_are_called_by_them(lesson) -> None:
    path = lesson("a = 1\nb = 2", "c = a + b", "raise ValueError('here')")
    names: dict[str, Any] = {}
    with pytest.raises(ValueError, match="here"):
        run_program(path, names)
    assert (names["c"], names["__name__"]) == (3, "__main__")
    assert [line_name(str(path), k) for k in (1, 2, 3, 4)] == [
        "code cell 1, line 1",
        "code cell 1, line 2",
        "code cell 2, line 1",
        "code cell 3, line 1",
    ]


def test_a_text_as_one_string_is_a_cell_too(tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps({"cells": [{"cell_type": "code", "source": "a = 1\r\nb = 2\r\n"}], "metadata": {}}))
    assert python_of(path) == b"a = 1\nb = 2\n"


@pytest.mark.parametrize(
    ("cell", "runs"),
    [
        ("%matplotlib inline\nx = 1", "x = 1"),
        ("if True:\n    !pip install stepgrad\nx = 1", "x = 1"),
        ("files = !ls\nx = 1", "x = 1"),
        ("?len\nlen?\nlen??\nx = 1", "x = 1"),
        ("%time x = 1", "x = 1"),
        ("%%time\nx = 1", "x = 1"),
        ("\n%%capture out\nx = 1", "x = 1"),
        ("%%bash\nls; echo $x", ""),
        ("%%capture\n!pip install stepgrad\nx = 1", "x = 1"),
        ("%%time\n%matplotlib inline\nx = 1", "x = 1"),
        ("!pip install a \\\n    b \\\n    c\nx = 1", "x = 1"),
        ("%timeit -n 10 -r 3 x = 1", "x = 1"),
        ("%prun -s cumulative print()\nx = 1", "x = 1"),
        ("a = 1\nfrom __future__ import annotations\nx = 1", "x = 1"),
        ("get_ipython().run_line_magic('matplotlib', 'inline')\nx = 1", "x = 1"),
        # What looks so is Python here, whatever else stands in its cell.
        ("%matplotlib inline\nx = (7\n  % 2)", "x = 1"),
        ("!ls\ns = '''\n% text\nx = %d\nreally?\n'''\nx = int(s == '\\n% text\\nx = %d\\nreally?\\n')", "x = 1"),
        ('!ls\ns = "it\'s (\\"" # (\n%time x = 1', "x = 1"),
        ("!ls\nx = 7 \\\n  % 2", "x = 1"),
        ("s = '\u2028\x0b\x0c\x1c'\nx = 1", "x = 1"),
        ("text = '''\n%matplotlib inline\n'''\nx = 7 \\\n  % 2", "x = 1"),
    ],
)
def test_commands_of_ipythons_do_nothing_and_lines_stay_where_they_are(cell: str, runs: str, lesson) -> None:
    path = lesson(cell)
    names: dict[str, Any] = {}
    run_program(path, names)
    assert names.get("x") == (1 if runs else None)
    assert python_of(path).count(b"\n") == cell.count("\n") + 1


def test_a_cell_of_very_many_lines_is_read_in_no_time(lesson) -> None:
    rows = "\n".join(f"    ('a%s', {k})," for k in range(20_000))
    names: dict[str, Any] = {}
    run_program(lesson(f"!ls\nx = [\n{rows}\n]"), names)
    assert len(names["x"]) == 20_000


def test_annotations_are_postponed_where_a_cell_asks_for_it(lesson) -> None:
    names: dict[str, Any] = {}
    run_program(
        lesson("x = 1", "from __future__ import annotations\ndef f(a: Later): pass\nx = f.__annotations__"), names
    )
    assert names["x"] == {"a": "Later"}


def test_half_a_letter_is_a_fault_of_the_notebooks(lesson) -> None:
    with pytest.raises(UsageError, match=r"lesson.ipynb, code cell 1, line 1: "):
        watch_script(lesson("x = '\ud800'"))


def test_what_a_notebook_shows_is_shown_nowhere(lesson) -> None:
    names: dict[str, Any] = {}
    run_program(lesson("display(1, 2)\nx = 1\nx"), names)
    assert names["x"] == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("not JSON", "is not a notebook of format 4"),
        ("[]", "is not a notebook of format 4"),
        ('{"worksheets": []}', "is not a notebook of format 4"),
        ('{"cells": [{"cell_type": "code", "source": 1}], "metadata": {}}', "is not a notebook of format 4"),
        ('{"cells": 3, "metadata": {}}', "is not a notebook of format 4"),
        ("[" * 100_000, "is not a notebook of format 4"),
        (notebook(), "has no code cells"),
        (notebook("x <- 1", kernelspec={"language": "R"}), "is a notebook in R, not in Python"),
        (notebook("x = 1", language_info={"name": "julia"}), "is a notebook in julia, not in Python"),
    ],
)
@pytest.mark.parametrize("line", ["doctor {}", "step {}", "check {}:f", "draw {}:f", "draw {}", "doctor {}:model"])
def test_what_is_no_notebook_is_refused_by_every_command(
    content: str, told: str, line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "lesson.ipynb"
    path.write_text(content)
    with pytest.raises(SystemExit) as ended:
        raise SystemExit(main(line.format(path).split()))
    error = " ".join(capsys.readouterr().err.split())
    assert ended.value.code == 2
    assert error.startswith("stepgrad: ")
    assert told in error


def test_an_error_names_the_cell(lesson) -> None:
    with pytest.raises(UsageError, match=r"does not run: ZeroDivisionError: .* \(lesson.ipynb, code cell 2, line 2\)"):
        load(f"{lesson('a = 1', 'b = 2' + chr(10) + 'c = b / 0')}:c")
    with pytest.raises(UsageError, match=r"lesson.ipynb, code cell 2, line 1: "):
        load(f"{lesson('a = 1', 'b = (')}:a")
    with pytest.raises(UsageError, match=r"lesson.ipynb, code cell 2, line 1: "):
        watch_script(lesson("a = 1", "b = ("))
    with pytest.raises(UsageError, match=r"lesson.ipynb, code cell 2, line 1: "):
        run_script(lesson("a = 1", "b = ("), [], lambda *_: True)


def test_a_function_of_a_notebook_is_loaded(lesson, capsys: pytest.CaptureFixture[str]) -> None:
    path = lesson("%matplotlib inline\ndisplay(1)", "def loss(x=0.5):\n    return x * x")
    assert load(f"{path}:loss")[0](3.0) == 9.0
    assert main(["check", f"{path}:loss"]) == 0
    with pytest.raises(UsageError, match=r"lesson.ipynb:loss; it defines loss"):
        load(str(path))


def test_the_doctor_runs_a_notebook_and_names_the_cell(lesson, tmp_path: Path) -> None:
    found = diagnose_script(lesson("%matplotlib inline\n" + DATA, MODEL, LOOP), quick=True)
    assert found.cause == "step missing"
    assert "(code cell 3, line 3: loss.backward())" in found.findings[0].sentence
    assert str(found.findings[0].place.line) == "lesson.ipynb, code cell 3, line 3 in <module>: loss.backward()"
    # The same as a script.
    script = tmp_path / "lesson.py"
    script.write_text("\n".join([DATA, MODEL, LOOP]))
    again = diagnose_script(script, quick=True)
    assert "(line 9: loss.backward())" in again.findings[0].sentence
    assert [(t.name, t.outcome) for t in again.trials] == [(t.name, t.outcome) for t in found.trials]


def test_a_notebook_of_pytorchs_is_watched_as_one(lesson) -> None:
    pytest.importorskip("torch")
    path = lesson(
        "import torch",
        "m = torch.nn.Linear(2, 1); o = torch.optim.SGD(m.parameters(), 0.1); x = torch.randn(40, 2); y = x[:, :1]",
        "for k in range(30):\n    loss = ((m(x) - y) ** 2).mean(); loss.backward(); o.step()",
    )
    assert [f.cause for f in watch_script(path).findings] == ["gradients not zeroed"]


def test_a_debugger_stops_in_a_notebook(lesson, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["step", str(lesson(DATA, MODEL, LOOP)), "--plain", "--pass", "2"]) == 0
    assert "lesson.ipynb, backward pass 2" in capsys.readouterr().out


def test_code_is_compiled_under_the_name_of_its_file(lesson) -> None:
    path = lesson("x = 1")
    assert compile_program(path).co_filename == str(path)
