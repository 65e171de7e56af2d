"""Professional claim files (837P) into parsed claims.

Three steps, each of its own: bytes into segments (`interchange`), segments into a tree of loops (`loops`), the tree
into claims (here, with `reading_parties` and `segment_values`). The first two know nothing of claims, so that another
reader can stand on them. Damage never raises: what can be read is read, and each problem says where it is and what was
expected.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from cleanclaim.x12.guide import PROFESSIONAL_CLAIM, load_guide
from cleanclaim.x12.interchange import Segment, X12File, read
from cleanclaim.x12.loops import LoopNode, build
from cleanclaim.x12.parsed import ParsedAddress, ParsedAnswer, ParsedClaim, ParsedLine, ParsedParty, ParsedPayer
from cleanclaim.x12.problems import Problem
from cleanclaim.x12.reading_parties import PartyReader, address_of
from cleanclaim.x12.segment_values import ValueReader, component, day_of, reference, sum_of
from cleanclaim.x12.transactions import TransactionSet, transactions

_OTHER_GUIDES = {
    "005010X223": "institutional",
    "005010X224": "dental",
    "004010X096": "institutional",
    "004010X097": "dental",
}


def read_837p(data: bytes) -> tuple[list[ParsedClaim], list[Problem]]:
    """Every professional claim of a file, in file order, and everything that is not as the guide says."""
    return claims_of(read(data))


def claims_of(file: X12File) -> tuple[list[ParsedClaim], list[Problem]]:
    """Every professional claim of a file already split into segments."""
    claims: list[ParsedClaim] = []
    sets, envelope = transactions(file)
    problems = [*file.problems, *envelope]
    for transaction in sets:
        found, more = _transaction_claims(transaction)
        claims.extend(found)
        problems.extend(more)
    problems.sort(key=lambda problem: problem.segment)
    return claims, problems


def _transaction_claims(transaction: TransactionSet) -> tuple[list[ParsedClaim], list[Problem]]:
    first = transaction.segments[0].number
    if transaction.kind not in {"837", ""}:
        return [], [Problem(first, "", "ST01", "another kind of transaction", "837, professional claims")]
    other = _OTHER_GUIDES.get(transaction.version[:10])
    if other is not None:
        return [], [Problem(first, "", "ST03", f"{other} claims", "professional claims")]
    problems: list[Problem] = []
    if transaction.version[:10] != PROFESSIONAL_CLAIM[:10]:
        problems.append(Problem(first, "", "ST03", "another implementation guide", PROFESSIONAL_CLAIM))
    root, misfits = build(transaction.segments, load_guide())
    values = ValueReader([*problems, *misfits])
    return _Reader(transaction, values, PartyReader(values)).claims(root), values.problems


@dataclass(slots=True)
class _Holder:
    """What claims of one subscriber or patient level have in common."""

    billing: ParsedParty | None
    pay_to: ParsedAddress | None
    subscriber: ParsedParty | None
    payer: ParsedPayer | None
    patient: ParsedParty | None


@dataclass(slots=True)
class _Reader:
    """Reads the tree of one transaction; problems are gathered as they are met."""

    transaction: TransactionSet
    values: ValueReader
    parties: PartyReader

    def claims(self, root: LoopNode) -> list[ParsedClaim]:
        """All claims in the order of the file."""
        found: list[ParsedClaim] = []
        for biller in root.all("2000A"):
            billing = self.parties.billing(biller)
            address = biller.first("2010AB")
            pay_to = None if address is None else address_of(address)
            for level in biller.all("2000B"):
                found.extend(self._subscriber_claims(level, billing, pay_to))
        found.sort(key=lambda claim: claim.segment)
        return found

    def _subscriber_claims(
        self, level: LoopNode, billing: ParsedParty | None, pay_to: ParsedAddress | None
    ) -> list[ParsedClaim]:
        subscriber = self.parties.party(level.first("2010BA"))
        payer = self.parties.payer(level, level.first("2010BA"), level.first("2010BB"))
        subscription = level.segment("SBR")
        is_patient = subscription is not None and subscription.text(2) == "18"
        own = _Holder(billing, pay_to, subscriber, payer, subscriber if is_patient else None)
        found = [self._claim(node, own) for node in level.all("2300")]
        for patient_level in level.all("2000C"):
            node = patient_level.first("2010CA")
            relation = patient_level.segment("PAT")
            theirs = payer
            if payer is not None:
                number = reference(node, "Y4") or payer.claim_number
                relationship = relation.text(1) if relation is not None else ""
                theirs = replace(payer, relationship=relationship, claim_number=number)
            holder = _Holder(billing, pay_to, subscriber, theirs, self.parties.party(node))
            found.extend(self._claim(claim, holder) for claim in patient_level.all("2300"))
        if found and not is_patient and level.all("2300") and subscriber is not None:
            at = level.all("2300")[0].at
            self.values.problem(at, "2000B", "SBR02", "a claim of the subscriber's own, not said to be theirs", "18")
        return found

    # --- claims -----------------------------------------------------------------------------------------

    def _claim(self, node: LoopNode, holder: _Holder) -> ParsedClaim:
        transaction = self.transaction
        head = node.opening
        place, frequency = "", ""
        total: int | None = None
        if head is not None:
            total = self.values.cents("2300", head, 2)
            place, frequency = component(head, 5, 0), component(head, 5, 2)
            if not head.text(1):
                self.values.problem(head.number, "2300", "CLM01", "nothing", "the claim's id")
        self._require(node, holder)
        diagnoses, system = self._diagnoses(node)
        lines = tuple(self._line(line, place, len(diagnoses)) for line in node.all("2400"))
        self._check_total(head, total, lines)
        causes, state = self._accident(head)
        return ParsedClaim(
            interchange_control=transaction.interchange.control_number,
            group_control=transaction.group_control_number,
            transaction_control=transaction.control_number,
            segment=node.at,
            id=head.text(1) if head is not None else "",
            total_charge_cents=total,
            place_of_service=place,
            frequency=frequency,
            accepts_assignment=None if head is None else {"A": True, "C": False}.get(head.text(7)),
            signature_on_file=None if head is None else {"Y": True, "I": False}.get(head.text(9)),
            diagnoses=diagnoses,
            diagnosis_system=system,
            lines=lines,
            billing=holder.billing,
            subscriber=holder.subscriber,
            patient=holder.patient,
            payer=holder.payer,
            other_payers=tuple(self._other_payers(node)),
            pay_to=holder.pay_to,
            rendering=self.parties.party(node.first("2310B")),
            referring=self._referring(node),
            supervising=self.parties.party(node.first("2310D")),
            facility=self.parties.party(node.first("2310C")),
            accident_kinds=causes,
            accident_state=state,
            accident_on=self.values.dated(node, "439"),
            onset_on=self.values.dated(node, "431"),
            initial_treatment_on=self.values.dated(node, "454"),
            last_seen_on=self.values.dated(node, "304"),
            patient_paid_cents=self._patient_paid(node),
            prior_authorization=reference(node, "G1"),
            prior_authorizations=tuple(number.text(2) for number in node.every("REF", ("G1",)) if number.text(2)),
            left_empty=tuple(_left_empty(node, head, holder.patient, causes)),
            referral_number=reference(node, "9F"),
            original_reference=reference(node, "F8"),
            claim_note=" ".join(note.text(2) for note in node.every("NTE")),
        )

    def _require(self, node: LoopNode, holder: _Holder) -> None:
        """Say which parties of the claim are lost."""
        for party, loop, what in (
            (holder.billing, "2010AA", "billing provider"),
            (holder.subscriber, "2010BA", "subscriber"),
            (holder.payer if holder.payer is not None and holder.payer.name else None, "2010BB", "payer"),
            (holder.patient, "2010CA", "patient"),
        ):
            if party is None:
                self.values.problem(node.at, loop, "NM1", f"a claim whose {what} is not named", "NM1")

    def _referring(self, node: LoopNode) -> ParsedParty | None:
        for provider in node.all("2310A"):
            if provider.opening is not None and provider.opening.text(1) == "DN":
                return self.parties.party(provider)
        return None

    def _other_payers(self, node: LoopNode) -> list[ParsedPayer]:
        found = (self.parties.payer(level, level.first("2330A"), level.first("2330B")) for level in node.all("2320"))
        return [payer for payer in found if payer is not None]

    def _patient_paid(self, node: LoopNode) -> int | None:
        segment = node.segment("AMT", ("F5",))
        return None if segment is None else self.values.cents(node.id, segment, 2)

    def _accident(self, head: Segment | None) -> tuple[tuple[str, ...], str]:
        """The causes a claim names, and the state of a motor-vehicle accident."""
        if head is None or not head.text(11):
            return (), ""
        parts = head.parts(11)
        return tuple(part for part in parts[:3] if part), parts[3] if len(parts) > 3 else ""  # noqa: PLR2004

    def _diagnoses(self, node: LoopNode) -> tuple[tuple[str, ...], str]:
        codes: list[str] = []
        system = ""
        for segment in node.every("HI"):
            for position in range(1, len(segment.elements)):
                kind, code = component(segment, position, 0), component(segment, position, 1)
                if kind in {"ABK", "ABF"} and code:
                    system = "ICD-10-CM"
                    codes.append(f"{code[:3]}.{code[3:]}" if len(code) > 3 and "." not in code else code)  # noqa: PLR2004
                elif kind in {"BK", "BF"} and code:
                    system = "ICD-9-CM"
                    codes.append(code)
        if not codes:
            self.values.problem(node.at, "2300", "HI01", "no diagnosis", "at least the principal one")
        return tuple(codes), system

    def _check_total(self, head: Segment | None, total: int | None, lines: tuple[ParsedLine, ...]) -> None:
        charges = [line.charge_cents for line in lines]
        known = [charge for charge in charges if charge is not None]
        if head is None:
            return
        if not lines:
            self.values.problem(head.number, "2400", "LX", "a claim without service lines", "at least one line")
        elif total is not None and len(known) == len(charges) and sum(known) != total:
            self.values.problem(head.number, "2300", "CLM02", "a total that is not the sum of the lines", "their sum")

    # --- lines ------------------------------------------------------------------------------------------

    def _line(self, node: LoopNode, place_of_claim: str, diagnoses: int) -> ParsedLine:
        service = node.segment("SV1")
        number = node.opening
        if service is None:
            self.values.problem(node.at, "2400", "SV1", "a line without its service", "SV1")
            return _empty_line(node.at)
        if service.parts(1)[0] != "HC":
            self.values.problem(service.number, "2400", "SV101", "another kind of procedure code", "HC")
        code, *modifiers = [*service.parts(1)[1:6], ""] if len(service.parts(1)) > 1 else [""]
        quantity = self.values.quantity(service)
        kind = service.text(3)
        dispensed = node.first("2410")
        drug = dispensed.opening if dispensed is not None else None
        count = dispensed.segment("CTP") if dispensed is not None else None
        begins, ends = self._service_dates(node)
        return ParsedLine(
            segment=service.number,
            number=self.values.whole("2400", number, 1) if number is not None else None,
            code=code,
            code_kind=service.parts(1)[0],
            modifiers=tuple(modifier for modifier in modifiers if modifier),
            charge_cents=self.values.cents("2400", service, 2),
            units=quantity if kind != "MJ" else None,
            unit_kind=kind,
            place_of_service=service.text(5) or place_of_claim,
            pointers=self._pointers(service, diagnoses),
            date_of_service=begins,
            date_through=ends,
            control_number=reference(node, "6R"),
            prior_authorization=reference(node, "G1"),
            rendering=self.parties.party(node.first("2420A")),
            minutes=quantity if kind == "MJ" else None,
            left_empty=tuple(name for name, text in _line_fields(node, service) if not text),
            drug_code=drug.text(3) if drug is not None and drug.text(2) == "N4" else "",
            drug_unit=component(count, 5, 0) if count is not None else "",
            drug_quantity=count.text(4) if count is not None else "",
            answers=tuple(self._answer(answer) for answer in node.all("2430")),
        )

    def _answer(self, node: LoopNode) -> ParsedAnswer:
        """What one other payer decided on the line."""
        decided = node.opening
        amounts, without = self.values.adjustments(node)
        day, left = node.segment("DTP", ("573",)), node.segment("AMT", ("EAF",))
        return ParsedAnswer(
            payer="" if decided is None else decided.text(1),
            paid_cents=None if decided is None else self.values.cents(node.id, decided, 2),
            adjusted_cents=sum_of(amounts),
            remaining_cents=None if left is None else self.values.cents(node.id, left, 2),
            adjustments=len(amounts),
            without_amount=without,
            decided_on=None if day is None else self.values.day(node.id, day, 3),
            states_day=day is not None and bool(day.text(3)),
        )

    def _service_dates(self, node: LoopNode) -> tuple[date | None, date | None]:
        segment = node.segment("DTP", ("472",))
        if segment is None:
            self.values.problem(node.at, "2400", "DTP03", "no date of service", "DTP with 472")
            return None, None
        if segment.text(2) != "RD8":
            day = self.values.day("2400", segment, 3)
            return day, day
        first, _, last = segment.text(3).partition("-")
        begins, ends = day_of(first), day_of(last)
        if begins is None or ends is None or ends < begins:
            self.values.problem(segment.number, "2400", "DTP03", "no range of dates", "CCYYMMDD-CCYYMMDD")
        return begins, ends

    def _pointers(self, service: Segment, diagnoses: int) -> tuple[int, ...]:
        found: list[int] = []
        for part in service.parts(7):
            if len(part) <= 2 and part.isascii() and part.isdigit() and 1 <= int(part) <= diagnoses:  # noqa: PLR2004
                found.append(int(part))
            else:
                expected = f"1 to {diagnoses}"
                self.values.problem(service.number, "2400", "SV107", "a pointer to no diagnosis of the claim", expected)
        return tuple(found)


def _empty_line(at: int) -> ParsedLine:
    return ParsedLine(
        segment=at,
        number=None,
        code="",
        code_kind="",
        modifiers=(),
        charge_cents=None,
        units=None,
        unit_kind="",
        place_of_service="",
        pointers=(),
        date_of_service=None,
        date_through=None,
    )


def _left_empty(
    node: LoopNode, head: Segment | None, patient: ParsedParty | None, causes: tuple[str, ...]
) -> Iterator[str]:
    """The claim's dates and amounts that have nothing in their place, by the tables' names."""
    if head is not None and not head.text(2):
        yield "total_charge_cents"
    if patient is not None and not patient.states_birth_date:
        yield "birth_date"
    accident = node.segment("DTP", ("439",))
    if causes and (accident is None or not accident.text(3)):
        yield "accident_on"
    if any(not (paid := level.segment("AMT", ("D",))) or not paid.text(2) for level in node.all("2320")):
        yield "prior_paid_cents"


def _line_fields(node: LoopNode, service: Segment) -> tuple[tuple[str, str], ...]:
    """The line's date and amounts as written, by the tables' names."""
    day = node.segment("DTP", ("472",))
    return (
        ("charge_cents", service.text(2)),
        ("units", service.text(4)),
        ("line_date", day.text(3) if day is not None else ""),
    )
