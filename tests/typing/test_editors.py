"""What an editor shows: pyright's language server completes methods, tells what they compute, and finds where they are declared."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import autograd.torch as torch
from autograd.engine.methods import TensorMethods, ValueMethods
from tests.typing.faces import ROOT
from tests.typing.test_type_checkers import needed

CODE = """\
import autograd as ag
import autograd.torch as torch
t, v = ag.Tensor([1.0]), ag.Value(1.0)
d = torch.ones(2) + 1
t.exp()
ag.sin(t)
t.
v.
d.
"""


class Server:
    """A language server, spoken to as editors do."""

    def __init__(self, folder: Path) -> None:
        command = [str(Path(sys.executable).parent / "pyright-langserver"), "--stdio"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder
        )
        self.number = 0
        self.uri = (folder / "script.py").as_uri()
        self.ask(
            "initialize",
            {"processId": None, "rootUri": folder.as_uri(), "capabilities": {"workspace": {"configuration": True}}},
        )
        self.send({"method": "initialized", "params": {}})
        document = {"uri": self.uri, "languageId": "python", "version": 1, "text": CODE}
        self.send({"method": "textDocument/didOpen", "params": {"textDocument": document}})

    def send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        length = 0
        while line := self.process.stdout.readline().strip():
            name, _, told = line.partition(b":")
            length = int(told) if name.lower() == b"content-length" else length
        return json.loads(self.process.stdout.read(length))

    def ask(self, method: str, params: dict[str, Any]) -> Any:
        """The answer; what the server asks in between is answered with where Python and this project are."""
        self.number += 1
        self.send({"id": self.number, "method": method, "params": params})
        while True:
            message = self.receive()
            if "method" not in message:
                if message.get("id") == self.number:
                    return message["result"]
            elif "id" in message:
                settings = {"python": {"pythonPath": sys.executable}, "python.analysis": {"extraPaths": [str(ROOT)]}}
                items = message.get("params", {}).get("items", ())
                self.send({"id": message["id"], "result": [settings.get(item["section"]) for item in items]})

    def at(self, method: str, text: str) -> Any:
        """Ask about what ends with a text in the code."""
        before = CODE[: CODE.index(text) + len(text)]
        place = {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}
        return self.ask(f"textDocument/{method}", {"textDocument": {"uri": self.uri}, "position": place})


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    needed("pyright")
    if shutil.which("pyright-langserver", path=str(Path(sys.executable).parent)) is None:
        pytest.skip("pyright's language server is not installed beside Python")
    started = Server(tmp_path_factory.mktemp("editor"))
    yield started
    started.process.kill()
    started.process.communicate()


@pytest.mark.parametrize(("text", "room"), [(")\nt.", TensorMethods), (".\nv.", ValueMethods), (".\nd.", torch.Tensor)])
def test_all_methods_are_completed(server: Server, text: str, room: type) -> None:
    shown = {item["label"] for item in server.at("completion", text)["items"]}
    assert {name for name in dir(room) if not name.startswith("_") and callable(getattr(room, name))} <= shown


def test_a_method_tells_what_it_computes_and_its_derivative(server: Server) -> None:
    told = server.at("hover", "t.ex")["contents"]["value"]
    assert "-> Tensor" in told and "exponential function" in told and "∂out/∂x = out" in told


def test_definitions_are_found(server: Server) -> None:
    (place,) = server.at("definition", "t.ex")
    lines = (ROOT / "autograd" / "engine" / "methods.pyi").read_text(encoding="utf-8").splitlines()
    assert place["uri"].endswith("methods.pyi")
    assert lines[place["range"]["start"]["line"]].strip() == "def exp(self) -> Tensor:"
    assert any(found["uri"].endswith("elementwise.py") for found in server.at("definition", "ag.si"))
