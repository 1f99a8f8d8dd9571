"""Messages of the Debug Adapter Protocol on a stream of bytes: a header with the length, then JSON; all of it bounded."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from contextlib import suppress
from threading import Lock
from typing import Any, BinaryIO

from autograd.errors import AutogradError

# No request of an editor is near these; an answer of the program's, such as the page of a large pass, may have more bytes.
MAX_HEADER, MAX_MESSAGE, MAX_DEPTH, MAX_SKIPPED = 4096, 4 * 2**20, 64, 2**30
CHUNK = 2**16


class WireError(AutogradError):
    """What comes is not the protocol, and nothing after it can be read."""


class MessageError(AutogradError):
    """One message cannot be read; the next one can."""


def read_message(stream: BinaryIO, most: int = MAX_MESSAGE) -> dict[str, Any] | None:
    """The next message; None at the end of the stream.

    Parameters
    ----------
    stream : binary file
    most : int
        Bytes that it may have.

    Raises
    ------
    MessageError
        Where it is too large, or not a JSON object; it is skipped.
    WireError
        Where there is no header, or the stream ends within a message.

    Examples
    --------
    >>> from io import BytesIO
    >>> read_message(BytesIO(b'Content-Length: 14\\r\\n\\r\\n{"seq": 1 }    '))
    {'seq': 1}
    """
    length = _read_header(stream)
    if length is None:
        return None
    if length > most:
        _skip(stream, length)
        raise MessageError(f"a message has {length:,} bytes; at most {most:,} are read")
    body = _read_exactly(stream, length)
    if len(body) < length:
        raise WireError(f"the stream ended within a message, after {len(body):,} of {length:,} bytes")
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        raise MessageError("a message is not JSON in UTF-8, or is nested too deeply") from None
    if not isinstance(message, dict):
        raise MessageError("a message is a JSON object, with seq and type")
    return message


def _read_exactly(stream: BinaryIO, length: int) -> bytes:
    """So many bytes, or fewer at the end; a stream without a buffer gives them in pieces."""
    found = bytearray()
    while len(found) < length:
        piece = stream.read(length - len(found))
        if not piece:
            break
        found += piece
    return bytes(found)


def _read_header(stream: BinaryIO) -> int | None:
    length, seen = None, 0
    while True:
        line = stream.readline(MAX_HEADER)
        seen += len(line)
        if not line and not seen:
            return None
        if not line.endswith(b"\n") or seen > MAX_HEADER:
            raise WireError("the header of a message is cut off, or longer than any")
        line = line.strip()
        if not line:
            break
        name, colon, text = line.partition(b":")
        if not colon:
            raise WireError("a message begins with Content-Length: and its number of bytes, not with another line")
        if name.strip().lower() == b"content-length":
            text = text.strip()
            if not (text.isdigit() and len(text) < 19):
                raise WireError("Content-Length is not a number of bytes")
            length = int(text)
    if length is None:
        raise WireError("a message begins with Content-Length: and its number of bytes, which is missing")
    return length


def _skip(stream: BinaryIO, length: int) -> None:
    if length > MAX_SKIPPED:
        raise WireError(f"a message is said to have {length:,} bytes")
    while length > 0:
        chunk = stream.read(min(length, CHUNK))
        if not chunk:
            raise WireError("the stream ended within a message")
        length -= len(chunk)


def is_plain(message: Mapping[str, Any]) -> bool:
    """Whether a message can be handed on and shown in errors: nested as requests are, with finite numbers.

    Examples
    --------
    >>> is_plain({"seq": 1, "arguments": {"line": 3}}), is_plain({"seq": float("inf")})
    (True, False)
    """
    level: list[Any] = [message]
    for _ in range(MAX_DEPTH):
        if not all(math.isfinite(x) for x in level if isinstance(x, float)):
            return False
        level = [
            inner for x in level if isinstance(x, (dict, list)) for inner in (x.values() if isinstance(x, dict) else x)
        ]
        if not level:
            return True
    return False


class Connection:
    """Messages to and from one peer; several threads may send.

    Parameters
    ----------
    reader, writer : binary file
    most : int
        Bytes of a message that is read.
    """

    def __init__(self, reader: BinaryIO, writer: BinaryIO, most: int = MAX_MESSAGE) -> None:
        self._reader, self._writer, self._most = reader, writer, most
        self._sending, self._sent = Lock(), 0

    def read(self) -> dict[str, Any] | None:
        """See `read_message`; a connection that is reset has ended."""
        try:
            return read_message(self._reader, self._most)
        except (OSError, ValueError):
            return None

    def send(self, message: Mapping[str, Any]) -> None:
        """Send a message, with the next number; a peer that has left misses nothing."""
        with self._sending:
            self._sent += 1
            body = json.dumps({**message, "seq": self._sent}, separators=(",", ":"), allow_nan=False).encode()
            with suppress(OSError, ValueError):
                self._writer.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
                self._writer.flush()

    def close(self) -> None:
        """Close both ends."""
        for stream in (self._reader, self._writer):
            with suppress(OSError, ValueError):
                stream.close()

    def respond(self, request: Mapping[str, Any], body: Mapping[str, Any] | None = None) -> None:
        """Answer a request."""
        answer = {
            "type": "response",
            "request_seq": number_of(request),
            "success": True,
            "command": command_of(request),
        }
        self.send(answer if body is None else {**answer, "body": body})

    def refuse(self, request: Mapping[str, Any], why: str) -> None:
        """Answer a request with an error."""
        self.send(
            {
                "type": "response",
                "request_seq": number_of(request),
                "success": False,
                "command": command_of(request),
                "message": why,
                "body": {"error": {"id": 1, "format": "{why}", "variables": {"why": why}, "showUser": True}},
            }
        )

    def event(self, name: str, body: Mapping[str, Any] | None = None) -> None:
        """Send an event."""
        self.send({"type": "event", "event": name, **({} if body is None else {"body": body})})

    def output(self, text: str, category: str = "console", **more: Any) -> None:
        """Send a text for the editor's console."""
        self.event("output", {"category": category, "output": text, **more})


def number_of(request: Mapping[str, Any]) -> int:
    """Its `seq`; 0 where it has none that is a number."""
    number = request.get("seq")
    return number if isinstance(number, int) and not isinstance(number, bool) else 0


def command_of(request: Mapping[str, Any]) -> str:
    """Its command; empty where it has none that is a text."""
    command = request.get("command")
    return command if isinstance(command, str) else ""
