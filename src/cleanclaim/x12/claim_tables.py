"""Parsed professional claims become rows of the tables; what a claim file cannot witness stays null.

A claim file tells no minutes, no note, no plan of care and no history: those are unknown. An authorization number
that is not there is known to be absent, and so is a referring provider. A claim with several days of service,
places or rendering providers is several rows of `claims`, one for each, all under the claim's own number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cleanclaim.lines.tables import Tables
from cleanclaim.reference import payers, taxonomy
from cleanclaim.reference.payers import Payer
from cleanclaim.x12.guide import load_guide
from cleanclaim.x12.parsed import ParsedClaim, ParsedLine, ParsedParty, ParsedPayer

_DISCIPLINE = {"GP": "PT", "GO": "OT", "GN": "SLP"}
_MEDICARE_B = "MB"


@dataclass(frozen=True, slots=True)
class ClaimTables:
    """The tables, and where in the file each of their rows stands.

    `claims[claim_id]` is the parsed claim of a row of `claims`; `line_segments[line_id]` the number of the segment
    that holds the line's code, modifiers, charge and units.
    """

    tables: Tables
    claims: tuple[ParsedClaim, ...]
    line_segments: tuple[int, ...]


def tables_of_claims(
    claims: Sequence[ParsedClaim],
    *,
    as_of: date,
    packs: Mapping[str, Payer] | None = None,
    default_payer: str | None = None,
    localities: Mapping[str, str] | None = None,
) -> ClaimTables:
    """Lay parsed claims out as tables, in the order of the file.

    Args:
        claims: the claims of one or more files.
        as_of: the day on which the check is made.
        packs: the clinic's own payer files, before the built-in ones.
        default_payer: payer file of claims whose payer cannot be told from the file.
        localities: Medicare locality by the NPI of the billing provider, where it is known.
    """
    own = dict(packs or {})
    rows: dict[str, list[dict[str, Any]]] = {"claims": [], "lines": [], "diagnoses": []}
    patients: dict[object, int] = {}
    origins: list[ParsedClaim] = []
    segments: list[int] = []
    files: dict[tuple[str, str], str | None] = {}
    for claim in claims:
        named = (claim.payer.name, claim.payer.filing_indicator) if claim.payer is not None else ("", "")
        if named not in files:
            files[named] = payer_file(claim.payer, own) or default_payer
        patient_id = patients.setdefault(_patient_key(claim), len(patients))
        groups = _groups(claim)
        for lines in groups:
            claim_id = len(rows["claims"])
            row = _claim(claim, lines, whole=len(groups) == 1)
            row |= {
                "claim_id": claim_id,
                "patient_id": patient_id,
                "as_of": as_of,
                "payer": files[named],
                "locality": (localities or {}).get(row["billing_npi"] or ""),
            }
            rows["claims"].append(row)
            origins.append(claim)
            for place, line in lines:
                rows["lines"].append(_line(line, place) | {"line_id": len(rows["lines"]), "claim_id": claim_id})
                segments.append(line.segment)
            for position, code in enumerate(claim.diagnoses, start=1):
                diagnosis = {"claim_id": claim_id, "position": position, "diagnosis": code}
                rows["diagnoses"].append(diagnosis | {"diagnosis_id": len(rows["diagnoses"])})
    return ClaimTables(Tables.from_rows(**rows), tuple(origins), tuple(segments))


def payer_file(payer: ParsedPayer | None, packs: Mapping[str, Payer]) -> str | None:
    """The payer file that a claim's payer names for certain: by its label, or Medicare Part B by its indicator."""
    if payer is None:
        return None
    by_label = {pack.label.casefold(): pack.id for pack in packs.values()}
    wanted = payer.name.casefold()
    if wanted and wanted in by_label:
        return by_label[wanted]
    if payer.filing_indicator == _MEDICARE_B:
        return next(name for name in payers.all_ids() if payers.get(name).filing_indicator == _MEDICARE_B)
    shipped = (payers.get(name) for name in payers.all_ids())
    return next((pack.id for pack in shipped if pack.label.casefold() == wanted), None) if wanted else None


def _patient_key(claim: ParsedClaim) -> object:
    """What tells patients apart: the member's number, the name and the birth date; an unnamed one stands alone."""
    patient = claim.patient
    if patient is None or patient.birth_date is None or claim.payer is None or not claim.payer.member_id:
        return claim.segment, claim.interchange_control
    return claim.payer.member_id, patient.name.casefold(), patient.given_name.casefold(), patient.birth_date


def _groups(claim: ParsedClaim) -> list[list[tuple[int, ParsedLine]]]:
    """The lines, with their place in the claim, by day, place of service and rendering provider."""
    found: dict[object, list[tuple[int, ParsedLine]]] = {}
    for place, line in enumerate(claim.lines, start=1):
        npi = line.rendering.npi if line.rendering is not None else None
        found.setdefault((line.date_of_service, line.place_of_service, npi), []).append((place, line))
    return list(found.values()) or [[]]


