"""`LogMessage`: what a logpoint tells, such as `grad of w is {w.grad}`, with what its braces mean at that moment."""

from __future__ import annotations

from dataclasses import dataclass

from autograd.debug.dap.lookup import look_up
from autograd.debug.dap.view import View
from autograd.debug.errors import DebugError

MAX_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class LogMessage:
    """Texts, and between them what is looked up.

    Attributes
    ----------
    parts : tuple of (str, bool)
        Each with whether it is looked up.
    """

    parts: tuple[tuple[str, bool], ...]

    @classmethod
    def parse(cls, text: str) -> LogMessage:
        """Read one; doubled braces stand for themselves.

        Raises
        ------
        DebugError
            Where a brace is not closed.

        Examples
        --------
        >>> LogMessage.parse("grad is {grad}, {{so}}").parts
        (('grad is ', False), ('grad', True), (', {so}', False))
        """
        if len(text) > MAX_LENGTH:
            raise DebugError(f"the log message has {len(text)} characters; at most {MAX_LENGTH} are read")
        parts: list[tuple[str, bool]] = []
        said, at = "", 0
        while at < len(text):
            if text[at : at + 2] in ("{{", "}}"):
                said, at = said + text[at], at + 2
            elif text[at] == "{":
                end = text.find("}", at)
                if end < 0 or not text[at + 1 : end].strip():
                    raise DebugError(
                        f"log message: a {{ at column {at + 1} has no name and }} after it; a brace itself is {{{{"
                    )
                parts += [(said, False)] * bool(said) + [(text[at + 1 : end], True)]
                said, at = "", end + 1
            else:
                said, at = said + text[at], at + 1
        return cls(tuple(parts + [(said, False)] * bool(said)))

    def tell(self, view: View) -> str:
        """The message at the session's position."""
        return "".join(_tell(view, text) if asked else text for text, asked in self.parts)


def _tell(view: View, text: str) -> str:
    try:
        return look_up(view, text).text
    except DebugError as error:
        return f"{{{error}}}"
