"""Apply fixes to professional claims (837P) as segments; what no fix concerns stays byte for byte.

What follows from a change is changed with it: a charge follows its units, the claim's total its charges, the numbers
of the later lines a line that goes, pointers a diagnosis that goes, and the count of a transaction's segments both.
A claim that reports what another payer paid keeps its charges: they would no longer be those that payer decided on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cleanclaim.check.findings import Change
from cleanclaim.check.rewriting import (
    DECIDED,
    MOVED,
    NOT_HERE,
    RefusedError,
    Rewritten,
    amount_like,
    charge_for,
    require,
    rewrite,
    twin_of,
    whole_number,
    without_position,
)
from cleanclaim.money import AmountError, plain, scaled
from cleanclaim.x12 import Segment, X12File
from cleanclaim.x12.claim_tables import ClaimTables

_MODIFIERS = 4
_DIAGNOSIS_KINDS = frozenset({"ABK", "ABF", "BK", "BF"})
_ENDS_OF_CLAIM = frozenset({"CLM", "HL", "SE", "GE", "IEA"})
_CHARGE, _TOTAL = "charge_cents", "total_charge_cents"


def apply_to_segments(
    file: X12File, claims: ClaimTables, changes: Iterable[Change], charges: Mapping[str, int] | None = None
) -> Rewritten:
    """Make the changes in the segments of a professional claim file; other segments stay byte for byte.

    Args:
        file: the file as segments; it is changed.
        claims: the tables read from it, of this file alone.
        changes: the changes.
        charges: the clinic's charge for a unit, in cents, by code; a charge follows its units.
    """
    before = file.write()
    editor = _SegmentEditor(file, claims, charges or {})
    return rewrite(changes, editor.make, editor.data, before)


@dataclass(slots=True)
class _Slots:
    """The diagnoses of one claim: where each stands, and the positions of those that are still there."""

    places: list[tuple[Segment, int]]
    """Segment and element, by present position."""
    kept: list[int] = field(default_factory=list)
    """Positions as they were read, by present position."""

    def codes(self) -> list[str]:
        """The codes as written."""
        return [_code(segment, place) for segment, place in self.places]


class _SegmentEditor:
    def __init__(self, file: X12File, claims: ClaimTables, charges: Mapping[str, int]) -> None:
        self._file = file
        self._claims = claims
        self._charges = charges
        self._ordered = list(file.segments())
        self._place = {segment.number: place for place, segment in enumerate(self._ordered)}
        self._gone: set[int] = set()
        self._diagnoses: dict[int, _Slots] = {}

    def data(self) -> bytes:
        """The file as it is now."""
        for interchange in self._file.interchanges:
            interchange.segments = [one for one in interchange.segments if one.number not in self._gone]
        return self._file.write()

    def make(self, change: Change) -> list[Change]:
        """Make one change; returns what followed."""
        if change.table == "lines":
            segment = self._ordered[self._place[self._claims.line_segments[change.key]]]
            if segment.id != "SV1" or segment.number in self._gone:
                raise RefusedError(NOT_HERE)
            return self._line(segment, change) if change.field else self._remove_line(segment, change)
        if change.table == "diagnoses":
            self._diagnosis(change)
        elif change.table == "claims" and change.field == _TOTAL:
            head = self._head(change.key)
            require(_cents(head, 2), change.old)
            head.put(2, _amount(head, change.new))
        else:
            raise RefusedError(NOT_HERE)
        return []

    # --- claims -----------------------------------------------------------------------------------------

    def _claim_of_line(self, line_id: int) -> int:
        claim_id: int = self._claims.tables.lines.item(line_id, "claim_id")
        return claim_id

    def _head(self, claim_id: int) -> Segment:
        """The segment that begins the claim and states its total."""
        segment = self._ordered[self._place[self._claims.claims[claim_id].segment]]
        if segment.id != "CLM":
            raise RefusedError("the claim's beginning (CLM), which states its total, is not in the file")
        return segment

    def _of_claim(self, claim_id: int) -> Iterator[Segment]:
        """The claim's segments that are still there, from its first to its last."""
        start = self._place[self._claims.claims[claim_id].segment]
        yield self._ordered[start]
        for place in range(start + 1, len(self._ordered)):
            segment = self._ordered[place]
            if segment.id in _ENDS_OF_CLAIM:
                return
            if segment.number not in self._gone:
                yield segment

    def _total(self, claim_id: int, more: int) -> list[Change]:
        """Add to the total that the claim states, in cents."""
        head = self._head(claim_id)
        if any(_tells_payment(segment) for segment in self._of_claim(claim_id)):
            raise RefusedError(DECIDED)
        total = _cents(head, 2)
        head.put(2, _amount(head, total + more))
        return [Change("claims", claim_id, _TOTAL, total, total + more)]

    def _remove(self, segments: Sequence[Segment]) -> None:
        """Take segments out, and count them off the transaction's trailer."""
        self._gone.update(segment.number for segment in segments)
        for place in range(self._place[segments[-1].number] + 1, len(self._ordered)):
            segment = self._ordered[place]
            if segment.id == "SE":
                count = whole_number(segment.text(1))
                if count is not None:
                    segment.put(1, str(count - len(segments)).zfill(len(segment.text(1))))
                return
            if segment.id in {"ST", "GE", "IEA"}:
                return

    # --- lines ------------------------------------------------------------------------------------------

    def _line(self, segment: Segment, change: Change) -> list[Change]:
        parts = segment.parts(1)
        separator = segment.delimiters.component
        followed: list[Change] = []
        if change.field == "modifiers":
            # The qualifier, the code, four modifiers, and what may follow them.
            require([part for part in parts[2 : 2 + _MODIFIERS] if part], change.old)
            if len(change.new) > _MODIFIERS:
                raise RefusedError("a claim line holds four modifiers at most")
            rest = parts[2 + _MODIFIERS :] if any(parts[2 + _MODIFIERS :]) else []
            modifiers = [*change.new, *[""] * (_MODIFIERS - len(change.new))] if rest else list(change.new)
            segment.put(1, separator.join([*parts[:2], *modifiers, *rest]))
        elif change.field == "code":
            require(_code(segment, 1), change.old)
            segment.put(1, separator.join([parts[0], change.new, *parts[2:]]))
        elif change.field == "units":
            require(whole_number(segment.text(4)), change.old)
            followed = self._charge(segment, change)
            segment.put(4, str(change.new))
        elif change.field == "pointers":
            require(_pointers(segment), change.old)
            segment.put(7, separator.join(map(str, change.new)))
        else:
            raise RefusedError(NOT_HERE)
        return followed

    def _charge(self, segment: Segment, change: Change) -> list[Change]:
        """The charge follows the units, and the claim's total the charge."""
        charge = _cents(segment, 2)
        new = charge_for(_code(segment, 1), (change.old, change.new), charge, self._charges)
        if new == charge:
            return []
        total = self._total(self._claim_of_line(change.key), new - charge)
        segment.put(2, _amount(segment, new))
        return [Change("lines", change.key, _CHARGE, charge, new), *total]

    def _remove_line(self, service: Segment, change: Change) -> list[Change]:
        """Take a line out with all that belongs to it; the later lines of the claim move up."""
        claim_id = self._claim_of_line(change.key)
        within = list(self._of_claim(claim_id))
        begins = [place for place, segment in enumerate(within) if segment.id == "LX"]
        at = within.index(service)
        start = max((place for place in begins if place < at), default=None)
        if start is None or any(segment.id == "SV1" for segment in within[start + 1 : at]):
            raise RefusedError("the line's beginning (LX) is not in the file")
        if len(begins) == 1:
            raise RefusedError("it is the claim's only line, and a claim has at least one: the claim is not filed")
        end = min((place for place in begins if place > at), default=len(within))
        followed = self._total(claim_id, -_cents(service, 2))
        number = begins.index(start) + 1
        for later, place in enumerate(begins[number:], start=number):
            within[place].put(1, str(later))
        self._remove(within[start:end])
        return followed

    # --- diagnoses --------------------------------------------------------------------------------------

    def _slots(self, claim_id: int) -> _Slots:
        """Where the claim's diagnoses stand; several rows of `claims` may be one claim of the file."""
        key = self._claims.claims[claim_id].segment
        if key not in self._diagnoses:
            places = [
                (segment, place)
                for segment in self._of_claim(claim_id)
                if segment.id == "HI"
                for place in range(1, len(segment.elements))
                if segment.parts(place)[0] in _DIAGNOSIS_KINDS
            ]
            self._diagnoses[key] = _Slots(places, list(range(1, len(places) + 1)))
        return self._diagnoses[key]

    def _diagnosis(self, change: Change) -> None:
        row = self._claims.tables.diagnoses.row(change.key, named=True)
        slots = self._slots(row["claim_id"])
        if row["position"] not in slots.kept:
            if change.field:
                raise RefusedError(MOVED)
            # Another day of the same claim has asked for it already.
            return
        position = slots.kept.index(row["position"]) + 1
        if not change.field:
            self._remove_diagnosis(row["claim_id"], slots, position)
            return
        segment, place = slots.places[position - 1]
        parts = segment.parts(place)
        written = _code(segment, place)
        require(written.replace(".", ""), str(change.old).replace(".", ""))
        new = change.new.replace(".", "")
        if new != written:
            segment.put(place, segment.delimiters.component.join([parts[0], new, *parts[2:]]))

    def _remove_diagnosis(self, claim_id: int, slots: _Slots, position: int) -> None:
        """Take a diagnosis out: later ones move up, the first becomes principal, and every line points anew."""
        if len(slots.places) == 1:
            raise RefusedError("it is the claim's only diagnosis, and a claim has at least one")
        instead = twin_of(slots.codes(), position)
        services = [segment for segment in self._of_claim(claim_id) if segment.id == "SV1"]
        pointers = {service.number: _pointers(service) for service in services}
        moved = {number: without_position(old, position, instead) for number, old in pointers.items()}
        if any(pointers[number] and not new for number, new in moved.items()):
            raise RefusedError("a line points to this diagnosis alone: it must point to another one first")
        for service in services:
            if moved[service.number] != pointers[service.number]:
                service.put(7, service.delimiters.component.join(map(str, moved[service.number])))
        # Each place keeps its kind, so that what moves into the first one becomes the principal diagnosis.
        for (segment, place), (source, at) in zip(slots.places[position - 1 :], slots.places[position:], strict=False):
            kind = segment.parts(place)[0]
            segment.put(place, segment.delimiters.component.join([kind, *source.parts(at)[1:]]))
        last, place = slots.places.pop()
        del slots.kept[position - 1]
        if len(last.elements) == 2:  # noqa: PLR2004 - the name and this one
            self._remove([last])
        else:
            last.put(place, "")


def _tells_payment(segment: Segment) -> bool:
    """Whether the segment reports what another payer paid or adjusted."""
    return segment.id in {"SVD", "CAS"} or (segment.id == "AMT" and segment.text(1) == "D")


def _code(segment: Segment, position: int) -> str:
    """The code in a composite, behind its kind; "" where there is none."""
    parts = segment.parts(position)
    return parts[1] if len(parts) > 1 else ""


def _pointers(service: Segment) -> list[int]:
    return [int(part) for part in service.parts(7) if part.isdigit()]


def _amount(segment: Segment, cents: int) -> str:
    """Cents for the second element: without trailing zeros, as X12 wants them, unless the sender writes them."""
    before = segment.text(2)
    return amount_like(before, cents) if "." in before and before.endswith("0") else plain(cents)


def _cents(segment: Segment, position: int) -> int:
    try:
        return scaled(segment.text(position), 100)
    except AmountError as error:
        raise RefusedError(f"the amount in {segment.id}{position:02d} cannot be read") from error