def _line(line: ParsedLine, place: int) -> dict[str, Any]:
    return {
        "line_number": place,
        "code": line.code or None,
        "modifiers": list(line.modifiers),
        "units": line.units,
        "charge_cents": line.charge_cents,
        "pointers": list(line.pointers),
        "line_date": line.date_of_service,
        "line_through": line.date_through,
        "minutes": line.minutes,
        "code_origin": "named",
        "drug_code": line.drug_code,
        "drug_unit": line.drug_unit,
        # Only digits other than zero say that there is some, whatever stands around them.
        "has_drug_quantity": bool(re.fullmatch(r"0*[1-9][0-9]*(\.[0-9]*)?|0*\.0*[1-9][0-9]*", line.drug_quantity)),
        **_answers(line),
    }


def _answers(line: ParsedLine) -> dict[str, Any]:
    """What earlier payers decided on the line, together."""
    answers = line.answers
    days = [answer.decided_on for answer in answers]
    absent = list(line.left_empty)
    if any(not answer.states_day for answer in answers):
        absent.append("prior_adjudicated_on")
    return {
        "line_fields_absent": absent,
        "prior_answers": len({answer.payer for answer in answers}),
        "line_prior_paid_cents": _together(answer.paid_cents for answer in answers),
        "line_prior_adjusted_cents": _together(answer.adjusted_cents for answer in answers),
        "prior_adjudicated_on": max((day for day in days if day is not None), default=None) if all(days) else None,
        "prior_adjustments": sum(answer.adjustments for answer in answers),
        "prior_adjustments_without_amount": sum(answer.without_amount for answer in answers),
    }


def _together(amounts: Iterable[int | None]) -> int | None:
    """The sum; unknown where one amount is."""
    known = list(amounts)
    return None if None in known else sum(amount for amount in known if amount is not None)


def _claim(claim: ParsedClaim, lines: Sequence[tuple[int, ParsedLine]], *, whole: bool) -> dict[str, Any]:
    first = lines[0][1] if lines else None
    rendering = first.rendering if first is not None and first.rendering is not None else claim.rendering
    furnished_by = rendering or claim.billing
    approvals = [claim.prior_authorization, *(line.prior_authorization for _, line in lines)]
    approval = next((number for number in approvals if number), "")
    numbers = {*claim.prior_authorizations, *(number for number in approvals if number)}
    return {
        "claim_key": claim.id,
        "is_history": False,
        "date_of_service": first.date_of_service if first is not None else None,
        "place_of_service": (first.place_of_service if first is not None else claim.place_of_service) or None,
        "frequency_code": claim.frequency or None,
        "original_reference": claim.original_reference,
        "onset_on": claim.onset_on,
        "has_authorization": bool(approval),
        "authorization_number": approval,
        "authorization_count": len(numbers),
        "total_charge_cents": claim.total_charge_cents if whole else None,
        "knows_services": False,
        "knows_diagnoses": True,
        "knows_history": False,
        "unit_preference": [],
        "discipline": _discipline(lines, furnished_by),
        "claim_fields_absent": list(claim.left_empty),
        **_accident(claim),
        **_earlier_payers(claim, whole=whole),
        **_parties(claim, furnished_by, is_named=rendering is not None),
        **_policy(claim.payer),
    }


def _policy(payer: ParsedPayer | None) -> dict[str, Any]:
    if payer is None:
        return {"coverage_order": "primary"}
    codes = load_guide().codes
    orders = {code: name for name, code in codes["payer_order"].items()}
    relationships = {code: name for name, code in codes["relationship"].items()}
    return {
        "coverage_order": orders.get(payer.order, "primary"),
        "has_coverage": bool(payer.name or payer.identifier),
        "relationship": relationships.get(payer.relationship, "other") if payer.relationship else None,
        "subscriber_family_name": payer.subscriber.name.strip() if payer.subscriber is not None else "",
        "member_id": payer.member_id,
        "group_number": payer.group_number,
        "claim_number": payer.claim_number,
        "payer_identifier": payer.identifier,
        "medicare_secondary_type": payer.medicare_secondary_type,
    }


def _earlier_payers(claim: ParsedClaim, *, whole: bool) -> dict[str, Any]:
    """The payers before the one billed, what they paid and adjusted together; none says that nobody is before it.

    What was adjusted on the whole claim cannot be told of one of several days of it.
    """
    order = "PST"
    billed = claim.payer.order if claim.payer is not None else ""
    place = order.find(billed) if billed else -1
    if place < 0:
        return {}
    earlier = [payer for payer in claim.other_payers if payer.order and order.find(payer.order) in range(place)]
    adjusted = _together(payer.adjusted_cents for payer in earlier)
    told = {answer.payer for line in claim.lines for answer in line.answers if answer.remaining_cents is not None}
    return {
        "prior_payers": len(earlier),
        "prior_paid_cents": _together(payer.paid_cents for payer in earlier),
        "prior_claim_adjusted_cents": adjusted if whole or not earlier else None,
        "prior_remaining_repeated": sum(
            payer.remaining_cents is not None and payer.identifier in told for payer in earlier
        ),
    }


