"""Claims into a professional claim file (837P, 005010X222A1).

A pure function of claims, names, numbers and the clock handed in. Within a transaction, claims of one billing
provider, subscriber and patient stand together, in the order in which they first appear; a transaction holds at
most as many claims as the guide says, then the next one begins.

The text is composed with the usual delimiters, which no value can hold, and put into other ones at the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from cleanclaim.money import plain
from cleanclaim.records import (
    Address,
    Claim,
    ClaimLine,
    ClaimPayer,
    CoverageOrder,
    Frequency,
    Organization,
    Person,
    Provider,
    Relationship,
    Submitter,
)
from cleanclaim.x12.characters import CharacterSet, Cleaner, Replacement
from cleanclaim.x12.control import ControlNumbers
from cleanclaim.x12.delimiters import STANDARD, Delimiters
from cleanclaim.x12.guide import PROFESSIONAL_CLAIM, Guide, load_guide
from cleanclaim.x12.readiness import ClaimNotWritableError, Gap, Readiness


class EnvelopeError(ValueError):
    """A sender or receiver that does not fit the envelope of a file."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Between whom a file travels. Qualifiers say what kind of identifier each is; `ZZ` is mutually agreed."""

    submitter: Submitter
    receiver_name: str
    receiver_id: str
    sender_qualifier: str = "ZZ"
    receiver_qualifier: str = "ZZ"


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction of a written file: its control number and the ids of its claims, in file order."""

    control_number: str
    claim_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClaimFile:
    """A written file: its bytes, its control numbers, which claim stands where, and what was changed to fit."""

    data: bytes
    interchange_control: str
    group_control: str
    transactions: tuple[Transaction, ...]
    replacements: tuple[Replacement, ...]


def write_837p(  # noqa: PLR0913 - who, to whom, when and how: each is a fact of the file
    claims: Sequence[Claim],
    *,
    submitter: Submitter,
    receiver_name: str,
    receiver_id: str,
    control: ControlNumbers,
    created: datetime,
    production: bool = False,
    delimiters: Delimiters = STANDARD,
    character_set: CharacterSet = CharacterSet.EXTENDED,
) -> bytes:
    """The claims as one 837P file; `file_837p` also reports what was changed to fit.

    Raises `ClaimNotWritableError` naming every gap, before a control number is taken.
    """
    return file_837p(
        claims,
        envelope=Envelope(submitter, receiver_name, receiver_id),
        control=control,
        created=created,
        production=production,
        delimiters=delimiters,
        character_set=character_set,
    ).data


def file_837p(
    claims: Sequence[Claim],
    *,
    envelope: Envelope,
    control: ControlNumbers,
    created: datetime,
    production: bool = False,
    delimiters: Delimiters = STANDARD,
    character_set: CharacterSet = CharacterSet.EXTENDED,
) -> ClaimFile:
    """The claims as one interchange with one group and as many transactions as they need.

    Numbers are taken from `control` only when every claim can be written. `created` stamps the envelope as it is,
    in the sender's own time. Raises `ClaimNotWritableError`, `EnvelopeError` or `DelimiterError`.
    """
    guide = load_guide(PROFESSIONAL_CLAIM)
    cleaner = Cleaner(character_set, delimiters.checked())
    _check_envelope(envelope, cleaner, guide)
    if not claims:
        raise EnvelopeError("no claims: a file holds at least one")
    refuse_unready(claims, guide, cleaner)

    composer = _Composer(guide, cleaner, envelope.submitter)
    interchange_control = f"{control.take_interchange():09d}"
    group_control = str(control.take_group())
    usage = "P" if production else "T"
    day, clock = f"{created:%Y%m%d}", f"{created:%H%M}"
    sender, receiver = envelope.submitter.identifier, envelope.receiver_id
    parts = [
        f"ISA*00*{'':10}*00*{'':10}*{envelope.sender_qualifier}*{sender:15}*{envelope.receiver_qualifier}*{receiver:15}"
        f"*{day[2:]}*{clock}*^*00501*{interchange_control}*0*{usage}*:~"
        f"GS*HC*{sender}*{receiver}*{day}*{clock}*{group_control}*X*{guide.version}~"
    ]
    transactions = []
    size = guide.limits["claims_per_transaction"]
    header = composer.header(envelope)
    for start in range(0, len(claims), size):
        batch = claims[start : start + size]
        number = f"{control.take_transaction():04d}"
        body = composer.body(batch)
        text = (
            f"ST*837*{number}*{guide.version}~"
            f"BHT*0019*00*{interchange_control}{number}*{day}*{clock}*CH~{header}{body.text}"
        )
        parts.append(f"{text}SE*{text.count('~') + 1}*{number}~")
        transactions.append(Transaction(number, body.claim_ids))
    parts.append(f"GE*{len(transactions)}*{group_control}~IEA*1*{interchange_control}~")
    return ClaimFile(
        data=_delimited("".join(parts), delimiters),
        interchange_control=interchange_control,
        group_control=group_control,
        transactions=tuple(transactions),
        replacements=tuple(cleaner.replacements),
    )


def refuse_unready(claims: Sequence[Claim], guide: Guide, cleaner: Cleaner) -> None:
    """Raise `ClaimNotWritableError` when a claim is not ready, or two claims bear the same id."""
    readiness = Readiness(guide, cleaner)
    gaps: list[Gap] = []
    seen: set[str] = set()
    for claim in claims:
        gaps.extend(readiness.gaps(claim))
        if claim.id in seen:
            gaps.append(Gap(claim.id, "claim id", "the id of another claim of this file", "an id of its own"))
        seen.add(claim.id)
    if gaps:
        raise ClaimNotWritableError(tuple(gaps))


def _check_envelope(envelope: Envelope, cleaner: Cleaner, guide: Guide) -> None:
    longest, shortest = guide.lengths["interchange_identifier"], guide.limits["interchange_identifier_at_least"]
    for name, value in (("submitter", envelope.submitter.identifier), ("receiver", envelope.receiver_id)):
        if not shortest <= len(value) <= longest or not cleaner.is_fit(value):
            expected = f"expected {shortest} to {longest} plain characters"
            raise EnvelopeError(f"{name} identifier of {len(value)} characters: {expected}")
    for name, value in (
        ("submitter name", envelope.submitter.name),
        ("submitter contact", envelope.submitter.contact),
        ("receiver name", envelope.receiver_name),
    ):
        if not cleaner.fold(value):
            raise EnvelopeError(f"{name}: found nothing that a claim file can hold, expected a name in Latin letters")
    if len(_digits(envelope.submitter.phone)) != 10:  # noqa: PLR2004 - a telephone number of the USA
        raise EnvelopeError("submitter phone: expected ten digits")


def _delimited(text: str, delimiters: Delimiters) -> bytes:
    signs = (delimiters.element, delimiters.component, delimiters.repetition, delimiters.segment)
    text = text.translate(str.maketrans("*:^~", "".join(signs)))
    if delimiters.line_break:
        text = text.replace(delimiters.segment, delimiters.segment + delimiters.line_break)
    return text.encode("ascii")


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign in "0123456789")


@dataclass(frozen=True, slots=True)
class _Body:
    """The levels of one transaction, and the claims in the order in which they stand in it."""

    text: str
    claim_ids: tuple[str, ...]


@dataclass(slots=True)
class _Patients:
    """The patients of one subscriber; the key is the patient's own level, or "" for the subscriber's own claims."""

    claims: dict[str, list[tuple[str, str]]] = field(default_factory=dict)


@dataclass(slots=True)
class _Composer:
    """Composes levels and claims; what many claims share (clinic, therapists) is composed once.

    Caches are kept by identity, with the object itself so that its id cannot be given to another.
    """

    guide: Guide
    cleaner: Cleaner
    submitter: Submitter
    _billing: dict[int, tuple[Organization, str]] = field(default_factory=dict)
    _rendering: dict[int, tuple[Provider, str]] = field(default_factory=dict)
    _days: dict[date, str] = field(default_factory=dict)

    def header(self, envelope: Envelope) -> str:
        """Who sends and who receives."""
        submitter = envelope.submitter
        longest = self.guide.lengths
        name = self.cleaner.text(submitter.name, "submitter name", longest["last_name"])
        contact = self.cleaner.text(submitter.contact, "submitter contact", longest["contact_name"])
        receiver = self.cleaner.text(envelope.receiver_name, "receiver name", longest["last_name"])
        return (
            f"NM1*41*2*{name}*****46*{submitter.identifier}~"
            f"PER*IC*{contact}*TE*{_digits(submitter.phone)}~"
            f"NM1*40*2*{receiver}*****46*{envelope.receiver_id}~"
        )

    def body(self, claims: Sequence[Claim]) -> _Body:
        """The billing, subscriber and patient levels of these claims, numbered from 1."""
        tree: dict[str, dict[tuple[str, int], _Patients]] = {}
        met: dict[tuple[str, str, str], int] = {}
        most = self.guide.limits["claims_per_subscriber"]
        for claim in claims:
            self.cleaner.claim_id = claim.id
            billing = self._billing_level(claim.billing)
            subscriber, patient = self._subscriber_level(claim), self._patient_level(claim)
            # Past the limit of claims under one level, the same level begins once more.
            before = met.get((billing, subscriber, patient), 0)
            met[billing, subscriber, patient] = before + 1
            patients = tree.setdefault(billing, {}).setdefault((subscriber, before // most), _Patients())
            patients.claims.setdefault(patient, []).append((claim.id, self._claim(claim)))
        ids: list[str] = []
        return _Body("".join(_levels(tree, ids)), tuple(ids))

    # --- levels -----------------------------------------------------------------------------------------

    def _billing_level(self, organization: Organization) -> str:
        known = self._billing.get(id(organization))
        if known is None:
            known = (organization, self._billing_text(organization))
            self._billing[id(organization)] = known
        return known[1]

    def _billing_text(self, organization: Organization) -> str:
        longest = self.guide.lengths
        name = self.cleaner.text(organization.name, "billing provider name", longest["last_name"])
        text = f"PRV*BI*PXC*{organization.taxonomy}~" if organization.taxonomy else ""
        text += f"NM1*85*2*{name}*****XX*{organization.npi}~"
        text += self._address(organization.address, "billing provider address")
        text += f"REF*{'SY' if organization.tax_id_kind == 'SSN' else 'EI'}*{_digits(organization.tax_id)}~"
        phone = _digits(organization.phone)
        same_contact = organization.contact == self.submitter.contact and phone == _digits(self.submitter.phone)
        if phone and not same_contact:
            contact = self.cleaner.text(organization.contact, "billing provider contact", longest["contact_name"])
            text += f"PER*IC*{contact}*TE*{phone}~"
        if organization.pay_to is not None and organization.pay_to != organization.address:
            text += f"NM1*87*2~{self._address(organization.pay_to, 'pay-to address')}"
        return text

    def _subscriber_level(self, claim: Claim) -> str:
        payer = claim.payer
        text = self._subscription(payer, "18" if payer.relationship is Relationship.SELF else "", "payer")
        if payer.relationship is Relationship.SELF:
            patient = claim.patient
            text += self._member(patient.name, payer.member_id, "patient")
            text += self._address(patient.address, "patient address")
            text += f"DMG*D8*{self._day(patient.birth_date)}*{patient.sex}~"
            if payer.claim_number:
                text += f"REF*Y4*{payer.claim_number}~"
        elif payer.subscriber is not None:
            subscriber = payer.subscriber
            text += self._member(subscriber.name, payer.member_id, "subscriber")
            if subscriber.address is not None:
                text += self._address(subscriber.address, "subscriber address")
                # A birth date stands with an address, as a receiver expects of a subscriber described in full.
                if subscriber.birth_date is not None:
                    text += f"DMG*D8*{self._day(subscriber.birth_date)}*{subscriber.sex}~"
        return text + self._payer_name(payer, "payer")

    def _patient_level(self, claim: Claim) -> str:
        payer, patient = claim.payer, claim.patient
        if payer.relationship is Relationship.SELF:
            return ""
        text = f"PAT*{self.guide.codes['relationship'][payer.relationship]}~NM1*QC*1*{self._person(patient.name, 'patient')}"
        text = text.rstrip("*") + "~" + self._address(patient.address, "patient address")
        text += f"DMG*D8*{self._day(patient.birth_date)}*{patient.sex}~"
        return text + (f"REF*Y4*{payer.claim_number}~" if payer.claim_number else "")

    def _subscription(self, payer: ClaimPayer, relationship: str, name: str) -> str:
        order = self.guide.codes["payer_order"][payer.order]
        plan = ""
        if not payer.group_number and payer.plan_name:
            plan = self.cleaner.text(payer.plan_name, f"{name} plan name", self.guide.lengths["plan_name"])
        secondary = payer.medicare_secondary_type if payer.order is not CoverageOrder.PRIMARY else ""
        return f"SBR*{order}*{relationship}*{payer.group_number}*{plan}*{secondary}****{payer.filing_indicator}~"

    def _member(self, person: Person, member_id: str, name: str) -> str:
        return f"NM1*IL*1*{self._person(person, name)}*MI*{member_id}~"

    def _payer_name(self, payer: ClaimPayer, name: str) -> str:
        written = self.cleaner.text(payer.name, f"{name} name", self.guide.lengths["last_name"])
        text = f"NM1*PR*2*{written}*****PI*{payer.identifier}~"
        return text if payer.address is None else text + self._address(payer.address, f"{name} address")

    # --- one claim --------------------------------------------------------------------------------------

    def _claim(self, claim: Claim) -> str:
        released = "Y" if claim.signature_on_file else "I"
        parts = [
            f"CLM*{claim.id}*{plain(claim.total_charge_cents)}***{claim.place_of_service}:B:{claim.frequency}"
            f"*Y*{'A' if claim.accepts_assignment else 'C'}*{'Y' if claim.signature_on_file else 'N'}*{released}",
        ]
        accident = claim.accident
        if accident is not None:
            cause = self.guide.codes["accident"][accident.kind]
            parts.append(f"**{cause}:::{accident.state}" if cause == "AA" else f"**{cause}")
        parts.append("~")
        if claim.onset_on is not None:
            parts.append(f"DTP*431*D8*{self._day(claim.onset_on)}~")
        if claim.initial_treatment_on is not None:
            parts.append(f"DTP*454*D8*{self._day(claim.initial_treatment_on)}~")
        if accident is not None:
            parts.append(f"DTP*439*D8*{self._day(accident.on)}~")
        if claim.patient_paid_cents:
            parts.append(f"AMT*F5*{plain(claim.patient_paid_cents)}~")
        if claim.prior_authorization:
            parts.append(f"REF*G1*{claim.prior_authorization}~")
        if claim.frequency is not Frequency.ORIGINAL:
            parts.append(f"REF*F8*{claim.original_reference}~")
        if claim.note and (note := self.cleaner.text(claim.note, "claim note", self.guide.lengths["note"])):
            parts.append(f"NTE*ADD*{note}~")
        first, *others = (code.replace(".", "") for code in claim.diagnoses)
        parts.append(f"HI*ABK:{first}{''.join(f'*ABF:{code}' for code in others)}~")
        if claim.referring is not None:
            parts.append(self._provider("DN", claim.referring, "referring provider"))
        if claim.rendering.npi != claim.billing.npi:
            parts.append(self._rendering_text(claim.rendering))
        if claim.facility is not None and claim.facility != claim.billing.address:
            parts.append(self._facility(claim, claim.facility))
        for payer in claim.other_payers:
            parts.append(self._other_payer(claim, payer))
        for number, line in enumerate(claim.lines, start=1):
            parts.append(self._line(number, line, claim.place_of_service))
        return "".join(parts)

    def _provider(self, role: str, provider: Provider, name: str) -> str:
        text = f"NM1*{role}*1*{self._person(provider.name, name)}"
        return (f"{text}*XX*{provider.npi}" if provider.npi else text.rstrip("*")) + "~"

    def _rendering_text(self, provider: Provider) -> str:
        known = self._rendering.get(id(provider))
        if known is None:
            text = self._provider("82", provider, "rendering provider")
            if provider.taxonomy:
                text += f"PRV*PE*PXC*{provider.taxonomy}~"
            known = (provider, text)
            self._rendering[id(provider)] = known
        return known[1]

    def _facility(self, claim: Claim, address: Address) -> str:
        name = self.cleaner.text(
            claim.facility_name or claim.billing.name, "facility name", self.guide.lengths["last_name"]
        )
        identifier = f"*****XX*{claim.facility_npi}" if claim.facility_npi else ""
        return f"NM1*77*2*{name}{identifier}~{self._address(address, 'facility address')}"

    def _other_payer(self, claim: Claim, payer: ClaimPayer) -> str:
        text = self._subscription(payer, self.guide.codes["relationship"][payer.relationship], "other payer")
        assigned, released = ("Y", "Y") if claim.signature_on_file else ("N", "I")
        text += f"OI***{assigned}***{released}~"
        if payer.relationship is Relationship.SELF or payer.subscriber is None:
            text += self._member(claim.patient.name, payer.member_id, "patient")
            text += self._address(claim.patient.address, "patient address")
        else:
            text += self._member(payer.subscriber.name, payer.member_id, "other subscriber")
            if payer.subscriber.address is not None:
                text += self._address(payer.subscriber.address, "other subscriber address")
        return text + self._payer_name(payer, "other payer")

    def _line(self, number: int, line: ClaimLine, place_of_claim: str) -> str:
        code = ":".join(("HC", line.code, *line.modifiers))
        place = line.place_of_service if line.place_of_service != place_of_claim else ""
        pointers = ":".join(map(str, line.pointers))
        text = (
            f"LX*{number}~SV1*{code}*{plain(line.charge_cents)}*UN*{line.units}*{place}**{pointers}~"
            f"DTP*472*D8*{self._day(line.date_of_service)}~"
        )
        return f"{text}REF*6R*{line.control_number}~" if line.control_number else text

    # --- parts ------------------------------------------------------------------------------------------

    def _person(self, person: Person, name: str) -> str:
        """Family, given and middle name, the unused prefix, and the suffix: five elements, blanks kept."""
        longest, clean = self.guide.lengths, self.cleaner.text
        family = clean(person.family_name, f"{name} family name", longest["last_name"])
        given = clean(person.given_name, f"{name} given name", longest["first_name"])
        middle = clean(person.middle_name, f"{name} middle name", longest["middle_name"])
        suffix = clean(person.suffix, f"{name} name suffix", longest["name_suffix"])
        return f"{family}*{given}*{middle}**{suffix}"

    def _address(self, address: Address, name: str) -> str:
        longest, clean = self.guide.lengths, self.cleaner.text
        line1 = clean(address.line1, f"{name} first line", longest["address_line"])
        line2 = clean(address.line2, f"{name} second line", longest["address_line"])
        city = clean(address.city, f"{name} city", longest["city"])
        street = f"N3*{line1}*{line2}~" if line2 else f"N3*{line1}~"
        return f"{street}N4*{city}*{address.state}*{_digits(address.zip_code)}~"

    def _day(self, day: date) -> str:
        text = self._days.get(day)
        if text is None:
            text = self._days[day] = day.isoformat().replace("-", "")
        return text


def _levels(
    tree: dict[str, dict[tuple[str, int], _Patients]],
    ids: list[str],
) -> Iterator[str]:
    """The numbered levels, outermost first; appends the ids of the claims as they come."""
    number = 0
    for billing, subscribers in tree.items():
        number += 1
        biller = number
        yield f"HL*{biller}**20*1~{billing}"
        for (subscriber, _), patients in subscribers.items():
            number += 1
            holder = number
            has_patients = "" not in patients.claims
            yield f"HL*{holder}*{biller}*22*{int(has_patients)}~{subscriber}"
            for patient, claims in patients.claims.items():
                if patient:
                    number += 1
                    yield f"HL*{number}*{holder}*23*0~{patient}"
                for claim_id, text in claims:
                    ids.append(claim_id)
                    yield text
