"""Programs that are run unchanged and stopped at each `backward()`, and the command around them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd import Tensor, Value, cli
from autograd.debug import DebugError, Session, breakpoint_when, each_backward
from autograd.debug.frontend import open_text
from autograd.debug.script import run_script
from autograd.errors import UsageError
from autograd.examples import chain_rule

LOOP = """
import sys
from autograd import Value
w = Value(0.5, name="w")
for step in range(3):
    loss = (w * 2.0 - 1.5) ** 2
    loss.name = "loss"
    loss.backward()
    print("step", step, round(w.grad, 10))
    w.data -= 0.1 * w.grad
    w.zero_grad()
"""
PRINTED = ["step 0 -2.0", "step 1 -0.4", "step 2 -0.08"]


@pytest.fixture
def program(tmp_path: Path) -> Any:
    def written(text: str) -> Path:
        path = tmp_path / "program.py"
        path.write_text(text, encoding="utf-8")
        return path

    return written


def step(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, list[str], str]:
    code = cli.main(["step", *map(str, arguments)])
    out, err = capsys.readouterr()
    return code, out.splitlines(), err


# a program


def test_every_backward_of_a_program_is_a_session(program: Any, capsys: pytest.CaptureFixture[str]) -> None:
    seen = []

    def visit(session: Session, number: int) -> bool:
        session.run()
        seen.append((number, session.gradient("w"), str(session.root.site)))
        return True

    passes = run_script(program(LOOP), [], visit)
    assert (passes.count, passes.stopped) == (3, False)
    assert [n for n, _, _ in seen] == [1, 2, 3]
    np.testing.assert_allclose([g for _, g, _ in seen], [-2.0, -0.4, -0.08])
    assert seen[0][2] == "program.py:6 in <module>: loss = (w * 2.0 - 1.5) ** 2"
    assert capsys.readouterr().out.splitlines() == PRINTED, "the program ran as without us"


@pytest.mark.parametrize("before", [[], ["--plain"], ["--pass", "1"]])
def test_what_follows_two_dashes_is_the_programs(before: list[str], program: Any, capsys: Any) -> None:
    path = program(f"import sys\nprint(sys.argv[1:])\n{ONE}(a * a).backward()\n")
    assert cli.main(["step", str(path), *before, "--", "--epochs", "3", "-v"]) == 0
    assert capsys.readouterr().out.startswith("['--epochs', '3', '-v']\n")


def test_a_program_may_be_stopped(program: Any, capsys: pytest.CaptureFixture[str]) -> None:
    passes = run_script(program(LOOP), [], lambda session, number: number < 2)
    assert (passes.count, passes.stopped) == (2, True)
    assert capsys.readouterr().out.splitlines() == PRINTED[:1]


def test_tensors_callbacks_and_kept_gradients_work_as_ever() -> None:
    x = Tensor(np.ones(2), requires_grad=True)
    h, seen = x * 3.0, []
    with each_backward(lambda session, number: True):
        h.sum().backward(retain_grads=True, step=seen.append)
        y = h * 1.0
        y.register_hook(lambda g: 1 / 0)
        total = y.sum()
        with pytest.raises(ZeroDivisionError):
            total.backward()
    np.testing.assert_array_equal(h.grad, [1.0, 1.0])
    assert len(seen) == 3
    h.sum().backward()
    np.testing.assert_array_equal(x.grad, [6.0, 6.0])


@pytest.mark.parametrize(
    ("answers", "shown", "printed"),
    [
        (["next", "next", "next"], 3, PRINTED),
        (["next", "stop"], 2, PRINTED[:1]),
        (["finish"], 1, PRINTED),
        (["quit", "finish"], 2, PRINTED),
    ],
)
def test_a_front_end_says_how_the_program_goes_on(
    answers: list[str], shown: int, printed: list[str], program: Any, monkeypatch: Any, capsys: Any
) -> None:
    left = iter(answers)
    monkeypatch.setattr("autograd.cli.step.open_text", lambda *_, **__: next(left))
    assert cli.main(["step", str(program(LOOP))]) == 0
    assert capsys.readouterr().out.splitlines() == printed
    assert list(left) == [], "each session was opened"
    assert len(answers) == shown


def test_passes_that_are_kept_are_gone_back_to(program: Any, monkeypatch: Any, capsys: Any) -> None:
    left = iter(["next", "next", "previous", "previous", "next", "next", "next"])
    seen = []

    def front_end(session: Session, title: str, more: bool, **given: Any) -> str:
        session.run()
        seen.append((title[-1], given["earlier"], session.gradient("w"), session.value("w")))
        return next(left)

    monkeypatch.setattr("autograd.cli.step.open_text", front_end)
    assert cli.main(["step", str(program(LOOP))]) == 0
    assert [number for number, *_ in seen] == ["1", "2", "3", "2", "1", "2", "3"]
    assert [earlier for _, earlier, *_ in seen] == [False, True, True, True, False, True, True]
    assert seen[4][2:] == seen[0][2:], "the optimizer has overwritten w since"
    assert capsys.readouterr().out.splitlines() == PRINTED


def test_only_as_many_passes_are_kept_as_there_is_memory_for(program: Any, monkeypatch: Any) -> None:
    text = """
