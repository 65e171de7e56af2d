"""Which of our claims an answer speaks of, and which of its lines each of the answer's lines.

A claim is found by our control number, by the number that the payer gave it, or by what it says: patient, day, codes
and charge. A number alone is not believed: an answer whose charges are not the claim's is not matched, for posting
money to the wrong claim is worse than asking. What is not matched is told with its reason; nothing is dropped.

A payer that separates a claim (remark MA15) answers each part of it on its own: what it says of some lines is matched
to those lines, where there is no doubt which they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from cleanclaim.records.coverage import CoverageOrder
from cleanclaim.records.letters import SPELLED
from cleanclaim.records.remittance import RemittedClaim, RemittedLine
from cleanclaim.remittance.effects import LineAnswer


@dataclass(frozen=True, slots=True)
class KnownLine:
    """A line as it was filed. `key` is what the ledger calls it; `control_number` was sent to the payer.

    `asked_cents` is what an earlier payer's answer, told on the claim, leaves for this payer to pay or explain; `None`
    where no payer comes before.
    """

    key: str
    control_number: str
    code: str
    modifiers: tuple[str, ...]
    units: int
    charge_cents: int
    date_of_service: date
    asked_cents: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """An earlier answer that is posted and not taken back: to which claim, by the payer of which place, its amounts.

    `lines` is what it wrote.
    """

    claim: str
    order: CoverageOrder
    charge_cents: int
    paid_cents: int
    lines: tuple[LineAnswer, ...]
    payer_control_number: str = ""


@dataclass(frozen=True, slots=True)
class KnownClaim:
    """A claim as it was filed, and what was answered so far.

    `order` is the place of the payer that it went to, `later` those of the payers after it, and `identifiers` the
    numbers by which they are known. Claims of one service to several payers have one `chain`: their lines are the same
    lines of the ledger. `standing` are the answers to any of them that stand, the oldest first; `replaced` those to the
    claims that it took the place of, whose numbers a payer may confuse with its own when it takes them back.
    """

    key: str
    control_number: str
    lines: tuple[KnownLine, ...]
    family_name: str = ""
    member_id: str = ""
    payer_control_numbers: tuple[str, ...] = ()
    order: CoverageOrder = CoverageOrder.PRIMARY
    later: tuple[CoverageOrder, ...] = ()
    identifiers: tuple[tuple[CoverageOrder, str], ...] = ()
    chain: str = ""
    standing: tuple[Standing, ...] = ()
    replaced: tuple[Standing, ...] = ()

    @property
    def charge_cents(self) -> int:
        """The total charge."""
        return sum([line.charge_cents for line in self.lines])


class FoundBy(StrEnum):
    """How a claim was found."""

    CONTROL_NUMBER = "control number"
    PAYER_CONTROL_NUMBER = "payer's control number"
    CONTENT = "patient, day, codes and charge"


@dataclass(frozen=True, slots=True)
class Match:
    """An answer with its claim. `lines` holds, for each of the answer's lines, the keys of the lines that it answers.

    It is empty where the payer answered for the claim as a whole. Several of the answer's lines may answer one of
    ours (split units). `is_part` is true where the answer is of some of the claim's lines, and others are answered
    elsewhere.
    """

    claim: KnownClaim
    by: FoundBy
    lines: tuple[str, ...]
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Why an answer has no claim, in words without a patient."""

    reason: str


