"""Who says so, where, and when it was read.

Every amount, code, pair, threshold and rule carries a `Source`. A source without a section and a day of
reading does not load, so a reviewer can always go back to the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class Confidence(StrEnum):
    """How sure a value is, from how it was read."""

    SEEN = "seen"
    """Read in the issuer's own page, regulation or file, or computed from the issuer's file."""
    SECONDARY = "secondary"
    """Read only in a page by somebody else that quotes the issuer."""
    MEMORY = "memory"
    """Widely stated in the trade; the source itself was not read."""
    UNCERTAIN = "uncertain"
    """Sources conflict or are doubtful: shown, never decisive."""


class SourceError(ValueError):
    """A source lacks what a reader needs to find the place again."""


@dataclass(frozen=True, slots=True)
class Source:
    """One place where a value or a rule was read."""

    publisher: str
    title: str
    section: str
    read_on: date
    url: str = ""
    confidence: Confidence = Confidence.SEEN

    def __post_init__(self) -> None:
        """Refuse a source that cannot be found again."""
        for field in ("publisher", "title", "section"):
            if not getattr(self, field).strip():
                raise SourceError(f"source lacks its {field}: {self.publisher!r}, {self.title!r}, {self.section!r}")

    def cite(self) -> str:
        """One line for people: publisher, title, section, day read and, unless seen, the confidence."""
        tail = "" if self.confidence is Confidence.SEEN else f"; confidence: {self.confidence.value}"
        return f"{self.publisher}, {self.title}, {self.section} (read {self.read_on.isoformat()}{tail})"

    @classmethod
    def from_table(cls, table: dict[str, Any]) -> Source:
        """Build a source from a TOML table; unknown or absent keys are errors that name the key."""
        known = {"publisher", "title", "section", "read_on", "url", "confidence"}
        unknown = sorted(set(table) - known)
        if unknown:
            raise SourceError(f"source has unknown key {unknown[0]!r}; expected {', '.join(sorted(known))}")
        absent = sorted({"publisher", "title", "section", "read_on"} - set(table))
        if absent:
            raise SourceError(f"source lacks key {absent[0]!r}")
        values = dict(table)
        values["confidence"] = Confidence(values.get("confidence", "seen"))
        return cls(**values)


def manual(
    publication: str, section: str, *, read_on: date, url: str = "", confidence: Confidence = Confidence.SEEN
) -> Source:
    """Cite a CMS Internet-Only Manual, such as `manual("100-04", "ch. 5 §20.2", read_on=…)`."""
    return Source("CMS", f"Pub {publication}", section, read_on, url, confidence)


def regulation(
    citation: str, section: str, *, read_on: date, url: str = "", confidence: Confidence = Confidence.SEEN
) -> Source:
    """Cite the Code of Federal Regulations, such as `regulation("42 CFR 424.24", "(c)", read_on=…)`."""
    return Source("Code of Federal Regulations", citation, section, read_on, url, confidence)


def statute(
    citation: str, section: str, *, read_on: date, url: str = "", confidence: Confidence = Confidence.SEEN
) -> Source:
    """Cite the United States Code, such as `statute("42 USC 1395l", "(g)", read_on=…)`."""
    return Source("United States Code", citation, section, read_on, url, confidence)


def page(
    publisher: str,
    title: str,
    section: str,
    *,
    read_on: date,
    url: str = "",
    confidence: Confidence = Confidence.SEEN,
) -> Source:
    """Cite a web page, transmittal, fee file or policy of the named publisher."""
    return Source(publisher, title, section, read_on, url, confidence)
