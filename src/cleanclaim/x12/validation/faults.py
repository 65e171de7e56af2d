"""What a validator finds: one fault, its kind, where it stands, and how each kind is named in an acknowledgment.

Levels are the trade's own: 1 syntax (envelopes, counts, types, lengths), 2 the implementation guide (what is required,
how often, which codes), 3 sums that must balance. The codes beside each kind are those of the 999 and the TA1, as the
guides 005010X231A1 and the interchange control list them.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple


class FaultKind(Enum):
    """A kind of fault: level, code at the segment (IK304), at the element (IK403), and whether it rejects.

    What there is no guide for is not judged, so its kinds do not reject; an answer refuses it all the same.
    Kinds of the envelope have their codes in `SET_CODES`, `GROUP_CODES` and `INTERCHANGE_CODES`.
    """

    # --- elements
    REQUIRED_ELEMENT_MISSING = ("required-element-missing", 2, "8", "1", True)
    CONDITIONAL_ELEMENT_MISSING = ("conditional-element-missing", 1, "8", "2", True)
    DEPENDENT_ELEMENT_MISSING = ("dependent-element-missing", 2, "8", "I9", True)
    TOO_MANY_ELEMENTS = ("too-many-elements", 1, "8", "3", True)
    TOO_MANY_COMPONENTS = ("too-many-components", 1, "8", "13", True)
    TOO_MANY_REPETITIONS = ("too-many-repetitions", 1, "8", "12", True)
    ELEMENT_TOO_SHORT = ("element-too-short", 1, "8", "4", True)
    ELEMENT_TOO_LONG = ("element-too-long", 1, "8", "5", True)
    INVALID_CHARACTER = ("invalid-character", 1, "8", "6", True)
    INVALID_CODE = ("invalid-code", 2, "8", "7", True)
    INVALID_DATE = ("invalid-date", 1, "8", "8", True)
    INVALID_TIME = ("invalid-time", 1, "8", "9", True)
    EXCLUDED_ELEMENT = ("excluded-element", 1, "8", "10", True)
    ELEMENT_NOT_USED = ("element-not-used", 2, "8", "I10", True)
    DEPENDENT_ELEMENT_NOT_USED = ("dependent-element-not-used", 2, "8", "I13", True)
    TRAILING_DELIMITER = ("trailing-delimiter", 1, "8", "3", False)
    FRACTION_OF_A_CENT = ("fraction-of-a-cent", 2, "8", "I12", True)
    LINE_NUMBER_WRONG = ("line-number-wrong", 2, "8", "7", True)
    LEVEL_NUMBER_WRONG = ("level-number-wrong", 2, "8", "7", True)
    # --- segments and loops
    UNKNOWN_SEGMENT = ("unknown-segment", 1, "1", "", True)
    UNEXPECTED_SEGMENT = ("unexpected-segment", 2, "2", "", True)
    SEGMENT_MISSING = ("segment-missing", 2, "3", "", True)
    LOOP_MISSING = ("loop-missing", 2, "I7", "", True)
    LOOP_TOO_OFTEN = ("loop-too-often", 2, "4", "", True)
    SEGMENT_TOO_OFTEN = ("segment-too-often", 2, "5", "", True)
    SEGMENT_NOT_IN_TRANSACTION = ("segment-not-in-transaction", 1, "6", "", True)
    SEGMENT_OUT_OF_ORDER = ("segment-out-of-order", 2, "7", "", True)
    DEPENDENT_SEGMENT_MISSING = ("dependent-segment-missing", 2, "I6", "", True)
    DEPENDENT_SEGMENT_NOT_USED = ("dependent-segment-not-used", 2, "I9", "", True)
    NOT_JUDGED = ("not-judged", 2, "", "", False)
    # --- sums
    NOT_BALANCED = ("not-balanced", 3, "", "", False)
    # --- transactions
    TRANSACTION_NOT_SUPPORTED = ("transaction-not-supported", 1, "", "", False)
    TRANSACTION_TRAILER_MISSING = ("transaction-trailer-missing", 1, "", "", True)
    TRANSACTION_NUMBER_DIFFERS = ("transaction-number-differs", 1, "", "", True)
    SEGMENT_COUNT_WRONG = ("segment-count-wrong", 1, "", "", True)
    TRANSACTION_NAME_INVALID = ("transaction-name-invalid", 1, "", "", True)
    TRANSACTION_NUMBER_INVALID = ("transaction-number-invalid", 1, "", "", True)
    TRANSACTION_NUMBER_REPEATED = ("transaction-number-repeated", 1, "", "", True)
    GUIDE_NOT_SUPPORTED = ("guide-not-supported", 1, "", "", True)
    # --- groups
    GROUP_NOT_SUPPORTED = ("group-not-supported", 1, "", "", True)
    GROUP_VERSION_NOT_SUPPORTED = ("group-version-not-supported", 1, "", "", False)
    GROUP_TRAILER_MISSING = ("group-trailer-missing", 1, "", "", True)
    GROUP_NUMBER_DIFFERS = ("group-number-differs", 1, "", "", True)
    TRANSACTION_COUNT_WRONG = ("transaction-count-wrong", 1, "", "", True)
    GROUP_NUMBER_INVALID = ("group-number-invalid", 1, "", "", True)
    GROUP_NUMBER_REPEATED = ("group-number-repeated", 1, "", "", True)
    GROUP_HEADER_INVALID = ("group-header-invalid", 1, "", "", True)
    OUTSIDE_TRANSACTION = ("outside-transaction", 1, "", "", True)
    # --- interchanges
    HEADER_ELEMENT_INVALID = ("header-element-invalid", 1, "", "", True)
    INTERCHANGE_NUMBER_DIFFERS = ("interchange-number-differs", 1, "", "", True)
    INTERCHANGE_VERSION_NOT_SUPPORTED = ("interchange-version-not-supported", 1, "", "", False)
    GROUP_COUNT_WRONG = ("group-count-wrong", 1, "", "", True)
    CONTROL_STRUCTURE_INVALID = ("control-structure-invalid", 1, "", "", True)
    ENDS_TOO_EARLY = ("ends-too-early", 1, "", "", True)
    INTERCHANGE_NUMBER_REPEATED = ("interchange-number-repeated", 1, "", "", True)
    DELIMITER_INVALID = ("delimiter-invalid", 1, "", "", True)
    REPETITION_SIGN_INVALID = ("repetition-sign-invalid", 1, "", "", False)
    SEGMENT_TOO_LONG = ("segment-too-long", 1, "", "", True)
    NO_INTERCHANGE = ("no-interchange", 1, "", "", True)

    def __init__(self, label: str, level: int, segment_code: str, element_code: str, rejects: bool) -> None:  # noqa: FBT001 - a row of the table above
        self.label = label
        self.level = level
        self.segment_code = segment_code
        self.element_code = element_code
        self.rejects = rejects


class Fault(NamedTuple):
    """One fault.

    `segment` counts segments from 1 through the file, `in_transaction` from 1 at the transaction's header (0 where
    there is none). `loop` is the guide's loop, "" where none is known. `tag` is the segment's id; `element`,
    `component` and `repetition` count from 1, 0 where the fault concerns no one of them. `found` and `expected` say
    what is wrong; they hold codes and counts, never text that may be a person's. `number` is the data element's own
    number, "" where it has none. `code` is the offending value where it is a code.
    """

    kind: FaultKind
    segment: int
    in_transaction: int
    loop: str
    tag: str
    element: int
    component: int
    repetition: int
    found: str
    expected: str
    number: str = ""
    code: str = ""

    @property
    def place(self) -> str:
        """Segment and element, such as `CLM05-2`; the segment alone where no element is at fault."""
        if not self.element:
            return self.tag
        component = f"-{self.component}" if self.component else ""
        repetition = f"({self.repetition})" if self.repetition else ""
        return f"{self.tag}{self.element:02d}{component}{repetition}"

    def __str__(self) -> str:
        """One line for people."""
        where = f"segment {self.segment}" if self.segment else "file"
        loop = f", loop {self.loop}" if self.loop else ""
        return f"{where}{loop}, {self.place}: found {self.found}, expected {self.expected} ({self.kind.label})"


Report = Callable[[Fault], None]
"""Where faults go as they are found."""

SET_CODES = {
    FaultKind.TRANSACTION_NOT_SUPPORTED: "1",
    FaultKind.TRANSACTION_TRAILER_MISSING: "2",
    FaultKind.TRANSACTION_NUMBER_DIFFERS: "3",
    FaultKind.SEGMENT_COUNT_WRONG: "4",
    FaultKind.TRANSACTION_NAME_INVALID: "6",
    FaultKind.TRANSACTION_NUMBER_INVALID: "7",
    FaultKind.TRANSACTION_NUMBER_REPEATED: "23",
    FaultKind.GUIDE_NOT_SUPPORTED: "I6",
}
"""IK502 and after, of what concerns a whole transaction; segments at fault are code 5."""

GROUP_CODES = {
    FaultKind.GROUP_NOT_SUPPORTED: "1",
    FaultKind.GROUP_VERSION_NOT_SUPPORTED: "2",
    FaultKind.GROUP_TRAILER_MISSING: "3",
    FaultKind.GROUP_NUMBER_DIFFERS: "4",
    FaultKind.TRANSACTION_COUNT_WRONG: "5",
    FaultKind.GROUP_NUMBER_INVALID: "6",
    FaultKind.GROUP_NUMBER_REPEATED: "19",
}
"""AK905 and after."""

INTERCHANGE_CODES = {
    FaultKind.INTERCHANGE_NUMBER_DIFFERS: "001",
    FaultKind.INTERCHANGE_VERSION_NOT_SUPPORTED: "003",
    FaultKind.GROUP_COUNT_WRONG: "021",
    FaultKind.CONTROL_STRUCTURE_INVALID: "022",
    FaultKind.ENDS_TOO_EARLY: "023",
    FaultKind.GROUP_HEADER_INVALID: "024",
    FaultKind.OUTSIDE_TRANSACTION: "024",
    FaultKind.SEGMENT_TOO_LONG: "024",
    FaultKind.INTERCHANGE_NUMBER_REPEATED: "025",
    FaultKind.DELIMITER_INVALID: "026",
}
"""TA105 of what concerns a whole interchange."""

HEADER_ELEMENT_CODES = {
    1: "010",
    2: "011",
    3: "012",
    4: "013",
    5: "005",
    6: "006",
    7: "007",
    8: "008",
    9: "014",
    10: "015",
    11: "026",
    12: "017",
    13: "018",
    14: "019",
    15: "020",
    16: "027",
}
"""TA105 of an element of the interchange header that is at fault."""