@dataclass(slots=True)
class ClaimIndex:
    """Claims that were filed, by everything that an answer may name them by."""

    _by_control: dict[str, list[KnownClaim]] = field(default_factory=lambda: defaultdict(list))
    _by_payer_control: dict[str, list[KnownClaim]] = field(default_factory=lambda: defaultdict(list))
    _by_content: dict[tuple[date, int], list[KnownClaim]] = field(default_factory=lambda: defaultdict(list))
    _found: dict[str, list[tuple[RemittedClaim, Match]]] = field(default_factory=dict)
    """Answers that were found by our number already: whoever looks which claims are missing asks before the plan does.
    Only a further claim of that number can change it."""

    @classmethod
    def of(cls, claims: Iterable[KnownClaim]) -> ClaimIndex:
        """The index of these claims."""
        index = cls()
        for claim in claims:
            index.add(claim)
        return index

    def add(self, claim: KnownClaim) -> None:
        """Add one claim."""
        number = claim.control_number.upper()
        self._by_control[number].append(claim)
        self._found.pop(number, None)
        for number in claim.payer_control_numbers:
            self._by_payer_control[number.upper()].append(claim)
        for day in {line.date_of_service for line in claim.lines}:
            self._by_content[day, claim.charge_cents].append(claim)

    def find(self, answer: RemittedClaim, *, by_hand: bool = False) -> Match | Unmatched:
        """The claim that an answer speaks of, or why there is none.

        Of a part alone it speaks where its payer says so, where it takes such an answer back, or where a person has
        named the claim (`by_hand`).
        """
        number = answer.control_number.upper()
        for one, match in self._found.get(number, ()):
            if one is answer:
                return match
        named = self._by_control.get(number, [])
        numbered = (
            self._by_payer_control.get(answer.payer_control_number.upper(), []) if answer.payer_control_number else []
        )
        refusals: list[str] = []
        for candidates, by in ((named, FoundBy.CONTROL_NUMBER), (numbered, FoundBy.PAYER_CONTROL_NUMBER)):
            fitting, why = _fitting(candidates, answer, by_hand=by_hand)
            fitting = _of_the_payer(fitting, answer)
            if len(fitting) == 1:
                claim, lines = fitting[0]
                match = Match(claim, by, lines, is_part=is_part_of(claim, answer))
                if by is FoundBy.CONTROL_NUMBER:
                    self._found.setdefault(number, []).append((answer, match))
                return match
            if fitting:
                return Unmatched(f"{len(fitting)} claims have its {by.value}")
            refusals += why
        fitting, _why = _fitting(self._like(answer), answer)
        fitting = _of_the_payer(fitting, answer)
        if len(fitting) == 1:
            claim, lines = fitting[0]
            return Match(claim, FoundBy.CONTENT, lines)
        if fitting:
            return Unmatched(f"{len(fitting)} claims have its patient, day, codes and charge")
        return Unmatched(
            refusals[0] if refusals else "no claim has its numbers, nor its patient, day, codes and charge"
        )

    def _like(self, answer: RemittedClaim) -> list[KnownClaim]:
        days = {day for day in (answer.begins_on, *(line.date_of_service for line in answer.lines)) if day is not None}
        found = {
            claim.key: claim
            for day in days
            for claim in self._by_content.get((day, abs(answer.charge_cents)), [])
            if _is_patient(claim, answer)
        }
        return list(found.values())


def is_part_of(claim: KnownClaim, answer: RemittedClaim) -> bool:
    """Whether an answer is of less than the claim charges."""
    return 0 < abs(answer.charge_cents) < claim.charge_cents


def _fitting(
    candidates: Sequence[KnownClaim], answer: RemittedClaim, *, by_hand: bool = False
) -> tuple[list[tuple[KnownClaim, tuple[str, ...]]], list[str]]:
    fitting, why = [], []
    may_be_part = by_hand or answer.is_separated or answer.is_reversal
    for claim in candidates:
        if may_be_part and is_part_of(claim, answer):
            of_part = match_part(claim, answer, by_hand=by_hand)
            if of_part is not None:
                fitting.append((claim, of_part))
                continue
            why.append("it is of a part of the claim with its number, and which of its lines are meant is not certain")
            continue
        if claim.charge_cents != abs(answer.charge_cents):
            why.append("the claim with its number was charged otherwise")
            continue
        lines = match_lines(claim, answer)
        if lines is None:
            why.append("its lines are not those of the claim with its number")
        else:
            fitting.append((claim, lines))
    return fitting, why


def _of_the_payer(
    found: list[tuple[KnownClaim, tuple[str, ...]]], answer: RemittedClaim
) -> list[tuple[KnownClaim, tuple[str, ...]]]:
    """Of the claims of one service to several payers, the one to the payer that answers; else the first payer's."""
    chains = {claim.chain for claim, _lines in found}
    if len(found) < 2 or len(chains) != 1 or chains == {""}:  # noqa: PLR2004 - one needs no choice
        return found
    for order in (answer.order, CoverageOrder.PRIMARY):
        own = [item for item in found if item[0].order is order]
        if len(own) == 1:
            return own
    return found


