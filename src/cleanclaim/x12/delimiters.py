"""The four characters that give an X12 file its shape, and what may follow a segment."""

from __future__ import annotations

from dataclasses import dataclass, field

BLANKS = " \t\n\x0b\x0c\r\x1c\x1d\x1e\x1f\x00"
"""What may stand around segments, names and texts without being part of them; others, such as a blank that does not
break, are text."""


class DelimiterError(ValueError):
    """Delimiters that could not be told apart from each other or from text."""


@dataclass(frozen=True, slots=True)
class Delimiters:
    r"""The delimiters of one interchange, each a single ASCII character.

    `line_break` is written after each segment's terminator and is for people: empty, `\n` or `\r\n`. An
    interchange read may have an empty `repetition`: older versions have no such delimiter.

    `blanks` are those of `BLANKS` that are none of the delimiters: some senders part their texts by control characters
    that others take for blanks. A space is one always, as a header may leave a delimiter's place empty.
    """

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    segment: str = "~"
    line_break: str = ""
    blanks: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Tell the blanks."""
        own = {self.element, self.component, self.repetition, self.segment} - {" "}
        object.__setattr__(self, "blanks", "".join(one for one in BLANKS if one not in own))

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
