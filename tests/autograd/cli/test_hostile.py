"""Hostile words, files and streams: every subcommand ends with the right exit code and one line, never with a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograd.cli import main
from autograd.cli.commands import COMMANDS

LONG = "x" * 100_000
FILES: dict[str, str | bytes] = {
    "own.py": "class Mine(BaseException): pass\nraise Mine('of mine')\n",
    "exits.py": "import sys; sys.exit('bye')\n",
    "interrupts.py": "raise KeyboardInterrupt\n",
    "generator.py": "raise GeneratorExit\n",
    "binary.py": bytes(range(256)),
    "latin.py": "x = 'é'\n".encode("latin1"),
    "utf16.py": "x = 1\n".encode("utf-16"),
    "syntax.py": "def f(:\n",
    "empty.py": "",
    "closes.py": "import sys\nfrom autograd import Value\nsys.stdout.close()\n(Value(2.0) * 2).backward()\n",
    "closes_all.py": "import sys\nfrom autograd import Value\nfor stream in (sys.stdin, sys.stdout, sys.stderr): stream.close()\n"
    "(Value(2.0) * 2).backward()\n",
    "closes_the_number.py": "import os\nfrom autograd import Value\nos.close(1)\n(Value(2.0) * 2).backward()\n",
    "program.py": "from autograd import Value\nw = Value(2.0, name='w')\n(w * w).backward()\nprint('done')\n",
    "functions.py": """
import sys, numpy as np, nn
class Mine(BaseException): pass
def right(x=2.0): return x * x
def wrong(x=2.0): return x
def own(x=1.0): raise Mine('of mine')
def exits(x=1.0): sys.exit(3)
def interrupts(x=1.0): raise KeyboardInterrupt
def broken(x=1.0): raise BrokenPipeError
class Silent(Exception):
    def __str__(self): raise ValueError
def silent(x=1.0): raise Silent
def loud(x=1.0):
    print('y' * 200_000)
    return x * x
def generator(x=1.0): yield x
async def coroutine(x=1.0): return x
model = nn.Linear(2, 1)
data = np.ones((40, 2), np.float32), np.arange(40, dtype=np.float32)[:, None]
class Sick(nn.Module):
    def forward(self, x): raise Mine('of mine')
