"""What packages offer: a written list, all of it there, and nothing else in `dir`."""

from __future__ import annotations

import ast
import importlib
import pickle
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

PACKAGES = [
    "autograd",
    "autograd.bridge",
    "autograd.check",
    "autograd.compiler",
    "autograd.debug",
    "autograd.draw",
    "autograd.misc",
    "autograd.torch",
    "nn",
    "nn.data",
    "nn.estimators",
    "nn.functional",
    "nn.health",
    "nn.training",
    "nn.tuning",
    "nn.utils",
    "nn.utils.rnn",
    "optim",
]


@pytest.mark.parametrize("name", PACKAGES)
def test_the_list_is_written_out_and_true(name: str) -> None:
    module = importlib.import_module(name)
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    lists = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets)
    ]
    assert len(lists) == 1
    listed = ast.literal_eval(lists[0])
    assert len(set(listed)) == len(listed)
    assert [wanted for wanted in listed if not hasattr(module, wanted)] == []


@pytest.mark.parametrize("name", ["autograd", "nn", "optim", "nn.functional"])
def test_nothing_else_is_shown(name: str) -> None:
    module = importlib.import_module(name)
    shown = {found for found in dir(module) if not found.startswith("_")}
    assert shown - set(module.__all__) <= {"abs", "max", "min", "round", "sum"}


def test_a_star_gives_no_module_and_leaves_python_as_it_is() -> None:
    given: dict[str, object] = {}
    exec("from autograd import *", given)
    assert callable(given["compile"])
    assert "max" not in given and "abs" not in given
    assert [name for name, found in given.items() if isinstance(found, ModuleType)] == ["linalg"]


@pytest.mark.integration
def test_pickles_that_name_the_modules_of_before_are_read() -> None:
    code = (
        "import pickle, nn; from autograd import Tensor; "
        "t = pickle.loads(b'cautograd.tensor\\nTensor\\n.'); l = pickle.loads(b'cnn.linear\\nLinear\\n.'); "
        "r = pickle.loads(b'cautograd.node\\n_restore\\n.'); assert t is Tensor and l is nn.Linear and callable(r)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert pickle.loads(pickle.dumps(importlib.import_module("autograd").Tensor)) is not None
