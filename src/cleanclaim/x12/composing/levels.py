"""Loops 2000A to 2000C: billing provider, subscriber and patient, each with the claims that belong under it.

Within a transaction, claims of one billing provider, subscriber and patient stand together, in the order in which
they first appear.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cleanclaim.records import Claim, Organization, Relationship, Submitter
from cleanclaim.x12.characters import Cleaner
from cleanclaim.x12.composing.claims import Claims
from cleanclaim.x12.composing.subscriptions import Subscriptions
from cleanclaim.x12.composing.values import Values, digits_of
from cleanclaim.x12.guide import Guide

_Patients = dict[str, list[tuple[str, str]]]
"""Claims (id and text) by patient level; "" are the subscriber's own."""


@dataclass(frozen=True, slots=True)
class Body:
    """The levels of one transaction, and the claims in the order in which they stand in it."""

    text: str
    claim_ids: tuple[str, ...]


class Levels:
    """Composes the levels; what many claims share (the clinic) is composed once.

    Caches of records are kept by identity, with the record itself so that its id cannot be given to another.
    """

    def __init__(self, guide: Guide, cleaner: Cleaner, submitter: Submitter) -> None:
        self._cleaner, self._submitter = cleaner, submitter
        self._most_claims = guide.limits["claims_per_subscriber"]
        values = self._values = Values(cleaner, guide.lengths)
        self._billing = values.role("billing provider")
        self._pay_to = values.role("pay-to")
        self._subscriber = values.role("subscriber")
        self._payer = values.role("payer")
        self._patient = values.role("patient")
        self._subscriptions = Subscriptions(guide, values)
        self._claims = Claims(guide, values, self._subscriptions)
        self._billing_texts: dict[int, tuple[Organization, str, str]] = {}

    def body(self, claims: Sequence[Claim]) -> Body:
        """The billing, subscriber and patient levels of these claims, numbered from 1."""
        tree: dict[str, dict[tuple[str, int], _Patients]] = {}
        met: dict[tuple[str, str, str], int] = {}
        most = self._most_claims
        for claim in claims:
            self._cleaner.claim_id = claim.id
            _, billing, address = self._billing_level(claim.billing)
            subscriber, patient = self._subscriber_level(claim), self._patient_level(claim)
            text = self._claims.text(claim, address)
            # Past the limit of claims under one level, the same level begins once more.
            key = (billing, subscriber, patient)
            before = met.get(key, 0)
            met[key] = before + 1
            patients = tree.setdefault(billing, {}).setdefault((subscriber, before // most), {})
            patients.setdefault(patient, []).append((claim.id, text))
        ids: list[str] = []
        return Body("".join(_numbered(tree, ids)), tuple(ids))

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
        text += f"REF*{'SY' if organization.tax_id_kind == 'SSN' else 'EI'}*{digits_of(organization.tax_id)}~"
        phone = digits_of(organization.phone)
        same_contact = organization.contact == self._submitter.contact and phone == digits_of(self._submitter.phone)
        if phone and not same_contact:
            contact = self._values.text(organization.contact, "billing provider contact", "contact_name")
            text += f"PER*IC*{contact}*TE*{phone}~"
        if organization.pay_to is not None and organization.pay_to != organization.address:
            text += f"NM1*87*2~{self._pay_to.address.text(organization.pay_to)}"
        return text

    def _subscriber_level(self, claim: Claim) -> str:
        payer, policy = claim.payer, self._subscriptions
        if payer.relationship is Relationship.SELF:
            patient = claim.patient
            number = f"REF*Y4*{payer.claim_number}~" if payer.claim_number else ""
            return (
                f"{policy.terms(payer, '18')}"
                f"NM1*IL*1*{self._patient.person.text(patient.name)}*MI*{payer.member_id}~"
                f"{self._patient.address.text(patient.address)}"
                f"DMG*D8*{self._values.days[patient.birth_date]}*{patient.sex}~{number}"
                f"{policy.named(payer, self._payer)}"
            )
        text = policy.terms(payer, "") + policy.holder(claim, payer, self._subscriber)
        subscriber = payer.subscriber
        # A birth date stands with an address, as a receiver expects of a subscriber described in full.
        if subscriber is not None and subscriber.address is not None and subscriber.birth_date is not None:
            text += f"DMG*D8*{self._values.days[subscriber.birth_date]}*{subscriber.sex}~"
        return text + policy.named(payer, self._payer)

    def _patient_level(self, claim: Claim) -> str:
        payer, patient = claim.payer, claim.patient
        if payer.relationship is Relationship.SELF:
            return ""
        name = f"NM1*QC*1*{self._patient.person.text(patient.name)}".rstrip("*")
        number = f"REF*Y4*{payer.claim_number}~" if payer.claim_number else ""
        return (
            f"PAT*{self._subscriptions.relationships[payer.relationship]}~{name}~"
            f"{self._patient.address.text(patient.address)}"
            f"DMG*D8*{self._values.days[patient.birth_date]}*{patient.sex}~{number}"
        )


def _numbered(tree: dict[str, dict[tuple[str, int], _Patients]], ids: list[str]) -> Iterator[str]:
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
