"""Lines to price as people write them: `97530 97110x2 97140-59 97112-CQx2=80.00`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from cleanclaim.money import AmountError, Cents, parse_cents

_LINE = re.compile(
    r"(?P<code>[0-9A-Z][0-9]{3}[0-9A-Z])(?P<modifiers>(?:-[0-9A-Z]{2})*)(?:X(?P<units>[0-9]{1,5}))?"
    r"(?:[=@]\$?(?P<charge>[0-9.]+))?"
)


class QuoteError(ValueError):
    """Lines, payer or place that cannot be priced as written; says what was expected."""


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """One line to price; a charge that is not given is taken as no less than what is allowed."""

    code: str
    units: int = 1
    modifiers: tuple[str, ...] = ()
    charge_cents: Cents | None = None


def parse_lines(text: str | Iterable[str]) -> tuple[QuotedLine, ...]:
    """Read lines such as `97530 97110x2 97140-59 97112-CQx2=80.00`: code, modifiers, units, charge of the line.

    Raises:
        QuoteError: a word that is no such line, or no word at all.
    """
    words = text.split() if isinstance(text, str) else list(text)
    if not words:
        raise QuoteError("no lines; expected procedure codes such as 97110x2")
    return tuple(parsed_line(word) for word in words)


def parsed_line(word: str) -> QuotedLine:
    """Read one such line.

    Raises:
        QuoteError: the word is none.
    """
    match = _LINE.fullmatch(word.strip().upper().replace("×", "X"))
    expected = "expected a procedure code with modifiers, units and charge as wanted, such as 97110-CQx2=80.00"
    if match is None:
        raise QuoteError(f"{word!r}: {expected}")
    try:
        charge = parse_cents(match["charge"]) if match["charge"] else None
    except AmountError as error:
        raise QuoteError(f"{word!r}: {expected}; {error}") from error
    modifiers = tuple(match["modifiers"].split("-")[1:])
    return QuotedLine(match["code"], int(match["units"] or 1), modifiers, charge)
