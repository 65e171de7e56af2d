"""A file of answers to a file received: for each interchange one, from its receiver to its sender."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cleanclaim.x12.acknowledgments.interchange import is_refused, ta1
from cleanclaim.x12.acknowledgments.transactions import Elements, answer_group
from cleanclaim.x12.control import ControlNumbers
from cleanclaim.x12.delimiters import STANDARD, Delimiters
from cleanclaim.x12.validation.verdicts import GroupVerdict, InterchangeVerdict, Validation

VERSION = "005010X231A1"
_ANSWERS = "FA"
_REQUESTED = "1"


class NothingToAcknowledgeError(ValueError):
    """A file in which nothing calls for an answer: no interchange, or answers alone."""


def acknowledge(
    validation: Validation,
    *,
    control: ControlNumbers,
    created: datetime,
    always_ta1: bool = False,
    delimiters: Delimiters = STANDARD,
) -> bytes:
    """The answers to a validated file: a 999 on each group, a TA1 where asked for, or where the envelope is at fault.

    An interchange whose envelope is at fault is refused as a whole, and its groups are not answered. Groups that are
    answers themselves (`FA`) are never answered. Numbers are taken from `control`; `created` stamps the envelopes.
    Raises `NothingToAcknowledgeError`, or `ControlNumberError` when the numbers are used up.
    """
    delimiters.checked()
    composer = _Composer(control, created, delimiters)
    parts = [composer.interchange(one, always_ta1=always_ta1) for one in validation.interchanges]
    text = "".join(parts)
    if not text:
        raise NothingToAcknowledgeError("expected an interchange that holds more than answers")
    return text.encode("ascii")


class _Composer:
    """Composes interchanges with the delimiters of the answer."""

    def __init__(self, control: ControlNumbers, created: datetime, delimiters: Delimiters) -> None:
        self._control = control
        self._day, self._clock = f"{created:%Y%m%d}", f"{created:%H%M}"
        self._delimiters = delimiters

    def interchange(self, received: InterchangeVerdict, *, always_ta1: bool) -> str:
        """The answer to one interchange; nothing where none is called for."""
        refused = is_refused(received)
        groups = [] if refused else [group for group in received.groups if group.element(1) != _ANSWERS]
        wants_ta1 = refused or always_ta1 or received.element(14) == _REQUESTED
        if not groups and not wants_ta1:
            return ""
        number = f"{self._control.take_interchange():09d}"
        usage = received.element(15) if received.element(15) in {"P", "T"} else "T"
        signs = self._delimiters
        head = (
            "ISA", "00", " " * 10, "00", " " * 10,
            self._fixed(received.element(7), 2), self._fixed(received.element(8), 15),
            self._fixed(received.element(5), 2), self._fixed(received.element(6), 15),
            self._day[2:], self._clock, signs.repetition, "00501", number, "0", usage, signs.component,
        )  # fmt: skip
        parts = [signs.element.join(head) + signs.segment + signs.line_break]
        if wants_ta1:
            parts.append(self._text([ta1(received)]))
        parts.extend(self._group(group) for group in groups)
        parts.append(self._text([("IEA", str(len(groups)), number)]))
        return "".join(parts)

    def _group(self, group: GroupVerdict) -> str:
        """The answer to one group: a group of its own, with one transaction."""
        number, transaction = str(self._control.take_group()), f"{self._control.take_transaction():04d}"
        # Whom the group named as receiver is who answers; an interchange may name neither.
        sender, receiver = group.element(3) or "UNKNOWN", group.element(2) or "UNKNOWN"
        body = [("ST", "999", transaction, VERSION), *answer_group(group)]
        body.append(("SE", str(len(body) + 1), transaction))
        head = ("GS", _ANSWERS, sender, receiver, self._day, self._clock, number, "X", VERSION)
        return self._text([head, *body, ("GE", "1", number)])

    def _text(self, segments: Sequence[Elements]) -> str:
        """Segments as text; composites get the component delimiter, and the empty end of a segment is left out."""
        signs = self._delimiters
        lines = []
        for segment in segments:
            elements = [self._clean(element) for element in segment]
            while not elements[-1]:
                elements.pop()
            if elements[0] == "IK4":
                elements[1] = segment[1].replace(":", signs.component)
            lines.append(signs.element.join(elements) + signs.segment + signs.line_break)
        return "".join(lines)

    def _clean(self, text: str) -> str:
        """What was received, fit for the answer: what could be no value of it becomes a question mark."""
        signs = self._delimiters
        taken = signs.element + signs.component + signs.repetition + signs.segment
        return "".join(sign if sign.isascii() and sign.isprintable() and sign not in taken else "?" for sign in text)

    def _fixed(self, text: str, length: int) -> str:
        return self._clean(text)[:length].ljust(length)
