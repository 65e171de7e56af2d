"""The four characters that give an X12 file its shape, and what may follow a segment."""

from __future__ import annotations

from dataclasses import dataclass


class DelimiterError(ValueError):
    """Delimiters that could not be told apart from each other or from text."""


@dataclass(frozen=True, slots=True)
class Delimiters:
    r"""The delimiters of one interchange, each a single ASCII character.

    `line_break` is written after each segment's terminator and is for people: empty, `\n` or `\r\n`. An
    interchange read may have an empty `repetition`: older versions have no such delimiter.
    """

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    segment: str = "~"
    line_break: str = ""

    def checked(self) -> Delimiters:
        """These delimiters, or `DelimiterError` when a file written with them could not be read back."""
        four = (self.element, self.component, self.repetition, self.segment)
        for name, character in zip(("element", "component", "repetition", "segment"), four, strict=True):
            if len(character) != 1 or not character.isascii():
                raise DelimiterError(f"{name} delimiter: expected one ASCII character, found {character!r}")
            if character.isalnum() or character in " .-":
                raise DelimiterError(f"{name} delimiter {character!r} also stands in text: expected a sign")
        if len(set(four)) != len(four):
            raise DelimiterError(f"delimiters {four!r}: expected four different characters")
        if self.line_break not in {"", "\n", "\r\n"}:
            raise DelimiterError(f"line break {self.line_break!r}: expected none, \\n or \\r\\n")
        if self.line_break and self.segment in "\r\n":
            raise DelimiterError("a line break after segments that end with one is no longer readable")
        return self


STANDARD = Delimiters()
"""Asterisk, colon, caret, tilde, no line breaks: what nearly every payer expects."""
