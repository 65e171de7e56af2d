"""X12 read plainly, segment by segment, knowing no reader: what must be found in an interchange, and what is wrong.

Segments are bytes without what stands around them; places count from 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cleanclaim.x12.delimiters import Delimiters

BLANKS = " \t\n\x0b\x0c\r\x1c\x1d\x1e\x1f\x00"
"""What stands around segments and elements without being part of them."""
_TRANSACTION = {
    "837P": ("837", "005010X222A1"), "837I": ("837", "005010X223A2"), "835": ("835", "005010X221A1"),
    "999": ("999", "005010X231A1"), "277CA": ("277", "005010X214"), "277": ("277", "005010X212"),
    "276": ("276", "005010X212"), "271": ("271", "005010X279A1"), "270": ("270", "005010X279A1"), "TA1": ("", ""),
}  # fmt: skip
_ANSWERS = {"STC": "statuses", "TRN": "traces", "REF": "references", "DTP": "dates", "NM1": "parties", "SVC": "lines"}
_CLAIMS = {
    "CLM": "claims", "LX": "lines", "NM1": "parties", "REF": "references", "DTP": "dates", "AMT": "amounts",
    "NTE": "notes", "CAS": "adjustments", "HI": "diagnoses",
}  # fmt: skip
_BEGINS: dict[str, dict[str, str]] = {
    "837P": _CLAIMS,
    "837I": _CLAIMS,
    "835": {
        "CLP": "claims", "SVC": "lines", "CAS": "adjustments", "PLB": "provider_adjustments", "LQ": "remarks",
        "MOA": "claim_remarks", "N1": "parties", "NM1": "parties", "REF": "references", "DTM": "dates",
        "AMT": "amounts", "PER": "contacts",
    },
    "999": {"AK2": "answers", "IK3": "segment_faults", "IK4": "element_faults"},
    "277CA": {**_ANSWERS, "AMT": "amounts", "QTY": "quantities"},
    "277": _ANSWERS,
    "276": {"REF": "references", "DTP": "dates", "NM1": "parties"},
    "271": {
        "EB": "benefits", "AAA": "rejections", "MSG": "messages", "TRN": "traces", "REF": "references", "DTP": "dates",
        "NM1": "parties",
    },
    "270": {"EQ": "inquiries", "TRN": "traces", "REF": "references", "DTP": "dates", "NM1": "parties"},
    "TA1": {"TA1": "interchange_acknowledgments"},
}  # fmt: skip
"""By kind of file: the segments that begin a row wherever they have a meaning, and the table."""
_FIRST_REASON = {"CAS": 2, "PLB": 3, "MOA": 3}
"""The element from which on such a segment has reasons or amounts; without any it begins no row."""
_LAST_REASON = {"CAS": 19, "PLB": 14, "MOA": 7}
_QUALIFIED = {"HI": {"ABK", "ABF", "BK", "BF"}, "LQ": {"HE", "RX"}}
_LINE, _CLAIM = {"837P": "LX", "837I": "LX", "835": "SVC"}, {"837P": "CLM", "837I": "CLM", "835": "CLP"}


def blanks_in(delimiters: Delimiters) -> str:
    """The blanks of a file: what it has for a delimiter is none in it."""
    own = {delimiters.element, delimiters.component, delimiters.repetition, delimiters.segment}
    return "".join(one for one in BLANKS if one not in own)


def segments_of(data: bytes, delimiters: Delimiters) -> tuple[bytes, ...]:
    """The segments in some bytes."""
    blanks = blanks_in(delimiters).encode()
    pieces = [one.strip(blanks) for one in data.split(delimiters.segment.encode("latin-1"))]
    return tuple([one for one in pieces if one])


def begun_rows(segments: Sequence[bytes], kind: str, delimiters: Delimiters) -> Iterator[tuple[int, str]]:
    """The segments that begin a row of a table, each with the table, but for those in transactions of other kinds."""
    begins = _BEGINS[kind]
    is_other = False
    for at, elements in _split(segments, delimiters):
        name = elements[0]
        if name in {"ISA", "GS", "SE", "GE", "IEA"}:
            is_other = False
        elif name == "ST":
            said = (elements[1:2] or [""])[0], (elements[3:4] or [""])[0]
            is_other = said != _TRANSACTION[kind] and kind != "TA1"
        elif name in begins and not is_other and _has_row(name, elements, delimiters):
            yield at, begins[name]


def _has_row(name: str, elements: Sequence[str], delimiters: Delimiters) -> bool:
    if name in _QUALIFIED:
        first = (elements[1:2] or [""])[0].partition(delimiters.component)[0]
        return first.strip(blanks_in(delimiters)) in _QUALIFIED[name]
    if name in _FIRST_REASON:
        return any(elements[_FIRST_REASON[name] : _LAST_REASON[name] + 1])
    return True


def owners_of_lines(segments: Sequence[bytes], kind: str, delimiters: Delimiters) -> Iterator[tuple[int, int | None]]:
    """The segments that begin a line of a claim, each with the one that begins the claim before it."""
    claim = None
    for at, elements in _split(segments, delimiters):
        if elements[0] in {"ST", "SE", "HL"}:
            claim = None
        elif elements[0] == _CLAIM.get(kind):
            claim = at
        elif elements[0] == _LINE.get(kind):
            yield at, claim


def faults_of_envelopes(segments: Sequence[bytes], delimiters: Delimiters) -> list[str]:
    """What is wrong with the envelopes of one interchange: an order, a count or a number that does not hold."""
    faults: list[str] = []
    path: list[str] = []
    counts: dict[str, int] = {}
    numbers: dict[str, str] = {}
    opening = {"ISA": "", "GS": "ISA", "ST": "GS"}
    closing = {"SE": ("ST", 2, 2), "GE": ("GS", 6, 2), "IEA": ("ISA", 13, 2)}
    for at, elements in _split(segments, delimiters):
        name = elements[0]
        if name in opening:
            if (path[-1] if path else "") != opening[name]:
                faults.append(f"{name} at {at} stands in {path}")
                return faults
            counts[opening[name]] = counts.get(opening[name], 0) + 1
            path.append(name)
            counts[name] = 0
            number = {"ISA": 13, "GS": 6, "ST": 2}[name]
            numbers[name] = (elements[number : number + 1] or [""])[0]
        if name in closing:
            outer, _number, place = closing[name]
            if not path or path[-1] != outer:
                faults.append(f"{name} at {at} stands in {path}")
                return faults
            path.pop()
            said, number_said = (elements[1:2] or [""])[0], (elements[place : place + 1] or [""])[0]
            held = counts[outer] + (1 if name == "SE" else 0)
            if (said.lstrip("0") or said[:1]) != str(held):
                faults.append(f"{name} at {at} says {said!r} of {held}")
            if number_said != numbers[outer]:
                faults.append(f"{name} at {at} has the number {number_said!r}, not {numbers[outer]!r}")
        elif path and path[-1] == "ST":
            counts["ST"] += 1
        elif name not in opening and name != "TA1":
            faults.append(f"{name!r} at {at} stands in {path}")
    if path:
        faults.append(f"it ends within {path}")
    return faults


def names_of(segments: Sequence[bytes], delimiters: Delimiters) -> list[str]:
    """What each segment is called."""
    return [elements[0] for _at, elements in _split(segments, delimiters)]


def _split(segments: Sequence[bytes], delimiters: Delimiters) -> Iterator[tuple[int, list[str]]]:
    blanks = blanks_in(delimiters)
    for at, segment in enumerate(segments):
        elements = [one.strip(blanks) for one in segment.decode("latin-1").split(delimiters.element)]
        yield at, [elements[0].upper(), *elements[1:]]