def _accident(claim: ParsedClaim) -> dict[str, Any]:
    kinds = {code: name for name, code in load_guide().codes["accident"].items()}
    # A cause that claims do not know is told as it stands, before those that they do.
    foreign = [code for code in claim.accident_kinds if code not in kinds]
    return {
        "accident_kind": foreign[0] if foreign else (kinds[claim.accident_kinds[0]] if claim.accident_kinds else ""),
        "accident_on": claim.accident_on,
        "accident_state": claim.accident_state,
    }


def _parties(claim: ParsedClaim, furnished_by: ParsedParty | None, *, is_named: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "billing_npi": None,
        "referring_npi": claim.referring.npi if claim.referring is not None else "",
        "referring_credential": None if claim.referring is not None else "",
        "referring_family_name": claim.referring.name.strip() if claim.referring is not None else "",
        "referring_given_name": claim.referring.given_name.strip() if claim.referring is not None else "",
        "supervising_npi": claim.supervising.npi if claim.supervising is not None else "",
    }
    if claim.billing is not None:
        row |= {
            "billing_npi": claim.billing.npi,
            "billing_tax_id": claim.billing.tax_id,
            "billing_taxonomy": claim.billing.taxonomy or None,
            "billing_name": claim.billing.name.strip(),
            "billing_given_name": claim.billing.given_name.strip(),
            "billing_is_person": claim.billing.is_person,
            "billing_phone": claim.billing.phone,
            **_address("billing", claim.billing),
        }
    if furnished_by is not None:
        row |= {
            "rendering_npi": furnished_by.npi,
            "treated_by": _person_key(furnished_by) if is_named else None,
            # Of a biller who is not named as the therapist, the taxonomy may be the clinic's.
            "rendering_taxonomy": furnished_by.taxonomy if is_named or furnished_by.is_person else None,
            "rendering_credential": _credential(furnished_by),
        }
        # An organization that bills without naming a therapist has no given name to lack.
        if is_named or furnished_by.is_person:
            row |= {
                "rendering_family_name": furnished_by.name.strip(),
                "rendering_given_name": furnished_by.given_name.strip(),
            }
    if claim.patient is not None:
        row |= {
            "birth_date": claim.patient.birth_date,
            "patient_family_name": claim.patient.name.strip(),
            "patient_given_name": claim.patient.given_name.strip(),
            "sex": claim.patient.sex or None,
            **_address("patient", claim.patient),
        }
    return row


def _address(who: str, party: ParsedParty) -> dict[str, str | int]:
    """The columns of an address; one left out has no street, city and state, and says nothing of its ZIP code."""
    if party.address is None:
        return {f"{who}_{part}": "" for part in ("street", "city", "state")} | {f"{who}_street_longest": 0}
    address = party.address
    street = " ".join(line for line in (address.line1, address.line2) if line)
    return {
        f"{who}_street": street,
        f"{who}_street_longest": max(len(address.line1), len(address.line2)),
        f"{who}_city": address.city,
        f"{who}_state": address.state,
        f"{who}_zip": address.zip_code,
        f"{who}_country": address.country,
    }


def _person_key(party: ParsedParty) -> str:
    """What tells one therapist from another besides the NPI: the names, however they are spelled in capitals."""
    return f"{party.name.strip()}, {party.given_name.strip()}".casefold()


def _credential(party: ParsedParty) -> str | None:
    """The credential that a therapist's or assistant's taxonomy code says for certain."""
    described = taxonomy.get(party.taxonomy)
    if described is None or not described.is_individual:
        return None
    assistants = {"PT": "PTA", "OT": "OTA"}
    if described.role is taxonomy.TaxonomyRole.THERAPIST:
        return described.discipline.value
    return assistants.get(described.discipline.value) if described.role is taxonomy.TaxonomyRole.ASSISTANT else None


def _discipline(lines: Iterable[tuple[int, ParsedLine]], furnished_by: ParsedParty | None) -> str | None:
    """The discipline that the lines' therapy modifiers agree on, else that of the rendering provider's taxonomy."""
    said = {_DISCIPLINE[modifier] for _, line in lines for modifier in line.modifiers if modifier in _DISCIPLINE}
    if len(said) == 1:
        return said.pop()
    described = taxonomy.get(furnished_by.taxonomy) if furnished_by is not None and not said else None
    known = set(_DISCIPLINE.values())
    return described.discipline.value if described is not None and described.discipline.value in known else None