sick = Sick()
def loss(outputs, targets): raise Mine('of mine')
""",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    (tmp_path / "folder.py").mkdir()
    os.mkfifo(tmp_path / "pipe.py")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "code", "message"),
    [
        ("own.py", 2, "Mine: of mine (own.py, line 2)"),
        ("exits.py", 2, "ends the program when it is run (exit code bye)"),
        ("interrupts.py", 130, ""),
        ("generator.py", 2, "GeneratorExit"),
        ("binary.py", 2, "null bytes"),
        ("latin.py", 2, "codec can't decode"),
        ("utf16.py", 2, "null bytes"),
        ("syntax.py", 2, "line 1: invalid syntax"),
        ("empty.py", 2, "empty.py has no 'f'; it defines no function"),
        ("folder.py", 2, "folder.py: is a directory"),
        ("pipe.py", 2, "pipe.py: is not a file"),
        ("none.py", 2, "none.py: there is no such file"),
        (f"{LONG}.py", 2, "File name too long"),
    ],
)
@pytest.mark.parametrize("command", ["draw", "check", "doctor"])
def test_a_file_that_cannot_be_run(
    command: str, name: str, code: int, message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, f"{name}:f"]) == code
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == (code == 2)
    assert len(said) < 3000


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        # expressions
        (["draw", "a/0", "a=1"], 0, ""),
        (["step", "a/0", "a=1"], 0, ""),
        (["step", "a**(0-1)", "a=0"], 0, ""),
        (["draw", "sum(a)", "a=2"], 2, "sum takes 2 or more arguments, got 1, at column 1"),
        (["draw", "max(a)", "a=2"], 2, "max takes 2 or more arguments"),
        (["draw", LONG, f"{LONG}=1"], 2, "has 100000 characters; at most 10000 are read"),
        (["draw", "a*a", "a=2", "--title", LONG], 0, ""),
        (["draw", "-a", "a=1"], 2, "unknown argument '-a'; put -- before what begins with a dash"),
        (["draw", "--", "-a", "a=1"], 0, ""),
        (["draw", "-o", "e.svg", "--", "-a", "a=1"], 0, ""),
        (["draw", "a*b", "-o", "e.svg", "a=1", "--down", "b=2"], 0, ""),
        (["draw"], 2, "required: EXPR|FILE.py:name|EXAMPLE (see"),
        # functions of a user's
        *[
            ([command, "functions.py:own"], 2, "functions.py:own raised Mine: of mine")
            for command in ("draw", "step", "check")
        ],
        *[
            ([command, "functions.py:exits"], 2, "raised SystemExit: 3")
            for command in ("draw", "step", "check", "doctor")
        ],
        *[
            ([command, "functions.py:silent"], 1 if command == "draw" else 2, "raised Silent (functions.py")
            for command in ("draw", "step", "check")
        ],
        (["check", "functions.py:interrupts"], 130, ""),
        (["check", "functions.py:right", "--grad", "own"], 2, "raised Mine: of mine"),
        (["check", "functions.py:coroutine"], 2, "coroutine"),
        (["check", "functions.py:generator"], 2, "returns generator"),
        (["doctor", "functions.py:sick"], 2, "raised Mine: of mine"),
        (["doctor", "functions.py:model", "--loss", "loss"], 2, "raised Mine: of mine"),
        (["step", "own.py"], 2, "own.py raised Mine: of mine (own.py, line 2)"),
        (["step", "a", "a=1", "--animation", "a.png"], 2, "--animation takes a file that ends in .svg, not 'a.png'"),
        (["step", "a", "a=1", "--page", "a.svg"], 2, "--page takes a file that ends in .html, not 'a.svg'"),
        (["step", "folder.py"], 2, "folder.py: is a directory"),
        (["step", "pipe.py"], 2, "pipe.py: is not a file"),
        # what was meant
        (["drwa", "a"], 2, "there is no command 'drwa'; did you mean 'draw'?"),
        ([LONG], 2, "there is no command 'xxx"),
        (["--versoin"], 2, "unknown argument '--versoin'; did you mean --version?"),
        (["train", "--epohcs", "3"], 2, "unknown argument '--epohcs'; did you mean --epochs?"),
        (["draw", "xor", "--fold", "atuo"], 2, "argument --fold: there is no 'atuo'; did you mean 'auto'?"),
        (["draw", "chain_rul"], 2, "no example is called 'chain_rul'; did you mean 'chain_rule'?"),
        (["step", "digit"], 2, "did you mean 'digits'?"),
        (["draw", "xor", "a=1"], 2, "xor is an example, and takes no numbers"),
        (["draw", "functions.py"], 2, "say which part of it: functions.py:right; it defines right, wrong, own"),
        (["check", "functions.py:"], 2, "say which part of it: functions.py:right; it defines right, wrong, own"),
        (["check", "functions.py:rihgt"], 2, "has no 'rihgt'; did you mean 'right'?"),
        (["train", "digist"], 2, "there is no data set 'digist'; did you mean 'digits'?"),
        # numbers
        (["draw", "a", f"a={LONG}"], 2, "is not a number"),
        (["check", "functions.py:right", "--seed", "9" * 5000], 2, "too large"),
        (["check", "functions.py:right", "--order", "٣"], 2, "is not a whole number from 1 on"),
        (["train", "iris", "--lr", "nan"], 2, "is not a number above 0"),
        (["train", "iris", "--test", "1"], 2, "is not a share between 0 and 1"),
        # files
        (["draw", "a", "a=1", "-o", "no/e.svg"], 2, "cannot write no/e.svg: No such file or directory"),
        (["draw", "a", "a=1", "-o", f"{LONG}.svg"], 2, "File name too long"),
        (["step", "xor", "--page", "/dev/full"], 2, "cannot write /dev/full: No space left on device"),
        (["step", "xor", "--page", "folder.py"], 2, "cannot write folder.py: Is a directory"),
        (["train", "iris", "-o", "own.py"], 2, "cannot write own.py"),
        (["train", "folder.py"], 2, "there is no data set 'folder.py'"),
        (["train", LONG], 2, "File name too long"),
        (["demo", "-o", "own.py"], 2, "cannot write own.py"),
        (["ops", "more"], 2, "unknown argument 'more'"),
    ],
)
def test_the_exit_code_and_one_line(
    words: list[str], code: int, message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == code
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == (code in (1, 2))
    assert len(said) < 3000


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_subcommand_has_its_examples_and_fits(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    texts = []
    for words in ([command, "--help"], ["help", command]):
        assert main(words) == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]
    examples = texts[0].partition("\nexamples:\n")[2]
    assert examples.count(f"stepgrad {command}") >= 2


def test_a_mistake_of_ours_is_one_line_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("autograd.cli.ops.catalogue", lambda: 1 / 0)
    assert main(["ops"]) == 2
    said = capsys.readouterr().err
    assert "stepgrad: ZeroDivisionError: division by zero (test_hostile.py, line" in said
    assert "python -X dev -m autograd" in said


# as a process of its own, with streams as others leave them


def started(line: str, folder: Path, **variables: str) -> tuple[int, str]:
    """The exit code and what was printed on both streams, of a line for bash in which $S is the command."""
    environment = {
        **os.environ,
        "S": f"{sys.executable} -m autograd",
        "PYTHONPATH": os.pathsep.join(sys.path),
        **variables,
    }
    done = subprocess.run(
        ["bash", "-c", line], cwd=folder, env=environment, capture_output=True, timeout=300, check=False
    )
    said = (done.stdout + done.stderr).decode(errors="replace")
    assert "Traceback" not in said
    assert "Exception ignored" not in said
    return done.returncode, said


@pytest.mark.integration
@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("$S ops >&-", 0, ""),
        ("$S ops >/dev/full", 2, "stepgrad: cannot print: No space left on device"),
        ("$S check functions.py:right --grad wrong >&- 2>&- <&-", 1, ""),
        ("$S check functions.py:right --grad wrong | true; exit ${PIPESTATUS[0]}", 1, ""),
        ("$S check functions.py:loud | true; exit ${PIPESTATUS[0]}", 141, ""),
        ("$S draw nonsense 2>/dev/full", 2, ""),
        ("$S step closes.py", 2, "what was run has closed standard output"),
        ("$S step closes_the_number.py", 2, "stepgrad: cannot print: Bad file descriptor"),
        ("$S step closes_all.py", 2, ""),
        ("$S step program.py <&-", 0, "done"),
    ],
)
def test_streams_that_are_closed_full_or_read_by_nobody(line: str, code: int, message: str, folder: Path) -> None:
    found, said = started(line, folder)
    assert found == code
    assert message in said


@pytest.mark.integration
@pytest.mark.parametrize(
    ("encoding", "told"),
    # What is no UTF-8 is read as a sign that says so.
    [("ascii", r"e = (a+b)\xb7(b+1)"), ("latin-1", "e = (a+b)�(b+1)"), ("utf-8", "e = (a+b)·(b+1)")],
)
def test_an_encoding_that_lacks_letters(encoding: str, told: str, folder: Path) -> None:
    code, said = started("$S draw chain_rule -o e.svg && $S step xor", folder, PYTHONIOENCODING=encoding)
    assert code == 0
    assert told in said


@pytest.mark.integration
def test_an_environment_with_nothing_in_it(folder: Path) -> None:
    code, said = started('env -i PATH="$PATH" PYTHONPATH="$PYTHONPATH" $S step program.py', folder)
    assert code == 0
    assert said.endswith("done\n")
