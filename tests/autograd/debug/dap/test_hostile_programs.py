"""Programs that fork, close what is not theirs, or hold objects and raise errors that fail when they are looked at."""

from __future__ import annotations

import os
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from autograd.debug.dap import process
from tests.autograd.debug.dap.client import Inside, Served

Start = Callable[..., Inside]
in_a_process = pytest.mark.skipif(os.name != "posix", reason="a child process is handed descriptors")

CLOSING = """\
import os, sys
from autograd import Value
w = Value(2.0, name="w")
def forked(then):
    if (pid := os.fork()) == 0:
        (w * w).backward()
        then()
        print("in the fork", w.grad, flush=True)
        os._exit(3)
    return os.waitpid(pid, 0)[1] >> 8
def fail():
    raise KeyError("in the fork", w.grad)
print("ended with", forked(lambda: None), forked(fail), flush=True)
# The protocol's descriptors are closed, and their numbers are those of files.
os.closerange(3, 256)
files = [open(f"file{number}", "w+") for number in range(20)]
for _ in range(3):
    (w * w).backward()
"""


@in_a_process
def test_forks_have_their_own_errors_and_files_of_the_program_are_never_written(
    script: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "PATIENCE", 0.2)
    with Served() as client:
        client.launch(program=script(CLOSING), cwd=str(tmp_path))
        # What it halts at, it cannot tell any longer.
        assert client.event("exited")["exitCode"] == 128 + 9
        assert client.output("stdout") == "in the fork 4.0\nended with 3 1\n", "no pass of a fork is stopped at"
        told = client.output("stderr")
        assert "KeyError: ('in the fork', 4.0)" in told
        assert told.count("Traceback") == 1
        assert "autograd" not in told.split("KeyError")[0]
        assert told.endswith("it was ended\n")
    assert {path.name: path.stat().st_size for path in tmp_path.glob("file*")} == {f"file{n}": 0 for n in range(20)}


def test_an_error_that_fails_to_tell_itself(script: Any, start: Start) -> None:
    program = """\
class Odd(Exception):
    def __str__(self):
        raise ValueError("no")
    __repr__ = __str__
raise Odd
"""
    client = start(program=script(program))
    assert client.stopped()["text"] == "Odd: <exception str() failed>"
    told = client.ask("exceptionInfo", threadId=1)
    assert told["details"]["message"] == "<exception str() failed>"
    assert 'train.py", line 5' in told["details"]["stackTrace"]
    assert client.end() == 1


@pytest.mark.parametrize("last", ["sys.stderr.close(); sys.exit('last words')", "sys.exit(Odd())"])
def test_last_words_that_cannot_be_told(last: str, script: Any, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", StringIO())
    client = start(program=script(f"import sys\nclass Odd:\n    def __str__(self):\n        return 1 / 0\n{last}\n"))
    client.running.join(10)
    assert client.code == 1, "as Python ends it"


OBJECTS = """\
from autograd import Value
import numpy as np
class Odd:
    def fails(self, *_):
        raise SystemExit("do not look")
    __repr__ = __str__ = __len__ = __iter__ = __eq__ = __getattr__ = __array__ = __float__ = fails
class Word(str):
    __repr__ = __str__ = Odd.fails
class Array(np.ndarray):
    __repr__ = __str__ = __float__ = __array_ufunc__ = __array_function__ = __len__ = Odd.fails
class Liar:
    @property
    def __class__(self):
        raise SystemExit("do not look")
w = Value(2.0, name="w")
odd, word, array, liar = Odd(), Word("x"), np.ones(3).view(Array), Liar()
several = [odd, word, array, liar, 5]
(w * w).backward()
"""


def test_objects_that_fail_when_they_are_looked_at(script: Any, start: Start) -> None:
    client = start(program=script(OBJECTS))
    client.stopped()
    names = client.scope("Names")
    cannot = "cannot be shown: SystemExit: do not look"
    assert {name: names[name]["value"] for name in ("w", "odd", "word", "array", "liar")} == {
        "w": "2",
        "odd": "Odd",
        "word": cannot,
        "array": "3 float64, norm 1.73",
        "liar": cannot,
    }
    assert client.below(names["several"])["1"]["value"] == cannot
    assert client.below(names["array"])["2"]["value"] == "1.0"


def test_names_of_any_length_and_of_several_lines(script: Any, start: Start) -> None:
    program = """\
from autograd import Value
held = {"a\\nb": Value(2.0, name="a\\nb"), "n" * 3000: Value(3.0, name="n" * 1500 + "m" * 1500)}
x, y = held.values()
(x * y).backward()
"""
    client = start(program=script(program))
    client.stopped()
    graph = next(one for one in client.ask("scopes", frameId=1)["scopes"] if one["name"] == "Graph")
    lines = client.below(graph)
    long = "n" * 100 + "…" + "m" * 100
    assert (r"a\nb" in lines, long in lines) == (True, True)
    for name, value in ((r"a\nb", "5"), (long, "7")):
        told = client.ask("setVariable", variablesReference=graph["variablesReference"], name=name, value=value)
        assert told["value"] == value
    assert client.session.value("a\nb") == 5.0
