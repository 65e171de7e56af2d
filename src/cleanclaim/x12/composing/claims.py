"""Loop 2300: a claim with its dates, references, diagnoses, providers, other payers and lines."""

from __future__ import annotations

from collections.abc import Mapping

from cleanclaim.records import AccidentKind, Claim, Frequency, Provider
from cleanclaim.x12.composing.lines import ServiceLines
from cleanclaim.x12.composing.other_payers import OtherPayers
from cleanclaim.x12.composing.subscriptions import Subscriptions
from cleanclaim.x12.composing.values import Role, Values
from cleanclaim.x12.guide import Guide


class Claims:
    """Composes claims; providers are composed once.

    Caches of records are kept by identity, with the record itself so that its id cannot be given to another.
    """

    def __init__(self, guide: Guide, values: Values, subscriptions: Subscriptions) -> None:
        self._values = values
        self._accidents: Mapping[str, str] = guide.codes["accident"]
        self._rendering = values.role("rendering provider")
        self._referring = values.role("referring provider")
        self._facility = values.role("facility")
        self._other_payers = OtherPayers(values, subscriptions)
        self._lines = ServiceLines(values, self._other_payers)
        self._provider_texts: dict[tuple[str, int], tuple[Provider, str]] = {}

    def text(self, claim: Claim, billing_address: str) -> str:
        """The claim; `billing_address` as composed, for a place of service is said only where it is another."""
        total, lines = self._lines.text(claim)
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
            f"CLM*{claim.id}*{self._values.amounts[total]}***{claim.place_of_service}:B:{claim.frequency}"
            f"*Y*{'A' if claim.accepts_assignment else 'C'}*{signed}{cause}~"
            f"{self._dates_and_references(claim)}{diagnoses}{self._providers(claim, billing_address)}"
            f"{''.join([self._other_payers.text(claim, payer) for payer in claim.other_payers])}{lines}"
        )

    def _dates_and_references(self, claim: Claim) -> str:
        days, text = self._values.days, ""
        if claim.onset_on is not None:
            text = f"DTP*431*D8*{days[claim.onset_on]}~"
        if claim.initial_treatment_on is not None:
            text += f"DTP*454*D8*{days[claim.initial_treatment_on]}~"
        if claim.accident is not None:
            text += f"DTP*439*D8*{days[claim.accident.on]}~"
        if claim.patient_paid_cents:
            text += f"AMT*F5*{self._values.amounts[claim.patient_paid_cents]}~"
        if claim.prior_authorization:
            text += f"REF*G1*{claim.prior_authorization}~"
        if claim.frequency is not Frequency.ORIGINAL:
            text += f"REF*F8*{claim.original_reference}~"
        if claim.note and (note := self._values.text(claim.note, "claim note", "note")):
            text += f"NTE*ADD*{note}~"
        return text

    def _providers(self, claim: Claim, billing_address: str) -> str:
        text = ""
        if claim.referring is not None:
            text = self._provider("DN", claim.referring, self._referring)
        if claim.rendering.npi != claim.billing.npi:
            text += self._provider("82", claim.rendering, self._rendering)
        if claim.facility is not None and claim.facility is not claim.billing.address:
            address = self._facility.address.text(claim.facility)
            if address != billing_address:
                name = self._facility.name[claim.facility_name or claim.billing.name]
                identifier = f"*****XX*{claim.facility_npi}" if claim.facility_npi else ""
                text += f"NM1*77*2*{name}{identifier}~{address}"
        return text

    def _provider(self, code: str, provider: Provider, role: Role) -> str:
        known = self._provider_texts.get((code, id(provider)))
        if known is not None:
            return known[1]
        cleaner = self._values.cleaner
        before = len(cleaner.replacements)
        text = f"NM1*{code}*1*{role.person.text(provider.name)}"
        text = (f"{text}*XX*{provider.npi}" if provider.npi else text.rstrip("*")) + "~"
        if code == "82" and provider.taxonomy:
            text += f"PRV*PE*PXC*{provider.taxonomy}~"
        # A name that had to be changed is composed anew, so that each claim's report is whole.
        if len(cleaner.replacements) == before:
            self._provider_texts[code, id(provider)] = (provider, text)
        return text
