"""Text made fit for a claim file: letters without accents, no delimiter inside a value, nothing cut silently.

The extended character set has lower-case letters and a few more signs; the basic one has capitals only. The
same text always becomes the same text, and every replacement is reported, by field and character, without the
text itself: names are not for logs.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from cleanclaim.records.letters import SPELLED
from cleanclaim.x12.delimiters import STANDARD, Delimiters

_BLANKS = re.compile(r" {2,}")


class CharacterSet(StrEnum):
    """Which characters a receiver takes."""

    BASIC = "basic"
    EXTENDED = "extended"


_BASIC = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!\"&'()*+,-./:;?=")
_ALLOWED = {
    CharacterSet.BASIC: _BASIC,
    CharacterSet.EXTENDED: _BASIC | frozenset("abcdefghijklmnopqrstuvwxyz%~@[]_{}\\|<>#$^`"),
}
"""Signs a value may hold beside the blank; the delimiters of the file are taken away from them."""


class Replacement(NamedTuple):
    """One value that was changed to fit: on which claim, in which field, which characters became what.

    `found` lists the characters that were replaced, in code-point order; it is empty when the value was only too
    long. `cut_to` is the length it was cut to, or `None`.
    """

    claim_id: str
    field: str
    found: str
    cut_to: int | None = None


@dataclass(slots=True)
class Cleaner:
    """Makes text fit for one file and keeps the list of what it changed.

    `claim_id` is set by the writer before each claim, so that a replacement can say where it happened.
    """

    character_set: CharacterSet = CharacterSet.EXTENDED
    delimiters: Delimiters = STANDARD
    claim_id: str = ""
    replacements: list[Replacement] = field(default_factory=list)
    _changed: dict[tuple[str, int], tuple[str, str, int | None]] = field(default_factory=dict)
    _fit: re.Pattern[str] = field(init=False)
    _unfit: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        """Compile what is allowed: the character set, less the delimiters of this file and the usual ones."""
        taken = {
            sign
            for four in (self.delimiters, STANDARD)
            for sign in (four.element, four.component, four.repetition, four.segment)
        }
        signs = "".join(re.escape(sign) for sign in sorted(_ALLOWED[self.character_set] - taken))
        # A value neither begins nor ends with a blank, and holds no two in a row.
        self._fit = re.compile(rf"(?:[{signs}]+(?: [{signs}]+)*)?")
        self._unfit = re.compile(rf"[^ {signs}]")

    def is_fit(self, text: str) -> bool:
        """Whether the text can be written as it is."""
        return self._fit.fullmatch(text) is not None

    def text(self, text: str, name: str, limit: int) -> str:
        """The text as it will be written, at most `limit` characters; what had to change is reported under `name`."""
        if len(text) <= limit and self._fit.fullmatch(text) is not None:
            return text
        known = self._changed.get((text, limit))
        if known is None:
            known = self._changed[text, limit] = self._change(text, limit)
        clean, found, cut_to = known
        self.replacements.append(Replacement(self.claim_id, name, found, cut_to))
        return clean

    def fold(self, text: str) -> str:
        """The text in the characters of the file, at full length; nothing is reported. It may become empty."""
        if self._fit.fullmatch(text) is not None:
            return text
        folded = unicodedata.normalize("NFKD", text.translate(SPELLED))
        folded = "".join(sign for sign in folded if not unicodedata.combining(sign))
        if self.character_set is CharacterSet.BASIC:
            folded = folded.upper()
        return _BLANKS.sub(" ", self._unfit.sub(" ", folded)).strip()

    def _change(self, text: str, limit: int) -> tuple[str, str, int | None]:
        """The clean text, the characters that were replaced, and the length it was cut to."""
        clean = self.fold(text)
        cut = clean[:limit].rstrip()
        found = "".join(sorted({sign for sign in text if not self._is_kept(sign)}))
        return cut, found, limit if cut != clean else None

    def _is_kept(self, sign: str) -> bool:
        if self.character_set is CharacterSet.BASIC and sign.isascii():
            sign = sign.upper()
        return self._unfit.fullmatch(sign) is None
