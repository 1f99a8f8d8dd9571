"""`pack_extension`: the extension for VS Code as the file that it installs, without npm: a zip with two lists of what is in it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from autograd.errors import MissingDependencyError

# Of the files of the extension by their endings; VS Code reads no other.
TYPES = {
    "css": "text/css",
    "js": "application/javascript",
    "json": "application/json",
    "md": "text/markdown",
    "png": "image/png",
    "svg": "image/svg+xml",
    "vsixmanifest": "text/xml",
}
# Zip files know no earlier date; with one for all the same files give the same bytes.
DATE = (1980, 1, 1, 0, 0, 0)


def pack_extension() -> bytes:
    """The extension, to be written to a file that ends in `.vsix`.

    Examples
    --------
    >>> import io, zipfile
    >>> names = zipfile.ZipFile(io.BytesIO(pack_extension())).namelist()
    >>> names[:2], "extension/extension.js" in names
    (['[Content_Types].xml', 'extension.vsixmanifest'], True)
    """
    folder = files("autograd.debug") / "vscode"
    if not (folder / "package.json").is_file():
        raise MissingDependencyError("the extension's files, autograd/debug/vscode, are not in this installation")
    about = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        _add(package, "[Content_Types].xml", _content_types())
        _add(package, "extension.vsixmanifest", _manifest(about))
        for name, data in _files_in(folder, "extension"):
            _add(package, name, data)
    return written.getvalue()


def _add(package: zipfile.ZipFile, name: str, data: bytes) -> None:
    package.writestr(zipfile.ZipInfo(name, DATE), data, zipfile.ZIP_DEFLATED)


def _files_in(folder: Traversable, name: str) -> Iterator[tuple[str, bytes]]:
    for item in sorted(folder.iterdir(), key=lambda one: one.name):
        if item.is_dir():
            yield from _files_in(item, f"{name}/{item.name}")
        else:
            yield f"{name}/{item.name}", item.read_bytes()


def _content_types() -> bytes:
    kinds = "".join(f'<Default Extension=".{ending}" ContentType="{kind}"/>' for ending, kind in TYPES.items())
    # A licence has no ending.
    other = '<Override PartName="/extension/LICENSE" ContentType="text/plain"/>'
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{kinds}{other}</Types>'
    ).encode()


def _manifest(about: dict[str, Any]) -> bytes:
    return f"""<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
<Metadata>
<Identity Language="en-US" Id={quoteattr(about["name"])} Version={quoteattr(about["version"])} Publisher={quoteattr(about["publisher"])}/>
<DisplayName>{escape(about["displayName"])}</DisplayName>
<Description xml:space="preserve">{escape(about["description"])}</Description>
<Tags>{escape(",".join(about["keywords"]))}</Tags>
<Categories>{escape(",".join(about["categories"]))}</Categories>
<License>extension/LICENSE</License>
<Icon>extension/{escape(about["icon"])}</Icon>
<Properties><Property Id="Microsoft.VisualStudio.Code.Engine" Value={quoteattr(about["engines"]["vscode"])}/></Properties>
</Metadata>
<Installation><InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation>
<Dependencies/>
<Assets>
<Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json" Addressable="true"/>
<Asset Type="Microsoft.VisualStudio.Services.Content.Details" Path="extension/README.md" Addressable="true"/>
<Asset Type="Microsoft.VisualStudio.Services.Content.License" Path="extension/LICENSE" Addressable="true"/>
<Asset Type="Microsoft.VisualStudio.Services.Icons.Default" Path="extension/{escape(about["icon"])}" Addressable="true"/>
</Assets>
</PackageManifest>
""".encode()
