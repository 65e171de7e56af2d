"""The 999: what was found in each transaction of a group, and whether the group is accepted.

Levels 1 and 2 are answered. Sums that do not balance (level 3) are not: who receives a claim says so in a 277CA, and
the validation lists them. Elements at fault are repeated only where they are codes, so that nothing of a patient
travels in an answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from cleanclaim.x12.validation.faults import GROUP_CODES, SET_CODES, Fault, FaultKind
from cleanclaim.x12.validation.verdicts import GroupVerdict, TransactionVerdict

Elements = tuple[str, ...]
"""A segment: its id, then its elements; a composite stands in its element with `:` between components."""

_MOST_CODES = 5
_SEGMENT_FAULTS = "5"
_ELEMENT_FAULTS = "8"
_NO_LOOP = "ST"
_LONGEST_LOOP = 4


def answer_group(group: GroupVerdict) -> list[Elements]:
    """The segments between header and trailer of the transaction that answers a group."""
    answers = [_answer(one, group) for one in group.transactions]
    segments: list[Elements] = [("AK1", group.element(1), group.element(6), group.element(8))]
    for body, _ in answers:
        segments.extend(body)
    accepted = [code for _, code in answers if code != "R"]
    codes = _unique(GROUP_CODES[fault.kind] for fault in group.faults.listed if fault.kind in GROUP_CODES)
    received = len(group.transactions)
    if group.faults.rejecting or (received and not accepted):
        outcome = "R"
    elif len(accepted) < received:
        outcome = "P"
    else:
        outcome = "E" if "E" in accepted else "A"
    stated = group.stated_count.lstrip("0") or "0"
    included = stated if stated.isascii() and stated.isdigit() and len(stated) <= 6 else str(received)  # noqa: PLR2004 - element 97
    taken = 0 if outcome == "R" else len(accepted)
    segments.append(("AK9", outcome, included, str(received), str(taken), *codes))
    return segments


def _answer(transaction: TransactionVerdict, group: GroupVerdict) -> tuple[list[Elements], str]:
    """The segments about one transaction, and its outcome: `A`, `E` (faults noted) or `R`."""
    listed = sorted(transaction.faults.listed, key=lambda fault: fault.in_transaction)
    segments: list[Elements] = [("AK2", *_header(transaction))]
    inside = [fault for fault in listed if fault.kind.segment_code]
    for _, same in groupby(inside, key=_segment_key):
        segments.extend(_about_segment(list(same)))
    codes = [SET_CODES[fault.kind] for fault in listed if fault.kind in SET_CODES]
    if any(fault.kind.rejects for fault in inside):
        codes.insert(0, _SEGMENT_FAULTS)
    if not transaction.guide and not codes:
        codes.append(SET_CODES[FaultKind.GUIDE_NOT_SUPPORTED])
    is_refused = transaction.faults.rejecting or group.faults.rejecting or not transaction.guide
    outcome = "R" if is_refused else "E" if inside else "A"
    segments.append(("IK5", outcome, *_unique(codes)))
    return segments, outcome


def _header(transaction: TransactionVerdict) -> list[str]:
    elements = [transaction.kind, transaction.control_number, transaction.stated_version]
    return elements if transaction.stated_version else elements[:2]


def _segment_key(fault: Fault) -> tuple[int, str, str, str]:
    return fault.in_transaction, fault.tag, fault.loop, fault.kind.segment_code


def _about_segment(faults: list[Fault]) -> Iterator[Elements]:
    """One segment at fault, and each of its elements that is."""
    first = faults[0]
    # The loop is named as X12 itself counts loops, without the guide's letters.
    loop = "" if first.loop == _NO_LOOP else first.loop[:_LONGEST_LOOP]
    yield "IK3", first.tag, str(first.in_transaction), loop, first.kind.segment_code
    if first.kind.segment_code == _ELEMENT_FAULTS:
        for fault in faults:
            yield _about_element(fault)


def _about_element(fault: Fault) -> Elements:
    position = [str(fault.element), str(fault.component or ""), str(fault.repetition or "")]
    while not position[-1]:
        position.pop()
    number = fault.number if fault.number.isdigit() else ""
    found = ("IK4", ":".join(position), number, fault.kind.element_code)
    return (*found, fault.code) if fault.code else found


def _unique(codes: Iterator[str] | list[str]) -> list[str]:
    """Each code once, in order, as many as there is room for."""
    return list(dict.fromkeys(codes))[:_MOST_CODES]