import numpy as np
from autograd import Tensor
w = Tensor(np.ones(60_000), requires_grad=True, name="w")
for _ in range(3):
    (w * 2.0).sum().backward()
"""
    seen = []
    monkeypatch.setattr("autograd.cli.step.open_text", lambda *_, earlier, **__: seen.append(earlier) or "next")
    assert cli.main(["step", str(program(text)), "--keep", "1"]) == 0
    assert seen == [False, False, False]


def test_arguments_and_neighbours_of_a_program(
    program: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "neighbour_of_the_program.py").write_text("rate = 0.25\n")
    text = (
        "import sys\nimport neighbour_of_the_program as n\nfrom autograd import Value\n"
        "if __name__ == '__main__':\n    (Value(2.0) * n.rate).backward()\n    print(sys.argv[1:])\n"
    )
    before = list(sys.argv), list(sys.path)
    run_script(program(text), ["--epochs", "3"], lambda session, number: True)
    assert capsys.readouterr().out == "['--epochs', '3']\n"
    assert (list(sys.argv), list(sys.path)) == before


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\n", "ran to its end without calling backward"),
        ("import sys\nsys.exit(3)\n", r"called sys.exit\(3\) before it called backward"),
        ("def f(:\n", r"line 1: invalid syntax"),
        (
            "from autograd import Value\nValue(2.0).detach().backward()\n",
            r"requires no gradient.*\(program.py, line 2\)",
        ),
        ("1 / 0\n", r"raised ZeroDivisionError: division by zero \(program.py, line 1\)"),
        (LOOP + "raise KeyError('late')\n", r"raised KeyError: 'late' \(program.py, line 12\) after 3 backward passes"),
        ("import numpy_of_another_kind\n", r"No module named 'numpy_of_another_kind'"),
    ],
)
def test_a_program_that_cannot_be_stepped_through(program: Any, text: str, message: str) -> None:
    with pytest.raises((UsageError, DebugError), match=message):
        run_script(program(text), [], lambda session, number: True)


def test_a_program_may_call_exit_after_its_passes(program: Any) -> None:
    assert run_script(program(LOOP + "sys.exit(1)\n"), [], lambda session, number: True).count == 3


def test_a_failing_exit_after_the_passes_is_told(program: Any, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = step(capsys, program(LOOP + "sys.exit(3)\n"), "--pass", 9)
    assert out[-1].endswith("program.py ended with sys.exit(3)")


def test_no_program(tmp_path: Path) -> None:
    for path, message in ((tmp_path, "is a directory"), (tmp_path / "none.py", "there is no such file")):
        with pytest.raises(UsageError, match=message):
            run_script(path, [], lambda session, number: True)


# the command


def test_without_a_terminal_the_story_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = step(capsys, "c=a+b; d=b+1; e=c*d", "a=2", "b=1")
    assert (code, err) == (0, "")
    assert (
        out
        == """\
c=a+b; d=b+1; e=c*d
forward
    1  c = a + b = 2 + 1 = 3
    2  d = b + 1 = 1 + 1 = 2
    3  e = c * d = 3 * 2 = 6
