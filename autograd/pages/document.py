"""One offline HTML file: trusted markup, styles and scripts, with the data of a page as text that no browser runs.

A content security policy in the file names every script and style by its hash, and allows no request.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Sequence
from string import Template
from typing import Any

from autograd.wording.steps import shorten, to_printable

# Characters of a title.
MAX_TITLE = 160
PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="$policy">
<title>$title</title>
$styles
</head>
<body>
$body
<script id="data" type="application/json">$data</script>
$scripts
</body>
</html>
""")
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data: blob:; script-src {}; style-src {}"


def build_page(*, title: str, body: str, scripts: Sequence[str], styles: Sequence[str], data: Any) -> str:
    """The text of a page that needs nothing else: no server, no network, no file beside it.

    Parameters
    ----------
    title : str
        Anything; what cannot be seen is escaped.
    body : str
        HTML of ours, never of a user's.
    scripts, styles : sequence of str
        JavaScript and CSS of ours, in order.
    data : object
        What JSON can hold, of anybody's: scripts read it by `JSON.parse(document.getElementById("data").textContent)`.

    Raises
    ------
    ValueError
        For data with NaN or infinities, which JSON cannot hold, and for a script or style that would end its own element.

    Examples
    --------
    >>> page = build_page(title="a < b", body="<main></main>", scripts=["start();"], styles=[], data={"name": "</script>"})
    >>> "<title>a &lt; b</title>" in page, '{"name":"\\\\u003c/script>"}' in page
    (True, True)
    """
    texts = [*(("script", text) for text in scripts), *(("style", text) for text in styles)]
    for kind, text in texts:
        if f"</{kind}" in text.lower() or "<!--" in text:
            raise ValueError(f"build_page: a {kind} must not contain '</{kind}' or '<!--', which end it or hide it")
    try:
        told = json.dumps(data, separators=(",", ":"), allow_nan=False)
    except ValueError as error:
        raise ValueError(
            f"build_page: data that JSON cannot hold: {error}; write NaN and infinities as text"
        ) from error
    policy = POLICY.format(_hashes(scripts), _hashes(styles))
    return PAGE.substitute(
        policy=policy,
        title=html.escape(to_printable(shorten(title, MAX_TITLE))),
        styles="\n".join(f"<style>{_clean(text)}</style>" for text in styles),
        body=body,
        # A `<` in a script would be markup; as an escape of JSON it is text.
        data=told.replace("<", "\\u003c"),
        scripts="\n".join(f"<script>{_clean(text)}</script>" for text in scripts),
    )


def _clean(text: str) -> str:
    """A text as the browser reads it, which is what it hashes."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _hashes(texts: Sequence[str]) -> str:
    digests = [hashlib.sha256(_clean(text).encode()).digest() for text in texts]
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests) or "'none'"