def match_lines(claim: KnownClaim, answer: RemittedClaim) -> tuple[str, ...] | None:
    """For each of the answer's lines the key of ours; `None` where one has none, or charges do not add up.

    A line is found by our line number, else by code, modifiers and charge, else by code and charge, else by the code
    that was billed. Lines alike in all that are taken in order. Several answers to one of our lines together have its
    charge; every line of ours that is charged for is answered.
    """
    if not answer.lines:
        return ()
    free = list(claim.lines)
    answered: dict[str, int] = defaultdict(int)
    keys: list[str] = []
    for line in answer.lines:
        found = _line_for(line, claim.lines, free)
        if found is None:
            return None
        answered[found.key] += abs(line.charge_cents)
        if found in free and answered[found.key] >= found.charge_cents:
            free.remove(found)
        keys.append(found.key)
    charged = {line.key: line.charge_cents for line in claim.lines}
    whole = all(answered[key] == cents for key, cents in charged.items())
    return tuple(keys) if whole else None


def match_part(
    claim: KnownClaim, answer: RemittedClaim, *, rather: Sequence[Collection[str]] = (), by_hand: bool = False
) -> tuple[str, ...] | None:
    """For each line of an answer to a part of the claim the key of ours; `None` where one has none, or it is doubtful.

    A line is found by our line number, by its whole charge or for a part of it by its code; else by code, modifiers and
    the whole charge. Of lines that fit alike, those in the first of `rather` come first, then those in the next. Lines
    that fit and differ are doubtful, unless a person has named the claim (`by_hand`).
    """
    left = {line.key: line.charge_cents for line in claim.lines}
    keys: list[str] = []
    for line in answer.lines:
        charge = abs(line.charge_cents)
        numbered = [item for item in claim.lines if item.control_number and item.control_number == line.control_number]
        if len(numbered) == 1:
            found = numbered[0]
            is_like = charge == found.charge_cents or found.code in {line.code, line.billed_code}
            if not (by_hand or is_like):
                return None
        else:
            free = [item for item in claim.lines if left[item.key] == item.charge_cents == charge]
            fitting = _like_line(line, free)
            for keys_first in rather:
                fitting = [item for item in fitting if item.key in keys_first] or fitting
            if not fitting or not (by_hand or _are_alike(fitting)):
                return None
            found = fitting[0]
        left[found.key] -= charge
        if left[found.key] < 0:
            return None
        keys.append(found.key)
    return tuple(keys) or None


def _are_alike(lines: Sequence[KnownLine]) -> bool:
    """Whether it makes no difference which of these lines is meant."""
    return (
        len({(line.code, line.modifiers, line.units, line.charge_cents, line.date_of_service) for line in lines}) == 1
    )


def _line_for(line: RemittedLine, own: Sequence[KnownLine], free: Sequence[KnownLine]) -> KnownLine | None:
    numbered = [item for item in own if line.control_number and item.control_number == line.control_number]
    if len(numbered) == 1:
        return numbered[0]
    fitting = _like_line(line, free)
    return fitting[0] if fitting else None


def _like_line(line: RemittedLine, free: Sequence[KnownLine]) -> list[KnownLine]:
    """Of these lines of ours those that an answer's line is most like: by code, modifiers, charge, what was billed."""
    charge = abs(line.charge_cents)
    same_day = [item for item in free if line.date_of_service in {None, item.date_of_service}]
    told = (line.code, line.modifiers)
    billed = (line.billed_code, line.billed_modifiers)
    tests = (
        lambda item: (item.code, item.modifiers) == told and item.charge_cents == charge,
        lambda item: (item.code, sorted(item.modifiers)) == (line.code, sorted(line.modifiers)),
        lambda item: item.code == line.code and item.charge_cents == charge,
        lambda item: line.billed_code and (item.code, item.modifiers) == billed,
        lambda item: line.billed_code and item.code == line.billed_code,
        lambda item: item.code == line.code,
    )
    for is_it in tests:
        found = [item for item in same_day if is_it(item)]
        if found:
            return found
    return []


def _is_patient(claim: KnownClaim, answer: RemittedClaim) -> bool:
    """Whether the answer names the claim's patient: by member id, else by family name."""
    if claim.member_id and answer.member_id:
        return _plain(claim.member_id) == _plain(answer.member_id)
    return bool(answer.family_name) and _plain(claim.family_name) == _plain(answer.family_name)


def _plain(text: str) -> str:
    return "".join(letter for letter in text.translate(SPELLED).upper() if letter.isalnum())
