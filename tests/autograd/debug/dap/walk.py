"""A walk over the protocol through a training script in which a gradient dies, told as a transcript; the book shows it.

`python -m tests.autograd.debug.dap.walk` writes it and the picture of it anew.
"""

from __future__ import annotations

import io
import linecache
import re
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tests.autograd.debug.dap.client import Client, Inside

ROOT = Path(__file__).parents[4]
SCRIPT = Path(__file__).with_name("dying.py")
PAGE = ROOT / "notebooks" / "howto" / "editor.md"
PICTURE = ROOT / "notebooks" / "editor.svg"
BLOCK = re.compile(r"(?<=```text\n)→ setBreakpoints.*?(?=```)", re.DOTALL)
LOSS = next(
    number for number, line in enumerate(SCRIPT.read_text().splitlines(), 1) if line.strip().startswith("loss =")
)


def walk(client: Client) -> Iterator[str]:
    """One breakpoint, back to where the gradient died, and forward again, line by line."""
    yield f"→ setBreakpoints dying.py:{LOSS}, condition phase == 'backward', hitCondition 10"
    halt = client.stopped()
    yield f"← stopped: {halt['description']}"
    yield from here(client)
    while not dies_here(client):
        yield from move(client, "next")
    yield "→ scopes, variables of This step"
    for name, line in client.scope("This step").items():
        yield f"   {name}: {line['value']}"
    while client.evaluate("phase", "watch") == "backward":
        yield from move(client, "stepBack", granularity="line")
    while "relu" not in source_line(client):
        yield from move(client, "stepBack", granularity="line")
    yield from move(client, "stepBack")
    yield from ask(client, "max(value) < 0")
    yield from move(client, "stepBack", granularity="line")
    while client.frame()["line"] != LOSS:
        yield from move(client, "next")


def dies_here(client: Client) -> bool:
    """Whether a gradient that is not zero comes, and all that is sent on is."""
    sent = [line for name, line in client.scope("This step").items() if name.startswith("to ")]
    return bool(sent) and all("100 % zero" in line["value"] for line in sent)


def ask(client: Client, text: str) -> Iterator[str]:
    yield f"→ evaluate {text}   ← {client.evaluate(text, 'watch')}"


def source_line(client: Client) -> str:
    frame = client.frame()
    return linecache.getline(frame["source"]["path"], frame["line"])


def move(client: Client, command: str, **arguments: str) -> Iterator[str]:
    said = ", ".join(f"{name} {value}" for name, value in arguments.items())
    halt = client.move(command, **arguments)
    yield f"→ {command}{f' ({said})' if said else ''}   ← {halt['description']}"
    yield from here(client)


def here(client: Client) -> Iterator[str]:
    """The line, what stands on it, and the values beside it."""
    frame = client.frame()
    path, line = frame["source"]["path"], frame["line"]
    code = linecache.getline(path, line).strip()
    beside = {one["line"]: one["text"] for one in client.ask("stepgrad/inlineValues", path=path)["values"]}
    yield f"   {line:2}  {code}"
    yield f"       {frame['name']}: {beside.get(line, 'nothing yet')}"


def transcript() -> str:
    """All of the walk."""
    with Inside(program=str(SCRIPT)) as client:
        client.launch(
            breakpoints={str(SCRIPT): [{"line": LOSS, "condition": "phase == 'backward'", "hitCondition": "10"}]}
        )
        return "".join(f"{line}\n" for line in walk(client))


def picture(told: str) -> str:
    """The transcript as a picture: what the editor asks in yellow, where a gradient is zero in red."""
    console = Console(record=True, width=100, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    for line in told.splitlines():
        text = Text(line, "bold" if re.match(r"   \s?\d+  ", line) else "")
        text.highlight_regex(r"^→ .*?(?=   ←|$)", "#ffd75f")
        text.highlight_regex(r"gradient .*|upstream: .*|to \w+: .*", "#ff8a80")
        text.highlight_regex(r"←.*", "#9aa0aa")
        console.print(text, soft_wrap=False)
    return console.export_svg(
        title="One breakpoint, back to where the gradient died, and forward again", unique_id="editor"
    )


if __name__ == "__main__":
    told = transcript()
    PAGE.write_text(BLOCK.sub(lambda _: told, PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    PICTURE.write_text(picture(told), encoding="utf-8")
    print(told)
