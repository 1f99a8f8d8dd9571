"""One field of a table: a number, in the way that its country writes it, something missing, a date, or a word."""

from __future__ import annotations

import math
import re

# What stands for something that is not known: among numbers, and among words, where "none" and "-" may be words themselves.
MISSING_NUMBERS = frozenset({"", "na", "n/a", "nan", "null", "none", "?", "-", "."})
MISSING_WORDS = frozenset({"", "na", "n/a", "nan", "null", "?"})

_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
# Groups of three, parted by a comma or a point, a space (also one that does not break), or an apostrophe.
_GROUPED = r"[+-]?\d{{1,3}}(?:{separator}\d{{3}})+(?:{decimal}\d*)?"
_SPACES = "[ \u00a0\u202f'\u2019]"
_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?([T ].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}( .*)?|\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?"
    r"|\d{1,2}[-. ]?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-. ,]*(\d{2,4})?"
    r"|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d{1,2},? \d{4}",
    re.ASCII | re.IGNORECASE,
)
_UNIT = "%|[$€£¥]|usd|eur|gbp|[kmµ]?g|lb|oz|[kcmµn]?m|mi|ft|in|[mcd]?l|[mµn]?s|min|h|°?[cf]"
_NUMBER = r"[+-]?[\d.,]*\d[\d.,]*"
_WITH_UNIT = re.compile(rf"{_NUMBER}\s*({_UNIT})|[$€£¥]\s*{_NUMBER}", re.ASCII | re.IGNORECASE)
# Minus as accountants and typesetters write it, fractions, and numbers to another base.
_UNUSUAL = re.compile(
    rf"\({_NUMBER}\)|{_NUMBER}\s*[-\u2212]|[\u2212\u2013]\s*{_NUMBER}|[+-]?\d+\s*/\s*\d+|[+-]?0(x[\da-f]+|o[0-7]+|b[01]+)",
    re.ASCII | re.IGNORECASE,
)
_WITH_COMMA = re.compile(r"[+-]?[\d., \u00a0\u202f'\u2019]*\d[\d., \u00a0\u202f'\u2019]*", re.ASCII)


def to_number(field: str, decimal: str | None = None) -> float | None:
    """The number that a field writes, or None.

    Parameters
    ----------
    field : str
    decimal : {".", ","}, optional
        What stands before the decimals. Where it is given, digits may also be parted in groups of three by the other sign,
        by spaces or by apostrophes. By default it is a point and digits are not grouped, so that nothing is guessed.

    Examples
    --------
    >>> to_number("1.5"), to_number("1,200"), to_number("1,200", "."), to_number("1.200,5", ",")
    (1.5, None, 1200.0, 1200.5)
    """
    if decimal is not None:
        others = [re.escape("," if decimal == "." else "."), _SPACES]
        if any(re.fullmatch(_GROUPED.format(separator=s, decimal=re.escape(decimal)), field, re.ASCII) for s in others):
            field = re.sub(f"{others[0]}|{_SPACES}", "", field)
        elif decimal == "," and "." in field:
            return None
        field = field.replace(",", ".") if decimal == "," else field
    if not _PLAIN.fullmatch(field):
        return None
    number = float(field)
    return number if math.isfinite(number) else None


def is_missing(field: str, among_numbers: bool) -> bool:
    """Whether a field says that there is nothing."""
    return field.lower() in (MISSING_NUMBERS if among_numbers else MISSING_WORDS)


def describe_oddity(field: str) -> str | None:
    """What a field that is not a number holds, where it is not just a word; None for a word.

    Examples
    --------
    >>> describe_oddity("2024-05-01"), describe_oddity("45 %"), describe_oddity("inf"), describe_oddity("red")
    ('a date', 'a number with a unit', 'not a finite number', None)
    >>> describe_oddity("(5.00)"), describe_oddity("1/2")
    ('a number that is written unusually', 'a number that is written unusually')
    """
    if _DATE.fullmatch(field):
        return "a date"
    if _WITH_COMMA.fullmatch(field):
        return "a number in another notation"
    if _UNUSUAL.fullmatch(field):
        return "a number that is written unusually"
    if _WITH_UNIT.fullmatch(field):
        return "a number with a unit"
    try:
        float(field)
    except ValueError:
        return None
    return "not a finite number"
