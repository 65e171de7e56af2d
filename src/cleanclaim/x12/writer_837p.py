"""Claims into a professional claim file (837P, 005010X222A1).

A pure function of claims, names, numbers and the clock handed in. Within a transaction, claims of one billing
provider, subscriber and patient stand together, in the order in which they first appear; a transaction holds at
most as many claims as the guide says, then the next one begins.

The text is composed with the usual delimiters, which no value can hold, and put into other ones at the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cleanclaim.money import plain
from cleanclaim.records import (
    AccidentKind,
    Address,
    Claim,
    ClaimPayer,
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


def file_837p(  # noqa: PLR0913 - the same
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
    head = (
        f"ISA*00*{'':10}*00*{'':10}*{envelope.sender_qualifier}*{sender:15}"
        f"*{envelope.receiver_qualifier}*{receiver:15}*{day[2:]}*{clock}*^*00501*{interchange_control}*0*{usage}*:~"
        f"GS*HC*{sender}*{receiver}*{day}*{clock}*{group_control}*X*{guide.version}~"
    )
    parts = [head]
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
    signs = delimiters.element + delimiters.component + delimiters.repetition + delimiters.segment
    if signs != "*:^~":
        text = text.translate(str.maketrans("*:^~", signs))
    if delimiters.line_break:
        text = text.replace(delimiters.segment, delimiters.segment + delimiters.line_break)
    return text.encode("ascii")


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign in "0123456789")


class _Written(dict[str, str]):
    """Values of one field as they are written: found at once when met before, cleaned on the first meeting.

    Only values that need no change are kept, so that every change is reported on every claim.
    """

    def __init__(self, cleaner: Cleaner, name: str, limit: int) -> None:
        super().__init__()
        self._cleaner, self._name, self._limit = cleaner, name, limit

    def __missing__(self, text: str) -> str:
        clean = self._cleaner.text(text, self._name, self._limit)
        if clean == text:
            self[text] = text
        return clean


class _Days(dict[date, str]):
    """Dates as eight digits."""

    def __missing__(self, day: date) -> str:
        text = self[day] = day.isoformat().replace("-", "")
        return text


class _Amounts(dict[int, str]):
    """Cents as dollars without trailing zeros."""

    def __missing__(self, cents: int) -> str:
        text = self[cents] = plain(cents)
        return text


class _Digits(dict[str, str]):
    """The digits of ZIP codes."""

    def __missing__(self, text: str) -> str:
        digits = self[text] = _digits(text)
        return digits


class _Procedures(dict[tuple[str, tuple[str, ...]], str]):
    """A code with its modifiers as one composite."""

    def __missing__(self, key: tuple[str, tuple[str, ...]]) -> str:
        text = self[key] = ":".join(("HC", key[0], *key[1]))
        return text


class _Pointers(dict[tuple[int, ...], str]):
    """Diagnosis pointers as one composite."""

    def __missing__(self, pointers: tuple[int, ...]) -> str:
        text = self[pointers] = ":".join(map(str, pointers))
        return text


class _PersonFields:
    """The four parts of one role's name."""

    __slots__ = ("family", "given", "middle", "suffix")

    def __init__(self, cleaner: Cleaner, role: str, longest: Mapping[str, int]) -> None:
        self.family = _Written(cleaner, f"{role} family name", longest["last_name"])
        self.given = _Written(cleaner, f"{role} given name", longest["first_name"])
        self.middle = _Written(cleaner, f"{role} middle name", longest["middle_name"])
        self.suffix = _Written(cleaner, f"{role} name suffix", longest["name_suffix"])

    def text(self, person: Person) -> str:
        """Family, given and middle name, the unused prefix, and the suffix: five elements, blanks kept."""
        middle = self.middle[person.middle_name] if person.middle_name else ""
        suffix = self.suffix[person.suffix] if person.suffix else ""
        return f"{self.family[person.family_name]}*{self.given[person.given_name]}*{middle}**{suffix}"


class _AddressFields:
    """The parts of one role's address."""

    __slots__ = ("city", "line1", "line2", "zip_code")

    def __init__(self, cleaner: Cleaner, role: str, longest: Mapping[str, int]) -> None:
        self.line1 = _Written(cleaner, f"{role} address, first line", longest["address_line"])
        self.line2 = _Written(cleaner, f"{role} address, second line", longest["address_line"])
        self.city = _Written(cleaner, f"{role} address, city", longest["city"])
        self.zip_code = _Digits()

    def text(self, address: Address) -> str:
        """Street and city, two segments."""
        line2 = self.line2[address.line2] if address.line2 else ""
        street = f"{self.line1[address.line1]}*{line2}" if line2 else self.line1[address.line1]
        return f"N3*{street}~N4*{self.city[address.city]}*{address.state}*{self.zip_code[address.zip_code]}~"


