"""The TA1: whether an interchange as such was received in order.

Only faults of the envelope count. What it says of the interchange received is repeated as it stood there, zeros where
it could not stand in an answer.
"""

from __future__ import annotations

from cleanclaim.x12.validation.faults import HEADER_ELEMENT_CODES, INTERCHANGE_CODES, Fault, FaultKind
from cleanclaim.x12.validation.verdicts import InterchangeVerdict

NO_FAULT = "000"
_OTHER = "024"
"""Something inside the interchange that has no code of its own."""
_NUMBER, _DATE, _TIME = 13, 9, 10


def is_refused(interchange: InterchangeVerdict) -> bool:
    """Whether the envelope is at fault, or of a version that is not read here, so that nothing in it is taken."""
    return interchange.faults.rejecting > 0 or bool(_refusing(interchange))


def ta1(interchange: InterchangeVerdict) -> tuple[str, ...]:
    """The elements of the segment, its id first: number, date and time as received, `A` or `R`, and why."""
    refusing = _refusing(interchange)
    code = note_code(refusing[0]) if refusing else _OTHER if is_refused(interchange) else NO_FAULT
    return (
        "TA1",
        _digits(interchange.element(_NUMBER), 9),
        _digits(interchange.element(_DATE), 6),
        _digits(interchange.element(_TIME), 4),
        "R" if is_refused(interchange) else "A",
        code,
    )


def _refusing(interchange: InterchangeVerdict) -> list[Fault]:
    """The listed faults for which an interchange is refused."""
    unread = FaultKind.INTERCHANGE_VERSION_NOT_SUPPORTED
    return [fault for fault in interchange.faults.listed if fault.kind.rejects or fault.kind is unread]


def note_code(fault: Fault) -> str:
    """TA105 for a fault of an interchange."""
    if fault.kind is FaultKind.HEADER_ELEMENT_INVALID:
        return HEADER_ELEMENT_CODES[fault.element]
    if fault.kind is FaultKind.DELIMITER_INVALID:
        return HEADER_ELEMENT_CODES[fault.element]
    return INTERCHANGE_CODES.get(fault.kind, _OTHER)


def _digits(text: str, length: int) -> str:
    return text if len(text) == length and text.isascii() and text.isdigit() else "0" * length