backward
    4  e has gradient 1
         to c: 1 · d = 1 · 2 = 2; c has 2
         to d: 1 · c = 1 · 3 = 3; d has 3
    5  c has gradient 2
         to a: 2 · 1 = 2; a has 2
         to b: 2 · 1 = 2; b has 2
    6  d has gradient 3
         to b: 3 · 1 = 3; b has 5
    7  a has gradient 2
    8  b has gradient 5""".splitlines()
    )


def test_a_long_story_is_cut_in_its_middle(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = step(capsys, "xor", "--events", 4)
    assert [line for line in out if "events more" in line] == ["       … 41 events more …"]
    assert len([line for line in out if line[:5].strip().isdigit()]) == 4


def test_only_where_a_breakpoint_stops(program: Any, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = step(capsys, program(LOOP), "--break", "name=w below=0.5 phase=backward")
    assert (code, err) == (0, "")
    assert out == [
        PRINTED[0],
        "program.py, backward pass 2",
        "backward",
        "    7  w has gradient -0.4",
        '       recorded at program.py:4 in <module>: w = Value(0.5, name="w")',
        PRINTED[1],
        "program.py, backward pass 3",
        "backward",
        "    7  w has gradient -0.08",
        '       recorded at program.py:4 in <module>: w = Value(0.5, name="w")',
        PRINTED[2],
    ]


def test_only_one_pass(program: Any, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = step(capsys, program(LOOP), "--pass", 2)
    assert out[:2] == [PRINTED[0], "program.py, backward pass 2"]
    assert out[-1] == "    7  w has gradient -0.4", "the program is not run on for nothing"
    _, out, _ = step(capsys, program(LOOP), "--pass", 9)
    assert out[-1].endswith("made 3 backward passes, none number 9")


def test_nothing_to_stop_at_is_said(program: Any, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = step(capsys, program(LOOP), "--break", "not_finite")
    assert out[-1].endswith("made 3 backward passes, none with an event at not_finite")
    _, out, _ = step(capsys, "a*a", "a=1", "--break", "above=100")
    assert out == ["no event of the pass at above=100"]


def test_a_function_of_a_file_shows_its_lines(program: Any, capsys: pytest.CaptureFixture[str]) -> None:
    path = program("def loss(x=2.0, k=3):\n    y = x * k\n    return y.exp()\n")
    code, out, _ = step(capsys, f"{path}:loss", "--break", "op=mul phase=forward")
    assert code == 0
    assert out[-2:] == ["    1  y = x * 3 = 2 * 3 = 6", "       recorded at program.py:2 in loss: y = x * k"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a*"], "syntax error"),
        (["a*b", "a=1"], "no value for 'b'"),
        (["no.py"], "there is no such file"),
        (["no.py:f"], "there is no such file"),
        (["a*a", "a=1", "--break", "op=tan"], "no operation 'tan' in this graph"),
        (["a*a", "a=1", "--break", "colour=red"], "colour"),
        (["a*a", "a=1", "--break", "when='grad >'"], "condition 'grad >'"),
        (["a*a", "a=1", "--pass", "2"], "--pass is for programs"),
        (["a*a", "a=1", "--events", "0"], "not a whole number from 1 on"),
    ],
)
def test_bad_input_is_one_line(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = step(capsys, *arguments)
    assert (code, out) == (2, [])
    assert message in err
    assert err.count("\n") == 1
    assert err.startswith("stepgrad: ")


# breakpoint_when


def test_breakpoint_when_opens_only_where_it_stops_and_leaves_gradients_alone() -> None:
    opened: list[tuple[int, str, bool]] = []
    w = Value(1.0, name="w")
    for _ in range(4):
        loss = (w * w).exp()
        breakpoint_when(
            loss, above=50.0, front_end=lambda s, title, more: opened.append((s.position, title, more)) or "quit"
        )
        loss.backward()
        w.data += w.grad / w.grad
        w.zero_grad()
    assert [position for position, _, _ in opened] == [4, 4, 4]
    assert opened[0][1] == "Value loss: stopped where above 50.0"


def test_breakpoint_when_without_a_terminal_prints(capsys: pytest.CaptureFixture[str]) -> None:
    session = breakpoint_when(chain_rule().root, "grad == 3")
    assert isinstance(session, Session)
    assert capsys.readouterr().out.splitlines() == [
        "Value e: stopped where when grad == 3",
        "backward",
        "    6  d has gradient 3",
        "         to b: 3 · 1 = 3; b has 5",
    ]
    assert breakpoint_when(chain_rule().root, "grad == 4") is None


def test_a_pass_that_broke_is_told_to_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    v = Value(1.0, name="v")
    h = v * 2.0
    h.register_hook(lambda g: 1 / 0)
    open_text(Session(h.exp()), "broken")
    assert (
        capsys.readouterr().out.splitlines()[-1]
        == "the backward pass stopped here: ZeroDivisionError: division by zero"
    )


# step=print, and pdb


def test_backward_prints_its_steps(capsys: pytest.CaptureFixture[str]) -> None:
    chain_rule().root.backward(step=print)
    assert capsys.readouterr().out.splitlines()[:4] == [
        "e has gradient 1",
        "  to c: 1 · d = 1 · 2 = 2; c has 2",
        "  to d: 1 · c = 1 · 3 = 3; d has 3",
        "c has gradient 2",
    ]


@pytest.mark.integration
def test_pdb_steps_into_the_rule_and_prints_the_graph(tmp_path: Path) -> None:
    (tmp_path / "example.py").write_text(
        "from autograd.examples import chain_rule\nroot = chain_rule().root\nroot.backward()\nroot.backward()\n"
    )
    commands = [
        "b 4",
        "c",
        "import autograd.graph.op",
        "tbreak autograd.graph.op.TABLE['mul'].pull",
        "c",
        "n",
        "n",
        "n",
        "n",
        "n",
        "n",
    ]
    commands += ["l .", "p to_x", "p x_node", "p node.graph()", "q"]
    run = subprocess.run(
        [sys.executable, "-m", "pdb", "example.py"],
        cwd=tmp_path,
        input="\n".join(commands) + "\n",
        capture_output=True,
        text=True,
    )
    assert "to_x = g * y if x_node.needs_grad else 0.0" in run.stdout
    assert "(Pdb) 2.0\n(Pdb) Value(data=3.0, grad=0.0, name='c')" in run.stdout
    assert "  5   mul    e          6          1   c d" in run.stdout


@pytest.mark.integration
def test_the_command_in_a_process_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(LOOP)
    run = subprocess.run(
        [sys.executable, "-m", "autograd", "step", "train.py", "--pass", "1"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.splitlines()[0] == "train.py, backward pass 1"


# programs that make it hard


ONE = "from autograd import Value\na = Value(2.0, name='a')\n"


def quit_all(session: Session, number: int) -> bool:
    return False


def go_on(session: Session, number: int) -> bool:
    return True


@pytest.mark.parametrize("change", ["sys.path.pop(0)", "sys.path.clear()", "sys.path = ['x']"])
def test_a_program_may_change_its_own_search_path(change: str, program: Any) -> None:
    before = sys.argv, [*sys.argv], sys.path, [*sys.path]
    assert run_script(program(f"{ONE}(a * a).backward()\nimport sys\n{change}\n"), [], go_on).count == 1
    assert (sys.argv, [*sys.argv], sys.path, [*sys.path]) == before


@pytest.mark.parametrize(
    "text",
    [
        "for _ in range(3):\n    try:\n        (a * a).backward()\n    except BaseException:\n        pass\n",
        "try:\n    (a * a).backward()\nfinally:\n    (a * a * a).backward()\n",
        "try:\n    (a * a).backward()\nfinally:\n    raise ValueError('on the way out')\n",
    ],
)
def test_a_program_that_was_ended_opens_no_further_session(text: str, program: Any) -> None:
    passes = run_script(program(ONE + text), [], quit_all)
    assert (passes.count, passes.stopped) == (1, True)


def test_what_fails_in_a_front_end_is_not_the_programs_to_catch(program: Any, capsys: Any) -> None:
    path = program(f"{ONE}try:\n    (a * a).backward()\nexcept Exception as error:\n    print('caught', error)\n")
    assert cli.main(["step", str(path), "--break", "op=nope"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("stepgrad: no operation 'nope' in this graph")
    assert cli.main(["step", str(path), "--page", "no/such/directory/x.html"]) == 2
    assert capsys.readouterr() == (
        "",
        "stepgrad: cannot write no/such/directory/x.html: No such file or directory\n",
    )


def test_a_program_may_raise_what_is_no_exception(program: Any) -> None:
    with pytest.raises(UsageError, match=r"raised BaseException: odd \(program.py, line 4\)"):
        run_script(program(f"{ONE}(a * a).backward()\nraise BaseException('odd')\n"), [], go_on)


def test_an_error_of_the_debugger_in_a_program_has_its_line(program: Any) -> None:
    text = f"{ONE}from autograd.debug import breakpoint_when\nbreakpoint_when(a * a, op='nope')\n"
    with pytest.raises(UsageError, match=r"raised DebugError: no operation 'nope'.*\(program.py, line 4\)"):
        run_script(program(text), [], go_on)


def test_a_syntax_error_of_an_imported_file_is_said_of_that_file(program: Any, tmp_path: Path) -> None:
    (tmp_path / "imported_and_wrong.py").write_text("x =\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"imported_and_wrong.py, line 1: invalid syntax"):
        run_script(program("\n\nimport imported_and_wrong\n"), [], go_on)


def test_a_pass_in_a_thread_alone_is_none_to_step_through(program: Any) -> None:
    text = f"{ONE}import threading\nt = threading.Thread(target=(a * a).backward)\nt.start()\nt.join()\n"
    with pytest.raises(UsageError, match="without calling backward\\(\\) in its main thread"):
        run_script(program(text), [], go_on)
