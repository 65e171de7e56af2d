"""Words as paper claims want them: capitals, plain letters, no punctuation. Nothing is ever cut."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from cleanclaim.records.letters import SPELLED

_DROPPED = re.compile(r"[.'`\"]")
_APART = re.compile(r"[,;:/\\#()\[\]_+*!?\s]+")
_SEPARATORS = re.compile(r"[-\s.]")
_DIGITS = re.compile(r"\d+")


def plain_letters(text: str) -> str:
    """The text in ASCII where its letters have a customary plain spelling; other signs stay as they are."""
    if text.isascii():
        return text
    folded = unicodedata.normalize("NFKD", text.translate(SPELLED))
    return "".join(sign for sign in folded if not unicodedata.combining(sign))


def page_letters(text: str) -> str:
    """The text in the letters of a page's font: others are spelled plainly, and one without a spelling is `?`."""
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return plain_letters(text).encode("cp1252", "replace").decode("cp1252")
    return text


@lru_cache(maxsize=4096)
def capitals(text: str) -> str:
    """Names and addresses: `123 N. Main St., #4` becomes `123 N MAIN ST 4`. Hyphens and `&` stay."""
    return _APART.sub(" ", _DROPPED.sub("", plain_letters(text))).strip().upper()


@lru_cache(maxsize=4096)
def number(text: str) -> str:
    """An identifier without the blanks, hyphens and points it is written with: `1EG4-TE5-MK73`."""
    return _SEPARATORS.sub("", text).upper()


def zip_code(text: str) -> str:
    """A ZIP code, the nine-digit one with its hyphen."""
    digits = number(text)
    nine = 9
    return f"{digits[:5]}-{digits[5:]}" if len(digits) == nine and digits.isdigit() else digits


def phone(text: str) -> tuple[str, str] | None:
    """Area code and number of a telephone number in the USA, or `None` where the text is none."""
    digits = "".join(_DIGITS.findall(text)).removeprefix("1")
    ten = 10
    return (digits[:3], digits[3:]) if len(digits) == ten else None