class _Role:
    """A person or organization in one role: the fields of name and address, each reported under the role."""

    __slots__ = ("address", "name", "person")

    def __init__(self, cleaner: Cleaner, role: str, longest: Mapping[str, int]) -> None:
        self.name = _Written(cleaner, f"{role} name", longest["last_name"])
        self.person = _PersonFields(cleaner, role, longest)
        self.address = _AddressFields(cleaner, role, longest)


@dataclass(frozen=True, slots=True)
class _Body:
    """The levels of one transaction, and the claims in the order in which they stand in it."""

    text: str
    claim_ids: tuple[str, ...]


_Patients = dict[str, list[tuple[str, str]]]
"""Claims (id and text) by patient level; "" are the subscriber's own."""


class _Composer:
    """Composes levels and claims; what many claims share (clinic, therapists) is composed once.

    Caches of records are kept by identity, with the record itself so that its id cannot be given to another.
    """

    def __init__(self, guide: Guide, cleaner: Cleaner, submitter: Submitter) -> None:
        self.cleaner, self.submitter = cleaner, submitter
        self._most_claims = guide.limits["claims_per_subscriber"]
        longest = self._longest = guide.lengths
        self._relationships: Mapping[str, str] = guide.codes["relationship"]
        self._orders: Mapping[str, str] = guide.codes["payer_order"]
        self._accidents: Mapping[str, str] = guide.codes["accident"]
        self._patient = _Role(cleaner, "patient", longest)
        self._subscriber = _Role(cleaner, "subscriber", longest)
        self._payer = _Role(cleaner, "payer", longest)
        self._other_subscriber = _Role(cleaner, "other subscriber", longest)
        self._other_payer = _Role(cleaner, "other payer", longest)
        self._rendering = _Role(cleaner, "rendering provider", longest)
        self._referring = _Role(cleaner, "referring provider", longest)
        self._billing = _Role(cleaner, "billing provider", longest)
        self._pay_to = _Role(cleaner, "pay-to", longest)
        self._facility = _Role(cleaner, "facility", longest)
        self._plan_name = _Written(cleaner, "plan name", longest["plan_name"])
        self._days, self._amounts = _Days(), _Amounts()
        self._procedures, self._pointers = _Procedures(), _Pointers()
        self._billing_texts: dict[int, tuple[Organization, str, str]] = {}
        self._provider_texts: dict[tuple[str, int], tuple[Provider, str]] = {}

    def header(self, envelope: Envelope) -> str:
        """Who sends and who receives."""
        submitter = envelope.submitter
        name = self.cleaner.text(submitter.name, "submitter name", self._longest["last_name"])
        contact = self.cleaner.text(submitter.contact, "submitter contact", self._longest["contact_name"])
        receiver = self.cleaner.text(envelope.receiver_name, "receiver name", self._longest["last_name"])
        return (
            f"NM1*41*2*{name}*****46*{submitter.identifier}~"
            f"PER*IC*{contact}*TE*{_digits(submitter.phone)}~"
            f"NM1*40*2*{receiver}*****46*{envelope.receiver_id}~"
        )

    def body(self, claims: Sequence[Claim]) -> _Body:
        """The billing, subscriber and patient levels of these claims, numbered from 1."""
        tree: dict[str, dict[tuple[str, int], _Patients]] = {}
        met: dict[tuple[str, str, str], int] = {}
        most = self._most_claims
        for claim in claims:
            self.cleaner.claim_id = claim.id
            billing = self._billing_level(claim.billing)[1]
            subscriber, patient = self._subscriber_level(claim), self._patient_level(claim)
            text = self._claim(claim)
            # Past the limit of claims under one level, the same level begins once more.
            key = (billing, subscriber, patient)
            before = met.get(key, 0)
            met[key] = before + 1
            patients = tree.setdefault(billing, {}).setdefault((subscriber, before // most), {})
            patients.setdefault(patient, []).append((claim.id, text))
        ids: list[str] = []
        return _Body("".join(_levels(tree, ids)), tuple(ids))

    # --- levels -----------------------------------------------------------------------------------------

    def _billing_level(self, organization: Organization) -> tuple[Organization, str, str]:
        """The organization, its level, and the address part of it."""
        known = self._billing_texts.get(id(organization))
        if known is None:
            address = self._billing.address.text(organization.address)
            known = (organization, self._billing_text(organization, address), address)
            self._billing_texts[id(organization)] = known
        return known

    def _billing_text(self, organization: Organization, address: str) -> str:
        text = f"PRV*BI*PXC*{organization.taxonomy}~" if organization.taxonomy else ""
        text += f"NM1*85*2*{self._billing.name[organization.name]}*****XX*{organization.npi}~{address}"
        text += f"REF*{'SY' if organization.tax_id_kind == 'SSN' else 'EI'}*{_digits(organization.tax_id)}~"
        phone = _digits(organization.phone)
        same_contact = organization.contact == self.submitter.contact and phone == _digits(self.submitter.phone)
        if phone and not same_contact:
            longest = self._longest["contact_name"]
            contact = self.cleaner.text(organization.contact, "billing provider contact", longest)
            text += f"PER*IC*{contact}*TE*{phone}~"
        if organization.pay_to is not None and organization.pay_to != organization.address:
            text += f"NM1*87*2~{self._pay_to.address.text(organization.pay_to)}"
        return text

    def _subscriber_level(self, claim: Claim) -> str:
        payer = claim.payer
        if payer.relationship is Relationship.SELF:
            patient = claim.patient
            number = f"REF*Y4*{payer.claim_number}~" if payer.claim_number else ""
            return (
                f"{self._subscription(payer, '18')}"
                f"NM1*IL*1*{self._patient.person.text(patient.name)}*MI*{payer.member_id}~"
                f"{self._patient.address.text(patient.address)}"
                f"DMG*D8*{self._days[patient.birth_date]}*{patient.sex}~{number}{self._named_payer(payer, self._payer)}"
            )
        text = self._subscription(payer, "") + self._holder(claim, payer, self._subscriber)
        subscriber = payer.subscriber
        # A birth date stands with an address, as a receiver expects of a subscriber described in full.
        if subscriber is not None and subscriber.address is not None and subscriber.birth_date is not None:
            text += f"DMG*D8*{self._days[subscriber.birth_date]}*{subscriber.sex}~"
        return text + self._named_payer(payer, self._payer)

    def _patient_level(self, claim: Claim) -> str:
        payer, patient = claim.payer, claim.patient
        if payer.relationship is Relationship.SELF:
            return ""
        name = f"NM1*QC*1*{self._patient.person.text(patient.name)}".rstrip("*")
        number = f"REF*Y4*{payer.claim_number}~" if payer.claim_number else ""
        return (
            f"PAT*{self._relationships[payer.relationship]}~{name}~{self._patient.address.text(patient.address)}"
            f"DMG*D8*{self._days[patient.birth_date]}*{patient.sex}~{number}"
        )

    def _subscription(self, payer: ClaimPayer, relationship: str) -> str:
        # A plan's name is said only where there is no group number.
        plan = self._plan_name[payer.plan_name] if payer.plan_name and not payer.group_number else ""
        return (
            f"SBR*{self._orders[payer.order]}*{relationship}*{payer.group_number}*{plan}"
            f"*{payer.medicare_secondary_type}****{payer.filing_indicator}~"
        )

    def _holder(self, claim: Claim, payer: ClaimPayer, role: _Role) -> str:
        """Who holds the policy: the patient, or the subscriber named with the payer."""
        if payer.subscriber is None or payer.relationship is Relationship.SELF:
            name, address = role.person.text(claim.patient.name), role.address.text(claim.patient.address)
        else:
            subscriber = payer.subscriber
            name = role.person.text(subscriber.name)
            address = "" if subscriber.address is None else role.address.text(subscriber.address)
        return f"NM1*IL*1*{name}*MI*{payer.member_id}~{address}"

    def _named_payer(self, payer: ClaimPayer, role: _Role) -> str:
        text = f"NM1*PR*2*{role.name[payer.name]}*****PI*{payer.identifier}~"
        return text if payer.address is None else text + role.address.text(payer.address)

    # --- one claim --------------------------------------------------------------------------------------

    def _claim(self, claim: Claim) -> str:
        total, lines = self._lines(claim)
        first, *others = claim.diagnoses
        diagnoses = f"HI*ABK:{first}{''.join([f'*ABF:{code}' for code in others])}~".replace(".", "")
        signed = "Y*Y" if claim.signature_on_file else "N*I"
        accident = claim.accident
        cause = ""
        if accident is not None:
            cause = f"**{self._accidents[accident.kind]}"
            if accident.kind is AccidentKind.AUTO:
                cause += f":::{accident.state}"
        return (
            f"CLM*{claim.id}*{self._amounts[total]}***{claim.place_of_service}:B:{claim.frequency}"
            f"*Y*{'A' if claim.accepts_assignment else 'C'}*{signed}{cause}~"
            f"{self._dates_and_references(claim)}{diagnoses}{self._providers(claim)}"
            f"{''.join([self._other(claim, payer) for payer in claim.other_payers])}{lines}"
        )

    def _dates_and_references(self, claim: Claim) -> str:
        days, text = self._days, ""
        if claim.onset_on is not None:
            text = f"DTP*431*D8*{days[claim.onset_on]}~"
        if claim.initial_treatment_on is not None:
            text += f"DTP*454*D8*{days[claim.initial_treatment_on]}~"
        if claim.accident is not None:
            text += f"DTP*439*D8*{days[claim.accident.on]}~"
        if claim.patient_paid_cents:
            text += f"AMT*F5*{self._amounts[claim.patient_paid_cents]}~"
        if claim.prior_authorization:
            text += f"REF*G1*{claim.prior_authorization}~"
        if claim.frequency is not Frequency.ORIGINAL:
            text += f"REF*F8*{claim.original_reference}~"
        if claim.note and (note := self.cleaner.text(claim.note, "claim note", self._longest["note"])):
            text += f"NTE*ADD*{note}~"
        return text

    def _providers(self, claim: Claim) -> str:
        text = ""
        if claim.referring is not None:
            text = self._provider("DN", claim.referring, self._referring)
        if claim.rendering.npi != claim.billing.npi:
            text += self._provider("82", claim.rendering, self._rendering)
        if claim.facility is not None and claim.facility is not claim.billing.address:
            address = self._facility.address.text(claim.facility)
            # Only a place other than the clinic's own address is said.
            if address != self._billing_level(claim.billing)[2]:
                name = self._facility.name[claim.facility_name or claim.billing.name]
                identifier = f"*****XX*{claim.facility_npi}" if claim.facility_npi else ""
                text += f"NM1*77*2*{name}{identifier}~{address}"
        return text

    def _provider(self, code: str, provider: Provider, role: _Role) -> str:
        known = self._provider_texts.get((code, id(provider)))
        if known is not None:
            return known[1]
        before = len(self.cleaner.replacements)
        text = f"NM1*{code}*1*{role.person.text(provider.name)}"
        text = (f"{text}*XX*{provider.npi}" if provider.npi else text.rstrip("*")) + "~"
        if code == "82" and provider.taxonomy:
            text += f"PRV*PE*PXC*{provider.taxonomy}~"
        # A name that had to be changed is composed anew, so that each claim's report is whole.
        if len(self.cleaner.replacements) == before:
            self._provider_texts[code, id(provider)] = (provider, text)
        return text

    def _other(self, claim: Claim, payer: ClaimPayer) -> str:
        signed = "Y***Y" if claim.signature_on_file else "N***I"
        return (
            f"{self._subscription(payer, self._relationships[payer.relationship])}OI***{signed}~"
            f"{self._holder(claim, payer, self._other_subscriber)}{self._named_payer(payer, self._other_payer)}"
        )

    def _lines(self, claim: Claim) -> tuple[int, str]:
        """The total charge in cents, and the service lines."""
        days, amounts, procedures, pointers = self._days, self._amounts, self._procedures, self._pointers
        place_of_claim = claim.place_of_service
        total, parts = 0, []
        for number, line in enumerate(claim.lines, start=1):
            total += line.charge_cents
            place = "" if line.place_of_service == place_of_claim else line.place_of_service
            control = f"REF*6R*{line.control_number}~" if line.control_number else ""
            parts.append(
                f"LX*{number}~SV1*{procedures[line.code, line.modifiers]}*{amounts[line.charge_cents]}*UN*{line.units}"
                f"*{place}**{pointers[line.pointers]}~DTP*472*D8*{days[line.date_of_service]}~{control}"
            )
        return total, "".join(parts)


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
            has_patients = "" not in patients
            yield f"HL*{holder}*{biller}*22*{int(has_patients)}~{subscriber}"
            for patient, claims in patients.items():
                if patient:
                    number += 1
                    yield f"HL*{number}*{holder}*23*0~{patient}"
                for claim_id, text in claims:
                    ids.append(claim_id)
                    yield text
