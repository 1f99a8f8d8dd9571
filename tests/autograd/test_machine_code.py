"""Machine code that is kept: found again by the next process, and made anew where anything is wrong with it."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd import cache, machine_code
from autograd.machine_code import module_of

pytest.importorskip("numba")
TEXT = """from autograd.machine_code import keep_compiled


@keep_compiled(__name__)
def twice(x):
    return x + x
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STEPGRAD_CACHE", str(tmp_path / "kept"))
    return tmp_path / "kept"


def run(x: Any = 3.0) -> bool:
    """Call it as a new process would; whether the machine code was found."""
    module = module_of(TEXT)
    del sys.modules[module.__name__]
    np.testing.assert_array_equal(module.twice(x), x + x)
    return bool(module.twice.stats.cache_hits)


def test_machine_code_is_found_again_for_each_signature(folder: Path) -> None:
    assert [run(), run(), run(2), run(2), run(np.ones(3)), run(np.ones(3)), run()] == [False, True] * 3 + [True]
    assert sorted(path.suffix for path in folder.iterdir()) == [".nbc"] * 3


def test_another_text_is_another_module_and_the_same_text_the_same() -> None:
    assert module_of(TEXT) is module_of(TEXT)
    other = module_of(TEXT.replace("x + x", "3 * x"))
    assert other.twice(2.0) == 6.0
    assert other.__name__ != module_of(TEXT).__name__
    with pytest.raises(ZeroDivisionError):
        module_of("1 / 0")
    with pytest.raises(ZeroDivisionError):
        module_of("1 / 0")


def rewritten(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    return lambda path: (path.write_bytes(change(path.read_bytes())), None)[1]


@pytest.mark.parametrize(
    "damage",
    [
        rewritten(lambda whole: b""),
        rewritten(lambda whole: whole[:-1]),
        rewritten(lambda whole: whole[: len(whole) // 2]),
        rewritten(lambda whole: whole[:1000] + bytes([whole[1000] ^ 1]) + whole[1001:]),
        rewritten(lambda whole: whole[:-1000] + bytes([whole[-1000] ^ 128]) + whole[-999:]),
        # Whole, and yet nothing that numba can use: of another version, say.
        lambda path: cache.write(path.name, b""),
        lambda path: cache.write(path.name, b"no pickle"),
        lambda path: cache.write(path.name, pickle.dumps("something else")),
        lambda path: cache.write(path.name, pickle.dumps((1, 2, 3))),
    ],
)
def test_what_is_damaged_is_compiled_anew_and_kept(folder: Path, damage: Callable[[Path], None]) -> None:
    run()
    (path,) = folder.iterdir()
    damage(path)
    assert [run(), run()] == [False, True]


class Planted:
    """What runs a command where it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.mark),)


def test_what_somebody_else_has_planted_is_not_run(folder: Path, tmp_path: Path) -> None:
    mark = tmp_path / "run"
    run()
    (path,) = folder.iterdir()
    path.write_bytes(pickle.dumps(Planted(mark)))
    assert run() is False
    # With the right checksum, in a folder that others can write to.
    cache.write(path.name, pickle.dumps(Planted(mark)))
    folder.chmod(0o777)
    with pytest.warns(UserWarning, match="machine code is not kept"):
        assert run() is False
    # Where numba itself would look for its index.
    (folder / "__pycache__").mkdir()
    for name in ("__pycache__", "."):
        (folder / name / f"{path.stem}.py311.nbi").write_bytes(pickle.dumps(Planted(mark)))
    with pytest.warns(UserWarning, match="machine code is not kept"):
        run()
    assert not mark.exists()


@pytest.mark.parametrize("place", ["/proc/stepgrad", "/dev/null/below"])
def test_without_a_place_it_is_compiled_in_every_process(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPGRAD_CACHE", place)
    assert [run(), run()] == [False, False]


# Every kind of function that numba compiles here: scalars' tapes and loops of arrays; update rules and sums over windows.
PROGRAM = """
import numpy as np, autograd as ag, nn, optim
from autograd.compiler import compile_scalar
program = compile_scalar(lambda x, y: x * y + x)
assert program.native and program.value_and_grad(2.0, 3.0) == (8.0, (4.0, 2.0))
step = ag.compile(lambda x: np.tanh(x) * 2.0)
assert np.allclose(step(np.ones(3)), np.tanh(1.0) * 2.0) and step.native_source
"""
LAYERS = """
layer = nn.Conv2d(1, 1, 3, rng=0)
before = layer.weight.data.copy()
layer(ag.Tensor(np.ones((1, 1, 5, 5), np.float32), requires_grad=True)).sum().backward()
optim.SGD(layer.parameters(), lr=0.1).step()
assert np.allclose(layer.weight.data, before - 0.9, atol=1e-6)
"""


@pytest.mark.integration
@pytest.mark.parametrize(
    ("variables", "limit", "program", "kept"),
    [
        ({"STEPGRAD_CACHE": "{tmp}/kept"}, None, PROGRAM + LAYERS, 7),
        ({"STEPGRAD_CACHE": "{tmp}/kept"}, 1000, PROGRAM, 0),
        ({"STEPGRAD_CACHE": "{tmp}/kept", "NUMBA_DISABLE_JIT": "1"}, None, PROGRAM + LAYERS, 0),
        ({"HOME": "/proc/none"}, None, PROGRAM, 0),
    ],
    ids=["a folder", "a full disk", "numba switched off", "no home"],
)
def test_whole_programs_run_whatever_place_there_is(
    variables: dict[str, str], limit: int | None, program: str, kept: int, tmp_path: Path, importable: None
) -> None:
    full = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n" if limit else ""
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", full + program],
        capture_output=True,
        text=True,
        env={"PATH": "", "PYTHONPATH": os.environ["PYTHONPATH"]}
        | {name: value.format(tmp=tmp_path) for name, value in variables.items()},
    )
    assert done.returncode == 0, done.stderr
    assert len(list(tmp_path.glob("kept/*.nbc"))) == kept
    assert not list(tmp_path.glob("kept/.*"))


# Loops and products that are called by address, too.
MORE = """
W = np.ones((3, 3))
products = ag.compile(ag.grad(lambda x: (np.tanh(x @ W) @ W).sum()))
assert products(np.zeros((3, 3))).shape == (3, 3) and "replay1(" in products.native_source
"""
FOUND = """
import sys
assert ("numba.np.linalg" in sys.modules) is {loaded}
"""
NEW = """
assert ag.compile(lambda x: np.exp(x) * 4.0)(np.zeros(2)).tolist() == [4.0, 4.0]
"""


@pytest.mark.integration
def test_what_is_kept_needs_no_more_of_numba_than_what_runs_it(tmp_path: Path, importable: None) -> None:
    # To load what numba compiles with takes longer than the machine code itself, and is left to what is compiled anew.
    programs = PROGRAM + LAYERS + MORE
    for program in (programs + FOUND.format(loaded=True), programs + FOUND.format(loaded=False) + NEW):
        done = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            env={"PATH": "", "PYTHONPATH": os.environ["PYTHONPATH"], "STEPGRAD_CACHE": str(tmp_path / "kept")},
        )
        assert done.returncode == 0, done.stderr


def test_a_numba_that_cannot_be_imported_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    machine_code.has_numba.cache_clear()
    try:
        assert machine_code.has_numba() is False
    finally:
        machine_code.has_numba.cache_clear()


def test_threads_that_ask_at_once_get_the_whole_module() -> None:
    text = "import time\ntime.sleep(0.05)\nlast = 1.0\n"
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: module_of(text).last, range(4))) == [1.0] * 4
