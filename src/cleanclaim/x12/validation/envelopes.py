"""The envelopes of a file, judged as its segments come: headers, trailers, counts and control numbers.

What stands inside a transaction goes to its own judge. The elements of headers are judged by `envelope.toml`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from cleanclaim.x12.delimiters import STANDARD, Delimiters
from cleanclaim.x12.validation import characters
from cleanclaim.x12.validation.elements import judge_segment
from cleanclaim.x12.validation.faults import Fault, FaultKind
from cleanclaim.x12.validation.notation import ElementUse
from cleanclaim.x12.validation.patterns import element_pattern, signs_of
from cleanclaim.x12.validation.structure import load_structure, structures
from cleanclaim.x12.validation.transaction import TransactionJudge
from cleanclaim.x12.validation.verdicts import (
    FaultList,
    GroupVerdict,
    InterchangeVerdict,
    TransactionVerdict,
    Validation,
)

_ENVELOPE = frozenset({"GS", "GE", "IEA", "TA1", "ST", "SE"})
_HEADER_ELEMENTS = 16
_TRAILER_ELEMENTS = 2
_MAY_BE_BLANK = (2, 4)
_REPETITION = 11
_DELIMITERS = (_REPETITION, 16)
_VERSION = 12
_GROUP_NUMBER = 6
_GROUP_VERSION = 8
_SHOWN = 9
"""How long a count or code may be to be shown."""


@dataclass(slots=True)
class EnvelopeJudge:
    """Takes the segments of a file in order and fills `validation`; `limit` faults are listed of each part."""

    limit: int
    validation: Validation
    number: int = 0
    _delimiters: Delimiters = STANDARD
    _interchange: InterchangeVerdict | None = None
    _is_closed: bool = False
    _group: GroupVerdict | None = None
    _transaction: TransactionVerdict | None = None
    _judge: TransactionJudge | None = None
    _outside: int = 0
    _groups_seen: set[str] = field(default_factory=set)
    _transactions_seen: set[str] = field(default_factory=set)
    _interchanges_seen: set[tuple[str, ...]] = field(default_factory=set)

    def take_all(self, segments: Iterable[str], delimiters: Delimiters) -> None:
        """The next segments, each without its terminator and the blanks before it."""
        transaction, judge, heads = self._transaction, self._judge, _heads(delimiters.element)
        for raw in segments:
            if judge is not None and transaction is not None and raw[:3] not in heads:
                # Nearly every segment.
                self.number += 1
                transaction.segments += 1
                judge.take(raw, transaction.segments)
            else:
                self.take(raw, delimiters)
                transaction, judge = self._transaction, self._judge

    def take(self, raw: str, delimiters: Delimiters) -> None:
        """The next segment."""
        self.number += 1
        if delimiters is not self._delimiters:
            self._delimiters = delimiters
        tag = raw.partition(delimiters.element)[0]
        if tag == "ISA":
            self._begin_interchange(raw)
        elif tag in _ENVELOPE:
            self._envelope(tag, raw)
        elif self._transaction is not None:
            self._inside(self._transaction, raw)
        else:
            self._outside_all(raw)

    def finish(self) -> None:
        """The file is over."""
        self._end_interchange()

    def _inside(self, transaction: TransactionVerdict, raw: str) -> None:
        transaction.segments += 1
        if self._judge is not None:
            self._judge.take(raw, transaction.segments)

    def _outside_all(self, raw: str) -> None:
        """A segment outside any transaction; of several in a row, the first is reported."""
        self._outside += 1
        if self._outside == 1:
            tag = raw.partition(self._delimiters.element)[0]
            shown = tag if tag.isascii() and tag.isalnum() and 2 <= len(tag) <= 3 else "???"  # noqa: PLR2004 - ids
            words = ("a segment outside any transaction", "ST before it, or the end of the interchange")
            self._report(self._holder(), FaultKind.OUTSIDE_TRANSACTION, shown, words)

    def _envelope(self, tag: str, raw: str) -> None:
        self._outside = 0
        elements = raw.split(self._delimiters.element)
        if self._interchange is None or self._is_closed:
            words = (f"{tag} outside any interchange", "ISA before it")
            self._report(self._holder(), FaultKind.CONTROL_STRUCTURE_INVALID, tag, words)
            if self._interchange is None:
                return
        match tag:
            case "GS":
                self._begin_group(raw, elements)
            case "GE":
                self._end_group(elements)
            case "ST":
                self._begin_transaction(raw, elements)
            case "SE":
                self._end_transaction(raw, elements)
            case "IEA":
                self._close_interchange(elements)
            case _:
                self._answer(raw)

    # --- interchange -------------------------------------------------------------------------------------

    def _begin_interchange(self, raw: str) -> None:
        self._end_interchange()
        elements = raw.split(self._delimiters.element)
        faults = FaultList(self.limit)
        self._interchange = InterchangeVerdict(tuple(elements), self.number, faults, self._delimiters)
        self.validation.interchanges.append(self._interchange)
        self._is_closed = False
        self._groups_seen = set()
        self._outside = 0
        self._judge_header(elements, faults)
        key = tuple(one.strip() for one in (*elements[5:9], *elements[13:14]))
        if key in self._interchanges_seen:
            words = ("a number that an interchange of these parties before has", "a number of its own")
            self._report(faults, FaultKind.INTERCHANGE_NUMBER_REPEATED, "ISA", words, 13)
        self._interchanges_seen.add(key)

    def _judge_header(self, elements: list[str], faults: FaultList) -> None:
        uses = load_structure("envelope.toml").loops["ISA"].trigger.elements
        count = len(elements) - 1
        if count != _HEADER_ELEMENTS:
            words = (f"{count} elements", f"{_HEADER_ELEMENTS}")
            self._report(faults, FaultKind.CONTROL_STRUCTURE_INVALID, "ISA", words)
        version = uses[_VERSION - 1]
        is_current = version is not None and count >= _VERSION and elements[_VERSION] in version.codes
        for position, use in enumerate(uses, 1):
            if use is None or position > count:
                continue
            value = elements[position]
            if position == _VERSION and value not in use.codes:
                shown = value if value.isalnum() and len(value) <= _SHOWN else f"{len(value)} characters"
                kind, words = FaultKind.INTERCHANGE_VERSION_NOT_SUPPORTED, (f"version {shown}", use.codes[0])
                self._report(faults, kind, "ISA", words, position)
            elif position == _REPETITION and not is_current:
                continue  # older versions have no such sign
            elif position in _DELIMITERS:
                if len(value) != 1 or value.isalnum() or value == " ":
                    # Many senders still write here what version 00401 had in this place; it harms no reader.
                    is_repetition = position == _REPETITION
                    kind = FaultKind.REPETITION_SIGN_INVALID if is_repetition else FaultKind.DELIMITER_INVALID
                    self._report(faults, kind, "ISA", ("no sign that can part values", "one sign"), position)
            elif not self._fits(use, value, may_be_blank=position in _MAY_BE_BLANK):
                length = use.longest if not use.codes else 0
                expected = f"{length} characters" if length else f"one of {', '.join(use.codes)}"
                words = (f"a value of {len(value)} characters that does not fit", expected)
                self._report(faults, FaultKind.HEADER_ELEMENT_INVALID, "ISA", words, position)
        signs = [self._delimiters.element, self._delimiters.component, self._delimiters.segment]
        if self._delimiters.repetition:
            signs.append(self._delimiters.repetition)
        if len(set(signs)) != len(signs):
            words = ("two delimiters that are one", "four different signs")
            self._report(faults, FaultKind.DELIMITER_INVALID, "ISA", words, _DELIMITERS[0])

    def _fits(self, use: ElementUse, value: str, *, may_be_blank: bool) -> bool:
        if may_be_blank and len(value) == use.longest and not value.strip(" "):
            return True
        pattern = characters.compiled(element_pattern(use, signs_of(self._delimiters)))
        return pattern.fullmatch(value) is not None

    def _close_interchange(self, elements: list[str]) -> None:
        interchange = self._interchange
        if interchange is None:
            return
        self._cut_group("GE before IEA")
        faults = interchange.faults
        if not _is_count(elements, 1, len(interchange.groups)):
            words = (_count(elements, 1), f"{len(interchange.groups)} groups")
            self._report(faults, FaultKind.GROUP_COUNT_WRONG, "IEA", words, 1)
        if elements[2:3] != [interchange.element(13)]:
            words = ("another control number", "the one in ISA13")
            self._report(faults, FaultKind.INTERCHANGE_NUMBER_DIFFERS, "IEA", words, 2)
        self._judge_width("IEA", elements)
        self._is_closed = True

    def _end_interchange(self) -> None:
        if self._interchange is not None and not self._is_closed:
            self._cut_group("GE")
            words = ("an interchange without its trailer", "IEA")
            self._report(self._interchange.faults, FaultKind.ENDS_TOO_EARLY, "IEA", words)
        self._is_closed = True

    def _answer(self, raw: str) -> None:
        """A TA1, which stands between the interchange's header and its first group."""
        use = next(one.use for one in load_structure("envelope.toml").loops["ISA"].entries if one.tag == "TA1")
        faults = self._holder()
        if self._group is not None or (self._interchange is not None and self._interchange.groups):
            words = ("TA1 after a group has begun", "TA1 right after ISA")
            self._report(faults, FaultKind.CONTROL_STRUCTURE_INVALID, "TA1", words)
        for one in judge_segment(use, raw, self._delimiters):
            faults.add(Fault(one[0], self.number, 0, "ISA", "TA1", *one[1:]))

    def _judge_width(self, tag: str, elements: list[str]) -> None:
        """A trailer holds a count and a number; no guide judges those of groups and interchanges."""
        count = len(elements) - 1
        if any(elements[_TRAILER_ELEMENTS + 1 :]):
            words = (f"{count} elements", f"{_TRAILER_ELEMENTS}")
            self._report(self._holder(), FaultKind.CONTROL_STRUCTURE_INVALID, tag, words)
        elif count > _TRAILER_ELEMENTS:
            words = (f"{count} elements with empty ones at the end", "no delimiter after the last element")
            self._report(self._holder(), FaultKind.TRAILING_DELIMITER, tag, words)

    # --- groups ------------------------------------------------------------------------------------------

    def _begin_group(self, raw: str, elements: list[str]) -> None:
        interchange = self._interchange
        if interchange is None:
            return
        self._cut_group("GE before the next GS")
        faults = FaultList(self.limit)
        self._group = GroupVerdict(tuple(elements), self.number, faults)
        self._transactions_seen = set()
        interchange.groups.append(self._group)
        use = load_structure("envelope.toml").loops["GS"].trigger
        for one in judge_segment(use, raw, self._delimiters):
            is_number = one.element == _GROUP_NUMBER
            kind = FaultKind.GROUP_NUMBER_INVALID if is_number else FaultKind.GROUP_HEADER_INVALID
            fault = Fault(kind, self.number, 0, "GS", "GS", *one[1:])
            (faults if is_number else interchange.faults).add(fault)
        number = self._group.element(_GROUP_NUMBER)
        if number in self._groups_seen:
            words = ("a number that a group before has", "a number of its own")
            self._report(faults, FaultKind.GROUP_NUMBER_REPEATED, "GS", words, _GROUP_NUMBER)
        self._groups_seen.add(number)
        self._judge_support(self._group)

    def _judge_support(self, group: GroupVerdict) -> None:
        """Whether there is a guide for what the group says that it holds."""
        version, kind = group.element(_GROUP_VERSION), group.element(1)
        guides = {structure for (_, name), structure in structures().items() if name == version}
        if not guides:
            shown = version if version.isalnum() and len(version) <= 12 else "no version"  # noqa: PLR2004 - a version
            words = (f"version {shown}", "one of the guides here")
            self._report(group.faults, FaultKind.GROUP_VERSION_NOT_SUPPORTED, "GS", words, _GROUP_VERSION)
        elif kind not in {structure.group for structure in guides}:
            expected = " or ".join(sorted({structure.group for structure in guides}))
            shown = kind if kind.isalnum() and len(kind) == 2 else "no code"  # noqa: PLR2004 - a code
            words = (shown, f"{expected}, as GS08 says")
            self._report(group.faults, FaultKind.GROUP_NOT_SUPPORTED, "GS", words, 1)

    def _end_group(self, elements: list[str]) -> None:
        self._cut_transaction("SE before GE")
        group = self._group
        if group is None:
            words = ("a trailer without its group", "GS before it")
            self._report(self._holder(), FaultKind.CONTROL_STRUCTURE_INVALID, "GE", words)
            return
        group.stated_count = elements[1] if len(elements) > 1 else ""
        if not _is_count(elements, 1, len(group.transactions)):
            words = (_count(elements, 1), f"{len(group.transactions)} transactions")
            self._report(group.faults, FaultKind.TRANSACTION_COUNT_WRONG, "GE", words, 1)
        if elements[2:3] != [group.element(_GROUP_NUMBER)]:
            words = ("another control number", "the one in GS06")
            self._report(group.faults, FaultKind.GROUP_NUMBER_DIFFERS, "GE", words, 2)
        self._judge_width("GE", elements)
        self._group = None

    def _cut_group(self, expected: str) -> None:
        """A group that ends without its trailer."""
        self._cut_transaction("SE")
        if self._group is not None:
            words = ("a group without its trailer", expected)
            self._report(self._group.faults, FaultKind.GROUP_TRAILER_MISSING, "GE", words)
            self._group = None

    # --- transactions ------------------------------------------------------------------------------------

    def _begin_transaction(self, raw: str, elements: list[str]) -> None:
        self._cut_transaction("SE before the next ST")
        if self._group is None:
            words = ("a transaction outside any group", "GS before it")
            self._report(self._holder(), FaultKind.CONTROL_STRUCTURE_INVALID, "ST", words)
            self._group = GroupVerdict((), self.number, FaultList(self.limit))
            if self._interchange is not None:
                self._interchange.groups.append(self._group)
        kind, number, stated = [*elements[1:4], "", "", ""][:3]
        version = stated or self._group.element(_GROUP_VERSION)
        faults = FaultList(self.limit)
        transaction = TransactionVerdict(kind, number, version, stated, self.number, faults, segments=1)
        self._transaction = transaction
        self._group.transactions.append(transaction)
        self._judge_transaction_header(transaction, self._group)
        structure = structures().get((kind, version))
        code = self._group.element(1)
        if structure is not None and code and code != structure.group:
            words = (f"{kind}, which travels in groups {structure.group}", "the group's own transaction")
            self._report(faults, FaultKind.TRANSACTION_NAME_INVALID, "ST", words, 1)
        self._judge = None
        if structure is not None:
            transaction.guide = structure.version
            self._judge = TransactionJudge(structure, self._delimiters, faults.add, self.number - 1)
            self._judge.begin(raw)

    def _judge_transaction_header(self, transaction: TransactionVerdict, group: GroupVerdict) -> None:
        faults, number = transaction.faults, transaction.control_number
        if not (transaction.kind.isascii() and transaction.kind.isdigit() and len(transaction.kind) == 3):  # noqa: PLR2004 - such as 837
            words = ("no identifier of a transaction", "three digits")
            self._report(faults, FaultKind.TRANSACTION_NAME_INVALID, "ST", words, 1)
        elif all(kind != transaction.kind for kind, _ in structures()):
            words = (transaction.kind, "one of the transactions here")
            self._report(faults, FaultKind.TRANSACTION_NOT_SUPPORTED, "ST", words, 1)
        elif group.element(_GROUP_VERSION) and transaction.stated_version not in {"", group.element(_GROUP_VERSION)}:
            words = ("another version", "the one in GS08")
            self._report(faults, FaultKind.GUIDE_NOT_SUPPORTED, "ST", words, 3)
        if not (number.isascii() and number.isalnum() and 4 <= len(number) <= 9):  # noqa: PLR2004 - element 329
            words = (f"{len(number)} characters", "4 to 9 letters and digits")
            self._report(faults, FaultKind.TRANSACTION_NUMBER_INVALID, "ST", words, 2)
        if number in self._transactions_seen:
            words = ("a number that a transaction of the group before has", "a number of its own")
            self._report(faults, FaultKind.TRANSACTION_NUMBER_REPEATED, "ST", words, 2)
        self._transactions_seen.add(number)

    def _end_transaction(self, raw: str, elements: list[str]) -> None:
        transaction = self._transaction
        if transaction is None:
            words = ("a trailer without its transaction", "ST before it")
            self._report(self._holder(), FaultKind.CONTROL_STRUCTURE_INVALID, "SE", words)
            return
        self._inside(transaction, raw)
        if not _is_count(elements, 1, transaction.segments):
            words = (_count(elements, 1), f"{transaction.segments} segments")
            self._report(transaction.faults, FaultKind.SEGMENT_COUNT_WRONG, "SE", words, 1)
        if elements[2:3] != [transaction.control_number]:
            words = ("another control number", "the one in ST02")
            self._report(transaction.faults, FaultKind.TRANSACTION_NUMBER_DIFFERS, "SE", words, 2)
        self._leave(is_whole=True)

    def _cut_transaction(self, expected: str) -> None:
        """A transaction that ends without its trailer."""
        if self._transaction is not None:
            words = ("a transaction without its trailer", expected)
            self._report(self._transaction.faults, FaultKind.TRANSACTION_TRAILER_MISSING, "SE", words)
            self._leave(is_whole=False)

    def _leave(self, *, is_whole: bool) -> None:
        if self._judge is not None:
            self._judge.finish(is_whole=is_whole)
        self._judge = self._transaction = None

    # --- reporting ---------------------------------------------------------------------------------------

    def _holder(self) -> FaultList:
        """Where faults outside any transaction go."""
        return self.validation.faults if self._interchange is None else self._interchange.faults

    def _report(self, faults: FaultList, kind: FaultKind, tag: str, words: tuple[str, str], element: int = 0) -> None:
        inside = self._transaction.segments if self._transaction is not None else 0
        faults.add(Fault(kind, self.number, inside, "", tag, element, 0, 0, *words))


def _heads(sign: str) -> frozenset[str]:
    """How the segments of envelopes begin, in three characters."""
    return frozenset(f"{tag}{sign}"[:3] for tag in ("ISA", *_ENVELOPE)) | _ENVELOPE


def _is_count(elements: list[str], position: int, actual: int) -> bool:
    """Whether an element states this count; zeros before it do no harm."""
    said = elements[position] if position < len(elements) else ""
    return said.isascii() and said.isdigit() and said.lstrip("0") == str(actual).lstrip("0")


def _count(elements: list[str], position: int) -> str:
    said = elements[position] if position < len(elements) else ""
    return said if said.isascii() and said.isdigit() and len(said) <= _SHOWN else "no number"
