"""A text file as rows of fields: unpacked, decoded and cut, or a message that says what the file is instead."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import os
import zlib
from pathlib import Path

from nn.data.errors import DataError

# Lines and bytes up to which a file is read.
MAX_LINES, MAX_BYTES = 5_000_000, 2_000_000_000
DELIMITERS = ",;\t|"
# Of numbers in columns, any number of which stands between two fields.
BLANKS = " "
# How files begin that people take for tables.
_OTHERS = {
    b"PK\x03\x04": "an Excel file or a ZIP archive: save the sheet as CSV, or unpack it",
    b"\xd0\xcf\x11\xe0": "an old Excel file: save the sheet as CSV",
    b"BZh": "compressed by bzip2: unpack it, or compress it by gzip",
    b"\xfd7zXZ": "compressed by xz: unpack it, or compress it by gzip",
    b"\x28\xb5\x2f\xfd": "compressed by zstd: unpack it, or compress it by gzip",
    b"PAR1": "a Parquet file: write it as CSV",
    b"\x89HDF": "an HDF5 file: write it as CSV",
    b"\x93NUMPY": "a file of NumPy's: load it with numpy.load",
    b"%PDF": "a PDF: copy its table into a CSV file",
    b"SQLite": "a SQLite database: export the table as CSV",
    b"{": "JSON: write it as CSV",
    b"<": "HTML or XML: write it as CSV",
}
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
Row = tuple[int, list[str]]


def read_rows(path: str | os.PathLike[str], encoding: str | None = None, delimiters: str = DELIMITERS) -> list[Row]:
    """The lines of a table that are not empty, each with its number and its fields, without spaces around them.

    Parameters
    ----------
    path : path
        Plain or compressed by gzip, which its first bytes tell.
    encoding : str, optional
        By default UTF-8, or UTF-16 where the file begins with its mark.
    delimiters : str
        What may part fields; the one that the first lines agree on is taken.

    Raises
    ------
    DataError
        Where the file is missing or empty, of another format, in another encoding, or too long.
    """
    file = Path(path)
    text = _decode(file, _read(file), encoding)
    delimiter = _find_delimiter(text, delimiters)
    if delimiter == BLANKS:
        text = text.replace("\t", BLANKS)
    rows: list[Row] = []
    lines = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=delimiter == BLANKS
    )
    try:
        for fields in lines:
            if lines.line_num > MAX_LINES:
                raise DataError(f"{file} has more than {MAX_LINES:,} lines")
            if delimiter == BLANKS and fields and not fields[-1]:
                fields.pop()
            if any(field.strip() for field in fields):
                rows.append((lines.line_num, [field.strip() for field in fields]))
    except csv.Error as error:
        raise DataError(f"{file}, line {lines.line_num}, cannot be read as CSV: {error}") from error
    if not rows:
        raise DataError(f"{file} is empty")
    return rows


def _read(file: Path) -> bytes:
    try:
        with open(file, "rb") as stream:
            packed = stream.read(2) == b"\x1f\x8b"
            stream.seek(0)
            content = (gzip.GzipFile(fileobj=stream) if packed else stream).read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise DataError(f"{file}: there is no such file") from None
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise DataError(f"{file} is compressed by gzip and damaged: {error}") from error
    except OSError as error:
        raise DataError(f"{file} cannot be read: {error.strerror or error}") from error
    if len(content) > MAX_BYTES:
        raise DataError(f"{file} holds more than {MAX_BYTES:,} bytes")
    return content


def _decode(file: Path, content: bytes, encoding: str | None) -> str:
    if encoding is None:
        for start, what in _OTHERS.items():
            if content.startswith(start):
                raise DataError(f"{file} is not a table of text but {what}")
        marked = next((name for mark, name in _MARKS.items() if content.startswith(mark)), None)
        if marked is None and b"\0" in content[:4096]:
            raise DataError(
                f"{file} has zero bytes, as UTF-16 without a mark has: give encoding='utf-16-le' (--encoding utf-16-le)"
            )
        encoding = marked or "utf-8"
    try:
        return content.decode(encoding)
    except LookupError:
        raise DataError(
            f"{file}: there is no encoding {encoding!r}; usual ones are 'utf-8', 'latin-1', 'cp1252', 'utf-16'"
        ) from None
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{file}, line {line}: byte 0x{content[error.start]:02x} is not {encoding}: give the file's encoding, perhaps "
            "encoding='latin-1' or 'cp1252' (--encoding latin-1)"
        ) from None


def _find_delimiter(text: str, delimiters: str) -> str:
    """The sign that cuts the first lines into the same number of fields, the largest such; else that of most fields in the first."""
    lines = [line for line in text[:65536].splitlines()[:20] if line.strip()]
    if len(text) > 65536 and len(lines) > 1:
        lines.pop()

    def agreement(delimiter: str) -> tuple[bool, int]:
        try:
            counts = [len(fields) for fields in csv.reader(lines, delimiter=delimiter)]
        except csv.Error:
            return False, 0
        return len(set(counts)) == 1 and counts[0] > 1, counts[0] if counts else 0

    best = max(delimiters, key=agreement)
    return BLANKS if _are_columns(lines, agreement(best)[1]) else best


def _are_columns(lines: list[str], fields: int) -> bool:
    """Whether blanks part lines into more fields, as many in each, and nothing else does, outside of quotes, but tabs."""
    try:
        found = list(
            csv.reader([line.replace("\t", BLANKS) for line in lines], delimiter=BLANKS, skipinitialspace=True)
        )
    except csv.Error:
        return False
    rows = [row[:-1] if row and not row[-1] else row for row in found]
    if len({len(row) for row in rows}) != 1 or len(rows[0]) <= max(fields, 1):
        return False
    # A first number, in every line but one of names: words with blanks between them are no columns.
    numbers = [any(char.isdigit() for char in row[0]) for row in rows[1:] or rows]
    return all(numbers) and not any(sign in field for row in rows for field in row for sign in ",;|")
